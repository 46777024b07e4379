/* The Merkle tree of RFC 6962: published roots, and every proof of every small tree. */
#include "domain/tree.h"

#include <string.h>

#include "base/codec.h"
#include "tests/support/check.h"

#define SIZE_MAX_TRIED 130

static struct tree_hash leaves[SIZE_MAX_TRIED];

/* As the RFC says it, word for word: MTH(D[n]) of section 2.1. */
static struct tree_hash
root_by_the_book(const struct tree_hash *leaf, int64_t n)
{
    struct tree_hash left, right;
    int64_t k = 1;

    if (n == 1)
        return leaf[0];
    while (2 * k < n)
        k *= 2;
    left = root_by_the_book(leaf, k);
    right = root_by_the_book(leaf + k, n - k);
    return tree_join(&left, &right);
}

static enum err_code
find(void *context, int level, int64_t index, struct tree_hash *out, struct err *e)
{
    int64_t size = *(const int64_t *)context;

    (void)e;
    CHECK_THAT((index + 1) << level <= size); /* only what is whole is asked for */
    *out = root_by_the_book(leaves + (index << level), INT64_C(1) << level);
    return OK;
}

/* The check of RFC 9162, 2.1.3.2: what web/card/proof.ts does, too. */
static bool
is_in(int64_t index, int64_t size, struct tree_hash leaf, const struct tree_hash *proof, size_t n,
      const struct tree_hash *root)
{
    int64_t at = index, last = size - 1;

    for (size_t i = 0; i < n; i++) {
        if (last == 0)
            return false;
        if ((at & 1) || at == last) {
            leaf = tree_join(&proof[i], &leaf);
            while (!(at & 1) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            leaf = tree_join(&leaf, &proof[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && memcmp(leaf.at, root->at, SHA256_SIZE) == 0;
}

static void
make_leaves(void)
{
    for (size_t i = 0; i < COUNT(leaves); i++) {
        char text[2] = {(char)i, (char)(i >> 8)};

        leaves[i] = tree_leaf((struct str){text, 2});
    }
}

/* The eight leaves and roots that implementations of Certificate Transparency test with. */
static void
roots_are_those_of_certificate_transparency(void **state)
{
    static const struct {
        const char *leaf, *root;
    } row[] = {
        {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {"606162636465666768696a6b6c6d6e6f",
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    struct tree_front front = {.size = 0};
    struct tree_hash root = tree_root(&front);
    struct err e;

    (void)state;
    CHECK_HEX(root.at, SHA256_SIZE,
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < COUNT(row); i++) {
        uint8_t bytes[16];
        size_t n;
        struct tree_hash leaf;

        CHECK_ROW(i);
        CHECK_THAT(hex_decode(str_of(row[i].leaf), bytes, sizeof(bytes), &n));
        leaf = tree_leaf((struct str){(const char *)bytes, n});
        CHECK_OK(tree_add(&front, 0, &leaf, NULL, NULL, &e), e);
        root = tree_root(&front);
        CHECK_HEX(root.at, SHA256_SIZE, row[i].root);
    }
}

static void
a_root_is_the_same_however_it_is_found(void **state)
{
    struct tree_front front = {.size = 0};
    struct err e;

    (void)state;
    make_leaves();
    for (int64_t size = 1; size <= SIZE_MAX_TRIED; size++) {
        struct tree_hash want = root_by_the_book(leaves, size), grown, found;

        CHECK_ROW(size);
        CHECK_OK(tree_add(&front, 0, &leaves[size - 1], NULL, NULL, &e), e);
        grown = tree_root(&front);
        CHECK_OK(tree_root_of(size, find, &size, &found, &e), e);
        CHECK_THAT(memcmp(grown.at, want.at, SHA256_SIZE) == 0);
        CHECK_THAT(memcmp(found.at, want.at, SHA256_SIZE) == 0);
    }
}

static void
every_leaf_of_every_tree_is_proven_and_nothing_else_is(void **state)
{
    (void)state;
    make_leaves();
    for (int64_t size = 1; size <= SIZE_MAX_TRIED; size++) {
        struct tree_hash root = root_by_the_book(leaves, size);

        CHECK_ROW(size);
        for (int64_t index = 0; index < size; index++) {
            struct tree_hash proof[TREE_PROOF_MAX];
            size_t n;
            struct err e;

            CHECK_OK(tree_inclusion(index, size, find, &size, proof, &n, &e), e);
            CHECK_THAT(is_in(index, size, leaves[index], proof, n, &root));
            CHECK_THAT(!is_in(index, size, leaves[(index + 1) % SIZE_MAX_TRIED], proof, n, &root));
            CHECK_THAT(size == 1 ||
                       !is_in((index + 1) % size, size, leaves[index], proof, n, &root));
            if (n > 0) {
                CHECK_THAT(!is_in(index, size, leaves[index], proof, n - 1, &root));
                proof[n - 1].at[0] ^= 1;
                CHECK_THAT(!is_in(index, size, leaves[index], proof, n, &root));
            }
        }
    }
}

static int64_t closed_n;

static enum err_code
note_closed(void *context, int level, int64_t index, const struct tree_hash *node, struct err *e)
{
    struct tree_hash want = root_by_the_book(leaves + (index << level), INT64_C(1) << level);

    (void)context;
    (void)e;
    CHECK_THAT(memcmp(node->at, want.at, SHA256_SIZE) == 0);
    closed_n++;
    return OK;
}

static void
every_node_is_told_of_once_when_it_is_whole(void **state)
{
    struct tree_front front = {.size = 0};
    struct err e;

    (void)state;
    make_leaves();
    closed_n = 0;
    for (size_t i = 0; i < 128; i++)
        CHECK_OK(tree_add(&front, 0, &leaves[i], note_closed, NULL, &e), e);
    CHECK_INT(closed_n, 127);
}

/* A node's two halves, given as a leaf, are not that node: RFC 6962, 2.1, on second preimages. */
static void
a_leaf_never_passes_for_a_node(void **state)
{
    uint8_t both[2 * SHA256_SIZE];
    struct tree_hash node, leaf;

    (void)state;
    make_leaves();
    memcpy(both, leaves[0].at, SHA256_SIZE);
    memcpy(both + SHA256_SIZE, leaves[1].at, SHA256_SIZE);
    node = tree_join(&leaves[0], &leaves[1]);
    leaf = tree_leaf((struct str){(const char *)both, sizeof(both)});
    CHECK_THAT(memcmp(node.at, leaf.at, SHA256_SIZE) != 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(roots_are_those_of_certificate_transparency),
        TEST(a_root_is_the_same_however_it_is_found),
        TEST(every_leaf_of_every_tree_is_proven_and_nothing_else_is),
        TEST(every_node_is_told_of_once_when_it_is_whole),
        TEST(a_leaf_never_passes_for_a_node),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
