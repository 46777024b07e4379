#include "api/page_account.h"

#include "api/page_parts.h"

/* What the script says; the rest stands in the page. */
static const struct {
    const char *key;
    enum word word;
} said[] = {
    {"account.linked", WORD_ACCOUNT_LINKED},
    {"account.linked_points", WORD_ACCOUNT_LINKED_POINTS},
    {"account.unlink", WORD_ACCOUNT_UNLINK},
    {"account.unlink_ask", WORD_ACCOUNT_UNLINK_ASK},
    {"account.unlinked", WORD_ACCOUNT_UNLINKED},
    {"account.stay", WORD_ACCOUNT_STAY},
    {"account.recovery_has", WORD_ACCOUNT_RECOVERY_HAS},
    {"account.recovery_until", WORD_ACCOUNT_RECOVERY_UNTIL},
    {"account.recovered", WORD_ACCOUNT_RECOVERED},
    {"account.failed", WORD_ACCOUNT_FAILED},
    {"account.again_done", WORD_ACCOUNT_AGAIN_DONE},
    {"account.joined_merge", WORD_ACCOUNT_JOINED_MERGE},
    {"account.joined_rescue", WORD_ACCOUNT_JOINED_RESCUE},
    {"account.joined_guest", WORD_ACCOUNT_JOINED_GUEST},
    {"account.joined_undone", WORD_ACCOUNT_JOINED_UNDONE},
    {"account.problem_link_unknown", WORD_ACCOUNT_PROBLEM_LINK_UNKNOWN},
    {"account.problem_link_taken", WORD_ACCOUNT_PROBLEM_LINK_TAKEN},
    {"account.problem_link_full", WORD_ACCOUNT_PROBLEM_LINK_FULL},
    {"account.problem_tries_over", WORD_ACCOUNT_PROBLEM_TRIES_OVER},
    {"account.problem_customer_number", WORD_ACCOUNT_PROBLEM_CUSTOMER_NUMBER},
    {"account.problem_customer_birthday", WORD_ACCOUNT_PROBLEM_CUSTOMER_BIRTHDAY},
    {"account.problem_code_typo", WORD_ACCOUNT_PROBLEM_CODE_TYPO},
    {"account.problem_code_unknown", WORD_ACCOUNT_PROBLEM_CODE_UNKNOWN},
    {"account.problem_code_own", WORD_ACCOUNT_PROBLEM_CODE_OWN},
    {"account.problem_line_account_none", WORD_ACCOUNT_PROBLEM_LINE_ACCOUNT_NONE},
    {"account.problem_ask_staff", WORD_ACCOUNT_PROBLEM_ASK_STAFF},
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
heading(struct buf *b, enum language l, const char *id, enum word title, enum word about)
{
    buf_format(b, "<section class=\"box form\" aria-labelledby=\"h-%s\"><h2 id=\"h-%s\">", id, id);
    part_word(b, l, title);
    buf_text(b, "</h2><p>");
    part_word(b, l, about);
    buf_text(b, "</p>");
}

static void
field(struct buf *b, enum language l, enum word label, const char *attributes)
{
    buf_text(b, "<label><span>");
    part_word(b, l, label);
    buf_format(b, "</span><input required %s></label>", attributes);
}

/* A problem is said below what it is about. */
static void
submit(struct buf *b, enum language l, enum word label)
{
    buf_text(b, "<p class=\"problem\" role=\"alert\" hidden></p><button class=\"button wide\">");
    part_word(b, l, label);
    buf_text(b, "</button></form>");
}

static void
write_link(struct buf *b, enum language l)
{
    heading(b, l, "link", WORD_ACCOUNT_LINK, WORD_ACCOUNT_LINK_ABOUT);
    buf_text(b, "<ul class=\"links\" id=\"customers\" role=\"list\"></ul><form id=\"link\">");
    field(b, l, WORD_ACCOUNT_NUMBER,
          "name=\"number\" maxlength=\"40\" autocomplete=\"off\" autocapitalize=\"characters\" "
          "spellcheck=\"false\"");
    field(b, l, WORD_ACCOUNT_BIRTHDAY, "name=\"birthday\" type=\"date\" autocomplete=\"bday\"");
    submit(b, l, WORD_ACCOUNT_LINK_DO);
    buf_text(b, "<button type=\"button\" class=\"button-quiet wide\" id=\"shop\" hidden>");
    part_word(b, l, WORD_ACCOUNT_SHOP);
    buf_text(b, "</button></section>");
}

static void
write_recovery(struct buf *b, enum language l)
{
    heading(b, l, "recovery", WORD_ACCOUNT_RECOVERY, WORD_ACCOUNT_RECOVERY_ABOUT);
    buf_text(b, "<p class=\"paper-soft\" id=\"recovery-has\" hidden></p>"
                "<output class=\"recovery-code\" id=\"recovery-code\" hidden></output>"
                "<p class=\"paper-soft\" id=\"recovery-until\" hidden></p>"
                "<button type=\"button\" class=\"button wide\" id=\"recovery\">");
    part_word(b, l, WORD_ACCOUNT_RECOVERY_DO);
    buf_text(b, "</button></section>");
    heading(b, l, "recover", WORD_ACCOUNT_RECOVER, WORD_ACCOUNT_RECOVER_ABOUT);
    buf_text(b, "<form id=\"recover\">");
    field(b, l, WORD_ACCOUNT_CODE,
          "name=\"code\" maxlength=\"40\" autocomplete=\"off\" autocapitalize=\"characters\" "
          "spellcheck=\"false\"");
    submit(b, l, WORD_ACCOUNT_RECOVER_DO);
    buf_text(b, "</section>");
}

void
page_account_write(struct buf *b, const struct account_view *v)
{
    struct part_page o = {
        .language = v->language,
        .title = v->title,
        .page = "account",
        .is_demo = v->is_demo,
        .js = v->js,
        .css = v->css,
        .icon = v->icon,
    };

    part_open(b, &o);
    part_open_body(b, &o);
    buf_text(b, "<main class=\"paper\"><h1>");
    part_word(b, v->language, WORD_ACCOUNT_ACCOUNT);
    buf_text(b, "</h1>");
    write_link(b, v->language);
    write_recovery(b, v->language);
    buf_text(b, "<section class=\"box\" id=\"joined\" aria-labelledby=\"h-joined\" hidden>"
                "<h2 id=\"h-joined\">");
    part_word(b, v->language, WORD_ACCOUNT_JOINED);
    buf_text(b, "</h2><ul class=\"links\" role=\"list\"></ul></section>"
                "<a class=\"button-quiet wide\" href=\"/card\">");
    part_word(b, v->language, WORD_PAGE_TO_CARD);
    buf_text(b, "</a></main>");
    write_words(b, v->language);
    part_end(b);
}
