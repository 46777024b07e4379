#include "api/api_messages.h"

#include <inttypes.h>

#include "api/service.h"
#include "domain/audit.h"
#include "domain/budget.h"
#include "domain/notice.h"

#define NUMBER_LIMIT INT64_C(1000000000) /* policy_save knows each field's own range */

/* ---------------------------------------------------------------- the month */

static void
write_counts(struct buf *b, const struct notice_counts *n)
{
    buf_format(b,
               ",\"counts\":{\"push\":%" PRId64 ",\"live\":%" PRId64 ",\"reply\":%" PRId64
               ",\"merge\":%" PRId64 ",\"kept\":%" PRId64 ",\"failed\":%" PRId64
               ",\"opened\":%" PRId64 ",\"waiting\":%" PRId64 "}",
               n->push, n->live, n->reply, n->merge, n->kept, n->failed, n->opened, n->waiting);
}

static void
write_limit(struct buf *b, const char *name, int64_t n)
{
    buf_format(b, ",\"%s\":", name);
    if (n == BUDGET_NONE)
        buf_text(b, "null");
    else
        buf_int(b, n);
}

static void
write_budget(struct buf *b, const struct budget *budget, int64_t owed, int64_t now_ms)
{
    struct budget with_owed = *budget;

    with_owed.charged += owed;
    with_owed.used += owed;
    buf_format(b, ",\"budget\":{\"charged\":%" PRId64 ",\"owed\":%" PRId64, budget->charged, owed);
    write_limit(b, "most", budget->most);
    write_limit(b, "quota", budget->is_told ? budget->quota : BUDGET_NONE);
    write_limit(b, "used", budget->is_told ? budget->used : BUDGET_NONE);
    write_limit(b, "told", budget->is_told ? budget->told_ms : BUDGET_NONE);
    write_limit(b, "left", budget_left(&with_owed, false));
    write_limit(b, "left_urgent", budget_left(&with_owed, true));
    buf_format(b, ",\"forecast\":%" PRId64 "}", budget_forecast(&with_owed, now_ms));
}

static void
write_policy(struct buf *b, const struct message_policy *p)
{
    buf_format(b, ",\"policy\":{\"as_line\":%s", p->budget == BUDGET_NONE ? "true" : "false");
    write_limit(b, "budget", p->budget);
    buf_format(b,
               ",\"reserve\":%" PRId64 ",\"quiet_from_min\":%" PRId64
               ",\"quiet_until_min\":%" PRId64 ",\"utc_offset_min\":%" PRId64
               ",\"weekly_cap\":%" PRId64 ",\"lapse_days\":%" PRId64 ",\"dormant_days\":%" PRId64,
               p->reserve, p->quiet_from_min, p->quiet_until_min, p->utc_offset_min, p->weekly_cap,
               p->lapse_days, p->dormant_days);
    buf_format(b, ",\"tells_birthdays\":%s,\"pushes_receipts\":%s,\"price_milli\":%" PRId64 "}",
               p->tells_birthdays ? "true" : "false", p->pushes_receipts ? "true" : "false",
               p->price_milli);
}

static enum err_code
reply_month(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 4 * KIB);
    int month = budget_month(req->now_ms);
    struct notice_counts counts;
    struct message_policy policy;
    struct budget budget;
    int64_t owed;

    if (notice_count(req->db, month * 100 + 1, month * 100 + 31, &counts, e) ||
        policy_load(req->db, &policy, e) || budget_load(req->db, req->now_ms, &budget, e) ||
        budget_owed(req->db, month, &owed, e))
        return e->code;
    buf_format(&b, "{\"month\":%d,\"ends\":%" PRId64, month, budget_month_end(req->now_ms));
    write_counts(&b, &counts);
    write_budget(&b, &budget, owed, req->now_ms);
    write_policy(&b, &policy);
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_messages_show(struct request *req, struct reply *reply, struct err *e)
{
    return reply_month(req, reply, e);
}

/* ---------------------------------------------------------------- the rules */

static enum err_code
read_policy(struct request *req, struct message_policy *p, struct err *e)
{
    int64_t budget = BUDGET_NONE;
    bool as_line = false;

    if (REQUEST_JSON(
            req, e, {"as_line", JSON_KIND_BOOL, .optional = true, .out = &as_line},
            {"budget", JSON_KIND_INT, .optional = true, .max = NUMBER_LIMIT, .out = &budget},
            {"reserve", JSON_KIND_INT, .optional = true, .max = NUMBER_LIMIT, .out = &p->reserve},
            {"quiet_from_min", JSON_KIND_INT, .optional = true, .max = NUMBER_LIMIT,
             .out = &p->quiet_from_min},
            {"quiet_until_min", JSON_KIND_INT, .optional = true, .max = NUMBER_LIMIT,
             .out = &p->quiet_until_min},
            {"utc_offset_min", JSON_KIND_INT, .optional = true, .min = -NUMBER_LIMIT,
             .max = NUMBER_LIMIT, .out = &p->utc_offset_min},
            {"weekly_cap", JSON_KIND_INT, .optional = true, .max = NUMBER_LIMIT,
             .out = &p->weekly_cap},
            {"lapse_days", JSON_KIND_INT, .optional = true, .max = NUMBER_LIMIT,
             .out = &p->lapse_days},
            {"dormant_days", JSON_KIND_INT, .optional = true, .max = NUMBER_LIMIT,
             .out = &p->dormant_days},
            {"tells_birthdays", JSON_KIND_BOOL, .optional = true, .out = &p->tells_birthdays},
            {"pushes_receipts", JSON_KIND_BOOL, .optional = true, .out = &p->pushes_receipts},
            {"price_milli", JSON_KIND_INT, .optional = true, .max = NUMBER_LIMIT,
             .out = &p->price_milli}))
        return e->code;
    if (as_line && budget != BUDGET_NONE)
        return err_field(e, ERR_INPUT, "policy_invalid", "budget", "a limit, and none");
    if (as_line || budget != BUDGET_NONE)
        p->budget = budget;
    return OK;
}

/* What waited for the budget is looked at again. */
enum err_code
api_messages_policy(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct message_policy policy;

    if (policy_load(req->db, &policy, e) || read_policy(req, &policy, e) ||
        policy_save(req->db, &policy, e) || notice_retry_budget(req->db, req->now_ms, e) ||
        audit_write(req->db, "message.policy", req->actor.staff_id, 0, 0, req->now_ms, e))
        return e->code;
    REPLY_NEWS(reply, "message.policy", L_TEXT("req", req->id), L_INT("staff", req->actor.staff_id),
               L_INT("budget", policy.budget), L_INT("reserve", policy.reserve));
    s->wake(s->app);
    return reply_month(req, reply, e);
}
