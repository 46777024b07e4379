#include "api/page_me.h"

#include "api/page_parts.h"

#define TOKYO_MIN 540 /* terms belong to no plan, so to no plan's time zone */

void
page_terms_write(struct buf *b, const struct terms_view *v)
{
    struct part_page o = {
        .language = v->language,
        .title = v->title,
        .page = "terms",
        .is_demo = v->is_demo,
        .icon = v->icon,
    };
    struct buf date = buf_new(b->arena, 64);
    struct page_number number = page_number(v->version);

    part_open(b, &o);
    part_open_body(b, &o);
    buf_text(b, "<main class=\"paper\"><h1>");
    part_word(b, v->language, WORD_CARD_TERMS);
    buf_text(b, "</h1><p class=\"paper-soft\">");
    buf_xml(b, v->title);
    buf_text(b, "</p>");
    if (v->version == 0) {
        buf_text(b, "<p class=\"paper-text\">");
        part_word(b, v->language, WORD_CARD_TERMS_NONE);
    } else {
        page_date(&date, v->language, v->from_ms, TOKYO_MIN);
        buf_text(b, "<p class=\"paper-soft\">");
        page_word(b, v->language, WORD_CARD_TERMS_SINCE,
                  (struct page_fact[]){{"n", str_of(number.text)}, {"date", buf_str(&date)}}, 2);
        buf_format(b, "</p><p class=\"paper-text\" lang=\"%s\">", language_tag(v->text_language));
        buf_xml(b, v->text);
    }
    buf_text(b, "</p><a class=\"button-quiet\" href=\"/card\">");
    part_word(b, v->language, WORD_PAGE_TO_CARD);
    buf_text(b, "</a></main>");
    part_end(b);
}
