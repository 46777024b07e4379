#include "line/message.h"

#include <string.h>

#include "base/text.h"
#include "line/message_words.h"
#include "line/userid.h"

#define TEXT_CAP ((size_t)8 * 1024) /* four names of 200 units and the words around them */
#define REPLY_TOKEN_MAX 256
#define INK "#1F1F1F"
#define FAINT "#666666" /* 5.7:1 on white */
#define GREEN "#0B6B3A" /* 6.6:1 under white letters */
#define TRACK "#E3E3E3"

#define STYLE_PLAN ",\"size\":\"sm\",\"color\":\"" FAINT "\""
#define STYLE_HEAD ",\"size\":\"xl\",\"weight\":\"bold\",\"color\":\"" INK "\""
#define STYLE_BODY ",\"size\":\"md\",\"color\":\"" INK "\""
#define STYLE_FOOT ",\"size\":\"xs\",\"margin\":\"lg\",\"color\":\"" FAINT "\""

static enum err_code
refuse(struct err *e, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, "message_field", field, "message: %s %s", field, why);
}

/* A URL as LINE takes it: already percent-encoded. Loopback http is what the demo has. */
static bool
is_url(struct str url)
{
    if (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://")))
        return false;
    for (size_t i = 0; i < url.n; i++)
        if (url.at[i] <= ' ' || url.at[i] > '~' || strchr("\"<>\\^`{|}", url.at[i]) != NULL)
            return false;
    return url.n <= MESSAGE_MAX_URI_UNITS;
}

static enum err_code
name_check(struct str name, bool may_be_empty, const char *field, struct err *e)
{
    if (name.n == 0 && !may_be_empty)
        return refuse(e, field, "is empty"); /* LINE refuses a message with an empty text */
    if (text_utf16_units(name) > MESSAGE_MAX_NAME_UNITS)
        return refuse(e, field, "is too long");
    return OK;
}

static enum err_code
fields_check(const struct message *m, struct err *e)
{
    bool has_balance = m->kind == MESSAGE_GRANT || m->kind == MESSAGE_BALANCE;

    if (name_check(m->plan_name, false, "plan_name", e) ||
        name_check(m->reward_title, m->kind != MESSAGE_VOUCHER, "reward_title", e) ||
        name_check(m->shop_name, true, "shop_name", e) ||
        name_check(m->date_text, m->kind == MESSAGE_INVITE, "date_text", e))
        return e->code;
    if (m->kind == MESSAGE_GRANT && m->amount <= 0)
        return refuse(e, "amount", "is not positive");
    if (has_balance && m->balance < 0)
        return refuse(e, "balance", "is negative");
    if (has_balance && m->goal < 0)
        return refuse(e, "goal", "is negative");
    if (!is_url(m->card_url))
        return refuse(e, "card_url", "is no URL that LINE takes");
    return OK;
}

/* A template's text in the arena; empty when that is full, which fails `out` as well. */
static struct str
expanded(struct buf *out, const struct message *m, const char *template)
{
    struct buf text = buf_new(out->arena, TEXT_CAP);

    message_expand(&text, m, template);
    if (buf_failed(&text))
        out->failed = true;
    return buf_failed(&text) ? STR("") : buf_str(&text);
}

/* One text component; `style` is members of its object, each with a comma in front. */
static void
text_line(struct buf *out, const struct message *m, const char *template, const char *style)
{
    buf_text(out, "{\"type\":\"text\",\"wrap\":true,\"text\":");
    buf_json(out, expanded(out, m, template));
    buf_text(out, style);
    buf_char(out, '}');
}

/* How full the card is, as a bar. Boxes may be empty since Flex Message Update 2 (2020-10). */
static void
bar(struct buf *out, const struct message *m)
{
    double part = (double)m->balance / (double)m->goal;
    int percent = part < 1 ? (int)(part * 100) : 100;

    buf_text(out, "{\"type\":\"box\",\"layout\":\"vertical\",\"height\":\"8px\","
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
    const struct message_words *words = &message_words[m->language];

    if (m->goal == 0)
        return;
    buf_char(out, ',');
    bar(out, m);
    if (m->balance >= m->goal)
        return;
    buf_char(out, ',');
    text_line(out, m, m->reward_title.n > 0 ? words->left_reward : words->left, STYLE_BODY);
}

static void
grant_lines(struct buf *out, const struct message *m)
{
    const struct message_words *words = &message_words[m->language];

    text_line(out, m, words->gained[m->unit], STYLE_HEAD);
    buf_char(out, ',');
    text_line(out, m, "{progress}", STYLE_BODY);
    progress_lines(out, m);
    buf_char(out, ',');
    text_line(out, m, m->shop_name.n > 0 ? "{shop} · {date}" : "{date}", STYLE_FOOT);
}

static void
voucher_lines(struct buf *out, const struct message *m)
{
    const struct message_words *words = &message_words[m->language];

    text_line(out, m, words->won, STYLE_BODY);
    buf_char(out, ',');
    text_line(out, m, "{reward}", STYLE_HEAD);
    buf_char(out, ',');
    text_line(out, m, words->until, STYLE_FOOT);
}

static void
balance_lines(struct buf *out, const struct message *m)
{
    text_line(out, m, "{progress}", STYLE_HEAD);
    progress_lines(out, m);
    buf_char(out, ',');
    text_line(out, m, message_words[m->language].as_of, STYLE_FOOT);
}

static void
invite_lines(struct buf *out, const struct message *m)
{
    text_line(out, m, message_words[m->language].invite, STYLE_HEAD);
    buf_char(out, ',');
    text_line(out, m, message_words[m->language].invite_how, STYLE_BODY);
}

static void
bubble(struct buf *out, const struct message *m)
{
    static void (*const lines[MESSAGE_KINDS])(struct buf *, const struct message *) = {
        grant_lines, voucher_lines, balance_lines, invite_lines};

    buf_text(out, "{\"type\":\"bubble\",\"size\":\"kilo\",\"body\":{\"type\":\"box\","
                  "\"layout\":\"vertical\",\"spacing\":\"sm\",\"contents\":[");
    text_line(out, m, "{plan}", STYLE_PLAN);
    buf_char(out, ',');
    lines[m->kind](out, m);
    buf_text(out, "]},\"footer\":{\"type\":\"box\",\"layout\":\"vertical\",\"contents\":["
                  "{\"type\":\"button\",\"style\":\"primary\",\"height\":\"sm\","
                  "\"color\":\"" GREEN "\",\"action\":{\"type\":\"uri\",\"label\":");
    buf_json(out, str_of(message_words[m->language].button[m->kind]));
    buf_text(out, ",\"uri\":");
    buf_json(out, m->card_url);
    buf_text(out, "}}]}}");
}

static enum err_code
flex(struct buf *out, const struct message *m, struct err *e)
{
    struct str alt = expanded(out, m, message_words[m->language].alt[m->kind][m->unit]);
    size_t before_n;

    buf_text(out, "{\"type\":\"flex\",\"altText\":");
    buf_json(out, alt);
    buf_text(out, ",\"contents\":");
    before_n = out->n;
    bubble(out, m);
    if (text_utf16_units(alt) > MESSAGE_MAX_ALT_UNITS ||
        out->n - before_n > MESSAGE_MAX_BUBBLE_BYTES)
        return err_set(e, ERR_INTERNAL, "message_too_long", "message over LINE's limits");
    buf_char(out, '}');
    return OK;
}

static enum err_code
body(struct buf *out, const char *head, struct str address, const struct message *messages,
     size_t n, struct err *e)
{
    if (n == 0 || n > MESSAGE_MAX_PER_BODY)
        return refuse(e, "messages", "are none or more than five");
    for (size_t i = 0; i < n; i++)
        if (fields_check(&messages[i], e))
            return e->code;
    buf_text(out, head);
    buf_json(out, address);
    buf_text(out, ",\"messages\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(out, ',');
        if (flex(out, &messages[i], e))
            return e->code;
    }
    buf_text(out, "]}");
    if (buf_failed(out))
        return err_set(e, ERR_INTERNAL, "message_too_long", "message over the buffer's cap");
    return OK;
}

enum err_code
message_push(struct buf *out, struct str user_id, const struct message *messages, size_t n,
             struct err *e)
{
    if (!userid_is_valid(user_id))
        return refuse(e, "to", "is no LINE user id");
    return body(out, "{\"to\":", user_id, messages, n, e);
}

enum err_code
message_reply(struct buf *out, struct str reply_token, const struct message *messages, size_t n,
              struct err *e)
{
    if (reply_token.n == 0 || reply_token.n > REPLY_TOKEN_MAX)
        return refuse(e, "replyToken", "is empty or too long");
    return body(out, "{\"replyToken\":", reply_token, messages, n, e);
}

bool
message_alt_text(struct arena *arena, const struct message *m, struct str *out)
{
    struct buf text = buf_new(arena, TEXT_CAP);

    message_expand(&text, m, message_words[m->language].alt[m->kind][m->unit]);
    if (buf_failed(&text))
        return false;
    *out = buf_str(&text);
    return true;
}

enum message_language
message_language_of(struct str tag)
{
    if (str_eq(tag, STR("en")))
        return MESSAGE_EN;
    if (str_eq(tag, STR("zh-Hant")))
        return MESSAGE_ZH_HANT;
    if (str_eq(tag, STR("th")))
        return MESSAGE_TH;
    return MESSAGE_JA;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
message_is_balance_word(struct arena *arena, struct str text)
{
    /* As NFKC writes them: half-width katakana and full-width letters have become these. The last
     * is the one before it with its first vowel typed as two halves. */
    static const char *const words[] = {"ポイント", "point", "points", "點數",
                                        "点数",     "คะแนน", "แต้ม",    "เเต้ม"};

    if (text.n > 100 || !text_fold(arena, text, &text))
        return false;
    while (text.n > 0 && is_space(text.at[0]))
        text = (struct str){text.at + 1, text.n - 1};
    while (text.n > 0 && is_space(text.at[text.n - 1]))
        text.n--;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_eq_nocase(text, str_of(words[i])))
            return true;
    return false;
}
