/*
 * Rich menus beside line-sim: deployed once, gone on with after anything that went wrong, linked to
 * whoever they are for with one call a stamp, tapped and removed.
 */
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/control.h"
#include "app/menu_keeper.h"
#include "base/arena.h"
#include "domain/menu_book.h"
#include "domain/plan.h"
#include "domain/tier.h"
#include "line/menu.h"
#include "tests/support/harness.h"

#define MENUS_PATH "/v2/bot/richmenu"

static struct arena *arena;
static struct control *control;
static struct buf out;
static struct call call;

static int
set_up(void **state)
{
    struct err e;
    int failed;

    harness_setting("MENU_LANGUAGES=ja,en\nMENU_PICTURES=11");
    arena = arena_new(64 * MIB);
    failed = arena == NULL || harness_set_up(state);
    CHECK_OK(control_start(&control, here.app, data_path(arena, &here.config, DATA_CONTROL), &e),
             e);
    return failed;
}

static int
tear_down(void **state)
{
    control_stop(control);
    harness_setting(NULL);
    arena_free(arena);
    return harness_tear_down(state);
}
#define MENU_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* One command of ours, as on the command line. */
static enum err_code
run(const char *name, const char *const *words, int words_n, struct err *e)
{
    char first[32], second[32], *argv[12] = {first, second};
    const struct command *command;
    int taken;

    *e = (struct err){0};
    snprintf(first, sizeof(first), "richmenu");
    snprintf(second, sizeof(second), "%s", name);
    for (int i = 0; i < words_n; i++)
        argv[2 + i] = arena_dup(arena, words[i], strlen(words[i]));
    command = command_find(2 + words_n, argv, &taken);
    assert_non_null(command);
    out = buf_new(arena, 256 * KIB);
    call =
        (struct call){.config = &here.config, .arena = arena, .out = &out, .now_ms = harness_now()};
    CHECK_OK(command_parse(command, words_n, argv + 2, call.value, e), *e);
    switch (command->needs) {
    case NEEDS_READER:
        return command_read(&call, command->run, e);
    case NEEDS_WRITER:
        return control_write(command, &call, e);
    default:
        return command->run(&call, e);
    }
}

static void
done(const char *name)
{
    struct err e;

    CHECK_OK(run(name, NULL, 0, &e), e);
    if (call.failed)
        print_error("%s", out.at);
    CHECK_THAT(!call.failed);
}

static bool
says(const char *text)
{
    bool found = out.at != NULL && strstr(out.at, text) != NULL;

    if (!found)
        print_error("not said: %s\n%s", text, out.at ? out.at : "");
    return found;
}

/* ---------------------------------------------------------------- line-sim's side */

static int64_t
menus_at_line(void)
{
    ANSWERS(sim_get("/sim/state"), 200);
    return got_int("menus");
}

/* The key of the menu that person sees: their menu's first card area carries it. */
static const char *
seen_by(int person)
{
    static char keys[4][96];
    static unsigned next;
    char *key = keys[next++ % COUNT(keys)], path[64];
    const char *url = "";
    const json_t *area;
    size_t i;

    snprintf(path, sizeof(path), "/sim/talk?person=%d", person);
    ANSWERS(sim_get(path), 200);
    json_array_foreach(got("menu.areas"), i, area) {
        const char *uri =
            json_string_value(json_object_get(json_object_get(area, "action"), "uri"));

        if (uri != NULL)
            url = uri;
    }
    url = strstr(url, "menu=");
    snprintf(key, sizeof(keys[0]), "%.*s", url ? (int)strcspn(url + 5, "&") : 0,
             url ? url + 5 : "");
    return key;
}

static int64_t
calls_for_menus(void)
{
    return stored_int("SELECT count(*) FROM outbox WHERE kind = 'menu'");
}

static bool
sees(int person, const char *key)
{
    return strcmp(seen_by(person), key) == 0;
}

/* ---------------------------------------------------------------- deploying */

/* Guests 2; tabs of two plans 2 * 2; stamps 0 to 4 and points 0, 5 ... 50, in two languages. */
#define ALL (2 + 4 + 2 * 5 + 2 * 11)

static void
second_deploy_makes_nothing(void **state)
{
    (void)state;
    done("deploy");
    CHECK_THAT(says("38 menus: 38 made, 0 were there"));
    CHECK_INT(ALL, 38);
    CHECK_INT(menus_at_line(), ALL);
    CHECK_TEXT(seen_by(1), "guest.ja");
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"" MENUS_PATH "\",\"kind\":\"400\",\"times\":1}"),
            200);
    done("deploy"); /* one create would be refused now */
    CHECK_THAT(says("38 menus: 0 made, 38 were there"));
    CHECK_INT(menus_at_line(), ALL);
    CHECK_INT(stored_int("SELECT count(*) FROM menu_made"), ALL);
    stored_is_sound();
}

static void
each_menu_is_one_that_line_would_take(void **state)
{
    struct err e;

    (void)state;
    done("validate");
    CHECK_THAT(says("38 menus: LINE would take each of them"));
    CHECK_INT(menus_at_line(), 0);
    CHECK_OK(run("show", NULL, 0, &e), e);
    CHECK_THAT(says("new       member.ja.1.4") && says("38 menus of 1,000"));
    CHECK_THAT(says("one for each count") && says("one for 5 counts each"));
}

static void
whatever_goes_wrong_another_deploy_goes_on(void **state)
{
    static const char *const faults[] = {
        "{\"path\":\"" MENUS_PATH "\",\"kind\":\"500_before\",\"times\":1}",
        "{\"path\":\"" MENUS_PATH "\",\"kind\":\"reset_after\",\"times\":1}",
        "{\"path\":\"" MENUS_PATH "/richmenu-*\",\"kind\":\"400\",\"times\":1}",
        "{\"path\":\"" MENUS_PATH "/richmenu-*\",\"kind\":\"reset_after\",\"times\":1}",
        "{\"path\":\"" MENUS_PATH "/alias\",\"kind\":\"500_after\",\"times\":1}",
        "{\"path\":\"/v2/bot/user/all/*\",\"kind\":\"400\",\"times\":1}",
    };
    struct err e;

    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        CHECK_ROW(i);
        ANSWERS(sim_post("/sim/faults", "%s", faults[i]), 200);
        (void)run("deploy", NULL, 0, &e);
        ANSWERS(sim_delete("/sim/faults"), 204);
        stored_is_sound();
    }
    done("deploy");
    CHECK_INT(menus_at_line(), ALL);
    CHECK_INT(stored_int("SELECT count(*) FROM menu_made"), ALL);
    CHECK_TEXT(seen_by(1), "guest.ja");
    done("deploy");
    CHECK_THAT(says("38 menus: 0 made, 38 were there"));
}

static void
at_lines_limit_it_stops_and_says_when_to_go_on(void **state)
{
    struct err e;

    (void)state;
    ANSWERS(sim_post("/sim/limits", "{\"method\":\"POST\",\"path\":\"" MENUS_PATH
                                    "\",\"limit\":30,\"per_ms\":3600000}"),
            200);
    CHECK_OK(run("deploy", NULL, 0, &e), e);
    CHECK_THAT(call.failed);
    CHECK_THAT(says("30 of 38 menus are there; LINE makes 100 an hour") && says("02:00 UTC"));
    CHECK_INT(menus_at_line(), 30);
    harness_advance(HOUR_MS + MINUTE_MS);
    done("deploy");
    CHECK_THAT(says("38 menus: 8 made, 30 were there"));
    CHECK_INT(menus_at_line(), ALL);
}

static enum err_code
make_a_hundred(struct db *db, void *context, struct err *e)
{
    (void)context;
    for (int i = 1; i <= 100; i++) {
        struct menu_made made = {.line_id = "richmenu-0", .name = "n", .made_ms = harness_now()};

        snprintf(made.key, sizeof(made.key), "guest.th.c%d", i);
        if (menu_made_put(db, &made, 1, e))
            return e->code;
    }
    return OK;
}

static void
after_a_hundred_in_an_hour_line_is_not_asked(void **state)
{
    struct err e;

    (void)state;
    CHECK_OK(app_write(here.app, make_a_hundred, NULL, &e), e);
    harness_advance(10 * MINUTE_MS);
    CHECK_OK(run("deploy", NULL, 0, &e), e);
    CHECK_THAT(call.failed && says("0 of 38 menus are there") && says("after 02:00 UTC"));
    CHECK_INT(menus_at_line(), 0);
    harness_advance(51 * MINUTE_MS);
    done("deploy");
    CHECK_INT(menus_at_line(), ALL);
}

/* ---------------------------------------------------------------- following the plans */

/* The stamps' last reward is called something else from now on. */
static enum err_code
call_it_tea(struct db *db, void *context, struct err *e)
{
    struct plan_rules rules;
    int64_t version;

    (void)context;
    if (plan_load(db, STAMPS, 0, &rules, e))
        return e->code;
    snprintf(rules.reward[rules.rewards_n - 1].title, sizeof(rules.reward[0].title), "Tea");
    return plan_add_version(db, &rules, harness_now(), &version, e);
}

static enum menus_followed
followed(void)
{
    enum menus_followed what;
    struct err e;

    CHECK_OK(menus_follow(&here.config, harness_now(), NULL, &what, &e), e);
    return what;
}

static void
new_rules_are_on_the_menus_without_another_word(void **state)
{
    struct browser member = {0};
    struct err e;

    (void)state;
    CHECK_INT(followed(), MENUS_IN_STEP); /* nothing was deployed: nobody asked for menus */
    CHECK_INT(menus_at_line(), 0);
    login_liff(&member, 1);
    done("deploy");
    UNTIL(sees(1, "member.ja.1.0"));
    CHECK_INT(followed(), MENUS_IN_STEP);
    CHECK_OK(app_write(here.app, call_it_tea, NULL, &e), e);
    CHECK_INT(followed(), MENUS_DEPLOYED);
    CHECK_INT(followed(), MENUS_IN_STEP);
    UNTIL(stored_int("SELECT sweep_id IS NULL FROM menu_work") == 1);
    CHECK_INT(stored_int("SELECT count(*) FROM menu_link l JOIN menu_made m USING (line_id)"), 1);
    done("deploy");
    CHECK_THAT(says("38 menus: 0 made, 38 were there"));
    done("remove");
    CHECK_INT(followed(), MENUS_IN_STEP);
    CHECK_INT(menus_at_line(), 0);
    stored_is_sound();
}

static void
what_line_has_no_time_for_follows_later(void **state)
{
    enum menus_followed what;
    struct err e;

    (void)state;
    done("deploy");
    CHECK_OK(app_write(here.app, call_it_tea, NULL, &e), e);
    ANSWERS(sim_post("/sim/limits", "{\"method\":\"POST\",\"path\":\"" MENUS_PATH
                                    "\",\"limit\":5,\"per_ms\":3600000}"),
            200);
    CHECK_INT(followed(), MENUS_WAIT);
    harness_advance(HOUR_MS + MINUTE_MS);
    ANSWERS(
        sim_post("/sim/faults", "{\"path\":\"/v2/bot/user/all/*\",\"kind\":\"400\",\"times\":9}"),
        200);
    CHECK_INT(menus_follow(&here.config, harness_now(), NULL, &what, &e), ERR_UPSTREAM);
    ANSWERS(sim_delete("/sim/faults"), 204);
    harness_advance(HOUR_MS + MINUTE_MS);
    while (followed() == MENUS_WAIT)
        harness_advance(HOUR_MS + MINUTE_MS);
    CHECK_INT(followed(), MENUS_IN_STEP);
    stored_is_sound();
}

static void
whoever_has_to_go_leaves_a_deploy_where_it_is(void **state)
{
    const atomic_bool gives_up = true;
    enum menus_followed what;
    struct err e;

    (void)state;
    done("deploy");
    CHECK_OK(app_write(here.app, call_it_tea, NULL, &e), e);
    CHECK_FAILS(menus_follow(&here.config, harness_now(), &gives_up, &what, &e), e, ERR_BUSY,
                "stopping");
    CHECK_INT(menus_at_line(), ALL);
    CHECK_INT(followed(), MENUS_DEPLOYED);
}

/* ---------------------------------------------------------------- levels */

static const struct tier_rules levels = {
    .steps_n = 2,
    .by = TIER_BY_VISITS,
    .months = 1,
    .keep_months = 1,
    .step = {{.name = "シルバー", .from = 1, .look = TIER_LOOK_SILVER},
             {.name = "ゴールド", .from = 2}},
};

/* context: of which the stamps are to have so many, from now on. */
static enum err_code
have_levels(struct db *db, void *context, struct err *e)
{
    const size_t *steps_n = context;
    struct plan_rules rules;
    int64_t version;

    if (plan_load(db, STAMPS, 0, &rules, e))
        return e->code;
    rules.tier = *steps_n > 0 ? levels : (struct tier_rules){.steps_n = 0};
    rules.tier.steps_n = *steps_n;
    return plan_add_version(db, &rules, harness_now(), &version, e);
}

static void
set_levels(size_t steps_n)
{
    struct err e;

    CHECK_OK(app_write(here.app, have_levels, &steps_n, &e), e);
}

static int64_t
owed_today(const char *which)
{
    return stored_int("SELECT count(*) FROM outbox WHERE created_ms > %lld AND kind %s 'menu'",
                      (long long)(harness_now() - DAY_MS), which);
}

/* Up with a stamp, up again, and down when the time is over: each with one call, and no message. */
static void
each_member_sees_the_menu_of_their_level(void **state)
{
    struct browser member = {0}, other = {0}, till = {0};
    int64_t calls;

    (void)state;
    set_levels(2);
    done("deploy");
    CHECK_THAT(
        says("58 menus: 58 made, 0 were there")); /* twice five pictures more in each language */
    login_liff(&member, 1);
    login_liff(&other, 2);
    UNTIL(sees(1, "member.ja.1.0") && sees(2, "member.ja.1.0"));
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &member, 1);
    UNTIL(sees(1, "member.ja.1.1.t1"));
    harness_advance(30 * MINUTE_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    calls = calls_for_menus();
    grant_stamps(&till, &member, 1);
    UNTIL(sees(1, "member.ja.1.2.t2"));
    UNTIL(stored_int("SELECT count(*) FROM menu_due") == 0);
    CHECK_INT(calls_for_menus(), calls + 1);
    CHECK_TEXT(seen_by(2), "member.ja.1.0");
    stored_is_sound();
    ANSWERS(post(&member, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    ANSWERS(get(&member, "/api/admin/menus"), 200);
    CHECK_TEXT(got_text("levels.0.name"), "ゴールド");
    CHECK_TEXT(got_text("levels.0.look"), "");
    CHECK_INT(got_int("levels.0.members"), 1);
    CHECK_TEXT(got_text("levels.1.look"), "silver");
    CHECK_INT(got_int("levels.1.members"), 0);
    CHECK_INT(got_int("levels.2.tier"), 0);
    CHECK_INT(got_int("levels.2.members"), 1);
    harness_advance(70 * DAY_MS);
    UNTIL(sees(1, "member.ja.1.2"));
    CHECK_TEXT(seen_by(2), "member.ja.1.0");
    CHECK_INT(owed_today("="), 1);
    CHECK_INT(owed_today("<>"), 0);
    stored_is_sound();
}

static void
new_levels_are_on_the_menus_without_another_word(void **state)
{
    struct browser member = {0}, till = {0};
    struct err e;

    (void)state;
    set_levels(2);
    done("deploy");
    login_liff(&member, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &member, 2);
    harness_advance(30 * MINUTE_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &member, 1);
    UNTIL(sees(1, "member.ja.1.3.t2"));
    harness_advance(MINUTE_MS);
    set_levels(1); /* who was higher is of the highest there is */
    CHECK_INT(followed(), MENUS_DEPLOYED);
    UNTIL(sees(1, "member.ja.1.3.t1"));
    stored_is_sound();
    harness_advance(MINUTE_MS);
    set_levels(0);
    CHECK_INT(followed(), MENUS_DEPLOYED);
    UNTIL(sees(1, "member.ja.1.3"));
    CHECK_INT(menus_at_line(), ALL + 1); /* one was still linked to the member */
    stored_is_sound();
    CHECK_OK(run("show", NULL, 0, &e), e);
    set_levels(2);
    CHECK_OK(run("show", NULL, 0, &e), e);
    CHECK_THAT(says("ゴールド: 5 pictures") && says("new       member.ja.1.4.t2"));
}

/* ---------------------------------------------------------------- linking */

static void
each_stamp_is_one_call_and_nothing_changed_is_none(void **state)
{
    struct browser member = {0}, other = {0}, till = {0};
    int64_t calls;

    (void)state;
    login_liff(&member, 1);
    done("deploy");
    UNTIL(sees(1, "member.ja.1.0")); /* who was there before */
    CHECK_INT(calls_for_menus(), 1);
    login_liff(&other, 2);
    UNTIL(sees(2, "member.ja.1.0")); /* who joins now */
    CHECK_TEXT(seen_by(3), "guest.ja");
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    calls = calls_for_menus();
    grant_stamps(&till, &member, 1);
    UNTIL(sees(1, "member.ja.1.1"));
    CHECK_INT(calls_for_menus(), calls + 1);
    harness_advance(30 * MINUTE_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &member, 2);
    UNTIL(sees(1, "member.ja.1.3"));
    harness_advance(30 * MINUTE_MS);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &member, 1); /* full: two transfers, one call */
    UNTIL(sees(1, "member.ja.1.0"));
    CHECK_INT(calls_for_menus(), calls + 3);
    done("deploy"); /* everybody is looked at, and nobody needs a call */
    UNTIL(stored_int("SELECT sweep_id IS NULL FROM menu_work") == 1);
    harness_advance(MINUTE_MS);
    CHECK_INT(calls_for_menus(), calls + 3);
    stored_is_sound();
}

static void
language_and_friendship_choose_the_menu(void **state)
{
    struct browser member = {0};

    (void)state;
    done("deploy");
    login_liff(&member, 1);
    UNTIL(sees(1, "member.ja.1.0"));
    ANSWERS(post(&member, "/api/profile", NULL, "{\"language\":\"en\"}"), 200);
    UNTIL(sees(1, "member.en.1.0"));
    ANSWERS(post(&member, "/api/profile", NULL, "{\"language\":\"th\"}"), 200);
    UNTIL(sees(1, "member.ja.1.0")); /* none was made in Thai: that of the guests' language */
    ANSWERS(post(&member, "/api/profile", NULL, "{\"language\":\"ja\"}"), 200);
    UNTIL(sees(1, "member.ja.1.0"));
    ANSWERS(sim_post("/sim/webhook", "{\"events\":[{\"type\":\"unfollow\",\"person\":1}]}"), 200);
    UNTIL(stored_int("SELECT count(*) FROM menu_link") == 0);
    harness_advance(SECOND_MS);
    ANSWERS(sim_post("/sim/webhook", "{\"events\":[{\"type\":\"follow\",\"person\":1}]}"), 200);
    UNTIL(stored_int("SELECT count(*) FROM menu_link") == 1);
    UNTIL(sees(1, "member.ja.1.0"));
    stored_is_sound();
}

static void
a_period_changes_every_menu_while_it_lasts(void **state)
{
    static const char *const words[] = {"--title",    "Spring",  "--from",
                                        "2026-04-02", "--until", "2026-04-03"};
    struct browser member = {0};
    struct err e;

    (void)state;
    CHECK_OK(run("period", words, COUNT(words), &e), e);
    CHECK_FAILS(run("period", words, COUNT(words), &e), e, ERR_CONFLICT, "refused");
    done("deploy");
    CHECK_INT(menus_at_line(), 2 * ALL);
    login_liff(&member, 1);
    UNTIL(sees(1, "member.ja.1.0"));
    harness_advance(DAY_MS); /* 2 April, 10:00 in Tokyo */
    UNTIL(sees(1, "member.ja.1.0.c1"));
    UNTIL(sees(3, "guest.ja.c1"));
    harness_advance(2 * DAY_MS);
    UNTIL(sees(1, "member.ja.1.0"));
    UNTIL(sees(3, "guest.ja"));
    stored_is_sound();
}

static void
what_nobody_is_linked_to_any_more_is_dropped(void **state)
{
    struct browser member = {0};

    (void)state;
    done("deploy");
    login_liff(&member, 1);
    UNTIL(sees(1, "member.ja.1.0"));
    here.config.title = "Another name"; /* in every menu */
    here.config.menu_languages = "ja";
    done("deploy");
    CHECK_THAT(says("19 menus: 19 made, 0 were there") && says("older menus removed: 37"));
    CHECK_INT(menus_at_line(), 19 + 1); /* one is still linked to somebody */
    UNTIL(stored_int(
              "SELECT count(*) FROM menu_link l JOIN menu_made m ON m.line_id = l.line_id") == 1);
    UNTIL(stored_int("SELECT count(*) FROM outbox WHERE kind = 'menu' AND closed_ms IS NULL") == 0);
    done("deploy");
    CHECK_THAT(says("older menus removed: 1"));
    CHECK_INT(menus_at_line(), 19);
    CHECK_TEXT(seen_by(1), "member.ja.1.0");
    CHECK_TEXT(seen_by(3), "guest.ja");
    stored_is_sound();
}

static void
taps_are_counted_wherever_they_lead(void **state)
{
    struct browser member = {0}, guest = {0};

    (void)state;
    done("deploy");
    login_liff(&member, 1);
    UNTIL(sees(1, "member.ja.1.0"));
    ANSWERS(get(&member, "/card/1?menu=member.ja.1.0&area=0"), 200);
    ANSWERS(get(&member, "/card/1?menu=member.ja.1.0&area=0"), 200); /* no kept answer */
    ANSWERS(get(&member, "/card/1?menu=guest.ja&area=0"), 200); /* counted before the sign-in */
    ANSWERS(get(&guest, "/card/0?menu=guest.ja&area=0"), 200);
    ANSWERS(get(&guest, "/card/0?menu=guest.fr&area=0"), 200);
    ANSWERS(get(&guest, "/card/0?menu=guest.ja&area=99"), 200);
    ANSWERS(sim_post("/sim/webhook", "{\"events\":[{\"type\":\"postback\",\"person\":1,\"data\":"
                                     "\"action=balance&menu=member.ja.1.0&area=2\"}]}"),
            200);
    UNTIL(stored_int("SELECT sum(count) FROM menu_tap") == 4);
    CHECK_INT(stored_int("SELECT count FROM menu_tap WHERE key = 'member.ja.1.0' AND area = 0"), 2);
    CHECK_INT(stored_int("SELECT count FROM menu_tap WHERE key = 'guest.ja'"), 1);
    done("status");
    CHECK_THAT(says("member progress        2        2"));
    CHECK_THAT(says("member balance         1        1"));
    CHECK_THAT(says("guest  progress        1        1"));
    ANSWERS(post(&member, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    ANSWERS(get(&member, "/api/admin/menus"), 200);
    CHECK_INT(got_int("menus"), ALL);
    CHECK_INT(got_int("members"), 1);
    CHECK_TEXT(got_text("taps.0.area"), "progress");
    CHECK_INT(got_int("taps.0.week"), 2);
    CHECK_THAT(!got_true("taps.0.guest"));
}

static void
what_line_refuses_is_tried_again_at_the_next_stamp(void **state)
{
    struct browser member = {0}, till = {0};

    (void)state;
    done("deploy");
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"/v2/bot/user/U*\",\"kind\":\"400\",\"times\":1}"),
            200);
    login_liff(&member, 1);
    UNTIL(stored_int("SELECT count(*) FROM outbox WHERE kind = 'menu' AND state = 'rejected'") ==
          1);
    CHECK_INT(stored_int("SELECT count(*) FROM menu_link"), 0);
    CHECK_TEXT(seen_by(1), "guest.ja");
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &member, 1);
    UNTIL(sees(1, "member.ja.1.1"));
}

static void
a_tab_turns_to_the_other_plan_with_the_members_count(void **state)
{
    struct browser member = {0};

    (void)state;
    done("deploy");
    login_liff(&member, 1);
    UNTIL(sees(1, "member.ja.1.0"));
    ANSWERS(sim_post("/sim/webhook", "{\"events\":[{\"type\":\"postback\",\"person\":1,\"data\":"
                                     "\"action=menu&menu=member.ja.1.0&area=5\"}]}"),
            200);
    UNTIL(sees(1, "member.ja.2.0"));
    CHECK_INT(stored_int("SELECT count FROM menu_tap WHERE area = 5"), 1);
    stored_is_sound();
}

static void
whoever_leaves_sees_what_everybody_does(void **state)
{
    struct browser member = {0};

    (void)state;
    done("deploy");
    login_liff(&member, 1);
    UNTIL(sees(1, "member.ja.1.0"));
    ANSWERS(post(&member, "/api/me/leave", NULL, "{\"confirm\":\"leave\"}"), 200);
    UNTIL(sees(1, "guest.ja"));
    CHECK_INT(stored_int("SELECT count(*) FROM menu_link"), 0);
    stored_is_sound();
}

static void
remove_leaves_nothing_of_ours_and_all_of_others(void **state)
{
    struct browser member = {0};

    (void)state;
    done("deploy");
    login_liff(&member, 1);
    UNTIL(sees(1, "member.ja.1.0"));
    done("remove");
    CHECK_THAT(says("38 menus are gone"));
    CHECK_INT(menus_at_line(), 0);
    CHECK_TEXT(seen_by(1), "");
    CHECK_INT(stored_int("SELECT count(*) FROM menu_made"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM menu_link"), 0);
    done("remove");
    stored_is_sound();
    done("status");
    CHECK_THAT(says("nothing is deployed"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        MENU_TEST(second_deploy_makes_nothing),
        MENU_TEST(each_menu_is_one_that_line_would_take),
        MENU_TEST(whatever_goes_wrong_another_deploy_goes_on),
        MENU_TEST(at_lines_limit_it_stops_and_says_when_to_go_on),
        MENU_TEST(after_a_hundred_in_an_hour_line_is_not_asked),
        MENU_TEST(new_rules_are_on_the_menus_without_another_word),
        MENU_TEST(what_line_has_no_time_for_follows_later),
        MENU_TEST(whoever_has_to_go_leaves_a_deploy_where_it_is),
        MENU_TEST(each_member_sees_the_menu_of_their_level),
        MENU_TEST(new_levels_are_on_the_menus_without_another_word),
        MENU_TEST(each_stamp_is_one_call_and_nothing_changed_is_none),
        MENU_TEST(language_and_friendship_choose_the_menu),
        MENU_TEST(a_period_changes_every_menu_while_it_lasts),
        MENU_TEST(what_nobody_is_linked_to_any_more_is_dropped),
        MENU_TEST(taps_are_counted_wherever_they_lead),
        MENU_TEST(what_line_refuses_is_tried_again_at_the_next_stamp),
        MENU_TEST(a_tab_turns_to_the_other_plan_with_the_members_count),
        MENU_TEST(whoever_leaves_sees_what_everybody_does),
        MENU_TEST(remove_leaves_nothing_of_ours_and_all_of_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
