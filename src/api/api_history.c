#include "api/api_history.h"

#include <inttypes.h>
#include <string.h>

#include "api/api_card.h"
#include "api/page_history.h"
#include "api/service.h"
#include "api/web_path.h"
#include "domain/earn_book.h"
#include "domain/member.h"
#include "domain/plan.h"

#define ITEMS_SHOWN 50
#define PAGE_MAX (128 * KIB)

/* A page of it. */
struct part {
    struct history_line line[ITEMS_SHOWN + 1]; /* one more tells that there is more */
    struct history_event event[ITEMS_SHOWN + 1];
    size_t lines_n, events_n; /* shown */
    struct history_entry entry[ITEMS_SHOWN];
    struct history_item item[ITEMS_SHOWN]; /* both, in their order */
    size_t n;
    int64_t below;
    struct history_mark mark;
    struct history_older older;
    bool is_newest;
    struct card card[CARDS_OF_MEMBER_MAX];
    struct plan_rules rules[CARDS_OF_MEMBER_MAX];
    struct history_debt debt[CARDS_OF_MEMBER_MAX];
    int64_t debt_plan[CARDS_OF_MEMBER_MAX];
    size_t debts_n;
};

/* ---------------------------------------------------------------- reading */

/* An event's title is the plan's word for it, of the version the bonus was given under. */
static enum err_code
load_title(struct request *req, struct history_entry *entry, struct err *e)
{
    struct str reason = str_of(entry->line.reason);
    const struct earn_event *event;
    struct plan_rules rules;
    char *title;

    if (entry->line.kind != TRANSFER_BONUS || !str_skip(&reason, STR("event:")))
        return OK;
    if (plan_load(req->db, entry->line.plan_id, entry->line.plan_version, &rules, e))
        return e->code;
    event = event_by_name(&rules.earn, reason);
    if (event == NULL)
        return OK;
    title = arena_dup(req->arena, event->title, strlen(event->title));
    if (title == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "title of an event");
    entry->title = (struct str){title, strlen(event->title)};
    return OK;
}

static enum err_code
load_entry(struct request *req, const struct history_line *line, struct history_entry *out,
           struct err *e)
{
    *out = (struct history_entry){.line = *line};
    if (line->kind == TRANSFER_EARN &&
        earn_parts_load(req->db, line->seq, out->part, &out->parts_n, e))
        return e->code;
    return load_title(req, out, e);
}

static enum err_code
load_debts(struct request *req, struct part *p, struct err *e)
{
    size_t n;

    if (cards_of_member(req->db, req->actor.member_id, p->card, CARDS_OF_MEMBER_MAX, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        if (p->card[i].owed == 0)
            continue;
        if (plan_load(req->db, p->card[i].plan_id, 0, &p->rules[i], e))
            return e->code;
        p->debt_plan[p->debts_n] = p->card[i].plan_id;
        p->debt[p->debts_n++] = (struct history_debt){.plan = str_of(p->rules[i].name),
                                                      .is_stamp = p->rules[i].unit == UNIT_STAMP,
                                                      .units = p->card[i].owed};
    }
    return OK;
}

/* Where the page begins: below a line, and after an event "ms.turn" where the one before ended with
 * it. */
static enum err_code
read_place(struct request *req, struct part *p, struct err *e)
{
    struct str text, ms;
    bool has_below = request_query(req, "below", &text);

    p->below = INT64_MAX;
    if (has_below && !str_int(text, &p->below, 1, INT64_MAX))
        return err_field(e, ERR_INPUT, "field_type", "below", "below is the number of a line");
    p->is_newest = !has_below;
    if (!request_query(req, "until", &text))
        return history_mark_of(req->db, req->actor.member_id, p->below, &p->mark, e);
    p->is_newest = false;
    if (!str_until(&text, '.', &ms) || !str_int(ms, &p->mark.at_ms, 1, INT64_MAX) ||
        !str_int(text, &p->mark.turn, 1, INT64_MAX))
        return err_field(e, ERR_INPUT, "field_type", "until", "until is as the page before said");
    return OK;
}

/* The newest of both, until the page is full. An event stands above the line that was booked when
 * it happened, and so above all that the mark of that line leaves out. */
static enum err_code
fill(struct request *req, struct part *p, size_t lines, size_t events, struct err *e)
{
    bool is_event = false;

    while (p->n < ITEMS_SHOWN && (p->lines_n < lines || p->events_n < events)) {
        const struct history_line *line = &p->line[p->lines_n];
        const struct history_event *event = &p->event[p->events_n];
        struct history_item *item = &p->item[p->n++];

        is_event = p->lines_n == lines || (p->events_n < events && event->at_ms >= line->booked_ms);
        if (is_event) {
            *item = (struct history_item){.event = event};
            p->mark = (struct history_mark){.at_ms = event->at_ms, .turn = event->turn};
            p->events_n++;
            continue;
        }
        *item = (struct history_item){.entry = &p->entry[p->lines_n]};
        if (load_entry(req, line, &p->entry[p->lines_n++], e))
            return e->code;
        p->below = line->seq;
    }
    if (p->lines_n < lines || p->events_n < events) {
        p->older.below = p->below == INT64_MAX ? 0 : p->below;
        p->older.mark = is_event ? p->mark : (struct history_mark){.at_ms = 0};
    }
    return OK;
}

static enum err_code
load(struct request *req, struct part **out, struct err *e)
{
    struct part *p = arena_alloc(req->arena, sizeof(*p));
    size_t lines, events;

    if (p == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "history");
    p->debts_n = p->n = p->lines_n = p->events_n = 0;
    p->older = (struct history_older){.below = 0};
    if (read_place(req, p, e) ||
        history_of_member(req->db, req->actor.member_id, p->below, p->line, ITEMS_SHOWN + 1, &lines,
                          e) ||
        history_of_vouchers(req->db, req->actor.member_id, &p->mark, p->event, ITEMS_SHOWN + 1,
                            &events, e) ||
        load_debts(req, p, e) || fill(req, p, lines, events, e))
        return e->code;
    *out = p;
    return OK;
}

/* ---------------------------------------------------------------- for people */

enum err_code
api_history_page(struct request *req, struct reply *reply, struct err *e)
{
    struct service *s = SERVICE(req);
    struct buf b = buf_new(req->arena, PAGE_MAX);
    struct member member;
    struct part *p = NULL;
    struct history_view view = {
        .title = s->shop_title,
        .liff = page_liff(s),
        .liff_id = s->liff_id,
        .is_demo = s->demo,
        .js = web_path("card.js"),
        .icon = web_path("icon.svg"),
    };

    if (!req->actor.member_id)
        return reply_redirect(reply, "/card");
    if (member_load(req->db, req->actor.member_id, &member, e) || load(req, &p, e))
        return e->code;
    view.language = member.language;
    view.item = p->item;
    view.n = p->n;
    view.older = p->older;
    view.is_newest = p->is_newest;
    view.debt = p->debt;
    view.debts_n = p->debts_n;
    page_history_write(&b, &view);
    reply->csp = page_card_policy(view.liff, s->demo);
    reply->may_compress = true;
    return reply_html(reply, 200, &b, e);
}

/* ---------------------------------------------------------------- for programs */

static void
write_or_null(struct buf *b, const char *name, int64_t value)
{
    buf_format(b, ",\"%s\":", name);
    if (value == 0)
        buf_text(b, "null");
    else
        buf_int(b, value);
}

static void
write_text(struct buf *b, const char *name, struct str text)
{
    buf_format(b, ",\"%s\":", name);
    buf_json_or_null(b, text);
}

static void
write_line(struct buf *b, const struct history_entry *entry)
{
    const struct history_line *line = &entry->line;

    buf_format(b, "{\"seq\":%" PRId64 ",\"kind\":\"%s\",\"why\":", line->seq,
               transfer_kind_name(line->kind));
    buf_json(b, str_of(line->reason));
    write_text(b, "title", entry->title);
    buf_format(b,
               ",\"gain\":%" PRId64 ",\"balance\":%" PRId64 ",\"at\":%" PRId64 ",\"plan\":%" PRId64,
               line->gain, line->balance, line->at_ms, line->plan_id);
    write_text(b, "plan_name", str_of(line->plan));
    buf_format(b, ",\"unit\":\"%s\"", unit_name(line->unit));
    write_text(b, "shop", str_of(line->shop));
    write_or_null(b, "yen", line->yen);
    buf_text(b, ",\"parts\":[");
    for (size_t i = 0; i < entry->parts_n; i++) {
        buf_text(b, i ? ",{\"why\":" : "{\"why\":");
        buf_json(b, str_of(entry->part[i].reason));
        buf_format(b, ",\"units\":%" PRId64 "}", entry->part[i].units);
    }
    buf_char(b, ']');
    write_or_null(b, "reverses", line->reverses_seq);
    write_or_null(b, "reversed_by", line->reversed_seq);
    buf_char(b, '}');
}

static void
write_event(struct buf *b, const struct history_event *event)
{
    buf_format(b, "{\"voucher\":%" PRId64 ",\"what\":\"%s\"", event->voucher_id,
               history_deed_name(event->deed));
    write_text(b, "title", str_of(event->title));
    buf_format(b, ",\"at\":%" PRId64 ",\"plan\":%" PRId64, event->at_ms, event->plan_id);
    write_text(b, "plan_name", str_of(event->plan));
    write_text(b, "shop", str_of(event->shop));
    buf_char(b, '}');
}

static void
write_older(struct buf *b, const struct history_older *older)
{
    write_or_null(b, "older", older->below);
    buf_text(b, ",\"until\":");
    if (older->mark.at_ms != 0)
        buf_format(b, "\"%" PRId64 ".%" PRId64 "\"", older->mark.at_ms, older->mark.turn);
    else
        buf_text(b, "null");
}

enum err_code
api_history(struct request *req, struct reply *reply, struct err *e)
{
    struct buf b = buf_new(req->arena, PAGE_MAX);
    struct part *p = NULL;

    if (load(req, &p, e))
        return e->code;
    buf_text(&b, "{\"lines\":[");
    for (size_t i = 0; i < p->lines_n; i++) {
        if (i)
            buf_char(&b, ',');
        write_line(&b, &p->entry[i]);
    }
    buf_text(&b, "],\"vouchers\":[");
    for (size_t i = 0; i < p->events_n; i++) {
        if (i)
            buf_char(&b, ',');
        write_event(&b, &p->event[i]);
    }
    buf_char(&b, ']');
    write_older(&b, &p->older);
    buf_text(&b, ",\"owed\":[");
    for (size_t i = 0; i < p->debts_n; i++)
        buf_format(&b, "%s{\"plan\":%" PRId64 ",\"units\":%" PRId64 "}", i ? "," : "",
                   p->debt_plan[i], p->debt[i].units);
    buf_text(&b, "]}");
    reply->may_compress = true;
    return reply_json(reply, 200, &b, e);
}
