#include "api/api_past.h"

#include <inttypes.h>

#include "api/refuse.h"
#include "api/service.h"
#include "domain/ledger.h"
#include "domain/member.h"
#include "domain/past.h"
#include "domain/scan.h"
#include "domain/serving.h"
#include "domain/staff.h"
#include "domain/unredeem.h"
#include "domain/voucher.h"

#define ANSWER_MAX (256 * KIB) /* names of 64 letters, all of them */

/* ---------------------------------------------------------------- what may be done */

static struct reversal
reversal_by(const struct request *req, int64_t seq)
{
    return (struct reversal){.seq = seq,
                             .staff_id = req->actor.staff_id,
                             .till_id = req->actor.till_id,
                             .shop_id = req->actor.shop_id,
                             .now_ms = req->now_ms};
}

/* The route that undoes it, or why none does. */
static enum err_code
undo_of(struct request *req, const struct past_line *line, const char **undo_out,
        struct refusal *refusal, struct err *e)
{
    const struct reversal reversal = reversal_by(req, line->seq);
    const struct redemption redemption = {.voucher_id = line->voucher_id,
                                          .staff_id = reversal.staff_id,
                                          .till_id = reversal.till_id,
                                          .shop_id = reversal.shop_id,
                                          .now_ms = reversal.now_ms};

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    *undo_out = line->seq == 0 ? "redemption" : line->kind == TRANSFER_SWAP ? "swap" : "reversal";
    if (line->is_undone)
        refusal->kind = line->seq == 0 ? REFUSAL_NOT_REDEEMED : REFUSAL_ALREADY_REVERSED;
    else if (line->seq == 0)
        return unredeem_may(req->db, &redemption, refusal, e);
    else if (line->kind != TRANSFER_SWAP) /* whose own route knows more of it */
        return reversal_may(req->db, &reversal, refusal, e);
    return OK;
}

/* ---------------------------------------------------------------- the list */

static void
write_text(struct buf *b, const char *name, const char *text)
{
    buf_format(b, ",\"%s\":", name);
    buf_json_or_null(b, str_of(text));
}

static enum err_code
write_line(struct buf *b, struct request *req, const struct past_line *line, struct err *e)
{
    struct refusal refusal;
    const char *undo;
    struct str name;

    if (member_name(req->db, line->member_id, req->arena, &name, e) ||
        undo_of(req, line, &undo, &refusal, e))
        return e->code;
    if (line->seq != 0) {
        buf_format(b,
                   "{\"transfer\":%" PRId64 ",\"kind\":\"%s\",\"amount\":%" PRId64
                   ",\"sign\":%d,\"unit\":\"%s\"",
                   line->seq, transfer_kind_name(line->kind), line->amount,
                   line->is_credit ? 1 : -1, unit_name(line->unit));
    } else {
        buf_format(b, "{\"voucher\":%" PRId64 ",\"title\":", line->voucher_id);
        buf_json(b, str_of(line->title));
        buf_format(b, ",\"expires\":%" PRId64, line->expires_ms);
    }
    buf_format(b, ",\"at\":%" PRId64 ",\"name\":", line->at_ms);
    buf_json_or_null(b, name);
    write_text(b, "staff", line->staff);
    write_text(b, "till", line->till);
    write_text(b, "shop", line->shop);
    buf_format(b, ",\"undone\":%s,\"%s\":\"%s\"}", line->is_undone ? "true" : "false",
               refusal.kind == REFUSAL_NONE ? "undo" : "reason",
               refusal.kind == REFUSAL_NONE ? undo : refusal_word(refusal.kind));
    return OK;
}

static enum err_code
read_number(struct request *req, const char *name, int64_t *out, struct err *e)
{
    struct str text;

    if (request_query(req, name, &text) && !str_int(text, out, 1, INT64_MAX))
        return err_field(e, ERR_INPUT, "field_type", name, "a whole number is wanted");
    return OK;
}

/* Whose lines, and which page of them. */
static enum err_code
read_ask(struct request *req, int64_t *card_id_out, struct past_place *from, struct err *e)
{
    int64_t scan_id = 0;
    struct card card;

    *from = PAST_NEWEST;
    *card_id_out = 0;
    if (read_number(req, "scan", &scan_id, e) || read_number(req, "below", &from->seq, e) ||
        read_number(req, "before", &from->redeemed_ms, e) ||
        read_number(req, "voucher", &from->voucher_id, e))
        return e->code;
    if (scan_id == 0)
        return OK;
    if (scan_card(req->db, scan_id, req->actor.till_id, req->now_ms, &card, e))
        return e->code;
    *card_id_out = card.id;
    return OK;
}

static enum err_code
reply_page(struct request *req, struct reply *reply, const struct past_page *page, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);

    buf_text(&b, "{\"lines\":[");
    for (size_t i = 0; i < page->n; i++) {
        if (i)
            buf_char(&b, ',');
        if (write_line(&b, req, &page->line[i], e))
            return e->code;
    }
    if (page->has_more)
        buf_format(&b,
                   "],\"next\":{\"below\":%" PRId64 ",\"before\":%" PRId64 ",\"voucher\":%" PRId64
                   "}}",
                   page->next.seq, page->next.redeemed_ms, page->next.voucher_id);
    else
        buf_text(&b, "],\"next\":null}");
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_past(struct request *req, struct reply *reply, struct err *e)
{
    const struct refusal no = {.kind = REFUSAL_MANAGER_NEEDED};
    struct past_page *page = arena_alloc(req->arena, sizeof(*page));
    struct past_place from;
    struct serving serving;
    int64_t card_id;

    if (page == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a page of the past");
    if (serving_load(req->db, req->actor.staff_id, req->actor.till_id, req->actor.shop_id, &serving,
                     e))
        return e->code;
    if (serving.role < MANAGER)
        return reply_refusal(req, reply, &no, e);
    if (read_ask(req, &card_id, &from, e) ||
        past_load(req->db, card_id, req->actor.shop_id, req->now_ms - PAST_MS, &from, page, e))
        return e->code;
    return reply_page(req, reply, page, e);
}

/* ---------------------------------------------------------------- what it would do */

static enum err_code
write_cancelled(struct buf *b, struct request *req, const struct reversal_ahead *ahead,
                struct err *e)
{
    struct voucher voucher;

    buf_text(b, ",\"vouchers\":[");
    for (size_t i = 0; i < ahead->vouchers_n; i++) {
        if (voucher_load(req->db, ahead->voucher_id[i], &voucher, e))
            return e->code;
        buf_format(b, "%s{\"id\":%" PRId64 ",\"title\":", i ? "," : "", voucher.id);
        buf_json(b, str_of(voucher.title));
        buf_char(b, '}');
    }
    buf_char(b, ']');
    return OK;
}

enum err_code
api_reversal_ahead(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 16 * KIB);
    struct reversal_ahead ahead;
    struct refusal refusal;
    struct plan_rules rules;
    struct reversal in;
    struct str name;
    int64_t seq;

    if (!str_int(request_segment(req, ":transfer"), &seq, 1, INT64_MAX))
        return err_set(e, ERR_NOT_FOUND, "transfer_unknown", "no such transfer");
    in = reversal_by(req, seq);
    if (reversal_foresee(req->db, &in, &ahead, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    if (plan_load(req->db, ahead.card.plan_id, 0, &rules, e) ||
        member_name(req->db, ahead.card.member_id, req->arena, &name, e))
        return e->code;
    buf_format(&b,
               "{\"transfer\":%" PRId64 ",\"kind\":\"%s\",\"amount\":%" PRId64
               ",\"sign\":%d,\"unit\":\"%s\",\"at\":%" PRId64 ",\"name\":",
               seq, transfer_kind_name(ahead.kind), ahead.amount, ahead.is_credit ? 1 : -1,
               unit_name(rules.unit), ahead.at_ms);
    buf_json_or_null(&b, name);
    buf_format(&b,
               ",\"with\":%" PRId64 ",\"have\":%" PRId64 ",\"balance\":%" PRId64
               ",\"rounds\":%" PRId64,
               ahead.with, ahead.card.balance, ahead.balance, ahead.rounds);
    if (write_cancelled(&b, req, &ahead, e))
        return e->code;
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}
