/*
 * err.h - how a function says that it failed.
 *
 * A function that can fail returns an enum err_code (OK is 0, so calls chain with ||) and takes
 * a struct err last. The code is what a caller can act on; the word is what a client program may
 * branch on; the text is for the operator's log and never shown to a visitor.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
    OK,
    ERR_INPUT,       /* what was sent is wrong in itself: 400 */
    ERR_AUTH,        /* not known who is asking: 401 */
    ERR_FORBIDDEN,   /* known, and may not: 403 */
    ERR_NOT_FOUND,   /* nothing here under that name: 404 */
    ERR_METHOD,      /* the resource exists, not for this method: 405 */
    ERR_CONFLICT,    /* right in itself, not in this state: 409 */
    ERR_TOO_LARGE,   /* 413 */
    ERR_MEDIA,       /* another content type than the route takes: 415 */
    ERR_MISDIRECTED, /* a Host that is not ours: 421 */
    ERR_MISMATCH,    /* an idempotency key used again with another request: 422 */
    ERR_LIMIT,       /* asked too often: 429 */
    ERR_INTERNAL,    /* our fault: 500 */
    ERR_UPSTREAM,    /* LINE did not answer as it should: 502 */
    ERR_BUSY,        /* try again: 503 */
    ERR_FULL,        /* the disk is full: 507 */
};

struct err {
    enum err_code code;
    const char *word; /* snake_case, a literal, such as "field_missing"; never NULL after err_set */
    char field[48];   /* the JSON field, header or setting that is at fault, or "" */
    char text[256];   /* outermost context first */
};

/* Record a failure; any of the two returns the code, so that "return err_set(...)" reads well. */
enum err_code err_set(struct err *e, enum err_code code, const char *word, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
enum err_code err_field(struct err *e, enum err_code code, const char *word, const char *field,
                        const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The field that was named below stands inside of this one: "earn" and "caps" make "earn.caps". One
 * that says so already stays, and so does a failure that is not of what was sent. */
enum err_code
err_inside(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Put context in front of a failure that was set below: "context: text". Keeps code and word. */
enum err_code
err_wrap(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
