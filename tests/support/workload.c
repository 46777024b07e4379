#include "tests/support/workload.h"

#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/answer.h"
#include "domain/merge.h"
#include "domain/notice.h"
#include "tests/support/check.h"

/* ---------------------------------------------------------------- what was made */

static void
keep(struct made *made, int64_t id)
{
    made->id[made->n++ % WORKLOAD_KEPT] = id;
}

/* One of them, oftener a new one; 0: there is none. */
static int64_t
any(const struct made *made)
{
    size_t there = made->n < WORKLOAD_KEPT ? made->n : WORKLOAD_KEPT;
    size_t back;

    if (there == 0)
        return 0;
    back = (size_t)entropy_below(there < 6 ? there : entropy_below(2) ? 6 : there);
    return made->id[(made->n - 1 - back) % WORKLOAD_KEPT];
}

void
workload_open(struct workload *load, struct book *b)
{
    *load = (struct workload){.keys = &b->keys, .now_ms = b->now_ms};
    for (size_t i = 0; i < WORKLOAD_CARDS; i++)
        load->card[i] = book_card(b, i % 3 == 2 ? BOOK_POINTS : BOOK_STAMPS);
}

/* ---------------------------------------------------------------- steps, on the writer's thread */

static enum err_code
answer(const struct step *s, struct db *db, struct err *e)
{
    return answer_store(db, s->request_key, s->request_key, s->has_changed ? 201 : 409, STR("{}"),
                        s->now_ms, e);
}

static enum err_code
grant(struct step *s, struct db *db, struct err *e)
{
    struct scan_request code = {.till_id = BOOK_UENO_TILL,
                                .shop_id = BOOK_UENO,
                                .staff_id = BOOK_CASHIER,
                                .now_ms = s->now_ms};
    struct grant in = {.staff_id = BOOK_CASHIER,
                       .till_id = BOOK_UENO_TILL,
                       .shop_id = BOOK_UENO,
                       .now_ms = s->now_ms};
    struct scan_result read;
    struct refusal refusal;
    int64_t near_miss;
    char digits[CODE_DIGITS + 1];

    code_make(s->load->keys, CODE_MEMBER, s->card.locator, code_step(s->now_ms), digits);
    code.text = str_of(digits);
    if (scan_open(db, &code, &read, &refusal, &near_miss, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return OK;
    in.scan_id = read.scan_id;
    if (read.rules.unit == UNIT_POINT)
        in.yen = s->units * 8000;
    else
        in.stamps = s->units;
    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    if (ledger_grant(db, &in, &s->granted, &refusal, e))
        return e->code;
    s->has_changed = refusal.kind == REFUSAL_NONE;
    return answer(s, db, e);
}

static enum err_code
reverse(struct step *s, struct db *db, struct err *e)
{
    struct reversal in = {.seq = s->id,
                          .staff_id = BOOK_MANAGER,
                          .till_id = BOOK_UENO_TILL,
                          .shop_id = BOOK_UENO,
                          .now_ms = s->now_ms};
    struct reversal_result out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    if (ledger_reverse(db, &in, &out, &refusal, e))
        return e->code;
    s->has_changed = refusal.kind == REFUSAL_NONE;
    return answer(s, db, e);
}

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

static enum err_code
expire(struct step *s, struct db *db, struct err *e)
{
    int64_t n;

    if (voucher_expire_due(db, s->now_ms, 20, &n, e))
        return e->code;
    s->has_changed = n > 0;
    return OK;
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
run(struct job *job, struct db *db, struct err *e)
{
    static enum err_code (*const act[STEP_KINDS])(struct step *, struct db *, struct err *) = {
        [STEP_GRANT] = grant,   [STEP_REVERSE] = reverse, [STEP_REDEEM] = redeem,
        [STEP_MERGE] = merge,   [STEP_UNMERGE] = unmerge, [STEP_NOTICES] = notices,
        [STEP_EXPIRE] = expire, [STEP_FORGET] = forget,
    };
    struct step *s = (struct step *)job;

    if (act[s->kind](s, db, e) || chain_head(db, CHAIN_TRANSFER, &s->transfers, e) ||
        chain_head(db, CHAIN_AUDIT, &s->audit, e))
        return e->code;
    return OK;
}

/* ---------------------------------------------------------------- what comes next */

enum step_kind
workload_kind(void)
{
    static const struct {
        enum step_kind kind;
        unsigned share;
    } row[] = {
        {STEP_GRANT, 52},  {STEP_REVERSE, 9}, {STEP_REDEEM, 14}, {STEP_MERGE, 6},
        {STEP_UNMERGE, 6}, {STEP_NOTICES, 8}, {STEP_EXPIRE, 3},  {STEP_FORGET, 2},
    };
    uint64_t which = entropy_below(100);
    size_t i = 0;

    while (which >= row[i].share)
        which -= row[i++].share;
    return row[i].kind;
}

void
workload_next(struct workload *load, enum step_kind kind, struct step *out)
{
    *out = (struct step){.load = load, .kind = kind};
    load->now_ms += CODE_STEP_MS + (int64_t)entropy_below(3 * HOUR_MS);
    if (kind == STEP_EXPIRE)
        load->now_ms += 15 * DAY_MS;
    load->keys_used++;
    out->job.run = run;
    out->now_ms = load->now_ms;
    out->units = 1 + (int64_t)entropy_below(4);
    out->card = load->card[entropy_below(WORKLOAD_CARDS)];
    memcpy(out->request_key, &load->keys_used, sizeof(load->keys_used));
    switch (kind) {
    case STEP_REVERSE:
        out->id = any(&load->grants);
        break;
    case STEP_REDEEM:
        out->id = any(&load->vouchers);
        break;
    case STEP_UNMERGE:
        out->id = any(&load->merges);
        break;
    case STEP_NOTICES:
        out->id = any(&load->notices);
        break;
    case STEP_MERGE:
        out->id = out->card.member_id;
        out->into_id = load->card[entropy_below(WORKLOAD_CARDS)].member_id;
        break;
    default:
        break;
    }
}

void
workload_acknowledge(const struct step *s)
{
    struct workload *load = s->load;

    load->transfers = s->transfers;
    load->audit = s->audit;
    load->done[s->kind] += s->has_changed;
    if (s->kind == STEP_MERGE)
        keep(&load->merges, s->merge_id);
    if (s->kind != STEP_GRANT || !s->has_changed)
        return;
    keep(&load->grants, s->granted.seq);
    if (s->granted.notice_id != 0)
        keep(&load->notices, s->granted.notice_id);
    for (size_t i = 0; i < s->granted.vouchers_n; i++)
        keep(&load->vouchers, s->granted.voucher[i].id);
}
