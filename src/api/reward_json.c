#include "api/reward_json.h"

#include <inttypes.h>

#include "base/clock.h"
#include "domain/reward_rules.h"
#include "domain/shop.h"

void
write_worth(struct buf *b, enum reward_kind kind, int64_t value)
{
    buf_format(b, ",\"kind\":\"%s\",\"value\":%" PRId64, reward_kind_name(kind), value);
}

/* ---------------------------------------------------------------- conditions */

struct naming {
    struct buf *b;
    const struct reward_when *when;
    size_t n;
};

static enum err_code
name_shop(void *context, const struct shop *shop)
{
    struct naming *naming = context;

    for (size_t i = 0; i < naming->when->shops_n; i++)
        if (naming->when->shop[i] == shop->id) {
            if (naming->n++ > 0)
                buf_char(naming->b, ',');
            buf_json(naming->b, str_of(shop->name));
        }
    return OK;
}

/* A number behind its name, with a comma in front of all but the first. */
static void
fact(struct buf *b, size_t begin, const char *name, int64_t value)
{
    buf_format(b, "%s\"%s\":%" PRId64, b->n > begin ? "," : "", name, value);
}

static void
write_times(struct buf *b, size_t begin, const struct plan_rules *rules,
            const struct reward_when *when, int64_t issued_ms)
{
    int64_t from_ms = when_begins(rules, when, issued_ms);

    if (when->span.days != 0) {
        fact(b, begin, "days", when->span.days);
        fact(b, begin, "from_min", when->span.from_min);
        fact(b, begin, "until_min", when->span.until_min);
    }
    if (from_ms != 0)
        fact(b, begin, "from", from_ms);
    if (when->until_day != 0)
        fact(b, begin, "until", when_ends(rules, when));
    if (when->wait_days != 0 && issued_ms == 0)
        fact(b, begin, "wait_days", when->wait_days);
    if (when->least_yen != 0)
        fact(b, begin, "min_yen", when->least_yen);
    if (when->new_days != 0)
        fact(b, begin, "new_days", when->new_days);
    if (when->least_tier != 0) {
        buf_text(b, b->n > begin ? ",\"tier\":" : "\"tier\":");
        buf_json(b, str_of(tier_name(&rules->tier, when->least_tier)));
    }
}

enum err_code
write_when(struct buf *b, struct db *db, const struct plan_rules *rules,
           const struct reward_when *when, int64_t issued_ms, struct err *e)
{
    struct naming naming = {.b = b, .when = when};
    size_t begin;

    if (!reward_asks(when)) {
        buf_text(b, "null");
        return OK;
    }
    buf_char(b, '{');
    begin = b->n;
    if (when->shops_n != 0) {
        buf_text(b, "\"shops\":[");
        if (shop_list(db, name_shop, &naming, e))
            return e->code;
        buf_char(b, ']');
    }
    write_times(b, begin, rules, when, issued_ms);
    buf_char(b, '}');
    return OK;
}

/* ---------------------------------------------------------------- why not */

void
write_reason(struct buf *b, const struct refusal *refusal)
{
    if (refusal->kind == REFUSAL_NONE)
        return;
    buf_format(b, ",\"reason\":\"%s\"", refusal_word(refusal->kind));
    if (refusal->again_ms)
        buf_format(b, ",\"again\":%" PRId64, refusal->again_ms);
    if (refusal->missing)
        buf_format(b, ",\"missing\":%" PRId64, refusal->missing);
    if (refusal->least)
        buf_format(b, ",\"least\":%" PRId64, refusal->least);
}
