#include "api/api_menus.h"

#include <inttypes.h>

#include "domain/menu_work.h"
#include "domain/plan.h"
#include "line/menu_design.h"

#define LEVELS_MAX 64

static const char *
period_now(const struct menu_work *work, const struct menu_period *period, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (period[i].id == work->period_now_id)
            return period[i].title;
    return "";
}

static const struct plan_rules *
plan_of(const struct plan_rules *plan, size_t n, int64_t plan_id)
{
    for (size_t i = 0; i < n; i++)
        if (plan[i].plan_id == plan_id)
            return &plan[i];
    return NULL;
}

/* A level that the plan does not have any more is shown until its menus are gone, without a name.
 */
static void
write_level(struct buf *b, const struct menu_level *level, const struct plan_rules *plan)
{
    const struct tier_rules *tiers = &plan->tier;
    bool is_there = level->tier <= (int64_t)tiers->steps_n;

    buf_text(b, "{\"plan\":");
    buf_json(b, str_of(plan->name));
    buf_format(b, ",\"tier\":%" PRId64 ",\"name\":", level->tier);
    buf_json(b, str_of(is_there ? tier_name(tiers, level->tier) : ""));
    buf_format(b, ",\"look\":\"%s\",\"members\":%" PRId64 "}",
               is_there && level->tier > 0 ? tier_look_name(tiers->step[level->tier - 1].look) : "",
               level->members);
}

static enum err_code
write_levels(struct request *req, struct buf *b, struct err *e)
{
    struct menu_level level[LEVELS_MAX];
    struct plan_rules *plan;
    size_t n, plans_n, written = 0;

    if (menu_levels(req->db, level, LEVELS_MAX, &n, e) ||
        plan_list(req->db, req->arena, &plan, &plans_n, e))
        return e->code;
    buf_text(b, ",\"levels\":[");
    for (size_t i = 0; i < n; i++) {
        const struct plan_rules *of = plan_of(plan, plans_n, level[i].plan_id);

        if (!of)
            continue;
        if (written++ > 0)
            buf_char(b, ',');
        write_level(b, &level[i], of);
    }
    buf_char(b, ']');
    return OK;
}

static void
write_taps(struct buf *b, const struct menu_taps *taps, size_t n)
{
    buf_text(b, ",\"taps\":[");
    for (size_t i = 0; i < n; i++)
        buf_format(b, "%s{\"guest\":%s,\"area\":\"%s\",\"today\":%" PRId64 ",\"week\":%" PRId64 "}",
                   i ? "," : "", taps[i].is_guest ? "true" : "false", menu_place_name(taps[i].area),
                   taps[i].today, taps[i].week);
    buf_text(b, "]}");
}

enum err_code
api_menus_show(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, 16 * KIB);
    struct menu_taps taps[MENU_TAPS_MAX];
    struct menu_period *period;
    struct menu_links *links;
    struct menu_made *made;
    struct menu_work work;
    int64_t owed, members = 0;
    size_t made_n, links_n, periods_n, taps_n;

    if (menu_made_list(req->db, req->arena, &made, &made_n, e) ||
        menu_links(req->db, req->arena, &links, &links_n, e) ||
        menu_periods(req->db, req->arena, req->now_ms, &period, &periods_n, e) ||
        menu_work_load(req->db, req->now_ms, &work, e) || menu_owed(req->db, &owed, e) ||
        menu_taps(req->db, req->now_ms, taps, &taps_n, e))
        return e->code;
    for (size_t i = 0; i < links_n; i++)
        members += links[i].members;
    buf_format(&b,
               "{\"menus\":%zu,\"members\":%" PRId64 ",\"owed\":%" PRId64 ",\"period\":", made_n,
               members, owed);
    buf_json_or_null(&b, str_of(period_now(&work, period, periods_n)));
    if (write_levels(req, &b, e))
        return e->code;
    write_taps(&b, taps, taps_n);
    return reply_json(reply, 200, &b, e);
}
