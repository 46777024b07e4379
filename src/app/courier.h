/*
 * courier.h - the one thread that talks to LINE.
 *
 * It knows no database. Errands come from requests that wait (keys, a token exchange) and from the
 * outbox (pushes, replies); what came of them goes back to whoever gave them. The channel's access
 * token lives here, in memory, and is renewed before it ends.
 */
#ifndef APP_COURIER_H
#define APP_COURIER_H

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct courier;
struct errand;

struct courier_options {
    struct str api_url; /* "https://api.line.me" */
    struct str channel_id, channel_secret;
    bool allow_http_loopback; /* line-sim */
    struct clock *clock;
};

/* A message on its way. All that the courier needs is copied in; `done` gets it back and frees it.
 */
struct parcel {
    int64_t outbox_id, try_number, first_ms;
    bool is_push;
    bool token_renewed; /* refused although the token was fetched because the one before was */
    char retry_key[40];
    struct str body; /* heap: freed by parcel_free */

    int status; /* 0: no answer */
    int64_t retry_after_ms;
    struct str answer; /* heap */
    char request_id[64];
    char failure[128];
    struct parcel *next;
};
void parcel_free(struct parcel *p);

enum err_code courier_start(struct courier **out, const struct courier_options *options,
                            void (*delivered)(void *context, struct parcel *parcel), void *context,
                            struct err *e);
/* Ends what is under way with status 0; everything given gets its done. Accepts NULL. */
void courier_stop(struct courier *c);

/* From any thread. The parcel is taken, and comes back through `delivered`, on the courier's
 * thread. */
void courier_send(struct courier *c, struct parcel *parcel);
/* From any thread: done(context) is called on the courier's thread when errand's outcome is filled
 * in; `keep` copies text to where the errand lives. */
void courier_errand(struct courier *c, struct errand *errand,
                    char *(*keep)(void *context, const char *text, size_t n),
                    void (*done)(void *context), void *context);
/* The next parcel is sent with a fresh channel token: LINE refused the one in use. */
void courier_renew_token(struct courier *c);

struct courier_counts {
    uint64_t waiting, under_way, answered, unanswered;
};
struct courier_counts courier_counts(struct courier *c);

#endif
