#include "api/api_plans.h"

#include <inttypes.h>

#include "api/plan_answer.h"
#include "api/service.h"
#include "base/log.h"
#include "domain/earning.h"
#include "domain/plan_draft.h"
#include "domain/plan_json.h"
#include "domain/plan_publish.h"

#define LIST_MAX (8 * MIB) /* every plan with its drafts, each a whole plan file */
#define ANSWER_MAX (64 * KIB)
#define VERSIONS_MAX 20 /* of a plan, with what each changed */
#define SCHEDULES_MAX 5 /* of a plan, the newest */
#define PIECE 20000     /* transfers: a rehearsal gives way to other readers so often */
#define NAME_MAX_BYTES 256
#define AT_MAX INT64_C(253402300799999)
#define CARD_MAX INT64_C(9007199254740991) /* what a browser counts exactly */

static enum err_code
plan_of(struct request *req, int64_t *out, struct err *e)
{
    return str_int(request_segment(req, ":plan"), out, 1, INT32_MAX)
               ? OK
               : err_set(e, ERR_NOT_FOUND, "plan_unknown", "no such plan");
}

/* ---------------------------------------------------------------- what there is */

static enum err_code
write_version(struct request *req, struct buf *b, int64_t plan_id,
              const struct plan_version *version, struct err *e)
{
    struct plan_rules was, is;

    buf_format(b, "{\"version\":%" PRId64 ",\"from\":%" PRId64 ",\"changes\":", version->version,
               version->from_ms);
    if (version->version == 1) {
        buf_text(b, "[]}");
        return OK;
    }
    if (plan_load(req->db, plan_id, version->version - 1, &was, e) ||
        plan_load(req->db, plan_id, version->version, &is, e) ||
        write_plan_changes(req->arena, b, &was, &is, e))
        return e->code;
    buf_char(b, '}');
    return OK;
}

static enum err_code
write_versions(struct request *req, struct buf *b, int64_t plan_id, struct err *e)
{
    struct plan_version version[VERSIONS_MAX];
    size_t n;

    if (plan_versions(req->db, plan_id, version, VERSIONS_MAX, &n, e))
        return e->code;
    buf_text(b, ",\"versions\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(b, ',');
        if (write_version(req, b, plan_id, &version[i], e))
            return e->code;
    }
    buf_char(b, ']');
    return OK;
}

/* What a stored plan file changes of the version it was written against. */
static enum err_code
write_changes(struct request *req, struct buf *b, int64_t plan_id, int64_t base_version,
              struct str rules, struct plan_rules *is, struct err *e)
{
    struct plan_rules was;

    if (plan_load(req->db, plan_id, base_version, &was, e))
        return e->code;
    *is = was;
    return plan_file_read(rules, is, e) || write_plan_changes(req->arena, b, &was, is, e) ? e->code
                                                                                          : OK;
}

static enum err_code
write_draft(struct request *req, struct buf *b, const struct plan_draft *draft, struct err *e)
{
    struct plan_rules rules;

    buf_format(b, "{\"id\":%" PRId64 ",\"name\":", draft->id);
    buf_json(b, str_of(draft->name));
    buf_format(b,
               ",\"saved\":%" PRId64 ",\"base_version\":%" PRId64 ",\"changes\":", draft->saved_ms,
               draft->base_version);
    if (write_changes(req, b, draft->plan_id, draft->base_version, draft->rules, &rules, e))
        return e->code;
    buf_text(b, ",\"rules\":");
    if (write_plan_file(b, &rules, e))
        return e->code;
    buf_char(b, '}');
    return OK;
}

static enum err_code
write_drafts(struct request *req, struct buf *b, int64_t plan_id, struct err *e)
{
    struct plan_draft *draft;
    size_t n;

    if (plan_draft_list(req->db, req->arena, plan_id, &draft, &n, e))
        return e->code;
    buf_text(b, ",\"drafts\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(b, ',');
        if (write_draft(req, b, &draft[i], e))
            return e->code;
    }
    buf_char(b, ']');
    return OK;
}

static enum err_code
write_schedule(struct request *req, struct buf *b, const struct plan_schedule *one, struct err *e)
{
    struct plan_rules rules;

    buf_format(b, "{\"id\":%" PRId64 ",\"name\":", one->id);
    buf_json(b, str_of(one->name));
    buf_format(b,
               ",\"at\":%" PRId64 ",\"state\":\"%s\",\"version\":%" PRId64 ",\"why\":", one->at_ms,
               schedule_state_name(one->state), one->version);
    buf_json(b, str_of(one->why));
    buf_text(b, ",\"changes\":");
    if (one->state != SCHEDULE_WAITING)
        buf_text(b, "[]");
    else if (write_changes(req, b, one->plan_id, one->base_version, one->rules, &rules, e))
        return e->code;
    buf_char(b, '}');
    return OK;
}

static enum err_code
write_schedules(struct request *req, struct buf *b, int64_t plan_id, struct err *e)
{
    struct plan_schedule *one;
    size_t n;

    if (plan_schedule_list(req->db, req->arena, plan_id, SCHEDULES_MAX, &one, &n, e))
        return e->code;
    buf_text(b, ",\"schedules\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(b, ',');
        if (write_schedule(req, b, &one[i], e))
            return e->code;
    }
    buf_char(b, ']');
    return OK;
}

static enum err_code
write_plan(struct request *req, struct buf *b, const struct plan_rules *rules, struct err *e)
{
    buf_format(b, "{\"id\":%" PRId64 ",\"version\":%" PRId64 ",\"rules\":", rules->plan_id,
               rules->version);
    if (write_plan_file(b, rules, e) || write_versions(req, b, rules->plan_id, e) ||
        write_drafts(req, b, rules->plan_id, e) || write_schedules(req, b, rules->plan_id, e))
        return e->code;
    buf_char(b, '}');
    return OK;
}

enum err_code
api_plans_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, LIST_MAX);
    struct plan_rules *plan;
    size_t n;

    if (plan_list(req->db, req->arena, &plan, &n, e))
        return e->code;
    buf_text(&b, "{\"plans\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(&b, ',');
        if (write_plan(req, &b, &plan[i], e))
            return e->code;
    }
    buf_text(&b, "]}");
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- drafts */

static enum err_code
reply_number(struct request *req, struct reply *reply, const char *name, int64_t number,
             struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);

    buf_format(&b, "{\"%s\":%" PRId64 "}", name, number);
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_plan_draft_save(struct request *req, struct reply *reply, struct err *e)
{
    struct plan_draft draft = {.is_whole = true};
    struct str name;
    int64_t id;

    if (plan_of(req, &draft.plan_id, e) ||
        REQUEST_JSON(
            req, e, {"draft", JSON_KIND_INT, .max = INT32_MAX, .out = &draft.id},
            {"name", JSON_KIND_TEXT, .max = NAME_MAX_BYTES, .out = &name},
            {"rules", JSON_KIND_TEXT, .min = 2, .max = PLAN_FILE_MAX, .out = &draft.rules}))
        return e->code;
    str_copy(name, draft.name, sizeof(draft.name));
    if (plan_draft_save(req->db, req->arena, &draft, req->actor.staff_id, req->now_ms, &id, e))
        return e->code;
    return reply_number(req, reply, "id", id, e);
}

/* "2027-11-27" of 20271127; 0: null. */
static void
write_day(struct buf *b, int64_t day)
{
    if (day == 0)
        buf_text(b, "null");
    else
        buf_format(b, "\"%04" PRId64 "-%02" PRId64 "-%02" PRId64 "\"", day / 10000, day / 100 % 100,
                   day % 100);
}

enum err_code
api_plan_example(struct request *req, struct reply *reply, struct err *e)
{
    const struct expiry_facts now = {.visit_ms = req->now_ms, .issued_ms = req->now_ms};
    struct buf b = buf_new(req->arena, KIB);
    struct plan_rules rules;
    struct unit_life life;
    struct str text;
    int64_t plan_id;

    if (plan_of(req, &plan_id, e) ||
        REQUEST_JSON(req, e,
                     {"rules", JSON_KIND_TEXT, .min = 2, .max = PLAN_FILE_MAX, .out = &text}) ||
        plan_file_whole(req->db, req->arena, plan_id, text, &rules, e))
        return e->code;
    life = unit_life_of(&rules, &now);
    buf_text(&b, "{\"first\":");
    write_day(&b, life.usable_ms == 0 ? 0 : earn_day(&rules, life.usable_ms));
    buf_text(&b, ",\"last\":");
    write_day(&b, life.expires_ms == 0 ? 0 : earn_day(&rules, life.expires_ms - 1));
    buf_format(&b, ",\"over\":%s}", plan_is_over(&rules, req->now_ms) ? "true" : "false");
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_plan_draft_remove(struct request *req, struct reply *reply, struct err *e)
{
    int64_t plan_id, id;

    if (!str_int(request_segment(req, ":draft"), &id, 1, INT32_MAX))
        return err_set(e, ERR_NOT_FOUND, "draft_unknown", "no such draft");
    if (plan_of(req, &plan_id, e) || request_json(req, NULL, 0, e) ||
        plan_draft_remove(req->db, plan_id, id, req->actor.staff_id, req->now_ms, e))
        return e->code;
    return reply_empty(reply, 204);
}

enum err_code
api_plan_rehearse(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct rehearsal *r = arena_alloc(req->arena, sizeof(*r));
    struct plan_rules was, is;
    struct plan_draft draft;
    int64_t plan_id, id, after;

    if (r == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "rehearsal");
    if (plan_of(req, &plan_id, e) ||
        REQUEST_JSON(req, e, {"draft", JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &id},
                     {"after", JSON_KIND_INT, .max = CARD_MAX, .out = &after}) ||
        plan_load(req->db, plan_id, 0, &was, e) ||
        plan_draft_load(req->db, req->arena, plan_id, id, &draft, e) ||
        plan_file_for(req->db, plan_id, draft.rules, &is, e))
        return e->code;
    rehearsal_begin(r, &was, &is, req->now_ms);
    r->after_card = after;
    if (rehearsal_go_on(req->db, r, PIECE, e))
        return e->code;
    buf_char(&b, '{');
    write_rehearsal(&b, r);
    if (after == 0) { /* it holds for all pieces */
        buf_text(&b, ",\"changes\":");
        if (write_plan_changes(req->arena, &b, &was, &is, e))
            return e->code;
        buf_text(&b, ",\"losses\":");
        if (write_plan_losses(req->db, &b, &was, &is, e))
            return e->code;
    }
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- into force */

static enum err_code
take_accepted(const json_t *list, unsigned *out, struct err *e)
{
    const json_t *one;
    size_t i;

    *out = 0;
    json_array_foreach(list, i, one) {
        enum loss_kind kind;

        if (!json_is_string(one) || !loss_by_name(str_of(json_string_value(one)), &kind))
            return err_field(e, ERR_INPUT, "field_range", "accept", "no loss of ours");
        *out |= 1U << kind;
    }
    return OK;
}

static enum err_code
publish_of(struct request *req, const json_t *accept, struct publish *out, struct err *e)
{
    out->staff_id = req->actor.staff_id;
    out->now_ms = req->now_ms;
    return plan_of(req, &out->plan_id, e) || take_accepted(accept, &out->accepted, e) ? e->code
                                                                                      : OK;
}

enum err_code
api_plan_publish(struct request *req, struct reply *reply, struct err *e)
{
    struct publish in = {.plan_id = 0};
    const json_t *accept;
    int64_t version;

    if (REQUEST_JSON(req, e,
                     {"draft", JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &in.draft_id},
                     {"accept", JSON_KIND_ARRAY, .out = &accept}) ||
        publish_of(req, accept, &in, e) || plan_publish(req->db, req->arena, &in, &version, e))
        return e->code;
    LOG(LOG_INFO, "plan.published", L_TEXT("req", req->id), L_INT("staff", in.staff_id),
        L_INT("plan", in.plan_id), L_INT("version", version));
    return reply_number(req, reply, "version", version, e);
}

enum err_code
api_plan_schedule(struct request *req, struct reply *reply, struct err *e)
{
    struct publish in = {.plan_id = 0};
    const json_t *accept;
    int64_t at_ms, id;

    if (REQUEST_JSON(req, e,
                     {"draft", JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &in.draft_id},
                     {"accept", JSON_KIND_ARRAY, .out = &accept},
                     {"at", JSON_KIND_INT, .max = AT_MAX, .out = &at_ms}) ||
        publish_of(req, accept, &in, e) || plan_schedule(req->db, req->arena, &in, at_ms, &id, e))
        return e->code;
    LOG(LOG_INFO, "plan.scheduled", L_TEXT("req", req->id), L_INT("staff", in.staff_id),
        L_INT("plan", in.plan_id), L_INT("at", at_ms));
    return reply_number(req, reply, "id", id, e);
}

enum err_code
api_plan_unschedule(struct request *req, struct reply *reply, struct err *e)
{
    int64_t plan_id, id, draft_id;

    if (plan_of(req, &plan_id, e) ||
        REQUEST_JSON(req, e, {"schedule", JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &id}) ||
        plan_schedule_cancel(req->db, req->arena, plan_id, id, req->actor.staff_id, req->now_ms,
                             &draft_id, e))
        return e->code;
    return reply_number(req, reply, "draft", draft_id, e);
}
