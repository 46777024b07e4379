#include "line/message_words.h"

#include <string.h>

const struct message_words *
message_words_of(enum message_language language)
{
    static const struct message_words *const words[MESSAGE_LANGUAGES] = {
        [MESSAGE_JA] = &message_words_ja,
        [MESSAGE_EN] = &message_words_en,
        [MESSAGE_ZH_HANT] = &message_words_zh_hant,
        [MESSAGE_TH] = &message_words_th,
    };

    return words[language];
}

/* 1234567 as 1,234,567: all four languages group so. */
static void
number(struct buf *out, int64_t n)
{
    if (n >= 1000) {
        number(out, n / 1000);
        buf_format(out, ",%03d", (int)(n % 1000));
    } else {
        buf_int(out, n);
    }
}

/* Forms without a mark say the number in words. */
void
message_form(struct buf *out, const char *form, int64_t n)
{
    const char *mark = strchr(form, '#');

    if (mark == NULL) {
        buf_text(out, form);
        return;
    }
    buf_bytes(out, form, (size_t)(mark - form));
    number(out, n);
    buf_text(out, mark + 1);
}

static void
counted(struct buf *out, const struct message *m, int64_t n)
{
    const struct message_words *words = message_words_of(m->language);

    message_form(out, n == 1 ? words->one[m->unit] : words->other[m->unit], n);
}

/* ---------------------------------------------------------------- fields */

enum field {
    PLAN,
    REWARD,
    SHOP,
    DATE,
    TIER,
    GIVES,
    AMOUNT,
    BALANCE,
    BALANCE_BARE,
    GOAL,
    LEFT,
    PROGRESS,
    DAYS,
    COUNT,
    FIELDS
};

static const char *const field_names[FIELDS] = {
    [PLAN] = "plan",     [REWARD] = "reward",   [SHOP] = "shop",
    [DATE] = "date",     [TIER] = "tier",       [GIVES] = "gives",
    [AMOUNT] = "amount", [BALANCE] = "balance", [BALANCE_BARE] = "balance#",
    [GOAL] = "goal",     [LEFT] = "left",       [PROGRESS] = "progress",
    [DAYS] = "days",     [COUNT] = "count",
};

/* FIELDS when there is no such field. */
static enum field
field_of(struct str name)
{
    enum field field = PLAN;

    while (field < FIELDS && !str_eq(name, str_of(field_names[field])))
        field++;
    return field;
}

bool
message_field_is_known(struct str name)
{
    return field_of(name) < FIELDS;
}

/* The fields that are text; NULL for the others. */
static const struct str *
field_text(const struct message *m, enum field field)
{
    switch (field) {
    case PLAN:
        return &m->plan_name;
    case REWARD:
        return &m->reward_title;
    case SHOP:
        return &m->shop_name;
    case DATE:
        return &m->date_text;
    case TIER:
        return &m->tier_name;
    case GIVES:
        return &m->tier_gives;
    default:
        return NULL;
    }
}

static void
field_write(struct buf *out, const struct message *m, enum field field)
{
    const struct message_words *words = message_words_of(m->language);

    if (field_text(m, field))
        buf_str_raw(out, *field_text(m, field));
    else if (field == AMOUNT)
        counted(out, m, m->amount);
    else if (field == BALANCE)
        counted(out, m, m->balance);
    else if (field == BALANCE_BARE)
        number(out, m->balance);
    else if (field == GOAL)
        counted(out, m, m->goal);
    else if (field == LEFT)
        counted(out, m, m->goal - m->balance);
    else if (field == PROGRESS)
        message_expand(out, m, str_of(m->goal > 0 ? words->progress : "{balance}"));
    else if (field == DAYS)
        message_form(out, words->days[m->days_left < 2 ? m->days_left : 2], m->days_left);
    else if (field == COUNT)
        number(out, (int64_t)m->facts_n);
}

static bool
field_has_value(const struct message *m, enum field field)
{
    if (field_text(m, field))
        return field_text(m, field)->n > 0;
    switch (field) {
    case AMOUNT:
        return m->amount > 0;
    case GOAL:
        return m->goal > 0;
    case LEFT:
        return m->goal > m->balance;
    case COUNT:
        return m->facts_n > 0;
    default:
        return field < FIELDS;
    }
}

/* ---------------------------------------------------------------- templates */

/* The next field of a template, and the text before it; false when only text is left. A brace that
 * nothing closes is text. */
static bool
next_field(struct str *rest, struct str *before, enum field *field)
{
    struct str in = *rest, name;

    if (!str_until(&in, '{', before) || !str_until(&in, '}', &name))
        return false;
    *field = field_of(name);
    *rest = in;
    return true;
}

void
message_expand(struct buf *out, const struct message *message, struct str template)
{
    enum field field;
    struct str before;

    while (next_field(&template, &before, &field)) {
        buf_str_raw(out, before);
        field_write(out, message, field);
    }
    buf_str_raw(out, template);
}

bool
message_can_say(const struct message *message, struct str template)
{
    enum field field;
    struct str before;

    while (next_field(&template, &before, &field))
        if (!field_has_value(message, field))
            return false;
    return true;
}

struct str
message_choose(const struct message *message, const char *const by_unit[MESSAGE_UNITS],
               const char *bare)
{
    const char *text = by_unit[message->unit] ? by_unit[message->unit] : by_unit[0];

    if (text != NULL && message_can_say(message, str_of(text)))
        return str_of(text);
    if (bare != NULL && message_can_say(message, str_of(bare)))
        return str_of(bare);
    return STR("");
}

/* ---------------------------------------------------------------- parts */

static struct str
our_part(const struct message *m, enum message_part part)
{
    const struct message_text *text = &message_words_of(m->language)->text[m->kind];

    switch (part) {
    case MESSAGE_HEADLINE:
        return message_choose(m, text->headline, text->headline_bare);
    case MESSAGE_TEXT:
        return message_choose(m, text->body, text->body_bare);
    case MESSAGE_ALT:
        return message_choose(m, text->alt, NULL);
    default:
        return str_of(text->button);
    }
}

struct str
message_part_of(const struct message *message, enum message_part part)
{
    const struct message_own *own = message->own;

    if (own != NULL && own->part[part].n > 0 && message_can_say(message, own->part[part]))
        return own->part[part];
    return our_part(message, part);
}

const char *
message_part_text(enum message_kind kind, enum message_language language, enum message_unit unit,
                  enum message_part part)
{
    const struct message_text *text = &message_words_of(language)->text[kind];
    const char *const *by_unit = part == MESSAGE_HEADLINE ? text->headline
                                 : part == MESSAGE_TEXT   ? text->body
                                                          : text->alt;
    const char *one = part == MESSAGE_BUTTON ? text->button
                      : by_unit[unit]        ? by_unit[unit]
                                             : by_unit[0];

    return one != NULL ? one : "";
}
