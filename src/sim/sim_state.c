#include "sim/sim_state.h"

#include "sim/demo_values.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* The clock file says "1767225600000" (time stands there) or "+86400000" (that far ahead). */
static void
read_clock_file(struct sim *sim)
{
    char text[32];
    struct str line;
    size_t n;
    int64_t value;
    FILE *file = fopen(sim->clock_file, "re");

    if (file == NULL)
        return;
    n = fread(text, 1, sizeof(text), file);
    fclose(file);
    line = (struct str){text, n};
    while (line.n > 0 && (line.at[line.n - 1] == '\n' || line.at[line.n - 1] == ' '))
        line.n--;
    if (str_skip(&line, STR("+"))) {
        if (str_int(line, &value, 0, INT64_MAX / 2)) {
            atomic_store(&sim->clock->fixed_ms, 0);
            atomic_store(&sim->clock->ahead_ms, value);
        }
    } else if (str_int(line, &value, 1, INT64_MAX / 2)) {
        atomic_store(&sim->clock->fixed_ms, value);
    }
}

int64_t
sim_now_ms(struct sim *sim)
{
    if (sim->clock_file[0] != '\0')
        read_clock_file(sim);
    return clock_now_ms(sim->clock);
}

struct timespec
sim_after(int64_t wait_ms)
{
    struct timespec at;
    int64_t ns;

    clock_gettime(CLOCK_MONOTONIC, &at);
    ns = at.tv_nsec + wait_ms % SECOND_MS * 1000000;
    at.tv_sec += (time_t)(wait_ms / SECOND_MS + ns / 1000000000);
    at.tv_nsec = (long)(ns % 1000000000);
    return at;
}

struct sim_person *
sim_person(struct sim *sim, int64_t number)
{
    return number >= 1 && number <= (int64_t)sim->people_n ? &sim->people[number - 1] : NULL;
}

struct sim_person *
sim_person_by_id(struct sim *sim, struct str user_id)
{
    struct sim_person *person;
    int64_t number = 0;

    if (user_id.n != SIM_USER_ID_SIZE - 1)
        return NULL;
    for (size_t i = user_id.n - 8; i < user_id.n; i++) { /* the last eight digits are the number */
        char c = user_id.at[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

        if (digit < 0)
            return NULL;
        number = number << 4 | digit;
    }
    person = sim_person(sim, number);
    return person != NULL && str_eq(str_of(person->user_id), user_id) ? person : NULL;
}

void
sim_talk_changed(struct sim *sim, const struct sim_person *person)
{
    if (sim->server != NULL)
        sse_publish(server_hub(sim->server), (uint64_t)person->number, "talk", STR("{}"));
}

struct sim_entry *
sim_talk_add(struct sim *sim, struct sim_person *person, const char *how, json_t *messages,
             bool shown)
{
    struct sim_entry *entry = &sim->talk[++sim->talk_last % SIM_TALK_MAX];
    size_t n = json_array_size(messages);

    json_decref(entry->messages);
    *entry = (struct sim_entry){
        .number = sim->talk_last,
        .person = person->number,
        .at_ms = sim_now_ms(sim),
        .how = how,
        .shown = shown,
        .messages = json_incref(messages),
    };
    if (strcmp(how, "person") != 0)
        *(shown ? &person->shown : &person->hidden) += n;
    if (shown)
        sim_talk_changed(sim, person);
    return entry;
}

const struct sim_entry *
sim_talk_entry(const struct sim *sim, int64_t number)
{
    const struct sim_entry *entry = &sim->talk[number % SIM_TALK_MAX];

    return number > 0 && entry->number == number ? entry : NULL;
}

static struct tm
japan_time(int64_t at_ms)
{
    time_t at = (time_t)((at_ms + 9 * HOUR_MS) / SECOND_MS);
    struct tm parts;

    gmtime_r(&at, &parts);
    return parts;
}

int
sim_day(int64_t at_ms)
{
    struct tm at = japan_time(at_ms);

    return (at.tm_year + 1900) * 10000 + (at.tm_mon + 1) * 100 + at.tm_mday;
}

int
sim_month(int64_t at_ms)
{
    return sim_day(at_ms) / 100;
}

json_t *
sim_person_json(const struct sim_person *person)
{
    return json_pack("{s:i, s:s, s:s, s:s, s:b, s:b, s:I, s:I}", "person", person->number, "userId",
                     person->user_id, "name", person->name, "language", person->language, "friend",
                     (int)person->is_friend, "blocking", (int)person->is_blocking, "shown",
                     (json_int_t)person->shown, "hidden", (json_int_t)person->hidden);
}
