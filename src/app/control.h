/*
 * control.h - commands that write, while somebody serves.
 *
 * Only one process may write the book. It listens on a Unix socket in the data folder (mode 0600):
 * a command's name and values go in, a status and its text come out. Without a server the command
 * locks the book and runs here.
 */
#ifndef APP_CONTROL_H
#define APP_CONTROL_H

#include "app/app.h"
#include "app/commands.h"
#include "base/err.h"

struct control;

/* In the server: answer commands until stopped. The socket is removed and made anew. */
enum err_code control_start(struct control **out, struct app *app, const char *path, struct err *e);
void control_stop(struct control *c); /* accepts NULL */

/* In a command: run it on the writer, wherever that is. */
enum err_code control_write(const struct command *command, struct call *call, struct err *e);

#endif
