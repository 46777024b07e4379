/* Rich menus as values: LINE's limits, the name that says what is in one, and LINE's own lists. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "line/menu.h"
#include "line/menu_design.h"
#include "line/menu_words.h"
#include "tests/support/check.h"

#define URL "https://liff.line.me/1234567890-AbcdEfgh/1"
#define ID "richmenu-88c05ef6921ae53f8b58a25f3a65faf7"
#define NAME "stampd-0123456789abcdef0123456789abcdef"

static struct arena *arena;

static int
set_up(void **state)
{
    check_forget_row(state);
    arena = arena_new(32 * MIB);
    return arena == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}
#define MENU_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static struct menu_design
member_design(enum message_language language)
{
    return (struct menu_design){
        .key = STR("member.ja.1.7"),
        .language = language,
        .title = STR("Coffee card"),
        .card_url = STR(URL),
        .unit = MESSAGE_STAMP,
        .is_counted = true,
        .count = 7,
        .goal = 10,
        .rewards_n = 2,
        .reward = {{5, STR("Cookie")}, {10, STR("Coffee")}},
        .tabs_n = 2,
        .tab = {{STR("Coffee"), STR("stampd-m-ja-1")}, {STR("Points"), STR("stampd-m-ja-2")}},
    };
}

static struct menu
small_menu(void)
{
    return (struct menu){
        .width = 800,
        .height = 270,
        .bar_text = STR("Card"),
        .areas_n = 1,
        .area = {{{0, 0, 800, 270}, MENU_OPENS, STR("Open"), STR(URL), STR("")}},
    };
}

/* ---------------------------------------------------------------- limits */

static void
what_line_would_refuse_is_refused_by_name(void **state)
{
    static char long_url[1100] = "https://example.com/";
    const struct menu good = small_menu();
    struct menu bad[16];
    static const char *const wants[][2] = {
        {"menu_size", "size"},
        {"menu_size", "size"},
        {"menu_size", "size"},
        {"menu_text", "chatBarText"},
        {"menu_text", "chatBarText"},
        {"menu_areas", "areas"},
        {"menu_bounds", "areas[0].bounds"},
        {"menu_bounds", "areas[0].bounds"},
        {"menu_bounds", "areas[0].bounds"},
        {"menu_text", "areas[0].label"},
        {"menu_action", "areas[0].action"},
        {"menu_action", "areas[0].action"},
        {"menu_action", "areas[0].action"},
        {"menu_action", "areas[0].action"},
        {"menu_action", "areas[0].action"},
        {"menu_bounds", "areas[0].bounds"},
    };
    struct err e;

    (void)state;
    CHECK_OK(menu_check(&good, &e), e);
    for (size_t i = 0; i < COUNT(bad); i++)
        bad[i] = good;
    memset(long_url + 20, 'a', 1000);
    bad[0].width = 799;
    bad[1].width = 2501;
    bad[2].height = 552; /* 800 / 552 is 1.449 */
    bad[3].bar_text = STR("");
    bad[4].bar_text = STR("123456789012345");
    bad[5].areas_n = 21;
    bad[6].area[0].box.width = 801;
    bad[7].area[0].box.height = 0;
    bad[8].area[0].box.x = -1;
    bad[9].area[0].label = STR("123456789012345678901");
    bad[10].area[0].target = STR("ftp://example.com");
    bad[11].area[0].target = STR("https://example.com/\xe3\x81\x82");
    bad[12].area[0].target = str_of(long_url);
    bad[13].area[0] = (struct menu_area){.box = {0, 0, 1, 1}, .act = MENU_TELLS};
    bad[14].area[0] = (struct menu_area){
        .box = {0, 0, 1, 1}, .act = MENU_TURNS, .target = STR("Tab A"), .data = STR("x")};
    bad[15].area[0].box = (struct menu_box){799, 0, 2147483647, 270};
    for (size_t i = 0; i < COUNT(bad); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(menu_check(&bad[i], &e), e, ERR_INPUT, wants[i][0]);
        CHECK_TEXT(e.field, wants[i][1]);
    }
}

#define FAMILY "👨‍👩‍👧‍👦"
#define SEVEN_FAMILIES FAMILY FAMILY FAMILY FAMILY FAMILY FAMILY FAMILY

static void
text_is_counted_as_people_count_it(void **state)
{
    struct menu menu = small_menu();
    struct err e;

    (void)state;
    /* Fourteen families, each of seven code points; in Thai, marks belong to their letters. */
    CHECK_INT(text_graphemes(STR(FAMILY)), 1);
    CHECK_INT(text_graphemes(STR("ที่นี่")), 2);
    CHECK_INT(text_graphemes(STR("\xff\xff")), 2);
    menu.bar_text = STR(SEVEN_FAMILIES SEVEN_FAMILIES);
    CHECK_OK(menu_check(&menu, &e), e);
}

static void
our_words_fit_in_every_language(void **state)
{
    (void)state;
    for (int l = 0; l < MESSAGE_LANGUAGES; l++) {
        const struct menu_words *w = &menu_words[l];
        const char *const labels[] = {w->open_card, w->ask_balance, w->see_rewards, w->make_card};

        CHECK_ROW(l);
        CHECK_THAT(text_graphemes(str_of(w->bar_text)) <= 14);
        for (size_t i = 0; i < COUNT(labels); i++)
            CHECK_THAT(text_graphemes(str_of(labels[i])) <= 20);
    }
}

static void
a_picture_is_held_against_its_menu(void **state)
{
    char png[64] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x01\x0e";
    const struct menu menu = small_menu();
    char *huge = arena_alloc(arena, MENU_PICTURE_MAX + 1);
    struct err e;

    (void)state;
    CHECK_OK(menu_check_picture(&menu, (struct str){png, sizeof(png)}, &e), e);
    CHECK_FAILS(menu_check_picture(&menu, (struct str){png, 32}, &e), e, ERR_INPUT, "menu_picture");
    CHECK_FAILS(menu_check_picture(&menu, STR("GIF89a"), &e), e, ERR_INPUT, "menu_picture");
    memcpy(huge, png, sizeof(png));
    CHECK_FAILS(menu_check_picture(&menu, (struct str){huge, MENU_PICTURE_MAX + 1}, &e), e,
                ERR_INPUT, "menu_picture");
    png[19] = 1;
    CHECK_FAILS(menu_check_picture(&menu, (struct str){png, sizeof(png)}, &e), e, ERR_INPUT,
                "menu_picture");
}

/* ---------------------------------------------------------------- what we make */

static void
check_golden(const char *name, const char *text)
{
    static char kept[64 * 1024];
    char path[128];
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "tests/golden/%s", name);
    if (getenv("GOLDEN") != NULL) {
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
        return;
    }
    file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s is missing (make golden writes it)", path);
    n = fread(kept, 1, sizeof(kept) - 1, file);
    fclose(file);
    kept[n] = '\0';
    if (strcmp(kept, text) != 0)
        fail_msg("%s differs (make golden rewrites it); now:\n%s", path, text);
}

static void
menus_are_as_the_golden_files_show(void **state)
{
    static const char *const tag[MESSAGE_LANGUAGES] = {"ja", "en", "zh-Hant", "th"};

    (void)state;
    for (int l = 0; l < 2 * MESSAGE_LANGUAGES; l++) {
        struct menu_design design = member_design((enum message_language)(l / 2));
        struct buf text = buf_new(arena, 64 * KIB);
        json_auto_t *json = NULL;
        char file[64], *pretty;
        struct menu menu;
        struct err e;

        CHECK_ROW(l);
        design.is_guest = l % 2 == 1;
        CHECK_OK(menu_design_make(&design, arena, &menu, &e), e);
        menu_write(&text, &menu, NAME);
        CHECK_THAT(!buf_failed(&text));
        json = json_loadb(text.at, text.n, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(json);
        pretty = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        snprintf(file, sizeof(file), "menu_%s_%s.json", design.is_guest ? "guest" : "member",
                 tag[l / 2]);
        check_golden(file, pretty);
        free(pretty);
    }
}

static void
areas_cover_what_they_should_and_never_each_other(void **state)
{
    (void)state;
    for (int kind = 0; kind < 16; kind++) {
        struct menu_design design = member_design(MESSAGE_EN);
        struct menu menu;
        struct err e;

        CHECK_ROW(kind);
        design.is_guest = kind & 1;
        design.tabs_n = kind & 2 ? 4 : 0;
        design.tab[2] = design.tab[3] = design.tab[1];
        design.campaign = kind & 4 ? STR("Winter") : STR("");
        design.tier = kind & 8 ? STR("Gold") : STR("");
        CHECK_OK(menu_design_make(&design, arena, &menu, &e), e);
        CHECK_INT(menu.areas_n, (design.is_guest ? 1 : 4) + (kind & 2 ? 3 : 0));
        for (size_t i = 0; i < menu.areas_n; i++)
            for (size_t j = 0; j < i; j++) {
                const struct menu_box a = menu.area[i].box, b = menu.area[j].box;

                CHECK_THAT(a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height ||
                           b.y >= a.y + a.height);
            }
    }
}

static void
the_name_tells_every_difference_and_nothing_else(void **state)
{
    struct menu_design design = member_design(MESSAGE_JA);
    char first[MENU_NAME_SIZE], again[MENU_NAME_SIZE];
    struct menu menu;
    struct err e;

    (void)state;
    CHECK_OK(menu_design_make(&design, arena, &menu, &e), e);
    CHECK_THAT(menu_name(arena, &menu, STR("picture"), first));
    CHECK_THAT(menu_name(arena, &menu, STR("picture"), again));
    CHECK_TEXT(first, again);
    CHECK_INT(strlen(first), MENU_NAME_SIZE - 1);
    CHECK_THAT(menu_name(arena, &menu, STR("pictures"), again));
    CHECK_THAT(strcmp(first, again) != 0);
    menu.area[0].box.x++;
    CHECK_THAT(menu_name(arena, &menu, STR("picture"), again));
    CHECK_THAT(strcmp(first, again) != 0);
}

static void
the_next_reward_is_the_first_that_is_not_reached(void **state)
{
    struct menu_design design = member_design(MESSAGE_EN);

    (void)state;
    design.count = 0;
    CHECK_INT(menu_next_reward(&design)->at, 5);
    design.count = 4;
    CHECK_INT(menu_next_reward(&design)->at, 5);
    design.count = 5;
    CHECK_INT(menu_next_reward(&design)->at, 10);
    design.count = 10;
    CHECK_INT(menu_next_reward(&design)->at, 10);
    design.rewards_n = 0;
    CHECK_THAT(menu_next_reward(&design) == NULL);
}

/* ---------------------------------------------------------------- what LINE answers */

static void
lists_give_what_is_ours_and_leave_out_what_is_broken(void **state)
{
    struct menu_listed *menus;
    struct menu_alias *aliases;
    char id[MENU_ID_SIZE];
    struct err e;
    size_t n;

    (void)state;
    CHECK_OK(menu_read_list(STR("{\"richmenus\":["
                                "{\"richMenuId\":\"" ID "\",\"name\":\"" NAME "\",\"more\":[1]},"
                                "{\"richMenuId\":\"richmenu-1\",\"name\":\"by hand\"},"
                                "{\"richMenuId\":\"richmenu-2\",\"name\":\"stampd-0123\"},"
                                "{\"richMenuId\":\"../../x\",\"name\":\"" NAME "\"},"
                                "{\"name\":\"" NAME "\"},7]}"),
                            arena, &menus, &n, &e),
             e);
    CHECK_INT(n, 3);
    CHECK_TEXT(menus[0].id, ID);
    CHECK_TEXT(menus[0].name, NAME);
    CHECK_TEXT(menus[1].name, "");
    CHECK_TEXT(menus[2].name, "");
    CHECK_OK(menu_read_aliases(STR("{\"aliases\":[{\"richMenuAliasId\":\"stampd-g-ja\","
                                   "\"richMenuId\":\"" ID "\"},{\"richMenuAliasId\":\"A B\","
                                   "\"richMenuId\":\"" ID "\"}]}"),
                               arena, &aliases, &n, &e),
             e);
    CHECK_INT(n, 1);
    CHECK_TEXT(aliases[0].alias, "stampd-g-ja");
    CHECK_OK(menu_read_id(STR("{\"richMenuId\":\"" ID "\"}"), id, &e), e);
    CHECK_TEXT(id, ID);
}

static void
other_answers_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"richmenus\":{}}",
        "{\"richMenuId\":\"a/b\"}",
        "{\"richMenuId\":7}",
        "{\"richMenuId\":\"" ID "\"} x",
        "{\"richmenus\":[",
        "\xff",
    };
    struct menu_listed *menus;
    char id[MENU_ID_SIZE];
    struct err e;
    size_t n;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(menu_read_list(str_of(bad[i]), arena, &menus, &n, &e), e, ERR_UPSTREAM,
                    "menu_answer");
        CHECK_FAILS(menu_read_id(str_of(bad[i]), id, &e), e, ERR_UPSTREAM, "menu_answer");
    }
}

static void
a_list_of_a_thousand_full_menus_is_read(void **state)
{
    struct buf text = buf_new(arena, MENU_LIST_BYTES_MAX);
    struct menu_listed *menus;
    struct err e;
    size_t n;

    (void)state;
    buf_text(&text, "{\"richmenus\":[");
    for (int i = 0; i < MENU_LISTED_MAX; i++) {
        buf_format(&text,
                   "%s{\"richMenuId\":\"richmenu-%032d\",\"name\":\"stampd-%032d\",\"areas\":[",
                   i ? "," : "", i, i);
        for (int j = 0; j < MENU_AREAS_MAX; j++)
            buf_format(&text,
                       "%s{\"bounds\":{\"x\":0,\"y\":0,\"width\":9,\"height\":9},\"action\":"
                       "{\"type\":\"richmenuswitch\",\"richMenuAliasId\":\"a\",\"data\":\"d\","
                       "\"label\":\"l\"}}",
                       j ? "," : "");
        buf_text(&text, "]}");
    }
    buf_text(&text, "]}");
    CHECK_THAT(!buf_failed(&text));
    CHECK_OK(menu_read_list(buf_str(&text), arena, &menus, &n, &e), e);
    CHECK_INT(n, MENU_LISTED_MAX);
    CHECK_TEXT(menus[999].id, "richmenu-00000000000000000000000000000999");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        MENU_TEST(what_line_would_refuse_is_refused_by_name),
        MENU_TEST(text_is_counted_as_people_count_it),
        MENU_TEST(our_words_fit_in_every_language),
        MENU_TEST(a_picture_is_held_against_its_menu),
        MENU_TEST(menus_are_as_the_golden_files_show),
        MENU_TEST(areas_cover_what_they_should_and_never_each_other),
        MENU_TEST(the_name_tells_every_difference_and_nothing_else),
        MENU_TEST(the_next_reward_is_the_first_that_is_not_reached),
        MENU_TEST(lists_give_what_is_ours_and_leave_out_what_is_broken),
        MENU_TEST(other_answers_are_refused),
        MENU_TEST(a_list_of_a_thousand_full_menus_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
