// Products of strips for 64-bit Arm.

#if defined(__aarch64__)

#include "strips.h"

#pragma STDC FP_CONTRACT OFF

#define STRIP_TALL 4
#define STRIP_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "strip_rows.h"
#include "winograd_rows.h"

const weft_strip_functions weft_strips_neon = {
    .fill = strip_fill, .spread = winograd_spread, .gather = winograd_gather, .add = strip_add};

#endif
