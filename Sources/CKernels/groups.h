// What the files of kernels for one instruction set provide for quantised weights: products of one group of inputs.
#pragma once

#include "quantised.h"
#include "tiles.h"

enum {
    /// Panels of a block of sums.
    weft_group_panels = 4,
    /// What is added to the codes of weights.
    weft_q8_zero = 128,
    weft_q4_zero = 8,
};

/// Groups of 128 inputs, the last of which may be shorter, for a block of rows and panels: one, or all of them.
typedef struct weft_group {
    weft_quantisation kind;
    /// The group's codes in the first panel; those of the next panel are panel_codes bytes later.
    const uint8_t *codes;
    size_t panel_codes;
    /// The group's scales in the first panel; those of the next panel are panel_scales halves later.
    const uint16_t *scales;
    size_t panel_scales;
    /// Inputs of this group and of those after it.
    size_t inputs;
    /// [x_rows][128], filled up with zeros, from the block's first row on; what belongs to the next group follows.
    const int8_t *x;
    size_t x_rows;
    /// [rows]
    const float *x_scales;
    /// [rows][4]: sums of x over each 32 inputs.
    const int32_t *x_sums;
    /// At least 1.
    size_t rows;
    /// 1...weft_group_panels
    size_t panels;
    /// [panels][rows][16], aligned to 64: what the groups are added to.
    float *sums;
} weft_group;

/// Products with quantised weights for one instruction set.
struct weft_group_functions {
    /// Up to so many rows, all groups of a panel are added before its neighbours: memory is read in the order of its
    /// addresses then, which is faster. More rows share the weights of one group, while these lie in the first cache.
    size_t few;
    /// Adds groups to the sums.
    void (*add)(const weft_group *group);
    /// Called before the groups of a block, which differ in memory only; or NULL.
    void (*begin)(const weft_group *group);
    /// Called after them; or NULL.
    void (*end)(const weft_group *group);
};

extern const weft_group_functions weft_groups_portable;
#if defined(__x86_64__)
extern const weft_group_functions weft_groups_avx2;
extern const weft_group_functions weft_groups_vnni;
extern const weft_group_functions weft_groups_amx;
#elif defined(__aarch64__)
extern const weft_group_functions weft_groups_dotprod;
#endif

/// What is taken away from the dot product of a row with the codes of a q8 group.
static inline int32_t weft_q8_correction(const weft_group *group, size_t row) {
    const int32_t *sums = group->x_sums + row * 4;
    return weft_q8_zero * (sums[0] + sums[1] + sums[2] + sums[3]);
}

/// How many times 32 inputs a group has: 2 or 4 (q8), 1 to 4 (q4).
static inline size_t weft_group_chunks(weft_quantisation kind, const weft_group *group) {
    const size_t count = group->inputs < weft_row_group ? group->inputs : weft_row_group;
    const size_t unit = kind == weft_q8 ? 2 : 1;
    return (count + unit * weft_sum_group - 1) / (unit * weft_sum_group) * unit;
}

/// Goes on to the next group; 0 if there is none.
static inline int weft_next_group(weft_quantisation kind, weft_group *group) {
    if (group->inputs <= weft_row_group) return 0;
    group->inputs -= weft_row_group;
    group->codes += weft_row_group * weft_panel / (kind == weft_q8 ? 1 : 2);
    group->scales += weft_panel * (kind == weft_q8 ? 1 : weft_row_group / weft_sum_group);
    group->x += group->x_rows * weft_row_group;
    group->x_scales += group->x_rows;
    group->x_sums += group->x_rows * (weft_row_group / weft_sum_group);
    return 1;
}

/// Defines the function NAME_KIND_ROWS, which adds groups to the sums of so many rows, as TILE adds one, with constant
/// kind and rows.
#define WEFT_GROUP_TILE(NAME, TARGET, TILE, KIND, ROWS)                                                               \
    TARGET static void NAME##_##KIND##_##ROWS(const weft_group *groups, size_t row, size_t panel) {                   \
        weft_group group = *groups;                                                                                   \
        do TILE(weft_##KIND, ROWS, &group, row, panel);                                                               \
        while (weft_next_group(weft_##KIND, &group));                                                                 \
    }

/// A tile of fixed height and width, from a row and a panel of the block on.
typedef void weft_group_tile(const weft_group *groups, size_t row, size_t panel);

/// Adds groups by tiles of height h, at [h - 1], from a panel on while their width fits; returns the panel behind them.
/// Panels are outside: their weights lie in the first cache while every row passes by.
static inline size_t weft_add_tiles(
    const weft_group *groups, weft_group_tile *const *tiles, size_t tallest, size_t width, size_t panel) {
    const size_t blocks = (groups->rows + tallest - 1) / tallest;
    for (; panel + width <= groups->panels; panel += width) {
        for (size_t block = 0; block < blocks; block++) {
            const size_t row = groups->rows * block / blocks;
            tiles[groups->rows * (block + 1) / blocks - row - 1](groups, row, panel);
        }
    }
    return panel;
}

#define WEFT_ONE_PANEL_TILE(KIND, ROWS) WEFT_GROUP_TILE(tile, TARGET, tile, KIND, ROWS)
#define WEFT_ONE_PANEL_NAME(KIND, ROWS) tile_##KIND##_##ROWS,

/// Defines `weft_group_functions NAME` of tiles of one panel by the file's TARGET, tallest and tile(). EACH(USE, KIND)
/// lists USE(KIND, ROWS) from one row up to the tallest.
#define WEFT_ONE_PANEL_GROUPS(NAME, EACH)                                                                             \
    EACH(WEFT_ONE_PANEL_TILE, q8)                                                                                     \
    EACH(WEFT_ONE_PANEL_TILE, q4)                                                                                     \
    static weft_group_tile *const tiles[2][tallest] = {{EACH(WEFT_ONE_PANEL_NAME, q8)}, {EACH(WEFT_ONE_PANEL_NAME, q4)}}; \
    static void add(const weft_group *groups) { weft_add_tiles(groups, tiles[groups->kind], tallest, 1, 0); }         \
    const weft_group_functions NAME = {.few = tallest, .add = add}
