#include "tests/support/book.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/check.h"
#include "domain/late.h"
#include "domain/plan_json.h"
#include "store/migrate.h"
#include "tests/support/check.h"

/* ---------------------------------------------------------------- plain SQL */

static sqlite3 *
plain_open(struct book *b)
{
    sqlite3 *plain;

    if (sqlite3_open(b->path, &plain) != SQLITE_OK)
        fail_msg("%s: %s", b->path, sqlite3_errmsg(plain));
    sqlite3_busy_timeout(plain, 2000);
    return plain;
}

void
book_exec(struct book *b, const char *sql, ...)
{
    sqlite3 *plain = plain_open(b);
    char *why = NULL;
    char *text;
    va_list args;

    va_start(args, sql);
    text = sqlite3_vmprintf(sql, args);
    va_end(args);
    if (sqlite3_exec(plain, text, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", text, why);
    sqlite3_free(text);
    sqlite3_close(plain);
}

bool
book_is_refused(struct book *b, const char *sql)
{
    sqlite3 *plain = plain_open(b);
    bool refused = sqlite3_exec(plain, sql, NULL, NULL, NULL) != SQLITE_OK;

    sqlite3_close(plain);
    return refused;
}

int64_t
book_int(struct book *b, const char *sql, ...)
{
    sqlite3 *plain = plain_open(b);
    sqlite3_stmt *s = NULL;
    int64_t value;
    char *text;
    va_list args;

    va_start(args, sql);
    text = sqlite3_vmprintf(sql, args);
    va_end(args);
    if (sqlite3_prepare_v2(plain, text, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
        fail_msg("%s: %s", text, sqlite3_errmsg(plain));
    value = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_free(text);
    sqlite3_close(plain);
    return value;
}

/* ---------------------------------------------------------------- opening */

static void
add_people(struct book *b)
{
    book_exec(b,
              "INSERT INTO shop (id, name, created_ms) VALUES (1, 'ueno', 1), (2, 'namba', 1);"
              "INSERT INTO till (id, shop_id, name, state, enrol_until_ms, created_ms, enrolled_ms)"
              " VALUES (1, 1, 'left', 'enrolled', 0, 1, 1), (2, 1, 'right', 'enrolled', 0, 1, 1),"
              " (3, 2, 'only', 'enrolled', 0, 1, 1);"
              "INSERT INTO staff (id, shop_id, name, role, created_ms)"
              " VALUES (1, 1, 'cashier', 1, 1), (2, 1, 'manager', 2, 1), (3, NULL, 'owner', 3, 1),"
              " (4, 2, 'cashier', 1, 1)");
}

static void
add_plans(struct book *b)
{
    const struct plan_rules stamps = {
        .name = "Stamps",
        .unit = UNIT_STAMP,
        .linear = LINEAR_CODE128,
        .jan_prefix = 20,
        .goal = 10,
        .cool_down_min = 30,
        .per_day_max = 3,
        .utc_offset_min = 9 * 60,
        .day_cut_hour = 4,
        .notify_grants = true,
        .rewards_n = 2,
        .reward = {{.at = 5, .valid_days = 14, .title = "Cookie"},
                   {.at = 10, .valid_days = 30, .title = "Coffee"}},
    };
    const struct plan_rules points = {
        .name = "Points",
        .unit = UNIT_POINT,
        .linear = LINEAR_JAN13,
        .jan_prefix = 21,
        .goal = 500,
        .yen_per_point = 100,
        .utc_offset_min = 9 * 60,
        .rewards_n = 2,
        .reward = {{.at = 200, .valid_days = 14, .title = "Sticker"},
                   {.at = 500, .valid_days = 30, .title = "500 yen off"}},
    };
    struct err e;
    int64_t id;

    CHECK_OK(plan_create(b->db, &stamps, b->now_ms, &id, &e), e);
    CHECK_INT(id, BOOK_STAMPS);
    CHECK_OK(plan_create(b->db, &points, b->now_ms, &id, &e), e);
    CHECK_INT(id, BOOK_POINTS);
}

static void
name_file(struct book *b)
{
    static int books;
    char name[32];

    snprintf(name, sizeof(name), "book-%d.db", ++books);
    snprintf(b->path, sizeof(b->path), "%s", check_path(name));
}

static void
open_file(struct book *b)
{
    struct err e;

    CHECK_OK(db_open(&b->db, b->path, &(struct db_options){.mode = DB_WRITE}, &e), e);
    db_attach(b->db, &b->keys);
}

void
book_open(struct book *b)
{
    static const uint8_t root[KEY_SIZE] = "the root of a book for tests";
    struct err e;

    *b = (struct book){.now_ms = BOOK_NOW_MS};
    name_file(b);
    keys_derive(root, &b->keys);
    CHECK_OK(migrate_up(b->path, &e), e);
    add_people(b);
    open_file(b);
    add_plans(b);
}

void
book_copy(struct book *b, const struct book *closed)
{
    char bytes[64 * 1024];
    FILE *from = fopen(closed->path, "rb");
    FILE *to;
    size_t n;

    *b = *closed;
    name_file(b);
    to = fopen(b->path, "wb");
    assert_non_null(from);
    assert_non_null(to);
    while ((n = fread(bytes, 1, sizeof(bytes), from)) > 0)
        assert_int_equal(fwrite(bytes, 1, n, to), n);
    fclose(from);
    assert_int_equal(fclose(to), 0);
    open_file(b);
}

static void
must_hold(void *context, const struct check_line *line)
{
    (void)context;
    if (!line->holds)
        fail_msg("%s (%s): %s", line->name, line->claim, line->detail);
}

void
book_close(struct book *b)
{
    struct check_options options = {.is_quick = false};
    struct err e;
    bool sound;

    CHECK_OK(check_run(b->db, &options, must_hold, NULL, &sound, &e), e);
    CHECK_THAT(sound);
    book_close_broken(b);
}

void
book_close_broken(struct book *b)
{
    db_close(b->db);
    b->db = NULL;
}

/* ---------------------------------------------------------------- cards */

int64_t
book_plan(struct book *b, const char *plan_file)
{
    struct plan_rules rules = {
        .unit = UNIT_POINT,
        .linear = LINEAR_CODE128,
        .jan_prefix = 22,
        .yen_per_point = 100,
        .utc_offset_min = 9 * 60,
    };
    int64_t id;
    struct err e;

    CHECK_OK(plan_file_read(str_of(plan_file), &rules, &e), e);
    CHECK_OK(plan_create(b->db, &rules, b->now_ms, &id, &e), e);
    return id;
}

struct card
book_card(struct book *b, int64_t plan_id)
{
    struct card card;
    struct err e;

    book_exec(b, "INSERT INTO member (language, is_friend, joined_ms) VALUES ('ja', 1, %lld)",
              (long long)b->now_ms);
    CHECK_OK(
        card_issue(b->db, book_int(b, "SELECT max(id) FROM member"), plan_id, b->now_ms, &card, &e),
        e);
    return card;
}

int64_t
book_scan(struct book *b, const struct card *card)
{
    struct scan_request in = {
        .till_id = BOOK_UENO_TILL, .shop_id = BOOK_UENO, .staff_id = BOOK_CASHIER};
    struct scan_result out;
    struct refusal refusal;
    char digits[CODE_DIGITS + 1];
    int64_t near_miss;
    struct err e;

    b->now_ms += CODE_STEP_MS;
    in.now_ms = b->now_ms;
    code_make(&b->keys, CODE_MEMBER, card->locator, code_step(b->now_ms), digits);
    in.text = str_of(digits);
    CHECK_OK(scan_open(b->db, &in, &out, &refusal, &near_miss, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    CHECK_INT(out.card.id, card->id);
    return out.scan_id;
}

/* ---------------------------------------------------------------- grants */

void
book_request_key(struct book *b, uint8_t out[REQUEST_KEY_SIZE])
{
    memset(out, 0, REQUEST_KEY_SIZE);
    b->keys_used++;
    memcpy(out, &b->keys_used, sizeof(b->keys_used));
}

struct grant
book_grant_of(struct book *b, int64_t scan_id, const struct card *card, int64_t units)
{
    struct grant in = {
        .scan_id = scan_id,
        .staff_id = BOOK_CASHIER,
        .till_id = BOOK_UENO_TILL,
        .shop_id = BOOK_UENO,
        .now_ms = b->now_ms,
    };
    struct plan_rules rules;
    struct err e;

    CHECK_OK(plan_load(b->db, card->plan_id, 0, &rules, &e), e);
    if (rules.unit == UNIT_POINT)
        in.yen = units;
    else
        in.stamps = units;
    book_request_key(b, in.request_key);
    return in;
}

struct reversal
book_reversal_of(struct book *b, int64_t seq, int64_t staff_id)
{
    struct reversal in = {
        .seq = seq,
        .staff_id = staff_id,
        .till_id = BOOK_UENO_TILL,
        .shop_id = BOOK_UENO,
        .now_ms = b->now_ms,
    };

    book_request_key(b, in.request_key);
    return in;
}

static struct grant_result
try_grant(struct book *b, const struct card *card, int64_t units, struct refusal *refusal)
{
    struct grant in = book_grant_of(b, book_scan(b, card), card, units);
    struct grant_result out;
    struct err e;

    in.now_ms = b->now_ms;
    CHECK_OK(ledger_grant(b->db, &in, &out, refusal, &e), e);
    return out;
}

struct grant_result
book_grant(struct book *b, const struct card *card, int64_t units)
{
    struct refusal refusal;
    struct grant_result out = try_grant(b, card, units, &refusal);

    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out;
}

struct refusal
book_grant_refused(struct book *b, const struct card *card, int64_t units)
{
    struct refusal refusal;

    try_grant(b, card, units, &refusal);
    CHECK_THAT(refusal.kind != REFUSAL_NONE);
    return refusal;
}

struct grant_result
book_credit(struct book *b, const struct card *card, const char *receipt, int64_t sold_ms)
{
    struct late_credit in = {
        .scan_id = book_scan(b, card),
        .receipt = str_of(receipt),
        .sold_ms = sold_ms,
        .stamps = 1,
        .reason = LATE_FORGOTTEN,
        .staff_id = BOOK_CASHIER,
        .till_id = BOOK_UENO_TILL,
        .shop_id = BOOK_UENO,
        .now_ms = b->now_ms,
    };
    struct grant_result out;
    struct refusal refusal;
    struct err e;

    book_request_key(b, in.request_key);
    CHECK_OK(late_credit(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out;
}

struct reversal_result
book_reverse(struct book *b, int64_t seq)
{
    struct reversal in = book_reversal_of(b, seq, BOOK_MANAGER);
    struct reversal_result out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(ledger_reverse(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out;
}

static struct redemption
redemption_of(struct book *b, int64_t voucher_id, char token[VOUCHER_TOKEN_SIZE])
{
    struct redemption in = {.voucher_id = voucher_id,
                            .staff_id = BOOK_CASHIER,
                            .till_id = BOOK_UENO_TILL,
                            .shop_id = BOOK_UENO,
                            .now_ms = b->now_ms};

    voucher_token(b->db, voucher_id, in.till_id, b->now_ms + MINUTE_MS, token);
    in.token = (struct str){token, VOUCHER_TOKEN_SIZE - 1};
    return in;
}

void
book_redeem(struct book *b, int64_t voucher_id)
{
    char token[VOUCHER_TOKEN_SIZE];
    struct redemption in = redemption_of(b, voucher_id, token);
    struct voucher out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(voucher_redeem(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    CHECK_TEXT(voucher_state_name(out.state), "redeemed");
}

/* ---------------------------------------------------------------- points spent */

int64_t
book_money_plan(struct book *b)
{
    static const struct plan_rules plan = {
        .name = "Money",
        .unit = UNIT_POINT,
        .yen_per_point = 100,
        .utc_offset_min = 9 * 60,
        .jan_prefix = 24,
        .number = {.is_set = true,
                   .type = BARCODE_NW7,
                   .prefix = "77",
                   .length = 10,
                   .check = BARCODE_CHECK_7DR,
                   .start = 'A',
                   .stop = 'A'},
        .number_per_day = 5,
        .spend = {.yen = 1, .step = 1, .least = 1, .percent_max = 100},
    };
    int64_t plan_id;
    struct err e;

    CHECK_OK(plan_create(b->db, &plan, b->now_ms, &plan_id, &e), e);
    return plan_id;
}

void
book_yes(struct book *b, const struct card *card, int64_t points)
{
    const struct spend_yes in = {.member_id = card->member_id,
                                 .plan_id = card->plan_id,
                                 .points = points,
                                 .now_ms = b->now_ms};
    struct spend_yes_result out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(spend_say_yes(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
}

struct spend
book_spend_of(struct book *b, int64_t scan_id, int64_t points)
{
    struct spend in = {
        .scan_id = scan_id,
        .points = points,
        .staff_id = BOOK_CASHIER,
        .till_id = BOOK_UENO_TILL,
        .shop_id = BOOK_UENO,
        .now_ms = b->now_ms,
    };

    book_request_key(b, in.request_key);
    return in;
}

struct spend_result
book_spend(struct book *b, const struct card *card, int64_t points)
{
    struct spend in = book_spend_of(b, book_scan(b, card), points);
    struct spend_result out;
    struct refusal refusal;
    struct err e;

    book_yes(b, card, points);
    CHECK_OK(spend_points(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out;
}

int64_t
book_hold(struct book *b, const struct card *card, int64_t points)
{
    struct spend in = book_spend_of(b, book_scan(b, card), points);
    struct hold_result out;
    struct refusal refusal;
    struct err e;

    book_yes(b, card, points);
    CHECK_OK(hold_points(b->db, &in, HOLD_MS, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out.id;
}

int64_t
book_hold_voucher(struct book *b, int64_t voucher_id)
{
    char token[VOUCHER_TOKEN_SIZE];
    struct redemption in = redemption_of(b, voucher_id, token);
    struct hold_result out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(hold_voucher(b->db, &in, HOLD_MS, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out.id;
}

struct hold_end
book_end_of(struct book *b, int64_t hold_id, int64_t points)
{
    struct hold_end in = {
        .hold_id = hold_id,
        .points = points,
        .staff_id = BOOK_CASHIER,
        .till_id = BOOK_UENO_TILL,
        .shop_id = BOOK_UENO,
        .now_ms = b->now_ms,
    };

    book_request_key(b, in.request_key);
    return in;
}

struct hold_ended
book_end(struct book *b, hold_ending *end, int64_t hold_id, int64_t points)
{
    struct hold_end in = book_end_of(b, hold_id, points);
    struct hold_ended out;
    struct refusal refusal;
    struct err e;

    CHECK_OK(end(b->db, &in, &out, &refusal, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    return out;
}

/* ---------------------------------------------------------------- swaps */

void
book_catalogue(struct book *b, int64_t plan_id, const char *file)
{
    struct arena *a = arena_new(2 * MIB);
    struct catalogue catalogue;
    struct plan_rules rules;
    int64_t number;
    struct err e;

    CHECK_OK(plan_load(b->db, plan_id, 0, &rules, &e), e);
    CHECK_OK(catalogue_read(str_of(file), rules.unit, a, &catalogue, &e), e);
    CHECK_OK(catalogue_set(b->db, plan_id, &catalogue, 0, b->now_ms, &number, &e), e);
    arena_free(a);
}

int64_t
book_reward(struct book *b, const char *key)
{
    return book_int(b,
                    "SELECT r.id FROM reward r JOIN plan p ON p.id = r.plan_id"
                    " AND p.catalogue = r.catalogue WHERE r.key = '%s'",
                    key);
}

struct refusal
book_swap(struct book *b, const struct card *card, int64_t reward_id, struct swap_result *out)
{
    struct swap in = {.reward_id = reward_id, .member_id = card->member_id, .now_ms = b->now_ms};
    struct refusal refusal;
    struct err e;

    book_request_key(b, in.request_key);
    CHECK_OK(swap_make(b->db, &in, out, &refusal, &e), e);
    return refusal;
}
