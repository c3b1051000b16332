// Products of strips for processors with AVX-512, and with its dot products of bfloat16 pairs.

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "strips.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)

#define STRIP_TALL 8
#define STRIP_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "strip_rows.h"
#include "winograd_rows.h"

#pragma clang attribute pop

const weft_strip_functions weft_strips_avx512 = {
    .fill = strip_fill, .spread = winograd_spread, .gather = winograd_gather, .add = strip_add};

#define TARGET __attribute__((target("avx512f,avx512bf16")))
#define INLINE static inline __attribute__((always_inline, target("avx512f,avx512bf16")))

// Pixels of a tile: with two panels, 24 registers of sums.
enum { tall = 12 };

INLINE void pair_tile(
    const weft_patches *patches, const uint16_t *x, size_t rows, size_t panel, size_t panels, float *y) {
    const char *weights = (const char *)(patches->weights + panel * patches->panel_step);
    y += panel * weft_panel;
    const size_t step = patches->pixel_step * 2, panel_bytes = patches->panel_step * 2;
    __m512 sums[tall][2];
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        WEFT_UNROLL for (size_t p = 0; p < panels; p++)
            sums[r][p] = _mm512_loadu_ps(y + r * patches->y_step + p * weft_panel);
    for (size_t line = 0; line < patches->lines; line++) {
        const char *run = (const char *)(x + line * patches->line_step);
        // Every third pixel has a pointer, from which one address reaches the next two.
        const char *third[tall / 3];
        WEFT_UNROLL for (size_t t = 0; t < tall / 3; t++) third[t] = run + 3 * t * step;
        for (size_t k = 0; k < patches->run; k += 2, weights += 64) {
            __m512bh w[2];
            WEFT_UNROLL for (size_t p = 0; p < panels; p++)
                w[p] = (__m512bh)_mm512_loadu_si512(weights + p * panel_bytes);
            WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
                int32_t pair;
                memcpy(&pair, third[r / 3] + r % 3 * step, sizeof pair);
                const __m512bh value = (__m512bh)_mm512_set1_epi32(pair);
                WEFT_UNROLL for (size_t p = 0; p < panels; p++)
                    sums[r][p] = _mm512_dpbf16_ps(sums[r][p], value, w[p]);
            }
            WEFT_UNROLL for (size_t t = 0; t < tall / 3; t++) third[t] += 4;
        }
    }
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        WEFT_UNROLL for (size_t p = 0; p < panels; p++)
            _mm512_storeu_ps(y + r * patches->y_step + p * weft_panel, sums[r][p]);
}

#define CASE(ROWS)                                                                                                    \
    case ROWS:                                                                                                        \
        for (size_t panel = 0; panel + 2 <= patches->panels; panel += 2) pair_tile(patches, x, ROWS, panel, 2, y);    \
        if (patches->panels % 2 == 1) pair_tile(patches, x, ROWS, patches->panels - 1, 1, y);                         \
        break;

TARGET static void pair_add(const weft_patches *patches) {
    const size_t blocks = (patches->pixels + tall - 1) / tall;
    for (size_t block = 0; block < blocks; block++) {
        const size_t first = patches->pixels * block / blocks;
        const uint16_t *x = patches->x + first * patches->pixel_step;
        float *y = patches->y + first * patches->y_step;
        switch (patches->pixels * (block + 1) / blocks - first) {
            CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
        }
    }
}

// Takes numbers below 1e-38 as zero, as the products would.
INLINE lane_halves nearest(lanes value) { return (lane_halves)_mm512_cvtneps_pbh((__m512)value); }

TARGET static void pair_spread(const weft_winograd_row *row) {
    if (row->upsampling == 2) spread_row(row, 3, nearest);
    else spread_row(row, 4, nearest);
}

const weft_strip_functions weft_strips_avx512_bf16 = {
    .fill = strip_fill, .spread = pair_spread, .gather = winograd_gather, .add = pair_add};

#endif
