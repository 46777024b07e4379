#include "domain/guest.h"

#include <inttypes.h>

#include "base/entropy.h"
#include "domain/erasure.h"
#include "domain/merge.h"

enum err_code
guest_make(struct db *db, enum language language, int64_t now_ms, struct member *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_GUEST_ADD);
    int64_t id;

    stmt_bind_text(s, ":language", str_of(language_tag(language)));
    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_run(s, e))
        return err_wrap(e, "make a guest");
    id = db_last_id(db);
    if (member_issue_cards(db, id, now_ms, e) || member_load(db, id, out, e))
        return err_wrap(e, "make a guest");
    return OK;
}

/* A guest, and not one too many. */
static enum err_code
may_take_over(struct db *db, int64_t guest_id, int64_t member_id, int64_t now_ms, bool *out,
              struct err *e)
{
    STMT s = db_stmt(db, SQL_GUEST_MAY_GO);

    stmt_bind_int(s, ":guest_id", guest_id);
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":since_ms", now_ms - GUEST_LIFE_MS);
    stmt_bind_int(s, ":max", GUESTS_TAKEN_OVER_MAX);
    if (stmt_one(s, "member", e))
        return e->code;
    *out = stmt_int(s, 0) != 0;
    return OK;
}

enum err_code
guest_take_over(struct db *db, int64_t guest_id, int64_t member_id, int64_t days, int64_t now_ms,
                bool *done_out, struct err *e)
{
    struct merge_new in = {.from_id = guest_id,
                           .into_id = member_id,
                           .kind = MERGE_GUEST,
                           .reason = STR("signed in"),
                           .days = days,
                           .now_ms = now_ms};
    struct merge_result out;
    enum err_code code;

    *done_out = false;
    if (may_take_over(db, guest_id, member_id, now_ms, done_out, e))
        return err_wrap(e, "guest %" PRId64, guest_id);
    if (!*done_out)
        return OK;
    entropy_fill(in.request_key, sizeof(in.request_key));
    code = member_merge(db, &in, &out, e);
    *done_out = code == OK;
    if (code != ERR_CONFLICT)
        return code;
    *e = (struct err){0};
    return OK;
}

static enum err_code
next_over(struct db *db, int64_t now_ms, int64_t *id_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_GUEST_OVER);
    bool row;

    stmt_bind_int(s, ":before_ms", now_ms - GUEST_LIFE_MS);
    if (stmt_step(s, &row, e))
        return e->code;
    *id_out = row ? stmt_int(s, 0) : 0;
    return OK;
}

enum err_code
guest_sweep(struct db *db, int64_t now_ms, int64_t max, struct err *e)
{
    for (int64_t n = 0; n < max; n++) {
        struct erased erased;
        int64_t id = 0;

        if (next_over(db, now_ms, &id, e))
            return err_wrap(e, "guests");
        if (id == 0)
            return OK;
        if (erase_member(db, id, ERASURE_DORMANT, now_ms, &erased, e))
            return e->code;
    }
    return OK;
}
