#include "domain/card_guard.h"

#include <inttypes.h>

#include "base/clock.h"
#include "domain/audit.h"

struct failures {
    int64_t count, from_ms, day_count, day_from_ms, tap_ms;
};

static enum err_code
load(struct db *db, int64_t card_id, struct failures *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_GUARD_LOAD);
    bool row;

    *out = (struct failures){.count = 0};
    stmt_bind_int(s, ":card_id", card_id);
    if (stmt_step(s, &row, e))
        return err_wrap(e, "guard of card %" PRId64, card_id);
    if (row)
        *out = (struct failures){.count = stmt_int(s, 0),
                                 .from_ms = stmt_int(s, 1),
                                 .day_count = stmt_int(s, 2),
                                 .day_from_ms = stmt_int(s, 3),
                                 .tap_ms = stmt_int(s, 4)};
    return OK;
}

/* The next of the moments at which time makes a difference. */
static int64_t
next_change(const struct failures *f, int64_t now_ms)
{
    const int64_t change_ms[] = {f->tap_ms, f->from_ms + GUARD_SPAN_MS, f->day_from_ms + DAY_MS};
    int64_t next_ms = INT64_MAX;

    for (size_t i = 0; i < sizeof(change_ms) / sizeof(change_ms[0]); i++)
        if (change_ms[i] > now_ms && change_ms[i] < next_ms)
            next_ms = change_ms[i];
    return next_ms;
}

enum err_code
card_guard_is_up(struct db *db, int64_t card_id, int64_t now_ms, bool *out, int64_t *until_ms_out,
                 struct err *e)
{
    struct failures f;

    if (load(db, card_id, &f, e))
        return e->code;
    *out =
        now_ms >= f.tap_ms && ((f.count >= GUARD_SPAN_MAX && now_ms < f.from_ms + GUARD_SPAN_MS) ||
                               (f.day_count >= GUARD_DAY_MAX && now_ms < f.day_from_ms + DAY_MS));
    if (until_ms_out != NULL)
        *until_ms_out = next_change(&f, now_ms);
    return OK;
}

enum err_code
card_guard_count(struct db *db, int64_t card_id, int64_t now_ms, struct err *e)
{
    struct failures f;
    STMT s = db_stmt(db, SQL_GUARD_COUNT);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":span_ms", GUARD_SPAN_MS);
    stmt_bind_int(s, ":day_ms", DAY_MS);
    if (stmt_run(s, e) || load(db, card_id, &f, e))
        return err_wrap(e, "wrong code for card %" PRId64, card_id);
    if (f.count != GUARD_SPAN_MAX && f.day_count != GUARD_DAY_MAX)
        return OK;
    return audit_write(db, "card.guarded", 0, 0, card_id, now_ms, e);
}

enum err_code
card_guard_tap(struct db *db, int64_t card_id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_GUARD_TAP);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":until_ms", now_ms + GUARD_TAP_MS);
    return stmt_run(s, e);
}
