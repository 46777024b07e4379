#include "api/refuse.h"

#include "domain/shop.h"

static void
fact(struct buf *b, const char *name, int64_t value)
{
    if (value)
        buf_format(b, ",\"%s\":%lld", name, (long long)value);
}

enum err_code
reply_refusal(struct request *req, struct reply *reply, const struct refusal *refusal,
              struct err *e)
{
    struct buf body = buf_new(req->arena, 2 * KIB);
    struct till till;
    struct err none = {0};
    int status = refusal->kind == REFUSAL_CODE_UNKNOWN      ? 404
                 : refusal->kind == REFUSAL_CODE_UNREADABLE ? 400
                                                            : 409;

    buf_format(&body, "{\"error\":\"%s\"", refusal_word(refusal->kind));
    fact(&body, "last", refusal->last_ms);
    fact(&body, "again", refusal->again_ms);
    fact(&body, "at", refusal->at_ms);
    fact(&body, "most", refusal->most);
    fact(&body, "step", refusal->step);
    fact(&body, "least", refusal->least);
    fact(&body, "have", refusal->have);
    fact(&body, "missing", refusal->missing);
    fact(&body, "left", refusal->left);
    if (refusal->till_id && !till_load(req->db, refusal->till_id, &till, &none)) {
        buf_text(&body, ",\"till\":");
        buf_json(&body, str_of(till.name));
        buf_text(&body, ",\"shop\":");
        buf_json(&body, str_of(till.shop_name));
    }
    buf_format(&body, ",\"request\":\"%s\"}", req->id);
    return reply_json(reply, status, &body, e);
}
