/*
 * Rewards as tables: what a condition says to whom and when, what is left of a reward, and how a
 * catalogue's file is read, written and refused.
 */
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "domain/catalogue.h"
#include "domain/draw.h"
#include "domain/reward_rules.h"

#define APRIL_1 INT64_C(1774969200000) /* 2026-04-01 00:00 in Tokyo, a Wednesday */
#define DAY_OF_APRIL_1 20544           /* since 1970-01-01 */

/* Of Tokyo; the shop's day ends at four in the morning. */
static const struct plan_rules tokyo = {.utc_offset_min = 9 * 60, .day_cut_hour = 4};

static int64_t
april(int day, int hour, int minute)
{
    return APRIL_1 + (day - 1) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS;
}

#define UENO 1
#define NAMBA 2
#define WEEKDAYS_AT_LUNCH                                                                          \
    {                                                                                              \
        .days = 0x1FU, .from_min = 11 * 60, .until_min = 14 * 60                                   \
    }
#define FRIDAY_NIGHT                                                                               \
    {                                                                                              \
        .days = 0x10U, .from_min = 22 * 60, .until_min = 2 * 60                                    \
    }
#define TUESDAYS                                                                                   \
    {                                                                                              \
        .days = 0x02U                                                                              \
    }

static void
a_reward_says_what_it_asks_for(void **state)
{
    static const struct {
        const char *says;
        struct reward_when when;
        struct reward_facts facts;
        int day, hour, minute; /* of April: 1 is a Wednesday, 3 a Friday */
        enum refusal_kind want;
        int again_day, again_hour; /* of April; 0: not said */
    } row[] = {
        {"asks for nothing: anywhere, at any time", {0}, {0}, 1, 3, 0, REFUSAL_NONE, 0, 0},

        {"only in Ueno: in Ueno",
         {.shops_n = 1, .shop = {UENO}},
         {.shop_id = UENO},
         1,
         12,
         0,
         REFUSAL_NONE,
         0,
         0},
        {"only in Ueno: not in Namba",
         {.shops_n = 1, .shop = {UENO}},
         {.shop_id = NAMBA},
         1,
         12,
         0,
         REFUSAL_WRONG_SHOP,
         0,
         0},
        {"only in Ueno: not on the phone",
         {.shops_n = 1, .shop = {UENO}},
         {0},
         1,
         12,
         0,
         REFUSAL_WRONG_SHOP,
         0,
         0},

        {"weekdays at lunch: on Wednesday at noon",
         {.span = WEEKDAYS_AT_LUNCH},
         {0},
         1,
         12,
         0,
         REFUSAL_NONE,
         0,
         0},
        {"weekdays at lunch: from eleven sharp",
         {.span = WEEKDAYS_AT_LUNCH},
         {0},
         1,
         11,
         0,
         REFUSAL_NONE,
         0,
         0},
        {"weekdays at lunch: at ten it works from eleven",
         {.span = WEEKDAYS_AT_LUNCH},
         {0},
         1,
         10,
         0,
         REFUSAL_WRONG_HOUR,
         1,
         11},
        {"weekdays at lunch: at two it works tomorrow",
         {.span = WEEKDAYS_AT_LUNCH},
         {0},
         1,
         14,
         0,
         REFUSAL_WRONG_HOUR,
         2,
         11},
        {"weekdays at lunch: on Friday at two it works on Monday",
         {.span = WEEKDAYS_AT_LUNCH},
         {0},
         3,
         14,
         0,
         REFUSAL_WRONG_HOUR,
         6,
         11},
        {"weekdays at lunch: on Saturday at noon it works on Monday",
         {.span = WEEKDAYS_AT_LUNCH},
         {0},
         4,
         12,
         0,
         REFUSAL_WRONG_WEEKDAY,
         6,
         11},

        {"on Friday night: at half past one on Saturday",
         {.span = FRIDAY_NIGHT},
         {0},
         4,
         1,
         30,
         REFUSAL_NONE,
         0,
         0},
        {"on Friday night: at two on Saturday it is over",
         {.span = FRIDAY_NIGHT},
         {0},
         4,
         2,
         0,
         REFUSAL_WRONG_WEEKDAY,
         10,
         22},
        {"on Tuesdays: all day", {.span = TUESDAYS}, {0}, 7, 23, 59, REFUSAL_NONE, 0, 0},
        {"on Tuesdays: on Wednesday it works next Tuesday",
         {.span = TUESDAYS},
         {0},
         1,
         0,
         1,
         REFUSAL_WRONG_WEEKDAY,
         7,
         0},

        {"from the second on: not at three in the morning of the second",
         {.from_day = DAY_OF_APRIL_1 + 1},
         {0},
         2,
         3,
         59,
         REFUSAL_NOT_YET,
         2,
         4},
        {"from the second on: from the shop's morning on",
         {.from_day = DAY_OF_APRIL_1 + 1},
         {0},
         2,
         4,
         0,
         REFUSAL_NONE,
         0,
         0},
        {"until the second: until the shop's night",
         {.until_day = DAY_OF_APRIL_1 + 1},
         {0},
         3,
         3,
         59,
         REFUSAL_NONE,
         0,
         0},
        {"until the second: not on the third",
         {.until_day = DAY_OF_APRIL_1 + 1},
         {0},
         3,
         4,
         0,
         REFUSAL_OFFER_OVER,
         0,
         0},

        {"from the next visit on: not on the same day",
         {.wait_days = 1},
         {.issued_ms = APRIL_1 + 20 * HOUR_MS},
         2,
         3,
         59,
         REFUSAL_NOT_YET,
         2,
         4},
        {"from the next visit on: on the next day",
         {.wait_days = 1},
         {.issued_ms = APRIL_1 + 20 * HOUR_MS},
         2,
         4,
         0,
         REFUSAL_NONE,
         0,
         0},
        {"three days later: not after two",
         {.wait_days = 3},
         {.issued_ms = APRIL_1 + 20 * HOUR_MS},
         3,
         12,
         0,
         REFUSAL_NOT_YET,
         4,
         4},

        {"new members within 7 days: on the day of joining",
         {.new_days = 7},
         {.joined_ms = APRIL_1 + 12 * HOUR_MS},
         1,
         13,
         0,
         REFUSAL_NONE,
         0,
         0},
        {"new members within 7 days: on the seventh day after",
         {.new_days = 7},
         {.joined_ms = APRIL_1 + 12 * HOUR_MS},
         9,
         3,
         59,
         REFUSAL_NONE,
         0,
         0},
        {"new members within 7 days: not on the eighth",
         {.new_days = 7},
         {.joined_ms = APRIL_1 + 12 * HOUR_MS},
         9,
         4,
         0,
         REFUSAL_NEW_MEMBERS_ONLY,
         0,
         0},

        {"of the second tier: the second",
         {.least_tier = 2},
         {.tier = 2},
         1,
         13,
         0,
         REFUSAL_NONE,
         0,
         0},
        {"of the second tier: not the first",
         {.least_tier = 2},
         {.tier = 1},
         1,
         13,
         0,
         REFUSAL_TIER_TOO_LOW,
         0,
         0},

        {"from 1000 yen: for 1000 yen",
         {.least_yen = 1000},
         {.yen = 1000},
         1,
         12,
         0,
         REFUSAL_NONE,
         0,
         0},
        {"from 1000 yen: not for 999",
         {.least_yen = 1000},
         {.yen = 999},
         1,
         12,
         0,
         REFUSAL_SPEND_TOO_LOW,
         0,
         0},
        {"from 1000 yen: not before the sale is told",
         {.least_yen = 1000},
         {0},
         1,
         12,
         0,
         REFUSAL_SPEND_TOO_LOW,
         0,
         0},
        {"in the wrong shop with too small a sale: first the shop",
         {.shops_n = 1, .shop = {UENO}, .least_yen = 1000},
         {.shop_id = NAMBA},
         1,
         12,
         0,
         REFUSAL_WRONG_SHOP,
         0,
         0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct refusal got = reward_decide(&tokyo, &row[i].when, &row[i].facts,
                                           april(row[i].day, row[i].hour, row[i].minute));

        CHECK_ROW(i);
        if (got.kind != row[i].want)
            print_error("%s\n", row[i].says);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want));
        CHECK_INT(got.again_ms,
                  row[i].again_day == 0 ? 0 : april(row[i].again_day, row[i].again_hour, 0));
        CHECK_INT(got.least, got.kind == REFUSAL_SPEND_TOO_LOW ? row[i].when.least_yen : 0);
    }
}

static void
what_was_reserved_is_honoured_but_for_the_sale(void **state)
{
    static const struct {
        const char *says;
        struct reward_when when;
        int64_t yen;
        enum refusal_kind want;
    } row[] = {
        {"asks for nothing: whatever the basket came to", {0}, 0, REFUSAL_NONE},
        {"weekdays at lunch in Ueno: the lunch may be over when it is paid for",
         {.span = WEEKDAYS_AT_LUNCH, .shops_n = 1, .shop = {UENO}},
         500,
         REFUSAL_NONE},
        {"new members of the second tier: who was it at the till",
         {.new_days = 7, .least_tier = 2},
         500,
         REFUSAL_NONE},
        {"from 1000 yen: the basket came to 1000", {.least_yen = 1000}, 1000, REFUSAL_NONE},
        {"from 1000 yen: something was put back", {.least_yen = 1000}, 999, REFUSAL_SPEND_TOO_LOW},
        {"from 1000 yen: nobody says what it came to",
         {.least_yen = 1000},
         0,
         REFUSAL_SPEND_TOO_LOW},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct refusal got = reward_decide_captured(&row[i].when, row[i].yen);

        CHECK_ROW(i);
        if (got.kind != row[i].want)
            print_error("%s\n", row[i].says);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want));
        CHECK_INT(got.least, got.kind == REFUSAL_SPEND_TOO_LOW ? row[i].when.least_yen : 0);
    }
}

static void
there_are_only_so_many(void **state)
{
    static const struct {
        const char *says;
        struct reward reward;
        struct reward_counts counts;
        enum refusal_kind want;
        int64_t left;
    } row[] = {
        {"not counted", {0}, {.issued = 1000000}, REFUSAL_NONE, -1},
        {"the last of a hundred", {.most = 100}, {.issued = 99}, REFUSAL_NONE, 1},
        {"a hundred are gone", {.most = 100}, {.issued = 100}, REFUSAL_SOLD_OUT, 0},
        {"of a hundred, more are gone: there were more before",
         {.most = 100},
         {.issued = 120},
         REFUSAL_SOLD_OUT,
         0},
        {"ten a day: the tenth",
         {.most_a_day = 10},
         {.issued = 500, .issued_today = 9},
         REFUSAL_NONE,
         1},
        {"ten a day: not the eleventh",
         {.most_a_day = 10},
         {.issued = 500, .issued_today = 10},
         REFUSAL_SOLD_OUT_TODAY,
         0},
        {"all gone says more than today's",
         {.most = 10, .most_a_day = 10},
         {.issued = 10, .issued_today = 10},
         REFUSAL_SOLD_OUT,
         0},
        {"two for each: the second",
         {.most_a_card = 2},
         {.issued = 900, .of_card = 1},
         REFUSAL_NONE,
         -1},
        {"two for each: not the third",
         {.most_a_card = 2},
         {.issued = 900, .of_card = 2},
         REFUSAL_HAD_ENOUGH,
         -1},
        {"who had enough need not come tomorrow",
         {.most_a_card = 2, .most_a_day = 1},
         {.issued = 2, .issued_today = 1, .of_card = 2},
         REFUSAL_HAD_ENOUGH,
         0},
        {"the last code", {.has_codes = true}, {.codes_left = 1}, REFUSAL_NONE, 1},
        {"no code", {.has_codes = true}, {.codes_left = 0}, REFUSAL_SOLD_OUT, 0},
        {"fewer codes than pieces",
         {.has_codes = true, .most = 100},
         {.issued = 1, .codes_left = 3},
         REFUSAL_NONE,
         3},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct refusal got = stock_decide(&tokyo, &row[i].reward, &row[i].counts, april(1, 12, 0));

        CHECK_ROW(i);
        if (got.kind != row[i].want)
            print_error("%s\n", row[i].says);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want));
        CHECK_INT(stock_left(&row[i].reward, &row[i].counts), row[i].left);
        CHECK_INT(got.again_ms, got.kind == REFUSAL_SOLD_OUT_TODAY ? april(2, 4, 0) : 0);
    }
}

/* ---------------------------------------------------------------- lots */

static void
a_roll_falls_into_one_stretch(void **state)
{
    static const struct reward prize[] = {{.odds = 1}, {.odds = 199999}, {.odds = 800000}};
    static const struct {
        int64_t roll;
        size_t want;
    } row[] = {{0, 0}, {1, 1}, {199999, 1}, {200000, 2}, {999999, 2}};

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(draw_pick(prize, COUNT(prize), row[i].roll), row[i].want);
    }
}

/* Worked out beside this program:
 * python3 -c 'import hmac,struct; m=hmac.new(bytes(range(32)), b"stampd draw v1"+struct.pack(">qq",
 * 57,1)+bytes(16), "sha256").digest(); print(struct.unpack(">Q",m[:8])[0] % 1000000)' */
static void
a_draw_can_be_counted_again_by_anybody(void **state)
{
    static const struct {
        int64_t seq, nth, roll;
    } row[] = {{57, 1, 655992}, {57, 2, 752663}, {58, 1, 290511}};
    uint8_t seed[SEED_SIZE];

    (void)state;
    for (size_t i = 0; i < SEED_SIZE; i++)
        seed[i] = (uint8_t)i;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(draw_roll(seed, &(struct lot){.seq = row[i].seq, .nth = row[i].nth}),
                  row[i].roll);
    }
}

/* 200,000 draws in 20 equal stretches: chi squared of 19 degrees is over 43.8 once in a thousand
 * seeds, and this seed stays the same. */
static void
draws_are_even(void **state)
{
    enum { DRAWS = 200000, STRETCHES = 20 };
    const uint8_t seed[SEED_SIZE] = "an even seed, the same each time";
    int64_t n[STRETCHES] = {0}, sum = 0;

    (void)state;
    for (int64_t i = 0; i < DRAWS; i++)
        n[draw_roll(seed, &(struct lot){.seq = i + 1, .nth = 1}) / (ODDS_ALL / STRETCHES)]++;
    for (size_t i = 0; i < STRETCHES; i++) {
        int64_t off = n[i] - DRAWS / STRETCHES;

        sum += off * off;
    }
    CHECK_THAT(sum * 10 < 438 * (DRAWS / STRETCHES));
}

/* ---------------------------------------------------------------- files */

#define MUG "\"key\":\"mug\",\"title\":\"Mug\",\"valid_days\":30"
#define GOLD "{\"key\":\"gold\",\"title\":\"Gold\",\"valid_days\":30,\"odds\":10000,"
#define SOAP "{\"key\":\"soap\",\"title\":\"Soap\",\"valid_days\":30,\"odds\":990000"

static void
a_file_is_read_as_it_is_written(void **state)
{
    static const char file[] =
        "{\"rewards\": [{\"at\":10,\"kind\":\"free_item\",\"title\":\"Coffee\",\"valid_days\":90,"
        "\"redeem\":{\"days\":\"mon-fri\",\"hours\":\"10:00-17:00\",\"min_yen\":500,"
        "\"shops\":[1,3],\"wait_days\":1}},"
        "{\"price\":300," MUG ",\"kind\":\"gift\",\"cost_yen\":450,"
        "\"issue\":{\"from\":\"2026-04-01\",\"until\":\"2026-12-31\",\"new_days\":30,\"tier\":1},"
        "\"stock\":{\"all\":100,\"a_day\":10,\"a_member\":2},\"codes\":true},"
        "{\"price\":80,\"key\":\"cup\",\"title\":\"Cup\",\"valid_days\":9,"
        "\"on_expiry\":\"back\"},"
        "{\"price\":100,\"key\":\"lot\",\"title\":\"Lot\",\"valid_days\":7,"
        "\"on_expiry\":\"lost\",\"prizes\":[" GOLD
        "\"kind\":\"yen_off\",\"value\":5000,\"stock\":{\"all\":3}}," SOAP "}]}]}";
    struct arena *a = arena_new(MIB);
    struct catalogue once, twice;
    json_t *json, *again;
    char *text;
    struct err e;

    (void)state;
    CHECK_OK(catalogue_read(str_of(file), UNIT_POINT, a, &once, &e), e);
    CHECK_INT(once.n, 6);
    CHECK_INT(once.reward[0].redeem.shop[1], 3);
    CHECK_INT(once.reward[1].issue.from_day, DAY_OF_APRIL_1);
    CHECK_INT(once.reward[1].most_a_card, 2);
    CHECK_THAT(once.reward[2].gives_back && !once.reward[3].gives_back);
    CHECK_INT(once.reward[3].prizes_n, 2);
    CHECK_INT(once.reward[4].odds, 10000);
    CHECK_INT(reward_cost_milli(&once.reward[1], NULL, 0), 450000);
    CHECK_INT(reward_cost_milli(&once.reward[3], &once.reward[4], 2), 50000); /* 1 % of 5000 yen */
    CHECK_OK(catalogue_write(&once, &json, &e), e);
    text = json_dumps(json, JSON_COMPACT);
    CHECK_OK(catalogue_read(str_of(text), UNIT_POINT, a, &twice, &e), e);
    CHECK_INT(twice.n, once.n);
    CHECK_OK(catalogue_write(&twice, &again, &e), e);
    CHECK_THAT(json_equal(json, again));
    free(text);
    json_decref(json);
    json_decref(again);
    arena_free(a);
}

static void
a_wrong_file_is_refused_where_it_is_wrong(void **state)
{
    static const struct {
        const char *file, *field;
    } row[] = {
        {"{}", "rewards"},
        {"{\"rewards\":[{\"price\":1}]}", "rewards[0].title"},
        {"{\"rewards\":[{\"price\":1,\"at\":1," MUG "}]}", "rewards[0]"},
        {"{\"rewards\":[{" MUG "}]}", "rewards[0]"},
        {"{\"rewards\":[{\"price\":0," MUG "}]}", "rewards[0].price"},
        {"{\"rewards\":[{\"price\":1000001," MUG "}]}", "rewards[0].price"},
        {"{\"rewards\":[{\"price\":1,\"odds\":1," MUG "}]}", "rewards[0]"},
        {"{\"rewards\":[{\"price\":1,\"title\":\"a\",\"valid_days\":1}]}", "rewards[0].key"},
        {"{\"rewards\":[{\"price\":1,\"key\":\"A\",\"title\":\"a\",\"valid_days\":1}]}",
         "rewards[0].key"},
        {"{\"rewards\":[{\"price\":1," MUG "},{\"price\":2," MUG "}]}", "rewards[1]"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"kind\":\"money\"}]}", "rewards[0].kind"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"kind\":\"yen_off\"}]}", "rewards[0].value"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"value\":5}]}", "rewards[0].value"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"kind\":\"percent\",\"value\":101}]}",
         "rewards[0].value"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"kind\":\"yen_off\",\"value\":5,\"cost_yen\":5}]}",
         "rewards[0].cost_yen"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"redeem\":{\"days\":\"someday\"}}]}",
         "rewards[0].redeem.days"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"redeem\":{\"hours\":\"25:00-26:00\"}}]}",
         "rewards[0].redeem.hours"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"redeem\":{\"shops\":[]}}]}",
         "rewards[0].redeem.shops"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"redeem\":{\"shops\":[\"ueno\"]}}]}",
         "rewards[0].redeem.shops"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"redeem\":{\"from\":\"2026-02-30\"}}]}",
         "rewards[0].redeem.from"},
        {"{\"rewards\":[{\"price\":1," MUG
         ",\"redeem\":{\"from\":\"2026-02-03\",\"until\":\"2026-02-02\"}}]}",
         "rewards[0].redeem.until"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"redeem\":{\"color\":1}}]}",
         "rewards[0].redeem.color"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"on_expiry\":\"kept\"}]}", "rewards[0].on_expiry"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"on_expiry\":true}]}", "rewards[0].on_expiry"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"codes\":true,\"on_expiry\":\"back\"}]}",
         "rewards[0].on_expiry"},
        {"{\"rewards\":[{\"at\":10,\"title\":\"a\",\"valid_days\":1,\"on_expiry\":\"back\"}]}",
         "rewards[0].on_expiry"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"on_expiry\":\"back\",\"prizes\":[" GOLD
         "\"kind\":\"gift\"}," SOAP "}]}]}",
         "rewards[0].on_expiry"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"issue\":{\"shops\":[1]}}]}", "rewards[0].issue"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"issue\":{\"wait_days\":1}}]}", "rewards[0].issue"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"stock\":{\"all\":0}}]}", "rewards[0].stock.all"},
        {"{\"rewards\":[{\"at\":1," MUG ",\"issue\":{\"new_days\":1}}]}", "rewards[0].issue"},
        {"{\"rewards\":[{\"at\":1," MUG ",\"stock\":{\"all\":1}}]}", "rewards[0].stock"},
        {"{\"rewards\":[{\"at\":1," MUG ",\"codes\":true}]}", "rewards[0].codes"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"prizes\":[]}]}", "rewards[0]"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"prizes\":[" SOAP "}]}]}", "rewards[0]"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"prizes\":[" SOAP "},{\"odds\":9999,\"key\":\"b\","
         "\"title\":\"b\",\"valid_days\":1}]}]}",
         "rewards[0]"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"prizes\":[" GOLD "\"kind\":\"gift\"}," SOAP
         ",\"stock\":{\"all\":1}}]}]}",
         "rewards[0]"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"prizes\":[" GOLD "\"prizes\":[]}," SOAP "}]}]}",
         "rewards[0].prizes[0]"},
        {"{\"rewards\":[{\"price\":1," MUG ",\"codes\":true,\"prizes\":[" GOLD
         "\"kind\":\"gift\"}," SOAP "}]}]}",
         "rewards[0].codes"},
    };
    struct arena *a = arena_new(64 * MIB);

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct catalogue out;
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_INT(catalogue_read(str_of(row[i].file), UNIT_POINT, a, &out, &e), ERR_INPUT);
        CHECK_TEXT(e.field, row[i].field);
    }
    arena_free(a);
}

static void
stamps_are_not_swapped(void **state)
{
    struct arena *a = arena_new(MIB);
    struct catalogue out;
    struct err e = {0};

    (void)state;
    CHECK_INT(catalogue_read(STR("{\"rewards\":[{\"price\":1," MUG "}]}"), UNIT_STAMP, a, &out, &e),
              ERR_INPUT);
    CHECK_TEXT(e.field, "rewards[0].price");
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reward_says_what_it_asks_for),
        cmocka_unit_test(what_was_reserved_is_honoured_but_for_the_sale),
        cmocka_unit_test(there_are_only_so_many),
        cmocka_unit_test(a_roll_falls_into_one_stretch),
        cmocka_unit_test(a_draw_can_be_counted_again_by_anybody),
        cmocka_unit_test(draws_are_even),
        cmocka_unit_test(a_file_is_read_as_it_is_written),
        cmocka_unit_test(a_wrong_file_is_refused_where_it_is_wrong),
        cmocka_unit_test(stamps_are_not_swapped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
