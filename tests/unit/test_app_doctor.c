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
#include "tests/support/tls_peer.h"

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
    CHECK_THAT(says("ok    quota: 0 of 200"));
    CHECK_THAT(strstr(out.at, "may open it") == NULL);
    CHECK_THAT(says(" 0 failed: nothing is wrong"));
    CHECK_THAT(says("under one provider"));
    CHECK_THAT(strstr(out.at, "FAIL  ") == NULL);
    CHECK_THAT(!call.failed);
    CHECK_THAT(keeps_secrets());
    stored_is_sound();
}

/* By stampd.conf, whether stampd runs or not. */
static void
visit_by_file(int64_t ahead_ms)
{
    char path[400];
    struct config config;
    struct err e;

    snprintf(path, sizeof(path), "%s/stampd.conf", here.dir);
    CHECK_OK(config_load(path, &config, &e), e);
    visit_with(&config, ahead_ms);
    config_clear(&config);
}

/* With these lines more in stampd.conf. */
static void
visit_having(const char *lines, int64_t ahead_ms)
{
    char path[400];
    FILE *file;

    snprintf(path, sizeof(path), "%s/stampd.conf", here.dir);
    file = fopen(path, "a");
    fprintf(file, "%s\n", lines);
    fclose(file);
    visit_by_file(ahead_ms);
    harness_stop_app();
    harness_start_app(); /* writes the settings anew */
}

#define LOGIN "FAIL  LINE Login channel " SIM_LOGIN_CHANNEL_ID ": LINE refuses this id"
#define BOT "FAIL  Messaging API channel " SIM_MESSAGING_CHANNEL_ID ": LINE refuses this id"
#define ZEROS "00000000000000000000000000000000"

static void
each_setting_that_is_wrong_is_named(void **state)
{
    static const struct {
        const char *setting, *line;
    } rows[] = {
        {"LOGIN_CHANNEL_SECRET=" ZEROS, LOGIN " with this secret - copy both again from LINE "
                                              "Developers Console, LINE Login channel, Basic"},
        {"CHANNEL_SECRET=" ZEROS, BOT},
        {"CHANNEL_SECRET=fedcba9876543210fedcba987654321",
         BOT " with this secret - CHANNEL_SECRET is no channel secret, which has 32 of the "
             "characters 0-9 a-f; this one has 31"},
        {"CHANNEL_ID=1234567899", "FAIL  Messaging API channel 1234567899: LINE refuses this id"},
        {"CHANNEL_ID=@points-demo", "CHANNEL_ID is no channel id, which has digits only"},
        {"CHANNEL_SECRET=" SIM_LOGIN_CHANNEL_SECRET
         "\nLOGIN_CHANNEL_SECRET=" SIM_MESSAGING_CHANNEL_SECRET,
         BOT " with this secret - the secret in LOGIN_CHANNEL_SECRET belongs to it"},
        {"CHANNEL_SECRET=" SIM_LOGIN_CHANNEL_SECRET "\nCHANNEL_ID=" SIM_LOGIN_CHANNEL_ID,
         "FAIL  CHANNEL_ID " SIM_LOGIN_CHANNEL_ID ": LINE knows no account behind it"},
        {"LOGIN_CHANNEL_SECRET=" SIM_MESSAGING_CHANNEL_SECRET
         "\nLOGIN_CHANNEL_ID=" SIM_MESSAGING_CHANNEL_ID,
         "FAIL  LOGIN_CHANNEL_ID " SIM_MESSAGING_CHANNEL_ID ": this is a Messaging API channel"},
        {"LOGIN_CHANNEL_SECRET=" SIM_MESSAGING_CHANNEL_SECRET
         "\nLOGIN_CHANNEL_ID=" SIM_MESSAGING_CHANNEL_ID "\nCHANNEL_SECRET=" SIM_LOGIN_CHANNEL_SECRET
         "\nCHANNEL_ID=" SIM_LOGIN_CHANNEL_ID,
         "FAIL  LOGIN_CHANNEL_ID " SIM_MESSAGING_CHANNEL_ID
         ": this is a Messaging API channel - the id and secret of the LINE Login channel belong "
         "here; the two pairs have changed places"},
        {"BOT_USER_ID=U00000000000000000000000000000002",
         "FAIL  BOT_USER_ID is not this account's - every event would be refused: set it "
         "to " SIM_BOT_USER_ID},
        {"BOT_USER_ID=", "warn  setting BOT_USER_ID is empty"},
        {"LIFF_ID=1234567890-Xxxxxxxx", "FAIL  LIFF app 1234567890-Xxxxxxxx: not in LINE Login"},
        {"LIFF_ID=1234567891-AbcdEfgh",
         "FAIL  LIFF app 1234567891-AbcdEfgh: of channel 1234567891"},
        {"LIFF_ID=", "warn  setting LIFF_ID is empty"},
        {"CHANNEL_SECRET=", "FAIL  setting CHANNEL_SECRET is empty"},
        {"CHANNEL_SECRET_OLD=" ZEROS, "note  CHANNEL_SECRET_OLD"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_ROW(i);
        visit_having(rows[i].setting, 0);
        CHECK_THAT(says(rows[i].line));
        CHECK_INT(call.failed,
                  strncmp(rows[i].line, "warn", 4) != 0 && strncmp(rows[i].line, "note", 4) != 0);
        CHECK_THAT(keeps_secrets());
    }
}

static void
each_thing_set_wrong_at_line_is_named(void **state)
{
    static const struct {
        const char *console, *line;
        bool fails;
    } rows[] = {
        {"{\"liff_scope\":\"profile\"}", "has no scope openid, so nobody can sign in - tick it",
         true},
        {"{\"liff_scope\":\"openid\"}", "has no scope profile", true},
        {"{\"liff_scope\":\"openid profile\",\"liff\":\"http://127.0.0.1:1/card\"}",
         "opens http://127.0.0.1:1/card - set its Endpoint URL to http", true},
        {"{\"liff_type\":\"tall\"}", "warn  LIFF app " SIM_LIFF_ID ": opens in size tall", true},
        {"{\"bot_prompt\":\"none\"}", "offers nobody to add the official account", true},
        {"{\"chat_mode\":\"chat\"}", "warn  official account: chat is on", true},
        {"{\"webhook_off\":true}", "not in use - switch Use webhook on", true},
        {"{\"menu_by_manager\":true}", "note  rich menu: everybody's was made at", true},
    };

    (void)state;
    visit_with(&here.config, 0);
    CHECK_THAT(says("warn  rich menu: none for everybody"));
    CHECK_THAT(!call.failed);
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_ROW(i);
        ANSWERS(sim_post("/sim/console", "%s", rows[i].console), 200);
        visit_with(&here.config, 0);
        CHECK_THAT(says(rows[i].line));
        CHECK_INT(call.failed, rows[i].fails); /* what was set before stays set */
    }
}

static void
an_address_line_was_not_told_of_is_named(void **state)
{
    (void)state;
    visit_with(&here.config, 0);
    CHECK_THAT(says("ok    sign-in: LINE takes "));
    visit_having("PUBLIC_URL=http://localhost:1", 0);
    CHECK_THAT(
        says("FAIL  sign-in: LINE refuses to begin one - add http://localhost:1/line/callback"));
}

/* Now, as long as a fixed day is away. */
static int64_t
until(int64_t at_ms)
{
    struct clock real = {0};

    return at_ms - clock_now_ms(&real);
}

static void
months_messages_are_forecast(void **state)
{
    const int64_t middle_ms = INT64_C(1776265200000); /* 2026-04-16 00:00 in Tokyo: half is over */
    const int64_t second_ms = INT64_C(1775055600000); /* 2026-04-02 00:00 */
    static const struct {
        const char *settings, *line;
        bool early, fails;
    } rows[] = {
        {"{\"quota\":200,\"used\":90}",
         "ok    quota: 90 of 200 messages of this month used; at this pace 180 by its end", false,
         false},
        {"{\"quota\":200,\"used\":110}",
         "warn  quota: 110 of 200 messages of this month used; at this pace 220 by its end - more "
         "than there are",
         false, false},
        {"{\"quota\":200,\"used\":110}", "used; too early in the month for a forecast", true,
         false},
        {"{\"quota\":200,\"used\":200}", "FAIL  quota: all 200 messages of this month are used",
         false, true},
        {"{\"quota\":-1,\"used\":7}", "ok    quota: no limit, 7 messages used", false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_ROW(i);
        ANSWERS(sim_post("/sim/settings", "%s", rows[i].settings), 200);
        visit_with(&here.config, until(rows[i].early ? second_ms : middle_ms));
        CHECK_THAT(says(rows[i].line));
        CHECK_INT(call.failed, rows[i].fails);
    }
}

static void
two_providers_show_once_somebody_has_signed_in(void **state)
{
    struct browser member = {0};

    (void)state;
    visit_with(&here.config, 0);
    CHECK_THAT(says("note  provider: "));
    login_liff(&member, 1);
    visit_with(&here.config, 0);
    CHECK_THAT(says("ok    provider: "));
    CHECK_THAT(says("(1 people have so far)"));
    ANSWERS(sim_post("/sim/console", "{\"other_provider\":true}"), 200);
    visit_with(&here.config, 0);
    CHECK_THAT(says("warn  provider: the account knows none of the newest 1 members"));
    CHECK_THAT(!call.failed);
    harness_stop_app();
    stored_spoil("INSERT INTO outbox (kind, member_id, retry_key, body, state, next_ms, closed_ms, "
                 "created_ms) VALUES ('push', 1, '123e4567-e89b-42d3-a456-426614174000', x'00', "
                 "'rejected', 1, 1, 1)");
    visit_by_file(0);
    CHECK_THAT(says("FAIL  provider: LINE has taken no push to a member and refused 1"));
    CHECK_THAT(strstr(out.at, "U5a3e1d07") == NULL); /* nobody's id is said */
    harness_start_app();
}

static void
webhook_test_is_understood(void **state)
{
    static const struct {
        const char *reason;
        int status;
        const char *meaning;
    } rows[] = {
        {"COULD_NOT_CONNECT", 0, "look at DNS, the firewall (port 443) and the certificate"},
        {"REQUEST_TIMEOUT", 0, "no answer in time"},
        {"ERROR_STATUS_CODE", 401, "CHANNEL_SECRET is of another channel"},
        {"ERROR_STATUS_CODE", 301, "LINE follows no redirect"},
        {"ERROR_STATUS_CODE", 404, "the proxy leads elsewhere"},
        {"ERROR_STATUS_CODE", 502, "the proxy or stampd failed"},
        {"UNCLASSIFIED", 0, "often the certificate's chain"},
    };
    char lines[128];

    (void)state;
    harness_setting("CHANNEL_SECRET=" ZEROS); /* of what serves; the doctor has the right one */
    harness_stop_app();
    harness_start_app();
    snprintf(lines, sizeof(lines), "CHANNEL_SECRET=%s", SIM_MESSAGING_CHANNEL_SECRET);
    visit_having(lines, 0);
    CHECK_THAT(says("FAIL  webhook: LINE tried and failed: ERROR_STATUS_CODE, status 401 (status "
                    "code is not 200) - our signature check refused it"));
    harness_setting(NULL);
    harness_stop_app();
    harness_start_app();
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_ROW(i);
        ANSWERS(sim_post("/sim/console", "{\"webhook_test\":\"%s\",\"webhook_status\":%d}",
                         rows[i].reason, rows[i].status),
                200);
        visit_with(&here.config, 0);
        CHECK_THAT(says(rows[i].reason) && says(rows[i].meaning));
        CHECK_THAT(call.failed);
    }
}

static void
certificates_of_public_url_are_judged(void **state)
{
    static const struct {
        enum tls_manner manner;
        const char *line;
    } rows[] = {
        {TLS_GOOD, ": 2 in its chain, TLSv1.3, ends "},
        {TLS_WITHOUT_INTERMEDIATE, "its chain is not complete (1 sent)"},
        {TLS_SELF_SIGNED, "signed by itself or by nobody that is known"},
        {TLS_EXPIRED, "not valid now, its end is "},
        {TLS_ENDS_SOON, ", in 5 days - it should have been renewed by now"},
        {TLS_OTHER_NAME, "made for another name"},
        {TLS_NOT_SPOKEN, "none was seen: "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tls_peer *peer = tls_peer_start(rows[i].manner);
        char lines[128];

        CHECK_ROW(i);
        snprintf(lines, sizeof(lines), "PUBLIC_URL=https://localhost:%d", tls_peer_port(peer));
        visit_having(lines, 0);
        CHECK_THAT(says(rows[i].line));
        CHECK_THAT(rows[i].manner != TLS_GOOD || says("stampd answers through the proxy"));
        tls_peer_stop(peer);
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
    snprintf(key, sizeof(key), "%s/" DATA_BOOK, here.dir);
    CHECK_INT(chmod(key, 0640), 0);
    visit_with(&here.config, 0);
    CHECK_THAT(says("stampd.db: others on this machine may open it - chmod 600"));
    CHECK_INT(chmod(key, 0600), 0);
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
    static const char *const spoilt[] = {"not_json", "truncated", "nested",
                                         "not_utf8", "huge",      "empty"};

    (void)state;
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"*\",\"kind\":\"500_before\",\"rate\":1.0}"), 200);
    visit_with(&here.config, 0);
    CHECK_THAT(says("FAIL  LINE's keys for ID tokens: answer 500"));
    CHECK_THAT(says("LINE answered 500 without a token"));
    CHECK_THAT(call.failed && keeps_secrets());
    ANSWERS(sim_delete("/sim/faults"), 204);
    for (size_t i = 0; i < COUNT(spoilt); i++) {
        CHECK_ROW(i);
        ANSWERS(sim_post("/sim/faults",
                         "{\"path\":\"/v2/bot/channel/webhook/endpoint\",\"kind\":\"%s\"}",
                         spoilt[i]),
                200);
        visit_with(&here.config, 0);
        CHECK_THAT(says("FAIL  webhook: "));
        CHECK_THAT(strcmp(spoilt[i], "huge") != 0 ? says("LINE answered 200, and no JSON")
                                                  : says("answer too long"));
        CHECK_THAT(call.failed && keeps_secrets());
    }
}

static void
before_serve_it_says_that_nobody_answers(void **state)
{
    (void)state;
    harness_stop_app();
    visit_by_file(0);
    CHECK_THAT(says("warn  LISTEN") && says("stampd serve"));
    CHECK_THAT(says("note  webhook: not tried"));
    CHECK_THAT(!call.failed);
    harness_start_app();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT(where_all_fits_it_says_so),
        VISIT(each_setting_that_is_wrong_is_named),
        VISIT(each_thing_set_wrong_at_line_is_named),
        VISIT(an_address_line_was_not_told_of_is_named),
        VISIT(months_messages_are_forecast),
        VISIT(two_providers_show_once_somebody_has_signed_in),
        VISIT(certificates_of_public_url_are_judged),
        VISIT(webhook_test_is_understood),
        VISIT(files_that_are_missing_or_open_to_all_are_named),
        VISIT(a_clock_that_is_off_is_told),
        VISIT(what_line_has_elsewhere_is_told),
        VISIT(without_a_network_it_says_what_it_cannot_reach),
        VISIT(lines_bad_answers_are_told_and_nothing_more),
        VISIT(before_serve_it_says_that_nobody_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
