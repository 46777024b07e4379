#include "tests/support/harness.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "domain/budget.h"
#include "domain/check.h"
#include "domain/keys.h"
#include "domain/pin.h"
#include "domain/plan.h"
#include "domain/staff.h"
#include "sim/demo_values.h"

#define BODY_MAX (2 * MIB)
#define PAUSE_US 2000
#define ENDS_WITHIN_MS 3000

struct harness here;
struct http_answer answer;
/* How the tests see the book while the service runs, and as it was at a mark. */
static struct {
    sqlite3 *db, *at_mark;
    int64_t seen_at_mark;
} look;

static json_t *answer_json;
static const char *more_setting;
static int people_at_sim;
static void (*when_broken)(const struct err *e);

/* ---------------------------------------------------------------- files and ports */

static void
remove_files(const char *dir)
{
    DIR *open_dir = opendir(dir);
    const struct dirent *entry;

    if (open_dir == NULL)
        return;
    while ((entry = readdir(open_dir)) != NULL)
        unlinkat(dirfd(open_dir), entry->d_name, 0);
    closedir(open_dir);
    rmdir(dir);
}

static void
remove_here(void)
{
    remove_files(here.dir);
}

static void
make_dir(void)
{
    static int made;

    snprintf(here.dir, sizeof(here.dir), "%s/house%d", check_dir(), made);
    if (made++ == 0)
        atexit(remove_here); /* before check_dir's own */
    if (mkdir(here.dir, 0700) != 0)
        fail_msg("%s: %s", here.dir, strerror(errno));
}

/* A port for a service that has to know its own address before it listens. It is below those that
   the system gives away by itself (from 32768), and held until this program ends: bound alone, and
   only then shared with who says SO_REUSEADDR before it binds, as what listens here does. */
static int
free_port(void)
{
    enum { FIRST = 20000, PORTS = 12000, STEP = 397 };
    static unsigned int asked;

    for (int i = 0; i < PORTS; i++) {
        int port = FIRST + (int)(((unsigned int)getpid() + asked++ * STEP) % PORTS);
        struct sockaddr_in at = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool is_ours = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
                       setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) == 0;

        if (is_ours)
            return port;
        if (fd >= 0)
            close(fd);
    }
    fail_msg("no port is free");
    return -1;
}

/* ---------------------------------------------------------------- starting and stopping */

static void
write_settings(const char *path)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fprintf(file,
            "DATA_DIR=%s\nLISTEN=127.0.0.1:%d\nPUBLIC_URL=%s\nTITLE=Harbour Coffee\n"
            "LOGIN_CHANNEL_ID=" SIM_LOGIN_CHANNEL_ID "\n"
            "LOGIN_CHANNEL_SECRET=" SIM_LOGIN_CHANNEL_SECRET "\n"
            "CHANNEL_ID=" SIM_MESSAGING_CHANNEL_ID "\n"
            "CHANNEL_SECRET=" SIM_MESSAGING_CHANNEL_SECRET "\n"
            "BOT_USER_ID=" SIM_BOT_USER_ID "\nLIFF_ID=" SIM_LIFF_ID "\n"
            "LINE_ACCESS_URL=%s\nLINE_API_URL=%s\nLINE_DATA_URL=http://localhost:%d\n"
            "LIFF_URL=%s/liff\n"
            "PROXY_HEADER=X-Real-IP\nWORKERS=2\n%s\n",
            here.dir, here.port, here.origin, here.sim_url, here.sim_url, sim_port(here.sim),
            here.sim_url, more_setting != NULL ? more_setting : "");
    assert_int_equal(fclose(file), 0);
}

void
harness_setting(const char *line)
{
    more_setting = line;
}

void
harness_people(int n)
{
    people_at_sim = n;
}

void
harness_when_broken(void (*broken)(const struct err *e))
{
    when_broken = broken;
}

void
harness_stop_sim(void)
{
    sim_stop(here.sim);
    here.sim = NULL;
}

static sqlite3 *
book_open_plain(int flags)
{
    char path[400];
    sqlite3 *db;

    snprintf(path, sizeof(path), "%s/" DATA_BOOK, here.dir);
    if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK)
        fail_msg("%s: %s", path, sqlite3_errmsg(db));
    sqlite3_busy_timeout(db, 5000);
    return db;
}

void
harness_start_sim(void)
{
    char listen[32]; /* later ones take the port of the first */
    char webhook[96], liff[96];
    const struct sim_options options = {.listen = listen,
                                        .webhook = webhook,
                                        .liff = liff,
                                        .people = people_at_sim,
                                        .clock = &here.clock};
    struct err e;

    snprintf(webhook, sizeof(webhook), "%s/line/webhook", here.origin);
    snprintf(liff, sizeof(liff), "%s/card", here.origin);
    if (here.sim_url[0] == '\0')
        snprintf(here.sim_url, sizeof(here.sim_url), "http://127.0.0.1:%d", free_port());
    snprintf(listen, sizeof(listen), "127.0.0.1:%s", strrchr(here.sim_url, ':') + 1);
    CHECK_OK(sim_start(&options, &here.sim, &e), e);
}

void
harness_start_app(void)
{
    struct app_options options = {
        .config = &here.config, .clock = &here.clock, .broken = when_broken};
    char path[400];
    struct err e;

    snprintf(path, sizeof(path), "%s/stampd.conf", here.dir);
    write_settings(path);
    CHECK_OK(config_load(path, &here.config, &e), e);
    CHECK_OK(app_start(&here.app, &options, &e), e);
    look.db = book_open_plain(SQLITE_OPEN_READONLY);
    look.at_mark = book_open_plain(SQLITE_OPEN_READONLY);
}

void
harness_stop_app(void)
{
    sqlite3_close(look.db);
    sqlite3_close(look.at_mark);
    look.db = look.at_mark = NULL;
    app_stop(here.app);
    here.app = NULL;
    if (here.config.arena != NULL)
        config_clear(&here.config);
}

/* ---------------------------------------------------------------- what is there at the start */

static enum err_code
add_plans(struct db *db, struct err *e)
{
    const struct plan_rules stamps = {
        .name = "Coffee card",
        .unit = UNIT_STAMP,
        .linear = LINEAR_CODE128,
        .jan_prefix = 20,
        .goal = 4,
        .cool_down_min = 30,
        .utc_offset_min = 9 * 60,
        .day_cut_hour = 4,
        .notify_grants = true,
        .rewards_n = 2,
        .reward = {{.at = 2, .valid_days = 14, .title = "Cookie"},
                   {.at = 4, .valid_days = 30, .title = "Coffee"}},
        .late = {.days = 7, .cashier_max = 2},
    };
    const struct plan_rules points = {
        .name = "Points",
        .unit = UNIT_POINT,
        .linear = LINEAR_JAN13,
        .jan_prefix = 21,
        .goal = 50,
        .yen_per_point = 100,
        .utc_offset_min = 9 * 60,
        .day_cut_hour = 4,
        .rewards_n = 1,
        .spend = {.yen = 1, .step = 1, .least = 1, .percent_max = 100},
        .reward = {{.at = 50, .valid_days = 30, .title = "500 yen off"}},
        .gift = {.day_max = 1000, .min = 1, .days = 7},
    };
    int64_t id;

    return plan_create(db, &stamps, harness_now(), &id, e) ||
                   plan_create(db, &points, harness_now(), &id, e)
               ? e->code
               : OK;
}

static enum err_code
add_people(struct db *db, struct err *e)
{
    static char hash[PIN_HASH_SIZE]; /* slow on purpose: once is enough */
    static const struct {
        const char *name, *shop;
        enum role role;
    } people[] = {{"cashier", "ueno", CASHIER},
                  {"manager", "ueno", MANAGER},
                  {"other cashier", "namba", CASHIER}};
    int64_t id;

    if (hash[0] == '\0' && pin_hash(STR(HARNESS_PIN), hash, e))
        return e->code;
    for (size_t i = 0; i < COUNT(people); i++) {
        const struct staff_new in = {.name = str_of(people[i].name),
                                     .shop_name = str_of(people[i].shop),
                                     .role = people[i].role,
                                     .pin_hash = hash,
                                     .now_ms = harness_now()};
        if (staff_add(db, &in, &id, e))
            return e->code;
    }
    return OK;
}

/* More than any test sends. */
static enum err_code
add_budget(struct db *db, struct err *e)
{
    struct message_policy policy;

    if (policy_load(db, &policy, e))
        return e->code;
    policy.budget = 1000000;
    policy.quiet_from_min = policy.quiet_until_min = 0; /* tests turn the clock as they like */
    policy.weekly_cap = 0;
    policy.pushes_receipts = true;
    return policy_save(db, &policy, e);
}

static enum err_code
seed(struct db *db, void *context, struct err *e)
{
    const int64_t now_ms = harness_now();
    static const struct {
        struct str shop, till;
    } tills[TILLS] = {{STR_INIT("ueno"), STR_INIT("left")},
                      {STR_INIT("ueno"), STR_INIT("right")},
                      {STR_INIT("namba"), STR_INIT("only")}};
    int64_t id;

    (void)context;
    if (shop_add(db, STR("ueno"), now_ms, &id, e) || shop_add(db, STR("namba"), now_ms, &id, e))
        return e->code;
    for (size_t i = 0; i < TILLS; i++)
        if (till_add(db, tills[i].shop, tills[i].till, now_ms, here.enrol_code[i], &id, e))
            return e->code;
    return add_plans(db, e) || add_people(db, e) || add_budget(db, e) ||
                   owner_link_make(db, now_ms, here.owner_link, e)
               ? e->code
               : OK;
}

int
harness_set_up(void **state)
{
    char key[400];
    struct err e;

    check_forget_row(state);
    signal(SIGPIPE, SIG_IGN);
    log_level_set(getenv("HARNESS_LOG") != NULL ? LOG_DEBUG : LOG_ERROR);
    here = (struct harness){.port = free_port()};
    atomic_store(&here.clock.fixed_ms, HARNESS_NOW_MS);
    snprintf(here.origin, sizeof(here.origin), "http://127.0.0.1:%d", here.port);
    make_dir();
    snprintf(key, sizeof(key), "%s/" DATA_ROOT_KEY, here.dir);
    CHECK_OK(keys_create(key, &e), e);
    harness_start_sim();
    harness_start_app();
    CHECK_OK(app_write(here.app, seed, NULL, &e), e);
    return 0;
}

int
harness_tear_down(void **state)
{
    harness_stop_app();
    sim_stop(here.sim);
    here.sim = NULL;
    remove_files(here.dir);
    json_decref(answer_json);
    answer_json = NULL;
    more_setting = NULL;
    log_level_set(LOG_ERROR);
    return check_forget_row(state);
}

int64_t
harness_now(void)
{
    return clock_now_ms(&here.clock);
}

static void
wake(void)
{
    if (here.app != NULL) {
        struct service *s = app_service(here.app);
        s->wake(s->app);
    }
}

void
harness_advance(int64_t ms)
{
    atomic_fetch_add(&here.clock.fixed_ms, ms);
    wake();
}

void
harness_set_wrong(int64_t ms)
{
    atomic_store(&here.clock.wrong_ms, ms);
    wake();
}

void
harness_pause(void)
{
    wake();
    usleep(PAUSE_US);
}

/* ---------------------------------------------------------------- the book */

static sqlite3 *
book_to_look_at(void)
{
    return look.db != NULL ? look.db : book_open_plain(SQLITE_OPEN_READONLY);
}

static void
looked_at(sqlite3 *db)
{
    if (db != look.db)
        sqlite3_close(db);
}

static sqlite3_stmt *
first_row(sqlite3 *db, const char *sql, va_list args, bool *row)
{
    char *text = sqlite3_vmprintf(sql, args);
    sqlite3_stmt *s = NULL;
    int code;

    if (sqlite3_prepare_v2(db, text, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s: %s", text, sqlite3_errmsg(db));
    code = sqlite3_step(s);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        fail_msg("%s: %s", text, sqlite3_errmsg(db));
    *row = code == SQLITE_ROW;
    sqlite3_free(text);
    return s;
}

int64_t
stored_int(const char *sql, ...)
{
    sqlite3 *db = book_to_look_at();
    va_list args;
    sqlite3_stmt *s;
    int64_t value;
    bool row;

    va_start(args, sql);
    s = first_row(db, sql, args, &row);
    va_end(args);
    value = row ? sqlite3_column_int64(s, 0) : -1;
    sqlite3_finalize(s);
    looked_at(db);
    return value;
}

const char *
stored_text(const char *sql, ...)
{
    static char out[4][1024];
    static unsigned next;
    char *text = out[next++ % COUNT(out)];
    sqlite3 *db = book_to_look_at();
    va_list args;
    sqlite3_stmt *s;
    bool row;

    va_start(args, sql);
    s = first_row(db, sql, args, &row);
    va_end(args);
    snprintf(text, sizeof(out[0]), "%s",
             row && sqlite3_column_text(s, 0) != NULL ? (const char *)sqlite3_column_text(s, 0)
                                                      : "");
    sqlite3_finalize(s);
    looked_at(db);
    return text;
}

/* FNV-1a: nobody is trying to find another book with the same one. */
static uint64_t
mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* What is over may be swept at any moment, and so counts for nothing. */
static const char *
what_lasts(const char *table)
{
    static const char *const ends[] = {"burnt",      "owner_link", "reply_chance",
                                       "link_nonce", "spend_yes",  "departed"};

    for (size_t i = 0; i < COUNT(ends); i++)
        if (strcmp(table, ends[i]) == 0)
            return "WHERE until_ms > %lld";
    if (strcmp(table, "session") == 0)
        return "WHERE min(until_ms, seen_ms + CASE kind WHEN 'member' THEN 1209600000"
               " WHEN 'till' THEN 5184000000 ELSE 900000 END) > %lld";
    return "WHERE %lld";
}

static uint64_t
hash_column(uint64_t hash, sqlite3_stmt *s, int i)
{
    int type = sqlite3_column_type(s, i);

    hash = mix(hash, &type, sizeof(type));
    if (type == SQLITE_INTEGER) {
        int64_t number = sqlite3_column_int64(s, i);

        return mix(hash, &number, sizeof(number));
    }
    if (type == SQLITE_NULL)
        return hash;
    return mix(hash, sqlite3_column_blob(s, i), (size_t)sqlite3_column_bytes(s, i));
}

static int
column_named(sqlite3_stmt *s, const char *name)
{
    for (int i = 0; i < sqlite3_column_count(s); i++)
        if (strcmp(sqlite3_column_name(s, i), name) == 0)
            return i;
    return -1;
}

static uint64_t
hash_table(sqlite3 *db, const char *name, uint64_t hash)
{
    char *which = sqlite3_mprintf(what_lasts(name), (long long)harness_now());
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\" %s", name, which);
    sqlite3_stmt *s = NULL;
    int columns, last_used;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    hash = mix(hash, name, strlen(name) + 1);
    columns = sqlite3_column_count(s);
    last_used = column_named(s, "seen_ms");
    while (sqlite3_step(s) == SQLITE_ROW)
        for (int i = 0; i < columns; i++)
            if (i != last_used)
                hash = hash_column(hash, s, i);
    sqlite3_finalize(s);
    sqlite3_free(which);
    sqlite3_free(sql);
    return hash;
}

static uint64_t
hash_tables(sqlite3 *db)
{
    sqlite3_stmt *tables = NULL;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    if (sqlite3_prepare_v2(
            db,
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT LIKE 'sqlite_%' AND name NOT IN ('line_quota', 'run_ended')"
            " ORDER BY name",
            -1, &tables, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    while (sqlite3_step(tables) == SQLITE_ROW)
        hash = hash_table(db, (const char *)sqlite3_column_text(tables, 0), hash);
    sqlite3_finalize(tables);
    return hash;
}

static int64_t
number_seen(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    int64_t number;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    number = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return number;
}

/* All of it is read as it is at one moment. */
static void
hold_still(sqlite3 *db)
{
    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    number_seen(db, "SELECT count(*) FROM sqlite_master");
}

static void
let_go(sqlite3 *db)
{
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
}

uint64_t
stored_hash(void)
{
    sqlite3 *db = book_to_look_at();
    uint64_t hash;

    hold_still(db);
    hash = hash_tables(db);
    let_go(db);
    looked_at(db);
    return hash;
}

/* Another number after every change that somebody else made. */
#define DATA_VERSION "PRAGMA data_version"

void
stored_mark(void)
{
    let_go(look.at_mark);
    look.seen_at_mark = number_seen(look.db, DATA_VERSION);
    hold_still(look.at_mark);
}

bool
stored_has_changed(void)
{
    return number_seen(look.db, DATA_VERSION) != look.seen_at_mark &&
           hash_tables(look.at_mark) != stored_hash();
}

void
stored_spoil(const char *sql)
{
    sqlite3 *db;
    char *why = NULL;

    assert_null(here.app);
    db = book_open_plain(SQLITE_OPEN_READWRITE);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    sqlite3_close(db);
}

static void
must_hold(void *context, const struct check_line *line)
{
    bool *sound = context;

    if (!line->holds)
        print_error("%s (%s): %s\n", line->name, line->claim, line->detail);
    *sound &= line->holds;
}

static enum err_code
run_check(struct db *db, void *context, struct err *e)
{
    const struct check_options options = {.is_quick = false};
    bool sound;

    return check_run(db, &options, must_hold, context, &sound, e);
}

void
stored_is_sound(void)
{
    bool sound = true;
    struct err e;

    CHECK_OK(app_write(here.app, run_check, &sound, &e), e);
    CHECK_THAT(sound);
}

/* ---------------------------------------------------------------- browsers */

const char *
cookie_of(const struct browser *b, const char *name)
{
    for (size_t i = 0; i < COUNT(b->cookie); i++)
        if (strcmp(b->cookie[i].name, name) == 0 && b->cookie[i].value[0] != '\0')
            return b->cookie[i].value;
    return NULL;
}

void
cookie_put(struct browser *b, const char *name, const char *value)
{
    size_t at = COUNT(b->cookie);

    for (size_t i = COUNT(b->cookie); i-- > 0;)
        if (b->cookie[i].name[0] == '\0' || strcmp(b->cookie[i].name, name) == 0)
            at = i;
    for (size_t i = 0; i < COUNT(b->cookie); i++)
        if (strcmp(b->cookie[i].name, name) == 0)
            at = i;
    assert_true(at < COUNT(b->cookie));
    snprintf(b->cookie[at].name, sizeof(b->cookie[at].name), "%s", name);
    snprintf(b->cookie[at].value, sizeof(b->cookie[at].value), "%s", value);
}

/* What a browser demands of a __Host- cookie (RFC 6265bis, 4.1.3.2), or it would not keep it. */
static void
take_cookies(struct browser *b)
{
    struct str rest = str_of(answer.head), line, name, value;

    while (str_until(&rest, '\n', &line)) {
        char text[24], kept[1100];

        if (!str_skip(&line, STR("Set-Cookie: ")))
            continue;
        assert_non_null(memmem(line.at, line.n, "; Secure", 8));
        assert_non_null(memmem(line.at, line.n, "; HttpOnly", 10));
        assert_non_null(memmem(line.at, line.n, "; Path=/;", 9));
        assert_null(memmem(line.at, line.n, "Domain", 6));
        CHECK_THAT(str_until(&line, '=', &name) && str_starts(name, STR("__Host-")));
        CHECK_THAT(str_until(&line, ';', &value) && str_copy(name, text, sizeof(text)) &&
                   str_copy(value, kept, sizeof(kept)));
        cookie_put(b, text, kept);
    }
}

static void
parse_answer(void)
{
    json_decref(answer_json);
    answer_json = NULL;
    if (str_starts(http_answer_header(&answer, "content-type"), STR("application/json")))
        answer_json = json_loadb(answer.body, answer.body_n, JSON_DECODE_ANY, NULL);
}

static struct http_peer *
request_begin(int port, const char *head, struct str body)
{
    struct http_peer *p = http_peer_open(port);

    http_peer_patience(p, HARNESS_PATIENCE_MS);
    if (http_peer_text(p, head))
        (void)http_peer_send(p, body); /* a refusal may come before all of it was taken */
    return p;
}

static int
request_end(struct http_peer *p)
{
    answer.head[0] = '\0';
    http_peer_receive(p, &answer);
    http_peer_close(p);
    parse_answer();
    return answer.status;
}

static char *
head_of(const struct browser *b, const char *method, const char *path, const char *content_type,
        size_t body_n)
{
    static unsigned addresses;
    static char head[16 * 1024];
    const char *address = b != NULL ? b->address : NULL;
    bool cookies = false;
    size_t n = (size_t)snprintf(head, sizeof(head),
                                "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n",
                                method, path, here.port);

    addresses++;
    if (address == NULL)
        n += (size_t)snprintf(head + n, sizeof(head) - n, "X-Real-IP: 10.%u.%u.%u\r\n",
                              addresses >> 16 & 255, addresses >> 8 & 255, addresses & 255);
    else if (address[0] != '\0')
        n += (size_t)snprintf(head + n, sizeof(head) - n, "X-Real-IP: %s\r\n", address);
    for (size_t i = 0; b != NULL && i < COUNT(b->cookie); i++)
        if (b->cookie[i].value[0] != '\0') {
            n += (size_t)snprintf(head + n, sizeof(head) - n, "%s%s=%s",
                                  cookies ? "; " : "Cookie: ", b->cookie[i].name,
                                  b->cookie[i].value);
            cookies = true;
        }
    n += (size_t)snprintf(head + n, sizeof(head) - n, "%s", cookies ? "\r\n" : "");
    if (strcmp(method, "GET") != 0 && (b == NULL || b->origin == NULL || b->origin[0] != '\0'))
        n += (size_t)snprintf(head + n, sizeof(head) - n, "Origin: %s\r\n",
                              b != NULL && b->origin != NULL ? b->origin : here.origin);
    if (content_type != NULL)
        n += (size_t)snprintf(head + n, sizeof(head) - n,
                              "Content-Type: %s\r\nContent-Length: %zu\r\n", content_type, body_n);
    n += (size_t)snprintf(head + n, sizeof(head) - n, "%s\r\n",
                          b != NULL && b->headers != NULL ? b->headers : "");
    assert_true(n < sizeof(head));
    return head;
}

int
post_end(struct browser *b, struct http_peer *begun)
{
    int status = request_end(begun);

    if (b != NULL && status != 0)
        take_cookies(b);
    return status;
}

int
ask(struct browser *b, const char *method, const char *path, const char *content_type,
    struct str body)
{
    return post_end(b,
                    request_begin(here.port, head_of(b, method, path, content_type, body.n), body));
}

int
get(struct browser *b, const char *path)
{
    return ask(b, "GET", path, NULL, STR(""));
}

__attribute__((format(printf, 1, 0))) static char *
format_body(const char *format, va_list args)
{
    char *text = NULL;

    assert_true(vasprintf(&text, format, args) >= 0);
    return text;
}

__attribute__((format(printf, 4, 0))) static struct http_peer *
post_begin_with(struct browser *b, const char *path, const char *key, const char *format,
                va_list args)
{
    const char *headers = b->headers;
    char *body = format_body(format, args);
    struct http_peer *begun;
    char line[128];

    if (key != NULL) {
        snprintf(line, sizeof(line), "Idempotency-Key: %s\r\n", key);
        b->headers = line;
    }
    begun = request_begin(here.port, head_of(b, "POST", path, "application/json", strlen(body)),
                          str_of(body));
    b->headers = headers;
    free(body);
    return begun;
}

struct http_peer *
post_begin(struct browser *b, const char *path, const char *key, const char *format, ...)
{
    struct http_peer *begun;
    va_list args;

    va_start(args, format);
    begun = post_begin_with(b, path, key, format, args);
    va_end(args);
    return begun;
}

int
post(struct browser *b, const char *path, const char *key, const char *format, ...)
{
    struct http_peer *begun;
    va_list args;

    va_start(args, format);
    begun = post_begin_with(b, path, key, format, args);
    va_end(args);
    return post_end(b, begun);
}

static int
sim_send(const char *method, const char *path, const char *content_type, struct str body)
{
    char head[8 * 1024];
    int n = snprintf(head, sizeof(head),
                     "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n", method, path,
                     sim_port(here.sim));

    if (content_type != NULL)
        n += snprintf(head + n, sizeof(head) - (size_t)n,
                      "Content-Type: %s\r\nContent-Length: %zu\r\n", content_type, body.n);
    assert_true((size_t)n + 3 < sizeof(head));
    memcpy(head + n, "\r\n", 3);
    return request_end(request_begin(sim_port(here.sim), head, body));
}

int
sim_get(const char *path)
{
    return sim_send("GET", path, NULL, STR(""));
}

int
sim_delete(const char *path)
{
    return sim_send("DELETE", path, NULL, STR(""));
}

int
sim_post(const char *path, const char *format, ...)
{
    va_list args;
    char *body;
    int status;

    va_start(args, format);
    body = format_body(format, args);
    va_end(args);
    status = sim_send("POST", path, "application/json", str_of(body));
    free(body);
    return status;
}

static void
say_answer(void)
{
    print_error("  %.40s ...\n  %.400s\n", answer.head, answer.body);
}

void
harness_answers(int got_status, int want, struct check_at at)
{
    if (got_status != want)
        say_answer();
    check_int(got_status, want, at);
}

/* {"error":"word","field"?:"name","request":"id"}; refusals by a rule bring facts of their own. */
void
harness_refuses(int got_status, int want, const char *word, struct check_at at)
{
    if (got_status != want || strcmp(got_text("error"), word) != 0)
        say_answer();
    check_int(got_status, want, at);
    check_str(str_of(got_text("error")), str_of(word), at);
    check_that(strlen(got_text("request")) == 12, at);
    check_that(got("field") == NULL || got_text("field")[0] != '\0', at);
}

const json_t *
got(const char *path)
{
    struct str rest = str_of(path), name;
    const json_t *at = answer_json;

    while (at != NULL && rest.n > 0) {
        char text[64];
        int64_t index;

        if (!str_until(&rest, '.', &name)) {
            name = rest;
            rest.n = 0;
        }
        if (json_is_array(at))
            at = str_int(name, &index, 0, 1000000) ? json_array_get(at, (size_t)index) : NULL;
        else
            at = str_copy(name, text, sizeof(text)) ? json_object_get(at, text) : NULL;
    }
    return at;
}

int64_t
got_int(const char *path)
{
    const json_t *value = got(path);

    return json_is_integer(value) ? json_integer_value(value) : -1;
}

const char *
got_text(const char *path)
{
    const json_t *value = got(path);

    return json_is_string(value) ? json_string_value(value) : "";
}

bool
got_true(const char *path)
{
    return json_is_true(got(path));
}

const char *
fresh_key(void)
{
    static char keys[8][32];
    static unsigned made;
    char *key = keys[made % COUNT(keys)];

    snprintf(key, sizeof(keys[0]), "harness-key-%08u", made++);
    return key;
}

/* ---------------------------------------------------------------- logging in */

const char *
liff_token(int person)
{
    static char token[4096];
    char path[64];

    snprintf(path, sizeof(path), "/sim/liff-token?person=%d", person);
    ANSWERS(sim_get(path), 200);
    snprintf(token, sizeof(token), "%s", got_text("id_token"));
    return token;
}

void
login_liff(struct browser *b, int person)
{
    ANSWERS(post(b, "/line/session", NULL, "{\"id_token\":\"%s\"}", liff_token(person)), 200);
    CHECK_THAT(cookie_of(b, "__Host-m") != NULL);
}

void
login_again(struct browser *b, int person)
{
    ANSWERS(
        post(b, "/line/session", NULL, "{\"id_token\":\"%s\",\"again\":true}", liff_token(person)),
        200);
}

static const char *
location(void)
{
    static char text[4096];

    CHECK_THAT(str_copy(http_answer_header(&answer, "location"), text, sizeof(text)));
    return text;
}

const char *
login_begin(struct browser *b, int person, const char *login_path)
{
    char form[4096];
    const char *query, *back;

    ANSWERS(get(b, login_path), 303);
    CHECK_THAT(str_starts(str_of(location()), str_of(here.sim_url)));
    query = strchr(location(), '?');
    assert_non_null(query);
    snprintf(form, sizeof(form), "%s&person=%d&answer=%s&add_friend=1", query + 1,
             person > 0 ? person : 1, person > 0 ? "allow" : "cancel");
    ANSWERS(sim_send("POST", "/sim/authorize", "application/x-www-form-urlencoded", str_of(form)),
            302);
    back = location();
    CHECK_THAT(str_starts(str_of(back), str_of(here.origin)));
    return back + strlen(here.origin);
}

const char *
login_web(struct browser *b, int person, const char *next)
{
    char path[128];

    snprintf(path, sizeof(path), "/line/login?next=%s", next);
    ANSWERS(get(b, login_begin(b, person, path)), 303);
    return location();
}

/* ---------------------------------------------------------------- at the till */

void
till_enrol_here(struct browser *b, int till)
{
    ANSWERS(post(b, "/api/till/enrol", NULL, "{\"code\":\"%s\"}", here.enrol_code[till - 1]), 200);
    CHECK_TEXT(got_text("state"), "enrolled");
}

void
till_sign_in(struct browser *b, int till, int staff)
{
    if (cookie_of(b, "__Host-till") == NULL)
        till_enrol_here(b, till);
    ANSWERS(post(b, "/api/till/staff", NULL, "{\"staff\":%d,\"pin\":\"" HARNESS_PIN "\"}", staff),
            200);
    CHECK_TEXT(got_text("state"), "signed_in");
    CHECK_INT(got_int("staff.id"), staff);
}

static const char *
first_code(void)
{
    static char codes[4][32];
    static unsigned next;
    char *code = codes[next++ % COUNT(codes)];

    snprintf(code, sizeof(codes[0]), "%s", got_text("codes.0.digits"));
    CHECK_INT(strlen(code), 22);
    return code;
}

const char *
card_code(struct browser *member, int plan)
{
    char path[64];

    snprintf(path, sizeof(path), "/api/card/codes?plan=%d", plan);
    ANSWERS(get(member, path), 200);
    return first_code();
}

const char *
voucher_code(struct browser *member, int64_t voucher)
{
    char path[64];

    snprintf(path, sizeof(path), "/api/vouchers/%lld/code", (long long)voucher);
    ANSWERS(get(member, path), 200);
    return first_code();
}

int64_t
grant_stamps(struct browser *till, struct browser *member, int stamps)
{
    harness_advance(30 * SECOND_MS);
    ANSWERS(post(till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(member, STAMPS)),
            200);
    CHECK_TEXT(got_text("kind"), "member");
    ANSWERS(post(till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"stamps\":%d}",
                 (long long)got_int("scan"), stamps),
            201);
    return got_int("transfer");
}

/* ---------------------------------------------------------------- events */

struct events {
    struct http_peer *peer;
    size_t n;
    char text[32 * 1024]; /* what came and was not asked for yet */
};

struct events *
events_open(struct browser *b, const char *path)
{
    struct events *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    s->peer = http_peer_open(here.port);
    http_peer_patience(s->peer, HARNESS_PATIENCE_MS);
    http_peer_text(s->peer, head_of(b, "GET", path, NULL, 0));
    ANSWERS(http_peer_receive_head(s->peer, &answer), 200);
    CHECK_THAT(str_starts(http_answer_header(&answer, "content-type"), STR("text/event-stream")));
    return s;
}

void
events_close(struct events *s)
{
    http_peer_close(s->peer);
    free(s);
}

bool
events_ended(struct events *s)
{
    return http_peer_ended(s->peer, ENDS_WITHIN_MS);
}

void
events_next(struct events *s, const char *name)
{
    char mark[64];

    snprintf(mark, sizeof(mark), "event: %s\n", name);
    for (;;) {
        char *at = strstr(s->text, mark);
        char *end = at != NULL ? strstr(at, "\n\n") : NULL;
        const char *data = end != NULL ? strstr(at, "data: ") : NULL;
        size_t n;

        if (data != NULL) {
            json_decref(answer_json);
            answer_json = json_loadb(data + 6, (size_t)(end - data) - 6, 0, NULL);
            CHECK_THAT(json_is_object(answer_json));
            memmove(s->text, end + 2, strlen(end + 2) + 1);
            s->n = strlen(s->text);
            return;
        }
        if (!http_peer_chunk(s->peer, s->text + s->n, sizeof(s->text) - 1 - s->n, &n))
            fail_msg("no event %s came", name);
        s->n += n;
        s->text[s->n] = '\0';
    }
}
