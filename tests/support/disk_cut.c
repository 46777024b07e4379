#include "tests/support/disk.h"

#include <string.h>

#include "tests/support/disk_inside.h"

/* One cut, and the chance in it. */
struct cut {
    enum disk_cut how;
    uint64_t state;
    int64_t moment; /* DISK_CUT_PREFIX: the last write that began */
    unsigned kept;  /* DISK_CUT_RANDOM: eighths of the sectors */
};

/* SplitMix64: any seed will do, and neighbours have nothing in common. */
static uint64_t
chance(struct cut *cut, uint64_t limit)
{
    uint64_t z = cut->state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % limit;
}

/* ---------------------------------------------------------------- one write */

/* How many bytes from `at` belong to the same sector. */
static size_t
in_sector(size_t at, size_t n)
{
    size_t rest = DISK_SECTOR - at % DISK_SECTOR;

    return rest < n ? rest : n;
}

static void
put_sectors(struct cut *cut, struct bytes *to, const struct unsynced *u, const uint8_t *from)
{
    for (size_t done = 0, n; done < u->n; done += n) {
        n = in_sector(u->at + done, u->n - done);
        if (chance(cut, 8) < cut->kept)
            bytes_put(to, u->at + done, from + done, n);
    }
}

static void
put_torn(struct cut *cut, struct bytes *to, const struct unsynced *u, const uint8_t *from)
{
    size_t sectors = (u->at + u->n - 1) / DISK_SECTOR - u->at / DISK_SECTOR + 1;
    size_t kept = (size_t)chance(cut, sectors + 1);

    for (size_t done = 0, n; done < u->n && kept > 0; done += n, kept--) {
        n = in_sector(u->at + done, u->n - done);
        bytes_put(to, u->at + done, from + done, n);
    }
}

static void
apply(struct cut *cut, struct bytes *to, const struct file *f, const struct unsynced *u)
{
    const uint8_t *from = f->pool.at + u->pool_at;

    if (cut->how == DISK_CUT_SYNCED || (cut->how == DISK_CUT_PREFIX && u->order > cut->moment))
        return;
    if (u->is_truncation) {
        if (cut->how == DISK_CUT_PREFIX || chance(cut, 8) < cut->kept)
            bytes_resize(to, u->at);
    } else if (cut->how == DISK_CUT_RANDOM)
        put_sectors(cut, to, u, from);
    else if (u->order == cut->moment)
        put_torn(cut, to, u, from);
    else
        bytes_put(to, u->at, from, u->n);
}

/* The length may be on the disk before the bytes are; what stands there then is anything. */
static void
grow(struct cut *cut, struct bytes *to, size_t n)
{
    size_t from = to->n;
    bool is_noise = chance(cut, 2) == 0;

    if (n <= from)
        return;
    bytes_resize(to, n);
    for (size_t at = from; is_noise && at < n; at++)
        to->at[at] = (uint8_t)chance(cut, 256);
}

/* ---------------------------------------------------------------- one file */

static void
cut_file(struct cut *cut, const struct file *f, struct file *image)
{
    bool is_there = f->was_there;
    bool is_new = f->is_new && cut->how != DISK_CUT_SYNCED && chance(cut, 2) == 0;

    if (cut->how == DISK_CUT_NOTHING) {
        image->is_there = f->is_there;
        bytes_copy(&image->now, &f->now);
        return;
    }
    image->now.n = 0;
    if (is_new)
        is_there = true;
    else if (!f->is_there && cut->how != DISK_CUT_SYNCED && chance(cut, 2) == 0)
        is_there = false; /* removed, and it stayed so */
    image->is_there = is_there;
    if (!is_there)
        return;
    if (!is_new)
        bytes_copy(&image->now, &f->synced);
    if (f->is_new && !is_new)
        return; /* the name still stands for what was there before */
    for (size_t i = 0; i < f->unsynced_n; i++)
        apply(cut, &image->now, f, &f->unsynced[i]);
    if (cut->how == DISK_CUT_RANDOM && chance(cut, 4) == 0)
        grow(cut, &image->now, f->now.n);
}

/* The write in which the power goes; one more than there are: after all of them. */
static int64_t
moment(struct cut *cut, const struct file *a, const struct file *b)
{
    size_t which = (size_t)chance(cut, a->unsynced_n + b->unsynced_n + 1);

    if (which < a->unsynced_n)
        return a->unsynced[which].order;
    which -= a->unsynced_n;
    return which < b->unsynced_n ? b->unsynced[which].order : INT64_MAX;
}

void
disk_cut(const char *path, const char *image, enum disk_cut how, uint64_t seed)
{
    struct file *db = disk_file(path, "");
    struct file *wal = disk_file(path, "-wal");
    struct file *image_db = disk_file(image, "");
    struct file *image_wal = disk_file(image, "-wal");
    struct cut cut = {.how = how, .state = seed};

    cut.moment = moment(&cut, db, wal);
    cut.kept = (unsigned)(1 + 3 * chance(&cut, 3));
    cut_file(&cut, db, image_db);
    cut_file(&cut, wal, image_wal);
    disk_empty_shm(image_db);
    image_db->unsynced_n = 0; /* whoever opens it may write; nobody cuts it again */
    image_db->pool.n = 0;
    image_wal->unsynced_n = 0;
    image_wal->pool.n = 0;
}
