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

/* ---------------------------------------------------------------- own data, and leaving */

static void
write_consents(struct buf *b, const struct me_view *v)
{
    buf_text(b, "<section class=\"box\"><h2>");
    part_word(b, v->language, WORD_CARD_TERMS);
    buf_text(b, "</h2>");
    if (v->consents_n == 0) {
        buf_text(b, "<p class=\"paper-soft\">");
        part_word(b, v->language,
                  v->terms_version == 0 ? WORD_CARD_TERMS_NONE : WORD_CARD_TERMS_NOT_YET);
        buf_text(b, "</p>");
    }
    for (size_t i = 0; i < v->consents_n; i++) {
        struct buf date = buf_new(b->arena, 64);
        struct page_number number = page_number(v->consents[i].version);

        page_date(&date, v->language, v->consents[i].at_ms, v->utc_offset_min);
        buf_format(b, "<p><a href=\"/terms?version=%lld\">", (long long)v->consents[i].version);
        page_word(b, v->language, WORD_CARD_TERMS_AGREED,
                  (struct page_fact[]){{"n", str_of(number.text)}, {"date", buf_str(&date)}}, 2);
        buf_text(b, "</a></p>");
    }
    if (v->consents_n == 0 && v->terms_version != 0) {
        buf_text(b, "<p><a href=\"/terms\">");
        part_word(b, v->language, WORD_CARD_TERMS_READ);
        buf_text(b, "</a></p>");
    }
    buf_text(b, "</section>");
}

static void
write_download(struct buf *b, const struct me_view *v)
{
    buf_text(b, "<section class=\"box\"><h2>");
    part_word(b, v->language, WORD_CARD_DATA);
    buf_text(b, "</h2><p class=\"paper-soft\">");
    part_word(b, v->language, WORD_CARD_DATA_WHAT);
    buf_text(b, "</p><div class=\"choice\"><a class=\"button-quiet\" id=\"download\" "
                "href=\"/api/me/export\">");
    part_word(b, v->language, WORD_CARD_DATA_GET);
    buf_text(b, "</a></div></section>");
}

void
page_proof_write(struct buf *b, enum language l)
{
    buf_text(b, "<section class=\"box\" id=\"proof\"><h2>");
    part_word(b, l, WORD_CARD_PROOF);
    buf_text(b, "</h2><p class=\"paper-soft\">");
    part_word(b, l, WORD_CARD_PROOF_WHAT);
    buf_text(b, "</p><p class=\"proof\" role=\"status\" id=\"proof-status\"></p>"
                "<p class=\"alarm\" id=\"proof-todo\" hidden></p>"
                "<div class=\"choice\"><button type=\"button\" class=\"button-quiet\" "
                "id=\"proof-again\" hidden>");
    part_word(b, l, WORD_CARD_PROOF_AGAIN);
    buf_text(b, "</button></div><noscript><p>");
    part_word(b, l, WORD_PAGE_SCRIPT_NEEDED);
    buf_text(b, "</p></noscript></section>");
}

/* The way out is long on purpose: what is lost, what LINE is told, a tick, and a button. */
static void
write_loss(struct buf *b, const struct me_view *v)
{
    enum language l = v->language;

    buf_text(b, "<p>");
    part_word(b, l, WORD_CARD_LEAVE_LOSES);
    buf_text(b, "</p><ul class=\"loss\" role=\"list\">");
    for (size_t i = 0; i < v->holdings_n; i++) {
        struct page_number n = page_number(v->holdings[i].balance);

        buf_text(b, "<li><span>");
        buf_xml(b, v->holdings[i].plan_name);
        buf_text(b, "</span><b>");
        page_word(b, l, v->holdings[i].is_stamp ? WORD_CARD_STAMPS_N : WORD_CARD_POINTS_N,
                  &(struct page_fact){"n", str_of(n.text)}, 1);
        buf_text(b, "</b></li>");
    }
    for (size_t i = 0; i < v->vouchers_n; i++) {
        struct buf date = buf_new(b->arena, 64);

        page_date(&date, l, v->vouchers[i].expires_ms, v->utc_offset_min);
        buf_text(b, "<li><span>");
        buf_xml(b, v->vouchers[i].title);
        buf_text(b, "</span><b>");
        page_word(b, l, WORD_CARD_VOUCHER_UNTIL, &(struct page_fact){"date", buf_str(&date)}, 1);
        buf_text(b, "</b></li>");
    }
    buf_text(b, "</ul>");
}

/* `id`: the word of the refusal, or "failed" for any other. */
static void
write_sentence(struct buf *b, enum language language, const char *id, enum word which)
{
    buf_format(b, "<p class=\"alarm\" role=\"alert\" id=\"%s\" hidden>", id);
    part_word(b, language, which);
    buf_text(b, "</p>");
}

static void
write_leave(struct buf *b, const struct me_view *v)
{
    enum language l = v->language;

    buf_text(b, "<section class=\"box\" id=\"leaving\"><h2>");
    part_word(b, l, WORD_CARD_LEAVE);
    buf_text(b, "</h2><p class=\"paper-soft\">");
    part_word(b, l, WORD_CARD_LEAVE_WHAT);
    buf_text(b, "</p><div class=\"choice\"><button type=\"button\" class=\"button-quiet\" "
                "id=\"leave\" aria-expanded=\"false\" aria-controls=\"sure\">");
    part_word(b, l, WORD_CARD_LEAVE_GO_ON);
    buf_text(b, "</button></div><div id=\"sure\" tabindex=\"-1\" hidden>");
    write_loss(b, v);
    buf_text(b, "<p>");
    part_word(b, l, WORD_CARD_LEAVE_LINE);
    buf_text(b, "</p><label class=\"tick\"><input type=\"checkbox\" id=\"understood\"> ");
    part_word(b, l, WORD_CARD_LEAVE_UNDERSTOOD);
    buf_text(b, "</label>");
    write_sentence(b, l, "failed", WORD_CARD_LEAVE_FAILED);
    write_sentence(b, l, "still_owner", WORD_CARD_LEAVE_OWNER);
    write_sentence(b, l, "member_other", WORD_CARD_LEAVE_OTHERS);
    buf_text(b, "<div class=\"choice\"><button type=\"button\" class=\"button\" id=\"stay\">");
    part_word(b, l, WORD_CARD_LEAVE_STAY);
    buf_text(b, "</button>");
    buf_format(b,
               "<button type=\"button\" class=\"button-alarm\" id=\"gone\" disabled value=\"%s\">",
               v->confirm);
    part_word(b, l, WORD_CARD_LEAVE_DO);
    buf_text(b, "</button></div></div><noscript><p>");
    part_word(b, l, WORD_PAGE_SCRIPT_NEEDED);
    buf_text(b, "</p></noscript></section>");
}

/* Shown in place of all the rest. */
static void
write_left(struct buf *b, const struct me_view *v)
{
    buf_text(b, "<section class=\"box\" id=\"left\" tabindex=\"-1\" hidden><h1>");
    part_word(b, v->language, WORD_CARD_LEFT);
    buf_text(b, "</h1><p id=\"told\" hidden>");
    part_word(b, v->language, WORD_CARD_LEFT_TOLD);
    buf_text(b, "</p><p id=\"untold\" hidden>");
    part_word(b, v->language, WORD_CARD_LEFT_UNTOLD);
    buf_text(b, "</p></section>");
}

void
page_me_write(struct buf *b, const struct me_view *v)
{
    struct part_page o = {
        .language = v->language,
        .title = v->title,
        .page = "me",
        .liff = v->liff,
        .liff_id = v->liff_id,
        .is_demo = v->is_demo,
        .js = v->js,
        .icon = v->icon,
    };

    part_open(b, &o);
    part_open_body(b, &o);
    buf_text(b, "<main class=\"paper\"><div id=\"here\"><a class=\"button-quiet\" href=\"/card\">");
    part_word(b, v->language, WORD_PAGE_TO_CARD);
    buf_text(b, "</a><h1>");
    part_word(b, v->language, WORD_CARD_ME_DATA);
    buf_text(b, "</h1>");
    write_consents(b, v);
    page_proof_write(b, v->language);
    write_download(b, v);
    write_leave(b, v);
    buf_text(b, "</div>");
    write_left(b, v);
    buf_text(b, "</main>");
    part_close(b, v->language);
}
