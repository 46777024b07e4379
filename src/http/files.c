#include "http/files.h"

#include <string.h>

const struct file *
file_by_name(const struct file *files, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

/* Order of `path` and the NUL-terminated `other`, as strcmp would have it. */
static int
compare(struct str path, const char *other)
{
    size_t n = strlen(other);
    int order = memcmp(path.at, other, path.n < n ? path.n : n);

    if (order != 0)
        return order;
    return (path.n > n) - (path.n < n);
}

const struct file *
file_by_path(const struct file *files, size_t n, struct str path)
{
    size_t low = 0, high = n;

    while (low < high && path.n > 0) {
        size_t middle = low + (high - low) / 2;
        int order = compare(path, files[middle].path);

        if (order == 0)
            return &files[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
