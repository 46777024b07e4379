#include "api/api_account.h"

#include <inttypes.h>
#include <string.h>

#include "api/api_login.h"
#include "api/keyed.h"
#include "api/page_account.h"
#include "api/page_card.h"
#include "api/service.h"
#include "api/web_path.h"
#include "domain/access.h"
#include "domain/customer.h"
#include "domain/member.h"
#include "domain/plan.h"
#include "domain/recovery.h"
#include "http/cookie.h"

#define PAGE_MAX (128 * KIB)
#define ANSWER_MAX (16 * KIB)
#define JOINED_MAX 20

/* A shop's customers share one address; a code has 70 bits, a birthday 15. */
static const struct limit_rate guess_rate = {.burst = 30, .per_ms = 20 * SECOND_MS};

static enum err_code
reply_refused(struct request *req, struct reply *reply, const char *word, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);

    buf_format(&b, "{\"error\":\"%s\",\"request\":\"%s\"}", word, req->id);
    return reply_json(reply, 409, &b, e);
}

static enum err_code
has_line_account(struct request *req, bool *out, struct err *e)
{
    struct str ignored;
    enum err_code code = member_line_id(req->db, req->actor.member_id, req->arena, &ignored, e);

    *out = code == OK;
    if (code == ERR_NOT_FOUND) {
        *e = (struct err){0};
        code = OK;
    }
    return code;
}

/* ---------------------------------------------------------------- the page */

enum err_code
api_account_page(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, PAGE_MAX);
    struct account_view view = {
        .title = s->shop_title,
        .is_demo = s->demo,
        .js = web_path("account.js"),
        .css = web_path("account.css"),
        .icon = web_path("icon.svg"),
    };
    struct member member;

    if (req->actor.member_id == 0)
        return reply_redirect(reply, "/card");
    if (member_load(req->db, req->actor.member_id, &member, e))
        return e->code;
    view.language = member.language;
    page_account_write(&b, &view);
    reply->csp = page_card_policy(CARD_LIFF_NONE, s->demo);
    reply->may_compress = true;
    return reply_html(reply, 200, &b, e);
}

static enum err_code
write_customers(struct buf *b, struct request *req, struct err *e)
{
    struct customer customer[CUSTOMERS_OF_MEMBER_MAX];
    struct plan_rules rules;
    size_t n;

    if (customers_of_member(req->db, req->actor.member_id, customer, CUSTOMERS_OF_MEMBER_MAX, &n,
                            e))
        return e->code;
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        buf_format(b, "%s{\"id\":%" PRId64 ",\"number\":", i ? "," : "", customer[i].id);
        buf_json(b, str_of(customer[i].number));
        buf_format(b, ",\"points\":%" PRId64 ",\"plan\":",
                   customer[i].is_brought ? customer[i].points : 0);
        if (customer[i].plan_id && plan_load(req->db, customer[i].plan_id, 0, &rules, e))
            return e->code;
        buf_json_or_null(b, customer[i].plan_id ? str_of(rules.name) : STR(""));
        buf_char(b, '}');
    }
    buf_char(b, ']');
    return OK;
}

/* Accounts that became one with this member, or were told apart again. */
static enum err_code
write_joined(struct buf *b, struct request *req, struct err *e)
{
    struct merge_line line[JOINED_MAX];
    size_t n;

    if (merges_of_member(req->db, req->actor.member_id, line, JOINED_MAX, &n, e))
        return e->code;
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        buf_format(
            b, "%s{\"kind\":\"%s\",\"at\":%" PRId64 ",\"undone\":%s,\"reason\":", i ? "," : "",
            merge_kind_name(line[i].kind), line[i].at_ms, line[i].is_undone ? "true" : "false");
        buf_json_or_null(b, line[i].staff[0] ? str_of(line[i].reason) : STR(""));
        buf_char(b, '}');
    }
    buf_char(b, ']');
    return OK;
}

enum err_code
api_account_show(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    int64_t until_ms;
    bool has_line;

    buf_text(&b, "{\"customers\":");
    if (write_customers(&b, req, e) || has_line_account(req, &has_line, e) ||
        recovery_until(req->db, req->actor.member_id, req->now_ms, &until_ms, e))
        return e->code;
    buf_text(&b, ",\"recovery\":");
    if (until_ms)
        buf_int(&b, until_ms);
    else
        buf_text(&b, "null");
    buf_text(&b, ",\"joined\":");
    if (write_joined(&b, req, e))
        return e->code;
    buf_format(&b, ",\"line\":%s,\"shop\":%s}", has_line ? "true" : "false",
               has_line && s->shop_login_url.n ? "true" : "false");
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- records of before */

enum err_code
api_account_link(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct customer_link in = {.member_id = req->actor.member_id, .now_ms = req->now_ms};
    struct customer_linked out;
    const char *refused;

    if (service_limit_peer(req, "customer", guess_rate, e) ||
        REQUEST_JSON(req, e, {"number", JSON_KIND_TEXT, .min = 1, .max = 128, .out = &in.number},
                     {"birthday", JSON_KIND_TEXT, .min = 1, .max = 64, .out = &in.birthday}))
        return e->code;
    keyed_key(req, in.request_key);
    if (customer_link(req->db, &in, &out, &refused, e))
        return e->code;
    if (refused != NULL)
        return reply_refused(req, reply, refused, e);
    buf_format(
        &b, "{\"id\":%" PRId64 ",\"brought\":%" PRId64 ",\"plan\":%" PRId64 ",\"number\":%s}",
        out.customer.id, out.brought, out.customer.plan_id, out.has_number ? "true" : "false");
    REPLY_NEWS(reply, "customer.linked", L_TEXT("req", req->id), L_INT("member", in.member_id),
               L_INT("customer", out.customer.id), L_INT("brought", out.brought));
    reply_publish(reply, topic_owner(), "change", STR("{}"));
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_account_unlink(struct request *req, struct reply *reply, struct err *e)
{
    int64_t id;

    if (REQUEST_JSON(req, e, {"customer", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &id}) ||
        customer_unlink(req->db, id, req->actor.member_id, req->now_ms, e))
        return e->code;
    REPLY_NEWS(reply, "customer.unlinked", L_TEXT("req", req->id),
               L_INT("member", req->actor.member_id), L_INT("customer", id));
    return reply_empty(reply, 204);
}

/* ---------------------------------------------------------------- the way back */

enum err_code
api_recovery_make(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    char code[RECOVERY_SIZE];
    int64_t until_ms;

    if (request_json(req, NULL, 0, e) ||
        recovery_make(req->db, req->actor.member_id, req->now_ms, code, &until_ms, e))
        return e->code;
    buf_format(&b, "{\"code\":\"%s\",\"until\":%" PRId64 "}", code, until_ms);
    REPLY_NEWS(reply, "recovery.made", L_TEXT("req", req->id),
               L_INT("member", req->actor.member_id));
    return reply_json(reply, 200, &b, e);
}

/* The sessions of both have ended; this browser goes on as the member whose code it was. */
static enum err_code
go_on_as(struct request *req, struct reply *reply, int64_t member_id, struct err *e)
{
    char token[TOKEN_SIZE];

    if (access_open_proven(req->db, member_id, req->actor.login_ms, req->now_ms, token, e))
        return e->code;
    cookie_set(req, reply, COOKIE_MEMBER, token, access_life(ACCESS_MEMBER).absolute_ms / SECOND_MS,
               SAME_SITE_LAX);
    return OK;
}

enum err_code
api_recover(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct recovery_use in = {
        .member_id = req->actor.member_id, .days = SERVICE(req)->merge_days, .now_ms = req->now_ms};
    struct merge_result out;
    const char *refused;
    int64_t into;

    if (service_limit_peer(req, "recover", guess_rate, e) ||
        REQUEST_JSON(req, e, {"code", JSON_KIND_TEXT, .min = 1, .max = 128, .out = &in.typed}))
        return e->code;
    keyed_key(req, in.request_key);
    if (recovery_use(req->db, &in, &into, &out, &refused, e))
        return e->code;
    if (refused != NULL)
        return reply_refused(req, reply, refused, e);
    if (go_on_as(req, reply, into, e))
        return e->code;
    reply_end_streams(reply, topic_member(into)); /* whoever has the old phone open */
    REPLY_NEWS(reply, "member.rescued", L_TEXT("req", req->id), L_INT("merge", out.merge_id),
               L_INT("member", into));
    buf_text(&b, "{\"merged\":true}");
    return reply_json(reply, 200, &b, e);
}
