#include <inttypes.h>

#include "app/commands.h"
#include "base/clock.h"
#include "base/codec.h"
#include "domain/head.h"
#include "domain/head_file.h"

#define LEAVES_MAX 32768 /* some tenths of a second, for which tills wait */

static void
show_hash(struct buf *out, const char *name, const struct tree_hash *hash)
{
    char hex[HEX_SIZE(SHA256_SIZE)];

    hex_encode(hash->at, SHA256_SIZE, hex);
    buf_format(out, "%-10s %s\n", name, hex);
}

static enum err_code
show(struct call *call, int64_t number, struct err *e)
{
    char at[CLOCK_TEXT_SIZE], signature[BASE64_SIZE(P256_SIGNATURE_SIZE)];
    struct tree_hash hash;
    struct head head;

    if (head_load(call->db, number, &head, e))
        return e->code;
    clock_text(head.at_ms, at);
    hash = head_hash(&head);
    base64url_encode(head.signature, sizeof(head.signature), signature);
    buf_format(call->out,
               "head       %" PRId64 "\nat         %s\ntransfers  %" PRId64 "\naudit log  %" PRId64
               " lines\n",
               head.number, at, head.size, head.audit_seq);
    show_hash(call->out, "root", &head.root);
    show_hash(call->out, "hash", &hash);
    buf_format(call->out, "%-10s %s\n", "signature", signature);
    return OK;
}

/* ---------------------------------------------------------------- rows of the table */

const struct option_row head_show_options[] = {
    {"number", "N", "", "another than the newest"},
    {0},
};

enum err_code
command_head_show(struct call *call, struct err *e)
{
    int64_t number = 0;

    if (call->value[0].n > 0 && command_number(call, &number, e))
        return e->code;
    if (show(call, number, e) == ERR_NOT_FOUND) {
        *e = (struct err){0};
        return err_set(
            e, ERR_NOT_FOUND, "head_unknown",
            "there is no such head; the first is signed when a day with transfers is over");
    }
    return e->code;
}

enum err_code
command_head_make(struct call *call, struct err *e)
{
    bool made;
    int64_t left;

    if (head_grow(call->db, LEAVES_MAX, call->now_ms, &made, &left, e))
        return e->code;
    if (made)
        return show(call, 0, e);
    if (left == 0)
        return err_set(e, ERR_CONFLICT, "head_empty", "there are no transfers yet");
    buf_format(call->out, "%" PRId64 " transfers are still to be hashed: run it again\n", left);
    call->failed = true;
    return OK;
}

const struct option_row head_export_options[] = {
    {"from", "N", "1", "from this head on"},
    {0},
};

enum err_code
command_head_export(struct call *call, struct err *e)
{
    int64_t from;

    return command_number(call, &from, e) || heads_write(call->db, from, INT64_MAX, call->out, e)
               ? e->code
               : OK;
}
