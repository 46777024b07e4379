#include "line/quota.h"

#include "base/json.h"

#define MESSAGES_MAX INT64_C(1000000000000)

static enum err_code
no_quota(struct err *e, const char *what)
{
    return err_set(e, ERR_UPSTREAM, "quota_answer", "%s: not what LINE documents", what);
}

enum err_code
quota_most(struct str text, int64_t *out, struct err *e)
{
    struct str type = STR("");
    int64_t value = -1;
    const struct json_field fields[] = {
        {"type", JSON_KIND_TEXT, .min = 1, .max = 64, .out = &type},
        {"value", JSON_KIND_INT, .optional = true, .min = 0, .max = MESSAGES_MAX, .out = &value},
    };
    json_auto_t *root = NULL;
    bool is_limited;

    if (json_parse(text, QUOTA_ANSWER_MAX_BYTES, &root, e) ||
        json_read_some(root, fields, sizeof(fields) / sizeof(fields[0]), e))
        return no_quota(e, "quota");
    is_limited = str_eq(type, STR("limited"));
    if (is_limited ? value < 0 : !str_eq(type, STR("none")))
        return no_quota(e, "quota");
    *out = is_limited ? value : QUOTA_UNLIMITED;
    return OK;
}

enum err_code
quota_used(struct str text, int64_t *out, struct err *e)
{
    int64_t used = 0;
    const struct json_field fields[] = {
        {"totalUsage", JSON_KIND_INT, .min = 0, .max = MESSAGES_MAX, .out = &used},
    };
    json_auto_t *root = NULL;

    if (json_parse(text, QUOTA_ANSWER_MAX_BYTES, &root, e) || json_read_some(root, fields, 1, e))
        return no_quota(e, "consumption");
    *out = used;
    return OK;
}
