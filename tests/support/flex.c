#include "tests/support/flex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tests/support/check.h"

const char *const flex_language[MESSAGE_LANGUAGES] = {"ja", "en", "zh-Hant", "th"};

/* What a shop of each language would say. */
static const struct {
    const char *plan, *reward, *shop, *day, *minute, *tier, *gives, *answer;
} names[MESSAGE_LANGUAGES] = {
    {"うえの珈琲 スタンプカード", "コーヒー1杯無料", "上野店", "2026年11月22日 (日)",
     "2026年11月22日 15:04", "ゴールド会員", "ポイント1.5倍",
     "お問い合わせありがとうございます。\nお忘れ物の傘は、上野店でお預かりしております。"},
    {"Ueno Coffee Card", "One free coffee", "Ueno", "22 Nov 2026", "22 Nov 2026, 15:04", "Gold",
     "1.5 times the points", "Thank you for asking.\nYour umbrella is waiting for you at Ueno."},
    {"上野咖啡集點卡", "免費咖啡一杯", "上野店", "2026年11月22日", "2026年11月22日 15:04",
     "金卡會員", "點數 1.5 倍", "感謝您的來信。\n您的雨傘目前由上野店代為保管。"},
    {"บัตรสะสม Ueno Coffee", "กาแฟฟรี 1 แก้ว", "สาขาอุเอโนะ", "22 พ.ย. 2569", "22 พ.ย. 2569 15:04",
     "สมาชิกระดับทอง", "คะแนน 1.5 เท่า", "ขอบคุณที่สอบถาม\nร่มของคุณอยู่ที่สาขาอุเอโนะ"},
};

struct message
flex_example(enum message_kind kind, enum message_language language, enum message_unit unit)
{
    bool is_stamp = unit == MESSAGE_STAMP;

    return (struct message){
        .kind = kind,
        .language = language,
        .unit = unit,
        .plan_name = str_of(names[language].plan),
        .amount = is_stamp ? 1 : 25,
        .balance = kind == MESSAGE_ONE_MORE ? 9
                   : is_stamp               ? 7
                                            : 1240,
        .goal = kind == MESSAGE_ONE_MORE || is_stamp ? 10 : 2000,
        .days_left = 3,
        .reward_title = str_of(names[language].reward),
        .shop_name = str_of(names[language].shop),
        .date_text = str_of(kind == MESSAGE_BALANCE ? names[language].minute : names[language].day),
        .tier_name = str_of(names[language].tier),
        .tier_gives = str_of(names[language].gives),
        .text = str_of(names[language].answer),
        .card_url = STR(FLEX_URL),
    };
}

/* ---------------------------------------------------------------- what LINE accepts */

const char *
flex_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

/* No property but these, taken from messaging-api.yml; " type" and the like, space-separated. */
static void
check_properties(const json_t *object, const char *allowed)
{
    const char *key;
    json_t *value;
    char mark[64];

    json_object_foreach((json_t *)object, key, value) {
        snprintf(mark, sizeof(mark), " %s ", key);
        if (strstr(allowed, mark) == NULL)
            fail_msg("Flex does not know the property %s", key);
    }
}

static void
check_colour(const json_t *object, const char *name)
{
    const char *colour = flex_text(object, name);

    if (colour[0] != '\0')
        assert_true(colour[0] == '#' && strlen(colour) == 7 &&
                    strspn(colour + 1, "0123456789ABCDEF") == 6);
}

static void
check_action(const json_t *action)
{
    struct str label = str_of(flex_text(action, "label")), uri = str_of(flex_text(action, "uri"));

    check_properties(action, " type label uri ");
    assert_string_equal(flex_text(action, "type"), "uri");
    assert_true(label.n > 0 && text_graphemes(label) <= MESSAGE_MAX_LABEL);
    assert_true(uri.n > 0 && uri.n <= MESSAGE_MAX_URI_UNITS);
}

static void
check_component(const json_t *component)
{
    const char *type = flex_text(component, "type");
    const json_t *contents = json_object_get(component, "contents");
    size_t i;
    json_t *child;

    if (strcmp(type, "text") == 0) {
        check_properties(component, " type text wrap size weight color margin ");
        assert_true(strlen(flex_text(component, "text")) > 0);
        assert_true(json_is_true(json_object_get(component, "wrap")));
        check_colour(component, "color");
    } else if (strcmp(type, "button") == 0) {
        check_properties(component, " type action style height color ");
        check_action(json_object_get(component, "action"));
        check_colour(component, "color");
    } else if (strcmp(type, "separator") == 0) {
        check_properties(component, " type margin ");
    } else {
        assert_string_equal(type, "box");
        check_properties(component,
                         " type layout contents spacing margin height width cornerRadius "
                         "backgroundColor ");
        assert_string_equal(flex_text(component, "layout"), "vertical");
        assert_true(json_is_array(contents));
        check_colour(component, "backgroundColor");
        json_array_foreach(contents, i, child)
            check_component(child);
    }
}

static void
check_bubble(const json_t *bubble)
{
    char *text = json_dumps(bubble, JSON_COMPACT);

    check_properties(bubble, " type size body footer ");
    assert_string_equal(flex_text(bubble, "type"), "bubble");
    assert_string_equal(flex_text(bubble, "size"), "kilo");
    check_component(json_object_get(bubble, "body"));
    check_component(json_object_get(bubble, "footer"));
    assert_true(strlen(text) <= MESSAGE_MAX_BUBBLE_BYTES);
    free(text);
}

static void
check_carousel(const json_t *carousel)
{
    const json_t *bubbles = json_object_get(carousel, "contents");
    char *text = json_dumps(carousel, JSON_COMPACT);
    size_t i;
    json_t *bubble;

    check_properties(carousel, " type contents ");
    assert_true(json_array_size(bubbles) > 0 && json_array_size(bubbles) <= MESSAGE_MAX_BUBBLES);
    assert_true(strlen(text) <= MESSAGE_MAX_CAROUSEL_BYTES);
    json_array_foreach(bubbles, i, bubble)
        check_bubble(bubble);
    free(text);
}

static void
check_message(const json_t *message)
{
    const json_t *contents = json_object_get(message, "contents");
    size_t units = text_utf16_units(str_of(flex_text(message, "altText")));

    if (strcmp(flex_text(message, "type"), "text") == 0) {
        check_properties(message, " type text ");
        units = text_utf16_units(str_of(flex_text(message, "text")));
        assert_true(units > 0 && units <= MESSAGE_MAX_TEXT_UNITS);
        return;
    }
    check_properties(message, " type altText contents ");
    assert_string_equal(flex_text(message, "type"), "flex");
    assert_true(units > 0 && units <= MESSAGE_MAX_ALT_UNITS);
    if (strcmp(flex_text(contents, "type"), "carousel") == 0)
        check_carousel(contents);
    else
        check_bubble(contents);
}

json_t *
flex_checked_body(const struct buf *body, const char *address, size_t want_n)
{
    json_t *root = json_loadb(body->at, body->n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *messages = json_object_get(root, "messages");
    size_t i;
    json_t *message;

    assert_non_null(root);
    assert_int_equal(json_object_size(root), 2);
    assert_true(json_object_get(root, address) != NULL);
    assert_int_equal(json_array_size(messages), want_n);
    json_array_foreach(messages, i, message)
        check_message(message);
    return root;
}

void
flex_check_golden(const char *name, const char *text)
{
    static char kept[64 * 1024];
    const char *wish = getenv("GOLDEN");
    bool writes = wish != NULL && strcmp(wish, "write") == 0;
    char path[256];
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "tests/golden/%s", name);
    file = fopen(path, writes ? "w" : "r");
    if (file == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    if (writes) {
        fprintf(file, "%s\n", text);
    } else {
        n = fread(kept, 1, sizeof(kept) - 1, file);
        kept[n > 0 ? n - 1 : 0] = '\0'; /* without its last newline */
        if (strcmp(kept, text) != 0)
            fail_msg("%s differs (make golden rewrites it); now:\n%s", path, text);
    }
    fclose(file);
}
