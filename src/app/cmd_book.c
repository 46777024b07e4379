#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/commands.h"
#include "base/clock.h"
#include "base/entropy.h"
#include "domain/card.h"
#include "domain/code.h"
#include "domain/member.h"
#include "domain/pin.h"
#include "domain/plan.h"
#include "domain/shop.h"
#include "domain/staff.h"
#include "domain/voucher.h"

#define PIN_DIGITS 6
#define PIN_LINE 64

static void
say_time(struct buf *out, int64_t at_ms)
{
    char text[CLOCK_TEXT_SIZE];

    clock_text(at_ms, text);
    buf_text(out, text);
}

/* ---------------------------------------------------------------- shops and tills */

const struct option_row shop_add_options[] = {
    {"name", "NAME", NULL, "what shoppers call it"},
    {0},
};

enum err_code
command_shop_add(struct call *call, struct err *e)
{
    int64_t id;

    if (shop_add(call->db, call->value[0], call->now_ms, &id, e))
        return e->code;
    buf_format(call->out, "shop %" PRId64 "\n", id);
    return OK;
}

static enum err_code
say_shop(void *context, const struct shop *shop)
{
    buf_format(context, "%4" PRId64 "  %s\n", shop->id, shop->name);
    return OK;
}

enum err_code
command_shop_list(struct call *call, struct err *e)
{
    return shop_list(call->db, say_shop, call->out, e);
}

const struct option_row till_add_options[] = {
    {"shop", "SHOP", NULL, "the shop it stands in"},
    {"name", "NAME", NULL, "what staff call it; a till of that name gets a new code"},
    {0},
};

enum err_code
command_till_add(struct call *call, struct err *e)
{
    char code[ENROL_CODE_SIZE];
    int64_t id;

    if (till_add(call->db, call->value[0], call->value[1], call->now_ms, code, &id, e))
        return e->code;
    buf_format(call->out,
               "till %" PRId64 "\ncode %s\nopen %s/till and type the code within ten minutes\n", id,
               code, call->config->public_url);
    return OK;
}

const struct option_row till_revoke_options[] = {
    {"till", "N", NULL, "its number, see till list"},
    {0},
};

/* The number given as the command's first option. */
static enum err_code
first_number(const struct call *call, int64_t *out, struct err *e)
{
    if (str_int(call->value[0], out, 1, INT64_MAX))
        return OK;
    return err_set(e, ERR_INPUT, "usage", "a number is wanted, not \"%.*s\"", (int)call->value[0].n,
                   call->value[0].at);
}

enum err_code
command_till_revoke(struct call *call, struct err *e)
{
    int64_t id;

    if (first_number(call, &id, e) || till_revoke(call->db, id, call->now_ms, e))
        return e->code;
    buf_format(call->out, "till %" PRId64 " is revoked; till add gives it a new code\n", id);
    return OK;
}

static enum err_code
say_till(void *context, const struct till *till)
{
    buf_format(context, "%4" PRId64 "  %-9s %s, %s\n", till->id, till->state, till->shop_name,
               till->name);
    return OK;
}

enum err_code
command_till_list(struct call *call, struct err *e)
{
    return till_list(call->db, say_till, call->out, e);
}

/* ---------------------------------------------------------------- staff */

enum { STAFF_NAME, STAFF_SHOP, STAFF_ROLE, STAFF_PIN_STDIN, STAFF_PIN_HASH };

const struct option_row staff_add_options[] = {
    {"name", "NAME", NULL, "as it stands on the till's screen"},
    {"shop", "SHOP", "", "where they serve; left out: every shop"},
    {"role", "ROLE", "cashier", "cashier, manager or owner"},
    {"pin-stdin", NULL, NULL, "read the PIN (4 to 8 digits) from standard input"},
    {"pin-hash", "HASH", "", "a crypt(5) hash of the PIN instead"},
    {0},
};

static enum err_code
pin_read(char pin[PIN_LINE], struct err *e)
{
    if (isatty(STDIN_FILENO))
        fprintf(stderr, "PIN: ");
    if (!fgets(pin, PIN_LINE, stdin))
        return err_set(e, ERR_INPUT, "pin_invalid", "no PIN on standard input");
    pin[strcspn(pin, "\r\n")] = '\0';
    return OK;
}

/* A PIN that pin_hash does not find too simple. */
static enum err_code
pin_make(char pin[PIN_LINE], char hash[PIN_HASH_SIZE], struct err *e)
{
    for (int tries = 0; tries < 20; tries++) {
        snprintf(pin, PIN_LINE, "%0*" PRIu64, PIN_DIGITS, entropy_below(1000000));
        *e = (struct err){0};
        if (!pin_hash(str_of(pin), hash, e))
            return OK;
    }
    return e->code;
}

/* The hash of the PIN given on standard input, or of one made and printed here. */
static enum err_code
pin_prepare(struct call *call, int stdin_option, int hash_option, struct err *e)
{
    char *hash = arena_alloc(call->arena, PIN_HASH_SIZE);
    char pin[PIN_LINE];

    if (!hash)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "PIN");
    if (call->value[hash_option].n)
        return OK;
    if (call->value[stdin_option].at) {
        if (pin_read(pin, e) || pin_hash(str_of(pin), hash, e))
            return e->code;
    } else {
        if (pin_make(pin, hash, e))
            return e->code;
        buf_format(call->out, "pin %s\n", pin);
    }
    call->value[hash_option] = str_of(hash);
    return OK;
}

enum err_code
command_staff_prepare(struct call *call, struct err *e)
{
    return pin_prepare(call, STAFF_PIN_STDIN, STAFF_PIN_HASH, e);
}

enum err_code
command_staff_add(struct call *call, struct err *e)
{
    char hash[PIN_HASH_SIZE];
    struct staff_new in = {
        .name = call->value[STAFF_NAME],
        .shop_name = call->value[STAFF_SHOP],
        .pin_hash = hash,
        .now_ms = call->now_ms,
    };
    int64_t id;

    if (!role_of(call->value[STAFF_ROLE], &in.role))
        return err_set(e, ERR_INPUT, "role_unknown", "--role is cashier, manager or owner");
    if (!str_copy(call->value[STAFF_PIN_HASH], hash, sizeof(hash)))
        return err_set(e, ERR_INPUT, "pin_invalid", "--pin-hash is too long");
    if (staff_add(call->db, &in, &id, e))
        return e->code;
    buf_format(call->out, "staff %" PRId64 "\n", id);
    return OK;
}

const struct option_row staff_pin_options[] = {
    {"staff", "N", NULL, "their number, see staff list"},
    {"pin-stdin", NULL, NULL, "read the PIN (4 to 8 digits) from standard input"},
    {"pin-hash", "HASH", "", "a crypt(5) hash of the PIN instead"},
    {0},
};

enum err_code
command_staff_pin_prepare(struct call *call, struct err *e)
{
    return pin_prepare(call, 1, 2, e);
}

enum err_code
command_staff_pin(struct call *call, struct err *e)
{
    char hash[PIN_HASH_SIZE];
    int64_t id;

    if (!str_copy(call->value[2], hash, sizeof(hash)))
        return err_set(e, ERR_INPUT, "pin_invalid", "--pin-hash is too long");
    if (first_number(call, &id, e) || staff_set_pin(call->db, id, hash, call->now_ms, e))
        return e->code;
    buf_format(call->out, "staff %" PRId64 "\n", id);
    return OK;
}

const struct option_row staff_end_options[] = {
    {"staff", "N", NULL, "their number, see staff list"},
    {0},
};

enum err_code
command_staff_end(struct call *call, struct err *e)
{
    int64_t id;

    if (first_number(call, &id, e) || staff_end(call->db, id, call->now_ms, e))
        return e->code;
    buf_format(call->out, "staff %" PRId64 " has left\n", id);
    return OK;
}

static enum err_code
say_staff(void *context, const struct staff *staff)
{
    buf_format(context, "%4" PRId64 "  %-8s %-9s %s%s\n", staff->id, role_name(staff->role),
               staff->shop_id ? "one shop" : "all shops", staff->name,
               staff->has_pin ? "" : " (no PIN)");
    return OK;
}

enum err_code
command_staff_list(struct call *call, struct err *e)
{
    return staff_list(call->db, 0, say_staff, call->out, e);
}

/* ---------------------------------------------------------------- plans */

enum {
    PLAN_NAME,
    PLAN_UNIT,
    PLAN_GOAL,
    PLAN_REWARDS,
    PLAN_VALID,
    PLAN_COOL_DOWN,
    PLAN_PER_DAY,
    PLAN_YEN,
    PLAN_ROUNDING,
    PLAN_LINEAR,
    PLAN_PREFIX,
    PLAN_OFFSET,
    PLAN_CUT,
    PLAN_NOTIFY,
};

const struct option_row plan_add_options[] = {
    {"name", "NAME", NULL, "what shoppers read on the card"},
    {"unit", "UNIT", "stamp", "stamp or point"},
    {"goal", "N", NULL, "stamps or points that fill the card"},
    {"rewards", "AT=TITLE,...", NULL,
     "what is reached where, the last at the goal: 5=Cookie,10=Free coffee"},
    {"valid-days", "N", "90", "days a voucher lives"},
    {"cool-down-min", "N", "240", "minutes between two grants"},
    {"per-day", "N", "0", "grants a business day; 0: no limit"},
    {"yen-per-point", "N", "0", "point plans: so many yen a point"},
    {"rounding", "HOW", "down", "of points: down, nearest or up"},
    {"linear", "CODE", "code128",
     "the card's bars: code128, or jan13 for tills that read no other"},
    {"jan-prefix", "NN", "29", "in-store prefix, 20 to 29, that the till's own goods do not use"},
    {"utc-offset-min", "N", "540", "where business days are counted; 540 is Japan"},
    {"day-cut-hour", "H", "4", "local hour at which a business day ends"},
    {"notify-grants", NULL, NULL, "owe a LINE message for each grant the open card did not show"},
    {0},
};

static enum err_code
plan_number(const struct call *call, int option, int64_t min, int64_t max, int64_t *out,
            struct err *e)
{
    if (str_int(call->value[option], out, min, max))
        return OK;
    return err_set(e, ERR_INPUT, "number", "--%s: a whole number from %" PRId64 " to %" PRId64,
                   plan_add_options[option].name, min, max);
}

static enum err_code
plan_rewards(struct str text, int64_t valid_days, struct plan_rules *rules, struct err *e)
{
    while (text.n) {
        struct plan_reward *reward = &rules->reward[rules->rewards_n];
        struct str one, at;

        if (!str_until(&text, ',', &one)) {
            one = text;
            text.n = 0;
        }
        if (rules->rewards_n == PLAN_REWARDS_MAX)
            return err_set(e, ERR_INPUT, "rewards", "--rewards: at most %d", PLAN_REWARDS_MAX);
        if (!str_until(&one, '=', &at) || !str_int(str_trim(at), &reward->at, 1, 1000000) ||
            !str_copy(str_trim(one), reward->title, sizeof(reward->title)) || !reward->title[0])
            return err_set(e, ERR_INPUT, "rewards", "--rewards: AT=TITLE,AT=TITLE is wanted");
        reward->valid_days = valid_days;
        rules->rewards_n++;
    }
    return OK;
}

static enum err_code
plan_words(const struct call *call, struct plan_rules *rules, struct err *e)
{
    bool stamp = str_eq(call->value[PLAN_UNIT], str_of(unit_name(UNIT_STAMP)));
    bool jan = str_eq(call->value[PLAN_LINEAR], str_of(linear_name(LINEAR_JAN13)));
    enum rounding rounding = ROUNDING_DOWN;

    if (!stamp && !str_eq(call->value[PLAN_UNIT], str_of(unit_name(UNIT_POINT))))
        return err_set(e, ERR_INPUT, "unit", "--unit is stamp or point");
    if (!jan && !str_eq(call->value[PLAN_LINEAR], str_of(linear_name(LINEAR_CODE128))))
        return err_set(e, ERR_INPUT, "linear", "--linear is code128 or jan13");
    while (rounding <= ROUNDING_UP &&
           !str_eq(call->value[PLAN_ROUNDING], str_of(rounding_name(rounding))))
        rounding++;
    if (rounding > ROUNDING_UP)
        return err_set(e, ERR_INPUT, "rounding", "--rounding is down, nearest or up");
    rules->unit = stamp ? UNIT_STAMP : UNIT_POINT;
    rules->linear = jan ? LINEAR_JAN13 : LINEAR_CODE128;
    rules->rounding = rounding;
    rules->notify_grants = call->value[PLAN_NOTIFY].at != NULL;
    return OK;
}

enum err_code
command_plan_add(struct call *call, struct err *e)
{
    struct plan_rules rules = {0};
    int64_t valid_days, id;

    if (plan_words(call, &rules, e) || plan_number(call, PLAN_GOAL, 1, 1000000, &rules.goal, e) ||
        plan_number(call, PLAN_VALID, 1, 3660, &valid_days, e) ||
        plan_number(call, PLAN_COOL_DOWN, 0, 43200, &rules.cool_down_min, e) ||
        plan_number(call, PLAN_PER_DAY, 0, 1000, &rules.per_day_max, e) ||
        plan_number(call, PLAN_YEN, 0, 1000000, &rules.yen_per_point, e) ||
        plan_number(call, PLAN_PREFIX, 20, 29, &rules.jan_prefix, e) ||
        plan_number(call, PLAN_OFFSET, -720, 840, &rules.utc_offset_min, e) ||
        plan_number(call, PLAN_CUT, 0, 23, &rules.day_cut_hour, e) ||
        plan_rewards(call->value[PLAN_REWARDS], valid_days, &rules, e))
        return e->code;
    if (!str_copy(call->value[PLAN_NAME], rules.name, sizeof(rules.name)))
        return err_set(e, ERR_INPUT, "text_too_long", "--name: at most 64 characters");
    if (plan_create(call->db, &rules, call->now_ms, &id, e))
        return e->code;
    buf_format(call->out, "plan %" PRId64 "\n", id);
    return OK;
}

enum err_code
command_plan_list(struct call *call, struct err *e)
{
    struct plan_rules *plan;
    size_t n;

    if (plan_list(call->db, call->arena, &plan, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        buf_format(call->out,
                   "%4" PRId64 "  %s: %ss, goal %" PRId64 ", cool-down %" PRId64
                   " min, version %" PRId64 ", %s\n",
                   plan[i].plan_id, plan[i].name, unit_name(plan[i].unit), plan[i].goal,
                   plan[i].cool_down_min, plan[i].version, linear_name(plan[i].linear));
        for (size_t r = 0; r < plan[i].rewards_n; r++)
            buf_format(call->out, "      at %" PRId64 ": %s, valid %" PRId64 " days\n",
                       plan[i].reward[r].at, plan[i].reward[r].title, plan[i].reward[r].valid_days);
    }
    return OK;
}

/* ---------------------------------------------------------------- members */

const struct option_row member_show_options[] = {
    {"member", "N", "", "by number"},
    {"code", "DIGITS", "", "by the 22 digits of a card, old ones too"},
    {0},
};

/* The card that carries a code, fresh or not. */
static enum err_code
card_of_code(struct call *call, struct str text, struct card *out, struct err *e)
{
    struct reading reading;

    scan_normalise(text, &reading);
    if (reading.kind != READING_MEMBER)
        return err_set(e, ERR_INPUT, "usage", "the 22 digits under a card's code are wanted");
    return card_of_locator(call->db, reading.code.locator, out, e);
}

const struct option_row card_options[] = {
    {"code", "DIGITS", NULL, "the 22 digits of the card, old ones too"},
    {0},
};

static enum err_code
change_card(struct call *call, const char *done,
            enum err_code (*change)(struct db *db, int64_t card_id, const struct by *by,
                                    struct err *e),
            struct err *e)
{
    struct card card;

    if (card_of_code(call, call->value[0], &card, e) ||
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

    if (first_number(call, &id, e) || card_of_code(call, call->value[1], &card, e) ||
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
    if (card_of_code(call, call->value[1], &card, e))
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
    size_t vouchers, lines;

    if (plan_load(call->db, card->plan_id, 0, &rules, e) ||
        voucher_list(call->db, card->id, call->now_ms, voucher, 20, &vouchers, e) ||
        card_history(call->db, card->id, line, 20, &lines, e))
        return e->code;
    buf_format(call->out, "card %" PRId64 "  %s  %" PRId64 " of %" PRId64 " %ss%s\n", card->id,
               rules.name, card->balance, rules.goal, unit_name(rules.unit),
               card->is_active ? "" : "  BLOCKED");
    for (size_t i = 0; i < vouchers; i++) {
        buf_format(call->out, "  voucher %" PRId64 "  %s  until ", voucher[i].id, voucher[i].title);
        say_time(call->out, voucher[i].expires_ms);
        buf_char(call->out, '\n');
    }
    for (size_t i = 0; i < lines; i++) {
        buf_text(call->out, "  ");
        say_time(call->out, line[i].at_ms);
        buf_format(call->out, "  %-7s %c%" PRId64 " -> %" PRId64 "  %s%s\n",
                   transfer_kind_name(line[i].kind), line[i].is_credit ? '+' : '-', line[i].amount,
                   line[i].balance, line[i].shop, line[i].is_reversed ? "  (reversed)" : "");
    }
    return OK;
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
               language_tag(member.language), member.is_friend ? "friend" : "has blocked us");
    say_time(call->out, member.joined_ms);
    buf_char(call->out, '\n');
    for (size_t i = 0; i < n; i++)
        if (say_card(call, &card[i], e))
            return e->code;
    return OK;
}
