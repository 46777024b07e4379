#include "api/service.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

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

static enum err_code
too_many(const char *purpose, int64_t wait_ms, struct err *e)
{
    return err_set(e, ERR_LIMIT, "too_many_requests", "%s: again in %lld ms", purpose,
                   (long long)wait_ms);
}

enum err_code
service_limit(struct service *s, const char *purpose, struct str name, struct limit_rate rate,
              int64_t now_ms, struct err *e)
{
    int64_t wait_ms;

    if (limit_take(s->limit, limit_key(purpose, name), rate, now_ms, &wait_ms))
        return OK;
    return too_many(purpose, wait_ms, e);
}

enum err_code
service_may(struct service *s, const char *purpose, struct str name, struct limit_rate rate,
            int64_t now_ms, struct err *e)
{
    int64_t wait_ms;

    if (limit_would_take(s->limit, limit_key(purpose, name), rate, now_ms, &wait_ms))
        return OK;
    return too_many(purpose, wait_ms, e);
}

/* The address, but of IPv6 the first half only; IPv4 written as IPv6 is IPv4. */
static struct str
visitor_of(struct str peer, char out[INET6_ADDRSTRLEN])
{
    struct in6_addr address;

    if (!str_copy(peer, out, INET6_ADDRSTRLEN) || inet_pton(AF_INET6, out, &address) != 1 ||
        IN6_IS_ADDR_V4MAPPED(&address))
        return peer;
    memset(&address.s6_addr[8], 0, 8);
    inet_ntop(AF_INET6, &address, out, INET6_ADDRSTRLEN);
    return str_of(out);
}

enum err_code
service_limit_peer(const struct request *req, const char *purpose, struct limit_rate rate,
                   struct err *e)
{
    char visitor[INET6_ADDRSTRLEN];

    return service_limit(SERVICE(req), purpose, visitor_of(req->peer, visitor), rate, req->now_ms,
                         e);
}
