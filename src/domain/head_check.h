/*
 * head_check.h - proves the tree, the heads and what others kept of the book, for check.c.
 *
 * The transfers are walked once, in their order, by whoever proves their MACs as well: this grows
 * the tree beside it and holds it against every stored node and every head on the way.
 */
#ifndef DOMAIN_HEAD_CHECK_H
#define DOMAIN_HEAD_CHECK_H

#include "base/err.h"
#include "domain/head.h"
#include "domain/ledger.h"
#include "domain/month_totals.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define HEAD_DETAIL_SIZE 256

struct head_walk {
    struct db *db;
    struct tree_front front;
    int64_t stored;             /* transfers below stored nodes */
    int64_t nodes;              /* that were looked at */
    struct month_totals totals; /* of those transfers */
    bool has_next;
    struct head next; /* to be reached */
    struct tree_hash before;
    int64_t before_at_ms;
    char months[HEAD_DETAIL_SIZE]; /* as detail, of the stored totals of months */
    char detail[HEAD_DETAIL_SIZE]; /* the first thing that is wrong; "" as long as nothing is */
};

enum err_code head_walk_begin(struct head_walk *walk, struct db *db, struct err *e);
enum err_code head_walk_add(struct head_walk *walk, const struct transfer *t, struct err *e);
enum err_code head_walk_end(struct head_walk *walk, struct err *e);
void head_walk_clear(struct head_walk *walk); /* after any of them */

/* Hold heads that were kept away from this machine (head_file.h) against the book, whose own nodes
 * are taken to be proven. `detail` is "" when all of them are the book's. ERR_INPUT
 * "heads_malformed" */
enum err_code
heads_compare(struct db *db, struct str file, char detail[HEAD_DETAIL_SIZE], struct err *e);

#endif
