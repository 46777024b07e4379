#include "api/api_till.h"

#include <stdio.h>

#include "api/api_login.h"
#include "api/service.h"
#include "domain/access.h"
#include "domain/catalogue.h"
#include "domain/ledger.h"
#include "domain/member.h"
#include "domain/plan.h"
#include "domain/rules.h"
#include "domain/shop.h"
#include "domain/staff.h"
#include "domain/unredeem.h"
#include "domain/voucher.h"
#include "http/cookie.h"

#define ANSWER_MAX (64 * KIB)
#define TODAY_MAX 200

static const struct limit_rate enrol_rate = {.burst = 5, .per_ms = 2 * MINUTE_MS};
static const struct limit_rate pin_rate = {.burst = 20, .per_ms = 3 * SECOND_MS};

/* ---------------------------------------------------------------- what the till shows of itself */

struct people {
    struct buf *b;
    size_t n;
};

static enum err_code
write_person(void *context, const struct staff *staff)
{
    struct people *people = context;

    if (!staff->has_pin)
        return OK;
    buf_text(people->b, people->n++ ? ",{\"id\":" : "{\"id\":");
    buf_int(people->b, staff->id);
    buf_text(people->b, ",\"name\":");
    buf_json(people->b, str_of(staff->name));
    buf_char(people->b, '}');
    return OK;
}

/* Nothing but the rate and its rounding says what a sale earns: the till's own sum is right. */
static bool
is_plain(const struct earn_rules *earn)
{
    return earn->tax_percent == 0 && earn->factors_n == 0 && earn->items_n == 0 &&
           !earn->others_earn_nothing && earn->join_units == 0 && !earn_has_caps(earn);
}

/* The kinds of goods that a cashier tells apart; of some each piece counts. */
static void
write_categories(struct buf *b, const struct earn_rules *earn)
{
    size_t n = 0;

    for (size_t i = 0; i < earn->items_n; i++) {
        if (!earn->item[i].is_category)
            continue;
        buf_text(b, n++ ? ",{\"name\":" : ",\"categories\":[{\"name\":");
        buf_json(b, str_of(earn->item[i].name));
        buf_format(b, ",\"pieces\":%s}", earn->item[i].units_each > 0 ? "true" : "false");
    }
    if (n > 0)
        buf_char(b, ']');
}

static void
write_earning(struct buf *b, const struct plan_rules *plan)
{
    if (!is_plain(&plan->earn))
        buf_text(b, ",\"about\":true");
    if (plan->earn.visit_stamps > 1)
        buf_format(b, ",\"stamps_each\":%lld", (long long)plan->earn.visit_stamps);
    write_categories(b, &plan->earn);
}

static enum err_code
write_plans(struct buf *b, struct request *req, struct err *e)
{
    struct plan_rules *plan;
    bool sells;
    size_t n;

    if (plan_list(req->db, req->arena, &plan, &n, e))
        return e->code;
    buf_text(b, ",\"plans\":[");
    for (size_t i = 0; i < n; i++) {
        buf_format(b, "%s{\"id\":%lld,\"name\":", i ? "," : "", (long long)plan[i].plan_id);
        buf_json(b, str_of(plan[i].name));
        buf_format(b,
                   ",\"unit\":\"%s\",\"goal\":%lld,\"yen_per_point\":%lld,\"rounding\":\"%s\","
                   "\"jan_prefix\":%lld",
                   unit_name(plan[i].unit), (long long)plan[i].goal,
                   (long long)plan[i].yen_per_point, rounding_name(plan[i].rounding),
                   (long long)plan[i].jan_prefix);
        write_earning(b, &plan[i]);
        if (plan[i].late.days > 0)
            buf_format(b, ",\"late\":{\"days\":%lld,\"cashier_max\":%lld}",
                       (long long)plan[i].late.days, (long long)plan[i].late.cashier_max);
        if (catalogue_sells(req->db, &plan[i], &sells, e))
            return e->code;
        if (sells)
            buf_text(b, ",\"swaps\":true");
        buf_char(b, '}');
    }
    buf_char(b, ']');
    return OK;
}

/* The till as its page wants it; staff_id 0: nobody has signed in. */
static enum err_code
reply_till(struct request *req, struct reply *reply, int64_t till_id, int64_t staff_id,
           struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct people people = {.b = &b};
    struct till till;
    struct staff staff;

    if (till_load(req->db, till_id, &till, e))
        return e->code;
    buf_format(&b, "{\"state\":\"%s\",\"till\":", staff_id ? "signed_in" : "enrolled");
    buf_json(&b, str_of(till.name));
    buf_text(&b, ",\"shop\":");
    buf_json(&b, str_of(till.shop_name));
    buf_text(&b, ",\"people\":[");
    if (staff_list(req->db, till.shop_id, write_person, &people, e))
        return e->code;
    buf_char(&b, ']');
    if (staff_id) {
        if (staff_load(req->db, staff_id, &staff, e))
            return e->code;
        buf_format(&b, ",\"staff\":{\"id\":%lld,\"name\":", (long long)staff.id);
        buf_json(&b, str_of(staff.name));
        buf_format(&b, ",\"role\":\"%s\"}", role_name(staff.role));
        if (write_plans(&b, req, e))
            return e->code;
    }
    buf_text(&b, ",\"now\":");
    buf_int(&b, req->now_ms);
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

/* Whose cookies these are is looked up here: the page asks before it knows what it may ask. */
enum err_code
api_till_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    uint8_t hash[SHA256_SIZE];
    struct access till, staff;
    struct err none = {0};

    if (!cookie_hash(req, COOKIE_TILL, hash) ||
        access_find(req->db, ACCESS_TILL, hash, req->now_ms, &till, &none)) {
        buf_format(&b, "{\"state\":\"new\",\"now\":%lld}", (long long)req->now_ms);
        return reply_json(reply, 200, &b, e);
    }
    if (cookie_hash(req, COOKIE_STAFF, hash) &&
        !access_find(req->db, ACCESS_STAFF, hash, req->now_ms, &staff, &none) &&
        staff.till_id == till.till_id)
        return reply_till(req, reply, till.till_id, staff.staff_id, e);
    return reply_till(req, reply, till.till_id, 0, e);
}

/* ---------------------------------------------------------------- enrolling, signing in */

enum err_code
api_till_enrol(struct request *req, struct reply *reply, struct err *e)
{
    struct str code = {0};
    struct till till;
    char token[TOKEN_SIZE];

    if (service_limit_peer(req, "enrol", enrol_rate, e) ||
        REQUEST_JSON(req, e, {"code", JSON_KIND_TEXT, .min = 8, .max = 8, .out = &code}) ||
        till_enrol(req->db, code, req->now_ms, &till, e) ||
        access_open(req->db, ACCESS_TILL, 0, till.id, 0, req->now_ms, token, e))
        return e->code;
    cookie_set(req, reply, COOKIE_TILL, token, access_life(ACCESS_TILL).absolute_ms / SECOND_MS,
               SAME_SITE_STRICT);
    return reply_till(req, reply, till.id, 0, e);
}

struct pin_ask {
    int64_t staff_id;
    bool matched;
    int64_t locked_until_ms; /* 0: the PIN was tried */
};

enum err_code
api_till_staff_ask(struct request *req, struct errand **errand_out, struct err *e)
{
    struct service *s = SERVICE(req);
    struct pin_ask *ask = arena_alloc(req->arena, sizeof(*ask));
    char hash[PIN_HASH_SIZE], till[24];
    struct str pin;

    (void)errand_out;
    if (!ask)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "PIN");
    snprintf(till, sizeof(till), "%lld", (long long)req->actor.till_id);
    if (service_limit(s, "pin", str_of(till), pin_rate, req->now_ms, e) ||
        REQUEST_JSON(req, e,
                     {"staff", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &ask->staff_id},
                     {"pin", JSON_KIND_TEXT, .min = 4, .max = 8, .out = &pin}))
        return e->code;
    req->prepared = ask;
    if (pin_open(req->db, req->actor.till_id, ask->staff_id, req->now_ms, hash,
                 &ask->locked_until_ms, e)) {
        if (!ask->locked_until_ms)
            return e->code;
        *e = (struct err){0};
        return OK;
    }
    return pin_matches(pin, hash, &ask->matched, e);
}

static enum err_code
reply_pin_wrong(struct request *req, struct reply *reply, int64_t left, int64_t until_ms,
                struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);

    if (left > 0)
        buf_format(&b, "{\"error\":\"pin_wrong\",\"left\":%lld,\"request\":\"%s\"}",
                   (long long)left, req->id);
    else
        buf_format(&b, "{\"error\":\"pin_locked\",\"until\":%lld,\"request\":\"%s\"}",
                   (long long)until_ms, req->id);
    return reply_json(reply, left > 0 ? 401 : 409, &b, e);
}

enum err_code
api_till_staff(struct request *req, struct reply *reply, struct err *e)
{
    struct pin_ask *ask = req->prepared;
    char token[TOKEN_SIZE];
    int64_t left, until_ms;

    if (ask->locked_until_ms)
        return reply_pin_wrong(req, reply, 0, ask->locked_until_ms, e);
    if (pin_tried(req->db, req->actor.till_id, ask->staff_id, ask->matched, req->now_ms, &left,
                  &until_ms, e))
        return e->code;
    if (!ask->matched)
        return reply_pin_wrong(req, reply, left, until_ms, e);
    if (access_open(req->db, ACCESS_STAFF, 0, req->actor.till_id, ask->staff_id, req->now_ms, token,
                    e))
        return e->code;
    cookie_set(req, reply, COOKIE_STAFF, token, access_life(ACCESS_STAFF).absolute_ms / SECOND_MS,
               SAME_SITE_STRICT);
    return reply_till(req, reply, req->actor.till_id, ask->staff_id, e);
}

enum err_code
api_till_lock(struct request *req, struct reply *reply, struct err *e)
{
    if (request_json(req, NULL, 0, e) || access_end(req->db, req->actor.session_id, e))
        return e->code;
    cookie_set(req, reply, COOKIE_STAFF, "", 0, SAME_SITE_STRICT);
    return reply_empty(reply, 204);
}

/* ---------------------------------------------------------------- today's list */

static enum err_code
write_line(struct buf *b, struct request *req, const struct till_line *line, struct err *e)
{
    struct str name;
    bool may;

    if (member_name(req->db, line->member_id, req->arena, &name, e))
        return e->code;
    buf_format(b, "{\"transfer\":%lld,\"at\":%lld,\"kind\":\"%s\",\"amount\":%lld,\"unit\":\"%s\"",
               (long long)line->seq, (long long)line->at_ms, transfer_kind_name(line->kind),
               (long long)line->amount, unit_name(line->unit));
    buf_text(b, ",\"name\":");
    buf_json_or_null(b, name);
    buf_text(b, ",\"staff\":");
    buf_json(b, str_of(line->staff));
    may = line->kind != TRANSFER_REVERSE && line->kind != TRANSFER_REFUND && !line->is_reversed &&
          !line->is_held && line->refunded_yen == 0;
    buf_format(b, ",\"sign\":%d,\"reversed\":%s,\"may_reverse\":%s", line->is_credit ? 1 : -1,
               line->is_reversed ? "true" : "false", may ? "true" : "false");
    if (line->sale_yen > 0)
        buf_format(b, ",\"sale\":%lld,\"refunded\":%lld", (long long)line->sale_yen,
                   (long long)line->refunded_yen);
    buf_char(b, '}');
    return OK;
}

static enum err_code
write_redeemed(struct buf *b, struct request *req, int64_t since_ms, struct err *e)
{
    struct redeemed_line *line = arena_alloc(req->arena, TODAY_MAX * sizeof(*line));
    struct str name;
    size_t n;

    if (!line)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "redemptions of today");
    if (redeemed_at_till(req->db, req->actor.till_id, since_ms, line, TODAY_MAX, &n, e))
        return e->code;
    buf_text(b, "],\"redeemed\":[");
    for (size_t i = 0; i < n; i++) {
        if (member_name(req->db, line[i].member_id, req->arena, &name, e))
            return e->code;
        buf_format(b, "%s{\"voucher\":%lld,\"at\":%lld,\"expires\":%lld,\"title\":", i ? "," : "",
                   (long long)line[i].voucher_id, (long long)line[i].at_ms,
                   (long long)line[i].expires_ms);
        buf_json(b, str_of(line[i].title));
        buf_text(b, ",\"name\":");
        buf_json_or_null(b, name);
        buf_text(b, ",\"staff\":");
        buf_json(b, str_of(line[i].staff));
        buf_format(b, ",\"undone\":%s}", line[i].is_undone ? "true" : "false");
    }
    return OK;
}

enum err_code
api_till_today(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 256 * KIB);
    struct plan_rules *plan;
    struct till_line *line = arena_alloc(req->arena, TODAY_MAX * sizeof(*line));
    size_t plans, n;
    int64_t since_ms, redemptions, grants = 0, reversals = 0;

    if (!line)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "today");
    if (plan_list(req->db, req->arena, &plan, &plans, e))
        return e->code;
    since_ms = plans ? business_day(&plan[0], req->now_ms).start_ms : req->now_ms - DAY_MS;
    if (ledger_of_till(req->db, req->actor.till_id, since_ms, line, TODAY_MAX, &n, e) ||
        voucher_redeemed_count(req->db, req->actor.till_id, since_ms, &redemptions, e))
        return e->code;
    buf_text(&b, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ',');
        grants += line[i].kind == TRANSFER_EARN || line[i].kind == TRANSFER_LATE;
        reversals += line[i].kind == TRANSFER_REVERSE;
        if (write_line(&b, req, &line[i], e))
            return e->code;
    }
    if (write_redeemed(&b, req, since_ms, e))
        return e->code;
    buf_format(&b, "],\"totals\":{\"grants\":%lld,\"reversals\":%lld,\"redemptions\":%lld}}",
               (long long)grants, (long long)reversals, (long long)redemptions);
    return reply_json(reply, 200, &b, e);
}
