/*
 * A hundred and fifty thousand mangled codes of three thousand members: never the wrong member,
 * nearly every readable one found, the others refused for the right reason.
 */
#include "tests/support/check.h"
#include "tests/support/mangle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/entropy.h"

#define CORPUS 150000

/* The crowd as a book would find it: by locator and by number. */
struct found_by {
    const struct crowd_member *locator[CROWD], *number[CROWD];
};

static struct crowd crowd;
static struct found_by found_by;

static int
compare_locators(const void *a, const void *b)
{
    const struct crowd_member *const *left = a, *const *right = b;

    return ((*left)->locator > (*right)->locator) - ((*left)->locator < (*right)->locator);
}

static int
compare_numbers(const void *a, const void *b)
{
    const struct crowd_member *const *left = a, *const *right = b;

    return strcmp((*left)->number, (*right)->number);
}

static int
set_up(void **state)
{
    (void)state;
    entropy_seed(20260401);
    crowd_make(&crowd);
    for (int i = 0; i < CROWD; i++)
        found_by.locator[i] = found_by.number[i] = &crowd.member[i];
    qsort(found_by.locator, CROWD, sizeof(found_by.locator[0]), compare_locators);
    qsort(found_by.number, CROWD, sizeof(found_by.number[0]), compare_numbers);
    return 0;
}

/* -1: nobody's. */
static int
by_locator(int64_t locator)
{
    const struct crowd_member key = {.locator = locator}, *wanted = &key;
    const struct crowd_member *const *at =
        bsearch(&wanted, found_by.locator, CROWD, sizeof(found_by.locator[0]), compare_locators);

    return at != NULL ? (int)(*at - crowd.member) : -1;
}

static int
by_number(const char *number)
{
    struct crowd_member key = {.locator = 0}, *wanted = &key;
    const struct crowd_member *const *at;

    CHECK_THAT(str_copy(str_of(number), key.number, sizeof(key.number)));
    at = bsearch(&wanted, found_by.number, CROWD, sizeof(found_by.number[0]), compare_numbers);
    return at != NULL ? (int)(*at - crowd.member) : -1;
}

static unsigned
answer_22(const struct reading *reading, int *member_out)
{
    *member_out = by_locator(reading->code.locator);
    if (*member_out < 0)
        return ANSWER_UNKNOWN;
    for (int64_t step = CROWD_STEP - 1; step <= CROWD_STEP; step++)
        if (code_is_of_step(&crowd.keys, &reading->code, step))
            return ANSWER_MEMBER;
    return ANSWER_STALE;
}

static void
note_hit(int member, int *member_out, unsigned *answer)
{
    if (member < 0 || member == *member_out)
        return;
    *answer = *answer == ANSWER_MEMBER ? ANSWER_ASK : ANSWER_MEMBER;
    *member_out = member;
}

static unsigned
answer_number(const struct reading *reading, int *member_out)
{
    static const unsigned nobodys[] = {
        [READING_JAN] = ANSWER_UNKNOWN,           [READING_STATIC] = ANSWER_UNKNOWN,
        [READING_GOODS] = ANSWER_GOODS,           [READING_UNKNOWN] = ANSWER_UNKNOWN,
        [READING_UNREADABLE] = ANSWER_UNREADABLE,
    };
    unsigned answer = nobodys[reading->kind];

    *member_out = -1;
    for (int i = 0; i < reading->n_candidates; i++)
        note_hit(by_number(reading->candidate[i]), member_out, &answer);
    if (reading->kind == READING_JAN && strncmp(reading->digits, "21", 2) == 0)
        for (int64_t step = CROWD_STEP - 1; step <= CROWD_STEP; step++)
            note_hit(by_locator(jan_locator(&crowd.keys, str_of(reading->digits), step)),
                     member_out, &answer);
    return answer;
}

static unsigned
answer_to(const struct mangled *mangled)
{
    struct reading reading;
    unsigned answer;
    int member;

    scan_normalise((struct str){mangled->text, mangled->n}, &reading);
    CHECK_THAT(reading.kind != READING_VOUCHER); /* the crowd has none */
    answer = reading.kind == READING_MEMBER ? answer_22(&reading, &member)
                                            : answer_number(&reading, &member);
    return answer == ANSWER_MEMBER && member != mangled->member ? ANSWER_WRONG : answer;
}

struct tally {
    int readable, resolved;
    int of[ANSWER_WRONG + 1];
    int out_of_place; /* refused, but for another reason than the right one */
};

static void
complain(const struct mangled *mangled, unsigned answer)
{
    static int said;

    if (said++ < 20)
        printf("%s: \"%.*s\" gives %u, not %u\n", mangled->rule, (int)mangled->n, mangled->text,
               answer, mangled->right);
}

static void
no_wrong_member_and_the_right_reason(void **state)
{
    static struct mangled mangled;
    struct tally tally = {.readable = 0};

    (void)state;
    for (int i = 0; i < CORPUS; i++) {
        unsigned answer;
        bool is_readable;

        crowd_mangle(&crowd, &mangled);
        answer = answer_to(&mangled);
        is_readable = mangled.right == ANSWER_MEMBER;
        tally.of[answer]++;
        tally.readable += is_readable;
        tally.resolved += is_readable && answer == ANSWER_MEMBER;
        tally.out_of_place += !is_readable && !(answer & mangled.right);
        if (!(answer & mangled.right))
            complain(&mangled, answer);
    }
    printf("%d texts: %d of %d readable ones resolved, %d asked, %d wrong; refused: %d unreadable, "
           "%d unknown, %d goods, %d stale, %d for another reason\n",
           CORPUS, tally.resolved, tally.readable, tally.of[ANSWER_ASK], tally.of[ANSWER_WRONG],
           tally.of[ANSWER_UNREADABLE], tally.of[ANSWER_UNKNOWN], tally.of[ANSWER_GOODS],
           tally.of[ANSWER_STALE], tally.out_of_place);
    CHECK_INT(tally.of[ANSWER_WRONG], 0);
    CHECK_THAT(tally.resolved >= tally.readable * 0.99);
    CHECK_INT(tally.out_of_place, 0);
    CHECK_THAT(tally.readable > CORPUS / 2 && tally.of[ANSWER_UNREADABLE] > CORPUS / 20 &&
               tally.of[ANSWER_UNKNOWN] > CORPUS / 20 && tally.of[ANSWER_GOODS] > CORPUS / 40 &&
               tally.of[ANSWER_STALE] > CORPUS / 100);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_wrong_member_and_the_right_reason),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
