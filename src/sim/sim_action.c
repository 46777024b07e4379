/*
 * What may happen at a tap (line-platform 4.7, "Actions").
 */
#include "sim/sim_check.h"

#include <string.h>

#define LABEL                                                                                      \
    {                                                                                              \
        .name = "label", .kind = K_LABEL                                                           \
    }

static const struct sim_property alt_uri[] = {ACTION_URI("desktop", MAY)};
static const struct sim_shape alt_uri_shape[] = {SHAPE(NULL, alt_uri, NULL)};
static const struct sim_shapes alt_uri_shapes = SHAPES(alt_uri_shape);

static const struct sim_property postback[] = {
    LABEL,
    TEXT("data", MUST, 1, 300),
    GRAPHEMES("displayText", MAY, 1, 300),
    GRAPHEMES("text", MAY, 1, 300),
    WORD("inputOption", MAY, "closeRichMenu|openRichMenu|openKeyboard|openVoice"),
    GRAPHEMES("fillInText", MAY, 1, 300),
};
static const struct sim_property message[] = {LABEL, GRAPHEMES("text", MUST, 1, 300)};
static const struct sim_property uri[] = {
    LABEL,
    ACTION_URI("uri", MUST),
    OBJECT("altUri", MAY, &alt_uri_shapes),
};
static const struct sim_property picker[] = {
    LABEL,
    TEXT("data", MUST, 1, 300),
    WORD("mode", MUST, "date|time|datetime"),
    TEXT("initial", MAY, 1, 20),
    TEXT("max", MAY, 1, 20),
    TEXT("min", MAY, 1, 20),
};
static const struct sim_property device[] = {LABEL};
static const struct sim_property menu_switch[] = {
    LABEL,
    PATTERN("richMenuAliasId", MUST, 1, 32, "-_"),
    TEXT("data", MUST, 1, 300),
};
static const struct sim_property clipboard[] = {
    LABEL,
    TEXT("clipboardText", MUST, 1, 1000),
};

static void
no_text_twice(struct sim_check *check, const json_t *object)
{
    if (sim_check_get(object, "text") != NULL && sim_check_get(object, "displayText") != NULL)
        sim_check_found(check, "displayText", "must not be specified with text");
    if (sim_check_get(object, "fillInText") != NULL &&
        (sim_check_get(object, "inputOption") == NULL ||
         strcmp(json_string_value(json_object_get(object, "inputOption")), "openKeyboard") != 0))
        sim_check_found(check, "fillInText", "invalid property");
}

static const struct sim_shape actions[] = {
    SHAPE("postback", postback, no_text_twice),
    SHAPE("message", message, NULL),
    SHAPE("uri", uri, NULL),
    SHAPE("datetimepicker", picker, NULL),
    SHAPE("camera", device, NULL),
    SHAPE("cameraRoll", device, NULL),
    SHAPE("location", device, NULL),
    SHAPE("richmenuswitch", menu_switch, NULL),
    SHAPE("clipboard", clipboard, NULL),
};

const struct sim_shapes sim_actions = SHAPES(actions);
