#include "api/api_bonus.h"

#include <inttypes.h>

#include "api/grant_answer.h"
#include "api/keyed.h"
#include "api/refuse.h"
#include "api/service.h"
#include "base/codec.h"
#include "domain/bonus.h"
#include "domain/card_find.h"

#define ANSWER_MAX (32 * KIB)

/* ---------------------------------------------------------------- which there are */

static void
write_event(struct buf *b, const struct earn_event *event)
{
    static const char *const once[] = {
        [EARN_ONCE_EVER] = "ever",
        [EARN_ONCE_YEAR] = "year",
        [EARN_ONCE_MONTH] = "month",
        [EARN_ONCE_DAY] = "day",
    };

    buf_format(b, "{\"event\":\"%s\",\"title\":", event->name);
    buf_json(b, str_of(event->title));
    buf_format(b, ",\"units\":%" PRId32 ",\"once\":\"%s\"}", event->units, once[event->once]);
}

static void
write_plan(struct buf *b, const struct plan_rules *plan)
{
    buf_format(b, "{\"plan\":%" PRId64 ",\"name\":", plan->plan_id);
    buf_json(b, str_of(plan->name));
    buf_format(b, ",\"unit\":\"%s\",\"events\":[", unit_name(plan->unit));
    for (size_t i = 0; i < plan->earn.events_n; i++) {
        if (i > 0)
            buf_char(b, ',');
        write_event(b, &plan->earn.event[i]);
    }
    buf_text(b, "]}");
}

/* GET /api/admin/bonuses  ->  200 {"plans":[{"plan":1,"name":"..","events":[...]}]} */
enum err_code
api_bonuses_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct plan_rules *plan;
    size_t n;

    if (plan_list(req->db, req->arena, &plan, &n, e))
        return e->code;
    buf_text(&b, "{\"plans\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(&b, ',');
        write_plan(&b, &plan[i]);
    }
    buf_text(&b, "]}");
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- giving one */

/* The card of that plan whose member the code is of: it may be the code of another of theirs. */
static enum err_code
find_card(struct request *req, struct str code, int64_t plan_id, struct card *out, struct err *e)
{
    if (card_find(req->db, code, req->now_ms, out, e))
        return e->code;
    return out->plan_id == plan_id ? OK : card_of_plan(req->db, out->member_id, plan_id, out, e);
}

/* What the open card shows at once, as of a grant. */
static enum err_code
publish(struct request *req, struct reply *reply, const struct bonus_result *r,
        const struct plan_rules *rules, const struct earn_event *event, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);

    buf_format(&b, "{\"plan\":%" PRId64 ",\"notice\":", rules->plan_id);
    if (r->notice_id)
        buf_int(&b, r->notice_id);
    else
        buf_text(&b, "null");
    buf_format(&b,
               ",\"amount\":%" PRId32 ",\"balance\":%" PRId64 ",\"goal\":%" PRId64
               ",\"rounds\":%" PRId64 ",\"unit\":\"%s\",\"shop\":",
               event->units, r->card.balance, rules->goal, r->rounds, unit_name(rules->unit));
    buf_json(&b, str_of(event->title));
    buf_format(&b, ",\"at\":%" PRId64, r->at_ms);
    if (grant_vouchers_write(&b, req, rules, r->voucher, r->vouchers_n, e))
        return e->code;
    buf_char(&b, '}');
    if (buf_failed(&b))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "event");
    reply_publish(reply, topic_member(r->card.member_id), "grant", buf_str(&b));
    reply_publish(reply, topic_owner(), "change", STR("{}"));
    return OK;
}

static enum err_code
answer(struct request *req, struct reply *reply, const struct bonus_result *r,
       const struct plan_rules *rules, const struct earn_event *event, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, KIB);
    char mac[HEX_SIZE(MAC_SIZE)];

    hex_encode(r->mac, MAC_SIZE, mac);
    buf_format(&b,
               "{\"transfer\":%" PRId64 ",\"mac\":\"%s\",\"amount\":%" PRId32
               ",\"balance\":%" PRId64 ",\"goal\":%" PRId64 ",\"unit\":\"%s\",\"vouchers\":%zu}",
               r->seq, mac, event->units, r->card.balance, rules->goal, unit_name(rules->unit),
               r->vouchers_n);
    REPLY_NEWS(reply, "bonus.given", L_TEXT("req", req->id), L_INT("transfer", r->seq),
               L_INT("member", r->card.member_id), L_INT("staff", req->actor.staff_id),
               L_INT("amount", event->units));
    if (publish(req, reply, r, rules, event, e))
        return e->code;
    s->wake(s->app); /* a voucher's message goes out at once */
    return reply_json(reply, 201, &b, e);
}

/* POST /api/admin/bonuses  {"code":"7148..","plan":1,"event":"survey"}  ->  201 {"transfer":57,..}
 */
enum err_code
api_bonus_give(struct request *req, struct reply *reply, struct err *e)
{
    struct event_bonus in = {.staff_id = req->actor.staff_id, .now_ms = req->now_ms};
    struct bonus_result out;
    struct plan_rules rules;
    struct refusal refusal;
    struct card card;
    struct str code = {0};
    int64_t plan_id = 0;

    if (REQUEST_JSON(
            req, e, {"code", JSON_KIND_TEXT, .min = 1, .max = 64, .out = &code},
            {"plan", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &plan_id},
            {"event", JSON_KIND_TEXT, .min = 1, .max = EARN_EVENT_SIZE - 1, .out = &in.event}) ||
        find_card(req, code, plan_id, &card, e))
        return e->code;
    in.card_id = card.id;
    keyed_key(req, in.request_key);
    if (bonus_event(req->db, &in, &out, &rules, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    return answer(req, reply, &out, &rules, event_by_name(&rules.earn, in.event), e);
}
