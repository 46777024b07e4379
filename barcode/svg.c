#include <assert.h>
#include <string.h>

#include "barcode/barcode.h"
#include "barcode/font.h"

#define MODULE "m1 0v1h1v-1"

enum {
    LINEAR_HEIGHT = 60,
    TEXT_HEIGHT = 12, /* modules: the line of text with its space */
    TEXT_BASE = 9,    /* modules from the bars to the feet of the letters */
    TEXT_SIZE = 10,   /* modules from line to line */
    BAR_BYTES_MAX = sizeof "m1 0v999h1V0" - 1,
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
    char digits[10];
    char *from = digits + sizeof digits;

    do
        *--from = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    put(sink, from, (size_t)(digits + sizeof digits - from));
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

static char *
write_bytes(char *to, const char *bytes, size_t n)
{
    memcpy(to, bytes, n);
    return to + n;
}

/*
 * Across the space, down, across the bar, up to the top; filling closes it. All bars are the same
 * bytes but for the space before them and their own width.
 */
static void
put_bars(struct sink *sink, const struct barcode_symbol *symbol, unsigned height)
{
    char path[(BARCODE_LINEAR_RUNS_MAX + 1) / 2 * BAR_BYTES_MAX];
    char bar[BAR_BYTES_MAX];
    char *width = write_bytes(write_number(write_bytes(bar, "m1 0v", 5), height), "h", 1);
    size_t bar_bytes = (size_t)(write_bytes(width, "1V0", 3) - bar);
    size_t width_at = (size_t)(width - bar);
    char *to = path;

    put_text(sink, "M");
    put_number(sink, symbol->quiet);
    bar[width_at] = (char)('0' + symbol->run[0]);
    put(sink, bar + 2, bar_bytes - 2);
    for (unsigned i = 1; i < symbol->run_count; i += 2) {
        memcpy(to, bar, BAR_BYTES_MAX);
        to[1] = (char)('0' + symbol->run[i]);
        to[width_at] = (char)('0' + symbol->run[i + 1]);
        to += bar_bytes;
    }
    put(sink, path, (size_t)(to - path));
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

/* Set to the width it has in our own font, whatever font the viewer takes. */
static void
put_human(struct sink *sink, const struct barcode_symbol *symbol, unsigned width, unsigned height)
{
    unsigned dot = symbol->units;

    put_size(sink, "<text x=\"", width / 2, "\" y=\"", height + TEXT_BASE * dot);
    put_size(sink, " font-family=\"monospace\" font-size=\"", TEXT_SIZE * dot,
             "\" text-anchor=\"middle\" xml:space=\"preserve\" textLength=\"",
             (unsigned)strlen(symbol->human) * FONT_ADVANCE * dot);
    put_text(sink, ">");
    put_xml(sink, symbol->human);
    put_text(sink, "</text>");
}

size_t
barcode_svg(const struct barcode_symbol *symbol, const struct barcode_svg_options *options,
            char *out, size_t cap)
{
    struct sink sink = {.out = out, .cap = cap};
    bool linear = symbol->height == 1;
    bool text = options->text && symbol->human[0] != '\0';
    unsigned width = symbol->width + 2 * symbol->quiet;
    unsigned bars = (options->height > 0 ? options->height : LINEAR_HEIGHT) * symbol->units;
    unsigned height = !linear ? symbol->height + 2 * symbol->quiet
                              : bars + (text ? TEXT_HEIGHT * symbol->units : 0);

    assert(options->height <= BARCODE_HEIGHT_MAX && options->scale <= BARCODE_SCALE_MAX);
    put_text(&sink, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
    if (options->class_name != NULL)
        put_attribute(&sink, " class=\"", options->class_name);
    if (options->scale > 0)
        put_size(&sink, " width=\"", width * options->scale / symbol->units, "\" height=\"",
                 height * options->scale / symbol->units);
    put_size(&sink, " viewBox=\"0 0 ", width, " ", height);
    if (linear && !text)
        put_text(&sink, " preserveAspectRatio=\"none\"");
    put_text(&sink, " role=\"img\"");
    put_id(&sink, " aria-labelledby=\"", options->id_prefix);
    put_id(&sink, "><title id=\"", options->id_prefix);
    put_text(&sink, ">");
    put_xml(&sink, options->title != NULL ? options->title : symbol->text);
    put_size(&sink, "</title><rect width=\"", width, "\" height=\"", height);
    put_text(&sink, " fill=\"#fff\"/><path fill=\"#000\" d=\"");
    if (linear)
        put_bars(&sink, symbol, bars);
    for (unsigned y = 0; !linear && y < symbol->height; y++)
        if (symbol->row[y] != 0)
            put_row(&sink, symbol->row[y], symbol->quiet, symbol->quiet + y);
    put_text(&sink, "\"/>");
    if (text)
        put_human(&sink, symbol, width, bars);
    put_text(&sink, "</svg>");

    if (cap > 0)
        out[sink.n < cap ? sink.n : 0] = '\0';
    return sink.n;
}
