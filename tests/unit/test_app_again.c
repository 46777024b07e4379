/*
 * What a session alone is not enough for: LINE is shown once more who it is, by whoever began and
 * by nobody else, and what was begun is asked about again.
 */
#include <stdio.h>
#include <string.h>

#include "domain/access.h"
#include "tests/support/harness.h"

#define LEAVE "/api/me/leave"
#define SURE "{\"confirm\":\"leave\"}"

static struct browser shopper, other, guest;

static int
set_up(void **state)
{
    shopper = other = guest = (struct browser){0};
    return harness_set_up(state);
}
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static const char *
goes_to(void)
{
    static char where[2048];

    CHECK_THAT(str_copy(http_answer_header(&answer, "location"), where, sizeof(where)));
    return where;
}

/* The shopper opened the card, and went on looking at it. */
static void
stay_for(int64_t ms)
{
    login_liff(&shopper, 1);
    harness_advance(ms);
}

/* Through LINE's pages and back, for an act. */
static const char *
prove_web(struct browser *b, int person, const char *login_path)
{
    ANSWERS(get(b, login_begin(b, person, login_path)), 303);
    return goes_to();
}

static int
prove_liff(struct browser *b, const char *token)
{
    return post(b, "/line/session", NULL, "{\"id_token\":\"%s\",\"again\":true}", token);
}

static int64_t
deauthorized(void)
{
    ANSWERS(sim_get("/sim/state"), 200);
    return got_int("deauthorized");
}

/* ---------------------------------------------------------------- what it is wanted for */

static void
each_such_act_is_refused_and_nothing_done(void **state)
{
    static const struct {
        const char *path, *body; /* NULL: GET */
    } row[] = {
        {"/api/me/export", NULL},
        {"/api/me/export/link", "{}"},
        {LEAVE, SURE},
        {LEAVE, "{\"confirm\":\"leave\",\"access_token\":\"a.live.one\"}"},
        {"/api/me/link", "{\"number\":\"2000\",\"birthday\":\"1990-04-01\"}"},
        {"/api/me/unlink", "{\"customer\":1}"},
        {"/api/me/shop-login", "{}"},
        {"/api/me/recovery-code", "{}"},
        {"/api/me/recover", "{\"code\":\"0000-0000-0000-0000\"}"},
    };
    uint64_t hash;

    (void)state;
    stay_for(LOGIN_FRESH_MS);
    hash = stored_hash();
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        REFUSES(row[i].body ? post(&shopper, row[i].path, fresh_key(), "%s", row[i].body)
                            : get(&shopper, row[i].path),
                403, "login_stale");
    }
    CHECK_THAT(stored_hash() == hash);
    CHECK_INT(deauthorized(), 0); /* LINE is not told of somebody who did not leave */
    ANSWERS(get(&shopper, "/api/card"), 200);
    ANSWERS(get(&shopper, "/card/me"), 200);
}

static void
ten_minutes_are_enough_to_make_up_ones_mind(void **state)
{
    (void)state;
    stay_for(LOGIN_FRESH_MS - 1);
    ANSWERS(get(&shopper, "/api/me/export"), 200);
    harness_advance(1);
    REFUSES(get(&shopper, "/api/me/export"), 403, "login_stale");
    REFUSES(get(&shopper, "/api/me/export"), 403, "login_stale"); /* by what is remembered, too */
}

static void
an_old_token_makes_a_session_that_is_no_proof(void **state)
{
    char token[4096];

    (void)state;
    snprintf(token, sizeof(token), "%s", liff_token(1));
    harness_advance(LOGIN_FRESH_MS);
    ANSWERS(post(&shopper, "/line/session", NULL, "{\"id_token\":\"%s\"}", token), 200);
    REFUSES(get(&shopper, "/api/me/export"), 403, "login_stale");
    CHECK_INT(stored_int("SELECT created_ms - login_ms FROM session"), LOGIN_FRESH_MS);
}

/* LINE may have let in a browser that proved it long ago, and says so only when asked. */
static void
a_login_of_which_line_does_not_say_when_it_was_is_no_proof(void **state)
{
    (void)state;
    CHECK_TEXT(login_web(&shopper, 1, "/card"), "/card");
    CHECK_INT(stored_int("SELECT count(*) FROM session WHERE login_ms IS NULL"), 1);
    REFUSES(post(&shopper, LEAVE, NULL, SURE), 403, "login_stale");
    CHECK_TEXT(prove_web(&shopper, 1, "/line/login?act=leave"), "/card/me?act=leave");
    ANSWERS(post(&shopper, LEAVE, NULL, SURE), 200);
    stored_is_sound();
}

static void
a_guest_has_nothing_to_show_but_the_session(void **state)
{
    (void)state;
    ANSWERS(post(&guest, "/line/guest", NULL, "{}"), 201);
    harness_advance(DAY_MS);
    ANSWERS(get(&guest, "/card/again?act=leave"), 303);
    CHECK_TEXT(goes_to(), "/card/me?act=leave");
    ANSWERS(get(&guest, "/api/me/export"), 200);
    ANSWERS(post(&guest, LEAVE, NULL, SURE), 200);
    stored_is_sound();
}

static void
a_clock_set_back_makes_no_login_fresh_for_long(void **state)
{
    (void)state;
    stay_for(0);
    harness_advance(-2 * SECOND_MS);
    ANSWERS(get(&shopper, "/api/me/export"), 200);
    harness_advance(-HOUR_MS);
    REFUSES(get(&shopper, "/api/me/export"), 403, "login_stale");
}

/* ---------------------------------------------------------------- the way through LINE's pages */

static void
who_proves_it_comes_back_to_what_was_begun_with_a_new_session(void **state)
{
    static const struct {
        const char *act, *page;
    } row[] = {
        {"export", "/card/me?act=export"},   {"leave", "/card/me?act=leave"},
        {"link", "/account?act=link"},       {"unlink", "/account?act=unlink"},
        {"shop", "/account?act=shop"},       {"code", "/account?act=code"},
        {"recover", "/account?act=recover"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char path[64], asked[64];
        struct browser thief;

        CHECK_ROW(i);
        stay_for(LOGIN_FRESH_MS);
        thief = shopper; /* a copy of the cookie */
        snprintf(path, sizeof(path), "/line/login?act=%s", row[i].act);
        snprintf(asked, sizeof(asked), "/card/again?act=%s", row[i].act);
        ANSWERS(get(&shopper, asked), 200);
        CHECK_TEXT(prove_web(&shopper, 1, path), row[i].page);
        CHECK_INT(stored_int("SELECT max(login_ms) FROM session"), harness_now());
        CHECK_INT(stored_int("SELECT count(*) FROM session"), 1);
        REFUSES(get(&thief, "/api/card"), 401, "session_unknown"); /* has gained nothing */
        ANSWERS(get(&shopper, asked), 303); /* going back in the browser does not ask again */
        CHECK_TEXT(goes_to(), row[i].page);
    }
    ANSWERS(get(&shopper, "/api/me/export"), 200);
    CHECK_INT(stored_int("SELECT count(*) FROM member WHERE erased_ms IS NOT NULL"), 0);
    ANSWERS(post(&shopper, LEAVE, NULL, SURE), 200);
    stored_is_sound();
}

static void
line_is_asked_how_long_ago_it_was(void **state)
{
    (void)state;
    stay_for(LOGIN_FRESH_MS);
    ANSWERS(get(&shopper, "/line/login?act=leave"), 303);
    CHECK_THAT(strstr(goes_to(), "&max_age=300") != NULL);
    CHECK_THAT(strstr(goes_to(), "&nonce=") != NULL && strstr(goes_to(), "&state=") != NULL);
    CHECK_THAT(strstr(goes_to(), "code_challenge_method=S256") != NULL);
    CHECK_THAT(strstr(goes_to(), "&prompt=") == NULL); /* many have no password to give */
    ANSWERS(get(&shopper, "/line/login?act=leave&retry=1"), 303);
    CHECK_THAT(strstr(goes_to(), "disable_auto_login=true&max_age=300") != NULL);
    ANSWERS(get(&shopper, "/line/login?act=leave&forced=1"), 303);
    CHECK_THAT(strstr(goes_to(), "&max_age=300&prompt=login") != NULL);
    ANSWERS(get(&shopper, "/line/login?act=dance&forced=1"), 303);
    CHECK_THAT(strstr(goes_to(), "max_age") == NULL && strstr(goes_to(), "&prompt=") == NULL);
    ANSWERS(get(&other, "/line/login?act=leave"), 303); /* without a session it is a sign-in */
    CHECK_THAT(strstr(goes_to(), "max_age") == NULL);
    CHECK_TEXT(prove_web(&other, 2, "/line/login?act=leave"), "/card");
}

static void
who_changes_their_mind_at_line_finds_all_as_it_was(void **state)
{
    char token[64];
    uint64_t hash;

    (void)state;
    stay_for(LOGIN_FRESH_MS);
    snprintf(token, sizeof(token), "%s", cookie_of(&shopper, "__Host-m"));
    hash = stored_hash();
    CHECK_TEXT(prove_web(&shopper, 0, "/line/login?act=leave"),
               "/card/again?act=leave&login=denied");
    CHECK_TEXT(cookie_of(&shopper, "__Host-m"), token);
    CHECK_THAT(cookie_of(&shopper, "__Host-pre") == NULL);
    CHECK_THAT(stored_hash() == hash);
    ANSWERS(get(&shopper, "/card/again?act=leave&login=denied"), 200);
    REFUSES(post(&shopper, LEAVE, NULL, SURE), 403, "login_stale");
    ANSWERS(get(&shopper, "/api/card"), 200);
}

static void
another_line_account_on_the_way_does_nothing_for_either(void **state)
{
    char token[64];

    (void)state;
    login_liff(&other, 2);
    stay_for(LOGIN_FRESH_MS);
    snprintf(token, sizeof(token), "%s", cookie_of(&shopper, "__Host-m"));
    for (int person = 2; person <= 3; person++) { /* a member, and nobody yet */
        CHECK_TEXT(prove_web(&shopper, person, "/line/login?act=leave"),
                   "/card/again?act=leave&login=other");
        CHECK_TEXT(cookie_of(&shopper, "__Host-m"), token);
        CHECK_INT(stored_int("SELECT count(*) FROM member"), 2);
        CHECK_INT(stored_int("SELECT count(*) FROM session"), 2);
        REFUSES(post(&shopper, LEAVE, NULL, SURE), 403, "login_stale");
    }
    ANSWERS(get(&shopper, "/card/again?act=leave&login=other"), 200);
    CHECK_TEXT(prove_web(&shopper, 1, "/line/login?act=leave&forced=1"), "/card/me?act=leave");
    ANSWERS(post(&shopper, LEAVE, NULL, SURE), 200);
    CHECK_INT(stored_int("SELECT count(*) FROM member WHERE erased_ms IS NULL"), 1);
    ANSWERS(get(&other, "/api/card"), 200);
}

/* In another tab the browser has become another member's meanwhile. */
static void
who_began_is_who_it_goes_on_with(void **state)
{
    const char *back;

    (void)state;
    login_liff(&other, 2);
    stay_for(LOGIN_FRESH_MS);
    back = login_begin(&shopper, 1, "/line/login?act=leave");
    cookie_put(&shopper, "__Host-m", cookie_of(&other, "__Host-m"));
    ANSWERS(get(&shopper, back), 303);
    CHECK_TEXT(goes_to(), "/card/me?act=leave");
    ANSWERS(get(&shopper, "/api/me/export"), 200);
    CHECK_TEXT(got_text("profile.name"), "Shopper 1 (ja)");
    REFUSES(get(&other, "/api/card"), 401, "session_unknown"); /* the phone has changed hands */
}

static void
what_comes_back_is_worth_nothing_elsewhere_or_twice(void **state)
{
    char back[4096], wrong[4096], *at;
    struct browser before;

    (void)state;
    login_liff(&other, 2);
    stay_for(LOGIN_FRESH_MS);
    snprintf(back, sizeof(back), "%s", login_begin(&shopper, 1, "/line/login?act=leave"));
    ANSWERS(get(&other, back), 303); /* somebody else's link */
    CHECK_TEXT(goes_to(), "/card?login=again");
    snprintf(wrong, sizeof(wrong), "%s", back);
    at = strstr(wrong, "state=");
    assert_non_null(at);
    at[6] = at[6] == 'a' ? 'b' : 'a';
    before = shopper;
    ANSWERS(get(&before, wrong), 303); /* or LINE's automatic login failed, which looks like it */
    CHECK_TEXT(goes_to(), "/card/again?act=leave&login=again");
    ANSWERS(get(&other, "/api/card"), 200);
    before = shopper;
    ANSWERS(get(&shopper, back), 303);
    CHECK_TEXT(goes_to(), "/card/me?act=leave");
    ANSWERS(get(&before, back), 303); /* the same link and cookies once more */
    CHECK_TEXT(goes_to(), "/card/again?act=leave&login=failed");
    CHECK_INT(
        stored_int("SELECT count(*) FROM session WHERE login_ms = %lld", (long long)harness_now()),
        1);

    harness_advance(LOGIN_FRESH_MS); /* an attempt has its time, too */
    snprintf(back, sizeof(back), "%s", login_begin(&shopper, 1, "/line/login?act=leave"));
    harness_advance(10 * MINUTE_MS);
    ANSWERS(get(&shopper, back), 303);
    CHECK_TEXT(goes_to(), "/card/again?act=leave&login=again");
    REFUSES(post(&shopper, LEAVE, NULL, SURE), 403, "login_stale");
}

/* LINE let a browser in by what it proved five minutes ago, and then the person took a while. */
static void
what_line_says_of_the_time_is_what_counts(void **state)
{
    char back[4096];
    int64_t newest;

    (void)state;
    stay_for(LOGIN_FRESH_MS);
    CHECK_TEXT(prove_web(&shopper, 1, "/line/login?act=export"), "/card/me?act=export");
    harness_advance(5 * MINUTE_MS);
    snprintf(back, sizeof(back), "%s", login_begin(&shopper, 1, "/line/login?act=leave"));
    harness_advance(5 * MINUTE_MS);
    newest = stored_int("SELECT max(id) FROM session");
    ANSWERS(get(&shopper, back), 303);
    CHECK_TEXT(goes_to(), "/card/again?act=leave&login=old");
    CHECK_INT(stored_int("SELECT max(id) FROM session"), newest);
    ANSWERS(get(&shopper, "/card/again?act=leave&login=old"), 200);
    CHECK_THAT(memmem(answer.body, answer.body_n, "act=leave&amp;forced=1", 22) != NULL);
    REFUSES(post(&shopper, LEAVE, NULL, SURE), 403, "login_stale");
    CHECK_TEXT(prove_web(&shopper, 1, "/line/login?act=leave&forced=1"), "/card/me?act=leave");
    ANSWERS(post(&shopper, LEAVE, NULL, SURE), 200);
}

/* The page still shows the one, and in another tab the other has signed in just now. */
static void
a_page_of_before_makes_nobody_else_leave(void **state)
{
    static const char mark[] = "disabled value=\"";
    char confirm[32];
    const char *at;
    uint64_t hash;

    (void)state;
    login_liff(&shopper, 1);
    ANSWERS(get(&shopper, "/card/me"), 200);
    at = memmem(answer.body, answer.body_n, mark, strlen(mark));
    assert_non_null(at);
    at += strlen(mark);
    snprintf(confirm, sizeof(confirm), "%.*s", (int)strcspn(at, "\""), at);
    login_liff(&shopper, 2);
    hash = stored_hash();
    REFUSES(post(&shopper, LEAVE, NULL, "{\"confirm\":\"%s\"}", confirm), 409, "member_other");
    REFUSES(post(&shopper, LEAVE, NULL, "{\"confirm\":\"leave-\"}"), 409, "member_other");
    CHECK_THAT(stored_hash() == hash);
    login_liff(&shopper, 1);
    ANSWERS(post(&shopper, LEAVE, NULL, "{\"confirm\":\"%s\"}", confirm), 200);
    ANSWERS(get(&guest, "/card/me"), 303);
}

/* ---------------------------------------------------------------- inside LINE */

static void
the_apps_own_token_is_the_proof_as_long_as_it_is_new(void **state)
{
    char token[4096], cookie[64];
    struct browser thief;
    uint64_t hash;

    (void)state;
    snprintf(token, sizeof(token), "%s", liff_token(1));
    ANSWERS(post(&shopper, "/line/session", NULL, "{\"id_token\":\"%s\"}", token), 200);
    harness_advance(LOGIN_FRESH_MS);
    snprintf(cookie, sizeof(cookie), "%s", cookie_of(&shopper, "__Host-m"));
    hash = stored_hash();
    REFUSES(prove_liff(&shopper, token), 403, "login_stale");
    CHECK_THAT(stored_hash() == hash);
    CHECK_TEXT(cookie_of(&shopper, "__Host-m"), cookie);
    ANSWERS(get(&shopper, "/api/card"), 200);

    thief = shopper;
    ANSWERS(prove_liff(&shopper, liff_token(1)), 200); /* the card was opened anew */
    CHECK_THAT(!got_true("changed"));
    CHECK_THAT(strcmp(cookie_of(&shopper, "__Host-m"), cookie) != 0);
    REFUSES(get(&thief, "/api/card"), 401, "session_unknown");
    ANSWERS(get(&shopper, "/api/me/export"), 200);
}

/* Opening the card asks for no proof, and ends nobody's session. */
static void
a_card_that_is_only_opened_keeps_its_session(void **state)
{
    char cookie[64];

    (void)state;
    stay_for(LOGIN_FRESH_MS);
    snprintf(cookie, sizeof(cookie), "%s", cookie_of(&shopper, "__Host-m"));
    login_liff(&shopper, 1);
    CHECK_TEXT(cookie_of(&shopper, "__Host-m"), cookie);
    REFUSES(get(&shopper, "/api/me/export"), 403, "login_stale");
}

static void
a_token_of_somebody_else_proves_nothing(void **state)
{
    char cookie[64];
    uint64_t hash;

    (void)state;
    login_liff(&other, 2);
    stay_for(LOGIN_FRESH_MS);
    snprintf(cookie, sizeof(cookie), "%s", cookie_of(&shopper, "__Host-m"));
    hash = stored_hash();
    for (int person = 2; person <= 3; person++)
        REFUSES(prove_liff(&shopper, liff_token(person)), 403, "login_other");
    REFUSES(prove_liff(&guest, liff_token(1)), 403, "login_other"); /* who began nothing */
    CHECK_TEXT(cookie_of(&shopper, "__Host-m"), cookie);
    CHECK_THAT(cookie_of(&guest, "__Host-m") == NULL);
    CHECK_THAT(stored_hash() == hash);
    REFUSES(post(&shopper, LEAVE, NULL, SURE), 403, "login_stale");
}

/* ---------------------------------------------------------------- the page in between */

static void
the_page_is_for_members_and_acts_that_we_know(void **state)
{
    static const char *const elsewhere[] = {
        "/card/again",
        "/card/again?act=",
        "/card/again?act=dance",
        "/card/again?act=//evil.example",
        "/card/again?act=leave%26login",
    };

    (void)state;
    ANSWERS(get(&guest, "/card/again?act=leave"), 303);
    CHECK_TEXT(goes_to(), "/card");
    stay_for(LOGIN_FRESH_MS);
    for (size_t i = 0; i < COUNT(elsewhere); i++) {
        CHECK_ROW(i);
        ANSWERS(get(&shopper, elsewhere[i]), 303);
        CHECK_TEXT(goes_to(), "/card");
    }
    ANSWERS(get(&shopper, "/card/again?act=leave"), 200);
    CHECK_THAT(strstr(answer.head, "no-store") != NULL);
    CHECK_THAT(memmem(answer.body, answer.body_n, "href=\"/line/login?act=leave\"", 27) != NULL);
    CHECK_THAT(memmem(answer.body, answer.body_n, "data-next=\"/card/me?act=leave\"", 30) != NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(each_such_act_is_refused_and_nothing_done),
        STORY(ten_minutes_are_enough_to_make_up_ones_mind),
        STORY(an_old_token_makes_a_session_that_is_no_proof),
        STORY(a_login_of_which_line_does_not_say_when_it_was_is_no_proof),
        STORY(a_guest_has_nothing_to_show_but_the_session),
        STORY(a_clock_set_back_makes_no_login_fresh_for_long),
        STORY(who_proves_it_comes_back_to_what_was_begun_with_a_new_session),
        STORY(line_is_asked_how_long_ago_it_was),
        STORY(who_changes_their_mind_at_line_finds_all_as_it_was),
        STORY(another_line_account_on_the_way_does_nothing_for_either),
        STORY(who_began_is_who_it_goes_on_with),
        STORY(what_comes_back_is_worth_nothing_elsewhere_or_twice),
        STORY(what_line_says_of_the_time_is_what_counts),
        STORY(a_page_of_before_makes_nobody_else_leave),
        STORY(the_apps_own_token_is_the_proof_as_long_as_it_is_new),
        STORY(a_card_that_is_only_opened_keeps_its_session),
        STORY(a_token_of_somebody_else_proves_nothing),
        STORY(the_page_is_for_members_and_acts_that_we_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
