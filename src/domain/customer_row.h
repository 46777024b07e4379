/*
 * customer_row.h - what importing and linking share. Only customer.c and customer_import.c include
 * it.
 */
#ifndef DOMAIN_CUSTOMER_ROW_H
#define DOMAIN_CUSTOMER_ROW_H

#include "domain/customer.h"

#define CUSTOMER_PROOF_SIZE 16

/* Of the number and the eight digits of a birthday. */
void customer_proof(const struct db *db, const char *number, const char *birthday,
                    uint8_t out[CUSTOMER_PROOF_SIZE]);

#endif
