/*
 * check_inside.h - what the files of `stampd check` share. Only check*.c include
 * it.
 */
#ifndef DOMAIN_CHECK_INSIDE_H
#define DOMAIN_CHECK_INSIDE_H

#include "domain/check.h"

#define DETAIL_SIZE 256

struct run {
    struct db *db;
    const struct check_options *options;
    void (*report)(void *context, const struct check_line *line);
    void *context;
    bool sound;
};

/* `detail` empty: it holds. */
void check_tell(struct run *run, const char *name, const char *claim, const char *detail);
void check_begin(struct run *run, const char *name, int64_t done, int64_t of);

/* check_walk.c: what needs each transfer in the order of their numbers - time, chain and MACs. */
enum err_code check_transfers(struct run *run, struct err *e);

/* check_draws.c: what lotteries drew. */
enum err_code check_draws(struct run *run, struct err *e);

/* check_refunds.c: what a sale has left after its refunds. */
enum err_code check_refunds(struct run *run, struct err *e);

#endif
