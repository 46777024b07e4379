/* What has changed since: one thing, many things, everything, and two threads at once. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/versions.h"
#include "tests/support/check.h"

enum { CARD, MEMBER };

static struct versions *v;

static int
set_up(void **state)
{
    v = versions_new();
    return v == NULL ? -1 : check_forget_row(state);
}

static int
tear_down(void **state)
{
    (void)state;
    versions_free(v);
    return 0;
}

static struct made_from
made_from_card(int64_t id)
{
    struct made_from m = made_from_now(v);

    made_from_add(&m, CARD, id);
    return m;
}

static void
what_was_made_is_true_until_its_own_thing_changes(void **state)
{
    struct made_from seven = made_from_card(7);

    (void)state;
    CHECK_THAT(made_from_is_true(&seven, v));
    versions_change(v, CARD, 8);
    versions_change(v, MEMBER, 7);
    versions_commit(v);
    CHECK_THAT(made_from_is_true(&seven, v));
    versions_change(v, CARD, 7);
    CHECK_THAT(made_from_is_true(&seven, v)); /* nobody can have read it yet */
    versions_commit(v);
    CHECK_THAT(!made_from_is_true(&seven, v));
    seven = made_from_card(7);
    CHECK_THAT(made_from_is_true(&seven, v));
    versions_commit(v); /* changes nothing more */
    CHECK_THAT(made_from_is_true(&seven, v));
}

static void
a_change_between_beginning_and_adding_counts(void **state)
{
    struct made_from m = made_from_now(v);

    (void)state;
    versions_change(v, CARD, 7);
    versions_commit(v);
    made_from_add(&m, CARD, 7);
    CHECK_THAT(!made_from_is_true(&m, v));
}

static void
everything_changes_at_once(void **state)
{
    struct made_from nothing = made_from_now(v), seven = made_from_card(7);

    (void)state;
    versions_change_all(v);
    versions_commit(v);
    CHECK_THAT(!made_from_is_true(&nothing, v));
    CHECK_THAT(!made_from_is_true(&seven, v));
}

static void
more_changes_than_can_be_told_apart_change_everything(void **state)
{
    struct made_from m = made_from_now(v);

    (void)state;
    for (int64_t id = 0; id < 5000; id++)
        versions_change(v, CARD, id);
    versions_commit(v);
    CHECK_THAT(!made_from_is_true(&m, v));
}

static void
what_is_made_from_too_much_is_never_true(void **state)
{
    struct made_from m = made_from_now(v);

    (void)state;
    for (int64_t id = 0; id < MADE_FROM_MAX; id++)
        made_from_add(&m, CARD, id);
    CHECK_THAT(made_from_is_true(&m, v));
    made_from_add(&m, CARD, MADE_FROM_MAX);
    CHECK_THAT(!made_from_is_true(&m, v));
}

/* ---- two threads: a balance, committed and then told to its owner, as the writer does */

#define COMMITS 20000

static _Atomic int64_t balance, told, reused;

/* Now and then it waits for somebody to have used what was kept, or a busy machine would have
 * tested nothing. */

static void *
change_the_balance(void *unused)
{
    for (int64_t i = 1; i <= COMMITS; i++) {
        atomic_store(&balance, i);
        versions_change(v, CARD, 7);
        versions_commit(v);
        atomic_store(&told, i);
        while (i % 1000 == 0 && i < COMMITS && atomic_load(&reused) < i / 1000)
            sched_yield();
    }
    return unused;
}

static void
nobody_is_shown_less_than_they_were_told(void **state)
{
    struct made_from m = made_from_card(7);
    int64_t kept = atomic_load(&balance);
    pthread_t writer;
    bool less = false;

    (void)state;
    assert_int_equal(pthread_create(&writer, NULL, change_the_balance, NULL), 0);
    for (int64_t was_told = 0; was_told < COMMITS;) {
        was_told = atomic_load(&told);
        if (made_from_is_true(&m, v)) {
            less |= kept < was_told;
            atomic_fetch_add(&reused, 1);
        } else {
            m = made_from_card(7);
            kept = atomic_load(&balance);
        }
    }
    pthread_join(writer, NULL);
    CHECK_THAT(!less);
}

#define VERSIONS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        VERSIONS_TEST(what_was_made_is_true_until_its_own_thing_changes),
        VERSIONS_TEST(a_change_between_beginning_and_adding_counts),
        VERSIONS_TEST(everything_changes_at_once),
        VERSIONS_TEST(more_changes_than_can_be_told_apart_change_everything),
        VERSIONS_TEST(what_is_made_from_too_much_is_never_true),
        VERSIONS_TEST(nobody_is_shown_less_than_they_were_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
