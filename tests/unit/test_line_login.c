/* The web login's values and the channel's access token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "line/login.h"
#include "line/token.h"

#define NOW_MS INT64_C(1767225660000)

static const struct login_config config = {
    .authorize_url = {"https://access.line.me/oauth2/v2.1/authorize", 44},
    .channel_id = {"1234567890", 10},
    .channel_secret = {"s+/=&%", 6},
    .redirect_uri = {"https://card.example/line/callback?a=1", 38},
};

static struct arena *arena;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(MIB);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void
pkce_is_rfc_7636_appendix_b(void **state)
{
    char challenge[PKCE_CHALLENGE_SIZE];

    (void)state;
    pkce_challenge(STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), challenge);
    assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void
the_browser_is_sent_with_everything_encoded(void **state)
{
    struct buf url = buf_new(arena, 4 * KIB), again = buf_new(arena, 4 * KIB),
               anew = buf_new(arena, 4 * KIB);

    (void)state;
    login_authorize_url(&url, &config, STR("st"), STR("no&nce"), STR("E9-_"),
                        &(struct login_manner){0});
    assert_string_equal(
        url.at, "https://access.line.me/oauth2/v2.1/authorize?response_type=code"
                "&client_id=1234567890"
                "&redirect_uri=https%3A%2F%2Fcard.example%2Fline%2Fcallback%3Fa%3D1&state=st"
                "&scope=openid%20profile&nonce=no%26nce&code_challenge=E9-_"
                "&code_challenge_method=S256&bot_prompt=normal");
    login_authorize_url(&again, &config, STR("st"), STR("n"), STR("c"),
                        &(struct login_manner){STR("zh-Hant en"), .disable_auto_login = true});
    assert_non_null(strstr(again.at, "&ui_locales=zh-Hant%20en&disable_auto_login=true"));
    assert_null(strstr(again.at, "max_age"));
    assert_null(strstr(again.at, "&prompt="));
    login_authorize_url(&anew, &config, STR("st"), STR("n"), STR("c"),
                        &(struct login_manner){.max_age_s = 300, .is_forced = true});
    assert_non_null(strstr(anew.at, "&bot_prompt=normal&max_age=300&prompt=login"));
}

static void
the_code_is_exchanged_with_a_form(void **state)
{
    struct buf form = buf_new(arena, 4 * KIB);

    (void)state;
    login_token_request(&form, &config, STR("co+de"), STR("ver-._~"));
    assert_string_equal(
        form.at, "grant_type=authorization_code&code=co%2Bde"
                 "&redirect_uri=https%3A%2F%2Fcard.example%2Fline%2Fcallback%3Fa%3D1"
                 "&client_id=1234567890&client_secret=s%2B%2F%3D%26%25&code_verifier=ver-._~");
}

static void
login_answers_are_read(void **state)
{
    static const struct {
        const char *text;
        enum err_code code;
        const char *word;
    } row[] = {
        {"{\"access_token\":\"a/+=\",\"expires_in\":2592000,\"id_token\":\"i.d.t\","
         "\"refresh_token\":\"r\",\"scope\":\"openid profile\",\"token_type\":\"Bearer\",\"x\":{}}",
         OK, NULL},
        {"{\"id_token\":\"i.d.t\",\"access_token\":\"a/+=\"}", OK, NULL},
        {"{\"error\":\"invalid_grant\",\"error_description\":\"invalid authorization code\"}",
         ERR_AUTH, "login_refused"},
        {"{\"access_token\":\"a\"}", ERR_UPSTREAM, "login_answer"}, /* no openid scope */
        {"{\"access_token\":\"\",\"id_token\":\"i\"}", ERR_UPSTREAM, "login_answer"},
        {"{\"access_token\":1,\"id_token\":\"i\"}", ERR_UPSTREAM, "login_answer"},
        {"{\"access_token\":\"a\",\"id_token\":\"i\",\"id_token\":\"j\"}", ERR_UPSTREAM,
         "login_answer"},
        {"", ERR_UPSTREAM, "login_answer"},
        {"[]", ERR_UPSTREAM, "login_answer"},
        {"<html>", ERR_UPSTREAM, "login_answer"},
    };
    struct login_tokens out;
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(login_token_response(str_of(row[i].text), arena, &out, &e), row[i].code);
        if (row[i].code == OK) {
            assert_true(str_eq(out.id_token, STR("i.d.t")));
            assert_true(str_eq(out.access_token, STR("a/+=")));
        } else {
            assert_string_equal(e.word, row[i].word);
        }
    }
}

static void
channel_tokens_are_asked_for_with_a_form(void **state)
{
    struct buf form = buf_new(arena, 4 * KIB);

    (void)state;
    token_request(&form, config.channel_id, config.channel_secret);
    assert_string_equal(form.at, "grant_type=client_credentials&client_id=1234567890"
                                 "&client_secret=s%2B%2F%3D%26%25");
}

static void
channel_tokens_are_read(void **state)
{
    static const struct {
        const char *text;
        enum err_code code;
        const char *word;
    } row[] = {
        {"{\"error\":\"invalid_client\",\"error_description\":\"x\"}", ERR_AUTH, "token_refused"},
        {"{\"access_token\":\"a\"}", ERR_UPSTREAM, "token_answer"},
        {"{\"access_token\":\"a\",\"expires_in\":0}", ERR_UPSTREAM, "token_answer"},
        {"{\"access_token\":\"a\",\"expires_in\":\"899\"}", ERR_UPSTREAM, "token_answer"},
        {"{\"access_token\":\"a\",\"expires_in\":99999999999}", ERR_UPSTREAM, "token_answer"},
        {"{\"access_token\":\"\",\"expires_in\":899}", ERR_UPSTREAM, "token_answer"},
        {"{\"access_token\":\"a\\r\\nX: y\",\"expires_in\":899}", ERR_UPSTREAM, "token_answer"},
        {"{\"access_token\":\"a b\",\"expires_in\":899}", ERR_UPSTREAM, "token_answer"},
        {"{\"access_token\":\"\\u00e9\",\"expires_in\":899}", ERR_UPSTREAM, "token_answer"},
        {"not json", ERR_UPSTREAM, "token_answer"},
    };
    struct token token = {0};
    struct err e;

    (void)state;
    assert_false(token_is_usable(&token, NOW_MS));
    assert_int_equal(token_response(STR("{\"token_type\":\"Bearer\",\"access_token\":\"eyJ/+=\","
                                        "\"expires_in\":899}"),
                                    NOW_MS, &token, &e),
                     OK);
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(token_response(str_of(row[i].text), NOW_MS, &token, &e), row[i].code);
        assert_string_equal(e.word, row[i].word);
        assert_string_equal(token.text, "eyJ/+="); /* the one we have stays */
    }
    token_clear(&token);
    assert_null(token.text);
}

static void
a_token_is_renewed_before_it_may_not_be_used_any_more(void **state)
{
    static const struct {
        const char *answer;
        int64_t due_ms, last_ms;
    } row[] = {
        {"{\"access_token\":\"a\",\"expires_in\":899}", 839000, 889000},
        {"{\"access_token\":\"b\",\"expires_in\":60}", 30000, 50000},
        {"{\"access_token\":\"c\",\"expires_in\":1}", 500, 750}, /* used at all */
    };
    struct token token = {0};
    struct err e;

    (void)state;
    assert_true(token_is_due(&token, NOW_MS));
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(token_response(str_of(row[i].answer), NOW_MS, &token, &e), OK);
        assert_int_equal(token.text[0], 'a' + (char)i);
        assert_false(token_is_due(&token, NOW_MS + row[i].due_ms - 1));
        assert_true(token_is_due(&token, NOW_MS + row[i].due_ms));
        assert_true(token_is_usable(&token, NOW_MS + row[i].last_ms - 1));
        assert_false(token_is_usable(&token, NOW_MS + row[i].last_ms));
    }
    token_clear(&token);
    assert_false(token_is_usable(&token, NOW_MS));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pkce_is_rfc_7636_appendix_b),
        cmocka_unit_test(the_browser_is_sent_with_everything_encoded),
        cmocka_unit_test(the_code_is_exchanged_with_a_form),
        cmocka_unit_test(login_answers_are_read),
        cmocka_unit_test(channel_tokens_are_asked_for_with_a_form),
        cmocka_unit_test(channel_tokens_are_read),
        cmocka_unit_test(a_token_is_renewed_before_it_may_not_be_used_any_more),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
