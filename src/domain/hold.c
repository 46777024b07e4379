#include "domain/hold.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/entropy.h"
#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/hold_rules.h"
#include "domain/posting.h"
#include "domain/serving.h"
#include "domain/spend_row.h"
#include "domain/staff.h"
#include "domain/voucher_row.h"

static const char *const states[] = {[HOLD_OPEN] = "open",
                                     [HOLD_CAPTURED] = "captured",
                                     [HOLD_RELEASED] = "released",
                                     [HOLD_OVER] = "over"};
static const char *const acts[] = {[HOLD_CAPTURED] = "hold.captured",
                                   [HOLD_RELEASED] = "hold.released",
                                   [HOLD_OVER] = "hold.over"};
static const char *const reasons[] = {
    [HOLD_CAPTURED] = "capture", [HOLD_RELEASED] = "release", [HOLD_OVER] = "over"};

struct hold {
    int64_t id;
    int64_t card_id;
    int64_t spend_seq; /* 0: of a voucher */
    int64_t voucher_id;
    enum hold_state state;
    int64_t till_id, shop_id;
    int64_t until_ms, closed_ms;
    int64_t points;  /* 0: of a voucher */
    int64_t read_ms; /* of a voucher: when its code was read */
};

/* ---------------------------------------------------------------- reading */

static enum hold_state
state_of(struct str name)
{
    for (int i = HOLD_OPEN; i <= HOLD_OVER; i++)
        if (str_eq(str_of(states[i]), name))
            return (enum hold_state)i;
    assert(0 && "a state we know");
    return HOLD_OVER;
}

static void
hold_read(const struct stmt *s, struct hold *out)
{
    *out = (struct hold){
        .id = stmt_int(s, 0),
        .card_id = stmt_int(s, 1),
        .spend_seq = stmt_int(s, 2),
        .voucher_id = stmt_int(s, 3),
        .state = state_of(stmt_text(s, 4)),
        .till_id = stmt_int(s, 5),
        .until_ms = stmt_int(s, 6),
        .closed_ms = stmt_int(s, 7),
        .points = stmt_int(s, 8),
        .shop_id = stmt_int(s, 9),
        .read_ms = stmt_int(s, 10),
    };
}

static enum err_code
hold_load(struct db *db, int64_t hold_id, struct hold *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_HOLD_LOAD);

    stmt_bind_int(s, ":hold_id", hold_id);
    if (stmt_one(s, "hold", e))
        return e->code;
    hold_read(s, out);
    return OK;
}

/* ---------------------------------------------------------------- beginning */

/* What is held, and by whom; out->until_ms is set. */
static enum err_code
add(struct db *db, const struct hold *what, int64_t staff_id, int64_t now_ms,
    struct hold_result *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_HOLD_ADD);

    stmt_bind_int(s, ":card_id", what->card_id);
    bind_id(s, ":spend_seq", what->spend_seq);
    bind_id(s, ":voucher_id", what->voucher_id);
    if (what->voucher_id != 0)
        stmt_bind_int(s, ":read_ms", what->read_ms);
    stmt_bind_int(s, ":till_id", what->till_id);
    stmt_bind_int(s, ":staff_id", staff_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":until_ms", out->until_ms);
    if (stmt_run(s, e))
        return e->code;
    out->id = db_last_id(db);
    return OK;
}

enum err_code
hold_points(struct db *db, const struct spend *in, int64_t life_ms, struct hold_result *out,
            struct refusal *refusal, struct err *e)
{
    assert(life_ms >= HOLD_MIN_MS && life_ms <= HOLD_MAX_MS);
    out->until_ms = in->now_ms + life_ms;
    if (spend_for(db, in, "hold", &out->spend, refusal, e))
        return err_wrap(e, "hold");
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (add(db,
            &(struct hold){
                .card_id = out->spend.card.id, .spend_seq = out->spend.seq, .till_id = in->till_id},
            in->staff_id, in->now_ms, out, e))
        return err_wrap(e, "hold transfer %" PRId64, out->spend.seq);
    return OK;
}

enum err_code
hold_voucher(struct db *db, const struct redemption *in, int64_t life_ms, struct hold_result *out,
             struct refusal *refusal, struct err *e)
{
    struct redemption judged = *in;

    assert(life_ms >= HOLD_MIN_MS && life_ms <= HOLD_MAX_MS);
    if (judged.yen == 0)
        judged.yen = REWARD_YEN_LATER;
    if (voucher_may_redeem(db, &judged, &out->voucher, refusal, e))
        return err_wrap(e, "hold");
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    out->until_ms = in->now_ms + life_ms;
    if (out->until_ms > out->voucher.expires_ms)
        out->until_ms = out->voucher.expires_ms;
    if (add(db,
            &(struct hold){.card_id = out->voucher.card_id,
                           .voucher_id = in->voucher_id,
                           .till_id = in->till_id,
                           .read_ms = voucher_read_ms(in)},
            in->staff_id, in->now_ms, out, e) ||
        audit_write(db, "voucher.held", in->staff_id, in->till_id, in->voucher_id, in->now_ms, e))
        return err_wrap(e, "hold voucher %" PRId64, in->voucher_id);
    return OK;
}

/* ---------------------------------------------------------------- may it end */

static struct hold_facts
facts_of(const struct hold_end *in, const struct hold *hold, const struct card *card,
         const struct serving *serving)
{
    return (struct hold_facts){
        .state = hold->state,
        .until_ms = hold->until_ms,
        .closed_ms = hold->closed_ms,
        .points = hold->points,
        .is_manager = serving->role >= MANAGER,
        .is_own_shop = serving->staff_shop_id == 0 || serving->staff_shop_id == hold->shop_id,
        .is_same_till = in->till_id == hold->till_id,
        .is_active = card->is_active,
        .is_own_card = serving->member_id == card->member_id,
    };
}

static enum err_code
gather(struct db *db, const struct hold_end *in, struct hold *hold, struct card *card,
       struct hold_facts *facts, struct err *e)
{
    struct serving serving;

    if (hold_load(db, in->hold_id, hold, e) ||
        serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e) ||
        card_load(db, hold->card_id, card, e))
        return e->code;
    *facts = facts_of(in, hold, card, &serving);
    return OK;
}

/* What takes a held voucher back from its basket after all. */
static enum err_code
judge_voucher(struct db *db, const struct hold_end *in, int64_t voucher_id, struct refusal *refusal,
              struct err *e)
{
    struct voucher voucher;

    if (voucher_load(db, voucher_id, &voucher, e))
        return e->code;
    voucher.held_until_ms = 0; /* by this hold */
    *refusal = voucher_refusal(&voucher, in->now_ms);
    return refusal->kind == REFUSAL_NONE ? voucher_captured(db, &voucher, in->yen, refusal, e) : OK;
}

static enum err_code
judge_capture(struct db *db, const struct hold_end *in, const struct hold *hold,
              const struct hold_facts *facts, struct refusal *refusal, struct err *e)
{
    *refusal = hold_end_decide(facts, in->now_ms);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (hold->voucher_id != 0 && in->points != 0)
        return err_field(e, ERR_INPUT, "field_unknown", "points", "a voucher is held");
    if (hold->voucher_id == 0 && in->yen != 0)
        return err_field(e, ERR_INPUT, "field_unknown", "yen", "points are held");
    *refusal = hold_capture_decide(facts, in->points, in->now_ms);
    return refusal->kind == REFUSAL_NONE && hold->voucher_id != 0
               ? judge_voucher(db, in, hold->voucher_id, refusal, e)
               : OK;
}

/* ---------------------------------------------------------------- ending */

/* What an end writes: by whom (0: nobody), and what it leaves. */
struct ending {
    struct hold_end by;
    enum hold_state state;
    int64_t back_seq, kept_seq;
};

static struct transfer
transfer_of(const struct ending *ending, const struct transfer *spend)
{
    struct transfer t = {
        .plan_version = spend->plan_version,
        .shop_id = ending->by.till_id != 0 ? ending->by.shop_id : 0,
        .till_id = ending->by.till_id,
        .staff_id = ending->by.staff_id,
        .cause_seq = spend->seq,
    };

    str_copy(str_of(reasons[ending->state]), t.reason, sizeof(t.reason));
    memcpy(t.request_key, ending->by.request_key, REQUEST_KEY_SIZE);
    return t;
}

static enum err_code
add_back(struct posting *posting, struct ending *ending, const struct transfer *spend,
         struct hold_ended *out, struct err *e)
{
    struct transfer t = transfer_of(ending, spend);

    if (posting_mirror(posting, &t, spend, e))
        return e->code;
    ending->back_seq = t.seq;
    out->seq = t.seq;
    memcpy(out->mac, t.mac, MAC_SIZE);
    return OK;
}

/* A part of the held points stays spent. */
static enum err_code
add_kept(struct posting *posting, struct ending *ending, const struct transfer *spend,
         struct hold_ended *out, struct err *e)
{
    struct transfer t = transfer_of(ending, spend);

    t.kind = TRANSFER_SPEND;
    t.amount = out->points;
    t.scan_id = spend->scan_id;
    t.yen = spend->yen;
    if (posting_add(posting, &t, e))
        return e->code;
    ending->kept_seq = t.seq;
    out->seq = t.seq;
    memcpy(out->mac, t.mac, MAC_SIZE);
    return OK;
}

/* All points come back, and out->points of them stay spent. */
static enum err_code
give_back(struct db *db, const struct hold *hold, const struct card *card, struct ending *ending,
          struct hold_ended *out, struct err *e)
{
    struct transfer spend = {.seq = 0};
    POSTING posting = {.db = NULL};

    if (transfer_by_seq(db, hold->spend_seq, &spend, e))
        return e->code;
    out->back = spend.amount - out->points;
    if (out->back == 0) {
        out->seq = spend.seq;
        memcpy(out->mac, spend.mac, MAC_SIZE);
        return OK;
    }
    if (posting_open(&posting, db, card, NULL, ending->by.now_ms, e) ||
        add_back(&posting, ending, &spend, out, e) ||
        (out->points > 0 && add_kept(&posting, ending, &spend, out, e)) ||
        posting_close(&posting, e))
        return e->code;
    out->balance = posting.place.balance;
    return OK;
}

static enum err_code
close_row(struct db *db, const struct hold *hold, const struct ending *ending, struct err *e)
{
    STMT s = db_stmt(db, SQL_HOLD_CLOSE);

    stmt_bind_int(s, ":hold_id", hold->id);
    stmt_bind_text(s, ":state", str_of(states[ending->state]));
    bind_id(s, ":back_seq", ending->back_seq);
    bind_id(s, ":kept_seq", ending->kept_seq);
    stmt_bind_int(s, ":now_ms", ending->by.now_ms);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "the hold was open a moment ago");
    return audit_write(db, acts[ending->state], ending->by.staff_id, ending->by.till_id, hold->id,
                       ending->by.now_ms, e);
}

/* out->points: what stays spent. */
static enum err_code
end(struct db *db, const struct hold *hold, const struct card *card, struct ending *ending,
    struct hold_ended *out, struct err *e)
{
    struct plan_rules rules;

    if (plan_load(db, card->plan_id, 0, &rules, e))
        return e->code;
    out->card_id = card->id;
    out->member_id = card->member_id;
    out->plan_id = card->plan_id;
    out->voucher_id = hold->voucher_id;
    out->yen = out->points * rules.spend.yen;
    out->balance = card->balance;
    if ((hold->spend_seq != 0 && give_back(db, hold, card, ending, out, e)) ||
        close_row(db, hold, ending, e))
        return err_wrap(e, "hold %" PRId64, hold->id);
    return OK;
}

static enum err_code
redeem_held(struct db *db, const struct hold_end *in, const struct hold *hold, struct err *e)
{
    const struct redemption redemption = {.voucher_id = hold->voucher_id,
                                          .staff_id = in->staff_id,
                                          .till_id = in->till_id,
                                          .shop_id = in->shop_id,
                                          .now_ms = in->now_ms};

    return hold->voucher_id != 0 ? voucher_set_redeemed(db, &redemption, hold->read_ms, e) : OK;
}

enum err_code
hold_capture(struct db *db, const struct hold_end *in, struct hold_ended *out,
             struct refusal *refusal, struct err *e)
{
    struct ending ending = {.by = *in, .state = HOLD_CAPTURED};
    struct hold_facts facts;
    struct hold hold;
    struct card card;

    *out = (struct hold_ended){.seq = 0};
    if (gather(db, in, &hold, &card, &facts, e) || judge_capture(db, in, &hold, &facts, refusal, e))
        return err_wrap(e, "capture hold %" PRId64, in->hold_id);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    out->points = in->points != 0 ? in->points : hold.points;
    if (end(db, &hold, &card, &ending, out, e) || redeem_held(db, in, &hold, e))
        return err_wrap(e, "capture hold %" PRId64, in->hold_id);
    return OK;
}

enum err_code
hold_release(struct db *db, const struct hold_end *in, struct hold_ended *out,
             struct refusal *refusal, struct err *e)
{
    struct ending ending = {.by = *in, .state = HOLD_RELEASED};
    struct hold_facts facts;
    struct hold hold;
    struct card card;

    *out = (struct hold_ended){.seq = 0};
    if (gather(db, in, &hold, &card, &facts, e))
        return err_wrap(e, "release hold %" PRId64, in->hold_id);
    *refusal = hold_end_decide(&facts, in->now_ms);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    return end(db, &hold, &card, &ending, out, e)
               ? err_wrap(e, "release hold %" PRId64, in->hold_id)
               : OK;
}

/* ---------------------------------------------------------------- looked at */

enum err_code
holds_of_card(struct db *db, int64_t card_id, const struct hold_end *by, struct held *out,
              size_t cap, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_HOLDS_OF_CARD);
    const struct card any = {.id = card_id}; /* a release asks nothing of the card */
    struct serving serving = {.role = 0};
    struct hold_facts facts;
    struct hold hold;
    bool row;

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":now_ms", by->now_ms);
    for (*n_out = 0; *n_out < cap; ++*n_out) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "holds of card %" PRId64, card_id);
        if (!row)
            return OK;
        if (*n_out == 0 && serving_load(db, by->staff_id, by->till_id, by->shop_id, &serving, e))
            return err_wrap(e, "holds of card %" PRId64, card_id);
        hold_read(s, &hold);
        facts = facts_of(by, &hold, &any, &serving);
        out[*n_out] = (struct held){
            .id = hold.id,
            .voucher_id = hold.voucher_id,
            .points = hold.points,
            .till_id = hold.till_id,
            .until_ms = hold.until_ms,
            .may_release = hold_end_decide(&facts, by->now_ms).kind == REFUSAL_NONE,
        };
    }
    return OK;
}

/* ---------------------------------------------------------------- by nobody */

/* Those that a statement finds, one after another: what has ended is not found again. */
static enum err_code
end_next(struct db *db, struct stmt *s, enum hold_state state, int64_t now_ms,
         struct hold_ended *out, bool *found_out, struct err *e)
{
    struct ending ending = {.by = {.now_ms = now_ms}, .state = state};
    struct hold hold;
    struct card card;

    *out = (struct hold_ended){.seq = 0};
    if (stmt_step(s, found_out, e))
        return e->code;
    if (!*found_out)
        return OK;
    hold_read(s, &hold);
    entropy_fill(ending.by.request_key, REQUEST_KEY_SIZE); /* nobody asked for it by a key */
    return card_load(db, hold.card_id, &card, e) || end(db, &hold, &card, &ending, out, e) ? e->code
                                                                                           : OK;
}

enum err_code
hold_end_due(struct db *db, int64_t now_ms, int64_t max, struct hold_ended *out, int64_t *n_out,
             struct err *e)
{
    struct hold_ended ended;
    bool found = true;

    for (*n_out = 0; *n_out < max; ++*n_out) {
        STMT s = db_stmt(db, SQL_HOLD_NEXT_DUE);

        stmt_bind_int(s, ":now_ms", now_ms);
        if (end_next(db, s, HOLD_OVER, now_ms, &ended, &found, e))
            return err_wrap(e, "holds that are over");
        if (!found)
            break;
        if (out != NULL)
            out[*n_out] = ended;
    }
    return OK;
}

enum err_code
hold_release_member(struct db *db, int64_t member_id, int64_t now_ms, struct err *e)
{
    struct hold_ended ignored;
    bool found;

    do {
        STMT s = db_stmt(db, SQL_HOLD_NEXT_OF_MEMBER);

        stmt_bind_int(s, ":member_id", member_id);
        if (end_next(db, s, HOLD_RELEASED, now_ms, &ignored, &found, e))
            return err_wrap(e, "what is held of member %" PRId64, member_id);
    } while (found);
    return OK;
}
