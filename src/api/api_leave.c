#include "api/api_leave.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/api_login.h"
#include "api/errand.h"
#include "api/menus.h"
#include "api/service.h"
#include "base/codec.h"
#include "base/log.h"
#include "domain/erasure.h"
#include "http/cookie.h"

#define USER_TOKEN_MAX 2048 /* LINE's are a JWT of some 250 bytes */

#define LINE_MS (8 * SECOND_MS) /* the member waits; then it goes on without LINE */

static const struct limit_rate leave_rate = {.burst = 5, .per_ms = MINUTE_MS};

struct leave_ask {
    struct errand errand; /* LINE is told */
    bool asked;
};

/* As LINE makes them; what is none would only be refused there. */
static bool
is_token(struct str token)
{
    for (size_t i = 0; i < token.n; i++)
        if (token.at[i] <= ' ' || token.at[i] > '~' || token.at[i] == '"' || token.at[i] == '\\')
            return false;
    return token.n > 0;
}

void
leave_confirmation(const struct service *s, int64_t member_id, char out[LEAVE_CONFIRM_SIZE])
{
    const struct str parts[] = {STR("leave"), {(const char *)&member_id, sizeof(member_id)}};
    uint8_t mac[SHA256_SIZE];
    char hex[HEX_SIZE(8)];

    hmac_sha256(s->keys.csrf, sizeof(s->keys.csrf), parts, 2, mac);
    hex_encode(mac, 8, hex);
    snprintf(out, LEAVE_CONFIRM_SIZE, "leave-%s", hex);
}

static enum err_code
read_body(struct request *req, struct str *token, struct err *e)
{
    struct str confirm = {0};
    char own[LEAVE_CONFIRM_SIZE];

    if (REQUEST_JSON(
            req, e,
            {"confirm", JSON_KIND_TEXT, .min = 1, .max = LEAVE_CONFIRM_SIZE - 1, .out = &confirm},
            {"access_token", JSON_KIND_TEXT, .optional = true, .min = 1, .max = USER_TOKEN_MAX,
             .out = token}))
        return e->code;
    leave_confirmation(SERVICE(req), req->actor.member_id, own);
    if (str_starts(confirm, STR("leave-")) && !str_eq(confirm, str_of(own)))
        return err_set(e, ERR_CONFLICT, "member_other", "the page is of another member");
    if (!str_eq(confirm, STR("leave")) && !str_eq(confirm, str_of(own)))
        return err_field(e, ERR_INPUT, "field_range", "confirm", "\"leave\" is wanted");
    if (token->n && !is_token(*token))
        return err_field(e, ERR_INPUT, "field_range", "access_token", "no token of LINE's");
    return OK;
}

enum err_code
api_leave_ask(struct request *req, struct errand **errand_out, struct err *e)
{
    struct service *s = SERVICE(req);
    struct leave_ask *ask = arena_alloc(req->arena, sizeof(*ask));
    struct buf body = buf_new(req->arena, USER_TOKEN_MAX + 64);
    struct str token = {0};
    char member[24];

    if (!ask)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "leave");
    snprintf(member, sizeof(member), "%" PRId64, req->actor.member_id);
    if (read_body(req, &token, e) ||
        service_limit(s, "leave", str_of(member), leave_rate, req->now_ms, e))
        return e->code;
    *ask = (struct leave_ask){.asked = token.n > 0};
    req->prepared = ask;
    if (!ask->asked)
        return OK;
    buf_text(&body, "{\"userAccessToken\":");
    buf_json(&body, token);
    buf_char(&body, '}');
    if (buf_failed(&body))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "leave");
    ask->errand = (struct errand){
        .method = "POST",
        .url = s->deauthorize_url.at,
        .content_type = "Content-Type: application/json",
        .body = buf_str(&body),
        .token = ERRAND_LOGIN_TOKEN,
        .timeout_ms = LINE_MS,
    };
    *errand_out = &ask->errand;
    return OK;
}

/* Source: LINE Login API reference, "Deauthorize your app to which the user has granted
 * permissions": 204. */
static bool
line_was_told(const struct request *req, const struct leave_ask *ask)
{
    const struct errand *errand = &ask->errand;
    bool told = ask->asked && errand->status == 204;

    if (ask->asked)
        LOG(told ? LOG_INFO : LOG_WARN, "line.deauthorized", L_TEXT("req", req->id),
            L_INT("status", errand->status), L_TEXT("line_request", errand->request_id),
            L_TEXT("failure", errand->failure && errand->status == 0 ? errand->failure : ""));
    return told;
}

enum err_code
api_leave(struct request *req, struct reply *reply, struct err *e)
{
    const struct leave_ask *ask = req->prepared;
    struct buf b = buf_new(req->arena, KIB);
    struct erased erased;
    bool told = line_was_told(req, ask);

    if (menus_leave(req->db, req->arena, req->actor.member_id, req->now_ms, e) ||
        erase_member(req->db, req->actor.member_id, ERASURE_LEFT, req->now_ms, &erased, e))
        return e->code;
    cookie_set(req, reply, COOKIE_MEMBER, "", 0, SAME_SITE_LAX);
    reply_end_streams(reply, topic_member(req->actor.member_id));
    REPLY_NEWS(reply, "member.left", L_TEXT("req", req->id), L_INT("member", req->actor.member_id),
               L_INT("cards", erased.cards), L_INT("units", erased.units),
               L_INT("vouchers", erased.vouchers), L_INT("told", told));
    buf_format(&b, "{\"told\":%s}", told ? "true" : "false");
    return reply_json(reply, 200, &b, e);
}
