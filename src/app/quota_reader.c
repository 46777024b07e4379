#include "app/quota_reader.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "domain/budget.h"
#include "domain/notice.h"
#include "line/quota.h"

#define READ_EVERY_MS HOUR_MS
#define READ_AGAIN_MS MINUTE_MS
#define DOUBT_EVERY_MS (30 * SECOND_MS)

void
quota_reader_init(struct quota_reader *q, struct str api_url)
{
    snprintf(q->most_url, sizeof(q->most_url), "%.*s" QUOTA_PATH, (int)api_url.n, api_url.at);
    snprintf(q->used_url, sizeof(q->used_url), "%.*s" QUOTA_USED_PATH, (int)api_url.n, api_url.at);
}

/* An answer longer than the place for it is none of LINE's. */
static char *
keep(void *context, const char *text, size_t n)
{
    struct quota_reader *q = context;

    char *at = q->answer + q->answer_n;

    if (!text || n >= sizeof(q->answer) - q->answer_n)
        return NULL;
    memcpy(at, text, n);
    at[n] = '\0';
    q->answer_n += n + 1;
    return at;
}

static void
finish(struct quota_reader *q, int64_t again_ms)
{
    q->next_ms = clock_now_ms(q->clock) + again_ms;
    q->is_asking = false;
}

static void
fail(struct quota_reader *q, const char *why)
{
    LOG(LOG_WARN, "quota.not_read", L_INT("status", q->errand.status), L_TEXT("why", why));
    finish(q, READ_AGAIN_MS);
}

/* ---------------------------------------------------------------- on the writer */

static enum err_code
note_run(struct job *job, struct db *db, struct err *e)
{
    struct quota_reader *q =
        (struct quota_reader *)(void *)((char *)job - offsetof(struct quota_reader, job));

    int64_t now_ms = clock_now_ms(q->clock);

    return budget_told(db, q->most == QUOTA_UNLIMITED ? BUDGET_NONE : q->most, q->used, now_ms,
                       e) ||
                   notice_retry_budget(db, now_ms, e)
               ? e->code
               : OK;
}

static void
note_done(struct job *job, const struct err *e)
{
    struct quota_reader *q =
        (struct quota_reader *)(void *)((char *)job - offsetof(struct quota_reader, job));

    if (e->code) {
        fail(q, e->text);
        return;
    }
    q->month = budget_month(clock_now_ms(q->clock));
    finish(q, READ_EVERY_MS);
    q->told(q->context);
}

/* ---------------------------------------------------------------- on the courier */

static void
ask(struct quota_reader *q, const char *url, void (*done)(void *context))
{
    q->answer_n = 0;
    q->errand = (struct errand){.method = "GET",
                                .url = url,
                                .token = ERRAND_BOT_TOKEN,
                                .answer_max = sizeof(q->answer) - 1};
    courier_errand(q->courier, &q->errand, keep, done, q);
}

/* Both clocks at the same place by chance, after a jump of ours, is not to be feared. */
static void
compare_clocks(struct quota_reader *q)
{
    int64_t now_ms = clock_now_ms(q->clock);
    int64_t apart_ms = now_ms - q->errand.date_ms;

    if (q->errand.date_ms == 0 || !clock_has_jumped(q->clock, now_ms) ||
        apart_ms > CLOCK_JUMP_MAX_MS || apart_ms < -CLOCK_JUMP_MAX_MS)
        return;
    LOG(LOG_WARN, "clock.confirmed", L_INT("ms", clock_jump_ms(q->clock, now_ms)),
        L_TEXT("by", "LINE's clock"));
    clock_trust(q->clock);
    q->told(q->context);
}

static void
used_answered(void *context)
{
    struct quota_reader *q = context;
    struct err e = {0};

    if (q->errand.status != 200 || quota_used(q->errand.answer, &q->used, &e)) {
        fail(q, e.code ? e.text : "LINE did not tell what was used");
        return;
    }
    q->job = (struct job){.run = note_run, .done = note_done};
    writer_submit(q->writer, &q->job);
}

static void
most_answered(void *context)
{
    struct quota_reader *q = context;
    struct err e = {0};

    compare_clocks(q);
    if (q->errand.status != 200 || quota_most(q->errand.answer, &q->most, &e)) {
        fail(q, e.code ? e.text : "LINE did not tell the quota");
        return;
    }
    ask(q, q->used_url, used_answered);
}

void
quota_reader_tick(struct quota_reader *q, int64_t now_ms)
{
    bool is_new_month = q->month != 0 && q->month != budget_month(now_ms);

    if (q->is_asking || (now_ms < q->next_ms && !is_new_month))
        return;
    q->is_asking = true;
    q->month = is_new_month ? 0 : q->month;
    ask(q, q->most_url, most_answered);
}

void
quota_reader_doubt(struct quota_reader *q)
{
    int64_t now_ms = clock_monotonic_ms();

    if (q->is_asking || (q->doubted_ms != 0 && now_ms - q->doubted_ms < DOUBT_EVERY_MS))
        return;
    q->doubted_ms = now_ms;
    q->is_asking = true;
    ask(q, q->most_url, most_answered);
}
