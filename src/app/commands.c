#include "app/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/control.h"
#include "app/routes.h"
#include "base/log.h"
#include "domain/keys.h"

#define OUT_MAX (4 * MIB)

const struct option_row no_options[] = {{0}};
const struct option_row help_options[] = {
    {"settings", NULL, NULL, "the settings"},
    {"markdown", "WHAT", "", "commands, settings or routes as the README has them"},
    {"man", NULL, NULL, "the man page"},
    {0},
};

const struct command commands[] = {
    {"init", "make the data folder: book, root key, stampd.conf, and the first owner's link",
     NEEDS_CONFIG, no_options, NULL, command_init},
    {"serve", "answer requests until SIGTERM", NEEDS_CONFIG, no_options, NULL, command_serve},
    {"check", "prove the book, one line for each invariant; exit 0 only when all hold",
     NEEDS_READER, check_options_rows, NULL, command_check},
    {"head show", "the newest signed head: what the whole book was at the end of a day",
     NEEDS_READER, head_show_options, NULL, command_head_show},
    {"head make", "sign a head now; by itself it is done once a day", NEEDS_WRITER, no_options,
     NULL, command_head_make},
    {"head export", "all heads as JSON, to be kept away from this machine: check --head takes it",
     NEEDS_READER, head_export_options, NULL, command_head_export},
    {"report liability",
     "what is owed: points and stamps outstanding, by month, what lapsed, and what will",
     NEEDS_READER, report_liability_options, NULL, command_report_liability},
    {"doctor", "look at keys, clock, disk, and what LINE says about the channels", NEEDS_CONFIG,
     no_options, NULL, command_doctor},
    {"migrate", "bring the book to this program's schema", NEEDS_CONFIG, no_options, NULL,
     command_migrate},
    {"owner link", "a one-time link that makes whoever opens it an owner", NEEDS_WRITER, no_options,
     NULL, command_owner_link},
    {"shop add", "a shop", NEEDS_WRITER, shop_add_options, NULL, command_shop_add},
    {"shop set", "what cards show whose last visit was here", NEEDS_WRITER, shop_set_options, NULL,
     command_shop_set},
    {"shop place", "where a shop is on the map, for members who send their own place", NEEDS_WRITER,
     shop_place_options, NULL, command_shop_place},
    {"shop list", "all shops", NEEDS_READER, no_options, NULL, command_shop_list},
    {"till add", "a till, or a new code for one: prints the 8-digit code to enrol it with",
     NEEDS_WRITER, till_add_options, NULL, command_till_add},
    {"till revoke", "a lost till: its sessions end at once", NEEDS_WRITER, till_revoke_options,
     NULL, command_till_revoke},
    {"till list", "all tills", NEEDS_READER, no_options, NULL, command_till_list},
    {"staff add", "a person who serves; prints the PIN unless one is given on standard input",
     NEEDS_WRITER, staff_add_options, command_staff_prepare, command_staff_add},
    {"staff pin", "a new PIN", NEEDS_WRITER, staff_pin_options, command_staff_pin_prepare,
     command_staff_pin},
    {"staff end", "they left: sessions and PIN are dead at once", NEEDS_WRITER, staff_end_options,
     NULL, command_staff_end},
    {"staff declare", "their own card, which they may then not serve", NEEDS_WRITER,
     staff_declare_options, NULL, command_staff_declare},
    {"staff list", "everybody who serves", NEEDS_READER, no_options, NULL, command_staff_list},
    {"plan add", "a card's rules", NEEDS_WRITER, plan_add_options, NULL, command_plan_add},
    {"plan set", "which codes a plan's cards show, and its fixed numbers; the rest stays",
     NEEDS_WRITER, plan_set_options, NULL, command_plan_set},
    {"plan load", "a plan from a plan file: a new one, or new rules for one", NEEDS_WRITER,
     plan_load_options, command_plan_load_prepare, command_plan_load},
    {"plan file", "a plan as a plan file, with every rule it has", NEEDS_READER, plan_file_options,
     NULL, command_plan_file},
    {"plan show", "one plan, with its codes", NEEDS_READER, plan_show_options, NULL,
     command_plan_show},
    {"plan list", "all plans and their rules", NEEDS_READER, no_options, NULL, command_plan_list},
    {"catalogue set",
     "what a plan's points are swapped for, its lotteries, and what rewards by place are worth",
     NEEDS_WRITER, catalogue_set_options, command_catalogue_prepare, command_catalogue_set},
    {"catalogue show", "the one in force: prices, what is left, what it costs", NEEDS_READER,
     catalogue_show_options, NULL, command_catalogue_show},
    {"plan draft", "rules to be tried before they are in force, from a plan file", NEEDS_WRITER,
     plan_draft_options, command_plan_draft_prepare, command_plan_draft},
    {"plan drafts", "a plan's drafts, and what each would change", NEEDS_READER,
     plan_drafts_options, NULL, command_plan_drafts},
    {"plan draft-remove", "one that nobody needs any more", NEEDS_WRITER, plan_draft_remove_options,
     NULL, command_plan_draft_remove},
    {"plan rehearse", "a draft over every visit there was: who gains, and who loses", NEEDS_READER,
     plan_rehearse_options, command_plan_rehearse_prepare, command_plan_rehearse},
    {"plan publish", "a draft into force, now or at a time", NEEDS_WRITER, plan_publish_options,
     NULL, command_plan_publish},
    {"plan unschedule", "what was to come into force does not; it is a draft again", NEEDS_WRITER,
     plan_unschedule_options, NULL, command_plan_unschedule},
    {"plan history", "a plan's versions, and what each changed", NEEDS_READER, plan_history_options,
     NULL, command_plan_history},
    {"reward codes", "codes of somebody else's, one for each voucher of a reward", NEEDS_WRITER,
     reward_codes_options, command_reward_codes_prepare, command_reward_codes},
    {"terms add", "what members agree to: a new version, or one more language of a version",
     NEEDS_WRITER, terms_add_options, command_terms_prepare, command_terms_add},
    {"terms list", "all versions of the terms", NEEDS_READER, no_options, NULL, command_terms_list},
    {"member show", "one member: cards, vouchers, latest history", NEEDS_READER,
     member_show_options, NULL, command_member_show},
    {"member credit", "a sale that was made without the card, credited afterwards by a manager",
     NEEDS_WRITER, member_credit_options, NULL, command_member_credit},
    {"member event", "thank a member for one of the plan's events, with its bonus", NEEDS_WRITER,
     member_event_options, NULL, command_member_event},
    {"member merge",
     "two members are one person: cards, vouchers and numbers of one go to the other", NEEDS_WRITER,
     member_merge_options, NULL, command_member_merge},
    {"member merge-undo", "and apart again, as long as what went over is still there", NEEDS_WRITER,
     merge_undo_options, NULL, command_member_merge_undo},
    {"member rescue", "a re-made LINE account gets the member that the old one had", NEEDS_WRITER,
     member_rescue_options, NULL, command_member_rescue},
    {"member rescue-undo", "and the old one gets it back", NEEDS_WRITER, merge_undo_options, NULL,
     command_member_rescue_undo},
    {"customer import",
     "cards and accounts of before, from a table: number, birthday, points, plan", NEEDS_WRITER,
     customer_import_options, command_customer_prepare, command_customer_import},
    {"customer list", "them, and who has linked which; without birthdays", NEEDS_READER,
     customer_list_options, NULL, command_customer_list},
    {"card block", "a card that tills refuse from now on; its balance stays", NEEDS_WRITER,
     card_options, NULL, command_card_block},
    {"card unblock", "and lets it back", NEEDS_WRITER, card_options, NULL, command_card_unblock},
    {"card reissue", "new codes and fixed number for a card; the old ones are dead at once",
     NEEDS_WRITER, card_options, NULL, command_card_reissue},
    {"card number", "the fixed number a member brings along, from a card of plastic", NEEDS_WRITER,
     card_number_options, NULL, command_card_number},
    {"richmenu show", "the rich menus that your plans make, and what LINE has of them",
     NEEDS_READER, no_options, NULL, command_menu_show},
    {"richmenu draw", "their pictures as PNG files, to look at", NEEDS_READER, menu_draw_options,
     NULL, command_menu_draw},
    {"richmenu validate", "each of them, held against LINE's rules by us and by LINE", NEEDS_CONFIG,
     no_options, NULL, command_menu_validate},
    {"richmenu deploy", "make what LINE does not have yet; run again it goes on, or does nothing",
     NEEDS_CONFIG, no_options, NULL, command_menu_deploy},
    {"richmenu status", "what is deployed, who sees it, and which areas were tapped", NEEDS_READER,
     no_options, NULL, command_menu_status},
    {"richmenu period", "a campaign that stands in every menu while it lasts", NEEDS_WRITER,
     menu_period_options, NULL, command_menu_period},
    {"richmenu remove", "take every rich menu of ours away from LINE", NEEDS_CONFIG, no_options,
     NULL, command_menu_remove},
    {"richmenu record",
     "what deploy and remove did at LINE, into the book: they call it themselves", NEEDS_WRITER,
     menu_record_options, NULL, command_menu_record},
    {"keyword add", "a rule of the chat: what the account answers by itself, for nothing",
     NEEDS_WRITER, keyword_add_options, NULL, command_keyword_add},
    {"keyword set", "another word, reply or hour of a rule; the rest stays", NEEDS_WRITER,
     keyword_set_options, NULL, command_keyword_set},
    {"keyword remove", "a rule that nobody needs any more", NEEDS_WRITER, keyword_remove_options,
     NULL, command_keyword_remove},
    {"keyword hours", "when people of the shop answer in the chat themselves", NEEDS_WRITER,
     keyword_hours_options, NULL, command_keyword_hours},
    {"keyword list", "all rules, and the hours of staff", NEEDS_READER, no_options, NULL,
     command_keyword_list},
    {"beacon add", "a LINE Beacon in a shop: who comes in is shown the card", NEEDS_WRITER,
     beacon_add_options, NULL, command_beacon_add},
    {"beacon remove", "one that is gone", NEEDS_WRITER, beacon_remove_options, NULL,
     command_beacon_remove},
    {"beacon list", "all beacons", NEEDS_READER, no_options, NULL, command_beacon_list},
    {"message policy", "what messages may cost and when they go: shows the rules, and changes them",
     NEEDS_WRITER, message_policy_options, NULL, command_message_policy},
    {"message log", "what one member was told of, how, and why so", NEEDS_READER,
     message_log_options, NULL, command_message_log},
    {"barcode encode", "a text as a barcode, SVG or PNG", NEEDS_NOTHING, barcode_encode_options,
     NULL, command_barcode_encode},
    {"demo-data", "a folder with three shops, two plans and 300 members with a past", NEEDS_NOTHING,
     demo_data_options, NULL, command_demo_data},
    {"help", "this list; with --settings the settings", NEEDS_NOTHING, help_options, NULL,
     command_help},
};
const size_t commands_n = sizeof(commands) / sizeof(commands[0]);

/* ---------------------------------------------------------------- finding and parsing */

const struct command *
command_find(int argc, char **argv, int *words_out)
{
    for (size_t i = 0; i < commands_n; i++) {
        const char *space = strchr(commands[i].name, ' ');
        size_t n = space ? (size_t)(space - commands[i].name) : strlen(commands[i].name);

        if (argc < 1 || strlen(argv[0]) != n || strncmp(argv[0], commands[i].name, n) != 0)
            continue;
        if (!space || (argc > 1 && strcmp(argv[1], space + 1) == 0)) {
            *words_out = space ? 2 : 1;
            return &commands[i];
        }
    }
    return NULL;
}

static bool
is_operand(const struct option_row *option)
{
    return option->value && !*option->value;
}

static int
option_find(const struct option_row *options, struct str name)
{
    for (int i = 0; options[i].name; i++)
        if (!is_operand(&options[i]) && str_eq(name, str_of(options[i].name)))
            return i;
    return -1;
}

static int
operand_find(const struct option_row *options)
{
    for (int i = 0; options[i].name; i++)
        if (is_operand(&options[i]))
            return i;
    return -1;
}

enum err_code
command_parse(const struct command *command, int argc, char **argv, struct str value[OPTIONS_MAX],
              struct err *e)
{
    const struct option_row *options = command->options;
    const int operand = operand_find(options);
    bool options_end = false;

    memset(value, 0, OPTIONS_MAX * sizeof(value[0]));
    for (int i = 0; i < argc; i++) {
        struct str word = str_of(argv[i]), name;
        int at;

        if (operand >= 0 && !options_end && str_eq(word, STR("--"))) {
            options_end = true;
            continue;
        }
        if (operand >= 0 && !value[operand].at && (options_end || !str_starts(word, STR("--")))) {
            value[operand] = word;
            continue;
        }
        if (options_end || !str_skip(&word, STR("--")))
            return err_set(e, ERR_INPUT, "usage", "\"%s\" is not understood; options begin with --",
                           argv[i]);
        if (!str_until(&word, '=', &name)) {
            name = word;
            word = (struct str){0};
        }
        at = option_find(options, name);
        if (at < 0)
            return err_set(e, ERR_INPUT, "usage", "there is no option --%.*s", (int)name.n,
                           name.at);
        if (!options[at].value) {
            if (word.at)
                return err_set(e, ERR_INPUT, "usage", "--%s takes no value", options[at].name);
            word = STR("1");
        } else if (!word.at) {
            if (++i >= argc)
                return err_set(e, ERR_INPUT, "usage", "--%s needs a value", options[at].name);
            word = str_of(argv[i]);
        }
        if (value[at].at)
            return err_set(e, ERR_INPUT, "usage", "--%s is given twice", options[at].name);
        value[at] = word;
    }
    for (int i = 0; options[i].name; i++) {
        if (value[i].at || !options[i].value)
            continue;
        if (!options[i].otherwise)
            return err_set(e, ERR_INPUT, "usage", "%s%s%s%s is missing", i == operand ? "" : "--",
                           options[i].name, i == operand ? "" : " ", options[i].value);
        value[i] = str_of(options[i].otherwise);
    }
    return OK;
}

enum err_code
command_number(const struct call *call, int64_t *out, struct err *e)
{
    if (str_int(call->value[0], out, 1, INT64_MAX))
        return OK;
    return err_set(e, ERR_INPUT, "usage", "a number is wanted, not \"%.*s\"", (int)call->value[0].n,
                   call->value[0].at);
}

/* ---------------------------------------------------------------- help */

void
command_usage(const struct command *command, struct buf *out)
{
    buf_format(out, "usage: stampd [--config FILE] %s", command->name);
    for (const struct option_row *o = command->options; o->name; o++)
        buf_format(out, " %s%s%s%s%s%s", o->value && !o->otherwise ? "" : "[",
                   is_operand(o) ? "" : "--", o->name, o->value && *o->value ? " " : "",
                   o->value ? o->value : "", o->value && !o->otherwise ? "" : "]");
    buf_format(out, "\n\n%s\n", command->help);
    for (const struct option_row *o = command->options; o->name; o++)
        buf_format(out, "  %s%s %-*s %s%s%s%s\n", is_operand(o) ? "" : "--", o->name,
                   (is_operand(o) ? 22 : 20) - (int)strlen(o->name), o->value ? o->value : "",
                   o->help, o->otherwise && *o->otherwise ? " [" : "",
                   o->otherwise && *o->otherwise ? o->otherwise : "",
                   o->otherwise && *o->otherwise ? "]" : "");
}

void
commands_help(struct buf *out)
{
    buf_text(out, "stampd - a membership card on LINE\n\nusage: stampd [--config FILE] COMMAND "
                  "[--help]\n\n");
    for (size_t i = 0; i < commands_n; i++)
        buf_format(out, "  %-14s %s\n", commands[i].name, commands[i].help);
    buf_text(out, "\nSettings come from stampd.conf and the environment: stampd help --settings\n");
}

void
commands_markdown(struct buf *out)
{
    buf_text(out, "| command | what it does |\n|---|---|\n");
    for (size_t i = 0; i < commands_n; i++)
        buf_format(out, "| `stampd %s` | %s |\n", commands[i].name, commands[i].help);
}

void
commands_roff(struct buf *out)
{
    for (size_t i = 0; i < commands_n; i++)
        buf_format(out, ".TP\n.B %s\n%s\n", commands[i].name, commands[i].help);
}

enum err_code
command_help(struct call *call, struct err *e)
{
    if (call->value[2].at) {
        buf_text(call->out, ".TH STAMPD 1\n.SH NAME\nstampd \\- a membership card on LINE\n"
                            ".SH SYNOPSIS\n.B stampd\n[\\-\\-config FILE] COMMAND [\\-\\-help]\n"
                            ".SH COMMANDS\n");
        commands_roff(call->out);
        buf_text(call->out, ".SH SETTINGS\nKEY=value lines in stampd.conf; in the environment "
                            "with STAMPD_ in front.\n");
        config_roff(call->out);
        buf_text(call->out, ".SH EXIT STATUS\n0 done; 1 not done; 2 the words were wrong.\n");
    } else if (str_eq(call->value[1], STR("commands"))) {
        commands_markdown(call->out);
    } else if (str_eq(call->value[1], STR("settings"))) {
        config_markdown(call->out);
    } else if (str_eq(call->value[1], STR("routes"))) {
        routes_markdown(call->out);
    } else if (call->value[1].n) {
        return err_set(e, ERR_INPUT, "usage", "--markdown takes commands, settings or routes");
    } else if (call->value[0].at) {
        config_help(call->out);
    } else {
        commands_help(call->out);
    }
    return OK;
}

/* ---------------------------------------------------------------- running */

#define CACHE_KIB 65536 /* some look at every row: a server's small cache would make them slow */

enum err_code
command_read(struct call *call, enum err_code (*run)(struct call *call, struct err *e),
             struct err *e)
{
    const struct db_options options = {
        .mode = DB_READ,
        .cache_kib = call->config->cache_kib > CACHE_KIB ? call->config->cache_kib : CACHE_KIB,
        .reads_all = true};
    struct keys keys;
    struct db *db = NULL;
    struct db_tx tx = {0};
    enum err_code code;

    if (keys_load(data_path(call->arena, call->config, DATA_ROOT_KEY), &keys, e) ||
        db_open(&db, data_path(call->arena, call->config, DATA_BOOK), &options, e))
        return e->code;
    db_attach(db, &keys);
    call->db = db;
    code = db_begin(db, &tx, e) || run(call, e) ? e->code : OK;
    db_rollback(&tx);
    db_close(db);
    digest_wipe(&keys, sizeof(keys));
    call->db = NULL;
    return code;
}

enum err_code
command_write(struct call *call, const char *name, const struct str *value, size_t n, struct err *e)
{
    struct call other = *call;
    enum err_code code;

    memset(other.value, 0, sizeof(other.value));
    memcpy(other.value, value, n * sizeof(*value));
    other.arena = arena_new(16 * MIB);
    if (!other.arena)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "%s", name);
    code = err_set(e, ERR_INTERNAL, "usage", "there is no command %s", name);
    for (size_t i = 0; i < commands_n; i++)
        if (strcmp(commands[i].name, name) == 0) {
            *e = (struct err){0};
            code = control_write(&commands[i], &other, e);
        }
    arena_free(other.arena);
    return code;
}

static void
flush(const struct buf *out)
{
    struct str text = buf_str(out);

    if (text.n && fwrite(text.at, 1, text.n, stdout) != text.n)
        perror("standard output");
    fflush(stdout);
}

/* For a command that takes its time. */
static void
flush_now(struct call *call)
{
    flush(call->out);
    call->out->n = 0;
}

static enum err_code
run(const struct command *command, struct call *call, struct err *e)
{
    if (command->prepare && command->prepare(call, e))
        return e->code;
    switch (command->needs) {
    case NEEDS_READER:
        return command_read(call, command->run, e);
    case NEEDS_WRITER:
        return control_write(command, call, e);
    case NEEDS_NOTHING:
    case NEEDS_CONFIG:
        break;
    }
    return command->run(call, e);
}

static int
run_and_say(const struct command *command, struct call *call)
{
    struct config config = {0};
    struct err e = {0};
    enum err_code code;

    call->config = &config;
    if (command->needs != NEEDS_NOTHING && config_load(call->config_path, &config, &e)) {
        fprintf(stderr, "stampd: %s\n", e.text);
        call->config = NULL;
        return 1;
    }
    code = run(command, call, &e);
    if (!code)
        flush(call->out);
    config_clear(&config);
    call->config = NULL;
    if (code)
        fprintf(stderr, "stampd: %s: %s\n", command->name, e.text);
    return code && strcmp(e.word, "usage") == 0 ? 2 : code || call->failed ? 1 : 0;
}

static bool
wants_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
        else if (strcmp(argv[i], "--") == 0)
            break;
    return false;
}

int
commands_main(int argc, char **argv)
{
    struct call call = {.arena = arena_new(16 * MIB)};
    struct clock clock = {0};
    struct buf out = buf_new(call.arena, OUT_MAX);
    const struct command *command;
    struct err e = {0};
    int words = 0, status = 2;

    if (argc > 1 && strcmp(argv[1], "--config") == 0 && argc > 2) {
        call.config_path = argv[2];
        argc -= 2;
        argv += 2;
    }
    call.out = &out;
    call.flush = flush_now;
    call.now_ms = clock_now_ms(&clock);
    command = command_find(argc - 1, argv + 1, &words);
    if (!command) {
        commands_help(&out);
        if (wants_help(argc - 1, argv + 1)) {
            flush(&out);
            status = 0;
        } else {
            fprintf(stderr, "%s", out.at);
        }
    } else if (wants_help(argc - 1 - words, argv + 1 + words)) {
        command_usage(command, &out);
        flush(&out);
        status = 0;
    } else if (command_parse(command, argc - 1 - words, argv + 1 + words, call.value, &e)) {
        command_usage(command, &out);
        fprintf(stderr, "stampd: %s: %s\n\n%s", command->name, e.text, out.at);
    } else {
        status = run_and_say(command, &call);
    }
    arena_free(call.arena);
    return status;
}
