// Arithmetic on single rows of activations: attention, norms and activations of feed-forward layers.
//
// Only additions, products, divisions and roots of float32, each rounded by itself and in an order that nothing but the
// row's own length decides, so every instruction set and the portable version give the same bits (NaN payloads
// excepted).
#pragma once

#include "kernels.h"

/// How the numbers of keys and values are stored.
typedef enum {
    /// IEEE single precision.
    weft_cache_f32,
    /// The upper half of a float32, rounded to the nearest, ties to even; NaNs stay NaNs.
    weft_cache_bf16,
    /// -127...127, with a float32 scale for the key and for the value of each position: the greatest magnitude / 127. A
    /// vector with a number that is not finite has the scale NaN, one with numbers below 2^-100 only the scale 0.
    weft_cache_q8,
} weft_cache_type;

/// The keys and values of one key head.
///
/// Keys are [blocks, head_dim, 16], 16 positions side by side; values are [positions, value_stride].
typedef struct {
    weft_cache_type type;
    /// Elements of a head.
    size_t head_dim;
    /// Elements from one value to the next, a multiple of 16 and at least head_dim.
    size_t value_stride;
    void *keys;
    void *values;
    /// [blocks, 16]; of q8 only.
    float *key_scales;
    /// [blocks, 16]; of q8 only.
    float *value_scales;
} weft_cache;

/// Stores the key and the value, both [head_dim], of one position.
void weft_remember(
    const weft_kernels *kernels, const weft_cache *cache, const float *key, const float *value, size_t position);

/// The query heads that share one key head, at one position, and the cache that they attend to.
typedef struct {
    weft_cache cache;
    /// Query heads.
    size_t heads;
    /// Positions to attend to, at least 1.
    size_t length;
    /// Floats from the scores of one head to those of the next; at least `length` rounded up to 16, and value_stride.
    size_t stride;
    /// Bytes from these keys to those that are probably attended to next, and are fetched meanwhile.
    size_t next;
} weft_attention;

/// What a gated feed-forward layer does with its gate.
typedef enum {
    /// x / (1 + exp(-x))
    weft_silu,
    /// x (1 + erf(x / sqrt(2))) / 2, to an absolute error of about 1e-7 |x|.
    weft_gelu,
    /// x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
    weft_gelu_tanh,
} weft_activation;

/// Softmax attention: out = softmax(queries . keys / sqrt(head_dim)) values.
///
/// queries and out: [heads, head_dim]. scratch: heads * (stride + value_stride) floats. Every score is summed over the
/// head's elements in order, every output over the positions in order. Numbers of 16 bits become float32 first; of q8 a
/// score is multiplied by its key's scale once it has been summed, and a weight by its value's scale before. What lies
/// beyond the length has no effect.
void weft_attend(
    const weft_kernels *kernels, const weft_attention *attention, const float *queries, float *scratch, float *out);

/// Root-mean-square norm of one row: y = x / sqrt(mean(x^2) + epsilon) * weight, all [size]; y may be x.
void weft_rms_norm(
    const weft_kernels *kernels, const float *x, const float *weight, size_t size, float epsilon, float *y);

/// Norm of one pixel: y = x / sqrt(mean(x^2) + epsilon) * weight, all [channels]; y may be x. If `is_swish`, the result
/// v becomes v / (1 + exp(-v)).
///
/// The squares are summed in eight interleaved parts, these in order.
void weft_channel_norm(
    const weft_kernels *kernels, const float *x, const float *weight, size_t channels, float epsilon, int is_swish,
    float *y);

/// y = activation(gate) * up, all [count]; without up (NULL) y = activation(gate). y may be gate, or start before it in
/// the same memory.
void weft_gate(
    const weft_kernels *kernels, weft_activation activation, const float *gate, const float *up, float *y,
    size_t count);
