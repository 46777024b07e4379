#include "api/api_rescue.h"

#include <inttypes.h>

#include "api/keyed.h"
#include "api/service.h"
#include "domain/card_find.h"
#include "domain/merge.h"

enum err_code
api_rescue(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct merge_new in = {.kind = MERGE_RESCUE,
                           .staff_id = req->actor.staff_id,
                           .days = SERVICE(req)->merge_days,
                           .now_ms = req->now_ms};
    struct merge_result out;
    struct card old_card, new_card;
    struct str from, to;

    if (REQUEST_JSON(req, e, {"from", JSON_KIND_TEXT, .min = 1, .max = 64, .out = &from},
                     {"to", JSON_KIND_TEXT, .min = 1, .max = 64, .out = &to},
                     {"reason", JSON_KIND_TEXT, .min = 1, .max = 256, .out = &in.reason}) ||
        card_find(req->db, from, req->now_ms, &old_card, e) ||
        card_find(req->db, to, req->now_ms, &new_card, e))
        return e->code;
    in.into_id = old_card.member_id;
    in.from_id = new_card.member_id;
    keyed_key(req, in.request_key);
    if (member_merge(req->db, &in, &out, e))
        return e->code;
    buf_format(&b, "{\"rescue\":%" PRId64 ",\"until\":%" PRId64 "}", out.merge_id, out.until_ms);
    REPLY_NEWS(reply, "member.rescued", L_TEXT("req", req->id), L_INT("merge", out.merge_id),
               L_INT("member", in.into_id), L_INT("staff", in.staff_id));
    reply_end_streams(reply, topic_member(in.into_id)); /* whoever has the lost phone open */
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_rescue_undo(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct merge_undo in = {
        .is_rescue = true, .staff_id = req->actor.staff_id, .now_ms = req->now_ms};

    if (REQUEST_JSON(req, e,
                     {"rescue", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &in.merge_id}))
        return e->code;
    keyed_key(req, in.request_key);
    if (member_unmerge(req->db, &in, e))
        return e->code;
    buf_format(&b, "{\"rescue\":%" PRId64 "}", in.merge_id);
    REPLY_NEWS(reply, "rescue.undone", L_TEXT("req", req->id), L_INT("merge", in.merge_id),
               L_INT("staff", in.staff_id));
    return reply_json(reply, 200, &b, e);
}
