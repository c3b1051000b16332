// What the files of kernels for one instruction set provide for quantised weights: products of one group of inputs.
#pragma once

#include "quantised.h"
#include "tiles.h"

enum {
    /// Panels of a block of sums, for few rows.
    weft_group_panels = 8,
    /// What is added to the codes of weights.
    weft_q8_zero = 128,
    weft_q4_zero = 8,
};

/// One group of 128 inputs, or the last one, for a block of rows and panels.
typedef struct weft_group {
    weft_quantisation kind;
    /// The group's codes in the first panel; those of the next panel are panel_codes bytes later.
    const uint8_t *codes;
    size_t panel_codes;
    /// The group's scales in the first panel; those of the next panel are panel_scales halves later.
    const uint16_t *scales;
    size_t panel_scales;
    /// How many times 32 inputs there are: 2 or 4 (q8), 1 to 4 (q4).
    size_t chunks;
    /// [rows][128], filled up with zeros.
    const int8_t *x;
    /// [rows]
    const float *x_scales;
    /// [rows][4]: sums of x over each 32 inputs.
    const int32_t *x_sums;
    /// At least 1.
    size_t rows;
    /// 1...weft_group_panels
    size_t panels;
    /// [panels][rows][16], aligned to 64: what the group is added to.
    float *sums;
} weft_group;

/// Products with quantised weights for one instruction set.
struct weft_group_functions {
    /// Adds a group to the sums.
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

/// Defines the function NAME_KIND_ROWS_PANELS as TILE with constant kind, rows and panels.
#define WEFT_GROUP_TILE(NAME, TARGET, TILE, KIND, ROWS, PANELS)                                                       \
    TARGET static void NAME##_##KIND##_##ROWS##_##PANELS(const weft_group *group, size_t row, size_t panel) {         \
        TILE(weft_##KIND, ROWS, PANELS, group, row, panel);                                                           \
    }

/// A tile of fixed height and width, from a row and a panel of the group's block on.
typedef void weft_group_tile(const weft_group *group, size_t row, size_t panel);
