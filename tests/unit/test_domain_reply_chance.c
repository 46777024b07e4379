/* Reply tokens: one a member, the newest, used once, and not a moment too late. */
#include <stdio.h>

#include "domain/inbox.h"
#include "domain/reply_chance.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

static struct arena *arena;

static void
event_of(struct book *b, const char *event_id)
{
    bool fresh;
    struct err e;

    CHECK_OK(inbox_pass(b->db,
                        &(struct inbox_arrival){
                            .event_id = str_of(event_id), .at_ms = b->now_ms, .now_ms = b->now_ms},
                        &fresh, &e),
             e);
}

/* A member 1 (and more), and events A, B, C. */
static void
open_book(struct book *b)
{
    arena = arena_new(64 * KIB);
    book_open(b);
    (void)book_card(b, BOOK_STAMPS);
    (void)book_card(b, BOOK_STAMPS);
    event_of(b, "A");
    event_of(b, "B");
    event_of(b, "C");
}

static void
close_book(struct book *b)
{
    book_close(b);
    arena_free(arena);
}

static void
keep(struct book *b, int64_t member_id, const char *event_id, const char *token)
{
    struct err e;

    CHECK_OK(reply_chance_keep(b->db, member_id, str_of(event_id), str_of(token), b->now_ms, &e),
             e);
}

static void
takes(struct book *b, int64_t member_id, const char *event_id, const char *token)
{
    struct str event, text;
    struct err e;

    CHECK_OK(reply_chance_take(b->db, member_id, b->now_ms, arena, &event, &text, &e), e);
    CHECK_STR(event, event_id);
    CHECK_STR(text, token);
}

static void
takes_none(struct book *b, int64_t member_id)
{
    struct str event, text;
    struct err e;

    CHECK_FAILS(reply_chance_take(b->db, member_id, b->now_ms, arena, &event, &text, &e), e,
                ERR_NOT_FOUND, "reply_chance_unknown");
}

static void
a_token_is_taken_once(void **state)
{
    struct book b;

    (void)state;
    open_book(&b);
    takes_none(&b, 1);
    keep(&b, 1, "A", "token-a");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM reply_chance WHERE instr(token, 'token-a')"), 0);
    takes_none(&b, 2); /* somebody else's */
    takes(&b, 1, "A", "token-a");
    takes_none(&b, 1);
    close_book(&b);
}

static void
the_newest_is_kept(void **state)
{
    struct book b;

    (void)state;
    open_book(&b);
    keep(&b, 1, "A", "token-a");
    b.now_ms += 1000;
    keep(&b, 1, "B", "token-b");
    b.now_ms -= 500; /* received before, applied after */
    keep(&b, 1, "C", "token-c");
    keep(&b, 2, "A", "token-d");
    takes(&b, 1, "B", "token-b");
    takes(&b, 2, "A", "token-d");
    close_book(&b);
}

static void
it_ends_before_line_lets_it_end(void **state)
{
    struct book b;

    (void)state;
    open_book(&b);
    keep(&b, 1, "A", "token-a");
    b.now_ms += REPLY_CHANCE_LIFE_MS;
    takes(&b, 1, "A", "token-a");
    keep(&b, 1, "B", "token-b");
    b.now_ms += REPLY_CHANCE_LIFE_MS + 1;
    takes_none(&b, 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM reply_chance"), 0); /* of no use to anybody */
    close_book(&b);
}

static void
lives_by_both_clocks(void **state)
{
    static const struct {
        int64_t at_ms, received_ms, now_ms;
        bool lives;
    } row[] = {
        {0, 0, 0, true},
        {0, 0, 50 * SECOND_MS, true},
        {0, 0, 50 * SECOND_MS + 1, false},
        {0, 10 * MINUTE_MS, 10 * MINUTE_MS + 50 * SECOND_MS, true}, /* delivered late */
        {0, 20 * MINUTE_MS, 20 * MINUTE_MS, true},
        {0, 20 * MINUTE_MS, 20 * MINUTE_MS + 1, false},
        {9999, 0, 0, true}, /* LINE's clock is ahead of ours */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(reply_chance_lives(row[i].at_ms, row[i].received_ms, row[i].now_ms),
                  row[i].lives);
    }
}

static void
it_goes_with_the_friendship_and_with_time(void **state)
{
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    keep(&b, 1, "A", "token-a");
    keep(&b, 2, "B", "token-b");
    CHECK_OK(reply_chance_drop(b.db, 1, &e), e);
    takes_none(&b, 1);
    CHECK_OK(reply_chance_sweep(b.db, b.now_ms + REPLY_CHANCE_LIFE_MS, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM reply_chance"), 1);
    CHECK_OK(reply_chance_sweep(b.db, b.now_ms + REPLY_CHANCE_LIFE_MS + 1, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM reply_chance"), 0);
    close_book(&b);
}

static void
it_opens_only_in_its_own_place(void **state)
{
    struct str event, text;
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    keep(&b, 1, "A", "token-a");
    book_exec(&b, "UPDATE reply_chance SET event_id = 'B'");
    CHECK_FAILS(reply_chance_take(b.db, 1, b.now_ms, arena, &event, &text, &e), e, ERR_INTERNAL,
                "seal_broken");
    close_book(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_token_is_taken_once),
        TEST(the_newest_is_kept),
        TEST(it_ends_before_line_lets_it_end),
        TEST(lives_by_both_clocks),
        TEST(it_goes_with_the_friendship_and_with_time),
        TEST(it_opens_only_in_its_own_place),
    };

    return cmocka_run_group_tests_name("reply_chance", tests, NULL, NULL);
}
