/*
 * held_receipts.h - what tills were answered, held against the book.
 *
 * A till that is told of a transfer is told its number and MAC: its receipt. A transfer whose
 * receipt somebody holds can neither vanish nor become another one unseen.
 *
 * A file of receipts has one a line: NUMBER, a space, the MAC in 32 hex digits. What follows behind
 * a space and #, as when the till was told, is skipped; so are empty lines and lines that begin
 * with #.
 */
#ifndef DOMAIN_HELD_RECEIPTS_H
#define DOMAIN_HELD_RECEIPTS_H

#include "base/err.h"
#include "base/str.h"
#include "domain/chain.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define HELD_LINE_MAX 128

struct held_receipt {
    int64_t seq;
    uint8_t mac[MAC_SIZE];
};

/* `line` without its end. False: no receipt. */
bool held_receipt_read(struct str line, struct held_receipt *out);

/*
 * Look every receipt of a file up. *n_out: how many there are; `detail`, of `size` bytes: the first
 * that the book does not have, or "".
 *
 * ERR_INPUT "receipts_malformed": with the line
 */
enum err_code held_receipts_check(struct db *db, FILE *file, int64_t *n_out, char *detail,
                                  size_t size, struct err *e);

#endif
