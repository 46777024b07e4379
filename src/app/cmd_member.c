#include <inttypes.h>

#include "app/commands.h"
#include "base/clock.h"
#include "domain/card.h"
#include "domain/card_find.h"
#include "domain/card_number.h"
#include "domain/member.h"
#include "domain/merge.h"
#include "domain/plan.h"
#include "domain/staff.h"
#include "domain/voucher.h"

static void
say_time(struct buf *out, int64_t at_ms)
{
    char text[CLOCK_TEXT_SIZE];

    clock_text(at_ms, text);
    buf_text(out, text);
}

const struct option_row member_show_options[] = {
    {"member", "N", "", "by number"},
    {"code", "DIGITS", "", "by the 22 digits of a card, old ones too, or its fixed number"},
    {0},
};

enum err_code
command_card(struct call *call, struct str text, struct card *out, struct err *e)
{
    if (card_find(call->db, text, call->now_ms, out, e) != ERR_INPUT)
        return e->code;
    return err_set(e, ERR_INPUT, "usage",
                   "the 22 digits under a card's code, or its fixed number, are wanted");
}

const struct option_row card_options[] = {
    {"code", "DIGITS", NULL, "the 22 digits of the card, old ones too, or its fixed number"},
    {0},
};

static enum err_code
change_card(struct call *call, const char *done,
            enum err_code (*change)(struct db *db, int64_t card_id, const struct by *by,
                                    struct err *e),
            struct err *e)
{
    struct card card;

    if (command_card(call, call->value[0], &card, e) ||
        change(call->db, card.id, &(struct by){.now_ms = call->now_ms}, e))
        return e->code;
    buf_format(call->out, "card %" PRId64 " of member %" PRId64 " is %s\n", card.id, card.member_id,
               done);
    return OK;
}

enum err_code
command_card_block(struct call *call, struct err *e)
{
    return change_card(call, "blocked", card_block, e);
}

enum err_code
command_card_unblock(struct call *call, struct err *e)
{
    return change_card(call, "active", card_unblock, e);
}

enum err_code
command_card_reissue(struct call *call, struct err *e)
{
    return change_card(call, "reissued", card_reissue, e);
}

const struct option_row card_number_options[] = {
    {"code", "DIGITS", NULL, "the 22 digits of the card, old ones too, or its fixed number"},
    {"number", "NUMBER", NULL, "what the card of plastic says, check digit included"},
    {0},
};

enum err_code
command_card_number(struct call *call, struct err *e)
{
    struct card card;

    if (command_card(call, call->value[0], &card, e) ||
        card_number_set(call->db, &card, call->value[1], &(struct by){.now_ms = call->now_ms}, e))
        return e->code;
    buf_format(call->out, "card %" PRId64 " of member %" PRId64 " has number %.*s\n", card.id,
               card.member_id, (int)call->value[1].n, call->value[1].at);
    return OK;
}

const struct option_row staff_declare_options[] = {
    {"staff", "N", NULL, "their number, see staff list"},
    {"code", "DIGITS", NULL, "the 22 digits of their own card"},
    {0},
};

enum err_code
command_staff_declare(struct call *call, struct err *e)
{
    struct card card;
    int64_t id;

    if (command_number(call, &id, e) || command_card(call, call->value[1], &card, e) ||
        staff_declare(call->db, id, card.member_id, call->now_ms, e))
        return e->code;
    buf_format(call->out, "staff %" PRId64 " is member %" PRId64 "\n", id, card.member_id);
    return OK;
}

static enum err_code
member_of(struct call *call, int64_t *id_out, struct err *e)
{
    struct card card;

    if (call->value[0].n && !str_int(call->value[0], id_out, 1, INT64_MAX))
        return err_set(e, ERR_INPUT, "number", "--member: a number is wanted");
    if (call->value[0].n)
        return OK;
    if (!call->value[1].n)
        return err_set(e, ERR_INPUT, "usage", "either --member or --code is wanted");
    if (command_card(call, call->value[1], &card, e))
        return e->code;
    *id_out = card.member_id;
    return OK;
}

static enum err_code
say_card(struct call *call, const struct card *card, struct err *e)
{
    struct plan_rules rules;
    struct voucher voucher[20];
    struct card_line line[20];
    char number[NUMBER_SIZE];
    size_t vouchers, lines;

    if (card_number(call->db, card->id, number, e) ||
        plan_load(call->db, card->plan_id, 0, &rules, e) ||
        voucher_list(call->db, card->id, call->now_ms, voucher, 20, &vouchers, e) ||
        card_history(call->db, card->id, line, 20, &lines, e))
        return e->code;
    buf_format(call->out, "card %" PRId64 "  %s  %" PRId64 " of %" PRId64 " %ss%s\n", card->id,
               rules.name, card->balance, rules.goal, unit_name(rules.unit),
               card->is_merged   ? "  MERGED"
               : card->is_active ? ""
                                 : "  BLOCKED");
    if (number[0])
        buf_format(call->out, "  number %s\n", number);
    for (size_t i = 0; i < vouchers; i++) {
        buf_format(call->out, "  voucher %" PRId64 "  %s  until ", voucher[i].id, voucher[i].title);
        say_time(call->out, voucher[i].expires_ms);
        buf_char(call->out, '\n');
    }
    for (size_t i = 0; i < lines; i++) {
        buf_text(call->out, "  ");
        say_time(call->out, line[i].at_ms);
        buf_format(call->out, "  %-7s %c%" PRId64 " -> %" PRId64 "  %s  %s%s\n",
                   transfer_kind_name(line[i].kind), line[i].is_credit ? '+' : '-', line[i].amount,
                   line[i].balance, line[i].reason, line[i].shop,
                   line[i].is_reversed ? "  (reversed)" : "");
    }
    return OK;
}

/* What this member was once, and what became of it. */
static enum err_code
say_merges(struct call *call, int64_t member_id, struct err *e)
{
    struct merge_line line[20];
    size_t n;

    if (merges_of_member(call->db, member_id, line, 20, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        buf_format(call->out, "%s %" PRId64 "  member %" PRId64 " into %" PRId64 "  ",
                   merge_kind_name(line[i].kind), line[i].id, line[i].from_id, line[i].into_id);
        say_time(call->out, line[i].at_ms);
        buf_format(call->out, "  %s%s%s  %s", line[i].staff[0] ? "by " : "", line[i].staff,
                   line[i].staff[0] ? "" : "by the member", line[i].reason);
        buf_text(call->out, line[i].is_undone ? "  undone " : "  can be undone until ");
        say_time(call->out, line[i].is_undone ? line[i].undone_ms : line[i].until_ms);
        buf_char(call->out, '\n');
    }
    return OK;
}

static const char *
standing_of(const struct member *member)
{
    return member->is_erased   ? "was erased"
           : member->is_guest  ? "guest"
           : member->is_friend ? "friend"
                               : "has blocked us";
}

enum err_code
command_member_show(struct call *call, struct err *e)
{
    struct member member;
    struct card card[CARDS_OF_MEMBER_MAX];
    struct str name;
    int64_t id;
    size_t n;

    if (member_of(call, &id, e) || member_load(call->db, id, &member, e) ||
        member_name(call->db, id, call->arena, &name, e) ||
        cards_of_member(call->db, id, card, CARDS_OF_MEMBER_MAX, &n, e))
        return e->code;
    buf_format(call->out, "member %" PRId64 "  %.*s  %s  %s  since ", id, (int)name.n, name.at,
               language_tag(member.language), standing_of(&member));
    say_time(call->out, member.joined_ms);
    buf_char(call->out, '\n');
    for (size_t i = 0; i < n; i++)
        if (say_card(call, &card[i], e))
            return e->code;
    return say_merges(call, id, e);
}
