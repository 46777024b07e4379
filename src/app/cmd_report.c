#include <inttypes.h>

#include "app/commands.h"
#include "domain/liability.h"

#define MONTHS_SHOWN 12

const struct option_row report_liability_options[] = {
    {"from", "YYYY-MM", "", "the first month; else a year ago"},
    {"until", "YYYY-MM", "", "the last month; else this one"},
    {0},
};

static enum err_code
read_month(struct str text, const char *option, int64_t *out, struct err *e)
{
    struct str year;
    int64_t y, m;

    if (text.n == 0)
        return OK;
    if (!str_until(&text, '-', &year) || year.n != 4 || text.n != 2 ||
        !str_int(year, &y, 1970, 9999) || !str_int(text, &m, 1, 12))
        return err_set(e, ERR_INPUT, "usage", "--%s is a month such as 2026-04", option);
    *out = y * 100 + m;
    return OK;
}

static void
write_months(struct buf *out, const struct liability_plan *p)
{
    buf_text(out, "month      issued  returned  redeemed    lapsed forfeited     moved  reversed"
                  "    closing  of issued lapsed\n");
    for (size_t i = 0; i < p->months_n; i++) {
        const struct liability_month *m = &p->month[i];

        buf_format(out,
                   "%04" PRId64 "-%02" PRId64 " %9" PRId64 " %9" PRId64 " %9" PRId64 " %9" PRId64
                   " %9" PRId64 " %+9" PRId64 " %+9" PRId64 " %10" PRId64 " %9" PRId64,
                   m->month / 100, m->month % 100, m->issued, m->returned, m->redeemed, m->lapsed,
                   m->forfeited, m->moved, m->reversed, m->closing, m->lapsed_since);
        if (m->issued > 0)
            buf_format(out, " %5.1f %%", 100.0 * (double)m->lapsed_since / (double)m->issued);
        buf_char(out, '\n');
    }
}

static void
write_forecast(struct buf *out, const struct liability_plan *p)
{
    buf_format(out, "ends       %" PRId64 " never, %" PRId64 " with the next run\n", p->endless,
               p->ended);
    for (size_t i = 0; i < p->forecast_n; i++)
        if (p->forecast[i].units > 0)
            buf_format(out, "           %" PRId64 " in %04" PRId64 "-%02" PRId64 "%s\n",
                       p->forecast[i].units, p->forecast[i].month / 100, p->forecast[i].month % 100,
                       i == FORECAST_MONTHS_MAX - 1 ? " or later" : "");
}

static void
write_plan(struct buf *out, const struct liability_plan *p)
{
    buf_format(out, "\n%s (plan %" PRId64 ", %ss)\nopening    %" PRId64 "\n", p->name, p->plan_id,
               unit_name(p->unit), p->opening);
    write_months(out, p);
    buf_format(out, "owed now   %" PRId64, p->outstanding);
    if (p->yen > 0)
        buf_format(out, ", worth %" PRId64 " yen", p->outstanding * p->yen);
    buf_format(out, "; %" PRId64 " vouchers are out\n", p->vouchers);
    write_forecast(out, p);
    if (p->is_sound)
        buf_format(out, "it adds up: opening and movements, cards, accounts: %" PRId64 " each\n",
                   p->outstanding);
    else
        buf_format(out,
                   "IT DOES NOT ADD UP: opening and movements %" PRId64 ", cards %" PRId64
                   ", accounts %" PRId64 ": run `stampd check`\n",
                   p->outstanding, p->cards, p->accounts);
}

enum err_code
command_report_liability(struct call *call, struct err *e)
{
    const struct plan_rules tokyo = {.utc_offset_min = 540};
    int64_t until = plan_month(&tokyo, call->now_ms), from;
    struct liability_plan *plans;
    size_t n;

    if (read_month(call->value[1], "until", &until, e))
        return e->code;
    from = month_after(until, 1 - MONTHS_SHOWN);
    if (read_month(call->value[0], "from", &from, e) ||
        liability_report(call->db, call->arena, from, until, call->now_ms, &plans, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        write_plan(call->out, &plans[i]);
        call->failed = call->failed || !plans[i].is_sound;
    }
    return OK;
}
