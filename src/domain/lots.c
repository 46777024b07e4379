#include "domain/lots.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "domain/bind.h"
#include "domain/plan.h"
#include "domain/rules.h"

/* ---------------------------------------------------------------- what is taken */

enum rank { RANK_OWN, RANK_USABLE, RANK_BARE, RANK_PENDING, RANK_ENDED, RANKS };

static bool
is_ended(const struct lot *lot, int64_t now_ms)
{
    return lot->expires_ms != 0 && lot->expires_ms <= now_ms;
}

static enum rank
rank_of(const struct lot *lot, int64_t now_ms)
{
    if (lot->is_own)
        return RANK_OWN;
    if (is_ended(lot, now_ms))
        return RANK_ENDED;
    return lot->usable_ms > now_ms ? RANK_PENDING : RANK_USABLE;
}

static bool
may_go(enum lots_take what, enum rank rank)
{
    switch (what) {
    case TAKE_ANY:
        return true;
    case TAKE_USABLE:
        return rank == RANK_USABLE || rank == RANK_BARE;
    case TAKE_ENDED:
        return rank == RANK_ENDED;
    }
    return false;
}

/* Whether `a` goes before `b`, of one rank: what ends first, and of those the older. */
static bool
goes_before(const struct lot *a, const struct lot *b)
{
    if (a->expires_ms != b->expires_ms)
        return b->expires_ms == 0 || (a->expires_ms != 0 && a->expires_ms < b->expires_ms);
    return a->seq != b->seq ? a->seq < b->seq : a->part < b->part;
}

static struct lot *
first_of(struct lots *lots, enum rank rank, int64_t now_ms)
{
    struct lot *first = NULL;

    for (size_t i = 0; i < lots->n; i++) {
        struct lot *lot = &lots->at[i];

        if (lot->remaining > 0 && rank_of(lot, now_ms) == rank &&
            (first == NULL || goes_before(lot, first)))
            first = lot;
    }
    return first;
}

static void
move(struct lot *lot, int64_t amount)
{
    lot->moved += amount;
    lot->remaining += amount;
    lot->is_changed = true;
    assert(lot->remaining >= 0);
}

static int64_t
take_rank(struct lots *lots, enum rank rank, int64_t amount, int64_t now_ms)
{
    struct lot *lot;

    while (amount > 0 && (lot = first_of(lots, rank, now_ms)) != NULL) {
        int64_t part = lot->remaining < amount ? lot->remaining : amount;

        move(lot, -part);
        amount -= part;
    }
    return amount;
}

static int64_t
held(const struct lots *lots)
{
    int64_t sum = 0;

    for (size_t i = 0; i < lots->n; i++)
        sum += lots->at[i].remaining;
    return sum;
}

static int64_t
of_rank(const struct lots *lots, enum rank rank, int64_t balance, int64_t now_ms)
{
    int64_t sum = rank == RANK_BARE ? balance - held(lots) : 0;

    for (size_t i = 0; i < lots->n; i++)
        if (rank_of(&lots->at[i], now_ms) == rank)
            sum += lots->at[i].remaining;
    return sum;
}

bool
lots_take(struct lots *lots, enum lots_take what, int64_t balance, int64_t amount, int64_t now_ms)
{
    int64_t bare = of_rank(lots, RANK_BARE, balance, now_ms);
    int64_t there = 0;

    for (enum rank rank = RANK_OWN; rank < RANKS; rank++)
        there += may_go(what, rank) ? of_rank(lots, rank, balance, now_ms) : 0;
    if (there < amount)
        return false;
    for (enum rank rank = RANK_OWN; rank < RANKS; rank++)
        if (may_go(what, rank) && rank == RANK_BARE)
            amount -= bare < amount ? bare : amount;
        else if (may_go(what, rank))
            amount = take_rank(lots, rank, amount, now_ms);
    assert(amount == 0);
    return true;
}

int64_t
lots_usable(const struct lots *lots, int64_t balance, int64_t now_ms)
{
    return of_rank(lots, RANK_USABLE, balance, now_ms) + of_rank(lots, RANK_BARE, balance, now_ms);
}

int64_t
lots_ended(const struct lots *lots, int64_t now_ms)
{
    return of_rank(lots, RANK_ENDED, 0, now_ms);
}

int64_t
lots_end_ms(const struct lots *lots)
{
    int64_t end_ms = 0;

    for (size_t i = 0; i < lots->n; i++) {
        const struct lot *lot = &lots->at[i];

        if (lot->remaining > 0 && lot->expires_ms != 0 && (end_ms == 0 || lot->expires_ms < end_ms))
            end_ms = lot->expires_ms;
    }
    return end_ms;
}

/* ---------------------------------------------------------------- the book */

void
lots_clear(struct lots *lots)
{
    free(lots->at);
    *lots = (struct lots){.at = NULL};
}

static struct lot *
next_place(struct lots *lots, struct err *e)
{
    size_t room = lots->room ? 2 * lots->room : 16;
    struct lot *more = lots->at;

    if (lots->n == lots->room && (more = realloc(lots->at, room * sizeof(*more))) == NULL) {
        err_set(e, ERR_INTERNAL, "out_of_memory", "%zu lots of a card", room);
        return NULL;
    }
    if (lots->n == lots->room)
        lots->room = room;
    lots->at = more;
    more[lots->n] = (struct lot){.seq = 0};
    return &more[lots->n++];
}

struct lot *
lots_add(struct lots *lots, int64_t seq, int64_t amount, struct err *e)
{
    struct lot *lot = next_place(lots, e);
    int64_t part = 0;

    if (lot == NULL)
        return NULL;
    for (size_t i = 0; i + 1 < lots->n; i++)
        part += lots->at[i].seq == seq;
    lot->seq = seq;
    lot->part = part;
    lot->amount = amount;
    lot->remaining = amount;
    lot->is_new = true;
    return lot;
}

static void
read_lot(const struct stmt *s, struct lot *out)
{
    out->seq = stmt_int(s, 0);
    out->part = stmt_int(s, 1);
    out->plan_version = stmt_int(s, 2);
    out->amount = stmt_int(s, 3);
    out->remaining = stmt_int(s, 4);
    out->usable_ms = stmt_int(s, 5);
    out->expires_ms = stmt_int(s, 6);
    out->renews = stmt_int(s, 7) != 0;
}

enum err_code
lots_load(struct db *db, int64_t card_id, struct lots *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOTS_OF_CARD);
    bool row;

    stmt_bind_int(s, ":card_id", card_id);
    for (;;) {
        struct lot *lot;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "lots of card %" PRId64, card_id);
        if (!row)
            return OK;
        lot = next_place(out, e);
        if (lot == NULL)
            return e->code;
        read_lot(s, lot);
    }
}

static struct lot *
find(struct lots *lots, int64_t seq, int64_t part)
{
    for (size_t i = 0; i < lots->n; i++)
        if (lots->at[i].seq == seq && lots->at[i].part == part)
            return &lots->at[i];
    return NULL;
}

/* Only lots with something in them were read. */
static enum err_code
find_or_load(struct db *db, int64_t card_id, struct lots *lots, int64_t seq, int64_t part,
             struct lot **out, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOT_LOAD);

    *out = find(lots, seq, part);
    if (*out != NULL)
        return OK;
    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":seq", seq);
    stmt_bind_int(s, ":part", part);
    if (stmt_one(s, "lot", e))
        return err_wrap(e, "lot %" PRId64, seq);
    *out = next_place(lots, e);
    if (*out == NULL)
        return e->code;
    read_lot(s, *out);
    return OK;
}

static enum err_code
save_move(struct db *db, int64_t card_id, const struct lot *lot, int64_t seq, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOT_MOVE_ADD);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":seq", seq);
    stmt_bind_int(s, ":lot_seq", lot->seq);
    stmt_bind_int(s, ":lot_part", lot->part);
    stmt_bind_int(s, ":amount", lot->moved);
    return stmt_run(s, e);
}

static enum err_code
save_new(struct db *db, int64_t card_id, const struct lot *lot, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOT_ADD);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":seq", lot->seq);
    stmt_bind_int(s, ":part", lot->part);
    stmt_bind_int(s, ":plan_version", lot->plan_version);
    stmt_bind_int(s, ":amount", lot->amount);
    stmt_bind_int(s, ":remaining", lot->remaining);
    bind_id(s, ":usable_ms", lot->usable_ms);
    bind_id(s, ":expires_ms", lot->expires_ms);
    stmt_bind_int(s, ":renews", lot->renews);
    return stmt_run(s, e);
}

static enum err_code
save_changed(struct db *db, int64_t card_id, const struct lot *lot, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOT_SET);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":seq", lot->seq);
    stmt_bind_int(s, ":part", lot->part);
    stmt_bind_int(s, ":remaining", lot->remaining);
    bind_id(s, ":expires_ms", lot->expires_ms);
    return stmt_run(s, e);
}

enum err_code
lots_save(struct db *db, int64_t card_id, struct lots *lots, int64_t seq, struct err *e)
{
    for (size_t i = 0; i < lots->n; i++) {
        struct lot *lot = &lots->at[i];

        if ((lot->is_new && save_new(db, card_id, lot, e)) ||
            (!lot->is_new && lot->is_changed && save_changed(db, card_id, lot, e)) ||
            (lot->moved != 0 && save_move(db, card_id, lot, seq, e)))
            return err_wrap(e, "lot %" PRId64 " of card %" PRId64, lot->seq, card_id);
        lot->is_new = lot->is_changed = false;
        lot->moved = 0;
    }
    return OK;
}

/* ---------------------------------------------------------------- back, and across */

enum err_code
lots_mark_own(struct db *db, int64_t card_id, struct lots *lots, int64_t seq, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOT_MOVES);
    bool row;

    for (size_t i = 0; i < lots->n; i++)
        lots->at[i].is_own = lots->at[i].seq == seq;
    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":seq", seq);
    for (;;) {
        struct lot *lot;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "moves of transfer %" PRId64, seq);
        if (!row)
            return OK;
        lot = find(lots, stmt_int(s, 0), stmt_int(s, 1));
        if (lot != NULL && stmt_int(s, 2) > 0)
            lot->is_own = true;
    }
}

/* Units that come back when their lot has ended live on for a while. */
static enum err_code
live_on(struct db *db, const struct card *card, struct lot *lot, int64_t version, int64_t now_ms,
        struct err *e)
{
    struct plan_rules rules;

    if (plan_load(db, card->plan_id, version, &rules, e))
        return e->code;
    lot->plan_version = version;
    lot->expires_ms = business_day(&rules, now_ms).end_ms + LOT_RETURN_DAYS * DAY_MS;
    return OK;
}

static enum err_code
come_back(struct db *db, const struct card *card, struct lots *lots, const struct lot *was,
          int64_t amount, int64_t now_seq, int64_t now_ms, struct err *e)
{
    int64_t version = was->plan_version;
    struct lot *lot = lots_add(lots, now_seq, amount, e);

    return lot == NULL ? e->code : live_on(db, card, lot, version, now_ms, e);
}

enum err_code
lots_return(struct db *db, const struct card *card, struct lots *lots, int64_t seq, int64_t now_seq,
            int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOT_MOVES);
    bool row;

    stmt_bind_int(s, ":card_id", card->id);
    stmt_bind_int(s, ":seq", seq);
    for (;;) {
        struct lot *lot;
        int64_t amount;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "moves of transfer %" PRId64, seq);
        if (!row)
            return OK;
        amount = -stmt_int(s, 2);
        if (find_or_load(db, card->id, lots, stmt_int(s, 0), stmt_int(s, 1), &lot, e))
            return e->code;
        if (!is_ended(lot, now_ms))
            move(lot, amount);
        else if (come_back(db, card, lots, lot, amount, now_seq, now_ms, e))
            return e->code;
    }
}

enum err_code
lots_carry(struct db *db, const struct card *card, struct lots *lots, int64_t seq, int64_t into_seq,
           int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOTS_TAKEN);
    bool row;

    stmt_bind_int(s, ":seq", seq);
    for (;;) {
        struct lot *lot;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "lots taken by transfer %" PRId64, seq);
        if (!row)
            return OK;
        lot = lots_add(lots, into_seq, stmt_int(s, 0), e);
        if (lot == NULL)
            return e->code;
        lot->plan_version = stmt_int(s, 1);
        lot->usable_ms = stmt_int(s, 2);
        lot->expires_ms = stmt_int(s, 3);
        lot->renews = stmt_int(s, 4) != 0;
        if (now_ms == 0 || !is_ended(lot, now_ms))
            continue;
        lot->renews = false;
        if (live_on(db, card, lot, lot->plan_version, now_ms, e))
            return e->code;
    }
}

/* ---------------------------------------------------------------- what a card shows */

enum err_code
lots_coming(struct db *db, int64_t card_id, int64_t now_ms, struct coming_end *out, size_t cap,
            size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOTS_COMING);
    bool row = false;

    *n_out = 0;
    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    do {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "coming ends of card %" PRId64, card_id);
        if (row)
            out[(*n_out)++] = (struct coming_end){stmt_int(s, 1), stmt_int(s, 0)};
    } while (row && *n_out < cap);
    return OK;
}

enum err_code
lots_pending(struct db *db, int64_t card_id, int64_t now_ms, int64_t *amount_out,
             int64_t *usable_ms_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_LOTS_PENDING);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_one(s, "sum", e))
        return err_wrap(e, "pending units of card %" PRId64, card_id);
    *amount_out = stmt_int(s, 0);
    *usable_ms_out = stmt_int(s, 1);
    return OK;
}
