/*
 * encode.h - content codings: what the client takes, and gzip for what is built on the spot.
 */
#ifndef HTTP_ENCODE_H
#define HTTP_ENCODE_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>

/* Does an Accept-Encoding allow `coding`? RFC 9110 12.5.3, without weighing: any q but 0 will do.
 */
bool encode_accepts(struct str accept, struct str coding);

/* `in` compressed with gzip, in arena; false when there is no room or nothing to gain. */
bool encode_gzip(struct arena *a, struct str in, struct str *out);

#endif
