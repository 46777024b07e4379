#include "domain/menu_work.h"

#include <string.h>

#include "domain/card.h"
#include "domain/line_day.h"

static int64_t
day_of(int64_t now_ms)
{
    return (now_ms + LINE_OFFSET_MS) / DAY_MS;
}

/* ---------------------------------------------------------------- what there is to do */

enum err_code
menu_work_load(struct db *db, int64_t now_ms, struct menu_work *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_WORK);

    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_one(s, "menu_work", e))
        return e->code;
    *out = (struct menu_work){
        .seq = stmt_int(s, 0),
        .head_seq = stmt_int(s, 1),
        .is_sweeping = !stmt_is_null(s, 2),
        .sweep_id = stmt_int(s, 2),
        .period_id = stmt_int(s, 3),
        .period_now_id = stmt_int(s, 5),
        .has_menus = stmt_int(s, 6) != 0,
        .has_due = stmt_int(s, 7) != 0,
    };
    (void)str_copy(stmt_text(s, 4), out->guest_line_id, sizeof(out->guest_line_id));
    (void)str_copy(stmt_text(s, 8), out->digest, sizeof(out->digest));
    return OK;
}

enum err_code
menu_work_save(struct db *db, const struct menu_work *work, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_WORK_SAVE);

    stmt_bind_int(s, ":seq", work->seq);
    if (work->is_sweeping)
        stmt_bind_int(s, ":sweep_id", work->sweep_id);
    else
        stmt_bind_null(s, ":sweep_id");
    stmt_bind_int(s, ":period_id", work->period_id);
    stmt_bind_text(s, ":guest_line_id", str_of(work->guest_line_id));
    return stmt_run(s, e);
}

/* A transfer's member, once for transfers that follow each other. */
static enum err_code
take_stamped(struct db *db, struct menu_work *work, int64_t *out, size_t max, size_t *n,
             struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_STAMPED);
    bool row;

    stmt_bind_int(s, ":seq", work->seq);
    stmt_bind_int(s, ":max", (int64_t)(max - *n));
    for (;;) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        work->seq = stmt_int(s, 0);
        if (*n == 0 || out[*n - 1] != stmt_int(s, 1))
            out[(*n)++] = stmt_int(s, 1);
    }
}

static enum err_code
take_due(struct db *db, int64_t *out, size_t max, size_t *n, struct err *e)
{
    size_t from = *n;
    STMT s = db_stmt(db, SQL_MENU_DUE);
    STMT done = db_stmt(db, SQL_MENU_DUE_DONE);
    bool row;

    stmt_bind_int(s, ":max", (int64_t)(max - *n));
    for (;;) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        out[(*n)++] = stmt_int(s, 0);
    }
    for (size_t i = from; i < *n; i++) {
        stmt_bind_int(done, ":member_id", out[i]);
        if (stmt_run(done, e))
            return e->code;
    }
    return OK;
}

static enum err_code
take_swept(struct db *db, struct menu_work *work, int64_t *out, size_t max, size_t *n,
           struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_SWEEP);
    bool row;

    stmt_bind_int(s, ":id", work->sweep_id);
    stmt_bind_int(s, ":max", (int64_t)(max - *n));
    for (;;) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        work->sweep_id = out[(*n)++] = stmt_int(s, 0);
    }
    work->is_sweeping = *n == max;
    return OK;
}

enum err_code
menu_work_take(struct db *db, struct menu_work *work, bool has_room, int64_t *members_out,
               size_t max, size_t *n_out, struct err *e)
{
    size_t n = 0;

    if ((work->seq < work->head_seq && take_stamped(db, work, members_out, max, &n, e)) ||
        (has_room && work->has_due && n < max && take_due(db, members_out, max, &n, e)) ||
        (has_room && work->is_sweeping && n < max && take_swept(db, work, members_out, max, &n, e)))
        return err_wrap(e, "members whose menus are due");
    *n_out = n;
    return OK;
}

/* ---------------------------------------------------------------- one member */

enum err_code
menu_facts_of(struct db *db, int64_t member_id, int64_t period_id, struct menu_facts *out,
              bool *is_friend_out, struct err *e)
{
    struct menu_card cards[CARDS_OF_MEMBER_MAX];
    enum language language = LANGUAGE_JA;
    STMT s = db_stmt(db, SQL_MENU_CARDS);
    size_t n = 0;
    bool row, is_known = false;

    stmt_bind_int(s, ":member_id", member_id);
    for (;;) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        is_known = true;
        language = language_of(stmt_text(s, 0), LANGUAGE_JA);
        *is_friend_out = stmt_int(s, 1) != 0;
        if (!stmt_is_null(s, 2) && n < CARDS_OF_MEMBER_MAX)
            cards[n++] = (struct menu_card){.plan_id = stmt_int(s, 2),
                                            .balance = stmt_int(s, 3),
                                            .tier = stmt_int(s, 4),
                                            .seq = stmt_int(s, 5)};
    }
    if (!is_known)
        return err_set(e, ERR_NOT_FOUND, "member_unknown", "no such member");
    *out = menu_choose(language, cards, n, period_id);
    return OK;
}

enum err_code
menu_guest_now(struct db *db, struct str line_id, int64_t period_id,
               char line_id_out[MENU_LINE_ID_SIZE], struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_FOR_GUEST_NOW);

    stmt_bind_text(s, ":line_id", line_id);
    stmt_bind_int(s, ":period_id", period_id);
    if (stmt_one(s, "menu", e))
        return e->code;
    (void)str_copy(stmt_text(s, 0), line_id_out, MENU_LINE_ID_SIZE);
    return OK;
}

enum err_code
menu_linked(struct db *db, int64_t member_id, char line_id_out[MENU_LINE_ID_SIZE], struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_LINKED);
    bool row;

    line_id_out[0] = '\0';
    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_step(s, &row, e))
        return e->code;
    if (row)
        (void)str_copy(stmt_text(s, 0), line_id_out, MENU_LINE_ID_SIZE);
    return OK;
}

enum err_code
menu_link_set(struct db *db, int64_t member_id, struct str line_id, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_LINK_SET);

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_text(s, ":line_id", line_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

enum err_code
menu_link_end(struct db *db, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_LINK_END);

    stmt_bind_int(s, ":member_id", member_id);
    return stmt_run(s, e);
}

enum err_code
menu_owed(struct db *db, int64_t *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_OWED);

    if (stmt_one(s, "count", e))
        return e->code;
    *out = stmt_int(s, 0);
    return OK;
}

enum err_code
menu_levels(struct db *db, struct menu_level *out, size_t max, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_LEVELS);
    bool row;

    stmt_bind_int(s, ":max", (int64_t)max);
    for (*n_out = 0;; ++*n_out) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "levels of rich menus");
        if (!row)
            return OK;
        out[*n_out] = (struct menu_level){
            .plan_id = stmt_int(s, 0), .tier = stmt_int(s, 1), .members = stmt_int(s, 2)};
    }
}

/* ---------------------------------------------------------------- taps */

enum err_code
menu_tap_count(struct db *db, struct str key, int64_t area, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_TAP);

    if (area < 0 || area >= MENU_AREAS_COUNTED || key.n >= MENU_KEY_SIZE)
        return OK; /* nothing of ours: somebody typed it */
    stmt_bind_int(s, ":day", day_of(now_ms));
    stmt_bind_text(s, ":key", key);
    stmt_bind_int(s, ":area", area);
    return stmt_run(s, e);
}

enum err_code
menu_taps(struct db *db, int64_t now_ms, struct menu_taps *out, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_TAPS);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":day", day_of(now_ms));
    for (;;) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row || n == MENU_TAPS_MAX)
            break;
        out[n++] = (struct menu_taps){
            .is_guest = stmt_int(s, 0) != 0,
            .area = stmt_int(s, 1),
            .today = stmt_int(s, 2),
            .week = stmt_int(s, 3),
        };
    }
    *n_out = n;
    return OK;
}
