/* The outbox: what LINE is sent, tried until it ends, and how it ends exactly once. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/budget.h"
#include "domain/inbox.h"
#include "domain/member.h"
#include "domain/notice.h"
#include "domain/outbox_rules.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define MAX 8
#define BODY "{\"to\":\"U0123456789abcdef0123456789abcdef\"}"

/* With more to spend than any of it needs. */
static void
open_book(struct book *b)
{
    book_open(b);
    book_exec(b, "UPDATE message_policy SET budget = 1000000");
}

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
    int64_t id;
    struct err e;

    book_exec(b, "UPDATE notice SET state = 'held' WHERE id = %" PRId64, grant.notice_id);
    CHECK_OK(outbox_push(b->db, card.member_id, false, STR(BODY), b->now_ms, &id, &e), e);
    CHECK_OK(notice_owe(b->db, grant.notice_id, id, LADDER_PUSH, "test", b->now_ms, &e), e);
    return id;
}

static int64_t
reply(struct book *b, const char *event_id)
{
    bool fresh;
    int64_t id;
    struct err e;

    CHECK_OK(inbox_receive(b->db,
                           &(struct inbox_arrival){.event_id = str_of(event_id),
                                                   .at_ms = b->now_ms,
                                                   .event = STR("{}"),
                                                   .now_ms = b->now_ms},
                           &fresh, &e),
             e);
    CHECK_OK(
        outbox_reply(b->db, str_of(event_id), 0, STR("{\"replyToken\":\"r\"}"), b->now_ms, &id, &e),
        e);
    CHECK_OK(inbox_close(b->db, str_of(event_id), true, b->now_ms, &e), e);
    return id;
}

static size_t
take(struct book *b, struct arena *a, struct outbox_item out[MAX])
{
    struct outbox_taken taken;
    struct err e;

    CHECK_OK(outbox_take(b->db, b->now_ms, a, out, MAX, &taken, &e), e);
    CHECK_INT(taken.unreadable, 0);
    return taken.items;
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
    open_book(&b);
    CHECK_INT(next_ms(&b), INT64_MAX);
    id = push(&b);
    CHECK_INT(next_ms(&b), b.now_ms);
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(item[0].id, id);
    CHECK_INT(item[0].kind, OUTBOX_PUSH);
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
    open_book(&b);
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

/* What `stampd check` holds against the times of a message. */
static void
a_clock_put_back_meanwhile_ends_nothing_before_it_began(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct book b;

    (void)state;
    open_book(&b);
    push(&b);
    CHECK_INT(take(&b, a, item), 1);
    b.now_ms -= 700;
    end(&b, item, OUTBOX_AGAIN, 0);
    book_exec(&b, "UPDATE outbox SET next_ms = 0");
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(book_int(&b, "SELECT min(t.at_ms - o.first_ms) FROM outbox_try t, outbox o"), 0);
    b.now_ms -= 700;
    end(&b, item, OUTBOX_SENT, 200);
    CHECK_INT(book_int(&b, "SELECT closed_ms - first_ms FROM outbox"), 0);
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
    open_book(&b);
    id = push(&b);
    CHECK_FAILS(outbox_outcome(b.db, id, 1, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e,
                ERR_CONFLICT, "outcome_known"); /* not yet sent */
    CHECK_FAILS(outbox_outcome(b.db, 99, 1, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e,
                ERR_NOT_FOUND, "outbox_unknown");
    CHECK_INT(take(&b, a, item), 1);
    CHECK_FAILS(outbox_outcome(b.db, id, 2, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e,
                ERR_CONFLICT, "outcome_known");
    end(&b, item, OUTBOX_REJECTED, 400);
    for (enum outbox_end how = OUTBOX_SENT; how <= OUTBOX_UNSENT; how++) {
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
    open_book(&b);
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
    open_book(&b);
    late = push(&b);
    CHECK_INT(take(&b, a, item), 1);
    CHECK_OK(outbox_outcome(b.db, late, 1, OUTBOX_AGAIN, b.now_ms + OUTBOX_LIFE_MS - 1, 500,
                            STR(""), b.now_ms, &e),
             e);
    CHECK_INT(state_is(&b, late, "queued"), 1);
    b.now_ms += OUTBOX_LIFE_MS - 1;
    CHECK_INT(take(&b, a, item), 1);
    CHECK_OK(outbox_outcome(b.db, late, 2, OUTBOX_AGAIN, b.now_ms + 1, 500, STR(""), b.now_ms, &e),
             e);
    CHECK_INT(state_is(&b, late, "expired"), 1); /* the next one would come too late */

    never = push(&b);
    CHECK_INT(take(&b, a, item), 1);
    end(&b, item, OUTBOX_AGAIN, 0);
    b.now_ms += OUTBOX_LIFE_MS;
    CHECK_INT(take(&b, a, item), 0);
    CHECK_INT(state_is(&b, never, "expired"), 1);

    never = push(&b); /* a book restored from long ago: perhaps it was sent since */
    b.now_ms += OUTBOX_LIFE_MS;
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
    int64_t id, quick, slow, again;
    struct err e;

    (void)state;
    open_book(&b);
    quick = reply(&b, "01A");
    CHECK_OK(outbox_reply(b.db, STR("01A"), 0, STR("other"), b.now_ms, &id, &e), e);
    CHECK_INT(id, 0);
    CHECK_FAILS(outbox_reply(b.db, STR("01Z"), 0, STR("{}"), b.now_ms, &id, &e), e, ERR_CONFLICT,
                "constraint"); /* to nothing that was said */
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(item[0].id, quick);
    CHECK_INT(item[0].kind, OUTBOX_REPLY);
    CHECK_STR(item[0].body, "{\"replyToken\":\"r\"}");
    CHECK_INT(item[0].retry_key.n, 0);
    end(&b, item, OUTBOX_SENT, 200);

    slow = reply(&b, "01B");
    b.now_ms += OUTBOX_REPLY_LIFE_MS;
    CHECK_INT(take(&b, a, item), 0);
    CHECK_INT(state_is(&b, slow, "rejected"), 1); /* it certainly was not shown */

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
    open_book(&b);
    pushed = push(&b);
    replied = reply(&b, "01A");
    CHECK_INT(take(&b, a, before), 2);
    before[0] = before[1];
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

/* A notice that is owed by the message. */
static void
tell(struct book *b, int64_t member_id, int64_t outbox_id)
{
    book_exec(b,
              "INSERT INTO notice (member_id, kind, occasion, state, outbox_id, due_ms, until_ms,"
              " created_ms) VALUES (%" PRId64 ", 'staff', %" PRId64 ", 'owed', %" PRId64
              ", 0, 0, 0)",
              member_id, outbox_id, outbox_id);
}

/* ---------------------------------------------------------------- what never left */

static void
what_never_left_was_not_tried(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(64 * KIB);
    struct book b;
    int64_t pushed, replied;
    struct err e;

    (void)state;
    open_book(&b);
    pushed = push(&b);
    replied = reply(&b, "01A");
    for (int i = 0; i < 3; i++) {
        CHECK_INT(take(&b, a, item), 2);
        CHECK_INT(item[0].try_number, 1);
        CHECK_INT(item[0].first_ms, b.now_ms);
        CHECK_INT(book_int(&b, "SELECT sum(charged) FROM budget_month"), 1);
        end(&b, &item[0], OUTBOX_UNSENT, 0);
        end(&b, &item[1], OUTBOX_UNSENT, 0);
        CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox_try"), 0);
        CHECK_INT(book_int(&b, "SELECT sum(charged) FROM budget_month"), 0);
        CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox WHERE first_ms IS NOT NULL"), 0);
        b.now_ms += 1000;
    }
    CHECK_INT(take(&b, a, item), 2);
    end(&b, &item[0], OUTBOX_AGAIN, 500); /* this one did, */
    CHECK_OK(outbox_outcome(b.db, replied, 1, OUTBOX_UNSENT, b.now_ms + OUTBOX_REPLY_LIFE_MS, 0,
                            STR(""), b.now_ms, &e),
             e);
    CHECK_INT(state_is(&b, replied, "rejected"), 1); /* and this one never will */
    b.now_ms += 1000;
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(item[0].try_number, 2);
    end(&b, &item[0], OUTBOX_UNSENT, 0);
    b.now_ms += OUTBOX_LIFE_MS;
    CHECK_INT(take(&b, a, item), 0);
    CHECK_INT(state_is(&b, pushed, "expired"), 1);
    CHECK_INT(book_int(&b, "SELECT tries FROM outbox WHERE id = %" PRId64, pushed), 1);
    CHECK_INT(book_int(&b, "SELECT sum(charged) FROM budget_month"), 1); /* who knows */
    arena_free(a);
    book_close(&b);
}

static void
a_reply_and_what_is_urgent_do_not_wait_behind_many(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(64 * KIB);
    int64_t many, urgent, answer;
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    many = push(&b);
    push(&b);
    b.now_ms += 10 * MINUTE_MS;
    CHECK_OK(outbox_push(b.db, 1, true, STR(BODY), b.now_ms, &urgent, &e), e);
    tell(&b, 1, urgent);
    answer = reply(&b, "01A");
    CHECK_INT(take(&b, a, item), 4);
    CHECK_INT(item[0].id, answer);
    CHECK_INT(item[1].id, urgent);
    CHECK_INT(item[2].id, many);
    for (size_t i = 0; i < 4; i++)
        end(&b, &item[i], OUTBOX_SENT, 200);
    arena_free(a);
    book_close(&b);
}

/* ---------------------------------------------------------------- multicasts */

/* A member whom LINE knows. */
static int64_t
enter(struct book *b)
{
    char line_id[34];
    struct member_login login = {.is_friend = true, .now_ms = b->now_ms};
    struct member member;
    bool is_new;
    struct err e;

    snprintf(line_id, sizeof(line_id), "U%032" PRIx64, ++b->keys_used);
    login.line_id = str_of(line_id);
    CHECK_OK(member_enter(b->db, &login, &member, &is_new, &e), e);
    return member.id;
}

/* A multicast to `n` members of their own, for a notice of each; the row's id. */
static int64_t
multicast(struct book *b, size_t n, int64_t members[])
{
    int64_t id;
    struct err e;

    for (size_t i = 0; i < n; i++)
        members[i] = enter(b);
    CHECK_OK(outbox_multicast(b->db, members, n, false, STR("[{\"type\":\"text\"}]"), b->now_ms,
                              &id, &e),
             e);
    for (size_t i = 0; i < n; i++)
        tell(b, members[i], id);
    return id;
}

/* Which of the members the body is addressed to, one bit each. */
static unsigned
addressed_to(struct book *b, const struct outbox_item *item, const int64_t *members, size_t n)
{
    struct arena *a = arena_new(64 * KIB);
    char text[4096];
    unsigned set = 0;

    CHECK_THAT(str_copy(item->body, text, sizeof(text)));
    CHECK_THAT(str_starts(item->body, STR("{\"to\":[\"U")));
    CHECK_THAT(strstr(text, "\"],\"messages\":[{\"type\":\"text\"}]}") != NULL);
    for (size_t i = 0; i < n; i++) {
        struct str line_id;
        struct err e;

        CHECK_OK(member_line_id(b->db, members[i], a, &line_id, &e), e);
        set |= (strstr(text, line_id.at) != NULL ? 1u : 0u) << i;
    }
    arena_free(a);
    return set;
}

static void
block(struct book *b, int64_t member_id)
{
    book_exec(b, "UPDATE member SET is_friend = 0 WHERE id = %" PRId64, member_id);
}

static void
whom_a_multicast_goes_to_is_fixed_when_it_first_leaves(void **state)
{
    struct outbox_item item[MAX], again[MAX];
    struct arena *a = arena_new(256 * KIB);
    int64_t member[4], id;
    struct book b;

    (void)state;
    open_book(&b);
    id = multicast(&b, 4, member);
    block(&b, member[1]);
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(item[0].kind, OUTBOX_MULTICAST);
    CHECK_INT(item[0].retry_key.n, 36);
    CHECK_INT(addressed_to(&b, item, member, 4), 0xd);
    CHECK_INT(book_int(&b, "SELECT charged FROM budget_month"), 3);
    end(&b, item, OUTBOX_UNSENT, 0); /* nobody has seen it: it may still change */
    block(&b, member[2]);
    b.now_ms += 1000;
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(addressed_to(&b, item, member, 4), 0x9);
    CHECK_INT(book_int(&b, "SELECT charged FROM budget_month"), 2);
    end(&b, item, OUTBOX_AGAIN, 500);
    block(&b, member[0]);
    b.now_ms += 1000;
    CHECK_INT(take(&b, a, again), 1); /* the same bytes, or LINE would not know it again */
    CHECK_THAT(str_eq(again[0].body, item[0].body));
    CHECK_THAT(str_eq(again[0].retry_key, item[0].retry_key));
    end(&b, again, OUTBOX_ACCEPTED_BEFORE, 409);
    CHECK_INT(state_is(&b, id, "accepted_before"), 1);
    CHECK_INT(book_int(&b, "SELECT charged FROM budget_month"), 2);
    arena_free(a);
    book_close(&b);
}

static void
a_multicast_to_nobody_ends_and_costs_nothing(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(64 * KIB);
    int64_t member[2], id, twice[2];
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    id = multicast(&b, 2, member);
    block(&b, member[0]);
    block(&b, member[1]);
    CHECK_INT(take(&b, a, item), 0);
    CHECK_INT(state_is(&b, id, "unreachable"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM budget_month"), 0);
    twice[0] = twice[1] = member[0];
    CHECK_FAILS(outbox_multicast(b.db, twice, 2, false, STR("[]"), b.now_ms, &id, &e), e,
                ERR_CONFLICT, "constraint");
    book_exec(&b, "DELETE FROM outbox_to WHERE outbox_id = %" PRId64, id);
    book_exec(&b, "DELETE FROM outbox WHERE id = %" PRId64, id);
    arena_free(a);
    book_close(&b);
}

static void
the_largest_multicast_fits(void **state)
{
    static int64_t member[OUTBOX_RECIPIENTS_MAX];
    struct outbox_item item[MAX];
    struct arena *a = arena_new(1 * MIB);
    struct book b;

    (void)state;
    open_book(&b);
    multicast(&b, OUTBOX_RECIPIENTS_MAX, member);
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(item[0].body.n, sizeof("{\"to\":[],\"messages\":[{\"type\":\"text\"}]}") - 1 +
                                  500 * sizeof("U0123456789abcdef0123456789abcdef\"\"") - 1);
    CHECK_INT(book_int(&b, "SELECT charged FROM budget_month"), 500);
    end(&b, item, OUTBOX_REJECTED, 400); /* all or nothing */
    CHECK_INT(book_int(&b, "SELECT charged FROM budget_month"), 0);
    arena_free(a);
    book_close(&b);
}

/* ---------------------------------------------------------------- menus */

static int64_t
menu(struct book *b, int64_t member_id, const char *call)
{
    struct err e;

    CHECK_OK(outbox_menu(b->db, member_id, str_of(call), b->now_ms, &e), e);
    return book_int(b, "SELECT max(id) FROM outbox");
}

static void
only_the_newest_menu_of_a_member_counts(void **state)
{
    struct outbox_item item[MAX], next[MAX];
    struct arena *a = arena_new(64 * KIB);
    int64_t first, second, third, other, one, two;
    struct book b;

    (void)state;
    open_book(&b);
    one = book_card(&b, BOOK_STAMPS).member_id;
    two = book_card(&b, BOOK_STAMPS).member_id;
    first = menu(&b, one, "POST /v2/bot/user/U1/richmenu/a");
    other = menu(&b, two, "POST /v2/bot/user/U2/richmenu/a");
    second = menu(&b, one, "POST /v2/bot/user/U1/richmenu/b"); /* the same millisecond */
    CHECK_INT(state_is(&b, first, "dropped"), 1);
    CHECK_INT(take(&b, a, item), 2);
    CHECK_INT(item[0].id, other);
    CHECK_INT(item[1].id, second);
    CHECK_INT(item[1].kind, OUTBOX_MENU);
    CHECK_INT(item[1].retry_key.n, 0);
    CHECK_STR(item[1].body, "POST /v2/bot/user/U1/richmenu/b");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM budget_month"), 0);
    end(&b, item, OUTBOX_SENT, 200);

    third = menu(&b, one, "DELETE /v2/bot/user/U1/richmenu");
    CHECK_INT(take(&b, a, next), 0); /* the one under way might arrive after it */
    end(&b, &item[1], OUTBOX_AGAIN, 500);
    CHECK_INT(state_is(&b, second, "dropped"), 1); /* nobody needs it again */
    CHECK_INT(take(&b, a, next), 1);
    CHECK_INT(next[0].id, third);
    CHECK_STR(next[0].body, "DELETE /v2/bot/user/U1/richmenu");
    end(&b, next, OUTBOX_AGAIN, 0);
    b.now_ms += 1000;
    CHECK_INT(take(&b, a, next), 1);
    end(&b, next, OUTBOX_SENT, 200);
    CHECK_INT(state_is(&b, third, "sent"), 1);
    arena_free(a);
    book_close(&b);
}

static void
after_a_crash_the_newest_menu_goes_on(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(64 * KIB);
    int64_t old, newer, alone, one, two;
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    one = book_card(&b, BOOK_STAMPS).member_id;
    two = book_card(&b, BOOK_STAMPS).member_id;
    old = menu(&b, one, "POST /v2/bot/user/U1/richmenu/a");
    alone = menu(&b, two, "POST /v2/bot/user/U2/richmenu/a");
    CHECK_INT(take(&b, a, item), 2);
    newer = menu(&b, one, "POST /v2/bot/user/U1/richmenu/b");
    CHECK_OK(outbox_recover(b.db, b.now_ms, &e), e);
    CHECK_INT(state_is(&b, old, "dropped"), 1);
    CHECK_INT(take(&b, a, item), 2);
    CHECK_INT(item[0].id + item[1].id, alone + newer);
    end(&b, &item[0], OUTBOX_SENT, 200);
    end(&b, &item[1], OUTBOX_REJECTED, 404);
    arena_free(a);
    book_close(&b);
}

/* ---------------------------------------------------------------- money */

static int64_t
charged(struct book *b)
{
    return book_int(b, "SELECT coalesce(sum(charged), 0) FROM budget_month");
}

static void
a_message_is_charged_before_it_may_count_and_given_back_when_it_did_not(void **state)
{
    enum { DIED = 1, SILENT };
    static const struct {
        int64_t status[3]; /* of each try: HTTP's, or */
        enum outbox_end end;
        int64_t charged;
    } row[] = {
        {{200}, OUTBOX_SENT, 1},
        {{400}, OUTBOX_REJECTED, 0},
        {{403}, OUTBOX_REJECTED, 0},
        {{429}, OUTBOX_QUOTA, 0},
        {{429, 401, 400}, OUTBOX_REJECTED, 0},
        {{500, 400}, OUTBOX_REJECTED, 1}, /* the first may have been taken */
        {{SILENT, 400}, OUTBOX_REJECTED, 1},
        {{DIED, 400}, OUTBOX_REJECTED, 1},
        {{SILENT, 409}, OUTBOX_ACCEPTED_BEFORE, 1},
        {{429, 200}, OUTBOX_SENT, 1},
        {{500}, OUTBOX_EXPIRED, 1},
        {{429}, OUTBOX_EXPIRED, 0},
    };
    struct outbox_item item[MAX];
    struct arena *a = arena_new(256 * KIB);
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t before = charged(&b);

        CHECK_ROW(i);
        push(&b);
        CHECK_INT(charged(&b), before); /* not yet */
        for (size_t t = 0; t < 3 && row[i].status[t] != 0; t++) {
            bool last = t == 2 || row[i].status[t + 1] == 0;

            CHECK_INT(take(&b, a, item), 1);
            CHECK_INT(charged(&b), before + 1);
            if (row[i].status[t] == DIED)
                CHECK_OK(outbox_recover(b.db, b.now_ms, &e), e);
            else
                end(&b, item, last ? row[i].end : OUTBOX_AGAIN,
                    row[i].status[t] == SILENT ? 0 : row[i].status[t]);
            b.now_ms += 1000;
        }
        CHECK_INT(charged(&b), before + row[i].charged);
    }
    arena_free(a);
    book_close(&b);
}

static void
what_the_budget_does_not_allow_is_not_sent(void **state)
{
    struct outbox_item item[2 + MAX];
    struct arena *a = arena_new(64 * KIB);
    int64_t member[3], first, second, many, urgent;
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    book_exec(&b, "UPDATE message_policy SET budget = 4, reserve = 50");
    first = push(&b);
    many = multicast(&b, 3, member); /* all of them, or none */
    second = push(&b);
    push(&b);
    CHECK_INT(take(&b, a, item), 2);
    CHECK_INT(item[0].id, first);
    CHECK_INT(item[1].id, second);
    CHECK_OK(outbox_push(b.db, member[0], true, STR(BODY), b.now_ms, &urgent, &e), e);
    tell(&b, member[0], urgent);
    CHECK_INT(take(&b, a, &item[2]), 1); /* what is held back is for these */
    CHECK_INT(state_is(&b, many, "quota"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox WHERE state = 'quota'"), 2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox_try"), 3);
    CHECK_INT(charged(&b), 3);
    for (size_t i = 0; i < 3; i++)
        end(&b, &item[i], OUTBOX_SENT, 200);
    arena_free(a);
    book_close(&b);
}

static void
until_line_has_told_its_quota_messages_wait(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(64 * KIB);
    struct book b;
    struct err e;

    (void)state;
    book_open(&b); /* no budget of the owner's either */
    push(&b);
    CHECK_INT(take(&b, a, item), 0);
    CHECK_INT(next_ms(&b), b.now_ms + 60000);
    b.now_ms += 60000;
    CHECK_OK(budget_told(b.db, 200, 0, b.now_ms, &e), e);
    CHECK_INT(take(&b, a, item), 1);
    end(&b, item, OUTBOX_SENT, 200);
    arena_free(a);
    book_close(&b);
}

#define MAY_MS (BOOK_NOW_MS + INT64_C(30) * DAY_MS - 10 * HOUR_MS) /* in Tokyo, as LINE counts */

static int64_t
charged_in(struct book *b, int month)
{
    return book_int(b, "SELECT coalesce((SELECT charged FROM budget_month WHERE month = %d), 0)",
                    month);
}

static void
in_a_new_month_a_message_may_count_again(void **state)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(64 * KIB);
    int64_t stopped;
    struct book b;

    (void)state;
    open_book(&b);
    b.now_ms = MAY_MS - HOUR_MS;
    push(&b);
    b.now_ms = MAY_MS - MINUTE_MS - 1;
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(charged_in(&b, 202604), 1);
    end(&b, item, OUTBOX_AGAIN, 0);
    b.now_ms = next_ms(&b); /* under way it could become May's */
    CHECK_INT(take(&b, a, item), 0);
    CHECK_INT(next_ms(&b), MAY_MS);
    b.now_ms = MAY_MS;
    CHECK_INT(take(&b, a, item), 1);
    CHECK_INT(charged_in(&b, 202604) + charged_in(&b, 202605), 2); /* it may be either */
    end(&b, item, OUTBOX_SENT, 200);                               /* it is May's */
    CHECK_INT(charged_in(&b, 202604), 0);
    CHECK_INT(charged_in(&b, 202605), 1);

    b.now_ms = MAY_MS - HOUR_MS;
    stopped = push(&b);
    b.now_ms = MAY_MS - MINUTE_MS - 1;
    CHECK_INT(take(&b, a, item), 1);
    end(&b, item, OUTBOX_AGAIN, 0);
    book_exec(&b, "UPDATE message_policy SET budget = 1");
    b.now_ms = MAY_MS;
    CHECK_INT(take(&b, a, item), 0); /* nothing left in May: not again, but not given up either */
    CHECK_INT(state_is(&b, stopped, "queued"), 1);
    CHECK_INT(next_ms(&b), MAY_MS - MINUTE_MS - 1 + OUTBOX_LIFE_MS);
    b.now_ms = next_ms(&b);
    CHECK_INT(take(&b, a, item), 0);
    CHECK_INT(state_is(&b, stopped, "expired"), 1);
    CHECK_INT(charged_in(&b, 202604), 1); /* nobody knows */
    arena_free(a);
    book_close(&b);
}

/* ---------------------------------------------------------------- who leaves */

static void
of_who_has_left_nothing_is_sent_any_more(void **state)
{
    struct outbox_item item[MAX], other[MAX];
    struct arena *a = arena_new(256 * KIB);
    int64_t waiting, going, member[2], both;
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    both = multicast(&b, 2, member);
    book_exec(&b, "UPDATE outbox SET next_ms = next_ms + 1");
    CHECK_OK(outbox_push(b.db, member[0], false, STR(BODY), b.now_ms, &going, &e), e);
    tell(&b, member[0], going);
    CHECK_INT(take(&b, a, item), 1);
    waiting = menu(&b, member[0], "DELETE /v2/bot/user/U1/richmenu");
    CHECK_OK(outbox_erase(b.db, member[0], b.now_ms, &e), e);
    CHECK_INT(state_is(&b, going, "erased"), 1);
    CHECK_INT(state_is(&b, waiting, "erased"), 1);
    CHECK_INT(
        book_int(&b, "SELECT max(length(body)) FROM outbox WHERE member_id = %" PRId64, member[0]),
        0);
    end(&b, item, OUTBOX_AGAIN, 500); /* too late to matter */
    b.now_ms++;
    CHECK_INT(state_is(&b, going, "erased"), 1);
    CHECK_INT(charged(&b), 1);
    CHECK_INT(take(&b, a, other), 1);
    CHECK_INT(other[0].id, both);
    CHECK_INT(addressed_to(&b, other, member, 2), 0x2);
    end(&b, other, OUTBOX_SENT, 200);
    arena_free(a);
    book_close(&b);
}

/* LINE as far as one push is concerned, and a courier that may lose answers or die. */
static void
one_random_life(struct book *b)
{
    struct outbox_item item[MAX];
    struct arena *a = arena_new(256 * KIB);
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
        switch (entropy_below(7)) {
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
                                    b->now_ms + (int64_t)entropy_below(OUTBOX_LIFE_MS), 503,
                                    STR(""), b->now_ms, &e),
                     e);
            break;
        case 3:
            end(b, item, OUTBOX_AGAIN, 429);
            break;
        case 6: /* it could not leave */
            end(b, item, OUTBOX_UNSENT, 0);
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
    open_book(&b);
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
    struct outbox_taken taken;
    int64_t first, spoilt;
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    first = push(&b);
    spoilt = push(&b);
    push(&b);
    book_exec(&b,
              "UPDATE outbox SET body = (SELECT body FROM outbox WHERE id = %" PRId64
              ") WHERE id = %" PRId64,
              first, spoilt); /* sealed for another place */
    CHECK_OK(outbox_take(b.db, b.now_ms, a, item, MAX, &taken, &e), e);
    CHECK_INT(taken.items, 2);
    CHECK_INT(taken.unreadable, 1);
    CHECK_INT(taken.closed, 1);
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
    struct outbox_taken taken;
    struct err e;

    (void)state;
    open_book(&b);
    push(&b);
    push(&b);
    do {
        struct arena *a = arena_new(cap += 16);
        DB_TX tx = {0};

        CHECK_OK(db_begin(b.db, &tx, &e), e);
        code = outbox_take(b.db, b.now_ms, a, item, MAX, &taken, &e);
        if (code == OK)
            CHECK_OK(db_commit(&tx, &e), e);
        else
            CHECK_INT(code, ERR_INTERNAL);
        arena_free(a);
    } while (code != OK);
    CHECK_THAT(cap > 16);
    CHECK_INT(taken.items, 2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox_try"), 2);
    CHECK_INT(book_int(&b, "SELECT max(tries) FROM outbox"), 1);
    book_close(&b);
}

static void
replies_are_forgotten_after_35_days_and_then_their_events(void **state)
{
    struct arena *a = arena_new(1 * MIB);
    struct outbox_item item[MAX];
    struct book b;
    int64_t first, second, pushed, ended_ms;
    struct err e;

    (void)state;
    open_book(&b);
    first = reply(&b, "01AAAAAAAAAAAAAAAAAAAAAAAA");
    CHECK_INT(take(&b, a, item), 1);
    CHECK_OK(outbox_outcome(b.db, first, 1, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e);
    ended_ms = b.now_ms;
    pushed = push(&b);
    CHECK_INT(take(&b, a, item), 1);
    CHECK_OK(outbox_outcome(b.db, pushed, 1, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e);
    b.now_ms += DAY_MS;
    second = reply(&b, "01BBBBBBBBBBBBBBBBBBBBBBBB");
    CHECK_INT(take(&b, a, item), 1);
    CHECK_OK(outbox_outcome(b.db, second, 1, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e);
    b.now_ms = ended_ms + OUTBOX_KEPT_MS;
    CHECK_OK(outbox_sweep(b.db, b.now_ms, 10, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox"), 3); /* 35 days to the millisecond */
    b.now_ms++;
    CHECK_OK(outbox_sweep(b.db, b.now_ms, 10, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox WHERE kind = 'reply'"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox_try"), 2);
    CHECK_OK(inbox_sweep(b.db, b.now_ms, 10, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM inbox"), 1);
    b.now_ms += 10 * DAY_MS;
    CHECK_OK(outbox_sweep(b.db, b.now_ms, 10, &e), e);
    CHECK_OK(inbox_sweep(b.db, b.now_ms, 10, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM inbox"), 0);
    CHECK_INT(state_is(&b, pushed, "sent"), 1); /* kept with its notice */
    arena_free(a);
    book_close(&b);
}

static void
a_sweep_is_short(void **state)
{
    struct arena *a = arena_new(1 * MIB);
    struct outbox_item item[MAX];
    struct book b;
    struct err e;

    (void)state;
    open_book(&b);
    for (int i = 0; i < 5; i++) {
        char event_id[40];

        snprintf(event_id, sizeof(event_id), "01AAAAAAAAAAAAAAAAAAAAAAA%d", i);
        (void)reply(&b, event_id);
    }
    b.now_ms += OUTBOX_REPLY_LIFE_MS + 1; /* nobody took them in time: all end */
    CHECK_INT(take(&b, a, item), 0);
    b.now_ms += OUTBOX_KEPT_MS + DAY_MS;
    for (int left = 5; left > 0; left -= left < 2 ? left : 2) {
        CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox"), left);
        CHECK_OK(outbox_sweep(b.db, b.now_ms, 2, &e), e);
    }
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox"), 0);
    arena_free(a);
    book_close(&b);
}

static void
a_message_that_is_due_is_sent_or_ends(void **state)
{
    static const struct {
        const char *says;
        struct outbox_facts facts; /* times are ago */
        const char *want;
    } row[] = {
        {"a push that waited for a day less an hour, not tried",
         {OUTBOX_PUSH, OUTBOX_LIFE_MS, 0, true},
         "expired"},
        {"a moment less", {OUTBOX_PUSH, OUTBOX_LIFE_MS - 1, 0, true}, ""},
        {"an old one whose first try was just now", {OUTBOX_PUSH, 9 * DAY_MS, 1, true}, ""},
        {"one whose retry key is about to end",
         {OUTBOX_PUSH, 9 * DAY_MS, OUTBOX_LIFE_MS, true},
         "expired"},
        {"to somebody who has blocked us", {OUTBOX_PUSH, 1, 0, false}, "unreachable"},
        {"too late, and blocked", {OUTBOX_PUSH, OUTBOX_LIFE_MS, 0, false}, "expired"},
        {"a reply within its minute", {OUTBOX_REPLY, OUTBOX_REPLY_LIFE_MS - 1, 0, true}, ""},
        {"a reply whose token is dead", {OUTBOX_REPLY, OUTBOX_REPLY_LIFE_MS, 0, true}, "rejected"},
        {"a reply to somebody who has blocked us since", {OUTBOX_REPLY, 1, 0, false}, ""},
        {"a menu of a day less an hour ago", {OUTBOX_MENU, OUTBOX_LIFE_MS, 0, true}, "expired"},
        {"a menu of somebody who has blocked us", {OUTBOX_MENU, 1, 0, false}, "unreachable"},
        {"a multicast that is for nobody alone", {OUTBOX_MULTICAST, 1, 0, true}, ""},
    };
    const int64_t now_ms = 100 * DAY_MS;

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct outbox_facts facts = row[i].facts;
        char got[16];

        CHECK_ROW(i);
        facts.created_ms = now_ms - facts.created_ms;
        facts.first_ms = facts.first_ms != 0 ? now_ms - facts.first_ms : 0;
        str_copy(outbox_lost(&facts, now_ms), got, sizeof(got));
        if (strcmp(got, row[i].want) != 0)
            print_error("%s\n", row[i].says);
        CHECK_TEXT(got, row[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_that_is_due_is_sent_or_ends),
        TEST(a_push_is_on_the_disk_before_it_leaves),
        TEST(a_retry_has_the_same_key_and_body),
        TEST(a_clock_put_back_meanwhile_ends_nothing_before_it_began),
        TEST(an_outcome_counts_once_and_for_the_try_under_way),
        TEST(who_blocked_us_is_not_sent_to),
        TEST(a_push_ends_an_hour_before_its_key_does),
        TEST(a_reply_is_made_once_and_lives_a_minute),
        TEST(after_a_crash_pushes_go_on_and_replies_end),
        TEST(what_never_left_was_not_tried),
        TEST(a_reply_and_what_is_urgent_do_not_wait_behind_many),
        TEST(whom_a_multicast_goes_to_is_fixed_when_it_first_leaves),
        TEST(a_multicast_to_nobody_ends_and_costs_nothing),
        TEST(the_largest_multicast_fits),
        TEST(only_the_newest_menu_of_a_member_counts),
        TEST(after_a_crash_the_newest_menu_goes_on),
        TEST(a_message_is_charged_before_it_may_count_and_given_back_when_it_did_not),
        TEST(what_the_budget_does_not_allow_is_not_sent),
        TEST(until_line_has_told_its_quota_messages_wait),
        TEST(in_a_new_month_a_message_may_count_again),
        TEST(of_who_has_left_nothing_is_sent_any_more),
        TEST(whatever_happens_a_push_ends_exactly_once),
        TEST(what_cannot_be_read_ends_and_holds_nobody_up),
        TEST(a_take_that_fails_changes_nothing_once_undone),
        TEST(replies_are_forgotten_after_35_days_and_then_their_events),
        TEST(a_sweep_is_short),
    };

    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
