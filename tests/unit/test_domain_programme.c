/*
 * Random operations on the book and, beside it, on the programme's terms as tests/support/oracle.h
 * tells them: grants, credit afterwards and thanks; points spent, held, captured, released, swapped
 * and given away; all of it taken back, refunds and debts; vouchers redeemed and cancelled; tiers;
 * birthdays, of 29 February too; members who become one, and two again; and a clock that jumps by
 * seconds or by years, and back. Refusals, balances, lots, debts, tiers, vouchers and histories are
 * the same.
 *
 * What fails is made short: `SEED=7 OPS=3,18,44 make model` does again these steps of that seed and
 * no others. That it finds something is shown with terms that are wrong on purpose.
 *
 * Three thousand steps in `make test`; STEPS (200,000) by `make model`.
 */
#include "tests/support/check.h"
#include "tests/support/programme.h"
#include "tests/support/shrink.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "store/db.h"

#define STEPS_A_BOOK 1000
#define LOOK_EVERY 25 /* steps; then everything is compared */
#define BATCH 50      /* to a transaction */

static struct run {
    uint64_t seed;
    struct step step[STEPS_A_BOOK];
    bool is_wrong; /* the oracle, on purpose */
    struct programme programme;
} r;

static void
make_steps(uint64_t seed)
{
    entropy_seed(seed);
    r.seed = seed;
    for (size_t i = 0; i < STEPS_A_BOOK; i++)
        r.step[i] = step_at_random();
}

/* Whether these steps of the seed, and no others, end in a disagreement; which is the last. */
static bool
fails(void *context, const size_t *keep, size_t n)
{
    struct programme *p = &r.programme;
    bool agrees = true;
    size_t *last_out = context, i = 0;

    entropy_seed(r.seed + 1);
    programme_open(p, r.is_wrong);
    while (agrees && i < n) {
        DB_TX tx = {0};
        struct err e;

        CHECK_OK(db_begin(p->book.db, &tx, &e), e);
        for (int j = 0; agrees && j < BATCH && i < n; j++, i++)
            agrees = programme_step(p, &r.step[keep[i]]) &&
                     ((i + 1) % LOOK_EVERY != 0 && i + 1 < n ? true : programme_same(p));
        CHECK_OK(db_commit(&tx, &e), e);
    }
    programme_close(p);
    if (last_out != NULL)
        *last_out = i;
    return !agrees;
}

/* ---------------------------------------------------------------- a failure, in few steps */

static size_t
make_short(size_t *keep, size_t n)
{
    size_t few = shrink(fails, NULL, keep, n);

    (void)fails(NULL, keep, few); /* once more, for the reason */
    return few;
}

static void
tell(const size_t *keep, size_t n)
{
    print_error("the book and the terms do not agree: %s\nSEED=%" PRIu64 " OPS=", r.programme.why,
                r.seed);
    for (size_t i = 0; i < n; i++)
        print_error("%s%zu", i > 0 ? "," : "", keep[i]);
    print_error(" make model\n");
    for (size_t i = 0; i < n; i++)
        print_error("  %4zu  %-9s  after %" PRId64 " s\n", keep[i], step_name(r.step[keep[i]].kind),
                    r.step[keep[i]].after_ms / SECOND_MS);
}

static uint64_t
from_env(const char *name, uint64_t otherwise)
{
    return getenv(name) != NULL ? strtoull(getenv(name), NULL, 10) : otherwise;
}

static size_t
first_steps(size_t *keep, size_t n)
{
    for (size_t i = 0; i < n; i++)
        keep[i] = i;
    return n;
}

static size_t
steps_of_text(const char *text, size_t *keep)
{
    struct str rest = str_of(text);
    size_t n = 0;

    while (rest.n > 0 && n < STEPS_A_BOOK) {
        struct str one;
        int64_t at;

        if (!str_until(&rest, ',', &one)) {
            one = rest;
            rest.n = 0;
        }
        if (!str_int(one, &at, 0, STEPS_A_BOOK - 1))
            fail_msg("OPS: numbers of steps, by comma");
        keep[n++] = (size_t)at;
    }
    return n;
}

/* ---------------------------------------------------------------- tests */

static void
the_book_does_what_the_terms_say(void **state)
{
    uint64_t seed = from_env("SEED", 1);
    size_t books = (size_t)(from_env("STEPS", 3000) + STEPS_A_BOOK - 1) / STEPS_A_BOOK;
    size_t keep[STEPS_A_BOOK], n = STEPS_A_BOOK;

    (void)state;
    r.is_wrong = false;
    for (size_t i = 0; i < (getenv("OPS") != NULL ? 1 : books); i++) {
        make_steps(seed + i);
        n = getenv("OPS") != NULL ? steps_of_text(getenv("OPS"), keep)
                                  : first_steps(keep, STEPS_A_BOOK);
        if (fails(&n, keep, n)) {
            n = make_short(keep, n);
            tell(keep, n);
            fail_msg("in %zu steps of seed %" PRIu64, n, r.seed);
        }
    }
    for (int kind = 0; kind < STEP_KINDS; kind++)
        print_message("%-9s  done %7" PRId64 "  refused %7" PRId64 "\n",
                      step_name((enum step_kind)kind), r.programme.done[kind],
                      r.programme.refused[kind]);
    print_message("%" PRId64 " birthdays, %" PRId64 " of 29 February\n", r.programme.birthdays,
                  r.programme.leap_birthdays);
    print_message("%zu books of %d steps from seed %" PRIu64 "\n", books, STEPS_A_BOOK, seed);
    for (int kind = 0; kind < STEP_MERGE && getenv("OPS") == NULL; kind++)
        CHECK_THAT(r.programme.done[kind] - r.programme.refused[kind] > 3);
    CHECK_THAT(getenv("OPS") != NULL || r.programme.birthdays > 3);
}

/* If what ends last went first, it would be found out, and told in a few steps. */
static void
wrong_terms_are_found_out_in_few_steps(void **state)
{
    size_t keep[STEPS_A_BOOK], n = STEPS_A_BOOK, few;

    (void)state;
    make_steps(1);
    r.is_wrong = true;
    first_steps(keep, n);
    CHECK_THAT(fails(&n, keep, n));
    few = make_short(keep, n);
    print_message("%zu of %zu steps are left: %s\n", few, n, r.programme.why);
    CHECK_THAT(few >= 3 && few <= 16); /* grants, and what uses the wrong one of them */
    CHECK_THAT(fails(NULL, keep, few));
    r.is_wrong = false;
    CHECK_THAT(!fails(NULL, keep, few));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_book_does_what_the_terms_say),
                                       TEST(wrong_terms_are_found_out_in_few_steps)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
