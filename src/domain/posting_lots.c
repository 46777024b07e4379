#include "domain/posting_lots.h"

#include <assert.h>
#include <inttypes.h>

static bool
gives(enum transfer_kind kind)
{
    return kind == TRANSFER_EARN || kind == TRANSFER_BONUS || kind == TRANSFER_LATE ||
           kind == TRANSFER_BRING;
}

static int64_t
visit_time(const struct transfer *t)
{
    return t->visit_ms != 0 ? t->visit_ms : t->at_ms;
}

/* A card without ends, under rules without ends, has no lots worth a look but pending ones. */
static enum err_code
need_lots(struct posting *posting, struct err *e)
{
    if (posting->has_lots)
        return OK;
    posting->has_lots = true;
    return lots_load(posting->db, posting->card.id, &posting->lots, e);
}

static bool
may_have_ends(const struct posting *posting)
{
    const struct expiry_rules *expiry = posting->rules != NULL ? &posting->rules->expiry : NULL;

    return posting->has_lots || posting->card.ends_ms != 0 ||
           (expiry != NULL && (expiry->kind != EXPIRY_NONE || expiry->pending_days > 0));
}

static struct lot *
renewing(struct lots *lots, int64_t at_ms)
{
    for (size_t i = 0; i < lots->n; i++)
        if (lots->at[i].renews && lots->at[i].remaining > 0 && lots->at[i].expires_ms > at_ms)
            return &lots->at[i];
    return NULL;
}

/* A use moves the ends that move with it, by the terms their units were given under. */
static enum err_code
renew(struct posting *posting, const struct transfer *t, struct err *e)
{
    for (size_t i = 0; i < posting->lots.n; i++) {
        struct lot *lot = &posting->lots.at[i];
        struct plan_rules rules;
        struct unit_life life;

        if (!lot->renews || lot->remaining == 0 || lot->expires_ms <= t->at_ms)
            continue;
        if (plan_load(posting->db, posting->card.plan_id, lot->plan_version, &rules, e))
            return e->code;
        life = unit_life_of(&rules, &(struct expiry_facts){.visit_ms = visit_time(t)});
        if (life.expires_ms > lot->expires_ms) {
            lot->expires_ms = life.expires_ms;
            lot->is_changed = true;
        }
    }
    return OK;
}

static enum err_code
open_lot(struct posting *posting, const struct transfer *t, const struct unit_life *life,
         struct err *e)
{
    struct lot *lot = life->renews ? renewing(&posting->lots, t->at_ms) : NULL;

    if (lot != NULL && lot->plan_version == t->plan_version) {
        lot->moved += t->amount;
        lot->remaining += t->amount;
        lot->is_changed = true;
        return OK;
    }
    lot = lots_add(&posting->lots, t->seq, t->amount, e);
    if (lot == NULL)
        return e->code;
    lot->plan_version = t->plan_version;
    lot->usable_ms = life->usable_ms;
    lot->expires_ms = life->expires_ms;
    lot->renews = life->renews;
    return OK;
}

/* When the lots end that began together: any that is left tells. */
static int64_t
together_ms(const struct posting *posting)
{
    return posting->rules->expiry.kind == EXPIRY_FIRST_USE ? lots_end_ms(&posting->lots) : 0;
}

enum err_code
posting_begin_units(struct posting *posting, struct transfer *t, struct unit_life *life,
                    struct err *e)
{
    *life = (struct unit_life){.renews = false};
    if (!gives(t->kind))
        return OK;
    assert(posting->rules != NULL && posting->rules->version == t->plan_version);
    if (!may_have_ends(posting))
        return OK;
    if (need_lots(posting, e))
        return e->code;
    *life =
        unit_life_of(posting->rules, &(struct expiry_facts){.visit_ms = visit_time(t),
                                                            .issued_ms = posting->card.issued_ms,
                                                            .together_ms = together_ms(posting)});
    t->usable_ms = life->usable_ms;
    t->expires_ms = life->renews ? 0 : life->expires_ms;
    return OK;
}

/* A gift that nobody took has prolonged nothing: what ended on the way has ended. */
static int64_t
return_time(const struct posting *posting, enum transfer_kind undone)
{
    return undone == TRANSFER_GIFT_OUT ? 0 : posting->now_ms;
}

static enum err_code
fill_lots(struct posting *posting, const struct transfer *t, const struct lots_step *step,
          struct err *e)
{
    if (t->kind == TRANSFER_MERGE_IN || t->kind == TRANSFER_GIFT_IN ||
        t->kind == TRANSFER_SWAP_BACK)
        return need_lots(posting, e) ||
                       lots_carry(posting->db, &posting->card, &posting->lots, t->cause_seq, t->seq,
                                  t->kind == TRANSFER_SWAP_BACK ? posting->now_ms : 0, e)
                   ? e->code
                   : OK;
    if (t->kind == TRANSFER_REVERSE)
        return need_lots(posting, e) ||
                       lots_return(posting->db, &posting->card, &posting->lots, t->reverses_seq,
                                   t->seq, return_time(posting, step->undone), e)
                   ? e->code
                   : OK;
    return step->life.expires_ms != 0 || step->life.usable_ms != 0
               ? open_lot(posting, t, &step->life, e)
               : OK;
}

static enum lots_take
what_leaves(const struct transfer *t)
{
    switch (t->kind) {
    case TRANSFER_SPEND: /* a part of what was held could be used when it was held */
        return t->cause_seq != 0 ? TAKE_ANY : TAKE_USABLE;
    case TRANSFER_SWAP:
    case TRANSFER_GIFT_OUT:
        return TAKE_USABLE;
    case TRANSFER_LAPSE:
        return TAKE_ENDED;
    default:
        return TAKE_ANY;
    }
}

/* Taken back is first what the transfer brought that is taken back. */
static enum err_code
empty_lots(struct posting *posting, const struct transfer *t, struct err *e)
{
    int64_t own = t->kind == TRANSFER_REVERSE  ? t->reverses_seq
                  : t->kind == TRANSFER_REFUND ? t->cause_seq
                                               : 0;

    if (need_lots(posting, e) ||
        (own != 0 && posting->lots.n > 0 &&
         lots_mark_own(posting->db, posting->card.id, &posting->lots, own, e)))
        return e->code;
    if (!lots_take(&posting->lots, what_leaves(t), posting->place.balance, t->amount,
                   posting->now_ms))
        return err_set(e, ERR_INTERNAL, "ledger_unsound",
                       "card %" PRId64 ": %" PRId64 " units are not there to be taken",
                       posting->card.id, t->amount);
    for (size_t i = 0; i < posting->lots.n; i++)
        posting->lots.at[i].is_own = false;
    return OK;
}

enum err_code
posting_keep_lots(struct posting *posting, const struct transfer *t, const struct lots_step *step,
                  struct err *e)
{
    if (step->enters ? fill_lots(posting, t, step, e) : empty_lots(posting, t, e))
        return e->code;
    if (step->is_use && posting->lots.n > 0 && renew(posting, t, e))
        return e->code;
    return posting->lots.n > 0 ? lots_save(posting->db, posting->card.id, &posting->lots, t->seq, e)
                               : OK;
}

enum err_code
posting_usable(struct posting *posting, int64_t *out, struct err *e)
{
    if (need_lots(posting, e))
        return e->code;
    *out = lots_usable(&posting->lots, posting->place.balance, posting->now_ms);
    return OK;
}
