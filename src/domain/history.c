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
