/*
 * A member is forgotten: nothing tells who it was, and the book still adds up.
 */
#include "domain/erasure.h"

#include "tests/support/book.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/access.h"
#include "domain/birthday.h"
#include "domain/card_number.h"
#include "domain/check.h"
#include "domain/member.h"
#include "domain/notice.h"
#include "domain/staff.h"
#include "domain/terms.h"
#include "domain/topic.h"

#define LINE_ID "U0123456789abcdef0123456789abcdef"

static struct book b;
static struct arena *arena;
static struct err e;

static int
set_up(void **state)
{
    (void)state;
    book_open(&b);
    arena = arena_new(4 * MIB);
    return arena == NULL;
}

static int
tear_down(void **state)
{
    arena_free(arena);
    book_close(&b);
    return check_forget_row(state);
}

#define BOOK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static struct member
enter(const char *line_id, bool *is_new)
{
    const struct member_login login = {.line_id = str_of(line_id),
                                       .name = STR("Somebody"),
                                       .picture = STR("https://profile.line-scdn.net/0h"),
                                       .is_friend = true,
                                       .now_ms = b.now_ms};
    struct member out;

    CHECK_OK(member_enter(b.db, &login, &out, is_new, &e), e);
    return out;
}

static struct card
card_of(int64_t member_id, int64_t plan_id)
{
    struct card card;

    CHECK_OK(card_of_plan(b.db, member_id, plan_id, &card, &e), e);
    return card;
}

static struct erased
erase(int64_t member_id)
{
    struct erased out;

    CHECK_OK(erase_member(b.db, member_id, ERASURE_LEFT, b.now_ms, &out, &e), e);
    return out;
}

/* Terms, wishes, visits that reached rewards, a session, notices. */
static int64_t
busy_member(void)
{
    const struct terms_new terms = {.text = STR("1"), .from_ms = b.now_ms, .now_ms = b.now_ms};
    const struct birthday birthday = {.month = 2, .day = 29};
    char token[TOKEN_SIZE];
    bool is_new;
    int64_t version, id = enter(LINE_ID, &is_new).id;
    struct card stamps = card_of(id, BOOK_STAMPS), points = card_of(id, BOOK_POINTS);

    CHECK_OK(terms_add(b.db, arena, &terms, &version, &e), e);
    CHECK_OK(terms_agree(b.db, id, version, b.now_ms, &e), e);
    CHECK_OK(topic_choose(b.db, id, TOPIC_OFFERS, true, b.now_ms, &e), e);
    CHECK_OK(birthday_save(b.db, id, &birthday, &e), e);
    CHECK_OK(access_open(b.db, ACCESS_MEMBER, id, 0, 0, b.now_ms, token, &e), e);
    book_grant(&b, &stamps, 3);
    book_grant(&b, &points, 73000); /* a round of 500, a voucher at 200 and 500, and 230 left */
    return id;
}

static void
nothing_tells_who_it_was_and_the_book_adds_up(void **state)
{
    int64_t id = busy_member();
    struct card before = card_of(id, BOOK_STAMPS);
    struct erased out;
    struct member member;
    struct str text;

    (void)state;
    CHECK_THAT(book_int(&b, "SELECT count(*) FROM voucher WHERE state = 'issued'") >= 2);
    out = erase(id);
    CHECK_INT(out.cards, 2);
    CHECK_INT(out.units, 3 + 230);
    CHECK_THAT(out.vouchers >= 2);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM voucher WHERE state = 'issued'"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM transfer WHERE kind = 4 AND reason = 'left'"), 2);
    CHECK_INT(book_int(&b, "SELECT sum(balance) FROM system_account WHERE kind = 'expire'"),
              3 + 230);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM identity"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM member_key"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM session"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM consent"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM topic_choice"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM birthday"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM notice WHERE state <> 'cancelled'"), 0);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM audit WHERE act = 'member.left' AND subject = %d",
                       (int)id),
              1);
    CHECK_FAILS(member_find(b.db, STR(LINE_ID), &member, &e), e, ERR_NOT_FOUND, "member_unknown");
    CHECK_OK(member_load(b.db, id, &member, &e), e);
    CHECK_THAT(member.is_erased && !member.is_friend);
    CHECK_OK(member_name(b.db, id, arena, &text, &e), e);
    CHECK_INT(text.n, 0);
    CHECK_FAILS(member_line_id(b.db, id, arena, &text, &e), e, ERR_NOT_FOUND, "member_unknown");
    CHECK_THAT(card_of(id, BOOK_STAMPS).locator != before.locator);
    CHECK_FAILS(erase_member(b.db, id, ERASURE_LEFT, b.now_ms, &out, &e), e, ERR_CONFLICT,
                "member_erased");
    CHECK_FAILS(erase_member(b.db, 99, ERASURE_LEFT, b.now_ms, &out, &e), e, ERR_NOT_FOUND,
                "member_unknown");
}

static void
an_ended_card_takes_part_in_nothing(void **state)
{
    int64_t id = busy_member();
    struct card stamps = card_of(id, BOOK_STAMPS);
    const struct by by = {.now_ms = b.now_ms};
    struct reversal reversal = book_reversal_of(&b, 1, BOOK_MANAGER);
    struct reversal_result undone;
    struct refusal refusal;
    struct grant grant;
    struct grant_result granted;
    int64_t scan_id;

    (void)state;
    b.now_ms += HOUR_MS;
    scan_id = book_scan(&b, &stamps); /* the till had read it a moment before */
    erase(id);
    grant = book_grant_of(&b, scan_id, &stamps, 1);
    CHECK_OK(ledger_grant(b.db, &grant, &granted, &refusal, &e), e);
    CHECK_INT(refusal.kind, REFUSAL_CARD_BLOCKED);
    CHECK_OK(ledger_reverse(b.db, &reversal, &undone, &refusal, &e), e);
    CHECK_INT(refusal.kind, REFUSAL_CARD_BLOCKED);
    CHECK_FAILS(card_unblock(b.db, stamps.id, &by, &e), e, ERR_CONFLICT, "card_ended");
    CHECK_FAILS(card_block(b.db, stamps.id, &by, &e), e, ERR_CONFLICT, "card_ended");
    CHECK_FAILS(card_reissue(b.db, stamps.id, &by, &e), e, ERR_CONFLICT, "card_ended");
}

static void
an_owner_stays_and_staff_stay_staff(void **state)
{
    bool is_new;
    int64_t owner = enter(LINE_ID, &is_new).id;
    int64_t cashier = enter("Ufedcba9876543210fedcba9876543210", &is_new).id;
    struct erased out;
    DB_TX tx = {0};

    (void)state;
    CHECK_OK(staff_declare(b.db, BOOK_OWNER, owner, b.now_ms, &e), e);
    CHECK_OK(staff_declare(b.db, BOOK_CASHIER, cashier, b.now_ms, &e), e);
    CHECK_OK(db_begin(b.db, &tx, &e), e);
    CHECK_FAILS(erase_member(b.db, owner, ERASURE_LEFT, b.now_ms, &out, &e), e, ERR_CONFLICT,
                "still_owner");
    db_rollback(&tx);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM identity"), 2);
    erase(cashier);
    CHECK_INT(book_int(&b,
                       "SELECT count(*) FROM staff WHERE is_active = 1 AND id = %d"
                       " AND member_id IS NULL",
                       BOOK_CASHIER),
              1);
}

static void
who_comes_back_is_new_but_known_to_have_left_for_90_days(void **state)
{
    bool is_new;
    struct member first = enter(LINE_ID, &is_new), again;

    (void)state;
    CHECK_THAT(is_new && !first.is_back);
    erase(first.id);
    b.now_ms += DEPARTED_MS - 1;
    CHECK_OK(departed_sweep(b.db, b.now_ms, &e), e);
    again = enter(LINE_ID, &is_new);
    CHECK_THAT(is_new && again.id != first.id && again.is_back);
    CHECK_INT(card_of(again.id, BOOK_STAMPS).balance, 0);
    erase(again.id);
    b.now_ms += DEPARTED_MS;
    CHECK_OK(departed_sweep(b.db, b.now_ms, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM departed"), 0);
    CHECK_THAT(!enter(LINE_ID, &is_new).is_back);
}

/* The hash that stays says nothing to whoever has an older copy of the book. */
static void
what_stays_of_an_identity_is_another_hash_than_it_had(void **state)
{
    bool is_new;
    int64_t id = enter(LINE_ID, &is_new).id;

    (void)state;
    book_exec(&b, "CREATE TABLE old AS SELECT line_index FROM identity");
    erase(id);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM departed"), 1);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM departed JOIN old ON hash = line_index"), 0);
    book_exec(&b, "DROP TABLE old");
}

static void
a_fixed_number_ends_and_is_never_given_again(void **state)
{
    bool is_new;
    struct member member;
    struct plan_rules rules;
    int64_t version, made;

    (void)state;
    CHECK_OK(plan_load(b.db, BOOK_POINTS, 0, &rules, &e), e);
    rules.number = (struct number_format){.is_set = true,
                                          .type = BARCODE_NW7,
                                          .prefix = "20",
                                          .length = 10,
                                          .check = BARCODE_CHECK_7DR,
                                          .start = 'A',
                                          .stop = 'A'};
    rules.number_per_day = 1;
    CHECK_OK(plan_add_version(b.db, &rules, b.now_ms, &version, &e), e);
    member = enter(LINE_ID, &is_new);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM card_number WHERE ended_ms IS NULL"), 1);
    erase(member.id);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM card_number WHERE ended_ms IS NULL"), 0);
    CHECK_OK(card_number_make_missing(b.db, BOOK_POINTS, b.now_ms, &made, &e), e);
    CHECK_INT(made, 0);
}

/* A new table that points to members has to be thought of in erasure.c, invariant I33 and, if it
 * tells them anything, own_data.c; then it is listed here. */
static void
every_table_that_knows_members_is_known(void **state)
{
    static const char *const known =
        "beacon_visit birthday card consent customer identity identity_closed member_key menu_due"
        " menu_link notice outbox outbox_to recovery_code reply_chance session staff topic_choice";

    (void)state;
    CHECK_INT(book_int(&b,
                       "SELECT '%s' = (SELECT group_concat(name, ' ') FROM (SELECT s.name FROM"
                       " sqlite_schema s, pragma_table_info(s.name) c WHERE s.type = 'table'"
                       " AND c.name = 'member_id' ORDER BY s.name))",
                       known),
              1);
}

/* ---------------------------------------------------------------- the bytes of the file */

static size_t
read_file(const char *path, char **out)
{
    FILE *file = fopen(path, "rb");
    size_t n = 0;

    *out = NULL;
    if (file == NULL)
        return 0;
    fseek(file, 0, SEEK_END);
    n = (size_t)ftell(file);
    *out = malloc(n + 1);
    rewind(file);
    n = fread(*out, 1, n, file);
    fclose(file);
    return n;
}

static bool
file_has(const char *suffix, const void *bytes, size_t n)
{
    char path[300], *text;
    size_t size;
    bool found;

    snprintf(path, sizeof(path), "%s%s", b.path, suffix);
    size = read_file(path, &text);
    found = size > 0 && memmem(text, size, bytes, n) != NULL;
    free(text);
    return found;
}

#define CROWD 400

/* Among many others whose names came and went: the bytes of the wrapped key, which the root key
 * opens, are nowhere. */
static void
the_key_is_not_in_the_file_nor_in_its_log(void **state)
{
    static uint8_t key[CROWD][60];
    char line_id[64];
    int64_t id[CROWD];
    bool is_new;

    (void)state;
    for (int i = 0; i < CROWD; i++) {
        snprintf(line_id, sizeof(line_id), "U%032x", i);
        id[i] = enter(line_id, &is_new).id;
    }
    for (int i = 0; i < 4 * CROWD; i++) { /* profiles of any length move rows from page to page */
        char name[200];
        struct member_login login = {.now_ms = b.now_ms};
        struct member out;

        snprintf(line_id, sizeof(line_id), "U%032x", (i * 7) % CROWD);
        snprintf(name, sizeof(name), "%0*d", 1 + (i * 31) % 60, i);
        login.line_id = str_of(line_id);
        login.name = login.picture = str_of(name);
        CHECK_OK(member_enter(b.db, &login, &out, &is_new, &e), e);
    }
    for (int i = 0; i < CROWD; i++) {
        STMT s = db_stmt(b.db, SQL_IDENTITY_LOAD);

        stmt_bind_int(s, ":member_id", id[i]);
        CHECK_OK(stmt_one(s, "member", &e), e);
        memcpy(key[i], stmt_blob(s, 0).at, sizeof(key[i]));
    }
    CHECK_OK(db_checkpoint(b.db, &e), e);
    CHECK_THAT(file_has("", key[5], sizeof(key[5]))); /* so that the search finds what is there */
    for (int i = 0; i < CROWD; i += 3)
        erase(id[i]);
    CHECK_THAT(db_must_forget(b.db));
    CHECK_OK(db_checkpoint(b.db, &e), e);
    CHECK_THAT(!db_must_forget(b.db));
    for (int i = 0; i < CROWD; i += 3) {
        CHECK_ROW((size_t)i);
        CHECK_THAT(!file_has("", key[i], sizeof(key[i])));
        CHECK_THAT(!file_has("-wal", key[i], sizeof(key[i])));
    }
    CHECK_THAT(file_has("", key[1], sizeof(key[1])));
}

/* The process dies between its answer and the cutting of the log: as app.c opens a book, the next
 * start cuts it. */
static void
what_a_process_that_died_left_in_the_log_is_cleared_at_the_next_start(void **state)
{
    const struct db_options options = {.mode = DB_WRITE};
    uint8_t key[60];
    struct erased out;
    bool is_new;
    int64_t id = enter(LINE_ID, &is_new).id;
    int status;
    pid_t child;

    (void)state;
    {
        STMT s = db_stmt(b.db, SQL_IDENTITY_LOAD);

        stmt_bind_int(s, ":member_id", id);
        CHECK_OK(stmt_one(s, "member", &e), e);
        memcpy(key, stmt_blob(s, 0).at, sizeof(key));
    }
    db_close(b.db);
    child = fork();
    if (child == 0) {
        struct db *db;

        if (db_open(&db, b.path, &options, &e))
            _exit(1);
        db_attach(db, &b.keys);
        b.db = db;
        (void)enter(LINE_ID, &is_new); /* its page is written anew, with the key in it */
        _exit(erase_member(db, id, ERASURE_LEFT, b.now_ms, &out, &e) == OK ? 0 : 1);
    }
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK_INT(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
    CHECK_THAT(file_has("", key, sizeof(key)) || file_has("-wal", key, sizeof(key)));
    CHECK_OK(db_open(&b.db, b.path, &options, &e), e);
    db_attach(b.db, &b.keys);
    db_forget(b.db);
    CHECK_OK(db_checkpoint(b.db, &e), e);
    CHECK_THAT(!file_has("", key, sizeof(key)) && !file_has("-wal", key, sizeof(key)));
    CHECK_INT(book_int(&b, "SELECT count(*) FROM member WHERE erased_why = 'left'"), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BOOK_TEST(nothing_tells_who_it_was_and_the_book_adds_up),
        BOOK_TEST(an_ended_card_takes_part_in_nothing),
        BOOK_TEST(an_owner_stays_and_staff_stay_staff),
        BOOK_TEST(who_comes_back_is_new_but_known_to_have_left_for_90_days),
        BOOK_TEST(what_stays_of_an_identity_is_another_hash_than_it_had),
        BOOK_TEST(a_fixed_number_ends_and_is_never_given_again),
        BOOK_TEST(every_table_that_knows_members_is_known),
        BOOK_TEST(the_key_is_not_in_the_file_nor_in_its_log),
        BOOK_TEST(what_a_process_that_died_left_in_the_log_is_cleared_at_the_next_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
