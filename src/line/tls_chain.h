/*
 * tls_chain.h - the certificates a server shows to a stranger: LINE, which keeps none from before.
 *
 * A browser that has met an intermediate certificate elsewhere fills the gap a server leaves, and
 * so does not notice it. LINE does not, and delivers no webhook. So the chain is judged by what the
 * server sends and the system's roots (or SSL_CERT_FILE), nothing else.
 */
#ifndef LINE_TLS_CHAIN_H
#define LINE_TLS_CHAIN_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum tls_fault {
    TLS_CHAIN_FINE,
    TLS_CHAIN_BROKEN,       /* an intermediate certificate is missing */
    TLS_CHAIN_UNKNOWN_ROOT, /* signed by itself, or by an authority that nobody knows */
    TLS_CHAIN_EXPIRED,      /* or not valid yet; any one of them */
    TLS_CHAIN_OTHER_NAME,
    TLS_CHAIN_OTHERWISE, /* `problem` says how */
};

struct tls_chain {
    enum tls_fault fault;
    int certificates;  /* as sent */
    int64_t until_ms;  /* the end of the server's own certificate */
    char problem[96];  /* OpenSSL's words; "" with TLS_CHAIN_FINE */
    char protocol[16]; /* "TLSv1.3" */
};

/*
 * Shake hands with "host:port" and leave. Waits for no step longer than timeout_ms.
 *
 * ERR_UPSTREAM "unreachable"  nobody answers there
 * ERR_UPSTREAM "no_tls"       somebody does, but speaks no TLS of 1.2 or newer
 * ERR_INPUT    "host_invalid"
 */
enum err_code tls_chain_look(struct str host, struct str port, int64_t timeout_ms,
                             struct tls_chain *out, struct err *e);

#endif
