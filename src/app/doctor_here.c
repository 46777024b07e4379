#include "app/doctor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/migrate.h"

#define DISK_FAIL_MIB 100
#define DISK_WARN_MIB 1024

static void
look_at_settings(struct doctor *d)
{
    const struct {
        const char *key, *value, *where;
        bool needed;
    } rows[] = {
        {"LOGIN_CHANNEL_ID", d->c->login_channel_id, "LINE Login channel, Basic settings", true},
        {"LOGIN_CHANNEL_SECRET", d->c->login_channel_secret, "LINE Login channel, Basic settings",
         true},
        {"CHANNEL_ID", d->c->channel_id, "Messaging API channel, Basic settings", true},
        {"CHANNEL_SECRET", d->c->channel_secret, "Messaging API channel, Basic settings", true},
        {"LIFF_ID", d->c->liff_id,
         "LINE Login channel, LIFF; without it cards open in browsers only", false},
    };
    bool all = true;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].value)
            continue;
        all = false;
        doctor_say(d, rows[i].needed ? FAIL : WARN,
                   "setting %s is empty - it stands in LINE's developer console: %s", rows[i].key,
                   rows[i].where);
    }
    if (!d->c->bot_user_id)
        doctor_say(
            d, WARN,
            "setting BOT_USER_ID is empty - events for another account are taken too; its value "
            "stands below, if LINE can be asked");
    if (all)
        doctor_say(d, FINE, "settings: nothing that LINE has to give is missing");
    if (d->c->channel_secret_old)
        doctor_say(
            d, NOTE,
            "CHANNEL_SECRET_OLD is still accepted - remove it once LINE uses the new secret");
}

static bool
look_at_key(struct doctor *d)
{
    const char *path = data_path(d->arena, d->c, DATA_ROOT_KEY);
    struct err e = {0};

    if (keys_load(path, &d->keys, &e)) {
        doctor_say(d, FAIL, "root key %s - %s", e.text,
                   e.code == ERR_NOT_FOUND
                       ? "`stampd init` makes one; for a book that exists, bring back its own"
                       : "it has 32 bytes and mode 600");
        return false;
    }
    doctor_say(d, FINE, "root key %s: 32 bytes, for our eyes only", path);
    return true;
}

static void
look_at_book(struct doctor *d)
{
    const char *path = data_path(d->arena, d->c, DATA_BOOK);
    const struct db_options options = {.mode = DB_READ};
    struct err e = {0};
    int64_t version;

    if (migrate_version(path, &version, &e)) {
        doctor_say(d, FAIL, "book %s", e.text);
    } else if (version == 0) {
        doctor_say(d, FAIL, "book %s: none - run `stampd init`", path);
    } else if (version != migrate_latest()) {
        doctor_say(d, FAIL, "book %s: schema %" PRId64 ", this program has %" PRId64 " - %s", path,
                   version, migrate_latest(),
                   version < migrate_latest() ? "run `stampd migrate`" : "use a newer stampd");
    } else if (db_open(&d->db, path, &options, &e)) {
        doctor_say(d, FAIL, "book %s", e.text);
    } else {
        doctor_say(d, FINE, "book %s: schema %" PRId64 " (`stampd check` proves what is in it)",
                   path, version);
    }
}

/* What only we may read: the book, what SQLite keeps beside it, and the settings with their
 * secrets. */
static void
look_at_modes(struct doctor *d)
{
    const char *paths[] = {
        data_path(d->arena, d->c, DATA_BOOK),
        data_path(d->arena, d->c, DATA_BOOK "-wal"),
        data_path(d->arena, d->c, DATA_BOOK "-shm"),
        d->call->config_path ? d->call->config_path : "stampd.conf",
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct stat facts;

        if (stat(paths[i], &facts) == 0 && facts.st_mode & 077)
            doctor_say(d, WARN, "file %s: others on this machine may open it - chmod 600 %s",
                       paths[i], paths[i]);
    }
}

static void
look_at_disk(struct doctor *d)
{
    const char *dir = d->c->data_dir;
    struct statvfs disk;
    struct stat facts;
    uint64_t mib;

    if (stat(dir, &facts) || !S_ISDIR(facts.st_mode) || access(dir, W_OK | X_OK)) {
        doctor_say(d, FAIL, "data folder %s: %s - stampd must be able to write in it", dir,
                   errno ? strerror(errno) : "no folder");
        return;
    }
    if (facts.st_mode & 077)
        doctor_say(d, WARN, "data folder %s: others may look into it - chmod 700", dir);
    if (statvfs(dir, &disk)) {
        doctor_say(d, WARN, "data folder %s: free space not known: %s", dir, strerror(errno));
        return;
    }
    mib = (uint64_t)disk.f_bavail * disk.f_frsize / MIB;
    doctor_say(d,
               mib < DISK_FAIL_MIB   ? FAIL
               : mib < DISK_WARN_MIB ? WARN
                                     : FINE,
               "data folder %s: writable, %" PRIu64 " MiB free%s", dir, mib,
               mib < DISK_WARN_MIB ? " - a full disk stops every grant" : "");
}

void
doctor_look_here(struct doctor *d)
{
    bool has_keys;

    look_at_settings(d);
    has_keys = look_at_key(d);
    look_at_book(d);
    look_at_modes(d);
    look_at_disk(d);
    if (d->db && has_keys) {
        db_attach(d->db, &d->keys);
    } else {
        db_close(d->db);
        d->db = NULL;
    }
}
