// Numbers of 16 bits in plain C.
#pragma once

#include "kernels.h"

#include <stdint.h>
#include <string.h>

static inline float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static inline float from_half(uint16_t bits) {
    uint32_t sign = (uint32_t)(bits & 0x8000) << 16;
    uint32_t exponent = bits >> 10 & 31;
    uint32_t fraction = bits & 0x3ff;
    if (exponent == 0) {
        float magnitude = (float)fraction * 0x1p-24f;
        return sign ? -magnitude : magnitude;
    }
    if (exponent == 31) return from_bits(sign | 0x7f800000 | fraction << 13);
    return from_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

// The nearest half of a finite number, ties to even; infinite if it is too large.
static inline uint16_t to_half(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    const uint16_t sign = bits >> 16 & 0x8000;
    bits &= 0x7fffffff;
    // Adding a half's smallest power of two leaves the multiple of 2^-24 in the low bits, rounded.
    if (bits < 0x38800000) {
        const float shifted = from_bits(bits) + 0x1p-1f;
        uint32_t low;
        memcpy(&low, &shifted, 4);
        return sign | (uint16_t)(low - 0x3f000000);
    }
    if (bits >= 0x47800000) return sign | 0x7c00;
    return sign | (uint16_t)((bits - 0x38000000 + 0xfff + (bits >> 13 & 1)) >> 13);
}

// The nearest bfloat16 number, ties to even; what is no number stays none.
static inline uint16_t to_bfloat16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return value == value ? (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16) : 0x7fc0;
}

// A number of an array of any dtype.
static inline float stored_float(weft_dtype dtype, const void *numbers, size_t index) {
    const char *source = numbers;
    uint16_t half;
    float value = 0;
    switch (dtype) {
    case weft_bf16: memcpy(&half, source + index * 2, 2); return from_bits((uint32_t)half << 16);
    case weft_f16: memcpy(&half, source + index * 2, 2); return from_half(half);
    case weft_f32: memcpy(&value, source + index * 4, 4); return value;
    }
    return value;
}
