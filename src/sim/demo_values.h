/*
 * demo_values.h - what the demo and the tests agree on: channels, people and the account's name.
 *
 * None of it is secret and none of it is known to LINE.
 */
#ifndef SIM_DEMO_VALUES_H
#define SIM_DEMO_VALUES_H

#define SIM_LOGIN_CHANNEL_ID "1234567890"
#define SIM_LOGIN_CHANNEL_SECRET "0123456789abcdef0123456789abcdef"
#define SIM_MESSAGING_CHANNEL_ID "1234567891"
#define SIM_MESSAGING_CHANNEL_SECRET "fedcba9876543210fedcba9876543210"
#define SIM_LIFF_ID "1234567890-AbcdEfgh"

/* The official account: webhook events carry its user id as their destination. */
#define SIM_BOT_USER_ID "Ub0700000000000000000000000000b07"
#define SIM_BOT_BASIC_ID "@points-demo"
#define SIM_BOT_NAME "Points Card"

/* The user id of person n, counted from 1: printf with an unsigned int. */
#define SIM_USER_ID_FORMAT "U5a3e1d07c94b2f6880e4d1a7%08x"

#define SIM_LISTEN "127.0.0.1:8091"
#define SIM_WEBHOOK_URL "http://127.0.0.1:8080/line/webhook"
#define SIM_LIFF_URL "http://127.0.0.1:8080/card"
#define SIM_QUOTA 200 /* messages a month in LINE's free plan in Japan */

#endif
