#include "domain/check_inside.h"

#include <inttypes.h>
#include <stdio.h>

#include "domain/refund_row.h"
#include "domain/transfer.h"

/* Whether all refunds of a sale together took what refund_rules.h says. */
static enum err_code
refunds_are_right(struct db *db, int64_t grant_seq, bool *out, struct err *e)
{
    struct transfer grant = {.seq = 0};
    struct plan_rules rules;
    struct refundable sale;
    struct refusal none = {.kind = REFUSAL_NONE};
    struct refunds refunds;

    if (transfer_by_seq(db, grant_seq, &grant, e) ||
        plan_load(db, grant.plan_id, grant.plan_version, &rules, e) ||
        refundable_of(db, &grant, &sale, &none, e) || refunds_of(db, grant_seq, &refunds, e))
        return e->code;
    *out = sale.yen > 0 && refunds.yen <= sale.yen &&
           refunds.units == refund_due(&rules, &sale, refunds.yen);
    return OK;
}

enum err_code
check_refunds(struct run *run, struct err *e)
{
    STMT s = db_stmt(run->db, SQL_REFUNDED_GRANTS);
    char detail[DETAIL_SIZE] = "";
    bool row;

    for (;;) {
        int64_t seq;
        bool is_right = false;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "K8");
        if (!row)
            break;
        seq = stmt_int(s, 0);
        if (refunds_are_right(run->db, seq, &is_right, e)) {
            if (e->code != ERR_NOT_FOUND) /* that it lacks its sale is I75's to say */
                return err_wrap(e, "K8");
            *e = (struct err){0};
        }
        if (!is_right) {
            snprintf(detail, sizeof(detail), "sale %" PRId64, seq);
            break;
        }
    }
    check_tell(run, "K8_REFUNDS_EXACT", "a sale has left what the rest of it would have earned",
               detail);
    return OK;
}
