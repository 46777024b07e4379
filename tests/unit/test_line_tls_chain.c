/*
 * What a stranger thinks of a server's certificates, fault by fault.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "line/tls_chain.h"
#include "tests/support/check.h"
#include "tests/support/tls_peer.h"

static enum err_code
look(const char *host, int port, struct tls_chain *out, struct err *e)
{
    char text[8];

    snprintf(text, sizeof(text), "%d", port);
    *e = (struct err){0};
    return tls_chain_look(str_of(host), str_of(text), 5 * SECOND_MS, out, e);
}

static void
each_fault_is_told_apart(void **state)
{
    static const struct {
        enum tls_manner manner;
        const char *host;
        enum tls_fault fault;
        int certificates;
    } row[] = {
        {TLS_GOOD, "localhost", TLS_CHAIN_FINE, 2},
        {TLS_GOOD, "127.0.0.1", TLS_CHAIN_OTHER_NAME, 2},
        {TLS_WITHOUT_INTERMEDIATE, "localhost", TLS_CHAIN_BROKEN, 1},
        {TLS_SELF_SIGNED, "localhost", TLS_CHAIN_UNKNOWN_ROOT, 1},
        {TLS_EXPIRED, "localhost", TLS_CHAIN_EXPIRED, 2},
        {TLS_ENDS_SOON, "localhost", TLS_CHAIN_FINE, 2},
        {TLS_OTHER_NAME, "localhost", TLS_CHAIN_OTHER_NAME, 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct tls_peer *peer = tls_peer_start(row[i].manner);
        struct tls_chain chain;
        struct err e;

        CHECK_ROW(i);
        CHECK_OK(look(row[i].host, tls_peer_port(peer), &chain, &e), e);
        CHECK_INT(chain.fault, row[i].fault);
        CHECK_INT(chain.certificates, row[i].certificates);
        CHECK_INT(chain.problem[0] == '\0', row[i].fault == TLS_CHAIN_FINE);
        CHECK_THAT(str_starts(str_of(chain.protocol), STR("TLSv1.")));
        tls_peer_stop(peer);
    }
}

static void
end_of_the_certificate_is_read(void **state)
{
    struct tls_peer *peer = tls_peer_start(TLS_ENDS_SOON);
    int64_t days;
    struct tls_chain chain;
    struct err e;

    (void)state;
    CHECK_OK(look("localhost", tls_peer_port(peer), &chain, &e), e);
    days = (chain.until_ms - (int64_t)time(NULL) * SECOND_MS) / DAY_MS;
    CHECK_INT(days, 5);
    tls_peer_stop(peer);
}

static void
without_tls_there_is_nothing_to_judge(void **state)
{
    struct tls_peer *peer = tls_peer_start(TLS_NOT_SPOKEN);
    int port = tls_peer_port(peer);
    char long_name[400];
    struct tls_chain chain;
    struct err e;

    (void)state;
    CHECK_INT(look("localhost", port, &chain, &e), ERR_UPSTREAM);
    CHECK_TEXT(e.word, "no_tls");
    tls_peer_stop(peer);
    CHECK_INT(look("localhost", port, &chain, &e), ERR_UPSTREAM);
    CHECK_TEXT(e.word, "unreachable");
    memset(long_name, 'a', sizeof(long_name));
    long_name[sizeof(long_name) - 1] = '\0';
    CHECK_INT(look(long_name, port, &chain, &e), ERR_INPUT);
    CHECK_TEXT(e.word, "host_invalid");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_fault_is_told_apart),
        TEST(end_of_the_certificate_is_read),
        TEST(without_tls_there_is_nothing_to_judge),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
