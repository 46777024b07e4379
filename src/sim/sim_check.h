/*
 * sim_check.h - does a JSON value have the shape LINE wants? The shapes are tables.
 *
 * Every property is listed with its kind and limits; one that is not listed is a finding, as is one
 * that is missing. A null counts as not there: LINE's own SDKs send such.
 */
#ifndef SIM_SIM_CHECK_H
#define SIM_SIM_CHECK_H

#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum sim_kind {
    K_TEXT,       /* min..max UTF-16 units */
    K_GRAPHEMES,  /* min..max characters as people count them */
    K_LABEL,      /* of an action: its limit depends on where the action stands */
    K_WORD,       /* one of `words` */
    K_SIZE,       /* one of `words`, or a number with a unit of `units` */
    K_COLOR,      /* #RRGGBB, or with alpha */
    K_RATIO,      /* "20:13" */
    K_IMAGE_URI,  /* https, at most 2,000 characters */
    K_ACTION_URI, /* http, https, line, tel; at most 1,000 */
    K_PATTERN,    /* letters, digits and `words`, min..max of them */
    K_INTEGER,    /* min..max */
    K_NUMBER,     /* min..max */
    K_BOOLEAN,
    K_OBJECT,  /* of `shapes`, chosen by its "type" when there are several */
    K_LIST,    /* min..max objects of `shapes` */
    K_ACTION,  /* an object of sim_actions; min: 1 when it must have a label; max: the label's limit
                */
    K_ACTIONS, /* a list of 1..`count` such */
    K_ANYTHING, /* checked elsewhere */
};

enum { UNIT_PX = 1, UNIT_PERCENT = 2, UNIT_DEG = 4 };

struct sim_shape;
struct sim_shapes {
    const struct sim_shape *at;
    size_t n;
};

struct sim_property {
    const char *name;
    enum sim_kind kind;
    bool required;
    int min;
    int max;
    const char *words; /* "start|end|center" */
    int units;
    int count;
    const struct sim_shapes *shapes;
};

struct sim_check;

struct sim_shape {
    const char *type; /* the value of "type"; NULL: an object without one */
    const struct sim_property *properties;
    size_t n;
    /* What no table says, such as "text or contents"; NULL: nothing. */
    void (*also)(struct sim_check *check, const json_t *object);
};

/* The words the tables are written in. MUST or MAY it be there? */
/* clang-format off */
#define MUST true
#define MAY false
#define RANGE_(k, n, need, least, most) \
    .name = (n), .kind = (k), .required = (need), .min = (least), .max = (most)
#define TEXT(n, need, least, most) {RANGE_(K_TEXT, n, need, least, most)}
#define GRAPHEMES(n, need, least, most) {RANGE_(K_GRAPHEMES, n, need, least, most)}
#define PATTERN(n, need, least, most, more) \
    {RANGE_(K_PATTERN, n, need, least, most), .words = (more)}
#define INTEGER(n, need, least, most) {RANGE_(K_INTEGER, n, need, least, most)}
#define NUMBER(n, need, least, most) {RANGE_(K_NUMBER, n, need, least, most)}
#define WORD(n, need, list) {RANGE_(K_WORD, n, need, 0, 0), .words = (list)}
#define SIZE(n, need, list, of) {RANGE_(K_SIZE, n, need, 0, 0), .words = (list), .units = (of)}
#define COLOR(n, need) {RANGE_(K_COLOR, n, need, 0, 0)}
#define RATIO(n, need) {RANGE_(K_RATIO, n, need, 0, 0)}
#define IMAGE_URI(n, need) {RANGE_(K_IMAGE_URI, n, need, 0, 0)}
#define ACTION_URI(n, need) {RANGE_(K_ACTION_URI, n, need, 0, 0)}
#define BOOLEAN(n, need) {RANGE_(K_BOOLEAN, n, need, 0, 0)}
#define ANYTHING(n, need) {RANGE_(K_ANYTHING, n, need, 0, 0)}
#define OBJECT(n, need, of) {RANGE_(K_OBJECT, n, need, 0, 0), .shapes = (of)}
#define LIST(n, need, least, most, of) {RANGE_(K_LIST, n, need, least, most), .shapes = (of)}
/* least_label 1: the action must have a label, of at most most_label characters */
#define ACTION(n, need, least_label, most_label, types) \
    {RANGE_(K_ACTION, n, need, least_label, most_label), .words = (types)}
#define ACTIONS(n, need, least_label, most_label, types, most) \
    {RANGE_(K_ACTIONS, n, need, least_label, most_label), .words = (types), .count = (most)}

#define SHAPE(word, table, more) \
    { \
        .type = (word), .properties = (table), .n = sizeof(table) / sizeof((table)[0]), \
        .also = (more) \
    }
#define SHAPES(table) {(table), sizeof(table) / sizeof((table)[0])}
/* clang-format on */

/* Findings so far, and the place in the value: "messages[0].text" or "/body/contents/0/text". */
struct sim_check {
    json_t *details; /* array of {"message", "property"}; new */
    bool is_pointer; /* which of the two notations */
    char path[512];
    size_t path_n;
    int label_min, label_max; /* of the action being looked at */
    const char *action_types; /* "postback|message|uri" */
};

void sim_check_init(struct sim_check *check, bool is_pointer, const char *path);
void sim_check_clear(struct sim_check *check);

void
sim_check_object(struct sim_check *check, const struct sim_shapes *shapes, const json_t *value);

/* For `also`: a finding at the object, or at one of its properties ("" for the object). */
void sim_check_found(struct sim_check *check, const char *property, const char *message);

/* A property that is there and not null, else NULL. */
const json_t *sim_check_get(const json_t *object, const char *name);
/* Characters as people count them (UAX 29 grapheme clusters). */
int sim_graphemes(struct str text);
bool sim_check_is_word(const char *text, const char *words);

extern const struct sim_shapes sim_actions; /* sim_action.c */

#endif
