#include "api/page_parts.h"

#include "web/card_css.h"

void
part_word(struct buf *b, enum language language, enum word which)
{
    page_word(b, language, which, NULL, 0);
}

void
part_icon(struct buf *b, const char *name)
{
    buf_format(b, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-%s\"/></svg>", name);
}

void
part_data(struct buf *b, const char *name, struct str value)
{
    buf_format(b, " data-%s=\"", name);
    buf_xml(b, value);
    buf_char(b, '"');
}

static const char *
liff_name(enum card_liff liff)
{
    return liff == CARD_LIFF_LINE ? "line" : liff == CARD_LIFF_SIM ? "sim" : "";
}

void
part_open(struct buf *b, const struct part_page *o)
{
    buf_format(b, "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\"><title>",
               language_tag(o->language));
    buf_xml(b, o->title);
    buf_text(b, "</title><meta name=\"viewport\" content=\"width=device-width,initial-scale=1,"
                "viewport-fit=cover\"><meta name=\"color-scheme\" content=\"light dark\">"
                "<meta name=\"format-detection\" content=\"telephone=no\">");
    if (o->icon)
        buf_format(b, "<link rel=\"icon\" href=\"%s\">", o->icon);
    buf_text(b, "<style>");
    buf_text(b, card_css);
    buf_text(b, "</style>");
    if (o->css)
        buf_format(b, "<link rel=\"stylesheet\" href=\"%s\">", o->css);
    if (o->js)
        buf_format(b, "<script type=\"module\" src=\"%s\"></script>", o->js);
    buf_format(b, "</head><body data-page=\"%s\"", o->page);
    part_data(b, "liff", str_of(liff_name(o->liff)));
    part_data(b, "liff-id", o->liff_id);
}

void
part_open_body(struct buf *b, const struct part_page *o)
{
    buf_char(b, '>');
    if (o->is_demo) {
        buf_text(b, "<p class=\"demo\">");
        part_word(b, o->language, WORD_CARD_DEMO);
        buf_text(b, "</p>");
    }
}

void
part_close(struct buf *b, enum language language)
{
    buf_text(b, "<p class=\"sr\" role=\"status\" id=\"said\"></p>"
                "<script type=\"application/json\" id=\"words\">");
    buf_text(b, words_json(language));
    buf_text(b, "</script>");
    part_end(b);
}

void
part_end(struct buf *b)
{
    buf_text(b, "</body></html>");
}
