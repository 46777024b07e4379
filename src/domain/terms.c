#include "domain/terms.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "domain/audit.h"

#define TEXT_BYTES (4 * TERMS_TEXT_MAX)

/* ---------------------------------------------------------------- adding */

/* Empty lines are lines; text_clean would call them no text. */
static enum err_code
clean_line(struct arena *a, struct str line, struct buf *out, struct err *e)
{
    struct str clean;

    if (text_clean(a, line, TERMS_TEXT_MAX, &clean, e) == OK)
        buf_str_raw(out, clean);
    else if (strcmp(e->word, "text_empty") != 0)
        return e->code;
    buf_char(out, '\n');
    *e = (struct err){0};
    return OK;
}

static size_t
points_of(struct str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return n;
}

static enum err_code
clean_text(struct arena *a, struct str text, struct str *out, struct err *e)
{
    struct buf lines = buf_new(a, TEXT_BYTES);
    struct str rest = text, line;

    while (rest.n > 0) {
        if (!str_until(&rest, '\n', &line)) {
            line = rest;
            rest.n = 0;
        }
        if (clean_line(a, line, &lines, e))
            return e->code;
    }
    *out = buf_str(&lines);
    while (out->n > 0 && out->at[out->n - 1] == '\n')
        out->n--;
    if (out->n == 0)
        return err_set(e, ERR_INPUT, "text_empty", "terms without a word");
    if (buf_failed(&lines) || points_of(*out) > TERMS_TEXT_MAX)
        return err_set(e, ERR_INPUT, "text_too_long", "terms of %zu bytes", text.n);
    return OK;
}

/* The number and time of the version that a text will belong to. */
static enum err_code
place_new(struct db *db, int64_t wanted_ms, int64_t *version_out, int64_t *from_ms_out,
          struct err *e)
{
    STMT s = db_stmt(db, SQL_TERMS_LATEST);
    bool row;

    if (stmt_step(s, &row, e))
        return e->code;
    if (row && stmt_int(s, 1) > wanted_ms)
        return err_set(e, ERR_CONFLICT, "terms_order",
                       "version %" PRId64 " comes into force later than that", stmt_int(s, 0));
    *version_out = row ? stmt_int(s, 0) + 1 : 1;
    *from_ms_out = wanted_ms;
    return OK;
}

static enum err_code
place_translation(struct db *db, int64_t version, int64_t *from_ms_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TERMS_OF_VERSION);

    stmt_bind_int(s, ":version", version);
    if (stmt_one(s, "terms", e))
        return err_wrap(e, "version %" PRId64, version);
    *from_ms_out = stmt_int(s, 0);
    return OK;
}

static enum err_code
insert(struct db *db, int64_t version, enum language language, int64_t from_ms, struct str text,
       struct err *e)
{
    STMT s = db_stmt(db, SQL_TERMS_ADD);

    stmt_bind_int(s, ":version", version);
    stmt_bind_text(s, ":language", str_of(language_tag(language)));
    stmt_bind_int(s, ":from_ms", from_ms);
    stmt_bind_text(s, ":text", text);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_CONFLICT, "terms_final",
                       "version %" PRId64 " has its text in %s; a change is a new version", version,
                       language_tag(language));
    return OK;
}

enum err_code
terms_add(struct db *db, struct arena *a, const struct terms_new *in, int64_t *version_out,
          struct err *e)
{
    int64_t version = in->version, from_ms;
    struct str text;

    if (clean_text(a, in->text, &text, e) ||
        (version == 0 ? place_new(db, in->from_ms, &version, &from_ms, e)
                      : place_translation(db, version, &from_ms, e)) ||
        insert(db, version, in->language, from_ms, text, e) ||
        audit_write(db, "terms.added", 0, 0, version, in->now_ms, e))
        return err_wrap(e, "add terms");
    *version_out = version;
    return OK;
}

/* ---------------------------------------------------------------- reading */

enum err_code
terms_in_force(struct db *db, int64_t now_ms, int64_t *version_out, int64_t *until_ms_out,
               struct err *e)
{
    STMT s = db_stmt(db, SQL_TERMS_NOW);

    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_one(s, "terms", e))
        return err_wrap(e, "terms in force");
    *version_out = stmt_int(s, 0);
    *until_ms_out = stmt_int(s, 1);
    return OK;
}

enum err_code
terms_load(struct db *db, int64_t version, enum language language, struct arena *a,
           struct terms *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TERMS_LOAD);
    struct str text;

    stmt_bind_int(s, ":version", version);
    stmt_bind_text(s, ":language", str_of(language_tag(language)));
    if (stmt_one(s, "terms", e))
        return err_wrap(e, "terms %" PRId64, version);
    text = stmt_text(s, 2);
    *out = (struct terms){
        .language = language_of(stmt_text(s, 0), LANGUAGE_JA),
        .from_ms = stmt_int(s, 1),
        .text = {arena_dup(a, text.at, text.n), text.n},
    };
    if (out->text.at == NULL)
        return err_set(e, ERR_INTERNAL, "arena_full", "terms of %zu bytes", text.n);
    return OK;
}

enum err_code
terms_list(struct db *db,
           void (*each)(void *context, int64_t version, struct str language, int64_t from_ms,
                        int64_t points),
           void *context, struct err *e)
{
    STMT s = db_stmt(db, SQL_TERMS_LIST);
    bool row;

    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "list terms");
        if (!row)
            return OK;
        each(context, stmt_int(s, 0), stmt_text(s, 1), stmt_int(s, 2), stmt_int(s, 3));
    }
}

/* ---------------------------------------------------------------- consents */

static enum err_code
note(struct db *db, int64_t member_id, int64_t version, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_CONSENT_ADD);

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":version", version);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

enum err_code
terms_agree(struct db *db, int64_t member_id, int64_t version, int64_t now_ms, struct err *e)
{
    int64_t in_force, until_ms;
    STMT s = db_stmt(db, SQL_MEMBER_AGREE);

    if (terms_in_force(db, now_ms, &in_force, &until_ms, e))
        return e->code;
    if (version != in_force || version == 0)
        return err_set(e, ERR_CONFLICT, "terms_other",
                       "version %" PRId64 ", but %" PRId64 " is in force", version, in_force);
    if (note(db, member_id, version, now_ms, e))
        return err_wrap(e, "consent of member %" PRId64, member_id);
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":version", version);
    return stmt_run(s, e);
}

enum err_code
consents_of_member(struct db *db, int64_t member_id, struct consent *out, size_t cap, size_t *n_out,
                   struct err *e)
{
    STMT s = db_stmt(db, SQL_CONSENTS_OF_MEMBER);
    size_t n;
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    for (n = 0; n < cap; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "consents of member %" PRId64, member_id);
        if (!row)
            break;
        out[n] = (struct consent){stmt_int(s, 0), stmt_int(s, 1)};
    }
    *n_out = n;
    return OK;
}
