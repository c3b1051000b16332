// Functions of rows for processors with AVX2.

#if defined(__x86_64__)

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "tiles.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#define ATTEND_TALL 2
#define ATTEND_WIDE 2
#include "attend.h"
#include "cache.h"
#include "quantise.h"
#include "row_functions.h"

#pragma clang attribute pop

const weft_row_functions weft_rows_avx2 = WEFT_ROW_FUNCTIONS;

#endif
