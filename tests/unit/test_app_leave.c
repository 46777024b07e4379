/*
 * A member leaves: LINE is told with the live token, nobody can tell any more who it was - not from
 * the book, its log, our log or a copy, not even with the root key - and the book still adds up.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/log.h"
#include "domain/keys.h"
#include "domain/sealed.h"
#include "sim/demo_values.h"
#include "tests/support/harness.h"

#define LEAVE "/api/me/leave"
#define PERSON 1
#define NAME "Shopper 1 (ja)"
#define SAID "what-person-one-said-8841"

static struct browser shopper, other, till;
static char line_id[40];
static char log_path[512];

static int
set_up(void **state)
{
    int fd;

    shopper = other = till = (struct browser){0};
    snprintf(line_id, sizeof(line_id), SIM_USER_ID_FORMAT, (unsigned)PERSON);
    if (harness_set_up(state))
        return -1;
    snprintf(log_path, sizeof(log_path), "%s", check_path("log"));
    fd = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    log_fd_set(fd);
    log_level_set(LOG_DEBUG);
    return fd < 0;
}

static int
tear_down(void **state)
{
    log_fd_set(STDERR_FILENO);
    return harness_tear_down(state);
}
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const char *
access_token(int person)
{
    static char token[2100];
    char path[64];

    snprintf(path, sizeof(path), "/sim/liff-token?person=%d", person);
    ANSWERS(sim_get(path), 200);
    snprintf(token, sizeof(token), "%s", got_text("access_token"));
    return token;
}

static int64_t
deauthorized(void)
{
    ANSWERS(sim_get("/sim/state"), 200);
    return got_int("deauthorized");
}

static bool
nothing_is_owed(void)
{
    return stored_int("SELECT count(*) FROM inbox WHERE state = 'received'") == 0 &&
           stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NULL") == 0;
}

/* An event of person 1, signed as LINE does. */
static void
hear(const char *event_id, const char *rest)
{
    uint8_t mac[SHA256_SIZE];
    char text[BASE64_SIZE(SHA256_SIZE)], header[128], body[1024];
    struct browser line = {.origin = "", .headers = header};
    struct str bytes;

    snprintf(body, sizeof(body),
             "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[{\"mode\":\"active\","
             "\"timestamp\":%lld,\"webhookEventId\":\"%s\",\"deliveryContext\":{\"isRedelivery\":"
             "false},\"source\":{\"type\":\"user\",\"userId\":\"%s\"},%s}]}",
             (long long)harness_now(), event_id, line_id, rest);
    bytes = str_of(body);
    hmac_sha256(SIM_MESSAGING_CHANNEL_SECRET, strlen(SIM_MESSAGING_CHANNEL_SECRET), &bytes, 1, mac);
    base64_encode(mac, sizeof(mac), text);
    snprintf(header, sizeof(header), "x-line-signature: %s\r\n", text);
    ANSWERS(ask(&line, "POST", "/line/webhook", "application/json", bytes), 200);
    UNTIL(nothing_is_owed());
}

/* Everything a member does: both logins, visits, a voucher, messages both ways. */
static void
live(void)
{
    struct browser desk = {0};

    login_liff(&shopper, PERSON);
    CHECK_TEXT(login_web(&desk, PERSON, "/card"), "/card");
    login_liff(&other, 2);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    (void)grant_stamps(&till, &shopper, 3);
    (void)grant_stamps(&till, &other, 2);
    UNTIL(nothing_is_owed());
    harness_advance(MINUTE_MS);
    UNTIL(nothing_is_owed());
    hear("01JGFJJZ0000000000000000AA",
         "\"type\":\"message\",\"replyToken\":\"a-reply-token-of-person-one\",\"message\":{\"id\":"
         "\"1\",\"type\":\"text\",\"quoteToken\":\"q\",\"text\":\"" SAID "\"}");
    hear("01JGFJJZ0000000000000000AB", "\"type\":\"unfollow\"");
    hear("01JGFJJZ0000000000000000AC", "\"type\":\"follow\",\"replyToken\":\"another-token\","
                                       "\"follow\":{\"isUnblocked\":true}");
    ANSWERS(get(&shopper, "/card"), 200);
    ANSWERS(get(&shopper, "/api/profile"), 200);
    CHECK_TEXT(got_text("name"), NAME);
}

/* ---------------------------------------------------------------- leaving */

static void
whoever_leaves_is_gone_and_line_is_told(void **state)
{
    (void)state;
    live();
    ANSWERS(post(&shopper, LEAVE, NULL, "{\"confirm\":\"leave\",\"access_token\":\"%s\"}",
                 access_token(PERSON)),
            200);
    CHECK_THAT(got_true("told"));
    CHECK_INT(deauthorized(), 1);
    CHECK_THAT(cookie_of(&shopper, "__Host-m") == NULL);
    CHECK_INT(stored_int("SELECT count(*) FROM session WHERE kind = 'member'"),
              1); /* the other's */
    CHECK_INT(stored_int("SELECT count(*) FROM member WHERE erased_why = 'left'"), 1);
    ANSWERS(get(&till, "/api/till/today"), 200); /* still lists what was done */
    CHECK_INT(got_int("items.0.transfer"), 2);
    CHECK_THAT(json_is_null(got("items.1.name")));
    stored_is_sound();
    login_liff(&shopper, PERSON);
    CHECK_TEXT(got_text("member"), "new");
    ANSWERS(get(&shopper, "/api/card"), 200);
    CHECK_INT(got_int("card.balance"), 0);
    CHECK_INT(stored_int("SELECT is_back FROM member ORDER BY id DESC"), 1);
}

static void
without_lines_answer_the_member_leaves_all_the_same(void **state)
{
    (void)state;
    login_liff(&shopper, PERSON);
    login_liff(&other, 2);
    ANSWERS(post(&shopper, LEAVE, NULL, "{\"confirm\":\"leave\",\"access_token\":null}"), 200);
    CHECK_THAT(!got_true("told")); /* a browser has none */
    ANSWERS(
        post(&other, LEAVE, NULL, "{\"confirm\":\"leave\",\"access_token\":\"over-since-long\"}"),
        200);
    CHECK_THAT(!got_true("told")); /* 400 of LINE's */
    login_liff(&shopper, 3);
    ANSWERS(sim_post("/sim/faults", "{\"path\":\"/user/v1/deauthorize\",\"kind\":\"500_before\"}"),
            200);
    ANSWERS(post(&shopper, LEAVE, NULL, "{\"confirm\":\"leave\",\"access_token\":\"%s\"}",
                 access_token(3)),
            200);
    CHECK_THAT(!got_true("told"));
    CHECK_INT(deauthorized(), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM identity"), 0);
    stored_is_sound();
}

static void
who_is_not_sure_stays(void **state)
{
    uint64_t before;

    (void)state;
    login_liff(&shopper, PERSON);
    before = stored_hash();
    REFUSES(post(&shopper, LEAVE, NULL, "{\"confirm\":\"yes\"}"), 400, "field_range");
    REFUSES(post(&shopper, LEAVE, NULL, "{}"), 400, "field_missing");
    REFUSES(post(&other, LEAVE, NULL, "{\"confirm\":\"leave\"}"), 401, "session_missing");
    shopper.origin = "https://evil.example";
    REFUSES(post(&shopper, LEAVE, NULL, "{\"confirm\":\"leave\"}"), 403, "origin_foreign");
    shopper.origin = NULL;
    CHECK_THAT(stored_hash() == before);
    ANSWERS(get(&shopper, "/api/card"), 200);
}

static void
an_owner_has_to_stay(void **state)
{
    (void)state;
    login_liff(&shopper, PERSON);
    ANSWERS(post(&shopper, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    REFUSES(post(&shopper, LEAVE, NULL, "{\"confirm\":\"leave\"}"), 409, "still_owner");
    ANSWERS(get(&shopper, "/api/card"), 200);
}

static void
an_open_card_hears_that_it_is_over(void **state)
{
    struct events *open;

    (void)state;
    login_liff(&shopper, PERSON);
    open = events_open(&shopper, "/api/events");
    ANSWERS(post(&shopper, LEAVE, NULL, "{\"confirm\":\"leave\"}"), 200);
    CHECK_THAT(events_ended(open));
    events_close(open);
}

/* ---------------------------------------------------------------- the bytes */

static const char *const traces[] = {
    NAME, "Shopper 1", line_id, "/sim/picture/1", SAID, "a-reply-token-of-person-one"};

static char *
read_all(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    char *text;

    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *n = (size_t)ftell(file);
    rewind(file);
    text = malloc(*n + 1);
    assert_non_null(text);
    *n = fread(text, 1, *n, file);
    fclose(file);
    return text;
}

static bool
has_key(const char *path, const uint8_t key[60])
{
    size_t n;
    char *text = read_all(path, &n);
    bool found = memmem(text, n, key, 60) != NULL;

    free(text);
    return found;
}

static void
has_none_of(const char *path, const uint8_t key[60])
{
    size_t n;
    char *text = read_all(path, &n);

    for (size_t i = 0; i < COUNT(traces); i++)
        if (memmem(text, n, traces[i], strlen(traces[i])) != NULL)
            fail_msg("%s has \"%s\"", path, traces[i]);
    free(text);
    if (has_key(path, key))
        fail_msg("%s has the key", path);
}

/* As a backup program would: with SQLite's own interface, from beside. */
static void
copy_book(const char *to)
{
    char from[512];
    sqlite3 *source, *copy;
    sqlite3_backup *backup;

    snprintf(from, sizeof(from), "%s/" DATA_BOOK, here.dir);
    assert_int_equal(sqlite3_open_v2(from, &source, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_open(to, &copy), SQLITE_OK);
    backup = sqlite3_backup_init(copy, "main", source, "main");
    assert_non_null(backup);
    assert_int_equal(sqlite3_backup_step(backup, -1), SQLITE_DONE);
    sqlite3_backup_finish(backup);
    sqlite3_close(copy);
    sqlite3_close(source);
}

static void
load_wrapped_key(uint8_t out[60])
{
    const char *hex = stored_text("SELECT hex(k.wrapped) FROM member_key k ORDER BY k.member_id");
    size_t n = 0;

    assert_int_equal(strlen(hex), 120);
    for (; n < 60; n++) {
        unsigned byte;

        assert_int_equal(sscanf(hex + 2 * n, "%2x", &byte), 1);
        out[n] = (uint8_t)byte;
    }
}

/* Every answer that is kept, opened with the key that keeps them. */
static void
kept_answers_name_nobody(const struct keys *keys)
{
    char path[512];
    sqlite3 *db;
    sqlite3_stmt *s;
    int answers = 0;

    snprintf(path, sizeof(path), "%s/" DATA_BOOK, here.dir);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT 'answer:' || lower(hex(request_key)), body FROM answer", -1,
                           &s, NULL),
        SQLITE_OK);
    for (; sqlite3_step(s) == SQLITE_ROW; answers++) {
        const struct str sealed = {sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1)};
        struct arena *a = arena_new(1 * MIB);
        struct str text;
        struct err e;

        CHECK_OK(sealed_open(keys->kept, sealed, str_of((const char *)sqlite3_column_text(s, 0)), a,
                             &text, &e),
                 e);
        for (size_t t = 0; t < COUNT(traces); t++)
            CHECK_THAT(memmem(text.at, text.n, traces[t], strlen(traces[t])) == NULL);
        arena_free(a);
    }
    CHECK_INT(answers, 2);
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void
no_byte_of_them_is_left_anywhere(void **state)
{
    uint8_t key[60];
    char path[600];
    DIR *folder;
    const struct dirent *entry;
    struct keys keys;
    struct err e;
    int files = 0;

    (void)state;
    live();
    load_wrapped_key(key);
    snprintf(path, sizeof(path), "%s/" DATA_BOOK "-wal", here.dir);
    CHECK_THAT(has_key(path, key)); /* so that the search finds what is there */
    ANSWERS(post(&shopper, LEAVE, NULL, "{\"confirm\":\"leave\",\"access_token\":\"%s\"}",
                 access_token(PERSON)),
            200);
    snprintf(path, sizeof(path), "%s/" DATA_BOOK "-wal", here.dir);
    UNTIL(!has_key(path, key)); /* the writer cuts it behind the answer */
    snprintf(path, sizeof(path), "%s/copy.db", here.dir);
    copy_book(path);
    folder = opendir(here.dir);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", here.dir, entry->d_name);
        if (strstr(entry->d_name, "control") == NULL) {
            has_none_of(path, key);
            files++;
        }
    }
    closedir(folder);
    CHECK_THAT(files >= 4); /* the book, its log and index, the copy ... */
    has_none_of(log_path, key);
    snprintf(path, sizeof(path), "%s/" DATA_ROOT_KEY, here.dir);
    CHECK_OK(keys_load(path, &keys, &e), e);
    kept_answers_name_nobody(&keys);
    CHECK_INT(stored_int("SELECT count(*) FROM inbox WHERE event IS NOT NULL"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM outbox WHERE length(body) > 0"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM notice WHERE detail IS NOT NULL"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM reply_chance WHERE member_id = 1"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM member_key"), 1); /* the other's opens only theirs */
    stored_is_sound();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(whoever_leaves_is_gone_and_line_is_told),
        STORY(without_lines_answer_the_member_leaves_all_the_same),
        STORY(who_is_not_sure_stays),
        STORY(an_owner_has_to_stay),
        STORY(an_open_card_hears_that_it_is_over),
        STORY(no_byte_of_them_is_left_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
