#include "base/p256.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HALF 32

static void
must(bool worked, const char *what)
{
    if (worked)
        return;
    fprintf(stderr, "stampd: OpenSSL failed: %s\n", what);
    abort();
}

/* The seed, hashed again as long as it is no number between 1 and the order: of 2^32 seeds one has
 * to be. So no private key is likelier than another (FIPS 186-5, A.2.2). */
static BIGNUM *
scalar_of(const EC_GROUP *group, const uint8_t seed[KEY_SIZE])
{
    uint8_t bytes[SHA256_SIZE];
    BIGNUM *scalar = BN_secure_new();

    memcpy(bytes, seed, KEY_SIZE);
    while (scalar != NULL && BN_bin2bn(bytes, sizeof(bytes), scalar) != NULL &&
           (BN_is_zero(scalar) || BN_cmp(scalar, EC_GROUP_get0_order(group)) >= 0))
        sha256(bytes, sizeof(bytes), bytes);
    OPENSSL_cleanse(bytes, sizeof(bytes));
    must(scalar != NULL, "private key");
    return scalar;
}

static void
point_of(const EC_GROUP *group, const BIGNUM *scalar, uint8_t out[P256_PUBLIC_SIZE])
{
    EC_POINT *point = EC_POINT_new(group);

    must(point != NULL && EC_POINT_mul(group, point, scalar, NULL, NULL, NULL) == 1 &&
             EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out, P256_PUBLIC_SIZE,
                                NULL) == P256_PUBLIC_SIZE,
         "public key");
    EC_POINT_free(point);
}

/* scalar NULL: a public key only. NULL: `public` is no point. */
static EVP_PKEY *
key_of(const uint8_t public[P256_PUBLIC_SIZE], const BIGNUM *scalar)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY *key = NULL;

    must(context != NULL && build != NULL &&
             OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1,
                                             0) == 1 &&
             OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, public,
                                              P256_PUBLIC_SIZE) == 1 &&
             (scalar == NULL ||
              OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1) &&
             (parameters = OSSL_PARAM_BLD_to_param(build)) != NULL &&
             EVP_PKEY_fromdata_init(context) == 1,
         "key");
    if (EVP_PKEY_fromdata(context, &key, scalar != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                          parameters) != 1)
        key = NULL;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    return key;
}

void
p256_public(const uint8_t seed[KEY_SIZE], uint8_t out[P256_PUBLIC_SIZE])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    BIGNUM *scalar;

    must(group != NULL, "curve");
    scalar = scalar_of(group, seed);
    point_of(group, scalar, out);
    BN_clear_free(scalar);
    EC_GROUP_free(group);
}

void
p256_sign(const uint8_t seed[KEY_SIZE], struct str text, uint8_t out[P256_SIGNATURE_SIZE])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t public[P256_PUBLIC_SIZE], der[80];
    const uint8_t *at = der;
    size_t n = sizeof(der);
    BIGNUM *scalar;
    EVP_PKEY *key;
    ECDSA_SIG *pair;

    must(group != NULL && context != NULL, "curve");
    scalar = scalar_of(group, seed);
    point_of(group, scalar, public);
    key = key_of(public, scalar);
    must(key != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
             EVP_DigestSign(context, der, &n, (const uint8_t *)text.at, text.n) == 1,
         "signature");
    pair = d2i_ECDSA_SIG(NULL, &at, (long)n);
    must(pair != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, HALF) == HALF &&
             BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + HALF, HALF) == HALF,
         "signature");
    ECDSA_SIG_free(pair);
    EVP_PKEY_free(key);
    BN_clear_free(scalar);
    EVP_MD_CTX_free(context);
    EC_GROUP_free(group);
}

bool
p256_verify(const uint8_t key[P256_PUBLIC_SIZE], struct str text,
            const uint8_t signature[P256_SIGNATURE_SIZE])
{
    EVP_PKEY *public = key_of(key, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, HALF, NULL), *s = BN_bin2bn(signature + HALF, HALF, NULL);
    uint8_t *der = NULL;
    int n;
    bool holds;

    must(context != NULL && pair != NULL && r != NULL && s != NULL &&
             ECDSA_SIG_set0(pair, r, s) == 1,
         "signature");
    n = i2d_ECDSA_SIG(pair, &der);
    holds = public != NULL && n > 0 &&
            EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, public) == 1 &&
            EVP_DigestVerify(context, der, (size_t)n, (const uint8_t *)text.at, text.n) == 1;
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public);
    return holds;
}
