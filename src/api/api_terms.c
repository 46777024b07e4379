#include "api/api_terms.h"

#include "api/page_card.h"
#include "api/page_me.h"
#include "api/service.h"
#include "api/web_path.h"
#include "domain/member.h"
#include "domain/terms.h"

#define PAGE_MAX (512 * KIB) /* 32,768 characters, each a reference at worst, and the frame */

static enum err_code
terms_wanted(struct request *req, struct terms_view *view, struct err *e)
{
    struct str text;
    struct terms terms;
    int64_t until_ms;

    if (terms_in_force(req->db, req->now_ms, &view->version, &until_ms, e))
        return e->code;
    if (request_query(req, "version", &text) && !str_int(text, &view->version, 1, INT32_MAX))
        return err_field(e, ERR_INPUT, "field_type", "version", "a version's number is wanted");
    if (view->version == 0)
        return OK;
    if (terms_load(req->db, view->version, view->language, req->arena, &terms, e))
        return e->code;
    view->text_language = terms.language;
    view->text = terms.text;
    view->from_ms = terms.from_ms;
    return OK;
}

enum err_code
api_terms_page(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, PAGE_MAX);
    struct member member;
    struct terms_view view = {
        .language = language_of(request_header(req, "Accept-Language"), LANGUAGE_JA),
        .title = s->shop_title,
        .icon = web_path("icon.svg"),
        .is_demo = s->demo,
    };

    if (req->actor.member_id) {
        if (member_load(req->db, req->actor.member_id, &member, e))
            return e->code;
        view.language = member.language;
    }
    if (terms_wanted(req, &view, e))
        return e->code;
    page_terms_write(&b, &view);
    reply->csp = page_card_policy(CARD_LIFF_NONE, s->demo);
    reply->may_compress = true;
    return reply_html(reply, 200, &b, e);
}

enum err_code
api_terms_accept(struct request *req, struct reply *reply, struct err *e)
{
    int64_t version;

    if (REQUEST_JSON(req, e,
                     {"version", JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &version}) ||
        terms_agree(req->db, req->actor.member_id, version, req->now_ms, e))
        return e->code;
    return reply_empty(reply, 204);
}
