#include "domain/late_case.h"

#include "base/clock.h"

static const char *const reasons[LATE_REASONS] = {
    [LATE_FORGOTTEN] = "forgotten",
    [LATE_NO_PHONE] = "no_phone",
    [LATE_TILL_DOWN] = "till_down",
    [LATE_OVERLOOKED] = "overlooked",
};

const char *
late_reason_name(enum late_reason reason)
{
    return reasons[reason];
}

bool
late_reason_by_name(struct str name, enum late_reason *out)
{
    int i = str_index(name, reasons, LATE_REASONS);

    if (i >= 0)
        *out = (enum late_reason)i;
    return i >= 0;
}

/* When the last of the days is over on which a sale of that time may be credited. */
static int64_t
end_of_time(const struct plan_rules *rules, int64_t sold_ms)
{
    return business_day(rules, sold_ms).end_ms + rules->late.days * DAY_MS;
}

struct refusal
late_decide(const struct plan_rules *rules, const struct grant_history *around,
            const struct late_case *c, int64_t now_ms)
{
    struct refusal refusal = {.kind = REFUSAL_NONE};

    if (rules->late.days == 0)
        refusal.kind = REFUSAL_LATE_OFF;
    else if (c->sold_ms > now_ms)
        refusal.kind = REFUSAL_RECEIPT_FUTURE;
    else if (end_of_time(rules, c->sold_ms) <= now_ms)
        refusal = (struct refusal){.kind = REFUSAL_RECEIPT_TOO_OLD,
                                   .at_ms = end_of_time(rules, c->sold_ms)};
    else if (c->is_used)
        refusal = (struct refusal){.kind = REFUSAL_RECEIPT_USED, .at_ms = c->used_ms};
    else if (!c->by_manager &&
             (!c->has_receipt || c->by_number || c->amount > rules->late.cashier_max))
        refusal.kind = REFUSAL_MANAGER_NEEDED;
    else
        refusal = grant_decide(rules, around, c->sold_ms);
    refusal.again_ms = 0;
    return refusal;
}
