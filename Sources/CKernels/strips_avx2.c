// Products of strips for processors with AVX2.

#if defined(__x86_64__)

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "strips.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define STRIP_TALL 4
#define STRIP_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "strip_rows.h"
#include "winograd_rows.h"

#pragma clang attribute pop

const weft_strip_functions weft_strips_avx2 = {
    .fill = strip_fill, .spread = winograd_spread, .gather = winograd_gather, .add = strip_add};

#endif
