#include "tests/support/disk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/disk_inside.h"

#define FILES_MAX 64

/* What SQLite sees of a file that it opened. */
struct handle {
    sqlite3_file head;
    struct file *file;
    int level;                     /* SQLITE_LOCK_... */
    int shm_shared, shm_exclusive; /* a bit for each lock this one holds */
};

static sqlite3_vfs vfs;
static sqlite3_vfs *real_vfs;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all files */
static struct file *files[FILES_MAX];
static size_t files_n;
static int64_t order;

static struct {
    char path[256];
    int (*call)(void *context, enum disk_call call, const char *name);
    void *context;
} watch;

/* ---------------------------------------------------------------- bytes */

static void *
must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

void
bytes_resize(struct bytes *b, size_t n)
{
    if (n > b->room) {
        b->room = n * 2;
        b->at = must(realloc(b->at, b->room));
    }
    if (n > b->n)
        memset(b->at + b->n, 0, n - b->n);
    b->n = n;
}

void
bytes_put(struct bytes *b, size_t at, const uint8_t *from, size_t n)
{
    if (at + n > b->n)
        bytes_resize(b, at + n);
    memcpy(b->at + at, from, n);
}

void
bytes_copy(struct bytes *to, const struct bytes *from)
{
    to->n = 0;
    if (from->n > 0)
        bytes_put(to, 0, from->at, from->n);
}

/* ---------------------------------------------------------------- files */

static struct file *
file_new(const char *name)
{
    struct file *f = must(calloc(1, sizeof(*f)));

    snprintf(f->name, sizeof(f->name), "%s", name);
    return f;
}

static void
file_free(struct file *f)
{
    free(f->now.at);
    free(f->synced.at);
    free(f->pool.at);
    free(f->unsynced);
    free(f);
}

struct file *
disk_file(const char *path, const char *suffix)
{
    char name[256];

    snprintf(name, sizeof(name), "%s%s", path, suffix);
    for (size_t i = 0; i < files_n; i++)
        if (strcmp(files[i]->name, name) == 0)
            return files[i];
    if (files_n == FILES_MAX)
        abort();
    return files[files_n++] = file_new(name);
}

static struct unsynced *
note(struct file *f)
{
    if (f->unsynced_n == f->unsynced_room) {
        f->unsynced_room = f->unsynced_room * 2 + 64;
        f->unsynced = must(realloc(f->unsynced, f->unsynced_room * sizeof(*f->unsynced)));
    }
    f->unsynced[f->unsynced_n] = (struct unsynced){.order = order++, .pool_at = f->pool.n};
    return &f->unsynced[f->unsynced_n++];
}

/* What was written since the last sync becomes what is on the disk. */
static void
settle_writes(struct file *f)
{
    for (size_t i = 0; i < f->unsynced_n; i++) {
        const struct unsynced *u = &f->unsynced[i];

        if (u->is_truncation)
            bytes_resize(&f->synced, u->at);
        else
            bytes_put(&f->synced, u->at, f->pool.at + u->pool_at, u->n);
    }
    f->unsynced_n = 0;
    f->pool.n = 0;
}

void
disk_settle(struct file *f)
{
    settle_writes(f);
    bytes_copy(&f->synced, &f->now);
    f->was_there = f->is_there;
    f->is_new = false;
}

void
disk_empty_shm(struct file *f)
{
    for (int i = 0; i < SHM_REGIONS; i++)
        if (f->shm[i] != NULL)
            memset(f->shm[i], 0, f->shm_bytes[i]);
}

void
disk_copy(const char *from, const char *to)
{
    static const char *const beside[] = {"", "-wal", "-journal"};

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
        struct file *a = disk_file(from, beside[i]);
        struct file *b = disk_file(to, beside[i]);

        b->is_there = a->is_there;
        bytes_copy(&b->now, &a->now);
        b->unsynced_n = 0;
        b->pool.n = 0;
        disk_settle(b);
        disk_empty_shm(b);
    }
    pthread_mutex_unlock(&lock);
}

int64_t
disk_frames(const char *path)
{
    int64_t n;

    pthread_mutex_lock(&lock);
    n = disk_file(path, "-wal")->writes / 2; /* a header and a page */
    pthread_mutex_unlock(&lock);
    return n;
}

int64_t
disk_unsynced(const char *path)
{
    size_t n;

    pthread_mutex_lock(&lock);
    n = disk_file(path, "")->unsynced_n + disk_file(path, "-wal")->unsynced_n;
    pthread_mutex_unlock(&lock);
    return (int64_t)n;
}

int64_t
disk_syncs(const char *path)
{
    int64_t n;

    pthread_mutex_lock(&lock);
    n = disk_file(path, "")->syncs + disk_file(path, "-wal")->syncs;
    pthread_mutex_unlock(&lock);
    return n;
}

/* ---------------------------------------------------------------- who watches */

void
disk_watch(const char *path, int (*call)(void *context, enum disk_call call, const char *name),
           void *context)
{
    pthread_mutex_lock(&lock);
    snprintf(watch.path, sizeof(watch.path), "%s", path);
    watch.call = call;
    watch.context = context;
    pthread_mutex_unlock(&lock);
}

int
disk_error(enum disk_call call)
{
    static const int code[DISK_CALLS] = {
        [DISK_OPEN] = SQLITE_CANTOPEN,          [DISK_READ] = SQLITE_IOERR_READ,
        [DISK_WRITE] = SQLITE_IOERR_WRITE,      [DISK_TRUNCATE] = SQLITE_IOERR_TRUNCATE,
        [DISK_SYNC] = SQLITE_IOERR_FSYNC,       [DISK_SIZE] = SQLITE_IOERR_FSTAT,
        [DISK_LOCK] = SQLITE_IOERR_LOCK,        [DISK_DELETE] = SQLITE_IOERR_DELETE,
        [DISK_ACCESS] = SQLITE_IOERR_ACCESS,    [DISK_SHM_MAP] = SQLITE_IOERR_SHMMAP,
        [DISK_SHM_LOCK] = SQLITE_IOERR_SHMLOCK,
    };

    return code[call];
}

static int
ask(const char *name, enum disk_call call)
{
    int (*watcher)(void *context, enum disk_call call, const char *name);
    void *context;
    size_t n;
    bool is_it;

    pthread_mutex_lock(&lock);
    n = strlen(watch.path);
    watcher = watch.call;
    context = watch.context;
    is_it =
        watcher != NULL && strncmp(name, watch.path, n) == 0 && (name[n] == '\0' || name[n] == '-');
    pthread_mutex_unlock(&lock);
    return is_it ? watcher(context, call, name) : SQLITE_OK;
}

/* Ask first; then go on with all files to oneself. */
#define ENTER(f, call)                                                                             \
    struct handle *h = (struct handle *)(f);                                                       \
    int code = ask(h->file->name, call);                                                           \
                                                                                                   \
    if (code != SQLITE_OK)                                                                         \
        return code;                                                                               \
    pthread_mutex_lock(&lock)

static int
leave(int code)
{
    pthread_mutex_unlock(&lock);
    return code;
}

/* ---------------------------------------------------------------- reading and writing */

static int
disk_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    ENTER(f, DISK_READ);
    const struct bytes *b = &h->file->now;
    size_t from = (size_t)at;
    size_t there = from >= b->n ? 0 : b->n - from < (size_t)n ? b->n - from : (size_t)n;

    if (there > 0)
        memcpy(to, b->at + from, there);
    memset((char *)to + there, 0, (size_t)n - there);
    return leave(there == (size_t)n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ);
}

static int
disk_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    ENTER(f, DISK_WRITE);
    struct file *file = h->file;

    bytes_put(&file->now, (size_t)at, from, (size_t)n);
    if (file->name[0] != '\0') {
        struct unsynced *u = note(file);

        u->at = (size_t)at;
        u->n = (size_t)n;
        bytes_put(&file->pool, u->pool_at, from, (size_t)n);
        file->writes++;
    }
    return leave(SQLITE_OK);
}

static int
disk_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    ENTER(f, DISK_TRUNCATE);
    struct file *file = h->file;

    bytes_resize(&file->now, (size_t)n);
    if (file->name[0] != '\0') {
        struct unsynced *u = note(file);

        u->is_truncation = true;
        u->at = (size_t)n;
    }
    return leave(SQLITE_OK);
}

static int
disk_sync(sqlite3_file *f, int flags)
{
    ENTER(f, DISK_SYNC);
    struct file *file = h->file;
    size_t n = strlen(file->name);

    (void)flags;
    if (file->is_new) { /* and what had the name before is gone */
        file->synced.n = 0;
        file->was_there = true;
        file->is_new = false;
    }
    settle_writes(file);
    file->syncs++;
    if (n < 4 || strcmp(file->name + n - 4, "-wal") != 0)
        disk_file(file->name, "-wal")->writes = 0; /* a checkpoint moved what it held */
    return leave(SQLITE_OK);
}

static int
disk_size(sqlite3_file *f, sqlite3_int64 *n)
{
    ENTER(f, DISK_SIZE);
    *n = (sqlite3_int64)h->file->now.n;
    return leave(SQLITE_OK);
}

static int
disk_control(sqlite3_file *f, int op, void *arg)
{
    (void)f, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int
disk_sector_size(sqlite3_file *f)
{
    (void)f;
    return 4096; /* as os_unix.c says */
}

static int
disk_characteristics(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as os_unix.c says */
}

/* ---------------------------------------------------------------- locks */

static int
disk_lock(sqlite3_file *f, int level)
{
    ENTER(f, DISK_LOCK);
    struct file *file = h->file;

    if (h->level >= level)
        return leave(SQLITE_OK);
    if (file->exclusive > (h->level >= SQLITE_LOCK_PENDING))
        return leave(SQLITE_BUSY);
    if (level >= SQLITE_LOCK_RESERVED && file->reserved > (h->level >= SQLITE_LOCK_RESERVED))
        return leave(SQLITE_BUSY);
    if (level == SQLITE_LOCK_EXCLUSIVE && file->shared > 1)
        return leave(SQLITE_BUSY);
    file->shared += h->level < SQLITE_LOCK_SHARED;
    file->reserved += h->level < SQLITE_LOCK_RESERVED && level >= SQLITE_LOCK_RESERVED;
    file->exclusive += h->level < SQLITE_LOCK_PENDING && level >= SQLITE_LOCK_PENDING;
    h->level = level;
    return leave(SQLITE_OK);
}

static int
disk_unlock(sqlite3_file *f, int level)
{
    struct handle *h = (struct handle *)f;
    struct file *file = h->file;

    pthread_mutex_lock(&lock);
    if (h->level > level) {
        file->exclusive -= h->level >= SQLITE_LOCK_PENDING;
        file->reserved -= h->level >= SQLITE_LOCK_RESERVED;
        file->shared -= h->level >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED;
        h->level = level;
    }
    return leave(SQLITE_OK);
}

static int
disk_check_reserved(sqlite3_file *f, int *out)
{
    ENTER(f, DISK_LOCK);
    *out = h->file->reserved > 0;
    return leave(SQLITE_OK);
}

/* ---------------------------------------------------------------- shared memory */

static int
disk_shm_map(sqlite3_file *f, int region, int n, int extend, void volatile **out)
{
    ENTER(f, DISK_SHM_MAP);
    struct file *file = h->file;

    if (region >= SHM_REGIONS)
        return leave(SQLITE_NOMEM);
    if (file->shm[region] == NULL && extend) {
        file->shm[region] = must(calloc(1, (size_t)n));
        file->shm_bytes[region] = (size_t)n;
    }
    *out = file->shm[region];
    return leave(SQLITE_OK);
}

static void
shm_unlock(struct handle *h, int i)
{
    h->file->shm_shared[i] -= (h->shm_shared >> i) & 1;
    h->file->shm_exclusive &= ~(h->shm_exclusive & (1 << i));
    h->shm_shared &= ~(1 << i);
    h->shm_exclusive &= ~(1 << i);
}

static int
disk_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    struct handle *h = (struct handle *)f;
    int code = flags & SQLITE_SHM_UNLOCK ? SQLITE_OK : ask(h->file->name, DISK_SHM_LOCK);
    int mask = ((1 << n) - 1) << at;

    if (code != SQLITE_OK)
        return code;
    pthread_mutex_lock(&lock);
    if (flags & SQLITE_SHM_UNLOCK) {
        for (int i = at; i < at + n; i++)
            shm_unlock(h, i);
        return leave(SQLITE_OK);
    }
    if (h->file->shm_exclusive & mask & ~h->shm_exclusive)
        return leave(SQLITE_BUSY);
    for (int i = at; i < at + n && flags & SQLITE_SHM_EXCLUSIVE; i++)
        if (h->file->shm_shared[i] > ((h->shm_shared >> i) & 1))
            return leave(SQLITE_BUSY);
    if (flags & SQLITE_SHM_EXCLUSIVE) {
        h->file->shm_exclusive |= mask;
        h->shm_exclusive |= mask;
    } else if (!(h->shm_shared & mask)) {
        h->file->shm_shared[at]++; /* shared locks are taken one at a time */
        h->shm_shared |= mask;
    }
    return leave(SQLITE_OK);
}

static void
disk_shm_barrier(sqlite3_file *f)
{
    (void)f;
    atomic_thread_fence(memory_order_seq_cst);
}

static int
disk_shm_unmap(sqlite3_file *f, int is_delete)
{
    struct handle *h = (struct handle *)f;

    (void)is_delete;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < SHM_LOCKS; i++)
        shm_unlock(h, i);
    return leave(SQLITE_OK);
}

/* ---------------------------------------------------------------- opening */

static int
disk_close(sqlite3_file *f)
{
    struct handle *h = (struct handle *)f;

    disk_shm_unmap(f, 0);
    disk_unlock(f, SQLITE_LOCK_NONE);
    pthread_mutex_lock(&lock);
    if (h->file->name[0] == '\0')
        file_free(h->file);
    else if (h->file->shared == 0)
        disk_empty_shm(h->file); /* the next to open it is the first */
    return leave(SQLITE_OK);
}

static int
disk_open(sqlite3_vfs *self, const char *name, sqlite3_file *f, int flags, int *flags_out)
{
    static const sqlite3_io_methods methods = {
        .iVersion = 2, /* without memory mapping, which would write past us */
        .xClose = disk_close,
        .xRead = disk_read,
        .xWrite = disk_write,
        .xTruncate = disk_truncate,
        .xSync = disk_sync,
        .xFileSize = disk_size,
        .xLock = disk_lock,
        .xUnlock = disk_unlock,
        .xCheckReservedLock = disk_check_reserved,
        .xFileControl = disk_control,
        .xSectorSize = disk_sector_size,
        .xDeviceCharacteristics = disk_characteristics,
        .xShmMap = disk_shm_map,
        .xShmLock = disk_shm_lock,
        .xShmBarrier = disk_shm_barrier,
        .xShmUnmap = disk_shm_unmap,
    };
    struct handle *h = (struct handle *)f;
    int code = name == NULL ? SQLITE_OK : ask(name, DISK_OPEN);

    (void)self;
    f->pMethods = NULL;
    if (code != SQLITE_OK)
        return code;
    pthread_mutex_lock(&lock);
    *h = (struct handle){.file = name == NULL ? file_new("") : disk_file(name, "")};
    if (!h->file->is_there) {
        h->file->is_there = true;
        h->file->is_new =
            !(flags & SQLITE_OPEN_MAIN_DB); /* that was made before, and its name synced */
    }
    h->head.pMethods = &methods;
    if (flags_out != NULL)
        *flags_out = flags;
    return leave(SQLITE_OK);
}

static int
disk_delete(sqlite3_vfs *self, const char *name, int sync_directory)
{
    int code = ask(name, DISK_DELETE);
    struct file *file;

    (void)self;
    if (code != SQLITE_OK)
        return code;
    pthread_mutex_lock(&lock);
    file = disk_file(name, "");
    if (!file->is_there)
        return leave(SQLITE_IOERR_DELETE_NOENT);
    file->is_there = false;
    file->now.n = 0;
    file->unsynced_n = 0;
    file->pool.n = 0;
    file->writes = 0;
    if (sync_directory)
        disk_settle(file);
    return leave(SQLITE_OK);
}

static int
disk_access(sqlite3_vfs *self, const char *name, int flags, int *out)
{
    int code = ask(name, DISK_ACCESS);
    struct file *file;

    (void)self;
    if (code != SQLITE_OK)
        return code;
    pthread_mutex_lock(&lock);
    file = disk_file(name, "");
    *out = file->is_there && (flags != SQLITE_ACCESS_EXISTS || file->now.n > 0);
    return leave(SQLITE_OK);
}

void
disk_install(void)
{
    sqlite3_initialize();
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs;
    vfs.zName = "disk";
    vfs.szOsFile = (int)sizeof(struct handle);
    vfs.xOpen = disk_open;
    vfs.xDelete = disk_delete;
    vfs.xAccess = disk_access;
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
        abort();
}
