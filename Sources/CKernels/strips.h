// What the files of kernels for one instruction set provide for strips of bfloat16 pictures.
#pragma once

#include "convolution.h"
#include "tiles.h"
#include "winograd.h"

/// A row of pixels, some full panels, and some runs of every patch.
typedef struct {
    const uint16_t *x;
    size_t pixel_step;
    size_t line_step;
    size_t lines;
    size_t run;
    /// At least 1.
    size_t pixels;
    /// The first panel; the next one begins panel_step values later.
    const uint16_t *weights;
    size_t panel_step;
    /// At least 1.
    size_t panels;
    /// [pixels][panels * 16]: what is added to, the pixels y_step floats apart.
    float *y;
    size_t y_step;
} weft_patches;

/// The sums of a block of tiles, [point][tile][panels * 16].
typedef struct {
    const weft_winograd_product *product;
    const float *sums;
    /// Floats from a tile to the next one, and from a point to the next one.
    size_t tile_step;
    size_t point_step;
    /// The first tile, and how many.
    size_t tile;
    size_t tiles;
    /// The first output, and how many panels.
    size_t output;
    size_t panels;
} weft_winograd_block;

/// Products of strips for one instruction set.
struct weft_strip_functions {
    void (*fill)(const weft_strip_row *row);
    void (*spread)(const weft_winograd_row *row);
    void (*gather)(const weft_winograd_block *block);
    void (*add)(const weft_patches *patches);
    /// Called before the first of several rows of so many pixels; or NULL.
    void (*begin)(size_t pixels);
    /// Called after them; or NULL.
    void (*end)(void);
};

enum {
    /// Pixels of an incomplete panel that are computed at a time.
    weft_edge_pixels = 96,
};

extern const weft_strip_functions weft_strips_portable;
#if defined(__x86_64__)
extern const weft_strip_functions weft_strips_avx2;
extern const weft_strip_functions weft_strips_avx512;
extern const weft_strip_functions weft_strips_avx512_bf16;
extern const weft_strip_functions weft_strips_amx;
#elif defined(__aarch64__)
extern const weft_strip_functions weft_strips_neon;
#endif
