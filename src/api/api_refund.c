#include "api/api_refund.h"

#include <inttypes.h>

#include "api/keyed.h"
#include "api/refuse.h"
#include "api/service.h"
#include "base/codec.h"
#include "base/log.h"
#include "domain/member.h"
#include "domain/plan.h"
#include "domain/receipt.h"
#include "domain/refund.h"
#include "domain/voucher_cancel.h"

/* The open card is told its new balance. */
static void
publish_card(struct request *req, struct reply *reply, const struct card *card)
{
    struct buf b = buf_new(req->arena, KIB);

    buf_format(&b, "{\"plan\":%" PRId64 ",\"balance\":%" PRId64 "}", card->plan_id, card->balance);
    reply_publish(reply, topic_member(card->member_id), "reverse", buf_str(&b));
    reply_publish(reply, topic_owner(), "change", STR("{}"));
}

static void
write_transfer(struct buf *b, int64_t seq, const uint8_t mac[MAC_SIZE])
{
    char hex[HEX_SIZE(MAC_SIZE)];

    if (seq == 0) {
        buf_text(b, ",\"transfer\":null,\"mac\":null");
        return;
    }
    hex_encode(mac, MAC_SIZE, hex);
    buf_format(b, ",\"transfer\":%" PRId64 ",\"mac\":\"%s\"", seq, hex);
}

/* ---------------------------------------------------------------- a sale that is refunded */

static enum err_code
refund_read(struct request *req, struct refund *in, struct err *e)
{
    struct str receipt = {0};

    *in = (struct refund){
        .staff_id = req->actor.staff_id,
        .till_id = req->actor.till_id,
        .shop_id = req->actor.shop_id,
        .now_ms = req->now_ms,
    };
    if (REQUEST_JSON(req, e, {"transfer", JSON_KIND_INT, true, 1, INT64_MAX, &in->grant_seq},
                     {"receipt", JSON_KIND_TEXT, true, 1, RECEIPT_TYPED_MAX, &receipt},
                     {"yen", JSON_KIND_INT, true, 1, GRANT_YEN_MAX, &in->yen}))
        return e->code;
    if (!in->grant_seq == !receipt.n)
        return err_field(e, ERR_INPUT, "field_missing", "transfer",
                         "either transfer or receipt is wanted");
    return receipt.n ? receipt_sale(req->db, in->shop_id, receipt, &in->grant_seq, e) : OK;
}

static void
write_refund_parts(struct buf *b, const struct refund_result *r, int64_t balance)
{
    buf_format(b,
               ",\"yen\":%" PRId64 ",\"left\":%" PRId64 ",\"taken\":%" PRId64
               ",\"forgiven\":%" PRId64 ",\"owed\":%" PRId64 ",\"balance\":%" PRId64
               ",\"vouchers_cancelled\":%" PRId64,
               r->yen, r->left_yen, r->taken, r->forgiven, r->owed, balance, r->vouchers_cancelled);
}

enum err_code
api_refund_quote(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct refund in;
    struct refund_ahead out;
    struct refusal refusal;
    struct plan_rules rules;
    struct str name;

    if (refund_read(req, &in, e) || refund_foresee(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    if (plan_load(req->db, out.result.card.plan_id, 0, &rules, e) ||
        member_name(req->db, out.result.card.member_id, req->arena, &name, e))
        return e->code;
    buf_format(&b,
               "{\"transfer\":%" PRId64 ",\"at\":%" PRId64 ",\"sale\":%" PRId64
               ",\"unit\":\"%s\",\"name\":",
               in.grant_seq, out.sale_ms, out.sale_yen, unit_name(rules.unit));
    buf_json_or_null(&b, name);
    buf_format(&b, ",\"have\":%" PRId64 ",\"rounds\":%" PRId64, out.result.card.balance,
               out.result.rounds);
    write_refund_parts(&b, &out.result, out.balance);
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_refund(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct refund in;
    struct refund_result out;
    struct refusal refusal;

    if (refund_read(req, &in, e))
        return e->code;
    keyed_key(req, in.request_key);
    if (ledger_refund(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_format(&b, "{\"refund\":%" PRId64, out.id);
    write_transfer(&b, out.seq, out.mac);
    write_refund_parts(&b, &out, out.card.balance);
    buf_char(&b, '}');
    REPLY_NEWS(reply, "sale.refunded", L_TEXT("req", req->id), L_INT("transfer", in.grant_seq),
               L_INT("staff", in.staff_id), L_INT("yen", out.yen));
    publish_card(req, reply, &out.card);
    return reply_json(reply, out.seq != 0 ? 201 : 200, &b, e);
}

/* ---------------------------------------------------------------- a voucher that was wrong */

static enum err_code
cancel_read(struct request *req, struct cancellation *in, struct err *e)
{
    *in = (struct cancellation){
        .staff_id = req->actor.staff_id,
        .till_id = req->actor.till_id,
        .shop_id = req->actor.shop_id,
        .now_ms = req->now_ms,
    };
    return REQUEST_JSON(
        req, e, {"voucher", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &in->voucher_id});
}

enum err_code
api_cancel_quote(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 2 * KIB);
    struct cancellation in;
    struct cancel_ahead out;
    struct refusal refusal;
    struct plan_rules rules;
    struct str name;

    if (cancel_read(req, &in, e) || voucher_cancel_foresee(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    if (plan_load(req->db, out.card.plan_id, 0, &rules, e) ||
        member_name(req->db, out.card.member_id, req->arena, &name, e))
        return e->code;
    buf_format(&b, "{\"voucher\":%" PRId64 ",\"title\":", in.voucher_id);
    buf_json(&b, str_of(out.voucher.title));
    buf_text(&b, ",\"name\":");
    buf_json_or_null(&b, name);
    buf_format(&b,
               ",\"unit\":\"%s\",\"have\":%" PRId64 ",\"units\":%" PRId64 ",\"balance\":%" PRId64
               ",\"vouchers_cancelled\":%" PRId64 "}",
               unit_name(rules.unit), out.card.balance, out.units, out.card.balance + out.units,
               out.vouchers_cancelled);
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_voucher_cancel(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct buf event = buf_new(req->arena, KIB);
    struct cancellation in;
    struct reversal_result out;
    struct refusal refusal;

    if (cancel_read(req, &in, e))
        return e->code;
    keyed_key(req, in.request_key);
    if (voucher_cancel(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_format(&b, "{\"voucher\":%" PRId64, in.voucher_id);
    write_transfer(&b, out.seq, out.mac);
    buf_format(&b,
               ",\"units\":%" PRId64 ",\"balance\":%" PRId64 ",\"vouchers_cancelled\":%" PRId64 "}",
               out.amount, out.card.balance, out.vouchers_cancelled);
    buf_format(&event, "{\"id\":%" PRId64 ",\"state\":\"cancelled\"}", in.voucher_id);
    REPLY_NEWS(reply, "voucher.cancelled", L_TEXT("req", req->id), L_INT("voucher", in.voucher_id),
               L_INT("staff", in.staff_id));
    reply_publish(reply, topic_member(out.card.member_id), "voucher", buf_str(&event));
    publish_card(req, reply, &out.card);
    return reply_json(reply, out.seq != 0 ? 201 : 200, &b, e);
}
