#include "app/backend.h"

#include <inttypes.h>
#include <string.h>

#include "api/errand.h"
#include "api/identify.h"
#include "api/keyed.h"
#include "app/routes.h"
#include "base/log.h"

/* ---------------------------------------------------------------- reading */

static struct db *
take_reader(void *service, struct err *e)
{
    return readers_take(backend_of(service)->readers, e);
}

static void
give_reader(void *service, struct db *db)
{
    readers_give(backend_of(service)->readers, db);
}

/* ---------------------------------------------------------------- what was read before */

static bool
find_kept(struct request *req, struct reply *reply)
{
    uint8_t who[SHA256_SIZE];

    return api_member_hash(req, who) && kept_find(backend_of(req->service)->kept, who, req, reply);
}

static void
keep(const struct request *req, const struct reply *reply)
{
    uint8_t who[SHA256_SIZE];

    if (reply->keep.until_ms && api_member_hash(req, who))
        kept_put(backend_of(req->service)->kept, who, req, reply);
}

/* ---------------------------------------------------------------- writing */

struct write_job {
    struct job job;
    struct pending *pending;
};

static enum err_code
write_run(struct job *job, struct db *db, struct err *e)
{
    struct pending *pending = ((struct write_job *)(void *)job)->pending;
    bool replayed = false, keyed = pending->req->route->mode == KEYED;

    pending->req->db = db;
    if (keyed && keyed_begin(pending->req, pending->reply, &replayed, e))
        return e->code;
    if (replayed)
        return OK;
    if (server_run_handler(pending, db, e))
        return e->code;
    return keyed ? keyed_end(pending->req, pending->reply, e) : OK;
}

static void
write_done(struct job *job, const struct err *e)
{
    struct pending *pending = ((struct write_job *)(void *)job)->pending;

    *pending->err = *e;
    server_continue(pending);
}

static void
write_submit(void *service, struct pending *pending)
{
    struct write_job *job = arena_alloc(pending->req->arena, sizeof(*job));

    if (!job) {
        err_set(pending->err, ERR_INTERNAL, "out_of_memory", "write job");
        server_continue(pending);
        return;
    }
    *job = (struct write_job){.job = {.run = write_run, .done = write_done}, .pending = pending};
    writer_submit(backend_of(service)->writer, &job->job);
}

/* ---------------------------------------------------------------- errands */

static char *
errand_keep(void *context, const char *text, size_t n)
{
    struct pending *pending = context;

    return text ? arena_dup(pending->req->arena, text, n) : arena_dup(pending->req->arena, "", 0);
}

static void
errand_done(void *context)
{
    server_continue_handler(context);
}

static void
errand_submit(void *service, struct pending *pending, struct errand *errand)
{
    courier_errand(backend_of(service)->courier, errand, errand_keep, errand_done, pending);
}

/* ---------------------------------------------------------------- afterwards */

static void
count(struct backend *b, const struct request *req, const struct reply *reply, int64_t took_us)
{
    size_t route = req->route ? (size_t)(req->route - routes) : BACKEND_ROUTES_MAX;
    int class = reply->status / 100;

    if (route >= BACKEND_ROUTES_MAX) {
        b->unrouted++;
        return;
    }
    b->answers[route][class >= 0 && class < BACKEND_CLASSES ? class : 0]++;
    b->took_us[route] += (uint64_t)(took_us > 0 ? took_us : 0);
}

/* What went right and changed nothing is no news; everything else is one line. */
static enum log_level
level_of(const struct request *req, const struct reply *reply, const struct err *e)
{
    if (e->code == ERR_INTERNAL || e->code == ERR_FULL)
        return LOG_ERROR;
    if (reply->status >= 500)
        return LOG_WARN;
    if (e->code)
        return LOG_INFO;
    return req->route && (req->route->mode == WRITE || req->route->mode == KEYED) ? LOG_INFO
                                                                                  : LOG_DEBUG;
}

/* The name of a field that is none of ours is the sender's own text, as a body is. */
static const char *
field_of(const struct err *e)
{
    return e->word && strcmp(e->word, "field_unknown") == 0 ? "" : e->field;
}

static void
finished(void *service, const struct request *req, const struct reply *reply, const struct err *e,
         int64_t took_us)
{
    const char *path = req->route ? req->route->path : "(none)";

    count(backend_of(service), req, reply, took_us);
    if (!e->code && reply->news.event)
        log_write(LOG_INFO, reply->news.event, reply->news.pair, reply->news.n);
    if (e->code)
        LOG(level_of(req, reply, e), "http.refused", L_TEXT("req", req->id),
            L_TEXT("method", method_name(req->method)), L_TEXT("route", path),
            L_INT("status", reply->status), L_TEXT("error", e->word ? e->word : ""),
            L_TEXT("field", field_of(e)), L_TEXT("why", e->text), L_INT("us", took_us));
    else
        LOG(level_of(req, reply, e), "http.done", L_TEXT("req", req->id),
            L_TEXT("method", method_name(req->method)), L_TEXT("route", path),
            L_INT("status", reply->status), L_INT("us", took_us));
}

struct server_backend
backend_hooks(struct backend *b)
{
    return (struct server_backend){
        .service = b->service,
        .reader = take_reader,
        .reader_done = give_reader,
        .identify = api_identify,
        .admit = api_admit,
        .kept = find_kept,
        .keep = keep,
        .write = write_submit,
        .errand = errand_submit,
        .finished = finished,
    };
}

void
backend_measure(struct backend *b, struct buf *out)
{
    buf_text(out, "# HELP stampd_http_requests_total answers by route and status class\n"
                  "# TYPE stampd_http_requests_total counter\n");
    for (size_t i = 0; i < routes_n && i < BACKEND_ROUTES_MAX; i++)
        for (int class = 1; class < BACKEND_CLASSES; class ++)
            if (b->answers[i][class])
                buf_format(out,
                           "stampd_http_requests_total{method=\"%s\",route=\"%s\",status=\"%dxx\"} "
                           "%" PRIu64 "\n",
                           method_name(routes[i].method), routes[i].path, class,
                           b->answers[i][class]);
    buf_text(out, "# HELP stampd_http_seconds_total time spent answering, by route\n"
                  "# TYPE stampd_http_seconds_total counter\n");
    for (size_t i = 0; i < routes_n && i < BACKEND_ROUTES_MAX; i++)
        if (b->took_us[i])
            buf_format(out, "stampd_http_seconds_total{method=\"%s\",route=\"%s\"} %.6f\n",
                       method_name(routes[i].method), routes[i].path, (double)b->took_us[i] / 1e6);
    buf_format(out,
               "# HELP stampd_http_unrouted_total requests for no route of ours\n"
               "# TYPE stampd_http_unrouted_total counter\nstampd_http_unrouted_total %" PRIu64
               "\n",
               b->unrouted);
}
