/* The outbox: what LINE is sent, tried until it ends, and how it ends exactly once. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/entropy.h"
#include "domain/inbox.h"
#include "domain/notice.h"
#include "domain/outbox.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define MAX 8
#define BODY "{\"to\":\"U0123456789abcdef0123456789abcdef\"}"

static int64_t
state_is(struct book *b, int64_t id, const char *state)
{
    return book_int(b, "SELECT state = '%s' FROM outbox WHERE id = %" PRId64, state, id);
}

/* A push for a grant of its own, to a member of its own; the outbox row's id. */
static int64_t
push(struct book *b)
{
    struct card card = book_card(b, BOOK_STAMPS);
    struct grant_result grant = book_grant(b, &card, 1);
    struct notice notice = {.id = grant.notice_id, .member_id = card.member_id};
    struct err e;

    CHECK_OK(notice_owe(b->db, &notice, STR(BODY), b->now_ms, &e), e);
    return book_int(b, "SELECT outbox_id FROM notice WHERE id = %" PRId64, notice.id);
}

static int64_t
reply(struct book *b, const char *event_id)
{
    bool fresh;
    struct err e;

    CHECK_OK(inbox_receive(b->db,
                           &(struct inbox_arrival){.event_id = str_of(event_id),
                                                   .at_ms = b->now_ms,
                                                   .event = STR("{}"),
                                                   .now_ms = b->now_ms},
                           &fresh, &e),
             e);
    CHECK_OK(outbox_reply(b->db, str_of(event_id), STR("{\"replyToken\":\"r\"}"), b->now_ms, &e),
             e);
    CHECK_OK(inbox_close(b->db, str_of(event_id), true, b->now_ms, &e), e);
    return book_int(b, "SELECT id FROM outbox WHERE event_id = '%s'", event_id);
}

static size_t
take(struct book *b, struct arena *a, struct outbox_item out[MAX])
{
    size_t n, unreadable;
    struct err e;

    CHECK_OK(outbox_take(b->db, b->now_ms, a, out, MAX, &n, &unreadable, &e), e);
    CHECK_INT(unreadable, 0);
    return n;
}

static void
end(struct book *b, const struct outbox_item *item, enum outbox_end how, int64_t status)
{
    struct err e;

    CHECK_OK(outbox_outcome(b->db, item->id, item->try_number, how, b->now_ms + 1000, status,
                            STR("request"), b->now_ms, &e),
             e);
}

/* INT64_MAX: none. */
static int64_t
next_ms(struct book *b)
{
    return book_int(b,
                    "SELECT coalesce(min(next_ms), %" PRId64 ") FROM outbox WHERE state = 'queued'",
                    INT64_MAX);
}

static void
a_push_is_on_the_disk_before_it_leaves(void **state)
{
    struct outbox_item item[MAX], none[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct book b;
    int64_t id;

    (void)state;
    book_open(&b);
    CHECK_INT(next_ms(&b), INT64_MAX);
    id = push(&b);
    CHECK_INT(next_ms(&b), b.now_ms);
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(item[0].id, id);
    CHECK_THAT(item[0].is_push);
    CHECK_STR(item[0].body, BODY);
    CHECK_INT(item[0].retry_key.n, 36);
    CHECK_INT(item[0].try_number, 1);
    CHECK_INT(item[0].first_ms, b.now_ms);
    CHECK_INT(state_is(&b, id, "sending"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox_try WHERE try = 1 AND status IS NULL"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox WHERE instr(body, 'U01234') > 0"), 0);
    CHECK_INT(take(&b, a, none), 0); /* nobody takes it twice */
    CHECK_INT(next_ms(&b), INT64_MAX);

    end(&b, item, OUTBOX_SENT, 200);
    CHECK_INT(state_is(&b, id, "sent"), 1);
    CHECK_INT(book_int(&b, "SELECT length(body) FROM outbox"), 0); /* forgotten */
    CHECK_INT(book_int(&b, "SELECT status FROM outbox_try"), 200);
    arena_free(a);
    book_close(&b);
}

static void
a_retry_has_the_same_key_and_body(void **state)
{
    struct outbox_item first[MAX], again[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct book b;

    (void)state;
    book_open(&b);
    push(&b);
    CHECK_INT(take(&b, a, first), 1);
    end(&b, first, OUTBOX_AGAIN, 0);
    CHECK_INT(take(&b, a, again), 0); /* not yet */
    CHECK_INT(next_ms(&b), b.now_ms + 1000);
    b.now_ms += 1000;
    CHECK_INT(take(&b, a, again), 1);
    CHECK_INT(again[0].id, first[0].id);
    CHECK_THAT(str_eq(again[0].retry_key, first[0].retry_key));
    CHECK_THAT(str_eq(again[0].body, first[0].body));
    CHECK_INT(again[0].try_number, 2);
    CHECK_INT(again[0].first_ms, first[0].first_ms);
    end(&b, again, OUTBOX_ACCEPTED_BEFORE, 409);
    CHECK_INT(state_is(&b, first[0].id, "accepted_before"), 1);
    arena_free(a);
    book_close(&b);
}

static void
an_outcome_counts_once_and_for_the_try_under_way(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct book b;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    id = push(&b);
    CHECK_FAILS(outbox_outcome(b.db, id, 1, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e,
                ERR_CONFLICT, "outcome_known"); /* not yet sent */
    CHECK_FAILS(outbox_outcome(b.db, 99, 1, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e,
                ERR_NOT_FOUND, "outbox_unknown");
    CHECK_INT(take(&b, a, item), 1);
    CHECK_FAILS(outbox_outcome(b.db, id, 2, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e,
                ERR_CONFLICT, "outcome_known");
    end(&b, item, OUTBOX_REJECTED, 400);
    for (enum outbox_end how = OUTBOX_SENT; how <= OUTBOX_AGAIN; how++) {
        CHECK_ROW(how);
        CHECK_FAILS(outbox_outcome(b.db, id, 1, how, b.now_ms, 200, STR(""), b.now_ms, &e), e,
                    ERR_CONFLICT, "outcome_known");
    }
    CHECK_INT(state_is(&b, id, "rejected"), 1);
    CHECK_INT(book_int(&b, "SELECT status FROM outbox_try"), 400);
    arena_free(a);
    book_close(&b);
}

static void
who_blocked_us_is_not_sent_to(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct book b;
    int64_t blocked, friendly;

    (void)state;
    book_open(&b);
    blocked = push(&b);
    friendly = push(&b);
    book_exec(&b,
              "UPDATE member SET is_friend = 0 WHERE id ="
              " (SELECT member_id FROM outbox WHERE id = %" PRId64 ")",
              blocked);
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(item[0].id, friendly);
    CHECK_INT(state_is(&b, blocked, "unreachable"), 1);
    end(&b, item, OUTBOX_SENT, 200);
    arena_free(a);
    book_close(&b);
}

static void
a_push_ends_an_hour_before_its_key_does(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct book b;
    int64_t late, never;
    struct err e;

    (void)state;
    book_open(&b);
    late = push(&b);
    CHECK_INT(take(&b, a, item), 1);
    CHECK_OK(outbox_outcome(b.db, late, 1, OUTBOX_AGAIN, b.now_ms + OUTBOX_PUSH_LIFE_MS - 1, 500,
                            STR(""), b.now_ms, &e),
             e);
    CHECK_INT(state_is(&b, late, "queued"), 1);
    b.now_ms += OUTBOX_PUSH_LIFE_MS - 1;
    CHECK_INT(take(&b, a, item), 1);
    CHECK_OK(outbox_outcome(b.db, late, 2, OUTBOX_AGAIN, b.now_ms + 1, 500, STR(""), b.now_ms, &e),
             e);
    CHECK_INT(state_is(&b, late, "expired"), 1); /* the next one would come too late */

    never = push(&b);
    CHECK_INT(take(&b, a, item), 1);
    end(&b, item, OUTBOX_AGAIN, 0);
    b.now_ms += OUTBOX_PUSH_LIFE_MS;
    CHECK_INT(take(&b, a, item), 0);
    CHECK_INT(state_is(&b, never, "expired"), 1);

    never = push(&b); /* a book restored from long ago: perhaps it was sent since */
    b.now_ms += OUTBOX_PUSH_LIFE_MS;
    CHECK_INT(take(&b, a, item), 0);
    CHECK_INT(state_is(&b, never, "expired"), 1);
    arena_free(a);
    book_close(&b);
}

static void
a_reply_is_made_once_and_lives_a_minute(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct book b;
    int64_t quick, slow, again;
    struct err e;

    (void)state;
    book_open(&b);
    quick = reply(&b, "01A");
    CHECK_OK(outbox_reply(b.db, STR("01A"), STR("other"), b.now_ms, &e), e);
    CHECK_FAILS(outbox_reply(b.db, STR("01Z"), STR("{}"), b.now_ms, &e), e, ERR_CONFLICT,
                "constraint"); /* to nothing that was said */
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(item[0].id, quick);
    CHECK_THAT(!item[0].is_push);
    CHECK_STR(item[0].body, "{\"replyToken\":\"r\"}");
    CHECK_INT(item[0].retry_key.n, 0);
    end(&b, item, OUTBOX_SENT, 200);

    slow = reply(&b, "01B");
    b.now_ms += OUTBOX_REPLY_LIFE_MS;
    CHECK_INT(take(&b, a, item), 0);
    CHECK_INT(state_is(&b, slow, "expired"), 1);

    again = reply(&b, "01C");
    CHECK_INT(take(&b, a, item), 1);
    CHECK_OK(outbox_outcome(b.db, again, 1, OUTBOX_AGAIN, b.now_ms + OUTBOX_REPLY_LIFE_MS, 429,
                            STR(""), b.now_ms, &e),
             e);
    CHECK_INT(state_is(&b, again, "expired"), 1);
    arena_free(a);
    book_close(&b);
}

static void
after_a_crash_pushes_go_on_and_replies_end(void **state)
{
    struct outbox_item before[MAX], after[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct book b;
    int64_t pushed, replied;
    struct err e;

    (void)state;
    book_open(&b);
    pushed = push(&b);
    replied = reply(&b, "01A");
    CHECK_INT(take(&b, a, before), 2);
    CHECK_INT(before[0].id, pushed);
    b.now_ms += 5000; /* the process died and was started again */
    CHECK_OK(outbox_recover(b.db, b.now_ms, &e), e);
    CHECK_INT(state_is(&b, replied, "expired"), 1);
    CHECK_FAILS(outbox_outcome(b.db, pushed, 1, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e,
                ERR_CONFLICT, "outcome_known");
    CHECK_INT(take(&b, a, after), 1);
    CHECK_INT(after[0].id, pushed);
    CHECK_INT(after[0].try_number, 2);
    CHECK_THAT(str_eq(after[0].retry_key, before[0].retry_key));
    CHECK_THAT(str_eq(after[0].body, before[0].body));
    end(&b, after, OUTBOX_ACCEPTED_BEFORE, 409); /* the first one had arrived */
    CHECK_OK(outbox_recover(b.db, b.now_ms, &e), e);
    CHECK_INT(state_is(&b, pushed, "accepted_before"), 1);
    arena_free(a);
    book_close(&b);
}

/* LINE as far as one push is concerned, and a courier that may lose answers or die. */
static void
one_random_life(struct book *b)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(16 * KIB);
    int64_t id = push(b);
    int ends = 0;
    bool is_taken_by_line = false;
    struct err e;

    while (next_ms(b) != INT64_MAX) {
        if (next_ms(b) > b->now_ms)
            b->now_ms = next_ms(b);
        if (take(b, a, item) == 0)
            break; /* too old */
        CHECK_INT(item[0].id, id);
        switch (entropy_below(6)) {
        case 0: /* the process dies; perhaps LINE got it */
            is_taken_by_line |= entropy_below(2) == 0;
            CHECK_OK(outbox_recover(b->db, b->now_ms + 1000, &e), e);
            break;
        case 1: /* no answer; perhaps LINE got it */
            is_taken_by_line |= entropy_below(2) == 0;
            end(b, item, OUTBOX_AGAIN, 0);
            break;
        case 2: /* a long wait is asked for */
            CHECK_OK(outbox_outcome(b->db, id, item[0].try_number, OUTBOX_AGAIN,
                                    b->now_ms + (int64_t)entropy_below(OUTBOX_PUSH_LIFE_MS), 503,
                                    STR(""), b->now_ms, &e),
                     e);
            break;
        case 3:
            end(b, item, OUTBOX_AGAIN, 429);
            break;
        case 4:
            end(b, item, is_taken_by_line ? OUTBOX_ACCEPTED_BEFORE : OUTBOX_SENT,
                is_taken_by_line ? 409 : 200);
            ends++;
            break;
        default:
            end(b, item, is_taken_by_line ? OUTBOX_ACCEPTED_BEFORE : OUTBOX_REJECTED,
                is_taken_by_line ? 409 : 400);
            ends++;
            break;
        }
        CHECK_THAT(ends <= 1);
    }
    CHECK_INT(ends + state_is(b, id, "expired"), 1);
    CHECK_INT(book_int(b, "SELECT closed_ms IS NOT NULL FROM outbox WHERE id = %" PRId64, id), 1);
    arena_free(a);
}

static void
whatever_happens_a_push_ends_exactly_once(void **state)
{
    struct book b;

    (void)state;
    entropy_seed(20260401);
    book_open(&b);
    for (int i = 0; i < 60; i++) {
        CHECK_ROW(i);
        one_random_life(&b);
    }
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox WHERE closed_ms IS NULL"), 0);
    CHECK_THAT(book_int(&b, "SELECT count(DISTINCT state) FROM outbox") == 4);
    book_close(&b); /* which proves I21 to I26 over all of it */
}

static void
what_cannot_be_read_ends_and_holds_nobody_up(void **state)
{
    struct arena *a = arena_new(64 * 1024);
    struct outbox_item item[MAX];
    size_t n, unreadable;
    int64_t first, spoilt;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    first = push(&b);
    spoilt = push(&b);
    push(&b);
    book_exec(&b,
              "UPDATE outbox SET body = (SELECT body FROM outbox WHERE id = %" PRId64
              ") WHERE id = %" PRId64,
              first, spoilt); /* sealed for another place */
    CHECK_OK(outbox_take(b.db, b.now_ms, a, item, MAX, &n, &unreadable, &e), e);
    CHECK_INT(n, 2);
    CHECK_INT(unreadable, 1);
    CHECK_INT(item[0].id, first);
    CHECK_INT(item[1].id, spoilt + 1);
    CHECK_INT(state_is(&b, spoilt, "expired"), 1);
    CHECK_INT(take(&b, a, item), 0);
    end(&b, &(struct outbox_item){.id = first, .try_number = 1}, OUTBOX_SENT, 200);
    end(&b, &(struct outbox_item){.id = spoilt + 1, .try_number = 1}, OUTBOX_SENT, 200);
    book_close(&b); /* sound */
    arena_free(a);
}

static void
a_take_that_fails_changes_nothing_once_undone(void **state)
{
    struct outbox_item item[MAX];
    struct book b;
    enum err_code code;
    size_t cap = 0;
    size_t n = 0, unreadable;
    struct err e;

    (void)state;
    book_open(&b);
    push(&b);
    push(&b);
    do {
        struct arena *a = arena_new(cap += 16);
        DB_TX tx = {0};

        CHECK_OK(db_begin(b.db, &tx, &e), e);
        code = outbox_take(b.db, b.now_ms, a, item, MAX, &n, &unreadable, &e);
        if (code == OK)
            CHECK_OK(db_commit(&tx, &e), e);
        else
            CHECK_INT(code, ERR_INTERNAL);
        arena_free(a);
    } while (code != OK);
    CHECK_THAT(cap > 16);
    CHECK_INT(n, 2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox_try"), 2);
    CHECK_INT(book_int(&b, "SELECT max(tries) FROM outbox"), 1);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_push_is_on_the_disk_before_it_leaves),
        TEST(a_retry_has_the_same_key_and_body),
        TEST(an_outcome_counts_once_and_for_the_try_under_way),
        TEST(who_blocked_us_is_not_sent_to),
        TEST(a_push_ends_an_hour_before_its_key_does),
        TEST(a_reply_is_made_once_and_lives_a_minute),
        TEST(after_a_crash_pushes_go_on_and_replies_end),
        TEST(whatever_happens_a_push_ends_exactly_once),
        TEST(what_cannot_be_read_ends_and_holds_nobody_up),
        TEST(a_take_that_fails_changes_nothing_once_undone),
    };

    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
