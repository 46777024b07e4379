#include "api/service.h"

#define TOPIC_OWNER UINT64_MAX

uint64_t
topic_member(int64_t member_id)
{
    return (uint64_t)member_id;
}

uint64_t
topic_owner(void)
{
    return TOPIC_OWNER;
}

enum err_code
service_limit(struct service *s, const char *purpose, struct str name, struct limit_rate rate,
              int64_t now_ms, struct err *e)
{
    int64_t wait_ms;

    if (limit_take(s->limit, limit_key(purpose, name), rate, now_ms, &wait_ms))
        return OK;
    return err_set(e, ERR_LIMIT, "too_many_requests", "%s: again in %lld ms", purpose,
                   (long long)wait_ms);
}
