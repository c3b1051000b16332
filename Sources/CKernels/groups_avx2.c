// Groups of quantised weights for processors with AVX2: two registers hold a panel's 16 dot products, one at a time.
//
// Products of bytes are summed in pairs of 16 bits, which saturate. Here they cannot: with q8, weights are taken by
// their magnitudes, at most 128, and their signs given to the activations, of at most 127; with q4 all 16 products of
// a sum have codes of at most 15.

#if defined(__x86_64__)

#include <immintrin.h>

#include "groups.h"

#define TARGET __attribute__((target("avx2,fma,f16c")))
#define INLINE static inline __attribute__((always_inline, target("avx2,fma,f16c")))

enum {
    // How far ahead of the products weights are fetched, in bytes of each panel.
    ahead = 1024,
    tallest = 6,
};

INLINE __m256i four_bytes(const int8_t *x) {
    int value;
    __builtin_memcpy(&value, x, 4);
    return _mm256_set1_epi32(value);
}

INLINE __m256 scales_at(const uint16_t *scales) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)scales)); }

// The sums of neighbours.
INLINE __m256i pairs_of(__m256i sums) { return _mm256_madd_epi16(sums, _mm256_set1_epi16(1)); }

INLINE void dots_q8(size_t rows, size_t quads, const uint8_t *codes, const int8_t *x, __m256i dots[tallest]) {
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) dots[r] = _mm256_setzero_si256();
    for (size_t quad = 0; quad < quads; quad++, codes += 64, x += 4) {
        _mm_prefetch((const char *)codes + ahead, _MM_HINT_T0);
        const __m256i stored = _mm256_loadu_si256((const __m256i *)codes);
        const __m256i weights = _mm256_xor_si256(stored, _mm256_set1_epi8((char)weft_q8_zero));
        const __m256i magnitudes = _mm256_abs_epi8(weights);
        WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
            const __m256i signs = _mm256_sign_epi8(four_bytes(x + r * weft_row_group), weights);
            dots[r] = _mm256_add_epi32(dots[r], pairs_of(_mm256_maddubs_epi16(magnitudes, signs)));
        }
    }
}

INLINE void dots_q4(size_t rows, const uint8_t *codes, const int8_t *x, const int32_t *sums, __m256i dots[tallest]) {
    const __m256i low = _mm256_set1_epi8(15);
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) dots[r] = _mm256_setzero_si256();
    for (size_t pair = 0; pair < 4; pair++, codes += 64, x += 8) {
        _mm_prefetch((const char *)codes + ahead, _MM_HINT_T0);
        const __m256i both = _mm256_loadu_si256((const __m256i *)codes);
        const __m256i first = _mm256_and_si256(both, low);
        const __m256i second = _mm256_and_si256(_mm256_srli_epi16(both, 4), low);
        WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
            const int8_t *values = x + r * weft_row_group;
            dots[r] = _mm256_add_epi16(dots[r], _mm256_maddubs_epi16(first, four_bytes(values)));
            dots[r] = _mm256_add_epi16(dots[r], _mm256_maddubs_epi16(second, four_bytes(values + 4)));
        }
    }
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        dots[r] = _mm256_sub_epi32(pairs_of(dots[r]), _mm256_set1_epi32(weft_q4_zero * sums[r * 4]));
}

// One half of a panel: 8 outputs from `lane` on.
INLINE void half_tile(
    weft_quantisation kind, size_t rows, const weft_group *group, size_t row, size_t panel, size_t lane) {
    const size_t chunks = weft_group_chunks(kind, group);
    const uint8_t *codes = group->codes + panel * group->panel_codes + lane * 4;
    const uint16_t *scales = group->scales + panel * group->panel_scales + lane;
    const int8_t *x = group->x + row * weft_row_group;
    __m256i dots[tallest];
    __m256 parts[tallest];
    if (kind == weft_q8) {
        dots_q8(rows, chunks * 8, codes, x, dots);
        WEFT_UNROLL for (size_t r = 0; r < rows; r++)
            parts[r] = _mm256_mul_ps(_mm256_cvtepi32_ps(dots[r]), scales_at(scales));
    } else {
        for (size_t chunk = 0; chunk < chunks; chunk++) {
            dots_q4(rows, codes + chunk * 256, x + chunk * 32, group->x_sums + row * 4 + chunk, dots);
            const __m256 scale = scales_at(scales + chunk * weft_panel);
            WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
                const __m256 dot = _mm256_cvtepi32_ps(dots[r]);
                parts[r] = chunk == 0 ? _mm256_mul_ps(dot, scale) : _mm256_fmadd_ps(dot, scale, parts[r]);
            }
        }
    }
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
        float *sums = group->sums + (panel * group->rows + row + r) * weft_panel + lane;
        const __m256 scale = _mm256_set1_ps(group->x_scales[row + r]);
        _mm256_store_ps(sums, _mm256_fmadd_ps(parts[r], scale, _mm256_load_ps(sums)));
    }
}

INLINE void tile(weft_quantisation kind, size_t rows, const weft_group *group, size_t row, size_t panel) {
    half_tile(kind, rows, group, row, panel, 0);
    half_tile(kind, rows, group, row, panel, weft_panel / 2);
}

#define EACH(USE, KIND) USE(KIND, 1) USE(KIND, 2) USE(KIND, 3) USE(KIND, 4) USE(KIND, 5) USE(KIND, 6)
WEFT_ONE_PANEL_GROUPS(weft_groups_avx2, EACH);

#endif
