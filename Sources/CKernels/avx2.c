// Tiles for processors with AVX2, FMA and F16C: two registers hold a panel's 16 sums of one row.

#if defined(__x86_64__)

#include <immintrin.h>

#include "tiles.h"

#define TARGET __attribute__((target("avx2,fma,f16c")))
#define INLINE static inline __attribute__((always_inline, target("avx2,fma,f16c")))

enum {
    // How far ahead of the sums weights are fetched, in bytes of each panel.
    ahead = 1024,
    tallest = 6,
    widest = 4,
};

INLINE void add(size_t rows, __m256 sums[tallest][widest][2], size_t p, __m256 low, __m256 high, const float *x) {
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
        const __m256 value = _mm256_broadcast_ss(x + r);
        sums[r][p][0] = _mm256_fmadd_ps(value, low, sums[r][p][0]);
        sums[r][p][1] = _mm256_fmadd_ps(value, high, sums[r][p][1]);
    }
}

INLINE __m256 even(__m256i pairs) { return _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16)); }

INLINE __m256 odd(__m256i pairs) {
    return _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32((int)0xffff0000)));
}

INLINE void tile(
    weft_dtype dtype, size_t rows, size_t panels, const char *weights, size_t panel_bytes, size_t depth,
    const float *x, const float *start, size_t start_stride, float *y, size_t y_stride) {
    __m256 sums[tallest][widest][2];
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        WEFT_UNROLL for (size_t half = 0; half < 2 * panels; half++)
            sums[r][half / 2][half % 2] = _mm256_loadu_ps(start + r * start_stride + half * 8);

    if (dtype == weft_bf16) {
        for (size_t pair = 0; pair < depth / 2; pair++, weights += 64, x += 2 * rows) {
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                const char *source = weights + p * panel_bytes;
                _mm_prefetch(source + ahead, _MM_HINT_T0);
                const __m256i low = _mm256_loadu_si256((const __m256i *)source);
                const __m256i high = _mm256_loadu_si256((const __m256i *)(source + 32));
                add(rows, sums, p, even(low), even(high), x);
                add(rows, sums, p, odd(low), odd(high), x + rows);
            }
        }
        if (depth % 2 == 1) {
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                const char *source = weights + p * panel_bytes;
                const __m256i low = _mm256_loadu_si256((const __m256i *)source);
                const __m256i high = _mm256_loadu_si256((const __m256i *)(source + 32));
                add(rows, sums, p, even(low), even(high), x);
            }
        }
    } else {
        const size_t bytes = dtype == weft_f16 ? 32 : 64;
        for (size_t k = 0; k < depth; k++, weights += bytes, x += rows) {
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                const char *source = weights + p * panel_bytes;
                if (dtype == weft_f32 || k % 2 == 0) _mm_prefetch(source + ahead, _MM_HINT_T0);
                if (dtype == weft_f16) {
                    const __m256 low = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)source));
                    const __m256 high = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(source + 16)));
                    add(rows, sums, p, low, high, x);
                } else {
                    const float *floats = (const float *)source;
                    add(rows, sums, p, _mm256_loadu_ps(floats), _mm256_loadu_ps(floats + 8), x);
                }
            }
        }
    }

    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        WEFT_UNROLL for (size_t half = 0; half < 2 * panels; half++)
            _mm256_storeu_ps(y + r * y_stride + half * 8, sums[r][half / 2][half % 2]);
}

// The wide tiles hold 8 to 12 chains of sums, of 16 registers.
#define EACH(USE, DTYPE)                                                                                              \
    USE(DTYPE, 1, 4) USE(DTYPE, 2, 2) USE(DTYPE, 3, 2) USE(DTYPE, 4, 1) USE(DTYPE, 5, 1) USE(DTYPE, 6, 1)
WEFT_TILES(weft_tiles_avx2, tallest, EACH);

#endif
