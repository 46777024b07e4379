#include "api/api_admin.h"

#include <inttypes.h>
#include <time.h>

#include "api/api_login.h"
#include "api/service.h"
#include "base/log.h"
#include "domain/access.h"
#include "domain/erasure.h"
#include "domain/figures.h"
#include "domain/notice.h"
#include "domain/plan.h"
#include "domain/rules.h"
#include "domain/staff.h"
#include "http/cookie.h"
#include "http/sse.h"

#define ANSWER_MAX (64 * KIB)
#define TOKYO_MIN (9 * 60)
#define GONE_MS (30 * DAY_MS) /* members who left are counted over so long */
#define DAY_CUT_HOUR 4        /* where there is no plan yet */

static const struct limit_rate claim_rate = {.burst = 5, .per_ms = MINUTE_MS};

static enum err_code
reply_owner(struct request *req, struct reply *reply, const struct staff *staff, struct err *e)
{
    struct buf b = buf_new(req->arena, 2 * KIB);

    buf_text(&b, "{\"state\":\"owner\",\"name\":");
    buf_json(&b, str_of(staff->name));
    buf_char(&b, '}');
    return reply_json(reply, 200, &b, e);
}

/* Asked before the page knows who it shows to: the cookie is looked at here. */
enum err_code
api_admin_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, KIB);
    uint8_t hash[SHA256_SIZE];
    struct access access;
    struct staff staff;
    struct err none = {0};

    if (cookie_hash(req, COOKIE_OWNER, hash) &&
        !access_find(req->db, ACCESS_OWNER, hash, req->now_ms, &access, &none) &&
        !staff_load(req->db, access.staff_id, &staff, &none))
        return reply_owner(req, reply, &staff, e);
    none = (struct err){0};
    buf_format(&b, "{\"state\":\"guest\",\"signed_in\":%s}",
               cookie_hash(req, COOKIE_MEMBER, hash) &&
                       !access_find(req->db, ACCESS_MEMBER, hash, req->now_ms, &access, &none)
                   ? "true"
                   : "false");
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_admin_claim(struct request *req, struct reply *reply, struct err *e)
{
    struct str link = {0};
    struct staff staff;
    char token[TOKEN_SIZE];

    if (service_limit_peer(req, "claim", claim_rate, e) ||
        REQUEST_JSON(req, e, {"token", JSON_KIND_TEXT, .min = 1, .max = 64, .out = &link}) ||
        owner_claim(req->db, link, req->actor.member_id, req->now_ms, &staff, e) ||
        access_open(req->db, ACCESS_OWNER, req->actor.member_id, 0, staff.id, req->now_ms, token,
                    e))
        return e->code;
    cookie_set(req, reply, COOKIE_OWNER, token, access_life(ACCESS_OWNER).absolute_ms / SECOND_MS,
               SAME_SITE_STRICT);
    LOG(LOG_INFO, "owner.claimed", L_TEXT("req", req->id), L_INT("staff", staff.id));
    return reply_owner(req, reply, &staff, e);
}

enum err_code
api_admin_logout(struct request *req, struct reply *reply, struct err *e)
{
    if (request_json(req, NULL, 0, e) || access_end(req->db, req->actor.session_id, e))
        return e->code;
    cookie_set(req, reply, COOKIE_OWNER, "", 0, SAME_SITE_STRICT);
    reply_end_streams(reply, topic_owner());
    return reply_empty(reply, 204);
}

/* ---------------------------------------------------------------- today */

static void
write_day(struct buf *b, int64_t start_ms, int64_t utc_offset_min)
{
    time_t at = (time_t)((start_ms + utc_offset_min * MINUTE_MS) / SECOND_MS);
    struct tm tm;
    char text[16];

    gmtime_r(&at, &tm);
    strftime(text, sizeof(text), "%Y-%m-%d", &tm);
    buf_format(b, "{\"day\":\"%s\"", text);
}

static void
write_figures(struct buf *b, const struct figures *f, const struct notice_counts *n,
              const int64_t gone[ERASURE_WHYS])
{
    buf_format(b,
               ",\"members\":%" PRId64 ",\"new_members\":%" PRId64 ",\"visits\":%" PRId64
               ",\"grants\":%" PRId64 ",\"units\":{\"stamp\":%" PRId64 ",\"point\":%" PRId64 "}",
               f->members, f->new_members, f->visits, f->grants, f->stamps, f->points);
    buf_format(b,
               ",\"reversals\":%" PRId64 ",\"vouchers_issued\":%" PRId64
               ",\"vouchers_redeemed\":%" PRId64,
               f->reversals, f->vouchers_issued, f->vouchers_redeemed);
    buf_format(b,
               ",\"messages\":{\"sent\":%" PRId64 ",\"saved\":%" PRId64 ",\"waiting\":%" PRId64
               ",\"failed\":%" PRId64 "}",
               n->push + n->reply, n->live + n->reply + n->merge, n->waiting, n->failed);
    buf_format(b, ",\"gone\":{\"left\":%" PRId64 ",\"purged\":%" PRId64 "}", gone[ERASURE_LEFT],
               gone[ERASURE_UNFOLLOWED] + gone[ERASURE_DORMANT]);
    buf_format(b, ",\"last_week\":{\"visits\":%" PRId64 ",\"grants\":%" PRId64 "},\"hours\":[",
               f->visits_before, f->grants_before);
    for (int i = 0; i < 24; i++)
        buf_format(b, "%s%" PRId64, i ? "," : "", f->hours[i]);
    buf_text(b, "],\"shops\":[");
    for (size_t i = 0; i < f->shops_n; i++) {
        buf_text(b, i ? ",{\"name\":" : "{\"name\":");
        buf_json(b, str_of(f->shop[i].name));
        buf_format(b, ",\"visits\":%" PRId64 ",\"grants\":%" PRId64 ",\"redemptions\":%" PRId64 "}",
                   f->shop[i].visits, f->shop[i].grants, f->shop[i].redemptions);
    }
    buf_text(b, "]}");
}

enum err_code
api_admin_today(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, ANSWER_MAX);
    struct plan_rules clock = {.utc_offset_min = TOKYO_MIN, .day_cut_hour = DAY_CUT_HOUR};
    struct plan_rules *plan;
    struct figures *figures = arena_alloc(req->arena, sizeof(*figures));
    struct notice_counts notices;
    struct business_day day;
    int64_t gone[ERASURE_WHYS];
    size_t plans;

    if (!figures)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "figures");
    if (plan_list(req->db, req->arena, &plan, &plans, e))
        return e->code;
    if (plans)
        clock = plan[0];
    day = business_day(&clock, req->now_ms);
    if (figures_of_day(req->db, day.start_ms, req->now_ms, (int)clock.utc_offset_min, figures, e) ||
        notice_count(req->db, notice_day(req->now_ms), notice_day(req->now_ms), &notices, e) ||
        erased_since(req->db, req->now_ms - GONE_MS, gone, e))
        return e->code;
    write_day(&b, day.start_ms, clock.utc_offset_min);
    write_figures(&b, figures, &notices, gone);
    return reply_json(reply, 200, &b, e);
}

enum err_code
api_admin_events(struct request *req, struct reply *reply, struct err *e)
{
    struct sse_feed *feed;

    if (sse_listen(req->hub, topic_owner(), &feed, e))
        return e->code;
    return reply_stream(reply, feed);
}
