#include <inttypes.h>

#include "app/commands.h"
#include "base/clock.h"
#include "domain/audit.h"
#include "domain/budget.h"
#include "domain/card.h"
#include "domain/notice.h"

#define LINES_MAX 50
#define HOUR_MIN 60

/* ---------------------------------------------------------------- the rules */

enum {
    RULE_BUDGET,
    RULE_RESERVE,
    RULE_QUIET,
    RULE_CAP,
    RULE_LAPSE,
    RULE_DORMANT,
    RULE_BIRTHDAYS,
    RULE_RECEIPTS,
    RULE_PRICE,
    RULES
};

const struct option_row message_policy_options[] = {
    {"budget", "N", "", "messages a month; line: as many as LINE allows"},
    {"reserve", "PERCENT", "", "of it, for rewards, their ends and answers alone"},
    {"quiet", "HH:MM-HH:MM", "", "nothing but what a member has just won; off: at any hour"},
    {"weekly-cap", "N", "", "counted messages to one member in seven days; 0: no limit"},
    {"lapse-days", "N", "", "warn so long before a reward ends; 0: never"},
    {"dormant-days", "N", "", "write after so long without a visit; 0: never"},
    {"birthdays", "YES|NO", "", "greet members on theirs"},
    {"receipts", "YES|NO", "", "a counted message for every visit; else where that is free"},
    {"price", "YEN", "", "of one message, such as 3 or 2.8: for figures only"},
    {0},
};

static enum err_code
read_number(struct str text, const char *option, int64_t *out, struct err *e)
{
    if (text.n == 0 || str_int(text, out, 0, INT32_MAX)) /* policy_save knows each one's range */
        return OK;
    return err_set(e, ERR_INPUT, "usage", "--%s is a whole number", option);
}

static enum err_code
read_answer(struct str text, const char *option, bool *out, struct err *e)
{
    if (text.n == 0)
        return OK;
    *out = str_eq(text, STR("yes"));
    if (*out || str_eq(text, STR("no")))
        return OK;
    return err_set(e, ERR_INPUT, "usage", "--%s is yes or no", option);
}

/* "21:30" */
static bool
read_clock(struct str text, int64_t *minutes_out)
{
    struct str hour;
    int64_t hours, minutes;

    if (text.n != 5 || !str_until(&text, ':', &hour) || hour.n != 2 ||
        !str_int(hour, &hours, 0, 23) || !str_int(text, &minutes, 0, 59))
        return false;
    *minutes_out = hours * HOUR_MIN + minutes;
    return true;
}

static enum err_code
read_quiet(struct str text, struct message_policy *p, struct err *e)
{
    struct str from;

    if (text.n == 0)
        return OK;
    if (str_eq(text, STR("off"))) {
        p->quiet_from_min = p->quiet_until_min = 0;
        return OK;
    }
    if (str_until(&text, '-', &from) && read_clock(from, &p->quiet_from_min) &&
        read_clock(text, &p->quiet_until_min))
        return OK;
    return err_set(e, ERR_INPUT, "usage", "--quiet is as 21:00-09:00, or off");
}

/* Yen with up to three decimals. */
static enum err_code
read_price(struct str text, int64_t *milli_out, struct err *e)
{
    struct str whole, rest = text;
    int64_t yen = 0, part = 0;
    bool has_part = str_until(&rest, '.', &whole);

    if (text.n == 0)
        return OK;
    if (!str_int(has_part ? whole : text, &yen, 0, INT32_MAX) ||
        (has_part && (rest.n == 0 || rest.n > 3 || !str_int(rest, &part, 0, 999))))
        return err_set(e, ERR_INPUT, "usage", "--price is an amount of yen, such as 3 or 2.8");
    for (size_t i = rest.n; has_part && i < 3; i++)
        part *= 10;
    *milli_out = yen * 1000 + part;
    return OK;
}

static enum err_code
read_rules(const struct str value[RULES], struct message_policy *p, struct err *e)
{
    if (str_eq(value[RULE_BUDGET], STR("line")))
        p->budget = BUDGET_NONE;
    else if (read_number(value[RULE_BUDGET], "budget", &p->budget, e))
        return e->code;
    if (read_number(value[RULE_RESERVE], "reserve", &p->reserve, e) ||
        read_quiet(value[RULE_QUIET], p, e) ||
        read_number(value[RULE_CAP], "weekly-cap", &p->weekly_cap, e) ||
        read_number(value[RULE_LAPSE], "lapse-days", &p->lapse_days, e) ||
        read_number(value[RULE_DORMANT], "dormant-days", &p->dormant_days, e) ||
        read_answer(value[RULE_BIRTHDAYS], "birthdays", &p->tells_birthdays, e) ||
        read_answer(value[RULE_RECEIPTS], "receipts", &p->pushes_receipts, e) ||
        read_price(value[RULE_PRICE], &p->price_milli, e))
        return e->code;
    return OK;
}

/* ---------------------------------------------------------------- said */

static void
say_rules(struct buf *out, const struct message_policy *p)
{
    if (p->budget == BUDGET_NONE)
        buf_text(out, "budget        as many as LINE allows\n");
    else
        buf_format(out, "budget        %" PRId64 " messages a month\n", p->budget);
    buf_format(out, "reserve       %" PRId64 " %%\n", p->reserve);
    if (p->quiet_from_min == p->quiet_until_min)
        buf_text(out, "quiet         off\n");
    else
        buf_format(out, "quiet         %02d:%02d-%02d:%02d\n", (int)p->quiet_from_min / HOUR_MIN,
                   (int)p->quiet_from_min % HOUR_MIN, (int)p->quiet_until_min / HOUR_MIN,
                   (int)p->quiet_until_min % HOUR_MIN);
    buf_format(out,
               "weekly-cap    %" PRId64 "\nlapse-days    %" PRId64 "\ndormant-days  %" PRId64 "\n",
               p->weekly_cap, p->lapse_days, p->dormant_days);
    buf_format(out, "birthdays     %s\nreceipts      %s\nprice         %" PRId64 ".%03d yen\n",
               p->tells_birthdays ? "yes" : "no", p->pushes_receipts ? "yes" : "no",
               p->price_milli / 1000, (int)(p->price_milli % 1000));
}

static enum err_code
say_month(struct call *call, struct err *e)
{
    struct notice_counts n;
    struct budget budget;
    int month = budget_month(call->now_ms);

    if (budget_load(call->db, call->now_ms, &budget, e) ||
        notice_count(call->db, month * 100 + 1, month * 100 + 31, &n, e))
        return e->code;
    buf_format(call->out,
               "%d: %" PRId64 " charged, %" PRId64 " by the month's end at this pace; %" PRId64
               " pushed, %" PRId64 " free, %" PRId64 " along with them, %" PRId64 " kept, %" PRId64
               " failed, %" PRId64 " waiting\n",
               month, budget.charged, budget_forecast(&budget, call->now_ms), n.push,
               n.live + n.reply, n.merge, n.kept, n.failed, n.waiting);
    if (!budget.is_told)
        buf_text(call->out, "LINE has not told its limit this month\n");
    else if (budget.quota == BUDGET_NONE)
        buf_format(call->out, "LINE counts %" PRId64 ", without a limit\n", budget.used);
    else
        buf_format(call->out, "LINE counts %" PRId64 " of %" PRId64 "\n", budget.used,
                   budget.quota);
    return OK;
}

static bool
is_anything_given(const struct str value[RULES])
{
    for (int i = 0; i < RULES; i++)
        if (value[i].n > 0)
            return true;
    return false;
}

enum err_code
command_message_policy(struct call *call, struct err *e)
{
    struct message_policy policy;

    if (policy_load(call->db, &policy, e) || read_rules(call->value, &policy, e))
        return e->code;
    if (is_anything_given(call->value) &&
        (policy_save(call->db, &policy, e) || notice_retry_budget(call->db, call->now_ms, e) ||
         audit_write(call->db, "message.policy", 0, 0, 0, call->now_ms, e)))
        return e->code;
    say_rules(call->out, &policy);
    return say_month(call, e);
}

/* ---------------------------------------------------------------- one member's log */

const struct option_row message_log_options[] = {
    {"code", "DIGITS", NULL, "of one of their cards: the 22 digits, old ones too, or its number"},
    {0},
};

static void
say_line(struct buf *out, const struct notice_line *line)
{
    char at[CLOCK_TEXT_SIZE];

    clock_text(line->created_ms, at);
    buf_format(out, "%s  %-13s %-9s  %s%s%s%s%s\n", at, notice_kind_word(line->kind), line->state,
               line->step, line->step[0] ? ": " : "", line->reason,
               line->line_request_id[0] ? "  " : "", line->line_request_id);
}

enum err_code
command_message_log(struct call *call, struct err *e)
{
    struct notice_line line[LINES_MAX];
    struct card card;
    size_t n;

    if (command_card(call, call->value[0], &card, e) ||
        notice_log(call->db, card.member_id, line, LINES_MAX, &n, e))
        return e->code;
    buf_format(call->out, "member %" PRId64 ": %zu notice%s, the newest first\n", card.member_id, n,
               n == 1 ? "" : "s");
    for (size_t i = 0; i < n; i++)
        say_line(call->out, &line[i]);
    return OK;
}
