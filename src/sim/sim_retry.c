#include "sim/sim_retry.h"

#include <stdlib.h>
#include <string.h>

bool
sim_retry_is_key(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

        if (i == 8 || i == 13 || i == 18 || i == 23 ? c != '-' : !is_hex)
            return false;
    }
    return text.n == UUID_SIZE - 1;
}

void
sim_retry_note(struct sim *sim, struct str key)
{
    struct sim_retry *retry = sim_table_get(sim->retries, key);

    if (retry == NULL) {
        char name[UUID_SIZE];

        str_copy(key, name, sizeof(name));
        retry = sim_alloc(sizeof(*retry));
        sim_table_put(sim->retries, name, retry);
    }
    retry->asked++;
}

struct sim_retry *
sim_retry_find(struct sim *sim, struct str key)
{
    return sim_table_get(sim->retries, key);
}

bool
sim_retry_is_accepted(const struct sim_retry *retry, int64_t now_ms)
{
    return retry->accepted > 0 && now_ms < retry->accepted_ms + 24 * HOUR_MS;
}

void
sim_retry_accept(struct sim_retry *retry, const char *request_id, json_t *sent, int64_t now_ms)
{
    retry->accepted++;
    retry->accepted_ms = now_ms;
    memcpy(retry->request_id, request_id, sizeof(retry->request_id));
    json_decref(retry->sent);
    retry->sent = json_incref(sent);
}

void
sim_retry_free(void *retry)
{
    json_decref(((struct sim_retry *)retry)->sent);
    free(retry);
}

static bool
add_to_list(const char *name, void *value, void *context)
{
    const struct sim_retry *retry = value;

    json_object_set_new(context, name,
                        json_pack("{s:I, s:I, s:s}", "asked", (json_int_t)retry->asked, "accepted",
                                  (json_int_t)retry->accepted, "requestId", retry->request_id));
    return true;
}

json_t *
sim_retry_list(struct sim *sim)
{
    json_t *list = json_object();

    sim_table_sweep(sim->retries, add_to_list, list);
    return list;
}
