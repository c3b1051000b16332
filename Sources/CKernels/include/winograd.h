// Convolutions of 3x3 pixels by Winograd's minimal filtering, F(2x2, 3x3) (arXiv:1509.09308), on bfloat16 strips.
//
// A tile is 2x2 pixels of the output. What it is computed from, 4x4 pixels of a strip, and the 3x3 weights become 4x4
// points each; the channels of every point are multiplied alone, and the sums of the 16 points become the four pixels:
// 16 products for 36. Where the picture is enlarged twice before, a tile is one pixel of it with its neighbours, and 9
// points are enough. Points of pictures and weights are computed in float32 and rounded to bfloat16; their products are
// those of convolution.h, with its promises. A pixel's bits depend neither on the other tiles nor on how tiles and panels
// are cut, nor on lines and columns that its own patch of 3x3 pixels does not reach.
#pragma once

#include "convolution.h"

enum {
    /// Tiles that are multiplied at a time.
    weft_winograd_tiles = 48,
};

/// Points of a tile along an axis of a picture that is enlarged so many times, 1 or 2.
static inline size_t weft_winograd_points(size_t upsampling) { return upsampling == 2 ? 3 : 4; }

/// Bytes of the packed weights of a convolution: panels of 16 outputs, [panel][point][inputs / 2][16][2], inputs filled up
/// to a multiple of 32.
size_t weft_winograd_packed_size(size_t outputs, size_t inputs, size_t upsampling);

/// Packs the points of weights [outputs, inputs, 3, 3] of any dtype, rounded to nearest, ties to even.
void weft_winograd_pack(
    weft_dtype dtype, const void *weights, size_t outputs, size_t inputs, size_t upsampling, uint16_t *packed);

/// A row of tiles and the pixels it is computed from.
typedef struct {
    /// The strip's line above, from the pixel left of the picture on: [lines][pixels][channels], as weft_strip_fill writes
    /// them, but never with repeated pixels.
    const uint16_t *x;
    /// Values from a line to the next one.
    size_t line_step;
    /// A multiple of 32.
    size_t channels;
    size_t upsampling;
    size_t tiles;
    /// [point][...][tiles, channels]: the points of the row.
    uint16_t *y;
    /// Values from the point of a tile to its next one.
    size_t point_step;
} weft_winograd_row;

/// Computes the points of a row of tiles.
void weft_winograd_spread(const weft_kernels *kernels, const weft_winograd_row *row);

/// The product of tiles with packed weights.
typedef struct {
    /// [point][tiles, channels]
    const uint16_t *x;
    size_t point_step;
    size_t channels;
    size_t upsampling;
    /// Tiles of a row.
    size_t columns;
    /// As weft_winograd_pack makes them.
    const uint16_t *weights;
    size_t outputs;
    /// [outputs] or NULL.
    const float *bias;
    /// Whether the product is added to what y holds.
    int adds;
    /// Pixels of a row of the output.
    size_t width;
    /// Which rows of pixels are written, counted from the first row of tiles.
    size_t row_begin;
    size_t row_end;
    /// [row_end - row_begin, width, outputs]
    float *y;
} weft_winograd_product;

/// Computes the outputs of some panels for some tiles.
void weft_winograd_multiply(
    const weft_kernels *kernels, const weft_winograd_product *product, size_t tile_begin, size_t tile_end,
    size_t panel_begin, size_t panel_end);
