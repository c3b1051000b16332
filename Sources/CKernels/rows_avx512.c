// Functions of rows for processors with AVX-512.

#if defined(__x86_64__)

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "tiles.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)

#define ATTEND_TALL 4
#define ATTEND_WIDE 4
#include "attend.h"
#include "cache.h"
#include "quantise.h"
#include "row_functions.h"

#pragma clang attribute pop

const weft_row_functions weft_rows_avx512 = WEFT_ROW_FUNCTIONS;

#endif
