#include "domain/plan_loss.h"

#include <string.h>

static const char *const names[LOSS_KINDS] = {
    [LOSS_GOAL_RAISED] = "goal_raised",
    [LOSS_REWARD_REMOVED] = "reward_removed",
    [LOSS_REWARD_LATER] = "reward_later",
    [LOSS_WORTH_LESS] = "worth_less",
};

const char *
loss_name(enum loss_kind kind)
{
    return names[kind];
}

bool
loss_by_name(struct str name, enum loss_kind *out)
{
    int i = str_index(name, names, LOSS_KINDS);

    if (i >= 0)
        *out = (enum loss_kind)i;
    return i >= 0;
}

/* The first place at which a reward of that title is reached; 0: none. A card may hold the same
 * reward at two places: the i-th of them is held against the i-th. */
static int64_t
place_of(const struct plan_rules *rules, const char *title, size_t nth)
{
    for (size_t i = 0; i < rules->rewards_n; i++)
        if (strcmp(rules->reward[i].title, title) == 0 && nth-- == 0)
            return rules->reward[i].at;
    return 0;
}

static size_t
titles_before(const struct plan_rules *rules, size_t reward)
{
    size_t n = 0;

    for (size_t i = 0; i < reward; i++)
        n += strcmp(rules->reward[i].title, rules->reward[reward].title) == 0;
    return n;
}

size_t
plan_losses(const struct plan_rules *was, const struct plan_rules *is, struct loss out[LOSSES_MAX])
{
    size_t n = 0;

    if (was->goal > 0 && is->goal > was->goal)
        out[n++] = (struct loss){.kind = LOSS_GOAL_RAISED,
                                 .was = was->goal,
                                 .is = is->goal,
                                 .below = INT64_MAX,
                                 .title = ""};
    if (is->spend.yen < was->spend.yen)
        out[n++] = (struct loss){.kind = LOSS_WORTH_LESS,
                                 .was = was->spend.yen,
                                 .is = is->spend.yen,
                                 .below = INT64_MAX,
                                 .title = ""};
    for (size_t i = 0; i < was->rewards_n; i++) {
        const struct plan_reward *reward = &was->reward[i];
        int64_t at = place_of(is, reward->title, titles_before(was, i));

        if (at > was->goal && at == is->goal && reward->at == was->goal)
            continue; /* it went with the goal, which is told already */
        if (at == 0 || at > reward->at)
            out[n++] = (struct loss){.kind = at == 0 ? LOSS_REWARD_REMOVED : LOSS_REWARD_LATER,
                                     .was = reward->at,
                                     .is = at,
                                     .below = reward->at,
                                     .title = reward->title};
    }
    return n;
}
