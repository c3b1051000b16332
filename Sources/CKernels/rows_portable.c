// Functions of rows for processors without kernels of their own.

#include "tiles.h"

#pragma STDC FP_CONTRACT OFF

#define ATTEND_TALL 1
#define ATTEND_WIDE 2
#include "attend.h"
#include "cache.h"
#include "quantise.h"
#include "row_functions.h"

const weft_row_functions weft_rows_portable = WEFT_ROW_FUNCTIONS;
