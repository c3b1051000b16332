// Counts how often this program takes memory from the heap. For tests, on Linux with glibc.
#pragma once

/// Calls of malloc, calloc, realloc, aligned_alloc, memalign and posix_memalign by all threads so far.
long allocation_count(void);
