#include "api/api_keywords.h"

#include <inttypes.h>

#include "api/bot.h"
#include "base/text.h"
#include "domain/keyword_book.h"

#define LIST_MAX (2 * MIB) /* 200 rules, each with the longest reply */
#define TEXT_MAX 20000     /* bytes of 5,000 units */
#define DAY_MINUTES 1439

/* ---------------------------------------------------------------- what there is */

static void
write_span(struct buf *b, const struct week_span *span)
{
    buf_format(b, "\"days\":%u,\"from_min\":%d,\"until_min\":%d", span->days, span->from_min,
               span->until_min);
}

static void
write_button(struct buf *b, const struct keyword_button *button)
{
    buf_text(b, "{\"label\":");
    buf_json(b, button->label);
    buf_format(b, ",\"press\":\"%s\",\"says\":", keyword_press_names[button->press]);
    buf_json(b, button->says);
    buf_format(b, ",\"rule\":%" PRId64 "}", button->rule_id);
}

static void
write_rule(struct buf *b, const struct keyword_rule *rule)
{
    buf_format(b, "{\"id\":%" PRId64 ",\"is_on\":%s,\"match\":\"%s\",\"words\":", rule->id,
               rule->is_on ? "true" : "false", keyword_match_names[rule->match]);
    buf_json(b, rule->words);
    buf_format(b, ",\"priority\":%" PRId64 ",\"language\":", rule->priority);
    buf_json_or_null(b, rule->has_language ? str_of(language_tag(rule->language)) : STR(""));
    buf_format(b, ",\"hours\":\"%s\",", keyword_hours_names[rule->hours]);
    write_span(b, &rule->span);
    buf_format(b, ",\"action\":\"%s\",\"reply\":", keyword_action_names[rule->action]);
    buf_json(b, rule->reply);
    buf_text(b, ",\"buttons\":[");
    for (size_t i = 0; i < rule->buttons_n; i++) {
        if (i > 0)
            buf_char(b, ',');
        write_button(b, &rule->button[i]);
    }
    buf_text(b, "]}");
}

enum err_code
api_keywords_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, LIST_MAX);
    struct keyword_rules on;
    struct keyword_rule *rule;
    size_t n;

    if (keyword_list(req->db, req->arena, &rule, &n, e) ||
        keyword_rules_load(req->db, req->arena, &on, e))
        return e->code;
    buf_text(&b, "{\"rules\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(&b, ',');
        write_rule(&b, &rule[i]);
    }
    buf_format(&b, "],\"is_staffed\":%s,\"staff\":[",
               keyword_is_staffed(&on, req->now_ms) ? "true" : "false");
    for (size_t i = 0; i < on.staff_n; i++) {
        buf_text(&b, i > 0 ? ",{" : "{");
        write_span(&b, &on.staff[i]);
        buf_char(&b, '}');
    }
    buf_text(&b, "]}");
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- a rule as it was sent */

static enum err_code
take_name(struct str text, const char *field, const char *const *names, size_t n, int *out,
          struct err *e)
{
    *out = str_index(text, names, n);
    return *out >= 0 ? OK
                     : err_field(e, ERR_INPUT, "field_range", field, "%s is none of ours", field);
}

static enum err_code
take_span(const json_t *object, struct week_span *out, struct err *e)
{
    int64_t days, from_min, until_min;
    const struct json_field fields[] = {
        {"days", JSON_KIND_INT, .min = 1, .max = WEEK_DAILY, .out = &days},
        {"from_min", JSON_KIND_INT, .max = DAY_MINUTES, .out = &from_min},
        {"until_min", JSON_KIND_INT, .max = DAY_MINUTES, .out = &until_min},
    };

    if (json_read(object, fields, 3, e))
        return e->code;
    *out = (struct week_span){(unsigned)days, (int)from_min, (int)until_min};
    return OK;
}

static enum err_code
take_button(const json_t *object, struct keyword_button *out, struct err *e)
{
    struct str press;
    int64_t rule_id = 0;
    int at;
    const struct json_field fields[] = {
        {"label", JSON_KIND_TEXT, .max = TEXT_MAX, .out = &out->label},
        {"press", JSON_KIND_TEXT, .max = 16, .out = &press},
        {"says", JSON_KIND_TEXT, .optional = true, .max = TEXT_MAX, .out = &out->says},
        {"rule", JSON_KIND_INT, .optional = true, .max = INT32_MAX, .out = &rule_id},
    };

    if (json_read(object, fields, 4, e) ||
        take_name(press, "press", keyword_press_names, KEYWORD_PRESSES, &at, e))
        return e->code;
    out->press = (enum keyword_press)at;
    out->rule_id = rule_id;
    return OK;
}

static enum err_code
take_buttons(struct request *req, const json_t *list, struct keyword_rule *rule, struct err *e)
{
    size_t n = json_array_size(list);
    struct keyword_button *button = arena_alloc(req->arena, (n + 1) * sizeof(*button));

    if (n > KEYWORD_BUTTONS_MAX)
        return err_field(e, ERR_INPUT, "keyword_buttons", "buttons", "over 13 buttons");
    if (button == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "buttons");
    for (size_t i = 0; i < n; i++)
        if (take_button(json_array_get(list, i), &button[i], e))
            return e->code;
    rule->button = button;
    rule->buttons_n = n;
    return OK;
}

/* The names of a rule's choices into what they stand for. */
static enum err_code
take_choices(struct keyword_rule *rule, struct str match, struct str hours, struct str action,
             struct str language, struct err *e)
{
    int m, h, a;

    if (take_name(match, "match", keyword_match_names, KEYWORD_MATCHES, &m, e) ||
        take_name(hours, "hours", keyword_hours_names, KEYWORD_HOURS, &h, e) ||
        take_name(action, "action", keyword_action_names, KEYWORD_ACTIONS, &a, e))
        return e->code;
    rule->match = (enum keyword_match)m;
    rule->hours = (enum keyword_hours)h;
    rule->action = (enum keyword_action)a;
    rule->has_language = language.n > 0;
    rule->language = language_of(language, LANGUAGES);
    if (rule->has_language &&
        (rule->language >= LANGUAGES || !str_eq(language, str_of(language_tag(rule->language)))))
        return err_field(e, ERR_INPUT, "field_range", "language", "no language of ours");
    return OK;
}

static enum err_code
take_rule(struct request *req, struct keyword_rule *out, struct err *e)
{
    struct str match, hours, action, language = {0};
    const json_t *buttons;
    int64_t days, from_min, until_min;
    const struct json_field fields[] = {
        {"id", JSON_KIND_INT, .max = INT32_MAX, .out = &out->id},
        {"is_on", JSON_KIND_BOOL, .out = &out->is_on},
        {"match", JSON_KIND_TEXT, .max = 16, .out = &match},
        {"words", JSON_KIND_TEXT, .max = TEXT_MAX, .out = &out->words},
        {"priority", JSON_KIND_INT, .min = INT32_MIN, .max = INT32_MAX, .out = &out->priority},
        {"language", JSON_KIND_TEXT, .optional = true, .max = 16, .out = &language},
        {"hours", JSON_KIND_TEXT, .max = 16, .out = &hours},
        {"days", JSON_KIND_INT, .min = 1, .max = WEEK_DAILY, .out = &days},
        {"from_min", JSON_KIND_INT, .max = DAY_MINUTES, .out = &from_min},
        {"until_min", JSON_KIND_INT, .max = DAY_MINUTES, .out = &until_min},
        {"action", JSON_KIND_TEXT, .max = 16, .out = &action},
        {"reply", JSON_KIND_TEXT, .max = TEXT_MAX, .out = &out->reply},
        {"buttons", JSON_KIND_ARRAY, .out = &buttons},
    };

    if (request_json(req, fields, sizeof(fields) / sizeof(fields[0]), e))
        return e->code;
    out->span = (struct week_span){(unsigned)days, (int)from_min, (int)until_min};
    return take_choices(out, match, hours, action, language, e) ||
                   take_buttons(req, buttons, out, e)
               ? e->code
               : OK;
}

enum err_code
api_keyword_save(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 64 * KIB + TEXT_MAX * 6);
    struct keyword_rule rule = {0};
    int64_t id;

    if (take_rule(req, &rule, e) ||
        keyword_save(req->db, req->arena, &rule, req->actor.staff_id, req->now_ms, &id, e) ||
        keyword_load(req->db, req->arena, id, &rule, e))
        return e->code;
    write_rule(&b, &rule);
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_keyword_remove(struct request *req, struct reply *reply, struct err *e)
{
    int64_t id;

    if (!str_int(request_segment(req, ":keyword"), &id, 1, INT32_MAX))
        return err_set(e, ERR_NOT_FOUND, "keyword_unknown", "no such rule");
    if (request_json(req, NULL, 0, e) ||
        keyword_remove(req->db, id, req->actor.staff_id, req->now_ms, e))
        return e->code;
    return reply_empty(reply, 204);
}

enum err_code
api_keyword_hours(struct request *req, struct reply *reply, struct err *e)
{
    struct week_span span[STAFF_HOURS_MAX];
    const json_t *list;
    size_t n;

    if (REQUEST_JSON(req, e, {"staff", JSON_KIND_ARRAY, .out = &list}))
        return e->code;
    n = json_array_size(list);
    if (n > STAFF_HOURS_MAX)
        return err_field(e, ERR_INPUT, "keyword_hours", "staff", "over 14 spans of hours");
    for (size_t i = 0; i < n; i++)
        if (take_span(json_array_get(list, i), &span[i], e))
            return e->code;
    if (staff_hours_save(req->db, span, n, req->actor.staff_id, req->now_ms, e))
        return e->code;
    return reply_empty(reply, 204);
}

/* ---------------------------------------------------------------- what would be answered now */

enum err_code
api_keyword_try(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct keyword_rules rules;
    const struct keyword_rule *rule;
    struct keyword_ask ask = {.kind = KEYWORD_ANY, .now_ms = req->now_ms};
    struct str text;

    if (REQUEST_JSON(req, e, {"text", JSON_KIND_TEXT, .min = 1, .max = TEXT_MAX, .out = &text}) ||
        keyword_rules_load(req->db, req->arena, &rules, e))
        return e->code;
    if (!text_fold_words(req->arena, text, &ask.text))
        return err_field(e, ERR_INPUT, "text_invalid", "text", "no text");
    rule = keyword_choose(&rules, &ask);
    if (bot_is_balance(req->arena, &ask, rule))
        buf_text(&b, "{\"answer\":\"balance\"}");
    else if (rule == NULL)
        buf_text(&b, "{\"answer\":\"none\"}");
    else
        buf_format(&b, "{\"answer\":\"rule\",\"rule\":%" PRId64 "}", rule->id);
    return reply_json(reply, 200, &b, e);
}
