// A read of memory from its begin to its end, to find out how fast memory is.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Reads every byte once and returns the exclusive or of all words of 8 bytes.
///
/// `memory` is aligned to 64 bytes, and `bytes` is a multiple of 256.
uint64_t weft_read(const void *memory, size_t bytes);
