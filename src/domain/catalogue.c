#include "domain/catalogue.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/draw.h"
#include "domain/rules.h"

/* ---------------------------------------------------------------- reading */

static enum err_code
reward_of_row(const struct stmt *s, struct reward *out, struct err *e)
{
    bool is_known;

    *out = (struct reward){.id = stmt_int(s, 0)};
    out->plan_id = stmt_int(s, 1);
    out->catalogue = stmt_int(s, 2);
    out->at = stmt_int(s, 3);
    out->price = stmt_int(s, 4);
    out->lottery_id = stmt_int(s, 5);
    out->odds = stmt_int(s, 6);
    out->prizes_n = stmt_int(s, 7);
    str_copy(stmt_text(s, 8), out->title, sizeof(out->title));
    str_copy(stmt_text(s, 9), out->key, sizeof(out->key));
    is_known = reward_kind_by_name(stmt_text(s, 10), &out->kind);
    assert(is_known); /* the table's own list */
    (void)is_known;
    out->value = stmt_int(s, 11);
    out->valid_days = stmt_int(s, 12);
    out->stock_id = stmt_int(s, 14);
    return reward_terms_read(stmt_text(s, 13), out, e);
}

enum err_code
reward_load(struct db *db, int64_t reward_id, struct reward *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_REWARD_LOAD);

    stmt_bind_int(s, ":reward_id", reward_id);
    if (stmt_one(s, "reward", e) || reward_of_row(s, out, e))
        return err_wrap(e, "load reward %" PRId64, reward_id);
    return OK;
}

enum err_code
reward_of_place(struct db *db, const struct plan_rules *rules, int64_t reward_id,
                struct reward *out, bool *found_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_REWARD_OF_PLACE);

    *found_out = false;
    if (rules->catalogue == 0)
        return OK;
    stmt_bind_int(s, ":plan_id", rules->plan_id);
    stmt_bind_int(s, ":catalogue", rules->catalogue);
    stmt_bind_int(s, ":reward_id", reward_id);
    if (stmt_step(s, found_out, e) || (*found_out && reward_of_row(s, out, e)))
        return err_wrap(e, "terms of reward %" PRId64, reward_id);
    return OK;
}

enum err_code
reward_prizes(struct db *db, int64_t lottery_id, struct reward out[PRIZES_MAX], size_t *n_out,
              struct err *e)
{
    STMT s = db_stmt(db, SQL_REWARD_PRIZES);
    bool row = true;

    stmt_bind_int(s, ":reward_id", lottery_id);
    for (*n_out = 0; *n_out < PRIZES_MAX; (*n_out)++) {
        if (stmt_step(s, &row, e) || (row && reward_of_row(s, &out[*n_out], e)))
            return err_wrap(e, "prizes of reward %" PRId64, lottery_id);
        if (!row)
            break;
    }
    return OK;
}

enum err_code
catalogue_load(struct db *db, int64_t plan_id, struct arena *a, struct catalogue *out,
               struct err *e)
{
    struct plan_rules rules;
    bool row = true;

    *out = (struct catalogue){.n = 0};
    if (plan_load(db, plan_id, 0, &rules, e))
        return e->code;

    STMT s = db_stmt(db, SQL_REWARDS_OF_CATALOGUE);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":catalogue", rules.catalogue);
    while (rules.catalogue != 0) {
        struct reward reward;

        if (stmt_step(s, &row, e) || (row && reward_of_row(s, &reward, e)))
            return err_wrap(e, "catalogue of plan %" PRId64, plan_id);
        if (!row)
            break;
        out->reward =
            arena_grow(a, out->reward, out->n * sizeof(reward), (out->n + 1) * sizeof(reward));
        if (out->reward == NULL)
            return err_set(e, ERR_INTERNAL, "out_of_memory", "catalogue of plan %" PRId64, plan_id);
        out->reward[out->n++] = reward;
    }
    return OK;
}

/* ---------------------------------------------------------------- setting */

static enum err_code
places_exist(const struct plan_rules *rules, const struct catalogue *in, struct err *e)
{
    for (size_t i = 0; i < in->n; i++) {
        bool is_place = in->reward[i].at == 0;

        for (size_t r = 0; r < rules->rewards_n && !is_place; r++)
            is_place = rules->reward[r].at == in->reward[i].at;
        if (!is_place)
            return err_field(e, ERR_INPUT, "reward_invalid", "at",
                             "nothing is reached at %" PRId64 " on this plan's card",
                             in->reward[i].at);
    }
    return OK;
}

static enum err_code
next_number(struct db *db, int64_t plan_id, int64_t *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CATALOGUE_NEXT);

    stmt_bind_int(s, ":plan_id", plan_id);
    if (stmt_one(s, "catalogue", e))
        return e->code;
    *out = stmt_int(s, 0);
    return OK;
}

/* The stock of a key is made with the first reward of that key. */
static enum err_code
stock_of_key(struct db *db, int64_t plan_id, const char *key, int64_t *out, struct err *e)
{
    STMT add = db_stmt(db, SQL_STOCK_ADD);
    STMT find = db_stmt(db, SQL_STOCK_BY_KEY);

    *out = 0;
    if (key[0] == '\0')
        return OK;
    stmt_bind_int(add, ":plan_id", plan_id);
    stmt_bind_text(add, ":key", str_of(key));
    stmt_bind_int(find, ":plan_id", plan_id);
    stmt_bind_text(find, ":key", str_of(key));
    if (stmt_run(add, e) || stmt_one(find, "stock", e))
        return e->code;
    *out = stmt_int(find, 0);
    return OK;
}

static enum err_code
insert(struct db *db, const struct reward *reward, const char *terms, struct err *e)
{
    STMT s = db_stmt(db, SQL_CATALOGUE_REWARD_ADD);

    stmt_bind_int(s, ":plan_id", reward->plan_id);
    stmt_bind_int(s, ":catalogue", reward->catalogue);
    bind_id(s, ":at", reward->at);
    bind_id(s, ":price", reward->price);
    bind_id(s, ":lottery_id", reward->lottery_id);
    bind_id(s, ":odds", reward->odds);
    if (reward->key[0] == '\0')
        stmt_bind_null(s, ":key");
    else
        stmt_bind_text(s, ":key", str_of(reward->key));
    stmt_bind_text(s, ":title", str_of(reward->title));
    stmt_bind_text(s, ":kind", str_of(reward_kind_name(reward->kind)));
    stmt_bind_int(s, ":value", reward->value);
    stmt_bind_int(s, ":valid_days", reward->valid_days);
    stmt_bind_text(s, ":terms", str_of(terms));
    bind_id(s, ":stock_id", reward->stock_id);
    return stmt_run(s, e);
}

static enum err_code
add(struct db *db, struct reward *reward, int64_t *id_out, struct err *e)
{
    json_t *json = reward_terms_write(reward);
    char *terms = json_object_size(json) == 0 ? strdup("") : json_dumps(json, JSON_COMPACT);
    enum err_code code;

    json_decref(json);
    if (json == NULL || terms == NULL)
        code = err_set(e, ERR_INTERNAL, "out_of_memory", "terms of a reward");
    else
        code = reward->at != 0
                   ? OK /* a place is promised, not counted */
                   : stock_of_key(db, reward->plan_id, reward->key, &reward->stock_id, e);
    if (code == OK)
        code = insert(db, reward, terms, e);
    free(terms);
    *id_out = code == OK ? db_last_id(db) : 0;
    return code;
}

/* A lottery's prizes stand behind it. */
static enum err_code
add_all(struct db *db, int64_t plan_id, int64_t number, const struct catalogue *in, struct err *e)
{
    int64_t lottery_id = 0;

    for (size_t i = 0; i < in->n; i++) {
        struct reward reward = in->reward[i];
        int64_t id;

        reward.plan_id = plan_id;
        reward.catalogue = number;
        reward.lottery_id = reward.odds != 0 ? lottery_id : 0;
        if (add(db, &reward, &id, e))
            return e->code;
        if (reward.odds == 0)
            lottery_id = id;
    }
    return OK;
}

static enum err_code
make_seed(struct db *db, int64_t plan_id, int64_t number, const struct catalogue *in, struct err *e)
{
    for (size_t i = 0; i < in->n; i++)
        if (in->reward[i].prizes_n != 0)
            return seed_make(db, plan_id, number, e);
    return OK;
}

static enum err_code
set_number(struct db *db, int64_t plan_id, int64_t number, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_SET_CATALOGUE);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":catalogue", number);
    return stmt_run(s, e);
}

enum err_code
catalogue_set(struct db *db, int64_t plan_id, const struct catalogue *in, int64_t staff_id,
              int64_t now_ms, int64_t *number_out, struct err *e)
{
    DB_TX tx = {0};
    struct plan_rules rules;
    int64_t number = 0;

    if (db_begin(db, &tx, e) || plan_load(db, plan_id, 0, &rules, e) ||
        places_exist(&rules, in, e) || (in->n > 0 && next_number(db, plan_id, &number, e)) ||
        add_all(db, plan_id, number, in, e) || make_seed(db, plan_id, number, in, e) ||
        set_number(db, plan_id, number, e) ||
        audit_write(db, "catalogue.set", staff_id, 0, plan_id, now_ms, e) || db_commit(&tx, e))
        return err_wrap(e, "catalogue of plan %" PRId64, plan_id);
    *number_out = number;
    return OK;
}

/* ---------------------------------------------------------------- what is left */

enum err_code
stock_load(struct db *db, const struct plan_rules *rules, const struct reward *reward,
           int64_t card_id, int64_t now_ms, struct reward_counts *out, struct err *e)
{
    STMT all = db_stmt(db, SQL_STOCK_LOAD);
    STMT own = db_stmt(db, SQL_STOCK_OF_CARD);

    *out = (struct reward_counts){.issued = 0};
    if (reward->stock_id == 0)
        return OK;
    stmt_bind_int(all, ":stock_id", reward->stock_id);
    stmt_bind_int(all, ":day_ms", business_day(rules, now_ms).start_ms);
    if (stmt_one(all, "stock", e))
        return err_wrap(e, "stock %" PRId64, reward->stock_id);
    out->issued = stmt_int(all, 0);
    out->issued_today = stmt_int(all, 1);
    out->codes_left = stmt_int(all, 2);
    if (reward->most_a_card == 0 || card_id == 0)
        return OK;
    stmt_bind_int(own, ":stock_id", reward->stock_id);
    stmt_bind_int(own, ":card_id", card_id);
    if (stmt_one(own, "stock", e))
        return err_wrap(e, "stock %" PRId64 " of card %" PRId64, reward->stock_id, card_id);
    out->of_card = stmt_int(own, 0);
    return OK;
}

enum err_code
stock_take(struct db *db, const struct plan_rules *rules, const struct reward *reward,
           int64_t now_ms, bool *taken_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_STOCK_TAKE);

    *taken_out = true;
    if (reward->stock_id == 0)
        return OK;
    stmt_bind_int(s, ":stock_id", reward->stock_id);
    stmt_bind_int(s, ":day_ms", business_day(rules, now_ms).start_ms);
    stmt_bind_int(s, ":most", reward->most);
    stmt_bind_int(s, ":most_a_day", reward->most_a_day);
    stmt_bind_int(s, ":codes", reward->has_codes);
    if (stmt_run(s, e))
        return err_wrap(e, "take of stock %" PRId64, reward->stock_id);
    *taken_out = db_changes(db) == 1;
    return OK;
}

enum err_code
stock_give_back(struct db *db, const struct plan_rules *rules, int64_t stock_id, int64_t issued_ms,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_STOCK_GIVE_BACK);

    stmt_bind_int(s, ":stock_id", stock_id);
    stmt_bind_int(s, ":day_ms", business_day(rules, issued_ms).start_ms);
    return stmt_run(s, e) ? err_wrap(e, "give back to stock %" PRId64, stock_id) : OK;
}

enum err_code
catalogue_sells(struct db *db, const struct plan_rules *rules, bool *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CATALOGUE_SELLS);

    *out = false;
    if (rules->catalogue == 0)
        return OK;
    stmt_bind_int(s, ":plan_id", rules->plan_id);
    stmt_bind_int(s, ":catalogue", rules->catalogue);
    if (stmt_one(s, "catalogue", e))
        return err_wrap(e, "catalogue of plan %" PRId64, rules->plan_id);
    *out = stmt_int(s, 0) != 0;
    return OK;
}
