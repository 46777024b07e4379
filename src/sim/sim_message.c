#include "sim/sim_message.h"

#include "base/str.h"
#include "sim/sim_check.h"
#include "sim/sim_flex.h"

#include <stdio.h>
#include <string.h>

#define ANY_NUMBER 2147483647
#define TEMPLATE_TAPS "postback|message|uri|datetimepicker|clipboard"
#define QUICK_TAPS TEMPLATE_TAPS "|camera|cameraRoll|location"

static const struct sim_property quick_item[] = {
    IMAGE_URI("imageUrl", MAY),
    ACTION("action", MUST, 1, 20, QUICK_TAPS),
};
static const struct sim_shape quick_item_shape[] = {SHAPE("action", quick_item, NULL)};
static const struct sim_shapes quick_items = SHAPES(quick_item_shape);
static const struct sim_property quick_reply[] = {
    LIST("items", MUST, 1, 13, &quick_items),
};
static const struct sim_shape quick_reply_shape[] = {SHAPE(NULL, quick_reply, NULL)};
static const struct sim_shapes quick_replies = SHAPES(quick_reply_shape);

static const struct sim_property sender[] = {
    TEXT("name", MAY, 1, 20),
    IMAGE_URI("iconUrl", MAY),
};

static void
sender_is_not_line(struct sim_check *check, const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "name"));

    if (name != NULL && strcasestr(name, "LINE") != NULL)
        sim_check_found(check, "name", "invalid property");
}

static const struct sim_shape sender_shape[] = {SHAPE(NULL, sender, sender_is_not_line)};
static const struct sim_shapes senders = SHAPES(sender_shape);

/* Every message may have these two. */
#define COMMON OBJECT("quickReply", MAY, &quick_replies), OBJECT("sender", MAY, &senders)

static const struct sim_property emoji[] = {
    INTEGER("index", MUST, 0, 5000),
    PATTERN("productId", MUST, 1, 64, ""),
    PATTERN("emojiId", MUST, 1, 16, ""),
};
static const struct sim_shape emoji_shape[] = {SHAPE(NULL, emoji, NULL)};
static const struct sim_shapes emojis = SHAPES(emoji_shape);

static const struct sim_property text[] = {
    TEXT("text", MUST, 1, 5000),
    LIST("emojis", MAY, 1, 20, &emojis),
    TEXT("quoteToken", MAY, 1, 1000),
    COMMON,
};
static const struct sim_property text_v2[] = {
    TEXT("text", MUST, 1, 5000),
    ANYTHING("substitution", MAY),
    TEXT("quoteToken", MAY, 1, 1000),
    COMMON,
};
static const struct sim_property sticker[] = {
    PATTERN("packageId", MUST, 1, 20, ""),
    PATTERN("stickerId", MUST, 1, 20, ""),
    TEXT("quoteToken", MAY, 1, 1000),
    COMMON,
};
static const struct sim_property image[] = {
    IMAGE_URI("originalContentUrl", MUST),
    IMAGE_URI("previewImageUrl", MUST),
    COMMON,
};
static const struct sim_property video[] = {
    IMAGE_URI("originalContentUrl", MUST),
    IMAGE_URI("previewImageUrl", MUST),
    TEXT("trackingId", MAY, 1, 100),
    COMMON,
};
static const struct sim_property audio[] = {
    IMAGE_URI("originalContentUrl", MUST),
    INTEGER("duration", MUST, 1, ANY_NUMBER),
    COMMON,
};
static const struct sim_property location[] = {
    TEXT("title", MUST, 1, 100),
    TEXT("address", MUST, 1, 100),
    NUMBER("latitude", MUST, -90, 90),
    NUMBER("longitude", MUST, -180, 180),
    COMMON,
};
static const struct sim_property coupon[] = {
    TEXT("couponId", MUST, 1, 100),
    PATTERN("deliveryTag", MAY, 1, 30, "_"),
    COMMON,
};
static const struct sim_property imagemap[] = {
    IMAGE_URI("baseUrl", MUST), TEXT("altText", MUST, 1, 1500), ANYTHING("baseSize", MUST),
    ANYTHING("actions", MUST),  ANYTHING("video", MAY),         COMMON,
};
static const struct sim_property template_message[] = {
    TEXT("altText", MUST, 1, 1500),
    ANYTHING("template", MUST),
    COMMON,
};
static const struct sim_property flex[] = {
    TEXT("altText", MUST, 1, 1500),
    ANYTHING("contents", MUST),
    COMMON,
};

static const struct sim_shape message_shape[] = {
    SHAPE("text", text, NULL),
    SHAPE("textV2", text_v2, NULL),
    SHAPE("sticker", sticker, NULL),
    SHAPE("image", image, NULL),
    SHAPE("video", video, NULL),
    SHAPE("audio", audio, NULL),
    SHAPE("location", location, NULL),
    SHAPE("imagemap", imagemap, NULL),
    SHAPE("template", template_message, NULL),
    SHAPE("flex", flex, NULL),
    SHAPE("coupon", coupon, NULL),
};
static const struct sim_shapes message_shapes = SHAPES(message_shape);

static const struct sim_property buttons[] = {
    IMAGE_URI("thumbnailImageUrl", MAY),
    WORD("imageAspectRatio", MAY, "rectangle|square"),
    WORD("imageSize", MAY, "cover|contain"),
    COLOR("imageBackgroundColor", MAY),
    GRAPHEMES("title", MAY, 1, 40),
    GRAPHEMES("text", MUST, 1, 160),
    ACTION("defaultAction", MAY, 0, 20, TEMPLATE_TAPS),
    ACTIONS("actions", MUST, 1, 20, TEMPLATE_TAPS, 4),
};

/* Below a picture or a title there is less room. */
static void
text_fits(struct sim_check *check, const json_t *object)
{
    const json_t *words = json_object_get(object, "text");
    bool has_head = sim_check_get(object, "thumbnailImageUrl") != NULL ||
                    sim_check_get(object, "title") != NULL;

    if (has_head && sim_graphemes(str_of(json_string_value(words))) > 60)
        sim_check_found(check, "text", "must not be longer than 60 characters");
}

static const struct sim_property confirm[] = {
    GRAPHEMES("text", MUST, 1, 240),
    ACTIONS("actions", MUST, 1, 20, TEMPLATE_TAPS, 2),
};

static void
two_answers(struct sim_check *check, const json_t *object)
{
    if (json_array_size(json_object_get(object, "actions")) != 2)
        sim_check_found(check, "actions", "Size must be between 2 and 2");
}

static const struct sim_property column[] = {
    IMAGE_URI("thumbnailImageUrl", MAY),
    COLOR("imageBackgroundColor", MAY),
    GRAPHEMES("title", MAY, 1, 40),
    GRAPHEMES("text", MUST, 1, 120),
    ACTION("defaultAction", MAY, 0, 20, TEMPLATE_TAPS),
    ACTIONS("actions", MUST, 1, 20, TEMPLATE_TAPS, 3),
};
static const struct sim_shape column_shape[] = {SHAPE(NULL, column, text_fits)};
static const struct sim_shapes columns = SHAPES(column_shape);

static const struct sim_property carousel[] = {
    LIST("columns", MUST, 1, 10, &columns),
    WORD("imageAspectRatio", MAY, "rectangle|square"),
    WORD("imageSize", MAY, "cover|contain"),
};

static void
columns_alike(struct sim_check *check, const json_t *object)
{
    const json_t *list = json_object_get(object, "columns");
    const json_t *first = json_object_get(json_array_get(list, 0), "actions");

    for (size_t i = 1; i < json_array_size(list); i++) {
        if (json_array_size(json_object_get(json_array_get(list, i), "actions")) !=
            json_array_size(first)) {
            sim_check_found(check, "columns", "the number of actions must be the same");
            return;
        }
    }
}

static const struct sim_property picture[] = {
    IMAGE_URI("imageUrl", MUST),
    ACTION("action", MUST, 0, 12, TEMPLATE_TAPS),
};
static const struct sim_shape picture_shape[] = {SHAPE(NULL, picture, NULL)};
static const struct sim_shapes pictures = SHAPES(picture_shape);
static const struct sim_property image_carousel[] = {
    LIST("columns", MUST, 1, 10, &pictures),
};

static const struct sim_shape template_shape[] = {
    SHAPE("buttons", buttons, text_fits),
    SHAPE("confirm", confirm, two_answers),
    SHAPE("carousel", carousel, columns_alike),
    SHAPE("image_carousel", image_carousel, NULL),
};
static const struct sim_shapes templates = SHAPES(template_shape);

/* NULL when there are no details, which are taken. */
static json_t *
problem(const char *message, json_t *details)
{
    if (json_array_size(details) == 0) {
        json_decref(details);
        return NULL;
    }
    return json_pack("{s:s, s:o}", "message", message, "details", details);
}

/* What is wrong with the messages themselves; NULL: nothing. */
static json_t *
outer_problem(const json_t *messages)
{
    size_t n = json_array_size(messages);
    json_t *details = json_array();
    char summary[64];

    if (!json_is_array(messages) || n < 1 || n > 5)
        json_array_append_new(details,
                              json_pack("{s:s, s:s}", "message", "Size must be between 1 and 5",
                                        "property", "messages"));
    for (size_t i = 0; i < n && n <= 5; i++) {
        struct sim_check check;
        char path[40];

        snprintf(path, sizeof(path), "messages[%zu]", i);
        sim_check_init(&check, false, path);
        sim_check_object(&check, &message_shapes, json_array_get(messages, i));
        json_array_extend(details, check.details);
        sim_check_clear(&check);
    }
    snprintf(summary, sizeof(summary), "The request body has %zu error(s)",
             json_array_size(details));
    return problem(summary, details);
}

/* What is wrong inside a Flex container or a template, told with a path from there. */
static json_t *
inner_problem(const json_t *message, size_t i)
{
    const char *type = json_string_value(json_object_get(message, "type"));
    struct sim_check check;
    char summary[80];

    sim_check_init(&check, true, "");
    if (strcmp(type, "flex") == 0)
        sim_check_object(&check, &sim_flex_containers, json_object_get(message, "contents"));
    else if (strcmp(type, "template") == 0)
        sim_check_object(&check, &templates, json_object_get(message, "template"));
    snprintf(summary, sizeof(summary), "A message (messages[%zu]) in the request body is invalid",
             i);
    return problem(summary, check.details);
}

json_t *
sim_messages_problem(const json_t *messages)
{
    json_t *found = outer_problem(messages);

    for (size_t i = 0; found == NULL && i < json_array_size(messages); i++)
        found = inner_problem(json_array_get(messages, i), i);
    return found;
}
