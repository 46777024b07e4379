/*
 * stampd richmenu show, draw, status, period and record: rich menus as the book knows them. What
 * talks to LINE stands in cmd_richmenu_line.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "app/commands.h"
#include "app/menu_plan.h"
#include "base/clock.h"
#include "domain/audit.h"
#include "domain/menu_work.h"
#include "line/menu_picture.h"

#define PICTURE_ARENA (16 * MIB)
#define CREATES_AN_HOUR 100
#define TOKYO_MIN (9 * 60)

/* ---------------------------------------------------------------- show */

static bool
is_made(const struct menu_made *made, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(made[i].key, key) == 0)
            return true;
    return false;
}

static void
say_groups(struct buf *out, const struct menu_plan *plan)
{
    buf_text(out, "languages  ");
    for (size_t i = 0; i < plan->languages_n; i++)
        buf_format(out, " %s%s", language_tag(plan->language[i]), i ? "" : " (guests)");
    buf_char(out, '\n');
    for (size_t i = 0; i < plan->periods_n; i++)
        buf_format(out, "period %3" PRId64 "  %s%s\n", plan->period[i].id, plan->period[i].title,
                   plan->period[i].id == plan->period_now_id ? " (now)" : "");
    for (size_t i = 0; i < plan->groups_n; i++) {
        const struct menu_group *g = &plan->group[i];

        buf_format(out, "plan %5" PRId64 "  %s%s%s: %" PRId64 " pictures in each language, ",
                   g->rules->plan_id, g->rules->name, g->tier ? ", " : "",
                   g->tier ? tier_name(&g->rules->tier, g->tier) : "",
                   menu_pictures(g->rules->goal, g->step));
        if (g->step == 1)
            buf_text(out, "one for each count\n");
        else
            buf_format(out, "one for %" PRId64 " counts each (MENU_PICTURES)\n", g->step);
    }
}

enum err_code
command_menu_show(struct call *call, struct err *e)
{
    struct menu_made *made;
    struct menu_plan plan;
    size_t made_n, missing = 0;

    if (menu_plan_make(call->db, call->config, call->arena, call->now_ms, &plan, e) ||
        menu_made_list(call->db, call->arena, &made, &made_n, e))
        return e->code;
    say_groups(call->out, &plan);
    for (size_t i = 0; i < plan.n; i++) {
        bool is_there = is_made(made, made_n, plan.item[i].key);

        missing += !is_there;
        buf_format(call->out, "%-9s %s\n", is_there ? "deployed" : "new", plan.item[i].key);
    }
    buf_format(call->out, "%zu menus of 1,000 that LINE takes, %zu of them new", plan.n, missing);
    if (missing > CREATES_AN_HOUR)
        buf_format(call->out, ": LINE makes %d an hour, so deploy %zu times", CREATES_AN_HOUR,
                   (missing + CREATES_AN_HOUR - 1) / CREATES_AN_HOUR);
    buf_char(call->out, '\n');
    return OK;
}

/* ---------------------------------------------------------------- draw */

const struct option_row menu_draw_options[] = {
    {"to", "FOLDER", "menus", "made if there is none"},
    {"menu", "KEY", "", "only this one, as `richmenu show` names it"},
    {0},
};

static enum err_code
write_picture(const struct menu_item *item, const char *path, struct err *e)
{
    struct arena *a = arena_new(PICTURE_ARENA);
    struct menu menu;
    struct str png;
    FILE *file;
    enum err_code code;
    bool is_written;

    if (!a)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "picture");
    code = menu_design_make(&item->design, a, &menu, e) ||
                   menu_picture_draw(&item->design, a, &png, e) || menu_check_picture(&menu, png, e)
               ? e->code
               : OK;
    if (!code) {
        file = fopen(path, "wb");
        is_written = file && fwrite(png.at, 1, png.n, file) == png.n;
        if ((file && fclose(file)) || !is_written)
            code = err_set(e, ERR_INPUT, "file_unwritable", "%s: %s", path, strerror(errno));
    }
    arena_free(a);
    return code;
}

enum err_code
command_menu_draw(struct call *call, struct err *e)
{
    struct str to = call->value[0], only = call->value[1];
    const char *folder = arena_dup(call->arena, to.at, to.n);
    struct menu_plan plan;
    size_t drawn = 0;

    if (menu_plan_make(call->db, call->config, call->arena, call->now_ms, &plan, e))
        return e->code;
    if (mkdir(folder, 0777) && errno != EEXIST)
        return err_set(e, ERR_INPUT, "file_unwritable", "%s: %s", folder, strerror(errno));
    for (size_t i = 0; i < plan.n; i++) {
        const struct menu_item *item = &plan.item[i];

        if (only.n && !str_eq(only, str_of(item->key)))
            continue;
        if (write_picture(item, arena_format(call->arena, "%s/%s.png", folder, item->key), e))
            return err_wrap(e, "%s", item->key);
        drawn++;
    }
    if (!drawn)
        return err_set(e, ERR_NOT_FOUND, "menu_unknown",
                       "no such menu: see `stampd richmenu show`");
    buf_format(call->out, "%zu pictures in %s\n", drawn, folder);
    return OK;
}

/* ---------------------------------------------------------------- status */

static void
say_taps(struct buf *out, const struct menu_taps *taps, size_t n)
{
    buf_text(out, n ? "taps                today   7 days\n" : "taps: none in seven days\n");
    for (size_t i = 0; i < n; i++)
        buf_format(out, "  %-6s %-9s %7" PRId64 "  %7" PRId64 "\n",
                   taps[i].is_guest ? "guest" : "member", menu_place_name(taps[i].area),
                   taps[i].today, taps[i].week);
}

static int64_t
linked_to(const struct menu_links *links, size_t n, const char *line_id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(links[i].line_id, line_id) == 0)
            return links[i].members;
    return 0;
}

enum err_code
command_menu_status(struct call *call, struct err *e)
{
    struct menu_taps taps[MENU_TAPS_MAX];
    struct menu_links *links;
    struct menu_made *made;
    struct menu_work work;
    int64_t owed, linked = 0, ours = 0;
    size_t made_n, links_n, taps_n;

    if (menu_made_list(call->db, call->arena, &made, &made_n, e) ||
        menu_links(call->db, call->arena, &links, &links_n, e) ||
        menu_work_load(call->db, call->now_ms, &work, e) || menu_owed(call->db, &owed, e) ||
        menu_taps(call->db, call->now_ms, taps, &taps_n, e))
        return e->code;
    if (!made_n) {
        buf_text(call->out, "nothing is deployed: `stampd richmenu deploy`\n");
        return OK;
    }
    for (size_t i = 0; i < links_n; i++)
        linked += links[i].members;
    for (size_t i = 0; i < made_n; i++) {
        int64_t members = linked_to(links, links_n, made[i].line_id);

        ours += members;
        if (strcmp(made[i].line_id, work.guest_line_id) == 0)
            buf_format(call->out, "%-32s everybody else\n", made[i].key);
        else if (members)
            buf_format(call->out, "%-32s %" PRId64 " members\n", made[i].key, members);
    }
    buf_format(call->out,
               "%zu menus deployed, linked to %" PRId64 " members (%" PRId64
               " of them to older ones); %" PRId64 " calls owed%s\n",
               made_n, linked, linked - ours, owed,
               work.is_sweeping ? "; everybody is being looked at" : "");
    say_taps(call->out, taps, taps_n);
    return OK;
}

/* ---------------------------------------------------------------- period */

const struct option_row menu_period_options[] = {
    {"title", "TITLE", "", "what the menus say while it lasts"},
    {"from", "DAY", "", "its first day, 2026-12-01"},
    {"until", "DAY", "", "its last day"},
    {"end", "N", "", "end or call off this one"},
    {0},
};

/* The beginning of a day such as 2026-12-01, `days` later, where utc_offset_min is. */
static bool
day_read(struct str text, int days, int64_t utc_offset_min, int64_t *out)
{
    uint64_t year, month, day;
    struct tm tm = {0};
    time_t at;

    if (text.n != 10 || !str_number(&text, &year, 9999) || !str_skip(&text, STR("-")) ||
        !str_number(&text, &month, 12) || !str_skip(&text, STR("-")) ||
        !str_number(&text, &day, 31) || text.n || year < 2000 || !month || !day)
        return false;
    tm.tm_year = (int)year - 1900;
    tm.tm_mon = (int)month - 1;
    tm.tm_mday = (int)day;
    at = timegm(&tm);
    if (tm.tm_mday != (int)day) /* 30 February is another day */
        return false;
    *out = (int64_t)at * SECOND_MS + days * DAY_MS - utc_offset_min * MINUTE_MS;
    return true;
}

static enum err_code
period_add(struct call *call, struct err *e)
{
    struct plan_rules *plan;
    int64_t from_ms, until_ms, id, offset_min = TOKYO_MIN;
    size_t plans;

    if (plan_list(call->db, call->arena, &plan, &plans, e))
        return e->code;
    if (plans)
        offset_min = plan[0].utc_offset_min;
    if (!day_read(call->value[1], 0, offset_min, &from_ms) ||
        !day_read(call->value[2], 1, offset_min, &until_ms))
        return err_set(e, ERR_INPUT, "usage", "--from and --until are days such as 2026-12-01");
    if (menu_period_add(call->db, call->value[0], from_ms, until_ms, call->now_ms, &id, e) ||
        audit_write(call->db, "menu.period", 0, 0, id, call->now_ms, e))
        return e->code;
    buf_format(call->out,
               "period %" PRId64 "; `stampd richmenu deploy` makes its menus, the best time is "
               "before it begins\n",
               id);
    return OK;
}

static enum err_code
period_list(struct call *call, struct err *e)
{
    struct menu_period *period;
    size_t n;

    if (menu_periods(call->db, call->arena, call->now_ms, &period, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        time_t from = (time_t)(period[i].from_ms / SECOND_MS),
               until = (time_t)(period[i].until_ms / SECOND_MS);
        char a[32], b[32];
        struct tm tm;

        strftime(a, sizeof(a), "%Y-%m-%d %H:%M", gmtime_r(&from, &tm));
        strftime(b, sizeof(b), "%Y-%m-%d %H:%M UTC", gmtime_r(&until, &tm));
        buf_format(call->out, "%4" PRId64 "  %s to %s  %s\n", period[i].id, a, b, period[i].title);
    }
    if (!n)
        buf_text(call->out, "no period is planned\n");
    return OK;
}

enum err_code
command_menu_period(struct call *call, struct err *e)
{
    int64_t id;

    if (call->value[3].n) {
        if (!str_int(call->value[3], &id, 1, INT64_MAX))
            return err_set(e, ERR_INPUT, "usage", "--end: the number of a period");
        return menu_period_end(call->db, id, e) ||
                       audit_write(call->db, "menu.period_ended", 0, 0, id, call->now_ms, e)
                   ? e->code
                   : OK;
    }
    return call->value[0].n || call->value[1].n || call->value[2].n ? period_add(call, e)
                                                                    : period_list(call, e);
}

/* ---------------------------------------------------------------- record */

const struct option_row menu_record_options[] = {
    {"deploy", "MS", "", "when the deploy began, which is what it is called"},
    {"menus", "LINES", "", "key, greatest count, name, id at LINE and time of making of each"},
    {"guest", "ID", "", "the deploy is through, and everybody sees this menu at first"},
    {"clear", NULL, NULL, "no menu is ours any more"},
    {"digest", "HEX", "", "of all that was deployed: the server deploys anew when it changes"},
    {0},
};

static bool
next_word(struct str *line, char *out, size_t cap)
{
    struct str word;

    return str_until(line, ' ', &word) && word.n > 0 && str_copy(word, out, cap);
}

/* "member.ja.1.7 7 stampd-... richmenu-... 1775005200000" */
static enum err_code
record_line(struct call *call, int64_t deploy_ms, struct str line, struct err *e)
{
    struct menu_made made;
    char until[24];

    if (!next_word(&line, made.key, sizeof(made.key)) || !next_word(&line, until, sizeof(until)) ||
        !str_int(str_of(until), &made.until_count, MENU_COUNT_ANY, MENU_COUNT_MAX) ||
        !next_word(&line, made.name, sizeof(made.name)) ||
        !next_word(&line, made.line_id, sizeof(made.line_id)) ||
        !menu_id_is_valid(str_of(made.line_id)) || !str_int(line, &made.made_ms, 0, INT64_MAX))
        return err_set(e, ERR_INPUT, "usage", "--menus: not written by deploy");
    return menu_made_put(call->db, &made, deploy_ms, e);
}

enum err_code
command_menu_record(struct call *call, struct err *e)
{
    struct str lines = call->value[1], guest = call->value[2], line;
    int64_t deploy_ms;

    if (call->value[3].at)
        return menu_made_clear(call->db, e) ||
                       audit_write(call->db, "menu.removed", 0, 0, 0, call->now_ms, e)
                   ? e->code
                   : OK;
    if (!str_int(call->value[0], &deploy_ms, 1, INT64_MAX))
        return err_set(e, ERR_INPUT, "usage", "--deploy: a time in milliseconds");
    while (str_until(&lines, '\n', &line))
        if (record_line(call, deploy_ms, line, e))
            return e->code;
    if (!guest.n)
        return OK;
    if (!menu_id_is_valid(guest))
        return err_set(e, ERR_INPUT, "usage", "--guest: no id of a menu");
    return menu_deployed(call->db, deploy_ms, guest, call->value[4], e) ||
                   audit_write(call->db, "menu.deployed", 0, 0, 0, call->now_ms, e)
               ? e->code
               : OK;
}
