#include "domain/notice_make.h"

#include <inttypes.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/keys.h"
#include "domain/ladder.h"
#include "domain/notice_row.h"
#include "domain/plan.h"
#include "domain/run_ended.h"
#include "domain/sealed.h"
#include "domain/since.h"

#define CALM_LIFE_MS (7 * DAY_MS)
#define STAFF_LIFE_MS (30 * DAY_MS)
#define DORMANT_REACH_MS (7 * DAY_MS) /* how far back the first look goes */

/* ---------------------------------------------------------------- vouchers that end */

/* The notices, then the mark of those they are about, which are the same ones: both statements
 * choose before the second changes what is chosen. */
struct window {
    int64_t plan_id; /* 0: it is not asked for */
    int64_t now_ms, before_ms;
    size_t max;
};

static enum err_code
run_on(struct db *db, enum sql_id id, const struct window *in, struct err *e)
{
    STMT s = db_stmt(db, id);

    if (in->plan_id != 0)
        stmt_bind_int(s, ":plan_id", in->plan_id);
    stmt_bind_int(s, ":now_ms", in->now_ms);
    stmt_bind_int(s, ":before_ms", in->before_ms);
    stmt_bind_int(s, ":max", (int64_t)in->max);
    return stmt_run(s, e);
}

static enum err_code
make_and_mark(struct db *db, enum sql_id make, enum sql_id mark, const struct window *in,
              size_t *n_out, struct err *e)
{
    if (run_on(db, make, in, e) || run_on(db, mark, in, e))
        return e->code;
    *n_out = (size_t)db_changes(db);
    return OK;
}

enum err_code
notice_make_lapses(struct db *db, const struct message_policy *policy, int64_t now_ms, size_t max,
                   size_t *n_out, struct err *e)
{
    struct window in = {
        .now_ms = now_ms, .before_ms = now_ms + policy->lapse_days * DAY_MS, .max = max};

    *n_out = 0;
    if (policy->lapse_days == 0)
        return OK;
    if (make_and_mark(db, SQL_NOTICE_LAPSES, SQL_VOUCHERS_WARNED, &in, n_out, e))
        return err_wrap(e, "warn of vouchers that end");
    return *n_out < max ? run_ended(db, "voucher_lapse", now_ms, e) : OK;
}

/* ---------------------------------------------------------------- units that end */

static enum err_code
plan_after(struct db *db, int64_t id, int64_t *id_out, bool *found_out, struct err *e)
{
    STMT s = db_stmt(db, SQL_PLAN_AFTER);

    stmt_bind_int(s, ":id", id);
    if (stmt_step(s, found_out, e))
        return e->code;
    if (*found_out)
        *id_out = stmt_int(s, 0);
    return OK;
}

static enum err_code
remind_of_plan(struct db *db, int64_t plan_id, int64_t now_ms, size_t max, size_t *n_out,
               struct err *e)
{
    struct plan_rules rules;
    struct window in = {.plan_id = plan_id, .now_ms = now_ms, .max = max};
    size_t n = 0;

    if (plan_load(db, plan_id, 0, &rules, e))
        return e->code;
    in.before_ms = now_ms + rules.expiry.remind_days * DAY_MS;
    if (rules.expiry.remind_days > 0 &&
        make_and_mark(db, SQL_NOTICE_ENDS, SQL_ENDS_REMINDED, &in, &n, e))
        return e->code;
    *n_out += n;
    return OK;
}

enum err_code
notice_make_ends(struct db *db, int64_t now_ms, size_t max, size_t *n_out, struct err *e)
{
    int64_t plan_id = 0;
    bool found = true;

    *n_out = 0;
    while (found && *n_out < max) {
        if (plan_after(db, plan_id, &plan_id, &found, e) ||
            (found && remind_of_plan(db, plan_id, now_ms, max - *n_out, n_out, e)))
            return err_wrap(e, "remind of units that end");
    }
    return *n_out < max ? run_ended(db, "points_lapse", now_ms, e) : OK;
}

/* ---------------------------------------------------------------- long without a visit */

struct visit {
    int64_t seq, card_id, member_id;
    bool is_last;
};

static enum err_code
add_dormant(struct db *db, const struct visit *visit, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_NOTICE_MAKE);

    stmt_bind_int(s, ":member_id", visit->member_id);
    stmt_bind_int(s, ":card_id", visit->card_id);
    stmt_bind_text(s, ":kind", str_of(notice_kind_word(NOTICE_DORMANT)));
    stmt_bind_int(s, ":occasion", visit->seq);
    stmt_bind_int(s, ":until_ms", now_ms + CALM_LIFE_MS);
    stmt_bind_int(s, ":now_ms", now_ms);
    return stmt_run(s, e);
}

static enum err_code
look_at_visit(struct db *db, int64_t seq, int64_t before_ms, struct visit *out, bool *found_out,
              struct err *e)
{
    STMT s = db_stmt(db, SQL_DORMANT_NEXT);

    stmt_bind_int(s, ":seq", seq);
    stmt_bind_int(s, ":before_ms", before_ms);
    if (stmt_step(s, found_out, e))
        return e->code;
    if (!*found_out)
        return OK;
    *out = (struct visit){
        .seq = stmt_int(s, 0),
        .card_id = stmt_int(s, 1),
        .member_id = stmt_int(s, 2),
        .is_last = stmt_int(s, 3) != 0,
    };
    return OK;
}

/* How far the last call came: the first one begins a week back. */
static enum err_code
dormant_begin(struct db *db, int64_t before_ms, int64_t *seq_out, struct err *e)
{
    int64_t first;
    STMT s = db_stmt(db, SQL_PROGRESS_LOAD);
    bool row;

    stmt_bind_text(s, ":job", STR("dormant"));
    if (stmt_step(s, &row, e))
        return e->code;
    if (row) {
        *seq_out = stmt_int(s, 0);
        return OK;
    }
    if (since_seq(db, before_ms - DORMANT_REACH_MS, &first, e))
        return e->code;
    *seq_out = first - 1;
    return OK;
}

static enum err_code
dormant_save(struct db *db, int64_t seq, struct err *e)
{
    STMT s = db_stmt(db, SQL_PROGRESS_SAVE);

    stmt_bind_text(s, ":job", STR("dormant"));
    stmt_bind_int(s, ":at", seq);
    return stmt_run(s, e);
}

enum err_code
notice_make_dormant(struct db *db, const struct message_policy *policy, int64_t now_ms, size_t max,
                    size_t *n_out, struct err *e)
{
    int64_t before_ms = now_ms - policy->dormant_days * DAY_MS;
    int64_t seq = 0;
    size_t n;

    *n_out = 0;
    if (policy->dormant_days == 0)
        return OK;
    if (dormant_begin(db, before_ms, &seq, e))
        return err_wrap(e, "look for members who stay away");
    for (n = 0; n < max; n++) {
        struct visit visit = {0};
        bool found = false;

        if (look_at_visit(db, seq, before_ms, &visit, &found, e) ||
            (found && visit.is_last && add_dormant(db, &visit, now_ms, e)))
            return err_wrap(e, "look for members who stay away");
        if (!found)
            break;
        seq = visit.seq;
    }
    *n_out = n;
    return n > 0 ? dormant_save(db, seq, e) : OK;
}

/* ---------------------------------------------------------------- birthdays */

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

enum err_code
notice_make_birthdays(struct db *db, const struct message_policy *policy, int64_t now_ms,
                      size_t max, size_t *n_out, struct err *e)
{
    time_t at = (time_t)(now_ms / SECOND_MS + policy->utc_offset_min * 60);
    struct tm day;
    int month_day;
    STMT s = db_stmt(db, SQL_NOTICE_BIRTHDAYS);

    *n_out = 0;
    if (!policy->tells_birthdays)
        return OK;
    gmtime_r(&at, &day);
    month_day = (day.tm_mon + 1) * 100 + day.tm_mday;
    stmt_bind_int(s, ":month_day", month_day);
    stmt_bind_int(s, ":until_day",
                  month_day == 228 && !is_leap(day.tm_year + 1900) ? 229 : month_day);
    stmt_bind_int(s, ":year", day.tm_year + 1900);
    stmt_bind_int(s, ":until_ms", now_ms + CALM_LIFE_MS);
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":max", (int64_t)max);
    if (stmt_run(s, e))
        return err_wrap(e, "birthdays");
    *n_out = (size_t)db_changes(db);
    return OK;
}

/* ---------------------------------------------------------------- a person writes */

static enum err_code
text_check(struct str text, struct err *e)
{
    size_t units = text_utf16_units(text);

    if (units == 0 || units > NOTICE_STAFF_MAX_UNITS)
        return err_field(e, ERR_INPUT, "text_invalid", "text", "1 to %d characters are wanted",
                         NOTICE_STAFF_MAX_UNITS);
    return OK;
}

enum err_code
notice_make_staff(struct db *db, int64_t member_id, struct str text, int64_t now_ms, struct err *e)
{
    char place[NOTICE_PLACE_SIZE];
    int64_t occasion;
    SEALED detail = {0};
    STMT next = db_stmt(db, SQL_NOTICE_NEXT_STAFF);
    STMT s = db_stmt(db, SQL_NOTICE_MAKE);

    stmt_bind_int(next, ":member_id", member_id);
    if (text_check(text, e) || stmt_one(next, "member", e))
        return e->code;
    occasion = stmt_int(next, 0);
    if (sealed_init(&detail, keys_of(db)->outbox, text,
                    notice_place(member_id, NOTICE_STAFF, occasion, place), e))
        return e->code;
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_null(s, ":card_id");
    stmt_bind_text(s, ":kind", str_of(notice_kind_word(NOTICE_STAFF)));
    stmt_bind_int(s, ":occasion", occasion);
    stmt_bind_int(s, ":until_ms", now_ms + STAFF_LIFE_MS);
    stmt_bind_int(s, ":now_ms", now_ms);
    sealed_bind(s, ":detail", &detail);
    return stmt_run(s, e);
}
