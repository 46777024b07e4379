/*
 * Rich menus, from the upload to the phone.
 */
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#include <stdio.h>
#include <string.h>

#define MENU                                                                                       \
    "{\"size\":{\"width\":1200,\"height\":405},\"selected\":true,\"name\":\"m\",\"chatBarText\":"  \
    "\"Menu\",\"areas\":[{\"bounds\":{\"x\":0,\"y\":0,\"width\":400,\"height\":405},\"action\":"   \
    "{\"type\":\"postback\",\"data\":\"action=balance\"}}]}"

static struct sim_peer p;

static int
start(void **state)
{
    (void)state;
    sim_peer_start(&p, NULL);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    sim_peer_stop(&p);
    return 0;
}

static const char *
create(void)
{
    static char id[64];

    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu", p.token, MENU), 200);
    str_copy(str_of(sim_peer_text(&p, "/richMenuId")), id, sizeof(id));
    CHECK_THAT(str_starts(str_of(id), STR("richmenu-")));
    return id;
}

static int
call(const char *method, const char *format, const char *a, const char *type, const char *body)
{
    char path[256], token[2200], content[64];
    const char *headers[] = {token, content, NULL};

    snprintf(path, sizeof(path), "%s%s%s", format, a, strcmp(type, "image/png") ? "" : "/content");
    snprintf(token, sizeof(token), "Authorization: Bearer %s", p.token);
    snprintf(content, sizeof(content), "Content-Type: %s", type);
    return sim_peer_call(&p, method, path, headers, body);
}

static void
menus_that_lack_something_are_refused(void **state)
{
    static const struct {
        const char *menu, *property;
    } row[] = {
        {"{}", "size"},
        {"{\"size\":{\"width\":800,\"height\":800},\"selected\":true,\"name\":\"m\","
         "\"chatBarText\":\"M\",\"areas\":[]}",
         "size"},
        {"{\"size\":{\"width\":800,\"height\":270},\"selected\":true,\"name\":\"m\","
         "\"chatBarText\":\"123456789012345\",\"areas\":[]}",
         "chatBarText"},
        {"{\"size\":{\"width\":800,\"height\":270},\"selected\":true,\"name\":\"m\","
         "\"chatBarText\":\"M\",\"areas\":[{\"bounds\":{\"x\":0,\"y\":0,\"width\":1,\"height\":1},"
         "\"action\":{\"type\":\"camera\"}}]}",
         "areas[0].action.type"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu/validate", p.token, row[i].menu), 400);
        CHECK_TEXT(sim_peer_text(&p, "/details/0/property"), row[i].property);
    }
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu/validate", p.token, MENU), 200);
}

static void
menu_needs_its_picture_before_anybody_sees_it(void **state)
{
    char path[128];
    const char *id = create();

    (void)state;
    CHECK_INT(call("POST", "/v2/bot/user/all/richmenu/", id, "", NULL), 400);
    CHECK_INT(call("POST", "/v2/bot/richmenu/", id, "image/png", "GIF89a"), 400);
    CHECK_INT(call("POST", "/v2/bot/richmenu/", id, "image/png", "\x89PNG\r\n\x1a\nx"), 200);
    CHECK_INT(call("POST", "/v2/bot/richmenu/", id, "image/png", "\x89PNG\r\n\x1a\nx"), 400);
    CHECK_INT(call("POST", "/v2/bot/user/all/richmenu/", id, "", NULL), 200);
    CHECK_INT(sim_peer_get(&p, "/sim/talk?person=1", NULL), 200);
    CHECK_TEXT(sim_peer_text(&p, "/menu/richMenuId"), id);
    snprintf(path, sizeof(path), "/sim/menu/%s", id);
    CHECK_INT(sim_peer_get(&p, path, NULL), 200);
    CHECK_THAT(str_starts(str_of(p.text), STR("\x89PNG")));
}

static void
persons_own_menu_comes_before_everybodys(void **state)
{
    char common[64], own[64], path[128];

    (void)state;
    str_copy(str_of(create()), common, sizeof(common));
    CHECK_INT(call("POST", "/v2/bot/richmenu/", common, "image/png", "\x89PNG\r\n\x1a\nx"), 200);
    CHECK_INT(call("POST", "/v2/bot/user/all/richmenu/", common, "", NULL), 200);
    str_copy(str_of(create()), own, sizeof(own));
    CHECK_INT(call("POST", "/v2/bot/richmenu/", own, "image/png", "\x89PNG\r\n\x1a\nx"), 200);
    snprintf(path, sizeof(path), "/v2/bot/user/%s/richmenu/", sim_peer_user(2));
    CHECK_INT(call("POST", path, own, "", NULL), 200);
    CHECK_INT(sim_peer_get(&p, "/sim/talk?person=2", NULL), 200);
    CHECK_TEXT(sim_peer_text(&p, "/menu/richMenuId"), own);
    CHECK_INT(sim_peer_get(&p, "/sim/talk?person=1", NULL), 200);
    CHECK_TEXT(sim_peer_text(&p, "/menu/richMenuId"), common);
    CHECK_INT(call("DELETE", "/v2/bot/richmenu/", own, "", NULL), 200);
    CHECK_INT(sim_peer_get(&p, "/sim/talk?person=2", NULL), 200);
    CHECK_TEXT(sim_peer_text(&p, "/menu/richMenuId"), common);
}

static void
alias_leads_to_a_menu_and_is_unique(void **state)
{
    char body[160];
    const char *id = create();

    (void)state;
    CHECK_INT(call("POST", "/v2/bot/richmenu/", id, "image/png", "\x89PNG\r\n\x1a\nx"), 200);
    snprintf(body, sizeof(body), "{\"richMenuAliasId\":\"tab-a\",\"richMenuId\":\"%s\"}", id);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu/alias", p.token, body), 200);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu/alias", p.token, body), 400);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/richmenu/alias/tab-a", p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/richMenuId"), id);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/richmenu/alias/list", p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/aliases/0/richMenuAliasId"), "tab-a");
    CHECK_INT(call("DELETE", "/v2/bot/richmenu/alias/", "tab-a", "", NULL), 200);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/richmenu/alias/tab-a", p.token), 404);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(menus_that_lack_something_are_refused),
        TEST(menu_needs_its_picture_before_anybody_sees_it),
        TEST(persons_own_menu_comes_before_everybodys),
        TEST(alias_leads_to_a_menu_and_is_unique),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
