#include "domain/plan_draft.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/plan_json.h"

/* ---------------------------------------------------------------- a plan file for a plan */

static enum err_code
invalid(struct err *e, const char *field, const char *why)
{
    return err_field(e, ERR_INPUT, "plan_invalid", field, "%s %s", field, why);
}

/* A file over the rules that are in force, which it may be meant to replace whole. */
static enum err_code
read_over(const struct plan_rules *was, struct str text, struct plan_rules *out, struct err *e)
{
    *out = *was;
    if (plan_file_read(text, out, e))
        return e->code;
    if (strcmp(out->name, was->name) != 0)
        return invalid(e, "name", "belongs to the plan and stays");
    if (out->unit != was->unit)
        return invalid(e, "unit", "belongs to the plan and stays");
    return OK;
}

enum err_code
plan_file_for(struct db *db, int64_t plan_id, struct str text, struct plan_rules *out,
              struct err *e)
{
    struct plan_rules was;

    return plan_load(db, plan_id, 0, &was, e) || read_over(&was, text, out, e) ||
                   plan_may_follow(db, out, e)
               ? e->code
               : OK;
}

static enum err_code
dump(const json_t *all, struct arena *a, struct str *out, struct err *e)
{
    char *text = json_dumps(all, JSON_COMPACT);
    char *copy = text == NULL ? NULL : arena_dup(a, text, strlen(text));

    free(text);
    if (copy == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a plan file as text");
    *out = str_of(copy);
    return OK;
}

/* `all` says of every part of `was` what becomes of it: one that it does not name is null. */
static enum err_code
name_what_goes(const struct plan_rules *was, json_t *all, struct err *e)
{
    json_auto_t *old = NULL;
    const char *name;
    json_t *value;

    if (plan_file_write(was, &old, e))
        return e->code;
    json_object_foreach(old, name, value)
        if (json_object_get(all, name) == NULL && json_object_set(all, name, json_null()) != 0)
            return err_set(e, ERR_INTERNAL, "out_of_memory", "a plan file");
    return OK;
}

static enum err_code
read_whole(const struct plan_rules *was, struct str text, struct arena *a, struct str *out,
           struct err *e)
{
    json_auto_t *all = NULL;

    if (json_parse(text, PLAN_FILE_MAX, &all, e))
        return e->code;
    *out = text; /* what is no object is refused by whoever reads it */
    return json_is_object(all) && (name_what_goes(was, all, e) || dump(all, a, out, e)) ? e->code
                                                                                        : OK;
}

enum err_code
plan_file_whole(struct db *db, struct arena *a, int64_t plan_id, struct str text,
                struct plan_rules *out, struct err *e)
{
    struct plan_rules was;

    return plan_load(db, plan_id, 0, &was, e) || read_whole(&was, text, a, &text, e) ||
                   plan_file_for(db, plan_id, text, out, e)
               ? e->code
               : OK;
}

/* All of the rules, for a file may have named only some. */
static enum err_code
write_whole(const struct plan_rules *was, const struct plan_rules *rules, struct arena *a,
            struct str *out, struct err *e)
{
    json_auto_t *all = NULL;

    return plan_file_write(rules, &all, e) || name_what_goes(was, all, e) || dump(all, a, out, e)
               ? e->code
               : OK;
}

/* ---------------------------------------------------------------- keeping */

static enum err_code
count(struct db *db, int64_t plan_id, int64_t *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_DRAFT_COUNT);

    stmt_bind_int(s, ":plan_id", plan_id);
    if (stmt_one(s, "plan", e))
        return e->code;
    *out = stmt_int(s, 0);
    return OK;
}

static enum err_code
write(struct db *db, const struct plan_draft *draft, int64_t base_version, struct str rules,
      int64_t staff_id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, draft->id == 0 ? SQL_PLAN_DRAFT_ADD : SQL_PLAN_DRAFT_CHANGE);

    if (draft->id != 0)
        stmt_bind_int(s, ":id", draft->id);
    stmt_bind_int(s, ":plan_id", draft->plan_id);
    stmt_bind_text(s, ":name", str_of(draft->name));
    stmt_bind_int(s, ":base_version", base_version);
    stmt_bind_text(s, ":rules", rules);
    bind_id(s, ":staff_id", staff_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_NOT_FOUND, "draft_unknown", "draft %" PRId64, draft->id);
    return OK;
}

static bool
is_name(const char *text)
{
    size_t n = 0;

    for (const char *at = text; *at != '\0'; at++)
        n += ((unsigned char)*at & 0xC0) != 0x80;
    return n >= 1 && n <= 64;
}

/* What is stored: checked, and whole. */
static enum err_code
make_whole(struct db *db, struct arena *a, const struct plan_draft *draft, int64_t *version_out,
           struct str *out, struct err *e)
{
    struct plan_rules was, rules;
    struct str text = draft->rules;

    if (plan_load(db, draft->plan_id, 0, &was, e) ||
        (draft->is_whole && read_whole(&was, text, a, &text, e)) ||
        plan_file_for(db, draft->plan_id, text, &rules, e))
        return e->code;
    *version_out = was.version;
    return write_whole(&was, &rules, a, out, e);
}

enum err_code
plan_draft_save(struct db *db, struct arena *a, const struct plan_draft *draft, int64_t staff_id,
                int64_t now_ms, int64_t *id_out, struct err *e)
{
    struct str text;
    int64_t n, base_version;

    if (make_whole(db, a, draft, &base_version, &text, e) || count(db, draft->plan_id, &n, e))
        return err_wrap(e, "draft for plan %" PRId64, draft->plan_id);
    if (!is_name(draft->name))
        return invalid(e, "draft", "must be 1 to 64 characters");
    if (draft->id == 0 && n >= PLAN_DRAFTS_MAX)
        return err_set(e, ERR_CONFLICT, "drafts_full", "plan %" PRId64, draft->plan_id);
    if (write(db, draft, base_version, text, staff_id, now_ms, e))
        return e->code;
    *id_out = draft->id != 0 ? draft->id : db_last_id(db);
    return audit_write(db, "plan.drafted", staff_id, 0, draft->plan_id, now_ms, e);
}

enum err_code
plan_draft_remove(struct db *db, int64_t plan_id, int64_t id, int64_t staff_id, int64_t now_ms,
                  struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_DRAFT_REMOVE);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":id", id);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_NOT_FOUND, "draft_unknown", "draft %" PRId64 " of plan %" PRId64, id,
                       plan_id);
    return audit_write(db, "plan.draft_removed", staff_id, 0, plan_id, now_ms, e);
}

/* ---------------------------------------------------------------- reading */

static enum err_code
read_draft(const struct stmt *s, struct arena *a, struct plan_draft *out, struct err *e)
{
    struct str rules = stmt_text(s, 5);
    char *text = arena_dup(a, rules.at, rules.n);

    if (text == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "drafts");
    out->id = stmt_int(s, 0);
    out->plan_id = stmt_int(s, 1);
    str_copy(stmt_text(s, 2), out->name, sizeof(out->name));
    out->base_version = stmt_int(s, 3);
    out->saved_ms = stmt_int(s, 4);
    out->rules = (struct str){text, rules.n};
    return OK;
}

enum err_code
plan_draft_list(struct db *db, struct arena *a, int64_t plan_id, struct plan_draft **out,
                size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_DRAFT_LIST);
    struct plan_draft *draft = arena_alloc(a, PLAN_DRAFTS_MAX * sizeof(*draft));
    size_t n = 0;
    bool row;

    if (draft == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "drafts");
    stmt_bind_int(s, ":plan_id", plan_id);
    for (; n < PLAN_DRAFTS_MAX; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "drafts of plan %" PRId64, plan_id);
        if (!row)
            break;
        if (read_draft(s, a, &draft[n], e))
            return e->code;
    }
    *out = draft;
    *n_out = n;
    return OK;
}

enum err_code
plan_draft_load(struct db *db, struct arena *a, int64_t plan_id, int64_t id, struct plan_draft *out,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_DRAFT_LOAD);

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":id", id);
    if (stmt_one(s, "draft", e))
        return err_wrap(e, "draft %" PRId64 " of plan %" PRId64, id, plan_id);
    return read_draft(s, a, out, e);
}
