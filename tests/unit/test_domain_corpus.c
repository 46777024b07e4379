/*
 * A hundred and fifty thousand mangled codes of three thousand members: never the wrong member,
 * nearly every readable one found, the others refused for the right reason.
 */
#include "tests/support/book.h"
#include "tests/support/check.h"
#include "tests/support/mangle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/entropy.h"

#define CORPUS 150000
#define AT_TILL 20000

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

/* ---------------------------------------------------------------- the corpus */

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
count(struct tally *tally, const struct mangled *mangled, unsigned answer)
{
    bool is_readable = mangled->right == ANSWER_MEMBER;

    tally->of[answer]++;
    tally->readable += is_readable;
    tally->resolved += is_readable && answer == ANSWER_MEMBER;
    tally->out_of_place += !is_readable && !(answer & mangled->right);
    if (!(answer & mangled->right))
        complain(mangled, answer);
}

static void
check_tally(const struct tally *tally, int n)
{
    printf("%d texts: %d of %d readable ones resolved, %d asked, %d wrong; refused: %d unreadable, "
           "%d unknown, %d goods, %d stale, %d for another reason\n",
           n, tally->resolved, tally->readable, tally->of[ANSWER_ASK], tally->of[ANSWER_WRONG],
           tally->of[ANSWER_UNREADABLE], tally->of[ANSWER_UNKNOWN], tally->of[ANSWER_GOODS],
           tally->of[ANSWER_STALE], tally->out_of_place);
    CHECK_INT(tally->of[ANSWER_WRONG], 0);
    CHECK_THAT(tally->resolved >= tally->readable * 0.99);
    CHECK_INT(tally->out_of_place, 0);
    CHECK_THAT(tally->readable > n / 4 && tally->of[ANSWER_UNREADABLE] > n / 20 &&
               tally->of[ANSWER_UNKNOWN] > n / 20 && tally->of[ANSWER_GOODS] > n / 40 &&
               tally->of[ANSWER_STALE] > n / 100);
}

static void
no_wrong_member_and_the_right_reason(void **state)
{
    static struct mangled mangled;
    struct tally tally = {.readable = 0};

    (void)state;
    for (int i = 0; i < CORPUS; i++) {
        crowd_mangle(&crowd, &mangled);
        count(&tally, &mangled, answer_to(&mangled));
    }
    check_tally(&tally, CORPUS);
}

/* ---------------------------------------------------------------- a till and a real book */

/* Gives every member of the crowd a card of the book, and so its locator. */
static void
issue_cards(struct book *b)
{
    DB_TX tx = {0};
    struct err e;

    book_exec(b,
              "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < %d)"
              " INSERT INTO member (id, language, is_friend, joined_ms)"
              " SELECT n, 'ja', 1, %lld FROM i",
              CROWD, (long long)b->now_ms);
    CHECK_OK(db_begin(b->db, &tx, &e), e);
    for (int i = 0; i < CROWD; i++) {
        struct card card;

        CHECK_OK(card_issue(b->db, i + 1, BOOK_POINTS, b->now_ms, &card, &e), e);
        crowd.member[i].locator = card.locator;
    }
    CHECK_OK(db_commit(&tx, &e), e);
    crowd.keys = b->keys;
    CHECK_INT(code_step(b->now_ms), CROWD_STEP);
}

static unsigned
answer_at_till(struct book *b, const struct mangled *mangled)
{
    const struct scan_request in = {
        .text = {mangled->text, mangled->n},
        .till_id = BOOK_UENO_TILL,
        .shop_id = BOOK_UENO,
        .staff_id = BOOK_CASHIER,
        .now_ms = b->now_ms,
    };
    struct scan_result found;
    struct refusal refusal;
    int64_t near_miss;
    struct err e;

    CHECK_OK(scan_open(b->db, &in, &found, &refusal, &near_miss, &e), e);
    switch (refusal.kind) {
    case REFUSAL_NONE:
        return found.card.member_id - 1 == mangled->member ? ANSWER_MEMBER : ANSWER_WRONG;
    case REFUSAL_CODE_STALE:
        return ANSWER_STALE;
    case REFUSAL_CODE_GOODS:
        return ANSWER_GOODS;
    case REFUSAL_CODE_UNKNOWN:
        return ANSWER_UNKNOWN;
    default:
        CHECK_TEXT(refusal_word(refusal.kind), "code_unreadable");
        return ANSWER_UNREADABLE;
    }
}

/* The book has the crowd's cards, whose codes change; of their fixed numbers it knows none. */
static void
a_till_finds_the_same_in_a_book(void **state)
{
    static struct mangled mangled;
    struct tally tally = {.readable = 0};
    DB_TX tx = {0};
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    issue_cards(&b);
    CHECK_OK(db_begin(b.db, &tx, &e), e);
    for (int i = 0; i < AT_TILL; i++) {
        unsigned answer;

        crowd_mangle(&crowd, &mangled);
        answer = answer_at_till(&b, &mangled);
        if (!mangled.is_fixed)
            count(&tally, &mangled, answer);
        else
            CHECK_THAT(answer != ANSWER_MEMBER && answer != ANSWER_WRONG);
    }
    CHECK_OK(db_commit(&tx, &e), e);
    check_tally(&tally, AT_TILL);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_wrong_member_and_the_right_reason),
        TEST(a_till_finds_the_same_in_a_book),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
