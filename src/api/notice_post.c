#include "api/notice_post.h"

#include "base/log.h"
#include "domain/member.h"
#include "domain/outbox.h"

enum err_code
notice_contain(struct db *db, struct db_tx *tx, const char *event, int64_t member_id, struct err *e)
{
    if (e->code == ERR_FULL || e->code == ERR_BUSY || db_is_broken(db))
        return e->code;
    LOG(LOG_ERROR, event, L_INT("member", member_id), L_TEXT("why", e->text));
    *e = (struct err){0};
    db_rollback(tx);
    return OK;
}

enum err_code
load_owe(struct db *db, const struct load *load, int64_t outbox_id, int64_t now_ms, struct err *e)
{
    for (size_t i = 0; i < load->n; i++)
        if (load->taken[i] && notice_owe(db, load->notice[i]->id, outbox_id, load->decision[i].step,
                                         load->decision[i].reason, now_ms, e))
            return e->code;
    return OK;
}

/* Take from the list those that say the same as the first, that one included. */
static size_t
take_equal(struct notice_post *post, struct load *out[NOTICE_POST_MAX])
{
    struct load **at = &post->first;
    size_t n = 0;

    while (*at) {
        struct load *load = *at;

        if (n > 0 &&
            (load->is_urgent != out[0]->is_urgent || !str_eq(load->array, out[0]->array))) {
            at = &load->next;
            continue;
        }
        *at = load->next;
        out[n++] = load;
    }
    return n;
}

static enum err_code
push_one(struct notice_post *post, const struct load *load, struct err *e)
{
    struct buf body = buf_new(post->arena, MESSAGE_BODY_CAP);
    struct str line_id;
    int64_t outbox_id;

    if (member_line_id(post->db, load->member_id, post->arena, &line_id, e) ||
        message_push(&body, line_id, load->message, load->messages, e) ||
        outbox_push(post->db, load->member_id, load->is_urgent, buf_str(&body), post->now_ms,
                    &outbox_id, e))
        return e->code;
    return load_owe(post->db, load, outbox_id, post->now_ms, e);
}

static enum err_code
push_many(struct notice_post *post, struct load *const *loads, size_t n, struct err *e)
{
    int64_t member_id[NOTICE_POST_MAX];
    int64_t outbox_id;

    for (size_t i = 0; i < n; i++)
        member_id[i] = loads[i]->member_id;
    if (outbox_multicast(post->db, member_id, n, loads[0]->is_urgent, loads[0]->array, post->now_ms,
                         &outbox_id, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (load_owe(post->db, loads[i], outbox_id, post->now_ms, e))
            return e->code;
    return OK;
}

static enum err_code
keep_all(struct notice_post *post, struct load *const *loads, size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < loads[i]->n; j++)
            if (loads[i]->taken[j] &&
                notice_end(post->db, loads[i]->notice[j], LADDER_KEEP, "not_made", post->now_ms, e))
                return e->code;
    return OK;
}

static enum err_code
push_equal(struct notice_post *post, struct err *e)
{
    struct load *load[NOTICE_POST_MAX] = {0};
    size_t n = take_equal(post, load);
    DB_TX tx = {0};

    if (db_begin(post->db, &tx, e))
        return e->code;
    if (!(n == 1 ? push_one(post, load[0], e) : push_many(post, load, n, e)))
        return db_commit(&tx, e);
    if (notice_contain(post->db, &tx, "notices.not_sent", load[0]->member_id, e))
        return e->code;
    return keep_all(post, load, n, e);
}

enum err_code
notice_post(struct notice_post *post, struct err *e)
{
    while (post->first)
        if (push_equal(post, e))
            return e->code;
    return OK;
}
