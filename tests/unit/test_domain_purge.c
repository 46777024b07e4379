/*
 * Who has long been away: decided by table, found in the book a few at a time.
 */
#include "domain/purge.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/staff.h"

static const struct purge_rules usual = {.unfollowed_days = 365, .dormant_days = 730};

/* Days after the last visit at DAY 0; friend_ms and warned_ms too. */
static void
absence_is_judged_by_what_was_seen_last(void **state)
{
    static const struct {
        struct purge_rules rules;
        struct purge_facts facts;
        int64_t day;
        enum purge_act act;
        enum erasure_why why;
    } rows[] = {
        /* a friend who stays away is told first */
        {{365, 730}, {.is_friend = true, .is_on_line = true}, 699, PURGE_NOTHING, 0},
        {{365, 730}, {.is_friend = true, .is_on_line = true}, 700, PURGE_WARN, 0},
        {{365, 730}, {.is_friend = true, .is_on_line = true}, 5000, PURGE_WARN, 0},
        {{365, 730},
         {.warned_ms = 700, .is_friend = true, .is_on_line = true},
         729,
         PURGE_NOTHING,
         0},
        {{365, 730},
         {.warned_ms = 700, .is_friend = true, .is_on_line = true},
         730,
         PURGE_ERASE,
         ERASURE_DORMANT},
        {{365, 730},
         {.warned_ms = 720, .is_friend = true, .is_on_line = true},
         749,
         PURGE_NOTHING,
         0},
        {{365, 730},
         {.warned_ms = 720, .is_friend = true, .is_on_line = true},
         750,
         PURGE_ERASE,
         ERASURE_DORMANT},
        /* a warning from before the last visit is about another absence */
        {{365, 730},
         {.active_ms = 710, .warned_ms = 700, .is_friend = true, .is_on_line = true},
         1409,
         PURGE_NOTHING,
         0},
        {{365, 730},
         {.active_ms = 710, .warned_ms = 700, .is_friend = true, .is_on_line = true},
         1410,
         PURGE_WARN,
         0},
        /* who blocked us cannot be told, and goes sooner: from the block on */
        {{365, 730}, {.friend_ms = 100}, 464, PURGE_NOTHING, 0},
        {{365, 730}, {.friend_ms = 100}, 465, PURGE_ERASE, ERASURE_UNFOLLOWED},
        {{365, 730}, {.active_ms = 200, .friend_ms = 100}, 564, PURGE_NOTHING, 0},
        {{0, 730}, {.friend_ms = 100}, 729, PURGE_NOTHING, 0},
        {{0, 730}, {.friend_ms = 100}, 730, PURGE_ERASE, ERASURE_DORMANT},
        /* a card without a LINE account */
        {{365, 730}, {.is_friend = true}, 729, PURGE_NOTHING, 0},
        {{365, 730}, {.is_friend = true}, 730, PURGE_ERASE, ERASURE_DORMANT},
        /* switched off, and people who serve */
        {{0, 0}, {.is_friend = true, .is_on_line = true}, 9999, PURGE_NOTHING, 0},
        {{365, 0}, {.is_friend = true, .is_on_line = true}, 9999, PURGE_NOTHING, 0},
        {{0, 0}, {.friend_ms = 1}, 9999, PURGE_NOTHING, 0},
        {{365, 730}, {.is_staff = true}, 9999, PURGE_NOTHING, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct purge_facts facts = rows[i].facts;
        struct purge_verdict verdict;

        CHECK_ROW(i);
        facts.active_ms *= DAY_MS;
        facts.friend_ms *= DAY_MS;
        facts.warned_ms *= DAY_MS;
        verdict = purge_decide(&rows[i].rules, &facts, rows[i].day * DAY_MS);
        CHECK_INT(verdict.act, rows[i].act);
        if (verdict.act == PURGE_ERASE)
            CHECK_INT(verdict.why, rows[i].why);
        if (verdict.act == PURGE_WARN)
            CHECK_THAT(verdict.ends_ms >= rows[i].day * DAY_MS + PURGE_WARNING_MS);
    }
}

static int64_t
enter(struct book *b, int person)
{
    char line_id[64];
    struct member_login login = {.is_friend = true, .now_ms = b->now_ms};
    struct member member;
    bool is_new;
    struct err e;

    snprintf(line_id, sizeof(line_id), "U%032x", person);
    login.line_id = str_of(line_id);
    CHECK_OK(member_enter(b->db, &login, &member, &is_new, &e), e);
    return member.id;
}

static void
a_pass_goes_through_everybody_a_few_at_a_time(void **state)
{
    struct book b;
    struct purge_due due[4];
    struct card card;
    int64_t after_id = 0, found[8] = {0};
    int passes = 0;
    size_t n, found_n = 0;
    struct erased erased;
    struct err e;

    (void)state;
    book_open(&b);
    for (int i = 1; i <= 7; i++)
        enter(&b, i);
    CHECK_OK(staff_declare(b.db, BOOK_CASHIER, 3, b.now_ms, &e), e);
    b.now_ms += 400 * DAY_MS;
    CHECK_OK(card_of_plan(b.db, 5, BOOK_STAMPS, &card, &e), e);
    book_grant(&b, &card, 1); /* a visit counts, without any login */
    enter(&b, 6);             /* as does opening the card */
    b.now_ms += 330 * DAY_MS;
    CHECK_OK(erase_member(b.db, 7, ERASURE_LEFT, b.now_ms, &erased, &e), e);
    do {
        CHECK_OK(purge_find(b.db, &usual, b.now_ms, COUNT(due), &after_id, due, &n, &e), e);
        for (size_t i = 0; i < n; i++)
            found[found_n++] = due[i].member_id;
        passes++;
    } while (after_id != 0);
    CHECK_INT(passes, 2);
    CHECK_INT(found_n, 3);
    CHECK_INT(found[0], 1);
    CHECK_INT(found[1], 2);
    CHECK_INT(found[2], 4);
    CHECK_OK(purge_warned(b.db, 1, b.now_ms, &e), e);
    CHECK_OK(purge_find(b.db, &usual, b.now_ms, COUNT(due), &after_id, due, &n, &e), e);
    CHECK_INT(due[0].member_id, 2);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(absence_is_judged_by_what_was_seen_last),
        TEST(a_pass_goes_through_everybody_a_few_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
