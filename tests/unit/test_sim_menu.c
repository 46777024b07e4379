/*
 * Rich menus, from the upload to the phone.
 */
#include "base/arena.h"
#include "tests/support/check.h"
#include "tests/support/sim_peer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

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
call(const char *method, const char *path, const char *rest)
{
    char whole[256], token[2200];
    const char *headers[] = {token, NULL};

    snprintf(whole, sizeof(whole), "%s%s", path, rest);
    snprintf(token, sizeof(token), "Authorization: Bearer %s", p.token);
    return sim_peer_call(&p, method, whole, headers, strcmp(method, "POST") == 0 ? "" : NULL);
}

/* A menu with its picture. */
static const char *
create_drawn(void)
{
    static char ids[4][64];
    static unsigned next;
    char *id = ids[next++ % 4];

    strcpy(id, create());
    CHECK_INT(sim_peer_upload(&p, id, "image/png", sim_peer_png(1200, 405)), 200);
    return id;
}

/* What the phone of this person shows; "": no menu. */
static const char *
menu_of(int person)
{
    char path[64];

    snprintf(path, sizeof(path), "/sim/talk?person=%d", person);
    CHECK_INT(sim_peer_get(&p, path, NULL), 200);
    return sim_peer_text(&p, "/menu/richMenuId");
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
    CHECK_INT(call("POST", "/v2/bot/user/all/richmenu/", id), 400);
    CHECK_INT(sim_peer_upload(&p, id, "image/png", sim_peer_png(1200, 405)), 200);
    CHECK_INT(sim_peer_upload(&p, id, "image/png", sim_peer_png(1200, 405)), 400); /* for good */
    CHECK_INT(call("POST", "/v2/bot/user/all/richmenu/", id), 200);
    CHECK_TEXT(menu_of(1), id);
    snprintf(path, sizeof(path), "/sim/menu/%s", id);
    CHECK_INT(sim_peer_get(&p, path, NULL), 200);
    CHECK_THAT(str_starts(str_of(p.text), STR("\x89PNG")));
}

static void
persons_own_menu_comes_before_everybodys(void **state)
{
    const char *common = create_drawn(), *own = create_drawn();
    char path[128];

    (void)state;
    CHECK_INT(call("POST", "/v2/bot/user/all/richmenu/", common), 200);
    snprintf(path, sizeof(path), "/v2/bot/user/%s/richmenu/", sim_peer_user(2));
    CHECK_INT(call("POST", path, own), 200);
    CHECK_TEXT(menu_of(2), own);
    CHECK_TEXT(menu_of(1), common);
    CHECK_INT(call("DELETE", "/v2/bot/richmenu/", own), 200);
    CHECK_TEXT(menu_of(2), common);
    CHECK_INT(call("DELETE", "/v2/bot/user/all/richmenu", ""), 200);
    CHECK_TEXT(menu_of(2), "");
}

static void
alias_leads_to_a_menu_and_is_unique(void **state)
{
    char body[160];
    const char *id = create_drawn();

    (void)state;
    snprintf(body, sizeof(body), "{\"richMenuAliasId\":\"tab-a\",\"richMenuId\":\"%s\"}", id);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu/alias", p.token, body), 200);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu/alias", p.token, body), 400);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/richmenu/alias/tab-a", p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/richMenuId"), id);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/richmenu/alias/list", p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/aliases/0/richMenuAliasId"), "tab-a");
    CHECK_INT(call("DELETE", "/v2/bot/richmenu/alias/", "tab-a"), 200);
    CHECK_INT(sim_peer_get(&p, "/v2/bot/richmenu/alias/tab-a", p.token), 404);
}

static void
picture_is_measured_before_it_is_taken(void **state)
{
    static char big[MIB + 1];
    static const char jpeg[] =
        "\xff\xd8\xff\xe0\0\x04xx\xff\xc0\0\x11\x08\x01\x95\x04\xb0\x03"; /* 1200 x 405 */
    static const struct {
        const char *type;
        struct str bytes;
        uint32_t width, height; /* of a PNG instead of `bytes` */
        int status;
    } row[] = {
        {"image/gif", STR_INIT("GIF89a"), 0, 0, 415},
        {"image/png", STR_INIT("GIF89a"), 0, 0, 400},
        {"image/png", STR_INIT("\x89PNG\r\n\x1a\n"), 0, 0, 400}, /* breaks off */
        {"image/png", {big, sizeof(big)}, 0, 0, 400},
        {"image/jpeg", {NULL, 0}, 1200, 405, 400}, /* says one, is the other */
        {"image/png", {NULL, 0}, 799, 300, 400},
        {"image/png", {NULL, 0}, 2501, 843, 400},
        {"image/png", {NULL, 0}, 800, 249, 400},
        {"image/png", {NULL, 0}, 1200, 828, 400}, /* one row too high */
        {"image/jpeg", {jpeg, 12}, 0, 0, 400},    /* the frame header breaks off */
        {"image/jpeg", {jpeg, sizeof(jpeg) - 1}, 0, 0, 200},
    };
    const char *id = create();
    char path[128];

    (void)state;
    snprintf(path, sizeof(path), "/v2/bot/richmenu/%s/content", id);
    CHECK_INT(sim_peer_json(&p, path, p.token, "{}"), 404); /* at the other host */
    memcpy(big, sim_peer_png(1200, 405).at, 33);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(sim_peer_upload(&p, id, row[i].type,
                                  row[i].width > 0 ? sim_peer_png(row[i].width, row[i].height)
                                                   : row[i].bytes),
                  row[i].status);
    }
}

static int
bulk(const char *how, const char *more, const char *users)
{
    char path[64], body[640];

    snprintf(path, sizeof(path), "/v2/bot/richmenu/bulk/%s", how);
    snprintf(body, sizeof(body), "{%s\"userIds\":[%s]}", more, users);
    return sim_peer_json(&p, path, p.token, body);
}

/* Until the phone of this person shows it. */
static void
wait_for_menu(int person, const char *id)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000000L};

    for (int i = 0; i < 500 && strcmp(menu_of(person), id) != 0; i++)
        nanosleep(&pause, NULL);
    CHECK_TEXT(menu_of(person), id);
}

static void
menus_of_many_change_a_while_after_the_answer(void **state)
{
    const char *id = create_drawn();
    char users[128], more[128];

    (void)state;
    snprintf(users, sizeof(users), "\"%s\",\"%s\"", sim_peer_user(3), sim_peer_user(999));
    snprintf(more, sizeof(more), "\"richMenuId\":\"%s\",", id);
    CHECK_INT(sim_peer_json(&p, "/sim/settings", NULL, "{\"batch_ms\":60000}"), 200);
    CHECK_INT(bulk("link", more, users), 202); /* nobody's id is passed over */
    CHECK_THAT(strcmp(menu_of(3), id) != 0);   /* not yet */
    CHECK_INT(sim_peer_json(&p, "/sim/settings", NULL, "{\"batch_ms\":0}"), 200);
    CHECK_INT(bulk("link", more, "\"U1\""), 400);
    CHECK_INT(bulk("link", more, ""), 400);
    CHECK_INT(bulk("link", "\"richMenuId\":\"richmenu-0\",", users), 404);
    snprintf(more, sizeof(more), "\"richMenuId\":\"%s\",", create());
    CHECK_INT(bulk("link", more, users), 400); /* without a picture */
}

static void
waiting_changes_are_made_in_order(void **state)
{
    const char *a = create_drawn(), *b = create_drawn();
    char users[64], more[128];

    (void)state;
    snprintf(users, sizeof(users), "\"%s\"", sim_peer_user(4));
    snprintf(more, sizeof(more), "\"richMenuId\":\"%s\",", a);
    CHECK_INT(bulk("link", more, users), 202);
    snprintf(more, sizeof(more), "\"richMenuId\":\"%s\",", b);
    CHECK_INT(bulk("link", more, users), 202);
    wait_for_menu(4, b);
    CHECK_INT(bulk("unlink", "", users), 202);
    CHECK_INT(bulk("unlink", "\"richMenuId\":\"x\",", users), 400);
    wait_for_menu(4, "");
}

static void
batch_swaps_two_menus_and_tells_how_far_it_is(void **state)
{
    const char *a = create_drawn(), *b = create_drawn();
    char path[128], body[512], request[64];

    (void)state;
    snprintf(path, sizeof(path), "/v2/bot/user/%s/richmenu/", sim_peer_user(1));
    CHECK_INT(call("POST", path, a), 200);
    snprintf(path, sizeof(path), "/v2/bot/user/%s/richmenu/", sim_peer_user(2));
    CHECK_INT(call("POST", path, b), 200);
    snprintf(body, sizeof(body),
             "{\"operations\":[{\"type\":\"link\",\"from\":\"%s\",\"to\":\"%s\"},"
             "{\"type\":\"link\",\"from\":\"%s\",\"to\":\"%s\"}]}",
             a, b, b, a);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu/validate/batch", p.token, body), 200);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu/batch", p.token, body), 202);
    strcpy(request, p.request_id);
    wait_for_menu(1, b);
    wait_for_menu(2, a);
    snprintf(path, sizeof(path), "/v2/bot/richmenu/progress/batch?requestId=%s", request);
    CHECK_INT(sim_peer_get(&p, path, p.token), 200);
    CHECK_TEXT(sim_peer_text(&p, "/phase"), "succeeded");
    CHECK_TEXT(sim_peer_text(&p, "/acceptedTime"), "2026-04-01T01:00:00.000Z");
    CHECK_INT(sim_peer_get(&p, "/v2/bot/richmenu/progress/batch?requestId=x", p.token), 404);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu/validate/batch", p.token,
                            "{\"operations\":[{\"type\":\"unlinkAll\"},{\"type\":\"unlink\","
                            "\"from\":\"x\"}]}"),
              400);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu/batch", p.token,
                            "{\"operations\":[{\"type\":\"unlinkAll\"}]}"),
              202);
    wait_for_menu(2, "");
}

static void
there_is_a_last_menu_and_a_last_one_an_hour(void **state)
{
    (void)state;
    CHECK_INT(sim_peer_json(&p, "/sim/settings", NULL, "{\"menus_max\":0}"), 200);
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu", p.token, MENU), 400);
    CHECK_INT(sim_peer_json(&p, "/sim/settings", NULL, "{\"menus_max\":1000}"), 200);
    CHECK_INT(sim_peer_json(&p, "/sim/limits", NULL,
                            "{\"method\":\"POST\",\"path\":\"/v2/bot/richmenu\",\"limit\":2,"
                            "\"per_ms\":3600000}"),
              200);
    (void)create();
    (void)create();
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu", p.token, MENU), 429);
    atomic_fetch_add(&p.clock.fixed_ms, HOUR_MS / 2); /* half of two has come back */
    sim_peer_renew_token(&p);
    (void)create();
    CHECK_INT(sim_peer_json(&p, "/v2/bot/richmenu", p.token, MENU), 429);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(menus_that_lack_something_are_refused),
        TEST(menu_needs_its_picture_before_anybody_sees_it),
        TEST(persons_own_menu_comes_before_everybodys),
        TEST(alias_leads_to_a_menu_and_is_unique),
        TEST(picture_is_measured_before_it_is_taken),
        TEST(waiting_changes_are_made_in_order),
        TEST(batch_swaps_two_menus_and_tells_how_far_it_is),
        TEST(menus_of_many_change_a_while_after_the_answer),
        TEST(there_is_a_last_menu_and_a_last_one_an_hour),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
