#include "api/page.h"

#include <inttypes.h>
#include <string.h>

void
page_word(struct buf *b, enum language language, enum word which, const struct page_fact *facts,
          size_t facts_n)
{
    struct str rest = str_of(word(language, which));
    struct str part, name;

    while (str_until(&rest, '{', &part)) {
        buf_xml(b, part);
        if (!str_until(&rest, '}', &name))
            return; /* web/lang is checked by a test; a stray brace ends the text */
        for (size_t i = 0; i < facts_n; i++)
            if (str_eq(name, str_of(facts[i].name)))
                buf_xml(b, facts[i].value);
    }
    buf_xml(b, rest);
}

struct page_number
page_number(int64_t n)
{
    struct page_number out = {0};
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    char *at = out.text + sizeof out.text - 1;
    int digits = 0;

    do {
        if (digits > 0 && digits % 3 == 0)
            *--at = ',';
        *--at = (char)('0' + left % 10);
        left /= 10;
        digits++;
    } while (left > 0);
    if (n < 0)
        *--at = '-';
    memmove(out.text, at, strlen(at) + 1);
    return out;
}

struct day {
    int64_t year;
    int month, day;
};

/* Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days. */
static struct day
day_of(int64_t days_since_1970)
{
    int64_t z = days_since_1970 + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153; /* March is 0 */
    int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;

    return (struct day){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = (int)month,
        .day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1),
    };
}

void
page_date(struct buf *b, enum language language, int64_t at_ms, int utc_offset_min)
{
    static const char *const en[] = {"Jan", "Feb", "Mar",  "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"};
    static const char *const th[] = {"ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
                                     "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.",  "พ.ย.", "ธ.ค."};
    enum { DAY_MS = 86400000, MINUTE_MS = 60000 };
    int64_t local = at_ms + (int64_t)utc_offset_min * MINUTE_MS;
    struct day d = day_of(local / DAY_MS - (local % DAY_MS < 0));

    /* As Intl.DateTimeFormat writes them for ja, en-GB, zh-Hant and th, which the scripts use. */
    if (language == LANGUAGE_EN)
        buf_format(b, "%d %s %" PRId64, d.day, en[d.month - 1], d.year);
    else if (language == LANGUAGE_TH)
        buf_format(b, "%d %s %" PRId64, d.day, th[d.month - 1], d.year + 543);
    else
        buf_format(b, "%" PRId64 "年%d月%d日", d.year, d.month, d.day);
}

static void
link_of(struct buf *b, const char *relation, const char *path)
{
    if (path)
        buf_format(b, "<link rel=\"%s\" href=\"%s\">", relation, path);
}

void
page_shell_write(struct buf *b, const struct page_shell *shell)
{
    buf_format(b, "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\"><title>",
               language_tag(shell->language));
    buf_xml(b, shell->title);
    buf_text(b, "</title><meta name=\"viewport\" content=\"width=device-width,initial-scale=1,"
                "viewport-fit=cover\"><meta name=\"color-scheme\" content=\"light dark\">"
                "<meta name=\"format-detection\" content=\"telephone=no\">");
    link_of(b, "icon", shell->icon);
    link_of(b, "manifest", shell->manifest);
    link_of(b, "stylesheet", shell->css);
    buf_format(b, "<script type=\"module\" src=\"%s\"></script></head><body><div id=\"app\"",
               shell->js);
    for (size_t i = 0; i < shell->attributes_n; i++) {
        buf_format(b, " data-%s=\"", shell->attributes[i].name);
        buf_xml(b, shell->attributes[i].value);
        buf_char(b, '"');
    }
    buf_text(b, "></div><noscript><p>");
    page_word(b, shell->language, WORD_PAGE_SCRIPT_NEEDED, NULL, 0);
    buf_text(b, "</p></noscript></body></html>");
}

void
page_error_write(struct buf *b, enum language language, int status, struct str request)
{
    enum word what = status == 404                    ? WORD_PAGE_MISSING
                     : status == 429 || status == 503 ? WORD_PAGE_BUSY
                     : status < 500                   ? WORD_PAGE_REFUSED
                                                      : WORD_PAGE_BROKEN;

    buf_format(b, "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\"><title>",
               language_tag(language));
    page_word(b, language, what, NULL, 0);
    buf_text(b, "</title><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                "<meta name=\"color-scheme\" content=\"light dark\"></head><body><main><h1>");
    page_word(b, language, what, NULL, 0);
    buf_text(b, "</h1><p>");
    page_word(b, language, WORD_PAGE_TRY_AGAIN, NULL, 0);
    buf_text(b, "</p><p><a href=\"/card\">");
    page_word(b, language, WORD_PAGE_TO_CARD, NULL, 0);
    buf_text(b, "</a></p><p><small>");
    page_word(b, language, WORD_PAGE_REQUEST, &(struct page_fact){"id", request}, 1);
    buf_text(b, "</small></p></main></body></html>");
}
