/*
 * The service with an outbox that is full from the start, to be killed: courier.py does that.
 *
 *   courier_main CONF fill MESSAGES SEED   pushes, and a multicast for every twentieth
 *   courier_main CONF run LIFE             serve until everything owed has ended
 *
 * In each life some replies and menus come on top. Where nothing is left to do but wait, the clock
 * is put forward; how far is kept in the file "ahead" beside the book, for the lives that follow.
 */
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/app.h"
#include "app/backend.h"
#include "base/entropy.h"
#include "base/log.h"
#include "domain/budget.h"
#include "domain/inbox.h"
#include "domain/member.h"
#include "domain/outbox.h"
#include "sim/demo_values.h"
#include "store/migrate.h"

#define PEOPLE 500
#define REPLIES 5 /* a life */
#define MENUS 10
#define TO_MOST 20
#define LINE_TIMEOUT_MS 150

static const char *folder;

static int
failed(const char *what, const struct err *e)
{
    fprintf(stderr, "courier_main: %s: %s (%s)\n", what, e->text, e->word ? e->word : "");
    return 1;
}

static const char *
line_id(int64_t person)
{
    static char text[40];

    snprintf(text, sizeof(text), SIM_USER_ID_FORMAT, (unsigned)person);
    return text;
}

/* ---------------------------------------------------------------- what is owed */

/* A notice of its own, as `stampd check` wants it; nobody waits for it once the message ended. */
static enum err_code
tell(sqlite3 *raw, int64_t member_id, int64_t outbox_id, struct err *e)
{
    char *sql = sqlite3_mprintf("INSERT INTO notice (member_id, kind, occasion, state, outbox_id,"
                                " due_ms, until_ms, created_ms)"
                                " VALUES (%lld, 'staff', %lld, 'owed', %lld, 0, 1, 0)",
                                (long long)member_id, (long long)outbox_id, (long long)outbox_id);
    int code = sqlite3_exec(raw, sql, NULL, NULL, NULL);

    sqlite3_free(sql);
    return code == SQLITE_OK ? OK : err_set(e, ERR_INTERNAL, "notice", "%s", sqlite3_errmsg(raw));
}

/* Members 1 to PEOPLE are line-sim's people. */
static enum err_code
add_people(struct db *db, int64_t now_ms, struct err *e)
{
    for (int64_t person = 1; person <= PEOPLE; person++) {
        const struct member_login login = {
            .line_id = str_of(line_id(person)), .is_friend = true, .now_ms = now_ms};
        struct member member;
        bool is_new;

        if (member_enter(db, &login, &member, &is_new, e))
            return e->code;
    }
    return OK;
}

static enum err_code
add_push(struct db *db, int64_t n, int64_t now_ms, int64_t *id, struct err *e)
{
    char body[256];

    snprintf(body, sizeof(body),
             "{\"to\":\"%s\",\"messages\":[{\"type\":\"text\",\"text\":\"message %" PRId64 "\"}]}",
             line_id(n % PEOPLE + 1), n);
    return outbox_push(db, n % PEOPLE + 1, false, str_of(body), now_ms, id, e);
}

static enum err_code
add_multicast(struct db *db, int64_t n, int64_t now_ms, int64_t *id, int64_t to[TO_MOST],
              size_t *to_n, struct err *e)
{
    char messages[128];

    *to_n = 2 + entropy_below(TO_MOST - 1);
    for (size_t i = 0; i < *to_n; i++)
        to[i] = (n + (int64_t)i * 7) % PEOPLE + 1;
    snprintf(messages, sizeof(messages), "[{\"type\":\"text\",\"text\":\"to many %" PRId64 "\"}]",
             n);
    return outbox_multicast(db, to, *to_n, false, str_of(messages), now_ms, id, e);
}

/* `raw` writes after each thousand is committed: two connections cannot write at once. */
static enum err_code
add_thousand(struct db *db, sqlite3 *raw, int64_t from, int64_t until, int64_t now_ms,
             struct err *e)
{
    static int64_t ids[1000], to[1000][TO_MOST];
    static size_t to_n[1000];
    struct db_tx tx = {0};
    enum err_code code = db_begin(db, &tx, e);

    for (int64_t n = from; n < until && !code; n++) {
        int64_t *id = &ids[n - from];

        to_n[n - from] = 1;
        to[n - from][0] = n % PEOPLE + 1;
        code = n % 20 == 19 ? add_multicast(db, n, now_ms, id, to[n - from], &to_n[n - from], e)
                            : add_push(db, n, now_ms, id, e);
    }
    if (code || db_commit(&tx, e)) {
        db_rollback(&tx);
        return e->code;
    }
    sqlite3_exec(raw, "BEGIN", NULL, NULL, NULL);
    for (int64_t n = 0; n < until - from; n++)
        for (size_t i = 0; i < to_n[n]; i++)
            if (tell(raw, to[n][i], ids[n], e))
                return e->code;
    return sqlite3_exec(raw, "COMMIT", NULL, NULL, NULL) == SQLITE_OK
               ? OK
               : err_set(e, ERR_INTERNAL, "notice", "%s", sqlite3_errmsg(raw));
}

static int
fill(const char *path, struct keys *keys, int64_t messages, struct err *e)
{
    const struct db_options options = {.mode = DB_WRITE};
    struct clock clock = {0};
    int64_t now_ms = clock_now_ms(&clock);
    struct message_policy policy;
    struct db *db = NULL;
    struct db_tx tx = {0};
    sqlite3 *raw = NULL;

    if (db_open(&db, path, &options, e))
        return failed("open", e);
    db_attach(db, keys);
    if (db_begin(db, &tx, e) || policy_load(db, &policy, e))
        return failed("policy", e);
    policy.budget = 10000000;
    policy.reserve = 0;
    if (policy_save(db, &policy, e) || add_people(db, now_ms, e) || db_commit(&tx, e))
        return failed("people", e);
    if (sqlite3_open(path, &raw) != SQLITE_OK)
        return 1;
    for (int64_t n = 0; n < messages; n += 1000)
        if (add_thousand(db, raw, n, n + 1000 < messages ? n + 1000 : messages, now_ms, e))
            return failed("messages", e);
    sqlite3_close(raw);
    db_close(db);
    return 0;
}

/* ---------------------------------------------------------------- a life */

struct extra {
    int64_t life, now_ms;
};

static enum err_code
add_extra(struct db *db, void *context, struct err *e)
{
    const struct extra *x = context;
    char text[160], event[64];
    int64_t id;
    bool fresh;

    for (int i = 0; i < REPLIES; i++) {
        struct inbox_arrival arrival = {
            .at_ms = x->now_ms, .event = STR("{}"), .now_ms = x->now_ms};

        snprintf(event, sizeof(event), "life%" PRId64 "-%d", x->life, i);
        snprintf(text, sizeof(text),
                 "{\"replyToken\":\"reply-%" PRId64 "-%d\",\"messages\":[{\"type\":\"text\","
                 "\"text\":\"hi\"}]}",
                 x->life, i);
        arrival.event_id = str_of(event);
        if (inbox_receive(db, &arrival, &fresh, e) ||
            inbox_close(db, str_of(event), true, x->now_ms, e) ||
            outbox_reply(db, str_of(event), 0, str_of(text), x->now_ms, &id, e))
            return e->code;
    }
    for (int i = 0; i < MENUS; i++) {
        int64_t person = 1 + (int64_t)entropy_below(50); /* so few that they meet */

        snprintf(text, sizeof(text), "DELETE /v2/bot/user/%s/richmenu", line_id(person));
        if (outbox_menu(db, person, str_of(text), x->now_ms, e))
            return e->code;
    }
    return OK;
}

static int64_t
ask(sqlite3 *raw, const char *sql)
{
    sqlite3_stmt *s = NULL;
    int64_t n = -1;

    if (sqlite3_prepare_v2(raw, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

/* On the disk before it holds: no later life may be earlier. */
static void
put_forward(struct clock *clock, int64_t ms)
{
    char path[512], made[520];
    int64_t ahead_ms = clock->ahead_ms + ms;
    FILE *file;

    snprintf(path, sizeof(path), "%s/ahead", folder);
    snprintf(made, sizeof(made), "%s.new", path);
    file = fopen(made, "w");
    if (file == NULL || fprintf(file, "%" PRId64 "\n", ahead_ms) < 0 || fclose(file) != 0 ||
        rename(made, path) != 0)
        abort();
    clock->ahead_ms = ahead_ms;
}

static int64_t
ahead(void)
{
    char path[512];
    int64_t ms = 0;
    FILE *file;

    snprintf(path, sizeof(path), "%s/ahead", folder);
    file = fopen(path, "r");
    if (file != NULL) {
        if (fscanf(file, "%" SCNd64, &ms) != 1)
            ms = 0;
        fclose(file);
    }
    return ms;
}

/* Everything has ended; or else, where everything waits, so does the clock no longer. (The queries
 * are answered by the first entry of an index: most of the time there are many.) */
static bool
look(sqlite3 *raw, struct app *app, struct clock *clock, int *quiet)
{
    struct courier_counts c = courier_counts(backend_of(app_service(app))->courier);
    int64_t next_ms = ask(raw, "SELECT next_ms FROM outbox WHERE state IN ('queued', 'sending')"
                               " ORDER BY next_ms LIMIT 1");
    int64_t wait_ms = next_ms - clock_now_ms(clock);

    if (next_ms < 0)
        return true;
    if (c.waiting + c.under_way > 0)
        *quiet = 0;
    else if (c.state != BREAKER_CLOSED)
        put_forward(clock, 1000);
    else if (wait_ms > 200 && ++*quiet > 2)
        put_forward(clock, wait_ms);
    return false;
}

static int
run(const struct config *config, const char *path, int64_t life, struct err *e)
{
    struct clock clock = {.ahead_ms = ahead()};
    const struct app_options options = {
        .config = config, .clock = &clock, .line_timeout_ms = LINE_TIMEOUT_MS};
    const struct timespec moment = {.tv_nsec = 50 * 1000 * 1000};
    struct extra extra = {.life = life};
    struct app *app = NULL;
    sqlite3 *raw = NULL;
    int quiet = 0;

    if (app_start(&app, &options, e))
        return failed("start", e);
    extra.now_ms = clock_now_ms(&clock);
    if (app_write(app, add_extra, &extra, e))
        return failed("replies and menus", e);
    if (sqlite3_open_v2(path, &raw, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        return 1;
    while (!look(raw, app, &clock, &quiet))
        nanosleep(&moment, NULL);
    sqlite3_close(raw);
    app_stop(app);
    return 0;
}

int
main(int argc, char **argv)
{
    struct arena *a = arena_new(64 * KIB);
    struct config config;
    struct keys keys;
    const char *path;
    struct err e = {0};

    if (argc < 4)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    log_level_set(LOG_ERROR);
    if (config_load(argv[1], &config, &e))
        return failed("settings", &e);
    folder = config.data_dir;
    path = data_path(a, &config, DATA_BOOK);
    if (strcmp(argv[2], "run") == 0)
        return run(&config, path, strtoll(argv[3], NULL, 10), &e);
    if (keys_load(data_path(a, &config, DATA_ROOT_KEY), &keys, &e))
        return failed("keys", &e);
    entropy_seed(argc > 4 ? strtoull(argv[4], NULL, 10) : 1);
    return fill(path, &keys, strtoll(argv[3], NULL, 10), &e);
}
