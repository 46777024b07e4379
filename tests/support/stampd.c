#include "tests/support/stampd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/commands.h"
#include "tests/support/check.h"
#include "tests/support/harness.h"

#define WORDS_MAX 24

char printed[STAMPD_SAID_MAX], complained[STAMPD_SAID_MAX];

void
read_back(const char *path, char *out, size_t cap)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    out[fread(out, 1, cap - 1, file)] = '\0';
    fclose(file);
}

static int
redirect(int fd, const char *path, int flags)
{
    int kept = dup(fd), file = open(path, flags | O_CLOEXEC, 0600);

    assert_true(kept >= 0 && file >= 0);
    assert_int_equal(dup2(file, fd), fd);
    close(file);
    return kept;
}

static void
restore(int fd, int kept)
{
    assert_int_equal(dup2(kept, fd), fd);
    close(kept);
}

int
stampd(const char *words)
{
    char text[2048], *argv[WORDS_MAX] = {(char *)(uintptr_t) "stampd"}, *rest = text;
    char out_path[512], err_path[512];
    int argc = 1, in, out, err, status;

    snprintf(text, sizeof(text), "%s", words);
    while (argc < WORDS_MAX - 1 && (argv[argc] = strsep(&rest, " ")) != NULL)
        argc += argv[argc][0] != '\0';
    argv[argc] = NULL;
    snprintf(out_path, sizeof(out_path), "%s", check_path("stdout"));
    snprintf(err_path, sizeof(err_path), "%s", check_path("stderr"));
    fflush(stdout);
    fflush(stderr);
    in = redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
    out = redirect(STDOUT_FILENO, out_path, O_WRONLY | O_CREAT | O_TRUNC);
    err = redirect(STDERR_FILENO, err_path, O_WRONLY | O_CREAT | O_TRUNC);
    status = commands_main(argc, argv);
    fflush(stdout);
    fflush(stderr);
    restore(STDIN_FILENO, in);
    restore(STDOUT_FILENO, out);
    restore(STDERR_FILENO, err);
    read_back(out_path, printed, sizeof(printed));
    read_back(err_path, complained, sizeof(complained));
    return status;
}

int
stampd_here(const char *words)
{
    char line[1024];

    snprintf(line, sizeof(line), "--config %s/stampd.conf %s", here.dir, words);
    return stampd(line);
}

bool
tells(const char *text, const char *what)
{
    if (strstr(text, what) != NULL)
        return true;
    print_error("not said: %s\n%s\n", what, text);
    return false;
}
