// Products of strips on a matrix unit: see amx_unit.h. Macros that it needs beside:
// UNIT_DOT_BF16(c, a, b)  c[m][n] += sum over k, i of a[m][2 k + i] * b[k][2 n + i], bfloat16
#pragma once

#include <string.h>

#include "amx_unit.h"
#include "strips.h"

static size_t unit_patches(size_t pixels) { return pixels < unit_rows ? pixels : unit_rows; }

static void unit_begin_strip(size_t pixels) {
    unit_shape shape = {.palette = 1};
    for (size_t tile = 0; tile < unit_tiles; tile++) {
        shape.row_bytes[tile] = 64;
        shape.rows[tile] = (uint8_t)(tile < unit_panels_tile ? unit_patches(pixels) : weft_strip_channels / 2);
    }
    UNIT_CONFIGURE(shape);
}

static void unit_end_strip(void) { UNIT_RELEASE(); }

// One or two blocks of pixels by one or two panels.
typedef struct {
    // The first pixel of each block.
    size_t pixels[2];
    // The pixels at the beginning of each block that belong to the block before.
    size_t done[2];
    const uint16_t *weights;
    float *y;
} unit_blocks;

static inline __attribute__((always_inline)) void unit_dot_patches(
    const weft_patches *patches, const unit_blocks *blocks, size_t several_blocks, size_t several_panels) {
    const size_t step = patches->pixel_step * 2;
    const uint16_t *weights = blocks->weights;
    for (size_t line = 0; line < patches->lines; line++) {
        const uint16_t *x = patches->x + line * patches->line_step;
        for (size_t k = 0; k < patches->run; k += weft_strip_channels) {
            UNIT_LOAD(4, x + blocks->pixels[0] * patches->pixel_step + k, step);
            UNIT_LOAD(6, weights, 64);
            UNIT_DOT_BF16(0, 4, 6);
            if (several_panels) {
                UNIT_LOAD(7, weights + patches->panel_step, 64);
                UNIT_DOT_BF16(1, 4, 7);
            }
            if (several_blocks) {
                UNIT_LOAD(5, x + blocks->pixels[1] * patches->pixel_step + k, step);
                UNIT_DOT_BF16(2, 5, 6);
                if (several_panels) UNIT_DOT_BF16(3, 5, 7);
            }
            weights += weft_strip_channels * weft_panel;
        }
    }
}

static inline __attribute__((always_inline)) void unit_multiply_blocks(
    const weft_patches *patches, const unit_blocks *blocks, size_t several_blocks, size_t several_panels) {
    const size_t step = patches->y_step * 4;
    float *y[2] = {
        blocks->y + blocks->pixels[0] * patches->y_step, blocks->y + blocks->pixels[1] * patches->y_step};
    UNIT_LOAD(0, y[0], step);
    if (several_panels) UNIT_LOAD(1, y[0] + weft_panel, step);
    if (several_blocks) UNIT_LOAD(2, y[1], step);
    if (several_blocks && several_panels) UNIT_LOAD(3, y[1] + weft_panel, step);
    unit_dot_patches(patches, blocks, several_blocks, several_panels);
    // Only the last block may have pixels of the one before, whose sums must stay as they are.
    _Alignas(64) float last[unit_rows * 2 * weft_panel];
    const size_t done = blocks->done[several_blocks], last_step = done > 0 ? sizeof(float[2 * weft_panel]) : step;
    float *target = done > 0 ? last : y[several_blocks];
    if (several_blocks) {
        UNIT_STORE(0, y[0], step);
        if (several_panels) UNIT_STORE(1, y[0] + weft_panel, step);
        UNIT_STORE(2, target, last_step);
        if (several_panels) UNIT_STORE(3, target + weft_panel, last_step);
    } else {
        UNIT_STORE(0, target, last_step);
        if (several_panels) UNIT_STORE(1, target + weft_panel, last_step);
    }
    const size_t width = (1 + several_panels) * weft_panel * sizeof(float);
    for (size_t line = done; done > 0 && line < unit_rows; line++)
        memcpy(y[several_blocks] + line * patches->y_step, last + line * 2 * weft_panel, width);
}

// The last block ends at the last pixel, and may begin among the pixels of the one before.
static void unit_add_strip(const weft_patches *patches) {
    const size_t height = unit_patches(patches->pixels), count = (patches->pixels + height - 1) / height;
    for (size_t first = 0; first < count; first += 2) {
        unit_blocks blocks = {.pixels = {0}};
        const size_t several_blocks = count - first >= 2;
        for (size_t b = 0; b <= several_blocks; b++) {
            const size_t wanted = (first + b) * height, last = patches->pixels - height;
            blocks.pixels[b] = wanted < last ? wanted : last;
            blocks.done[b] = wanted - blocks.pixels[b];
        }
        // The patches stay in the first cache while the weights pass by.
        for (size_t panel = 0; panel < patches->panels; panel += 2) {
            blocks.weights = patches->weights + panel * patches->panel_step;
            blocks.y = patches->y + panel * weft_panel;
            const size_t several_panels = patches->panels - panel >= 2;
            if (several_blocks && several_panels) unit_multiply_blocks(patches, &blocks, 1, 1);
            else if (several_blocks) unit_multiply_blocks(patches, &blocks, 1, 0);
            else if (several_panels) unit_multiply_blocks(patches, &blocks, 0, 1);
            else unit_multiply_blocks(patches, &blocks, 0, 0);
        }
    }
}

#define UNIT_STRIP_FUNCTIONS(FILL, SPREAD, GATHER)                                                                    \
    {                                                                                                                 \
        .fill = FILL, .spread = SPREAD, .gather = GATHER, .add = unit_add_strip, .begin = unit_begin_strip,           \
        .end = unit_end_strip                                                                                         \
    }
