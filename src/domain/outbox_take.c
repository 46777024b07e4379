#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "domain/budget.h"
#include "domain/keys.h"
#include "domain/member.h"
#include "domain/outbox_row.h"
#include "domain/outbox_rules.h"
#include "domain/run_ended.h"
#include "domain/sealed.h"

/* What leaves so shortly before the end of a month LINE may count in the next one. */
#define MONTH_EDGE_MS MINUTE_MS
#define ASK_AGAIN_MS                                                                               \
    MINUTE_MS            /* what waits for LINE to tell the month's quota looks again then         \
                          */
#define RECIPIENT_MAX 64 /* bytes of a LINE user id, in quotes and with a comma: 36 */

/* A row that is due, as it is read; what is in the item is what will be sent. */
struct due {
    struct outbox_item item;
    struct str name; /* of its place */
    int64_t member_id, created_ms, recipients;
    bool is_urgent;
    int charged_month; /* 0: none */
    struct str lost;   /* the state it ends in instead of being sent; empty: none */
};

static const struct {
    const char *name;
    enum outbox_kind kind;
} kinds[] = {
    {"push", OUTBOX_PUSH},
    {"multicast", OUTBOX_MULTICAST},
    {"reply", OUTBOX_REPLY},
    {"menu", OUTBOX_MENU},
};

/* ---------------------------------------------------------------- reading */

static bool
keep_text(struct arena *a, struct str in, struct str *out)
{
    char *copy = arena_dup(a, in.at, in.n);

    *out = (struct str){copy, in.n};
    return copy != NULL;
}

/* Those behind a body that does not open must not wait for it for ever. */
static enum err_code
open_body(struct db *db, struct str sealed, struct arena *a, struct due *d, struct err *e)
{
    char place[OUTBOX_PLACE_SIZE];
    struct str where = d->item.kind == OUTBOX_MENU
                           ? outbox_menu_place(d->member_id, d->created_ms, place)
                           : outbox_place(d->name, place);

    if (sealed_open(keys_of(db)->outbox, sealed, where, a, &d->item.body, e) == OK)
        return OK;
    if (strcmp(e->word, "seal_broken") != 0)
        return e->code;
    d->item.body = STR("");
    *e = (struct err){0};
    return OK;
}

static enum err_code
read_due(struct db *db, const struct stmt *s, int64_t now_ms, struct arena *a, struct due *out,
         struct err *e)
{
    struct outbox_facts facts;

    *out = (struct due){
        .item = {.id = stmt_int(s, 0),
                 .try_number = stmt_int(s, 4) + 1,
                 .first_ms = stmt_is_null(s, 5) ? now_ms : stmt_int(s, 5)},
        .recipients = stmt_int(s, 6),
        .is_urgent = stmt_int(s, 7) != 0,
        .charged_month = stmt_is_null(s, 8) ? 0 : (int)stmt_int(s, 8),
        .member_id = stmt_int(s, 9),
        .created_ms = stmt_int(s, 10),
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_eq(stmt_text(s, 1), str_of(kinds[i].name)))
            out->item.kind = kinds[i].kind;
    facts = (struct outbox_facts){.kind = out->item.kind,
                                  .created_ms = out->created_ms,
                                  .first_ms = stmt_int(s, 5),
                                  .is_friend = stmt_int(s, 11) != 0};
    out->lost = outbox_lost(&facts, now_ms);
    if (!keep_text(a, stmt_text(s, 2), &out->name))
        return err_set(e, ERR_INTERNAL, "arena_full", "outbox: no room");
    if (out->item.kind == OUTBOX_PUSH || out->item.kind == OUTBOX_MULTICAST)
        out->item.retry_key = out->name;
    return out->lost.n > 0 ? OK : open_body(db, stmt_blob(s, 3), a, out, e);
}

static enum err_code
find_due(struct db *db, int64_t now_ms, struct arena *a, struct due *out, size_t max, size_t *n_out,
         struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_DUE);
    size_t n;
    bool row;

    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":max", (int64_t)max);
    for (n = 0; n < max; n++) {
        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        if (read_due(db, s, now_ms, a, &out[n], e))
            return e->code;
    }
    *n_out = n;
    return OK;
}

/* ---------------------------------------------------------------- whom a multicast goes to */

/* The array that the body is, or that it holds when it was written before and never left. */
static struct str
messages_of(struct str body)
{
    static const struct str mark = {"],\"messages\":", 13};

    for (size_t i = 0; body.at[0] == '{' && i + mark.n < body.n; i++)
        if (memcmp(body.at + i, mark.at, mark.n) == 0)
            return (struct str){body.at + i + mark.n, body.n - i - mark.n - 1};
    return body;
}

/* Whoever LINE cannot be told any more holds up nobody else. */
static bool
is_nobody(const struct err *e)
{
    return strcmp(e->word, "member_unknown") == 0 || strcmp(e->word, "seal_broken") == 0;
}

static enum err_code
leave_out(struct db *db, int64_t id, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_TO_OUT);

    *e = (struct err){0};
    stmt_bind_int(s, ":id", id);
    stmt_bind_int(s, ":member_id", member_id);
    return stmt_run(s, e);
}

static enum err_code
write_recipients(struct db *db, struct due *d, struct buf *out, struct arena *a, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_TO_LIST);
    bool row;

    stmt_bind_int(s, ":id", d->item.id);
    d->recipients = 0;
    for (;;) {
        struct str line_id;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            return OK;
        if (member_line_id(db, stmt_int(s, 0), a, &line_id, e)) {
            if (!is_nobody(e) || leave_out(db, d->item.id, stmt_int(s, 0), e))
                return e->code;
            continue;
        }
        buf_text(out, d->recipients > 0 ? "," : "");
        buf_json(out, line_id);
        d->recipients++;
    }
}

static enum err_code
leave_out_lost(struct db *db, int64_t id, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_TO_LOST);

    stmt_bind_int(s, ":id", id);
    return stmt_run(s, e);
}

/* {"to":[...],"messages":[...]}, sealed and on the disk before it is sent. */
static enum err_code
address(struct db *db, struct due *d, struct arena *a, struct err *e)
{
    struct str messages = messages_of(d->item.body);
    struct buf body = buf_new(a, messages.n + OUTBOX_RECIPIENTS_MAX * RECIPIENT_MAX);
    char place[OUTBOX_PLACE_SIZE];
    SEALED sealed = {0};
    STMT s = db_stmt(db, SQL_OUTBOX_ADDRESS);

    buf_text(&body, "{\"to\":[");
    if (leave_out_lost(db, d->item.id, e) || write_recipients(db, d, &body, a, e))
        return err_wrap(e, "recipients of a multicast");
    if (d->recipients == 0) {
        d->lost = STR("unreachable");
        return OK;
    }
    buf_text(&body, "],\"messages\":");
    buf_str_raw(&body, messages);
    buf_text(&body, "}");
    if (buf_failed(&body))
        return err_set(e, ERR_INTERNAL, "arena_full", "outbox: no room for a multicast");
    d->item.body = buf_str(&body);
    if (sealed_init(&sealed, keys_of(db)->outbox, d->item.body, outbox_place(d->name, place), e))
        return e->code;
    stmt_bind_int(s, ":id", d->item.id);
    stmt_bind_int(s, ":recipients", d->recipients);
    sealed_bind(s, ":body", &sealed);
    return stmt_run(s, e);
}

/* ---------------------------------------------------------------- what it costs */

static enum err_code
defer(struct db *db, struct due *d, int64_t until_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_OUTBOX_DEFER);

    stmt_bind_int(s, ":id", d->item.id);
    stmt_bind_int(s, ":until_ms", until_ms);
    return stmt_run(s, e);
}

/* Nothing is left for it: then it ends, unless LINE may have taken it already, or has not yet told
 * what this month allows. */
static enum err_code
refuse(struct db *db, struct due *d, int64_t now_ms, bool *deferred_out, struct err *e)
{
    int64_t end_ms = d->item.first_ms + OUTBOX_LIFE_MS, month_end_ms = budget_month_end(now_ms);
    struct budget budget;

    if (budget_load(db, now_ms, &budget, e))
        return e->code;
    *deferred_out = true;
    if (!budget.is_told && budget.most == BUDGET_NONE)
        return defer(db, d, now_ms + ASK_AGAIN_MS, e);
    if (d->item.try_number > 1)
        return defer(db, d, month_end_ms < end_ms ? month_end_ms : end_ms, e);
    *deferred_out = false;
    d->lost = STR("quota");
    return OK;
}

static enum err_code
charge(struct db *db, struct due *d, int64_t now_ms, bool *deferred_out, struct err *e)
{
    int month = budget_month(now_ms);
    int64_t month_end_ms = budget_month_end(now_ms);
    bool granted = false;
    STMT s = db_stmt(db, SQL_OUTBOX_CHARGE);

    if (d->recipients == 0)
        return OK;
    *deferred_out = month_end_ms - now_ms <= MONTH_EDGE_MS;
    if (*deferred_out)
        return defer(db, d, month_end_ms, e);
    if (d->charged_month == month)
        return OK;
    if (budget_charge(db, d->recipients, d->is_urgent, now_ms, &granted, e))
        return e->code;
    if (!granted)
        return refuse(db, d, now_ms, deferred_out, e);
    stmt_bind_int(s, ":id", d->item.id);
    stmt_bind_int(s, ":month", month);
    return stmt_run(s, e);
}

/* ---------------------------------------------------------------- taking */

static enum err_code
mark_sending(struct db *db, const struct outbox_item *item, int64_t now_ms, struct err *e)
{
    STMT mark = db_stmt(db, SQL_OUTBOX_START);
    STMT try = db_stmt(db, SQL_OUTBOX_TRY_ADD);

    stmt_bind_int(mark, ":id", item->id);
    stmt_bind_int(mark, ":try", item->try_number);
    stmt_bind_int(mark, ":first_ms", item->first_ms);
    if (stmt_run(mark, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_INTERNAL, "outbox_moved", "outbox %" PRId64 " is not queued",
                       item->id);
    stmt_bind_int(try, ":id", item->id);
    stmt_bind_int(try, ":try", item->try_number);
    stmt_bind_int(try, ":now_ms", /* also when the clock was put back */
                  now_ms < item->first_ms ? item->first_ms : now_ms);
    return stmt_run(try, e);
}

/* Send it, end it or put it off: one of taken's counts grows. */
static enum err_code
take_one(struct db *db, struct due *d, int64_t now_ms, struct arena *a, struct outbox_taken *taken,
         struct err *e)
{
    bool is_deferred = false;

    if (d->lost.n == 0 && d->item.body.n == 0) {
        d->lost = STR("expired"); /* it can never be sent */
        taken->unreadable++;
    }
    if (d->lost.n == 0 && d->item.kind == OUTBOX_MULTICAST && d->item.try_number == 1 &&
        address(db, d, a, e))
        return e->code;
    if (d->lost.n == 0 && charge(db, d, now_ms, &is_deferred, e))
        return e->code;
    if (is_deferred) {
        taken->deferred++;
        return OK;
    }
    if (d->lost.n > 0) {
        taken->closed++;
        return outbox_close(db, d->item.id, d->lost, now_ms, e);
    }
    taken->items++;
    return mark_sending(db, &d->item, now_ms, e);
}

enum err_code
outbox_take(struct db *db, int64_t now_ms, struct arena *a, struct outbox_item *out, size_t max,
            struct outbox_taken *taken, struct err *e)
{
    struct due *due = arena_alloc(a, max * sizeof(*due));
    size_t found = 0;

    *taken = (struct outbox_taken){0};
    if (due == NULL)
        return err_set(e, ERR_INTERNAL, "arena_full", "outbox: no room");
    if (find_due(db, now_ms, a, due, max, &found, e))
        return err_wrap(e, "take from the outbox");
    for (size_t i = 0; i < found; i++) {
        size_t items = taken->items;

        if (take_one(db, &due[i], now_ms, a, taken, e))
            return err_wrap(e, "take from the outbox");
        if (taken->items > items)
            out[items] = due[i].item;
    }
    taken->more = found == max;
    return taken->more ? OK : run_ended(db, "outbox", now_ms, e);
}
