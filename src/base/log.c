#include "base/log.h"

#include "base/clock.h"
#include "base/text.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <utf8proc.h>

/* A write of at most PIPE_BUF bytes to a pipe is never mixed with another's (POSIX, write()). */
#define LINE_SIZE PIPE_BUF
#define TAIL_SIZE 1 /* the line feed always fits */

static _Atomic int least_level = LOG_INFO;
static _Atomic int target_fd = STDERR_FILENO;

struct line {
    char at[LINE_SIZE];
    size_t n;
};

void
log_level_set(enum log_level least)
{
    atomic_store(&least_level, (int)least);
}

void
log_fd_set(int fd)
{
    atomic_store(&target_fd, fd);
}

/* All of it or nothing, so that an overlong line ends between two pieces. */
static bool
put(struct line *line, const char *text, size_t n)
{
    if (n > sizeof(line->at) - TAIL_SIZE - line->n)
        return false;
    memcpy(line->at + line->n, text, n);
    line->n += n;
    return true;
}

static bool
is_bare(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c != '\0' && strchr("-._:/@", c) != NULL)))
            return false;
    }
    return text.n > 0;
}

/* One character of a quoted value; how many bytes of `text` it took. */
static size_t
put_quoted(struct line *line, struct str text)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text.at, (utf8proc_ssize_t)text.n, &point);
    char escape[16];

    if (n <= 0) {
        n = 1;
        snprintf(escape, sizeof(escape), "\\x%02x", (unsigned char)text.at[0]);
    } else if (text_is_hidden(point)) {
        snprintf(escape, sizeof(escape), "\\u{%x}", (unsigned)point);
    } else if (point == '"' || point == '\\') {
        snprintf(escape, sizeof(escape), "\\%c", (char)point);
    } else {
        put(line, text.at, (size_t)n);
        return (size_t)n;
    }
    put(line, escape, strlen(escape));
    return (size_t)n;
}

static void
put_value(struct line *line, struct str text)
{
    if (is_bare(text)) {
        put(line, text.at, text.n);
        return;
    }
    put(line, "\"", 1);
    while (text.n > 0) {
        size_t n = put_quoted(line, text);

        text.at += n;
        text.n -= n;
    }
    put(line, "\"", 1);
}

static void
put_pair(struct line *line, const struct log_pair *pair)
{
    char number[32];

    put(line, " ", 1);
    put(line, pair->key, strlen(pair->key));
    put(line, "=", 1);
    if (pair->text.at != NULL) {
        put_value(line, pair->text);
    } else {
        snprintf(number, sizeof(number), "%lld", (long long)pair->number);
        put(line, number, strlen(number));
    }
}

void
log_write(enum log_level level, const char *event, const struct log_pair *pairs, size_t n)
{
    static const char *const name[] = {" debug ", " info ", " warn ", " error "};
    struct clock system_clock = {0}; /* a log tells the real time, also in a demo's tomorrow */
    char time[CLOCK_TEXT_SIZE];
    struct line line;
    ssize_t written;

    if ((int)level < atomic_load(&least_level))
        return;
    line.n = 0;
    clock_text(clock_now_ms(&system_clock), time);
    put(&line, time, sizeof(time) - 1);
    put(&line, name[level], strlen(name[level]));
    put(&line, event, strlen(event));
    for (size_t i = 0; i < n; i++)
        put_pair(&line, &pairs[i]);
    line.at[line.n++] = '\n';
    written = write(atomic_load(&target_fd), line.at, line.n);
    (void)written; /* there is nobody left to tell */
}
