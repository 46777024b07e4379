#include "api/keyed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/route.h"

#define KEY_MIN 16
#define KEY_MAX 64

static bool
key_is_valid(struct str key)
{
    if (key.n < KEY_MIN || key.n > KEY_MAX)
        return false;
    for (size_t i = 0; i < key.n; i++) {
        char c = key.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_'))
            return false;
    }
    return true;
}

/* What the answer is kept under, computed once for all that follows. */
struct marks {
    uint8_t key[ANSWER_KEY_SIZE], fingerprint[ANSWER_KEY_SIZE];
};

static enum err_code
marks_make(struct request *req, struct str text, struct err *e)
{
    struct marks *marks = arena_alloc(req->arena, sizeof(*marks));
    char actor[48];

    if (!marks)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "marks of a request");
    snprintf(actor, sizeof(actor), "till:%" PRId64 " member:%" PRId64, req->actor.till_id,
             req->actor.member_id);
    answer_key(req->db, str_of(actor), text, marks->key);
    answer_fingerprint(str_of(method_name(req->method)), req->path, req->body, marks->fingerprint);
    req->prepared = marks;
    return OK;
}

enum err_code
keyed_ask(struct request *req, struct errand **errand_out, struct err *e)
{
    struct str text = request_header(req, "Idempotency-Key");

    (void)errand_out;
    if (!text.n)
        return err_field(e, ERR_INPUT, "idempotency_key_missing", "Idempotency-Key",
                         "no Idempotency-Key");
    if (!key_is_valid(text))
        return err_field(e, ERR_INPUT, "idempotency_key_invalid", "Idempotency-Key",
                         "16 to 64 of A-Z a-z 0-9 - _ are wanted");
    return marks_make(req, text, e);
}

void
keyed_key(const struct request *req, uint8_t out[ANSWER_KEY_SIZE])
{
    const struct marks *marks = req->prepared;

    memcpy(out, marks->key, ANSWER_KEY_SIZE);
}

enum err_code
keyed_begin(struct request *req, struct reply *reply, bool *replayed_out, struct err *e)
{
    const struct marks *marks = req->prepared;
    struct answer answer;
    struct buf body;

    *replayed_out = false;
    if (answer_find(req->db, marks->key, marks->fingerprint, req->arena, &answer, e))
        return e->code;
    if (!answer.is_found)
        return OK;
    *replayed_out = true;
    body = buf_new(req->arena, answer.body.n + 1);
    buf_str_raw(&body, answer.body);
    reply_header(reply, "Idempotent-Replayed", "true");
    return reply_json(reply, answer.status, &body, e);
}

enum err_code
keyed_end(struct request *req, const struct reply *reply, struct err *e)
{
    const struct marks *marks = req->prepared;

    return answer_store(req->db, marks->key, marks->fingerprint, reply->status, reply->body,
                        req->now_ms, e);
}
