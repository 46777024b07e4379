#include "api/notices.h"

#include <assert.h>

#include "api/notice_message.h"
#include "api/notice_post.h"
#include "base/log.h"
#include "domain/notice_make.h"
#include "domain/outbox.h"
#include "domain/reply_chance.h"

#define HOLD_MAX 256
#define MAKE_MAX 200

/* ---------------------------------------------------------------- one member's notices */

/* What a walk knows of the month's budget, less what it has owed already. */
struct purse {
    struct message_policy policy;
    int64_t left, left_urgent;
};

struct climb {
    struct db *db;
    const struct service *service;
    struct arena *arena;
    int64_t now_ms;
    struct purse *purse;
    struct notice_reader reader;
    struct notice *notice; /* in arena: messages borrow from them */
    struct ladder_decision decision[NOTICES_OF_MEMBER_MAX];
    size_t n;
    bool has_reply, has_push; /* a message goes out */
    struct load *load;        /* by a push, once all have climbed; in arena */
};

static struct ladder_facts
facts_of(const struct climb *c, const struct notice *n)
{
    return (struct ladder_facts){
        .kind = n->kind,
        .is_over = notice_is_over(n),
        .until_ms = n->until_ms,
        .is_wanted = c->reader.wants[notice_topic(n->kind)],
        .is_friend = c->reader.is_friend,
        .has_chance = c->reader.has_chance,
        .has_carrier = c->has_push,
        .pushes = c->reader.pushes,
        .pushes_ms = c->reader.pushes_ms,
        .left = c->purse->left,
        .left_urgent = c->purse->left_urgent,
    };
}

static void
decide(struct climb *c, size_t i)
{
    struct ladder_facts facts = facts_of(c, &c->notice[i]);

    c->decision[i] = ladder_decide(&c->purse->policy, &facts, c->now_ms);
    c->has_reply |= c->decision[i].step == LADDER_REPLY;
}

/* Each for itself; then those that would not go alone once more, with the message that goes. */
static void
decide_all(struct climb *c)
{
    bool has_push = false;

    for (size_t i = 0; i < c->n; i++) {
        decide(c, i);
        has_push |= c->decision[i].step == LADDER_PUSH;
    }
    c->has_push = has_push;
    for (size_t i = 0; has_push && i < c->n; i++)
        if (c->decision[i].step != LADDER_PUSH)
            decide(c, i);
}

static bool
goes_out(const struct climb *c, size_t i)
{
    enum ladder_step step = c->decision[i].step;

    return step == LADDER_REPLY || step == LADDER_MERGE || step == LADDER_PUSH;
}

static enum err_code
write_decision(struct climb *c, size_t i, struct err *e)
{
    const struct ladder_decision *d = &c->decision[i];

    if (d->step == LADDER_WAIT)
        return notice_wait(c->db, &c->notice[i], d->reason, d->again_ms, c->now_ms, e);
    return notice_end(c->db, &c->notice[i], d->step, d->reason, c->now_ms, e);
}

/* ---------------------------------------------------------------- the message that goes out */

/* The most urgent in front: they must fit. */
static void
collect(const struct climb *c, struct load *out)
{
    for (int worth = WORTH_URGENT; worth >= WORTH_FREE; worth--)
        for (size_t i = 0; i < c->n; i++)
            if (goes_out(c, i) && notice_worth(c->notice[i].kind) == (enum notice_worth)worth) {
                out->notice[out->n] = &c->notice[i];
                out->decision[out->n++] = c->decision[i];
            }
}

static enum err_code
word(struct climb *c, struct load *load, struct err *e)
{
    struct teller teller = {
        .db = c->db,
        .service = c->service,
        .arena = c->arena,
        .language = c->reader.language,
        .now_ms = c->now_ms,
        .notices = load->notice,
        .n = load->n,
        .taken = load->taken,
    };

    return notice_messages(&teller, load->message, MESSAGE_MAX_PER_BODY, &load->messages, e);
}

static enum err_code
send_reply(struct climb *c, const struct load *load, struct err *e)
{
    struct buf body = buf_new(c->arena, MESSAGE_BODY_CAP);
    struct str event_id, token;
    int64_t outbox_id;

    if (reply_chance_take(c->db, load->member_id, c->now_ms, c->arena, &event_id, &token, e) ||
        message_reply(&body, token, load->message, load->messages, e) ||
        outbox_reply(c->db, event_id, load->member_id, buf_str(&body), c->now_ms, &outbox_id, e))
        return e->code;
    return load_owe(c->db, load, outbox_id, c->now_ms, e);
}

static void
spend(struct purse *purse)
{
    if (purse->left != BUDGET_NONE && purse->left > 0)
        purse->left--;
    if (purse->left_urgent != BUDGET_NONE && purse->left_urgent > 0)
        purse->left_urgent--;
}

/* Not sent yet: others may be told the very same. */
static enum err_code
prepare_push(struct climb *c, struct load *load, struct err *e)
{
    struct buf array = buf_new(c->arena, MESSAGE_BODY_CAP);

    if (message_array(&array, load->message, load->messages, e))
        return e->code;
    load->array = buf_str(&array);
    load->is_urgent = notice_worth(load->notice[0]->kind) >= WORTH_DATED;
    c->load = load;
    spend(c->purse);
    return OK;
}

static enum err_code
climb(struct climb *c, struct err *e)
{
    struct load *load;

    if (notice_reader(c->db, c->reader.member_id, c->now_ms, &c->reader, e) ||
        notice_held(c->db, c->reader.member_id, c->arena, c->notice, NOTICES_OF_MEMBER_MAX, &c->n,
                    e))
        return e->code;
    decide_all(c);
    for (size_t i = 0; i < c->n; i++)
        if (!goes_out(c, i) && write_decision(c, i, e))
            return e->code;
    if (!c->has_reply && !c->has_push)
        return OK;
    load = arena_alloc(c->arena, sizeof(*load));
    if (!load)
        return err_set(e, ERR_INTERNAL, "arena_full", "no room for a message");
    *load = (struct load){.member_id = c->reader.member_id};
    collect(c, load);
    if (word(c, load, e))
        return e->code;
    return c->has_reply ? send_reply(c, load, e) : prepare_push(c, load, e);
}

/* In a savepoint of its own: one member's notices must not stop those behind
 * them, nor come back for ever: the card shows them. */
static enum err_code
climb_try(struct climb *c, struct err *e)
{
    DB_TX tx = {0};

    if (db_begin(c->db, &tx, e))
        return e->code;
    if (!climb(c, e))
        return db_commit(&tx, e);
    c->load = NULL;
    if (notice_contain(c->db, &tx, "notices.not_made", c->reader.member_id, e))
        return e->code;
    return notice_shelve(c->db, c->reader.member_id, "not_made", c->now_ms, e);
}

/* ---------------------------------------------------------------- all that is due */

static enum err_code
purse_open(struct db *db, int64_t now_ms, struct purse *out, struct err *e)
{
    struct budget budget;
    int64_t owed;

    if (policy_load(db, &out->policy, e) || budget_load(db, now_ms, &budget, e) ||
        budget_owed(db, budget.month, &owed, e))
        return e->code;
    budget.charged += owed; /* in the outbox, and not charged yet */
    budget.used += owed;
    out->left = budget_left(&budget, false);
    out->left_urgent = budget_left(&budget, true);
    return OK;
}

/* All members climb, then what is to be pushed is sent: the same to many at once. */
static enum err_code
climb_all(struct climb *c, const int64_t *member_id, size_t members, struct err *e)
{
    struct notice_post post = {.db = c->db, .arena = c->arena, .now_ms = c->now_ms};
    struct load **end = &post.first;
    struct notice *notice;

    for (size_t i = 0; i < members; i++) {
        notice = arena_alloc(c->arena, NOTICES_OF_MEMBER_MAX * sizeof(*notice));
        if (!notice)
            return err_set(e, ERR_INTERNAL, "arena_full", "no room for notices");
        c->notice = notice;
        c->n = 0;
        c->has_reply = c->has_push = false;
        c->load = NULL;
        c->reader = (struct notice_reader){.member_id = member_id[i]};
        if (climb_try(c, e))
            return e->code;
        if (c->load) {
            *end = c->load;
            end = &c->load->next;
        }
    }
    return notice_post(&post, e);
}

enum err_code
notices_walk(struct db *db, struct service *s, struct arena *a, int64_t now_ms, bool *more_out,
             struct err *e)
{
    struct purse purse;
    struct climb c = {.db = db, .service = s, .arena = a, .now_ms = now_ms, .purse = &purse};
    int64_t member_id[NOTICE_POST_MAX];
    size_t members, held, settled;

    if (notice_settle(db, now_ms, NOTICE_POST_MAX, &settled, e) ||
        notice_hold_due(db, now_ms, HOLD_MAX, &held, e) ||
        notice_due_members(db, now_ms, member_id, NOTICE_POST_MAX, &members, e) ||
        (members > 0 &&
         (purse_open(db, now_ms, &purse, e) || climb_all(&c, member_id, members, e))))
        return e->code;
    *more_out = members == NOTICE_POST_MAX || held == HOLD_MAX || settled == NOTICE_POST_MAX;
    return OK;
}

enum err_code
notices_make(struct db *db, int64_t now_ms, bool *more_out, struct err *e)
{
    struct message_policy policy;
    size_t lapses, ends, dormant, birthdays;

    if (policy_load(db, &policy, e) ||
        notice_make_lapses(db, &policy, now_ms, MAKE_MAX, &lapses, e) ||
        notice_make_ends(db, now_ms, MAKE_MAX, &ends, e) ||
        notice_make_dormant(db, &policy, now_ms, MAKE_MAX, &dormant, e) ||
        notice_make_birthdays(db, &policy, now_ms, MAKE_MAX, &birthdays, e))
        return e->code;
    *more_out =
        lapses == MAKE_MAX || ends == MAKE_MAX || dormant == MAKE_MAX || birthdays == MAKE_MAX;
    return OK;
}

/* ---------------------------------------------------------------- along in a reply */

/* What may be said to this member at all. */
static bool
may_ride(const struct notice_reader *reader, const struct notice *n, int64_t now_ms)
{
    return reader->wants[notice_topic(n->kind)] && now_ms < n->until_ms && !notice_is_over(n);
}

enum err_code
notices_ride(struct db *db, const struct service *s, struct arena *a, int64_t member_id,
             int64_t now_ms, struct message *messages, size_t max, size_t *n_out, struct ride *out,
             struct err *e)
{
    struct notice *notice = arena_alloc(a, NOTICES_OF_MEMBER_MAX * sizeof(*notice));
    const struct notice *willing[NOTICES_OF_MEMBER_MAX];
    bool taken[NOTICES_OF_MEMBER_MAX];
    struct notice_reader reader;
    struct teller teller = {
        .db = db, .service = s, .arena = a, .now_ms = now_ms, .notices = willing, .taken = taken};
    size_t held;

    *out = (struct ride){0};
    if (!notice)
        return err_set(e, ERR_INTERNAL, "arena_full", "no room for notices");
    if (notice_reader(db, member_id, now_ms, &reader, e) ||
        notice_held(db, member_id, a, notice, NOTICES_OF_MEMBER_MAX, &held, e))
        return e->code;
    for (size_t i = 0; i < held; i++)
        if (may_ride(&reader, &notice[i], now_ms))
            willing[teller.n++] = &notice[i];
    teller.language = reader.language;
    if (notice_messages(&teller, messages, max, n_out, e))
        return e->code;
    for (size_t i = 0; i < teller.n; i++)
        if (taken[i])
            out->notice_id[out->n++] = willing[i]->id;
    return OK;
}

enum err_code
notices_ride_owe(struct db *db, const struct ride *ride, int64_t outbox_id, int64_t now_ms,
                 struct err *e)
{
    for (size_t i = 0; i < ride->n; i++)
        if (notice_owe(db, ride->notice_id[i], outbox_id, LADDER_REPLY, "answered", now_ms, e))
            return e->code;
    return OK;
}
