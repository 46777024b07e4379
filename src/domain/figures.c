#include "domain/figures.h"

#include "base/clock.h"
#include "domain/since.h"

#define WEEK_MS (7 * DAY_MS)
#define BOOKED_LATE_MAX_MS DAY_MS /* how long a till may have been offline */

/* A stretch of time, and the transfers that can have been booked for visits in it. */
struct span {
    int64_t from_ms, until_ms;   /* both included */
    int64_t from_seq, until_seq; /* the last not included */
};

static enum err_code
span_of(struct db *db, int64_t from_ms, int64_t until_ms, struct span *out, struct err *e)
{
    *out = (struct span){.from_ms = from_ms, .until_ms = until_ms};
    if (since_seq(db, from_ms, &out->from_seq, e) ||
        since_seq(db, until_ms + BOOKED_LATE_MAX_MS + 1, &out->until_seq, e))
        return e->code;
    return OK;
}

static void
bind_span(struct stmt *s, const struct span *span)
{
    stmt_bind_int(s, ":from_ms", span->from_ms);
    stmt_bind_int(s, ":until_ms", span->until_ms);
    stmt_bind_int(s, ":from_seq", span->from_seq);
    stmt_bind_int(s, ":until_seq", span->until_seq);
}

static enum err_code
count_members(struct db *db, const struct span *span, struct figures *f, struct err *e)
{
    STMT s = db_stmt(db, SQL_FIGURES_MEMBERS);

    stmt_bind_int(s, ":from_ms", span->from_ms);
    stmt_bind_int(s, ":until_ms", span->until_ms);
    if (stmt_one(s, "member", e))
        return e->code;
    f->members = stmt_int(s, 0);
    f->new_members = stmt_int(s, 1);
    return OK;
}

static void
add_shop(const struct stmt *s, struct figures *f)
{
    struct figures_shop shop = {
        .shop_id = stmt_int(s, 1),
        .visits = stmt_int(s, 2),
        .grants = stmt_int(s, 3),
        .redemptions = stmt_int(s, 8),
    };

    str_copy(stmt_text(s, 4), shop.name, sizeof(shop.name));
    f->visits += shop.visits;
    f->grants += shop.grants;
    f->stamps += stmt_int(s, 5);
    f->points += stmt_int(s, 6);
    f->vouchers_issued += stmt_int(s, 7);
    f->vouchers_redeemed += shop.redemptions;
    if (f->shops_n < FIGURES_SHOPS_MAX)
        f->shop[f->shops_n++] = shop;
}

/* Shops, hours and reversals come as rows of one statement, which says what each is. */
static enum err_code
count_span(struct db *db, const struct span *span, int utc_offset_min, struct figures *f,
           struct err *e)
{
    STMT s = db_stmt(db, SQL_FIGURES_OF_SPAN);
    bool row;

    bind_span(s, span);
    stmt_bind_int(s, ":offset_ms", utc_offset_min * MINUTE_MS);
    for (;;) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        if (str_eq(stmt_text(s, 0), STR("shop")))
            add_shop(s, f);
        else if (str_eq(stmt_text(s, 0), STR("hour")))
            f->hours[stmt_int(s, 1)] = stmt_int(s, 3);
        else
            f->reversals = stmt_int(s, 3);
    }
}

static enum err_code
count_before(struct db *db, const struct span *span, struct figures *f, struct err *e)
{
    STMT s = db_stmt(db, SQL_FIGURES_BEFORE);

    bind_span(s, span);
    if (stmt_one(s, "figure", e))
        return e->code;
    f->visits_before = stmt_int(s, 0);
    f->grants_before = stmt_int(s, 1);
    return OK;
}

enum err_code
figures_of_day(struct db *db, int64_t from_ms, int64_t now_ms, int utc_offset_min,
               struct figures *out, struct err *e)
{
    DB_TX tx = {0}; /* all figures are of one moment */
    struct span day;
    struct span before;

    *out = (struct figures){.members = 0};
    if (db_begin(db, &tx, e) || span_of(db, from_ms, now_ms, &day, e) ||
        span_of(db, from_ms - WEEK_MS, now_ms - WEEK_MS, &before, e) ||
        count_members(db, &day, out, e) || count_span(db, &day, utc_offset_min, out, e) ||
        count_before(db, &before, out, e) || db_commit(&tx, e))
        return err_wrap(e, "figures of the day");
    return OK;
}
