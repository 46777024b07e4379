/*
 * reply_chance.h - a free message that LINE owes us: the reply token of an event nobody answered.
 *
 * LINE wants a token used within a minute, once. A member has at most one here, the newest; what
 * takes it must send with it at once. Functions that write expect a savepoint around them.
 *
 * Source: Messaging API reference, "Send reply message".
 */
#ifndef DOMAIN_REPLY_CHANCE_H
#define DOMAIN_REPLY_CHANCE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define REPLY_CHANCE_LIFE_MS (50 * SECOND_MS) /* of LINE's minute; the rest is for the way */

/* Whether the token of an event that happened at at_ms and came at received_ms may still be used.
 * One that LINE delivered late is dead after 20 minutes whenever it came. */
bool reply_chance_lives(int64_t at_ms, int64_t received_ms, int64_t now_ms);

/* Keep the token, sealed, in place of the member's older one. The event is in the inbox. */
enum err_code reply_chance_keep(struct db *db, int64_t member_id, struct str event_id,
                                struct str token, int64_t received_ms, struct err *e);

/* Take the member's token for good; in arena. ERR_NOT_FOUND "reply_chance_unknown": there is none
 * that lives */
enum err_code reply_chance_take(struct db *db, int64_t member_id, int64_t now_ms, struct arena *a,
                                struct str *event_id_out, struct str *token_out, struct err *e);

/* The member's token is worth nothing any more: the account was blocked. */
enum err_code reply_chance_drop(struct db *db, int64_t member_id, struct err *e);

/* Forget those that are over. */
enum err_code reply_chance_sweep(struct db *db, int64_t now_ms, struct err *e);

#endif
