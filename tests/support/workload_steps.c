#include "tests/support/workload_inside.h"

#include <string.h>

#include "base/clock.h"
#include "domain/answer.h"
#include "domain/hold.h"
#include "domain/lapse.h"
#include "domain/merge.h"
#include "domain/notice.h"
#include "domain/unredeem.h"
#include "domain/voucher_cancel.h"

/* ---------------------------------------------------------------- what a step ends in */

enum err_code
step_answer(const struct step *s, struct db *db, struct err *e)
{
    /* Created is what says that a transfer was made, and these can do without. */
    int done = s->kind == STEP_CAPTURE || s->kind == STEP_REFUND || s->kind == STEP_CANCEL ||
                       s->kind == STEP_UNREDEEM
                   ? 200
                   : 201;

    return answer_store(db, s->request_key, s->request_key, s->has_changed ? done : 409, STR("{}"),
                        s->now_ms, e);
}

enum err_code
step_finish(struct step *s, struct db *db, enum err_code code, const struct refusal *refusal,
            struct err *e)
{
    if (code)
        return code;
    s->has_changed = refusal->kind == REFUSAL_NONE;
    return step_answer(s, db, e);
}

/* ---------------------------------------------------------------- vouchers */

static enum err_code
redeem(struct step *s, struct db *db, struct err *e)
{
    struct redemption in = {.voucher_id = s->id,
                            .staff_id = BOOK_CASHIER,
                            .till_id = BOOK_UENO_TILL,
                            .shop_id = BOOK_UENO,
                            .now_ms = s->now_ms};
    char token[VOUCHER_TOKEN_SIZE];
    struct voucher out;
    struct refusal refusal;

    voucher_token(db, s->id, in.till_id, s->now_ms + MINUTE_MS, token);
    in.token = str_of(token);
    if (voucher_redeem(db, &in, &out, &refusal, e))
        return e->code;
    s->has_changed = refusal.kind == REFUSAL_NONE;
    return OK;
}

static enum err_code
unredeem(struct step *s, struct db *db, struct err *e)
{
    struct redemption in = {.voucher_id = s->id,
                            .staff_id = BOOK_MANAGER,
                            .till_id = BOOK_UENO_TILL,
                            .shop_id = BOOK_UENO,
                            .now_ms = s->now_ms};
    struct voucher out;
    struct refusal refusal;

    return step_finish(s, db, voucher_unredeem(db, &in, &out, &refusal, e), &refusal, e);
}

static enum err_code
cancel(struct step *s, struct db *db, struct err *e)
{
    struct cancellation in = {.voucher_id = s->id,
                              .staff_id = BOOK_MANAGER,
                              .till_id = BOOK_UENO_TILL,
                              .shop_id = BOOK_UENO,
                              .now_ms = s->now_ms};
    struct reversal_result out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return step_finish(s, db, voucher_cancel(db, &in, &out, &refusal, e), &refusal, e);
}

static enum err_code
expire(struct step *s, struct db *db, struct err *e)
{
    int64_t n;

    if (voucher_expire_due(db, s->now_ms, 20, &n, e))
        return e->code;
    s->has_changed = n > 0;
    return OK;
}

/* ---------------------------------------------------------------- members, and what goes by itself
 */

static enum err_code
merge(struct step *s, struct db *db, struct err *e)
{
    struct merge_new in = {.from_id = s->id,
                           .into_id = s->into_id,
                           .staff_id = BOOK_OWNER,
                           .reason = STR("by chance"),
                           .days = 30,
                           .now_ms = s->now_ms};
    struct merge_result out;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    if (member_merge(db, &in, &out, e))
        return e->code;
    s->merge_id = out.merge_id;
    s->has_changed = true;
    return OK;
}

static enum err_code
unmerge(struct step *s, struct db *db, struct err *e)
{
    struct merge_undo in = {.merge_id = s->id, .staff_id = BOOK_MANAGER, .now_ms = s->now_ms};

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    if (member_unmerge(db, &in, e))
        return e->code;
    s->has_changed = true;
    return OK;
}

static enum err_code
notices(struct step *s, struct db *db, struct err *e)
{
    size_t n;

    if (notice_hold_due(db, s->now_ms, 20, &n, e))
        return e->code;
    s->has_changed = n > 0;
    return s->id == 0 ? OK : notice_seen(db, s->id, s->card.member_id, s->now_ms, e);
}

/* What a member who left is owed: nothing of it stays in the WAL. */
static enum err_code
forget(struct step *s, struct db *db, struct err *e)
{
    (void)e;
    db_forget(db);
    s->has_changed = true;
    return OK;
}

static enum err_code
lapse(struct step *s, struct db *db, struct err *e)
{
    bool done;

    if (lapse_run(db, s->now_ms, 20, &done, e))
        return e->code;
    s->has_changed = true;
    return OK;
}

/* As the scheduler does all the time. */
static enum err_code
end_what_is_over(const struct step *s, struct db *db, struct err *e)
{
    int64_t n;

    return hold_end_due(db, s->now_ms, 20, NULL, &n, e) || gift_expire_due(db, s->now_ms, 20, &n, e)
               ? e->code
               : OK;
}

/* ---------------------------------------------------------------- whichever it is */

enum err_code
workload_run(struct job *job, struct db *db, struct err *e)
{
    static enum err_code (*const act[STEP_KINDS])(struct step *, struct db *, struct err *) = {
        [STEP_GRANT] = step_grant,
        [STEP_REVERSE] = step_reverse,
        [STEP_REDEEM] = redeem,
        [STEP_MERGE] = merge,
        [STEP_UNMERGE] = unmerge,
        [STEP_NOTICES] = notices,
        [STEP_EXPIRE] = expire,
        [STEP_FORGET] = forget,
        [STEP_SPEND] = step_use,
        [STEP_HOLD] = step_use,
        [STEP_CAPTURE] = step_capture,
        [STEP_SWAP] = step_swap,
        [STEP_SWAP_BACK] = step_swap_back,
        [STEP_GIFT] = step_give,
        [STEP_ACCEPT] = step_accept,
        [STEP_REFUND] = step_refund,
        [STEP_LAPSE] = lapse,
        [STEP_LATE] = step_late,
        [STEP_BONUS] = step_bonus,
        [STEP_UNREDEEM] = unredeem,
        [STEP_CANCEL] = cancel,
    };
    struct step *s = (struct step *)job;

    if (end_what_is_over(s, db, e) || act[s->kind](s, db, e) ||
        chain_head(db, CHAIN_TRANSFER, &s->transfers, e) ||
        chain_head(db, CHAIN_AUDIT, &s->audit, e))
        return e->code;
    return OK;
}
