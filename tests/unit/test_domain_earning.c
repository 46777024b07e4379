/*
 * What a visit or a sale earns, as tables: each row is a sentence of a programme's terms.
 */
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/earning.h"
#include "domain/rules.h"

#define TOKYO (9 * 60)
#define TUESDAY INT64_C(1798502400000) /* 2026-12-29 00:00 UTC, 09:00 in Tokyo */

/* By the clock of Tokyo: day 0 is that Tuesday. */
static int64_t
tokyo(int day, int hour, int minute)
{
    return TUESDAY + day * DAY_MS + (hour - 9) * HOUR_MS + minute * MINUTE_MS;
}

static json_t *
json_of(const char *text)
{
    struct err e = {0};
    json_t *json = NULL;

    CHECK_OK(json_parse(str_of(text), 16384, &json, &e), e);
    return json;
}

static void
read_terms(const char *terms, struct earn_rules *out)
{
    json_auto_t *json = json_of(terms);
    struct err e = {0};

    CHECK_OK(earn_read(json, out, &e), e);
}

/* "1 weekday:200+1 items+2" */
static void
say(const struct earning *earning, char *out, size_t cap)
{
    int n = snprintf(out, cap, "%d", (int)earning->base);

    for (size_t i = 0; i < earning->parts_n; i++)
        n += snprintf(out + n, cap - (size_t)n, " %s+%d", earning->part[i].reason,
                      (int)earning->part[i].units);
}

/* ---------------------------------------------------------------- factors */

static void
a_stamp_counts_more_when_the_terms_say_so(void **state)
{
    static const char *tuesdays = "{\"factors\": [{\"percent\": 200, \"weekdays\": [\"tue\"]}]}";
    static const char *lunch =
        "{\"factors\": [{\"percent\": 200, \"from_hour\": 11, \"until_hour\": 14}]}";
    static const char *night =
        "{\"factors\": [{\"percent\": 300, \"from_hour\": 22, \"until_hour\": 2}]}";
    static const char *gold = "{\"factors\": [{\"percent\": 150, \"tier\": 2}]}";
    static const char *year_end =
        "{\"factors\": [{\"percent\": 300, \"from\": 20261230, \"until\": 20261231}]}";
    static const char *weekend_lunch =
        "{\"factors\": [{\"percent\": 200, \"weekdays\": [\"sat\", \"sun\"],"
        " \"from_hour\": 11, \"until_hour\": 14}]}";
    const struct {
        const char *sentence, *terms;
        int64_t stamps, tier, visit_ms;
        const char *want;
    } row[] = {
        {"a visit gives a stamp", "{}", 1, 0, tokyo(0, 12, 0), "1"},
        {"a visit of three gives three", "{}", 3, 0, tokyo(0, 12, 0), "3"},
        {"each visit gives two stamps", "{\"visit_stamps\": 2}", 1, 0, tokyo(0, 12, 0), "2"},
        {"two for each of the three", "{\"visit_stamps\": 2}", 3, 0, tokyo(0, 12, 0), "6"},
        {"double stamps on Tuesdays", tuesdays, 1, 0, tokyo(0, 12, 0), "1 weekday:200+1"},
        {"for each of three of them", tuesdays, 3, 0, tokyo(0, 12, 0), "3 weekday:200+3"},
        {"not on Wednesdays", tuesdays, 1, 0, tokyo(1, 12, 0), "1"},
        {"Tuesday lasts until the day is cut", tuesdays, 1, 0, tokyo(1, 3, 59), "1 weekday:200+1"},
        {"and no longer", tuesdays, 1, 0, tokyo(1, 4, 0), "1"},
        {"before the cut it is Monday yet", tuesdays, 1, 0, tokyo(0, 3, 59), "1"},
        {"double from eleven", lunch, 1, 0, tokyo(0, 11, 0), "1 hour:200+1"},
        {"not a minute earlier", lunch, 1, 0, tokyo(0, 10, 59), "1"},
        {"up to two", lunch, 1, 0, tokyo(0, 13, 59), "1 hour:200+1"},
        {"and not at two", lunch, 1, 0, tokyo(0, 14, 0), "1"},
        {"threefold from ten at night", night, 1, 0, tokyo(0, 22, 0), "1 hour:300+2"},
        {"past midnight", night, 1, 0, tokyo(1, 1, 59), "1 hour:300+2"},
        {"to two", night, 1, 0, tokyo(1, 2, 0), "1"},
        {"half more for gold", gold, 2, 2, tokyo(0, 12, 0), "2 tier:150+1"},
        {"and what is above gold", gold, 2, 3, tokyo(0, 12, 0), "2 tier:150+1"},
        {"not for silver", gold, 2, 1, tokyo(0, 12, 0), "2"},
        {"half a stamp is none", gold, 1, 2, tokyo(0, 12, 0), "1"},
        {"threefold at the end of the year", year_end, 1, 0, tokyo(1, 4, 0), "1 campaign:300+2"},
        {"from its first business day", year_end, 1, 0, tokyo(1, 3, 59), "1"},
        {"to the end of its last", year_end, 1, 0, tokyo(3, 3, 59), "1 campaign:300+2"},
        {"and not into the new year", year_end, 1, 0, tokyo(3, 4, 0), "1"},
        {"all that a factor names has to hold", weekend_lunch, 1, 0, tokyo(0, 12, 0), "1"},
        {"day and hour", weekend_lunch, 1, 0, tokyo(4, 12, 0), "1 hour:200+1"},
        {"not the hour before", weekend_lunch, 1, 0, tokyo(4, 10, 0), "1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = {.unit = UNIT_STAMP, .utc_offset_min = TOKYO, .day_cut_hour = 4};
        struct earning got;
        char text[128];

        CHECK_ROW(i);
        read_terms(row[i].terms, &rules.earn);
        got =
            units_of(&rules, &(struct sale){.stamps = row[i].stamps}, row[i].tier, row[i].visit_ms);
        say(&got, text, sizeof(text));
        CHECK_TEXT(text, row[i].want);
    }
}

#define THREE_FACTORS                                                                              \
    "\"factors\": [{\"percent\": 150, \"weekdays\": [\"tue\"]},"                                   \
    " {\"percent\": 120, \"from_hour\": 10, \"until_hour\": 18}, {\"percent\": 200, \"tier\": 1}]"

static void
factors_that_hold_at_once_are_put_together_as_the_plan_says(void **state)
{
    static const struct {
        const char *sentence, *terms;
        enum rounding rounding;
        int64_t yen, tier;
        int hour;
        const char *want;
    } row[] = {
        {"only the highest counts", "{" THREE_FACTORS "}", ROUNDING_DOWN, 1000, 1, 12,
         "10 tier:200+10"},
        {"the highest of those that hold", "{" THREE_FACTORS "}", ROUNDING_DOWN, 1000, 0, 12,
         "10 weekday:150+5"},
        {"they are multiplied", "{\"combine\": \"multiply\", " THREE_FACTORS "}", ROUNDING_DOWN,
         1000, 1, 12, "10 weekday:150+5 hour:120+3 tier:200+18"},
        {"those that hold are", "{\"combine\": \"multiply\", " THREE_FACTORS "}", ROUNDING_DOWN,
         1000, 1, 9, "10 weekday:150+5 tier:200+15"},
        {"up to what the plan allows",
         "{\"combine\": \"multiply\", \"max_percent\": 200, " THREE_FACTORS "}", ROUNDING_DOWN,
         1000, 1, 12, "10 weekday:150+5 hour:120+3 tier:200+2"},
        {"one alone, too", "{\"max_percent\": 130, " THREE_FACTORS "}", ROUNDING_DOWN, 1000, 0, 12,
         "10 weekday:150+3"},
        {"rounded down", "{" THREE_FACTORS "}", ROUNDING_DOWN, 300, 0, 12, "3 weekday:150+1"},
        {"a half goes up", "{" THREE_FACTORS "}", ROUNDING_NEAREST, 300, 0, 12, "3 weekday:150+2"},
        {"rounded up", "{" THREE_FACTORS "}", ROUNDING_UP, 100, 0, 12, "1 weekday:150+1"},
        {"the sale is rounded first", "{" THREE_FACTORS "}", ROUNDING_DOWN, 199, 1, 12,
         "1 tier:200+1"},
        {"and nothing stays nothing", "{" THREE_FACTORS "}", ROUNDING_DOWN, 99, 1, 12, "0"},
        {"of two Tuesdays the better",
         "{\"combine\": \"multiply\", \"factors\": [{\"percent\": 150, \"weekdays\": [\"tue\"]},"
         " {\"percent\": 300, \"weekdays\": [\"mon\", \"tue\"]}]}",
         ROUNDING_DOWN, 1000, 0, 12, "10 weekday:300+20"},
        {"all of them at most tenfold",
         "{\"combine\": \"multiply\", \"factors\": [{\"percent\": 1000, \"weekdays\": [\"tue\"]},"
         " {\"percent\": 1000, \"tier\": 1}]}",
         ROUNDING_DOWN, 1000, 1, 12, "10 weekday:1000+90"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = {.unit = UNIT_POINT,
                                   .yen_per_point = 100,
                                   .rounding = row[i].rounding,
                                   .utc_offset_min = TOKYO,
                                   .day_cut_hour = 4};
        struct earning got;
        char text[128];

        CHECK_ROW(i);
        read_terms(row[i].terms, &rules.earn);
        got = units_of(&rules, &(struct sale){.yen = row[i].yen}, row[i].tier,
                       tokyo(0, row[i].hour, 0));
        say(&got, text, sizeof(text));
        CHECK_TEXT(text, row[i].want);
    }
}

/* ---------------------------------------------------------------- tax, items */

#define NO_TOBACCO "{\"items\": [{\"category\": \"tobacco\", \"earns\": false}]}"
#define COFFEE                                                                                     \
    "{\"others\": \"nothing\", \"items\": [{\"category\": \"coffee\", \"units_each\": 1}]}"

static void
yen_count_by_tax_and_by_line(void **state)
{
    static const struct {
        const char *sentence, *terms, *lines;
        enum unit unit;
        int64_t yen, tax; /* -1: the till does not say */
        const char *want;
    } row[] = {
        {"a point for each 100 yen paid", "{}", NULL, UNIT_POINT, 1099, 99, "10"},
        {"without the tax the till says", "{\"tax_percent\": 10}", NULL, UNIT_POINT, 1099, 99,
         "10"},
        {"a yen less is a point less", "{\"tax_percent\": 10}", NULL, UNIT_POINT, 1098, 99, "9"},
        {"or else without ten percent", "{\"tax_percent\": 10}", NULL, UNIT_POINT, 1100, -1, "10"},
        {"rounded down to the yen", "{\"tax_percent\": 10}", NULL, UNIT_POINT, 1099, -1, "9"},
        {"eight percent", "{\"tax_percent\": 8}", NULL, UNIT_POINT, 1080, -1, "10"},
        {"no points for tobacco", NO_TOBACCO,
         "[{\"category\": \"tobacco\", \"quantity\": 1, \"yen\": 600},"
         " {\"category\": \"bread\", \"quantity\": 2, \"yen\": 450}]",
         UNIT_POINT, 1050, -1, "4"},
        {"who buys nothing else earns nothing", NO_TOBACCO,
         "[{\"category\": \"tobacco\", \"quantity\": 1, \"yen\": 600}]", UNIT_POINT, 600, -1, "0"},
        {"a sale without lines counts whole", NO_TOBACCO, NULL, UNIT_POINT, 600, -1, "6"},
        {"rounded once, not by line", NO_TOBACCO,
         "[{\"category\": \"tea\", \"quantity\": 1, \"yen\": 150},"
         " {\"category\": \"bread\", \"quantity\": 1, \"yen\": 150}]",
         UNIT_POINT, 300, -1, "3"},
        {"wine at a point for 20 yen",
         "{\"items\": [{\"category\": \"wine\", \"yen_per_point\": 20}]}",
         "[{\"category\": \"wine\", \"quantity\": 1, \"yen\": 1000},"
         " {\"category\": \"bread\", \"quantity\": 1, \"yen\": 250}]",
         UNIT_POINT, 1250, -1, "52"},
        {"five points with each bottle of one code",
         "{\"items\": [{\"code\": \"4901\", \"units_each\": 5}]}",
         "[{\"code\": \"4901\", \"category\": \"wine\", \"quantity\": 2, \"yen\": 1000}]",
         UNIT_POINT, 1000, -1, "10 items+10"},
        {"of free ones alone, too", "{\"items\": [{\"code\": \"4901\", \"units_each\": 5}]}",
         "[{\"code\": \"4901\", \"quantity\": 1, \"yen\": 50}]", UNIT_POINT, 50, -1, "5"},
        {"the first rule that fits holds",
         "{\"items\": [{\"code\": \"4901\", \"earns\": false},"
         " {\"category\": \"wine\", \"yen_per_point\": 20}]}",
         "[{\"code\": \"4901\", \"category\": \"wine\", \"quantity\": 1, \"yen\": 1000}]",
         UNIT_POINT, 1000, -1, "0"},
        {"a code is no category", "{\"items\": [{\"category\": \"4901\", \"earns\": false}]}",
         "[{\"code\": \"4901\", \"quantity\": 1, \"yen\": 1000}]", UNIT_POINT, 1000, -1, "10"},
        {"lines have taxes of their own",
         "{\"tax_percent\": 10, \"items\": [{\"category\": \"tobacco\", \"earns\": false}]}",
         "[{\"category\": \"tobacco\", \"quantity\": 1, \"yen\": 600, \"tax\": 54},"
         " {\"category\": \"food\", \"quantity\": 1, \"yen\": 1080, \"tax\": 80}]",
         UNIT_POINT, 1680, 134, "10"},
        {"a stamp for each coffee", COFFEE,
         "[{\"category\": \"coffee\", \"quantity\": 2, \"yen\": 900},"
         " {\"category\": \"cake\", \"quantity\": 1, \"yen\": 400}]",
         UNIT_STAMP, 1300, -1, "2"},
        {"and none for cake", COFFEE, "[{\"category\": \"cake\", \"quantity\": 1, \"yen\": 400}]",
         UNIT_STAMP, 400, -1, "0"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = {.unit = row[i].unit,
                                   .yen_per_point = row[i].unit == UNIT_POINT ? 100 : 0,
                                   .utc_offset_min = TOKYO};
        struct sale sale = {.yen = row[i].yen, .tax = row[i].tax, .has_tax = row[i].tax >= 0};
        json_auto_t *lines = row[i].lines != NULL ? json_of(row[i].lines) : NULL;
        struct arena *a = arena_new(65536);
        struct earning got;
        struct err e = {0};
        char text[128];

        CHECK_ROW(i);
        read_terms(row[i].terms, &rules.earn);
        if (lines != NULL)
            CHECK_OK(sale_read_lines(lines, a, &sale, &e), e);
        got = units_of(&rules, &sale, 0, tokyo(0, 12, 0));
        say(&got, text, sizeof(text));
        CHECK_TEXT(text, row[i].want);
        arena_free(a);
    }
}

static void
lines_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *lines;
        int64_t yen, tax;
        const char *word, *field;
    } row[] = {
        {"[]", 100, -1, "field_range", "lines"},
        {"[7]", 100, -1, "json_not_object", ""},
        {"[{\"quantity\": 1, \"yen\": 100}]", 100, -1, "field_missing", "code"},
        {"[{\"code\": \"a\", \"yen\": 100}]", 100, -1, "field_missing", "quantity"},
        {"[{\"code\": \"a\", \"quantity\": 0, \"yen\": 100}]", 100, -1, "field_range", "quantity"},
        {"[{\"code\": \"a\", \"quantity\": 1, \"yen\": -1}]", 100, -1, "field_range", "yen"},
        {"[{\"code\": \"a\", \"quantity\": 1.5, \"yen\": 100}]", 100, -1, "field_type", "quantity"},
        {"[{\"code\": \"\", \"quantity\": 1, \"yen\": 100}]", 100, -1, "field_range", "code"},
        {"[{\"code\": \"1234567890123456789012345\", \"quantity\": 1, \"yen\": 100}]", 100, -1,
         "field_range", "code"},
        {"[{\"code\": \"a\", \"quantity\": 1, \"yen\": 100, \"sum\": 1}]", 100, -1, "field_unknown",
         "sum"},
        {"[{\"code\": \"a\", \"quantity\": 1, \"yen\": 99}]", 100, -1, "lines_uneven", "yen"},
        {"[{\"code\": \"a\", \"quantity\": 1, \"yen\": 100, \"tax\": 9}]", 100, -1, "field_unknown",
         "tax"},
        {"[{\"code\": \"a\", \"quantity\": 1, \"yen\": 100}]", 100, 9, "field_missing", "tax"},
        {"[{\"code\": \"a\", \"quantity\": 1, \"yen\": 100, \"tax\": 8}]", 100, 9, "lines_uneven",
         "tax"},
        {"[{\"code\": \"a\", \"quantity\": 1, \"yen\": 100, \"tax\": 101}]", 100, 101,
         "field_range", "tax"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct sale sale = {.yen = row[i].yen, .tax = row[i].tax, .has_tax = row[i].tax >= 0};
        json_auto_t *lines = json_of(row[i].lines);
        struct arena *a = arena_new(65536);
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_FAILS(sale_read_lines(lines, a, &sale, &e), e, ERR_INPUT, row[i].word);
        CHECK_TEXT(e.field, row[i].field);
        arena_free(a);
    }
}

static void
a_hundred_lines_are_read_and_no_more(void **state)
{
    json_auto_t *lines = json_array();
    struct arena *a = arena_new(65536);
    struct sale sale = {.yen = 700};
    struct err e = {0};

    (void)state;
    for (int i = 0; i < SALE_LINES_MAX; i++)
        json_array_append_new(lines,
                              json_pack("{s:s, s:i, s:i}", "code", "a", "quantity", 1, "yen", 7));
    CHECK_OK(sale_read_lines(lines, a, &sale, &e), e);
    CHECK_INT(sale.lines_n, 100);
    json_array_append_new(lines,
                          json_pack("{s:s, s:i, s:i}", "code", "a", "quantity", 1, "yen", 0));
    CHECK_FAILS(sale_read_lines(lines, a, &sale, &e), e, ERR_INPUT, "field_range");
    arena_free(a);
}

/* ---------------------------------------------------------------- caps, and once in a while */

static void
a_day_has_its_limits(void **state)
{
#define MEMBER "{\"caps\": {\"member\": {\"grants\": 2, \"units\": 10}}}"
    static const struct {
        const char *sentence, *terms;
        struct earn_used used[EARN_CAPS];
        int64_t stamps;
        enum refusal_kind want;
        int64_t total;
        bool is_cut;
    } row[] = {
        {"no caps, no limits", "{}", {{99, 999}, {99, 999}, {99, 999}}, 3, REFUSAL_NONE, 3, false},
        {"twice a day", MEMBER, {{1, 1}}, 1, REFUSAL_NONE, 1, false},
        {"not three times", MEMBER, {{2, 2}}, 1, REFUSAL_MEMBER_CAP, 1, false},
        {"up to ten a day", MEMBER, {{1, 7}}, 3, REFUSAL_NONE, 3, false},
        {"what is over is not given", MEMBER, {{1, 8}}, 3, REFUSAL_NONE, 2, true},
        {"ten are enough", MEMBER, {{1, 10}}, 1, REFUSAL_MEMBER_CAP, 1, false},
        {"whoever serves gives so often",
         "{\"caps\": {\"staff\": {\"grants\": 50}}}",
         {{0, 0}, {50, 50}},
         1,
         REFUSAL_STAFF_CAP,
         1,
         false},
        {"or so much, and never in part",
         "{\"caps\": {\"staff\": {\"units\": 100}}}",
         {{0, 0}, {50, 98}},
         3,
         REFUSAL_STAFF_CAP,
         3,
         false},
        {"to the last one",
         "{\"caps\": {\"staff\": {\"units\": 100}}}",
         {{0, 0}, {50, 97}},
         3,
         REFUSAL_NONE,
         3,
         false},
        {"a till, too",
         "{\"caps\": {\"till\": {\"grants\": 1}}}",
         {{0, 0}, {0, 0}, {1, 1}},
         1,
         REFUSAL_TILL_CAP,
         1,
         false},
        {"the others' counts are not its own",
         "{\"caps\": {\"till\": {\"grants\": 1}}}",
         {{9, 9}, {9, 9}, {0, 0}},
         1,
         REFUSAL_NONE,
         1,
         false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = {.utc_offset_min = TOKYO, .day_cut_hour = 4};
        struct earning earning = {.base = row[i].stamps, .total = row[i].stamps};
        struct refusal got;

        CHECK_ROW(i);
        read_terms(row[i].terms, &rules.earn);
        got = caps_decide(&rules, row[i].used, tokyo(0, 12, 0), &earning);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want));
        CHECK_INT(got.again_ms, row[i].want == REFUSAL_NONE ? 0 : tokyo(1, 4, 0));
        CHECK_INT(earning.total, row[i].total);
        CHECK_INT(earning.is_cut, row[i].is_cut);
    }
#undef MEMBER
}

static void
what_is_cut_goes_from_the_end(void **state)
{
    static const struct {
        int64_t left;
        const char *want;
    } row[] = {
        {20, "10 weekday:150+5 items+3"},
        {17, "10 weekday:150+5 items+2"},
        {15, "10 weekday:150+5"},
        {11, "10 weekday:150+1"},
        {10, "10"},
        {1, "1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct plan_rules rules = {.earn.cap[EARN_CAP_MEMBER].units = 100};
        const struct earn_used used[EARN_CAPS] = {{1, 100 - row[i].left}};
        struct earning earning = {
            .base = 10, .total = 18, .parts_n = 2, .part = {{"weekday:150", 5}, {"items", 3}}};
        char text[128];

        CHECK_ROW(i);
        CHECK_INT(caps_decide(&rules, used, TUESDAY, &earning).kind, REFUSAL_NONE);
        say(&earning, text, sizeof(text));
        CHECK_TEXT(text, row[i].want);
        CHECK_INT(earning.is_cut, row[i].left < 18);
    }
}

static void
who_joins_is_somebody_new(void **state)
{
    static const struct {
        const char *sentence;
        int64_t units;
        bool at_visit; /* by the plan */
        struct join_facts facts;
        bool visits; /* is it a visit, or a new card? */
        bool want;
    } row[] = {
        {"a new card brings it", 5, false, {0}, false, true},
        {"not the visit, too", 5, false, {0}, true, false},
        {"a first visit brings it", 5, true, {0}, true, true},
        {"not the card alone", 5, true, {0}, false, false},
        {"no plan, no bonus", 0, false, {0}, false, false},
        {"a guest has to sign in first", 5, true, {.is_guest = true}, true, false},
        {"who left and came back is not new", 5, false, {.is_back = true}, false, false},
        {"who has had it has had it", 5, true, {.was_given = true}, true, false},
        {"a second visit is no first", 5, true, {.has_visited = true}, true, false},
        {"who visits has joined", 5, false, {.has_visited = true}, false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct earn_rules rules = {.join_units = row[i].units,
                                         .joins_at_visit = row[i].at_visit};

        CHECK_ROW(i);
        CHECK_INT(join_is_due(&rules, &row[i].facts, row[i].visits), row[i].want);
    }
}

static void
a_shop_has_limits_of_its_own(void **state)
{
    const int64_t noon = tokyo(0, 12, 0), four = tokyo(1, 4, 0);
    const struct {
        const char *sentence;
        int64_t cool_down_min, per_day_max, shop_cool_down_min, shop_per_day_max;
        int64_t near_ms, day_count, here_ms, here_count; /* the last visits before 13:00 */
        enum refusal_kind want;
        int64_t last_ms, again_ms;
    } row[] = {
        {"no limits", 0, 0, 0, 0, noon, 9, noon, 9, REFUSAL_NONE, 0, 0},
        {"four hours between visits to one shop", 0, 0, 240, 0, noon, 1, noon, 1, REFUSAL_TOO_SOON,
         noon, tokyo(0, 16, 0)},
        {"another shop's visit is none of it", 0, 0, 240, 0, noon, 1, 0, 0, REFUSAL_NONE, 0, 0},
        {"an hour between any, four here: the longer wait holds", 90, 0, 240, 0, noon, 1, noon, 1,
         REFUSAL_TOO_SOON, noon, tokyo(0, 16, 0)},
        {"elsewhere the shorter one", 90, 0, 240, 0, noon, 1, tokyo(0, 5, 0), 1, REFUSAL_TOO_SOON,
         noon, tokyo(0, 13, 30)},
        {"once a day in one shop", 0, 0, 0, 1, noon, 1, noon, 1, REFUSAL_DAY_FULL, noon, four},
        {"and again in another", 0, 0, 0, 1, noon, 1, 0, 0, REFUSAL_NONE, 0, 0},
        {"twice a day in all", 0, 2, 0, 1, noon, 2, 0, 0, REFUSAL_DAY_FULL, noon, four},
        {"full for the day says more than soon", 0, 2, 240, 0, noon, 2, noon, 1, REFUSAL_DAY_FULL,
         noon, four},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct plan_rules rules = {.cool_down_min = row[i].cool_down_min,
                                         .per_day_max = row[i].per_day_max,
                                         .utc_offset_min = TOKYO,
                                         .day_cut_hour = 4,
                                         .earn = {.shop_cool_down_min = row[i].shop_cool_down_min,
                                                  .shop_per_day_max = row[i].shop_per_day_max}};
        const struct grant_history history = {
            .has_near = true,
            .near_ms = row[i].near_ms,
            .day_count = row[i].day_count,
            .here = {row[i].here_ms != 0, row[i].here_ms, row[i].here_count}};
        struct refusal got = grant_decide(&rules, &history, tokyo(0, 13, 0));

        CHECK_ROW(i);
        CHECK_TEXT(refusal_word(got.kind), refusal_word(row[i].want));
        CHECK_INT(got.last_ms, row[i].last_ms);
        CHECK_INT(got.again_ms, row[i].again_ms);
    }
}

static void
rules_that_do_not_go_with_the_plan_are_refused(void **state)
{
    static const struct {
        enum unit unit;
        int64_t goal;
        const char *terms, *field; /* NULL: they go */
    } row[] = {
        {UNIT_STAMP, 10, "{\"visit_stamps\": 2}", NULL},
        {UNIT_POINT, 10, "{\"visit_stamps\": 2}", "visit_stamps"},
        {UNIT_POINT, 10, "{\"tax_percent\": 10}", NULL},
        {UNIT_STAMP, 10, "{\"tax_percent\": 10}", "tax_percent"},
        {UNIT_POINT, 10, "{\"others\": \"nothing\"}", "others"},
        {UNIT_STAMP, 10, "{\"join\": {\"units\": 10}}", NULL},
        {UNIT_STAMP, 10, "{\"join\": {\"units\": 11}}", "join"},
        {UNIT_POINT, 0, "{\"join\": {\"units\": 500}}", NULL},
        {UNIT_STAMP, 10, "{\"birthday\": {\"units\": 11}}", "birthday"},
        {UNIT_STAMP, 10, "{\"events\": [{\"name\": \"a\", \"title\": \"A\", \"units\": 11}]}",
         "events"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = {.unit = row[i].unit, .goal = row[i].goal};
        struct err e = {0};

        CHECK_ROW(i);
        read_terms(row[i].terms, &rules.earn);
        if (row[i].field == NULL) {
            CHECK_OK(earn_check(&rules, &e), e);
        } else {
            CHECK_FAILS(earn_check(&rules, &e), e, ERR_INPUT, "plan_invalid");
            CHECK_TEXT(e.field, row[i].field);
        }
    }
}

static void
a_bonus_comes_again_with_the_next_day_month_or_year(void **state)
{
    const struct plan_rules rules = {.utc_offset_min = TOKYO, .day_cut_hour = 4};
    const struct {
        const char *sentence;
        enum earn_once once;
        int64_t now_ms, since_ms, until_ms;
    } row[] = {
        {"once for ever", EARN_ONCE_EVER, tokyo(0, 12, 0), INT64_MIN, 0},
        {"once a day", EARN_ONCE_DAY, tokyo(0, 12, 0), tokyo(0, 4, 0), tokyo(1, 4, 0)},
        {"which begins at the cut", EARN_ONCE_DAY, tokyo(0, 3, 59), tokyo(-1, 4, 0),
         tokyo(0, 4, 0)},
        {"once a month", EARN_ONCE_MONTH, tokyo(0, 12, 0), tokyo(-28, 4, 0), tokyo(3, 4, 0)},
        {"once a year", EARN_ONCE_YEAR, tokyo(3, 3, 59), tokyo(-362, 4, 0), tokyo(3, 4, 0)},
        {"the new one", EARN_ONCE_YEAR, tokyo(3, 4, 0), tokyo(3, 4, 0), tokyo(368, 4, 0)},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(once_since(&rules, row[i].once, row[i].now_ms), row[i].since_ms);
        CHECK_INT(once_until(&rules, row[i].once, row[i].now_ms), row[i].until_ms);
    }
    CHECK_INT(earn_day(&rules, tokyo(3, 3, 59)), 20261231);
    CHECK_INT(earn_day(&rules, tokyo(3, 4, 0)), 20270101);
}

/* ---------------------------------------------------------------- the plan file */

static void
terms_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *terms, *field;
    } row[] = {
        {"{\"factor\": []}", "factor"},
        {"{\"combine\": \"add\"}", "combine"},
        {"{\"others\": \"half\"}", "others"},
        {"{\"max_percent\": 100}", "max_percent"},
        {"{\"tax_percent\": 101}", "tax_percent"},
        {"{\"factors\": [{\"percent\": 200}]}", "factors.0"},
        {"{\"factors\": [7]}", "factors.0"},
        {"{\"factors\": [{\"percent\": 100, \"tier\": 1}]}", "factors.0.percent"},
        {"{\"factors\": [{\"percent\": 1001, \"tier\": 1}]}", "factors.0.percent"},
        {"{\"factors\": [{\"percent\": 200, \"weekdays\": [\"Tuesday\"]}]}", "factors.0.weekdays"},
        {"{\"factors\": [{\"percent\": 200, \"weekdays\": [2]}]}", "factors.0.weekdays"},
        {"{\"factors\": [{\"percent\": 200, \"from_hour\": 9}]}", "factors.0.until_hour"},
        {"{\"factors\": [{\"percent\": 200, \"from_hour\": 9, \"until_hour\": 9}]}",
         "factors.0.until_hour"},
        {"{\"factors\": [{\"percent\": 200, \"from_hour\": 24, \"until_hour\": 9}]}",
         "factors.0.from_hour"},
        {"{\"factors\": [{\"percent\": 200, \"from\": 20260229}]}", "factors.0.from"},
        {"{\"factors\": [{\"percent\": 200, \"until\": 20261131}]}", "factors.0.until"},
        {"{\"factors\": [{\"percent\": 200, \"from\": 20261202, \"until\": 20261201}]}",
         "factors.0.until"},
        {"{\"items\": [{\"earns\": false}]}", "items.0"},
        {"{\"items\": [{\"code\": \"a\", \"category\": \"b\", \"earns\": false}]}", "items.0"},
        {"{\"items\": [{\"code\": \"a\"}]}", "items.0"},
        {"{\"items\": [{\"code\": \"a\", \"earns\": false, \"yen_per_point\": 5}]}",
         "items.0.yen_per_point"},
        {"{\"join\": {\"units\": 0}}", "join.units"},
        {"{\"join\": {\"units\": 5, \"when\": \"soon\"}}", "join.when"},
        {"{\"birthday\": {}}", "birthday.units"},
        {"{\"events\": [{\"name\": \"Survey\", \"title\": \"S\", \"units\": 1}]}", "events.0.name"},
        {"{\"events\": [{\"name\": \"a\", \"title\": \"S\", \"units\": 1, \"once\": \"week\"}]}",
         "events.0.once"},
        {"{\"events\": [{\"name\": \"a\", \"title\": \"1234567890123456789012345\","
         " \"units\": 1}]}",
         "events.0.title"},
        {"{\"events\": [{\"name\": \"a\", \"title\": \"S\", \"units\": 1},"
         " {\"name\": \"a\", \"title\": \"T\", \"units\": 2}]}",
         "events.1.name"},
        {"{\"caps\": {\"shop\": {}}}", "caps.shop"},
        {"{\"caps\": {\"till\": {\"units\": -1}}}", "caps.till.units"},
        {"{\"at_shop\": {\"cool_down_min\": 43201}}", "at_shop.cool_down_min"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        json_auto_t *json = json_of(row[i].terms);
        struct earn_rules rules;
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_FAILS(earn_read(json, &rules, &e), e, ERR_INPUT, "plan_invalid");
        CHECK_TEXT(e.field, row[i].field);
    }
}

static void
lists_are_only_so_long(void **state)
{
    static const struct {
        const char *list, *one;
        int most;
    } row[] = {
        {"factors", "{\"percent\": 200, \"tier\": 1}", EARN_FACTORS_MAX},
        {"items", "{\"code\": \"a\", \"earns\": false}", EARN_ITEMS_MAX},
        {"events", "{\"name\": \"a%d\", \"title\": \"S\", \"units\": 1}", EARN_EVENTS_MAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        json_auto_t *terms = json_object();
        json_t *list = json_array();
        struct earn_rules rules;
        struct err e = {0};

        CHECK_ROW(i);
        json_object_set_new(terms, row[i].list, list);
        for (int n = 0; n <= row[i].most; n++) {
            json_t *one = json_of(row[i].one);

            if (json_object_get(one, "name") != NULL)
                json_object_set_new(one, "name", json_sprintf("a%d", n));
            json_array_append_new(list, one);
            if (n + 1 == row[i].most)
                CHECK_OK(earn_read(terms, &rules, &e), e);
        }
        CHECK_FAILS(earn_read(terms, &rules, &e), e, ERR_INPUT, "plan_invalid");
        CHECK_TEXT(e.field, row[i].list);
    }
}

static void
what_is_written_is_what_was_read(void **state)
{
    static const char *const terms[] = {
        "{}",
        "{\"visit_stamps\": 2, \"tax_percent\": 8, \"combine\": \"multiply\", \"max_percent\": 500,"
        " \"others\": \"nothing\","
        " \"factors\": [{\"percent\": 200, \"weekdays\": [\"sun\", \"tue\"]},"
        " {\"percent\": 150, \"from_hour\": 0, \"until_hour\": 9, \"tier\": 2},"
        " {\"percent\": 300, \"from\": 20261201, \"until\": 20261224}],"
        " \"items\": [{\"code\": \"4901\", \"units_each\": 5},"
        " {\"category\": \"tobacco\", \"earns\": false},"
        " {\"category\": \"wine\", \"yen_per_point\": 20, \"units_each\": 1}],"
        " \"join\": {\"units\": 5, \"when\": \"visit\"}, \"birthday\": {\"units\": 10},"
        " \"events\": [{\"name\": \"survey\", \"title\": \"Survey\", \"units\": 3,"
        " \"once\": \"month\"}],"
        " \"at_shop\": {\"cool_down_min\": 60, \"per_day_max\": 2},"
        " \"caps\": {\"member\": {\"units\": 500}, \"staff\": {\"grants\": 200},"
        " \"till\": {\"grants\": 400, \"units\": 9000}}}",
        "{\"join\": {\"units\": 1, \"when\": \"issue\"}, \"caps\": {\"till\": {\"units\": 1}}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(terms); i++) {
        json_auto_t *in = json_of(terms[i]);
        json_auto_t *plan = json_object();
        struct earn_rules rules;
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_OK(earn_read(in, &rules, &e), e);
        CHECK_THAT(earn_write(&rules, plan));
        CHECK_THAT(i == 0 ? json_object_size(plan) == 0
                          : json_equal(json_object_get(plan, "earn"), in) == 1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stamp_counts_more_when_the_terms_say_so),
        TEST(factors_that_hold_at_once_are_put_together_as_the_plan_says),
        TEST(yen_count_by_tax_and_by_line),
        TEST(lines_that_make_no_sense_are_refused),
        TEST(a_hundred_lines_are_read_and_no_more),
        TEST(a_day_has_its_limits),
        TEST(what_is_cut_goes_from_the_end),
        TEST(who_joins_is_somebody_new),
        TEST(a_shop_has_limits_of_its_own),
        TEST(rules_that_do_not_go_with_the_plan_are_refused),
        TEST(a_bonus_comes_again_with_the_next_day_month_or_year),
        TEST(terms_that_make_no_sense_are_refused),
        TEST(lists_are_only_so_long),
        TEST(what_is_written_is_what_was_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
