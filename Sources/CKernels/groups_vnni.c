// Groups of quantised weights for processors with AVX-512 and VNNI: one register holds a panel's 16 dot products.

#if defined(__x86_64__)

#include <immintrin.h>

#include "groups.h"

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,f16c")))
#define INLINE static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512vnni,f16c")))

enum {
    // How far ahead of the products weights are fetched, in bytes of each panel.
    ahead = 1024,
    tallest = 12,
    widest = 8,
};

INLINE __m512 scales_at(const weft_group *group, size_t panel, size_t chunk) {
    const uint16_t *scales = group->scales + panel * group->panel_scales + chunk * weft_panel;
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)scales));
}

INLINE int four_bytes(const int8_t *x) {
    int value;
    __builtin_memcpy(&value, x, 4);
    return value;
}

// Adds four inputs of all rows to the dot products of a panel.
INLINE void add_quad(size_t rows, size_t p, __m512i dots[tallest][widest], __m512i weights, const int8_t *x) {
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        dots[r][p] = _mm512_dpbusd_epi32(dots[r][p], weights, _mm512_set1_epi32(four_bytes(x + r * weft_row_group)));
}

INLINE void tile(
    weft_quantisation kind, size_t rows, size_t panels, const weft_group *group, size_t row, size_t panel) {
    const uint8_t *codes = group->codes + panel * group->panel_codes;
    const size_t panel_codes = group->panel_codes;
    const int8_t *x = group->x + row * weft_row_group;
    __m512i dots[tallest][widest];
    __m512 parts[tallest][widest];
    if (kind == weft_q8) {
        WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
            const __m512i taken = _mm512_set1_epi32(-weft_q8_correction(group, row + r));
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) dots[r][p] = taken;
        }
        for (size_t quad = 0; quad < group->chunks * 8; quad++, codes += 64, x += 4) {
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                const uint8_t *source = codes + p * panel_codes;
                _mm_prefetch((const char *)source + ahead, _MM_HINT_T0);
                add_quad(rows, p, dots, _mm512_loadu_si512(source), x);
            }
        }
        WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
            const __m512 scales = scales_at(group, panel + p, 0);
            WEFT_UNROLL for (size_t r = 0; r < rows; r++)
                parts[r][p] = _mm512_mul_ps(_mm512_cvtepi32_ps(dots[r][p]), scales);
        }
    } else {
        const __m512i low = _mm512_set1_epi8(15);
        for (size_t chunk = 0; chunk < group->chunks; chunk++) {
            WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
                const __m512i taken = _mm512_set1_epi32(-weft_q4_zero * group->x_sums[(row + r) * 4 + chunk]);
                WEFT_UNROLL for (size_t p = 0; p < panels; p++) dots[r][p] = taken;
            }
            WEFT_UNROLL for (size_t pair = 0; pair < 4; pair++, codes += 64, x += 8) {
                WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                    const uint8_t *source = codes + p * panel_codes;
                    _mm_prefetch((const char *)source + ahead, _MM_HINT_T0);
                    const __m512i pairs = _mm512_loadu_si512(source);
                    add_quad(rows, p, dots, _mm512_and_si512(pairs, low), x);
                    add_quad(rows, p, dots, _mm512_and_si512(_mm512_srli_epi16(pairs, 4), low), x + 4);
                }
            }
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                const __m512 scales = scales_at(group, panel + p, chunk);
                WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
                    const __m512 dot = _mm512_cvtepi32_ps(dots[r][p]);
                    parts[r][p] = chunk == 0 ? _mm512_mul_ps(dot, scales) : _mm512_fmadd_ps(dot, scales, parts[r][p]);
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

// The wide tiles hold 8 chains of dot products or more, as many as their latency asks for; of q4, whose tiles hold sums
// in float32 besides, no more than fit into the registers.
#define EACH(USE, KIND, FOUR)                                                                                         \
    USE(KIND, 1, 8) USE(KIND, 2, 4) USE(KIND, 3, FOUR) USE(KIND, 4, FOUR) USE(KIND, 5, 2) USE(KIND, 6, 2)             \
    USE(KIND, 7, 1) USE(KIND, 8, 1) USE(KIND, 9, 1) USE(KIND, 10, 1) USE(KIND, 11, 1) USE(KIND, 12, 1)
#define EACH_q8(USE) EACH(USE, q8, 4)
#define EACH_q4(USE) EACH(USE, q4, 2)
#define DEFINE_WIDE(KIND, ROWS, PANELS) WEFT_GROUP_TILE(wide, TARGET, tile, KIND, ROWS, PANELS)
#define DEFINE_NARROW(KIND, ROWS, PANELS) WEFT_GROUP_TILE(narrow, TARGET, tile, KIND, ROWS, 1)
EACH_q8(DEFINE_WIDE)
EACH_q4(DEFINE_WIDE)
EACH_q8(DEFINE_NARROW)
EACH_q4(DEFINE_NARROW)

#define WIDTH(KIND, ROWS, PANELS) PANELS,
#define WIDE(KIND, ROWS, PANELS) wide_##KIND##_##ROWS##_##PANELS,
#define NARROW(KIND, ROWS, PANELS) narrow_##KIND##_##ROWS##_1,

static const size_t widths[2][tallest] = {{EACH_q8(WIDTH)}, {EACH_q4(WIDTH)}};
static weft_group_tile *const wide[2][tallest] = {{EACH_q8(WIDE)}, {EACH_q4(WIDE)}};
static weft_group_tile *const narrow[2][tallest] = {{EACH_q8(NARROW)}, {EACH_q4(NARROW)}};

// Panels outside: their weights lie in the first cache while every row passes by.
static void add(const weft_group *group) {
    const size_t blocks = (group->rows + tallest - 1) / tallest;
    const size_t *wide_panels = widths[group->kind];
    const size_t most = wide_panels[(group->rows + blocks - 1) / blocks - 1];
    for (size_t panel = 0; panel < group->panels;) {
        const size_t width = group->panels - panel < most ? 1 : most;
        for (size_t block = 0; block < blocks; block++) {
            const size_t row = group->rows * block / blocks;
            const size_t height = group->rows * (block + 1) / blocks - row;
            const int is_wide = width == wide_panels[height - 1];
            weft_group_tile *tile = is_wide ? wide[group->kind][height - 1] : narrow[group->kind][height - 1];
            for (size_t p = 0; p < width; p += is_wide ? width : 1) tile(group, row, panel + p);
        }
        panel += width;
    }
}

const weft_group_functions weft_groups_vnni = {.add = add};

#endif
