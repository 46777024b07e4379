/*
 * The part of hammer.h about points that are used, and come back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/hammer_inside.h"

#define SPENDS "/api/till/spends"
#define HOLDS "/api/till/holds"
#define REVERSALS "/api/till/reversals"
#define YES "/api/card/spend"
#define TILL_SWAPS "/api/till/swaps"
#define PHONE_SWAPS "/api/card/swaps"
#define UNDO "/undo"
#define FEW 8 /* points; or so many that it is mostly too many */
#define MANY 60

enum use_kind { SPENT, HELD, SWAPPED };

struct use { /* one that was told done */
    enum use_kind kind;
    int card;
    int64_t seq, points, hold;
    atomic_bool is_captured; /* whole */
    atomic_bool is_over;     /* it came back, or a part of it is kept in its place */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct use *uses;
static size_t uses_n;

void
hammer_uses_open(size_t most)
{
    uses = calloc(most, sizeof(*uses));
    uses_n = 0;
}

void
hammer_uses_close(void)
{
    free(uses);
}

static struct use *
keep(enum use_kind kind, int of, int64_t seq, int64_t points, int64_t hold)
{
    struct use *use;

    pthread_mutex_lock(&lock);
    use = &uses[uses_n++];
    use->kind = kind;
    use->card = of;
    use->seq = seq;
    use->points = points;
    use->hold = hold;
    pthread_mutex_unlock(&lock);
    return use;
}

/* One of the newest, of this kind or of that; mostly one's own, whose scan can carry another then.
 */
static struct use *
any_use(struct worker *w, enum use_kind kind, enum use_kind or_kind)
{
    struct use *found = NULL, *own = w->sitting.use;
    size_t n = 1 + below(w, 6);

    if (own != NULL && (own->kind == kind || own->kind == or_kind) && !atomic_load(&own->is_over) &&
        below(w, 4) > 0)
        return own;

    pthread_mutex_lock(&lock);
    for (size_t i = uses_n; i > 0 && n > 0; i--)
        if (uses[i - 1].kind == kind || uses[i - 1].kind == or_kind) {
            found = &uses[i - 1];
            n--;
        }
    pthread_mutex_unlock(&lock);
    return found;
}

/* ---------------------------------------------------------------- at the till */

/* The member's, to a few points more: another till may use it first. */
static bool
say_yes(struct worker *w, int of, int64_t points)
{
    char body[BODY_MAX];

    snprintf(body, sizeof(body), "{\"plan\":%d,\"points\":%" PRId64 "}", POINTS,
             points + below(w, 3));
    if (ask_plain(w, of, YES, body) == 200)
        return true;
    count_refusal(w, "points_short");
    return false;
}

static bool
use(struct worker *w, bool is_hold)
{
    int64_t points = 1 + below(w, below(w, 5) ? FEW : MANY);
    struct sitting *at = &w->sitting;
    char body[BODY_MAX];

    if (!sit_down(w))
        return false;
    if (!say_yes(w, at->card, points))
        return true;
    snprintf(body, sizeof(body), "{\"scan\":%" PRId64 ",\"points\":%" PRId64 "}", at->scan, points);
    if (ask_keyed(w, at->card, is_hold ? HOLDS : SPENDS, body) != 201) {
        count_refusal(w, at->use != NULL ? "spend_ask points_short scan_over"
                                         : "spend_ask points_short");
        return true;
    }
    tell(w, (struct told){.kind = is_hold ? TOLD_HELD : TOLD_SPENT,
                          .card = at->card,
                          .amount = points,
                          .change = -points});
    at->use = keep(is_hold ? HELD : SPENT, at->card, client_int(w->client, "transfer"), points,
                   is_hold ? client_int(w->client, "hold") : 0);
    return true;
}

bool
hammer_spend(struct worker *w)
{
    return use(w, false);
}

bool
hammer_hold(struct worker *w)
{
    return use(w, true);
}

/* Whole it is what was spent; of a part the rest comes back, and the part is spent anew. */
static void
captured(struct worker *w, struct use *held)
{
    int64_t kept = client_int(w->client, "points"), back = client_int(w->client, "back");

    must(w, kept + back == held->points, "a capture of more or less than was held");
    if (back == 0) {
        must(w, client_int(w->client, "transfer") == held->seq, "another transfer captured");
        must(w, !atomic_exchange(&held->is_captured, true), "captured twice");
        w->captured++;
        return;
    }
    must(w, !atomic_exchange(&held->is_over, true), "given back twice");
    tell(w,
         (struct told){.kind = TOLD_CAPTURED, .card = held->card, .amount = kept, .change = back});
    (void)keep(SPENT, held->card, client_int(w->client, "transfer"), kept, 0);
}

bool
hammer_end_hold(struct worker *w)
{
    struct use *held = any_use(w, HELD, HELD);
    unsigned how = below(w, 4);
    char path[64], body[BODY_MAX] = "{}";

    if (held == NULL)
        return false;
    if (how == 0) /* or one too many */
        snprintf(body, sizeof(body), "{\"points\":%" PRId64 "}",
                 1 + (int64_t)below(w, (size_t)held->points + 1));
    snprintf(path, sizeof(path), HOLDS "/%" PRId64 "/%s", held->hold,
             how < 2 ? "capture" : "release");
    if (ask_keyed(w, held->card, path, body) != 200) {
        count_refusal(w, "hold_captured hold_released hold_over hold_less");
    } else if (how < 2) {
        captured(w, held);
    } else {
        must(w, !atomic_exchange(&held->is_over, true), "given back twice");
        tell(w, (struct told){.kind = TOLD_RELEASED,
                              .card = held->card,
                              .amount = held->points,
                              .change = held->points});
    }
    return true;
}

/* What comes back of a use. */
static void
came_back(struct worker *w, struct use *use, enum told_kind kind)
{
    must(w, !atomic_exchange(&use->is_over, true), "given back twice");
    tell(w, (struct told){.kind = kind,
                          .card = use->card,
                          .amount = use->points,
                          .change = use->points,
                          .vouchers = kind == TOLD_UNSWAPPED});
}

bool
hammer_unspend(struct worker *w)
{
    struct use *spent = any_use(w, SPENT, HELD);
    char body[BODY_MAX];

    if (spent == NULL)
        return false;
    snprintf(body, sizeof(body), "{\"transfer\":%" PRId64 "}", spent->seq);
    if (ask_keyed(w, spent->card, REVERSALS, body) == 201)
        came_back(w, spent, TOLD_UNSPENT);
    else
        count_refusal(w, spent->kind == HELD ? "already_reversed hold_open" : "already_reversed");
    return true;
}

act *
hammer_at_card(struct worker *w)
{
    const struct use *own = w->sitting.use;

    if (own == NULL || atomic_load(&own->is_over) || below(w, 6) == 0)
        return below(w, 2) ? hammer_spend : hammer_hold;
    return own->kind == HELD && !atomic_load(&own->is_captured) ? hammer_end_hold : hammer_unspend;
}

/* ---------------------------------------------------------------- for a reward */

/* At the till of whoever has read the card, else by the member's own tap. */
bool
hammer_swap(struct worker *w)
{
    bool at_till = w->sitting.scan != 0 && below(w, 2);
    int of = at_till ? w->sitting.card : below(w, 2) ? 0 : (int)below(w, HAMMER_CARDS);
    char body[BODY_MAX];

    if (at_till)
        snprintf(body, sizeof(body), "{\"scan\":%" PRId64 ",\"reward\":%" PRId64 "}",
                 w->sitting.scan, hammer.tea);
    else
        snprintf(body, sizeof(body), "{\"reward\":%" PRId64 "}", hammer.tea);
    if (ask_keyed(w, of, at_till ? TILL_SWAPS : PHONE_SWAPS, body) != 201) {
        count_refusal(w, "not_enough");
        return true;
    }
    tell(w, (struct told){.kind = TOLD_SWAPPED,
                          .card = of,
                          .amount = HAMMER_TEA,
                          .change = -HAMMER_TEA,
                          .vouchers = 1});
    (void)keep(SWAPPED, of, client_int(w->client, "transfer"), HAMMER_TEA, 0);
    return true;
}

bool
hammer_unswap(struct worker *w)
{
    struct use *swapped = any_use(w, SWAPPED, SWAPPED);
    bool at_till = below(w, 2);
    char body[BODY_MAX];

    if (swapped == NULL)
        return false;
    snprintf(body, sizeof(body), "{\"transfer\":%" PRId64 "}", swapped->seq);
    if (ask_keyed(w, swapped->card, at_till ? TILL_SWAPS UNDO : PHONE_SWAPS UNDO, body) == 201)
        came_back(w, swapped, TOLD_UNSWAPPED);
    else
        count_refusal(w, at_till ? "already_reversed voucher_redeemed"
                                 : "already_reversed voucher_redeemed too_late");
    return true;
}
