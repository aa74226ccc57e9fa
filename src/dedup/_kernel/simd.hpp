// Which instruction set the hot loops use: chosen once per process, forced by tests.
#pragma once

#if defined(__SSE2__) || defined(_M_X64)
#define DEDUP_SSE2 1
#include <emmintrin.h>
#endif

#if defined(__GNUC__) || defined(__clang__)
#define DEDUP_ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define DEDUP_ALWAYS_INLINE inline
#endif

namespace dedup {

enum class SimdLevel { baseline, x86_64_v3, x86_64_v4 };

inline constexpr const char* simd_names[] = {"baseline", "x86-64-v3", "x86-64-v4"};

#if (defined(__x86_64__) || defined(__amd64__)) && (defined(__GNUC__) || defined(__clang__))
#define DEDUP_X86_LEVELS 1
inline SimdLevel best_simd_level() {
    __builtin_cpu_init();
    const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                    __builtin_cpu_supports("fma");
    const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vl");
    return v4 ? SimdLevel::x86_64_v4 : v3 ? SimdLevel::x86_64_v3 : SimdLevel::baseline;
}
#else
inline SimdLevel best_simd_level() { return SimdLevel::baseline; }
#endif

}  // namespace dedup
