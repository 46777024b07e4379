/*
 * outbox_rules.h - whether a message that is due is still sent, as a pure function of facts and
 * time.
 */
#ifndef DOMAIN_OUTBOX_RULES_H
#define DOMAIN_OUTBOX_RULES_H

#include "base/str.h"
#include "domain/outbox.h"

#include <stdbool.h>
#include <stdint.h>

struct outbox_facts {
    enum outbox_kind kind;
    int64_t created_ms;
    int64_t first_ms; /* the first try; 0: none yet */
    bool is_friend;   /* whoever it goes to has not blocked us, or it is for nobody alone */
};

/* The state that it ends in instead; empty: it is sent. */
struct str outbox_lost(const struct outbox_facts *facts, int64_t now_ms);

#endif
