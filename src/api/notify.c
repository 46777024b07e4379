#include "api/notify.h"

#include "api/page.h"
#include "base/log.h"
#include "domain/card.h"
#include "domain/inbox.h"
#include "domain/member.h"
#include "domain/notice.h"
#include "domain/outbox.h"
#include "domain/plan.h"
#include "line/message.h"
#include "line/webhook.h"

#define BATCH 32
#define REPLY_LIFE_MS (50 * SECOND_MS) /* LINE: use a reply token within a minute */

static const enum message_language message_languages[LANGUAGES] = {
    [LANGUAGE_JA] = MESSAGE_JA,
    [LANGUAGE_EN] = MESSAGE_EN,
    [LANGUAGE_ZH_HANT] = MESSAGE_ZH_HANT,
    [LANGUAGE_TH] = MESSAGE_TH,
};

struct str
card_url(const struct service *s, struct arena *a, int64_t plan_id)
{
    char *text =
        s->liff_id.n
            ? arena_format(a, "%.*s/%.*s/%lld", (int)s->liff_url.n, s->liff_url.at,
                           (int)s->liff_id.n, s->liff_id.at, (long long)plan_id)
            : arena_format(a, "%.*s/card/%lld", (int)s->origin.n, s->origin.at, (long long)plan_id);

    return str_of(text);
}

static struct str
date_text(struct arena *a, enum language language, int64_t at_ms, int utc_offset_min)
{
    struct buf b = buf_new(a, 256);

    page_date(&b, language, at_ms, utc_offset_min);
    return buf_str(&b);
}

/* ---------------------------------------------------------------- notices */

static enum err_code
notice_body(const struct service *s, struct db *db, struct arena *a, const struct notice *notice,
            struct str *out, struct err *e)
{
    struct buf body = buf_new(a, MESSAGE_BODY_CAP);
    struct str line_id;
    const struct message message = {
        .kind = notice->is_voucher ? MESSAGE_VOUCHER : MESSAGE_GRANT,
        .language = message_languages[notice->language],
        .unit = notice->is_stamp ? MESSAGE_STAMP : MESSAGE_POINT,
        .plan_name = notice->plan_name,
        .amount = notice->amount,
        .balance = notice->balance,
        .goal = notice->goal,
        .reward_title = notice->reward_title,
        .shop_name = notice->shop_name,
        /* A voucher's last day is the one before the moment it is over. */
        .date_text = date_text(a, notice->language,
                               notice->is_voucher ? notice->expires_ms - 1 : notice->at_ms,
                               notice->utc_offset_min),
        .card_url = card_url(s, a, notice->plan_id),
    };

    if (member_line_id(db, notice->member_id, a, &line_id, e) ||
        message_push(&body, line_id, &message, 1, e))
        return err_wrap(e, "message for notice %lld", (long long)notice->id);
    *out = buf_str(&body);
    return OK;
}

static enum err_code
notice_end(struct db *db, struct service *s, struct arena *a, const struct notice *notice,
           int64_t now_ms, struct err *e)
{
    struct str body;

    if (notice->is_voucher && !notice->voucher_is_open)
        return notice_drop(db, notice->id, false, e);
    if (!notice->is_friend)
        return notice_drop(db, notice->id, true, e);
    return notice_body(s, db, a, notice, &body, e) ? e->code
                                                   : notice_owe(db, notice, body, now_ms, e);
}

/* In a savepoint of its own: one that cannot be worded must not stop those behind it. */
static enum err_code
notice_try(struct db *db, struct service *s, struct arena *a, const struct notice *notice,
           int64_t now_ms, struct err *e)
{
    DB_TX tx = {0};

    if (db_begin(db, &tx, e))
        return e->code;
    if (!notice_end(db, s, a, notice, now_ms, e))
        return db_commit(&tx, e);
    if (e->code == ERR_FULL || e->code == ERR_BUSY || db_is_broken(db))
        return e->code;
    LOG(LOG_ERROR, "notice.not_made", L_INT("notice", notice->id), L_TEXT("why", e->text));
    *e = (struct err){0};
    db_rollback(&tx);
    return notice_drop(db, notice->id, true, e);
}

enum err_code
notify_due(struct db *db, struct service *s, struct arena *a, int64_t now_ms, bool *more_out,
           struct err *e)
{
    struct notice notice[BATCH];
    size_t n;

    if (notice_due(db, now_ms, a, notice, BATCH, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (notice_try(db, s, a, &notice[i], now_ms, e))
            return e->code;
    *more_out = n == BATCH;
    return OK;
}

/* ---------------------------------------------------------------- events */

static enum err_code
balance_messages(struct db *db, struct service *s, struct arena *a, const struct member *member,
                 int64_t now_ms, struct message *out, size_t *n_out, struct err *e)
{
    struct card card[CARDS_OF_MEMBER_MAX];
    struct plan_rules rules;
    size_t n;

    if (cards_of_member(db, member->id, card, CARDS_OF_MEMBER_MAX, &n, e))
        return e->code;
    *n_out = n < MESSAGE_MAX_PER_BODY ? n : MESSAGE_MAX_PER_BODY;
    for (size_t i = 0; i < *n_out; i++) {
        if (plan_load(db, card[i].plan_id, 0, &rules, e))
            return e->code;
        out[i] = (struct message){
            .kind = MESSAGE_BALANCE,
            .language = message_languages[member->language],
            .unit = rules.unit == UNIT_STAMP ? MESSAGE_STAMP : MESSAGE_POINT,
            .plan_name = str_of(arena_format(a, "%s", rules.name)),
            .balance = card[i].balance,
            .goal = rules.goal,
            .reward_title =
                rules.rewards_n
                    ? str_of(arena_format(a, "%s", rules.reward[rules.rewards_n - 1].title))
                    : (struct str){0},
            .date_text = date_text(a, member->language, now_ms, (int)rules.utc_offset_min),
            .card_url = card_url(s, a, rules.plan_id),
        };
    }
    return OK;
}

/* The live balance of every card, free of charge while the reply token lives. */
static enum err_code
answer_balance(struct db *db, struct service *s, struct arena *a, const struct webhook_event *event,
               int64_t now_ms, struct err *e)
{
    struct message message[MESSAGE_MAX_PER_BODY];
    struct buf body = buf_new(a, MESSAGE_BODY_CAP);
    struct member member;
    enum err_code found = member_find(db, str_of(event->user_id), &member, e);
    size_t n = 0;

    if (found && found != ERR_NOT_FOUND)
        return found;
    if (!found && balance_messages(db, s, a, &member, now_ms, message, &n, e))
        return e->code;
    if (n == 0) {
        message[0] = (struct message){
            .kind = MESSAGE_INVITE, .plan_name = s->shop_title, .card_url = card_url(s, a, 0)};
        n = 1;
    }
    if (message_reply(&body, event->reply_token, message, n, e))
        return err_wrap(e, "balance reply");
    return outbox_reply(db, event->event_id, buf_str(&body), now_ms, e);
}

static enum err_code
befriend(struct db *db, const struct webhook_event *event, bool is_friend, bool *applied_out,
         struct err *e)
{
    struct member member;

    switch (member_find(db, str_of(event->user_id), &member, e)) {
    case OK:
        *applied_out = true;
        return member_befriend(db, member.id, is_friend, event->at_ms, e);
    case ERR_NOT_FOUND: /* nobody with a card yet; the card asks about friendship itself */
        *e = (struct err){0};
        return OK;
    default:
        return e->code;
    }
}

static bool
asks_balance(struct arena *a, const struct webhook_event *event)
{
    return (event->kind == WEBHOOK_MESSAGE_TEXT && message_is_balance_word(a, event->text)) ||
           (event->kind == WEBHOOK_POSTBACK && str_eq(event->text, STR("action=balance")));
}

static bool
is_about_friendship(const struct webhook_event *event)
{
    return event->kind == WEBHOOK_FOLLOW || event->kind == WEBHOOK_UNFOLLOW;
}

bool
event_concerns_us(struct arena *a, const struct webhook_event *event)
{
    if (!event->user_id[0])
        return false;
    return is_about_friendship(event) ||
           (event->is_active_mode && event->reply_token.n && asks_balance(a, event));
}

static enum err_code
event_apply(struct db *db, struct service *s, struct arena *a, const struct inbox_event *kept,
            int64_t now_ms, bool *applied_out, struct err *e)
{
    struct webhook_event event;

    *applied_out = false;
    if (!kept->event.at) {
        LOG(LOG_ERROR, "event.seal_broken", L_STR("event", kept->event_id));
        return OK;
    }
    if (webhook_event_parse(kept->event, a, &event, e)) {
        LOG(LOG_WARN, "event.unreadable", L_STR("event", kept->event_id), L_TEXT("why", e->text));
        *e = (struct err){0};
        return OK;
    }
    if (!event_concerns_us(a, &event))
        return OK;
    if (is_about_friendship(&event))
        return befriend(db, &event, event.kind == WEBHOOK_FOLLOW, applied_out, e);
    if (now_ms - kept->received_ms > REPLY_LIFE_MS)
        return OK;
    *applied_out = true;
    return answer_balance(db, s, a, &event, now_ms, e);
}

/* In a savepoint of its own: one event that cannot be applied must not stop those behind it. */
static enum err_code
event_try(struct db *db, struct service *s, struct arena *a, const struct inbox_event *kept,
          int64_t now_ms, bool *applied_out, struct err *e)
{
    DB_TX tx = {0};

    if (db_begin(db, &tx, e))
        return e->code;
    if (!event_apply(db, s, a, kept, now_ms, applied_out, e))
        return db_commit(&tx, e);
    if (e->code == ERR_FULL || e->code == ERR_BUSY || db_is_broken(db))
        return e->code;
    LOG(LOG_ERROR, "event.not_applied", L_STR("event", kept->event_id), L_TEXT("why", e->text));
    *applied_out = false;
    *e = (struct err){0};
    return OK;
}

enum err_code
events_apply(struct db *db, struct service *s, struct arena *a, int64_t now_ms, bool *more_out,
             struct err *e)
{
    struct inbox_event event[BATCH];
    size_t n;

    if (inbox_open(db, a, event, BATCH, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        bool applied = false;
        if (event_try(db, s, a, &event[i], now_ms, &applied, e) ||
            inbox_close(db, event[i].event_id, applied, now_ms, e))
            return e->code;
    }
    *more_out = n == BATCH;
    return OK;
}
