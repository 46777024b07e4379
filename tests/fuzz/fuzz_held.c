/* A line of a file of receipts: only a number and a MAC are one. */
#include <assert.h>

#include "domain/held_receipts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct held_receipt receipt;

    if (held_receipt_read((struct str){(const char *)data, n}, &receipt))
        assert(receipt.seq > 0 && n >= 2 + 2 * MAC_SIZE);
    return 0;
}
