/*
 * notices.h - notices walk the cost ladder, as jobs of the writer.
 *
 * Each call does a bounded amount and says whether there may be more. Facts come from domain/, what
 * to do with them from domain/ladder.h, the words from line/message.h; here they meet.
 */
#ifndef API_NOTICES_H
#define API_NOTICES_H

#include "api/notice_post.h"
#include "api/service.h"
#include "base/arena.h"
#include "base/err.h"
#include "domain/notice.h"
#include "line/message.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Notices that are due climb the ladder: they become messages in the outbox, wait, or end. */
enum err_code notices_walk(struct db *db, struct service *s, struct arena *a, int64_t now_ms,
                           bool *more_out, struct err *e);
/* What time alone causes: vouchers that end soon, birthdays, members who stay away. */
enum err_code notices_make(struct db *db, int64_t now_ms, bool *more_out, struct err *e);

/*
 * A reply to the member goes out anyway: what is held for them goes along, free of charge, as up to
 * `max` messages. Once the reply is in the outbox, notices_ride_owe ties the notices to it.
 */
struct ride {
    int64_t notice_id[NOTICES_OF_MEMBER_MAX];
    size_t n;
};
enum err_code notices_ride(struct db *db, const struct service *s, struct arena *a,
                           int64_t member_id, int64_t now_ms, struct message *messages, size_t max,
                           size_t *n_out, struct ride *out, struct err *e);
enum err_code notices_ride_owe(struct db *db, const struct ride *ride, int64_t outbox_id,
                               int64_t now_ms, struct err *e);

#endif
