/*
 * When units end, as a table: each row is a sentence of a programme's terms.
 */
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "domain/plan.h"
#include "domain/plan_expiry.h"

/* In Tokyo, where business days end at 4 in the morning. */
static struct plan_rules
rules_of(const char *expiry)
{
    struct plan_rules rules = {.utc_offset_min = 9 * 60, .day_cut_hour = 4};
    json_t *json = NULL;
    struct err e = {0};

    CHECK_OK(json_parse(str_of(expiry), 4096, &json, &e), e);
    CHECK_OK(expiry_read(json, &rules.expiry, &e), e);
    json_decref(json);
    return rules;
}

/* "2027-03-01 04:00" by the clock of Tokyo, in four numbers. */
static int64_t
tokyo(int date, int hour, int minute)
{
    struct tm tm = {.tm_year = date / 10000 - 1900,
                    .tm_mon = date / 100 % 100 - 1,
                    .tm_mday = date % 100,
                    .tm_hour = hour - 9,
                    .tm_min = minute};

    return timegm(&tm) * SECOND_MS;
}

static const char *
text_of(int64_t at_ms, char out[CLOCK_TEXT_SIZE])
{
    if (at_ms == 0)
        return strcpy(out, "never");
    clock_text(at_ms, out);
    return out;
}

static void
units_end_as_the_terms_say(void **state)
{
    static const struct {
        const char *sentence;
        const char *expiry;
        int issued, visit, hour; /* the visit's local date and hour */
        int last_day;            /* the last business day; 0: never */
    } row[] = {
        {"nothing ends", "{}", 20260101, 20260401, 12, 0},
        {"90 days after the visit", "{\"kind\":\"after\",\"days\":90}", 20260101, 20260401, 12,
         20260630},
        {"a visit before the day's cut is of the day before", "{\"kind\":\"after\",\"days\":90}",
         20260101, 20260401, 3, 20260629},
        {"a year after the visit", "{\"kind\":\"after\",\"months\":12}", 20260101, 20260401, 12,
         20270401},
        {"a year after a leap day is the last of February", "{\"kind\":\"after\",\"months\":12}",
         20260101, 20280229, 12, 20290228},
        {"a month after the 31st is the last of a shorter month",
         "{\"kind\":\"after\",\"months\":1}", 20260101, 20260131, 12, 20260228},
        {"the end of the month", "{\"kind\":\"month_end\"}", 20260101, 20260401, 12, 20260430},
        {"on its last day still that month's end", "{\"kind\":\"month_end\"}", 20260101, 20260430,
         23, 20260430},
        {"the night after belongs to it, too", "{\"kind\":\"month_end\"}", 20260101, 20260501, 3,
         20260430},
        {"the end of the sixth month after", "{\"kind\":\"month_end\",\"months\":6}", 20260101,
         20260831, 12, 20270228},
        {"the end of the fiscal year to March", "{\"kind\":\"fiscal_year\",\"month\":3}", 20260101,
         20260401, 12, 20270331},
        {"in March it is this month's", "{\"kind\":\"fiscal_year\",\"month\":3}", 20260101,
         20270331, 12, 20270331},
        {"the fiscal year after this one", "{\"kind\":\"fiscal_year\",\"month\":3,\"years\":1}",
         20260101, 20260401, 12, 20280331},
        {"a fiscal year to February ends on a leap day", "{\"kind\":\"fiscal_year\",\"month\":2}",
         20260101, 20271001, 12, 20280229},
        {"one day for all", "{\"kind\":\"fixed\",\"date\":20270331}", 20260101, 20260401, 12,
         20270331},
        {"the day before the card's anniversary", "{\"kind\":\"anniversary\"}", 20250615, 20260401,
         12, 20260614},
        {"on the anniversary a new year begins", "{\"kind\":\"anniversary\"}", 20250615, 20260615,
         12, 20270614},
        {"the anniversary after that", "{\"kind\":\"anniversary\",\"years\":1}", 20250615, 20260401,
         12, 20270614},
        {"a card of a leap day has its anniversary on the 28th", "{\"kind\":\"anniversary\"}",
         20280229, 20280301, 12, 20290227},
        {"half a year after the last use", "{\"kind\":\"last_use\",\"months\":6}", 20260101,
         20260401, 12, 20261001},
        {"ten days after the first use", "{\"kind\":\"first_use\",\"days\":10}", 20260101, 20261225,
         12, 20270104},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_rules rules = rules_of(row[i].expiry);
        struct expiry_facts facts = {.visit_ms = tokyo(row[i].visit, row[i].hour, 0),
                                     .issued_ms = tokyo(row[i].issued, 12, 0)};
        int64_t want = row[i].last_day ? tokyo(row[i].last_day + 1, 4, 0) : 0;
        char got_text[CLOCK_TEXT_SIZE], want_text[CLOCK_TEXT_SIZE];

        print_message("%s\n", row[i].sentence);
        CHECK_TEXT(text_of(unit_life_of(&rules, &facts).expires_ms, got_text),
                   text_of(want, want_text));
    }
}

static void
what_began_together_ends_together(void **state)
{
    struct plan_rules rules = rules_of("{\"kind\":\"first_use\",\"days\":10}");
    struct expiry_facts facts = {.visit_ms = tokyo(20260405, 12, 0),
                                 .together_ms = tokyo(20260412, 4, 0)};

    (void)state;
    CHECK_INT(unit_life_of(&rules, &facts).expires_ms, tokyo(20260412, 4, 0));
    facts.visit_ms = tokyo(20260412, 4, 0); /* they have ended: a new beginning */
    CHECK_INT(unit_life_of(&rules, &facts).expires_ms, tokyo(20260423, 4, 0));
}

static void
points_can_be_used_after_the_days_they_wait(void **state)
{
    struct plan_rules rules = rules_of("{\"pending_days\":7}");
    struct expiry_facts facts = {.visit_ms = tokyo(20260401, 12, 0)};
    struct unit_life life = unit_life_of(&rules, &facts);

    (void)state;
    CHECK_INT(life.usable_ms, tokyo(20260409, 4, 0));
    CHECK_INT(life.expires_ms, 0);
    rules = rules_of("{}");
    CHECK_INT(unit_life_of(&rules, &facts).usable_ms, 0);
}

static void
only_the_last_use_moves_an_end(void **state)
{
    struct plan_rules moving = rules_of("{\"kind\":\"last_use\",\"days\":10}");
    struct plan_rules still = rules_of("{\"kind\":\"first_use\",\"days\":10}");
    struct expiry_facts facts = {.visit_ms = tokyo(20260401, 12, 0)};

    (void)state;
    CHECK_THAT(unit_life_of(&moving, &facts).renews);
    CHECK_THAT(!unit_life_of(&still, &facts).renews);
}

static void
after_its_last_day_a_plan_is_over(void **state)
{
    struct plan_rules rules = rules_of("{\"kind\":\"fixed\",\"date\":20270331}");
    struct plan_rules other = rules_of("{\"kind\":\"month_end\"}");

    (void)state;
    CHECK_THAT(!plan_is_over(&rules, tokyo(20270401, 3, 59)));
    CHECK_THAT(plan_is_over(&rules, tokyo(20270401, 4, 0)));
    CHECK_THAT(!plan_is_over(&other, tokyo(20270401, 4, 0)));
}

static void
terms_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *expiry, *word, *field;
    } row[] = {
        {"{\"kind\":\"soon\"}", "plan_invalid", "expiry.kind"},
        {"{\"kind\":\"after\"}", "plan_invalid", "expiry.days"},
        {"{\"kind\":\"after\",\"days\":9,\"months\":1}", "plan_invalid", "expiry.days"},
        {"{\"kind\":\"month_end\",\"days\":9}", "plan_invalid", "expiry.days"},
        {"{\"kind\":\"fixed\",\"date\":20270331,\"months\":1}", "plan_invalid", "expiry.months"},
        {"{\"kind\":\"after\",\"days\":9,\"years\":1}", "plan_invalid", "expiry.years"},
        {"{\"kind\":\"fiscal_year\"}", "plan_invalid", "expiry.month"},
        {"{\"kind\":\"month_end\",\"month\":3}", "plan_invalid", "expiry.month"},
        {"{\"kind\":\"fixed\"}", "plan_invalid", "expiry.date"},
        {"{\"kind\":\"fixed\",\"date\":20270229}", "plan_invalid", "expiry.date"},
        {"{\"kind\":\"fixed\",\"date\":20271301}", "plan_invalid", "expiry.date"},
        {"{\"kind\":\"last_use\",\"days\":9,\"pending_days\":3}", "plan_invalid",
         "expiry.pending_days"},
        {"{\"kind\":\"none\",\"remind_days\":3}", "plan_invalid", "expiry.remind_days"},
        {"{\"kind\":\"after\",\"days\":3661}", "field_range", "days"},
        {"{\"kind\":\"after\",\"days\":\"9\"}", "field_type", "days"},
        {"{\"end\":1}", "field_unknown", "end"},
        {"[]", "json_not_object", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct expiry_rules before = {.kind = EXPIRY_AFTER, .days = 5}, out = before;
        json_t *json = NULL;
        struct err e = {0};

        CHECK_OK(json_parse(str_of(row[i].expiry), 4096, &json, &e), e);
        CHECK_FAILS(expiry_read(json, &out, &e), e, ERR_INPUT, row[i].word);
        CHECK_TEXT(e.field, row[i].field);
        CHECK_THAT(memcmp(&out, &before, sizeof(out)) == 0);
        json_decref(json);
    }
}

static void
what_is_written_reads_the_same(void **state)
{
    static const char *const expiry[] = {
        "{\"kind\":\"after\",\"days\":90,\"remind_days\":14}",
        "{\"kind\":\"fiscal_year\",\"month\":3,\"years\":1}",
        "{\"kind\":\"fixed\",\"date\":20270331}",
        "{\"kind\":\"none\",\"pending_days\":14}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(expiry); i++) {
        struct plan_rules rules = rules_of(expiry[i]);
        struct expiry_rules again = {.kind = EXPIRY_NONE};
        json_t *plan = json_object();
        struct err e = {0};

        CHECK_THAT(expiry_write(&rules.expiry, plan));
        CHECK_OK(expiry_read(json_object_get(plan, "expiry"), &again, &e), e);
        CHECK_THAT(memcmp(&again, &rules.expiry, sizeof(again)) == 0);
        json_decref(plan);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(units_end_as_the_terms_say),
        TEST(what_began_together_ends_together),
        TEST(points_can_be_used_after_the_days_they_wait),
        TEST(only_the_last_use_moves_an_end),
        TEST(after_its_last_day_a_plan_is_over),
        TEST(terms_that_make_no_sense_are_refused),
        TEST(what_is_written_reads_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
