// Products of strips for processors without kernels of their own.

#include "strips.h"

#pragma STDC FP_CONTRACT OFF

#define STRIP_TALL 2
#define STRIP_ADD(a, b, c) ((a) * (b) + (c))
#include "strip_rows.h"
#include "winograd_rows.h"

const weft_strip_functions weft_strips_portable = {
    .fill = strip_fill, .spread = winograd_spread, .gather = winograd_gather, .add = strip_add};
