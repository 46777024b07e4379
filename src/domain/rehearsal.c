#include "domain/rehearsal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CARDS_AT_ONCE 1000 /* looked up in one statement */

/* ---------------------------------------------------------------- better or worse */

int64_t
outcome_weight(const struct replay *was, const struct replay *is)
{
    int64_t vouchers = is->sums.vouchers - was->sums.vouchers;
    int64_t goal_was = was->rules->goal, goal_is = is->rules->goal;

    if (goal_was == 0 || goal_is == 0)
        return vouchers != 0 ? vouchers * GRANT_AMOUNT_MAX : is->place.balance - was->place.balance;
    return vouchers * goal_was * goal_is + is->place.balance * goal_was -
           was->place.balance * goal_is;
}

/* Kept in order: the largest first, of equal ones the first that came. */
static void
put(struct outcomes *all, const struct outcome *one, int64_t size)
{
    size_t at = all->n;

    all->cards++;
    while (at > 0 && llabs(all->top[at - 1].weight) < size)
        at--;
    if (at == REHEARSAL_TOP)
        return;
    if (all->n < REHEARSAL_TOP)
        all->n++;
    memmove(&all->top[at + 1], &all->top[at], (all->n - 1 - at) * sizeof(*one));
    all->top[at] = *one;
}

static void
judge(struct rehearsal *r, int64_t card_id, int64_t member_id)
{
    const struct replay *was = &r->replay_was, *is = &r->replay_is;
    const struct outcome one = {
        .card_id = card_id,
        .member_id = member_id,
        .vouchers_was = was->sums.vouchers,
        .vouchers_is = is->sums.vouchers,
        .units_was = was->sums.units,
        .units_is = is->sums.units,
        .balance_was = was->place.balance,
        .balance_is = is->place.balance,
        .weight = outcome_weight(was, is),
    };

    r->cards++;
    if (one.weight > 0)
        put(&r->gain, &one, one.weight);
    else if (one.weight < 0)
        put(&r->loss, &one, -one.weight);
    else
        r->same++;
    replay_sum(&r->sums_was, &was->sums);
    replay_sum(&r->sums_is, &is->sums);
}

/* ---------------------------------------------------------------- one card */

/* What a transfer was, for a replay; false: it follows from others, and is decided anew. */
static bool
event_of(const struct stmt *s, struct replay_event *out)
{
    enum transfer_kind kind = (enum transfer_kind)stmt_int(s, 0);

    *out = (struct replay_event){
        .booked_ms = stmt_int(s, 2),
        .visit_ms = stmt_int(s, 3),
        .units = stmt_int(s, 1),
        .yen = stmt_int(s, 4),
        .by_number = stmt_int(s, 5) != 0,
        .shop_id = stmt_int(s, 6),
        .tier = stmt_int(s, 8),
        .seq = stmt_int(s, 9),
        .cause_seq = stmt_int(s, 10),
        .base = stmt_int(s, 1),
        .pieces = stmt_int(s, 11),
        .refunded = (enum replay_refunded)stmt_int(s, 12),
    };
    switch (kind) {
    case TRANSFER_EARN:
        out->kind = REPLAY_VISIT;
        return true;
    case TRANSFER_LATE:
        out->kind = REPLAY_LATE;
        return true;
    case TRANSFER_MERGE_IN:
    case TRANSFER_BRING:
    case TRANSFER_GIFT_IN:
        out->kind = REPLAY_ENTERS;
        return true;
    case TRANSFER_SWAP_BACK:
        out->kind = REPLAY_COMES_BACK;
        return true;
    case TRANSFER_BONUS:
        out->kind = REPLAY_BONUS;
        return true;
    case TRANSFER_SPEND:
    case TRANSFER_SWAP:
        out->kind = REPLAY_USED;
        return true;
    case TRANSFER_GIFT_OUT:
        out->kind = REPLAY_GIVEN_AWAY;
        return true;
    case TRANSFER_REFUND:
        out->kind = REPLAY_REFUND;
        return true;
    case TRANSFER_MERGE_OUT:
    case TRANSFER_EXPIRE:
        out->kind = REPLAY_ENDS;
        return true;
    case TRANSFER_ROUND:
    case TRANSFER_REVERSE:
    case TRANSFER_LAPSE:
    case TRANSFER_REPAY:
        return false;
    }
    return false;
}

/* No end is later than any. */
static int64_t
end_of(const struct unit_life *life)
{
    return life->expires_ms != 0 ? life->expires_ms : INT64_MAX;
}

static void
compare_ends(struct rehearsal *r)
{
    const struct replay *was = &r->replay_was, *is = &r->replay_is;

    if (was->last_units == 0 || is->last_units == 0)
        return;
    if (end_of(&is->last) < end_of(&was->last))
        r->end_earlier += is->last_units;
    else if (end_of(&is->last) > end_of(&was->last))
        r->end_later += is->last_units;
}

/* The rules it was given under, and what the cashier gave, of what those made of it. */
static enum err_code
take_given(struct db *db, struct rehearsal *r, int64_t version, struct replay_event *event,
           struct err *e)
{
    if (version != r->given.version && plan_load(db, r->was.plan_id, version, &r->given, e))
        return e->code;
    event->given = &r->given;
    if (r->was.unit == UNIT_STAMP && r->given.earn.visit_stamps > 0)
        event->units /= r->given.earn.visit_stamps;
    return OK;
}

/* Under either rules, of what both were told last. */
static void
doubt(struct rehearsal *r, const struct replay_event *event)
{
    bool is_doubtful = r->replay_was.is_doubtful || r->replay_is.is_doubtful;
    unsigned doubts = replay_doubts(&r->was, &r->was, event) |
                      replay_doubts(&r->is, &r->was, event) |
                      (is_doubtful ? 1U << REPLAY_REFUNDS : 0);

    r->doubted += doubts != 0;
    for (int i = 0; i < REPLAY_DOUBTS; i++)
        r->doubts[i] += doubts >> i & 1U;
}

static enum err_code
replay_card(struct db *db, struct rehearsal *r, int64_t card_id, int64_t issued_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_TRANSFERS_TO_REPLAY);
    struct replay_event event;
    bool row;

    replay_begin(&r->replay_was, &r->was, issued_ms);
    replay_begin(&r->replay_is, &r->is, issued_ms);
    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":by_number", r->was.number.is_set || r->is.number.is_set);
    stmt_bind_int(s, ":by_tier", r->was.tier.steps_n > 0 || r->is.tier.steps_n > 0);
    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "transfers of card %" PRId64, card_id);
        if (!row)
            break;
        r->transfers++;
        if (!event_of(s, &event))
            continue;
        if ((event.kind == REPLAY_VISIT || event.kind == REPLAY_LATE) &&
            take_given(db, r, stmt_int(s, 7), &event, e))
            return e->code;
        replay_add(&r->replay_was, &event);
        replay_add(&r->replay_is, &event);
        doubt(r, &event);
        compare_ends(r);
    }
    replay_end(&r->replay_was, r->now_ms);
    replay_end(&r->replay_is, r->now_ms);
    return OK;
}

/* ---------------------------------------------------------------- all of them */

void
rehearsal_begin(struct rehearsal *r, const struct plan_rules *was, const struct plan_rules *is,
                int64_t now_ms)
{
    *r = (struct rehearsal){.was = *was, .is = *is, .now_ms = now_ms};
}

/* What the card holds in truth. */
static void
look_at_balance(struct rehearsal *r, int64_t balance, bool is_live)
{
    if (!is_live || balance == 0)
        return;
    if (r->is.goal > 0 && balance >= r->is.goal)
        r->fill_at_once++;
    else
        r->under_way++;
}

enum err_code
rehearsal_go_on(struct db *db, struct rehearsal *r, int64_t transfers, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARDS_TO_REPLAY);
    const int64_t until = r->transfers + transfers;
    int64_t seen = 0;
    bool row;

    stmt_bind_int(s, ":plan_id", r->was.plan_id);
    stmt_bind_int(s, ":after", r->after_card);
    stmt_bind_int(s, ":max", CARDS_AT_ONCE);
    do {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "rehearse plan %" PRId64, r->was.plan_id);
        if (!row)
            break;
        r->after_card = stmt_int(s, 0);
        look_at_balance(r, stmt_int(s, 2), stmt_int(s, 4) != 0);
        if (replay_card(db, r, r->after_card, stmt_int(s, 3), e))
            return e->code;
        judge(r, r->after_card, stmt_int(s, 1));
        seen++;
    } while (seen < CARDS_AT_ONCE && r->transfers < until);
    r->is_over = !row;
    return OK;
}
