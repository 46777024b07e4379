#include "api/card_ends.h"

#include "api/page.h"
#include "api/page_parts.h"
#include "base/clock.h"

enum err_code
card_ends_load(struct db *db, const struct card *card, const struct plan_rules *rules,
               int64_t now_ms, struct card_ends *out, struct err *e)
{
    *out = (struct card_ends){
        .is_stamp = rules->unit == UNIT_STAMP,
        .utc_offset_min = rules->utc_offset_min,
        .day_cut_ms = rules->day_cut_hour * HOUR_MS,
    };
    if (card->ends_ms != 0 &&
        lots_coming(db, card->id, now_ms, out->coming, CARD_ENDS_MAX, &out->n, e))
        return e->code;
    if (rules->expiry.pending_days == 0)
        return OK;
    return lots_pending(db, card->id, now_ms, &out->pending, &out->usable_ms, e);
}

int64_t
card_ends_until(const struct card_ends *ends, int64_t until_ms)
{
    if (ends->n > 0 && ends->coming[0].expires_ms < until_ms)
        until_ms = ends->coming[0].expires_ms;
    return ends->pending > 0 && ends->usable_ms < until_ms ? ends->usable_ms : until_ms;
}

/* In the last business day, whatever the hour at which it ends. */
static int64_t
last_of(const struct card_ends *ends, int64_t expires_ms)
{
    return expires_ms - 1 - ends->day_cut_ms;
}

void
card_ends_json(struct buf *b, const struct card_ends *ends)
{
    buf_char(b, '[');
    for (size_t i = 0; i < ends->n; i++) {
        buf_text(b, i ? ",{\"amount\":" : "{\"amount\":");
        buf_int(b, ends->coming[i].amount);
        buf_text(b, ",\"last\":");
        buf_int(b, last_of(ends, ends->coming[i].expires_ms));
        buf_char(b, '}');
    }
    buf_text(b, "],\"pending\":");
    if (ends->pending == 0) {
        buf_text(b, "null");
        return;
    }
    buf_text(b, "{\"amount\":");
    buf_int(b, ends->pending);
    buf_text(b, ",\"from\":");
    buf_int(b, ends->usable_ms);
    buf_char(b, '}');
}

static void
write_line(struct buf *b, enum language language, enum word which, int64_t amount, int64_t at_ms,
           const struct card_ends *ends)
{
    struct buf date = buf_new(b->arena, 64);
    struct page_number n = page_number(amount);

    page_date(&date, language, at_ms, (int)ends->utc_offset_min);
    buf_text(b, "<li>");
    page_word(b, language, which,
              (struct page_fact[]){{"n", str_of(n.text)}, {"date", buf_str(&date)}}, 2);
    buf_text(b, "</li>");
}

void
card_ends_html(struct buf *b, enum language language, const struct card_ends *ends)
{
    buf_format(b,
               "<section class=\"box\" data-in=\"rewards\" aria-labelledby=\"h-ends\"%s><h2 "
               "id=\"h-ends\">",
               ends->n == 0 && ends->pending == 0 ? " hidden" : "");
    part_word(b, language, WORD_CARD_ENDS);
    buf_text(b, "</h2><ul class=\"ends\" role=\"list\" id=\"ends\">");
    if (ends->pending > 0)
        write_line(b, language,
                   ends->pending == 1 ? WORD_CARD_PENDING_ONE : WORD_CARD_PENDING_OTHER,
                   ends->pending, ends->usable_ms, ends);
    for (size_t i = 0; i < ends->n; i++) {
        int64_t amount = ends->coming[i].amount;
        enum word stamps = amount == 1 ? WORD_CARD_ENDS_STAMP_ONE : WORD_CARD_ENDS_STAMP_OTHER;
        enum word points = amount == 1 ? WORD_CARD_ENDS_POINT_ONE : WORD_CARD_ENDS_POINT_OTHER;

        write_line(b, language, ends->is_stamp ? stamps : points, amount,
                   last_of(ends, ends->coming[i].expires_ms), ends);
    }
    buf_text(b, "</ul></section>");
}
