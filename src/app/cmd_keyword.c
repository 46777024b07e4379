#include <inttypes.h>

#include "app/commands.h"
#include "domain/keyword_book.h"

/* ---------------------------------------------------------------- a rule from words */

/* Of `keyword add` and `keyword set` alike; in the second, what is not given stays as it was. */
#define RULE_OPTIONS(match, priority, language, days, time)                                        \
    {"match", "HOW", match,                                                                        \
     "what it waits for: exact, contains, any (any text), sticker, image, location"},              \
        {"words", "WORDS", "",                                                                     \
         "by comma; of stickers LINE's keywords, 446:1988 (one sticker) or 446:* (a package)"},    \
        {"reply", "TEXT", "", "what it says"},                                                     \
        {"action", "WHAT", "",                                                                     \
         "instead of a text: balance, shops (the nearest first), silent (a person answers)"},      \
        {"priority", "N", priority, "-100 to 100: of several that fit the greatest speaks"},       \
        {"language", "LANG", language, "only to members of it: ja, en, zh-Hant, th; all"},         \
        {"hours", "WHEN", "",                                                                      \
         "always, staff (while people answer) or away; of contains and any: away"},                \
        {"days", "DAYS", days, "such as mon-fri or sat,sun; daily"},                               \
        {"time", "HOURS", time, "such as 11:00-14:00; all day"},                                   \
    {                                                                                              \
        "buttons", "LIST", "",                                                                     \
            "under the reply: LABEL=balance;LABEL=shops;LABEL=rule:7;LABEL=says:TEXT; none"        \
    }

enum {
    RULE_MATCH,
    RULE_WORDS,
    RULE_REPLY,
    RULE_ACTION,
    RULE_PRIORITY,
    RULE_LANGUAGE,
    RULE_HOURS,
    RULE_DAYS,
    RULE_TIME,
    RULE_BUTTONS,
    RULE_OPTIONS_N,
};

static enum err_code
wrong(const char *option, const char *why, struct err *e)
{
    return err_set(e, ERR_INPUT, option, "--%s: %s", option, why);
}

/* A word of a table into *out, an enum's value; "" leaves what was. */
static bool
take_name(struct str word, const char *const *names, size_t n, int *out)
{
    int at = word.n > 0 ? str_index(word, names, n) : *out;

    if (at >= 0)
        *out = at;
    return at >= 0;
}

static bool
take_button(struct str text, struct keyword_button *out)
{
    struct str rest = text;

    if (!str_until(&rest, '=', &out->label))
        return false;
    if (str_skip(&rest, STR("says:"))) {
        out->press = KEYWORD_PRESS_SAYS;
        out->says = rest;
        return true;
    }
    if (str_skip(&rest, STR("rule:"))) {
        out->press = KEYWORD_PRESS_RULE;
        return str_int(rest, &out->rule_id, 1, INT32_MAX);
    }
    out->press = str_eq(rest, STR("shops")) ? KEYWORD_PRESS_SHOPS : KEYWORD_PRESS_BALANCE;
    return str_eq(rest, STR("shops")) || str_eq(rest, STR("balance"));
}

static enum err_code
take_buttons(struct call *call, struct str text, struct keyword_rule *rule, struct err *e)
{
    struct keyword_button *button =
        arena_alloc(call->arena, (KEYWORD_BUTTONS_MAX + 1) * sizeof(*button));
    struct str one;

    if (text.n == 0)
        return OK;
    if (button == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "buttons");
    rule->button = button;
    rule->buttons_n = 0;
    if (str_eq(text, STR("none")))
        return OK;
    while (text.n > 0 && rule->buttons_n <= KEYWORD_BUTTONS_MAX) {
        if (!str_until(&text, ';', &one)) {
            one = text;
            text.n = 0;
        }
        if (!take_button(str_trim(one), &button[rule->buttons_n++]))
            return wrong("buttons", "LABEL=balance, LABEL=shops, LABEL=rule:7 or LABEL=says:TEXT",
                         e);
    }
    return OK;
}

static enum err_code
take_language(struct str word, struct keyword_rule *rule, struct err *e)
{
    if (word.n == 0)
        return OK;
    rule->has_language = !str_eq(word, STR("all"));
    if (!rule->has_language)
        return OK;
    rule->language = language_of(word, LANGUAGES);
    return rule->language < LANGUAGES && str_eq(word, str_of(language_tag(rule->language)))
               ? OK
               : wrong("language", "ja, en, zh-Hant, th or all", e);
}

/* The options over what the rule has. */
static enum err_code
take_options(struct call *call, const struct str *value, struct keyword_rule *rule, struct err *e)
{
    int match = (int)rule->match, action = (int)rule->action, hours = (int)rule->hours;

    if (!take_name(value[RULE_MATCH], keyword_match_names, KEYWORD_MATCHES, &match))
        return wrong("match", "exact, contains, any, sticker, image or location", e);
    if (!take_name(value[RULE_ACTION], keyword_action_names, KEYWORD_ACTIONS, &action))
        return wrong("action", "text, balance, shops or silent", e);
    if (!take_name(value[RULE_HOURS], keyword_hours_names, KEYWORD_HOURS, &hours))
        return wrong("hours", "always, staff or away", e);
    rule->match = (enum keyword_match)match;
    rule->action = (enum keyword_action)action;
    rule->hours = (enum keyword_hours)hours;
    if (value[RULE_WORDS].n > 0)
        rule->words = value[RULE_WORDS];
    if (value[RULE_REPLY].n > 0) {
        rule->reply = value[RULE_REPLY];
        rule->action = KEYWORD_TEXT;
    }
    if (value[RULE_PRIORITY].n > 0 && !str_int(value[RULE_PRIORITY], &rule->priority,
                                               -KEYWORD_PRIORITY_MAX, KEYWORD_PRIORITY_MAX))
        return wrong("priority", "a whole number from -100 to 100", e);
    if (value[RULE_DAYS].n > 0 && !week_days_read(value[RULE_DAYS], &rule->span.days))
        return wrong("days", "such as mon-fri, or sat,sun, or daily", e);
    if (value[RULE_TIME].n > 0 && !week_hours_read(value[RULE_TIME], &rule->span))
        return wrong("time", "such as 11:00-14:00, or all day", e);
    return take_language(value[RULE_LANGUAGE], rule, e) ||
                   take_buttons(call, value[RULE_BUTTONS], rule, e)
               ? e->code
               : OK;
}

/* ---------------------------------------------------------------- the commands */

const struct option_row keyword_add_options[] = {
    RULE_OPTIONS("exact", "0", "all", "daily", "all day"),
    {0},
};

enum err_code
command_keyword_add(struct call *call, struct err *e)
{
    struct str match = call->value[RULE_MATCH];
    struct keyword_rule rule = {
        .is_on = true,
        /* What people write to staff, staff answer. */
        .hours = str_eq(match, STR("contains")) || str_eq(match, STR("any")) ? KEYWORD_AWAY
                                                                             : KEYWORD_ALWAYS,
    };
    int64_t id;

    if (take_options(call, call->value, &rule, e) ||
        keyword_save(call->db, call->arena, &rule, 0, call->now_ms, &id, e))
        return e->code;
    buf_format(call->out, "rule %" PRId64 "\n", id);
    return OK;
}

const struct option_row keyword_set_options[] = {
    {"rule", "N", NULL, "its number, see keyword list"},
    {"on", "YES", "", "yes, or no: it says nothing"},
    RULE_OPTIONS("", "", "", "", ""),
    {0},
};

enum err_code
command_keyword_set(struct call *call, struct err *e)
{
    struct keyword_rule rule;
    struct str on = call->value[1];
    int64_t id;

    if (command_number(call, &id, e) || keyword_load(call->db, call->arena, id, &rule, e) ||
        take_options(call, call->value + 2, &rule, e))
        return e->code;
    if (on.n > 0 && !str_eq(on, STR("yes")) && !str_eq(on, STR("no")))
        return wrong("on", "yes or no", e);
    if (on.n > 0)
        rule.is_on = str_eq(on, STR("yes"));
    if (keyword_save(call->db, call->arena, &rule, 0, call->now_ms, &id, e))
        return e->code;
    buf_format(call->out, "rule %" PRId64 "%s\n", id, rule.is_on ? "" : " says nothing now");
    return OK;
}

const struct option_row keyword_remove_options[] = {
    {"rule", "N", NULL, "its number, see keyword list"},
    {0},
};

enum err_code
command_keyword_remove(struct call *call, struct err *e)
{
    int64_t id;

    if (command_number(call, &id, e) || keyword_remove(call->db, id, 0, call->now_ms, e))
        return e->code;
    buf_format(call->out, "rule %" PRId64 " is removed\n", id);
    return OK;
}

/* Lines as one: the first of a text says which it is. */
static void
say_lines(struct buf *out, struct str text, const char *joint, bool is_first_only)
{
    struct str line;

    while (str_until(&text, '\n', &line)) {
        buf_str_raw(out, line);
        buf_text(out, is_first_only ? " ..." : joint);
        if (is_first_only)
            return;
    }
    buf_str_raw(out, text);
}

static void
say_rule(struct buf *out, const struct keyword_rule *rule)
{
    buf_format(out, "%4" PRId64 "  %s%s ", rule->id, rule->is_on ? "" : "(off) ",
               keyword_match_names[rule->match]);
    say_lines(out, rule->words, ", ", false);
    buf_text(out, rule->words.n > 0 ? " -> " : "-> ");
    if (rule->action == KEYWORD_TEXT)
        say_lines(out, rule->reply, "", true);
    else
        buf_text(out, keyword_action_names[rule->action]);
    buf_format(out, "  [%s, ", keyword_hours_names[rule->hours]);
    week_span_write(out, &rule->span);
    if (rule->priority != 0)
        buf_format(out, ", priority %" PRId64, rule->priority);
    if (rule->has_language)
        buf_format(out, ", %s", language_tag(rule->language));
    if (rule->buttons_n > 0)
        buf_format(out, ", buttons %zu", rule->buttons_n);
    buf_text(out, "]\n");
}

enum err_code
command_keyword_list(struct call *call, struct err *e)
{
    struct keyword_rules rules;
    struct keyword_rule *rule;
    size_t n;

    if (keyword_list(call->db, call->arena, &rule, &n, e) ||
        keyword_rules_load(call->db, call->arena, &rules, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        say_rule(call->out, &rule[i]);
    buf_text(call->out, rules.staff_n > 0 ? "staff answer " : "nobody answers by hand");
    for (size_t i = 0; i < rules.staff_n; i++) {
        buf_text(call->out, i > 0 ? "; " : "");
        week_span_write(call->out, &rules.staff[i]);
    }
    buf_char(call->out, '\n');
    return OK;
}

const struct option_row keyword_hours_options[] = {
    {"staff", "HOURS", NULL,
     "when people answer: \"mon-fri 10:00-13:00;mon-fri 14:00-19:00\"; never"},
    {0},
};

enum err_code
command_keyword_hours(struct call *call, struct err *e)
{
    struct week_span span[STAFF_HOURS_MAX];
    struct str text = call->value[0], one, days;
    size_t n = 0;

    if (str_eq(text, STR("never")))
        text.n = 0;
    while (text.n > 0) {
        if (!str_until(&text, ';', &one)) {
            one = text;
            text.n = 0;
        }
        one = str_trim(one);
        if (n == STAFF_HOURS_MAX || !str_until(&one, ' ', &days) ||
            !week_days_read(days, &span[n].days) || !week_hours_read(str_trim(one), &span[n]))
            return wrong("staff", "such as mon-fri 10:00-19:00;sat 10:00-15:00, or never", e);
        n++;
    }
    if (staff_hours_save(call->db, span, n, 0, call->now_ms, e))
        return e->code;
    buf_text(call->out, n > 0 ? "saved\n" : "nobody answers by hand\n");
    return OK;
}
