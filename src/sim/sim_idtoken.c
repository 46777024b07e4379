#include "sim/sim_idtoken.h"

#include "base/buf.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/json.h"
#include "sim/sim_state.h"

#include <assert.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <stdlib.h>
#include <string.h>

#define HALF 32 /* bytes of r, s, x and y on P-256 */

void
sim_keys_init(struct sim_keys *keys)
{
    memset(keys, 0, sizeof(*keys));
    sim_keys_rotate(keys, true);
}

static void
drop_from(struct sim_keys *keys, size_t first)
{
    for (size_t i = first; i < keys->n; i++)
        EVP_PKEY_free(keys->at[i].key);
    if (keys->n > first)
        keys->n = first;
}

void
sim_keys_clear(struct sim_keys *keys)
{
    drop_from(keys, 0);
}

void
sim_keys_rotate(struct sim_keys *keys, bool forget_older)
{
    uint8_t id[8];
    EVP_PKEY *key = EVP_EC_gen("P-256");

    assert(key != NULL);
    drop_from(keys, forget_older ? 0 : SIM_KEYS_MAX - 1);
    memmove(&keys->at[1], &keys->at[0], keys->n * sizeof(keys->at[0]));
    entropy_fill(id, sizeof(id));
    hex_encode(id, sizeof(id), keys->at[0].kid);
    keys->at[0].key = key;
    keys->n++;
}

static void
coordinate(const EVP_PKEY *key, const char *name, char out[BASE64_SIZE(HALF)])
{
    uint8_t bytes[HALF];
    BIGNUM *value = NULL;
    int done = EVP_PKEY_get_bn_param(key, name, &value) && BN_bn2binpad(value, bytes, HALF) == HALF;

    assert(done);
    (void)done;
    BN_free(value);
    base64url_encode(bytes, HALF, out);
}

json_t *
sim_keys_jwks(const struct sim_keys *keys)
{
    json_t *list = json_array();

    for (size_t i = 0; i < keys->n; i++) {
        char x[BASE64_SIZE(HALF)], y[BASE64_SIZE(HALF)];

        coordinate(keys->at[i].key, OSSL_PKEY_PARAM_EC_PUB_X, x);
        coordinate(keys->at[i].key, OSSL_PKEY_PARAM_EC_PUB_Y, y);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "kty", "EC",
                                              "alg", "ES256", "use", "sig", "kid", keys->at[i].kid,
                                              "crv", "P-256", "x", x, "y", y));
    }
    return json_pack("{s:o}", "keys", list);
}

/* JWS wants r and s as two halves (RFC 7518 3.4); OpenSSL makes DER. */
static void
sign_es256(EVP_PKEY *key, struct str text, uint8_t out[2 * HALF])
{
    uint8_t der[80];
    const uint8_t *at = der;
    size_t n = sizeof(der);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ECDSA_SIG *pair = NULL;
    bool done = EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(context, der, &n, (const uint8_t *)text.at, text.n) == 1 &&
                (pair = d2i_ECDSA_SIG(NULL, &at, (long)n)) != NULL &&
                BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, HALF) == HALF &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + HALF, HALF) == HALF;

    assert(done);
    (void)done;
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(context);
}

static bool
verify_es256(EVP_PKEY *key, struct str text, const uint8_t *signature)
{
    uint8_t *der = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, HALF, NULL);
    BIGNUM *s = BN_bin2bn(signature + HALF, HALF, NULL);
    int n = -1;
    bool holds;

    if (ECDSA_SIG_set0(pair, r, s) == 1)
        n = i2d_ECDSA_SIG(pair, &der);
    holds = n > 0 && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
            EVP_DigestVerify(context, der, (size_t)n, (const uint8_t *)text.at, text.n) == 1;
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(context);
    return holds;
}

static void
write_part(struct buf *out, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    size_t n = strlen(text);
    char *encoded = arena_alloc(out->arena, BASE64_SIZE(n));

    assert(encoded != NULL);
    base64url_encode((const uint8_t *)text, n, encoded);
    buf_text(out, encoded);
    free(text);
    json_decref(value);
}

static json_t *
claims_of(struct sim *sim, const struct sim_id_token *token)
{
    json_int_t issued_s = token->issued_ms / SECOND_MS;
    json_t *claims =
        json_pack("{s:s, s:s, s:s, s:I, s:I}", "iss", SIM_ISSUER, "sub", token->person->user_id,
                  "aud", sim->login.id, "exp", issued_s + SIM_ID_TOKEN_S, "iat", issued_s);

    if (token->auth_ms > 0)
        json_object_set_new(claims, "auth_time", json_integer(token->auth_ms / SECOND_MS));
    if (token->nonce.n > 0)
        json_object_set_new(claims, "nonce", json_stringn(token->nonce.at, token->nonce.n));
    json_object_set_new(claims, "amr", json_pack("[s]", token->amr));
    if (token->has_profile) {
        json_object_set_new(claims, "name", json_string(token->person->name));
        if (token->person->number % 4 != 0) /* not everybody has a picture */
            json_object_set_new(
                claims, "picture",
                json_sprintf("%s/sim/picture/%d", sim->base_url, token->person->number));
    }
    return claims;
}

char *
sim_id_token_make(struct sim *sim, struct arena *arena, const struct sim_id_token *token)
{
    uint8_t signature[2 * HALF];
    char text[BASE64_SIZE(sizeof(signature))];
    size_t n = token->is_es256 ? 2 * HALF : SHA256_SIZE;
    struct buf out = buf_new(arena, 8 * KIB);

    write_part(&out, token->is_es256 ? json_pack("{s:s, s:s, s:s}", "kid", sim->keys.at[0].kid,
                                                 "typ", "JWT", "alg", "ES256")
                                     : json_pack("{s:s, s:s}", "typ", "JWT", "alg", "HS256"));
    buf_char(&out, '.');
    write_part(&out, claims_of(sim, token));
    if (token->is_es256) {
        sign_es256(sim->keys.at[0].key, buf_str(&out), signature);
    } else { /* the secret's characters are the key, not the bytes they might spell in hexadecimal
              */
        struct str signed_text = buf_str(&out);

        hmac_sha256(sim->login.secret, strlen(sim->login.secret), &signed_text, 1, signature);
    }
    base64url_encode(signature, n, text);
    buf_char(&out, '.');
    buf_text(&out, text);
    assert(!buf_failed(&out));
    return out.at;
}

bool
sim_jws_split(struct str text, struct str *head, struct str *payload, struct str *signature)
{
    if (!str_until(&text, '.', head) || !str_until(&text, '.', payload))
        return false;
    *signature = text;
    return memchr(text.at, '.', text.n) == NULL;
}

json_t *
sim_jws_json(struct arena *arena, struct str part)
{
    uint8_t *bytes = arena_alloc(arena, part.n + 1);
    bool is_out_of_memory;
    size_t n;
    json_t *value;

    if (bytes == NULL || !base64url_decode(part, bytes, part.n, &n))
        return NULL;
    value =
        json_load((struct str){(char *)bytes, n}, JSON_REJECT_DUPLICATES, NULL, &is_out_of_memory);
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}

static bool
signature_holds(struct sim *sim, const json_t *head, struct str signed_text, struct str signature)
{
    const char *algorithm = json_string_value(json_object_get(head, "alg"));
    const char *kid = json_string_value(json_object_get(head, "kid"));
    uint8_t given[2 * HALF], wanted[SHA256_SIZE];
    size_t n;

    if (algorithm == NULL || !base64url_decode(signature, given, sizeof(given), &n))
        return false;
    if (strcmp(algorithm, "HS256") == 0) {
        hmac_sha256(sim->login.secret, strlen(sim->login.secret), &signed_text, 1, wanted);
        return n == SHA256_SIZE && digest_equal(given, wanted, SHA256_SIZE);
    }
    if (strcmp(algorithm, "ES256") != 0 || kid == NULL || n != 2 * HALF)
        return false;
    for (size_t i = 0; i < sim->keys.n; i++) {
        if (strcmp(sim->keys.at[i].kid, kid) == 0)
            return verify_es256(sim->keys.at[i].key, signed_text, given);
    }
    return false;
}

static bool
claim_is(const json_t *claims, const char *name, struct str want)
{
    return str_eq(str_of(json_string_value(json_object_get(claims, name))), want);
}

/* The first thing wrong with the claims, in LINE's words (line-platform 2.6), or NULL. */
static const char *
claims_problem(struct sim *sim, const json_t *claims, struct str client_id, struct str nonce,
               struct str user_id)
{
    if (!claim_is(claims, "iss", STR(SIM_ISSUER)))
        return "Invalid IdToken Issuer.";
    if (json_integer_value(json_object_get(claims, "exp")) <= sim_now_ms(sim) / SECOND_MS)
        return "IdToken expired.";
    if (!claim_is(claims, "aud", client_id))
        return "Invalid IdToken Audience.";
    if (nonce.n > 0 && !claim_is(claims, "nonce", nonce))
        return "Invalid IdToken Nonce.";
    if (user_id.n > 0 && !claim_is(claims, "sub", user_id))
        return "Invalid IdToken Subject Identifier.";
    return NULL;
}

const char *
sim_id_token_check(struct sim *sim, struct arena *arena, struct str text, struct str client_id,
                   struct str nonce, struct str user_id, json_t **claims_out)
{
    struct str head, payload, signature;
    json_t *header = NULL, *claims = NULL;
    const char *problem = "Invalid IdToken.";

    if (!sim_jws_split(text, &head, &payload, &signature))
        return problem;
    header = sim_jws_json(arena, head);
    claims = sim_jws_json(arena, payload);
    if (header != NULL && claims != NULL &&
        signature_holds(sim, header, (struct str){text.at, head.n + 1 + payload.n}, signature))
        problem = claims_problem(sim, claims, client_id, nonce, user_id);
    json_decref(header);
    if (problem != NULL)
        json_decref(claims);
    else
        *claims_out = claims;
    return problem;
}
