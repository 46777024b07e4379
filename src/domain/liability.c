#include "domain/liability.h"

#include <inttypes.h>
#include <string.h>

#include "domain/posting.h"

int64_t
month_after(int64_t month, int64_t months)
{
    int64_t n = month / 100 * 12 + month % 100 - 1 + months;

    return n / 12 * 100 + n % 12 + 1;
}

static bool
is_month(int64_t month)
{
    return month >= 197001 && month <= 999912 && month % 100 >= 1 && month % 100 <= 12;
}

/* ---------------------------------------------------------------- months */

/* What a total adds to its month. */
static void
take(struct liability_month *m, const struct month_total *t)
{
    int64_t gain = t->in - t->out;

    if (t->account == TOTAL_OF_ORIGIN)
        m->lapsed_since += t->out;
    else if (t->kind == TRANSFER_REVERSE)
        m->reversed += gain;
    else if (t->kind == TRANSFER_LAPSE)
        m->lapsed += t->out;
    else if (t->kind == TRANSFER_EXPIRE)
        m->forfeited += t->out;
    else if (t->account == SYSTEM_ISSUE) {
        m->issued += t->in;
        m->returned += t->out;
    } else if (t->account == SYSTEM_REDEEM)
        m->redeemed += t->out;
    else
        m->moved += gain;
}

static int64_t
gain_of(const struct liability_month *m)
{
    return m->issued - m->returned - m->redeemed - m->lapsed - m->forfeited + m->moved +
           m->reversed;
}

void
liability_months(const struct month_totals *totals, int64_t from, int64_t until,
                 struct liability_plan *plan)
{
    int64_t closing;

    plan->months_n = 0;
    plan->opening = plan->outstanding = 0;
    for (int64_t month = from; month <= until && plan->months_n < LIABILITY_MONTHS_MAX;
         month = month_after(month, 1))
        plan->month[plan->months_n++] = (struct liability_month){.month = month};
    for (size_t i = 0; i < totals->n; i++) {
        const struct month_total *t = &totals->at[i];
        int64_t place = (t->month / 100 - from / 100) * 12 + t->month % 100 - from % 100;

        if (t->plan_id != plan->plan_id)
            continue;
        if (t->account != TOTAL_OF_ORIGIN) {
            plan->outstanding += t->in - t->out;
            plan->opening += t->month < from ? t->in - t->out : 0;
        }
        if (place >= 0 && place < (int64_t)plan->months_n)
            take(&plan->month[place], t);
    }
    closing = plan->opening;
    for (size_t i = 0; i < plan->months_n; i++)
        plan->month[i].closing = closing += gain_of(&plan->month[i]);
}

/* ---------------------------------------------------------------- what stands elsewhere */

static enum err_code
ask_one(struct db *db, enum sql_id sql, int64_t plan_id, int64_t *out, struct err *e)
{
    STMT s = db_stmt(db, sql);

    stmt_bind_int(s, ":plan_id", plan_id);
    if (stmt_one(s, "plan", e))
        return e->code;
    *out = stmt_int(s, 0);
    return OK;
}

/* Each account lacks what moved out of it onto cards, and holds what moved back. */
static enum err_code
hold_accounts(struct db *db, const struct month_totals *totals, struct liability_plan *plan,
              struct err *e)
{
    STMT s = db_stmt(db, SQL_LIABILITY_ACCOUNTS);
    int64_t moved[SYSTEM_KINDS] = {0};
    bool row;

    for (size_t i = 0; i < totals->n; i++)
        if (totals->at[i].plan_id == plan->plan_id && totals->at[i].account >= SYSTEM_ISSUE &&
            totals->at[i].account < SYSTEM_KINDS)
            moved[totals->at[i].account] += totals->at[i].in - totals->at[i].out;
    stmt_bind_int(s, ":plan_id", plan->plan_id);
    plan->accounts = 0;
    plan->is_sound = true;
    for (;;) {
        int64_t kind;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        kind = -stmt_int(s, 0) - 8 * plan->plan_id;
        plan->accounts -= stmt_int(s, 1);
        if (kind < SYSTEM_ISSUE || kind >= SYSTEM_KINDS || moved[kind] != -stmt_int(s, 1))
            plan->is_sound = false;
    }
    plan->is_sound =
        plan->is_sound && plan->outstanding == plan->cards && plan->outstanding == plan->accounts;
    return OK;
}

static void
foresee(struct liability_plan *plan, int64_t month, int64_t units)
{
    int64_t first = plan->forecast[0].month;
    int64_t place = (month / 100 - first / 100) * 12 + month % 100 - first % 100;

    if (place < 0)
        place = 0;
    if (place >= FORECAST_MONTHS_MAX)
        place = FORECAST_MONTHS_MAX - 1;
    for (; plan->forecast_n <= (size_t)place; plan->forecast_n++)
        plan->forecast[plan->forecast_n] =
            (struct forecast_month){.month = month_after(first, (int64_t)plan->forecast_n)};
    plan->forecast[place].units += units;
}

static enum err_code
forecast(struct db *db, const struct plan_rules *rules, int64_t now_ms, struct liability_plan *plan,
         struct err *e)
{
    STMT s = db_stmt(db, SQL_LIABILITY_LOTS);
    int64_t with_end = 0;
    bool row;

    plan->forecast[0].month = plan_month(rules, now_ms);
    stmt_bind_int(s, ":plan_id", rules->plan_id);
    for (;;) {
        int64_t units, expires_ms;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        units = stmt_int(s, 0);
        expires_ms = stmt_int(s, 1);
        with_end += units;
        if (expires_ms <= now_ms)
            plan->ended += units;
        else
            foresee(plan, plan_month(rules, expires_ms), units);
    }
    plan->endless = plan->cards - with_end;
    return OK;
}

/* ---------------------------------------------------------------- the report */

static enum err_code
report_plan(struct db *db, const struct month_totals *totals, const struct plan_rules *rules,
            int64_t now_ms, int64_t from, int64_t until, struct liability_plan *plan, struct err *e)
{
    memset(plan, 0, sizeof(*plan));
    plan->plan_id = rules->plan_id;
    str_copy(str_of(rules->name), plan->name, sizeof(plan->name));
    plan->unit = rules->unit;
    plan->yen = rules->spend.yen;
    liability_months(totals, from, until, plan);
    return ask_one(db, SQL_LIABILITY_CARDS, rules->plan_id, &plan->cards, e) ||
                   ask_one(db, SQL_LIABILITY_VOUCHERS, rules->plan_id, &plan->vouchers, e) ||
                   hold_accounts(db, totals, plan, e) || forecast(db, rules, now_ms, plan, e)
               ? err_wrap(e, "liability of plan %" PRId64, rules->plan_id)
               : OK;
}

enum err_code
liability_report(struct db *db, struct arena *a, int64_t from, int64_t until, int64_t now_ms,
                 struct liability_plan **out, size_t *n_out, struct err *e)
{
    DB_TX tx = {0}; /* one state of the book; nothing is written */
    struct month_totals totals = {0};
    struct plan_rules *rules;
    enum err_code code = OK;

    if (!is_month(from) || !is_month(until) || from > until ||
        month_after(from, LIABILITY_MONTHS_MAX) <= until)
        return err_set(e, ERR_INPUT, "month_invalid",
                       "months such as 2026-01, the first before the last, at most %d",
                       LIABILITY_MONTHS_MAX);
    if (db_begin(db, &tx, e) || plan_list(db, a, &rules, n_out, e))
        return err_wrap(e, "liability");
    *out = arena_alloc(a, (*n_out + 1) * sizeof(**out));
    if (*out == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "liability of %zu plans", *n_out);
    code = month_totals_all(&totals, db, e);
    for (size_t i = 0; i < *n_out && code == OK; i++)
        code = report_plan(db, &totals, &rules[i], now_ms, from, until, &(*out)[i], e);
    month_totals_clear(&totals);
    return code == OK ? OK : err_wrap(e, "liability");
}
