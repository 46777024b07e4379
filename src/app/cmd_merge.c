#include <inttypes.h>

#include "app/commands.h"
#include "base/clock.h"
#include "base/entropy.h"
#include "domain/card.h"
#include "domain/merge.h"

enum { MERGE_FROM, MERGE_TO, MERGE_STAFF, MERGE_REASON };

const struct option_row member_merge_options[] = {
    {"from", "WHO", NULL, "who is closed: digits of a card, or m and the member's number"},
    {"into", "WHO", NULL, "likewise: who has everything afterwards"},
    {"staff", "N", NULL, "the manager or owner who approves it, see staff list"},
    {"reason", "TEXT", NULL, "what shows that it is one person; no names"},
    {0},
};

const struct option_row member_rescue_options[] = {
    {"from", "WHO", NULL, "the member of the lost LINE account, by card or as m and a number"},
    {"to", "WHO", NULL, "likewise: the one that came with the new account"},
    {"staff", "N", NULL, "the manager or owner who approves it, see staff list"},
    {"reason", "TEXT", NULL, "what shows that it is one person; no names"},
    {0},
};

const struct option_row merge_undo_options[] = {
    {"merge", "N", NULL, "its number, see member show"},
    {"staff", "N", NULL, "the manager or owner who approves it, see staff list"},
    {0},
};

/* "m51" is a member; anything else is read as a till would. */
static enum err_code
member_of(struct call *call, struct str who, int64_t *id_out, struct err *e)
{
    struct str number = who;
    struct card card;

    if (str_skip(&number, STR("m"))) {
        if (str_int(number, id_out, 1, INT64_MAX))
            return OK;
        return err_set(e, ERR_INPUT, "usage", "m and a number are wanted, not \"%.*s\"", (int)who.n,
                       who.at);
    }
    if (command_card(call, who, &card, e))
        return e->code;
    *id_out = card.member_id;
    return OK;
}

static enum err_code
staff_of(struct str number, int64_t *id_out, struct err *e)
{
    if (str_int(number, id_out, 1, INT64_MAX))
        return OK;
    return err_set(e, ERR_INPUT, "usage", "--staff: a number is wanted");
}

static enum err_code
read_merge(struct call *call, struct merge_new *in, struct err *e)
{
    *in = (struct merge_new){
        .reason = call->value[MERGE_REASON],
        .days = call->config->merge_days,
        .now_ms = call->now_ms,
    };
    entropy_fill(in->request_key, sizeof(in->request_key));
    if (member_of(call, call->value[MERGE_FROM], &in->from_id, e) ||
        member_of(call, call->value[MERGE_TO], &in->into_id, e))
        return e->code;
    return staff_of(call->value[MERGE_STAFF], &in->staff_id, e);
}

static void
say_merge(struct call *call, const struct merge_new *in, const struct merge_result *out)
{
    char until[CLOCK_TEXT_SIZE];

    clock_text(out->until_ms, until);
    buf_format(call->out,
               "%s %" PRId64 ": member %" PRId64 " is closed, member %" PRId64 " has its %" PRId64
               " cards, %" PRId64 " vouchers, and %" PRId64
               " rewards reached by it; can be undone until %s\n",
               merge_kind_name(in->kind), out->merge_id, in->from_id, in->into_id, out->cards,
               out->vouchers, out->rewards, until);
}

enum err_code
command_member_merge(struct call *call, struct err *e)
{
    struct merge_new in;
    struct merge_result out;

    if (read_merge(call, &in, e) || member_merge(call->db, &in, &out, e))
        return e->code;
    say_merge(call, &in, &out);
    return OK;
}

/* The person goes from the old account to the new one; the member who stays is the old one. */
enum err_code
command_member_rescue(struct call *call, struct err *e)
{
    struct merge_new in;
    struct merge_result out;
    int64_t old_id;

    if (read_merge(call, &in, e))
        return e->code;
    old_id = in.from_id;
    in.from_id = in.into_id;
    in.into_id = old_id;
    in.kind = MERGE_RESCUE;
    if (member_merge(call->db, &in, &out, e))
        return e->code;
    say_merge(call, &in, &out);
    return OK;
}

static enum err_code
undo(struct call *call, bool is_rescue, struct err *e)
{
    struct merge_undo in = {.is_rescue = is_rescue, .now_ms = call->now_ms};

    entropy_fill(in.request_key, sizeof(in.request_key));
    if (command_number(call, &in.merge_id, e) || staff_of(call->value[1], &in.staff_id, e) ||
        member_unmerge(call->db, &in, e))
        return e->code;
    buf_format(call->out, "%s %" PRId64 " is undone\n", is_rescue ? "rescue" : "merge",
               in.merge_id);
    return OK;
}

enum err_code
command_member_merge_undo(struct call *call, struct err *e)
{
    return undo(call, false, e);
}

enum err_code
command_member_rescue_undo(struct call *call, struct err *e)
{
    return undo(call, true, e);
}
