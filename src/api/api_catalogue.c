#include "api/api_catalogue.h"

#include <inttypes.h>
#include <stdlib.h>

#include "api/service.h"
#include "base/log.h"
#include "domain/catalogue.h"
#include "domain/reward_code.h"
#include "domain/shop.h"

#define LIST_MAX (4 * MIB) /* every plan with its catalogue, each a whole file */
#define ANSWER_MAX (8 * KIB)
#define CODES_MAX_BYTES (384 * 1024)

static enum err_code
plan_of(struct request *req, struct plan_rules *out, struct err *e)
{
    int64_t id;

    return str_int(request_segment(req, ":plan"), &id, 1, INT32_MAX)
               ? plan_load(req->db, id, 0, out, e)
               : err_set(e, ERR_NOT_FOUND, "plan_unknown", "no such plan");
}

/* ---------------------------------------------------------------- what there is */

struct shops {
    struct buf *b;
    size_t n;
};

static enum err_code
write_shop(void *context, const struct shop *shop)
{
    struct shops *shops = context;

    buf_format(shops->b, "%s{\"id\":%" PRId64 ",\"name\":", shops->n++ > 0 ? "," : "", shop->id);
    buf_json(shops->b, str_of(shop->name));
    buf_char(shops->b, '}');
    return OK;
}

/* What conditions and places of this plan can name. */
static void
write_names(struct buf *b, const struct plan_rules *rules)
{
    buf_text(b, ",\"places\":[");
    for (size_t i = 0; i < rules->rewards_n; i++) {
        buf_format(b,
                   "%s{\"at\":%" PRId64 ",\"valid_days\":%" PRId64 ",\"title\":", i > 0 ? "," : "",
                   rules->reward[i].at, rules->reward[i].valid_days);
        buf_json(b, str_of(rules->reward[i].title));
        buf_char(b, '}');
    }
    buf_text(b, "],\"tiers\":[");
    for (size_t i = 0; i < rules->tier.steps_n; i++) {
        if (i > 0)
            buf_char(b, ',');
        buf_json(b, str_of(rules->tier.step[i].name));
    }
    buf_char(b, ']');
}

static enum err_code
write_file(struct buf *b, const struct catalogue *all, struct err *e)
{
    json_auto_t *json = NULL;
    char *rewards;

    if (catalogue_write(all, &json, e))
        return e->code;
    rewards = json_dumps(json_object_get(json, "rewards"), JSON_COMPACT);
    if (rewards == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a catalogue as text");
    buf_text(b, ",\"rewards\":");
    buf_text(b, rewards);
    free(rewards);
    return OK;
}

/* Of what is counted; "left" and "codes" only where there is an end, "cost" in thousandths of a
 * yen. */
static enum err_code
write_count(struct request *req, struct buf *b, const struct plan_rules *rules,
            const struct reward *reward, struct err *e)
{
    struct reward_counts counts;
    int64_t left;

    if (stock_load(req->db, rules, reward, 0, req->now_ms, &counts, e))
        return e->code;
    left = stock_left(reward, &counts);
    buf_text(b, "{\"key\":");
    buf_json(b, str_of(reward->key));
    buf_format(b, ",\"issued\":%" PRId64 ",\"today\":%" PRId64 ",\"cost\":%" PRId64, counts.issued,
               counts.issued_today,
               reward_cost_milli(reward, reward + 1, (size_t)reward->prizes_n));
    if (left >= 0)
        buf_format(b, ",\"left\":%" PRId64, left);
    if (reward->has_codes)
        buf_format(b, ",\"codes\":%" PRId64, counts.codes_left);
    buf_char(b, '}');
    return OK;
}

static enum err_code
write_counts(struct request *req, struct buf *b, const struct plan_rules *rules,
             const struct catalogue *all, struct err *e)
{
    bool is_first = true;

    buf_text(b, ",\"counts\":[");
    for (size_t i = 0; i < all->n; i++) {
        if (all->reward[i].stock_id == 0)
            continue;
        if (!is_first)
            buf_char(b, ',');
        is_first = false;
        if (write_count(req, b, rules, &all->reward[i], e))
            return e->code;
    }
    buf_char(b, ']');
    return OK;
}

static enum err_code
write_plan(struct request *req, struct buf *b, const struct plan_rules *rules, struct err *e)
{
    struct catalogue all;

    if (catalogue_load(req->db, rules->plan_id, req->arena, &all, e))
        return e->code;
    buf_format(b, "{\"plan\":%" PRId64 ",\"name\":", rules->plan_id);
    buf_json(b, str_of(rules->name));
    buf_format(b, ",\"unit\":\"%s\",\"catalogue\":%" PRId64, unit_name(rules->unit),
               rules->catalogue);
    write_names(b, rules);
    if (write_file(b, &all, e) || write_counts(req, b, rules, &all, e))
        return e->code;
    buf_char(b, '}');
    return OK;
}

/* GET /api/admin/catalogues  ->  200 {"few":20,"shops":[..],"plans":[{"plan":1,"rewards":[..]}]} */
enum err_code
api_catalogues_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, LIST_MAX);
    struct shops shops = {.b = &b};
    struct plan_rules *plan;
    size_t n;

    buf_format(&b, "{\"few\":%d,\"shops\":[", REWARD_CODES_FEW);
    if (shop_list(req->db, write_shop, &shops, e) || plan_list(req->db, req->arena, &plan, &n, e))
        return e->code;
    buf_text(&b, "],\"plans\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(&b, ',');
        if (write_plan(req, &b, &plan[i], e))
            return e->code;
    }
    buf_text(&b, "]}");
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- another one */

/* Whoever changes a catalogue has seen the one in force: it is replaced as a whole, and what
 * somebody else has added since must not go unseen. */
enum err_code
api_catalogue_save(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct plan_rules rules;
    struct catalogue all;
    struct str file;
    int64_t was, number;

    if (plan_of(req, &rules, e) ||
        REQUEST_JSON(req, e, {"was", JSON_KIND_INT, .max = INT32_MAX, .out = &was},
                     {"file", JSON_KIND_TEXT, .min = 2, .max = CATALOGUE_FILE_MAX, .out = &file}) ||
        catalogue_read(file, rules.unit, req->arena, &all, e))
        return e->code;
    if (was != rules.catalogue)
        return err_set(e, ERR_CONFLICT, "catalogue_changed", "catalogue %" PRId64 " is in force",
                       rules.catalogue);
    if (catalogue_set(req->db, rules.plan_id, &all, req->actor.staff_id, req->now_ms, &number, e))
        return e->code;
    REPLY_NEWS(reply, "catalogue.set", L_TEXT("req", req->id), L_INT("staff", req->actor.staff_id),
               L_INT("plan", rules.plan_id), L_INT("catalogue", number));
    buf_format(&b, "{\"catalogue\":%" PRId64 "}", number);
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- codes */

static void
write_faults(struct buf *b, const struct code_report *report)
{
    buf_format(b, ",\"wrong\":%zu,\"faults\":[", report->faults_n);
    for (size_t i = 0; i < report->faults_n && i < CODE_FAULTS_MAX; i++)
        buf_format(b, "%s{\"line\":%" PRId64 ",\"why\":\"%s\"}", i > 0 ? "," : "",
                   report->fault[i].line, report->fault[i].word);
    buf_char(b, ']');
}

enum err_code
api_codes_load(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct code_load in = {.staff_id = req->actor.staff_id, .now_ms = req->now_ms};
    struct code_report out;
    struct plan_rules rules;
    struct str csv;

    if (plan_of(req, &rules, e) ||
        REQUEST_JSON(
            req, e,
            {"reward", JSON_KIND_TEXT, .min = 1, .max = REWARD_KEY_SIZE - 1, .out = &in.key},
            {"csv", JSON_KIND_TEXT, .min = 1, .max = CODES_MAX_BYTES, .out = &csv},
            {"dry", JSON_KIND_BOOL, .out = &in.is_dry}))
        return e->code;
    in.plan_id = rules.plan_id;
    if (reward_codes_load(req->db, csv, &in, req->arena, &out, e))
        return e->code;
    if (!in.is_dry)
        REPLY_NEWS(reply, "codes.loaded", L_TEXT("req", req->id), L_INT("staff", in.staff_id),
                   L_INT("plan", in.plan_id), L_INT("rows", out.rows));
    buf_format(&b, "{\"rows\":%" PRId64 ",\"left\":%" PRId64, out.rows, out.left);
    write_faults(&b, &out);
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}
