#include "sim/sim_record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum err_code
sim_record_open(const char *path, int *out, struct err *e)
{
    *out = -1;
    if (path == NULL || path[0] == '\0')
        return OK;
    *out = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (*out < 0)
        return err_field(e, ERR_INPUT, "file_refused", "record", "%s: %s", path, strerror(errno));
    return OK;
}

static json_t *
headers_json(const struct request *req)
{
    static const char *const names[] = {"Content-Type", "X-Line-Retry-Key", "Accept"};
    struct str token = request_header(req, "Authorization"), scheme;
    json_t *headers = json_object();

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct str value = request_header(req, names[i]);

        if (value.n > 0)
            json_object_set_new(headers, names[i], json_stringn(value.at, value.n));
    }
    if (str_until(&token, ' ', &scheme))
        json_object_set_new(headers, "Authorization", json_stringn(scheme.at, scheme.n));
    return headers;
}

/* A picture is no more than its size. */
static void
set_body(json_t *line, struct str body)
{
    json_t *text = json_stringn(body.n > 0 ? body.at : "", body.n); /* NULL: not UTF-8 */

    if (text != NULL)
        json_object_set_new(line, "body", text);
    else
        json_object_set_new(line, "bytes", json_integer((json_int_t)body.n));
}

void
sim_record(int file, const struct request *req)
{
    json_t *line;
    char *text;
    size_t n;

    if (file < 0 || !str_starts(request_header(req, "User-Agent"), STR("stampd")))
        return;
    line = json_pack("{s:s, s:s%, s:s%, s:o}", "method", method_name(req->method), "path",
                     req->path.at, req->path.n, "query", req->query.n > 0 ? req->query.at : "",
                     req->query.n, "headers", headers_json(req));
    set_body(line, req->body);
    text = json_dumps(line, JSON_COMPACT);
    json_decref(line);
    n = strlen(text);
    text[n] = '\n'; /* in the place of the NUL: the line goes out in one write */
    if (write(file, text, n + 1) != (ssize_t)(n + 1)) {
        perror("line-sim: the record of requests");
        abort();
    }
    free(text);
}
