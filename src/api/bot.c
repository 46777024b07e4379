#include "api/bot.h"

#include "api/notify.h"
#include "api/page.h"
#include "api/wording.h"
#include "domain/card.h"
#include "domain/outbox.h"
#include "domain/plan.h"
#include "line/message.h"

/* A reply being put together. */
struct answer {
    struct db *db;
    struct service *s;
    struct arena *a;
    const struct webhook_event *event;
    const struct member *member; /* NULL: somebody without a card */
    int64_t now_ms;
    struct message message[MESSAGE_MAX_PER_BODY];
    size_t n;
};

static enum err_code
send(struct answer *answer, struct err *e)
{
    struct buf body = buf_new(answer->a, MESSAGE_BODY_CAP);

    for (size_t i = 0; i < answer->n; i++)
        if (wording_apply(answer->db, answer->a, &answer->message[i], e))
            return e->code;
    if (message_reply(&body, answer->event->reply_token, answer->message, answer->n, e))
        return err_wrap(e, "reply");
    return outbox_reply(answer->db, answer->event->event_id, buf_str(&body), answer->now_ms, e);
}

/* ---------------------------------------------------------------- what there is to say */

static void
add_invitation(struct answer *answer)
{
    answer->message[answer->n++] = (struct message){.kind = MESSAGE_INVITE,
                                                    .plan_name = answer->s->shop_title,
                                                    .card_url = card_url(answer->s, answer->a, 0)};
}

static struct str
kept(struct arena *a, const char *text)
{
    return str_of(arena_format(a, "%s", text));
}

/* The live balance of every card, or an invitation where there is none. */
static enum err_code
add_balances(struct answer *answer, struct err *e)
{
    struct card card[CARDS_OF_MEMBER_MAX];
    struct plan_rules rules;
    struct arena *a = answer->a;
    size_t n = 0;

    if (answer->member &&
        cards_of_member(answer->db, answer->member->id, card, CARDS_OF_MEMBER_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n && answer->n < MESSAGE_MAX_PER_BODY; i++) {
        struct buf date = buf_new(a, 256);

        if (plan_load(answer->db, card[i].plan_id, 0, &rules, e))
            return e->code;
        page_date(&date, answer->member->language, answer->now_ms, (int)rules.utc_offset_min);
        answer->message[answer->n++] = (struct message){
            .kind = MESSAGE_BALANCE,
            .language = wording_language(answer->member->language),
            .unit = rules.unit == UNIT_STAMP ? MESSAGE_STAMP : MESSAGE_POINT,
            .plan_name = kept(a, rules.name),
            .balance = card[i].balance,
            .goal = rules.goal,
            .reward_title = rules.rewards_n ? kept(a, rules.reward[rules.rewards_n - 1].title)
                                            : (struct str){0},
            .date_text = buf_str(&date),
            .card_url = card_url(answer->s, a, rules.plan_id),
        };
    }
    if (n == 0)
        add_invitation(answer);
    return OK;
}

/* ---------------------------------------------------------------- what it answers to */

static bool
asks_balance(struct arena *a, const struct webhook_event *event)
{
    return (event->kind == WEBHOOK_MESSAGE_TEXT && message_is_balance_word(a, event->text)) ||
           (event->kind == WEBHOOK_POSTBACK && str_eq(event->text, STR("action=balance")));
}

bool
bot_concerns(struct arena *a, const struct webhook_event *event)
{
    return event->user_id[0] && event->is_active_mode && event->reply_token.n &&
           asks_balance(a, event);
}

enum err_code
bot_answer(struct db *db, struct service *s, struct arena *a, const struct webhook_event *event,
           const struct member *member, int64_t now_ms, bool *answered_out, struct err *e)
{
    struct answer answer = {
        .db = db, .s = s, .a = a, .event = event, .member = member, .now_ms = now_ms};

    *answered_out = bot_concerns(a, event);
    if (!*answered_out)
        return OK;
    return add_balances(&answer, e) ? e->code : send(&answer, e);
}

enum err_code
bot_greet(struct db *db, struct service *s, struct arena *a, const struct webhook_event *event,
          const struct member *member, int64_t now_ms, struct err *e)
{
    struct answer answer = {
        .db = db, .s = s, .a = a, .event = event, .member = member, .now_ms = now_ms};

    return add_balances(&answer, e) ? e->code : send(&answer, e);
}
