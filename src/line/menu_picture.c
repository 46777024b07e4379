#include "line/menu_picture.h"

#include <inttypes.h>
#include <stdio.h>

#include "line/menu_pen.h"
#include "line/menu_words.h"

#define RADIUS 28
#define PAD 36
#define TEXT_MAX (2 * KIB)
#define NUMBER_SIZE 32

#define TICK "M5 12.5 L10 17.5 L19 7"
#define GIFT                                                                                       \
    "M4 11 L4 20 L20 20 L20 11 M3 7 L21 7 L21 11 L3 11 Z M12 7 L12 20 M12 7 C8 7 6 6 6 4 C6 1.5 "  \
    "11 2 12 7 C13 2 18 1.5 18 4 C18 6 16 7 12 7"
#define CARD                                                                                       \
    "M3 5 L21 5 L21 19 L3 19 Z M7 9 L7 15 M10 9 L10 15 M12.5 9 L12.5 15 M15 9 L15 15 M17.5 9 "     \
    "L17.5 15"
#define ARROW "M5 12 L19 12 M13 6 L19 12 L13 18"
#define BUBBLE "M4 4 L20 4 L20 16 L11 16 L7 20 L7 16 L4 16 Z M8 8.5 L16 8.5 M8 12 L13 12"

#define STRIPE_HEIGHT 14

/* The usual one has no stripe below its band. */
static const struct {
    enum pen_colour band, wash, ink;
    bool has_stripe;
} looks[] = {
    [MENU_LOOK_USUAL] = {PEN_BAND, PEN_GOLD_WASH, PEN_GOLD, false},
    [MENU_LOOK_BRONZE] = {PEN_BRONZE, PEN_BRONZE_WASH, PEN_BRONZE, true},
    [MENU_LOOK_SILVER] = {PEN_SILVER, PEN_SILVER_WASH, PEN_SILVER, true},
    [MENU_LOOK_GOLD] = {PEN_GOLD, PEN_GOLD_WASH, PEN_GOLD, true},
    [MENU_LOOK_BLACK] = {PEN_BLACK, PEN_GOLD_WASH, PEN_BLACK, true},
};

struct sheet {
    const struct menu_design *design;
    const struct menu_words *words;
    struct arena *arena;
    struct pen *pen;
};

/* 1234567 as 1,234,567: all four languages group so. */
static struct str
number(const struct sheet *s, int64_t n)
{
    struct buf b = buf_new(s->arena, NUMBER_SIZE);

    if (n >= 1000000)
        buf_format(&b, "%" PRId64 ",%03d,%03d", n / 1000000, (int)(n / 1000 % 1000),
                   (int)(n % 1000));
    else if (n >= 1000)
        buf_format(&b, "%d,%03d", (int)(n / 1000), (int)(n % 1000));
    else
        buf_int(&b, n);
    return buf_str(&b);
}

/* A template of menu_words with its {left}, {reward} and {tier}; a reward only where it is named.
 */
static struct str
filled_in(const struct sheet *s, const char *template, const struct menu_reward *reward)
{
    struct buf b = buf_new(s->arena, TEXT_MAX);
    struct str rest = str_of(template), text, name;

    while (str_until(&rest, '{', &text)) {
        buf_str_raw(&b, text);
        if (!str_until(&rest, '}', &name))
            break;
        buf_str_raw(&b, str_eq(name, STR("left"))   ? number(s, reward->at - s->design->count)
                        : str_eq(name, STR("tier")) ? s->design->tier
                                                    : reward->title);
    }
    buf_str_raw(&b, rest);
    return buf_str(&b);
}

static struct menu_box
inset(struct menu_box box, int by)
{
    return (struct menu_box){box.x + by, box.y + by, box.width - 2 * by, box.height - 2 * by};
}

/* ---------------------------------------------------------------- above the body */

static void
draw_tabs(const struct sheet *s, const struct menu_layout *layout)
{
    const struct menu_box strip = {0, 0, MENU_WIDTH, layout->band.y};

    if (s->design->tabs_n == 0)
        return;
    pen_fill(s->pen, &strip, PEN_LINE, 0);
    for (size_t i = 0; i < s->design->tabs_n; i++) {
        bool is_shown = i == s->design->tab_shown;
        struct menu_box tab = layout->tab[i];
        const struct pen_text text = {
            .text = s->design->tab[i].text,
            .size = 52,
            .is_bold = is_shown,
            .align = PEN_CENTRE,
            .colour = is_shown ? PEN_SURFACE : PEN_INK_SOFT,
        };
        struct menu_box inside = inset(tab, 14);

        if (is_shown) {
            tab.y += 12;
            tab.height += RADIUS; /* its lower corners lie under the band */
            pen_fill(s->pen, &tab, looks[s->design->look].band, RADIUS);
        }
        pen_write(s->pen, &inside, &text);
    }
}

static void
draw_tier(const struct sheet *s, struct menu_box *room)
{
    struct menu_box chip = {room->x + room->width - 340, room->y + 34, 340, room->height - 68};
    struct menu_box inside = inset(chip, 8);
    const struct pen_text text = {.text = s->design->tier,
                                  .size = 44,
                                  .is_bold = true,
                                  .align = PEN_CENTRE,
                                  .colour = looks[s->design->look].ink};

    pen_fill(s->pen, &chip, looks[s->design->look].wash, chip.height / 2);
    inside.x += 20;
    inside.width -= 40;
    pen_write(s->pen, &inside, &text);
    room->width -= 340 + PAD;
}

static void
draw_band(const struct sheet *s, const struct menu_layout *layout)
{
    struct menu_box room = layout->band, stripe = layout->band;
    const struct pen_text title = {
        .text = s->design->title, .size = 64, .is_bold = true, .colour = PEN_SURFACE};

    pen_fill(s->pen, &layout->band, looks[s->design->look].band, 0);
    stripe.y += stripe.height - STRIPE_HEIGHT;
    stripe.height = STRIPE_HEIGHT;
    if (looks[s->design->look].has_stripe)
        pen_fill(s->pen, &stripe, looks[s->design->look].wash, 0);
    room.x += 2 * PAD;
    room.width -= 4 * PAD;
    if (s->design->tier.n > 0)
        draw_tier(s, &room);
    pen_write(s->pen, &room, &title);
}

static void
draw_campaign(const struct sheet *s, const struct menu_layout *layout)
{
    struct menu_box room = layout->campaign;
    const struct pen_text text = {.text = s->design->campaign,
                                  .size = 52,
                                  .is_bold = true,
                                  .align = PEN_CENTRE,
                                  .colour = PEN_GOLD};

    if (room.width == 0)
        return;
    pen_fill(s->pen, &room, PEN_GOLD_WASH, 0);
    room.x += 2 * PAD;
    room.width -= 4 * PAD;
    pen_write(s->pen, &room, &text);
}

/* ---------------------------------------------------------------- rings */

static bool
has_reward(const struct menu_design *d, int64_t at)
{
    for (size_t i = 0; i < d->rewards_n; i++)
        if (d->reward[i].at == at)
            return true;
    return false;
}

/* As the card shows them: a seal, or a dashed ring with its number; rewards are gold. */
static void
draw_ring(const struct sheet *s, int64_t at, double x, double y, double radius)
{
    bool is_reward = has_reward(s->design, at);
    int half = (int)(radius * 0.8);
    const struct menu_box middle = {(int)x - half, (int)y - half, 2 * half, 2 * half};
    const struct pen_text text = {.text = number(s, at),
                                  .size = (int)(radius * 0.72),
                                  .is_bold = true,
                                  .align = PEN_CENTRE,
                                  .colour = PEN_INK_SOFT};

    if (at <= s->design->count) {
        pen_circle(s->pen, x, y, radius - 3, 6, 0, is_reward ? PEN_GOLD : PEN_STAMP);
        pen_disc(s->pen, x, y, radius * 0.84, PEN_STAMP);
        pen_icon(s->pen, TICK, x, y, radius * 1.1, 3, PEN_SURFACE);
    } else if (is_reward) {
        pen_disc(s->pen, x, y, radius - 3, PEN_GOLD_WASH);
        pen_circle(s->pen, x, y, radius - 3, 6, 0, PEN_GOLD);
        pen_icon(s->pen, GIFT, x, y, radius * 1.0, 1.8, PEN_GOLD);
    } else {
        pen_circle(s->pen, x, y, radius - 3, 5, 12, PEN_RING);
        pen_write(s->pen, &middle, &text);
    }
}

/* In as many rows as make them largest. */
static void
draw_rings(const struct sheet *s, const struct menu_box *box)
{
    int n = (int)s->design->goal, rows = 1, columns;
    double pitch = 0, x0, y0;

    for (int r = 1; r <= 4; r++) {
        int across = (n + r - 1) / r;
        double wide = (double)box->width / across, high = (double)box->height / r;
        double best = wide < high ? wide : high;

        if (best > pitch) {
            pitch = best;
            rows = r;
        }
    }
    if (pitch > 210)
        pitch = 210;
    columns = (n + rows - 1) / rows;
    x0 = box->x + (box->width - columns * pitch) / 2;
    y0 = box->y + (box->height - rows * pitch) / 2;
    for (int i = 0; i < n; i++) {
        int row = i / columns, column = i % columns;

        draw_ring(s, i + 1, x0 + (column + 0.5) * pitch, y0 + (row + 0.5) * pitch, pitch * 0.43);
    }
}

/* ---------------------------------------------------------------- a number and a bar */

static void
draw_bar(const struct sheet *s, const struct menu_box *box)
{
    const struct menu_design *d = s->design;
    double part = (double)d->count / (double)d->goal;
    struct menu_box track = {box->x + 60, box->y + box->height - 84, box->width - 120, 36};
    struct menu_box done = track;

    pen_fill(s->pen, &track, PEN_LINE, track.height / 2);
    done.width = (int)(track.width * (part < 1 ? part : 1));
    if (done.width >= track.height)
        pen_fill(s->pen, &done, PEN_STAMP, track.height / 2);
    for (size_t i = 0; i < d->rewards_n; i++) {
        double x = track.x + track.width * ((double)d->reward[i].at / (double)d->goal);
        double y = track.y + track.height / 2.0;
        bool is_reached = d->reward[i].at <= d->count;

        pen_disc(s->pen, x, y, 42, is_reached ? PEN_STAMP : PEN_GOLD_WASH);
        pen_circle(s->pen, x, y, 42, 5, 0, PEN_GOLD);
        pen_icon(s->pen, is_reached ? TICK : GIFT, x, y, 46, 2,
                 is_reached ? PEN_SURFACE : PEN_GOLD);
    }
}

static void
draw_amount(const struct sheet *s, const struct menu_box *box)
{
    const struct menu_design *d = s->design;
    struct menu_box top = {box->x, box->y, box->width, box->height - (d->goal > 0 ? 110 : 0)};
    struct buf b = buf_new(s->arena, 4 * NUMBER_SIZE);

    buf_str_raw(&b, number(s, d->count));
    buf_format(&b, "%s %s", d->is_at_least ? "+" : "", s->words->unit[d->unit]);
    pen_write(s->pen, &top,
              &(struct pen_text){.text = buf_str(&b),
                                 .size = top.height < 200 ? 120 : 150,
                                 .is_bold = true,
                                 .align = PEN_CENTRE,
                                 .colour = PEN_STAMP});
    if (d->goal > 0)
        draw_bar(s, box);
}

/* ---------------------------------------------------------------- the body */

/* "7 / 10" at the right, what is still to go to its left. */
static void
draw_way(const struct sheet *s, const struct menu_box *line)
{
    const struct menu_design *d = s->design;
    const struct menu_reward *next = menu_next_reward(d);
    struct buf b = buf_new(s->arena, 2 * NUMBER_SIZE + 8);
    struct menu_box room = *line;

    buf_str_raw(&b, number(s, d->count));
    buf_format(&b, "%s / ", d->is_at_least ? "+" : "");
    buf_str_raw(&b, number(s, d->goal));
    room.width = 330;
    room.x = line->x + line->width - room.width;
    pen_write(s->pen, &room,
              &(struct pen_text){.text = buf_str(&b),
                                 .size = 68,
                                 .is_bold = true,
                                 .align = PEN_RIGHT,
                                 .colour = PEN_INK});
    if (!next)
        return;
    room = *line;
    room.width -= 330 + PAD;
    pen_write(s->pen, &room,
              &(struct pen_text){.text = filled_in(s,
                                                   next->at <= d->count ? s->words->is_there
                                                   : d->is_at_least     ? "{reward}"
                                                                    : s->words->left_for[d->unit],
                                                   next),
                                 .size = 54,
                                 .colour = PEN_INK,
                                 .lines_max = 2});
}

static void
draw_progress(const struct sheet *s, const struct menu_box *body)
{
    struct menu_box inside = inset(*body, PAD), line = inside, rings = inside;

    line.height = 124;
    line.y = inside.y + inside.height - line.height;
    rings.height -= line.height + 8;
    if (!s->design->is_counted) {
        pen_write(s->pen, &inside,
                  &(struct pen_text){.text = str_of(s->words->tap_to_see),
                                     .size = 80,
                                     .is_bold = true,
                                     .align = PEN_CENTRE,
                                     .colour = PEN_ACTION});
        return;
    }
    if (s->design->goal == 0) {
        draw_amount(s, &inside);
        return;
    }
    if (s->design->goal <= MENU_RINGS_MAX)
        draw_rings(s, &rings);
    else
        draw_amount(s, &rings);
    draw_way(s, &line);
}

/* A card as it will be. */
static void
draw_sample(const struct sheet *s, const struct menu_box *card)
{
    double pitch = card->width / 5.2, radius = pitch * 0.4;
    struct menu_box head = {card->x, card->y, card->width, 96};

    pen_fill(s->pen, card, PEN_PAPER, RADIUS);
    pen_fill(s->pen, &head, PEN_BAND, RADIUS);
    head = (struct menu_box){card->x, card->y + 48, card->width, 48};
    pen_fill(s->pen, &head, PEN_BAND, 0);
    for (int i = 0; i < 10; i++) {
        int row = i / 5, column = i % 5;
        double x = card->x + card->width / 2.0 + (column - 2) * pitch;
        double y = card->y + 96 + (card->height - 96) / 2.0 + (row - 0.5) * pitch * 1.08;

        if (i < 3) {
            pen_disc(s->pen, x, y, radius, PEN_STAMP);
            pen_icon(s->pen, TICK, x, y, radius * 1.3, 3, PEN_SURFACE);
        } else if (i == 9) {
            pen_circle(s->pen, x, y, radius, 5, 0, PEN_GOLD);
            pen_icon(s->pen, GIFT, x, y, radius * 1.15, 1.8, PEN_GOLD);
        } else {
            pen_circle(s->pen, x, y, radius, 4, 10, PEN_RING);
        }
    }
    pen_frame(s->pen, card, PEN_LINE, RADIUS, 4);
}

static void
draw_invitation(const struct sheet *s, const struct menu_box *body)
{
    int middle = body->y + body->height / 2;
    const struct menu_box card = {body->x + 64, middle - 200, 640, 400};
    const int left = card.x + card.width + 64;
    const struct menu_box title = {left, middle - 270, body->x + body->width - 48 - left, 240};
    const struct menu_box how = {left, middle - 30, title.width, 90};
    const struct menu_box button = {left, middle + 90, 460, 124};

    draw_sample(s, &card);
    pen_write(
        s->pen, &title,
        &(struct pen_text){
            .text = str_of(s->words->make_card), .size = 92, .is_bold = true, .colour = PEN_INK});
    pen_write(s->pen, &how,
              &(struct pen_text){
                  .text = str_of(s->words->make_card_how), .size = 52, .colour = PEN_INK_SOFT});
    pen_fill(s->pen, &button, PEN_ACTION, button.height / 2);
    pen_icon(s->pen, CARD, button.x + button.width / 2.0 - 76, button.y + 62, 84, 1.8, PEN_SURFACE);
    pen_icon(s->pen, ARROW, button.x + button.width / 2.0 + 76, button.y + 62, 80, 2.4,
             PEN_SURFACE);
}

static void
draw_tiles(const struct sheet *s, const struct menu_layout *layout)
{
    const bool is_of_tier = s->design->tier.n > 0;
    const struct {
        const char *icon;
        struct str label;
    } tiles[MENU_TILES] = {
        {CARD, str_of(s->words->open_card)},
        {BUBBLE, str_of(s->words->ask_balance)},
        {GIFT,
         is_of_tier ? filled_in(s, s->words->tier_rewards, NULL) : str_of(s->words->see_rewards)},
    };

    for (int i = 0; i < MENU_TILES; i++) {
        const struct menu_box *box = &layout->tile[i];
        bool is_first = i == 0;
        struct menu_box label = {box->x + 16, box->y + 138, box->width - 32, box->height - 148};

        pen_fill(s->pen, box, is_first ? PEN_ACTION : PEN_SURFACE, RADIUS);
        if (!is_first)
            pen_frame(s->pen, box, PEN_LINE, RADIUS, 3);
        pen_icon(s->pen, tiles[i].icon, box->x + box->width / 2.0, box->y + 82, 96, 1.8,
                 is_first ? PEN_SURFACE : PEN_ACTION);
        pen_write(s->pen, &label,
                  &(struct pen_text){.text = tiles[i].label,
                                     .size = 54,
                                     .is_bold = true,
                                     .align = PEN_CENTRE,
                                     .colour = is_first ? PEN_SURFACE : PEN_INK});
    }
}

enum err_code
menu_picture_draw(const struct menu_design *design, struct arena *a, struct str *out, struct err *e)
{
    const struct menu_words *words = &menu_words[design->language];
    const struct sheet s = {design, words, a,
                            pen_new(MENU_WIDTH, MENU_HEIGHT, words->font, words->tag)};
    struct menu_layout layout;
    enum err_code code;

    if (!s.pen)
        return err_set(e, ERR_INTERNAL, "out_of_memory", "picture of a rich menu");
    menu_layout(design, &layout);
    draw_tabs(&s, &layout);
    draw_band(&s, &layout);
    draw_campaign(&s, &layout);
    pen_fill(s.pen, &layout.body, PEN_SURFACE, RADIUS);
    pen_frame(s.pen, &layout.body, PEN_LINE, RADIUS, 3);
    if (design->is_guest)
        draw_invitation(&s, &layout.body);
    else
        draw_progress(&s, &layout.body);
    if (!design->is_guest)
        draw_tiles(&s, &layout);
    code = pen_png(s.pen, a, out, e);
    pen_free(s.pen);
    return code;
}
