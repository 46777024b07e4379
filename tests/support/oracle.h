/*
 * oracle.h - a programme of points as its terms tell it, and nothing else: lists in memory, no
 * database, no code of the service.
 *
 *   The purse.  100 yen give a point. A point can be used from the end of the business day after
 *   the visit's, and ends with the twentieth business day after it; a business day ends at four
 *   in the morning in Tokyo. Points are spent at the till or swapped for a mug; what ends first
 *   goes first. What comes back goes to where it was; what has ended meanwhile lives thirty more
 *   days. A grant that is taken back takes what it brought, and for what was used of it the rest;
 *   not when something that it brought came to its end, or was refunded.
 *
 *   Refunds.  A sale that is given back, in whole or in parts, keeps the points of what is left
 *   of it. Points that are no longer there: the first purse refuses the refund, the second
 *   forgives them, the others owe them, and what they earn next repays that first; a grant that
 *   is taken back gets back what it repaid, and that is owed again.
 *
 *   Credit afterwards.  A sale without the card is credited within seven business days, each
 *   receipt once; its points live as those of that day's visits. A cashier credits forty points
 *   at most.
 *
 *   Thanks.  Five points for something done, once a day, and nine for something done once; as if
 *   it were a visit, but it is no sale, and only a manager takes it back.
 *
 *   Birthdays.  Eleven points on the birthday that a member gave, if they gave it before that day
 *   is over, once a year whatever they change it to; who was born on 29 February is thanked on the
 *   last day of that month. They are as thanks are, and given by nobody.
 *
 *   Joining.  The first visit brings those with the two last purses six points more. They go with
 *   that visit, and a part of it that is refunded takes its part of them.
 *
 *   Tiers.  Who earned 60 points with the second purse in two months is of the first tier, with
 *   150 of the second, where visits bring twice as much. It is kept for a month from that day on
 *   and six days more; then what counts is looked at anew, and whoever has too little goes down
 *   by one. A rise is undone with what carried it.
 *
 *   Gifts.  Those with the two last purses give each other five points or more, 120 a day at
 *   most, without what came back, and ten gifts that nobody took yet. They wait three days, or
 *   until the first of them ends; then, or when the giver wants, they come back to where they
 *   were, ended or not. They live as long with the other as they would have, and repay nothing.
 *
 *   The jar.  100 yen give a point, points never end. At 20 a biscuit; 50 fill the jar: they
 *   leave it for a cake, and what is over begins the next. Points can be spent in between; a
 *   biscuit is reached once a jar all the same. What comes back reaches nothing by itself: the
 *   next visit reaches what it lifted the jar over, too.
 *
 *   Vouchers.  A manager cancels one that is still good: what was paid for it comes back. A
 *   cake's jar is full again then, until the next visit, and the biscuit that the newest jar has
 *   reached goes with it; not when that was eaten.
 *
 *   A cashier refunds for five business days and 5000 yen of a sale, undoes a grant or a swap on
 *   its day, and what was spent or redeemed within ten minutes; a manager always.
 *
 *   Merging.  Those with the two last purses may turn out to be one person. What the second has
 *   open comes back first; then its points, each as long as it lives, its debt and its good
 *   vouchers go to the other purse. What happened with it is not taken back any more, nor what
 *   was paid for a voucher that went over.
 *
 *   It is undone within thirty days, so long as nothing that went over was redeemed or came to its
 *   end, and the other purse holds as much: what is still there of it goes first, and where it was
 *   it lives as it would have; of the debt goes back what is still owed, and good vouchers do.
 *
 *   A clock that goes back.  What is written then carries the newest time that the book has seen,
 *   and vouchers and what may be undone follow that; points, holds and gifts live by the clock.
 *   What has ended stays so, and what was held could be used.
 *
 * Every function is told of something that happens at now_ms and decides what follows; false: the
 * terms refuse it, and nothing has happened.
 */
#ifndef TESTS_SUPPORT_ORACLE_H
#define TESTS_SUPPORT_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORACLE_REFUSES, ORACLE_FORGIVES, ORACLE_OWES, ORACLE_OWES_TOO, ORACLE_JARS }; /* cards */
#define ORACLE_CARDS 7
#define ORACLE_LOTS 4096
#define ORACLE_LINES 16384
#define ORACLE_THINGS 4096 /* grants, uses, vouchers: of each so many */
#define ORACLE_PARTS 256
#define ORACLE_MERGES 64

#define ORACLE_MUG 30 /* points */
#define ORACLE_BISCUIT 20
#define ORACLE_CAKE 50
#define ORACLE_REFUND_DAYS 5
#define ORACLE_REFUND_YEN 5000
#define ORACLE_LATE_DAYS 7
#define ORACLE_LATE_POINTS 40 /* a cashier's */
#define ORACLE_DAILY 5        /* points of thanks */
#define ORACLE_ONCE 9
#define ORACLE_JOIN 6
#define ORACLE_BIRTHDAY 11
#define ORACLE_MERGE_DAYS 30
#define ORACLE_TIER_1 60
#define ORACLE_TIER_2 150
#define ORACLE_TIER_MONTHS 2
#define ORACLE_TIER_KEPT 1 /* months */
#define ORACLE_TIER_GRACE 5
#define ORACLE_GIFT_LEAST 5
#define ORACLE_GIFT_DAY 120
#define ORACLE_GIFTS_OPEN 10
#define ORACLE_GIFT_DAYS 3

enum oracle_line_kind {
    LINE_EARN,
    LINE_ROUND,
    LINE_REVERSE,
    LINE_LAPSE,
    LINE_SPEND,
    LINE_SWAP,
    LINE_REFUND,
    LINE_REPAY,
    LINE_LATE,
    LINE_BONUS,
    LINE_GIFT_OUT,
    LINE_GIFT_IN,
    LINE_MERGE_OUT,
    LINE_MERGE_IN,
};

struct oracle_line {
    enum oracle_line_kind kind;
    int64_t amount, balance; /* balance: after it */
    bool is_credit;
};

struct oracle_lot {
    int64_t left, usable_ms, ends_ms; /* ends 0: never */
    size_t origin; /* of the grant that brought it, or of the merge; or ORACLE_NONE */
};
#define ORACLE_NONE SIZE_MAX
#define ORACLE_OF_MERGE(n) (ORACLE_THINGS + (n))

struct oracle_card {
    bool is_jar;
    bool is_merged; /* into ORACLE_OWES */
    struct oracle_lot lot[ORACLE_LOTS];
    struct oracle_line line[ORACLE_LINES];
    size_t lots_n, lines_n;
    int64_t reached; /* the most there was in this jar at a visit */
    int64_t owed;
    int64_t born;                      /* month and day, as 229; 0: not told */
    int64_t tier, tier_until_ms;       /* 0: there is nothing to lose */
    int64_t tier_before, tier_from_ms; /* its last change */
};

/* What brought points: LINE_EARN, _LATE or _BONUS. */
struct oracle_grant {
    enum oracle_line_kind kind;
    size_t card;
    int64_t at_ms, sold_ms, amount;
    int64_t yen;                    /* of a sale; else 0 */
    int64_t receipt;                /* of credit afterwards; else 0 */
    int64_t extra;                  /* of the amount: what the tier brings */
    bool is_daily, is_birthday;     /* of a bonus */
    size_t joining;                 /* the bonus that came with a visit, and back; or ORACLE_NONE */
    int64_t refunded_yen, refunded; /* points */
    size_t repaid;                  /* the use that it repaid by; or ORACLE_NONE */
    bool is_undone;
    bool has_lapsed; /* points that it brought came to their end */
};

enum oracle_use_kind { USE_SPEND, USE_HOLD, USE_SWAP, USE_REPAY, USE_ROUND, USE_GIFT, USE_MERGE };

/* Points that left. */
struct oracle_use {
    enum oracle_use_kind kind;
    size_t card;
    int64_t at_ms, amount;
    struct {
        size_t lot;
        int64_t amount;
    } part[ORACLE_PARTS];
    size_t parts_n;
    bool is_open; /* a hold that nobody ended */
    bool is_back;
    int64_t until_ms; /* of a hold */
    size_t voucher;   /* of a swap, or a round */
};

enum oracle_voucher_state { OPEN, USED, ENDED, TAKEN_BACK };
struct oracle_voucher {
    size_t card;
    int64_t price; /* of what it is for: ORACLE_MUG, _BISCUIT, _CAKE */
    int64_t ends_ms, used_ms;
    size_t paid; /* the use that paid for it; or ORACLE_NONE */
    enum oracle_voucher_state state;
    bool is_moved; /* from another card */
    size_t merge;  /* which moved it last */
};

enum oracle_gift_state { GIFT_OFFERED, GIFT_ARRIVED, GIFT_CAME_BACK };
struct oracle_gift {
    size_t card, use;
    int64_t amount, made_ms, until_ms;
    enum oracle_gift_state state;
};

/* Of the second purse into the first. */
struct oracle_merge {
    size_t use; /* of the points that went over; or ORACLE_NONE */
    int64_t owed, until_ms;
    bool is_undone;
    bool has_lapsed; /* as of a grant */
};

struct oracle_sale {
    int64_t yen, sold_ms, receipt;
};

struct oracle {
    struct oracle_card card[ORACLE_CARDS];
    struct oracle_grant grant[ORACLE_THINGS];
    struct oracle_use use[ORACLE_THINGS];
    struct oracle_voucher voucher[ORACLE_THINGS];
    struct oracle_gift gift[ORACLE_THINGS];
    struct oracle_merge merge[ORACLE_MERGES];
    size_t grants_n, uses_n, vouchers_n, gifts_n, merges_n;
    int64_t head_ms; /* of the newest line */
    bool takes_last; /* wrong on purpose: what ends last goes first */
};

void oracle_open(struct oracle *o);
int64_t oracle_balance(const struct oracle_card *c);
int64_t oracle_usable(const struct oracle_card *c, int64_t now_ms);

bool oracle_grant(struct oracle *o, size_t card, int64_t yen, int64_t now_ms);
bool oracle_late(struct oracle *o, size_t card, const struct oracle_sale *sale, bool is_manager,
                 int64_t now_ms);
bool oracle_thank(struct oracle *o, size_t card, bool is_daily, int64_t now_ms);
bool oracle_spend(struct oracle *o, size_t card, int64_t points, int64_t now_ms);
bool oracle_hold(struct oracle *o, size_t card, int64_t points, int64_t until_ms, int64_t now_ms);
bool oracle_capture(struct oracle *o, size_t use, int64_t points, int64_t now_ms);
bool oracle_release(struct oracle *o, size_t use, int64_t now_ms);
bool oracle_swap(struct oracle *o, size_t card, int64_t now_ms);
bool oracle_redeem(struct oracle *o, size_t voucher, int64_t now_ms);
bool oracle_give(struct oracle *o, size_t card, int64_t points, int64_t now_ms);
bool oracle_accept(struct oracle *o, size_t gift, size_t card, int64_t now_ms);
bool oracle_gift_back(struct oracle *o, size_t gift, int64_t now_ms);
/* The second purse's owner and the first's, who are not one already. */
void oracle_merge(struct oracle *o, int64_t now_ms);
bool oracle_unmerge(struct oracle *o, size_t merge, int64_t now_ms);
void oracle_born(struct oracle *o, size_t card, int64_t month_day); /* 0: they take it back */
/* Month and day of the business day so many days on, as 229. */
int64_t oracle_month_day(int64_t now_ms, int64_t days);
/* What happens by itself has happened: holds, vouchers, points and gifts end; birthdays. */
void oracle_time(struct oracle *o, int64_t now_ms);

/* Taking back, by a manager or else the cashier who did it. */
bool oracle_swap_back(struct oracle *o, size_t use, bool is_manager, int64_t now_ms);
bool oracle_unspend(struct oracle *o, size_t use, bool is_manager, int64_t now_ms);
bool oracle_unredeem(struct oracle *o, size_t voucher, bool is_manager, int64_t now_ms);
bool oracle_cancel(struct oracle *o, size_t voucher, bool is_manager, int64_t now_ms);
bool oracle_reverse(struct oracle *o, size_t grant, bool is_manager, int64_t now_ms);
/* yen 0: what is left of the sale. */
bool oracle_refund(struct oracle *o, size_t grant, int64_t yen, bool is_manager, int64_t now_ms);

#endif
