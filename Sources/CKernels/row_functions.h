// Norms and activations of one row, compiled once for each instruction set that includes it.
#pragma once

#include "lanes.h"
#include "rows.h"

static void rms_norm(const float *x, const float *weight, size_t size, float epsilon, float *y) {
    const size_t whole = size / lane_count * lane_count;
    lanes squares = all(0);
    for (size_t index = 0; index < whole; index += lane_count) squares += load(x + index) * load(x + index);
    const lanes tail = load_some(x + whole, size - whole);
    squares += tail * tail;
    const float scale = 1 / sqrtf(sum(squares) / (float)size + epsilon);
    for (size_t index = 0; index < whole; index += lane_count)
        store(load(x + index) * scale * load(weight + index), y + index);
    for (size_t index = whole; index < size; index++) y[index] = x[index] * scale * weight[index];
}

// The sum of squares in eight interleaved parts, these in order.
LANES_INLINE float squares_of(const float *x, size_t count) {
    float parts[8] = {0};
    size_t index = 0;
    for (; index + 8 <= count; index += 8)
        WEFT_UNROLL for (size_t lane = 0; lane < 8; lane++) parts[lane] += x[index + lane] * x[index + lane];
    for (size_t lane = 0; index + lane < count; lane++) parts[lane] += x[index + lane] * x[index + lane];
    float total = parts[0];
    for (size_t lane = 1; lane < 8; lane++) total += parts[lane];
    return total;
}

LANES_INLINE lanes normalised(lanes x, float scale, lanes weight, int is_swish) {
    const lanes value = x * scale * weight;
    return is_swish ? value / (1.0f + exponential(-value)) : value;
}

static void channel_norm(
    const float *x, const float *weight, size_t channels, float epsilon, int is_swish, float *y) {
    const float scale = 1 / sqrtf(squares_of(x, channels) / (float)channels + epsilon);
    size_t index = 0;
    for (; index + lane_count <= channels; index += lane_count)
        store(normalised(load(x + index), scale, load(weight + index), is_swish), y + index);
    const size_t left = channels - index;
    if (left == 0) return;
    const lanes tail = normalised(load_some(x + index, left), scale, load_some(weight + index, left), is_swish);
    store_some(tail, y + index, left);
}

LANES_INLINE lanes activated(weft_activation activation, lanes x) {
    if (activation == weft_silu) return x * sigmoid(x);
    if (activation == weft_gelu_tanh) return x * sigmoid(x * 1.59576912f * (x * x * 0.044715f + 1.0f));
    // erf by formula 7.1.26 of Abramowitz and Stegun.
    const lane_bits negative = x < 0.0f;
    const lanes z = choose(negative, -x, x) * 0.70710678f;
    const lanes t = 1.0f / (z * 0.3275911f + 1.0f);
    lanes polynomial = t * 1.061405429f - 1.453152027f;
    polynomial = polynomial * t + 1.421413741f;
    polynomial = polynomial * t - 0.284496736f;
    polynomial = polynomial * t + 0.254829592f;
    // Half of 1 - erf(z), so that negative values lose no digits.
    const lanes rest = polynomial * t * exponential(-(z * z)) * 0.5f;
    return x * choose(negative, rest, 1.0f - rest);
}

LANES_INLINE void gate_row(
    weft_activation activation, const float *gate, const float *up, float *y, size_t count) {
    size_t index = 0;
    for (; index + lane_count <= count; index += lane_count) {
        const lanes value = activated(activation, load(gate + index));
        store(up ? value * load(up + index) : value, y + index);
    }
    const size_t left = count - index;
    if (left == 0) return;
    const lanes value = activated(activation, load_some(gate + index, left));
    store_some(up ? value * load_some(up + index, left) : value, y + index, left);
}

static void gate(weft_activation activation, const float *gate, const float *up, float *y, size_t count) {
    switch (activation) {
    case weft_silu: return gate_row(weft_silu, gate, up, y, count);
    case weft_gelu: return gate_row(weft_gelu, gate, up, y, count);
    case weft_gelu_tanh: return gate_row(weft_gelu_tanh, gate, up, y, count);
    }
}

/// The functions above, and those of attend.h, cache.h and quantise.h.
#define WEFT_ROW_FUNCTIONS                                                                                            \
    {                                                                                                                 \
        .remember = remember, .attend = attend, .rms_norm = rms_norm, .channel_norm = channel_norm, .gate = gate,     \
        .quantise_group = quantise_group, .quantise_q8 = quantise_q8, .quantise_q4 = quantise_q4,                     \
    }
