// Tiles for 64-bit Arm: four registers of NEON hold a panel's 16 sums of one row.

#if defined(__aarch64__)

#include <arm_neon.h>

#include "tiles.h"

#define TARGET
#define INLINE static inline __attribute__((always_inline))

enum {
    // How far ahead of the sums weights are fetched, in bytes of each panel.
    ahead = 1024,
    tallest = 6,
    widest = 4,
    quarters = 4,
};

INLINE void add(
    size_t rows, float32x4_t sums[tallest][widest][quarters], size_t p, size_t quarter, float32x4_t weights,
    const float *x) {
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        sums[r][p][quarter] = vfmaq_n_f32(sums[r][p][quarter], weights, x[r]);
}

INLINE float32x4_t even(uint32x4_t pairs) { return vreinterpretq_f32_u32(vshlq_n_u32(pairs, 16)); }

INLINE float32x4_t odd(uint32x4_t pairs) {
    return vreinterpretq_f32_u32(vandq_u32(pairs, vdupq_n_u32(0xffff0000)));
}

INLINE uint32x4_t pairs_at(const char *source) { return vreinterpretq_u32_u8(vld1q_u8((const uint8_t *)source)); }

INLINE float32x4_t halves_at(const char *source) {
    return vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8((const uint8_t *)source)));
}

INLINE float32x4_t floats_at(const char *source) {
    return vreinterpretq_f32_u8(vld1q_u8((const uint8_t *)source));
}

INLINE void tile(
    weft_dtype dtype, size_t rows, size_t panels, const char *weights, size_t panel_bytes, size_t depth,
    const float *x, const float *start, size_t start_stride, float *y, size_t y_stride) {
    float32x4_t sums[tallest][widest][quarters];
    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        WEFT_UNROLL for (size_t q = 0; q < quarters * panels; q++)
            sums[r][q / quarters][q % quarters] = vld1q_f32(start + r * start_stride + q * 4);

    if (dtype == weft_bf16) {
        for (size_t pair = 0; pair < depth / 2; pair++, weights += 64, x += 2 * rows) {
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                const char *source = weights + p * panel_bytes;
                __builtin_prefetch(source + ahead);
                WEFT_UNROLL for (size_t q = 0; q < quarters; q++) {
                    const uint32x4_t both = pairs_at(source + q * 16);
                    add(rows, sums, p, q, even(both), x);
                    add(rows, sums, p, q, odd(both), x + rows);
                }
            }
        }
        if (depth % 2 == 1) {
            WEFT_UNROLL for (size_t p = 0; p < panels; p++)
                WEFT_UNROLL for (size_t q = 0; q < quarters; q++)
                    add(rows, sums, p, q, even(pairs_at(weights + p * panel_bytes + q * 16)), x);
        }
    } else {
        const size_t bytes = dtype == weft_f16 ? 2 : 4;
        for (size_t k = 0; k < depth; k++, weights += weft_panel * bytes, x += rows) {
            WEFT_UNROLL for (size_t p = 0; p < panels; p++) {
                const char *source = weights + p * panel_bytes;
                if (dtype == weft_f32 || k % 2 == 0) __builtin_prefetch(source + ahead);
                WEFT_UNROLL for (size_t q = 0; q < quarters; q++) {
                    const char *four = source + q * 4 * bytes;
                    add(rows, sums, p, q, dtype == weft_f16 ? halves_at(four) : floats_at(four), x);
                }
            }
        }
    }

    WEFT_UNROLL for (size_t r = 0; r < rows; r++)
        WEFT_UNROLL for (size_t q = 0; q < quarters * panels; q++)
            vst1q_f32(y + r * y_stride + q * 4, sums[r][q / quarters][q % quarters]);
}

// The wide tiles hold 16 to 24 registers of sums, of 32.
#define EACH(USE, DTYPE)                                                                                              \
    USE(DTYPE, 1, 4) USE(DTYPE, 2, 2) USE(DTYPE, 3, 2) USE(DTYPE, 4, 1) USE(DTYPE, 5, 1) USE(DTYPE, 6, 1)
WEFT_TILES(weft_tiles_neon, tallest, EACH);

#endif
