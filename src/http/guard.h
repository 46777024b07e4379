/*
 * guard.h - which requests are worth a look at all.
 *
 * libmicrohttpd is lenient where two readers of the same bytes could disagree about where a request
 * ends (doubled lengths, unknown transfer codings, control bytes), and we may stand behind a proxy.
 * So everything it parsed is checked again, before anything is believed; a refused request costs
 * the client its connection.
 */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include "base/err.h"
#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>

#define GUARD_HEADERS_MAX 64

struct guard_facts {
    struct str method, target, version;
    const struct request_line *header;
    size_t headers;
    bool folded; /* a header line was continued on the next (obs-fold) */
};

/* What the guard found out on the way. */
struct guard_findings {
    enum http_method method;
    struct str path, query; /* of the target */
    bool chunked;
    bool has_length;
    uint64_t length;
};

/*
 * Refuse everything that is not plainly one HTTP/1.1 request for us. `hosts` as in server_options.
 *
 * ERR_INPUT        "request_malformed", the text says what
 * ERR_METHOD       "method_not_allowed": TRACE, CONNECT and all we have no routes for
 * ERR_MISDIRECTED  "host_unknown"
 *
 * Source: RFC 9112 sections 3 to 6, RFC 9110 5.1 and 5.5; security.md appendix B for what was
 * measured.
 */
enum err_code guard_check(const struct guard_facts *in, const char *const *hosts,
                          struct guard_findings *out, struct err *e);

#endif
