#include "tests/support/tls_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/check.h"

#define DAY_S (24 * 3600L)

struct tls_peer {
    int fd, port;
    bool is_plain;
    SSL_CTX *tls;
    pthread_t thread;
    char roots[32]; /* file of the authority */
};

struct party {
    EVP_PKEY *key;
    X509 *certificate;
};

static void
extend(X509 *certificate, int kind, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);

    CHECK_THAT(extension != NULL && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

/* Signed by `issuer`; NULL: by itself. */
static struct party
make(const char *name, const struct party *issuer, bool is_authority, long from_s, long until_s)
{
    static long serial;
    struct party p = {EVP_EC_gen("P-256"), X509_new()};
    char alternative[64];

    CHECK_THAT(p.key != NULL && p.certificate != NULL);
    X509_set_version(p.certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(p.certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(p.certificate), from_s);
    X509_gmtime_adj(X509_getm_notAfter(p.certificate), until_s);
    X509_set_pubkey(p.certificate, p.key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(p.certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(p.certificate,
                         X509_get_subject_name(issuer ? issuer->certificate : p.certificate));
    snprintf(alternative, sizeof(alternative), "DNS:%s", name);
    extend(p.certificate, NID_basic_constraints, is_authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!is_authority)
        extend(p.certificate, NID_subject_alt_name, alternative);
    CHECK_THAT(X509_sign(p.certificate, issuer ? issuer->key : p.key, EVP_sha256()) > 0);
    return p;
}

static void
party_free(struct party *p)
{
    EVP_PKEY_free(p->key);
    X509_free(p->certificate);
}

static void
trust(struct tls_peer *p, X509 *root)
{
    FILE *file;
    int fd;

    strcpy(p->roots, "/tmp/tls-peer-XXXXXX");
    fd = mkstemp(p->roots);
    file = fdopen(fd, "w");
    CHECK_THAT(file != NULL && PEM_write_X509(file, root) == 1 && fclose(file) == 0);
    setenv("SSL_CERT_FILE", p->roots, 1);
}

static void
present(struct tls_peer *p, enum tls_manner manner)
{
    struct party root = make("Test Authority", NULL, true, 0, 100 * DAY_S);
    struct party middle = make("Test Intermediate", &root, true, 0, 100 * DAY_S);
    struct party own = make(manner == TLS_OTHER_NAME ? "other.example" : "localhost",
                            manner == TLS_SELF_SIGNED ? NULL : &middle, false, -10 * DAY_S,
                            manner == TLS_EXPIRED     ? -DAY_S
                            : manner == TLS_ENDS_SOON ? 5 * DAY_S + 60
                                                      : 90 * DAY_S);

    p->tls = SSL_CTX_new(TLS_server_method());
    CHECK_THAT(SSL_CTX_use_certificate(p->tls, own.certificate) == 1);
    CHECK_THAT(SSL_CTX_use_PrivateKey(p->tls, own.key) == 1);
    if (manner != TLS_WITHOUT_INTERMEDIATE && manner != TLS_SELF_SIGNED)
        CHECK_THAT(SSL_CTX_add1_chain_cert(p->tls, middle.certificate) == 1);
    trust(p, root.certificate);
    party_free(&root);
    party_free(&middle);
    party_free(&own);
}

static void
greet(struct tls_peer *p, int fd)
{
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    SSL *ssl = SSL_new(p->tls);
    char asked[4096];

    if (p->is_plain) {
        (void)!write(fd, answer, sizeof(answer) - 1);
    } else if (SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1 &&
               SSL_read(ssl, asked, sizeof(asked)) > 0) {
        SSL_write(ssl, answer, sizeof(answer) - 1);
    }
    SSL_free(ssl);
    close(fd);
}

static void *
serve(void *context)
{
    struct tls_peer *p = context;
    int fd;

    while ((fd = accept(p->fd, NULL, NULL)) >= 0)
        greet(p, fd);
    return NULL;
}

struct tls_peer *
tls_peer_start(enum tls_manner manner)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct tls_peer *p = calloc(1, sizeof(*p));
    socklen_t n = sizeof(at);

    CHECK_THAT(p != NULL);
    p->is_plain = manner == TLS_NOT_SPOKEN;
    present(p, manner);
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_INT(bind(p->fd, (struct sockaddr *)&at, n), 0);
    CHECK_INT(listen(p->fd, 8), 0);
    CHECK_INT(getsockname(p->fd, (struct sockaddr *)&at, &n), 0);
    p->port = ntohs(at.sin_port);
    CHECK_INT(pthread_create(&p->thread, NULL, serve, p), 0);
    return p;
}

int
tls_peer_port(const struct tls_peer *p)
{
    return p->port;
}

void
tls_peer_stop(struct tls_peer *p)
{
    shutdown(p->fd, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->fd);
    SSL_CTX_free(p->tls);
    unlink(p->roots);
    unsetenv("SSL_CERT_FILE");
    free(p);
}
