/*
 * sim_record.h - every request that stampd makes, as a line of JSON in a file.
 *
 * For looking at a run as a whole: tests/support/openapi_check.mjs holds the lines against LINE's
 * own descriptions. Only what names itself stampd is written (a test's own requests are often wrong
 * on purpose, and so may stampd's be: "off_the_record" in POST /sim/settings), and of headers only
 * those LINE's descriptions speak of; a token is no more than its scheme. A line is one write to a
 * file opened for appending, so that any number of simulators may share the file.
 */
#ifndef SIM_SIM_RECORD_H
#define SIM_SIM_RECORD_H

#include "sim/sim_gate.h"

/* ERR_INPUT "file_refused". NULL or "": nothing is recorded, and *out is -1. */
enum err_code sim_record_open(const char *path, int *out, struct err *e);

/* {"method", "path", "query", "headers": {}, "body", or "bytes": n}; a full disk ends the run. */
void sim_record(int file, const struct request *req);

#endif
