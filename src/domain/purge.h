/*
 * purge.h - members who have not been here for years are forgotten (erasure.h).
 *
 * Active is who visited, whose card LINE opened, who came back as a friend. Who has blocked our
 * account is forgotten after unfollowed_days without any of that; who merely stays away after
 * dormant_days, and, if a message can reach them, not before they were told PURGE_WARNING_MS ago.
 * People who serve are let be.
 */
#ifndef DOMAIN_PURGE_H
#define DOMAIN_PURGE_H

#include "base/clock.h"
#include "base/err.h"
#include "domain/erasure.h"
#include "domain/member.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PURGE_WARNING_MS (30 * DAY_MS)

struct purge_rules {
    int64_t unfollowed_days, dormant_days; /* 0: never */
};

struct purge_facts {
    int64_t active_ms; /* when they were last seen at a till or by LINE */
    int64_t friend_ms; /* when they became a friend, or blocked us */
    int64_t warned_ms; /* 0: never */
    bool is_friend;
    bool is_on_line; /* there is a LINE account to write to */
    bool is_staff;
};

enum purge_act { PURGE_NOTHING, PURGE_WARN, PURGE_ERASE };

struct purge_verdict {
    enum purge_act act;
    enum erasure_why why; /* PURGE_ERASE */
    int64_t ends_ms;      /* PURGE_WARN: not erased before */
};

struct purge_verdict
purge_decide(const struct purge_rules *rules, const struct purge_facts *facts, int64_t now_ms);

struct purge_due {
    int64_t member_id;
    enum language language;
    struct purge_verdict verdict;
};

/*
 * Of the next `scan` members behind *after_id those whom something is due for; *after_id moves on,
 * and becomes 0 at the end of the book.
 */
enum err_code
purge_find(struct db *db, const struct purge_rules *rules, int64_t now_ms, size_t scan,
           int64_t *after_id, struct purge_due *out, size_t *n_out, struct err *e);

/* They were told; the notice itself is the caller's. */
enum err_code purge_warned(struct db *db, int64_t member_id, int64_t now_ms, struct err *e);

#endif
