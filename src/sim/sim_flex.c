#include "sim/sim_flex.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define BUBBLE_BYTES_MAX (30 * KIB)
#define CAROUSEL_BYTES_MAX (50 * KIB)
#define BUBBLES_MAX 12
#define BOX_CONTENTS_MAX 1000 /* LINE names no number; the size in bytes comes first */

#define STEPS "none|xs|sm|md|lg|xl|xxl"
#define FONT_SIZES "xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl"
#define TAPS "postback|message|uri|datetimepicker|clipboard"

#define FLEX INTEGER("flex", MAY, 0, 10000)
#define MARGIN SIZE("margin", MAY, STEPS, UNIT_PX)
#define GRAVITY WORD("gravity", MAY, "top|bottom|center")
#define ALIGN WORD("align", MAY, "start|end|center")
#define TAP ACTION("action", MAY, 0, 40, TAPS)
#define OFFSET(name) SIZE(name, MAY, STEPS, UNIT_PX | UNIT_PERCENT)
#define PADDING(name) SIZE(name, MAY, STEPS, UNIT_PX | UNIT_PERCENT)
#define EXTENT(name) SIZE(name, MAY, "", UNIT_PX | UNIT_PERCENT)
#define POSITION                                                                                   \
    WORD("position", MAY, "relative|absolute"), OFFSET("offsetTop"), OFFSET("offsetBottom"),       \
        OFFSET("offsetStart"), OFFSET("offsetEnd")

static const struct sim_shapes components, hero_components;

static const struct sim_property gradient[] = {
    SIZE("angle", MUST, "", UNIT_DEG),
    COLOR("startColor", MUST),
    COLOR("endColor", MUST),
    COLOR("centerColor", MAY),
    SIZE("centerPosition", MAY, "", UNIT_PERCENT),
};
static const struct sim_shape background_shape[] = {SHAPE("linearGradient", gradient, NULL)};
static const struct sim_shapes backgrounds = SHAPES(background_shape);

static const struct sim_property box[] = {
    WORD("layout", MUST, "horizontal|vertical|baseline"),
    LIST("contents", MUST, 0, BOX_CONTENTS_MAX, &components),
    FLEX,
    SIZE("spacing", MAY, STEPS, UNIT_PX),
    MARGIN,
    POSITION,
    COLOR("backgroundColor", MAY),
    COLOR("borderColor", MAY),
    SIZE("borderWidth", MAY, "none|light|normal|medium|semi-bold|bold", UNIT_PX),
    SIZE("cornerRadius", MAY, STEPS, UNIT_PX),
    EXTENT("width"),
    EXTENT("maxWidth"),
    EXTENT("height"),
    EXTENT("maxHeight"),
    PADDING("paddingAll"),
    PADDING("paddingTop"),
    PADDING("paddingBottom"),
    PADDING("paddingStart"),
    PADDING("paddingEnd"),
    TAP,
    WORD("justifyContent", MAY,
         "center|flex-start|flex-end|space-between|space-around|space-evenly"),
    WORD("alignItems", MAY, "center|flex-start|flex-end"),
    OBJECT("background", MAY, &backgrounds),
};

static const struct sim_property button[] = {
    ACTION("action", MUST, 1, 40, TAPS),
    FLEX,
    COLOR("color", MAY),
    WORD("style", MAY, "primary|secondary|link"),
    GRAVITY,
    MARGIN,
    POSITION,
    WORD("height", MAY, "md|sm"),
    WORD("adjustMode", MAY, "shrink-to-fit"),
    BOOLEAN("scaling", MAY),
};

static const struct sim_property image[] = {
    IMAGE_URI("url", MUST),
    FLEX,
    MARGIN,
    POSITION,
    ALIGN,
    GRAVITY,
    SIZE("size", MAY, FONT_SIZES "|full", UNIT_PX | UNIT_PERCENT),
    RATIO("aspectRatio", MAY),
    WORD("aspectMode", MAY, "fit|cover"),
    COLOR("backgroundColor", MAY),
    TAP,
    BOOLEAN("animated", MAY),
};

static const struct sim_property video[] = {
    IMAGE_URI("url", MUST),
    IMAGE_URI("previewUrl", MUST),
    OBJECT("altContent", MUST, &hero_components),
    RATIO("aspectRatio", MAY),
    TAP,
};

static const struct sim_property icon[] = {
    IMAGE_URI("url", MUST),
    SIZE("size", MAY, FONT_SIZES, UNIT_PX),
    RATIO("aspectRatio", MAY),
    MARGIN,
    POSITION,
    BOOLEAN("scaling", MAY),
};

static const struct sim_property span[] = {
    TEXT("text", MUST, 1, 10000),
    SIZE("size", MAY, FONT_SIZES, UNIT_PX),
    COLOR("color", MAY),
    WORD("weight", MAY, "regular|bold"),
    WORD("style", MAY, "normal|italic"),
    WORD("decoration", MAY, "none|underline|line-through"),
};
static const struct sim_shape span_shape[] = {SHAPE("span", span, NULL)};
static const struct sim_shapes spans = SHAPES(span_shape);

static const struct sim_property text[] = {
    TEXT("text", MAY, 1, 10000),
    LIST("contents", MAY, 1, 1000, &spans),
    FLEX,
    SIZE("size", MAY, FONT_SIZES, UNIT_PX),
    ALIGN,
    GRAVITY,
    COLOR("color", MAY),
    WORD("weight", MAY, "regular|bold"),
    WORD("style", MAY, "normal|italic"),
    WORD("decoration", MAY, "none|underline|line-through"),
    BOOLEAN("wrap", MAY),
    SIZE("lineSpacing", MAY, "", UNIT_PX),
    MARGIN,
    POSITION,
    TAP,
    INTEGER("maxLines", MAY, 0, 10000),
    WORD("adjustMode", MAY, "shrink-to-fit"),
    BOOLEAN("scaling", MAY),
};

static const struct sim_property separator[] = {MARGIN, COLOR("color", MAY)};
static const struct sim_property filler[] = {FLEX};

static void
text_or_spans(struct sim_check *check, const json_t *object)
{
    if (sim_check_get(object, "text") == NULL && sim_check_get(object, "contents") == NULL)
        sim_check_found(check, "text", "must be specified");
}

/* An icon belongs on a baseline; buttons, images, boxes and lines do not. */
static void
box_contents(struct sim_check *check, const json_t *object)
{
    const char *layout = json_string_value(json_object_get(object, "layout"));
    const char *allowed = layout != NULL && strcmp(layout, "baseline") == 0
                              ? "icon|text|filler"
                              : "box|button|image|text|separator|filler";
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(object, "contents"), i, item) {
        const char *type = json_string_value(json_object_get(item, "type"));
        char place[40];

        if (type == NULL || sim_check_is_word(type, allowed))
            continue;
        snprintf(place, sizeof(place), "contents/%zu", i);
        sim_check_found(check, place, "invalid property");
    }
}

static const struct sim_shape component_shape[] = {
    SHAPE("box", box, box_contents),    SHAPE("button", button, NULL),
    SHAPE("image", image, NULL),        SHAPE("icon", icon, NULL),
    SHAPE("text", text, text_or_spans), SHAPE("separator", separator, NULL),
    SHAPE("filler", filler, NULL),
};
static const struct sim_shapes components = SHAPES(component_shape);

static const struct sim_shape hero_shape[] = {
    SHAPE("box", box, box_contents),
    SHAPE("image", image, NULL),
    SHAPE("video", video, NULL),
};
static const struct sim_shapes hero_components = SHAPES(hero_shape);

static const struct sim_shape box_shape[] = {SHAPE("box", box, box_contents)};
static const struct sim_shapes boxes = SHAPES(box_shape);

static const struct sim_property block_style[] = {
    COLOR("backgroundColor", MAY),
    BOOLEAN("separator", MAY),
    COLOR("separatorColor", MAY),
};
static const struct sim_shape block_style_shape[] = {SHAPE(NULL, block_style, NULL)};
static const struct sim_shapes block_styles = SHAPES(block_style_shape);

static const struct sim_property styles[] = {
    OBJECT("header", MAY, &block_styles),
    OBJECT("hero", MAY, &block_styles),
    OBJECT("body", MAY, &block_styles),
    OBJECT("footer", MAY, &block_styles),
};
static const struct sim_shape styles_shape[] = {SHAPE(NULL, styles, NULL)};
static const struct sim_shapes style_sheets = SHAPES(styles_shape);

static const struct sim_property bubble[] = {
    WORD("size", MAY, "nano|micro|deca|hecto|kilo|mega|giga"),
    WORD("direction", MAY, "ltr|rtl"),
    OBJECT("styles", MAY, &style_sheets),
    OBJECT("header", MAY, &boxes),
    OBJECT("hero", MAY, &hero_components),
    OBJECT("body", MAY, &boxes),
    OBJECT("footer", MAY, &boxes),
    TAP,
};

static void
bytes_at_most(struct sim_check *check, const json_t *object, size_t max)
{
    if (json_dumpb(object, NULL, 0, JSON_COMPACT) > max)
        sim_check_found(check, "", "The size of the container exceeds the limit");
}

static void
bubble_has_block(struct sim_check *check, const json_t *object)
{
    static const char *const block[] = {"header", "hero", "body", "footer"};
    bool found = false;

    for (size_t i = 0; i < 4; i++)
        found = found || sim_check_get(object, block[i]) != NULL;
    if (!found)
        sim_check_found(check, "", "At least one block must be specified");
    bytes_at_most(check, object, BUBBLE_BYTES_MAX);
}

static const struct sim_shape bubble_shape[] = {SHAPE("bubble", bubble, bubble_has_block)};
static const struct sim_shapes bubbles = SHAPES(bubble_shape);

static const struct sim_property carousel[] = {
    LIST("contents", MUST, 1, BUBBLES_MAX, &bubbles),
};

static const char *
size_of_bubble(const json_t *list, size_t i)
{
    const char *size = json_string_value(json_object_get(json_array_get(list, i), "size"));

    return size != NULL ? size : "mega";
}

static void
bubbles_alike(struct sim_check *check, const json_t *object)
{
    const json_t *list = json_object_get(object, "contents");

    for (size_t i = 1; i < json_array_size(list); i++) {
        if (strcmp(size_of_bubble(list, 0), size_of_bubble(list, i)) != 0) {
            sim_check_found(check, "contents", "bubbles of a carousel must have the same size");
            break;
        }
    }
    bytes_at_most(check, object, CAROUSEL_BYTES_MAX);
}

static const struct sim_shape container[] = {
    SHAPE("bubble", bubble, bubble_has_block),
    SHAPE("carousel", carousel, bubbles_alike),
};
const struct sim_shapes sim_flex_containers = SHAPES(container);
