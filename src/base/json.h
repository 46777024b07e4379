/*
 * json.h - reading JSON from outside, strictly and with errors that name the field.
 *
 * Refused: more than `max_bytes`, deeper than 16 levels, more than 640 keys in all, duplicate keys,
 * invalid UTF-8, NUL in strings, anything behind the value. Numbers are 64-bit integers or doubles.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/err.h"
#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Whether the text nests at most `levels` deep and has at most `keys` keys in all: asked before a
 * parser recurses or allocates anything for them. Text that is no JSON may be miscounted, but only
 * behind the place where a parser refuses it.
 */
bool json_is_modest(struct str text, int levels, int keys);

/* *out is new (json_decref). ERR_INPUT "json_malformed", ERR_TOO_LARGE, or ERR_INTERNAL
 * "out_of_memory". */
enum err_code json_parse(struct str text, size_t max_bytes, json_t **out, struct err *e);
/* The same with up to so many keys: for the files of an operator, which are long lists. */
enum err_code
json_parse_list(struct str text, size_t max_bytes, int keys, json_t **out, struct err *e);

/* jansson's json_loadb. NULL: it is no such JSON, or, if *starved_out, there was no memory for it,
 * whatever it says of it. */
json_t *json_load(struct str text, size_t flags, json_error_t *problem, bool *starved_out);

enum json_kind { JSON_KIND_TEXT, JSON_KIND_INT, JSON_KIND_BOOL, JSON_KIND_OBJECT, JSON_KIND_ARRAY };

struct json_field {
    const char *name;
    enum json_kind kind;
    bool optional; /* left out or null: *out stays as it was */
    int64_t min;   /* INT: least value; TEXT: least length in bytes */
    int64_t max;   /* INT: greatest value; TEXT: greatest length in bytes */
    void *out; /* struct str *, int64_t *, bool *, const json_t ** (all borrowed from the object) */
};

/*
 * Take exactly these fields from an object.
 *
 * ERR_INPUT with word field_missing, field_type, field_range or field_unknown and e->field set;
 * "json_not_object" when it is none.
 */
enum err_code
json_read(const json_t *object, const struct json_field *fields, size_t n, struct err *e);
/* The same, but fields that are not listed are left alone: for what LINE sends. */
enum err_code
json_read_some(const json_t *object, const struct json_field *fields, size_t n, struct err *e);

/*
 * Where in an object's text the elements of its array `name` stand, in order: for keeping one as it
 * came. Returns how many there are; the first `cap` are in out. Only for text that jansson has
 * accepted; a name written with escapes is not found.
 */
size_t json_elements(struct str object, const char *name, struct str *out, size_t cap);

#endif
