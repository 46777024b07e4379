/*
 * Units that begin and end: what is taken first, what lapses, and what comes back.
 */
#include "domain/lapse.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/bonus.h"
#include "domain/lots.h"
#include "domain/merge.h"

/* ---------------------------------------------------------------- what is taken, as a table */

#define NOW 1000

static void
lots_of(struct lots *lots, const struct lot *from, size_t n)
{
    struct err e;

    for (size_t i = 0; i < n; i++) {
        struct lot *lot = lots_add(lots, from[i].seq, from[i].remaining, &e);

        lot->usable_ms = from[i].usable_ms;
        lot->expires_ms = from[i].expires_ms;
        lot->is_own = from[i].is_own;
    }
}

static void
what_ends_first_goes_first(void **state)
{
    static const struct {
        const char *sentence;
        struct lot lot[3]; /* .seq 0: there are no more */
        enum lots_take what;
        int64_t balance, amount;
        bool is_there;
        int64_t left[3];
    } row[] = {
        {"the sooner end before the later, though it is younger",
         {{.seq = 1, .remaining = 5, .expires_ms = 3000},
          {.seq = 2, .remaining = 5, .expires_ms = 2000}},
         TAKE_USABLE,
         10,
         6,
         true,
         {4, 0}},
        {"of one end the older first",
         {{.seq = 1, .remaining = 5, .expires_ms = 2000},
          {.seq = 2, .remaining = 5, .expires_ms = 2000}},
         TAKE_USABLE,
         10,
         6,
         true,
         {0, 4}},
        {"what has no lot after what ends",
         {{.seq = 1, .remaining = 5, .expires_ms = 2000}},
         TAKE_USABLE,
         20,
         7,
         true,
         {0}},
        {"what waits is not used",
         {{.seq = 1, .remaining = 5, .usable_ms = 1001}},
         TAKE_USABLE,
         8,
         4,
         false,
         {5}},
        {"what waited until now is",
         {{.seq = 1, .remaining = 5, .usable_ms = 1000}},
         TAKE_USABLE,
         8,
         4,
         true,
         {1}},
        {"what has ended is not used",
         {{.seq = 1, .remaining = 5, .expires_ms = 1000}},
         TAKE_USABLE,
         8,
         4,
         false,
         {5}},
        {"but lapses",
         {{.seq = 1, .remaining = 5, .expires_ms = 1000}},
         TAKE_ENDED,
         8,
         5,
         true,
         {0}},
        {"nothing else does",
         {{.seq = 1, .remaining = 5, .expires_ms = 1001}},
         TAKE_ENDED,
         8,
         5,
         false,
         {5}},
        {"what is taken back is first what was brought",
         {{.seq = 1, .remaining = 5, .expires_ms = 2000},
          {.seq = 2, .remaining = 5, .expires_ms = 3000, .is_own = true}},
         TAKE_ANY,
         10,
         7,
         true,
         {3, 0}},
        {"when all must go, what waits and what has ended goes last",
         {{.seq = 1, .remaining = 5, .expires_ms = 900},
          {.seq = 2, .remaining = 5, .usable_ms = 1500},
          {.seq = 3, .remaining = 5}},
         TAKE_ANY,
         17,
         13,
         true,
         {4, 0, 0}},
        {"more than there is takes nothing",
         {{.seq = 1, .remaining = 5, .expires_ms = 2000}},
         TAKE_ANY,
         8,
         9,
         false,
         {5}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct lots lots = {.at = NULL};
        size_t n = 0;

        while (n < 3 && row[i].lot[n].seq != 0)
            n++;
        print_message("%s\n", row[i].sentence);
        lots_of(&lots, row[i].lot, n);
        CHECK_INT(lots_take(&lots, row[i].what, row[i].balance, row[i].amount, NOW),
                  row[i].is_there);
        for (size_t k = 0; k < n; k++)
            CHECK_INT(lots.at[k].remaining, row[i].left[k]);
        lots_clear(&lots);
    }
}

/* ---------------------------------------------------------------- over a book */

#define AFTER_30 "{\"name\":\"Ends\",\"expiry\":{\"kind\":\"after\",\"days\":30}}"

static int64_t
balance_of(struct book *b, const struct card *card)
{
    return book_int(b, "SELECT balance FROM card WHERE id = %lld", (long long)card->id);
}

static void
run_all(struct book *b, int64_t at_once, int64_t calls)
{
    bool done = false;
    struct err e;

    for (int64_t i = 0; i < calls; i++) {
        CHECK_THAT(!done);
        CHECK_OK(lapse_run(b->db, b->now_ms, at_once, &done, &e), e);
    }
    CHECK_THAT(done);
}

static void
lots_lapse_once_in_pieces_and_not_a_moment_early(void **state)
{
    struct book b;
    struct card card[5];
    int64_t plan;

    (void)state;
    book_open(&b);
    plan = book_plan(&b, AFTER_30);
    for (size_t i = 0; i < COUNT(card); i++) {
        card[i] = book_card(&b, plan);
        book_grant(&b, &card[i], 1000);
    }
    b.now_ms = book_int(&b, "SELECT min(expires_ms) FROM lot") - 1;
    run_all(&b, 2, 1);
    CHECK_INT(balance_of(&b, &card[0]), 10);
    b.now_ms++;
    run_all(&b, 2, 3); /* 2, 2, 1 */
    CHECK_INT(book_int(&b, "SELECT sum(balance) FROM card"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer WHERE kind = 10"), 5);
    run_all(&b, 2, 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer WHERE kind = 10"), 5);
    CHECK_INT(
        book_int(&b, "SELECT balance FROM system_account WHERE kind = 'expire' AND plan_id = %lld",
                 (long long)plan),
        50);
    book_close(&b);
}

/* Whoever comes before the run does not fill the card with what has ended. */
static void
what_has_ended_is_gone_before_the_next_grant(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    card = book_card(&b, book_plan(&b, AFTER_30));
    book_grant(&b, &card, 700);
    b.now_ms += 10 * DAY_MS;
    book_grant(&b, &card, 500);
    b.now_ms += 21 * DAY_MS + 12 * HOUR_MS;
    CHECK_INT(book_grant(&b, &card, 100).balance, 6);
    CHECK_INT(book_int(&b, "SELECT amount FROM transfer WHERE kind = 10"), 7);
    book_close(&b);
}

static void
a_use_moves_the_end_that_moves(void **state)
{
    struct book b;
    struct card card;
    int64_t first_end;

    (void)state;
    book_open(&b);
    card = book_card(
        &b, book_plan(&b, "{\"name\":\"Ends\",\"expiry\":{\"kind\":\"last_use\",\"days\":30}}"));
    book_grant(&b, &card, 700);
    first_end = book_int(&b, "SELECT ends_ms FROM card");
    b.now_ms += 20 * DAY_MS;
    book_grant(&b, &card, 500);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM lot"), 1);
    CHECK_INT(book_int(&b, "SELECT ends_ms FROM card"), first_end + 20 * DAY_MS);
    b.now_ms += 31 * DAY_MS;
    run_all(&b, 10, 1);
    CHECK_INT(balance_of(&b, &card), 0);
    book_close(&b);
}

static void
points_keep_the_terms_they_were_given_under(void **state)
{
    struct book b;
    struct plan_rules rules;
    struct card card;
    int64_t plan, version, old_end;
    struct err e;

    (void)state;
    book_open(&b);
    plan = book_plan(&b, AFTER_30);
    card = book_card(&b, plan);
    book_grant(&b, &card, 700);
    old_end = book_int(&b, "SELECT ends_ms FROM card");
    CHECK_OK(plan_load(b.db, plan, 0, &rules, &e), e);
    rules.expiry.days = 5;
    CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
    CHECK_INT(book_int(&b, "SELECT ends_ms FROM card"), old_end);
    book_grant(&b, &card, 300);
    CHECK_INT(book_int(&b, "SELECT ends_ms FROM card"), old_end - 25 * DAY_MS);
    b.now_ms += 7 * DAY_MS;
    run_all(&b, 10, 1);
    CHECK_INT(balance_of(&b, &card), 7);
    CHECK_INT(book_int(&b, "SELECT ends_ms FROM card"), old_end);
    book_close(&b);
}

/* A reward on the way is reached once a round, also by a card that lost stamps in between. */
static void
a_reward_is_not_reached_again_after_a_lapse(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    card = book_card(&b, book_plan(&b, "{\"name\":\"Ends\",\"goal\":100,\"rewards\":["
                                       "{\"at\":5,\"title\":\"Tea\",\"valid_days\":300},"
                                       "{\"at\":100,\"title\":\"Cake\",\"valid_days\":300}],"
                                       "\"expiry\":{\"kind\":\"after\",\"days\":30}}"));
    CHECK_INT(book_grant(&b, &card, 600).vouchers_n, 1);
    b.now_ms += 40 * DAY_MS;
    CHECK_INT(book_grant(&b, &card, 700).vouchers_n, 0);
    CHECK_INT(book_grant(&b, &card, 9300).vouchers_n, 1); /* 100: the round */
    CHECK_INT(book_grant(&b, &card, 500).vouchers_n, 1);  /* and 5 of the next */
    book_close(&b);
}

/* What is given then has its time by the clock as it is, and check does not miss what has not
 * ended. */
static void
a_clock_that_was_ahead_ends_nothing_afterwards(void **state)
{
    struct event_bonus in = {.event = STR("survey"), .staff_id = BOOK_MANAGER};
    struct plan_rules rules;
    struct bonus_result out;
    struct refusal refusal;
    struct book b;
    struct card card;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b,
                     book_plan(&b, "{\"name\":\"Ends\",\"expiry\":{\"kind\":\"after\",\"days\":30},"
                                   "\"earn\":{\"events\":[{\"name\":\"survey\",\"title\":"
                                   "\"Survey\",\"units\":5}]}}"));
    book_grant(&b, &card, 600);
    b.now_ms += 400 * DAY_MS;
    run_all(&b, 10, 1);
    CHECK_INT(balance_of(&b, &card), 0);
    b.now_ms -= 390 * DAY_MS;
    book_grant(&b, &card, 700);
    in.card_id = card.id;
    in.now_ms = b.now_ms;
    book_request_key(&b, in.request_key);
    CHECK_OK(bonus_event(b.db, &in, &out, &rules, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    run_all(&b, 10, 1);
    CHECK_INT(balance_of(&b, &card), 12);
    CHECK_INT(book_int(&b, "SELECT count(DISTINCT expires_ms) FROM lot WHERE remaining > 0"), 1);
    book_close(&b);
}

/* What a round took comes back to the lots it was in; to others if those have ended. */
static void
what_comes_back_lives_on(void **state)
{
    struct book b;
    struct card card;
    int64_t seq, end;

    (void)state;
    book_open(&b);
    card = book_card(&b, book_plan(&b, "{\"name\":\"Ends\",\"goal\":10,\"rewards\":["
                                       "{\"at\":10,\"title\":\"Cake\",\"valid_days\":300}],"
                                       "\"expiry\":{\"kind\":\"after\",\"days\":30}}"));
    book_grant(&b, &card, 600);
    end = book_int(&b, "SELECT ends_ms FROM card");
    b.now_ms += 20 * DAY_MS;
    seq = book_grant(&b, &card, 500).seq;
    CHECK_INT(balance_of(&b, &card), 1);
    book_reverse(&b, seq);
    CHECK_INT(balance_of(&b, &card), 6);
    CHECK_INT(book_int(&b, "SELECT ends_ms FROM card"), end);

    seq = book_grant(&b, &card, 500).seq; /* again full */
    b.now_ms += 15 * DAY_MS;              /* the six have ended; they were used */
    book_reverse(&b, seq);
    CHECK_INT(balance_of(&b, &card), 6);
    CHECK_THAT(book_int(&b, "SELECT ends_ms FROM card") > b.now_ms + LOT_RETURN_DAYS * DAY_MS);
    book_close(&b);
}

static void
a_merge_carries_the_ends_along_and_back(void **state)
{
    struct merge_new in = {.staff_id = BOOK_MANAGER, .reason = STR("one person"), .days = 30};
    struct merge_undo undo = {.staff_id = BOOK_MANAGER};
    struct merge_result out;
    struct book b;
    struct card from, into;
    int64_t plan, end;
    struct err e;

    (void)state;
    book_open(&b);
    plan = book_plan(&b, AFTER_30);
    from = book_card(&b, plan);
    into = book_card(&b, plan);
    book_grant(&b, &from, 300);
    b.now_ms += DAY_MS;
    book_grant(&b, &from, 400);
    book_grant(&b, &into, 500);
    end = book_int(&b, "SELECT ends_ms FROM card WHERE id = %lld", (long long)from.id);
    in.from_id = from.member_id;
    in.into_id = into.member_id;
    in.now_ms = b.now_ms;
    book_request_key(&b, in.request_key);
    CHECK_OK(member_merge(b.db, &in, &out, &e), e);
    CHECK_INT(balance_of(&b, &into), 12);
    CHECK_INT(book_int(&b, "SELECT ends_ms FROM card WHERE id = %lld", (long long)into.id), end);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM lot WHERE card_id = %lld AND remaining > 0",
                       (long long)into.id),
              3);
    undo.merge_id = 1;
    undo.now_ms = b.now_ms + HOUR_MS;
    book_request_key(&b, undo.request_key);
    CHECK_OK(member_unmerge(b.db, &undo, &e), e);
    CHECK_INT(balance_of(&b, &from), 7);
    CHECK_INT(book_int(&b, "SELECT ends_ms FROM card WHERE id = %lld", (long long)from.id), end);
    CHECK_INT(book_int(&b, "SELECT ends_ms FROM card WHERE id = %lld", (long long)into.id),
              end + DAY_MS);
    book_close(&b);
}

static void
a_card_tells_every_end_to_come(void **state)
{
    struct coming_end coming[4];
    struct book b;
    struct card card;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, book_plan(&b, AFTER_30));
    book_grant(&b, &card, 300);
    book_grant(&b, &card, 200);
    b.now_ms += DAY_MS;
    book_grant(&b, &card, 400);
    CHECK_OK(lots_coming(b.db, card.id, b.now_ms, coming, COUNT(coming), &n, &e), e);
    CHECK_INT(n, 2);
    CHECK_INT(coming[0].amount, 5);
    CHECK_INT(coming[1].amount, 4);
    CHECK_INT(coming[1].expires_ms, coming[0].expires_ms + DAY_MS);
    CHECK_OK(lots_coming(b.db, card.id, b.now_ms, coming, 1, &n, &e), e);
    CHECK_INT(n, 1);
    book_close(&b);
}

static void
points_wait_before_they_can_be_used(void **state)
{
    struct book b;
    struct card card;
    int64_t amount, usable_ms;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, book_plan(&b, "{\"name\":\"Wait\",\"expiry\":{\"pending_days\":7}}"));
    book_grant(&b, &card, 300);
    CHECK_OK(lots_pending(b.db, card.id, b.now_ms, &amount, &usable_ms, &e), e);
    CHECK_INT(amount, 3);
    CHECK_INT(lots_pending(b.db, card.id, usable_ms, &amount, &usable_ms, &e), OK);
    CHECK_INT(amount, 0);
    book_close(&b);
}

static void
a_plan_that_is_over_gives_nothing(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    card = book_card(
        &b, book_plan(&b, "{\"name\":\"Over\",\"expiry\":{\"kind\":\"fixed\",\"date\":20260501}}"));
    book_grant(&b, &card, 300);
    b.now_ms += 31 * DAY_MS;
    CHECK_INT(book_grant_refused(&b, &card, 300).kind, REFUSAL_PLAN_OVER);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_ends_first_goes_first),
        TEST(lots_lapse_once_in_pieces_and_not_a_moment_early),
        TEST(what_has_ended_is_gone_before_the_next_grant),
        TEST(a_use_moves_the_end_that_moves),
        TEST(points_keep_the_terms_they_were_given_under),
        TEST(a_reward_is_not_reached_again_after_a_lapse),
        TEST(a_clock_that_was_ahead_ends_nothing_afterwards),
        TEST(what_comes_back_lives_on),
        TEST(a_merge_carries_the_ends_along_and_back),
        TEST(a_card_tells_every_end_to_come),
        TEST(points_wait_before_they_can_be_used),
        TEST(a_plan_that_is_over_gives_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
