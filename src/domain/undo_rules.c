#include "domain/undo_rules.h"

#include "domain/rules.h"
#include "domain/spend.h"
#include "domain/staff.h"
#include "domain/swap.h"

struct undo_by
undo_by(const struct serving *serving, int64_t staff_id, int64_t till_id,
        const struct transfer *done, int64_t member_id)
{
    return (struct undo_by){
        .is_manager = serving->role >= MANAGER,
        .is_own_card = serving->member_id == member_id,
        .is_own_shop = serving->staff_shop_id == 0 || done->shop_id == 0 ||
                       serving->staff_shop_id == done->shop_id,
        .is_same_till = done->till_id == till_id,
        .is_same_staff = done->staff_id == staff_id,
    };
}

/* ---------------------------------------------------------------- a transfer */

static bool
is_undone_alone(enum transfer_kind kind)
{
    switch (kind) {
    case TRANSFER_EARN:
    case TRANSFER_LATE:
    case TRANSFER_BONUS:
    case TRANSFER_SPEND:
        return true;
    default:
        return false;
    }
}

static enum refusal_kind
person_may(const struct plan_rules *rules, const struct undo_facts *facts, int64_t now_ms)
{
    const struct undo_by *by = &facts->by;

    if (by->is_own_card)
        return REFUSAL_OWN_CARD;
    if (by->is_manager)
        return by->is_own_shop ? REFUSAL_NONE : REFUSAL_OTHER_TILL;
    if (!by->is_same_till)
        return REFUSAL_OTHER_TILL;
    if (facts->kind == TRANSFER_SPEND && !by->is_same_staff)
        return REFUSAL_MANAGER_NEEDED;
    if (facts->kind == TRANSFER_SPEND)
        return now_ms >= facts->at_ms + SPEND_UNDO_MS ? REFUSAL_TOO_LATE : REFUSAL_NONE;
    return business_day(rules, now_ms).start_ms == business_day(rules, facts->at_ms).start_ms
               ? REFUSAL_NONE
               : REFUSAL_TOO_LATE;
}

enum refusal_kind
undo_decide(const struct plan_rules *rules, const struct undo_facts *facts, int64_t now_ms)
{
    enum refusal_kind person;

    if (!is_undone_alone(facts->kind))
        return REFUSAL_NOT_A_GRANT;
    if (facts->is_reversed)
        return REFUSAL_ALREADY_REVERSED;
    if (facts->is_ended)
        return REFUSAL_CARD_BLOCKED; /* what it had has expired with its member */
    if (facts->is_merged)
        return REFUSAL_CARD_MERGED; /* its units went to another card */
    person = person_may(rules, facts, now_ms);
    /* What a basket holds is released, not undone behind its back. */
    return person == REFUSAL_NONE && facts->is_held ? REFUSAL_HOLD_OPEN : person;
}

/* ---------------------------------------------------------------- a swap */

static struct refusal
voucher_may_go(const struct swap_undo_facts *facts)
{
    static const enum refusal_kind over[] = {
        [VOUCHER_ISSUED] = REFUSAL_NONE,
        [VOUCHER_REDEEMED] = REFUSAL_VOUCHER_REDEEMED,
        [VOUCHER_EXPIRED] = REFUSAL_VOUCHER_EXPIRED,
        [VOUCHER_CANCELLED] = REFUSAL_ALREADY_REVERSED,
        [VOUCHER_MOVED] = REFUSAL_CODE_STALE,
    };

    if (facts->state != VOUCHER_ISSUED)
        return (struct refusal){.kind = over[facts->state], .at_ms = facts->closed_ms};
    if (facts->held_till_id != 0)
        return (struct refusal){.kind = REFUSAL_VOUCHER_HELD,
                                .again_ms = facts->held_until_ms,
                                .till_id = facts->held_till_id};
    return (struct refusal){.kind = facts->is_active ? REFUSAL_NONE : REFUSAL_CARD_BLOCKED};
}

static enum refusal_kind
taker_may(const struct plan_rules *rules, const struct swap_undo_facts *facts, int64_t now_ms)
{
    const struct undo_by *by = &facts->by;

    if (!facts->by_member && by->is_own_card)
        return REFUSAL_OWN_CARD;
    if (!facts->by_member && by->is_manager)
        return by->is_own_shop ? REFUSAL_NONE : REFUSAL_OTHER_TILL;
    if (facts->has_code)
        return REFUSAL_CODE_GIVEN;
    if (facts->was_drawn)
        return REFUSAL_LOT_DRAWN;
    if (facts->by_member)
        return now_ms > facts->at_ms + SWAP_UNDO_MS ? REFUSAL_TOO_LATE : REFUSAL_NONE;
    if (!facts->was_on_phone && !by->is_same_till)
        return REFUSAL_OTHER_TILL;
    return now_ms >= business_day(rules, facts->at_ms).end_ms ? REFUSAL_TOO_LATE : REFUSAL_NONE;
}

struct refusal
swap_undo_decide(const struct plan_rules *rules, const struct swap_undo_facts *facts,
                 int64_t now_ms)
{
    struct refusal refusal = voucher_may_go(facts);

    if (refusal.kind == REFUSAL_NONE)
        refusal.kind = taker_may(rules, facts, now_ms);
    return refusal;
}

/* ---------------------------------------------------------------- a voucher */

struct refusal
cancel_decide(const struct cancel_facts *facts, int64_t now_ms)
{
    struct voucher voucher = facts->voucher;
    struct refusal refusal;

    if (!facts->by.is_manager)
        return (struct refusal){.kind = REFUSAL_MANAGER_NEEDED};
    if (!facts->by.is_own_shop)
        return (struct refusal){.kind = REFUSAL_OTHER_TILL};
    if (facts->by.is_own_card)
        return (struct refusal){.kind = REFUSAL_OWN_CARD};
    voucher.is_guests = false; /* a guest's can be wrong, too */
    refusal = voucher_refusal(&voucher, now_ms);
    if (refusal.kind == REFUSAL_NONE && facts->is_ended)
        refusal.kind = REFUSAL_CARD_BLOCKED;
    else if (refusal.kind == REFUSAL_NONE && facts->is_moved && facts->was_paid)
        refusal.kind = REFUSAL_CARD_MERGED;
    return refusal;
}
