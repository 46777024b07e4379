#include <inttypes.h>
#include <stdio.h>

#include "api/api_till.h"
#include "api/grant_answer.h"
#include "api/keyed.h"
#include "api/refuse.h"
#include "api/reward_json.h"
#include "api/service.h"
#include "api/spend_parts.h"
#include "base/codec.h"
#include "base/log.h"
#include "domain/catalogue.h"
#include "domain/ledger.h"
#include "domain/member.h"
#include "domain/receipt_number.h"
#include "domain/scan.h"
#include "domain/shop.h"
#include "domain/spend.h"
#include "domain/voucher.h"

#define ANSWER_MAX (32 * KIB)
#define SCAN_TEXT_MAX 512
#define VOUCHERS_MAX 20

static const struct limit_rate scan_rate = {.burst = 20, .per_ms = 200};
/* Ten wrong codes in a minute, and the till waits for one; a hundred a day are told. */
static const struct limit_rate wrong_rate = {.burst = 10, .per_ms = 6 * SECOND_MS};
static const struct limit_rate pause_rate = {.burst = 1, .per_ms = MINUTE_MS};
static const struct limit_rate alarm_rate = {.burst = 100, .per_ms = DAY_MS / 100};

static void
write_name(struct buf *b, struct str name)
{
    buf_text(b, ",\"name\":");
    buf_json_or_null(b, name);
}

static struct str
till_name(const struct request *req, char *out, size_t cap)
{
    snprintf(out, cap, "%" PRId64, req->actor.till_id);
    return str_of(out);
}

/* ---------------------------------------------------------------- scan */

/* A code nobody has costs the till one of its guesses. */
static bool
is_guess(const struct refusal *refusal)
{
    return refusal->kind == REFUSAL_CODE_UNKNOWN || refusal->kind == REFUSAL_CODE_STALE;
}

static void
count_guess(struct request *req, struct str till)
{
    struct service *s = SERVICE(req);
    struct err none;

    service_limit(s, "wrong-code", till, wrong_rate, req->now_ms, &none);
    if (service_may(s, "wrong-code", till, wrong_rate, req->now_ms, &none))
        service_limit(s, "wrong-pause", till, pause_rate, req->now_ms, &none);
    if (service_limit(s, "wrong-day", till, alarm_rate, req->now_ms, &none))
        LOG(LOG_WARN, "till.guessing", L_INT("till", req->actor.till_id));
}

/* The member has to tap "it is me" before a till takes their code. */
static void
ask_member(struct request *req, struct reply *reply, const struct card *card)
{
    struct buf b = buf_new(req->arena, KIB);

    buf_format(&b, "{\"plan\":%" PRId64 "}", card->plan_id);
    reply_publish(reply, topic_member(card->member_id), "guard", buf_str(&b));
}

/* Without guesses left not even the right code is looked at, or guessing would go on. */
static enum err_code
open_scan(struct request *req, struct reply *reply, struct str text, int64_t shown_ms,
          struct scan_result *out, struct refusal *refusal, struct err *e)
{
    const struct scan_request in = {
        .text = text,
        .till_id = req->actor.till_id,
        .shop_id = req->actor.shop_id,
        .staff_id = req->actor.staff_id,
        .now_ms = req->now_ms,
        .shown_ms = shown_ms,
        .grants_now = shown_ms != 0,
    };
    struct service *s = SERVICE(req);
    char name[24];
    struct str till = till_name(req, name, sizeof(name));
    int64_t near_miss;

    if (service_may(s, "wrong-pause", till, pause_rate, req->now_ms, e) ||
        scan_open(req->db, &in, out, refusal, &near_miss, e))
        return e->code;
    if (refusal->kind == REFUSAL_NONE)
        return OK;
    LOG(LOG_INFO, "scan.refused", L_TEXT("req", req->id), L_INT("till", req->actor.till_id),
        L_TEXT("why", refusal_word(refusal->kind)), L_INT("near_miss", near_miss));
    if (is_guess(refusal))
        count_guess(req, till);
    if (refusal->kind == REFUSAL_CARD_GUARDED &&
        shown_ms != 0) /* the customer has left: it waits */
        return err_set(e, ERR_LIMIT, "too_many_requests", "card %" PRId64 " is guarded",
                       out->card.id);
    if (refusal->kind == REFUSAL_CARD_GUARDED)
        ask_member(req, reply, &out->card);
    return OK;
}

static void
write_may(struct buf *b, const struct refusal *may)
{
    if (may->kind == REFUSAL_NONE) {
        buf_text(b, ",\"may\":{\"grant\":true}");
        return;
    }
    buf_format(b, ",\"may\":{\"grant\":false,\"reason\":\"%s\"", refusal_word(may->kind));
    if (may->last_ms)
        buf_format(b, ",\"last\":%" PRId64, may->last_ms);
    if (may->again_ms)
        buf_format(b, ",\"again\":%" PRId64, may->again_ms);
    buf_char(b, '}');
}

/* Of a plan whose points are spent at tills. */
static enum err_code
write_spend_ahead(struct buf *b, struct request *req, const struct scan_result *scan, struct err *e)
{
    const struct spend_rules *spend = &scan->rules.spend;
    struct spend_verdict most;

    if (spend->yen == 0)
        return OK;
    if (spend_foresee(req->db, &scan->card, &scan->rules, scan->by_code, req->now_ms, &most, e))
        return e->code;
    buf_format(b,
               ",\"spend\":{\"yen\":%" PRId64 ",\"step\":%" PRId64 ",\"least\":%" PRId64
               ",\"percent\":%" PRId64 ",\"most\":%" PRId64 ",\"worth\":%" PRId64 ",\"agreed\":%s",
               spend->yen, spend->step, spend->least, spend->percent_max, most.points, most.yen,
               most.refusal.kind == REFUSAL_NONE ? "true" : "false");
    if (most.points == 0)
        buf_format(b, ",\"reason\":\"%s\"", refusal_word(most.refusal.kind));
    buf_char(b, '}');
    return OK;
}

static enum err_code
write_member_scan(struct buf *b, struct request *req, const struct scan_result *scan, struct err *e)
{
    struct voucher voucher[VOUCHERS_MAX];
    bool may_be_held = scan->rules.spend.yen != 0; /* else nothing is looked for */
    struct member member;
    struct str name;
    size_t n;

    if (member_load(req->db, scan->card.member_id, &member, e) ||
        member_name(req->db, member.id, req->arena, &name, e) ||
        voucher_list(req->db, scan->card.id, req->now_ms, voucher, VOUCHERS_MAX, &n, e))
        return e->code;
    buf_format(b,
               "{\"kind\":\"member\",\"scan\":%" PRId64 ",\"again\":%s,\"card\":{\"plan\":%" PRId64,
               scan->scan_id, scan->is_again ? "true" : "false", scan->rules.plan_id);
    buf_text(b, ",\"plan_name\":");
    buf_json(b, str_of(scan->rules.name));
    buf_format(b, ",\"unit\":\"%s\",\"balance\":%" PRId64 ",\"goal\":%" PRId64,
               unit_name(scan->rules.unit), scan->card.balance, scan->rules.goal);
    write_name(b, name);
    buf_format(b, ",\"language\":\"%s\"}", language_tag(member.language));
    buf_format(b, ",\"by_number\":%s", scan->by_number ? "true" : "false");
    write_may(b, &scan->may);
    if (write_spend_ahead(b, req, scan, e))
        return e->code;
    buf_text(b, ",\"vouchers\":[");
    for (size_t i = 0; i < n; i++) {
        buf_format(b, "%s{\"id\":%" PRId64 ",\"title\":", i ? "," : "", voucher[i].id);
        buf_json(b, str_of(voucher[i].title));
        write_worth(b, voucher[i].kind, voucher[i].value);
        buf_format(b, ",\"expires\":%" PRId64 "}", voucher[i].expires_ms);
        may_be_held = may_be_held || voucher[i].held_until_ms != 0;
    }
    buf_char(b, ']');
    if (may_be_held && write_held(b, req, scan->card.id, e))
        return e->code;
    buf_format(b, ",\"until\":%" PRId64 "}", scan->until_ms);
    return OK;
}

/* What it asks for, and whether that is there as far as a till knows: it is asked for the sale. */
static enum err_code
write_conditions(struct buf *b, struct request *req, const struct scan_result *scan, struct err *e)
{
    const struct voucher *voucher = &scan->voucher;
    struct refusal refusal;
    struct reward reward;

    if (voucher_conditions(req->db, voucher, req->actor.shop_id, REWARD_YEN_LATER, req->now_ms,
                           &refusal, e) ||
        reward_load(req->db, voucher->terms_id, &reward, e))
        return e->code;
    write_reason(b, &refusal);
    buf_text(b, ",\"redeem\":");
    return write_when(b, req->db, &scan->rules, &reward.redeem, voucher->issued_ms, e);
}

static enum err_code
write_voucher_scan(struct buf *b, struct request *req, const struct scan_result *scan,
                   struct err *e)
{
    struct str name;

    if (member_name(req->db, scan->voucher.member_id, req->arena, &name, e))
        return e->code;
    buf_format(
        b, "{\"kind\":\"voucher\",\"voucher\":{\"id\":%" PRId64 ",\"title\":", scan->voucher.id);
    buf_json(b, str_of(scan->voucher.title));
    write_worth(b, scan->voucher.kind, scan->voucher.value);
    buf_format(b, ",\"expires\":%" PRId64 ",\"plan_name\":", scan->voucher.expires_ms);
    buf_json(b, str_of(scan->rules.name));
    write_name(b, name);
    if (write_conditions(b, req, scan, e))
        return e->code;
    buf_format(b, "},\"token\":\"%s\",\"until\":%" PRId64 "}", scan->token, scan->until_ms);
    return OK;
}

/* The open card says when it was, and from when it may be again: the customer need not ask. */
static void
tell_member(struct request *req, struct reply *reply, const struct scan_result *scan)
{
    struct buf b = buf_new(req->arena, KIB);

    if (scan->may.last_ms == 0 || scan->may.again_ms == 0)
        return;
    buf_format(&b, "{\"plan\":%" PRId64 ",\"last\":%" PRId64 ",\"again\":%" PRId64 "}",
               scan->rules.plan_id, scan->may.last_ms, scan->may.again_ms);
    reply_publish(reply, topic_member(scan->card.member_id), "soon", buf_str(&b));
}

/* POST /api/till/scans  {"code":"7148..."}  ->  200 {"kind":"member","scan":17,...} */
enum err_code
api_scan(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct scan_result scan;
    struct refusal refusal;
    struct str text = {0};
    char till[24];

    if (service_limit(SERVICE(req), "scan", till_name(req, till, sizeof(till)), scan_rate,
                      req->now_ms, e) ||
        REQUEST_JSON(req, e,
                     {"code", JSON_KIND_TEXT, .min = 1, .max = SCAN_TEXT_MAX, .out = &text}) ||
        open_scan(req, reply, text, 0, &scan, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    if (scan.kind == SCAN_MEMBER ? write_member_scan(&b, req, &scan, e)
                                 : write_voucher_scan(&b, req, &scan, e))
        return e->code;
    if (scan.kind == SCAN_MEMBER)
        tell_member(req, reply, &scan);
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- grant */

/* The scan a grant is for: one made before, or (queued while offline) the code itself and when it
 * was read. */
struct grant_scan {
    int64_t scan_id;
    struct str code;
    int64_t scanned_at;
};

/* What a POS says beyond the yen: their tax, and the lines of the receipt. */
static enum err_code
sale_read(struct request *req, int64_t tax, const json_t *lines, struct grant *in,
          struct sale *sale, struct err *e)
{
    if (tax < 0 && lines == NULL)
        return OK;
    if (!in->yen)
        return err_field(e, ERR_INPUT, "field_missing", "yen", "tax and lines are of a sale");
    if (tax > in->yen)
        return err_field(e, ERR_INPUT, "field_range", "tax", "%" PRId64 " of %" PRId64 " yen", tax,
                         in->yen);
    *sale = (struct sale){.yen = in->yen, .tax = tax < 0 ? 0 : tax, .has_tax = tax >= 0};
    in->sale = sale;
    return lines != NULL ? sale_read_lines(lines, req->arena, sale, e) : OK;
}

static enum err_code
grant_read(struct request *req, struct grant *in, struct sale *sale, struct grant_scan *scan,
           struct err *e)
{
    const json_t *lines = NULL;
    int64_t tax = -1;

    *in = (struct grant){
        .staff_id = req->actor.staff_id,
        .till_id = req->actor.till_id,
        .shop_id = req->actor.shop_id,
        .now_ms = req->now_ms,
    };
    if (REQUEST_JSON(req, e, {"scan", JSON_KIND_INT, true, 1, INT64_MAX, &scan->scan_id},
                     {"code", JSON_KIND_TEXT, true, 1, SCAN_TEXT_MAX, &scan->code},
                     {"scanned_at", JSON_KIND_INT, true, 1, INT64_MAX, &scan->scanned_at},
                     {"stamps", JSON_KIND_INT, true, 1, GRANT_STAMPS_MAX, &in->stamps},
                     {"yen", JSON_KIND_INT, true, 1, GRANT_YEN_MAX, &in->yen},
                     {"receipt", JSON_KIND_TEXT, true, 1, RECEIPT_TYPED_MAX, &in->receipt},
                     {"tax", JSON_KIND_INT, true, 0, GRANT_YEN_MAX, &tax},
                     {"lines", JSON_KIND_ARRAY, true, 0, 0, &lines}))
        return e->code;
    if (!scan->scan_id == !scan->code.n)
        return err_field(e, ERR_INPUT, "field_missing", "scan", "either scan or code is wanted");
    if (!scan->code.n != !scan->scanned_at)
        return err_field(e, ERR_INPUT, "field_missing", "scanned_at",
                         "scanned_at goes with code, and with nothing else");
    if (!in->stamps == !in->yen)
        return err_field(e, ERR_INPUT, "field_missing", "stamps", "either stamps or yen is wanted");
    return sale_read(req, tax, lines, in, sale, e);
}

/* POST /api/till/grants  {"scan":17,"stamps":1}  ->  201 {"transfer":57,"balance":8,...}; a POS may
 * say {"yen":1300,"tax":96,"lines":[{"category":"coffee","quantity":2,"yen":900,"tax":66},...]} */
enum err_code
api_grant(struct request *req, struct reply *reply, struct err *e)
{
    struct grant in;
    struct grant_scan from = {0};
    struct sale sale;
    struct grant_result out;
    struct scan_result scan;
    struct refusal refusal = {0};

    if (grant_read(req, &in, &sale, &from, e))
        return e->code;
    keyed_key(req, in.request_key);
    in.scan_id = from.scan_id;
    in.shown_ms = from.scanned_at;
    if (from.code.n) {
        if (open_scan(req, reply, from.code, from.scanned_at, &scan, &refusal, e))
            return e->code;
        if (refusal.kind != REFUSAL_NONE)
            return reply_refusal(req, reply, &refusal, e);
        in.scan_id = scan.scan_id;
    }
    if (ledger_grant(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    return reply_grant(req, reply, "grant.made", &out, e);
}

/* What the pad shows before anybody presses: every rule of the plan, and no more the till's own
 * sum.
 */
enum err_code
api_grant_quote(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 4 * KIB);
    struct grant in;
    struct grant_scan from = {0};
    struct grant_result out;
    struct sale sale;
    struct refusal refusal;
    char till[24];

    if (service_limit(SERVICE(req), "quote", till_name(req, till, sizeof(till)), scan_rate,
                      req->now_ms, e) ||
        grant_read(req, &in, &sale, &from, e))
        return e->code;
    if (from.code.n)
        return err_field(e, ERR_INPUT, "field_unknown", "code", "a code is scanned first");
    in.scan_id = from.scan_id;
    if (grant_foresee(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_format(&b, "{\"amount\":%" PRId64 ",\"unit\":\"%s\"", out.amount,
               unit_name(out.rules.unit));
    grant_why_write(&b, &out);
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- reversal, redemption */

static void
publish_reversal(struct request *req, struct reply *reply, const struct reversal_result *r)
{
    struct buf b = buf_new(req->arena, KIB);

    buf_format(&b, "{\"plan\":%" PRId64 ",\"balance\":%" PRId64 "}", r->card.plan_id,
               r->card.balance);
    reply_publish(reply, topic_member(r->card.member_id), "reverse", buf_str(&b));
    reply_publish(reply, topic_owner(), "change", STR("{}"));
}

/* POST /api/till/reversals  {"transfer":57}  ->  201 {"transfer":58,"balance":7,...} */
enum err_code
api_reversal(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, KIB);
    struct reversal in = {
        .staff_id = req->actor.staff_id,
        .till_id = req->actor.till_id,
        .shop_id = req->actor.shop_id,
        .now_ms = req->now_ms,
    };
    struct reversal_result out;
    struct refusal refusal;
    char mac[HEX_SIZE(MAC_SIZE)];

    if (REQUEST_JSON(req, e,
                     {"transfer", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &in.seq}))
        return e->code;
    keyed_key(req, in.request_key);
    if (ledger_reverse(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    hex_encode(out.mac, MAC_SIZE, mac);
    buf_format(&b,
               "{\"transfer\":%" PRId64 ",\"mac\":\"%s\",\"balance\":%" PRId64
               ",\"vouchers_cancelled\":%" PRId64 "}",
               out.seq, mac, out.card.balance, out.vouchers_cancelled);
    REPLY_NEWS(reply, "grant.reversed", L_TEXT("req", req->id), L_INT("transfer", in.seq),
               L_INT("staff", in.staff_id));
    s->counts.reversals++;
    publish_reversal(req, reply, &out);
    return reply_json(reply, 201, &b, e);
}

/* POST /api/till/redemptions  {"voucher":3,"token":"..."}  ->  200
 * {"voucher":3,"title":"..","at":ms} */
enum err_code
api_redemption(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
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

    if (REQUEST_JSON(req, e,
                     {"voucher", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &in.voucher_id},
                     {"token", JSON_KIND_TEXT, .min = 1, .max = 64, .out = &in.token},
                     {"yen", JSON_KIND_INT, true, 1, REWARD_YEN_MAX, &in.yen}) ||
        voucher_redeem(req->db, &in, &voucher, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_format(&b, "{\"voucher\":%" PRId64 ",\"title\":", voucher.id);
    buf_json(&b, str_of(voucher.title));
    buf_format(&b, ",\"at\":%" PRId64 "}", voucher.closed_ms);
    buf_format(&event, "{\"id\":%" PRId64 ",\"state\":\"redeemed\"}", voucher.id);
    REPLY_NEWS(reply, "voucher.redeemed", L_TEXT("req", req->id), L_INT("voucher", voucher.id),
               L_INT("till", in.till_id));
    s->counts.redemptions++;
    reply_publish(reply, topic_member(voucher.member_id), "voucher", buf_str(&event));
    reply_publish(reply, topic_owner(), "change", STR("{}"));
    return reply_json(reply, 200, &b, e);
}
