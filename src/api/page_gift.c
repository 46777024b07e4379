#include "api/page_gift.h"

#include "api/page_parts.h"

/* What the script says; the rest stands in the page. */
static const struct {
    const char *key;
    enum word word;
} said[] = {
    {"gift.unit_stamp", WORD_GIFT_UNIT_STAMP},
    {"gift.unit_point", WORD_GIFT_UNIT_POINT},
    {"gift.room", WORD_GIFT_ROOM},
    {"gift.room_none", WORD_GIFT_ROOM_NONE},
    {"gift.made", WORD_GIFT_MADE},
    {"gift.open", WORD_GIFT_OPEN},
    {"gift.accepted", WORD_GIFT_ACCEPTED},
    {"gift.returned", WORD_GIFT_RETURNED},
    {"gift.send", WORD_GIFT_SEND},
    {"gift.copy", WORD_GIFT_COPY},
    {"gift.copied", WORD_GIFT_COPIED},
    {"gift.share_text", WORD_GIFT_SHARE_TEXT},
    {"gift.take_back", WORD_GIFT_TAKE_BACK},
    {"gift.take_back_ask", WORD_GIFT_TAKE_BACK_ASK},
    {"gift.keep", WORD_GIFT_KEEP},
    {"gift.taken_back", WORD_GIFT_TAKEN_BACK},
    {"gift.took_balance", WORD_GIFT_TOOK_BALANCE},
    {"gift.took_reward", WORD_GIFT_TOOK_REWARD},
    {"gift.failed", WORD_GIFT_FAILED},
    {"gift.problem_gift_off", WORD_GIFT_PROBLEM_GIFT_OFF},
    {"gift.problem_gift_small", WORD_GIFT_PROBLEM_GIFT_SMALL},
    {"gift.problem_gift_open_full", WORD_GIFT_PROBLEM_GIFT_OPEN_FULL},
    {"gift.problem_gift_own", WORD_GIFT_PROBLEM_GIFT_OWN},
    {"gift.problem_gift_taken", WORD_GIFT_PROBLEM_GIFT_TAKEN},
    {"gift.problem_gift_over", WORD_GIFT_PROBLEM_GIFT_OVER},
    {"gift.problem_gift_unknown", WORD_GIFT_PROBLEM_GIFT_UNKNOWN},
    {"gift.problem_gift_stopped", WORD_GIFT_PROBLEM_GIFT_STOPPED},
    {"gift.problem_guest", WORD_GIFT_PROBLEM_GUEST},
    {"gift.problem_card_blocked", WORD_GIFT_PROBLEM_CARD_BLOCKED},
    {"gift.problem_balance_too_low", WORD_GIFT_PROBLEM_BALANCE_TOO_LOW},
    {"gift.problem_day_full", WORD_GIFT_PROBLEM_DAY_FULL},
    {"gift.problem_too_much", WORD_GIFT_PROBLEM_TOO_MUCH},
    {"gift.problem_name", WORD_GIFT_PROBLEM_NAME},
    {"gift.problem_slow_down", WORD_GIFT_PROBLEM_SLOW_DOWN},
};

static void
write_words(struct buf *b, enum language language)
{
    buf_text(b, "<p class=\"sr\" role=\"status\" id=\"said\"></p>"
                "<script type=\"application/json\" id=\"words\">");
    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
        buf_format(b, "%s\"%s\":", i ? "," : "{", said[i].key);
        buf_json(b, str_of(word(language, said[i].word)));
    }
    buf_text(b, "}</script>");
}

static void
open_page(struct buf *b, const struct gift_page *page, const char *name)
{
    struct part_page o = {
        .language = page->language,
        .title = page->title,
        .page = name,
        .is_demo = page->is_demo,
        .js = page->js,
        .css = page->css,
        .icon = page->icon,
    };

    part_open(b, &o);
    part_open_body(b, &o);
    buf_text(b, "<main class=\"paper\"><h1>");
}

static void
close_page(struct buf *b, enum language l)
{
    buf_text(b, "<a class=\"button-quiet wide\" href=\"/card\">");
    part_word(b, l, WORD_PAGE_TO_CARD);
    buf_text(b, "</a></main>");
    write_words(b, l);
    part_end(b);
}

/* ---------------------------------------------------------------- giving */

static void
field(struct buf *b, enum language l, enum word label, const char *input, const char *hint_id)
{
    buf_text(b, "<label>");
    part_word(b, l, label);
    buf_text(b, input);
    buf_format(b, "<small id=\"%s\" class=\"paper-soft\">", hint_id);
    if (label == WORD_GIFT_NAME)
        part_word(b, l, WORD_GIFT_NAME_HINT);
    buf_text(b, "</small></label>");
}

void
page_give_write(struct buf *b, const struct gift_page *page)
{
    enum language l = page->language;

    open_page(b, page, "give");
    part_word(b, l, WORD_GIFT_GIVE);
    buf_text(b, "</h1><section class=\"box form\"><p>");
    part_word(b, l, WORD_GIFT_ABOUT);
    buf_text(b, "</p><p id=\"none\" hidden>");
    part_word(b, l, WORD_GIFT_NONE);
    buf_text(b, "</p><form id=\"give\" hidden><label id=\"plans\" hidden>");
    part_word(b, l, WORD_GIFT_CARD);
    buf_text(b, "<select name=\"plan\"></select></label>");
    field(b, l, WORD_GIFT_AMOUNT,
          "<input name=\"amount\" inputmode=\"numeric\" maxlength=\"7\" autocomplete=\"off\" "
          "required aria-describedby=\"room\">",
          "room");
    field(b, l, WORD_GIFT_NAME,
          "<input name=\"name\" maxlength=\"20\" autocomplete=\"nickname\" "
          "aria-describedby=\"name-hint\">",
          "name-hint");
    buf_text(b, "<p class=\"problem\" role=\"alert\" hidden></p><button class=\"button wide\">");
    part_word(b, l, WORD_GIFT_MAKE);
    buf_text(b, "</button></form></section><section class=\"box\" id=\"mine\" "
                "aria-labelledby=\"h-mine\" hidden><h2 id=\"h-mine\">");
    part_word(b, l, WORD_GIFT_MINE);
    buf_text(b, "</h2><ul class=\"gifts\" role=\"list\"></ul></section>");
    close_page(b, l);
}

/* ---------------------------------------------------------------- taking */

static enum word
sentence_of(enum refusal_kind refusal)
{
    switch (refusal) {
    case REFUSAL_GIFT_TAKEN:
        return WORD_GIFT_PROBLEM_GIFT_TAKEN;
    case REFUSAL_GIFT_OWN:
        return WORD_GIFT_PROBLEM_GIFT_OWN;
    case REFUSAL_GUEST:
        return WORD_GIFT_PROBLEM_GUEST;
    case REFUSAL_CARD_BLOCKED:
        return WORD_GIFT_PROBLEM_CARD_BLOCKED;
    case REFUSAL_GIFT_STOPPED:
        return WORD_GIFT_PROBLEM_GIFT_STOPPED;
    default:
        return WORD_GIFT_PROBLEM_GIFT_OVER;
    }
}

static void
write_gift(struct buf *b, const struct take_view *v)
{
    enum language l = v->page.language;
    struct page_number n = page_number(v->amount);
    struct buf date = buf_new(b->arena, 64);

    buf_text(b, "<p class=\"gift-from\">");
    if (v->nickname.n > 0)
        page_word(b, l, WORD_GIFT_FROM, &(struct page_fact){"name", v->nickname}, 1);
    else
        part_word(b, l, WORD_GIFT_FROM_SOMEBODY);
    buf_text(b, "</p><p class=\"gift-amount\">");
    page_word(b, l, v->is_stamp ? WORD_GIFT_UNIT_STAMP : WORD_GIFT_UNIT_POINT,
              &(struct page_fact){"n", str_of(n.text)}, 1);
    buf_text(b, "</p><p class=\"paper-soft\">");
    buf_xml(b, v->plan_name);
    if (v->refusal.kind == REFUSAL_NONE) {
        page_date(&date, l, v->until_ms, v->utc_offset_min);
        buf_text(b, "</p><p class=\"paper-soft\">");
        page_word(b, l, WORD_GIFT_UNTIL, &(struct page_fact){"date", buf_str(&date)}, 1);
    }
    buf_text(b, "</p>");
}

static void
write_problem(struct buf *b, const struct take_view *v)
{
    struct buf date = buf_new(b->arena, 64);

    page_date(&date, v->page.language, v->refusal.at_ms, v->utc_offset_min);
    page_word(b, v->page.language, sentence_of(v->refusal.kind),
              &(struct page_fact){"time", buf_str(&date)}, 1);
}

/* The button, or why there is none. */
static void
write_way(struct buf *b, const struct take_view *v)
{
    enum language l = v->page.language;
    bool may = v->refusal.kind == REFUSAL_NONE;

    buf_format(b, "<p class=\"problem\" role=\"alert\"%s>", may ? " hidden" : "");
    if (!may)
        write_problem(b, v);
    buf_text(b, "</p>");
    if (may) {
        buf_text(b, "<button type=\"button\" class=\"button wide\" id=\"take\"");
        part_data(b, "token", v->token);
        part_data(b, "unit", v->is_stamp ? STR("stamp") : STR("point"));
        buf_char(b, '>');
        part_word(b, l, WORD_GIFT_TAKE);
        buf_text(b, "</button>");
    } else if (v->refusal.kind == REFUSAL_GUEST) {
        buf_text(b, "<a class=\"line-button\" href=\"/line/login?next=");
        buf_xml(b, v->login);
        buf_text(b, "\">");
        part_word(b, l, WORD_CARD_LOGIN_BUTTON);
        buf_text(b, "</a>");
    }
}

void
page_take_write(struct buf *b, const struct take_view *v)
{
    enum language l = v->page.language;

    open_page(b, &v->page, "take");
    part_word(b, l, WORD_GIFT_FOR_YOU);
    buf_text(b, "</h1><section class=\"box gift\" id=\"gift\">");
    write_gift(b, v);
    write_way(b, v);
    buf_text(b, "</section><section class=\"box gift\" id=\"taken\" tabindex=\"-1\" hidden><h2>");
    part_word(b, l, WORD_GIFT_TOOK);
    buf_text(b, "</h2><p id=\"taken-balance\"></p><p id=\"taken-reward\" hidden></p></section>");
    close_page(b, l);
}
