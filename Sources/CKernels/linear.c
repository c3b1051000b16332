// Cuts a product into tiles: blocks of inputs, then of rows, then of panels.

#include <string.h>

#include "tiles.h"

enum {
    /// Floats of x that are gathered for one tile: they stay in the first cache while the weights pass by.
    gathered = 4096,
};

static const float zeros[weft_widest * weft_panel];

typedef float four __attribute__((vector_size(16)));

// A square of 4 rows and 4 inputs.
static inline void gather_square(const float *x, size_t stride, size_t height, float *target) {
    four row[4];
    for (size_t r = 0; r < 4; r++) memcpy(&row[r], x + r * stride, sizeof row[r]);
    const four low01 = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5);
    const four high01 = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);
    const four low23 = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5);
    const four high23 = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
    const four column[4] = {
        __builtin_shufflevector(low01, low23, 0, 1, 4, 5), __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
        __builtin_shufflevector(high01, high23, 0, 1, 4, 5), __builtin_shufflevector(high01, high23, 2, 3, 6, 7)};
    for (size_t k = 0; k < 4; k++) memcpy(target + k * height, &column[k], sizeof column[k]);
}

// x rows -> [depth][height]
static void gather(const float *x, size_t stride, size_t height, size_t depth, float *target) {
    size_t row = 0;
    for (; row + 4 <= height; row += 4) {
        size_t k = 0;
        for (; k + 4 <= depth; k += 4)
            gather_square(x + row * stride + k, stride, height, target + k * height + row);
        for (; k < depth; k++)
            for (size_t r = row; r < row + 4; r++) target[k * height + r] = x[r * stride + k];
    }
    for (; row < height; row++)
        for (size_t k = 0; k < depth; k++) target[k * height + row] = x[row * stride + k];
}

// A tile of the last panel, which has fewer than 16 outputs: computed beside y and then copied.
static void edge_tile(
    weft_tile *tile, size_t height, size_t lanes, const char *weights, size_t depth, const float *x,
    const float *start, size_t start_stride, float *y, size_t y_stride) {
    float beside[weft_tallest * weft_panel] = {0};
    for (size_t row = 0; row < height; row++)
        memcpy(beside + row * weft_panel, start + row * start_stride, lanes * sizeof(float));
    tile(weights, 0, depth, x, beside, weft_panel, beside, weft_panel);
    for (size_t row = 0; row < height; row++)
        memcpy(y + row * y_stride, beside + row * weft_panel, lanes * sizeof(float));
}

void weft_linear(
    const weft_kernels *kernels, const weft_matrix *matrix, const float *bias, const float *x, size_t x_stride,
    size_t rows, float *y, size_t y_stride, size_t panel_begin, size_t panel_end) {
    if (rows == 0) return;
    const size_t inputs = matrix->inputs;
    const size_t input_bytes = matrix->dtype == weft_f32 ? weft_panel * 4 : weft_panel * 2;
    const size_t panel_bytes = weft_packed_size(matrix->dtype, weft_panel, inputs);
    const size_t full_end = matrix->outputs / weft_panel < panel_end ? matrix->outputs / weft_panel : panel_end;
    const weft_tiles *tiles = kernels->tiles;
    const size_t blocks = (rows + tiles->rows - 1) / tiles->rows;
    const size_t step = gathered / ((rows + blocks - 1) / blocks) / 2 * 2;
    _Alignas(64) float block[gathered];

    for (size_t first = 0; first == 0 || first < inputs; first += step) {
        const size_t depth = inputs - first < step ? inputs - first : step;
        for (size_t index = 0; index < blocks; index++) {
            const size_t row = rows * index / blocks;
            const size_t height = rows * (index + 1) / blocks - row;
            const size_t width = tiles->panels[height - 1];
            weft_tile *wide = tiles->wide[matrix->dtype][height - 1];
            weft_tile *narrow = tiles->narrow[matrix->dtype][height - 1];
            gather(x + row * x_stride + first, x_stride, height, depth, block);
            for (size_t panel = panel_begin; panel < panel_end;) {
                const char *weights = (const char *)matrix->packed + panel * panel_bytes + first * input_bytes;
                float *out = y + row * y_stride + panel * weft_panel;
                const float *start = first > 0 ? out : bias ? bias + panel * weft_panel : zeros;
                const size_t stride = first > 0 ? y_stride : 0;
                if (panel + width <= full_end) {
                    wide(weights, panel_bytes, depth, block, start, stride, out, y_stride);
                    panel += width;
                    continue;
                }
                if (panel < full_end) {
                    narrow(weights, panel_bytes, depth, block, start, stride, out, y_stride);
                } else {
                    edge_tile(
                        narrow, height, matrix->outputs - panel * weft_panel, weights, depth, block, start, stride,
                        out, y_stride);
                }
                panel += 1;
            }
        }
    }
}
