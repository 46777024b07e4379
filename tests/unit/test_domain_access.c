/* Sessions: how long they live, which make way for newer ones, and what may happen only once. */
#include <string.h>

#include "base/clock.h"
#include "domain/access.h"
#include "domain/member.h"
#include "domain/staff.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

static int64_t
member(struct book *b)
{
    struct member_login login = {.line_id = STR("U00000000000000000000000000000001"),
                                 .now_ms = b->now_ms};
    struct member out;
    bool is_new;
    struct err e;

    CHECK_OK(member_enter(b->db, &login, &out, &is_new, &e), e);
    return out.id;
}

/* A session of each kind for somebody who may have one. */
static void
open_one(struct book *b, enum access_kind kind, int64_t member_id, char token[TOKEN_SIZE])
{
    static const struct {
        int64_t till_id, staff_id;
    } who[] = {
        [ACCESS_MEMBER] = {0, 0},
        [ACCESS_TILL] = {BOOK_UENO_TILL, 0},
        [ACCESS_STAFF] = {BOOK_UENO_TILL, BOOK_CASHIER},
        [ACCESS_OWNER] = {0, BOOK_OWNER},
    };
    bool has_member = kind == ACCESS_MEMBER || kind == ACCESS_OWNER;
    struct err e;

    CHECK_OK(access_open(b->db, kind, has_member ? member_id : 0, who[kind].till_id,
                         who[kind].staff_id, b->now_ms, token, &e),
             e);
}

static const char *
found(struct book *b, enum access_kind kind, const char *token, struct access *out)
{
    uint8_t hash[SHA256_SIZE];
    struct err e;

    sha256(token, strlen(token), hash);
    return access_find(b->db, kind, hash, b->now_ms, out, &e) ? e.word : "found";
}

static void
a_session_is_found_by_its_token_and_kind_alone(void **state)
{
    char token[TOKEN_SIZE];
    struct access access;
    struct book b;
    int64_t id;

    (void)state;
    book_open(&b);
    id = member(&b);
    open_one(&b, ACCESS_MEMBER, id, token);
    CHECK_TEXT(found(&b, ACCESS_MEMBER, token, &access), "found");
    CHECK_INT(access.member_id, id);
    CHECK_INT(access.till_id + access.shop_id + access.staff_id + access.role, 0);
    CHECK_INT(access.seen_ms, b.now_ms);
    CHECK_TEXT(found(&b, ACCESS_OWNER, token, &access), "session_unknown");
    CHECK_TEXT(found(&b, ACCESS_MEMBER, "another", &access), "session_unknown");

    open_one(&b, ACCESS_STAFF, id, token);
    CHECK_TEXT(found(&b, ACCESS_STAFF, token, &access), "found");
    CHECK_INT(access.till_id, BOOK_UENO_TILL);
    CHECK_INT(access.shop_id, BOOK_UENO);
    CHECK_INT(access.staff_id, BOOK_CASHIER);
    CHECK_INT(access.role, CASHIER);
    book_close(&b);
}

static void
sessions_end_when_idle_and_in_the_end_anyway(void **state)
{
    static const struct {
        enum access_kind kind;
        int64_t idle_ms, absolute_ms;
    } row[] = {
        {ACCESS_MEMBER, 14 * DAY_MS, 90 * DAY_MS},
        {ACCESS_TILL, 60 * DAY_MS, 400 * DAY_MS},
        {ACCESS_STAFF, 15 * MINUTE_MS, 12 * HOUR_MS},
        {ACCESS_OWNER, 15 * MINUTE_MS, 8 * HOUR_MS},
    };
    char token[TOKEN_SIZE];
    struct access access;
    struct book b;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    id = member(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t start_ms = b.now_ms;

        CHECK_ROW(i);
        CHECK_INT(access_life(row[i].kind).idle_ms, row[i].idle_ms);
        CHECK_INT(access_life(row[i].kind).absolute_ms, row[i].absolute_ms);
        open_one(&b, row[i].kind, id, token);
        b.now_ms = start_ms + row[i].idle_ms - 1;
        CHECK_TEXT(found(&b, row[i].kind, token, &access), "found");
        b.now_ms++;
        CHECK_TEXT(found(&b, row[i].kind, token, &access), "session_over");

        open_one(&b, row[i].kind, id, token);
        start_ms = b.now_ms;
        while (b.now_ms + row[i].idle_ms - 1 < start_ms + row[i].absolute_ms) {
            b.now_ms += row[i].idle_ms - 1;
            CHECK_TEXT(found(&b, row[i].kind, token, &access), "found");
            CHECK_OK(access_touch(b.db, access.session_id, b.now_ms, &e), e);
        }
        b.now_ms = start_ms + row[i].absolute_ms - 1;
        CHECK_TEXT(found(&b, row[i].kind, token, &access), "found");
        b.now_ms++;
        CHECK_TEXT(found(&b, row[i].kind, token, &access), "session_over");
    }
    book_close(&b);
}

static void
a_member_keeps_the_newest_five_and_an_owner_two(void **state)
{
    char token[7][TOKEN_SIZE];
    struct access access;
    struct book b;
    int64_t id;

    (void)state;
    book_open(&b);
    id = member(&b);
    for (size_t i = 0; i < 7; i++)
        open_one(&b, ACCESS_MEMBER, id, token[i]);
    for (size_t i = 0; i < 7; i++) {
        CHECK_ROW(i);
        CHECK_TEXT(found(&b, ACCESS_MEMBER, token[i], &access),
                   i < 2 ? "session_unknown" : "found");
    }
    for (size_t i = 0; i < 3; i++)
        open_one(&b, ACCESS_OWNER, id, token[i]);
    for (size_t i = 0; i < 3; i++) {
        CHECK_ROW(i);
        CHECK_TEXT(found(&b, ACCESS_OWNER, token[i], &access), i < 1 ? "session_unknown" : "found");
    }
    CHECK_TEXT(found(&b, ACCESS_MEMBER, token[6], &access), "found"); /* each kind by itself */
    book_close(&b);
}

static void
a_till_has_one_session_and_one_person(void **state)
{
    char till[TOKEN_SIZE], first[TOKEN_SIZE], second[TOKEN_SIZE], newer[TOKEN_SIZE];
    struct access access;
    struct book b;
    struct err e;

    (void)state;
    book_open(&b);
    open_one(&b, ACCESS_TILL, 0, till);
    open_one(&b, ACCESS_STAFF, 0, first);
    CHECK_OK(access_open(b.db, ACCESS_STAFF, 0, BOOK_UENO_TILL, BOOK_MANAGER, b.now_ms, second, &e),
             e);
    CHECK_TEXT(found(&b, ACCESS_STAFF, first, &access), "session_unknown");
    CHECK_TEXT(found(&b, ACCESS_STAFF, second, &access), "found");
    CHECK_TEXT(found(&b, ACCESS_TILL, till, &access), "found");

    CHECK_OK(access_open(b.db, ACCESS_TILL, 0, BOOK_UENO_TILL_2, 0, b.now_ms, newer, &e), e);
    CHECK_TEXT(found(&b, ACCESS_TILL, till, &access), "found"); /* another till's */
    open_one(&b, ACCESS_TILL, 0, newer);
    CHECK_TEXT(found(&b, ACCESS_TILL, till, &access), "session_unknown");
    CHECK_TEXT(found(&b, ACCESS_STAFF, second, &access), "session_unknown");
    CHECK_TEXT(found(&b, ACCESS_TILL, newer, &access), "found");
    CHECK_OK(access_end(b.db, access.session_id, &e), e);
    CHECK_TEXT(found(&b, ACCESS_TILL, newer, &access), "session_unknown");
    CHECK_OK(access_end(b.db, access.session_id, &e), e); /* and once more is no error */
    book_close(&b);
}

static void
who_may_no_longer_stand_there_is_out_at_once(void **state)
{
    static const struct {
        enum access_kind kind;
        const char *event, *undo;
    } row[] = {
        {ACCESS_STAFF, "UPDATE staff SET is_active = 0, ended_ms = 1 WHERE id = 1",
         "UPDATE staff SET is_active = 1, ended_ms = NULL WHERE id = 1"},
        {ACCESS_STAFF, "UPDATE staff SET shop_id = 2, name = 'moved' WHERE id = 1",
         "UPDATE staff SET shop_id = 1, name = 'cashier' WHERE id = 1"},
        {ACCESS_STAFF, "UPDATE till SET state = 'revoked', revoked_ms = 1 WHERE id = 1",
         "UPDATE till SET state = 'enrolled', revoked_ms = NULL WHERE id = 1"},
        {ACCESS_TILL, "UPDATE till SET state = 'revoked', revoked_ms = 1 WHERE id = 1",
         "UPDATE till SET state = 'enrolled', revoked_ms = NULL WHERE id = 1"},
        {ACCESS_OWNER, "UPDATE staff SET is_active = 0, ended_ms = 1 WHERE id = 3",
         "UPDATE staff SET is_active = 1, ended_ms = NULL WHERE id = 3"},
    };
    char token[TOKEN_SIZE];
    struct access access;
    struct book b;
    int64_t id;

    (void)state;
    book_open(&b);
    id = member(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        open_one(&b, row[i].kind, id, token);
        CHECK_TEXT(found(&b, row[i].kind, token, &access), "found");
        book_exec(&b, "%s", row[i].event);
        CHECK_TEXT(found(&b, row[i].kind, token, &access), "session_over");
        book_exec(&b, "%s", row[i].undo);
    }
    open_one(&b, ACCESS_STAFF, id, token);
    book_exec(&b, "UPDATE staff SET role = 2 WHERE id = 1");
    CHECK_TEXT(found(&b, ACCESS_STAFF, token, &access), "found");
    CHECK_INT(access.role, MANAGER); /* the role of now */
    book_close(&b);
}

/* ---------------------------------------------------------------- when it was proven */

static void
a_login_is_fresh_for_ten_minutes_and_not_before_it_was(void **state)
{
    static const int64_t now_ms = INT64_C(1775005200000);
    static const struct {
        int64_t ago_ms;
        bool is_fresh;
    } row[] = {
        {0, true},
        {10 * MINUTE_MS - 1, true},
        {10 * MINUTE_MS, false},
        {90 * DAY_MS, false},
        {-5 * SECOND_MS, true}, /* the clock was put right by a little */
        {-5 * SECOND_MS - 1, false},
        {-365 * DAY_MS, false},          /* it was set back, and that is no proof for a year */
        {INT64_C(1775005200000), false}, /* nobody knows when */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(access_is_fresh(now_ms - row[i].ago_ms, now_ms), row[i].is_fresh);
    }
}

static void
a_session_tells_when_its_member_proved_it(void **state)
{
    static const struct {
        int64_t ago_ms;
        int64_t told_ago_ms; /* -1: nobody knows */
    } row[] = {{0, 0}, {MINUTE_MS, MINUTE_MS}, {-MINUTE_MS, 0}, {BOOK_NOW_MS, -1}};
    char token[TOKEN_SIZE];
    struct access access;
    struct book b;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    id = member(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_OK(access_open_proven(b.db, id, b.now_ms - row[i].ago_ms, b.now_ms, token, &e), e);
        CHECK_TEXT(found(&b, ACCESS_MEMBER, token, &access), "found");
        CHECK_INT(access.login_ms, row[i].told_ago_ms < 0 ? 0 : b.now_ms - row[i].told_ago_ms);
    }
    open_one(&b, ACCESS_MEMBER, id, token);
    CHECK_TEXT(found(&b, ACCESS_MEMBER, token, &access), "found");
    CHECK_INT(access.login_ms, 0);
    book_close(&b);
}

/* ---------------------------------------------------------------- once only */

static bool
burn(struct book *b, const char *what, const char *device)
{
    uint8_t hash[SHA256_SIZE];
    bool fresh;
    struct err e;

    sha256(what, strlen(what), hash);
    CHECK_OK(access_burn(b->db, hash, str_of(device), b->now_ms + HOUR_MS, &fresh, &e), e);
    return fresh;
}

static void
what_is_burnt_is_fresh_only_to_the_same_device(void **state)
{
    struct book b;

    (void)state;
    book_open(&b);
    CHECK_THAT(burn(&b, "token", "phone"));
    CHECK_THAT(burn(&b, "token", "phone"));
    CHECK_THAT(!burn(&b, "token", "thief"));
    CHECK_THAT(!burn(&b, "token", ""));
    CHECK_THAT(burn(&b, "token", "phone"));
    CHECK_THAT(burn(&b, "state", ""));
    CHECK_THAT(!burn(&b, "state", "")); /* no device is no excuse */
    CHECK_THAT(!burn(&b, "state", "phone"));
    book_close(&b);
}

static void
sweeping_forgets_what_is_over_and_nothing_else(void **state)
{
    char link[TOKEN_SIZE], token[TOKEN_SIZE];
    struct access access;
    struct book b;
    int64_t id;
    struct err e;

    (void)state;
    book_open(&b);
    id = member(&b);
    burn(&b, "token", "");
    CHECK_OK(owner_link_make(b.db, b.now_ms, link, &e), e);
    open_one(&b, ACCESS_TILL, id, token);
    open_one(&b, ACCESS_OWNER, id, token);
    open_one(&b, ACCESS_MEMBER, id, token);
    CHECK_OK(access_sweep(b.db, b.now_ms, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM session"), 3);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM burnt"), 1);

    b.now_ms += HOUR_MS;
    CHECK_OK(access_sweep(b.db, b.now_ms, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM session WHERE kind = 'owner'"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM session"), 2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM burnt"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM owner_link"), 1);

    b.now_ms += 14 * DAY_MS;
    CHECK_TEXT(found(&b, ACCESS_MEMBER, token, &access), "session_over");
    CHECK_OK(access_sweep(b.db, b.now_ms, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM session WHERE kind = 'till'"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM session"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM owner_link"), 0);
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_session_is_found_by_its_token_and_kind_alone),
        TEST(sessions_end_when_idle_and_in_the_end_anyway),
        TEST(a_member_keeps_the_newest_five_and_an_owner_two),
        TEST(a_till_has_one_session_and_one_person),
        TEST(who_may_no_longer_stand_there_is_out_at_once),
        TEST(a_login_is_fresh_for_ten_minutes_and_not_before_it_was),
        TEST(a_session_tells_when_its_member_proved_it),
        TEST(what_is_burnt_is_fresh_only_to_the_same_device),
        TEST(sweeping_forgets_what_is_over_and_nothing_else),
    };

    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
