// The numbers of keys and values: how they are stored and read, compiled once for each instruction set that includes it.
#pragma once

#include "lanes.h"
#include "quantise.h"
#include "rows.h"

LANES_INLINE size_t cache_size(weft_cache_type type) {
    return type == weft_cache_f32 ? 4 : type == weft_cache_bf16 ? 2 : 1;
}

// Sixteen stored numbers; of q8 without their scale.
LANES_INLINE lanes load_stored(weft_cache_type type, const char *source) {
    if (type == weft_cache_bf16) {
        lane_halves halves;
        memcpy(&halves, source, sizeof halves);
        return (lanes)(__builtin_convertvector(halves, lane_words) << 16);
    }
    if (type == weft_cache_q8) {
        lane_bytes codes;
        memcpy(&codes, source, sizeof codes);
        return __builtin_convertvector(codes, lanes);
    }
    lanes value;
    memcpy(&value, source, sizeof value);
    return value;
}

// Writes `count` <= 16 numbers, each `stride` bytes behind the one before; those of q8 are whole already.
LANES_INLINE void store_numbers(weft_cache_type type, lanes x, size_t count, char *target, size_t stride) {
    if (type == weft_cache_bf16) {
        const lane_halves halves = to_bf16(x);
        if (stride == sizeof halves[0] && count == lane_count) {
            memcpy(target, &halves, sizeof halves);
            return;
        }
        for (size_t lane = 0; lane < count; lane++) {
            const uint16_t half = halves[lane];
            memcpy(target + lane * stride, &half, sizeof half);
        }
    } else if (type == weft_cache_q8) {
        const lane_bytes codes = __builtin_convertvector(__builtin_convertvector(x, lane_bits), lane_bytes);
        if (stride == 1 && count == lane_count) {
            memcpy(target, &codes, sizeof codes);
            return;
        }
        for (size_t lane = 0; lane < count; lane++) target[lane * stride] = codes[lane];
    } else {
        for (size_t lane = 0; lane < count; lane++) {
            const float number = x[lane];
            memcpy(target + lane * stride, &number, sizeof number);
        }
    }
}

// Stores a vector, and its scale if it is q8.
LANES_INLINE void store_vector(
    weft_cache_type type, const float *x, size_t size, char *target, size_t stride, float *scale) {
    float inverse = 1;
    if (type == weft_cache_q8) {
        lane_bits magnitudes = {0};
        size_t index = 0;
        for (; index + lane_count <= size; index += lane_count)
            magnitudes = larger_bits(magnitudes, magnitude_bits(load(x + index)));
        magnitudes = larger_bits(magnitudes, magnitude_bits(load_some(x + index, size - index)));
        *scale = code_scale(greatest_lane(magnitudes), &inverse);
    }
    for (size_t index = 0; index < size; index += lane_count) {
        const size_t left = size - index;
        lanes value = left < lane_count ? load_some(x + index, left) : load(x + index);
        if (type == weft_cache_q8) value = inverse == 0 ? all(0) : nearest(value * inverse);
        store_numbers(type, value, left < lane_count ? left : lane_count, target + index * stride, stride);
    }
}

LANES_INLINE void remember_as(
    weft_cache_type type, const weft_cache *c, const float *key, const float *value, size_t position) {
    const size_t size = cache_size(type), block = position / lane_count, lane = position % lane_count;
    char *keys = (char *)c->keys + (block * c->head_dim * lane_count + lane) * size;
    store_vector(type, key, c->head_dim, keys, lane_count * size, c->key_scales + position);
    char *values = (char *)c->values + position * c->value_stride * size;
    store_vector(type, value, c->head_dim, values, size, c->value_scales + position);
}

static void remember(const weft_cache *cache, const float *key, const float *value, size_t position) {
    switch (cache->type) {
    case weft_cache_f32: return remember_as(weft_cache_f32, cache, key, value, position);
    case weft_cache_bf16: return remember_as(weft_cache_bf16, cache, key, value, position);
    case weft_cache_q8: return remember_as(weft_cache_q8, cache, key, value, position);
    }
}
