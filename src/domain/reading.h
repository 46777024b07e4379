/*
 * reading.h - what the text from a scanner, or from a hand, is: told by its form alone.
 *
 * Nothing here knows a key, a card or a plan. Form decides between a code of ours, a number that
 * may be somebody's, a product and what has to be scanned again; whose it is, and whether it is
 * still good, is for whoever has the book. The till's web/till/reading.ts mirrors this file, and
 * tests/unit/readings.json holds both to the same answers. Source: barcodes.md, section 6.
 */
#ifndef DOMAIN_READING_H
#define DOMAIN_READING_H

#include "base/str.h"
#include "domain/code.h"

#include <stdbool.h>

#define READING_PLAIN_MAX 32
#define READING_CANDIDATES 3

/* The answer when no candidate is a number of the chain's. */
enum reading_kind {
    READING_MEMBER,     /* 22 digits, kind 71: code_is_of_step decides */
    READING_VOUCHER,    /* 22 digits, kind 72 */
    READING_JAN,        /* 13 digits with an in-store prefix: perhaps a card's, by jan_locator */
    READING_STATIC,     /* nothing but perhaps a number of the chain's own */
    READING_GOODS,      /* a product's number */
    READING_UNREADABLE, /* wrong check digits, digits lost, or two codes in one: scan again */
    READING_UNKNOWN,    /* no number of any kind */
};

struct reading {
    enum reading_kind kind;
    char digits[CODE_DIGITS + 1]; /* MEMBER, VOUCHER: 22; JAN: 13; else "" */
    struct code code;             /* MEMBER, VOUCHER */
    bool is_goods_else;           /* JAN of which the check digit was missing: a UPC-A if no card */

    /*
     * Fixed numbers. `plain` is the text in one form: printable ASCII, upper case, without what
     * scanners put around a number (AIM identifier, control characters, Code 39's stars, NW-7's
     * start and stop), digits without the spaces and hyphens between them; "" when that is empty or
     * longer than READING_PLAIN_MAX. `candidate` are the numbers that the text may stand for, the
     * likeliest first, with any kind but MEMBER and VOUCHER: look up all of them among the chain's
     * own numbers (stored in upper case), beside the card that a JAN may lead to. One card found is
     * the answer, two different ones ask the cashier, none leaves `kind` as the answer.
     */
    char plain[READING_PLAIN_MAX + 1];
    int n_candidates;
    char candidate[READING_CANDIDATES][READING_PLAIN_MAX + 1];
};

/*
 * Takes what keyboards and scanner settings do to a code: full-width digits and kana, an AIM
 * identifier, control characters around it, spaces and hyphens inside, start and stop characters, a
 * JAN without its check digit or its leading zero, an address around it, and the same code twice in
 * one go. Two different codes in one go are unreadable.
 */
void scan_normalise(struct str text, struct reading *out);

#endif
