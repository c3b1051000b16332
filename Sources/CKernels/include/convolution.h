// Convolutions of bfloat16 pictures with bfloat16 weights, sums in float32, without copying patches.
//
// A strip is some rows of a channels-last picture in bfloat16: zeros stand around it as the convolution pads it, and
// after the channels of each pixel up to a multiple of 32. So a patch of k x k pixels is k runs of values that follow
// one another, and lies in the strip where it is.
//
// Every output is one chain in float32 that starts from what y holds and takes the patch in order, of each two values
// the second one first. Products of two bfloat16 numbers are exact in float32, so that fusing changes nothing:
// "portable", "avx2", "avx512" and "neon" give the same bits. So do those that have a dot product of bfloat16 pairs, except for
// numbers below 1e-38, which it takes as zero. "amx" adds in an order of its own. Whatever the kernels, the bits of a
// pixel depend neither on the other pixels nor on how rows and panels are cut.
#pragma once

#include "kernels.h"

#include <stdint.h>

enum {
    /// The channels of a pixel in a strip are a multiple of this.
    weft_strip_channels = 32,
};

/// The channels of a pixel with the zeros after them.
static inline size_t weft_strip_padded(size_t channels) {
    return (channels + weft_strip_channels - 1) / weft_strip_channels * weft_strip_channels;
}

/// Bytes of the packed weights of a convolution: panels of 16 outputs, [panel][patch / 2][16][2], the patch being
/// [kernel * kernel, inputs filled up to a multiple of 32].
size_t weft_strip_packed_size(size_t outputs, size_t inputs, size_t kernel);

/// Packs weights [outputs, inputs, kernel, kernel] of any dtype as bfloat16, rounded to nearest, ties to even.
void weft_strip_pack(
    weft_dtype dtype, const void *weights, size_t outputs, size_t inputs, size_t kernel, uint16_t *packed);

/// Writes a row of pixels into a strip as bfloat16, rounded to nearest, ties to even.
typedef struct {
    /// [pixels, channels]
    const float *x;
    size_t pixels;
    size_t channels;
    /// [channels]: x * scale + shift is written, x itself if both are NULL.
    const float *scale;
    const float *shift;
    /// Whether the value v becomes v / (1 + e^-v) then.
    int is_swish;
    /// How many times each pixel is written.
    size_t repeats;
    /// [pixels * repeats, channels filled up to a multiple of 32]
    uint16_t *y;
} weft_strip_row;

/// Writes the row.
void weft_strip_fill(const weft_kernels *kernels, const weft_strip_row *row);

/// Some rows of the product of a strip with packed weights.
typedef struct {
    /// The patch of the first pixel of the first row.
    const uint16_t *x;
    /// Values from the patch of a pixel to that of the next one in the row, and in the column.
    size_t pixel_step;
    size_t row_step;
    /// Values from one run of a patch to the next one.
    size_t line_step;
    /// How many runs a patch has, and how many values a run: a multiple of 32.
    size_t lines;
    size_t run;
    /// Pixels in a row, and rows.
    size_t pixels;
    size_t rows;
    /// As weft_strip_pack makes them.
    const uint16_t *weights;
    size_t outputs;
    /// [outputs] or NULL.
    const float *bias;
    /// Whether the product is added to what y holds.
    int adds;
    /// [rows, pixels, outputs], without gaps.
    float *y;
} weft_strip_product;

/// Computes the outputs of the panels from panel_begin to panel_end.
void weft_strip_multiply(
    const weft_kernels *kernels, const weft_strip_product *product, size_t panel_begin, size_t panel_end);
