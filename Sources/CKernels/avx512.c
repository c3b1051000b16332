// Tiles for processors with AVX-512: one register holds a panel's 16 sums of one row.

#if defined(__x86_64__)

#include <immintrin.h>

#include "tiles.h"

#define TARGET __attribute__((target("avx512f")))
#define INLINE static inline __attribute__((always_inline, target("avx512f")))

// How far ahead of the sums weights are fetched, in bytes of each panel.
enum { ahead = 1024 };

INLINE void add(size_t rows, size_t panels, __m512 sums[weft_tallest][weft_widest], const __m512 *w, const float *x) {
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
        const __m512 value = _mm512_set1_ps(x[r]);
        WEFT_UNROLL for (size_t p = 0; p < panels; p++) sums[r][p] = _mm512_fmadd_ps(value, w[p], sums[r][p]);
    }
}

INLINE __m512 even(__m512i pairs) { return _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)); }

INLINE __m512 odd(__m512i pairs) {
    return _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32((int)0xffff0000)));
}

INLINE void tile(
    weft_dtype dtype, size_t rows, size_t panels, const char *weights, size_t panel_bytes, size_t depth,
    const float *x, const float *start, size_t start_stride, float *y, size_t y_stride) {
    __m512 sums[weft_tallest][weft_widest];
    __m512 w[weft_widest];
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        WEFT_UNROLL for (size_t p = 0; p < panels; p++)
            sums[r][p] = _mm512_loadu_ps(start + r * start_stride + p * weft_panel);

    if (dtype == weft_bf16) {
        __m512i pairs[weft_widest];
        for (size_t pair = 0; pair < depth / 2; pair++, weights += 64, x += 2 * rows) {
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                const char *source = weights + p * panel_bytes;
                _mm_prefetch(source + ahead, _MM_HINT_T0);
                pairs[p] = _mm512_loadu_si512(source);
                w[p] = even(pairs[p]);
            }
            add(rows, panels, sums, w, x);
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) w[p] = odd(pairs[p]);
            add(rows, panels, sums, w, x + rows);
        }
        if (depth % 2 == 1) {
            WEFT_UNROLL for (size_t p = 0; p < panels; p++)
                w[p] = even(_mm512_loadu_si512(weights + p * panel_bytes));
            add(rows, panels, sums, w, x);
        }
    } else {
        const size_t bytes = dtype == weft_f16 ? 32 : 64;
        for (size_t k = 0; k < depth; k++, weights += bytes, x += rows) {
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                const char *source = weights + p * panel_bytes;
                if (dtype == weft_f32 || k % 2 == 0) _mm_prefetch(source + ahead, _MM_HINT_T0);
                if (dtype == weft_f16)
                    w[p] = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)source));
                else
                    w[p] = _mm512_loadu_ps(source);
            }
            add(rows, panels, sums, w, x);
        }
    }

    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        WEFT_UNROLL for (size_t p = 0; p < panels; p++)
            _mm512_storeu_ps(y + r * y_stride + p * weft_panel, sums[r][p]);
}

// The wide tiles hold at least 8 chains of sums, as many as the latency of the multiply-adds asks for, and leave
// registers for the weights.
#define EACH(USE, DTYPE)                                                                                              \
    USE(DTYPE, 1, 8) USE(DTYPE, 2, 4) USE(DTYPE, 3, 4) USE(DTYPE, 4, 4) USE(DTYPE, 5, 2) USE(DTYPE, 6, 2)             \
    USE(DTYPE, 7, 2) USE(DTYPE, 8, 2) USE(DTYPE, 9, 2) USE(DTYPE, 10, 2) USE(DTYPE, 11, 2) USE(DTYPE, 12, 2)
WEFT_TILES(weft_tiles_avx512, 12, EACH);

#endif
