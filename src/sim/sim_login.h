/*
 * sim_login.h - authorization codes on their way from the consent page to the token endpoint.
 */
#ifndef SIM_SIM_LOGIN_H
#define SIM_SIM_LOGIN_H

#include "sim/sim_state.h"

#define SIM_CODE_MS (10 * MINUTE_MS)

struct sim_code {
    const struct sim_person *person;
    char redirect_uri[SIM_URL_SIZE];
    char nonce[256];
    char challenge[64]; /* S256; "": no PKCE */
    bool openid, profile;
    const char *amr; /* how the person proved who it is */
    int64_t auth_ms; /* when; 0: no auth_time was asked for */
    int64_t issued_ms;
};

#endif
