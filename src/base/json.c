#include "base/json.h"

#include <string.h>

#define DEPTH_MOST 16
#define KEYS_MOST 256

/*
 * Count levels and keys before jansson allocates anything for them. Text that is no JSON may be
 * miscounted: jansson will refuse it anyway.
 */
static bool
is_modest(struct str text)
{
    int depth = 0;
    int keys = 0;
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
            if (++depth > DEPTH_MOST)
                return false;
        } else if (c == '}' || c == ']') {
            depth--;
        } else if (c == ':') {
            if (++keys > KEYS_MOST)
                return false;
        }
    }
    return true;
}

enum err_code
json_parse(struct str text, size_t max_bytes, json_t **out, struct err *e)
{
    json_error_t problem;
    json_t *value;

    if (text.n > max_bytes)
        return err_set(e, ERR_TOO_LARGE, "json_too_large", "JSON of %zu bytes, at most %zu", text.n,
                       max_bytes);
    if (!is_modest(text))
        return err_set(e, ERR_INPUT, "json_malformed", "JSON over %d levels or %d keys", DEPTH_MOST,
                       KEYS_MOST);
    value = json_loadb(text.n > 0 ? text.at : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
                       &problem);
    /* problem.text quotes the input, so only the place and the kind go into the log. */
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
    json_object_foreach(
        (json_t *)object, key,
        value) if (!is_listed(key, fields, n)) return err_field(e, ERR_INPUT, "field_unknown", key,
                                                                "unknown field");
    return OK;
}
