/*
 * The login half of line-sim: the web flow's code and HS256 token, LIFF's ES256 token, and what
 * happens to everybody who asks wrongly.
 */
#include "base/codec.h"
#include "base/digest.h"
#include "sim/demo_values.h"
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLBACK "http%3A%2F%2F127.0.0.1%3A8080%2Fline%2Fcallback"
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" /* RFC 7636 appendix B */
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define ASK                                                                                        \
    "response_type=code&client_id=" SIM_LOGIN_CHANNEL_ID "&redirect_uri=" CALLBACK "&state=st4te"  \
    "&scope=openid%20profile&nonce=n0nce"
#define PKCE "&code_challenge=" CHALLENGE "&code_challenge_method=S256"
#define CLIENT "&client_id=" SIM_LOGIN_CHANNEL_ID "&client_secret=" SIM_LOGIN_CHANNEL_SECRET
#define REDEEM "grant_type=authorization_code&redirect_uri=" CALLBACK CLIENT "&code="

static struct sim_peer p;
static char code[128];

static int
start(void **state)
{
    (void)state;
    sim_peer_start(&p, NULL);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    sim_peer_stop(&p);
    return 0;
}

/* A parameter of the URL that the last answer led to. */
static const char *
given_back(const char *name)
{
    static char value[256];
    char mark[64];
    const char *at;

    value[0] = '\0';
    snprintf(mark, sizeof(mark), "%s=", name);
    at = strchr(p.location, '?');
    while (at != NULL && strncmp(at + 1, mark, strlen(mark)) != 0)
        at = strchr(at + 1, '&');
    if (at != NULL)
        str_copy((struct str){at + 1 + strlen(mark), strcspn(at + 1 + strlen(mark), "&")}, value,
                 sizeof(value));
    return value;
}

/* The person agrees on the page; the code is in `code`. */
static void
log_in(int person, const char *more)
{
    char form[1024];

    snprintf(form, sizeof(form), "%s%s&person=%d&answer=allow", ASK, more, person);
    CHECK_INT(sim_peer_form(&p, "/sim/authorize", form), 302);
    CHECK_TEXT(given_back("state"), "st4te");
    CHECK_THAT(str_starts(str_of(p.location), STR("http://127.0.0.1:8080/line/callback?")));
    str_copy(str_of(given_back("code")), code, sizeof(code));
    CHECK_THAT(strlen(code) > 20);
}

static int
redeem(const char *more)
{
    char form[1024];

    snprintf(form, sizeof(form), "%s%s%s", REDEEM, code, more);
    return sim_peer_form(&p, "/oauth2/v2.1/token", form);
}

/* Part i of a token, decoded; new. */
static json_t *
part_of(const char *token, int i)
{
    struct str rest = str_of(token), part;
    uint8_t bytes[2048];
    size_t n;

    do
        CHECK_THAT(str_until(&rest, '.', &part));
    while (i-- > 0);
    CHECK_THAT(base64url_decode(part, bytes, sizeof(bytes), &n));
    return json_loadb((char *)bytes, n, 0, NULL);
}

static void
check_claim(const char *token, const char *name, const char *want)
{
    json_t *claims = part_of(token, 1);

    CHECK_TEXT(json_string_value(json_object_get(claims, name)), want);
    json_decref(claims);
}

static void
page_offers_people_and_a_way_out(void **state)
{
    (void)state;
    CHECK_INT(sim_peer_get(&p, "/oauth2/v2.1/authorize?" ASK PKCE "&bot_prompt=normal", NULL), 200);
    CHECK_THAT(strstr(p.text, "Shopper 1 (ja)") != NULL);
    CHECK_THAT(strstr(p.text, "value=\"cancel\"") != NULL);
    CHECK_THAT(strstr(p.text, "name=\"add_friend\"") != NULL);
    CHECK_THAT(strstr(p.text, "value=\"" CHALLENGE "\"") != NULL);
    CHECK_THAT(strstr(p.text, "<script") == NULL);
}

static void
wrong_requests_are_refused_on_the_page_or_sent_back(void **state)
{
#define BASE "response_type=code&client_id=" SIM_LOGIN_CHANNEL_ID "&redirect_uri=" CALLBACK
    static const struct {
        const char *query;
        const char *error; /* NULL: shown, no way back */
    } row[] = {
        {"response_type=code&client_id=999&redirect_uri=" CALLBACK "&state=s&scope=openid", NULL},
        {"response_type=code&client_id=" SIM_LOGIN_CHANNEL_ID
         "&redirect_uri=http%3A%2F%2Fevil.test%2F&state=s&scope=openid",
         NULL},
        {"response_type=code&client_id=" SIM_LOGIN_CHANNEL_ID "&redirect_uri=" CALLBACK
         "2&state=s&scope=openid",
         NULL},
        {"response_type=token&client_id=" SIM_LOGIN_CHANNEL_ID "&redirect_uri=" CALLBACK
         "&state=s&scope=openid",
         "UNSUPPORTED_RESPONSE_TYPE"},
        {BASE "&scope=openid", "INVALID_REQUEST"},
        {BASE "&state=a%20b&scope=openid", "INVALID_REQUEST"},
        {BASE "&state=s", "INVALID_SCOPE"},
        {BASE "&state=s&scope=email", "INVALID_SCOPE"},
        {BASE "&state=s&scope=profile%20email", "INVALID_SCOPE"},
        {BASE "&state=s&scope=openid%20phone", "INVALID_SCOPE"},
        {BASE "&state=s&scope=openid&prompt=none", "LOGIN_REQUIRED"},
        {BASE "&state=s&scope=openid&max_age=-1", "INVALID_REQUEST"},
        {BASE "&state=s&scope=openid&max_age=soon", "INVALID_REQUEST"},
        {BASE "&state=s&scope=openid&code_challenge=" CHALLENGE, "INVALID_REQUEST"},
        {BASE "&state=s&scope=openid&code_challenge=short&code_challenge_method=S256",
         "INVALID_REQUEST"},
        {BASE "&state=s&scope=openid&code_challenge=" CHALLENGE "&code_challenge_method=plain",
         "INVALID_REQUEST"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        char path[1024];

        CHECK_ROW(i);
        snprintf(path, sizeof(path), "/oauth2/v2.1/authorize?%s", row[i].query);
        CHECK_INT(sim_peer_get(&p, path, NULL), row[i].error != NULL ? 302 : 400);
        CHECK_TEXT(given_back("error"), row[i].error);
    }
}

static void
cancelling_is_access_denied(void **state)
{
    (void)state;
    CHECK_INT(sim_peer_form(&p, "/sim/authorize", ASK "&person=1&answer=cancel"), 302);
    CHECK_TEXT(given_back("error"), "ACCESS_DENIED");
    CHECK_TEXT(given_back("state"), "st4te");
    CHECK_TEXT(given_back("code"), "");
}

static void
web_flow_ends_with_an_hs256_token_of_the_person(void **state)
{
    struct str rest, head, payload;
    uint8_t signature[SHA256_SIZE], wanted[SHA256_SIZE];
    size_t n;
    char token[2048];
    json_t *header;

    (void)state;
    log_in(3, PKCE);
    CHECK_INT(redeem("&code_verifier=" VERIFIER), 200);
    CHECK_INT(sim_peer_int(&p, "/expires_in"), 2592000);
    CHECK_TEXT(sim_peer_text(&p, "/token_type"), "Bearer");
    str_copy(str_of(sim_peer_text(&p, "/id_token")), token, sizeof(token));

    header = part_of(token, 0);
    CHECK_TEXT(json_string_value(json_object_get(header, "alg")), "HS256");
    CHECK_THAT(json_object_get(header, "kid") == NULL);
    json_decref(header);
    check_claim(token, "iss", "https://access.line.me");
    check_claim(token, "sub", sim_peer_user(3));
    check_claim(token, "aud", SIM_LOGIN_CHANNEL_ID);
    check_claim(token, "nonce", "n0nce");
    check_claim(token, "name", "Shopper 3 (zh-Hant)");

    rest = str_of(token);
    CHECK_THAT(str_until(&rest, '.', &head) && str_until(&rest, '.', &payload));
    CHECK_THAT(base64url_decode(rest, signature, sizeof(signature), &n) && n == SHA256_SIZE);
    head.n += 1 + payload.n;
    hmac_sha256(SIM_LOGIN_CHANNEL_SECRET, 32, &head, 1, wanted);
    CHECK_THAT(memcmp(signature, wanted, SHA256_SIZE) == 0);
}

/* Seconds between the proof that a token tells of and now; -1: it tells nothing. */
static int64_t
proven_ago_s(int person, const char *more, const char *want_amr)
{
    const json_t *auth_time;
    json_t *claims;
    int64_t ago_s;

    log_in(person, more);
    CHECK_INT(redeem(""), 200);
    claims = part_of(sim_peer_text(&p, "/id_token"), 1);
    auth_time = json_object_get(claims, "auth_time");
    ago_s = auth_time == NULL
                ? -1
                : atomic_load(&p.clock.fixed_ms) / SECOND_MS - json_integer_value(auth_time);
    CHECK_TEXT(json_string_value(json_array_get(json_object_get(claims, "amr"), 0)), want_amr);
    json_decref(claims);
    return ago_s;
}

static void
max_age_asks_for_a_new_proof_only_when_the_last_is_older(void **state)
{
    (void)state;
    CHECK_INT(proven_ago_s(5, "", "pwd"), -1);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 300 * SECOND_MS);
    CHECK_INT(proven_ago_s(5, "&max_age=300", "linesso"), 300);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 301 * SECOND_MS);
    CHECK_INT(proven_ago_s(5, "&max_age=300", "pwd"), 0);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 310 * SECOND_MS);
    CHECK_INT(proven_ago_s(5, "&max_age=300&prompt=login", "pwd"), 0);
    CHECK_INT(proven_ago_s(6, "&max_age=300", "pwd"), 0); /* each for themselves */
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + HOUR_MS);
    CHECK_INT(proven_ago_s(5, "", "linesso"), -1);
    CHECK_INT(proven_ago_s(5, "&max_age=0", "pwd"), 0);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
}

static void
code_works_once_and_dies_by_a_failed_attempt(void **state)
{
    static const struct {
        const char *more;
    } row[] = {
        {"&code_verifier=" VERIFIER "x"}, /* another verifier */
        {""},                             /* none */
        {"&code_verifier=short"},
    };

    (void)state;
    log_in(1, PKCE);
    CHECK_INT(redeem("&code_verifier=" VERIFIER), 200);
    CHECK_INT(redeem("&code_verifier=" VERIFIER), 400);
    CHECK_TEXT(sim_peer_text(&p, "/error"), "invalid_grant");
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        log_in(1, PKCE);
        CHECK_INT(redeem(row[i].more), 400);
        CHECK_TEXT(sim_peer_text(&p, "/error"), "invalid_grant");
        CHECK_INT(redeem("&code_verifier=" VERIFIER), 400);
    }
}

static void
code_dies_after_ten_minutes(void **state)
{
    (void)state;
    log_in(1, "");
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 10 * MINUTE_MS - 1);
    CHECK_INT(redeem(""), 200);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
    log_in(1, "");
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + 10 * MINUTE_MS);
    CHECK_INT(redeem(""), 400);
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
}

static void
callback_and_client_must_be_the_same_again(void **state)
{
    char form[512];

    (void)state;
    log_in(1, "");
    snprintf(form, sizeof(form), "grant_type=authorization_code&code=%s&redirect_uri=%s", code,
             CALLBACK "%3Fa%3D1" CLIENT);
    CHECK_INT(sim_peer_form(&p, "/oauth2/v2.1/token", form), 400);
    log_in(1, "");
    snprintf(form, sizeof(form), "grant_type=authorization_code&code=%s&redirect_uri=%s", code,
             CALLBACK "&client_id=" SIM_LOGIN_CHANNEL_ID
                      "&client_secret=" SIM_MESSAGING_CHANNEL_SECRET);
    CHECK_INT(sim_peer_form(&p, "/oauth2/v2.1/token", form), 400);
    CHECK_TEXT(sim_peer_text(&p, "/error"), "invalid_client");
    CHECK_INT(sim_peer_form(&p, "/oauth2/v2.1/token", "grant_type=magic" CLIENT), 400);
    CHECK_TEXT(sim_peer_text(&p, "/error"), "unsupported_grant_type");
}

static void
adding_the_friend_is_told_only_where_the_box_was_shown(void **state)
{
    (void)state;
    CHECK_INT(sim_peer_json(&p, "/sim/people", NULL, "{\"person\":5,\"friend\":false}"), 200);
    log_in(5, "");
    CHECK_TEXT(given_back("friendship_status_changed"), "");
    log_in(5, "&bot_prompt=normal");
    CHECK_TEXT(given_back("friendship_status_changed"), "false");
    log_in(5, "&bot_prompt=normal&add_friend=1");
    CHECK_TEXT(given_back("friendship_status_changed"), "true");
    log_in(5, "&bot_prompt=normal&add_friend=1"); /* a friend already: the box is not shown */
    CHECK_TEXT(given_back("friendship_status_changed"), "");
}

static void
persons_token_opens_profile_until_the_service_lets_go(void **state)
{
    char access[256], refresh[256], channel[2048], long_lived[256], path[1024], form[2048];

    (void)state;
    log_in(2, "");
    CHECK_INT(redeem(""), 200);
    str_copy(str_of(sim_peer_text(&p, "/access_token")), access, sizeof(access));
    str_copy(str_of(sim_peer_text(&p, "/refresh_token")), refresh, sizeof(refresh));

    CHECK_INT(sim_peer_get(&p, "/v2/profile", access), 200);
    CHECK_TEXT(sim_peer_text(&p, "/userId"), sim_peer_user(2));
    CHECK_INT(sim_peer_get(&p, "/oauth2/v2.1/userinfo", access), 200);
    CHECK_TEXT(sim_peer_text(&p, "/sub"), sim_peer_user(2));
    CHECK_INT(sim_peer_get(&p, "/friendship/v1/status", access), 200);
    CHECK_INT(sim_peer_int(&p, "/friendFlag"), 1);
    snprintf(path, sizeof(path), "/oauth2/v2.1/verify?access_token=%s", sim_peer_encode(access));
    CHECK_INT(sim_peer_get(&p, path, NULL), 200);
    CHECK_TEXT(sim_peer_text(&p, "/client_id"), SIM_LOGIN_CHANNEL_ID);
    CHECK_INT(sim_peer_int(&p, "/expires_in"), 2592000);

    snprintf(form, sizeof(form), "grant_type=refresh_token&refresh_token=%s" CLIENT,
             sim_peer_encode(refresh));
    CHECK_INT(sim_peer_form(&p, "/oauth2/v2.1/token", form), 200);
    CHECK_TEXT(sim_peer_text(&p, "/refresh_token"), refresh);
    CHECK_TEXT(sim_peer_text(&p, "/id_token"), "");

    CHECK_INT(sim_peer_form(&p, "/oauth2/v3/token", "grant_type=client_credentials" CLIENT), 200);
    str_copy(str_of(sim_peer_text(&p, "/access_token")), channel, sizeof(channel));
    snprintf(form, sizeof(form), "{\"userAccessToken\":\"%s\"}", access);
    CHECK_INT(sim_peer_json(&p, "/user/v1/deauthorize", p.token, form),
              401); /* the wrong channel */
    CHECK_INT(sim_peer_form(&p, "/v2/oauth/accessToken", "grant_type=client_credentials" CLIENT),
              200);
    str_copy(str_of(sim_peer_text(&p, "/access_token")), long_lived, sizeof(long_lived));
    CHECK_INT(sim_peer_json(&p, "/user/v1/deauthorize", long_lived, form),
              401); /* the right channel, the wrong kind */
    CHECK_INT(sim_peer_json(&p, "/user/v1/deauthorize", channel, form), 204);
    CHECK_INT(sim_peer_json(&p, "/user/v1/deauthorize", channel, form), 400);
    CHECK_TEXT(sim_peer_text(&p, "/message"), "invalid token");
    CHECK_INT(sim_peer_get(&p, "/v2/profile", access), 401);
    CHECK_INT(sim_peer_get(&p, path, NULL), 400);
    snprintf(form, sizeof(form), "grant_type=refresh_token&refresh_token=%s" CLIENT,
             sim_peer_encode(refresh));
    CHECK_INT(sim_peer_form(&p, "/oauth2/v2.1/token", form), 400);
    CHECK_TEXT(sim_peer_text(&p, "/error_description"), "invalid refresh token");
}

/* The signature by OpenSSL from the served x and y, not by the simulator's own code. */
static bool
es256_holds(const char *token, const json_t *jwk)
{
    struct str rest = str_of(token), head, payload;
    uint8_t signature[80], point[65] = {4};
    uint8_t *der = NULL;
    size_t n, x_n, y_n;
    char group[] = "P-256";
    OSSL_PARAM params[3];
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY *key = NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    int der_n;
    bool holds;

    CHECK_THAT(str_until(&rest, '.', &head) && str_until(&rest, '.', &payload));
    CHECK_THAT(base64url_decode(rest, signature, sizeof(signature), &n) && n == 64);
    CHECK_THAT(base64url_decode(str_of(json_string_value(json_object_get(jwk, "x"))), point + 1, 32,
                                &x_n) &&
               base64url_decode(str_of(json_string_value(json_object_get(jwk, "y"))), point + 33,
                                32, &y_n) &&
               x_n == 32 && y_n == 32);
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point));
    params[2] = OSSL_PARAM_construct_end();
    CHECK_THAT(EVP_PKEY_fromdata_init(maker) == 1 &&
               EVP_PKEY_fromdata(maker, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
    ECDSA_SIG_set0(pair, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL));
    der_n = i2d_ECDSA_SIG(pair, &der);
    holds = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
            EVP_DigestVerify(context, der, (size_t)der_n, (const uint8_t *)head.at,
                             head.n + 1 + payload.n) == 1;
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(maker);
    EVP_PKEY_free(key);
    return holds;
}

static void
liff_token_is_es256_by_a_key_of_the_set(void **state)
{
    char token[2048];
    json_t *header;

    (void)state;
    CHECK_INT(sim_peer_get(&p, "/sim/liff-token?person=4", NULL), 200);
    str_copy(str_of(sim_peer_text(&p, "/id_token")), token, sizeof(token));
    header = part_of(token, 0);
    CHECK_TEXT(json_string_value(json_object_get(header, "alg")), "ES256");
    check_claim(token, "sub", sim_peer_user(4));
    check_claim(token, "iss", "https://access.line.me");

    CHECK_INT(sim_peer_get(&p, "/oauth2/v2.1/certs", NULL), 200);
    CHECK_TEXT(sim_peer_text(&p, "/keys/0/kid"), json_string_value(json_object_get(header, "kid")));
    CHECK_THAT(es256_holds(token, json_array_get(json_object_get(p.json, "keys"), 0)));
    token[strlen(token) / 2] ^= 1;
    CHECK_THAT(!es256_holds(token, json_array_get(json_object_get(p.json, "keys"), 0)));
    json_decref(header);
}

static void
rotated_keys_stay_unless_they_are_to_be_forgotten(void **state)
{
    char first[32];

    (void)state;
    CHECK_INT(sim_peer_get(&p, "/oauth2/v2.1/certs", NULL), 200);
    str_copy(str_of(sim_peer_text(&p, "/keys/0/kid")), first, sizeof(first));
    CHECK_INT(sim_peer_json(&p, "/sim/keys", NULL, "{\"rotate\":true}"), 200);
    CHECK_TEXT(sim_peer_text(&p, "/keys/1/kid"), first);
    CHECK_INT(sim_peer_json(&p, "/sim/keys", NULL, "{\"rotate\":true,\"forget\":true}"), 200);
    CHECK_INT(json_array_size(json_object_get(p.json, "keys")), 1);
}

static void
verify_tells_what_is_wrong_with_an_id_token(void **state)
{
    static const struct {
        const char *more;
        int64_t later_ms;
        const char *problem; /* NULL: none */
    } row[] = {
        {"&client_id=" SIM_LOGIN_CHANNEL_ID, 0, NULL},
        {"&client_id=" SIM_LOGIN_CHANNEL_ID, 3600 * SECOND_MS - 1, NULL},
        {"&client_id=" SIM_LOGIN_CHANNEL_ID, 3600 * SECOND_MS, "IdToken expired."},
        {"&client_id=999", 0, "Invalid IdToken Audience."},
        {"&client_id=" SIM_LOGIN_CHANNEL_ID "&nonce=n", 0, "Invalid IdToken Nonce."},
        {"&client_id=" SIM_LOGIN_CHANNEL_ID "&user_id=U1", 0,
         "Invalid IdToken Subject Identifier."},
        {".&client_id=" SIM_LOGIN_CHANNEL_ID, 0, "Invalid IdToken."},
        {"A&client_id=" SIM_LOGIN_CHANNEL_ID, 0, "Invalid IdToken."},
        {"", 0, "some parameters missed or invalid"},
    };
    char token[2048], form[4096];

    (void)state;
    CHECK_INT(sim_peer_get(&p, "/sim/liff-token?person=4", NULL), 200);
    str_copy(str_of(sim_peer_text(&p, "/id_token")), token, sizeof(token));
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS + row[i].later_ms);
        snprintf(form, sizeof(form), "id_token=%s%s", token, row[i].more);
        CHECK_INT(sim_peer_form(&p, "/oauth2/v2.1/verify", form),
                  row[i].problem != NULL ? 400 : 200);
        CHECK_TEXT(sim_peer_text(&p, "/error_description"), row[i].problem);
    }
    atomic_store(&p.clock.fixed_ms, SIM_PEER_NOW_MS);
}

static void
first_opening_of_a_mini_app_tells_no_name(void **state)
{
    char token[2048];
    json_t *claims;

    (void)state;
    CHECK_INT(sim_peer_get(&p, "/sim/liff-token?person=4&scope=openid", NULL), 200);
    str_copy(str_of(sim_peer_text(&p, "/id_token")), token, sizeof(token));
    claims = part_of(token, 1);
    CHECK_THAT(json_object_get(claims, "name") == NULL);
    json_decref(claims);
}

static void
liff_link_in_a_browser_leads_to_the_endpoint_with_its_state(void **state)
{
    static const struct {
        const char *path, *location;
    } row[] = {
        {"/liff/" SIM_LIFF_ID, "http://127.0.0.1:8080/card"},
        {"/liff/" SIM_LIFF_ID "/rewards?from=talk",
         "http://127.0.0.1:8080/card?liff.state=%2Frewards%3Ffrom%3Dtalk"},
        {"/liff/" SIM_LIFF_ID "?shop=ueno", "http://127.0.0.1:8080/card?liff.state=%3Fshop%3Dueno"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(sim_peer_get(&p, row[i].path, NULL), 303);
        CHECK_TEXT(p.location, row[i].location);
    }
    CHECK_INT(sim_peer_get(&p, "/liff/1-Other/x", NULL), 404);
}

static void
discovery_names_es256_only_and_the_real_issuer(void **state)
{
    char jwks[128];

    (void)state;
    CHECK_INT(sim_peer_get(&p, "/.well-known/openid-configuration", NULL), 200);
    CHECK_TEXT(sim_peer_text(&p, "/issuer"), "https://access.line.me");
    CHECK_TEXT(sim_peer_text(&p, "/id_token_signing_alg_values_supported/0"), "ES256");
    snprintf(jwks, sizeof(jwks), "%s/oauth2/v2.1/certs", p.base);
    CHECK_TEXT(sim_peer_text(&p, "/jwks_uri"), jwks);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(page_offers_people_and_a_way_out),
        TEST(wrong_requests_are_refused_on_the_page_or_sent_back),
        TEST(cancelling_is_access_denied),
        TEST(web_flow_ends_with_an_hs256_token_of_the_person),
        TEST(max_age_asks_for_a_new_proof_only_when_the_last_is_older),
        TEST(code_works_once_and_dies_by_a_failed_attempt),
        TEST(code_dies_after_ten_minutes),
        TEST(callback_and_client_must_be_the_same_again),
        TEST(adding_the_friend_is_told_only_where_the_box_was_shown),
        TEST(persons_token_opens_profile_until_the_service_lets_go),
        TEST(liff_token_is_es256_by_a_key_of_the_set),
        TEST(rotated_keys_stay_unless_they_are_to_be_forgotten),
        TEST(verify_tells_what_is_wrong_with_an_id_token),
        TEST(first_opening_of_a_mini_app_tells_no_name),
        TEST(liff_link_in_a_browser_leads_to_the_endpoint_with_its_state),
        TEST(discovery_names_es256_only_and_the_real_issuer),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
