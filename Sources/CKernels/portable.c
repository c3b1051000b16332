// Tiles in plain C: the definition of the result, and the path for processors without kernels of their own.
//
// Compilers for processors with vector fused multiply-adds in their base set (such as arm64) vectorise the lanes.

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "half.h"
#include "tiles.h"

#pragma STDC FP_CONTRACT OFF

static inline float weight(weft_dtype dtype, const char *weights, size_t k, size_t lane) {
    const size_t place = dtype == weft_bf16 ? (k / 2 * weft_panel + lane) * 2 + k % 2 : k * weft_panel + lane;
    return stored_float(dtype, weights, place);
}

static inline __attribute__((always_inline)) void tile(
    weft_dtype dtype, size_t rows, size_t panels, const char *weights, size_t panel_bytes, size_t depth,
    const float *x, const float *start, size_t start_stride, float *y, size_t y_stride) {
    (void)panels;
    (void)panel_bytes;
    float sums[4][weft_panel];
    for (size_t r = 0; r < rows; r++) memcpy(sums[r], start + r * start_stride, sizeof sums[r]);
    for (size_t k = 0; k < depth; k++) {
        float w[weft_panel];
        for (size_t lane = 0; lane < weft_panel; lane++) w[lane] = weight(dtype, weights, k, lane);
        for (size_t r = 0; r < rows; r++)
            for (size_t lane = 0; lane < weft_panel; lane++)
                sums[r][lane] = fmaf(x[k * rows + r], w[lane], sums[r][lane]);
    }
    for (size_t r = 0; r < rows; r++) memcpy(y + r * y_stride, sums[r], sizeof sums[r]);
}

#define TARGET
#define EACH(USE, DTYPE) USE(DTYPE, 1, 1) USE(DTYPE, 2, 1) USE(DTYPE, 3, 1) USE(DTYPE, 4, 1)
WEFT_TILES(weft_tiles_portable, 4, EACH);
