/*
 * Points used at a till, from the code on the phone to the line in its history: through the real
 * service, with the open card asked for its member's yes. And the same balance from many sides at
 * once: what is told done is in the book once, and the rest is refused.
 *
 * RACES (12) races of SEED; every request is under way before any answer is read.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "domain/code.h"
#include "domain/hold.h"
#include "domain/keys.h"
#include "tests/support/crowd.h"

#define QUOTES "/api/till/quotes"
#define SPENDS "/api/till/spends"
#define HOLDS "/api/till/holds"
#define SCANS "/api/till/scans"
#define GRANTS "/api/till/grants"
#define UNDO "/api/till/redemptions/undo"

static struct browser shopper, till;

static int
set_up(void **state)
{
    shopper = till = (struct browser){0};
    harness_set_up(state);
    login_liff(&shopper, 1);
    till_enrol_here(&till, UENO_LEFT);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    return 0;
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

/* The card of POINTS read at the till, a step later: the scan. */
static int64_t
scan(void)
{
    harness_advance(CODE_STEP_MS);
    ANSWERS(post(&till, SCANS, NULL, "{\"code\":\"%s\"}", card_code(&shopper, POINTS)), 200);
    return got_int("scan");
}

static void
earn(int yen)
{
    ANSWERS(post(&till, GRANTS, fresh_key(), "{\"scan\":%lld,\"yen\":%d}", (long long)scan(), yen),
            201);
}

static void
say_yes(int points)
{
    ANSWERS(post(&shopper, "/api/card/spend", NULL, "{\"plan\":%d,\"points\":%d}", POINTS, points),
            200);
}

/* ---------------------------------------------------------------- spent */

static void
the_open_card_is_asked_and_shows_what_was_used(void **state)
{
    struct events *live = events_open(&shopper, "/api/events");
    int64_t id;

    (void)state;
    earn(4000);
    id = scan();
    CHECK_INT(got_int("spend.most"), 40);
    CHECK_THAT(!got_true("spend.agreed"));
    ANSWERS(post(&till, QUOTES, NULL, "{\"scan\":%lld,\"points\":30,\"ask\":true}", (long long)id),
            200);
    CHECK_INT(got_int("worth"), 30);
    CHECK_INT(got_int("left"), 10);
    CHECK_THAT(!got_true("agreed"));
    REFUSES(post(&till, SPENDS, fresh_key(), "{\"scan\":%lld,\"points\":30}", (long long)id), 409,
            "spend_ask");
    events_next(live, "spend_ask");
    CHECK_INT(got_int("points"), 30);
    CHECK_INT(got_int("plan"), POINTS);
    CHECK_TEXT(got_text("shop"), "ueno");
    say_yes(30);
    ANSWERS(post(&till, QUOTES, NULL, "{\"scan\":%lld,\"points\":30}", (long long)id), 200);
    CHECK_THAT(got_true("agreed"));
    ANSWERS(post(&till, SPENDS, fresh_key(), "{\"scan\":%lld,\"points\":30}", (long long)id), 201);
    CHECK_INT(got_int("balance"), 10);
    CHECK_INT(got_int("worth"), 30);
    events_next(live, "spend");
    CHECK_INT(got_int("balance"), 10);
    events_close(live);
    ANSWERS(get(&shopper, "/api/card?plan=2"), 200);
    CHECK_INT(got_int("card.balance"), 10);
    CHECK_INT(got_int("card.spend_yen"), 1);
    CHECK_INT(got_int("card.usable"), 10);
    CHECK_TEXT(got_text("history.0.kind"), "spend");
    CHECK_INT(got_int("history.0.sign"), -1);
    ANSWERS(get(&till, "/api/till/today"), 200);
    CHECK_TEXT(got_text("items.0.kind"), "spend");
    CHECK_INT(got_int("items.0.sign"), -1);
    CHECK_THAT(got_true("items.0.may_reverse"));
    stored_is_sound();
}

static void
the_same_key_spends_once(void **state)
{
    const char *key = fresh_key();
    int64_t id, seq;

    (void)state;
    earn(4000);
    id = scan();
    say_yes(30);
    ANSWERS(post(&till, SPENDS, key, "{\"scan\":%lld,\"all\":true}", (long long)id), 409);
    key = fresh_key(); /* 40 are more than the yes was for, and a refusal is an answer as well */
    ANSWERS(post(&till, SPENDS, key, "{\"scan\":%lld,\"points\":30}", (long long)id), 201);
    seq = got_int("transfer");
    ANSWERS(post(&till, SPENDS, key, "{\"scan\":%lld,\"points\":30}", (long long)id), 201);
    CHECK_INT(got_int("transfer"), seq);
    CHECK_STR(http_answer_header(&answer, "idempotent-replayed"), "true");
    say_yes(10);
    REFUSES(post(&till, SPENDS, fresh_key(), "{\"scan\":%lld,\"points\":10}", (long long)id), 409,
            "scan_over");
    stored_is_sound();
}

/* ---------------------------------------------------------------- held */

static int64_t
hold(int points)
{
    int64_t id = scan();

    say_yes(points);
    ANSWERS(post(&till, HOLDS, fresh_key(), "{\"scan\":%lld,\"points\":%d,\"seconds\":60}",
                 (long long)id, points),
            201);
    return got_int("hold");
}

static int
end_hold(int64_t id, const char *how, const char *body)
{
    char path[64];

    snprintf(path, sizeof(path), HOLDS "/%" PRId64 "/%s", id, how);
    return post(&till, path, fresh_key(), "%s", body);
}

static void
a_basket_is_captured_released_or_forgotten(void **state)
{
    int64_t id;

    (void)state;
    earn(4000);
    id = hold(30);
    CHECK_INT(got_int("balance"), 10);
    ANSWERS(get(&till, "/api/till/today"), 200);
    CHECK_THAT(!got_true("items.0.may_reverse"));
    ANSWERS(end_hold(id, "capture", "{\"points\":20}"), 200);
    CHECK_INT(got_int("back"), 10);
    CHECK_INT(got_int("balance"), 20);
    REFUSES(end_hold(id, "release", "{}"), 409, "hold_captured");
    id = hold(15);
    scan(); /* whoever reads the card sees it */
    CHECK_INT(got_int("held.0.hold"), id);
    CHECK_INT(got_int("held.0.points"), 15);
    CHECK_TEXT(got_text("held.0.till"), "left");
    CHECK_THAT(got_true("held.0.may_release"));
    ANSWERS(end_hold(id, "release", "{}"), 200);
    CHECK_INT(got_int("balance"), 20);
    REFUSES(end_hold(id, "capture", "{}"), 409, "hold_released");
    id = hold(15);
    harness_advance(MINUTE_MS);
    UNTIL(stored_int("SELECT count(*) FROM hold WHERE state = 'open'") == 0);
    CHECK_INT(stored_int("SELECT balance FROM card WHERE plan_id = %d", POINTS), 20);
    REFUSES(end_hold(id, "capture", "{}"), 409, "hold_over");
    stored_is_sound();
}

static void
the_open_card_shows_at_once_what_a_forgotten_basket_gave_back(void **state)
{
    struct events *live;
    int64_t id;

    (void)state;
    earn(4000);
    id = hold(30);
    live = events_open(&shopper, "/api/events");
    harness_advance(MINUTE_MS);
    events_next(live, "reverse");
    CHECK_INT(got_int("plan"), POINTS);
    CHECK_INT(got_int("balance"), 40);
    REFUSES(end_hold(id, "capture", "{}"), 409, "hold_over");
    events_close(live);
}

static void
a_held_voucher_is_nobody_elses_and_a_redemption_is_undone(void **state)
{
    char token[64];
    int64_t id;

    (void)state;
    earn(5000); /* the goal */
    ANSWERS(post(&till, SCANS, NULL, "{\"code\":\"%s\"}", voucher_code(&shopper, 1)), 200);
    snprintf(token, sizeof(token), "%s", got_text("token"));
    ANSWERS(post(&till, HOLDS, fresh_key(), "{\"voucher\":1,\"token\":\"%s\"}", token), 200);
    id = got_int("hold");
    REFUSES(post(&till, "/api/till/redemptions", fresh_key(), "{\"voucher\":1,\"token\":\"%s\"}",
                 token),
            409, "voucher_held");
    CHECK_INT(got_int("again"), harness_now() + HOLD_MS);
    scan();
    CHECK_INT(got_int("held.0.voucher"), 1);
    ANSWERS(end_hold(id, "capture", "{}"), 200);
    CHECK_INT(got_int("voucher"), 1);
    CHECK_TEXT(stored_text("SELECT state FROM voucher"), "redeemed");
    ANSWERS(get(&till, "/api/till/today"), 200);
    CHECK_INT(got_int("totals.redemptions"), 1);
    CHECK_INT(got_int("redeemed.0.voucher"), 1);
    CHECK_INT(got_int("redeemed.0.expires"), stored_int("SELECT expires_ms FROM voucher"));
    ANSWERS(post(&till, UNDO, fresh_key(), "{\"voucher\":1}"), 200);
    CHECK_TEXT(got_text("title"), "500 yen off");
    REFUSES(post(&till, UNDO, fresh_key(), "{\"voucher\":1}"), 409, "not_redeemed");
    ANSWERS(get(&shopper, "/api/card?plan=2"), 200);
    CHECK_INT(got_int("vouchers.0.id"), 1);
    ANSWERS(get(&till, "/api/till/today"), 200);
    CHECK_INT(got_int("totals.redemptions"), 0);
    CHECK_THAT(got_true("redeemed.0.undone"));
    stored_is_sound();
}

/* ---------------------------------------------------------------- from many sides at once */

#define RUNNERS 32
#define TILLS_AT_ONCE 3 /* as many steps as there can be sessions of one card at once */
#define BODY_MAX 128

static struct client many[TILLS_AT_ONCE], runner[RUNNERS];
static struct keys keys;

static int
set_up_many(void **state)
{
    char path[400];
    struct err e;

    harness_setting("PEER_RATE=0");
    set_up(state);
    snprintf(path, sizeof(path), "%s/" DATA_ROOT_KEY, here.dir);
    CHECK_OK(keys_load(path, &keys, &e), e);
    crowd_come(many, COUNT(many));
    return 0;
}

static int
tear_down_many(void **state)
{
    crowd_leave(runner, COUNT(runner));
    crowd_leave(many, COUNT(many));
    return harness_tear_down(state);
}

/* Each till reads a code of its own: a body for each, but for what `rest` adds. */
static void
read_everywhere(char body[TILLS_AT_ONCE][BODY_MAX], const char *rest)
{
    int64_t locator = stored_int("SELECT locator FROM card WHERE plan_id = %d", POINTS);
    char code[CODE_DIGITS + 1], text[BODY_MAX];

    for (int i = 0; i < TILLS_AT_ONCE; i++) {
        harness_advance(CODE_STEP_MS);
        code_make(&keys, CODE_MEMBER, locator, code_step(harness_now()), code);
        snprintf(text, sizeof(text), "{\"code\":\"%s\"}", code);
        CHECK_INT(client_post(&many[i], SCANS, NULL, text), 200);
        snprintf(body[i], BODY_MAX, "{\"scan\":%" PRId64 "%s}", client_int(&many[i], "scan"), rest);
    }
}

static void
line_up(void)
{
    crowd_leave(runner, COUNT(runner));
    for (unsigned i = 0; i < RUNNERS; i++)
        client_join(&runner[i], &many[i % TILLS_AT_ONCE]);
}

static const char *
key_of(unsigned race, unsigned number)
{
    static char key[CLIENT_KEY_SIZE];

    snprintf(key, sizeof(key), "spend-%08u-%08u", race, number);
    return key;
}

/* All answers; how many of them were told done, and not before. */
static unsigned
won(int done)
{
    unsigned n = 0;

    for (unsigned i = 0; i < RUNNERS; i++) {
        int status = client_receive(&runner[i]);

        CHECK_THAT(status == done || status == 409);
        n += status == done && !client_was_replayed(&runner[i]);
    }
    return n;
}

static void
one_balance_is_spent_once_however_many_try(void **state)
{
    const unsigned races = (unsigned)number_of_env("RACES", 12);
    char body[TILLS_AT_ONCE][BODY_MAX], path[64];

    (void)state;
    for (unsigned race = 0; race < races; race++) {
        earn(4900 - 100 * (int)stored_int("SELECT balance FROM card WHERE plan_id = %d", POINTS));
        crowd_sign_in(many, COUNT(many));
        read_everywhere(body, ",\"points\":26");
        say_yes(49);
        line_up();
        for (unsigned i = 0; i < RUNNERS; i++) /* some press twice */
            CHECK_THAT(client_send(&runner[i], race % 2 ? HOLDS : SPENDS,
                                   key_of(race, i - i % 7 / 6), body[i % TILLS_AT_ONCE]));
        CHECK_INT(won(201), 1);
        CHECK_INT(stored_int("SELECT balance FROM card WHERE plan_id = %d", POINTS), 23);
        if (race % 2 == 1) { /* or it would come back */
            snprintf(path, sizeof(path), HOLDS "/%lld/capture",
                     (long long)stored_int("SELECT max(id) FROM hold"));
            CHECK_INT(client_post(&many[0], path, key_of(race, RUNNERS), "{}"), 200);
        }
    }
    CHECK_INT(stored_int("SELECT count(*) FROM transfer WHERE kind = 8"), races);
    stored_is_sound();
    print_message("spend: %u races of %d at %d tills for one balance: one winner each\n", races,
                  RUNNERS, TILLS_AT_ONCE);
}

static void
a_hold_ends_once_however_many_end_it(void **state)
{
    const unsigned races = (unsigned)number_of_env("RACES", 12);

    (void)state;
    earn(4000);
    for (unsigned race = 0; race < races; race++) {
        int64_t id = hold(10),
                at = stored_int("SELECT balance FROM card WHERE plan_id = %d", POINTS);
        char path[2][64];

        crowd_sign_in(many, COUNT(many));
        line_up();
        snprintf(path[0], sizeof(path[0]), HOLDS "/%" PRId64 "/capture", id);
        snprintf(path[1], sizeof(path[1]), HOLDS "/%" PRId64 "/release", id);
        if (race % 3 == 2)
            harness_advance(MINUTE_MS); /* and the run comes as well */
        for (unsigned i = 0; i < RUNNERS; i++)
            CHECK_THAT(client_send(&runner[i], path[i % 2], key_of(races + race, i),
                                   i % 4 ? "{}" : "{\"points\":4}"));
        for (unsigned i = 0, n = 0; i < RUNNERS; i++) {
            int status = client_receive(&runner[i]);

            CHECK_THAT(status == 200 || status == 409 || (status == 400 && i % 2));
            n += status == 200;
            CHECK_THAT(n <= 1);
        }
        UNTIL(stored_int("SELECT count(*) FROM hold WHERE state = 'open'") == 0);
        CHECK_INT(
            stored_int("SELECT balance FROM card WHERE plan_id = %d", POINTS),
            at + stored_int("SELECT CASE WHEN state <> 'captured' THEN 10 WHEN kept_seq IS NULL"
                            " THEN 0 ELSE 6 END FROM hold WHERE id = %lld",
                            (long long)id));
        if (stored_int("SELECT balance FROM card WHERE plan_id = %d", POINTS) < 20)
            earn(2000);
    }
    stored_is_sound();
    print_message("hold: %u races of %d captures and releases, and the run: one end each\n", races,
                  RUNNERS);
}

#define CROWD(name) cmocka_unit_test_setup_teardown(name, set_up_many, tear_down_many)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_open_card_is_asked_and_shows_what_was_used),
        STORY(the_same_key_spends_once),
        STORY(a_basket_is_captured_released_or_forgotten),
        STORY(the_open_card_shows_at_once_what_a_forgotten_basket_gave_back),
        STORY(a_held_voucher_is_nobody_elses_and_a_redemption_is_undone),
        CROWD(one_balance_is_spent_once_however_many_try),
        CROWD(a_hold_ends_once_however_many_end_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
