// Groups of quantised weights for processors with AMX.

#if defined(__x86_64__)

#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF
#define AMX_TARGET "avx512f,avx512bw,avx512vl,avx512vnni,fma,f16c,amx-tile,amx-int8"
#pragma clang attribute push(__attribute__((target(AMX_TARGET))), apply_to = function)

#define UNIT_CONFIGURE(shape) _tile_loadconfig(&(shape))
#define UNIT_RELEASE() _tile_release()
#define UNIT_ZERO(tile) _tile_zero(tile)
#define UNIT_LOAD(tile, from, step) _tile_loadd(tile, from, step)
#define UNIT_DOT(c, a, b) _tile_dpbsud(c, a, b)
#define UNIT_STORE(tile, to, step) _tile_stored(tile, to, step)
#define UNIT_SCALES(to, from) _mm512_store_ps(to, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(from))))
#define UNIT_FEW (&weft_groups_vnni)
#include "amx_groups.h"

#pragma clang attribute pop

const weft_group_functions weft_groups_amx = UNIT_FUNCTIONS;

#endif
