#include "tests/support/workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/entropy.h"
#include "domain/answer.h"
#include "domain/bonus.h"
#include "domain/hold.h"
#include "domain/lapse.h"
#include "domain/late.h"
#include "domain/merge.h"
#include "domain/notice.h"
#include "domain/refund.h"
#include "domain/swap.h"
#include "domain/unredeem.h"
#include "domain/voucher_cancel.h"
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

/* Points that end, are credited late, thanked with, spent, swapped and given away. */
static int64_t
add_purse(struct book *b)
{
    const struct plan_rules purse = {
        .name = "Purse",
        .unit = UNIT_POINT,
        .jan_prefix = 22,
        .yen_per_point = 100,
        .utc_offset_min = 9 * 60,
        .day_cut_hour = 4,
        .spend = {.yen = 1, .step = 1, .least = 1, .percent_max = 100},
        .expiry = {.kind = EXPIRY_AFTER, .days = 30},
        .gift = {.day_max = 1000, .min = 1, .days = 7},
        .late = {.days = 30},
        .earn =
            {.events_n = 1,
             .event = {{.name = "survey", .title = "Survey", .units = 3, .once = EARN_ONCE_DAY}}},
    };
    int64_t id;
    struct err e;

    CHECK_OK(plan_create(b->db, &purse, b->now_ms, &id, &e), e);
    book_catalogue(
        b, id,
        "{\"rewards\":[{\"price\":30,\"key\":\"mug\",\"title\":\"Mug\",\"valid_days\":10,"
        "\"kind\":\"gift\"}]}");
    return id;
}

void
workload_open(struct workload *load, struct book *b)
{
    int64_t plan[] = {BOOK_STAMPS, add_purse(b), BOOK_POINTS};

    *load = (struct workload){.keys = &b->keys, .now_ms = b->now_ms, .mug = book_reward(b, "mug")};
    for (size_t i = 0; i < WORKLOAD_CARDS; i++)
        load->card[i] = book_card(b, plan[i % COUNT(plan)]);
}

/* ---------------------------------------------------------------- steps, on the writer's thread */

static enum err_code
answer(const struct step *s, struct db *db, struct err *e)
{
    /* Created is what says that a transfer was made, and these can do without. */
    int done = s->kind == STEP_CAPTURE || s->kind == STEP_REFUND || s->kind == STEP_CANCEL ||
                       s->kind == STEP_UNREDEEM
                   ? 200
                   : 201;

    return answer_store(db, s->request_key, s->request_key, s->has_changed ? done : 409, STR("{}"),
                        s->now_ms, e);
}

/* What every step with a key ends in: an error, or a deed or a refusal, which is answered for. */
static enum err_code
finish(struct step *s, struct db *db, enum err_code code, const struct refusal *refusal,
       struct err *e)
{
    if (code)
        return code;
    s->has_changed = refusal->kind == REFUSAL_NONE;
    return answer(s, db, e);
}

/* The card's code, read at the till; scan_id 0: it is refused. */
static enum err_code
read_code(const struct step *s, struct db *db, struct scan_result *read, struct err *e)
{
    struct scan_request code = {.till_id = BOOK_UENO_TILL,
                                .shop_id = BOOK_UENO,
                                .staff_id = BOOK_CASHIER,
                                .now_ms = s->now_ms};
    struct refusal refusal;
    int64_t near_miss;
    char digits[CODE_DIGITS + 1];

    code_make(s->load->keys, CODE_MEMBER, s->card.locator, code_step(s->now_ms), digits);
    code.text = str_of(digits);
    read->scan_id = 0;
    if (scan_open(db, &code, read, &refusal, &near_miss, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        read->scan_id = 0;
    return OK;
}

static enum err_code
grant(struct step *s, struct db *db, struct err *e)
{
    struct grant in = {.staff_id = BOOK_CASHIER,
                       .till_id = BOOK_UENO_TILL,
                       .shop_id = BOOK_UENO,
                       .now_ms = s->now_ms};
    struct scan_result read;
    struct refusal refusal;

    if (read_code(s, db, &read, e))
        return e->code;
    if (read.scan_id == 0)
        return OK;
    in.scan_id = read.scan_id;
    if (read.rules.unit == UNIT_POINT)
        in.yen = s->units * 8000;
    else
        in.stamps = s->units;
    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return finish(s, db, ledger_grant(db, &in, &s->granted, &refusal, e), &refusal, e);
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
    return finish(s, db, ledger_reverse(db, &in, &out, &refusal, e), &refusal, e);
}

/* The member's yes, then the code, then the points: spent, or held. */
static enum err_code
use_points(struct step *s, struct db *db, struct err *e)
{
    const struct spend_yes yes = {.member_id = s->card.member_id,
                                  .plan_id = s->card.plan_id,
                                  .points = s->units,
                                  .now_ms = s->now_ms};
    struct spend in = {.points = s->units,
                       .staff_id = BOOK_CASHIER,
                       .till_id = BOOK_UENO_TILL,
                       .shop_id = BOOK_UENO,
                       .now_ms = s->now_ms};
    struct spend_yes_result said;
    struct spend_result spent;
    struct hold_result held = {.id = 0};
    struct scan_result read;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    if (spend_say_yes(db, &yes, &said, &refusal, e) || read_code(s, db, &read, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE || read.scan_id == 0)
        return OK;
    in.scan_id = read.scan_id;
    if (s->kind == STEP_HOLD ? hold_points(db, &in, HOLD_MAX_MS, &held, &refusal, e)
                             : spend_points(db, &in, &spent, &refusal, e))
        return e->code;
    s->made_id = held.id;
    s->has_changed = refusal.kind == REFUSAL_NONE;
    return answer(s, db, e);
}

static enum err_code
capture(struct step *s, struct db *db, struct err *e)
{
    struct hold_end in = {.hold_id = s->id,
                          .points = 1,
                          .staff_id = BOOK_MANAGER,
                          .till_id = BOOK_UENO_TILL,
                          .shop_id = BOOK_UENO,
                          .now_ms = s->now_ms};
    struct hold_ended out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return finish(s, db, hold_capture(db, &in, &out, &refusal, e), &refusal, e);
}

static enum err_code
swap(struct step *s, struct db *db, struct err *e)
{
    struct swap in = {
        .reward_id = s->load->mug, .member_id = s->card.member_id, .now_ms = s->now_ms};
    struct swap_result out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    if (swap_make(db, &in, &out, &refusal, e))
        return e->code;
    s->has_changed = refusal.kind == REFUSAL_NONE;
    s->made_id = s->has_changed ? out.seq : 0;
    return answer(s, db, e);
}

static enum err_code
swap_back(struct step *s, struct db *db, struct err *e)
{
    struct swap_undo in = {.seq = s->id,
                           .staff_id = BOOK_MANAGER,
                           .till_id = BOOK_UENO_TILL,
                           .shop_id = BOOK_UENO,
                           .now_ms = s->now_ms};
    struct swap_undone out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return finish(s, db, swap_take_back(db, &in, &out, &refusal, e), &refusal, e);
}

static enum err_code
token_of(struct db *db, const struct step *s, char out[GIFT_TOKEN_SIZE], struct err *e)
{
    struct gift_line line[1];
    size_t n;

    if (gifts_of_member(db, s->card.member_id, line, 1, &n, e))
        return e->code;
    memcpy(out, line[0].token, GIFT_TOKEN_SIZE);
    return OK;
}

static enum err_code
give(struct step *s, struct db *db, struct err *e)
{
    struct gift_new in = {.member_id = s->card.member_id,
                          .plan_id = s->card.plan_id,
                          .amount = s->units,
                          .now_ms = s->now_ms};
    struct gift gift;
    struct card card;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    if (gift_make(db, &in, &gift, &card, &refusal, e))
        return e->code;
    s->has_changed = refusal.kind == REFUSAL_NONE;
    if (s->has_changed && token_of(db, s, s->gift_token, e))
        return e->code;
    return answer(s, db, e);
}

static enum err_code
accept_gift(struct step *s, struct db *db, struct err *e)
{
    struct gift_take in = {
        .token = str_of(s->gift_token), .member_id = s->card.member_id, .now_ms = s->now_ms};
    struct gift_taken out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return finish(s, db, gift_accept(db, &in, &out, &refusal, e), &refusal, e);
}

static enum err_code
refund(struct step *s, struct db *db, struct err *e)
{
    struct refund in = {.grant_seq = s->id,
                        .yen = s->units * 100,
                        .staff_id = BOOK_MANAGER,
                        .till_id = BOOK_UENO_TILL,
                        .shop_id = BOOK_UENO,
                        .now_ms = s->now_ms};
    struct refund_result out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return finish(s, db, ledger_refund(db, &in, &out, &refusal, e), &refusal, e);
}

/* A manager's, for a receipt of yesterday. */
static enum err_code
late(struct step *s, struct db *db, struct err *e)
{
    struct late_credit in = {.card_id = s->card.id,
                             .sold_ms = s->now_ms - DAY_MS,
                             .yen = s->units * 1000,
                             .reason = LATE_FORGOTTEN,
                             .staff_id = BOOK_MANAGER,
                             .shop_id = BOOK_UENO,
                             .now_ms = s->now_ms};
    struct grant_result out;
    struct refusal refusal;
    char receipt[24];

    snprintf(receipt, sizeof(receipt), "%" PRId64, s->load->keys_used);
    in.receipt = str_of(receipt);
    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return finish(s, db, late_credit(db, &in, &out, &refusal, e), &refusal, e);
}

static enum err_code
thank(struct step *s, struct db *db, struct err *e)
{
    struct event_bonus in = {
        .card_id = s->card.id, .event = STR("survey"), .staff_id = BOOK_OWNER, .now_ms = s->now_ms};
    struct plan_rules rules;
    struct bonus_result out;
    struct refusal refusal;

    memcpy(in.request_key, s->request_key, REQUEST_KEY_SIZE);
    return finish(s, db, bonus_event(db, &in, &out, &rules, &refusal, e), &refusal, e);
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

    return finish(s, db, voucher_unredeem(db, &in, &out, &refusal, e), &refusal, e);
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
    return finish(s, db, voucher_cancel(db, &in, &out, &refusal, e), &refusal, e);
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

static enum err_code
lapse(struct step *s, struct db *db, struct err *e)
{
    bool done;

    if (lapse_run(db, s->now_ms, 20, &done, e))
        return e->code;
    s->has_changed = true;
    return OK;
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
        [STEP_GRANT] = grant,         [STEP_REVERSE] = reverse,   [STEP_REDEEM] = redeem,
        [STEP_MERGE] = merge,         [STEP_UNMERGE] = unmerge,   [STEP_NOTICES] = notices,
        [STEP_EXPIRE] = expire,       [STEP_FORGET] = forget,     [STEP_SPEND] = use_points,
        [STEP_HOLD] = use_points,     [STEP_CAPTURE] = capture,   [STEP_SWAP] = swap,
        [STEP_SWAP_BACK] = swap_back, [STEP_GIFT] = give,         [STEP_ACCEPT] = accept_gift,
        [STEP_REFUND] = refund,       [STEP_LAPSE] = lapse,       [STEP_LATE] = late,
        [STEP_BONUS] = thank,         [STEP_UNREDEEM] = unredeem, [STEP_CANCEL] = cancel,
    };
    struct step *s = (struct step *)job;

    if (end_what_is_over(s, db, e) || act[s->kind](s, db, e) ||
        chain_head(db, CHAIN_TRANSFER, &s->transfers, e) ||
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
        {STEP_GRANT, 30},    {STEP_REVERSE, 6}, {STEP_REDEEM, 9},   {STEP_MERGE, 4},
        {STEP_UNMERGE, 4},   {STEP_NOTICES, 4}, {STEP_EXPIRE, 2},   {STEP_FORGET, 2},
        {STEP_SPEND, 5},     {STEP_HOLD, 6},    {STEP_CAPTURE, 5},  {STEP_SWAP, 3},
        {STEP_SWAP_BACK, 2}, {STEP_GIFT, 3},    {STEP_ACCEPT, 3},   {STEP_REFUND, 3},
        {STEP_LATE, 2},      {STEP_BONUS, 1},   {STEP_UNREDEEM, 2}, {STEP_CANCEL, 2},
        {STEP_LAPSE, 2},
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
    *out = (struct step){
        .load = load, .kind = kind, .card = load->card[entropy_below(WORKLOAD_CARDS)]};
    load->now_ms +=
        CODE_STEP_MS + (int64_t)entropy_below(entropy_below(4) > 0 ? 20 * MINUTE_MS : 9 * HOUR_MS);
    if (kind == STEP_EXPIRE)
        load->now_ms += 15 * DAY_MS;
    if (kind >= STEP_SPEND && kind <= STEP_BONUS) /* a purse's */
        out->card = load->card[1 + 3 * entropy_below(WORKLOAD_CARDS / 3)];
    load->keys_used++;
    out->job.run = run;
    out->now_ms = load->now_ms;
    out->units = 1 + (int64_t)entropy_below(4);
    memcpy(out->request_key, &load->keys_used, sizeof(load->keys_used));
    switch (kind) {
    case STEP_REVERSE:
        out->id = any(&load->grants);
        break;
    case STEP_REDEEM:
    case STEP_UNREDEEM:
    case STEP_CANCEL:
        out->id = any(&load->vouchers);
        break;
    case STEP_CAPTURE:
        out->id = any(&load->holds);
        break;
    case STEP_SWAP_BACK:
        out->id = any(&load->swaps);
        break;
    case STEP_ACCEPT:
        memcpy(out->gift_token, load->gift_token, GIFT_TOKEN_SIZE);
        break;
    case STEP_REFUND:
        out->id = any(&load->sales);
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
    if (s->has_changed && s->kind == STEP_HOLD)
        keep(&load->holds, s->made_id);
    if (s->has_changed && s->kind == STEP_SWAP)
        keep(&load->swaps, s->made_id);
    if (s->has_changed && s->kind == STEP_GIFT)
        memcpy(load->gift_token, s->gift_token, GIFT_TOKEN_SIZE);
    if (s->kind != STEP_GRANT || !s->has_changed)
        return;
    keep(&load->grants, s->granted.seq);
    if (s->granted.rules.unit == UNIT_POINT)
        keep(&load->sales, s->granted.seq);
    if (s->granted.notice_id != 0)
        keep(&load->notices, s->granted.notice_id);
    for (size_t i = 0; i < s->granted.vouchers_n; i++)
        keep(&load->vouchers, s->granted.voucher[i].id);
}
