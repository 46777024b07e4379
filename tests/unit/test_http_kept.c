/* Answers kept: for whom, how long, in how much room, and with the time of now. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "http/kept.h"
#include "tests/support/check.h"

#define NOW_MS INT64_C(1775005200000)
#define ROOM (64 * 1024)

static struct versions *versions;
static struct kept *kept;
static struct arena *arena;

static int
set_up(void **state)
{
    versions = versions_new();
    kept = kept_new(ROOM, versions);
    arena = arena_new(1024 * 1024);
    return versions == NULL || kept == NULL || arena == NULL ? -1 : check_forget_row(state);
}

static int
tear_down(void **state)
{
    (void)state;
    kept_free(kept);
    versions_free(versions);
    arena_free(arena);
    return 0;
}

static void
hash_of(uint32_t who, uint8_t out[SHA256_SIZE])
{
    sha256(&who, sizeof(who), out);
}

/* Made now from card 7; the session lasts an hour. */
static struct request
request_for(const char *path, const char *query, int64_t now_ms)
{
    struct request req = {
        .arena = arena,
        .now_ms = now_ms,
        .path = str_of(path),
        .query = str_of(query),
        .actor = {.session_id = 5, .member_id = 3},
        .actor_until_ms = now_ms + HOUR_MS,
        .made_from = made_from_now(versions),
    };

    made_from_add(&req.made_from, 0, 7);
    return req;
}

static void
put(uint32_t who, const char *path, const char *query, const char *body, int64_t until_ms)
{
    struct request req = request_for(path, query, NOW_MS);
    struct reply reply = {
        .status = 200, .content_type = "text/plain", .body = str_of(body), .may_compress = true};
    uint8_t hash[SHA256_SIZE];

    hash_of(who, hash);
    reply_keep(&reply, until_ms, NULL, 0);
    kept_put(kept, hash, &req, &reply);
}

/* What is found, or "". */
static struct str
find(uint32_t who, const char *path, const char *query, int64_t now_ms)
{
    struct request req = request_for(path, query, now_ms);
    struct reply reply = {0};
    uint8_t hash[SHA256_SIZE];

    req.actor = (struct actor){0};
    hash_of(who, hash);
    if (!kept_find(kept, hash, &req, &reply))
        return STR("");
    CHECK_INT(reply.status, 200);
    CHECK_TEXT(reply.content_type, "text/plain");
    CHECK_THAT(reply.may_compress);
    CHECK_INT(req.actor.session_id, 5);
    CHECK_INT(req.actor.member_id, 3);
    return reply.body;
}

static void
only_the_same_question_of_the_same_person_finds_it(void **state)
{
    (void)state;
    put(1, "/card", "", "one's card", NOW_MS + 1000);
    put(2, "/card", "", "two's card", NOW_MS + 1000);
    put(1, "/card", "plan=2", "one's other", NOW_MS + 1000);
    CHECK_STR(find(1, "/card", "", NOW_MS), "one's card");
    CHECK_STR(find(2, "/card", "", NOW_MS), "two's card");
    CHECK_STR(find(1, "/card", "plan=2", NOW_MS), "one's other");
    CHECK_STR(find(2, "/card", "plan=2", NOW_MS), "");
    CHECK_STR(find(3, "/card", "", NOW_MS), "");
    CHECK_STR(find(1, "/car", "d", NOW_MS), "");
    CHECK_STR(find(1, "/cardplan=2", "", NOW_MS), "");
    put(1, "/card", "", "one's newer", NOW_MS + 1000);
    CHECK_STR(find(1, "/card", "", NOW_MS), "one's newer");
}

static void
it_lasts_until_its_time_or_the_session_s(void **state)
{
    (void)state;
    put(1, "/card", "", "short", NOW_MS + 1000);
    CHECK_STR(find(1, "/card", "", NOW_MS + 999), "short");
    CHECK_STR(find(1, "/card", "", NOW_MS + 1000), "");
    CHECK_STR(find(1, "/card", "", NOW_MS), ""); /* and was thrown away */
    put(1, "/card", "", "long", NOW_MS + 2 * HOUR_MS);
    CHECK_STR(find(1, "/card", "", NOW_MS + HOUR_MS - 1), "long");
    CHECK_STR(find(1, "/card", "", NOW_MS + HOUR_MS), "");
    put(1, "/card", "", "over", NOW_MS);
    CHECK_STR(find(1, "/card", "", NOW_MS), "");
}

static void
it_lasts_until_what_it_was_made_from_changes(void **state)
{
    (void)state;
    put(1, "/card", "", "balance 1", NOW_MS + 1000);
    versions_change(versions, 0, 8);
    versions_commit(versions);
    CHECK_STR(find(1, "/card", "", NOW_MS), "balance 1");
    versions_change(versions, 0, 7);
    versions_commit(versions);
    CHECK_STR(find(1, "/card", "", NOW_MS), "");
    put(1, "/card", "", "balance 2", NOW_MS + 1000);
    CHECK_STR(find(1, "/card", "", NOW_MS), "balance 2");
}

static void
the_time_in_it_is_that_of_the_asking(void **state)
{
    static const char body[] =
        "{\"now\":1775005200000,\"at\":1775005200000,\"again\":1775005200000}";
    struct request req = request_for("/card", "", NOW_MS);
    struct reply reply = {.status = 200, .content_type = "text/plain", .body = str_of(body)};
    uint8_t hash[SHA256_SIZE];

    (void)state;
    hash_of(1, hash);
    reply.may_compress = true;
    reply_keep(&reply, NOW_MS + 1000, (const size_t[]){7, sizeof(body) - 15}, 2);
    kept_put(kept, hash, &req, &reply);
    CHECK_STR(find(1, "/card", "", NOW_MS + 321),
              "{\"now\":1775005200321,\"at\":1775005200000,\"again\":1775005200321}");
    CHECK_STR(find(1, "/card", "", NOW_MS), body);
}

static void
only_good_answers_that_may_be_kept_are(void **state)
{
    struct request req = request_for("/card", "", NOW_MS);
    struct reply refused = {.status = 404, .content_type = "text/plain", .body = STR("no")};
    struct reply silent = {.status = 200, .content_type = "text/plain", .body = STR("once")};
    uint8_t hash[SHA256_SIZE];

    (void)state;
    hash_of(1, hash);
    reply_keep(&refused, NOW_MS + 1000, NULL, 0);
    kept_put(kept, hash, &req, &refused);
    kept_put(kept, hash, &req, &silent);
    CHECK_STR(find(1, "/card", "", NOW_MS), "");
    CHECK_INT(kept_counts(kept).bytes, 0);
}

static void
the_room_is_never_exceeded_and_what_is_over_makes_room(void **state)
{
    char body[1024] = {0};

    (void)state;
    memset(body, 'x', sizeof(body) - 1);
    for (uint32_t who = 0; who < 500; who++) {
        put(who, "/card", "", body, NOW_MS + 1000);
        CHECK_THAT(kept_counts(kept).bytes <= ROOM);
    }
    CHECK_THAT(kept_counts(kept).bytes > ROOM / 2);
    versions_change_all(versions);
    versions_commit(versions);
    for (uint32_t who = 500; who < 1000; who++)
        put(who, "/card", "", body, NOW_MS + 1000);
    CHECK_THAT(kept_counts(kept).bytes <= ROOM);
    for (uint32_t who = 0; who < 500; who++)
        CHECK_STR(find(who, "/card", "", NOW_MS), "");
    CHECK_THAT(kept_counts(kept).hits == 0);
    for (uint32_t who = 500; who < 1000; who++)
        (void)find(who, "/card", "", NOW_MS);
    CHECK_THAT(kept_counts(kept).hits > 20);
}

/* Ten true answers to a shard, and behind them those that are over. */
static void
what_is_over_makes_room_behind_what_is_true(void **state)
{
    char body[1024] = {0};

    (void)state;
    kept_free(kept);
    kept = kept_new(16 * ROOM, versions);
    memset(body, 'x', sizeof(body) - 1);
    for (uint32_t who = 0; who < 2000; who++)
        put(who, "/card", "", body, NOW_MS + (who < 160 ? HOUR_MS : 500));
    for (uint32_t who = 2000; who < 2100; who++) {
        struct request req = request_for("/card", "", NOW_MS + 1000);
        struct reply reply = {.status = 200,
                              .content_type = "text/plain",
                              .body = str_of(body),
                              .may_compress = true};
        uint8_t hash[SHA256_SIZE];

        hash_of(who, hash);
        reply_keep(&reply, NOW_MS + 3000, NULL, 0);
        for (int i = 0; i < 10; i++) /* a few answers are looked at each time */
            kept_put(kept, hash, &req, &reply);
    }
    for (uint32_t who = 2000; who < 2100; who++)
        CHECK_STR(find(who, "/card", "", NOW_MS + 1000), body);
    for (uint32_t who = 0; who < 160; who++)
        CHECK_STR(find(who, "/card", "", NOW_MS + 1000), body);
}

#define KEPT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KEPT_TEST(only_the_same_question_of_the_same_person_finds_it),
        KEPT_TEST(it_lasts_until_its_time_or_the_session_s),
        KEPT_TEST(it_lasts_until_what_it_was_made_from_changes),
        KEPT_TEST(the_time_in_it_is_that_of_the_asking),
        KEPT_TEST(only_good_answers_that_may_be_kept_are),
        KEPT_TEST(what_is_over_makes_room_behind_what_is_true),
        KEPT_TEST(the_room_is_never_exceeded_and_what_is_over_makes_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
