#include "domain/tree.h"

#include <assert.h>
#include <string.h>

/* A leaf can never pass for a node, nor a node for a leaf: each is hashed behind a byte of its own
 * (2.1). */
#define LEAF_MARK 0x00
#define NODE_MARK 0x01
#define LEAF_MAX 1024

struct tree_hash
tree_leaf(struct str bytes)
{
    uint8_t text[1 + LEAF_MAX] = {LEAF_MARK};
    struct tree_hash out;

    assert(bytes.n <= LEAF_MAX);
    if (bytes.n > 0)
        memcpy(text + 1, bytes.at, bytes.n);
    sha256(text, 1 + bytes.n, out.at);
    return out;
}

struct tree_hash
tree_join(const struct tree_hash *left, const struct tree_hash *right)
{
    uint8_t text[1 + 2 * SHA256_SIZE] = {NODE_MARK};
    struct tree_hash out;

    memcpy(text + 1, left->at, SHA256_SIZE);
    memcpy(text + 1 + SHA256_SIZE, right->at, SHA256_SIZE);
    sha256(text, sizeof(text), out.at);
    return out;
}

enum err_code
tree_add(struct tree_front *front, int level, const struct tree_hash *node,
         enum err_code (*closed)(void *context, int level, int64_t index,
                                 const struct tree_hash *node, struct err *e),
         void *context, struct err *e)
{
    struct tree_hash whole = *node;

    assert((front->size & ((INT64_C(1) << level) - 1)) == 0);
    front->size += INT64_C(1) << level;
    for (;; level++) {
        if ((front->size & (INT64_C(1) << level)) != 0)
            break;
        whole = tree_join(&front->node[level], &whole);
        if (closed != NULL &&
            closed(context, level + 1, (front->size >> (level + 1)) - 1, &whole, e))
            return e->code;
    }
    front->node[level] = whole;
    return OK;
}

struct tree_hash
tree_root(const struct tree_front *front)
{
    struct tree_hash root = {{0}};
    bool has_one = false;

    for (int level = 0; level < TREE_LEVELS; level++) {
        if ((front->size & (INT64_C(1) << level)) == 0)
            continue;
        root = has_one ? tree_join(&front->node[level], &root) : front->node[level];
        has_one = true;
    }
    if (!has_one)
        sha256("", 0, root.at);
    return root;
}

enum err_code
tree_root_of(int64_t size, tree_find *find, void *context, struct tree_hash *out, struct err *e)
{
    struct tree_front front = {.size = 0};

    assert(size > 0);
    for (int level = TREE_LEVELS - 1; level >= 0; level--) {
        struct tree_hash node;

        if ((size & (INT64_C(1) << level)) == 0)
            continue;
        if (find(context, level, front.size >> level, &node, e) ||
            tree_add(&front, level, &node, NULL, NULL, e))
            return e->code;
    }
    *out = tree_root(&front);
    return OK;
}

/* The hash over the last leaves of a tree, from `from` on, where `from` is a multiple of a power of
 * two that is no smaller than what follows: the right side of a node at the edge. */
static enum err_code
right_edge(int64_t from, int64_t size, tree_find *find, void *context, struct tree_hash *out,
           struct err *e)
{
    struct tree_front front = {.size = 0};
    int64_t n = size - from;

    for (int level = TREE_LEVELS - 1; level >= 0; level--) {
        struct tree_hash node;

        if ((n & (INT64_C(1) << level)) == 0)
            continue;
        if (find(context, level, (from + front.size) >> level, &node, e) ||
            tree_add(&front, level, &node, NULL, NULL, e))
            return e->code;
    }
    *out = tree_root(&front);
    return OK;
}

enum err_code
tree_inclusion(int64_t index, int64_t size, tree_find *find, void *context,
               struct tree_hash out[TREE_PROOF_MAX], size_t *n_out, struct err *e)
{
    size_t n = 0;

    assert(index >= 0 && index < size);
    /* Up from the leaf: at each level the neighbour, whole or cut off by the end of the tree, or
     * none where the path itself is that end. */
    for (int level = 0; level < TREE_LEVELS && (INT64_C(1) << level) < size; level++) {
        int64_t node = index >> level, beside = node ^ 1;
        int64_t from = beside << level, until = (beside + 1) << level;

        if (from >= size)
            continue;
        if (until <= size ? find(context, level, beside, &out[n], e)
                          : right_edge(from, size, find, context, &out[n], e))
            return e->code;
        n++;
    }
    *n_out = n;
    return OK;
}
