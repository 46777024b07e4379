#include "app/menu_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/message_parts.h"
#include "base/codec.h"
#include "base/digest.h"
#include "line/menu_words.h"

#define ITEM_TEXT_MAX (64 * KIB)

static const enum message_language message_languages[LANGUAGES] = {
    [LANGUAGE_JA] = MESSAGE_JA,
    [LANGUAGE_EN] = MESSAGE_EN,
    [LANGUAGE_ZH_HANT] = MESSAGE_ZH_HANT,
    [LANGUAGE_TH] = MESSAGE_TH,
};

/* What all menus of one language and period share. */
struct series {
    struct menu_plan *plan;
    const struct config *config;
    const struct service *links; /* as far as addresses of cards are made of it */
    struct arena *a;
    enum language language;
    const struct menu_period *period; /* NULL: none */
};

/* ---------------------------------------------------------------- what there is */

static enum err_code
take_languages(const struct config *config, struct menu_plan *out, struct err *e)
{
    struct str rest = str_of(config->menu_languages), tag;

    while (rest.n > 0) {
        enum language language = LANGUAGES;

        if (!str_until(&rest, ',', &tag)) {
            tag = rest;
            rest.n = 0;
        }
        for (int l = 0; l < LANGUAGES; l++)
            if (str_eq(str_trim(tag), str_of(language_tag((enum language)l))))
                language = (enum language)l;
        for (size_t i = 0; i < out->languages_n; i++)
            if (out->language[i] == language)
                language = LANGUAGES;
        if (language == LANGUAGES)
            return err_field(e, ERR_INPUT, "menu_languages", "MENU_LANGUAGES",
                             "MENU_LANGUAGES: ja, en, zh-Hant and th, each once, not \"%.*s\"",
                             (int)tag.n, tag.at);
        out->language[out->languages_n++] = language;
    }
    return OK;
}

static enum err_code
no_memory(struct err *e)
{
    return err_set(e, ERR_INTERNAL, "out_of_memory", "plans of rich menus");
}

/* The highest tier first: menus are made in this order, and while some are still to be made nobody
 * may be shown those of a lower one (menu_find). */
static enum err_code
take_groups(struct arena *a, size_t tab, struct menu_plan *out, struct err *e)
{
    struct plan_rules *plan = &out->rules[tab];
    int64_t tiers = tier_has_menus(&plan->tier) ? (int64_t)plan->tier.steps_n : 0;

    for (int64_t tier = tiers; tier > 0; tier--) {
        struct plan_rules *rules = arena_alloc(a, sizeof(*rules));

        if (!rules)
            return no_memory(e);
        *rules = *plan;
        tier_apply(rules, tier);
        out->group[out->groups_n++] = (struct menu_group){rules, tab, tier, 0};
    }
    out->group[out->groups_n++] = (struct menu_group){plan, tab, 0, 0};
    return OK;
}

static enum err_code
take_steps(const struct config *config, struct arena *a, struct menu_plan *out, struct err *e)
{
    int64_t copies = (int64_t)(out->languages_n * (out->periods_n + 1));
    int64_t tabs = (int64_t)(out->plans_n < MENU_TABS_MAX ? out->plans_n : MENU_TABS_MAX);
    int64_t others = copies * (1 + (tabs > 1 ? tabs : 0));
    int64_t *goals = arena_alloc(a, (out->groups_n + 1) * sizeof(*goals));
    int64_t *steps = arena_alloc(a, (out->groups_n + 1) * sizeof(*steps));

    if (!goals || !steps)
        return no_memory(e);
    for (size_t i = 0; i < out->groups_n; i++)
        goals[i] = out->group[i].rules->goal;
    if (!menu_steps(goals, out->groups_n, copies, MENUS_MOST - others, config->menu_pictures,
                    steps))
        return err_set(e, ERR_CONFLICT, "menus_many",
                       "%zu plans and tiers in %zu languages and %zu periods need more than %d "
                       "menus: name fewer MENU_LANGUAGES",
                       out->groups_n, out->languages_n, out->periods_n, MENUS_MOST);
    for (size_t i = 0; i < out->groups_n; i++)
        out->group[i].step = steps[i];
    return OK;
}

static enum err_code
take_plans(struct db *db, const struct config *config, struct arena *a, struct menu_plan *out,
           struct err *e)
{
    if (plan_list(db, a, &out->rules, &out->plans_n, e))
        return e->code;
    out->group = arena_alloc(a, (out->plans_n + 1) * (1 + TIER_STEPS_MAX) * sizeof(*out->group));
    if (!out->group)
        return no_memory(e);
    for (size_t i = 0; i < out->plans_n; i++)
        if (take_groups(a, i, out, e))
            return e->code;
    return take_steps(config, a, out, e);
}

/* ---------------------------------------------------------------- one menu */

/* "stampd-g-zh-hant", "stampd-m-ja-1", and "-c3" behind in a period. */
static struct str
alias_of(const struct series *s, enum language language, const struct plan_rules *rules)
{
    const char *tag = language == LANGUAGE_ZH_HANT ? "zh-hant" : language_tag(language);
    struct buf b = buf_new(s->a, 128);

    if (rules)
        buf_format(&b, "stampd-m-%s-%" PRId64, tag, rules->plan_id);
    else
        buf_format(&b, "stampd-g-%s", tag);
    if (s->period)
        buf_format(&b, "-c%" PRId64, s->period->id);
    return buf_str(&b);
}

static void
add(const struct series *s, const struct menu_facts *facts, int64_t until_count,
    struct menu_design *design, struct str alias)
{
    struct menu_item *item = &s->plan->item[s->plan->n++];

    menu_key(facts, item->key);
    item->until_count = until_count;
    (void)str_copy(alias, item->alias, sizeof(item->alias));
    design->key = str_of(item->key);
    design->language = message_languages[s->language];
    if (s->period)
        design->campaign = str_of(s->period->title);
    item->design = *design;
}

static struct menu_facts
facts_of(const struct series *s)
{
    return (struct menu_facts){.language = s->language, .period_id = s->period ? s->period->id : 0};
}

static void
add_guest(const struct series *s)
{
    const struct menu_plan *plan = s->plan;
    struct menu_facts facts = facts_of(s);
    struct menu_design design = {
        .is_guest = true,
        .title = str_of(s->config->title),
        .card_url = card_url(s->links, s->a, 0),
        .tabs_n = plan->languages_n > 1 ? plan->languages_n : 0,
    };

    facts.is_guest = true;
    for (size_t i = 0; i < design.tabs_n; i++) {
        enum language language = plan->language[i];

        design.tab[i] = (struct menu_tab){
            .text = str_of(menu_words[message_languages[language]].language_name),
            .alias = alias_of(s, language, NULL),
        };
        if (language == s->language)
            design.tab_shown = i;
    }
    add(s, &facts, 0, &design, design.tabs_n ? alias_of(s, s->language, NULL) : STR(""));
}

static struct menu_design
member_design(const struct series *s, const struct menu_group *g)
{
    static const enum menu_look looks[] = {
        [TIER_LOOK_USUAL] = MENU_LOOK_USUAL,   [TIER_LOOK_BRONZE] = MENU_LOOK_BRONZE,
        [TIER_LOOK_SILVER] = MENU_LOOK_SILVER, [TIER_LOOK_GOLD] = MENU_LOOK_GOLD,
        [TIER_LOOK_BLACK] = MENU_LOOK_BLACK,
    };
    const struct menu_plan *plan = s->plan;
    const struct plan_rules *rules = g->rules;
    struct menu_design design = {
        .title = str_of(rules->name),
        .card_url = card_url(s->links, s->a, rules->plan_id),
        .unit = rules->unit == UNIT_STAMP ? MESSAGE_STAMP : MESSAGE_POINT,
        .goal = rules->goal,
    };

    for (size_t i = 0; i < rules->rewards_n && i < MENU_REWARDS_MAX; i++)
        design.reward[design.rewards_n++] =
            (struct menu_reward){rules->reward[i].at, str_of(rules->reward[i].title)};
    if (g->tier > 0) {
        design.tier = str_of(tier_name(&rules->tier, g->tier));
        design.look = looks[rules->tier.step[g->tier - 1].look];
    }
    if (plan->plans_n < 2 || g->tab >= MENU_TABS_MAX)
        return design;
    for (size_t i = 0; i < plan->plans_n && i < MENU_TABS_MAX; i++)
        design.tab[design.tabs_n++] = (struct menu_tab){
            .text = str_of(plan->rules[i].name),
            .alias = alias_of(s, s->language, &plan->rules[i]),
        };
    design.tab_shown = g->tab;
    design.title = str_of(s->config->title); /* the plan's name stands in the tab */
    return design;
}

/* What a tab turns to, until we have linked the member's own. */
static void
add_tab(const struct series *s, const struct menu_group *g)
{
    struct menu_design design = member_design(s, g);
    struct menu_facts facts = facts_of(s);

    facts.plan_id = g->rules->plan_id;
    facts.count = MENU_COUNT_ANY;
    if (design.tabs_n > 0 && g->tier == 0)
        add(s, &facts, MENU_COUNT_ANY, &design, alias_of(s, s->language, g->rules));
}

/* The i-th picture of a plan; the last is that of the full card, or of more than anybody has. */
static void
add_count(const struct series *s, const struct menu_group *g, int64_t i)
{
    const int64_t goal = g->rules->goal;
    struct menu_design design = member_design(s, g);
    struct menu_facts facts = facts_of(s);
    int64_t from = menu_picture_from(goal, g->step, i), until = MENU_COUNT_MAX;

    if (i >= menu_pictures(goal, g->step))
        return;
    if (i < menu_pictures(goal, g->step) - 1)
        until = menu_picture_from(goal, g->step, i + 1) - 1;
    facts.plan_id = g->rules->plan_id;
    facts.count = from;
    facts.tier = g->tier;
    design.is_counted = true;
    design.count = from;
    design.is_at_least = from < until && (goal == 0 || from < goal);
    add(s, &facts, until, &design, STR(""));
}

/* ---------------------------------------------------------------- all of them */

static void
add_series(struct series *s, const struct menu_period *period)
{
    struct menu_plan *plan = s->plan;
    int64_t pictures_most = 0;

    s->period = period;
    for (size_t l = 0; l < plan->languages_n; l++) {
        s->language = plan->language[l];
        add_guest(s);
        for (size_t g = 0; g < plan->groups_n; g++)
            add_tab(s, &plan->group[g]);
    }
    for (size_t g = 0; g < plan->groups_n; g++) {
        int64_t pictures = menu_pictures(plan->group[g].rules->goal, plan->group[g].step);

        if (pictures > pictures_most)
            pictures_most = pictures;
    }
    for (int64_t i = 0; i < pictures_most; i++)
        for (size_t l = 0; l < plan->languages_n; l++)
            for (size_t g = 0; g < plan->groups_n; g++) {
                s->language = plan->language[l];
                add_count(s, &plan->group[g], i);
            }
}

enum err_code
menu_plan_make(struct db *db, const struct config *config, struct arena *a, int64_t now_ms,
               struct menu_plan *out, struct err *e)
{
    const struct service links = {
        .origin = str_of(config->public_url),
        .liff_id = str_of(config->liff_id ? config->liff_id : ""),
        .liff_url = str_of(config->liff_url),
    };
    struct series s = {.plan = out, .config = config, .links = &links, .a = a};

    *out = (struct menu_plan){0};
    if (take_languages(config, out, e) ||
        menu_periods(db, a, now_ms, &out->period, &out->periods_n, e) ||
        take_plans(db, config, a, out, e))
        return e->code;
    out->item = arena_alloc(a, (MENUS_MOST + 1) * sizeof(*out->item));
    if (!out->item)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "rich menus");
    for (size_t i = 0; i < out->periods_n; i++)
        if (out->period[i].from_ms <= now_ms) { /* what is in force is of use first */
            out->period_now_id = out->period[i].id;
            add_series(&s, &out->period[i]);
        }
    add_series(&s, NULL);
    for (size_t i = 0; i < out->periods_n; i++)
        if (out->period[i].id != out->period_now_id)
            add_series(&s, &out->period[i]);
    return OK;
}

/* ---------------------------------------------------------------- what they show */

static void
write_text(struct buf *b, struct str text)
{
    buf_format(b, "%zu:", text.n);
    buf_str_raw(b, text);
}

static void
write_item(struct buf *b, const struct menu_item *item)
{
    const struct menu_design *d = &item->design;

    write_text(b, str_of(item->key));
    write_text(b, str_of(item->alias));
    write_text(b, d->title);
    write_text(b, d->tier);
    write_text(b, d->campaign);
    write_text(b, d->card_url);
    buf_format(b, "%" PRId64 " %d %d %d %" PRId64 " %d %" PRId64 " %zu ", item->until_count,
               (int)d->look, (int)d->unit, d->is_counted, d->count, d->is_at_least, d->goal,
               d->tab_shown);
    for (size_t i = 0; i < d->rewards_n; i++) {
        buf_format(b, "%" PRId64 " ", d->reward[i].at);
        write_text(b, d->reward[i].title);
    }
    for (size_t i = 0; i < d->tabs_n; i++) {
        write_text(b, d->tab[i].text);
        write_text(b, d->tab[i].alias);
    }
}

enum err_code
menu_plan_digest(const struct menu_plan *plan, char out[MENU_DIGEST_SIZE], struct err *e)
{
    struct arena *a = arena_new(2 * ITEM_TEXT_MAX);
    uint8_t hash[SHA256_SIZE] = {0}; /* of each item and the hash of those before it */
    struct buf b;
    bool failed;

    if (!a)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "rich menus");
    b = buf_new(a, ITEM_TEXT_MAX);
    for (size_t i = 0; i < plan->n; i++) {
        b.n = 0;
        buf_bytes(&b, hash, sizeof(hash));
        write_item(&b, &plan->item[i]);
        sha256(b.at, b.n, hash);
    }
    failed = buf_failed(&b);
    arena_free(a);
    hex_encode(hash, sizeof(hash), out);
    return failed ? err_set(e, ERR_INTERNAL, "out_of_memory", "rich menus") : OK;
}

const struct menu_item *
menu_plan_guest(const struct menu_plan *plan)
{
    return plan->n ? &plan->item[0] : NULL;
}
