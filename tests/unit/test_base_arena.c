/* Memory of one piece of work: its cap, its alignment, what is freed with it. */
#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "tests/support/check.h"

static void
pieces_are_zeroed_aligned_and_apart(void **state)
{
    static const size_t size[] = {1, 7, 8, 16, 17, 4096, 1, 100000, 3};
    char *piece[COUNT(size)];
    struct arena *a = arena_new(MIB);

    (void)state;
    for (size_t i = 0; i < COUNT(size); i++) {
        CHECK_ROW(i);
        piece[i] = arena_alloc(a, size[i]);
        CHECK_THAT(piece[i] != NULL);
        CHECK_INT((uintptr_t)piece[i] % alignof(max_align_t), 0);
        for (size_t at = 0; at < size[i]; at++)
            CHECK_INT(piece[i][at], 0);
        memset(piece[i], (int)i + 1, size[i]);
    }
    for (size_t i = 0; i < COUNT(size); i++)
        for (size_t at = 0; at < size[i]; at++)
            CHECK_INT(piece[i][at], i + 1);
    arena_free(a);
}

static void
nothing_is_given_past_the_cap(void **state)
{
    struct arena *a = arena_new(64);

    (void)state;
    CHECK_THAT(arena_alloc(a, 65) == NULL);
    CHECK_THAT(arena_alloc(a, SIZE_MAX) == NULL);
    CHECK_THAT(arena_dup(a, "x", SIZE_MAX) == NULL);
    CHECK_THAT(arena_alloc(a, 40) != NULL);
    CHECK_THAT(arena_alloc(a, 40) == NULL);
    CHECK_THAT(arena_format(a, "%040d", 1) == NULL);
    CHECK_THAT(arena_alloc(a, 16) != NULL);
    CHECK_INT(arena_used(a), 64);
    CHECK_THAT(arena_alloc(a, 1) == NULL);
    arena_free(a);
    arena_free(NULL);
}

static void
copies_end_with_a_nul(void **state)
{
    struct arena *a = arena_new(KIB);
    char *copy = arena_dup(a, "a\0b", 3);

    (void)state;
    CHECK_HEX(copy, 4, "61006200");
    CHECK_TEXT(arena_dup(a, NULL, 0), "");
    CHECK_TEXT(arena_format(a, "%s-%d", "card", 7), "card-7");
    CHECK_TEXT(arena_format(a, "%s", ""), "");
    arena_free(a);
}

static void
the_last_piece_grows_in_place_and_others_move(void **state)
{
    struct arena *a = arena_new(200);
    char *first = arena_grow(a, NULL, 0, 10);
    char *second;
    char *moved;

    (void)state;
    memcpy(first, "0123456789", 10);
    CHECK_THAT(arena_grow(a, first, 10, 60) == first);
    CHECK_INT(arena_used(a), 64);
    second = arena_alloc(a, 1);
    moved = arena_grow(a, first, 60, 70);
    CHECK_THAT(moved != first && second != NULL);
    CHECK_STR(((struct str){moved, 10}), "0123456789");
    CHECK_THAT(arena_grow(a, moved, 70, 500) == NULL);
    CHECK_STR(((struct str){moved, 10}), "0123456789");
    arena_free(a);
}

static char order[8];

static void
note(void *what)
{
    strcat(order, what);
}

static void
what_was_deferred_is_released_last_first(void **state)
{
    char a_text[] = "a", b_text[] = "b", c_text[] = "c";
    struct arena *a = arena_new(64);

    (void)state;
    CHECK_THAT(arena_defer(a, note, a_text));
    CHECK_THAT(arena_defer(a, note, b_text));
    CHECK_THAT(!arena_defer(a, note, c_text)); /* past the cap: not registered */
    CHECK_TEXT(order, "");
    arena_free(a);
    CHECK_TEXT(order, "ba");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_are_zeroed_aligned_and_apart),
        TEST(nothing_is_given_past_the_cap),
        TEST(copies_end_with_a_nul),
        TEST(the_last_piece_grows_in_place_and_others_move),
        TEST(what_was_deferred_is_released_last_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
