/*
 * app.h - the running service: built in one order, torn down in the reverse.
 *
 * keys -> writer -> readers -> scheduler -> courier -> server. Tests start it in their own process
 * with a clock of theirs; `stampd serve` adds the control socket and waits for a signal.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "api/service.h"
#include "app/config.h"
#include "base/clock.h"
#include "base/err.h"

#include <stdbool.h>

struct app;

struct app_options {
    const struct config *config; /* borrowed for the app's life */
    struct clock *clock;         /* borrowed */
    /* Called from the writer when the disk cannot be trusted: the process must end. NULL: abort().
     */
    void (*broken)(const struct err *e);
    int64_t
        line_timeout_ms; /* for a message to LINE; 0: the usual. For tests with a LINE that hangs */
};

/*
 * Start everything. ERR_CONFLICT "data_locked": another process writes this book.
 */
enum err_code app_start(struct app **out, const struct app_options *options, struct err *e);
void app_stop(struct app *app); /* accepts NULL; answers what was begun, loses nothing answered */

int app_port(const struct app *app);
struct service *app_service(struct app *app);
const struct config *app_config(const struct app *app);

/* Run something on the writer and wait: for the control socket and for tests. */
enum err_code
app_write(struct app *app, enum err_code (*run)(struct db *db, void *context, struct err *e),
          void *context, struct err *e);

/* Files of an installation, in arena. */
const char *data_path(struct arena *a, const struct config *c, const char *name);
#define DATA_BOOK "stampd.db"
#define DATA_ROOT_KEY "root.key"
#define DATA_LOCK "stampd.lock"
#define DATA_CONTROL "control.sock"
#define DATA_DEMO "demo.json"

/* The lock that whoever writes the book holds. -1 with e set: ERR_CONFLICT "data_locked". Close to
 * release. */
int data_lock(const char *path, struct err *e);

#endif
