#include "api/card_level.h"

#include "api/page_parts.h"
#include "base/clock.h"
#include "domain/tier.h"

static const char *const bys[] = {
    [TIER_BY_VISITS] = "visits",
    [TIER_BY_YEN] = "yen",
    [TIER_BY_EARNED] = "earned",
    [TIER_BY_ROUNDS] = "rounds",
};

enum err_code
card_level_load(struct db *db, const struct card *card, const struct plan_rules *rules,
                int64_t now_ms, struct card_level *out, struct err *e)
{
    struct tier_state is;
    int64_t worth;

    *out = (struct card_level){
        .has_tiers = rules->tier.steps_n > 0,
        .rules = &rules->tier,
        .utc_offset_min = rules->utc_offset_min,
        .day_cut_ms = rules->day_cut_hour * HOUR_MS,
    };
    if (!out->has_tiers)
        return OK;
    if (tier_load(db, card->id, &is, e) || tier_count(db, card, rules, now_ms, &worth, e))
        return e->code;
    out->tier = is.tier;
    out->until_ms = is.until_ms;
    if (is.tier < (int64_t)rules->tier.steps_n)
        out->left = rules->tier.step[is.tier].from - worth;
    if (out->left < 0) /* it was enough once, and rises again with the next visit */
        out->left = 0;
    return OK;
}

static const char *
next_name(const struct card_level *level)
{
    return tier_name(level->rules, level->tier + 1);
}

static int64_t
last_day(const struct card_level *level)
{
    return level->until_ms - 1 - level->day_cut_ms;
}

void
card_level_json(struct buf *b, const struct card_level *level)
{
    if (!level->has_tiers) {
        buf_text(b, "null");
        return;
    }
    buf_text(b, "{\"name\":");
    buf_json(b, str_of(tier_name(level->rules, level->tier)));
    buf_text(b, ",\"last\":");
    if (level->until_ms != 0)
        buf_int(b, last_day(level));
    else
        buf_text(b, "null");
    buf_text(b, ",\"left\":");
    buf_int(b, level->left);
    buf_format(b, ",\"by\":\"%s\",\"next\":", bys[level->rules->by]);
    buf_json(b, str_of(level->left > 0 ? next_name(level) : ""));
    buf_char(b, '}');
}

static void
write_left(struct buf *b, enum language language, const struct card_level *level)
{
    static const enum word words[][2] = {
        [TIER_BY_VISITS] = {WORD_CARD_LEVEL_VISITS_ONE, WORD_CARD_LEVEL_VISITS_OTHER},
        [TIER_BY_YEN] = {WORD_CARD_LEVEL_YEN_ONE, WORD_CARD_LEVEL_YEN_OTHER},
        [TIER_BY_EARNED] = {WORD_CARD_LEVEL_EARNED_ONE, WORD_CARD_LEVEL_EARNED_OTHER},
        [TIER_BY_ROUNDS] = {WORD_CARD_LEVEL_ROUNDS_ONE, WORD_CARD_LEVEL_ROUNDS_OTHER},
    };
    struct page_number n = page_number(level->left);

    page_word(b, language, words[level->rules->by][level->left != 1],
              (struct page_fact[]){{"n", str_of(n.text)}, {"title", str_of(next_name(level))}}, 2);
}

void
card_level_html(struct buf *b, enum language language, const struct card_level *level)
{
    struct buf date = buf_new(b->arena, 64);

    if (!level->has_tiers)
        return;
    buf_text(b, "<section class=\"box\" data-in=\"card\" aria-labelledby=\"h-level\"><div "
                "class=\"box-head\"><h2 id=\"h-level\">");
    part_word(b, language, WORD_CARD_LEVEL);
    buf_text(b, "</h2><p class=\"count\" id=\"level\">");
    buf_xml(b, str_of(tier_name(level->rules, level->tier)));
    buf_text(b, "</p></div><p class=\"level\" id=\"level-until\">");
    if (level->until_ms != 0) {
        page_date(&date, language, last_day(level), (int)level->utc_offset_min);
        page_word(b, language, WORD_CARD_LEVEL_UNTIL, &(struct page_fact){"date", buf_str(&date)},
                  1);
    }
    buf_text(b, "</p><p class=\"level\" id=\"level-left\">");
    if (level->left > 0)
        write_left(b, language, level);
    buf_text(b, "</p></section>");
}
