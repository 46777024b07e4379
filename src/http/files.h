/*
 * files.h - the bundled pages' files: embedded in the program, hashed names, already compressed.
 */
#ifndef HTTP_FILES_H
#define HTTP_FILES_H

#include "base/str.h"

#include <stddef.h>

struct file {
    const char *name; /* "card.js" as sources say it */
    const char *path; /* "/static/card-1a2b3c4d.js": immutable, so its name is its ETag too */
    const char *content_type;
    struct str bytes, gzip, brotli; /* the last two empty where they would not be smaller */
};

/* The table that the build writes (build/web), sorted by path (strcmp). */
extern const struct file web_files[];
extern const size_t web_files_n;

const struct file *
file_by_name(const struct file *files, size_t n, const char *name); /* NULL: none */
const struct file *file_by_path(const struct file *files, size_t n, struct str path);

#endif
