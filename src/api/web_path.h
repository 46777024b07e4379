/*
 * web_path.h - where the browser finds the files that the pages name.
 */
#ifndef API_WEB_PATH_H
#define API_WEB_PATH_H

/* "/static/card-1a2b3c4d.js" for "card.js"; NULL: there is no such file. */
const char *web_path(const char *name);

#endif
