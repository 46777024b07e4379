/*
 * service.h - what every handler can reach: settings, limits, LINE's keys, the clock.
 *
 * Built once by app/ and constant afterwards, but for the parts that say how they are shared.
 */
#ifndef API_SERVICE_H
#define API_SERVICE_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"
#include "domain/keys.h"
#include "domain/purge.h"
#include "http/limit.h"
#include "http/request.h"
#include "line/login.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct jwks_cache;
struct known;

struct service_counts { /* for /metrics; added to from any thread */
    _Atomic uint64_t grants, reversals, redemptions, logins, events_received, events_repeated,
        events_forged, pushes_sent, pushes_failed, replies_sent, notices_seen,
        rounds; /* of the scheduler */
};

struct service {
    struct str origin;     /* "https://card.example.com", without a slash at the end */
    struct str shop_title; /* what the chain calls itself: title of the card page */
    bool demo;
    struct str sim_url;   /* demo: where line-sim is; else empty */
    struct str demo_json; /* demo: who serves where with which PIN, as demo-data left it */

    struct login_config login;  /* the LINE Login channel */
    struct str token_url;       /* where its codes become tokens; NUL-terminated, as the next */
    struct str api_url;         /* "https://api.line.me", or the stand-in's */
    struct str certs_url;       /* LINE's public keys */
    struct str deauthorize_url; /* where LINE is told that a member leaves */
    struct str liff_id;         /* empty: no LIFF app, cards open in browsers only */
    struct str friend_url;      /* where to add the account as a friend; may be empty */
    struct str liff_url;        /* "https://liff.line.me", or the stand-in's */
    bool liff_is_real;          /* the page talks to LINE's SDK, not to the stand-in */
    struct str
        channel_secrets[2]; /* of the Messaging API channel; two while one is being replaced */
    size_t channel_secrets_n;
    struct str bot_user_id; /* what `destination` must be; empty: not checked */

    struct str shop_login_url; /* the shop's own login page; empty: there is none */
    struct str shop_login_secret;
    struct str access_url;    /* "https://access.line.me" */
    int64_t merge_days;       /* members made one can be told apart for so long */
    struct purge_rules purge; /* who stays away for how long is forgotten */
    bool takes_guests;        /* a card may be had before signing in */

    struct keys keys;
    struct clock *clock;
    struct limit *limit;     /* locks itself */
    struct jwks_cache *jwks; /* locks itself */
    struct known *known;     /* locks itself */
    struct service_counts counts;

    struct limit_rate rate_per_peer; /* requests of one session, or of one visitor without; burst
                                        0: no limit */

    void *app;               /* for these, from any thread: */
    void (*wake)(void *app); /* there is work for the scheduler */
    /* To whoever has such a page open, at once: for what no request brought about. Copied. */
    void (*publish)(void *app, uint64_t topic, const char *event, struct str data);
    void (*touch)(void *app, int64_t session_id, int64_t now_ms); /* a session was used */
    /* An area of a rich menu opened the card; the texts are copied. */
    void (*tapped)(void *app, struct str menu, struct str area, int64_t now_ms);
    /* The card was opened from a message about such a thing, enum notice_kind. */
    void (*opened)(void *app, int kind, int64_t now_ms);
    /* Numbers only app/ knows (queue, connections ...), appended to /metrics in Prometheus text. */
    void (*measure)(void *app, struct buf *out);
};

/* The service of a request. */
#define SERVICE(req) ((struct service *)(req)->service)

/* Topics of server-sent events. */
uint64_t topic_member(int64_t member_id);
uint64_t topic_owner(void);

/*
 * Count one try of `purpose` by `name` against a rate.
 *
 * ERR_LIMIT "too_many_requests"; the reply gets Retry-After by reply_error.
 */
enum err_code service_limit(struct service *s, const char *purpose, struct str name,
                            struct limit_rate rate, int64_t now_ms, struct err *e);
/* The same for whoever sits at the address the request came from. Of IPv6 that is a whole /64: as
 * much is given to one household, and may be changed within like a shirt (RFC 6177, RFC 8981). */
enum err_code service_limit_peer(const struct request *req, const char *purpose,
                                 struct limit_rate rate, struct err *e);
/* May `name` still try? Counts nothing: for what is counted only when it went wrong. */
enum err_code service_may(struct service *s, const char *purpose, struct str name,
                          struct limit_rate rate, int64_t now_ms, struct err *e);

#endif
