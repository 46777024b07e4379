#include "line/menu_design.h"

#include "line/menu_words.h"

#define TAB_HEIGHT 128
#define BAND_HEIGHT 150
#define CAMPAIGN_HEIGHT 92
#define TILES_HEIGHT 270
#define MARGIN 28
#define GAP 22
#define TARGET_MAX (2 * KIB)

static void
layout_tiles(struct menu_layout *out)
{
    int width = (MENU_WIDTH - 2 * MARGIN - (MENU_TILES - 1) * GAP) / MENU_TILES;

    for (int i = 0; i < MENU_TILES; i++)
        out->tile[i] = (struct menu_box){MARGIN + i * (width + GAP), MENU_HEIGHT - TILES_HEIGHT,
                                         width, TILES_HEIGHT - MARGIN};
}

void
menu_layout(const struct menu_design *design, struct menu_layout *out)
{
    int tabs_n = (int)design->tabs_n, y = 0;
    int end = MENU_HEIGHT - (design->is_guest ? MARGIN : TILES_HEIGHT + GAP);

    *out = (struct menu_layout){0};
    for (int i = 0; i < tabs_n; i++) {
        int from = MENU_WIDTH * i / tabs_n;

        out->tab[i] = (struct menu_box){from, 0, MENU_WIDTH * (i + 1) / tabs_n - from, TAB_HEIGHT};
    }
    y += tabs_n > 0 ? TAB_HEIGHT : 0;
    out->band = (struct menu_box){0, y, MENU_WIDTH, BAND_HEIGHT};
    y += BAND_HEIGHT;
    if (design->campaign.n > 0) {
        out->campaign = (struct menu_box){0, y, MENU_WIDTH, CAMPAIGN_HEIGHT};
        y += CAMPAIGN_HEIGHT;
    }
    y += MARGIN;
    out->body = (struct menu_box){MARGIN, y, MENU_WIDTH - 2 * MARGIN, end - y};
    if (!design->is_guest)
        layout_tiles(out);
}

const struct menu_reward *
menu_next_reward(const struct menu_design *design)
{
    for (size_t i = 0; i < design->rewards_n; i++)
        if (design->reward[i].at > design->count)
            return &design->reward[i];
    return design->rewards_n > 0 ? &design->reward[design->rewards_n - 1] : NULL;
}

/* ---------------------------------------------------------------- areas */

const char *
menu_place_name(int64_t place)
{
    static const char *const names[MENU_PLACES] = {"progress", "card", "balance", "rewards",
                                                   "tab1",     "tab2", "tab3",    "tab4"};

    return place >= 0 && place < MENU_PLACES ? names[place] : "?";
}

/* `before`, then menu=KEY&area=NUMBER; empty when the arena is full, which menu_check refuses. */
static struct str
marked(struct arena *a, const struct menu_design *design, struct str before, int place)
{
    struct buf b = buf_new(a, TARGET_MAX);

    buf_str_raw(&b, before);
    buf_text(&b, "menu=");
    buf_url(&b, design->key);
    buf_format(&b, "&area=%d", place);
    return buf_failed(&b) ? STR("") : buf_str(&b);
}

static struct menu_area
card_area(struct arena *a, const struct menu_design *design, struct menu_box box,
          enum menu_place place, const char *label)
{
    struct str url = str_of(arena_format(a, "%.*s?", (int)design->card_url.n, design->card_url.at));

    return (struct menu_area){
        .box = box,
        .act = MENU_OPENS,
        .label = str_of(label),
        .target = marked(a, design, url, (int)place),
    };
}

static void
add_tabs(const struct menu_design *design, const struct menu_layout *layout, struct arena *a,
         struct menu *out)
{
    for (size_t i = 0; i < design->tabs_n; i++)
        if (i != design->tab_shown)
            out->area[out->areas_n++] = (struct menu_area){
                .box = layout->tab[i],
                .act = MENU_TURNS,
                .target = design->tab[i].alias,
                .data = marked(a, design, STR("action=menu&"), MENU_PLACE_TAB + (int)i),
            };
}

enum err_code
menu_design_make(const struct menu_design *design, struct arena *a, struct menu *out, struct err *e)
{
    const struct menu_words *words = &menu_words[design->language];
    struct menu_layout layout;
    struct menu_box top;

    menu_layout(design, &layout);
    *out = (struct menu){
        .width = MENU_WIDTH,
        .height = MENU_HEIGHT,
        .is_open = true,
        .bar_text = str_of(words->bar_text),
    };
    add_tabs(design, &layout, a, out);
    /* All between the tabs and the tiles opens the card: nobody has to aim. */
    top = (struct menu_box){0, layout.band.y, MENU_WIDTH,
                            (design->is_guest ? MENU_HEIGHT : layout.tile[0].y) - layout.band.y};
    out->area[out->areas_n++] = card_area(a, design, top, MENU_PLACE_PROGRESS,
                                          design->is_guest ? words->make_card : words->open_card);
    if (!design->is_guest) {
        out->area[out->areas_n++] =
            card_area(a, design, layout.tile[0], MENU_PLACE_CARD, words->open_card);
        out->area[out->areas_n++] = (struct menu_area){
            .box = layout.tile[1],
            .act = MENU_TELLS,
            .label = str_of(words->ask_balance),
            .target = marked(a, design, STR("action=balance&"), MENU_PLACE_BALANCE),
        };
        out->area[out->areas_n++] =
            card_area(a, design, layout.tile[2], MENU_PLACE_REWARDS, words->see_rewards);
    }
    return menu_check(out, e) ? err_wrap(e, "menu %.*s", (int)design->key.n, design->key.at) : OK;
}
