#include "api/bot_answer.h"

#include <stdlib.h>
#include <string.h>

#include "api/message_parts.h"
#include "api/notices.h"
#include "api/page.h"
#include "api/wording.h"
#include "domain/card.h"
#include "domain/keyword_book.h"
#include "domain/outbox.h"
#include "domain/plan.h"
#include "domain/shop.h"
#include "domain/tier.h"
#include "line/postback.h"

#define SHOPS_SAID_MAX 10
#define SHOPS_READ_MAX 500
#define SHOPS_TEXT_MAX (8 * KIB)

enum language
bot_language(const struct bot *bot)
{
    return bot->member != NULL ? bot->member->language : LANGUAGE_JA;
}

static enum err_code
no_room(struct err *e)
{
    return err_set(e, ERR_INTERNAL, "arena_full", "no room for a reply");
}

/* What waits for the member goes in front: the buttons under the last message are the answer's. */
static enum err_code
take_along(struct answer *answer, struct ride *ride, struct err *e)
{
    const struct bot *bot = answer->bot;
    struct message message[MESSAGE_MAX_PER_BODY];
    size_t n = 0;

    if (bot->member == NULL)
        return OK;
    if (notices_ride(bot->db, bot->s, bot->a, bot->member->id, bot->now_ms, message,
                     MESSAGE_MAX_PER_BODY - answer->n, &n, ride, e))
        return e->code;
    memmove(answer->message + n, answer->message, answer->n * sizeof(*message));
    memcpy(answer->message, message, n * sizeof(*message));
    answer->n += n;
    return OK;
}

enum err_code
answer_send(struct answer *answer, struct err *e)
{
    const struct bot *bot = answer->bot;
    struct buf body = buf_new(bot->a, MESSAGE_BODY_CAP);
    struct ride ride = {0};
    int64_t outbox_id;

    for (size_t i = 0; i < answer->n; i++)
        if (wording_apply(bot->db, bot->a, &answer->message[i], e))
            return e->code;
    if (take_along(answer, &ride, e) ||
        message_reply(&body, bot->event->reply_token, answer->message, answer->n, e) ||
        outbox_reply(bot->db, bot->event->event_id, bot->member ? bot->member->id : 0,
                     buf_str(&body), bot->now_ms, &outbox_id, e))
        return err_wrap(e, "reply");
    return outbox_id ? notices_ride_owe(bot->db, &ride, outbox_id, bot->now_ms, e) : OK;
}

/* ---------------------------------------------------------------- what there is to say */

static struct str
kept(struct arena *a, const char *text)
{
    return str_of(arena_format(a, "%s", text));
}

static struct message
balance_message(const struct bot *bot, const struct card *card, const struct plan_rules *rules)
{
    struct buf date = buf_new(bot->a, 256);
    bool has_reward = rules->rewards_n > 0;

    page_date(&date, bot->member->language, bot->now_ms, (int)rules->utc_offset_min);
    return (struct message){
        .kind = MESSAGE_BALANCE,
        .language = wording_language(bot->member->language),
        .unit = rules->unit == UNIT_STAMP ? MESSAGE_STAMP : MESSAGE_POINT,
        .plan_name = kept(bot->a, rules->name),
        .balance = card->balance,
        .goal = rules->goal,
        .reward_title =
            has_reward ? kept(bot->a, rules->reward[rules->rewards_n - 1].title) : (struct str){0},
        .date_text = buf_str(&date),
        .card_url = card_url(bot->s, bot->a, rules->plan_id),
    };
}

void
answer_note(struct answer *answer, enum message_kind kind)
{
    const struct bot *bot = answer->bot;

    answer->message[answer->n++] = (struct message){
        .kind = kind,
        .language = wording_language(bot_language(bot)),
        .plan_name = bot->s->shop_title,
        .card_url = card_url(bot->s, bot->a, 0),
    };
}

enum err_code
answer_balances(struct answer *answer, struct err *e)
{
    const struct bot *bot = answer->bot;
    struct card card[CARDS_OF_MEMBER_MAX];
    struct message *balance = arena_alloc(bot->a, CARDS_OF_MEMBER_MAX * sizeof(*balance));
    struct plan_rules rules;
    size_t n = 0;

    if (balance == NULL)
        return no_room(e);
    if (bot->member != NULL &&
        cards_of_member(bot->db, bot->member->id, card, CARDS_OF_MEMBER_MAX, &n, e))
        return e->code;
    n = n < MESSAGE_MAX_BUBBLES ? n : MESSAGE_MAX_BUBBLES;
    for (size_t i = 0; i < n; i++) {
        if (tier_rules_load(bot->db, &card[i], &rules, e))
            return e->code;
        balance[i] = balance_message(bot, &card[i], &rules);
        if (wording_apply(bot->db, bot->a, &balance[i], e))
            return e->code;
    }
    if (n == 0)
        answer_note(answer, MESSAGE_INVITE);
    else if (n == 1)
        answer->message[answer->n++] = balance[0];
    else
        answer->message[answer->n++] = (struct message){
            .kind = MESSAGE_CARDS, .language = balance[0].language, .facts = balance, .facts_n = n};
    return OK;
}

/* ---------------------------------------------------------------- shops */

struct near_shop {
    struct shop shop;
    double metres; /* -1: not known */
};

struct near_shops {
    struct near_shop *at;
    size_t n;
    const struct webhook_event *event;
};

static enum err_code
take_shop(void *context, const struct shop *shop)
{
    struct near_shops *shops = context;
    bool is_place = shops->event->kind == WEBHOOK_MESSAGE_LOCATION && shop->has_place;

    if (shops->n < SHOPS_READ_MAX)
        shops->at[shops->n++] = (struct near_shop){
            .shop = *shop,
            .metres = is_place ? shop_distance(shop, shops->event->place.latitude,
                                               shops->event->place.longitude)
                               : -1,
        };
    return OK;
}

/* The nearest first, those of which we do not know it last, in their own order. */
static int
by_distance(const void *a, const void *b)
{
    const struct near_shop *one = a, *other = b;

    if ((one->metres < 0) != (other->metres < 0))
        return one->metres < 0 ? 1 : -1;
    if (one->metres < other->metres || one->metres > other->metres)
        return one->metres < other->metres ? -1 : 1;
    return one->shop.id < other->shop.id ? -1 : 1;
}

enum err_code
answer_shops(struct answer *answer, struct err *e)
{
    const struct bot *bot = answer->bot;
    struct buf text = buf_new(bot->a, SHOPS_TEXT_MAX);
    struct near_shops shops = {.at = arena_alloc(bot->a, SHOPS_READ_MAX * sizeof(*shops.at)),
                               .event = bot->event};

    if (shops.at == NULL)
        return no_room(e);
    if (shop_list(bot->db, take_shop, &shops, e))
        return e->code;
    qsort(shops.at, shops.n, sizeof(*shops.at), by_distance);
    buf_str_raw(&text, bot->s->shop_title);
    for (size_t i = 0; i < shops.n && i < SHOPS_SAID_MAX; i++) {
        buf_format(&text, "\n・%s", shops.at[i].shop.name);
        if (shops.at[i].metres >= 0)
            buf_format(&text, " %.1f km", shops.at[i].metres / 1000);
    }
    if (buf_failed(&text))
        return no_room(e);
    answer->message[answer->n++] = (struct message){.kind = MESSAGE_STAFF, .text = buf_str(&text)};
    return OK;
}

/* ---------------------------------------------------------------- what a rule says */

static enum err_code
add_buttons(struct answer *answer, const struct keyword_rule *rule, struct err *e)
{
    static const enum postback_action actions[KEYWORD_PRESSES] = {
        [KEYWORD_PRESS_BALANCE] = POSTBACK_BALANCE,
        [KEYWORD_PRESS_SHOPS] = POSTBACK_SHOPS,
        [KEYWORD_PRESS_RULE] = POSTBACK_RULE,
    };
    struct arena *a = answer->bot->a;
    struct message_quick *quick = arena_alloc(a, (rule->buttons_n + 1) * sizeof(*quick));

    if (quick == NULL)
        return no_room(e);
    for (size_t i = 0; i < rule->buttons_n; i++) {
        const struct keyword_button *button = &rule->button[i];
        struct buf data = buf_new(a, 64);

        if (button->press != KEYWORD_PRESS_SAYS)
            postback_write(&data, actions[button->press], button->rule_id);
        if (buf_failed(&data))
            return no_room(e);
        quick[i] = (struct message_quick){
            .label = button->label, .says = button->says, .data = buf_str(&data)};
    }
    answer->message[answer->n - 1].quick = quick;
    answer->message[answer->n - 1].quick_n = rule->buttons_n;
    return OK;
}

enum err_code
answer_rule(struct answer *answer, int64_t rule_id, struct err *e)
{
    struct keyword_rule rule;
    enum err_code code = keyword_load(answer->bot->db, answer->bot->a, rule_id, &rule, e);

    if (code == ERR_NOT_FOUND) {
        *e = (struct err){0};
        return OK;
    }
    if (code != OK || !rule.is_on || rule.action == KEYWORD_SILENT)
        return code;
    if (rule.action == KEYWORD_TEXT)
        answer->message[answer->n++] = (struct message){.kind = MESSAGE_STAFF, .text = rule.reply};
    else if (rule.action == KEYWORD_BALANCE ? answer_balances(answer, e) : answer_shops(answer, e))
        return e->code;
    return add_buttons(answer, &rule, e);
}
