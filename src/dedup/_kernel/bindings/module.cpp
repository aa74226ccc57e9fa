// The module: the instruction set and the components. Contracts: _native.pyi and reference/.
#include "bindings.hpp"

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace dedup {
namespace {

SimdLevel choose_level() {
    const SimdLevel best = best_simd_level();
    const char* wanted = std::getenv("DEDUP_SIMD");
    if (wanted == nullptr || *wanted == '\0') return best;
    for (int level = 0; level <= static_cast<int>(best); ++level)
        if (std::strcmp(wanted, simd_names[level]) == 0) return static_cast<SimdLevel>(level);
    std::string known;
    for (int level = 0; level <= static_cast<int>(best); ++level)
        known += std::string(level ? ", " : "") + simd_names[level];
    throw std::runtime_error("DEDUP_SIMD is '" + std::string(wanted) + "'; this machine can run " + known);
}

}  // namespace

SimdLevel simd_level() {
    static const SimdLevel chosen = choose_level();
    return chosen;
}

}  // namespace dedup

NB_MODULE(_native, module) {
    nanobind::set_leak_warnings(false);  // what is alive when Python ends is the caller's
    module.attr("simd") = dedup::simd_names[static_cast<int>(dedup::simd_level())];
    nanobind::list levels;
    for (int each = 0; each <= static_cast<int>(dedup::best_simd_level()); ++each) levels.append(dedup::simd_names[each]);
    module.attr("SIMD_LEVELS") = nanobind::tuple(levels);
    dedup::bind_tokens(module);
    dedup::bind_sketch(module);
    dedup::bind_verify(module);
    dedup::bind_scan(module);
    dedup::bind_fit(module);
    dedup::bind_describe(module);
    dedup::bind_index(module);
    dedup::bind_around(module);
}
