/* Pictures of rich menus: within LINE's limits, one for every count, and no word beyond its place.
 */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "line/menu_picture.h"
#include "tests/support/check.h"

#define LONG                                                                                                                                     \
    "あのイーハトーヴォのすきとおった風夏でも底に冷たさをもつ青いそらうつくしい森で飾られたモリー" \
    "オ"                                                                                                                                        \
    "市郊外のぎらぎらひかる草の波"

static struct arena *arena;

static int
set_up(void **state)
{
    check_forget_row(state);
    arena = arena_new(256 * MIB);
    return arena == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}
#define PICTURE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static struct menu_design
stamps(int64_t count, int64_t goal)
{
    return (struct menu_design){
        .key = STR("member.ja.1.7"),
        .language = MESSAGE_JA,
        .title = STR("港コーヒー"),
        .card_url = STR("https://liff.line.me/1234567890-AbcdEfgh/1"),
        .unit = MESSAGE_STAMP,
        .is_counted = true,
        .count = count,
        .goal = goal,
        .rewards_n = 1,
        .reward = {{goal, STR("ドリンク1杯無料")}},
    };
}

/* Drawn, and within every limit of LINE's. */
static struct str
draw(const struct menu_design *design)
{
    struct menu menu;
    struct str png;
    struct err e;

    CHECK_OK(menu_design_make(design, arena, &menu, &e), e);
    CHECK_OK(menu_picture_draw(design, arena, &png, &e), e);
    CHECK_OK(menu_check_picture(&menu, png, &e), e);
    return png;
}

/* Its pixels, four bytes each: new (free). */
static uint8_t *
pixels(struct str png)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    uint8_t *out;

    assert_true(png_image_begin_read_from_memory(&image, png.at, png.n));
    image.format = PNG_FORMAT_RGBA;
    CHECK_INT(image.width, MENU_WIDTH);
    CHECK_INT(image.height, MENU_HEIGHT);
    out = malloc(PNG_IMAGE_SIZE(image));
    assert_non_null(out);
    assert_true(png_image_finish_read(&image, NULL, out, 0, NULL));
    return out;
}

static void
every_count_has_a_picture_of_its_own(void **state)
{
    static const int64_t goals[] = {1, 4, 10, 20, 30, 50};

    (void)state;
    for (size_t g = 0; g < COUNT(goals); g++) {
        uint8_t hash[64][SHA256_SIZE];

        CHECK_ROW(goals[g]);
        for (int64_t count = 0; count <= goals[g]; count++) {
            const struct menu_design design = stamps(count, goals[g]);
            struct str png = draw(&design);

            sha256(png.at, png.n, hash[count]);
            for (int64_t i = 0; i < count; i++)
                CHECK_THAT(memcmp(hash[i], hash[count], SHA256_SIZE) != 0);
        }
    }
}

/* Where there is nothing to fill the number stands in the middle, and nothing of a bar or a "0 / 0"
 * below it. */
static void
points_without_a_goal_are_a_number_alone(void **state)
{
    struct menu_design design = stamps(200, 0);
    struct menu_layout layout;
    uint8_t *at, *paper;

    (void)state;
    design.unit = MESSAGE_POINT;
    design.is_at_least = true;
    design.rewards_n = 0;
    at = pixels(draw(&design));
    menu_layout(&design, &layout);
    paper = at + ((size_t)(layout.body.y + 50) * MENU_WIDTH + (size_t)layout.body.x + 50) * 4;
    for (int y = layout.body.y + layout.body.height - 160;
         y < layout.body.y + layout.body.height - 40; y++)
        for (int x = layout.body.x + 40; x < layout.body.x + layout.body.width - 40; x++)
            CHECK_INT(memcmp(at + ((size_t)y * MENU_WIDTH + (size_t)x) * 4, paper, 4), 0);
    free(at);
}

static void
the_same_facts_are_the_same_bytes(void **state)
{
    const struct menu_design design = stamps(3, 10);
    struct str first = draw(&design), again = draw(&design);

    (void)state;
    CHECK_INT(first.n, again.n);
    CHECK_INT(memcmp(first.at, again.at, first.n), 0);
}

static void
each_language_is_drawn_in_its_own_words(void **state)
{
    struct str png[2 * MESSAGE_LANGUAGES];

    (void)state;
    for (int l = 0; l < 2 * MESSAGE_LANGUAGES; l++) {
        struct menu_design design = stamps(3, 10);

        CHECK_ROW(l);
        design.language = (enum message_language)(l / 2);
        design.is_guest = l % 2 == 1;
        png[l] = draw(&design);
        for (int i = 0; i < l; i++)
            CHECK_THAT(png[i].n != png[l].n || memcmp(png[i].at, png[l].at, png[l].n) != 0);
    }
}

/* The colour of each look is that of its band, whatever else the menus show. */
static void
the_look_of_a_tier_is_seen_at_a_glance(void **state)
{
    uint8_t band[MENU_LOOK_BLACK + 1][4];

    (void)state;
    for (int look = MENU_LOOK_USUAL; look <= MENU_LOOK_BLACK; look++) {
        struct menu_design design = stamps(3, 10);
        uint8_t *at;

        CHECK_ROW(look);
        design.look = (enum menu_look)look;
        design.tier = STR("ゴールド");
        at = pixels(draw(&design));
        memcpy(band[look], at + (75 * (size_t)MENU_WIDTH + 10) * 4, 4);
        for (int i = 0; i < look; i++)
            CHECK_THAT(memcmp(band[i], band[look], 4) != 0);
        free(at);
    }
}

/* Its last tile is called after it, and every other menu stays what it was. */
static void
a_tier_has_its_name_and_a_button_of_its_own(void **state)
{
    struct menu_design design = stamps(3, 10);
    struct menu_layout layout;
    uint8_t *usual, *own;
    int band = 0, tile = 0;

    (void)state;
    usual = pixels(draw(&design));
    design.tier = STR("Gold");
    own = pixels(draw(&design));
    menu_layout(&design, &layout);
    for (int y = 0; y < MENU_HEIGHT; y++)
        for (int x = 0; x < MENU_WIDTH; x++) {
            size_t at = ((size_t)y * MENU_WIDTH + (size_t)x) * 4;
            bool is_in_tile = x >= layout.tile[2].x && y >= layout.tile[2].y;

            if (memcmp(usual + at, own + at, 4) == 0)
                continue;
            band += y < layout.band.height;
            tile += is_in_tile;
            CHECK_THAT(y < layout.band.height || is_in_tile);
        }
    CHECK_THAT(band > 1000 && tile > 1000);
    free(usual);
    free(own);
}

static bool
is_in(const struct menu_box *box, int x, int y)
{
    return x >= box->x && x < box->x + box->width && y >= box->y && y < box->y + box->height;
}

/* A text may change what is inside of its own place, and nothing beside it. */
static void
long_names_stay_in_their_places(void **state)
{
    struct menu_design design = stamps(3, 10);
    struct menu_layout layout;
    uint8_t *brief, *full;

    (void)state;
    for (int points = 0; points < 2; points++) {
        int differs = 0;

        CHECK_ROW(points);
        design = stamps(3, points ? 500 : 10);
        design.unit = points ? MESSAGE_POINT : MESSAGE_STAMP;
        design.tier = design.campaign = design.reward[0].title = STR("a");
        design.tabs_n = 2;
        design.tab[0] = design.tab[1] = (struct menu_tab){STR("a"), STR("a")};
        brief = pixels(draw(&design));
        design.title = design.tier = design.campaign = design.reward[0].title = STR(LONG);
        design.tab[0].text = design.tab[1].text = STR(LONG);
        full = pixels(draw(&design));
        menu_layout(&design, &layout);
        for (int y = 0; y < MENU_HEIGHT; y++)
            for (int x = 0; x < MENU_WIDTH; x++) {
                bool may = (is_in(&layout.tab[0], x, y) && x > 10 && x < MENU_WIDTH / 2 - 10) ||
                           (is_in(&layout.tab[1], x, y) && x < MENU_WIDTH - 10 &&
                            x > MENU_WIDTH / 2 + 10) ||
                           (is_in(&layout.band, x, y) && x > 70 && x < MENU_WIDTH - 70) ||
                           (is_in(&layout.campaign, x, y) && x > 70 && x < MENU_WIDTH - 70) ||
                           (is_in(&layout.body, x, y) && x > layout.body.x + 30 &&
                            x < layout.body.x + layout.body.width - 30 &&
                            y > layout.body.y + layout.body.height - 165 &&
                            y < layout.body.y + layout.body.height - 30) ||
                           (is_in(&layout.tile[2], x, y) && x > layout.tile[2].x + 10 &&
                            x < layout.tile[2].x + layout.tile[2].width - 10);
                size_t at = ((size_t)y * MENU_WIDTH + (size_t)x) * 4;
                bool same = memcmp(brief + at, full + at, 4) == 0;

                differs += !same;
                if (!same && !may)
                    fail_msg("a text leaves its place at %d, %d", x, y);
            }
        CHECK_THAT(differs > 1000);
        free(brief);
        free(full);
    }
}

static void
a_character_that_no_font_has_is_told(void **state)
{
    struct menu_design design = stamps(1, 10);
    struct str png;
    struct err e;

    (void)state;
    design.title = STR("Card \xf3\xb0\x80\x80"); /* a private-use character */
    CHECK_FAILS(menu_picture_draw(&design, arena, &png, &e), e, ERR_INPUT, "menu_font");
    CHECK_THAT(strstr(e.text, "fonts-noto-cjk") != NULL);
}

static void
text_that_is_no_utf8_draws_all_the_same(void **state)
{
    struct menu_design design = stamps(1, 10);
    struct str png;
    struct err e;

    (void)state;
    design.title = STR("Card \xff\xfe end");
    CHECK_THAT(menu_picture_draw(&design, arena, &png, &e) == OK ||
               strcmp(e.word, "menu_font") == 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PICTURE_TEST(every_count_has_a_picture_of_its_own),
        PICTURE_TEST(points_without_a_goal_are_a_number_alone),
        PICTURE_TEST(the_same_facts_are_the_same_bytes),
        PICTURE_TEST(each_language_is_drawn_in_its_own_words),
        PICTURE_TEST(the_look_of_a_tier_is_seen_at_a_glance),
        PICTURE_TEST(a_tier_has_its_name_and_a_button_of_its_own),
        PICTURE_TEST(long_names_stay_in_their_places),
        PICTURE_TEST(a_character_that_no_font_has_is_told),
        PICTURE_TEST(text_that_is_no_utf8_draws_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
