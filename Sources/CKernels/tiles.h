// What the files of kernels for one instruction set provide: tiles of the product, and functions of rows.
#pragma once

#include "kernels.h"
#include "quantised.h"
#include "rows.h"

enum {
    /// Rows of the tallest tile of any instruction set.
    weft_tallest = 12,
    /// Panels of the widest tile of any instruction set.
    weft_widest = 8,
    weft_dtypes = 3,
};

/// Adds `depth` inputs to a tile of fixed height (rows) and width (panels).
///
/// weights: the first input of the tile's first panel; its next panel begins panel_bytes later.
/// x: [depth][rows]. start: where sums begin, row r at start + r * start_stride. y: where they go, likewise.
/// If depth is odd, the tile ends at the last input of the matrix.
typedef void weft_tile(
    const char *weights, size_t panel_bytes, size_t depth, const float *x, const float *start, size_t start_stride,
    float *y, size_t y_stride);

/// The functions of rows.h, and those that make small whole numbers of activations and weights.
typedef struct {
    void (*remember)(const weft_cache *cache, const float *key, const float *value, size_t position);
    void (*attend)(const weft_attention *attention, const float *queries, float *scratch, float *out);
    void (*rms_norm)(const float *x, const float *weight, size_t size, float epsilon, float *y);
    void (*channel_norm)(
        const float *x, const float *weight, size_t channels, float epsilon, int is_swish, float *y);
    void (*gate)(weft_activation activation, const float *gate, const float *up, float *y, size_t count);
    /// Quantises up to 128 activations: codes [128], filled up with zeros, and their sums over each 32.
    void (*quantise_group)(const float *x, size_t count, int8_t *codes, float *scale, int32_t *sums);
    /// Quantise one group of a panel, weights [count][16].
    weft_quantised_result (*quantise_q8)(const float *weights, size_t count, uint8_t *codes, uint16_t *scales);
    weft_quantised_result (*quantise_q4)(const float *weights, size_t count, uint8_t *codes, uint16_t *scales);
} weft_row_functions;

/// The tiles of one instruction set.
typedef struct {
    /// Height of the tallest tile.
    size_t rows;
    /// Width of the wide tile of height h, at [h - 1].
    size_t panels[weft_tallest];
    /// Wide tiles, at [dtype][height - 1].
    weft_tile *wide[weft_dtypes][weft_tallest];
    /// Tiles of one panel, at [dtype][height - 1].
    weft_tile *narrow[weft_dtypes][weft_tallest];
} weft_tiles;

/// Products with quantised weights: see groups.h.
typedef struct weft_group_functions weft_group_functions;

/// Products of bfloat16 strips: see strips.h.
typedef struct weft_strip_functions weft_strip_functions;

struct weft_kernels {
    const char *name;
    const weft_row_functions *functions;
    const weft_tiles *tiles;
    const weft_group_functions *groups;
    const weft_strip_functions *strips;
};

extern const weft_row_functions weft_rows_portable;
extern const weft_tiles weft_tiles_portable;
#if defined(__x86_64__)
extern const weft_row_functions weft_rows_avx2;
extern const weft_row_functions weft_rows_avx512;
extern const weft_tiles weft_tiles_avx2;
extern const weft_tiles weft_tiles_avx512;
#elif defined(__aarch64__)
extern const weft_row_functions weft_rows_neon;
extern const weft_tiles weft_tiles_neon;
#endif

#define WEFT_UNROLL _Pragma("clang loop unroll(full)")

/// Defines the function NAME_DTYPE_ROWS_PANELS as TILE with constant dtype, rows and panels.
#define WEFT_TILE(NAME, TARGET, TILE, DTYPE, ROWS, PANELS)                                                            \
    TARGET static void NAME##_##DTYPE##_##ROWS##_##PANELS(                                                            \
        const char *weights, size_t panel_bytes, size_t depth, const float *x, const float *start,                    \
        size_t start_stride, float *y, size_t y_stride) {                                                             \
        TILE(weft_##DTYPE, ROWS, PANELS, weights, panel_bytes, depth, x, start, start_stride, y, y_stride);           \
    }

#define WEFT_WIDE_TILE(DTYPE, ROWS, PANELS) WEFT_TILE(wide, TARGET, tile, DTYPE, ROWS, PANELS)
#define WEFT_NARROW_TILE(DTYPE, ROWS, PANELS) WEFT_TILE(narrow, TARGET, tile, DTYPE, ROWS, 1)
#define WEFT_WIDE_NAME(DTYPE, ROWS, PANELS) wide_##DTYPE##_##ROWS##_##PANELS,
#define WEFT_NARROW_NAME(DTYPE, ROWS, PANELS) narrow_##DTYPE##_##ROWS##_1,
#define WEFT_WIDTH(DTYPE, ROWS, PANELS) PANELS,

/// Defines `weft_tiles NAME` and its tiles by the file's TARGET and tile(). EACH(USE, DTYPE) lists USE(DTYPE, ROWS, PANELS)
/// from one row up: the width of the wide tile of each height.
#define WEFT_TILES(NAME, TALLEST, EACH)                                                                               \
    EACH(WEFT_WIDE_TILE, f32)                                                                                         \
    EACH(WEFT_WIDE_TILE, bf16)                                                                                        \
    EACH(WEFT_WIDE_TILE, f16)                                                                                         \
    EACH(WEFT_NARROW_TILE, f32)                                                                                       \
    EACH(WEFT_NARROW_TILE, bf16)                                                                                      \
    EACH(WEFT_NARROW_TILE, f16)                                                                                       \
    const weft_tiles NAME = {                                                                                         \
        .rows = TALLEST,                                                                                              \
        .panels = {EACH(WEFT_WIDTH, )},                                                                               \
        .wide = {{EACH(WEFT_WIDE_NAME, f32)}, {EACH(WEFT_WIDE_NAME, bf16)}, {EACH(WEFT_WIDE_NAME, f16)}},             \
        .narrow = {{EACH(WEFT_NARROW_NAME, f32)}, {EACH(WEFT_NARROW_NAME, bf16)}, {EACH(WEFT_NARROW_NAME, f16)}},     \
    }
