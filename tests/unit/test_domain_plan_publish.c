/*
 * How rules come into force: drafts, publishing now and at a time, and what was given before.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/book.h"
#include "tests/support/check.h"

#include "base/clock.h"
#include "domain/plan_draft.h"
#include "domain/plan_json.h"
#include "domain/plan_publish.h"

static struct book b;
static struct arena *a;

static int
set_up(void **state)
{
    check_forget_row(state);
    book_open(&b);
    a = arena_new(4 * MIB);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    book_close(&b);
    arena_free(a);
    return 0;
}

#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ---------------------------------------------------------------- helpers */

static int64_t
draft_of(int64_t plan_id, const char *rules)
{
    struct plan_draft draft = {.plan_id = plan_id, .name = "Spring", .rules = str_of(rules)};
    int64_t id = 0;
    struct err e;

    CHECK_OK(plan_draft_save(b.db, a, &draft, 0, b.now_ms, &id, &e), e);
    return id;
}

static struct publish
publish_of(int64_t plan_id, int64_t draft_id)
{
    return (struct publish){.plan_id = plan_id, .draft_id = draft_id, .now_ms = b.now_ms};
}

static int64_t
publish(int64_t plan_id, const char *rules)
{
    struct publish in = publish_of(plan_id, draft_of(plan_id, rules));
    int64_t version = 0;
    struct err e;

    CHECK_OK(plan_publish(b.db, a, &in, &version, &e), e);
    return version;
}

static int64_t
schedule(int64_t plan_id, const char *rules, int64_t at_ms)
{
    struct publish in = publish_of(plan_id, draft_of(plan_id, rules));
    int64_t id = 0;
    struct err e;

    CHECK_OK(plan_schedule(b.db, a, &in, at_ms, &id, &e), e);
    return id;
}

/* As the scheduler's job does, until nothing is due; how many came into force or were refused. */
static int
apply_due(void)
{
    struct plan_schedule due;
    struct err e;
    int n = 0;

    for (;; n++) {
        CHECK_OK(plan_schedule_due(b.db, a, b.now_ms, &due, &e), e);
        if (due.id == 0)
            return n;
    }
}

static int64_t
version_in_force(int64_t plan_id)
{
    struct plan_rules rules;
    struct err e;

    CHECK_OK(plan_load(b.db, plan_id, 0, &rules, &e), e);
    return rules.version;
}

static const char *
state_of(int64_t schedule_id)
{
    struct plan_schedule *all;
    size_t n;
    struct err e;

    for (int64_t plan = BOOK_STAMPS; plan <= BOOK_POINTS; plan++) {
        CHECK_OK(plan_schedule_list(b.db, a, plan, 50, &all, &n, &e), e);
        for (size_t i = 0; i < n; i++)
            if (all[i].id == schedule_id)
                return schedule_state_name(all[i].state);
    }
    return "(none)";
}

/* ---------------------------------------------------------------- drafts */

static void
a_bad_plan_file_is_refused_at_its_field(void **state)
{
    static const struct {
        const char *file, *word, *field;
    } row[] = {
        {"", "json_malformed", ""},
        {"{\"goal\":8", "json_malformed", ""},
        {"[]", "json_not_object", ""},
        {"{\"goal\":8,\"goal\":9}", "json_malformed", ""},
        {"{\"goal\":8}", "plan_invalid", "rewards"}, /* the last reward stays at 10 */
        {"{\"goal\":\"8\"}", "field_type", "goal"},
        {"{\"goal\":-1}", "field_range", "goal"},
        {"{\"goals\":8}", "field_unknown", "goals"},
        {"{\"name\":\"Other\"}", "plan_invalid", "name"},
        {"{\"unit\":\"point\"}", "plan_invalid", "unit"},
        {"{\"yen_per_point\":100}", "plan_invalid", "yen_per_point"},
        {"{\"rewards\":[{\"at\":10,\"title\":\"\",\"valid_days\":9}]}", "field_range",
         "rewards.0.title"},
        {"{\"rewards\":[{\"at\":10,\"title\":\"A\"}]}", "field_missing", "rewards.0.valid_days"},
        {"{\"linear\":\"qr\"}", "plan_invalid", "linear"},
        {"{\"expiry\":{\"kind\":\"after\"}}", "plan_invalid", "expiry.days"},
        {"{\"expiry\":{\"kind\":\"someday\"}}", "plan_invalid", "expiry.kind"},
        {"{\"expiry\":{\"days\":\"9\"}}", "field_type", "expiry.days"},
        {"{\"expiry\":7}", "json_not_object", "expiry"},
        {"{\"late\":{\"days\":93}}", "field_range", "late.days"},
        {"{\"number\":{\"type\":\"jan13\"}}", "field_missing", "number.length"},
        {"{\"earn\":{\"caps\":{\"till\":{\"units\":-1}}}}", "plan_invalid", "earn.caps.till.units"},
        {"{\"earn\":{\"join\":{\"units\":11}}}", "plan_invalid", "earn.join"},
        {"{\"tier\":{\"by\":\"visits\",\"steps\":[{\"name\":\"A\",\"from\":0}]}}", "field_range",
         "tier.steps.0.from"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_draft draft = {
            .plan_id = BOOK_STAMPS, .name = "A", .rules = str_of(row[i].file)};
        int64_t id;
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_FAILS(plan_draft_save(b.db, a, &draft, 0, b.now_ms, &id, &e), e, ERR_INPUT,
                    row[i].word);
        CHECK_TEXT(e.field, row[i].field);
    }
    CHECK_INT(book_int(&b, "SELECT count(*) FROM plan_draft"), 0);
}

static void
drafts_are_kept_by_name_and_bind_nobody(void **state)
{
    struct plan_draft *all, one = {.plan_id = BOOK_STAMPS, .name = ""};
    struct plan_rules rules;
    int64_t first, second, id;
    size_t n;
    struct err e;

    (void)state;
    first = draft_of(BOOK_STAMPS, "{\"cool_down_min\":60}");
    b.now_ms += MINUTE_MS;
    second = draft_of(BOOK_STAMPS, "{\"per_day_max\":0}");
    CHECK_OK(plan_draft_list(b.db, a, BOOK_STAMPS, &all, &n, &e), e);
    CHECK_INT(n, 2);
    CHECK_INT(all[0].id, first);
    CHECK_INT(all[1].id, second);
    CHECK_TEXT(all[0].name, "Spring");
    CHECK_INT(all[1].saved_ms - all[0].saved_ms, MINUTE_MS);
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &rules, &e), e); /* the draft is all of the rules */
    CHECK_OK(plan_file_read(all[0].rules, &rules, &e), e);
    CHECK_INT(rules.cool_down_min, 60);
    CHECK_INT(rules.goal, 10);
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &rules, &e), e);
    CHECK_INT(rules.cool_down_min, 30);

    one.rules = STR("{}");
    CHECK_FAILS(plan_draft_save(b.db, a, &one, 0, b.now_ms, &id, &e), e, ERR_INPUT, "plan_invalid");
    CHECK_TEXT(e.field, "draft");
    one.plan_id = 99;
    CHECK_FAILS(plan_draft_save(b.db, a, &one, 0, b.now_ms, &id, &e), e, ERR_NOT_FOUND,
                "plan_unknown");
    CHECK_FAILS(plan_draft_load(b.db, a, BOOK_POINTS, first, &one, &e), e, ERR_NOT_FOUND,
                "draft_unknown");
    CHECK_FAILS(plan_draft_remove(b.db, BOOK_POINTS, first, 0, b.now_ms, &e), e, ERR_NOT_FOUND,
                "draft_unknown");
    CHECK_OK(plan_draft_remove(b.db, BOOK_STAMPS, first, 0, b.now_ms, &e), e);
    for (int i = 1; i < PLAN_DRAFTS_MAX; i++)
        draft_of(BOOK_STAMPS, "{}");
    one = (struct plan_draft){.plan_id = BOOK_STAMPS, .name = "More", .rules = STR("{}")};
    CHECK_FAILS(plan_draft_save(b.db, a, &one, 0, b.now_ms, &id, &e), e, ERR_CONFLICT,
                "drafts_full");
    one.id = second;
    CHECK_OK(plan_draft_save(b.db, a, &one, 0, b.now_ms, &id, &e), e);
    CHECK_INT(id, second);
}

/* A file of an operator's says what is to change; one of the page's says all there is. */
static void
a_part_goes_when_it_is_named_or_left_out_of_the_whole(void **state)
{
    static const struct {
        const char *file;
        bool is_whole;
        enum expiry_kind want;
    } row[] = {
        {"{}", false, EXPIRY_AFTER},
        {"{\"expiry\":null}", false, EXPIRY_NONE},
        {"{\"expiry\":{\"kind\":\"month_end\",\"months\":3}}", false, EXPIRY_MONTH_END},
        {"{}", true, EXPIRY_NONE},
        {"{\"expiry\":{\"kind\":\"after\",\"days\":9}}", true, EXPIRY_AFTER},
    };

    (void)state;
    publish(BOOK_POINTS, "{\"expiry\":{\"kind\":\"after\",\"months\":12}}");
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_draft draft = {.plan_id = BOOK_POINTS,
                                   .name = "A",
                                   .rules = str_of(row[i].file),
                                   .is_whole = row[i].is_whole};
        struct plan_rules rules;
        int64_t id;
        struct err e;

        CHECK_ROW(i);
        CHECK_OK(plan_draft_save(b.db, a, &draft, 0, b.now_ms, &id, &e), e);
        CHECK_OK(plan_draft_load(b.db, a, BOOK_POINTS, id, &draft, &e), e);
        CHECK_OK(plan_file_for(b.db, BOOK_POINTS, draft.rules, &rules, &e), e);
        CHECK_INT(rules.expiry.kind, row[i].want);
        CHECK_INT(rules.goal, 500);
    }
}

/* ---------------------------------------------------------------- now */

static void
a_draft_comes_into_force_once_and_is_gone(void **state)
{
    struct publish in = publish_of(BOOK_STAMPS, draft_of(BOOK_STAMPS, "{\"cool_down_min\":60}"));
    int64_t outdated = draft_of(BOOK_STAMPS, "{\"per_day_max\":1}");
    struct plan_rules rules;
    int64_t version;
    struct err e;

    (void)state;
    CHECK_OK(plan_publish(b.db, a, &in, &version, &e), e);
    CHECK_INT(version, 2);
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &rules, &e), e);
    CHECK_INT(rules.cool_down_min, 60);
    CHECK_INT(rules.per_day_max, 3);
    CHECK_INT(rules.from_ms, b.now_ms);
    CHECK_FAILS(plan_publish(b.db, a, &in, &version, &e), e, ERR_NOT_FOUND, "draft_unknown");
    in.draft_id = outdated; /* it would take the 60 minutes back without a word */
    CHECK_FAILS(plan_publish(b.db, a, &in, &version, &e), e, ERR_CONFLICT, "draft_outdated");
    CHECK_INT(version_in_force(BOOK_STAMPS), 2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'plan.published'"), 1);
}

static void
what_was_promised_is_taken_only_by_its_name(void **state)
{
    static const char *const files[] = {
        "{\"goal\":12,\"rewards\":[{\"at\":5,\"title\":\"Cookie\",\"valid_days\":14},"
        "{\"at\":12,\"title\":\"Coffee\",\"valid_days\":30}]}",
        "{\"rewards\":[{\"at\":10,\"title\":\"Coffee\",\"valid_days\":30}]}",
        "{\"rewards\":[{\"at\":7,\"title\":\"Cookie\",\"valid_days\":14},"
        "{\"at\":10,\"title\":\"Coffee\",\"valid_days\":30}]}",
    };
    static const enum loss_kind kinds[] = {LOSS_GOAL_RAISED, LOSS_REWARD_REMOVED,
                                           LOSS_REWARD_LATER};
    struct card card = book_card(&b, BOOK_STAMPS);
    int64_t version;
    struct err e;

    (void)state;
    book_grant(&b, &card, 3);
    for (size_t i = 0; i < COUNT(files); i++) {
        struct publish in = publish_of(BOOK_STAMPS, draft_of(BOOK_STAMPS, files[i]));

        CHECK_ROW(i);
        in.accepted = ~(1U << kinds[i]);
        CHECK_FAILS(plan_publish(b.db, a, &in, &version, &e), e, ERR_CONFLICT, "plan_takes_away");
        CHECK_TEXT(e.field, loss_name(kinds[i]));
        CHECK_INT(version_in_force(BOOK_STAMPS), 1);
    }
    b.now_ms += HOUR_MS; /* nobody is on the way to the cookie any more */
    book_grant(&b, &card, 2);
    CHECK_INT(publish(BOOK_STAMPS, files[1]), 2);
    {
        struct publish in = publish_of(BOOK_STAMPS, draft_of(BOOK_STAMPS, files[0]));

        in.accepted = 1U << LOSS_GOAL_RAISED;
        CHECK_OK(plan_publish(b.db, a, &in, &version, &e), e);
        CHECK_INT(version, 3);
    }
}

static void
nobody_loses_by_what_is_better(void **state)
{
    struct card card = book_card(&b, BOOK_STAMPS);
    struct grant_result out;

    (void)state;
    book_grant(&b, &card, 3);
    b.now_ms += HOUR_MS;
    book_grant(&b, &card, 3);
    CHECK_INT(publish(BOOK_STAMPS, "{\"goal\":6,\"rewards\":["
                                   "{\"at\":4,\"title\":\"Cookie\",\"valid_days\":14},"
                                   "{\"at\":6,\"title\":\"Coffee\",\"valid_days\":3}]}"),
              2);
    b.now_ms += HOUR_MS;
    out = book_grant(&b, &card, 1); /* it was full already */
    CHECK_INT(out.rounds, 1);
    CHECK_INT(out.balance, 1);
}

/* ---------------------------------------------------------------- what was given keeps its terms
 */

static void
units_keep_the_end_they_were_given_with(void **state)
{
    struct card card = book_card(&b, BOOK_POINTS);
    int64_t end_ms;

    (void)state;
    publish(BOOK_POINTS, "{\"expiry\":{\"kind\":\"after\",\"months\":12}}");
    b.now_ms += MINUTE_MS;
    book_grant(&b, &card, 1000);
    end_ms = book_int(&b, "SELECT expires_ms FROM lot WHERE seq = 1");
    CHECK_INT(publish(BOOK_POINTS, "{\"yen_per_point\":200,\"expiry\":{\"kind\":\"after\","
                                   "\"days\":1}}"),
              3);
    b.now_ms += MINUTE_MS;
    book_grant(&b, &card, 1000);
    CHECK_INT(book_int(&b, "SELECT expires_ms FROM lot WHERE seq = 1"), end_ms);
    CHECK_INT(book_int(&b, "SELECT plan_version FROM lot WHERE seq = 1"), 2);
    CHECK_INT(book_int(&b, "SELECT plan_version FROM lot WHERE seq = 2"), 3);
    CHECK_INT(book_int(&b, "SELECT amount FROM transfer WHERE seq = 1"), 10);
    CHECK_INT(book_int(&b, "SELECT amount FROM transfer WHERE seq = 2"), 5);
    CHECK_INT(publish(BOOK_POINTS, "{\"expiry\":null}"), 4);
    b.now_ms += 5 * DAY_MS; /* what ended by version 3 is gone, and only that */
    book_grant(&b, &card, 1000);
    CHECK_INT(book_int(&b, "SELECT balance FROM card WHERE id = %d", (int)card.id), 15);
    CHECK_INT(book_int(&b, "SELECT sum(remaining) FROM lot"), 10);
}

/* Read at the till while it had no line, and sent now. */
static struct grant
queued(const struct card *card, int64_t shown_ms)
{
    struct scan_request in = {.till_id = BOOK_UENO_TILL,
                              .shop_id = BOOK_UENO,
                              .staff_id = BOOK_CASHIER,
                              .now_ms = b.now_ms,
                              .shown_ms = shown_ms};
    struct scan_result scan;
    struct refusal refusal;
    struct grant out;
    char digits[CODE_DIGITS + 1];
    int64_t near_miss;
    struct err e;

    code_make(&b.keys, CODE_MEMBER, card->locator, code_step(shown_ms != 0 ? shown_ms : b.now_ms),
              digits);
    in.text = str_of(digits);
    CHECK_OK(scan_open(b.db, &in, &scan, &refusal, &near_miss, &e), e);
    CHECK_TEXT(refusal_word(refusal.kind), "none");
    out = book_grant_of(&b, scan.scan_id, card, 1000);
    out.shown_ms = shown_ms;
    return out;
}

static void
a_queued_visit_counts_under_the_rules_of_its_time(void **state)
{
    static const struct {
        int64_t after_ms; /* the change; INT64_MAX: not queued */
        int64_t points, version;
    } row[] = {
        {INT64_MAX, 5, 2},     {HOUR_MS - 1, 5, 2}, {1, 5, 2}, {0, 5, 2},
        {-1, 10, 1}, /* what was in force then is what the shopper was told */
        {-5 * HOUR_MS, 10, 1},
    };
    int64_t change_ms;

    (void)state;
    b.now_ms += DAY_MS;
    change_ms = b.now_ms;
    publish(BOOK_POINTS, "{\"yen_per_point\":200}");
    b.now_ms += HOUR_MS;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct card card = book_card(&b, BOOK_POINTS);
        struct grant in =
            queued(&card, row[i].after_ms == INT64_MAX ? 0 : change_ms + row[i].after_ms);
        struct grant_result out;
        struct refusal refusal;
        struct err e;

        CHECK_ROW(i);
        CHECK_OK(ledger_grant(b.db, &in, &out, &refusal, &e), e);
        CHECK_TEXT(refusal_word(refusal.kind), "none");
        CHECK_INT(out.amount, row[i].points);
        CHECK_INT(book_int(&b, "SELECT plan_version FROM transfer WHERE seq = %d", (int)out.seq),
                  row[i].version);
    }
}

/* ---------------------------------------------------------------- at a time */

static void
a_schedule_is_applied_once_at_its_time(void **state)
{
    int64_t at_ms = b.now_ms + DAY_MS;
    int64_t id = schedule(BOOK_STAMPS, "{\"cool_down_min\":60}", at_ms);
    int64_t other = schedule(BOOK_POINTS, "{\"yen_per_point\":50}", at_ms + HOUR_MS);
    struct plan_rules rules;
    struct err e;

    (void)state;
    CHECK_INT(book_int(&b, "SELECT count(*) FROM plan_draft"), 0);
    b.now_ms = at_ms - 1;
    CHECK_INT(apply_due(), 0);
    CHECK_INT(version_in_force(BOOK_STAMPS), 1);
    b.now_ms = at_ms;
    CHECK_INT(apply_due(), 1);
    CHECK_INT(apply_due(), 0);
    CHECK_INT(version_in_force(BOOK_STAMPS), 2);
    CHECK_TEXT(state_of(id), "done");
    b.now_ms -= 30 * DAY_MS; /* somebody sets the clock: it does not come again */
    CHECK_INT(apply_due(), 0);
    b.now_ms += 400 * DAY_MS; /* nobody served for a year */
    CHECK_INT(apply_due(), 1);
    CHECK_TEXT(state_of(other), "done");
    CHECK_OK(plan_load(b.db, BOOK_POINTS, 0, &rules, &e), e);
    CHECK_INT(rules.from_ms, at_ms + HOUR_MS); /* visits queued since then count under it */
    CHECK_INT(version_in_force(BOOK_STAMPS), 2);
}

static void
while_rules_wait_no_others_come_between(void **state)
{
    int64_t id = schedule(BOOK_STAMPS, "{\"cool_down_min\":60}", b.now_ms + DAY_MS);
    int64_t more = draft_of(BOOK_STAMPS, "{\"per_day_max\":1}");
    struct publish in = publish_of(BOOK_STAMPS, more);
    struct plan_rules rules;
    int64_t out;
    struct err e;

    (void)state;
    CHECK_FAILS(plan_publish(b.db, a, &in, &out, &e), e, ERR_CONFLICT, "plan_scheduled");
    CHECK_FAILS(plan_schedule(b.db, a, &in, b.now_ms + HOUR_MS, &out, &e), e, ERR_CONFLICT,
                "plan_scheduled");
    CHECK_OK(plan_load(b.db, BOOK_STAMPS, 0, &rules, &e), e);
    CHECK_FAILS(plan_add_version(b.db, &rules, b.now_ms, &out, &e), e, ERR_CONFLICT,
                "plan_scheduled");
    CHECK_OK(plan_schedule_cancel(b.db, a, BOOK_STAMPS, id, 0, b.now_ms, &out, &e), e);
    CHECK_TEXT(state_of(id), "cancelled");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM plan_draft"), 2);
    CHECK_FAILS(plan_schedule_cancel(b.db, a, BOOK_STAMPS, id, 0, b.now_ms, &out, &e), e,
                ERR_NOT_FOUND, "schedule_unknown");
    b.now_ms += 2 * DAY_MS;
    CHECK_INT(apply_due(), 0);
    CHECK_OK(plan_publish(b.db, a, &in, &out, &e), e);
}

static void
a_time_that_is_over_or_too_far_is_no_time(void **state)
{
    struct publish in = publish_of(BOOK_STAMPS, draft_of(BOOK_STAMPS, "{\"cool_down_min\":60}"));
    const int64_t wrong[] = {0, b.now_ms - 1, b.now_ms, b.now_ms + PUBLISH_AHEAD_MAX_MS + 1,
                             INT64_MAX};
    int64_t out;
    struct err e;

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(plan_schedule(b.db, a, &in, wrong[i], &out, &e), e, ERR_INPUT, "plan_invalid");
        CHECK_TEXT(e.field, "at");
    }
    CHECK_INT(book_int(&b, "SELECT count(*) FROM plan_draft"), 1);
    CHECK_OK(plan_schedule(b.db, a, &in, b.now_ms + PUBLISH_AHEAD_MAX_MS, &out, &e), e);
}

/* Nobody is on the way today; on that day there may be. */
static void
losses_are_accepted_ahead_of_time(void **state)
{
    static const char *const file = "{\"goal\":20,\"rewards\":[{\"at\":5,\"title\":\"Cookie\","
                                    "\"valid_days\":14},{\"at\":20,\"title\":\"Coffee\","
                                    "\"valid_days\":30}]}";
    struct publish in = publish_of(BOOK_STAMPS, draft_of(BOOK_STAMPS, file));
    struct card card;
    int64_t id;
    struct err e;

    (void)state;
    CHECK_FAILS(plan_schedule(b.db, a, &in, b.now_ms + DAY_MS, &id, &e), e, ERR_CONFLICT,
                "plan_takes_away");
    in.accepted = 1U << LOSS_GOAL_RAISED;
    CHECK_OK(plan_schedule(b.db, a, &in, b.now_ms + DAY_MS, &id, &e), e);
    card = book_card(&b, BOOK_STAMPS);
    book_grant(&b, &card, 3);
    b.now_ms += DAY_MS;
    CHECK_INT(apply_due(), 1);
    CHECK_TEXT(state_of(id), "done");
}

/* What was right when it was written, and is not when its time comes, is refused for good. */
static void
what_cannot_be_any_more_is_refused_and_says_why(void **state)
{
    struct plan_schedule due;
    int64_t id = schedule(BOOK_POINTS, "{\"yen_per_point\":50}", b.now_ms + DAY_MS);
    struct err e;

    (void)state;
    book_exec(&b,
              "DROP TRIGGER plan_schedule_ends_once;"
              "UPDATE plan_schedule SET rules = '{\"goal\":501}' WHERE id = %lld;"
              "CREATE TRIGGER plan_schedule_ends_once BEFORE UPDATE ON plan_schedule"
              " WHEN old.state <> 'waiting' BEGIN SELECT RAISE(ABORT, 'once'); END",
              (long long)id);
    b.now_ms += DAY_MS;
    CHECK_OK(plan_schedule_due(b.db, a, b.now_ms, &due, &e), e);
    CHECK_INT(due.id, id);
    CHECK_TEXT(schedule_state_name(due.state), "refused");
    CHECK_TEXT(due.why, "plan_invalid");
    CHECK_INT(version_in_force(BOOK_POINTS), 1);
    CHECK_INT(apply_due(), 0);
    CHECK_INT(publish(BOOK_POINTS, "{\"yen_per_point\":50}"), 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BOOK_TEST(a_bad_plan_file_is_refused_at_its_field),
        BOOK_TEST(drafts_are_kept_by_name_and_bind_nobody),
        BOOK_TEST(a_part_goes_when_it_is_named_or_left_out_of_the_whole),
        BOOK_TEST(a_draft_comes_into_force_once_and_is_gone),
        BOOK_TEST(what_was_promised_is_taken_only_by_its_name),
        BOOK_TEST(nobody_loses_by_what_is_better),
        BOOK_TEST(units_keep_the_end_they_were_given_with),
        BOOK_TEST(a_queued_visit_counts_under_the_rules_of_its_time),
        BOOK_TEST(a_schedule_is_applied_once_at_its_time),
        BOOK_TEST(while_rules_wait_no_others_come_between),
        BOOK_TEST(a_time_that_is_over_or_too_far_is_no_time),
        BOOK_TEST(losses_are_accepted_ahead_of_time),
        BOOK_TEST(what_cannot_be_any_more_is_refused_and_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
