/*
 * commands.h - what `stampd` can be told on the command line, as one table.
 *
 * Parser, --help, README and man page come from it. A command that writes runs in the process that
 * holds the book: in this one when nobody serves, else in the server, asked over the control
 * socket; either way it is one transaction.
 *
 * Exit status: 0 done; 1 not done, the reason is on standard error; 2 the words were wrong.
 */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

#include "app/config.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_MAX 24

enum command_needs {
    NEEDS_NOTHING, /* no settings, no book */
    NEEDS_CONFIG,
    NEEDS_READER, /* a read-only connection, whoever serves */
    NEEDS_WRITER,
};

struct option_row {
    const char *name;      /* "shop" for --shop; NULL ends the list */
    const char *value;     /* "NAME" in the usage; NULL: a switch; "": a word without --name */
    const char *otherwise; /* NULL: must be given, unless a switch */
    const char *help;
};

struct call {
    const struct config *config;
    const char *config_path;
    struct db *db;
    struct arena *arena;
    struct buf *out; /* for standard output */
    void (*flush)(
        struct call *call); /* show what is in `out` so far, and empty it; NULL: at the end */
    int64_t now_ms;
    struct str value[OPTIONS_MAX]; /* as the command's options; .at NULL: not given */
    bool failed;                   /* run returned OK, but the answer is "no": exit 1 */
    const atomic_bool *gives_up; /* true: whoever waits has to go; NULL: nobody has. For deploys */
    void *context;               /* between a function given to command_read and who gave it */
};

struct command {
    const char *name; /* "till add" */
    const char *help;
    enum command_needs needs;
    const struct option_row *options;
    /* Before anything is locked, in the process that was called: hashes, checks of words. May
     * change call->value. */
    enum err_code (*prepare)(struct call *call, struct err *e);
    enum err_code (*run)(struct call *call, struct err *e);
};

extern const struct command commands[];
extern const size_t commands_n;

/* The command whose name the first words are; *words_out says how many those were. NULL: none. */
const struct command *command_find(int argc, char **argv, int *words_out);
/* ERR_INPUT "usage" */
enum err_code command_parse(const struct command *command, int argc, char **argv,
                            struct str value[OPTIONS_MAX], struct err *e);

/* The number given as the command's first option. ERR_INPUT "usage" */
enum err_code command_number(const struct call *call, int64_t *out, struct err *e);

/* The card that carries a code, fresh or not, or has that fixed number; card_options and the like.
 */
struct card;
enum err_code command_card(struct call *call, struct str text, struct card *out, struct err *e);

/*
 * The text of the file that an option names, or of standard input for "-", takes the name's place:
 * the process that writes may not see the file. ERR_INPUT "file_unreadable", a NUL or over `max`
 * bytes in it included
 */
enum err_code command_file(struct call *call, int option, size_t max, struct err *e);
/* Run `run` as a NEEDS_READER command runs: for one that has to look into the book, but must not
 * hold it while it waits for others. */
enum err_code command_read(struct call *call,
                           enum err_code (*run)(struct call *call, struct err *e), struct err *e);
/* Run a NEEDS_WRITER command of the table, by name, with these values. */
enum err_code command_write(struct call *call, const char *name, const struct str *value, size_t n,
                            struct err *e);

void command_usage(const struct command *command, struct buf *out);
void commands_help(struct buf *out);
void commands_markdown(struct buf *out);
void commands_roff(struct buf *out);

/* Everything between main() and exit. */
int commands_main(int argc, char **argv);

/* The rows' functions, by file. */
extern const struct option_row no_options[], shop_add_options[], till_add_options[],
    till_revoke_options[], staff_add_options[], staff_pin_options[], staff_end_options[],
    staff_declare_options[], plan_add_options[], plan_set_options[], plan_load_options[],
    plan_file_options[], plan_show_options[], plan_draft_options[], plan_drafts_options[],
    plan_draft_remove_options[], plan_rehearse_options[], plan_publish_options[],
    plan_unschedule_options[], plan_history_options[], shop_set_options[], shop_place_options[],
    keyword_add_options[], keyword_set_options[], keyword_remove_options[], keyword_hours_options[],
    beacon_add_options[], beacon_remove_options[], terms_add_options[], member_show_options[],
    customer_import_options[], customer_list_options[], member_credit_options[],
    member_event_options[], member_merge_options[], member_rescue_options[], merge_undo_options[],
    card_options[], card_number_options[], menu_draw_options[], menu_period_options[],
    menu_record_options[], message_policy_options[], message_log_options[], check_options_rows[],
    barcode_encode_options[], catalogue_set_options[], catalogue_show_options[],
    reward_codes_options[], demo_data_options[], help_options[];
extern const struct option_row head_show_options[], head_export_options[],
    report_liability_options[];
enum err_code command_init(struct call *call, struct err *e);
enum err_code command_serve(struct call *call, struct err *e);
enum err_code command_check(struct call *call, struct err *e);
enum err_code command_doctor(struct call *call, struct err *e);
enum err_code command_migrate(struct call *call, struct err *e);
enum err_code command_owner_link(struct call *call, struct err *e);
enum err_code command_shop_add(struct call *call, struct err *e);
enum err_code command_shop_set(struct call *call, struct err *e);
enum err_code command_shop_place(struct call *call, struct err *e);
enum err_code command_shop_list(struct call *call, struct err *e);
enum err_code command_keyword_add(struct call *call, struct err *e);
enum err_code command_keyword_set(struct call *call, struct err *e);
enum err_code command_keyword_remove(struct call *call, struct err *e);
enum err_code command_keyword_hours(struct call *call, struct err *e);
enum err_code command_keyword_list(struct call *call, struct err *e);
enum err_code command_beacon_add(struct call *call, struct err *e);
enum err_code command_beacon_remove(struct call *call, struct err *e);
enum err_code command_beacon_list(struct call *call, struct err *e);
enum err_code command_till_add(struct call *call, struct err *e);
enum err_code command_till_revoke(struct call *call, struct err *e);
enum err_code command_till_list(struct call *call, struct err *e);
enum err_code command_staff_prepare(struct call *call, struct err *e);
enum err_code command_staff_add(struct call *call, struct err *e);
enum err_code command_staff_pin_prepare(struct call *call, struct err *e);
enum err_code command_staff_pin(struct call *call, struct err *e);
enum err_code command_staff_end(struct call *call, struct err *e);
enum err_code command_staff_declare(struct call *call, struct err *e);
enum err_code command_staff_list(struct call *call, struct err *e);
enum err_code command_plan_add(struct call *call, struct err *e);
enum err_code command_plan_set(struct call *call, struct err *e);
enum err_code command_plan_load_prepare(struct call *call, struct err *e);
enum err_code command_plan_load(struct call *call, struct err *e);
enum err_code command_plan_file(struct call *call, struct err *e);
enum err_code command_plan_show(struct call *call, struct err *e);
enum err_code command_plan_list(struct call *call, struct err *e);
enum err_code command_catalogue_prepare(struct call *call, struct err *e);
enum err_code command_catalogue_set(struct call *call, struct err *e);
enum err_code command_reward_codes_prepare(struct call *call, struct err *e);
enum err_code command_reward_codes(struct call *call, struct err *e);
enum err_code command_catalogue_show(struct call *call, struct err *e);
enum err_code command_plan_draft_prepare(struct call *call, struct err *e);
enum err_code command_plan_draft(struct call *call, struct err *e);
enum err_code command_plan_drafts(struct call *call, struct err *e);
enum err_code command_plan_draft_remove(struct call *call, struct err *e);
enum err_code command_plan_rehearse_prepare(struct call *call, struct err *e);
enum err_code command_plan_rehearse(struct call *call, struct err *e);
enum err_code command_plan_publish(struct call *call, struct err *e);
enum err_code command_plan_unschedule(struct call *call, struct err *e);
enum err_code command_plan_history(struct call *call, struct err *e);
enum err_code command_terms_prepare(struct call *call, struct err *e);
enum err_code command_terms_add(struct call *call, struct err *e);
enum err_code command_terms_list(struct call *call, struct err *e);
enum err_code command_card_block(struct call *call, struct err *e);
enum err_code command_card_unblock(struct call *call, struct err *e);
enum err_code command_card_reissue(struct call *call, struct err *e);
enum err_code command_card_number(struct call *call, struct err *e);
enum err_code command_customer_prepare(struct call *call, struct err *e);
enum err_code command_customer_import(struct call *call, struct err *e);
enum err_code command_customer_list(struct call *call, struct err *e);
enum err_code command_member_credit(struct call *call, struct err *e);
enum err_code command_member_event(struct call *call, struct err *e);
enum err_code command_member_merge(struct call *call, struct err *e);
enum err_code command_member_merge_undo(struct call *call, struct err *e);
enum err_code command_member_rescue(struct call *call, struct err *e);
enum err_code command_member_rescue_undo(struct call *call, struct err *e);
enum err_code command_member_show(struct call *call, struct err *e);
enum err_code command_menu_show(struct call *call, struct err *e);
enum err_code command_menu_draw(struct call *call, struct err *e);
enum err_code command_menu_status(struct call *call, struct err *e);
enum err_code command_menu_period(struct call *call, struct err *e);
enum err_code command_menu_record(struct call *call, struct err *e);
enum err_code command_menu_validate(struct call *call, struct err *e);
enum err_code command_menu_deploy(struct call *call, struct err *e);
enum err_code command_menu_remove(struct call *call, struct err *e);
enum err_code command_message_policy(struct call *call, struct err *e);
enum err_code command_message_log(struct call *call, struct err *e);
enum err_code command_head_show(struct call *call, struct err *e);
enum err_code command_head_make(struct call *call, struct err *e);
enum err_code command_report_liability(struct call *call, struct err *e);
enum err_code command_head_export(struct call *call, struct err *e);
enum err_code command_barcode_encode(struct call *call, struct err *e);
enum err_code command_demo_data(struct call *call, struct err *e);
enum err_code command_help(struct call *call, struct err *e);

#endif
