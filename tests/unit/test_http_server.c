/*
 * A server over a small table of routes, asked over real sockets: what handlers get, what clients
 * get, and which requests never reach a handler.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

#include "http/cookie.h"
#include "http/server.h"
#include "tests/support/check.h"
#include "tests/support/http_peer.h"

#define BIG (20 * KIB)

static _Atomic int handled, readers_opened, readers_done, identified;

/* What the finished hook was told last. It runs before the answer is sent, so it is there when the
 * client has the answer. */
struct told {
    int answers, status;
    char word[64], text[256];
    int64_t took_us;
};
static struct told last;
static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER;

static struct told
told(void)
{
    struct told copy;

    pthread_mutex_lock(&last_lock);
    copy = last;
    pthread_mutex_unlock(&last_lock);
    return copy;
}

static struct file files[] = {
    {"a.css",
     "/static/a-11.css",
     "text/css; charset=utf-8",
     STR_INIT("a { }"),
     {NULL, 0},
     {NULL, 0}},
    {"b.js", "/static/b-22.js", "text/javascript; charset=utf-8", STR_INIT("plain form"),
     STR_INIT("gzip form"), STR_INIT("br form")},
};

static enum err_code
say_hello(struct request *req, struct reply *reply, struct err *e)
{
    (void)req;
    atomic_fetch_add(&handled, 1);
    return reply_plain(reply, 200, STR("hello"), e);
}

static enum err_code
echo_json(struct request *req, struct reply *reply, struct err *e)
{
    struct str name = STR("");
    int64_t n = 0;
    struct buf out = buf_new(req->arena, KIB);

    atomic_fetch_add(&handled, 1);
    if (REQUEST_JSON(req, e,
                     {.name = "name", .kind = JSON_KIND_TEXT, .min = 1, .max = 20, .out = &name},
                     {.name = "n", .kind = JSON_KIND_INT, .min = 0, .max = 9, .out = &n}))
        return e->code;
    buf_text(&out, "{\"name\":");
    buf_json(&out, name);
    buf_format(&out, ",\"n\":%d}", (int)n);
    return reply_json(reply, 201, &out, e);
}

static enum err_code
echo_path(struct request *req, struct reply *reply, struct err *e)
{
    struct buf out = buf_new(req->arena, KIB);
    struct str q = STR("(none)");

    request_query(req, "q", &q);
    buf_str_raw(&out, request_segment(req, ":thing"));
    buf_char(&out, '|');
    buf_str_raw(&out, request_segment(req, ":part"));
    buf_char(&out, '|');
    buf_str_raw(&out, request_segment(req, "*"));
    buf_char(&out, '|');
    buf_str_raw(&out, q);
    return reply_plain(reply, 200, buf_str(&out), e);
}

static enum err_code
echo_body(struct request *req, struct reply *reply, struct err *e)
{
    atomic_fetch_add(&handled, 1);
    return reply_plain(reply, 200, req->body, e);
}

static enum err_code
echo_actor(struct request *req, struct reply *reply, struct err *e)
{
    atomic_fetch_add(&handled, 1);
    return reply_plain(
        reply, 200,
        str_of(arena_format(req->arena, "member %d, db %d, peer %.*s", (int)req->actor.member_id,
                            req->db != NULL, (int)req->peer.n, req->peer.at)),
        e);
}

static enum err_code
fail_with(struct request *req, struct reply *reply, struct err *e)
{
    int64_t code = 0;

    reply_header(reply, "Retry-After", "7");
    reply_header(reply, "Set-Cookie", "leaked=1");
    if (!str_int(request_segment(req, ":code"), &code, 0, 99))
        return OK; /* and no reply: a mistake of ours */
    return err_field(e, (enum err_code)code, "some_word", "some.field", "secret detail");
}

static enum err_code
big_text(struct request *req, struct reply *reply, struct err *e)
{
    struct buf out = buf_new(req->arena, 2 * BIG);

    while (out.n < BIG && !buf_failed(&out))
        buf_text(&out, "stamp stamp stamp! ");
    return reply_html(reply, 200, &out, e);
}

static enum err_code
serve_file(struct request *req, struct reply *reply, struct err *e)
{
    const struct file *file = file_by_path(files, COUNT(files), req->path);

    return file != NULL ? reply_file(reply, file)
                        : err_set(e, ERR_NOT_FOUND, "file_unknown", "no such file");
}

static enum err_code
drop(struct request *req, struct reply *reply, struct err *e)
{
    (void)req;
    (void)e;
    reply->drop = true;
    return reply_empty(reply, 200);
}

static enum err_code
use_cookie(struct request *req, struct reply *reply, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    bool known = cookie_hash(req, "__Host-m", hash);

    cookie_set(req, reply, "__Host-m", "value", 60, SAME_SITE_LAX);
    return reply_plain(reply, 200, known ? STR("known") : STR("unknown"), e);
}

static enum err_code
own_headers(struct request *req, struct reply *reply, struct err *e)
{
    (void)req;
    reply_header(reply, "Cache-Control", "max-age=5");
    reply_header(reply, "Referrer-Policy", "origin");
    reply->csp = "default-src data:";
    return reply_plain(reply, 200, STR(""), e);
}

static enum err_code
ask_for_much(struct request *req, struct reply *reply, struct err *e)
{
    (void)reply;
    return arena_alloc(req->arena, 64 * MIB) != NULL
               ? OK
               : err_set(e, ERR_INTERNAL, "internal", "no room");
}

static const struct route routes[] = {
    {.method = GET, .path = "/hello", .handler = say_hello},
    {.method = POST, .path = "/json", .handler = echo_json, .body_max = 256},
    {.method = POST, .path = "/nothing", .handler = say_hello},
    {.method = PUT, .path = "/csv", .handler = echo_body, .body_max = 100000, .media = "text/csv"},
    {.method = GET, .path = "/things/:thing", .handler = echo_path},
    {.method = GET, .path = "/things/:thing/parts/:part", .handler = echo_path},
    {.method = GET, .path = "/rest/*", .handler = echo_path},
    {.method = GET, .path = "/fail/:code", .handler = fail_with},
    {.method = GET, .path = "/big", .handler = big_text},
    {.method = GET, .path = "/static/*", .handler = serve_file},
    {.method = GET, .path = "/drop", .handler = drop},
    {.method = GET, .path = "/cookie", .handler = use_cookie},
    {.method = GET, .path = "/own", .handler = own_headers},
    {.method = GET, .path = "/much", .handler = ask_for_much},
    {.method = GET, .path = "/me", .who = MEMBER, .mode = READ, .handler = echo_actor},
    {.method = GET, .path = "/maybe", .who = MAYBE_MEMBER, .handler = echo_actor},
    {.method = GET, .path = "/public", .mode = READ, .handler = echo_actor},
    {.method = DELETE, .path = "/me", .who = MEMBER, .mode = READ, .handler = echo_actor},
    {.method = PATCH,
     .path = "/me",
     .who = MEMBER,
     .mode = READ,
     .handler = echo_body,
     .body_max = 99},
    {.method = POST,
     .path = "/line",
     .who = SIGNED_BY_LINE,
     .mode = READ,
     .handler = echo_body,
     .body_max = 99},
};

static struct db *
reader(void *service, struct err *e)
{
    (void)e;
    atomic_fetch_add(&readers_opened, 1);
    return service; /* any address will do */
}

static void
reader_done(void *service, struct db *db)
{
    assert((void *)db == service);
    atomic_fetch_add(&readers_done, 1);
}

static enum err_code
identify(struct request *req, struct err *e)
{
    struct str authorization = request_header(req, "Authorization");

    assert(req->db != NULL);
    atomic_fetch_add(&identified, 1);
    if (str_eq(authorization, STR("Bearer 7"))) {
        req->actor.member_id = 7;
        return OK;
    }
    if (req->route->who == MAYBE_MEMBER)
        return OK;
    return err_set(e, ERR_AUTH, "session_missing", "no session");
}

static void
finished(void *service, const struct request *req, const struct reply *reply, const struct err *e,
         int64_t took_us)
{
    (void)service;
    (void)req;
    pthread_mutex_lock(&last_lock);
    last.answers++;
    last.status = reply->status;
    last.took_us = took_us;
    snprintf(last.word, sizeof(last.word), "%s", e->code != OK ? e->word : "");
    snprintf(last.text, sizeof(last.text), "%s", e->code != OK ? e->text : "");
    pthread_mutex_unlock(&last_lock);
}

static struct server *server;
static int port;
static struct http_answer answer;

#define H "Host: card.test\r\n"
#define OURS H "Sec-Fetch-Site: same-origin\r\n"
#define JSON "Content-Type: application/json\r\n"

static int
get(const char *path)
{
    char request[512];

    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" H "\r\n", path);
    return http_ask(port, request, &answer);
}

static void
every_answer_carries_the_security_headers(void **state)
{
    static const struct {
        const char *path, *name, *value;
    } row[] = {
        {"/hello", "X-Content-Type-Options", "nosniff"},
        {"/hello", "Referrer-Policy", "no-referrer"},
        {"/hello", "Cross-Origin-Opener-Policy", "same-origin"},
        {"/hello", "Cross-Origin-Resource-Policy", "same-origin"},
        {"/hello", "Permissions-Policy",
         "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"},
        {"/hello", "Strict-Transport-Security", "max-age=63072000; includeSubDomains"},
        {"/hello", "Content-Security-Policy", "default-src 'none'"},
        {"/hello", "Cache-Control", "no-store"},
        {"/hello", "Content-Type", "text/plain; charset=utf-8"},
        {"/hello", "Server", ""},
        {"/hello", "Access-Control-Allow-Origin", ""},
        {"/nowhere", "X-Content-Type-Options", "nosniff"},
        {"/nowhere", "Cache-Control", "no-store"},
        {"/a%00", "Content-Security-Policy", "default-src 'none'"},
        {"/static/a-11.css", "X-Content-Type-Options", "nosniff"},
        {"/own", "Cache-Control", "max-age=5"}, /* once: http_answer_header says so */
        {"/own", "Referrer-Policy", "origin"},
        {"/own", "Content-Security-Policy", "default-src data:"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        get(row[i].path);
        CHECK_STR(http_answer_header(&answer, row[i].name), row[i].value);
    }
}

static void
paths_and_methods_without_a_row_are_told_apart(void **state)
{
    (void)state;
    CHECK_INT(get("/nowhere"), 404);
    CHECK_THAT(strstr(answer.body, "{\"error\":\"path_unknown\",\"request\":\"") == answer.body);
    CHECK_INT(get("/things/"), 404);
    CHECK_INT(get("/things/a/parts/b/c"), 404);
    CHECK_INT(http_ask(port, "POST /me HTTP/1.1\r\n" OURS "\r\n", &answer), 405);
    CHECK_STR(http_answer_header(&answer, "Allow"), "GET, PATCH, DELETE, HEAD");
    CHECK_THAT(http_answer_header(&answer, "Connection").n == 0);
}

static void
head_is_get_without_its_body(void **state)
{
    struct http_peer *p = http_peer_open(port);

    (void)state;
    http_peer_text(p, "HEAD /hello HTTP/1.1\r\n" H "\r\nGET /hello HTTP/1.1\r\n" H "\r\n");
    CHECK_INT(http_peer_receive_head(p, &answer), 200);
    CHECK_STR(http_answer_header(&answer, "Content-Length"), "5");
    CHECK_INT(http_peer_receive(p, &answer), 200);
    CHECK_TEXT(answer.body, "hello");
    http_peer_close(p);
}

static void
segments_and_queries_come_decoded(void **state)
{
    static const struct {
        const char *path, *want;
    } row[] = {
        {"/things/7", "7|||(none)"},
        {"/things/a%20b%C3%A4", "a b\u00e4|||(none)"},
        {"/things/a+b?q=a+b", "a+b|||a b"},
        {"/things/a/parts/b?q=%2Fx%3Dy&r=1", "a|b||/x=y"},
        {"/rest/x/y/z?q=", "||x/y/z|"},
        {"/things/7?q=1&q=2", "7|||(none)"}, /* twice is not there */
        {"/things/7?qq=1", "7|||(none)"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(get(row[i].path), 200);
        CHECK_TEXT(answer.body, row[i].want);
    }
    CHECK_INT(get("/rest/"), 404); /* "*" takes at least one byte */
}

#define POST_JSON(headers, length, body)                                                           \
    "POST /json HTTP/1.1\r\n" OURS headers "Content-Length: " length "\r\n\r\n" body

static void
bodies_are_what_the_route_takes_or_refused(void **state)
{
    static const struct {
        const char *request;
        int status;
        const char *part; /* of the answer's body */
    } row[] = {
        {POST_JSON(JSON, "18", "{\"name\":\"x\",\"n\":3}"), 201, "{\"name\":\"x\",\"n\":3}"},
        {POST_JSON("Content-Type: Application/JSON ; charset=UTF-8\r\n", "18",
                   "{\"name\":\"x\",\"n\":3}"),
         201, "\"n\":3"},
        {POST_JSON(JSON, "12", "{\"name\":\"x\"}"), 400,
         "{\"error\":\"field_missing\",\"field\":\"n\",\"request\":\""},
        {POST_JSON(JSON, "3", "{{{"), 400, "json_malformed"},
        {POST_JSON("", "18", "{\"name\":\"x\",\"n\":3}"), 415, "media_type"},
        {POST_JSON("Content-Type: text/plain\r\n", "2", "{}"), 415, "media_type"},
        {POST_JSON("Content-Type: application/jsonx\r\n", "2", "{}"), 415, "media_type"},
        {POST_JSON("Content-Type: application/json; charset=latin1\r\n", "2", "{}"), 415, "media"},
        {POST_JSON(JSON, "257", ""), 413, "body_too_large"},
        {"POST /json HTTP/1.1\r\n" OURS JSON "Transfer-Encoding: chunked\r\n\r\n"
         "5\r\n{\"nam\r\nd\r\ne\":\"x\",\"n\":3}\r\n0\r\n\r\n",
         201, "\"n\":3"},
        {"POST /json HTTP/1.1\r\n" OURS JSON "\r\n", 400, "json_malformed"},
        {"POST /nothing HTTP/1.1\r\n" OURS "\r\n", 200, "hello"},
        {"POST /nothing HTTP/1.1\r\n" OURS "Content-Length: 0\r\n\r\n", 200, "hello"},
        {"POST /nothing HTTP/1.1\r\n" OURS "Content-Length: 1\r\n\r\nx", 413, "body_too_large"},
        {"POST /nothing HTTP/1.1\r\n" OURS "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413,
         "body_too_large"},
        {"PUT /csv HTTP/1.1\r\n" OURS "Content-Type: text/csv\r\nContent-Length: 3\r\n\r\na,b", 200,
         "a,b"},
        {"PUT /csv HTTP/1.1\r\n" OURS JSON "Content-Length: 3\r\n\r\na,b", 415, "media_type"},
        {"POST /json HTTP/1.1\r\n" OURS JSON "Expect: 100-continue\r\nContent-Length: 300\r\n\r\n",
         413, "body_too_large"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(http_ask(port, row[i].request, &answer), row[i].status);
        CHECK_THAT(strstr(answer.body, row[i].part) != NULL);
    }
}

static void
a_client_that_expects_is_told_to_continue(void **state)
{
    struct http_peer *p = http_peer_open(port);

    (void)state;
    http_peer_text(p, "PUT /csv HTTP/1.1\r\n" OURS "Content-Type: text/csv\r\n"
                      "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    CHECK_INT(http_peer_receive_head(p, &answer), 100);
    http_peer_text(p, "a,b");
    CHECK_INT(http_peer_receive(p, &answer), 200);
    CHECK_TEXT(answer.body, "a,b");
    http_peer_close(p);
}

static void
a_long_body_arrives_whole_in_pieces_of_any_size(void **state)
{
    static char body[60 * 1000];
    struct http_peer *p = http_peer_open(port);
    char head[64];

    (void)state;
    for (size_t i = 0; i < sizeof(body); i++)
        body[i] = (char)('a' + i % 23);
    http_peer_text(p, "PUT /csv HTTP/1.1\r\n" OURS "Content-Type: text/csv\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n");
    for (size_t at = 0, n = 1; at < sizeof(body); at += n, n = n * 3 % 4999 + 1) {
        if (n > sizeof(body) - at)
            n = sizeof(body) - at;
        snprintf(head, sizeof(head), "%zx\r\n", n);
        http_peer_text(p, head);
        http_peer_send(p, (struct str){body + at, n});
        http_peer_text(p, "\r\n");
    }
    http_peer_text(p, "0\r\n\r\n");
    CHECK_INT(http_peer_receive(p, &answer), 200);
    CHECK_INT(answer.body_n, sizeof(body));
    CHECK_THAT(memcmp(answer.body, body, sizeof(body)) == 0);
    http_peer_close(p);
}

static void
failures_have_one_shape_and_hide_what_is_ours(void **state)
{
    static const struct {
        enum err_code code;
        int status;
    } row[] = {
        {ERR_INPUT, 400},       {ERR_AUTH, 401},     {ERR_FORBIDDEN, 403}, {ERR_NOT_FOUND, 404},
        {ERR_METHOD, 405},      {ERR_CONFLICT, 409}, {ERR_TOO_LARGE, 413}, {ERR_MEDIA, 415},
        {ERR_MISDIRECTED, 421}, {ERR_MISMATCH, 422}, {ERR_LIMIT, 429},     {ERR_INTERNAL, 500},
        {ERR_UPSTREAM, 502},    {ERR_BUSY, 503},     {ERR_FULL, 507},
    };
    char path[32];

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        snprintf(path, sizeof(path), "/fail/%d", (int)row[i].code);
        CHECK_INT(get(path), row[i].status);
        CHECK_THAT(strstr(answer.body, "secret") == NULL);
        CHECK_THAT((strstr(answer.body, "some.field") != NULL) == (row[i].code != ERR_INTERNAL));
        CHECK_STR(http_answer_header(&answer, "Retry-After"), "7");
        CHECK_STR(http_answer_header(&answer, "Set-Cookie"), "");
        CHECK_TEXT(told().word, "some_word");
        CHECK_TEXT(told().text, "secret detail");
    }
    CHECK_INT(get("/fail/none"), 500);
    CHECK_TEXT(told().text, "handler left no reply");
    CHECK_INT(get("/much"), 500);
    CHECK_TEXT(told().text, "no room");
}

static void
a_browser_gets_its_failures_as_a_page(void **state)
{
    (void)state;
    CHECK_INT(http_ask(port, "GET /nowhere HTTP/1.1\r\n" H "Accept: text/html, */*;q=0.1\r\n\r\n",
                       &answer),
              404);
    CHECK_STR(http_answer_header(&answer, "Content-Type"), "text/html; charset=utf-8");
    CHECK_THAT(strstr(answer.body, "path_unknown") != NULL);
}

static void
who_is_asking_is_known_before_the_handler_runs(void **state)
{
    static const struct {
        const char *request;
        int status;
        const char *body;
    } row[] = {
        {"GET /me HTTP/1.1\r\n" H "Authorization: Bearer 7\r\n\r\n", 200,
         "member 7, db 1, peer 127.0.0.1"},
        {"GET /me HTTP/1.1\r\n" H "\r\n", 401, NULL},
        {"GET /maybe HTTP/1.1\r\n" H "\r\n", 200, "member 0, db 0, peer 127.0.0.1"},
        {"GET /maybe HTTP/1.1\r\n" H "Authorization: Bearer 7\r\n\r\n", 200,
         "member 7, db 0, peer 127.0.0.1"},
        {"GET /public HTTP/1.1\r\n" H "X-Real-IP: 192.0.2.9\r\n\r\n", 200,
         "member 0, db 1, peer 192.0.2.9"},
        {"GET /public HTTP/1.1\r\n" H "X-Forwarded-For: 192.0.2.9\r\n\r\n", 200,
         "member 0, db 1, peer 127.0.0.1"},
        {"PATCH /me HTTP/1.1\r\n" OURS JSON "Content-Length: 2\r\n\r\n{}", 401, NULL},
        {"PATCH /me HTTP/1.1\r\n" OURS JSON
         "Authorization: Bearer 7\r\nContent-Length: 2\r\n\r\n{}",
         200, "{}"},
        {"POST /line HTTP/1.1\r\n" H JSON "Content-Length: 2\r\n\r\n{}", 200, "{}"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        atomic_store(&identified, 0);
        CHECK_INT(http_ask(port, row[i].request, &answer), row[i].status);
        if (row[i].body != NULL)
            CHECK_TEXT(answer.body, row[i].body);
        CHECK_THAT(atomic_load(&identified) <= 1);
    }
    CHECK_INT(atomic_load(&readers_opened), atomic_load(&readers_done));
}

static void
a_stranger_is_refused_before_the_body_is_sent(void **state)
{
    struct http_peer *p = http_peer_open(port);

    (void)state;
    http_peer_text(p, "PATCH /me HTTP/1.1\r\n" OURS JSON "Content-Length: 50\r\n\r\n");
    CHECK_INT(http_peer_receive(p, &answer), 401);
    CHECK_STR(http_answer_header(&answer, "Connection"), "close");
    CHECK_THAT(http_peer_ended(p, 5000));
    http_peer_close(p);
}

#define DELETE_ME(headers) "DELETE /me HTTP/1.1\r\n" H "Authorization: Bearer 7\r\n" headers "\r\n"

static void
another_sites_page_cannot_change_anything(void **state)
{
    static const struct {
        const char *request;
        int status;
        const char *word;
    } row[] = {
        {DELETE_ME("Cookie: a=b\r\nSec-Fetch-Site: same-origin\r\n"), 200, ""},
        {DELETE_ME("Cookie: a=b\r\nOrigin: https://card.test\r\n"), 200, ""},
        {DELETE_ME(""), 200, ""}, /* no cookie: nothing to forge with */
        {DELETE_ME("Cookie: a=b\r\n"), 403, "origin_missing"},
        {DELETE_ME("Cookie: a=b\r\nSec-Fetch-Site: cross-site\r\n"), 403, "origin_foreign"},
        {DELETE_ME("Cookie: a=b\r\nSec-Fetch-Site: same-site\r\n"), 403, "origin_foreign"},
        {DELETE_ME("Cookie: a=b\r\nSec-Fetch-Site: none\r\n"), 403, "origin_foreign"},
        {DELETE_ME("Cookie: a=b\r\nOrigin: null\r\n"), 403, "origin_foreign"},
        {DELETE_ME("Cookie: a=b\r\nOrigin: https://card.test.evil\r\n"), 403, "origin_foreign"},
        {DELETE_ME("Cookie: a=b\r\nSec-Fetch-Site: same-origin\r\nOrigin: https://evil\r\n"), 403,
         "origin_foreign"},
        {DELETE_ME("Sec-Fetch-Site: cross-site\r\n"), 403, "origin_foreign"},
        {"POST /line HTTP/1.1\r\n" H JSON "Origin: https://evil\r\nContent-Length: 2\r\n\r\n{}",
         200, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(http_ask(port, row[i].request, &answer), row[i].status);
        CHECK_TEXT(told().word, row[i].word);
    }
}

static void
a_connection_serves_one_request_after_another_and_pipelines(void **state)
{
    struct http_peer *p = http_peer_open(port);
    uint64_t before = server_counts(server).requests;

    (void)state;
    for (int i = 0; i < 20; i++) {
        http_peer_text(p, "GET /hello HTTP/1.1\r\n" H "\r\n");
        CHECK_INT(http_peer_receive(p, &answer), 200);
    }
    http_peer_text(p,
                   "GET /things/1 HTTP/1.1\r\n" H "\r\n" POST_JSON(
                       JSON, "18", "{\"name\":\"x\",\"n\":3}") "GET /nowhere HTTP/1.1\r\n" H "\r\n"
                                                               "GET /things/2 HTTP/1.1\r\n" H
                                                               "Connection: close\r\n\r\n");
    CHECK_INT(http_peer_receive(p, &answer), 200);
    CHECK_TEXT(answer.body, "1|||(none)");
    CHECK_INT(http_peer_receive(p, &answer), 201);
    CHECK_INT(http_peer_receive(p, &answer), 404);
    CHECK_INT(http_peer_receive(p, &answer), 200);
    CHECK_TEXT(answer.body, "2|||(none)");
    CHECK_THAT(http_peer_ended(p, 5000));
    CHECK_INT(server_counts(server).requests, before + 24);
    http_peer_close(p);
}

#define GET_JS(headers) "GET /static/b-22.js HTTP/1.1\r\n" H headers "\r\n"

static void
files_come_in_the_form_the_client_takes_and_only_once(void **state)
{
    static const struct {
        const char *request;
        int status;
        const char *body, *coding, *etag, *vary;
    } row[] = {
        {GET_JS(""), 200, "plain form", "", "\"b-22.js\"", "Accept-Encoding"},
        {GET_JS("Accept-Encoding: gzip\r\n"), 200, "gzip form", "gzip", "\"b-22.js.gzip\"",
         "Accept-Encoding"},
        {GET_JS("Accept-Encoding: gzip, deflate, br, zstd\r\n"), 200, "br form", "br",
         "\"b-22.js.br\"", "Accept-Encoding"},
        {GET_JS("Accept-Encoding: br;q=0, GZIP;q=0.5\r\n"), 200, "gzip form", "gzip",
         "\"b-22.js.gzip\"", "Accept-Encoding"},
        {GET_JS("Accept-Encoding: gzip;q=0.000\r\n"), 200, "plain form", "", "\"b-22.js\"",
         "Accept-Encoding"},
        {GET_JS("If-None-Match: \"b-22.js\"\r\n"), 304, "", "", "\"b-22.js\"", "Accept-Encoding"},
        {GET_JS("If-None-Match: \"x\", W/\"b-22.js.br\"\r\nAccept-Encoding: br\r\n"), 304, "", "br",
         "\"b-22.js.br\"", "Accept-Encoding"},
        {GET_JS("If-None-Match: \"b-22.js.br\"\r\n"), 200, "plain form", "", "\"b-22.js\"",
         "Accept-Encoding"},
        {GET_JS("If-None-Match: *\r\n"), 304, "", "", "\"b-22.js\"", "Accept-Encoding"},
        {"GET /static/a-11.css HTTP/1.1\r\n" H "Accept-Encoding: br\r\n\r\n", 200, "a { }", "",
         "\"a-11.css\"", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_INT(http_ask(port, row[i].request, &answer), row[i].status);
        CHECK_TEXT(answer.body, row[i].body);
        CHECK_STR(http_answer_header(&answer, "Content-Encoding"), row[i].coding);
        CHECK_STR(http_answer_header(&answer, "ETag"), row[i].etag);
        CHECK_STR(http_answer_header(&answer, "Vary"), row[i].vary);
        CHECK_STR(http_answer_header(&answer, "Cache-Control"),
                  "public, max-age=31536000, immutable");
    }
    CHECK_INT(get("/static/none.js"), 404);
}

static void
long_text_is_compressed_for_who_takes_it(void **state)
{
    static char plain[2 * BIG];
    uLongf plain_n = 0;
    z_stream z = {0};

    (void)state;
    CHECK_INT(get("/big"), 200);
    CHECK_THAT(answer.body_n >= BIG);
    CHECK_STR(http_answer_header(&answer, "Vary"), "Accept-Encoding");
    plain_n = answer.body_n;

    http_ask(port, "GET /big HTTP/1.1\r\n" H "Accept-Encoding: gzip, br\r\n\r\n", &answer);
    CHECK_STR(http_answer_header(&answer, "Content-Encoding"), "gzip");
    CHECK_THAT(answer.body_n < KIB);
    CHECK_INT(inflateInit2(&z, 16 + MAX_WBITS), Z_OK);
    z.next_in = (Bytef *)answer.body;
    z.avail_in = (uInt)answer.body_n;
    z.next_out = (Bytef *)plain;
    z.avail_out = sizeof(plain);
    CHECK_INT(inflate(&z, Z_FINISH), Z_STREAM_END);
    CHECK_INT(z.total_out, plain_n);
    inflateEnd(&z);

    http_ask(port, "GET /hello HTTP/1.1\r\n" H "Accept-Encoding: gzip\r\n\r\n", &answer);
    CHECK_STR(http_answer_header(&answer, "Content-Encoding"), ""); /* too short to be worth it */
}

static void
cookies_are_hardened_and_read_strictly(void **state)
{
#define TOKEN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    static const struct {
        const char *cookie, *want;
    } row[] = {
        {"__Host-m=" TOKEN, "known"},
        {"a=b; __Host-m=" TOKEN "; c=d", "known"},
        {"__Host-m=short", "unknown"},
        {"__Host-m=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", "unknown"}, /* bits left over */
        {"__Host-m=" TOKEN "; __Host-m=" TOKEN, "unknown"},
        {"__host-m=" TOKEN, "unknown"},
        {"x__Host-m=" TOKEN, "unknown"},
    };
    char request[512];

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        snprintf(request, sizeof(request), "GET /cookie HTTP/1.1\r\n" H "Cookie: %s\r\n\r\n",
                 row[i].cookie);
        http_ask(port, request, &answer);
        CHECK_TEXT(answer.body, row[i].want);
        CHECK_STR(http_answer_header(&answer, "Set-Cookie"),
                  "__Host-m=value; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60");
    }
}

static void
a_dropped_reply_is_no_reply(void **state)
{
    (void)state;
    CHECK_INT(get("/drop"), 0);
}

static void
every_answer_is_told_to_the_hook_once(void **state)
{
    int before = told().answers;

    (void)state;
    get("/hello");
    CHECK_INT(told().answers, before + 1);
    CHECK_INT(told().status, 200);
    CHECK_TEXT(told().word, "");
    CHECK_THAT(told().took_us >= 0 && told().took_us < 10 * 1000 * 1000);
    get("/a%00");
    CHECK_INT(told().answers, before + 2);
    CHECK_TEXT(told().word, "request_malformed");
}

static struct server_options
options_for(const char *listen)
{
    static const char *const hosts[] = {"card.test", NULL};
    static struct clock clock;

    return (struct server_options){
        .listen = listen,
        .hosts = hosts,
        .origin = "https://card.test",
        .csp = "default-src 'none'",
        .proxy_header = "X-Real-IP",
        .secure = true,
        .workers = 2,
        .clock = &clock,
        .routes = routes,
        .routes_n = COUNT(routes),
    };
}

static void
a_unix_socket_serves_too_and_is_removed(void **state)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    struct server_options options;
    struct server_backend backend = {0};
    struct server *other;
    struct err e = {0};
    char listen[128], got[16] = "";
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)state;
    snprintf(to.sun_path, sizeof(to.sun_path), "%s", check_path("stampd.sock"));
    snprintf(listen, sizeof(listen), "unix:%s", to.sun_path);
    options = options_for(listen);
    CHECK_OK(server_start(&other, &options, &backend, &e), e);
    CHECK_INT(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
    dprintf(fd, "GET /hello HTTP/1.1\r\n" H "\r\n");
    CHECK_INT(recv(fd, got, 12, MSG_WAITALL), 12);
    CHECK_TEXT(got, "HTTP/1.1 200");
    server_stop(other);
    CHECK_INT(access(to.sun_path, F_OK), -1);
    close(fd);
}

static void
what_cannot_be_listened_to_is_an_error(void **state)
{
    static const char *const row[] = {"",
                                      "nonsense",
                                      "127.0.0.1:",
                                      ":80",
                                      "127.0.0.1:99999x",
                                      "192.0.2.1:1",
                                      "unix:/no/such/folder/s"};
    struct server *other = NULL;
    struct server_backend backend = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct server_options options = options_for(row[i]);
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_FAILS(server_start(&other, &options, &backend, &e), e, ERR_INPUT, "listen_failed");
    }
    server_stop(NULL);
}

/* As many allocations of a request's as there are, each failing in its turn. */
static void
a_request_without_room_fails_alone(void **state)
{
    static const struct route tight[] = {
        {.method = GET, .path = "/things/:thing", .handler = echo_path},
        {.method = GET, .path = "/cookie", .handler = use_cookie},
        {.method = GET, .path = "/static/*", .handler = serve_file},
        {.method = GET, .path = "/big", .handler = big_text},
    };
    static const char *const request[] = {
        "GET /things/a%20b?q=c%20d HTTP/1.1\r\n" H "\r\n",
        "GET /cookie HTTP/1.1\r\n" H "\r\n",
        "GET /static/b-22.js HTTP/1.1\r\n" H "Accept-Encoding: br\r\n\r\n",
        "GET /big HTTP/1.1\r\n" H "Accept-Encoding: gzip\r\n\r\n",
        "GET /nowhere HTTP/1.1\r\n" H "Accept: text/html\r\n\r\n",
    };
    struct server_options options = options_for("127.0.0.1:0");
    struct server_backend backend = {0};
    struct err e = {0};
    int served = 0;

    (void)state;
    options.routes = tight;
    options.routes_n = COUNT(tight);
    for (options.arena_max = 16; options.arena_max < 128 * KIB;
         options.arena_max += options.arena_max < 4 * KIB ? 128 : 16 * KIB) {
        struct server *other;

        CHECK_OK(server_start(&other, &options, &backend, &e), e);
        for (size_t i = 0; i < COUNT(request); i++) {
            int status = http_ask(server_port(other), request[i], &answer);

            CHECK_THAT(status == 0 || status == 200 || status == 404 || status == 500 ||
                       status == 503);
            served += status == 200;
        }
        server_stop(other);
    }
    CHECK_THAT(served > 20);
}

/* Workers that are waking up while we stop once made libmicrohttpd end the process. */
static void
it_stops_however_busy_its_workers_are(void **state)
{
    struct server_options options = options_for("127.0.0.1:0");
    struct server_backend backend = {0};
    struct err e = {0};

    (void)state;
    options.workers = 8;
    for (int i = 0; i < 200; i++) {
        struct server *other;
        struct http_peer *peer[8];

        CHECK_OK(server_start(&other, &options, &backend, &e), e);
        for (size_t k = 0; k < COUNT(peer); k++) {
            peer[k] = http_peer_open(server_port(other));
            http_peer_text(peer[k], "GET /hello HTTP/1.1\r\n" H "\r\n");
        }
        server_stop(other);
        for (size_t k = 0; k < COUNT(peer); k++) {
            int status = http_peer_receive(peer[k], &answer);

            CHECK_THAT(status == 0 || status == 200 || status == 503);
            http_peer_close(peer[k]);
        }
    }
}

static int
start(void **state)
{
    struct server_options options = options_for("127.0.0.1:0");
    struct server_backend backend = {
        .service = &last,
        .reader = reader,
        .reader_done = reader_done,
        .identify = identify,
        .finished = finished,
    };
    struct err e = {0};

    (void)state;
    if (server_start(&server, &options, &backend, &e))
        return -1;
    port = server_port(server);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    server_stop(server);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_answer_carries_the_security_headers),
        TEST(paths_and_methods_without_a_row_are_told_apart),
        TEST(head_is_get_without_its_body),
        TEST(segments_and_queries_come_decoded),
        TEST(bodies_are_what_the_route_takes_or_refused),
        TEST(a_client_that_expects_is_told_to_continue),
        TEST(a_long_body_arrives_whole_in_pieces_of_any_size),
        TEST(failures_have_one_shape_and_hide_what_is_ours),
        TEST(a_browser_gets_its_failures_as_a_page),
        TEST(who_is_asking_is_known_before_the_handler_runs),
        TEST(a_stranger_is_refused_before_the_body_is_sent),
        TEST(another_sites_page_cannot_change_anything),
        TEST(a_connection_serves_one_request_after_another_and_pipelines),
        TEST(files_come_in_the_form_the_client_takes_and_only_once),
        TEST(long_text_is_compressed_for_who_takes_it),
        TEST(cookies_are_hardened_and_read_strictly),
        TEST(a_dropped_reply_is_no_reply),
        TEST(every_answer_is_told_to_the_hook_once),
        TEST(a_request_without_room_fails_alone),
        TEST(it_stops_however_busy_its_workers_are),
        TEST(a_unix_socket_serves_too_and_is_removed),
        TEST(what_cannot_be_listened_to_is_an_error),
    };

    return cmocka_run_group_tests_name("http server", tests, start, stop);
}
