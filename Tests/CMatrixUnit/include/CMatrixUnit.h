// The kernels for matrix units on a unit in plain C, so that their indexing and order can be tested on any processor.
#pragma once

#include "kernels.h"

/// Kernels called "emulated": the products with quantised weights and of bfloat16 strips of "amx", the rest portable.
const weft_kernels *weft_kernels_emulated(void);
