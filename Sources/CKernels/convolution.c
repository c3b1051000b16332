// Packs the weights of convolutions, and cuts products of strips into rows and pairs of panels.

#include "convolution.h"

#include <string.h>

#include "half.h"
#include "strips.h"

enum {
    // Values of a patch that are multiplied before the sums are stored: the patches of a tile stay in the first cache.
    patch_block = 1536,
};

size_t weft_strip_packed_size(size_t outputs, size_t inputs, size_t kernel) {
    return (outputs + weft_panel - 1) / weft_panel * weft_panel * kernel * kernel * weft_strip_padded(inputs) * 2;
}

void weft_strip_pack(
    weft_dtype dtype, const void *weights, size_t outputs, size_t inputs, size_t kernel, uint16_t *packed) {
    const size_t taps = kernel * kernel, pixel = weft_strip_padded(inputs), panel = taps * pixel * weft_panel;
    memset(packed, 0, weft_strip_packed_size(outputs, inputs, kernel));
    for (size_t output = 0; output < outputs; output++) {
        uint16_t *lane = packed + output / weft_panel * panel + output % weft_panel * 2;
        for (size_t input = 0; input < inputs; input++) {
            for (size_t tap = 0; tap < taps; tap++) {
                const size_t place = tap * pixel + input;
                lane[place / 2 * 2 * weft_panel + place % 2] =
                    to_bfloat16(stored_float(dtype, weights, (output * inputs + input) * taps + tap));
            }
        }
    }
}

void weft_strip_fill(const weft_kernels *kernels, const weft_strip_row *row) { kernels->strips->fill(row); }

// What the sums of some panels begin with.
static void begin_sums(const weft_strip_product *product, size_t panel_begin, size_t panel_end) {
    const size_t first = panel_begin * weft_panel, outputs = product->outputs;
    const size_t end = panel_end * weft_panel < outputs ? panel_end * weft_panel : outputs;
    for (size_t pixel = 0; pixel < product->rows * product->pixels; pixel++) {
        float *y = product->y + pixel * outputs;
        if (!product->adds && !product->bias) memset(y + first, 0, (end - first) * sizeof *y);
        if (!product->bias) continue;
        if (!product->adds) memcpy(y + first, product->bias + first, (end - first) * sizeof *y);
        else
            for (size_t output = first; output < end; output++) y[output] += product->bias[output];
    }
}

// A panel of fewer than 16 outputs: its sums lie beside y meanwhile.
static void add_edge(const weft_strip_functions *functions, weft_patches patches, size_t lanes) {
    float beside[weft_edge_pixels * weft_panel] = {0};
    const weft_patches row = patches;
    patches.y = beside;
    patches.y_step = weft_panel;
    for (size_t first = 0; first < row.pixels; first += weft_edge_pixels) {
        const size_t left = row.pixels - first;
        patches.pixels = left < weft_edge_pixels ? left : weft_edge_pixels;
        patches.x = row.x + first * row.pixel_step;
        float *y = row.y + first * row.y_step;
        for (size_t pixel = 0; pixel < patches.pixels; pixel++)
            memcpy(beside + pixel * weft_panel, y + pixel * row.y_step, lanes * sizeof *y);
        if (functions->begin) functions->begin(patches.pixels);
        functions->add(&patches);
        if (functions->end) functions->end();
        for (size_t pixel = 0; pixel < patches.pixels; pixel++)
            memcpy(y + pixel * row.y_step, beside + pixel * weft_panel, lanes * sizeof *y);
    }
}

// Adds some runs of every patch, from `line` on.
static void add_lines(
    const weft_strip_functions *functions, const weft_strip_product *product, size_t line, size_t lines,
    size_t panel_begin, size_t panel_end) {
    const size_t panel_step = product->lines * product->run * weft_panel, whole = product->outputs / weft_panel;
    weft_patches patches = {
        .pixel_step = product->pixel_step,
        .line_step = product->line_step,
        .lines = lines,
        .run = product->run,
        .pixels = product->pixels,
        .panel_step = panel_step,
        .y_step = product->outputs,
    };
    const size_t full_end = whole < panel_end ? whole : panel_end;
    for (size_t panel = panel_begin; panel < panel_end; panel = full_end) {
        // The full panels, and then the last one if it is incomplete.
        const int is_full = panel < full_end;
        patches.panels = is_full ? full_end - panel : 1;
        patches.weights = product->weights + panel * panel_step + line * product->run * weft_panel;
        if (is_full && functions->begin) functions->begin(product->pixels);
        for (size_t row = 0; row < product->rows; row++) {
            patches.x = product->x + row * product->row_step + line * product->line_step;
            patches.y = product->y + row * product->pixels * product->outputs + panel * weft_panel;
            if (is_full) functions->add(&patches);
            else add_edge(functions, patches, product->outputs - panel * weft_panel);
        }
        if (is_full && functions->end) functions->end();
        if (!is_full) break;
    }
}

void weft_strip_multiply(
    const weft_kernels *kernels, const weft_strip_product *product, size_t panel_begin, size_t panel_end) {
    if (product->pixels == 0 || product->rows == 0) return;
    begin_sums(product, panel_begin, panel_end);
    const size_t lines = product->lines * product->run <= patch_block ? product->lines : 1;
    for (size_t line = 0; line < product->lines; line += lines)
        add_lines(kernels->strips, product, line, lines, panel_begin, panel_end);
}
