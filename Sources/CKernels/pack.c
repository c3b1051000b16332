// Packs weights into panels of 16 outputs.

#include <stdint.h>
#include <string.h>

#include "kernels.h"

static size_t panel_bytes(weft_dtype dtype, size_t inputs) {
    switch (dtype) {
    case weft_f32: return inputs * weft_panel * 4;
    case weft_bf16: return (inputs + 1) / 2 * weft_panel * 4;
    case weft_f16: return inputs * weft_panel * 2;
    }
    return 0;
}

size_t weft_packed_size(weft_dtype dtype, size_t outputs, size_t inputs) {
    return (outputs + weft_panel - 1) / weft_panel * panel_bytes(dtype, inputs);
}

// Copies `count` units of `size` bytes from each row to every 16th unit of the panel. Both loops stay inside a block
// of the panel that fits into the first cache.
static inline __attribute__((always_inline)) void interleave(
    size_t size, const char *rows, size_t row_bytes, size_t lanes, size_t count, char *panel) {
    enum { block = 128 };
    for (size_t first = 0; first < count; first += block) {
        size_t last = count - first < block ? count : first + block;
        for (size_t lane = 0; lane < lanes; lane++) {
            const char *row = rows + lane * row_bytes;
            for (size_t unit = first; unit < last; unit++)
                memcpy(panel + (unit * weft_panel + lane) * size, row + unit * size, size);
        }
    }
}

void weft_pack(weft_dtype dtype, const void *source, size_t outputs, size_t inputs, void *packed) {
    size_t row_bytes = inputs * (dtype == weft_f32 ? 4 : 2);
    size_t size = panel_bytes(dtype, inputs);
    for (size_t output = 0; output < outputs; output += weft_panel) {
        const char *rows = (const char *)source + output * row_bytes;
        char *panel = (char *)packed + output / weft_panel * size;
        size_t lanes = outputs - output < weft_panel ? outputs - output : weft_panel;
        if (lanes < weft_panel) memset(panel, 0, size);
        if (dtype == weft_f16) {
            interleave(2, rows, row_bytes, lanes, inputs, panel);
        } else if (dtype == weft_f32) {
            interleave(4, rows, row_bytes, lanes, inputs, panel);
        } else {
            interleave(4, rows, row_bytes, lanes, inputs / 2, panel);
            if (inputs % 2 == 0) continue;
            char *last = panel + inputs / 2 * weft_panel * 4;
            memset(last, 0, weft_panel * 4);
            for (size_t lane = 0; lane < lanes; lane++)
                memcpy(last + lane * 4, rows + (lane + 1) * row_bytes - 2, 2);
        }
    }
}
