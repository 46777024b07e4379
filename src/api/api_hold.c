#include <inttypes.h>
#include <stdio.h>

#include "api/api_till.h"
#include "api/keyed.h"
#include "api/refuse.h"
#include "api/service.h"
#include "api/spend_parts.h"
#include "base/codec.h"
#include "base/log.h"
#include "domain/hold.h"
#include "domain/shop.h"

#define HELD_MAX 20

/* ---------------------------------------------------------------- held */

/* Of points or of a voucher. */
struct hold_wanted {
    struct spend spend;
    struct redemption redemption;
    int64_t seconds;
};

static enum err_code
hold_read(struct request *req, struct hold_wanted *in, struct err *e)
{
    bool all = false, has_points;

    *in = (struct hold_wanted){.spend = spend_by(req), .seconds = HOLD_MS / SECOND_MS};
    if (REQUEST_JSON(req, e, {"scan", JSON_KIND_INT, true, 1, INT64_MAX, &in->spend.scan_id},
                     {"points", JSON_KIND_INT, true, 1, GRANT_AMOUNT_MAX, &in->spend.points},
                     {"all", JSON_KIND_BOOL, true, 0, 0, &all},
                     {"yen", JSON_KIND_INT, true, 1, GRANT_YEN_MAX, &in->spend.sale_yen},
                     {"voucher", JSON_KIND_INT, true, 1, INT64_MAX, &in->redemption.voucher_id},
                     {"token", JSON_KIND_TEXT, true, 1, 64, &in->redemption.token},
                     {"seconds", JSON_KIND_INT, true, HOLD_MIN_MS / SECOND_MS,
                      HOLD_MAX_MS / SECOND_MS, &in->seconds}))
        return e->code;
    has_points = in->spend.points != 0 || all;
    if ((in->spend.scan_id == 0) == (in->redemption.voucher_id == 0))
        return err_field(e, ERR_INPUT, "field_missing", "scan", "either scan or voucher is wanted");
    if ((in->redemption.voucher_id == 0) != (in->redemption.token.n == 0))
        return err_field(e, ERR_INPUT, "field_missing", "token", "token goes with voucher");
    if (in->redemption.voucher_id != 0 && has_points)
        return err_field(e, ERR_INPUT, "field_unknown", "points", "a voucher is held whole");
    in->redemption.staff_id = in->spend.staff_id;
    in->redemption.till_id = in->spend.till_id;
    in->redemption.shop_id = in->spend.shop_id;
    in->redemption.yen = in->spend.sale_yen;
    in->redemption.now_ms = in->spend.now_ms;
    return in->redemption.voucher_id != 0
               ? OK
               : spend_amount(in->spend.points, all, &in->spend.points, e);
}

static enum err_code
reply_held_voucher(struct request *req, struct reply *reply, const struct hold_result *r,
                   struct err *e)
{
    struct buf b = buf_new(req->arena, 2 * KIB);

    buf_format(&b, "{\"hold\":%" PRId64 ",\"voucher\":%" PRId64 ",\"title\":", r->id,
               r->voucher.id);
    buf_json(&b, str_of(r->voucher.title));
    buf_format(&b, ",\"until\":%" PRId64 "}", r->until_ms);
    REPLY_NEWS(reply, "voucher.held", L_TEXT("req", req->id), L_INT("hold", r->id),
               L_INT("voucher", r->voucher.id), L_INT("till", req->actor.till_id));
    return reply_json(reply, 200, &b, e);
}

static enum err_code
reply_held_points(struct request *req, struct reply *reply, const struct hold_result *r,
                  struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);

    buf_format(&b, "{\"hold\":%" PRId64 ",", r->id);
    write_spend(&b, &r->spend);
    buf_format(&b, ",\"until\":%" PRId64 "}", r->until_ms);
    REPLY_NEWS(reply, "points.held", L_TEXT("req", req->id), L_INT("hold", r->id),
               L_INT("transfer", r->spend.seq), L_INT("till", req->actor.till_id),
               L_INT("points", r->spend.points));
    if (publish_spend(req, reply, &r->spend, e))
        return e->code;
    return reply_json(reply, 201, &b, e);
}

/* POST /api/till/holds  {"scan":17,"points":300,"seconds":600}  ->  201 {"hold":5,...}
 *                       {"voucher":3,"token":"...","yen":900}   ->  200 {"hold":6,...} */
enum err_code
api_hold(struct request *req, struct reply *reply, struct err *e)
{
    struct hold_wanted in;
    struct hold_result out;
    struct refusal refusal;
    bool is_voucher;

    if (hold_read(req, &in, e))
        return e->code;
    is_voucher = in.redemption.voucher_id != 0;
    keyed_key(req, in.spend.request_key);
    if (is_voucher
            ? hold_voucher(req->db, &in.redemption, in.seconds * SECOND_MS, &out, &refusal, e)
            : hold_points(req->db, &in.spend, in.seconds * SECOND_MS, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    return is_voucher ? reply_held_voucher(req, reply, &out, e)
                      : reply_held_points(req, reply, &out, e);
}

/* ---------------------------------------------------------------- looked at */

enum err_code
write_held(struct buf *b, struct request *req, int64_t card_id, struct err *e)
{
    const struct hold_end by = {.staff_id = req->actor.staff_id,
                                .till_id = req->actor.till_id,
                                .shop_id = req->actor.shop_id,
                                .now_ms = req->now_ms};
    struct held held[HELD_MAX];
    struct till till;
    size_t n;

    if (holds_of_card(req->db, card_id, &by, held, HELD_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        if (till_load(req->db, held[i].till_id, &till, e))
            return e->code;
        buf_format(b, "%s{\"hold\":%" PRId64, i ? "," : ",\"held\":[", held[i].id);
        if (held[i].voucher_id != 0)
            buf_format(b, ",\"voucher\":%" PRId64, held[i].voucher_id);
        else
            buf_format(b, ",\"points\":%" PRId64, held[i].points);
        buf_text(b, ",\"till\":");
        buf_json(b, str_of(till.name));
        buf_format(b, ",\"until\":%" PRId64 ",\"may_release\":%s}", held[i].until_ms,
                   held[i].may_release ? "true" : "false");
    }
    if (n > 0)
        buf_char(b, ']');
    return OK;
}

/* ---------------------------------------------------------------- and how it ends */

static enum err_code
end_read(struct request *req, struct hold_end *in, struct err *e)
{
    *in = (struct hold_end){
        .staff_id = req->actor.staff_id,
        .till_id = req->actor.till_id,
        .shop_id = req->actor.shop_id,
        .now_ms = req->now_ms,
    };
    if (!str_int(request_segment(req, ":hold"), &in->hold_id, 1, INT64_MAX))
        return err_set(e, ERR_NOT_FOUND, "hold_unknown", "no such hold");
    keyed_key(req, in->request_key);
    return OK;
}

#define BACK_FORMAT "{\"plan\":%" PRId64 ",\"balance\":%" PRId64 "}"

static void
publish_end(struct request *req, struct reply *reply, const struct hold_ended *r, bool is_captured)
{
    struct buf b = buf_new(req->arena, KIB);

    if (r->back > 0) {
        buf_format(&b, BACK_FORMAT, r->plan_id, r->balance);
        reply_publish(reply, topic_member(r->member_id), "reverse", buf_str(&b));
    } else if (r->voucher_id != 0 && is_captured) {
        buf_format(&b, "{\"id\":%" PRId64 ",\"state\":\"redeemed\"}", r->voucher_id);
        reply_publish(reply, topic_member(r->member_id), "voucher", buf_str(&b));
    }
    reply_publish(reply, topic_owner(), "change", STR("{}"));
}

void
publish_hold_over(const struct service *s, const struct hold_ended *ended)
{
    char text[64];

    if (ended->back == 0) /* of a voucher: nobody was shown that it was held */
        return;
    snprintf(text, sizeof(text), BACK_FORMAT, ended->plan_id, ended->balance);
    s->publish(s->app, topic_member(ended->member_id), "reverse", str_of(text));
    s->publish(s->app, topic_owner(), "change", STR("{}"));
}

static enum err_code
reply_ended(struct request *req, struct reply *reply, int64_t hold_id, const struct hold_ended *r,
            bool is_captured, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, KIB);
    char mac[HEX_SIZE(MAC_SIZE)];

    hex_encode(r->mac, MAC_SIZE, mac);
    buf_format(&b, "{\"hold\":%" PRId64, hold_id);
    if (r->voucher_id != 0)
        buf_format(&b, ",\"voucher\":%" PRId64 "}", r->voucher_id);
    else
        buf_format(&b,
                   ",\"transfer\":%" PRId64 ",\"mac\":\"%s\",\"points\":%" PRId64
                   ",\"worth\":%" PRId64 ",\"back\":%" PRId64 ",\"balance\":%" PRId64 "}",
                   r->seq, mac, r->points, r->yen, r->back, r->balance);
    REPLY_NEWS(reply, is_captured ? "hold.captured" : "hold.released", L_TEXT("req", req->id),
               L_INT("hold", hold_id), L_INT("till", req->actor.till_id),
               L_INT("points", r->points), L_INT("back", r->back));
    if (r->voucher_id != 0 && is_captured)
        s->counts.redemptions++;
    publish_end(req, reply, r, is_captured);
    return reply_json(reply, 200, &b, e);
}

/* POST /api/till/holds/5/capture  {"points":200}  ->  200 {"hold":5,"transfer":59,"back":100,...}
 *                                 {"yen":1200}    ->  200 {"hold":6,"voucher":3} */
enum err_code
api_hold_capture(struct request *req, struct reply *reply, struct err *e)
{
    struct hold_end in;
    struct hold_ended out;
    struct refusal refusal;

    if (end_read(req, &in, e) ||
        REQUEST_JSON(req, e, {"points", JSON_KIND_INT, true, 1, GRANT_AMOUNT_MAX, &in.points},
                     {"yen", JSON_KIND_INT, true, 1, REWARD_YEN_MAX, &in.yen}) ||
        hold_capture(req->db, &in, &out, &refusal, e))
        return e->code;
    return refusal.kind != REFUSAL_NONE ? reply_refusal(req, reply, &refusal, e)
                                        : reply_ended(req, reply, in.hold_id, &out, true, e);
}

/* POST /api/till/holds/5/release  {}  ->  200 {"hold":5,"transfer":59,"back":300,...} */
enum err_code
api_hold_release(struct request *req, struct reply *reply, struct err *e)
{
    struct hold_end in;
    struct hold_ended out;
    struct refusal refusal;

    if (end_read(req, &in, e) || request_json(req, NULL, 0, e) ||
        hold_release(req->db, &in, &out, &refusal, e))
        return e->code;
    return refusal.kind != REFUSAL_NONE ? reply_refusal(req, reply, &refusal, e)
                                        : reply_ended(req, reply, in.hold_id, &out, false, e);
}
