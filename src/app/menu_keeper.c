#include "app/menu_keeper.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/commands.h"
#include "app/menu_plan.h"
#include "base/clock.h"
#include "base/log.h"
#include "domain/menu_work.h"

#define LOOK_EVERY_S 60
#define AGAIN_AFTER_S (10 * 60) /* when LINE could not, or would not */
#define FOLLOW_ARENA (64 * MIB)
#define SAID_MAX (256 * KIB)

struct menu_keeper {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t cond;
    const struct config *config;
    struct clock *clock;
    atomic_bool stopping; /* set under the lock */
};

/* ---------------------------------------------------------------- one look */

/* call->context: whether the menus show something else than they would. */
static enum err_code
look(struct call *call, struct err *e)
{
    bool *is_behind = call->context;
    char digest[MENU_DIGEST_SIZE];
    struct menu_plan plan;
    struct menu_work work;

    *is_behind = false;
    if (menu_work_load(call->db, call->now_ms, &work, e))
        return e->code;
    if (work.digest[0] == '\0')
        return OK;
    if (menu_plan_make(call->db, call->config, call->arena, call->now_ms, &plan, e) ||
        menu_plan_digest(&plan, digest, e))
        return e->code;
    *is_behind = strcmp(digest, work.digest) != 0;
    return OK;
}

static enum err_code
follow(struct call *call, enum menus_followed *out, struct err *e)
{
    bool is_behind = false;

    *out = MENUS_IN_STEP;
    call->context = &is_behind;
    if (command_read(call, look, e))
        return e->code;
    if (!is_behind)
        return OK;
    if (command_menu_deploy(call, e))
        return e->code;
    *out = call->failed ? MENUS_WAIT : MENUS_DEPLOYED;
    return OK;
}

enum err_code
menus_follow(const struct config *config, int64_t now_ms, const atomic_bool *gives_up,
             enum menus_followed *out, struct err *e)
{
    struct arena *a = arena_new(FOLLOW_ARENA);
    struct buf said;
    struct call call = {.config = config, .arena = a, .now_ms = now_ms, .gives_up = gives_up};
    enum err_code code;

    if (!a)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "rich menus");
    said = buf_new(a, SAID_MAX);
    call.out = &said;
    code = follow(&call, out, e);
    arena_free(a);
    return code;
}

/* ---------------------------------------------------------------- again and again */

/* Until then, or until it is to stop. */
static void
rest(struct menu_keeper *k, int64_t seconds)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&k->lock);
    while (!atomic_load(&k->stopping) && pthread_cond_timedwait(&k->cond, &k->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&k->lock);
}

static void *
keep(void *context)
{
    struct menu_keeper *k = context;
    enum menus_followed followed;

    for (rest(k, LOOK_EVERY_S); !atomic_load(&k->stopping);) {
        int64_t now_ms = clock_now_ms(k->clock);
        struct err e = {0};

        followed = MENUS_IN_STEP;
        if (!clock_has_jumped(k->clock, now_ms) &&
            menus_follow(k->config, now_ms, &k->stopping, &followed, &e)) {
            if (!atomic_load(&k->stopping))
                LOG(LOG_WARN, "menus.not_deployed", L_TEXT("why", e.text));
            followed = MENUS_WAIT;
        } else if (followed != MENUS_IN_STEP) {
            LOG(LOG_INFO, followed == MENUS_WAIT ? "menus.begun" : "menus.deployed",
                L_TEXT("because", "the plans show something else"));
        }
        rest(k, followed == MENUS_WAIT ? AGAIN_AFTER_S : LOOK_EVERY_S);
    }
    return NULL;
}

enum err_code
menu_keeper_start(struct menu_keeper **out, const struct config *config, struct clock *clock,
                  struct err *e)
{
    struct menu_keeper *k = calloc(1, sizeof(*k));

    if (!k)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "rich menus");
    k->config = config;
    k->clock = clock;
    pthread_mutex_init(&k->lock, NULL);
    clock_cond_init(&k->cond);
    if (pthread_create(&k->thread, NULL, keep, k)) {
        free(k);
        return err_set(e, ERR_INTERNAL, "thread", "rich menus");
    }
    *out = k;
    return OK;
}

void
menu_keeper_stop(struct menu_keeper *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->lock);
    atomic_store(&k->stopping, true);
    pthread_cond_signal(&k->cond);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->thread, NULL);
    pthread_cond_destroy(&k->cond);
    pthread_mutex_destroy(&k->lock);
    free(k);
}
