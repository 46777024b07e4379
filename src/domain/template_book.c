#include "domain/template.h"

#include <string.h>

#include "domain/audit.h"

static bool
copy(struct arena *a, struct str text, struct str *out)
{
    char *at = text.n > 0 ? arena_alloc(a, text.n) : NULL;

    if (at != NULL)
        memcpy(at, text.at, text.n);
    *out = (struct str){at, at != NULL ? text.n : 0};
    return at != NULL || text.n == 0;
}

/* *id_out is 0 where there is no row. */
static enum err_code
load(struct db *db, enum template_kind kind, enum language language, struct arena *a,
     struct template_kept *out, int64_t *id_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TEMPLATE_LOAD);
    bool row;

    *out = (struct template_kept){0};
    *id_out = 0;
    stmt_bind_text(s, ":kind", str_of(template_kind_name(kind)));
    stmt_bind_text(s, ":language", str_of(language_tag(language)));
    if (stmt_step(s, &row, e))
        return err_wrap(e, "load words of %s", template_kind_name(kind));
    if (!row)
        return OK;
    *id_out = stmt_int(s, 0);
    out->version = stmt_int(s, 1);
    out->changed_ms = stmt_int(s, 2);
    for (int i = 0; i < TEMPLATE_PARTS; i++)
        if (!copy(a, stmt_text(s, 3 + i), &out->words.part[i]))
            return err_set(e, ERR_INTERNAL, "out_of_memory", "words of %s",
                           template_kind_name(kind));
    return OK;
}

enum err_code
template_load(struct db *db, enum template_kind kind, enum language language, struct arena *a,
              struct template_kept *out, struct err *e)
{
    int64_t id;

    return load(db, kind, language, a, out, &id, e);
}

static enum err_code
write_row(struct db *db, const struct template_change *in, const struct template_words *words,
          int64_t *id, struct err *e)
{
    STMT s = db_stmt(db, *id == 0 ? SQL_TEMPLATE_ADD : SQL_TEMPLATE_SET);
    static const char *const names[TEMPLATE_PARTS] = {":headline", ":text", ":alt", ":button"};

    for (int i = 0; i < TEMPLATE_PARTS; i++)
        if (words->part[i].n > 0)
            stmt_bind_text(s, names[i], words->part[i]);
        else
            stmt_bind_null(s, names[i]);
    stmt_bind_int(s, ":now_ms", in->now_ms);
    stmt_bind_int(s, ":staff_id", in->staff_id);
    if (*id != 0) {
        stmt_bind_int(s, ":id", *id);
        return stmt_run(s, e);
    }
    stmt_bind_text(s, ":kind", str_of(template_kind_name(in->kind)));
    stmt_bind_text(s, ":language", str_of(language_tag(in->language)));
    if (stmt_run(s, e))
        return e->code;
    *id = db_last_id(db);
    return OK;
}

static bool
is_empty(const struct template_words *words)
{
    for (int i = 0; i < TEMPLATE_PARTS; i++)
        if (words->part[i].n > 0)
            return false;
    return true;
}

enum err_code
template_set(struct db *db, const struct template_change *in, struct arena *a,
             struct template_kept *out, struct err *e)
{
    struct template_words kept = {0};
    int64_t id;

    if (in->words != NULL && template_require(a, in->kind, in->words, &kept, e))
        return e->code;
    if (in->words != NULL && is_empty(&kept))
        return err_set(e, ERR_INPUT, "template_empty", "no part is set");
    if (load(db, in->kind, in->language, a, out, &id, e))
        return e->code;
    if (out->version != in->version)
        return err_set(e, ERR_CONFLICT, "template_changed", "version %lld is in force",
                       (long long)out->version);
    if (in->words == NULL && is_empty(&out->words))
        return OK; /* it is the program's already: no change, no line */
    if (write_row(db, in, &kept, &id, e) ||
        audit_write(db, in->words != NULL ? "template.set" : "template.reset", in->staff_id, 0, id,
                    in->now_ms, e))
        return err_wrap(e, "set words of %s", template_kind_name(in->kind));
    *out = (struct template_kept){out->version + 1, in->now_ms, kept};
    return OK;
}
