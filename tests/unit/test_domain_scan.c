/*
 * Scans: who a code leads to, that it works once, and at which till and when it still does.
 */
#include "tests/support/book.h"
#include "tests/support/check.h"

#include <string.h>

#include "base/clock.h"

/* A request at the left till of ueno, now. */
static struct scan_request
request_of(const struct book *b, const char *text)
{
    return (struct scan_request){
        .text = str_of(text),
        .till_id = BOOK_UENO_TILL,
        .shop_id = BOOK_UENO,
        .staff_id = BOOK_CASHIER,
        .now_ms = b->now_ms,
    };
}

struct scanned {
    struct scan_result result;
    struct refusal refusal;
    int64_t near_miss;
};

static struct scanned
open_request(struct book *b, const struct scan_request *in)
{
    struct scanned got;
    struct err e;

    CHECK_OK(scan_open(b->db, in, &got.result, &got.refusal, &got.near_miss, &e), e);
    return got;
}

static struct scanned
scan(struct book *b, const char *text)
{
    struct scan_request in = request_of(b, text);

    return open_request(b, &in);
}

static void
code_of(const struct book *b, const struct card *card, int64_t at_ms, char out[CODE_DIGITS + 1])
{
    if (card->plan_id == BOOK_POINTS)
        jan_make(&b->keys, 21, card->locator, code_step(at_ms), out);
    else
        code_make(&b->keys, CODE_MEMBER, card->locator, code_step(at_ms), out);
}

/* ---------------------------------------------------------------- members */

static void
a_code_leads_to_its_card(void **state)
{
    (void)state;
    for (int64_t plan = BOOK_STAMPS; plan <= BOOK_POINTS; plan++) { /* 22 digits, then a JAN */
        struct book b;
        struct card card;
        struct scanned got;
        char digits[CODE_DIGITS + 1];

        CHECK_ROW(plan);
        book_open(&b);
        book_card(&b, BOOK_STAMPS);
        book_card(&b, BOOK_POINTS);
        card = book_card(&b, plan);
        code_of(&b, &card, b.now_ms, digits);
        got = scan(&b, digits);
        CHECK_TEXT(refusal_word(got.refusal.kind), "none");
        CHECK_INT(got.result.kind, SCAN_MEMBER);
        CHECK_INT(got.result.card.id, card.id);
        CHECK_INT(got.result.rules.plan_id, plan);
        CHECK_INT(got.result.until_ms, b.now_ms + SCAN_SESSION_MS);
        CHECK_INT(got.result.may.kind, REFUSAL_NONE);
        CHECK_THAT(!got.result.is_again);
        book_close(&b);
    }
}

static void
a_code_lives_for_its_step_and_the_next(void **state)
{
    static const struct {
        int64_t later_ms; /* than the beginning of its step */
        enum refusal_kind want;
    } row[] = {
        {-1, REFUSAL_CODE_STALE}, /* shown by somebody with a clock of the future */
        {0, REFUSAL_NONE},        {29999, REFUSAL_NONE},       {30000, REFUSAL_NONE},
        {59999, REFUSAL_NONE},    {60000, REFUSAL_CODE_STALE}, {600000, REFUSAL_CODE_STALE},
    };

    (void)state;
    for (int64_t plan = BOOK_STAMPS; plan <= BOOK_POINTS; plan++)
        for (size_t i = 0; i < COUNT(row); i++) {
            struct book b;
            struct card card;
            struct scanned got;
            char digits[CODE_DIGITS + 1];
            enum refusal_kind want = row[i].want;

            CHECK_ROW(i);
            book_open(&b);
            card = book_card(&b, plan);
            b.now_ms = code_step(b.now_ms) * CODE_STEP_MS;
            code_of(&b, &card, b.now_ms, digits);
            b.now_ms += row[i].later_ms;
            got = scan(&b, digits);
            if (plan == BOOK_POINTS && row[i].later_ms < 0)
                want = REFUSAL_CODE_UNKNOWN; /* a JAN of the future is just a number */
            CHECK_TEXT(refusal_word(got.refusal.kind), refusal_word(want));
            CHECK_INT(book_int(&b, "SELECT count(*) FROM scan"), want == REFUSAL_NONE);
            book_close(&b);
        }
}

static void
a_code_works_once(void **state)
{
    static const struct {
        int64_t till, shop, staff;
        int64_t later_ms;
        enum refusal_kind want;
    } row[] = {
        {BOOK_UENO_TILL, BOOK_UENO, BOOK_CASHIER, 1, REFUSAL_NONE}, /* a double beep */
        {BOOK_UENO_TILL, BOOK_UENO, BOOK_MANAGER, 29000, REFUSAL_NONE},
        {BOOK_UENO_TILL_2, BOOK_UENO, BOOK_CASHIER, 1, REFUSAL_CODE_USED},
        {BOOK_NAMBA_TILL, BOOK_NAMBA, BOOK_NAMBA_CASHIER, 29000, REFUSAL_CODE_USED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct book b;
        struct card card;
        struct scanned first, got;
        struct scan_request in;
        char digits[CODE_DIGITS + 1];

        CHECK_ROW(i);
        book_open(&b);
        card = book_card(&b, BOOK_STAMPS);
        code_of(&b, &card, b.now_ms, digits);
        first = scan(&b, digits);
        in = request_of(&b, digits);
        in.till_id = row[i].till;
        in.shop_id = row[i].shop;
        in.staff_id = row[i].staff;
        in.now_ms += row[i].later_ms;
        got = open_request(&b, &in);
        CHECK_TEXT(refusal_word(got.refusal.kind), refusal_word(row[i].want));
        if (row[i].want == REFUSAL_NONE) {
            CHECK_THAT(got.result.is_again);
            CHECK_INT(got.result.scan_id, first.result.scan_id);
            CHECK_INT(got.result.until_ms, first.result.until_ms);
        } else {
            CHECK_INT(got.refusal.at_ms, b.now_ms);
            CHECK_INT(got.refusal.till_id, BOOK_UENO_TILL);
        }
        CHECK_INT(book_int(&b, "SELECT count(*) FROM scan"), 1);
        book_close(&b);
    }
}

/* The QR and the JAN of one step are one code. */
static void
both_forms_are_used_up_together(void **state)
{
    struct book b;
    struct card card;
    char jan[CODE_DIGITS + 1], qr[CODE_DIGITS + 1];
    struct scan_request in;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    code_of(&b, &card, b.now_ms, jan);
    code_make(&b.keys, CODE_MEMBER, card.locator, code_step(b.now_ms), qr);
    CHECK_INT(scan(&b, qr).refusal.kind, REFUSAL_NONE);
    in = request_of(&b, jan);
    in.till_id = BOOK_UENO_TILL_2;
    CHECK_INT(open_request(&b, &in).refusal.kind, REFUSAL_CODE_USED);
    book_close(&b);
}

static void
what_is_no_card_of_ours_is_refused(void **state)
{
    static const struct {
        const char *text;
        enum refusal_kind want;
    } row[] = {
        {"", REFUSAL_CODE_UNREADABLE},
        {"hello", REFUSAL_CODE_UNKNOWN},
        {"4901234567894", REFUSAL_CODE_GOODS},
        {"2123456789010", REFUSAL_CODE_UNKNOWN}, /* in-store, but nobody's in this step */
        {"2123456789011", REFUSAL_CODE_UNREADABLE},
        {"212345678909", REFUSAL_CODE_GOODS}, /* no card's without its check digit: a UPC-A */
        {"7112345678907040829639", REFUSAL_CODE_UNKNOWN},
        {"7299999999990309887508", REFUSAL_CODE_UNKNOWN},
    };
    struct book b;

    (void)state;
    book_open(&b);
    book_card(&b, BOOK_POINTS);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct scanned got = scan(&b, row[i].text);

        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(got.refusal.kind), refusal_word(row[i].want));
        CHECK_INT(got.near_miss, 0);
    }
    CHECK_INT(book_int(&b, "SELECT count(*) FROM scan"), 0);
    book_close(&b);
}

static void
a_guess_at_a_known_locator_is_told_from_an_old_code(void **state)
{
    static const uint8_t root[KEY_SIZE] = "a forger's root";
    struct book b;
    struct card card;
    struct keys forged;
    struct scanned got;
    char digits[CODE_DIGITS + 1];

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    keys_derive(root, &forged);
    code_make(&forged, CODE_MEMBER, card.locator, code_step(b.now_ms), digits);
    got = scan(&b, digits);
    CHECK_INT(got.refusal.kind, REFUSAL_CODE_STALE);
    CHECK_INT(got.near_miss, card.id);
    code_of(&b, &card, b.now_ms - 5 * MINUTE_MS, digits);
    got = scan(&b, digits);
    CHECK_INT(got.refusal.kind, REFUSAL_CODE_STALE);
    CHECK_INT(got.near_miss, 0);
    book_close(&b);
}

static void
a_jan_needs_the_prefix_and_the_plan_of_its_card(void **state)
{
    struct book b;
    struct card stamps, points;
    char digits[CODE_DIGITS + 1];

    (void)state;
    book_open(&b);
    stamps = book_card(&b, BOOK_STAMPS);
    points = book_card(&b, BOOK_POINTS);
    jan_make(&b.keys, 22, points.locator, code_step(b.now_ms), digits);
    CHECK_INT(scan(&b, digits).refusal.kind, REFUSAL_CODE_GOODS); /* no plan has this prefix */
    jan_make(&b.keys, 20, stamps.locator, code_step(b.now_ms),
             digits); /* its plan shows Code 128 */
    CHECK_INT(scan(&b, digits).refusal.kind, REFUSAL_CODE_GOODS);
    jan_make(&b.keys, 21, stamps.locator, code_step(b.now_ms),
             digits); /* the prefix of a plan, but of no card of it */
    CHECK_INT(scan(&b, digits).refusal.kind, REFUSAL_CODE_UNKNOWN);
    book_close(&b);
}

/* What one card shows now may be what another showed a step ago. */
static void
a_jan_of_two_cards_asks_for_the_long_code(void **state)
{
    struct book b;
    struct card one, other;
    char digits[CODE_DIGITS + 1];

    (void)state;
    book_open(&b);
    one = book_card(&b, BOOK_POINTS);
    other = book_card(&b, BOOK_POINTS);
    code_of(&b, &one, b.now_ms, digits);
    book_exec(&b, "UPDATE card SET locator = %lld WHERE id = %lld",
              (long long)jan_locator(&b.keys, str_of(digits), code_step(b.now_ms) - 1),
              (long long)other.id);
    CHECK_INT(scan(&b, digits).refusal.kind, REFUSAL_CODE_AMBIGUOUS);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM scan"), 0);
    b.now_ms += CODE_STEP_MS;
    code_of(&b, &one, b.now_ms, digits); /* the next code is its own again */
    CHECK_INT(scan(&b, digits).result.card.id, one.id);
    book_close(&b);
}

static void
a_blocked_card_is_refused_and_a_reissued_one_has_new_codes(void **state)
{
    struct book b;
    struct card card, again;
    char old[CODE_DIGITS + 1], new[CODE_DIGITS + 1];
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    code_of(&b, &card, b.now_ms, old);
    CHECK_OK(card_block(b.db, card.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    CHECK_INT(scan(&b, old).refusal.kind, REFUSAL_CARD_BLOCKED);
    CHECK_OK(card_unblock(b.db, card.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    CHECK_OK(card_reissue(b.db, card.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    CHECK_INT(scan(&b, old).refusal.kind, REFUSAL_CODE_UNKNOWN);
    CHECK_OK(card_load(b.db, card.id, &again, &e), e);
    code_of(&b, &again, b.now_ms, new);
    CHECK_INT(scan(&b, new).refusal.kind, REFUSAL_NONE);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit"), 3);
    book_close(&b);
}

static void
a_card_that_is_read_twice_is_told_when_it_may_come_again(void **state)
{
    static const struct {
        int64_t plan, cool_down_min, per_day_max;
        enum refusal_kind want;
        bool has_again;
    } row[] = {
        {BOOK_STAMPS, 30, 3, REFUSAL_TOO_SOON, true},
        {BOOK_STAMPS, 0, 1, REFUSAL_DAY_FULL, true},
        {BOOK_STAMPS, 0, 0, REFUSAL_SCAN_OVER, false},
        {BOOK_POINTS, 0, 0, REFUSAL_SCAN_OVER, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct book b;
        struct card card;
        struct plan_rules rules;
        struct grant in;
        struct grant_result out;
        struct scanned first, got;
        struct refusal refusal;
        char digits[CODE_DIGITS + 1];
        int64_t version;
        struct err e;

        CHECK_ROW(i);
        book_open(&b);
        card = book_card(&b, row[i].plan);
        CHECK_OK(plan_load(b.db, card.plan_id, 0, &rules, &e), e);
        rules.cool_down_min = row[i].cool_down_min;
        rules.per_day_max = row[i].per_day_max;
        CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
        code_of(&b, &card, b.now_ms, digits);
        first = scan(&b, digits);
        CHECK_TEXT(refusal_word(first.result.may.kind), "none");
        in = book_grant_of(&b, first.result.scan_id, &card, card.plan_id == BOOK_POINTS ? 500 : 1);
        in.now_ms = b.now_ms;
        CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e);
        CHECK_TEXT(refusal_word(refusal.kind), "none");
        b.now_ms += 20000;
        got = scan(&b, digits); /* the same till, within its session: harmless, and it says so */
        CHECK_THAT(got.result.is_again);
        CHECK_INT(got.result.scan_id, first.result.scan_id);
        CHECK_TEXT(refusal_word(got.result.may.kind), refusal_word(row[i].want));
        CHECK_INT(got.result.may.last_ms, in.now_ms);
        CHECK_INT(got.result.may.again_ms != 0, row[i].has_again);
        in.now_ms = b.now_ms;
        book_request_key(&b, in.request_key);
        CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e); /* it would be told the same */
        CHECK_TEXT(refusal_word(refusal.kind), refusal_word(row[i].want));
        CHECK_INT(refusal.last_ms, got.result.may.last_ms);
        CHECK_INT(refusal.again_ms, got.result.may.again_ms);
        book_close(&b);
    }
}

static void
a_scan_foresees_what_a_grant_would_be_told(void **state)
{
    struct book b;
    struct card card;
    char digits[CODE_DIGITS + 1];
    struct scanned got;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    code_of(&b, &card, b.now_ms + CODE_STEP_MS, digits);
    book_grant(&b, &card, 1); /* with just that code */
    CHECK_INT(scan(&b, digits).result.may.kind, REFUSAL_TOO_SOON);
    b.now_ms += CODE_STEP_MS;
    code_of(&b, &card, b.now_ms, digits);
    got = scan(&b, digits);
    CHECK_INT(got.result.may.kind, REFUSAL_TOO_SOON);
    CHECK_INT(got.result.may.again_ms, b.now_ms - CODE_STEP_MS + 30 * MINUTE_MS);
    book_exec(&b, "UPDATE staff SET member_id = %lld WHERE id = 1", (long long)card.member_id);
    CHECK_INT(scan(&b, digits).result.may.kind, REFUSAL_OWN_CARD);
    book_exec(&b, "UPDATE staff SET member_id = NULL");
    book_close(&b);
}

/* ---------------------------------------------------------------- queued while offline */

static void
a_queued_scan_counts_from_when_it_was_shown(void **state)
{
    static const struct {
        int64_t ago_ms;   /* when it was read, by the till's clock */
        int64_t clock_ms; /* how far that clock is ahead of ours */
        enum refusal_kind want;
    } row[] = {
        {5 * HOUR_MS, 0, REFUSAL_NONE},
        {24 * HOUR_MS, 0, REFUSAL_NONE},
        {5 * HOUR_MS, 30000, REFUSAL_NONE},
        {5 * HOUR_MS, -30000, REFUSAL_NONE},
        {5 * HOUR_MS, 10 * MINUTE_MS, REFUSAL_CODE_STALE},
        {10000, 30000, REFUSAL_NONE}, /* in the future by our clock: taken as now */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct book b;
        struct card card;
        struct scan_request in;
        struct scanned got;
        char digits[CODE_DIGITS + 1];

        CHECK_ROW(i);
        book_open(&b);
        card = book_card(&b, BOOK_STAMPS);
        code_of(&b, &card, b.now_ms - row[i].ago_ms, digits);
        in = request_of(&b, digits);
        in.shown_ms = b.now_ms - row[i].ago_ms + row[i].clock_ms;
        got = open_request(&b, &in);
        CHECK_TEXT(refusal_word(got.refusal.kind), refusal_word(row[i].want));
        if (row[i].want == REFUSAL_NONE)
            CHECK_INT(book_int(&b, "SELECT at_ms FROM scan"),
                      in.shown_ms < b.now_ms ? in.shown_ms : b.now_ms);
        book_close(&b);
    }
}

static void
a_scan_from_before_the_line_went_dead_is_found_again(void **state)
{
    struct book b;
    struct card card;
    struct scan_request in;
    struct scanned online, queued;
    char digits[CODE_DIGITS + 1];

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    code_of(&b, &card, b.now_ms, digits);
    online = scan(&b, digits);
    b.now_ms += 3 * HOUR_MS;
    in = request_of(&b, digits);
    in.shown_ms = b.now_ms - 3 * HOUR_MS - 20000; /* the till's clock is slow */
    queued = open_request(&b, &in);
    CHECK_TEXT(refusal_word(queued.refusal.kind), "none");
    CHECK_INT(queued.result.scan_id, online.result.scan_id);
    CHECK_THAT(queued.result.is_again);
    book_close(&b);
}

static void
a_scan_of_another_time_is_an_error(void **state)
{
    static const int64_t shown_after_ms[] = {-24 * HOUR_MS - 1, 2 * MINUTE_MS + 1};
    struct book b;

    (void)state;
    book_open(&b);
    for (size_t i = 0; i < COUNT(shown_after_ms); i++) {
        struct scan_request in = request_of(&b, "7112345678907040829639");
        struct scanned got;
        struct err e;

        CHECK_ROW(i);
        in.shown_ms = b.now_ms + shown_after_ms[i];
        CHECK_FAILS(scan_open(b.db, &in, &got.result, &got.refusal, &got.near_miss, &e), e,
                    ERR_INPUT, "field_range");
        CHECK_TEXT(e.field, "scanned_at");
    }
    book_close(&b);
}

/* ---------------------------------------------------------------- vouchers */

static int64_t
voucher_code(struct book *b, int64_t voucher_id, char out[CODE_DIGITS + 1])
{
    struct voucher voucher;
    struct err e;

    CHECK_OK(voucher_load(b->db, voucher_id, &voucher, &e), e);
    code_make(&b->keys, CODE_VOUCHER, voucher.locator, code_step(b->now_ms), out);
    return voucher.expires_ms;
}

static struct refusal
redeem(struct book *b, const struct redemption *in)
{
    struct voucher out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(voucher_redeem(b->db, in, &out, &refusal, &e), e);
    return refusal;
}

static void
a_voucher_is_redeemed_once_by_its_code(void **state)
{
    struct book b;
    struct card card;
    struct scanned got;
    struct redemption in;
    char digits[CODE_DIGITS + 1];
    int64_t id;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    id = book_grant(&b, &card, 50000).voucher[1].id;
    voucher_code(&b, id, digits);
    got = scan(&b, digits);
    CHECK_TEXT(refusal_word(got.refusal.kind), "none");
    CHECK_INT(got.result.kind, SCAN_VOUCHER);
    CHECK_INT(got.result.voucher.id, id);
    CHECK_TEXT(got.result.voucher.title, "500 yen off");
    CHECK_INT(got.result.card.id, card.id);
    in = (struct redemption){.voucher_id = id,
                             .token = str_of(got.result.token),
                             .staff_id = BOOK_CASHIER,
                             .till_id = BOOK_UENO_TILL,
                             .shop_id = BOOK_UENO,
                             .now_ms = b.now_ms};
    CHECK_INT(redeem(&b, &in).kind, REFUSAL_NONE);
    CHECK_INT(redeem(&b, &in).kind, REFUSAL_VOUCHER_REDEEMED);
    CHECK_INT(redeem(&b, &in).at_ms, b.now_ms);
    CHECK_INT(scan(&b, digits).refusal.kind, REFUSAL_VOUCHER_REDEEMED);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'voucher.redeemed'"), 1);
    book_close(&b);
}

static void
a_token_is_for_one_voucher_one_till_and_two_minutes(void **state)
{
    struct book b;
    struct card card;
    struct grant_result grant;
    struct redemption right, in;
    char token[VOUCHER_TOKEN_SIZE], wrong[VOUCHER_TOKEN_SIZE];

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    grant = book_grant(&b, &card, 50000);
    voucher_token(b.db, grant.voucher[0].id, BOOK_UENO_TILL, b.now_ms + SCAN_SESSION_MS, token);
    right = (struct redemption){.voucher_id = grant.voucher[0].id,
                                .token = str_of(token),
                                .staff_id = BOOK_CASHIER,
                                .till_id = BOOK_UENO_TILL,
                                .shop_id = BOOK_UENO,
                                .now_ms = b.now_ms};
    in = right;
    in.voucher_id = grant.voucher[1].id;
    CHECK_INT(redeem(&b, &in).kind, REFUSAL_SCAN_OVER);
    in = right;
    in.till_id = BOOK_UENO_TILL_2;
    CHECK_INT(redeem(&b, &in).kind, REFUSAL_SCAN_OVER);
    in = right;
    in.now_ms += SCAN_SESSION_MS + 1;
    CHECK_INT(redeem(&b, &in).kind, REFUSAL_SCAN_OVER);
    in = right;
    in.token = STR("");
    CHECK_INT(redeem(&b, &in).kind, REFUSAL_SCAN_OVER);
    for (size_t i = 0; i + 1 < sizeof(token); i++) {
        memcpy(wrong, token, sizeof(wrong));
        wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
        in.token = str_of(wrong);
        CHECK_INT(redeem(&b, &in).kind, REFUSAL_SCAN_OVER);
    }
    CHECK_INT(redeem(&b, &right).kind, REFUSAL_NONE);
    book_close(&b);
}

static void
a_voucher_that_ended_is_refused(void **state)
{
    struct book b;
    struct card card;
    struct grant_result grant;
    struct voucher list[4];
    char digits[CODE_DIGITS + 1];
    int64_t ends_ms, n;
    size_t listed;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    grant = book_grant(&b, &card, 50000);
    CHECK_OK(voucher_list(b.db, card.id, b.now_ms, list, COUNT(list), &listed, &e), e);
    CHECK_INT(listed, 2);
    CHECK_TEXT(list[0].title, "Sticker"); /* ends sooner */
    ends_ms = voucher_code(&b, grant.voucher[0].id, digits);
    b.now_ms = ends_ms;
    voucher_code(&b, grant.voucher[0].id, digits);
    CHECK_INT(scan(&b, digits).refusal.kind, REFUSAL_VOUCHER_EXPIRED); /* by the clock alone */
    CHECK_OK(voucher_expire_due(b.db, ends_ms - 1, 10, &n, &e), e);
    CHECK_INT(n, 0);
    CHECK_OK(voucher_expire_due(b.db, ends_ms, 10, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_INT(scan(&b, digits).refusal.kind, REFUSAL_VOUCHER_EXPIRED);
    CHECK_OK(voucher_list(b.db, card.id, b.now_ms, list, COUNT(list), &listed, &e), e);
    CHECK_INT(listed, 1);
    book_reverse(&b, grant.seq);
    voucher_code(&b, grant.voucher[1].id, digits);
    CHECK_INT(scan(&b, digits).refusal.kind, REFUSAL_VOUCHER_CANCELLED);
    b.now_ms += CODE_STEP_MS * 2;
    CHECK_INT(scan(&b, digits).refusal.kind, REFUSAL_CODE_STALE);
    book_close(&b);
}

static void
nobody_redeems_their_own_voucher_nor_one_of_a_blocked_card(void **state)
{
    struct book b;
    struct card card;
    struct redemption in;
    char digits[CODE_DIGITS + 1];
    char token[VOUCHER_TOKEN_SIZE];
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    id = book_grant(&b, &card, 20000).voucher[0].id;
    voucher_token(b.db, id, BOOK_UENO_TILL, b.now_ms, token);
    in = (struct redemption){.voucher_id = id,
                             .token = str_of(token),
                             .staff_id = BOOK_CASHIER,
                             .till_id = BOOK_UENO_TILL,
                             .shop_id = BOOK_UENO,
                             .now_ms = b.now_ms};
    book_exec(&b, "UPDATE staff SET member_id = %lld WHERE id = 2", (long long)card.member_id);
    in.staff_id = BOOK_MANAGER;
    CHECK_INT(redeem(&b, &in).kind, REFUSAL_OWN_CARD);
    in.staff_id = BOOK_CASHIER;
    CHECK_OK(card_block(b.db, card.id, &(struct by){.now_ms = b.now_ms}, &e), e);
    CHECK_INT(redeem(&b, &in).kind, REFUSAL_CARD_BLOCKED);
    voucher_code(&b, id, digits);
    CHECK_INT(scan(&b, digits).refusal.kind, REFUSAL_CARD_BLOCKED);
    in.voucher_id = 99;
    CHECK_FAILS(voucher_redeem(b.db, &in, &(struct voucher){0}, &(struct refusal){0}, &e), e,
                ERR_NOT_FOUND, "voucher_unknown");
    book_close(&b);
}

static void
a_voucher_is_never_opened_offline(void **state)
{
    struct book b;
    struct card card;
    struct scan_request in;
    char digits[CODE_DIGITS + 1];

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS);
    voucher_code(&b, book_grant(&b, &card, 20000).voucher[0].id, digits);
    in = request_of(&b, digits);
    in.shown_ms = b.now_ms - 1000;
    CHECK_INT(open_request(&b, &in).refusal.kind, REFUSAL_CODE_STALE);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_code_leads_to_its_card),
        TEST(a_code_lives_for_its_step_and_the_next),
        TEST(a_code_works_once),
        TEST(both_forms_are_used_up_together),
        TEST(what_is_no_card_of_ours_is_refused),
        TEST(a_guess_at_a_known_locator_is_told_from_an_old_code),
        TEST(a_jan_needs_the_prefix_and_the_plan_of_its_card),
        TEST(a_jan_of_two_cards_asks_for_the_long_code),
        TEST(a_blocked_card_is_refused_and_a_reissued_one_has_new_codes),
        TEST(a_card_that_is_read_twice_is_told_when_it_may_come_again),
        TEST(a_scan_foresees_what_a_grant_would_be_told),
        TEST(a_queued_scan_counts_from_when_it_was_shown),
        TEST(a_scan_from_before_the_line_went_dead_is_found_again),
        TEST(a_scan_of_another_time_is_an_error),
        TEST(a_voucher_is_redeemed_once_by_its_code),
        TEST(a_token_is_for_one_voucher_one_till_and_two_minutes),
        TEST(a_voucher_that_ended_is_refused),
        TEST(nobody_redeems_their_own_voucher_nor_one_of_a_blocked_card),
        TEST(a_voucher_is_never_opened_offline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
