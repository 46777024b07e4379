/* No statement reads a table that grows with members, visits or messages from its first row to its
 * last, but for those listed here, each with why it may. The invariants do, but not once for every
 * row of another. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "store/db_raw.h"
#include "store/migrate.h"
#include "tests/support/check.h"

/* A row for each shop, plan, till or day, or a handful at a time: these may be read whole. */
static const char *const small[] = {
    "beacon",      "budget_month",    "burnt",          "chain_head",     "departed",
    "guess",       "identity_closed", "keyword_button", "keyword_rule",   "line_quota",
    "link_nonce",  "lot_seed",        "member_merge",   "menu_due",       "menu_link",
    "menu_made",   "menu_period",     "menu_work",      "message_policy", "message_template",
    "month_total", "notice_tally",    "owner_link",     "pin_failure",    "plan",
    "plan_draft",  "plan_schedule",   "plan_version",   "progress",       "recovery_code",
    "reward",      "run_ended",       "shop",           "staff",          "staff_hours",
    "stock",       "system_account",  "terms",          "till",           "transfer_kind",
};

/* Indexes over the few rows of a growing table that still have to be worked on. */
static const char *const few[] = {"inbox_open", "outbox_menu", "outbox_open", "outbox_unsettled"};

static const struct {
    const char *statement;
    const char *why;
} may[] = {
    {"AUDIT_ALL", "stampd check"},
    {"DRAW_ALL", "stampd check"},
    {"REFUNDED_GRANTS", "stampd check"},
    {"TREE_COUNT", "stampd check"},
    {"TRANSFER_ALL", "stampd check"},
    {"TRANSFERS_MOVED_ALL", "stampd check"},
    {"DOCTOR_PEOPLE", "stampd doctor, the first rows"},
    {"DOCTOR_MEMBERS", "stampd doctor, the first rows"},
    {"DOCTOR_PUSHES", "stampd doctor, the newest rows"},
    {"IDENTITY_IDS", "a command of the owner's"},
    {"NUMBER_ALL", "a command of the owner's"},
    {"LIABILITY_CARDS", "the liability report, a reader's"},
    {"LIABILITY_LOTS", "the liability report, a reader's"},
    {"LIABILITY_VOUCHERS", "the liability report, a reader's"},
    {"FIGURES_MEMBERS", "the owner's figures, a reader's"},
    {"CUSTOMER_LIST", "a page of the list, from its place"},
    {"CARDS_ON_THE_WAY", "once, as a plan is published"},
    {"CARD_ON_THE_WAY", "once, as a plan is published; the first"},
    {"PLAN_NUMBERED_VERSION", "as a plan is published; the first"},
    {"CARDS_WITHOUT_NUMBER", "once, as a plan gets numbers"},
    {"ANSWER_SWEEP", "the first rows, :max at most"},
    {"INBOX_SWEEP", "the first rows, :max at most"},
    {"SESSION_SWEEP", "the first rows, :max at most"},
};

static bool may_be_used[COUNT(may)];
static sqlite3 *book;

struct text {
    const char *name;
    const char *text;
};

static const struct text statement[] = {
#define SQL(id, sql) {#id, sql},
#define CHECK(id, claim, sql)
#include "store/sql.def"
#undef SQL
#undef CHECK
};

static const struct text invariant[] = {
#define SQL(id, sql)
#define CHECK(id, claim, sql) {#id, sql},
#include "store/sql.def"
#undef SQL
#undef CHECK
};

static bool
is_table(const char *name)
{
    sqlite3_stmt *s = NULL;
    bool found;

    sqlite3_prepare_v2(book, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", -1,
                       &s, NULL);
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    found = sqlite3_step(s) == SQLITE_ROW;
    sqlite3_finalize(s);
    return found;
}

/* The table that a statement calls `name`: the word before it, or itself; "" of a subquery. */
static void
table_of(const char *text, const char *name, char out[64])
{
    char before[64] = "", word[64];
    int n;

    for (const char *at = text; *at != '\0'; at += n) {
        n = 1;
        if (sscanf(at, "%63[a-z_A-Z0-9]%n", word, &n) != 1)
            continue;
        if (strcmp(word, name) == 0 && is_table(before)) {
            snprintf(out, 64, "%s", before);
            return;
        }
        snprintf(before, sizeof(before), "%s", word);
    }
    snprintf(out, 64, "%s", is_table(name) ? name : "");
}

static bool
is_listed(const char *name)
{
    for (size_t i = 0; i < COUNT(may); i++)
        if (strcmp(may[i].statement, name) == 0)
            return may_be_used[i] = true;
    return false;
}

static bool
is_small(const char *table)
{
    return str_index(str_of(table), small, COUNT(small)) >= 0;
}

/* Looks at one line of a plan, "SCAN n USING INDEX x": false when it should not be there. */
static bool
line_is_fine(const char *name, const char *text, const char *line)
{
    char scanned[64], table[64], index[64] = "";
    const char *using = strstr(line, "INDEX ");

    if (sscanf(line, "SCAN %63[a-z_0-9A-Z]", scanned) != 1)
        return true;
    table_of(text, scanned, table);
    if (using != NULL)
        sscanf(using, "INDEX %63s", index);
    return table[0] == '\0' || is_small(table) || str_index(str_of(index), few, COUNT(few)) >= 0 ||
           is_listed(name);
}

struct plan_line {
    int id, parent;
    char text[160];
};

static size_t
plan_of(const char *text, struct plan_line *out, size_t max)
{
    char *asked = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", text);
    sqlite3_stmt *s = NULL;
    size_t n = 0;

    CHECK_INT(sqlite3_prepare_v2(book, asked, -1, &s, NULL), SQLITE_OK);
    for (; sqlite3_step(s) == SQLITE_ROW; n++) {
        CHECK_THAT(n < max);
        out[n].id = sqlite3_column_int(s, 0);
        out[n].parent = sqlite3_column_int(s, 1);
        snprintf(out[n].text, sizeof(out[n].text), "%s", (const char *)sqlite3_column_text(s, 3));
    }
    sqlite3_finalize(s);
    sqlite3_free(asked);
    return n;
}

static void
no_statement_reads_a_growing_table_whole(void **state)
{
    struct plan_line plan[100];

    (void)state;
    for (size_t i = 0; i < COUNT(statement); i++) {
        size_t n = plan_of(statement[i].text, plan, COUNT(plan));

        CHECK_ROW(i);
        for (size_t k = 0; k < n; k++) {
            bool is_fine = line_is_fine(statement[i].name, statement[i].text, plan[k].text);

            if (!is_fine)
                print_error("%s: %s\n", statement[i].name, plan[k].text);
            CHECK_THAT(is_fine);
        }
    }
    for (size_t i = 0; i < COUNT(may); i++) {
        CHECK_ROW(i);
        CHECK_THAT(may_be_used[i]); /* else its row here says something that is no longer so */
    }
}

/* From its first row to its last; also of a subquery, of which nobody knows how long it is, but not
 * of what is in one value (json_each). */
static bool
scans_much(const char *text, const char *line)
{
    char scanned[64], table[64];

    if (sscanf(line, "SCAN %63[a-z_0-9A-Z]", scanned) != 1 || strstr(line, "VIRTUAL") != NULL)
        return false;
    table_of(text, scanned, table);
    return !is_small(table);
}

/* The line of the plan that has that number; NULL: there is none above it. */
static const struct plan_line *
line_of(const struct plan_line *plan, size_t n, int id)
{
    for (size_t i = 0; i < n; i++)
        if (plan[i].id == id)
            return &plan[i];
    return NULL;
}

/* For every row of what is around it, or of what was read before it at the same level. */
static bool
is_again_and_again(const char *text, const struct plan_line *plan, size_t n, size_t at)
{
    for (const struct plan_line *up = &plan[at]; up != NULL; up = line_of(plan, n, up->parent))
        if (str_starts(str_of(up->text), STR("CORRELATED")))
            return true;
    for (size_t i = 0; i < at; i++)
        if (plan[i].parent == plan[at].parent && scans_much(text, plan[i].text))
            return true;
    return false;
}

static void
no_invariant_reads_a_growing_table_for_every_row_of_another(void **state)
{
    struct plan_line plan[100];

    (void)state;
    for (size_t i = 0; i < COUNT(invariant); i++) {
        size_t n = plan_of(invariant[i].text, plan, COUNT(plan));

        CHECK_ROW(i);
        for (size_t k = 0; k < n; k++) {
            bool is_fine = !scans_much(invariant[i].text, plan[k].text) ||
                           !is_again_and_again(invariant[i].text, plan, n, k);

            if (!is_fine)
                print_error("%s: %s\n", invariant[i].name, plan[k].text);
            CHECK_THAT(is_fine);
        }
    }
}

static int
set_up(void **state)
{
    const char *path = check_path("book.db");
    struct err e = {0};

    (void)state;
    return migrate_up(path, &e) || sqlite3_open(path, &book) != SQLITE_OK;
}

static int
tear_down(void **state)
{
    (void)state;
    return sqlite3_close(book) != SQLITE_OK;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_statement_reads_a_growing_table_whole),
        TEST(no_invariant_reads_a_growing_table_for_every_row_of_another),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
