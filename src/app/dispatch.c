#include "app/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "base/entropy.h"
#include "base/log.h"
#include "line/outcome.h"

static const struct {
    const char *name, *path; /* NULL: the item says it itself */
    enum attempt_kind attempt;
} kinds[] = {
    [OUTBOX_PUSH] = {"push", "/v2/bot/message/push", ATTEMPT_KEYED},
    [OUTBOX_MULTICAST] = {"multicast", "/v2/bot/message/multicast", ATTEMPT_KEYED},
    [OUTBOX_REPLY] = {"reply", "/v2/bot/message/reply", ATTEMPT_ONCE},
    [OUTBOX_MENU] = {"menu", NULL, ATTEMPT_REPEATABLE},
};

static const struct {
    const char *name;
    enum outbox_end end;
} outcomes[] = {
    [OUTCOME_SENT] = {"sent", OUTBOX_SENT},
    [OUTCOME_ACCEPTED_BEFORE] = {"accepted_before", OUTBOX_ACCEPTED_BEFORE},
    [OUTCOME_REJECTED] = {"rejected", OUTBOX_REJECTED},
    [OUTCOME_QUOTA] = {"quota", OUTBOX_QUOTA},
    [OUTCOME_EXPIRED] = {"expired", OUTBOX_EXPIRED},
    [OUTCOME_RETRY] = {"again", OUTBOX_AGAIN},
    [OUTCOME_UNSENT] = {"unsent", OUTBOX_UNSENT},
};

/* ---------------------------------------------------------------- out */

/* "DELETE /path" is all there is to a menu. */
static bool
fill_menu(struct parcel *p, struct str call)
{
    struct str method;

    if (!str_until(&call, ' ', &method))
        return false;
    p->method = str_eq(method, STR("DELETE")) ? "DELETE" : "POST";
    return str_copy(call, p->path, sizeof(p->path));
}

static bool
fill_message(struct parcel *p, const struct outbox_item *item)
{
    char *body = malloc(item->body.n);

    if (!body)
        return false;
    memcpy(body, item->body.at, item->body.n);
    p->body = (struct str){body, item->body.n};
    p->method = "POST";
    return str_copy(str_of(kinds[item->kind].path), p->path, sizeof(p->path));
}

static struct parcel *
parcel_of(const struct outbox_item *item)
{
    struct parcel *p = calloc(1, sizeof(*p));

    if (!p)
        return NULL;
    *p = (struct parcel){
        .outbox_id = item->id,
        .try_number = item->try_number,
        .first_ms = item->first_ms,
        .kind = (int)item->kind,
        .once = kinds[item->kind].attempt == ATTEMPT_ONCE,
        .retry_after_ms = -1,
    };
    if ((item->retry_key.n > 0 && !str_copy(item->retry_key, p->retry_key, sizeof(p->retry_key))) ||
        !(kinds[item->kind].path ? fill_message(p, item) : fill_menu(p, item->body))) {
        parcel_free(p);
        return NULL;
    }
    return p;
}

void
dispatch_send(const struct dispatch *d, const struct outbox_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct parcel *p = parcel_of(&items[i]);

        if (p)
            courier_send(d->courier, p);
        else /* left as sending; taken up again at the next start */
            LOG(LOG_ERROR, "courier.out_of_memory", L_INT("outbox", items[i].id));
    }
}

/* ---------------------------------------------------------------- and back */

struct outcome_job {
    struct job job;
    struct clock *clock;
    struct parcel *parcel;
    struct verdict verdict;
};

static enum err_code
outcome_run(struct job *job, struct db *db, struct err *e)
{
    struct outcome_job *o = (struct outcome_job *)(void *)job;
    const struct parcel *p = o->parcel;

    return outbox_outcome(db, p->outbox_id, p->try_number, outcomes[o->verdict.outcome].end,
                          o->verdict.retry_at_ms, p->status, str_of(p->request_id),
                          clock_now_ms(o->clock), e);
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
    if (outcome == OUTCOME_RETRY || outcome == OUTCOME_UNSENT || p->kind == OUTBOX_MENU)
        return;
    if (outcome != OUTCOME_SENT && outcome != OUTCOME_ACCEPTED_BEFORE)
        c->pushes_failed++;
    else if (p->kind == OUTBOX_REPLY)
        c->replies_sent++;
    else
        c->pushes_sent++;
}

void
dispatch_delivered(const struct dispatch *d, struct parcel *p)
{
    struct outcome_job *o = calloc(1, sizeof(*o));
    const struct attempt attempt = {
        .kind = kinds[p->kind].attempt,
        .status = p->status,
        .sent = p->sent,
        .tries = (int)p->try_number,
        .token_renewed = p->token_renewed,
        .first_ms = p->first_ms,
        .now_ms = clock_now_ms(d->service->clock),
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
        .clock = d->service->clock,
        .parcel = p,
        .verdict = outcome_decide(&attempt),
    };
    count_outcome(&d->service->counts, p, o->verdict.outcome);
    LOG(o->verdict.outcome == OUTCOME_SENT ? LOG_INFO : LOG_WARN, "line.answered",
        L_INT("outbox", p->outbox_id), L_TEXT("kind", kinds[p->kind].name),
        L_INT("try", p->try_number), L_INT("status", p->status),
        L_TEXT("outcome", outcomes[o->verdict.outcome].name), L_TEXT("line_request", p->request_id),
        L_TEXT("failure", p->failure));
    writer_submit(d->writer, &o->job);
}
