#include "domain/head.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "domain/chain.h"
#include "domain/keys.h"
#include "domain/month_totals.h"
#include "domain/tree_book.h"

#define HEX_HASH HEX_SIZE(SHA256_SIZE)

/* ---------------------------------------------------------------- one head */

static void
hex_of(const struct tree_hash *hash, char out[HEX_HASH])
{
    hex_encode(hash->at, SHA256_SIZE, out);
}

struct str
head_text(const struct head *h, char out[HEAD_TEXT_MAX])
{
    char root[HEX_HASH], last[HEX_HASH], audit[HEX_HASH], before[HEX_HASH];
    int n;

    hex_of(&h->root, root);
    hex_of(&h->last, last);
    hex_of(&h->audit, audit);
    hex_of(&h->before, before);
    n = snprintf(out, HEAD_TEXT_MAX,
                 "stampd head 1\nnumber %" PRId64 "\nat %" PRId64 "\nsize %" PRId64
                 "\nroot %s\nlast %s\naudit %" PRId64 " %s\nbefore %s\n",
                 h->number, h->at_ms, h->size, root, last, h->audit_seq, audit, before);
    assert(n > 0 && n < HEAD_TEXT_MAX);
    return (struct str){out, (size_t)n};
}

struct tree_hash
head_hash(const struct head *head)
{
    char text[HEAD_TEXT_MAX];
    struct str all = head_text(head, text);
    struct tree_hash out;

    sha256(all.at, all.n, out.at);
    return out;
}

void
head_key(const struct db *db, uint8_t out[P256_PUBLIC_SIZE])
{
    p256_public(keys_of(db)->head, out);
}

/* ---------------------------------------------------------------- rows */

static enum err_code
add(struct db *db, const struct head *head, struct err *e)
{
    STMT s = db_stmt(db, SQL_HEAD_ADD);

    stmt_bind_int(s, ":number", head->number);
    stmt_bind_int(s, ":at_ms", head->at_ms);
    stmt_bind_int(s, ":size", head->size);
    stmt_bind_blob(s, ":root", head->root.at, SHA256_SIZE);
    stmt_bind_blob(s, ":last", head->last.at, SHA256_SIZE);
    stmt_bind_int(s, ":audit_seq", head->audit_seq);
    stmt_bind_blob(s, ":audit", head->audit.at, SHA256_SIZE);
    stmt_bind_blob(s, ":before", head->before.at, SHA256_SIZE);
    stmt_bind_blob(s, ":signature", head->signature, P256_SIGNATURE_SIZE);
    return stmt_run(s, e) ? err_wrap(e, "head %" PRId64, head->number) : OK;
}

static void
read_blob(const struct stmt *s, int column, uint8_t *out, size_t size)
{
    struct str bytes = stmt_blob(s, column);

    memset(out, 0, size);
    memcpy(out, bytes.at, bytes.n < size ? bytes.n : size);
}

static void
read_row(const struct stmt *s, struct head *out)
{
    out->number = stmt_int(s, 0);
    out->at_ms = stmt_int(s, 1);
    out->size = stmt_int(s, 2);
    read_blob(s, 3, out->root.at, SHA256_SIZE);
    read_blob(s, 4, out->last.at, SHA256_SIZE);
    out->audit_seq = stmt_int(s, 5);
    read_blob(s, 6, out->audit.at, SHA256_SIZE);
    read_blob(s, 7, out->before.at, SHA256_SIZE);
    read_blob(s, 8, out->signature, P256_SIGNATURE_SIZE);
}

enum err_code
head_load(struct db *db, int64_t number, struct head *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_HEAD_LOAD);

    stmt_bind_int(s, ":number", number);
    if (stmt_one(s, "head", e))
        return err_wrap(e, "head %" PRId64, number);
    read_row(s, out);
    return OK;
}

enum err_code
head_list(struct db *db, int64_t from, struct head *out, size_t cap, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_HEADS_FROM);
    bool row;

    stmt_bind_int(s, ":from", from);
    for (*n_out = 0; *n_out < cap; (*n_out)++) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "heads");
        if (!row)
            break;
        read_row(s, &out[*n_out]);
    }
    return OK;
}

/* ---------------------------------------------------------------- growing */

/* The next chunk, which is whole, into the front and the book. */
static enum err_code
grow_chunk(struct db *db, struct tree_front *front, struct month_totals *totals, struct err *e)
{
    struct tree_reader reader = tree_reader(db);
    struct tree_hash node;
    int64_t chunk = front->size >> TREE_CHUNK_LEVEL;

    reader.totals = totals;
    if (tree_chunk(&reader, chunk, e))
        return e->code;
    if (reader.leaves < TREE_CHUNK)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "transfer %" PRId64 " is gone",
                       front->size + (int64_t)reader.leaves + 1);
    node = tree_chunk_node(&reader);
    return tree_store(db, TREE_CHUNK_LEVEL, chunk, &node, e) ||
                   tree_add(front, TREE_CHUNK_LEVEL, &node, tree_store, db, e)
               ? e->code
               : OK;
}

/* The tree and the months' totals, by at most leaves_max of `seq` transfers. */
static enum err_code
grow(struct db *db, int64_t seq, int64_t leaves_max, int64_t *left_out, struct err *e)
{
    struct month_totals totals = {0};
    struct tree_front front;
    int64_t stored;
    enum err_code code = tree_stored(db, &stored, e);

    if (code == OK)
        code = tree_stored_front(db, stored, &front, e);
    if (code != OK)
        return code;
    while (code == OK && seq - front.size >= TREE_CHUNK && front.size - stored < leaves_max)
        code = grow_chunk(db, &front, &totals, e);
    if (code == OK)
        code = month_totals_keep(&totals, db, e);
    month_totals_clear(&totals);
    *left_out = seq - front.size;
    return code;
}

static void
digest_of_mac(const uint8_t mac[MAC_SIZE], struct tree_hash *out)
{
    sha256(mac, MAC_SIZE, out->at);
}

static enum err_code
sign_head(struct db *db, const struct chain_head *transfers, int64_t now_ms, struct err *e)
{
    struct tree_reader reader = tree_reader(db);
    struct head head = {.number = 1, .size = transfers->seq};
    struct head before;
    struct chain_head audit;
    char text[HEAD_TEXT_MAX];
    enum err_code code = head_load(db, 0, &before, e);

    if (code != OK && code != ERR_NOT_FOUND)
        return code;
    if (code == OK) {
        head.number = before.number + 1;
        head.before = head_hash(&before);
    }
    *e = (struct err){0};
    if (chain_head(db, CHAIN_AUDIT, &audit, e) ||
        tree_root_of(head.size, tree_read, &reader, &head.root, e))
        return e->code;
    head.at_ms = now_ms > transfers->at_ms ? now_ms : transfers->at_ms;
    if (code == OK && head.at_ms < before.at_ms)
        head.at_ms = before.at_ms;
    digest_of_mac(transfers->mac, &head.last);
    head.audit_seq = audit.seq;
    digest_of_mac(audit.mac, &head.audit);
    p256_sign(keys_of(db)->head, head_text(&head, text), head.signature);
    return add(db, &head, e);
}

enum err_code
head_grow(struct db *db, int64_t leaves_max, int64_t now_ms, bool *made_out, int64_t *left_out,
          struct err *e)
{
    struct chain_head transfers;

    *made_out = false;
    *left_out = 0;
    if (chain_head(db, CHAIN_TRANSFER, &transfers, e) ||
        grow(db, transfers.seq, leaves_max, left_out, e))
        return err_wrap(e, "head");
    if (*left_out >= TREE_CHUNK || transfers.seq == 0)
        return OK;
    if (sign_head(db, &transfers, now_ms, e))
        return err_wrap(e, "head");
    *left_out = 0;
    *made_out = true;
    return OK;
}

enum err_code
head_daily(struct db *db, int64_t leaves_max, int64_t now_ms, bool *made_out, bool *more_out,
           struct err *e)
{
    const int64_t today_ms = now_ms - now_ms % DAY_MS;
    STMT s = db_stmt(db, SQL_HEAD_DUE);
    int64_t left;

    *made_out = *more_out = false;
    stmt_bind_int(s, ":today_ms", today_ms);
    if (stmt_one(s, "head", e))
        return err_wrap(e, "daily head");
    if (stmt_int(s, 0) == 0)
        return OK;
    if (head_grow(db, leaves_max, now_ms, made_out, &left, e))
        return e->code;
    *more_out = !*made_out;
    return OK;
}
