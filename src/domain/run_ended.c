#include "domain/run_ended.h"

#include "base/clock.h"

enum err_code
run_ended(struct db *db, const char *name, int64_t now_ms, struct err *e)
{
    STMT s = db_stmt(db, SQL_RUN_ENDED);

    stmt_bind_text(s, ":name", str_of(name));
    stmt_bind_int(s, ":now_ms", now_ms);
    stmt_bind_int(s, ":before_ms", now_ms - HOUR_MS);
    return stmt_run(s, e) ? err_wrap(e, "end of run %s", name) : OK;
}
