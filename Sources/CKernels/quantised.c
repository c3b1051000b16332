// Cuts a product with quantised weights into blocks of panels, then of rows, then groups of inputs.

#include "groups.h"

#include <string.h>

#include "half.h"

enum {
    /// Rows of a block.
    block_rows = 128,
    chunk = weft_sum_group,
};

static size_t rounded(size_t count, size_t unit) { return (count + unit - 1) / unit * unit; }

static size_t groups_of(size_t inputs) { return (inputs + weft_row_group - 1) / weft_row_group; }

size_t weft_panel_codes(weft_quantisation kind, size_t inputs) {
    return kind == weft_q8 ? rounded(inputs, 2 * chunk) * weft_panel : rounded(inputs, chunk) * weft_panel / 2;
}

size_t weft_panel_scales(weft_quantisation kind, size_t inputs) {
    return (kind == weft_q8 ? groups_of(inputs) : (inputs + chunk - 1) / chunk) * weft_panel;
}

// Rows side by side: [groups][rows][128] bytes of q, [groups][rows] scales, [groups][rows][4] sums.
typedef struct {
    int8_t *codes;
    float *scales;
    int32_t *sums;
} row_scratch;

static row_scratch scratch_of(void *memory, size_t inputs, size_t rows) {
    const size_t count = groups_of(inputs) * rows;
    row_scratch result;
    result.codes = memory;
    result.scales = (float *)(result.codes + count * weft_row_group);
    result.sums = (int32_t *)(result.scales + count);
    return result;
}

size_t weft_quantised_row_size(size_t inputs) {
    return rounded(groups_of(inputs) * (weft_row_group + sizeof(float) + 4 * sizeof(int32_t)), 64);
}

void weft_quantise_rows(
    const weft_kernels *kernels, const float *x, size_t inputs, size_t rows, size_t row_begin, size_t row_end,
    void *memory) {
    const row_scratch scratch = scratch_of(memory, inputs, rows);
    for (size_t row = row_begin; row < row_end; row++) {
        for (size_t group = 0; group < groups_of(inputs); group++) {
            const size_t first = group * weft_row_group, place = group * rows + row;
            const size_t count = inputs - first < weft_row_group ? inputs - first : weft_row_group;
            kernels->functions->quantise_group(
                x + row * inputs + first, count, scratch.codes + place * weft_row_group, scratch.scales + place,
                scratch.sums + place * 4);
        }
    }
}

weft_quantised_result weft_quantise_panel(
    const weft_kernels *kernels, weft_quantisation kind, const float *weights, size_t outputs, size_t inputs,
    uint8_t *codes, uint16_t *scales) {
    const size_t size = kind == weft_q8 ? weft_row_group : chunk;
    weft_quantised_result worst = weft_quantised_well;
    _Alignas(64) float group[weft_row_group * weft_panel];
    for (size_t first = 0; first < inputs; first += size, scales += weft_panel) {
        const size_t count = inputs - first < size ? inputs - first : size;
        const size_t padded = rounded(count, kind == weft_q8 ? 2 * chunk : chunk);
        memset(group, 0, sizeof group);
        for (size_t output = 0; output < outputs; output++)
            for (size_t k = 0; k < count; k++) group[k * weft_panel + output] = weights[output * inputs + first + k];
        const weft_quantised_result result =
            (kind == weft_q8 ? kernels->functions->quantise_q8 : kernels->functions->quantise_q4)(
                group, padded, codes, scales);
        if (result > worst) worst = result;
        codes += kind == weft_q8 ? padded * weft_panel : padded * weft_panel / 2;
    }
    return worst;
}

void weft_dequantise_panel(
    weft_quantisation kind, const uint8_t *codes, const uint16_t *scales, size_t inputs, float *weights) {
    for (size_t k = 0; k < inputs; k++) {
        for (size_t lane = 0; lane < weft_panel; lane++) {
            float *weight = weights + lane * inputs + k;
            if (kind == weft_q8) {
                const int code = codes[(k / 4 * weft_panel + lane) * 4 + k % 4] - weft_q8_zero;
                *weight = (float)code * from_half(scales[k / weft_row_group * weft_panel + lane]);
            } else {
                const uint8_t pair = codes[(k / 8 * weft_panel + lane) * 4 + k % 4];
                const int code = (k % 8 < 4 ? pair & 15 : pair >> 4) - weft_q4_zero;
                *weight = (float)code * from_half(scales[k / chunk * weft_panel + lane]);
            }
        }
    }
}

// Computes one block of sums [panels][rows][16].
static void add_groups(const weft_group_functions *functions, const weft_group *block) {
    if (functions->begin) functions->begin(block);
    if (block->rows <= functions->few) {
        functions->add(block);
    } else {
        weft_group group = *block;
        do {
            weft_group alone = group;
            if (alone.inputs > weft_row_group) alone.inputs = weft_row_group;
            functions->add(&alone);
        } while (weft_next_group(group.kind, &group));
    }
    if (functions->end) functions->end(block);
}

static void start(const weft_group *group, const float *bias, size_t lanes) {
    memset(group->sums, 0, group->panels * group->rows * weft_panel * sizeof(float));
    if (!bias) return;
    for (size_t panel = 0; panel < group->panels; panel++, lanes -= weft_panel)
        for (size_t row = 0; row < group->rows; row++)
            memcpy(
                group->sums + (panel * group->rows + row) * weft_panel, bias + panel * weft_panel,
                (lanes < weft_panel ? lanes : weft_panel) * sizeof(float));
}

static void finish(const weft_group *group, float *y, size_t y_stride, size_t lanes) {
    for (size_t panel = 0; panel < group->panels; panel++, lanes -= weft_panel)
        for (size_t row = 0; row < group->rows; row++)
            memcpy(
                y + row * y_stride + panel * weft_panel, group->sums + (panel * group->rows + row) * weft_panel,
                (lanes < weft_panel ? lanes : weft_panel) * sizeof(float));
}

void weft_quantised_linear(
    const weft_kernels *kernels, const weft_quantised_matrix *matrix, const float *bias, const void *memory,
    size_t rows, size_t row_begin, size_t row_end, float *y, size_t y_stride, size_t panel_begin, size_t panel_end) {
    const row_scratch scratch = scratch_of((void *)memory, matrix->inputs, rows);
    const size_t count = row_end - row_begin;
    const size_t blocks = (count + block_rows - 1) / block_rows;
    _Alignas(64) float sums[weft_group_panels * block_rows * weft_panel];
    weft_group group = {
        .kind = matrix->kind,
        .panel_codes = weft_panel_codes(matrix->kind, matrix->inputs),
        .panel_scales = weft_panel_scales(matrix->kind, matrix->inputs),
        .inputs = matrix->inputs,
        .x_rows = rows,
        .sums = sums,
    };
    for (size_t panel = panel_begin; panel < panel_end; panel += weft_group_panels) {
        const size_t first = panel * weft_panel;
        group.panels = panel_end - panel < weft_group_panels ? panel_end - panel : weft_group_panels;
        for (size_t block = 0; block < blocks; block++) {
            const size_t row = row_begin + count * block / blocks;
            group.rows = row_begin + count * (block + 1) / blocks - row;
            group.codes = matrix->codes + panel * group.panel_codes;
            group.scales = matrix->scales + panel * group.panel_scales;
            group.x = scratch.codes + row * weft_row_group;
            group.x_scales = scratch.scales + row;
            group.x_sums = scratch.sums + row * (weft_row_group / chunk);
            start(&group, bias ? bias + first : NULL, matrix->outputs - first);
            if (matrix->inputs > 0) add_groups(kernels->groups, &group);
            finish(&group, y + row * y_stride + first, y_stride, matrix->outputs - first);
        }
    }
}
