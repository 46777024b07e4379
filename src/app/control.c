#include "app/control.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/keys.h"
#include "store/migrate.h"

#define MESSAGE_MAX (3 * MIB) /* a table of customers */
#define ANSWER_MAX (1 * MIB)
#define PATIENCE_S 10

/* ---------------------------------------------------------------- the message */

/*
 * name NUL now_ms NUL then for each option '+' value NUL (given) or '-' NUL (not given). The other
 * side ends its sending; the answer is a digit (0 done, 1 done with the answer "no", 2 failed), the
 * error's word and NUL when it failed, and the text.
 */
static bool
message_write(const struct command *command, const struct call *call, struct buf *b)
{
    buf_text(b, command->name);
    buf_char(b, '\0');
    buf_int(b, call->now_ms);
    buf_char(b, '\0');
    for (int i = 0; command->options[i].name; i++) {
        buf_char(b, call->value[i].at ? '+' : '-');
        buf_str_raw(b, call->value[i]);
        buf_char(b, '\0');
    }
    return !buf_failed(b);
}

static const struct command *
message_read(struct str text, struct call *call)
{
    struct str name, now;

    if (!str_until(&text, '\0', &name) || !str_until(&text, '\0', &now) ||
        !str_int(now, &call->now_ms, 1, INT64_MAX))
        return NULL;
    for (size_t i = 0; i < commands_n; i++) {
        const struct command *command = &commands[i];

        if (command->needs != NEEDS_WRITER || !str_eq(name, str_of(command->name)))
            continue;
        for (int o = 0; command->options[o].name; o++) {
            struct str value;
            if (!str_until(&text, '\0', &value) || !value.n)
                return NULL;
            if (value.at[0] == '+')
                call->value[o] = (struct str){value.at + 1, value.n - 1};
        }
        return command;
    }
    return NULL;
}

static bool
send_all(int fd, struct str text)
{
    while (text.n) {
        ssize_t n = send(fd, text.at, text.n, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        text.at += n;
        text.n -= (size_t)n;
    }
    return true;
}

static bool
receive_all(int fd, char *out, size_t cap, size_t *n_out)
{
    *n_out = 0;
    for (;;) {
        ssize_t n = recv(fd, out + *n_out, cap - *n_out, 0);
        if (n == 0)
            return true;
        if (n < 0 || (*n_out += (size_t)n) == cap)
            return false;
    }
}

/* ---------------------------------------------------------------- in the server */

struct control {
    pthread_t thread;
    struct app *app;
    int fd;
    char path[108];
};

struct remote_call {
    const struct command *command;
    struct call *call;
};

static enum err_code
remote_run(struct db *db, void *context, struct err *e)
{
    struct remote_call *r = context;

    r->call->db = db;
    return r->command->run(r->call, e);
}

static void
answer(struct control *c, int fd, struct arena *a)
{
    char *text = arena_alloc(a, MESSAGE_MAX);
    struct buf out = buf_new(a, ANSWER_MAX), reply = buf_new(a, ANSWER_MAX + KIB);
    struct call call = {.arena = a, .out = &out};
    struct remote_call remote = {.call = &call};
    struct err e = {0};
    enum err_code code;
    size_t n;

    if (!text || !receive_all(fd, text, MESSAGE_MAX, &n))
        return;
    remote.command = message_read((struct str){text, n}, &call);
    call.config = app_config(c->app);
    if (!remote.command)
        code = err_set(&e, ERR_INPUT, "usage",
                       "the server does not know this command: is it another version?");
    else
        code = app_write(c->app, remote_run, &remote, &e);
    LOG(LOG_INFO, "control.done", L_TEXT("command", remote.command ? remote.command->name : "?"),
        L_TEXT("error", code ? e.word : ""));
    buf_char(&reply, code ? '2' : call.failed ? '1' : '0');
    buf_str_raw(&reply, code ? str_of(e.text) : buf_str(&out));
    (void)send_all(fd, buf_str(&reply));
}

static void *
control_run(void *context)
{
    struct control *c = context;

    for (;;) {
        int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);
        const struct timeval patience = {.tv_sec = PATIENCE_S};
        struct arena *a;

        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            return NULL; /* the socket was shut down: control_stop */
        }
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        a = arena_new(8 * MIB);
        if (a)
            answer(c, fd, a);
        arena_free(a);
        close(fd);
    }
}

static bool
address_of(const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    return str_copy(str_of(path), out->sun_path, sizeof(out->sun_path));
}

enum err_code
control_start(struct control **out, struct app *app, const char *path, struct err *e)
{
    struct control *c = calloc(1, sizeof(*c));
    struct sockaddr_un address;
    mode_t old;
    int failed;

    if (!c || !address_of(path, &address)) {
        free(c);
        return err_set(e, ERR_INPUT, "data_dir", "%s: too long for a Unix socket", path);
    }
    c->app = app;
    memcpy(c->path, address.sun_path, sizeof(c->path));
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)unlink(path); /* left by a process that died: we hold the lock */
    old = umask(0177);
    failed =
        c->fd < 0 || bind(c->fd, (struct sockaddr *)&address, sizeof(address)) || listen(c->fd, 8);
    umask(old);
    if (failed || pthread_create(&c->thread, NULL, control_run, c)) {
        err_set(e, ERR_INTERNAL, "control_socket", "%s: %s", path, strerror(errno));
        if (c->fd >= 0)
            close(c->fd);
        free(c);
        return e->code;
    }
    *out = c;
    return OK;
}

void
control_stop(struct control *c)
{
    if (!c)
        return;
    shutdown(c->fd, SHUT_RDWR);
    pthread_join(c->thread, NULL);
    close(c->fd);
    (void)unlink(c->path);
    free(c);
}

/* ---------------------------------------------------------------- in a command */

static enum err_code
ask_server(const struct command *command, struct call *call, struct err *e)
{
    struct buf message = buf_new(call->arena, MESSAGE_MAX);
    char *text = arena_alloc(call->arena, ANSWER_MAX + KIB + 1);
    const char *path = data_path(call->arena, call->config, DATA_CONTROL);
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t n = 0;
    bool ok = fd >= 0 && text && path && address_of(path, &address) &&
              message_write(command, call, &message) &&
              !connect(fd, (struct sockaddr *)&address, sizeof(address)) &&
              send_all(fd, buf_str(&message)) && !shutdown(fd, SHUT_WR) &&
              receive_all(fd, text, ANSWER_MAX + KIB, &n) && n > 0;

    if (fd >= 0)
        close(fd);
    if (!ok)
        return err_set(e, ERR_BUSY, "server_silent",
                       "another process holds the book, and does not answer on %s",
                       path ? path : DATA_CONTROL);
    text[n] = '\0';
    call->failed = text[0] == '1';
    if (text[0] == '2')
        return err_set(e, ERR_CONFLICT, "refused", "%s", text + 1);
    buf_bytes(call->out, text + 1, n - 1);
    return OK;
}

static enum err_code
run_here(const struct command *command, struct call *call, struct err *e)
{
    const char *path = data_path(call->arena, call->config, DATA_BOOK);
    const struct db_options options = {.mode = DB_WRITE,
                                       .cache_kib = call->config->writer_cache_kib};
    struct keys keys;
    struct db *db = NULL;
    struct db_tx tx = {0};
    enum err_code code;

    if (keys_load(data_path(call->arena, call->config, DATA_ROOT_KEY), &keys, e) ||
        db_open(&db, path, &options, e))
        return e->code;
    db_attach(db, &keys);
    call->db = db;
    code = db_begin(db, &tx, e) || command->run(call, e) || db_commit(&tx, e) ? e->code : OK;
    db_rollback(&tx);
    db_close(db);
    digest_wipe(&keys, sizeof(keys));
    return code;
}

enum err_code
control_write(const struct command *command, struct call *call, struct err *e)
{
    int lock = data_lock(data_path(call->arena, call->config, DATA_LOCK), e);
    enum err_code code;

    if (lock < 0) {
        if (e->code != ERR_CONFLICT)
            return e->code;
        *e = (struct err){0};
        return ask_server(command, call, e);
    }
    code = run_here(command, call, e);
    close(lock);
    return code;
}
