#include "domain/menu_book.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/bind.h"

#define TITLE_MAX_POINTS 64
#define ROUND_MAX 100000 /* more is told as so many and more */
#define TEXT_ARENA (16 * KIB)

/* ---------------------------------------------------------------- keys */

void
menu_key(const struct menu_facts *facts, char out[MENU_KEY_SIZE])
{
    const char *language = language_tag(facts->language);
    int n;

    if (facts->is_guest)
        n = snprintf(out, MENU_KEY_SIZE, "guest.%s", language);
    else if (facts->count == MENU_COUNT_ANY)
        n = snprintf(out, MENU_KEY_SIZE, "member.%s.%" PRId64 ".any", language, facts->plan_id);
    else
        n = snprintf(out, MENU_KEY_SIZE, "member.%s.%" PRId64 ".%" PRId64, language, facts->plan_id,
                     facts->count);
    if (facts->tier != 0 && !facts->is_guest)
        n += snprintf(out + n, (size_t)(MENU_KEY_SIZE - n), ".t%" PRId64, facts->tier);
    if (facts->period_id != 0)
        n += snprintf(out + n, (size_t)(MENU_KEY_SIZE - n), ".c%" PRId64, facts->period_id);
    assert(n < MENU_KEY_SIZE);
}

static struct str
take(struct str *in)
{
    struct str part;

    if (str_until(in, '.', &part))
        return part;
    part = *in;
    in->n = 0;
    return part;
}

static bool
read_language(struct str tag, enum language *out)
{
    for (int l = 0; l < LANGUAGES; l++)
        if (str_eq(tag, str_of(language_tag((enum language)l)))) {
            *out = (enum language)l;
            return true;
        }
    return false;
}

bool
menu_key_read(struct str key, struct menu_facts *out)
{
    char again[MENU_KEY_SIZE];
    struct str rest = key, role = take(&rest), part;

    *out = (struct menu_facts){.is_guest = str_eq(role, STR("guest"))};
    if ((!out->is_guest && !str_eq(role, STR("member"))) ||
        !read_language(take(&rest), &out->language))
        return false;
    if (!out->is_guest) {
        if (!str_int(take(&rest), &out->plan_id, 1, INT64_MAX))
            return false;
        part = take(&rest);
        if (str_eq(part, STR("any")))
            out->count = MENU_COUNT_ANY;
        else if (!str_int(part, &out->count, 0, MENU_COUNT_MAX))
            return false;
    }
    part = take(&rest);
    if (str_skip(&part, STR("t"))) {
        if (!str_int(part, &out->tier, 1, TIER_STEPS_MAX))
            return false;
        part = take(&rest);
    }
    if (str_skip(&part, STR("c")) && !str_int(part, &out->period_id, 1, INT64_MAX))
        return false;
    menu_key(out, again); /* one spelling for each */
    return str_eq(key, str_of(again));
}

struct menu_facts
menu_choose(enum language language, const struct menu_card *cards, size_t n, int64_t period_id)
{
    struct menu_facts facts = {.is_guest = n == 0, .language = language, .period_id = period_id};
    const struct menu_card *last = cards;

    if (n == 0)
        return facts;
    for (size_t i = 1; i < n; i++)
        if (cards[i].seq > last->seq)
            last = &cards[i];
    facts.plan_id = last->plan_id;
    facts.count = last->balance;
    facts.tier = last->tier;
    return facts;
}

/* ---------------------------------------------------------------- how many pictures a plan has */

/* 1, 2, 5, 10, 20 ... */
static int64_t
round_after(int64_t round)
{
    int64_t digit = round;

    while (digit >= 10)
        digit /= 10;
    return digit == 2 ? round / 2 * 5 : round * 2;
}

int64_t
menu_pictures(int64_t goal, int64_t step)
{
    int64_t n = 2;

    if (goal > 0)
        return (goal + step - 1) / step + 1;
    for (int64_t from = step; round_after(from) <= ROUND_MAX; from = round_after(from))
        n++;
    return n;
}

int64_t
menu_picture_from(int64_t goal, int64_t step, int64_t i)
{
    int64_t from = step;

    if (goal > 0)
        return i * step < goal ? i * step : goal;
    for (int64_t k = 1; k < i; k++)
        from = round_after(from);
    return i == 0 ? 0 : from;
}

/* The least round step with which a plan has at most `most` pictures. */
static int64_t
step_for(int64_t goal, int64_t most)
{
    static const int64_t digits[] = {1, 2, 5};

    for (int64_t tens = 1;; tens *= 10)
        for (size_t i = 0; i < 3; i++)
            if (menu_pictures(goal, digits[i] * tens) <= most)
                return digits[i] * tens;
}

static int64_t
pictures_of_all(const int64_t *goals, size_t n, int64_t most_each)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += menu_pictures(goals[i], step_for(goals[i], most_each));
    return sum;
}

bool
menu_steps(const int64_t *goals, size_t n, int64_t copies, int64_t most, int64_t most_each,
           int64_t *steps_out)
{
    int64_t each = most_each;

    if (copies < 1 || each < 2)
        return false;
    while (each > 2 && pictures_of_all(goals, n, each) > most / copies)
        each--;
    if (pictures_of_all(goals, n, each) > most / copies)
        return false;
    for (size_t i = 0; i < n; i++)
        steps_out[i] = step_for(goals[i], each);
    return true;
}

/* ---------------------------------------------------------------- periods */

static enum err_code
add_period(struct db *db, struct str title, int64_t from_ms, int64_t until_ms, int64_t now_ms,
           struct err *e)
{
    STMT clash = db_stmt(db, SQL_MENU_PERIOD_CLASH);
    STMT s = db_stmt(db, SQL_MENU_PERIOD_ADD);
    bool row;

    if (until_ms <= from_ms)
        return err_set(e, ERR_INPUT, "period_backwards", "a period ends after it begins");
    stmt_bind_int(clash, ":from_ms", from_ms);
    stmt_bind_int(clash, ":until_ms", until_ms);
    if (stmt_step(clash, &row, e))
        return e->code;
    if (row)
        return err_set(e, ERR_CONFLICT, "period_overlaps", "it overlaps period %" PRId64,
                       stmt_int(clash, 0));
    stmt_bind_text(s, ":title", title);
    stmt_bind_int(s, ":from_ms", from_ms);
    stmt_bind_int(s, ":until_ms", until_ms);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

enum err_code
menu_period_add(struct db *db, struct str title, int64_t from_ms, int64_t until_ms, int64_t now_ms,
                int64_t *id_out, struct err *e)
{
    struct arena *a = arena_new(TEXT_ARENA);
    enum err_code code = OK;

    if (a == NULL)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "a period");
    if (text_clean(a, title, TITLE_MAX_POINTS, &title, e) ||
        add_period(db, title, from_ms, until_ms, now_ms, e))
        code = e->code;
    else
        *id_out = db_last_id(db);
    arena_free(a);
    return code;
}

enum err_code
menu_period_end(struct db *db, int64_t id, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_PERIOD_END);

    stmt_bind_int(s, ":id", id);
    if (stmt_run(s, e))
        return e->code;
    if (db_changes(db) != 1)
        return err_set(e, ERR_NOT_FOUND, "period_unknown", "there is no period %" PRId64, id);
    return OK;
}

enum err_code
menu_periods(struct db *db, struct arena *a, int64_t now_ms, struct menu_period **out,
             size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_PERIODS);
    size_t n = 0;
    bool row;

    *out = NULL;
    stmt_bind_int(s, ":now_ms", now_ms);
    for (;;) {
        struct menu_period *p;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        p = arena_grow(a, *out, n * sizeof(*p), (n + 1) * sizeof(*p));
        if (p == NULL)
            return err_set(e, ERR_INTERNAL, "out_of_memory", "periods");
        *out = p;
        p[n] = (struct menu_period){
            .id = stmt_int(s, 0), .from_ms = stmt_int(s, 2), .until_ms = stmt_int(s, 3)};
        (void)str_copy(stmt_text(s, 1), p[n].title, sizeof(p[n].title));
        n++;
    }
    *n_out = n;
    return OK;
}

/* ---------------------------------------------------------------- what LINE has */

enum err_code
menu_made_list(struct db *db, struct arena *a, struct menu_made **out, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_MADE_LIST);
    size_t n = 0;
    bool row;

    *out = NULL;
    for (;;) {
        struct menu_made *m;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        m = arena_grow(a, *out, n * sizeof(*m), (n + 1) * sizeof(*m));
        if (m == NULL)
            return err_set(e, ERR_INTERNAL, "out_of_memory", "rich menus");
        *out = m;
        m[n] = (struct menu_made){
            .until_count = stmt_is_null(s, 1) ? MENU_COUNT_ANY : stmt_int(s, 1),
            .made_ms = stmt_int(s, 4),
        };
        (void)str_copy(stmt_text(s, 0), m[n].key, sizeof(m[n].key));
        (void)str_copy(stmt_text(s, 2), m[n].line_id, sizeof(m[n].line_id));
        (void)str_copy(stmt_text(s, 3), m[n].name, sizeof(m[n].name));
        n++;
    }
    *n_out = n;
    return OK;
}

enum err_code
menu_links(struct db *db, struct arena *a, struct menu_links **out, size_t *n_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_MENU_LINKS);
    size_t n = 0;
    bool row;

    *out = NULL;
    for (;;) {
        struct menu_links *l;

        if (stmt_step(s, &row, e))
            return e->code;
        if (!row)
            break;
        l = arena_grow(a, *out, n * sizeof(*l), (n + 1) * sizeof(*l));
        if (l == NULL)
            return err_set(e, ERR_INTERNAL, "out_of_memory", "links of rich menus");
        *out = l;
        (void)str_copy(stmt_text(s, 0), l[n].line_id, sizeof(l[n].line_id));
        l[n++].members = stmt_int(s, 1);
    }
    *n_out = n;
    return OK;
}

enum err_code
menu_made_put(struct db *db, const struct menu_made *made, int64_t deploy_ms, struct err *e)
{
    STMT stale = db_stmt(db, SQL_MENU_WORK_STALE);
    STMT s = db_stmt(db, SQL_MENU_MADE_PUT);
    struct menu_facts facts;
    bool is_counted;

    if (!menu_key_read(str_of(made->key), &facts))
        return err_set(e, ERR_INPUT, "menu_key", "\"%s\" is no key of a rich menu", made->key);
    stmt_bind_text(stale, ":key", str_of(made->key));
    stmt_bind_text(stale, ":line_id", str_of(made->line_id));
    is_counted = !facts.is_guest && facts.count != MENU_COUNT_ANY;
    stmt_bind_text(s, ":key", str_of(made->key));
    stmt_bind_text(s, ":role", facts.is_guest ? STR("guest") : STR("member"));
    stmt_bind_text(s, ":language", str_of(language_tag(facts.language)));
    bind_id(s, ":plan_id", facts.plan_id);
    if (is_counted) {
        stmt_bind_int(s, ":from_count", facts.count);
        stmt_bind_int(s, ":until_count", made->until_count);
    } else {
        stmt_bind_null(s, ":from_count");
        stmt_bind_null(s, ":until_count");
    }
    stmt_bind_int(s, ":tier", facts.tier);
    stmt_bind_int(s, ":period_id", facts.period_id);
    stmt_bind_text(s, ":line_id", str_of(made->line_id));
    stmt_bind_text(s, ":name", str_of(made->name));
    stmt_bind_int(s, ":made_ms", made->made_ms);
    stmt_bind_int(s, ":deploy_ms", deploy_ms);
    return stmt_run(stale, e) || stmt_run(s, e) ? e->code : OK;
}

enum err_code
menu_deployed(struct db *db, int64_t deploy_ms, struct str guest_line_id, struct str digest,
              struct err *e)
{
    STMT old = db_stmt(db, SQL_MENU_MADE_OLD);
    STMT work = db_stmt(db, SQL_MENU_WORK_ANEW);

    stmt_bind_int(old, ":deploy_ms", deploy_ms);
    stmt_bind_text(work, ":guest_line_id", guest_line_id);
    stmt_bind_text(work, ":digest", digest);
    stmt_bind_int(work, ":deploy_ms", deploy_ms);
    return stmt_run(old, e) || stmt_run(work, e) ? e->code : OK;
}

enum err_code
menu_made_clear(struct db *db, struct err *e)
{
    static const enum sql_id steps[] = {SQL_MENU_MADE_NONE, SQL_MENU_LINK_NONE, SQL_MENU_DUE_NONE,
                                        SQL_MENU_WORK_NONE};

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        STMT s = db_stmt(db, steps[i]);

        if (stmt_run(s, e))
            return e->code;
    }
    return OK;
}

enum err_code
menu_find(struct db *db, const struct menu_facts *facts, char line_id_out[MENU_LINE_ID_SIZE],
          struct err *e)
{
    STMT s = db_stmt(db, facts->is_guest ? SQL_MENU_FOR_GUEST : SQL_MENU_FOR_MEMBER);

    stmt_bind_text(s, ":language", str_of(language_tag(facts->language)));
    stmt_bind_int(s, ":period_id", facts->period_id);
    if (!facts->is_guest) {
        stmt_bind_int(s, ":plan_id", facts->plan_id);
        stmt_bind_int(s, ":count", facts->count);
        stmt_bind_int(s, ":tier", facts->tier);
    }
    if (stmt_one(s, "menu", e))
        return e->code;
    (void)str_copy(stmt_text(s, 0), line_id_out, MENU_LINE_ID_SIZE);
    return OK;
}
