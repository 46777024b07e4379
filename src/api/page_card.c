#include "api/page_card.h"

#include <inttypes.h>

#include "api/card_ends.h"
#include "api/card_level.h"
#include "api/page_parts.h"

/* ---------------------------------------------------------------- small pieces */

enum {
    /* A larger goal is shown as a bar: rings would push the rewards off the screen. */
    RINGS_MAX = 50,
    /* Digits are read out at a till by fours. */
    GROUP = 4,
};

/* Our own drawings, stroked by the style; each is used by its id. */
static const char sprite[] =
    "<svg class=\"sprite\" aria-hidden=\"true\" width=\"0\" height=\"0\">"
    "<symbol id=\"i-mark\" viewBox=\"0 0 32 32\"><circle cx=\"16\" cy=\"16\" r=\"13.5\"/>"
    "<circle cx=\"16\" cy=\"16\" r=\"10\" stroke-width=\"1\"/><path d=\"M10.5 16.5l4 4 "
    "7.5-8.5\"/></symbol>"
    "<symbol id=\"i-tick\" viewBox=\"0 0 24 24\"><path d=\"M5.5 12.5l4.5 4.5 8.5-9.5\"/></symbol>"
    "<symbol id=\"i-gift\" viewBox=\"0 0 24 24\"><path d=\"M4 9.5h16v3H4zM5.5 12.5v7.5h13v-7.5M12 "
    "9.5V20M12 "
    "9.5C8 9.5 6.5 8 7 6.2 7.6 4.3 10.6 4.4 12 9.5 13.4 4.4 16.4 4.3 17 6.2c.5 1.8-1 "
    "3.3-5 3.3z\"/></symbol>"
    "<symbol id=\"i-card\" viewBox=\"0 0 24 24\"><rect x=\"3\" y=\"5.5\" width=\"18\" "
    "height=\"13\" "
    "rx=\"2.5\"/><path d=\"M7 9.5v5M10 9.5v5M12.5 9.5v5M15 9.5v5M17.5 9.5v5\"/></symbol>"
    "<symbol id=\"i-clock\" viewBox=\"0 0 24 24\"><circle cx=\"12\" cy=\"12\" r=\"8.5\"/>"
    "<path d=\"M12 7v5.5l3.5 2\"/></symbol>"
    "<symbol id=\"i-person\" viewBox=\"0 0 24 24\"><circle cx=\"12\" cy=\"8.5\" r=\"3.8\"/>"
    "<path d=\"M4.5 20c.8-4 3.7-6 7.5-6s6.7 2 7.5 6\"/></symbol>"
    "<symbol id=\"i-grow\" viewBox=\"0 0 24 24\"><path d=\"M14 4.5h5.5V10M10 19.5H4.5V14M19 5l-5.5 "
    "5.5M5 19l5.5-5.5\"/></symbol></svg>";

/* A word with one number in it. */
static void
word_n(struct buf *b, enum language language, enum word which, int64_t n)
{
    struct page_number number = page_number(n);

    page_word(b, language, which, &(struct page_fact){"n", str_of(number.text)}, 1);
}

static void
data_int(struct buf *b, const char *name, int64_t value)
{
    buf_format(b, " data-%s=\"", name);
    buf_int(b, value);
    buf_char(b, '"');
}

/* Digits by fours; a text that is grouped already, or is not digits, stays as it is. */
static void
grouped(struct buf *b, struct str digits)
{
    for (size_t i = 0; i < digits.n; i++)
        if (digits.at[i] < '0' || digits.at[i] > '9') {
            buf_xml(b, digits);
            return;
        }
    for (size_t i = 0; i < digits.n; i++) {
        if (i > 0 && i % GROUP == 0)
            buf_char(b, ' ');
        buf_char(b, digits.at[i]);
    }
}

/* ---------------------------------------------------------------- the card */

static void
write_band(struct buf *b, const struct card_view *v)
{
    buf_text(b, "<header class=\"band\">");
    part_icon(b, "mark");
    buf_text(b, "<div class=\"band-names\"><h1>");
    buf_xml(b, v->title);
    buf_text(b, "</h1><p>");
    buf_xml(b, v->plan_name);
    buf_text(b, "</p></div>");
    if (v->member_name.n > 0) {
        buf_text(b, "<p class=\"band-member\">");
        page_word(b, v->language, WORD_CARD_ME_GREETING,
                  &(struct page_fact){"name", v->member_name}, 1);
        buf_text(b, "</p>");
    }
    buf_text(b, "</header>");
}

static void
write_codes(struct buf *b, const struct card_view *v)
{
    enum language l = v->language;

    buf_text(b, "<section class=\"panel\" data-in=\"card\" aria-labelledby=\"h-code\">"
                "<h2 class=\"sr\" id=\"h-code\">");
    part_word(b, l, WORD_CARD_CODE);
    buf_text(b, "</h2>");
    if (v->is_blocked) {
        buf_text(b, "<p class=\"panel-note\">");
        part_word(b, l, WORD_CARD_BLOCKED);
        buf_text(b, "</p></section>");
        return;
    }
    buf_text(b, "<div class=\"codes\" id=\"panel\"><div class=\"codes-linear\" id=\"linear\">");
    buf_str_raw(b, v->linear_svg);
    buf_text(b, "</div><p class=\"codes-text\" id=\"linear-text\" translate=\"no\">");
    grouped(b, v->linear_text);
    buf_text(b, "</p><div class=\"codes-low\"><div class=\"codes-qr\" id=\"qr\">");
    buf_str_raw(b, v->qr_svg);
    buf_text(b, "</div><div class=\"codes-side\"><p class=\"codes-hint\">");
    part_word(b, l, WORD_CARD_CODE_HINT);
    buf_text(b, "</p><p class=\"codes-soft\">");
    part_word(b, l, WORD_CARD_CODE_RENEWS);
    buf_text(b, "</p><button type=\"button\" class=\"codes-grow\" id=\"enlarge\">");
    part_icon(b, "grow");
    part_word(b, l, WORD_CARD_CODE_ENLARGE);
    buf_text(b, "</button></div></div>");
    if (!str_eq(v->digits, v->linear_text)) {
        buf_text(b, "<p class=\"codes-text codes-digits\" id=\"digits\" translate=\"no\">");
        grouped(b, v->digits);
        buf_text(b, "</p>");
    }
    buf_text(b, "</div><p class=\"timer\" aria-hidden=\"true\"><i id=\"timer\"></i></p>"
                "<noscript><p class=\"panel-note\">");
    part_word(b, l, WORD_CARD_NO_SCRIPT);
    buf_text(b, "</p></noscript></section>");
}

/* Below the code, which is there whatever the answer. */
static void
write_terms(struct buf *b, const struct card_view *v)
{
    if (v->terms_version == 0)
        return;
    buf_text(b, "<section class=\"box ask-terms\" id=\"terms\" data-in=\"card\"");
    data_int(b, "version", v->terms_version);
    buf_text(b, "><p>");
    part_word(b, v->language, WORD_CARD_TERMS_ASK);
    buf_text(b, "</p><div class=\"choice\"><a class=\"button-quiet\" href=\"/terms\">");
    part_word(b, v->language, WORD_CARD_TERMS_READ);
    buf_text(b, "</a><button type=\"button\" class=\"button\">");
    part_word(b, v->language, WORD_CARD_TERMS_AGREE);
    buf_text(b, "</button></div></section>");
}

static const struct card_reward *
reward_at(const struct card_view *v, int64_t at)
{
    for (size_t i = 0; i < v->rewards_n; i++)
        if (v->rewards[i].at == at)
            return &v->rewards[i];
    return NULL;
}

/* "{n} of {goal} stamps" in one of its two lengths. */
static void
write_count(struct buf *b, const struct card_view *v, enum word which)
{
    struct page_number n = page_number(v->balance), goal = page_number(v->goal);

    page_word(b, v->language, which,
              (struct page_fact[]){{"n", str_of(n.text)}, {"goal", str_of(goal.text)}}, 2);
}

static void
write_ring(struct buf *b, const struct card_view *v, int64_t at)
{
    const struct card_reward *reward = reward_at(v, at);
    bool is_stamped = at <= v->balance;

    buf_format(b, "<li data-state=\"%s\"%s>", is_stamped ? "stamped" : "empty",
               at == v->goal ? " class=\"goal\"" : "");
    if (is_stamped || reward)
        part_icon(b, reward ? "gift" : "tick");
    if (is_stamped) {
        buf_text(b, "<span class=\"sr\">");
        word_n(b, v->language, WORD_CARD_STAMP_GOT, at);
        buf_text(b, "</span>");
    } else {
        buf_text(b, "<span>");
        buf_int(b, at);
        buf_text(b, "</span>");
    }
    if (reward) {
        buf_text(b, "<span class=\"sr\">");
        part_word(b, v->language, WORD_CARD_REWARD_HERE);
        buf_text(b, "</span>");
    }
    buf_text(b, "</li>");
}

/* Always there, so that the script can fill it: a reversal may put a reward ahead again. */
static void
write_next(struct buf *b, const struct card_view *v)
{
    const struct card_reward *next = NULL;

    for (size_t i = v->rewards_n; i > 0; i--)
        if (v->rewards[i - 1].at > v->balance)
            next = &v->rewards[i - 1];
    buf_format(b, "<p class=\"next\"%s>", next ? "" : " hidden");
    part_icon(b, "gift");
    buf_text(b, "<span id=\"next\">");
    if (next) {
        struct page_number n = page_number(next->at - v->balance);
        bool is_one = next->at - v->balance == 1;

        page_word(b, v->language,
                  v->is_stamp ? (is_one ? WORD_CARD_NEXT_STAMP_ONE : WORD_CARD_NEXT_STAMP_OTHER)
                              : (is_one ? WORD_CARD_NEXT_POINT_ONE : WORD_CARD_NEXT_POINT_OTHER),
                  (struct page_fact[]){{"n", str_of(n.text)}, {"title", next->title}}, 2);
    }
    buf_text(b, "</span></p>");
}

/* Always there, as the next reward's line is. */
static void
write_owed(struct buf *b, const struct card_view *v)
{
    bool is_one = v->owed == 1;

    buf_format(b, "<p class=\"owed\" id=\"owed\"%s>", v->owed > 0 ? "" : " hidden");
    if (v->owed > 0)
        word_n(b, v->language,
               v->is_stamp ? (is_one ? WORD_CARD_OWED_STAMP_ONE : WORD_CARD_OWED_STAMP_OTHER)
                           : (is_one ? WORD_CARD_OWED_POINT_ONE : WORD_CARD_OWED_POINT_OTHER),
               v->owed);
    buf_text(b, "</p>");
}

/* The terms in short: what a sale earns, as the plan counts its yen. */
static void
write_rate(struct buf *b, const struct card_view *v)
{
    static const enum word words[2][3] = {
        {[ROUNDING_DOWN] = WORD_CARD_RATE_DOWN,
         [ROUNDING_NEAREST] = WORD_CARD_RATE_NEAREST,
         [ROUNDING_UP] = WORD_CARD_RATE_UP},
        {[ROUNDING_DOWN] = WORD_CARD_RATE_NET_DOWN,
         [ROUNDING_NEAREST] = WORD_CARD_RATE_NET_NEAREST,
         [ROUNDING_UP] = WORD_CARD_RATE_NET_UP},
    };

    if (v->is_stamp || v->yen_per_point == 0)
        return;
    buf_text(b, "<p class=\"rate\">");
    word_n(b, v->language, words[v->is_net][v->rounding], v->yen_per_point);
    buf_text(b, "</p>");
}

static void
write_progress(struct buf *b, const struct card_view *v)
{
    enum language l = v->language;
    bool has_rings = v->is_stamp && v->goal <= RINGS_MAX;

    buf_text(b, "<section class=\"box\" data-in=\"card\" aria-labelledby=\"h-progress\">"
                "<div class=\"box-head\"><h2 id=\"h-progress\">");
    part_word(b, l, v->is_stamp ? WORD_CARD_STAMPS : WORD_CARD_POINTS);
    buf_text(b, "</h2><p class=\"count\" id=\"count\">");
    if (v->is_stamp)
        write_count(b, v, WORD_CARD_STAMPS_OF);
    else
        word_n(b, l, WORD_CARD_POINTS_N, v->balance);
    buf_text(b, "</p></div>");
    if (has_rings) {
        buf_text(b, "<ol class=\"stamps\" role=\"list\" id=\"stamps\" aria-label=\"");
        write_count(b, v, WORD_CARD_STAMPS_LABEL);
        buf_text(b, "\">");
        for (int64_t at = 1; at <= v->goal; at++)
            write_ring(b, v, at);
        buf_text(b, "</ol>");
    } else if (v->goal > 0) {
        buf_text(b, "<progress class=\"meter\" id=\"meter\" aria-labelledby=\"h-progress\" max=\"");
        buf_int(b, v->goal);
        buf_text(b, "\" value=\"");
        buf_int(b, v->balance < v->goal ? v->balance : v->goal);
        buf_text(b, "\"></progress>");
    }
    write_next(b, v);
    write_owed(b, v);
    write_rate(b, v);
    buf_text(b, "</section>");
}

/* What it is worth, with a dot behind; nothing where the title says it all. */
static void
write_worth_of(struct buf *b, enum language l, const struct card_voucher *voucher)
{
    static const enum word word[REWARD_KINDS] = {[REWARD_YEN_OFF] = WORD_CARD_WORTH_YEN_OFF,
                                                 [REWARD_PERCENT_OFF] = WORD_CARD_WORTH_PERCENT,
                                                 [REWARD_FREE_ITEM] = WORD_CARD_WORTH_FREE_ITEM,
                                                 [REWARD_CASH_BACK] = WORD_CARD_WORTH_CASH_BACK,
                                                 [REWARD_GIFT] = WORD_CARD_WORTH_GIFT};

    if (voucher->kind == REWARD_PLAIN)
        return;
    word_n(b, l, word[voucher->kind], voucher->value);
    buf_text(b, " · ");
}

static void
write_vouchers(struct buf *b, const struct card_view *v)
{
    enum language l = v->language;

    buf_format(b,
               "<section class=\"box\" id=\"ready\" data-in=\"card rewards\"%s "
               "aria-labelledby=\"h-ready\"><h2 id=\"h-ready\">",
               v->vouchers_n == 0 ? " data-empty" : "");
    part_word(b, l, WORD_CARD_REWARDS_READY);
    buf_text(b, "</h2><ul class=\"tickets\" role=\"list\" id=\"tickets\">");
    for (size_t i = 0; i < v->vouchers_n; i++) {
        const struct card_voucher *voucher = &v->vouchers[i];

        buf_text(b, "<li class=\"ticket\"");
        data_int(b, "voucher", voucher->id);
        buf_text(b, "><p class=\"ticket-title\">");
        buf_xml(b, voucher->title);
        buf_text(b, "</p><p class=\"ticket-until\">");

        struct buf date = buf_new(b->arena, 64);

        write_worth_of(b, l, voucher);
        page_date(&date, l, voucher->expires_ms, v->utc_offset_min);
        page_word(b, l, WORD_CARD_VOUCHER_UNTIL, &(struct page_fact){"date", buf_str(&date)}, 1);
        buf_text(b, "</p><button type=\"button\" class=\"button\" aria-label=\"");
        page_word(b, l, WORD_CARD_VOUCHER_USE_LABEL, &(struct page_fact){"title", voucher->title},
                  1);
        buf_text(b, "\">");
        part_word(b, l, WORD_CARD_VOUCHER_USE);
        buf_text(b, "</button></li>");
    }
    buf_text(b, "</ul><p class=\"none\">");
    part_word(b, l, WORD_CARD_REWARDS_NONE);
    buf_text(b, "</p></section>");
}

static void
write_rewards(struct buf *b, const struct card_view *v)
{
    buf_text(b, "<section class=\"box\" data-in=\"rewards\" aria-labelledby=\"h-ahead\">"
                "<h2 id=\"h-ahead\">");
    part_word(b, v->language, WORD_CARD_REWARDS_AHEAD);
    buf_text(b, "</h2><ol class=\"ladder\" role=\"list\" id=\"ladder\">");
    for (size_t i = 0; i < v->rewards_n; i++) {
        buf_text(b, "<li");
        data_int(b, "at", v->rewards[i].at);
        buf_format(b, " data-state=\"%s\">", v->rewards[i].at <= v->balance ? "reached" : "ahead");
        part_icon(b, "gift");
        buf_text(b, "<span class=\"ladder-at\">");
        word_n(b, v->language, v->is_stamp ? WORD_CARD_REWARD_STAMP : WORD_CARD_REWARD_POINT,
               v->rewards[i].at);
        buf_text(b, "</span><span class=\"ladder-title\">");
        buf_xml(b, v->rewards[i].title);
        buf_text(b, "</span></li>");
    }
    buf_text(b, "</ol></section>");
}

/* Above all else: what is not kept is lost with the browser's cookies. */
static void
write_guest(struct buf *b, const struct card_view *v)
{
    if (!v->is_guest)
        return;
    buf_text(b, "<section class=\"box friend\" data-in=\"card rewards me\"><p>");
    part_word(b, v->language, WORD_CARD_GUEST);
    buf_text(b, "</p><a class=\"button-quiet\" href=\"/line/login?next=/card\">");
    part_word(b, v->language, WORD_CARD_GUEST_KEEP);
    buf_text(b, "</a></section>");
}

static void
write_friend(struct buf *b, const struct card_view *v)
{
    if (v->is_friend || v->is_guest || v->friend_url.n == 0)
        return;
    buf_text(b, "<section class=\"box friend\" data-in=\"card\"><p>");
    part_word(b, v->language, WORD_CARD_FRIEND);
    buf_text(b, "</p><a class=\"button-quiet\" id=\"friend\" href=\"");
    buf_xml(b, v->friend_url);
    buf_text(b, "\">");
    part_word(b, v->language, WORD_CARD_FRIEND_ADD);
    buf_text(b, "</a></section>");
}

static void
write_others(struct buf *b, const struct card_view *v)
{
    if (v->others_n == 0)
        return;
    buf_text(b, "<section class=\"box\" data-in=\"card\" aria-labelledby=\"h-others\">"
                "<h2 id=\"h-others\">");
    part_word(b, v->language, WORD_CARD_OTHERS);
    buf_text(b, "</h2><ul class=\"links\" role=\"list\">");
    for (size_t i = 0; i < v->others_n; i++) {
        buf_text(b, "<li><a href=\"/card/");
        buf_int(b, v->others[i].plan_id);
        buf_text(b, "\"><span>");
        buf_xml(b, v->others[i].name);
        buf_text(b, "</span><b>");
        word_n(b, v->language, v->others[i].is_stamp ? WORD_CARD_STAMPS_N : WORD_CARD_POINTS_N,
               v->others[i].balance);
        buf_text(b, "</b></a></li>");
    }
    buf_text(b, "</ul></section>");
}

static void
write_me(struct buf *b, const struct card_view *v)
{
    static const char *const names[LANGUAGES] = {"日本語", "English", "繁體中文", "ไทย"};
    enum language l = v->language;

    buf_text(b, "<section class=\"box\" data-in=\"history\" aria-labelledby=\"h-history\">"
                "<h2 id=\"h-history\">");
    part_word(b, l, WORD_CARD_HISTORY);
    buf_text(b, "</h2><div id=\"history\"></div><a class=\"button-quiet wide\" "
                "href=\"/card/history\">");
    part_word(b, l, WORD_CARD_HISTORY_ALL);
    buf_text(b, "</a></section>"
                "<section class=\"box\" data-in=\"me\" aria-labelledby=\"h-me\"><h2 id=\"h-me\">");
    part_word(b, l, WORD_CARD_ME);
    buf_text(b, "</h2>");
    if (v->member_name.n > 0) {
        buf_text(b, "<p class=\"fact\"><span>");
        part_word(b, l, WORD_CARD_ME_NAME);
        buf_text(b, "</span><b>");
        buf_xml(b, v->member_name);
        buf_text(b, "</b></p>");
    }
    buf_text(
        b, "<div class=\"choices\" id=\"languages\" role=\"group\" aria-labelledby=\"h-language\">"
           "<p id=\"h-language\">");
    part_word(b, l, WORD_CARD_ME_LANGUAGE);
    buf_text(b, "</p>");
    for (int i = 0; i < LANGUAGES; i++)
        buf_format(b, "<button type=\"button\" lang=\"%s\" aria-pressed=\"%s\">%s</button>",
                   language_tag((enum language)i), (enum language)i == l ? "true" : "false",
                   names[i]);
    buf_text(b, "</div><a class=\"button-quiet wide\" href=\"/card/me\">");
    part_word(b, l, WORD_CARD_ME_DATA);
    if (v->has_gifts) {
        buf_format(b, "</a><a class=\"button-quiet wide\" href=\"/card/gift?plan=%" PRId64 "\">",
                   v->plan_id);
        part_word(b, l, WORD_CARD_ME_GIFT);
    }
    buf_text(b, "</a><a class=\"button-quiet wide\" href=\"/account\">");
    part_word(b, l, WORD_CARD_ME_ACCOUNT);
    buf_text(b, "</a><button type=\"button\" class=\"button-quiet wide\" id=\"logout\">");
    part_word(b, l, WORD_CARD_ME_LOGOUT);
    buf_text(b, "</button></section>");
}

static void
write_bar(struct buf *b, const struct card_view *v)
{
    static const struct {
        const char *to, *icon;
        enum word word;
    } tabs[] = {
        {"card", "card", WORD_CARD_CARD},
        {"rewards", "gift", WORD_CARD_REWARDS},
        {"history", "clock", WORD_CARD_HISTORY},
        {"me", "person", WORD_CARD_ME},
    };

    buf_text(b, "<nav class=\"bar\" id=\"bar\" aria-label=\"");
    part_word(b, v->language, WORD_CARD_MENU);
    buf_text(b, "\">");
    for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
        buf_format(b, "<button type=\"button\" data-to=\"%s\"%s>", tabs[i].to,
                   i == 0 ? " aria-current=\"page\"" : "");
        part_icon(b, tabs[i].icon);
        buf_text(b, "<span>");
        part_word(b, v->language, tabs[i].word);
        buf_text(b, "</span>");
        if (tabs[i].word == WORD_CARD_REWARDS && v->vouchers_n > 0) {
            buf_text(b, "<b class=\"badge\">");
            buf_int(b, (int64_t)v->vouchers_n);
            buf_text(b, "</b>");
        }
        buf_text(b, "</button>");
    }
    buf_text(b, "</nav>");
}

size_t
page_card_write(struct buf *b, const struct card_view *v, size_t now_at_out[PAGE_CARD_NOWS])
{
    size_t nows = 0;
    struct part_page o = {
        .language = v->language,
        .title = v->title,
        .page = "card",
        .liff = v->liff,
        .liff_id = v->liff_id,
        .is_demo = v->is_demo,
        .js = v->js,
        .icon = v->icon,
    };

    part_open(b, &o);
    buf_text(b, " data-view=\"card\"");
    data_int(b, "plan", v->plan_id);
    part_data(b, "unit", v->is_stamp ? STR("stamp") : STR("point"));
    data_int(b, "balance", v->balance);
    data_int(b, "goal", v->goal);
    buf_text(b, " data-now=\"");
    now_at_out[nows++] = b->n;
    buf_int(b, v->now_ms);
    buf_char(b, '"');
    part_open_body(b, &o);
    buf_text(b, sprite);
    write_band(b, v);
    buf_text(b, "<main><p class=\"chip\" id=\"offline\" hidden></p>");
    write_codes(b, v);
    write_guest(b, v);
    write_terms(b, v);
    write_progress(b, v);
    card_level_html(b, v->language, v->level);
    write_vouchers(b, v);
    card_ends_html(b, v->language, v->ends);
    write_rewards(b, v);
    write_friend(b, v);
    write_others(b, v);
    write_me(b, v);
    buf_text(b, "</main>");
    write_bar(b, v);
    if (!v->is_blocked) {
        buf_text(b, "<script type=\"application/json\" id=\"codes\">");
        now_at_out[nows++] = b->n + v->codes_now_at;
        buf_str_raw(b, v->codes_json);
        buf_text(b, "</script>");
    }
    part_close(b, v->language);
    return nows;
}
