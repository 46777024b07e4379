/*
 * plan_diff.h - what two versions of a plan say differently: rule by rule, as the document of a
 * plan (plan_json.h) has them.
 *
 * A rule is named by its path in the document, "goal" or "rewards.1.title"; places in arrays count
 * from 0. A rule that one of them does not have is told as such, never as 0 or "".
 */
#ifndef DOMAIN_PLAN_DIFF_H
#define DOMAIN_PLAN_DIFF_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <jansson.h>
#include <stddef.h>

#define PLAN_PATH_SIZE 96

struct plan_change {
    char path[PLAN_PATH_SIZE];
    struct str was, is; /* as JSON; n 0: not there */
};

/* In the order of the old document, what only the new one has behind it. In arena. */
enum err_code plan_diff(struct arena *a, const json_t *was, const json_t *is,
                        struct plan_change **out, size_t *n_out, struct err *e);

#endif
