/*
 * A few cards hammered by 64 tills at once and by their members' phones, through the real service:
 * every request that was told done is in the book once, as told, whether it gave points, spent
 * them, held them, swapped them or took any of that back; the balances are what the answers add up
 * to, and no answer ever told a balance below zero.
 *
 * HAMMER (4000) requests of SEED (printed); `make hammer` sends 200,000.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_login.h"
#include "domain/catalogue.h"
#include "domain/code.h"
#include "domain/hold.h"
#include "tests/support/hammer.h"

#define CLIENTS 64
#define ROUND_REQUESTS 1200

static struct client client[CLIENTS];
static struct worker worker[CLIENTS];

/* ---------------------------------------------------------------- rounds */

static sqlite3 *
book_open_here(void)
{
    char path[400];
    sqlite3 *db;

    snprintf(path, sizeof(path), "%s/" DATA_BOOK, here.dir);
    CHECK_INT(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    return db;
}

static sqlite3_stmt *
query(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;

    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    return s;
}

static enum err_code
set_catalogue(struct db *db, void *context, struct err *e)
{
    struct arena *a = arena_new(4 * MIB);
    struct catalogue all;
    int64_t number;
    enum err_code code =
        catalogue_read(STR("{\"rewards\":[{\"price\":7,\"key\":\"tea\",\"title\":\"Tea\","
                           "\"valid_days\":60,\"kind\":\"free_item\"}]}"),
                       UNIT_POINT, a, &all, e) ||
                catalogue_set(db, POINTS, &all, 0, harness_now(), &number, e)
            ? e->code
            : OK;

    (void)context;
    arena_free(a);
    return code;
}

/* The test makes the codes itself, as the cards would. */
static void
somebody_comes(int i)
{
    struct hammer_card *card = &hammer.card[i];
    struct browser shopper = {0};

    login_liff(&shopper, i + 1);
    card->id = stored_int("SELECT id FROM card WHERE plan_id = %d ORDER BY id LIMIT 1 OFFSET %d",
                          POINTS, i);
    card->locator = stored_int("SELECT locator FROM card WHERE id = %lld", (long long)card->id);
    CHECK_THAT(card->id > 0);
    snprintf(card->phone, sizeof(card->phone), "%s", cookie_of(&shopper, COOKIE_MEMBER));
}

static void
everybody_comes(void)
{
    char path[400];
    struct err e;

    for (int i = 0; i < HAMMER_CARDS; i++)
        somebody_comes(i);
    CHECK_OK(app_write(here.app, set_catalogue, NULL, &e), e);
    hammer.tea = stored_int("SELECT id FROM reward WHERE key = 'tea'");
    snprintf(path, sizeof(path), "%s/" DATA_ROOT_KEY, here.dir);
    CHECK_OK(keys_load(path, &hammer.keys, &e), e);
    crowd_come(client, CLIENTS);
}

static void
look_up_vouchers(void)
{
    sqlite3 *db = book_open_here();
    sqlite3_stmt *s = query(db, "SELECT id, locator FROM voucher WHERE state = 'issued'"
                                " ORDER BY id DESC");
    size_t n = 0;

    for (; n < HAMMER_VOUCHERS && sqlite3_step(s) == SQLITE_ROW; n++) {
        hammer.voucher[n].id = sqlite3_column_int64(s, 0);
        hammer.voucher[n].locator = sqlite3_column_int64(s, 1);
        atomic_store(&hammer.voucher[n].is_redeemed, false);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    hammer.vouchers_n = n;
    atomic_store(&hammer.voucher_turn, 0);
}

/* An hour goes by, in which the cards have shown other codes, and whatever is still
 * held comes back. */
static void
round_begin(int64_t requests)
{
    int64_t now;

    harness_advance(HAMMER_STEPS_HOT * CODE_STEP_MS);
    hammer.now_ms = harness_now();
    now = code_step(hammer.now_ms);
    for (int i = 0; i < HAMMER_CARDS; i++) {
        struct hammer_card *card = &hammer.card[i];

        card->next_step = now - (i == 0 ? HAMMER_STEPS_HOT : HAMMER_STEPS_COLD) + 1;
        card->last_step = card->next_live = now - HAMMER_STEPS_LIVE + 1;
        card->last_live = i == 0 ? now - 1 : now; /* the hot card's newest is for all at once */
    }
    crowd_sign_in(client, CLIENTS);
    look_up_vouchers();
    atomic_store(&hammer.left, requests);
}

static void
round_run(int64_t requests)
{
    int64_t won = 0;

    round_begin(requests);
    for (int i = 0; i < CLIENTS; i++)
        CHECK_INT(pthread_create(&worker[i].thread, NULL, hammer_work, &worker[i]), 0);
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(worker[i].thread, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        if (worker[i].failure[0] != '\0')
            fail_msg("till %d: %s", i, worker[i].failure);
        won += worker[i].live_won;
        worker[i].live_won = 0;
    }
    CHECK_INT(won, 1); /* of all who read the same code */
}

/* ---------------------------------------------------------------- what is left in the end */

struct totals {
    struct told *told;
    size_t n;
    int64_t of[TOLD_KINDS];
    int64_t requests, redeemed, repeats, captured, issued, cancelled, on_hot, in, out;
};

static int
by_seq(const void *a, const void *b)
{
    const struct told *one = a, *other = b;

    return one->seq < other->seq ? -1 : one->seq > other->seq;
}

static void
add_told(struct totals *t, const struct told *told)
{
    bool is_back = told->kind == TOLD_UNEARNED || told->kind == TOLD_UNSWAPPED;

    t->of[told->kind]++;
    *(is_back ? &t->cancelled : &t->issued) += told->vouchers;
    t->on_hot += told->card == 0;
    t->told[t->n++] = *told;
}

static int
card_of(int64_t id)
{
    for (int i = 0; i < HAMMER_CARDS; i++)
        if (hammer.card[i].id == id)
            return i;
    fail_msg("card %lld is nobody's", (long long)id);
    return 0;
}

/* What was held and forgotten came back by itself: no answer tells of it, the book does. */
static void
add_forgotten(struct totals *t)
{
    sqlite3 *db = book_open_here();
    sqlite3_stmt *s = query(db, "SELECT t.seq, t.card_id, t.amount, t.balance_after,"
                                " lower(hex(t.mac)) FROM hold h JOIN transfer t"
                                " ON t.seq = h.back_seq WHERE h.state = 'over'");

    while (sqlite3_step(s) == SQLITE_ROW) {
        struct told told = {.kind = TOLD_FORGOTTEN,
                            .card = card_of(sqlite3_column_int64(s, 1)),
                            .seq = sqlite3_column_int64(s, 0),
                            .amount = sqlite3_column_int64(s, 2),
                            .change = sqlite3_column_int64(s, 2),
                            .balance = sqlite3_column_int64(s, 3)};

        snprintf(told.mac, sizeof(told.mac), "%s", sqlite3_column_text(s, 4));
        add_told(t, &told);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
}

/* Everything in the order of its transfers. */
static struct totals
totals_of(void)
{
    struct totals t = {.n = (size_t)stored_int("SELECT count(*) FROM hold")};

    for (int i = 0; i < CLIENTS; i++)
        t.n += worker[i].told_n;
    t.told = calloc(t.n + 1, sizeof(*t.told));
    t.n = 0;
    for (int i = 0; i < CLIENTS; i++) {
        for (size_t j = 0; j < worker[i].told_n; j++)
            add_told(&t, &worker[i].told[j]);
        t.requests += worker[i].requests;
        t.redeemed += worker[i].redeemed;
        t.repeats += worker[i].repeats;
        t.captured += worker[i].captured;
    }
    add_forgotten(&t);
    qsort(t.told, t.n, sizeof(*t.told), by_seq);
    return t;
}

/* Each balance must follow from the last. */
static void
answers_add_up(struct totals *t, int64_t balance[HAMMER_CARDS])
{
    for (size_t i = 0; i < t->n; i++) {
        const struct told *told = &t->told[i];
        int64_t left = told->change - told->rounds * HAMMER_GOAL, was = balance[told->card];

        CHECK_ROW(told->seq);
        CHECK_THAT(i == 0 || told[-1].seq < told->seq); /* no receipt twice */
        CHECK_THAT(told->balance >= 0);
        if (told->kind == TOLD_UNEARNED) { /* with the rounds it took back */
            CHECK_INT((told->balance - was - left) % HAMMER_GOAL, 0);
            CHECK_THAT(told->balance >= was + left);
        } else {
            CHECK_INT(told->balance, was + left);
        }
        if (told->kind == TOLD_EARN)
            CHECK_INT(told->vouchers, told->rounds);
        balance[told->card] = told->balance;
        *(told->balance > was ? &t->in : &t->out) += llabs(told->balance - was);
    }
    CHECK_ROW(0);
}

/* Every transfer that somebody asked for was told, and every one told is in the book, as it was
 * told. What comes back for a capture in part is half of that; rounds go with their grants. */
static void
book_is_what_was_told(const struct totals *t, const int64_t balance[HAMMER_CARDS])
{
    static const int kind[TOLD_KINDS] = {
        [TOLD_EARN] = 1,    [TOLD_UNEARNED] = 3,  [TOLD_SPENT] = 8,    [TOLD_UNSPENT] = 3,
        [TOLD_HELD] = 8,    [TOLD_CAPTURED] = 8,  [TOLD_RELEASED] = 3, [TOLD_FORGOTTEN] = 3,
        [TOLD_SWAPPED] = 9, [TOLD_UNSWAPPED] = 3,
    };
    sqlite3 *db = book_open_here();
    sqlite3_stmt *s = query(db, "SELECT seq, card_id, kind, amount, lower(hex(mac)) FROM transfer t"
                                " WHERE kind <> 2 AND (kind <> 3 OR cause_seq IS NULL"
                                " OR (cause_seq = reverses_seq AND NOT EXISTS (SELECT 1 FROM hold"
                                " WHERE back_seq = t.seq AND kept_seq IS NOT NULL))) ORDER BY seq");
    size_t i = 0;

    for (; sqlite3_step(s) == SQLITE_ROW; i++) {
        CHECK_ROW(sqlite3_column_int64(s, 0));
        CHECK_THAT(i < t->n);
        CHECK_INT(sqlite3_column_int64(s, 0), t->told[i].seq);
        CHECK_INT(sqlite3_column_int64(s, 1), hammer.card[t->told[i].card].id);
        CHECK_INT(sqlite3_column_int64(s, 2), kind[t->told[i].kind]);
        CHECK_INT(sqlite3_column_int64(s, 3), t->told[i].amount);
        CHECK_TEXT((const char *)sqlite3_column_text(s, 4), t->told[i].mac);
    }
    CHECK_ROW(0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    CHECK_INT(i, t->n);
    for (int c = 0; c < HAMMER_CARDS; c++)
        CHECK_INT(
            stored_int("SELECT balance FROM card WHERE id = %lld", (long long)hammer.card[c].id),
            balance[c]);
}

static void
holds_and_vouchers_are_what_was_told(const struct totals *t)
{
    static const char holds[] = "SELECT count(*) FROM hold WHERE state = %Q";
    static const char vouchers[] = "SELECT count(*) FROM voucher WHERE state = %Q";

    CHECK_INT(stored_int(holds, "captured"), t->captured + t->of[TOLD_CAPTURED]);
    CHECK_INT(stored_int(holds, "released"), t->of[TOLD_RELEASED]);
    CHECK_INT(stored_int(holds, "over"),
              t->of[TOLD_HELD] - t->captured - t->of[TOLD_CAPTURED] - t->of[TOLD_RELEASED]);
    CHECK_INT(stored_int("SELECT count(*) FROM voucher"), t->issued);
    CHECK_INT(stored_int(vouchers, "cancelled"), t->cancelled);
    CHECK_INT(stored_int(vouchers, "redeemed"), t->redeemed);
}

static void
say_refusals(void)
{
    for (int i = 0; i < CLIENTS; i++)
        for (size_t j = 0; j < HAMMER_REFUSALS && worker[i].refused[j].n > 0; j++) {
            int64_t n = 0;

            for (int k = i; k < CLIENTS; k++)
                for (size_t l = 0; l < HAMMER_REFUSALS; l++)
                    if (strcmp(worker[k].refused[l].word, worker[i].refused[j].word) == 0 &&
                        (k != i || l != j)) {
                        n += worker[k].refused[l].n;
                        worker[k].refused[l].n = 0;
                        worker[k].refused[l].word[0] = '\1';
                    }
            n += worker[i].refused[j].n;
            if (worker[i].refused[j].word[0] != '\1')
                print_message("hammer:   refused %s: %" PRId64 "\n", worker[i].refused[j].word, n);
        }
}

static void
say_totals(const struct totals *t, int64_t took_ms)
{
    static const char *const name[TOLD_KINDS] = {
        [TOLD_EARN] = "grants",       [TOLD_UNEARNED] = "grants taken back",
        [TOLD_SPENT] = "spent",       [TOLD_UNSPENT] = "spent and given back",
        [TOLD_HELD] = "held",         [TOLD_CAPTURED] = "captured in part",
        [TOLD_RELEASED] = "released", [TOLD_FORGOTTEN] = "held and forgotten",
        [TOLD_SWAPPED] = "swapped",   [TOLD_UNSWAPPED] = "swapped back",
    };

    print_message("hammer: %" PRId64 " requests in %.1f s (%.0f a second), %" PRId64
                  " of them repeats answered as before; %" PRId64 " redemptions, %" PRId64
                  " holds captured whole\n",
                  t->requests, (double)took_ms / 1e3,
                  (double)t->requests * 1e3 / (double)(took_ms + 1), t->repeats, t->redeemed,
                  t->captured);
    for (size_t i = 0; i < TOLD_KINDS; i++)
        print_message("hammer:   %s: %" PRId64 "\n", name[i], t->of[i]);
    say_refusals();
    print_message("hammer: %zu transfers were told, %" PRId64 " of them on one card; %" PRId64
                  " points came, %" PRId64 " went\n",
                  t->n, t->on_hot, t->in, t->out);
}

/* Rounds until so many were sent; how long they took. */
static int64_t
rounds_run(int64_t requests)
{
    int64_t sent = 0, took_ms = 0, began_ms;

    while (sent < requests) {
        began_ms = clock_monotonic_ms();
        round_run(requests - sent < ROUND_REQUESTS ? requests - sent : ROUND_REQUESTS);
        took_ms += clock_monotonic_ms() - began_ms;
        sent = 0;
        for (int i = 0; i < CLIENTS; i++)
            sent += worker[i].requests;
    }
    return took_ms;
}

static void
every_answer_is_in_the_book_once_and_no_balance_falls_below_zero(void **state)
{
    const int64_t requests = (int64_t)number_of_env("HAMMER", 4000);
    const uint64_t seed = number_of_env("SEED", 20260401);
    int64_t balance[HAMMER_CARDS] = {0}, took_ms;
    struct totals t;

    (void)state;
    print_message("hammer: SEED=%" PRIu64 ", %d tills, %d cards\n", seed, CLIENTS, HAMMER_CARDS);
    everybody_comes();
    hammer_open((size_t)requests + CLIENTS);
    for (int i = 0; i < CLIENTS; i++)
        worker[i] = (struct worker){.client = &client[i], .chance = seed + (uint64_t)i * 7919};
    took_ms = rounds_run(requests);
    crowd_leave(client, CLIENTS);
    harness_advance(HOLD_MS);
    UNTIL(stored_int("SELECT count(*) FROM hold WHERE state = 'open'") == 0);
    t = totals_of();
    answers_add_up(&t, balance);
    book_is_what_was_told(&t, balance);
    holds_and_vouchers_are_what_was_told(&t);
    say_totals(&t, took_ms);
    for (size_t i = 0; i < TOLD_KINDS; i++) /* or the rest proves little */
        CHECK_THAT(t.of[i] > 0);
    stored_is_sound();
    print_message("hammer: all told once in the book, balances exact, check sound\n");
    for (int i = 0; i < CLIENTS; i++)
        free(worker[i].told);
    free(t.told);
    hammer_close();
}

static int
set_up(void **state)
{
    harness_setting("PEER_RATE=0"); /* a limit is another test's matter */
    return harness_set_up(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            every_answer_is_in_the_book_once_and_no_balance_falls_below_zero, set_up,
            harness_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
