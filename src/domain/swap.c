#include "domain/swap.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/issuing.h"
#include "domain/member.h"
#include "domain/posting.h"
#include "domain/rules.h"
#include "domain/serving.h"
#include "domain/swap_rules.h"
#include "domain/tier.h"
#include "domain/undo_rules.h"
#include "domain/voucher_row.h"

/* ---------------------------------------------------------------- who asks, and for what */

struct case_of_swap {
    struct card card;
    struct member member;
    struct plan_rules rules;
    struct reward reward;
    struct swap_facts facts;
};

/* Whose card it is: the member's own under the reward's plan. */
static enum err_code
card_on_phone(struct db *db, const struct swap *in, struct case_of_swap *c, struct err *e)
{
    return card_of_plan(db, in->member_id, c->reward.plan_id, &c->card, e);
}

/* Or the one whose code this till has read; a fixed number shows nobody's phone. */
static enum err_code
card_at_till(struct db *db, const struct swap *in, struct case_of_swap *c, struct err *e)
{
    STMT s = db_stmt(db, SQL_SCAN_LOAD);
    struct scan_row scan;
    struct serving serving;

    stmt_bind_int(s, ":scan_id", in->scan_id);
    if (stmt_one(s, "scan", e))
        return e->code;
    scan_read(s, &scan);
    if (serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e) ||
        card_load(db, scan.card_id, &c->card, e))
        return e->code;
    if (c->card.plan_id != c->reward.plan_id)
        return err_set(e, ERR_NOT_FOUND, "reward_unknown", "reward of another plan");
    c->facts.scan_is_over = !scan_is_live(&scan, in->till_id, in->now_ms);
    c->facts.by_number = scan.by_number;
    c->facts.is_own_card = serving.member_id == c->card.member_id;
    return OK;
}

/* How many there are, and who asks; the tier where the reward asks for one. */
static enum err_code
load_facts(struct db *db, struct case_of_swap *c, int64_t now_ms, struct err *e)
{
    struct tier_state is = {.tier = 0};

    if (stock_load(db, &c->rules, &c->reward, c->card.id, now_ms, &c->facts.counts, e) ||
        (c->reward.issue.least_tier > 0 && tier_load(db, c->card.id, &is, e)))
        return e->code;
    c->facts.is_active = c->card.is_active;
    c->facts.is_merged = c->card.is_merged;
    c->facts.is_guest = c->member.is_guest;
    c->facts.joined_ms = c->member.joined_ms;
    c->facts.tier = is.tier;
    return OK;
}

static enum err_code
gather(struct db *db, const struct swap *in, struct case_of_swap *c, struct err *e)
{
    *c = (struct case_of_swap){.facts = {.usable = 0}};
    if (reward_load(db, in->reward_id, &c->reward, e))
        return e->code;
    if (c->reward.price == 0)
        return err_set(e, ERR_NOT_FOUND, "reward_unknown", "reward %" PRId64 " has no price",
                       in->reward_id);
    if ((in->scan_id != 0 ? card_at_till : card_on_phone)(db, in, c, e) ||
        member_load(db, c->card.member_id, &c->member, e) ||
        plan_load(db, c->card.plan_id, 0, &c->rules, e) || load_facts(db, c, in->now_ms, e))
        return e->code;
    return OK;
}

/* ---------------------------------------------------------------- the swap */

/* Until when the member, or else a cashier, may take it back. */
static int64_t
undo_until(const struct case_of_swap *c, const struct swap *in, int64_t at_ms)
{
    if (c->reward.prizes_n != 0 || c->reward.has_codes)
        return 0;
    return in->scan_id != 0 ? business_day(&c->rules, at_ms).end_ms : at_ms + SWAP_UNDO_MS;
}

static enum err_code
pay(struct posting *posting, const struct swap *in, const struct case_of_swap *c,
    struct transfer *t, struct err *e)
{
    *t = (struct transfer){
        .kind = TRANSFER_SWAP,
        .amount = c->reward.price,
        .plan_version = c->rules.version,
        .shop_id = in->shop_id,
        .till_id = in->till_id,
        .staff_id = in->staff_id,
        .scan_id = in->scan_id,
        .reason = "swap",
    };
    memcpy(t->request_key, in->request_key, REQUEST_KEY_SIZE);
    return posting_add(posting, t, e) || posting_close(posting, e) ? e->code : OK;
}

static enum err_code
write_swap(struct posting *posting, const struct swap *in, const struct case_of_swap *c,
           struct swap_result *out, struct err *e)
{
    struct issue issue = {
        .card = &c->card, .rules = &c->rules, .reward_id = c->reward.id, .terms = &c->reward};
    struct reward_counts left;
    struct issued issued;
    struct transfer t;

    issue.cause = &t;
    if (pay(posting, in, c, &t, e) || issue_voucher(posting->db, &issue, &issued, e))
        return e->code;
    *out = (struct swap_result){.seq = t.seq,
                                .at_ms = t.at_ms,
                                .amount = t.amount,
                                .card = c->card,
                                .voucher_id = issued.id,
                                .expires_ms = issued.expires_ms,
                                .undo_until_ms = undo_until(c, in, t.at_ms),
                                .as = issued.as};
    memcpy(out->mac, t.mac, MAC_SIZE);
    out->card.balance = t.balance_after;
    out->codes_left = -1;
    if (!out->as.has_codes)
        return OK;
    if (stock_load(posting->db, &c->rules, &out->as, 0, t.at_ms, &left, e))
        return e->code;
    out->codes_left = left.codes_left;
    return OK;
}

enum err_code
swap_make(struct db *db, const struct swap *in, struct swap_result *out, struct refusal *refusal,
          struct err *e)
{
    struct case_of_swap c;
    POSTING posting = {.db = NULL};

    if (gather(db, in, &c, e) || posting_open(&posting, db, &c.card, NULL, in->now_ms, e) ||
        posting_usable(&posting, &c.facts.usable, e))
        return err_wrap(e, "swap for reward %" PRId64, in->reward_id);
    *refusal = swap_decide(&c.rules, &c.reward, &c.facts, in->now_ms);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (write_swap(&posting, in, &c, out, e))
        return err_wrap(e, "swap for reward %" PRId64, in->reward_id);
    return OK;
}

/* ---------------------------------------------------------------- taking it back */

struct case_of_undo {
    struct transfer swap;
    struct card card;
    struct plan_rules rules;
    struct reward reward;
    int64_t voucher_id;
    int64_t stock_id; /* of the prize, if it was a lottery */
    struct swap_undo_facts facts;
};

static enum err_code
voucher_of_swap(struct db *db, struct case_of_undo *c, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_OF_SWAP);

    stmt_bind_int(s, ":card_id", c->swap.card_id);
    stmt_bind_int(s, ":seq", c->swap.seq);
    if (stmt_one(s, "voucher", e))
        return err_wrap(e, "voucher of swap %" PRId64, c->swap.seq);
    c->voucher_id = stmt_int(s, 0);
    c->facts.state = voucher_state_of(stmt_text(s, 1));
    c->facts.closed_ms = stmt_int(s, 2);
    c->stock_id = stmt_int(s, 4);
    c->facts.held_till_id = stmt_int(s, 5);
    c->facts.held_until_ms = stmt_int(s, 6);
    return reward_load(db, stmt_int(s, 3), &c->reward, e);
}

static enum err_code
person_of_undo(struct db *db, const struct swap_undo *in, struct case_of_undo *c, struct err *e)
{
    struct serving serving;

    c->facts.by_member = in->member_id != 0;
    if (c->facts.by_member)
        return OK;
    if (serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e))
        return e->code;
    c->facts.by = undo_by(&serving, in->staff_id, in->till_id, &c->swap, c->card.member_id);
    return OK;
}

static enum err_code
gather_undo(struct db *db, const struct swap_undo *in, struct case_of_undo *c,
            struct refusal *refusal, struct err *e)
{
    *c = (struct case_of_undo){.voucher_id = 0};
    if (transfer_by_seq(db, in->seq, &c->swap, e) || card_load(db, c->swap.card_id, &c->card, e))
        return e->code;
    if (in->member_id != 0 && c->card.member_id != in->member_id)
        return err_set(e, ERR_NOT_FOUND, "transfer_unknown", "another member's transfer");
    if (c->swap.kind != TRANSFER_SWAP) {
        refusal->kind = REFUSAL_NOT_A_SWAP;
        return OK;
    }
    if (plan_load(db, c->swap.plan_id, c->swap.plan_version, &c->rules, e) ||
        voucher_of_swap(db, c, e) || person_of_undo(db, in, c, e))
        return e->code;
    c->facts.at_ms = c->swap.at_ms;
    c->facts.is_active = c->card.is_active;
    c->facts.was_on_phone = c->swap.till_id == 0;
    c->facts.has_code = c->reward.has_codes;
    c->facts.was_drawn = c->reward.prizes_n != 0;
    return OK;
}

static enum err_code
cancel_voucher(struct db *db, const struct case_of_undo *c, int64_t seq, int64_t at_ms,
               struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_CANCEL);

    stmt_bind_int(s, ":voucher_id", c->voucher_id);
    stmt_bind_int(s, ":seq", seq);
    stmt_bind_int(s, ":now_ms", at_ms);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "the voucher was issued a moment ago");
    if (stock_give_back(db, &c->rules, c->reward.stock_id, c->swap.at_ms, e))
        return e->code;
    return c->stock_id == c->reward.stock_id
               ? OK
               : stock_give_back(db, &c->rules, c->stock_id, c->swap.at_ms, e);
}

static enum err_code
write_undo(struct db *db, const struct swap_undo *in, const struct case_of_undo *c,
           struct swap_undone *out, struct refusal *refusal, struct err *e)
{
    struct reversal reversal = {.seq = in->seq,
                                .staff_id = in->staff_id,
                                .till_id = in->till_id,
                                .shop_id = in->shop_id,
                                .now_ms = in->now_ms};
    struct reversal_result back;

    memcpy(reversal.request_key, in->request_key, REQUEST_KEY_SIZE);
    if (posting_take_back(db, &reversal, &c->swap, 0, &back, refusal, e))
        return e->code;
    assert(refusal->kind == REFUSAL_NONE); /* what left the card comes back whatever it holds */
    *out = (struct swap_undone){
        .seq = back.seq, .amount = back.amount, .voucher_id = c->voucher_id, .card = back.card};
    memcpy(out->mac, back.mac, MAC_SIZE);
    return cancel_voucher(db, c, back.seq, back.at_ms, e) ||
                   audit_write(db, "transfer.reversed", in->staff_id, in->till_id, back.seq,
                               in->now_ms, e)
               ? e->code
               : OK;
}

static enum err_code
judge_undo(struct db *db, const struct swap_undo *in, struct case_of_undo *c,
           struct refusal *refusal, struct err *e)
{
    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (gather_undo(db, in, c, refusal, e))
        return err_wrap(e, "take back swap %" PRId64, in->seq);
    if (refusal->kind == REFUSAL_NONE)
        *refusal = swap_undo_decide(&c->rules, &c->facts, in->now_ms);
    return OK;
}

enum err_code
swap_undo_foresee(struct db *db, const struct swap_undo *in, struct swap_undone *out,
                  struct refusal *refusal, struct err *e)
{
    struct case_of_undo c;

    *out = (struct swap_undone){.seq = 0};
    if (judge_undo(db, in, &c, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    out->amount = c.swap.amount;
    out->voucher_id = c.voucher_id;
    out->card = c.card;
    out->card.balance += c.swap.amount;
    return OK;
}

enum err_code
swap_take_back(struct db *db, const struct swap_undo *in, struct swap_undone *out,
               struct refusal *refusal, struct err *e)
{
    struct case_of_undo c;

    if (judge_undo(db, in, &c, refusal, e))
        return e->code;
    if (refusal->kind == REFUSAL_NONE && write_undo(db, in, &c, out, refusal, e))
        return err_wrap(e, "take back swap %" PRId64, in->seq);
    return OK;
}

/* ---------------------------------------------------------------- what is on offer */

/* Cheapest first; as they stand in the file where they cost the same. */
static void
insert_offer(struct offer *all, size_t n, const struct offer *one)
{
    for (; n > 0 && all[n - 1].reward.price > one->reward.price; n--)
        all[n] = all[n - 1];
    all[n] = *one;
}

static enum err_code
judge_offer(struct db *db, struct case_of_swap *c, int64_t now_ms, struct offer *out, struct err *e)
{
    c->reward = out->reward;
    if (load_facts(db, c, now_ms, e))
        return e->code;
    out->counts = c->facts.counts;
    out->may = swap_decide(&c->rules, &c->reward, &c->facts, now_ms);
    return OK;
}

enum err_code
offers_load(struct db *db, const struct card *card, int64_t now_ms, struct arena *a,
            struct offer **out, size_t *n_out, int64_t *usable_out, struct err *e)
{
    struct case_of_swap c = {.card = *card};
    POSTING posting = {.db = NULL};
    struct catalogue all;

    *out = arena_alloc(a, CATALOGUE_MAX * sizeof(**out));
    *n_out = 0;
    if (*out == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "offers");
    if (plan_load(db, card->plan_id, 0, &c.rules, e) ||
        member_load(db, card->member_id, &c.member, e) ||
        catalogue_load(db, card->plan_id, a, &all, e) ||
        posting_open(&posting, db, card, NULL, now_ms, e) ||
        posting_usable(&posting, usable_out, e))
        return err_wrap(e, "offers of plan %" PRId64, card->plan_id);
    c.facts.usable = *usable_out;
    for (size_t i = 0; i < all.n && *n_out < CATALOGUE_MAX; i++) {
        struct offer one = {.reward = all.reward[i], .prize = &all.reward[i] + 1};

        if (one.reward.price == 0)
            continue;
        if (judge_offer(db, &c, now_ms, &one, e))
            return err_wrap(e, "offers of plan %" PRId64, card->plan_id);
        insert_offer(*out, (*n_out)++, &one);
    }
    return OK;
}

enum err_code
swaps_recent(struct db *db, int64_t card_id, int64_t now_ms, struct swap_recent *out, size_t cap,
             size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_SWAPS_RECENT);
    bool row;

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":since_ms", now_ms - SWAP_UNDO_MS);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    for (*n_out = 0; *n_out < cap; (*n_out)++) {
        struct swap_recent *one = &out[*n_out];

        if (stmt_step(s, &row, e))
            return err_wrap(e, "swaps of card %" PRId64, card_id);
        if (!row)
            break;
        one->seq = stmt_int(s, 0);
        one->voucher_id = stmt_int(s, 1);
        one->amount = stmt_int(s, 2);
        one->until_ms = stmt_int(s, 3) + SWAP_UNDO_MS;
        str_copy(stmt_text(s, 4), one->title, sizeof(one->title));
    }
    return OK;
}
