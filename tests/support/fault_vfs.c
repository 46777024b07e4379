#include "tests/support/fault_vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What SQLite sees; the real file stands right behind it. */
struct file {
    sqlite3_file head;
    int64_t real[]; /* SQLite aligns to 8 bytes */
};

static sqlite3_vfs *real_vfs;
static sqlite3_vfs vfs;
static _Atomic int kind;
static _Atomic int left; /* calls until the first fault */
static _Atomic int happened;
static _Atomic int64_t syncs;
static _Atomic int64_t writes;

void
fault_set(enum fault new_kind, int nth)
{
    atomic_store(&left, nth);
    atomic_store(&happened, 0);
    atomic_store(&kind, (int)new_kind);
}

void
fault_clear(void)
{
    atomic_store(&kind, FAULT_NONE);
}

int
fault_happened(void)
{
    return atomic_load(&happened);
}

int64_t
fault_syncs(void)
{
    return atomic_load(&syncs);
}

int64_t
fault_writes(void)
{
    return atomic_load(&writes);
}

static bool
is_due(bool is_counted)
{
    if (!is_counted || atomic_fetch_sub(&left, 1) > 1)
        return false;
    atomic_fetch_add(&happened, 1);
    return true;
}

static sqlite3_file *
real(sqlite3_file *f)
{
    return (sqlite3_file *)((struct file *)f)->real;
}

static int
fault_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    int now = atomic_load(&kind);

    atomic_fetch_add(&writes, 1);
    if (is_due(now == FAULT_WRITE || now == FAULT_FULL || now == FAULT_ANY))
        return now == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    return real(f)->pMethods->xWrite(real(f), bytes, n, at);
}

static int
fault_sync(sqlite3_file *f, int flags)
{
    int now = atomic_load(&kind);

    atomic_fetch_add(&syncs, 1);
    if (is_due(now == FAULT_SYNC || now == FAULT_ANY))
        return SQLITE_IOERR_FSYNC;
    return real(f)->pMethods->xSync(real(f), flags);
}

/* Every other call goes straight on. */
#define FORWARD(name, arguments, call)                                                             \
    static int pass_##name arguments                                                               \
    {                                                                                              \
        return real(f)->pMethods->x##name call;                                                    \
    }
FORWARD(Close, (sqlite3_file * f), (real(f)))
FORWARD(Read, (sqlite3_file * f, void *to, int n, sqlite3_int64 at), (real(f), to, n, at))
FORWARD(Truncate, (sqlite3_file * f, sqlite3_int64 n), (real(f), n))
FORWARD(FileSize, (sqlite3_file * f, sqlite3_int64 *n), (real(f), n))
FORWARD(Lock, (sqlite3_file * f, int level), (real(f), level))
FORWARD(Unlock, (sqlite3_file * f, int level), (real(f), level))
FORWARD(CheckReservedLock, (sqlite3_file * f, int *out), (real(f), out))
FORWARD(FileControl, (sqlite3_file * f, int op, void *arg), (real(f), op, arg))
FORWARD(SectorSize, (sqlite3_file * f), (real(f)))
FORWARD(DeviceCharacteristics, (sqlite3_file * f), (real(f)))
FORWARD(ShmMap, (sqlite3_file * f, int page, int n, int extend, void volatile **out),
        (real(f), page, n, extend, out))
FORWARD(ShmLock, (sqlite3_file * f, int at, int n, int flags), (real(f), at, n, flags))
FORWARD(ShmUnmap, (sqlite3_file * f, int is_delete), (real(f), is_delete))

static void
pass_ShmBarrier(sqlite3_file *f)
{
    real(f)->pMethods->xShmBarrier(real(f));
}

static int
fault_open(sqlite3_vfs *self, const char *name, sqlite3_file *f, int flags, int *flags_out)
{
    static const sqlite3_io_methods methods = {
        .iVersion = 2, /* without memory mapping, which would write past us */
        .xClose = pass_Close,
        .xRead = pass_Read,
        .xWrite = fault_write,
        .xTruncate = pass_Truncate,
        .xSync = fault_sync,
        .xFileSize = pass_FileSize,
        .xLock = pass_Lock,
        .xUnlock = pass_Unlock,
        .xCheckReservedLock = pass_CheckReservedLock,
        .xFileControl = pass_FileControl,
        .xSectorSize = pass_SectorSize,
        .xDeviceCharacteristics = pass_DeviceCharacteristics,
        .xShmMap = pass_ShmMap,
        .xShmLock = pass_ShmLock,
        .xShmBarrier = pass_ShmBarrier,
        .xShmUnmap = pass_ShmUnmap,
    };
    int code = real_vfs->xOpen(real_vfs, name, real(f), flags, flags_out);

    (void)self;
    f->pMethods = real(f)->pMethods != NULL ? &methods : NULL;
    return code;
}

void
fault_install(void)
{
    sqlite3_initialize();
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs;
    vfs.zName = "fault";
    vfs.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
    vfs.xOpen = fault_open;
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
        abort();
}
