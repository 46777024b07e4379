/*
 * fault_vfs.h - a disk that fails when told to: SQLite's own file system with faults in front.
 *
 * Installed before the first connection opens, it serves every one of the program. The n-th write
 * or sync from now on fails, and all after it until fault_clear. Safe from any thread.
 */
#ifndef TESTS_SUPPORT_FAULT_VFS_H
#define TESTS_SUPPORT_FAULT_VFS_H

#include <stdint.h>

enum fault {
    FAULT_NONE,
    FAULT_SYNC,  /* fsync says "input/output error" */
    FAULT_WRITE, /* write says so */
    FAULT_FULL,  /* write says "no space left" */
    FAULT_ANY,   /* whichever of write and sync comes first */
};

void fault_install(void);
void fault_set(enum fault kind, int nth); /* 1: the next one */
void fault_clear(void);
int fault_happened(void);  /* how many since fault_set */
int64_t fault_syncs(void); /* fsyncs asked for since the start */
int64_t fault_writes(void);

#endif
