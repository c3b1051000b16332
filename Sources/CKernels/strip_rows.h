// Rows of strips, and products with them in plain vector code, compiled once for each instruction set that includes it.
//
// Before, STRIP_TALL says how many pixels a tile of sums has, and STRIP_ADD(a, b, c) is a * b + c, fused or not: the
// product is exact.
#pragma once

#include "lanes.h"
#include "strips.h"

LANES_INLINE lane_halves filled(
    const weft_strip_row *row, const float *x, size_t channel, size_t count, int is_scaled, int is_swish) {
    lanes value = count == lane_count ? load(x + channel) : load_some(x + channel, count);
    if (is_scaled && count == lane_count)
        value = value * load(row->scale + channel) + load(row->shift + channel);
    else if (is_scaled)
        value = value * load_some(row->scale + channel, count) + load_some(row->shift + channel, count);
    // Lanes behind the last channel are 0, and so is their swish.
    if (is_swish) value = value / (1.0f + exponential(-value));
    return to_bf16(value);
}

LANES_INLINE void fill_row(const weft_strip_row *row, int is_scaled, int is_swish) {
    const size_t padded = weft_strip_padded(row->channels);
    for (size_t pixel = 0; pixel < row->pixels; pixel++) {
        const float *x = row->x + pixel * row->channels;
        uint16_t *y = row->y + pixel * row->repeats * padded;
        size_t channel = 0;
        for (; channel + lane_count <= row->channels; channel += lane_count) {
            const lane_halves value = filled(row, x, channel, lane_count, is_scaled, is_swish);
            memcpy(y + channel, &value, sizeof value);
        }
        if (channel < row->channels) {
            const lane_halves value = filled(row, x, channel, row->channels - channel, is_scaled, is_swish);
            memcpy(y + channel, &value, sizeof value);
            channel += lane_count;
        }
        memset(y + channel, 0, (padded - channel) * sizeof *y);
        for (size_t repeat = 1; repeat < row->repeats; repeat++) memcpy(y + repeat * padded, y, padded * sizeof *y);
    }
}

static void strip_fill(const weft_strip_row *row) {
    if (row->scale && row->is_swish) return fill_row(row, 1, 1);
    if (row->scale) return fill_row(row, 1, 0);
    if (row->is_swish) return fill_row(row, 0, 1);
    return fill_row(row, 0, 0);
}

// A bfloat16 number in the upper or lower half of every lane.
LANES_INLINE lanes upper_half(lane_bits pairs) { return (lanes)(pairs & (int32_t)0xffff0000); }
LANES_INLINE lanes lower_half(lane_bits pairs) { return (lanes)(pairs << 16); }

LANES_INLINE void strip_tile(const weft_patches *patches, const uint16_t *x, size_t rows, float *y) {
    const uint16_t *weights = patches->weights;
    lanes sums[STRIP_TALL];
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) sums[r] = load(y + r * patches->y_step);
    for (size_t line = 0; line < patches->lines; line++) {
        const uint16_t *run = x + line * patches->line_step;
        for (size_t k = 0; k < patches->run; k += 2, weights += 2 * lane_count) {
            lane_bits pairs;
            memcpy(&pairs, weights, sizeof pairs);
            const lanes second = upper_half(pairs), first = lower_half(pairs);
            WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
                uint32_t both;
                memcpy(&both, run + r * patches->pixel_step + k, sizeof both);
                const uint32_t high = both & 0xffff0000, low = both << 16;
                float a, b;
                memcpy(&a, &high, sizeof a);
                memcpy(&b, &low, sizeof b);
                sums[r] = STRIP_ADD(second, all(a), sums[r]);
                sums[r] = STRIP_ADD(first, all(b), sums[r]);
            }
        }
    }
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) store(sums[r], y + r * patches->y_step);
}

static void strip_add(const weft_patches *patches) {
    for (size_t panel = 0; panel < patches->panels; panel++) {
        weft_patches one = *patches;
        one.weights += panel * one.panel_step;
        float *y = one.y + panel * weft_panel;
        size_t pixel = 0;
        for (; pixel + STRIP_TALL <= one.pixels; pixel += STRIP_TALL)
            strip_tile(&one, one.x + pixel * one.pixel_step, STRIP_TALL, y + pixel * one.y_step);
        for (; pixel < one.pixels; pixel++)
            strip_tile(&one, one.x + pixel * one.pixel_step, 1, y + pixel * one.y_step);
    }
}
