#include <assert.h>
#include <string.h>

#include "barcode/barcode.h"

#define BAR "m1 0v60h1V0" /* across 1, down 60, across 1, up to the top: filling closes it */
#define MODULE "m1 0v1h1v-1"

enum {
    LINEAR_HEIGHT = 60,
    BAR_BYTES = sizeof BAR - 1,
    ROW_BYTES = sizeof "M64 64" + (BARCODE_QR_SIZE_MAX + 1) / 2 * (sizeof MODULE - 1),
};

/* What has been put is counted even where it does not fit. */
struct sink {
    char *out;
    size_t cap;
    size_t n;
};

static void
put(struct sink *sink, const char *bytes, size_t n)
{
    if (sink->n + n < sink->cap)
        memcpy(sink->out + sink->n, bytes, n);
    sink->n += n;
}

static void
put_text(struct sink *sink, const char *text)
{
    put(sink, text, strlen(text));
}

/* XML 1.0 allows no control characters, not even escaped, but for white space. */
static const char *
xml_escape(unsigned char c)
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
        return c < ' ' || c == 0x7f ? " " : NULL;
    }
}

static void
put_xml(struct sink *sink, const char *text)
{
    const char *plain = text;

    for (; *text != '\0'; text++) {
        const char *escape = xml_escape((unsigned char)*text);

        if (escape == NULL)
            continue;
        put(sink, plain, (size_t)(text - plain));
        put_text(sink, escape);
        plain = text + 1;
    }
    put(sink, plain, (size_t)(text - plain));
}

/* Coordinates are below 1000: the widest symbol has 213 modules. */
static char *
write_number(char *to, unsigned value)
{
    assert(value < 1000);
    if (value >= 100)
        *to++ = (char)('0' + value / 100);
    if (value >= 10)
        *to++ = (char)('0' + value / 10 % 10);
    *to++ = (char)('0' + value % 10);
    return to;
}

static void
put_number(struct sink *sink, unsigned value)
{
    char digits[3];

    put(sink, digits, (size_t)(write_number(digits, value) - digits));
}

static void
put_attribute(struct sink *sink, const char *name, const char *value)
{
    put_text(sink, name);
    put_xml(sink, value);
    put_text(sink, "\"");
}

static void
put_id(struct sink *sink, const char *name, const char *prefix)
{
    put_text(sink, name);
    put_xml(sink, prefix);
    put_text(sink, "-title\"");
}

/* All bars are the same bytes but for the space before them and their own width. */
static void
put_bars(struct sink *sink, const struct barcode_symbol *symbol)
{
    char path[(BARCODE_LINEAR_RUNS_MAX + 1) / 2 * BAR_BYTES];
    char *to = path;

    put_text(sink, "M");
    put_number(sink, symbol->quiet);
    put_text(sink, " 0v60h");
    put_number(sink, symbol->run[0]);
    put_text(sink, "V0");
    for (unsigned i = 1; i < symbol->run_count; i += 2) {
        memcpy(to, BAR, BAR_BYTES);
        to[1] = (char)('0' + symbol->run[i]);
        to[8] = (char)('0' + symbol->run[i + 1]);
        to += BAR_BYTES;
    }
    put(sink, path, (size_t)(to - path));
}

static char *
write_bytes(char *to, const char *bytes, size_t n)
{
    memcpy(to, bytes, n);
    return to + n;
}

/* Dark modules side by side are one rectangle: fewer bytes, and no seams. */
static void
put_row(struct sink *sink, uint64_t row, unsigned x, unsigned y)
{
    char path[ROW_BYTES];
    char *to = path;
    unsigned space = (unsigned)__builtin_ctzll(row);

    *to++ = 'M';
    to = write_number(to, x + space);
    *to++ = ' ';
    to = write_number(to, y);
    for (;;) {
        unsigned dark = (unsigned)__builtin_ctzll(~(row >>= space));

        to = write_bytes(to, "v1h", 3);
        to = write_number(to, dark);
        to = write_bytes(to, "v-1", 3);
        if ((row >>= dark) == 0)
            break;
        space = (unsigned)__builtin_ctzll(row);
        *to++ = 'm';
        to = write_number(to, space);
        to = write_bytes(to, " 0", 2);
    }
    put(sink, path, (size_t)(to - path));
}

static void
put_size(struct sink *sink, const char *before, unsigned width, const char *between,
         unsigned height)
{
    put_text(sink, before);
    put_number(sink, width);
    put_text(sink, between);
    put_number(sink, height);
    put_text(sink, "\"");
}

size_t
barcode_svg(const struct barcode_symbol *symbol, const struct barcode_svg_options *options,
            char *out, size_t cap)
{
    struct sink sink = {.out = out, .cap = cap};
    bool linear = symbol->height == 1;
    unsigned width = symbol->width + 2 * symbol->quiet;
    unsigned height = linear ? LINEAR_HEIGHT : symbol->height + 2 * symbol->quiet;

    put_text(&sink, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
    if (options->class_name != NULL)
        put_attribute(&sink, " class=\"", options->class_name);
    put_size(&sink, " viewBox=\"0 0 ", width, " ", height);
    if (linear)
        put_text(&sink, " preserveAspectRatio=\"none\"");
    put_text(&sink, " role=\"img\"");
    put_id(&sink, " aria-labelledby=\"", options->id_prefix);
    put_id(&sink, "><title id=\"", options->id_prefix);
    put_text(&sink, ">");
    put_xml(&sink, options->title != NULL ? options->title : symbol->text);
    put_size(&sink, "</title><rect width=\"", width, "\" height=\"", height);
    put_text(&sink, " fill=\"#fff\"/><path fill=\"#000\" d=\"");
    if (linear)
        put_bars(&sink, symbol);
    for (unsigned y = 0; !linear && y < symbol->height; y++)
        if (symbol->row[y] != 0)
            put_row(&sink, symbol->row[y], symbol->quiet, symbol->quiet + y);
    put_text(&sink, "\"/></svg>");

    if (cap > 0)
        out[sink.n < cap ? sink.n : 0] = '\0';
    return sink.n;
}
