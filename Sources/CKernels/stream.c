// Streams through memory with registers as wide as the processor's.

#include "stream.h"

typedef uint64_t line __attribute__((vector_size(64)));

// Four sums, so that no read waits for another one.
#define READ                                                                   \
    const line *end = (const line *)memory + bytes / sizeof(line);             \
    line a = {0}, b = {0}, c = {0}, d = {0};                                   \
    for (const line *at = memory; at < end; at += 4) {                         \
        a ^= at[0];                                                            \
        b ^= at[1];                                                            \
        c ^= at[2];                                                            \
        d ^= at[3];                                                            \
    }                                                                          \
    a ^= b ^ c ^ d;                                                            \
    uint64_t all = 0;                                                          \
    for (size_t i = 0; i < sizeof(line) / sizeof(all); i++) all ^= a[i];       \
    return all;

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static uint64_t read_avx512(const void *memory, size_t bytes) { READ }
__attribute__((target("avx2"))) static uint64_t read_avx2(const void *memory, size_t bytes) { READ }
#endif
static uint64_t read_portable(const void *memory, size_t bytes) { READ }

uint64_t weft_read(const void *memory, size_t bytes) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return read_avx512(memory, bytes);
    if (__builtin_cpu_supports("avx2")) return read_avx2(memory, bytes);
#endif
    return read_portable(memory, bytes);
}
