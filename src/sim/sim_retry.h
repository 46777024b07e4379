/*
 * sim_retry.h - X-Line-Retry-Key: a send is carried out once in 24 hours (line-platform 4.4).
 */
#ifndef SIM_SIM_RETRY_H
#define SIM_SIM_RETRY_H

#include "sim/sim_state.h"

struct sim_retry {
    size_t asked;    /* requests that carried the key, failed ones too */
    size_t accepted; /* times it was carried out; more than one only after 24 hours */
    int64_t accepted_ms;
    char request_id[UUID_SIZE]; /* of the request that was accepted */
    json_t *sent;               /* its sentMessages; NULL where the endpoint has none */
};

bool sim_retry_is_key(struct str text); /* 8-4-4-4-12 hexadecimal digits */

/* A request with this key has come. Not for texts that are no keys. */
void sim_retry_note(struct sim *sim, struct str key);
/* Borrowed; NULL when the key was never noted. */
struct sim_retry *sim_retry_find(struct sim *sim, struct str key);
bool sim_retry_is_accepted(const struct sim_retry *retry, int64_t now_ms);
/* `sent` may be NULL; a reference is taken. */
void
sim_retry_accept(struct sim_retry *retry, const char *request_id, json_t *sent, int64_t now_ms);

void sim_retry_free(void *retry);
json_t *sim_retry_list(struct sim *sim); /* new: key -> {asked, accepted, requestId} */

#endif
