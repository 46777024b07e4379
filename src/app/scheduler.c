#include "app/scheduler.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/events.h"
#include "api/forgetting.h"
#include "api/menus.h"
#include "api/notices.h"
#include "api/spend_parts.h"
#include "app/dispatch.h"
#include "app/quota_reader.h"
#include "base/clock.h"
#include "base/log.h"
#include "domain/access.h"
#include "domain/answer.h"
#include "domain/beacon.h"
#include "domain/bonus.h"
#include "domain/earn_book.h"
#include "domain/erasure.h"
#include "domain/gift.h"
#include "domain/guess.h"
#include "domain/guest.h"
#include "domain/head.h"
#include "domain/hold.h"
#include "domain/inbox.h"
#include "domain/lapse.h"
#include "domain/link_nonce.h"
#include "domain/merge.h"
#include "domain/outbox.h"
#include "domain/plan_publish.h"
#include "domain/recovery.h"
#include "domain/reply_chance.h"
#include "domain/spend.h"
#include "domain/tier.h"
#include "domain/voucher.h"

#define TAKE_MAX 64 /* messages taken from the outbox in one job */
#define EXPIRE_MAX 200
#define HOLDS_MAX 64 /* each is a posting */
#define SWEEP_MAX 1000
#define BIRTHDAYS_MAX 64
#define GIFTS_AT_ONCE 64
#define GUESTS_AT_ONCE 8 /* each is erased with all it has */
#define LEAVES_MAX 1024  /* transfers hashed in one job: some milliseconds */
#define SWEEP_EVERY_MS (10 * MINUTE_MS)
#define MAKE_EVERY_MS (10 * MINUTE_MS)
#define HEAD_EVERY_MS (10 * MINUTE_MS)
#define FORGET_EVERY_MS (20 * HOUR_MS) /* less than a day: it has to begin within some hours */
#define FORGET_APART_MS 500 /* some milliseconds of the writer, who has customers waiting */
#define ARENA_MAX (32 * MIB)

struct scheduler {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool stopping, woken; /* under the lock */
    bool running;         /* whoever starts and stops it */
    struct writer *writer;
    struct service *service;
    struct dispatch dispatch; /* its courier: from scheduler_go on */
    struct quota_reader quota;
    int64_t swept_ms, made_ms, headed_ms;
    int64_t forgot_ms;    /* when the last pass over all members began */
    int64_t forget_after; /* how far it is; 0: not under way */
    int64_t forget_ms;    /* when the last few of them were looked at */
    bool clock_jumped;    /* and the log has it */
};

/* What one job of a round needs and leaves. */
struct round {
    struct scheduler *s;
    struct arena *arena;
    int64_t now_ms;
    bool more;
    struct outbox_item item[TAKE_MAX];
    struct outbox_taken taken;
    struct hold_ended ended[HOLDS_MAX];
    int64_t ended_n;
};

/* ---------------------------------------------------------------- jobs, on the writer */

static enum err_code
run_events(struct db *db, void *context, struct err *e)
{
    struct round *r = context;

    return events_apply(db, r->s->service, r->arena, r->now_ms, &r->more, e);
}

static enum err_code
run_notices(struct db *db, void *context, struct err *e)
{
    struct round *r = context;

    return notices_walk(db, r->s->service, r->arena, r->now_ms, &r->more, e);
}

static enum err_code
run_make(struct db *db, void *context, struct err *e)
{
    struct round *r = context;

    return notices_make(db, r->now_ms, &r->more, e);
}

static enum err_code
run_birthdays(struct db *db, void *context, struct err *e)
{
    struct round *r = context;
    size_t n;

    if (bonus_birthdays(db, r->now_ms, BIRTHDAYS_MAX, &n, e))
        return e->code;
    r->more = n == BIRTHDAYS_MAX;
    return OK;
}

static enum err_code
run_menus(struct db *db, void *context, struct err *e)
{
    struct round *r = context;

    return menus_apply(db, r->arena, r->now_ms, &r->more, e);
}

static enum err_code
run_take(struct db *db, void *context, struct err *e)
{
    struct round *r = context;
    size_t room = courier_room(r->s->dispatch.courier);

    if (room == 0)
        return OK;
    if (outbox_take(db, r->now_ms, r->arena, r->item, room < TAKE_MAX ? room : TAKE_MAX, &r->taken,
                    e))
        return e->code;
    if (r->taken.unreadable)
        LOG(LOG_ERROR, "outbox.unreadable", L_INT("messages", (int64_t)r->taken.unreadable));
    r->more = r->taken.more;
    return OK;
}

static enum err_code
run_expire(struct db *db, void *context, struct err *e)
{
    struct round *r = context;
    int64_t vouchers, gifts;
    bool done, looked;

    if (voucher_expire_due(db, r->now_ms, EXPIRE_MAX, &vouchers, e) ||
        lapse_run(db, r->now_ms, EXPIRE_MAX, &done, e) ||
        tier_run(db, r->now_ms, EXPIRE_MAX, &looked, e) ||
        gift_expire_due(db, r->now_ms, GIFTS_AT_ONCE, &gifts, e))
        return e->code;
    r->more = vouchers == EXPIRE_MAX || !done || !looked || gifts == GIFTS_AT_ONCE;
    return OK;
}

static enum err_code
run_holds(struct db *db, void *context, struct err *e)
{
    struct round *r = context;

    if (hold_end_due(db, r->now_ms, HOLDS_MAX, r->ended, &r->ended_n, e))
        return e->code;
    if (r->ended_n > 0)
        LOG(LOG_INFO, "holds.over", L_INT("holds", r->ended_n));
    r->more = r->ended_n == HOLDS_MAX;
    return OK;
}

/* Rules that come into force by themselves, one plan at a time. */
static enum err_code
run_plans(struct db *db, void *context, struct err *e)
{
    struct round *r = context;
    struct plan_schedule due;

    if (plan_schedule_due(db, r->arena, r->now_ms, &due, e))
        return e->code;
    r->more = due.id != 0;
    if (due.id != 0 && due.state == SCHEDULE_DONE)
        LOG(LOG_INFO, "plan.published", L_INT("plan", due.plan_id), L_INT("version", due.version),
            L_INT("schedule", due.id));
    else if (due.id != 0)
        LOG(LOG_ERROR, "plan.refused", L_INT("plan", due.plan_id), L_INT("schedule", due.id),
            L_TEXT("why", due.why));
    return OK;
}

static enum err_code
run_sweep(struct db *db, void *context, struct err *e)
{
    struct round *r = context;

    return access_sweep(db, r->now_ms, e) || answer_sweep(db, r->now_ms, SWEEP_MAX, e) ||
                   reply_chance_sweep(db, r->now_ms, e) || beacon_sweep(db, r->now_ms, e) ||
                   outbox_sweep(db, r->now_ms, SWEEP_MAX, e) ||
                   inbox_sweep(db, r->now_ms, SWEEP_MAX, e) ||
                   merge_sweep(db, r->now_ms, SWEEP_MAX, e) || guess_sweep(db, r->now_ms, e) ||
                   spend_yes_sweep(db, r->now_ms, e) || recovery_sweep(db, r->now_ms, e) ||
                   link_nonce_sweep(db, r->now_ms, e) ||
                   guest_sweep(db, r->now_ms, GUESTS_AT_ONCE, e) ||
                   departed_sweep(db, r->now_ms, e) || earn_tally_sweep(db, r->now_ms, SWEEP_MAX, e)
               ? e->code
               : OK;
}

static enum err_code
run_forget(struct db *db, void *context, struct err *e)
{
    struct round *r = context;
    int64_t after_id = r->s->forget_after;

    if (forget_some(db, r->s->service, r->arena, r->now_ms, &after_id, e))
        return e->code;
    r->s->forget_after = after_id;
    return OK;
}

static enum err_code
run_head(struct db *db, void *context, struct err *e)
{
    struct round *r = context;
    bool made;

    if (head_daily(db, LEAVES_MAX, r->now_ms, &made, &r->more, e))
        return e->code;
    if (made)
        LOG(LOG_INFO, "head.signed", L_INT("day", r->now_ms / DAY_MS));
    return OK;
}

static enum err_code
run_recover(struct db *db, void *context, struct err *e)
{
    struct round *r = context;

    return outbox_recover(db, r->now_ms, e);
}

void
scheduler_has_room(void *scheduler)
{
    scheduler_wake(scheduler);
}

void
scheduler_delivered(void *scheduler, struct parcel *p)
{
    struct scheduler *s = scheduler;

    dispatch_delivered(&s->dispatch, p);
}

/* ---------------------------------------------------------------- the thread */

/* One job; true when there may be more of its kind. At a time that cannot be, none: r->now_ms is 0,
 * and nothing is due. */
static bool
step(struct scheduler *s, const char *name, struct round *r,
     enum err_code (*run)(struct db *db, void *context, struct err *e))
{
    int64_t now_ms = clock_now_ms(s->service->clock);
    struct err e = {0};

    *r = (struct round){.s = s};
    if (clock_has_jumped(s->service->clock, now_ms) || !(r->arena = arena_new(ARENA_MAX)))
        return false;
    r->now_ms = now_ms;
    if (writer_run(s->writer, run, r, &e)) {
        if (e.code != ERR_BUSY)
            LOG(LOG_ERROR, "scheduler.failed", L_TEXT("step", name), L_TEXT("why", e.text));
        r->more = false;
        r->taken.items = 0;
        r->ended_n = 0;
    }
    if (r->taken.items)
        dispatch_send(&s->dispatch, r->item, r->taken.items);
    arena_free(r->arena);
    return r->more;
}

/* Told when it is in the book, and not before. */
static bool
end_holds(struct scheduler *s, struct round *r)
{
    bool more = step(s, "holds", r, run_holds);

    for (int64_t i = 0; i < r->ended_n; i++)
        publish_hold_over(s->service, &r->ended[i]);
    return more;
}

/* Once a day through all members, a few at a time, and never again at once: there is no hurry. */
static void
forget(struct scheduler *s, struct round *r)
{
    if (s->forget_after == 0) {
        if (r->now_ms - s->forgot_ms < FORGET_EVERY_MS || !forgetting_hour(r->now_ms))
            return;
        s->forgot_ms = r->now_ms;
    } else if (r->now_ms - s->forget_ms < FORGET_APART_MS)
        return;
    s->forget_ms = r->now_ms;
    (void)step(s, "forget", r, run_forget);
}

/* Once a day the head of those that are over, a few transfers at a time. */
static bool
sign_head(struct scheduler *s, struct round *r)
{
    bool more;

    if (r->now_ms - s->headed_ms < HEAD_EVERY_MS)
        return false;
    more = step(s, "head", r, run_head);
    if (!more)
        s->headed_ms = r->now_ms;
    return more;
}

/* Whether what time decides may be decided. Told once each way. */
static bool
clock_is_right(struct scheduler *s)
{
    int64_t now_ms = clock_now_ms(s->service->clock);
    bool jumped = clock_has_jumped(s->service->clock, now_ms);

    if (jumped && !s->clock_jumped)
        LOG(LOG_ERROR, "clock.jumped", L_INT("ms", clock_jump_ms(s->service->clock, now_ms)),
            L_TEXT("until", "it is put right, LINE's clock agrees, or a restart says that it is"));
    else if (!jumped && s->clock_jumped)
        LOG(LOG_INFO, "clock.right_again", L_INT("ms", clock_jump_ms(s->service->clock, now_ms)));
    s->clock_jumped = jumped;
    return !jumped;
}

static bool
all_steps(struct scheduler *s, struct round *r)
{
    bool more;

    if (!clock_is_right(s)) {
        quota_reader_doubt(&s->quota);
        return false;
    }
    quota_reader_tick(&s->quota, clock_now_ms(s->service->clock));
    more = step(s, "plans", r, run_plans);
    more |= step(s, "events", r, run_events);
    if (r->now_ms - s->made_ms >= MAKE_EVERY_MS) {
        bool has_more = step(s, "make", r, run_make);

        has_more |= step(s, "birthdays", r, run_birthdays);

        if (!has_more)
            s->made_ms = r->now_ms;
        more |= has_more;
    }
    more |= step(s, "notices", r, run_notices);
    more |= step(s, "menus", r, run_menus);
    if (courier_room(s->dispatch.courier) > 0) /* else they are safer in the outbox */
        more |= step(s, "outbox", r, run_take);
    more |= step(s, "expiry", r, run_expire);
    more |= end_holds(s, r);
    if (r->now_ms - s->swept_ms >= SWEEP_EVERY_MS) {
        s->swept_ms = r->now_ms;
        (void)step(s, "sweep", r, run_sweep);
    }
    more |= sign_head(s, r);
    forget(s, r);
    return more;
}

static void
quota_told(void *context)
{
    scheduler_wake(context);
}

static void *
scheduler_run(void *context)
{
    struct scheduler *s = context;
    struct round *r = calloc(1, sizeof(*r));
    bool more = true;

    if (!r)
        return NULL;
    (void)step(s, "recover", r, run_recover);
    for (;;) {
        bool stopping;

        pthread_mutex_lock(&s->lock);
        if (!s->stopping && !s->woken && !more) {
            struct timespec until;
            clock_gettime(CLOCK_MONOTONIC, &until);
            until.tv_sec++;
            pthread_cond_timedwait(&s->cond, &s->lock, &until);
        }
        s->woken = false;
        stopping = s->stopping;
        pthread_mutex_unlock(&s->lock);
        if (stopping)
            break;
        more = all_steps(s, r);
        s->service->counts.rounds++;
    }
    free(r);
    return NULL;
}

enum err_code
scheduler_new(struct scheduler **out, struct writer *writer, struct service *service, struct err *e)
{
    struct scheduler *s = calloc(1, sizeof(*s));

    if (!s)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "scheduler");
    s->writer = writer;
    s->service = service;
    s->dispatch = (struct dispatch){.writer = writer, .service = service};
    s->quota.writer = writer;
    s->quota.clock = service->clock;
    s->quota.told = quota_told;
    s->quota.context = s;
    quota_reader_init(&s->quota, service->api_url);
    pthread_mutex_init(&s->lock, NULL);
    clock_cond_init(&s->cond);
    *out = s;
    return OK;
}

enum err_code
scheduler_go(struct scheduler *s, struct courier *courier, struct err *e)
{
    s->dispatch.courier = courier;
    s->quota.courier = courier;
    if (pthread_create(&s->thread, NULL, scheduler_run, s))
        return err_set(e, ERR_INTERNAL, "thread", "scheduler");
    s->running = true;
    return OK;
}

void
scheduler_stop(struct scheduler *s)
{
    if (!s || !s->running)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_signal(&s->cond);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    s->running = false;
}

void
scheduler_free(struct scheduler *s)
{
    if (!s)
        return;
    pthread_cond_destroy(&s->cond);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void
scheduler_wake(struct scheduler *s)
{
    pthread_mutex_lock(&s->lock);
    s->woken = true;
    pthread_cond_signal(&s->cond);
    pthread_mutex_unlock(&s->lock);
}
