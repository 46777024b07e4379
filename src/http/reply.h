/*
 * reply.h - the answer a handler fills in.
 *
 * A reply becomes visible only when the handler has returned OK and, on a WRITE route, the
 * transaction it ran in is on the disk. Everything it points at must live in the request's arena,
 * or for ever. Security headers (security.md 6.9) are added by the server to every reply.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPLY_HEADERS_MAX 16
#define REPLY_NEWS_MAX 8
#define REPLY_NOWS_MAX 2

struct file;
struct sse_feed;

struct reply {
    int status;
    const char *content_type; /* NULL when there is no body */
    struct str body;
    bool may_compress;       /* text worth gzip, when the client takes it */
    const char *csp;         /* instead of the server's default Content-Security-Policy */
    const struct file *file; /* a bundled file instead of a body */
    struct sse_feed *feed;   /* a stream of events instead of a body; taken */
    bool drop;               /* close the connection without any answer (line-sim's faults) */
    struct {
        const char *name, *value;
    } header[REPLY_HEADERS_MAX];
    size_t headers;
    struct {
        uint64_t topic;
        const char *event;
        struct str data;
    } publish[4];
    size_t publishes;
    uint64_t ends_topic; /* 0: none */
    struct {
        int64_t until_ms; /* 0: not to be kept */
        size_t now_at[REPLY_NOWS_MAX], now_n;
    } keep;
    struct {
        const char *event;
        struct log_pair pair[REPLY_NEWS_MAX];
        size_t n;
    } news;
};

/* Finish with the text in `body` as JSON (application/json; charset=utf-8, Cache-Control:
 * no-store). */
enum err_code reply_json(struct reply *reply, int status, const struct buf *body, struct err *e);
/* The same from a jansson value, which is taken. For answers that are rare. */
enum err_code reply_json_value(struct request *req, struct reply *reply, int status, json_t *value,
                               struct err *e);
enum err_code reply_html(struct reply *reply, int status, const struct buf *body, struct err *e);
enum err_code reply_plain(struct reply *reply, int status, struct str text, struct err *e);
enum err_code reply_empty(struct reply *reply, int status);
/* 303 See Other; `location` is a path of ours or a URL from our own settings, never from the
 * request. */
enum err_code reply_redirect(struct reply *reply, const char *location);
enum err_code reply_file(struct reply *reply, const struct file *file);
enum err_code reply_stream(struct reply *reply, struct sse_feed *feed);

/* name: a literal; value: arena or literal, without CR and LF (asserted). */
void reply_header(struct reply *reply, const char *name, const char *value);

/* Tell everyone who listens to `topic`, but only once this reply counts (after the COMMIT). */
void reply_publish(struct reply *reply, uint64_t topic, const char *event, struct str data);

/* What LOG(LOG_INFO, ...) would tell the log, told only once this reply counts, by the backend's
 * finished(); once a reply. Event and texts: literals or in the request's arena. */
#define REPLY_NEWS(reply, event, ...)                                                              \
    reply_news(reply, event, (const struct log_pair[]){__VA_ARGS__},                               \
               sizeof((const struct log_pair[]){__VA_ARGS__}) / sizeof(struct log_pair))
void reply_news(struct reply *reply, const char *event, const struct log_pair *pairs, size_t n);

/*
 * This answer to a GET may be given again, until then at most, to whoever sends the same cookie and
 * asks for the same path and query, as long as nothing in req->made_from changes (http/kept.h).
 * For answers that depend on nothing else; they have no header of their own, and csp and
 * content_type are literals. `now_at`: where in the body req->now_ms is written out.
 */
void reply_keep(struct reply *reply, int64_t until_ms, const size_t *now_at, size_t now_n);

/* End all streams of `topic`, not 0, once this reply counts: whoever still may listen comes back.
 */
void reply_end_streams(struct reply *reply, uint64_t topic);

/*
 * The one shape of an error: {"error":"field_missing","field":"stamps","request":"5f2c9a..."} with
 * the status of e->code. Of what the reply held before, only a Retry-After stays. For pages
 * (Accept: text/html on GET) a short HTML page with the same facts.
 */
void reply_error(struct request *req, struct reply *reply, const struct err *e);
int reply_status_of(enum err_code code);

#endif
