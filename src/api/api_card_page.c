#include "api/api_card.h"

#include <string.h>

#include "api/card_ends.h"
#include "api/card_level.h"
#include "api/codes.h"
#include "api/page_card.h"
#include "api/service.h"
#include "api/web_path.h"
#include "domain/card.h"
#include "domain/ladder.h"
#include "domain/member.h"
#include "domain/terms.h"
#include "domain/tier.h"
#include "domain/voucher.h"

#define PAGE_MAX (96 * KIB)
#define VOUCHERS_MAX 20

enum card_liff
page_liff(const struct service *s)
{
    if (!s->liff_id.n)
        return CARD_LIFF_NONE;
    return s->liff_is_real ? CARD_LIFF_LINE : CARD_LIFF_SIM;
}

/* Opened from a rich menu, whose areas say so in the address. A guest's menu leads to the sign-in
 * page, and from there here again: counted once. Such a page is made anew each time. */
static bool
is_tap(const struct request *req)
{
    bool is_guest = req->actor.member_id == 0;
    struct str menu, area;

    if (!request_query(req, "menu", &menu) || !request_query(req, "area", &area))
        return false;
    if (str_starts(menu, STR("guest.")) == is_guest)
        SERVICE(req)->tapped(SERVICE(req)->app, menu, area, req->now_ms);
    return true;
}

/* Opened from a message, whose button says so in the address; by a member, or it will come here
 * again. */
static bool
is_from_message(const struct request *req)
{
    enum notice_kind kind;
    struct str word;

    if (!request_query(req, "about", &word) || !notice_kind_of(word, &kind))
        return false;
    SERVICE(req)->opened(SERVICE(req)->app, (int)kind, req->now_ms);
    return true;
}

/* ---------------------------------------------------------------- without a session */

/* How a login ended that came back to this page: ?login=denied */
static enum signin_failure
failure_of(const struct request *req)
{
    struct str login;

    if (!request_query(req, "login", &login))
        return SIGNIN_FIRST;
    for (int i = SIGNIN_FIRST + 1; i < SIGNIN_FAILURES; i++)
        if (str_eq(login, str_of(signin_failure_word((enum signin_failure)i))))
            return (enum signin_failure)i;
    return SIGNIN_FAILED;
}

/* LINE's browser says so itself: "... Line/14.2.0/IAB" or "... LIFF". */
static bool
is_inside_line(const struct request *req)
{
    struct str agent = request_header(req, "User-Agent");

    return memmem(agent.at, agent.n, " Line/", 6) != NULL;
}

struct signin_view
card_signin_view(const struct request *req)
{
    const struct service *s = SERVICE(req);

    return (struct signin_view){
        .language = language_of(request_header(req, "Accept-Language"), LANGUAGE_JA),
        .title = s->shop_title,
        .is_inside = is_inside_line(req),
        .failure = failure_of(req),
        .liff = page_liff(s),
        .liff_id = s->liff_id,
        .is_demo = s->demo,
        .js = web_path("card.js"),
        .icon = web_path("icon.svg"),
    };
}

enum err_code
card_signin_page(struct request *req, struct reply *reply, struct str next, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, PAGE_MAX);
    int64_t version, until_ms;
    struct signin_view view = card_signin_view(req);

    if (terms_in_force(req->db, req->now_ms, &version, &until_ms, e))
        return e->code;
    view.has_terms = version != 0;
    view.next = next;
    view.may_guest = s->takes_guests && next.n == 0; /* a guest takes no gift */
    page_signin_write(&b, &view);
    reply->csp = page_card_policy(view.liff, s->demo);
    reply->may_compress = true;
    return reply_html(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- with one */

/* What the view borrows, in one piece of the arena. */
struct card_facts {
    struct card card[CARDS_OF_MEMBER_MAX];
    size_t cards_n;
    size_t chosen;
    struct plan_rules rules;
    struct plan_rules other[CARDS_OF_MEMBER_MAX];
    struct voucher voucher[VOUCHERS_MAX];
    size_t vouchers_n;
    struct card_ends ends;
    struct card_level level;
    struct card_reward reward_view[PLAN_REWARDS_MAX];
    struct card_voucher voucher_view[VOUCHERS_MAX];
    struct card_other other_view[CARDS_OF_MEMBER_MAX];
    size_t others_n;
    struct drawn_code code;
};

static enum err_code
facts_load(struct request *req, struct card_facts *f, struct err *e)
{
    struct str text = request_segment(req, ":plan");
    int64_t plan_id = 0;

    if (text.n && !str_int(text, &plan_id, 1, INT64_MAX))
        plan_id = 0;
    if (cards_of_member(req->db, req->actor.member_id, f->card, CARDS_OF_MEMBER_MAX, &f->cards_n,
                        e))
        return e->code;
    if (!f->cards_n)
        return err_set(e, ERR_NOT_FOUND, "card_unknown", "a member without a card");
    for (size_t i = 0; i < f->cards_n; i++)
        if (f->card[i].plan_id == plan_id)
            f->chosen = i;
    if (tier_rules_load(req->db, &f->card[f->chosen], &f->rules, e) ||
        voucher_list(req->db, f->card[f->chosen].id, req->now_ms, f->voucher, VOUCHERS_MAX,
                     &f->vouchers_n, e) ||
        card_ends_load(req->db, &f->card[f->chosen], &f->rules, req->now_ms, &f->ends, e) ||
        card_level_load(req->db, &f->card[f->chosen], &f->rules, req->now_ms, &f->level, e))
        return e->code;
    for (size_t i = 0; i < f->cards_n; i++)
        if (i != f->chosen && plan_load(req->db, f->card[i].plan_id, 0, &f->other[i], e))
            return e->code;
    return OK;
}

static void
facts_view(struct card_facts *f, struct card_view *view)
{
    for (size_t i = 0; i < f->rules.rewards_n; i++)
        f->reward_view[i] =
            (struct card_reward){f->rules.reward[i].at, str_of(f->rules.reward[i].title)};
    for (size_t i = 0; i < f->vouchers_n; i++)
        f->voucher_view[i] = (struct card_voucher){f->voucher[i].id, str_of(f->voucher[i].title),
                                                   f->voucher[i].expires_ms, f->voucher[i].kind,
                                                   f->voucher[i].value};
    for (size_t i = 0; i < f->cards_n; i++)
        if (i != f->chosen)
            f->other_view[f->others_n++] = (struct card_other){
                .plan_id = f->card[i].plan_id,
                .name = str_of(f->other[i].name),
                .is_stamp = f->other[i].unit == UNIT_STAMP,
                .balance = f->card[i].balance,
            };
    view->rewards = f->reward_view;
    view->rewards_n = f->rules.rewards_n;
    view->vouchers = f->voucher_view;
    view->vouchers_n = f->vouchers_n;
    view->ends = &f->ends;
    view->level = &f->level;
    view->others = f->other_view;
    view->others_n = f->others_n;
}

/* Only this step's code is drawn here; the script asks for the next ones after the first paint, and
 * takes this one's drawings from where they stand on the page. */
static enum err_code
draw_code(struct request *req, struct card_facts *f, struct card_view *view, struct err *e)
{
    struct buf json = buf_new(req->arena, 16 * KIB);
    const struct code_pen pen = {&SERVICE(req)->keys, view->language, req->arena};
    struct drawn_code bare;
    struct card_bars bars;

    if (view->is_blocked)
        return OK;
    if (code_bars(&pen, req->db, &f->card[f->chosen], &f->rules, &bars, e) ||
        code_draw_card(&pen, &f->card[f->chosen], &f->rules, &bars, code_step(req->now_ms),
                       &f->code, e))
        return e->code;
    bare = f->code;
    bare.qr_svg = bare.linear_svg = STR("");
    view->codes_now_at = codes_write(&json, &bare, 1, req->now_ms);
    view->qr_svg = f->code.qr_svg;
    view->linear_svg = f->code.linear_svg;
    view->digits = f->code.digits;
    view->linear_text = f->code.linear_text;
    view->codes_json = buf_str(&json);
    return OK;
}

/* The page is true as long as its code is new, its vouchers and units are good and its terms in
 * force. */
static int64_t
kept_until(const struct card_facts *f, int64_t terms_until_ms, int64_t now_ms)
{
    int64_t until_ms = (code_step(now_ms) + 1) * CODE_STEP_MS;

    if (terms_until_ms && until_ms > terms_until_ms)
        until_ms = terms_until_ms;
    for (size_t i = 0; i < f->vouchers_n; i++)
        if (until_ms > f->voucher[i].expires_ms)
            until_ms = f->voucher[i].expires_ms;
    return card_ends_until(&f->ends, until_ms);
}

static enum err_code
card_page(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, PAGE_MAX);
    struct card_facts *f = arena_alloc(req->arena, sizeof(*f));
    size_t now_at[PAGE_CARD_NOWS], nows;
    int64_t terms_version, terms_until_ms;
    struct member member;
    struct card_view view = {
        .title = s->shop_title,
        .liff = page_liff(s),
        .liff_id = s->liff_id,
        .is_demo = s->demo,
        .now_ms = req->now_ms,
        .js = web_path("card.js"),
        .icon = web_path("icon.svg"),
    };

    if (!f)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "card page");
    if (member_load(req->db, req->actor.member_id, &member, e) || facts_load(req, f, e) ||
        terms_in_force(req->db, req->now_ms, &terms_version, &terms_until_ms, e) ||
        member_name(req->db, member.id, req->arena, &view.member_name, e))
        return e->code;
    view.language = member.language;
    view.terms_version = member.agreed < terms_version ? terms_version : 0;
    view.is_friend = member.is_friend;
    view.is_guest = member.is_guest;
    view.has_gifts = f->rules.gift.day_max > 0 && !member.is_guest;
    view.friend_url = s->friend_url;
    view.plan_id = f->rules.plan_id;
    view.plan_name = str_of(f->rules.name);
    view.is_stamp = f->rules.unit == UNIT_STAMP;
    view.is_blocked = !f->card[f->chosen].is_active;
    view.balance = f->card[f->chosen].balance;
    view.owed = f->card[f->chosen].owed;
    view.goal = f->rules.goal;
    view.yen_per_point = f->rules.yen_per_point;
    view.is_net = f->rules.earn.tax_percent > 0;
    view.rounding = f->rules.rounding;
    view.utc_offset_min = (int)f->rules.utc_offset_min;
    facts_view(f, &view);
    if (draw_code(req, f, &view, e))
        return e->code;
    nows = page_card_write(&b, &view, now_at);
    made_from_cards(req, f->card, f->cards_n);
    if (!is_tap(req) && !is_from_message(req))
        reply_keep(reply, kept_until(f, terms_until_ms, req->now_ms), now_at, nows);
    reply->csp = page_card_policy(view.liff, s->demo);
    reply->may_compress = true;
    return reply_html(reply, 200, &b, e);
}

enum err_code
api_card_page(struct request *req, struct reply *reply, struct err *e)
{
    if (req->actor.member_id)
        return card_page(req, reply, e);
    (void)is_tap(req);
    return card_signin_page(req, reply, STR(""), e);
}
