#include "domain/head_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "domain/chain.h"
#include "domain/head_file.h"
#include "domain/tree_book.h"

static void
note(char detail[HEAD_DETAIL_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The first complaint stays. */
static void
note(char detail[HEAD_DETAIL_SIZE], const char *format, ...)
{
    va_list args;

    if (detail[0] != '\0')
        return;
    va_start(args, format);
    vsnprintf(detail, HEAD_DETAIL_SIZE, format, args);
    va_end(args);
}

/* Whether a chain has a row `seq` whose MAC has this digest; row 0 is before the first, of zeros.
 */
static enum err_code
has_link(struct db *db, enum sql_id sql, int64_t seq, const struct tree_hash *digest, bool *has_out,
         struct err *e)
{
    STMT s = db_stmt(db, sql);
    static const uint8_t nothing[MAC_SIZE];
    struct tree_hash own;
    bool row;

    stmt_bind_int(s, ":seq", seq);
    if (stmt_step(s, &row, e))
        return e->code;
    if (row)
        sha256(stmt_blob(s, 0).at, stmt_blob(s, 0).n, own.at);
    else
        sha256(nothing, sizeof(nothing), own.at);
    *has_out = (row || seq == 0) && digest_equal(own.at, digest->at, SHA256_SIZE);
    return OK;
}

static bool
is_signed(struct db *db, const struct head *head)
{
    uint8_t key[P256_PUBLIC_SIZE];
    char text[HEAD_TEXT_MAX];

    head_key(db, key);
    return p256_verify(key, head_text(head, text), head->signature);
}

static bool
same(const struct tree_hash *a, const struct tree_hash *b)
{
    return digest_equal(a->at, b->at, SHA256_SIZE);
}

/* ---------------------------------------------------------------- the walk */

/* The head after `number`, if there is one. */
static enum err_code
next_head(struct head_walk *w, int64_t number, struct err *e)
{
    size_t n;

    if (head_list(w->db, number, &w->next, 1, &n, e))
        return e->code;
    w->has_next = n == 1;
    return OK;
}

enum err_code
head_walk_begin(struct head_walk *w, struct db *db, struct err *e)
{
    *w = (struct head_walk){.db = db};
    return tree_stored(db, &w->stored, e) ? e->code : next_head(w, 1, e);
}

/* What the tree that grows here has, and what stands in the book for it. */
static enum err_code
hold_node(void *walk, int level, int64_t index, const struct tree_hash *node, struct err *e)
{
    struct head_walk *w = walk;
    STMT s = db_stmt(w->db, SQL_TREE_NODE);
    bool row;

    if (level < TREE_CHUNK_LEVEL || ((index + 1) << level) > w->stored)
        return OK;
    stmt_bind_int(s, ":level", level);
    stmt_bind_int(s, ":place", index);
    if (stmt_step(s, &row, e))
        return e->code;
    w->nodes += row;
    if (!row || stmt_blob(s, 0).n != SHA256_SIZE ||
        !digest_equal(stmt_blob(s, 0).at, node->at, SHA256_SIZE))
        note(w->detail, "node %d/%" PRId64 " of the tree", level, index);
    return OK;
}

static enum err_code
hold_head(struct head_walk *w, struct err *e)
{
    const struct head *h = &w->next;
    struct tree_hash root = tree_root(&w->front);
    bool has_last, has_audit;

    if (has_link(w->db, SQL_TRANSFER_MAC, h->size, &h->last, &has_last, e) ||
        has_link(w->db, SQL_AUDIT_MAC, h->audit_seq, &h->audit, &has_audit, e))
        return e->code;
    if (!is_signed(w->db, h))
        note(w->detail, "head %" PRId64 ": the signature", h->number);
    if (!same(&root, &h->root) || !has_last)
        note(w->detail, "head %" PRId64 ": the book had other transfers", h->number);
    if (!has_audit)
        note(w->detail, "head %" PRId64 ": the audit log was another", h->number);
    if (!same(&w->before, &h->before) || h->at_ms < w->before_at_ms)
        note(w->detail, "head %" PRId64 ": does not follow the one before", h->number);
    w->before = head_hash(h);
    w->before_at_ms = h->at_ms;
    return next_head(w, h->number + 1, e);
}

enum err_code
head_walk_add(struct head_walk *w, const struct transfer *t, struct err *e)
{
    struct tree_hash leaf = tree_line_hash(t);

    if (tree_add(&w->front, 0, &leaf, hold_node, w, e))
        return e->code;
    if (w->front.size <= w->stored && month_totals_add(&w->totals, w->db, t, e)) {
        if (e->code != ERR_NOT_FOUND)
            return e->code;
        note(w->months, "transfer %" PRId64 ": no such rules", t->seq);
        *e = (struct err){0};
    }
    while (w->has_next && w->next.size == w->front.size)
        if (hold_head(w, e))
            return e->code;
    return OK;
}

static bool
is_among(const struct month_totals *totals, const struct month_total *one)
{
    for (size_t i = 0; i < totals->n; i++)
        if (memcmp(&totals->at[i], one, sizeof(*one)) == 0)
            return true;
    return false;
}

/* The stored totals are those of the transfers that were walked. */
static enum err_code
hold_months(struct head_walk *w, struct err *e)
{
    struct month_totals stored = {0};
    enum err_code code = month_totals_stored(&stored, w->db, e);

    if (code == OK && stored.n != w->totals.n)
        note(w->months, "%zu totals instead of %zu", stored.n, w->totals.n);
    for (size_t i = 0; i < stored.n && code == OK; i++)
        if (!is_among(&w->totals, &stored.at[i]))
            note(w->months, "plan %" PRId64 ", month %" PRId64 ", kind %" PRId64,
                 stored.at[i].plan_id, stored.at[i].month, stored.at[i].kind);
    month_totals_clear(&stored);
    return code;
}

void
head_walk_clear(struct head_walk *w)
{
    month_totals_clear(&w->totals);
}

enum err_code
head_walk_end(struct head_walk *w, struct err *e)
{
    STMT s = db_stmt(w->db, SQL_TREE_COUNT);

    if (w->has_next)
        note(w->detail, "head %" PRId64 ": transfers are gone since, or heads out of order",
             w->next.number);
    if (stmt_one(s, "tree", e))
        return e->code;
    if (stmt_int(s, 0) != w->nodes)
        note(w->detail, "the tree has nodes of what is not there");
    return hold_months(w, e);
}

/* ---------------------------------------------------------------- what others kept */

struct comparison {
    struct db *db;
    struct tree_reader reader;
    struct chain_head transfers;
    char *detail;
};

static enum err_code
compare_head(void *context, const struct head *head, struct err *e)
{
    struct comparison *c = context;
    struct tree_hash root;
    struct head own;
    size_t n;
    bool has_audit;

    if (c->detail[0] != '\0')
        return OK;
    if (!is_signed(c->db, head)) {
        note(c->detail, "head %" PRId64 ": not signed by this book", head->number);
        return OK;
    }
    if (head->size > c->transfers.seq) {
        note(c->detail, "head %" PRId64 " had %" PRId64 " transfers, and there are %" PRId64,
             head->number, head->size, c->transfers.seq);
        return OK;
    }
    if (tree_root_of(head->size, tree_read, &c->reader, &root, e)) {
        if (strcmp(e->word, "ledger_unsound") != 0)
            return e->code;
        note(c->detail, "head %" PRId64 ": %s", head->number, e->text);
        *e = (struct err){0};
        return OK;
    }
    if (has_link(c->db, SQL_AUDIT_MAC, head->audit_seq, &head->audit, &has_audit, e) ||
        head_list(c->db, head->number, &own, 1, &n, e))
        return e->code;
    if (!same(&root, &head->root))
        note(c->detail, "head %" PRId64 ": one of the first %" PRId64 " transfers was another",
             head->number, head->size);
    if (!has_audit)
        note(c->detail, "head %" PRId64 ": the audit log was another", head->number);
    if (n == 0 || own.number != head->number)
        note(c->detail, "head %" PRId64 " is gone", head->number);
    else if (!digest_equal(head_hash(head).at, head_hash(&own).at, SHA256_SIZE))
        note(c->detail, "head %" PRId64 " is another", head->number);
    return OK;
}

enum err_code
heads_compare(struct db *db, struct str file, char detail[HEAD_DETAIL_SIZE], struct err *e)
{
    struct comparison c = {.db = db, .reader = tree_reader(db), .detail = detail};
    uint8_t key[P256_PUBLIC_SIZE], own[P256_PUBLIC_SIZE];

    detail[0] = '\0';
    if (chain_head(db, CHAIN_TRANSFER, &c.transfers, e)) {
        if (e->code != ERR_NOT_FOUND)
            return e->code;
        *e = (struct err){0}; /* a book without one is a finding, and no failure */
        c.transfers = (struct chain_head){.seq = 0};
    }
    if (heads_read(file, key, compare_head, &c, e))
        return e->code;
    head_key(db, own);
    if (memcmp(key, own, sizeof(key)) != 0)
        note(detail, "the file is of a book with another key");
    return OK;
}
