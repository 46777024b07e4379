#include "domain/plan_diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct diff {
    struct arena *a;
    struct plan_change *change;
    size_t n;
    bool is_full; /* no memory: nothing above holds */
};

static bool
is_group(const json_t *value)
{
    return json_is_object(value) || json_is_array(value);
}

static void
release(void *text)
{
    free(text);
}

static struct str
text_of(struct diff *d, const json_t *value)
{
    char *text = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

    if (text != NULL && !arena_defer(d->a, release, text)) {
        free(text);
        text = NULL;
    }
    d->is_full = d->is_full || (value != NULL && text == NULL);
    return str_of(text);
}

static void
add(struct diff *d, const char *path, const json_t *was, const json_t *is)
{
    size_t size = sizeof(*d->change);
    struct plan_change *all = arena_grow(d->a, d->change, d->n * size, (d->n + 1) * size);

    if (all == NULL) {
        d->is_full = true;
        return;
    }
    d->change = all;
    all[d->n] = (struct plan_change){.was = text_of(d, was), .is = text_of(d, is)};
    str_copy(str_of(path), all[d->n].path, PLAN_PATH_SIZE);
    d->n++;
}

static void compare(struct diff *d, const char *path, const json_t *was, const json_t *is);

static void
compare_at(struct diff *d, const char *path, const char *name, const json_t *was, const json_t *is)
{
    char longer[PLAN_PATH_SIZE];

    if (snprintf(longer, sizeof(longer), "%s%s%s", path, *path ? "." : "", name) <
        (int)sizeof(longer))
        compare(d, longer, was, is);
    else
        add(d, path, was, is); /* deeper than any rule of ours: told as a whole */
}

static void
compare_objects(struct diff *d, const char *path, const json_t *was, const json_t *is)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)was, name, value)
        compare_at(d, path, name, value, json_object_get(is, name));
    json_object_foreach((json_t *)(uintptr_t)is, name, value)
        if (json_object_get(was, name) == NULL)
            compare_at(d, path, name, NULL, value);
}

static void
compare_arrays(struct diff *d, const char *path, const json_t *was, const json_t *is)
{
    size_t n =
        json_array_size(was) > json_array_size(is) ? json_array_size(was) : json_array_size(is);

    for (size_t i = 0; i < n; i++) {
        char place[24];

        snprintf(place, sizeof(place), "%zu", i);
        compare_at(d, path, place, json_array_get(was, i), json_array_get(is, i));
    }
}

/* Groups that one of them does not have are told by what is in them. */
static void
compare(struct diff *d, const char *path, const json_t *was, const json_t *is)
{
    const json_t *either = was != NULL ? was : is;

    if (json_equal(was, is))
        return;
    if ((was == NULL || is == NULL || json_typeof(was) == json_typeof(is)) && is_group(either)) {
        if (json_is_object(either))
            compare_objects(d, path, was, is);
        else
            compare_arrays(d, path, was, is);
    } else {
        add(d, path, was, is);
    }
}

enum err_code
plan_diff(struct arena *a, const json_t *was, const json_t *is, struct plan_change **out,
          size_t *n_out, struct err *e)
{
    struct diff d = {.a = a};

    compare(&d, "", was, is);
    if (d.is_full)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "difference of two plans");
    *out = d.change;
    *n_out = d.n;
    return OK;
}
