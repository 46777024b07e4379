#include "domain/check_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "domain/audit.h"
#include "domain/head_check.h"
#include "domain/held_receipts.h"
#include "domain/identity.h"
#include "domain/keys.h"
#include "domain/number.h"
#include "domain/reading.h"

#define IDENTITY_ARENA (64 * KIB)

void
check_tell(struct run *run, const char *name, const char *claim, const char *detail)
{
    const struct check_line line = {
        .name = name, .claim = claim, .holds = detail[0] == '\0', .detail = detail};

    run->sound = run->sound && line.holds;
    run->report(run->context, &line);
}

void
check_begin(struct run *run, const char *name, int64_t done, int64_t of)
{
    const struct check_progress progress = {.name = name, .done = done, .of = of};

    if (run->options->progress != NULL)
        run->options->progress(run->context, &progress);
}

/* ---------------------------------------------------------------- what SQL can tell */

static enum err_code
check_sql(struct run *run, enum check_id id, struct err *e)
{
    STMT s = db_check_stmt(run->db, id);
    char detail[DETAIL_SIZE] = "";
    bool row;

    check_begin(run, db_check_name(id), 0, 0);
    if (s == NULL) {
        check_tell(run, db_check_name(id), db_check_claim(id),
                   "the query does not fit this schema");
        return OK;
    }
    if (stmt_step(s, &row, e))
        return err_wrap(e, "%s", db_check_name(id));
    if (row)
        snprintf(detail, sizeof(detail), "%.*s", (int)stmt_text(s, 0).n, stmt_text(s, 0).at);
    check_tell(run, db_check_name(id), db_check_claim(id), detail);
    return OK;
}

static enum err_code
check_file(struct run *run, struct err *e)
{
    char integrity[DETAIL_SIZE] = "";
    char keys[DETAIL_SIZE] = "";
    enum err_code code;

    check_begin(run, "I39_INTEGRITY", 0, 0);
    code = db_integrity(run->db, e);
    /* Of the two only the first complaint is known: the second was then not looked for. */
    if (code == ERR_CONFLICT)
        str_copy(str_of(e->text), strcmp(e->word, "integrity_check") == 0 ? integrity : keys,
                 DETAIL_SIZE);
    else if (code != OK)
        return code;
    check_tell(run, "I39_INTEGRITY", "the file's structure is whole", integrity);
    check_tell(run, "I40_REFERENCES", "every reference leads somewhere",
               integrity[0] != '\0' ? "not looked for: the file is broken" : keys);
    return OK;
}

/* ---------------------------------------------------------------- what needs a key */

static enum err_code
check_audit(struct run *run, struct err *e)
{
    STMT s = db_stmt(run->db, SQL_AUDIT_ALL);
    const uint8_t *key = keys_of(run->db)->audit;
    char detail[DETAIL_SIZE] = "";
    bool row;

    for (;;) {
        struct audit_line line;
        uint8_t mac[MAC_SIZE];

        if (stmt_step(s, &row, e))
            return err_wrap(e, "K2");
        if (!row)
            break;
        line = (struct audit_line){
            .seq = stmt_int(s, 0),
            .at_ms = stmt_int(s, 1),
            .act = stmt_text(s, 2),
            .staff_id = stmt_int(s, 3),
            .till_id = stmt_int(s, 4),
            .subject = stmt_int(s, 5),
        };
        if (stmt_blob(s, 6).n == MAC_SIZE && stmt_blob(s, 7).n == MAC_SIZE &&
            line.act.n <= AUDIT_ACT_MAX) {
            audit_mac(key, (const uint8_t *)stmt_blob(s, 6).at, &line, mac);
            if (digest_equal(mac, stmt_blob(s, 7).at, MAC_SIZE))
                continue;
        }
        snprintf(detail, sizeof(detail), "audit %" PRId64, line.seq);
        break;
    }
    check_tell(run, "K2_AUDIT_GENUINE", "every audit line is as it was written", detail);
    return OK;
}

/* Whether what is sealed for this member opens, and leads back to the same member. */
static bool
identity_holds(struct db *db, int64_t member_id)
{
    struct arena *a = arena_new(IDENTITY_ARENA);
    struct err ignored;
    struct str line_id, text;
    int64_t found = 0;
    bool holds = a != NULL &&
                 identity_open(db, member_id, IDENTITY_LINE_ID, a, &line_id, &ignored) == OK &&
                 identity_open(db, member_id, IDENTITY_NAME, a, &text, &ignored) == OK &&
                 identity_open(db, member_id, IDENTITY_PICTURE, a, &text, &ignored) == OK &&
                 identity_find(db, line_id, &found, &ignored) == OK && found == member_id;

    arena_free(a);
    return holds;
}

static enum err_code
check_identities(struct run *run, struct err *e)
{
    STMT s = db_stmt(run->db, SQL_IDENTITY_IDS);
    char detail[DETAIL_SIZE] = "";
    bool row;

    for (;;) {
        if (stmt_step(s, &row, e))
            return err_wrap(e, "K3");
        if (!row)
            break;
        if (!identity_holds(run->db, stmt_int(s, 0))) {
            snprintf(detail, sizeof(detail), "member %" PRId64, stmt_int(s, 0));
            break;
        }
    }
    check_tell(run, "K3_IDENTITIES_OPEN",
               "every identity opens with its key and is found by its index", detail);
    return OK;
}

/* ---------------------------------------------------------------- all of it */

static bool
number_is_right(const struct number_format *format, struct str number, struct str plain)
{
    struct reading reading;
    struct err none;

    scan_normalise(number, &reading);
    return str_eq(str_of(reading.plain), plain) && number_fits(format, number, &none) == OK;
}

static enum err_code
check_numbers(struct run *run, struct err *e)
{
    STMT s = db_stmt(run->db, SQL_NUMBER_ALL);
    char detail[DETAIL_SIZE] = "";
    bool row;

    for (;;) {
        struct plan_rules rules;

        if (stmt_step(s, &row, e))
            return err_wrap(e, "K6");
        if (!row)
            break;
        if (plan_load(run->db, stmt_int(s, 3), stmt_int(s, 4), &rules, e))
            return err_wrap(e, "K6");
        if (!number_is_right(&rules.number, stmt_text(s, 1), stmt_text(s, 2))) {
            snprintf(detail, sizeof(detail), "number %" PRId64, stmt_int(s, 0));
            break;
        }
    }
    check_tell(run, "K6_NUMBERS_FIT",
               "every fixed number has its check digit and is found as drawn", detail);
    return OK;
}

/* What others hold. */
static enum err_code
check_held(struct run *run, struct err *e)
{
    char detail[DETAIL_SIZE];
    int64_t receipts;

    if (run->options->heads.n > 0) {
        if (heads_compare(run->db, run->options->heads, detail, e))
            return err_wrap(e, "I07");
        check_tell(run, "I07_ANCHORED", "the heads that were kept elsewhere are this book's",
                   detail);
    }
    if (run->options->receipts != NULL) {
        if (held_receipts_check(run->db, run->options->receipts, &receipts, detail, sizeof(detail),
                                e))
            return err_wrap(e, "K4");
        check_tell(run, "K4_RECEIPTS", "every receipt is of a transfer in the book", detail);
    }
    return OK;
}

enum err_code
check_run(struct db *db, const struct check_options *options,
          void (*report)(void *context, const struct check_line *line), void *context,
          bool *sound_out, struct err *e)
{
    DB_TX tx = {0}; /* one state of the book for all questions; nothing is written */
    struct run run = {
        .db = db, .options = options, .report = report, .context = context, .sound = true};

    if (db_begin(db, &tx, e))
        return err_wrap(e, "check");
    for (int id = 0; id < CHECK_COUNT; id++)
        if (check_sql(&run, (enum check_id)id, e))
            return err_wrap(e, "check");
    if (check_transfers(&run, e) || check_audit(&run, e) || check_identities(&run, e) ||
        check_numbers(&run, e) || check_refunds(&run, e) || check_draws(&run, e) ||
        check_held(&run, e))
        return err_wrap(e, "check");
    if (!options->is_quick && check_file(&run, e))
        return err_wrap(e, "check");
    *sound_out = run.sound;
    return OK;
}
