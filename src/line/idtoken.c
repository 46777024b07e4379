#include "line/idtoken.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/json.h"

#define ISSUER "https://access.line.me"
#define LIFE_MS HOUR_MS          /* LINE's tokens live an hour; none is taken for longer */
#define SKEW_MS (60 * SECOND_MS) /* how far ahead LINE's clock may be */
#define SECONDS_MAX 253402300799 /* the end of the year 9999 */
#define HEADER_MAX ((size_t)1024)
#define SIGNATURE_MAX ((size_t)512) /* room to tell a wrong length from a wrong alphabet */
#define P256_BYTES 32
#define ES256_BYTES (2 * (size_t)P256_BYTES)

/* A compact JWS (RFC 7515 section 7.1), its parts still as they came. */
struct jws {
    struct str header, payload, signature;
    struct str covered; /* what the signature is over: header, dot, payload */
};

static enum err_code
malformed(struct err *e, const char *what)
{
    return err_set(e, ERR_AUTH, "token_malformed", "ID token: %s", what);
}

static enum err_code
jws_split(struct str token, struct jws *out, struct err *e)
{
    struct str rest = token;

    if (token.n > IDTOKEN_MAX_BYTES)
        return malformed(e, "too long");
    if (!str_until(&rest, '.', &out->header) || !str_until(&rest, '.', &out->payload))
        return malformed(e, "not three parts");
    out->covered = (struct str){token.at, out->header.n + 1 + out->payload.n};
    out->signature = rest; /* a third dot fails in its base64url */
    return OK;
}

/* Decode one part and parse it; `bytes` of `cap` is scratch. *out is new. */
static enum err_code
part_json(struct str part, uint8_t *bytes, size_t cap, json_t **out, struct err *e)
{
    size_t n;

    if (!base64url_decode(part, bytes, cap, &n))
        return malformed(e, "a part is not base64url, or too long");
    if (json_parse((struct str){(const char *)bytes, n}, cap, out, e))
        return e->code == ERR_INTERNAL ? e->code : malformed(e, "a part is not strict JSON");
    if (!json_is_object(*out))
        return malformed(e, "a part is not an object");
    return OK;
}

/* What a header must say: this algorithm, and (ES256) a key's name. */
static enum err_code
header_read(const struct jws *jws, struct str algorithm, char kid_out[JWKS_KID_SIZE], struct err *e)
{
    struct str alg = STR(""), kid = STR(""), typ = STR("JWT");
    const struct json_field fields[] = {
        {"alg", JSON_KIND_TEXT, .max = HEADER_MAX, .out = &alg},
        {"kid", JSON_KIND_TEXT, .optional = true, .max = JWKS_KID_SIZE - 1, .out = &kid},
        {"typ", JSON_KIND_TEXT, .optional = true, .max = HEADER_MAX, .out = &typ},
    };
    uint8_t bytes[HEADER_MAX];
    json_auto_t *header = NULL;

    if (part_json(jws->header, bytes, sizeof(bytes), &header, e))
        return e->code;
    if (json_read_some(header, fields, sizeof(fields) / sizeof(fields[0]), e))
        return malformed(e, "header without a usable alg, kid or typ");
    if (json_object_get(header, "crit") != NULL) /* RFC 7515 section 4.1.11 */
        return malformed(e, "header with crit");
    if (!str_eq(alg, algorithm))
        return err_set(e, ERR_AUTH, "token_algorithm", "ID token is not signed with %s",
                       algorithm.at);
    if (!str_eq_nocase(typ, STR("JWT")))
        return malformed(e, "typ is not JWT");
    str_copy(kid, kid_out, JWKS_KID_SIZE);
    return OK;
}

/* 1 <= number < order of P-256. Source: FIPS 186-5 section 6.4.2; SEC 2 section 2.4.2. */
static bool
is_in_range(const uint8_t number[P256_BYTES])
{
    static const uint8_t zero[P256_BYTES];
    static const uint8_t order[P256_BYTES] = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00,
                                              0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                              0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84,
                                              0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};

    return memcmp(number, zero, P256_BYTES) != 0 && memcmp(number, order, P256_BYTES) < 0;
}

/* r and s side by side, as JOSE has them, into the DER that OpenSSL wants; 0 on failure. */
static size_t
signature_der(const uint8_t raw[ES256_BYTES], uint8_t der[ES256_BYTES + 16])
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, P256_BYTES, NULL);
    BIGNUM *s = BN_bin2bn(raw + P256_BYTES, P256_BYTES, NULL);
    uint8_t *end = der;
    int n = 0;

    if (pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
        r = s = NULL; /* taken */
        n = i2d_ECDSA_SIG(pair, &end);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return n > 0 ? (size_t)n : 0;
}

static bool
es256_holds(EVP_PKEY *key, struct str covered, const uint8_t *raw, size_t raw_n)
{
    uint8_t der[ES256_BYTES + 16]; /* at most 72 bytes: two integers of 33, three headers of 2 */
    EVP_MD_CTX *ctx;
    size_t der_n;
    bool holds;

    if (raw_n != ES256_BYTES || !is_in_range(raw) || !is_in_range(raw + P256_BYTES))
        return false;
    der_n = signature_der(raw, der);
    ctx = EVP_MD_CTX_new();
    holds = der_n > 0 && ctx != NULL &&
            EVP_DigestVerifyInit_ex(ctx, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
            EVP_DigestVerify(ctx, der, der_n, (const uint8_t *)covered.at, covered.n) == 1;
    EVP_MD_CTX_free(ctx);
    return holds;
}

static bool
hs256_holds(struct str secret, struct str covered, const uint8_t *raw, size_t raw_n)
{
    uint8_t mac[SHA256_SIZE];

    if (raw_n != SHA256_SIZE || secret.n == 0)
        return false;
    hmac_sha256(secret.at, secret.n, &covered, 1, mac);
    return digest_equal(mac, raw, SHA256_SIZE);
}

/* Borrowed; empty if the claim is absent or no text. */
static struct str
claim_text(const json_t *claims, const char *name)
{
    const json_t *value = json_object_get(claims, name);

    if (!json_is_string(value))
        return STR("");
    return (struct str){json_string_value(value), json_string_length(value)};
}

/* A NumericDate as milliseconds; -1 if the claim is absent, no integer or no sensible time. */
static int64_t
claim_ms(const json_t *claims, const char *name)
{
    const json_t *value = json_object_get(claims, name);
    int64_t seconds = json_is_integer(value) ? json_integer_value(value) : -1;

    return seconds >= 0 && seconds <= SECONDS_MAX ? seconds * 1000 : -1;
}

static enum err_code
times_check(const json_t *claims, int64_t now_ms, struct idtoken *out, struct err *e)
{
    out->exp_ms = claim_ms(claims, "exp");
    out->iat_ms = claim_ms(claims, "iat");
    if (out->exp_ms < 0 || out->iat_ms < 0)
        return malformed(e, "no usable exp or iat");
    if (out->exp_ms <= now_ms || now_ms - out->iat_ms > LIFE_MS)
        return err_set(e, ERR_AUTH, "token_expired", "ID token is over");
    if (json_object_get(claims, "auth_time") != NULL) {
        out->auth_ms = claim_ms(claims, "auth_time");
        if (out->auth_ms < 0)
            return malformed(e, "no usable auth_time");
    }
    if (out->iat_ms - now_ms > SKEW_MS || out->auth_ms - now_ms > SKEW_MS)
        return err_set(e, ERR_AUTH, "token_early", "ID token of the future: is the clock right?");
    return OK;
}

/* A nonce that was sent must come back; an empty one was never sent and never matches. */
static bool
nonce_holds(const json_t *claims, struct str want)
{
    struct str nonce = claim_text(claims, "nonce");

    if (want.at == NULL)
        return true;
    return want.n > 0 && nonce.n == want.n && digest_equal(nonce.at, want.at, want.n);
}

static bool
keep(struct arena *arena, struct str text, struct str *out)
{
    *out = (struct str){arena_dup(arena, text.at, text.n), text.n};
    return out->at != NULL;
}

/* Only after the signature held: judge the claims and take out what we use. */
static enum err_code
claims_read(const struct jws *jws, const struct idtoken_want *want, struct arena *arena,
            struct idtoken *out, struct err *e)
{
    uint8_t bytes[IDTOKEN_MAX_BYTES * 3 / 4];
    json_auto_t *claims = NULL;
    struct idtoken found = {0};
    struct str picture;

    if (part_json(jws->payload, bytes, sizeof(bytes), &claims, e))
        return e->code;
    if (!str_eq(claim_text(claims, "iss"), STR(ISSUER)))
        return err_set(e, ERR_AUTH, "token_issuer", "ID token is not of %s", ISSUER);
    if (want->channel_id.n == 0 || !str_eq(claim_text(claims, "aud"), want->channel_id))
        return err_set(e, ERR_AUTH, "token_audience", "ID token is for another channel");
    if (!userid_is_valid(claim_text(claims, "sub")))
        return err_set(e, ERR_AUTH, "token_subject", "ID token without a LINE user id");
    if (times_check(claims, want->now_ms, &found, e))
        return e->code;
    if (!nonce_holds(claims, want->nonce))
        return err_set(e, ERR_AUTH, "token_nonce", "ID token answers another login");
    str_copy(claim_text(claims, "sub"), found.sub, sizeof(found.sub));
    picture = claim_text(claims, "picture");
    if (!str_starts(picture, STR("https://")))
        picture = STR("");
    if (!keep(arena, claim_text(claims, "name"), &found.name) ||
        !keep(arena, picture, &found.picture))
        return err_set(e, ERR_INTERNAL, "arena_full", "no room for an ID token's name");
    *out = found;
    return OK;
}

static enum err_code
signature_decode(const struct jws *jws, uint8_t raw[SIGNATURE_MAX], size_t *n_out, struct err *e)
{
    if (!base64url_decode(jws->signature, raw, SIGNATURE_MAX, n_out))
        return malformed(e, "signature is not base64url, or far too long");
    return OK;
}

enum err_code
idtoken_verify_es256(struct str token, const struct jwks *keys, const struct idtoken_want *want,
                     struct arena *arena, struct idtoken *out, struct err *e)
{
    uint8_t raw[SIGNATURE_MAX];
    char kid[JWKS_KID_SIZE];
    struct jws jws;
    EVP_PKEY *key;
    size_t raw_n;

    if (jws_split(token, &jws, e) || header_read(&jws, STR("ES256"), kid, e) ||
        signature_decode(&jws, raw, &raw_n, e))
        return e->code;
    if (kid[0] == '\0')
        return malformed(e, "ES256 without a kid");
    key = jwks_find(keys, str_of(kid));
    if (key == NULL)
        return err_set(e, ERR_NOT_FOUND, "key_unknown", "ID token signed with an unknown key");
    if (!es256_holds(key, jws.covered, raw, raw_n))
        return err_set(e, ERR_AUTH, "token_signature", "ES256 signature does not hold");
    return claims_read(&jws, want, arena, out, e);
}

enum err_code
idtoken_verify_hs256(struct str token, struct str channel_secret, const struct idtoken_want *want,
                     struct arena *arena, struct idtoken *out, struct err *e)
{
    uint8_t raw[SIGNATURE_MAX];
    char kid[JWKS_KID_SIZE];
    struct jws jws;
    size_t raw_n;

    if (jws_split(token, &jws, e) || header_read(&jws, STR("HS256"), kid, e) ||
        signature_decode(&jws, raw, &raw_n, e))
        return e->code;
    if (!hs256_holds(channel_secret, jws.covered, raw, raw_n))
        return err_set(e, ERR_AUTH, "token_signature", "HS256 signature does not hold");
    return claims_read(&jws, want, arena, out, e);
}

enum err_code
idtoken_kid(struct str token, char out[JWKS_KID_SIZE], struct err *e)
{
    char kid[JWKS_KID_SIZE];
    struct jws jws;

    if (jws_split(token, &jws, e) || header_read(&jws, STR("ES256"), kid, e))
        return e->code;
    if (kid[0] == '\0')
        return malformed(e, "ES256 without a kid");
    memcpy(out, kid, JWKS_KID_SIZE);
    return OK;
}
