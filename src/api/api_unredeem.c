#include <inttypes.h>

#include "api/api_till.h"
#include "api/refuse.h"
#include "api/service.h"
#include "base/log.h"
#include "domain/unredeem.h"

/* POST /api/till/redemptions/undo  {"voucher":3}  ->  200 {"voucher":3,"title":"..","expires":ms}
 */
enum err_code
api_unredeem(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 2 * KIB);
    struct buf event = buf_new(req->arena, KIB);
    struct redemption in = {
        .staff_id = req->actor.staff_id,
        .till_id = req->actor.till_id,
        .shop_id = req->actor.shop_id,
        .now_ms = req->now_ms,
    };
    struct voucher voucher;
    struct refusal refusal;

    if (REQUEST_JSON(
            req, e,
            {"voucher", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &in.voucher_id}) ||
        voucher_unredeem(req->db, &in, &voucher, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_format(&b, "{\"voucher\":%" PRId64 ",\"title\":", voucher.id);
    buf_json(&b, str_of(voucher.title));
    buf_format(&b, ",\"expires\":%" PRId64 "}", voucher.expires_ms);
    buf_format(&event, "{\"id\":%" PRId64 ",\"state\":\"issued\"}", voucher.id);
    REPLY_NEWS(reply, "voucher.unredeemed", L_TEXT("req", req->id), L_INT("voucher", voucher.id),
               L_INT("staff", in.staff_id));
    reply_publish(reply, topic_member(voucher.member_id), "voucher", buf_str(&event));
    reply_publish(reply, topic_owner(), "change", STR("{}"));
    return reply_json(reply, 200, &b, e);
}
