#include "barcode/symbology.h"

#include <qrencode.h>
#include <stdbool.h>
#include <string.h>

/* Bytes of data by version and level. Source: ISO/IEC 18004:2015, table 7. */
static const unsigned short data_bytes[][QR_ECLEVEL_H + 1] = {
    {19, 16, 13, 9},      {34, 28, 22, 16},     {55, 44, 34, 26},     {80, 64, 48, 36},
    {108, 86, 62, 46},    {136, 108, 76, 60},   {156, 124, 88, 66},   {194, 154, 110, 86},
    {232, 182, 132, 100}, {274, 216, 154, 122}, {324, 254, 180, 140},
};

/* Of two to a pair of 11 bits. */
#define QR_CHARACTERS DIGIT_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

enum { VERSIONS = sizeof(data_bytes) / sizeof(data_bytes[0]) };

static uint64_t
pack_row(const unsigned char *module, unsigned width)
{
    uint64_t row = 0;

    for (unsigned i = 0; i < width; i++)
        row |= (uint64_t)(module[i] & 1) << i; /* the other bits tell libqrencode's own story */
    return row;
}

static enum barcode_error
take(struct barcode_symbol *out, QRcode *code, struct barcode_refusal *why)
{
    unsigned width;

    if (code == NULL)
        return barcode_refuse(why, BARCODE_NO_MEMORY, 0, "QR: libqrencode is out of memory.");
    width = (unsigned)code->width;
    for (unsigned y = 0; y < width && width <= BARCODE_QR_SIZE_MAX; y++)
        out->row[y] = pack_row(code->data + y * width, width);
    QRcode_free(code);
    if (width > BARCODE_QR_SIZE_MAX)
        return barcode_refuse(why, BARCODE_TOO_LONG, strlen(out->text) - 1,
                              "QR is too dense for a phone with all of these characters.");
    out->width = out->height = width;
    return BARCODE_OK;
}

enum barcode_error
barcode_encode_qr_at(struct barcode_symbol *out, int version, int level,
                     struct barcode_refusal *why)
{
    /* Given bytes, libqrencode itself finds stretches of digits and capitals to pack closer. */
    return take(out, QRcode_encodeString(out->text, version, (QRecLevel)level, QR_MODE_8, 1), why);
}

/* ---------------------------------------------------------------- without a search */

/* The whole text in one mode. Source: ISO/IEC 18004:2015, 7.4 (tables 2 and 3). */
static unsigned
bits_in_one(QRencodeMode mode, unsigned n, unsigned version)
{
    static const unsigned rest[] = {0, 4, 7};
    bool is_short = version < 10; /* of the count that goes before it */

    if (mode == QR_MODE_NUM)
        return (is_short ? 14U : 16U) + n / 3 * 10 + rest[n % 3];
    return (is_short ? 13U : 15U) + n / 2 * 11 + n % 2 * 6;
}

/*
 * No mixture of modes takes fewer: two modes or more, each with its mark and count, a digit a third
 * of 10 bits, any other character half of 11.
 */
static unsigned
bits_at_least(QRencodeMode mode, unsigned n, unsigned digits)
{
    unsigned one = bits_in_one(mode, n, 1);
    unsigned mixed = 4 + 10 + 4 + 9 + (digits * 20 + (n - digits) * 33) / 6;

    return digits > 0 && digits < n && mixed < one ? mixed : one;
}

static bool
holds(unsigned version, int level, unsigned bits)
{
    return version >= 1 && 8U * data_bytes[version - 1][level] >= bits;
}

/* What is certain of a text in one mode; a version of 0: nothing, for a mixture may be smaller. */
struct size {
    unsigned version;
    int level;
};

static struct size
size_of(QRencodeMode mode, unsigned n, unsigned digits)
{
    struct size size = {.version = 1, .level = QR_ECLEVEL_M};
    unsigned least = bits_at_least(mode, n, digits);

    while (size.version <= VERSIONS &&
           !holds(size.version, QR_ECLEVEL_M, bits_in_one(mode, n, size.version)))
        size.version++;
    if (size.version > VERSIONS || holds(size.version - 1, QR_ECLEVEL_M, least))
        return (struct size){0};
    while (size.level < QR_ECLEVEL_H &&
           holds(size.version, size.level + 1, bits_in_one(mode, n, size.version)))
        size.level++;
    if (size.level < QR_ECLEVEL_H && holds(size.version, size.level + 1, least))
        return (struct size){0};
    return size;
}

static enum barcode_error
encode_in_one(struct barcode_symbol *out, QRencodeMode mode, unsigned n, struct size size,
              struct barcode_refusal *why)
{
    QRinput *input = QRinput_new2((int)size.version, (QRecLevel)size.level);
    QRcode *code = NULL;

    if (input != NULL && QRinput_append(input, mode, (int)n, (const unsigned char *)out->text) == 0)
        code = QRcode_encodeInput(input);
    QRinput_free(input);
    return take(out, code, why);
}

/* ---------------------------------------------------------------- any text */

static enum barcode_error
encode_by_trial(struct barcode_symbol *out, struct barcode_refusal *why)
{
    enum barcode_error error = barcode_encode_qr_at(out, 1, QR_ECLEVEL_M, why);

    for (int level = QR_ECLEVEL_H; !error && level > QR_ECLEVEL_M; level--) {
        struct barcode_symbol trial = *out;

        if (barcode_encode_qr_at(&trial, 1, level, NULL) == BARCODE_OK &&
            trial.width == out->width) {
            *out = trial;
            break;
        }
    }
    return error;
}

/*
 * Few modules matter more to a camera than much redundancy: the smallest version that holds the
 * text at level M, then the highest level that still fits in it. For a member's number or a token
 * of capitals both mostly follow from its length; how close libqrencode packs a mixed text shows
 * only in the symbol it makes, so there we make one per level.
 */
enum barcode_error
barcode_encode_qr(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
                  struct barcode_refusal *why)
{
    enum barcode_error error =
        barcode_complete_check(out, &n, 0, options->check, options->check_given, why);
    struct size size = {0};
    QRencodeMode mode;
    unsigned digits = 0;

    if (error)
        return error;
    for (size_t i = 0; i < n; i++)
        digits += out->text[i] >= '0' && out->text[i] <= '9';
    mode = digits == n ? QR_MODE_NUM : QR_MODE_AN;
    if (strspn(out->text, QR_CHARACTERS) == n)
        size = size_of(mode, (unsigned)n, digits);
    return size.version != 0 ? encode_in_one(out, mode, (unsigned)n, size, why)
                             : encode_by_trial(out, why);
}
