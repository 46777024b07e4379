/*
 * A redemption that was a mistake: who may undo it until when, and that nothing of it is lost.
 */
#include "domain/unredeem.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include "base/clock.h"

#define NOON INT64_C(1775012400000)
#define MINUTES(n) ((n)*MINUTE_MS)

/* ---------------------------------------------------------------- decisions */

static void
the_terms_decide(void **state)
{
    static const struct {
        const char *terms;
        struct unredeem_facts facts;
        int64_t now_ms;
        enum refusal_kind want;
    } row[] = {
        /* clang-format off */
        /* redeemed; card blocked, merged, own; role, same till, own shop; when */
        {"a cashier undoes it at that till",
         {true, false, false, false, CASHIER, true, true, NOON}, NOON + MINUTES(9), REFUSAL_NONE},
        {"within ten minutes",
         {true, false, false, false, CASHIER, true, true, NOON}, NOON + MINUTES(10), REFUSAL_TOO_LATE},
        {"at no other till",
         {true, false, false, false, CASHIER, false, true, NOON}, NOON, REFUSAL_OTHER_TILL},
        {"a manager undoes it later, at any till of the shop",
         {true, false, false, false, MANAGER, false, true, NOON}, NOON + 30 * DAY_MS, REFUSAL_NONE},
        {"not in another shop",
         {true, false, false, false, MANAGER, false, false, NOON}, NOON, REFUSAL_OTHER_TILL},
        {"only what was redeemed",
         {false, false, false, false, MANAGER, true, true, 0}, NOON, REFUSAL_NOT_REDEEMED},
        {"not on a blocked card",
         {true, true, false, false, MANAGER, true, true, NOON}, NOON, REFUSAL_CARD_BLOCKED},
        {"nor on one that was joined with another",
         {true, true, true, false, MANAGER, true, true, NOON}, NOON, REFUSAL_CARD_MERGED},
        {"nor on one's own",
         {true, false, false, true, MANAGER, true, true, NOON}, NOON, REFUSAL_OWN_CARD},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(unredeem_decide(&row[i].facts, row[i].now_ms)),
                   refusal_word(row[i].want));
    }
}

/* ---------------------------------------------------------------- in the book */

static struct book b;
static int64_t voucher_id; /* redeemed at a till of ueno */

static int
open_book(void **state)
{
    struct card card;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    voucher_id = book_grant(&b, &card, 20000).voucher[0].id;
    book_redeem(&b, voucher_id);
    return check_forget_row(state);
}

static int
close_book(void **state)
{
    (void)state;
    book_close(&b);
    return 0;
}

static enum refusal_kind
undo(int64_t staff_id, int64_t till_id, struct voucher *out)
{
    const struct redemption in = {.voucher_id = voucher_id,
                                  .staff_id = staff_id,
                                  .till_id = till_id,
                                  .shop_id = BOOK_UENO,
                                  .now_ms = b.now_ms};
    struct refusal refusal;
    struct err e;

    CHECK_OK(voucher_unredeem(b.db, &in, out, &refusal, &e), e);
    return refusal.kind;
}

static void
it_is_issued_again_with_its_end(void **state)
{
    struct voucher before, after;
    struct redeemed_line line[4];
    size_t n;
    struct err e;

    (void)state;
    CHECK_OK(voucher_load(b.db, voucher_id, &before, &e), e);
    b.now_ms += MINUTES(5);
    CHECK_INT(undo(BOOK_CASHIER, BOOK_UENO_TILL, &after), REFUSAL_NONE);
    CHECK_TEXT(voucher_state_name(after.state), "issued");
    CHECK_INT(after.closed_ms, 0);
    CHECK_INT(after.expires_ms, before.expires_ms);
    CHECK_INT(after.locator, before.locator);
    CHECK_INT(undo(BOOK_CASHIER, BOOK_UENO_TILL, &after), REFUSAL_NOT_REDEEMED);
    book_redeem(&b, voucher_id);
    CHECK_OK(redeemed_at_till(b.db, BOOK_UENO_TILL, 0, line, COUNT(line), &n, &e), e);
    CHECK_INT(n, 2);
    CHECK_THAT(!line[0].is_undone && line[1].is_undone);
    CHECK_INT(line[0].at_ms, b.now_ms);
    CHECK_INT(line[1].at_ms, before.closed_ms);
    CHECK_TEXT(line[1].title, after.title);
    CHECK_INT(undo(BOOK_CASHIER, BOOK_UENO_TILL, &after), REFUSAL_NONE); /* at the same moment */
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'voucher.unredeemed'"), 2);
}

static void
in_time_and_at_its_till_or_by_a_manager(void **state)
{
    struct voucher out;

    (void)state;
    CHECK_INT(undo(BOOK_CASHIER, BOOK_UENO_TILL_2, &out), REFUSAL_OTHER_TILL);
    b.now_ms += UNREDEEM_MS;
    CHECK_INT(undo(BOOK_CASHIER, BOOK_UENO_TILL, &out), REFUSAL_TOO_LATE);
    CHECK_TEXT(voucher_state_name(out.state), "redeemed");
    CHECK_INT(undo(BOOK_MANAGER, BOOK_UENO_TILL_2, &out), REFUSAL_NONE);
}

static void
a_grant_can_be_undone_once_its_reward_is_back(void **state)
{
    struct voucher out;
    struct err e;

    (void)state;
    CHECK_INT(undo(BOOK_CASHIER, BOOK_UENO_TILL, &out), REFUSAL_NONE);
    book_reverse(&b, 1);
    CHECK_OK(voucher_load(b.db, voucher_id, &out, &e), e);
    CHECK_TEXT(voucher_state_name(out.state), "cancelled");
    CHECK_INT(undo(BOOK_MANAGER, BOOK_UENO_TILL, &out), REFUSAL_NOT_REDEEMED);
}

static void
it_expires_as_any_other(void **state)
{
    struct voucher out;
    int64_t n;
    struct err e;

    (void)state;
    b.now_ms += 400 * DAY_MS;
    CHECK_INT(undo(BOOK_MANAGER, BOOK_UENO_TILL, &out), REFUSAL_NONE);
    CHECK_OK(voucher_expire_due(b.db, b.now_ms, 10, &n, &e), e);
    CHECK_INT(n, 1);
}

static void
a_voucher_is_not_opened_again_without_a_record(void **state)
{
    (void)state;
    CHECK_THAT(book_is_refused(&b, "UPDATE voucher SET state = 'issued', closed_ms = NULL,"
                                   " till_id = NULL, staff_id = NULL WHERE state = 'redeemed'"));
    book_exec(&b, "UPDATE member SET is_friend = 1"); /* the book is still there */
}

#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, open_book, close_book)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_terms_decide),
        BOOK_TEST(it_is_issued_again_with_its_end),
        BOOK_TEST(in_time_and_at_its_till_or_by_a_manager),
        BOOK_TEST(a_grant_can_be_undone_once_its_reward_is_back),
        BOOK_TEST(it_expires_as_any_other),
        BOOK_TEST(a_voucher_is_not_opened_again_without_a_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
