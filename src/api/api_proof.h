/*
 * api_proof.h - the ledger's signed heads for everybody, and a member's own lines with the proof
 * that a head covers them (domain/head.h, web/card/proof.ts).
 */
#ifndef API_PROOF_H
#define API_PROOF_H

#include "base/err.h"
#include "http/reply.h"
#include "http/request.h"

/* GET /api/heads?from=N -> {"format":"stampd heads 1","key":..,"heads":[..]}: the public key, and
 * up to 400 heads from number N on, oldest first; without it the newest 30. A file of it is what
 * `stampd check --head` takes. */
enum err_code api_heads(struct request *req, struct reply *reply, struct err *e);

/*
 * GET /api/me/lines?below=SEQ&head=N -> {"key":..,"head":{..}|null,"more":bool,"lines":[..]}: the
 * newest 50 lines of the member's cards before SEQ, under head N (the newest), which every page of
 * one question should name. A line has the fields of its leaf (tree_book.h) by name, and "proof":
 * the hashes from it up to the head's root, null when it was booked since.
 *
 * 404 "head_unknown"
 */
enum err_code api_own_lines(struct request *req, struct reply *reply, struct err *e);

#endif
