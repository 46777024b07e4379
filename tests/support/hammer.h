/*
 * hammer.h - one of many tills that hammer a few cards, and the phones of their members: what they
 * ask for, and what they were told.
 *
 * What the tills share is behind a lock, or atomic. A worker writes nothing but its own part, and
 * keeps the first answer that must not be for the test's thread to report.
 */
#ifndef TESTS_SUPPORT_HAMMER_H
#define TESTS_SUPPORT_HAMMER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/codec.h"
#include "domain/chain.h"
#include "domain/keys.h"
#include "tests/support/crowd.h"

#define HAMMER_CARDS 5        /* person 1's is the hot one */
#define HAMMER_GOAL 50        /* POINTS' */
#define HAMMER_TEA 7          /* points */
#define HAMMER_STEPS_HOT 120  /* of codes that a round may use; then the clock moves, for a code */
#define HAMMER_STEPS_COLD 30  /* works once */
#define HAMMER_STEPS_LIVE 2   /* are good at one time */
#define HAMMER_REMEMBERED 32  /* answers, to be asked for again */
#define HAMMER_REFUSALS 24    /* different words */
#define HAMMER_VOUCHERS 20000 /* that a round may try */

enum told_kind {
    TOLD_EARN,
    TOLD_UNEARNED, /* a grant was taken back */
    TOLD_SPENT,
    TOLD_UNSPENT,
    TOLD_HELD,
    TOLD_CAPTURED, /* a part of it: the rest came back */
    TOLD_RELEASED,
    TOLD_FORGOTTEN, /* a hold that nobody ended: it is told by nobody */
    TOLD_SWAPPED,
    TOLD_UNSWAPPED,
    TOLD_KINDS
};

/* What an answer said of a transfer. */
struct told {
    enum told_kind kind;
    int card;
    int64_t seq;
    int64_t amount; /* as the book has it */
    int64_t change; /* of the balance, but for rounds */
    int64_t rounds, balance, vouchers;
    char mac[HEX_SIZE(MAC_SIZE)];
};

struct remembered {
    int status, card;
    char path[64], key[CLIENT_KEY_SIZE], body[192], answer[1024];
};

struct use; /* of points: hammer_use.c */

/* A code that this till has read, and its session lives. */
struct sitting {
    int64_t scan; /* 0: none */
    int card;
    struct use *use; /* the last that it carried, which may have come back */
};

struct worker {
    pthread_t thread;
    struct client *client;
    uint64_t chance;
    int64_t keys_made, requests, scans;
    struct told *told;
    size_t told_n, told_cap;
    struct remembered last[HAMMER_REMEMBERED];
    size_t last_n;
    struct sitting sitting;
    int64_t redeemed, repeats, live_won;
    int64_t captured; /* whole: no transfer tells of it */
    struct {
        char word[24];
        int64_t n;
    } refused[HAMMER_REFUSALS];
    char failure[400]; /* the first thing that must not be */
};

struct hammer_card {
    int64_t id, locator;
    char phone[TOKEN_SIZE];       /* its member's session */
    int64_t next_step, last_step; /* of codes read while offline */
    int64_t next_live, last_live; /* of those good now */
};

struct hammer_voucher {
    int64_t id, locator;
    atomic_bool is_redeemed;
};

/* What all see. */
struct hammer {
    struct keys keys;
    int64_t tea; /* the reward */
    int64_t now_ms;
    struct hammer_card card[HAMMER_CARDS];
    struct hammer_voucher voucher[HAMMER_VOUCHERS];
    size_t vouchers_n;
    atomic_size_t voucher_turn;
    atomic_llong left; /* requests of this round */
};
extern struct hammer hammer;

/* Room for what so many requests may do. */
void hammer_open(size_t requests);
void hammer_close(void);

/* A thread of a round: until it has no requests left, or something must not be. */
void *hammer_work(void *worker);

#endif
