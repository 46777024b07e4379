/*
 * chain.h - rows that vouch for each other.
 *
 * Each row of a chain carries an HMAC, cut to 128 bits, over the one before it and over its own
 * columns in one fixed form. The newest one is also kept apart, as the head, so that a row that was
 * changed, removed, put in between or cut off at the end shows.
 */
#ifndef DOMAIN_CHAIN_H
#define DOMAIN_CHAIN_H

#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAC_SIZE 16

enum chain { CHAIN_TRANSFER, CHAIN_AUDIT };

struct chain_head {
    int64_t seq;
    int64_t at_ms;
    uint8_t mac[MAC_SIZE];
};

/*
 * A row as the bytes that are signed: whole numbers as a 1 and eight bytes, the greatest first;
 * NULL as a 0; text and blobs as a 2, their length in eight bytes, then themselves. No two rows
 * look the same.
 */
struct chain_row {
    uint8_t bytes[512];
    size_t n;
};

void chain_int(struct chain_row *row, int64_t value);
void chain_int_or_null(struct chain_row *row, int64_t value); /* 0 stands for NULL: for row ids */
void chain_bytes(struct chain_row *row, const void *bytes, size_t n);

void chain_mac(const uint8_t key[KEY_SIZE], const uint8_t prev_mac[MAC_SIZE],
               const struct chain_row *row, uint8_t out[MAC_SIZE]);

enum err_code chain_head(struct db *db, enum chain chain, struct chain_head *out, struct err *e);

/* Replace the head by `to`, if it still is `from`; else ERR_INTERNAL "chain_moved". */
enum err_code chain_move(struct db *db, enum chain chain, const struct chain_head *from,
                         const struct chain_head *to, struct err *e);

#endif
