/*
 * An account of the shop's own site becomes a member's: through the shop's login, signed by the
 * shop, and LINE's account link, played by line-sim.
 */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/digest.h"
#include "tests/support/harness.h"

#define SECRET "a secret that the shop and we have"
#define SHOP "https://shop.example/login"

static struct browser phone, desk;

static int
set_up(void **state)
{
    phone = desk = (struct browser){0};
    harness_setting("SHOP_LOGIN_URL=" SHOP "\nSHOP_LOGIN_SECRET=" SECRET);
    return harness_set_up(state);
}

static int
tear_down(void **state)
{
    harness_setting(NULL);
    return harness_tear_down(state);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ---------------------------------------------------------------- the shop's side */

/* The link token in the address that our page was sent to. */
static const char *
link_token(struct browser *b)
{
    static char token[128];
    const char *at;

    ANSWERS(post(b, "/api/me/shop-login", NULL, "{}"), 200);
    at = got_text("url");
    assert_non_null(strstr(at, SHOP "?linkToken="));
    CHECK_THAT(strstr(at, "account-link") != NULL);
    snprintf(token, sizeof(token), "%.*s", (int)strcspn(strstr(at, "=") + 1, "&"),
             strstr(at, "=") + 1);
    return token;
}

struct said {
    const char *token, *customer, *nonce;
    int64_t exp_s;
    const char *secret;
};

/* Where the shop sends the browser when somebody has logged in. */
static const char *
signed_return(const struct said *said)
{
    static char path[1024];
    char text[512], hex[HEX_SIZE(SHA256_SIZE)];
    struct str whole = {text, 0};
    uint8_t mac[SHA256_SIZE];

    whole.n = (size_t)snprintf(text, sizeof(text), "%s\n%lld\n%s\n%s", said->customer,
                               (long long)said->exp_s, said->nonce, said->token);
    hmac_sha256(said->secret, strlen(said->secret), &whole, 1, mac);
    hex_encode(mac, sizeof(mac), hex);
    snprintf(path, sizeof(path),
             "/line/account-link?linkToken=%s&customer=%s&exp=%lld&nonce=%s&sig=%s", said->token,
             said->customer, (long long)said->exp_s, said->nonce, hex);
    return path;
}

static struct said
good(const char *token)
{
    return (struct said){.token = token,
                         .customer = "2000",
                         .nonce = "0123456789abcdef",
                         .exp_s = harness_now() / SECOND_MS + 300,
                         .secret = SECRET};
}

/* The path at LINE that the answer leads to. */
static const char *
location(void)
{
    static char path[1024];
    struct str at = http_answer_header(&answer, "Location");

    assert_true(at.n > 0);
    snprintf(path, sizeof(path), "%.*s", (int)at.n, at.at);
    return path;
}

static const char *
at_line(void)
{
    const char *url = location();

    CHECK_THAT(strncmp(url, here.sim_url, strlen(here.sim_url)) == 0);
    return url + strlen(here.sim_url);
}

/* ---------------------------------------------------------------- stories */

static void
who_logged_in_at_the_shop_is_linked_when_line_says_so(void **state)
{
    struct said said;
    char dialog[1024];

    (void)state;
    login_liff(&phone, 1);
    said = good(link_token(&phone));
    ANSWERS(get(&desk, signed_return(&said)),
            303); /* another browser: the shop's, without a session */
    snprintf(dialog, sizeof(dialog), "%s", at_line());
    CHECK_INT(stored_int("SELECT count(*) FROM customer WHERE member_id IS NOT NULL"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM link_nonce"), 1);
    ANSWERS(sim_get(dialog), 200);
    UNTIL(stored_int("SELECT count(*) FROM customer WHERE member_id = 1") == 1);
    CHECK_INT(stored_int("SELECT count(*) FROM link_nonce"), 0);
    ANSWERS(get(&phone, "/api/me/account"), 200);
    CHECK_TEXT(got_text("customers.0.number"), "2000");
    CHECK_THAT(got_true("shop"));
    stored_is_sound();
}

static void
what_the_shop_did_not_sign_goes_nowhere(void **state)
{
    struct said said, wrong;
    char path[1024];

    (void)state;
    login_liff(&phone, 1);
    said = good(link_token(&phone));
#define GOES_NOWHERE(change)                                                                       \
    wrong = said;                                                                                  \
    change;                                                                                        \
    ANSWERS(get(&desk, signed_return(&wrong)), 303);                                               \
    CHECK_TEXT(location(), "/account?link=failed")

    GOES_NOWHERE(wrong.secret = "another secret of at least that length");
    GOES_NOWHERE(wrong.exp_s = harness_now() / SECOND_MS);
    GOES_NOWHERE(wrong.exp_s = harness_now() / SECOND_MS + 601);
    GOES_NOWHERE(wrong.nonce = "short");
    GOES_NOWHERE(wrong.customer = "20");
    GOES_NOWHERE(wrong.customer = "20_00");
    GOES_NOWHERE(wrong.token = "a%20b");
#undef GOES_NOWHERE
    snprintf(path, sizeof(path), "%s", signed_return(&said));
    *strstr(path, "2000") = '3'; /* another customer under the same signature */
    ANSWERS(get(&desk, path), 303);
    CHECK_TEXT(location(), "/account?link=failed");
    ANSWERS(get(&desk, "/line/account-link"), 303);
    CHECK_TEXT(location(), "/account?link=failed");
    CHECK_INT(stored_int("SELECT count(*) FROM link_nonce"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM customer"), 0);

    ANSWERS(get(&desk, signed_return(&said)), 303);
    CHECK_THAT(strstr(at_line(), "nonce=") != NULL);
    ANSWERS(get(&desk, signed_return(&said)), 303); /* once */
    CHECK_TEXT(location(), "/account?link=failed");
    stored_is_sound();
}

static void
somebody_elses_line_or_a_late_one_links_nobody(void **state)
{
    struct said said;
    char dialog[1200];

    (void)state;
    login_liff(&phone, 1);
    login_liff(&desk, 2);
    said = good(link_token(&phone));
    ANSWERS(get(&phone, signed_return(&said)), 303);
    snprintf(dialog, sizeof(dialog), "%s&person=2", at_line());
    ANSWERS(sim_get(dialog), 200); /* LINE says "failed", and of whom not */
    said = good(link_token(&phone));
    said.nonce = "fedcba9876543210";
    ANSWERS(get(&phone, signed_return(&said)), 303);
    snprintf(dialog, sizeof(dialog), "%s", at_line());
    ANSWERS(sim_post("/sim/webhook", "{\"events\":[{\"type\":\"accountLink\",\"person\":1,"
                                     "\"nonce\":\"a nonce that nobody made\"}],\"wait\":true}"),
            200);
    harness_advance(16 * MINUTE_MS);
    ANSWERS(sim_get(dialog), 400); /* the link token is over before our nonce */
    CHECK_INT(stored_int("SELECT count(*) FROM customer WHERE member_id IS NOT NULL"), 0);
    UNTIL(stored_int("SELECT count(*) FROM link_nonce") == 0);
    stored_is_sound();
}

static void
without_line_or_the_shop_there_is_nothing_to_link(void **state)
{
    (void)state;
    ANSWERS(post(&phone, "/line/guest", NULL, "{}"), 201);
    REFUSES(post(&phone, "/api/me/shop-login", NULL, "{}"), 409, "line_account_none");
    harness_stop_app();
    harness_setting(NULL);
    harness_start_app();
    login_liff(&desk, 1);
    REFUSES(post(&desk, "/api/me/shop-login", NULL, "{}"), 409, "shop_login_off");
    ANSWERS(get(&desk, "/line/account-link?linkToken=x"), 404);
    ANSWERS(get(&desk, "/api/me/account"), 200);
    CHECK_THAT(!got_true("shop"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(who_logged_in_at_the_shop_is_linked_when_line_says_so),
        STORY(what_the_shop_did_not_sign_goes_nowhere),
        STORY(somebody_elses_line_or_a_late_one_links_nobody),
        STORY(without_line_or_the_shop_there_is_nothing_to_link),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
