/*
 * log.h - one line per event on standard error:
 *
 *   2026-04-01T01:00:00.123Z info stamp.granted req=5f2c9a member=51 shop=ueno stamps=3 ms=4
 *
 * error: someone must act; warn: handled, but odd; info: what an owner would ask about.
 * A value with anything but letters, digits and -._:/@ in it is quoted and escaped, so outside text
 * cannot forge a line. Never log tokens, codes, cookies, LINE user ids, names or message bodies.
 * Layers below `api` do not log.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_pair {
    const char *key;
    struct str text; /* used when at != NULL */
    int64_t number;
};

/* clang-format off */
#define L_TEXT(k, v) {.key = (k), .text = str_of(v)}
#define L_STR(k, v) {.key = (k), .text = (v)}
#define L_INT(k, v) {.key = (k), .number = (v)}
/* clang-format on */

#define LOG(level, event, ...)                                                                     \
    log_write(level, event, (const struct log_pair[]){__VA_ARGS__},                                \
              sizeof((const struct log_pair[]){__VA_ARGS__}) / sizeof(struct log_pair))

void log_write(enum log_level level, const char *event, const struct log_pair *pairs, size_t n);
void log_level_set(enum log_level least);
void log_fd_set(int fd); /* where lines go; standard error unless told; tests give a pipe */

#endif
