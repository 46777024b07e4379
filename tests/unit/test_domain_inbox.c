/* Webhook events: kept once, in the order they happened, applied once, then forgotten. */
#include <stdio.h>
#include <string.h>

#include "domain/inbox.h"
#include "domain/outbox.h"
#include "domain/reply_chance.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define EVENT "{\"type\":\"follow\",\"source\":{\"userId\":\"U0123456789abcdef0123456789abcdef\"}}"

static struct inbox_arrival
arrival_of(const struct book *b, const char *id, int64_t at_ms, const char *message_id)
{
    return (struct inbox_arrival){.event_id = str_of(id),
                                  .at_ms = at_ms,
                                  .message_id = str_of(message_id),
                                  .event = STR(EVENT),
                                  .now_ms = b->now_ms};
}

static bool
receive(struct book *b, const char *id, int64_t at_ms)
{
    const struct inbox_arrival arrival = arrival_of(b, id, at_ms, "");
    bool fresh;
    struct err e;

    CHECK_OK(inbox_receive(b->db, &arrival, &fresh, &e), e);
    return fresh;
}

static void
an_event_is_kept_once(void **state)
{
    struct inbox_event event[4];
    struct arena *a = arena_new(4 * KIB);
    struct book b;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_THAT(receive(&b, "01A", b.now_ms - 500));
    CHECK_THAT(!receive(&b, "01A", b.now_ms - 500));
    CHECK_OK(inbox_open(b.db, a, event, 4, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_STR(event[0].event_id, "01A");
    CHECK_INT(event[0].at_ms, b.now_ms - 500);
    CHECK_INT(event[0].received_ms, b.now_ms);
    CHECK_STR(event[0].event, EVENT);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM inbox WHERE instr(event, 'userId') > 0"), 0);

    CHECK_OK(inbox_close(b.db, STR("01A"), true, b.now_ms, &e), e);
    CHECK_THAT(!receive(&b, "01A", b.now_ms)); /* LINE sends it again: it stays known */
    CHECK_OK(inbox_open(b.db, a, event, 4, &n, &e), e);
    CHECK_INT(n, 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM inbox WHERE event IS NULL"), 1);
    arena_free(a);
    book_close(&b);
}

static void
an_event_is_applied_once(void **state)
{
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    receive(&b, "01A", 1);
    receive(&b, "01B", 1);
    CHECK_OK(inbox_close(b.db, STR("01A"), true, b.now_ms, &e), e);
    CHECK_OK(inbox_close(b.db, STR("01B"), false, b.now_ms, &e), e);
    CHECK_FAILS(inbox_close(b.db, STR("01A"), true, b.now_ms, &e), e, ERR_CONFLICT, "event_closed");
    CHECK_FAILS(inbox_close(b.db, STR("01B"), true, b.now_ms, &e), e, ERR_CONFLICT, "event_closed");
    CHECK_FAILS(inbox_close(b.db, STR("01C"), true, b.now_ms, &e), e, ERR_NOT_FOUND,
                "event_unknown");
    book_close(&b);
}

static void
events_come_out_in_the_order_they_happened(void **state)
{
    static const struct {
        const char *id;
        int64_t at_ms;
    } row[] = {{"01A", 4000}, {"01D", 2000}, {"01B", 3000}, {"01C", 2000}};
    struct inbox_event event[4];
    struct arena *a = arena_new(8 * KIB);
    struct book b;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        b.now_ms++;
        receive(&b, row[i].id, row[i].at_ms);
    }
    CHECK_OK(inbox_open(b.db, a, event, 3, &n, &e), e);
    CHECK_INT(n, 3);
    CHECK_STR(event[0].event_id, "01C");
    CHECK_STR(event[1].event_id, "01D");
    CHECK_STR(event[2].event_id, "01B");
    arena_free(a);
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_OK(inbox_close(b.db, str_of(row[i].id), true, b.now_ms, &e), e);
    book_close(&b);
}

static void
an_event_opens_only_under_its_own_name(void **state)
{
    struct inbox_event event[1];
    struct arena *a = arena_new(4 * KIB);
    struct book b;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    receive(&b, "01A", 1);
    book_exec(&b, "UPDATE inbox SET event_id = '01B'");
    CHECK_OK(inbox_open(b.db, a, event, 1, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_THAT(event[0].event.at == NULL);
    arena_free(a);
    book_close_broken(&b);
}

/* In whichever order the two come. */
static void
a_message_taken_back_is_forgotten(void **state)
{
    struct inbox_event event[2];
    struct arena *a = arena_new(8 * KIB);
    struct inbox_arrival arrival;
    struct book b;
    bool fresh, taken_back;
    size_t n;
    struct err e;

    (void)state;
    book_open(&b);
    arrival = arrival_of(&b, "01A", 1, "325708");
    CHECK_OK(inbox_receive(b.db, &arrival, &fresh, &e), e);
    arrival = arrival_of(&b, "01B", 2, "325709");
    CHECK_OK(inbox_receive(b.db, &arrival, &fresh, &e), e);
    CHECK_OK(inbox_is_taken_back(b.db, STR("325708"), &taken_back, &e), e);
    CHECK_THAT(!taken_back); /* it only waits */

    arrival = arrival_of(&b, "01C", 3, "325708");
    CHECK_OK(inbox_unsend(b.db, &arrival, &fresh, &e), e);
    CHECK_THAT(fresh);
    CHECK_OK(inbox_open(b.db, a, event, 2, &n, &e), e);
    CHECK_INT(n, 1);
    CHECK_STR(event[0].event_id, "01B");
    CHECK_INT(book_int(&b, "SELECT count(*) FROM inbox WHERE event_id = '01A'"
                           " AND state = 'ignored' AND event IS NULL"),
              1);
    CHECK_OK(inbox_is_taken_back(b.db, STR("325708"), &taken_back, &e), e);
    CHECK_THAT(taken_back); /* for those who have not heard of it yet */
    CHECK_OK(inbox_is_taken_back(b.db, STR("325709"), &taken_back, &e), e);
    CHECK_THAT(!taken_back);
    CHECK_OK(inbox_unsend(b.db, &arrival, &fresh, &e), e);
    CHECK_THAT(!fresh);

    CHECK_OK(inbox_close(b.db, STR("01B"), true, b.now_ms, &e), e);
    CHECK_OK(inbox_is_taken_back(b.db, STR("325709"), &taken_back, &e), e);
    CHECK_THAT(!taken_back);
    arena_free(a);
    book_close(&b);
}

static void
what_is_old_is_forgotten_unless_something_hangs_on_it(void **state)
{
    static const char *const closed[] = {"01A", "01B", "01C", "01D"};
    struct book b;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    (void)book_card(&b, BOOK_STAMPS);
    receive(&b, "01A", b.now_ms - INBOX_LIFE_MS - 1); /* to be forgotten */
    receive(&b, "01B", b.now_ms - INBOX_LIFE_MS);     /* a moment too young */
    receive(&b, "01C", 1);                            /* answered */
    receive(&b, "01D", 2);                            /* may still be answered */
    receive(&b, "01E", 3);                            /* not applied */
    CHECK_OK(outbox_reply(b.db, STR("01C"), 0, STR("{}"), b.now_ms, &id, &e), e);
    CHECK_OK(reply_chance_keep(b.db, 1, STR("01D"), STR("r"), b.now_ms, &e), e);
    for (size_t i = 0; i < 4; i++)
        CHECK_OK(inbox_close(b.db, str_of(closed[i]), true, b.now_ms, &e), e);
    CHECK_OK(inbox_sweep(b.db, b.now_ms, 0, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM inbox"), 5);
    CHECK_OK(inbox_sweep(b.db, b.now_ms, 10, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM inbox"), 4);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM inbox WHERE event_id = '01A'"), 0);
    CHECK_OK(inbox_close(b.db, STR("01E"), true, b.now_ms, &e), e);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_is_kept_once),
        TEST(an_event_is_applied_once),
        TEST(events_come_out_in_the_order_they_happened),
        TEST(a_message_taken_back_is_forgotten),
        TEST(what_is_old_is_forgotten_unless_something_hangs_on_it),
        TEST(an_event_opens_only_under_its_own_name),
    };

    return cmocka_run_group_tests_name("inbox", tests, NULL, NULL);
}
