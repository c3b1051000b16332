// Compares every kind of kernels that this processor runs with the portable ones, bit by bit, on made-up numbers.
//
// The tests in Swift do this too, on processors that Swift runs its tests on; this program needs nothing but a C
// compiler and a C library, so that kernels for another processor can be run by an emulator: see scripts/test_arm.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "winograd.h"
#include "quantised.h"
#include "rows.h"

static int failures, comparisons;

static uint64_t state = 1;

static uint32_t next(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

// In -1...1, some of it tiny, zero or large.
static float number(void) {
    const float value = (float)next() / 0x1p30f - 1;
    switch (next() % 64) {
    case 0: return 0;
    case 1: return value * 1e-30f;
    case 2: return value * 300;
    default: return value;
    }
}

static void *memory(size_t size) {
    void *result = aligned_alloc(64, (size + 127) / 64 * 64);
    if (!result) abort();
    memset(result, 0, (size + 127) / 64 * 64);
    return result;
}

static float *numbers(size_t count) {
    float *result = memory(count * 4);
    for (size_t i = 0; i < count; i++) result[i] = number();
    return result;
}

static void equal(const weft_kernels *kernels, const void *a, const void *b, size_t size, const char *format, ...) {
    comparisons++;
    if (memcmp(a, b, size) == 0) return;
    failures++;
    va_list values;
    va_start(values, format);
    printf("%s: ", weft_kernels_name(kernels));
    vprintf(format, values);
    printf(" differs from portable\n");
    va_end(values);
}

static const weft_kernels *portable;

static void linear(const weft_kernels *kernels, weft_dtype dtype, size_t outputs, size_t inputs, size_t rows) {
    const size_t size = dtype == weft_f32 ? 4 : 2;
    char *source = memory(outputs * inputs * size);
    for (size_t i = 0; i < outputs * inputs; i++) {
        const float value = number();
        uint32_t bits;
        memcpy(&bits, &value, 4);
        // Halves of any exponent but that of infinity.
        const uint16_t half = dtype == weft_bf16 ? bits >> 16 : (uint16_t)(next() & 0xbbff);
        if (dtype == weft_f32) memcpy(source + i * 4, &value, 4);
        else memcpy(source + i * 2, &half, 2);
    }
    void *packed = memory(weft_packed_size(dtype, outputs, inputs));
    weft_pack(dtype, source, outputs, inputs, packed);
    const weft_matrix matrix = {dtype, outputs, inputs, packed};
    float *x = numbers(rows * inputs), *bias = numbers(outputs + 16);
    float *mine = memory(rows * outputs * 4), *theirs = memory(rows * outputs * 4);
    const size_t panels = (outputs + 15) / 16;
    weft_linear(kernels, &matrix, bias, x, inputs, rows, mine, outputs, 0, panels);
    weft_linear(portable, &matrix, bias, x, inputs, rows, theirs, outputs, 0, panels);
    equal(kernels, mine, theirs, rows * outputs * 4, "linear, dtype %d, %zu x %zu, %zu rows", dtype, outputs, inputs, rows);
    free(source), free(packed), free(x), free(bias), free(mine), free(theirs);
}

static void quantised(const weft_kernels *kernels, weft_quantisation kind, size_t outputs, size_t inputs, size_t rows) {
    const size_t panels = (outputs + 15) / 16;
    const size_t codes_size = weft_panel_codes(kind, inputs), scales_count = weft_panel_scales(kind, inputs);
    float *weights = numbers(outputs * inputs), *x = numbers(rows * inputs), *bias = numbers(outputs + 16);
    uint8_t *codes = memory(panels * codes_size), *codes_b = memory(panels * codes_size);
    uint16_t *scales = memory(panels * scales_count * 2), *scales_b = memory(panels * scales_count * 2);
    for (size_t panel = 0; panel < panels; panel++) {
        const size_t count = outputs - panel * 16 < 16 ? outputs - panel * 16 : 16;
        const float *part = weights + panel * 16 * inputs;
        weft_quantise_panel(
            kernels, kind, part, count, inputs, codes + panel * codes_size, scales + panel * scales_count);
        weft_quantise_panel(
            portable, kind, part, count, inputs, codes_b + panel * codes_size, scales_b + panel * scales_count);
    }
    equal(kernels, codes, codes_b, panels * codes_size, "codes of kind %d, %zu x %zu", kind, outputs, inputs);
    equal(kernels, scales, scales_b, panels * scales_count * 2, "scales of kind %d, %zu x %zu", kind, outputs, inputs);
    const size_t scratch_size = rows * weft_quantised_row_size(inputs);
    char *scratch = memory(scratch_size), *scratch_b = memory(scratch_size);
    weft_quantise_rows(kernels, x, inputs, rows, 0, rows, scratch);
    weft_quantise_rows(portable, x, inputs, rows, 0, rows, scratch_b);
    equal(kernels, scratch, scratch_b, scratch_size, "quantised rows, %zu x %zu", rows, inputs);
    const weft_quantised_matrix matrix = {kind, outputs, inputs, codes_b, scales_b};
    float *mine = memory(rows * outputs * 4), *theirs = memory(rows * outputs * 4);
    weft_quantised_linear(kernels, &matrix, bias, scratch_b, rows, 0, rows, mine, outputs, 0, panels);
    weft_quantised_linear(portable, &matrix, bias, scratch_b, rows, 0, rows, theirs, outputs, 0, panels);
    equal(
        kernels, mine, theirs, rows * outputs * 4, "product of kind %d, %zu x %zu, %zu rows", kind, outputs, inputs,
        rows);
    free(weights), free(x), free(bias), free(codes), free(codes_b), free(scales), free(scales_b);
    free(scratch), free(scratch_b), free(mine), free(theirs);
}

static void functions(const weft_kernels *kernels, size_t size) {
    float *x = numbers(size), *weight = numbers(size), *mine = memory(size * 4), *theirs = memory(size * 4);
    weft_rms_norm(kernels, x, weight, size, 1e-6f, mine);
    weft_rms_norm(portable, x, weight, size, 1e-6f, theirs);
    equal(kernels, mine, theirs, size * 4, "RMS norm of %zu", size);
    for (int is_swish = 0; is_swish < 2; is_swish++) {
        weft_channel_norm(kernels, x, weight, size, 1e-6f, is_swish, mine);
        weft_channel_norm(portable, x, weight, size, 1e-6f, is_swish, theirs);
        equal(kernels, mine, theirs, size * 4, "channel norm of %zu, swish %d", size, is_swish);
    }
    for (weft_activation activation = weft_silu; activation <= weft_gelu_tanh; activation++) {
        weft_gate(kernels, activation, x, size % 2 ? weight : NULL, mine, size);
        weft_gate(portable, activation, x, size % 2 ? weight : NULL, theirs, size);
        equal(kernels, mine, theirs, size * 4, "activation %d of %zu", activation, size);
    }
    free(x), free(weight), free(mine), free(theirs);
}

// Memory for the keys and values of `length` positions.
static weft_cache cache_for(weft_cache_type type, size_t head_dim, size_t length, size_t *sizes) {
    const size_t capacity = (length + 15) / 16 * 16, stride = (head_dim + 15) / 16 * 16;
    const size_t size = type == weft_cache_f32 ? 4 : type == weft_cache_bf16 ? 2 : 1;
    sizes[0] = capacity * head_dim * size, sizes[1] = capacity * stride * size, sizes[2] = capacity * 4;
    return (weft_cache){type, head_dim, stride, memory(sizes[0]), memory(sizes[1]), memory(sizes[2]), memory(sizes[2])};
}

static void free_cache(weft_cache cache) { free(cache.keys), free(cache.values), free(cache.key_scales), free(cache.value_scales); }

static void attention(const weft_kernels *kernels, weft_cache_type type, size_t heads, size_t head_dim, size_t length) {
    size_t sizes[3];
    const weft_cache cache = cache_for(type, head_dim, length, sizes), other = cache_for(type, head_dim, length, sizes);
    for (size_t position = 0; position < length; position++) {
        float *key = numbers(head_dim), *value = numbers(head_dim);
        weft_remember(kernels, &cache, key, value, position);
        weft_remember(portable, &other, key, value, position);
        free(key), free(value);
    }
    equal(kernels, cache.keys, other.keys, sizes[0], "keys of type %d, %zu x %zu", type, length, head_dim);
    equal(kernels, cache.values, other.values, sizes[1], "values of type %d, %zu x %zu", type, length, head_dim);
    if (type == weft_cache_q8) {
        equal(kernels, cache.key_scales, other.key_scales, sizes[2], "scales of %zu keys of %zu", length, head_dim);
        equal(kernels, cache.value_scales, other.value_scales, sizes[2], "scales of %zu values of %zu", length, head_dim);
    }
    size_t stride = (length + 15) / 16 * 16;
    if (stride < cache.value_stride) stride = cache.value_stride;
    const weft_attention task = {other, heads, length, stride, 0};
    float *queries = numbers(heads * head_dim), *scratch = memory(heads * (stride + cache.value_stride) * 4);
    float *mine = memory(heads * head_dim * 4), *theirs = memory(heads * head_dim * 4);
    weft_attend(kernels, &task, queries, scratch, mine);
    weft_attend(portable, &task, queries, scratch, theirs);
    equal(
        kernels, mine, theirs, heads * head_dim * 4, "attention of %zu heads of %zu to %zu of type %d", heads, head_dim,
        length, type);
    free_cache(cache), free_cache(other), free(queries), free(scratch), free(mine), free(theirs);
}

static void strips(const weft_kernels *kernels, size_t pixels, size_t channels, size_t outputs) {
    const size_t padded = (channels + 31) / 32 * 32, width = pixels + 2, kernel = 3;
    float *x = numbers(3 * pixels * channels), *scale = numbers(channels), *shift = numbers(channels);
    uint16_t *mine = memory(3 * width * padded * 2), *theirs = memory(3 * width * padded * 2);
    for (size_t line = 0; line < 3; line++) {
        weft_strip_row row = {x + line * pixels * channels, pixels, channels, scale, shift, line > 0, 1, NULL};
        row.y = mine + (line * width + 1) * padded;
        weft_strip_fill(kernels, &row);
        row.y = theirs + (line * width + 1) * padded;
        weft_strip_fill(portable, &row);
    }
    equal(kernels, mine, theirs, 3 * width * padded * 2, "strip of %zu pixels and %zu channels", pixels, channels);
    float *weights = numbers(outputs * channels * kernel * kernel), *bias = numbers(outputs);
    uint16_t *packed = memory(weft_strip_packed_size(outputs, channels, kernel));
    weft_strip_pack(weft_f32, weights, outputs, channels, kernel, packed);
    float *y = memory(pixels * outputs * 4), *z = memory(pixels * outputs * 4);
    weft_strip_product product = {
        theirs, padded, width * padded, width * padded, kernel, kernel * padded, pixels, 1, packed, outputs, bias, 0, y};
    weft_strip_multiply(kernels, &product, 0, (outputs + 15) / 16);
    product.y = z;
    weft_strip_multiply(portable, &product, 0, (outputs + 15) / 16);
    equal(kernels, y, z, pixels * outputs * 4, "product of a strip, %zu x %zu to %zu", pixels, channels, outputs);
    free(x), free(scale), free(shift), free(mine), free(theirs), free(weights), free(bias), free(packed), free(y), free(z);
}

static void tiles(const weft_kernels *kernels, size_t columns, size_t channels, size_t outputs, size_t upsampling) {
    const size_t padded = (channels + 31) / 32 * 32, side = weft_winograd_points(upsampling), points = side * side;
    const size_t width = (upsampling == 2 ? columns : 2 * columns) + 2, count = columns * padded, panels = (outputs + 15) / 16;
    float *x = numbers(4 * width * channels), *weights = numbers(outputs * channels * 9), *bias = numbers(outputs);
    uint16_t *strip = memory(4 * width * padded * 2);
    for (size_t line = 0; line < 4; line++) {
        weft_strip_row row = {x + line * width * channels, width, channels, NULL, NULL, 0, 1, strip + line * width * padded};
        weft_strip_fill(portable, &row);
    }
    uint16_t *mine = memory(points * count * 2), *theirs = memory(points * count * 2);
    weft_winograd_row row = {strip, width * padded, padded, upsampling, columns, mine, count};
    weft_winograd_spread(kernels, &row);
    row.y = theirs;
    weft_winograd_spread(portable, &row);
    equal(kernels, mine, theirs, points * count * 2, "points of %zu tiles of %zu channels", columns, channels);
    uint16_t *packed = memory(weft_winograd_packed_size(outputs, channels, upsampling));
    weft_winograd_pack(weft_f32, weights, outputs, channels, upsampling, packed);
    // The last column of pixels lies outside of the picture.
    const size_t pixels = 2 * columns - 1;
    float *y = memory(2 * pixels * outputs * 4), *z = memory(2 * pixels * outputs * 4);
    weft_winograd_product product = {
        theirs, count, padded, upsampling, columns, packed, outputs, bias, 0, pixels, 0, 2, y};
    weft_winograd_multiply(kernels, &product, 0, columns, 0, panels);
    product.y = z;
    weft_winograd_multiply(portable, &product, 0, columns, 0, panels);
    equal(kernels, y, z, 2 * pixels * outputs * 4, "product of %zu tiles, %zu to %zu", columns, channels, outputs);
    free(x), free(weights), free(bias), free(strip), free(mine), free(theirs), free(packed), free(y), free(z);
}

// Exact kernels alone: dot products of bfloat16 pairs take tiny numbers as zero, the matrix unit has its own order.
static int has_exact_strips(const weft_kernels *kernels) {
    const char *name = weft_kernels_name(kernels);
    return strcmp(name, "vnni") != 0 && strcmp(name, "amx") != 0;
}

int main(void) {
    portable = weft_kernels_named("portable");
    int kinds = 0;
    for (size_t index = 1; weft_kernels_listed(index); index++) {
        const weft_kernels *kernels = weft_kernels_named(weft_kernels_listed(index));
        if (!kernels) {
            printf("%s: not on this processor\n", weft_kernels_listed(index));
            continue;
        }
        kinds++;
        const int before = comparisons;
        static const size_t outputs[] = {1, 16, 40, 80}, inputs[] = {1, 5, 32, 70, 200, 515};
        for (size_t o = 0; o < sizeof outputs / sizeof *outputs; o++)
            for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
                for (size_t rows = 1; rows < 27; rows += 1 + rows / 6) {
                    for (weft_dtype dtype = weft_f32; dtype <= weft_f16; dtype++)
                        linear(kernels, dtype, outputs[o], inputs[i], rows);
                    quantised(kernels, weft_q8, outputs[o], inputs[i], rows);
                    quantised(kernels, weft_q4, outputs[o], inputs[i], rows);
                }
        for (size_t size = 1; size < 70; size++) functions(kernels, size);
        for (size_t heads = 1; heads < 7; heads++)
            for (size_t head_dim = 8; head_dim < 130; head_dim += 28)
                for (size_t length = 1; length < 70; length += 17)
                    for (weft_cache_type type = weft_cache_f32; type <= weft_cache_q8; type++)
                        attention(kernels, type, heads, head_dim, length);
        if (has_exact_strips(kernels))
            for (size_t pixels = 1; pixels < 12; pixels += 3)
                for (size_t channels = 3; channels < 70; channels += 29) {
                    strips(kernels, pixels, channels, 24);
                    tiles(kernels, pixels, channels, 24, 1 + pixels % 2);
                }
        printf("%s: %d comparisons\n", weft_kernels_name(kernels), comparisons - before);
    }
    printf("%d kinds of kernels, %d differences\n", kinds, failures);
    return failures > 0 || kinds == 0;
}
