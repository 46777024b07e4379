#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app/commands.h"

enum err_code
command_file(struct call *call, int option, size_t max, struct err *e)
{
    const char *path =
        arena_format(call->arena, "%.*s", (int)call->value[option].n, call->value[option].at);
    bool is_stdin = path && strcmp(path, "-") == 0;
    char *text = arena_alloc(call->arena, max + 1);
    int fd = is_stdin ? STDIN_FILENO : path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t got = 1;
    size_t n = 0;

    if (fd < 0 || !text)
        return err_set(e, ERR_INPUT, "file_unreadable", "%s: %s", path ? path : "",
                       strerror(errno));
    while (got > 0 && n <= max) {
        got = read(fd, text + n, max + 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    if (!is_stdin)
        close(fd);
    if (got < 0 || n > max || memchr(text, '\0', n) != NULL)
        return err_set(e, ERR_INPUT, "file_unreadable", "%s: no text, or over %zu KiB", path,
                       max / KIB);
    call->value[option] = (struct str){text, n};
    return OK;
}
