/* Cryptography: published vectors, and that what was changed is refused. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/entropy.h"
#include "tests/support/check.h"

static void
sha256_is_that_of_fips_180(void **state)
{
    static const struct {
        struct str in;
        const char *want;
    } row[] = {
        {STR_INIT(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {STR_INIT("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {STR_INIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        uint8_t out[SHA256_SIZE];

        CHECK_ROW(i);
        sha256(row[i].in.at, row[i].in.n, out);
        CHECK_HEX(out, sizeof(out), row[i].want);
    }
}

static char hex_aa[2 * 131 + 1]; /* a key of 131 bytes 0xAA */

/* RFC 4231, test cases 1 to 4, 6 and 7 (5 is about truncation), and one with an empty key. */
static const struct {
    const char *key_hex;
    struct str in;
    const char *want;
} rfc4231[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", STR_INIT("Hi There"),
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"4a656665", STR_INIT("what do ya want for nothing?"),
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     STR_INIT(
         "\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD"
         "\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD\xDD"
         "\xDD\xDD\xDD\xDD\xDD\xDD"),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"0102030405060708090a0b0c0d0e0f10111213141516171819",
     STR_INIT(
         "\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD"
         "\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD"
         "\xCD\xCD\xCD\xCD\xCD\xCD"),
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {hex_aa, STR_INIT("Test Using Larger Than Block-Size Key - Hash Key First"),
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {hex_aa,
     STR_INIT(
         "This is a test using a larger than block-size key and a larger than block-size data. The "
         "key needs to be hashed before being used by the HMAC algorithm."),
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    {"", STR_INIT(""), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
};

static void
hmac_of_vector(size_t i, size_t cut)
{
    uint8_t key[131];
    uint8_t out[SHA256_SIZE];
    size_t key_n;
    struct str parts[2];

    if (cut > rfc4231[i].in.n)
        cut = rfc4231[i].in.n;
    parts[0] = (struct str){rfc4231[i].in.at, cut};
    parts[1] = (struct str){rfc4231[i].in.at + cut, rfc4231[i].in.n - cut};
    CHECK_ROW(i);
    CHECK_THAT(hex_decode(str_of(rfc4231[i].key_hex), key, sizeof(key), &key_n));
    hmac_sha256(key, key_n, parts, 2, out);
    CHECK_HEX(out, sizeof(out), rfc4231[i].want);
}

static void
hmac_is_that_of_rfc_4231(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < 3; cut++)
        for (size_t i = 0; i < COUNT(rfc4231); i++) /* more keys than stay prepared */
            hmac_of_vector(i, cut);
    for (size_t i = 0; i < COUNT(rfc4231); i++)
        for (size_t again = 0; again < 3; again++)
            hmac_of_vector(i, 5 * again);
}

static void
keys_that_share_their_front_are_different_keys(void **state)
{
    static const uint8_t key[64] = {1};
    const struct str part = STR("x");
    uint8_t one[SHA256_SIZE], other[SHA256_SIZE];

    (void)state;
    hmac_sha256(key, 64, &part, 1, one);
    hmac_sha256(key, 1, &part, 1, other); /* the same after padding (RFC 2104): must agree */
    CHECK_THAT(digest_equal(one, other, sizeof(one)));
    hmac_sha256("\x01\x02", 2, &part, 1, other);
    CHECK_THAT(!digest_equal(one, other, sizeof(one)));
}

static void *
hmac_in_a_thread(void *out)
{
    const struct str part = STR("Hi There");
    uint8_t key[20];

    memset(key, 0x0B, sizeof(key));
    for (int i = 0; i < 500; i++)
        hmac_sha256(key, sizeof(key), &part, 1, out);
    return NULL;
}

static void
threads_do_not_disturb_each_other(void **state)
{
    pthread_t thread[4];
    uint8_t out[COUNT(thread)][SHA256_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(thread); i++)
        CHECK_INT(pthread_create(&thread[i], NULL, hmac_in_a_thread, out[i]), 0);
    for (size_t i = 0; i < COUNT(thread); i++) {
        pthread_join(thread[i], NULL);
        CHECK_HEX(out[i], SHA256_SIZE, rfc4231[0].want);
    }
}

/* The values are those of Python's hmac: T(1) of RFC 5869 with a salt of 32 zeros. */
static void
hkdf_gives_each_purpose_its_own_key(void **state)
{
    static const struct {
        const char *purpose;
        const char *want;
    } row[] = {
        {"", "37ad29109f43265287804b674e2653d0a513718907f97fca97c95bded8104bbf"},
        {"codes", "529ee6931dde64076e49265ac1bf0b0453d81908a740a32bdb92922e38386904"},
        {"ledger", "c36a584229de3c29486b90937f8b86ddb3776a1cf0229a0f4d0fa6e2d072fe5c"},
    };
    uint8_t secret[KEY_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(secret); i++)
        secret[i] = (uint8_t)i;
    for (size_t i = 0; i < COUNT(row); i++) {
        uint8_t out[KEY_SIZE];

        CHECK_ROW(i);
        hkdf_sha256(secret, row[i].purpose, out);
        CHECK_HEX(out, sizeof(out), row[i].want);
    }
}

static void
what_was_sealed_opens_again(void **state)
{
    static const uint8_t key[KEY_SIZE] = {7};
    static const size_t length[] = {0, 1, 16, 33, 1000};

    (void)state;
    for (size_t i = 0; i < COUNT(length); i++) {
        uint8_t plain[1000], sealed[1000 + SEAL_EXTRA], again[1000 + SEAL_EXTRA], back[1000];
        size_t n = length[i] + SEAL_EXTRA;

        CHECK_ROW(i);
        memset(plain, (int)i, sizeof(plain));
        seal(key, plain, length[i], STR("member 1"), sealed);
        seal(key, plain, length[i], STR("member 1"), again);
        CHECK_THAT(memcmp(sealed, again, n) != 0); /* another nonce each time */
        CHECK_THAT(seal_open(key, (struct str){(char *)sealed, n}, STR("member 1"), back));
        CHECK_THAT(memcmp(plain, back, length[i]) == 0);
    }
}

static void
seal_is_aes_256_gcm(void **state)
{
    /* NIST GCM test case 14: key and nonce of zeros, one block of zeros. */
    static const uint8_t key[KEY_SIZE];
    uint8_t sealed[16 + SEAL_EXTRA] = {0};
    uint8_t back[16];
    size_t n;

    (void)state;
    hex_decode(STR("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"), sealed + 12,
               32, &n);
    CHECK_THAT(seal_open(key, (struct str){(char *)sealed, sizeof(sealed)}, STR(""), back));
    CHECK_HEX(back, sizeof(back), "00000000000000000000000000000000");
}

static void
what_was_changed_does_not_open(void **state)
{
    uint8_t key[KEY_SIZE] = {7};
    uint8_t sealed[5 + SEAL_EXTRA];
    struct str whole = {(char *)sealed, sizeof(sealed)};
    uint8_t back[sizeof(sealed)];

    (void)state;
    seal(key, "point", 5, STR("member 1"), sealed);
    for (size_t bit = 0; bit < 8 * sizeof(sealed); bit++) {
        CHECK_ROW(bit);
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK_THAT(!seal_open(key, whole, STR("member 1"), back));
        CHECK_HEX(back, 5, "0000000000"); /* nothing unproven is handed out */
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    CHECK_ROW(-1);
    CHECK_THAT(!seal_open(key, whole, STR("member 2"), back));
    CHECK_THAT(!seal_open(key, whole, STR(""), back));
    for (size_t n = 0; n < sizeof(sealed); n++)
        CHECK_THAT(!seal_open(key, (struct str){(char *)sealed, n}, STR("member 1"), back));
    key[0] ^= 1;
    CHECK_THAT(!seal_open(key, whole, STR("member 1"), back));
    key[0] ^= 1;
    CHECK_THAT(seal_open(key, whole, STR("member 1"), back));
}

static void
wiping_leaves_zeros(void **state)
{
    uint8_t secret[4] = {1, 2, 3, 4};

    (void)state;
    digest_wipe(secret, sizeof(secret));
    CHECK_HEX(secret, sizeof(secret), "00000000");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sha256_is_that_of_fips_180),
        TEST(hmac_is_that_of_rfc_4231),
        TEST(keys_that_share_their_front_are_different_keys),
        TEST(threads_do_not_disturb_each_other),
        TEST(hkdf_gives_each_purpose_its_own_key),
        TEST(what_was_sealed_opens_again),
        TEST(seal_is_aes_256_gcm),
        TEST(what_was_changed_does_not_open),
        TEST(wiping_leaves_zeros),
    };

    memset(hex_aa, 'a', sizeof(hex_aa) - 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
