/*
 * What a dishonest shopper, cashier or stranger tries, against the whole service: each test is an
 * attack that once worked, and must not again.
 */
#include <stdio.h>
#include <string.h>

#include "domain/code.h"
#include "domain/keys.h"
#include "tests/support/harness.h"

#define SCAN "/api/till/scans"
#define GRANT "/api/till/grants"

static struct browser shopper, till, stranger;

static int
set_up(void **state)
{
    shopper = till = stranger = (struct browser){0};
    return harness_set_up(state);
}

#define ATTACK(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

/* ---------------------------------------------------------------- limits */

/* Free Wi-Fi for shoppers, and the till on the same line: the world sees one address. */
static void
guests_of_the_shops_wifi_cannot_stop_its_till(void **state)
{
    int status = 200;

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    shopper.address = till.address = stranger.address = "198.51.100.7";
    for (int i = 0; i < 1000 && status == 200; i++)
        status = get(&stranger, "/card");
    REFUSES(status, 429, "too_many_requests");
    cookie_put(&stranger, "__Host-staff", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    cookie_put(&stranger, "__Host-till", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    REFUSES(get(&stranger, "/api/till/today"), 429, "too_many_requests");
    ANSWERS(get(&till, "/api/till/today"), 200);
    ANSWERS(get(&shopper, "/api/card"), 200);
    ANSWERS(get(&shopper, "/card"), 200);
}

/* And yet nobody asks without end, signed in or not. */
static void
one_session_cannot_ask_without_end(void **state)
{
    int status = 200;

    (void)state;
    login_liff(&shopper, 1);
    for (int i = 0; i < 1000 && status == 200; i++)
        status = get(&shopper, "/api/card");
    REFUSES(status, 429, "too_many_requests");
}

/* A household gets 2^64 addresses of IPv6, and may change them as it likes. */
static void
a_new_ipv6_address_is_no_new_visitor(void **state)
{
    char address[64];
    int status = 401;

    (void)state;
    stranger.address = address;
    for (int i = 0; i < 50 && status == 401; i++) {
        snprintf(address, sizeof(address), "2001:db8:1:2:%x:%x:0:%x", i * 7919, i + 1, i);
        status = post(&stranger, "/api/till/enrol", NULL, "{\"code\":\"%08d\"}", i);
    }
    REFUSES(status, 429, "too_many_requests");
    stranger.address = "2001:db8:1:3::1"; /* the neighbours */
    REFUSES(post(&stranger, "/api/till/enrol", NULL, "{\"code\":\"00000000\"}"), 401,
            "enrol_code_wrong");
    stranger.address = "::ffff:203.0.113.9"; /* IPv4 in IPv6's clothes: each its own */
    REFUSES(post(&stranger, "/api/till/enrol", NULL, "{\"code\":\"00000000\"}"), 401,
            "enrol_code_wrong");
}

/* A proxy that adds to the list what it saw: before that stands whatever the client wrote. */
static void
an_invented_address_is_no_new_visitor(void **state)
{
    (void)state;
    harness_stop_app();
    harness_setting("PROXY_HEADER=X-Forwarded-For");
    harness_start_app();
    harness_setting(NULL);
    stranger.address = "";
    for (int form = 0; form < 2; form++) {
        char line[128];
        int status = 401;

        CHECK_ROW((size_t)form);
        for (int i = 0; i < 50 && status == 401; i++) {
            snprintf(line, sizeof(line), "X-Forwarded-For: 192.0.2.%d%s203.0.113.%d\r\n", i,
                     form == 0 ? ", " : "\r\nX-Forwarded-For: ", form);
            stranger.headers = line;
            status = post(&stranger, "/api/till/enrol", NULL, "{\"code\":\"%08d\"}", i);
        }
        REFUSES(status, 429, "too_many_requests");
    }
}

/* A well formed code of nobody's. */
static const char *
guessed_code(int64_t guess)
{
    static const uint8_t no_root[KEY_SIZE];
    static char code[CODE_DIGITS + 1];
    struct keys keys;

    keys_derive(no_root, &keys);
    code_make(&keys, CODE_MEMBER, guess, 0, code);
    return code;
}

static void
a_till_that_guesses_codes_has_to_wait(void **state)
{
    const char *seen;

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    for (int i = 0; i < 10; i++)
        REFUSES(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", guessed_code(i)), 404, "code_unknown");
    /* Were the right one answered now, the guessing could go on. */
    seen = card_code(&shopper, STAMPS);
    REFUSES(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", seen), 429, "too_many_requests");
    harness_advance(MINUTE_MS - 1);
    seen = card_code(&shopper, STAMPS);
    REFUSES(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", seen), 429, "too_many_requests");
    harness_advance(1);
    ANSWERS(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", seen), 200);
    REFUSES(post(&till, SCAN, NULL, "{\"code\":\"%s\"}", guessed_code(10)), 404, "code_unknown");
}

static void
guesses_said_to_be_from_a_queue_count_as_well(void **state)
{
    const char *seen;
    int64_t at_ms;

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    seen = card_code(&shopper, STAMPS);
    at_ms = harness_now();
    for (int i = 0; i < 10; i++)
        REFUSES(post(&till, GRANT, fresh_key(),
                     "{\"code\":\"%s\",\"scanned_at\":%lld,\"stamps\":1}", guessed_code(i),
                     (long long)at_ms),
                404, "code_unknown");
    REFUSES(post(&till, GRANT, "a-key-to-be-used-twice",
                 "{\"code\":\"%s\",\"scanned_at\":%lld,\"stamps\":1}", seen, (long long)at_ms),
            429, "too_many_requests");
    harness_advance(MINUTE_MS); /* and what was queued in good faith is not lost */
    ANSWERS(post(&till, GRANT, "a-key-to-be-used-twice",
                 "{\"code\":\"%s\",\"scanned_at\":%lld,\"stamps\":1}", seen, (long long)at_ms),
            201);
    stored_is_sound();
}

/* ---------------------------------------------------------------- memory */

#define PROMISES 64

static int64_t
resident_kib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    int64_t kib = -1;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        struct str rest = str_of(line);
        uint64_t number;

        if (!str_skip(&rest, STR("VmRSS:")))
            continue;
        rest = str_trim(rest);
        if (str_number(&rest, &number, INT32_MAX))
            kib = (int64_t)number;
    }
    assert_int_equal(fclose(file), 0);
    return kib;
}

/* A hundred bytes that promise a megabyte are a hundred bytes, or a few thousand of them would take
 * the machine's memory. */
static void
a_promised_body_takes_no_memory_before_it_comes(void **state)
{
    struct http_peer *peer[PROMISES];
    char head[256];
    int64_t before_kib;

    (void)state;
    snprintf(head, sizeof(head),
             "POST /line/webhook HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
             "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n",
             here.port, 1024 * 1024);
    ANSWERS(get(&stranger, "/healthz"), 200);
    before_kib = resident_kib();
    for (size_t i = 0; i < PROMISES; i++) {
        peer[i] = http_peer_open(here.port);
        http_peer_text(peer[i], head);
    }
    for (int i = 0; i < 100; i++)
        harness_pause();
    CHECK_THAT(resident_kib() - before_kib < PROMISES * 1024 / 2);
    for (size_t i = 0; i < PROMISES; i++)
        http_peer_close(peer[i]);
}

/* ---------------------------------------------------------------- what is not for the world */

static void
metrics_are_not_for_the_world_however_it_came(void **state)
{
    (void)state;
    stranger.address = "";
    ANSWERS(get(&stranger, "/metrics"), 200); /* from this very machine */
    stranger.headers = "X-Forwarded-For: 203.0.113.9\r\n";
    REFUSES(get(&stranger, "/metrics"), 404, "path_unknown");
    stranger.headers = "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.9\r\n";
    REFUSES(get(&stranger, "/metrics"), 404, "path_unknown");
    stranger.headers = "Forwarded: for=127.0.0.1\r\nForwarded: for=203.0.113.9\r\n";
    REFUSES(get(&stranger, "/metrics"), 404, "path_unknown");
    stranger.headers = "X-Forwarded-For:\r\n";
    REFUSES(get(&stranger, "/metrics"), 404, "path_unknown");
}

/* Whoever has the file has no names: also not in the answers that are kept for repeats. */
static void
the_book_names_nobody(void **state)
{
    (void)state;
    login_liff(&shopper, 1);
    ANSWERS(get(&shopper, "/api/card"), 200);
    CHECK_TEXT(got_text("name"), "Shopper 1 (ja)");
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    (void)grant_stamps(&till, &shopper, 1);
    CHECK_INT(stored_int("SELECT count(*) FROM answer"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM answer WHERE instr(hex(body), hex('Shopper'))"), 0);
}

/* ---------------------------------------------------------------- sessions */

/* Somebody else sits down at the browser: the page left open must not go on telling. */
static void
streams_end_with_the_session(void **state)
{
    struct browser phone = {0};
    struct events *left_open;

    (void)state;
    login_liff(&shopper, 1);
    login_liff(&phone, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    left_open = events_open(&shopper, "/api/events");
    ANSWERS(post(&shopper, "/line/logout", NULL, "{}"), 204);
    (void)grant_stamps(&till, &phone, 1);
    CHECK_THAT(events_ended(left_open));
    events_close(left_open);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ATTACK(guests_of_the_shops_wifi_cannot_stop_its_till),
        ATTACK(one_session_cannot_ask_without_end),
        ATTACK(a_new_ipv6_address_is_no_new_visitor),
        ATTACK(an_invented_address_is_no_new_visitor),
        ATTACK(a_till_that_guesses_codes_has_to_wait),
        ATTACK(guesses_said_to_be_from_a_queue_count_as_well),
        ATTACK(a_promised_body_takes_no_memory_before_it_comes),
        ATTACK(metrics_are_not_for_the_world_however_it_came),
        ATTACK(the_book_names_nobody),
        ATTACK(streams_end_with_the_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
