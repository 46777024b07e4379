/*
 * buf.h - text that grows in an arena.
 *
 * The verb names the escaping, so that a page or an answer cannot be built wrong by habit.
 * Failure (cap reached, no memory) sticks: write everything, check buf_failed once at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    struct arena *arena;
    char *at; /* n bytes, then a NUL once anything was written */
    size_t n;
    size_t room;
    size_t cap; /* never grows past this many bytes */
    bool failed;
};

struct buf buf_new(struct arena *arena, size_t cap_bytes);
bool buf_failed(const struct buf *b);
struct str buf_str(const struct buf *b); /* borrowed until the next write */

void buf_bytes(struct buf *b, const void *bytes, size_t n);
void buf_text(struct buf *b, const char *text); /* as it is: literals and text already escaped */
void buf_str_raw(struct buf *b, struct str text);
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t n);
void buf_xml(struct buf *b, struct str text);  /* & < > " ' as entities: text and attributes */
void buf_json(struct buf *b, struct str text); /* with the quotes; <, >, & and U+2028/9 escaped too,
                                                  so it may stand in a <script> block; invalid UTF-8
                                                  becomes U+FFFD */
void buf_json_or_null(struct buf *b, struct str text); /* null where the text is empty */
void buf_url(struct buf *b, struct str text); /* percent-encoded as a query value (RFC 3986 2.3) */
void buf_format(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reserve n bytes at the end for the caller to fill; NULL when they do not fit. They count as
 * written. */
char *buf_reserve(struct buf *b, size_t n);

#endif
