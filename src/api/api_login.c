#include "api/api_login.h"

#include <stdio.h>
#include <string.h>

#include "api/errand.h"
#include "api/jwks_cache.h"
#include "api/service.h"
#include "base/entropy.h"
#include "base/log.h"
#include "domain/access.h"
#include "domain/guest.h"
#include "domain/member.h"
#include "domain/refusal.h"
#include "http/cookie.h"
#include "line/idtoken.h"

#define COOKIE_AGE_S (400 * 24 * 3600) /* the longest a browser keeps one (RFC 6265bis 5.5) */

/* Every opening of a card proves itself, and a shop's customers share one address. */
static const struct limit_rate session_rate = {.burst = 300, .per_ms = 100};

/* ---------------------------------------------------------------- what both ways share */

/* The browser was a guest's: all of it goes along, unless a rule says no. */
static enum err_code
take_over(struct request *req, int64_t held_id, int64_t member_id, struct err *e)
{
    bool done;

    if (guest_take_over(req->db, held_id, member_id, SERVICE(req)->merge_days, req->now_ms, &done,
                        e))
        return e->code;
    if (done)
        LOG(LOG_INFO, "guest.joined", L_TEXT("req", req->id), L_INT("guest", held_id),
            L_INT("member", member_id));
    return OK;
}

/* The session behind the browser's cookie. */
static bool
held_session(struct request *req, struct access *out)
{
    uint8_t hash[SHA256_SIZE];
    struct err none = {0};

    return cookie_hash(req, COOKIE_MEMBER, hash) &&
           access_find(req->db, ACCESS_MEMBER, hash, req->now_ms, out, &none) == OK;
}

int64_t
login_holder(struct request *req)
{
    struct access held;

    return held_session(req, &held) ? held.member_id : 0;
}

enum err_code
login_session(struct request *req, struct reply *reply, const struct member *member,
              int64_t login_ms, bool anew, bool *changed_out, struct err *e)
{
    struct access held;
    char token[TOKEN_SIZE];
    bool is_held = held_session(req, &held);
    bool is_same = is_held && held.member_id == member->id;

    *changed_out = !is_same;
    if (is_same && !anew)
        return OK;
    if (is_held && !is_same) {
        if (take_over(req, held.member_id, member->id, e))
            return e->code;
        reply_end_streams(reply, topic_member(held.member_id));
    }
    if ((is_held && access_end(req->db, held.session_id, e)) ||
        access_open_proven(req->db, member->id, login_ms, req->now_ms, token, e))
        return e->code;
    cookie_set(req, reply, COOKIE_MEMBER, token, access_life(ACCESS_MEMBER).absolute_ms / SECOND_MS,
               SAME_SITE_LAX);
    return OK;
}

enum err_code
login_is_again(struct request *req, const struct idtoken *id, int64_t member_id, int64_t login_ms,
               struct err *e)
{
    struct member member;
    enum err_code code = member_find(req->db, str_of(id->sub), &member, e);

    if (code == ERR_NOT_FOUND || (code == OK && member.id != member_id))
        return err_set(e, ERR_FORBIDDEN, "login_other", "another LINE account than who began");
    if (code != OK)
        return code;
    return access_is_fresh(login_ms, req->now_ms)
               ? OK
               : err_set(e, ERR_FORBIDDEN, refusal_word(REFUSAL_LOGIN_STALE),
                         "proven to LINE too long ago");
}

enum err_code
login_enter(struct request *req, const struct idtoken *id, struct member *out, bool *is_new_out,
            struct err *e)
{
    const struct member_login login = {
        .line_id = str_of(id->sub),
        .name = id->name,
        .picture = id->picture,
        .language = language_of(request_header(req, "Accept-Language"), LANGUAGE_JA),
        /* Nobody tells us here; a message to somebody who is none costs nothing, and an unfollow
         * event says so when it happens. */
        .is_friend = true,
        .now_ms = req->now_ms,
    };

    if (member_enter(req->db, &login, out, is_new_out, e))
        return err_wrap(e, "enter a member");
    SERVICE(req)->counts.logins++;
    return OK;
}

/* ---------------------------------------------------------------- in LINE: a LIFF ID token */

struct session_ask {
    struct errand errand; /* LINE's keys, where they were not known */
    struct str token;
    bool is_again; /* from somebody with a session, who shows once more who it is */
    struct idtoken id;
    bool verified;
};

static struct idtoken_want
session_want(const struct request *req)
{
    return (struct idtoken_want){
        .channel_id = SERVICE(req)->login.channel_id,
        .now_ms = req->now_ms,
    };
}

/* On the worker: a signature costs CPU, and LINE's keys may have to be fetched first. */
enum err_code
api_session_ask(struct request *req, struct errand **errand_out, struct err *e)
{
    struct service *s = SERVICE(req);
    struct session_ask *ask = arena_alloc(req->arena, sizeof(*ask));
    const struct idtoken_want want = session_want(req);
    enum err_code code;

    if (!ask)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "session");
    if (service_limit_peer(req, "session", session_rate, e) ||
        REQUEST_JSON(
            req, e,
            {"id_token", JSON_KIND_TEXT, .min = 1, .max = IDTOKEN_MAX_BYTES, .out = &ask->token},
            {"again", JSON_KIND_BOOL, .optional = true, .out = &ask->is_again}))
        return e->code;
    req->prepared = ask;
    code = jwks_cache_verify(s->jwks, ask->token, &want, req->arena, &ask->id, e);
    if (code != ERR_NOT_FOUND) {
        ask->verified = code == OK;
        return code;
    }
    if (jwks_cache_may_fetch(s->jwks, req->now_ms, e))
        return e->code;
    ask->errand = (struct errand){.method = "GET", .url = s->certs_url.at};
    *errand_out = &ask->errand;
    *e = (struct err){0};
    return OK;
}

/* The token was signed with a key we had to ask for. */
static enum err_code
verify_with_fetched(struct request *req, struct session_ask *ask, struct err *e)
{
    struct service *s = SERVICE(req);
    const struct idtoken_want want = session_want(req);

    if (ask->errand.status != 200)
        return err_set(e, ERR_UPSTREAM, "line_unreachable", "LINE's keys: status %d %s",
                       ask->errand.status, ask->errand.failure ? ask->errand.failure : "");
    if (jwks_cache_fill(s->jwks, ask->errand.answer, req->now_ms, e))
        return e->code;
    if (jwks_cache_verify(s->jwks, ask->token, &want, req->arena, &ask->id, e) == ERR_NOT_FOUND)
        return err_set(e, ERR_AUTH, "token_signature", "signed with a key LINE does not list");
    return e->code;
}

/* LIFF hands out the same token until it ends: only the device that used it first may use it again.
 */
static enum err_code
burn_token(struct request *req, struct reply *reply, const struct session_ask *ask, struct err *e)
{
    uint8_t hash[SHA256_SIZE], device[SHA256_SIZE];
    char made[TOKEN_SIZE];
    bool fresh;

    if (!cookie_hash(req, COOKIE_DEVICE, device)) {
        entropy_token(made);
        sha256(made, strlen(made), device);
        cookie_set(req, reply, COOKIE_DEVICE, made, COOKIE_AGE_S, SAME_SITE_LAX);
    }
    sha256(ask->token.at, ask->token.n, hash);
    if (access_burn(req->db, hash, (struct str){(const char *)device, sizeof(device)},
                    ask->id.exp_ms, &fresh, e))
        return e->code;
    if (!fresh)
        return err_set(e, ERR_AUTH, "token_replayed", "an ID token used by another device");
    return OK;
}

/* LINE's app knows its owner, and opening the card there is what makes the token; it stays the same
 * for as long as the card is open. */
static int64_t
proven_ms(const struct idtoken *id)
{
    return id->auth_ms > 0 && id->auth_ms < id->iat_ms ? id->auth_ms : id->iat_ms;
}

enum err_code
api_session(struct request *req, struct reply *reply, struct err *e)
{
    struct session_ask *ask = req->prepared;
    struct buf body = buf_new(req->arena, KIB);
    struct member member;
    bool is_new, changed;

    if ((!ask->verified && verify_with_fetched(req, ask, e)) || burn_token(req, reply, ask, e) ||
        (ask->is_again &&
         login_is_again(req, &ask->id, login_holder(req), proven_ms(&ask->id), e)) ||
        login_enter(req, &ask->id, &member, &is_new, e) ||
        login_session(req, reply, &member, proven_ms(&ask->id), ask->is_again, &changed, e))
        return e->code;
    buf_format(&body, "{\"member\":\"%s\",\"changed\":%s}", is_new ? "new" : "known",
               changed ? "true" : "false");
    return reply_json(reply, 200, &body, e);
}

/* ---------------------------------------------------------------- out */

enum err_code
api_logout(struct request *req, struct reply *reply, struct err *e)
{
    if (request_json(req, NULL, 0, e) || access_end(req->db, req->actor.session_id, e))
        return e->code;
    cookie_set(req, reply, COOKIE_MEMBER, "", 0, SAME_SITE_LAX);
    reply_end_streams(reply, topic_member(req->actor.member_id));
    return reply_empty(reply, 204);
}
