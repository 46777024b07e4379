#include "api/api_again.h"

#include "api/api_card.h"
#include "api/page_card.h"
#include "api/service.h"
#include "api/web_path.h"
#include "domain/access.h"
#include "domain/member.h"

#define PAGE_MAX (96 * KIB)

const char *
again_page_of(struct arena *arena, enum fresh_act act)
{
    return act == FRESH_NONE
               ? fresh_act_page(act)
               : arena_format(arena, "%s?act=%s", fresh_act_page(act), fresh_act_word(act));
}

/* LINE's login does not work in LINE's own browser. There the card is opened anew, for the token of
 * one that was open for long stays as it is. */
static const char *
reopen_url(const struct service *s, struct arena *arena, const char *act)
{
    return arena_format(arena, "%.*s/%.*s/again?act=%s", (int)s->liff_url.n, s->liff_url.at,
                        (int)s->liff_id.n, s->liff_id.at, act);
}

static enum err_code
write_page(struct request *req, struct reply *reply, enum fresh_act act, enum language language,
           struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, PAGE_MAX);
    struct signin_view signin = card_signin_view(req);
    bool is_app = signin.is_inside && signin.liff == CARD_LIFF_LINE;
    struct again_view view = {
        .signin = signin,
        .act = fresh_act_word(act),
        .page = fresh_act_page(act),
        .next = again_page_of(req->arena, act),
        .reopen = is_app ? reopen_url(s, req->arena, fresh_act_word(act)) : NULL,
    };

    view.signin.language = language;
    if (!view.next || (is_app && !view.reopen))
        return err_set(e, ERR_INTERNAL, "out_of_memory", "page of a login");
    page_again_write(&b, &view);
    reply->csp = page_card_policy(signin.liff, s->demo);
    reply->may_compress = true;
    return reply_html(reply, 200, &b, e);
}

enum err_code
api_again_page(struct request *req, struct reply *reply, struct err *e)
{
    enum fresh_act act = FRESH_NONE;
    struct member member;
    struct str word;
    const char *next;

    if (request_query(req, "act", &word))
        act = fresh_act_of(word);
    if (act == FRESH_NONE || !req->actor.member_id)
        return reply_redirect(reply, "/card");
    if (member_load(req->db, req->actor.member_id, &member, e))
        return e->code;
    if (!member.is_guest && !access_is_fresh(req->actor.login_ms, req->now_ms))
        return write_page(req, reply, act, member.language, e);
    next = again_page_of(req->arena, act);
    return next ? reply_redirect(reply, next)
                : err_set(e, ERR_INTERNAL, "out_of_memory", "page of an act");
}
