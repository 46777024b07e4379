/*
 * Guessing with the limits on, through the real service: where a till is stopped, and where a card
 * waits for its member. The odds without limits are test_domain_guess's.
 */
#include "tests/support/harness.h"

#include <string.h>

#include "domain/card_guard.h"
#include "domain/code.h"
#include "domain/keys.h"

#define SCAN "/api/till/scans"
#define GRANT "/api/till/grants"
#define CONFIRM "/api/card/confirm"

static struct browser shopper, other, left, right;

static int
set_up(void **state)
{
    shopper = other = left = right = (struct browser){0};
    return harness_set_up(state);
}

static void
everybody_comes(void)
{
    login_liff(&shopper, 1);
    login_liff(&other, 2);
    till_sign_in(&left, UENO_LEFT, UENO_CASHIER);
    till_sign_in(&right, UENO_RIGHT, UENO_MANAGER);
}

static int
scan(struct browser *till, const char *code)
{
    return post(till, SCAN, NULL, "{\"code\":\"%s\"}", code);
}

/* A code for the card with these digits on it, by somebody who has its locator and not our key. */
static const char *
guessed_code(const char *seen, int64_t guess)
{
    static const uint8_t no_root[KEY_SIZE];
    static char code[CODE_DIGITS + 1];
    struct keys keys;
    struct code parsed;

    keys_derive(no_root, &keys);
    CHECK_THAT(code_parse(str_of(seen), &parsed));
    code_make(&keys, CODE_MEMBER, parsed.locator, guess, code);
    return code;
}

static void
guess_at(struct browser *till, const char *seen, int times)
{
    static int64_t guess;

    for (int i = 0; i < times; i++)
        REFUSES(scan(till, guessed_code(seen, guess++)), 409, "code_stale");
}

static void
a_till_is_stopped_at_ten_wrong_codes_for_a_minute(void **state)
{
    static const uint8_t no_root[KEY_SIZE];
    struct keys keys;
    char code[CODE_DIGITS + 1];
    int looked_at = 0, stopped = 0;

    (void)state;
    everybody_comes();
    keys_derive(no_root, &keys);
    for (int second = 0; second < 10 * 60; second++) { /* one a second, for ten minutes */
        code_make(&keys, CODE_MEMBER, second, 0, code);
        if (scan(&left, code) == 404)
            looked_at++;
        else
            stopped += answer.status == 429;
        harness_advance(SECOND_MS);
    }
    print_message("guess: a wrong code a second for 600 s: %d looked at, %d stopped\n", looked_at,
                  stopped);
    CHECK_INT(looked_at + stopped, 600);
    CHECK_THAT(looked_at > 80 && looked_at <= 100);            /* ten a minute */
    CHECK_INT(scan(&right, card_code(&shopper, STAMPS)), 200); /* the till beside it works */
}

static void
five_wrong_codes_and_a_card_waits_for_its_member(void **state)
{
    struct events *events;

    (void)state;
    everybody_comes();
    events = events_open(&shopper, "/api/events");
    guess_at(&left, card_code(&shopper, STAMPS), GUARD_SPAN_MAX - 1);
    ANSWERS(scan(&right, card_code(&shopper, STAMPS)), 200); /* four do not matter */
    guess_at(&left, card_code(&shopper, STAMPS), 1);
    harness_advance(CODE_STEP_MS);
    REFUSES(scan(&right, card_code(&shopper, STAMPS)), 409, "card_guarded");
    REFUSES(scan(&right, guessed_code(card_code(&shopper, STAMPS), 99)), 409, "card_guarded");
    print_message("guess: card guarded after %d wrong codes\n", GUARD_SPAN_MAX);
    events_next(events, "guard");
    CHECK_INT(got_int("plan"), STAMPS);
    events_close(events);
    ANSWERS(get(&shopper, "/api/card?plan=1"), 200);
    CHECK_THAT(got_true("guarded"));
    ANSWERS(scan(&right, card_code(&other, STAMPS)), 200); /* nobody else waits */
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'card.guarded'"), 1);

    ANSWERS(post(&other, CONFIRM, NULL, "{\"plan\":1}"), 204); /* their own card, not this one */
    REFUSES(scan(&right, card_code(&shopper, STAMPS)), 409, "card_guarded");
    ANSWERS(post(&shopper, CONFIRM, NULL, "{\"plan\":1}"), 204);
    ANSWERS(get(&shopper, "/api/card?plan=1"), 200);
    CHECK_THAT(!got_true("guarded"));
    ANSWERS(scan(&right, card_code(&shopper, STAMPS)), 200);
    harness_advance(GUARD_TAP_MS - 1);
    ANSWERS(get(&shopper, "/api/card?plan=1"), 200);
    CHECK_THAT(!got_true("guarded"));
    harness_advance(1); /* what was kept a moment ago is no longer true */
    ANSWERS(get(&shopper, "/api/card?plan=1"), 200);
    CHECK_THAT(got_true("guarded"));
    REFUSES(scan(&right, card_code(&shopper, STAMPS)), 409, "card_guarded");
    harness_advance(GUARD_SPAN_MS);
    ANSWERS(scan(&right, card_code(&shopper, STAMPS)), 200);
    stored_is_sound();
}

static void
twenty_wrong_codes_in_a_day_and_it_waits_all_day(void **state)
{
    (void)state;
    everybody_comes();
    for (int i = 0; i < 5; i++) { /* four at a time, so that the shorter span never fills */
        guess_at(&left, card_code(&shopper, STAMPS), 4);
        harness_advance(GUARD_SPAN_MS);
    }
    till_sign_in(&right, UENO_RIGHT, UENO_MANAGER);
    REFUSES(scan(&right, card_code(&shopper, STAMPS)), 409, "card_guarded");
    harness_advance(20 * HOUR_MS);
    till_sign_in(&right, UENO_RIGHT, UENO_MANAGER);
    REFUSES(scan(&right, card_code(&shopper, STAMPS)), 409, "card_guarded");
    harness_advance(4 * HOUR_MS);
    till_sign_in(&right, UENO_RIGHT, UENO_MANAGER);
    ANSWERS(scan(&right, card_code(&shopper, STAMPS)), 200);
}

/* Their customer has left and can tap nothing. */
static void
what_was_queued_waits_for_the_guard_to_fall(void **state)
{
    const char *seen;
    int64_t at_ms;

    (void)state;
    everybody_comes();
    seen = card_code(&shopper, STAMPS);
    at_ms = harness_now();
    guess_at(&left, seen, GUARD_SPAN_MAX);
    REFUSES(post(&right, GRANT, "a-key-to-be-used-twice",
                 "{\"code\":\"%s\",\"scanned_at\":%lld,\"stamps\":1}", seen, (long long)at_ms),
            429, "too_many_requests");
    harness_advance(GUARD_SPAN_MS);
    ANSWERS(post(&right, GRANT, "a-key-to-be-used-twice",
                 "{\"code\":\"%s\",\"scanned_at\":%lld,\"stamps\":1}", seen, (long long)at_ms),
            201);
    stored_is_sound();
}

#define GUESS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        GUESS_TEST(a_till_is_stopped_at_ten_wrong_codes_for_a_minute),
        GUESS_TEST(five_wrong_codes_and_a_card_waits_for_its_member),
        GUESS_TEST(twenty_wrong_codes_in_a_day_and_it_waits_all_day),
        GUESS_TEST(what_was_queued_waits_for_the_guard_to_fall),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
