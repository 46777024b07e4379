/*
 * Nothing personal in any log or URL: more than two hundred canaries - names, LINE user ids,
 * tokens, codes, cookies, what people wrote, secrets - go in through every entry, right and wrong.
 * Then every line of the log, every address stampd asked LINE for and every address it sent a
 * browser to are searched for them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/routes.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/log.h"
#include "sim/demo_values.h"
#include "tests/support/harness.h"

#define CANARIES_MAX 600
#define CANARY_SIZE 2100
#define USER "{\"type\":\"user\",\"userId\":\"" SIM_USER_ID_FORMAT "\"}"

static char (*canary)[CANARY_SIZE];
static size_t canaries;
static char log_path[512], record_path[512], places[64 * 1024];

static struct browser shopper, other, till, owner, stranger;

static int
set_up(void **state)
{
    int fd;

    shopper = other = till = owner = stranger = (struct browser){0};
    canaries = 0;
    places[0] = '\0';
    if (canary == NULL)
        canary = calloc(CANARIES_MAX, sizeof(*canary));
    snprintf(log_path, sizeof(log_path), "%s", check_path("canary.log"));
    snprintf(record_path, sizeof(record_path), "%s", check_path("canary.requests"));
    unlink(record_path);
    setenv("SIM_RECORD", record_path, 1);
    if (canary == NULL || harness_set_up(state))
        return -1;
    fd = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    log_fd_set(fd);
    log_level_set(LOG_DEBUG);
    return fd < 0;
}

static int
tear_down(void **state)
{
    log_fd_set(STDERR_FILENO);
    return harness_tear_down(state);
}

/* Look for this later. */
static const char *
watch(const char *text)
{
    assert_true(canaries < CANARIES_MAX && strlen(text) >= 6 && strlen(text) < CANARY_SIZE);
    snprintf(canary[canaries], CANARY_SIZE, "%s", text);
    return canary[canaries++];
}

/* A text that is nowhere else, of letters and digits, so that it fits every grammar. */
static const char *
fresh(void)
{
    char text[32];

    snprintf(text, sizeof(text), "zq%03zukestrel%03zu", canaries, (canaries * 7919) % 1000);
    return watch(text);
}

/* The pattern with a canary for each @, and one of eight digits for each ~. */
static void
fill(const char *pattern, char *out, size_t cap)
{
    size_t n = 0;

    for (const char *at = pattern; *at != '\0'; at++) {
        char text[32] = {*at, '\0'};

        if (*at == '@')
            snprintf(text, sizeof(text), "%s", fresh());
        if (*at == '~') {
            snprintf(text, sizeof(text), "8%03zu%04zu", canaries, (canaries * 7919) % 10000);
            watch(text);
        }
        assert_true(n + strlen(text) < cap);
        n += (size_t)snprintf(out + n, cap - n, "%s", text);
    }
}

/* Where the answer sent the browser to. */
static void
note_location(void)
{
    const char *at = strcasestr(answer.head, "\nlocation:");
    size_t n = strlen(places);

    if (at != NULL)
        snprintf(places + n, sizeof(places) - n, "%.*s\n", (int)strcspn(at + 1, "\r\n"), at + 1);
}

/* ---------------------------------------------------------------- every entry */

static void
plant_in_addresses(void)
{
    static const char *const paths[] = {
        "/@",
        "/card/@",
        "/data/@",
        "/terms?version=@",
        "/till?x=@",
        "/admin#@",
        "/api/card?plan=@",
        "/api/vouchers/@/code",
        "/static/@",
        "/card/again?act=@",
        "/line/login?next=@",
        "/line/login?act=@",
        "/line/callback?code=@",
        "/account?@",
        "/line/callback?error=access_denied&error_description=@",
        "/line/callback?state=@",
    };
    char path[200];

    for (size_t i = 0; i < COUNT(paths); i++) {
        fill(paths[i], path, sizeof(path));
        (void)get(&stranger, path);
        note_location();
        fill(paths[i], path, sizeof(path));
        (void)get(&shopper, path);
        note_location();
    }
    snprintf(path, sizeof(path), "/line/callback?code=%s&state=%s", fresh(), fresh());
    (void)get(&stranger, path);
    note_location();
}

static void
plant_in_headers(void)
{
    static const char *const names[] = {"User-Agent",      "Referer",       "Accept-Language",
                                        "Accept",          "Authorization", "Idempotency-Key",
                                        "X-Forwarded-For", "Cookie",        "Content-Language",
                                        "Origin"};
    char line[300];

    for (size_t i = 0; i < COUNT(names); i++) {
        struct browser b = {.origin = "", .headers = line};

        snprintf(line, sizeof(line), "%s: %s\r\n", names[i], fresh());
        (void)get(&b, "/card");
        (void)post(&b, "/api/profile", NULL, "{\"language\":\"en\"}");
    }
    stranger.address = watch("203.0.113.77");
    (void)get(&stranger, "/card");
    (void)post(&stranger, "/api/profile", NULL, "{\"language\":\"en\"}");
    stranger.address = NULL;
}

static void
plant_in_cookies(void)
{
    static const char *const names[] = {"__Host-m",    "__Host-pre",   "__Host-dev",
                                        "__Host-till", "__Host-staff", "__Host-a"};

    for (size_t i = 0; i < COUNT(names); i++) {
        struct browser b = {0};

        cookie_put(&b, names[i], fresh());
        (void)get(&b, "/card");
        (void)get(&b, "/api/card");
        (void)get(&b, "/api/till/today");
        (void)get(&b, "/api/admin/today");
        (void)get(&b, "/line/callback?code=a&state=b");
        note_location();
    }
}

/* The path with a 1 for each of its names. */
static void
example_of(const char *pattern, char out[200])
{
    size_t n = 0;

    for (const char *at = pattern; *at != '\0'; at++) {
        out[n++] = *at == ':' ? '1' : *at;
        if (*at == ':')
            at += strcspn(at, "/") - 1;
    }
    out[n] = '\0';
}

/* Every route that takes a body, by whoever may call it: no JSON, other fields, wrong types. */
static void
plant_in_bodies(void)
{
    struct browser *const all[] = {&stranger, &shopper, &till, &owner};
    char path[200], body[400];

    for (size_t i = 0; i < routes_n; i++) {
        if (routes[i].method != POST || strcmp(routes[i].path, "/line/logout") == 0 ||
            strcmp(routes[i].path, "/api/till/lock") == 0 ||
            strcmp(routes[i].path, "/api/admin/logout") == 0)
            continue;
        example_of(routes[i].path, path);
        for (size_t k = 0; k < COUNT(all); k++) {
            if (k != i % COUNT(all) && k != 1)
                continue;
            snprintf(body, sizeof(body), "%s", fresh());
            (void)ask(all[k], "POST", path, "application/json", str_of(body));
            snprintf(body, sizeof(body), "{\"%s\":1}", fresh());
            (void)ask(all[k], "POST", path, "application/json", str_of(body));
        }
    }
}

/* Right names, canaries for values. */
static void
plant_in_fields(void)
{
    static const struct {
        const char *path, *body; /* one canary */
    } rows[] = {
        {"/line/session", "{\"id_token\":\"@\"}"},
        {"/line/session", "{\"id_token\":\"eyJhbGciOiJFUzI1NiJ9.@.c2ln\"}"},
        {"/api/profile", "{\"language\":\"@\"}"},
        {"/api/me/leave", "{\"confirm\":\"@\"}"},
        {"/api/me/leave", "{\"confirm\":\"leave\",\"access_token\":\"@ x\"}"},
        {"/api/me/link", "{\"number\":\"@\",\"birthday\":\"19800101\"}"},
        {"/api/me/recover", "{\"code\":\"@\"}"},
        {"/api/gifts", "{\"plan\":2,\"amount\":1,\"name\":\"@\"}"},
        {"/api/gifts/accept", "{\"token\":\"~\"}"},
        {"/api/till/late",
         "{\"scan\":1,\"receipt\":\"@\",\"sold_at\":1,\"stamps\":1,\"reason\":\"forgotten\"}"},
        {"/api/till/enrol", "{\"code\":\"~\"}"},
        {"/api/till/staff", "{\"staff\":1,\"pin\":\"~\"}"},
        {"/api/till/scans", "{\"code\":\"@\"}"},
        {"/api/till/grants", "{\"code\":\"@\",\"scanned_at\":1,\"stamps\":1}"},
        {"/api/till/redemptions", "{\"voucher\":1,\"token\":\"@\"}"},
        {"/api/admin/claim", "{\"token\":\"@\"}"},
    };
    struct browser *const all[] = {&stranger, &shopper, &till, &owner};
    char body[400];

    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(all); k++) {
            fill(rows[i].body, body, sizeof(body));
            all[k]->headers = "Idempotency-Key: a-key-of-its-own-0001\r\n";
            (void)ask(all[k], "POST", rows[i].path, "application/json", str_of(body));
            all[k]->headers = NULL;
        }
}

static void
hear(const char *secret, const char *body)
{
    uint8_t mac[SHA256_SIZE];
    char text[BASE64_SIZE(SHA256_SIZE)], header[128];
    struct browser line = {.origin = "", .headers = header};
    struct str bytes = str_of(body);

    hmac_sha256(secret, strlen(secret), &bytes, 1, mac);
    base64_encode(mac, sizeof(mac), text);
    snprintf(header, sizeof(header), "x-line-signature: %s\r\n", text);
    (void)ask(&line, "POST", "/line/webhook", "application/json", bytes);
}

/* One event of each kind, with canaries for all that people write or are; once signed by another
 * key, once by a stranger, once by a member. */
static void
plant_in_events(void)
{
    static const char *const rows[] = {
        "\"type\":\"message\",\"replyToken\":\"@\",\"message\":{\"id\":\"1\",\"type\":\"text\","
        "\"quoteToken\":\"q\",\"text\":\"@\"}",
        "\"type\":\"message\",\"replyToken\":\"@\",\"message\":{\"id\":\"1\",\"type\":"
        "\"location\","
        "\"title\":\"@\",\"address\":\"here\",\"latitude\":35.6,\"longitude\":139.7}",
        "\"type\":\"message\",\"replyToken\":\"@\",\"message\":{\"id\":\"1\",\"type\":\"sticker\","
        "\"packageId\":\"1\",\"stickerId\":\"1\",\"keywords\":[\"@\"]}",
        "\"type\":\"message\",\"replyToken\":\"@\",\"message\":{\"id\":\"1\",\"type\":\"file\","
        "\"fileName\":\"@\",\"fileSize\":1}",
        "\"type\":\"postback\",\"replyToken\":\"@\",\"postback\":{\"data\":\"@\"}",
        "\"type\":\"postback\",\"replyToken\":\"@\",\"postback\":{\"data\":\"action=balance&x=%"
        "s\"}",
        "\"type\":\"accountLink\",\"replyToken\":\"@\",\"link\":{\"result\":\"ok\",\"nonce\":\"%"
        "s\"}",
        "\"type\":\"beacon\",\"replyToken\":\"@\",\"beacon\":{\"hwid\":\"d41d8cd98f\",\"type\":"
        "\"enter\","
        "\"dm\":\"@\"}",
        "\"type\":\"follow\",\"replyToken\":\"@\",\"follow\":{\"isUnblocked\":false,\"x\":\"@\"}",
        "\"type\":\"join\",\"replyToken\":\"@\",\"x\":\"@\"",
        "\"type\":\"memberJoined\",\"replyToken\":\"@\",\"joined\":{\"members\":[{\"type\":"
        "\"user\","
        "\"userId\":\"@\"}]}",
        "\"type\":\"nobodyknowsthis\",\"replyToken\":\"@\",\"x\":\"@\"",
        "\"type\":\"message\",\"replyToken\":\"@\",\"message\":\"@\"",
        "\"type\":7,\"replyToken\":\"@\",\"message\":\"@\"",
    };
    char body[1600], rest[700], from[200];
    int number = 0;

    for (size_t i = 0; i < COUNT(rows); i++)
        for (int k = 0; k < 3; k++) {
            fill(rows[i], rest, sizeof(rest));
            if (k < 2)
                snprintf(from, sizeof(from), USER, k == 0 ? 1U : 77U);
            else
                snprintf(from, sizeof(from),
                         "{\"type\":\"group\",\"groupId\":\"Ca56f94637c%022x\",\"userId\":"
                         "\"" SIM_USER_ID_FORMAT "\"}",
                         1U, 77U);
            snprintf(body, sizeof(body),
                     "{\"destination\":\"" SIM_BOT_USER_ID "\",\"events\":[{\"mode\":\"active\","
                     "\"timestamp\":%lld,\"webhookEventId\":\"01JGFJJZ00000000000000%04d\","
                     "\"deliveryContext\":{\"isRedelivery\":false},\"source\":%s,%s}]}",
                     (long long)harness_now(), number++, from, rest);
            hear(k == 1 ? "not-the-secret" : SIM_MESSAGING_CHANNEL_SECRET, body);
            if (k == 0) { /* cut off in the middle */
                body[strlen(body) - 20] = '\0';
                hear(SIM_MESSAGING_CHANNEL_SECRET, body);
            }
        }
    UNTIL(stored_int("SELECT count(*) FROM inbox WHERE state = 'received'") == 0);
}

/* What is right and must not be told all the same. */
static void
watch_what_is_real(void)
{
    const struct browser *const all[] = {&shopper, &other, &till, &owner};
    static const unsigned people[] = {1, 2, 4, 77};
    char text[CANARY_SIZE];

    for (size_t i = 0; i < COUNT(all); i++)
        for (size_t k = 0; k < COUNT(all[i]->cookie); k++)
            if (strlen(all[i]->cookie[k].value) >= 6)
                watch(all[i]->cookie[k].value);
    for (size_t i = 0; i < COUNT(people); i++) {
        snprintf(text, sizeof(text), SIM_USER_ID_FORMAT, people[i]);
        watch(text);
        snprintf(text, sizeof(text), "Shopper %u (", people[i]);
        watch(text);
        snprintf(text, sizeof(text), "/sim/picture/%u", people[i]);
        watch(text);
    }
    watch(SIM_LOGIN_CHANNEL_SECRET);
    watch(SIM_MESSAGING_CHANNEL_SECRET);
    watch(HARNESS_PIN);
    watch(here.owner_link);
    for (int i = 0; i < TILLS; i++)
        watch(here.enrol_code[i]);
}

static void
live(void)
{
    char token[CANARY_SIZE];

    login_liff(&shopper, 1);
    watch(liff_token(1));
    CHECK_TEXT(login_web(&other, 2, "/card"), "/card");
    login_web(&owner, 4, "/admin");
    ANSWERS(post(&owner, "/api/admin/claim", NULL, "{\"token\":\"%s\"}", here.owner_link), 200);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    (void)grant_stamps(&till, &shopper, 3);
    watch(card_code(&shopper, STAMPS));
    watch(card_code(&shopper, POINTS));
    watch(voucher_code(&shopper, stored_int("SELECT id FROM voucher")));
    harness_advance(MINUTE_MS);
    UNTIL(stored_int("SELECT count(*) FROM outbox WHERE closed_ms IS NULL") == 0);
    ANSWERS(post(&shopper, "/api/me/export/link", NULL, "{}"), 200);
    watch(strrchr(got_text("url"), '/') + 1);
    ANSWERS(sim_get("/sim/liff-token?person=2"), 200);
    snprintf(token, sizeof(token), "%s", got_text("access_token"));
    watch(token);
    login_again(&other, 2);
    ANSWERS(post(&other, "/api/me/leave", NULL, "{\"confirm\":\"leave\",\"access_token\":\"%s\"}",
                 token),
            200);
    login_web(&other, 2, "/card");
    login_again(&other, 2);
    ANSWERS(post(&other, "/api/me/leave", NULL, "{\"confirm\":\"leave\",\"access_token\":\"%s\"}",
                 fresh()),
            200);
}

/* ---------------------------------------------------------------- searching */

static char *
read_all(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    char *text;

    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *n = (size_t)ftell(file);
    rewind(file);
    text = malloc(*n + 1);
    assert_non_null(text);
    *n = fread(text, 1, *n, file);
    text[*n] = '\0';
    fclose(file);
    return text;
}

/* How many of them are in it; each is told with the line around it. */
static int
found_in(const char *text, const char *what)
{
    int found = 0;

    for (size_t i = 0; i < canaries; i++) {
        const char *at = strstr(text, canary[i]), *from = at;

        if (at == NULL)
            continue;
        while (from > text && from[-1] != '\n')
            from--;
        print_error("%s has \"%.60s\": %.*s\n", what, canary[i],
                    (int)(strcspn(from, "\n") < 400 ? strcspn(from, "\n") : 400), from);
        found++;
    }
    return found;
}

/* Methods, paths and queries of what stampd asked of LINE. */
static int
found_in_requests(size_t *requests_out)
{
    size_t n;
    char *text = read_all(record_path, &n), *rest = text, *line;
    int found = 0;

    *requests_out = 0;
    while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
        json_t *request = json_loads(line, 0, NULL);
        char address[4096];

        assert_non_null(request);
        snprintf(address, sizeof(address), "%s?%s",
                 json_string_value(json_object_get(request, "path")),
                 json_string_value(json_object_get(request, "query")) != NULL
                     ? json_string_value(json_object_get(request, "query"))
                     : "");
        found += found_in(address, "a request to LINE");
        json_decref(request);
        (*requests_out)++;
    }
    free(text);
    return found;
}

static void
no_canary_sings_in_a_log_or_an_address(void **state)
{
    struct browser us = {.address = ""};
    size_t n, requests;
    char *text;
    int found;

    (void)state;
    live();
    plant_in_addresses();
    plant_in_headers();
    plant_in_cookies();
    plant_in_events();
    plant_in_bodies();
    plant_in_fields();
    watch_what_is_real();
    ANSWERS(get(&us, "/metrics"), 200);
    found = found_in(answer.body, "/metrics");
    harness_stop_app(); /* so that nothing is still to be written */
    text = read_all(log_path, &n);
    CHECK_THAT(n > 20000);
    CHECK_THAT(strstr(text, "http.refused") != NULL && strstr(text, "grant.made") != NULL &&
               strstr(text, "line.answered") != NULL && strstr(text, "member.left") != NULL);
    found += found_in(text, "the log");
    free(text);
    found += found_in_requests(&requests);
    CHECK_THAT(requests >= 5);
    found += found_in(places, "a Location");
    print_message("%zu canaries in %zu bytes of log, %zu requests to LINE: %d found\n", canaries, n,
                  requests, found);
    CHECK_INT(found, 0);
    CHECK_THAT(canaries >= 200);
    harness_start_app();
}

/* The search itself: what is logged is found. */
static void
a_canary_that_sings_is_heard(void **state)
{
    size_t n;
    char *text;

    (void)state;
    LOG(LOG_INFO, "test.song", L_TEXT("word", fresh()));
    text = read_all(log_path, &n);
    for (size_t i = 0; i < canaries; i++)
        CHECK_THAT(strstr(text, canary[i]) != NULL);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_canary_sings_in_a_log_or_an_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_canary_that_sings_is_heard, set_up, tear_down),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    free(canary);
    return failed;
}
