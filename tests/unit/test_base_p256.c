/* Signatures over P-256: a published vector, and that what was changed is refused. */
#include "base/p256.h"

#include <string.h>

#include "base/codec.h"
#include "tests/support/check.h"

/* RFC 6979, A.2.5: the key, and its signature of "sample" with SHA-256. */
#define RFC_KEY "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define RFC_PUBLIC                                                                                 \
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"                           \
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define RFC_SIGNATURE                                                                              \
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"                             \
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"

static void
from_hex(const char *text, uint8_t *out, size_t size)
{
    size_t n;

    assert_true(hex_decode(str_of(text), out, size, &n) && n == size);
}

static void
key_and_signature_are_those_of_rfc_6979(void **state)
{
    uint8_t seed[KEY_SIZE], key[P256_PUBLIC_SIZE], signature[P256_SIGNATURE_SIZE];

    (void)state;
    from_hex(RFC_KEY, seed, sizeof(seed));
    p256_public(seed, key);
    CHECK_HEX(key, sizeof(key), RFC_PUBLIC);
    from_hex(RFC_SIGNATURE, signature, sizeof(signature));
    CHECK_THAT(p256_verify(key, STR("sample"), signature));
    CHECK_THAT(!p256_verify(key, STR("simple"), signature));
}

static void
every_changed_bit_is_seen(void **state)
{
    uint8_t seed[KEY_SIZE] = {1}, key[P256_PUBLIC_SIZE], signature[P256_SIGNATURE_SIZE];
    const struct str text = STR("the head of a day");

    (void)state;
    p256_public(seed, key);
    p256_sign(seed, text, signature);
    CHECK_THAT(p256_verify(key, text, signature));
    for (size_t bit = 0; bit < 8 * sizeof(signature); bit++) {
        signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK_ROW(bit);
        CHECK_THAT(!p256_verify(key, text, signature));
        signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t byte = 0; byte < sizeof(key); byte++) {
        key[byte] ^= 1;
        CHECK_ROW(byte);
        CHECK_THAT(!p256_verify(key, text, signature));
        key[byte] ^= 1;
    }
    memset(signature, 0, sizeof(signature));
    CHECK_THAT(!p256_verify(key, text, signature));
}

/* Both ends of what is no private key: 0, and the order itself and what is above it. */
static void
a_seed_that_is_no_key_becomes_one(void **state)
{
    static const char *const seeds[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(seeds); i++) {
        uint8_t seed[KEY_SIZE], key[P256_PUBLIC_SIZE], signature[P256_SIGNATURE_SIZE];

        CHECK_ROW(i);
        from_hex(seeds[i], seed, sizeof(seed));
        p256_public(seed, key);
        p256_sign(seed, STR("text"), signature);
        CHECK_THAT(p256_verify(key, STR("text"), signature));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(key_and_signature_are_those_of_rfc_6979),
        TEST(every_changed_bit_is_seen),
        TEST(a_seed_that_is_no_key_becomes_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
