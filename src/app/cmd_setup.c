#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "app/commands.h"
#include "app/control.h"
#include "app/menu_keeper.h"
#include "base/clock.h"
#include "base/log.h"
#include "domain/check.h"
#include "domain/head_file.h"
#include "domain/keys.h"
#include "domain/staff.h"
#include "store/migrate.h"

/* ---------------------------------------------------------------- init */

static enum err_code
make_conf(struct call *call, struct err *e)
{
    const char *path = call->config_path ? call->config_path : "stampd.conf";
    struct buf text = buf_new(call->arena, 16 * KIB);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ssize_t n;

    if (fd < 0 && errno == EEXIST) {
        buf_format(call->out, "settings    %s (was there)\n", path);
        return OK;
    }
    if (fd < 0)
        return err_set(e, ERR_INPUT, "file_unwritable", "%s: %s", path, strerror(errno));
    config_sample(&text);
    n = write(fd, text.at, text.n);
    if (close(fd) || n != (ssize_t)text.n)
        return err_set(e, ERR_FULL, "file_unwritable", "%s: %s", path, strerror(errno));
    buf_format(call->out, "settings    %s: fill in LINE's channel ids and secrets\n", path);
    return OK;
}

static enum err_code
make_link(struct db *db, struct call *call, struct err *e)
{
    char token[TOKEN_SIZE];

    if (owner_link_make(db, call->now_ms, token, e))
        return e->code;
    buf_format(call->out,
               "owner       %s/admin#claim=%s\n            works once, for three days; opens after "
               "`stampd serve`\n",
               call->config->public_url, token);
    return OK;
}

enum err_code
command_owner_link(struct call *call, struct err *e)
{
    return make_link(call->db, call, e);
}

static enum err_code
make_book(struct call *call, struct err *e)
{
    const char *path = data_path(call->arena, call->config, DATA_BOOK);
    const struct db_options options = {.mode = DB_WRITE};
    struct keys keys;
    struct db *db = NULL;
    struct db_tx tx = {0};
    enum err_code code;

    if (keys_load(data_path(call->arena, call->config, DATA_ROOT_KEY), &keys, e) ||
        migrate_up(path, e) || db_open(&db, path, &options, e))
        return e->code;
    db_attach(db, &keys);
    buf_format(call->out, "book        %s\n", path);
    code = db_begin(db, &tx, e) || make_link(db, call, e) || db_commit(&tx, e) ? e->code : OK;
    db_rollback(&tx);
    db_close(db);
    return code;
}

enum err_code
command_init(struct call *call, struct err *e)
{
    const char *key = data_path(call->arena, call->config, DATA_ROOT_KEY);
    enum err_code code;
    int lock;

    if (mkdir(call->config->data_dir, 0700) && errno != EEXIST)
        return err_set(e, ERR_INPUT, "data_dir", "%s: %s", call->config->data_dir, strerror(errno));
    lock = data_lock(data_path(call->arena, call->config, DATA_LOCK), e);
    if (lock < 0)
        return e->code;
    code = keys_create(key, e);
    if (code == ERR_CONFLICT) {
        code = OK;
        buf_format(call->out, "root key    %s (was there)\n", key);
    } else if (!code) {
        buf_format(call->out,
                   "root key    %s: keep a copy apart from the book; without it nobody in it can "
                   "be known\n",
                   key);
    }
    if (!code)
        code = make_book(call, e) || make_conf(call, e) ? e->code : OK;
    close(lock);
    return code;
}

enum err_code
command_migrate(struct call *call, struct err *e)
{
    const char *path = data_path(call->arena, call->config, DATA_BOOK);
    int lock = data_lock(data_path(call->arena, call->config, DATA_LOCK), e);
    int64_t before;
    enum err_code code;

    if (lock < 0)
        return e->code;
    code = migrate_version(path, &before, e);
    if (!code && before == 0)
        code = err_set(e, ERR_NOT_FOUND, "database_missing", "%s: run `stampd init` first", path);
    if (!code && !(code = migrate_up(path, e)))
        buf_format(call->out, "schema %" PRId64 " -> %" PRId64 "\n", before, migrate_latest());
    close(lock);
    return code;
}

/* ---------------------------------------------------------------- serve */

static void
level_set(const char *name)
{
    static const char *const names[] = {
        [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};

    for (enum log_level level = LOG_DEBUG; level <= LOG_ERROR; level++)
        if (strcmp(name, names[level]) == 0)
            log_level_set(level);
}

/* One descriptor a connection, and some for files; as many as the system lets us have. */
static void
raise_descriptors(int64_t connections_max)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > (rlim_t)connections_max + 256)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        LOG(LOG_WARN, "serve.descriptors", L_INT("limit", (int64_t)limit.rlim_cur));
}

/* Signals are blocked before any thread starts, so that only sigwait gets them. */
static int
wait_for_end(const sigset_t *signals)
{
    int number = 0;

    while (sigwait(signals, &number) != 0)
        ;
    return number;
}

enum err_code
command_serve(struct call *call, struct err *e)
{
    struct clock clock = {0};
    const struct app_options options = {.config = call->config, .clock = &clock};
    struct app *app = NULL;
    struct control *control = NULL;
    struct menu_keeper *menus = NULL;
    sigset_t signals;
    enum err_code code;

    if (config_check_serve(call->config, e))
        return e->code;
    level_set(call->config->log_level);
    umask(0077);
    raise_descriptors(call->config->connections_max);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core file with keys in it, no ptrace by others */
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    code = app_start(&app, &options, e);
    if (!code)
        code = control_start(&control, app, data_path(call->arena, call->config, DATA_CONTROL), e);
    if (!code)
        code = menu_keeper_start(&menus, call->config, &clock, e);
    if (!code) {
        LOG(LOG_INFO, "serve.started", L_TEXT("listen", call->config->listen),
            L_TEXT("public", call->config->public_url), L_INT("port", app_port(app)));
        LOG(LOG_INFO, "serve.stopping", L_INT("signal", wait_for_end(&signals)));
    }
    menu_keeper_stop(menus);
    control_stop(control);
    app_stop(app);
    if (!code)
        LOG(LOG_INFO, "serve.stopped", L_INT("pid", getpid()));
    return code;
}

/* ---------------------------------------------------------------- check */

const struct option_row check_options_rows[] = {
    {"quick", NULL, NULL, "leave out what reads the whole file"},
    {"progress", NULL, NULL, "say how far it is, also where nobody watches on a terminal"},
    {"head", "FILE", "", "heads that were kept elsewhere (head export): are they this book's?"},
    {"receipts", "FILE", "", "what tills were answered, NUMBER MAC a line: is it in the book?"},
    {0},
};

#define PATIENCE_MS 2000 /* nobody needs to be told of less */

struct checking {
    struct call *call;
    int64_t began_ms, told_ms;
    int64_t transfers;
    bool is_watched, is_terminal;
};

static void
check_report(void *context, const struct check_line *line)
{
    struct checking *c = context;

    if (c->is_terminal && c->told_ms > 0)
        fputs("\r\033[K", stderr);
    buf_format(c->call->out, "%-6s %s  %s%s%s\n", line->holds ? "ok" : "BROKEN", line->name,
               line->claim, line->holds ? "" : ": ", line->holds ? "" : line->detail);
    if (c->call->flush != NULL)
        c->call->flush(c->call);
}

/* Once a second, when it takes long. */
static void
check_progress(void *context, const struct check_progress *at)
{
    struct checking *c = context;
    int64_t now_ms = clock_monotonic_ms();

    if (at->of > 0)
        c->transfers = at->of;
    if (!c->is_watched || now_ms < c->began_ms + PATIENCE_MS || now_ms < c->told_ms + SECOND_MS)
        return;
    c->told_ms = now_ms;
    fprintf(stderr, "%schecking %s", c->is_terminal ? "\r\033[K" : "", at->name);
    if (at->of > 0)
        fprintf(stderr, "  %" PRId64 " of %" PRId64 " transfers", at->done, at->of);
    fputs(c->is_terminal ? "" : "\n", stderr);
}

static void
check_rate(const struct checking *c)
{
    int64_t took_ms = clock_monotonic_ms() - c->began_ms;

    if (c->is_terminal && c->told_ms > 0)
        fputs("\r\033[K", stderr);
    if (c->is_watched && took_ms >= PATIENCE_MS)
        fprintf(stderr, "%" PRId64 " transfers in %.1f s: %" PRId64 " a second\n", c->transfers,
                (double)took_ms / 1000, c->transfers * 1000 / took_ms);
}

static enum err_code
open_receipts(struct call *call, FILE **out, struct err *e)
{
    const char *path = arena_format(call->arena, "%.*s", (int)call->value[3].n, call->value[3].at);

    *out = path ? fopen(path, "re") : NULL;
    if (*out)
        return OK;
    return err_set(e, ERR_INPUT, "file_unreadable", "%s: %s", path ? path : "", strerror(errno));
}

enum err_code
command_check(struct call *call, struct err *e)
{
    struct check_options options = {.is_quick = call->value[0].at != NULL,
                                    .progress = check_progress};
    struct checking c = {
        .call = call, .began_ms = clock_monotonic_ms(), .is_terminal = isatty(STDERR_FILENO) == 1};
    bool sound = false;
    enum err_code code;

    c.is_watched = c.is_terminal || call->value[1].at != NULL;
    if (call->value[2].n > 0 && command_file(call, 2, HEADS_FILE_MAX, e))
        return e->code;
    options.heads = call->value[2];
    if (call->value[3].n > 0 && open_receipts(call, &options.receipts, e))
        return e->code;
    code = check_run(call->db, &options, check_report, &c, &sound, e);
    if (options.receipts)
        fclose(options.receipts);
    if (code)
        return code;
    check_rate(&c);
    buf_text(call->out, sound ? "the book is sound\n" : "THE BOOK IS NOT SOUND\n");
    call->failed = !sound;
    return OK;
}
