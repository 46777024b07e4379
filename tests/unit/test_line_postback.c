/* Postbacks: what we send comes back, and nothing else is heard. */
#include <string.h>

#include "line/postback.h"
#include "tests/support/check.h"

static void
what_we_send_is_read(void **state)
{
    static const struct {
        const char *data;
        enum postback_action action;
        int64_t rule_id;
        const char *menu, *area;
    } row[] = {
        {"action=balance", POSTBACK_BALANCE, 0, "", ""},
        {"action=card", POSTBACK_CARD, 0, "", ""},
        {"action=shops", POSTBACK_SHOPS, 0, "", ""},
        {"action=rule&id=7", POSTBACK_RULE, 7, "", ""},
        {"id=2147483647&action=rule", POSTBACK_RULE, INT32_MAX, "", ""},
        {"action=menu&menu=member%2Fja%2F1%2F7&area=tab2", POSTBACK_MENU, 0, "member/ja/1/7",
         "tab2"},
        {"action=balance&menu=m&area=0", POSTBACK_BALANCE, 0, "m", "0"},
        {"area=3&menu=A_b&id=1&action=rule", POSTBACK_RULE, 1, "A_b", "3"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct postback got;

        CHECK_ROW(i);
        CHECK_THAT(postback_read(str_of(row[i].data), &got));
        CHECK_INT(got.action, row[i].action);
        CHECK_INT(got.rule_id, row[i].rule_id);
        CHECK_TEXT(got.menu, row[i].menu);
        CHECK_STR(got.area, row[i].area);
    }
}

static void
anything_else_is_no_wish_of_ours(void **state)
{
    static const char *const row[] = {
        "",
        "balance",
        "action",
        "action=",
        "action=Balance",
        "action=balance ",
        "action=grant",
        "action=balance&",
        "&action=balance",
        "action=balance&&menu=a&area=1",
        "action=balance&action=balance",
        "action=balance&id=7",
        "action=rule",
        "action=rule&id=",
        "action=rule&id=0",
        "action=rule&id=-1",
        "action=rule&id=2147483648",
        "action=rule&id=7&id=7",
        "action=rule&id=7;DROP",
        "id=7",
        "menu=a",
        "area=1",
        "menu=&area=1",
        "menu=a&area=1",
        "action=menu&menu=a b&area=1",
        "action=menu&menu=%&area=1",
        "action=menu&menu=%2&area=1",
        "action=menu&menu=%2f&area=1",
        "action=menu&menu=%00&area=1",
        "action=menu&menu=a%20b&area=1",
        "action=menu&menu=a&area=A",
        "action=menu&menu=a&area=%31",
        "action=menu&menu=a&area=",
        "action=menu&menu=a&area=123456789012345678901234567890123",
        "action=balance&member=2",
        "=",
        "\xff=\xff",
    };
    struct postback got = {.rule_id = 77};
    char menu[256];

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_THAT(!postback_read(str_of(row[i]), &got));
        CHECK_INT(got.rule_id, 77);
    }
    CHECK_THAT(!postback_read((struct str){"action=card\0", 12}, &got));
    memset(menu, 'a', sizeof(menu));
    memcpy(menu, "area=1&action=menu&menu=", 24);
    CHECK_THAT(!postback_read((struct str){menu, 24 + POSTBACK_MENU_SIZE - 1}, &got));
    CHECK_THAT(postback_read((struct str){menu, 24 + POSTBACK_MENU_SIZE - 2}, &got));
    CHECK_INT(strlen(got.menu), POSTBACK_MENU_SIZE - 2);
}

static void
what_is_written_is_read(void **state)
{
    struct arena *a = arena_new(4 * KIB);
    struct postback got;

    (void)state;
    for (int action = POSTBACK_MENU; action <= POSTBACK_RULE; action++) {
        struct buf b = buf_new(a, 100);

        CHECK_ROW(action);
        postback_write(&b, (enum postback_action)action, 12);
        CHECK_THAT(postback_read(buf_str(&b), &got));
        CHECK_INT(got.action, action);
        CHECK_INT(got.rule_id, action == POSTBACK_RULE ? 12 : 0);
    }
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_we_send_is_read),
        TEST(anything_else_is_no_wish_of_ours),
        TEST(what_is_written_is_read),
    };

    return cmocka_run_group_tests_name("postback", tests, NULL, NULL);
}
