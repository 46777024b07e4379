#include "app/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

#define CONFIG_MAX (64 * KIB)
#define SECRET_MAX (4 * KIB)

enum setting_kind { TEXT, NUMBER, SWITCH, SECRET, URL, BASE /* a URL that may have a path */ };

struct setting {
    const char *key;
    enum setting_kind kind;
    size_t at;             /* in struct config */
    const char *otherwise; /* NULL: none, may stay empty */
    const char *help;
    int64_t min, max; /* NUMBER */
};

#define AT(field) offsetof(struct config, field)

static const struct setting settings[] = {
    {"DATA_DIR", TEXT, AT(data_dir), "data", "folder of the book (stampd.db) and the root key", 0,
     0},
    {"LISTEN", TEXT, AT(listen), "127.0.0.1:8080",
     "address and port, or unix:/path for a proxy on the same machine", 0, 0},
    {"PUBLIC_URL", URL, AT(public_url), "http://127.0.0.1:8080",
     "how browsers reach this service, without a path", 0, 0},
    {"TITLE", TEXT, AT(title), "Members", "what the chain calls itself, on the card", 0, 0},
    {"LOGIN_CHANNEL_ID", TEXT, AT(login_channel_id), NULL, "channel id of the LINE Login channel",
     0, 0},
    {"LOGIN_CHANNEL_SECRET", SECRET, AT(login_channel_secret), NULL,
     "channel secret of the LINE Login channel", 0, 0},
    {"CHANNEL_ID", TEXT, AT(channel_id), NULL, "channel id of the Messaging API channel", 0, 0},
    {"CHANNEL_SECRET", SECRET, AT(channel_secret), NULL,
     "channel secret of the Messaging API channel", 0, 0},
    {"CHANNEL_SECRET_OLD", SECRET, AT(channel_secret_old), NULL,
     "the one before, accepted too while it is being replaced", 0, 0},
    {"BOT_USER_ID", TEXT, AT(bot_user_id), NULL,
     "user id of the official account; when given, events for another are refused", 0, 0},
    {"LIFF_ID", TEXT, AT(liff_id), NULL, "LIFF app whose endpoint is PUBLIC_URL/card", 0, 0},
    {"FRIEND_URL", TEXT, AT(friend_url), NULL,
     "where the card offers to add the account, such as https://lin.ee/...", 0, 0},
    {"LINE_ACCESS_URL", URL, AT(line_access_url), "https://access.line.me",
     "LINE's login pages; another value is for line-sim", 0, 0},
    {"LINE_API_URL", URL, AT(line_api_url), "https://api.line.me",
     "LINE's API; another value is for line-sim", 0, 0},
    {"LINE_DATA_URL", URL, AT(line_data_url), "https://api-data.line.me",
     "where pictures for LINE go; another value is for line-sim", 0, 0},
    {"LIFF_URL", BASE, AT(liff_url), "https://liff.line.me",
     "where LIFF links begin; another value is for line-sim", 0, 0},
    {"MENU_LANGUAGES", TEXT, AT(menu_languages), "ja,en,zh-Hant,th",
     "of the rich menus; the first is what guests see at first", 0, 0},
    {"MENU_PICTURES", NUMBER, AT(menu_pictures), "31",
     "pictures of a plan's progress in one language, at most: of a plan with more counts, one "
     "stands for several",
     2, 900},
    {"PROXY_HEADER", TEXT, AT(proxy_header), NULL,
     "header in which the proxy in front gives the client's address, such as X-Real-IP", 0, 0},
    {"LOG_LEVEL", TEXT, AT(log_level), "info", "debug, info, warn or error", 0, 0},
    {"WORKERS", NUMBER, AT(workers), "0", "threads that answer requests; 0: one per core", 0, 256},
    {"CACHE_KIB", NUMBER, AT(cache_kib), "8192",
     "SQLite page cache of each connection that reads, in KiB", 64, 4 * 1024 * 1024},
    {"WRITER_CACHE_KIB", NUMBER, AT(writer_cache_kib), "65536",
     "SQLite page cache of the connection that writes, in KiB; it takes what the book needs of it",
     64, 4 * 1024 * 1024},
    {"KEPT_KIB", NUMBER, AT(kept_kib), "24576",
     "answers to shoppers kept until their card changes, in KiB; 0: none", 0, 4 * 1024 * 1024},
    {"CONNECTIONS_MAX", NUMBER, AT(connections_max), "4096", "connections open at the same time",
     16, 100000},
    {"PEER_RATE", NUMBER, AT(peer_rate), "50",
     "requests a second of one session, or of one address without, four times that at once; "
     "0: no limit",
     0, 1000},
    {"SHOP_LOGIN_URL", BASE, AT(shop_login_url), NULL,
     "the shop's own login page, for accounts outside LINE; empty: there is none", 0, 0},
    {"SHOP_LOGIN_SECRET", SECRET, AT(shop_login_secret), NULL,
     "what the shop signs with who logged in there, 32 characters or more", 0, 0},
    {"GUESTS", SWITCH, AT(guests), "1",
     "1: a card may be had before signing in with LINE; it earns, and redeems after", 0, 1},
    {"MERGE_DAYS", NUMBER, AT(merge_days), "30",
     "for how long two members made one can be told apart again", 0, 366},
    {"PURGE_UNFOLLOWED_DAYS", NUMBER, AT(purge_unfollowed_days), "365",
     "members who blocked the account and were not seen for so long are forgotten; 0: never", 0,
     3660},
    {"PURGE_DORMANT_DAYS", NUMBER, AT(purge_dormant_days), "730",
     "members who were not seen for so long are forgotten, told 30 days before; 0: never", 0, 3660},
    {"DEMO", SWITCH, AT(demo), "0", "1: the demo; refuses real LINE keys and other machines", 0, 1},
};

#define SHOP_SECRET_MIN 32 /* as many characters as a key of SHA-256 has bytes */
#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

/* ---------------------------------------------------------------- finding a setting */

static size_t
distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);

    if (n >= sizeof(row) / sizeof(row[0]))
        return n;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

static const char *
nearest(const char *key)
{
    const char *best = settings[0].key;

    for (size_t i = 1; i < SETTINGS; i++)
        if (distance(key, settings[i].key) < distance(key, best))
            best = settings[i].key;
    return best;
}

/* The row of `key`; KEY_FILE finds a secret's row and sets *from_file. */
static const struct setting *
setting_find(const char *key, bool *from_file)
{
    size_t n = strlen(key);

    *from_file = false;
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(settings[i].key, key) == 0)
            return &settings[i];
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *s = &settings[i];
        if (s->kind == SECRET && n == strlen(s->key) + 5 && strcmp(key + n - 5, "_FILE") == 0 &&
            strncmp(key, s->key, n - 5) == 0) {
            *from_file = true;
            return s;
        }
    }
    return NULL;
}

/* ---------------------------------------------------------------- reading */

static enum err_code
read_all(const char *path, size_t max, struct arena *a, struct str *out, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = arena_alloc(a, max + 1);
    ssize_t n;

    if (fd < 0)
        return err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_INPUT, "file_unreadable", "%s: %s",
                       path, strerror(errno));
    n = text ? read(fd, text, max + 1) : -1;
    close(fd);
    if (n < 0 || (size_t)n > max)
        return err_set(e, ERR_INPUT, "file_unreadable", "%s: cannot be read, or over %zu bytes",
                       path, max);
    *out = (struct str){text, (size_t)n};
    return OK;
}

static bool
url_is_plain(struct str url, bool may_have_path)
{
    struct str rest = url;

    if (!str_skip(&rest, STR("https://")) && !str_skip(&rest, STR("http://")))
        return false;
    return rest.n > 0 && rest.at[rest.n - 1] != '/' && !memchr(rest.at, ' ', rest.n) &&
           (may_have_path || !memchr(rest.at, '/', rest.n));
}

static enum err_code
setting_store(struct config *c, const struct setting *s, struct str value, struct err *e)
{
    char *at = (char *)c + s->at;
    char *text = arena_dup(c->arena, value.at, value.n);

    if (!text)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "settings");
    if (s->kind == NUMBER || s->kind == SWITCH) {
        int64_t number;
        if (!str_int(value, &number, s->min, s->max))
            return err_field(e, ERR_INPUT, "setting_invalid", s->key,
                             "a whole number from %lld to %lld is wanted, not \"%s\"",
                             (long long)s->min, (long long)s->max, text);
        memcpy(at, &number, sizeof(number));
        return OK;
    }
    if ((s->kind == URL || s->kind == BASE) && !url_is_plain(value, s->kind == BASE))
        return err_field(e, ERR_INPUT, "setting_invalid", s->key,
                         "https://host or http://host:port%s is wanted, not \"%s\"",
                         s->kind == BASE ? ", not ending in a slash," : " without a path", text);
    if (value.n == 0 && s->otherwise)
        return err_field(e, ERR_INPUT, "setting_invalid", s->key, "%s may not be empty", s->key);
    memcpy(at, &(const char *){value.n ? text : NULL}, sizeof(const char *));
    return OK;
}

static enum err_code
setting_take(struct config *c, const char *key, struct str value, struct err *e)
{
    bool from_file;
    const struct setting *s = setting_find(key, &from_file);
    struct str text;
    char *path;

    if (!s)
        return err_field(e, ERR_INPUT, "setting_unknown", key,
                         "no setting is called %s; the nearest is %s", key, nearest(key));
    if (!from_file)
        return setting_store(c, s, value, e);
    path = arena_dup(c->arena, value.at, value.n);
    if (!path || read_all(path, SECRET_MAX, c->arena, &text, e)) {
        e->code = ERR_INPUT;
        return err_wrap(e, "%s", key);
    }
    while (text.n && (text.at[text.n - 1] == '\n' || text.at[text.n - 1] == '\r'))
        text.n--;
    return setting_store(c, s, text, e);
}

static enum err_code
file_take(struct config *c, const char *path, struct str text, struct err *e)
{
    int number = 0;

    while (text.n) {
        struct str line, key;
        char name[64];

        number++;
        if (!str_until(&text, '\n', &line)) {
            line = text;
            text.n = 0;
        }
        if (line.n && line.at[line.n - 1] == '\r')
            line.n--;
        line = str_trim(line);
        if (!line.n || line.at[0] == '#')
            continue;
        if (!str_until(&line, '=', &key) || !str_copy(str_trim(key), name, sizeof(name)))
            return err_set(e, ERR_INPUT, "setting_invalid", "%s:%d: KEY=value is wanted", path,
                           number);
        if (setting_take(c, name, str_trim(line), e))
            return err_wrap(e, "%s:%d", path, number);
    }
    return OK;
}

static enum err_code
environment_take(struct config *c, struct err *e)
{
    for (char **at = environ; *at; at++) {
        struct str rest = str_of(*at), key;
        char name[64];

        if (!str_skip(&rest, STR("STAMPD_")) || !str_until(&rest, '=', &key))
            continue;
        if (!str_copy(key, name, sizeof(name)))
            return err_set(e, ERR_INPUT, "setting_unknown", "an environment name of %zu letters",
                           key.n);
        if (setting_take(c, name, rest, e))
            return err_wrap(e, "environment, STAMPD_%s", name);
    }
    return OK;
}

static bool
is_loopback(const char *url_or_listen)
{
    static const struct str hosts[] = {STR_INIT("127.0.0.1"), STR_INIT("localhost"),
                                       STR_INIT("[::1]")};
    struct str text = str_of(url_or_listen);

    if (str_starts(text, STR("unix:")))
        return true;
    (void)(str_skip(&text, STR("http://")) || str_skip(&text, STR("https://")));
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct str rest = text;
        if (str_skip(&rest, hosts[i]) && (rest.n == 0 || rest.at[0] == ':'))
            return true;
    }
    return false;
}

static enum err_code
config_check(const struct config *c, struct err *e)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    bool known = false;

    for (size_t i = 0; i < 4; i++)
        known |= strcmp(c->log_level, levels[i]) == 0;
    if (!known)
        return err_field(e, ERR_INPUT, "setting_invalid", "LOG_LEVEL",
                         "debug, info, warn or error is wanted, not \"%s\"", c->log_level);
    if (c->demo && (!is_loopback(c->listen) || !is_loopback(c->line_api_url) ||
                    !is_loopback(c->line_access_url) || !is_loopback(c->public_url)))
        return err_field(e, ERR_INPUT, "setting_invalid", "DEMO",
                         "the demo listens on this machine only and never talks to LINE itself");
    if (!str_starts(str_of(c->public_url), STR("https://")) && !is_loopback(c->public_url))
        return err_field(e, ERR_INPUT, "setting_invalid", "PUBLIC_URL",
                         "LINE and cookies need https (http is for this machine only)");
    return OK;
}

/* The defaults; config_clear also after a failure. */
static enum err_code
config_begin(struct config *c, struct err *e)
{
    *c = (struct config){.arena = arena_new(256 * KIB)};
    if (!c->arena)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "settings");
    for (size_t i = 0; i < SETTINGS; i++)
        if (settings[i].otherwise &&
            setting_store(c, &settings[i], str_of(settings[i].otherwise), e))
            return e->code;
    return OK;
}

static enum err_code
config_end(struct config *c, enum err_code code, struct config *out, struct err *e)
{
    if (code || config_check(c, e)) {
        config_clear(c);
        return e->code;
    }
    *e = (struct err){0};
    *out = *c;
    return OK;
}

enum err_code
config_parse(struct str text, const char *name, struct config *out, struct err *e)
{
    struct config c;

    return config_end(&c, config_begin(&c, e) || file_take(&c, name, text, e) ? e->code : OK, out,
                      e);
}

enum err_code
config_load(const char *path, struct config *out, struct err *e)
{
    const char *name = path ? path : "stampd.conf";
    struct config c;
    struct str text;
    enum err_code code = config_begin(&c, e);

    if (!code && !(code = read_all(name, CONFIG_MAX, c.arena, &text, e)))
        code = file_take(&c, name, text, e);
    else if (!path && code == ERR_NOT_FOUND)
        code = OK; /* all from the environment */
    if (!code)
        code = environment_take(&c, e);
    return config_end(&c, code, out, e);
}

void
config_clear(struct config *c)
{
    arena_free(c->arena);
    *c = (struct config){0};
}

enum err_code
config_check_serve(const struct config *c, struct err *e)
{
    const struct {
        const char *key, *value;
    } needed[] = {
        {"LOGIN_CHANNEL_ID", c->login_channel_id},
        {"LOGIN_CHANNEL_SECRET", c->login_channel_secret},
        {"CHANNEL_ID", c->channel_id},
        {"CHANNEL_SECRET", c->channel_secret},
    };

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (!needed[i].value)
            return err_field(e, ERR_INPUT, "setting_missing", needed[i].key,
                             "%s is needed: it stands in LINE's developer console", needed[i].key);
    if (c->shop_login_url &&
        (!c->shop_login_secret || strlen(c->shop_login_secret) < SHOP_SECRET_MIN))
        return err_field(
            e, ERR_INPUT, "setting_invalid", "SHOP_LOGIN_SECRET",
            "SHOP_LOGIN_SECRET: %d characters or more are needed beside SHOP_LOGIN_URL",
            SHOP_SECRET_MIN);
    return OK;
}

/* ---------------------------------------------------------------- the table as text */

void
config_help(struct buf *out)
{
    for (size_t i = 0; i < SETTINGS; i++)
        buf_format(out, "  %-22s %s%s%s%s\n", settings[i].key, settings[i].help,
                   settings[i].otherwise ? " [" : "",
                   settings[i].otherwise ? settings[i].otherwise : "",
                   settings[i].otherwise ? "]" : "");
}

void
config_markdown(struct buf *out)
{
    buf_text(out, "| setting | default | what it is |\n|---|---|---|\n");
    for (size_t i = 0; i < SETTINGS; i++)
        buf_format(
            out, "| `%s` | %s%s%s | %s%s |\n", settings[i].key, settings[i].otherwise ? "`" : "",
            settings[i].otherwise ? settings[i].otherwise : "", settings[i].otherwise ? "`" : "",
            settings[i].help, settings[i].kind == SECRET ? " (or its file, as KEY_FILE)" : "");
}

void
config_roff(struct buf *out)
{
    for (size_t i = 0; i < SETTINGS; i++)
        buf_format(out, ".TP\n.B %s\n%s%s%s%s\n", settings[i].key, settings[i].help,
                   settings[i].otherwise ? " [" : "",
                   settings[i].otherwise ? settings[i].otherwise : "",
                   settings[i].otherwise ? "]" : "");
}

void
config_sample(struct buf *out)
{
    buf_text(
        out,
        "# stampd.conf - settings of this installation. `stampd help settings` explains them.\n"
        "# Lines that begin with # are defaults or still to be filled in.\n\n");
    for (size_t i = 0; i < SETTINGS; i++)
        if (settings[i].kind != SWITCH)
            buf_format(out, "# %s\n#%s=%s\n\n", settings[i].help, settings[i].key,
                       settings[i].otherwise ? settings[i].otherwise : "");
}

void
config_show(const struct config *c, struct buf *out)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const char *at = (const char *)c + settings[i].at;
        const char *text;
        int64_t number;

        if (settings[i].kind == NUMBER || settings[i].kind == SWITCH) {
            memcpy(&number, at, sizeof(number));
            buf_format(out, "  %-22s %lld\n", settings[i].key, (long long)number);
            continue;
        }
        memcpy(&text, at, sizeof(text));
        buf_format(out, "  %-22s %s\n", settings[i].key,
                   !text                        ? "(none)"
                   : settings[i].kind == SECRET ? "(set)"
                                                : text);
    }
}
