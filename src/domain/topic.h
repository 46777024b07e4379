/*
 * topic.h - what a member wants to hear about: said on the card, kept with its time.
 */
#ifndef DOMAIN_TOPIC_H
#define DOMAIN_TOPIC_H

#include "base/err.h"
#include "domain/ladder.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

/* out[TOPIC_ALWAYS] is true. */
enum err_code topic_load(struct db *db, int64_t member_id, bool out[TOPICS + 1], struct err *e);
enum err_code topic_choose(struct db *db, int64_t member_id, enum topic topic, bool is_wanted,
                           int64_t now_ms, struct err *e);

#endif
