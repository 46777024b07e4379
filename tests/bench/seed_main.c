/*
 * What a load needs beside the demo's book, made through the same functions that serve: sessions of
 * all members, tills with somebody at each, a stamp plan without cool-down, and codes.
 *
 *   seed_main FOLDER TILLS       a line "member TOKEN" or "till TOKEN STAFF-TOKEN" for each
 *   seed_main FOLDER codes AGO   "CODE TIME" for each card of that plan and each of the four steps
 *                                that a till which read it AGO ms ago may have seen
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "domain/access.h"
#include "domain/card.h"
#include "domain/code.h"
#include "domain/keys.h"
#include "domain/member.h"
#include "domain/plan.h"
#include "domain/shop.h"

#define PLAN 3 /* the demo has two */
#define STAFF_OF_DEMO 5

static struct keys keys;

static enum err_code
make_tills(struct db *db, int n, int64_t now_ms, struct err *e)
{
    char code[ENROL_CODE_SIZE], name[32], till_token[TOKEN_SIZE], staff_token[TOKEN_SIZE];
    struct till till;
    int64_t id;

    if (shop_add(db, STR("Bench"), now_ms, &id, e))
        return e->code;
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof(name), "Till %d", i);
        if (till_add(db, STR("Station"), str_of(name), now_ms, code, &id, e) ||
            till_enrol(db, str_of(code), now_ms, &till, e) ||
            access_open(db, ACCESS_TILL, 0, id, 0, now_ms, till_token, e) ||
            access_open(db, ACCESS_STAFF, 0, id, 1 + i % 2, now_ms, staff_token, e))
            return e->code;
        printf("till %s %s\n", till_token, staff_token);
    }
    return OK;
}

/* Nobody is a friend of the account: what is owed is written down, and nothing is sent. */
static enum err_code
make_sessions(struct db *db, int64_t now_ms, struct err *e)
{
    char token[TOKEN_SIZE];
    struct member member;
    struct card card;
    int64_t id = 1;

    for (; !member_load(db, id, &member, e); id++) {
        struct arena *a = arena_new(4 * KIB);
        struct str line_id;

        if (access_open(db, ACCESS_MEMBER, id, 0, 0, now_ms, token, e) ||
            member_befriend(db, id, false, now_ms, NULL, e) ||
            card_issue(db, id, PLAN, now_ms, &card, e))
            return e->code;
        if (member_line_id(db, id, a, &line_id, e))
            return e->code;
        printf("member %s %.*s\n", token, (int)line_id.n, line_id.at);
        arena_free(a);
    }
    return e->code == ERR_NOT_FOUND ? OK : e->code;
}

static enum err_code
seed(struct db *db, int tills, int64_t now_ms, struct err *e)
{
    DB_TX tx = {0};
    const struct plan_rules rules = {
        .name = "Bench",
        .unit = UNIT_STAMP,
        .linear = LINEAR_CODE128,
        .jan_prefix = 28,
        .goal = 10,
        .rounding = ROUNDING_DOWN,
        .utc_offset_min = 540,
        .day_cut_hour = 4,
        .notify_grants = true,
        .rewards_n = 1,
        .reward = {{.at = 10, .valid_days = 90, .title = "Coffee"}},
    };
    int64_t plan;

    return db_begin(db, &tx, e) || plan_create(db, &rules, now_ms, &plan, e) ||
                   make_tills(db, tills, now_ms, e) || make_sessions(db, now_ms, e) ||
                   db_commit(&tx, e)
               ? e->code
               : OK;
}

static enum err_code
codes(struct db *db, int64_t at_ms, struct err *e)
{
    char code[CODE_DIGITS + 1];
    struct card card;

    for (int64_t id = 1; !card_of_plan(db, id, PLAN, &card, e); id++)
        for (int64_t step = code_step(at_ms) - 2; step <= code_step(at_ms) + 1; step++) {
            code_make(&keys, CODE_MEMBER, card.locator, step, code);
            printf("%s %" PRId64 "\n", code, at_ms);
        }
    return e->code == ERR_NOT_FOUND ? OK : e->code;
}

int
main(int argc, char **argv)
{
    bool for_codes = argc > 3 && strcmp(argv[2], "codes") == 0;
    const struct db_options options = {.mode = for_codes ? DB_READ : DB_WRITE, .cache_kib = 65536};
    struct clock clock = {0};
    int64_t now_ms = clock_now_ms(&clock);
    char path[512];
    struct db *db = NULL;
    struct err e = {0};

    if (argc < 3)
        return 2;
    snprintf(path, sizeof(path), "%s/root.key", argv[1]);
    keys_load(path, &keys, &e);
    snprintf(path, sizeof(path), "%s/stampd.db", argv[1]);
    if (!e.code && !db_open(&db, path, &options, &e)) {
        db_attach(db, &keys);
        e.code = for_codes ? codes(db, now_ms - strtoll(argv[3], NULL, 10), &e)
                           : seed(db, atoi(argv[2]), now_ms, &e);
    }
    db_close(db);
    if (e.code)
        fprintf(stderr, "seed: %s\n", e.text);
    return e.code != OK;
}
