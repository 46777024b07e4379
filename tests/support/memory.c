#include "tests/support/memory.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#define SPARED_MAX 64

/* The C library's own, under the name it has beside `malloc`; a sanitizer's stands before it. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
void *__interceptor_malloc(size_t n);
void *__interceptor_calloc(size_t n, size_t size);
void *__interceptor_realloc(void *at, size_t n);
#define REAL(name) __interceptor_##name
#else
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *at, size_t n);
#define REAL(name) __libc_##name
#endif

/* What is called before ThreadSanitizer is ready must not ask it. */
#define BEFORE_ALL __attribute__((no_sanitize("thread")))

static _Atomic bool is_armed, lasts;
static _Atomic int64_t asked, nth, failures;
static pid_t spared[SPARED_MAX];
static size_t spared_n;

enum whose { UNKNOWN, OURS, SPARED };

BEFORE_ALL static bool
is_spared(void)
{
    static _Thread_local enum whose whose;

    if (whose == UNKNOWN) {
        pid_t here = gettid();

        whose = OURS;
        for (size_t i = 0; i < spared_n; i++)
            if (spared[i] == here)
                whose = SPARED;
    }
    return whose == SPARED;
}

BEFORE_ALL static bool
fails(void)
{
    int64_t now;

    if (!is_armed || is_spared())
        return false;
    now = ++asked;
    if (nth == 0 || now < nth || (now > nth && !lasts))
        return false;
    failures++;
    return true;
}

BEFORE_ALL void *
malloc(size_t n)
{
    return fails() ? NULL : REAL(malloc)(n);
}

BEFORE_ALL void *
calloc(size_t n, size_t size)
{
    return fails() ? NULL : REAL(calloc)(n, size);
}

BEFORE_ALL void *
realloc(void *at, size_t n)
{
    return fails() ? NULL : REAL(realloc)(at, n);
}

void
memory_spare(void)
{
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *task;

    if (tasks == NULL)
        abort();
    spared_n = 0;
    while ((task = readdir(tasks)) != NULL && spared_n < SPARED_MAX)
        if (task->d_name[0] != '.')
            spared[spared_n++] = (pid_t)strtol(task->d_name, NULL, 10);
    closedir(tasks);
}

void
memory_fail(int64_t n, bool for_good)
{
    asked = failures = 0;
    nth = n;
    lasts = for_good;
    is_armed = true;
}

void
memory_back(void)
{
    is_armed = false;
}

int64_t
memory_asked(void)
{
    return asked;
}

int64_t
memory_failed(void)
{
    return failures;
}
