/*
 * A clock that jumps, through the real service: while it is off by more than a minute nothing is
 * written by it, however long that lasts; what it is off by less, or by the operator's word, does
 * neither let a code work twice, nor turn the book's time back, nor end a voucher early.
 *
 * JUMPS (400) jumps of a second to two years, either way, of SEED (printed); `make clock`: 20,000.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "domain/code.h"
#include "domain/keys.h"
#include "tests/support/crowd.h"

#define SCANS "/api/till/scans"
#define GRANTS "/api/till/grants"
#define REDEMPTIONS "/api/till/redemptions"

#define YEAR_MS (365 * DAY_MS)
#define RESTART_EVERY 60
/* Two such words are less than a day apart: by then a message has ended, by the book's own time. */
#define RESTART_WITHIN_MS (5 * HOUR_MS)
#define CODES_MAX 65536
#define BODY_MAX 192

static struct browser shopper;
static struct client till[2];
static struct keys keys;
static int64_t locator; /* of the shopper's card of POINTS */
static int64_t wrong_ms, trusted_ms, latest_ms;
static int64_t *used_step;
static size_t used_n;
static uint64_t chance;

static struct {
    int64_t jumps, refused, scans, used_again, grants, redemptions, restarts;
} count;

/* splitmix64. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators". */
static int64_t
below(int64_t limit)
{
    uint64_t z = (chance += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (int64_t)((z ^ z >> 31) % (uint64_t)limit);
}

static int
set_up(void **state)
{
    char path[400];
    struct err e;

    chance = number_of_env("SEED", 20260401);
    wrong_ms = trusted_ms = 0;
    shopper = (struct browser){0};
    memset(&count, 0, sizeof(count));
    harness_setting("PEER_RATE=0");
    harness_set_up(state);
    login_liff(&shopper, 1);
    locator = stored_int("SELECT locator FROM card WHERE plan_id = %d", POINTS);
    snprintf(path, sizeof(path), "%s/" DATA_ROOT_KEY, here.dir);
    CHECK_OK(keys_load(path, &keys, &e), e);
    crowd_come(till, COUNT(till));
    return 0;
}

static int
tear_down(void **state)
{
    crowd_leave(till, COUNT(till));
    return harness_tear_down(state);
}

/* ---------------------------------------------------------------- time */

static void
set_wrong(int64_t ms)
{
    wrong_ms = ms;
    harness_set_wrong(ms);
}

static bool
is_believed(void)
{
    return llabs(wrong_ms - trusted_ms) <= CLOCK_JUMP_MAX_MS;
}

/* The operator's word that the clock is right. */
static void
restart(void)
{
    crowd_leave(till, COUNT(till));
    harness_stop_app();
    harness_start_app();
    crowd_sign_in(till, COUNT(till));
    trusted_ms = wrong_ms;
    count.restarts++;
}

/* Both to the day cut (4 in the morning in Tokyo), and to new years and leap days. */
static int64_t
to_an_edge(int64_t now_ms)
{
    static const int64_t edge_ms[] = {
        INT64_C(1798729200000), /* 2027-01-01 00:00 in Tokyo */
        INT64_C(1798743600000), /* and its day cut */
        INT64_C(1835276400000), /* 2028-02-28 00:00 */
        INT64_C(1835362800000), /* 2028-02-29 00:00 */
        INT64_C(1835449200000), /* 2028-03-01 00:00 */
    };
    int64_t cut_ms = (now_ms / DAY_MS + below(3)) * DAY_MS + 19 * HOUR_MS;
    int64_t at_ms = below(2) ? cut_ms : edge_ms[below(COUNT(edge_ms))];

    return at_ms - now_ms + below(3) - 1;
}

/* From a second to two years: as many small ones as large ones. */
static int64_t
a_jump(void)
{
    static const int64_t most_ms[] = {MINUTE_MS, HOUR_MS, DAY_MS, 30 * DAY_MS, 2 * YEAR_MS};
    int64_t ms = SECOND_MS + below(most_ms[below(COUNT(most_ms))] - SECOND_MS);

    return below(2) ? ms : -ms;
}

static void
jump(void)
{
    int64_t true_ms = harness_now() - wrong_ms;

    switch (below(5)) {
    case 0:
        set_wrong(trusted_ms); /* somebody puts it right */
        break;
    case 1: /* back, but no further than is believed: the card shows the codes of before */
        set_wrong(trusted_ms - below(CLOCK_JUMP_MAX_MS));
        break;
    case 2:
        set_wrong(trusted_ms + to_an_edge(true_ms + trusted_ms));
        break;
    default:
        set_wrong(trusted_ms + a_jump());
    }
    count.jumps++;
}

/* Two rounds of the scheduler: whatever is due by this clock has been done. */
static void
let_it_act(void)
{
    const struct service_counts *c = &app_service(here.app)->counts;
    uint64_t rounds = c->rounds + 2;

    UNTIL(c->rounds >= rounds);
}

/* ---------------------------------------------------------------- while nobody knows the time */

static void
refuses(struct client *at, const char *path, const char *key, const char *body)
{
    char word[24];

    CHECK_INT(client_post(at, path, key, body), 503);
    CHECK_THAT(client_text(at, "error", word, sizeof(word)));
    CHECK_TEXT(word, "clock_unsure");
    count.refused++;
}

static void
code_now(enum code_kind kind, int64_t of, char body[BODY_MAX])
{
    char code[CODE_DIGITS + 1];

    code_make(&keys, kind, of, code_step(harness_now()), code);
    snprintf(body, BODY_MAX, "{\"code\":\"%s\"}", code);
}

static void
nothing_is_written(void)
{
    int64_t lines = stored_int("SELECT count(*) FROM transfer");
    int64_t scans = stored_int("SELECT count(*) FROM scan");
    int64_t open = stored_int("SELECT count(*) FROM voucher WHERE state = 'issued'");
    char body[BODY_MAX];

    code_now(CODE_MEMBER, locator, body);
    refuses(&till[0], SCANS, NULL, body);
    refuses(&till[1], GRANTS, "the-clock-is-wrong", "{\"scan\":1,\"yen\":500}");
    refuses(&till[1], REDEMPTIONS, "the-clock-is-wrong", "{\"voucher\":1,\"token\":\"x\"}");
    let_it_act();
    CHECK_INT(stored_int("SELECT count(*) FROM transfer"), lines);
    CHECK_INT(stored_int("SELECT count(*) FROM scan"), scans);
    CHECK_INT(stored_int("SELECT count(*) FROM voucher WHERE state = 'issued'"), open);
}

/* ---------------------------------------------------------------- while it is believed */

static bool
was_used(int64_t step)
{
    for (size_t i = used_n; i-- > 0;)
        if (used_step[i] == step)
            return true;
    return false;
}

static void
grant_on(struct client *at, int64_t scan)
{
    static unsigned made;
    char body[BODY_MAX], key[CLIENT_KEY_SIZE];

    snprintf(key, sizeof(key), "clock-grant-%08u", made++);
    snprintf(body, sizeof(body), "{\"scan\":%" PRId64 ",\"yen\":%d}", scan,
             (int)(100 + below(3000)));
    CHECK_INT(client_post(at, GRANTS, key, body), 201);
    count.grants++;
}

/* The code that the card shows by this clock: taken, unless it was taken before, at any time. */
static void
scan_what_is_shown(void)
{
    struct client *at = &till[below(2)];
    int64_t step = code_step(harness_now());
    char body[BODY_MAX], word[24];
    int status;

    code_now(CODE_MEMBER, locator, body);
    status = client_post(at, SCANS, NULL, body);
    if (status == 429) /* a till reads so many a second, by its clock */
        return;
    if (was_used(step)) {
        if (status == 200) { /* the same session again: it does not grant again */
            CHECK_THAT(strstr(at->answer.body, "\"again\":true") != NULL);
            return;
        }
        CHECK_INT(status, 409);
        CHECK_THAT(client_text(at, "error", word, sizeof(word)));
        CHECK_TEXT(word, "code_used");
        count.used_again++;
        return;
    }
    CHECK_INT(status, 200);
    CHECK_THAT(strstr(at->answer.body, "\"again\":false") != NULL);
    CHECK_THAT(used_n < CODES_MAX);
    used_step[used_n++] = step;
    count.scans++;
    grant_on(at, client_int(at, "scan"));
}

/* A code from before: it is nobody's now, or was used. */
static void
try_an_old_code(void)
{
    char body[BODY_MAX], code[CODE_DIGITS + 1];
    int64_t step;

    if (used_n == 0)
        return;
    step = used_step[below((int64_t)used_n)];
    code_make(&keys, CODE_MEMBER, locator, step, code);
    snprintf(body, sizeof(body), "{\"code\":\"%s\",\"scanned_at\":%" PRId64 ",\"yen\":500}", code,
             harness_now() - below(10 * MINUTE_MS));
    CHECK_INT(client_post(&till[1], GRANTS, "an-old-code-at-another-till", body) == 201, 0);
}

static void
redeem_one(void)
{
    int64_t id = stored_int("SELECT id FROM voucher WHERE state = 'issued' AND expires_ms > %lld"
                            " ORDER BY id LIMIT 1",
                            (long long)harness_now());
    char body[BODY_MAX], token[64], key[CLIENT_KEY_SIZE];

    if (id < 0)
        return;
    code_now(CODE_VOUCHER, stored_int("SELECT locator FROM voucher WHERE id = %lld", (long long)id),
             body);
    if (client_post(&till[0], SCANS, NULL, body) == 429)
        return;
    CHECK_INT(till[0].answer.status, 200);
    CHECK_THAT(client_text(&till[0], "token", token, sizeof(token)));
    snprintf(body, sizeof(body), "{\"voucher\":%" PRId64 ",\"token\":\"%s\"}", id, token);
    snprintf(key, sizeof(key), "clock-redeem-%08" PRId64, id);
    CHECK_INT(client_post(&till[0], REDEMPTIONS, key, body), 200);
    count.redemptions++;
}

static void
a_till_works(void)
{
    if (harness_now() > latest_ms)
        latest_ms = harness_now();
    crowd_sign_in(till, COUNT(till));
    scan_what_is_shown();
    if (below(3) == 0)
        try_an_old_code();
    if (below(8) == 0)
        redeem_one();
}

/* ---------------------------------------------------------------- the tests */

static void
the_book_is_as_it_must_be(void)
{
    CHECK_INT(stored_int("SELECT count(*) FROM transfer a JOIN transfer b ON b.seq = a.seq + 1"
                         " WHERE b.at_ms < a.at_ms"),
              0);
    CHECK_INT(stored_int("SELECT count(*) FROM scan"), used_n);
    CHECK_INT(stored_int("SELECT count(*) FROM voucher WHERE state = 'expired'"
                         " AND (expires_ms > closed_ms OR expires_ms > %lld)",
                         (long long)latest_ms),
              0);
    CHECK_INT(stored_int("SELECT count(*) FROM voucher WHERE state = 'redeemed'"
                         " AND expires_ms <= closed_ms"),
              0);
    stored_is_sound();
}

static void
a_jumping_clock_writes_nothing_and_repeats_nothing(void **state)
{
    const int64_t jumps = (int64_t)number_of_env("JUMPS", 400);

    (void)state;
    print_message("clock: SEED=%" PRIu64 "\n", chance);
    used_step = calloc(CODES_MAX, sizeof(*used_step));
    used_n = 0;
    latest_ms = harness_now();
    while (count.jumps < jumps) {
        harness_advance(SECOND_MS + below(20 * SECOND_MS));
        if (below(2))
            jump();
        CHECK_ROW(count.jumps);
        if (is_believed())
            a_till_works();
        else
            nothing_is_written();
        if (below(RESTART_EVERY) == 0 && llabs(wrong_ms) < RESTART_WITHIN_MS)
            restart();
    }
    CHECK_ROW(0);
    set_wrong(trusted_ms);
    let_it_act();
    the_book_is_as_it_must_be();
    print_message("clock: %" PRId64 " jumps, %" PRId64 " restarts by another time; %" PRId64
                  " requests refused meanwhile, nothing written; %" PRId64
                  " codes taken once, %" PRId64 " shown again and refused, %" PRId64
                  " grants, %" PRId64 " redemptions; at_ms never back, check sound\n",
                  count.jumps, count.restarts, count.refused, count.scans, count.used_again,
                  count.grants, count.redemptions);
    free(used_step);
}

/* Two years ahead: by that clock everything is over, everybody was away too long. And back. */
static void
two_years_ahead_end_nothing(void **state)
{
    char body[BODY_MAX];
    uint64_t before;

    (void)state;
    crowd_sign_in(till, COUNT(till));
    code_now(CODE_MEMBER, locator, body);
    CHECK_INT(client_post(&till[0], SCANS, NULL, body), 200);
    snprintf(body, sizeof(body), "{\"scan\":%" PRId64 ",\"yen\":5000}",
             client_int(&till[0], "scan"));
    CHECK_INT(client_post(&till[0], GRANTS, "a-grant-before-the-jump", body), 201);
    let_it_act();
    before = (uint64_t)stored_int("SELECT count(*) FROM session") << 32 |
             (uint64_t)stored_int("SELECT count(*) FROM answer");
    set_wrong(2 * YEAR_MS);
    nothing_is_written();
    for (int hour = 0; hour < 24; hour++) {
        set_wrong(2 * YEAR_MS + hour * HOUR_MS);
        let_it_act();
    }
    CHECK_INT(stored_int("SELECT count(*) FROM voucher WHERE state = 'issued'"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM member WHERE erased_ms IS NOT NULL"), 0);
    set_wrong(-2 * YEAR_MS);
    nothing_is_written();
    set_wrong(0);
    let_it_act();
    CHECK_INT((uint64_t)stored_int("SELECT count(*) FROM session") << 32 |
                  (uint64_t)stored_int("SELECT count(*) FROM answer"),
              before);
    ANSWERS(get(&shopper, "/api/card?plan=2"), 200); /* still signed in, the voucher still there */
    CHECK_THAT(got("vouchers.0") != NULL);
    redeem_one();
    CHECK_INT(count.redemptions, 1);
    stored_is_sound();
}

/* What is off by less is no jump: a leap second, or time served anew. */
static void
a_minute_is_no_jump(void **state)
{
    (void)state;
    used_step = calloc(CODES_MAX, sizeof(*used_step));
    used_n = 0;
    for (int i = -60; i <= 60; i += 60) {
        set_wrong(i * SECOND_MS);
        harness_advance(5 * MINUTE_MS);
        CHECK_THAT(is_believed());
        a_till_works();
    }
    CHECK_INT(count.grants, 3);
    set_wrong(60 * SECOND_MS + 1);
    nothing_is_written();
    ANSWERS(get(&shopper, "/api/card?plan=2"), 200); /* who only reads is answered */
    restart();                                       /* the operator says that it is right */
    harness_advance(CODE_STEP_MS);
    a_till_works();
    CHECK_INT(count.used_again + count.grants, 4);
    stored_is_sound();
    free(used_step);
}

#define CLOCK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* LINE's Date is the machine's own here, so ours has to be that as well. */
static void
a_clock_put_right_is_confirmed_by_lines(void **state)
{
    (void)state;
    atomic_store(&here.clock.fixed_ms, 0);
    set_wrong(-HOUR_MS);
    crowd_leave(till, COUNT(till));
    harness_stop_app();
    harness_start_app(); /* trusted as it was */
    set_wrong(0);        /* and put right only now */
    shopper = (struct browser){0};
    login_liff(&shopper, 1);
    UNTIL(post(&shopper, "/api/profile", NULL, "{\"language\":\"th\"}") == 200);
    CHECK_TEXT(stored_text("SELECT language FROM member"), "th");
}

/* And one that only we believe in stays in doubt: LINE's says otherwise. */
static void
a_clock_that_lines_contradicts_stays_in_doubt(void **state)
{
    const struct service_counts *counts;
    uint64_t before;

    (void)state;
    atomic_store(&here.clock.fixed_ms, 0);
    crowd_leave(till, COUNT(till));
    harness_stop_app();
    harness_start_app();
    shopper = (struct browser){0};
    login_liff(&shopper, 1);
    ANSWERS(post(&shopper, "/api/profile", NULL, "{\"language\":\"th\"}"), 200);
    set_wrong(HOUR_MS);
    counts = &app_service(here.app)->counts;
    before = counts->rounds;
    UNTIL(counts->rounds >= before + 5); /* LINE has been asked for the time */
    REFUSES(post(&shopper, "/api/profile", NULL, "{\"language\":\"en\"}"), 503, "clock_unsure");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLOCK_TEST(a_clock_put_right_is_confirmed_by_lines),
        CLOCK_TEST(a_clock_that_lines_contradicts_stays_in_doubt),
        CLOCK_TEST(a_minute_is_no_jump),
        CLOCK_TEST(two_years_ahead_end_nothing),
        CLOCK_TEST(a_jumping_clock_writes_nothing_and_repeats_nothing),
    };

    if (getenv("HARNESS_LOG") == NULL)
        log_fd_set(open("/dev/null", O_WRONLY | O_CLOEXEC)); /* it rightly tells every jump */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
