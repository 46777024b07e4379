/*
 * config.h - the settings of one installation: defaults, then stampd.conf, then the environment.
 *
 * One table (config.c) is the source of the parser, of `stampd help settings`, of the README and of
 * the man page. The file is KEY=value lines with # comments; the environment's names are the
 * same with STAMPD_ in front. A secret may be given as KEY_FILE, the path of a file that holds it.
 * An unknown key is an error that names the nearest known one.
 */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct config {
    const char *data_dir, *listen, *public_url, *title;
    const char *login_channel_id, *login_channel_secret;
    const char *channel_id, *channel_secret, *channel_secret_old, *bot_user_id;
    const char *liff_id, *friend_url;
    const char *line_access_url, *line_api_url, *line_data_url, *liff_url;
    const char *menu_languages;
    const char *shop_login_url, *shop_login_secret;
    const char *proxy_header, *log_level;
    int64_t workers, cache_kib, writer_cache_kib, kept_kib, connections_max, peer_rate, merge_days,
        guests, demo, menu_pictures;
    int64_t purge_unfollowed_days, purge_dormant_days;
    struct arena *arena; /* holds every value */
};

/*
 * Read `path` (NULL: ./stampd.conf if there is one) and the environment into *out, then check that
 * the values make sense together. Free with config_clear.
 *
 * ERR_INPUT "setting_unknown", "setting_invalid" or "setting_missing", e->field the key, the text
 * with file and line
 */
enum err_code config_load(const char *path, struct config *out, struct err *e);
/* The same from a file's text, without the environment; `name` is what errors call it. */
enum err_code config_parse(struct str text, const char *name, struct config *out, struct err *e);
void config_clear(struct config *c);

/* What `serve` needs beyond the defaults: LINE's keys. ERR_INPUT "setting_missing" */
enum err_code config_check_serve(const struct config *c, struct err *e);

/* The table as text: for `stampd help`, as Markdown for the README, as roff for the man page. */
void config_help(struct buf *out);
void config_markdown(struct buf *out);
void config_roff(struct buf *out);
/* A commented stampd.conf to start from, as `stampd init` writes it. */
void config_sample(struct buf *out);
/* The settings in force, secrets masked: for `stampd doctor`. */
void config_show(const struct config *c, struct buf *out);

#endif
