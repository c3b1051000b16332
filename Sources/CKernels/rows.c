// Hands rows to the functions of the chosen instruction set.

#include "rows.h"
#include "tiles.h"

void weft_remember(
    const weft_kernels *kernels, const weft_cache *cache, const float *key, const float *value, size_t position) {
    kernels->functions->remember(cache, key, value, position);
}

void weft_attend(
    const weft_kernels *kernels, const weft_attention *attention, const float *queries, float *scratch, float *out) {
    kernels->functions->attend(attention, queries, scratch, out);
}

void weft_rms_norm(
    const weft_kernels *kernels, const float *x, const float *weight, size_t size, float epsilon, float *y) {
    kernels->functions->rms_norm(x, weight, size, epsilon, y);
}

void weft_channel_norm(
    const weft_kernels *kernels, const float *x, const float *weight, size_t channels, float epsilon, int is_swish,
    float *y) {
    kernels->functions->channel_norm(x, weight, channels, epsilon, is_swish, y);
}

void weft_gate(
    const weft_kernels *kernels, weft_activation activation, const float *gate, const float *up, float *y,
    size_t count) {
    kernels->functions->gate(activation, gate, up, y, count);
}
