/*
 * tree.h - the Merkle tree of RFC 6962, section 2.1, without anything that stores it.
 *
 * Leaves are numbered from 0 and only added at the end. A node of level l and index i is the hash
 * over the 2^l leaves from i * 2^l on; it never changes once they are all there. Root and proofs of
 * a tree of any size follow from such nodes, which the caller finds.
 */
#ifndef DOMAIN_TREE_H
#define DOMAIN_TREE_H

#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

#define TREE_LEVELS 63
#define TREE_PROOF_MAX TREE_LEVELS /* hashes of an inclusion proof */

struct tree_hash {
    uint8_t at[SHA256_SIZE];
};

struct tree_hash tree_leaf(struct str bytes);
struct tree_hash tree_join(const struct tree_hash *left, const struct tree_hash *right);

/* A tree that grows, as far as its growing needs it: for each bit of `size` that is set, the node
 * of that level at the right edge. */
struct tree_front {
    int64_t size;
    struct tree_hash node[TREE_LEVELS];
};

/* Add a node of this level, for as many leaves; size must be a multiple of them. `closed` may be
 * NULL; else it is called for every node above it that is now whole. */
enum err_code tree_add(struct tree_front *front, int level, const struct tree_hash *node,
                       enum err_code (*closed)(void *context, int level, int64_t index,
                                               const struct tree_hash *node, struct err *e),
                       void *context, struct err *e);
/* Of the leaves so far; of none: the hash of nothing. */
struct tree_hash tree_root(const struct tree_front *front);

/* Finds a node whose leaves are all there. */
typedef enum err_code
tree_find(void *context, int level, int64_t index, struct tree_hash *out, struct err *e);

/* The proof that leaf `index` is in the tree of `size` leaves, from the leaf up (2.1.1). */
enum err_code tree_inclusion(int64_t index, int64_t size, tree_find *find, void *context,
                             struct tree_hash out[TREE_PROOF_MAX], size_t *n_out, struct err *e);
/* Of a tree of `size` leaves, at least 1. */
enum err_code
tree_root_of(int64_t size, tree_find *find, void *context, struct tree_hash *out, struct err *e);

#endif
