#include "api/identify.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/api_login.h"
#include "api/known.h"
#include "api/service.h"
#include "domain/access.h"
#include "domain/member.h"
#include "domain/refusal.h"
#include "http/cookie.h"
#include "http/route.h"
#include "store/changed.h"

#define TOUCH_AFTER_MS MINUTE_MS

/* The session behind a cookie; its last use is noted at most once a minute. */
static enum err_code
session_of(struct request *req, const char *cookie, enum access_kind kind, struct access *out,
           struct err *e)
{
    struct service *s = SERVICE(req);
    uint8_t hash[SHA256_SIZE];

    if (!cookie_hash(req, cookie, hash))
        return err_set(e, ERR_AUTH, "session_missing", "no cookie %s", cookie);
    if (!known_find(s->known, kind, hash, req->now_ms, out)) {
        if (access_find(req->db, kind, hash, req->now_ms, out, e))
            return e->code;
        known_put(s->known, hash, out, &req->made_from);
    }
    if (req->now_ms - out->seen_ms > TOUCH_AFTER_MS)
        s->touch(s->app, out->session_id, req->now_ms);
    return OK;
}

static enum err_code
identify_member(struct request *req, struct err *e)
{
    struct access access;

    if (session_of(req, COOKIE_MEMBER, ACCESS_MEMBER, &access, e))
        return e->code;
    req->actor.session_id = access.session_id;
    req->actor.member_id = access.member_id;
    req->actor.login_ms = access.login_ms;
    req->actor_until_ms = access.until_ms;
    made_from_add(&req->made_from, CHANGED_SESSION, access.session_id);
    return OK;
}

/* LINE has to have been shown just now who it is; a guest has nothing to show there but the session
 * itself. */
static enum err_code
identify_fresh(struct request *req, struct err *e)
{
    struct member member;

    if (identify_member(req, e))
        return e->code;
    if (access_is_fresh(req->actor.login_ms, req->now_ms))
        return OK;
    if (member_load(req->db, req->actor.member_id, &member, e))
        return e->code;
    return member.is_guest ? OK
                           : err_set(e, ERR_FORBIDDEN, refusal_word(REFUSAL_LOGIN_STALE),
                                     "proven to LINE too long ago");
}

static enum err_code
identify_till(struct request *req, struct err *e)
{
    struct access access;

    if (session_of(req, COOKIE_TILL, ACCESS_TILL, &access, e))
        return e->code;
    req->actor.session_id = access.session_id;
    req->actor.till_id = access.till_id;
    req->actor.shop_id = access.shop_id;
    return OK;
}

/* A person at a till: both cookies, and the person signed in at this very till. */
static enum err_code
identify_staff(struct request *req, struct err *e)
{
    struct access access;

    if (identify_till(req, e) || session_of(req, COOKIE_STAFF, ACCESS_STAFF, &access, e))
        return e->code;
    if (access.till_id != req->actor.till_id)
        return err_set(e, ERR_AUTH, "session_other_till", "signed in at another till");
    req->actor.session_id = access.session_id;
    req->actor.staff_id = access.staff_id;
    req->actor.role = access.role;
    return OK;
}

static enum err_code
identify_owner(struct request *req, struct err *e)
{
    struct access access;

    if (session_of(req, COOKIE_OWNER, ACCESS_OWNER, &access, e))
        return e->code;
    req->actor.session_id = access.session_id;
    req->actor.staff_id = access.staff_id;
    req->actor.role = access.role;
    return OK;
}

enum err_code
api_identify(struct request *req, struct err *e)
{
    struct err none = {0};

    switch (req->route->who) {
    case MEMBER:
        return identify_member(req, e);
    case MAYBE_MEMBER:
        (void)identify_member(req, &none); /* a guest is welcome too */
        return OK;
    case FRESH_MEMBER:
        return identify_fresh(req, e);
    case TILL:
        return identify_till(req, e);
    case STAFF:
        return identify_staff(req, e);
    case OWNER:
        return identify_owner(req, e);
    case ANYONE:
    case SIGNED_BY_LINE:
        break;
    }
    return OK;
}

/* What is written by a wrong clock stays wrong: a transfer's time, a code's use, a session's end.
 */
static enum err_code
clock_admits(struct request *req, struct err *e)
{
    struct service *s = SERVICE(req);

    if ((req->route->mode != WRITE && req->route->mode != KEYED) ||
        !clock_has_jumped(s->clock, req->now_ms))
        return OK;
    return err_set(e, ERR_BUSY, "clock_unsure", "the clock jumped by %" PRId64 " ms",
                   clock_jump_ms(s->clock, req->now_ms));
}

/* A shop's till and the guests of its Wi-Fi share one address: whoever is known counts alone, so
 * that nobody else's haste is held against them. */
enum err_code
api_admit(struct request *req, bool is_known, struct err *e)
{
    struct service *s = SERVICE(req);
    char session[24];

    if (clock_admits(req, e))
        return e->code;
    if (!s->rate_per_peer.burst)
        return OK;
    if (!is_known)
        return service_limit_peer(req, "peer", s->rate_per_peer, e);
    snprintf(session, sizeof(session), "%" PRId64, req->actor.session_id);
    return service_limit(s, "requests", str_of(session), s->rate_per_peer, req->now_ms, e);
}

bool
api_member_hash(const struct request *req, uint8_t out[SHA256_SIZE])
{
    return cookie_hash(req, COOKIE_MEMBER, out);
}
