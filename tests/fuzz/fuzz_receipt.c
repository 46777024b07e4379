/* Any bytes as the number of a receipt: what is one has one form, and that form reads the same. */
#include <assert.h>
#include <string.h>

#include "domain/receipt_number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char first[RECEIPT_NUMBER_SIZE], again[RECEIPT_NUMBER_SIZE];

    if (!receipt_number_read((struct str){(const char *)data, n}, first))
        return 0;
    assert(first[0] != '\0' && strlen(first) <= RECEIPT_NUMBER_MAX);
    assert(strspn(first, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(first));
    assert(receipt_number_read(str_of(first), again) && !strcmp(first, again));
    return 0;
}
