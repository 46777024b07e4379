#include "api/api_swaps.h"

#include <inttypes.h>

#include "api/api_card.h"
#include "api/codes.h"
#include "api/keyed.h"
#include "api/refuse.h"
#include "api/reward_json.h"
#include "api/service.h"
#include "base/codec.h"
#include "base/log.h"
#include "domain/draw.h"
#include "domain/member.h"
#include "domain/reward_code.h"
#include "domain/scan.h"
#include "domain/swap.h"
#include "domain/voucher.h"

#define ANSWER_MAX (64 * KIB)
#define RECENT_MAX 8
#define DRAWS_MAX 50

/* ---------------------------------------------------------------- what there is */

static void
write_prizes(struct buf *b, const struct offer *offer)
{
    buf_text(b, ",\"prizes\":[");
    for (int64_t i = 0; i < offer->reward.prizes_n; i++) {
        const struct reward *prize = &offer->prize[i];

        buf_text(b, i ? ",{\"title\":" : "{\"title\":");
        buf_json(b, str_of(prize->title));
        write_worth(b, prize->kind, prize->value);
        buf_format(b, ",\"odds\":%" PRId64 "}", prize->odds);
    }
    buf_char(b, ']');
}

static enum err_code
write_offer(struct buf *b, struct request *req, const struct plan_rules *rules,
            const struct offer *offer, struct err *e)
{
    int64_t left = stock_left(&offer->reward, &offer->counts);

    buf_format(b, "{\"id\":%" PRId64 ",\"title\":", offer->reward.id);
    buf_json(b, str_of(offer->reward.title));
    write_worth(b, offer->reward.kind, offer->reward.value);
    buf_format(b,
               ",\"price\":%" PRId64 ",\"valid_days\":%" PRId64 ",\"left\":", offer->reward.price,
               offer->reward.valid_days);
    if (left >= 0)
        buf_int(b, left);
    else
        buf_text(b, "null");
    buf_format(b, ",\"final\":%s,\"back\":%s",
               offer->reward.prizes_n != 0 || offer->reward.has_codes ? "true" : "false",
               offer->reward.gives_back ? "true" : "false");
    write_reason(b, &offer->may);
    buf_text(b, ",\"issue\":");
    if (write_when(b, req->db, rules, &offer->reward.issue, 0, e))
        return e->code;
    buf_text(b, ",\"redeem\":");
    if (write_when(b, req->db, rules, &offer->reward.redeem, 0, e))
        return e->code;
    write_prizes(b, offer);
    buf_char(b, '}');
    return OK;
}

static enum err_code
write_recent(struct buf *b, struct request *req, const struct card *card, struct err *e)
{
    struct swap_recent recent[RECENT_MAX];
    size_t n;

    if (swaps_recent(req->db, card->id, req->now_ms, recent, RECENT_MAX, &n, e))
        return e->code;
    buf_text(b, "],\"recent\":[");
    for (size_t i = 0; i < n; i++) {
        buf_format(b,
                   "%s{\"transfer\":%" PRId64 ",\"voucher\":%" PRId64 ",\"amount\":%" PRId64
                   ",\"until\":%" PRId64 ",\"title\":",
                   i ? "," : "", recent[i].seq, recent[i].voucher_id, recent[i].amount,
                   recent[i].until_ms);
        buf_json(b, str_of(recent[i].title));
        buf_char(b, '}');
    }
    buf_char(b, ']');
    return OK;
}

static void
write_hex(struct buf *b, const char *name, const uint8_t *bytes, size_t n)
{
    char hex[HEX_SIZE(SHA256_SIZE)];

    hex_encode(bytes, n, hex);
    buf_format(b, ",\"%s\":\"%s\"", name, hex);
}

static enum err_code
reply_offers(struct request *req, struct reply *reply, const struct card *card, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct plan_rules rules;
    uint8_t hash[SHA256_SIZE];
    struct offer *offer;
    int64_t usable;
    size_t n;

    if (plan_load(req->db, card->plan_id, 0, &rules, e) ||
        offers_load(req->db, card, req->now_ms, req->arena, &offer, &n, &usable, e))
        return e->code;
    buf_format(&b, "{\"plan\":%" PRId64 ",\"usable\":%" PRId64 ",\"offers\":[", card->plan_id,
               usable);
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ',');
        if (write_offer(&b, req, &rules, &offer[i], e))
            return e->code;
    }
    if (write_recent(&b, req, card, e))
        return e->code;
    if (seed_hash(req->db, rules.plan_id, rules.catalogue, hash, e) == OK)
        write_hex(&b, "seed_hash", hash, sizeof(hash)); /* there is a lottery among them */
    else if (e->code != ERR_NOT_FOUND)
        return e->code;
    *e = (struct err){0};
    buf_format(&b, ",\"now\":%" PRId64 "}", req->now_ms);
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_offers(struct request *req, struct reply *reply, struct err *e)
{
    struct card card[CARDS_OF_MEMBER_MAX];
    struct str text;
    int64_t plan_id = 0;
    size_t n;

    if (request_query(req, "plan", &text) && !str_int(text, &plan_id, 1, INT64_MAX))
        return err_field(e, ERR_INPUT, "field_type", "plan", "a plan's number is wanted");
    if (cards_of_member(req->db, req->actor.member_id, card, CARDS_OF_MEMBER_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (!plan_id || card[i].plan_id == plan_id)
            return reply_offers(req, reply, &card[i], e);
    return err_set(e, ERR_NOT_FOUND, "card_unknown", "no such card of this member");
}

/* Only to the till that has read the card, as long as its scan lives. */
enum err_code
api_till_offers(struct request *req, struct reply *reply, struct err *e)
{
    struct str text;
    struct card card;
    int64_t scan_id;

    if (!request_query(req, "scan", &text) || !str_int(text, &scan_id, 1, INT64_MAX))
        return err_field(e, ERR_INPUT, "field_type", "scan", "a scan's number is wanted");
    if (scan_card(req->db, scan_id, req->actor.till_id, req->now_ms, &card, e))
        return e->code;
    return reply_offers(req, reply, &card, e);
}

/* ---------------------------------------------------------------- the swap */

/* The open card draws itself anew, whoever made the swap. */
static void
publish(struct request *req, struct reply *reply, int64_t member_id, int64_t voucher_id,
        const char *state)
{
    struct buf event = buf_new(req->arena, KIB);

    buf_format(&event, "{\"id\":%" PRId64 ",\"state\":\"%s\"}", voucher_id, state);
    reply_publish(reply, topic_member(member_id), "voucher", buf_str(&event));
    reply_publish(reply, topic_owner(), "change", STR("{}"));
}

static enum err_code
make(struct request *req, struct reply *reply, struct swap *in, struct err *e)
{
    struct buf b = buf_new(req->arena, 4 * KIB);
    struct swap_result out;
    struct refusal refusal;
    char mac[HEX_SIZE(MAC_SIZE)];

    in->now_ms = req->now_ms;
    keyed_key(req, in->request_key);
    if (swap_make(req->db, in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    hex_encode(out.mac, MAC_SIZE, mac);
    buf_format(&b,
               "{\"transfer\":%" PRId64 ",\"mac\":\"%s\",\"amount\":%" PRId64
               ",\"balance\":%" PRId64 ",\"voucher\":%" PRId64 ",\"expires\":%" PRId64
               ",\"title\":",
               out.seq, mac, out.amount, out.card.balance, out.voucher_id, out.expires_ms);
    buf_json(&b, str_of(out.as.title));
    write_worth(&b, out.as.kind, out.as.value);
    buf_format(&b, ",\"undo_until\":%" PRId64 "}", out.undo_until_ms);
    REPLY_NEWS(reply, "swap.made", L_TEXT("req", req->id), L_INT("transfer", out.seq),
               L_INT("member", out.card.member_id), L_INT("reward", in->reward_id),
               L_INT("voucher", out.voucher_id), L_INT("till", in->till_id));
    if (out.codes_left >= 0 && out.codes_left <= REWARD_CODES_FEW)
        LOG(LOG_WARN, "reward.codes_few", L_INT("reward", out.as.id),
            L_INT("left", out.codes_left));
    publish(req, reply, out.card.member_id, out.voucher_id, "swapped");
    return reply_json(reply, 201, &b, e);
}

enum err_code
api_swap(struct request *req, struct reply *reply, struct err *e)
{
    struct swap in = {.member_id = req->actor.member_id};

    if (REQUEST_JSON(req, e,
                     {"reward", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &in.reward_id}))
        return e->code;
    return make(req, reply, &in, e);
}

enum err_code
api_till_swap(struct request *req, struct reply *reply, struct err *e)
{
    struct swap in = {.staff_id = req->actor.staff_id,
                      .till_id = req->actor.till_id,
                      .shop_id = req->actor.shop_id};

    if (REQUEST_JSON(req, e,
                     {"scan", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &in.scan_id},
                     {"reward", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &in.reward_id}))
        return e->code;
    return make(req, reply, &in, e);
}

/* ---------------------------------------------------------------- and back */

static enum err_code
undo(struct request *req, struct reply *reply, struct swap_undo *in, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    struct swap_undone out;
    struct refusal refusal;
    char mac[HEX_SIZE(MAC_SIZE)];

    in->now_ms = req->now_ms;
    keyed_key(req, in->request_key);
    if (REQUEST_JSON(req, e,
                     {"transfer", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &in->seq}) ||
        swap_take_back(req->db, in, &out, &refusal, e))
        return e->code;
    if (refusal.kind != REFUSAL_NONE)
        return reply_refusal(req, reply, &refusal, e);
    hex_encode(out.mac, MAC_SIZE, mac);
    buf_format(&b,
               "{\"transfer\":%" PRId64 ",\"mac\":\"%s\",\"amount\":%" PRId64
               ",\"balance\":%" PRId64 ",\"voucher\":%" PRId64 "}",
               out.seq, mac, out.amount, out.card.balance, out.voucher_id);
    REPLY_NEWS(reply, "swap.undone", L_TEXT("req", req->id), L_INT("transfer", in->seq),
               L_INT("member", out.card.member_id), L_INT("staff", in->staff_id));
    publish(req, reply, out.card.member_id, out.voucher_id, "cancelled");
    return reply_json(reply, 201, &b, e);
}

enum err_code
api_swap_undo(struct request *req, struct reply *reply, struct err *e)
{
    return undo(req, reply, &(struct swap_undo){.member_id = req->actor.member_id}, e);
}

enum err_code
api_till_swap_undo(struct request *req, struct reply *reply, struct err *e)
{
    return undo(req, reply,
                &(struct swap_undo){.staff_id = req->actor.staff_id,
                                    .till_id = req->actor.till_id,
                                    .shop_id = req->actor.shop_id},
                e);
}

/* ---------------------------------------------------------------- a voucher's page */

/* The code of whoever gives it, as text and as their reader wants it. */
static enum err_code
write_code(struct buf *b, struct request *req, int64_t voucher_id, struct err *e)
{
    struct code_pen pen = {&SERVICE(req)->keys, LANGUAGE_JA, req->arena};
    struct member member;
    struct str code, svg;

    if (reward_code_of(req->db, voucher_id, req->arena, &code, e) ||
        member_load(req->db, req->actor.member_id, &member, e))
        return e->code;
    if (code.n == 0) {
        buf_text(b, ",\"code\":null");
        return OK;
    }
    pen.language = member.language;
    if (code_draw_given(&pen, code, &svg, e))
        return e->code;
    buf_text(b, ",\"code\":{\"text\":");
    buf_json(b, code);
    buf_text(b, ",\"svg\":");
    buf_json(b, svg);
    buf_char(b, '}');
    return OK;
}

/* The prizes as their stretches lie, whose stretch it was, and what was won: the last prize stands
 * in for one that was gone. */
static enum err_code
write_stretches(struct buf *b, struct db *db, const struct draw *draw, int64_t won_id,
                struct err *e)
{
    struct reward prize[PRIZES_MAX];
    size_t n, drawn = 0, won = 0;

    if (reward_prizes(db, draw->lottery_id, prize, &n, e))
        return e->code;
    buf_text(b, ",\"prizes\":[");
    for (size_t i = 0; i < n; i++) {
        buf_text(b, i ? ",{\"title\":" : "{\"title\":");
        buf_json(b, str_of(prize[i].title));
        buf_format(b, ",\"odds\":%" PRId64 "}", prize[i].odds);
        drawn = prize[i].id == draw->drawn_id ? i : drawn;
        won = prize[i].id == won_id ? i : won;
    }
    buf_format(b, "],\"drawn\":%zu,\"won\":%zu}", drawn, won);
    return OK;
}

/* What a drawn voucher was drawn from; the seed once nobody draws under it any more. */
static enum err_code
write_draw(struct buf *b, struct request *req, const struct plan_rules *rules, int64_t voucher_id,
           int64_t terms_id, struct err *e)
{
    uint8_t hash[SHA256_SIZE], seed[SEED_SIZE];
    struct reward lottery;
    struct draw draw;
    bool found;

    if (draw_of_voucher(req->db, voucher_id, &draw, &found, e))
        return e->code;
    if (!found) {
        buf_text(b, ",\"draw\":null");
        return OK;
    }
    if (reward_load(req->db, draw.lottery_id, &lottery, e) ||
        seed_hash(req->db, lottery.plan_id, lottery.catalogue, hash, e) ||
        seed_load(req->db, lottery.plan_id, lottery.catalogue, seed, e))
        return e->code;
    buf_format(b, ",\"draw\":{\"transfer\":%" PRId64 ",\"nth\":%" PRId64 ",\"roll\":%" PRId64,
               draw.seq, draw.nth, draw.roll);
    write_hex(b, "key", draw.request_key, REQUEST_KEY_SIZE);
    write_hex(b, "seed_hash", hash, sizeof(hash));
    if (lottery.catalogue != rules->catalogue)
        write_hex(b, "seed", seed, sizeof(seed));
    digest_wipe(seed, sizeof(seed));
    return write_stretches(b, req->db, &draw, terms_id, e);
}

static enum err_code
no_voucher(struct err *e)
{
    *e = (struct err){0};
    return err_set(e, ERR_NOT_FOUND, "voucher_unknown", "no such voucher of this member");
}

/* GET /api/vouchers/3  ->  200 {"id":3,"title":"Mug","kind":"gift","value":0,"redeem":{...}} */
enum err_code
api_voucher_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct plan_rules rules;
    struct voucher voucher;
    struct reward reward;
    int64_t id;

    if (!str_int(request_segment(req, ":voucher"), &id, 1, INT64_MAX))
        return no_voucher(e);
    if (voucher_load(req->db, id, &voucher, e))
        return e->code == ERR_NOT_FOUND ? no_voucher(e) : e->code;
    if (voucher.member_id != req->actor.member_id)
        return no_voucher(e);
    if (plan_load(req->db, voucher.plan_id, 0, &rules, e) ||
        reward_load(req->db, voucher.terms_id, &reward, e))
        return e->code;
    buf_format(&b, "{\"id\":%" PRId64 ",\"title\":", voucher.id);
    buf_json(&b, str_of(voucher.title));
    write_worth(&b, voucher.kind, voucher.value);
    buf_format(&b, ",\"state\":\"%s\",\"expires\":%" PRId64 ",\"redeem\":",
               voucher_state_name(voucher.state), voucher.expires_ms);
    if (write_when(&b, req->db, &rules, &reward.redeem, voucher.issued_ms, e))
        return e->code;
    if (voucher.state != VOUCHER_ISSUED)
        buf_text(&b, ",\"code\":null");
    else if (write_code(&b, req, voucher.id, e))
        return e->code;
    if (write_draw(&b, req, &rules, voucher.id, voucher.terms_id, e))
        return e->code;
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

/* GET /api/me/draws  ->  200 {"draws":[{"voucher":3,"title":"Mug","state":"redeemed","at":ms}]} */
enum err_code
api_draws(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct draw_line *line = arena_alloc(req->arena, DRAWS_MAX * sizeof(*line));
    size_t n;

    if (line == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "draws");
    if (draws_of_member(req->db, req->actor.member_id, line, DRAWS_MAX, &n, e))
        return e->code;
    buf_text(&b, "{\"draws\":[");
    for (size_t i = 0; i < n; i++) {
        buf_format(&b, "%s{\"voucher\":%" PRId64 ",\"title\":", i ? "," : "", line[i].voucher_id);
        buf_json(&b, str_of(line[i].title));
        buf_format(&b, ",\"state\":\"%s\",\"at\":%" PRId64 "}", line[i].state, line[i].at_ms);
    }
    buf_text(&b, "]}");
    return reply_json(reply, 200, &b, e);
}
