#include "domain/history.h"

#include <inttypes.h>

static void
read_line(const struct stmt *s, struct history_line *out)
{
    *out = (struct history_line){
        .seq = stmt_int(s, 0),
        .kind = (enum transfer_kind)stmt_int(s, 1),
        .gain = stmt_int(s, 2),
        .balance = stmt_int(s, 3),
        .at_ms = stmt_int(s, 4),
        .plan_id = stmt_int(s, 5),
        .plan_version = stmt_int(s, 6),
        .unit = str_eq(stmt_text(s, 8), STR("point")) ? UNIT_POINT : UNIT_STAMP,
        .yen = stmt_int(s, 11),
        .reverses_seq = stmt_int(s, 12),
        .undone_kind = (enum transfer_kind)stmt_int(s, 13),
        .reversed_seq = stmt_int(s, 14),
        .utc_offset_min = stmt_int(s, 15),
        .booked_ms = stmt_int(s, 16),
    };
    str_copy(stmt_text(s, 7), out->plan, sizeof(out->plan));
    str_copy(stmt_text(s, 9), out->shop, sizeof(out->shop));
    str_copy(stmt_text(s, 10), out->reason, sizeof(out->reason));
}

enum err_code
history_of_member(struct db *db, int64_t member_id, int64_t below, struct history_line *out,
                  size_t cap, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_HISTORY_OF_MEMBER);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":below", below);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    for (;; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "history of member %" PRId64, member_id);
        if (!row || n == cap)
            break;
        read_line(s, &out[n]);
    }
    *n_out = n;
    return OK;
}

/* ---------------------------------------------------------------- vouchers */

static const char *const deeds[] = {
    [HISTORY_REDEEMED] = "redeemed",
    [HISTORY_UNREDEEMED] = "unredeemed",
    [HISTORY_EXPIRED] = "expired",
    [HISTORY_CANCELLED] = "cancelled",
};

const char *
history_deed_name(enum history_deed deed)
{
    return deeds[deed];
}

static enum history_deed
deed_of(struct str name)
{
    enum history_deed deed = HISTORY_REDEEMED;

    while (deed < HISTORY_CANCELLED && !str_eq(name, str_of(deeds[deed])))
        deed++;
    return deed;
}

static void
read_event(const struct stmt *s, struct history_event *out)
{
    *out = (struct history_event){
        .at_ms = stmt_int(s, 0),
        .turn = stmt_int(s, 1),
        .deed = deed_of(stmt_text(s, 2)),
        .voucher_id = stmt_int(s, 3),
        .plan_id = stmt_int(s, 5),
        .utc_offset_min = stmt_int(s, 8),
    };
    str_copy(stmt_text(s, 4), out->title, sizeof(out->title));
    str_copy(stmt_text(s, 6), out->plan, sizeof(out->plan));
    str_copy(stmt_text(s, 7), out->shop, sizeof(out->shop));
}

enum err_code
history_mark_of(struct db *db, int64_t member_id, int64_t below, struct history_mark *out,
                struct err *e)
{
    STMT s = db_stmt(db, SQL_HISTORY_NEXT_NEWER);
    bool row;

    *out = (struct history_mark){.at_ms = INT64_MAX};
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":below", below);
    if (stmt_step(s, &row, e))
        return err_wrap(e, "history of member %" PRId64, member_id);
    if (row)
        out->at_ms = stmt_int(s, 0);
    return OK;
}

enum err_code
history_of_vouchers(struct db *db, int64_t member_id, const struct history_mark *mark,
                    struct history_event *out, size_t cap, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_HISTORY_OF_VOUCHERS);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":at_ms", mark->at_ms);
    stmt_bind_int(s, ":turn", mark->turn);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    for (;; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "vouchers of member %" PRId64, member_id);
        if (!row || n == cap)
            break;
        read_event(s, &out[n]);
    }
    *n_out = n;
    return OK;
}
