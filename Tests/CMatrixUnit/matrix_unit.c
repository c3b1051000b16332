// A matrix unit of eight tiles in plain C, as strict about shapes as a real one.

#include "CMatrixUnit.h"

#include "groups.h"
#include "half.h"
#include "strips.h"

#pragma STDC FP_CONTRACT OFF

enum { tile_count = 8, tile_rows = 16, tile_bytes = 64 };

typedef struct {
    size_t rows;
    size_t bytes;
    uint8_t data[tile_rows][tile_bytes];
} tile;

static _Thread_local tile tiles[tile_count];

static void configure(const uint16_t *row_bytes, const uint8_t *rows) {
    memset(tiles, 0, sizeof tiles);
    for (size_t t = 0; t < tile_count; t++) {
        if (rows[t] > tile_rows || row_bytes[t] > tile_bytes) __builtin_trap();
        tiles[t].rows = rows[t];
        tiles[t].bytes = row_bytes[t];
    }
}

// A tile that has not been configured cannot be used.
static tile *used(size_t t) {
    if (tiles[t].rows == 0) __builtin_trap();
    return &tiles[t];
}

static void zero(tile *t) { memset(t->data, 0, sizeof t->data); }

static void load_rows(tile *t, const void *from, size_t step) {
    zero(t);
    for (size_t row = 0; row < t->rows; row++) memcpy(t->data[row], (const char *)from + row * step, t->bytes);
}

static void store_rows(const tile *t, void *to, size_t step) {
    for (size_t row = 0; row < t->rows; row++) memcpy((char *)to + row * step, t->data[row], t->bytes);
}

static void dot(tile *c, const tile *a, const tile *b) {
    if (c->rows != a->rows || c->bytes != b->bytes || a->bytes != b->rows * 4) __builtin_trap();
    for (size_t m = 0; m < c->rows; m++) {
        for (size_t n = 0; n < c->bytes / 4; n++) {
            int32_t sum;
            memcpy(&sum, c->data[m] + 4 * n, 4);
            for (size_t k = 0; k < b->rows; k++)
                for (size_t i = 0; i < 4; i++) sum += (int8_t)a->data[m][4 * k + i] * b->data[k][4 * n + i];
            memcpy(c->data[m] + 4 * n, &sum, 4);
        }
    }
}

static float upper(const uint8_t *from) {
    uint16_t half;
    memcpy(&half, from, 2);
    return from_bits((uint32_t)half << 16);
}

// Each sum is that of the first values of all pairs, and that of the second ones, added to what was there.
static void dot_bf16(tile *c, const tile *a, const tile *b) {
    if (c->rows != a->rows || c->bytes != b->bytes || a->bytes != b->rows * 4) __builtin_trap();
    for (size_t m = 0; m < c->rows; m++) {
        for (size_t n = 0; n < c->bytes / 4; n++) {
            float sum, parts[2] = {0, 0};
            memcpy(&sum, c->data[m] + 4 * n, 4);
            for (size_t k = 0; k < b->rows; k++)
                for (size_t i = 0; i < 2; i++)
                    parts[i] += upper(a->data[m] + 4 * k + 2 * i) * upper(b->data[k] + 4 * n + 2 * i);
            sum += parts[0] + parts[1];
            memcpy(c->data[m] + 4 * n, &sum, 4);
        }
    }
}

static void floats(float *to, const uint16_t *from) {
    for (size_t lane = 0; lane < weft_panel; lane++) to[lane] = from_half(from[lane]);
}

#define UNIT_CONFIGURE(shape) configure((shape).row_bytes, (shape).rows)
#define UNIT_RELEASE() memset(tiles, 0, sizeof tiles)
#define UNIT_ZERO(t) zero(used(t))
#define UNIT_LOAD(t, from, step) load_rows(used(t), from, step)
#define UNIT_DOT(c, a, b) dot(used(c), used(a), used(b))
#define UNIT_DOT_BF16(c, a, b) dot_bf16(used(c), used(a), used(b))
#define UNIT_STORE(t, to, step) store_rows(used(t), to, step)
#define UNIT_SCALES(to, from) floats(to, from)
#define UNIT_FEW (&weft_groups_portable)
#include "amx_groups.h"
#include "amx_strips.h"

static const weft_group_functions functions = UNIT_FUNCTIONS;

static void fill(const weft_strip_row *row) { weft_strips_portable.fill(row); }
static void spread(const weft_winograd_row *row) { weft_strips_portable.spread(row); }
static void gather(const weft_winograd_block *block) { weft_strips_portable.gather(block); }

static const weft_strip_functions strips = UNIT_STRIP_FUNCTIONS(fill, spread, gather);

const weft_kernels *weft_kernels_emulated(void) {
    static const weft_kernels kernels = {
        "emulated", &weft_rows_portable, &weft_tiles_portable, &functions, &strips};
    return &kernels;
}
