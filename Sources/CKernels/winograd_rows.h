// From pixels to points and from their sums to pixels in plain vector code, compiled once for each instruction set that
// includes it.
#pragma once

#include "lanes.h"
#include "strips.h"

LANES_INLINE lanes load_up_to(const float *source, size_t count) {
    return count == lane_count ? load(source) : load_some(source, count);
}

// Sixteen bfloat16 numbers.
LANES_INLINE lanes load_bf16(const uint16_t *source) {
    lane_halves halves;
    memcpy(&halves, source, sizeof halves);
    return (lanes)(__builtin_convertvector(halves, lane_words) << 16);
}

// Along one axis: four pixels to four points, or three to three.
LANES_INLINE void pixels_to_points(size_t points, const lanes *pixels, size_t step, lanes *out, size_t out_step) {
    if (points == 3) {
        out[0] = pixels[0] - pixels[step];
        out[out_step] = pixels[step];
        out[2 * out_step] = pixels[step] - pixels[2 * step];
    } else {
        out[0] = pixels[0] - pixels[2 * step];
        out[out_step] = pixels[step] + pixels[2 * step];
        out[2 * out_step] = pixels[2 * step] - pixels[step];
        out[3 * out_step] = pixels[step] - pixels[3 * step];
    }
}

// Sixteen floats rounded to bfloat16.
typedef lane_halves winograd_rounding(lanes value);

LANES_INLINE void spread_row(const weft_winograd_row *row, size_t points, winograd_rounding *rounded) {
    // A tile is one pixel where the picture is enlarged, else two.
    const size_t tile_step = (points == 3 ? 1 : 2) * row->channels;
    for (size_t tile = 0; tile < row->tiles; tile++) {
        for (size_t channel = 0; channel < row->channels; channel += lane_count) {
            const uint16_t *x = row->x + tile * tile_step + channel;
            uint16_t *y = row->y + tile * row->channels + channel;
            lanes pixels[16], half[16], out[16];
            WEFT_UNROLL for (size_t i = 0; i < points; i++)
                WEFT_UNROLL for (size_t j = 0; j < points; j++)
                    pixels[i * points + j] = load_bf16(x + i * row->line_step + j * row->channels);
            WEFT_UNROLL for (size_t j = 0; j < points; j++) pixels_to_points(points, pixels + j, points, half + j, points);
            WEFT_UNROLL for (size_t i = 0; i < points; i++)
                pixels_to_points(points, half + i * points, 1, out + i * points, 1);
            WEFT_UNROLL for (size_t k = 0; k < points * points; k++) {
                const lane_halves value = rounded(out[k]);
                memcpy(y + k * row->point_step, &value, sizeof value);
            }
        }
    }
}

static void winograd_spread(const weft_winograd_row *row) {
    if (row->upsampling == 2) spread_row(row, 3, to_bf16);
    else spread_row(row, 4, to_bf16);
}

// Along one axis: sums of points to two pixels.
LANES_INLINE void points_to_pixels(size_t points, const lanes *sums, size_t step, lanes *out, size_t out_step) {
    if (points == 3) {
        out[0] = sums[0] + sums[step];
        out[out_step] = sums[step] - sums[2 * step];
    } else {
        out[0] = sums[0] + sums[step] + sums[2 * step];
        out[out_step] = sums[step] - sums[2 * step] - sums[3 * step];
    }
}

LANES_INLINE void gather_block(const weft_winograd_block *block, size_t points) {
    const weft_winograd_product *product = block->product;
    for (size_t t = 0; t < block->tiles; t++) {
        const size_t row = (block->tile + t) / product->columns * 2, column = (block->tile + t) % product->columns * 2;
        for (size_t panel = 0; panel < block->panels; panel++) {
            const size_t output = block->output + panel * lane_count, left = product->outputs - output;
            const size_t count = left < lane_count ? left : lane_count;
            const float *sums = block->sums + t * block->tile_step + panel * lane_count;
            lanes all_sums[16], half[8], pixels[4];
            WEFT_UNROLL for (size_t k = 0; k < points * points; k++) all_sums[k] = load(sums + k * block->point_step);
            WEFT_UNROLL for (size_t j = 0; j < points; j++) points_to_pixels(points, all_sums + j, points, half + j, points);
            WEFT_UNROLL for (size_t i = 0; i < 2; i++) points_to_pixels(points, half + i * points, 1, pixels + 2 * i, 1);
            const lanes bias = product->bias ? load_up_to(product->bias + output, count) : all(0);
            for (size_t k = 0; k < 4; k++) {
                const size_t y_row = row + k / 2, y_column = column + k % 2;
                if (y_row < product->row_begin || y_row >= product->row_end || y_column >= product->width) continue;
                float *y = product->y + ((y_row - product->row_begin) * product->width + y_column) * product->outputs + output;
                lanes value = pixels[k] + bias;
                if (product->adds) value = load_up_to(y, count) + value;
                if (count == lane_count) store(value, y);
                else store_some(value, y, count);
            }
        }
    }
}

static void winograd_gather(const weft_winograd_block *block) {
    if (block->product->upsampling == 2) gather_block(block, 3);
    else gather_block(block, 4);
}
