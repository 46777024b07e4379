/* Token buckets: bursts, the pace afterwards, and what a full table does. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "http/limit.h"
#include "tests/support/check.h"

#define THREADS 4

static const struct limit_rate three_then_one_a_second = {.burst = 3, .per_ms = 1000};

static void
a_burst_and_then_the_pace(void **state)
{
    static const struct {
        int64_t now_ms;
        bool taken;
        int64_t wait_ms;
    } row[] = {
        {100000, true, 0},     {100000, true, 0},     {100000, true, 0},    {100000, false, 1000},
        {100400, false, 600},  {100999, false, 1},    {101000, true, 0},    {101000, false, 1000},
        {103500, true, 0},     {103500, true, 0},     {103500, false, 500}, {200000, true, 0},
        {200000, true, 0},     {200000, true, 0},     /* no more than a burst saved up */
        {200000, false, 1000}, {199000, false, 2000}, /* a clock set back is no gift */
    };
    struct limit *l = limit_new(100);

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t wait_ms = 0;

        CHECK_ROW(i);
        CHECK_INT(limit_take(l, 7, three_then_one_a_second, row[i].now_ms, &wait_ms), row[i].taken);
        CHECK_INT(wait_ms, row[i].wait_ms);
    }
    limit_free(l);
    limit_free(NULL);
}

static void
one_key_does_not_use_up_another(void **state)
{
    struct limit *l = limit_new(1000);
    int64_t wait_ms;

    (void)state;
    for (int i = 0; i < 3; i++)
        CHECK_THAT(
            limit_take(l, limit_key("login", STR("a")), three_then_one_a_second, 1, &wait_ms));
    CHECK_THAT(!limit_take(l, limit_key("login", STR("a")), three_then_one_a_second, 1, &wait_ms));
    CHECK_THAT(limit_take(l, limit_key("login", STR("b")), three_then_one_a_second, 1, &wait_ms));
    CHECK_THAT(limit_take(l, limit_key("code", STR("a")), three_then_one_a_second, 1, &wait_ms));
    CHECK_THAT(limit_key("login", STR("a")) == limit_key("login", STR("a")));
    CHECK_THAT(limit_key("log", STR("ina")) != limit_key("login", STR("a")));
    limit_free(l);
}

static void
a_full_table_forgets_who_was_idle_longest(void **state)
{
    struct limit *l = limit_new(1); /* the smallest there is: sets of eight */
    uint64_t same_set = 64;
    int64_t wait_ms;

    (void)state;
    for (uint64_t key = 1; key <= 8; key++)
        for (int i = 0; i < 3; i++)
            CHECK_THAT(
                limit_take(l, key * same_set, three_then_one_a_second, (int64_t)key, &wait_ms));
    CHECK_THAT(
        limit_take(l, 9 * same_set, three_then_one_a_second, 9, &wait_ms)); /* in 1's place */
    CHECK_THAT(!limit_take(l, 8 * same_set, three_then_one_a_second, 9, &wait_ms));
    CHECK_THAT(!limit_take(l, 3 * same_set, three_then_one_a_second, 9, &wait_ms));
    CHECK_THAT(limit_take(l, 1 * same_set, three_then_one_a_second, 9, &wait_ms));
    limit_free(l);
}

static struct limit *shared;
static _Atomic int taken;

static void *
take_many(void *unused)
{
    int64_t wait_ms;

    (void)unused;
    for (int i = 0; i < 1000; i++)
        if (limit_take(shared, 5, (struct limit_rate){.burst = 100, .per_ms = 1000}, 1, &wait_ms))
            atomic_fetch_add(&taken, 1);
    return NULL;
}

static void
threads_share_a_bucket(void **state)
{
    pthread_t thread[THREADS];

    (void)state;
    shared = limit_new(100);
    for (int i = 0; i < THREADS; i++)
        CHECK_INT(pthread_create(&thread[i], NULL, take_many, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    CHECK_INT(atomic_load(&taken), 100);
    limit_free(shared);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_burst_and_then_the_pace),
        TEST(one_key_does_not_use_up_another),
        TEST(a_full_table_forgets_who_was_idle_longest),
        TEST(threads_share_a_bucket),
    };

    return cmocka_run_group_tests_name("http limit", tests, NULL, NULL);
}
