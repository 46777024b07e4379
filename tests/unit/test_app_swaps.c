/*
 * Points for a reward as pages ask for it: what is offered, the swap once whatever is repeated, the
 * way back, a code and a draw on the voucher's page, and the same at a till.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "domain/catalogue.h"
#include "domain/draw.h"
#include "domain/hold.h"
#include "domain/reward_code.h"
#include "domain/voucher.h"
#include "tests/support/harness.h"

#define FILE_TEXT                                                                                  \
    "{\"rewards\":[{\"price\":3,\"key\":\"tea\",\"title\":\"Tea\",\"valid_days\":7,"               \
    "\"kind\":\"free_item\",\"redeem\":{\"shops\":[1],\"min_yen\":800}},"                          \
    "{\"price\":4,\"key\":\"code\",\"title\":\"Code\",\"valid_days\":7,\"codes\":true},"           \
    "{\"price\":1,\"key\":\"lot\",\"title\":\"Lot\",\"valid_days\":7,\"prizes\":["                 \
    "{\"odds\":500000,\"key\":\"a\",\"title\":\"A\",\"valid_days\":7},"                            \
    "{\"odds\":500000,\"key\":\"b\",\"title\":\"B\",\"valid_days\":7}]}]}"

static struct browser member, till;

static enum err_code
set_catalogue(struct db *db, void *context, struct err *e)
{
    const struct code_load codes = {.plan_id = POINTS, .key = STR("code"), .now_ms = 1};
    struct arena *a = arena_new(4 * MIB);
    struct code_report report;
    struct catalogue all;
    int64_t number;
    enum err_code code = catalogue_read(STR(FILE_TEXT), UNIT_POINT, a, &all, e) ||
                                 catalogue_set(db, POINTS, &all, 0, harness_now(), &number, e) ||
                                 reward_codes_load(db, STR("GIFT-0001\n"), &codes, a, &report, e)
                             ? e->code
                             : OK;

    (void)context;
    arena_free(a);
    return code;
}

static int64_t
reward_of(const char *key)
{
    return stored_int("SELECT id FROM reward WHERE key = %Q AND catalogue IS NOT NULL", key);
}

/* A member with ten points, read at the till. */
static int64_t
come(void)
{
    struct err e;
    int64_t scan;

    member = till = (struct browser){.headers = NULL};
    CHECK_OK(app_write(here.app, set_catalogue, NULL, &e), e);
    login_liff(&member, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    harness_advance(MINUTE_MS);
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&member, POINTS)),
            200);
    scan = got_int("scan");
    ANSWERS(post(&till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"yen\":1000}",
                 (long long)scan),
            201);
    return scan;
}

static void
a_swap_is_made_once_and_taken_back_once(void **state)
{
    const char *key = fresh_key();
    int64_t transfer, voucher;

    (void)state;
    come();
    ANSWERS(get(&member, "/api/card/offers?plan=2"), 200);
    CHECK_INT(got_int("usable"), 10);
    CHECK_TEXT(got_text("offers.0.title"), "Lot"); /* the cheapest first */
    CHECK_TEXT(got_text("offers.1.redeem.shops.0"), "ueno");
    CHECK_INT(got_int("offers.1.redeem.min_yen"), 800);
    CHECK_INT((int64_t)strlen(got_text("seed_hash")), 64);
    for (int i = 0; i < 2; i++) {
        ANSWERS(
            post(&member, "/api/card/swaps", key, "{\"reward\":%lld}", (long long)reward_of("tea")),
            201);
        transfer = got_int("transfer");
        voucher = got_int("voucher");
        CHECK_INT(got_int("balance"), 7);
    }
    CHECK_INT(stored_int("SELECT count(*) FROM transfer WHERE kind = 9"), 1);
    ANSWERS(get(&member, "/api/card/offers?plan=2"), 200);
    CHECK_INT(got_int("recent.0.transfer"), transfer);
    CHECK_TEXT(voucher_code(&member, voucher) != NULL ? "drawn" : "", "drawn");
    key = fresh_key();
    for (int i = 0; i < 2; i++) {
        ANSWERS(
            post(&member, "/api/card/swaps/undo", key, "{\"transfer\":%lld}", (long long)transfer),
            201);
        CHECK_INT(got_int("balance"), 10);
    }
    REFUSES(post(&member, "/api/card/swaps/undo", fresh_key(), "{\"transfer\":%lld}",
                 (long long)transfer),
            409, "already_reversed");
    ANSWERS(get(&member, "/api/card?plan=2"), 200);
    CHECK_INT(got_int("card.balance"), 10);
    CHECK_THAT(got("vouchers.0") == NULL);
    stored_is_sound();
}

static void
a_swap_in_a_basket_says_until_when(void **state)
{
    int64_t transfer, voucher;

    (void)state;
    come();
    ANSWERS(post(&member, "/api/card/swaps", fresh_key(), "{\"reward\":%lld}",
                 (long long)reward_of("lot")),
            201);
    transfer = got_int("transfer");
    voucher = got_int("voucher");
    ANSWERS(
        post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", voucher_code(&member, voucher)),
        200);
    ANSWERS(post(&till, "/api/till/holds", fresh_key(), "{\"voucher\":%lld,\"token\":\"%s\"}",
                 (long long)voucher, got_text("token")),
            200);
    REFUSES(post(&member, "/api/card/swaps/undo", fresh_key(), "{\"transfer\":%lld}",
                 (long long)transfer),
            409, "voucher_held");
    CHECK_INT(got_int("again"), harness_now() + HOLD_MS);
    REFUSES(post(&till, "/api/till/swaps/undo", fresh_key(), "{\"transfer\":%lld}",
                 (long long)transfer),
            409, "voucher_held");
    CHECK_INT(got_int("again"), harness_now() + HOLD_MS);
    CHECK_TEXT(got_text("till"), "left");
    stored_is_sound();
}

static void
a_voucher_shows_its_code_and_its_draw(void **state)
{
    char path[48];

    (void)state;
    come();
    ANSWERS(post(&member, "/api/card/swaps", fresh_key(), "{\"reward\":%lld}",
                 (long long)reward_of("code")),
            201);
    snprintf(path, sizeof(path), "/api/vouchers/%lld", (long long)got_int("voucher"));
    ANSWERS(get(&member, path), 200);
    CHECK_TEXT(got_text("code.text"), "GIFT-0001");
    CHECK_THAT(strstr(got_text("code.svg"), "<svg") != NULL);
    REFUSES(post(&member, "/api/card/swaps", fresh_key(), "{\"reward\":%lld}",
                 (long long)reward_of("code")),
            409, "sold_out");
    ANSWERS(post(&member, "/api/card/swaps", fresh_key(), "{\"reward\":%lld}",
                 (long long)reward_of("lot")),
            201);
    snprintf(path, sizeof(path), "/api/vouchers/%lld", (long long)got_int("voucher"));
    ANSWERS(get(&member, path), 200);
    CHECK_THAT(got_int("draw.roll") >= 0);
    CHECK_INT((int64_t)strlen(got_text("draw.seed_hash")), 64);
    CHECK_THAT(got("draw.seed") == NULL); /* as long as others draw under it */
    stored_is_sound();
}

static enum err_code
end_catalogue(struct db *db, void *context, struct err *e)
{
    struct arena *a = arena_new(2 * MIB);
    struct catalogue none;
    int64_t number;
    enum err_code code = catalogue_read(STR("{\"rewards\":[]}"), UNIT_POINT, a, &none, e) ||
                                 catalogue_set(db, POINTS, &none, 0, harness_now(), &number, e)
                             ? e->code
                             : OK;

    (void)context;
    arena_free(a);
    return code;
}

/* The lot's secret is told when its catalogue is over; whoever has used their prize by then counts
 * it again with what they are told. */
static void
an_ended_draw_can_be_counted_again(void **state)
{
    uint8_t seed[SEED_SIZE], hash[SHA256_SIZE];
    struct lot lot;
    char path[48], promised[HEX_SIZE(SHA256_SIZE)], hex[HEX_SIZE(SHA256_SIZE)];
    struct browser stranger = {.headers = NULL};
    int64_t voucher;
    struct err e;
    size_t n;

    (void)state;
    come();
    ANSWERS(get(&member, "/api/me/draws"), 200);
    CHECK_INT(json_array_size(got("draws")), 0);
    ANSWERS(get(&member, "/api/card/offers?plan=2"), 200);
    snprintf(promised, sizeof(promised), "%s", got_text("seed_hash"));
    ANSWERS(post(&member, "/api/card/swaps", fresh_key(), "{\"reward\":%lld}",
                 (long long)reward_of("lot")),
            201);
    voucher = got_int("voucher");
    ANSWERS(
        post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", voucher_code(&member, voucher)),
        200);
    ANSWERS(post(&till, "/api/till/redemptions", fresh_key(), "{\"voucher\":%lld,\"token\":\"%s\"}",
                 (long long)voucher, got_text("token")),
            200);
    CHECK_OK(app_write(here.app, end_catalogue, NULL, &e), e);
    ANSWERS(get(&member, "/api/me/draws"), 200);
    CHECK_INT(got_int("draws.0.voucher"), voucher);
    CHECK_TEXT(got_text("draws.0.state"), "redeemed");
    snprintf(path, sizeof(path), "/api/vouchers/%lld", (long long)voucher);
    ANSWERS(get(&member, path), 200);
    CHECK_TEXT(got_text("state"), "redeemed");
    CHECK_TEXT(got_text("draw.seed_hash"), promised);
    CHECK_THAT(hex_decode(str_of(got_text("draw.seed")), seed, sizeof(seed), &n) && n == SEED_SIZE);
    sha256(seed, sizeof(seed), hash);
    hex_encode(hash, sizeof(hash), hex);
    CHECK_TEXT(hex, promised);
    lot = (struct lot){.seq = got_int("draw.transfer"), .nth = got_int("draw.nth")};
    CHECK_THAT(hex_decode(str_of(got_text("draw.key")), lot.request_key, REQUEST_KEY_SIZE, &n));
    CHECK_INT(draw_roll(seed, &lot), got_int("draw.roll"));
    CHECK_INT(got_int("draw.drawn"), got_int("draw.roll") < 500000 ? 0 : 1);
    CHECK_INT(got_int("draw.won"), got_int("draw.drawn"));
    CHECK_INT(got_int("draw.prizes.0.odds"), 500000);
    CHECK_TEXT(got_text("draw.prizes.1.title"), "B");
    login_liff(&stranger, 2);
    REFUSES(get(&stranger, path), 404, "voucher_unknown");
    ANSWERS(get(&stranger, "/api/me/draws"), 200);
    CHECK_INT(json_array_size(got("draws")), 0);
}

/* A tea, which takes a sale of 800 yen, swapped at the till and read there. */
static int64_t
a_tea(char token[VOUCHER_TOKEN_SIZE])
{
    int64_t scan = come(), voucher;
    char path[48];

    ANSWERS(get(&till, "/api/till"), 200);
    CHECK_THAT(got("plans.0.swaps") == NULL && got_true("plans.1.swaps"));
    snprintf(path, sizeof(path), "/api/till/offers?scan=%lld", (long long)scan);
    ANSWERS(get(&till, path), 200);
    CHECK_INT(got_int("usable"), 10);
    ANSWERS(post(&till, "/api/till/swaps", fresh_key(), "{\"scan\":%lld,\"reward\":%lld}",
                 (long long)scan, (long long)reward_of("tea")),
            201);
    voucher = got_int("voucher");
    harness_advance(MINUTE_MS);
    ANSWERS(
        post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", voucher_code(&member, voucher)),
        200);
    CHECK_INT(got_int("voucher.redeem.min_yen"), 800);
    CHECK_THAT(got("voucher.reason") == NULL);
    snprintf(token, VOUCHER_TOKEN_SIZE, "%s", got_text("token"));
    return voucher;
}

static void
staff_swap_and_redeem_under_the_conditions(void **state)
{
    char token[VOUCHER_TOKEN_SIZE];
    int64_t voucher = a_tea(token);

    (void)state;
    REFUSES(post(&till, "/api/till/redemptions", fresh_key(),
                 "{\"voucher\":%lld,\"token\":\"%s\",\"yen\":799}", (long long)voucher, token),
            409, "spend_too_low");
    CHECK_INT(got_int("least"), 800);
    ANSWERS(post(&till, "/api/till/redemptions", fresh_key(),
                 "{\"voucher\":%lld,\"token\":\"%s\",\"yen\":800}", (long long)voucher, token),
            200);
    stored_is_sound();
}

static void
a_basket_that_holds_a_voucher_says_what_it_came_to(void **state)
{
    char token[VOUCHER_TOKEN_SIZE], path[64];
    int64_t voucher = a_tea(token);

    (void)state;
    REFUSES(post(&till, "/api/till/holds", fresh_key(),
                 "{\"voucher\":%lld,\"token\":\"%s\",\"yen\":799}", (long long)voucher, token),
            409, "spend_too_low");
    ANSWERS(post(&till, "/api/till/holds", fresh_key(), "{\"voucher\":%lld,\"token\":\"%s\"}",
                 (long long)voucher, token),
            200);
    snprintf(path, sizeof(path), "/api/till/holds/%lld/capture", (long long)got_int("hold"));
    REFUSES(post(&till, path, fresh_key(), "{}"), 409, "spend_too_low");
    CHECK_INT(got_int("least"), 800);
    REFUSES(post(&till, path, fresh_key(), "{\"yen\":799}"), 409, "spend_too_low");
    ANSWERS(post(&till, path, fresh_key(), "{\"yen\":800}"), 200);
    CHECK_INT(got_int("voucher"), voucher);
    stored_is_sound();
}

/* Five phones ask for the one code there is, at the same moment. */
static void
the_last_one_goes_to_one_of_many(void **state)
{
    enum { PEOPLE = 5 };
    struct browser phone[PEOPLE];
    struct http_peer *asked[PEOPLE];
    int64_t reward;
    int won = 0, sold_out = 0;

    (void)state;
    come();
    reward = reward_of("code");
    for (int i = 0; i < PEOPLE; i++) {
        phone[i] = (struct browser){.headers = NULL};
        login_liff(&phone[i], i + 2);
        harness_advance(MINUTE_MS);
        ANSWERS(
            post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(&phone[i], POINTS)),
            200);
        ANSWERS(post(&till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"yen\":1000}",
                     (long long)got_int("scan")),
                201);
    }
    for (int i = 0; i < PEOPLE; i++)
        asked[i] = post_begin(&phone[i], "/api/card/swaps", fresh_key(), "{\"reward\":%lld}",
                              (long long)reward);
    for (int i = 0; i < PEOPLE; i++) {
        int status = post_end(&phone[i], asked[i]);

        won += status == 201;
        sold_out += status == 409 && strcmp(got_text("error"), "sold_out") == 0;
    }
    CHECK_INT(won, 1);
    CHECK_INT(sold_out, PEOPLE - 1);
    CHECK_INT(stored_int("SELECT issued * 10 + codes_left FROM stock WHERE key = 'code'"), 10);
    stored_is_sound();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        HARNESS_TEST(a_swap_is_made_once_and_taken_back_once),
        HARNESS_TEST(a_swap_in_a_basket_says_until_when),
        HARNESS_TEST(a_voucher_shows_its_code_and_its_draw),
        HARNESS_TEST(an_ended_draw_can_be_counted_again),
        HARNESS_TEST(the_last_one_goes_to_one_of_many),
        HARNESS_TEST(staff_swap_and_redeem_under_the_conditions),
        HARNESS_TEST(a_basket_that_holds_a_voucher_says_what_it_came_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
