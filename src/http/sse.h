/*
 * sse.h - server-sent events (WHATWG HTML, section 9.2): topics and those who listen.
 *
 * A topic is a number (a member, a shop). Publishing never blocks: a listener that does not read
 * loses its stream (64 KiB behind) and its browser comes back with a fresh one. A comment line
 * every 20 s keeps proxies from closing the stream.
 */
#ifndef HTTP_SSE_H
#define HTTP_SSE_H

#include "base/err.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct sse_hub;
struct sse_feed;

/* A feed for reply_stream; *feed_out is new until a reply takes it. ERR_LIMIT past the per-topic
 * (8) or total (2,000) number. */
enum err_code
sse_listen(struct sse_hub *hub, uint64_t topic, struct sse_feed **feed_out, struct err *e);
void sse_publish(struct sse_hub *hub, uint64_t topic, const char *event, struct str data);
/* The streams of a topic end; a browser that still may comes back by itself. */
void sse_end(struct sse_hub *hub, uint64_t topic);
size_t sse_listeners(struct sse_hub *hub, uint64_t topic);

#endif
