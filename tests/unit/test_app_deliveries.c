/*
 * Many webhooks, as LINE and others send them: repeated, out of order, several at once, forged.
 * What comes of them is what a much simpler reading of the same events says.
 *
 * WEBHOOKS (4000) deliveries of SEED (printed); `make webhooks` sends 200,000.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/entropy.h"
#include "sim/demo_values.h"
#include "tests/support/harness.h"

#define MEMBERS 8 /* persons 1 to 8 have cards ... */
#define PEOPLE 20 /* ... and those up to 20 have none */
#define CONNECTIONS 32
#define FAR 120 /* places in the order of deliveries that one may be off */
#define SPAN_MS (10 * MINUTE_MS)
#define ID_SIZE 32
#define BODY_MAX 8192

/* ---------------------------------------------------------------- chance, from one number */

static uint64_t chance;

/* splitmix64. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators". */
static unsigned
below(unsigned limit)
{
    uint64_t z = (chance += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (unsigned)((z ^ z >> 31) % limit);
}

/* ---------------------------------------------------------------- what happened */

enum kind {
    FOLLOW,
    UNFOLLOW,
    ASK,      /* for the balance */
    KEYWORD,  /* an exact rule's */
    CHAT,     /* to nobody in particular */
    TAP,      /* a button of ours */
    TAP_ODD,  /* data that no button of ours has */
    STICKER,  /* that a rule waits for */
    BEACON,   /* one of ours: greeted once */
    UNSEND,   /* takes an earlier ASK or KEYWORD back */
    NEW_TYPE, /* LINE has something new */
    GROUP,    /* asks for the balance where others read it */
    STANDBY,  /* asks for it while another system has the chat */
    BROKEN,   /* of a type we know, with other content */
    KINDS,
};

struct happening {
    enum kind kind;
    unsigned person;
    size_t unsends;       /* UNSEND: which happening */
    size_t taken_back_by; /* SIZE_MAX: nothing */
    size_t first;         /* where in the order of deliveries it first comes */
};

static struct happening *all;
static size_t all_n;
static int64_t began_ms;

static int64_t
at_ms(size_t i)
{
    return began_ms + (int64_t)i * SPAN_MS / (int64_t)all_n;
}

static bool
is_question(enum kind kind)
{
    return kind == ASK || kind == KEYWORD;
}

static void
happen(size_t n)
{
    static const unsigned share[KINDS] = {
        [FOLLOW] = 12,  [UNFOLLOW] = 12, [ASK] = 10,    [KEYWORD] = 10, [CHAT] = 20,
        [TAP] = 6,      [TAP_ODD] = 4,   [STICKER] = 4, [BEACON] = 4,   [UNSEND] = 4,
        [NEW_TYPE] = 4, [GROUP] = 4,     [STANDBY] = 3, [BROKEN] = 3};

    all_n = n;
    all = calloc(n, sizeof(*all));
    assert_non_null(all);
    began_ms = harness_now() - SPAN_MS;
    for (size_t i = 0; i < n; i++) {
        unsigned roll = below(100);

        all[i] = (struct happening){
            .person = 1 + below(PEOPLE), .taken_back_by = SIZE_MAX, .first = SIZE_MAX};
        while (roll >= share[all[i].kind])
            roll -= share[all[i].kind++];
        if (all[i].kind == UNSEND) {
            size_t j = i > 0 ? i - 1 - below(i < 300 ? (unsigned)i : 300) : 0;

            if (i == 0 || !is_question(all[j].kind) || all[j].taken_back_by != SIZE_MAX) {
                all[i].kind = CHAT;
            } else {
                all[i].unsends = j;
                all[i].person = all[j].person;
                all[j].taken_back_by = i;
            }
        }
    }
}

/* ---------------------------------------------------------------- as LINE writes it */

/* A message has its happening's number for its id. */
static void
content_write(char *out, size_t cap, size_t i)
{
    static const char *const message[KINDS] = {
        [ASK] = "\"type\":\"text\",\"text\":\"ポイント\"",
        [KEYWORD] = "\"type\":\"text\",\"text\":\"ＨＯＵＲＳ？\"",
        [CHAT] = "\"type\":\"text\",\"text\":\"good morning\"",
        [STICKER] = "\"type\":\"sticker\",\"packageId\":\"446\",\"stickerId\":\"1988\"",
        [GROUP] = "\"type\":\"text\",\"text\":\"points\"",
        [STANDBY] = "\"type\":\"text\",\"text\":\"points\"",
        [BROKEN] = "\"type\":\"text\",\"text\":[\"points\"]",
    };
    static const char *const other[KINDS] = {
        [FOLLOW] = "\"type\":\"follow\",\"follow\":{\"isUnblocked\":false}",
        [UNFOLLOW] = "\"type\":\"unfollow\"",
        [TAP] = "\"type\":\"postback\",\"postback\":{\"data\":\"action=card\"}",
        [TAP_ODD] = "\"type\":\"postback\",\"postback\":{\"data\":\"action=grant&points=100\"}",
        [BEACON] = "\"type\":\"beacon\",\"beacon\":{\"hwid\":\"D41D8CD98F\",\"type\":\"enter\"}",
        [NEW_TYPE] = "\"type\":\"holographicWave\",\"wave\":{\"x\":[1.5,null]}",
    };
    const struct happening *h = &all[i];

    if (h->kind == UNSEND)
        snprintf(out, cap, "\"type\":\"unsend\",\"unsend\":{\"messageId\":\"%zu\"}", h->unsends);
    else if (message[h->kind] != NULL)
        snprintf(out, cap, "\"type\":\"message\",\"message\":{\"id\":\"%zu\",%s}", i,
                 message[h->kind]);
    else
        snprintf(out, cap, "%s", other[h->kind]);
}

static size_t
event_write(char *out, size_t cap, size_t i)
{
    const struct happening *h = &all[i];
    char user[40], content[256];

    snprintf(user, sizeof(user), SIM_USER_ID_FORMAT, h->person);
    content_write(content, sizeof(content), i);
    return (size_t)snprintf(
        out, cap,
        "{%s,\"timestamp\":%" PRId64 ",\"webhookEventId\":\"01J%010zu\",\"mode\":\"%s\","
        "\"deliveryContext\":{\"isRedelivery\":false},\"replyToken\":\"token-%zu\","
        "\"source\":{\"type\":\"%s\",%s\"userId\":\"%s\"}}",
        content, at_ms(i), i, h->kind == STANDBY ? "standby" : "active", i,
        h->kind == GROUP ? "group" : "user", h->kind == GROUP ? "\"groupId\":\"C1\"," : "", user);
}

/* ---------------------------------------------------------------- how it is delivered */

#define FORGED SIZE_MAX

struct delivery {
    size_t happening; /* or FORGED */
    size_t after;     /* this place among the happenings */
};

static int
by_place(const void *a, const void *b)
{
    const struct delivery *one = a, *other = b;

    return one->after != other->after          ? (one->after < other->after ? -1 : 1)
           : one->happening < other->happening ? -1
                                               : one->happening > other->happening;
}

/* A few come when everything else is over, most of them such as would then do harm. */
static bool
is_last(size_t i)
{
    bool is_friendship = all[i].kind == FOLLOW || all[i].kind == UNFOLLOW;

    return below(all[i].taken_back_by != SIZE_MAX ? 4 : is_friendship ? 15 : 50) == 0;
}

/* In the order they are sent: every happening once, a tenth of all once more, a twentieth forged,
 * and a tenth elsewhere. */
static struct delivery *
shuffle(size_t deliveries)
{
    struct delivery *order = calloc(deliveries, sizeof(*order));

    assert_non_null(order);
    for (size_t i = 0; i < deliveries; i++) {
        size_t which = i < all_n ? i : below((unsigned)all_n);

        order[i] = (struct delivery){which, which};
        if (i >= all_n && i < all_n + deliveries / 20)
            order[i].happening = FORGED;
        else if (i >= all_n)
            order[i].after += 1 + below(2 * FAR);
        else if (is_last(i))
            order[i].after = all_n + 2 * FAR + below((unsigned)all_n);
    }
    qsort(order, deliveries, sizeof(*order), by_place);
    for (size_t i = 0; i < deliveries / 20; i++) {
        size_t one = below((unsigned)deliveries), other = one + 1 + below(FAR);
        struct delivery was = order[one];

        if (other >= deliveries)
            continue;
        order[one] = order[other];
        order[other] = was;
    }
    for (size_t i = deliveries; i-- > 0;)
        if (order[i].happening != FORGED)
            all[order[i].happening].first = i;
    return order;
}

static struct http_peer *peers[CONNECTIONS];

static size_t
body_write(char *out, const struct delivery *events, size_t n)
{
    size_t at = (size_t)sprintf(out, "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[");

    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            out[at++] = ',';
        at += event_write(out + at, BODY_MAX - at, events[i].happening);
    }
    return at + (size_t)sprintf(out + at, "]}");
}

/* Somebody who does not know the secret says that person 1 has gone, and tomorrow at that. */
static size_t
forged_write(char *out)
{
    return (size_t)sprintf(
        out,
        "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[{\"type\":\"%s\",\"mode\":\"active\","
        "\"timestamp\":%" PRId64 ",\"webhookEventId\":\"F%08x%08x\",\"replyToken\":\"r\","
        "\"deliveryContext\":{\"isRedelivery\":false},\"source\":{\"type\":\"user\",\"userId\":"
        "\"" SIM_USER_ID_FORMAT "\"}}]}",
        below(2) ? "unfollow" : "follow", harness_now() + HOUR_MS, below(UINT32_MAX),
        below(UINT32_MAX), 1 + below(MEMBERS));
}

/* Send on this connection; the answer is for later. */
static void
send_one(struct http_peer *peer, const char *secret, struct str body)
{
    static char request[BODY_MAX + 1024];
    uint8_t mac[SHA256_SIZE];
    char signature[BASE64_SIZE(SHA256_SIZE)];
    int n;

    hmac_sha256(secret, strlen(secret), &body, 1, mac);
    base64_encode(mac, sizeof(mac), signature);
    n = snprintf(request, sizeof(request),
                 "POST /line/webhook HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-Real-IP: 10.0.0.1\r\n"
                 "Content-Type: application/json; charset=utf-8\r\nx-line-signature: %s\r\n"
                 "Content-Length: %zu\r\n\r\n%.*s",
                 here.port, signature, body.n, (int)body.n, body.at);
    CHECK_THAT(http_peer_send(peer, (struct str){request, (size_t)n}));
}

/* The next of the order: a forged one, or one to three events in a body. */
static size_t
deliver_next(struct http_peer *peer, const struct delivery *order, size_t left, int *status_out)
{
    static char body[BODY_MAX];
    size_t n = 1, most = below(20) == 0 ? 3 : 1;

    if (order[0].happening == FORGED) {
        *status_out = 401;
        send_one(peer, "00000000000000000000000000000000", (struct str){body, forged_write(body)});
        return 1;
    }
    while (n < left && n < most && order[n].happening != FORGED)
        n++;
    *status_out = 200;
    send_one(peer, SIM_MESSAGING_CHANNEL_SECRET, (struct str){body, body_write(body, order, n)});
    return n;
}

static void
deliver_all(const struct delivery *order, size_t n)
{
    static struct http_answer got_back;
    int status[CONNECTIONS];

    for (size_t i = 0; i < CONNECTIONS; i++)
        peers[i] = http_peer_open(here.port);
    for (size_t at = 0; at < n;) {
        size_t under_way = 0;

        for (; under_way < CONNECTIONS && at < n; under_way++)
            at += deliver_next(peers[under_way], order + at, n - at, &status[under_way]);
        for (size_t i = 0; i < under_way; i++)
            CHECK_INT(http_peer_receive(peers[i], &got_back), status[i]);
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        http_peer_close(peers[i]);
}

/* ---------------------------------------------------------------- what must have come of it */

enum wanted { NO, YES, MAYBE };

/* Those that may still be under way together when one is sent. */
#define TOGETHER ((size_t)CONNECTIONS * 3)

static bool
is_newest_of_friend(size_t i)
{
    for (size_t j = i + 1; j < all_n; j++)
        if (all[j].person == all[i].person && (all[j].kind == FOLLOW || all[j].kind == UNFOLLOW))
            return false;
    return true;
}

/* Whether a question was still there to be answered when it came. */
static enum wanted
is_answered(const struct happening *h)
{
    size_t back = h->taken_back_by == SIZE_MAX ? SIZE_MAX : all[h->taken_back_by].first;

    if (back == SIZE_MAX)
        return YES;
    return back + TOGETHER < h->first ? NO : MAYBE;
}

static enum wanted
reply_wanted(size_t i)
{
    const struct happening *h = &all[i];
    bool is_member = h->person <= MEMBERS;

    switch (h->kind) {
    case FOLLOW: /* one that comes after newer news of a member is none */
        return !is_member || is_newest_of_friend(i) ? YES : MAYBE;
    case ASK:
    case KEYWORD:
        return is_answered(h);
    case TAP:
    case STICKER:
        return YES;
    case BEACON:
        return is_member ? MAYBE : NO;
    default:
        return NO;
    }
}

static enum wanted
applied_wanted(size_t i)
{
    const struct happening *h = &all[i];

    if (h->kind == UNFOLLOW || h->kind == BEACON)
        return h->person <= MEMBERS ? YES : NO;
    if (h->kind == FOLLOW || h->kind == UNSEND)
        return YES;
    return reply_wanted(i);
}

static sqlite3 *book;
static int beacons_answered;

static sqlite3_stmt *
rows(const char *sql)
{
    sqlite3_stmt *s;

    assert_int_equal(sqlite3_prepare_v2(book, sql, -1, &s, NULL), SQLITE_OK);
    return s;
}

static void
the_inbox_is_as_wanted(void)
{
    sqlite3_stmt *s = rows("SELECT event_id, state, event IS NULL, (SELECT count(*) FROM outbox o"
                           " WHERE o.event_id = i.event_id) FROM inbox i ORDER BY event_id");
    size_t i = 0, answered = 0;

    for (; sqlite3_step(s) == SQLITE_ROW; i++) {
        char id[ID_SIZE];
        bool is_applied = strcmp((const char *)sqlite3_column_text(s, 1), "applied") == 0;
        enum wanted applied, reply;

        CHECK_ROW(i);
        CHECK_THAT(i < all_n);
        snprintf(id, sizeof(id), "01J%010zu", i); /* each of ours, and none that was forged */
        CHECK_TEXT((const char *)sqlite3_column_text(s, 0), id);
        CHECK_INT(sqlite3_column_int(s, 2), 1); /* nothing of what it said is kept */
        applied = applied_wanted(i);
        reply = reply_wanted(i);
        if (applied != MAYBE)
            CHECK_INT(is_applied, applied == YES);
        CHECK_THAT(sqlite3_column_int(s, 3) <= (reply == NO ? 0 : 1));
        if (reply == YES)
            CHECK_INT(sqlite3_column_int(s, 3), 1);
        answered += (size_t)sqlite3_column_int(s, 3);
        if (all[i].kind == BEACON)
            beacons_answered += sqlite3_column_int(s, 3);
    }
    sqlite3_finalize(s);
    check_row(-1);
    CHECK_INT(i, all_n);
    printf("%zu events kept once, %zu of them answered\n", i, answered);
}

/* Friends by the newest event alone; everybody was one at the first login. */
static void
friends_are_as_wanted(void)
{
    bool is_friend[MEMBERS + 1];

    memset(is_friend, true, sizeof(is_friend));
    for (size_t i = 0; i < all_n; i++)
        if (all[i].person <= MEMBERS && (all[i].kind == FOLLOW || all[i].kind == UNFOLLOW))
            is_friend[all[i].person] = all[i].kind == FOLLOW;
    for (unsigned person = 1; person <= MEMBERS; person++) {
        CHECK_ROW(person);
        CHECK_INT(stored_int("SELECT is_friend FROM member WHERE id = %u", person),
                  is_friend[person]);
    }
    check_row(-1);
}

/* Who was near: the newest time, greeted once, and nobody has a stamp from it. */
static void
beacons_are_as_wanted(void)
{
    int64_t seen[MEMBERS + 1] = {0};
    int near = 0;

    for (size_t i = 0; i < all_n; i++)
        if (all[i].person <= MEMBERS && all[i].kind == BEACON)
            seen[all[i].person] = at_ms(i);
    for (unsigned person = 1; person <= MEMBERS; person++) {
        CHECK_ROW(person);
        near += seen[person] > 0;
        CHECK_INT(stored_int("SELECT coalesce(max(seen_ms), 0) FROM beacon_visit"
                             " WHERE member_id = %u",
                             person),
                  seen[person]);
    }
    check_row(-1);
    CHECK_INT(beacons_answered, near);
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), 0);
}

/* All events first: they may be answered while the clock stands. Then time goes on, for LINE takes
 * only so many replies a second; one that waits too long expires, and is still the only one. */
static void
wait_for_the_rest(void)
{
    static const char events[] = "SELECT count(*) FROM inbox WHERE state = 'received'";
    static const char replies[] = "SELECT count(*) FROM outbox WHERE closed_ms IS NULL";
    int64_t left;

    while ((left = stored_int(events)) > 0)
        UNTIL(stored_int(events) < left);
    UNTIL((harness_advance(1000), stored_int(replies) == 0));
}

/* ---------------------------------------------------------------- the test */

static void
set_the_scene(void)
{
    struct browser shopper;

    for (int person = 1; person <= MEMBERS; person++) {
        shopper = (struct browser){0};
        login_liff(&shopper, person);
    }
    harness_stop_app();
    stored_spoil(
        "UPDATE member SET is_friend = 1;"
        "INSERT INTO keyword_rule VALUES (1, 1, 'exact', 'hours', 0, NULL, 'always', 127,"
        " 0, 0, 'text', '10:00-20:00', 1);"
        "INSERT INTO keyword_rule VALUES (2, 1, 'sticker', '446:*', 0, NULL, 'always', 127,"
        " 0, 0, 'balance', NULL, 1);"
        "INSERT INTO beacon VALUES ('d41d8cd98f', 1, 12)");
    harness_start_app();
}

static void
what_comes_of_it_is_what_a_simple_reading_says(void **state)
{
    const char *wanted = getenv("WEBHOOKS"), *seed = getenv("SEED");
    size_t deliveries = wanted ? strtoul(wanted, NULL, 10) : 4000;
    struct delivery *order;
    char path[400];

    (void)state;
    chance = seed ? strtoull(seed, NULL, 10) : entropy_below(UINT32_MAX);
    printf("%zu deliveries, SEED=%" PRIu64 "\n", deliveries, chance);
    set_the_scene();
    happen(deliveries * 85 / 100);
    order = shuffle(deliveries);
    deliver_all(order, deliveries);
    wait_for_the_rest();
    snprintf(path, sizeof(path), "%s/" DATA_BOOK, here.dir);
    assert_int_equal(sqlite3_open_v2(path, &book, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    the_inbox_is_as_wanted();
    friends_are_as_wanted();
    beacons_are_as_wanted();
    stored_is_sound();
    sqlite3_close(book);
    free(order);
    free(all);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        HARNESS_TEST(what_comes_of_it_is_what_a_simple_reading_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
