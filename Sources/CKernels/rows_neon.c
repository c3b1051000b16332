// Functions of rows for 64-bit Arm.

#if defined(__aarch64__)

#include "tiles.h"

#pragma STDC FP_CONTRACT OFF

#define ATTEND_TALL 2
#define ATTEND_WIDE 2
#include "attend.h"
#include "cache.h"
#include "quantise.h"
#include "row_functions.h"

const weft_row_functions weft_rows_neon = WEFT_ROW_FUNCTIONS;

#endif
