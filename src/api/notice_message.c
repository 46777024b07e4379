#include "api/notice_message.h"

#include "api/message_parts.h"
#include "api/wording.h"
#include "base/clock.h"

static const enum message_kind kinds[NOTICE_KINDS] = {
    [NOTICE_GRANT] = MESSAGE_GRANT,
    [NOTICE_ONE_MORE] = MESSAGE_ONE_MORE,
    [NOTICE_VOUCHER] = MESSAGE_VOUCHER,
    [NOTICE_VOUCHER_LAPSE] = MESSAGE_VOUCHER_LAPSE,
    [NOTICE_POINTS_LAPSE] = MESSAGE_POINTS_LAPSE,
    [NOTICE_TIER] = MESSAGE_TIER,
    [NOTICE_BIRTHDAY] = MESSAGE_BIRTHDAY,
    [NOTICE_DORMANT] = MESSAGE_DORMANT,
    [NOTICE_GIFT_TAKEN] = MESSAGE_GIFT_TAKEN,
    [NOTICE_GIFT_BACK] = MESSAGE_GIFT_BACK,
    [NOTICE_STAFF] = MESSAGE_STAFF,
};

static bool
is_about_voucher(const struct notice *n)
{
    return n->kind == NOTICE_VOUCHER || n->kind == NOTICE_VOUCHER_LAPSE;
}

static bool
is_about_end(const struct notice *n)
{
    return is_about_voucher(n) || n->kind == NOTICE_POINTS_LAPSE;
}

/* The last day is the one before the moment it is over. */
static int64_t
date_of(const struct notice *n)
{
    return is_about_end(n) ? n->expires_ms - 1 : n->at_ms;
}

/* Whole days until the last day: 0 is today, by the plan's clock. */
static int
days_left(const struct notice *n, int64_t now_ms)
{
    int64_t offset_ms = n->utc_offset_min * MINUTE_MS;

    return (int)((n->expires_ms - 1 + offset_ms) / DAY_MS - (now_ms + offset_ms) / DAY_MS);
}

/* What waits is named where the bar ends: at the goal. */
static bool
names_reward(const struct notice *n)
{
    return is_about_voucher(n) || n->kind == NOTICE_ONE_MORE || n->next_at == n->goal;
}

enum err_code
notice_message(struct db *db, const struct service *s, struct arena *a, const struct notice *n,
               enum language language, int64_t now_ms, struct message *out, struct err *e)
{
    *out = (struct message){
        .kind = kinds[n->kind],
        .language = wording_language(language),
        .unit = n->is_stamp ? MESSAGE_STAMP : MESSAGE_POINT,
        .plan_name = n->card_id ? n->plan_name : s->shop_title,
        .amount = n->amount,
        .balance = n->balance,
        .goal = n->kind == NOTICE_ONE_MORE ? n->next_at : n->goal,
        .reward_title = names_reward(n) ? n->reward_title : STR(""),
        .shop_name = n->shop_name,
        .date_text = n->kind == NOTICE_BIRTHDAY
                         ? STR("")
                         : date_text(a, language, date_of(n), n->utc_offset_min),
        .days_left = is_about_end(n) ? days_left(n, now_ms) : 0,
        .tier_name = n->kind == NOTICE_TIER ? n->detail : STR(""),
        .text = n->kind == NOTICE_STAFF ? n->detail : STR(""),
        .card_url = card_url_about(s, a, n->plan_id, n->kind),
    };
    if (out->card_url.n == 0)
        return err_set(e, ERR_INTERNAL, "arena_full", "no room for a message");
    return wording_apply(db, a, out, e);
}

/* ---------------------------------------------------------------- several at once */

/* Grants of one card among the notices, from `first` on; taken[] of them becomes true. */
static enum err_code
take_grants(struct teller *t, size_t first, struct message *facts, size_t *n_out, struct err *e)
{
    size_t n = 0;

    for (size_t i = first; i < t->n; i++) {
        const struct notice *notice = t->notices[i];

        if (t->taken[i] || notice->kind != NOTICE_GRANT ||
            notice->card_id != t->notices[first]->card_id)
            continue;
        if (notice_message(t->db, t->service, t->arena, notice, t->language, t->now_ms, &facts[n++],
                           e))
            return e->code;
        t->taken[i] = true;
    }
    *n_out = n;
    return OK;
}

/* The last grant's balance is how things stand. */
static struct message
digest_of(const struct message *facts, size_t n)
{
    struct message m = facts[n - 1];

    m.kind = MESSAGE_DIGEST;
    m.amount = 0;
    for (size_t i = 0; i < n; i++)
        m.amount += facts[i].amount;
    m.facts = facts;
    m.facts_n = n;
    m.own = NULL;
    return m;
}

static enum err_code
tell_grants(struct teller *t, size_t first, struct message *out, struct err *e)
{
    struct message *facts = arena_alloc(t->arena, t->n * sizeof(*facts));
    size_t n = 0;

    if (!facts)
        return err_set(e, ERR_INTERNAL, "arena_full", "no room for a message");
    if (take_grants(t, first, facts, &n, e))
        return e->code;
    *out = n == 1 ? facts[0] : digest_of(facts, n);
    return OK;
}

enum err_code
notice_messages(struct teller *t, struct message *out, size_t max, size_t *n_out, struct err *e)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++)
        t->taken[i] = false;
    for (size_t i = 0; i < t->n && n < max; i++) {
        if (t->taken[i])
            continue;
        if (t->notices[i]->kind == NOTICE_GRANT
                ? tell_grants(t, i, &out[n], e)
                : notice_message(t->db, t->service, t->arena, t->notices[i], t->language, t->now_ms,
                                 &out[n], e))
            return e->code;
        t->taken[i] = true;
        n++;
    }
    *n_out = n;
    return OK;
}
