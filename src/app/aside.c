#include "app/aside.h"

#include <stdlib.h>

#include "base/log.h"
#include "domain/access.h"
#include "domain/menu_work.h"
#include "domain/notice.h"

struct touch_job {
    struct job job;
    int64_t session_id, now_ms;
};

static enum err_code
touch_run(struct job *job, struct db *db, struct err *e)
{
    struct touch_job *t = (struct touch_job *)(void *)job;

    return access_touch(db, t->session_id, t->now_ms, e);
}

static void
touch_done(struct job *job, const struct err *e)
{
    if (e->code && e->code != ERR_BUSY && e->code != ERR_NOT_FOUND)
        LOG(LOG_WARN, "session.not_touched", L_TEXT("why", e->text));
    free(job);
}

void
aside_touch(struct writer *w, int64_t session_id, int64_t now_ms)
{
    struct touch_job *t = calloc(1, sizeof(*t));

    if (!t)
        return;
    *t = (struct touch_job){
        .job = {.run = touch_run, .done = touch_done}, .session_id = session_id, .now_ms = now_ms};
    writer_submit(w, &t->job);
}

struct tap_job {
    struct job job;
    char menu[MENU_KEY_SIZE];
    int64_t area, now_ms;
};

static enum err_code
tap_run(struct job *job, struct db *db, struct err *e)
{
    struct tap_job *t = (struct tap_job *)(void *)job;

    return menu_tap_count(db, str_of(t->menu), t->area, t->now_ms, e);
}

static void
tap_done(struct job *job, const struct err *e)
{
    if (e->code && e->code != ERR_BUSY)
        LOG(LOG_WARN, "menu.tap_lost", L_TEXT("why", e->text));
    free(job);
}

void
aside_tapped(struct writer *w, struct str menu, struct str area, int64_t now_ms)
{
    struct tap_job *t = calloc(1, sizeof(*t));

    if (!t)
        return;
    *t = (struct tap_job){.job = {.run = tap_run, .done = tap_done}, .now_ms = now_ms};
    if (str_copy(menu, t->menu, sizeof(t->menu)) && str_int(area, &t->area, 0, INT64_MAX))
        writer_submit(w, &t->job);
    else
        free(t);
}

struct opened_job {
    struct job job;
    enum notice_kind kind;
    int64_t now_ms;
};

static enum err_code
opened_run(struct job *job, struct db *db, struct err *e)
{
    struct opened_job *o = (struct opened_job *)(void *)job;

    return notice_opened(db, o->kind, o->now_ms, e);
}

static void
opened_done(struct job *job, const struct err *e)
{
    if (e->code && e->code != ERR_BUSY)
        LOG(LOG_WARN, "notice.opening_lost", L_TEXT("why", e->text));
    free(job);
}

void
aside_opened(struct writer *w, enum notice_kind kind, int64_t now_ms)
{
    struct opened_job *o = calloc(1, sizeof(*o));

    if (!o)
        return;
    *o = (struct opened_job){
        .job = {.run = opened_run, .done = opened_done}, .kind = kind, .now_ms = now_ms};
    writer_submit(w, &o->job);
}
