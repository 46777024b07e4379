/*
 * notice_message.h - what a notice says in LINE's chat.
 *
 * Up to MESSAGE_MAX_PER_BODY messages for all that one member is told at once: several grants of
 * one card become one bubble with a line each.
 */
#ifndef API_NOTICE_MESSAGE_H
#define API_NOTICE_MESSAGE_H

#include "api/service.h"
#include "base/arena.h"
#include "base/err.h"
#include "domain/notice.h"
#include "line/message.h"

#include <stddef.h>
#include <stdint.h>

/* One notice as a message, in the shop's own words where it has some; text in arena or borrowed
 * from the notice. */
enum err_code
notice_message(struct db *db, const struct service *s, struct arena *a, const struct notice *notice,
               enum language language, int64_t now_ms, struct message *out, struct err *e);

/* What is to be told to one member, the most urgent first. */
struct teller {
    struct db *db;
    const struct service *service;
    struct arena *arena;
    enum language language;
    int64_t now_ms;
    const struct notice **notices;
    size_t n;
    bool *taken; /* of n: set by notice_messages */
};

/* As many as fit in `max` messages; taken[i] tells which. In arena, or borrowed from the notices.
 */
enum err_code
notice_messages(struct teller *t, struct message *out, size_t max, size_t *n_out, struct err *e);

#endif
