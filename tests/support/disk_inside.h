/*
 * disk_inside.h - what disk.c and disk_cut.c know of a file; nobody else includes it.
 */
#ifndef TESTS_SUPPORT_DISK_INSIDE_H
#define TESTS_SUPPORT_DISK_INSIDE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHM_REGIONS 16
#define SHM_LOCKS 8

struct bytes {
    uint8_t *at;
    size_t n, room;
};

/* A write, or the end cut off at `at`, that no sync has made sure of. */
struct unsynced {
    int64_t order; /* among those of all files */
    bool is_truncation;
    size_t at, n;
    size_t pool_at; /* its bytes in file->pool */
};

struct file {
    char name[256];           /* "": one without a name, gone when it is closed */
    bool is_there, was_there; /* as the program sees it; on the disk */
    bool is_new;              /* made since; what may be on the disk under its name is another */
    struct bytes now, synced;
    struct bytes pool; /* bytes of the unsynced */
    struct unsynced *unsynced;
    size_t unsynced_n, unsynced_room;
    int64_t syncs, writes;

    int shared, reserved, exclusive; /* locks that are held */
    void *shm[SHM_REGIONS];
    size_t shm_bytes[SHM_REGIONS];
    int shm_shared[SHM_LOCKS];
    int shm_exclusive; /* a bit each */
};

void bytes_resize(struct bytes *b, size_t n); /* what is new is 0 */
void bytes_put(struct bytes *b, size_t at, const uint8_t *from, size_t n);
void bytes_copy(struct bytes *to, const struct bytes *from);

/* The file of that name, made if there is none (which is not there then). */
struct file *disk_file(const char *path, const char *suffix);
/* All of it is on the disk. */
void disk_settle(struct file *f);
void disk_empty_shm(struct file *f);

#endif
