#include "api/page_history.h"

#include <inttypes.h>
#include <string.h>

#include "api/page_me.h"
#include "api/page_parts.h"

/* ---------------------------------------------------------------- what a line is */

static const enum word kinds[] = {
    [TRANSFER_EARN] = WORD_CARD_HISTORY_EARN,
    [TRANSFER_ROUND] = WORD_CARD_HISTORY_ROUND,
    [TRANSFER_REVERSE] = WORD_CARD_HISTORY_REVERSE,
    [TRANSFER_EXPIRE] = WORD_CARD_HISTORY_EXPIRE,
    [TRANSFER_MERGE_OUT] = WORD_CARD_HISTORY_MERGE_OUT,
    [TRANSFER_MERGE_IN] = WORD_CARD_HISTORY_MERGE_IN,
    [TRANSFER_BRING] = WORD_CARD_HISTORY_BRING,
    [TRANSFER_SPEND] = WORD_CARD_HISTORY_SPEND,
    [TRANSFER_SWAP] = WORD_CARD_HISTORY_SWAP,
    [TRANSFER_LAPSE] = WORD_CARD_HISTORY_LAPSE,
    [TRANSFER_BONUS] = WORD_CARD_HISTORY_BONUS,
    [TRANSFER_GIFT_OUT] = WORD_CARD_HISTORY_GIFT_OUT,
    [TRANSFER_GIFT_IN] = WORD_CARD_HISTORY_GIFT_IN,
    [TRANSFER_REFUND] = WORD_CARD_HISTORY_REFUND,
    [TRANSFER_LATE] = WORD_CARD_HISTORY_LATE,
    [TRANSFER_REPAY] = WORD_CARD_HISTORY_REPAY,
    [TRANSFER_SWAP_BACK] = WORD_CARD_HISTORY_SWAP_BACK,
};

/* Why units were given beside the plain rule, or afterwards: the part of the reason before its
 * figure. */
static bool
why_word(const char *reason, enum word *out)
{
    static const struct {
        const char *reason;
        enum word word;
    } whys[] = {
        {"join", WORD_CARD_WHY_JOINING},
        {"birthday", WORD_CARD_WHY_BIRTHDAY},
        {"weekday", WORD_CARD_HISTORY_WHY_WEEKDAY},
        {"hour", WORD_CARD_HISTORY_WHY_HOUR},
        {"tier", WORD_CARD_HISTORY_WHY_TIER},
        {"campaign", WORD_CARD_HISTORY_WHY_CAMPAIGN},
        {"items", WORD_CARD_HISTORY_WHY_ITEMS},
        {"forgotten", WORD_CARD_HISTORY_WHY_FORGOTTEN},
        {"no_phone", WORD_CARD_HISTORY_WHY_NO_PHONE},
        {"till_down", WORD_CARD_HISTORY_WHY_TILL_DOWN},
        {"overlooked", WORD_CARD_HISTORY_WHY_OVERLOOKED},
    };
    size_t n = strcspn(reason, ":");

    for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++)
        if (strlen(whys[i].reason) == n && strncmp(whys[i].reason, reason, n) == 0) {
            *out = whys[i].word;
            return true;
        }
    return false;
}

void
history_what(struct buf *b, enum language language, const struct history_entry *entry)
{
    const struct history_line *line = &entry->line;
    enum word why;

    part_word(b, language, kinds[line->kind]);
    if (line->kind == TRANSFER_REVERSE) {
        buf_text(b, ": ");
        part_word(b, language, kinds[line->undone_kind]);
    } else if (line->kind == TRANSFER_BONUS && entry->title.n > 0) {
        buf_text(b, ": ");
        buf_xml(b, entry->title);
    } else if ((line->kind == TRANSFER_BONUS || line->kind == TRANSFER_LATE) &&
               why_word(line->reason, &why)) {
        buf_text(b, ": ");
        part_word(b, language, why);
    }
}

/* ---------------------------------------------------------------- its figures */

static void
write_units(struct buf *b, enum language language, enum unit unit, int64_t units)
{
    struct page_number n = page_number(units);

    page_word(b, language, unit == UNIT_STAMP ? WORD_CARD_STAMPS_N : WORD_CARD_POINTS_N,
              &(struct page_fact){"n", str_of(n.text)}, 1);
}

static void
write_gain(struct buf *b, enum language language, const struct history_line *line)
{
    buf_text(b, line->gain < 0 ? "\xE2\x88\x92" : "+"); /* a minus as wide as the plus */
    write_units(b, language, line->unit, line->gain < 0 ? -line->gain : line->gain);
}

/* When, where and of which card. */
static void
write_place(struct buf *b, enum language language, int64_t at_ms, int64_t utc_offset_min,
            const char *shop, const char *plan)
{
    int64_t minute = (at_ms / 60000 + utc_offset_min) % 1440;

    page_date(b, language, at_ms, (int)utc_offset_min);
    buf_format(b, " %02d:%02d", (int)(minute / 60), (int)(minute % 60));
    if (shop[0] != '\0') {
        buf_text(b, " \xC2\xB7 ");
        buf_xml(b, str_of(shop));
    }
    buf_text(b, " \xC2\xB7 ");
    buf_xml(b, str_of(plan));
}

static void
write_parts(struct buf *b, enum language language, const struct history_entry *entry)
{
    for (size_t i = 0; i < entry->parts_n; i++) {
        enum word why;

        if (!why_word(entry->part[i].reason, &why))
            continue;
        buf_text(b, " \xC2\xB7 ");
        part_word(b, language, why);
        buf_text(b, " +");
        write_units(b, language, entry->line.unit, entry->part[i].units);
    }
}

/* Its place, and of how much money. */
static void
write_facts(struct buf *b, enum language language, const struct history_entry *entry)
{
    const struct history_line *line = &entry->line;
    struct page_number yen = page_number(line->yen);

    buf_text(b, "<p class=\"paper-soft\">");
    write_place(b, language, line->at_ms, line->utc_offset_min, line->shop, line->plan);
    if (line->yen > 0)
        buf_format(b, " \xC2\xB7 \xC2\xA5%s", yen.text);
    write_parts(b, language, entry);
    buf_text(b, "</p>");
}

/* ---------------------------------------------------------------- a line */

/* To the page that begins with that line. */
static void
write_tie(struct buf *b, enum language language, enum word word, int64_t seq)
{
    struct page_number n = page_number(seq);

    buf_format(b, "<p><a href=\"/card/history?below=%" PRId64 "#l%" PRId64 "\">", seq + 1, seq);
    page_word(b, language, word, &(struct page_fact){"n", str_of(n.text)}, 1);
    buf_text(b, "</a></p>");
}

static void
write_line(struct buf *b, enum language language, const struct history_entry *entry)
{
    const struct history_line *line = &entry->line;
    const char *tag = line->reversed_seq != 0 ? "s" : "b";
    struct page_number number = page_number(line->seq), n = page_number(line->balance);

    buf_format(b, "<li class=\"box\" id=\"l%" PRId64 "\"><p class=\"fact\"><%s>", line->seq, tag);
    history_what(b, language, entry);
    buf_format(b, "</%s><%s>", tag, tag);
    write_gain(b, language, line);
    buf_format(b, "</%s></p>", tag);
    write_facts(b, language, entry);
    buf_text(b, "<p class=\"paper-soft\">");
    page_word(b, language, WORD_CARD_HISTORY_BALANCE, &(struct page_fact){"n", str_of(n.text)}, 1);
    buf_text(b, " \xC2\xB7 ");
    page_word(b, language, WORD_CARD_HISTORY_NUMBER, &(struct page_fact){"n", str_of(number.text)},
              1);
    buf_text(b, "</p>");
    if (line->reversed_seq != 0)
        write_tie(b, language, WORD_CARD_HISTORY_UNDONE_BY, line->reversed_seq);
    if (line->reverses_seq != 0)
        write_tie(b, language, WORD_CARD_HISTORY_UNDOES, line->reverses_seq);
    buf_text(b, "</li>");
}

/* It moved no units: no number, no balance, and nothing for the proof to tick. */
static void
write_event(struct buf *b, enum language language, const struct history_event *event)
{
    static const enum word deeds[] = {
        [HISTORY_REDEEMED] = WORD_CARD_HISTORY_REDEEMED,
        [HISTORY_UNREDEEMED] = WORD_CARD_HISTORY_UNREDEEMED,
        [HISTORY_EXPIRED] = WORD_CARD_HISTORY_EXPIRED,
        [HISTORY_CANCELLED] = WORD_CARD_HISTORY_CANCELLED,
    };

    buf_text(b, "<li class=\"box\"><p class=\"fact\"><b>");
    part_word(b, language, deeds[event->deed]);
    buf_text(b, ": ");
    buf_xml(b, str_of(event->title));
    buf_text(b, "</b></p><p class=\"paper-soft\">");
    write_place(b, language, event->at_ms, event->utc_offset_min, event->shop, event->plan);
    buf_text(b, "</p></li>");
}

/* ---------------------------------------------------------------- the page */

static void
write_debts(struct buf *b, const struct history_view *v)
{
    for (size_t i = 0; i < v->debts_n; i++) {
        struct buf units = buf_new(b->arena, 128);

        struct page_number n = page_number(v->debt[i].units);

        buf_text(b, "<p class=\"box\">");
        buf_xml(b, v->debt[i].plan);
        buf_text(b, ": ");
        page_word(&units, v->language,
                  v->debt[i].is_stamp ? WORD_CARD_STAMPS_N : WORD_CARD_POINTS_N,
                  &(struct page_fact){"n", str_of(n.text)}, 1);
        page_word(b, v->language, WORD_CARD_OWED, &(struct page_fact){"n", buf_str(&units)}, 1);
        buf_text(b, "</p>");
    }
}

static void
write_older(struct buf *b, const struct history_older *older)
{
    if (older->below != 0)
        buf_format(b, "below=%" PRId64 "%s", older->below, older->mark.at_ms != 0 ? "&amp;" : "");
    if (older->mark.at_ms != 0)
        buf_format(b, "until=%" PRId64 ".%" PRId64, older->mark.at_ms, older->mark.turn);
}

static void
write_turns(struct buf *b, const struct history_view *v)
{
    buf_text(b, "<div class=\"choice\">");
    if (!v->is_newest) {
        buf_text(b, "<a class=\"button-quiet\" href=\"/card/history\">");
        part_word(b, v->language, WORD_CARD_HISTORY_NEWEST);
        buf_text(b, "</a>");
    }
    if (v->older.below != 0 || v->older.mark.at_ms != 0) {
        buf_text(b, "<a class=\"button-quiet\" rel=\"next\" href=\"/card/history?");
        write_older(b, &v->older);
        buf_text(b, "\">");
        part_word(b, v->language, WORD_CARD_HISTORY_OLDER);
        buf_text(b, "</a>");
    }
    buf_text(b, "</div>");
}

void
page_history_write(struct buf *b, const struct history_view *v)
{
    struct part_page o = {
        .language = v->language,
        .title = v->title,
        .page = "history",
        .liff = v->liff,
        .liff_id = v->liff_id,
        .is_demo = v->is_demo,
        .js = v->js,
        .icon = v->icon,
    };

    part_open(b, &o);
    part_open_body(b, &o);
    buf_text(b, "<main class=\"paper\"><a class=\"button-quiet\" href=\"/card\">");
    part_word(b, v->language, WORD_PAGE_TO_CARD);
    buf_text(b, "</a><h1>");
    part_word(b, v->language, WORD_CARD_HISTORY_ALL);
    buf_text(b, "</h1>");
    write_debts(b, v);
    if (v->n == 0) {
        buf_text(b, "<p class=\"paper-soft\">");
        part_word(b, v->language, WORD_CARD_HISTORY_NONE);
        buf_text(b, "</p>");
    } else {
        buf_text(b, "<ol role=\"list\">");
        for (size_t i = 0; i < v->n; i++)
            if (v->item[i].entry != NULL)
                write_line(b, v->language, v->item[i].entry);
            else
                write_event(b, v->language, v->item[i].event);
        buf_text(b, "</ol>");
    }
    write_turns(b, v);
    page_proof_write(b, v->language);
    buf_text(b, "</main>");
    part_close(b, v->language);
}
