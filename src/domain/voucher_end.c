/*
 * How vouchers end by themselves (voucher.h).
 */
#include "domain/voucher.h"

#include <inttypes.h>

#include "base/entropy.h"
#include "domain/bind.h"
#include "domain/card.h"
#include "domain/catalogue.h"
#include "domain/posting.h"

/* One that is over. */
struct ending {
    int64_t voucher_id, card_id;
    int64_t cause_seq; /* what reached it, or the swap */
    int64_t reward_id;
    bool is_swapped; /* its reward has a price */
};

/* The price comes back to whichever card the voucher is on now: members may have merged. */
static enum err_code
give_back(struct db *db, const struct ending *ending, int64_t now_ms, int64_t *seq_out,
          struct err *e)
{
    struct transfer swap = {.seq = 0}, t = {.kind = TRANSFER_SWAP_BACK, .reason = "unused"};
    struct card card;
    POSTING posting = {.db = NULL};

    if (transfer_by_seq(db, ending->cause_seq, &swap, e) ||
        card_load(db, ending->card_id, &card, e) ||
        posting_open(&posting, db, &card, NULL, now_ms, e))
        return e->code;
    t.amount = swap.amount;
    t.plan_version = swap.plan_version;
    t.cause_seq = swap.seq;
    entropy_fill(t.request_key, REQUEST_KEY_SIZE); /* nobody asked for it by a key */
    if (posting_add(&posting, &t, e) || posting_close(&posting, e))
        return e->code;
    *seq_out = t.seq;
    return OK;
}

static enum err_code
end(struct db *db, const struct ending *ending, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_EXPIRE);
    struct reward reward = {.gives_back = false};
    int64_t back_seq = 0;

    if ((ending->is_swapped && reward_load(db, ending->reward_id, &reward, e)) ||
        (reward.gives_back && give_back(db, ending, now_ms, &back_seq, e)))
        return err_wrap(e, "end of voucher %" PRId64, ending->voucher_id);
    stmt_bind_int(s, ":voucher_id", ending->voucher_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    bind_id(s, ":back_seq", back_seq);
    if (stmt_run(s, e))
        return e->code;
    return db_changes(db) == 1 ? OK
                               : err_set(e, ERR_INTERNAL, "ledger_unsound",
                                         "voucher %" PRId64 " had not ended", ending->voucher_id);
}

/* The next that a statement finds: what has ended is not found again. */
static enum err_code
end_next(struct db *db, struct stmt *s, int64_t now_ms, bool *found_out, struct err *e)
{
    struct ending ending;

    stmt_bind_int(s, ":now_ms", now_ms);
    if (stmt_step(s, found_out, e))
        return e->code;
    if (!*found_out)
        return OK;
    ending = (struct ending){.voucher_id = stmt_int(s, 0),
                             .card_id = stmt_int(s, 1),
                             .cause_seq = stmt_int(s, 2),
                             .reward_id = stmt_int(s, 3),
                             .is_swapped = stmt_int(s, 4) != 0};
    return end(db, &ending, now_ms, e);
}

enum err_code
voucher_expire_due(struct db *db, int64_t now_ms, int64_t max, int64_t *n_out, struct err *e)
{
    bool found;

    for (*n_out = 0; *n_out < max; ++*n_out) {
        STMT s = db_stmt(db, SQL_VOUCHER_NEXT_DUE);

        if (end_next(db, s, now_ms, &found, e))
            return err_wrap(e, "expire vouchers");
        if (!found)
            break;
    }
    return OK;
}

enum err_code
voucher_expire_member(struct db *db, int64_t member_id, int64_t now_ms, struct err *e)
{
    bool found;

    do {
        STMT s = db_stmt(db, SQL_VOUCHER_NEXT_DUE_OF_MEMBER);

        stmt_bind_int(s, ":member_id", member_id);
        if (end_next(db, s, now_ms, &found, e))
            return err_wrap(e, "expire vouchers of member %" PRId64, member_id);
    } while (found);
    return OK;
}
