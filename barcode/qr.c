#include "barcode/symbology.h"

#include <qrencode.h>
#include <string.h>

/*
 * How many digits the versions 1 to 6 hold, at level M, Q and H: all that a text can ask for.
 * Source: ISO/IEC 18004:2015, table 7.
 */
static const unsigned short digits_max[][QR_ECLEVEL_H + 1] = {
    {0, 34, 27, 17},   {0, 63, 48, 34},    {0, 101, 77, 58},
    {0, 149, 111, 82}, {0, 202, 144, 106}, {0, 255, 178, 139},
};

static uint64_t
pack_row(const unsigned char *module, unsigned width)
{
    uint64_t row = 0;

    for (unsigned i = 0; i < width; i++)
        row |= (uint64_t)(module[i] & 1) << i; /* the other bits tell libqrencode's own story */
    return row;
}

enum barcode_error
barcode_encode_qr_at(struct barcode_symbol *out, int version, int level,
                     struct barcode_refusal *why)
{
    /* Given bytes, libqrencode itself finds stretches of digits and capitals to pack closer. */
    QRcode *code = QRcode_encodeString(out->text, version, (QRecLevel)level, QR_MODE_8, 1);
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

/* The usual text, a member's number, needs no search: its size follows from its length. */
static enum barcode_error
encode_digits(struct barcode_symbol *out, size_t n, struct barcode_refusal *why)
{
    int version = 1;
    int level = QR_ECLEVEL_H;

    while (digits_max[version - 1][QR_ECLEVEL_M] < n)
        version++;
    while (digits_max[version - 1][level] < n)
        level--;
    return barcode_encode_qr_at(out, version, level, why);
}

/*
 * Few modules matter more to a camera than much redundancy: the smallest version that holds the
 * text at level M, then the highest level that still fits in it. How close libqrencode packs a
 * mixed text shows only in the symbol it makes, so we make one per level.
 */
enum barcode_error
barcode_encode_qr(struct barcode_symbol *out, size_t n, const struct barcode_options *options,
                  struct barcode_refusal *why)
{
    enum barcode_error error =
        barcode_complete_check(out, &n, 0, options->check, options->check_given, why);

    if (error)
        return error;
    if (strspn(out->text, "0123456789") == n)
        return encode_digits(out, n, why);
    error = barcode_encode_qr_at(out, 1, QR_ECLEVEL_M, why);
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
