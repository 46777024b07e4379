#include "api/api_login.h"

#include <stdio.h>
#include <string.h>

#include "api/api_gift.h"
#include "api/errand.h"
#include "api/jwks_cache.h"
#include "api/service.h"
#include "base/codec.h"
#include "base/entropy.h"
#include "base/log.h"
#include "domain/access.h"
#include "domain/guest.h"
#include "domain/member.h"
#include "domain/staff.h"
#include "http/cookie.h"
#include "line/idtoken.h"
#include "line/login.h"

#define LOGIN_LIFE_MS (10 * MINUTE_MS)
#define NONCE_SIZE 33
#define PRE_MAX 512                    /* bytes of the sealed login cookie */
#define COOKIE_AGE_S (400 * 24 * 3600) /* the longest a browser keeps one (RFC 6265bis 5.5) */

/* Every opening of a card proves itself, and a shop's customers share one address. */
static const struct limit_rate session_rate = {.burst = 300, .per_ms = 100};
static const struct limit_rate login_rate = {.burst = 30, .per_ms = 6 * SECOND_MS};

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

enum err_code
login_session(struct request *req, struct reply *reply, const struct member *member,
              bool *changed_out, struct err *e)
{
    uint8_t hash[SHA256_SIZE];
    struct access held;
    char token[TOKEN_SIZE];
    struct err none = {0};

    *changed_out = false;
    if (cookie_hash(req, COOKIE_MEMBER, hash) &&
        !access_find(req->db, ACCESS_MEMBER, hash, req->now_ms, &held, &none)) {
        if (held.member_id == member->id)
            return OK;
        if (take_over(req, held.member_id, member->id, e) ||
            access_end(req->db, held.session_id, e))
            return e->code;
        reply_end_streams(reply, topic_member(held.member_id));
    }
    *changed_out = true;
    if (access_open(req->db, ACCESS_MEMBER, member->id, 0, 0, req->now_ms, token, e))
        return e->code;
    cookie_set(req, reply, COOKIE_MEMBER, token, access_life(ACCESS_MEMBER).absolute_ms / SECOND_MS,
               SAME_SITE_LAX);
    return OK;
}

static enum err_code
enter(struct request *req, const struct idtoken *id, struct member *out, bool *is_new_out,
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
            {"id_token", JSON_KIND_TEXT, .min = 1, .max = IDTOKEN_MAX_BYTES, .out = &ask->token}))
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

enum err_code
api_session(struct request *req, struct reply *reply, struct err *e)
{
    struct session_ask *ask = req->prepared;
    struct buf body = buf_new(req->arena, KIB);
    struct member member;
    bool is_new, changed;

    if ((!ask->verified && verify_with_fetched(req, ask, e)) || burn_token(req, reply, ask, e) ||
        enter(req, &ask->id, &member, &is_new, e) ||
        login_session(req, reply, &member, &changed, e))
        return e->code;
    buf_format(&body, "{\"member\":\"%s\",\"changed\":%s}", is_new ? "new" : "known",
               changed ? "true" : "false");
    return reply_json(reply, 200, &body, e);
}

/* ---------------------------------------------------------------- outside LINE: the web flow */

/* What the login cookie carries, sealed: all of an attempt, so that none is kept here. */
struct attempt_cookie {
    char state[NONCE_SIZE], nonce[NONCE_SIZE], verifier[TOKEN_SIZE];
    char next[GIFT_PATH_SIZE];
    int64_t until_ms;
};

static void
random_hex(char out[NONCE_SIZE])
{
    uint8_t bytes[16];

    entropy_fill(bytes, sizeof(bytes));
    hex_encode(bytes, sizeof(bytes), out);
}

static void
attempt_set(struct request *req, struct reply *reply, const struct attempt_cookie *a)
{
    uint8_t sealed[sizeof(*a) + SEAL_EXTRA];
    char *text = arena_alloc(req->arena, BASE64_SIZE(sizeof(sealed)));

    if (!text)
        return;
    seal(SERVICE(req)->keys.cookie, a, sizeof(*a), STR("login"), sealed);
    base64url_encode(sealed, sizeof(sealed), text);
    cookie_set(req, reply, COOKIE_LOGIN, text, LOGIN_LIFE_MS / SECOND_MS, SAME_SITE_LAX);
}

static bool
attempt_get(const struct request *req, struct attempt_cookie *out)
{
    uint8_t sealed[sizeof(*out) + SEAL_EXTRA];
    struct str text;
    size_t n;

    return request_cookie(req, COOKIE_LOGIN, &text) &&
           base64url_decode(text, sealed, sizeof(sealed), &n) && n == sizeof(sealed) &&
           seal_open(SERVICE(req)->keys.cookie, (struct str){(const char *)sealed, n}, STR("login"),
                     out) &&
           out->until_ms > req->now_ms;
}

enum err_code
api_login(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct attempt_cookie a = {.until_ms = req->now_ms + LOGIN_LIFE_MS, .next = "/card"};
    struct buf url = buf_new(req->arena, 2 * KIB);
    char challenge[PKCE_CHALLENGE_SIZE];
    struct str next, retry;
    enum language language = language_of(request_header(req, "Accept-Language"), LANGUAGE_JA);

    if (service_limit_peer(req, "login", login_rate, e))
        return e->code;
    if (request_query(req, "next", &next) && (str_eq(next, STR("/admin")) || gift_is_path(next)))
        str_copy(next, a.next, sizeof(a.next));
    random_hex(a.state);
    random_hex(a.nonce);
    entropy_token(a.verifier);
    pkce_challenge(str_of(a.verifier), challenge);
    login_authorize_url(&url, &s->login, str_of(a.state), str_of(a.nonce), str_of(challenge),
                        str_of(language_tag(language)),
                        request_query(req, "retry", &retry) && str_eq(retry, STR("1")));
    if (buf_failed(&url))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "login URL");
    attempt_set(req, reply, &a);
    return reply_redirect(reply, url.at);
}

enum callback_result { CALLBACK_GO_ON, CALLBACK_DENIED, CALLBACK_FAILED, CALLBACK_AGAIN };

struct callback_ask {
    struct errand errand;
    struct attempt_cookie attempt;
    enum callback_result result;
};

/* What the browser brought back, before anything is asked of LINE. */
static enum callback_result
callback_read(const struct request *req, struct attempt_cookie *a, struct str *code_out)
{
    struct str error, state;

    if (!attempt_get(req, a) || !request_query(req, "state", &state) ||
        state.n != strlen(a->state) || !digest_equal(state.at, a->state, state.n))
        return CALLBACK_AGAIN; /* a failed automatic login looks just like this (LINE Login docs) */
    if (request_query(req, "error", &error))
        return str_eq(error, STR("ACCESS_DENIED")) || str_eq(error, STR("access_denied"))
                   ? CALLBACK_DENIED
                   : CALLBACK_FAILED;
    return request_query(req, "code", code_out) && code_out->n > 0 ? CALLBACK_GO_ON
                                                                   : CALLBACK_FAILED;
}

enum err_code
api_callback_ask(struct request *req, struct errand **errand_out, struct err *e)
{
    struct service *s = SERVICE(req);
    struct callback_ask *ask = arena_alloc(req->arena, sizeof(*ask));
    struct buf form = buf_new(req->arena, 4 * KIB);
    struct str code;

    if (!ask)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "callback");
    if (service_limit_peer(req, "login", login_rate, e))
        return e->code;
    req->prepared = ask;
    ask->result = callback_read(req, &ask->attempt, &code);
    if (ask->result != CALLBACK_GO_ON)
        return OK;
    login_token_request(&form, &s->login, code, str_of(ask->attempt.verifier));
    if (buf_failed(&form))
        return err_set(e, ERR_INPUT, "code_too_long", "authorization code of %zu bytes", code.n);
    ask->errand = (struct errand){
        .method = "POST",
        .url = s->token_url.at,
        .content_type = "Content-Type: application/x-www-form-urlencoded",
        .body = buf_str(&form),
    };
    *errand_out = &ask->errand;
    return OK;
}

static enum err_code
callback_identify(struct request *req, struct callback_ask *ask, struct idtoken *id, struct err *e)
{
    struct service *s = SERVICE(req);
    struct login_tokens tokens;
    const struct idtoken_want want = {
        .channel_id = s->login.channel_id,
        .nonce = str_of(ask->attempt.nonce),
        .now_ms = req->now_ms,
    };
    uint8_t hash[SHA256_SIZE];
    bool fresh;

    if (ask->errand.status == 0)
        return err_set(e, ERR_UPSTREAM, "line_unreachable", "token exchange: %s",
                       ask->errand.failure ? ask->errand.failure : "no answer");
    if (login_token_response(ask->errand.answer, req->arena, &tokens, e) ||
        idtoken_verify_hs256(tokens.id_token, s->login.channel_secret, &want, req->arena, id, e))
        return err_wrap(e, "web login");
    sha256(ask->attempt.state, strlen(ask->attempt.state), hash);
    if (access_burn(req->db, hash, (struct str){0}, ask->attempt.until_ms, &fresh, e))
        return e->code;
    return fresh ? OK : err_set(e, ERR_AUTH, "login_replayed", "a login's state used twice");
}

/* An owner who signed in to see the figures gets the owner's own, shorter session as well. */
static enum err_code
owner_session(struct request *req, struct reply *reply, int64_t member_id, struct err *e)
{
    struct staff staff;
    char token[TOKEN_SIZE];
    struct err none = {0};

    if (staff_by_member(req->db, member_id, &staff, &none) || staff.role != OWNER_ROLE)
        return OK;
    if (access_open(req->db, ACCESS_OWNER, member_id, 0, staff.id, req->now_ms, token, e))
        return e->code;
    cookie_set(req, reply, COOKIE_OWNER, token, access_life(ACCESS_OWNER).absolute_ms / SECOND_MS,
               SAME_SITE_STRICT);
    return OK;
}

static enum err_code
callback_enter(struct request *req, struct reply *reply, struct callback_ask *ask, struct err *e)
{
    struct idtoken id;
    struct member member;
    struct str changed_friendship;
    bool is_new, changed;

    if (callback_identify(req, ask, &id, e) || enter(req, &id, &member, &is_new, e) ||
        login_session(req, reply, &member, &changed, e))
        return e->code;
    if (request_query(req, "friendship_status_changed", &changed_friendship) &&
        str_eq(changed_friendship, STR("true")) &&
        member_befriend(req->db, member.id, true, req->now_ms, NULL, e))
        return e->code;
    if (strcmp(ask->attempt.next, "/admin") == 0)
        return owner_session(req, reply, member.id, e);
    return OK;
}

enum err_code
api_callback(struct request *req, struct reply *reply, struct err *e)
{
    static const char *const back[] = {
        [CALLBACK_DENIED] = "/card?login=denied",
        [CALLBACK_FAILED] = "/card?login=failed",
        [CALLBACK_AGAIN] = "/card?login=again",
    };
    struct callback_ask *ask = req->prepared;

    cookie_set(req, reply, COOKIE_LOGIN, "", 0, SAME_SITE_LAX);
    if (ask->result != CALLBACK_GO_ON)
        return reply_redirect(reply, back[ask->result]);
    if (callback_enter(req, reply, ask, e)) {
        if (e->code != ERR_AUTH && e->code != ERR_UPSTREAM)
            return e->code;
        LOG(LOG_WARN, "login.failed", L_TEXT("req", req->id), L_TEXT("error", e->word),
            L_TEXT("why", e->text));
        *e = (struct err){0};
        return reply_redirect(reply, back[CALLBACK_FAILED]);
    }
    return reply_redirect(reply, ask->attempt.next);
}

enum err_code
api_logout(struct request *req, struct reply *reply, struct err *e)
{
    if (request_json(req, NULL, 0, e) || access_end(req->db, req->actor.session_id, e))
        return e->code;
    cookie_set(req, reply, COOKIE_MEMBER, "", 0, SAME_SITE_LAX);
    reply_end_streams(reply, topic_member(req->actor.member_id));
    return reply_empty(reply, 204);
}
