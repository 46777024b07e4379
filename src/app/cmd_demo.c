#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "app/commands.h"
#include "app/demo_past.h"
#include "app/demo_plan.h"
#include "base/entropy.h"
#include "domain/budget.h"
#include "domain/keys.h"
#include "domain/pin.h"
#include "domain/shop.h"
#include "domain/staff.h"
#include "store/migrate.h"

enum { OPTION_DIR, OPTION_MEMBERS, OPTION_LISTEN, OPTION_SIM, OPTION_SEED, OPTION_LANGUAGE };

const struct option_row demo_data_options[] = {
    {"dir", "FOLDER", "build/demo", "where; what was there is replaced"},
    {"members", "N", "300", "how many members"},
    {"listen", "ADDRESS", "127.0.0.1:8080", "where stampd will listen"},
    {"sim", "URL", "http://127.0.0.1:8091", "where line-sim will be"},
    {"seed", "N", "20261122", "the same number makes the same past"},
    {"language", "TAG", "en", "of the names: en or ja"},
    {0},
};

static const int staff_shops[DEMO_STAFF] = {0, 0, 1, 1, 2};

/* ---------------------------------------------------------------- the chain */

static enum err_code
make_staff(struct demo *d, int i, struct err *e)
{
    char hash[PIN_HASH_SIZE], name[64];
    struct staff_new in = {
        .shop_name = str_of(d->names->shop[staff_shops[i]]),
        .role = i % 2 ? MANAGER : CASHIER,
        .pin_hash = hash,
        .now_ms = d->now_ms - (DEMO_DAYS + 1) * DAY_MS,
    };

    snprintf(name, sizeof(name), "%s %d", d->names->staff, i + 1);
    in.name = str_of(name);
    snprintf(d->pin[i], sizeof(d->pin[i]), "2580%02d", 13 + 17 * i);
    return pin_hash(str_of(d->pin[i]), hash, e) || staff_add(d->db, &in, &d->staff[i], e) ? e->code
                                                                                          : OK;
}

/* What LINE gives away in Japan is what this chain spends; stamps are pushed too, and at any hour,
 * so that whoever looks sees it happen. */
static enum err_code
make_policy(struct demo *d, struct err *e)
{
    struct message_policy policy;

    if (policy_load(d->db, &policy, e))
        return e->code;
    policy.budget = 200;
    policy.pushes_receipts = true;
    policy.quiet_from_min = policy.quiet_until_min = 0;
    return policy_save(d->db, &policy, e);
}

static enum err_code
make_chain(struct demo *d, struct err *e)
{
    int64_t at_ms = d->now_ms - (DEMO_DAYS + 1) * DAY_MS;
    char code[ENROL_CODE_SIZE];
    struct till till;

    for (int i = 0; i < DEMO_SHOPS; i++)
        if (shop_add(d->db, str_of(d->names->shop[i]), at_ms, &d->shop[i], e) ||
            till_add(d->db, str_of(d->names->shop[i]), str_of(d->names->till), at_ms, code,
                     &d->till[i], e) ||
            till_enrol(d->db, str_of(code), at_ms, &till, e))
            return e->code;
    for (int i = 0; i < DEMO_STAFF; i++)
        if (make_staff(d, i, e))
            return e->code;
    for (int i = 0; i < DEMO_PLANS; i++)
        if (demo_plan_make(d, i, at_ms, e))
            return e->code;
    return make_policy(d, e);
}

/* ---------------------------------------------------------------- files */

static enum err_code
write_file(const char *path, const struct buf *text, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t n = fd < 0 ? -1 : write(fd, text->at, text->n);

    if (fd < 0 || close(fd) || n != (ssize_t)text->n)
        return err_set(e, ERR_INPUT, "file_unwritable", "%s: %s", path, strerror(errno));
    return OK;
}

static enum err_code
write_conf(struct call *call, const struct demo *d, struct err *e)
{
    struct buf b = buf_new(call->arena, 8 * KIB);
    struct str listen = call->value[OPTION_LISTEN], sim = call->value[OPTION_SIM], data = sim;

    buf_format(&b, "# The demo: LINE is line-sim, on this machine.\nDEMO=1\nDATA_DIR=%.*s\n",
               (int)call->value[OPTION_DIR].n, call->value[OPTION_DIR].at);
    buf_format(&b, "LISTEN=%.*s\nPUBLIC_URL=http://%.*s\nTITLE=%s\n", (int)listen.n, listen.at,
               (int)listen.n, listen.at, d->names->title);
    buf_text(&b, "LOGIN_CHANNEL_ID=1234567890\n"
                 "LOGIN_CHANNEL_SECRET=0123456789abcdef0123456789abcdef\n"
                 "CHANNEL_ID=1234567891\n"
                 "CHANNEL_SECRET=fedcba9876543210fedcba9876543210\n"
                 "LIFF_ID=1234567890-AbcdEfgh\n");
    buf_format(&b, "LINE_ACCESS_URL=%.*s\nLINE_API_URL=%.*s\nLIFF_URL=%.*s/liff\n", (int)sim.n,
               sim.at, (int)sim.n, sim.at, (int)sim.n, sim.at);
    /* line-sim plays LINE's host for pictures under this name only. */
    if (str_skip(&data, STR("http://127.0.0.1:")))
        data = str_of(arena_format(call->arena, "http://localhost:%.*s", (int)data.n, data.at));
    /* So few pictures that all of them are made within LINE's hundred of an hour. */
    buf_format(&b, "LINE_DATA_URL=%.*s\nMENU_PICTURES=11\nMENU_LANGUAGES=%s\n", (int)data.n,
               data.at, d->names == &demo_names_ja ? "ja,en" : "en,ja");
    return write_file(arena_format(call->arena, "%.*s/stampd.conf", (int)call->value[OPTION_DIR].n,
                                   call->value[OPTION_DIR].at),
                      &b, e);
}

static enum err_code
write_json(struct call *call, const struct demo *d, const char *owner_token, struct err *e)
{
    struct buf b = buf_new(call->arena, 8 * KIB);

    buf_text(&b, "{\"till\":{\"shop\":");
    buf_json(&b, str_of(d->names->shop[0]));
    buf_text(&b, ",\"name\":");
    buf_json(&b, str_of(d->names->till));
    buf_text(&b, "},\"staff\":[");
    for (int i = 0; i < DEMO_STAFF; i++) {
        char name[64];
        snprintf(name, sizeof(name), "%s %d", d->names->staff, i + 1);
        buf_format(&b, "%s{\"id\":%" PRId64 ",\"name\":", i ? "," : "", d->staff[i]);
        buf_json(&b, str_of(name));
        buf_text(&b, ",\"pin\":");
        buf_json(&b, str_of(d->pin[i]));
        buf_text(&b, ",\"shop\":");
        buf_json(&b, str_of(d->names->shop[staff_shops[i]]));
        buf_char(&b, '}');
    }
    buf_format(&b, "],\"owner_link\":\"/admin#claim=%s\"}", owner_token);
    return write_file(arena_format(call->arena, "%.*s/%s", (int)call->value[OPTION_DIR].n,
                                   call->value[OPTION_DIR].at, DATA_DEMO),
                      &b, e);
}

static enum err_code
make_dir(struct call *call, char path[256], struct err *e)
{
    static const char *const old[] = {DATA_BOOK, DATA_BOOK "-wal", DATA_BOOK "-shm", DATA_ROOT_KEY};
    char file[320];

    if (!str_copy(call->value[OPTION_DIR], path, 256))
        return err_set(e, ERR_INPUT, "usage", "--dir is too long");
    if (mkdir(path, 0700) && errno != EEXIST)
        return err_set(e, ERR_INPUT, "data_dir", "%s: %s", path, strerror(errno));
    for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
        snprintf(file, sizeof(file), "%s/%s", path, old[i]);
        if (unlink(file) && errno != ENOENT)
            return err_set(e, ERR_INPUT, "data_dir", "%s: %s", file, strerror(errno));
    }
    return OK;
}

static enum err_code
make_all(struct call *call, struct demo *d, struct err *e)
{
    struct db_tx tx;
    char token[TOKEN_SIZE];

    if (db_begin(d->db, &tx, e))
        return e->code;
    if (make_chain(d, e) || owner_link_make(d->db, d->now_ms, token, e) || db_commit(&tx, e)) {
        db_rollback(&tx);
        return e->code;
    }
    return demo_past(d, e) || write_conf(call, d, e) || write_json(call, d, token, e) ? e->code
                                                                                      : OK;
}

enum err_code
command_demo_data(struct call *call, struct err *e)
{
    struct demo d = {.now_ms = call->now_ms};
    const struct db_options options = {.mode = DB_WRITE, .cache_kib = 65536};
    struct keys keys;
    char dir[256], book[320], key[320], lock_path[320];
    int64_t seed;
    enum err_code code;
    int lock;

    if (!str_int(call->value[OPTION_MEMBERS], &d.members_n, DEMO_PEOPLE, 10000000) ||
        !str_int(call->value[OPTION_SEED], &seed, 0, INT64_MAX))
        return err_set(e, ERR_INPUT, "usage", "--members (at least %d) and --seed are numbers",
                       DEMO_PEOPLE);
    if (make_dir(call, dir, e))
        return e->code;
    d.names = str_eq(call->value[OPTION_LANGUAGE], STR("ja")) ? &demo_names_ja : &demo_names_en;
    snprintf(book, sizeof(book), "%s/%s", dir, DATA_BOOK);
    snprintf(key, sizeof(key), "%s/%s", dir, DATA_ROOT_KEY);
    snprintf(lock_path, sizeof(lock_path), "%s/%s", dir, DATA_LOCK);
    lock = data_lock(lock_path, e);
    if (lock < 0)
        return e->code;
    code = keys_create(key, e) || keys_load(key, &keys, e) || migrate_up(book, e) ||
                   db_open(&d.db, book, &options, e)
               ? e->code
               : OK;
    if (!code) {
        d.keys = &keys;
        db_attach(d.db, &keys);
        entropy_seed((uint64_t)seed);
        code = make_all(call, &d, e);
        if (!code)
            buf_format(call->out,
                       "%s: %d shops, %d staff, %d plans, %" PRId64 " members, %" PRId64
                       " grants in %d days, %" PRId64 " vouchers redeemed\n",
                       dir, DEMO_SHOPS, DEMO_STAFF, DEMO_PLANS, d.members_n, d.grants, DEMO_DAYS,
                       d.redemptions);
    }
    db_close(d.db);
    free(d.visit);
    free(d.member);
    close(lock);
    return code;
}
