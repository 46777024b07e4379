/*
 * Guessing with the limits off: random codes against many members, looked up as scan.c does, hit as
 * often as designed. `make guess` makes it ten million codes against a million members.
 *
 * What has to match: the locator and the proof of one of two steps (22 digits), the number that the
 * JAN stands for in one of two steps (JAN-13), or a fixed number of so many free digits.
 */
#include "tests/support/book.h"
#include "tests/support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/entropy.h"
#include "domain/number.h"
#include "domain/permute.h"

#define LOCATORS UINT64_C(10000000000)

static int64_t members = 200000, guesses = 200000;
static struct keys keys;

/* ---------------------------------------------------------------- a million members */

/* Locators and numbers by open addressing; 0 is an empty place, so that all are kept plus one. */
struct set {
    uint64_t *place;
    size_t mask;
};

static void
set_add(struct set *set, uint64_t key)
{
    size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 20) & set->mask;

    while (set->place[at] != 0 && set->place[at] != key + 1)
        at = (at + 1) & set->mask;
    set->place[at] = key + 1;
}

static bool
set_has(const struct set *set, uint64_t key)
{
    size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 20) & set->mask;

    while (set->place[at] != 0 && set->place[at] != key + 1)
        at = (at + 1) & set->mask;
    return set->place[at] != 0;
}

static struct set
set_new(void)
{
    size_t n = 1;

    while (n < (size_t)members * 4)
        n *= 2;
    return (struct set){.place = calloc(n, sizeof(uint64_t)), .mask = n - 1};
}

static int
set_up(void **state)
{
    static const uint8_t root[KEY_SIZE] = "the root of a test of guesses";
    const char *wanted_members = getenv("GUESS_MEMBERS"), *wanted = getenv("GUESS_CODES");

    (void)state;
    if (wanted_members != NULL)
        str_int(str_of(wanted_members), &members, 1, 100000000);
    if (wanted != NULL)
        str_int(str_of(wanted), &guesses, 1, 1000000000);
    entropy_seed(20260401);
    keys_derive(root, &keys);
    return 0;
}

static struct set
locators(void)
{
    struct set set = set_new();

    for (int64_t i = 0; i < members; i++)
        set_add(&set, entropy_below(LOCATORS));
    return set;
}

/* ---------------------------------------------------------------- the odds */

static void
is_as_designed(const char *what, int64_t hits, double probability)
{
    double expected = (double)guesses * probability;
    double sigma = sqrt(expected * (1 - probability));
    double away = sigma > 0 ? ((double)hits - expected) / sigma : 0;

    print_message("guess: %-34s %10lld codes, %8lld members: %6lld hits, %.6g expected, sigma "
                  "%.3g, off by %+.2f sigma\n",
                  what, (long long)guesses, (long long)members, (long long)hits, expected, sigma,
                  away);
    if (expected < 0.01)
        CHECK_INT(hits, 0);
    else
        CHECK_THAT(fabs(away) <= 3);
}

static void
twenty_two_digits_are_hit_as_designed(void **state)
{
    const int64_t step = 59166840;
    struct set set = locators();
    int64_t named = 0, hits = 0;

    (void)state;
    for (int64_t i = 0; i < guesses; i++) {
        struct code code = {.kind = CODE_MEMBER,
                            .locator = (int64_t)entropy_below(LOCATORS),
                            .proof = (int64_t)entropy_below(100000000)};

        if (!set_has(&set, (uint64_t)code.locator))
            continue;
        named++;
        hits += code_is_of_step(&keys, &code, step) || code_is_of_step(&keys, &code, step - 1);
    }
    is_as_designed("22 digits that name a card", named, (double)members / 1e10);
    is_as_designed("22 digits that are taken", hits, (double)members / 1e10 * 2 / 1e8);
    free(set.place);
}

static void
a_known_locator_is_hit_as_designed(void **state)
{
    const int64_t step = 59166840;
    int64_t hits = 0;

    (void)state;
    for (int64_t i = 0; i < guesses; i++) {
        struct code code = {
            .kind = CODE_MEMBER, .locator = 1234567890, .proof = (int64_t)entropy_below(100000000)};

        hits += code_is_of_step(&keys, &code, step) || code_is_of_step(&keys, &code, step - 1);
    }
    is_as_designed("22 digits, the locator known", hits, 2 / 1e8);
}

static void
a_rotating_jan_is_hit_as_designed(void **state)
{
    const int64_t step = 59166840;
    struct set set = locators();
    int64_t hits = 0;

    (void)state;
    for (int64_t i = 0; i < guesses; i++) {
        char digits[JAN_DIGITS + 1];

        snprintf(digits, sizeof(digits), "20%010llu0", (unsigned long long)entropy_below(LOCATORS));
        hits += set_has(&set, (uint64_t)jan_locator(&keys, str_of(digits), step)) +
                set_has(&set, (uint64_t)jan_locator(&keys, str_of(digits), step - 1));
    }
    is_as_designed("rotating JAN-13, two steps", hits, (double)members / 1e10 * 2);
    free(set.place);
}

/* Ten free digits behind a prefix; the guesser knows prefix and check digit. */
static void
a_fixed_number_is_hit_as_designed(void **state)
{
    const struct permutation p = {.key = keys.number, .label = "num-v1", .digits = 10};
    struct set set = set_new();
    int64_t hits = 0;

    (void)state;
    for (int64_t i = 1; i <= members; i++)
        set_add(&set, permute(&p, (uint64_t)i));
    for (int64_t i = 0; i < guesses; i++)
        hits += set_has(&set, entropy_below(LOCATORS));
    is_as_designed("fixed number, ten free digits", hits, (double)members / 1e10);
    free(set.place);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(twenty_two_digits_are_hit_as_designed),
        TEST(a_known_locator_is_hit_as_designed),
        TEST(a_rotating_jan_is_hit_as_designed),
        TEST(a_fixed_number_is_hit_as_designed),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
