/*
 * reserve.h - memory kept aside for OpenSSL, for the moment when the system has none.
 *
 * Whoever hashes or seals cannot do without, and asks for a little and only for a moment: so a
 * request that finds no memory elsewhere is refused, and the process lives.
 */
#ifndef BASE_RESERVE_H
#define BASE_RESERVE_H

/* Before OpenSSL is asked for anything; later it has no effect. */
void reserve_for_openssl(void);

#endif
