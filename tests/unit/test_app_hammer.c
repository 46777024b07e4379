/*
 * A few cards hammered by 64 tills at once, through the real service: every request its till was
 * told done is in the book once, as told, the balances are what the answers add up to, and no
 * answer ever told a balance below zero.
 *
 * HAMMER (4000) requests of SEED (printed); `make hammer` sends 200,000.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "domain/chain.h"
#include "domain/code.h"
#include "domain/keys.h"
#include "tests/support/crowd.h"

#define GRANTS "/api/till/grants"
#define REVERSALS "/api/till/reversals"
#define REDEMPTIONS "/api/till/redemptions"
#define SCANS "/api/till/scans"

#define CLIENTS 64
#define CARDS 5             /* person 1's is the hot one */
#define ROUND_REQUESTS 2400 /* then the clock moves, for a code works once */
#define HOT_STEPS 480       /* of codes that a round may use */
#define COLD_STEPS 120
#define GOAL 50          /* POINTS' */
#define SCANS_A_ROUND 16 /* a till may have 20 at once */
#define REMEMBERED 32
#define BODY_MAX 192
#define ANSWER_KEPT 1024
#define VOUCHERS_MAX 20000

/* ---------------------------------------------------------------- what everybody sees */

struct earn { /* one that was told done */
    int64_t seq, points, step;
    int card;
    int64_t till_id;
    atomic_bool is_reversed;
};

static struct {
    int64_t id, locator;
    int64_t next_step, last_step;
} card[CARDS];

static struct {
    int64_t id, locator;
    atomic_bool is_redeemed;
} voucher[VOUCHERS_MAX];

static struct keys keys;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* over steps and the pool of earns */
static struct earn *earns;
static size_t earns_n, vouchers_n;
static atomic_size_t voucher_turn;
static atomic_llong left; /* requests of this round */
static int64_t round_now_ms;

/* ---------------------------------------------------------------- one of the tills */

struct told { /* what an answer said of a transfer */
    int64_t seq, change, rounds, balance, vouchers;
    int card;
    bool is_reversal;
    char mac[HEX_SIZE(MAC_SIZE)];
};

struct remembered {
    int status;
    const char *path;
    char key[CLIENT_KEY_SIZE], body[BODY_MAX], answer[ANSWER_KEPT];
};

#define WORDS 12
struct worker {
    pthread_t thread;
    struct client *client;
    uint64_t chance;
    int64_t keys_made, requests, scans;
    struct told *told;
    size_t told_n, told_cap;
    struct remembered last[REMEMBERED];
    size_t last_n;
    int64_t redeemed, repeats, live, live_won;
    struct {
        char word[24];
        int64_t n;
    } refused[WORDS];
    char failure[400]; /* the first thing that must not be */
};

static struct client client[CLIENTS];
static struct worker worker[CLIENTS];

/* splitmix64. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators". */
static uint64_t
next_chance(uint64_t *chance)
{
    uint64_t z = (*chance += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static unsigned
below(struct worker *w, size_t limit)
{
    return (unsigned)(next_chance(&w->chance) % limit);
}

static void
must(struct worker *w, bool question, const char *what)
{
    if (!question && w->failure[0] == '\0')
        snprintf(w->failure, sizeof(w->failure), "%s: %d %.200s", what, w->client->answer.status,
                 w->client->answer.body);
}

static void
count_refusal(struct worker *w, const char *allowed)
{
    char word[24];
    int status = w->client->answer.status;

    must(w,
         status == 409 && client_text(w->client, "error", word, sizeof(word)) &&
             strstr(allowed, word) != NULL,
         allowed);
    for (size_t i = 0; status == 409 && i < WORDS; i++)
        if (w->refused[i].n == 0 || strcmp(w->refused[i].word, word) == 0) {
            snprintf(w->refused[i].word, sizeof(w->refused[i].word), "%s", word);
            w->refused[i].n++;
            return;
        }
}

static void
remember(struct worker *w, const char *path, const char *key, const char *body)
{
    struct remembered *r = &w->last[w->last_n++ % REMEMBERED];

    r->status = w->client->answer.status;
    r->path = path;
    snprintf(r->key, sizeof(r->key), "%s", key);
    snprintf(r->body, sizeof(r->body), "%s", body);
    (void)str_copy(str_of(w->client->answer.body), r->answer, sizeof(r->answer));
}

/* One request with a key of its own. */
static int
ask_keyed(struct worker *w, const char *path, const char *body)
{
    char key[CLIENT_KEY_SIZE];
    int status;

    snprintf(key, sizeof(key), "hammer-%" PRId64 "-%08" PRId64, w->client->till_id, w->keys_made++);
    status = client_post(w->client, path, key, body);
    w->requests++;
    atomic_fetch_sub(&left, 1);
    if (status == 200 || status == 201 || status == 409)
        remember(w, path, key, body);
    return status;
}

static void
tell(struct worker *w, struct told t)
{
    const struct client *c = w->client;

    if (w->told_n == w->told_cap) {
        w->told_cap = w->told_cap ? 2 * w->told_cap : 256;
        w->told = realloc(w->told, w->told_cap * sizeof(*w->told));
    }
    t.seq = client_int(c, "transfer");
    t.balance = client_int(c, "balance");
    must(w, client_text(c, "mac", t.mac, sizeof(t.mac)) && t.seq > 0, "an answer without receipt");
    must(w, t.balance >= 0 && t.balance < GOAL, "a balance that cannot be");
    w->told[w->told_n++] = t;
}

/* ---------------------------------------------------------------- what tills do */

static int64_t
vouchers_told(const struct client *c)
{
    json_t *body = json_loadb(c->answer.body, c->answer.body_n, 0, NULL);
    int64_t n = (int64_t)json_array_size(json_object_get(body, "vouchers"));

    json_decref(body);
    return n;
}

static void
earned(struct worker *w, int of, int64_t step)
{
    int64_t points = client_int(w->client, "amount");

    tell(w, (struct told){.card = of,
                          .change = points,
                          .rounds = client_int(w->client, "rounds"),
                          .vouchers = vouchers_told(w->client)});
    pthread_mutex_lock(&lock);
    earns[earns_n].seq = client_int(w->client, "transfer");
    earns[earns_n].points = points;
    earns[earns_n].step = step;
    earns[earns_n].card = of;
    earns[earns_n++].till_id = w->client->till_id;
    pthread_mutex_unlock(&lock);
}

static void
grant_code(int of, int64_t step, int yen, char body[BODY_MAX])
{
    char code[CODE_DIGITS + 1];

    code_make(&keys, CODE_MEMBER, card[of].locator, step, code);
    snprintf(body, BODY_MAX, "{\"code\":\"%s\",\"scanned_at\":%" PRId64 ",\"yen\":%d}", code,
             step * CODE_STEP_MS + 1000, yen);
}

/* Queued scans: every step that passed since the last round is a code not yet used. */
static bool
earn(struct worker *w)
{
    int of = below(w, 2) ? 0 : 1 + (int)below(w, CARDS - 1);
    int yen = below(w, 50) ? 100 + (int)below(w, 4900) : 99;
    char body[BODY_MAX];
    int64_t step = 0;

    pthread_mutex_lock(&lock);
    for (int i = 0; i < CARDS && step == 0; i++, of = (of + 1) % CARDS)
        if (card[of].next_step < card[of].last_step) {
            step = card[of].next_step++;
            break;
        }
    pthread_mutex_unlock(&lock);
    if (step == 0)
        return false;
    grant_code(of, step, yen, body);
    if (ask_keyed(w, GRANTS, body) == 201)
        earned(w, of, step);
    else
        count_refusal(w, "no_points");
    must(w, (yen < 100) == (w->client->answer.status == 409), "a fresh code, refused");
    return true;
}

static struct earn *
any_earn(struct worker *w)
{
    struct earn *e = NULL;

    pthread_mutex_lock(&lock);
    if (earns_n > 0)
        e = &earns[earns_n - 1 - below(w, earns_n < 200 ? earns_n : 200)];
    pthread_mutex_unlock(&lock);
    return e;
}

/* A code that earned already. Only where it did, and only after a reversal, may it earn again. */
static bool
earn_again(struct worker *w)
{
    const struct earn *e = any_earn(w);
    char body[BODY_MAX];

    if (e == NULL)
        return false;
    grant_code(e->card, e->step, 500, body);
    if (ask_keyed(w, GRANTS, body) != 201) {
        count_refusal(w, "code_used scan_over");
        return true;
    }
    must(w, e->till_id == w->client->till_id, "a code used at another till");
    earned(w, e->card, e->step);
    return true;
}

static bool
reverse(struct worker *w)
{
    struct earn *e = any_earn(w);
    char body[BODY_MAX];

    if (e == NULL)
        return false;
    snprintf(body, sizeof(body), "{\"transfer\":%" PRId64 "}", e->seq);
    if (ask_keyed(w, REVERSALS, body) != 201) {
        count_refusal(w, "already_reversed voucher_redeemed balance_too_low too_much");
        return true;
    }
    must(w, !atomic_exchange(&e->is_reversed, true), "reversed twice");
    tell(w, (struct told){.card = e->card,
                          .change = -e->points,
                          .is_reversal = true,
                          .vouchers = client_int(w->client, "vouchers_cancelled")});
    return true;
}

/* Each voucher is tried by a few tills at about the same time. */
static bool
redeem(struct worker *w)
{
    static const char refusals[] = "voucher_redeemed voucher_cancelled voucher_expired";
    size_t i = atomic_fetch_add(&voucher_turn, 1) / 3;
    char body[BODY_MAX], code[CODE_DIGITS + 1], token[64];

    if (i >= vouchers_n || w->scans == SCANS_A_ROUND)
        return false;
    w->scans++;
    code_make(&keys, CODE_VOUCHER, voucher[i].locator, code_step(round_now_ms), code);
    snprintf(body, sizeof(body), "{\"code\":\"%s\"}", code);
    w->requests++;
    atomic_fetch_sub(&left, 1);
    if (client_post(w->client, SCANS, NULL, body) != 200) {
        count_refusal(w, refusals);
        return true;
    }
    must(w, client_text(w->client, "token", token, sizeof(token)), "a scan without a token");
    snprintf(body, sizeof(body), "{\"voucher\":%" PRId64 ",\"token\":\"%s\"}", voucher[i].id,
             token);
    if (ask_keyed(w, REDEMPTIONS, body) != 200) {
        count_refusal(w, refusals);
        return true;
    }
    must(w, !atomic_exchange(&voucher[i].is_redeemed, true), "redeemed twice");
    w->redeemed++;
    return true;
}

static bool
repeat(struct worker *w)
{
    size_t n = w->last_n < REMEMBERED ? w->last_n : REMEMBERED;
    const struct remembered *r = n > 0 ? &w->last[below(w, n)] : NULL;

    if (r == NULL)
        return false;
    w->requests++;
    w->repeats++;
    atomic_fetch_sub(&left, 1);
    must(w, client_post(w->client, r->path, r->key, r->body) == r->status, "a repeat's status");
    must(w, strcmp(w->client->answer.body, r->answer) == 0, "a repeat's answer");
    must(w, client_was_replayed(w->client), "a repeat that does not say so");
    return true;
}

/* Everybody reads the code that the hot card shows now: one of them may grant on it. */
static void
all_at_one_code(struct worker *w)
{
    char body[BODY_MAX], code[CODE_DIGITS + 1];
    int64_t step = code_step(round_now_ms);

    code_make(&keys, CODE_MEMBER, card[0].locator, step, code);
    snprintf(body, sizeof(body), "{\"code\":\"%s\"}", code);
    w->scans = 1;
    w->live++;
    w->requests++;
    atomic_fetch_sub(&left, 1);
    if (client_post(w->client, SCANS, NULL, body) != 200) {
        count_refusal(w, "code_used");
        return;
    }
    w->live_won++;
    snprintf(body, sizeof(body), "{\"scan\":%" PRId64 ",\"yen\":700}",
             client_int(w->client, "scan"));
    if (ask_keyed(w, GRANTS, body) == 201)
        earned(w, 0, step);
    else
        must(w, false, "a live scan, refused");
}

static void *
work(void *context)
{
    struct worker *w = context;

    all_at_one_code(w);
    while (atomic_load(&left) > 0 && w->failure[0] == '\0') {
        unsigned roll = below(w, 100);
        bool done = roll < 45   ? earn(w)
                    : roll < 60 ? repeat(w)
                    : roll < 68 ? earn_again(w)
                    : roll < 84 ? reverse(w)
                                : redeem(w);
        if (!done && !repeat(w))
            earn(w);
    }
    return NULL;
}

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

/* Shoppers only have to be there: the test makes their codes itself, as their cards would. */
static void
everybody_comes(void)
{
    char path[400];
    struct err e;

    for (int i = 0; i < CARDS; i++) {
        struct browser shopper = {0};

        login_liff(&shopper, i + 1);
        card[i].id = stored_int("SELECT id FROM card WHERE plan_id = %d ORDER BY id LIMIT 1"
                                " OFFSET %d",
                                POINTS, i);
        card[i].locator =
            stored_int("SELECT locator FROM card WHERE id = %lld", (long long)card[i].id);
        CHECK_THAT(card[i].id > 0);
    }
    snprintf(path, sizeof(path), "%s/" DATA_ROOT_KEY, here.dir);
    CHECK_OK(keys_load(path, &keys, &e), e);
    crowd_come(client, CLIENTS);
}

static void
look_up_vouchers(void)
{
    sqlite3 *db = book_open_here();
    sqlite3_stmt *s = query(db, "SELECT id, locator FROM voucher WHERE state = 'issued'"
                                " ORDER BY id DESC");

    for (vouchers_n = 0; vouchers_n < VOUCHERS_MAX && sqlite3_step(s) == SQLITE_ROW; vouchers_n++) {
        voucher[vouchers_n].id = sqlite3_column_int64(s, 0);
        voucher[vouchers_n].locator = sqlite3_column_int64(s, 1);
        atomic_store(&voucher[vouchers_n].is_redeemed, false);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    atomic_store(&voucher_turn, 0);
}

/* Four hours go by, in which the cards have shown other codes. */
static void
round_begin(int64_t requests)
{
    harness_advance(HOT_STEPS * CODE_STEP_MS);
    round_now_ms = harness_now();
    for (int i = 0; i < CARDS; i++) {
        card[i].last_step = code_step(round_now_ms) - 1; /* the present one is for all at once */
        card[i].next_step = card[i].last_step - (i == 0 ? HOT_STEPS : COLD_STEPS) + 2;
    }
    crowd_sign_in(client, CLIENTS);
    look_up_vouchers();
    atomic_store(&left, requests);
}

static void
round_run(int64_t requests)
{
    int64_t won = 0;

    round_begin(requests);
    for (int i = 0; i < CLIENTS; i++)
        CHECK_INT(pthread_create(&worker[i].thread, NULL, work, &worker[i]), 0);
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

static int
by_seq(const void *a, const void *b)
{
    const struct told *one = a, *other = b;

    return one->seq < other->seq ? -1 : one->seq > other->seq;
}

/* Replays the answers in the order of their transfers: each balance must follow from the last. */
static void
answers_add_up(struct told *told, size_t n, int64_t balance[CARDS])
{
    qsort(told, n, sizeof(*told), by_seq);
    for (size_t i = 0; i < n; i++) {
        struct told *t = &told[i];
        int64_t after = balance[t->card] + t->change - t->rounds * GOAL;

        CHECK_ROW(t->seq);
        CHECK_THAT(i == 0 || told[i - 1].seq < t->seq); /* no receipt twice */
        if (t->is_reversal) {                           /* the rounds it took back */
            CHECK_INT((t->balance - after) % GOAL, 0);
            CHECK_THAT(t->balance >= after);
        } else {
            CHECK_INT(t->balance, after);
            CHECK_INT(t->vouchers, t->rounds);
        }
        balance[t->card] = t->balance;
    }
    CHECK_ROW(0);
}

/* Every grant and reversal in the book was told, and every one told is in it, as it was told. */
static void
book_is_what_was_told(const struct told *told, size_t n, const int64_t balance[CARDS])
{
    sqlite3 *db = book_open_here();
    sqlite3_stmt *s = query(db, "SELECT seq, card_id, kind, amount, lower(hex(mac)) FROM transfer"
                                " WHERE kind = 1 OR (kind = 3 AND cause_seq IS NULL) ORDER BY seq");
    size_t i = 0;

    for (; sqlite3_step(s) == SQLITE_ROW; i++) {
        CHECK_ROW(sqlite3_column_int64(s, 0));
        CHECK_THAT(i < n);
        CHECK_INT(sqlite3_column_int64(s, 0), told[i].seq);
        CHECK_INT(sqlite3_column_int64(s, 1), card[told[i].card].id);
        CHECK_INT(sqlite3_column_int64(s, 2), told[i].is_reversal ? 3 : 1);
        CHECK_INT(sqlite3_column_int64(s, 3), llabs(told[i].change));
        CHECK_TEXT((const char *)sqlite3_column_text(s, 4), told[i].mac);
    }
    CHECK_ROW(0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    CHECK_INT(i, n);
    for (int c = 0; c < CARDS; c++)
        CHECK_INT(stored_int("SELECT balance FROM card WHERE id = %lld", (long long)card[c].id),
                  balance[c]);
}

struct totals {
    struct told *told;
    size_t n;
    int64_t requests, grants, reversals, redeemed, repeats, issued, cancelled, on_hot;
};

static struct totals
totals_of(void)
{
    struct totals t = {.n = 0};

    for (int i = 0; i < CLIENTS; i++)
        t.n += worker[i].told_n;
    t.told = calloc(t.n + 1, sizeof(*t.told));
    t.n = 0;
    for (int i = 0; i < CLIENTS; i++) {
        for (size_t j = 0; j < worker[i].told_n; j++) {
            const struct told *told = &worker[i].told[j];

            *(told->is_reversal ? &t.reversals : &t.grants) += 1;
            *(told->is_reversal ? &t.cancelled : &t.issued) += told->vouchers;
            t.on_hot += told->card == 0;
            t.told[t.n++] = *told;
        }
        t.requests += worker[i].requests;
        t.redeemed += worker[i].redeemed;
        t.repeats += worker[i].repeats;
    }
    return t;
}

static void
say_refusals(void)
{
    for (int i = 0; i < CLIENTS; i++)
        for (size_t j = 0; j < WORDS && worker[i].refused[j].n > 0; j++) {
            int64_t n = 0;

            for (int k = i; k < CLIENTS; k++)
                for (size_t l = 0; l < WORDS; l++)
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
every_answer_is_in_the_book_once_and_no_balance_falls_below_zero(void **state)
{
    const int64_t requests = (int64_t)number_of_env("HAMMER", 4000);
    const uint64_t seed = number_of_env("SEED", 20260401);
    int64_t balance[CARDS] = {0}, sent = 0, began_ms = 0, took_ms = 0;
    struct totals t;

    (void)state;
    print_message("hammer: SEED=%" PRIu64 ", %d tills, %d cards\n", seed, CLIENTS, CARDS);
    everybody_comes();
    earns = calloc((size_t)requests + CLIENTS, sizeof(*earns));
    for (int i = 0; i < CLIENTS; i++)
        worker[i] = (struct worker){.client = &client[i], .chance = seed + (uint64_t)i * 7919};
    while (sent < requests) {
        began_ms = clock_monotonic_ms();
        round_run(requests - sent < ROUND_REQUESTS ? requests - sent : ROUND_REQUESTS);
        took_ms += clock_monotonic_ms() - began_ms;
        sent = 0;
        for (int i = 0; i < CLIENTS; i++)
            sent += worker[i].requests;
    }
    crowd_leave(client, CLIENTS);
    t = totals_of();
    answers_add_up(t.told, t.n, balance);
    book_is_what_was_told(t.told, t.n, balance);
    CHECK_INT(stored_int("SELECT count(*) FROM voucher"), t.issued);
    CHECK_INT(stored_int("SELECT count(*) FROM voucher WHERE state = 'cancelled'"), t.cancelled);
    CHECK_INT(stored_int("SELECT count(*) FROM voucher WHERE state = 'redeemed'"), t.redeemed);
    print_message("hammer: %" PRId64 " requests in %.1f s (%.0f a second): %" PRId64
                  " grants, %" PRId64 " reversals, %" PRId64 " redemptions, %" PRId64
                  " repeats answered as before; %" PRId64 " transfers on one card\n",
                  t.requests, (double)took_ms / 1e3,
                  (double)t.requests * 1e3 / (double)(took_ms + 1), t.grants, t.reversals,
                  t.redeemed, t.repeats, t.on_hot);
    say_refusals();
    stored_is_sound();
    print_message("hammer: all told once in the book, balances exact, check sound\n");
    for (int i = 0; i < CLIENTS; i++)
        free(worker[i].told);
    free(t.told);
    free(earns);
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
