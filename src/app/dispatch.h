/*
 * dispatch.h - between the outbox and the courier: what was taken becomes parcels, and what came of
 * a parcel goes back into the book as a job of the writer.
 */
#ifndef APP_DISPATCH_H
#define APP_DISPATCH_H

#include "api/service.h"
#include "app/courier.h"
#include "domain/outbox.h"
#include "store/writer.h"

struct dispatch { /* all borrowed */
    struct writer *writer;
    struct service *service;
    struct courier *courier;
};

/* To be called only after the COMMIT that says they are under way. */
void dispatch_send(const struct dispatch *d, const struct outbox_item *items, size_t n);
/* On the courier's thread. The parcel is taken. */
void dispatch_delivered(const struct dispatch *d, struct parcel *parcel);

#endif
