// Activations and weights made into small whole numbers, compiled once for each instruction set that includes it.
#pragma once

#include "half.h"
#include "lanes.h"
#include "quantised.h"

enum { infinite_bits = 0x7f800000 };

// The nearest whole numbers, ties to even, of magnitudes below 2^22.
LANES_INLINE lanes nearest(lanes x) {
    const lanes magic = all(0x1.8p23f);
    return (x + magic) - magic;
}

LANES_INLINE lane_bits larger_bits(lane_bits a, lane_bits b) {
    const lane_bits is_larger = b > a;
    return (is_larger & b) | (~is_larger & a);
}

LANES_INLINE lane_bits magnitude_bits(lanes x) { return (lane_bits)x & 0x7fffffff; }

// The greatest magnitude, as bits: at least infinite_bits if a number is not finite.
LANES_INLINE int32_t greatest_lane(lane_bits magnitudes) {
    int32_t greatest = 0;
    for (size_t lane = 0; lane < lane_count; lane++)
        if (magnitudes[lane] > greatest) greatest = magnitudes[lane];
    return greatest;
}

// The scale of codes -127...127 for numbers up to that magnitude, and what makes codes of them: 0 if all codes are 0,
// since no number has a magnitude of 2^-100 or the scale is NaN.
LANES_INLINE float code_scale(int32_t greatest, float *inverse) {
    const float magnitude = from_bits((uint32_t)greatest);
    const int is_finite = greatest < infinite_bits;
    *inverse = !is_finite || magnitude < 0x1p-100f ? 0 : 127.0f / magnitude;
    return !is_finite ? NAN : *inverse == 0 ? 0 : magnitude / 127.0f;
}

static void quantise_group(const float *x, size_t count, int8_t *codes, float *scale, int32_t *sums) {
    float whole[weft_row_group] = {0};
    if (count < weft_row_group) x = memcpy(whole, x, count * sizeof *x);
    lane_bits magnitudes = {0};
    for (size_t k = 0; k < weft_row_group; k += lane_count)
        magnitudes = larger_bits(magnitudes, magnitude_bits(load(x + k)));
    float inverse;
    *scale = code_scale(greatest_lane(magnitudes), &inverse);
    if (inverse == 0) {
        memset(codes, 0, weft_row_group);
        memset(sums, 0, weft_row_group / weft_sum_group * sizeof *sums);
        return;
    }
    for (size_t k = 0; k < weft_row_group; k += weft_sum_group) {
        lane_bits total = {0};
        for (size_t part = k; part < k + weft_sum_group; part += lane_count) {
            const lane_bits q = __builtin_convertvector(nearest(load(x + part) * inverse), lane_bits);
            const lane_bytes bytes = __builtin_convertvector(q, lane_bytes);
            memcpy(codes + part, &bytes, sizeof bytes);
            total += q;
        }
        int32_t sum = 0;
        for (size_t lane = 0; lane < lane_count; lane++) sum += total[lane];
        sums[k / weft_sum_group] = sum;
    }
}

// The greatest magnitude of each lane; not finite if one of them is not.
LANES_INLINE lanes greatest_magnitudes(const float *weights, size_t count) {
    lane_bits bits = {0};
    for (size_t k = 0; k < count; k++) bits = larger_bits(bits, magnitude_bits(load(weights + k * lane_count)));
    return (lanes)bits;
}

LANES_INLINE int are_finite(lanes magnitudes) {
    for (size_t lane = 0; lane < lane_count; lane++)
        if (((lane_bits)magnitudes)[lane] >= infinite_bits) return 0;
    return 1;
}

// weights: [count][16], count a multiple of 4.
static weft_quantised_result quantise_q8(const float *weights, size_t count, uint8_t *codes, uint16_t *scales) {
    const lanes magnitudes = greatest_magnitudes(weights, count);
    if (!are_finite(magnitudes)) return weft_not_finite;
    float inverses[lane_count];
    for (size_t lane = 0; lane < lane_count; lane++) {
        uint16_t scale = to_half(magnitudes[lane] / 127.0f);
        if (from_half(scale) * 127.0f < magnitudes[lane]) scale += 1;
        if (scale >= 0x7c00) return weft_too_large;
        scales[lane] = scale;
        inverses[lane] = scale == 0 ? 0 : 1 / from_half(scale);
    }
    const lanes inverse = load(inverses);
    for (size_t k = 0; k < count; k += 4) {
        lane_bits quad = {0};
        for (int i = 0; i < 4; i++) {
            const lanes q = nearest(load(weights + (k + i) * lane_count) * inverse);
            quad |= (__builtin_convertvector(q, lane_bits) + 128) << 8 * i;
        }
        memcpy(codes + k / 4 * sizeof quad, &quad, sizeof quad);
    }
    return weft_quantised_well;
}

// -8...7
LANES_INLINE lanes four_bits(lanes x) {
    const lanes q = nearest(x);
    return choose(q > 7.0f, all(7), choose(q < -8.0f, all(-8), q));
}

// The scales with which 32 weights of magnitudes up to 1 have the least error.
//
// Every candidate maps the greatest magnitude to some number about 8 of either sign, and is then moved to where the
// sum of the weighted squares of the errors has its minimum for these roundings: sum(w x q) / sum(w q q).
LANES_INLINE lanes least_error(const lanes *weights) {
    lanes best = all(0), scale = all(0);
    for (int sign = -1; sign <= 1; sign += 2) {
        for (int step = 0; step < 13; step++) {
            const lanes factor = all((float)sign * (6.5f + 0.25f * (float)step));
            lanes products = all(0), squares = all(0);
            for (size_t k = 0; k < weft_sum_group; k++) {
                const lanes q = four_bits(weights[k] * factor);
                const lanes weighted = weights[k] * weights[k] * q;
                products += weighted * weights[k];
                squares += weighted * q;
            }
            const lanes candidate = choose(squares > 0.0f, products / squares, all(0));
            const lanes gain = products * candidate;
            scale = choose(gain > best, candidate, scale);
            best = larger(best, gain);
        }
    }
    return scale;
}

// weights: [32][16]
static weft_quantised_result quantise_q4(const float *weights, size_t count, uint8_t *codes, uint16_t *scales) {
    const lanes magnitudes = greatest_magnitudes(weights, count);
    if (!are_finite(magnitudes)) return weft_not_finite;
    const lane_bits is_zero = magnitudes < 0x1p-100f;
    const lanes units = 1.0f / choose(is_zero, all(1), magnitudes);
    lanes relative[weft_sum_group];
    for (size_t k = 0; k < weft_sum_group; k++)
        relative[k] = choose(is_zero, all(0), load(weights + k * lane_count) * units);
    const lanes wanted = least_error(relative) * magnitudes;
    float inverses[lane_count];
    for (size_t lane = 0; lane < lane_count; lane++) {
        scales[lane] = to_half(wanted[lane]);
        if ((scales[lane] & 0x7fff) == 0x7c00) return weft_too_large;
        inverses[lane] = (scales[lane] & 0x7fff) == 0 ? 0 : 1 / from_half(scales[lane]);
    }
    const lanes inverse = load(inverses);
    for (size_t k = 0; k < weft_sum_group; k += 8) {
        lane_bits pairs = {0};
        for (int i = 0; i < 8; i++) {
            const lanes q = four_bits(load(weights + (k + i) * lane_count) * inverse);
            pairs |= (__builtin_convertvector(q, lane_bits) + 8) << (8 * (i % 4) + i / 4 * 4);
        }
        memcpy(codes + k / 8 * sizeof pairs, &pairs, sizeof pairs);
    }
    return weft_quantised_well;
}
