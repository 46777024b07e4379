#include "domain/lapse.h"

#include <inttypes.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/bind.h"
#include "domain/posting.h"
#include "domain/run_ended.h"

#define CARDS_AT_ONCE 256

static int64_t
smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static enum err_code
post(struct posting *posting, const struct plan_rules *rules, struct err *e)
{
    int64_t ended = lots_ended(&posting->lots, posting->now_ms);

    while (ended > 0) {
        struct transfer t = {
            .kind = TRANSFER_LAPSE,
            .amount = smaller(ended, GRANT_AMOUNT_MAX),
            .plan_version = rules->version,
            .reason = "lapse",
        };

        entropy_fill(t.request_key, sizeof(t.request_key)); /* nobody asked for it by a key */
        if (posting_add(posting, &t, e))
            return e->code;
        ended -= t.amount;
    }
    return posting_close(posting, e);
}

enum err_code
lapse_card(struct db *db, struct card *card, int64_t now_ms, struct err *e)
{
    POSTING posting = {.db = NULL};
    struct plan_rules rules;
    int64_t usable;

    if (card->ends_ms == 0 || card->ends_ms > now_ms)
        return OK;
    if (plan_load(db, card->plan_id, 0, &rules, e) ||
        posting_open(&posting, db, card, NULL, now_ms, e) || posting_usable(&posting, &usable, e) ||
        post(&posting, &rules, e) || card_load(db, card->id, card, e))
        return err_wrap(e, "what ended on card %" PRId64, card->id);
    return OK;
}

static enum err_code
cards_ended(struct db *db, int64_t now_ms, int64_t cap, int64_t id[CARDS_AT_ONCE], size_t *n_out,
            struct err *e)
{
    STMT s = db_stmt(db, SQL_CARDS_ENDED);

    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":cap", cap);
    return read_ids(s, id, CARDS_AT_ONCE, n_out, e);
}

enum err_code
lapse_run(struct db *db, int64_t now_ms, int64_t max, bool *done_out, struct err *e)
{
    int64_t id[CARDS_AT_ONCE];
    int64_t cap = smaller(max, CARDS_AT_ONCE);
    size_t n;

    if (cards_ended(db, now_ms, cap, id, &n, e))
        return err_wrap(e, "lapse run");
    for (size_t i = 0; i < n; i++) {
        struct card card;

        if (card_load(db, id[i], &card, e) || lapse_card(db, &card, now_ms, e))
            return err_wrap(e, "lapse run");
    }
    *done_out = (int64_t)n < cap;
    return *done_out ? run_ended(db, "lapse", now_ms, e) : OK;
}
