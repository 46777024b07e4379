/*
 * What an operator types: words, settings, and commands beside a running service. The whole program
 * but for its main() runs here, with what it prints kept in files.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/control.h"
#include "base/arena.h"
#include "tests/support/harness.h"
#include "tests/support/stampd.h"

/* ---------------------------------------------------------------- words */

static void
a_command_is_found_by_all_its_words(void **state)
{
    static const struct {
        const char *words[3];
        const char *found;
        int n;
    } rows[] = {
        {{"check"}, "check", 1},
        {{"till", "add"}, "till add", 2},
        {{"shop", "list"}, "shop list", 2},
        {{"check", "add"}, "check", 1},
        {{"till"}, NULL, 0},
        {{"till", "ad"}, NULL, 0},
        {{"till add"}, NULL, 0},
        {{"Check"}, NULL, 0},
        {{""}, NULL, 0},
        {{NULL}, NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *argv[3];
        int argc = 0, n = 0;
        const struct command *command;

        CHECK_ROW(i);
        while (argc < 3 && rows[i].words[argc] != NULL) {
            argv[argc] = (char *)(uintptr_t)rows[i].words[argc];
            argc++;
        }
        command = command_find(argc, argv, &n);
        CHECK_TEXT(command != NULL ? command->name : "(none)",
                   rows[i].found != NULL ? rows[i].found : "(none)");
        CHECK_INT(command != NULL ? n : 0, rows[i].n);
    }
}

static void
options_are_understood_or_refused(void **state)
{
    static const struct option_row options[] = {
        {"shop", "NAME", NULL, "must be given"},
        {"days", "N", "90", "may be"},
        {"quick", NULL, NULL, "a switch"},
        {0},
    };
    static const struct command command = {.name = "x", .help = "x", .options = options};
    static const struct {
        const char *words[6];
        const char *why; /* NULL: understood, and then: */
        const char *shop, *days;
        bool quick;
    } rows[] = {
        {{"--shop", "ueno"}, NULL, "ueno", "90", false},
        {{"--shop=ueno"}, NULL, "ueno", "90", false},
        {{"--shop=a=b"}, NULL, "a=b", "90", false},
        {{"--shop", "--days"}, NULL, "--days", "90", false}, /* a value may look like anything */
        {{"--quick", "--days", "5", "--shop", "x"}, NULL, "x", "5", true},
        {{NULL}, "--shop NAME is missing", NULL, NULL, false},
        {{"--shop"}, "--shop needs a value", NULL, NULL, false},
        {{"--shop", "a", "--shop", "b"}, "--shop is given twice", NULL, NULL, false},
        {{"--shop", "a", "--quick", "--quick"}, "--quick is given twice", NULL, NULL, false},
        {{"--shop", "a", "--quick=1"}, "--quick takes no value", NULL, NULL, false},
        {{"--shop", "a", "--speed", "9"}, "there is no option --speed", NULL, NULL, false},
        {{"--shop", "a", "--sho", "b"}, "there is no option --sho", NULL, NULL, false},
        {{"ueno"}, "\"ueno\" is not understood", NULL, NULL, false},
        {{"-s", "a"}, "\"-s\" is not understood", NULL, NULL, false},
        {{"--"}, "there is no option --", NULL, NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *argv[6];
        struct str value[OPTIONS_MAX];
        struct err e = {0};
        int argc = 0;

        CHECK_ROW(i);
        while (argc < 6 && rows[i].words[argc] != NULL) {
            argv[argc] = (char *)(uintptr_t)rows[i].words[argc];
            argc++;
        }
        if (rows[i].why != NULL) {
            CHECK_FAILS(command_parse(&command, argc, argv, value, &e), e, ERR_INPUT, "usage");
            CHECK_THAT(tells(e.text, rows[i].why));
            continue;
        }
        CHECK_OK(command_parse(&command, argc, argv, value, &e), e);
        CHECK_STR(value[0], rows[i].shop);
        CHECK_STR(value[1], rows[i].days);
        CHECK_INT(value[2].at != NULL, rows[i].quick);
    }
}

static void
every_command_explains_itself_everywhere(void **state)
{
    struct arena *a = arena_new(4 * MIB);
    struct buf help = buf_new(a, MIB), markdown = buf_new(a, MIB), roff = buf_new(a, MIB);

    (void)state;
    commands_help(&help);
    commands_markdown(&markdown);
    commands_roff(&roff);
    for (size_t i = 0; i < commands_n; i++) {
        char line[64];
        int options = 0;

        CHECK_ROW(i);
        CHECK_THAT(tells(help.at, commands[i].name) && tells(help.at, commands[i].help));
        CHECK_THAT(tells(markdown.at, commands[i].help) && tells(roff.at, commands[i].name));
        for (size_t other = 0; other < i; other++)
            CHECK_THAT(strcmp(commands[i].name, commands[other].name) != 0);
        while (commands[i].options[options].name != NULL)
            options++;
        CHECK_THAT(options <= OPTIONS_MAX);
        snprintf(line, sizeof(line), "%s --help", commands[i].name);
        CHECK_INT(stampd(line), 0);
        CHECK_THAT(tells(printed, commands[i].name) && tells(printed, commands[i].help));
        for (int o = 0; o < options; o++)
            CHECK_THAT(tells(printed, commands[i].options[o].name));
    }
    arena_free(a);
}

static void
wrong_words_end_with_2_and_say_what_is_right(void **state)
{
    static const char *const rows[] = {"",
                                       "fly",
                                       "till",
                                       "shop add",
                                       "shop add --name a --name b",
                                       "check --slow",
                                       "help --markdown nonsense",
                                       "--config"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_ROW(i);
        CHECK_INT(stampd(rows[i]), 2);
        CHECK_THAT(complained[0] != '\0' && printed[0] == '\0');
    }
    CHECK_INT(stampd("--help"), 0);
    CHECK_INT(stampd("help"), 0);
    CHECK_INT(stampd("help --man"), 0);
    CHECK_THAT(tells(printed, ".TH STAMPD 1") && tells(printed, "EXIT STATUS"));
    CHECK_INT(stampd("help --markdown routes"), 0);
    CHECK_THAT(tells(printed, "/api/till/grants"));
}

/* ---------------------------------------------------------------- barcode encode */

static void
a_barcode_goes_to_a_file_or_out(void **state)
{
    char line[600], path[512], svg[8192];

    (void)state;
    CHECK_INT(stampd("barcode encode --type ean13 212345678901"), 0);
    CHECK_THAT(strncmp(printed, "<svg ", 5) == 0 && tells(printed, "</svg>\n"));
    CHECK_THAT(tells(printed, "width=\"702\" height=\"240\" viewBox=\"0 0 117 40\""));
    CHECK_THAT(tells(printed, "<title id=\"barcode-title\">2123456789010</title>"));
    CHECK_INT(stampd("barcode encode --type nw7 --ratio 3 --scale 3 --height 50 --text "
                     "--check mod16 --title Card A37859B --out=-"),
              0);
    CHECK_THAT(tells(printed, ">Card</title>") && tells(printed, ">A37859+B</text>"));
    CHECK_INT(stampd("barcode encode --type code128 -- --x"), 0);
    CHECK_THAT(tells(printed, ">--x</title>"));
    CHECK_INT(stampd("barcode encode --type code128 -- -h"), 0);
    CHECK_THAT(tells(printed, ">-h</title>"));
    CHECK_INT(stampd("barcode encode --type qr M1-20001 --format png"), 0);
    CHECK_THAT(memcmp(printed, "\x89PNG\r\n\x1a\n", 8) == 0);

    snprintf(path, sizeof(path), "%s", check_path("code.svg"));
    snprintf(line, sizeof(line), "barcode encode --type ean13 --out %s 212345678901", path);
    CHECK_INT(stampd(line), 0);
    CHECK_TEXT(printed, "");
    read_back(path, svg, sizeof(svg));
    CHECK_THAT(strncmp(svg, "<svg ", 5) == 0 && tells(svg, "2123456789010"));
}

static void
a_refused_barcode_says_why_and_leaves_no_file(void **state)
{
    static const struct {
        const char *words;
        int status;
        const char *why;
    } rows[] = {
        {"--type ean13 2000000000014", 1, "needs check digit 5"},
        {"--type ean13 20000000000", 1, "at least 12 characters, this text ends after 11"},
        {"--type nw7 A12A4A", 1, "character 4"},
        {"--type code39 abc", 1, "character 1"},
        {"--type itf 123", 1, "pair"},
        {"--type ean13 212345678901 --qr caf\xc3\xa9", 1, "--qr: QR takes printable ASCII only"},
        {"--type ean13", 2, "TEXT is missing"},
        {"2123", 2, "--type TYPE is missing"},
        {"--type ean14 1", 2, "\"ean14\" is not known: ean13, ean8"},
        {"--type nw7 --ratio 2.6 A1A", 2, "2, 2.5 or 3"},
        {"--type nw7 --check luhn A1A", 2, "m10w21-split"},
        {"--type nw7 --scale 5 A1A", 2, "an even number at 2.5:1"},
        {"--type nw7 --scale 41 A1A", 2, "from 1 to 40"},
        {"--type nw7 --height 0 A1A", 2, "from 1 to 200"},
        {"--type nw7 --format gif A1A", 2, "svg or png"},
        {"--type nw7 A1A A2A", 2, "\"A2A\" is not understood"},
        {"--type qr 1 --qr 2", 2, "not below another QR"},
        {"--type ean13 212345678901 --qr 2 --format svg", 2, "--qr makes a PNG"},
    };
    char line[800], path[512];

    (void)state;
    snprintf(path, sizeof(path), "%s", check_path("none.png"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_ROW(i);
        snprintf(line, sizeof(line), "barcode encode --out %s %s", path, rows[i].words);
        CHECK_INT(stampd(line), rows[i].status);
        CHECK_THAT(tells(complained, rows[i].why));
        CHECK_TEXT(printed, "");
        CHECK_INT(access(path, F_OK), -1);
    }
    CHECK_INT(stampd("barcode encode --type qr --out code.jpg 1"), 2);
    CHECK_THAT(tells(complained, ".svg or .png"));
    CHECK_INT(stampd("barcode encode --type qr --out /nonexistent/x.png 1"), 1);
    CHECK_THAT(tells(complained, "/nonexistent/x.png: No such file"));
    CHECK_INT(stampd("barcode encode --type qr --out /dev/full --format png 1"), 1);
    CHECK_THAT(tells(complained, "No space left"));
    CHECK_INT(access("/dev/full", F_OK), 0);
}

/* ---------------------------------------------------------------- settings */

static const char *
conf_of(const char *text)
{
    const char *path = check_path("test.conf");
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void
a_setting_that_is_wrong_is_named_with_file_and_line(void **state)
{
    static const struct {
        const char *text, *word, *field, *why;
    } rows[] = {
        {"LISTEM=127.0.0.1:1\n", "setting_unknown", "LISTEM", "the nearest is LISTEN"},
        {"# a comment\n\nCHANEL_SECRET=x\n", "setting_unknown", "CHANEL_SECRET",
         "test.conf:3: no setting is called CHANEL_SECRET; the nearest is CHANNEL_SECRET"},
        {"LISTEN_FILE=/dev/null\n", "setting_unknown", "LISTEN_FILE", "no setting"},
        {"listen=127.0.0.1:1\n", "setting_unknown", "listen", "no setting"},
        {"LISTEN 127.0.0.1:1\n", "setting_invalid", "", "test.conf:1: KEY=value is wanted"},
        {"TITLE=x\nWORKERS=many\n", "setting_invalid", "WORKERS", "test.conf:2:"},
        {"WORKERS=257\n", "setting_invalid", "WORKERS", "from 0 to 256"},
        {"WORKERS=-1\n", "setting_invalid", "WORKERS", "from 0 to 256"},
        {"CACHE_KIB=1\n", "setting_invalid", "CACHE_KIB", "from 64"},
        {"DEMO=yes\n", "setting_invalid", "DEMO", "from 0 to 1"},
        {"LOG_LEVEL=loud\n", "setting_invalid", "LOG_LEVEL", "debug, info, warn or error"},
        {"PUBLIC_URL=card.example.com\n", "setting_invalid", "PUBLIC_URL", "https://host"},
        {"PUBLIC_URL=https://card.example.com/\n", "setting_invalid", "PUBLIC_URL",
         "without a path"},
        {"PUBLIC_URL=https://card.example.com/x\n", "setting_invalid", "PUBLIC_URL",
         "without a path"},
        {"PUBLIC_URL=http://card.example.com\n", "setting_invalid", "PUBLIC_URL", "need https"},
        {"PUBLIC_URL=http://127.0.0.1.example.com\n", "setting_invalid", "PUBLIC_URL",
         "need https"},
        {"PUBLIC_URL=http://localhost.example.com\n", "setting_invalid", "PUBLIC_URL",
         "need https"},
        {"CHANNEL_SECRET_FILE=/nonexistent/secret\n", "file_unreadable", "", "/nonexistent/secret"},
        {"DEMO=1\n", "setting_invalid", "DEMO", "never talks to LINE itself"},
        {"DEMO=1\nLINE_API_URL=http://127.0.0.1:1\nLINE_ACCESS_URL=http://127.0.0.1:1\n"
         "LISTEN=0.0.0.0:8080\n",
         "setting_invalid", "DEMO", "this machine only"},
        {"DEMO=1\nLINE_API_URL=http://127.0.0.1:1\nLINE_ACCESS_URL=http://127.0.0.1:1\n"
         "PUBLIC_URL=https://card.example.com\n",
         "setting_invalid", "DEMO", "this machine only"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct config config = {0};
        struct err e;

        CHECK_ROW(i);
        CHECK_FAILS(config_load(conf_of(rows[i].text), &config, &e), e, ERR_INPUT, rows[i].word);
        CHECK_TEXT(e.field, rows[i].field);
        CHECK_THAT(tells(e.text, rows[i].why));
    }
}

static void
settings_come_from_defaults_file_and_environment(void **state)
{
    char text[600], secret[300];
    struct config config;
    struct err e;
    FILE *file;

    (void)state;
    snprintf(secret, sizeof(secret), "%s", check_path("secret"));
    file = fopen(secret, "w");
    fputs("0123456789abcdef\r\n", file);
    fclose(file);
    snprintf(text, sizeof(text),
             "# comment\r\n  TITLE = Harbour Coffee \r\nWORKERS=3\nTITLE=The last one wins\n"
             "CHANNEL_SECRET_FILE=%s\nLIFF_ID=\n",
             secret);
    CHECK_OK(config_load(conf_of(text), &config, &e), e);
    CHECK_TEXT(config.title, "The last one wins");
    CHECK_INT(config.workers, 3);
    CHECK_TEXT(config.channel_secret, "0123456789abcdef");
    CHECK_TEXT(config.listen, "127.0.0.1:8080");
    CHECK_THAT(config.liff_id == NULL && config.channel_id == NULL);
    CHECK_FAILS(config_check_serve(&config, &e), e, ERR_INPUT, "setting_missing");
    CHECK_TEXT(e.field, "LOGIN_CHANNEL_ID");
    config_clear(&config);

    setenv("STAMPD_TITLE", "From outside", 1);
    CHECK_OK(config_load(conf_of(text), &config, &e), e);
    CHECK_TEXT(config.title, "From outside");
    config_clear(&config);
    setenv("STAMPD_TITEL", "x", 1);
    CHECK_FAILS(config_load(conf_of(text), &config, &e), e, ERR_INPUT, "setting_unknown");
    CHECK_THAT(tells(e.text, "environment, STAMPD_TITEL") && tells(e.text, "nearest is TITLE"));
    unsetenv("STAMPD_TITEL");
    unsetenv("STAMPD_TITLE");
    CHECK_FAILS(config_load("/nonexistent/stampd.conf", &config, &e), e, ERR_NOT_FOUND,
                "file_unreadable");
}

static void
every_setting_is_in_every_list_and_no_secret_is_shown(void **state)
{
    struct arena *a = arena_new(4 * MIB);
    struct buf sample = buf_new(a, MIB),
               lists[3] = {buf_new(a, MIB), buf_new(a, MIB), buf_new(a, MIB)};
    struct buf show = buf_new(a, MIB);
    struct config config;
    struct str rest, line, key;
    struct err e;
    int n = 0;

    (void)state;
    config_sample(&sample);
    config_help(&lists[0]);
    config_markdown(&lists[1]);
    config_roff(&lists[2]);
    rest = buf_str(&sample);
    while (str_until(&rest, '\n', &line)) {
        char name[64];

        if (!str_skip(&line, STR("#")) || !str_until(&line, '=', &key) ||
            memchr(key.at, ' ', key.n))
            continue;
        CHECK_THAT(str_copy(key, name, sizeof(name)));
        for (int i = 0; i < 3; i++)
            CHECK_THAT(tells(lists[i].at, name));
        n++;
    }
    CHECK_THAT(n >= 18);
    CHECK_OK(config_load(conf_of(sample.at), &config, &e), e); /* it can be read as it is */
    config_clear(&config);
    CHECK_OK(config_load(conf_of("CHANNEL_SECRET=do-not-tell\nTITLE=x\n"), &config, &e), e);
    config_show(&config, &show);
    CHECK_THAT(tells(show.at, "(set)") && strstr(show.at, "do-not-tell") == NULL);
    config_clear(&config);
    arena_free(a);
}

/* ---------------------------------------------------------------- a new installation */

static void
remove_installation(const char *dir)
{
    static const char *const files[] = {DATA_BOOK,         DATA_BOOK "-wal", DATA_BOOK "-shm",
                                        DATA_BOOK "-lock", DATA_ROOT_KEY,    DATA_LOCK,
                                        DATA_CONTROL,      "stampd.conf"};

    for (size_t i = 0; i < COUNT(files); i++) {
        char path[600];
        snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
        unlink(path);
    }
    rmdir(dir);
}

static void
init_makes_what_serve_needs_but_for_lines_keys(void **state)
{
    char dir[300], conf[400], path[400], line[1024];
    struct stat facts;

    (void)state;
    snprintf(dir, sizeof(dir), "%s", check_path("new"));
    snprintf(conf, sizeof(conf), "%s", conf_of(""));
    snprintf(line, sizeof(line), "DATA_DIR=%s\n", dir);
    conf_of(line);
    snprintf(line, sizeof(line), "--config %s init", conf);
    CHECK_INT(stampd(line), 0);
    CHECK_THAT(tells(printed, "/admin#claim=") && tells(printed, "root key"));
    snprintf(path, sizeof(path), "%s/" DATA_ROOT_KEY, dir);
    CHECK_INT(stat(path, &facts), 0);
    CHECK_INT(facts.st_mode & 0777, 0600);
    CHECK_INT(facts.st_size, 32);
    snprintf(path, sizeof(path), "%s/" DATA_BOOK, dir);
    CHECK_INT(stat(path, &facts), 0);
    CHECK_INT(facts.st_mode & 0777, 0600);
    CHECK_INT(stat(dir, &facts), 0);
    CHECK_INT(facts.st_mode & 0777, 0700);

    CHECK_INT(stampd(line), 0); /* again: nothing is lost */
    CHECK_THAT(tells(printed, "(was there)"));
    snprintf(line, sizeof(line), "--config %s serve", conf);
    CHECK_INT(stampd(line), 1);
    CHECK_THAT(tells(complained, "LOGIN_CHANNEL_ID is needed"));
    snprintf(line, sizeof(line), "--config %s check", conf);
    CHECK_INT(stampd(line), 0);
    CHECK_THAT(tells(printed, "the book is sound"));
    snprintf(line, sizeof(line), "--config %s migrate", conf);
    CHECK_INT(stampd(line), 0);
    snprintf(line, sizeof(line), "--config %s shop add --name ueno", conf);
    CHECK_INT(stampd(line), 0); /* nobody serves: it runs here */
    CHECK_INT(stampd(line), 1);
    CHECK_THAT(complained[0] != '\0');
    snprintf(line, sizeof(line), "--config %s shop list", conf);
    CHECK_INT(stampd(line), 0);
    CHECK_THAT(tells(printed, "ueno"));
    remove_installation(dir);
    snprintf(line, sizeof(line), "--config %s check", conf);
    CHECK_INT(stampd(line), 1);
    snprintf(line, sizeof(line), "--config %s migrate", conf);
    CHECK_INT(stampd(line), 1);
}

/* ---------------------------------------------------------------- beside a running service */

static struct control *control;

static int
set_up_control(void **state)
{
    char path[400];
    struct err e;

    if (harness_set_up(state))
        return -1;
    snprintf(path, sizeof(path), "%s/" DATA_CONTROL, here.dir);
    CHECK_OK(control_start(&control, here.app, path, &e), e);
    return 0;
}

static int
tear_down_control(void **state)
{
    control_stop(control);
    control = NULL;
    return harness_tear_down(state);
}
#define BESIDE(name) cmocka_unit_test_setup_teardown(name, set_up_control, tear_down_control)

static void
a_command_that_writes_is_done_by_the_server(void **state)
{
    struct browser till = {0};
    const char *digits;
    char code[16];

    (void)state;
    CHECK_INT(stampd_here("shop add --name sumida"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM shop WHERE name = 'sumida'"), 1);
    CHECK_INT(stampd_here("shop add --name sumida"), 1);
    CHECK_THAT(tells(complained, "stampd: shop add:"));
    CHECK_INT(stored_int("SELECT count(*) FROM shop"), 3);
    CHECK_INT(stampd_here("till add --shop nowhere --name one"), 1);
    CHECK_INT(stampd_here("till add --shop sumida --name one"), 0);
    digits = strpbrk(printed, "0123456789");
    while (digits != NULL && strspn(digits, "0123456789") != 8)
        digits = strpbrk(digits + strspn(digits, "0123456789"), "0123456789");
    assert_non_null(digits);
    snprintf(code, sizeof(code), "%.8s", digits);
    ANSWERS(post(&till, "/api/till/enrol", NULL, "{\"code\":\"%s\"}", code), 200);
    CHECK_TEXT(got_text("shop"), "sumida");
    CHECK_INT(stampd_here("staff add --name newcomer --shop sumida --role cashier"), 0);
    CHECK_INT(stored_int("SELECT count(*) FROM staff WHERE name = 'newcomer'"), 1);
    CHECK_INT(stampd_here("shop list"), 0); /* reads by itself */
    CHECK_THAT(tells(printed, "sumida") && tells(printed, "ueno"));
    CHECK_INT(stampd_here("check"), 0);
    CHECK_INT(stampd_here("owner link"), 0);
    CHECK_THAT(tells(printed, "/admin#claim="));
    stored_is_sound();
}

/* Each is refused by name, on the server, and leaves the book as it was. */
static void
codes_of_a_plan_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *words, *said;
    } row[] = {
        {"plan set --plan 9 --linear jan13", "there is no plan 9"},
        {"plan set --plan 1 --linear qr", "--linear: code128, jan13 or number"},
        {"plan set --plan 1 --linear number", "the plan has no fixed numbers"},
        {"plan set --plan 1 --jan-prefix 49", "--jan-prefix: a whole number from 20 to 29"},
        {"plan set --plan 1 --number itf", "--number: jan13, code128, nw7, code39 or off"},
        {"plan set --plan 1 --number-length 10", "without it the other --number options"},
        {"plan set --plan 1 --number nw7", "6 digits are needed"},
        {"plan set --plan 1 --number nw7 --number-length ten", "--number-length: a whole number"},
        {"plan set --plan 1 --number nw7 --number-length 19", "--number-length: a whole number"},
        {"plan set --plan 1 --number nw7 --number-length 10 --number-check m10w21",
         "--number-check: no such check digit"},
        {"plan set --plan 1 --number nw7 --number-length 10 --number-check mod43",
         "mod43 is for code39 only"},
        {"plan set --plan 1 --number nw7 --number-length 10 --number-frame A", "two letters"},
        {"plan set --plan 1 --number nw7 --number-length 10 --number-frame AX", "A, B, C or D"},
        {"plan set --plan 1 --number nw7 --number-length 10 --number-ratio 4", "2, 2.5 or 3"},
        {"plan set --plan 1 --number nw7 --number-length 10 --number-prefix X", "of digits"},
        {"plan set --plan 1 --number jan13", "begins with 20 to 29"},
        {"plan set --plan 1 --number jan13 --number-prefix 49", "begins with 20 to 29"},
        {"plan set --plan 1 --number jan13 --number-prefix 20 --number-length 12", "13 digits"},
        {"plan set --plan 1 --number code39 --number-prefix M --number-length 18", "Code 39"},
        {"plan set --plan 1 --number jan13 --number-prefix 20 --number-per-day 1001",
         "--number-per-day: a whole number from 0 to 1000"},
        {"plan add --name x --goal 1 --rewards 1=x --number nw7", "6 digits are needed"},
        {"plan show --plan 9", "there is no plan 9"},
        {"shop set --shop ueno --linear qr", "--linear is code128, jan13, number or plan"},
        {"shop set --shop nowhere --linear jan13", "there is no shop"},
        {"shop place --shop ueno --at 35.7", "--at is such as 35.714765,139.796655"},
        {"shop place --shop ueno --at 35.1234567,139", "--at is such as"},
        {"shop place --shop ueno --at 91,139", "on no globe"},
        {"shop place --shop nowhere --at 35,139", "there is no shop"},
        {"keyword add --words a --reply b --match about", "--match: exact, contains"},
        {"keyword add --words a --action dance", "--action: text, balance"},
        {"keyword add --words a --reply b --hours noon", "--hours: always, staff or away"},
        {"keyword add --words a --reply b --days monday", "--days: such as"},
        {"keyword add --words a --reply b --time 10-11", "--time: such as"},
        {"keyword add --words a --reply b --priority 101", "--priority: a whole number"},
        {"keyword add --words a --reply b --language fr", "--language: ja, en"},
        {"keyword add --words a --reply b --buttons Card", "--buttons: LABEL=balance"},
        {"keyword add --words a --reply b --buttons Card=rule:1", "leads to a rule that is none"},
        {"keyword add --words a", "the answer is empty"},
        {"keyword add --reply b", "no word to wait for"},
        {"keyword set --rule 9 --reply b", "keyword"},
        {"keyword remove --rule 9", "no rule 9"},
        {"keyword hours --staff mon-fri", "--staff: such as"},
        {"beacon add --hwid 123 --shop ueno", "10 hexadecimal digits"},
        {"beacon add --hwid d41d8cd98f --shop nowhere", "there is no shop"},
        {"beacon add --hwid d41d8cd98f --shop ueno --every-hours 25", "from 1 to 24"},
        {"beacon remove --hwid d41d8cd98f", "beacon"},
        {"message policy --reserve 101", "reserve is to be from 0 to 100"},
        {"message policy --budget many", "--budget is a whole number"},
        {"message policy --budget -1", "--budget is a whole number"},
        {"message policy --budget 10000001", "budget is to be from"},
        {"message policy --weekly-cap 2 --quiet 9-21", "--quiet is as 21:00-09:00"},
        {"message policy --weekly-cap 2 --quiet 21:00-24:00", "--quiet is as"},
        {"message policy --birthdays maybe", "--birthdays is yes or no"},
        {"message policy --price 2.", "--price is an amount"},
        {"message policy --price 2.8881", "--price is an amount"},
        {"message log --code 99", "fixed number, are wanted"},
        {"message log --code 2000000015", "no card has this number"},
        {"card number --code 99 --number 2000000015", "fixed number, are wanted"},
        {"card reissue --code 2000000015", "no card has this number"},
    };
    uint64_t hash = stored_hash();

    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        CHECK_THAT(stampd_here(row[i].words) != 0);
        CHECK_THAT(tells(complained, row[i].said));
        CHECK_THAT(stored_hash() == hash);
    }
}

static void
message_rules_are_shown_and_changed_one_by_one(void **state)
{
    (void)state;
    CHECK_INT(stampd_here("message policy"), 0);
    CHECK_THAT(tells(printed, "budget        1000000 messages a month"));
    CHECK_THAT(tells(printed, ": 0 charged, 0 by the month"));
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'message.policy'"), 0);
    CHECK_INT(stampd_here("message policy --budget line --quiet 22:30-07:05 --price 2.8"), 0);
    CHECK_THAT(tells(printed, "as many as LINE allows"));
    CHECK_THAT(tells(printed, "quiet         22:30-07:05"));
    CHECK_THAT(tells(printed, "price         2.800 yen"));
    CHECK_INT(stored_int("SELECT budget IS NULL AND quiet_from_min = 1350 AND quiet_until_min = 425"
                         " AND price_milli = 2800 AND pushes_receipts = 1 FROM message_policy"),
              1);
    CHECK_INT(stampd_here("message policy --quiet off --birthdays yes --receipts no"), 0);
    CHECK_THAT(tells(printed, "quiet         off") && tells(printed, "birthdays     yes"));
    CHECK_INT(stored_int("SELECT budget IS NULL AND price_milli = 2800 FROM message_policy"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM audit WHERE act = 'message.policy'"), 2);
}

static void
the_log_of_a_member_says_why(void **state)
{
    struct browser shopper = {0}, till = {0};
    char words[100];

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    ANSWERS(post(&shopper, "/api/me/topics", NULL, "{\"topic\":\"rewards\",\"wanted\":false}"),
            200);
    grant_stamps(&till, &shopper, 2);
    UNTIL(stored_int("SELECT count(*) FROM notice WHERE state = 'kept'") == 1);
    snprintf(words, sizeof(words), "message log --code %s", card_code(&shopper, STAMPS));
    CHECK_INT(stampd_here(words), 0);
    CHECK_THAT(tells(printed, "1 notice, the newest first"));
    CHECK_THAT(tells(printed, "voucher       kept       keep: not_wanted"));
}

static void
a_plan_shows_its_numbers_and_a_card_brings_its_own(void **state)
{
    struct browser shopper = {0}, till = {0};
    char words[200], code[23], minted[20];

    (void)state;
    login_liff(&shopper, 1);
    snprintf(code, sizeof(code), "%s", card_code(&shopper, STAMPS));
    CHECK_INT(stampd_here("plan set --plan 1 --linear number --number nw7 --number-prefix 20"
                          " --number-length 10 --number-check 7dr --number-frame AB"),
              0);
    CHECK_THAT(tells(printed, "plan 1, version 2") && tells(printed, "1 cards got a number"));
    CHECK_INT(stampd_here("plan show --plan 1"), 0);
    CHECK_THAT(tells(printed, "card shows number") && tells(printed, "check 7dr, A...B") &&
               tells(printed, "earn 1 times a day, never redeem") &&
               tells(printed, "for example 20"));
    ANSWERS(get(&shopper, "/api/card/codes?plan=1"), 200);
    snprintf(minted, sizeof(minted), "%s", got_text("codes.0.linear"));
    CHECK_INT(strlen(minted), 10);
    CHECK_TEXT(got_text("codes.2.linear"), minted); /* it does not change */
    CHECK_TEXT(got_text("codes.2.linear_svg"), got_text("codes.0.linear_svg"));

    snprintf(words, sizeof(words), "card number --code %s --number 2000000014", code);
    CHECK_INT(stampd_here(words), 1);
    CHECK_THAT(tells(complained, "the check digit is wrong"));
    snprintf(words, sizeof(words), "card number --code %s --number 2000000015", minted);
    CHECK_INT(stampd_here(words), 0);
    ANSWERS(get(&shopper, "/api/card/codes?plan=1"), 200);
    CHECK_TEXT(got_text("codes.0.linear"), "2000000015");
    CHECK_INT(stampd_here("member show --code A2000000015B"), 0);
    CHECK_THAT(tells(printed, "number 2000000015"));

    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    REFUSES(post(&till, "/api/till/scans", NULL, "{\"code\":\"%s\"}", minted), 409, "code_stale");
    ANSWERS(post(&till, "/api/till/scans", NULL, "{\"code\":\"a2000000015b\"}"), 200);
    CHECK_THAT(got_true("by_number"));
    CHECK_INT(stampd_here("card reissue --code 2000000015"), 0);
    REFUSES(post(&till, "/api/till/scans", NULL, "{\"code\":\"2000000015\"}"), 409, "code_stale");

    CHECK_INT(stampd_here("plan set --plan 1 --number-length 11"), 1);
    CHECK_THAT(tells(complained, "numbers of another format"));
    CHECK_INT(stampd_here("plan set --plan 1 --linear code128 --number off"), 0);
    ANSWERS(get(&shopper, "/api/card/codes?plan=1"), 200);
    CHECK_INT(strlen(got_text("codes.0.linear")), 22);
    stored_is_sound();
}

static void
a_shop_decides_what_its_visitors_show(void **state)
{
    struct browser shopper = {0}, till = {0};

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    CHECK_INT(stampd_here("shop set --shop ueno --linear jan13"), 0);
    CHECK_INT(stampd_here("shop list"), 0);
    CHECK_THAT(tells(printed, "ueno: cards show jan13"));
    ANSWERS(get(&shopper, "/api/card/codes?plan=1"), 200);
    CHECK_INT(strlen(got_text("codes.0.linear")), 22); /* not there yet */
    grant_stamps(&till, &shopper, 1);
    ANSWERS(get(&shopper, "/api/card/codes?plan=1"), 200);
    CHECK_TEXT(got_text("codes.0.linear") + 1, strchr(got_text("codes.0.linear"), ' '));
    ANSWERS(get(&shopper, "/card/1"), 200);
    CHECK_INT(stampd_here("shop set --shop ueno --linear plan"), 0);
    ANSWERS(get(&shopper, "/api/card/codes?plan=1"), 200);
    CHECK_INT(strlen(got_text("codes.0.linear")), 22);
}

static void
an_owner_says_what_the_account_answers(void **state)
{
    (void)state;
    CHECK_INT(stampd_here("keyword add --words 営業時間,HOURS? --reply 10:00-20:00"), 0);
    CHECK_THAT(tells(printed, "rule 1"));
    CHECK_INT(stampd_here("keyword add --match contains --words 予約 --action silent --days mon-fri"
                          " --time 22:00-2:00 --priority 5 --language ja"),
              0);
    CHECK_INT(stampd_here("keyword add --match any --reply later"
                          " --buttons Card=balance;Where=shops;Hours=rule:1;Menu=says:メニュー"),
              0);
    CHECK_INT(stampd_here("keyword list"), 0);
    CHECK_THAT(
        tells(printed, "   1  exact 営業時間, hours -> 10:00-20:00  [always, daily all day]"));
    CHECK_THAT(tells(printed,
                     "   2  contains 予約 -> silent  [away, mon-fri 22:00-2:00, priority 5, ja]"));
    CHECK_THAT(tells(printed, "   3  any -> later  [away, daily all day, buttons 4]"));
    CHECK_THAT(tells(printed, "nobody answers by hand"));
    CHECK_INT(stampd_here("keyword set --rule 3 --on no --hours always --buttons none"), 0);
    CHECK_THAT(tells(printed, "rule 3 says nothing now"));
    CHECK_INT(stampd_here("keyword set --rule 1 --words hours"), 0);
    CHECK_INT(stampd_here("keyword remove --rule 2"), 0);
    CHECK_INT(stampd_here("keyword list"), 0);
    CHECK_THAT(tells(printed, "   1  exact hours -> 10:00-20:00  [always, daily all day]\n"
                              "   3  (off) any -> later  [always, daily all day]\n"));
    CHECK_INT(stampd_here("keyword hours --staff never"), 0);
    CHECK_INT(stampd_here("shop place --shop ueno --at -35.7147,139.796655"), 0);
    CHECK_INT(stored_int("SELECT latitude FROM shop WHERE name = 'ueno'"), -35714700);
    CHECK_INT(stored_int("SELECT longitude FROM shop WHERE name = 'ueno'"), 139796655);
    CHECK_INT(stampd_here("beacon add --hwid D41D8CD98F --shop ueno"), 0);
    CHECK_INT(stampd_here("beacon list"), 0);
    CHECK_THAT(tells(printed, "d41d8cd98f  ueno, every 12 h"));
    CHECK_INT(stampd_here("beacon remove --hwid d41d8cd98f"), 0);
    stored_is_sound();
}

static void
nonsense_on_the_control_socket_changes_nothing(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
    } rows[] = {
        {"", 0},
        {"\0\0\0", 3},
        {"shop add", 8},
        {"fly\0"
         "1\0",
         6},
        {"check\0"
         "1\0-\0",
         10},                      /* not one that writes */
        {"shop add\0x\0+a\0", 14}, /* no time */
        {"shop add\0"
         "1\0",
         11}, /* too few values */
        {"shop add\0"
         "1\0?a\0",
         14},
    };
    uint64_t hash = stored_hash();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sockaddr_un at = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        char said[512];
        ssize_t n;

        CHECK_ROW(i);
        snprintf(at.sun_path, sizeof(at.sun_path), "%.90s/" DATA_CONTROL, here.dir);
        CHECK_INT(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
        CHECK_INT(send(fd, rows[i].bytes, rows[i].n, MSG_NOSIGNAL), rows[i].n);
        shutdown(fd, SHUT_WR);
        n = recv(fd, said, sizeof(said), MSG_WAITALL);
        CHECK_THAT(n > 1 && said[0] == '2');
        close(fd);
    }
    CHECK_THAT(stored_hash() == hash);
    CHECK_INT(stampd_here("shop add --name sumida"), 0); /* still listening */
}

static void
one_process_writes_a_book(void **state)
{
    struct app_options options = {.config = &here.config, .clock = &here.clock};
    struct app *second = NULL;
    struct err e;

    (void)state;
    CHECK_FAILS(app_start(&second, &options, &e), e, ERR_CONFLICT, "data_locked");
    CHECK_INT(stampd_here("init"), 1);
    CHECK_INT(stampd_here("migrate"), 1);
    control_stop(control);
    control = NULL;
    CHECK_INT(stampd_here("shop add --name sumida"), 1);
    CHECK_THAT(tells(complained, "does not answer"));
    harness_stop_app();
    CHECK_INT(stampd_here("shop add --name sumida"), 0);
    harness_start_app();
    CHECK_INT(stored_int("SELECT count(*) FROM shop"), 3);
}

static void
check_tells_a_sound_book_from_a_broken_one(void **state)
{
    struct browser shopper = {0}, till = {0};

    (void)state;
    login_liff(&shopper, 1);
    till_sign_in(&till, UENO_LEFT, UENO_CASHIER);
    grant_stamps(&till, &shopper, 2);
    CHECK_INT(stampd_here("check"), 0);
    CHECK_INT(stampd_here("check --quick"), 0);
    control_stop(control);
    control = NULL;
    harness_stop_app();
    stored_spoil("UPDATE card SET balance = balance + 1, reached = reached + 1 WHERE plan_id = 1");
    CHECK_INT(stampd_here("check"), 1);
    CHECK_THAT(tells(printed, "BROKEN") && tells(printed, "I01_BALANCES"));
    CHECK_THAT(tells(printed, "THE BOOK IS NOT SOUND"));
    stored_spoil("UPDATE card SET balance = balance - 1 WHERE plan_id = 1");
    CHECK_INT(stampd_here("check"), 0);
    stored_spoil("DROP TRIGGER transfer_is_final_u; UPDATE transfer SET reason = 'gift'");
    CHECK_INT(stampd_here("check"), 1); /* the chain of HMACs */
    CHECK_THAT(tells(printed, "BROKEN"));
}

static void
a_book_of_a_later_program_is_left_alone(void **state)
{
    struct app_options options = {.clock = &here.clock};
    struct config config;
    struct app *app = NULL;
    char path[400];
    struct err e;

    (void)state;
    control_stop(control);
    control = NULL;
    harness_stop_app();
    stored_spoil("PRAGMA user_version = 99");
    CHECK_INT(stampd_here("check"), 1);
    CHECK_INT(stampd_here("migrate"), 1);
    CHECK_INT(stampd_here("shop add --name sumida"), 1);
    snprintf(path, sizeof(path), "%s/stampd.conf", here.dir);
    CHECK_OK(config_load(path, &config, &e), e);
    options.config = &config;
    CHECK_FAILS(app_start(&app, &options, &e), e, ERR_CONFLICT, "schema_newer");
    config_clear(&config);
    stored_spoil("PRAGMA user_version = 1");
    CHECK_INT(stampd_here("check"), 0);
}

/* ---------------------------------------------------------------- terms */

static void
terms_come_from_a_file_whose_text_travels_to_the_server(void **state)
{
    char line[512];
    FILE *file = fopen(check_path("terms.txt"), "w");

    (void)state;
    assert_non_null(file);
    fputs("1. Be kind.\n", file);
    fclose(file);
    snprintf(line, sizeof(line), "terms add --language en --file %s", check_path("terms.txt"));
    CHECK_INT(stampd_here(line), 0); /* asked of the server that runs */
    CHECK_THAT(tells(printed, "terms 1 in en, in force from 2"));
    snprintf(line, sizeof(line), "terms add --language en --version 1 --file %s",
             check_path("terms.txt"));
    CHECK_INT(stampd_here(line), 1);
    CHECK_THAT(tells(complained, "a change is a new version"));
    snprintf(line, sizeof(line), "terms add --language xx --file %s", check_path("terms.txt"));
    CHECK_INT(stampd_here(line), 1);
    CHECK_INT(stampd_here("terms add --language ja --file /no/such/file"), 1);
    CHECK_THAT(tells(complained, "No such file"));
    CHECK_INT(stampd_here("terms add --language ja --file - --version 1 --days 3"), 1);
    CHECK_INT(stored_int("SELECT count(*) FROM terms"), 1);
    CHECK_INT(stampd_here("terms list"), 0);
    CHECK_THAT(tells(printed, "   1  en      from 2") && tells(printed, ", 11 characters"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_command_is_found_by_all_its_words),
        TEST(options_are_understood_or_refused),
        TEST(every_command_explains_itself_everywhere),
        TEST(wrong_words_end_with_2_and_say_what_is_right),
        TEST(a_barcode_goes_to_a_file_or_out),
        TEST(a_refused_barcode_says_why_and_leaves_no_file),
        TEST(a_setting_that_is_wrong_is_named_with_file_and_line),
        TEST(settings_come_from_defaults_file_and_environment),
        TEST(every_setting_is_in_every_list_and_no_secret_is_shown),
        TEST(init_makes_what_serve_needs_but_for_lines_keys),
        BESIDE(a_command_that_writes_is_done_by_the_server),
        BESIDE(codes_of_a_plan_that_make_no_sense_are_refused),
        BESIDE(a_plan_shows_its_numbers_and_a_card_brings_its_own),
        BESIDE(message_rules_are_shown_and_changed_one_by_one),
        BESIDE(the_log_of_a_member_says_why),
        BESIDE(a_shop_decides_what_its_visitors_show),
        BESIDE(an_owner_says_what_the_account_answers),
        BESIDE(terms_come_from_a_file_whose_text_travels_to_the_server),
        BESIDE(nonsense_on_the_control_socket_changes_nothing),
        BESIDE(one_process_writes_a_book),
        BESIDE(check_tells_a_sound_book_from_a_broken_one),
        BESIDE(a_book_of_a_later_program_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
