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
#define LOOK_MAX 100 /* members in one answer */

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
    buf_text(b, "],\"levels\":[");
    for (size_t i = 0; plan->tier.steps_n > 0 && i <= plan->tier.steps_n; i++) {
        if (i > 0)
            buf_char(b, ',');
        buf_json(b, str_of(tier_name(&plan->tier, (int64_t)i)));
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

static enum err_code
give(struct request *req, struct reply *reply, struct event_bonus *in, struct err *e)
{
    struct bonus_result out;
    struct plan_rules rules;
    struct refusal refusal;

    keyed_key(req, in->request_key);
    if (bonus_event(req->db, in, &out, &rules, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    return answer(req, reply, &out, &rules, event_by_name(&rules.earn, in->event), e);
}

/* POST /api/admin/bonuses  {"code":"7148..","plan":1,"event":"survey"}  ->  201 {"transfer":57,..}
 */
enum err_code
api_bonus_give(struct request *req, struct reply *reply, struct err *e)
{
    struct event_bonus in = {.staff_id = req->actor.staff_id, .now_ms = req->now_ms};
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
    return give(req, reply, &in, e);
}

/* POST /api/admin/bonuses/5  {"event":"survey"}  ->  201 {"transfer":57,..} */
enum err_code
api_bonus_give_card(struct request *req, struct reply *reply, struct err *e)
{
    struct event_bonus in = {.staff_id = req->actor.staff_id, .now_ms = req->now_ms};

    if (!str_int(request_segment(req, ":card"), &in.card_id, 1, INT64_MAX))
        return err_set(e, ERR_NOT_FOUND, "card_unknown", "no number");
    if (REQUEST_JSON(
            req, e,
            {"event", JSON_KIND_TEXT, .min = 1, .max = EARN_EVENT_SIZE - 1, .out = &in.event}))
        return e->code;
    return give(req, reply, &in, e);
}

/* ---------------------------------------------------------------- who would get it */

/* What stands in a member's way, or nothing. */
static void
write_line(struct buf *b, const struct card *card, const char *error, const struct refusal *refusal)
{
    buf_text(b, b->at[b->n - 1] == '[' ? "{\"card\":" : ",{\"card\":");
    if (card != NULL)
        buf_format(b, "%" PRId64 ",\"member\":%" PRId64, card->id, card->member_id);
    else
        buf_text(b, "null,\"member\":null");
    if (error != NULL)
        buf_format(b, ",\"error\":\"%s\"", error);
    if (refusal != NULL && refusal->last_ms != 0)
        buf_format(b, ",\"last\":%" PRId64, refusal->last_ms);
    if (refusal != NULL && refusal->again_ms != 0)
        buf_format(b, ",\"again\":%" PRId64, refusal->again_ms);
    buf_char(b, '}');
}

static enum err_code
look_at(struct buf *b, struct request *req, const struct card *card, struct str event,
        struct err *e)
{
    const struct event_bonus in = {.card_id = card->id,
                                   .event = event,
                                   .staff_id = req->actor.staff_id,
                                   .now_ms = req->now_ms};
    struct plan_rules rules;
    struct refusal refusal;

    if (bonus_event_may(req->db, &in, &rules, &refusal, e))
        return e->code;
    write_line(b, card, refusal.kind == REFUSAL_NONE ? NULL : refusal_word(refusal.kind), &refusal);
    return OK;
}

/* A code that leads to no card is a line of its own, and not the end of the others. */
static enum err_code
look_at_codes(struct buf *b, struct request *req, const json_t *codes, int64_t plan_id,
              struct str event, struct err *e)
{
    const json_t *one;
    struct card card;
    size_t i;

    if (json_array_size(codes) > LOOK_MAX)
        return err_field(e, ERR_INPUT, "field_range", "codes", "at most %d at once", LOOK_MAX);
    json_array_foreach(codes, i, one) {
        if (!json_is_string(one))
            return err_field(e, ERR_INPUT, "field_type", "codes", "texts are wanted");
        if (!find_card(req, str_of(json_string_value(one)), plan_id, &card, e)) {
            if (look_at(b, req, &card, event, e))
                return e->code;
            continue;
        }
        if (e->code != ERR_NOT_FOUND && e->code != ERR_INPUT && e->code != ERR_CONFLICT)
            return e->code;
        write_line(b, NULL, e->word, NULL);
        *e = (struct err){0};
    }
    return OK;
}

static enum err_code
look_at_level(struct buf *b, struct request *req, int64_t plan_id, int64_t level, int64_t after_id,
              struct str event, struct err *e)
{
    int64_t id[LOOK_MAX];
    struct card card;
    size_t n;

    if (bonus_cards(req->db, plan_id, level, after_id, id, LOOK_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (card_load(req->db, id[i], &card, e) || look_at(b, req, &card, event, e))
            return e->code;
    buf_text(b, "],\"after\":");
    if (n == LOOK_MAX)
        buf_int(b, id[n - 1]);
    else
        buf_text(b, "null");
    return OK;
}

/* The event itself, of which no line could tell that there is none. */
static enum err_code
event_exists(struct request *req, int64_t plan_id, struct str event, struct err *e)
{
    struct plan_rules rules;

    if (plan_load(req->db, plan_id, 0, &rules, e))
        return e->code;
    return event_by_name(&rules.earn, event) != NULL
               ? OK
               : err_field(e, ERR_NOT_FOUND, "event_unknown", "event", "the plan has none such");
}

/* POST /api/admin/bonuses/look  {"plan":1,"event":"survey","codes":["7148.."],"level":-1,"after":0}
 * ->  200 {"lines":[{"card":5,"member":9,"error":"bonus_given","last":..,"again":..}],"after":null}
 */
enum err_code
api_bonus_look(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    int64_t plan_id, level, after_id;
    const json_t *codes;
    struct str event = {0};

    if (REQUEST_JSON(req, e, {"plan", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &plan_id},
                     {"event", JSON_KIND_TEXT, .min = 1, .max = EARN_EVENT_SIZE - 1, .out = &event},
                     {"codes", JSON_KIND_ARRAY, .out = &codes},
                     {"level", JSON_KIND_INT, .min = -1, .max = TIER_STEPS_MAX, .out = &level},
                     {"after", JSON_KIND_INT, .min = 0, .max = INT64_MAX, .out = &after_id}) ||
        event_exists(req, plan_id, event, e))
        return e->code;
    buf_text(&b, "{\"lines\":[");
    if (json_array_size(codes) > 0) {
        if (look_at_codes(&b, req, codes, plan_id, event, e))
            return e->code;
        buf_text(&b, "],\"after\":null");
    } else if (look_at_level(&b, req, plan_id, level, after_id, event, e)) {
        return e->code;
    }
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}
