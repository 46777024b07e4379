/*
 * The other half of customer.h: records come in as a table.
 */
#include "domain/customer.h"

#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "domain/audit.h"
#include "domain/bind.h"
#include "domain/customer_row.h"
#include "domain/plan.h"
#include "domain/rules.h"

enum column { COLUMN_NUMBER, COLUMN_BIRTHDAY, COLUMN_POINTS, COLUMN_PLAN, COLUMNS };

static const char *const column_name[COLUMNS] = {"number", "birthday", "points", "plan"};

struct importing {
    struct db *db;
    const struct customer_import *in;
    struct customer_report *report;
    struct csv csv;
    int at[COLUMNS]; /* where in a row; -1: there is no such column */
    size_t width;
    int64_t batch; /* number of this import: a number must stand in it once */
};

struct record {
    char number[CUSTOMER_NUMBER_SIZE], birthday[9];
    int64_t points, plan_id;
};

/* ---------------------------------------------------------------- the heading */

static enum err_code
read_heading(struct importing *imp, const struct csv_row *row, struct err *e)
{
    imp->width = row->n;
    for (int c = 0; c < COLUMNS; c++)
        imp->at[c] = -1;
    for (size_t i = 0; i < row->n; i++) {
        struct str name = str_trim(row->field[i]);
        int c = 0;

        while (c < COLUMNS && !str_eq_nocase(name, str_of(column_name[c])))
            c++;
        if (c == COLUMNS || imp->at[c] >= 0)
            return err_set(e, ERR_INPUT, "customer_column",
                           "line %" PRId64 ": column \"%.*s\" is %s", imp->csv.line,
                           name.n < 32 ? (int)name.n : 32, name.at,
                           c == COLUMNS ? "not number, birthday, points or plan" : "there twice");
        imp->at[c] = (int)i;
    }
    for (int c = COLUMN_NUMBER; c <= COLUMN_BIRTHDAY; c++)
        if (imp->at[c] < 0)
            return err_set(e, ERR_INPUT, "customer_column", "there is no column \"%s\"",
                           column_name[c]);
    return OK;
}

/* ---------------------------------------------------------------- one row */

static struct str
field(const struct importing *imp, const struct csv_row *row, enum column c)
{
    return imp->at[c] < 0 ? STR("") : str_trim(row->field[imp->at[c]]);
}

static enum err_code
bad_row(const struct importing *imp, const char *word, const char *why, struct err *e)
{
    return err_set(e, ERR_INPUT, word, "line %" PRId64 ": %s", imp->csv.line, why);
}

static enum err_code
plan_is_known(const struct importing *imp, int64_t plan_id, struct err *e)
{
    struct plan_rules rules;
    enum err_code code = plan_load(imp->db, plan_id, 0, &rules, e);

    return code == ERR_NOT_FOUND ? bad_row(imp, "customer_plan", "there is no such plan", e) : code;
}

static enum err_code
read_record(const struct importing *imp, const struct csv_row *row, struct record *out,
            struct err *e)
{
    struct str points = field(imp, row, COLUMN_POINTS), plan = field(imp, row, COLUMN_PLAN);

    *out = (struct record){.plan_id = imp->in->plan_id};
    if (row->n != imp->width)
        return bad_row(imp, "customer_row", "not as many fields as in the heading", e);
    if (!customer_number_read(field(imp, row, COLUMN_NUMBER), out->number))
        return bad_row(imp, "customer_number", "the number is not 4 to 32 letters and digits", e);
    if (!birthday_read(field(imp, row, COLUMN_BIRTHDAY), out->birthday))
        return bad_row(imp, "customer_birthday", "the birthday is no day, as 1990-04-01 is", e);
    if (points.n > 0 && !str_int(points, &out->points, 0, GRANT_AMOUNT_MAX))
        return bad_row(imp, "customer_points", "points are a whole number up to 1000000", e);
    if (plan.n > 0 && !str_int(plan, &out->plan_id, 1, INT64_MAX))
        return bad_row(imp, "customer_plan", "a plan is meant by its number", e);
    if (out->plan_id == 0 && out->points > 0)
        return bad_row(imp, "customer_plan", "points of which plan?", e);
    return out->plan_id == 0 ? OK : plan_is_known(imp, out->plan_id, e);
}

static enum err_code
insert(const struct importing *imp, const struct record *record, struct err *e)
{
    uint8_t proof[CUSTOMER_PROOF_SIZE];
    STMT s = db_stmt(imp->db, SQL_CUSTOMER_PUT);

    customer_proof(imp->db, record->number, record->birthday, proof);
    stmt_bind_text(s, ":number", str_of(record->number));
    stmt_bind_blob(s, ":proof", proof, sizeof(proof));
    bind_id(s, ":plan_id", record->plan_id);
    stmt_bind_int(s, ":points", record->points);
    stmt_bind_int(s, ":batch", imp->batch);
    stmt_bind_int(s, ":now_ms", imp->in->now_ms);
    return stmt_run(s, e);
}

enum before { BEFORE_NEW, BEFORE_SAME, BEFORE_OTHER, BEFORE_LINKED, BEFORE_TWICE };

static enum err_code
find_before(const struct importing *imp, const struct record *record, enum before *out,
            struct err *e)
{
    uint8_t proof[CUSTOMER_PROOF_SIZE];
    STMT s = db_stmt(imp->db, SQL_CUSTOMER_BEFORE);
    bool row;

    customer_proof(imp->db, record->number, record->birthday, proof);
    stmt_bind_text(s, ":number", str_of(record->number));
    stmt_bind_blob(s, ":proof", proof, sizeof(proof));
    bind_id(s, ":plan_id", record->plan_id);
    stmt_bind_int(s, ":points", record->points);
    stmt_bind_int(s, ":batch", imp->batch);
    if (stmt_step(s, &row, e))
        return e->code;
    *out = !row                  ? BEFORE_NEW
           : stmt_int(s, 0) != 0 ? BEFORE_TWICE
           : stmt_int(s, 1) != 0 ? BEFORE_LINKED
           : stmt_int(s, 2) != 0 ? BEFORE_SAME
                                 : BEFORE_OTHER;
    return OK;
}

static enum err_code
touch(const struct importing *imp, const struct record *record, struct err *e)
{
    STMT s = db_stmt(imp->db, SQL_CUSTOMER_TOUCH);

    stmt_bind_text(s, ":number", str_of(record->number));
    stmt_bind_int(s, ":batch", imp->batch);
    return stmt_run(s, e);
}

static enum err_code
take_row(struct importing *imp, const struct csv_row *row, struct err *e)
{
    struct record record;
    enum before before = BEFORE_NEW;

    if (read_record(imp, row, &record, e) || find_before(imp, &record, &before, e))
        return e->code;
    imp->report->rows++;
    imp->report->added += before == BEFORE_NEW;
    imp->report->same += before == BEFORE_SAME;
    imp->report->changed += before == BEFORE_OTHER;
    imp->report->linked += before == BEFORE_LINKED;
    if (before == BEFORE_TWICE)
        return bad_row(imp, "customer_twice", "the number stands in a line above as well", e);
    if (imp->report->rows > CUSTOMER_ROWS_MAX)
        return bad_row(imp, "customer_many", "over 50000 rows: in parts, please", e);
    return before == BEFORE_NEW || before == BEFORE_OTHER ? insert(imp, &record, e)
                                                          : touch(imp, &record, e);
}

/* ---------------------------------------------------------------- all of it */

static enum err_code
next_batch(struct importing *imp, struct err *e)
{
    STMT s = db_stmt(imp->db, SQL_CUSTOMER_NEXT_BATCH);

    if (stmt_one(s, "customer", e))
        return e->code;
    imp->batch = stmt_int(s, 0);
    return OK;
}

static enum err_code
take_all(struct importing *imp, struct err *e)
{
    struct csv_row row;
    bool found;

    if (csv_next(&imp->csv, &row, &found, e))
        return e->code;
    if (!found)
        return err_set(e, ERR_INPUT, "customer_column", "the table is empty");
    if (read_heading(imp, &row, e))
        return e->code;
    for (;;) {
        if (csv_next(&imp->csv, &row, &found, e))
            return e->code;
        if (!found)
            return OK;
        if (take_row(imp, &row, e))
            return e->code;
    }
}

enum err_code
customer_import(struct db *db, struct str text, const struct customer_import *in, struct arena *a,
                struct customer_report *out, struct err *e)
{
    struct importing imp = {.db = db, .in = in, .report = out};
    DB_TX tx = {0};

    *out = (struct customer_report){.rows = 0};
    csv_init(&imp.csv, text, a);
    if (db_begin(db, &tx, e) || next_batch(&imp, e) || take_all(&imp, e))
        return err_wrap(e, "import customers");
    if (in->is_dry)
        return OK; /* undone on the way out */
    if (audit_write(db, "customer.imported", 0, 0, out->rows, in->now_ms, e) || db_commit(&tx, e))
        return err_wrap(e, "import customers");
    return OK;
}
