// Packs the points of weights, and cuts products of points into blocks of tiles and pairs of panels.

#include "winograd.h"

#include <string.h>

#include "half.h"
#include "strips.h"

enum {
    most_points = 16,
    block_panels = 2,
    // Sums of a point, and a line of the cache so that the points of a tile do not compete for the same ones.
    point_sums = weft_winograd_tiles * block_panels * weft_panel + 16,
};

static size_t point_count(size_t upsampling) { return weft_winograd_points(upsampling) * weft_winograd_points(upsampling); }

size_t weft_winograd_packed_size(size_t outputs, size_t inputs, size_t upsampling) {
    return (outputs + weft_panel - 1) / weft_panel * weft_panel * point_count(upsampling) * weft_strip_padded(inputs) * 2;
}

// The points of three weights along an axis.
static void spread_weights(size_t upsampling, float a, float b, float c, float points[4]) {
    const float even = (a + c) * 0.5f, odd = b * 0.5f;
    points[0] = a;
    if (upsampling == 2) {
        points[1] = a + b + c;
        points[2] = c;
    } else {
        points[1] = even + odd;
        points[2] = even - odd;
        points[3] = c;
    }
}

void weft_winograd_pack(
    weft_dtype dtype, const void *weights, size_t outputs, size_t inputs, size_t upsampling, uint16_t *packed) {
    const size_t side = weft_winograd_points(upsampling), pixel = weft_strip_padded(inputs);
    const size_t panel = side * side * pixel * weft_panel;
    memset(packed, 0, weft_winograd_packed_size(outputs, inputs, upsampling));
    for (size_t output = 0; output < outputs; output++) {
        uint16_t *lane = packed + output / weft_panel * panel + output % weft_panel * 2;
        for (size_t input = 0; input < inputs; input++) {
            float kernel[9], rows[4][3], points[4];
            for (size_t tap = 0; tap < 9; tap++) kernel[tap] = stored_float(dtype, weights, (output * inputs + input) * 9 + tap);
            for (size_t column = 0; column < 3; column++) {
                spread_weights(upsampling, kernel[column], kernel[3 + column], kernel[6 + column], points);
                for (size_t row = 0; row < side; row++) rows[row][column] = points[row];
            }
            for (size_t row = 0; row < side; row++) {
                spread_weights(upsampling, rows[row][0], rows[row][1], rows[row][2], points);
                for (size_t column = 0; column < side; column++) {
                    const size_t place = (row * side + column) * pixel + input;
                    lane[place / 2 * 2 * weft_panel + place % 2] = to_bfloat16(points[column]);
                }
            }
        }
    }
}

void weft_winograd_spread(const weft_kernels *kernels, const weft_winograd_row *row) { kernels->strips->spread(row); }

// A block of tiles by one or two panels.
static void multiply_block(
    const weft_strip_functions *functions, const weft_winograd_product *product, size_t tile, size_t tiles,
    size_t panel, size_t panels) {
    _Alignas(64) float sums[most_points * point_sums];
    const size_t points = point_count(product->upsampling);
    const size_t panel_step = points * product->channels * weft_panel;
    memset(sums, 0, points * point_sums * sizeof *sums);
    weft_patches patches = {
        .pixel_step = product->channels,
        .lines = 1,
        .run = product->channels,
        .pixels = tiles,
        .panel_step = panel_step,
        .panels = panels,
        .y_step = block_panels * weft_panel,
    };
    if (functions->begin) functions->begin(tiles);
    for (size_t point = 0; point < points; point++) {
        patches.x = product->x + point * product->point_step + tile * product->channels;
        patches.weights = product->weights + panel * panel_step + point * product->channels * weft_panel;
        patches.y = sums + point * point_sums;
        functions->add(&patches);
    }
    if (functions->end) functions->end();
    functions->gather(&(weft_winograd_block){
        .product = product,
        .sums = sums,
        .tile_step = block_panels * weft_panel,
        .point_step = point_sums,
        .tile = tile,
        .tiles = tiles,
        .output = panel * weft_panel,
        .panels = panels,
    });
}

void weft_winograd_multiply(
    const weft_kernels *kernels, const weft_winograd_product *product, size_t tile_begin, size_t tile_end,
    size_t panel_begin, size_t panel_end) {
    for (size_t tile = tile_begin; tile < tile_end; tile += weft_winograd_tiles) {
        const size_t left = tile_end - tile, tiles = left < weft_winograd_tiles ? left : weft_winograd_tiles;
        for (size_t panel = panel_begin; panel < panel_end; panel += block_panels) {
            const size_t more = panel_end - panel;
            multiply_block(kernels->strips, product, tile, tiles, panel, more < block_panels ? more : block_panels);
        }
    }
}
