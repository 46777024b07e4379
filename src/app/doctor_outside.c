/*
 * Where stampd can be reached: on this machine, and through the proxy in front of it.
 */
#include <inttypes.h>
#include <string.h>

#include "app/doctor.h"
#include "base/clock.h"
#include "line/tls_chain.h"

#define PATIENCE_MS (10 * SECOND_MS)
#define RENEW_DAYS                                                                                 \
    14 /* Let's Encrypt's clients renew a month before the end: something is stuck                 \
        */

/* "card.example.com:8443" of https://card.example.com:8443 */
static struct str
host_of(const char *url)
{
    struct str host = str_of(url);

    (void)(str_skip(&host, STR("https://")) || str_skip(&host, STR("http://")));
    return host;
}

static void
look_at_listen(struct doctor *d)
{
    struct str host = host_of(d->c->public_url), port = str_of(d->c->listen);
    bool everywhere = str_skip(&port, STR("0.0.0.0:")) || str_skip(&port, STR("[::]:"));
    struct exchange x = {
        .method = "GET",
        .url = arena_format(d->arena, "http://%s%.*s/healthz", everywhere ? "127.0.0.1:" : "",
                            (int)port.n, port.at),
        .headers = {arena_format(d->arena, "Host: %.*s", (int)host.n, host.at)},
        .timeout_ms = 5 * SECOND_MS,
    };

    if (str_starts(str_of(d->c->listen), STR("unix:"))) {
        d->listens = true; /* as far as we can tell */
        doctor_say(d, NOTE, "LISTEN %s: a Unix socket is not looked at from here", d->c->listen);
        return;
    }
    doctor_fetch(d, &x);
    d->listens = x.status == 200;
    if (x.status == 200)
        doctor_say(d, FINE, "LISTEN %s: stampd answers", d->c->listen);
    else if (x.status == 0)
        doctor_say(d, WARN, "LISTEN %s: nobody answers - start `stampd serve` (%s)", d->c->listen,
                   doctor_shown(d, str_of(x.failure)));
    else
        doctor_say(d, WARN, "LISTEN %s: answers %d - is it another program, or another PUBLIC_URL?",
                   d->c->listen, x.status);
    exchange_clear(&x);
}

/* The status of a page of ours as the world sees it; 0 after having said why there is none. */
static int
status_outside(struct doctor *d, const char *path)
{
    struct exchange x = {
        .method = "GET",
        .url = arena_format(d->arena, "%s%s", d->c->public_url, path),
        .timeout_ms = PATIENCE_MS,
    };

    doctor_fetch(d, &x);
    if (x.status == 0)
        doctor_say(d, WARN,
                   "PUBLIC_URL %s: cannot reach it from here: %s - look at DNS, certificate, proxy",
                   d->c->public_url, doctor_shown(d, str_of(x.failure)));
    exchange_clear(&x);
    return x.status;
}

static void
look_at_public_url(struct doctor *d)
{
    int status = status_outside(d, "/healthz");

    if (status == 0)
        return;
    if (status != 200) {
        doctor_say(d, FAIL,
                   "PUBLIC_URL %s: answers %d instead of stampd - look at the proxy's target",
                   d->c->public_url, status);
        return;
    }
    doctor_say(d, FINE, "PUBLIC_URL %s: stampd answers through the proxy", d->c->public_url);
    status = status_outside(d, "/card");
    if (status >= 300 && status <= 399)
        doctor_say(d, FAIL,
                   "PUBLIC_URL %s: /card redirects (%d), and a LIFF app cannot start so - take the "
                   "rule out of the proxy",
                   d->c->public_url, status);
}

static void
say_fault(struct doctor *d, const struct tls_chain *chain, const char *until)
{
    const char *url = d->c->public_url;

    switch (chain->fault) {
    case TLS_CHAIN_FINE:
        break;
    case TLS_CHAIN_BROKEN:
        doctor_say(d, FAIL,
                   "certificate of %s: its chain is not complete (%d sent) - browsers may fill the "
                   "gap, LINE does not, and no webhook arrives: give the proxy the full chain "
                   "(fullchain.pem)",
                   url, chain->certificates);
        break;
    case TLS_CHAIN_UNKNOWN_ROOT:
        doctor_say(d, FAIL,
                   "certificate of %s: signed by itself or by nobody that is known - get one from "
                   "a public authority, such as Let's Encrypt",
                   url);
        break;
    case TLS_CHAIN_EXPIRED:
        doctor_say(d, FAIL,
                   "certificate of %s: not valid now, its end is %s - renew it, and let the proxy "
                   "load it again",
                   url, until);
        break;
    case TLS_CHAIN_OTHER_NAME:
        doctor_say(d, FAIL,
                   "certificate of %s: made for another name - the proxy shows the wrong one, or "
                   "PUBLIC_URL is not what it should be",
                   url);
        break;
    case TLS_CHAIN_OTHERWISE:
        doctor_say(d, FAIL, "certificate of %s: %s", url, chain->problem);
        break;
    }
}

static void
look_at_chain(struct doctor *d)
{
    struct str rest = host_of(d->c->public_url), host = rest, port = STR("443");
    const char *colon = memrchr(rest.at, ':', rest.n);
    char until[CLOCK_TEXT_SIZE];
    struct tls_chain chain;
    struct err e = {0};
    int64_t days;

    if (colon && !memchr(colon, ']', rest.n - (size_t)(colon - rest.at))) {
        host.n = (size_t)(colon - rest.at);
        port = (struct str){colon + 1, rest.n - host.n - 1};
    }
    if (host.n > 2 && host.at[0] == '[') /* [::1] */
        host = (struct str){host.at + 1, host.n - 2};
    if (tls_chain_look(host, port, PATIENCE_MS, &chain, &e)) {
        doctor_say(d, FAIL, "certificate of %s: none was seen: %s", d->c->public_url,
                   doctor_shown(d, str_of(e.text)));
        return;
    }
    clock_text(chain.until_ms, until);
    until[10] = '\0'; /* the day */
    if (chain.fault != TLS_CHAIN_FINE) {
        say_fault(d, &chain, until);
        return;
    }
    days = (chain.until_ms - d->call->now_ms) / DAY_MS;
    doctor_say(d, days < RENEW_DAYS ? WARN : FINE,
               "certificate of %s: %d in its chain, %s, ends %s, in %" PRId64 " days%s",
               d->c->public_url, chain.certificates, chain.protocol, until, days,
               days < RENEW_DAYS ? " - it should have been renewed by now: look at certbot's or "
                                   "the proxy's log"
                                 : "");
}

void
doctor_look_outside(struct doctor *d)
{
    look_at_listen(d);
    if (!str_starts(str_of(d->c->public_url), STR("https://"))) {
        doctor_say(d, WARN,
                   "PUBLIC_URL %s: only this machine can open it - LINE and phones need https",
                   d->c->public_url);
        return;
    }
    if (!d->c->proxy_header)
        doctor_say(d, WARN,
                   "PROXY_HEADER is empty - behind a proxy all visitors look like one, and share "
                   "its limits: let the proxy overwrite X-Real-IP, and name that header");
    look_at_public_url(d);
    look_at_chain(d);
}
