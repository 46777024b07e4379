#include "api/bot.h"

#include "api/bot_answer.h"
#include "base/text.h"
#include "domain/beacon.h"
#include "line/postback.h"

/* What an event asks for. */
enum wish_kind { WISH_NOTHING, WISH_BALANCE, WISH_SHOPS, WISH_RULE };
struct wish {
    enum wish_kind kind;
    int64_t rule_id;
};

/* What rules look at, folded; false: nothing they could look at. */
static bool
ask_of(const struct bot *bot, struct keyword_ask *out)
{
    const struct webhook_event *event = bot->event;
    struct str *keyword;

    *out = (struct keyword_ask){
        .has_language = bot->member != NULL,
        .language = bot_language(bot),
        .now_ms = bot->received_ms,
    };
    switch (event->kind) {
    case WEBHOOK_MESSAGE_TEXT:
        out->kind = KEYWORD_ANY;
        return text_fold_words(bot->a, event->text, &out->text);
    case WEBHOOK_MESSAGE_IMAGE:
        out->kind = KEYWORD_IMAGE;
        return true;
    case WEBHOOK_MESSAGE_LOCATION:
        out->kind = KEYWORD_LOCATION;
        return true;
    case WEBHOOK_MESSAGE_STICKER:
        out->kind = KEYWORD_STICKER;
        out->package_id = event->sticker.package_id;
        out->sticker_id = event->sticker.id;
        keyword = arena_alloc(bot->a, (event->sticker.keywords_n + 1) * sizeof(*keyword));
        for (size_t i = 0; keyword != NULL && i < event->sticker.keywords_n; i++)
            if (text_fold_words(bot->a, event->sticker.keywords[i], &keyword[out->keywords_n]))
                out->keywords_n++;
        out->keywords = keyword;
        return true;
    default:
        return false;
    }
}

bool
bot_is_balance(struct arena *a, const struct keyword_ask *ask, const struct keyword_rule *rule)
{
    return ask->kind == KEYWORD_ANY && message_is_balance_word(a, ask->text) &&
           (rule == NULL || rule->priority < 0 ||
            (rule->priority == 0 && rule->match != KEYWORD_EXACT));
}

static struct wish
wish_of_message(const struct bot *bot)
{
    const struct keyword_rule *rule;
    struct keyword_ask ask;

    if (!ask_of(bot, &ask))
        return (struct wish){WISH_NOTHING, 0};
    rule = keyword_choose(bot->rules, &ask);
    if (bot_is_balance(bot->a, &ask, rule))
        return (struct wish){WISH_BALANCE, 0};
    return rule != NULL ? (struct wish){WISH_RULE, rule->id} : (struct wish){WISH_NOTHING, 0};
}

static struct wish
wish_of_postback(const struct bot *bot)
{
    static const enum wish_kind wishes[] = {
        [POSTBACK_MENU] = WISH_NOTHING, [POSTBACK_BALANCE] = WISH_BALANCE,
        [POSTBACK_CARD] = WISH_BALANCE, [POSTBACK_SHOPS] = WISH_SHOPS,
        [POSTBACK_RULE] = WISH_RULE,
    };
    struct postback postback;

    if (!postback_read(bot->event->text, &postback))
        return (struct wish){WISH_NOTHING, 0};
    return (struct wish){wishes[postback.action], postback.rule_id};
}

bool
bot_concerns(const struct bot *bot)
{
    const struct webhook_event *event = bot->event;

    if (event->kind == WEBHOOK_BEACON)
        return event->beacon.type != WEBHOOK_BEACON_STAY;
    if (event->kind == WEBHOOK_POSTBACK)
        return wish_of_postback(bot).kind != WISH_NOTHING;
    return wish_of_message(bot).kind != WISH_NOTHING;
}

/* Who comes in is shown the card, a few times a day at most; a tap on the banner always. */
static enum err_code
beacon_wish(const struct bot *bot, struct wish *out, struct err *e)
{
    struct str hwid = str_of(bot->event->beacon.hwid);
    bool may_greet = false;
    enum err_code code;

    *out = (struct wish){WISH_NOTHING, 0};
    if (bot->member == NULL)
        return OK;
    code = beacon_greet(bot->db, hwid, bot->member->id, bot->now_ms, &may_greet, e);
    if (code == ERR_NOT_FOUND) {
        *e = (struct err){0};
        return OK;
    }
    if (may_greet || bot->event->beacon.type == WEBHOOK_BEACON_BANNER)
        out->kind = WISH_BALANCE;
    return code;
}

enum err_code
bot_answer(const struct bot *bot, bool *answered_out, struct err *e)
{
    struct answer answer = {.bot = bot};
    struct wish wish;

    *answered_out = false;
    if (bot->event->kind == WEBHOOK_BEACON) {
        if (beacon_wish(bot, &wish, e))
            return e->code;
    } else {
        wish = bot->event->kind == WEBHOOK_POSTBACK ? wish_of_postback(bot) : wish_of_message(bot);
    }
    if ((wish.kind == WISH_BALANCE && answer_balances(&answer, e)) ||
        (wish.kind == WISH_SHOPS && answer_shops(&answer, e)) ||
        (wish.kind == WISH_RULE && answer_rule(&answer, wish.rule_id, e)))
        return e->code;
    *answered_out = answer.n > 0;
    return answer.n > 0 ? answer_send(&answer, e) : OK;
}

enum err_code
bot_greet(const struct bot *bot, bool is_back, struct err *e)
{
    struct answer answer = {.bot = bot};

    answer_note(&answer, is_back               ? MESSAGE_WELCOME_BACK
                         : bot->member != NULL ? MESSAGE_WELCOME
                                               : MESSAGE_INVITE);
    return answer_send(&answer, e);
}
