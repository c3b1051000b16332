// Groups of quantised weights for processors with AVX-512 and VNNI: one register holds a panel's 16 dot products.

#if defined(__x86_64__)

#include <immintrin.h>

#include "groups.h"

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,f16c")))
#define INLINE static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512vnni,f16c")))

enum {
    // How far ahead of the products weights are fetched, in bytes.
    ahead = 4096,
    // A tile of one panel, for few rows, and one of several, for many: the more panels, the less often a row is read.
    tallest = 12,
    wide_rows = 6,
    widest = 4,
    wide_q8 = 4,
    // Its tiles hold sums in float32 besides: no more than fit into the registers.
    wide_q4 = 2,
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

// Adds four inputs of all rows to the dot products of a panel.
INLINE void add_quad(size_t rows, size_t p, __m512i dots[tallest][widest], __m512i weights, const int8_t *x) {
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        dots[r][p] = _mm512_dpbusd_epi32(dots[r][p], weights, _mm512_set1_epi32(four_bytes(x + r * weft_row_group)));
}

INLINE void tile(
    weft_quantisation kind, size_t rows, size_t panels, const weft_group *group, size_t row, size_t panel) {
    const uint8_t *codes = group->codes + panel * group->panel_codes;
    const uint16_t *scales = group->scales + panel * group->panel_scales;
    const int8_t *x = group->x + row * weft_row_group;
    const size_t chunks = weft_group_chunks(kind, group);
    __m512i dots[tallest][widest];
    __m512 parts[tallest][widest];
    if (kind == weft_q8) {
        WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
            const __m512i taken = _mm512_set1_epi32(-weft_q8_correction(group, row + r));
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) dots[r][p] = taken;
        }
        for (size_t quad = 0; quad < chunks * 8; quad++, codes += 64, x += 4)
            WEFT_UNROLL for (size_t p = 0; p < panels; p++)
                add_quad(rows, p, dots, fetched(codes + p * group->panel_codes), x);
        WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
            const __m512 scale = scales_at(scales + p * group->panel_scales);
            WEFT_UNROLL for (size_t r = 0; r < rows; r++)
                parts[r][p] = _mm512_mul_ps(_mm512_cvtepi32_ps(dots[r][p]), scale);
        }
    } else {
        const __m512i low = _mm512_set1_epi8(15);
        for (size_t chunk = 0; chunk < chunks; chunk++, scales += weft_panel) {
            WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
                const __m512i taken = _mm512_set1_epi32(-weft_q4_zero * group->x_sums[(row + r) * 4 + chunk]);
                WEFT_UNROLL for (size_t p = 0; p < panels; p++) dots[r][p] = taken;
            }
            WEFT_UNROLL for (size_t pair = 0; pair < 4; pair++, codes += 64, x += 8) {
                WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                    const __m512i pairs = fetched(codes + p * group->panel_codes);
                    add_quad(rows, p, dots, _mm512_and_si512(pairs, low), x);
                    add_quad(rows, p, dots, _mm512_and_si512(_mm512_srli_epi16(pairs, 4), low), x + 4);
                }
            }
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                const __m512 scale = scales_at(scales + p * group->panel_scales);
                WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
                    const __m512 dot = _mm512_cvtepi32_ps(dots[r][p]);
                    parts[r][p] = chunk == 0 ? _mm512_mul_ps(dot, scale) : _mm512_fmadd_ps(dot, scale, parts[r][p]);
                }
            }
        }
    }
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
        const __m512 scale = _mm512_set1_ps(group->x_scales[row + r]);
        WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
            float *sums = group->sums + ((panel + p) * group->rows + row + r) * weft_panel;
            _mm512_store_ps(sums, _mm512_fmadd_ps(parts[r][p], scale, _mm512_load_ps(sums)));
        }
    }
}

#define NARROW_TILE(KIND, ROWS, GROUP, ROW, PANEL) tile(KIND, ROWS, 1, GROUP, ROW, PANEL)
#define WIDE_TILE(KIND, ROWS, GROUP, ROW, PANEL) tile(KIND, ROWS, KIND == weft_q8 ? wide_q8 : wide_q4, GROUP, ROW, PANEL)

// More than 12 rows make blocks of 4 to 6.
#define EACH_WIDE(USE, KIND) USE(KIND, 4) USE(KIND, 5) USE(KIND, 6)
#define EACH(USE, KIND)                                                                                               \
    USE(KIND, 1) USE(KIND, 2) USE(KIND, 3)                                                                            \
    EACH_WIDE(USE, KIND)                                                                                              \
    USE(KIND, 7) USE(KIND, 8) USE(KIND, 9) USE(KIND, 10) USE(KIND, 11) USE(KIND, 12)
#define DEFINE(KIND, ROWS) WEFT_GROUP_TILE(narrow, TARGET, NARROW_TILE, KIND, ROWS)
#define DEFINE_WIDE(KIND, ROWS) WEFT_GROUP_TILE(wide, TARGET, WIDE_TILE, KIND, ROWS)
EACH(DEFINE, q8)
EACH(DEFINE, q4)
EACH_WIDE(DEFINE_WIDE, q8)
EACH_WIDE(DEFINE_WIDE, q4)

#define NAME(KIND, ROWS) narrow_##KIND##_##ROWS,
#define NAME_WIDE(KIND, ROWS) wide_##KIND##_##ROWS,
static weft_group_tile *const narrow[2][tallest] = {{EACH(NAME, q8)}, {EACH(NAME, q4)}};
static weft_group_tile *const wide[2][wide_rows] = {
    {NULL, NULL, NULL, EACH_WIDE(NAME_WIDE, q8)}, {NULL, NULL, NULL, EACH_WIDE(NAME_WIDE, q4)}};

static void add(const weft_group *groups) {
    const size_t width = groups->kind == weft_q8 ? wide_q8 : wide_q4;
    const size_t done = groups->rows > tallest ? weft_add_tiles(groups, wide[groups->kind], wide_rows, width, 0) : 0;
    weft_add_tiles(groups, narrow[groups->kind], tallest, 1, done);
}

const weft_group_functions weft_groups_vnni = {.few = tallest, .add = add};

#endif
