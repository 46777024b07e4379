#include "domain/keys.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/entropy.h"

/* The purposes are part of the format: changing one makes everything under that key unreadable. */
static const struct {
    size_t at;
    const char *purpose;
} derived[] = {
    {offsetof(struct keys, ledger), "stampd ledger v1"},
    {offsetof(struct keys, audit), "stampd audit v1"},
    {offsetof(struct keys, code), "stampd code v1"},
    {offsetof(struct keys, locator), "stampd locator v1"},
    {offsetof(struct keys, number), "stampd number v1"},
    {offsetof(struct keys, redeem), "stampd redeem v1"},
    {offsetof(struct keys, answer), "stampd answer v1"},
    {offsetof(struct keys, kept), "stampd kept answer v1"},
    {offsetof(struct keys, index), "stampd index v1"},
    {offsetof(struct keys, identity), "stampd identity v1"},
    {offsetof(struct keys, inbox), "stampd inbox v1"},
    {offsetof(struct keys, outbox), "stampd outbox v1"},
    {offsetof(struct keys, enrol), "stampd enrol v1"},
    {offsetof(struct keys, cookie), "stampd cookie v1"},
    {offsetof(struct keys, csrf), "stampd csrf v1"},
    {offsetof(struct keys, reward), "stampd reward v1"},
    {offsetof(struct keys, reward_index), "stampd reward index v1"},
    {offsetof(struct keys, head), "stampd head v1"},
};

void
keys_derive(const uint8_t root[KEY_SIZE], struct keys *out)
{
    static_assert(sizeof(derived) / sizeof(derived[0]) * KEY_SIZE == sizeof(*out),
                  "every key has a purpose");

    for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++)
        hkdf_sha256(root, derived[i].purpose, (uint8_t *)out + derived[i].at);
}

static enum err_code
read_root(int fd, const char *path, uint8_t root[KEY_SIZE], struct err *e)
{
    struct stat st;
    uint8_t more;

    if (fstat(fd, &st) != 0)
        return err_set(e, ERR_INTERNAL, "key_unreadable", "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
        return err_set(e, ERR_INPUT, "key_unsafe", "%s: must be a file of mode 0600", path);
    if (read(fd, root, KEY_SIZE) != KEY_SIZE || read(fd, &more, 1) != 0)
        return err_set(e, ERR_INPUT, "key_invalid", "%s: not %d bytes", path, KEY_SIZE);
    return OK;
}

enum err_code
keys_load(const char *path, struct keys *out, struct err *e)
{
    uint8_t root[KEY_SIZE];
    enum err_code code;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0 && errno == ENOENT)
        return err_set(e, ERR_NOT_FOUND, "key_missing", "%s: no such file", path);
    if (fd < 0)
        return err_set(e, errno == ELOOP ? ERR_INPUT : ERR_INTERNAL,
                       errno == ELOOP ? "key_unsafe" : "key_unreadable", "%s: %s", path,
                       strerror(errno));
    code = read_root(fd, path, root, e);
    close(fd);
    if (code == OK)
        keys_derive(root, out);
    digest_wipe(root, sizeof(root));
    return code;
}

/* The new name itself has to reach the disk as well. */
static bool
sync_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    bool synced;
    int fd;

    if (slash == NULL)
        snprintf(folder, sizeof(folder), ".");
    else
        snprintf(folder, sizeof(folder), "%.*s", slash == path ? 1 : (int)(slash - path), path);
    fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return synced;
}

enum err_code
keys_create(const char *path, struct err *e)
{
    uint8_t root[KEY_SIZE];
    bool written;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0 && errno == EEXIST)
        return err_set(e, ERR_CONFLICT, "key_exists", "%s: is already there", path);
    if (fd < 0)
        return err_set(e, ERR_INTERNAL, "key_unwritable", "%s: %s", path, strerror(errno));
    entropy_fill(root, sizeof(root));
    written = write(fd, root, sizeof(root)) == (ssize_t)sizeof(root) && fsync(fd) == 0;
    written = close(fd) == 0 && written;
    digest_wipe(root, sizeof(root));
    if (written && sync_folder(path))
        return OK;
    unlink(path);
    return err_set(e, ERR_INTERNAL, "key_unwritable", "%s: %s", path, strerror(errno));
}

const struct keys *
keys_of(const struct db *db)
{
    const struct keys *keys = db_context(db);

    assert(keys != NULL);
    return keys;
}
