/*
 * Who may come in: LIFF tokens and LINE's login pages, and everything that only looks like them.
 */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/digest.h"
#include "sim/demo_values.h"
#include "tests/support/harness.h"

static struct browser shopper, other;

static int
set_up(void **state)
{
    shopper = other = (struct browser){0};
    return harness_set_up(state);
}
#define LOGIN(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static int
session(struct browser *b, const char *token)
{
    return post(b, "/line/session", NULL, "{\"id_token\":\"%s\"}", token);
}

/* Calls that line-sim answered as LINE. */
/* How often the simulator was asked for something: "keysAsked", or "asked" for anything at all. */
static int64_t
times(const char *what)
{
    json_t *state = sim_snapshot(here.sim);
    int64_t n = json_integer_value(json_object_get(state, what));

    json_decref(state);
    return n;
}

static int64_t
keys_asked(void)
{
    return times("keysAsked");
}

static void
is_stranger(struct browser *b, const char *token, const char *word)
{
    uint64_t hash = stored_hash();

    REFUSES(session(b, token), 401, word);
    CHECK_THAT(cookie_of(b, "__Host-m") == NULL);
    CHECK_THAT(stored_hash() == hash);
}

/* ---------------------------------------------------------------- tokens that are none */

/* A token of our own making: header and payload as given, signed by HMAC with `secret`, or not. */
static const char *
make_token(const char *header, struct str payload, const char *secret)
{
    static char token[4096];
    uint8_t mac[SHA256_SIZE];
    struct str part;
    size_t n;

    base64url_encode((const uint8_t *)header, strlen(header), token);
    n = strlen(token);
    n += (size_t)snprintf(token + n, sizeof(token) - n, ".%.*s", (int)payload.n, payload.at);
    part = (struct str){token, n};
    token[n++] = '.';
    token[n] = '\0';
    if (secret != NULL) {
        hmac_sha256(secret, strlen(secret), &part, 1, mac);
        base64url_encode(mac, sizeof(mac), token + n);
    }
    return token;
}

static struct str
part_of(const char *token, int number)
{
    struct str rest = str_of(token), part = STR("");

    for (int i = 0; i <= number; i++)
        if (!str_until(&rest, '.', &part)) {
            part = rest;
            rest.n = 0;
        }
    return part;
}

static void
a_token_that_was_touched_or_borrowed_opens_nothing(void **state)
{
    char good[4096], text[8192];
    struct str payload, head, signature;

    (void)state;
    snprintf(good, sizeof(good), "%s", liff_token(1));
    head = part_of(good, 0);
    payload = part_of(good, 1);
    signature = part_of(good, 2);

    snprintf(text, sizeof(text), "%s", good);
    text[head.n + 5] = text[head.n + 5] == 'A' ? 'B' : 'A'; /* the payload */
    REFUSES(session(&shopper, text), 401, "token_signature");
    snprintf(text, sizeof(text), "%s", good);
    text[strlen(text) - 10] = text[strlen(text) - 10] == 'A' ? 'B' : 'A';
    REFUSES(session(&shopper, text), 401, "token_signature");
    snprintf(text, sizeof(text), "%.*s.%.*s.", (int)head.n, head.at, (int)payload.n, payload.at);
    REFUSES(session(&shopper, text), 401, "token_signature");
    snprintf(text, sizeof(text), "%.*s.%.*s", (int)head.n, head.at, (int)payload.n, payload.at);
    REFUSES(session(&shopper, text), 401, "token_malformed");
    snprintf(text, sizeof(text), "%s=", good);
    REFUSES(session(&shopper, text), 401, "token_malformed");
    snprintf(text, sizeof(text), "%.*s.%.*s.%.*sAA", (int)head.n, head.at, (int)payload.n,
             payload.at, (int)signature.n, signature.at);
    ANSWERS(session(&shopper, text), 401);
    CHECK_INT(stored_int("SELECT count(*) FROM member"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM session"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM burnt"), 0); /* none of them spoils the good one */
    ANSWERS(session(&shopper, good), 200);
}

static void
the_algorithm_is_ours_to_choose(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"none\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"RS256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"es256\",\"typ\":\"JWT\"}",
        "{\"typ\":\"JWT\"}",
    };
    char good[4096];

    (void)state;
    snprintf(good, sizeof(good), "%s", liff_token(1));
    for (size_t i = 0; i < COUNT(headers); i++) {
        CHECK_ROW(i);
        CHECK_THAT(session(&shopper, make_token(headers[i], part_of(good, 1),
                                                SIM_LOGIN_CHANNEL_SECRET)) == 401);
        CHECK_THAT(session(&shopper, make_token(headers[i], part_of(good, 1), NULL)) == 401);
    }
    CHECK_INT(stored_int("SELECT count(*) FROM member"), 0);
}

static void
the_key_is_lines_whatever_the_token_says_about_it(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"ES256\",\"kid\":\"../../etc/passwd\"}",
        "{\"alg\":\"ES256\",\"kid\":\"' OR 1=1 --\"}",
        "{\"alg\":\"ES256\"}",
        "{\"alg\":\"ES256\",\"kid\":\"\"}",
        "{\"alg\":\"ES256\",\"kid\":7}",
        "{\"alg\":\"ES256\",\"kid\":\"mine\",\"jku\":\"http://127.0.0.1:1/keys\"}",
        "{\"alg\":\"ES256\",\"kid\":\"mine\",\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\"}}",
        "{\"alg\":\"ES256\",\"kid\":\"mine\",\"kid\":\"twice\"}",
    };
    char good[4096];
    int64_t calls;

    (void)state;
    snprintf(good, sizeof(good), "%s", liff_token(1));
    login_liff(&other, 2);
    calls = keys_asked();
    for (size_t i = 0; i < COUNT(headers); i++) {
        CHECK_ROW(i);
        CHECK_THAT(session(&shopper, make_token(headers[i], part_of(good, 1), "x")) == 401);
    }
    CHECK_THAT(keys_asked() - calls <= 1);
    CHECK_INT(stored_int("SELECT count(*) FROM member"), 1);
}

static void
a_token_is_for_this_channel_and_this_hour(void **state)
{
    char token[4096];

    (void)state;
    snprintf(token, sizeof(token), "%s", liff_token(1));
    harness_advance(2 * HOUR_MS);
    is_stranger(&shopper, token, "token_expired");
    snprintf(token, sizeof(token), "%s", liff_token(1));
    harness_advance(-2 * HOUR_MS);
    is_stranger(&shopper, token, "token_early");
    harness_advance(2 * HOUR_MS);
    harness_stop_app();
    harness_setting("LOGIN_CHANNEL_ID=1234567899");
    harness_start_app();
    is_stranger(&shopper, token, "token_audience");
}

static void
a_token_works_on_the_device_that_used_it_first(void **state)
{
    char token[4096];

    (void)state;
    snprintf(token, sizeof(token), "%s", liff_token(1));
    ANSWERS(session(&shopper, token), 200);
    is_stranger(&other, token, "token_replayed");
    cookie_put(&other, "__Host-dev", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    is_stranger(&other, token, "token_replayed");
    cookie_put(&shopper, "__Host-m", "");
    ANSWERS(session(&shopper, token), 200); /* LIFF gives out the same one until it ends */
    CHECK_TEXT(got_text("member"), "known");
    CHECK_INT(stored_int("SELECT count(*) FROM member"), 1);
}

static void
a_session_is_never_one_the_browser_brought(void **state)
{
    const char *planted = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    char first[64];

    (void)state;
    cookie_put(&shopper, "__Host-m", planted);
    login_liff(&shopper, 1);
    snprintf(first, sizeof(first), "%s", cookie_of(&shopper, "__Host-m"));
    CHECK_THAT(strcmp(first, planted) != 0);
    login_liff(&shopper, 2); /* the phone changes hands: the session of the one before ends */
    CHECK_THAT(strcmp(cookie_of(&shopper, "__Host-m"), first) != 0);
    CHECK_INT(stored_int("SELECT count(*) FROM session"), 1);
    for (int i = 0; i < 7; i++) {
        struct browser another = {0};
        login_liff(&another, 2);
    }
    CHECK_INT(stored_int("SELECT count(*) FROM session"), 5);
    REFUSES(get(&shopper, "/api/card"), 401, "session_unknown"); /* the oldest gave way */
}

/* ---------------------------------------------------------------- LINE's keys */

static void
keys_are_fetched_once_and_again_for_a_new_one(void **state)
{
    char fake[4096];
    int64_t calls;

    (void)state;
    UNTIL(stored_int("SELECT count(*) FROM line_quota") ==
          1); /* asked for at the start, by itself */
    calls = keys_asked();
    for (int person = 1; person <= 5; person++) {
        struct browser b = {0};
        login_liff(&b, person);
    }
    CHECK_INT(keys_asked() - calls, 1);

    /* Forged tokens cannot make us ask more than once a minute. */
    harness_advance(61 * SECOND_MS);
    snprintf(fake, sizeof(fake), "%s",
             make_token("{\"alg\":\"ES256\",\"kid\":\"nobody\"}", part_of(liff_token(1), 1), "x"));
    calls = keys_asked();
    for (int i = 0; i < 20; i++)
        REFUSES(session(&shopper, fake), 401, "token_signature");
    CHECK_INT(keys_asked() - calls, 1);

    ANSWERS(sim_post("/sim/keys", "{\"rotate\":true,\"forget\":true}"), 200);
    harness_advance(61 * SECOND_MS);
    calls = keys_asked();
    login_liff(&shopper, 6);
    login_liff(&other, 7);
    CHECK_INT(keys_asked() - calls, 1);
    harness_advance(25 * HOUR_MS); /* a copy is good for a day */
    calls = keys_asked();
    login_liff(&other, 8);
    CHECK_INT(keys_asked() - calls, 1);
}

static void
without_keys_we_say_so_and_work_as_soon_as_they_come(void **state)
{
    static const char *const faults[] = {"500_before", "429", "500_after"};
    char token[4096];

    (void)state;
    snprintf(token, sizeof(token), "%s", liff_token(1));
    for (size_t i = 0; i < COUNT(faults); i++) {
        CHECK_ROW(i);
        ANSWERS(
            sim_post("/sim/faults", "{\"path\":\"/oauth2/v2.1/certs\",\"kind\":\"%s\"}", faults[i]),
            200);
        REFUSES(session(&shopper, token), 502, "line_unreachable");
    }
    ANSWERS(session(&shopper, token), 200); /* at once: nobody is locked out for a minute */
}

static void
who_comes_while_keys_are_fetched_is_no_forger(void **state)
{
    struct http_peer *begun[2];
    char token[2][2048];
    int64_t calls;

    (void)state;
    for (int i = 0; i < 2; i++)
        snprintf(token[i], sizeof(token[i]), "%.2000s", liff_token(i + 1));
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"/oauth2/v2.1/certs\",\"kind\":\"slow\","
                                    "\"ms\":200,\"times\":2}"),
            200);
    begun[0] = post_begin(&shopper, "/line/session", NULL, "{\"id_token\":\"%s\"}", token[0]);
    begun[1] = post_begin(&other, "/line/session", NULL, "{\"id_token\":\"%s\"}", token[1]);
    ANSWERS(post_end(&shopper, begun[0]), 200);
    ANSWERS(post_end(&other, begun[1]), 200);
    CHECK_INT(stored_int("SELECT count(*) FROM member"), 2);

    /* A new key of LINE's is asked for once; who comes meanwhile is told to try again. */
    ANSWERS(sim_delete("/sim/faults"), 204);
    ANSWERS(sim_post("/sim/keys", "{\"rotate\":true}"), 200);
    harness_advance(61 * SECOND_MS);
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"/oauth2/v2.1/certs\",\"kind\":\"hang\"}"), 200);
    snprintf(token[0], sizeof(token[0]), "%.2000s", liff_token(3));
    calls = times("asked");
    begun[0] = post_begin(&shopper, "/line/session", NULL, "{\"id_token\":\"%s\"}", token[0]);
    UNTIL(times("asked") > calls);
    REFUSES(session(&other, token[0]), 503, "keys_awaited");
    ANSWERS(sim_delete("/sim/faults"), 204);
    CHECK_THAT(post_end(&shopper, begun[0]) != 401);
}

/* ---------------------------------------------------------------- LINE's login pages */

static const char *
goes_to(void)
{
    static char where[2048];

    CHECK_THAT(str_copy(http_answer_header(&answer, "location"), where, sizeof(where)));
    return where;
}

static void
a_callback_needs_the_browser_that_began_it(void **state)
{
    const char *back;
    char wrong[4096], *at;
    struct browser late;
    uint64_t hash;

    (void)state;
    hash = stored_hash();
    back = login_begin(&shopper, 1, "/line/login?next=/card");
    ANSWERS(get(&other, back), 303); /* somebody else's link */
    CHECK_TEXT(goes_to(), "/card?login=again");
    CHECK_THAT(cookie_of(&other, "__Host-m") == NULL);

    back = login_begin(&shopper, 1, "/line/login?next=/card");
    snprintf(wrong, sizeof(wrong), "%s", back);
    at = strstr(wrong, "state=");
    assert_non_null(at);
    at[6] = at[6] == 'a' ? 'b' : 'a';
    ANSWERS(get(&shopper, wrong), 303);
    CHECK_TEXT(goes_to(), "/card?login=again");

    (void)login_begin(&other, 2, "/line/login?next=/card"); /* an attempt of their own */
    back = login_begin(&shopper, 1, "/line/login?next=/card");
    ANSWERS(get(&other, back), 303);
    CHECK_TEXT(goes_to(), "/card?login=again");

    back = login_begin(&shopper, 1, "/line/login?next=/card");
    cookie_put(&shopper, "__Host-pre", "forged");
    ANSWERS(get(&shopper, back), 303);
    CHECK_TEXT(goes_to(), "/card?login=again");

    late = (struct browser){0};
    back = login_begin(&late, 1, "/line/login?next=/card");
    harness_advance(11 * MINUTE_MS);
    ANSWERS(get(&late, back), 303);
    CHECK_TEXT(goes_to(), "/card?login=again");
    CHECK_THAT(stored_hash() == hash);
}

static void
a_login_is_used_once(void **state)
{
    struct browser before;
    char back[4096];

    (void)state;
    snprintf(back, sizeof(back), "%s", login_begin(&shopper, 1, "/line/login?next=/card"));
    before = shopper;
    ANSWERS(get(&shopper, back), 303);
    CHECK_TEXT(goes_to(), "/card");
    CHECK_THAT(cookie_of(&shopper, "__Host-pre") == NULL);
    ANSWERS(get(&before, back), 303); /* the same link and cookie once more */
    CHECK_TEXT(goes_to(), "/card?login=failed");
    CHECK_THAT(cookie_of(&before, "__Host-m") == NULL);
    CHECK_INT(stored_int("SELECT count(*) FROM session"), 1);
}

static void
who_says_no_at_line_is_let_go(void **state)
{
    const char *back = login_begin(&shopper, 0, "/line/login?next=/card");

    (void)state;
    ANSWERS(get(&shopper, back), 303);
    CHECK_TEXT(goes_to(), "/card?login=denied");
    CHECK_THAT(cookie_of(&shopper, "__Host-m") == NULL);
    CHECK_INT(stored_int("SELECT count(*) FROM member"), 0);
    ANSWERS(get(&shopper, "/card?login=denied"), 200);
}

static void
a_token_endpoint_in_trouble_fails_the_login_only(void **state)
{
    static const char *const faults[] = {"500_before", "500_after", "429", "400", "401"};

    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        CHECK_ROW(i);
        ANSWERS(
            sim_post("/sim/faults", "{\"path\":\"/oauth2/v2.1/token\",\"kind\":\"%s\"}", faults[i]),
            200);
        CHECK_TEXT(login_web(&shopper, 1, "/card"), "/card?login=failed");
    }
    CHECK_INT(stored_int("SELECT count(*) FROM member"), 0);
    CHECK_TEXT(login_web(&shopper, 1, "/card"), "/card");
}

static void
a_login_ends_at_our_own_pages_only(void **state)
{
    static const char *const nexts[] = {
        "https://evil.example",       "//evil.example",     "/\\evil.example",
        "%2f%2fevil.example",         "/admin/../card",     "/till",
        "javascript:alert",           "/card@evil.example", "",
        "/admin&next=//evil.example",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(nexts); i++) {
        struct browser b = {0};
        CHECK_ROW(i);
        CHECK_TEXT(login_web(&b, 1, nexts[i]), "/card");
    }
    CHECK_TEXT(login_web(&shopper, 1, "/admin"), "/admin");
    CHECK_THAT(cookie_of(&shopper, "__Host-a") == NULL); /* no owner */
}

static void
lines_page_is_asked_with_all_that_it_needs(void **state)
{
    (void)state;
    ANSWERS(get(&shopper, "/line/login?next=/card&retry=1"), 303);
    CHECK_THAT(strstr(goes_to(), "code_challenge_method=S256") != NULL);
    CHECK_THAT(strstr(goes_to(), "&nonce=") != NULL && strstr(goes_to(), "&state=") != NULL);
    CHECK_THAT(strstr(goes_to(), "scope=openid%20profile") != NULL);
    CHECK_THAT(strstr(goes_to(), "disable_auto_login=true") != NULL);
    CHECK_THAT(strstr(goes_to(), SIM_LOGIN_CHANNEL_SECRET) == NULL);
    ANSWERS(get(&shopper, "/line/login?next=/card"), 303);
    CHECK_THAT(strstr(goes_to(), "disable_auto_login") == NULL);
}

static void
a_host_that_is_not_ours_gets_nothing(void **state)
{
    static const char request[] = "GET /line/login HTTP/1.1\r\nHost: evil.example\r\n"
                                  "Connection: close\r\n\r\n";

    (void)state;
    CHECK_INT(http_ask(here.port, request, &answer), 421);
    CHECK_THAT(strstr(answer.head, "Location") == NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        LOGIN(a_token_that_was_touched_or_borrowed_opens_nothing),
        LOGIN(the_algorithm_is_ours_to_choose),
        LOGIN(the_key_is_lines_whatever_the_token_says_about_it),
        LOGIN(a_token_is_for_this_channel_and_this_hour),
        LOGIN(a_token_works_on_the_device_that_used_it_first),
        LOGIN(a_session_is_never_one_the_browser_brought),
        LOGIN(keys_are_fetched_once_and_again_for_a_new_one),
        LOGIN(without_keys_we_say_so_and_work_as_soon_as_they_come),
        LOGIN(who_comes_while_keys_are_fetched_is_no_forger),
        LOGIN(a_callback_needs_the_browser_that_began_it),
        LOGIN(a_login_is_used_once),
        LOGIN(who_says_no_at_line_is_let_go),
        LOGIN(a_token_endpoint_in_trouble_fails_the_login_only),
        LOGIN(a_login_ends_at_our_own_pages_only),
        LOGIN(lines_page_is_asked_with_all_that_it_needs),
        LOGIN(a_host_that_is_not_ours_gets_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
