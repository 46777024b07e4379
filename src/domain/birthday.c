#include "domain/birthday.h"

#include <stdbool.h>

enum err_code
birthday_load(struct db *db, int64_t member_id, struct birthday *out, struct err *e)
{
    STMT s = db_stmt(db, SQL_BIRTHDAY_LOAD);
    bool row;

    stmt_bind_int(s, ":member_id", member_id);
    if (stmt_step(s, &row, e))
        return err_wrap(e, "birthday");
    *out = (struct birthday){0};
    if (row)
        *out = (struct birthday){.month = stmt_int(s, 0) / 100, .day = stmt_int(s, 0) % 100};
    return OK;
}

/* Of any year: the 29th of February is one. */
static enum err_code
birthday_check(const struct birthday *b, struct err *e)
{
    static const int64_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (b->month < 1 || b->month > 12)
        return err_field(e, ERR_INPUT, "birthday_invalid", "month", "a month is 1 to 12");
    if (b->day < 1 || b->day > days[b->month - 1])
        return err_field(e, ERR_INPUT, "birthday_invalid", "day", "this month has days 1 to %lld",
                         (long long)days[b->month - 1]);
    return OK;
}

enum err_code
birthday_save(struct db *db, int64_t member_id, const struct birthday *birthday, struct err *e)
{
    STMT s = db_stmt(db, SQL_BIRTHDAY_SAVE);

    if (birthday_check(birthday, e))
        return e->code;
    stmt_bind_int(s, ":member_id", member_id);
    stmt_bind_int(s, ":month_day", birthday->month * 100 + birthday->day);
    return stmt_run(s, e);
}

enum err_code
birthday_forget(struct db *db, int64_t member_id, struct err *e)
{
    STMT s = db_stmt(db, SQL_BIRTHDAY_FORGET);

    stmt_bind_int(s, ":member_id", member_id);
    return stmt_run(s, e);
}
