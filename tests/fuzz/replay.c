/* Runs a fuzz target over every file of the given directories: what once broke it must not again.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MOST (1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* In memory of exactly its size, so that reading past the end is seen. */
static int
replay_file(const char *path)
{
    static uint8_t bytes[INPUT_MOST];
    FILE *file = fopen(path, "rb");
    uint8_t *exact;
    size_t n;

    if (file == NULL) {
        perror(path);
        return 1;
    }
    n = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    exact = malloc(n > 0 ? n : 1);
    if (exact == NULL)
        return 1;
    for (size_t i = 0; i < n; i++)
        exact[i] = bytes[i];
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    return 0;
}

static int
replay_dir(const char *name, int *count)
{
    DIR *dir = opendir(name);
    struct dirent *entry;
    int failed = 0;

    if (dir == NULL) {
        perror(name);
        return 1;
    }
    while ((entry = readdir(dir)) != NULL) {
        char path[4096];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", name, entry->d_name);
        fprintf(stderr, "%s\n", path); /* the last line names the culprit */
        failed |= replay_file(path);
        ++*count;
    }
    closedir(dir);
    return failed;
}

int
main(int argc, char **argv)
{
    int failed = argc < 2;
    int count = 0;

    for (int i = 1; i < argc; i++)
        failed |= replay_dir(argv[i], &count);
    printf("%d inputs\n", count);
    return failed || count == 0;
}
