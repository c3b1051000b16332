// Chooses kernels by what the processor can run.

#include <string.h>

#include "tiles.h"

const weft_kernels *weft_kernels_named(const char *name) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (strcmp(name, "avx512") == 0) return __builtin_cpu_supports("avx512f") ? &weft_avx512 : NULL;
    if (strcmp(name, "avx2") == 0) {
        int runs = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
        return runs ? &weft_avx2 : NULL;
    }
#endif
    return strcmp(name, "portable") == 0 ? &weft_portable : NULL;
}

const weft_kernels *weft_kernels_best(void) {
    const weft_kernels *kernels = weft_kernels_named("avx512");
    if (!kernels) kernels = weft_kernels_named("avx2");
    return kernels ? kernels : &weft_portable;
}

const char *weft_kernels_name(const weft_kernels *kernels) { return kernels->name; }
