/*
 * Gifts between members and credit afterwards, through the real service: what each side is told,
 * who wins a race, and the way through LINE's login.
 *
 * RACES (20) races of SEED (printed).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/control.h"
#include "tests/support/harness.h"
#include "tests/support/stampd.h"

#define RUNNERS 12

static struct browser giver, taker, third, till;

static int
set_up(void **state)
{
    giver = taker = third = till = (struct browser){0};
    return harness_set_up(state);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, harness_tear_down)

static int64_t
scan(struct browser *member, int plan)
{
    harness_advance(30 * SECOND_MS);
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", card_code(member, plan)),
            200);
    return got_int("scan");
}

static void
grant_points(struct browser *member, int points)
{
    int64_t id = scan(member, POINTS);

    ANSWERS(post(&till, "/api/till/grants", fresh_key(), "{\"scan\":%lld,\"yen\":%d}",
                 (long long)id, points * 100),
            201);
}

static int64_t
balance_of(struct browser *member)
{
    ANSWERS(get(member, "/api/card?plan=2"), 200);
    return got_int("card.balance");
}

/* Person 1 has 45 points; the others are there. */
static void
begin(void)
{
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    login_liff(&giver, 1);
    login_liff(&taker, 2);
    login_liff(&third, 3);
    grant_points(&giver, 45);
}

static int64_t
give(int amount)
{
    ANSWERS(post(&giver, "/api/gifts", fresh_key(), "{\"plan\":2,\"amount\":%d,\"name\":\"Kiki\"}",
                 amount),
            201);
    return got_int("gift");
}

/* The path of the newest gift's link. */
static const char *
link_path(void)
{
    static char path[64];

    ANSWERS(get(&giver, "/api/gifts"), 200);
    CHECK_THAT(str_starts(str_of(got_text("gifts.0.url")), str_of(here.origin)));
    str_copy(str_of(got_text("gifts.0.url") + strlen(here.origin)), path, sizeof(path));
    return path;
}

static const char *
token_of(const char *path)
{
    return path + strlen("/card/gift/");
}

static int
take(struct browser *b, const char *path)
{
    return post(b, "/api/gifts/accept", fresh_key(), "{\"token\":\"%s\"}", token_of(path));
}

static void
a_gift_goes_from_one_card_to_another(void **state)
{
    char path[64], key[64];
    int64_t gift;

    (void)state;
    begin();
    ANSWERS(get(&giver, "/card"), 200);
    CHECK_THAT(strstr(answer.body, "/card/gift?plan=") == NULL); /* stamps have none */
    ANSWERS(get(&giver, "/card/2"), 200);
    CHECK_THAT(strstr(answer.body, "/card/gift?plan=2") != NULL);
    ANSWERS(get(&giver, "/api/gifts"), 200);
    CHECK_INT(json_array_size(got("plans")), 1);
    CHECK_INT(got_int("plans.0.room"), 45);
    str_copy(str_of(fresh_key()), key, sizeof(key));
    ANSWERS(post(&giver, "/api/gifts", key, "{\"plan\":2,\"amount\":30,\"name\":\"Kiki\"}"), 201);
    gift = got_int("gift");
    ANSWERS(post(&giver, "/api/gifts", key, "{\"plan\":2,\"amount\":30,\"name\":\"Kiki\"}"), 201);
    CHECK_INT(got_int("gift"), gift); /* pressed twice, given once */
    CHECK_INT(balance_of(&giver), 15);
    str_copy(str_of(link_path()), path, sizeof(path));
    CHECK_THAT(strstr(answer.body, "Kiki") == NULL);
    CHECK_INT(got_int("plans.0.room"), 15);
    ANSWERS(get(&taker, path), 200);
    CHECK_THAT(strstr(answer.body, "Kiki") != NULL);
    CHECK_THAT(strstr(answer.body, "id=\"take\"") != NULL);
    ANSWERS(get(&giver, path), 200);
    CHECK_THAT(strstr(answer.body, "id=\"take\"") == NULL);
    REFUSES(take(&giver, path), 409, "gift_own");
    ANSWERS(take(&taker, path), 201);
    CHECK_INT(got_int("balance"), 30);
    REFUSES(take(&third, path), 409, "gift_taken");
    ANSWERS(get(&third, path), 200);
    CHECK_THAT(strstr(answer.body, "Kiki") == NULL); /* it is closed: nothing of it is kept */
    REFUSES(post(&giver, "/api/gifts/1/take-back", fresh_key(), "{}"), 409, "gift_taken");
    REFUSES(post(&taker, "/api/gifts/1/take-back", fresh_key(), "{}"), 404, "gift_unknown");
    ANSWERS(get(&giver, "/api/gifts"), 200);
    CHECK_TEXT(got_text("gifts.0.state"), "accepted");
    CHECK_THAT(got("gifts.0.url") == NULL);
    UNTIL(stored_int("SELECT count(*) FROM notice WHERE kind = 'gift_taken'"
                     " AND state <> 'waiting'") == 1);
    ANSWERS(get(&giver, "/api/notices"), 200);
    CHECK_TEXT(got_text("notices.0.kind"), "gift_taken");
    CHECK_INT(got_int("notices.0.amount"), 30);
    stored_is_sound();
}

static void
whoever_has_the_link_signs_in_first(void **state)
{
    struct browser stranger = {0}, guest = {0};
    char path[64], login[100];

    (void)state;
    begin();
    give(10);
    str_copy(str_of(link_path()), path, sizeof(path));
    ANSWERS(get(&stranger, path), 200);
    snprintf(login, sizeof(login), "/line/login?next=%s", path);
    CHECK_THAT(strstr(answer.body, login) != NULL);
    CHECK_THAT(strstr(answer.body, "Kiki") == NULL);
    CHECK_THAT(strstr(answer.body, "id=\"guest\"") == NULL);
    REFUSES(take(&stranger, path), 401, "session_missing");
    ANSWERS(post(&guest, "/line/guest", NULL, "{}"), 201);
    ANSWERS(get(&guest, path), 200);
    CHECK_THAT(strstr(answer.body, login) != NULL);
    REFUSES(take(&guest, path), 409, "guest");
    CHECK_TEXT(login_web(&stranger, 4, path), path);
    ANSWERS(take(&stranger, path), 201);
    CHECK_TEXT(login_web(&guest, 5, "/card/gift/else"), "/card"); /* nowhere else */
    stored_is_sound();
}

static void
what_nobody_takes_comes_back_by_itself(void **state)
{
    char path[64];

    (void)state;
    begin();
    give(10);
    str_copy(str_of(link_path()), path, sizeof(path));
    harness_advance(7 * DAY_MS - MINUTE_MS);
    CHECK_INT(balance_of(&giver), 35);
    harness_advance(MINUTE_MS);
    UNTIL(stored_int("SELECT count(*) FROM gift WHERE state = 'returned'") == 1);
    CHECK_INT(balance_of(&giver), 45);
    REFUSES(take(&taker, path), 409, "gift_over");
    stored_is_sound();
}

/* Two take, and the giver takes back, all under way before any answer is read: one wins. */
static void
of_all_who_reach_for_a_gift_one_wins(void **state)
{
    const char *races = getenv("RACES");
    struct browser *const who[] = {&taker, &third, &giver};
    int won[COUNT(who)] = {0};
    char path[64], back[64];

    (void)state;
    begin();
    for (int race = 0; race < (races != NULL ? atoi(races) : 20); race++) {
        struct http_peer *begun[RUNNERS];
        int winners = 0, winner = 0;
        int64_t gift;

        harness_advance(MINUTE_MS); /* one address may ask only so often */
        gift = give(1);
        str_copy(str_of(link_path()), path, sizeof(path));
        snprintf(back, sizeof(back), "/api/gifts/%lld/take-back", (long long)gift);
        for (int i = 0; i < RUNNERS; i++)
            begun[i] = who[(i + race) % 3] == &giver
                           ? post_begin(&giver, back, fresh_key(), "{}")
                           : post_begin(who[(i + race) % 3], "/api/gifts/accept", fresh_key(),
                                        "{\"token\":\"%s\"}", token_of(path));
        for (int i = 0; i < RUNNERS; i++) {
            int status = post_end(who[(i + race) % 3], begun[i]);

            CHECK_THAT(status == 201 || status == 409);
            winners += status == 201;
            if (status == 201)
                winner = (i + race) % 3;
        }
        CHECK_INT(winners, 1);
        won[winner]++;
        CHECK_INT(balance_of(&giver) + balance_of(&taker) + balance_of(&third), 45);
    }
    printf("races won: %d and %d by takers, %d taken back\n", won[0], won[1], won[2]);
    CHECK_INT(balance_of(&taker), won[0]);
    CHECK_INT(balance_of(&third), won[1]);
    stored_is_sound();
}

static void
a_past_sale_is_credited_once(void **state)
{
    static const char why[] = "<b>後日付与: スマートフォンなし</b>";
    int64_t id, transfer;

    (void)state;
    begin();
    id = scan(&giver, STAMPS);
    ANSWERS(get(&till, "/api/till"), 200);
    CHECK_INT(got_int("plans.0.late.days"), 7);
    CHECK_THAT(got("plans.1.late") == NULL);
#define CREDIT(receipt, at, stamps)                                                                \
    post(&till, "/api/till/late", fresh_key(),                                                     \
         "{\"scan\":%lld,\"receipt\":\"%s\",\"sold_at\":%lld,\"stamps\":%d,\"reason\":\"no_"       \
         "phone\"}",                                                                               \
         (long long)id, receipt, (long long)(at), stamps)
    ANSWERS(CREDIT("0017", harness_now() - DAY_MS, 1), 201);
    transfer = got_int("transfer");
    CHECK_INT(got_int("balance"), 1);
    REFUSES(CREDIT("17", harness_now() - 2 * DAY_MS, 1), 409, "receipt_used");
    CHECK_TEXT(got_text("till"), "left");
    REFUSES(CREDIT("18", harness_now() - 9 * DAY_MS, 1), 409, "receipt_too_old");
    REFUSES(CREDIT("18", harness_now() + DAY_MS, 1), 409, "receipt_future");
    REFUSES(CREDIT("18", harness_now() - DAY_MS, 1), 409, "too_soon");
    REFUSES(CREDIT("18", harness_now() - 2 * DAY_MS, 3), 409, "manager_needed");
    REFUSES(CREDIT(";", harness_now() - 2 * DAY_MS, 1), 400, "receipt_invalid");
    ANSWERS(get(&giver, "/api/card?plan=1"), 200);
    CHECK_TEXT(got_text("history.0.kind"), "late");
    ANSWERS(get(&giver, "/card/history"), 200);
    CHECK_THAT(memmem(answer.body, answer.body_n, why, strlen(why)) != NULL);
    ANSWERS(get(&till, "/api/till/today"), 200);
    CHECK_INT(got_int("items.0.transfer"), transfer);
    CHECK_THAT(got_true("items.0.may_reverse"));
    ANSWERS(
        post(&till, "/api/till/reversals", fresh_key(), "{\"transfer\":%lld}", (long long)transfer),
        201);
    ANSWERS(CREDIT("017", harness_now() - DAY_MS, 1), 201);
    stored_is_sound();
}

/* Commands have the machine's own time. */
static void
an_hour_ago(char out[20])
{
    struct clock real = {0};
    char text[CLOCK_TEXT_SIZE];

    clock_text(clock_now_ms(&real) - HOUR_MS, text);
    snprintf(out, 20, "%.16sZ", text);
}

/* By an operator, for a manager, while the service runs. */
static void
a_manager_credits_without_a_till(void **state)
{
    static const struct {
        const char *words, *said;
    } wrong[] = {
        {"--staff x --stamps 1", "--staff"},
        {"--staff 2 --stamps 1 --reason liked", "--reason"},
        {"--staff 2 --stamps 4", "--stamps"},
        {"--staff 2 --stamps 1 --yen 100", "counts by stamp"},
        {"--staff 1 --stamps 1", "manager_needed"},
        {"--staff 2 --stamps 1", "has to agree"}, /* without a receipt */
        {"--staff 2 --stamps 1 --second 2", "has to agree"},
        {"--staff 2 --stamps 1 --second 1", "has to agree"}, /* a cashier */
        {"--staff 2 --stamps 1 --second me", "--second"},
    };
    struct control *control;
    char path[400], line[300], at[20];
    struct err e;

    (void)state;
    begin();
    an_hour_ago(at);
    snprintf(path, sizeof(path), "%s/control.sock", here.dir);
    CHECK_OK(control_start(&control, here.app, path, &e), e);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CHECK_ROW(i);
        snprintf(line, sizeof(line), "member credit --code %s --shop ueno --sold-at %s %s",
                 card_code(&giver, STAMPS), at, wrong[i].words);
        CHECK_THAT(stampd_here(line) != 0);
        CHECK_THAT(tells(complained, wrong[i].said));
    }
#define BY_MANAGER "member credit --code %s --shop ueno --staff 2 --stamps 3 --receipt No.12"
    snprintf(line, sizeof(line), BY_MANAGER " --sold-at yesterday", card_code(&giver, STAMPS));
    CHECK_THAT(stampd_here(line) != 0 && tells(complained, "--sold-at"));
    snprintf(line, sizeof(line), BY_MANAGER " --sold-at 2026-01-01T09:00+09:00",
             card_code(&giver, STAMPS));
    CHECK_THAT(stampd_here(line) != 0 &&
               tells(complained, "receipt_too_old: the sale is too long ago: it could be"));
    snprintf(line, sizeof(line), BY_MANAGER " --sold-at %s --reason till_down",
             card_code(&giver, STAMPS), at);
    CHECK_INT(stampd_here(line), 0);
    CHECK_THAT(tells(printed, "+3, card") && tells(printed, "1 vouchers reached"));
    CHECK_THAT(stampd_here(line) != 0 && tells(complained, "receipt_used: ") &&
               tells(complained, "credited before, on 20"));
    control_stop(control);
    stored_is_sound();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_gift_goes_from_one_card_to_another),   STORY(whoever_has_the_link_signs_in_first),
        STORY(what_nobody_takes_comes_back_by_itself), STORY(of_all_who_reach_for_a_gift_one_wins),
        STORY(a_past_sale_is_credited_once),           STORY(a_manager_credits_without_a_till),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
