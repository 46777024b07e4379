#include "api/api_late.h"

#include "api/grant_answer.h"
#include "api/keyed.h"
#include "api/refuse.h"
#include "domain/late.h"
#include "domain/receipt_number.h"

#define REASON_MAX 16

static enum err_code
late_read_body(struct request *req, struct late_credit *in, struct err *e)
{
    struct str reason = {0};

    if (REQUEST_JSON(req, e, {"scan", JSON_KIND_INT, false, 1, INT64_MAX, &in->scan_id},
                     {"receipt", JSON_KIND_TEXT, true, 1, RECEIPT_TYPED_MAX, &in->receipt},
                     {"sold_at", JSON_KIND_INT, false, 1, INT64_MAX, &in->sold_ms},
                     {"stamps", JSON_KIND_INT, true, 1, GRANT_STAMPS_MAX, &in->stamps},
                     {"yen", JSON_KIND_INT, true, 1, GRANT_YEN_MAX, &in->yen},
                     {"reason", JSON_KIND_TEXT, false, 1, REASON_MAX, &reason}))
        return e->code;
    if (!in->stamps == !in->yen)
        return err_field(e, ERR_INPUT, "field_missing", "stamps", "either stamps or yen is wanted");
    if (!late_reason_by_name(reason, &in->reason))
        return err_field(e, ERR_INPUT, "field_range", "reason", "not a reason we know");
    return OK;
}

enum err_code
api_late(struct request *req, struct reply *reply, struct err *e)
{
    struct late_credit in = {
        .staff_id = req->actor.staff_id,
        .till_id = req->actor.till_id,
        .shop_id = req->actor.shop_id,
        .now_ms = req->now_ms,
    };
    struct grant_result out;
    struct refusal refusal;

    if (late_read_body(req, &in, e))
        return e->code;
    keyed_key(req, in.request_key);
    if (late_credit(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    return reply_grant(req, reply, "late.credited", &out, e);
}
