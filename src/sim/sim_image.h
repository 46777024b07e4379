/*
 * sim_image.h - what the first bytes of a picture say about it.
 *
 * Source: PNG (W3C, third edition) section 11.2.1, IHDR; JPEG (ITU-T T.81) annex B, frame header.
 */
#ifndef SIM_SIM_IMAGE_H
#define SIM_SIM_IMAGE_H

#include "base/str.h"

#include <stdbool.h>

struct sim_image {
    const char *type; /* "image/png" or "image/jpeg" */
    uint32_t width, height;
};

/* False: neither of the two, or its header breaks off or says nonsense. */
bool sim_image_read(struct str bytes, struct sim_image *out);

#endif
