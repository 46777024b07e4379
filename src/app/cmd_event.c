#include <inttypes.h>

#include "app/command_refusal.h"
#include "app/commands.h"
#include "base/entropy.h"
#include "domain/bonus.h"

enum { EVENT_MEMBER, EVENT_CODE, EVENT_PLAN, EVENT_NAME, EVENT_STAFF };

const struct option_row member_event_options[] = {
    {"member", "N", "", "by number"},
    {"code", "DIGITS", "", "by the 22 digits of a card, old ones too, or its fixed number"},
    {"plan", "N", NULL, "whose card gets it, see plan list"},
    {"event", "NAME", NULL, "one of the plan's events, see plan show"},
    {"staff", "N", "", "who thanks, see staff list; nobody: the operator"},
    {0},
};

static enum err_code
number(struct str text, const char *option, int64_t *out, struct err *e)
{
    if (text.n == 0 || str_int(text, out, 1, INT64_MAX))
        return OK;
    return err_set(e, ERR_INPUT, "number", "--%s: a number is wanted", option);
}

static enum err_code
card_of(struct call *call, struct card *out, struct err *e)
{
    int64_t member_id = 0, plan_id = 0;

    if (number(call->value[EVENT_MEMBER], "member", &member_id, e) ||
        number(call->value[EVENT_PLAN], "plan", &plan_id, e))
        return e->code;
    if (member_id == 0 && call->value[EVENT_CODE].n == 0)
        return err_set(e, ERR_INPUT, "usage", "either --member or --code is wanted");
    if (member_id == 0) {
        if (command_card(call, call->value[EVENT_CODE], out, e))
            return e->code;
        member_id = out->member_id;
    }
    return card_of_plan(call->db, member_id, plan_id, out, e);
}

enum err_code
command_member_event(struct call *call, struct err *e)
{
    struct event_bonus in = {
        .event = call->value[EVENT_NAME], .by_operator = true, .now_ms = call->now_ms};
    struct bonus_result out;
    struct plan_rules rules;
    struct refusal refusal;
    struct card card;

    if (card_of(call, &card, e) || number(call->value[EVENT_STAFF], "staff", &in.staff_id, e))
        return e->code;
    in.card_id = card.id;
    entropy_fill(in.request_key, sizeof(in.request_key));
    if (bonus_event(call->db, &in, &out, &rules, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return command_refused(call->db, &refusal, e);
    buf_format(call->out,
               "transfer %" PRId64 ": +%" PRId32 " for %s, card %" PRId64 " has %" PRId64 "\n",
               out.seq, event_by_name(&rules.earn, in.event)->units,
               event_by_name(&rules.earn, in.event)->title, card.id, out.card.balance);
    return OK;
}
