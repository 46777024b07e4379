#include "api/api_templates.h"

#include "api/message_parts.h"
#include "api/page.h"
#include "api/service.h"
#include "api/wording.h"
#include "domain/audit.h"
#include "domain/outbox.h"
#include "domain/plan.h"
#include "domain/shop.h"
#include "domain/staff.h"
#include "domain/template.h"

#define LIST_MAX (512 * KIB) /* 48 templates of four parts, all in the longest words */
#define PART_MAX 8192        /* bytes: what is too long is to be told so by template_check */
#define TOKYO_MIN (9 * 60)

static const struct limit_rate test_rate = {.burst = 5, .per_ms = MINUTE_MS};

/* ---------------------------------------------------------------- what was sent */

struct wish {
    enum template_kind kind;
    enum language language;
    int64_t version;
    struct template_words words;
};

static enum err_code
read_language(struct str tag, enum language *out, struct err *e)
{
    for (int i = 0; i < LANGUAGES; i++)
        if (str_eq(tag, str_of(language_tag((enum language)i)))) {
            *out = (enum language)i;
            return OK;
        }
    return err_field(e, ERR_INPUT, "field_range", "language", "no language of ours");
}

static enum err_code
read_wish(struct request *req, struct wish *out, struct err *e)
{
    struct json_field fields[2 + TEMPLATE_PARTS];
    struct str tag = {0};

    *out = (struct wish){0};
    if (!template_kind_by_name(request_segment(req, ":kind"), &out->kind))
        return err_set(e, ERR_NOT_FOUND, "template_unknown", "no such kind of message");
    fields[0] = (struct json_field){"language", JSON_KIND_TEXT, .min = 2, .max = 7, .out = &tag};
    fields[1] = (struct json_field){"version", JSON_KIND_INT, .optional = true, .max = INT32_MAX,
                                    .out = &out->version};
    for (int i = 0; i < TEMPLATE_PARTS; i++)
        fields[2 + i] =
            (struct json_field){template_part_name((enum template_part)i), JSON_KIND_TEXT,
                                .optional = true, .max = PART_MAX, .out = &out->words.part[i]};
    if (request_json(req, fields, 2 + TEMPLATE_PARTS, e))
        return e->code;
    return read_language(tag, &out->language, e);
}

/* ---------------------------------------------------------------- a message of sample values */

struct sample {
    struct plan_rules *plan; /* NULL: there is none yet */
    struct shop shop;
};

static enum err_code
take_shop(void *context, const struct shop *shop)
{
    struct sample *sample = context;

    if (sample->shop.id == 0)
        sample->shop = *shop;
    return OK;
}

static enum err_code
load_sample(struct request *req, struct sample *out, struct err *e)
{
    size_t n;

    *out = (struct sample){0};
    if (plan_list(req->db, req->arena, &out->plan, &n, e) || shop_list(req->db, take_shop, out, e))
        return e->code;
    if (n == 0)
        out->plan = NULL;
    return OK;
}

/* The shop's own name for it, or a made one. */
static struct str
name_or(const char *own, enum language language, enum word otherwise)
{
    return str_of(own[0] ? own : word(language, otherwise));
}

/* A message as a member of this shop might get it today. */
static int64_t
sample_balance(enum template_kind kind, int64_t goal)
{
    if (goal == 0)
        return 250;
    return kind == TEMPLATE_ONE_MORE || goal <= 3 ? goal - 1 : goal - goal * 3 / 10;
}

static enum err_code
sample_message(struct request *req, enum template_kind kind, enum language language,
               struct message *out, struct err *e)
{
    struct sample *sample = arena_alloc(req->arena, sizeof(*sample));
    struct buf date = buf_new(req->arena, 256);
    const struct plan_rules *plan;
    bool is_stamp;
    int64_t goal;

    if (sample == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "sample");
    if (load_sample(req, sample, e))
        return e->code;
    plan = sample->plan;
    is_stamp = plan == NULL || plan->unit == UNIT_STAMP;
    goal = plan != NULL ? plan->goal : 10;
    page_date(&date, language, req->now_ms, plan != NULL ? (int)plan->utc_offset_min : TOKYO_MIN);
    *out = (struct message){
        .kind = wording_kind(kind),
        .language = wording_language(language),
        .unit = is_stamp ? MESSAGE_STAMP : MESSAGE_POINT,
        .plan_name = name_or(plan != NULL ? plan->name : "", language, WORD_MESSAGE_SAMPLE_PLAN),
        .amount = is_stamp ? 1 : 25,
        .balance = sample_balance(kind, goal),
        .goal = goal,
        .days_left = 3,
        .reward_title = name_or(
            plan != NULL && plan->rewards_n > 0 ? plan->reward[plan->rewards_n - 1].title : "",
            language, WORD_MESSAGE_SAMPLE_REWARD),
        .shop_name = name_or(sample->shop.name, language, WORD_MESSAGE_SAMPLE_SHOP),
        .date_text = buf_str(&date),
        .tier_name = str_of(word(language, WORD_MESSAGE_SAMPLE_TIER)),
        .tier_gives = str_of(word(language, WORD_MESSAGE_SAMPLE_GIVES)),
        .card_url = card_url(SERVICE(req), req->arena, plan != NULL ? plan->plan_id : 0),
    };
    return OK;
}

/* ---------------------------------------------------------------- all of them */

static void
write_parts(struct buf *b, const struct str part[TEMPLATE_PARTS])
{
    for (int i = 0; i < TEMPLATE_PARTS; i++) {
        buf_format(b, "%s\"%s\":", i ? "," : "{", template_part_name((enum template_part)i));
        buf_json_or_null(b, part[i]);
    }
    buf_char(b, '}');
}

static void
write_kept(struct buf *b, const struct template_kept *kept)
{
    buf_format(b, "{\"version\":%lld,\"changed\":%lld,\"own\":", (long long)kept->version,
               (long long)kept->changed_ms);
    write_parts(b, kept->words.part);
}

static enum err_code
write_language(struct request *req, struct buf *b, enum template_kind kind, enum language language,
               enum message_unit unit, struct err *e)
{
    static const enum message_part parts[TEMPLATE_PARTS] = {MESSAGE_HEADLINE, MESSAGE_TEXT,
                                                            MESSAGE_ALT, MESSAGE_BUTTON};
    struct str ours[TEMPLATE_PARTS];
    struct template_kept kept;

    if (template_load(req->db, kind, language, req->arena, &kept, e))
        return e->code;
    for (int i = 0; i < TEMPLATE_PARTS; i++)
        ours[i] = str_of(
            message_part_text(wording_kind(kind), wording_language(language), unit, parts[i]));
    write_kept(b, &kept);
    buf_text(b, ",\"ours\":");
    write_parts(b, ours);
    buf_char(b, '}');
    return OK;
}

static enum err_code
write_kind(struct request *req, struct buf *b, enum template_kind kind, enum message_unit unit,
           struct err *e)
{
    bool is_first = true;

    buf_format(b, "{\"kind\":\"%s\",\"fields\":[", template_kind_name(kind));
    for (size_t i = 0; template_field_name(i) != NULL; i++)
        if (template_kind_has(kind, i)) {
            buf_format(b, "%s\"%s\"", is_first ? "" : ",", template_field_name(i));
            is_first = false;
        }
    buf_text(b, "],\"words\":{");
    for (int i = 0; i < LANGUAGES; i++) {
        buf_format(b, "%s\"%s\":", i ? "," : "", language_tag((enum language)i));
        if (write_language(req, b, kind, (enum language)i, unit, e))
            return e->code;
    }
    buf_text(b, "}}");
    return OK;
}

enum err_code
api_templates_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, LIST_MAX);
    struct plan_rules *plan;
    size_t plans;
    enum message_unit unit;

    if (plan_list(req->db, req->arena, &plan, &plans, e))
        return e->code;
    unit = plans > 0 && plan[0].unit == UNIT_POINT ? MESSAGE_POINT : MESSAGE_STAMP;
    buf_text(&b, "{\"kinds\":[");
    for (int i = 0; i < TEMPLATE_KINDS; i++) {
        if (i > 0)
            buf_char(&b, ',');
        if (write_kind(req, &b, (enum template_kind)i, unit, e))
            return e->code;
    }
    buf_text(&b, "]}");
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- changing them */

static enum err_code
change(struct request *req, struct reply *reply, const struct wish *wish,
       const struct template_words *words, struct err *e)
{
    const struct template_change in = {
        .kind = wish->kind,
        .language = wish->language,
        .version = wish->version,
        .words = words,
        .staff_id = req->actor.staff_id,
        .now_ms = req->now_ms,
    };
    struct buf b = buf_new(req->arena, 32 * KIB);
    struct template_kept kept;

    if (template_set(req->db, &in, req->arena, &kept, e))
        return e->code;
    REPLY_NEWS(reply, words != NULL ? "template.set" : "template.reset", L_TEXT("req", req->id),
               L_TEXT("kind", template_kind_name(wish->kind)),
               L_TEXT("language", language_tag(wish->language)), L_INT("version", kept.version),
               L_INT("staff", req->actor.staff_id));
    write_kept(&b, &kept);
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_template_set(struct request *req, struct reply *reply, struct err *e)
{
    struct wish wish;

    return read_wish(req, &wish, e) ? e->code : change(req, reply, &wish, &wish.words, e);
}

enum err_code
api_template_reset(struct request *req, struct reply *reply, struct err *e)
{
    struct wish wish;

    return read_wish(req, &wish, e) ? e->code : change(req, reply, &wish, NULL, e);
}

/* ---------------------------------------------------------------- looking at them */

static void
write_findings(struct buf *b, const struct wish *wish,
               const struct template_finding finding[TEMPLATE_PARTS])
{
    for (int i = 0; i < TEMPLATE_PARTS; i++) {
        enum template_part part = (enum template_part)i;

        buf_format(b, "%s\"%s\":{\"longest\":%zu,\"max\":%zu,\"error\":", i ? "," : "",
                   template_part_name(part), template_part_longest(part, wish->words.part[i]),
                   template_part_max(part));
        buf_json_or_null(b, str_of(finding[i].word));
        buf_text(b, ",\"field\":");
        buf_json_or_null(b, str_of(finding[i].field));
        buf_char(b, '}');
    }
}

enum err_code
api_template_preview(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 64 * KIB), array = buf_new(req->arena, MESSAGE_BODY_CAP);
    struct template_finding finding[TEMPLATE_PARTS];
    struct template_words kept;
    struct message_own own;
    struct message message;
    struct wish wish;
    struct str alt;

    if (read_wish(req, &wish, e) || sample_message(req, wish.kind, wish.language, &message, e))
        return e->code;
    template_check(req->arena, wish.kind, &wish.words, &kept, finding);
    own = wording_own(&kept);
    message.own = &own;
    if (message_array(&array, &message, 1, e))
        return e->code;
    if (!message_alt_text(req->arena, &message, &alt))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "preview");
    buf_text(&b, "{\"alt\":");
    buf_json(&b, alt);
    buf_text(&b, ",\"messages\":");
    buf_str_raw(&b, buf_str(&array));
    buf_text(&b, ",\"parts\":{");
    write_findings(&b, &wish, finding);
    buf_text(&b, "}}");
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- sending one to oneself */

static enum err_code
owner_as_member(struct request *req, struct member *out, struct err *e)
{
    struct staff staff;

    if (staff_load(req->db, req->actor.staff_id, &staff, e))
        return e->code;
    if (staff.member_id == 0)
        return err_set(e, ERR_CONFLICT, "owner_without_line", "owner has no LINE account");
    if (member_load(req->db, staff.member_id, out, e))
        return e->code;
    if (!out->is_friend)
        return err_set(e, ERR_CONFLICT, "owner_no_friend", "owner is no friend of the account");
    return OK;
}

static enum err_code
owe(struct request *req, const struct wish *wish, int64_t member_id, int64_t *id_out, struct err *e)
{
    struct buf body = buf_new(req->arena, MESSAGE_BODY_CAP);
    struct message_own own = wording_own(&wish->words);
    struct message message;
    struct str line_id;

    if (sample_message(req, wish->kind, wish->language, &message, e))
        return e->code;
    message.own = &own;
    if (member_line_id(req->db, member_id, req->arena, &line_id, e) ||
        message_push(&body, line_id, &message, 1, e))
        return err_wrap(e, "test of a template");
    return outbox_push(req->db, member_id, false, buf_str(&body), req->now_ms, id_out, e);
}

enum err_code
api_template_test(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, KIB);
    struct template_words kept;
    struct member member;
    struct wish wish;
    int64_t id;

    if (read_wish(req, &wish, e) ||
        template_require(req->arena, wish.kind, &wish.words, &kept, e) ||
        owner_as_member(req, &member, e) ||
        service_limit(s, "template_test",
                      str_of(arena_format(req->arena, "%lld", (long long)req->actor.staff_id)),
                      test_rate, req->now_ms, e))
        return e->code;
    wish.words = kept;
    if (owe(req, &wish, member.id, &id, e) ||
        audit_write(req->db, "template.tested", req->actor.staff_id, 0, id, req->now_ms, e))
        return e->code;
    s->wake(s->app);
    buf_text(&b, "{\"counted\":1}");
    return reply_json(reply, 202, &b, e);
}
