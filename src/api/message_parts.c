#include "api/message_parts.h"

#include "api/page.h"

struct str
date_text(struct arena *a, enum language language, int64_t at_ms, int utc_offset_min)
{
    struct buf b = buf_new(a, 256);

    page_date(&b, language, at_ms, utc_offset_min);
    return buf_str(&b);
}

struct str
card_url(const struct service *s, struct arena *a, int64_t plan_id)
{
    char *text =
        s->liff_id.n
            ? arena_format(a, "%.*s/%.*s/%lld", (int)s->liff_url.n, s->liff_url.at,
                           (int)s->liff_id.n, s->liff_id.at, (long long)plan_id)
            : arena_format(a, "%.*s/card/%lld", (int)s->origin.n, s->origin.at, (long long)plan_id);

    return str_of(text);
}

struct str
card_url_about(const struct service *s, struct arena *a, int64_t plan_id, enum notice_kind kind)
{
    struct str url = card_url(s, a, plan_id);

    return str_of(
        url.n == 0 ? NULL
                   : arena_format(a, "%.*s?about=%s", (int)url.n, url.at, notice_kind_word(kind)));
}
