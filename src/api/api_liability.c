#include "api/api_liability.h"

#include <inttypes.h>

#include "api/service.h"
#include "domain/liability.h"

#define MONTHS_SHOWN 12
#define REPORT_MAX (512 * KIB)

/* On a great book the lots are many to read. */
static const struct limit_rate report_rate = {.burst = 5, .per_ms = 5 * SECOND_MS};

static void
write_month(struct buf *b, const struct liability_month *m)
{
    buf_format(b,
               "{\"month\":%" PRId64 ",\"issued\":%" PRId64 ",\"returned\":%" PRId64
               ",\"redeemed\":%" PRId64 ",\"lapsed\":%" PRId64 ",\"forfeited\":%" PRId64
               ",\"moved\":%" PRId64 ",\"reversed\":%" PRId64 ",\"closing\":%" PRId64
               ",\"lapsed_since\":%" PRId64 "}",
               m->month, m->issued, m->returned, m->redeemed, m->lapsed, m->forfeited, m->moved,
               m->reversed, m->closing, m->lapsed_since);
}

static void
write_plan(struct buf *b, const struct liability_plan *p)
{
    const char *before = "";

    buf_format(b, "{\"plan\":%" PRId64 ",\"name\":", p->plan_id);
    buf_json(b, str_of(p->name));
    buf_format(b, ",\"unit\":\"%s\",\"yen\":", unit_name(p->unit));
    if (p->yen > 0)
        buf_int(b, p->yen);
    else
        buf_text(b, "null");
    buf_format(b,
               ",\"opening\":%" PRId64 ",\"outstanding\":%" PRId64 ",\"cards\":%" PRId64
               ",\"accounts\":%" PRId64 ",\"sound\":%s,\"vouchers\":%" PRId64 ",\"ended\":%" PRId64
               ",\"endless\":%" PRId64 ",\"months\":[",
               p->opening, p->outstanding, p->cards, p->accounts, p->is_sound ? "true" : "false",
               p->vouchers, p->ended, p->endless);
    for (size_t i = 0; i < p->months_n; i++) {
        buf_text(b, i ? "," : "");
        write_month(b, &p->month[i]);
    }
    buf_text(b, "],\"forecast\":[");
    for (size_t i = 0; i < p->forecast_n; i++)
        if (p->forecast[i].units > 0) {
            buf_format(b, "%s{\"month\":%" PRId64 ",\"units\":%" PRId64 "}", before,
                       p->forecast[i].month, p->forecast[i].units);
            before = ",";
        }
    buf_text(b, "]}");
}

static enum err_code
query_month(const struct request *req, const char *name, int64_t *out, struct err *e)
{
    struct str text;

    if (!request_query(req, name, &text) || str_int(text, out, 197001, 999912))
        return OK;
    return err_field(e, ERR_INPUT, "month_invalid", name, "%s is a month such as 202604", name);
}

enum err_code
api_liability(struct request *req, struct reply *reply, struct err *e)
{
    const struct plan_rules tokyo = {.utc_offset_min = 540};
    struct buf b = buf_new(req->arena, REPORT_MAX);
    int64_t until = plan_month(&tokyo, req->now_ms), from;
    struct liability_plan *plans;
    size_t n;

    if (query_month(req, "until", &until, e))
        return e->code;
    from = month_after(until, 1 - MONTHS_SHOWN);
    if (query_month(req, "from", &from, e) ||
        service_limit(SERVICE(req), "liability", STR("owner"), report_rate, req->now_ms, e) ||
        liability_report(req->db, req->arena, from, until, req->now_ms, &plans, &n, e))
        return e->code;
    buf_format(&b, "{\"from\":%" PRId64 ",\"until\":%" PRId64 ",\"plans\":[", from, until);
    for (size_t i = 0; i < n; i++) {
        buf_text(&b, i ? "," : "");
        write_plan(&b, &plans[i]);
    }
    buf_text(&b, "]}");
    reply->may_compress = true;
    return reply_json(reply, 200, &b, e);
}
