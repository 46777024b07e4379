/*
 * stampd richmenu validate, deploy and remove: what talks to LINE about rich menus.
 *
 * LINE's own list is what a deploy goes by: a menu is found there by its name, which is a hash of
 * all that is in it. So a deploy that was interrupted anywhere goes on where it was, and one that
 * has nothing to do makes nothing. The book is told of each menu as soon as its picture is there,
 * and is never held while LINE is waited for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/commands.h"
#include "app/menu_plan.h"
#include "app/menu_remote.h"
#include "base/clock.h"
#include "line/menu_picture.h"

#define ITEM_ARENA (16 * MIB)
#define CREATES_AN_HOUR 100
#define RECORD_MAX (32 * KIB)
#define OURS_PREFIX "stampd-"

/* What the book knows before LINE is asked. */
struct known {
    struct menu_plan plan;
    char digest[MENU_DIGEST_SIZE];
    struct menu_made *made;
    size_t made_n;
    struct menu_links *links;
    size_t links_n;
};

struct deploy {
    struct call *call;
    struct menu_remote *remote;
    struct known known;
    struct menu_listed *listed; /* at LINE */
    size_t listed_n;
    struct menu_alias *alias;
    size_t alias_n;
    struct menu_made *now;         /* as plan.item: what each has become */
    int64_t hour[CREATES_AN_HOUR]; /* when the last ones were made, in a ring */
    size_t hour_at;
    int64_t started_ms; /* monotonic */
    size_t created, reused;
};

static void
say(struct call *call)
{
    if (call->flush)
        call->flush(call);
}

static enum err_code
read_book(struct call *call, struct err *e)
{
    struct known *known = call->context;

    return menu_plan_make(call->db, call->config, call->arena, call->now_ms, &known->plan, e) ||
                   menu_plan_digest(&known->plan, known->digest, e) ||
                   menu_made_list(call->db, call->arena, &known->made, &known->made_n, e) ||
                   menu_links(call->db, call->arena, &known->links, &known->links_n, e)
               ? e->code
               : OK;
}

static enum err_code
load(struct call *call, struct known *out, struct err *e)
{
    call->context = out;
    return command_read(call, read_book, e);
}

/* A menu as it goes to LINE; all in arena. */
static enum err_code
make(const struct menu_item *item, struct arena *a, char name[MENU_NAME_SIZE], struct str *json,
     struct str *png, struct err *e)
{
    struct buf text = buf_new(a, 64 * KIB);
    struct menu menu;

    if (menu_design_make(&item->design, a, &menu, e) ||
        menu_picture_draw(&item->design, a, png, e) || menu_check_picture(&menu, *png, e))
        return err_wrap(e, "%s", item->key);
    if (!menu_name(a, &menu, *png, name))
        return err_set(e, ERR_INTERNAL, "arena_full", "rich menu");
    menu_write(&text, &menu, name);
    *json = buf_str(&text);
    return buf_failed(&text) ? err_set(e, ERR_INTERNAL, "arena_full", "rich menu") : OK;
}

/* ---------------------------------------------------------------- validate */

static enum err_code
validate_one(struct menu_remote *remote, const struct menu_item *item, struct err *e)
{
    struct arena *a = arena_new(ITEM_ARENA);
    char name[MENU_NAME_SIZE];
    struct str json, png;
    enum err_code code;

    if (!a)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "rich menu");
    code = make(item, a, name, &json, &png, e);
    if (!code && menu_remote_validate(remote, json, e))
        code = err_wrap(e, "%s", item->key);
    arena_free(a);
    return code;
}

enum err_code
command_menu_validate(struct call *call, struct err *e)
{
    struct menu_remote *remote;
    struct known known = {0};
    enum err_code code = OK;

    if (load(call, &known, e) || menu_remote_open(&remote, call->config, call->now_ms, e))
        return e->code;
    for (size_t i = 0; i < known.plan.n && !code; i++)
        code = validate_one(remote, &known.plan.item[i], e);
    menu_remote_close(remote);
    if (!code)
        buf_format(call->out, "%zu menus: LINE would take each of them\n", known.plan.n);
    return code;
}

/* ---------------------------------------------------------------- deploy: one menu */

static int64_t
now_of(const struct deploy *d)
{
    return d->call->now_ms + (clock_monotonic_ms() - d->started_ms);
}

static const char *
id_at_line(const struct deploy *d, const char *name)
{
    for (size_t i = 0; i < d->listed_n; i++)
        if (strcmp(d->listed[i].name, name) == 0)
            return d->listed[i].id;
    return NULL;
}

/* The book has it with its picture; NULL: a deploy may have died between the two. */
static const struct menu_made *
known_made(const struct deploy *d, const char *key, const char *id)
{
    for (size_t i = 0; i < d->known.made_n; i++)
        if (strcmp(d->known.made[i].key, key) == 0 && strcmp(d->known.made[i].line_id, id) == 0)
            return &d->known.made[i];
    return NULL;
}

static void
write_record(struct buf *b, const struct menu_made *m)
{
    buf_format(b, "%s %" PRId64 " %s %s %" PRId64 "\n", m->key, m->until_count, m->name, m->line_id,
               m->made_ms);
}

static enum err_code
record(struct deploy *d, struct str lines, struct str guest, struct err *e)
{
    const struct str value[] = {str_of(arena_format(d->call->arena, "%" PRId64, d->call->now_ms)),
                                lines,
                                guest,
                                {0},
                                str_of(d->known.digest)};

    return command_write(d->call, "richmenu record", value, sizeof(value) / sizeof(value[0]), e);
}

static enum err_code
record_one(struct deploy *d, const struct menu_made *made, struct err *e)
{
    struct buf b = buf_new(d->call->arena, KIB);

    write_record(&b, made);
    return record(d, buf_str(&b), STR(""), e);
}

/* LINE makes 100 an hour; its own word (429) comes first, ours saves asking in vain. */
static enum err_code
may_create(const struct deploy *d, struct err *e)
{
    if (d->hour[d->hour_at] + HOUR_MS > now_of(d))
        return err_set(e, ERR_LIMIT, "line_limit", "%d menus were made within the last hour",
                       CREATES_AN_HOUR);
    return OK;
}

static enum err_code
create(struct deploy *d, struct str json, struct str png, struct menu_made *out, struct err *e)
{
    if (may_create(d, e) || menu_remote_create(d->remote, json, out->line_id, e))
        return e->code;
    out->made_ms = now_of(d);
    d->hour[d->hour_at] = out->made_ms;
    d->hour_at = (d->hour_at + 1) % CREATES_AN_HOUR;
    d->created++;
    return menu_remote_upload(d->remote, out->line_id, png, e) || record_one(d, out, e) ? e->code
                                                                                        : OK;
}

static enum err_code
deploy_drawn(struct deploy *d, const struct menu_item *item, struct str json, struct str png,
             struct menu_made *out, struct err *e)
{
    const char *id = id_at_line(d, out->name);
    const struct menu_made *before = id ? known_made(d, item->key, id) : NULL;

    if (!id)
        return create(d, json, png, out, e);
    (void)str_copy(str_of(id), out->line_id, sizeof(out->line_id));
    d->reused++;
    if (before) {
        out->made_ms = before->made_ms;
        return OK;
    }
    return menu_remote_upload(d->remote, id, png, e) || record_one(d, out, e) ? e->code : OK;
}

static enum err_code
deploy_one(struct deploy *d, size_t i, struct err *e)
{
    const struct menu_item *item = &d->known.plan.item[i];
    struct arena *a = arena_new(ITEM_ARENA);
    struct menu_made *out = &d->now[i];
    size_t created = d->created;
    struct str json, png;
    enum err_code code;

    if (!a)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "rich menu");
    if (d->call->gives_up != NULL && atomic_load(d->call->gives_up)) {
        arena_free(a);
        return err_set(e, ERR_BUSY, "stopping", "the service ends");
    }
    memcpy(out->key, item->key, sizeof(out->key));
    out->until_count = item->until_count;
    code = make(item, a, out->name, &json, &png, e);
    if (!code)
        code = deploy_drawn(d, item, json, png, out, e);
    arena_free(a);
    if (code || d->created == created)
        return code;
    buf_format(d->call->out, "made %s (%zu of %zu)\n", item->key, i + 1, d->known.plan.n);
    say(d->call);
    return OK;
}

/* ---------------------------------------------------------------- deploy: all of them */

static int
by_time(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;

    return (first > second) - (first < second);
}

/* The newest that were made, the oldest of them first. */
static void
remember_the_hour(struct deploy *d)
{
    size_t n = d->known.made_n;
    int64_t *times = arena_alloc(d->call->arena, (n + 1) * sizeof(*times));

    if (!times)
        return; /* LINE counts as well */
    for (size_t i = 0; i < n; i++)
        times[i] = d->known.made[i].made_ms;
    qsort(times, n, sizeof(*times), by_time);
    for (size_t i = n > CREATES_AN_HOUR ? n - CREATES_AN_HOUR : 0; i < n; i++) {
        d->hour[d->hour_at] = times[i];
        d->hour_at = (d->hour_at + 1) % CREATES_AN_HOUR;
    }
}

static enum err_code
look_at_line(struct deploy *d, struct err *e)
{
    struct arena *a = d->call->arena;

    d->now = arena_alloc(a, (d->known.plan.n + 1) * sizeof(*d->now));
    if (!d->now)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "rich menus");
    remember_the_hour(d);
    return menu_remote_list(d->remote, a, &d->listed, &d->listed_n, e) ||
                   menu_remote_aliases(d->remote, a, &d->alias, &d->alias_n, e)
               ? e->code
               : OK;
}

static enum err_code
point_alias(struct deploy *d, const char *alias, const char *id, struct err *e)
{
    for (size_t i = 0; i < d->alias_n; i++)
        if (strcmp(d->alias[i].alias, alias) == 0)
            return strcmp(d->alias[i].id, id) == 0
                       ? OK
                       : menu_remote_alias(d->remote, alias, id, true, e);
    return menu_remote_alias(d->remote, alias, id, false, e);
}

static enum err_code
point(struct deploy *d, struct err *e)
{
    char now[MENU_ID_SIZE];

    for (size_t i = 0; i < d->known.plan.n; i++)
        if (d->known.plan.item[i].alias[0] &&
            point_alias(d, d->known.plan.item[i].alias, d->now[i].line_id, e))
            return e->code;
    if (menu_remote_default(d->remote, now, e))
        return e->code;
    return strcmp(now, d->now[0].line_id) == 0
               ? OK
               : menu_remote_set_default(d->remote, d->now[0].line_id, e);
}

/* Everything in the book at once, a message's worth at a time; then the deploy is through. */
static enum err_code
record_all(struct deploy *d, struct err *e)
{
    struct buf b = buf_new(d->call->arena, 2 * RECORD_MAX);

    for (size_t i = 0; i < d->known.plan.n; i++) {
        write_record(&b, &d->now[i]);
        if (b.n > RECORD_MAX) {
            if (record(d, buf_str(&b), STR(""), e))
                return e->code;
            b.n = 0;
        }
    }
    return record(d, buf_str(&b), str_of(d->now[0].line_id), e);
}

static bool
is_wanted(const struct deploy *d, const char *id)
{
    for (size_t i = 0; i < d->known.plan.n; i++)
        if (strcmp(d->now[i].line_id, id) == 0)
            return true;
    for (size_t i = 0; i < d->known.links_n; i++)
        if (strcmp(d->known.links[i].line_id, id) == 0)
            return true;
    return false;
}

/* Tabs of plans and periods that are no more. */
static enum err_code
drop_old_aliases(struct deploy *d, struct err *e)
{
    for (size_t i = 0; i < d->alias_n; i++) {
        bool is_old = str_starts(str_of(d->alias[i].alias), STR(OURS_PREFIX));

        for (size_t k = 0; k < d->known.plan.n; k++)
            is_old &= strcmp(d->known.plan.item[k].alias, d->alias[i].alias) != 0;
        if (is_old && menu_remote_drop_alias(d->remote, d->alias[i].alias, e))
            return e->code;
    }
    return OK;
}

/* Ours, wanted by nobody, and linked to nobody: until everybody is linked to a new one, an old one
 * stays. */
static enum err_code
drop_old(struct deploy *d, struct err *e)
{
    size_t dropped = 0;
    enum err_code code = drop_old_aliases(d, e);

    for (size_t i = 0; i < d->listed_n && !code; i++) {
        const struct menu_listed *old = &d->listed[i];

        if (!old->name[0] || is_wanted(d, old->id))
            continue;
        code = menu_remote_drop(d->remote, old->id, e);
        dropped += code == OK;
    }
    if (dropped)
        buf_format(d->call->out, "older menus removed: %zu\n", dropped);
    if (code != ERR_LIMIT)
        return code;
    *e = (struct err){0};
    buf_text(d->call->out, "more older menus go with the next deploy: LINE removes 100 an hour\n");
    return OK;
}

/* "20:41 UTC": when the oldest of the hour's menus is an hour old. */
static void
say_limit(struct deploy *d, size_t done)
{
    int64_t oldest = d->hour[d->hour_at];
    time_t at = (time_t)(((oldest ? oldest : now_of(d)) + HOUR_MS) / SECOND_MS) + 1;
    char text[32];
    struct tm tm;

    strftime(text, sizeof(text), "%H:%M UTC", gmtime_r(&at, &tm));
    buf_format(d->call->out,
               "%zu of %zu menus are there; LINE makes %d an hour: go on with `stampd richmenu "
               "deploy` after %s\n",
               done, d->known.plan.n, CREATES_AN_HOUR, text);
    d->call->failed = true;
}

static enum err_code
deploy_all(struct deploy *d, struct err *e)
{
    if (look_at_line(d, e))
        return e->code;
    for (size_t i = 0; i < d->known.plan.n; i++)
        if (deploy_one(d, i, e)) {
            if (e->code != ERR_LIMIT)
                return e->code;
            *e = (struct err){0};
            say_limit(d, i);
            return OK;
        }
    if (point(d, e) || record_all(d, e) || drop_old(d, e))
        return e->code;
    buf_format(d->call->out, "%zu menus: %zu made, %zu were there\n", d->known.plan.n, d->created,
               d->reused);
    return OK;
}

enum err_code
command_menu_deploy(struct call *call, struct err *e)
{
    struct deploy d = {.call = call, .started_ms = clock_monotonic_ms()};
    enum err_code code;

    if (load(call, &d.known, e) || menu_remote_open(&d.remote, call->config, call->now_ms, e))
        return e->code;
    code = deploy_all(&d, e);
    menu_remote_close(d.remote);
    if (code && d.created)
        return err_wrap(e, "%zu menus were made, and stay; run it again to go on", d.created);
    return code;
}

/* ---------------------------------------------------------------- remove */

/* In LINE's order: what everybody sees, what tabs lead to, the menus themselves. The book first: it
 * must not link anybody to what is about to go. */
static enum err_code
remove_all(struct deploy *d, struct err *e)
{
    const struct str clear[] = {{0}, {0}, {0}, STR("1")};
    char now[MENU_ID_SIZE];
    size_t n = 0;

    if (look_at_line(d, e) || menu_remote_default(d->remote, now, e) ||
        command_write(d->call, "richmenu record", clear, 4, e))
        return e->code;
    for (size_t i = 0; i < d->listed_n; i++)
        if (d->listed[i].name[0] && strcmp(d->listed[i].id, now) == 0 &&
            menu_remote_clear_default(d->remote, e))
            return e->code;
    for (size_t i = 0; i < d->alias_n; i++)
        if (str_starts(str_of(d->alias[i].alias), STR(OURS_PREFIX)) &&
            menu_remote_drop_alias(d->remote, d->alias[i].alias, e))
            return e->code;
    for (size_t i = 0; i < d->listed_n; i++) {
        if (!d->listed[i].name[0])
            continue;
        if (menu_remote_drop(d->remote, d->listed[i].id, e))
            return e->code;
        n++;
    }
    buf_format(d->call->out, "%zu menus are gone\n", n);
    return OK;
}

enum err_code
command_menu_remove(struct call *call, struct err *e)
{
    struct deploy d = {.call = call, .started_ms = clock_monotonic_ms()};
    enum err_code code;

    if (menu_remote_open(&d.remote, call->config, call->now_ms, e))
        return e->code;
    code = remove_all(&d, e);
    menu_remote_close(d.remote);
    if (code == ERR_LIMIT) {
        *e = (struct err){0};
        buf_text(call->out, "LINE removes 100 an hour: the rest goes with another `stampd "
                            "richmenu remove` in an hour\n");
        call->failed = true;
        return OK;
    }
    return code;
}
