// Products of strips for processors with AMX.

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "strips.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx512f,amx-tile,amx-bf16"))), apply_to = function)

#define UNIT_CONFIGURE(shape) _tile_loadconfig(&(shape))
#define UNIT_RELEASE() _tile_release()
#define UNIT_ZERO(tile) _tile_zero(tile)
#define UNIT_LOAD(tile, from, step) _tile_loadd(tile, from, step)
#define UNIT_DOT_BF16(c, a, b) _tile_dpbf16ps(c, a, b)
#define UNIT_STORE(tile, to, step) _tile_stored(tile, to, step)
#include "amx_strips.h"

static void fill(const weft_strip_row *row) { weft_strips_avx512.fill(row); }
static void spread(const weft_winograd_row *row) { weft_strips_avx512.spread(row); }
static void gather(const weft_winograd_block *block) { weft_strips_avx512.gather(block); }

#pragma clang attribute pop

const weft_strip_functions weft_strips_amx = UNIT_STRIP_FUNCTIONS(fill, spread, gather);

#endif
