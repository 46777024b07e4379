/*
 * permute.h - a keyed permutation of the numbers of so many decimal digits.
 *
 * With it a number that counts (a card's place in a sequence, a locator) becomes one that looks
 * like any other, and back, without a table and without two ever meeting. `label` and `tweak` tell
 * one permutation under a key from another.
 */
#ifndef DOMAIN_PERMUTE_H
#define DOMAIN_PERMUTE_H

#include "base/digest.h"

#include <stdint.h>

#define PERMUTE_DIGITS_MIN 2
#define PERMUTE_DIGITS_MAX 18

struct permutation {
    const uint8_t *key; /* KEY_SIZE bytes; borrowed */
    const char *label;  /* at most 7 characters; borrowed */
    int64_t tweak;      /* such as a time step */
    unsigned digits;    /* PERMUTE_DIGITS_MIN..MAX: permutes 0 .. 10^digits - 1 */
};

uint64_t permute(const struct permutation *p, uint64_t number);
uint64_t permute_back(const struct permutation *p, uint64_t number);

/* 10^n, n at most 19. */
uint64_t power_of_ten(unsigned n);

#endif
