/*
 * The rules for earning over a real book: why a grant gave what it gave, limits of shops and days,
 * and bonuses that a person gets once. Each book is proven by `check` when it is closed.
 */
#include "domain/bonus.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/birthday.h"
#include "domain/earn_book.h"
#include "domain/member.h"
#include "domain/merge.h"
#include "domain/plan_json.h"

/* The plan's rules from now on. */
static void
set_terms(struct book *b, int64_t plan_id, const char *file)
{
    struct plan_rules rules;
    int64_t version;
    struct err e = {0};

    CHECK_OK(plan_load(b->db, plan_id, 0, &rules, &e), e);
    CHECK_OK(plan_file_read(str_of(file), &rules, &e), e);
    CHECK_OK(plan_add_version(b->db, &rules, b->now_ms, &version, &e), e);
}

static void
stamps_earn(struct book *b, const char *earn)
{
    char file[2048];

    snprintf(file, sizeof(file), "{\"cool_down_min\": 0, \"per_day_max\": 0, \"earn\": %s}", earn);
    set_terms(b, BOOK_STAMPS, file);
}

static int64_t
balance_of(struct book *b, int64_t card_id)
{
    return book_int(b, "SELECT balance FROM card WHERE id = %lld", (long long)card_id);
}

static int64_t
bonuses_of(struct book *b, int64_t card_id)
{
    return book_int(b, "SELECT count(*) FROM transfer WHERE kind = 11 AND card_id = %lld",
                    (long long)card_id);
}

/* ---------------------------------------------------------------- grants */

static void
a_grant_says_why_it_gave_so_much(void **state)
{
    struct book b;
    struct card card;
    struct grant_result got;
    struct earn_part part[EARN_PARTS_MAX];
    size_t n;
    struct err e = {0};

    (void)state;
    book_open(&b);
    stamps_earn(&b, "{\"factors\": [{\"percent\": 200, \"weekdays\": [\"wed\"]}]}");
    card = book_card(&b, BOOK_STAMPS);
    got = book_grant(&b, &card, 2);
    CHECK_INT(got.amount, 4);
    CHECK_INT(got.balance, 4);
    CHECK_OK(earn_parts_load(b.db, got.seq, part, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_TEXT(part[0].reason, "weekday:200");
    CHECK_INT(part[0].units, 2);
    b.now_ms += DAY_MS;
    CHECK_INT(book_grant(&b, &card, 2).amount, 2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM earn_part"), 1);
    CHECK_INT(book_reverse(&b, got.seq).amount, 4);
    CHECK_INT(balance_of(&b, card.id), 2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM earn_tally"), 0); /* the plan caps nothing */
    book_close(&b);
}

static void
lines_of_a_receipt_give_stamps(void **state)
{
    const struct sale_line line[] = {
        {.category = STR_INIT("coffee"), .quantity = 2, .yen = 900},
        {.category = STR_INIT("cake"), .quantity = 1, .yen = 400},
    };
    const struct sale sale = {.yen = 1300, .lines_n = 2, .line = line};
    struct book b;
    struct card card;
    struct grant in;
    struct grant_result got;
    struct refusal refusal;
    struct err e = {0};

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    in = book_grant_of(&b, book_scan(&b, &card), &card, 0);
    in.yen = 1300;
    in.sale = &sale;
    CHECK_FAILS(ledger_grant(b.db, &in, &got, &refusal, &e), e, ERR_INPUT, "field_unknown");
    CHECK_TEXT(e.field, "lines");
    stamps_earn(&b, "{\"items\": [{\"category\": \"coffee\", \"units_each\": 1}]}");
    in.stamps = 1;
    CHECK_FAILS(ledger_grant(b.db, &in, &got, &refusal, &e), e, ERR_INPUT, "field_unknown");
    CHECK_TEXT(e.field, "stamps");
    in.stamps = 0;
    CHECK_OK(ledger_grant(b.db, &in, &got, &refusal, &e), e);
    CHECK_INT(refusal.kind, REFUSAL_NONE);
    CHECK_INT(got.amount, 2);
    CHECK_INT(book_int(&b, "SELECT yen FROM transfer WHERE seq = %lld", (long long)got.seq), 1300);
    book_close(&b);
}

static void
a_shop_waits_for_its_own_visits(void **state)
{
    struct book b;
    struct card card;
    struct refusal refusal;
    struct grant_result other;
    struct scan_request scan = {
        .till_id = BOOK_NAMBA_TILL, .shop_id = BOOK_NAMBA, .staff_id = BOOK_NAMBA_CASHIER};
    struct scan_result scanned;
    struct grant in;
    char digits[CODE_DIGITS + 1];
    int64_t near_miss, first_ms;
    struct err e = {0};

    (void)state;
    book_open(&b);
    stamps_earn(&b, "{\"at_shop\": {\"cool_down_min\": 240}}");
    card = book_card(&b, BOOK_STAMPS);
    book_grant(&b, &card, 1);
    first_ms = b.now_ms;
    for (int i = 0; i < 3; i++) { /* asking again and again puts nothing off */
        b.now_ms += 30 * MINUTE_MS;
        refusal = book_grant_refused(&b, &card, 1);
        CHECK_TEXT(refusal_word(refusal.kind), "too_soon");
        CHECK_INT(refusal.last_ms, first_ms);
        CHECK_INT(refusal.again_ms, first_ms + 240 * MINUTE_MS);
    }
    b.now_ms += CODE_STEP_MS;
    code_make(&b.keys, CODE_MEMBER, card.locator, code_step(b.now_ms), digits);
    scan.text = str_of(digits);
    scan.now_ms = b.now_ms;
    CHECK_OK(scan_open(b.db, &scan, &scanned, &refusal, &near_miss, &e), e);
    CHECK_INT(scanned.may.kind, REFUSAL_NONE);
    in = book_grant_of(&b, scanned.scan_id, &card, 1);
    in.staff_id = BOOK_NAMBA_CASHIER;
    in.till_id = BOOK_NAMBA_TILL;
    in.shop_id = BOOK_NAMBA;
    CHECK_OK(ledger_grant(b.db, &in, &other, &refusal, &e), e);
    CHECK_INT(refusal.kind, REFUSAL_NONE);
    b.now_ms = first_ms + 240 * MINUTE_MS;
    book_grant(&b, &card, 1);
    book_close(&b);
}

static void
a_day_has_room_for_so_much(void **state)
{
    struct book b;
    struct card card, friend;
    struct grant_result got;
    struct refusal refusal;
    int64_t seq;

    (void)state;
    book_open(&b);
    stamps_earn(&b, "{\"caps\": {\"member\": {\"units\": 4}, \"till\": {\"grants\": 3}}}");
    card = book_card(&b, BOOK_STAMPS);
    friend = book_card(&b, BOOK_STAMPS);
    seq = book_grant(&b, &card, 3).seq;
    got = book_grant(&b, &card, 3);
    CHECK_INT(got.amount, 1); /* one is left for the day */
    CHECK_THAT(got.earning.is_cut);
    refusal = book_grant_refused(&b, &card, 1);
    CHECK_TEXT(refusal_word(refusal.kind), "member_cap");
    CHECK_INT(refusal.again_ms, BOOK_NOW_MS + 18 * HOUR_MS); /* 4:00 in Tokyo */
    book_grant(&b, &friend, 1);
    CHECK_TEXT(refusal_word(book_grant_refused(&b, &friend, 1).kind), "till_cap");
    book_reverse(&b, seq); /* a mistake leaves room again */
    CHECK_INT(book_grant(&b, &card, 1).amount, 1);
    b.now_ms += DAY_MS;
    CHECK_INT(book_grant(&b, &card, 3).amount, 3);
    book_close(&b);
}

/* A tally is of the days it may be asked for; what is taken back later counts nowhere. */
static void
old_days_are_forgotten(void **state)
{
    struct book b;
    struct card card;
    int64_t seq;
    struct err e = {0};

    (void)state;
    book_open(&b);
    stamps_earn(&b, "{\"caps\": {\"staff\": {\"grants\": 5}}}");
    card = book_card(&b, BOOK_STAMPS);
    seq = book_grant(&b, &card, 1).seq;
    CHECK_OK(earn_tally_sweep(b.db, b.now_ms + DAY_MS, 100, &e), e);
    CHECK_INT(book_int(&b, "SELECT grants FROM earn_tally WHERE what = 'staff'"), 1);
    CHECK_OK(earn_tally_sweep(b.db, b.now_ms + 9 * DAY_MS, 100, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM earn_tally"), 0);
    b.now_ms += 9 * DAY_MS;
    book_reverse(&b, seq);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM earn_tally"), 0);
    book_close(&b);
}

/* ---------------------------------------------------------------- joining */

static int64_t
enter(struct book *b, const char *line_id)
{
    const struct member_login login = {
        .line_id = str_of(line_id), .name = STR("Mori"), .now_ms = b->now_ms};
    struct member member;
    bool is_new;
    struct err e = {0};

    CHECK_OK(member_enter(b->db, &login, &member, &is_new, &e), e);
    return member.id;
}

static struct card
stamps_card_of(struct book *b, int64_t member_id)
{
    struct card card;
    struct err e = {0};

    CHECK_OK(card_of_plan(b->db, member_id, BOOK_STAMPS, &card, &e), e);
    return card;
}

#define MORI "U4af4980629aaaaaaaaaaaaaaaaaaaaaa"
#define ITO "U4af4980629bbbbbbbbbbbbbbbbbbbbbb"

static void
a_first_card_comes_with_a_bonus_once(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    stamps_earn(&b, "{\"join\": {\"units\": 5}}");
    card = stamps_card_of(&b, enter(&b, MORI));
    CHECK_INT(card.balance, 5);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM voucher WHERE card_id = %lld", (long long)card.id),
              1); /* the reward at five is reached by it */
    enter(&b, MORI);
    CHECK_INT(balance_of(&b, card.id), 5);
    CHECK_INT(book_grant(&b, &card, 1).join_units, 0);
    book_exec(&b, "UPDATE member SET is_back = 1");
    CHECK_INT(stamps_card_of(&b, enter(&b, ITO)).balance, 5); /* somebody else */
    book_close(&b);
}

static void
a_first_visit_comes_with_a_bonus_once(void **state)
{
    static const struct {
        const char *sentence, *change; /* of member 1 before the visit */
        int64_t want;
    } row[] = {
        {"a first visit", NULL, 5},
        {"not of a guest", "UPDATE member SET is_guest = 1 WHERE id = 1", 0},
        {"not of one who left and came back", "UPDATE member SET is_back = 1 WHERE id = 1", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct book b;
        struct card card;
        struct grant_result got;

        CHECK_ROW(i);
        book_open(&b);
        stamps_earn(&b, "{\"join\": {\"units\": 5, \"when\": \"visit\"}}");
        card = book_card(&b, BOOK_STAMPS);
        if (row[i].change != NULL)
            book_exec(&b, "%s", row[i].change);
        got = book_grant(&b, &card, 1);
        CHECK_INT(got.join_units, row[i].want);
        CHECK_INT(got.amount, 1 + row[i].want);
        CHECK_INT(got.balance, 1 + row[i].want);
        CHECK_INT(got.vouchers_n, row[i].want > 0);
        CHECK_INT(book_grant(&b, &card, 1).join_units, 0);
        book_close(&b);
    }
}

/* The bonus goes back with the visit it came with, and comes with the next that is a first one. */
static void
a_first_visit_that_was_a_mistake_is_none(void **state)
{
    struct book b;
    struct card card;
    int64_t seq;

    (void)state;
    book_open(&b);
    stamps_earn(&b, "{\"join\": {\"units\": 5, \"when\": \"visit\"},"
                    " \"caps\": {\"member\": {\"units\": 1}}}");
    card = book_card(&b, BOOK_STAMPS);
    seq = book_grant(&b, &card, 1).seq;
    CHECK_INT(balance_of(&b, card.id), 6);
    book_reverse(&b, seq);
    CHECK_INT(balance_of(&b, card.id), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM voucher WHERE state = 'issued'"), 0);
    CHECK_INT(book_grant(&b, &card, 1).join_units, 5);
    CHECK_INT(balance_of(&b, card.id), 6);
    book_close(&b);
}

static void
who_visited_before_the_bonus_began_has_joined_already(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    book_grant(&b, &card, 1);
    stamps_earn(&b, "{\"join\": {\"units\": 5, \"when\": \"visit\"}}");
    CHECK_INT(book_grant(&b, &card, 1).join_units, 0);
    book_close(&b);
}

static void
merge(struct book *b, int64_t from_id, int64_t into_id)
{
    struct merge_new in = {.from_id = from_id,
                           .into_id = into_id,
                           .kind = MERGE_BY_STAFF,
                           .staff_id = BOOK_OWNER,
                           .reason = STR("one person"),
                           .days = 30,
                           .now_ms = b->now_ms};
    struct merge_result out;
    struct err e = {0};

    book_request_key(b, in.request_key);
    CHECK_OK(member_merge(b->db, &in, &out, &e), e);
}

static void
two_members_who_are_one_get_no_more_by_it(void **state)
{
    struct book b;
    struct card had, not ;

    (void)state;
    book_open(&b);
    enter(&b, MORI);
    enter(&b, ITO);
    had = stamps_card_of(&b, 1);
    not = stamps_card_of(&b, 2);
    stamps_earn(&b, "{\"join\": {\"units\": 3, \"when\": \"visit\"}, \"birthday\": {\"units\": 1},"
                    " \"events\": [{\"name\": \"survey\", \"title\": \"Survey\", \"units\": 1}]}");
    CHECK_INT(book_grant(&b, &had, 1).join_units, 3);
    merge(&b, 1, 2);
    CHECK_INT(book_grant(&b, &not, 1).join_units, 0);
    CHECK_INT(bonuses_of(&b, not .id), 0);
    book_close(&b);
}

/* ---------------------------------------------------------------- events */

static enum err_code
thank(struct book *b, int64_t card_id, const char *event, struct refusal *refusal, struct err *e)
{
    struct event_bonus in = {
        .card_id = card_id, .event = str_of(event), .staff_id = BOOK_OWNER, .now_ms = b->now_ms};
    struct bonus_result out;
    struct plan_rules rules;

    book_request_key(b, in.request_key);
    return bonus_event(b->db, &in, &out, &rules, refusal, e);
}

#define EVENTS                                                                                     \
    "{\"events\": [{\"name\": \"survey\", \"title\": \"Survey\", \"units\": 3},"                   \
    " {\"name\": \"visit\", \"title\": \"Visit\", \"units\": 1, \"once\": \"month\"}]}"

static void
an_event_is_thanked_for_once_in_its_time(void **state)
{
    static const struct {
        const char *sentence, *event;
        int64_t later_ms;
        enum refusal_kind want;
        bool comes_again;
    } row[] = {
        {"a survey is thanked for", "survey", 0, REFUSAL_NONE, false},
        {"once", "survey", MINUTE_MS, REFUSAL_BONUS_GIVEN, false},
        {"for ever", "survey", 400 * DAY_MS, REFUSAL_BONUS_GIVEN, false},
        {"something else is something else", "visit", 0, REFUSAL_NONE, false},
        {"once a month", "visit", DAY_MS, REFUSAL_BONUS_GIVEN, true},
        {"and again in the next", "visit", 31 * DAY_MS, REFUSAL_NONE, false},
    };
    struct book b;
    struct card card;
    int64_t begin_ms;

    (void)state;
    book_open(&b);
    stamps_earn(&b, EVENTS);
    card = book_card(&b, BOOK_STAMPS);
    begin_ms = b.now_ms;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct refusal refusal;
        struct err e = {0};

        CHECK_ROW(i);
        b.now_ms += row[i].later_ms;
        CHECK_OK(thank(&b, card.id, row[i].event, &refusal, &e), e);
        CHECK_TEXT(refusal_word(refusal.kind), refusal_word(row[i].want));
        CHECK_INT(refusal.last_ms != 0, row[i].want != REFUSAL_NONE);
        CHECK_INT(refusal.again_ms != 0, row[i].comes_again);
    }
    CHECK_THAT(b.now_ms > begin_ms);
    CHECK_INT(balance_of(&b, card.id), 5);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice"), 3); /* each is told, or its voucher */
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'bonus.given'"), 3);
    book_close(&b);
}

static void
an_event_is_the_plans_and_not_for_oneself(void **state)
{
    struct book b;
    struct card card;
    struct refusal refusal;
    struct err e = {0};

    (void)state;
    book_open(&b);
    stamps_earn(&b, EVENTS);
    card = book_card(&b, BOOK_STAMPS);
    CHECK_FAILS(thank(&b, card.id, "dance", &refusal, &e), e, ERR_NOT_FOUND, "event_unknown");
    CHECK_FAILS(thank(&b, card.id + 1, "survey", &refusal, &e), e, ERR_NOT_FOUND, "card_unknown");
    book_exec(&b, "UPDATE staff SET member_id = 1 WHERE id = 3");
    CHECK_OK(thank(&b, card.id, "survey", &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "own_card");
    book_exec(&b, "UPDATE staff SET member_id = NULL; UPDATE card SET state = 'blocked'");
    CHECK_OK(thank(&b, card.id, "survey", &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "card_blocked");
    CHECK_INT(bonuses_of(&b, card.id), 0);
    book_close(&b);
}

/* ---------------------------------------------------------------- birthdays */

static size_t
birthdays(struct book *b)
{
    size_t n = 0;
    struct err e = {0};

    CHECK_OK(bonus_birthdays(b->db, b->now_ms, 64, &n, &e), e);
    return n;
}

static void
born_on(struct book *b, int64_t member_id, int64_t month, int64_t day)
{
    struct err e = {0};

    CHECK_OK(birthday_save(b->db, member_id, &(struct birthday){.month = month, .day = day}, &e),
             e);
}

static void
a_birthday_brings_a_bonus_once_a_year(void **state)
{
    struct book b;
    struct card first, second, guest;

    (void)state;
    book_open(&b);
    stamps_earn(&b, "{\"birthday\": {\"units\": 2}}");
    first = book_card(&b, BOOK_STAMPS);
    second = book_card(&b, BOOK_STAMPS);
    guest = book_card(&b, BOOK_STAMPS);
    book_exec(&b, "UPDATE member SET is_guest = 1 WHERE id = 3");
    born_on(&b, 1, 4, 1);
    born_on(&b, 2, 4, 2);
    born_on(&b, 3, 4, 1);
    b.now_ms = BOOK_NOW_MS - 6 * HOUR_MS - 1; /* 3:59 in Tokyo: still the day before */
    CHECK_INT(birthdays(&b), 0);
    b.now_ms = BOOK_NOW_MS;
    CHECK_INT(birthdays(&b), 1);
    CHECK_INT(birthdays(&b), 0);
    CHECK_INT(balance_of(&b, first.id), 2);
    book_reverse(&b, 1); /* whoever took it back meant it */
    CHECK_INT(birthdays(&b), 0);
    b.now_ms += DAY_MS;
    CHECK_INT(birthdays(&b), 1);
    born_on(&b, 1, 4, 2); /* who has moved it is not given to again this year */
    CHECK_INT(birthdays(&b), 0);
    b.now_ms += 365 * DAY_MS;
    CHECK_INT(birthdays(&b), 2);
    CHECK_INT(balance_of(&b, second.id), 4);
    CHECK_INT(balance_of(&b, guest.id), 0);
    book_close(&b);
}

static void
the_29th_of_february_comes_every_year(void **state)
{
    struct book b;
    struct card card;

    (void)state;
    book_open(&b);
    stamps_earn(&b, "{\"birthday\": {\"units\": 2}}");
    card = book_card(&b, BOOK_STAMPS);
    born_on(&b, 1, 2, 29);
    b.now_ms = BOOK_NOW_MS + (365 - 32) * DAY_MS; /* 28 February 2027 */
    CHECK_INT(birthdays(&b), 1);
    b.now_ms += 365 * DAY_MS; /* and of the leap year 2028 */
    CHECK_INT(birthdays(&b), 0);
    b.now_ms += DAY_MS;
    CHECK_INT(birthdays(&b), 1);
    CHECK_INT(balance_of(&b, card.id), 4);
    book_close(&b);
}

static void
one_person_has_one_birthday(void **state)
{
    struct book b;
    struct card first, second;

    (void)state;
    book_open(&b);
    stamps_earn(&b, "{\"birthday\": {\"units\": 2}}");
    enter(&b, MORI);
    enter(&b, ITO);
    first = stamps_card_of(&b, 1);
    second = stamps_card_of(&b, 2);
    born_on(&b, 1, 4, 1);
    CHECK_INT(birthdays(&b), 1);
    merge(&b, 1, 2);
    born_on(&b, 2, 4, 1);
    CHECK_INT(birthdays(&b), 0);
    CHECK_INT(balance_of(&b, first.id), 0);
    CHECK_INT(balance_of(&b, second.id), 2);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_grant_says_why_it_gave_so_much),
        TEST(lines_of_a_receipt_give_stamps),
        TEST(a_shop_waits_for_its_own_visits),
        TEST(a_day_has_room_for_so_much),
        TEST(old_days_are_forgotten),
        TEST(a_first_card_comes_with_a_bonus_once),
        TEST(a_first_visit_comes_with_a_bonus_once),
        TEST(a_first_visit_that_was_a_mistake_is_none),
        TEST(who_visited_before_the_bonus_began_has_joined_already),
        TEST(two_members_who_are_one_get_no_more_by_it),
        TEST(an_event_is_thanked_for_once_in_its_time),
        TEST(an_event_is_the_plans_and_not_for_oneself),
        TEST(a_birthday_brings_a_bonus_once_a_year),
        TEST(the_29th_of_february_comes_every_year),
        TEST(one_person_has_one_birthday),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
