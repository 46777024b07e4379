#include "domain/head_file.h"

#include <inttypes.h>
#include <string.h>

#include "base/codec.h"
#include "base/json.h"

#define FORMAT STR("stampd heads 1")
#define FILE_LEVELS 3
#define FILE_KEYS (HEADS_FILE_MAX / 16)
#define AT_ONCE 16
#define HEX_HASH HEX_SIZE(SHA256_SIZE)

/* ---------------------------------------------------------------- writing */

static void
write_hash(struct buf *out, const char *name, const struct tree_hash *hash)
{
    char hex[HEX_HASH];

    hex_encode(hash->at, SHA256_SIZE, hex);
    buf_format(out, ",\"%s\":\"%s\"", name, hex);
}

void
head_write(struct buf *out, const struct head *h)
{
    char signature[BASE64_SIZE(P256_SIGNATURE_SIZE)];

    base64url_encode(h->signature, P256_SIGNATURE_SIZE, signature);
    buf_format(out, "{\"number\":%" PRId64 ",\"at\":%" PRId64 ",\"size\":%" PRId64, h->number,
               h->at_ms, h->size);
    write_hash(out, "root", &h->root);
    write_hash(out, "last", &h->last);
    buf_format(out, ",\"audit_seq\":%" PRId64, h->audit_seq);
    write_hash(out, "audit", &h->audit);
    write_hash(out, "before", &h->before);
    buf_format(out, ",\"signature\":\"%s\"}", signature);
}

enum err_code
heads_write(struct db *db, int64_t from, int64_t cap, struct buf *out, struct err *e)
{
    struct head heads[AT_ONCE];
    uint8_t key[P256_PUBLIC_SIZE];
    char text[BASE64_SIZE(P256_PUBLIC_SIZE)];
    const char *before = "\n";
    size_t n = AT_ONCE;

    head_key(db, key);
    base64url_encode(key, sizeof(key), text);
    buf_format(out, "{\"format\":\"%s\",\"key\":\"%s\",\"heads\":[", FORMAT.at, text);
    for (; n == AT_ONCE && cap > 0; cap -= AT_ONCE) {
        if (head_list(db, from, heads, cap < AT_ONCE ? (size_t)cap : AT_ONCE, &n, e))
            return e->code;
        for (size_t i = 0; i < n; i++, before = ",\n") {
            buf_text(out, before);
            head_write(out, &heads[i]);
            from = heads[i].number + 1;
        }
    }
    buf_text(out, "]}\n");
    return OK;
}

/* ---------------------------------------------------------------- reading */

static bool
read_hash(struct str text, struct tree_hash *out)
{
    size_t n;

    return hex_decode(text, out->at, SHA256_SIZE, &n) && n == SHA256_SIZE;
}

static enum err_code
malformed(const char *what, struct err *e)
{
    return err_set(e, ERR_INPUT, "heads_malformed", "no file of heads: %s", what);
}

static enum err_code
read_head(const json_t *in, struct head *out, struct err *e)
{
    struct str root, last, audit, before, signature;
    const struct json_field fields[] = {
        {"number", JSON_KIND_INT, false, 1, INT64_MAX, &out->number},
        {"at", JSON_KIND_INT, false, 0, INT64_MAX, &out->at_ms},
        {"size", JSON_KIND_INT, false, 1, INT64_MAX, &out->size},
        {"root", JSON_KIND_TEXT, false, 64, 64, &root},
        {"last", JSON_KIND_TEXT, false, 64, 64, &last},
        {"audit_seq", JSON_KIND_INT, false, 0, INT64_MAX, &out->audit_seq},
        {"audit", JSON_KIND_TEXT, false, 64, 64, &audit},
        {"before", JSON_KIND_TEXT, false, 64, 64, &before},
        {"signature", JSON_KIND_TEXT, false, 86, 86, &signature},
    };
    size_t n;

    if (json_read(in, fields, sizeof(fields) / sizeof(fields[0]), e))
        return malformed("a head's fields", e);
    if (!read_hash(root, &out->root) || !read_hash(last, &out->last) ||
        !read_hash(audit, &out->audit) || !read_hash(before, &out->before) ||
        !base64url_decode(signature, out->signature, P256_SIGNATURE_SIZE, &n) ||
        n != P256_SIGNATURE_SIZE)
        return malformed("a hash or a signature", e);
    return OK;
}

static enum err_code
read_file(const json_t *file, uint8_t key_out[P256_PUBLIC_SIZE],
          enum err_code (*each)(void *context, const struct head *head, struct err *e),
          void *context, struct err *e)
{
    struct str format, key;
    const json_t *heads, *one;
    const struct json_field fields[] = {
        {"format", JSON_KIND_TEXT, false, 1, 64, &format},
        {"key", JSON_KIND_TEXT, false, 87, 87, &key},
        {"heads", JSON_KIND_ARRAY, false, 0, 0, &heads},
    };
    size_t i, n;

    if (json_read(file, fields, sizeof(fields) / sizeof(fields[0]), e) || !str_eq(format, FORMAT))
        return malformed("not the format \"stampd heads 1\"", e);
    if (!base64url_decode(key, key_out, P256_PUBLIC_SIZE, &n) || n != P256_PUBLIC_SIZE)
        return malformed("the key", e);
    json_array_foreach(heads, i, one) {
        struct head head;

        if (read_head(one, &head, e) || each(context, &head, e))
            return e->code;
    }
    return OK;
}

enum err_code
heads_read(struct str text, uint8_t key_out[P256_PUBLIC_SIZE],
           enum err_code (*each)(void *context, const struct head *head, struct err *e),
           void *context, struct err *e)
{
    json_error_t problem;
    json_t *file;
    bool is_out_of_memory;
    enum err_code code;

    if (text.n > HEADS_FILE_MAX)
        return err_set(e, ERR_TOO_LARGE, "heads_malformed", "over %d bytes", (int)HEADS_FILE_MAX);
    if (!json_is_modest(text, FILE_LEVELS, FILE_KEYS))
        return malformed("too deep", e);
    file = json_load(text, JSON_REJECT_DUPLICATES, &problem, &is_out_of_memory);
    if (is_out_of_memory)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "heads of %zu bytes", text.n);
    if (file == NULL)
        return malformed("no JSON", e);
    code = read_file(file, key_out, each, context, e);
    json_decref(file);
    return code;
}
