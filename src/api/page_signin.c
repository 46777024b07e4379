#include "api/page_card.h"

#include "api/page_parts.h"
#include "web/card_css.h"

/* A stamp card, half full. */
static const char signin_art[] =
    "<svg class=\"signin-art\" viewBox=\"0 0 120 84\" aria-hidden=\"true\">"
    "<g transform=\"rotate(-5 60 42)\"><rect x=\"8\" y=\"8\" width=\"104\" height=\"68\" rx=\"8\" "
    "fill=\"#fff\"/><path fill=\"#143d31\" d=\"M8 26V16a8 8 0 0 1 8-8h88a8 8 0 0 1 8 8v10z\"/>"
    "<path fill=\"#fff\" d=\"M16 15h30v4H16z\"/><g fill=\"none\" stroke=\"#c5352b\" "
    "stroke-width=\"1.4\">"
    "<circle cx=\"23\" cy=\"40\" r=\"8\"/><circle cx=\"41.5\" cy=\"40\" r=\"8\"/>"
    "<circle cx=\"60\" cy=\"40\" r=\"8\"/></g><g fill=\"#c5352b\"><circle cx=\"23\" cy=\"40\" "
    "r=\"6\"/>"
    "<circle cx=\"41.5\" cy=\"40\" r=\"6\"/><circle cx=\"60\" cy=\"40\" r=\"6\"/></g>"
    "<path fill=\"none\" stroke=\"#fff\" stroke-width=\"1.6\" stroke-linecap=\"round\" "
    "stroke-linejoin=\"round\" d=\"M20.3 40.3l2 2 3.6-4.2M38.8 40.3l2 2 3.6-4.2M57.3 40.3l2 2 "
    "3.6-4.2\"/><g fill=\"none\" stroke=\"#bab5a8\" stroke-dasharray=\"2.5 2\">"
    "<circle cx=\"78.5\" cy=\"40\" r=\"7.5\"/><circle cx=\"97\" cy=\"40\" r=\"7.5\"/>"
    "<circle cx=\"23\" cy=\"60\" r=\"7.5\"/><circle cx=\"41.5\" cy=\"60\" r=\"7.5\"/>"
    "<circle cx=\"60\" cy=\"60\" r=\"7.5\"/><circle cx=\"78.5\" cy=\"60\" r=\"7.5\"/></g>"
    "<circle cx=\"97\" cy=\"60\" r=\"7.5\" fill=\"#fcf2d8\" stroke=\"#8a6100\" "
    "stroke-width=\"1.4\"/>"
    "</g></svg>";

static const struct {
    const char *name;
    enum word sentence;
} failures[] = {
    [SIGNIN_FIRST] = {"", WORD_CARD_LOGIN_LEAD},
    [SIGNIN_DENIED] = {"denied", WORD_CARD_LOGIN_DENIED},
    [SIGNIN_FAILED] = {"failed", WORD_CARD_LOGIN_FAILED},
    [SIGNIN_AGAIN] = {"again", WORD_CARD_LOGIN_AGAIN},
    [SIGNIN_OTHER] = {"other", WORD_CARD_AGAIN_ANOTHER},
    [SIGNIN_OLD] = {"old", WORD_CARD_AGAIN_OLD},
};

const char *
signin_failure_word(enum signin_failure failure)
{
    return failures[failure].name;
}

/* After a failure nothing starts by itself: the person decides. */
static const char *
state_of(bool is_inside, enum card_liff liff, enum signin_failure failure)
{
    if (failure != SIGNIN_FIRST)
        return "failed";
    return is_inside && liff != CARD_LIFF_NONE ? "checking" : "ready";
}

/* What both pages begin with: the card, whose shop it is, what went wrong, and a moment's wait.
 * `next` tells the one that asks once more from the other; NULL there. */
static void
write_top(struct buf *b, const struct signin_view *v, const char *next)
{
    struct part_page o = {
        .language = v->language,
        .title = v->title,
        .page = "signin",
        .liff = v->liff,
        .liff_id = v->liff_id,
        .is_demo = v->is_demo,
        .js = v->js,
        .icon = v->icon,
    };

    part_open(b, &o);
    part_data(b, "state", str_of(state_of(v->is_inside, v->liff, v->failure)));
    if (next)
        part_data(b, "next", str_of(next));
    part_open_body(b, &o);
    buf_text(b, "<main class=\"signin\">");
    buf_text(b, signin_art);
    buf_text(b, "<h1>");
    buf_xml(b, v->title);
    buf_text(b, "</h1><p class=\"signin-fault\" id=\"fault\" role=\"alert\">");
    if (v->failure != SIGNIN_FIRST)
        part_word(b, v->language, failures[v->failure].sentence);
    buf_text(b, "</p><p class=\"signin-wait\" role=\"status\"><i class=\"spinner\"></i>");
    part_word(b, v->language, WORD_CARD_LOGIN_CHECKING);
    buf_text(b, "</p><div class=\"signin-way\"><p>");
}

void
page_signin_write(struct buf *b, const struct signin_view *v)
{
    enum language l = v->language;

    write_top(b, v, NULL);
    part_word(b, l, v->next.n ? WORD_CARD_LOGIN_GIFT : WORD_CARD_LOGIN_LEAD);
    buf_text(b, "</p><a class=\"line-button\" id=\"login\" href=\"/line/login?next=");
    buf_xml(b, v->next.n ? v->next : STR("/card"));
    buf_format(b, "%s\">", v->failure == SIGNIN_FIRST ? "" : "&amp;retry=1");
    part_word(b, l, WORD_CARD_LOGIN_BUTTON);
    buf_text(b, "</a><p class=\"signin-soft\">");
    part_word(b, l, WORD_CARD_LOGIN_USES);
    buf_text(b, "</p>");
    if (v->may_guest && !v->is_inside) {
        buf_text(b, "<button type=\"button\" class=\"button-quiet wide\" id=\"guest\" hidden>");
        part_word(b, l, WORD_CARD_GUEST_TRY);
        buf_text(b, "</button>");
    }
    if (v->has_terms) {
        buf_text(b, "<p class=\"signin-soft\"><a href=\"/terms\">");
        part_word(b, l, WORD_CARD_TERMS);
        buf_text(b, "</a></p>");
    }
    buf_text(b, "</div></main>");
    part_close(b, l);
}

/* The link is one to be tapped: on iOS no script's redirect opens LINE's app. */
static void
write_again_link(struct buf *b, const struct again_view *v)
{
    enum signin_failure failure = v->signin.failure;

    buf_text(b, "<a class=\"line-button\" id=\"login\" href=\"");
    if (v->reopen)
        buf_xml(b, str_of(v->reopen));
    else
        buf_format(b, "/line/login?act=%s%s", v->act,
                   failure == SIGNIN_OLD || failure == SIGNIN_OTHER ? "&amp;forced=1"
                   : failure != SIGNIN_FIRST                        ? "&amp;retry=1"
                                                                    : "");
    buf_text(b, "\">");
    part_word(b, v->signin.language, WORD_CARD_LOGIN_BUTTON);
    buf_format(b, "</a><a class=\"button-quiet wide\" href=\"%s\">", v->page);
    part_word(b, v->signin.language, WORD_CARD_AGAIN_BACK);
    buf_text(b, "</a>");
}

void
page_again_write(struct buf *b, const struct again_view *v)
{
    enum language l = v->signin.language;

    write_top(b, &v->signin, v->next);
    part_word(b, l, WORD_CARD_AGAIN_LEAD);
    buf_text(b, "</p>");
    write_again_link(b, v);
    buf_text(b, "<p class=\"signin-soft\">");
    part_word(b, l, WORD_CARD_AGAIN_NOTHING);
    buf_text(b, "</p></div></main>");
    part_close(b, l);
}

/* Hosts as found in LINE's SDK 2.31; no other page talks to anyone but us. */
#define POLICY_START                                                                               \
    "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'self'; "                 \
    "font-src 'self'; manifest-src 'self'; style-src 'self' " CARD_CSS_HASH "; "
#define POLICY_OURS "script-src 'self'; img-src 'self' data:; connect-src 'self'; "
#define POLICY_LINE                                                                                \
    "script-src 'self' https://static.line-scdn.net; "                                             \
    "img-src 'self' data: https://profile.line-scdn.net; "                                         \
    "connect-src 'self' https://api.line.me https://access.line.me https://liff.line.me "          \
    "https://liffsdk.line-scdn.net; "

/* In the demo the card lives in the frame of line-sim's phone, another port of this machine. */
#define FRAMED_BY_NONE "frame-ancestors 'none'"
#define FRAMED_BY_DEMO "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"

const char *
page_card_policy(enum card_liff liff, bool is_demo)
{
    static const char *const policy[2][2] = {
        {POLICY_START POLICY_OURS FRAMED_BY_NONE, POLICY_START POLICY_OURS FRAMED_BY_DEMO},
        {POLICY_START POLICY_LINE FRAMED_BY_NONE, POLICY_START POLICY_LINE FRAMED_BY_DEMO},
    };

    return policy[liff == CARD_LIFF_LINE][is_demo];
}
