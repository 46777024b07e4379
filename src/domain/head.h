/*
 * head.h - the signed head of a day: what the whole book was at one moment, in a few lines.
 *
 * A head names how many transfers there are, the root of the tree over them (tree_book.h), the last
 * one's MAC, how far the audit log is, and the head before it. It is signed by a key that is made
 * for nothing else, and published: with it any phone can check its own lines (web/card/proof.ts),
 * and whoever kept one away from this machine can tell a book that was turned back or rewritten
 * later. MACs are secrets of the book, so a head has their SHA-256 only.
 */
#ifndef DOMAIN_HEAD_H
#define DOMAIN_HEAD_H

#include "base/err.h"
#include "base/p256.h"
#include "domain/tree.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAD_TEXT_MAX 512

struct head {
    int64_t number; /* 1, 2, 3 ... */
    int64_t at_ms;  /* it has everything booked until then */
    int64_t size;   /* transfers */
    struct tree_hash root;
    struct tree_hash last;   /* SHA-256 of the last one's MAC */
    int64_t audit_seq;       /* lines of the audit log */
    struct tree_hash audit;  /* SHA-256 of the last one's MAC */
    struct tree_hash before; /* SHA-256 of the text of head number - 1; of the first: zeros */
    uint8_t signature[P256_SIGNATURE_SIZE];
};

/* What is signed. In `out`, with a NUL. */
struct str head_text(const struct head *head, char out[HEAD_TEXT_MAX]);
struct tree_hash head_hash(const struct head *head); /* SHA-256 of its text */
void head_key(const struct db *db, uint8_t out[P256_PUBLIC_SIZE]);

/*
 * Let the tree grow by at most `leaves_max` transfers; once less than a chunk is left, sign a head
 * and set *made_out. Safe to run again at any time, after a crash as well: what is there stays.
 * *left_out: transfers that are still to be hashed.
 */
enum err_code head_grow(struct db *db, int64_t leaves_max, int64_t now_ms, bool *made_out,
                        int64_t *left_out, struct err *e);
/* The same, once a day (UTC) that is over: nothing when such a day has its head, or no transfers.
 */
enum err_code head_daily(struct db *db, int64_t leaves_max, int64_t now_ms, bool *made_out,
                         bool *more_out, struct err *e);

/* ERR_NOT_FOUND "head_unknown"; number 0: the newest */
enum err_code head_load(struct db *db, int64_t number, struct head *out, struct err *e);
/* From `from` on, at most `cap`, oldest first. */
enum err_code
head_list(struct db *db, int64_t from, struct head *out, size_t cap, size_t *n_out, struct err *e);

#endif
