/*
 * oracle.h - a programme of points as its terms tell it, and nothing else: lists in memory, no
 * database, no code of the service.
 *
 *   The purse.  100 yen give a point. A point can be used from the end of the business day after
 *   the visit's, and ends with the twentieth business day after it; a business day ends at four in
 *   the morning in Tokyo. Points are spent at the till or swapped for a mug; what ends first goes
 *   first. What comes back goes to where it was; what has ended meanwhile lives thirty more days.
 *   A grant that is taken back takes what it brought, and for what was used of it the rest; not
 *   when something that it brought came to its end.
 *
 *   The jar.  100 yen give a point, points never end. At 20 a biscuit; 50 fill the jar: they leave
 *   it for a cake, and what is over begins the next. Points can be spent in between; a biscuit is
 *   reached once a jar all the same. What comes back reaches nothing by itself: the next visit
 *   reaches what it lifted the jar over, too.
 *
 * Every function is told of something that happens at now_ms, which never goes back, and decides
 * what follows; false: the terms refuse it, and nothing has happened.
 */
#ifndef TESTS_SUPPORT_ORACLE_H
#define TESTS_SUPPORT_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORACLE_CARDS 6 /* the first half are purses, the others jars */
#define ORACLE_LOTS 4096
#define ORACLE_LINES 16384
#define ORACLE_THINGS 4096 /* grants, uses, vouchers: of each so many */
#define ORACLE_PARTS 256

#define ORACLE_MUG 30 /* points */
#define ORACLE_BISCUIT 20
#define ORACLE_CAKE 50

enum oracle_line_kind { LINE_EARN, LINE_ROUND, LINE_REVERSE, LINE_LAPSE, LINE_SPEND, LINE_SWAP };

struct oracle_line {
    enum oracle_line_kind kind;
    int64_t amount, balance; /* balance: after it */
    bool is_credit;
};

struct oracle_lot {
    int64_t left, usable_ms, ends_ms; /* ends 0: never */
    size_t origin;                    /* of the grant that brought it; or NO_GRANT */
};
#define NO_GRANT SIZE_MAX

struct oracle_card {
    bool is_jar;
    struct oracle_lot lot[ORACLE_LOTS];
    struct oracle_line line[ORACLE_LINES];
    size_t lots_n, lines_n;
    int64_t reached; /* the most there was in this jar at a visit */
};

struct oracle_grant {
    size_t card;
    int64_t amount;
    bool is_undone;
    bool has_lapsed; /* points that it brought came to their end */
};

/* Points that left: spent, held or swapped. */
struct oracle_use {
    size_t card;
    int64_t amount;
    struct {
        size_t lot;
        int64_t amount;
    } part[ORACLE_PARTS];
    size_t parts_n;
    bool is_held, is_over; /* a hold that nobody ended; nothing can be done about it any more */
    int64_t until_ms;      /* of a hold */
    size_t voucher;        /* of a swap */
};

enum oracle_voucher_state { OPEN, USED, ENDED, TAKEN_BACK };
struct oracle_voucher {
    size_t card;
    int64_t price; /* of what it is for: ORACLE_MUG, _BISCUIT, _CAKE */
    int64_t ends_ms;
    enum oracle_voucher_state state;
};

struct oracle {
    struct oracle_card card[ORACLE_CARDS];
    struct oracle_grant grant[ORACLE_THINGS];
    struct oracle_use use[ORACLE_THINGS];
    struct oracle_voucher voucher[ORACLE_THINGS];
    size_t grants_n, uses_n, vouchers_n;
    bool takes_last; /* wrong on purpose: what ends last goes first */
};

void oracle_open(struct oracle *o);
int64_t oracle_balance(const struct oracle_card *c);
int64_t oracle_usable(const struct oracle_card *c, int64_t now_ms);

bool oracle_grant(struct oracle *o, size_t card, int64_t yen, int64_t now_ms);
bool oracle_spend(struct oracle *o, size_t card, int64_t points, int64_t now_ms);
bool oracle_hold(struct oracle *o, size_t card, int64_t points, int64_t until_ms, int64_t now_ms);
bool oracle_capture(struct oracle *o, size_t use, int64_t points, int64_t now_ms);
bool oracle_release(struct oracle *o, size_t use, int64_t now_ms);
bool oracle_swap(struct oracle *o, size_t card, int64_t now_ms);
bool oracle_swap_back(struct oracle *o, size_t use, int64_t now_ms);
bool oracle_reverse(struct oracle *o, size_t grant, int64_t now_ms);
bool oracle_redeem(struct oracle *o, size_t voucher, int64_t now_ms);
/* What ends by itself has ended: holds, vouchers, points. */
void oracle_time(struct oracle *o, int64_t now_ms);

#endif
