#include "api/forgetting.h"

#include "api/menus.h"
#include "api/page.h"
#include "base/log.h"
#include "domain/notice_make.h"
#include "domain/purge.h"

#define SCAN 100 /* members looked at in one job; each may have to be erased */
#define TOKYO_MIN 540

bool
forgetting_hour(int64_t now_ms)
{
    int64_t hour_utc = now_ms / HOUR_MS % 24;

    return hour_utc >= 3 && hour_utc < 9; /* 12 to 18 in Tokyo, 10 to 16 in Bangkok */
}

/* The sentence with the day in it, as plain text. */
static struct str
warning_text(struct arena *a, const struct purge_due *due)
{
    struct buf out = buf_new(a, 2 * KIB), date = buf_new(a, 128);
    struct str rest = str_of(word(due->language, WORD_CARD_ENDS_SOON)), part;

    page_date(&date, due->language, due->verdict.ends_ms, TOKYO_MIN);
    if (str_until(&rest, '{', &part)) {
        struct str name;

        buf_str_raw(&out, part);
        buf_str_raw(&out, buf_str(&date));
        (void)str_until(&rest, '}', &name);
    }
    buf_str_raw(&out, rest);
    return buf_str(&out);
}

static enum err_code
warn(struct db *db, struct arena *a, const struct purge_due *due, int64_t now_ms, struct err *e)
{
    if (notice_make_staff(db, due->member_id, warning_text(a, due), now_ms, e) ||
        purge_warned(db, due->member_id, now_ms, e))
        return e->code;
    LOG(LOG_INFO, "member.warned", L_INT("member", due->member_id));
    return OK;
}

static enum err_code
erase(struct db *db, struct arena *a, const struct purge_due *due, int64_t now_ms, struct err *e)
{
    struct erased erased;

    if (menus_leave(db, a, due->member_id, now_ms, e) ||
        erase_member(db, due->member_id, due->verdict.why, now_ms, &erased, e))
        return e->code;
    LOG(LOG_INFO, "member.purged", L_INT("member", due->member_id),
        L_TEXT("why", erasure_why_name(due->verdict.why)), L_INT("units", erased.units),
        L_INT("vouchers", erased.vouchers));
    return OK;
}

/* In a savepoint of its own. */
static enum err_code
forget_one(struct db *db, struct arena *a, const struct purge_due *due, int64_t now_ms,
           struct err *e)
{
    DB_TX tx = {0};

    if (db_begin(db, &tx, e))
        return e->code;
    if (!(due->verdict.act == PURGE_WARN ? warn(db, a, due, now_ms, e)
                                         : erase(db, a, due, now_ms, e)))
        return db_commit(&tx, e);
    if (e->code == ERR_FULL || e->code == ERR_BUSY || db_is_broken(db))
        return e->code;
    LOG(LOG_ERROR, "member.not_forgotten", L_INT("member", due->member_id), L_TEXT("why", e->text));
    *e = (struct err){0};
    return OK;
}

enum err_code
forget_some(struct db *db, const struct service *s, struct arena *a, int64_t now_ms,
            int64_t *after_id, struct err *e)
{
    struct purge_due due[SCAN];
    size_t n;

    if (purge_find(db, &s->purge, now_ms, SCAN, after_id, due, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (forget_one(db, a, &due[i], now_ms, e))
            return e->code;
    return OK;
}
