/* Notices: shown for nothing, held, owed, told, kept or dropped; each ends exactly once. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "domain/inbox.h"
#include "domain/member.h"
#include "domain/notice.h"
#include "domain/notice_make.h"
#include "domain/outbox.h"
#include "domain/topic.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define MAX 8

/* What is held for the member, once all that is due is held; its texts live until the arena goes.
 */
static size_t
held(struct book *b, int64_t member_id, struct arena *a, struct notice out[MAX])
{
    size_t n;
    struct err e;

    CHECK_OK(notice_hold_due(b->db, b->now_ms, MAX, &n, &e), e);
    CHECK_OK(notice_held(b->db, member_id, a, out, MAX, &n, &e), e);
    return n;
}

static size_t
due_members(struct book *b, int64_t out[MAX])
{
    size_t n;
    struct err e;

    CHECK_OK(notice_due_members(b->db, b->now_ms, out, MAX, &n, &e), e);
    return n;
}

static int64_t
push(struct book *b, const struct notice *notice)
{
    int64_t id;
    struct err e;

    CHECK_OK(outbox_push(b->db, notice->member_id, false, STR("{}"), b->now_ms, &id, &e), e);
    CHECK_OK(notice_owe(b->db, notice->id, id, LADDER_PUSH, "test", b->now_ms, &e), e);
    return id;
}

static void
settle(struct book *b)
{
    size_t n;
    struct err e;

    CHECK_OK(notice_settle(b->db, b->now_ms, MAX, &n, &e), e);
}

static void
end_message(struct book *b, int64_t id, const char *state)
{
    book_exec(b,
              "UPDATE outbox SET state = '%s', closed_ms = %" PRId64
              ", body = x'' WHERE id = %" PRId64,
              state, b->now_ms, id);
}

static struct notice_counts
counts(struct book *b)
{
    struct notice_counts out;
    int day = notice_day(b->now_ms);
    struct err e;

    CHECK_OK(notice_count(b->db, day, day, &out, &e), e);
    return out;
}

static const char *
state_of(struct book *b, int64_t id)
{
    static const char *const states[] = {"waiting", "held",      "seen",   "owed",
                                         "told",    "cancelled", "lapsed", "kept"};

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (book_int(b, "SELECT state = '%s' FROM notice WHERE id = %" PRId64, states[i], id))
            return states[i];
    return "none";
}

static void
a_due_notice_tells_all_a_message_may_say(void **state)
{
    struct notice notice[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct grant_result grant;
    int64_t members[MAX];
    struct card card;
    struct book b;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    grant = book_grant(&b, &card, 3);
    CHECK_INT(held(&b, card.member_id, a, notice), 0);
    b.now_ms += NOTICE_DELAY_MS;
    CHECK_INT(held(&b, card.member_id, a, notice), 1);
    CHECK_INT(due_members(&b, members), 1);
    CHECK_INT(members[0], card.member_id);
    CHECK_INT(notice[0].id, grant.notice_id);
    CHECK_INT(notice[0].kind, NOTICE_GRANT);
    CHECK_INT(notice[0].member_id, card.member_id);
    CHECK_INT(notice[0].card_id, card.id);
    CHECK_INT(notice[0].plan_id, BOOK_STAMPS);
    CHECK_THAT(notice[0].is_stamp);
    CHECK_STR(notice[0].plan_name, "Stamps");
    CHECK_STR(notice[0].shop_name, "ueno");
    CHECK_INT(notice[0].next_at, 5);
    CHECK_INT(notice[0].amount, 3);
    CHECK_INT(notice[0].balance, 3);
    CHECK_INT(notice[0].goal, 10);
    CHECK_INT(notice[0].at_ms, grant.at_ms);
    CHECK_INT(notice[0].until_ms, b.now_ms - NOTICE_DELAY_MS + NOTICE_GRANT_LIFE_MS);
    CHECK_INT(notice[0].utc_offset_min, 9 * 60);
    CHECK_INT(notice[0].voucher_id, 0);
    arena_free(a);
    book_close(&b);
}

static void
one_stamp_short_of_a_reward_is_news_of_its_own(void **state)
{
    struct notice notice[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct card card;
    struct book b;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    book_grant(&b, &card, 2);
    b.now_ms += 30 * 60 * 1000;
    book_grant(&b, &card, 2);
    b.now_ms += 30 * 60 * 1000;
    CHECK_INT(held(&b, card.member_id, a, notice), 2);
    CHECK_INT(notice[0].kind, NOTICE_GRANT);
    CHECK_INT(notice[1].kind, NOTICE_ONE_MORE);
    CHECK_THAT(notice[1].reward_title.n > 0);
    CHECK_INT(notice[1].next_at, 5);
    book_grant(&b, &card, 1); /* there it is: at once, for no open card is waited for */
    CHECK_INT(held(&b, card.member_id, a, notice), 3);
    CHECK_INT(notice[2].kind, NOTICE_VOUCHER);
    arena_free(a);
    book_close(&b);
}

static void
a_voucher_is_told_of_with_its_reward(void **state)
{
    struct notice notice[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct grant_result grant;
    struct card card;
    struct book b;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS); /* which tells of vouchers only */
    grant = book_grant(&b, &card, 20000);
    CHECK_INT(grant.vouchers_n, 1);
    CHECK_INT(held(&b, card.member_id, a, notice), 1);
    CHECK_INT(notice[0].kind, NOTICE_VOUCHER);
    CHECK_THAT(!notice[0].is_stamp && notice[0].voucher_is_open);
    CHECK_INT(notice[0].voucher_id, grant.voucher[0].id);
    CHECK_INT(notice[0].expires_ms, grant.voucher[0].expires_ms);
    CHECK_INT(notice[0].until_ms, grant.voucher[0].expires_ms);
    CHECK_STR(notice[0].reward_title, "Sticker");
    book_redeem(&b, grant.voucher[0].id);
    CHECK_INT(held(&b, card.member_id, a, notice), 1);
    CHECK_THAT(!notice[0].voucher_is_open);
    arena_free(a);
    book_close(&b);
}

static void
what_the_open_card_showed_is_not_sent_but_a_voucher_is(void **state)
{
    struct notice notice[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct card card, other;
    struct book b;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    other = book_card(&b, BOOK_STAMPS);
    book_grant(&b, &card, 3);
    b.now_ms += 30 * 60 * 1000;
    book_grant(&b, &card, 2); /* reaches the reward at 5: told of that, not of the stamps */
    n = held(&b, card.member_id, a, notice);
    CHECK_INT(n, 2);
    for (size_t i = 0; i < n; i++) {
        CHECK_ROW(i);
        CHECK_FAILS(notice_seen(b.db, notice[i].id, other.member_id, b.now_ms, &e), e,
                    ERR_NOT_FOUND, "notice_unknown");
        CHECK_OK(notice_seen(b.db, notice[i].id, card.member_id, b.now_ms, &e), e);
        CHECK_OK(notice_seen(b.db, notice[i].id, card.member_id, b.now_ms, &e), e);
    }
    CHECK_FAILS(notice_seen(b.db, 99, card.member_id, b.now_ms, &e), e, ERR_NOT_FOUND,
                "notice_unknown");
    CHECK_INT(held(&b, card.member_id, a, notice), 1);
    CHECK_INT(notice[0].kind, NOTICE_VOUCHER);
    CHECK_INT(counts(&b).live, 1);
    CHECK_INT(counts(&b).waiting, 1);
    arena_free(a);
    book_close(&b);
}

static void
a_notice_ends_once(void **state)
{
    struct notice notice[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct card card;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    for (size_t i = 0; i < 3; i++) {
        book_grant(&b, &card, 1);
        b.now_ms += 30 * 60 * 1000;
    }
    CHECK_INT(held(&b, card.member_id, a, notice), 3);
    CHECK_INT(push(&b, &notice[0]), 1);
    CHECK_OK(notice_end(b.db, &notice[1], LADDER_KEEP, "test", b.now_ms, &e), e);
    CHECK_OK(notice_end(b.db, &notice[2], LADDER_DROP, "test", b.now_ms, &e), e);
    for (size_t i = 0; i < 3; i++) {
        CHECK_ROW(i);
        CHECK_FAILS(notice_owe(b.db, notice[i].id, 1, LADDER_PUSH, "test", b.now_ms, &e), e,
                    ERR_CONFLICT, "notice_ended");
        CHECK_FAILS(notice_end(b.db, &notice[i], LADDER_DROP, "test", b.now_ms, &e), e,
                    ERR_CONFLICT, "notice_ended");
        CHECK_FAILS(notice_wait(b.db, &notice[i], "test", b.now_ms, b.now_ms, &e), e, ERR_CONFLICT,
                    "notice_ended");
    }
    CHECK_INT(held(&b, card.member_id, a, notice), 0);
    CHECK_INT(counts(&b).kept, 1);
    CHECK_OK(notice_seen(b.db, 2, card.member_id, b.now_ms, &e), e); /* the card was opened */
    CHECK_TEXT(state_of(&b, 1), "owed");
    CHECK_TEXT(state_of(&b, 2), "seen");
    CHECK_TEXT(state_of(&b, 3), "lapsed");
    arena_free(a);
    book_close(&b);
}

/* How a message ended, and what becomes of a grant's and of a voucher's notice it carried. */
static void
how_a_message_ended_is_told_to_its_notices(void **state)
{
    static const struct {
        const char *state, *grant, *voucher;
        bool is_reply;
    } row[] = {
        {"sent", "told", "told", false},
        {"accepted_before", "told", "told", false},
        {"rejected", "kept", "kept", false},
        {"expired", "kept", "kept", false},
        {"unreachable", "kept", "kept", false},
        {"quota", "held", "held", false},
        {"erased", "cancelled", "cancelled", false},
        {"sent", "told", "told", true},
        {"rejected", "held", "held", true},
        {"expired", "kept", "held",
         true}, /* perhaps it was shown: a voucher is worth saying twice */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct notice notice[MAX];
        struct arena *a = arena_new(16 * KIB);
        struct card card;
        struct book b;
        int64_t id;
        struct err e;

        CHECK_ROW(i);
        book_open(&b);
        card = book_card(&b, BOOK_STAMPS);
        book_grant(&b, &card, 3);
        b.now_ms += 30 * 60 * 1000;
        book_grant(&b, &card, 2);
        CHECK_INT(held(&b, card.member_id, a, notice), 2);
        if (row[i].is_reply) {
            bool fresh;

            CHECK_OK(inbox_pass(b.db,
                                &(struct inbox_arrival){
                                    .event_id = STR("01A"), .at_ms = b.now_ms, .now_ms = b.now_ms},
                                &fresh, &e),
                     e);
            CHECK_OK(outbox_reply(b.db, STR("01A"), card.member_id, STR("{}"), b.now_ms, &id, &e),
                     e);
        } else {
            CHECK_OK(outbox_push(b.db, card.member_id, true, STR("{}"), b.now_ms, &id, &e), e);
        }
        for (size_t j = 0; j < 2; j++)
            CHECK_OK(notice_owe(b.db, notice[j].id, id, LADDER_PUSH, "test", b.now_ms, &e), e);
        settle(&b);
        CHECK_TEXT(state_of(&b, notice[0].id), "owed"); /* on the way still */
        end_message(&b, id, row[i].state);
        settle(&b);
        settle(&b);
        CHECK_TEXT(state_of(&b, notice[0].id), row[i].grant);
        CHECK_TEXT(state_of(&b, notice[1].id), row[i].voucher);
        if (strcmp(row[i].grant, "told") == 0) {
            CHECK_INT(counts(&b).push, !row[i].is_reply);
            CHECK_INT(counts(&b).merge, !row[i].is_reply);
            CHECK_INT(counts(&b).reply, row[i].is_reply ? 2 : 0);
        }
        arena_free(a);
        book_close_broken(&b); /* its tries are not those of a real message */
    }
}

static void
a_reversed_grant_is_not_told_of(void **state)
{
    struct notice notice[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct card card;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    book_reverse(&b, book_grant(&b, &card, 3).seq);
    b.now_ms += 30 * 60 * 1000;
    CHECK_INT(held(&b, card.member_id, a, notice), 0);
    book_grant(&b, &card, 1);
    b.now_ms += NOTICE_DELAY_MS;
    CHECK_INT(held(&b, card.member_id, a, notice), 1);
    CHECK_OK(notice_wait(b.db, &notice[0], "free_only", b.now_ms + 1, b.now_ms, &e), e);
    book_reverse(&b, 3);
    CHECK_TEXT(state_of(&b, notice[0].id), "cancelled");
    arena_free(a);
    book_close(&b);
}

static void
every_change_of_mind_is_written_down_once(void **state)
{
    struct notice notice[MAX];
    struct notice_line line[MAX];
    struct arena *a = arena_new(16 * KIB);
    int64_t members[MAX];
    struct card card;
    struct book b;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    book_grant(&b, &card, 3);
    b.now_ms += NOTICE_DELAY_MS;
    CHECK_INT(held(&b, card.member_id, a, notice), 1);
    for (int i = 0; i < 3; i++) {
        b.now_ms += 60000;
        CHECK_OK(notice_wait(b.db, &notice[0], "budget", b.now_ms + 60000, b.now_ms, &e), e);
        CHECK_INT(due_members(&b, members), 0);
    }
    CHECK_OK(notice_wait(b.db, &notice[0], "quiet_hours", b.now_ms + 60000, b.now_ms, &e), e);
    push(&b, &notice[0]);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice_decision"), 3);
    CHECK_OK(notice_log(b.db, card.member_id, line, MAX, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_TEXT(line[0].state, "owed");
    CHECK_TEXT(line[0].step, "push");
    CHECK_TEXT(line[0].reason, "test");
    CHECK_INT(line[0].kind, NOTICE_GRANT);
    arena_free(a);
    book_close(&b);
}

static void
a_reader_is_known_with_wishes_and_past_pushes(void **state)
{
    struct notice_reader reader;
    struct card card;
    struct book b;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    CHECK_OK(notice_reader(b.db, card.member_id, b.now_ms, &reader, &e), e);
    CHECK_INT(reader.language, LANGUAGE_JA);
    CHECK_THAT(reader.is_friend && !reader.has_chance);
    CHECK_INT(reader.pushes, 0);
    CHECK_THAT(reader.wants[TOPIC_RECEIPTS] && reader.wants[TOPIC_REWARDS]);
    CHECK_THAT(!reader.wants[TOPIC_OFFERS] && reader.wants[TOPIC_ALWAYS]);
    CHECK_OK(topic_choose(b.db, card.member_id, TOPIC_OFFERS, true, b.now_ms, &e), e);
    CHECK_OK(topic_choose(b.db, card.member_id, TOPIC_RECEIPTS, true, b.now_ms, &e), e);
    CHECK_OK(topic_choose(b.db, card.member_id, TOPIC_RECEIPTS, false, b.now_ms, &e), e);
    for (int i = 0; i < 3; i++)
        CHECK_OK(outbox_push(b.db, card.member_id, false, STR("{}"), b.now_ms + i, &id, &e), e);
    end_message(&b, 2, "rejected"); /* nobody got that one */
    CHECK_OK(notice_reader(b.db, card.member_id, b.now_ms + DAY_MS, &reader, &e), e);
    CHECK_THAT(reader.wants[TOPIC_OFFERS] && !reader.wants[TOPIC_RECEIPTS]);
    CHECK_INT(reader.pushes, 2);
    CHECK_INT(reader.pushes_ms, b.now_ms + 7 * DAY_MS);
    CHECK_OK(notice_reader(b.db, card.member_id, b.now_ms + 7 * DAY_MS + 2, &reader, &e), e);
    CHECK_INT(reader.pushes, 0);
    CHECK_FAILS(notice_reader(b.db, 99, b.now_ms, &reader, &e), e, ERR_NOT_FOUND, "member_unknown");
    book_close_broken(&b);
}

static void
an_arena_too_small_is_told(void **state)
{
    struct notice notice[MAX];
    struct card card;
    struct book b;
    enum err_code code;
    size_t cap = 0;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    book_grant(&b, &card, 1);
    b.now_ms += NOTICE_DELAY_MS;
    CHECK_OK(notice_hold_due(b.db, b.now_ms, MAX, &n, &e), e);
    do {
        struct arena *a = arena_new(cap += 8);

        code = notice_held(b.db, card.member_id, a, notice, MAX, &n, &e);
        CHECK_THAT(code == OK || code == ERR_INTERNAL);
        arena_free(a);
    } while (code != OK);
    CHECK_THAT(cap > 8);
    book_close(&b);
}

static size_t
reminded(struct book *b, size_t max)
{
    size_t n;
    struct err e;

    CHECK_OK(notice_make_ends(b->db, b->now_ms, max, &n, &e), e);
    return n;
}

/* What was looked at once is not looked at again: on a big book that would never end. */
static void
each_end_of_a_card_is_reminded_of_once_and_the_next_one_too(void **state)
{
    struct book b;
    struct card card[3];
    int64_t plan_id;

    (void)state;
    book_open(&b);
    plan_id =
        book_plan(&b, "{\"name\":\"Ends\",\"unit\":\"point\",\"goal\":0,\"yen_per_point\":100,"
                      "\"expiry\":{\"kind\":\"after\",\"days\":30,\"remind_days\":7}}");
    for (size_t i = 0; i < COUNT(card); i++) {
        card[i] = book_card(&b, plan_id);
        book_grant(&b, &card[i], 500);
    }
    CHECK_INT(reminded(&b, MAX), 0);
    b.now_ms += 25 * DAY_MS;
    CHECK_INT(reminded(&b, 2), 2);
    CHECK_INT(reminded(&b, 2), 1);
    CHECK_INT(reminded(&b, 2), 0);
    book_exec(&b, "UPDATE card SET ends_ms = ends_ms + 1000, is_reminded = 0 WHERE id = %" PRId64,
              card[0].id);
    book_exec(&b, "UPDATE card SET is_reminded = 0 WHERE id = %" PRId64, card[1].id);
    CHECK_INT(reminded(&b, MAX), 2);
    CHECK_INT(reminded(&b, MAX), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice WHERE kind = 'points_lapse'"), 4);
    book_close_broken(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_due_notice_tells_all_a_message_may_say),
        TEST(one_stamp_short_of_a_reward_is_news_of_its_own),
        TEST(a_voucher_is_told_of_with_its_reward),
        TEST(what_the_open_card_showed_is_not_sent_but_a_voucher_is),
        TEST(a_notice_ends_once),
        TEST(how_a_message_ended_is_told_to_its_notices),
        TEST(a_reversed_grant_is_not_told_of),
        TEST(every_change_of_mind_is_written_down_once),
        TEST(a_reader_is_known_with_wishes_and_past_pushes),
        TEST(an_arena_too_small_is_told),
        TEST(each_end_of_a_card_is_reminded_of_once_and_the_next_one_too),
    };

    return cmocka_run_group_tests_name("notice", tests, NULL, NULL);
}
