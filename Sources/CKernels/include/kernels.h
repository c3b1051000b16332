// Matrix products with weights that are packed once in the type they are stored in.
//
// y[r][n] is one chain of fused multiply-adds in float32: it starts from the bias (or 0) and takes k = 0, 1, 2, ...
// in order. Nothing else is added, so every instruction set, every number of rows, every way to cut the work and the
// portable version give the same bits (NaN payloads excepted).
#pragma once

#include <stddef.h>

/// The type that weights are stored in.
typedef enum {
    /// IEEE single precision.
    weft_f32,
    /// The upper half of a float32.
    weft_bf16,
    /// IEEE half precision.
    weft_f16,
} weft_dtype;

/// A packed weight matrix of shape [outputs, inputs].
///
/// The outputs are cut into panels of 16, the last one filled up with zeros; a panel holds, one after the other,
/// f32 and f16: [inputs][16]; bf16: [(inputs + 1) / 2][16][2], pairs of inputs together as bf16 dot products want them.
typedef struct {
    weft_dtype dtype;
    size_t outputs;
    size_t inputs;
    /// weft_packed_size bytes, aligned to 64.
    const void *packed;
} weft_matrix;

/// The kernels for one instruction set.
typedef struct weft_kernels weft_kernels;

/// How many outputs a panel holds.
enum { weft_panel = 16 };

/// Bytes of a packed matrix.
size_t weft_packed_size(weft_dtype dtype, size_t outputs, size_t inputs);

/// Packs a row-major matrix [outputs, inputs] of any alignment. `packed` has weft_packed_size bytes, aligned to 64.
void weft_pack(weft_dtype dtype, const void *source, size_t outputs, size_t inputs, void *packed);

/// The fastest kernels that this processor runs.
const weft_kernels *weft_kernels_best(void);

/// The name of one of all kernels, the slowest first: "portable", "avx2", "avx512", "vnni", "amx", or on Arm
/// "portable", "neon", "dotprod"; NULL behind the last.
const char *weft_kernels_listed(size_t index);

/// The kernels of that name; NULL if it is unknown or this processor cannot run them.
///
/// The first call for "amx" asks the system for the use of the matrix unit by this process.
const weft_kernels *weft_kernels_named(const char *name);

/// The name of the kernels.
const char *weft_kernels_name(const weft_kernels *kernels);

/// Computes the outputs of the panels panel_begin ..< panel_end for `rows` rows: y = x Wᵀ + bias.
///
/// Row r of x starts at x + r * x_stride and row r of y at y + r * y_stride (in floats); y must not overlap x.
/// `bias` has `outputs` values or is NULL. Uses some 20 KB of stack and no other memory.
void weft_linear(
    const weft_kernels *kernels, const weft_matrix *matrix, const float *bias, const float *x, size_t x_stride,
    size_t rows, float *y, size_t y_stride, size_t panel_begin, size_t panel_end);
