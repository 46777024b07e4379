#include "api/api_me.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/api_card.h"
#include "api/api_leave.h"
#include "api/page_card.h"
#include "api/page_me.h"
#include "api/service.h"
#include "api/web_path.h"
#include "base/codec.h"
#include "base/entropy.h"
#include "domain/card.h"
#include "domain/member.h"
#include "domain/own_data.h"
#include "domain/terms.h"
#include "domain/voucher.h"

#define PAGE_MAX (96 * KIB)
#define VOUCHERS_SHOWN 20
#define LINK_LIFE_MS (5 * MINUTE_MS)
#define LINK_PLACE STR("export link")

static const struct limit_rate export_rate = {.burst = 5, .per_ms = 5 * MINUTE_MS};
static const struct limit_rate once = {.burst = 1, .per_ms = 2 * LINK_LIFE_MS};

/* ---------------------------------------------------------------- the page */

struct me_facts {
    struct card card[CARDS_OF_MEMBER_MAX];
    struct plan_rules rules[CARDS_OF_MEMBER_MAX];
    struct voucher voucher[VOUCHERS_SHOWN];
    struct me_holding holding[CARDS_OF_MEMBER_MAX];
    struct card_voucher voucher_view[VOUCHERS_SHOWN];
    struct consent consent[CONSENTS_MAX];
    struct me_consent consent_view[CONSENTS_MAX];
};

static enum err_code
load_vouchers(struct request *req, const struct card *card, struct me_facts *f, size_t *n,
              struct err *e)
{
    size_t more;

    if (voucher_list(req->db, card->id, req->now_ms, f->voucher + *n, VOUCHERS_SHOWN - *n, &more,
                     e))
        return e->code;
    for (; more > 0; more--, (*n)++)
        f->voucher_view[*n] = (struct card_voucher){f->voucher[*n].id, str_of(f->voucher[*n].title),
                                                    f->voucher[*n].expires_ms, f->voucher[*n].kind,
                                                    f->voucher[*n].value};
    return OK;
}

static enum err_code
load_holdings(struct request *req, struct me_facts *f, struct me_view *view, struct err *e)
{
    size_t n, vouchers = 0;

    if (cards_of_member(req->db, req->actor.member_id, f->card, CARDS_OF_MEMBER_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        if (plan_load(req->db, f->card[i].plan_id, 0, &f->rules[i], e) ||
            load_vouchers(req, &f->card[i], f, &vouchers, e))
            return e->code;
        f->holding[i] = (struct me_holding){
            .plan_name = str_of(f->rules[i].name),
            .is_stamp = f->rules[i].unit == UNIT_STAMP,
            .balance = f->card[i].balance,
        };
        view->utc_offset_min = (int)f->rules[i].utc_offset_min;
    }
    view->holdings = f->holding;
    view->holdings_n = n;
    view->vouchers = f->voucher_view;
    view->vouchers_n = vouchers;
    return OK;
}

static enum err_code
load_consents(struct request *req, struct me_facts *f, struct me_view *view, struct err *e)
{
    int64_t until_ms;

    if (terms_in_force(req->db, req->now_ms, &view->terms_version, &until_ms, e) ||
        consents_of_member(req->db, req->actor.member_id, f->consent, CONSENTS_MAX,
                           &view->consents_n, e))
        return e->code;
    for (size_t i = 0; i < view->consents_n; i++)
        f->consent_view[i] = (struct me_consent){f->consent[i].version, f->consent[i].at_ms};
    view->consents = f->consent_view;
    return OK;
}

enum err_code
api_me_page(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, PAGE_MAX);
    struct me_facts *f = arena_alloc(req->arena, sizeof(*f));
    struct member member;
    char confirm[LEAVE_CONFIRM_SIZE];
    struct me_view view = {
        .confirm = confirm,
        .title = s->shop_title,
        .liff = page_liff(s),
        .liff_id = s->liff_id,
        .is_demo = s->demo,
        .js = web_path("card.js"),
        .icon = web_path("icon.svg"),
    };

    if (!req->actor.member_id)
        return reply_redirect(reply, "/card");
    if (!f)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "page about a member");
    if (member_load(req->db, req->actor.member_id, &member, e) || load_holdings(req, f, &view, e) ||
        load_consents(req, f, &view, e))
        return e->code;
    leave_confirmation(s, member.id, confirm);
    view.language = member.language;
    page_me_write(&b, &view);
    reply->csp = page_card_policy(view.liff, s->demo);
    reply->may_compress = true;
    return reply_html(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- the data */

static enum err_code
may_export(struct request *req, struct err *e)
{
    char member[24];

    snprintf(member, sizeof(member), "%" PRId64, req->actor.member_id);
    return service_limit(SERVICE(req), "export", str_of(member), export_rate, req->now_ms, e);
}

static enum err_code
reply_data(struct request *req, struct reply *reply, int64_t member_id, struct err *e)
{
    struct buf b = buf_new(req->arena, OWN_BYTES_MAX);
    char day[CLOCK_TEXT_SIZE];

    (void)buf_reserve(&b, OWN_BYTES_MAX); /* at once: what it grew out of would stay in the arena */
    b.n = 0;

    if (own_data_write(req->db, member_id, req->now_ms, req->arena, &b, e))
        return e->code;
    clock_text(req->now_ms, day);
    reply_header(reply, "Content-Disposition",
                 arena_format(req->arena, "attachment; filename=\"membership-%.10s.json\"", day));
    REPLY_NEWS(reply, "member.exported", L_TEXT("req", req->id), L_INT("member", member_id));
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_me_export(struct request *req, struct reply *reply, struct err *e)
{
    return may_export(req, e) ? e->code : reply_data(req, reply, req->actor.member_id, e);
}

/* What a link carries, sealed: nothing of it is kept here. */
struct link {
    int64_t member_id, until_ms;
    uint8_t number[8]; /* no two are the same */
};

#define LINK_SEALED (sizeof(struct link) + SEAL_EXTRA)

enum err_code
api_me_export_link(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, KIB);
    struct link link = {.member_id = req->actor.member_id, .until_ms = req->now_ms + LINK_LIFE_MS};
    uint8_t sealed[LINK_SEALED];
    char text[BASE64_SIZE(LINK_SEALED)];

    if (request_json(req, NULL, 0, e) || may_export(req, e))
        return e->code;
    entropy_fill(link.number, sizeof(link.number));
    seal(s->keys.cookie, &link, sizeof(link), LINK_PLACE, sealed);
    base64url_encode(sealed, sizeof(sealed), text);
    buf_text(&b, "{\"url\":");
    buf_json(
        &b, str_of(arena_format(req->arena, "%.*s/data/%s", (int)s->origin.n, s->origin.at, text)));
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

static bool
link_open(const struct request *req, struct str text, struct link *out)
{
    uint8_t sealed[LINK_SEALED];
    size_t n;

    return base64url_decode(text, sealed, sizeof(sealed), &n) && n == sizeof(sealed) &&
           seal_open(SERVICE(req)->keys.cookie, (struct str){(const char *)sealed, n}, LINK_PLACE,
                     out) &&
           out->until_ms > req->now_ms;
}

static enum err_code
link_is_over(struct err *e)
{
    *e = (struct err){0};
    return err_set(e, ERR_NOT_FOUND, "link_over", "a link to own data, used or too old");
}

/* That a link was used is remembered for as long as it lives, by this process; it is used once the
 * data is there. */
enum err_code
api_data(struct request *req, struct reply *reply, struct err *e)
{
    struct str text = request_segment(req, ":link");
    struct link link;
    struct member member;

    if (!link_open(req, text, &link) ||
        service_may(SERVICE(req), "export link", text, once, req->now_ms, e))
        return link_is_over(e);
    if (member_load(req->db, link.member_id, &member, e))
        return e->code == ERR_NOT_FOUND ? link_is_over(e) : e->code;
    if (member.is_erased)
        return link_is_over(e);
    if (reply_data(req, reply, link.member_id, e))
        return e->code;
    if (service_limit(SERVICE(req), "export link", text, once, req->now_ms, e))
        return link_is_over(e); /* by another request, meanwhile */
    return OK;
}
