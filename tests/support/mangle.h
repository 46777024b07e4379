/*
 * mangle.h - a crowd of members, and what scanners, keyboards and hands make of their codes.
 *
 * Every text comes with the answers that are right for it. All of it follows from entropy_seed, so
 * that one seed is one corpus. Source of the rules: barcodes.md, section 6.
 */
#ifndef TESTS_SUPPORT_MANGLE_H
#define TESTS_SUPPORT_MANGLE_H

#include "domain/keys.h"
#include "domain/reading.h"

#include <stdint.h>

#define CROWD 3000
#define CROWD_STEP 59166840 /* the 30 s step it is now */
#define CROWD_PREFIX 21     /* of the rotating JAN-13 */
#define MANGLED_MAX 2048

struct crowd_member {
    int64_t locator;                    /* 22 digits and rotating JAN-13 */
    char number[READING_PLAIN_MAX + 1]; /* fixed */
    int form;                           /* of the number */
};

struct crowd {
    struct keys keys;
    struct crowd_member member[CROWD];
};

/* Answers, as bits. */
enum {
    ANSWER_MEMBER = 1,     /* mangled.member, and nobody else */
    ANSWER_STALE = 2,      /* a code of ours, not of now */
    ANSWER_UNREADABLE = 4, /* scan again */
    ANSWER_UNKNOWN = 8,
    ANSWER_GOODS = 16,
    ANSWER_ASK = 32, /* two members: the cashier decides; right for nothing here */
    ANSWER_WRONG = 64,
};

struct mangled {
    char text[MANGLED_MAX];
    size_t n;
    int member;       /* whose code was mangled; -1: nobody's */
    unsigned right;   /* answers; a readable text has ANSWER_MEMBER alone */
    bool is_fixed;    /* of a fixed number, not of a code that changes */
    const char *rule; /* what was done, for messages */
};

void crowd_make(struct crowd *crowd);
void crowd_mangle(const struct crowd *crowd, struct mangled *out);

#endif
