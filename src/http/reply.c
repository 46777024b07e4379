#include "http/reply.h"

#include "http/sse.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define JSON_TYPE "application/json; charset=utf-8"
#define HTML_TYPE "text/html; charset=utf-8"
#define ERROR_BODY_MAX (4 * KIB)

static enum err_code
finish(struct reply *reply, int status, const char *content_type, const struct buf *body,
       struct err *e)
{
    if (buf_failed(body))
        return err_set(e, ERR_INTERNAL, "internal", "answer over its cap");
    reply->status = status;
    reply->content_type = content_type;
    reply->body = buf_str(body);
    reply->may_compress = true;
    return OK;
}

enum err_code
reply_json(struct reply *reply, int status, const struct buf *body, struct err *e)
{
    return finish(reply, status, JSON_TYPE, body, e);
}

enum err_code
reply_json_value(struct request *req, struct reply *reply, int status, json_t *value, struct err *e)
{
    char *text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;
    size_t n = text != NULL ? strlen(text) : 0;
    char *copy = text != NULL ? arena_dup(req->arena, text, n) : NULL;

    json_decref(value);
    free(text);
    if (copy == NULL)
        return err_set(e, ERR_INTERNAL, "internal", "JSON answer could not be built");
    reply->status = status;
    reply->content_type = JSON_TYPE;
    reply->body = (struct str){copy, n};
    reply->may_compress = true;
    return OK;
}

enum err_code
reply_html(struct reply *reply, int status, const struct buf *body, struct err *e)
{
    return finish(reply, status, HTML_TYPE, body, e);
}

enum err_code
reply_plain(struct reply *reply, int status, struct str text, struct err *e)
{
    (void)e;
    reply->status = status;
    reply->content_type = "text/plain; charset=utf-8";
    reply->body = text;
    reply->may_compress = true;
    return OK;
}

enum err_code
reply_empty(struct reply *reply, int status)
{
    reply->status = status;
    reply->content_type = NULL;
    reply->body = STR("");
    return OK;
}

void
reply_keep(struct reply *reply, int64_t until_ms, const size_t *now_at, size_t now_n)
{
    assert(now_n <= REPLY_NOWS_MAX);
    reply->keep.until_ms = until_ms;
    reply->keep.now_n = now_n;
    for (size_t i = 0; i < now_n; i++)
        reply->keep.now_at[i] = now_at[i];
}

enum err_code
reply_redirect(struct reply *reply, const char *location)
{
    reply_header(reply, "Location", location);
    return reply_empty(reply, 303);
}

enum err_code
reply_file(struct reply *reply, const struct file *file)
{
    reply->status = 200;
    reply->file = file;
    return OK;
}

enum err_code
reply_stream(struct reply *reply, struct sse_feed *feed)
{
    reply->status = 200;
    reply->content_type = "text/event-stream; charset=utf-8";
    reply->feed = feed;
    return OK;
}

void
reply_header(struct reply *reply, const char *name, const char *value)
{
    assert(value != NULL);
    assert(strpbrk(value, "\r\n") == NULL);
    assert(reply->headers < REPLY_HEADERS_MAX);
    reply->header[reply->headers].name = name;
    reply->header[reply->headers].value = value;
    reply->headers++;
}

void
reply_publish(struct reply *reply, uint64_t topic, const char *event, struct str data)
{
    assert(reply->publishes < sizeof(reply->publish) / sizeof(reply->publish[0]));
    reply->publish[reply->publishes].topic = topic;
    reply->publish[reply->publishes].event = event;
    reply->publish[reply->publishes].data = data;
    reply->publishes++;
}

void
reply_news(struct reply *reply, const char *event, const struct log_pair *pairs, size_t n)
{
    assert(reply->news.event == NULL);
    assert(n <= REPLY_NEWS_MAX);
    reply->news.event = event;
    memcpy(reply->news.pair, pairs, n * sizeof(pairs[0]));
    reply->news.n = n;
}

void
reply_end_streams(struct reply *reply, uint64_t topic)
{
    assert(topic != 0);
    assert(reply->ends_topic == 0);
    reply->ends_topic = topic;
}

int
reply_status_of(enum err_code code)
{
    switch (code) {
    case OK:
        return 200;
    case ERR_INPUT:
        return 400;
    case ERR_AUTH:
        return 401;
    case ERR_FORBIDDEN:
        return 403;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_METHOD:
        return 405;
    case ERR_CONFLICT:
        return 409;
    case ERR_TOO_LARGE:
        return 413;
    case ERR_MEDIA:
        return 415;
    case ERR_MISDIRECTED:
        return 421;
    case ERR_MISMATCH:
        return 422;
    case ERR_LIMIT:
        return 429;
    case ERR_INTERNAL:
        return 500;
    case ERR_UPSTREAM:
        return 502;
    case ERR_BUSY:
        return 503;
    case ERR_FULL:
        return 507;
    }
    return 500;
}

static bool
wants_page(const struct request *req)
{
    struct str accept = request_header(req, "accept");

    return req->method == GET && accept.n > 0 &&
           memmem(accept.at, accept.n, "text/html", sizeof("text/html") - 1) != NULL;
}

static void
write_error_json(struct buf *out, const char *word, const char *field, const char *id)
{
    buf_text(out, "{\"error\":");
    buf_json(out, str_of(word));
    if (field[0] != '\0') {
        buf_text(out, ",\"field\":");
        buf_json(out, str_of(field));
    }
    buf_text(out, ",\"request\":");
    buf_json(out, str_of(id));
    buf_text(out, "}");
}

static void
write_error_page(struct buf *out, int status, const char *word, const char *id)
{
    buf_text(out, "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
                  "<meta name=\"viewport\" content=\"width=device-width\"><title>");
    buf_int(out, status);
    buf_text(out, "</title><h1>");
    buf_int(out, status);
    buf_text(out, "</h1><p>");
    buf_xml(out, str_of(word));
    buf_text(out, "</p><p><small>");
    buf_xml(out, str_of(id));
    buf_text(out, "</small></p></html>\n");
}

static const char *
retry_after(const struct reply *reply, enum err_code code)
{
    for (size_t i = 0; i < reply->headers; i++)
        if (strcasecmp(reply->header[i].name, "Retry-After") == 0)
            return reply->header[i].value;
    return code == ERR_BUSY || code == ERR_LIMIT ? "1" : NULL;
}

void
reply_error(struct request *req, struct reply *reply, const struct err *e)
{
    const char *wait = retry_after(reply, e->code);
    const char *word = e->code == ERR_INTERNAL || e->word == NULL ? "internal" : e->word;
    struct buf body = buf_new(req->arena, ERROR_BODY_MAX);
    bool page = wants_page(req);
    int status = reply_status_of(e->code);

    *reply = (struct reply){.status = status, .content_type = page ? HTML_TYPE : JSON_TYPE};
    if (wait != NULL)
        reply_header(reply, "Retry-After", wait);
    if (page)
        write_error_page(&body, status, word, req->id);
    else
        write_error_json(&body, word, e->code == ERR_INTERNAL ? "" : e->field, req->id);
    reply->body = buf_failed(&body) ? STR("{\"error\":\"internal\"}") : buf_str(&body);
}
