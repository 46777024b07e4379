#include "sim/sim_check.h"

#include "base/str.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define FINDINGS_MAX 20

void
sim_check_init(struct sim_check *check, bool is_pointer, const char *path)
{
    *check = (struct sim_check){.details = json_array(), .is_pointer = is_pointer};
    check->path_n = strlen(path);
    memcpy(check->path, path, check->path_n + 1);
}

void
sim_check_clear(struct sim_check *check)
{
    json_decref(check->details);
}

const json_t *
sim_check_get(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_null(value) ? NULL : value;
}

/* Go down to a property; the answer is what sim_up needs to come back. */
static size_t
go_down(struct sim_check *check, const char *name)
{
    size_t before = check->path_n;
    const char *joint = check->is_pointer ? "/" : before > 0 ? "." : "";
    int n = snprintf(check->path + before, sizeof(check->path) - before, "%s%s", joint, name);

    check->path_n = before + (size_t)n < sizeof(check->path) ? before + (size_t)n : before;
    check->path[check->path_n] = '\0';
    return before;
}

static size_t
go_down_index(struct sim_check *check, size_t index)
{
    size_t before = check->path_n;
    char text[24];

    snprintf(text, sizeof(text), check->is_pointer ? "%zu" : "[%zu]", index);
    if (check->is_pointer)
        return go_down(check, text);
    if (before + strlen(text) < sizeof(check->path)) {
        memcpy(check->path + before, text, strlen(text) + 1);
        check->path_n += strlen(text);
    }
    return before;
}

static void
go_up(struct sim_check *check, size_t before)
{
    check->path_n = before;
    check->path[before] = '\0';
}

void
sim_check_found(struct sim_check *check, const char *property, const char *message)
{
    size_t before = check->path_n;

    if (property[0] != '\0')
        go_down(check, property);
    if (json_array_size(check->details) < FINDINGS_MAX)
        json_array_append_new(check->details,
                              json_pack("{s:s, s:s}", "message", message, "property",
                                        check->path_n > 0 ? check->path : "/"));
    go_up(check, before);
}

static void
found(struct sim_check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
found(struct sim_check *check, const char *format, ...)
{
    char text[96];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    sim_check_found(check, "", text);
}

bool
sim_check_is_word(const char *text, const char *words)
{
    struct str rest = str_of(words);

    while (rest.n > 0) {
        struct str word;

        if (!str_until(&rest, '|', &word)) {
            word = rest;
            rest.n = 0;
        }
        if (str_eq(word, str_of(text)))
            return true;
    }
    return false;
}

int
sim_graphemes(struct str text)
{
    utf8proc_int32_t state = 0, last = -1, point;
    int count = 0;

    while (text.n > 0) {
        utf8proc_ssize_t n =
            utf8proc_iterate((const utf8proc_uint8_t *)text.at, (utf8proc_ssize_t)text.n, &point);

        if (n <= 0)
            return count;
        if (last < 0 || utf8proc_grapheme_break_stateful(last, point, &state))
            count++;
        last = point;
        text.at += n;
        text.n -= (size_t)n;
    }
    return count;
}

static void
check_length(struct sim_check *check, int length, int min, int max)
{
    if (length == 0 && min > 0)
        sim_check_found(check, "",
                        check->is_pointer ? "must be non-empty text" : "May not be empty");
    else if (length > max && check->is_pointer)
        found(check, "must not be longer than %d characters", max);
    else if (length > max || length < min)
        found(check, "Length must be between %d and %d", min, max);
}

/* "12px", "50%", "4.5px", "-3px", "90deg": a number and one of the units. */
static bool
is_measure(struct str text, int units)
{
    bool digits = false;

    str_skip(&text, STR("-"));
    while (text.n > 0 && (text.at[0] == '.' || (text.at[0] >= '0' && text.at[0] <= '9'))) {
        digits = digits || text.at[0] != '.';
        text.at++;
        text.n--;
    }
    return digits && ((units & UNIT_PX && str_eq(text, STR("px"))) ||
                      (units & UNIT_PERCENT && str_eq(text, STR("%"))) ||
                      (units & UNIT_DEG && str_eq(text, STR("deg"))));
}

static bool
is_color(struct str text)
{
    if ((text.n != 7 && text.n != 9) || text.at[0] != '#')
        return false;
    return strspn(text.at + 1, "0123456789abcdefABCDEF") == text.n - 1;
}

static bool
is_ratio(struct str text)
{
    uint64_t width, height;

    return str_number(&text, &width, 100000) && str_skip(&text, STR(":")) &&
           str_number(&text, &height, 100000) && text.n == 0 && width > 0 && height > 0 &&
           height <= 3 * width;
}

static bool
is_of_letters(struct str text, const char *more)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if ((c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
            (c == '\0' || strchr(more, c) == NULL))
            return false;
    }
    return true;
}

/* LINE wants URLs as they go over the wire: other characters percent-encoded (line-platform 4.1).
 */
static void
check_uri(struct sim_check *check, struct str text, bool is_image)
{
    size_t max = is_image ? 2000 : 1000;
    bool known = str_starts(text, STR("https://"));

    if (!is_image)
        known = known || str_starts(text, STR("http://")) || str_starts(text, STR("line://")) ||
                str_starts(text, STR("tel:"));
    if (!known) {
        sim_check_found(check, "", "invalid uri scheme");
        return;
    }
    for (size_t i = 0; i < text.n; i++) {
        if (text.at[i] <= ' ' || text.at[i] > '~' || strchr("\"<>\\^`{|}", text.at[i]) != NULL) {
            sim_check_found(check, "", "invalid uri");
            return;
        }
    }
    if (text.n > max)
        found(check, "must not be longer than %zu characters", max);
}

static void
check_text(struct sim_check *check, const struct sim_property *p, const json_t *value)
{
    struct str text;
    bool holds = true;

    if (!json_is_string(value)) {
        sim_check_found(check, "", "invalid property");
        return;
    }
    text = (struct str){json_string_value(value), json_string_length(value)};
    switch (p->kind) {
    case K_TEXT:
        check_length(check, (int)text_utf16_units(text), p->min, p->max);
        return;
    case K_GRAPHEMES:
        check_length(check, sim_graphemes(text), p->min, p->max);
        return;
    case K_LABEL:
        check_length(check, sim_graphemes(text), check->label_min, check->label_max);
        return;
    case K_IMAGE_URI:
    case K_ACTION_URI:
        check_uri(check, text, p->kind == K_IMAGE_URI);
        return;
    case K_WORD:
        holds = sim_check_is_word(text.at, p->words);
        break;
    case K_SIZE:
        holds = sim_check_is_word(text.at, p->words) || is_measure(text, p->units);
        break;
    case K_COLOR:
        holds = is_color(text);
        break;
    case K_RATIO:
        holds = is_ratio(text);
        break;
    default: /* K_PATTERN */
        holds = is_of_letters(text, p->words) && (int)text.n >= p->min && (int)text.n <= p->max;
        break;
    }
    if (!holds)
        sim_check_found(check, "", "invalid property");
}

static void
check_number(struct sim_check *check, const struct sim_property *p, const json_t *value)
{
    bool is_kind = p->kind == K_INTEGER ? json_is_integer(value) : json_is_number(value);

    if (!is_kind || json_number_value(value) < p->min || json_number_value(value) > p->max)
        sim_check_found(check, "", "invalid property");
}

static void
check_action(struct sim_check *check, const struct sim_property *p, const json_t *value)
{
    struct sim_check outer = *check;
    const char *type = json_string_value(json_object_get(value, "type"));

    check->label_min = p->min;
    check->label_max = p->max;
    check->action_types = p->words;
    if (type != NULL && p->words != NULL && !sim_check_is_word(type, p->words))
        sim_check_found(check, "type", "invalid property");
    else
        sim_check_object(check, &sim_actions, value);
    check->label_min = outer.label_min;
    check->label_max = outer.label_max;
    check->action_types = outer.action_types;
}

static void
check_list(struct sim_check *check, const struct sim_property *p, const json_t *value)
{
    size_t n = json_array_size(value);
    size_t min = p->kind == K_ACTIONS ? 1 : (size_t)p->min;
    size_t max = p->kind == K_ACTIONS ? (size_t)p->count : (size_t)p->max;

    if (!json_is_array(value)) {
        sim_check_found(check, "", "invalid property");
        return;
    }
    if (n < min || n > max) {
        found(check, "Size must be between %d and %d", (int)min, (int)max);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(value, i);
        size_t before = go_down_index(check, i);

        if (p->kind == K_LIST)
            sim_check_object(check, p->shapes, item);
        else
            check_action(check, p, item);
        go_up(check, before);
    }
}

static void
check_value(struct sim_check *check, const struct sim_property *p, const json_t *value)
{
    switch (p->kind) {
    case K_INTEGER:
    case K_NUMBER:
        check_number(check, p, value);
        break;
    case K_BOOLEAN:
        if (!json_is_boolean(value))
            sim_check_found(check, "", "invalid property");
        break;
    case K_OBJECT:
        sim_check_object(check, p->shapes, value);
        break;
    case K_ACTION:
        check_action(check, p, value);
        break;
    case K_LIST:
    case K_ACTIONS:
        check_list(check, p, value);
        break;
    case K_ANYTHING:
        break;
    default:
        check_text(check, p, value);
        break;
    }
}

static const struct sim_shape *
shape_of(const struct sim_shapes *shapes, const json_t *object)
{
    const char *type = json_string_value(json_object_get(object, "type"));

    if (shapes->n == 1 && shapes->at[0].type == NULL)
        return &shapes->at[0];
    for (size_t i = 0; i < shapes->n; i++) {
        if (type != NULL && strcmp(shapes->at[i].type, type) == 0)
            return &shapes->at[i];
    }
    return NULL;
}

static void
wrong_type(struct sim_check *check, const struct sim_shapes *shapes)
{
    char text[256] = "Must be one of the following values: [";
    size_t n = strlen(text);

    for (size_t i = 0; i < shapes->n && n < sizeof(text) - 40; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i > 0 ? ", " : "",
                              shapes->at[i].type);
    snprintf(text + n, sizeof(text) - n, "]");
    sim_check_found(check, "type", text);
}

static bool
is_listed(const struct sim_shape *shape, const char *name)
{
    if (shape->type != NULL && strcmp(name, "type") == 0)
        return true;
    for (size_t i = 0; i < shape->n; i++) {
        if (strcmp(shape->properties[i].name, name) == 0)
            return true;
    }
    return false;
}

void
sim_check_object(struct sim_check *check, const struct sim_shapes *shapes, const json_t *value)
{
    const struct sim_shape *shape = shape_of(shapes, value);
    const char *name;
    json_t *ignored;

    if (!json_is_object(value)) {
        sim_check_found(check, "", "invalid property");
        return;
    }
    if (shape == NULL) {
        wrong_type(check, shapes);
        return;
    }
    for (size_t i = 0; i < shape->n; i++) {
        const struct sim_property *p = &shape->properties[i];
        const json_t *property = sim_check_get(value, p->name);
        bool is_required = p->required || (p->kind == K_LABEL && check->label_min > 0);
        size_t before = go_down(check, p->name);

        if (property != NULL)
            check_value(check, p, property);
        else if (is_required)
            sim_check_found(check, "",
                            check->is_pointer ? "must be specified" : "May not be empty");
        go_up(check, before);
    }
    json_object_foreach((json_t *)(uintptr_t)value, name, ignored) {
        if (!is_listed(shape, name))
            sim_check_found(check, name, "unknown field");
    }
    if (shape->also != NULL)
        shape->also(check, value);
}
