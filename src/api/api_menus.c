#include "api/api_menus.h"

#include <inttypes.h>

#include "domain/menu_work.h"
#include "line/menu_design.h"

static const char *
period_now(const struct menu_work *work, const struct menu_period *period, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (period[i].id == work->period_now_id)
            return period[i].title;
    return "";
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
    write_taps(&b, taps, taps_n);
    return reply_json(reply, 200, &b, e);
}
