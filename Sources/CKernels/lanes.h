// Arithmetic on sixteen lanes, compiled once for each instruction set that includes it.
//
// Plain vector code: the compiler makes one, two or four registers of the lanes. No product and addition are fused, so
// the bits are those of any other instruction set.
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

// Vectors never cross a call: whatever takes them is inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#define LANES_INLINE static inline __attribute__((always_inline))

enum { lane_count = 16 };

typedef float lanes __attribute__((vector_size(lane_count * 4)));
typedef int32_t lane_bits __attribute__((vector_size(lane_count * 4)));
typedef uint32_t lane_words __attribute__((vector_size(lane_count * 4)));
typedef uint16_t lane_halves __attribute__((vector_size(lane_count * 2)));
typedef int8_t lane_bytes __attribute__((vector_size(lane_count)));

// Sixteen floats from any address.
LANES_INLINE lanes load(const float *source) {
    lanes value;
    memcpy(&value, source, sizeof value);
    return value;
}

// The first `count` < 16 lanes from memory, the others 0.
LANES_INLINE lanes load_some(const float *source, size_t count) {
    lanes value = {0};
    memcpy(&value, source, count * sizeof *source);
    return value;
}

LANES_INLINE void store(lanes value, float *target) { memcpy(target, &value, sizeof value); }

LANES_INLINE void store_some(lanes value, float *target, size_t count) {
    memcpy(target, &value, count * sizeof *target);
}

LANES_INLINE lanes all(float value) {
    return (lanes){value, value, value, value, value, value, value, value,
                   value, value, value, value, value, value, value, value};
}

// `a` in the lanes whose condition is -1, `b` where it is 0.
LANES_INLINE lanes choose(lane_bits condition, lanes a, lanes b) {
    return (lanes)((condition & (lane_bits)a) | (~condition & (lane_bits)b));
}

LANES_INLINE lanes larger(lanes a, lanes b) { return choose(b > a, b, a); }

// The nearest bfloat16 numbers, ties to even; what is no number stays none.
LANES_INLINE lane_halves to_bf16(lanes value) {
    const lane_words words = (lane_words)value;
    const lane_words upper = (words + 0x7fff + (words >> 16 & 1)) >> 16;
    const lane_words none = (lane_words)(value != value);
    return __builtin_convertvector((none & (words >> 16 | 0x40)) | (~none & upper), lane_halves);
}

// The sum of the lanes, halves added to halves.
LANES_INLINE float sum(lanes value) {
    float part[lane_count];
    memcpy(part, &value, sizeof part);
    for (size_t half = lane_count / 2; half > 0; half /= 2)
        for (size_t lane = 0; lane < half; lane++) part[lane] += part[lane + half];
    return part[0];
}

// e^x to about 1e-7 of its value; arguments beyond [-86, 88] count as these.
//
// Split into 2^n and e^r with |r| <= ln(2) / 2; the polynomial is that of Cephes' expf.
LANES_INLINE lanes exponential(lanes x) {
    const lanes magic = all(0x1.8p23f);  // adding it leaves the nearest whole number in the low bits
    lanes bounded = choose(x < -86.0f, all(-86.0f), x);
    bounded = choose(bounded > 88.0f, all(88.0f), bounded);
    const lanes shifted = bounded * 1.44269504f + magic;
    const lanes n = shifted - magic;
    const lanes r = bounded - n * 0.693359375f + n * 2.1219444e-4f;
    lanes value = r * 1.98756915e-4f + 1.39819995e-3f;
    value = value * r + 8.3334519e-3f;
    value = value * r + 4.1665796e-2f;
    value = value * r + 0.16666665f;
    value = value * r + 0.5f;
    value = value * r * r + r + 1.0f;
    const lane_bits exponent = ((lane_bits)shifted - (lane_bits)magic) << 23;
    return (lanes)((lane_bits)value + exponent);
}

// 1 / (1 + e^-x)
LANES_INLINE lanes sigmoid(lanes x) { return 1.0f / (1.0f + exponential(-x)); }
