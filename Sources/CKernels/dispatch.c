// Chooses kernels by what the processor can run.

#include <string.h>

#include "groups.h"
#include "strips.h"
#include "tiles.h"

#if defined(__x86_64__)

#if defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

// Whether the processor has tiles, and 8-bit and bfloat16 products of them, and the system lets this process use them.
//
// Linux gives each process the memory for saving tiles only when it asks: arch_prctl(ARCH_REQ_XCOMP_PERM, 18).
static int runs_amx(void) {
    enum { bf16_bit = 1 << 22, tile_bit = 1 << 24, int8_bit = 1 << 25, request_permission = 0x1023, tile_data = 18 };
    const unsigned wanted = bf16_bit | tile_bit | int8_bit;
    unsigned a, b, c, features;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &features)) return 0;
    if ((features & wanted) != wanted) return 0;
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}
#else
static int runs_amx(void) { return 0; }
#endif

static int runs_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static int runs_avx512(void) { return __builtin_cpu_supports("avx512f") && runs_avx2(); }

static int runs_vnni(void) {
    return runs_avx512() && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni");
}

#elif defined(__aarch64__)

#if defined(__linux__)
#include <sys/auxv.h>

static int runs_dotprod(void) {
    enum { dot_products = 1 << 20 };  // HWCAP_ASIMDDP
    return (getauxval(AT_HWCAP) & dot_products) != 0;
}
#else
// All of Apple's own processors for Macs have them.
static int runs_dotprod(void) { return 1; }
#endif

#endif

const char *weft_kernels_listed(size_t index) {
    static const char *const names[] = {
        "portable",
#if defined(__x86_64__)
        "avx2", "avx512", "vnni", "amx",
#elif defined(__aarch64__)
        "neon", "dotprod",
#endif
    };
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

const weft_kernels *weft_kernels_named(const char *name) {
    static const weft_kernels portable = {
        "portable", &weft_rows_portable, &weft_tiles_portable, &weft_groups_portable, &weft_strips_portable};
    if (strcmp(name, portable.name) == 0) return &portable;
#if defined(__x86_64__)
    static const weft_kernels avx2 = {
        "avx2", &weft_rows_avx2, &weft_tiles_avx2, &weft_groups_avx2, &weft_strips_avx2};
    static const weft_kernels avx512 = {
        "avx512", &weft_rows_avx512, &weft_tiles_avx512, &weft_groups_avx2, &weft_strips_avx512};
    static const weft_kernels vnni = {
        "vnni", &weft_rows_avx512, &weft_tiles_avx512, &weft_groups_vnni, &weft_strips_avx512};
    static const weft_kernels vnni_bf16 = {
        "vnni", &weft_rows_avx512, &weft_tiles_avx512, &weft_groups_vnni, &weft_strips_avx512_bf16};
    static const weft_kernels amx = {
        "amx", &weft_rows_avx512, &weft_tiles_avx512, &weft_groups_amx, &weft_strips_amx};
    __builtin_cpu_init();
    if (strcmp(name, avx2.name) == 0) return runs_avx2() ? &avx2 : NULL;
    if (strcmp(name, avx512.name) == 0) return runs_avx512() ? &avx512 : NULL;
    if (strcmp(name, vnni.name) == 0)
        return !runs_vnni() ? NULL : __builtin_cpu_supports("avx512bf16") ? &vnni_bf16 : &vnni;
    if (strcmp(name, amx.name) == 0) return runs_vnni() && runs_amx() ? &amx : NULL;
#elif defined(__aarch64__)
    static const weft_kernels neon = {
        "neon", &weft_rows_neon, &weft_tiles_neon, &weft_groups_portable, &weft_strips_neon};
    static const weft_kernels dotprod = {
        "dotprod", &weft_rows_neon, &weft_tiles_neon, &weft_groups_dotprod, &weft_strips_neon};
    if (strcmp(name, neon.name) == 0) return &neon;
    if (strcmp(name, dotprod.name) == 0) return runs_dotprod() ? &dotprod : NULL;
#endif
    return NULL;
}

const weft_kernels *weft_kernels_best(void) {
    const weft_kernels *best = NULL;
    for (size_t index = 0; weft_kernels_listed(index); index++) {
        const weft_kernels *kernels = weft_kernels_named(weft_kernels_listed(index));
        if (kernels) best = kernels;
    }
    return best;
}

const char *weft_kernels_name(const weft_kernels *kernels) { return kernels->name; }
