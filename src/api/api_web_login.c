#include "api/api_login.h"

#include <stdio.h>
#include <string.h>

#include "api/api_again.h"
#include "api/api_gift.h"
#include "api/errand.h"
#include "api/page_card.h"
#include "api/service.h"
#include "base/codec.h"
#include "base/entropy.h"
#include "base/log.h"
#include "domain/access.h"
#include "domain/member.h"
#include "domain/staff.h"
#include "http/cookie.h"
#include "line/idtoken.h"
#include "line/login.h"

#define LOGIN_LIFE_MS (10 * MINUTE_MS)
#define NONCE_SIZE 33
/* What LINE is asked for is younger than what is needed, so that there is time left to confirm. */
#define LOGIN_AGE_S (LOGIN_FRESH_MS / 2 / SECOND_MS)

static const struct limit_rate login_rate = {.burst = 30, .per_ms = 6 * SECOND_MS};

/* ---------------------------------------------------------------- to LINE */

/* What the login cookie carries, sealed: all of an attempt, so that none is kept here. */
struct attempt_cookie {
    char state[NONCE_SIZE], nonce[NONCE_SIZE], verifier[TOKEN_SIZE];
    char next[GIFT_PATH_SIZE];
    int64_t until_ms;
    int64_t member_id; /* who shows once more who it is, for `act`; 0: somebody signs in */
    int64_t act;
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

/* One of ours, in time or not. */
static bool
attempt_get(const struct request *req, struct attempt_cookie *out)
{
    uint8_t sealed[sizeof(*out) + SEAL_EXTRA];
    struct attempt_cookie found;
    struct str text;
    size_t n;

    if (!request_cookie(req, COOKIE_LOGIN, &text) ||
        !base64url_decode(text, sealed, sizeof(sealed), &n) || n != sizeof(sealed) ||
        !seal_open(SERVICE(req)->keys.cookie, (struct str){(const char *)sealed, n}, STR("login"),
                   &found))
        return false;
    *out = found;
    return true;
}

static bool
is_asked(const struct request *req, const char *name)
{
    struct str value;

    return request_query(req, name, &value) && str_eq(value, STR("1"));
}

/* Where it is to end: at the act of somebody who is known, or at one of our own pages. */
static void
attempt_aim(const struct request *req, struct attempt_cookie *a)
{
    struct str next, act;

    if (request_query(req, "act", &act) && req->actor.member_id) {
        a->act = fresh_act_of(act);
        a->member_id = a->act == FRESH_NONE ? 0 : req->actor.member_id;
    }
    if (request_query(req, "next", &next) && (str_eq(next, STR("/admin")) || gift_is_path(next)))
        str_copy(next, a->next, sizeof(a->next));
}

enum err_code
api_login(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct attempt_cookie a = {.until_ms = req->now_ms + LOGIN_LIFE_MS, .next = "/card"};
    struct buf url = buf_new(req->arena, 2 * KIB);
    char challenge[PKCE_CHALLENGE_SIZE];
    struct login_manner manner = {
        .ui_locale =
            str_of(language_tag(language_of(request_header(req, "Accept-Language"), LANGUAGE_JA))),
        .disable_auto_login = is_asked(req, "retry"),
    };

    if (service_limit_peer(req, "login", login_rate, e))
        return e->code;
    attempt_aim(req, &a);
    if (a.member_id) {
        manner.max_age_s = LOGIN_AGE_S;
        manner.is_forced = is_asked(req, "forced");
    }
    random_hex(a.state);
    random_hex(a.nonce);
    entropy_token(a.verifier);
    pkce_challenge(str_of(a.verifier), challenge);
    login_authorize_url(&url, &s->login, str_of(a.state), str_of(a.nonce), str_of(challenge),
                        &manner);
    if (buf_failed(&url))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "login URL");
    attempt_set(req, reply, &a);
    return reply_redirect(reply, url.at);
}

/* ---------------------------------------------------------------- and back */

struct callback_ask {
    struct errand errand;
    struct attempt_cookie attempt;
    enum signin_failure failure; /* SIGNIN_FIRST: none so far */
};

/* What the browser brought back, before anything is asked of LINE. */
static enum signin_failure
callback_read(const struct request *req, struct attempt_cookie *a, struct str *code_out)
{
    struct str error, state;

    if (!attempt_get(req, a) || a->until_ms <= req->now_ms ||
        !request_query(req, "state", &state) || state.n != strlen(a->state) ||
        !digest_equal(state.at, a->state, state.n))
        return SIGNIN_AGAIN; /* a failed automatic login looks just like this (LINE Login docs) */
    if (request_query(req, "error", &error))
        return str_eq(error, STR("ACCESS_DENIED")) || str_eq(error, STR("access_denied"))
                   ? SIGNIN_DENIED
                   : SIGNIN_FAILED;
    return request_query(req, "code", code_out) && code_out->n > 0 ? SIGNIN_FIRST : SIGNIN_FAILED;
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
    *ask = (struct callback_ask){0};
    if (service_limit_peer(req, "login", login_rate, e))
        return e->code;
    req->prepared = ask;
    ask->failure = callback_read(req, &ask->attempt, &code);
    if (ask->failure != SIGNIN_FIRST)
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
    bool is_again = ask->attempt.member_id != 0;
    struct idtoken id;
    struct member member;
    struct str changed_friendship;
    bool is_new, changed;

    if (callback_identify(req, ask, &id, e) ||
        (is_again && login_is_again(req, &id, ask->attempt.member_id, id.auth_ms, e)) ||
        login_enter(req, &id, &member, &is_new, e) ||
        login_session(req, reply, &member, id.auth_ms, is_again, &changed, e))
        return e->code;
    if (request_query(req, "friendship_status_changed", &changed_friendship) &&
        str_eq(changed_friendship, STR("true")) &&
        member_befriend(req->db, member.id, true, req->now_ms, NULL, e))
        return e->code;
    if (strcmp(ask->attempt.next, "/admin") == 0)
        return owner_session(req, reply, member.id, e);
    return OK;
}

/* What the person may do something about; anything else is an error of the request. */
static enum signin_failure
failure_of(const struct err *e)
{
    if (e->code == ERR_FORBIDDEN)
        return strcmp(e->word, "login_other") == 0 ? SIGNIN_OTHER : SIGNIN_OLD;
    return e->code == ERR_AUTH || e->code == ERR_UPSTREAM ? SIGNIN_FAILED : SIGNIN_FIRST;
}

/* To what was begun, or to where it can be tried once more. */
static enum err_code
callback_leave(struct request *req, struct reply *reply, const struct callback_ask *ask,
               struct err *e)
{
    enum fresh_act act = ask->attempt.member_id ? (enum fresh_act)ask->attempt.act : FRESH_NONE;
    const char *failure = signin_failure_word(ask->failure), *to = ask->attempt.next;

    if (ask->failure != SIGNIN_FIRST)
        to = act == FRESH_NONE ? arena_format(req->arena, "/card?login=%s", failure)
                               : arena_format(req->arena, "/card/again?act=%s&login=%s",
                                              fresh_act_word(act), failure);
    else if (act != FRESH_NONE)
        to = again_page_of(req->arena, act);
    return to ? reply_redirect(reply, to)
              : err_set(e, ERR_INTERNAL, "out_of_memory", "the way back");
}

enum err_code
api_callback(struct request *req, struct reply *reply, struct err *e)
{
    struct callback_ask *ask = req->prepared;

    cookie_set(req, reply, COOKIE_LOGIN, "", 0, SAME_SITE_LAX);
    if (ask->failure == SIGNIN_FIRST && callback_enter(req, reply, ask, e)) {
        ask->failure = failure_of(e);
        if (ask->failure == SIGNIN_FIRST)
            return e->code;
        LOG(LOG_WARN, "login.failed", L_TEXT("req", req->id), L_TEXT("error", e->word),
            L_TEXT("why", e->text));
        *e = (struct err){0};
    }
    return callback_leave(req, reply, ask, e);
}
