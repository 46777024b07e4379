#include "domain/voucher.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/codec.h"
#include "base/entropy.h"
#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/card.h"
#include "domain/catalogue.h"
#include "domain/chain.h"
#include "domain/keys.h"
#include "domain/member.h"
#include "domain/scan.h"
#include "domain/serving.h"
#include "domain/tier.h"
#include "domain/voucher_row.h"

#define LOCATOR_TRIES 16
#define TOKEN_BYTES (8 + MAC_SIZE) /* when it ends, and the proof */

static const char *const states[] = {[VOUCHER_ISSUED] = "issued",
                                     [VOUCHER_REDEEMED] = "redeemed",
                                     [VOUCHER_EXPIRED] = "expired",
                                     [VOUCHER_CANCELLED] = "cancelled",
                                     [VOUCHER_MOVED] = "moved"};

const char *
voucher_state_name(enum voucher_state state)
{
    return states[state];
}

/* ---------------------------------------------------------------- reading */

enum voucher_state
voucher_state_of(struct str name)
{
    for (int i = VOUCHER_ISSUED; i <= VOUCHER_MOVED; i++)
        if (str_eq(str_of(states[i]), name))
            return (enum voucher_state)i;
    assert(0 && "a state we know");
    return VOUCHER_CANCELLED;
}

static void
voucher_read(const struct stmt *s, struct voucher *out)
{
    bool is_known;

    out->id = stmt_int(s, 0);
    out->card_id = stmt_int(s, 1);
    out->member_id = stmt_int(s, 2);
    out->plan_id = stmt_int(s, 3);
    out->locator = stmt_int(s, 4);
    out->state = voucher_state_of(stmt_text(s, 5));
    str_copy(stmt_text(s, 6), out->title, sizeof(out->title));
    out->issued_ms = stmt_int(s, 7);
    out->expires_ms = stmt_int(s, 8);
    out->closed_ms = stmt_int(s, 9);
    out->is_guests = stmt_int(s, 10) != 0;
    out->held_until_ms = stmt_int(s, 11);
    out->held_till_id = stmt_int(s, 12);
    out->terms_id = stmt_int(s, 13);
    is_known = reward_kind_by_name(stmt_text(s, 14), &out->kind);
    assert(is_known); /* the table's own list */
    (void)is_known;
    out->value = stmt_int(s, 15);
    out->has_terms = stmt_int(s, 16) != 0;
}

enum err_code
voucher_load(struct db *db, int64_t voucher_id, struct voucher *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_LOAD);

    stmt_bind_int(s, ":voucher_id", voucher_id);
    if (stmt_one(s, "voucher", e))
        return err_wrap(e, "load voucher %" PRId64, voucher_id);
    voucher_read(s, out);
    return OK;
}

enum err_code
voucher_by_locator(struct db *db, int64_t locator, struct voucher *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_BY_LOCATOR);

    stmt_bind_int(s, ":locator", locator);
    if (stmt_one(s, "voucher", e))
        return err_wrap(e, "voucher by locator");
    voucher_read(s, out);
    return OK;
}

enum err_code
voucher_list(struct db *db, int64_t card_id, int64_t now_ms, struct voucher *out, size_t cap,
             size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_LIST);
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":cap", (int64_t)cap);
    for (;; n++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "vouchers of card %" PRId64, card_id);
        if (!row || n == cap)
            break;
        voucher_read(s, &out[n]);
    }
    *n_out = n;
    return OK;
}

/* ---------------------------------------------------------------- issuing */

static enum err_code
free_locator(struct db *db, int64_t *out, struct err *e)
{
    for (int i = 0; i < LOCATOR_TRIES; i++) {
        STMT s = db_stmt(db, SQL_VOUCHER_BY_LOCATOR);
        bool is_taken;

        *out = (int64_t)entropy_below(LOCATOR_LIMIT);
        stmt_bind_int(s, ":locator", *out);
        if (stmt_step(s, &is_taken, e))
            return e->code;
        if (!is_taken)
            return OK;
    }
    return err_set(e, ERR_INTERNAL, "locators_full", "no free locator in %d draws", LOCATOR_TRIES);
}

enum err_code
voucher_issue(struct db *db, const struct voucher_new *in, int64_t *id_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_ADD);
    int64_t locator;

    if (free_locator(db, &locator, e))
        return e->code;
    stmt_bind_int(s, ":card_id", in->card_id);
    stmt_bind_int(s, ":reward_id", in->reward_id);
    bind_id(s, ":as_id", in->as_id);
    stmt_bind_int(s, ":locator", locator);
    stmt_bind_int(s, ":cause_seq", in->cause_seq);
    bind_id(s, ":round_seq", in->round_seq);
    stmt_bind_int(s, ":now_ms", in->now_ms);
    stmt_bind_int(s, ":expires_ms", in->expires_ms);
    if (stmt_run(s, e))
        return e->code;
    *id_out = db_last_id(db);
    return OK;
}

enum err_code
voucher_move(struct db *db, int64_t voucher_id, int64_t card_id, int64_t now_ms, struct err *e)
{
    int64_t locator;
    STMT leave = db_stmt(db, SQL_VOUCHER_LEAVE);
    STMT go_on = db_stmt(db, SQL_VOUCHER_GO_ON);

    stmt_bind_int(leave, ":voucher_id", voucher_id);
    stmt_bind_int(leave, ":now_ms", now_ms);
    stmt_bind_int(go_on, ":voucher_id", voucher_id);
    stmt_bind_int(go_on, ":card_id", card_id);
    stmt_bind_int(go_on, ":now_ms", now_ms);
    if (stmt_run(leave, e) || free_locator(db, &locator, e))
        return err_wrap(e, "move voucher %" PRId64, voucher_id);
    stmt_bind_int(go_on, ":locator", locator);
    if (stmt_run(go_on, e))
        return err_wrap(e, "move voucher %" PRId64, voucher_id);
    return OK;
}

/* ---------------------------------------------------------------- redeeming */

struct refusal
voucher_refusal(const struct voucher *voucher, int64_t now_ms)
{
    static const enum refusal_kind kind[] = {[VOUCHER_ISSUED] = REFUSAL_NONE,
                                             [VOUCHER_REDEEMED] = REFUSAL_VOUCHER_REDEEMED,
                                             [VOUCHER_EXPIRED] = REFUSAL_VOUCHER_EXPIRED,
                                             [VOUCHER_CANCELLED] = REFUSAL_VOUCHER_CANCELLED,
                                             [VOUCHER_MOVED] = REFUSAL_CODE_STALE};
    struct refusal refusal = {.kind = kind[voucher->state], .at_ms = voucher->closed_ms};

    if (voucher->state == VOUCHER_ISSUED && voucher->expires_ms <= now_ms)
        refusal = (struct refusal){.kind = REFUSAL_VOUCHER_EXPIRED, .at_ms = voucher->expires_ms};
    if (refusal.kind == REFUSAL_NONE && voucher->is_guests)
        refusal.kind = REFUSAL_GUEST;
    if (refusal.kind == REFUSAL_NONE && voucher->held_until_ms != 0)
        refusal = (struct refusal){.kind = REFUSAL_VOUCHER_HELD,
                                   .again_ms = voucher->held_until_ms,
                                   .till_id = voucher->held_till_id};
    return refusal;
}

enum err_code
voucher_conditions(struct db *db, const struct voucher *voucher, int64_t shop_id, int64_t yen,
                   int64_t now_ms, struct refusal *refusal, struct err *e)
{
    struct reward_facts facts = {.shop_id = shop_id, .yen = yen, .issued_ms = voucher->issued_ms};
    struct plan_rules rules;
    struct member member;
    struct reward reward;
    struct tier_state is;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (!voucher->has_terms)
        return OK;
    if (reward_load(db, voucher->terms_id, &reward, e) ||
        plan_load(db, voucher->plan_id, 0, &rules, e) ||
        member_load(db, voucher->member_id, &member, e))
        return err_wrap(e, "conditions of voucher %" PRId64, voucher->id);
    facts.joined_ms = member.joined_ms;
    if (reward.redeem.least_tier > 0) {
        if (tier_load(db, voucher->card_id, &is, e))
            return err_wrap(e, "conditions of voucher %" PRId64, voucher->id);
        facts.tier = is.tier;
    }
    *refusal = reward_decide(&rules, &reward.redeem, &facts, now_ms);
    return OK;
}

enum err_code
voucher_captured(struct db *db, const struct voucher *voucher, int64_t yen, struct refusal *refusal,
                 struct err *e)
{
    struct reward reward;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (!voucher->has_terms)
        return OK;
    if (reward_load(db, voucher->terms_id, &reward, e))
        return err_wrap(e, "conditions of voucher %" PRId64, voucher->id);
    *refusal = reward_decide_captured(&reward.redeem, yen);
    return OK;
}

static void
token_mac(const struct db *db, int64_t voucher_id, int64_t till_id, int64_t until_ms,
          uint8_t out[MAC_SIZE])
{
    static const uint8_t no_prev[MAC_SIZE];
    struct chain_row row = {.n = 0};

    chain_bytes(&row, "redeem v1", 9);
    chain_int(&row, voucher_id);
    chain_int(&row, till_id);
    chain_int(&row, until_ms);
    chain_mac(keys_of(db)->redeem, no_prev, &row, out);
}

void
voucher_token(const struct db *db, int64_t voucher_id, int64_t till_id, int64_t until_ms,
              char out[VOUCHER_TOKEN_SIZE])
{
    uint8_t bytes[TOKEN_BYTES];

    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)until_ms >> (56 - 8 * i));
    token_mac(db, voucher_id, till_id, until_ms, bytes + 8);
    static_assert(VOUCHER_TOKEN_SIZE == TOKEN_BYTES / 3 * 4 + 1, "24 bytes without padding");
    base64url_encode(bytes, TOKEN_BYTES, out);
}

/* False: it is none of ours; its proof is not looked at. */
static bool
token_read(struct str token, uint8_t bytes[TOKEN_BYTES], int64_t *until_ms_out)
{
    uint64_t until_ms = 0;
    size_t n;

    if (!base64url_decode(token, bytes, TOKEN_BYTES, &n) || n != TOKEN_BYTES)
        return false;
    for (int i = 0; i < 8; i++)
        until_ms = until_ms << 8 | bytes[i];
    *until_ms_out = (int64_t)until_ms;
    return true;
}

static bool
token_is_good(const struct db *db, const struct redemption *in)
{
    uint8_t bytes[TOKEN_BYTES];
    uint8_t mac[MAC_SIZE];
    int64_t until_ms;

    if (!token_read(in->token, bytes, &until_ms))
        return false;
    token_mac(db, in->voucher_id, in->till_id, until_ms, mac);
    return digest_equal(mac, bytes + 8, MAC_SIZE) && in->now_ms <= until_ms;
}

int64_t
voucher_read_ms(const struct redemption *in)
{
    uint8_t bytes[TOKEN_BYTES];
    int64_t until_ms = 0;
    bool is_token = token_read(in->token, bytes, &until_ms);

    assert(is_token); /* it was good */
    (void)is_token;
    return until_ms - SCAN_SESSION_MS;
}

static enum err_code
judge(struct db *db, const struct redemption *in, const struct voucher *voucher,
      struct refusal *refusal, struct err *e)
{
    struct serving serving;
    struct card card;

    if (serving_load(db, in->staff_id, in->till_id, in->shop_id, &serving, e) ||
        card_load(db, voucher->card_id, &card, e))
        return e->code;
    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    if (!token_is_good(db, in))
        refusal->kind = REFUSAL_SCAN_OVER;
    else if (!card.is_active)
        refusal->kind = REFUSAL_CARD_BLOCKED;
    else if (serving.member_id == voucher->member_id)
        refusal->kind = REFUSAL_OWN_CARD;
    else
        *refusal = voucher_refusal(voucher, in->now_ms);
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    return voucher_conditions(db, voucher, in->shop_id, in->yen, in->now_ms, refusal, e);
}

enum err_code
voucher_set_redeemed(struct db *db, const struct redemption *in, int64_t read_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_REDEEM);

    stmt_bind_int(s, ":voucher_id", in->voucher_id);
    stmt_bind_int(s, ":now_ms", in->now_ms);
    stmt_bind_int(s, ":till_id", in->till_id);
    stmt_bind_int(s, ":staff_id", in->staff_id);
    stmt_bind_int(s, ":read_ms", read_ms);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "the voucher was issued a moment ago");
    return audit_write(db, "voucher.redeemed", in->staff_id, in->till_id, in->voucher_id,
                       in->now_ms, e);
}

enum err_code
voucher_may_redeem(struct db *db, const struct redemption *in, struct voucher *out,
                   struct refusal *refusal, struct err *e)
{
    if (voucher_load(db, in->voucher_id, out, e) || judge(db, in, out, refusal, e))
        return err_wrap(e, "redeem voucher %" PRId64, in->voucher_id);
    return OK;
}

enum err_code
voucher_redeem(struct db *db, const struct redemption *in, struct voucher *out,
               struct refusal *refusal, struct err *e)
{
    if (voucher_may_redeem(db, in, out, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (voucher_set_redeemed(db, in, voucher_read_ms(in), e) ||
        voucher_load(db, in->voucher_id, out, e))
        return err_wrap(e, "redeem voucher %" PRId64, in->voucher_id);
    return OK;
}

enum err_code
voucher_redeemed_count(struct db *db, int64_t till_id, int64_t since_ms, int64_t *n_out,
                       struct err *e)
{
    STMT s = db_stmt(db, SQL_VOUCHER_REDEEMED_COUNT);

    stmt_bind_int(s, ":till_id", till_id);
    stmt_bind_int(s, ":since_ms", since_ms);
    if (stmt_one(s, "voucher", e))
        return err_wrap(e, "count redemptions");
    *n_out = stmt_int(s, 0);
    return OK;
}
