#include "domain/bonus.h"

#include <inttypes.h>
#include <string.h>

#include "base/entropy.h"
#include "domain/audit.h"
#include "domain/earn_book.h"
#include "domain/earning.h"
#include "domain/lapse.h"
#include "domain/posting.h"
#include "domain/staff.h"
#include "domain/tier.h"

#define BIRTHDAYS_AT_ONCE 64

/* ---------------------------------------------------------------- giving */

static struct transfer
transfer_of(const struct bonus *in)
{
    struct transfer t = {
        .kind = TRANSFER_BONUS,
        .amount = in->units,
        .plan_version = in->rules->version,
        .shop_id = in->shop_id,
        .till_id = in->till_id,
        .staff_id = in->staff_id,
        .cause_seq = in->cause_seq,
    };

    str_copy(str_of(in->reason), t.reason, sizeof(t.reason));
    memcpy(t.request_key, in->request_key, REQUEST_KEY_SIZE);
    return t;
}

static enum err_code
write_bonus(struct posting *posting, const struct bonus *in, const struct rounds *rounds,
            struct bonus_result *out, struct err *e)
{
    struct transfer t = transfer_of(in);

    t.visit_ms = in->now_ms < posting->head.at_ms ? in->now_ms : 0;
    if (posting_add(posting, &t, e) || posting_reach(posting, &t, rounds, out->voucher, e))
        return e->code;
    out->vouchers_n = rounds->steps_n;
    out->rounds = rounds->rounds;
    out->seq = t.seq;
    out->at_ms = t.at_ms;
    memcpy(out->mac, t.mac, MAC_SIZE);
    out->card.balance = posting->place.balance;
    out->card.reached = posting->place.reached;
    out->card.owed = posting->place.owed;
    if (!in->is_told || out->vouchers_n > 0)
        return OK;
    return posting_tell(posting, t.seq, &out->notice_id, e);
}

enum err_code
bonus_give(struct db *db, const struct bonus *in, struct bonus_result *out, struct refusal *refusal,
           struct err *e)
{
    const struct place place = place_of(in->card);
    struct rounds rounds = rounds_of(in->rules, &place, in->units);
    POSTING posting = {.db = NULL};

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    out->card = *in->card;
    out->vouchers_n = 0;
    out->notice_id = 0;
    if (rounds.too_many) {
        refusal->kind = REFUSAL_TOO_MUCH;
        return OK;
    }
    if (posting_open(&posting, db, in->card, in->rules, in->now_ms, e) ||
        write_bonus(&posting, in, &rounds, out, e) ||
        tier_after(db, &out->card, in->rules, out->seq, in->now_ms, e))
        return err_wrap(e, "bonus of card %" PRId64, in->card->id);
    return OK;
}

/* ---------------------------------------------------------------- joining */

enum err_code
bonus_join(struct db *db, const struct card *card, int64_t now_ms, struct err *e)
{
    struct bonus_result result;
    struct plan_rules rules;
    struct join_facts facts;
    struct refusal refusal;
    struct bonus bonus = {.card = card, .rules = &rules, .reason = "join", .now_ms = now_ms};

    if (tier_rules_load(db, card, &rules, e))
        return e->code;
    if (rules.earn.join_units == 0 || rules.earn.joins_at_visit || plan_is_over(&rules, now_ms))
        return OK;
    if (join_facts_load(db, card->id, &facts, e))
        return e->code;
    if (!join_is_due(&rules.earn, &facts, false))
        return OK;
    bonus.units = rules.earn.join_units;
    entropy_fill(bonus.request_key, sizeof(bonus.request_key));
    return bonus_give(db, &bonus, &result, &refusal, e);
}

/* ---------------------------------------------------------------- events */

static enum err_code
judge_event(struct db *db, const struct event_bonus *in, const struct card *card,
            const struct plan_rules *rules, const struct earn_event *event, struct refusal *refusal,
            struct err *e)
{
    struct staff staff = {.id = 0};
    char reason[EARN_REASON_SIZE];
    int64_t last_ms;

    *refusal = (struct refusal){.kind = REFUSAL_NONE};
    event_reason(event, reason);
    if ((in->staff_id != 0 && staff_load(db, in->staff_id, &staff, e)) ||
        bonus_last(db, card->id, reason, &last_ms, e))
        return e->code;
    if (!card->is_active)
        refusal->kind = card->is_merged ? REFUSAL_CARD_MERGED : REFUSAL_CARD_BLOCKED;
    else if (staff.member_id != 0 && staff.member_id == card->member_id)
        refusal->kind = REFUSAL_OWN_CARD;
    else if (plan_is_over(rules, in->now_ms))
        refusal->kind = REFUSAL_PLAN_OVER;
    else if (last_ms != 0 && last_ms >= once_since(rules, event->once, in->now_ms))
        *refusal = (struct refusal){.kind = REFUSAL_BONUS_GIVEN,
                                    .last_ms = last_ms,
                                    .again_ms = once_until(rules, event->once, in->now_ms)};
    return OK;
}

static enum err_code
give_event(struct db *db, const struct event_bonus *in, const struct card *card,
           const struct plan_rules *rules, const struct earn_event *event, struct bonus_result *out,
           struct refusal *refusal, struct err *e)
{
    char reason[EARN_REASON_SIZE];
    struct bonus bonus = {.card = card,
                          .rules = rules,
                          .units = event->units,
                          .reason = reason,
                          .staff_id = in->staff_id,
                          .now_ms = in->now_ms,
                          .is_told = true};

    event_reason(event, reason);
    memcpy(bonus.request_key, in->request_key, REQUEST_KEY_SIZE);
    if (bonus_give(db, &bonus, out, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    return audit_write(db, in->by_operator ? "bonus.by_operator" : "bonus.given", in->staff_id, 0,
                       out->seq, in->now_ms, e);
}

static enum err_code
may_give(struct db *db, const struct event_bonus *in, struct card *card, struct plan_rules *rules,
         const struct earn_event **event_out, struct refusal *refusal, struct err *e)
{
    if (card_load(db, in->card_id, card, e) || tier_rules_load(db, card, rules, e))
        return e->code;
    *event_out = event_by_name(&rules->earn, in->event);
    if (*event_out == NULL)
        return err_field(e, ERR_NOT_FOUND, "event_unknown", "event",
                         "plan %" PRId64 " has no such event", card->plan_id);
    return judge_event(db, in, card, rules, *event_out, refusal, e);
}

enum err_code
bonus_event_may(struct db *db, const struct event_bonus *in, struct plan_rules *rules_out,
                struct refusal *refusal, struct err *e)
{
    const struct earn_event *event;
    struct card card;

    return may_give(db, in, &card, rules_out, &event, refusal, e);
}

enum err_code
bonus_event(struct db *db, const struct event_bonus *in, struct bonus_result *out,
            struct plan_rules *rules_out, struct refusal *refusal, struct err *e)
{
    const struct earn_event *event;
    struct card card;

    if (may_give(db, in, &card, rules_out, &event, refusal, e))
        return e->code;
    if (refusal->kind != REFUSAL_NONE)
        return OK;
    if (lapse_card(db, &card, in->now_ms, e) ||
        give_event(db, in, &card, rules_out, event, out, refusal, e))
        return e->code;
    return OK;
}

enum err_code
bonus_cards(struct db *db, int64_t plan_id, int64_t tier, int64_t after_id, int64_t *card_out,
            size_t max, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_BONUS_CARDS);
    bool row;

    stmt_bind_int(s, ":plan_id", plan_id);
    stmt_bind_int(s, ":tier", tier);
    stmt_bind_int(s, ":after_id", after_id);
    stmt_bind_int(s, ":max", (int64_t)max);
    for (*n_out = 0;; ++*n_out) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "cards of plan %" PRId64, plan_id);
        if (!row)
            return OK;
        card_out[*n_out] = stmt_int(s, 0);
    }
}

/* ---------------------------------------------------------------- birthdays */

static enum err_code
birthday_cards(struct db *db, const struct plan_rules *rules, int64_t now_ms, size_t max,
               int64_t id[BIRTHDAYS_AT_ONCE], size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_BONUS_BIRTHDAYS);
    int64_t today = earn_day(rules, now_ms), month_day = today % 10000, year = today / 10000;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    size_t n = 0;
    bool row;

    stmt_bind_int(s, ":plan_id", rules->plan_id);
    stmt_bind_int(s, ":month_day", month_day);
    stmt_bind_int(s, ":until_day", month_day == 228 && !is_leap ? 229 : month_day);
    stmt_bind_int(s, ":since_ms", once_since(rules, EARN_ONCE_YEAR, now_ms));
    stmt_bind_int(s, ":max", (int64_t)(max < BIRTHDAYS_AT_ONCE ? max : BIRTHDAYS_AT_ONCE));
    for (;; n++) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        id[n] = stmt_int(s, 0);
    }
    *n_out = n;
    return OK;
}

/* One that holds so much that its card overflows gets none: it says so by standing still. */
static enum err_code
give_birthday(struct db *db, const struct plan_rules *rules, int64_t card_id, int64_t now_ms,
              bool *given_out, struct err *e)
{
    struct bonus_result result;
    struct refusal refusal;
    struct card card;
    struct bonus bonus = {.card = &card,
                          .rules = rules,
                          .units = rules->earn.birthday_units,
                          .reason = "birthday",
                          .now_ms = now_ms,
                          .is_told = true};

    entropy_fill(bonus.request_key, sizeof(bonus.request_key));
    if (card_load(db, card_id, &card, e) || lapse_card(db, &card, now_ms, e) ||
        bonus_give(db, &bonus, &result, &refusal, e))
        return e->code;
    *given_out = refusal.kind == REFUSAL_NONE;
    return OK;
}

static enum err_code
birthdays_of_plan(struct db *db, int64_t plan_id, int64_t now_ms, size_t max, size_t *n,
                  struct err *e)
{
    int64_t id[BIRTHDAYS_AT_ONCE];
    struct plan_rules rules;
    size_t cards;

    if (plan_load(db, plan_id, 0, &rules, e))
        return e->code;
    if (rules.earn.birthday_units == 0 || plan_is_over(&rules, now_ms))
        return OK;
    if (birthday_cards(db, &rules, now_ms, max, id, &cards, e))
        return e->code;
    for (size_t i = 0; i < cards; i++) {
        bool given = false;

        if (give_birthday(db, &rules, id[i], now_ms, &given, e))
            return e->code;
        *n += given;
    }
    return OK;
}

enum err_code
bonus_birthdays(struct db *db, int64_t now_ms, size_t max, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_IDS);
    bool row;

    for (*n_out = 0; *n_out < max;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "bonuses on birthdays");
        if (!row)
            break;
        if (birthdays_of_plan(db, stmt_int(s, 0), now_ms, max - *n_out, n_out, e))
            return err_wrap(e, "bonuses on birthdays");
    }
    return OK;
}
