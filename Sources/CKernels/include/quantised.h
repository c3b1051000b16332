// Matrix products with quantised weights: integer dot products, scaled group by group.
//
// Activations are quantised as well, once for each row: in groups of 128 inputs, symmetric, x ~ scale * q with q in
// -127...127. The dot products of a group are exact, and what is done to them in float32 has one order:
//
//   q8: part = float(dot of the 128 inputs) * weight scale
//   q4: part = float(dot of the first 32) * weight scale, then part = fma(float(dot), weight scale, part) for the
//       others in order
//   y = fma(part, row scale, y), which starts from the bias (or 0) and takes the groups of 128 in order
//
// So every instruction set, every number of rows and every way to cut the work give the same bits (NaN payloads
// excepted).
#pragma once

#include <stdint.h>

#include "kernels.h"

/// How weights are quantised.
typedef enum {
    /// 8 bits: q in -127...127, one scale for 128 inputs of an output.
    weft_q8,
    /// 4 bits: q in -8...7, one scale for 32 inputs of an output.
    weft_q4,
} weft_quantisation;

enum {
    /// Inputs of a row that share a scale.
    weft_row_group = 128,
    /// Inputs whose quantised values are summed, to take away what is added to the codes of weights.
    weft_sum_group = 32,
};

/// A quantised matrix of shape [outputs, inputs], weight ~ scale * q.
///
/// The outputs are cut into panels of 16, the last one filled up with zeros, and so are the inputs, to a multiple of 64
/// (q8) or 32 (q4). A panel holds, one after the other,
/// q8: [inputs / 4][16][4] bytes of q + 128;
/// q4: [inputs / 8][16][4] bytes, whose low halves are the q + 8 of the first four inputs and whose high halves are
/// those of the next four.
typedef struct {
    weft_quantisation kind;
    size_t outputs;
    size_t inputs;
    /// [panels][weft_panel_codes] bytes, aligned to 64.
    const uint8_t *codes;
    /// [panels][groups][16] IEEE halves, groups of 128 (q8) or 32 (q4) inputs, aligned to 64.
    const uint16_t *scales;
} weft_quantised_matrix;

/// Bytes of a panel's codes, a multiple of 64.
size_t weft_panel_codes(weft_quantisation kind, size_t inputs);

/// How many scales a panel has: 16 for each group.
size_t weft_panel_scales(weft_quantisation kind, size_t inputs);

/// What became of a panel that was to be quantised.
typedef enum {
    weft_quantised_well,
    /// A weight is not finite.
    weft_not_finite,
    /// A weight is so large that its scale is no finite half.
    weft_too_large,
} weft_quantised_result;

/// Quantises up to 16 outputs: weights [outputs][inputs], row-major.
///
/// q8: each scale is the least half with which no weight exceeds 127. q4: of scales of both signs, the one with the
/// least squared error, each weight's error weighted with the weight's own square.
weft_quantised_result weft_quantise_panel(
    const weft_kernels *kernels, weft_quantisation kind, const float *weights, size_t outputs, size_t inputs,
    uint8_t *codes, uint16_t *scales);

/// The weights of a panel, [16][inputs] row-major: what products are computed with.
void weft_dequantise_panel(
    weft_quantisation kind, const uint8_t *codes, const uint16_t *scales, size_t inputs, float *weights);

/// Bytes of scratch memory that a quantised row takes, a multiple of 64.
size_t weft_quantised_row_size(size_t inputs);

/// Quantises the rows row_begin ..< row_end of `rows` rows of x, [rows][inputs], into scratch memory of
/// rows * weft_quantised_row_size bytes, aligned to 64.
///
/// A group without a magnitude of 2^-100 or more counts as zeros. A group with a value that is not finite makes all
/// outputs of its row NaN.
void weft_quantise_rows(
    const weft_kernels *kernels, const float *x, size_t inputs, size_t rows, size_t row_begin, size_t row_end,
    void *scratch);

/// Computes the outputs of the panels panel_begin ..< panel_end for the rows row_begin ..< row_end: y = x Wᵀ + bias.
///
/// scratch: what weft_quantise_rows made of all `rows` rows. Row r of y starts at y + r * y_stride. `bias` has `outputs`
/// values or is NULL. Uses some 60 KB of stack and no other memory.
void weft_quantised_linear(
    const weft_kernels *kernels, const weft_quantised_matrix *matrix, const float *bias, const void *scratch,
    size_t rows, size_t row_begin, size_t row_end, float *y, size_t y_stride, size_t panel_begin, size_t panel_end);
