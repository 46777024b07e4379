/*
 * stampd doctor beside line-sim: one line for each thing that has to fit, what is wrong said with
 * the place to mend it, and never a secret.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/commands.h"
#include "base/arena.h"
#include "sim/demo_values.h"
#include "tests/support/harness.h"

static struct arena *arena;
static struct buf out;
static struct call call;

static int
set_up(void **state)
{
    arena = arena_new(4 * MIB);
    return arena == NULL ? -1 : harness_set_up(state);
}

static int
tear_down(void **state)
{
    arena_free(arena);
    return harness_tear_down(state);
}
#define VISIT(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void
visit_with(const struct config *config, int64_t ahead_ms)
{
    struct clock real = {0};
    struct err e;

    out = buf_new(arena, 64 * KIB);
    call = (struct call){
        .config = config, .arena = arena, .out = &out, .now_ms = clock_now_ms(&real) + ahead_ms};
    CHECK_OK(command_doctor(&call, &e), e);
}

static bool
says(const char *text)
{
    bool found = strstr(out.at, text) != NULL;

    if (!found)
        print_error("not said: %s\n%s", text, out.at);
    return found;
}

static bool
keeps_secrets(void)
{
    return strstr(out.at, SIM_LOGIN_CHANNEL_SECRET) == NULL &&
           strstr(out.at, SIM_MESSAGING_CHANNEL_SECRET) == NULL && strstr(out.at, "Bearer") == NULL;
}

static void
where_all_fits_it_says_so(void **state)
{
    (void)state;
    visit_with(&here.config, 0);
    CHECK_THAT(says("ok    settings"));
    CHECK_THAT(says("ok    root key"));
    CHECK_THAT(says("ok    book"));
    CHECK_THAT(says("data folder"));
    CHECK_THAT(says("stampd answers"));
    CHECK_THAT(says("ok    LINE's keys for ID tokens"));
    CHECK_THAT(says("ok    clock"));
    CHECK_THAT(says("ok    LINE Login channel " SIM_LOGIN_CHANNEL_ID));
    CHECK_THAT(says("ok    Messaging API channel " SIM_MESSAGING_CHANNEL_ID));
    CHECK_THAT(says("ok    official account " SIM_BOT_BASIC_ID));
    CHECK_THAT(says("ok    webhook"));
    CHECK_THAT(says("LINE has just reached it"));
    CHECK_THAT(says("ok    LIFF app " SIM_LIFF_ID));
    CHECK_THAT(says("under one provider"));
    CHECK_THAT(strstr(out.at, "FAIL  ") == NULL);
    CHECK_THAT(!call.failed);
    CHECK_THAT(keeps_secrets());
    stored_is_sound();
}

static void
each_thing_that_is_wrong_is_named(void **state)
{
    static const struct {
        const char *setting, *line;
    } rows[] = {
        {"LOGIN_CHANNEL_SECRET=00000000000000000000000000000000",
         "FAIL  LINE Login channel " SIM_LOGIN_CHANNEL_ID ": LINE refuses this id"},
        {"CHANNEL_SECRET=00000000000000000000000000000000",
         "FAIL  Messaging API channel " SIM_MESSAGING_CHANNEL_ID ": LINE refuses this id"},
        {"CHANNEL_ID=1234567899", "FAIL  Messaging API channel 1234567899"},
        {"BOT_USER_ID=U00000000000000000000000000000002",
         "FAIL  BOT_USER_ID is not this account's - every event would be refused: set it "
         "to " SIM_BOT_USER_ID},
        {"BOT_USER_ID=", "warn  setting BOT_USER_ID is empty"},
        {"LIFF_ID=1234567890-Xxxxxxxx", "FAIL  LIFF app 1234567890-Xxxxxxxx: not in LINE Login"},
        {"LIFF_ID=", "warn  setting LIFF_ID is empty"},
        {"CHANNEL_SECRET=", "FAIL  setting CHANNEL_SECRET is empty"},
        {"CHANNEL_SECRET_OLD=00000000000000000000000000000000", "note  CHANNEL_SECRET_OLD"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char path[400];
        struct config config;
        struct err e;
        FILE *file;

        CHECK_ROW(i);
        snprintf(path, sizeof(path), "%s/stampd.conf", here.dir);
        file = fopen(path, "a");
        fprintf(file, "%s\n", rows[i].setting);
        fclose(file);
        CHECK_OK(config_load(path, &config, &e), e);
        visit_with(&config, 0);
        CHECK_THAT(says(rows[i].line));
        CHECK_INT(call.failed, strncmp(rows[i].line, "FAIL", 4) == 0);
        CHECK_THAT(keeps_secrets());
        config_clear(&config);
        harness_stop_app();
        harness_start_app(); /* writes the settings anew */
    }
}

static void
files_that_are_missing_or_open_to_all_are_named(void **state)
{
    char key[400];

    (void)state;
    snprintf(key, sizeof(key), "%s/" DATA_ROOT_KEY, here.dir);
    CHECK_INT(chmod(key, 0644), 0);
    visit_with(&here.config, 0);
    CHECK_THAT(says("FAIL  root key") && says("mode 600"));
    CHECK_INT(unlink(key), 0);
    visit_with(&here.config, 0);
    CHECK_THAT(says("FAIL  root key") && says("stampd init"));
    CHECK_INT(chmod(here.dir, 0755), 0);
    visit_with(&here.config, 0);
    CHECK_THAT(says("others may look into it"));
    CHECK_INT(chmod(here.dir, 0700), 0);
}

static void
a_clock_that_is_off_is_told(void **state)
{
    (void)state;
    visit_with(&here.config, 2 * MINUTE_MS);
    CHECK_THAT(says("warn  clock: 1") && says("NTP"));
    visit_with(&here.config, -5 * MINUTE_MS);
    CHECK_THAT(says("warn  clock: -"));
    CHECK_THAT(!call.failed);
}

static void
what_line_has_elsewhere_is_told(void **state)
{
    (void)state;
    ANSWERS(sim_post("/sim/settings", "{\"webhook\":\"http://127.0.0.1:1/other\"}"), 200);
    visit_with(&here.config, 0);
    CHECK_THAT(says("FAIL  webhook: LINE has http://127.0.0.1:1/other - set the URL to "));
    ANSWERS(sim_post("/sim/settings", "{\"webhook\":\"\"}"), 200);
    visit_with(&here.config, 0);
    CHECK_THAT(says("FAIL  webhook: LINE has none"));
    CHECK_THAT(call.failed);
}

static void
without_a_network_it_says_what_it_cannot_reach(void **state)
{
    (void)state;
    sim_stop(here.sim);
    here.sim = NULL;
    visit_with(&here.config, 0);
    CHECK_THAT(says("FAIL  LINE: cannot reach http://127.0.0.1"));
    CHECK_THAT(says("ok    book"));
    CHECK_THAT(strstr(out.at, "official account") == NULL);
    CHECK_THAT(call.failed);
}

static void
lines_bad_answers_are_told_and_nothing_more(void **state)
{
    (void)state;
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"*\",\"kind\":\"500_before\",\"rate\":1.0}"), 200);
    visit_with(&here.config, 0);
    CHECK_THAT(says("FAIL  LINE's keys for ID tokens: answer 500"));
    CHECK_THAT(says("LINE answered 500 without a token"));
    CHECK_THAT(call.failed && keeps_secrets());
}

static void
before_serve_it_says_that_nobody_answers(void **state)
{
    struct config config;
    char path[400];
    struct err e;

    (void)state;
    harness_stop_app();
    snprintf(path, sizeof(path), "%s/stampd.conf", here.dir);
    CHECK_OK(config_load(path, &config, &e), e);
    visit_with(&config, 0);
    CHECK_THAT(says("warn  LISTEN") && says("stampd serve"));
    CHECK_THAT(says("note  webhook: not tried"));
    CHECK_THAT(!call.failed);
    config_clear(&config);
    harness_start_app();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT(where_all_fits_it_says_so),
        VISIT(each_thing_that_is_wrong_is_named),
        VISIT(files_that_are_missing_or_open_to_all_are_named),
        VISIT(a_clock_that_is_off_is_told),
        VISIT(what_line_has_elsewhere_is_told),
        VISIT(without_a_network_it_says_what_it_cannot_reach),
        VISIT(lines_bad_answers_are_told_and_nothing_more),
        VISIT(before_serve_it_says_that_nobody_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
