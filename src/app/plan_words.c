#include "app/plan_words.h"

#include <inttypes.h>
#include <time.h>

#include "base/clock.h"
#include "domain/plan_diff.h"
#include "domain/plan_json.h"
#include "domain/plan_loss.h"
#include "domain/plan_publish.h"

/* ---------------------------------------------------------------- a time */

static bool
take_digits(struct str *text, const char *front, size_t digits, uint64_t max, uint64_t *out)
{
    size_t before;

    if (!str_skip(text, str_of(front)))
        return false;
    before = text->n;
    return str_number(text, out, max) && before - text->n == digits;
}

/* "+09:00", "-03:30" or "Z", in minutes. */
static bool
take_offset(struct str *text, int64_t *out)
{
    uint64_t hours, minutes;
    bool is_behind = str_starts(*text, STR("-"));

    *out = 0;
    if (str_skip(text, STR("Z")))
        return true;
    if (!take_digits(text, is_behind ? "-" : "+", 2, 14, &hours) ||
        !take_digits(text, ":", 2, 59, &minutes))
        return false;
    *out = (int64_t)(hours * 60 + minutes) * (is_behind ? -1 : 1);
    return true;
}

bool
plan_time_read(struct str text, int64_t *out)
{
    uint64_t year, month, day, hour, minute;
    int64_t offset_min;
    struct tm tm = {0};
    time_t at;

    if (!take_digits(&text, "", 4, 9999, &year) || !take_digits(&text, "-", 2, 12, &month) ||
        !take_digits(&text, "-", 2, 31, &day) || !take_digits(&text, "T", 2, 23, &hour) ||
        !take_digits(&text, ":", 2, 59, &minute) || !take_offset(&text, &offset_min) ||
        text.n > 0 || year < 2000 || month == 0 || day == 0)
        return false;
    tm = (struct tm){.tm_year = (int)year - 1900,
                     .tm_mon = (int)month - 1,
                     .tm_mday = (int)day,
                     .tm_hour = (int)hour,
                     .tm_min = (int)minute};
    at = timegm(&tm);
    if (tm.tm_mday != (int)day) /* 30 February is another day */
        return false;
    *out = (int64_t)at * SECOND_MS - offset_min * MINUTE_MS;
    return true;
}

/* ---------------------------------------------------------------- what is taken away */

enum err_code
plan_losses_read(struct str text, unsigned *out, struct err *e)
{
    struct str one;
    enum loss_kind kind;

    for (*out = 0; text.n > 0;) {
        if (!str_until(&text, ',', &one)) {
            one = text;
            text.n = 0;
        }
        if (!loss_by_name(str_trim(one), &kind))
            return err_set(e, ERR_INPUT, "usage",
                           "--accept: goal_raised, reward_removed, reward_later or worth_less");
        *out |= 1U << kind;
    }
    return OK;
}

/* ---------------------------------------------------------------- what is different */

static void
say_value(struct buf *out, struct str value)
{
    if (value.n == 0)
        buf_text(out, "none");
    else
        buf_str_raw(out, value);
}

enum err_code
say_plan_changes(struct call *call, const struct plan_rules *was, const struct plan_rules *is,
                 struct err *e)
{
    json_auto_t *old = NULL;
    json_auto_t *new = NULL;
    struct plan_change *change;
    size_t n;

    if (plan_file_write(was, &old, e) || plan_file_write(is, &new, e) ||
        plan_diff(call->arena, old, new, &change, &n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        buf_format(call->out, "      %s: ", change[i].path);
        say_value(call->out, change[i].was);
        buf_text(call->out, " -> ");
        say_value(call->out, change[i].is);
        buf_char(call->out, '\n');
    }
    if (n == 0)
        buf_text(call->out, "      nothing is different\n");
    return OK;
}

static void
say_loss(struct buf *out, const struct loss *loss, int64_t cards)
{
    buf_format(out, "takes away: ");
    switch (loss->kind) {
    case LOSS_GOAL_RAISED:
        buf_format(out, "the goal goes up from %" PRId64 " to %" PRId64, loss->was, loss->is);
        break;
    case LOSS_REWARD_REMOVED:
        buf_format(out, "\"%s\" at %" PRId64 " is gone", loss->title, loss->was);
        break;
    case LOSS_REWARD_LATER:
        buf_format(out, "\"%s\" comes at %" PRId64 " and not at %" PRId64, loss->title, loss->is,
                   loss->was);
        break;
    case LOSS_WORTH_LESS:
        buf_format(out, "a point buys %" PRId64 " yen at the till and not %" PRId64, loss->is,
                   loss->was);
        break;
    case LOSS_KINDS:
        break;
    }
    buf_format(out, "; cards on their way: %" PRId64 " (publish: --accept %s)\n", cards,
               loss_name(loss->kind));
}

enum err_code
say_plan_losses(struct call *call, const struct plan_rules *was, const struct plan_rules *is,
                struct err *e)
{
    struct loss loss[LOSSES_MAX];
    size_t n = plan_losses(was, is, loss);
    int64_t cards;

    for (size_t i = 0; i < n; i++) {
        if (cards_on_the_way(call->db, was->plan_id, loss[i].below, &cards, e))
            return e->code;
        say_loss(call->out, &loss[i], cards);
    }
    return OK;
}

enum err_code
say_plan_waits(struct call *call, int64_t plan_id, struct err *e)
{
    struct plan_schedule *one;
    char at[CLOCK_TEXT_SIZE];
    size_t n;

    if (plan_schedule_list(call->db, call->arena, plan_id, 1, &one, &n, e))
        return e->code;
    if (n == 0 || one->state != SCHEDULE_WAITING)
        return OK;
    clock_text(one->at_ms, at);
    buf_format(call->out,
               "      changes at %s to \"%s\"; `stampd plan unschedule %" PRId64 "` calls it off\n",
               at, one->name, plan_id);
    return OK;
}
