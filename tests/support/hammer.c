#include "tests/support/hammer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/code.h"
#include "tests/support/hammer_inside.h"

#define GRANTS "/api/till/grants"
#define REVERSALS "/api/till/reversals"
#define REDEMPTIONS "/api/till/redemptions"
#define SCANS "/api/till/scans"
#define SCANS_A_ROUND 16 /* a till may have 20 at once */

struct earn { /* one that was told done */
    int64_t seq, points, step;
    int card;
    int64_t till_id;
    atomic_bool is_reversed;
};

struct hammer hammer;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* over steps and earns */
static struct earn *earns;
static size_t earns_n;

void
hammer_open(size_t requests)
{
    earns = calloc(requests, sizeof(*earns));
    earns_n = 0;
    hammer_uses_open(requests);
}

void
hammer_close(void)
{
    hammer_uses_close();
    free(earns);
}

/* ---------------------------------------------------------------- asking */

/* splitmix64. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators". */
static uint64_t
next_chance(uint64_t *chance)
{
    uint64_t z = (*chance += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

unsigned
below(struct worker *w, size_t limit)
{
    return (unsigned)(next_chance(&w->chance) % limit);
}

void
must(struct worker *w, bool question, const char *what)
{
    if (!question && w->failure[0] == '\0')
        snprintf(w->failure, sizeof(w->failure), "%s: %d %.200s", what, w->client->answer.status,
                 w->client->answer.body);
}

void
count_refusal(struct worker *w, const char *allowed)
{
    char word[24];
    int status = w->client->answer.status;

    must(w,
         status == 409 && client_text(w->client, "error", word, sizeof(word)) &&
             strstr(allowed, word) != NULL,
         allowed);
    for (size_t i = 0; status == 409 && i < HAMMER_REFUSALS; i++)
        if (w->refused[i].n == 0 || strcmp(w->refused[i].word, word) == 0) {
            snprintf(w->refused[i].word, sizeof(w->refused[i].word), "%s", word);
            w->refused[i].n++;
            return;
        }
}

static void
remember(struct worker *w, int of, const char *path, const char *key, const char *body)
{
    struct remembered *r = &w->last[w->last_n++ % HAMMER_REMEMBERED];

    r->status = w->client->answer.status;
    r->card = of;
    snprintf(r->path, sizeof(r->path), "%s", path);
    snprintf(r->key, sizeof(r->key), "%s", key);
    snprintf(r->body, sizeof(r->body), "%s", body);
    (void)str_copy(str_of(w->client->answer.body), r->answer, sizeof(r->answer));
}

static int
send_one(struct worker *w, int of, const char *path, const char *key, const char *body)
{
    w->requests++;
    atomic_fetch_sub(&hammer.left, 1);
    memcpy(w->client->member, hammer.card[of].phone, TOKEN_SIZE);
    return client_post(w->client, path, key, body);
}

int
ask_plain(struct worker *w, int of, const char *path, const char *body)
{
    return send_one(w, of, path, NULL, body);
}

int
ask_keyed(struct worker *w, int of, const char *path, const char *body)
{
    char key[CLIENT_KEY_SIZE];
    int status;

    snprintf(key, sizeof(key), "hammer-%" PRId64 "-%08" PRId64, w->client->till_id, w->keys_made++);
    status = send_one(w, of, path, key, body);
    if (status == 200 || status == 201 || status == 409)
        remember(w, of, path, key, body);
    return status;
}

void
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
    must(w, t.balance >= 0 && (t.kind != TOLD_EARN || t.balance < HAMMER_GOAL),
         "a balance that cannot be");
    w->told[w->told_n++] = t;
}

/* ---------------------------------------------------------------- what is earned */

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

    tell(w, (struct told){.kind = TOLD_EARN,
                          .card = of,
                          .amount = points,
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

    code_make(&hammer.keys, CODE_MEMBER, hammer.card[of].locator, step, code);
    snprintf(body, BODY_MAX, "{\"code\":\"%s\",\"scanned_at\":%" PRId64 ",\"yen\":%d}", code,
             step * CODE_STEP_MS + 1000, yen);
}

/* Queued scans: every step that passed since the last round is a code not yet used. */
static bool
earn(struct worker *w)
{
    int of = below(w, 2) ? 0 : 1 + (int)below(w, HAMMER_CARDS - 1);
    int yen = below(w, 50) ? 100 + (int)below(w, 4900) : 99;
    char body[BODY_MAX];
    int64_t step = 0;

    pthread_mutex_lock(&lock);
    for (int i = 0; i < HAMMER_CARDS && step == 0; i++, of = (of + 1) % HAMMER_CARDS)
        if (hammer.card[of].next_step < hammer.card[of].last_step) {
            step = hammer.card[of].next_step++;
            break;
        }
    pthread_mutex_unlock(&lock);
    if (step == 0)
        return false;
    grant_code(of, step, yen, body);
    if (ask_keyed(w, of, GRANTS, body) == 201)
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
    if (ask_keyed(w, e->card, GRANTS, body) != 201) {
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
    if (ask_keyed(w, e->card, REVERSALS, body) != 201) {
        count_refusal(w, "already_reversed voucher_redeemed balance_too_low too_much");
        return true;
    }
    must(w, !atomic_exchange(&e->is_reversed, true), "reversed twice");
    tell(w, (struct told){.kind = TOLD_UNEARNED,
                          .card = e->card,
                          .amount = e->points,
                          .change = -e->points,
                          .vouchers = client_int(w->client, "vouchers_cancelled")});
    return true;
}

/* ---------------------------------------------------------------- what is read */

/* Of a code that is good now. */
static bool
read_code(struct worker *w, int of, int64_t step)
{
    char body[BODY_MAX], code[CODE_DIGITS + 1];

    code_make(&hammer.keys, CODE_MEMBER, hammer.card[of].locator, step, code);
    snprintf(body, sizeof(body), "{\"code\":\"%s\"}", code);
    w->scans++;
    if (ask_plain(w, of, SCANS, body) != 200)
        return false;
    w->sitting = (struct sitting){.scan = client_int(w->client, "scan"), .card = of};
    return true;
}

bool
sit_down(struct worker *w)
{
    int64_t step = 0;
    int of;

    if (w->sitting.scan != 0)
        return true;
    pthread_mutex_lock(&lock);
    for (of = 0; of < HAMMER_CARDS; of++)
        if (hammer.card[of].next_live <= hammer.card[of].last_live) {
            step = hammer.card[of].next_live++;
            break;
        }
    pthread_mutex_unlock(&lock);
    if (step == 0 || w->scans == SCANS_A_ROUND)
        return false;
    must(w, read_code(w, of, step), "a live code, refused");
    return w->failure[0] == '\0';
}

/* Each voucher is tried by a few tills at about the same time. */
static bool
redeem(struct worker *w)
{
    static const char refusals[] = "voucher_redeemed voucher_cancelled voucher_expired";
    size_t i = atomic_fetch_add(&hammer.voucher_turn, 1) / 3;
    struct hammer_voucher *voucher = &hammer.voucher[i];
    char body[BODY_MAX], code[CODE_DIGITS + 1], token[64];

    if (i >= hammer.vouchers_n || w->scans == SCANS_A_ROUND)
        return false;
    w->scans++;
    code_make(&hammer.keys, CODE_VOUCHER, voucher->locator, code_step(hammer.now_ms), code);
    snprintf(body, sizeof(body), "{\"code\":\"%s\"}", code);
    if (ask_plain(w, 0, SCANS, body) != 200) {
        count_refusal(w, refusals);
        return true;
    }
    must(w, client_text(w->client, "token", token, sizeof(token)), "a scan without a token");
    snprintf(body, sizeof(body), "{\"voucher\":%" PRId64 ",\"token\":\"%s\"}", voucher->id, token);
    if (ask_keyed(w, 0, REDEMPTIONS, body) != 200) {
        count_refusal(w, refusals);
        return true;
    }
    must(w, !atomic_exchange(&voucher->is_redeemed, true), "redeemed twice");
    w->redeemed++;
    return true;
}

static bool
repeat(struct worker *w)
{
    size_t n = w->last_n < HAMMER_REMEMBERED ? w->last_n : HAMMER_REMEMBERED;
    const struct remembered *r = n > 0 ? &w->last[below(w, n)] : NULL;

    if (r == NULL)
        return false;
    w->repeats++;
    must(w, send_one(w, r->card, r->path, r->key, r->body) == r->status, "a repeat's status");
    must(w, strcmp(w->client->answer.body, r->answer) == 0, "a repeat's answer");
    must(w, client_was_replayed(w->client), "a repeat that does not say so");
    return true;
}

/* ---------------------------------------------------------------- a round */

/* Everybody reads the code that the hot card shows now: one of them may grant on it. */
static void
all_at_one_code(struct worker *w)
{
    char body[BODY_MAX];
    int64_t step = code_step(hammer.now_ms);

    w->scans = 0;
    w->sitting = (struct sitting){.scan = 0};
    if (!read_code(w, 0, step)) {
        count_refusal(w, "code_used");
        return;
    }
    w->live_won++;
    snprintf(body, sizeof(body), "{\"scan\":%" PRId64 ",\"yen\":700}", w->sitting.scan);
    if (ask_keyed(w, 0, GRANTS, body) == 201)
        earned(w, 0, step);
    else
        must(w, false, "a live scan, refused");
}

/* Who has a card before them mostly uses its points. */
static act *
next_act(struct worker *w)
{
    static const struct {
        unsigned share;
        act *act;
    } acts[] = {
        {34, earn},          {12, repeat},      {6, earn_again},    {12, reverse},
        {10, redeem},        {3, hammer_spend}, {3, hammer_hold},   {6, hammer_end_hold},
        {3, hammer_unspend}, {7, hammer_swap},  {4, hammer_unswap},
    };
    unsigned roll = below(w, 100);
    size_t i = 0;

    if (w->sitting.scan != 0 && below(w, 4) > 0)
        return hammer_at_card(w);
    while (roll >= acts[i].share)
        roll -= acts[i++].share;
    return acts[i].act;
}

void *
hammer_work(void *worker)
{
    struct worker *w = worker;

    all_at_one_code(w);
    (void)sit_down(w);
    while (atomic_load(&hammer.left) > 0 && w->failure[0] == '\0')
        if (!next_act(w)(w) && !repeat(w))
            earn(w);
    return NULL;
}
