/*
 * A shop chain with a past, for the demo, for screenshots and for measuring: made through the same
 * functions that serve, at times that lie behind us, so that `stampd check` proves it like any
 * book.
 */
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
#include "base/clock.h"
#include "base/entropy.h"
#include "domain/card.h"
#include "domain/code.h"
#include "domain/keys.h"
#include "domain/ledger.h"
#include "domain/member.h"
#include "domain/notice.h"
#include "domain/pin.h"
#include "domain/plan.h"
#include "domain/scan.h"
#include "domain/shop.h"
#include "domain/staff.h"
#include "domain/voucher.h"
#include "store/migrate.h"

#define SHOPS 3
#define STAFF 5
#define PLANS 2
#define DAYS 180
#define TOKYO_MS (9 * HOUR_MS)
/* As line-sim numbers its people; tests/unit/test_app_demo.c holds the two together. */
#define PERSON_FORMAT "U5a3e1d07c94b2f6880e4d1a7%08x"
#define PEOPLE 8 /* members that line-sim can play; the others only have a past */

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

struct names {
    const char *title, *shop[SHOPS], *till, *plan[PLANS], *half[PLANS], *full[PLANS];
    const char *staff, *member; /* a number follows */
};

static const struct names names_en = {
    .title = "Harbour Coffee",
    .shop = {"Station", "Market Street", "Harbour"},
    .till = "Counter",
    .plan = {"Coffee card", "Harbour points"},
    .half = {"A cookie", "10 % off a bag of beans"},
    .full = {"A coffee of your choice", "500 yen off"},
    .staff = "Staff",
    .member = "Member",
};
static const struct names names_ja = {
    .title = "みなとコーヒー",
    .shop = {"駅前店", "市場通り店", "みなと店"},
    .till = "レジ",
    .plan = {"コーヒーカード", "みなとポイント"},
    .half = {"クッキー1枚", "コーヒー豆10%引き"},
    .full = {"お好きなコーヒー1杯", "500円引き"},
    .staff = "スタッフ",
    .member = "会員",
};

/* One visit to come, while the past is made. */
struct visit {
    int64_t at_ms;
    int member; /* index */
    int plan, shop, staff;
};

struct demo {
    struct db *db;
    const struct keys *keys;
    const struct names *names;
    int64_t now_ms;
    int64_t members_n;
    int64_t shop[SHOPS], till[SHOPS], staff[STAFF], plan[PLANS];
    char pin[STAFF][8];
    int64_t *member; /* ids */
    struct visit *visit;
    size_t visits_n, visits_cap;
    int64_t grants, redemptions;
};

static const int staff_shops[STAFF] = {0, 0, 1, 1, 2};

/* ---------------------------------------------------------------- the chain */

static enum err_code
make_plan(struct demo *d, int i, struct err *e)
{
    struct plan_rules rules = {
        .unit = i == 0 ? UNIT_STAMP : UNIT_POINT,
        .linear = i == 0 ? LINEAR_CODE128 : LINEAR_JAN13,
        .jan_prefix = 29,
        .goal = i == 0 ? 10 : 500,
        .cool_down_min = i == 0 ? 240 : 0,
        .yen_per_point = i == 0 ? 0 : 10,
        .rounding = ROUNDING_DOWN,
        .utc_offset_min = 540,
        .day_cut_hour = 4,
        .notify_grants = i == 0,
        .rewards_n = 2,
        .reward = {{.at = i == 0 ? 5 : 250, .valid_days = 60},
                   {.at = i == 0 ? 10 : 500, .valid_days = 90}},
    };

    snprintf(rules.name, sizeof(rules.name), "%s", d->names->plan[i]);
    snprintf(rules.reward[0].title, sizeof(rules.reward[0].title), "%s", d->names->half[i]);
    snprintf(rules.reward[1].title, sizeof(rules.reward[1].title), "%s", d->names->full[i]);
    return plan_create(d->db, &rules, d->now_ms - (DAYS + 1) * DAY_MS, &d->plan[i], e);
}

static enum err_code
make_staff(struct demo *d, int i, struct err *e)
{
    char hash[PIN_HASH_SIZE], name[64];
    struct staff_new in = {
        .shop_name = str_of(d->names->shop[staff_shops[i]]),
        .role = i % 2 ? MANAGER : CASHIER,
        .pin_hash = hash,
        .now_ms = d->now_ms - (DAYS + 1) * DAY_MS,
    };

    snprintf(name, sizeof(name), "%s %d", d->names->staff, i + 1);
    in.name = str_of(name);
    snprintf(d->pin[i], sizeof(d->pin[i]), "2580%02d", 13 + 17 * i);
    return pin_hash(str_of(d->pin[i]), hash, e) || staff_add(d->db, &in, &d->staff[i], e) ? e->code
                                                                                          : OK;
}

static enum err_code
make_chain(struct demo *d, struct err *e)
{
    int64_t at_ms = d->now_ms - (DAYS + 1) * DAY_MS;
    char code[ENROL_CODE_SIZE];
    struct till till;

    for (int i = 0; i < SHOPS; i++)
        if (shop_add(d->db, str_of(d->names->shop[i]), at_ms, &d->shop[i], e) ||
            till_add(d->db, str_of(d->names->shop[i]), str_of(d->names->till), at_ms, code,
                     &d->till[i], e) ||
            till_enrol(d->db, str_of(code), at_ms, &till, e))
            return e->code;
    for (int i = 0; i < STAFF; i++)
        if (make_staff(d, i, e))
            return e->code;
    for (int i = 0; i < PLANS; i++)
        if (make_plan(d, i, e))
            return e->code;
    return OK;
}

/* ---------------------------------------------------------------- who comes when */

static double
chance(void)
{
    return (double)entropy_below(1000000) / 1e6;
}

/* Morning, lunch and the way home; Fridays and Saturdays are fuller. */
static int64_t
hour_of_visit(void)
{
    static const int weight[24] = {0,  0, 0, 0, 0, 0, 1, 6, 10, 7, 5, 6,
                                   10, 8, 5, 6, 5, 7, 8, 5, 3,  1, 0, 0};
    uint64_t at = entropy_below(98);

    for (int hour = 0; hour < 24; hour++) {
        if (at < (uint64_t)weight[hour])
            return hour;
        at -= (uint64_t)weight[hour];
    }
    return 12;
}

static bool
visit_add(struct demo *d, struct visit visit)
{
    if (visit.at_ms >= d->now_ms - 5 * MINUTE_MS)
        return true;
    if (d->visits_n == d->visits_cap) {
        size_t cap = d->visits_cap ? 2 * d->visits_cap : 4096;
        struct visit *more = realloc(d->visit, cap * sizeof(*more));
        if (!more)
            return false;
        d->visit = more;
        d->visits_cap = cap;
    }
    d->visit[d->visits_n++] = visit;
    return true;
}

/* The local midnight `days` days before today. */
static int64_t
day_start(const struct demo *d, int64_t days)
{
    return (d->now_ms + TOKYO_MS) / DAY_MS * DAY_MS - TOKYO_MS - days * DAY_MS;
}

/* A member joins some day, comes at a rate of their own, and may stop coming for good. */
static bool
plan_visits(struct demo *d, int member)
{
    int64_t first = (int64_t)entropy_below(DAYS), last = 0;
    double rate = 0.02 + 0.25 * chance() * chance();
    int home = (int)entropy_below(SHOPS);

    if (chance() < 0.35)
        last = (int64_t)entropy_below((uint64_t)first + 1);
    for (int64_t days = first; days >= last; days--) {
        int64_t start = day_start(d, days);
        int weekday = (int)((start / DAY_MS + 4 + 1) % 7); /* 1970-01-01 was a Thursday */
        double busy = weekday == 5 || weekday == 6 ? 1.5 : weekday == 0 ? 0.7 : 1.0;
        int shop = chance() < 0.8 ? home : (int)entropy_below(SHOPS);
        struct visit v = {
            .at_ms = start + hour_of_visit() * HOUR_MS + (int64_t)entropy_below(HOUR_MS),
            .member = member,
            .plan = chance() < 0.7 ? 0 : 1,
            .shop = shop,
            .staff = shop == 0   ? (int)entropy_below(2)
                     : shop == 1 ? 2 + (int)entropy_below(2)
                                 : 4,
        };
        if ((days == first || chance() < rate * busy) && !visit_add(d, v))
            return false;
    }
    return true;
}

/* line-sim's people: 1 lacks one stamp, 2 is new, 3 has not come for two months, the rest come now
 * and then. */
static bool
plan_person(struct demo *d, int member)
{
    int visits = member == 0 ? 9 : member == 2 ? 6 : 3 + (int)entropy_below(5);
    int64_t days = member == 2 ? 60 : 1;

    for (int i = visits - 1; i >= 0; i--)
        if (!visit_add(d, (struct visit){.at_ms = day_start(d, days + 3 * i) + 12 * HOUR_MS +
                                                  (int64_t)entropy_below(HOUR_MS),
                                         .member = member}))
            return false;
    return true;
}

static int
by_time(const void *a, const void *b)
{
    const struct visit *x = a, *y = b;

    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

/* ---------------------------------------------------------------- living it */

static enum err_code
make_member(struct demo *d, int i, int64_t at_ms, struct err *e)
{
    char line_id[40], name[64];
    struct member member;
    bool is_new;
    const enum language languages[] = {LANGUAGE_JA, LANGUAGE_EN, LANGUAGE_ZH_HANT, LANGUAGE_TH};

    if (i < PEOPLE)
        snprintf(line_id, sizeof(line_id), PERSON_FORMAT, (unsigned)(i + 1));
    else
        snprintf(line_id, sizeof(line_id), "U%016" PRIx64 "%016x", entropy_below(UINT64_MAX),
                 (unsigned)i);
    snprintf(name, sizeof(name), "%s %d", d->names->member, i + 1);
    if (member_enter(d->db,
                     &(struct member_login){.line_id = str_of(line_id),
                                            .name = str_of(name),
                                            .language = i < PEOPLE ? languages[i % 4] : LANGUAGE_JA,
                                            .now_ms = at_ms},
                     &member, &is_new, e) ||
        member_befriend(d->db, member.id, true, at_ms, e))
        return e->code;
    d->member[i] = member.id;
    return OK;
}

static enum err_code
redeem_some(struct demo *d, const struct visit *v, const struct card *card, struct err *e)
{
    struct voucher voucher, open[4];
    struct refusal refusal;
    char token[VOUCHER_TOKEN_SIZE];
    size_t n;

    if (voucher_list(d->db, card->id, v->at_ms, open, 4, &n, e))
        return e->code;
    if (!n || v->member == 0 || chance() > 0.6)
        return OK;
    voucher_token(d->db, open[0].id, d->till[v->shop], v->at_ms + MINUTE_MS, token);
    if (voucher_redeem(d->db,
                       &(struct redemption){.voucher_id = open[0].id,
                                            .token = str_of(token),
                                            .staff_id = d->staff[v->staff],
                                            .till_id = d->till[v->shop],
                                            .shop_id = d->shop[v->shop],
                                            .now_ms = v->at_ms},
                       &voucher, &refusal, e))
        return e->code;
    d->redemptions += refusal.kind == REFUSAL_NONE;
    return OK;
}

/* A few grants are mistakes, undone a minute later. */
static enum err_code
reverse_some(struct demo *d, const struct visit *v, int64_t seq, struct err *e)
{
    struct reversal_result out;
    struct refusal refusal;
    struct reversal in = {.seq = seq,
                          .staff_id = d->staff[v->staff],
                          .till_id = d->till[v->shop],
                          .shop_id = d->shop[v->shop],
                          .now_ms = v->at_ms + MINUTE_MS};

    if (v->member < PEOPLE || chance() > 0.01)
        return OK;
    entropy_fill(in.request_key, sizeof(in.request_key));
    return ledger_reverse(d->db, &in, &out, &refusal, e);
}

static enum err_code
live_visit(struct demo *d, const struct visit *v, struct err *e)
{
    struct card card;
    struct scan_result scan;
    struct refusal refusal;
    struct grant_result result;
    struct grant in = {.staff_id = d->staff[v->staff],
                       .till_id = d->till[v->shop],
                       .shop_id = d->shop[v->shop],
                       .now_ms = v->at_ms};
    char code[CODE_DIGITS + 1];
    int64_t near_miss;

    if (!d->member[v->member] && make_member(d, v->member, v->at_ms - MINUTE_MS, e))
        return e->code;
    if (card_of_plan(d->db, d->member[v->member], d->plan[v->plan], &card, e) ||
        redeem_some(d, v, &card, e))
        return e->code;
    code_make(d->keys, CODE_MEMBER, card.locator, code_step(v->at_ms), code);
    if (scan_open(d->db,
                  &(struct scan_request){.text = str_of(code),
                                         .till_id = in.till_id,
                                         .shop_id = in.shop_id,
                                         .staff_id = in.staff_id,
                                         .now_ms = v->at_ms},
                  &scan, &refusal, &near_miss, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return OK;
    in.scan_id = scan.scan_id;
    if (v->plan == 0)
        in.stamps = v->member > 0 && chance() < 0.1 ? 2 : 1;
    else
        in.yen = 350 + 50 * (int64_t)entropy_below(30);
    entropy_fill(in.request_key, sizeof(in.request_key));
    if (ledger_grant(d->db, &in, &result, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return OK;
    d->grants++;
    return reverse_some(d, v, result.seq, e);
}

/* What was owed in the past was told in the past: on the open card. */
static enum err_code
close_notices(struct demo *d, struct arena *a, struct err *e)
{
    struct notice notice[64];
    size_t n;

    do {
        if (notice_due(d->db, d->now_ms, a, notice, 64, &n, e))
            return e->code;
        for (size_t i = 0; i < n; i++)
            if (notice_drop(d->db, notice[i].id, false, e))
                return e->code;
    } while (n);
    return OK;
}

static enum err_code
live(struct demo *d, struct err *e)
{
    enum err_code code = OK;
    int64_t ended;

    for (size_t i = 0; i < d->visits_n; i++) {
        struct db_tx tx;
        struct arena *a;
        int64_t day = d->visit[i].at_ms / DAY_MS;

        if (db_begin(d->db, &tx, e))
            return e->code;
        for (; i < d->visits_n && d->visit[i].at_ms / DAY_MS == day && !code; i++)
            code = live_visit(d, &d->visit[i], e);
        i--;
        a = arena_new(16 * MIB);
        if (code || close_notices(d, a, e) ||
            voucher_expire_due(d->db,
                               (day + 1) * DAY_MS < d->now_ms ? (day + 1) * DAY_MS : d->now_ms,
                               1000, &ended, e) ||
            db_commit(&tx, e))
            code = e->code;
        db_rollback(&tx);
        arena_free(a);
        if (code)
            return err_wrap(e, "the past, visit %zu of %zu", i, d->visits_n);
    }
    return OK;
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
    struct str listen = call->value[OPTION_LISTEN], sim = call->value[OPTION_SIM];

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
    for (int i = 0; i < STAFF; i++) {
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
make_past(struct demo *d, struct err *e)
{
    d->member = calloc((size_t)d->members_n, sizeof(*d->member));
    if (!d->member)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "members");
    for (int i = 0; i < d->members_n; i++)
        if (!(i == 1 ? true : i < PEOPLE ? plan_person(d, i) : plan_visits(d, i)))
            return err_set(e, ERR_INTERNAL, "out_of_memory", "visits");
    qsort(d->visit, d->visits_n, sizeof(*d->visit), by_time);
    return live(d, e);
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
    return make_past(d, e) || write_conf(call, d, e) || write_json(call, d, token, e) ? e->code
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

    if (!str_int(call->value[OPTION_MEMBERS], &d.members_n, PEOPLE, 10000000) ||
        !str_int(call->value[OPTION_SEED], &seed, 0, INT64_MAX))
        return err_set(e, ERR_INPUT, "usage", "--members (at least %d) and --seed are numbers",
                       PEOPLE);
    if (make_dir(call, dir, e))
        return e->code;
    d.names = str_eq(call->value[OPTION_LANGUAGE], STR("ja")) ? &names_ja : &names_en;
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
                       dir, SHOPS, STAFF, PLANS, d.members_n, d.grants, DAYS, d.redemptions);
    }
    db_close(d.db);
    free(d.visit);
    free(d.member);
    close(lock);
    return code;
}
