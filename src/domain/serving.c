#include "domain/serving.h"

#include <inttypes.h>

#include "domain/scan.h"

enum err_code
serving_load(struct db *db, int64_t staff_id, int64_t till_id, int64_t shop_id, struct serving *out,
             struct err *e)
{
    STMT s = db_stmt(db, SQL_SERVING);

    stmt_bind_int(s, ":staff_id", staff_id);
    stmt_bind_int(s, ":till_id", till_id);
    if (stmt_one(s, "staff", e))
        return err_wrap(e, "staff %" PRId64 " at till %" PRId64, staff_id, till_id);
    out->role = stmt_int(s, 1);
    out->staff_shop_id = stmt_int(s, 2);
    out->member_id = stmt_int(s, 3);
    if (stmt_int(s, 0) == 0)
        return err_set(e, ERR_FORBIDDEN, "staff_inactive", "staff %" PRId64, staff_id);
    if (stmt_int(s, 4) == 0)
        return err_set(e, ERR_FORBIDDEN, "till_inactive", "till %" PRId64, till_id);
    if (stmt_int(s, 5) != shop_id || (out->staff_shop_id != 0 && out->staff_shop_id != shop_id))
        return err_set(e, ERR_FORBIDDEN, "other_shop", "staff %" PRId64 ", till %" PRId64, staff_id,
                       till_id);
    return OK;
}

static int64_t
distance(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

static enum err_code
count_by_number(struct db *db, int64_t card_id, struct business_day day, int64_t *out,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_GRANTS_BY_NUMBER);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":from_ms", day.start_ms);
    stmt_bind_int(s, ":until_ms", day.end_ms);
    if (stmt_one(s, "count", e))
        return err_wrap(e, "grants by number of card %" PRId64, card_id);
    *out = stmt_int(s, 0);
    return OK;
}

/* How far back a visit can stand in the way of this one. */
static int64_t
reach_ms(const struct plan_rules *rules, struct business_day day, int64_t visit_ms)
{
    int64_t minutes = rules->cool_down_min > rules->earn.shop_cool_down_min
                          ? rules->cool_down_min
                          : rules->earn.shop_cool_down_min;
    int64_t since_ms = visit_ms - minutes * 60000 - 2 * SCAN_SESSION_MS;
    bool counts_days = rules->per_day_max > 0 || rules->earn.shop_per_day_max > 0;

    return counts_days && day.start_ms < since_ms ? day.start_ms : since_ms;
}

static void
add_visit(struct grants_seen *seen, int64_t at_ms, struct business_day day, int64_t visit_ms)
{
    if (!seen->has_near || distance(at_ms, visit_ms) < distance(seen->near_ms, visit_ms))
        seen->near_ms = at_ms;
    seen->has_near = true;
    seen->day_count += at_ms >= day.start_ms && at_ms < day.end_ms;
}

enum err_code
grants_before(struct db *db, const struct card *card, const struct plan_rules *rules,
              const struct scan_row *scan, int64_t shop_id, int64_t visit_ms,
              struct grant_history *history, struct err *e)
{
    STMT s = db_stmt(db, SQL_GRANTS_OF_CARD);
    struct business_day day = business_day(rules, visit_ms);
    int64_t since_ms = reach_ms(rules, day, visit_ms);
    struct grants_seen any = {.has_near = false};
    bool row;

    *history = (struct grant_history){.by_number = scan->by_number};
    if (scan->by_number && count_by_number(db, card->id, day, &history->number_count, e))
        return e->code;
    stmt_bind_int(s, ":card_id", card->id);
    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "grants of card %" PRId64, card->id);
        history->has_visited |= row;
        if (!row || stmt_int(s, 0) < since_ms) /* booked before: visited before, too */
            break;
        add_visit(&any, stmt_int(s, 1), day, visit_ms);
        if (stmt_int(s, 3) == shop_id)
            add_visit(&history->here, stmt_int(s, 1), day, visit_ms);
        if (scan->id != 0 && stmt_int(s, 2) == scan->id)
            history->spent_ms = stmt_int(s, 1);
    }
    history->has_near = any.has_near;
    history->near_ms = any.near_ms;
    history->day_count = any.day_count;
    return OK;
}

void
scan_read(const struct stmt *s, struct scan_row *out)
{
    out->id = stmt_int(s, 0);
    out->card_id = stmt_int(s, 1);
    out->till_id = stmt_int(s, 2);
    out->at_ms = stmt_int(s, 3);
    out->until_ms = stmt_int(s, 4);
    out->by_number = stmt_int(s, 5) != 0;
    out->by_code = stmt_int(s, 6) != 0;
}

int64_t
visit_of(int64_t now_ms, int64_t shown_ms)
{
    return shown_ms != 0 && shown_ms < now_ms ? shown_ms : now_ms;
}

bool
scan_is_live(const struct scan_row *scan, int64_t till_id, int64_t visit_ms)
{
    return scan->till_id == till_id && visit_ms >= scan->at_ms - SCAN_SESSION_MS &&
           visit_ms <= scan->until_ms;
}
