/*
 * customer.h - people the chain knew before: cards of plastic, accounts of another system.
 *
 * A record is a number, what proves that it is yours, and the units to bring along. The birthday
 * itself is not kept, only a keyed hash of it with the number. A member links a record by proving
 * it; its units come once, by a transfer, into the card of its plan, and its number becomes that
 * card's fixed number where it fits. A link can be undone at any time; what was brought stays.
 */
#ifndef DOMAIN_CUSTOMER_H
#define DOMAIN_CUSTOMER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/ledger.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CUSTOMER_NUMBER_MAX 32
#define CUSTOMER_NUMBER_SIZE (CUSTOMER_NUMBER_MAX + 1)
#define CUSTOMERS_OF_MEMBER_MAX 8
#define CUSTOMER_ROWS_MAX 50000 /* of one import: the tills wait for it */

/* As it is compared: folded, in capitals, without spaces and dashes; 4 to 32 letters and digits. */
bool customer_number_read(struct str typed, char out[CUSTOMER_NUMBER_SIZE]);
/* "1990-04-01", "1990/4/1" or "19900401", a day there was; `out` gets the eight digits. */
bool birthday_read(struct str typed, char out[9]);

struct customer_import {
    int64_t plan_id; /* for rows that name none; 0: every row must */
    bool is_dry;     /* say what would happen, and change nothing */
    int64_t now_ms;
};
struct customer_report {
    int64_t rows, added, changed, same;
    int64_t linked; /* left as they are: a member has them */
};

/*
 * Load a table with the columns number, birthday, points and plan (a plan's number); the last two
 * may be missing. All of it or nothing. Audited.
 *
 * ERR_INPUT csv_*; "customer_column" (missing, twice or unknown); with the line: "customer_number",
 *           "customer_birthday", "customer_points", "customer_plan", "customer_twice",
 * "customer_row" (another number of fields than the heading); "customer_many"
 */
enum err_code customer_import(struct db *db, struct str text, const struct customer_import *in,
                              struct arena *a, struct customer_report *out, struct err *e);

struct customer {
    int64_t id;
    char number[CUSTOMER_NUMBER_SIZE];
    int64_t plan_id; /* 0: brings no units */
    int64_t points;
    int64_t member_id; /* 0: not linked */
    int64_t linked_ms;
    bool is_brought;
};

/* All of them, or those of a number, in order; nothing about birthdays. */
enum err_code customer_list(struct db *db, struct str number,
                            enum err_code (*visit)(void *context, const struct customer *),
                            void *context, struct err *e);
/* A member's, and those of whoever was merged into them. */
enum err_code customers_of_member(struct db *db, int64_t member_id, struct customer *out,
                                  size_t cap, size_t *n_out, struct err *e);

struct customer_link {
    int64_t member_id;
    struct str number, birthday; /* as typed */
    uint8_t request_key[REQUEST_KEY_SIZE];
    int64_t now_ms;
};
struct customer_linked {
    struct customer customer;
    int64_t brought; /* units, now; 0: none, or they came before */
    int64_t rewards; /* that they reached */
    bool has_number; /* it is the card's fixed number now */
};

/*
 * Prove and link. OK with a word in *refused_out (else NULL) when it may not be: "link_unknown" (no
 * such number, or not this birthday: nobody learns which), "link_taken" (proven, but another
 * member's), "tries_over" (of this member or for this number, for a day), "link_full", "too_much",
 * "card_blocked".
 *
 * ERR_INPUT "customer_number", "customer_birthday": not written like one
 */
enum err_code customer_link(struct db *db, const struct customer_link *in,
                            struct customer_linked *out, const char **refused_out, struct err *e);

/* The same for a record that was proven otherwise (api/shop_link.h). */
enum err_code
customer_link_proven(struct db *db, int64_t customer_id, const struct customer_link *in,
                     struct customer_linked *out, const char **refused_out, struct err *e);
/* The record of somebody whom the shop's own login named; made where there is none, without units.
 * ERR_INPUT "customer_number" */
enum err_code customer_known_by_shop(struct db *db, struct str number, int64_t now_ms,
                                     int64_t *id_out, struct err *e);

/* Audited. ERR_NOT_FOUND "customer_unknown": none, or not this member's */
enum err_code customer_unlink(struct db *db, int64_t customer_id, int64_t member_id, int64_t now_ms,
                              struct err *e);

#endif
