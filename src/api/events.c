#include "api/events.h"

#include "api/bot.h"
#include "base/log.h"
#include "domain/inbox.h"
#include "domain/member.h"
#include "domain/reply_chance.h"

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

/* Whether applying it could lead to anything: most of what people write to an account does not. */
static enum err_code
concerns_us(struct db *db, struct arena *a, const struct webhook_event *event, bool *out,
            struct err *e)
{
    bool taken_back = false;

    *out = event->user_id[0] && (is_about_friendship(event) || bot_concerns(a, event));
    if (*out && event->message_id.n > 0 &&
        inbox_is_taken_back(db, event->message_id, &taken_back, e))
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
receive(struct db *db, struct arena *a, const struct webhook_event *event, int64_t now_ms,
        bool *fresh_out, bool *owed_out, struct err *e)
{
    const struct inbox_arrival arrival = {.event_id = event->event_id,
                                          .at_ms = event->at_ms,
                                          .message_id = event->message_id,
                                          .event = event->json,
                                          .now_ms = now_ms};
    bool concerns;

    if (is_out_of_time(event, now_ms))
        return inbox_pass(db, &arrival, fresh_out, e);
    if (event->kind == WEBHOOK_UNSEND)
        return inbox_unsend(db, &arrival, fresh_out, e);
    if (concerns_us(db, a, event, &concerns, e))
        return e->code;
    if (concerns) {
        *owed_out = true;
        return inbox_receive(db, &arrival, fresh_out, e);
    }
    if (inbox_pass(db, &arrival, fresh_out, e))
        return e->code;
    return *fresh_out ? keep_chance(db, event, now_ms, owed_out, e) : OK;
}

enum err_code
events_receive(struct db *db, struct service *s, struct arena *a,
               const struct webhook_event *events, size_t n, int64_t now_ms, bool *is_owed_out,
               struct err *e)
{
    bool is_owed = false;

    for (size_t i = 0; i < n; i++) {
        bool is_fresh = false, owes = false;

        if (receive(db, a, &events[i], now_ms, &is_fresh, &owes, e))
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

/* Friends by event time. Whoever comes (back) is greeted, with or without a card; of somebody
 * without one nothing is kept: at the first login LINE itself says who is a friend. */
static enum err_code
apply_friendship(struct applying *ap, struct err *e)
{
    bool is_friend = ap->event.kind == WEBHOOK_FOLLOW;
    bool is_news = !ap->is_known;

    if (ap->is_known &&
        (member_befriend(ap->db, ap->member.id, is_friend, ap->kept->at_ms, &is_news, e) ||
         (!is_friend && reply_chance_drop(ap->db, ap->member.id, e))))
        return e->code;
    ap->applied = ap->is_known;
    if (!is_friend || !is_news || !may_reply(ap))
        return OK;
    ap->applied = true;
    return bot_greet(ap->db, ap->s, ap->a, &ap->event, ap->is_known ? &ap->member : NULL,
                     ap->now_ms, e);
}

static enum err_code
apply_question(struct applying *ap, struct err *e)
{
    if (!may_reply(ap))
        return OK;
    if (bot_answer(ap->db, ap->s, ap->a, &ap->event, ap->is_known ? &ap->member : NULL, ap->now_ms,
                   &ap->applied, e))
        return e->code;
    if (ap->applied || !ap->is_known)
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
    size_t n;

    if (inbox_open(db, a, event, BATCH, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        struct applying ap = {.db = db, .s = s, .a = a, .kept = &event[i], .now_ms = now_ms};

        if (apply_or_skip(&ap, e) || inbox_close(db, event[i].event_id, ap.applied, now_ms, e))
            return e->code;
    }
    *more_out = n == BATCH;
    return OK;
}
