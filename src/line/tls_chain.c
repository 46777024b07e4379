#include "line/tls_chain.h"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define HOST_SIZE 256
#define PORT_SIZE 8

/* The first address that answers; -1 when none does. */
static int
reach(const char *host, const char *port, int64_t timeout_ms)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    const struct timeval patience = {.tv_sec = (time_t)(timeout_ms / SECOND_MS),
                                     .tv_usec = (suseconds_t)(timeout_ms % SECOND_MS * 1000)};
    struct addrinfo *found = NULL;
    int fd = -1;

    if (getaddrinfo(host, port, &hints, &found))
        return -1;
    for (const struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (fd < 0)
            continue;
        /* Linux lets connect() wait for as long as a send may. */
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        if (connect(fd, at->ai_addr, at->ai_addrlen)) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

static int64_t
end_of(const X509 *certificate)
{
    struct tm end;

    return ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) ? timegm(&end) * SECOND_MS : 0;
}

static enum tls_fault
fault_of(long result)
{
    switch (result) {
    case X509_V_OK:
        return TLS_CHAIN_FINE;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return TLS_CHAIN_BROKEN;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return TLS_CHAIN_UNKNOWN_ROOT;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return TLS_CHAIN_EXPIRED;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return TLS_CHAIN_OTHER_NAME;
    default:
        return TLS_CHAIN_OTHERWISE;
    }
}

static void
judge(SSL *ssl, struct tls_chain *out)
{
    X509 *own = SSL_get0_peer_certificate(ssl);
    long result = SSL_get_verify_result(ssl);

    *out = (struct tls_chain){
        .fault = fault_of(result),
        .certificates = sk_X509_num(SSL_get_peer_cert_chain(ssl)),
        .until_ms = own ? end_of(own) : 0,
    };
    if (result != X509_V_OK)
        (void)str_copy(str_of(X509_verify_cert_error_string(result)), out->problem,
                       sizeof(out->problem));
    (void)str_copy(str_of(SSL_get_version(ssl)), out->protocol, sizeof(out->protocol));
}

/* An address is compared with a certificate's addresses, a name with its names. */
static bool
expect(SSL *ssl, const char *host)
{
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host))
        return true;
    return SSL_set_tlsext_host_name(ssl, host) && SSL_set1_host(ssl, host);
}

enum err_code
tls_chain_look(struct str host, struct str port, int64_t timeout_ms, struct tls_chain *out,
               struct err *e)
{
    char name[HOST_SIZE], service[PORT_SIZE];
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    SSL *ssl = tls ? SSL_new(tls) : NULL;
    int fd = -1;

    if (!str_copy(host, name, sizeof(name)) || !str_copy(port, service, sizeof(service))) {
        err_set(e, ERR_INPUT, "host_invalid", "no such host");
    } else if (!ssl || !SSL_CTX_set_default_verify_paths(tls) ||
               !SSL_set_min_proto_version(ssl, TLS1_2_VERSION) || !expect(ssl, name)) {
        err_set(e, ERR_INTERNAL, "internal", "TLS cannot be set up");
    } else if ((fd = reach(name, service, timeout_ms)) < 0) {
        err_set(e, ERR_UPSTREAM, "unreachable", "nobody answers at %s:%s", name, service);
    } else if (SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1) {
        err_set(e, ERR_UPSTREAM, "no_tls", "%s:%s speaks no TLS of 1.2 or newer", name, service);
    } else {
        judge(ssl, out); /* verified on the way, whatever came of it */
        (void)SSL_shutdown(ssl);
        e->code = OK;
    }
    ERR_clear_error();
    SSL_free(ssl);
    SSL_CTX_free(tls);
    if (fd >= 0)
        close(fd);
    return e->code;
}
