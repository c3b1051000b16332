// Groups of quantised weights on a matrix unit: see amx_unit.h. Macros that it needs beside:
// UNIT_DOT(c, a, b)      c[m][n] += sum over k, i of a[m][4 k + i] * b[k][4 n + i]; a signed, b unsigned bytes
// UNIT_SCALES(to, from)  16 halves as floats
// UNIT_FEW               the functions for rows that are too few for the unit
#pragma once

#include <math.h>
#include <string.h>

#include "amx_unit.h"
#include "groups.h"

enum {
    // Up to so many rows the memory is slower than vectors of one row at a time.
    unit_few = 4,
};

// The least of a tile's height and the rows.
static size_t unit_height(const weft_group *group) { return group->rows < unit_rows ? group->rows : unit_rows; }

// Bytes of x that a tile has of each row: 64, or a group of q4.
static size_t unit_depth(const weft_group *group) { return group->kind == weft_q8 ? 64 : weft_sum_group; }

static void unit_begin(const weft_group *group) {
    if (group->rows <= unit_few) return;
    unit_shape shape = {.palette = 1};
    for (size_t tile = 0; tile < unit_tiles; tile++) {
        const int is_rows = tile >= unit_rows_tile && tile < unit_panels_tile;
        shape.row_bytes[tile] = (uint16_t)(is_rows ? unit_depth(group) : 64);
        shape.rows[tile] = (uint8_t)(tile < unit_panels_tile ? unit_height(group) : unit_depth(group) / 4);
    }
    UNIT_CONFIGURE(shape);
}

static void unit_end(const weft_group *group) {
    if (group->rows > unit_few) UNIT_RELEASE();
}

// Two blocks of rows, or one, by two panels, or one.
typedef struct {
    size_t blocks;
    size_t panels;
    // The first row of each block.
    size_t rows[2];
    // The rows at the beginning of each block that belong to the block before.
    size_t done[2];
    size_t panel;
    // Where the weights of each panel begin, [steps][depth / 4][64].
    const uint8_t *weights[2];
} unit_square;

static inline __attribute__((always_inline)) void unit_zero(const unit_square *square) {
    UNIT_ZERO(0);
    if (square->panels > 1) UNIT_ZERO(1);
    if (square->blocks > 1) UNIT_ZERO(2);
    if (square->blocks > 1 && square->panels > 1) UNIT_ZERO(3);
}

// Adds the products of one step in depth.
static inline __attribute__((always_inline)) void unit_dot(
    const weft_group *group, const unit_square *square, size_t step) {
    const size_t depth = unit_depth(group);
    const int8_t *x = group->x + step * depth;
    UNIT_LOAD(4, x + square->rows[0] * weft_row_group, weft_row_group);
    UNIT_LOAD(6, square->weights[0] + step * depth * weft_panel, 64);
    UNIT_DOT(0, 4, 6);
    if (square->panels > 1) {
        UNIT_LOAD(7, square->weights[1] + step * depth * weft_panel, 64);
        UNIT_DOT(1, 4, 7);
    }
    if (square->blocks > 1) {
        UNIT_LOAD(5, x + square->rows[1] * weft_row_group, weft_row_group);
        UNIT_DOT(2, 5, 6);
        if (square->panels > 1) UNIT_DOT(3, 5, 7);
    }
}

typedef int32_t unit_dots[4][unit_rows * weft_panel];

static inline __attribute__((always_inline)) void unit_store(const unit_square *square, unit_dots dots) {
    UNIT_STORE(0, dots[0], 64);
    if (square->panels > 1) UNIT_STORE(1, dots[1], 64);
    if (square->blocks > 1) UNIT_STORE(2, dots[2], 64);
    if (square->blocks > 1 && square->panels > 1) UNIT_STORE(3, dots[3], 64);
}

// Scales the dot products of one tile, [chunks][unit_dots], and adds them to the sums.
static inline __attribute__((always_inline)) void unit_add(
    const weft_group *group, const unit_square *square, size_t block, size_t panel, const unit_dots *dots) {
    const size_t place = square->panel + panel, height = unit_height(group), tile = block * 2 + panel;
    const size_t parts = group->kind == weft_q8 ? 1 : weft_group_chunks(weft_q4, group);
    _Alignas(64) float scales[4][weft_panel];
    for (size_t part = 0; part < parts; part++)
        UNIT_SCALES(scales[part], group->scales + place * group->panel_scales + part * weft_panel);
    for (size_t line = square->done[block]; line < height; line++) {
        const size_t row = square->rows[block] + line;
        float *sums = group->sums + (place * group->rows + row) * weft_panel;
        float total[weft_panel];
        for (size_t part = 0; part < parts; part++) {
            const int32_t *found = dots[part][tile] + line * weft_panel;
            const int32_t taken = group->kind == weft_q8 ? weft_q8_correction(group, row)
                                                         : weft_q4_zero * group->x_sums[row * 4 + part];
            for (size_t lane = 0; lane < weft_panel; lane++) {
                const float dot = (float)(found[lane] - taken);
                total[lane] = part == 0 ? dot * scales[part][lane] : fmaf(dot, scales[part][lane], total[lane]);
            }
        }
        for (size_t lane = 0; lane < weft_panel; lane++)
            sums[lane] = fmaf(total[lane], group->x_scales[row], sums[lane]);
    }
}

static void unit_multiply(const weft_group *group, const unit_square *square) {
    _Alignas(64) unit_dots dots[4];
    const size_t chunks = weft_group_chunks(group->kind, group);
    if (group->kind == weft_q8) {
        unit_zero(square);
        for (size_t step = 0; step < chunks / 2; step++) unit_dot(group, square, step);
        unit_store(square, dots[0]);
    } else {
        for (size_t chunk = 0; chunk < chunks; chunk++) {
            unit_zero(square);
            unit_dot(group, square, chunk);
            unit_store(square, dots[chunk]);
        }
    }
    for (size_t block = 0; block < square->blocks; block++)
        for (size_t panel = 0; panel < square->panels; panel++) unit_add(group, square, block, panel, dots);
}

// The codes of q4, a byte each.
static const uint8_t *unit_unpack(const weft_group *group, size_t panel, uint8_t *unpacked) {
    const uint8_t *codes = group->codes + panel * group->panel_codes;
    for (size_t pair = 0; pair < weft_group_chunks(weft_q4, group) * 4; pair++) {
        for (size_t index = 0; index < 64; index++) {
            unpacked[pair * 128 + index] = codes[pair * 64 + index] & 15;
            unpacked[pair * 128 + 64 + index] = codes[pair * 64 + index] >> 4;
        }
    }
    return unpacked;
}

// Fetches the panel's next group, which follows.
static void unit_fetch(const weft_group *group, size_t panel) {
    const size_t size = weft_panel_codes(group->kind, weft_row_group);
    const uint8_t *codes = group->codes + panel * group->panel_codes + size;
    for (size_t line = 0; line < size; line += 64) __builtin_prefetch(codes + line);
}

// The last block of rows ends at the last row, and may begin among the rows of the one before.
static void unit_add_group(const weft_group *group) {
    if (group->rows <= unit_few) {
        UNIT_FEW->add(group);
        return;
    }
    const size_t height = unit_height(group), blocks = (group->rows + height - 1) / height;
    _Alignas(64) uint8_t unpacked[2][weft_row_group * weft_panel];
    for (size_t panel = 0; panel < group->panels; panel += 2) {
        unit_square square = {.panels = group->panels - panel < 2 ? 1 : 2, .panel = panel};
        for (size_t p = 0; p < square.panels; p++) {
            unit_fetch(group, panel + p);
            square.weights[p] = group->kind == weft_q8 ? group->codes + (panel + p) * group->panel_codes
                                                       : unit_unpack(group, panel + p, unpacked[p]);
        }
        for (size_t block = 0; block < blocks; block += 2) {
            square.blocks = blocks - block < 2 ? 1 : 2;
            for (size_t b = 0; b < square.blocks; b++) {
                const size_t wanted = (block + b) * height, last = group->rows - height;
                square.rows[b] = wanted < last ? wanted : last;
                square.done[b] = wanted - square.rows[b];
            }
            unit_multiply(group, &square);
        }
    }
}

#define UNIT_FUNCTIONS {.few = unit_few, .add = unit_add_group, .begin = unit_begin, .end = unit_end}
