#include "api/api_proof.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/service.h"
#include "base/codec.h"
#include "domain/head_file.h"
#include "domain/proof.h"

#define HEADS_SHOWN 30
#define HEADS_MAX 400
#define HEADS_BYTES (256 * KIB)
#define LINES_MAX 50
#define LINES_BYTES (256 * KIB)

/* A page of lines costs some thousand hashes. */
static const struct limit_rate lines_rate = {.burst = 150, .per_ms = 500};

static enum err_code
query_number(const struct request *req, const char *name, int64_t *out, struct err *e)
{
    struct str text;

    if (!request_query(req, name, &text) || str_int(text, out, 1, INT64_MAX))
        return OK;
    return err_field(e, ERR_INPUT, "field_type", name, "%s is a number", name);
}

/* The newest head, if there is one; else one of number 0. */
static enum err_code
newest_head(struct request *req, struct head *out, struct err *e)
{
    enum err_code code = head_load(req->db, 0, out, e);

    if (code != ERR_NOT_FOUND)
        return code;
    *out = (struct head){.number = 0};
    *e = (struct err){0};
    return OK;
}

enum err_code
api_heads(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, HEADS_BYTES);
    struct head newest;
    int64_t from = 0;

    if (query_number(req, "from", &from, e) || newest_head(req, &newest, e))
        return e->code;
    if (from == 0)
        from = newest.number > HEADS_SHOWN ? newest.number - HEADS_SHOWN + 1 : 1;
    if (heads_write(req->db, from, HEADS_MAX, &b, e))
        return e->code;
    reply->may_compress = true;
    return reply_json(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- own lines */

static void
write_number(struct buf *b, const char *name, int64_t value, bool may_be_none)
{
    buf_format(b, ",\"%s\":", name);
    if (value == 0 && may_be_none)
        buf_text(b, "null");
    else
        buf_int(b, value);
}

static void
write_proof(struct buf *b, const struct proven_line *line, int64_t size)
{
    buf_text(b, ",\"proof\":");
    if (line->transfer.seq > size) {
        buf_text(b, "null}");
        return;
    }
    for (size_t i = 0; i < line->hashes; i++) {
        char hex[HEX_SIZE(SHA256_SIZE)];

        hex_encode(line->hash[i].at, SHA256_SIZE, hex);
        buf_format(b, "%c\"%s\"", i ? ',' : '[', hex);
    }
    buf_text(b, line->hashes ? "]}" : "[]}");
}

static void
write_line(struct buf *b, const struct proven_line *line, int64_t size)
{
    const struct transfer *t = &line->transfer;
    char mac[HEX_SIZE(MAC_SIZE)];

    hex_encode(t->mac, MAC_SIZE, mac);
    buf_format(b, "{\"seq\":%" PRId64, t->seq);
    write_number(b, "card", t->card_id, false);
    write_number(b, "kind", (int64_t)t->kind, false);
    write_number(b, "amount", t->credit == t->card_id ? t->amount : -t->amount, false);
    write_number(b, "balance", t->balance_after, false);
    write_number(b, "at", t->at_ms, false);
    write_number(b, "visit", t->visit_ms, true);
    write_number(b, "plan", t->plan_id, false);
    write_number(b, "version", t->plan_version, false);
    write_number(b, "shop", t->shop_id, true);
    write_number(b, "yen", t->yen, true);
    write_number(b, "cause", t->cause_seq, true);
    write_number(b, "reverses", t->reverses_seq, true);
    write_number(b, "usable", t->usable_ms, true);
    write_number(b, "expires", t->expires_ms, true);
    buf_format(b, ",\"mac\":\"%s\",\"reason\":", mac);
    buf_json(b, str_of(t->reason));
    write_proof(b, line, size);
}

static enum err_code
may_ask(struct request *req, struct err *e)
{
    char member[24];

    snprintf(member, sizeof(member), "%" PRId64, req->actor.member_id);
    return service_limit(SERVICE(req), "lines", str_of(member), lines_rate, req->now_ms, e);
}

static void
write_key(struct buf *b, const struct db *db)
{
    uint8_t key[P256_PUBLIC_SIZE];
    char text[BASE64_SIZE(P256_PUBLIC_SIZE)];

    head_key(db, key);
    base64url_encode(key, sizeof(key), text);
    buf_format(b, "{\"key\":\"%s\",\"head\":", text);
}

enum err_code
api_own_lines(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, LINES_BYTES);
    struct proven_line *line = arena_alloc(req->arena, LINES_MAX * sizeof(*line));
    int64_t below = INT64_MAX, number = 0;
    struct head head;
    size_t n;

    if (!line)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "lines of a member");
    if (query_number(req, "below", &below, e) || query_number(req, "head", &number, e) ||
        may_ask(req, e) ||
        (number ? head_load(req->db, number, &head, e) : newest_head(req, &head, e)) ||
        proof_of_member(req->db, req->actor.member_id, head.size, below, line, LINES_MAX, &n, e))
        return e->code;
    write_key(&b, req->db);
    if (head.number)
        head_write(&b, &head);
    else
        buf_text(&b, "null");
    buf_format(&b, ",\"more\":%s,\"lines\":[", n == LINES_MAX ? "true" : "false");
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ',');
        write_line(&b, &line[i], head.size);
    }
    buf_text(&b, "]}");
    reply->may_compress = true;
    return reply_json(reply, 200, &b, e);
}
