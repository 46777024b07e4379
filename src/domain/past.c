#include "domain/past.h"

#include <inttypes.h>
#include <string.h>

/* One page of each sort, and one more that tells whether there is another page. */
#define ASIDE_MAX (PAST_LINES_MAX + 1)

struct aside {
    size_t n;
    struct past_line line[ASIDE_MAX];
};

/* ---------------------------------------------------------------- units */

static void
read_moved(const struct stmt *s, struct past_line *out)
{
    *out = (struct past_line){
        .seq = stmt_int(s, 0),
        .kind = (enum transfer_kind)stmt_int(s, 1),
        .amount = stmt_int(s, 2),
        .unit = str_eq(stmt_text(s, 3), STR("point")) ? UNIT_POINT : UNIT_STAMP,
        .member_id = stmt_int(s, 4),
        .at_ms = stmt_int(s, 8),
        .is_credit = stmt_int(s, 9) != 0,
        .is_undone = stmt_int(s, 10) != 0,
    };
    str_copy(stmt_text(s, 5), out->staff, sizeof(out->staff));
    str_copy(stmt_text(s, 6), out->till, sizeof(out->till));
    str_copy(stmt_text(s, 7), out->shop, sizeof(out->shop));
}

/* Into its place by seq; of too many the oldest falls out. */
static void
insert(struct aside *moved, const struct past_line *line)
{
    size_t at = moved->n;

    while (at > 0 && moved->line[at - 1].seq < line->seq)
        at--;
    if (at == ASIDE_MAX)
        return;
    if (moved->n < ASIDE_MAX)
        moved->n++;
    memmove(&moved->line[at + 1], &moved->line[at], (moved->n - 1 - at) * sizeof(*line));
    moved->line[at] = *line;
}

static enum err_code
add_moved(struct db *db, enum sql_id which, const char *name, int64_t id, int64_t since_ms,
          const struct past_place *from, struct aside *out, struct err *e)
{
    STMT s = db_stmt(db, which);
    bool row;

    stmt_bind_int(s, name, id);
    stmt_bind_int(s, ":below", from->seq);
    for (size_t n = 0; n < ASIDE_MAX; n++) {
        struct past_line line;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "what %s %" PRId64 " did", name, id);
        if (!row || stmt_int(s, 8) < since_ms)
            return OK;
        read_moved(s, &line);
        insert(out, &line);
    }
    return OK;
}

/* Each till's newest, one till after the other: there is an index by till, and a shop has few. */
static enum err_code
moved_in_shop(struct db *db, int64_t shop_id, int64_t since_ms, const struct past_place *from,
              struct aside *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_TILLS_OF_SHOP);
    bool row;

    stmt_bind_int(s, ":shop_id", shop_id);
    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "tills of shop %" PRId64, shop_id);
        if (!row)
            return OK;
        if (add_moved(db, SQL_PAST_OF_TILL, ":till_id", stmt_int(s, 0), since_ms, from, out, e))
            return e->code;
    }
}

/* ---------------------------------------------------------------- rewards */

static enum err_code
load_redeemed(struct db *db, int64_t card_id, int64_t shop_id, int64_t since_ms,
              const struct past_place *from, struct aside *out, struct err *e)
{
    STMT s = db_stmt(db, card_id != 0 ? SQL_PAST_REDEEMED_OF_CARD : SQL_PAST_REDEEMED_OF_SHOP);
    bool row;

    stmt_bind_int(s, card_id != 0 ? ":card_id" : ":shop_id", card_id != 0 ? card_id : shop_id);
    stmt_bind_int(s, ":since_ms", since_ms);
    stmt_bind_int(s, ":before_ms", from->redeemed_ms);
    stmt_bind_int(s, ":before_id", from->voucher_id);
    stmt_bind_int(s, ":cap", ASIDE_MAX);
    for (;; out->n++) {
        struct past_line *line = &out->line[out->n];

        if (stmt_step(s, &row, e))
            return err_wrap(e, "rewards that were handed over");
        if (!row || out->n == ASIDE_MAX)
            return OK;
        *line = (struct past_line){
            .voucher_id = stmt_int(s, 0),
            .expires_ms = stmt_int(s, 2),
            .member_id = stmt_int(s, 3),
            .at_ms = stmt_int(s, 7),
            .is_undone = stmt_int(s, 8) != 0,
        };
        str_copy(stmt_text(s, 1), line->title, sizeof(line->title));
        str_copy(stmt_text(s, 4), line->staff, sizeof(line->staff));
        str_copy(stmt_text(s, 5), line->till, sizeof(line->till));
        str_copy(stmt_text(s, 6), line->shop, sizeof(line->shop));
    }
}

/* ---------------------------------------------------------------- both, as one list */

/* Of the same moment: a reward is handed over after the visit that reached it. */
static void
put(struct past_page *page, const struct aside *moved, const struct aside *redeemed)
{
    size_t m = 0, r = 0;

    while (page->n < PAST_LINES_MAX && (m < moved->n || r < redeemed->n)) {
        bool is_moved =
            r == redeemed->n || (m < moved->n && moved->line[m].at_ms > redeemed->line[r].at_ms);
        const struct past_line *line = is_moved ? &moved->line[m++] : &redeemed->line[r++];

        if (is_moved) {
            page->next.seq = line->seq;
        } else {
            page->next.redeemed_ms = line->at_ms;
            page->next.voucher_id = line->voucher_id;
        }
        page->line[page->n++] = *line;
    }
    page->has_more = m < moved->n || r < redeemed->n;
}

enum err_code
past_load(struct db *db, int64_t card_id, int64_t shop_id, int64_t since_ms,
          const struct past_place *from, struct past_page *out, struct err *e)
{
    struct aside moved = {.n = 0}, redeemed = {.n = 0};

    out->n = 0;
    out->next = *from;
    if (card_id != 0
            ? add_moved(db, SQL_PAST_OF_CARD, ":card_id", card_id, since_ms, from, &moved, e)
            : moved_in_shop(db, shop_id, since_ms, from, &moved, e))
        return e->code;
    if (load_redeemed(db, card_id, shop_id, since_ms, from, &redeemed, e))
        return e->code;
    put(out, &moved, &redeemed);
    return OK;
}
