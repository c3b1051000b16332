// The C interface of OpenBLAS, and products of few rows whose bits do not depend on how many they are.
#pragma once
#include <cblas.h>
#include <string.h>

enum {
    /// How many rows a panel has.
    weft_panel_rows = 8,
    /// How many outputs a panel has at most.
    weft_panel_outputs = 256,
    /// How many inputs of a panel are added at a time.
    weft_panel_inputs = 512,
};

/// y += x Wᵀ: x [rows, inputs], W [outputs, inputs], y [rows, outputs], each with the distance of its rows in floats.
static inline void weft_add_product(
    int rows, int outputs, int inputs, const float *x, int x_stride, const float *w, int w_stride, float *y,
    int y_stride) {
    cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, rows, outputs, inputs, 1, x, x_stride, w, w_stride, 1, y, y_stride);
}

/// The same for 1 to 8 rows and at most 256 outputs, always computed as 8 rows: those that are not there are zeros
/// beside x and y. Uses 24 KB of stack.
static inline void weft_add_panel(
    int rows, int outputs, int inputs, const float *x, int x_stride, const float *w, int w_stride, float *y,
    int y_stride) {
    _Alignas(64) float part[weft_panel_rows * weft_panel_inputs];
    _Alignas(64) float sums[weft_panel_rows * weft_panel_outputs];
    const int is_full = rows == weft_panel_rows;
    if (!is_full) {
        memset(part, 0, sizeof part);
        memset(sums, 0, sizeof sums);
        for (int r = 0; r < rows; r++)
            memcpy(sums + r * outputs, y + (size_t)r * y_stride, outputs * sizeof(float));
    }
    for (int first = 0; first < inputs; first += weft_panel_inputs) {
        const int count = inputs - first < weft_panel_inputs ? inputs - first : weft_panel_inputs;
        if (is_full) {
            weft_add_product(weft_panel_rows, outputs, count, x + first, x_stride, w + first, w_stride, y, y_stride);
            continue;
        }
        for (int r = 0; r < rows; r++)
            memcpy(part + r * weft_panel_inputs, x + (size_t)r * x_stride + first, count * sizeof(float));
        weft_add_product(
            weft_panel_rows, outputs, count, part, weft_panel_inputs, w + first, w_stride, sums, outputs);
    }
    if (!is_full)
        for (int r = 0; r < rows; r++)
            memcpy(y + (size_t)r * y_stride, sums + r * outputs, outputs * sizeof(float));
}
