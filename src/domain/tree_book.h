/*
 * tree_book.h - the Merkle tree over the ledger: one leaf a transfer, in the order of seq.
 *
 * A leaf is a line as its member may see it, so that a phone can hash it too, and with it the MAC
 * that only the book and whoever was given the line know: of a neighbour's leaf nobody guesses the
 * line. Whose hands it went through (staff, till) is not in it.
 *
 * Of the nodes only those over TREE_CHUNK leaves or more are stored; what is below them is hashed
 * again when it is asked for. The grant path knows nothing of the tree: it grows afterwards, in
 * bounded steps.
 */
#ifndef DOMAIN_TREE_BOOK_H
#define DOMAIN_TREE_BOOK_H

#include "base/err.h"
#include "domain/ledger.h"
#include "domain/tree.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define TREE_CHUNK_LEVEL 6
#define TREE_CHUNK (1 << TREE_CHUNK_LEVEL)
#define TREE_LINE_MAX 512

/* A line, as the text that is hashed:
 *
 * stampd line 1
 * SEQ,CARD,KIND,AMOUNT,BALANCE,AT,VISIT,PLAN,VERSION,SHOP,YEN,CAUSE,REVERSES,USABLE,EXPIRES,MAC,REASON
 *
 * Numbers are decimal, and nothing where the book has none; AMOUNT is negative where units leave
 * the card; MAC is hex. In `out`, with a NUL. */
struct str tree_line(const struct transfer *t, char out[TREE_LINE_MAX]);
struct tree_hash tree_line_hash(const struct transfer *t);

/* Transfers whose leaves are below stored nodes. */
enum err_code tree_stored(struct db *db, int64_t *size_out, struct err *e);
/* The front of the tree at that size, as tree_add goes on from it. */
enum err_code tree_stored_front(struct db *db, int64_t size, struct tree_front *out, struct err *e);
/* Keep a node of TREE_CHUNK_LEVEL or above; as the `closed` of tree_add, with the db as context. */
enum err_code
tree_store(void *db, int level, int64_t index, const struct tree_hash *node, struct err *e);

/* Finds nodes by what is stored and by hashing transfers: a tree_find. Keeps the chunk it hashed
 * last, so that lines that lie together cost one. */
struct month_totals;
struct tree_reader {
    struct db *db;
    struct month_totals *totals; /* count what is read in these, too; may be NULL */
    int64_t chunk;               /* whose leaves are below; -1: none */
    size_t leaves;
    struct tree_hash leaf[TREE_CHUNK];
};
struct tree_reader tree_reader(struct db *db);
/* Hash this chunk's transfers, as many as there are; and, of a whole one, the node above them. */
enum err_code tree_chunk(struct tree_reader *reader, int64_t chunk, struct err *e);
struct tree_hash tree_chunk_node(const struct tree_reader *reader);
/* ERR_INTERNAL "ledger_unsound": a node or a transfer is not there */
enum err_code
tree_read(void *reader, int level, int64_t index, struct tree_hash *out, struct err *e);

#endif
