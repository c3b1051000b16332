// Groups of quantised weights for 64-bit Arm with dot products of bytes: four registers hold a panel's 16 dot products.

#if defined(__aarch64__)

#include <arm_neon.h>

#include "groups.h"

#define TARGET __attribute__((target("dotprod")))
#define INLINE static inline __attribute__((always_inline, target("dotprod")))

enum {
    // How far ahead of the products weights are fetched, in bytes.
    ahead = 4096,
    tallest = 4,
    quarters = 4,
};

INLINE int8x16_t four_bytes(const int8_t *x) {
    int32_t value;
    __builtin_memcpy(&value, x, 4);
    return vreinterpretq_s8_s32(vdupq_n_s32(value));
}

INLINE float32x4_t scales_at(const uint16_t *scales) {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(scales)));
}

// dots[r][q] of four inputs more, for each row.
INLINE void add_quad(
    size_t rows, const int8x16_t weights[quarters], const int8_t *x, int32x4_t dots[tallest][quarters]) {
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
        const int8x16_t values = four_bytes(x + r * weft_row_group);
        WEFT_UNROLL for (size_t q = 0; q < quarters; q++) dots[r][q] = vdotq_s32(dots[r][q], weights[q], values);
    }
}

INLINE void dots_q8(
    size_t rows, size_t quads, const uint8_t *codes, const int8_t *x, int32x4_t dots[tallest][quarters]) {
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        WEFT_UNROLL for (size_t q = 0; q < quarters; q++) dots[r][q] = vdupq_n_s32(0);
    for (size_t quad = 0; quad < quads; quad++, codes += 64, x += 4) {
        __builtin_prefetch(codes + ahead);
        int8x16_t weights[quarters];
        WEFT_UNROLL for (size_t q = 0; q < quarters; q++)
            weights[q] = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(codes + q * 16), vdupq_n_u8(weft_q8_zero)));
        add_quad(rows, weights, x, dots);
    }
}

INLINE void dots_q4(
    size_t rows, const uint8_t *codes, const int8_t *x, const int32_t *sums, int32x4_t dots[tallest][quarters]) {
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        WEFT_UNROLL for (size_t q = 0; q < quarters; q++) dots[r][q] = vdupq_n_s32(-weft_q4_zero * sums[r * 4]);
    for (size_t pair = 0; pair < 4; pair++, codes += 64, x += 8) {
        __builtin_prefetch(codes + ahead);
        int8x16_t first[quarters], second[quarters];
        WEFT_UNROLL for (size_t q = 0; q < quarters; q++) {
            const uint8x16_t both = vld1q_u8(codes + q * 16);
            first[q] = vreinterpretq_s8_u8(vandq_u8(both, vdupq_n_u8(15)));
            second[q] = vreinterpretq_s8_u8(vshrq_n_u8(both, 4));
        }
        add_quad(rows, first, x, dots);
        add_quad(rows, second, x + 4, dots);
    }
}

INLINE void tile(weft_quantisation kind, size_t rows, const weft_group *group, size_t row, size_t panel) {
    const uint8_t *codes = group->codes + panel * group->panel_codes;
    const uint16_t *scales = group->scales + panel * group->panel_scales;
    const int8_t *x = group->x + row * weft_row_group;
    const size_t chunks = weft_group_chunks(kind, group);
    int32x4_t dots[tallest][quarters];
    float32x4_t parts[tallest][quarters];
    if (kind == weft_q8) {
        dots_q8(rows, chunks * 8, codes, x, dots);
        WEFT_UNROLL for (size_t q = 0; q < quarters; q++) {
            const float32x4_t scale = scales_at(scales + q * 4);
            WEFT_UNROLL for (size_t r = 0; r < rows; r++) parts[r][q] = vmulq_f32(vcvtq_f32_s32(dots[r][q]), scale);
        }
    } else {
        for (size_t chunk = 0; chunk < chunks; chunk++) {
            dots_q4(rows, codes + chunk * 256, x + chunk * 32, group->x_sums + row * 4 + chunk, dots);
            WEFT_UNROLL for (size_t q = 0; q < quarters; q++) {
                const float32x4_t scale = scales_at(scales + chunk * weft_panel + q * 4);
                WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
                    const float32x4_t dot = vcvtq_f32_s32(dots[r][q]);
                    parts[r][q] = chunk == 0 ? vmulq_f32(dot, scale) : vfmaq_f32(parts[r][q], dot, scale);
                }
            }
        }
    }
    WEFT_UNROLL for (size_t r = 0; r < rows; r++) {
        float *sums = group->sums + (panel * group->rows + row + r) * weft_panel;
        WEFT_UNROLL for (size_t q = 0; q < quarters; q++)
            vst1q_f32(sums + q * 4, vfmaq_n_f32(vld1q_f32(sums + q * 4), parts[r][q], group->x_scales[row + r]));
    }
}

#define EACH(USE, KIND) USE(KIND, 1) USE(KIND, 2) USE(KIND, 3) USE(KIND, 4)
WEFT_ONE_PANEL_GROUPS(weft_groups_dotprod, EACH);

#endif
