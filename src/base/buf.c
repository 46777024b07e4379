#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#define ROOM_FIRST ((size_t)256)

struct buf
buf_new(struct arena *arena, size_t cap_bytes)
{
    return (struct buf){.arena = arena, .cap = cap_bytes};
}

bool
buf_failed(const struct buf *b)
{
    return b->failed;
}

struct str
buf_str(const struct buf *b)
{
    return b->at == NULL ? STR("") : (struct str){b->at, b->n};
}

/* Make room for n more bytes and the NUL. */
static bool
make_room(struct buf *b, size_t n)
{
    size_t room = b->room > 0 ? 2 * b->room : ROOM_FIRST;
    char *at;

    if (b->failed)
        return false;
    if (n > b->cap - b->n)
        goto fail;
    if (b->n + n + 1 <= b->room)
        return true;
    if (room < b->n + n + 1)
        room = b->n + n + 1;
    if (room > b->cap + 1)
        room = b->cap + 1;
    at = arena_grow(b->arena, b->at, b->room, room);
    if (at == NULL)
        goto fail;
    b->at = at;
    b->room = room;
    return true;

fail:
    b->failed = true;
    return false;
}

char *
buf_reserve(struct buf *b, size_t n)
{
    char *at;

    if (!make_room(b, n))
        return NULL;
    at = b->at + b->n;
    b->n += n;
    b->at[b->n] = '\0';
    return at;
}

void
buf_bytes(struct buf *b, const void *bytes, size_t n)
{
    char *at = buf_reserve(b, n);

    if (at != NULL && n > 0)
        memcpy(at, bytes, n);
}

void
buf_text(struct buf *b, const char *text)
{
    buf_bytes(b, text, strlen(text));
}

void
buf_str_raw(struct buf *b, struct str text)
{
    buf_bytes(b, text.at, text.n);
}

void
buf_char(struct buf *b, char c)
{
    buf_bytes(b, &c, 1);
}

void
buf_int(struct buf *b, int64_t n)
{
    char digits[20]; /* -9223372036854775808 */
    size_t at = sizeof(digits);
    uint64_t size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

    do {
        digits[--at] = (char)('0' + size % 10);
        size /= 10;
    } while (size > 0);
    if (n < 0)
        digits[--at] = '-';
    buf_bytes(b, digits + at, sizeof(digits) - at);
}

static const char *
xml_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void
buf_xml(struct buf *b, struct str text)
{
    size_t plain = 0; /* where the run that needs no escape began */

    for (size_t i = 0; i < text.n; i++) {
        const char *entity = xml_entity(text.at[i]);

        if (entity == NULL)
            continue;
        buf_bytes(b, text.at + plain, i - plain);
        buf_text(b, entity);
        plain = i + 1;
    }
    if (plain < text.n)
        buf_bytes(b, text.at + plain, text.n - plain);
}

static bool
is_plain_json(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

/* One code point that may not stand for itself; point < 0 is a byte that is not UTF-8. */
static void
json_escape(struct buf *b, int32_t point)
{
    switch (point) {
    case '"':
        buf_bytes(b, "\\\"", 2);
        break;
    case '\\':
        buf_bytes(b, "\\\\", 2);
        break;
    case '\n':
        buf_bytes(b, "\\n", 2);
        break;
    case '\r':
        buf_bytes(b, "\\r", 2);
        break;
    case '\t':
        buf_bytes(b, "\\t", 2);
        break;
    case '<': /* these three make up much of an SVG */
        buf_bytes(b, "\\u003c", 6);
        break;
    case '>':
        buf_bytes(b, "\\u003e", 6);
        break;
    case '&':
        buf_bytes(b, "\\u0026", 6);
        break;
    default:
        if (point < 0)
            buf_bytes(b, "\xEF\xBF\xBD", 3);
        else
            buf_format(b, "\\u%04x", (unsigned)point);
    }
}

void
buf_json(struct buf *b, struct str text)
{
    size_t plain = 0;
    size_t i = 0;

    buf_char(b, '"');
    while (i < text.n) {
        utf8proc_int32_t point;
        utf8proc_ssize_t n;

        if (is_plain_json((unsigned char)text.at[i])) {
            i++;
            continue;
        }
        n = utf8proc_iterate((const utf8proc_uint8_t *)text.at + i, (utf8proc_ssize_t)(text.n - i),
                             &point);
        if (n > 1 && point != 0x2028 && point != 0x2029) {
            i += (size_t)n;
            continue;
        }
        if (i > plain)
            buf_bytes(b, text.at + plain, i - plain);
        json_escape(b, n > 0 ? point : -1);
        i += n > 0 ? (size_t)n : 1;
        plain = i;
    }
    if (i > plain)
        buf_bytes(b, text.at + plain, i - plain);
    buf_char(b, '"');
}

void
buf_json_or_null(struct buf *b, struct str text)
{
    if (text.n > 0)
        buf_json(b, text);
    else
        buf_text(b, "null");
}

static bool
is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void
buf_url(struct buf *b, struct str text)
{
    static const char digit[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (is_unreserved(text.at[i]))
            buf_char(b, text.at[i]);
        else
            buf_bytes(b, (char[]){'%', digit[c >> 4], digit[c & 15]}, 3);
    }
}

/* Most of what is formatted fits where the text ends now; what does not is formatted again. */
void
buf_format(struct buf *b, const char *format, ...)
{
    size_t room = b->room - b->n;
    va_list args;
    char *at;
    int n;

    va_start(args, format);
    n = vsnprintf(room > 0 ? b->at + b->n : NULL, room, format, args);
    va_end(args);
    if (n < 0)
        b->failed = true;
    at = n < 0 ? NULL : buf_reserve(b, (size_t)n);
    if (at == NULL && room > 0)
        b->at[b->n] = '\0'; /* take back what was tried */
    if (at == NULL || (size_t)n < room)
        return;
    va_start(args, format);
    vsnprintf(at, (size_t)n + 1, format, args); /* the NUL goes where buf_reserve put one */
    va_end(args);
}
