#include "line/jwks.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/json.h"

#define P256_BYTES 32

struct jwks {
    size_t n;
    struct jwk {
        char kid[JWKS_KID_SIZE];
        EVP_PKEY *key;
    } keys[JWKS_MAX_KEYS];
};

/* New; NULL when the bytes (0x04, x, y) are no point of P-256. */
static EVP_PKEY *
key_of_point(uint8_t point[1 + 2 * P256_BYTES])
{
    char group[] = "prime256v1";
    OSSL_PARAM parts[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * P256_BYTES),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY_CTX *check = NULL;
    EVP_PKEY *key = NULL;
    bool is_on_curve = false;

    if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, parts) == 1) {
        check = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
        is_on_curve = check != NULL && EVP_PKEY_public_check(check) == 1;
    }
    EVP_PKEY_CTX_free(check);
    EVP_PKEY_CTX_free(ctx);
    if (!is_on_curve) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

static bool
coordinate(struct str text, uint8_t out[P256_BYTES])
{
    size_t n;

    return base64url_decode(text, out, P256_BYTES, &n) && n == P256_BYTES;
}

/* Take one element of "keys" if it is a key for us; false passes it over. */
static bool
key_read(const json_t *element, struct jwk *out)
{
    struct str kty = STR(""), crv = STR(""), x = STR(""), y = STR(""), kid = STR("");
    struct str alg = STR("ES256"), use = STR("sig");
    const struct json_field fields[] = {
        {"kty", JSON_KIND_TEXT, .max = 16, .out = &kty},
        {"crv", JSON_KIND_TEXT, .max = 16, .out = &crv},
        {"x", JSON_KIND_TEXT, .max = 64, .out = &x},
        {"y", JSON_KIND_TEXT, .max = 64, .out = &y},
        {"kid", JSON_KIND_TEXT, .min = 1, .max = JWKS_KID_SIZE - 1, .out = &kid},
        {"alg", JSON_KIND_TEXT, .optional = true, .max = 16, .out = &alg},
        {"use", JSON_KIND_TEXT, .optional = true, .max = 16, .out = &use},
    };
    uint8_t point[1 + 2 * P256_BYTES] = {0x04}; /* uncompressed: SEC 1, section 2.3.3 */
    struct err ignored;

    if (json_read_some(element, fields, sizeof(fields) / sizeof(fields[0]), &ignored) ||
        !str_eq(kty, STR("EC")) || !str_eq(crv, STR("P-256")) || !str_eq(alg, STR("ES256")) ||
        !str_eq(use, STR("sig")) || !coordinate(x, point + 1) ||
        !coordinate(y, point + 1 + P256_BYTES) || !str_copy(kid, out->kid, sizeof(out->kid)))
        return false;
    out->key = key_of_point(point);
    return out->key != NULL;
}

enum err_code
jwks_parse(struct str text, struct jwks **out, struct err *e)
{
    json_auto_t *root = NULL;
    const json_t *list = NULL;
    const struct json_field fields[] = {{"keys", JSON_KIND_ARRAY, .out = &list}};
    struct jwks *keys;

    if (json_parse(text, JWKS_MAX_BYTES, &root, e) || json_read_some(root, fields, 1, e))
        return e->code == ERR_INTERNAL
                   ? e->code
                   : err_set(e, ERR_UPSTREAM, "jwks_malformed", "no JSON key set");
    keys = calloc(1, sizeof(*keys));
    if (keys == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "no memory for a key set");
    for (size_t i = 0; i < json_array_size(list) && keys->n < JWKS_MAX_KEYS; i++)
        if (key_read(json_array_get(list, i), &keys->keys[keys->n]))
            keys->n++;
    if (keys->n == 0) {
        jwks_free(keys);
        return err_set(e, ERR_UPSTREAM, "jwks_empty", "no ES256 key among %zu keys",
                       json_array_size(list));
    }
    *out = keys;
    return OK;
}

void
jwks_free(struct jwks *keys)
{
    if (keys == NULL)
        return;
    for (size_t i = 0; i < keys->n; i++)
        EVP_PKEY_free(keys->keys[i].key);
    free(keys);
}

struct evp_pkey_st *
jwks_find(const struct jwks *keys, struct str kid)
{
    for (size_t i = 0; i < keys->n; i++)
        if (str_eq(str_of(keys->keys[i].kid), kid))
            return keys->keys[i].key;
    return NULL;
}

size_t
jwks_count(const struct jwks *keys)
{
    return keys->n;
}
