// A matrix unit of eight tiles, as AMX has it.
//
// Before what uses it, these macros say what the unit does, t being a number known when this is compiled:
// UNIT_CONFIGURE(shape)     shapes all tiles as a unit_shape says
// UNIT_RELEASE()            gives the tiles back
// UNIT_ZERO(t)              tile t = 0
// UNIT_LOAD(t, from, step)  tile t = rows of bytes, `step` bytes apart
// UNIT_STORE(t, to, step)   the rows of tile t, `step` bytes apart
#pragma once

#include <stdint.h>

enum {
    unit_rows = 16,
    // Tiles 0...3 hold sums: two blocks of rows by two panels. Then come two blocks of rows and two panels.
    unit_rows_tile = 4,
    unit_panels_tile = 6,
    unit_tiles = 8,
};

// What the instruction that configures tiles reads.
typedef struct {
    uint8_t palette;
    uint8_t start_row;
    uint8_t reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} unit_shape;
