/*
 * zint_peer.h - linear symbols as zint draws them, to compare ours with.
 *
 * On its own because zint.h and barcode.h give the same names to other things.
 */
#ifndef SUPPORT_ZINT_PEER_H
#define SUPPORT_ZINT_PEER_H

#include <stddef.h>
#include <stdint.h>

enum zint_peer {
    ZINT_EAN, /* 12 or 13 digits, or 7 or 8 */
    ZINT_CODE128,
    ZINT_NW7,       /* at 2:1 */
    ZINT_NW7_MOD16, /* the check character added by zint */
    ZINT_CODE39,    /* at 2:1 */
    ZINT_CODE39_MOD43,
    ZINT_ITF, /* at 3:1 */
    ZINT_ITF_M10W31,
};

/* The runs of the n bytes at text, bar, space, bar ...; 0 if zint refuses them or needs more than
 * cap. */
size_t
zint_peer_runs(enum zint_peer symbology, const char *text, size_t n, uint8_t *run, size_t cap);

#endif
