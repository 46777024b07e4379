#include "api/api_news.h"

#include <inttypes.h>

#include "domain/notice.h"

#define NEWS_MAX 20
#define ANSWER_MAX (64 * KIB) /* a text of a person is up to 3,000 bytes, escaped */

/* Numbers that a notice may not have are 0 there. */
static void
write_number(struct buf *b, const char *name, int64_t value, bool is_there)
{
    buf_format(b, ",\"%s\":", name);
    if (is_there)
        buf_int(b, value);
    else
        buf_text(b, "null");
}

static void
write_text(struct buf *b, const char *name, struct str text)
{
    buf_format(b, ",\"%s\":", name);
    buf_json_or_null(b, text);
}

static bool
is_over(const struct notice *n, int64_t now_ms)
{
    return notice_is_over(n) || (n->expires_ms != 0 && n->expires_ms <= now_ms);
}

static void
write_notice(struct buf *b, const struct notice *n, int64_t now_ms)
{
    bool is_of_card = n->card_id != 0;

    buf_format(b, "{\"id\":%" PRId64 ",\"kind\":\"%s\",\"over\":%s", n->id,
               notice_kind_word(n->kind), is_over(n, now_ms) ? "true" : "false");
    write_number(b, "plan", n->plan_id, is_of_card);
    write_text(b, "plan_name", n->plan_name);
    write_text(b, "unit", !is_of_card ? STR("") : n->is_stamp ? STR("stamp") : STR("point"));
    write_number(b, "amount", n->amount, n->amount != 0);
    write_number(b, "balance", n->balance, is_of_card);
    write_number(b, "left", n->next_at - n->balance, n->next_at > n->balance);
    write_text(b, "reward", n->reward_title);
    write_number(b, "expires", n->expires_ms, n->expires_ms != 0);
    write_text(b, "shop", n->shop_name);
    write_text(b, "text", n->detail);
    buf_format(b, ",\"at\":%" PRId64 "}", n->at_ms);
}

enum err_code
api_news_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct notice *notice = arena_alloc(req->arena, NEWS_MAX * sizeof(*notice));
    size_t n;

    if (!notice)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "news");
    if (notice_news(req->db, req->actor.member_id, req->arena, notice, NEWS_MAX, &n, e))
        return e->code;
    buf_text(&b, "{\"notices\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ',');
        write_notice(&b, &notice[i], req->now_ms);
    }
    buf_text(&b, "]}");
    return reply_json(reply, 200, &b, e);
}
