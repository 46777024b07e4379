#include "api/events.h"

#include "api/bot.h"
#include "api/menus.h"
#include "api/shop_link.h"
#include "base/log.h"
#include "domain/beacon.h"
#include "domain/inbox.h"
#include "domain/keyword_book.h"
#include "domain/member.h"
#include "domain/reply_chance.h"
#include "line/postback.h"

#define BATCH 32
#define AHEAD_MS                                                                                   \
    DAY_MS /* no two clocks are that far apart: an event of then would outlive all news */

static bool
is_about_friendship(const struct webhook_event *event)
{
    return event->kind == WEBHOOK_FOLLOW || event->kind == WEBHOOK_UNFOLLOW;
}

/* Somebody in a chat of their own with us, whom we could answer. */
static bool
is_replyable(const struct webhook_event *event)
{
    return event->user_id[0] && event->is_active_mode && event->reply_token.n > 0;
}

/* The member who sent it; *found_out false: somebody without a card. */
static enum err_code
find_sender(struct db *db, const struct webhook_event *event, struct member *out, bool *found_out,
            struct err *e)
{
    enum err_code code = member_find(db, str_of(event->user_id), out, e);

    *found_out = code == OK;
    if (code != ERR_NOT_FOUND)
        return code;
    *e = (struct err){0};
    return OK;
}

/* ---------------------------------------------------------------- receiving */

/* An event that may not count: what is so old could have been applied and forgotten before. */
static bool
is_out_of_time(const struct webhook_event *event, int64_t now_ms)
{
    const char *why = event->at_ms < now_ms - INBOX_LIFE_MS ? "too old"
                      : event->at_ms > now_ms + AHEAD_MS    ? "of the future"
                                                            : NULL;

    if (why != NULL)
        LOG(LOG_WARN, "event.ignored", L_STR("event", event->event_id),
            L_TEXT("kind", webhook_kind_name(event->kind)), L_TEXT("why", why));
    return why != NULL;
}

/* A tap on a rich menu, to be counted whatever else it asks for. */
static bool
is_tap(const struct webhook_event *event, struct postback *out)
{
    return event->kind == WEBHOOK_POSTBACK && postback_read(event->text, out) && out->menu[0];
}

/* One that worked: of others LINE tells no user, and their nonce ends by itself. */
static bool
is_account_link(const struct webhook_event *event)
{
    return event->kind == WEBHOOK_ACCOUNT_LINK && event->link_is_ok && event->nonce.n > 0;
}

/* Whether applying it could lead to anything: most of what people write to an account does not. */
static enum err_code
concerns_us(const struct bot *bot, bool *out, struct err *e)
{
    const struct webhook_event *event = bot->event;
    struct postback postback;
    bool taken_back = false;

    *out =
        event->user_id[0] && (is_about_friendship(event) || is_tap(event, &postback) ||
                              is_account_link(event) || (is_replyable(event) && bot_concerns(bot)));
    if (*out && event->message_id.n > 0 &&
        inbox_is_taken_back(bot->db, event->message_id, &taken_back, e))
        return e->code;
    *out = *out && !taken_back;
    return OK;
}

/* Nothing will be said to it: the token may carry what waits to be told. */
static enum err_code
keep_chance(struct db *db, const struct webhook_event *event, int64_t received_ms, bool *kept_out,
            struct err *e)
{
    struct member member;

    *kept_out = false;
    if (!is_replyable(event) || !reply_chance_lives(event->at_ms, received_ms, received_ms))
        return OK;
    if (find_sender(db, event, &member, kept_out, e) || !*kept_out)
        return e->code;
    return reply_chance_keep(db, member.id, event->event_id, event->reply_token, received_ms, e);
}

static enum err_code
receive(const struct bot *bot, bool *fresh_out, bool *owed_out, struct err *e)
{
    struct db *db = bot->db;
    const struct webhook_event *event = bot->event;
    const int64_t now_ms = bot->now_ms;
    const struct inbox_arrival arrival = {.event_id = event->event_id,
                                          .at_ms = event->at_ms,
                                          .message_id = event->message_id,
                                          .event = event->json,
                                          .now_ms = now_ms};
    bool concerns;

    *fresh_out = true;
    if (is_out_of_time(event, now_ms))
        return OK;
    if (event->kind == WEBHOOK_UNSEND)
        return inbox_unsend(db, &arrival, fresh_out, e);
    if (concerns_us(bot, &concerns, e))
        return e->code;
    if (concerns) {
        *owed_out = true;
        return inbox_receive(db, &arrival, fresh_out, e);
    }
    if (inbox_pass(db, &arrival, fresh_out, e))
        return e->code;
    return *fresh_out ? keep_chance(db, event, now_ms, owed_out, e) : OK;
}

/* Whether the owner's rules have to be looked at for any of them. */
static bool
has_message(const struct webhook_event *events, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_replyable(&events[i]) && events[i].message_id.n > 0)
            return true;
    return false;
}

enum err_code
events_receive(struct db *db, struct service *s, struct arena *a,
               const struct webhook_event *events, size_t n, int64_t now_ms, bool *is_owed_out,
               struct err *e)
{
    struct keyword_rules rules = {0};
    bool is_owed = false;

    if (has_message(events, n) && keyword_rules_load(db, a, &rules, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        const struct bot bot = {.db = db,
                                .s = s,
                                .a = a,
                                .rules = &rules,
                                .event = &events[i],
                                .received_ms = now_ms,
                                .now_ms = now_ms};
        bool is_fresh = false, owes = false;

        if (receive(&bot, &is_fresh, &owes, e))
            return e->code;
        s->counts.events_received++;
        s->counts.events_repeated += !is_fresh;
        is_owed |= is_fresh && owes;
    }
    *is_owed_out = is_owed;
    return OK;
}

/* ---------------------------------------------------------------- applying */

/* One event of the inbox, as it is applied. */
struct applying {
    struct db *db;
    struct service *s;
    struct arena *a;
    const struct keyword_rules *rules;
    const struct inbox_event *kept;
    struct webhook_event event;
    struct member member;
    bool is_known; /* `member` sent it */
    int64_t now_ms;
    bool applied; /* something came of it */
};

static bool
may_reply(const struct applying *ap)
{
    return is_replyable(&ap->event) &&
           reply_chance_lives(ap->kept->at_ms, ap->kept->received_ms, ap->now_ms);
}

static struct bot
bot_of(const struct applying *ap)
{
    return (struct bot){.db = ap->db,
                        .s = ap->s,
                        .a = ap->a,
                        .rules = ap->rules,
                        .event = &ap->event,
                        .member = ap->is_known ? &ap->member : NULL,
                        .received_ms = ap->kept->received_ms,
                        .now_ms = ap->now_ms};
}

/* Friends by event time. Whoever comes (back) is greeted, with or without a card; of somebody
 * without one nothing is kept: at the first login LINE itself says who is a friend. */
static enum err_code
apply_friendship(struct applying *ap, struct err *e)
{
    bool is_friend = ap->event.kind == WEBHOOK_FOLLOW;
    bool is_news = !ap->is_known;
    const struct bot bot = bot_of(ap);

    if (ap->is_known &&
        (member_befriend(ap->db, ap->member.id, is_friend, ap->kept->at_ms, &is_news, e) ||
         (!is_friend && reply_chance_drop(ap->db, ap->member.id, e))))
        return e->code;
    ap->applied = ap->is_known;
    if (!is_friend || !is_news || !may_reply(ap))
        return OK;
    ap->applied = true;
    return bot_greet(&bot, ap->event.is_unblocked, e);
}

/* What is remembered of it before, and whether or not, there is an answer. */
static enum err_code
note_event(struct applying *ap, struct err *e)
{
    struct postback postback;
    enum err_code code = OK;

    if (is_tap(&ap->event, &postback)) {
        int64_t area;

        ap->applied = true;
        return str_int(postback.area, &area, 0, INT64_MAX)
                   ? menus_tapped(ap->db, ap->a, ap->is_known ? &ap->member : NULL,
                                  str_of(postback.menu), area, ap->now_ms, e)
                   : OK;
    }
    if (ap->event.kind == WEBHOOK_BEACON && ap->is_known)
        code =
            beacon_seen(ap->db, str_of(ap->event.beacon.hwid), ap->member.id, ap->kept->at_ms, e);
    ap->applied = ap->event.kind == WEBHOOK_BEACON && ap->is_known && code == OK;
    if (code != ERR_NOT_FOUND)
        return code;
    *e = (struct err){0}; /* another shop's beacon, or one that was taken away */
    return OK;
}

static enum err_code
apply_question(struct applying *ap, struct err *e)
{
    const struct bot bot = bot_of(ap);
    bool is_answered;

    if (note_event(ap, e))
        return e->code;
    if (!may_reply(ap))
        return OK;
    if (bot_answer(&bot, &is_answered, e))
        return e->code;
    ap->applied |= is_answered;
    if (is_answered || !ap->is_known)
        return OK;
    return reply_chance_keep(ap->db, ap->member.id, ap->event.event_id, ap->event.reply_token,
                             ap->kept->received_ms, e);
}

/* False, and the reason in the log: what was kept cannot be read any more. */
static bool
read_kept(struct applying *ap)
{
    struct err e = {0};

    if (ap->kept->event.at == NULL) {
        LOG(LOG_ERROR, "event.seal_broken", L_STR("event", ap->kept->event_id));
        return false;
    }
    if (webhook_event_parse(ap->kept->event, ap->a, &ap->event, &e)) {
        LOG(LOG_WARN, "event.unreadable", L_STR("event", ap->kept->event_id),
            L_TEXT("why", e.text));
        return false;
    }
    return ap->event.user_id[0] != '\0';
}

static enum err_code
apply(struct applying *ap, struct err *e)
{
    if (!read_kept(ap))
        return OK;
    if (find_sender(ap->db, &ap->event, &ap->member, &ap->is_known, e))
        return e->code;
    if (is_account_link(&ap->event) && ap->is_known &&
        shop_link_apply(ap->db, &ap->member, ap->event.nonce, ap->now_ms, &ap->applied, e))
        return e->code;
    if (is_account_link(&ap->event))
        return OK;
    return is_about_friendship(&ap->event) ? apply_friendship(ap, e) : apply_question(ap, e);
}

/* In a savepoint of its own: one event that cannot be applied must not stop those behind it. */
static enum err_code
apply_or_skip(struct applying *ap, struct err *e)
{
    DB_TX tx = {0};

    if (db_begin(ap->db, &tx, e))
        return e->code;
    if (!apply(ap, e))
        return db_commit(&tx, e);
    if (e->code == ERR_FULL || e->code == ERR_BUSY || db_is_broken(ap->db))
        return e->code;
    LOG(LOG_ERROR, "event.not_applied", L_STR("event", ap->kept->event_id), L_TEXT("why", e->text));
    ap->applied = false;
    *e = (struct err){0};
    return OK;
}

enum err_code
events_apply(struct db *db, struct service *s, struct arena *a, int64_t now_ms, bool *more_out,
             struct err *e)
{
    struct inbox_event event[BATCH];
    struct keyword_rules rules;
    size_t n;

    if (inbox_open(db, a, event, BATCH, &n, e) || (n > 0 && keyword_rules_load(db, a, &rules, e)))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        struct applying ap = {
            .db = db, .s = s, .a = a, .rules = &rules, .kept = &event[i], .now_ms = now_ms};

        if (apply_or_skip(&ap, e) || inbox_close(db, event[i].event_id, ap.applied, now_ms, e))
            return e->code;
    }
    *more_out = n == BATCH;
    return OK;
}
