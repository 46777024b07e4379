#include "api/api_topics.h"

#include <inttypes.h>

#include "domain/birthday.h"
#include "domain/budget.h"
#include "domain/plan.h"
#include "domain/topic.h"

#define ANSWER_MAX (16 * KIB)

/* ---------------------------------------------------------------- topics */

static enum err_code
reply_topics(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    bool wants[TOPICS + 1];

    if (topic_load(req->db, req->actor.member_id, wants, e))
        return e->code;
    for (int i = 0; i < TOPICS; i++)
        buf_format(&b, "%s\"%s\":%s", i ? "," : "{", topic_word((enum topic)i),
                   wants[i] ? "true" : "false");
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_topics_show(struct request *req, struct reply *reply, struct err *e)
{
    return reply_topics(req, reply, e);
}

enum err_code
api_topic_choose(struct request *req, struct reply *reply, struct err *e)
{
    struct str word = {0};
    enum topic topic;
    bool is_wanted;

    if (REQUEST_JSON(req, e, {"topic", JSON_KIND_TEXT, .min = 1, .max = 16, .out = &word},
                     {"wanted", JSON_KIND_BOOL, .out = &is_wanted}))
        return e->code;
    if (!topic_of(word, &topic))
        return err_field(e, ERR_INPUT, "topic_unknown", "topic", "receipts, rewards or offers");
    if (topic_choose(req->db, req->actor.member_id, topic, is_wanted, req->now_ms, e))
        return e->code;
    REPLY_NEWS(reply, "topic.chosen", L_TEXT("req", req->id), L_INT("member", req->actor.member_id),
               L_TEXT("topic", topic_word(topic)), L_TEXT("wanted", is_wanted ? "yes" : "no"));
    return reply_topics(req, reply, e);
}

/* ---------------------------------------------------------------- the birthday */

static void
write_part(struct buf *b, const char *name, int64_t value)
{
    buf_format(b, ",\"%s\":", name);
    if (value)
        buf_int(b, value);
    else
        buf_text(b, "null");
}

/* What the plans in force give on the day. */
static enum err_code
write_bonuses(struct buf *b, struct request *req, size_t *n_out, struct err *e)
{
    struct plan_rules *plan;
    size_t n;

    if (plan_list(req->db, req->arena, &plan, &n, e))
        return e->code;
    *n_out = 0;
    buf_text(b, "[");
    for (size_t i = 0; i < n; i++) {
        if (plan[i].earn.birthday_units == 0 || plan_is_over(&plan[i], req->now_ms))
            continue;
        buf_text(b, (*n_out)++ ? ",{\"name\":" : "{\"name\":");
        buf_json(b, str_of(plan[i].name));
        buf_format(b, ",\"unit\":\"%s\",\"units\":%" PRId64 "}", unit_name(plan[i].unit),
                   plan[i].earn.birthday_units);
    }
    buf_text(b, "]");
    return OK;
}

/* A day is worth giving where somebody greets, or where it earns. */
static enum err_code
reply_birthday(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct buf bonuses = buf_new(req->arena, ANSWER_MAX);
    struct message_policy policy;
    struct birthday birthday;
    size_t n;

    if (policy_load(req->db, &policy, e) ||
        birthday_load(req->db, req->actor.member_id, &birthday, e) ||
        write_bonuses(&bonuses, req, &n, e))
        return e->code;
    buf_format(&b, "{\"asked\":%s,\"greets\":%s,\"bonuses\":",
               policy.tells_birthdays || n > 0 ? "true" : "false",
               policy.tells_birthdays ? "true" : "false");
    buf_str_raw(&b, buf_str(&bonuses));
    write_part(&b, "month", birthday.month);
    write_part(&b, "day", birthday.day);
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_birthday_show(struct request *req, struct reply *reply, struct err *e)
{
    return reply_birthday(req, reply, e);
}

enum err_code
api_birthday_save(struct request *req, struct reply *reply, struct err *e)
{
    struct birthday birthday = {0};
    int64_t member_id = req->actor.member_id;

    if (REQUEST_JSON(
            req, e,
            {"month", JSON_KIND_INT, .optional = true, .min = 1, .max = 12, .out = &birthday.month},
            {"day", JSON_KIND_INT, .optional = true, .min = 1, .max = 31, .out = &birthday.day}))
        return e->code;
    if (birthday.month == 0 && birthday.day == 0 ? birthday_forget(req->db, member_id, e)
                                                 : birthday_save(req->db, member_id, &birthday, e))
        return e->code;
    return reply_birthday(req, reply, e);
}
