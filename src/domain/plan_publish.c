#include "domain/plan_publish.h"

#include <inttypes.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/card_number.h"
#include "domain/plan_json.h"

static const char *const states[] = {
    [SCHEDULE_WAITING] = "waiting",
    [SCHEDULE_DONE] = "done",
    [SCHEDULE_CANCELLED] = "cancelled",
    [SCHEDULE_REFUSED] = "refused",
};

const char *
schedule_state_name(enum schedule_state state)
{
    return states[state];
}

/* ---------------------------------------------------------------- may it be */

enum err_code
cards_on_the_way(struct db *db, int64_t plan_id, int64_t below, int64_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARDS_ON_THE_WAY);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":below", below);
    if (stmt_one(s, "plan", e))
        return e->code;
    *n_out = stmt_int(s, 0);
    return OK;
}

static enum err_code
is_anybody(struct db *db, int64_t plan_id, int64_t below, bool *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_CARD_ON_THE_WAY);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":below", below);
    return stmt_step(s, out, e);
}

/* Each loss is accepted, or nobody is on the way to what it takes; ahead of time it may be that
 * somebody will. */
static enum err_code
judge_losses(struct db *db, const struct plan_rules *was, const struct plan_rules *is,
             unsigned accepted, bool is_ahead, struct err *e)
{
    struct loss loss[LOSSES_MAX];
    size_t n = plan_losses(was, is, loss);

    for (size_t i = 0; i < n; i++) {
        bool is_felt = is_ahead;

        if ((accepted & 1U << loss[i].kind) != 0)
            continue;
        if (!is_ahead && is_anybody(db, was->plan_id, loss[i].below, &is_felt, e))
            return e->code;
        if (is_felt)
            return err_field(e, ERR_CONFLICT, "plan_takes_away", loss_name(loss[i].kind),
                             "cards on their way would lose: %s", loss_name(loss[i].kind));
    }
    return OK;
}

/* The rules of a draft as they would be published now. */
static enum err_code
judge(struct db *db, int64_t plan_id, int64_t base_version, struct str text, unsigned accepted,
      bool is_ahead, struct plan_rules *out, struct err *e)
{
    struct plan_rules was;

    if (plan_load(db, plan_id, 0, &was, e))
        return e->code;
    if (was.version != base_version)
        return err_set(e, ERR_CONFLICT, "draft_outdated",
                       "written against version %" PRId64 ", but %" PRId64 " is in force",
                       base_version, was.version);
    return plan_file_for(db, plan_id, text, out, e) ||
                   judge_losses(db, &was, out, accepted, is_ahead, e)
               ? e->code
               : OK;
}

/* ---------------------------------------------------------------- now */

static enum err_code
close_draft(struct db *db, int64_t plan_id, int64_t id, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_DRAFT_REMOVE);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":id", id);
    return stmt_run(s, e);
}

/* Cards get numbers where the new rules have them and the old ones did not. */
static enum err_code
put_in_force(struct db *db, const struct plan_rules *rules, int64_t from_ms, int64_t staff_id,
             int64_t now_ms, int64_t *version_out, struct err *e)
{
    int64_t numbered;

    return plan_add_version_from(db, rules, from_ms, now_ms, version_out, e) ||
                   card_number_make_missing(db, rules->plan_id, now_ms, &numbered, e) ||
                   audit_write(db, "plan.published", staff_id, 0, rules->plan_id, now_ms, e)
               ? e->code
               : OK;
}

enum err_code
plan_publish(struct db *db, struct arena *a, const struct publish *in, int64_t *version_out,
             struct err *e)
{
    struct plan_draft draft;
    struct plan_rules rules;

    if (plan_draft_load(db, a, in->plan_id, in->draft_id, &draft, e) ||
        judge(db, in->plan_id, draft.base_version, draft.rules, in->accepted, false, &rules, e) ||
        put_in_force(db, &rules, in->now_ms, in->staff_id, in->now_ms, version_out, e) ||
        close_draft(db, in->plan_id, in->draft_id, e))
        return err_wrap(e, "publish plan %" PRId64, in->plan_id);
    return OK;
}

enum err_code
plan_publish_rules(struct db *db, const struct plan_rules *rules, const struct publish *in,
                   int64_t *version_out, struct err *e)
{
    struct plan_rules was;

    if (plan_load(db, in->plan_id, 0, &was, e) ||
        judge_losses(db, &was, rules, in->accepted, false, e) ||
        put_in_force(db, rules, in->now_ms, in->staff_id, in->now_ms, version_out, e))
        return err_wrap(e, "publish plan %" PRId64, in->plan_id);
    return OK;
}

/* ---------------------------------------------------------------- at a time */

static enum err_code
add_schedule(struct db *db, const struct publish *in, const struct plan_draft *draft, int64_t at_ms,
             int64_t *id_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_SCHEDULE_ADD);

    stmt_bind_int(s, ":plan_id", in->plan_id);
    stmt_bind_text(s, ":name", str_of(draft->name));
    stmt_bind_int(s, ":base_version", draft->base_version);
    stmt_bind_text(s, ":rules", draft->rules);
    stmt_bind_int(s, ":accepted", in->accepted);
    stmt_bind_int(s, ":at_ms", at_ms);
    bind_id(s, ":staff_id", in->staff_id);
    stmt_bind_int(s, ":now_ms", in->now_ms);
    if (stmt_run(s, e))
        return e->code;
    *id_out = db_last_id(db);
    return OK;
}

enum err_code
plan_schedule(struct db *db, struct arena *a, const struct publish *in, int64_t at_ms,
              int64_t *id_out, struct err *e)
{
    struct plan_draft draft;
    struct plan_rules rules;

    if (at_ms <= in->now_ms || at_ms > in->now_ms + PUBLISH_AHEAD_MAX_MS)
        return err_field(e, ERR_INPUT, "plan_invalid", "at", "at is over, or over a year ahead");
    if (plan_nothing_waits(db, in->plan_id, e) ||
        plan_draft_load(db, a, in->plan_id, in->draft_id, &draft, e) ||
        judge(db, in->plan_id, draft.base_version, draft.rules, in->accepted, true, &rules, e) ||
        add_schedule(db, in, &draft, at_ms, id_out, e) ||
        close_draft(db, in->plan_id, in->draft_id, e) ||
        audit_write(db, "plan.scheduled", in->staff_id, 0, in->plan_id, in->now_ms, e))
        return err_wrap(e, "schedule plan %" PRId64, in->plan_id);
    return OK;
}

static enum err_code
read_schedule(const struct stmt *s, struct arena *a, struct plan_schedule *out, struct err *e)
{
    struct str rules = stmt_text(s, 9);
    char *text = arena_dup(a, rules.at, rules.n);

    if (text == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "schedule");
    *out = (struct plan_schedule){
        .id = stmt_int(s, 0),
        .plan_id = stmt_int(s, 1),
        .at_ms = stmt_int(s, 3),
        .ended_ms = stmt_int(s, 5),
        .version = stmt_int(s, 6),
        .base_version = stmt_int(s, 8),
        .accepted = (unsigned)stmt_int(s, 10),
        .staff_id = stmt_int(s, 11),
        .rules = {text, rules.n},
    };
    str_copy(stmt_text(s, 2), out->name, sizeof(out->name));
    str_copy(stmt_text(s, 7), out->why, sizeof(out->why));
    while (out->state < SCHEDULE_REFUSED &&
           !str_eq(stmt_text(s, 4), str_of(schedule_state_name(out->state))))
        out->state++;
    return OK;
}

enum err_code
plan_schedule_list(struct db *db, struct arena *a, int64_t plan_id, size_t cap,
                   struct plan_schedule **out, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_SCHEDULE_LIST);
    struct plan_schedule *one = arena_alloc(a, cap * sizeof(*one));
    size_t n = 0;
    bool row;

    if (one == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "schedules");
    stmt_bind_int(s, ":plan_id", plan_id);
    for (; n < cap; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "schedules of plan %" PRId64, plan_id);
        if (!row)
            break;
        if (read_schedule(s, a, &one[n], e))
            return e->code;
    }
    *out = one;
    *n_out = n;
    return OK;
}

/* It leaves 'waiting', once. */
static enum err_code
end_schedule(struct db *db, int64_t id, enum schedule_state state, int64_t version, const char *why,
             int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_SCHEDULE_END);

    stmt_bind_int(s, ":id", id);
    stmt_bind_text(s, ":state", str_of(schedule_state_name(state)));
    bind_id(s, ":version", version);
    if (why != NULL)
        stmt_bind_text(s, ":why", str_of(why));
    else
        stmt_bind_null(s, ":why");
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_NOT_FOUND, "schedule_unknown", "schedule %" PRId64, id);
    return OK;
}

/* As a draft of the version it was written against. */
static enum err_code
back_to_draft(struct db *db, const struct plan_schedule *was, int64_t staff_id, int64_t now_ms,
              int64_t *draft_id_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_DRAFT_ADD);

    stmt_bind_int(s, ":plan_id", was->plan_id);
    stmt_bind_text(s, ":name", str_of(was->name));
    stmt_bind_int(s, ":base_version", was->base_version);
    stmt_bind_text(s, ":rules", was->rules);
    bind_id(s, ":staff_id", staff_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    *draft_id_out = db_last_id(db);
    return OK;
}

static enum err_code
load_schedule(struct db *db, struct arena *a, int64_t plan_id, int64_t id,
              struct plan_schedule *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_SCHEDULE_LOAD);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":id", id);
    return stmt_one(s, "schedule", e) || read_schedule(s, a, out, e) ? e->code : OK;
}

enum err_code
plan_schedule_cancel(struct db *db, struct arena *a, int64_t plan_id, int64_t id, int64_t staff_id,
                     int64_t now_ms, int64_t *draft_id_out, struct err *e)
{
    struct plan_schedule was;

    if (load_schedule(db, a, plan_id, id, &was, e) ||
        end_schedule(db, id, SCHEDULE_CANCELLED, 0, NULL, now_ms, e) ||
        back_to_draft(db, &was, staff_id, now_ms, draft_id_out, e) ||
        audit_write(db, "plan.schedule_cancelled", staff_id, 0, plan_id, now_ms, e))
        return err_wrap(e, "cancel schedule %" PRId64, id);
    return OK;
}

/* ---------------------------------------------------------------- its time has come */

static enum err_code
find_due(struct db *db, struct arena *a, int64_t now_ms, bool *found_out, struct plan_schedule *out,
         struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_SCHEDULE_DUE);

    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_step(s, found_out, e))
        return e->code;
    return *found_out ? read_schedule(s, a, out, e) : OK;
}

/* In a savepoint of its own: what is refused leaves nothing but the word why. It is ended first,
 * for a plan with rules that wait takes no others. */
static enum err_code
apply(struct db *db, const struct plan_schedule *due, int64_t now_ms, int64_t *version_out,
      struct err *e)
{
    DB_TX tx = {0};
    struct plan_rules rules;
    int64_t next = due->base_version + 1;

    if (db_begin(db, &tx, e) ||
        judge(db, due->plan_id, due->base_version, due->rules, due->accepted, true, &rules, e) ||
        end_schedule(db, due->id, SCHEDULE_DONE, next, NULL, now_ms, e) ||
        put_in_force(db, &rules, due->at_ms, due->staff_id, now_ms, version_out, e) ||
        db_commit(&tx, e))
        return e->code;
    return OK;
}

static bool
is_for_good(enum err_code code)
{
    return code == ERR_INPUT || code == ERR_CONFLICT || code == ERR_NOT_FOUND;
}

enum err_code
plan_schedule_due(struct db *db, struct arena *a, int64_t now_ms, struct plan_schedule *out,
                  struct err *e)
{
    bool found;
    int64_t version = 0;

    *out = (struct plan_schedule){.id = 0};
    if (find_due(db, a, now_ms, &found, out, e))
        return err_wrap(e, "plans that are due");
    if (!found)
        return OK;
    out->ended_ms = now_ms;
    if (apply(db, out, now_ms, &version, e) == OK) {
        out->state = SCHEDULE_DONE;
        out->version = version;
        return OK;
    }
    if (!is_for_good(e->code))
        return err_wrap(e, "schedule %" PRId64, out->id);
    out->state = SCHEDULE_REFUSED;
    str_copy(str_of(e->word), out->why, sizeof(out->why));
    *e = (struct err){.code = OK};
    return end_schedule(db, out->id, SCHEDULE_REFUSED, 0, out->why, now_ms, e) ||
                   audit_write(db, "plan.refused", out->staff_id, 0, out->plan_id, now_ms, e)
               ? e->code
               : OK;
}
