/*
 * deflater.h - a zlib stream for pictures most of whose rows repeat the one above.
 *
 * Each row is told once, with how often it stands there; only the first copy is looked at. That
 * is what a general compressor cannot know: it reads all copies, and keeps far more in mind.
 * Source: RFC 1950 (zlib), RFC 1951 (deflate).
 */
#ifndef BARCODE_DEFLATER_H
#define BARCODE_DEFLATER_H

#include <stddef.h>
#include <stdint.h>

enum {
    DEFLATER_ROW_MAX = 1200, /* bytes */
    DEFLATER_SEEN = 8192,    /* bytes of rows that a new one is compared with */
    DEFLATER_SLOTS = 128,    /* and so many rows at most */
    DEFLATER_HASHES = 2048,
    DEFLATER_TOKENS = 1024, /* a block ends when there are so many */
    DEFLATER_CHUNK = 4096,
};

/* What a reader of the stream does next: so many times one byte, or a copy of earlier ones. */
struct deflater_token {
    uint16_t length; /* 0: a byte; else 3 to 258 */
    uint16_t distance_or_byte;
    uint32_t times;
};

/* Fields are deflater.c's own. It needs no clearing and owns nothing. */
struct deflater {
    void (*write)(void *to, const uint8_t *bytes, size_t n);
    void *to;

    size_t stride;     /* bytes of a row */
    size_t at;         /* where in the picture the next row begins */
    size_t waiting;    /* bytes of copies of the last row, not yet told */
    uint32_t adler[2]; /* the check sum's two halves */

    uint8_t seen[DEFLATER_SEEN];    /* rows that differ, the latest instead of the oldest */
    size_t rows;                    /* so many have been seen */
    size_t slots;                   /* so many are kept */
    size_t row_at[DEFLATER_SLOTS];  /* by slot: where in the picture its last copy begins */
    uint16_t head[DEFLATER_HASHES]; /* where in `seen` three such bytes stood last; may be stale */

    struct deflater_token token[DEFLATER_TOKENS];
    size_t token_count;

    uint64_t bits; /* not yet in `chunk`, the first the lowest */
    unsigned bit_count;
    uint8_t chunk[DEFLATER_CHUNK];
    size_t chunk_n;
};

/* Rows of `stride` bytes, 2 to DEFLATER_ROW_MAX; write gets the stream in pieces. */
void barcode_deflater_begin(struct deflater *d, size_t stride,
                            void (*write)(void *to, const uint8_t *bytes, size_t n), void *to);

/* The row stands here `times` > 0 times. */
void barcode_deflater_row(struct deflater *d, const uint8_t *row, unsigned times);

void barcode_deflater_end(struct deflater *d);

#endif
