#include "api/shop_link.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/errand.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/log.h"
#include "domain/access.h"
#include "domain/customer.h"
#include "domain/link_nonce.h"

#define LINK_TOKEN_MAX 512
#define AHEAD_MAX_S 600
#define RETURN_PATH "/line/account-link"

static const struct limit_rate ask_rate = {.burst = 5, .per_ms = 30 * SECOND_MS};
static const struct limit_rate return_rate = {.burst = 30, .per_ms = 6 * SECOND_MS};

/* As LINE makes them; it goes into a URL again. */
static bool
is_token(struct str text, size_t min, size_t max)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_' || c == '.' || c == '~' || c == '+' || c == '/' || c == '='))
            return false;
    }
    return text.n >= min && text.n <= max;
}

/* ---------------------------------------------------------------- to the shop's login */

enum err_code
api_shop_login_ask(struct request *req, struct errand **errand_out, struct err *e)
{
    struct service *s = SERVICE(req);
    struct errand *errand = arena_alloc(req->arena, sizeof(*errand));
    struct str line_id;
    char member[24];

    if (!errand)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "shop login");
    if (request_json(req, NULL, 0, e))
        return e->code;
    if (!s->shop_login_url.n)
        return err_set(e, ERR_CONFLICT, "shop_login_off", "there is no SHOP_LOGIN_URL");
    snprintf(member, sizeof(member), "%" PRId64, req->actor.member_id);
    if (service_limit(s, "shop_login", str_of(member), ask_rate, req->now_ms, e))
        return e->code;
    if (member_line_id(req->db, req->actor.member_id, req->arena, &line_id, e))
        return e->code == ERR_NOT_FOUND
                   ? err_set(e, ERR_CONFLICT, "line_account_none", "a member without LINE")
                   : e->code;
    *errand = (struct errand){
        .method = "POST",
        .url = arena_format(req->arena, "%s/v2/bot/user/%.*s/linkToken", s->api_url.at,
                            (int)line_id.n, line_id.at),
        .content_type = "Content-Type: application/json",
        .token = ERRAND_BOT_TOKEN,
    };
    if (!errand->url)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "shop login");
    req->prepared = errand;
    *errand_out = errand;
    return OK;
}

/* *out is in the arena. */
static enum err_code
read_link_token(struct request *req, const struct errand *errand, struct str *out, struct err *e)
{
    const struct json_field fields[] = {
        {"linkToken", JSON_KIND_TEXT, .min = 1, .max = LINK_TOKEN_MAX, .out = out}};
    json_auto_t *answer = NULL;
    struct err why = {0};

    if (errand->status != 200)
        return err_set(e, ERR_UPSTREAM, "line_unreachable", "link token: status %d %s",
                       errand->status, errand->failure ? errand->failure : "");
    if (json_parse(errand->answer, 4 * KIB, &answer, &why) ||
        json_read_some(answer, fields, 1, &why) || !is_token(*out, 1, LINK_TOKEN_MAX))
        return err_set(e, ERR_UPSTREAM, "line_unreachable", "link token: not as LINE writes it");
    out->at = arena_dup(req->arena, out->at, out->n);
    return out->at ? OK : err_set(e, ERR_INTERNAL, "out_of_memory", "link token");
}

enum err_code
api_shop_login(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf url = buf_new(req->arena, 4 * KIB), b = buf_new(req->arena, 8 * KIB);
    struct str token;

    if (read_link_token(req, req->prepared, &token, e))
        return e->code;
    buf_str_raw(&url, s->shop_login_url);
    buf_text(&url, "?linkToken=");
    buf_url(&url, token);
    buf_text(&url, "&return_to=");
    buf_url(&url, s->origin);
    buf_url(&url, STR(RETURN_PATH));
    buf_text(&b, "{\"url\":");
    buf_json(&b, buf_str(&url));
    buf_char(&b, '}');
    if (buf_failed(&url))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "shop login");
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- back from it */

struct assertion {
    struct str link_token, customer, exp, nonce, sig;
};

static bool
read_assertion(const struct request *req, struct assertion *out)
{
    return request_query(req, "linkToken", &out->link_token) &&
           request_query(req, "customer", &out->customer) && request_query(req, "exp", &out->exp) &&
           request_query(req, "nonce", &out->nonce) && request_query(req, "sig", &out->sig) &&
           is_token(out->link_token, 1, LINK_TOKEN_MAX) && is_token(out->nonce, 16, 64);
}

static bool
is_signed(const struct service *s, const struct assertion *a)
{
    const struct str parts[] = {a->customer, STR("\n"), a->exp,       STR("\n"),
                                a->nonce,    STR("\n"), a->link_token};
    uint8_t mac[SHA256_SIZE];
    char hex[HEX_SIZE(SHA256_SIZE)];

    hmac_sha256(s->shop_login_secret.at, s->shop_login_secret.n, parts,
                sizeof(parts) / sizeof(parts[0]), mac);
    hex_encode(mac, sizeof(mac), hex);
    return a->sig.n == strlen(hex) && digest_equal(a->sig.at, hex, a->sig.n);
}

/* Of ours, in time, and not used before. */
static enum err_code
check(struct request *req, const struct assertion *a, struct err *e)
{
    int64_t exp_s, now_s = req->now_ms / SECOND_MS;
    uint8_t hash[SHA256_SIZE];
    bool fresh;

    if (!is_signed(SERVICE(req), a))
        return err_set(e, ERR_AUTH, "assertion_signature", "not signed by the shop");
    if (!str_int(a->exp, &exp_s, 0, INT64_MAX / SECOND_MS) || exp_s <= now_s ||
        exp_s > now_s + AHEAD_MAX_S)
        return err_set(e, ERR_AUTH, "assertion_time", "over, or too far ahead");
    sha256(a->sig.at, a->sig.n, hash);
    if (access_burn(req->db, hash, (struct str){0}, exp_s * SECOND_MS, &fresh, e))
        return e->code;
    return fresh ? OK : err_set(e, ERR_AUTH, "assertion_replayed", "used before");
}

static enum err_code
to_line(struct request *req, struct reply *reply, const struct assertion *a, struct err *e)
{
    struct buf url = buf_new(req->arena, 4 * KIB);
    char nonce[TOKEN_SIZE];
    int64_t customer_id;

    if (customer_known_by_shop(req->db, a->customer, req->now_ms, &customer_id, e) ||
        link_nonce_make(req->db, customer_id, req->now_ms, nonce, e))
        return e->code;
    buf_str_raw(&url, SERVICE(req)->access_url);
    buf_text(&url, "/dialog/bot/accountLink?linkToken=");
    buf_url(&url, a->link_token);
    buf_text(&url, "&nonce=");
    buf_url(&url, str_of(nonce));
    if (buf_failed(&url))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "account link");
    return reply_redirect(reply, url.at);
}

enum err_code
api_account_linked(struct request *req, struct reply *reply, struct err *e)
{
    struct assertion a;

    if (!SERVICE(req)->shop_login_secret.n)
        return err_set(e, ERR_NOT_FOUND, "shop_login_off", "there is no SHOP_LOGIN_SECRET");
    if (service_limit_peer(req, "account_link", return_rate, e))
        return e->code;
    if (!read_assertion(req, &a))
        err_set(e, ERR_INPUT, "assertion_form", "something is missing, or not written like it");
    else if (!check(req, &a, e) && !to_line(req, reply, &a, e))
        return OK;
    if (e->code != ERR_INPUT && e->code != ERR_AUTH)
        return e->code;
    LOG(LOG_WARN, "account_link.refused", L_TEXT("req", req->id), L_TEXT("error", e->word));
    *e = (struct err){0};
    return reply_redirect(reply, "/account?link=failed");
}

/* ---------------------------------------------------------------- LINE's word */

enum err_code
shop_link_apply(struct db *db, const struct member *member, struct str nonce, int64_t now_ms,
                bool *linked_out, struct err *e)
{
    struct customer_link in = {.member_id = member->id, .now_ms = now_ms};
    struct customer_linked linked;
    const char *refused = NULL;
    int64_t customer_id;

    *linked_out = false;
    if (link_nonce_take(db, nonce, now_ms, &customer_id, e))
        return e->code;
    if (customer_id == 0)
        return OK;
    entropy_fill(in.request_key, sizeof(in.request_key));
    if (customer_link_proven(db, customer_id, &in, &linked, &refused, e))
        return e->code;
    *linked_out = refused == NULL;
    LOG(LOG_INFO, "customer.linked", L_INT("member", member->id), L_INT("customer", customer_id),
        L_INT("brought", linked.brought), L_TEXT("refused", refused ? refused : ""));
    return OK;
}
