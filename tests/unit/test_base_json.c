/* JSON from outside: what is refused, and which field the error names. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "tests/support/check.h"

static void
what_is_not_strict_json_is_refused(void **state)
{
    static const struct str row[] = {
        STR_INIT(""),
        STR_INIT(" "),
        STR_INIT("{"),
        STR_INIT("{\"a\":1}x"),
        STR_INIT("{\"a\":1}{}"),
        STR_INIT("{\"a\":1,}"),
        STR_INIT("{a:1}"),
        STR_INIT("{'a':1}"),
        STR_INIT("{\"a\":01}"),
        STR_INIT("{\"a\":+1}"),
        STR_INIT("{\"a\":.5}"),
        STR_INIT("{\"a\":NaN}"),
        STR_INIT("{\"a\":1e999}"),
        STR_INIT("{\"a\":9223372036854775808}"),
        STR_INIT("{\"a\":1,\"a\":1}"),       /* two answers to one question */
        STR_INIT("{\"a\":1,\"\\u0061\":2}"), /* the same, in disguise */
        STR_INIT("{\"a\":\"\\u0000\"}"),
        STR_INIT("{\"a\":\"\0\"}"),
        STR_INIT("{\"a\":\"\n\"}"),
        STR_INIT("{\"a\":\"\xFF\"}"),
        STR_INIT("{\"a\":\"\xC0\xAF\"}"),
        STR_INIT("{\"a\":\"\xED\xA0\x80\"}"),
        STR_INIT("{\"a\":\"\\uD800\"}"),
        STR_INIT("\xEF\xBB\xBF{}"),
        STR_INIT("{}\0"),
        STR_INIT("// {}"),
        STR_INIT("[1,2"),
        STR_INIT("\"\\"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct err e = {0};
        json_t *value = NULL;

        CHECK_ROW(i);
        CHECK_FAILS(json_parse(row[i], 100, &value, &e), e, ERR_INPUT, "json_malformed");
        CHECK_THAT(value == NULL);
    }
}

static void
what_is_json_is_taken(void **state)
{
    static const struct str row[] = {
        STR_INIT("{}"),
        STR_INIT(" [ ] \n"),
        STR_INIT(
            "{\"a\":-9223372036854775808,\"b\":1.5e3,\"c\":[true,false,null],\"d\":{\"a\":\"\"}}"),
        STR_INIT("\"\xF0\x9F\x98\x80 \\ud83d\\ude00 {[:\\\"\""),
        STR_INIT("7"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct err e = {0};
        json_t *value = NULL;

        CHECK_ROW(i);
        CHECK_OK(json_parse(row[i], 100, &value, &e), e);
        json_decref(value);
    }
}

/* `n` times `front`, a 0, `n` times `back`. */
static struct str
nest(const char *front, const char *back, int n)
{
    static char text[4096];

    text[0] = '\0';
    for (int i = 0; i < n; i++)
        strcat(text, front);
    strcat(text, "0");
    for (int i = 0; i < n; i++)
        strcat(text, back);
    return str_of(text);
}

static void
size_depth_and_keys_have_limits(void **state)
{
    struct err e = {0};
    json_t *value = NULL;
    char text[8192];
    size_t n = 0;

    (void)state;
    CHECK_FAILS(json_parse(STR("[1234]"), 5, &value, &e), e, ERR_TOO_LARGE, "json_too_large");
    CHECK_OK(json_parse(STR("[1234]"), 6, &value, &e), e);
    json_decref(value);

    CHECK_OK(json_parse(nest("[", "]", 16), 4096, &value, &e), e);
    json_decref(value);
    CHECK_FAILS(json_parse(nest("[", "]", 17), 4096, &value, &e), e, ERR_INPUT, "json_malformed");
    CHECK_OK(json_parse(nest("{\"a\":", "}", 16), 4096, &value, &e), e);
    json_decref(value);
    CHECK_FAILS(json_parse(nest("{\"a\":", "}", 17), 4096, &value, &e), e, ERR_INPUT,
                "json_malformed");

    n += (size_t)snprintf(text + n, sizeof(text) - n, "{");
    for (int i = 0; i < 640; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\"k%d\":0", i > 0 ? "," : "", i);
    CHECK_OK(json_parse(str_of(strcat(text, "}")), 8192, &value, &e), e);
    json_decref(value);
    memcpy(text + n, ",\"k640\":0}", 11);
    CHECK_FAILS(json_parse(str_of(text), 8192, &value, &e), e, ERR_INPUT, "json_malformed");
}

static json_t *
parsed(const char *text)
{
    struct err e = {0};
    json_t *value = NULL;

    CHECK_OK(json_parse(str_of(text), 4096, &value, &e), e);
    return value;
}

/* The request of the tests below. */
struct grant {
    struct str shop;
    int64_t count;
    bool is_gift;
    const json_t *items;
    const json_t *extra;
};

#define FIELDS(g)                                                                                  \
    {                                                                                              \
        {.name = "shop", .kind = JSON_KIND_TEXT, .min = 1, .max = 8, .out = &(g).shop},            \
            {.name = "count", .kind = JSON_KIND_INT, .min = 1, .max = 10, .out = &(g).count},      \
            {.name = "is_gift", .kind = JSON_KIND_BOOL, .optional = true, .out = &(g).is_gift},    \
            {.name = "items", .kind = JSON_KIND_ARRAY, .optional = true, .out = &(g).items},       \
            {.name = "extra", .kind = JSON_KIND_OBJECT, .optional = true, .out = &(g).extra},      \
    }

static void
listed_fields_are_read(void **state)
{
    json_auto_t *body = parsed(
        "{\"extra\":{\"a\":1},\"items\":[1,2],\"is_gift\":true,\"count\":10,\"shop\":\"ueno\"}");
    struct grant g = {0};
    const struct json_field fields[] = FIELDS(g);
    struct err e = {0};

    (void)state;
    CHECK_OK(json_read(body, fields, COUNT(fields), &e), e);
    CHECK_STR(g.shop, "ueno");
    CHECK_INT(g.count, 10);
    CHECK_THAT(g.is_gift);
    CHECK_INT(json_array_size(g.items), 2);
    CHECK_INT(json_object_size(g.extra), 1);
}

static void
an_optional_field_left_out_or_null_keeps_its_default(void **state)
{
    json_auto_t *body = parsed("{\"shop\":\"ueno\",\"count\":1,\"is_gift\":null}");
    struct grant g = {.is_gift = true};
    const struct json_field fields[] = FIELDS(g);
    struct err e = {0};

    (void)state;
    CHECK_OK(json_read(body, fields, COUNT(fields), &e), e);
    CHECK_THAT(g.is_gift);
    CHECK_THAT(g.items == NULL);
}

static void
a_wrong_field_is_named(void **state)
{
    static const struct {
        const char *in, *word, *field;
    } row[] = {
        {"[]", "json_not_object", ""},
        {"\"shop\"", "json_not_object", ""},
        {"{}", "field_missing", "shop"},
        {"{\"shop\":\"ueno\"}", "field_missing", "count"},
        {"{\"shop\":null,\"count\":1}", "field_type", "shop"},
        {"{\"shop\":1,\"count\":1}", "field_type", "shop"},
        {"{\"shop\":\"ueno\",\"count\":\"1\"}", "field_type", "count"},
        {"{\"shop\":\"ueno\",\"count\":1.0}", "field_type", "count"},
        {"{\"shop\":\"ueno\",\"count\":true}", "field_type", "count"},
        {"{\"shop\":\"ueno\",\"count\":1,\"is_gift\":1}", "field_type", "is_gift"},
        {"{\"shop\":\"ueno\",\"count\":1,\"items\":{}}", "field_type", "items"},
        {"{\"shop\":\"ueno\",\"count\":1,\"extra\":[]}", "field_type", "extra"},
        {"{\"shop\":\"\",\"count\":1}", "field_range", "shop"},
        {"{\"shop\":\"ninechars\",\"count\":1}", "field_range", "shop"},
        {"{\"shop\":\"ueno\",\"count\":0}", "field_range", "count"},
        {"{\"shop\":\"ueno\",\"count\":11}", "field_range", "count"},
        {"{\"shop\":\"ueno\",\"count\":1,\"Shop\":\"x\"}", "field_unknown", "Shop"},
        {"{\"shop\":\"ueno\",\"count\":1,\"\":0}", "field_unknown", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        json_auto_t *body = parsed(row[i].in);
        struct grant g = {0};
        const struct json_field fields[] = FIELDS(g);
        struct err e = {0};

        CHECK_ROW(i);
        CHECK_FAILS(json_read(body, fields, COUNT(fields), &e), e, ERR_INPUT, row[i].word);
        CHECK_TEXT(e.field, row[i].field);
    }
}

static void
reading_some_leaves_the_others_alone(void **state)
{
    json_auto_t *body = parsed("{\"shop\":\"ueno\",\"count\":1,\"new_at_line\":{}}");
    struct grant g = {0};
    const struct json_field fields[] = FIELDS(g);
    struct err e = {0};

    (void)state;
    CHECK_OK(json_read_some(body, fields, COUNT(fields), &e), e);
    CHECK_STR(g.shop, "ueno");
}

static void
elements_are_found_as_they_stand(void **state)
{
    static const struct {
        const char *object, *found; /* with a | behind each */
        size_t n;
    } row[] = {
        {"{\"a\":[]}", "", 0},
        {"{}", "", 0},
        {"{\"b\":[1]}", "", 0},
        {"{\"a\":1}", "", 0},
        {"{\"a\":{\"a\":[1]}}", "", 0},
        {"{\"a\":[1]}", "1|", 1},
        {" \n{ \"a\" :\t[ 1 ,\r\n-2.5e3\n, true,null ] } ", "1|-2.5e3|true|null|", 4},
        {"{\"b\":{\"a\":[7]},\"c\":[[],[8]],\"d\":\"\\\"a\\\":[9]\",\"a\":[{\"x\":[1,{}]},[2,[3]],"
         "\"],\"]}",
         "{\"x\":[1,{}]}|[2,[3]]|\"],\"|", 3},
        {"{\"a\":[\"\\\\\",\"\\\"\"]}", "\"\\\\\"|\"\\\"\"|", 2},
        {"{\"\\u0061\":[1]}", "", 0},
        {"{\"a\":[1,2,3,4,5,6]}", "1|2|3|4|", 6}, /* more than were asked for */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct str element[4];
        char found[128] = "";
        size_t n, at = 0;

        CHECK_ROW(i);
        n = json_elements(str_of(row[i].object), "a", element, COUNT(element));
        CHECK_INT(n, row[i].n);
        for (size_t k = 0; k < n && k < COUNT(element); k++)
            at += (size_t)snprintf(found + at, sizeof(found) - at, "%.*s|", (int)element[k].n,
                                   element[k].at);
        CHECK_TEXT(found, row[i].found);
    }
}

static void
the_error_does_not_repeat_the_input(void **state)
{
    struct err e = {0};
    json_t *value = NULL;

    (void)state;
    json_parse(STR("{\"pin\":1234 secret"), 100, &value, &e);
    CHECK_THAT(strstr(e.text, "1234") == NULL && strstr(e.text, "secret") == NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_not_strict_json_is_refused),
        TEST(what_is_json_is_taken),
        TEST(size_depth_and_keys_have_limits),
        TEST(listed_fields_are_read),
        TEST(an_optional_field_left_out_or_null_keeps_its_default),
        TEST(a_wrong_field_is_named),
        TEST(reading_some_leaves_the_others_alone),
        TEST(elements_are_found_as_they_stand),
        TEST(the_error_does_not_repeat_the_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
