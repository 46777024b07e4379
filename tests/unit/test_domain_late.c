/*
 * Credit afterwards: each row a sentence of the programme's terms, then the book.
 */
#include "domain/late.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/plan_late.h"
#include "domain/receipt_number.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

/* ---------------------------------------------------------------- the number of a receipt */

static void
a_receipts_number_has_one_form(void **state)
{
    static const struct {
        const char *typed, *want; /* NULL: no number */
    } row[] = {
        {"12345", "12345"},
        {"00012345", "12345"},
        {"0012-0034", "120034"},
        {"0012 0034", "120034"},
        {"00120034", "120034"},
        {" No. 0042 ", "42"},
        {"no:42", "42"},
        {"#42", "42"},
        {"a17", "A17"},
        {"A-0017", "A0017"},
        {"No", NULL},
        {"N017", "N017"},                               /* a zero, not the letter */
        {"\xEF\xBC\x91\xEF\xBC\x92", "12"},             /* full-width 12 */
        {"\xEF\xBC\xA1\xEF\xBC\x8D\xEF\xBC\x97", "A7"}, /* full-width A-7 */
        {"0000", "0"},
        {"", NULL},
        {"----", NULL},
        {"ABC", NULL}, /* no digit */
        {"12;3", NULL},
        {"12\n3", NULL},
        {"\xE3\x81\x82"
         "12",
         NULL}, /* hiragana */
        {"\xFF"
         "12",
         NULL},
        {"12345678901234567890123456789012", "12345678901234567890123456789012"},
        {"123456789012345678901234567890123", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char number[RECEIPT_NUMBER_SIZE];
        bool is_number = receipt_number_read(str_of(row[i].typed), number);

        CHECK_ROW(i);
        CHECK_INT(is_number, row[i].want != NULL);
        if (row[i].want != NULL)
            CHECK_TEXT(number, row[i].want);
    }
}

/* ---------------------------------------------------------------- what a plan says */

static void
rules_are_read_strictly(void **state)
{
    static const struct {
        const char *json;
        const char *field; /* at fault; NULL: none */
        struct late_rules want;
    } row[] = {
        {"{}", NULL, {0, 0, false}},
        {"{\"days\":14}", NULL, {14, 0, false}},
        {"{\"days\":14,\"cashier_max\":3,\"numbers\":\"daily\"}", NULL, {14, 3, true}},
        {"{\"days\":14,\"numbers\":\"lasting\"}", NULL, {14, 0, false}},
        {"{\"days\":93}", "days", {0, 0, false}},
        {"{\"days\":-1}", "days", {0, 0, false}},
        {"{\"days\":\"14\"}", "days", {0, 0, false}},
        {"{\"days\":14,\"cashier_max\":-1}", "cashier_max", {0, 0, false}},
        {"{\"days\":14,\"cashier_max\":1000001}", "cashier_max", {0, 0, false}},
        {"{\"days\":14,\"numbers\":\"weekly\"}", "late.numbers", {0, 0, false}},
        {"{\"days\":14,\"day\":1}", "day", {0, 0, false}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        json_auto_t *in = json_loads(row[i].json, 0, NULL);
        json_auto_t *plan = json_object();
        struct late_rules rules = {.days = 77};
        struct err e = {0};

        CHECK_ROW(i);
        if (row[i].field != NULL) {
            CHECK_INT(late_read(in, &rules, &e), ERR_INPUT);
            CHECK_TEXT(e.field, row[i].field);
            CHECK_INT(rules.days, 77);
            continue;
        }
        CHECK_OK(late_read(in, &rules, &e), e);
        CHECK_INT(rules.days, row[i].want.days);
        CHECK_INT(rules.cashier_max, row[i].want.cashier_max);
        CHECK_INT(rules.numbers_daily, row[i].want.numbers_daily);
        CHECK_THAT(late_write(&rules, plan)); /* and written, it says the same */
        if (json_object_size(plan) > 0) {
            CHECK_OK(late_read(json_object_get(plan, "late"), &rules, &e), e);
            CHECK_INT(rules.numbers_daily, row[i].want.numbers_daily);
            CHECK_INT(rules.cashier_max, row[i].want.cashier_max);
        }
    }
}

/* ---------------------------------------------------------------- may it be */

#define NOW BOOK_NOW_MS /* 10:00 in Tokyo; the day is cut at 4 */
#define TODAY (NOW - 6 * HOUR_MS)

/* Seven days; up to 3 stamps by a cashier; visits are 30 minutes apart, and 2 a day. */
static const struct plan_rules week = {
    .unit = UNIT_STAMP,
    .goal = 10,
    .cool_down_min = 30,
    .per_day_max = 2,
    .utc_offset_min = 9 * 60,
    .day_cut_hour = 4,
    .late = {.days = 7, .cashier_max = 3},
};

static void
a_sale_is_credited_late_when_the_terms_allow(void **state)
{
    static const struct {
        const char *says;
        struct grant_history around;
        struct late_case is;
        enum refusal_kind want;
    } row[] = {
        {"a sale of an hour ago, with its receipt, is credited",
         {0},
         {NOW - HOUR_MS, 1, true, false, 0, false, false},
         REFUSAL_NONE},
        {"so is one of just now", {0}, {NOW, 1, true, false, 0, false, false}, REFUSAL_NONE},
        {"a receipt of the future is a slip of the finger",
         {0},
         {NOW + 1, 1, true, false, 0, false, true},
         REFUSAL_RECEIPT_FUTURE},
        {"the first minute of the business day a week ago still counts",
         {0},
         {TODAY - 7 * DAY_MS, 1, true, false, 0, false, false},
         REFUSAL_NONE},
        {"the last minute of the day before does not, for a manager neither",
         {0},
         {TODAY - 7 * DAY_MS - 1, 1, true, false, 0, false, true},
         REFUSAL_RECEIPT_TOO_OLD},
        {"a receipt is credited once",
         {0},
         {NOW - HOUR_MS, 1, true, true, NOW - 1, false, true},
         REFUSAL_RECEIPT_USED},
        {"three stamps are within a cashier's limit",
         {0},
         {NOW - HOUR_MS, 3, true, false, 0, false, false},
         REFUSAL_NONE},
        {"four are not",
         {0},
         {NOW - HOUR_MS, 4, true, false, 0, false, false},
         REFUSAL_MANAGER_NEEDED},
        {"a manager gives four",
         {0},
         {NOW - HOUR_MS, 4, true, false, 0, false, true},
         REFUSAL_NONE},
        {"without a receipt a manager has to vouch",
         {0},
         {NOW - HOUR_MS, 1, false, false, 0, false, false},
         REFUSAL_MANAGER_NEEDED},
        {"and may", {0}, {NOW - HOUR_MS, 1, false, false, 0, false, true}, REFUSAL_NONE},
        {"a card told by its number alone is for a manager, too",
         {0},
         {NOW - HOUR_MS, 1, true, false, 0, true, false},
         REFUSAL_MANAGER_NEEDED},
        {"who was stamped at that hour was stamped",
         {true, NOW - HOUR_MS - 29 * MINUTE_MS, 1, false, 0, {0}, 0, false},
         {NOW - HOUR_MS, 1, true, false, 0, false, true},
         REFUSAL_TOO_SOON},
        {"a visit after the sale stands in the way as one before it does",
         {true, NOW - 31 * MINUTE_MS, 1, false, 0, {0}, 0, false},
         {NOW - HOUR_MS, 1, true, false, 0, false, true},
         REFUSAL_TOO_SOON},
        {"half an hour apart are two visits",
         {true, NOW - HOUR_MS, 1, false, 0, {0}, 0, false},
         {NOW - 30 * MINUTE_MS, 1, true, false, 0, false, false},
         REFUSAL_NONE},
        {"the day of the sale has its limit",
         {true, NOW - 5 * HOUR_MS, 2, false, 0, {0}, 0, false},
         {NOW - HOUR_MS, 1, true, false, 0, false, true},
         REFUSAL_DAY_FULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct refusal got = late_decide(&week, &row[i].around, &row[i].is, NOW);

        CHECK_ROW(i);
        if (got.kind != row[i].want)
            print_error("%s\n", row[i].says);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want));
        CHECK_INT(got.again_ms, 0); /* what was too close will not be farther tomorrow */
    }
}

static void
a_plan_without_late_credit_has_none(void **state)
{
    struct plan_rules none = week;
    const struct grant_history empty = {0};
    const struct late_case is = {.sold_ms = NOW, .amount = 1, .has_receipt = true};

    (void)state;
    none.late.days = 0;
    CHECK_INT(late_decide(&none, &empty, &is, NOW).kind, REFUSAL_LATE_OFF);
}

/* ---------------------------------------------------------------- the book */

static struct book b;

static int
begin(void **state)
{
    struct plan_rules rules;
    int64_t version;
    struct err e;

    (void)state;
    book_open(&b);
    for (int64_t plan = BOOK_STAMPS; plan <= BOOK_POINTS; plan++) {
        CHECK_OK(plan_load(b.db, plan, 0, &rules, &e), e);
        rules.late = (struct late_rules){.days = 7, .cashier_max = plan == BOOK_STAMPS ? 2 : 400};
        CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
    }
    return 0;
}

static int
end(void **state)
{
    (void)state;
    book_close(&b);
    return 0;
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, end)

static struct late_credit
credit_of(const struct card *card, const char *receipt, int64_t sold_ms, int64_t units)
{
    struct late_credit in = {
        .scan_id = book_scan(&b, card),
        .receipt = str_of(receipt),
        .sold_ms = sold_ms,
        .stamps = card->plan_id == BOOK_STAMPS ? units : 0,
        .yen = card->plan_id == BOOK_STAMPS ? 0 : units,
        .reason = LATE_FORGOTTEN,
        .staff_id = BOOK_CASHIER,
        .till_id = BOOK_UENO_TILL,
        .shop_id = BOOK_UENO,
        .now_ms = b.now_ms,
    };

    book_request_key(&b, in.request_key);
    return in;
}

static const char *
try_credit(const struct late_credit *in, struct grant_result *out)
{
    struct refusal refusal;
    struct err e;

    CHECK_OK(late_credit(b.db, in, out, &refusal, &e), e);
    return refusal_word(refusal.kind);
}

static const char *
credit(const struct card *card, const char *receipt, int64_t sold_ms, int64_t units,
       struct grant_result *out)
{
    struct late_credit in = credit_of(card, receipt, sold_ms, units);

    return try_credit(&in, out);
}

static void
it_is_a_line_of_its_own_at_the_time_of_the_sale(void **state)
{
    struct card card = book_card(&b, BOOK_POINTS);
    int64_t sold_ms = b.now_ms - 2 * DAY_MS;
    struct grant_result out;

    (void)state;
    CHECK_TEXT(credit(&card, "No. 0017", sold_ms, 12345, &out), "none");
    CHECK_INT(out.amount, 123);
    CHECK_INT(out.balance, 123);
    CHECK_INT(book_int(&b,
                       "SELECT visit_ms FROM transfer WHERE seq = %lld AND kind = 15"
                       " AND yen = 12345 AND reason = 'forgotten' AND staff_id = 1",
                       (long long)out.seq),
              sold_ms);
    CHECK_INT(book_int(&b, "SELECT subject FROM audit WHERE act = 'late.credited' AND staff_id = 1"
                           " AND till_id = 1"),
              out.seq);
    CHECK_INT(book_int(&b, "SELECT seq FROM receipt WHERE shop_id = 1 AND number = '17'"
                           " AND day = 0 AND turn = 0"),
              out.seq);
}

static void
a_receipt_is_credited_once_in_the_whole_chain(void **state)
{
    struct card card = book_card(&b, BOOK_STAMPS), other = book_card(&b, BOOK_POINTS);
    struct grant in;
    struct grant_result out;
    struct refusal refusal;
    struct err e;
    int64_t seq;

    (void)state;
    CHECK_TEXT(credit(&card, "100", b.now_ms - HOUR_MS, 1, &out), "none");
    seq = out.seq;
    CHECK_TEXT(credit(&other, "0100", b.now_ms - DAY_MS, 500, &out), "receipt_used");
    in = book_grant_of(&b, book_scan(&b, &card), &card, 1); /* nor with a grant at the till */
    in.now_ms = b.now_ms;
    in.receipt = STR("1-00");
    CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "receipt_used");
    CHECK_INT(refusal.till_id, BOOK_UENO_TILL);
    book_reverse(&b, seq); /* what was credited to the wrong card goes to the right one */
    CHECK_TEXT(credit(&other, "100", b.now_ms - DAY_MS, 500, &out), "none");
    CHECK_INT(book_int(&b, "SELECT turn FROM receipt WHERE seq = %lld", (long long)out.seq), 1);
    CHECK_TEXT(credit(&card, "100", b.now_ms - DAY_MS, 1, &out), "receipt_used");
}

static void
a_grant_at_the_till_uses_its_receipt_up(void **state)
{
    struct card card = book_card(&b, BOOK_STAMPS);
    struct grant in = book_grant_of(&b, book_scan(&b, &card), &card, 1);
    struct grant_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    in.now_ms = b.now_ms;
    in.receipt = STR("no receipt");
    CHECK_FAILS(ledger_grant(b.db, &in, &out, &refusal, &e), e, ERR_INPUT, "receipt_invalid");
    in.receipt = STR("A-77");
    CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    CHECK_TEXT(credit(&card, "a77", b.now_ms - DAY_MS, 1, &out), "receipt_used");
    CHECK_TEXT(credit(&card, "a78", b.now_ms - DAY_MS, 1, &out), "none");
}

static void
shops_number_their_receipts_for_themselves(void **state)
{
    struct card card = book_card(&b, BOOK_STAMPS);
    struct late_credit in = credit_of(&card, "5", b.now_ms - DAY_MS, 1);
    struct grant_result out;

    (void)state;
    CHECK_TEXT(try_credit(&in, &out), "none");
    book_exec(&b, "INSERT INTO receipt VALUES (2, '6', 0, 0, %lld)", (long long)out.seq);
    CHECK_TEXT(credit(&card, "6", b.now_ms - 2 * DAY_MS, 1, &out), "none");
    book_exec(&b, "DROP TRIGGER receipt_is_final_d; DELETE FROM receipt WHERE shop_id = 2");
}

static void
numbers_that_begin_again_each_day_count_by_the_day(void **state)
{
    struct card card = book_card(&b, BOOK_STAMPS);
    struct plan_rules rules;
    struct grant_result out;
    int64_t version;
    struct err e;

    (void)state;
    CHECK_TEXT(credit(&card, "9", b.now_ms - 3 * DAY_MS, 1, &out), "none"); /* before they did */
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &rules, &e), e);
    rules.late.numbers_daily = true;
    CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
    CHECK_TEXT(credit(&card, "0001", b.now_ms - DAY_MS, 1, &out), "none");
    CHECK_TEXT(credit(&card, "0001", b.now_ms - DAY_MS - HOUR_MS, 1, &out), "receipt_used");
    CHECK_TEXT(credit(&card, "0001", b.now_ms - 2 * DAY_MS, 1, &out), "none");
    CHECK_TEXT(credit(&card, "9", b.now_ms - DAY_MS - 2 * HOUR_MS, 1, &out), "receipt_used");
}

static void
a_visit_never_waits_for_it_and_it_for_visits(void **state)
{
    struct card card = book_card(&b, BOOK_STAMPS);
    struct grant_result out;
    int64_t first_ms;

    (void)state;
    CHECK_TEXT(credit(&card, "1", b.now_ms, 1, &out), "none");
    book_grant(&b, &card, 1); /* within the half hour, and it does not matter */
    first_ms = b.now_ms;
    b.now_ms += HOUR_MS;
    book_grant(&b, &card, 1);
    b.now_ms += HOUR_MS;
    book_grant(&b, &card, 1); /* the third visit of the day, and the fourth line */
    CHECK_TEXT(credit(&card, "2", first_ms + 10 * MINUTE_MS, 1, &out), "day_full");
    CHECK_TEXT(credit(&card, "3", b.now_ms - DAY_MS, 1, &out), "none");
    CHECK_TEXT(credit(&card, "4", b.now_ms - DAY_MS, 1, &out), "too_soon"); /* two for one visit */
    CHECK_INT(book_grant_refused(&b, &card, 1).kind, REFUSAL_DAY_FULL);
}

static void
it_reaches_rewards_and_is_reversed_like_a_grant(void **state)
{
    struct card card = book_card(&b, BOOK_POINTS);
    struct grant_result out;

    (void)state;
    book_grant(&b, &card, 48000);
    CHECK_TEXT(credit(&card, "1", b.now_ms - DAY_MS, 4000, &out), "none");
    CHECK_INT(out.rounds, 1);
    CHECK_INT(out.vouchers_n, 1);
    CHECK_INT(out.balance, 20);
    CHECK_INT(book_reverse(&b, out.seq).vouchers_cancelled, 1);
    CHECK_INT(book_int(&b, "SELECT balance FROM card WHERE id = %lld", (long long)card.id), 480);
}

static void
without_a_till_a_manager_names_the_card(void **state)
{
    struct card card = book_card(&b, BOOK_STAMPS);
    struct late_credit in = credit_of(&card, "50", b.now_ms - DAY_MS, 1);
    struct grant_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    in.scan_id = in.till_id = 0;
    in.card_id = card.id;
    CHECK_TEXT(try_credit(&in, &out), "manager_needed");
    in.staff_id = BOOK_NAMBA_CASHIER;
    CHECK_FAILS(late_credit(b.db, &in, &out, &refusal, &e), e, ERR_FORBIDDEN, "other_shop");
    in.staff_id = 99;
    CHECK_FAILS(late_credit(b.db, &in, &out, &refusal, &e), e, ERR_NOT_FOUND, "staff_unknown");
    in.staff_id = BOOK_OWNER;
    CHECK_TEXT(try_credit(&in, &out), "none");
    CHECK_INT(book_int(&b, "SELECT till_id IS NULL AND scan_id IS NULL AND staff_id = 3"
                           " FROM transfer WHERE kind = 15"),
              1);
    CHECK_TEXT(try_credit(&in, &out), "receipt_used");
    in.card_id = 99;
    CHECK_FAILS(late_credit(b.db, &in, &out, &refusal, &e), e, ERR_NOT_FOUND, "card_unknown");
}

static void
what_nothing_proves_takes_two(void **state)
{
    struct card card = book_card(&b, BOOK_STAMPS);
    struct late_credit in = credit_of(&card, "", b.now_ms - DAY_MS, 1);
    const int64_t alone[] = {0, BOOK_MANAGER, BOOK_CASHIER, BOOK_OWNER};
    struct grant_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    in.staff_id = BOOK_MANAGER;
    CHECK_OK(late_credit(b.db, &in, &out, &refusal, &e), e); /* the member was there: a scan */
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    in.scan_id = in.till_id = 0;
    in.card_id = card.id;
    in.sold_ms -= DAY_MS;
    book_request_key(&b, in.request_key);
    book_exec(&b, "UPDATE staff SET member_id = %lld WHERE id = 3", (long long)card.member_id);
    for (size_t i = 0; i < COUNT(alone); i++) {
        CHECK_ROW(i);
        in.second_id = alone[i];
        CHECK_FAILS(late_credit(b.db, &in, &out, &refusal, &e), e, ERR_FORBIDDEN, "second_needed");
    }
    book_exec(&b, "UPDATE staff SET member_id = NULL");
    in.second_id = 99;
    CHECK_FAILS(late_credit(b.db, &in, &out, &refusal, &e), e, ERR_NOT_FOUND, "staff_unknown");
    in.second_id = BOOK_OWNER;
    CHECK_TEXT(try_credit(&in, &out), "none");
    CHECK_INT(book_int(&b,
                       "SELECT staff_id FROM audit WHERE act = 'late.approved' AND subject = %lld",
                       (long long)out.seq),
              BOOK_OWNER);
}

static void
what_may_not_be_changes_nothing(void **state)
{
    struct card card = book_card(&b, BOOK_STAMPS), points = book_card(&b, BOOK_POINTS);
    struct late_credit in = credit_of(&card, "1", b.now_ms - DAY_MS, 3);
    struct grant_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    CHECK_TEXT(try_credit(&in, &out), "manager_needed");
    in.staff_id = BOOK_MANAGER;
    in.till_id = BOOK_UENO_TILL_2; /* not where it was scanned */
    CHECK_TEXT(try_credit(&in, &out), "scan_over");
    in.till_id = BOOK_UENO_TILL;
    in.now_ms += 10 * MINUTE_MS;
    CHECK_TEXT(try_credit(&in, &out), "scan_over");
    in.now_ms = b.now_ms;
    in.stamps = 4;
    CHECK_FAILS(late_credit(b.db, &in, &out, &refusal, &e), e, ERR_INPUT, "field_range");
    in.stamps = 0;
    in.yen = 100;
    CHECK_FAILS(late_credit(b.db, &in, &out, &refusal, &e), e, ERR_INPUT, "field_unknown");
    in.yen = 0;
    in.stamps = 3;
    in.receipt = STR("?");
    CHECK_FAILS(late_credit(b.db, &in, &out, &refusal, &e), e, ERR_INPUT, "receipt_invalid");
    in.receipt = STR("1");
    in.staff_id = BOOK_NAMBA_CASHIER;
    CHECK_FAILS(late_credit(b.db, &in, &out, &refusal, &e), e, ERR_FORBIDDEN, "other_shop");
    in.staff_id = BOOK_MANAGER;
    in.scan_id = 99;
    CHECK_FAILS(late_credit(b.db, &in, &out, &refusal, &e), e, ERR_NOT_FOUND, "scan_unknown");
    CHECK_TEXT(credit(&points, "2", b.now_ms - DAY_MS, 99, &out), "no_points");
    book_exec(&b, "UPDATE card SET state = 'blocked' WHERE id = %lld", (long long)card.id);
    in = credit_of(&points, "3", b.now_ms - DAY_MS, 100);
    book_exec(&b, "UPDATE card SET state = 'blocked' WHERE id = %lld", (long long)points.id);
    CHECK_TEXT(try_credit(&in, &out), "card_blocked");
    book_exec(&b, "UPDATE staff SET member_id = %lld WHERE id = 1", (long long)points.member_id);
    book_exec(&b, "UPDATE card SET state = 'active' WHERE id = %lld", (long long)points.id);
    CHECK_TEXT(try_credit(&in, &out), "own_card");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM receipt"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_receipts_number_has_one_form),
        TEST(rules_are_read_strictly),
        TEST(a_sale_is_credited_late_when_the_terms_allow),
        TEST(a_plan_without_late_credit_has_none),
        STORY(it_is_a_line_of_its_own_at_the_time_of_the_sale),
        STORY(a_receipt_is_credited_once_in_the_whole_chain),
        STORY(a_grant_at_the_till_uses_its_receipt_up),
        STORY(shops_number_their_receipts_for_themselves),
        STORY(numbers_that_begin_again_each_day_count_by_the_day),
        STORY(a_visit_never_waits_for_it_and_it_for_visits),
        STORY(it_reaches_rewards_and_is_reversed_like_a_grant),
        STORY(without_a_till_a_manager_names_the_card),
        STORY(what_nothing_proves_takes_two),
        STORY(what_may_not_be_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
