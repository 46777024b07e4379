/*
 * book.h - a fresh book in a temporary folder, with shops, tills, staff, plans and members in it.
 *
 * Everything fails the test instead of returning an error. The book's time stands still until the
 * test moves b.now_ms.
 */
#ifndef TESTS_SUPPORT_BOOK_H
#define TESTS_SUPPORT_BOOK_H

#include "domain/card.h"
#include "domain/code.h"
#include "domain/hold.h"
#include "domain/keys.h"
#include "domain/ledger.h"
#include "domain/plan.h"
#include "domain/scan.h"
#include "domain/spend.h"
#include "domain/swap.h"
#include "domain/voucher.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define BOOK_NOW_MS INT64_C(1775005200000) /* 2026-04-01 10:00 in Tokyo */

enum { BOOK_UENO = 1, BOOK_NAMBA };                                      /* shops */
enum { BOOK_UENO_TILL = 1, BOOK_UENO_TILL_2, BOOK_NAMBA_TILL };          /* enrolled */
enum { BOOK_CASHIER = 1, BOOK_MANAGER, BOOK_OWNER, BOOK_NAMBA_CASHIER }; /* 1 and 2 serve in ueno */
enum {
    BOOK_STAMPS = 1, /* rewards at 5 and 10; 30 minutes apart, 3 a day; told of every grant */
    BOOK_POINTS,     /* 100 yen a point, rewards at 200 and 500; no limits; JAN-13 with prefix 21 */
};

struct book {
    char path[256];
    struct keys keys;
    struct db *db; /* the writing connection */
    int64_t now_ms;
    int64_t keys_used; /* so that no two requests share an idempotency key */
};

void book_open(struct book *b);
void book_copy(struct book *b, const struct book *closed); /* opens a copy of its file */
void
book_close(struct book *b); /* proves the book by `check` first, unless told that it is broken */
void book_close_broken(struct book *b);

/* SQL of any kind on a connection of its own, as somebody with the file would. */
void book_exec(struct book *b, const char *sql, ...) __attribute__((format(printf, 2, 3)));
bool book_is_refused(struct book *b, const char *sql);
int64_t book_int(struct book *b, const char *sql, ...) __attribute__((format(printf, 2, 3)));

/* A plan of points, 100 yen each, without limits but what its plan file says. */
int64_t book_plan(struct book *b, const char *plan_file);
/* A card of a member of its own. */
struct card book_card(struct book *b, int64_t plan_id);

/* The card's code now, read at a till of ueno; each call counts one step on, for a code works once.
 */
int64_t book_scan(struct book *b, const struct card *card);

/* Scan and grant by the cashier: `units` stamps, or `units` yen under any other plan than
 * BOOK_STAMPS. */
struct grant_result book_grant(struct book *b, const struct card *card, int64_t units);
/* The same, which must be refused so. */
struct refusal book_grant_refused(struct book *b, const struct card *card, int64_t units);

/* Scan and credit a stamp for a past sale, by the cashier. */
struct grant_result
book_credit(struct book *b, const struct card *card, const char *receipt, int64_t sold_ms);

/* A catalogue of that plan, from its file's text. */
void book_catalogue(struct book *b, int64_t plan_id, const char *file);
/* The reward of that key in the catalogue in force. */
int64_t book_reward(struct book *b, const char *key);
/* By the member's own tap; the refusal's kind is NONE when it was made. */
struct refusal
book_swap(struct book *b, const struct card *card, int64_t reward_id, struct swap_result *out);

struct reversal_result book_reverse(struct book *b, int64_t seq); /* by the manager */
void book_redeem(struct book *b, int64_t voucher_id);             /* by the cashier */

/* A plan without a goal, whose points are spent at tills, a yen each; 100 yen earn one. */
int64_t book_money_plan(struct book *b);
void book_yes(struct book *b, const struct card *card, int64_t points); /* the member's */
/* Scanned, agreed to and spent by the cashier. */
struct spend_result book_spend(struct book *b, const struct card *card, int64_t points);
int64_t book_hold(struct book *b, const struct card *card, int64_t points); /* in the same way */
int64_t book_hold_voucher(struct book *b, int64_t voucher_id);
/* hold_capture or hold_release, by the cashier. */
typedef enum err_code hold_ending(struct db *db, const struct hold_end *in, struct hold_ended *out,
                                  struct refusal *refusal, struct err *e);
struct hold_ended book_end(struct book *b, hold_ending *end, int64_t hold_id, int64_t points);
struct hold_end book_end_of(struct book *b, int64_t hold_id, int64_t points);
struct spend book_spend_of(struct book *b, int64_t scan_id, int64_t points);

struct grant book_grant_of(struct book *b, int64_t scan_id, const struct card *card, int64_t units);
struct reversal book_reversal_of(struct book *b, int64_t seq, int64_t staff_id);
void book_request_key(struct book *b, uint8_t out[REQUEST_KEY_SIZE]);

#endif
