/*
 * page.h - what every HTML page of ours shares: the words, the shell of the apps, the error page.
 *
 * These are pure writers: facts in, HTML into a buf (whose failure sticks). They know no request
 * and no database, and print no fact that did not go through buf_xml.
 */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "base/buf.h"
#include "base/str.h"
#include "web/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A placeholder of a word and what stands there: {"n", STR("3")} for "{n} more". Borrowed. */
struct page_fact {
    const char *name;
    struct str value;
};

/* The word with its placeholders filled in, all of it escaped for HTML text and attributes. */
void page_word(struct buf *b, enum language language, enum word word, const struct page_fact *facts,
               size_t facts_n);

/* A whole number as the language groups it: 12,345. At most 27 characters. */
struct page_number {
    char text[28];
};
struct page_number page_number(int64_t n);

/* A day such as "22 Nov 2026", at the place that is utc_offset_min east of Greenwich. Thai counts
 * years of the Buddhist era, as browsers do for th. */
void page_date(struct buf *b, enum language language, int64_t at_ms, int utc_offset_min);

/* The page of an app that its script draws: /till, /admin, /demo. */
struct page_shell {
    enum language language;
    struct str title;
    const char *js, *css;               /* paths of the bundled files; css may be NULL */
    const char *icon, *manifest;        /* paths, or NULL */
    const struct page_fact *attributes; /* <div id="app" data-NAME="VALUE" ...> */
    size_t attributes_n;
};
void page_shell_write(struct buf *b, const struct page_shell *shell);

/* A short page for what went wrong; `request` is the id to tell the operator. Needs no style of
 * others. */
void page_error_write(struct buf *b, enum language language, int status, struct str request);

#endif
