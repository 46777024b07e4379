/*
 * Members that turn out to be one person: what goes over, what ends, and that all of it comes back.
 */
#include "domain/merge.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "domain/card_number.h"
#include "domain/erasure.h"
#include "domain/member.h"

#define DAYS 30
#define OLD_PHONE "U0123456789abcdef0123456789abcdef"
#define NEW_PHONE "Ufedcba9876543210fedcba9876543210"

static struct book b;

static int
open_book(void **state)
{
    (void)state;
    book_open(&b);
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

static struct merge_new
merge_of(int64_t from_id, int64_t into_id)
{
    struct merge_new in = {.from_id = from_id,
                           .into_id = into_id,
                           .staff_id = BOOK_MANAGER,
                           .reason = STR("two cards, one person"),
                           .days = DAYS,
                           .now_ms = b.now_ms};

    book_request_key(&b, in.request_key);
    return in;
}

static struct merge_result
merge(int64_t from_id, int64_t into_id)
{
    struct merge_new in = merge_of(from_id, into_id);
    struct merge_result out;
    struct err e;

    CHECK_OK(member_merge(b.db, &in, &out, &e), e);
    return out;
}

static enum err_code
undo(int64_t merge_id, struct err *e)
{
    struct merge_undo in = {.merge_id = merge_id, .staff_id = BOOK_MANAGER, .now_ms = b.now_ms};

    book_request_key(&b, in.request_key);
    return member_unmerge(b.db, &in, e);
}

static struct card
card_now(const struct card *card)
{
    struct card out;
    struct err e;

    CHECK_OK(card_load(b.db, card->id, &out, &e), e);
    return out;
}

static int64_t
balance(const struct card *card)
{
    return card_now(card).balance;
}

/* What a card of stamps can still be exchanged for, as the titles' first letters are not enough. */
static int64_t
live(const struct card *card, const char *title)
{
    return book_int(&b,
                    "SELECT count(*) FROM voucher v JOIN reward r ON r.id = v.reward_id"
                    " WHERE v.card_id = %lld AND v.state = 'issued' AND r.title = '%s'",
                    (long long)card->id, title);
}

/* A card that was granted so many stamps, three at a time and never more than that a day. */
static struct card
stamped(int64_t stamps)
{
    struct card card = book_card(&b, BOOK_STAMPS);

    for (; stamps > 0; stamps -= 3, b.now_ms += DAY_MS)
        book_grant(&b, &card, stamps < 3 ? stamps : 3);
    return card_now(&card);
}

static struct member
enter(const char *line_id)
{
    const struct member_login login = {
        .line_id = str_of(line_id), .name = STR("Mika"), .now_ms = b.now_ms};
    struct member member;
    bool is_new;
    struct err e;

    CHECK_OK(member_enter(b.db, &login, &member, &is_new, &e), e);
    return member;
}

static struct card
card_of(const struct member *member)
{
    struct card card;
    struct err e;

    CHECK_OK(card_of_plan(b.db, member->id, BOOK_STAMPS, &card, &e), e);
    return card;
}

/* ---------------------------------------------------------------- who may, and when not */

static void
a_merge_is_decided_by_facts(void **state)
{
    static const struct {
        struct merge_facts facts;
        const char *word;
    } row[] = {
        {{.is_same = true, .has_approver = true, .approver_may = true}, "merge_self"},
        {{.from_closed = true, .has_approver = true, .approver_may = true}, "member_closed"},
        {{.into_closed = true, .has_approver = true, .approver_may = true}, "member_closed"},
        {{.has_blocked_card = true, .has_approver = true, .approver_may = true}, "card_blocked"},
        {{.from_is_staff = true, .has_approver = true, .approver_may = true}, "member_is_staff"},
        {{.served_by_into = true, .has_approver = true, .approver_may = true}, "own_card"},
        {{.approver_is_one = true, .has_approver = true, .approver_may = true}, "own_card"},
        {{.has_approver = true}, "role"},
        {{.has_approver = false}, "role"},
        {{.has_approver = true, .kind = MERGE_RESCUE}, "role"},
        {{.has_approver = true, .approver_may = true}, NULL},
        {{.has_approver = false, .kind = MERGE_RESCUE}, NULL},
        {{.has_approver = false, .kind = MERGE_GUEST}, NULL},
        {{.from_closed = true, .kind = MERGE_GUEST}, "member_closed"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const char *word = merge_decide(&row[i].facts);

        CHECK_ROW(i);
        CHECK_TEXT(word ? word : "", row[i].word ? row[i].word : "");
    }
}

static void
what_may_not_be_merged_stays_as_it_is(void **state)
{
    struct card from = stamped(3), into = stamped(3), closed = stamped(1);
    struct merge_new in;
    struct merge_result out;
    struct err e;
    int64_t seq;

    (void)state;
    merge(closed.member_id, into.member_id);
    seq = book_int(&b, "SELECT max(seq) FROM transfer");

#define REFUSED(change, code, word)                                                                \
    in = merge_of(from.member_id, into.member_id);                                                 \
    change;                                                                                        \
    CHECK_FAILS(member_merge(b.db, &in, &out, &e), e, code, word)

    REFUSED(in.into_id = in.from_id, ERR_INPUT, "merge_self");
    REFUSED(in.from_id = 999, ERR_NOT_FOUND, "member_unknown");
    REFUSED(in.into_id = 999, ERR_NOT_FOUND, "member_unknown");
    REFUSED(in.from_id = closed.member_id, ERR_CONFLICT, "member_closed");
    REFUSED(in.into_id = closed.member_id, ERR_CONFLICT, "member_closed");
    REFUSED(in.staff_id = 0, ERR_FORBIDDEN, "role");
    REFUSED(in.staff_id = BOOK_CASHIER, ERR_FORBIDDEN, "role");
    REFUSED(in.staff_id = 99, ERR_NOT_FOUND, "staff_unknown");
    REFUSED(in.reason = STR(" "), ERR_INPUT, "text_empty");
    REFUSED(in.kind = MERGE_RESCUE, ERR_CONFLICT, "line_account_none");
    book_exec(&b, "UPDATE staff SET member_id = %lld WHERE id = 2", (long long)into.member_id);
    REFUSED((void)0, ERR_CONFLICT, "own_card"); /* the manager is one of the two */
    REFUSED(in.staff_id = BOOK_OWNER; in.from_id = into.member_id;
            in.into_id = from.member_id, ERR_CONFLICT, "member_is_staff");
    book_exec(&b,
              "UPDATE staff SET member_id = NULL WHERE id = 2;"
              "UPDATE staff SET member_id = %lld WHERE id = 1",
              (long long)into.member_id);
    CHECK_OK(card_block(b.db, from.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    REFUSED(in.staff_id = BOOK_OWNER, ERR_CONFLICT, "card_blocked");
    CHECK_OK(card_unblock(b.db, from.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    REFUSED(in.staff_id = BOOK_OWNER, ERR_CONFLICT, "own_card"); /* they served it themselves */
    book_exec(&b, "UPDATE staff SET member_id = NULL WHERE id = 1");
#undef REFUSED
    CHECK_INT(book_int(&b, "SELECT max(seq) FROM transfer"), seq);
    CHECK_INT(balance(&from), 3);
    CHECK_INT(balance(&into), 4);
}

/* ---------------------------------------------------------------- units and vouchers */

static void
units_count_as_if_one_card_had_earned_them(void **state)
{
    static const struct {
        int64_t from, into, balance, cookies, coffees;
    } row[] = {
        {0, 4, 4, 0, 0},  {4, 0, 4, 0, 0},
        {5, 0, 5, 1, 0},  /* the cookie was earned before, and comes along; no second one */
        {3, 3, 6, 1, 0},  /* neither had reached it */
        {6, 6, 2, 2, 1},  /* both had; together they fill a card */
        {9, 9, 8, 3, 1},  /* and then reach the next one's cookie */
        {10, 1, 1, 1, 1}, /* a card filled just now has no units, but its vouchers */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct card from = stamped(row[i].from), into = stamped(row[i].into);
        struct merge_result out;
        struct err e;

        CHECK_ROW(i);
        out = merge(from.member_id, into.member_id);
        CHECK_INT(out.cards, 1);
        CHECK_INT(balance(&from), 0);
        CHECK_INT(balance(&into), row[i].balance);
        CHECK_INT(live(&from, "Cookie") + live(&from, "Coffee"), 0);
        CHECK_INT(live(&into, "Cookie"), row[i].cookies);
        CHECK_INT(live(&into, "Coffee"), row[i].coffees);
        CHECK_OK(undo(out.merge_id, &e), e);
        CHECK_INT(balance(&from), row[i].from % 10);
        CHECK_INT(balance(&into), row[i].into % 10);
        CHECK_INT(live(&from, "Cookie"), row[i].from >= 5);
        CHECK_INT(live(&from, "Coffee"), row[i].from >= 10);
        CHECK_INT(live(&into, "Cookie"), row[i].into >= 5);
        CHECK_INT(live(&into, "Coffee"), 0);
    }
}

static void
a_moved_voucher_is_redeemed_once_and_only_as_the_new_one(void **state)
{
    struct card from = stamped(5), into = stamped(1);
    struct voucher before, after;
    size_t n;
    struct err e;

    (void)state;
    CHECK_OK(voucher_list(b.db, from.id, b.now_ms, &before, 1, &n, &e), e);
    merge(from.member_id, into.member_id);
    CHECK_OK(voucher_list(b.db, into.id, b.now_ms, &after, 1, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_TEXT(after.title, before.title);
    CHECK_INT(after.expires_ms, before.expires_ms);
    CHECK_THAT(after.locator != before.locator);
    CHECK_OK(voucher_load(b.db, before.id, &before, &e), e);
    CHECK_TEXT(voucher_state_name(before.state), "moved");
    CHECK_TEXT(refusal_word(voucher_refusal(&before, b.now_ms).kind), "code_stale");
    book_redeem(&b, after.id);
}

static void
a_guests_voucher_waits_until_somebody_signed_in(void **state)
{
    struct card card = stamped(5);
    struct voucher voucher;
    size_t n;
    struct err e;

    (void)state;
    CHECK_OK(voucher_list(b.db, card.id, b.now_ms, &voucher, 1, &n, &e), e);
    book_exec(&b, "UPDATE member SET is_guest = 1 WHERE id = %lld", (long long)card.member_id);
    CHECK_OK(voucher_load(b.db, voucher.id, &voucher, &e), e);
    CHECK_TEXT(refusal_word(voucher_refusal(&voucher, b.now_ms).kind), "guest");
    CHECK_OK(voucher_by_locator(b.db, voucher.locator, &voucher, &e), e);
    CHECK_TEXT(refusal_word(voucher_refusal(&voucher, b.now_ms).kind), "guest");
}

static void
a_closed_card_takes_nothing_and_gives_nothing_back(void **state)
{
    struct card from = book_card(&b, BOOK_STAMPS), into = stamped(1);
    int64_t scan = book_scan(&b, &from);
    struct grant in = book_grant_of(&b, scan, &from, 1);
    struct grant_result granted = book_grant(&b, &from, 1);
    struct reversal back = book_reversal_of(&b, granted.seq, BOOK_MANAGER);
    struct grant_result out;
    struct reversal_result reversed;
    struct refusal refusal;
    struct card by_old;
    struct err e;

    (void)state;
    merge(from.member_id, into.member_id);
    CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "card_merged");
    CHECK_OK(ledger_reverse(b.db, &back, &reversed, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "card_merged");
    CHECK_FAILS(card_of_locator(b.db, from.locator, &by_old, &e), e, ERR_NOT_FOUND, "card_unknown");
    CHECK_FAILS(card_unblock(b.db, from.id, &(struct by){.now_ms = b.now_ms}, &e), e, ERR_CONFLICT,
                "card_active");
    CHECK_THAT(card_now(&from).is_merged);
}

static void
a_fixed_number_leads_to_the_card_that_stays(void **state)
{
    struct number_format format = {.is_set = true,
                                   .type = BARCODE_NW7,
                                   .prefix = "20",
                                   .length = 10,
                                   .check = BARCODE_CHECK_7DR,
                                   .start = 'A',
                                   .stop = 'A'};
    struct card from = stamped(2), into = stamped(1), third = stamped(1), found;
    char number[NUMBER_SIZE], plain[64];
    struct plan_rules rules;
    int64_t version, made;
    bool is_found, is_ended;
    struct merge_result first;
    struct err e;

    (void)state;
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &rules, &e), e);
    rules.number = format;
    rules.number_per_day = 1;
    CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
    CHECK_OK(card_number_make_missing(b.db, BOOK_STAMPS, b.now_ms, &made, &e), e);
    CHECK_INT(made, 3);
    CHECK_OK(card_number(b.db, from.id, number, &e), e);
    snprintf(plain, sizeof(plain), "%s", number);
    first = merge(from.member_id, into.member_id);
    CHECK_OK(card_by_number(b.db, plain, &found, &is_found, &is_ended, &e), e);
    CHECK_THAT(is_found && !is_ended);
    CHECK_INT(found.id, into.id);
    merge(into.member_id, third.member_id);
    CHECK_OK(card_by_number(b.db, plain, &found, &is_found, &is_ended, &e), e);
    CHECK_INT(found.id, third.id);
    CHECK_FAILS(undo(first.merge_id, &e), e, ERR_CONFLICT, "member_closed");
    CHECK_OK(undo(first.merge_id + 1, &e), e);
    CHECK_OK(undo(first.merge_id, &e), e);
    CHECK_OK(card_by_number(b.db, plain, &found, &is_found, &is_ended, &e), e);
    CHECK_INT(found.id, from.id);
    merge(from.member_id, into.member_id);
    CHECK_OK(card_reissue(b.db, into.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    CHECK_OK(card_by_number(b.db, plain, &found, &is_found, &is_ended, &e), e);
    CHECK_THAT(is_ended); /* reissued: what leads to the card died as well */
}

/* ---------------------------------------------------------------- undoing */

static void
what_is_spent_does_not_come_back(void **state)
{
    struct card from = stamped(4), into = stamped(3), redeemer = stamped(5), other = stamped(1);
    struct merge_result spent = merge(from.member_id, into.member_id); /* 7, with a cookie */
    struct merge_result redeemed = merge(redeemer.member_id, other.member_id);
    struct err e;

    (void)state;
    book_redeem(&b,
                book_int(&b, "SELECT id FROM voucher WHERE card_id = %lld", (long long)into.id));
    book_redeem(&b,
                book_int(&b, "SELECT id FROM voucher WHERE card_id = %lld", (long long)other.id));
    CHECK_FAILS(undo(spent.merge_id, &e), e, ERR_CONFLICT, "units_spent");
    CHECK_FAILS(undo(redeemed.merge_id, &e), e, ERR_CONFLICT, "units_spent");
    CHECK_INT(balance(&into), 7);
    CHECK_INT(balance(&other), 6);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM member_merge WHERE state = 'done'"), 2);
}

static void
an_undoing_is_for_managers_in_time_and_once(void **state)
{
    struct card from = stamped(2), into = stamped(1);
    struct merge_result out = merge(from.member_id, into.member_id);
    struct merge_undo in = {.merge_id = out.merge_id, .now_ms = b.now_ms};
    struct err e;

    (void)state;
    CHECK_FAILS(undo(99, &e), e, ERR_NOT_FOUND, "merge_unknown");
    CHECK_FAILS(member_unmerge(b.db, &in, &e), e, ERR_FORBIDDEN, "role");
    in.staff_id = BOOK_CASHIER;
    CHECK_FAILS(member_unmerge(b.db, &in, &e), e, ERR_FORBIDDEN, "role");
    in.staff_id = BOOK_MANAGER;
    in.now_ms = out.until_ms;
    CHECK_FAILS(member_unmerge(b.db, &in, &e), e, ERR_CONFLICT, "merge_final");
    CHECK_INT(balance(&into), 3);
    book_grant(&b, &into, 1); /* later visits stay where they were made */
    CHECK_OK(undo(out.merge_id, &e), e);
    CHECK_INT(balance(&into), 2);
    CHECK_INT(balance(&from), 2);
    CHECK_FAILS(undo(out.merge_id, &e), e, ERR_CONFLICT, "merge_undone");
    from = card_now(&from);
    b.now_ms += DAY_MS;
    book_grant(&b, &from, 1); /* alive, with a new code */
    merge(from.member_id, into.member_id);
    CHECK_INT(balance(&into), 5);
}

/* ---------------------------------------------------------------- LINE accounts */

static void
a_merged_members_line_account_leads_to_a_new_one(void **state)
{
    struct member from = enter(OLD_PHONE), into = enter(NEW_PHONE), again;
    struct merge_result out;
    struct err e;

    (void)state;
    book_exec(&b,
              "INSERT INTO session (token_hash, kind, member_id, created_ms, seen_ms, until_ms)"
              " VALUES (zeroblob(32), 'member', %lld, 1, 1, 2)",
              (long long)from.id);
    out = merge(from.id, into.id);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM session"), 0);
    again = enter(OLD_PHONE);
    CHECK_THAT(again.id != from.id && again.id != into.id);
    CHECK_FAILS(undo(out.merge_id, &e), e, ERR_CONFLICT, "line_account_in_use");
    merge(again.id, into.id);
    CHECK_OK(undo(out.merge_id, &e), e);
    CHECK_INT(enter(OLD_PHONE).id, from.id);
    CHECK_OK(merge_sweep(b.db, b.now_ms + (DAYS + 1) * DAY_MS, 10, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM identity_closed"), 0);
}

static void
who_is_erased_takes_along_who_they_were(void **state)
{
    struct member from = enter(OLD_PHONE), into = enter(NEW_PHONE);
    struct merge_result out = merge(from.id, into.id);
    struct merge_new in = merge_of(from.id, into.id);
    struct erased erased;
    struct err e;

    (void)state;
    CHECK_INT(book_int(&b, "SELECT count(*) FROM member_key"), 2);
    CHECK_OK(erase_member(b.db, into.id, ERASURE_LEFT, b.now_ms, &erased, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM identity_closed"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM member_key"), 0);
    CHECK_FAILS(undo(out.merge_id, &e), e, ERR_CONFLICT, "member_closed");
    in.from_id = enter(OLD_PHONE).id;
    CHECK_FAILS(member_merge(b.db, &in, &out, &e), e, ERR_CONFLICT, "member_closed");
}

static void
a_rescued_member_is_found_by_the_new_line_account(void **state)
{
    struct member old = enter(OLD_PHONE), fresh;
    struct card card = card_of(&old), second;
    struct merge_undo back;
    struct merge_new in;
    struct merge_result out;
    struct arena *a = arena_new(64 * KIB);
    struct str text;
    struct err e;

    (void)state;
    book_grant(&b, &card, 3);
    fresh = enter(NEW_PHONE);
    second = card_of(&fresh);
    book_grant(&b, &second, 3);
    book_exec(&b, "INSERT INTO menu_link VALUES (%lld, 'richmenu-1', 1)", (long long)old.id);
    in = merge_of(fresh.id, old.id);
    in.kind = MERGE_RESCUE;
    CHECK_OK(member_merge(b.db, &in, &out, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM menu_link"), 0); /* it was the old account's */
    CHECK_INT(enter(NEW_PHONE).id, old.id);
    CHECK_INT(balance(&card), 6);
    CHECK_OK(member_line_id(b.db, old.id, a, &text, &e), e);
    CHECK_STR(text, NEW_PHONE);
    CHECK_OK(member_name(b.db, old.id, a, &text, &e), e);
    CHECK_STR(text, "Mika");

    CHECK_FAILS(undo(out.merge_id, &e), e, ERR_NOT_FOUND, "merge_unknown"); /* a rescue */
    back = (struct merge_undo){
        .merge_id = out.merge_id, .is_rescue = true, .staff_id = BOOK_MANAGER, .now_ms = b.now_ms};
    CHECK_OK(member_unmerge(b.db, &back, &e), e);
    CHECK_INT(enter(NEW_PHONE).id, fresh.id);
    CHECK_INT(enter(OLD_PHONE).id, old.id);
    CHECK_INT(balance(&card), 3);
    CHECK_INT(balance(&second), 3);
    arena_free(a);
}

int
main(void)
{
#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, open_book, close_book)
    const struct CMUnitTest tests[] = {
        TEST(a_merge_is_decided_by_facts),
        BOOK_TEST(what_may_not_be_merged_stays_as_it_is),
        BOOK_TEST(units_count_as_if_one_card_had_earned_them),
        BOOK_TEST(a_moved_voucher_is_redeemed_once_and_only_as_the_new_one),
        BOOK_TEST(a_guests_voucher_waits_until_somebody_signed_in),
        BOOK_TEST(a_closed_card_takes_nothing_and_gives_nothing_back),
        BOOK_TEST(a_fixed_number_leads_to_the_card_that_stays),
        BOOK_TEST(what_is_spent_does_not_come_back),
        BOOK_TEST(an_undoing_is_for_managers_in_time_and_once),
        BOOK_TEST(a_merged_members_line_account_leads_to_a_new_one),
        BOOK_TEST(who_is_erased_takes_along_who_they_were),
        BOOK_TEST(a_rescued_member_is_found_by_the_new_line_account),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
