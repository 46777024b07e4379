/*
 * draw.h - what a lot wins, so that anybody can count it again afterwards.
 *
 * A catalogue with lotteries has a secret seed, whose SHA-256 is told with its offers from the
 * first moment on. A draw is HMAC-SHA256, under the seed, of what the ledger says of its cause and
 * of nothing else; nobody can choose it, and once the catalogue is over the seed is told, and every
 * draw under it can be counted again. `stampd check` does so always.
 */
#ifndef DOMAIN_DRAW_H
#define DOMAIN_DRAW_H

#include "base/digest.h"
#include "base/err.h"
#include "domain/ledger.h"
#include "domain/plan.h"
#include "domain/reward.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEED_SIZE 32

/* ---------------------------------------------------------------- pure */

/* What a draw is made of: the transfer that caused it, and the how-manieth it is of that transfer.
 */
struct lot {
    int64_t seq;
    int64_t nth; /* 1, 2 ... */
    uint8_t request_key[REQUEST_KEY_SIZE];
};

/*
 * 0 to ODDS_ALL - 1, each as likely as the other: the first of the four numbers of 64 bits (big
 * endian) in HMAC-SHA256(seed, "stampd draw v1" | seq | nth | request_key), seq and nth as 8 bytes
 * each, that is not in the incomplete last run of ODDS_ALL, modulo ODDS_ALL.
 */
int64_t draw_roll(const uint8_t seed[SEED_SIZE], const struct lot *lot);
/* Whose stretch of 0 .. ODDS_ALL - 1 a roll falls into, as they lie one behind the other. */
size_t draw_pick(const struct reward *prize, size_t n, int64_t roll);

/* ---------------------------------------------------------------- in the book */

/* For a new catalogue that has a lottery. */
enum err_code seed_make(struct db *db, int64_t plan_id, int64_t catalogue, struct err *e);
/* ERR_NOT_FOUND "seed_unknown": the catalogue has no lottery; ERR_INTERNAL "seal_broken" */
enum err_code
seed_load(struct db *db, int64_t plan_id, int64_t catalogue, uint8_t out[SEED_SIZE], struct err *e);
/* What is told before. ERR_NOT_FOUND as above */
enum err_code seed_hash(struct db *db, int64_t plan_id, int64_t catalogue, uint8_t out[SHA256_SIZE],
                        struct err *e);

struct draw {
    int64_t lottery_id;
    int64_t seq, nth;
    int64_t roll;
    int64_t drawn_id; /* whose stretch it was; if that one was gone, the last prize stood in */
    uint8_t request_key[REQUEST_KEY_SIZE];
};

/* The next of that cause; `lottery` stands in a catalogue. *prize_out is its place. Expects the
 * savepoint of its cause; kept by draw_keep once it has a voucher. */
enum err_code
draw_make(struct db *db, const struct reward *lottery, const struct reward *prize, size_t prizes_n,
          const struct transfer *cause, struct draw *out, size_t *prize_out, struct err *e);
enum err_code draw_keep(struct db *db, const struct draw *draw, int64_t voucher_id, struct err *e);

/* Of a voucher, or of the one it was before it moved; *found_out false: it was not drawn. */
enum err_code draw_of_voucher(struct db *db, int64_t voucher_id, struct draw *out, bool *found_out,
                              struct err *e);

/* What a member's lots have won, newest first; at most `cap`. */
struct draw_line {
    int64_t voucher_id;
    char title[PLAN_TEXT_SIZE];
    char state[10]; /* as voucher_state_name */
    int64_t at_ms;
};
enum err_code draws_of_member(struct db *db, int64_t member_id, struct draw_line *out, size_t cap,
                              size_t *n_out, struct err *e);

#endif
