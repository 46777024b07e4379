#include "barcode/deflater.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum {
    ADLER_BASE = 65521,
    MATCH_MIN = 3,
    MATCH_MAX = 258,
    DISTANCE_MAX = 32768,

    /* Alphabets: bytes, end of block and lengths; distances; lengths of the codes for those. */
    END_OF_BLOCK = 256,
    LITERALS = 286,
    DISTANCES = 30,
    CODE_LENGTHS = 19,
    CODE_MAX = 15,        /* bits */
    LENGTH_CODE_MAX = 7,  /* bits of the codes for code lengths */
    REPEAT_LAST = 16,     /* 3 to 6 times, 2 more bits */
    REPEAT_ZERO = 17,     /* 3 to 10 times, 3 more bits */
    REPEAT_ZERO_LONG = 18 /* 11 to 138 times, 7 more bits */
};

/* One alphabet of a block: how often each symbol comes, and the bits it then gets. */
struct codes {
    unsigned size;
    unsigned bits_max;
    uint32_t times[LITERALS];
    uint8_t bits[LITERALS];
    uint16_t code[LITERALS]; /* the first bit lowest */
};

/* ---------------------------------------------------------------- bits */

static void
chunk_flush(struct deflater *d)
{
    d->write(d->to, d->chunk, d->chunk_n);
    d->chunk_n = 0;
}

static void
put_bits(struct deflater *d, uint32_t value, unsigned n)
{
    d->bits |= (uint64_t)value << d->bit_count;
    d->bit_count += n;
    while (d->bit_count >= 8) {
        if (d->chunk_n == DEFLATER_CHUNK)
            chunk_flush(d);
        d->chunk[d->chunk_n++] = (uint8_t)d->bits;
        d->bits >>= 8;
        d->bit_count -= 8;
    }
}

static unsigned
log2_of(unsigned value)
{
    return 31 - (unsigned)__builtin_clz(value);
}

/* The symbol of a length, and the bits that follow it. RFC 1951, 3.2.5. */
static unsigned
length_symbol(unsigned length, unsigned *more_out)
{
    unsigned from_0 = length - MATCH_MIN;

    *more_out = 0;
    if (length == MATCH_MAX)
        return LITERALS - 1;
    if (from_0 < 8)
        return END_OF_BLOCK + 1 + from_0;
    *more_out = log2_of(from_0) - 2;
    return END_OF_BLOCK + 5 + 4 * *more_out + (from_0 >> *more_out & 3);
}

static unsigned
distance_symbol(unsigned distance, unsigned *more_out)
{
    unsigned from_0 = distance - 1;

    *more_out = 0;
    if (from_0 < 4)
        return from_0;
    *more_out = log2_of(from_0) - 1;
    return 2 * *more_out + 2 + (from_0 >> *more_out & 1);
}

/* ---------------------------------------------------------------- codes */

/* Symbols in use, the rarest first; how many. */
static unsigned
codes_sort(const struct codes *c, uint16_t symbol[LITERALS])
{
    unsigned n = 0;

    for (unsigned i = 0; i < c->size; i++) {
        unsigned place = n;

        if (c->times[i] == 0)
            continue;
        for (; place > 0 && c->times[symbol[place - 1]] > c->times[i]; place--)
            symbol[place] = symbol[place - 1];
        symbol[place] = (uint16_t)i;
        n++;
    }
    return n;
}

/*
 * Huffman's tree over n sorted weights: count[b] is how many leaves lie b branches deep. The two
 * lightest of what is left are joined each time; joined ones come out in order, so that the
 * lightest stands at the head of the leaves or of the joints.
 */
static void
tree_depths(const struct codes *c, const uint16_t *symbol, unsigned n, unsigned count[LITERALS])
{
    uint64_t weight[LITERALS];
    unsigned parent[2 * LITERALS]; /* leaves first, then joints */
    unsigned depth[LITERALS];
    unsigned leaf = 0;
    unsigned joint = 0;

    for (unsigned made = 0; made + 1 < n; made++) {
        weight[made] = 0;
        for (int side = 0; side < 2; side++) {
            if (leaf < n && (joint == made || c->times[symbol[leaf]] <= weight[joint])) {
                weight[made] += c->times[symbol[leaf]];
                parent[leaf++] = made;
            } else {
                weight[made] += weight[joint];
                parent[n + joint++] = made;
            }
        }
    }
    memset(count, 0, LITERALS * sizeof *count);
    depth[n - 2] = 0;
    for (unsigned i = n - 2; i-- > 0;)
        depth[i] = depth[parent[n + i]] + 1;
    for (unsigned i = 0; i < n; i++)
        count[depth[parent[i]] + 1]++;
}

/*
 * Leaves below the limit are lifted to it, which is more than it has room for: each time one of
 * them becomes the sibling of a leaf from the next higher level that has one.
 */
static void
tree_limit(unsigned count[LITERALS], unsigned bits_max)
{
    unsigned taken = 0; /* of 2^bits_max places at the limit */

    for (unsigned bits = bits_max + 1; bits < LITERALS; bits++)
        count[bits_max] += count[bits];
    for (unsigned bits = 1; bits <= bits_max; bits++)
        taken += count[bits] << (bits_max - bits);
    for (; taken > 1u << bits_max; taken--) {
        unsigned bits = bits_max - 1;

        while (count[bits] == 0)
            bits--;
        count[bits]--;
        count[bits + 1] += 2;
        count[bits_max]--;
    }
}

static uint16_t
reversed(unsigned code, unsigned bits)
{
    unsigned out = 0;

    for (; bits > 0; bits--, code >>= 1)
        out = out << 1 | (code & 1);
    return (uint16_t)out;
}

/* Codes in the order RFC 1951, 3.2.2 lays down, from nothing but their lengths. */
static void
codes_assign(struct codes *c, const unsigned count[LITERALS])
{
    unsigned next[CODE_MAX + 1] = {0};

    for (unsigned bits = 1; bits < c->bits_max; bits++)
        next[bits + 1] = (next[bits] + count[bits]) << 1;
    for (unsigned i = 0; i < c->size; i++)
        if (c->bits[i] > 0)
            c->code[i] = reversed(next[c->bits[i]]++, c->bits[i]);
}

static void
codes_make(struct codes *c)
{
    uint16_t symbol[LITERALS];
    unsigned count[LITERALS];
    unsigned n = codes_sort(c, symbol);
    unsigned i = 0;

    memset(c->bits, 0, sizeof c->bits);
    if (n == 0)
        return;
    if (n == 1) { /* a code needs a bit, though there is nothing to tell apart */
        c->bits[symbol[0]] = 1;
        c->code[symbol[0]] = 0;
        return;
    }
    tree_depths(c, symbol, n, count);
    tree_limit(count, c->bits_max);
    for (unsigned bits = c->bits_max; bits > 0; bits--)
        for (unsigned k = 0; k < count[bits]; k++)
            c->bits[symbol[i++]] = (uint8_t)bits;
    codes_assign(c, count);
}

/* ---------------------------------------------------------------- blocks */

/* Code lengths as symbols of the third alphabet; more[i] stands behind symbol i. */
struct lengths {
    unsigned n;
    uint8_t symbol[LITERALS + DISTANCES];
    uint8_t more[LITERALS + DISTANCES];
};

static void
lengths_add(struct lengths *l, unsigned symbol, unsigned more)
{
    l->symbol[l->n] = (uint8_t)symbol;
    l->more[l->n++] = (uint8_t)more;
}

static void
lengths_of(struct lengths *l, const uint8_t *bits, unsigned n)
{
    for (unsigned i = 0; i < n;) {
        unsigned run = 1;

        while (i + run < n && bits[i + run] == bits[i])
            run++;
        i += run;
        if (bits[i - 1] == 0) {
            for (; run >= 11; run -= run < 138 ? run : 138)
                lengths_add(l, REPEAT_ZERO_LONG, (run < 138 ? run : 138) - 11);
            if (run >= 3) {
                lengths_add(l, REPEAT_ZERO, run - 3);
                run = 0;
            }
        } else {
            lengths_add(l, bits[i - 1], 0);
            for (run--; run >= 3; run -= run < 6 ? run : 6)
                lengths_add(l, REPEAT_LAST, (run < 6 ? run : 6) - 3);
        }
        for (; run > 0; run--)
            lengths_add(l, bits[i - 1], 0);
    }
}

static unsigned
used(const struct codes *c, unsigned least)
{
    unsigned n = c->size;

    while (n > least && c->bits[n - 1] == 0)
        n--;
    return n;
}

/* RFC 1951, 3.2.7. */
static void
put_header(struct deflater *d, const struct codes *literals, const struct codes *distances,
           bool last)
{
    static const uint8_t order[CODE_LENGTHS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                11, 4,  12, 3, 13, 2, 14, 1, 15};
    struct codes codes = {.size = CODE_LENGTHS, .bits_max = LENGTH_CODE_MAX};
    struct lengths lengths = {0};
    uint8_t bits[LITERALS + DISTANCES];
    unsigned literals_n = used(literals, END_OF_BLOCK + 1);
    unsigned distances_n = used(distances, 1);
    unsigned n = CODE_LENGTHS;

    memcpy(bits, literals->bits, literals_n);
    memcpy(bits + literals_n, distances->bits, distances_n);
    lengths_of(&lengths, bits, literals_n + distances_n);
    for (unsigned i = 0; i < lengths.n; i++)
        codes.times[lengths.symbol[i]]++;
    codes_make(&codes);
    while (codes.bits[order[n - 1]] == 0)
        n--;

    put_bits(d, last, 1);
    put_bits(d, 2, 2);
    put_bits(d, literals_n - (END_OF_BLOCK + 1), 5);
    put_bits(d, distances_n - 1, 5);
    put_bits(d, n - 4, 4);
    for (unsigned i = 0; i < n; i++)
        put_bits(d, codes.bits[order[i]], 3);
    for (unsigned i = 0; i < lengths.n; i++) {
        unsigned symbol = lengths.symbol[i];

        put_bits(d, codes.code[symbol], codes.bits[symbol]);
        if (symbol >= REPEAT_LAST)
            put_bits(d, lengths.more[i], symbol == REPEAT_ZERO_LONG ? 7 : symbol - 14);
    }
}

static void
put_token(struct deflater *d, const struct deflater_token *token, const struct codes *literals,
          const struct codes *distances)
{
    unsigned more;
    unsigned symbol;

    if (token->length == 0) {
        put_bits(d, literals->code[token->distance_or_byte],
                 literals->bits[token->distance_or_byte]);
        return;
    }
    symbol = length_symbol(token->length, &more);
    put_bits(d, literals->code[symbol], literals->bits[symbol]);
    put_bits(d, (token->length - MATCH_MIN) & ((1u << more) - 1), more);
    symbol = distance_symbol(token->distance_or_byte, &more);
    put_bits(d, distances->code[symbol], distances->bits[symbol]);
    put_bits(d, (token->distance_or_byte - 1u) & ((1u << more) - 1), more);
}

static void
put_block(struct deflater *d, bool last)
{
    struct codes literals = {.size = LITERALS, .bits_max = CODE_MAX};
    struct codes distances = {.size = DISTANCES, .bits_max = CODE_MAX};

    literals.times[END_OF_BLOCK] = 1;
    for (size_t i = 0; i < d->token_count; i++) {
        const struct deflater_token *token = &d->token[i];
        unsigned more;

        if (token->length == 0) {
            literals.times[token->distance_or_byte] += token->times;
        } else {
            literals.times[length_symbol(token->length, &more)] += token->times;
            distances.times[distance_symbol(token->distance_or_byte, &more)] += token->times;
        }
    }
    codes_make(&literals);
    codes_make(&distances);
    put_header(d, &literals, &distances, last);
    for (size_t i = 0; i < d->token_count; i++)
        for (uint32_t k = 0; k < d->token[i].times; k++)
            put_token(d, &d->token[i], &literals, &distances);
    put_bits(d, literals.code[END_OF_BLOCK], literals.bits[END_OF_BLOCK]);
    d->token_count = 0;
}

static void
add_token(struct deflater *d, size_t length, size_t distance_or_byte, size_t times)
{
    if (d->token_count == DEFLATER_TOKENS)
        put_block(d, false);
    d->token[d->token_count++] =
        (struct deflater_token){(uint16_t)length, (uint16_t)distance_or_byte, (uint32_t)times};
}

/* ---------------------------------------------------------------- rows */

/* The check sum over `times` copies of the row, from what one copy adds to it. RFC 1950, 8.2. */
static void
adler_add(struct deflater *d, const uint8_t *row, uint64_t times)
{
    uint64_t sum = 0;
    uint64_t weighted = 0;
    uint64_t stride = d->stride;

    for (size_t i = 0; i < stride; i++) {
        sum += row[i];
        weighted += sum;
    }
    d->adler[1] = (uint32_t)((d->adler[1] + times * stride % ADLER_BASE * d->adler[0] +
                              times * (weighted % ADLER_BASE) +
                              times * (times - 1) / 2 % ADLER_BASE * (stride * sum % ADLER_BASE)) %
                             ADLER_BASE);
    d->adler[0] = (uint32_t)((d->adler[0] + times * sum) % ADLER_BASE);
}

static unsigned
hash(const uint8_t *three)
{
    return (three[0] * 0x9e5u ^ three[1] * 0x1f3u ^ three[2] * 0x3bu) % DEFLATER_HASHES;
}

struct match {
    size_t length;
    size_t distance;
};

/*
 * Let `best` be a copy of what begins at `from` in `seen`, if that is longer. A stale `from` may
 * point to what is yet to come; there is no way back to that, and the distance shows it.
 */
static void
match_try(const struct deflater *d, size_t from, size_t to, size_t room, struct match *best)
{
    size_t slot = from / d->stride;
    size_t column = from % d->stride;
    size_t distance = d->at + to % d->stride - (d->row_at[slot] + column);
    size_t enough = best->length;
    size_t n = 0;

    if (column + room > d->stride)
        room = d->stride - column;
    while (n < room && d->seen[from + n] == d->seen[to + n])
        n++;
    if (distance > 4 && distance != d->stride) /* rare, so many bits: bytes may be fewer */
        enough += best->distance == 0 ? 3 : 1;
    if (n > enough && distance - 1 < DISTANCE_MAX)
        *best = (struct match){n, distance};
}

/* What is new in a row that stands at `first` in `seen`: all from column `told` on. */
static void
tell_row(struct deflater *d, size_t first, size_t told)
{
    size_t end = first + d->stride;

    for (size_t i = first + told; i < end;) {
        size_t room = end - i < MATCH_MAX ? end - i : MATCH_MAX;
        struct match best = {MATCH_MIN - 1, 0};

        if (i > first)
            match_try(d, i - 1, i, room, &best);
        if (d->rows > 0) {
            size_t above = (d->rows - 1) % d->slots * d->stride;

            match_try(d, above + (i - first), i, room, &best);
        }
        if (room >= MATCH_MIN)
            match_try(d, d->head[hash(d->seen + i)], i, room, &best);
        if (best.distance == 0) {
            best.length = 1;
            add_token(d, 0, d->seen[i], 1);
        } else {
            add_token(d, best.length, best.distance, 1);
        }
        for (; best.length > 0; best.length--, i++)
            if (end - i >= MATCH_MIN)
                d->head[hash(d->seen + i)] = (uint16_t)i;
    }
}

static size_t
alike(const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t i = 0;

    while (i < n && a[i] == b[i])
        i++;
    return i;
}

/*
 * The next n bytes are those of the row above, again and again. Where that does not come out even,
 * one or two bytes are left, which no match can say.
 */
static void
tell_copies(struct deflater *d, const uint8_t *above, size_t n)
{
    size_t left = n % MATCH_MAX;

    if (n >= MATCH_MAX)
        add_token(d, MATCH_MAX, d->stride, n / MATCH_MAX);
    if (left >= MATCH_MIN)
        add_token(d, left, d->stride, 1);
    else
        for (; left > 0; left--)
            add_token(d, 0, above[(n - left) % d->stride], 1);
}

/* Copies still to be told, and with them as many bytes of the next row as are alike; how many. */
static size_t
tell_waiting(struct deflater *d, const uint8_t *next)
{
    const uint8_t *above = d->seen + (d->rows - 1) % d->slots * d->stride;
    size_t same = next != NULL ? alike(above, next, d->stride) : 0;

    if (d->waiting + same < MATCH_MIN)
        same = 0;
    tell_copies(d, above, d->waiting + same);
    return same;
}

/* ---------------------------------------------------------------- streams */

void
barcode_deflater_begin(struct deflater *d, size_t stride,
                       void (*write)(void *to, const uint8_t *bytes, size_t n), void *to)
{
    assert(stride >= 2 && stride <= DEFLATER_ROW_MAX);
    d->write = write;
    d->to = to;
    d->stride = stride;
    d->at = 0;
    d->adler[0] = 1;
    d->adler[1] = 0;
    d->rows = 0;
    d->slots = DEFLATER_SEEN / stride < DEFLATER_SLOTS ? DEFLATER_SEEN / stride : DEFLATER_SLOTS;
    memset(d->head, 0, sizeof d->head);
    d->token_count = 0;
    d->bits = 0;
    d->bit_count = 0;
    d->chunk_n = 0;
    put_bits(d, 0x0178, 16); /* deflate, distances to 32 KiB, no dictionary */
}

void
barcode_deflater_row(struct deflater *d, const uint8_t *row, unsigned times)
{
    size_t slot = d->rows % d->slots;
    size_t told = d->rows > 0 ? tell_waiting(d, row) : 0;

    assert(times > 0);
    memcpy(d->seen + slot * d->stride, row, d->stride);
    d->row_at[slot] = d->at;
    adler_add(d, row, times);
    tell_row(d, slot * d->stride, told);
    d->waiting = (times - 1) * d->stride;
    d->row_at[slot] += d->waiting;
    d->at += times * d->stride;
    d->rows++;
}

void
barcode_deflater_end(struct deflater *d)
{
    if (d->rows > 0)
        tell_waiting(d, NULL);
    put_block(d, true);
    put_bits(d, 0, (8 - d->bit_count) % 8);
    for (int half = 1; half >= 0; half--) {
        put_bits(d, d->adler[half] >> 8, 8);
        put_bits(d, d->adler[half] & 0xff, 8);
    }
    chunk_flush(d);
}
