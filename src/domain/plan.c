#include "domain/plan.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "domain/chain.h"
#include "domain/plan_json.h"

/* ---------------------------------------------------------------- what was read before */

/*
 * A version's rules never change, so a connection reads them once. Not while the transaction that
 * made a version goes on: it may yet be rolled back, and the number be given to other rules.
 */
#define KEPT_MAX 16

struct kept {
    struct plan_rules rules[KEPT_MAX];
    size_t n, next;
    int64_t made_in_tx;
};

static struct kept *
kept_of(struct db *db)
{
    return db_memory(db, sizeof(struct kept));
}

static const struct plan_rules *
kept_find(struct db *db, int64_t plan_id, int64_t version)
{
    struct kept *kept = kept_of(db);

    for (size_t i = 0; kept != NULL && i < kept->n; i++)
        if (kept->rules[i].plan_id == plan_id && kept->rules[i].version == version)
            return &kept->rules[i];
    return NULL;
}

static void
keep(struct db *db, const struct plan_rules *rules)
{
    struct kept *kept = kept_of(db);

    if (kept == NULL || kept->made_in_tx == db_tx_number(db))
        return;
    kept->rules[kept->next] = *rules;
    kept->next = (kept->next + 1) % KEPT_MAX;
    if (kept->n < KEPT_MAX)
        kept->n++;
}

static void
keep_nothing_yet(struct db *db)
{
    struct kept *kept = kept_of(db);

    if (kept != NULL)
        kept->made_in_tx = db_tx_number(db);
}

/* ---------------------------------------------------------------- making */

static enum err_code
add_reward(struct db *db, const struct plan_rules *rules, int64_t version, size_t i, struct err *e)
{
    STMT s = db_stmt(db, SQL_REWARD_ADD);

    stmt_bind_int(s, ":plan_id", rules->plan_id);
    stmt_bind_int(s, ":version", version);
    stmt_bind_int(s, ":at", rules->reward[i].at);
    stmt_bind_text(s, ":title", str_of(rules->reward[i].title));
    stmt_bind_int(s, ":valid_days", rules->reward[i].valid_days);
    return stmt_run(s, e);
}

/* `frame` is for start and stop, and has to last until the statement has run. */
static void
bind_number(struct stmt *s, const struct number_format *number, char frame[2])
{
    bool is_framed = number->is_set && number->type == BARCODE_NW7;

    frame[0] = number->start;
    frame[1] = number->stop;
    if (number->is_set)
        stmt_bind_text(s, ":number_type", str_of(barcode_type_name(number->type)));
    else
        stmt_bind_null(s, ":number_type");
    stmt_bind_text(s, ":number_prefix", str_of(number->prefix));
    stmt_bind_int(s, ":number_length", number->length);
    stmt_bind_text(s, ":number_check", str_of(barcode_check_name(number->check)));
    stmt_bind_text(s, ":number_frame", (struct str){frame, is_framed ? 2 : 0});
    stmt_bind_text(s, ":number_ratio", str_of(barcode_ratio_name(number->ratio)));
}

static enum err_code
add_row(struct db *db, const struct plan_rules *rules, int64_t version, const char *terms,
        int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_VERSION_ADD);
    char frame[2];

    stmt_bind_int(s, ":plan_id", rules->plan_id);
    stmt_bind_int(s, ":version", version);
    stmt_bind_int(s, ":goal", rules->goal);
    stmt_bind_int(s, ":cool_down_min", rules->cool_down_min);
    stmt_bind_int(s, ":per_day_max", rules->per_day_max);
    stmt_bind_int(s, ":yen_per_point", rules->yen_per_point);
    stmt_bind_text(s, ":rounding", str_of(rounding_name(rules->rounding)));
    stmt_bind_int(s, ":utc_offset_min", rules->utc_offset_min);
    stmt_bind_int(s, ":day_cut_hour", rules->day_cut_hour);
    stmt_bind_int(s, ":notify_grants", rules->notify_grants);
    stmt_bind_text(s, ":linear", str_of(linear_name(rules->linear)));
    stmt_bind_int(s, ":jan_prefix", rules->jan_prefix);
    bind_number(s, &rules->number, frame);
    stmt_bind_int(s, ":number_per_day", rules->number_per_day);
    stmt_bind_text(s, ":terms", str_of(terms));
    stmt_bind_int(s, ":from_ms", rules->from_ms);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

static enum err_code
add_version(struct db *db, const struct plan_rules *rules, int64_t version, int64_t now_ms,
            struct err *e)
{
    enum err_code code;
    char *terms;

    keep_nothing_yet(db);
    if (plan_terms_write(rules, &terms, e))
        return e->code;
    code = add_row(db, rules, version, terms, now_ms, e);
    free(terms);
    if (code != OK)
        return code;
    for (size_t i = 0; i < rules->rewards_n; i++)
        if (add_reward(db, rules, version, i, e))
            return e->code;
    return OK;
}

static enum err_code
add_accounts(struct db *db, int64_t plan_id, struct err *e)
{
    static const char *const kind[] = {"issue", "redeem", "expire", "adjust"};

    for (int64_t i = 0; i < 4; i++) {
        STMT s = db_stmt(db, SQL_SYSTEM_ACCOUNT_ADD);

        stmt_bind_int(s, ":id", -(8 * plan_id + i + 1));
        stmt_bind_int(s, ":plan_id", plan_id);
        stmt_bind_text(s, ":kind", str_of(kind[i]));
        if (stmt_run(s, e))
            return e->code;
    }
    return OK;
}

static enum err_code
add_plan(struct db *db, const struct plan_rules *rules, int64_t now_ms, int64_t *plan_id_out,
         struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_ADD);

    stmt_bind_text(s, ":name", str_of(rules->name));
    stmt_bind_text(s, ":unit", str_of(unit_name(rules->unit)));
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    *plan_id_out = db_last_id(db);
    return OK;
}

static enum err_code
name_is_free(struct db *db, const char *name, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_BY_NAME);
    bool is_taken;

    stmt_bind_text(s, ":name", str_of(name));
    if (stmt_step(s, &is_taken, e))
        return e->code;
    return is_taken ? err_set(e, ERR_CONFLICT, "plan_exists", "a plan has that name") : OK;
}

enum err_code
plan_create(struct db *db, const struct plan_rules *rules, int64_t now_ms, int64_t *plan_id_out,
            struct err *e)
{
    DB_TX tx = {0};
    struct plan_rules made = *rules;

    made.from_ms = now_ms;
    if (plan_check_name(rules->name, e) || plan_check(rules, e) || db_begin(db, &tx, e) ||
        name_is_free(db, rules->name, e) || add_plan(db, rules, now_ms, &made.plan_id, e) ||
        add_version(db, &made, 1, now_ms, e) || add_accounts(db, made.plan_id, e) ||
        db_commit(&tx, e))
        return err_wrap(e, "create plan");
    *plan_id_out = made.plan_id;
    return OK;
}

static enum err_code
set_version(struct db *db, int64_t plan_id, int64_t version, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_SET_VERSION);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":version", version);
    if (stmt_run(s, e))
        return e->code;
    assert(db_changes(db) == 1); /* read in this transaction */
    return OK;
}

/* Numbers stand on cards of plastic and in the tills' own books: their format stays. */
static enum err_code
number_stays(struct db *db, const struct plan_rules *made, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_NUMBERED_VERSION);
    struct plan_rules numbered;

    stmt_bind_int(s, ":plan_id", made->plan_id);
    if (stmt_one(s, "plan", e))
        return e->code;
    if (!made->number.is_set || stmt_is_null(s, 0))
        return OK;
    if (plan_load(db, made->plan_id, stmt_int(s, 0), &numbered, e))
        return e->code;
    if (!number_format_same(&numbered.number, &made->number))
        return err_set(e, ERR_CONFLICT, "number_in_use",
                       "cards of plan %" PRId64 " have numbers of another format", made->plan_id);
    return OK;
}

enum err_code
plan_nothing_waits(struct db *db, int64_t plan_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_IS_SCHEDULED);
    bool waits;

    stmt_bind_int(s, ":plan_id", plan_id);
    if (stmt_step(s, &waits, e))
        return e->code;
    return waits ? err_set(e, ERR_CONFLICT, "plan_scheduled",
                           "other rules are to come into force for plan %" PRId64, plan_id)
                 : OK;
}

enum err_code
plan_may_follow(struct db *db, const struct plan_rules *rules, struct err *e)
{
    return plan_check(rules, e) || number_stays(db, rules, e) ? e->code : OK;
}

enum err_code
plan_add_version_from(struct db *db, const struct plan_rules *rules, int64_t from_ms,
                      int64_t now_ms, int64_t *version_out, struct err *e)
{
    DB_TX tx = {0};
    struct plan_rules old;
    struct plan_rules made = *rules;
    struct chain_head head;

    if (db_begin(db, &tx, e) || plan_load(db, rules->plan_id, 0, &old, e) ||
        chain_head(db, CHAIN_TRANSFER, &head, e))
        return err_wrap(e, "change plan %" PRId64, rules->plan_id);
    if (now_ms < head.at_ms) /* made behind what is booked, also when the clock went back */
        now_ms = head.at_ms;
    made.unit = old.unit;
    made.from_ms = from_ms > old.from_ms ? from_ms : old.from_ms;
    if (plan_nothing_waits(db, rules->plan_id, e) || plan_may_follow(db, &made, e) ||
        add_version(db, &made, old.version + 1, now_ms, e) ||
        set_version(db, rules->plan_id, old.version + 1, e) || db_commit(&tx, e))
        return err_wrap(e, "change plan %" PRId64, rules->plan_id);
    *version_out = old.version + 1;
    return OK;
}

enum err_code
plan_add_version(struct db *db, const struct plan_rules *rules, int64_t now_ms,
                 int64_t *version_out, struct err *e)
{
    return plan_add_version_from(db, rules, now_ms, now_ms, version_out, e);
}

/* ---------------------------------------------------------------- reading */

static enum err_code
load_rewards(struct db *db, struct plan_rules *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_REWARDS);
    bool row;

    stmt_bind_int(s, ":plan_id", out->plan_id);
    stmt_bind_int(s, ":version", out->version);
    for (out->rewards_n = 0;; out->rewards_n++) {
        struct plan_reward *reward = &out->reward[out->rewards_n];

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        assert(out->rewards_n < PLAN_REWARDS_MAX);
        reward->id = stmt_int(s, 0);
        reward->at = stmt_int(s, 1);
        str_copy(stmt_text(s, 2), reward->title, sizeof(reward->title));
        reward->valid_days = stmt_int(s, 3);
    }
}

/* What may change without a new version. */
struct moment {
    bool shops_differ;
    int64_t catalogue;
};

static enum err_code
version_in_force(struct db *db, int64_t plan_id, int64_t *version_out, struct moment *moment_out,
                 struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_VERSION);

    stmt_bind_int(s, ":plan_id", plan_id);
    if (stmt_one(s, "plan", e))
        return e->code;
    *version_out = stmt_int(s, 0);
    moment_out->shops_differ = stmt_int(s, 1) != 0;
    moment_out->catalogue = stmt_int(s, 2);
    return OK;
}

/* Check and ratio are what the book was given by their names; a type of NULL is no format. */
static void
read_number(const struct stmt *s, int column, struct number_format *out)
{
    char name[24];
    struct str frame = stmt_text(s, column + 4);

    *out = (struct number_format){.is_set = !stmt_is_null(s, column)};
    if (!out->is_set)
        return;
    str_copy(stmt_text(s, column), name, sizeof(name));
    barcode_type_by_name(name, &out->type);
    str_copy(stmt_text(s, column + 1), out->prefix, sizeof(out->prefix));
    out->length = stmt_int(s, column + 2);
    str_copy(stmt_text(s, column + 3), name, sizeof(name));
    barcode_check_by_name(name, &out->check);
    if (frame.n == 2) {
        out->start = frame.at[0];
        out->stop = frame.at[1];
    }
    str_copy(stmt_text(s, column + 5), name, sizeof(name));
    barcode_ratio_by_name(name, &out->ratio);
}

static enum err_code
load_version(struct db *db, int64_t plan_id, int64_t version, struct plan_rules *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_LOAD);
    bool known;

    *out = (struct plan_rules){.plan_id = plan_id};
    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":version", version);
    if (stmt_one(s, "plan", e))
        return e->code;
    out->plan_id = stmt_int(s, 0);
    out->version = stmt_int(s, 1);
    str_copy(stmt_text(s, 2), out->name, sizeof(out->name));
    out->jan_prefix = stmt_int(s, 5);
    out->goal = stmt_int(s, 6);
    out->cool_down_min = stmt_int(s, 7);
    out->per_day_max = stmt_int(s, 8);
    out->yen_per_point = stmt_int(s, 9);
    out->utc_offset_min = stmt_int(s, 11);
    out->day_cut_hour = stmt_int(s, 12);
    out->notify_grants = stmt_int(s, 13) != 0;
    read_number(s, 14, &out->number);
    out->number_per_day = stmt_int(s, 20);
    known = unit_by_name(stmt_text(s, 3), &out->unit) &&
            linear_by_name(stmt_text(s, 4), &out->linear) &&
            rounding_by_name(stmt_text(s, 10), &out->rounding);
    assert(known); /* the schema knows no other */
    (void)known;
    out->from_ms = stmt_int(s, 22);
    return plan_terms_read(stmt_text(s, 21), out, e) || load_rewards(db, out, e) ? e->code : OK;
}

enum err_code
plan_load(struct db *db, int64_t plan_id, int64_t version, struct plan_rules *out, struct err *e)
{
    const struct plan_rules *kept;
    struct moment moment = {.catalogue = 0};

    if (version == 0 && version_in_force(db, plan_id, &version, &moment, e))
        return err_wrap(e, "load plan %" PRId64, plan_id);
    kept = kept_find(db, plan_id, version);
    if (kept != NULL) {
        *out = *kept;
    } else {
        if (load_version(db, plan_id, version, out, e))
            return err_wrap(e, "load plan %" PRId64 ", version %" PRId64, plan_id, version);
        keep(db, out);
    }
    out->shops_differ = moment.shops_differ;
    out->catalogue = moment.catalogue;
    return OK;
}

enum err_code
plan_load_at(struct db *db, int64_t plan_id, int64_t at_ms, struct plan_rules *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_VERSION_AT);
    bool shops_differ;

    if (plan_load(db, plan_id, 0, out, e))
        return e->code;
    if (at_ms >= out->from_ms || out->version == 1)
        return OK;
    shops_differ = out->shops_differ;
    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":at_ms", at_ms);
    if (stmt_one(s, "plan", e) || plan_load(db, plan_id, stmt_int(s, 0), out, e))
        return e->code;
    out->shops_differ = shops_differ;
    return OK;
}

enum err_code
plan_list(struct db *db, struct arena *a, struct plan_rules **out, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_IDS);
    struct plan_rules *plans = NULL;
    size_t n = 0;
    bool row;

    for (;; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "list plans");
        if (!row)
            break;
        plans = arena_grow(a, plans, n * sizeof(*plans), (n + 1) * sizeof(*plans));
        if (plans == NULL)
            return err_set(e, ERR_INTERNAL, "arena_full", "list plans: over the arena's cap");
        if (plan_load(db, stmt_int(s, 0), 0, &plans[n], e))
            return err_wrap(e, "list plans");
    }
    *out = plans;
    *n_out = n;
    return OK;
}

enum err_code
plan_versions(struct db *db, int64_t plan_id, struct plan_version *out, size_t cap, size_t *n_out,
              struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_VERSIONS);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":max", (int64_t)cap);
    for (; n < cap; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "versions of plan %" PRId64, plan_id);
        if (!row)
            break;
        out[n] = (struct plan_version){stmt_int(s, 0), stmt_int(s, 1), stmt_int(s, 2)};
    }
    *n_out = n;
    return OK;
}
