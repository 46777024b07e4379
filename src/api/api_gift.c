#include "api/api_gift.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/api_card.h"
#include "api/keyed.h"
#include "api/page_card.h"
#include "api/page_gift.h"
#include "api/refuse.h"
#include "api/service.h"
#include "api/web_path.h"
#include "domain/gift.h"
#include "domain/member.h"

#define PAGE_MAX (96 * KIB)
#define ANSWER_MAX (32 * KIB)
#define NICKNAME_BYTES (GIFT_NICKNAME_POINTS * 4)
#define TAKE_PATH STR("/card/gift/")

/* A link has 128 bits: this is for the writer's sake, not for theirs. */
static const struct limit_rate give_rate = {.burst = 20, .per_ms = 30 * SECOND_MS};
static const struct limit_rate take_rate = {.burst = 20, .per_ms = 10 * SECOND_MS};

static enum err_code
limited(struct request *req, const char *purpose, struct limit_rate rate, struct err *e)
{
    char member[24];

    snprintf(member, sizeof(member), "%" PRId64, req->actor.member_id);
    return service_limit(SERVICE(req), purpose, str_of(member), rate, req->now_ms, e);
}

static bool
is_token(struct str text)
{
    if (text.n != GIFT_TOKEN_SIZE - 1)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_'))
            return false;
    }
    return true;
}

bool
gift_is_path(struct str next)
{
    return str_skip(&next, TAKE_PATH) && is_token(next);
}

/* ---------------------------------------------------------------- pages */

static enum err_code
reply_page(struct request *req, struct reply *reply, const struct buf *b, enum card_liff liff,
           struct err *e)
{
    reply->csp = page_card_policy(liff, SERVICE(req)->demo);
    reply->may_compress = true;
    return reply_html(reply, 200, b, e);
}

static enum err_code
view_of(struct request *req, struct gift_page *out, struct err *e)
{
    struct service *s = SERVICE(req);
    struct member member;

    if (member_load(req->db, req->actor.member_id, &member, e))
        return e->code;
    *out = (struct gift_page){
        .language = member.language,
        .title = s->shop_title,
        .is_demo = s->demo,
        .js = web_path("gift.js"),
        .css = web_path("gift.css"),
        .icon = web_path("icon.svg"),
    };
    return OK;
}

enum err_code
api_gift_page(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, PAGE_MAX);
    struct gift_page view;

    if (req->actor.member_id == 0)
        return reply_redirect(reply, "/card");
    if (view_of(req, &view, e))
        return e->code;
    page_give_write(&b, &view);
    return reply_page(req, reply, &b, CARD_LIFF_NONE, e);
}

static enum err_code
write_take_page(struct request *req, struct reply *reply, const struct gift_seen *seen,
                struct err *e)
{
    struct buf b = buf_new(req->arena, PAGE_MAX);
    struct plan_rules rules;
    struct take_view view = {
        .token = request_segment(req, ":token"),
        .nickname = seen->nickname,
        .amount = seen->gift.amount,
        .until_ms = seen->gift.until_ms,
        .refusal = seen->refusal,
        .login = req->path,
    };

    if (view_of(req, &view.page, e) || plan_load(req->db, seen->gift.plan_id, 0, &rules, e))
        return e->code;
    view.plan_name = str_of(rules.name);
    view.is_stamp = rules.unit == UNIT_STAMP;
    view.utc_offset_min = (int)rules.utc_offset_min;
    page_take_write(&b, &view);
    return reply_page(req, reply, &b, CARD_LIFF_NONE, e);
}

enum err_code
api_gift_take_page(struct request *req, struct reply *reply, struct err *e)
{
    struct str token = request_segment(req, ":token");
    struct gift_seen seen;

    if (!is_token(token))
        return err_set(e, ERR_NOT_FOUND, "gift_unknown", "not a gift's link");
    if (service_limit_peer(req, "gift", take_rate, e) ||
        gift_see(req->db, token, req->actor.member_id, req->now_ms, req->arena, &seen, e))
        return e->code;
    return req->actor.member_id == 0 ? card_signin_page(req, reply, req->path, e)
                                     : write_take_page(req, reply, &seen, e);
}

/* ---------------------------------------------------------------- what a member gave */

/* In LINE the link opens the card's own app, which knows who is asking. */
static void
write_url(struct buf *b, const struct service *s, const char *token)
{
    struct buf url = buf_new(b->arena, KIB);

    if (s->liff_is_real && s->liff_id.n) {
        buf_str_raw(&url, s->liff_url);
        buf_char(&url, '/');
        buf_str_raw(&url, s->liff_id);
        buf_text(&url, "/gift/");
    } else {
        buf_str_raw(&url, s->origin);
        buf_str_raw(&url, TAKE_PATH);
    }
    buf_text(&url, token);
    buf_text(b, ",\"url\":");
    buf_json(b, buf_str(&url));
}

static void
write_plan_name(struct buf *b, const struct plan_rules *rules)
{
    buf_text(b, ",\"name\":");
    buf_json(b, str_of(rules->name));
    buf_format(b, ",\"unit\":\"%s\"", unit_name(rules->unit));
}

static enum err_code
write_gifts(struct buf *b, struct request *req, struct err *e)
{
    struct gift_line *line = arena_alloc(req->arena, GIFTS_LISTED_MAX * sizeof(*line));
    struct plan_rules rules;
    size_t n;

    if (!line)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "gifts");
    if (gifts_of_member(req->db, req->actor.member_id, line, GIFTS_LISTED_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        const struct gift *gift = &line[i].gift;

        if (plan_load(req->db, gift->plan_id, 0, &rules, e))
            return e->code;
        buf_format(b, "%s{\"id\":%" PRId64, i ? "," : "", gift->id);
        write_plan_name(b, &rules);
        buf_format(b,
                   ",\"amount\":%" PRId64 ",\"state\":\"%s\",\"at\":%" PRId64 ",\"until\":%" PRId64,
                   gift->amount, gift_state_name(gift->state),
                   gift->closed_ms ? gift->closed_ms : gift->made_ms, gift->until_ms);
        if (gift->state == GIFT_OPEN)
            write_url(b, SERVICE(req), line[i].token);
        buf_char(b, '}');
    }
    return OK;
}

static enum err_code
write_plans(struct buf *b, struct request *req, struct err *e)
{
    struct card card[CARDS_OF_MEMBER_MAX];
    size_t n, written = 0;

    if (cards_of_member(req->db, req->actor.member_id, card, CARDS_OF_MEMBER_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        struct plan_rules rules;
        int64_t room;

        if (plan_load(req->db, card[i].plan_id, 0, &rules, e))
            return e->code;
        if (rules.gift.day_max == 0)
            continue;
        if (gift_room(req->db, &card[i], &rules, req->now_ms, &room, e))
            return e->code;
        buf_format(b, "%s{\"plan\":%" PRId64, written++ ? "," : "", rules.plan_id);
        write_plan_name(b, &rules);
        buf_format(b, ",\"min\":%" PRId64 ",\"room\":%" PRId64 "}", rules.gift.min, room);
    }
    return OK;
}

enum err_code
api_gifts_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);

    buf_text(&b, "{\"plans\":[");
    if (write_plans(&b, req, e))
        return e->code;
    buf_text(&b, "],\"gifts\":[");
    if (write_gifts(&b, req, e))
        return e->code;
    buf_text(&b, "]}");
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- giving, taking, taking back */

/* The open card of whoever it is shows what it holds now. */
static void
publish_balance(struct request *req, struct reply *reply, const struct card *card)
{
    struct buf b = buf_new(req->arena, KIB);

    buf_format(&b, "{\"plan\":%" PRId64 ",\"balance\":%" PRId64 "}", card->plan_id, card->balance);
    reply_publish(reply, topic_member(card->member_id), "balance", buf_str(&b));
}

enum err_code
api_gift_make(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct gift_new in = {.member_id = req->actor.member_id, .now_ms = req->now_ms};
    struct refusal refusal;
    struct card card;
    struct gift gift;

    if (REQUEST_JSON(req, e, {"plan", JSON_KIND_INT, false, 1, INT64_MAX, &in.plan_id},
                     {"amount", JSON_KIND_INT, false, 1, GRANT_AMOUNT_MAX, &in.amount},
                     {"name", JSON_KIND_TEXT, true, 1, NICKNAME_BYTES, &in.nickname}) ||
        limited(req, "give", give_rate, e))
        return e->code;
    keyed_key(req, in.request_key);
    if (gift_make(req->db, &in, &gift, &card, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_format(&b, "{\"gift\":%" PRId64 ",\"balance\":%" PRId64 ",\"until\":%" PRId64 "}", gift.id,
               card.balance, gift.until_ms);
    REPLY_NEWS(reply, "gift.made", L_TEXT("req", req->id), L_INT("gift", gift.id),
               L_INT("amount", gift.amount));
    publish_balance(req, reply, &card);
    return reply_json(reply, 201, &b, e);
}

enum err_code
api_gift_accept(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct gift_take in = {.member_id = req->actor.member_id, .now_ms = req->now_ms};
    struct gift_taken out;
    struct refusal refusal;

    if (REQUEST_JSON(
            req, e,
            {"token", JSON_KIND_TEXT, .min = 1, .max = GIFT_TOKEN_SIZE - 1, .out = &in.token}) ||
        limited(req, "take", take_rate, e))
        return e->code;
    keyed_key(req, in.request_key);
    if (gift_accept(req->db, &in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_format(&b,
               "{\"plan\":%" PRId64 ",\"amount\":%" PRId64 ",\"balance\":%" PRId64
               ",\"rewards\":%" PRId64 "}",
               out.card.plan_id, out.gift.amount, out.card.balance, out.rewards);
    REPLY_NEWS(reply, "gift.taken", L_TEXT("req", req->id), L_INT("gift", out.gift.id),
               L_INT("amount", out.gift.amount));
    publish_balance(req, reply, &out.card);
    SERVICE(req)->wake(SERVICE(req)->app); /* the giver is told as soon as this is on the disk */
    return reply_json(reply, 201, &b, e);
}

enum err_code
api_gift_take_back(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    uint8_t key[ANSWER_KEY_SIZE];
    struct refusal refusal;
    struct card card;
    int64_t gift_id;

    if (!str_int(request_segment(req, ":gift"), &gift_id, 1, INT64_MAX))
        return err_set(e, ERR_NOT_FOUND, "gift_unknown", "not a gift's number");
    if (request_json(req, NULL, 0, e))
        return e->code;
    keyed_key(req, key);
    if (gift_take_back(req->db, gift_id, req->actor.member_id, key, req->now_ms, &card, &refusal,
                       e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    buf_format(&b, "{\"gift\":%" PRId64 ",\"balance\":%" PRId64 "}", gift_id, card.balance);
    REPLY_NEWS(reply, "gift.returned", L_TEXT("req", req->id), L_INT("gift", gift_id));
    publish_balance(req, reply, &card);
    return reply_json(reply, 201, &b, e);
}
