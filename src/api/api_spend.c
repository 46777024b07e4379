#include <inttypes.h>
#include <stdio.h>

#include "api/api_card.h"
#include "api/api_till.h"
#include "api/keyed.h"
#include "api/refuse.h"
#include "api/service.h"
#include "api/spend_parts.h"
#include "base/codec.h"
#include "base/log.h"
#include "domain/shop.h"
#include "domain/spend.h"

static const struct limit_rate quote_rate = {.burst = 20, .per_ms = 200};

struct str
shop_of_till(struct request *req, struct err *e)
{
    struct till *till = arena_alloc(req->arena, sizeof(*till));

    if (till == NULL) {
        err_set(e, ERR_INTERNAL, "out_of_memory", "a till");
        return (struct str){0};
    }
    if (till_load(req->db, req->actor.till_id, till, e))
        return (struct str){0};
    return str_of(till->shop_name);
}

enum err_code
spend_amount(int64_t points, bool all, int64_t *out, struct err *e)
{
    if (all == (points != 0))
        return err_field(e, ERR_INPUT, "field_missing", "points", "either points or all is wanted");
    *out = all ? SPEND_ALL : points;
    return OK;
}

struct spend
spend_by(const struct request *req)
{
    return (struct spend){
        .staff_id = req->actor.staff_id,
        .till_id = req->actor.till_id,
        .shop_id = req->actor.shop_id,
        .now_ms = req->now_ms,
    };
}

/* ---------------------------------------------------------------- what it would be */

/* The open card asks its member for a yes. */
static enum err_code
ask_member(struct request *req, struct reply *reply, const struct spend_quote *quote, struct err *e)
{
    struct buf b = buf_new(req->arena, 2 * KIB);
    struct str shop = shop_of_till(req, e);

    if (shop.n == 0)
        return e->code;
    buf_format(&b, "{\"plan\":%" PRId64 ",\"points\":%" PRId64 ",\"worth\":%" PRId64 ",\"shop\":",
               quote->rules.plan_id, quote->points, quote->yen);
    buf_json(&b, shop);
    buf_format(&b, ",\"until\":%" PRId64 "}", quote->scan_until_ms);
    reply_publish(reply, topic_member(quote->card.member_id), "spend_ask", buf_str(&b));
    return OK;
}

enum err_code
api_spend_quote(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct spend in = spend_by(req);
    struct spend_quote quote;
    struct refusal refusal;
    char till[24];
    bool all = false, asks = false;

    snprintf(till, sizeof(till), "%" PRId64, req->actor.till_id);
    if (service_limit(SERVICE(req), "quote", str_of(till), quote_rate, req->now_ms, e) ||
        REQUEST_JSON(req, e, {"scan", JSON_KIND_INT, false, 1, INT64_MAX, &in.scan_id},
                     {"points", JSON_KIND_INT, true, 1, GRANT_AMOUNT_MAX, &in.points},
                     {"all", JSON_KIND_BOOL, true, 0, 0, &all},
                     {"yen", JSON_KIND_INT, true, 1, GRANT_YEN_MAX, &in.sale_yen},
                     {"ask", JSON_KIND_BOOL, true, 0, 0, &asks}) ||
        spend_amount(in.points, all, &in.points, e) ||
        spend_quote(req->db, &in, &quote, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_format(&b,
               "{\"points\":%" PRId64 ",\"worth\":%" PRId64 ",\"usable\":%" PRId64
               ",\"balance\":%" PRId64 ",\"left\":%" PRId64 ",\"agreed\":%s,\"until\":%" PRId64 "}",
               quote.points, quote.yen, quote.usable, quote.card.balance,
               quote.card.balance - quote.points, quote.needs_yes ? "false" : "true",
               quote.scan_until_ms);
    if (asks && quote.needs_yes && ask_member(req, reply, &quote, e))
        return e->code;
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- spent */

/* What the open card shows at once. */
enum err_code
publish_spend(struct request *req, struct reply *reply, const struct spend_result *r, struct err *e)
{
    struct buf b = buf_new(req->arena, 2 * KIB);
    struct str shop = shop_of_till(req, e);

    if (shop.n == 0)
        return e->code;
    buf_format(&b,
               "{\"plan\":%" PRId64 ",\"points\":%" PRId64 ",\"worth\":%" PRId64
               ",\"balance\":%" PRId64 ",\"goal\":%" PRId64 ",\"shop\":",
               r->rules.plan_id, r->points, r->yen, r->card.balance, r->rules.goal);
    buf_json(&b, shop);
    buf_format(&b, ",\"at\":%" PRId64 "}", r->at_ms);
    reply_publish(reply, topic_member(r->card.member_id), "spend", buf_str(&b));
    reply_publish(reply, topic_owner(), "change", STR("{}"));
    return OK;
}

void
write_spend(struct buf *b, const struct spend_result *r)
{
    char mac[HEX_SIZE(MAC_SIZE)];

    hex_encode(r->mac, MAC_SIZE, mac);
    buf_format(b,
               "\"transfer\":%" PRId64 ",\"mac\":\"%s\",\"points\":%" PRId64 ",\"worth\":%" PRId64
               ",\"balance\":%" PRId64,
               r->seq, mac, r->points, r->yen, r->card.balance);
}

/* POST /api/till/spends  {"scan":17,"points":300}  ->  201 {"transfer":57,"worth":300,...} */
enum err_code
api_spend(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct spend in = spend_by(req);
    struct spend_result out;
    struct refusal refusal;
    bool all = false;

    if (REQUEST_JSON(req, e, {"scan", JSON_KIND_INT, false, 1, INT64_MAX, &in.scan_id},
                     {"points", JSON_KIND_INT, true, 1, GRANT_AMOUNT_MAX, &in.points},
                     {"all", JSON_KIND_BOOL, true, 0, 0, &all},
                     {"yen", JSON_KIND_INT, true, 1, GRANT_YEN_MAX, &in.sale_yen}) ||
        spend_amount(in.points, all, &in.points, e))
        return e->code;
    keyed_key(req, in.request_key);
    if (spend_points(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_char(&b, '{');
    write_spend(&b, &out);
    buf_format(&b, ",\"undo_until\":%" PRId64 "}", out.undo_until_ms);
    REPLY_NEWS(reply, "points.spent", L_TEXT("req", req->id), L_INT("transfer", out.seq),
               L_INT("member", out.card.member_id), L_INT("till", in.till_id),
               L_INT("points", out.points));
    if (publish_spend(req, reply, &out, e))
        return e->code;
    return reply_json(reply, 201, &b, e);
}

/* ---------------------------------------------------------------- the member's yes */

/* POST /api/card/spend  {"plan":1,"points":300}  ->  200 {"points":300,"worth":300,"until":ms} */
enum err_code
api_spend_yes(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct spend_yes in = {.member_id = req->actor.member_id, .now_ms = req->now_ms};
    struct spend_yes_result out;
    struct refusal refusal;
    bool all = false;

    if (REQUEST_JSON(req, e, {"plan", JSON_KIND_INT, false, 1, INT64_MAX, &in.plan_id},
                     {"points", JSON_KIND_INT, true, 1, GRANT_AMOUNT_MAX, &in.points},
                     {"all", JSON_KIND_BOOL, true, 0, 0, &all}) ||
        spend_amount(in.points, all, &in.points, e) ||
        spend_say_yes(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_format(&b, "{\"points\":%" PRId64 ",\"worth\":%" PRId64 ",\"until\":%" PRId64 "}",
               out.points, out.yen, out.until_ms);
    return reply_json(reply, 200, &b, e);
}
