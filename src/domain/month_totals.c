#include "domain/month_totals.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "domain/transfer.h"
#include "domain/tree_book.h"

#define PAGES_PER_LINE                                                                             \
    8 /* transfers read in order in the time in which one is found by its number */

void
month_totals_clear(struct month_totals *totals)
{
    free(totals->at);
    *totals = (struct month_totals){0};
}

static int64_t
month_of(int64_t utc_offset_min, int64_t day_cut_hour, int64_t at_ms)
{
    const int64_t local_ms = at_ms + utc_offset_min * MINUTE_MS - day_cut_hour * HOUR_MS;
    const time_t at = (time_t)(local_ms / SECOND_MS - (local_ms % SECOND_MS < 0));
    struct tm day;

    gmtime_r(&at, &day);
    return (day.tm_year + 1900) * 100 + day.tm_mon + 1;
}

int64_t
plan_month(const struct plan_rules *rules, int64_t at_ms)
{
    return month_of(rules->utc_offset_min, rules->day_cut_hour, at_ms);
}

/* By the version under which it was booked: what has been counted never moves to another month. */
static enum err_code
month_in(struct month_totals *totals, struct db *db, int64_t plan_id, int64_t version,
         int64_t at_ms, int64_t *out, struct err *e)
{
    struct plan_zone *zone = NULL;
    struct plan_rules rules;

    for (size_t i = 0; i < PLAN_ZONES_MAX && zone == NULL; i++)
        if (totals->zone[i].plan_id == plan_id && totals->zone[i].version == version)
            zone = &totals->zone[i];
    if (zone == NULL) {
        if (plan_load(db, plan_id, version, &rules, e))
            return e->code;
        zone = &totals->zone[totals->next_zone++ % PLAN_ZONES_MAX];
        *zone = (struct plan_zone){plan_id, version, rules.utc_offset_min, rules.day_cut_hour};
    }
    *out = month_of(zone->utc_offset_min, zone->day_cut_hour, at_ms);
    return OK;
}

/* From the newest back: time goes on, and most transfers are of the month of the one before. */
static struct month_total *
total_of(struct month_totals *totals, const struct month_total *key, struct err *e)
{
    for (size_t i = totals->n; i-- > 0;) {
        struct month_total *one = &totals->at[i];

        if (one->month == key->month && one->kind == key->kind && one->account == key->account &&
            one->plan_id == key->plan_id)
            return one;
    }
    if (totals->n == totals->room) {
        size_t room = totals->room == 0 ? 64 : 2 * totals->room;
        struct month_total *more = realloc(totals->at, room * sizeof(*more));

        if (more == NULL) {
            (void)err_set(e, ERR_INTERNAL, "out_of_memory", "totals of %zu months and kinds", room);
            return NULL;
        }
        totals->at = more;
        totals->room = room;
    }
    totals->at[totals->n] = (struct month_total){
        .plan_id = key->plan_id, .month = key->month, .kind = key->kind, .account = key->account};
    return &totals->at[totals->n++];
}

static enum err_code
count(struct month_totals *totals, const struct month_total *what, struct err *e)
{
    struct month_total *total = total_of(totals, what, e);

    if (total == NULL)
        return e->code;
    total->in += what->in;
    total->out += what->out;
    total->transfers += what->transfers;
    return OK;
}

/* Where the units of a lapse had come from. */
static enum err_code
count_origins(struct month_totals *totals, struct db *db, const struct transfer *t, struct err *e)
{
    STMT s = db_stmt(db, SQL_LAPSE_ORIGINS);
    bool row;

    stmt_bind_int(s, ":card_id", t->card_id);
    stmt_bind_int(s, ":seq", t->seq);
    for (;;) {
        struct month_total what = {
            .plan_id = t->plan_id, .kind = TRANSFER_LAPSE, .account = TOTAL_OF_ORIGIN};

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        what.out = stmt_int(s, 0);
        if (month_in(totals, db, t->plan_id, stmt_int(s, 2), stmt_int(s, 1), &what.month, e) ||
            count(totals, &what, e))
            return e->code;
    }
}

enum err_code
month_totals_add(struct month_totals *totals, struct db *db, const struct transfer *t,
                 struct err *e)
{
    bool enters = t->credit == t->card_id;
    int64_t other = enters ? t->debit : t->credit;
    struct month_total what = {.plan_id = t->plan_id,
                               .kind = (int64_t)t->kind,
                               .account = -other - 8 * t->plan_id,
                               .in = enters ? t->amount : 0,
                               .out = enters ? 0 : t->amount,
                               .transfers = 1};

    if (month_in(totals, db, t->plan_id, t->plan_version, t->at_ms, &what.month, e) ||
        count(totals, &what, e) || (t->kind == TRANSFER_LAPSE && count_origins(totals, db, t, e)))
        return err_wrap(e, "month of transfer %" PRId64, t->seq);
    return OK;
}

enum err_code
month_totals_keep(const struct month_totals *totals, struct db *db, struct err *e)
{
    STMT s = db_stmt(db, SQL_MONTH_TOTAL_ADD);

    for (size_t i = 0; i < totals->n; i++) {
        const struct month_total *one = &totals->at[i];

        stmt_bind_int(s, ":plan_id", one->plan_id);
        stmt_bind_int(s, ":month", one->month);
        stmt_bind_int(s, ":kind", one->kind);
        stmt_bind_int(s, ":account", one->account);
        stmt_bind_int(s, ":units_in", one->in);
        stmt_bind_int(s, ":units_out", one->out);
        stmt_bind_int(s, ":transfers", one->transfers);
        if (stmt_run(s, e))
            return err_wrap(e, "total of month %" PRId64, one->month);
    }
    return OK;
}

enum err_code
month_totals_stored(struct month_totals *totals, struct db *db, struct err *e)
{
    STMT s = db_stmt(db, SQL_MONTH_TOTALS);
    bool row;

    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "totals of months");
        if (!row)
            return OK;
        if (count(totals,
                  &(struct month_total){.plan_id = stmt_int(s, 0),
                                        .month = stmt_int(s, 1),
                                        .kind = stmt_int(s, 2),
                                        .account = stmt_int(s, 3),
                                        .in = stmt_int(s, 4),
                                        .out = stmt_int(s, 5),
                                        .transfers = stmt_int(s, 6)},
                  e))
            return e->code;
    }
}

/* What month_totals_add looks at. */
static struct transfer
read_moved(const struct stmt *s)
{
    return (struct transfer){
        .card_id = stmt_int(s, 0),
        .seq = stmt_int(s, 1),
        .kind = (enum transfer_kind)stmt_int(s, 2),
        .debit = stmt_int(s, 3),
        .credit = stmt_int(s, 4),
        .amount = stmt_int(s, 5),
        .at_ms = stmt_int(s, 6),
        .plan_id = stmt_int(s, 7),
        .plan_version = stmt_int(s, 8),
    };
}

/*
 * Transfers lie by card. A few that are new are found by their number, each on a page of its own;
 * when they are many, as before the first head, all pages are read once, in the order they lie in.
 */
static enum sql_id
way_to(int64_t after, int64_t last)
{
    return (last - after) * PAGES_PER_LINE < last ? SQL_TRANSFERS_MOVED_SINCE
                                                  : SQL_TRANSFERS_MOVED_ALL;
}

static enum err_code
add_since(struct month_totals *totals, struct db *db, int64_t after, int64_t last, struct err *e)
{
    STMT s = db_stmt(db, way_to(after, last));
    bool row;

    stmt_bind_int(s, ":after", after);
    for (;;) {
        struct transfer t;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        t = read_moved(s);
        if (month_totals_add(totals, db, &t, e))
            return e->code;
    }
}

enum err_code
month_totals_all(struct month_totals *totals, struct db *db, struct err *e)
{
    struct chain_head head;
    int64_t after;

    return month_totals_stored(totals, db, e) || tree_stored(db, &after, e) ||
                   chain_head(db, CHAIN_TRANSFER, &head, e) ||
                   add_since(totals, db, after, head.seq, e)
               ? err_wrap(e, "totals of months")
               : OK;
}
