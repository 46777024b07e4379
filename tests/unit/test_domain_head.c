/*
 * Signed heads: what they say is the book's, growing is bounded and may be broken off anywhere, and
 * whatever is done to the book afterwards shows against a head that somebody kept.
 */
#include "domain/head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "domain/check.h"
#include "domain/head_file.h"
#include "domain/held_receipts.h"
#include "domain/transfer.h"
#include "domain/tree_book.h"
#include "tests/support/book.h"
#include "tests/support/check.h"

#define GRANTS 150 /* two chunks and a part of a third, with the rounds they fill */

static void
open_book(struct book *b)
{
    struct card card;

    book_open(b);
    card = book_card(b, BOOK_POINTS);
    for (int i = 0; i < GRANTS; i++)
        book_grant(b, &card, 1000);
}

static void
grow_all(struct book *b)
{
    bool made = false;
    int64_t left, before = INT64_MAX;
    struct err e;

    while (!made) {
        CHECK_OK(head_grow(b->db, TREE_CHUNK, b->now_ms, &made, &left, &e), e);
        CHECK_THAT(left < before); /* so it ends */
        before = left;
    }
    CHECK_INT(left, 0);
}

static struct head
newest(struct book *b)
{
    struct head head;
    struct err e;

    CHECK_OK(head_load(b->db, 0, &head, &e), e);
    return head;
}

/* The root over all transfers, read one after another. */
static struct tree_hash
root_of(struct book *b)
{
    STMT s = db_stmt(b->db, SQL_TRANSFER_ALL);
    struct tree_front front = {.size = 0};
    bool row;
    struct err e;

    for (;;) {
        struct transfer t;
        struct tree_hash leaf;

        CHECK_OK(stmt_step(s, &row, &e), e);
        if (!row)
            return tree_root(&front);
        transfer_read(s, &t);
        leaf = tree_line_hash(&t);
        CHECK_OK(tree_add(&front, 0, &leaf, NULL, NULL, &e), e);
    }
}

/* ---------------------------------------------------------------- growing */

static void
a_head_says_what_the_book_is(void **state)
{
    struct book b;
    struct head head;
    struct tree_hash root;
    struct chain_head last;
    uint8_t key[P256_PUBLIC_SIZE];
    char text[HEAD_TEXT_MAX];
    struct err e;

    (void)state;
    open_book(&b);
    grow_all(&b);
    head = newest(&b);
    root = root_of(&b);
    CHECK_OK(chain_head(b.db, CHAIN_TRANSFER, &last, &e), e);
    CHECK_INT(head.number, 1);
    CHECK_INT(head.size, last.seq);
    CHECK_INT(head.at_ms, b.now_ms);
    CHECK_THAT(memcmp(head.root.at, root.at, SHA256_SIZE) == 0);
    sha256(last.mac, MAC_SIZE, root.at);
    CHECK_THAT(memcmp(head.last.at, root.at, SHA256_SIZE) == 0);
    head_key(b.db, key);
    CHECK_THAT(p256_verify(key, head_text(&head, text), head.signature));
    CHECK_INT(book_int(&b, "SELECT count(*) FROM tree_node"), head.size / 64 + head.size / 128);
    book_close(&b);
}

static void
growing_is_bounded_and_goes_on_where_it_was(void **state)
{
    struct book b;
    bool made;
    int64_t left;
    struct err e;

    (void)state;
    open_book(&b);
    CHECK_OK(head_grow(b.db, 1, b.now_ms, &made, &left, &e), e);
    CHECK_THAT(!made && left > TREE_CHUNK);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM tree_node"), 1);
    CHECK_OK(head_grow(b.db, 1, b.now_ms, &made, &left, &e), e);
    CHECK_INT(book_int(&b, "SELECT count(*) FROM tree_node"), 3);
    CHECK_THAT(made && left == 0);
    CHECK_OK(head_grow(b.db, 1000, b.now_ms, &made, &left, &e), e); /* nothing new: one more head */
    CHECK_THAT(made);
    CHECK_INT(newest(&b).number, 2);
    book_close(&b);
}

static void
a_day_that_is_over_gets_one_head(void **state)
{
    static const struct {
        int64_t advance_ms;
        int64_t heads;
    } row[] = {
        {0, 0},                          /* the day of the first transfer is not over */
        {DAY_MS, 1},                     /* now it is */
        {MINUTE_MS, 1},                  /* once */
        {DAY_MS, 2},    {3 * DAY_MS, 3}, /* nobody was there to make the others */
        {-DAY_MS, 3},                    /* a clock that was set back makes none */
    };
    struct book b;
    bool made, more;
    struct err e;

    (void)state;
    open_book(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_ROW(i);
        b.now_ms += row[i].advance_ms;
        do
            CHECK_OK(head_daily(b.db, TREE_CHUNK, b.now_ms, &made, &more, &e), e);
        while (more);
        CHECK_INT(book_int(&b, "SELECT count(*) FROM head"), row[i].heads);
    }
    book_close(&b);
}

static void
a_book_without_transfers_has_no_head(void **state)
{
    struct book b;
    bool made, more;
    int64_t left;
    struct head head;
    struct err e;

    (void)state;
    book_open(&b);
    CHECK_OK(head_grow(b.db, 1000, b.now_ms, &made, &left, &e), e);
    CHECK_THAT(!made && left == 0);
    CHECK_OK(head_daily(b.db, 1000, b.now_ms + 9 * DAY_MS, &made, &more, &e), e);
    CHECK_THAT(!made && !more);
    CHECK_FAILS(head_load(b.db, 0, &head, &e), e, ERR_NOT_FOUND, "head_unknown");
    book_close(&b);
}

static void
every_line_is_proven_against_the_head(void **state)
{
    struct book b;
    struct head head;
    struct tree_reader reader;
    struct err e;

    (void)state;
    open_book(&b);
    grow_all(&b);
    head = newest(&b);
    reader = tree_reader(b.db);
    for (int64_t seq = 1; seq <= head.size; seq++) {
        struct tree_hash proof[TREE_PROOF_MAX], hash;
        struct transfer t;
        size_t n;
        int64_t at = seq - 1, last = head.size - 1;

        CHECK_ROW(seq);
        CHECK_OK(transfer_by_seq(b.db, seq, &t, &e), e);
        CHECK_OK(tree_inclusion(seq - 1, head.size, tree_read, &reader, proof, &n, &e), e);
        hash = tree_line_hash(&t);
        for (size_t i = 0; last > 0; at >>= 1, last >>= 1)
            if (at & 1)
                hash = tree_join(&proof[i++], &hash);
            else if (at < last)
                hash = tree_join(&hash, &proof[i++]);
        CHECK_THAT(memcmp(hash.at, head.root.at, SHA256_SIZE) == 0);
    }
    book_close(&b);
}

static void
a_line_reads_as_the_phone_writes_it(void **state)
{
    static const struct transfer t = {
        .card_id = 7,
        .seq = 12,
        .kind = TRANSFER_EARN,
        .debit = -17,
        .credit = 7,
        .amount = 30,
        .balance_after = 45,
        .at_ms = 1775005200000,
        .plan_id = 2,
        .plan_version = 1,
        .shop_id = 1,
        .till_id = 9,
        .staff_id = 8,
        .yen = 3000,
        .reason = "sale",
        .mac = {0xab},
    };
    char line[TREE_LINE_MAX];

    (void)state;
    CHECK_STR(tree_line(&t, line), "stampd line 1\n12,7,1,30,45,1775005200000,,2,1,1,3000,,,,,"
                                   "ab000000000000000000000000000000,sale");
}

/* ---------------------------------------------------------------- against what others kept */

struct told {
    char anchored[300], receipts[300];
};

static void
note(void *context, const struct check_line *line)
{
    struct told *told = context;
    const char *detail = line->holds ? "holds" : line->detail;

    if (strcmp(line->name, "I07_ANCHORED") == 0)
        snprintf(told->anchored, sizeof(told->anchored), "%s", detail);
    if (strcmp(line->name, "K4_RECEIPTS") == 0)
        snprintf(told->receipts, sizeof(told->receipts), "%s", detail);
}

static struct told
check_with(struct book *b, struct str heads, FILE *receipts)
{
    const struct check_options options = {.heads = heads, .receipts = receipts, .is_quick = true};
    struct told told = {"", ""};
    bool sound;
    struct err e;

    CHECK_OK(check_run(b->db, &options, note, &told, &sound, &e), e);
    return told;
}

static struct str
keep_heads(struct book *b, struct arena *a)
{
    struct buf out = buf_new(a, HEADS_FILE_MAX);
    struct err e;

    CHECK_OK(heads_write(b->db, 1, 1000, &out, &e), e);
    CHECK_THAT(!buf_failed(&out));
    return buf_str(&out);
}

/* As somebody would who has the file and the keys: everything that was in the book is made anew and
 * fits, and only what others kept tells. */
static void
a_book_that_was_turned_back_does_not_match_a_head_kept_elsewhere(void **state)
{
    static const struct {
        const char *sql, *told;
    } row[] = {
        {"", "holds"},
        {"UPDATE transfer SET amount = amount + 1 WHERE seq = 150",
         "head 1: one of the first 155 transfers was another"},
        {"DELETE FROM transfer WHERE seq = 155", "head 1: transfer 155 is gone"},
        {"DELETE FROM transfer WHERE seq = 155; UPDATE chain_head SET seq = 154",
         "head 1 had 155 transfers, and there are 154"},
        {"DELETE FROM head WHERE number = 2", "head 2 is gone"},
        {"UPDATE head SET at_ms = at_ms - 1 WHERE number = 2", "head 2 is another"},
        {"DELETE FROM audit", "head 1: the audit log was another"},
        {"UPDATE tree_node SET hash = zeroblob(32) WHERE level = 7",
         "head 1: one of the first 155 transfers was another"},
        {"DELETE FROM tree_node WHERE level = 7", "head 1: node 7/0 of the tree is gone"},
    };
    struct arena *a = arena_new(16 * MIB);
    struct book sample;
    struct str heads;

    (void)state;
    open_book(&sample);
    book_reverse(&sample, 1);
    book_exec(&sample, "DELETE FROM answer"); /* 35 days later */
    CHECK_INT(book_int(&sample, "SELECT count(*) FROM transfer"), 155);
    CHECK_THAT(book_int(&sample, "SELECT count(*) FROM audit") >= 1);
    for (int i = 0; i < 2; i++)
        grow_all(&sample);
    heads = keep_heads(&sample, a);
    book_exec(&sample, "DROP TRIGGER transfer_is_final_u; DROP TRIGGER transfer_is_final_d;"
                       "DROP TRIGGER head_is_final_u; DROP TRIGGER head_is_final_d;"
                       "DROP TRIGGER audit_is_final_d; DROP TRIGGER tree_node_is_final_u;"
                       "DROP TRIGGER tree_node_is_final_d");
    book_close_broken(&sample);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct book b;
        struct told told;

        CHECK_ROW(i);
        book_copy(&b, &sample);
        if (row[i].sql[0] != '\0')
            book_exec(&b, "PRAGMA foreign_keys = OFF; %s", row[i].sql);
        told = check_with(&b, heads, NULL);
        CHECK_TEXT(told.anchored, row[i].told);
        book_close_broken(&b);
    }
    arena_free(a);
}

/* Another book, with its own key, is not taken for this one; nor is a head that nobody signed. */
static void
a_head_of_somebody_else_is_told(void **state)
{
    struct arena *a = arena_new(16 * MIB);
    struct book b;
    struct str heads;
    char *changed;

    (void)state;
    open_book(&b);
    grow_all(&b);
    heads = keep_heads(&b, a);
    CHECK_TEXT(check_with(&b, heads, NULL).anchored, "holds");
    changed = arena_alloc(a, heads.n + 1);
    memcpy(changed, heads.at, heads.n + 1);
    strstr(changed, "\"size\":")[strlen("\"size\":") + 1] ^= 1; /* another number */
    CHECK_TEXT(check_with(&b, str_of(changed), NULL).anchored, "head 1: not signed by this book");
    memcpy(changed, heads.at, heads.n + 1);
    strstr(changed, "\"key\":\"")[strlen("\"key\":\"") + 20] ^= 1;
    CHECK_TEXT(check_with(&b, str_of(changed), NULL).anchored,
               "the file is of a book with another key");
    book_close(&b);
    arena_free(a);
}

static enum err_code
count_head(void *context, const struct head *head, struct err *e)
{
    (void)head;
    (void)e;
    ++*(int *)context;
    return OK;
}

static void
a_file_that_is_none_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "x",
        "[]",
        "{}",
        "{\"format\":\"stampd heads 2\",\"key\":\"\",\"heads\":[]}",
        "{\"format\":\"stampd heads 1\",\"key\":\"AAAA\",\"heads\":[]}",
        "{\"format\":\"stampd heads 1\",\"heads\":[]}",
        "[[[[[[[[",
    };
    uint8_t key[P256_PUBLIC_SIZE];
    int heads = 0;
    struct err e;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        CHECK_ROW(i);
        CHECK_FAILS(heads_read(str_of(texts[i]), key, count_head, &heads, &e), e, ERR_INPUT,
                    "heads_malformed");
    }
    CHECK_INT(heads, 0);
}

/* ---------------------------------------------------------------- receipts */

static FILE *
receipts_of(struct book *b, const char *extra)
{
    FILE *file = tmpfile();

    assert_non_null(file);
    fprintf(file, "# receipts of a till\n\n");
    for (int64_t seq = 1; seq <= GRANTS; seq++) {
        struct transfer t;
        char mac[HEX_SIZE(MAC_SIZE)];
        struct err e;

        CHECK_OK(transfer_by_seq(b->db, seq, &t, &e), e);
        hex_encode(t.mac, MAC_SIZE, mac);
        fprintf(file, "%lld %s%s\r\n", (long long)seq, mac,
                seq % 2 == 0 ? " # 2026-04-01T01:00:00.000Z" : "");
    }
    fprintf(file, "%s", extra);
    rewind(file);
    return file;
}

static void
a_receipt_without_its_transfer_is_told(void **state)
{
    static const struct {
        const char *extra, *told;
    } row[] = {
        {"", "holds"},
        {"3 00000000000000000000000000000000\n", "receipt 3"},
        {"9999 00000000000000000000000000000000\n", "receipt 9999"},
    };
    struct book b;

    (void)state;
    open_book(&b);
    for (size_t i = 0; i < COUNT(row); i++) {
        FILE *file = receipts_of(&b, row[i].extra);

        CHECK_ROW(i);
        CHECK_TEXT(check_with(&b, STR(""), file).receipts, row[i].told);
        fclose(file);
    }
    book_close(&b);
}

static void
a_line_that_is_no_receipt_is_refused(void **state)
{
    static const char *const lines[] = {
        "1",
        "1 ",
        " 1 00000000000000000000000000000000",
        "0 00000000000000000000000000000000",
        "-1 00000000000000000000000000000000",
        "1 0000000000000000000000000000000",
        "1 000000000000000000000000000000000",
        "1 0000000000000000000000000000000g",
        "1  00000000000000000000000000000000",
        "1 00000000000000000000000000000000 ",
        "1 00000000000000000000000000000000 2026-04-01",
        "1 00000000000000000000000000000000# 2026-04-01",
        "99999999999999999999 00000000000000000000000000000000",
        "1 00000000000000000000000000000000 and more that does not end before the line is longer "
        "than"
        " a line of receipts ever is, which is quite long",
    };
    struct book b;
    const struct check_options none = {.is_quick = true};
    struct told told;
    bool sound;
    struct err e;

    (void)state;
    book_open(&b);
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct check_options options = none;
        struct held_receipt receipt;

        CHECK_ROW(i);
        CHECK_THAT(!held_receipt_read(str_of(lines[i]), &receipt));
        options.receipts = tmpfile();
        assert_non_null(options.receipts);
        fprintf(options.receipts, "\n%s\n", lines[i]);
        rewind(options.receipts);
        CHECK_FAILS(check_run(b.db, &options, note, &told, &sound, &e), e, ERR_INPUT,
                    "receipts_malformed");
        fclose(options.receipts);
    }
    book_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_head_says_what_the_book_is),
        TEST(growing_is_bounded_and_goes_on_where_it_was),
        TEST(a_day_that_is_over_gets_one_head),
        TEST(a_book_without_transfers_has_no_head),
        TEST(every_line_is_proven_against_the_head),
        TEST(a_line_reads_as_the_phone_writes_it),
        TEST(a_book_that_was_turned_back_does_not_match_a_head_kept_elsewhere),
        TEST(a_head_of_somebody_else_is_told),
        TEST(a_file_that_is_none_is_refused),
        TEST(a_receipt_without_its_transfer_is_told),
        TEST(a_line_that_is_no_receipt_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
