/*
 * Races, through the real service: one voucher redeemed at two tills many times at once, and one
 * Idempotency-Key used 32 times at once. Every request is under way before any answer is read.
 *
 * RACES (60) races of SEED (printed); `make races` runs 1,000.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/code.h"
#include "domain/keys.h"
#include "tests/support/crowd.h"

#define GRANTS "/api/till/grants"
#define REVERSALS "/api/till/reversals"
#define REDEMPTIONS "/api/till/redemptions"
#define SCANS "/api/till/scans"

#define RUNNERS 32
#define YEN_OF_A_ROUND 5000 /* POINTS' goal */
#define ROUNDS_A_GRANT 20
#define BODY_MAX 192

static struct client till[2], runner[RUNNERS];
static struct keys keys;
static int64_t locator; /* of person 1's card of POINTS */
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

/* ---------------------------------------------------------------- who is there */

static int
set_up(void **state)
{
    struct browser shopper = {0};
    char path[400];
    struct err e;

    chance = number_of_env("SEED", 20260401);
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
    crowd_leave(runner, COUNT(runner));
    crowd_leave(till, COUNT(till));
    return harness_tear_down(state);
}

/* The runners, each on a connection of its own, at n_tills in turn from the `first` on. */
static void
line_up(unsigned n, unsigned n_tills, unsigned first)
{
    crowd_leave(runner, COUNT(runner));
    for (unsigned i = 0; i < n; i++)
        client_join(&runner[i], &till[(i + first) % n_tills]);
}

static const char *
key_of(unsigned race, unsigned number)
{
    static char key[CLIENT_KEY_SIZE];

    snprintf(key, sizeof(key), "race-%08u-%08u", race, number);
    return key;
}

/* The member's card a step later, read at a till: the scan. */
static int64_t
scan_card(struct client *at)
{
    char body[BODY_MAX], code[CODE_DIGITS + 1];

    harness_advance(CODE_STEP_MS);
    code_make(&keys, CODE_MEMBER, locator, code_step(harness_now()), code);
    snprintf(body, sizeof(body), "{\"code\":\"%s\"}", code);
    CHECK_INT(client_post(at, SCANS, NULL, body), 200);
    return client_int(at, "scan");
}

static int64_t
grant(struct client *at, int yen)
{
    static unsigned made;
    char body[BODY_MAX];

    snprintf(body, sizeof(body), "{\"scan\":%" PRId64 ",\"yen\":%d}", scan_card(at), yen);
    CHECK_INT(client_post(at, GRANTS, key_of(UINT32_MAX, made++), body), 201);
    return client_int(at, "transfer");
}

/* What a till needs to redeem the voucher. */
static void
redemption_of(struct client *at, int64_t voucher, char body[BODY_MAX])
{
    char code[CODE_DIGITS + 1], token[64];

    code_make(&keys, CODE_VOUCHER,
              stored_int("SELECT locator FROM voucher WHERE id = %lld", (long long)voucher),
              code_step(harness_now()), code);
    snprintf(body, BODY_MAX, "{\"code\":\"%s\"}", code);
    CHECK_INT(client_post(at, SCANS, NULL, body), 200);
    CHECK_THAT(client_text(at, "token", token, sizeof(token)));
    snprintf(body, BODY_MAX, "{\"voucher\":%" PRId64 ",\"token\":\"%s\"}", voucher, token);
}

/* ---------------------------------------------------------------- one voucher */

struct tally {
    int64_t requests, refused, replayed;
    int64_t won_at[2];
};

/* Some press twice: runner i of a till may send what runner i - 2 sends, under the same key. */
static void
race(unsigned number, int64_t voucher, unsigned n, struct tally *tally)
{
    char body[2][BODY_MAX];
    unsigned key[RUNNERS], won = 0, winner = RUNNERS, first = below(COUNT(till));

    harness_advance(SECOND_MS); /* a till may scan five times a second */
    redemption_of(&till[0], voucher, body[0]);
    redemption_of(&till[1], voucher, body[1]);
    line_up(n, COUNT(till), first);
    for (unsigned i = 0; i < n; i++) {
        key[i] = i >= 2 && below(3) == 0 ? key[i - 2] : i;
        CHECK_THAT(
            client_send(&runner[i], REDEMPTIONS, key_of(number, key[i]), body[(i + first) % 2]));
    }
    for (unsigned i = 0; i < n; i++) {
        int status = client_receive(&runner[i]);
        char word[24];

        if (status == 200) {
            CHECK_THAT(winner == RUNNERS || key[i] == winner); /* the same request, told again */
            winner = key[i];
            tally->replayed += client_was_replayed(&runner[i]);
            won += !client_was_replayed(&runner[i]);
            CHECK_INT(client_int(&runner[i], "voucher"), voucher);
            continue;
        }
        CHECK_INT(status, 409);
        CHECK_THAT(client_text(&runner[i], "error", word, sizeof(word)));
        CHECK_TEXT(word, "voucher_redeemed");
        tally->refused++;
    }
    CHECK_INT(won, 1);
    CHECK_INT(stored_int("SELECT till_id FROM voucher WHERE id = %lld", (long long)voucher),
              till[(winner + first) % 2].till_id);
    tally->won_at[(winner + first) % 2]++;
    tally->requests += n;
}

static void
a_voucher_is_redeemed_once_however_many_try(void **state)
{
    const unsigned races = (unsigned)number_of_env("RACES", 60);
    struct tally tally = {0};

    (void)state;
    print_message("races: SEED=%" PRIu64 "\n", chance);
    for (unsigned made = 0; made < races; made += ROUNDS_A_GRANT)
        grant(&till[0], ROUNDS_A_GRANT * YEN_OF_A_ROUND);
    for (unsigned i = 0; i < races; i++) {
        if (i % 200 == 0) /* nobody stays signed in for long without doing something */
            crowd_sign_in(till, COUNT(till));
        race(i, i + 1, 2 + below(RUNNERS - 1), &tally);
    }
    CHECK_INT(stored_int("SELECT count(*) FROM voucher WHERE state = 'redeemed'"), races);
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'voucher.redeemed'"), races);
    stored_is_sound();
    print_message("races: %u vouchers, %" PRId64
                  " requests of 2 to %d at once: one winner each (%" PRId64 " and %" PRId64
                  " at the two tills), %" PRId64 " told the winner's answer, %" PRId64 " refused\n",
                  races, tally.requests, RUNNERS, tally.won_at[0], tally.won_at[1], tally.replayed,
                  tally.refused);
}

/* ---------------------------------------------------------------- one key */

/* 32 times at one till; all the answers are one. Then the key belongs to that body for good. */
static void
all_with_one_key(unsigned number, const char *path, const char *body, int status)
{
    static char first[64 * 1024];
    unsigned replayed = 0;
    char word[32];

    for (unsigned i = 0; i < RUNNERS; i++)
        CHECK_THAT(client_send(&runner[i], path, key_of(number, 0), body));
    for (unsigned i = 0; i < RUNNERS; i++) {
        CHECK_INT(client_receive(&runner[i]), status);
        if (i == 0)
            CHECK_THAT(str_copy(str_of(runner[0].answer.body), first, sizeof(first)));
        CHECK_TEXT(runner[i].answer.body, first);
        replayed += client_was_replayed(&runner[i]);
    }
    CHECK_INT(replayed, RUNNERS - 1);
    CHECK_INT(client_post(&runner[0], path, key_of(number, 0), "{\"transfer\":999999}"), 422);
    CHECK_THAT(client_text(&runner[0], "error", word, sizeof(word)));
    CHECK_TEXT(word, "idempotency_mismatch");
}

static void
one_key_at_once_does_its_work_once(void **state)
{
    const unsigned rounds = ((unsigned)number_of_env("RACES", 60) + 19) / 20;
    int64_t before, seq, voucher;
    char body[BODY_MAX];

    (void)state;
    for (unsigned i = 0; i < rounds; i++) {
        crowd_sign_in(till, COUNT(till));
        line_up(RUNNERS, 1, 0);
        before = stored_int("SELECT count(*) FROM transfer");
        snprintf(body, sizeof(body), "{\"scan\":%" PRId64 ",\"yen\":700}", scan_card(&till[0]));
        all_with_one_key(4 * i, GRANTS, body, 201);
        CHECK_INT(stored_int("SELECT count(*) FROM transfer"), before + 1);

        seq = stored_int("SELECT max(seq) FROM transfer");
        snprintf(body, sizeof(body), "{\"transfer\":%" PRId64 "}", seq);
        all_with_one_key(4 * i + 1, REVERSALS, body, 201);
        CHECK_INT(stored_int("SELECT count(*) FROM transfer"), before + 2);
        all_with_one_key(4 * i + 2, REVERSALS, body, 409); /* a refusal is an answer as well */

        grant(&till[0], YEN_OF_A_ROUND);
        voucher = stored_int("SELECT max(id) FROM voucher");
        redemption_of(&till[0], voucher, body);
        all_with_one_key(4 * i + 3, REDEMPTIONS, body, 200);
        CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'voucher.redeemed'"), i + 1);
    }
    stored_is_sound();
    print_message("races: %u keys used %d times at once, by grants, reversals, redemptions and a "
                  "refusal: one did the work, %d equal answers, another body 422\n",
                  4 * rounds, RUNNERS, RUNNERS);
}

#define RACE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RACE_TEST(a_voucher_is_redeemed_once_however_many_try),
        RACE_TEST(one_key_at_once_does_its_work_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
