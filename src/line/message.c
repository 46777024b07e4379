#include "line/message.h"

#include <string.h>

#include "base/text.h"
#include "line/message_flex.h"
#include "line/message_words.h"
#include "line/userid.h"

#define REPLY_TOKEN_MAX 256
#define DAYS_MAX 3660
#define TEXT_CAP ((size_t)16 * 1024)

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

/* What a kind cannot do without, and what it says about the card. */
static const struct {
    bool needs_reward, needs_date, needs_tier, needs_amount, has_days, has_balance;
} needs[MESSAGE_KINDS] = {
    [MESSAGE_GRANT] = {.needs_date = true, .needs_amount = true, .has_balance = true},
    [MESSAGE_ONE_MORE] = {.needs_reward = true, .has_balance = true},
    [MESSAGE_VOUCHER] = {.needs_reward = true, .needs_date = true},
    [MESSAGE_VOUCHER_LAPSE] = {.needs_reward = true, .needs_date = true, .has_days = true},
    [MESSAGE_POINTS_LAPSE] = {.needs_date = true, .needs_amount = true, .has_days = true},
    [MESSAGE_TIER] = {.needs_tier = true},
    [MESSAGE_DORMANT] = {.needs_date = true, .has_balance = true},
    [MESSAGE_GIFT_TAKEN] = {.needs_amount = true},
    [MESSAGE_GIFT_BACK] = {.needs_amount = true},
    [MESSAGE_BALANCE] = {.needs_date = true, .has_balance = true},
    [MESSAGE_DIGEST] = {.has_balance = true},
};

static enum err_code
names_check(const struct message *m, struct err *e)
{
    if (name_check(m->plan_name, false, "plan_name", e) ||
        name_check(m->reward_title, !needs[m->kind].needs_reward, "reward_title", e) ||
        name_check(m->shop_name, true, "shop_name", e) ||
        name_check(m->date_text, !needs[m->kind].needs_date, "date_text", e) ||
        name_check(m->tier_name, !needs[m->kind].needs_tier, "tier_name", e) ||
        name_check(m->tier_gives, true, "tier_gives", e))
        return e->code;
    return OK;
}

static enum err_code
numbers_check(const struct message *m, struct err *e)
{
    if (needs[m->kind].needs_amount && m->amount <= 0)
        return refuse(e, "amount", "is not positive");
    if (m->amount < 0)
        return refuse(e, "amount", "is negative");
    if (needs[m->kind].has_balance && m->balance < 0)
        return refuse(e, "balance", "is negative");
    if (needs[m->kind].has_balance && m->goal < 0)
        return refuse(e, "goal", "is negative");
    if (m->kind == MESSAGE_ONE_MORE && m->balance >= m->goal)
        return refuse(e, "goal", "is reached");
    if (needs[m->kind].has_days && (m->days_left < 0 || m->days_left > DAYS_MAX))
        return refuse(e, "days_left", "is no number of days");
    return OK;
}

/* Of a digest or of cards: what a fact may be. */
static bool
is_fact(const struct message *m)
{
    return m->kind < MESSAGE_STAFF;
}

static enum err_code
facts_check(const struct message *m, struct err *e)
{
    if (m->facts_n < 2)
        return refuse(e, "facts", "are less than two");
    for (size_t i = 0; i < m->facts_n; i++) {
        if (!is_fact(&m->facts[i]))
            return refuse(e, "facts", "are of a kind that has no line");
        if (names_check(&m->facts[i], e) || numbers_check(&m->facts[i], e))
            return e->code;
    }
    return OK;
}

static enum err_code
own_check(const struct message_own *own, struct err *e)
{
    for (size_t i = 0; own != NULL && i < MESSAGE_PARTS; i++)
        if (text_utf16_units(own->part[i]) > MESSAGE_MAX_OWN_UNITS)
            return refuse(e, "own", "is too long");
    return OK;
}

static enum err_code
quick_check(const struct message *m, struct err *e)
{
    if (m->quick_n > MESSAGE_MAX_QUICK)
        return refuse(e, "quick", "are more than 13");
    for (size_t i = 0; i < m->quick_n; i++) {
        const struct message_quick *q = &m->quick[i];

        if (q->label.n == 0 || text_utf16_units(q->label) > MESSAGE_QUICK_LABEL)
            return refuse(e, "quick", "have an empty or long label");
        if (q->says.n + q->data.n == 0 || text_utf16_units(q->says) > MESSAGE_QUICK_SAYS ||
            text_utf16_units(q->data) > MESSAGE_QUICK_SAYS)
            return refuse(e, "quick", "do nothing, or say too much");
    }
    return OK;
}

static enum err_code
bubble_check(const struct message *m, struct err *e)
{
    if (names_check(m, e) || numbers_check(m, e) || own_check(m->own, e))
        return e->code;
    if (m->kind == MESSAGE_DIGEST && facts_check(m, e))
        return e->code;
    if (!is_url(m->card_url))
        return refuse(e, "card_url", "is no URL that LINE takes");
    return OK;
}

static enum err_code
cards_check(const struct message *m, struct err *e)
{
    if (m->facts_n < 2 || m->facts_n > MESSAGE_MAX_BUBBLES)
        return refuse(e, "facts", "are less than two, or more than twelve");
    for (size_t i = 0; i < m->facts_n; i++) {
        if (!is_fact(&m->facts[i]))
            return refuse(e, "facts", "are of a kind that has no bubble of its own");
        if (bubble_check(&m->facts[i], e))
            return e->code;
    }
    return OK;
}

static enum err_code
message_check(const struct message *m, struct err *e)
{
    if (quick_check(m, e))
        return e->code;
    if (m->kind == MESSAGE_CARDS)
        return cards_check(m, e);
    if (m->kind != MESSAGE_STAFF)
        return bubble_check(m, e);
    if (m->text.n == 0 || text_utf16_units(m->text) > MESSAGE_MAX_TEXT_UNITS)
        return refuse(e, "text", "is empty or too long");
    return OK;
}

enum err_code
message_array(struct buf *out, const struct message *messages, size_t n, struct err *e)
{
    if (n == 0 || n > MESSAGE_MAX_PER_BODY)
        return refuse(e, "messages", "are none or more than five");
    for (size_t i = 0; i < n; i++)
        if (message_check(&messages[i], e))
            return e->code;
    buf_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(out, ',');
        if (message_write(out, &messages[i], e))
            return e->code;
    }
    buf_char(out, ']');
    if (buf_failed(out))
        return err_set(e, ERR_INTERNAL, "message_too_long", "message over the buffer's cap");
    return OK;
}

/* The address is written before the messages are checked: an error leaves nothing useful. */
static enum err_code
messages_end(struct buf *out, const struct message *messages, size_t n, struct err *e)
{
    buf_text(out, ",\"messages\":");
    if (message_array(out, messages, n, e))
        return e->code;
    buf_char(out, '}');
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
    buf_text(out, "{\"to\":");
    buf_json(out, user_id);
    return messages_end(out, messages, n, e);
}

enum err_code
message_multicast(struct buf *out, const struct str *user_ids, size_t ids_n,
                  const struct message *messages, size_t n, struct err *e)
{
    if (ids_n == 0 || ids_n > MESSAGE_MAX_TO)
        return refuse(e, "to", "is nobody or more than 500");
    buf_text(out, "{\"to\":");
    for (size_t i = 0; i < ids_n; i++) {
        if (!userid_is_valid(user_ids[i]))
            return refuse(e, "to", "is no LINE user id");
        buf_char(out, i == 0 ? '[' : ',');
        buf_json(out, user_ids[i]);
    }
    buf_char(out, ']');
    return messages_end(out, messages, n, e);
}

enum err_code
message_reply(struct buf *out, struct str reply_token, const struct message *messages, size_t n,
              struct err *e)
{
    if (reply_token.n == 0 || reply_token.n > REPLY_TOKEN_MAX)
        return refuse(e, "replyToken", "is empty or too long");
    buf_text(out, "{\"replyToken\":");
    buf_json(out, reply_token);
    return messages_end(out, messages, n, e);
}

bool
message_alt_text(struct arena *arena, const struct message *m, struct str *out)
{
    struct buf text = buf_new(arena, TEXT_CAP);

    message_alt_write(&text, m);
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
