#include "domain/budget.h"

#include <assert.h>
#include <stddef.h>

#include "domain/line_day.h"

/* ---------------------------------------------------------------- the owner's rules */

enum err_code
policy_load(struct db *db, struct message_policy *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_POLICY_LOAD);

    if (stmt_one(s, "message policy", e))
        return e->code;
    *out = (struct message_policy){
        .budget = stmt_is_null(s, 0) ? BUDGET_NONE : stmt_int(s, 0),
        .reserve = stmt_int(s, 1),
        .quiet_from_min = stmt_int(s, 2),
        .quiet_until_min = stmt_int(s, 3),
        .utc_offset_min = stmt_int(s, 4),
        .weekly_cap = stmt_int(s, 5),
        .lapse_days = stmt_int(s, 6),
        .dormant_days = stmt_int(s, 7),
        .tells_birthdays = stmt_int(s, 8) != 0,
        .pushes_receipts = stmt_int(s, 9) != 0,
        .price_milli = stmt_int(s, 10),
    };
    return OK;
}

static enum err_code
policy_check(const struct message_policy *p, struct err *e)
{
    const struct {
        const char *field;
        int64_t value, min, max;
    } row[] = {
        {"budget", p->budget, BUDGET_NONE, 10000000},
        {"reserve", p->reserve, 0, 100},
        {"quiet_from_min", p->quiet_from_min, 0, 1439},
        {"quiet_until_min", p->quiet_until_min, 0, 1439},
        {"utc_offset_min", p->utc_offset_min, -720, 840},
        {"weekly_cap", p->weekly_cap, 0, 100},
        {"lapse_days", p->lapse_days, 0, 60},
        {"dormant_days", p->dormant_days, 0, 730},
        {"price_milli", p->price_milli, 0, 1000000},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        if (row[i].value < row[i].min || row[i].value > row[i].max)
            return err_field(e, ERR_INPUT, "policy_invalid", row[i].field,
                             "%s is to be from %lld to %lld", row[i].field, (long long)row[i].min,
                             (long long)row[i].max);
    return OK;
}

enum err_code
policy_save(struct db *db, const struct message_policy *p, struct err *e)
{
    STMT s = db_stmt(db, SQL_POLICY_SAVE);

    if (policy_check(p, e))
        return e->code;
    if (p->budget == BUDGET_NONE)
        stmt_bind_null(s, ":budget");
    else
        stmt_bind_int(s, ":budget", p->budget);
    stmt_bind_int(s, ":reserve", p->reserve);
    stmt_bind_int(s, ":quiet_from_min", p->quiet_from_min);
    stmt_bind_int(s, ":quiet_until_min", p->quiet_until_min);
    stmt_bind_int(s, ":utc_offset_min", p->utc_offset_min);
    stmt_bind_int(s, ":weekly_cap", p->weekly_cap);
    stmt_bind_int(s, ":lapse_days", p->lapse_days);
    stmt_bind_int(s, ":dormant_days", p->dormant_days);
    stmt_bind_int(s, ":tells_birthdays", p->tells_birthdays);
    stmt_bind_int(s, ":pushes_receipts", p->pushes_receipts);
    stmt_bind_int(s, ":price_milli", p->price_milli);
    return stmt_run(s, e);
}

/* ---------------------------------------------------------------- months */

int
budget_month(int64_t at_ms)
{
    struct tm tm = line_day(at_ms);

    return (tm.tm_year + 1900) * 100 + tm.tm_mon + 1;
}

/* The moment a month begins, `months` after that of at_ms. */
static int64_t
month_begin(int64_t at_ms, int months)
{
    struct tm day = line_day(at_ms);
    struct tm first = {.tm_year = day.tm_year, .tm_mon = day.tm_mon + months, .tm_mday = 1};

    return (int64_t)timegm(&first) * SECOND_MS - LINE_OFFSET_MS;
}

int64_t
budget_month_end(int64_t at_ms)
{
    return month_begin(at_ms, 1);
}

/* ---------------------------------------------------------------- what is left */

enum err_code
budget_load(struct db *db, int64_t now_ms, struct budget *out, struct err *e)
{
    int month = budget_month(now_ms);
    STMT s = db_stmt(db, SQL_BUDGET_LOAD);

    stmt_bind_int(s, ":month", month);
    if (stmt_one(s, "budget", e))
        return e->code;
    *out = (struct budget){
        .month = month,
        .most = stmt_is_null(s, 0) ? BUDGET_NONE : stmt_int(s, 0),
        .reserve = stmt_int(s, 1),
        .charged = stmt_int(s, 2),
        .is_told = stmt_int(s, 3) == month,
    };
    if (out->is_told) {
        out->quota = stmt_is_null(s, 4) ? BUDGET_NONE : stmt_int(s, 4);
        out->used = stmt_int(s, 5) + out->charged - stmt_int(s, 6);
        out->told_ms = stmt_int(s, 7);
    }
    return OK;
}

enum err_code
budget_owed(struct db *db, int month, int64_t *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_BUDGET_OWED);

    stmt_bind_int(s, ":month", month);
    if (stmt_one(s, "budget", e))
        return e->code;
    *out = stmt_int(s, 0);
    return OK;
}

static int64_t
left_of(int64_t most, int64_t used, int64_t reserve, bool is_urgent)
{
    int64_t usable = is_urgent ? most : most - most * reserve / 100;

    return usable > used ? usable - used : 0;
}

int64_t
budget_left(const struct budget *b, bool is_urgent)
{
    int64_t own =
        b->most == BUDGET_NONE ? BUDGET_NONE : left_of(b->most, b->charged, b->reserve, is_urgent);
    int64_t line;

    if (!b->is_told)
        return own == BUDGET_NONE ? 0 : own;
    line =
        b->quota == BUDGET_NONE ? BUDGET_NONE : left_of(b->quota, b->used, b->reserve, is_urgent);
    if (own == BUDGET_NONE || line == BUDGET_NONE)
        return own == BUDGET_NONE ? line : own;
    return own < line ? own : line;
}

int64_t
budget_forecast(const struct budget *b, int64_t now_ms)
{
    int64_t begin_ms = month_begin(now_ms, 0);
    int64_t whole_ms = budget_month_end(now_ms) - begin_ms;
    int64_t gone_ms = now_ms - begin_ms;

    if (gone_ms < DAY_MS) /* a first morning says little about a month */
        gone_ms = DAY_MS;
    return (int64_t)((double)b->charged * (double)whole_ms / (double)gone_ms);
}

/* ---------------------------------------------------------------- spending */

enum err_code
budget_charge(struct db *db, int64_t recipients, bool is_urgent, int64_t now_ms, bool *granted_out,
              struct err *e)
{
    struct budget b;
    int64_t left;
    STMT s = db_stmt(db, SQL_BUDGET_CHARGE);

    assert(recipients > 0);
    if (budget_load(db, now_ms, &b, e))
        return err_wrap(e, "charge the budget");
    left = budget_left(&b, is_urgent);
    *granted_out = left == BUDGET_NONE || left >= recipients;
    if (!*granted_out)
        return OK;
    stmt_bind_int(s, ":month", b.month);
    stmt_bind_int(s, ":n", recipients);
    return stmt_run(s, e);
}

enum err_code
budget_refund(struct db *db, int month, int64_t recipients, struct err *e)
{
    STMT s = db_stmt(db, SQL_BUDGET_REFUND);

    stmt_bind_int(s, ":month", month);
    stmt_bind_int(s, ":n", recipients);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "budget_moved", "month %d did not hold that much", month);
    return OK;
}

enum err_code
budget_told(struct db *db, int64_t most, int64_t used, int64_t now_ms, struct err *e)
{
    struct budget b;
    STMT s = db_stmt(db, SQL_QUOTA_TOLD);

    if (budget_load(db, now_ms, &b, e))
        return err_wrap(e, "note LINE's quota");
    stmt_bind_int(s, ":month", b.month);
    if (most == BUDGET_NONE)
        stmt_bind_null(s, ":most");
    else
        stmt_bind_int(s, ":most", most);
    stmt_bind_int(s, ":used", used);
    stmt_bind_int(s, ":charged", b.charged);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}
