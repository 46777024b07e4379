/*
 * Two years in a test: who stays away is told, then forgotten; who blocked the account goes sooner;
 * who comes back stays.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/harness.h"

static struct browser one, blocked, opens, returns, till, owner;

static int
set_up(void **state)
{
    one = blocked = opens = returns = till = owner = (struct browser){0};
    return harness_set_up(state);
}
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static int64_t
erased(int64_t member)
{
    return stored_int("SELECT erased_ms IS NOT NULL FROM member WHERE id = %lld",
                      (long long)member);
}

static int64_t
warned(int64_t member)
{
    return stored_int("SELECT warned_ms FROM member WHERE id = %lld", (long long)member);
}

static bool
is_quiet(void)
{
    return stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NULL") == 0 &&
           stored_int("SELECT count(*) FROM notice WHERE state = 'waiting'") == 0;
}

/* On that day of the story, at three in the afternoon of Tokyo, and the pass of that day is over.
 */
static void
on_day(int day)
{
    struct service *s = app_service(here.app);
    uint64_t rounds;

    harness_advance(HARNESS_NOW_MS + day * DAY_MS + 5 * HOUR_MS - harness_now());
    rounds = s->counts.rounds;
    UNTIL(s->counts.rounds > rounds + 3);
}

static void
two_years_go_by(void **state)
{
    (void)state;
    login_liff(&one, 1);
    login_liff(&blocked, 2);
    login_liff(&opens, 3);
    login_liff(&returns, 4);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    (void)grant_stamps(&till, &one, 3);
    UNTIL(is_quiet());
    ANSWERS(sim_post("/sim/webhook",
                     "{\"events\":[{\"type\":\"unfollow\",\"person\":2}],\"wait\":true}"),
            200);
    UNTIL(stored_int("SELECT is_friend FROM member WHERE id = 2") == 0);
    on_day(364);
    CHECK_INT(erased(2), 0);
    on_day(366);
    UNTIL(erased(2) == 1);
    CHECK_TEXT(stored_text("SELECT erased_why FROM member WHERE id = 2"), "unfollowed");
    on_day(600);
    login_liff(&opens, 3);
    on_day(699);
    CHECK_INT(warned(1), 0);
    on_day(701);
    UNTIL(warned(1) != 0 && warned(4) != 0 && is_quiet());
    CHECK_INT(warned(3), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM notice n JOIN outbox o ON o.id = n.outbox_id"
                         " WHERE n.kind = 'staff' AND o.state = 'sent'"),
              2);
    ANSWERS(sim_get("/sim/state?person=1"), 200);
    CHECK_THAT(strstr(answer.body, "会員登録とスタンプ・特典を消去します") != NULL);
    CHECK_THAT(strstr(answer.body, "2028年4月") != NULL);
    on_day(715);
    login_liff(&returns, 4);
    on_day(729);
    CHECK_INT(erased(1), 0);
    on_day(732);
    UNTIL(erased(1) == 1);
    CHECK_INT(erased(4) + erased(3), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM transfer WHERE kind = 4 AND reason = 'dormant'"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'member.purged'"), 2);
    stored_is_sound();
}

static void
whoever_wants_to_keep_everybody_can(void **state)
{
    (void)state;
    harness_stop_app();
    harness_setting("PURGE_UNFOLLOWED_DAYS=0\nPURGE_DORMANT_DAYS=0");
    harness_start_app();
    login_liff(&one, 1);
    on_day(3000);
    on_day(3001);
    CHECK_INT(warned(1) + erased(1), 0);
}

static void
the_owner_sees_how_many_are_gone(void **state)
{
    (void)state;
    login_web(&owner, 4, "/admin");
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    login_liff(&one, 1);
    ANSWERS(get(&owner, "/api/admin/today"), 200);
    CHECK_INT(got_int("gone.left"), 0);
    CHECK_INT(got_int("members"), 2);
    ANSWERS(post(&one, "/api/me/leave", NULL, "{\"confirm\":\"leave\"}"), 200);
    ANSWERS(get(&owner, "/api/admin/today"), 200);
    CHECK_INT(got_int("gone.left"), 1);
    CHECK_INT(got_int("gone.purged"), 0);
    CHECK_INT(got_int("members"), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(two_years_go_by),
        STORY(whoever_wants_to_keep_everybody_can),
        STORY(the_owner_sees_how_many_are_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
