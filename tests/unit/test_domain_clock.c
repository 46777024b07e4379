/*
 * The ledger under a clock that says anything: no time of the book goes back, no code is taken
 * twice, no voucher ends by another time than its own, and business days are 24 hours from cut to
 * cut whatever the calendar does. Nothing stands between clock and ledger here: what keeps a wrong
 * clock away from it is test_app_clock's.
 *
 * JUMPS (300) jumps of a second to two years, either way, of SEED (printed); `make clock`: 20,000.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "domain/rules.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define YEAR_MS (365 * DAY_MS)
#define USED_MAX 65536
#define CARDS 3

static uint64_t chance;

/* splitmix64. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators". */
static int64_t
below(int64_t limit)
{
    uint64_t z = (chance += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (int64_t)((z ^ z >> 31) % (uint64_t)limit);
}

static int64_t
number_of_env(const char *name, int64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? strtoll(text, NULL, 10) : otherwise;
}

static int64_t
of_date(int year, int month, int day, int hour)
{
    struct tm t = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour};

    return (int64_t)timegm(&t) * SECOND_MS;
}

/* ---------------------------------------------------------------- days */

static void
a_business_day_is_24_hours_from_cut_to_cut(void **state)
{
    const struct plan_rules rules = {.utc_offset_min = 9 * 60, .day_cut_hour = 4};
    static const struct {
        int year, month, day, hour; /* in Tokyo */
        int of_month, of_day;       /* the business day it belongs to */
    } row[] = {
        {2026, 4, 1, 3, 3, 31},   {2026, 4, 1, 4, 4, 1},   {2026, 12, 31, 23, 12, 31},
        {2027, 1, 1, 0, 12, 31},  {2027, 1, 1, 3, 12, 31}, {2027, 1, 1, 4, 1, 1},
        {2028, 2, 28, 12, 2, 28}, {2028, 2, 29, 3, 2, 28}, {2028, 2, 29, 4, 2, 29},
        {2028, 3, 1, 3, 2, 29},   {2028, 3, 1, 4, 3, 1},   {2100, 3, 1, 3, 2, 28},
        {2100, 3, 1, 4, 3, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t at_ms = of_date(row[i].year, row[i].month, row[i].day, row[i].hour) - 9 * HOUR_MS;
        struct business_day day = business_day(&rules, at_ms);
        time_t start = (time_t)(day.start_ms / SECOND_MS + 9 * 3600);
        struct tm local;

        CHECK_ROW(i);
        gmtime_r(&start, &local);
        CHECK_INT(local.tm_mon + 1, row[i].of_month);
        CHECK_INT(local.tm_mday, row[i].of_day);
        CHECK_INT(local.tm_hour, 4);
        CHECK_INT(day.end_ms - day.start_ms, DAY_MS);
        CHECK_INT(business_day(&rules, day.end_ms - 1).start_ms, day.start_ms);
        CHECK_INT(business_day(&rules, day.end_ms).start_ms, day.end_ms);
    }
}

/* ---------------------------------------------------------------- the ledger */

struct run {
    struct book b;
    struct card card[CARDS];
    struct {
        int card;
        int64_t step;
    } used[USED_MAX];
    size_t used_n;
    int64_t last_at_ms, latest_ms, grants, used_again, redemptions, expired_refusals, expired;
};

static bool
was_used(const struct run *r, int card, int64_t step)
{
    for (size_t i = 0; i < r->used_n; i++)
        if (r->used[i].card == card && r->used[i].step == step)
            return true;
    return false;
}

/* From a second to two years, as many small as large; or to an edge of the calendar. */
static int64_t
another_time(int64_t now_ms)
{
    static const int64_t most_ms[] = {MINUTE_MS, HOUR_MS, DAY_MS, 30 * DAY_MS, 2 * YEAR_MS};
    int64_t ms = SECOND_MS + below(most_ms[below(COUNT(most_ms))] - SECOND_MS);
    int64_t year = 2025 + below(5);
    int64_t edge_ms[] = {of_date((int)year, 1, 1, 0), of_date((int)year, 2, 28, 0),
                         of_date((int)year, 3, 1, 0),
                         now_ms / DAY_MS * DAY_MS + 19 * HOUR_MS}; /* the day cut */

    if (below(4) == 0)
        return edge_ms[below(COUNT(edge_ms))] - 9 * HOUR_MS * below(2) + below(3) - 1;
    ms = now_ms + (below(2) ? ms : -ms);
    /* Not further than the years that anybody's clock has been in, by accident. */
    return ms < of_date(2024, 1, 1, 0) || ms > of_date(2031, 1, 1, 0) ? BOOK_NOW_MS : ms;
}

static void
scan_and_grant(struct run *r)
{
    int of = (int)below(CARDS);
    struct scan_request in = {.till_id = BOOK_UENO_TILL,
                              .shop_id = BOOK_UENO,
                              .staff_id = BOOK_CASHIER,
                              .now_ms = r->b.now_ms};
    int64_t step = code_step(r->b.now_ms) - below(2), near_miss;
    bool before = was_used(r, of, step);
    char digits[CODE_DIGITS + 1];
    struct grant_result granted;
    struct scan_result out;
    struct refusal refusal;
    struct grant grant;
    struct err e;

    code_make(&r->b.keys, CODE_MEMBER, r->card[of].locator, step, digits);
    in.text = str_of(digits);
    CHECK_OK(scan_open(r->b.db, &in, &out, &refusal, &near_miss, &e), e);
    if (before) {
        CHECK_THAT(refusal.kind == REFUSAL_CODE_USED || out.is_again);
        r->used_again++;
        if (refusal.kind != REFUSAL_NONE)
            return;
    } else {
        CHECK_TEXT(refusal_word(refusal.kind), "none");
        CHECK_THAT(!out.is_again && r->used_n < USED_MAX);
        r->used[r->used_n].card = of;
        r->used[r->used_n++].step = step;
    }
    grant = book_grant_of(&r->b, out.scan_id, &r->card[of], 1000 + below(20000));
    CHECK_OK(ledger_grant(r->b.db, &grant, &granted, &refusal, &e), e);
    if (before) { /* a session that is still live has granted: once */
        CHECK_TEXT(refusal_word(refusal.kind), "scan_over");
        return;
    }
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    CHECK_THAT(granted.at_ms >= r->last_at_ms);
    CHECK_THAT(granted.at_ms >= r->b.now_ms);
    for (size_t i = 0; i < granted.vouchers_n; i++) /* days from the book's time, to the cut */
        CHECK_THAT(granted.voucher[i].expires_ms - granted.at_ms > 14 * DAY_MS &&
                   granted.voucher[i].expires_ms - granted.at_ms <= 31 * DAY_MS);
    r->last_at_ms = granted.at_ms;
    r->grants++;
}

static void
redeem_any(struct run *r)
{
    int64_t id = book_int(&r->b,
                          "SELECT coalesce(max(id), 0) FROM voucher WHERE state = 'issued'"
                          " AND id <= (SELECT max(id) FROM voucher) - %d",
                          (int)below(5));
    struct redemption in = {.voucher_id = id,
                            .staff_id = BOOK_CASHIER,
                            .till_id = BOOK_UENO_TILL,
                            .shop_id = BOOK_UENO,
                            .now_ms = r->b.now_ms};
    char token[VOUCHER_TOKEN_SIZE];
    struct voucher before, after;
    struct refusal refusal;
    struct err e;

    if (id == 0)
        return;
    voucher_token(r->b.db, id, in.till_id, r->b.now_ms + MINUTE_MS, token);
    in.token = str_of(token);
    CHECK_OK(voucher_load(r->b.db, id, &before, &e), e);
    CHECK_OK(voucher_redeem(r->b.db, &in, &after, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind),
               before.expires_ms <= r->b.now_ms ? "voucher_expired" : "none");
    *(refusal.kind == REFUSAL_NONE ? &r->redemptions : &r->expired_refusals) += 1;
}

static void
expire(struct run *r)
{
    struct err e;
    int64_t n;

    CHECK_OK(voucher_expire_due(r->b.db, r->b.now_ms, 50, &n, &e), e);
    r->expired += n;
    CHECK_INT(book_int(&r->b, "SELECT count(*) FROM voucher WHERE state = 'expired'"
                              " AND expires_ms > closed_ms"),
              0);
}

static void
no_time_goes_back_and_no_code_works_twice(void **state)
{
    const int64_t jumps = number_of_env("JUMPS", 300);
    struct run *r = calloc(1, sizeof(*r));

    (void)state;
    chance = (uint64_t)number_of_env("SEED", 20260401);
    print_message("clock: SEED=%" PRIu64 "\n", chance);
    book_open(&r->b);
    for (int i = 0; i < CARDS; i++)
        r->card[i] = book_card(&r->b, BOOK_POINTS);
    for (int64_t i = 0; i < jumps; i++) {
        CHECK_ROW(i);
        r->b.now_ms = another_time(r->b.now_ms);
        r->latest_ms = r->b.now_ms > r->latest_ms ? r->b.now_ms : r->latest_ms;
        scan_and_grant(r);
        if (below(3) == 0)
            redeem_any(r);
        if (below(5) == 0)
            expire(r);
    }
    CHECK_ROW(0);
    CHECK_INT(book_int(&r->b, "SELECT count(*) FROM transfer a JOIN transfer b ON b.seq = a.seq + 1"
                              " WHERE b.at_ms < a.at_ms"),
              0);
    CHECK_INT(book_int(&r->b, "SELECT count(*) FROM scan"), r->used_n);
    CHECK_INT(book_int(&r->b, "SELECT count(*) FROM voucher WHERE state = 'redeemed'"
                              " AND closed_ms >= expires_ms"),
              0);
    print_message("clock: %" PRId64 " jumps: %" PRId64 " grants, %" PRId64
                  " codes read again and refused, %" PRId64 " vouchers redeemed, %" PRId64
                  " refused as over, %" PRId64 " expired; at_ms never back\n",
                  jumps, r->grants, r->used_again, r->redemptions, r->expired_refusals, r->expired);
    book_close(&r->b);
    free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_business_day_is_24_hours_from_cut_to_cut),
        TEST(no_time_goes_back_and_no_code_works_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
