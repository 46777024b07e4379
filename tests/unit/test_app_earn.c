/*
 * The rules for earning as people meet them: at the till, on the open card, in its history, and
 * where the owner thanks somebody.
 */
#include <stdio.h>
#include <string.h>

#include "domain/plan_json.h"
#include "store/db.h"
#include "tests/support/harness.h"

#define GRANT "/api/till/grants"
#define SCAN "/api/till/scans"
#define BONUS "/api/admin/bonuses"

static struct browser shopper, till, owner;

static int
set_up(void **state)
{
    shopper = till = owner = (struct browser){0};
    return harness_set_up(state);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

/* As `stampd plan set --file` does, while nobody serves. */
static void
terms(int64_t plan_id, const char *file)
{
    char path[400];
    struct plan_rules rules;
    struct db *db = NULL;
    int64_t version;
    struct err e = {0};

    harness_stop_app();
    snprintf(path, sizeof(path), "%s/stampd.db", here.dir);
    CHECK_OK(db_open(&db, path, &(struct db_options){.mode = DB_WRITE}, &e), e);
    CHECK_OK(plan_load(db, plan_id, 0, &rules, &e), e);
    CHECK_OK(plan_file_read(str_of(file), &rules, &e), e);
    CHECK_OK(plan_add_version(db, &rules, harness_now(), &version, &e), e);
    db_close(db);
    harness_start_app();
}

static int64_t
scan(int plan)
{
    harness_advance(30 * SECOND_MS);
    ANSWERS(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", card_code(&shopper, plan)), 200);
    return got_int("scan");
}

/* 1 April 2026 is a Wednesday. */
static void
till_and_card_say_why_it_was_so_much(void **state)
{
    struct events *live;

    (void)state;
    terms(STAMPS, "{\"goal\": 10, \"rewards\": [{\"at\": 10, \"title\": \"Coffee\","
                  " \"valid_days\": 30}], \"earn\": {\"join\": {\"units\": 3, \"when\": \"visit\"},"
                  " \"factors\": [{\"percent\": 200, \"weekdays\": [\"wed\"]}]}}");
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    live = events_open(&shopper, "/api/events");
    grant_stamps(&till, &shopper, 1);
    for (int i = 0; i < 2; i++) { /* the till's answer, and what the open card hears */
        CHECK_ROW(i);
        if (i == 1)
            events_next(live, "grant");
        CHECK_INT(got_int("amount"), 5);
        CHECK_INT(got_int("balance"), 5);
        CHECK_INT(json_array_size(got("parts")), 2);
        CHECK_TEXT(got_text("parts.0.reason"), "weekday");
        CHECK_INT(got_int("parts.0.percent"), 200);
        CHECK_INT(got_int("parts.0.weekday"), 3);
        CHECK_INT(got_int("parts.0.units"), 1);
        CHECK_TEXT(got_text("parts.1.reason"), "join");
        CHECK_INT(got_int("parts.1.units"), 3);
    }
    events_close(live);
    ANSWERS(get(&shopper, "/api/card"), 200);
    CHECK_TEXT(got_text("history.0.kind"), "bonus");
    CHECK_TEXT(got_text("history.0.why"), "join");
    CHECK_TEXT(got_text("history.1.kind"), "earn");
    CHECK_INT(got_int("history.1.amount"), 2);
    CHECK_TEXT(got_text("history.1.parts.0.reason"), "weekday");
    harness_advance(DAY_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 1);
    CHECK_INT(got_int("amount"), 1);
    CHECK_THAT(got("parts") == NULL);
    stored_is_sound();
}

static void
asking_again_too_early_is_answered_with_times_on_both_sides(void **state)
{
    struct events *live;
    int64_t first_ms;

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 1);
    first_ms = harness_now();
    live = events_open(&shopper, "/api/events");
    for (int i = 0; i < 3; i++) {
        CHECK_ROW(i);
        if (i == 0) { /* the same code rings twice */
            ANSWERS(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", card_code(&shopper, STAMPS)), 200);
            CHECK_THAT(got_true("again"));
        } else {
            harness_advance(5 * MINUTE_MS);
            till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
            (void)scan(STAMPS);
            CHECK_THAT(!got_true("again"));
        }
        CHECK_TEXT(got_text("may.reason"), "too_soon");
        CHECK_INT(got_int("may.last"), first_ms);
        CHECK_INT(got_int("may.again"), first_ms + 30 * MINUTE_MS); /* not put off by asking */
        events_next(live, "soon");
        CHECK_INT(got_int("plan"), STAMPS);
        CHECK_INT(got_int("last"), first_ms);
        CHECK_INT(got_int("again"), first_ms + 30 * MINUTE_MS);
    }
    events_close(live);
    stored_is_sound();
}

static void
a_birthday_is_asked_for_where_it_earns(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    ANSWERS(get(&shopper, "/api/me/birthday"), 200);
    CHECK_THAT(!got_true("asked") && !got_true("greets"));
    terms(POINTS, "{\"earn\": {\"birthday\": {\"units\": 30}}}"); /* nobody greets */
    login_liff(&shopper, 1);
    for (int i = 0; i < 2; i++) {
        CHECK_ROW(i);
        if (i == 0)
            ANSWERS(get(&shopper, "/api/me/birthday"), 200);
        else
            ANSWERS(post(&shopper, "/api/me/birthday", NULL, "{\"month\":4,\"day\":1}"), 200);
        CHECK_THAT(got_true("asked") && !got_true("greets"));
        CHECK_INT(json_array_size(got("bonuses")), 1);
        CHECK_TEXT(got_text("bonuses.0.unit"), "point");
        CHECK_INT(got_int("bonuses.0.units"), 30);
    }
    /* after its last day a plan gives nothing on any other */
    terms(POINTS, "{\"expiry\": {\"kind\": \"fixed\", \"date\": 20200101}}");
    login_liff(&shopper, 1);
    ANSWERS(get(&shopper, "/api/me/birthday"), 200);
    CHECK_THAT(!got_true("asked"));
    stored_is_sound();
}

static void
a_receipt_is_read_line_by_line(void **state)
{
    int64_t id;

    (void)state;
    terms(POINTS, "{\"earn\": {\"tax_percent\": 10, \"items\":"
                  " [{\"category\": \"tobacco\", \"earns\": false},"
                  " {\"code\": \"4901\", \"units_each\": 2}]}}");
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    id = scan(POINTS);
    REFUSES(post(&till, GRANT, fresh_key(),
                 "{\"scan\":%lld,\"yen\":1700,\"lines\":[{\"code\":\"4901\",\"quantity\":1,"
                 "\"yen\":1100}]}",
                 (long long)id),
            400, "lines_uneven");
    REFUSES(
        post(&till, GRANT, fresh_key(), "{\"scan\":%lld,\"stamps\":1,\"tax\":9}", (long long)id),
        400, "field_missing");
    REFUSES(
        post(&till, GRANT, fresh_key(), "{\"scan\":%lld,\"yen\":100,\"tax\":101}", (long long)id),
        400, "field_range");
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), 0);
    ANSWERS(post(&till, GRANT, fresh_key(),
                 "{\"scan\":%lld,\"yen\":1700,\"lines\":[{\"code\":\"4901\",\"quantity\":2,"
                 "\"yen\":1100},{\"category\":\"tobacco\",\"quantity\":1,\"yen\":600}]}",
                 (long long)id),
            201);
    CHECK_INT(got_int("amount"), 14); /* 1,000 yen without tax, and 2 for each of two */
    CHECK_TEXT(got_text("parts.0.reason"), "items");
    CHECK_INT(got_int("parts.0.units"), 4);
    stored_is_sound();
}

static void
the_card_offers_what_can_be_used(void **state)
{
    int64_t id;

    (void)state;
    terms(POINTS, "{\"goal\": 0, \"rewards\": [], \"spend\": {\"yen\": 1},"
                  " \"expiry\": {\"pending_days\": 2}}");
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    id = scan(POINTS);
    ANSWERS(post(&till, GRANT, fresh_key(), "{\"scan\":%lld,\"yen\":2000}", (long long)id), 201);
    for (int i = 0; i < 2; i++) {
        CHECK_ROW(i);
        ANSWERS(get(&shopper, "/api/card?plan=2"), 200);
        CHECK_INT(got_int("card.balance"), 20);
        CHECK_INT(got_int("card.usable"), i == 0 ? 0 : 20);
        harness_advance(3 * DAY_MS);
        login_liff(&shopper, 1);
    }
    ANSWERS(get(&shopper, "/api/card?plan=1"), 200);
    CHECK_THAT(got("card.usable") == NULL);
    stored_is_sound();
}

static void
a_cap_says_who_and_until_when(void **state)
{
    (void)state;
    terms(STAMPS, "{\"cool_down_min\": 0, \"earn\": {\"caps\": {\"staff\": {\"grants\": 1}}}}");
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 1);
    REFUSES(
        post(&till, GRANT, fresh_key(), "{\"scan\":%lld,\"stamps\":1}", (long long)scan(STAMPS)),
        409, "staff_cap");
    CHECK_INT(got_int("again"), HARNESS_NOW_MS + 18 * HOUR_MS); /* 4:00 in Tokyo */
    stored_is_sound();
}

static void
an_owner_thanks_a_member_once(void **state)
{
    struct events *live;
    char key[64], code[64];

    (void)state;
    terms(POINTS, "{\"earn\": {\"events\": [{\"name\": \"survey\", \"title\": \"Our survey\","
                  " \"units\": 5}]}}");
    login_liff(&shopper, 1);
    login_liff(&owner, 4);
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    ANSWERS(get(&owner, BONUS), 200);
    CHECK_TEXT(got_text("plans.1.events.0.title"), "Our survey");
    CHECK_INT(got_int("plans.1.events.0.units"), 5);
    live = events_open(&shopper, "/api/events");
    snprintf(key, sizeof(key), "%s", fresh_key());
    snprintf(code, sizeof(code), "%s", card_code(&shopper, STAMPS)); /* of another of their cards */
    for (int i = 0; i < 2; i++)                                      /* a repeat is one */
        ANSWERS(post(&owner, BONUS, key, "{\"code\":\"%s\",\"plan\":2,\"event\":\"survey\"}", code),
                201);
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), 1);
    CHECK_INT(got_int("amount"), 5);
    CHECK_INT(got_int("balance"), 5);
    events_next(live, "grant");
    CHECK_TEXT(got_text("shop"), "Our survey");
    CHECK_INT(got_int("amount"), 5);
    REFUSES(post(&owner, BONUS, fresh_key(), "{\"code\":\"%s\",\"plan\":2,\"event\":\"survey\"}",
                 card_code(&shopper, POINTS)),
            409, "bonus_given");
    CHECK_INT(got_int("last"), harness_now());
    ANSWERS(get(&shopper, "/api/card?plan=2"), 200);
    CHECK_TEXT(got_text("history.0.kind"), "bonus");
    CHECK_TEXT(got_text("history.0.why"), "Our survey");
    events_close(live);
    harness_advance(10 * SECOND_MS); /* nobody has shown it: the ladder takes it up as a grant's */
    UNTIL(stored_int("SELECT count(*) FROM notice WHERE kind = 'grant' AND state <> 'waiting'") ==
          1);
    stored_is_sound();
}

/* ---------------------------------------------------------------- foretold */

static void
foretold_and_then_given(const char *sale, int64_t amount)
{
    int64_t id = scan(POINTS);

    ANSWERS(post(&till, GRANT "/quote", NULL, "{\"scan\":%lld,%s}", (long long)id, sale), 200);
    CHECK_INT(got_int("amount"), amount);
    CHECK_TEXT(got_text("unit"), "point");
    ANSWERS(post(&till, GRANT, fresh_key(), "{\"scan\":%lld,%s}", (long long)id, sale), 201);
    CHECK_INT(got_int("amount"), amount);
}

/* Tax, tobacco, a double Wednesday, joining, the day's limit: the pad shows what the till cannot
 * know by itself. */
static void
the_pad_shows_what_will_be_given(void **state)
{
    int64_t id;

    (void)state;
    terms(POINTS, "{\"earn\": {\"tax_percent\": 10, \"join\": {\"units\": 5, \"when\": \"visit\"},"
                  " \"items\": [{\"category\": \"tobacco\", \"earns\": false}],"
                  " \"factors\": [{\"percent\": 200, \"weekdays\": [\"wed\"]}],"
                  " \"caps\": {\"member\": {\"units\": 60}}}}");
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    ANSWERS(get(&till, "/api/till"), 200);
    CHECK_THAT(got("plans.0.about") == NULL);
    CHECK_THAT(got_true("plans.1.about"));
    CHECK_INT(json_array_size(got("plans.1.categories")), 1);
    CHECK_TEXT(got_text("plans.1.categories.0.name"), "tobacco");
    CHECK_THAT(!got_true("plans.1.categories.0.pieces"));
    foretold_and_then_given("\"yen\":1100", 25); /* 10, twice, and five for joining */
    foretold_and_then_given("\"yen\":1650,\"lines\":[{\"category\":\"tobacco\",\"quantity\":1,"
                            "\"yen\":550},{\"category\":\"rest\",\"quantity\":1,\"yen\":1100}]",
                            20);
    foretold_and_then_given("\"yen\":5500", 20); /* 100, of which 20 are left under the cap */
    id = scan(POINTS);
    for (int i = 0; i < 2; i++) /* the same refusal before as after */
        REFUSES(post(&till, i == 0 ? GRANT "/quote" : GRANT, i == 0 ? NULL : fresh_key(),
                     "{\"scan\":%lld,\"yen\":1100}", (long long)id),
                409, "member_cap");
    CHECK_INT(stored_int("SELECT count(*) FROM transfer WHERE kind = 1"), 3);
    stored_is_sound();
}

static void
a_stamp_that_counts_for_more_is_told_to_the_till(void **state)
{
    (void)state;
    terms(STAMPS, "{\"goal\": 10, \"rewards\": [{\"at\": 10, \"title\": \"Coffee\","
                  " \"valid_days\": 30}], \"earn\": {\"visit_stamps\": 2}}");
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    ANSWERS(get(&till, "/api/till"), 200);
    CHECK_INT(got_int("plans.0.stamps_each"), 2);
    CHECK_THAT(got("plans.1.stamps_each") == NULL);
    ANSWERS(
        post(&till, GRANT "/quote", NULL, "{\"scan\":%lld,\"stamps\":3}", (long long)scan(STAMPS)),
        200);
    CHECK_INT(got_int("amount"), 6);
}

static void
cups_are_told_apart_at_the_till_of_stamps_too(void **state)
{
    static const char sale[] =
        "\"yen\":1200,\"lines\":[{\"category\":\"coffee\",\"quantity\":2,\"yen\":900},"
        "{\"category\":\"other\",\"quantity\":1,\"yen\":300}]";

    (void)state;
    terms(STAMPS, "{\"goal\": 10, \"rewards\": [{\"at\": 10, \"title\": \"Coffee\","
                  " \"valid_days\": 30}], \"cool_down_min\": 0,"
                  " \"earn\": {\"items\": [{\"category\": \"coffee\", \"units_each\": 1}]}}");
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    ANSWERS(get(&till, "/api/till"), 200);
    CHECK_TEXT(got_text("plans.0.categories.0.name"), "coffee");
    CHECK_THAT(got_true("plans.0.categories.0.pieces"));
    ANSWERS(post(&till, GRANT, fresh_key(), "{\"scan\":%lld,%s}", (long long)scan(STAMPS), sale),
            201);
    CHECK_INT(got_int("amount"), 2);
    ANSWERS(
        post(&till, GRANT, fresh_key(), "{\"scan\":%lld,\"stamps\":1}", (long long)scan(STAMPS)),
        201);
    CHECK_INT(got_int("amount"), 1);
    stored_is_sound();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(till_and_card_say_why_it_was_so_much),
        STORY(asking_again_too_early_is_answered_with_times_on_both_sides),
        STORY(a_birthday_is_asked_for_where_it_earns),
        STORY(a_receipt_is_read_line_by_line),
        STORY(the_card_offers_what_can_be_used),
        STORY(a_cap_says_who_and_until_when),
        STORY(an_owner_thanks_a_member_once),
        STORY(the_pad_shows_what_will_be_given),
        STORY(a_stamp_that_counts_for_more_is_told_to_the_till),
        STORY(cups_are_told_apart_at_the_till_of_stamps_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
