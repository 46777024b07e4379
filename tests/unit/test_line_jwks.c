/* Key sets: only P-256 keys for ES256 are taken, and only those that are points of the curve. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "base/arena.h"
#include "base/buf.h"
#include "line/jwks.h"

#define X "\"x\":\"IQ7fGyIZXpFCs48ZNAe-3sz8_aopXhl-nD2xNgqNp70\""
#define Y "\"y\":\"iiClUWgdKg9g0AY9jen8QKg17dLUUXyGJjiopxvY3rc\""
#define EC "\"kty\":\"EC\",\"crv\":\"P-256\""
#define GOOD "{" EC ",\"kid\":\"good\"," X "," Y "}"

static void
only_our_kind_of_key_is_taken(void **state)
{
    static const struct {
        const char *key;
        bool is_taken;
    } row[] = {
        {"{" EC ",\"kid\":\"k\"," X "," Y "}", true},
        {"{" EC ",\"kid\":\"k\",\"alg\":\"ES256\",\"use\":\"sig\"," X "," Y "}", true},
        {"{" EC ",\"kid\":\"k\",\"alg\":null,\"new\":[1]," X "," Y "}", true},
        {"{" EC ",\"kid\":\"k\",\"alg\":\"ES384\"," X "," Y "}", false},
        {"{" EC ",\"kid\":\"k\",\"alg\":\"HS256\"," X "," Y "}", false},
        {"{" EC ",\"kid\":\"k\",\"alg\":1," X "," Y "}", false},
        {"{" EC ",\"kid\":\"k\",\"use\":\"enc\"," X "," Y "}", false},
        {"{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", false},
        {"{\"kty\":\"oct\",\"kid\":\"k\",\"k\":\"AAAA\"}", false},
        {"{\"kty\":\"EC\",\"crv\":\"P-384\",\"kid\":\"k\"," X "," Y "}", false},
        {"{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"kid\":\"k\"," X "," Y "}", false},
        {"{" EC "," X "," Y "}", false},              /* no kid */
        {"{" EC ",\"kid\":\"\"," X "," Y "}", false}, /* an empty one */
        {"{" EC ",\"kid\":7," X "," Y "}", false},
        {"{" EC ",\"kid\":\"k\"," X "}", false},              /* half a point */
        {"{" EC ",\"kid\":\"k\",\"x\":\"AA\"," Y "}", false}, /* 1 byte */
        {"{" EC ",\"kid\":\"k\",\"x\":\"IQ7fGyIZXpFCs48ZNAe-3sz8_aopXhl-nD2xNgqNp70=\"," Y "}",
         false},
        {"{" EC ",\"kid\":\"k\",\"x\":\"IQ7fGyIZXpFCs48ZNAe+3sz8/aopXhl+nD2xNgqNp70\"," Y "}",
         false},
        {"{" EC ",\"kid\":\"k\",\"x\":\"IQ7fGyIZXpFCs48ZNAe-3sz8_aopXhl-nD2xNgqNp74\"," Y "}",
         false}, /* beside the curve */
        {"{" EC ",\"kid\":\"k\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
         "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
         false},
        {"{" EC ",\"kid\":\"k\",\"x\":\"__________________________________________8\"," Y "}",
         false}, /* over the field's prime */
        {"\"text\"", false},
        {"null", false},
        {"[]", false},
    };
    char text[1024];
    struct jwks *keys;
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        snprintf(text, sizeof(text), "{\"keys\":[%s," GOOD "]}", row[i].key);
        assert_int_equal(jwks_parse(str_of(text), &keys, &e), OK);
        assert_int_equal(jwks_count(keys), row[i].is_taken ? 2 : 1);
        assert_true((jwks_find(keys, STR("k")) != NULL) == row[i].is_taken);
        assert_non_null(jwks_find(keys, STR("good")));
        assert_null(jwks_find(keys, STR("goo")));
        assert_null(jwks_find(keys, STR("good ")));
        assert_null(jwks_find(keys, STR("")));
        jwks_free(keys);
    }
}

static void
sets_that_are_none_are_refused(void **state)
{
    static const struct {
        const char *text, *word;
    } row[] = {
        {"", "jwks_malformed"},
        {"{}", "jwks_malformed"},
        {"[]", "jwks_malformed"},
        {"{\"keys\":{}}", "jwks_malformed"},
        {"{\"keys\":[" GOOD "]", "jwks_malformed"},
        {"{\"keys\":[],\"keys\":[" GOOD "]}", "jwks_malformed"},
        {"<html>502 Bad Gateway</html>", "jwks_malformed"},
        {"{\"keys\":[]}", "jwks_empty"},
        {"{\"keys\":[1,2,3]}", "jwks_empty"},
        {"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
         "jwks_empty"},
    };
    struct jwks *keys = NULL;
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(jwks_parse(str_of(row[i].text), &keys, &e), ERR_UPSTREAM);
        assert_string_equal(e.word, row[i].word);
        assert_null(keys);
    }
    jwks_free(NULL);
}

static void
sixteen_keys_are_enough(void **state)
{
    struct arena *arena = arena_new(64 * KIB);
    struct buf text = buf_new(arena, 32 * KIB);
    struct jwks *keys;
    struct err e;

    (void)state;
    buf_text(&text, "{\"keys\":[" GOOD);
    for (int i = 1; i < 20; i++)
        buf_format(&text, ",{" EC ",\"kid\":\"key-%d\"," X "," Y "}", i);
    buf_text(&text, "]}");
    assert_int_equal(jwks_parse(buf_str(&text), &keys, &e), OK);
    assert_int_equal(jwks_count(keys), JWKS_MAX_KEYS);
    assert_non_null(jwks_find(keys, STR("key-15")));
    assert_null(jwks_find(keys, STR("key-16")));
    jwks_free(keys);
    arena_free(arena);
}

static void
of_two_keys_with_one_kid_the_first_counts(void **state)
{
    /* The second is the curve's own base point (SEC 2, section 2.4.2). */
    static const char text[] = "{\"keys\":[" GOOD ",{" EC ",\"kid\":\"good\","
                               "\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
                               "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"}]}";
    struct jwks *keys, *alone;
    struct err e;

    (void)state;
    assert_int_equal(jwks_parse(str_of(text), &keys, &e), OK);
    assert_int_equal(jwks_parse(STR("{\"keys\":[" GOOD "]}"), &alone, &e), OK);
    assert_int_equal(jwks_count(keys), 2);
    assert_int_equal(EVP_PKEY_eq(jwks_find(keys, STR("good")), jwks_find(alone, STR("good"))), 1);
    jwks_free(keys);
    jwks_free(alone);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_our_kind_of_key_is_taken),
        cmocka_unit_test(sets_that_are_none_are_refused),
        cmocka_unit_test(sixteen_keys_are_enough),
        cmocka_unit_test(of_two_keys_with_one_kid_the_first_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
