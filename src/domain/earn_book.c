#include "domain/earn_book.h"

#include <assert.h>
#include <inttypes.h>

#include "domain/rules.h"
#include "domain/tier.h"

/* ---------------------------------------------------------------- why */

static enum err_code
add_part(struct db *db, int64_t seq, size_t place, const struct earn_part *part, struct err *e)
{
    STMT s = db_stmt(db, SQL_EARN_PART_ADD);

    stmt_bind_int(s, ":seq", seq);
    stmt_bind_int(s, ":place", (int64_t)place);
    stmt_bind_text(s, ":reason", str_of(part->reason));
    stmt_bind_int(s, ":units", part->units);
    return stmt_run(s, e);
}

enum err_code
earn_parts_add(struct db *db, int64_t seq, const struct earning *earning, struct err *e)
{
    for (size_t i = 0; i < earning->parts_n; i++)
        if (add_part(db, seq, i + 1, &earning->part[i], e))
            return err_wrap(e, "parts of grant %" PRId64, seq);
    return OK;
}

enum err_code
earn_parts_load(struct db *db, int64_t seq, struct earn_part out[EARN_PARTS_MAX], size_t *n_out,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_EARN_PARTS);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":seq", seq);
    for (;; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "parts of grant %" PRId64, seq);
        if (!row)
            break;
        assert(n < EARN_PARTS_MAX);
        str_copy(stmt_text(s, 0), out[n].reason, sizeof(out[n].reason));
        out[n].units = stmt_int(s, 1);
    }
    *n_out = n;
    return OK;
}

/* ---------------------------------------------------------------- caps */

static bool
is_capped(const struct earn_cap *cap)
{
    return cap->grants > 0 || cap->units > 0;
}

static int64_t
id_of(const struct earn_who *who, enum earn_capped capped)
{
    switch (capped) {
    case EARN_CAP_MEMBER:
        return who->card_id;
    case EARN_CAP_STAFF:
        return who->staff_id;
    default:
        return who->till_id;
    }
}

static enum err_code
used_load(struct db *db, enum earn_capped capped, int64_t plan_id, int64_t from_ms, int64_t id,
          struct earn_used *out, struct err *e)
{
    STMT s = db_stmt(db, capped == EARN_CAP_MEMBER ? SQL_EARN_TALLY_OF_CARD : SQL_EARN_TALLY_LOAD);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":from_ms", from_ms);
    stmt_bind_int(s, capped == EARN_CAP_MEMBER ? ":card_id" : ":id", id);
    if (capped != EARN_CAP_MEMBER)
        stmt_bind_text(s, ":what", str_of(earn_capped_name(capped)));
    if (stmt_one(s, "tally", e))
        return err_wrap(e, "tally of a day");
    *out = (struct earn_used){.grants = stmt_int(s, 0), .units = stmt_int(s, 1)};
    return OK;
}

enum err_code
earn_used_load(struct db *db, const struct plan_rules *rules, const struct earn_who *who,
               struct earn_used out[EARN_CAPS], struct err *e)
{
    int64_t from_ms = business_day(rules, who->visit_ms).start_ms;

    for (int i = 0; i < EARN_CAPS; i++) {
        enum earn_capped capped = (enum earn_capped)i;

        out[i] = (struct earn_used){0};
        if (is_capped(&rules->earn.cap[i]) &&
            used_load(db, capped, rules->plan_id, from_ms, id_of(who, capped), &out[i], e))
            return e->code;
    }
    return OK;
}

static enum err_code
count(struct db *db, enum sql_id sql, int64_t plan_id, int64_t from_ms, enum earn_capped capped,
      int64_t id, int64_t units, struct err *e)
{
    STMT s = db_stmt(db, sql);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":from_ms", from_ms);
    stmt_bind_text(s, ":what", str_of(earn_capped_name(capped)));
    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":units", units);
    return stmt_run(s, e);
}

static enum err_code
tally(struct db *db, enum sql_id sql, const struct plan_rules *rules, const struct earn_who *who,
      int64_t units, struct err *e)
{
    int64_t from_ms = business_day(rules, who->visit_ms).start_ms;

    for (int i = 0; i < EARN_CAPS; i++) {
        enum earn_capped capped = (enum earn_capped)i;

        if (is_capped(&rules->earn.cap[i]) &&
            count(db, sql, rules->plan_id, from_ms, capped, id_of(who, capped), units, e))
            return err_wrap(e, "tally of a day");
    }
    return OK;
}

enum err_code
earn_tally(struct db *db, const struct plan_rules *rules, const struct earn_who *who, int64_t units,
           struct err *e)
{
    return tally(db, SQL_EARN_TALLY_ADD, rules, who, units, e);
}

enum err_code
earn_untally(struct db *db, const struct plan_rules *rules, const struct earn_who *who,
             int64_t units, struct err *e)
{
    return tally(db, SQL_EARN_TALLY_TAKE, rules, who, units, e);
}

enum err_code
earn_tally_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e)
{
    STMT s = db_stmt(db, SQL_EARN_TALLY_SWEEP);

    stmt_bind_int(s, ":before_ms", now_ms - EARN_TALLY_KEPT_MS);
    stmt_bind_int(s, ":max", max);
    return stmt_run(s, e);
}

/* ---------------------------------------------------------------- tiers */

enum err_code
card_tier(struct db *db, const struct card *card, const struct plan_rules *rules, int64_t *out,
          struct err *e)
{
    struct tier_state is = {.tier = 0};

    if (rules->tier.steps_n > 0 && tier_load(db, card->id, &is, e))
        return e->code;
    *out = is.tier;
    return OK;
}

/* ---------------------------------------------------------------- bonuses */

enum err_code
join_facts_load(struct db *db, int64_t card_id, struct join_facts *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_JOIN_FACTS);

    stmt_bind_int(s, ":card_id", card_id);
    if (stmt_one(s, "card", e))
        return err_wrap(e, "whether card %" PRId64 " is a first one", card_id);
    *out = (struct join_facts){
        .is_guest = stmt_int(s, 0) != 0,
        .is_back = stmt_int(s, 1) != 0,
        .was_given = stmt_int(s, 2) != 0,
        .has_visited = stmt_int(s, 3) != 0,
    };
    return OK;
}

enum err_code
bonus_last(struct db *db, int64_t card_id, const char *reason, int64_t *at_ms_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_BONUS_LAST);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_text(s, ":reason", str_of(reason));
    if (stmt_one(s, "bonus", e))
        return err_wrap(e, "last bonus of card %" PRId64, card_id);
    *at_ms_out = stmt_int(s, 0);
    return OK;
}
