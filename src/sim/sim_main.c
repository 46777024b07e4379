/*
 * line-sim: the simulator as a program.
 */
#include "base/str.h"
#include "sim/demo_values.h"
#include "sim/sim.h"

#include <inttypes.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum kind { TEXT, NUMBER };

/* Command line and --help in one table. */
static const struct option {
    const char *name, *value, *standard, *help;
    enum kind kind;
    size_t at;
} table[] = {
    {"--listen", "HOST:PORT", SIM_LISTEN, "where to listen: loopback only; port 0 takes a free one",
     TEXT, offsetof(struct sim_options, listen)},
    {"--webhook", "URL", SIM_WEBHOOK_URL, "where events go: loopback only", TEXT,
     offsetof(struct sim_options, webhook)},
    {"--liff", "URL", SIM_LIFF_URL, "endpoint URL of the LIFF app", TEXT,
     offsetof(struct sim_options, liff)},
    {"--callback", "URL", "/line/callback there", "registered callback URL of the web login", TEXT,
     offsetof(struct sim_options, callback)},
    {"--login-channel", "ID", SIM_LOGIN_CHANNEL_ID, "LINE Login channel", TEXT,
     offsetof(struct sim_options, login.id)},
    {"--login-secret", "S", "a fixed one", "its channel secret", TEXT,
     offsetof(struct sim_options, login.secret)},
    {"--channel", "ID", SIM_MESSAGING_CHANNEL_ID, "Messaging API channel", TEXT,
     offsetof(struct sim_options, messaging.id)},
    {"--channel-secret", "S", "a fixed one", "its channel secret", TEXT,
     offsetof(struct sim_options, messaging.secret)},
    {"--people", "N", "8", "how many shoppers there are", NUMBER,
     offsetof(struct sim_options, people)},
    {"--strangers", "N", "0", "so many of the last ones are not friends of the account yet", NUMBER,
     offsetof(struct sim_options, strangers)},
    {"--quota", "N", "200", "messages a month; -1: no limit", NUMBER,
     offsetof(struct sim_options, quota)},
    {"--clock-file", "FILE", "none",
     "read the time from FILE: Unix milliseconds, or +N for so many ahead of now", TEXT,
     offsetof(struct sim_options, clock_file)},
    {"--record", "FILE", "$SIM_RECORD", "append every request of stampd's, a line of JSON each",
     TEXT, offsetof(struct sim_options, record)},
};

enum { OPTIONS = sizeof(table) / sizeof(table[0]) };

static void
print_help(FILE *out)
{
    fputs("line-sim - a stand-in for LINE: login, Messaging API, webhooks and a shopper's phone\n\n"
          "usage: line-sim [options]\n\n",
          out);
    for (size_t i = 0; i < OPTIONS; i++)
        fprintf(out, "  %-16s %-10s %s (%s)\n", table[i].name, table[i].value, table[i].help,
                table[i].standard);
    fputs("\nThe first line on standard output is \"line-sim listening on http://HOST:PORT\".\n"
          "The phone is at /phone?person=1, the state at /sim/state.\n",
          out);
}

static const struct option *
find(const char *name)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    }
    return NULL;
}

static bool
take(struct sim_options *options, const struct option *option, const char *value)
{
    char *field = (char *)options + option->at;
    int64_t number;

    if (option->kind == TEXT) {
        memcpy(field, &value, sizeof(value));
        return true;
    }
    if (!str_int(str_of(value), &number, -1, INT32_MAX))
        return false;
    memcpy(field, &number, sizeof(number));
    return true;
}

/* True when the program should go on; else *status is what it ends with. */
static bool
read_arguments(int argc, char **argv, struct sim_options *options, int *status)
{
    for (int i = 1; i < argc; i += 2) {
        const struct option *option = find(argv[i]);

        if (strcmp(argv[i], "--help") == 0) {
            print_help(stdout);
            *status = 0;
            return false;
        }
        if (option == NULL || i + 1 == argc || !take(options, option, argv[i + 1])) {
            fprintf(stderr, "line-sim: %s %s\n", option == NULL ? "no option" : "no value for",
                    argv[i]);
            print_help(stderr);
            *status = 2;
            return false;
        }
    }
    return true;
}

int
main(int argc, char **argv)
{
    struct sim_options options = {0};
    struct sim *sim = NULL;
    struct err e = {0};
    sigset_t signals;
    int status, which;

    if (!read_arguments(argc, argv, &options, &status))
        return status;
    sigemptyset(&signals); /* blocked in every thread, so that only sigwait sees them */
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (sim_start(&options, &sim, &e)) {
        fprintf(stderr, "line-sim: %s\n", e.text);
        return 1;
    }
    printf("line-sim listening on http://127.0.0.1:%d\n", sim_port(sim));
    fflush(stdout);
    sigwait(&signals, &which);
    sim_stop(sim);
    return 0;
}
