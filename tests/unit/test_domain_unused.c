/*
 * Points for a reward that nobody uses: what its article says of them holds, once, whatever has
 * become of the card meanwhile. Every book is proved by `check` when it closes.
 */
#include "domain/swap.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include "base/clock.h"
#include "domain/erasure.h"
#include "domain/lots.h"
#include "domain/member.h"
#include "domain/merge.h"
#include "domain/voucher.h"

#define LOST "{\"price\":10,\"key\":\"lost\",\"title\":\"Lost\",\"valid_days\":9,\"kind\":\"gift\"}"
#define BACK                                                                                       \
    "{\"price\":50,\"key\":\"back\",\"title\":\"Back\",\"valid_days\":9,\"kind\":\"gift\","        \
    "\"on_expiry\":\"back\"}"

static struct book b;
static struct card card; /* with 120 points that end after 30 days */

static int
open_book(void **state)
{
    int64_t plan_id;

    (void)state;
    book_open(&b);
    plan_id = book_plan(&b, "{\"name\":\"Ending\",\"expiry\":{\"kind\":\"after\",\"days\":30}}");
    book_catalogue(&b, plan_id, "{\"rewards\":[" LOST "," BACK "]}");
    card = book_card(&b, plan_id);
    book_grant(&b, &card, 12000);
    return check_forget_row(state);
}

static int
close_book(void **state)
{
    (void)state;
    book_close(&b);
    return 0;
}

/* ---------------------------------------------------------------- shorthand */

static struct swap_result
swap(const char *key)
{
    struct swap_result out;

    CHECK_TEXT(refusal_word(book_swap(&b, &card, book_reward(&b, key), &out).kind), "none");
    return out;
}

static int64_t
balance_of(const struct card *of)
{
    struct card now;
    struct err e;

    CHECK_OK(card_load(b.db, of->id, &now, &e), e);
    return now.balance;
}

static int64_t
end_due(int64_t max)
{
    int64_t n;
    struct err e;

    CHECK_OK(voucher_expire_due(b.db, b.now_ms, max, &n, &e), e);
    return n;
}

static struct card
merge(void)
{
    struct card into = book_card(&b, card.plan_id);
    struct merge_new in = {.from_id = card.member_id,
                           .into_id = into.member_id,
                           .staff_id = BOOK_MANAGER,
                           .reason = STR("two cards, one person"),
                           .days = 30,
                           .now_ms = b.now_ms};
    struct merge_result out;
    struct err e;

    book_request_key(&b, in.request_key);
    CHECK_OK(member_merge(b.db, &in, &out, &e), e);
    return into;
}

/* ---------------------------------------------------------------- the terms */

static void
an_article_that_says_nothing_keeps_the_points(void **state)
{
    struct swap_result out = swap("lost");

    (void)state;
    b.now_ms = out.expires_ms;
    CHECK_INT(end_due(10), 1);
    CHECK_INT(balance_of(&card), 110);
}

static void
an_article_that_says_back_gives_them_back_once(void **state)
{
    struct swap_result out = swap("back");

    (void)state;
    b.now_ms = out.expires_ms - 1;
    CHECK_INT(end_due(10), 0);
    CHECK_INT(balance_of(&card), 70);
    b.now_ms = out.expires_ms;
    CHECK_INT(end_due(10), 1);
    CHECK_INT(balance_of(&card), 120);
    CHECK_INT(end_due(10), 0);
    CHECK_INT(balance_of(&card), 120);
    CHECK_INT(book_int(&b, "SELECT kind FROM transfer ORDER BY seq DESC LIMIT 1"),
              TRANSFER_SWAP_BACK);
}

static void
vouchers_keep_the_terms_they_were_issued_under(void **state)
{
    struct swap_result out = swap("back");

    (void)state;
    book_catalogue(&b, card.plan_id, "{\"rewards\":[" LOST "]}");
    b.now_ms = out.expires_ms;
    CHECK_INT(end_due(10), 1);
    CHECK_INT(balance_of(&card), 120);
}

static void
what_was_used_or_taken_back_gives_nothing_more(void **state)
{
    struct swap_result used = swap("back"), undone = swap("back");
    struct swap_undo undo = {.seq = undone.seq, .member_id = card.member_id, .now_ms = b.now_ms};
    struct swap_undone out;
    struct refusal refusal;
    struct err e;

    (void)state;
    book_redeem(&b, used.voucher_id);
    book_request_key(&b, undo.request_key);
    CHECK_OK(swap_take_back(b.db, &undo, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    b.now_ms = used.expires_ms;
    CHECK_INT(end_due(10), 0);
    CHECK_INT(balance_of(&card), 70);
}

static void
a_run_that_breaks_off_goes_on_where_it_was(void **state)
{
    struct swap_result first = swap("back");

    (void)state;
    swap("lost");
    swap("back");
    CHECK_INT(balance_of(&card), 10);
    b.now_ms = first.expires_ms;
    for (int64_t left = 3; left > 0; left--)
        CHECK_INT(end_due(1), 1);
    CHECK_INT(end_due(1), 0);
    CHECK_INT(balance_of(&card), 110);
}

/* ---------------------------------------------------------------- the ends of its points */

static void
points_come_back_with_the_end_they_had(void **state)
{
    struct swap_result out;
    struct coming_end end[3];
    struct err e;
    size_t n;

    (void)state;
    b.now_ms += 19 * DAY_MS;
    book_grant(&b, &card, 3000);
    out = swap("back"); /* of the 120 that end first */
    b.now_ms = out.expires_ms;
    CHECK_INT(end_due(10), 1);
    CHECK_OK(lots_coming(b.db, card.id, b.now_ms, end, COUNT(end), &n, &e), e);
    CHECK_INT(n, 2);
    CHECK_INT(end[0].amount, 120);
    CHECK_INT(end[1].amount, 30);
}

static void
points_whose_end_has_come_live_on_for_a_while(void **state)
{
    struct swap_result out;
    struct coming_end end[2];
    struct err e;
    size_t n;

    (void)state;
    b.now_ms += 29 * DAY_MS;
    out = swap("back");
    b.now_ms = out.expires_ms;
    CHECK_INT(end_due(10), 1);
    CHECK_OK(lots_coming(b.db, card.id, b.now_ms, end, COUNT(end), &n, &e), e);
    CHECK_INT(n, 1); /* the other 70 have ended */
    CHECK_INT(end[0].amount, 50);
    CHECK_THAT(end[0].expires_ms >= b.now_ms + LOT_RETURN_DAYS * DAY_MS);
    CHECK_THAT(end[0].expires_ms <= b.now_ms + (LOT_RETURN_DAYS + 1) * DAY_MS);
}

/* ---------------------------------------------------------------- members who go */

static void
whoever_merged_has_them_on_the_card_that_stays(void **state)
{
    struct swap_result out = swap("back");
    struct card into = merge();

    (void)state;
    CHECK_INT(balance_of(&into), 70);
    b.now_ms = out.expires_ms;
    CHECK_INT(end_due(10), 1);
    CHECK_INT(balance_of(&into), 120);
    CHECK_INT(balance_of(&card), 0);
}

static void
what_has_ended_comes_back_before_members_merge(void **state)
{
    struct swap_result out = swap("back");
    struct card into;

    (void)state;
    b.now_ms = out.expires_ms;
    into = merge(); /* before the run came to it */
    CHECK_INT(balance_of(&into), 120);
    CHECK_INT(end_due(10), 0);
}

static void
who_leaves_leaves_them(void **state)
{
    struct swap_result swapped = swap("back");
    struct erased out;
    struct err e;

    (void)state;
    CHECK_OK(erase_member(b.db, card.member_id, ERASURE_LEFT, b.now_ms, &out, &e), e);
    CHECK_INT(out.vouchers, 1);
    b.now_ms = swapped.expires_ms;
    CHECK_INT(end_due(10), 0);
    CHECK_INT(balance_of(&card), 0);
}

#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, open_book, close_book)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BOOK_TEST(an_article_that_says_nothing_keeps_the_points),
        BOOK_TEST(an_article_that_says_back_gives_them_back_once),
        BOOK_TEST(vouchers_keep_the_terms_they_were_issued_under),
        BOOK_TEST(what_was_used_or_taken_back_gives_nothing_more),
        BOOK_TEST(a_run_that_breaks_off_goes_on_where_it_was),
        BOOK_TEST(points_come_back_with_the_end_they_had),
        BOOK_TEST(points_whose_end_has_come_live_on_for_a_while),
        BOOK_TEST(whoever_merged_has_them_on_the_card_that_stays),
        BOOK_TEST(what_has_ended_comes_back_before_members_merge),
        BOOK_TEST(who_leaves_leaves_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
