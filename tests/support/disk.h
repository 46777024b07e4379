/*
 * disk.h - a disk in memory that knows what was really synced, and that can be watched, made to
 * fail, and cut off its power.
 *
 * Installed before the first connection opens, it is SQLite's file system for the whole program.
 * What a program writes it reads back at once; what is on the disk is what was synced, and of the
 * rest whatever the moment of the cut leaves: nothing, a part in order, or any sectors of it.
 * What real disks are taken to keep is what SQLite takes them to keep: bytes beside a write are
 * safe, a sector is old or new, and a name made is there once its file is synced.
 * Source: https://sqlite.org/atomiccommit.html, section 2; os_unix.c, UNIXFILE_DIRSYNC
 *
 * Several threads may use it, each its own connection; all of disk_cut and disk_copy is for a
 * moment in which no other thread writes to these files.
 */
#ifndef TESTS_SUPPORT_DISK_H
#define TESTS_SUPPORT_DISK_H

#include <stdint.h>

#define DISK_SECTOR 512

enum disk_call {
    DISK_OPEN,
    DISK_READ,
    DISK_WRITE,
    DISK_TRUNCATE,
    DISK_SYNC,
    DISK_SIZE,
    DISK_LOCK,
    DISK_DELETE,
    DISK_ACCESS,
    DISK_SHM_MAP,
    DISK_SHM_LOCK,
    DISK_CALLS
};

void disk_install(void);

/*
 * Before every call on `path` and the files beside it (-wal, -journal): not 0 is what SQLite is
 * answered instead. Called on the thread that makes the call, and may use other files. NULL: no
 * longer.
 */
void disk_watch(const char *path,
                int (*watch)(void *context, enum disk_call call, const char *name), void *context);
int disk_error(enum disk_call call); /* what SQLite calls an input/output error of this call */

/* The file at `to` and those beside it become what a program sees at `from`, all of it synced. */
void disk_copy(const char *from, const char *to);

enum disk_cut {
    DISK_CUT_SYNCED,  /* nothing but what was synced */
    DISK_CUT_PREFIX,  /* and what was written since up to some moment, the last write torn */
    DISK_CUT_RANDOM,  /* and any sectors of it, in any state they were in */
    DISK_CUT_NOTHING, /* no cut: all that was written */
};

/*
 * What a power cut now leaves of `path` and its WAL becomes `image`, as a restart finds it: the
 * shared memory beside it is empty, for whoever opens it first empties it (os_unix.c,
 * unixLockSharedMemory). The same seed leaves the same. A connection may be open on `image`, as
 * long as it is in no transaction.
 */
void disk_cut(const char *path, const char *image, enum disk_cut how, uint64_t seed);

int64_t disk_frames(const char *path);   /* writes to the WAL since the file itself was synced */
int64_t disk_unsynced(const char *path); /* writes a power cut may take back */
/* How often the synced state changed. */
int64_t disk_syncs(const char *path);

#endif
