/*
 * notice_post.h - messages made of notices, on their way into the outbox.
 *
 * What several members are told in the very same words goes out as one multicast.
 */
#ifndef API_NOTICE_POST_H
#define API_NOTICE_POST_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/ladder.h"
#include "domain/notice.h"
#include "line/message.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTICES_OF_MEMBER_MAX 32 /* looked at together; others wait their turn */
#define NOTICE_POST_MAX 32       /* members in one post */

/* What one member is told by one message. */
struct load {
    int64_t member_id;
    bool is_urgent;
    const struct notice *notice[NOTICES_OF_MEMBER_MAX];
    struct ladder_decision decision[NOTICES_OF_MEMBER_MAX];
    bool taken[NOTICES_OF_MEMBER_MAX];
    size_t n;
    struct message message[MESSAGE_MAX_PER_BODY];
    size_t messages;
    struct str array; /* the same as LINE gets them: equal ones go out together */
    struct load *next;
};

/* The notices taken into the message are owed by it. */
enum err_code
load_owe(struct db *db, const struct load *load, int64_t outbox_id, int64_t now_ms, struct err *e);

struct notice_post {
    struct db *db;
    struct arena *arena;
    int64_t now_ms;
    struct load *first; /* in the order they were decided, at most NOTICE_POST_MAX */
};

/* Put all of them into the outbox. What cannot be is logged and kept for the card. */
enum err_code notice_post(struct notice_post *post, struct err *e);

/* What went wrong with one member or message must not stop those behind: it is logged and undone.
 * Only what the disk or the writer says goes on. */
enum err_code notice_contain(struct db *db, struct db_tx *tx, const char *event, int64_t member_id,
                             struct err *e);

#endif
