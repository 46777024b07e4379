/*
 * How many points may be spent, as tables whose rows read as sentences of a programme's terms; and
 * those terms as a plan file says them.
 */
#include "tests/support/check.h"

#include <string.h>

#include "base/clock.h"
#include "domain/spend_decide.h"

#define NOON INT64_C(1775012400000) /* 2026-04-01 12:00 in Tokyo */
#define MIDNIGHT (NOON + 12 * HOUR_MS)

/* ---------------------------------------------------------------- decisions */

static struct plan_rules
plan_of(struct spend_rules spend)
{
    return (struct plan_rules){.utc_offset_min = 9 * 60, .spend = spend};
}

struct decision {
    const char *terms;
    struct spend_rules spend;
    struct spend_facts facts;
    enum refusal_kind want;
    int64_t points, yen; /* decided */
    int64_t most;        /* told with a refusal */
};

/* by_code, usable, day_spent, sale_yen, points, agreed */
/* clang-format off */
static const struct decision decisions[] = {
    {"a point is a yen, and any part of the points can be spent",
     {1, 1, 1, 0, 100}, {true, 500, 0, 0, 120, 120}, REFUSAL_NONE, 120, 120, 0},
    {"or all of them at once",
     {1, 1, 1, 0, 100}, {true, 500, 0, 0, SPEND_ALL, 500}, REFUSAL_NONE, 500, 500, 0},
    {"a point may be worth more than a yen",
     {5, 1, 1, 0, 100}, {true, 500, 0, 0, 120, 120}, REFUSAL_NONE, 120, 600, 0},
    {"points of a plan that does not say so are not spent at tills",
     {0, 0, 0, 0, 0}, {true, 500, 0, 0, 120, 120}, REFUSAL_NOT_SPENT, 0, 0, 0},
    {"a number or a JAN, which can be copied, never spends",
     {1, 1, 1, 0, 100}, {false, 500, 0, 0, 120, 120}, REFUSAL_SPEND_BY_CODE, 0, 0, 0},
    {"nobody spends more than there is, and is told what is there",
     {1, 1, 1, 0, 100}, {true, 500, 0, 0, 501, 501}, REFUSAL_POINTS_SHORT, 0, 0, 500},
    {"nor anything of nothing",
     {1, 1, 1, 0, 100}, {true, 0, 0, 0, SPEND_ALL, 0}, REFUSAL_POINTS_SHORT, 0, 0, 0},
    {"points are spent in hundreds",
     {1, 100, 1, 0, 100}, {true, 550, 0, 0, 150, 150}, REFUSAL_SPEND_STEP, 0, 0, 500},
    {"all in hundreds: the rest stays",
     {1, 100, 1, 0, 100}, {true, 550, 0, 0, SPEND_ALL, 550}, REFUSAL_NONE, 500, 500, 0},
    {"at least two hundred at once",
     {1, 100, 200, 0, 100}, {true, 550, 0, 0, 100, 100}, REFUSAL_SPEND_LEAST, 0, 0, 500},
    {"two hundred are enough",
     {1, 100, 200, 0, 100}, {true, 550, 0, 0, 200, 200}, REFUSAL_NONE, 200, 200, 0},
    {"whoever has fewer than the least can spend none",
     {1, 1, 200, 0, 100}, {true, 199, 0, 0, SPEND_ALL, 199}, REFUSAL_POINTS_SHORT, 0, 0, 0},
    {"three hundred a day",
     {1, 1, 1, 300, 100}, {true, 550, 0, 0, 301, 301}, REFUSAL_SPEND_DAY, 0, 0, 300},
    {"of which some are spent already",
     {1, 1, 1, 300, 100}, {true, 550, 250, 0, SPEND_ALL, 550}, REFUSAL_NONE, 50, 50, 0},
    {"or all",
     {1, 1, 1, 300, 100}, {true, 550, 300, 0, SPEND_ALL, 550}, REFUSAL_SPEND_DAY, 0, 0, 0},
    {"a lowered day's limit that was passed before it was lowered lets nothing more",
     {1, 1, 1, 300, 100}, {true, 550, 400, 0, 1, 1}, REFUSAL_SPEND_DAY, 0, 0, 0},
    {"points pay for half of a sale",
     {1, 1, 1, 0, 50}, {true, 550, 0, 999, 500, 500}, REFUSAL_SPEND_SHARE, 0, 0, 499},
    {"at most",
     {1, 1, 1, 0, 50}, {true, 550, 0, 999, SPEND_ALL, 550}, REFUSAL_NONE, 499, 499, 0},
    {"never for more than the sale",
     {1, 1, 1, 0, 100}, {true, 550, 0, 300, SPEND_ALL, 550}, REFUSAL_NONE, 300, 300, 0},
    {"a point of five yen pays for five whole yen",
     {5, 1, 1, 0, 100}, {true, 550, 0, 304, SPEND_ALL, 550}, REFUSAL_NONE, 60, 300, 0},
    {"of several limits the tightest is told",
     {1, 1, 1, 300, 50}, {true, 200, 0, 300, 400, 400}, REFUSAL_SPEND_SHARE, 0, 0, 150},
    {"what is there, when that is the least",
     {1, 1, 1, 300, 50}, {true, 100, 0, 300, 400, 400}, REFUSAL_POINTS_SHORT, 0, 0, 100},
    {"the member says yes first",
     {1, 1, 1, 0, 100}, {true, 500, 0, 0, 120, 0}, REFUSAL_SPEND_ASK, 120, 120, 500},
    {"to as many as are spent",
     {1, 1, 1, 0, 100}, {true, 500, 0, 0, 120, 119}, REFUSAL_SPEND_ASK, 120, 120, 500},
    {"but is not asked for what cannot be",
     {1, 1, 1, 0, 100}, {true, 500, 0, 0, 501, 0}, REFUSAL_POINTS_SHORT, 0, 0, 500},
    {"more than one transfer can carry is spent in two",
     {1, 1, 1, 0, 100}, {true, 3000000, 0, 0, SPEND_ALL, 3000000}, REFUSAL_NONE, 1000000, 1000000, 0},
};
/* clang-format on */

static void
the_terms_decide(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(decisions); i++) {
        const struct decision *row = &decisions[i];
        struct plan_rules rules = plan_of(row->spend);
        struct spend_verdict got = spend_decide(&rules, &row->facts, NOON);

        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(got.refusal.kind), refusal_word(row->want));
        CHECK_INT(got.points, row->points);
        CHECK_INT(got.yen, row->yen);
        CHECK_INT(got.refusal.most, row->most);
    }
}

static void
a_refusal_says_what_would_do_and_when(void **state)
{
    struct plan_rules rules = plan_of((struct spend_rules){1, 100, 200, 300, 100});
    struct spend_facts facts = {true, 550, 100, 0, 300, 300};
    struct spend_verdict got = spend_decide(&rules, &facts, NOON);

    (void)state;
    CHECK_INT(got.refusal.kind, REFUSAL_SPEND_DAY);
    CHECK_INT(got.refusal.most, 200);
    CHECK_INT(got.refusal.step, 100);
    CHECK_INT(got.refusal.least, 200);
    CHECK_INT(got.refusal.have, 550);
    CHECK_INT(got.refusal.again_ms, MIDNIGHT);
    facts.points = 1000;
    facts.usable = 200;
    got = spend_decide(&rules, &facts, NOON);
    CHECK_INT(got.refusal.kind, REFUSAL_POINTS_SHORT);
    CHECK_INT(got.refusal.again_ms, 0);
}

/* ---------------------------------------------------------------- in a plan file */

static void
a_plan_file_says_it(void **state)
{
    static const struct {
        const char *json;
        struct spend_rules want;
        const char *field; /* at fault; "": none is */
    } row[] = {
        {"{}", {0, 0, 0, 0, 0}, ""},
        {"{\"least\":1}", {0}, "spend.yen"},
        {"{\"yen\":1}", {1, 1, 1, 0, 100}, ""},
        {"{\"yen\":5,\"step\":10,\"least\":50,\"per_day\":100,\"percent\":30}",
         {5, 10, 50, 100, 30},
         ""},
        {"{\"yen\":1,\"least\":150,\"step\":100,\"per_day\":200}", {1, 100, 150, 200, 100}, ""},
        {"{\"yen\":0}", {0}, "yen"},
        {"{\"yen\":10001}", {0}, "yen"},
        {"{\"yen\":\"1\"}", {0}, "yen"},
        {"{\"yen\":1,\"step\":0}", {0}, "step"},
        {"{\"yen\":1,\"step\":1000001}", {0}, "step"},
        {"{\"yen\":1,\"least\":0}", {0}, "least"},
        {"{\"yen\":1,\"percent\":0}", {0}, "percent"},
        {"{\"yen\":1,\"percent\":101}", {0}, "percent"},
        {"{\"yen\":1,\"per_day\":-1}", {0}, "per_day"},
        {"{\"yen\":1,\"least\":150,\"step\":100,\"per_day\":199}", {0}, "spend.per_day"},
        {"{\"yen\":1,\"maximum\":10}", {0}, "maximum"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct spend_rules got = {.yen = 77};
        json_auto_t *in = json_loads(row[i].json, 0, NULL);
        struct err e = {0};
        enum err_code code = spend_read(in, &got, &e);

        CHECK_ROW(i);
        CHECK_INT(code, row[i].field[0] != '\0' ? ERR_INPUT : OK);
        if (code != OK) {
            CHECK_TEXT(e.field, row[i].field);
            CHECK_INT(got.yen, 77);
            continue;
        }
        CHECK_INT(memcmp(&got, &row[i].want, sizeof(got)), 0);
    }
}

static void
what_is_written_reads_the_same(void **state)
{
    static const struct spend_rules row[] = {
        {1, 1, 1, 0, 100}, {5, 10, 50, 100, 30}, {1, 100, 150, 200, 100}};

    json_auto_t *nothing = json_object();

    (void)state;
    CHECK_THAT(spend_write(&(struct spend_rules){.yen = 0}, nothing));
    CHECK_INT(json_object_size(nothing), 0);
    for (size_t i = 0; i < COUNT(row); i++) {
        json_auto_t *plan = json_object();
        struct spend_rules got;
        struct err e;

        CHECK_ROW(i);
        CHECK_THAT(spend_write(&row[i], plan));
        CHECK_OK(spend_read(json_object_get(plan, "spend"), &got, &e), e);
        CHECK_INT(memcmp(&got, &row[i], sizeof(got)), 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_terms_decide),
        TEST(a_refusal_says_what_would_do_and_when),
        TEST(a_plan_file_says_it),
        TEST(what_is_written_reads_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
