#include "http/connection.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024

static enum err_code
failed(int fd, const char *what, const char *where, struct err *e)
{
    int why = errno;

    if (fd >= 0)
        close(fd);
    return err_set(e, ERR_INPUT, "listen_failed", "%s %s: %s", what, where, strerror(why));
}

/* A socket that an earlier process left behind goes; any other kind of file stays and bind fails.
 */
static void
remove_stale(const char *path)
{
    struct stat st;

    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
        unlink(path);
}

static enum err_code
open_unix(const char *path, int *fd_out, char **path_out, struct err *e)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (!str_copy(str_of(path), address.sun_path, sizeof(address.sun_path)))
        return err_set(e, ERR_INPUT, "listen_failed", "path of socket is too long");
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return failed(fd, "socket", path, e);
    remove_stale(path);
    if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        chmod(path, 0660) != 0 || listen(fd, BACKLOG) != 0)
        return failed(fd, "listen on", path, e);
    *path_out = strdup(path);
    *fd_out = fd;
    return OK;
}

static enum err_code
open_address(const struct addrinfo *a, const char *where, int *fd_out, struct err *e)
{
    int on = 1;
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return failed(fd, "socket", where, e);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
        return failed(fd, "listen on", where, e);
    *fd_out = fd;
    return OK;
}

/* "127.0.0.1:8080" or "[::1]:8080" into its two parts. */
static bool
split(const char *where, char *host, size_t host_cap, const char **port_out)
{
    const char *colon = strrchr(where, ':');
    struct str name;

    if (colon == NULL || colon[1] == '\0')
        return false;
    name = (struct str){where, (size_t)(colon - where)};
    if (name.n >= 2 && name.at[0] == '[' && name.at[name.n - 1] == ']')
        name = (struct str){name.at + 1, name.n - 2};
    *port_out = colon + 1;
    return name.n > 0 && str_copy(name, host, host_cap);
}

static enum err_code
open_tcp(const char *where, int *fd_out, struct err *e)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    const char *port;
    char host[256];

    if (!split(where, host, sizeof(host), &port))
        return err_set(e, ERR_INPUT, "listen_failed", "%s is not host:port", where);
    if (getaddrinfo(host, port, &wanted, &found) != 0)
        return err_set(e, ERR_INPUT, "listen_failed", "no such address: %s", where);
    open_address(found, where, fd_out, e);
    freeaddrinfo(found);
    return e->code;
}

enum err_code
listen_open(const char *where, int *fd_out, char **path_out, struct err *e)
{
    struct str rest = str_of(where);

    *path_out = NULL;
    e->code = OK;
    if (str_skip(&rest, STR("unix:")))
        return open_unix(rest.at, fd_out, path_out, e);
    return open_tcp(where, fd_out, e);
}
