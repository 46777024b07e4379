#include "sim/sim_image.h"

#include <string.h>

#define PNG_HEADER 33 /* signature 8, length 4, "IHDR" 4, its data 13, checksum 4 */

static uint32_t
number(struct str bytes, size_t at, size_t size)
{
    uint32_t value = 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | (unsigned char)bytes.at[at + i];
    return value;
}

static bool
read_png(struct str bytes, struct sim_image *out)
{
    if (bytes.n < PNG_HEADER || number(bytes, 8, 4) != 13 || memcmp(bytes.at + 12, "IHDR", 4) != 0)
        return false;
    out->type = "image/png";
    out->width = number(bytes, 16, 4);
    out->height = number(bytes, 20, 4);
    return out->width > 0 && out->height > 0;
}

/* SOF0 to SOF15 but for DHT, JPG and DAC, which share the range. */
static bool
is_frame(uint32_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* From segment to segment until the frame header. */
static bool
read_jpeg(struct str bytes, struct sim_image *out)
{
    size_t at = 2;

    while (at + 9 <= bytes.n && number(bytes, at, 1) == 0xff) {
        uint32_t marker = number(bytes, at + 1, 1), n = number(bytes, at + 2, 2);

        if (is_frame(marker)) {
            out->type = "image/jpeg";
            out->height = number(bytes, at + 5, 2);
            out->width = number(bytes, at + 7, 2);
            return out->width > 0 && out->height > 0;
        }
        if (marker == 0xda || n < 2) /* the scan: pixels before a frame */
            return false;
        at += 2 + n;
    }
    return false;
}

bool
sim_image_read(struct str bytes, struct sim_image *out)
{
    if (str_starts(bytes, STR("\x89PNG\r\n\x1a\n")))
        return read_png(bytes, out);
    return str_starts(bytes, STR("\xff\xd8")) && read_jpeg(bytes, out);
}
