#include <inttypes.h>

#include "app/command_refusal.h"
#include "app/commands.h"
#include "app/plan_words.h"
#include "base/entropy.h"
#include "domain/late.h"
#include "domain/shop.h"

enum {
    LATE_CODE,
    LATE_STAFF,
    LATE_SHOP,
    LATE_SOLD_AT,
    LATE_RECEIPT,
    LATE_STAMPS,
    LATE_YEN,
    LATE_REASON,
    LATE_SECOND,
};

const struct option_row member_credit_options[] = {
    {"code", "DIGITS", NULL, "the card: its 22 digits, old ones too, or its fixed number"},
    {"staff", "N", NULL, "the manager or owner who vouches for it, see staff list"},
    {"shop", "NAME", NULL, "where the sale was, see shop list"},
    {"sold-at", "TIME", NULL, "when, with its offset: 2027-01-01T12:30+09:00"},
    {"receipt", "NUMBER", "", "the receipt's, which is credited once"},
    {"stamps", "N", "0", "of a stamp plan"},
    {"yen", "N", "0", "of a point plan: the sale"},
    {"reason", "WORD", "overlooked", "forgotten, no_phone, till_down or overlooked"},
    {"second", "N", "0", "without a receipt: another manager or owner, who agrees"},
    {0},
};

static enum err_code
number(struct call *call, int option, int64_t min, int64_t max, int64_t *out, struct err *e)
{
    if (str_int(call->value[option], out, min, max))
        return OK;
    return err_set(e, ERR_INPUT, "number", "--%s: a whole number from %" PRId64 " to %" PRId64,
                   member_credit_options[option].name, min, max);
}

static enum err_code
read_credit(struct call *call, struct late_credit *in, struct err *e)
{
    struct shop shop;
    struct card card;

    if (number(call, LATE_STAFF, 1, INT64_MAX, &in->staff_id, e) ||
        number(call, LATE_STAMPS, 0, GRANT_STAMPS_MAX, &in->stamps, e) ||
        number(call, LATE_YEN, 0, GRANT_YEN_MAX, &in->yen, e) ||
        number(call, LATE_SECOND, 0, INT64_MAX, &in->second_id, e))
        return e->code;
    if (!plan_time_read(call->value[LATE_SOLD_AT], &in->sold_ms))
        return err_set(e, ERR_INPUT, "usage", "--sold-at: a time such as 2027-01-01T12:30+09:00");
    if (!late_reason_by_name(call->value[LATE_REASON], &in->reason))
        return err_set(e, ERR_INPUT, "usage",
                       "--reason: forgotten, no_phone, till_down or overlooked");
    if (command_card(call, call->value[LATE_CODE], &card, e) ||
        shop_find(call->db, call->value[LATE_SHOP], &shop, e))
        return e->code;
    in->card_id = card.id;
    in->shop_id = shop.id;
    in->receipt = call->value[LATE_RECEIPT];
    return OK;
}

enum err_code
command_member_credit(struct call *call, struct err *e)
{
    struct late_credit in = {.now_ms = call->now_ms};
    struct grant_result out;
    struct refusal refusal;

    entropy_fill(in.request_key, sizeof(in.request_key));
    if (read_credit(call, &in, e) || late_credit(call->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return command_refused(call->db, &refusal, e);
    buf_format(call->out,
               "transfer %" PRId64 ": +%" PRId64 ", card %" PRId64 " has %" PRId64
               ", %zu vouchers reached\n",
               out.seq, out.amount, out.card.id, out.balance, out.vouchers_n);
    return OK;
}
