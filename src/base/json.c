#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define DEPTH_MOST 16
#define KEYS_MOST 640 /* a receipt of a hundred lines has five hundred */

bool
json_is_modest(struct str text, int levels, int keys)
{
    int depth = 0;
    int keys_n = 0;
    bool in_string = false;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > levels)
                return false;
        } else if (c == '}' || c == ']') {
            depth--;
        } else if (c == ':') {
            if (++keys_n > keys)
                return false;
        }
    }
    return true;
}

/* ---------------------------------------------------------------- memory */

/*
 * What finds no memory jansson (2.14) mostly calls a syntax error. But when the text of a token
 * cannot grow (strbuffer.c) its lexer does not look, and then copies up to a closing quote that is
 * not there, over whatever lies behind. So its memory passes through here, and for the time of one
 * text there is some aside that only such growth gets: it asks for powers of two.
 */
struct spare {
    char *at;
    size_t size, used;
};
static _Thread_local struct spare spare;

/* Times the text: a token that doubles, its sum twice, and what else asks for such sizes. */
#define SPARE_TIMES 8
#define SPARE_LEAST (4 * KIB)
#define GROWTH_LEAST 16

static void *
from_spare(size_t n)
{
    bool may_be_growth = n >= GROWTH_LEAST && (n & (n - 1)) == 0;

    if (!may_be_growth || n > spare.size - spare.used)
        return NULL;
    spare.used += n;
    return spare.at + spare.used - n;
}

static void *
allocate(size_t n)
{
    void *at = malloc(n);

    if (at != NULL)
        return at;
    arena_starve(NULL);
    return from_spare(n);
}

static void
release(void *at)
{
    uintptr_t place = (uintptr_t)at, first = (uintptr_t)spare.at;

    if (spare.at == NULL || place < first || place >= first + spare.size)
        free(at);
}

__attribute__((constructor)) static void
watch_memory(void)
{
    json_set_alloc_funcs(allocate, release);
}

json_t *
json_load(struct str text, size_t flags, json_error_t *problem, bool *starved_out)
{
    uint64_t before = arena_starvations();
    json_t *value = NULL;

    spare = (struct spare){.size = SPARE_LEAST + SPARE_TIMES * text.n};
    spare.at = malloc(spare.size);
    if (spare.at == NULL)
        arena_starve(NULL);
    else
        value = json_loadb(text.n > 0 ? text.at : "", text.n, flags, problem);
    *starved_out = arena_starvations() != before;
    if (*starved_out) {
        json_decref(value);
        value = NULL;
    }
    free(spare.at);
    spare = (struct spare){.at = NULL};
    return value;
}

/* ---------------------------------------------------------------- parsing */

enum err_code
json_parse(struct str text, size_t max_bytes, json_t **out, struct err *e)
{
    return json_parse_list(text, max_bytes, KEYS_MOST, out, e);
}

enum err_code
json_parse_list(struct str text, size_t max_bytes, int keys, json_t **out, struct err *e)
{
    json_error_t problem;
    bool is_out_of_memory;
    json_t *value;

    if (text.n > max_bytes)
        return err_set(e, ERR_TOO_LARGE, "json_too_large", "JSON of %zu bytes, at most %zu", text.n,
                       max_bytes);
    if (!json_is_modest(text, DEPTH_MOST, keys))
        return err_set(e, ERR_INPUT, "json_malformed", "JSON over %d levels or %d keys", DEPTH_MOST,
                       keys);
    value = json_load(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem, &is_out_of_memory);
    /* problem.text quotes the input, so only the place and the kind go into the log. */
    if (is_out_of_memory)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "JSON of %zu bytes", text.n);
    if (value == NULL)
        return err_set(e, ERR_INPUT, "json_malformed", "JSON error %d at byte %d",
                       (int)json_error_code(&problem), problem.position);
    *out = value;
    return OK;
}

static enum err_code
wrong_type(const struct json_field *field, struct err *e)
{
    static const char *const kind[] = {"text", "an integer", "a boolean", "an object", "an array"};

    return err_field(e, ERR_INPUT, "field_type", field->name, "%s must be %s", field->name,
                     kind[field->kind]);
}

static enum err_code
read_field(const json_t *value, const struct json_field *field, struct err *e)
{
    int64_t size = 0;

    switch (field->kind) {
    case JSON_KIND_TEXT:
        if (!json_is_string(value))
            return wrong_type(field, e);
        size = (int64_t)json_string_length(value);
        break;
    case JSON_KIND_INT:
        if (!json_is_integer(value))
            return wrong_type(field, e);
        size = json_integer_value(value);
        break;
    case JSON_KIND_BOOL:
        if (!json_is_boolean(value))
            return wrong_type(field, e);
        *(bool *)field->out = json_is_true(value);
        return OK;
    case JSON_KIND_OBJECT:
    case JSON_KIND_ARRAY:
        if (field->kind == JSON_KIND_OBJECT ? !json_is_object(value) : !json_is_array(value))
            return wrong_type(field, e);
        *(const json_t **)field->out = value;
        return OK;
    }
    if (size < field->min || size > field->max)
        return err_field(e, ERR_INPUT, "field_range", field->name,
                         "%s is %s%lld, not within %lld..%lld", field->name,
                         field->kind == JSON_KIND_TEXT ? "of length " : "", (long long)size,
                         (long long)field->min, (long long)field->max);
    if (field->kind == JSON_KIND_TEXT)
        *(struct str *)field->out = (struct str){json_string_value(value), (size_t)size};
    else
        *(int64_t *)field->out = size;
    return OK;
}

enum err_code
json_read_some(const json_t *object, const struct json_field *fields, size_t n, struct err *e)
{
    if (!json_is_object(object))
        return err_set(e, ERR_INPUT, "json_not_object", "JSON value is not an object");
    for (size_t i = 0; i < n; i++) {
        const json_t *value = json_object_get(object, fields[i].name);

        if (fields[i].optional && (value == NULL || json_is_null(value)))
            continue;
        if (value == NULL)
            return err_field(e, ERR_INPUT, "field_missing", fields[i].name, "%s is missing",
                             fields[i].name);
        if (read_field(value, &fields[i], e))
            return e->code;
    }
    return OK;
}

static bool
is_listed(const char *key, const struct json_field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(key, fields[i].name) == 0)
            return true;
    return false;
}

enum err_code
json_read(const json_t *object, const struct json_field *fields, size_t n, struct err *e)
{
    const char *key;
    json_t *value;

    if (json_read_some(object, fields, n, e))
        return e->code;
    /* jansson's iterator takes no const, but only reads. */
    json_object_foreach((json_t *)object, key, value)
        if (!is_listed(key, fields, n))
            return err_field(e, ERR_INPUT, "field_unknown", key, "unknown field");
    return OK;
}

/* ---------------------------------------------------------------- pieces of text */

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_space(struct str *rest)
{
    while (rest->n > 0 && is_space(rest->at[0]))
        *rest = (struct str){rest->at + 1, rest->n - 1};
}

/* To behind the quote that ends it. */
static size_t
string_length(struct str text)
{
    size_t n = 1;

    while (n < text.n && text.at[n] != '"')
        n += text.at[n] == '\\' ? 2 : 1;
    return n < text.n ? n + 1 : text.n;
}

/* To behind its last bracket, or up to what follows a number or a word. */
static size_t
value_length(struct str text)
{
    size_t n = 0;
    int depth = 0;

    do {
        char c = text.at[n];

        if (c == '"') {
            n += string_length((struct str){text.at + n, text.n - n});
            continue;
        }
        if (depth == 0 && (c == ',' || c == ']' || c == '}' || is_space(c)))
            break;
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        n++;
        if (depth == 0 && (c == '}' || c == ']'))
            break;
    } while (n < text.n);
    return n;
}

/* The next element of an array or member's value of an object, from behind what comes before it. */
static bool
take_value(struct str *rest, struct str *out)
{
    skip_space(rest);
    if (rest->n == 0 || rest->at[0] == ']' || rest->at[0] == '}')
        return false;
    *out = (struct str){rest->at, value_length(*rest)};
    *rest = (struct str){rest->at + out->n, rest->n - out->n};
    skip_space(rest);
    (void)str_skip(rest, STR(","));
    return true;
}

static size_t
split_array(struct str array, struct str *out, size_t cap)
{
    struct str one;
    size_t n = 0;

    if (!str_skip(&array, STR("[")))
        return 0;
    for (; take_value(&array, &one); n++)
        if (n < cap)
            out[n] = one;
    return n;
}

size_t
json_elements(struct str object, const char *name, struct str *out, size_t cap)
{
    struct str rest = object, key, value;

    skip_space(&rest);
    (void)str_skip(&rest, STR("{"));
    for (;;) {
        skip_space(&rest);
        if (rest.n == 0 || rest.at[0] != '"')
            return 0;
        key = (struct str){rest.at + 1, string_length(rest) - 2};
        rest = (struct str){rest.at + key.n + 2, rest.n - key.n - 2};
        skip_space(&rest);
        if (!str_skip(&rest, STR(":")) || !take_value(&rest, &value))
            return 0;
        if (str_eq(key, str_of(name)))
            return split_array(value, out, cap);
    }
}
