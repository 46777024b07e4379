/*
 * csv.h - a table of text, row by row.
 *
 * Source: RFC 4180. Fields in quotes may hold commas, line ends and doubled quotes; a line ends
 * with CR LF or LF; a byte order mark in front is skipped, as spreadsheets write one. What the RFC
 * leaves open is refused, never guessed: a quote inside a bare field, text behind a closing quote,
 * a bare CR, a NUL, bytes that are not UTF-8.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_FIELDS_MAX 32

struct csv {
    struct str rest;
    struct arena *arena; /* borrowed: for fields with doubled quotes */
    int64_t line;        /* of the row read last, from 1: for messages */
    int64_t next_line;
};

struct csv_row {
    size_t n;
    struct str field[CSV_FIELDS_MAX]; /* in the text, or in arena */
};

/* `text` is borrowed until the last row is read. */
void csv_init(struct csv *csv, struct str text, struct arena *a);

/*
 * The next row that is not empty; *found_out false: there is none.
 *
 * ERR_INPUT "csv_quote", "csv_text" (NUL, bare CR, not UTF-8), "csv_wide" (over CSV_FIELDS_MAX
 * fields), each with the line's number; ERR_TOO_LARGE "csv_large": the arena is full
 */
enum err_code csv_next(struct csv *csv, struct csv_row *row, bool *found_out, struct err *e);

#endif
