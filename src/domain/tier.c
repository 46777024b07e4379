#include "domain/tier.h"

#include <inttypes.h>

#include "base/clock.h"
#include "domain/bind.h"
#include "domain/keys.h"
#include "domain/ladder.h"
#include "domain/notice_row.h"
#include "domain/sealed.h"

#define CARDS_AT_ONCE 256
#define TOLD_FOR_MS (14 * DAY_MS)

struct change {
    int64_t card_id;
    int64_t number;
    int64_t before, after;
    int64_t plan_version;
    int64_t worth;
    const char *cause;
    int64_t seq; /* the transfer that brought it about; 0: time did */
    int64_t until_ms;
    int64_t now_ms;
};

/* ---------------------------------------------------------------- reading */

enum err_code
tier_load(struct db *db, int64_t card_id, struct tier_state *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TIER_LOAD);
    bool row;

    *out = (struct tier_state){.tier = 0};
    stmt_bind_int(s, ":card_id", card_id);
    if (stmt_step(s, &row, e))
        return err_wrap(e, "tier of card %" PRId64, card_id);
    if (row)
        *out = (struct tier_state){.tier = stmt_int(s, 0), .until_ms = stmt_int(s, 1)};
    return OK;
}

/* A later version may have fewer tiers than the card has risen to. */
static int64_t
tier_within(const struct plan_rules *rules, int64_t tier)
{
    return tier < (int64_t)rules->tier.steps_n ? tier : (int64_t)rules->tier.steps_n;
}

static enum err_code
apply(struct db *db, const struct card *card, struct plan_rules *rules, struct err *e)
{
    struct tier_state is;

    if (rules->tier.steps_n == 0)
        return OK;
    if (tier_load(db, card->id, &is, e))
        return e->code;
    tier_apply(rules, tier_within(rules, is.tier));
    return OK;
}

enum err_code
tier_rules_load(struct db *db, const struct card *card, struct plan_rules *out, struct err *e)
{
    return plan_load(db, card->plan_id, 0, out, e) || apply(db, card, out, e) ? e->code : OK;
}

enum err_code
tier_rules_at(struct db *db, const struct card *card, int64_t visit_ms, struct plan_rules *out,
              struct err *e)
{
    return plan_load_at(db, card->plan_id, visit_ms, out, e) || apply(db, card, out, e) ? e->code
                                                                                        : OK;
}

enum err_code
tier_count(struct db *db, const struct card *card, const struct plan_rules *rules, int64_t now_ms,
           int64_t *worth_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TIER_COUNT);
    struct tier_count count;

    stmt_bind_int(s, ":card_id", card->id);
    stmt_bind_int(s, ":since_ms", tier_since(rules, now_ms));
    if (stmt_one(s, "count", e))
        return err_wrap(e, "what counts for card %" PRId64, card->id);
    count = (struct tier_count){
        .visits = stmt_int(s, 0),
        .yen = stmt_int(s, 1),
        .earned = stmt_int(s, 2),
        .rounds = stmt_int(s, 3),
    };
    *worth_out = tier_worth(&rules->tier, &count);
    return OK;
}

/* ---------------------------------------------------------------- writing */

struct last {
    int64_t number; /* 0: there was none */
    int64_t before; /* the tier before it */
    int64_t at_ms;
};

static enum err_code
last_change(struct db *db, int64_t card_id, struct last *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TIER_LAST);
    bool row;

    *out = (struct last){.number = 0};
    stmt_bind_int(s, ":card_id", card_id);
    if (stmt_step(s, &row, e))
        return e->code;
    if (row)
        *out = (struct last){
            .number = stmt_int(s, 0), .before = stmt_int(s, 1), .at_ms = stmt_int(s, 2)};
    return OK;
}

static enum err_code
add_change(struct db *db, struct change *c, struct err *e)
{
    STMT s = db_stmt(db, SQL_TIER_CHANGE_ADD);
    struct last last;

    if (last_change(db, c->card_id, &last, e))
        return e->code;
    c->number = last.number + 1;
    stmt_bind_int(s, ":card_id", c->card_id);
    stmt_bind_int(s, ":number", c->number);
    stmt_bind_int(s, ":tier_before", c->before);
    stmt_bind_int(s, ":tier", c->after);
    stmt_bind_int(s, ":plan_version", c->plan_version);
    stmt_bind_int(s, ":worth", c->worth);
    stmt_bind_text(s, ":cause", str_of(c->cause));
    bind_id(s, ":seq", c->seq);
    stmt_bind_int(s, ":now_ms", c->now_ms);
    return stmt_run(s, e);
}

static enum err_code
set_state(struct db *db, int64_t card_id, int64_t tier, int64_t until_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_TIER_SET);

    stmt_bind_int(s, ":card_id", card_id);
    stmt_bind_int(s, ":tier", tier);
    bind_id(s, ":until_ms", until_ms);
    return stmt_run(s, e);
}

static enum err_code
tell(struct db *db, const struct card *card, const struct change *c, const char *name,
     struct err *e)
{
    char place[NOTICE_PLACE_SIZE];
    SEALED detail = {0};
    STMT s = db_stmt(db, SQL_NOTICE_MAKE);

    if (sealed_init(&detail, keys_of(db)->outbox, str_of(name),
                    notice_place(card->member_id, NOTICE_TIER, c->number, place), e))
        return e->code;
    stmt_bind_int(s, ":member_id", card->member_id);
    stmt_bind_int(s, ":card_id", card->id);
    stmt_bind_text(s, ":kind", str_of(notice_kind_word(NOTICE_TIER)));
    stmt_bind_int(s, ":occasion", c->number);
    stmt_bind_int(s, ":until_ms", c->now_ms + TOLD_FOR_MS);
    stmt_bind_int(s, ":now_ms", c->now_ms);
    sealed_bind(s, ":detail", &detail);
    return stmt_run(s, e);
}

static enum err_code
write(struct db *db, const struct card *card, const struct plan_rules *rules, struct change *c,
      struct err *e)
{
    const char *name = tier_name(&rules->tier, c->after);

    c->card_id = card->id;
    c->plan_version = rules->version;
    if (add_change(db, c, e) || set_state(db, card->id, c->after, c->until_ms, e))
        return err_wrap(e, "tier of card %" PRId64, card->id);
    return c->after != c->before && name[0] != '\0' && card->is_active ? tell(db, card, c, name, e)
                                                                       : OK;
}

/* ---------------------------------------------------------------- what time and transfers do */

static enum err_code
look(struct db *db, const struct card *card, const struct plan_rules *rules, int64_t seq,
     int64_t now_ms, struct err *e)
{
    static const char *const causes[] = {
        [TIER_RISES] = "rise", [TIER_KEPT] = "keep", [TIER_FALLS] = "fall"};
    struct tier_state is, now;
    enum tier_cause cause;
    int64_t worth;

    if (tier_load(db, card->id, &is, e) || tier_count(db, card, rules, now_ms, &worth, e))
        return e->code;
    cause = tier_decide(rules, &is, worth, now_ms, &now);
    if (cause == TIER_STAYS)
        return OK;
    return write(db, card, rules,
                 &(struct change){.before = is.tier,
                                  .after = now.tier,
                                  .worth = worth,
                                  .cause = causes[cause],
                                  .seq = seq,
                                  .until_ms = now.until_ms,
                                  .now_ms = now_ms},
                 e);
}

enum err_code
tier_after(struct db *db, const struct card *card, const struct plan_rules *rules, int64_t seq,
           int64_t now_ms, struct err *e)
{
    return rules->tier.steps_n == 0 ? OK : look(db, card, rules, seq, now_ms, e);
}

enum err_code
tier_after_undo(struct db *db, const struct card *card, int64_t seq, int64_t now_ms, struct err *e)
{
    struct plan_rules rules;
    struct tier_state is;
    struct last last;
    int64_t worth, after;

    if (plan_load(db, card->plan_id, 0, &rules, e))
        return e->code;
    if (rules.tier.steps_n == 0)
        return OK;
    /* Of the months that counted at the rise: what has grown old since carried it, too. */
    if (tier_load(db, card->id, &is, e) || last_change(db, card->id, &last, e) ||
        tier_count(db, card, &rules, last.at_ms, &worth, e))
        return e->code;
    after = last.before < is.tier ? tier_undone(&rules.tier, is.tier, last.before, worth) : is.tier;
    if (after == is.tier)
        return OK;
    return write(db, card, &rules,
                 &(struct change){.before = is.tier,
                                  .after = after,
                                  .worth = worth,
                                  .cause = "undo",
                                  .seq = seq,
                                  .until_ms = after == 0 ? 0 : is.until_ms,
                                  .now_ms = now_ms},
                 e);
}

enum err_code
tier_merge(struct db *db, const struct card *from, const struct card *into, int64_t now_ms,
           struct err *e)
{
    struct plan_rules rules;
    struct tier_state a, b;

    if (plan_load(db, into->plan_id, 0, &rules, e) || tier_load(db, from->id, &a, e) ||
        tier_load(db, into->id, &b, e))
        return e->code;
    if (a.tier <= b.tier)
        return OK;
    return write(db, into, &rules,
                 &(struct change){.before = b.tier,
                                  .after = a.tier,
                                  .cause = "merge",
                                  .until_ms = a.until_ms,
                                  .now_ms = now_ms},
                 e);
}

static enum err_code
cards_due(struct db *db, int64_t now_ms, int64_t cap, int64_t id[CARDS_AT_ONCE], size_t *n_out,
          struct err *e)
{
    STMT s = db_stmt(db, SQL_TIERS_DUE);

    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":cap", cap);
    return read_ids(s, id, CARDS_AT_ONCE, n_out, e);
}

/* A plan that has no tiers any more lets them be what they were. */
static enum err_code
look_anew(struct db *db, int64_t card_id, int64_t now_ms, struct err *e)
{
    struct plan_rules rules;
    struct tier_state is;
    struct card card;

    if (card_load(db, card_id, &card, e) || plan_load(db, card.plan_id, 0, &rules, e) ||
        tier_load(db, card_id, &is, e))
        return e->code;
    return rules.tier.steps_n > 0 ? look(db, &card, &rules, 0, now_ms, e)
                                  : set_state(db, card_id, is.tier, 0, e);
}

enum err_code
tier_run(struct db *db, int64_t now_ms, int64_t max, bool *done_out, struct err *e)
{
    int64_t id[CARDS_AT_ONCE];
    int64_t cap = max < CARDS_AT_ONCE ? max : CARDS_AT_ONCE;
    size_t n;

    if (cards_due(db, now_ms, cap, id, &n, e))
        return err_wrap(e, "tiers whose time is over");
    for (size_t i = 0; i < n; i++)
        if (look_anew(db, id[i], now_ms, e))
            return err_wrap(e, "tiers whose time is over");
    *done_out = (int64_t)n < cap;
    return OK;
}
