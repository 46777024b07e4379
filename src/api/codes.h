/*
 * codes.h - the codes a card or a voucher shows, step by step, drawn.
 */
#ifndef API_CODES_H
#define API_CODES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "domain/card.h"
#include "domain/code.h"
#include "domain/keys.h"
#include "domain/member.h"
#include "domain/plan.h"

#include <stddef.h>
#include <stdint.h>

#define CODES_AHEAD 3 /* steps in one answer: this one and the next two */

struct drawn_code {
    int64_t from_ms, until_ms;
    struct str digits;      /* 22 */
    struct str linear_text; /* what is printed under the bars; empty for a voucher */
    struct str qr_svg, linear_svg;
};

/* What drawing needs: keys to make codes, the language of their names for screen readers, and room.
 */
struct code_pen {
    const struct keys *keys;
    enum language language;
    struct arena *arena; /* holds all text of the codes drawn */
};

/* What a card's bars hold, settled and, where it does not change, drawn once for all steps. */
struct card_bars {
    enum linear linear;
    struct str svg, text; /* LINEAR_NUMBER */
};
/* `rules` are those in force. ERR_INTERNAL when it cannot be drawn. */
enum err_code code_bars(const struct code_pen *pen, struct db *db, const struct card *card,
                        const struct plan_rules *rules, struct card_bars *out, struct err *e);

/* The code of one step. ERR_INTERNAL when it cannot be drawn. */
enum err_code
code_draw_card(const struct code_pen *pen, const struct card *card, const struct plan_rules *rules,
               const struct card_bars *bars, int64_t step, struct drawn_code *out, struct err *e);
enum err_code code_draw_voucher(const struct code_pen *pen, int64_t locator, int64_t step,
                                struct drawn_code *out, struct err *e);

/* A code of somebody else's, for their own reader: bars, or a QR code where bars would be too wide.
 */
enum err_code
code_draw_given(const struct code_pen *pen, struct str text, struct str *svg_out, struct err *e);

/* {"now":ms,"step_ms":30000,"codes":[...]}; returns where the ms stands. */
size_t codes_write(struct buf *b, const struct drawn_code *codes, size_t n, int64_t now_ms);

#endif
