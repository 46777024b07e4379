/*
 * tls_peer.h - a TLS server on loopback whose certificates are good, or wrong in one way.
 *
 * An authority, an intermediate and a server's certificate for "localhost" are made for each. The
 * authority is trusted by whoever honours SSL_CERT_FILE, which tls_peer_start sets.
 */
#ifndef TESTS_SUPPORT_TLS_PEER_H
#define TESTS_SUPPORT_TLS_PEER_H

#include <stdint.h>

enum tls_manner {
    TLS_GOOD,
    TLS_WITHOUT_INTERMEDIATE,
    TLS_SELF_SIGNED,
    TLS_EXPIRED,
    TLS_ENDS_SOON, /* in five days */
    TLS_OTHER_NAME,
    TLS_NOT_SPOKEN, /* plain words */
};

struct tls_peer;
struct tls_peer *tls_peer_start(enum tls_manner manner);
int tls_peer_port(const struct tls_peer *p);
void tls_peer_stop(struct tls_peer *p);

#endif
