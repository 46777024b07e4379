/*
 * quota.h - what LINE says about the month's messages: how many there may be, and have been.
 *
 * Source: Messaging API reference, "Get the target limit for sending messages this month" and "Get
 * number of messages sent this month".
 */
#ifndef LINE_QUOTA_H
#define LINE_QUOTA_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

#define QUOTA_PATH "/v2/bot/message/quota"
#define QUOTA_USED_PATH "/v2/bot/message/quota/consumption"
#define QUOTA_ANSWER_MAX_BYTES ((size_t)64 * 1024)
#define QUOTA_UNLIMITED (-1)

/* The answers of the two. ERR_UPSTREAM "quota_answer": not what LINE documents; *out unchanged */
enum err_code quota_most(struct str text, int64_t *out, struct err *e); /* or QUOTA_UNLIMITED */
enum err_code quota_used(struct str text, int64_t *out, struct err *e);

#endif
