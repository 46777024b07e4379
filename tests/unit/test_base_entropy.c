/* Randomness: its forms, its limits, and that a seed makes it repeatable. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/entropy.h"
#include "tests/support/check.h"

/* First in the program: a seed cannot be taken back. */
static void
without_a_seed_nothing_repeats(void **state)
{
    uint8_t one[32] = {0}, other[32] = {0};

    (void)state;
    entropy_fill(one, sizeof(one));
    entropy_fill(other, sizeof(other));
    CHECK_THAT(memcmp(one, other, sizeof(one)) != 0);
    entropy_fill(NULL, 0);
}

static void
numbers_stay_below_their_limit_and_reach_all_of_it(void **state)
{
    static const uint64_t limit[] = {1, 2, 3, 10, 256};

    (void)state;
    for (size_t i = 0; i < COUNT(limit); i++) {
        int seen[256] = {0};
        int different = 0;

        CHECK_ROW(i);
        for (int n = 0; n < 10000; n++) {
            uint64_t number = entropy_below(limit[i]);

            CHECK_THAT(number < limit[i]);
            different += seen[number]++ == 0;
        }
        CHECK_INT(different, limit[i]);
    }
    for (int n = 0; n < 100; n++)
        CHECK_THAT(entropy_below(UINT64_MAX / 2 + 2) <= UINT64_MAX / 2 + 1);
}

static void
a_token_is_256_bits_as_base64url(void **state)
{
    char token[TOKEN_SIZE], other[TOKEN_SIZE];
    uint8_t bytes[32];
    size_t n;

    (void)state;
    entropy_token(token);
    entropy_token(other);
    CHECK_INT(strlen(token), 43);
    CHECK_THAT(base64url_decode(str_of(token), bytes, sizeof(bytes), &n));
    CHECK_INT(n, 32);
    CHECK_THAT(strcmp(token, other) != 0);
}

static void
a_uuid_has_the_form_of_version_4(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        char uuid[UUID_SIZE];

        entropy_uuid(uuid);
        CHECK_INT(strlen(uuid), 36);
        for (size_t at = 0; at < 36; at++) {
            bool is_dash = at == 8 || at == 13 || at == 18 || at == 23;

            CHECK_THAT(is_dash ? uuid[at] == '-' : strchr("0123456789abcdef", uuid[at]) != NULL);
        }
        CHECK_INT(uuid[14], '4');
        CHECK_THAT(strchr("89ab", uuid[19]) != NULL);
    }
}

static void
a_seed_repeats_the_stream_whatever_the_pieces(void **state)
{
    uint8_t whole[100], pieces[100], other[100];

    (void)state;
    entropy_seed(1);
    entropy_fill(whole, sizeof(whole));
    entropy_seed(1);
    for (size_t at = 0; at < sizeof(pieces); at += 10)
        entropy_fill(pieces + at, 10);
    entropy_seed(2);
    entropy_fill(other, sizeof(other));
    CHECK_THAT(memcmp(whole, pieces, sizeof(whole)) == 0);
    CHECK_THAT(memcmp(whole, other, sizeof(whole)) != 0);
    /* The demo's history and the golden files depend on it: SHA-256 of seed 1 and block 0. */
    CHECK_HEX(whole, 8, "4cbbd8ca5215b8d1");
}

static void *
draw(void *out)
{
    for (int i = 0; i < 1000; i++)
        entropy_fill((uint64_t *)out + i, 8);
    return NULL;
}

static int
by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void
threads_never_draw_the_same_bytes(void **state)
{
    static uint64_t drawn[4000];
    pthread_t thread[4];

    (void)state;
    entropy_seed(3);
    for (size_t i = 0; i < COUNT(thread); i++)
        CHECK_INT(pthread_create(&thread[i], NULL, draw, drawn + 1000 * i), 0);
    for (size_t i = 0; i < COUNT(thread); i++)
        pthread_join(thread[i], NULL);
    qsort(drawn, COUNT(drawn), sizeof(drawn[0]), by_value);
    for (size_t i = 1; i < COUNT(drawn); i++)
        CHECK_THAT(drawn[i - 1] != drawn[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_seed_nothing_repeats),
        TEST(numbers_stay_below_their_limit_and_reach_all_of_it),
        TEST(a_token_is_256_bits_as_base64url),
        TEST(a_uuid_has_the_form_of_version_4),
        TEST(a_seed_repeats_the_stream_whatever_the_pieces),
        TEST(threads_never_draw_the_same_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
