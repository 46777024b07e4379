#include "app/app.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "api/api_pages.h"
#include "api/jwks_cache.h"
#include "api/known.h"
#include "app/aside.h"
#include "app/backend.h"
#include "app/courier.h"
#include "app/readers.h"
#include "app/routes.h"
#include "app/scheduler.h"
#include "base/log.h"
#include "domain/access.h"
#include "domain/notice.h"
#include "http/server.h"
#include "http/sse.h"
#include "store/migrate.h"
#include "store/writer.h"

#define LIMIT_BUCKETS 65536
#define DEMO_MAX (16 * KIB)

struct app {
    const struct config *config;
    struct arena *arena; /* texts made of settings */
    int lock_fd;
    struct service service;
    struct backend backend;
    struct writer *writer;
    struct readers *readers;
    struct scheduler *scheduler;
    struct courier *courier;
    struct server *server;
    const char *hosts[4];
    pthread_mutex_t open_lock;
    bool is_open; /* under it: there are pages to publish to */
};

/* ---------------------------------------------------------------- the installation's files */

const char *
data_path(struct arena *a, const struct config *c, const char *name)
{
    return arena_format(a, "%s/%s", c->data_dir, name);
}

int
data_lock(const char *path, struct err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0) {
        err_set(e, ERR_INPUT, "data_dir", "%s: %s", path, strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        err_set(e, ERR_CONFLICT, "data_locked", "%s: another process writes this book", path);
        close(fd);
        return -1;
    }
    return fd;
}

/* ---------------------------------------------------------------- hooks of the service */

static struct app *
app_of(void *context)
{
    return context;
}

static void
wake(void *context)
{
    scheduler_wake(app_of(context)->scheduler);
}

/* The server ends before the scheduler does. */
static void
publish(void *context, uint64_t topic, const char *event, struct str data)
{
    struct app *app = app_of(context);

    pthread_mutex_lock(&app->open_lock);
    if (app->is_open)
        sse_publish(server_hub(app->server), topic, event, data);
    pthread_mutex_unlock(&app->open_lock);
}

static void
set_open(struct app *app, bool is_open)
{
    pthread_mutex_lock(&app->open_lock);
    app->is_open = is_open;
    pthread_mutex_unlock(&app->open_lock);
}

static void
touch(void *context, int64_t session_id, int64_t now_ms)
{
    struct app *app = app_of(context);

    if (!clock_has_jumped(app->service.clock, now_ms)) /* or it would never be idle again */
        aside_touch(app->writer, session_id, now_ms);
}

static void
tapped(void *context, struct str menu, struct str area, int64_t now_ms)
{
    aside_tapped(app_of(context)->writer, menu, area, now_ms);
}

static void
opened(void *context, int kind, int64_t now_ms)
{
    aside_opened(app_of(context)->writer, (enum notice_kind)kind, now_ms);
}

static void
gauge(struct buf *out, const char *name, const char *kind, const char *help, double value)
{
    buf_format(out, "# HELP stampd_%s %s\n# TYPE stampd_%s %s\nstampd_%s %g\n", name, help, name,
               kind, name, value);
}

static void
measure(void *context, struct buf *out)
{
    struct app *app = app_of(context);
    struct writer_counts w = writer_counts(app->writer);
    struct courier_counts c = courier_counts(app->courier);
    struct server_counts s = server_counts(app->server);
    struct kept_counts k = kept_counts(app->backend.kept);

    gauge(out, "writer_queue", "gauge", "jobs waiting for the writer", (double)w.queue);
    gauge(out, "writer_jobs_total", "counter", "jobs done", (double)w.jobs);
    gauge(out, "writer_batches_total", "counter", "commits", (double)w.batches);
    gauge(out, "writer_failed_commits_total", "counter", "commits that failed",
          (double)w.failed_commits);
    gauge(out, "writer_commit_seconds_total", "counter", "time spent in commits",
          (double)w.commit_us / 1e6);
    gauge(out, "wal_pages", "gauge", "pages in the write-ahead log", (double)w.wal_pages);
    gauge(out, "clock_jump_seconds", "gauge", "how far the clock was set since the start",
          (double)clock_jump_ms(app->service.clock, clock_now_ms(app->service.clock)) / 1e3);
    gauge(out, "courier_waiting", "gauge", "requests to LINE that may not go yet",
          (double)c.waiting);
    gauge(out, "courier_answered_total", "counter", "requests LINE answered", (double)c.answered);
    gauge(out, "courier_unanswered_total", "counter", "requests LINE did not answer",
          (double)c.unanswered);
    gauge(out, "courier_under_way", "gauge", "requests to LINE without an answer yet",
          (double)c.under_way);
    gauge(out, "courier_held_back_total", "counter",
          "messages not tried because LINE was left alone", (double)c.held_back);
    gauge(out, "courier_breaker", "gauge",
          "LINE's API: 0 is asked, 1 is asked once, 2 is left alone", (double)c.state);
    gauge(out, "line_requests_total", "counter", "requests written to LINE",
          (double)c.wire.requests);
    gauge(out, "line_http2_requests_total", "counter", "of them, answered over HTTP/2",
          (double)c.wire.http2);
    gauge(out, "line_connections_total", "counter", "connections opened to LINE",
          (double)c.wire.connections);
    gauge(out, "connections", "gauge", "open connections", (double)s.connections);
    gauge(out, "streams", "gauge", "open event streams", (double)s.streams);
    gauge(out, "guard_refused_total", "counter", "requests the guard refused",
          (double)s.refused_by_guard);
    gauge(out, "closed_late_total", "counter", "connections closed at a deadline",
          (double)s.closed_late);
    gauge(out, "kept_hits_total", "counter", "answers given that were kept", (double)k.hits);
    gauge(out, "kept_misses_total", "counter", "answers looked for and not kept", (double)k.misses);
    gauge(out, "kept_bytes", "gauge", "answers kept", (double)k.bytes);
    backend_measure(&app->backend, out);
}

struct backend *
backend_of(struct service *service)
{
    return &app_of(service->app)->backend;
}

/* ---------------------------------------------------------------- building */

static struct str
text_of(const char *text)
{
    return str_of(text ? text : "");
}

static enum err_code
read_demo(struct app *app, struct str *out, struct err *e)
{
    char *text = arena_alloc(app->arena, DEMO_MAX + 1);
    const char *path = data_path(app->arena, app->config, DATA_DEMO);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n = fd >= 0 && text ? read(fd, text, DEMO_MAX) : -1;

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return err_set(e, ERR_NOT_FOUND, "demo_missing", "%s: run `stampd demo-data` first",
                       path ? path : DATA_DEMO);
    *out = (struct str){text, (size_t)n};
    return OK;
}

static enum err_code
service_build(struct app *app, struct clock *clock, struct err *e)
{
    const struct config *c = app->config;
    struct service *s = &app->service;
    struct arena *a = app->arena;

    s->origin = text_of(c->public_url);
    s->shop_title = text_of(c->title);
    s->demo = c->demo != 0;
    s->sim_url = s->demo ? text_of(c->line_api_url) : (struct str){0};
    s->login = (struct login_config){
        .authorize_url = str_of(arena_format(a, "%s/oauth2/v2.1/authorize", c->line_access_url)),
        .channel_id = text_of(c->login_channel_id),
        .channel_secret = text_of(c->login_channel_secret),
        .redirect_uri = str_of(arena_format(a, "%s/line/callback", c->public_url)),
    };
    s->token_url = str_of(arena_format(a, "%s/oauth2/v2.1/token", c->line_api_url));
    s->api_url = str_of(c->line_api_url);
    s->certs_url = str_of(arena_format(a, "%s/oauth2/v2.1/certs", c->line_api_url));
    s->purge = (struct purge_rules){.unfollowed_days = c->purge_unfollowed_days,
                                    .dormant_days = c->purge_dormant_days};
    s->deauthorize_url = str_of(arena_format(a, "%s/user/v1/deauthorize", c->line_api_url));
    s->access_url = str_of(c->line_access_url);
    s->shop_login_url = text_of(c->shop_login_url);
    s->shop_login_secret = text_of(c->shop_login_secret);
    s->merge_days = c->merge_days;
    s->takes_guests = c->guests != 0;
    s->liff_id = text_of(c->liff_id);
    s->liff_url = text_of(c->liff_url);
    s->friend_url = text_of(c->friend_url);
    s->liff_is_real = str_starts(s->liff_url, STR("https://"));
    s->channel_secrets[s->channel_secrets_n++] = text_of(c->channel_secret);
    if (c->channel_secret_old)
        s->channel_secrets[s->channel_secrets_n++] = text_of(c->channel_secret_old);
    s->bot_user_id = text_of(c->bot_user_id);
    s->rate_per_peer = (struct limit_rate){.burst = c->peer_rate * 4,
                                           .per_ms = c->peer_rate ? SECOND_MS / c->peer_rate : 0};
    s->clock = clock;
    s->limit = limit_new(LIMIT_BUCKETS);
    s->jwks = jwks_cache_new();
    s->app = app;
    s->wake = wake;
    s->publish = publish;
    s->touch = touch;
    s->tapped = tapped;
    s->opened = opened;
    s->measure = measure;
    if (!s->limit || !s->jwks)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "service");
    return s->demo ? read_demo(app, &s->demo_json, e) : OK;
}

static void
abort_broken(const struct err *e)
{
    LOG(LOG_ERROR, "disk.broken", L_TEXT("why", e->text));
    abort();
}

static enum err_code
book_open(struct app *app, void (*broken)(const struct err *e), struct err *e)
{
    const char *path = data_path(app->arena, app->config, DATA_BOOK);
    const struct db_options options = {.mode = DB_WRITE,
                                       .cache_kib = app->config->writer_cache_kib,
                                       .versions = app->backend.versions};
    struct db *db;

    app->lock_fd = data_lock(data_path(app->arena, app->config, DATA_LOCK), e);
    if (app->lock_fd < 0 ||
        keys_load(data_path(app->arena, app->config, DATA_ROOT_KEY), &app->service.keys, e) ||
        migrate_up(path, e) || db_open(&db, path, &options, e))
        return e->code;
    db_attach(db, &app->service.keys);
    db_forget(db); /* a process that died may have left in the WAL what it had removed */
    return writer_start(&app->writer, db, broken ? broken : abort_broken, e) ||
                   readers_open(&app->readers, path, app->config->cache_kib, &app->service.keys, e)
               ? e->code
               : OK;
}

static bool
is_http(const char *url)
{
    return str_starts(str_of(url), STR("http://"));
}

static enum err_code
courier_build(struct app *app, int64_t timeout_ms, struct err *e)
{
    const struct config *c = app->config;
    const struct courier_options options = {
        .api_url = str_of(c->line_api_url),
        .bot = {text_of(c->channel_id), text_of(c->channel_secret)},
        .login = {text_of(c->login_channel_id), text_of(c->login_channel_secret)},
        .allow_http_loopback = is_http(c->line_api_url),
        .clock = app->service.clock,
        .has_room = scheduler_has_room,
        .timeout_ms = timeout_ms,
    };

    return scheduler_new(&app->scheduler, app->writer, &app->service, e) ||
                   courier_start(&app->courier, &options, scheduler_delivered, app->scheduler, e)
               ? e->code
               : OK;
}

static enum err_code
server_build(struct app *app, struct err *e)
{
    const struct config *c = app->config;
    struct server_backend hooks;
    struct str host = str_of(c->public_url);
    struct server_options options = {
        .listen = c->listen,
        .hosts = app->hosts,
        .origin = c->public_url,
        .csp = api_default_policy(app->service.demo),
        .proxy_header = c->proxy_header,
        .secure = !is_http(c->public_url),
        .workers = (unsigned)c->workers,
        .connections_max = (unsigned)c->connections_max,
        .clock = app->service.clock,
        .versions = app->backend.versions,
        .routes = routes,
        .routes_n = routes_n,
    };

    (void)(str_skip(&host, STR("https://")) || str_skip(&host, STR("http://")));
    app->hosts[0] = host.at;
    app->backend.service = &app->service;
    app->backend.readers = app->readers;
    app->backend.writer = app->writer;
    app->backend.courier = app->courier;
    hooks = backend_hooks(&app->backend);
    if (server_start(&app->server, &options, &hooks, e))
        return err_wrap(e, "listen on %s", c->listen);
    return OK;
}

enum err_code
app_start(struct app **out, const struct app_options *options, struct err *e)
{
    struct app *app = calloc(1, sizeof(*app));

    if (!app || !(app->arena = arena_new(64 * KIB))) {
        free(app);
        return err_set(e, ERR_INTERNAL, "out_of_memory", "app");
    }
    pthread_mutex_init(&app->open_lock, NULL);
    app->config = options->config;
    app->lock_fd = -1;
    app->backend.versions = versions_new();
    app->backend.kept = kept_new((size_t)app->config->kept_kib * KIB, app->backend.versions);
    app->service.known = known_new(app->backend.versions);
    if (!app->backend.versions || !app->backend.kept || !app->service.known) {
        app_stop(app);
        return err_set(e, ERR_INTERNAL, "out_of_memory", "app");
    }
    clock_trust(options->clock);
    if (service_build(app, options->clock, e) || book_open(app, options->broken, e) ||
        courier_build(app, options->line_timeout_ms, e) || server_build(app, e)) {
        app_stop(app);
        return e->code;
    }
    set_open(app, true);
    if (scheduler_go(app->scheduler, app->courier, e)) {
        app_stop(app);
        return e->code;
    }
    *out = app;
    return OK;
}

/* The server waits for the writer and the courier, so it goes first; outcomes need the writer, so
 * it goes last. */
void
app_stop(struct app *app)
{
    if (!app)
        return;
    set_open(app, false);
    server_stop(app->server);
    scheduler_stop(app->scheduler);
    courier_stop(app->courier);
    writer_stop(app->writer);
    scheduler_free(app->scheduler);
    readers_close(app->readers);
    kept_free(app->backend.kept);
    known_free(app->service.known);
    versions_free(app->backend.versions);
    jwks_cache_free(app->service.jwks);
    limit_free(app->service.limit);
    digest_wipe(&app->service.keys, sizeof(app->service.keys));
    if (app->lock_fd >= 0)
        close(app->lock_fd);
    arena_free(app->arena);
    pthread_mutex_destroy(&app->open_lock);
    free(app);
}

int
app_port(const struct app *app)
{
    return server_port(app->server);
}

struct service *
app_service(struct app *app)
{
    return &app->service;
}

const struct config *
app_config(const struct app *app)
{
    return app->config;
}

enum err_code
app_write(struct app *app, enum err_code (*run)(struct db *db, void *context, struct err *e),
          void *context, struct err *e)
{
    return writer_run(app->writer, run, context, e);
}
