// Groups of quantised weights for processors with AVX-512 and VNNI: one register holds a panel's 16 dot products.

#if defined(__x86_64__)

#include <immintrin.h>

#include "groups.h"

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,f16c")))
#define INLINE static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512vnni,f16c")))

enum {
    // How far ahead of the products weights are fetched, in bytes.
    ahead = 4096,
    tallest = 12,
};

INLINE __m512 scales_at(const uint16_t *scales) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)scales)); }

INLINE int four_bytes(const int8_t *x) {
    int value;
    __builtin_memcpy(&value, x, 4);
    return value;
}

INLINE __m512i fetched(const uint8_t *codes) {
    _mm_prefetch((const char *)codes + ahead, _MM_HINT_T0);
    return _mm512_loadu_si512(codes);
}

// Adds four inputs of all rows to the dot products.
INLINE void add_quad(size_t rows, __m512i dots[tallest], __m512i weights, const int8_t *x) {
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        dots[r] = _mm512_dpbusd_epi32(dots[r], weights, _mm512_set1_epi32(four_bytes(x + r * weft_row_group)));
}

INLINE void tile(weft_quantisation kind, size_t rows, const weft_group *group, size_t row, size_t panel) {
    const uint8_t *codes = group->codes + panel * group->panel_codes;
    const uint16_t *scales = group->scales + panel * group->panel_scales;
    const int8_t *x = group->x + row * weft_row_group;
    const size_t chunks = weft_group_chunks(kind, group);
    __m512i dots[tallest];
    __m512 parts[tallest];
    if (kind == weft_q8) {
        WEFT_UNROLL for (size_t r = 0; r < rows; r++)
            dots[r] = _mm512_set1_epi32(-weft_q8_correction(group, row + r));
        for (size_t quad = 0; quad < chunks * 8; quad++, codes += 64, x += 4) add_quad(rows, dots, fetched(codes), x);
        WEFT_UNROLL for (size_t r = 0; r < rows; r++)
            parts[r] = _mm512_mul_ps(_mm512_cvtepi32_ps(dots[r]), scales_at(scales));
    } else {
        const __m512i low = _mm512_set1_epi8(15);
        for (size_t chunk = 0; chunk < chunks; chunk++, scales += weft_panel) {
            WEFT_UNROLL for (size_t r = 0; r < rows; r++)
                dots[r] = _mm512_set1_epi32(-weft_q4_zero * group->x_sums[(row + r) * 4 + chunk]);
            WEFT_UNROLL for (size_t pair = 0; pair < 4; pair++, codes += 64, x += 8) {
                const __m512i pairs = fetched(codes);
                add_quad(rows, dots, _mm512_and_si512(pairs, low), x);
                add_quad(rows, dots, _mm512_and_si512(_mm512_srli_epi16(pairs, 4), low), x + 4);
            }
            WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
                const __m512 dot = _mm512_cvtepi32_ps(dots[r]), scale = scales_at(scales);
                parts[r] = chunk == 0 ? _mm512_mul_ps(dot, scale) : _mm512_fmadd_ps(dot, scale, parts[r]);
            }
        }
    }
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
        float *sums = group->sums + (panel * group->rows + row + r) * weft_panel;
        const __m512 scale = _mm512_set1_ps(group->x_scales[row + r]);
        _mm512_store_ps(sums, _mm512_fmadd_ps(parts[r], scale, _mm512_load_ps(sums)));
    }
}

#define EACH(USE, KIND)                                                                                               \
    USE(KIND, 1) USE(KIND, 2) USE(KIND, 3) USE(KIND, 4) USE(KIND, 5) USE(KIND, 6)                                     \
    USE(KIND, 7) USE(KIND, 8) USE(KIND, 9) USE(KIND, 10) USE(KIND, 11) USE(KIND, 12)
#define DEFINE(KIND, ROWS) WEFT_GROUP_TILE(TARGET, tile, KIND, ROWS)
EACH(DEFINE, q8)
EACH(DEFINE, q4)

#define NAME(KIND, ROWS) tile_##KIND##_##ROWS,
static weft_group_tile *const tiles[2][tallest] = {{EACH(NAME, q8)}, {EACH(NAME, q4)}};

static void add(const weft_group *groups) { weft_add_tiles(groups, tiles[groups->kind], tallest); }

const weft_group_functions weft_groups_vnni = {.few = tallest, .add = add};

#endif
