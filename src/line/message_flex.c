#include "line/message_flex.h"

#include "base/text.h"
#include "line/message_words.h"

#define TEXT_CAP                                                                                   \
    ((size_t)16 * 1024) /* an own part of 500 units that names the longest name often */
#define INK "#1F1F1F"
#define FAINT "#666666" /* 5.7:1 on white */
#define GREEN "#0B6B3A" /* 6.6:1 under white letters */
#define TRACK "#E3E3E3"

#define STYLE_PLAN ",\"size\":\"sm\",\"color\":\"" FAINT "\""
#define STYLE_HEAD ",\"size\":\"xl\",\"weight\":\"bold\",\"color\":\"" INK "\""
#define STYLE_BODY ",\"size\":\"md\",\"color\":\"" INK "\""
#define STYLE_LINE ",\"size\":\"sm\",\"margin\":\"md\",\"color\":\"" INK "\""
#define STYLE_FOOT ",\"size\":\"xs\",\"margin\":\"lg\",\"color\":\"" FAINT "\""

/* How a kind is laid out beside what all have: plan, headline, text, foot, button. */
static const struct {
    bool has_bar;          /* how full the card is, while it has a goal */
    bool says_left;        /* the way to go under the bar */
    bool text_comes_first; /* over the headline: the headline is a title there */
} layouts[MESSAGE_KINDS] = {
    [MESSAGE_GRANT] = {.has_bar = true, .says_left = true},
    [MESSAGE_ONE_MORE] = {.has_bar = true},
    [MESSAGE_VOUCHER] = {.text_comes_first = true},
    [MESSAGE_VOUCHER_LAPSE] = {.text_comes_first = true},
    [MESSAGE_POINTS_LAPSE] = {.text_comes_first = true},
    [MESSAGE_TIER] = {.text_comes_first = true},
    [MESSAGE_DORMANT] = {.has_bar = true, .says_left = true},
    [MESSAGE_GIFT_TAKEN] = {.text_comes_first = true},
    [MESSAGE_GIFT_BACK] = {.text_comes_first = true},
    [MESSAGE_BALANCE] = {.has_bar = true, .says_left = true},
    [MESSAGE_DIGEST] = {.has_bar = true, .says_left = true},
};

/* A template's text in the arena; empty when that is full, which fails `out` as well. */
static struct str
expanded(struct buf *out, const struct message *m, struct str template)
{
    struct buf text = buf_new(out->arena, TEXT_CAP);

    message_expand(&text, m, template);
    if (buf_failed(&text))
        out->failed = true;
    return buf_failed(&text) ? STR("") : buf_str(&text);
}

/* One text component and the comma before it, unless it is the bubble's first; `style` is members
 * of its object, each with a comma in front. LINE refuses an empty text, so that is no component.
 */
static void
component(struct buf *out, struct str text, const char *style)
{
    if (text.n == 0)
        return;
    if (out->n > 0 && out->at[out->n - 1] != '[')
        buf_char(out, ',');
    buf_text(out, "{\"type\":\"text\",\"wrap\":true,\"text\":");
    buf_json(out, text);
    buf_text(out, style);
    buf_char(out, '}');
}

static void
text_line(struct buf *out, const struct message *m, struct str template, const char *style)
{
    component(out, expanded(out, m, template), style);
}

/* How full the card is. Boxes may be empty since Flex Message Update 2 (2020-10). */
static void
bar(struct buf *out, const struct message *m)
{
    double part = (double)m->balance / (double)m->goal;
    int percent = part < 1 ? (int)(part * 100) : 100;

    buf_text(out, ",{\"type\":\"box\",\"layout\":\"vertical\",\"height\":\"8px\","
                  "\"margin\":\"md\",\"cornerRadius\":\"4px\",\"backgroundColor\":\"" TRACK "\","
                  "\"contents\":[");
    if (percent > 0)
        buf_format(out,
                   "{\"type\":\"box\",\"layout\":\"vertical\",\"height\":\"8px\","
                   "\"cornerRadius\":\"4px\",\"backgroundColor\":\"" GREEN "\","
                   "\"width\":\"%d%%\",\"contents\":[]}",
                   percent);
    buf_text(out, "]}");
}

/* Bar and way to go, where there is a goal. */
static void
progress_lines(struct buf *out, const struct message *m)
{
    const struct message_words *words = message_words_of(m->language);

    if (!layouts[m->kind].has_bar || m->goal == 0)
        return;
    bar(out, m);
    if (layouts[m->kind].says_left && m->balance < m->goal)
        text_line(out, m, str_of(m->reward_title.n > 0 ? words->left_reward : words->left),
                  STYLE_BODY);
}

/* ---------------------------------------------------------------- a digest */

/* A fact in one line. */
static struct str
fact_line(const struct message *fact)
{
    const struct message_text *text = &message_words_of(fact->language)->text[fact->kind];

    return text->line[0] != NULL ? message_choose(fact, text->line, text->line_bare)
                                 : message_choose(fact, text->headline, text->headline_bare);
}

static void
digest_lines(struct buf *out, const struct message *m)
{
    size_t shown = m->facts_n <= MESSAGE_DIGEST_LINES ? m->facts_n : MESSAGE_DIGEST_LINES - 1;
    struct buf more = buf_new(out->arena, KIB);

    for (size_t i = 0; i < shown; i++) {
        buf_text(out, ",{\"type\":\"separator\",\"margin\":\"md\"}");
        text_line(out, &m->facts[i], fact_line(&m->facts[i]), STYLE_LINE);
    }
    if (shown < m->facts_n) {
        message_form(&more, message_words_of(m->language)->more, (int64_t)(m->facts_n - shown));
        component(out, buf_str(&more), STYLE_LINE);
    }
}

/* ---------------------------------------------------------------- bubbles */

static void
lines(struct buf *out, const struct message *m)
{
    const struct message_text *text = &message_words_of(m->language)->text[m->kind];
    const char *const foot[MESSAGE_UNITS] = {text->foot};
    bool has_text = m->kind != MESSAGE_DIGEST || m->amount > 0 || m->goal > 0;

    text_line(out, m, STR("{plan}"), STYLE_PLAN);
    if (layouts[m->kind].text_comes_first)
        text_line(out, m, message_part_of(m, MESSAGE_TEXT), STYLE_BODY);
    text_line(out, m, message_part_of(m, MESSAGE_HEADLINE), STYLE_HEAD);
    if (!layouts[m->kind].text_comes_first && has_text)
        text_line(out, m, message_part_of(m, MESSAGE_TEXT), STYLE_BODY);
    progress_lines(out, m);
    digest_lines(out, m);
    text_line(out, m, message_choose(m, foot, text->foot_bare), STYLE_FOOT);
}

static enum err_code
bubble(struct buf *out, const struct message *m, struct err *e)
{
    struct str label = expanded(out, m, message_part_of(m, MESSAGE_BUTTON));
    size_t before_n = out->n;

    if (text_graphemes(label) > MESSAGE_MAX_LABEL)
        return err_set(e, ERR_INTERNAL, "message_label_too_long", "label over LINE's limit");
    buf_text(out, "{\"type\":\"bubble\",\"size\":\"kilo\",\"body\":{\"type\":\"box\","
                  "\"layout\":\"vertical\",\"spacing\":\"sm\",\"contents\":[");
    lines(out, m);
    buf_text(out, "]},\"footer\":{\"type\":\"box\",\"layout\":\"vertical\",\"contents\":["
                  "{\"type\":\"button\",\"style\":\"primary\",\"height\":\"sm\","
                  "\"color\":\"" GREEN "\",\"action\":{\"type\":\"uri\",\"label\":");
    buf_json(out, label);
    buf_text(out, ",\"uri\":");
    buf_json(out, m->card_url);
    buf_text(out, "}}]}}");
    if (out->n - before_n > MESSAGE_MAX_BUBBLE_BYTES)
        return err_set(e, ERR_INTERNAL, "message_bubble_too_large", "bubble over LINE's limit");
    return OK;
}

static enum err_code
carousel(struct buf *out, const struct message *m, struct err *e)
{
    size_t before_n = out->n;

    buf_text(out, "{\"type\":\"carousel\",\"contents\":[");
    for (size_t i = 0; i < m->facts_n; i++) {
        if (i > 0)
            buf_char(out, ',');
        if (bubble(out, &m->facts[i], e))
            return e->code;
    }
    buf_text(out, "]}");
    if (out->n - before_n > MESSAGE_MAX_CAROUSEL_BYTES)
        return err_set(e, ERR_INTERNAL, "message_carousel_too_large", "carousel over LINE's limit");
    return OK;
}

/* Of several facts, the first one, and how many more. */
static void
facts_alt(struct buf *out, const struct message *m)
{
    if (m->kind == MESSAGE_DIGEST)
        message_expand(out, &m->facts[0], fact_line(&m->facts[0]));
    else
        message_alt_write(out, &m->facts[0]);
    message_form(out, message_words_of(m->language)->and_more, (int64_t)m->facts_n - 1);
}

void
message_alt_write(struct buf *out, const struct message *m)
{
    if (m->kind == MESSAGE_STAFF)
        buf_str_raw(out, m->text);
    else if (m->kind == MESSAGE_CARDS || (m->kind == MESSAGE_DIGEST && m->amount == 0))
        facts_alt(out, m);
    else
        message_expand(out, m, message_part_of(m, MESSAGE_ALT));
}

/* A member of the message's object, with the comma in front; nothing where there are none. */
static void
quick_replies(struct buf *out, const struct message *m)
{
    for (size_t i = 0; i < m->quick_n; i++) {
        const struct message_quick *q = &m->quick[i];

        buf_text(out, i == 0 ? ",\"quickReply\":{\"items\":[" : ",");
        buf_text(out, "{\"type\":\"action\",\"action\":{\"type\":");
        buf_text(out, q->says.n > 0 ? "\"message\",\"label\":" : "\"postback\",\"label\":");
        buf_json(out, q->label);
        if (q->says.n > 0) {
            buf_text(out, ",\"text\":");
            buf_json(out, q->says);
        } else {
            buf_text(out, ",\"data\":");
            buf_json(out, q->data);
            buf_text(out, ",\"displayText\":");
            buf_json(out, q->label);
        }
        buf_text(out, "}}");
    }
    if (m->quick_n > 0)
        buf_text(out, "]}");
}

enum err_code
message_write(struct buf *out, const struct message *m, struct err *e)
{
    struct buf alt = buf_new(out->arena, TEXT_CAP);

    message_alt_write(&alt, m);
    if (buf_failed(&alt)) {
        out->failed = true;
        return OK;
    }
    if (m->kind == MESSAGE_STAFF) {
        buf_text(out, "{\"type\":\"text\",\"text\":");
        buf_json(out, buf_str(&alt));
        quick_replies(out, m);
        buf_char(out, '}');
        return OK;
    }
    if (text_utf16_units(buf_str(&alt)) > MESSAGE_MAX_ALT_UNITS)
        return err_set(e, ERR_INTERNAL, "message_alt_too_long", "alt text over LINE's limit");
    buf_text(out, "{\"type\":\"flex\",\"altText\":");
    buf_json(out, buf_str(&alt));
    buf_text(out, ",\"contents\":");
    if (m->kind == MESSAGE_CARDS ? carousel(out, m, e) : bubble(out, m, e))
        return e->code;
    quick_replies(out, m);
    buf_char(out, '}');
    return OK;
}
