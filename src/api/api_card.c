#include "api/api_card.h"

#include <stdio.h>

#include "api/card_ends.h"
#include "api/card_level.h"
#include "api/codes.h"
#include "api/grant_answer.h"
#include "api/reward_json.h"
#include "api/service.h"
#include "domain/card.h"
#include "domain/card_guard.h"
#include "domain/earn_book.h"
#include "domain/member.h"
#include "domain/notice.h"
#include "domain/spend.h"
#include "domain/tier.h"
#include "domain/voucher.h"
#include "http/sse.h"
#include "store/changed.h"

#define HISTORY_MAX 20
#define VOUCHERS_MAX 20
#define KEPT_MS MINUTE_MS
#define ANSWER_MAX (64 * KIB)

static const struct limit_rate codes_rate = {.burst = 20, .per_ms = 5 * SECOND_MS};

/* ---------------------------------------------------------------- which card */

struct own_cards {
    struct card all[CARDS_OF_MEMBER_MAX];
    size_t n;
    const struct card *chosen;
    struct plan_rules rules; /* of the chosen one */
};

/* The member's cards and the one asked for with ?plan=, or else the first. */
static enum err_code
own_cards_load(struct request *req, struct own_cards *out, struct err *e)
{
    struct str text;
    int64_t plan_id = 0;

    if (request_query(req, "plan", &text) && !str_int(text, &plan_id, 1, INT64_MAX))
        return err_field(e, ERR_INPUT, "field_type", "plan", "a plan's number is wanted");
    if (cards_of_member(req->db, req->actor.member_id, out->all, CARDS_OF_MEMBER_MAX, &out->n, e))
        return e->code;
    out->chosen = NULL;
    for (size_t i = 0; i < out->n && !out->chosen; i++)
        if (!plan_id || out->all[i].plan_id == plan_id)
            out->chosen = &out->all[i];
    if (!out->chosen)
        return err_set(e, ERR_NOT_FOUND, "card_unknown", "no such card of this member");
    return tier_rules_load(req->db, out->chosen, &out->rules, e);
}

void
made_from_cards(struct request *req, const struct card *card, size_t n)
{
    made_from_add(&req->made_from, CHANGED_MEMBER, req->actor.member_id);
    for (size_t i = 0; i < n; i++)
        made_from_add(&req->made_from, CHANGED_CARD, card[i].id);
}

/* ---------------------------------------------------------------- GET /api/card */

static void
write_reward(struct buf *b, const struct plan_reward *reward)
{
    buf_text(b, "{\"title\":");
    buf_json(b, str_of(reward->title));
    buf_text(b, ",\"at\":");
    buf_int(b, reward->at);
    buf_char(b, '}');
}

static void
write_unit(struct buf *b, enum unit unit)
{
    buf_text(b, ",\"unit\":\"");
    buf_text(b, unit_name(unit));
    buf_text(b, "\",\"balance\":");
}

/* Of a plan whose points are spent at tills: what one is worth, and how many can be. */
static enum err_code
write_spend(struct buf *b, struct request *req, const struct own_cards *own, struct err *e)
{
    int64_t usable;

    if (own->rules.spend.yen == 0)
        return OK;
    if (spend_usable(req->db, own->chosen, req->now_ms, &usable, e))
        return e->code;
    buf_text(b, ",\"spend_yen\":");
    buf_int(b, own->rules.spend.yen);
    buf_text(b, ",\"usable\":");
    buf_int(b, usable);
    return OK;
}

static enum err_code
write_card(struct buf *b, struct request *req, const struct own_cards *own, struct err *e)
{
    const struct plan_rules *rules = &own->rules;
    const struct plan_reward *next = NULL;

    for (size_t i = 0; i < rules->rewards_n && !next; i++)
        if (rules->reward[i].at > own->chosen->balance)
            next = &rules->reward[i];
    buf_text(b, "{\"plan\":");
    buf_int(b, rules->plan_id);
    buf_text(b, ",\"plan_name\":");
    buf_json(b, str_of(rules->name));
    write_unit(b, rules->unit);
    buf_int(b, own->chosen->balance);
    buf_text(b, ",\"owed\":");
    buf_int(b, own->chosen->owed);
    buf_text(b, ",\"goal\":");
    buf_int(b, rules->goal);
    buf_text(b, own->chosen->is_active ? ",\"state\":\"active\",\"next\":"
                                       : ",\"state\":\"blocked\",\"next\":");
    if (next)
        write_reward(b, next);
    else
        buf_text(b, "null");
    buf_text(b, ",\"rewards\":[");
    for (size_t i = 0; i < rules->rewards_n; i++) {
        if (i)
            buf_char(b, ',');
        write_reward(b, &rules->reward[i]);
    }
    buf_char(b, ']');
    if (write_spend(b, req, own, e))
        return e->code;
    buf_char(b, '}');
    return OK;
}

static enum err_code
write_all_cards(struct buf *b, struct request *req, const struct own_cards *own, struct err *e)
{
    buf_char(b, '[');
    for (size_t i = 0; i < own->n; i++) {
        struct plan_rules other;
        const struct plan_rules *rules = &own->rules;

        if (own->all[i].plan_id != own->rules.plan_id) {
            if (plan_load(req->db, own->all[i].plan_id, 0, &other, e))
                return e->code;
            rules = &other;
        }
        buf_text(b, i ? ",{\"plan\":" : "{\"plan\":");
        buf_int(b, rules->plan_id);
        buf_text(b, ",\"name\":");
        buf_json(b, str_of(rules->name));
        write_unit(b, rules->unit);
        buf_int(b, own->all[i].balance);
        buf_char(b, '}');
    }
    buf_char(b, ']');
    return OK;
}

/* *until_ms_out becomes when the first of them expires, if that is earlier. */
static enum err_code
write_vouchers(struct buf *b, struct request *req, int64_t card_id, int64_t *until_ms_out,
               struct err *e)
{
    struct voucher voucher[VOUCHERS_MAX];
    size_t n;

    if (voucher_list(req->db, card_id, req->now_ms, voucher, VOUCHERS_MAX, &n, e))
        return e->code;
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        if (*until_ms_out > voucher[i].expires_ms)
            *until_ms_out = voucher[i].expires_ms;
        buf_text(b, i ? ",{\"id\":" : "{\"id\":");
        buf_int(b, voucher[i].id);
        buf_text(b, ",\"title\":");
        buf_json(b, str_of(voucher[i].title));
        write_worth(b, voucher[i].kind, voucher[i].value);
        buf_text(b, ",\"expires\":");
        buf_int(b, voucher[i].expires_ms);
        buf_char(b, '}');
    }
    buf_char(b, ']');
    return OK;
}

static enum err_code
write_ends(struct buf *b, struct request *req, const struct own_cards *own, int64_t *until_ms_out,
           struct err *e)
{
    struct card_ends ends;
    struct card_level level;

    if (card_ends_load(req->db, own->chosen, &own->rules, req->now_ms, &ends, e) ||
        card_level_load(req->db, own->chosen, &own->rules, req->now_ms, &level, e))
        return e->code;
    card_ends_json(b, &ends);
    buf_text(b, ",\"level\":");
    card_level_json(b, &level);
    *until_ms_out = card_ends_until(&ends, *until_ms_out);
    return OK;
}

/* What a bonus was for, by the words that its plan has for it now. */
static void
write_why(struct buf *b, const struct plan_rules *rules, const struct card_line *line)
{
    struct str why = str_of(line->reason);
    const struct earn_event *event = NULL;

    if (str_skip(&why, STR("event:")))
        event = event_by_name(&rules->earn, why);
    buf_text(b, ",\"why\":");
    buf_json(b, event != NULL ? str_of(event->title) : why);
}

/* And why a grant was so much. */
static enum err_code
write_parts(struct buf *b, struct request *req, const struct plan_rules *rules,
            const struct card_line *line, struct err *e)
{
    struct earn_part part[EARN_PARTS_MAX];
    size_t n;

    if (earn_parts_load(req->db, line->seq, part, &n, e))
        return e->code;
    buf_text(b, ",\"parts\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(b, ',');
        grant_part_write(b, &part[i], earn_weekday(rules, line->at_ms));
    }
    buf_char(b, ']');
    return OK;
}

static enum err_code
write_history(struct buf *b, struct request *req, const struct own_cards *own, struct err *e)
{
    const struct plan_rules *rules = &own->rules;
    struct card_line line[HISTORY_MAX];
    size_t n;

    if (card_history(req->db, own->chosen->id, line, HISTORY_MAX, &n, e))
        return e->code;
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        buf_text(b, i ? ",{\"seq\":" : "{\"seq\":");
        buf_int(b, line[i].seq);
        buf_text(b, ",\"kind\":\"");
        buf_text(b, transfer_kind_name(line[i].kind));
        buf_text(b, "\",\"amount\":");
        buf_int(b, line[i].amount);
        buf_text(b, line[i].is_credit ? ",\"sign\":1,\"balance\":" : ",\"sign\":-1,\"balance\":");
        buf_int(b, line[i].balance);
        buf_text(b, ",\"at\":");
        buf_int(b, line[i].at_ms);
        buf_text(b, ",\"shop\":");
        buf_json(b, str_of(line[i].shop));
        if (line[i].kind == TRANSFER_BONUS)
            write_why(b, rules, &line[i]);
        if (line[i].has_parts && write_parts(b, req, rules, &line[i], e))
            return e->code;
        buf_text(b, line[i].is_reversed ? ",\"reversed\":true}" : ",\"reversed\":false}");
    }
    buf_char(b, ']');
    return OK;
}

enum err_code
api_card_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct own_cards own;
    struct member member;
    struct str name;
    int64_t until_ms = req->now_ms + KEPT_MS, guard_ms;
    size_t now_at;
    bool is_guarded;

    if (own_cards_load(req, &own, e) || member_load(req->db, req->actor.member_id, &member, e) ||
        card_guard_is_up(req->db, own.chosen->id, req->now_ms, &is_guarded, &guard_ms, e) ||
        member_name(req->db, member.id, req->arena, &name, e))
        return e->code;
    buf_text(&b, "{\"card\":");
    if (write_card(&b, req, &own, e))
        return e->code;
    buf_text(&b, ",\"cards\":");
    if (write_all_cards(&b, req, &own, e))
        return e->code;
    buf_text(&b, ",\"vouchers\":");
    if (write_vouchers(&b, req, own.chosen->id, &until_ms, e))
        return e->code;
    buf_text(&b, ",\"ends\":");
    if (write_ends(&b, req, &own, &until_ms, e))
        return e->code;
    buf_text(&b, ",\"history\":");
    if (write_history(&b, req, &own, e))
        return e->code;
    buf_text(&b, ",\"name\":");
    buf_json_or_null(&b, name);
    buf_text(&b, ",\"language\":\"");
    buf_text(&b, language_tag(member.language));
    buf_text(&b, is_guarded ? "\",\"guarded\":true" : "\",\"guarded\":false");
    buf_text(&b, member.is_friend ? ",\"friend\":true,\"now\":" : ",\"friend\":false,\"now\":");
    now_at = b.n;
    buf_int(&b, req->now_ms);
    buf_char(&b, '}');
    made_from_cards(req, own.all, own.n);
    reply_keep(reply, until_ms < guard_ms ? until_ms : guard_ms, &now_at, 1);
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- codes */

static enum err_code
pen_of(struct request *req, struct code_pen *out, struct err *e)
{
    struct member member;

    if (member_load(req->db, req->actor.member_id, &member, e))
        return e->code;
    *out = (struct code_pen){&SERVICE(req)->keys, member.language, req->arena};
    return OK;
}

enum err_code
api_card_codes(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct drawn_code code[CODES_AHEAD];
    struct own_cards own;
    struct code_pen pen;
    struct card_bars bars;
    char member[24];

    snprintf(member, sizeof(member), "%lld", (long long)req->actor.member_id);
    if (service_limit(s, "codes", str_of(member), codes_rate, req->now_ms, e) ||
        own_cards_load(req, &own, e) || pen_of(req, &pen, e))
        return e->code;
    if (!own.chosen->is_active)
        return err_set(e, ERR_CONFLICT, "card_blocked", "card %lld", (long long)own.chosen->id);
    if (code_bars(&pen, req->db, own.chosen, &own.rules, &bars, e))
        return e->code;
    for (int64_t i = 0; i < CODES_AHEAD; i++)
        if (code_draw_card(&pen, own.chosen, &own.rules, &bars, code_step(req->now_ms) + i,
                           &code[i], e))
            return e->code;
    codes_write(&b, code, CODES_AHEAD, req->now_ms);
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_card_confirm(struct request *req, struct reply *reply, struct err *e)
{
    struct card card;
    int64_t plan_id;

    if (REQUEST_JSON(req, e,
                     {"plan", JSON_KIND_INT, .min = 1, .max = INT64_MAX, .out = &plan_id}) ||
        card_of_plan(req->db, req->actor.member_id, plan_id, &card, e) ||
        card_guard_tap(req->db, card.id, req->now_ms, e))
        return e->code;
    return reply_empty(reply, 204);
}

static enum err_code
no_voucher(struct err *e)
{
    *e = (struct err){0};
    return err_set(e, ERR_NOT_FOUND, "voucher_unknown", "no such voucher of this member");
}

enum err_code
api_voucher_code(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct drawn_code code[CODES_AHEAD];
    struct voucher voucher;
    struct code_pen pen;
    enum refusal_kind why;
    int64_t id;

    if (!str_int(request_segment(req, ":voucher"), &id, 1, INT64_MAX))
        return no_voucher(e);
    if (voucher_load(req->db, id, &voucher, e))
        return e->code == ERR_NOT_FOUND ? no_voucher(e) : e->code;
    why = voucher_refusal(&voucher, req->now_ms).kind;
    if (voucher.member_id != req->actor.member_id ||
        (why != REFUSAL_NONE && why != REFUSAL_GUEST && why != REFUSAL_VOUCHER_HELD))
        return no_voucher(e);
    if (voucher.is_guests)
        return err_set(e, ERR_CONFLICT, "guest", "nobody has signed in for this card");
    if (pen_of(req, &pen, e))
        return e->code;
    for (int64_t i = 0; i < CODES_AHEAD; i++)
        if (code_draw_voucher(&pen, voucher.locator, code_step(req->now_ms) + i, &code[i], e))
            return e->code;
    codes_write(&b, code, CODES_AHEAD, req->now_ms);
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- live, notices, profile */

enum err_code
api_card_events(struct request *req, struct reply *reply, struct err *e)
{
    struct sse_feed *feed;

    if (sse_listen(req->hub, topic_member(req->actor.member_id), &feed, e))
        return e->code;
    return reply_stream(reply, feed);
}

enum err_code
api_notice_seen(struct request *req, struct reply *reply, struct err *e)
{
    int64_t id;

    if (!str_int(request_segment(req, ":notice"), &id, 1, INT64_MAX))
        return err_set(e, ERR_NOT_FOUND, "notice_unknown", "no number");
    if (request_json(req, NULL, 0, e) ||
        notice_seen(req->db, id, req->actor.member_id, req->now_ms, e))
        return e->code;
    SERVICE(req)->counts.notices_seen++;
    return reply_empty(reply, 204);
}

static enum err_code
reply_profile(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 8 * KIB);
    struct member member;
    struct str name, picture;

    if (member_load(req->db, req->actor.member_id, &member, e) ||
        member_name(req->db, member.id, req->arena, &name, e) ||
        member_picture(req->db, member.id, req->arena, &picture, e))
        return e->code;
    buf_text(&b, "{\"name\":");
    buf_json_or_null(&b, name);
    buf_text(&b, ",\"picture\":");
    buf_json_or_null(&b, picture);
    buf_format(&b, ",\"language\":\"%s\",\"friend\":%s}", language_tag(member.language),
               member.is_friend ? "true" : "false");
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_profile_show(struct request *req, struct reply *reply, struct err *e)
{
    return reply_profile(req, reply, e);
}

enum err_code
api_profile_save(struct request *req, struct reply *reply, struct err *e)
{
    struct str tag = {0};
    enum language language = LANGUAGES;

    if (REQUEST_JSON(req, e, {"language", JSON_KIND_TEXT, .min = 2, .max = 16, .out = &tag}))
        return e->code;
    for (enum language i = 0; i < LANGUAGES; i++)
        if (str_eq(tag, str_of(language_tag(i))))
            language = i;
    if (language == LANGUAGES)
        return err_field(e, ERR_INPUT, "field_range", "language", "ja, en, zh-Hant or th");
    if (member_set_language(req->db, req->actor.member_id, language, e))
        return e->code;
    return reply_profile(req, reply, e);
}
