/*
 * code.h - what a scanner reads from a card, made and read back.
 *
 * A code is good for one 30 s step and the one after it. Nothing about it is stored: it follows
 * from the locator, the step and a key. Two forms carry it:
 *
 *   71 LLLLLLLLLL OOOOOOOO CC   22 digits in a QR or Code 128. L: locator; O: HMAC over kind,
 * locator and step; C: check digits (ISO 7064, MOD 97-10). 72: a voucher. PP NNNNNNNNNN C a JAN-13
 * with an in-store prefix. N: the locator under a keyed permutation that changes with the step; C:
 * the JAN's check digit.
 */
#ifndef DOMAIN_CODE_H
#define DOMAIN_CODE_H

#include "base/str.h"
#include "domain/keys.h"

#include <stdbool.h>
#include <stdint.h>

#define CODE_STEP_MS 30000
#define CODE_DIGITS 22
#define JAN_DIGITS 13

enum code_kind { CODE_MEMBER = 71, CODE_VOUCHER = 72 };

struct code {
    enum code_kind kind;
    int64_t locator;
    int64_t proof; /* O, not yet believed: see code_is_of_step */
};

int64_t code_step(int64_t at_ms);

void code_make(const struct keys *keys, enum code_kind kind, int64_t locator, int64_t step,
               char out[CODE_DIGITS + 1]);
/* 22 digits of a kind we know, with right check digits. */
bool code_parse(struct str digits, struct code *out);
bool code_is_of_step(const struct keys *keys, const struct code *code, int64_t step);

void jan_make(const struct keys *keys, int64_t prefix, int64_t locator, int64_t step,
              char out[JAN_DIGITS + 1]);
/* The locator that such a code shows in that step; every number is somebody's, so look it up.
 * `digits` are 13 digits with a right check digit. */
int64_t jan_locator(const struct keys *keys, struct str digits, int64_t step);

/* The last digit of a JAN, EAN or UPC whose other digits are these (GS1: weights 3, 1 from the
 * right). */
char gs1_check_digit(struct str digits);

#endif
