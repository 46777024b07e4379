/* ID tokens: what LINE signed is let in, everything derived from it is kept out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/digest.h"
#include "line/idtoken.h"

/* Vectors of our LINE fact sheet, section 16; the clock that accepts them. */
#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW_MS (INT64_C(1767225660) * 1000)
#define PAYLOAD_64                                                                                 \
    "eyJpc3MiOiJodHRwczovL2FjY2Vzcy5saW5lLm1lIiwic3ViIjoiVTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw" \
    "MDAxIiwiYXVkIjoiMTIzNDU2Nzg5MCIsImV4cCI6MTc2NzIyOTIwMCwiaWF0IjoxNzY3MjI1NjAwLCJub25jZSI6Im4t" \
    "MFM2X1d6QTJNaiIsImFtciI6WyJsaW5lc3NvIl0sIm5hbWUiOiJUZXN0In0"
#define HS256_HEADER "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"
#define HS256_SIGNATURE "eeYBfUHAsoPixD8DmouCBSRYWH4Sa41h2-kFwXV_FgU"
#define HS256_TOKEN HS256_HEADER "." PAYLOAD_64 "." HS256_SIGNATURE
#define ES256_HEADER "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InRlc3Qta2V5LTEifQ"
#define ES256_SIGNATURE                                                                            \
    "LTnDa8ck8wulD74sMKCUsM1zA-PL-7VPN2y__kr_7tFkRmgF8wNTbEcg2-n9UbVIb5mvIylOso4zyaDDDcTDfA"
#define ES256_TOKEN ES256_HEADER "." PAYLOAD_64 "." ES256_SIGNATURE
#define JWK                                                                                        \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"use\":\"sig\",\"kid\":\"test-key-1\","  \
    "\"x\":\"IQ7fGyIZXpFCs48ZNAe-3sz8_aopXhl-nD2xNgqNp70\","                                       \
    "\"y\":\"iiClUWgdKg9g0AY9jen8QKg17dLUUXyGJjiopxvY3rc\"}"
#define USER "U00000000000000000000000000000001"

/* What a token of ours says unless a test says otherwise. */
#define ISS "\"iss\":\"https://access.line.me\","
#define SUB "\"sub\":\"" USER "\","
#define AUD "\"aud\":\"1234567890\","
#define TIMES "\"exp\":1767229200,\"iat\":1767225600"
#define NONCE ",\"nonce\":\"n-0S6_WzA2Mj\""
#define HEADER "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"ours\"}"

static struct arena *arena;
static struct jwks *line_keys; /* the fact sheet's */
static EVP_PKEY *our_key;
static struct jwks *our_keys; /* our_key as "ours" */

static const struct idtoken_want want = {
    .channel_id = {"1234567890", 10}, .nonce = {"n-0S6_WzA2Mj", 12}, .now_ms = NOW_MS};

static void
key_text(EVP_PKEY *key, char *out, size_t cap)
{
    uint8_t point[65];
    char x[BASE64_SIZE(32)], y[BASE64_SIZE(32)];
    size_t n;

    assert_int_equal(
        EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &n), 1);
    assert_int_equal(n, 65);
    base64url_encode(point + 1, 32, x);
    base64url_encode(point + 33, 32, y);
    snprintf(out, cap,
             "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ours\",\"x\":\"%s\","
             "\"y\":\"%s\"}]}",
             x, y);
}

static int
set_up(void **state)
{
    char text[512];
    struct err e;

    (void)state;
    arena = arena_new(MIB);
    assert_int_equal(jwks_parse(STR("{\"keys\":[" JWK "]}"), &line_keys, &e), OK);
    our_key = EVP_EC_gen("P-256");
    assert_non_null(our_key);
    key_text(our_key, text, sizeof(text));
    assert_int_equal(jwks_parse(str_of(text), &our_keys, &e), OK);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    jwks_free(line_keys);
    jwks_free(our_keys);
    EVP_PKEY_free(our_key);
    arena_free(arena);
    return 0;
}

/* "header.payload", to be signed. */
static size_t
covered(const char *header, const char *payload, char *out)
{
    base64url_encode((const uint8_t *)header, strlen(header), out);
    strcat(out, ".");
    base64url_encode((const uint8_t *)payload, strlen(payload), out + strlen(out));
    return strlen(out);
}

static void
raw_signature(const char *text, size_t n, uint8_t raw[64])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t der[80];
    const uint8_t *at = der;
    size_t der_n = sizeof(der);
    ECDSA_SIG *pair;

    assert_int_equal(EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, our_key, NULL), 1);
    assert_int_equal(EVP_DigestSign(ctx, der, &der_n, (const uint8_t *)text, n), 1);
    pair = d2i_ECDSA_SIG(NULL, &at, (long)der_n);
    assert_non_null(pair);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32);
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(ctx);
}

/* A genuine ES256 token of our_key. */
static struct str
signed_es256(const char *header, const char *payload)
{
    static char token[16 * 1024];
    uint8_t raw[64];
    size_t n = covered(header, payload, token);

    raw_signature(token, n, raw);
    token[n] = '.';
    base64url_encode(raw, sizeof(raw), token + n + 1);
    return str_of(token);
}

static struct str
signed_hs256(const char *header, const char *payload, struct str secret)
{
    static char token[16 * 1024];
    size_t n = covered(header, payload, token);
    struct str part = {token, n};
    uint8_t mac[SHA256_SIZE];

    hmac_sha256(secret.at, secret.n, &part, 1, mac);
    token[n] = '.';
    base64url_encode(mac, sizeof(mac), token + n + 1);
    return str_of(token);
}

/* The word of the refusal, or "" for a token that was let in. */
static const char *
es256(struct str token, const struct jwks *keys)
{
    struct idtoken out;
    struct err e;

    return idtoken_verify_es256(token, keys, &want, arena, &out, &e) ? e.word : "";
}

static const char *
hs256(struct str token, struct str secret)
{
    struct idtoken out;
    struct err e;

    return idtoken_verify_hs256(token, secret, &want, arena, &out, &e) ? e.word : "";
}

static void
the_vectors_are_let_in(void **state)
{
    struct idtoken out;
    struct err e;

    (void)state;
    assert_int_equal(idtoken_verify_es256(STR(ES256_TOKEN), line_keys, &want, arena, &out, &e), OK);
    assert_string_equal(out.sub, USER);
    assert_true(str_eq(out.name, STR("Test")));
    assert_int_equal(out.picture.n, 0);
    assert_int_equal(out.iat_ms, INT64_C(1767225600000));
    assert_int_equal(out.exp_ms, INT64_C(1767229200000));
    memset(&out, 0, sizeof(out));
    assert_int_equal(idtoken_verify_hs256(STR(HS256_TOKEN), STR(SECRET), &want, arena, &out, &e),
                     OK);
    assert_string_equal(out.sub, USER);
    assert_true(str_eq(out.name, STR("Test")));
}

static void
every_changed_byte_is_seen(void **state)
{
    char token[sizeof(ES256_TOKEN)];

    (void)state;
    for (size_t i = 0; i < sizeof(ES256_TOKEN) - 1; i++) {
        memcpy(token, ES256_TOKEN, sizeof(token));
        token[i] = token[i] == 'A' ? 'B' : 'A';
        assert_string_not_equal(es256(str_of(token), line_keys), "");
    }
    for (size_t i = 0; i < sizeof(HS256_TOKEN) - 1; i++) {
        memcpy(token, HS256_TOKEN, sizeof(HS256_TOKEN));
        token[i] = token[i] == 'A' ? 'B' : 'A';
        assert_string_not_equal(hs256(str_of(token), STR(SECRET)), "");
    }
    for (size_t n = 0; n < sizeof(ES256_TOKEN) - 1; n++) /* and every cut */
        assert_string_not_equal(es256((struct str){ES256_TOKEN, n}, line_keys), "");
}

static void
the_endpoint_chooses_the_algorithm(void **state)
{
    static const char none[] = "{\"alg\":\"none\",\"kid\":\"ours\"}";
    static const char hmac[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"ours\"}";
    static const char claims[] = "{" ISS SUB AUD TIMES NONCE "}";
    char token[1024], key[512];

    (void)state;
    assert_string_equal(es256(STR(HS256_TOKEN), line_keys), "token_algorithm");
    assert_string_equal(hs256(STR(ES256_TOKEN), STR(SECRET)), "token_algorithm");
    covered(none, claims, token);
    strcat(token, ".");
    assert_string_equal(es256(str_of(token), our_keys), "token_algorithm");
    assert_string_equal(hs256(str_of(token), STR(SECRET)), "token_algorithm");

    /* The public key's text as an HMAC secret: the classic confusion. */
    key_text(our_key, key, sizeof(key));
    assert_string_equal(es256(signed_hs256(hmac, claims, str_of(key)), our_keys),
                        "token_algorithm");
    assert_string_equal(es256(signed_hs256(hmac, claims, STR(JWK)), line_keys), "token_algorithm");
    assert_string_equal(es256(signed_hs256(HEADER, claims, str_of(key)), our_keys),
                        "token_signature");
    /* An empty secret is no secret. */
    assert_string_equal(hs256(signed_hs256(hmac, claims, STR("")), STR("")), "token_signature");
    assert_string_equal(hs256(signed_hs256(hmac, claims, STR("another")), STR(SECRET)),
                        "token_signature");
    assert_string_equal(hs256(signed_hs256(hmac, claims, STR(SECRET)), STR(SECRET)), "");
}

static void
signatures_are_exactly_64_bytes_of_canonical_base64url(void **state)
{
    static const struct {
        const char *token, *word;
    } row[] = {
        {ES256_TOKEN, ""},
        {ES256_TOKEN "=", "token_malformed"},
        {ES256_TOKEN "==", "token_malformed"},
        {ES256_TOKEN ".", "token_malformed"},
        {ES256_TOKEN "." ES256_SIGNATURE, "token_malformed"},
        {ES256_TOKEN "\n", "token_malformed"},
        {" " ES256_TOKEN, "token_malformed"},
        {ES256_HEADER "." PAYLOAD_64 ".", "token_signature"},
        {ES256_HEADER "." PAYLOAD_64, "token_malformed"},
        {ES256_HEADER "." PAYLOAD_64 "." /* '-' as '+', '_' as '/' */
                      "LTnDa8ck8wulD74sMKCUsM1zA+PL+7VPN2y//kr/7tFkRmgF8wNTbEcg2+n9UbVIb5mvIylOso4z"
                      "yaDDDcTDfA",
         "token_malformed"},
        {ES256_HEADER "." PAYLOAD_64 "." /* 63 bytes */
                      "LTnDa8ck8wulD74sMKCUsM1zA-PL-7VPN2y__kr_7tFkRmgF8wNTbEcg2-n9UbVIb5mvIylOso4z"
                      "yaDDDcTD",
         "token_signature"},
        {ES256_HEADER "." PAYLOAD_64 "." /* 65 bytes */
                      "LTnDa8ck8wulD74sMKCUsM1zA-PL-7VPN2y__kr_7tFkRmgF8wNTbEcg2-n9UbVIb5mvIylOso4z"
                      "yaDDDcTDfAA",
         "token_signature"},
        {ES256_HEADER "." PAYLOAD_64 "." /* bits left over that are not zero */
                      "LTnDa8ck8wulD74sMKCUsM1zA-PL-7VPN2y__kr_7tFkRmgF8wNTbEcg2-n9UbVIb5mvIylOso4z"
                      "yaDDDcTDfB",
         "token_malformed"},
        {"", "token_malformed"},
        {".", "token_malformed"},
        {"..", "token_malformed"},
        {"...", "token_malformed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        assert_string_equal(es256(str_of(row[i].token), line_keys), row[i].word);
}

static void
r_and_s_lie_between_nothing_and_the_order(void **state)
{
    static const uint8_t order[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00,
                                      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                      0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84,
                                      0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};
    char token[1024];
    uint8_t raw[64];
    size_t n = covered(HEADER, "{" ISS SUB AUD TIMES NONCE "}", token);

    (void)state;
    token[n] = '.';
    for (int half = 0; half < 2; half++) {
        for (int kind = 0; kind < 3; kind++) {
            raw_signature(token, n, raw);
            if (kind == 0)
                memset(raw + 32 * half, 0, 32);
            else if (kind == 1)
                memcpy(raw + 32 * half, order, 32);
            else
                memset(raw + 32 * half, 0xFF, 32);
            base64url_encode(raw, sizeof(raw), token + n + 1);
            assert_string_equal(es256(str_of(token), our_keys), "token_signature");
        }
    }
    memset(raw, 0, sizeof(raw)); /* the "psychic" signature, CVE-2022-21449 */
    base64url_encode(raw, sizeof(raw), token + n + 1);
    assert_string_equal(es256(str_of(token), our_keys), "token_signature");
}

static void
headers_cannot_bring_a_key(void **state)
{
    static const char claims[] = "{" ISS SUB AUD TIMES NONCE "}";
    static const struct {
        const char *header, *word;
    } row[] = {
        {HEADER, ""},
        {"{\"alg\":\"ES256\",\"kid\":\"ours\"}", ""},
        {"{\"alg\":\"ES256\",\"kid\":\"ours\",\"jku\":\"https://evil.example/keys\"}", ""},
        {"{\"alg\":\"ES256\",\"kid\":\"ours\",\"jwk\":" JWK "}", ""},
        {"{\"alg\":\"ES256\",\"kid\":\"unknown\",\"jwk\":" JWK "}", "key_unknown"},
        {"{\"alg\":\"ES256\",\"kid\":\"Ours\"}", "key_unknown"},
        {"{\"alg\":\"ES256\",\"kid\":\"ours \"}", "key_unknown"},
        {"{\"alg\":\"ES256\",\"kid\":\"../../ours\"}", "key_unknown"},
        {"{\"alg\":\"ES256\",\"kid\":\"ours' OR '1'='1\"}", "key_unknown"},
        {"{\"alg\":\"ES256\",\"kid\":\"ours\\u0000\"}", "token_malformed"},
        {"{\"alg\":\"ES256\",\"kid\":\"\"}", "token_malformed"},
        {"{\"alg\":\"ES256\",\"kid\":null}", "token_malformed"},
        {"{\"alg\":\"ES256\",\"kid\":1}", "token_malformed"},
        {"{\"alg\":\"ES256\",\"kid\":[\"ours\"]}", "token_malformed"},
        {"{\"alg\":\"ES256\"}", "token_malformed"},
        {"{\"alg\":\"ES256\",\"kid\":\"x\",\"kid\":\"ours\"}", "token_malformed"},
        {"{\"alg\":\"HS256\",\"alg\":\"ES256\",\"kid\":\"ours\"}", "token_malformed"},
        {"{\"alg\":\"ES256\",\"\\u0061lg\":\"none\",\"kid\":\"ours\"}", "token_malformed"},
        {"{\"alg\":\"es256\",\"kid\":\"ours\"}", "token_algorithm"},
        {"{\"alg\":\"ES384\",\"kid\":\"ours\"}", "token_algorithm"},
        {"{\"alg\":\"\",\"kid\":\"ours\"}", "token_algorithm"},
        {"{\"alg\":[\"ES256\"],\"kid\":\"ours\"}", "token_malformed"},
        {"{\"kid\":\"ours\"}", "token_malformed"},
        {"{\"alg\":\"ES256\",\"kid\":\"ours\",\"crit\":[\"b64\"],\"b64\":false}",
         "token_malformed"},
        {"{\"alg\":\"ES256\",\"kid\":\"ours\",\"crit\":null}", "token_malformed"},
        {"{\"alg\":\"ES256\",\"kid\":\"ours\",\"typ\":\"at+jwt\"}", "token_malformed"},
        {"[]", "token_malformed"},
        {"{\"alg\":\"ES256\",\"kid\":\"ours\"} x", "token_malformed"},
        {"", "token_malformed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        assert_string_equal(es256(signed_es256(row[i].header, claims), our_keys), row[i].word);
    assert_string_equal(es256(STR(ES256_TOKEN), our_keys), "key_unknown");
}

static void
claims_are_judged_each(void **state)
{
    static const struct {
        const char *claims, *word;
    } row[] = {
        {"{" ISS SUB AUD TIMES NONCE "}", ""},
        {"{" ISS SUB AUD TIMES NONCE ",\"email\":\"a@example.com\",\"new\":{\"x\":[1]}}", ""},
        {"{" SUB AUD TIMES NONCE "}", "token_issuer"},
        {"{\"iss\":\"https://access.line.me/\"," SUB AUD TIMES NONCE "}", "token_issuer"},
        {"{\"iss\":\"http://access.line.me\"," SUB AUD TIMES NONCE "}", "token_issuer"},
        {"{\"iss\":\"https://evil.example\"," SUB AUD TIMES NONCE "}", "token_issuer"},
        {"{\"iss\":[\"https://access.line.me\"]," SUB AUD TIMES NONCE "}", "token_issuer"},
        {"{" ISS SUB TIMES NONCE "}", "token_audience"},
        {"{" ISS SUB "\"aud\":\"1234567891\"," TIMES NONCE "}", "token_audience"},
        {"{" ISS SUB "\"aud\":\"12345678901\"," TIMES NONCE "}", "token_audience"},
        {"{" ISS SUB "\"aud\":\"\"," TIMES NONCE "}", "token_audience"},
        {"{" ISS SUB "\"aud\":1234567890," TIMES NONCE "}", "token_audience"},
        {"{" ISS SUB "\"aud\":[\"1234567890\"]," TIMES NONCE "}", "token_audience"},
        {"{" ISS AUD TIMES NONCE "}", "token_subject"},
        {"{" ISS AUD "\"sub\":\"\"," TIMES NONCE "}", "token_subject"},
        {"{" ISS AUD "\"sub\":\"U0000000000000000000000000000001\"," TIMES NONCE "}",
         "token_subject"},
        {"{" ISS AUD "\"sub\":\"U000000000000000000000000000000001\"," TIMES NONCE "}",
         "token_subject"},
        {"{" ISS AUD "\"sub\":\"U0000000000000000000000000000000A\"," TIMES NONCE "}",
         "token_subject"},
        {"{" ISS AUD "\"sub\":\"u00000000000000000000000000000001\"," TIMES NONCE "}",
         "token_subject"},
        {"{" ISS AUD "\"sub\":\"C00000000000000000000000000000001\"," TIMES NONCE "}",
         "token_subject"},
        {"{" ISS AUD "\"sub\":\"U0000000000000000000000000000000 \"," TIMES NONCE "}",
         "token_subject"},
        {"{" ISS AUD "\"sub\":7," TIMES NONCE "}", "token_subject"},
        {"{" ISS SUB AUD "\"iat\":1767225600" NONCE "}", "token_malformed"},
        {"{" ISS SUB AUD "\"exp\":1767229200" NONCE "}", "token_malformed"},
        {"{" ISS SUB AUD "\"exp\":\"1767229200\",\"iat\":1767225600" NONCE "}", "token_malformed"},
        {"{" ISS SUB AUD "\"exp\":1767229200.5,\"iat\":1767225600" NONCE "}", "token_malformed"},
        {"{" ISS SUB AUD "\"exp\":1e18,\"iat\":1767225600" NONCE "}", "token_malformed"},
        {"{" ISS SUB AUD "\"exp\":-1,\"iat\":1767225600" NONCE "}", "token_malformed"},
        {"{" ISS SUB AUD "\"exp\":100000000000000000,\"iat\":1767225600" NONCE "}",
         "token_malformed"}, /* in milliseconds it would come round to a time */
        {"{" ISS SUB AUD "\"exp\":9223372036854775807,\"iat\":1767225600" NONCE "}",
         "token_malformed"},
        {"{" ISS SUB AUD "\"exp\":9223372036854775808,\"iat\":1767225600" NONCE "}",
         "token_malformed"},
        {"{" ISS SUB AUD "\"exp\":1767225660,\"iat\":1767225600" NONCE "}", "token_expired"},
        {"{" ISS SUB AUD "\"exp\":1767225661,\"iat\":1767225600" NONCE "}", ""},
        {"{" ISS SUB AUD "\"exp\":1767229200,\"iat\":1767222059" NONCE "}", "token_expired"},
        {"{" ISS SUB AUD "\"exp\":1767229200,\"iat\":1767222060" NONCE "}", ""},
        {"{" ISS SUB AUD "\"exp\":1767229200,\"iat\":1767225720" NONCE "}", ""},
        {"{" ISS SUB AUD "\"exp\":1767229200,\"iat\":1767225721" NONCE "}", "token_early"},
        {"{" ISS SUB AUD TIMES NONCE ",\"auth_time\":1767225600}", ""},
        {"{" ISS SUB AUD TIMES NONCE ",\"auth_time\":0}", ""},
        {"{" ISS SUB AUD TIMES NONCE ",\"auth_time\":1767225720}", ""},
        {"{" ISS SUB AUD TIMES NONCE ",\"auth_time\":1767225721}", "token_early"},
        {"{" ISS SUB AUD TIMES NONCE ",\"auth_time\":\"1767225600\"}", "token_malformed"},
        {"{" ISS SUB AUD TIMES NONCE ",\"auth_time\":null}", "token_malformed"},
        {"{" ISS SUB AUD TIMES NONCE ",\"auth_time\":-1}", "token_malformed"},
        {"{" ISS SUB AUD TIMES NONCE ",\"auth_time\":1767225600.5}", "token_malformed"},
        {"{" ISS SUB AUD TIMES NONCE ",\"auth_time\":253402300800}", "token_malformed"},
        {"{" ISS SUB AUD TIMES NONCE ",\"auth_time\":1,\"auth_time\":2}", "token_malformed"},
        {"{" ISS SUB AUD TIMES "}", "token_nonce"},
        {"{" ISS SUB AUD TIMES ",\"nonce\":\"\"}", "token_nonce"},
        {"{" ISS SUB AUD TIMES ",\"nonce\":\"n-0S6_WzA2Mk\"}", "token_nonce"},
        {"{" ISS SUB AUD TIMES ",\"nonce\":\"n-0S6_WzA2M\"}", "token_nonce"},
        {"{" ISS SUB AUD TIMES ",\"nonce\":[\"n-0S6_WzA2Mj\"]}", "token_nonce"},
        {"{" ISS SUB SUB AUD TIMES NONCE "}", "token_malformed"},
        {"{" ISS SUB AUD TIMES NONCE ",\"aud\":\"1234567890\"}", "token_malformed"},
        {"{" ISS SUB AUD TIMES NONCE ",\"\\u0073ub\":\"" USER "\"}", "token_malformed"},
        {"{" ISS SUB AUD TIMES NONCE ",\"x\":{\"a\":1,\"a\":2}}", "token_malformed"},
        {"[{" ISS SUB AUD TIMES NONCE "}]", "token_malformed"},
        {"{" ISS SUB AUD TIMES NONCE "}{}", "token_malformed"},
        {"null", "token_malformed"},
        {"", "token_malformed"},
        {"{" ISS SUB AUD TIMES NONCE ",\"name\":\"\xff\"}", "token_malformed"},
    };
    static const char hmac[] = "{\"alg\":\"HS256\"}";

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_string_equal(es256(signed_es256(HEADER, row[i].claims), our_keys), row[i].word);
        assert_string_equal(hs256(signed_hs256(hmac, row[i].claims, STR(SECRET)), STR(SECRET)),
                            row[i].word);
    }
}

static void
a_nonce_is_asked_for_only_where_one_was_sent(void **state)
{
    static const char without[] = "{" ISS SUB AUD TIMES "}";
    static const char empty[] = "{" ISS SUB AUD TIMES ",\"nonce\":\"\"}";
    struct idtoken_want liff = want;
    struct idtoken out;
    struct err e;

    (void)state;
    liff.nonce = (struct str){NULL, 0};
    assert_int_equal(
        idtoken_verify_es256(signed_es256(HEADER, without), our_keys, &liff, arena, &out, &e), OK);
    assert_int_equal(idtoken_verify_es256(STR(ES256_TOKEN), line_keys, &liff, arena, &out, &e), OK);
    liff.nonce = STR("");
    assert_int_equal(
        idtoken_verify_es256(signed_es256(HEADER, empty), our_keys, &liff, arena, &out, &e),
        ERR_AUTH);
    assert_string_equal(e.word, "token_nonce");
}

static void
name_and_picture_may_be_anything_or_absent(void **state)
{
    static const struct {
        const char *claims, *name, *picture;
    } row[] = {
        {"", "", ""},
        {",\"name\":\"田中 \\ud83d\\ude00\"", "田中 😀", ""},
        {",\"name\":1,\"picture\":{}", "", ""},
        {",\"name\":null,\"picture\":null", "", ""},
        {",\"picture\":\"https://profile.line-scdn.net/a\"", "", "https://profile.line-scdn.net/a"},
        {",\"picture\":\"javascript:alert(1)\"", "", ""},
        {",\"picture\":\"http://profile.line-scdn.net/a\"", "", ""},
    };
    char claims[512];
    struct idtoken out;
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        snprintf(claims, sizeof(claims), "{" ISS SUB AUD TIMES NONCE "%s}", row[i].claims);
        assert_int_equal(
            idtoken_verify_es256(signed_es256(HEADER, claims), our_keys, &want, arena, &out, &e),
            OK);
        assert_true(str_eq(out.name, str_of(row[i].name)));
        assert_true(str_eq(out.picture, str_of(row[i].picture)));
    }
}

static void
a_token_is_bounded(void **state)
{
    static char claims[9 * 1024];
    static char pad[8 * 1024];
    struct str token;

    (void)state;
    memset(pad, 'x', sizeof(pad) - 1);
    snprintf(claims, sizeof(claims), "{" ISS SUB AUD TIMES NONCE ",\"name\":\"%.5000s\"}", pad);
    token = signed_es256(HEADER, claims);
    assert_true(token.n < IDTOKEN_MAX_BYTES);
    assert_string_equal(es256(token, our_keys), "");
    snprintf(claims, sizeof(claims), "{" ISS SUB AUD TIMES NONCE ",\"name\":\"%.7000s\"}", pad);
    token = signed_es256(HEADER, claims);
    assert_true(token.n > IDTOKEN_MAX_BYTES);
    assert_string_equal(es256(token, our_keys), "token_malformed");
}

static void
nothing_is_given_out_on_failure(void **state)
{
    struct idtoken out, before;
    struct arena *small = arena_new(16);
    struct err e;

    (void)state;
    memset(&out, 0x5A, sizeof(out));
    before = out;
    assert_int_equal(idtoken_verify_es256(STR(ES256_TOKEN), our_keys, &want, arena, &out, &e),
                     ERR_NOT_FOUND);
    assert_int_equal(idtoken_verify_hs256(STR(HS256_TOKEN), STR("x"), &want, arena, &out, &e),
                     ERR_AUTH);
    assert_int_equal(idtoken_verify_es256(STR(ES256_TOKEN), line_keys, &want, small, &out, &e),
                     ERR_INTERNAL);
    assert_memory_equal(&out, &before, sizeof(out));
    arena_free(small);
}

static void
the_kid_can_be_asked_for(void **state)
{
    char kid[JWKS_KID_SIZE];
    struct err e;

    (void)state;
    assert_int_equal(idtoken_kid(STR(ES256_TOKEN), kid, &e), OK);
    assert_string_equal(kid, "test-key-1");
    assert_int_equal(idtoken_kid(STR(HS256_TOKEN), kid, &e), ERR_AUTH);
    assert_string_equal(e.word, "token_algorithm");
    assert_int_equal(idtoken_kid(STR("eyJhbGciOiJFUzI1NiJ9.e30.AA"), kid, &e), ERR_AUTH);
    assert_string_equal(e.word, "token_malformed"); /* {"alg":"ES256"} and no kid */
    assert_int_equal(idtoken_kid(STR("a.b"), kid, &e), ERR_AUTH);
    assert_string_equal(e.word, "token_malformed");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_are_let_in),
        cmocka_unit_test(every_changed_byte_is_seen),
        cmocka_unit_test(the_endpoint_chooses_the_algorithm),
        cmocka_unit_test(signatures_are_exactly_64_bytes_of_canonical_base64url),
        cmocka_unit_test(r_and_s_lie_between_nothing_and_the_order),
        cmocka_unit_test(headers_cannot_bring_a_key),
        cmocka_unit_test(claims_are_judged_each),
        cmocka_unit_test(a_nonce_is_asked_for_only_where_one_was_sent),
        cmocka_unit_test(name_and_picture_may_be_anything_or_absent),
        cmocka_unit_test(a_token_is_bounded),
        cmocka_unit_test(nothing_is_given_out_on_failure),
        cmocka_unit_test(the_kid_can_be_asked_for),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
