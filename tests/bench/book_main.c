/*
 * A big book: members who came again and again, lived through by the same functions that serve; and
 * codes of their cards.
 *
 *   book_main FOLDER MEMBERS TRANSFERS RULES
 *       makes the book, with a plan under the rules of that plan file; the folder has a root key
 *   book_main FOLDER tills N
 *       N more tills with somebody signed in at each: a line "TOKEN STAFF-TOKEN" for each
 *   book_main FOLDER codes N AGO
 *       "CODE TIME" for N codes of cards taken at random, as a till may have read them AGO ms ago,
 *       or, where a card comes once more, VISIT_APART_MS before
 *
 * The past is not synced while it is made: a book that was not finished has to be made again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/access.h"
#include "domain/card.h"
#include "domain/code.h"
#include "domain/earn_book.h"
#include "domain/head.h"
#include "domain/keys.h"
#include "domain/lapse.h"
#include "domain/ledger.h"
#include "domain/member.h"
#include "domain/notice.h"
#include "domain/plan_json.h"
#include "domain/scan.h"
#include "domain/shop.h"
#include "domain/staff.h"
#include "domain/tier.h"
#include "domain/voucher.h"
#include "store/db_raw.h"
#include "store/migrate.h"

#define PLAN 1
#define SHOP "Station"
#define YEARS 2
#define BATCH 20000 /* to a transaction */
#define VISIT_APART_MS (2 * MINUTE_MS)
#define CACHE "PRAGMA cache_size = -3000000"

struct big {
    struct db *db;
    struct keys keys;
    int64_t now_ms;
    int64_t members, transfers;
    int64_t shop_id, till_id;
};

static struct big big;

/* ---------------------------------------------------------------- who is there */

static enum err_code
read_rules(const char *path, struct plan_rules *rules, struct err *e)
{
    static char text[PLAN_FILE_MAX];
    FILE *f = fopen(path, "r");
    size_t n = f != NULL ? fread(text, 1, sizeof(text), f) : 0;

    if (f == NULL || fclose(f))
        return err_set(e, ERR_INPUT, "rules", "%s", path);
    return plan_file_read((struct str){text, n}, rules, e);
}

static enum err_code
add_plan(const char *rules_path, struct err *e)
{
    struct plan_rules rules = {
        .name = "Bench",
        .unit = UNIT_STAMP,
        .linear = LINEAR_CODE128,
        .jan_prefix = 28,
        .goal = 10,
        .rounding = ROUNDING_DOWN,
        .utc_offset_min = 540,
        .day_cut_hour = 4,
        .rewards_n = 1,
        .reward = {{.at = 10, .valid_days = 90, .title = "Coffee"}},
    };
    int64_t plan;

    if (read_rules(rules_path, &rules, e))
        return e->code;
    return plan_create(big.db, &rules, big.now_ms - YEARS * 365 * DAY_MS, &plan, e);
}

/* From now on members are told of each stamp, as in the other measurements. */
static enum err_code
tell_from_now_on(struct err *e)
{
    struct plan_rules rules;
    int64_t version;

    if (plan_load(big.db, PLAN, 0, &rules, e))
        return e->code;
    rules.notify_grants = true;
    return plan_add_version(big.db, &rules, big.now_ms, &version, e);
}

static enum err_code
add_till(const char *name, struct till *out, struct err *e)
{
    char code[ENROL_CODE_SIZE];
    int64_t id;

    return till_add(big.db, STR(SHOP), str_of(name), big.now_ms, code, &id, e) ||
                   till_enrol(big.db, str_of(code), big.now_ms, out, e)
               ? e->code
               : OK;
}

static enum err_code
open_tills(int64_t n, struct err *e)
{
    char name[32], till_token[TOKEN_SIZE], staff_token[TOKEN_SIZE];
    struct till till;
    DB_TX tx = {0};

    if (db_begin(big.db, &tx, e))
        return e->code;
    for (int64_t i = 0; i < n; i++) {
        snprintf(name, sizeof(name), "Till %" PRId64, i);
        if (add_till(name, &till, e) ||
            access_open(big.db, ACCESS_TILL, 0, till.id, 0, big.now_ms, till_token, e) ||
            access_open(big.db, ACCESS_STAFF, 0, till.id, 1 + i % 2, big.now_ms, staff_token, e))
            return e->code;
        printf("%s %s\n", till_token, staff_token);
    }
    return db_commit(&tx, e);
}

static enum err_code
add_member(int64_t i, int64_t at_ms, struct err *e)
{
    char line_id[40], name[64];
    struct member member;
    bool is_new;

    snprintf(line_id, sizeof(line_id), "U%016" PRIx64 "%016" PRIx64, entropy_below(UINT64_MAX),
             (uint64_t)i);
    snprintf(name, sizeof(name), "Member %" PRId64, i);
    return member_enter(big.db,
                        &(struct member_login){.line_id = str_of(line_id),
                                               .name = str_of(name),
                                               .language = LANGUAGE_JA,
                                               .now_ms = at_ms},
                        &member, &is_new, e) ||
                   member_befriend(big.db, member.id, false, at_ms, NULL, e)
               ? e->code
               : OK;
}

/* ---------------------------------------------------------------- what happened */

static enum err_code
redeem(const struct grant_voucher *voucher, int64_t at_ms, struct err *e)
{
    struct redemption in = {.voucher_id = voucher->id,
                            .staff_id = 1,
                            .till_id = big.till_id,
                            .shop_id = big.shop_id,
                            .now_ms = at_ms};
    char token[VOUCHER_TOKEN_SIZE];
    struct voucher out;
    struct refusal refusal;

    voucher_token(big.db, voucher->id, big.till_id, at_ms + MINUTE_MS, token);
    in.token = str_of(token);
    return voucher_redeem(big.db, &in, &out, &refusal, e);
}

static enum err_code
visit(int64_t at_ms, int64_t *transfers, struct err *e)
{
    struct scan_request code = {
        .till_id = big.till_id, .shop_id = big.shop_id, .staff_id = 1, .now_ms = at_ms};
    struct grant in = {.stamps = 1,
                       .staff_id = 1,
                       .till_id = big.till_id,
                       .shop_id = big.shop_id,
                       .now_ms = at_ms};
    char digits[CODE_DIGITS + 1];
    struct scan_result read;
    struct grant_result out;
    struct refusal refusal;
    struct card card;
    int64_t near_miss;

    code.grants_now = true;
    if (card_of_plan(big.db, 1 + (int64_t)entropy_below((uint64_t)big.members), PLAN, &card, e))
        return e->code;
    code_make(&big.keys, CODE_MEMBER, card.locator, code_step(at_ms), digits);
    code.text = str_of(digits);
    if (scan_open(big.db, &code, &read, &refusal, &near_miss, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE || read.is_again) /* twice within one step of the code */
        return OK;
    in.scan_id = read.scan_id;
    entropy_fill(in.request_key, sizeof(in.request_key));
    if (ledger_grant(big.db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind == REFUSAL_TOO_SOON)
        return OK;
    if (refusal.kind != REFUSAL_NONE)
        return err_set(e, ERR_INTERNAL, "refused", "%s", refusal_word(refusal.kind));
    *transfers += 1 + out.rounds + (out.join_units > 0);
    return out.vouchers_n > 0 && entropy_below(3) > 0 ? redeem(&out.voucher[0], at_ms, e) : OK;
}

static enum err_code
end_due(int64_t at_ms, struct err *e)
{
    int64_t ended;
    bool lapsed, looked;

    do {
        if (voucher_expire_due(big.db, at_ms, 1000, &ended, e) ||
            lapse_run(big.db, at_ms, 1000, &lapsed, e) || tier_run(big.db, at_ms, 1000, &looked, e))
            return e->code;
    } while (ended == 1000 || !lapsed || !looked);
    return earn_tally_sweep(big.db, at_ms, BATCH, e);
}

/* The heads of the days that were over. */
static enum err_code
sign(int64_t at_ms, struct err *e)
{
    bool made, more;

    do
        if (head_daily(big.db, BATCH, at_ms, &made, &more, e))
            return e->code;
    while (more);
    return OK;
}

/* What was to be told was told, what was over had ended, and each day has its head. */
static enum err_code
settle(int64_t at_ms, struct err *e)
{
    int64_t member_id[64];
    struct notice notice[8];
    size_t held, due, n;

    if (end_due(at_ms, e) || sign(at_ms, e))
        return e->code;
    do {
        if (notice_hold_due(big.db, at_ms, 64, &held, e) ||
            notice_due_members(big.db, at_ms, member_id, 64, &due, e))
            return e->code;
        for (size_t i = 0; i < due; i++) {
            struct arena *a = arena_new(256 * KIB);

            if (notice_held(big.db, member_id[i], a, notice, 8, &n, e))
                return e->code;
            for (size_t j = 0; j < n; j++)
                if (notice_end(big.db, &notice[j], LADDER_DROP, "past", at_ms, e))
                    return e->code;
            arena_free(a);
        }
    } while (held > 0 || due > 0);
    return OK;
}

/* ---------------------------------------------------------------- all of it, in pieces */

static enum err_code
faster(struct err *e)
{
    sqlite3_set_authorizer(big.db->handle, NULL, NULL);
    if (sqlite3_exec(big.db->handle, "PRAGMA synchronous = OFF; " CACHE, NULL, NULL, NULL))
        return err_set(e, ERR_INTERNAL, "pragma", "%s", sqlite3_errmsg(big.db->handle));
    return OK;
}

static enum err_code
add_members(struct err *e)
{
    int64_t from_ms = big.now_ms - YEARS * 365 * DAY_MS;

    for (int64_t i = 0; i < big.members;) {
        DB_TX tx = {0};

        if (db_begin(big.db, &tx, e))
            return e->code;
        for (int64_t n = 0; n < BATCH && i < big.members; n++)
            if (add_member(i++, from_ms, e))
                return e->code;
        if (db_commit(&tx, e) || db_checkpoint(big.db, e))
            return e->code;
        fprintf(stderr, "members %" PRId64 "\n", i);
    }
    return OK;
}

static enum err_code
add_past(struct err *e)
{
    int64_t from_ms = big.now_ms - YEARS * 365 * DAY_MS;
    int64_t step_ms = (big.now_ms - from_ms - DAY_MS) / big.transfers;

    for (int64_t done = 0; done < big.transfers;) {
        int64_t until = done + BATCH < big.transfers ? done + BATCH : big.transfers;
        DB_TX tx = {0};

        if (db_begin(big.db, &tx, e))
            return e->code;
        while (done < until)
            if (visit(from_ms + done * step_ms, &done, e))
                return e->code;
        if (settle(from_ms + done * step_ms + MINUTE_MS, e) || db_commit(&tx, e) ||
            db_checkpoint(big.db, e))
            return e->code;
        fprintf(stderr, "transfers %" PRId64 "\n", done);
    }
    return OK;
}

static enum err_code
add_people(struct err *e)
{
    struct staff_new staff = {.role = CASHIER, .now_ms = big.now_ms - YEARS * 365 * DAY_MS};
    int64_t id;

    if (shop_add(big.db, STR(SHOP), staff.now_ms, &id, e))
        return e->code;
    staff.name = STR("One");
    if (staff_add(big.db, &staff, &id, e))
        return e->code;
    staff.name = STR("Two");
    return staff_add(big.db, &staff, &id, e);
}

static enum err_code
seed(const char *rules_path, struct err *e)
{
    DB_TX tx = {0};
    struct till till;

    if (faster(e) || db_begin(big.db, &tx, e) || add_people(e) || add_plan(rules_path, e) ||
        add_till("Past", &till, e) || db_commit(&tx, e))
        return e->code;
    big.till_id = till.id;
    big.shop_id = till.shop_id;
    if (add_members(e) || add_past(e))
        return e->code;
    return db_begin(big.db, &tx, e) || tell_from_now_on(e) || db_commit(&tx, e) ? e->code : OK;
}

/* ---------------------------------------------------------------- codes */

/* All members, in any order. */
static int64_t *
shuffled(int64_t n)
{
    int64_t *id = calloc((size_t)n, sizeof(*id));

    for (int64_t i = 0; id != NULL && i < n; i++) {
        int64_t other = (int64_t)entropy_below((uint64_t)i + 1);

        id[i] = id[other];
        id[other] = i;
    }
    return id;
}

static enum err_code
codes(int64_t n, int64_t at_ms, struct err *e)
{
    char code[CODE_DIGITS + 1];
    struct card card;
    int64_t members = 0, read_ms, *id;

    for (int64_t step = 1 << 20; step > 0; step /= 2) /* ids follow each other */
        while (!card_of_plan(big.db, members + step, PLAN, &card, e))
            members += step;
    id = shuffled(members);
    for (int64_t i = 0; id != NULL && i < n && i < 4 * members; i++) {
        if (card_of_plan(big.db, 1 + id[i % members], PLAN, &card, e))
            return e->code;
        read_ms = at_ms - i / members * VISIT_APART_MS;
        code_make(&big.keys, CODE_MEMBER, card.locator, code_step(read_ms), code);
        printf("%s %" PRId64 "\n", code, read_ms);
    }
    free(id);
    return id != NULL ? OK
                      : err_set(e, ERR_INTERNAL, "out_of_memory", "%" PRId64 " members", members);
}

static enum err_code
act(int argc, char **argv, struct err *e)
{
    if (argc == 4)
        return open_tills(strtoll(argv[3], NULL, 10), e);
    if (strcmp(argv[2], "codes") == 0)
        return codes(strtoll(argv[3], NULL, 10), big.now_ms - strtoll(argv[4], NULL, 10), e);
    big.members = strtoll(argv[2], NULL, 10);
    big.transfers = strtoll(argv[3], NULL, 10);
    return seed(argv[4], e);
}

int
main(int argc, char **argv)
{
    struct db_options options = {.mode = DB_WRITE, .cache_kib = 65536};
    struct clock clock = {0};
    char path[512];
    struct err e = {0};

    if (argc != 5 && (argc != 4 || strcmp(argv[2], "tills") != 0))
        return 2;
    if (strcmp(argv[2], "codes") == 0)
        options.mode = DB_READ;
    big.now_ms = clock_now_ms(&clock);
    snprintf(path, sizeof(path), "%s/root.key", argv[1]);
    keys_load(path, &big.keys, &e);
    snprintf(path, sizeof(path), "%s/stampd.db", argv[1]);
    if (!e.code && argc == 5 && strcmp(argv[2], "codes") != 0)
        migrate_up(path, &e);
    if (!e.code && !db_open(&big.db, path, &options, &e)) {
        db_attach(big.db, &big.keys);
        e.code = act(argc, argv, &e);
    }
    db_close(big.db);
    if (e.code)
        fprintf(stderr, "book: %s\n", e.text);
    return e.code != OK;
}
