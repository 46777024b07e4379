/* Notices: shown for nothing, owed, or dropped; each ends exactly once. */
#include <inttypes.h>
#include <string.h>

#include "domain/member.h"
#include "domain/notice.h"
#include "domain/outbox.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define MAX 8

/* What is due now; its texts live until the arena goes. */
static size_t
due(struct book *b, struct arena *a, struct notice out[MAX])
{
    size_t n;
    struct err e;

    CHECK_OK(notice_due(b->db, b->now_ms, a, out, MAX, &n, &e), e);
    return n;
}

/* INT64_MAX: none. */
static int64_t
next_ms(struct book *b)
{
    return book_int(b,
                    "SELECT coalesce(min(due_ms), %" PRId64 ") FROM notice WHERE state = 'waiting'",
                    INT64_MAX);
}

static void
check_counts(struct book *b, int64_t since_ms, int64_t waiting, int64_t seen, int64_t sent,
             int64_t failed)
{
    struct notice_counts counts;
    struct err e;

    CHECK_OK(notice_count_since(b->db, since_ms, &counts, &e), e);
    CHECK_INT(counts.waiting, waiting);
    CHECK_INT(counts.seen, seen);
    CHECK_INT(counts.sent, sent);
    CHECK_INT(counts.failed, failed);
}

static void
a_due_notice_tells_all_a_message_may_say(void **state)
{
    struct notice notice[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct grant_result grant;
    struct card card;
    struct book b;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    CHECK_INT(next_ms(&b), INT64_MAX);
    grant = book_grant(&b, &card, 3);
    CHECK_INT(next_ms(&b), b.now_ms + NOTICE_DELAY_MS);
    CHECK_INT(due(&b, a, notice), 0);
    b.now_ms += NOTICE_DELAY_MS;
    CHECK_INT(due(&b, a, notice), 1);
    CHECK_INT(notice[0].id, grant.notice_id);
    CHECK_INT(notice[0].member_id, card.member_id);
    CHECK_INT(notice[0].card_id, card.id);
    CHECK_INT(notice[0].plan_id, BOOK_STAMPS);
    CHECK_THAT(!notice[0].is_voucher && notice[0].is_stamp && notice[0].is_friend);
    CHECK_INT(notice[0].language, LANGUAGE_JA);
    CHECK_STR(notice[0].plan_name, "Stamps");
    CHECK_STR(notice[0].shop_name, "ueno");
    CHECK_STR(notice[0].reward_title, "");
    CHECK_INT(notice[0].amount, 3);
    CHECK_INT(notice[0].balance, 3);
    CHECK_INT(notice[0].goal, 10);
    CHECK_INT(notice[0].at_ms, grant.at_ms);
    CHECK_INT(notice[0].utc_offset_min, 9 * 60);
    CHECK_INT(notice[0].voucher_id, 0);
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
    size_t n;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_POINTS); /* which tells of vouchers only */
    grant = book_grant(&b, &card, 20000);
    CHECK_INT(grant.vouchers_n, 1);
    b.now_ms += NOTICE_DELAY_MS;
    n = due(&b, a, notice);
    CHECK_INT(n, 1);
    CHECK_THAT(notice[0].is_voucher && !notice[0].is_stamp && notice[0].voucher_is_open);
    CHECK_INT(notice[0].voucher_id, grant.voucher[0].id);
    CHECK_INT(notice[0].expires_ms, grant.voucher[0].expires_ms);
    CHECK_STR(notice[0].reward_title, "Sticker");
    book_redeem(&b, grant.voucher[0].id);
    CHECK_INT(due(&b, a, notice), 1);
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
    b.now_ms += NOTICE_DELAY_MS;
    n = due(&b, a, notice);
    CHECK_INT(n, 2);
    for (size_t i = 0; i < n; i++) {
        CHECK_ROW(i);
        CHECK_FAILS(notice_seen(b.db, notice[i].id, other.member_id, &e), e, ERR_NOT_FOUND,
                    "notice_unknown");
        CHECK_OK(notice_seen(b.db, notice[i].id, card.member_id, &e), e);
        CHECK_OK(notice_seen(b.db, notice[i].id, card.member_id, &e), e);
    }
    CHECK_INT(due(&b, a, notice), 1);
    CHECK_THAT(notice[0].is_voucher);
    CHECK_FAILS(notice_seen(b.db, 99, card.member_id, &e), e, ERR_NOT_FOUND, "notice_unknown");
    check_counts(&b, BOOK_NOW_MS, 1, 1, 0, 0);
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
    CHECK_INT(due(&b, a, notice), 3);
    CHECK_OK(notice_owe(b.db, &notice[0], STR("{}"), b.now_ms, &e), e);
    CHECK_OK(notice_drop(b.db, notice[1].id, true, &e), e);
    CHECK_OK(notice_drop(b.db, notice[2].id, false, &e), e);
    for (size_t i = 0; i < 3; i++) {
        DB_TX tx = {0};

        CHECK_ROW(i);
        CHECK_OK(db_begin(b.db, &tx, &e), e);
        CHECK_FAILS(notice_owe(b.db, &notice[i], STR("{}"), b.now_ms, &e), e, ERR_CONFLICT,
                    "notice_ended");
        db_rollback(&tx);
        CHECK_FAILS(notice_drop(b.db, notice[i].id, false, &e), e, ERR_CONFLICT, "notice_ended");
        CHECK_OK(notice_seen(b.db, notice[i].id, card.member_id, &e), e);
    }
    CHECK_INT(book_int(&b, "SELECT count(*) FROM outbox"), 1);
    CHECK_INT(due(&b, a, notice), 0);
    CHECK_INT(next_ms(&b), INT64_MAX);
    check_counts(&b, BOOK_NOW_MS, 1, 1, 0, 0); /* on the way, and kept until the card was opened */
    arena_free(a);
    book_close(&b);
}

static void
a_reversed_grant_is_not_told_of(void **state)
{
    struct notice notice[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct card card;
    struct book b;

    (void)state;
    book_open(&b);
    card = book_card(&b, BOOK_STAMPS);
    book_reverse(&b, book_grant(&b, &card, 3).seq);
    b.now_ms += NOTICE_DELAY_MS;
    CHECK_INT(due(&b, a, notice), 0);
    check_counts(&b, BOOK_NOW_MS, 0, 0, 0, 0);
    arena_free(a);
    book_close(&b);
}

static void
counting_begins_with_the_time_asked_for(void **state)
{
    struct outbox_taken taken;
    struct notice notice[MAX];
    struct outbox_item item[MAX];
    struct arena *a = arena_new(16 * KIB);
    struct card card;
    struct book b;
    int64_t half_ms = 0;
    struct err e;

    (void)state;
    book_open(&b);
    book_exec(&b, "UPDATE message_policy SET budget = 100");
    check_counts(&b, 0, 0, 0, 0, 0); /* an empty book */
    for (size_t i = 0; i < 4; i++) {
        card = book_card(&b, BOOK_STAMPS);
        book_grant(&b, &card, 1);
        if (i == 2)
            half_ms = b.now_ms;
    }
    b.now_ms += NOTICE_DELAY_MS;
    CHECK_INT(due(&b, a, notice), 4);
    for (size_t i = 0; i < 4; i++)
        CHECK_OK(notice_owe(b.db, &notice[i], STR("{}"), b.now_ms, &e), e);
    CHECK_OK(outbox_take(b.db, b.now_ms, a, item, 3, &taken, &e), e);
    CHECK_INT(taken.items, 3);
    CHECK_OK(outbox_outcome(b.db, item[0].id, 1, OUTBOX_SENT, 0, 200, STR(""), b.now_ms, &e), e);
    CHECK_OK(outbox_outcome(b.db, item[1].id, 1, OUTBOX_QUOTA, 0, 429, STR(""), b.now_ms, &e), e);
    check_counts(&b, 0, 2, 0, 1, 1);
    check_counts(&b, half_ms, 2, 0, 0, 0);
    check_counts(&b, half_ms + 1, 1, 0, 0, 0);
    check_counts(&b, b.now_ms, 0, 0, 0, 0);
    arena_free(a);
    book_close(&b);
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
    do {
        struct arena *a = arena_new(cap += 8);

        code = notice_due(b.db, b.now_ms, a, notice, MAX, &n, &e);
        CHECK_THAT(code == OK || code == ERR_INTERNAL);
        arena_free(a);
    } while (code != OK);
    CHECK_THAT(cap > 8);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_due_notice_tells_all_a_message_may_say),
        TEST(a_voucher_is_told_of_with_its_reward),
        TEST(what_the_open_card_showed_is_not_sent_but_a_voucher_is),
        TEST(a_notice_ends_once),
        TEST(a_reversed_grant_is_not_told_of),
        TEST(counting_begins_with_the_time_asked_for),
        TEST(an_arena_too_small_is_told),
    };

    return cmocka_run_group_tests_name("notice", tests, NULL, NULL);
}
