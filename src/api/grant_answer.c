#include "api/grant_answer.h"

#include <inttypes.h>

#include "api/service.h"
#include "base/codec.h"
#include "base/log.h"
#include "domain/catalogue.h"
#include "domain/shop.h"

#define ANSWER_MAX (32 * KIB)

void
grant_part_write(struct buf *b, const struct earn_part *part, int weekday)
{
    struct str rest = str_of(part->reason), why;

    if (!str_until(&rest, ':', &why)) {
        why = rest;
        rest = STR("");
    }
    buf_text(b, "{\"reason\":");
    buf_json(b, why);
    if (rest.n > 0) {
        buf_text(b, ",\"percent\":");
        buf_str_raw(b, rest);
    }
    if (str_eq(why, str_of(earn_why_name(EARN_WEEKDAY))))
        buf_format(b, ",\"weekday\":%d", weekday);
    buf_format(b, ",\"units\":%" PRId64 "}", part->units);
}

/* The catalogue may have another title for a place, or drew a prize. */
static enum err_code
write_title(struct buf *b, struct request *req, const struct plan_rules *rules,
            const struct grant_voucher *voucher, struct err *e)
{
    struct reward as;

    if (voucher->as_id == 0) {
        buf_json(b, str_of(rules->reward[voucher->reward].title));
        return OK;
    }
    if (reward_load(req->db, voucher->as_id, &as, e))
        return e->code;
    buf_json(b, str_of(as.title));
    return OK;
}

enum err_code
grant_vouchers_write(struct buf *b, struct request *req, const struct plan_rules *rules,
                     const struct grant_voucher *voucher, size_t n, struct err *e)
{
    buf_text(b, ",\"vouchers\":[");
    for (size_t i = 0; i < n; i++) {
        buf_format(b, "%s{\"id\":%" PRId64 ",\"title\":", i ? "," : "", voucher[i].id);
        if (write_title(b, req, rules, &voucher[i], e))
            return e->code;
        buf_format(b, ",\"expires\":%" PRId64 "}", voucher[i].expires_ms);
    }
    buf_char(b, ']');
    return OK;
}

void
grant_why_write(struct buf *b, const struct grant_result *r)
{
    size_t n = 0;

    if (r->earning.is_cut)
        buf_text(b, ",\"cut\":true");
    if (r->earning.parts_n == 0 && r->join_units == 0)
        return;
    buf_text(b, ",\"parts\":[");
    for (; n < r->earning.parts_n; n++) {
        if (n > 0)
            buf_char(b, ',');
        grant_part_write(b, &r->earning.part[n], earn_weekday(&r->rules, r->visit_ms));
    }
    if (r->join_units > 0)
        buf_format(b, "%s{\"reason\":\"join\",\"units\":%" PRId64 "}", n > 0 ? "," : "",
                   r->join_units);
    buf_char(b, ']');
}

/* What the open card shows at once. */
static enum err_code
publish_grant(struct request *req, struct reply *reply, const struct grant_result *r, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct till till;

    if (till_load(req->db, req->actor.till_id, &till, e))
        return e->code;
    buf_format(&b, "{\"plan\":%" PRId64 ",\"notice\":", r->rules.plan_id);
    if (r->notice_id)
        buf_int(&b, r->notice_id);
    else
        buf_text(&b, "null");
    buf_format(&b,
               ",\"amount\":%" PRId64 ",\"balance\":%" PRId64 ",\"goal\":%" PRId64
               ",\"rounds\":%" PRId64 ",\"unit\":\"%s\",\"shop\":",
               r->amount, r->balance, r->rules.goal, r->rounds, unit_name(r->rules.unit));
    buf_json(&b, str_of(till.shop_name));
    buf_format(&b, ",\"at\":%" PRId64, r->at_ms);
    grant_why_write(&b, r);
    if (grant_vouchers_write(&b, req, &r->rules, r->voucher, r->vouchers_n, e))
        return e->code;
    buf_char(&b, '}');
    if (buf_failed(&b))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "event");
    reply_publish(reply, topic_member(r->card.member_id), "grant", buf_str(&b));
    reply_publish(reply, topic_owner(), "change", STR("{}"));
    return OK;
}

/* Kept for a repeat of the request, so it does not say whose card it was: the till knows from the
 * scan. */
enum err_code
reply_grant(struct request *req, struct reply *reply, const char *news,
            const struct grant_result *r, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    char mac[HEX_SIZE(MAC_SIZE)];

    hex_encode(r->mac, MAC_SIZE, mac);
    buf_format(&b,
               "{\"transfer\":%" PRId64 ",\"mac\":\"%s\",\"amount\":%" PRId64
               ",\"balance\":%" PRId64 ",\"goal\":%" PRId64 ",\"unit\":\"%s\",\"rounds\":%" PRId64,
               r->seq, mac, r->amount, r->balance, r->rules.goal, unit_name(r->rules.unit),
               r->rounds);
    grant_why_write(&b, r);
    if (grant_vouchers_write(&b, req, &r->rules, r->voucher, r->vouchers_n, e))
        return e->code;
    buf_format(&b, ",\"undo_until\":%" PRId64 "}", r->undo_until_ms);
    REPLY_NEWS(reply, news, L_TEXT("req", req->id), L_INT("transfer", r->seq),
               L_INT("member", r->card.member_id), L_INT("till", req->actor.till_id),
               L_INT("amount", r->amount), L_INT("vouchers", (int64_t)r->vouchers_n));
    s->counts.grants++;
    if (publish_grant(req, reply, r, e))
        return e->code;
    if (r->vouchers_n > 0)
        s->wake(s->app); /* the message goes out as soon as this is on the disk */
    return reply_json(reply, 201, &b, e);
}
