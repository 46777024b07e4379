#include "domain/ladder.h"

#include "base/clock.h"

#define BUDGET_AGAIN_MS HOUR_MS /* LINE's quota is read as often */

static const struct {
    const char *word;
    enum topic topic;
    enum notice_worth worth;
} kinds[NOTICE_KINDS] = {
#define LADDER_KIND_ROW(name, text, about, is_worth)                                               \
    [NOTICE_##name] = {.word = (text), .topic = TOPIC_##about, .worth = WORTH_##is_worth},
    LADDER_KIND_TABLE(LADDER_KIND_ROW)
#undef LADDER_KIND_ROW
};

static const struct {
    const char *word;
    bool is_wanted_at_first;
} topics[TOPICS] = {
    [TOPIC_RECEIPTS] = {"receipts", true},
    [TOPIC_REWARDS] = {"rewards", true},
    [TOPIC_OFFERS] = {"offers", false},
};

static const char *const steps[LADDER_STEPS] = {
    [LADDER_WAIT] = "wait", [LADDER_REPLY] = "reply", [LADDER_MERGE] = "merge",
    [LADDER_PUSH] = "push", [LADDER_KEEP] = "keep",   [LADDER_DROP] = "drop",
};

/* ---------------------------------------------------------------- words */

const char *
notice_kind_word(enum notice_kind kind)
{
    return kinds[kind].word;
}

bool
notice_kind_of(struct str word, enum notice_kind *out)
{
    for (int i = 0; i < NOTICE_KINDS; i++)
        if (str_eq(word, str_of(kinds[i].word))) {
            *out = (enum notice_kind)i;
            return true;
        }
    return false;
}

enum topic
notice_topic(enum notice_kind kind)
{
    return kinds[kind].topic;
}

enum notice_worth
notice_worth(enum notice_kind kind)
{
    return kinds[kind].worth;
}

const char *
topic_word(enum topic topic)
{
    return topics[topic].word;
}

bool
topic_of(struct str word, enum topic *out)
{
    for (int i = 0; i < TOPICS; i++)
        if (str_eq(word, str_of(topics[i].word))) {
            *out = (enum topic)i;
            return true;
        }
    return false;
}

bool
topic_is_wanted_at_first(enum topic topic)
{
    return topics[topic].is_wanted_at_first;
}

const char *
ladder_step_word(enum ladder_step step)
{
    return steps[step];
}

/* ---------------------------------------------------------------- the ladder */

static struct ladder_decision
decided(enum ladder_step step, const char *reason)
{
    return (struct ladder_decision){.step = step, .reason = reason};
}

/* Wait, unless nobody wants to hear it by then. */
static struct ladder_decision
wait_until(const struct ladder_facts *f, int64_t again_ms, const char *reason)
{
    if (again_ms >= f->until_ms)
        return decided(LADDER_KEEP, reason);
    return (struct ladder_decision){.step = LADDER_WAIT, .reason = reason, .again_ms = again_ms};
}

int64_t
ladder_quiet_until(const struct message_policy *p, int64_t now_ms)
{
    int64_t local_ms = now_ms + p->utc_offset_min * MINUTE_MS;
    int64_t in_day_ms = local_ms % DAY_MS;
    int64_t from_ms = p->quiet_from_min * MINUTE_MS;
    int64_t until_ms = p->quiet_until_min * MINUTE_MS;
    int64_t rest_ms;

    if (from_ms <= until_ms ? in_day_ms < from_ms || in_day_ms >= until_ms
                            : in_day_ms < from_ms && in_day_ms >= until_ms)
        return now_ms;
    rest_ms = until_ms - in_day_ms;
    return now_ms + (rest_ms > 0 ? rest_ms : rest_ms + DAY_MS);
}

static bool
may_spend(const struct ladder_facts *f, enum notice_worth worth)
{
    int64_t left = worth >= WORTH_DATED ? f->left_urgent : f->left;

    return left == BUDGET_NONE || left > 0;
}

/* A push is all that is left. */
static struct ladder_decision
decide_push(const struct message_policy *p, const struct ladder_facts *f, enum notice_worth worth,
            int64_t now_ms)
{
    int64_t loud_ms = ladder_quiet_until(p, now_ms);

    if (worth < WORTH_URGENT && loud_ms > now_ms && (worth < WORTH_DATED || loud_ms < f->until_ms))
        return wait_until(f, loud_ms, "quiet_hours");
    if (worth < WORTH_DATED && p->weekly_cap > 0 && f->pushes >= p->weekly_cap)
        return wait_until(f, f->pushes_ms, "weekly_cap");
    if (!may_spend(f, worth))
        return wait_until(f, now_ms + BUDGET_AGAIN_MS, "budget");
    return decided(LADDER_PUSH, kinds[f->kind].word);
}

struct ladder_decision
ladder_decide(const struct message_policy *p, const struct ladder_facts *f, int64_t now_ms)
{
    enum notice_worth worth = kinds[f->kind].worth;

    if (f->is_over)
        return decided(LADDER_DROP, "over");
    if (now_ms >= f->until_ms)
        return decided(LADDER_KEEP, "too_late");
    if (!f->is_wanted)
        return decided(LADDER_KEEP, "not_wanted");
    if (f->has_chance)
        return decided(LADDER_REPLY, "reply_token");
    if (!f->is_friend)
        return decided(LADDER_KEEP, "not_a_friend");
    if (f->has_carrier)
        return decided(LADDER_MERGE, "same_message");
    if (f->kind == NOTICE_GRANT && p->pushes_receipts)
        worth = WORTH_CALM;
    if (worth == WORTH_FREE)
        return (struct ladder_decision){LADDER_WAIT, "free_only", f->until_ms};
    return decide_push(p, f, worth, now_ms);
}
