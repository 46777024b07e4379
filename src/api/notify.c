#include "api/notify.h"

#include "api/page.h"
#include "api/wording.h"
#include "base/log.h"
#include "domain/member.h"
#include "domain/notice.h"
#include "domain/outbox.h"
#include "line/message.h"

#define BATCH 32

struct str
card_url(const struct service *s, struct arena *a, int64_t plan_id)
{
    char *text =
        s->liff_id.n
            ? arena_format(a, "%.*s/%.*s/%lld", (int)s->liff_url.n, s->liff_url.at,
                           (int)s->liff_id.n, s->liff_id.at, (long long)plan_id)
            : arena_format(a, "%.*s/card/%lld", (int)s->origin.n, s->origin.at, (long long)plan_id);

    return str_of(text);
}

static struct str
date_text(struct arena *a, enum language language, int64_t at_ms, int utc_offset_min)
{
    struct buf b = buf_new(a, 256);

    page_date(&b, language, at_ms, utc_offset_min);
    return buf_str(&b);
}

/* ---------------------------------------------------------------- notices */

static enum err_code
notice_body(const struct service *s, struct db *db, struct arena *a, const struct notice *notice,
            struct str *out, struct err *e)
{
    struct buf body = buf_new(a, MESSAGE_BODY_CAP);
    struct str line_id;
    struct message message = {
        .kind = notice->is_voucher ? MESSAGE_VOUCHER : MESSAGE_GRANT,
        .language = wording_language(notice->language),
        .unit = notice->is_stamp ? MESSAGE_STAMP : MESSAGE_POINT,
        .plan_name = notice->plan_name,
        .amount = notice->amount,
        .balance = notice->balance,
        .goal = notice->goal,
        .reward_title = notice->reward_title,
        .shop_name = notice->shop_name,
        /* A voucher's last day is the one before the moment it is over. */
        .date_text = date_text(a, notice->language,
                               notice->is_voucher ? notice->expires_ms - 1 : notice->at_ms,
                               notice->utc_offset_min),
        .card_url = card_url(s, a, notice->plan_id),
    };

    if (member_line_id(db, notice->member_id, a, &line_id, e) ||
        wording_apply(db, a, &message, e) || message_push(&body, line_id, &message, 1, e))
        return err_wrap(e, "message for notice %lld", (long long)notice->id);
    *out = buf_str(&body);
    return OK;
}

static enum err_code
notice_end(struct db *db, struct service *s, struct arena *a, const struct notice *notice,
           int64_t now_ms, struct err *e)
{
    struct str body;

    if (notice->is_voucher && !notice->voucher_is_open)
        return notice_drop(db, notice->id, false, e);
    if (!notice->is_friend)
        return notice_drop(db, notice->id, true, e);
    return notice_body(s, db, a, notice, &body, e) ? e->code
                                                   : notice_owe(db, notice, body, now_ms, e);
}

/* In a savepoint of its own: one that cannot be worded must not stop those behind it. */
static enum err_code
notice_try(struct db *db, struct service *s, struct arena *a, const struct notice *notice,
           int64_t now_ms, struct err *e)
{
    DB_TX tx = {0};

    if (db_begin(db, &tx, e))
        return e->code;
    if (!notice_end(db, s, a, notice, now_ms, e))
        return db_commit(&tx, e);
    if (e->code == ERR_FULL || e->code == ERR_BUSY || db_is_broken(db))
        return e->code;
    LOG(LOG_ERROR, "notice.not_made", L_INT("notice", notice->id), L_TEXT("why", e->text));
    *e = (struct err){0};
    db_rollback(&tx);
    return notice_drop(db, notice->id, true, e);
}

enum err_code
notify_due(struct db *db, struct service *s, struct arena *a, int64_t now_ms, bool *more_out,
           struct err *e)
{
    struct notice notice[BATCH];
    size_t n;

    if (notice_due(db, now_ms, a, notice, BATCH, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (notice_try(db, s, a, &notice[i], now_ms, e))
            return e->code;
    *more_out = n == BATCH;
    return OK;
}
