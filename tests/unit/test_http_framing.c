/*
 * Requests that two readers could read differently, sent byte by byte as an attacker would, each
 * with another request right behind it. Either the first is refused, the connection ends and the
 * second is never looked at; or both are served, once each, in step.
 *
 * The rows: security.md appendix B (measured against libmicrohttpd alone), RFC 9112 sections 3, 6,
 * 7 and 11.2.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/server.h"
#include "tests/support/check.h"
#include "tests/support/http_peer.h"

static _Atomic int served, smuggled;

static enum err_code
serve(struct request *req, struct reply *reply, struct err *e)
{
    (void)req;
    atomic_fetch_add(&served, 1);
    return reply_plain(reply, 200, STR("ok"), e);
}

static enum err_code
serve_smuggled(struct request *req, struct reply *reply, struct err *e)
{
    (void)req;
    atomic_fetch_add(&smuggled, 1);
    return reply_plain(reply, 200, STR("next"), e);
}

static const struct route routes[] = {
    {.method = GET, .path = "/a", .handler = serve},
    {.method = GET, .path = "/a/:b", .handler = serve},
    {.method = POST, .path = "/a", .handler = serve, .body_max = 64, .media = "*"},
    {.method = GET, .path = "/smuggled", .handler = serve_smuggled},
};

#define HOST "Host: card.test\r\n"
#define NEXT "GET /smuggled HTTP/1.1\r\n" HOST "\r\n"
#define POST_A "POST /a HTTP/1.1\r\n" HOST
#define GET_A "GET /a HTTP/1.1\r\n" HOST
#define BYTES(text) STR_INIT(text)

/* What may come back: SERVED, and then the next request too; or SILENT, no answer, or another
 * status, and the connection closed. */
enum { SERVED = 200, SILENT = 0 };

static const struct {
    const char *what;
    struct str bytes;
    int want;
} row[] = {
    {"plain GET", BYTES(GET_A "\r\n"), SERVED},
    {"plain POST", BYTES(POST_A "Content-Length: 3\r\n\r\nabc"), SERVED},
    {"plain chunked", BYTES(POST_A "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
     SERVED},
    {"POST without a body", BYTES(POST_A "\r\n"), SERVED},
    {"trailers", BYTES(POST_A "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n"),
     SERVED},
    {"trailer with a length",
     BYTES(POST_A "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 50\r\n\r\n"), SERVED},
    {"bare LF line ends", BYTES("GET /a HTTP/1.1\nHost: card.test\n\n"), SERVED},
    {"bare LF in chunks", BYTES(POST_A "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n"), SERVED},
    {"query with escapes", BYTES("GET /a?x=%2F%2e&y=a+b HTTP/1.1\r\n" HOST "\r\n"), SERVED},
    {"escaped letter", BYTES("GET /a/%41 HTTP/1.1\r\n" HOST "\r\n"), SERVED},
    {"Host with the usual port", BYTES("GET /a HTTP/1.1\r\nHost: CARD.test:443\r\n\r\n"), SERVED},

    {"two equal lengths", BYTES(POST_A "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), 400},
    {"two lengths", BYTES(POST_A "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), 400},
    {"two lengths, case", BYTES(POST_A "Content-Length: 3\r\ncontent-LENGTH: 0\r\n\r\nabc"), 400},
    {"list of lengths", BYTES(POST_A "Content-Length: 3, 3\r\n\r\nabc"), 400},
    {"+3", BYTES(POST_A "Content-Length: +3\r\n\r\nabc"), 400},
    {"-1", BYTES(POST_A "Content-Length: -1\r\n\r\nabc"), 400},
    {"0x3", BYTES(POST_A "Content-Length: 0x3\r\n\r\nabc"), 400},
    {"3abc", BYTES(POST_A "Content-Length: 3abc\r\n\r\nabc"), 400},
    {"length with a space within", BYTES(POST_A "Content-Length: 3 3\r\n\r\nabc"), 400},
    {"empty length", BYTES(POST_A "Content-Length:\r\n\r\nabc"), 400},
    {"length over 2^64", BYTES(POST_A "Content-Length: 18446744073709551617\r\n\r\nabc"), 413},
    {"length over 2^63", BYTES(POST_A "Content-Length: 9223372036854775809\r\n\r\nabc"), 400},
    {"length over the route's", BYTES(POST_A "Content-Length: 65\r\n\r\nabc"), 413},
    {"length and chunked",
     BYTES(POST_A "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400},
    {"chunked and length",
     BYTES(POST_A "Transfer-Encoding: chunked\r\nContent-Length: 50\r\n\r\n0\r\n\r\n"), 400},
    {"xchunked", BYTES(POST_A "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 400},
    {"identity", BYTES(POST_A "Transfer-Encoding: identity\r\n\r\n"), 400},
    {"gzip, chunked", BYTES(POST_A "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 400},
    {"chunked, identity", BYTES(POST_A "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
     400},
    {"chunked, chunked", BYTES(POST_A "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), 400},
    {"vertical tab before chunked", BYTES(POST_A "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"),
     400},
    {"empty coding", BYTES(POST_A "Transfer-Encoding:\r\n\r\n0\r\n\r\n"), 400},
    {"coding twice",
     BYTES(POST_A "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
     400},
    {"coding twice, equal",
     BYTES(POST_A "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     400},
    {"space before the colon",
     BYTES(POST_A "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"), 400},
    {"folded coding", BYTES(POST_A "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"), 400},
    {"folded line", BYTES(GET_A "X: a\r\n b\r\n\r\n"), 400},
    {"line folded twice", BYTES(GET_A "X: a\r\n b\r\n\tc\r\nY: z\r\n\r\n"), 400},
    {"fold in a name's stead", BYTES(POST_A "Transfer-Enc: chunked\r\n oding\r\n\r\n0\r\n\r\n"),
     400},
    {"empty value", BYTES(GET_A "X:\r\n\r\n"), SERVED},
    {"empty value with a space", BYTES(GET_A "X: \r\nY:\t\r\n\r\n"), SERVED},
    {"chunked on HTTP/1.0",
     BYTES("POST /a HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400},
    {"HTTP/1.0", BYTES("GET /a HTTP/1.0\r\n" HOST "\r\n"), 400},
    {"HTTP/0.9", BYTES("GET /a\r\n"), 400},
    {"HTTP/2.0", BYTES("GET /a HTTP/2.0\r\n" HOST "\r\n"), 505},
    {"HTTP/1.2", BYTES("GET /a HTTP/1.2\r\n" HOST "\r\n"), 400},
    {"chunk size not a number", BYTES(POST_A "Transfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n"),
     400},
    {"chunk size 0x3", BYTES(POST_A "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"),
     400},
    {"chunk size over 2^64",
     BYTES(POST_A "Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n"), 413},
    {"chunk longer than told",
     BYTES(POST_A "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"), 400},
    {"chunks over the route's limit",
     BYTES(POST_A "Transfer-Encoding: chunked\r\n\r\n"
                  "28\r\n0123456789012345678901234567890123456789\r\n"
                  "28\r\n0123456789012345678901234567890123456789\r\n0\r\n\r\n"),
     413},
    {"bare CR in a value", BYTES(GET_A "X: a\rb\r\n\r\n"), 400},
    {"NUL in a value", BYTES(GET_A "X: a\0b\r\n\r\n"), SERVED}, /* cut; nothing of it is ours */
    {"control byte in a value", BYTES(GET_A "X: a\x01z\r\n\r\n"), 400},
    {"DEL in a value", BYTES(GET_A "X: a\x7fz\r\n\r\n"), 400},
    {"control byte in a name", BYTES(GET_A "X\x01: a\r\n\r\n"), 400},
    {"space in a name", BYTES(GET_A "X Y: a\r\n\r\n"), 400},
    {"bytes over 0x7f in a name", BYTES(GET_A "X\xc3\xa4: a\r\n\r\n"), 400},
    /* libmicrohttpd takes it for the end of the headers, and we cannot see that it was there.
     * nginx, Caddy and HAProxy do not let it through, so nobody in front of us reads it
     * differently. */
    {"empty name", BYTES(GET_A ": a\r\n\r\n"), SERVED},
    {"line without a colon", BYTES(GET_A "nothing\r\n\r\n"), 400},
    {"first line folded", BYTES("GET /a HTTP/1.1\r\n X: y\r\n" HOST "\r\n"), 400},
    {"no Host", BYTES("GET /a HTTP/1.1\r\n\r\n"), 400},
    {"empty Host", BYTES("GET /a HTTP/1.1\r\nHost:\r\n\r\n"), 400},
    {"two Hosts", BYTES("GET /a HTTP/1.1\r\n" HOST HOST "\r\n"), 400},
    {"two different Hosts", BYTES("GET /a HTTP/1.1\r\n" HOST "Host: evil.test\r\n\r\n"), 400},
    {"Host of others", BYTES("GET /a HTTP/1.1\r\nHost: evil.test\r\n\r\n"), 421},
    {"Host with another port", BYTES("GET /a HTTP/1.1\r\nHost: card.test:8080\r\n\r\n"), 421},
    {"Host with userinfo", BYTES("GET /a HTTP/1.1\r\nHost: card.test@evil.test\r\n\r\n"), 421},
    {"GET with a body", BYTES(GET_A "Content-Length: 3\r\n\r\nabc"), 400},
    {"GET with chunks", BYTES(GET_A "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400},
    {"HEAD with a body", BYTES("HEAD /a HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"), 400},
    {"GET hiding a request", BYTES(GET_A "Content-Length: 48\r\n\r\n" NEXT), 400},
    {"absolute target", BYTES("GET http://card.test/a HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"target *", BYTES("GET * HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"target without a slash", BYTES("GET a HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"%00", BYTES("GET /a%00/b HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"%0a", BYTES("GET /a/%0a HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"%00 in the query", BYTES("GET /a?x=%00 HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"%2e%2e", BYTES("GET /a/%2e%2e/smuggled HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"%2F", BYTES("GET /a/b%2Fc HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"%5c", BYTES("GET /a/b%5cc HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"backslash", BYTES("GET /a/b\\c HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"dot segments", BYTES("GET /a/../smuggled HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"broken escape", BYTES("GET /a/%4 HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"bytes over 0x7f in the target", BYTES("GET /a/\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"control byte in the target", BYTES("GET /a/\x01 HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"fragment", BYTES("GET /a#b HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"TRACE", BYTES("TRACE /a HTTP/1.1\r\n" HOST "\r\n"), 405},
    {"CONNECT", BYTES("CONNECT card.test:443 HTTP/1.1\r\n" HOST "\r\n"), 405},
    {"OPTIONS", BYTES("OPTIONS /a HTTP/1.1\r\n" HOST "\r\n"), 405},
    {"get", BYTES("get /a HTTP/1.1\r\n" HOST "\r\n"), 405},
    {"PRI", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505},
};

static struct server *server;
static int port;

static void
try_row(size_t i)
{
    static struct http_answer answer;
    struct http_peer *p = http_peer_open(port);
    bool accepted = row[i].want == SERVED;

    atomic_store(&served, 0);
    atomic_store(&smuggled, 0);
    http_peer_send(p, row[i].bytes);
    http_peer_text(p, NEXT);
    http_peer_receive(p, &answer);
    if (answer.status != row[i].want)
        printf("%s: got %d, want %d\n", row[i].what, answer.status, row[i].want);
    CHECK_INT(answer.status, row[i].want);
    if (accepted)
        CHECK_INT(http_peer_receive(p, &answer), 200);
    else
        CHECK_THAT(http_peer_ended(p, 5000));
    CHECK_INT(atomic_load(&served), accepted);
    CHECK_INT(atomic_load(&smuggled), accepted);
    http_peer_close(p);
}

static void
every_request_is_refused_for_good_or_served_in_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        try_row(i);
    }
    CHECK_THAT(server_counts(server).refused_by_guard > 40);
}

static void
try_size(const char *start, size_t n, const char *end, int want)
{
    static struct http_answer answer;
    static char filler[64 * 1024];
    struct http_peer *p = http_peer_open(port);

    memset(filler, 'x', n);
    http_peer_text(p, start);
    http_peer_send(p, (struct str){filler, n});
    http_peer_text(p, end);
    CHECK_INT(http_peer_receive(p, &answer), want);
    http_peer_close(p);
}

static void
what_is_too_long_is_refused(void **state)
{
    struct http_peer *p = http_peer_open(port);
    static struct http_answer answer;
    char line[32];

    (void)state;
    try_size("GET /a/", 40 * 1024, " HTTP/1.1\r\n" HOST "\r\n", 414);
    try_size(GET_A "X: ", 40 * 1024, "\r\n\r\n", 431);
    try_size(GET_A "X: ", 4 * 1024, "\r\n\r\n", 200);

    http_peer_text(p, GET_A);
    for (int i = 0; i < 64; i++) { /* and Host makes 65 */
        snprintf(line, sizeof(line), "X-%d: y\r\n", i);
        http_peer_text(p, line);
    }
    http_peer_text(p, "\r\n");
    CHECK_INT(http_peer_receive(p, &answer), 400);
    CHECK_THAT(http_peer_ended(p, 5000));
    http_peer_close(p);
}

static int
start(void **state)
{
    static const char *const hosts[] = {"card.test", NULL};
    static struct clock clock;
    struct server_options options = {
        .listen = "127.0.0.1:0",
        .hosts = hosts,
        .workers = 2,
        .clock = &clock,
        .routes = routes,
        .routes_n = COUNT(routes),
    };
    struct err e = {0};

    (void)state;
    if (server_start(&server, &options, &(struct server_backend){0}, &e))
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
        TEST(every_request_is_refused_for_good_or_served_in_step),
        TEST(what_is_too_long_is_refused),
    };

    return cmocka_run_group_tests_name("http framing", tests, start, stop);
}
