// Groups of quantised weights in plain C: the definition of the result, and the path for processors without kernels of
// their own.

#include "groups.h"

#include <math.h>

#include "half.h"

#pragma STDC FP_CONTRACT OFF

// dots[lane] of four inputs more.
static inline void add_quad(int32_t *dots, const uint8_t *codes, int shift, int mask, int zero, const int8_t *x) {
    for (size_t lane = 0; lane < weft_panel; lane++)
        for (size_t i = 0; i < 4; i++) dots[lane] += ((codes[lane * 4 + i] >> shift & mask) - zero) * x[i];
}

static void add_scaled(float *part, const int32_t *dots, const uint16_t *scales, int is_first) {
    for (size_t lane = 0; lane < weft_panel; lane++) {
        const float scale = from_half(scales[lane]);
        part[lane] = is_first ? (float)dots[lane] * scale : fmaf((float)dots[lane], scale, part[lane]);
    }
}

static void add_row(const weft_group *group, size_t panel, size_t row) {
    const uint8_t *codes = group->codes + panel * group->panel_codes;
    const uint16_t *scales = group->scales + panel * group->panel_scales;
    const int8_t *x = group->x + row * weft_row_group;
    const size_t chunks = weft_group_chunks(group->kind, group);
    float part[weft_panel];
    if (group->kind == weft_q8) {
        int32_t dots[weft_panel] = {0};
        for (size_t quad = 0; quad < chunks * 8; quad++)
            add_quad(dots, codes + quad * 64, 0, 255, weft_q8_zero, x + quad * 4);
        add_scaled(part, dots, scales, 1);
    } else {
        for (size_t chunk = 0; chunk < chunks; chunk++) {
            int32_t dots[weft_panel] = {0};
            for (size_t quad = chunk * 8; quad < chunk * 8 + 8; quad++)
                add_quad(dots, codes + quad / 2 * 64, quad % 2 * 4, 15, weft_q4_zero, x + quad * 4);
            add_scaled(part, dots, scales + chunk * weft_panel, chunk == 0);
        }
    }
    float *sums = group->sums + (panel * group->rows + row) * weft_panel;
    for (size_t lane = 0; lane < weft_panel; lane++)
        sums[lane] = fmaf(part[lane], group->x_scales[row], sums[lane]);
}

static void add(const weft_group *groups) {
    weft_group group = *groups;
    do {
        for (size_t panel = 0; panel < group.panels; panel++)
            for (size_t row = 0; row < group.rows; row++) add_row(&group, panel, row);
    } while (weft_next_group(group.kind, &group));
}

const weft_group_functions weft_groups_portable = {.few = 4, .add = add};
