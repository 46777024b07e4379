#include "domain/outbox_rules.h"

struct str
outbox_lost(const struct outbox_facts *facts, int64_t now_ms)
{
    int64_t begun_ms = facts->first_ms != 0 ? facts->first_ms : facts->created_ms;

    if (facts->kind == OUTBOX_REPLY) /* its token dies; who wrote to us hears us */
        return facts->created_ms <= now_ms - OUTBOX_REPLY_LIFE_MS ? STR("rejected") : STR("");
    if (begun_ms <= now_ms - OUTBOX_LIFE_MS)
        return STR("expired");
    return facts->is_friend ? STR("") : STR("unreachable");
}
