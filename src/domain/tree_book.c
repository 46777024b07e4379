#include "domain/tree_book.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "domain/month_totals.h"
#include "domain/transfer.h"

/* ---------------------------------------------------------------- leaves */

static void
put_number(char **at, const char *end, int64_t value, bool may_be_none)
{
    int n = value == 0 && may_be_none ? snprintf(*at, (size_t)(end - *at), ",")
                                      : snprintf(*at, (size_t)(end - *at), "%" PRId64 ",", value);

    *at += n;
}

struct str
tree_line(const struct transfer *t, char out[TREE_LINE_MAX])
{
    /* Sixteen numbers of at most twenty characters, a MAC and a reason: always shorter. */
    const char *end = out + TREE_LINE_MAX;
    char *at = out + snprintf(out, TREE_LINE_MAX, "stampd line 1\n");
    char mac[HEX_SIZE(MAC_SIZE)];
    const struct {
        int64_t value;
        bool may_be_none;
    } numbers[] = {
        {t->seq, false},
        {t->card_id, false},
        {(int64_t)t->kind, false},
        {t->credit == t->card_id ? t->amount : -t->amount, false},
        {t->balance_after, false},
        {t->at_ms, false},
        {t->visit_ms, true},
        {t->plan_id, false},
        {t->plan_version, false},
        {t->shop_id, true},
        {t->yen, true},
        {t->cause_seq, true},
        {t->reverses_seq, true},
        {t->usable_ms, true},
        {t->expires_ms, true},
    };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        put_number(&at, end, numbers[i].value, numbers[i].may_be_none);
    hex_encode(t->mac, MAC_SIZE, mac);
    at += snprintf(at, (size_t)(end - at), "%s,%s", mac, t->reason);
    return (struct str){out, (size_t)(at - out)};
}

struct tree_hash
tree_line_hash(const struct transfer *t)
{
    char line[TREE_LINE_MAX];

    return tree_leaf(tree_line(t, line));
}

/* ---------------------------------------------------------------- stored nodes */

enum err_code
tree_stored(struct db *db, int64_t *size_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TREE_STORED);

    stmt_bind_int(s, ":level", TREE_CHUNK_LEVEL);
    if (stmt_one(s, "tree", e))
        return err_wrap(e, "stored tree");
    *size_out = (stmt_int(s, 0) + 1) << TREE_CHUNK_LEVEL;
    return OK;
}

static enum err_code
stored_node(struct db *db, int level, int64_t index, struct tree_hash *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TREE_NODE);
    bool row;

    stmt_bind_int(s, ":level", level);
    stmt_bind_int(s, ":place", index);
    if (stmt_step(s, &row, e))
        return err_wrap(e, "node %d/%" PRId64, level, index);
    if (!row || stmt_blob(s, 0).n != SHA256_SIZE)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "node %d/%" PRId64 " of the tree is gone",
                       level, index);
    memcpy(out->at, stmt_blob(s, 0).at, SHA256_SIZE);
    return OK;
}

enum err_code
tree_stored_front(struct db *db, int64_t size, struct tree_front *out, struct err *e)
{
    out->size = size;
    for (int level = TREE_CHUNK_LEVEL; level < TREE_LEVELS; level++)
        if ((size & (INT64_C(1) << level)) != 0 &&
            stored_node(db, level, (size >> level) - 1, &out->node[level], e))
            return e->code;
    return OK;
}

enum err_code
tree_store(void *db, int level, int64_t index, const struct tree_hash *node, struct err *e)
{
    STMT s = db_stmt(db, SQL_TREE_STORE);

    stmt_bind_int(s, ":level", level);
    stmt_bind_int(s, ":place", index);
    stmt_bind_blob(s, ":hash", node->at, SHA256_SIZE);
    return stmt_run(s, e) ? err_wrap(e, "node %d/%" PRId64, level, index) : OK;
}

/* ---------------------------------------------------------------- reading */

struct tree_reader
tree_reader(struct db *db)
{
    return (struct tree_reader){.db = db, .chunk = -1};
}

enum err_code
tree_chunk(struct tree_reader *r, int64_t chunk, struct err *e)
{
    STMT s = db_stmt(r->db, SQL_TRANSFERS_AFTER);
    bool row;

    r->chunk = -1;
    stmt_bind_int(s, ":after", chunk << TREE_CHUNK_LEVEL);
    stmt_bind_int(s, ":cap", TREE_CHUNK);
    for (r->leaves = 0; r->leaves < TREE_CHUNK; r->leaves++) {
        struct transfer t;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "leaves of chunk %" PRId64, chunk);
        if (!row)
            break;
        transfer_read(s, &t);
        r->leaf[r->leaves] = tree_line_hash(&t);
        if (r->totals != NULL && month_totals_add(r->totals, r->db, &t, e))
            return e->code;
    }
    r->chunk = chunk;
    return OK;
}

/* Over n leaves of the chunk, n a power of two. */
static struct tree_hash
node_over(const struct tree_reader *r, size_t first, size_t n)
{
    struct tree_front front = {.size = 0};
    struct err none;

    for (size_t i = 0; i < n; i++)
        (void)tree_add(&front, 0, &r->leaf[first + i], NULL, NULL, &none);
    return tree_root(&front);
}

struct tree_hash
tree_chunk_node(const struct tree_reader *reader)
{
    assert(reader->leaves == TREE_CHUNK);
    return node_over(reader, 0, TREE_CHUNK);
}

enum err_code
tree_read(void *reader, int level, int64_t index, struct tree_hash *out, struct err *e)
{
    struct tree_reader *r = reader;
    int64_t from = index << level;
    size_t first = (size_t)(from & (TREE_CHUNK - 1)), n = (size_t)1 << level;

    if (level >= TREE_CHUNK_LEVEL)
        return stored_node(r->db, level, index, out, e);
    if (r->chunk != from >> TREE_CHUNK_LEVEL && tree_chunk(r, from >> TREE_CHUNK_LEVEL, e))
        return e->code;
    if (first + n > r->leaves)
        return err_set(e, ERR_INTERNAL, "ledger_unsound", "transfer %" PRId64 " is gone",
                       from + (int64_t)n);
    *out = node_over(r, first, n);
    return OK;
}
