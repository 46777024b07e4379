#include "api/menus.h"

#include <string.h>

#include "base/log.h"
#include "domain/card.h"
#include "domain/menu_work.h"
#include "domain/outbox.h"
#include "domain/plan.h"
#include "domain/tier.h"
#include "line/menu_design.h"

#define MEMBERS_MAX 100 /* looked at in one job */
#define OWED_MAX 200    /* all but grants wait while LINE has so many calls for menus to answer */

/* ---------------------------------------------------------------- calls */

/* "" for line_id: none. Under the member's name, or nobody's for one who is about to have none. */
static enum err_code
owe(struct db *db, struct arena *a, int64_t member_id, int64_t in_whose_name, struct str line_id,
    int64_t now_ms, struct err *e)
{
    struct str user;
    char *call;

    if (member_line_id(db, member_id, a, &user, e))
        return e->code;
    call = line_id.n ? arena_format(a, "POST /v2/bot/user/%.*s/richmenu/%.*s", (int)user.n, user.at,
                                    (int)line_id.n, line_id.at)
                     : arena_format(a, "DELETE /v2/bot/user/%.*s/richmenu", (int)user.n, user.at);
    if (!call)
        return err_set(e, ERR_INTERNAL, "arena_full", "call for a menu");
    return user.n ? outbox_menu(db, in_whose_name, str_of(call), now_ms, e) : OK;
}

/* Nothing of ours is linked any more; LINE is told where it was. */
static enum err_code
unlink_member(struct db *db, struct arena *a, int64_t member_id, int64_t in_whose_name, bool tell,
              int64_t now_ms, struct err *e)
{
    char linked[MENU_LINE_ID_SIZE];

    if (menu_linked(db, member_id, linked, e))
        return e->code;
    if (!linked[0])
        return OK;
    if (tell && owe(db, a, member_id, in_whose_name, STR(""), now_ms, e)) {
        if (e->code != ERR_NOT_FOUND)
            return e->code;
        *e = (struct err){0}; /* nobody at LINE any more */
    }
    return menu_link_end(db, member_id, e);
}

static enum err_code
link_member(struct db *db, struct arena *a, int64_t member_id, const struct menu_facts *facts,
            int64_t now_ms, struct err *e)
{
    char wanted[MENU_LINE_ID_SIZE], linked[MENU_LINE_ID_SIZE];
    enum err_code code;

    if (facts->is_guest) /* without a card: what everybody sees */
        return unlink_member(db, a, member_id, member_id, true, now_ms, e);
    code = menu_find(db, facts, wanted, e);
    if (code == ERR_NOT_FOUND) {
        *e = (struct err){0};
        return unlink_member(db, a, member_id, member_id, true, now_ms, e);
    }
    if (code || menu_linked(db, member_id, linked, e))
        return e->code;
    if (strcmp(wanted, linked) == 0)
        return OK;
    code = owe(db, a, member_id, member_id, str_of(wanted), now_ms, e);
    if (code == ERR_NOT_FOUND) { /* a card without LINE */
        *e = (struct err){0};
        return menu_link_end(db, member_id, e);
    }
    return code ? code : menu_link_set(db, member_id, str_of(wanted), now_ms, e);
}

static enum err_code
look_at(struct db *db, struct arena *a, int64_t member_id, int64_t period_id, int64_t now_ms,
        struct err *e)
{
    struct menu_facts facts;
    bool is_friend = false;
    enum err_code code = menu_facts_of(db, member_id, period_id, &facts, &is_friend, e);

    if (code == ERR_NOT_FOUND) {
        *e = (struct err){0};
        return menu_link_end(db, member_id, e);
    }
    if (code)
        return code;
    /* LINE takes a link for somebody who is no friend, and shows it to nobody. */
    return is_friend ? link_member(db, a, member_id, &facts, now_ms, e)
                     : unlink_member(db, a, member_id, member_id, false, now_ms, e);
}

/* In a savepoint of its own: one member who cannot be read must not stop those behind. */
static enum err_code
try_to_look_at(struct db *db, struct arena *a, int64_t member_id, int64_t period_id, int64_t now_ms,
               struct err *e)
{
    DB_TX tx = {0};

    if (db_begin(db, &tx, e))
        return e->code;
    if (!look_at(db, a, member_id, period_id, now_ms, e))
        return db_commit(&tx, e);
    if (e->code == ERR_FULL || e->code == ERR_BUSY || db_is_broken(db))
        return e->code;
    LOG(LOG_ERROR, "menu.not_linked", L_INT("member", member_id), L_TEXT("why", e->text));
    *e = (struct err){0};
    return OK;
}

/* ---------------------------------------------------------------- what is due */

/* A period has begun or ended: everybody's menu changes, and that of those who have none. */
static enum err_code
turn_period(struct db *db, struct arena *a, struct menu_work *work, int64_t now_ms, struct err *e)
{
    char guest[MENU_LINE_ID_SIZE];
    enum err_code code;

    work->period_id = work->period_now_id;
    work->is_sweeping = true;
    work->sweep_id = 0;
    code = menu_guest_now(db, str_of(work->guest_line_id), work->period_id, guest, e);
    if (code == ERR_NOT_FOUND) {
        *e = (struct err){0};
        return OK;
    }
    if (code || strcmp(guest, work->guest_line_id) == 0)
        return code;
    memcpy(work->guest_line_id, guest, sizeof(guest));
    return outbox_menu(db, 0, str_of(arena_format(a, "POST /v2/bot/user/all/richmenu/%s", guest)),
                       now_ms, e);
}

static bool
has_work(const struct menu_work *work)
{
    return work->has_menus && (work->seq < work->head_seq || work->has_due || work->is_sweeping ||
                               work->period_id != work->period_now_id);
}

enum err_code
menus_apply(struct db *db, struct arena *a, int64_t now_ms, bool *more_out, struct err *e)
{
    int64_t member[MEMBERS_MAX], owed = 0;
    struct menu_work work;
    size_t n;

    *more_out = false;
    if (menu_work_load(db, now_ms, &work, e))
        return e->code;
    if (!has_work(&work))
        return OK;
    if (work.period_id != work.period_now_id && turn_period(db, a, &work, now_ms, e))
        return e->code;
    if (((work.is_sweeping || work.has_due) && menu_owed(db, &owed, e)) ||
        menu_work_take(db, &work, owed < OWED_MAX, member, MEMBERS_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (try_to_look_at(db, a, member[i], work.period_id, now_ms, e))
            return e->code;
    *more_out = n == MEMBERS_MAX;
    return menu_work_save(db, &work, e);
}

/* ---------------------------------------------------------------- taps, and leaving */

/* The plan of a menu's tab: the plans in their order. 0: none. */
static enum err_code
plan_of_tab(struct db *db, struct arena *a, int64_t tab, int64_t *plan_id_out, struct err *e)
{
    struct plan_rules *plan;
    size_t n;

    *plan_id_out = 0;
    if (plan_list(db, a, &plan, &n, e))
        return e->code;
    if (tab >= 0 && (size_t)tab < n)
        *plan_id_out = plan[tab].plan_id;
    return OK;
}

static enum err_code
turn_tab(struct db *db, struct arena *a, const struct member *member, int64_t tab, int64_t now_ms,
         struct err *e)
{
    struct menu_facts facts;
    struct menu_work work;
    struct tier_state tier;
    struct card card;
    bool is_friend;
    int64_t plan_id;
    enum err_code code;

    if (menu_work_load(db, now_ms, &work, e) || plan_of_tab(db, a, tab, &plan_id, e) ||
        menu_facts_of(db, member->id, work.period_now_id, &facts, &is_friend, e))
        return e->code;
    if (!plan_id || !is_friend)
        return OK;
    code = card_of_plan(db, member->id, plan_id, &card, e);
    if (code == ERR_NOT_FOUND) {
        *e = (struct err){0};
        return OK;
    }
    if (code || tier_load(db, card.id, &tier, e))
        return e->code;
    facts.plan_id = plan_id;
    facts.count = card.balance;
    facts.tier = tier.tier;
    /* LINE has turned to the tab's own menu meanwhile, whatever was linked before. */
    return menu_link_end(db, member->id, e) || link_member(db, a, member->id, &facts, now_ms, e)
               ? e->code
               : OK;
}

enum err_code
menus_tapped(struct db *db, struct arena *a, const struct member *member, struct str key,
             int64_t area, int64_t now_ms, struct err *e)
{
    struct menu_facts facts;

    if (!menu_key_read(key, &facts))
        return OK; /* data of another system's, or of somebody's making */
    if (menu_tap_count(db, key, area, now_ms, e))
        return e->code;
    if (!member || facts.is_guest || area < MENU_PLACE_TAB || area >= MENU_PLACES)
        return OK;
    return turn_tab(db, a, member, area - MENU_PLACE_TAB, now_ms, e);
}

enum err_code
menus_leave(struct db *db, struct arena *a, int64_t member_id, int64_t now_ms, struct err *e)
{
    return unlink_member(db, a, member_id, 0, true, now_ms, e);
}
