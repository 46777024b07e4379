#include "api/api_login.h"

#include "api/service.h"
#include "domain/guest.h"

/* Each costs the book a row and a card; a shop's customers share one address. */
static const struct limit_rate guest_rate = {.burst = 20, .per_ms = MINUTE_MS};

enum err_code
api_guest(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, KIB);
    struct member member;
    bool changed;

    if (request_json(req, NULL, 0, e))
        return e->code;
    if (!s->takes_guests)
        return err_set(e, ERR_FORBIDDEN, "guests_off", "this chain wants a LINE account first");
    if (req->actor.member_id)
        return err_set(e, ERR_CONFLICT, "member_known", "this browser has a card");
    if (service_limit_peer(req, "guest", guest_rate, e) ||
        guest_make(req->db, language_of(request_header(req, "Accept-Language"), LANGUAGE_JA),
                   req->now_ms, &member, e) ||
        login_session(req, reply, &member, 0, false, &changed, e))
        return e->code;
    REPLY_NEWS(reply, "guest.made", L_TEXT("req", req->id), L_INT("member", member.id));
    buf_text(&b, "{\"member\":\"guest\"}");
    return reply_json(reply, 201, &b, e);
}
