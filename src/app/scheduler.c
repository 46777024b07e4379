#include "app/scheduler.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/events.h"
#include "api/notify.h"
#include "base/entropy.h"
#include "base/log.h"
#include "domain/access.h"
#include "domain/answer.h"
#include "domain/inbox.h"
#include "domain/outbox.h"
#include "domain/reply_chance.h"
#include "domain/voucher.h"
#include "line/outcome.h"

#define TAKE_MAX 64             /* messages taken from the outbox in one job */
#define COURIER_WAITING_MAX 128 /* more than this is left in the outbox, where it is safe */
#define EXPIRE_MAX 200
#define SWEEP_MAX 1000
#define SWEEP_EVERY_MS (10 * MINUTE_MS)
#define ARENA_MAX (32 * MIB)

struct scheduler {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool stopping, woken; /* under the lock */
    bool running;         /* whoever starts and stops it */
    struct writer *writer;
    struct service *service;
    struct courier *courier;
    int64_t swept_ms;
};

/* What one job of a round needs and leaves. */
struct round {
    struct scheduler *s;
    struct arena *arena;
    int64_t now_ms;
    bool more;
    struct outbox_item item[TAKE_MAX];
    size_t items;
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

    return notify_due(db, r->s->service, r->arena, r->now_ms, &r->more, e);
}

static enum err_code
run_take(struct db *db, void *context, struct err *e)
{
    struct round *r = context;

    size_t unreadable;

    if (outbox_take(db, r->now_ms, r->arena, r->item, TAKE_MAX, &r->items, &unreadable, e))
        return e->code;
    if (unreadable)
        LOG(LOG_ERROR, "outbox.unreadable", L_INT("messages", (int64_t)unreadable));
    r->more = r->items + unreadable == TAKE_MAX;
    return OK;
}

static enum err_code
run_expire(struct db *db, void *context, struct err *e)
{
    struct round *r = context;
    int64_t n;

    if (voucher_expire_due(db, r->now_ms, EXPIRE_MAX, &n, e))
        return e->code;
    r->more = n == EXPIRE_MAX;
    return OK;
}

static enum err_code
run_sweep(struct db *db, void *context, struct err *e)
{
    struct round *r = context;

    return access_sweep(db, r->now_ms, e) || answer_sweep(db, r->now_ms, SWEEP_MAX, e) ||
                   reply_chance_sweep(db, r->now_ms, e) || inbox_sweep(db, r->now_ms, SWEEP_MAX, e)
               ? e->code
               : OK;
}

static enum err_code
run_recover(struct db *db, void *context, struct err *e)
{
    struct round *r = context;

    return outbox_recover(db, r->now_ms, e);
}

/* ---------------------------------------------------------------- the outbox and the courier */

static struct parcel *
parcel_of(const struct outbox_item *item)
{
    struct parcel *p = calloc(1, sizeof(*p));
    char *body = malloc(item->body.n);

    if (!p || !body) {
        free(body);
        free(p);
        return NULL;
    }
    memcpy(body, item->body.at, item->body.n);
    *p = (struct parcel){
        .outbox_id = item->id,
        .try_number = item->try_number,
        .first_ms = item->first_ms,
        .is_push = item->is_push,
        .body = {body, item->body.n},
        .retry_after_ms = -1,
    };
    (void)str_copy(item->retry_key, p->retry_key, sizeof(p->retry_key));
    return p;
}

/* Only now, after the COMMIT, may the bytes leave. */
static void
send_taken(const struct round *r)
{
    for (size_t i = 0; i < r->items; i++) {
        struct parcel *p = parcel_of(&r->item[i]);

        if (p)
            courier_send(r->s->courier, p);
        else /* left as sending; taken up again at the next start */
            LOG(LOG_ERROR, "courier.out_of_memory", L_INT("outbox", r->item[i].id));
    }
}

struct outcome_job {
    struct job job;
    struct scheduler *s;
    struct parcel *parcel;
    struct verdict verdict;
};

static const enum outbox_end ends[] = {
    [OUTCOME_SENT] = OUTBOX_SENT,         [OUTCOME_ACCEPTED_BEFORE] = OUTBOX_ACCEPTED_BEFORE,
    [OUTCOME_REJECTED] = OUTBOX_REJECTED, [OUTCOME_QUOTA] = OUTBOX_QUOTA,
    [OUTCOME_EXPIRED] = OUTBOX_EXPIRED,   [OUTCOME_RETRY] = OUTBOX_AGAIN,
};

static enum err_code
outcome_run(struct job *job, struct db *db, struct err *e)
{
    struct outcome_job *o = (struct outcome_job *)(void *)job;
    const struct parcel *p = o->parcel;

    return outbox_outcome(db, p->outbox_id, p->try_number, ends[o->verdict.outcome],
                          o->verdict.retry_at_ms, p->status, str_of(p->request_id),
                          clock_now_ms(o->s->service->clock), e);
}

static void
outcome_done(struct job *job, const struct err *e)
{
    struct outcome_job *o = (struct outcome_job *)(void *)job;

    if (e->code)
        LOG(LOG_ERROR, "outbox.outcome_lost", L_INT("outbox", o->parcel->outbox_id),
            L_TEXT("why", e->text));
    parcel_free(o->parcel);
    free(o);
}

static void
count_outcome(struct service_counts *c, const struct parcel *p, enum outcome outcome)
{
    if (outcome == OUTCOME_RETRY)
        return;
    if (outcome != OUTCOME_SENT && outcome != OUTCOME_ACCEPTED_BEFORE)
        c->pushes_failed++;
    else if (p->is_push)
        c->pushes_sent++;
    else
        c->replies_sent++;
}

void
scheduler_delivered(void *scheduler, struct parcel *p)
{
    static const char *const names[] = {
        [OUTCOME_SENT] = "sent",         [OUTCOME_ACCEPTED_BEFORE] = "accepted_before",
        [OUTCOME_REJECTED] = "rejected", [OUTCOME_QUOTA] = "quota",
        [OUTCOME_EXPIRED] = "expired",   [OUTCOME_RETRY] = "again",
    };
    struct scheduler *s = scheduler;
    struct outcome_job *o = calloc(1, sizeof(*o));
    const struct attempt attempt = {
        .is_reply = !p->is_push,
        .status = p->status,
        .tries = (int)p->try_number,
        .token_renewed = p->token_renewed,
        .first_ms = p->first_ms,
        .now_ms = clock_now_ms(s->service->clock),
        .retry_after_ms = p->retry_after_ms,
        .answer = p->answer,
        .random = (uint32_t)entropy_below(UINT32_MAX),
    };

    if (!o) {
        LOG(LOG_ERROR, "courier.out_of_memory", L_INT("outbox", p->outbox_id));
        parcel_free(p);
        return;
    }
    *o = (struct outcome_job){
        .job = {.run = outcome_run, .done = outcome_done},
        .s = s,
        .parcel = p,
        .verdict = outcome_decide(&attempt),
    };
    count_outcome(&s->service->counts, p, o->verdict.outcome);
    LOG(o->verdict.outcome == OUTCOME_SENT ? LOG_INFO : LOG_WARN, "line.answered",
        L_INT("outbox", p->outbox_id), L_TEXT("kind", p->is_push ? "push" : "reply"),
        L_INT("try", p->try_number), L_INT("status", p->status),
        L_TEXT("outcome", names[o->verdict.outcome]), L_TEXT("line_request", p->request_id),
        L_TEXT("failure", p->failure));
    writer_submit(s->writer, &o->job);
}

/* ---------------------------------------------------------------- the thread */

/* One job; true when there may be more of its kind. */
static bool
step(struct scheduler *s, const char *name, struct round *r,
     enum err_code (*run)(struct db *db, void *context, struct err *e))
{
    struct err e = {0};

    *r = (struct round){
        .s = s, .arena = arena_new(ARENA_MAX), .now_ms = clock_now_ms(s->service->clock)};
    if (!r->arena)
        return false;
    if (writer_run(s->writer, run, r, &e)) {
        if (e.code != ERR_BUSY)
            LOG(LOG_ERROR, "scheduler.failed", L_TEXT("step", name), L_TEXT("why", e.text));
        r->more = false;
        r->items = 0;
    }
    if (r->items)
        send_taken(r);
    arena_free(r->arena);
    return r->more;
}

static bool
all_steps(struct scheduler *s, struct round *r)
{
    bool more = step(s, "events", r, run_events);

    more |= step(s, "notices", r, run_notices);
    if (courier_counts(s->courier).waiting < COURIER_WAITING_MAX)
        more |= step(s, "outbox", r, run_take);
    more |= step(s, "expiry", r, run_expire);
    if (r->now_ms - s->swept_ms >= SWEEP_EVERY_MS) {
        s->swept_ms = r->now_ms;
        (void)step(s, "sweep", r, run_sweep);
    }
    return more;
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
    }
    free(r);
    return NULL;
}

enum err_code
scheduler_new(struct scheduler **out, struct writer *writer, struct service *service, struct err *e)
{
    struct scheduler *s = calloc(1, sizeof(*s));
    pthread_condattr_t attr;

    if (!s)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "scheduler");
    s->writer = writer;
    s->service = service;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->cond, &attr);
    pthread_condattr_destroy(&attr);
    *out = s;
    return OK;
}

enum err_code
scheduler_go(struct scheduler *s, struct courier *courier, struct err *e)
{
    s->courier = courier;
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
