/*
 * Fixed numbers: made without counting, checked, found again, and good for little.
 */
#include "domain/number.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/card_number.h"
#include "domain/permute.h"
#include "domain/shop.h"

static struct keys keys;

static int
set_up(void **state)
{
    static const uint8_t root[KEY_SIZE] = "the root of a test of codes";

    (void)state;
    entropy_seed(20260401);
    keys_derive(root, &keys);
    return 0;
}

static const struct number_format nw7 = {.is_set = true,
                                         .type = BARCODE_NW7,
                                         .prefix = "20",
                                         .length = 10,
                                         .check = BARCODE_CHECK_7DR,
                                         .start = 'A',
                                         .stop = 'B'};
static const struct number_format jan = {.is_set = true,
                                         .type = BARCODE_EAN13,
                                         .prefix = "20",
                                         .length = 13,
                                         .check = BARCODE_CHECK_M10W31};

/* ---------------------------------------------------------------- the permutation */

static void
a_permutation_meets_every_number_once_and_goes_back(void **state)
{
    (void)state;
    for (unsigned digits = PERMUTE_DIGITS_MIN; digits <= 5; digits++) {
        struct permutation p = {.key = keys.number, .label = "test", .digits = digits};
        static bool is_met[100000];
        int fixed = 0;

        CHECK_ROW(digits);
        memset(is_met, 0, sizeof(is_met));
        for (uint64_t n = 0; n < power_of_ten(digits); n++) {
            uint64_t there = permute(&p, n);

            CHECK_THAT(there < power_of_ten(digits) && !is_met[there]);
            is_met[there] = true;
            fixed += there == n;
            CHECK_INT(permute_back(&p, there), n);
        }
        CHECK_THAT(fixed < 10); /* one is to be expected */
    }
}

static void
a_permutation_is_of_its_key_label_tweak_and_length(void **state)
{
    const struct permutation base = {.key = keys.number, .label = "test", .digits = 10};
    struct permutation other[4] = {base, base, base, base};

    (void)state;
    other[0].key = keys.locator;
    other[1].label = "tesu";
    other[2].tweak = 1;
    other[3].digits = 11;
    for (size_t i = 0; i < COUNT(other); i++)
        CHECK_THAT(permute(&base, 77) != permute(&other[i], 77));
}

/* ---------------------------------------------------------------- formats and numbers */

static void
numbers_have_their_form(void **state)
{
    char number[NUMBER_SIZE];
    struct number_format plain = nw7;
    struct err e;

    /* From an independent implementation in Python. */
    (void)state;
    CHECK_OK(number_make(&keys, &nw7, 1, number, &e), e);
    CHECK_INT(strlen(number), 10);
    CHECK_OK(number_fits(&nw7, str_of(number), &e), e);
    plain.check = BARCODE_CHECK_NONE;
    plain.length = 9;
    CHECK_OK(number_make(&keys, &plain, 1, number, &e), e);
    CHECK_TEXT(number, "208271791");
    CHECK_OK(number_make(&keys, &jan, 12345, number, &e), e);
    number[12] = '\0';
    CHECK_TEXT(number, "204957963661");
}

static void
neighbours_do_not_look_alike(void **state)
{
    int same_ends = 0, rises = 0;
    char before[NUMBER_SIZE] = "", number[NUMBER_SIZE];
    struct err e;

    (void)state;
    for (int64_t i = 1; i <= 1000; i++) {
        CHECK_OK(number_make(&keys, &jan, i, number, &e), e);
        same_ends += strncmp(before, number, 5) == 0;
        rises += strcmp(number, before) > 0;
        memcpy(before, number, sizeof(before));
    }
    CHECK_THAT(same_ends < 10);             /* of 1000 three digits are to be the same once */
    CHECK_THAT(rises > 430 && rises < 570); /* half, within 4.5 sigma */
}

static void
every_scheme_makes_numbers_that_fit(void **state)
{
    static const struct {
        enum barcode_type type;
        const char *prefix;
        int64_t length;
        enum barcode_check check;
    } row[] = {
        {BARCODE_EAN13, "29", 13, BARCODE_CHECK_M10W31},
        {BARCODE_EAN13, "2345", 13, BARCODE_CHECK_M10W31},
        {BARCODE_CODE128, "", 10, BARCODE_CHECK_NONE},
        {BARCODE_CODE128, "MC", 10, BARCODE_CHECK_NONE},
        {BARCODE_CODE128, "9", 16, BARCODE_CHECK_M10W21_SPLIT},
        {BARCODE_CODE128, "9", 16, BARCODE_CHECK_M10W21_LUMP},
        {BARCODE_NW7, "", 8, BARCODE_CHECK_NONE},
        {BARCODE_NW7, "20", 10, BARCODE_CHECK_7DR},
        {BARCODE_NW7, "20", 10, BARCODE_CHECK_7DSR},
        {BARCODE_NW7, "20", 10, BARCODE_CHECK_7DSR_7},
        {BARCODE_NW7, "", 9, BARCODE_CHECK_M11W2_7},
        {BARCODE_NW7, "", 9, BARCODE_CHECK_M11W2_7_TO_9},
        {BARCODE_NW7, "20", 10, BARCODE_CHECK_MOD16},
        {BARCODE_CODE39, "ABC", 10, BARCODE_CHECK_NONE},
        {BARCODE_CODE39, "M", 8, BARCODE_CHECK_MOD43},
        {BARCODE_CODE39, "0", 8, BARCODE_CHECK_M10W31},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct number_format format = {.is_set = true,
                                       .type = row[i].type,
                                       .length = row[i].length,
                                       .check = row[i].check,
                                       .start = 'A',
                                       .stop = 'D'};
        int made = 0;
        struct err e;

        CHECK_ROW(i);
        strcpy(format.prefix, row[i].prefix);
        CHECK_OK(number_format_check(&format, &e), e);
        for (int64_t place = 0; place < 200; place++) {
            char number[NUMBER_SIZE], digit;

            if (number_make(&keys, &format, place, number, &e)) {
                CHECK_TEXT(e.word, "number_none");
                CHECK_INT(row[i].check, BARCODE_CHECK_M11W2_7_TO_9);
                continue;
            }
            made++;
            CHECK_INT(strlen(number), row[i].length);
            CHECK_OK(number_fits(&format, str_of(number), &e), e);
            if (row[i].check == BARCODE_CHECK_NONE)
                continue;
            digit = number[row[i].length - 1];
            number[row[i].length - 1] = digit == '1' ? '2' : '1';
            CHECK_FAILS(number_fits(&format, str_of(number), &e), e, ERR_INPUT, "number_format");
        }
        CHECK_THAT(made > 150);
    }
}

static void
formats_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        struct number_format format;
        const char *field;
    } row[] = {
        {{true, BARCODE_EAN13, "20", 12, BARCODE_CHECK_M10W31, 0, 0, 0},
         "number.length"}, /* 13 long */
        {{true, BARCODE_EAN13, "49", 13, BARCODE_CHECK_M10W31, 0, 0, 0},
         "number.prefix"}, /* products */
        {{true, BARCODE_EAN13, "02", 13, BARCODE_CHECK_M10W31, 0, 0, 0},
         "number.prefix"}, /* a UPC-A's twin */
        {{true, BARCODE_EAN13, "2", 13, BARCODE_CHECK_M10W31, 0, 0, 0},
         "number.prefix"}, /* of all shops */
        {{true, BARCODE_EAN13, "2A", 13, BARCODE_CHECK_M10W31, 0, 0, 0},
         "number.prefix"}, /* letters */
        {{true, BARCODE_EAN13, "20", 13, BARCODE_CHECK_7DR, 0, 0, 0},
         "number.check"}, /* has its own */
        {{true, BARCODE_EAN13, "20000000", 13, BARCODE_CHECK_M10W31, 0, 0, 0},
         "number.length"}, /* too few left */
        {{true, BARCODE_NW7, "20", 7, BARCODE_CHECK_NONE, 'A', 'A', 0},
         "number.length"}, /* five free digits */
        {{true, BARCODE_NW7, "20", 10, BARCODE_CHECK_NONE, 'A', 'E', 0}, "number.frame"}, /* stop */
        {{true, BARCODE_NW7, "20", 10, BARCODE_CHECK_NONE, 0, 0, 0},
         "number.frame"}, /* start and stop */
        {{true, BARCODE_NW7, "X", 10, BARCODE_CHECK_NONE, 'A', 'A', 0},
         "number.prefix"}, /* letters */
        {{true, BARCODE_NW7, "20", 10, BARCODE_CHECK_MOD43, 'A', 'A', 0},
         "number.check"}, /* Code 39's */
        {{true, BARCODE_NW7, "20", 19, BARCODE_CHECK_NONE, 'A', 'A', 0},
         "number.length"}, /* too long */
        {{true, BARCODE_NW7, "20", 18, BARCODE_CHECK_NONE, 'A', 'A', BARCODE_RATIO_3},
         "number"}, /* wide */
        {{true, BARCODE_CODE39, "20", 10, BARCODE_CHECK_MOD16, 0, 0, 0},
         "number.check"}, /* NW-7's */
        {{true, BARCODE_CODE39, "abc", 12, BARCODE_CHECK_NONE, 0, 0, 0},
         "number.prefix"}, /* small letters */
        {{true, BARCODE_CODE39, "MC", 12, BARCODE_CHECK_M10W31, 0, 0, 0},
         "number.prefix"}, /* counts digits */
        {{true, BARCODE_CODE39, "M", 18, BARCODE_CHECK_NONE, 0, 0, 0}, "number"}, /* too wide */
        {{true, BARCODE_CODE128, "20", 0, BARCODE_CHECK_NONE, 0, 0, 0},
         "number.length"}, /* no length */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct err e;

        CHECK_ROW(i);
        CHECK_FAILS(number_format_check(&row[i].format, &e), e, ERR_INPUT, "number_format");
        CHECK_TEXT(e.field, row[i].field);
        CHECK_THAT(strlen(e.text) > 15);
    }
}

static void
what_is_brought_along_must_fit(void **state)
{
    static const struct {
        const char *number;
        bool fits;
    } row[] = {
        {"2000000014", false},                        /* the check digit is 5 */
        {"2000000015", true},   {"200000001", false}, /* without it */
        {"20000000150", false},                       /* one more */
        {"2100000015", false},                        /* prefix */
        {"20000000 5", false},  {"A200000001", false}, {"", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct err e;

        CHECK_ROW(i);
        CHECK_INT(number_fits(&nw7, str_of(row[i].number), &e) == OK, row[i].fits);
        if (!row[i].fits)
            CHECK_TEXT(e.word, "number_format");
    }
}

/* ---------------------------------------------------------------- in the book */

static struct plan_rules
rules_of(struct book *b, int64_t plan_id)
{
    struct plan_rules rules;
    struct err e;

    CHECK_OK(plan_load(b->db, plan_id, 0, &rules, &e), e);
    return rules;
}

/* The plan with fixed numbers, `per_day` grants by them; its cards have theirs. */
static void
number_plan(struct book *b, int64_t plan_id, const struct number_format *format, int64_t per_day)
{
    struct plan_rules rules = rules_of(b, plan_id);
    int64_t version, made;
    struct err e;

    rules.number = *format;
    rules.number_per_day = per_day;
    CHECK_OK(plan_add_version(b->db, &rules, b->now_ms, &version, &e), e);
    CHECK_OK(card_number_make_missing(b->db, plan_id, b->now_ms, &made, &e), e);
}

static const char *
number_of(struct book *b, const struct card *card)
{
    static char number[NUMBER_SIZE];
    struct err e;

    CHECK_OK(card_number(b->db, card->id, number, &e), e);
    return number;
}

struct scanned {
    struct scan_result result;
    struct refusal refusal;
    int64_t near_miss;
};

static struct scanned
scan_at(struct book *b, int64_t till_id, const char *text)
{
    struct scan_request in = {.text = str_of(text),
                              .till_id = till_id,
                              .shop_id = BOOK_UENO,
                              .staff_id = BOOK_CASHIER,
                              .now_ms = b->now_ms};
    struct scanned got;
    struct err e;

    CHECK_OK(scan_open(b->db, &in, &got.result, &got.refusal, &got.near_miss, &e), e);
    return got;
}

static enum refusal_kind
refusal_of(struct book *b, const char *text)
{
    return scan_at(b, BOOK_UENO_TILL, text).refusal.kind;
}

static void
cards_get_numbers_with_the_plan_and_with_it_switched_on(void **state)
{
    struct book b;
    struct card old, young, other;

    (void)state;
    book_open(&b);
    old = book_card(&b, BOOK_STAMPS);
    other = book_card(&b, BOOK_POINTS);
    CHECK_TEXT(number_of(&b, &old), "");
    number_plan(&b, BOOK_STAMPS, &nw7, 1);
    young = book_card(&b, BOOK_STAMPS);
    CHECK_INT(strlen(number_of(&b, &old)), 10);
    CHECK_INT(strlen(number_of(&b, &young)), 10);
    CHECK_TEXT(number_of(&b, &other), "");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM card_number"), 2);
    book_close(&b);
}

static void
a_number_leads_to_its_card_in_all_that_scanners_send(void **state)
{
    static const char *const form[] = {"%s", "A%sB", "a%sb", " %s\r", "]F0A%sB", "d%sC"};
    struct book b;
    struct card card;
    char number[NUMBER_SIZE];

    (void)state;
    book_open(&b);
    book_card(&b, BOOK_STAMPS);
    number_plan(&b, BOOK_STAMPS, &nw7, 1);
    card = book_card(&b, BOOK_STAMPS);
    strcpy(number, number_of(&b, &card));
    for (size_t i = 0; i < COUNT(form); i++) {
        char text[64];
        struct scanned got;

        CHECK_ROW(i);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof(text), form[i], number);
#pragma GCC diagnostic pop
        b.now_ms += 3 * MINUTE_MS;
        got = scan_at(&b, BOOK_UENO_TILL, text);
        CHECK_TEXT(refusal_word(got.refusal.kind), "none");
        CHECK_INT(got.result.card.id, card.id);
        CHECK_THAT(got.result.by_number && !got.result.is_again);
    }
    book_close(&b);
}

static void
a_jan_number_is_found_with_and_without_its_check_digit(void **state)
{
    struct book b;
    struct card card;
    char number[NUMBER_SIZE];

    (void)state;
    book_open(&b);
    number_plan(&b, BOOK_STAMPS, &jan, 1);
    card = book_card(&b, BOOK_STAMPS);
    strcpy(number, number_of(&b, &card));
    CHECK_INT(scan_at(&b, BOOK_UENO_TILL, number).result.card.id, card.id);
    b.now_ms += 3 * MINUTE_MS;
    number[12] = '\0';
    CHECK_INT(scan_at(&b, BOOK_UENO_TILL, number).result.card.id, card.id);
    book_close(&b);
}

static void
one_session_at_a_time_and_another_till_is_told_where(void **state)
{
    struct book b;
    struct card card;
    struct scanned first, got;
    char number[NUMBER_SIZE];

    (void)state;
    book_open(&b);
    number_plan(&b, BOOK_STAMPS, &nw7, 1);
    card = book_card(&b, BOOK_STAMPS);
    strcpy(number, number_of(&b, &card));
    first = scan_at(&b, BOOK_UENO_TILL, number);
    b.now_ms += MINUTE_MS;
    got = scan_at(&b, BOOK_UENO_TILL, number);
    CHECK_INT(got.result.scan_id, first.result.scan_id);
    CHECK_THAT(got.result.is_again);
    got = scan_at(&b, BOOK_UENO_TILL_2, number);
    CHECK_TEXT(refusal_word(got.refusal.kind), "code_used");
    CHECK_INT(got.refusal.till_id, BOOK_UENO_TILL);
    b.now_ms += 2 * MINUTE_MS; /* the session is over */
    got = scan_at(&b, BOOK_UENO_TILL_2, number);
    CHECK_TEXT(refusal_word(got.refusal.kind), "none");
    CHECK_THAT(got.result.scan_id != first.result.scan_id);
    book_close(&b);
}

static void
a_number_earns_as_often_as_the_plan_says(void **state)
{
    struct book b;
    struct card card;
    char number[NUMBER_SIZE];

    (void)state;
    book_open(&b);
    number_plan(&b, BOOK_POINTS, &nw7, 2);
    card = book_card(&b, BOOK_POINTS);
    strcpy(number, number_of(&b, &card));
    for (int i = 0; i < 3; i++) {
        struct scanned got = scan_at(&b, BOOK_UENO_TILL, number);
        struct grant in = book_grant_of(&b, got.result.scan_id, &card, 1000);
        struct grant_result out;
        struct refusal refusal;
        struct err e;

        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(got.refusal.kind), "none"); /* it still tells who it is */
        CHECK_TEXT(refusal_word(got.result.may.kind), i < 2 ? "none" : "number_full");
        CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e);
        CHECK_TEXT(refusal_word(refusal.kind), i < 2 ? "none" : "number_full");
        b.now_ms += 3 * MINUTE_MS;
    }
    book_grant(&b, &card, 1000); /* the code on the phone earns on */
    CHECK_INT(book_int(&b, "SELECT balance FROM card WHERE id = %lld", (long long)card.id), 30);
    b.now_ms += DAY_MS;
    CHECK_TEXT(refusal_word(scan_at(&b, BOOK_UENO_TILL, number).result.may.kind), "none");
    book_close(&b);
}

static void
a_number_of_none_a_day_only_tells_who_it_is(void **state)
{
    struct book b;
    struct card card;
    struct scanned got;

    (void)state;
    book_open(&b);
    number_plan(&b, BOOK_POINTS, &nw7, 0);
    card = book_card(&b, BOOK_POINTS);
    got = scan_at(&b, BOOK_UENO_TILL, number_of(&b, &card));
    CHECK_INT(got.result.card.id, card.id);
    CHECK_TEXT(refusal_word(got.result.may.kind), "number_full");
    book_close(&b);
}

static void
a_reversed_grant_gives_the_turn_back(void **state)
{
    struct book b;
    struct card card;
    struct scanned got;
    struct grant in;
    struct grant_result out;
    struct refusal refusal;
    struct err e;

    (void)state;
    book_open(&b);
    number_plan(&b, BOOK_POINTS, &nw7, 1);
    card = book_card(&b, BOOK_POINTS);
    got = scan_at(&b, BOOK_UENO_TILL, number_of(&b, &card));
    in = book_grant_of(&b, got.result.scan_id, &card, 1000);
    CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e);
    book_reverse(&b, out.seq);
    b.now_ms += 3 * MINUTE_MS;
    got = scan_at(&b, BOOK_UENO_TILL, number_of(&b, &card));
    CHECK_TEXT(refusal_word(got.result.may.kind), "none");
    book_close(&b);
}

static void
off_means_unknown_and_on_again_the_same(void **state)
{
    const struct number_format off = {.is_set = false};
    struct number_format longer = nw7, drawn = nw7;
    struct plan_rules rules;
    struct book b;
    struct card card;
    char number[NUMBER_SIZE];
    int64_t version;
    struct err e;

    (void)state;
    book_open(&b);
    number_plan(&b, BOOK_STAMPS, &nw7, 1);
    card = book_card(&b, BOOK_STAMPS);
    strcpy(number, number_of(&b, &card));
    number_plan(&b, BOOK_STAMPS, &off, 0);
    CHECK_INT(refusal_of(&b, number), REFUSAL_CODE_UNKNOWN);
    longer.length = 11;
    rules = rules_of(&b, BOOK_STAMPS);
    rules.number = longer;
    CHECK_FAILS(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e, ERR_CONFLICT,
                "number_in_use");
    drawn.ratio = BARCODE_RATIO_3;
    number_plan(&b, BOOK_STAMPS, &drawn, 1);
    CHECK_TEXT(number_of(&b, &card), number);
    CHECK_INT(refusal_of(&b, number), REFUSAL_NONE);
    book_close(&b);
}

static void
a_card_of_plastic_keeps_its_number(void **state)
{
    const struct by by = {.now_ms = BOOK_NOW_MS};
    struct book b;
    struct card one, other;
    char minted[NUMBER_SIZE];
    struct err e;

    (void)state;
    book_open(&b);
    one = book_card(&b, BOOK_STAMPS);
    CHECK_FAILS(card_number_set(b.db, &one, STR("2000000015"), &by, &e), e, ERR_INPUT,
                "number_off");
    number_plan(&b, BOOK_STAMPS, &nw7, 1);
    other = book_card(&b, BOOK_STAMPS);
    strcpy(minted, number_of(&b, &one));
    CHECK_FAILS(card_number_set(b.db, &one, STR("2000000014"), &by, &e), e, ERR_INPUT,
                "number_format");
    CHECK_TEXT(number_of(&b, &one), minted);
    CHECK_OK(card_number_set(b.db, &one, STR("2000000015"), &by, &e), e);
    CHECK_TEXT(number_of(&b, &one), "2000000015");
    CHECK_INT(scan_at(&b, BOOK_UENO_TILL, "A2000000015B").result.card.id, one.id);
    CHECK_INT(refusal_of(&b, minted), REFUSAL_CODE_STALE);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'card.numbered'"), 1);
    CHECK_OK(db_savepoint(b.db, &e), e);
    CHECK_FAILS(card_number_set(b.db, &other, STR("2000000015"), &by, &e), e, ERR_CONFLICT,
                "number_taken");
    CHECK_OK(db_savepoint_undo(b.db, &e), e);
    CHECK_INT(strlen(number_of(&b, &other)), 10);
    book_close(&b);
}

static void
a_reissued_card_has_a_new_number_and_its_history(void **state)
{
    struct book b;
    struct card card, again;
    char old[NUMBER_SIZE];
    struct err e;

    (void)state;
    book_open(&b);
    number_plan(&b, BOOK_STAMPS, &nw7, 1);
    card = book_card(&b, BOOK_STAMPS);
    book_grant(&b, &card, 2);
    strcpy(old, number_of(&b, &card));
    CHECK_OK(card_reissue(b.db, card.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    CHECK_THAT(strcmp(number_of(&b, &card), old) != 0);
    CHECK_INT(refusal_of(&b, old), REFUSAL_CODE_STALE);
    CHECK_OK(card_load(b.db, card.id, &again, &e), e);
    CHECK_THAT(again.locator != card.locator);
    CHECK_INT(again.balance, 2);
    CHECK_INT(scan_at(&b, BOOK_UENO_TILL, number_of(&b, &card)).result.card.id, card.id);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'card.reissued'"), 1);
    CHECK_FAILS(card_reissue(b.db, 99, &(struct by){.now_ms = b.now_ms}, &e), e, ERR_NOT_FOUND,
                "card_unknown");
    book_close(&b);
}

static void
a_blocked_card_is_refused_by_number_too(void **state)
{
    struct book b;
    struct card card;
    struct err e;

    (void)state;
    book_open(&b);
    number_plan(&b, BOOK_STAMPS, &nw7, 1);
    card = book_card(&b, BOOK_STAMPS);
    CHECK_OK(card_block(b.db, card.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    CHECK_INT(refusal_of(&b, number_of(&b, &card)), REFUSAL_CARD_BLOCKED);
    book_close(&b);
}

/* One card's fixed number is what another's rotating JAN shows now. */
static void
a_number_of_two_cards_asks_for_the_long_code(void **state)
{
    struct number_format points_jan = jan;
    struct book b;
    struct card fixed, rotating;
    char number[NUMBER_SIZE], digits[CODE_DIGITS + 1];

    (void)state;
    book_open(&b);
    strcpy(points_jan.prefix, "21");
    number_plan(&b, BOOK_STAMPS, &points_jan, 1);
    fixed = book_card(&b, BOOK_STAMPS);
    rotating = book_card(&b, BOOK_POINTS); /* JAN-13 with prefix 21 */
    strcpy(number, number_of(&b, &fixed));
    book_exec(&b, "UPDATE card SET locator = %lld WHERE id = %lld",
              (long long)jan_locator(&b.keys, str_of(number), code_step(b.now_ms)),
              (long long)rotating.id);
    CHECK_INT(refusal_of(&b, number), REFUSAL_CODE_AMBIGUOUS);
    code_make(&b.keys, CODE_MEMBER, fixed.locator, code_step(b.now_ms), digits);
    CHECK_INT(scan_at(&b, BOOK_UENO_TILL, digits).result.card.id, fixed.id);
    b.now_ms += 2 * CODE_STEP_MS; /* the JAN has moved on */
    CHECK_INT(scan_at(&b, BOOK_UENO_TILL, number).result.card.id, fixed.id);
    book_close(&b);
}

static void
what_has_the_form_of_our_numbers_is_a_guess_and_no_product(void **state)
{
    struct number_format eight = nw7;
    struct book b;

    (void)state;
    book_open(&b);
    CHECK_INT(refusal_of(&b, "49123456"), REFUSAL_CODE_GOODS); /* an EAN-8 */
    strcpy(eight.prefix, "49");
    eight.length = 8;
    eight.check = BARCODE_CHECK_NONE;
    number_plan(&b, BOOK_STAMPS, &eight, 1);
    CHECK_INT(refusal_of(&b, "49123456"), REFUSAL_CODE_UNKNOWN);
    CHECK_INT(refusal_of(&b, "50123452"), REFUSAL_CODE_GOODS); /* of another beginning */
    book_close(&b);
}

static void
a_shop_shows_its_own_code_on_cards_that_were_there_last(void **state)
{
    const enum linear jan13 = LINEAR_JAN13, number = LINEAR_NUMBER;
    enum linear got;
    struct book b;
    struct card card;
    struct plan_rules rules;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    CHECK_OK(shop_set_linear(b.db, STR("ueno"), &jan13, b.now_ms, &e), e);
    rules = rules_of(&b, BOOK_STAMPS);
    CHECK_OK(card_linear(b.db, &card, &rules, &got, &e), e);
    CHECK_TEXT(linear_name(got), "code128"); /* never was anywhere */
    book_grant(&b, &card, 1);
    CHECK_OK(card_linear(b.db, &card, &rules, &got, &e), e);
    CHECK_TEXT(linear_name(got), "jan13");
    {
        char digits[JAN_DIGITS + 1];

        jan_make(&b.keys, rules.jan_prefix, card.locator, code_step(b.now_ms) - 1, digits);
        CHECK_INT(scan_at(&b, BOOK_UENO_TILL, digits).result.card.id, card.id);
    }
    CHECK_OK(shop_set_linear(b.db, STR("ueno"), &number, b.now_ms, &e), e);
    rules = rules_of(&b, BOOK_STAMPS);
    CHECK_OK(card_linear(b.db, &card, &rules, &got, &e), e);
    CHECK_TEXT(linear_name(got), "code128"); /* the plan has no numbers */
    CHECK_OK(shop_set_linear(b.db, STR("ueno"), NULL, b.now_ms, &e), e);
    CHECK_THAT(!rules_of(&b, BOOK_STAMPS).shops_differ);
    CHECK_FAILS(shop_set_linear(b.db, STR("nowhere"), NULL, b.now_ms, &e), e, ERR_NOT_FOUND,
                "shop_unknown");
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_permutation_meets_every_number_once_and_goes_back),
        TEST(a_permutation_is_of_its_key_label_tweak_and_length),
        TEST(numbers_have_their_form),
        TEST(neighbours_do_not_look_alike),
        TEST(every_scheme_makes_numbers_that_fit),
        TEST(formats_that_make_no_sense_are_refused),
        TEST(what_is_brought_along_must_fit),
        TEST(cards_get_numbers_with_the_plan_and_with_it_switched_on),
        TEST(a_number_leads_to_its_card_in_all_that_scanners_send),
        TEST(a_jan_number_is_found_with_and_without_its_check_digit),
        TEST(one_session_at_a_time_and_another_till_is_told_where),
        TEST(a_number_earns_as_often_as_the_plan_says),
        TEST(a_number_of_none_a_day_only_tells_who_it_is),
        TEST(a_reversed_grant_gives_the_turn_back),
        TEST(off_means_unknown_and_on_again_the_same),
        TEST(a_card_of_plastic_keeps_its_number),
        TEST(a_reissued_card_has_a_new_number_and_its_history),
        TEST(a_blocked_card_is_refused_by_number_too),
        TEST(a_number_of_two_cards_asks_for_the_long_code),
        TEST(what_has_the_form_of_our_numbers_is_a_guess_and_no_product),
        TEST(a_shop_shows_its_own_code_on_cards_that_were_there_last),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
