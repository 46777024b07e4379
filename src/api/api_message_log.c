#include "api/api_messages.h"

#include <inttypes.h>

#include "api/service.h"
#include "base/text.h"
#include "domain/audit.h"
#include "domain/card_find.h"
#include "domain/member.h"
#include "domain/notice.h"
#include "domain/notice_make.h"

#define LINES_MAX 50
#define CODE_MAX 512
#define TEXT_MAX 8192 /* bytes: what is too long is to be told so by its length in characters */
#define ANSWER_MAX (64 * KIB)

static const struct limit_rate write_rate = {.burst = 10, .per_ms = 6 * SECOND_MS};

/* ---------------------------------------------------------------- whose log */

/* The card of somebody who is still a member. */
static enum err_code
find(struct request *req, struct str code, struct card *card, struct notice_reader *reader,
     struct err *e)
{
    if (card_find(req->db, code, req->now_ms, card, e))
        return e->code;
    if (card->is_ended || card->is_merged)
        return err_set(e, ERR_NOT_FOUND, "card_unknown", "card %" PRId64 " is nobody's", card->id);
    return notice_reader(req->db, card->member_id, req->now_ms, reader, e);
}

/* How a person's own words would go out now: they are urgent, and heed no topic. */
static const char *
reaches_by(const struct notice_reader *reader)
{
    if (reader->has_chance)
        return "reply";
    return reader->is_friend ? "push" : "card";
}

static enum err_code
write_member(struct request *req, struct buf *b, const struct card *card,
             const struct notice_reader *reader, struct err *e)
{
    struct str name;

    if (member_name(req->db, reader->member_id, req->arena, &name, e))
        return e->code;
    buf_text(b, "{\"member\":{\"name\":");
    buf_json_or_null(b, name);
    buf_format(b, ",\"language\":\"%s\",\"friend\":%s,\"card\":\"%s\",\"pushes\":%" PRId64,
               language_tag(reader->language), reader->is_friend ? "true" : "false",
               card->is_active ? "active" : "blocked", reader->pushes);
    for (int i = 0; i < TOPICS; i++)
        buf_format(b, "%s\"%s\":%s", i ? "," : ",\"topics\":{", topic_word((enum topic)i),
                   reader->wants[i] ? "true" : "false");
    buf_format(b, "}},\"reaches_by\":\"%s\"", reaches_by(reader));
    return OK;
}

/* ---------------------------------------------------------------- the log */

static void
write_or_null(struct buf *b, const char *name, const char *text)
{
    buf_format(b, ",\"%s\":", name);
    buf_json_or_null(b, str_of(text));
}

static void
write_line(struct buf *b, const struct notice_line *line)
{
    buf_format(b, "{\"id\":%" PRId64 ",\"kind\":\"%s\",\"at\":%" PRId64 ",\"state\":\"%s\"",
               line->id, notice_kind_word(line->kind), line->created_ms, line->state);
    buf_text(b, ",\"decided\":");
    if (line->decided_ms)
        buf_int(b, line->decided_ms);
    else
        buf_text(b, "null");
    write_or_null(b, "step", line->step);
    write_or_null(b, "reason", line->reason);
    write_or_null(b, "request", line->line_request_id);
    buf_char(b, '}');
}

enum err_code
api_messages_log(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct notice_line *line = arena_alloc(req->arena, LINES_MAX * sizeof(*line));
    struct notice_reader reader;
    struct card card;
    struct str code = {0};
    size_t n;

    if (!line)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "log of a member");
    if (REQUEST_JSON(req, e, {"code", JSON_KIND_TEXT, .min = 1, .max = CODE_MAX, .out = &code}) ||
        find(req, code, &card, &reader, e) ||
        notice_log(req->db, card.member_id, line, LINES_MAX, &n, e) ||
        write_member(req, &b, &card, &reader, e))
        return e->code;
    buf_text(&b, ",\"lines\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ',');
        write_line(&b, &line[i]);
    }
    buf_text(&b, "]}");
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- a person writes */

enum err_code
api_messages_write(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, KIB);
    struct notice_reader reader;
    struct card card;
    struct str code = {0}, typed = {0}, text;

    if (REQUEST_JSON(req, e, {"code", JSON_KIND_TEXT, .min = 1, .max = CODE_MAX, .out = &code},
                     {"text", JSON_KIND_TEXT, .min = 1, .max = TEXT_MAX, .out = &typed}) ||
        find(req, code, &card, &reader, e) ||
        text_clean_lines(req->arena, typed, NOTICE_STAFF_MAX_UNITS, &text, e) ||
        service_limit(s, "message_write",
                      str_of(arena_format(req->arena, "%" PRId64, req->actor.staff_id)), write_rate,
                      req->now_ms, e) ||
        notice_make_staff(req->db, card.member_id, text, req->now_ms, e) ||
        audit_write(req->db, "message.written", req->actor.staff_id, 0, card.member_id, req->now_ms,
                    e))
        return e->code;
    REPLY_NEWS(reply, "message.written", L_TEXT("req", req->id), L_INT("member", card.member_id),
               L_INT("staff", req->actor.staff_id));
    s->wake(s->app);
    buf_format(&b, "{\"reaches_by\":\"%s\"}", reaches_by(&reader));
    return reply_json(reply, 202, &b, e);
}
