#!/usr/bin/env bash
# Sanitised runs of the kernel: its test-suite and a coverage-guided fuzz target, both under the address and
# undefined-behaviour sanitisers. Usage: tests/fuzz/run.sh PYTHON SECONDS (as `make sanitize SECONDS=600`).
set -euo pipefail
python=$1
seconds=$2
cd "$(dirname "$0")/../.."
kernel=src/dedup/_kernel
build=build/sanitize
flags=(-std=c++20 -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=address,undefined)
mkdir -p "$build/dedup"

echo "kernel tests, sanitised"
"$python" -m pip install --quiet --disable-pip-version-check nanobind cmake ninja
"$python" -m cmake -S "$kernel" -B "$build/cmake" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DDEDUP_SANITIZE=ON \
  -DPython_EXECUTABLE="$(command -v "$python")" -DCMAKE_CXX_COMPILER="${CXX:-g++}" \
  -DCMAKE_MAKE_PROGRAM="$("$python" -c 'import ninja; print(ninja.BIN_DIR)')/ninja" \
  -Dnanobind_DIR="$("$python" -m nanobind --cmake_dir)" >/dev/null
"$python" -m cmake --build "$build/cmake" >/dev/null
cp -r src/dedup/. "$build/dedup/"
rm -f "$build"/dedup/_kernel/_native*.so
cp "$build"/cmake/_native*.so "$build/dedup/_kernel/"
preload="$(${CXX:-g++} -print-file-name=libasan.so) $(${CXX:-g++} -print-file-name=libstdc++.so)"
export PYTHONPATH="$PWD/$build" ASAN_OPTIONS=detect_leaks=0
LD_PRELOAD="$preload" "$python" -c 'import sys, dedup._kernel._native as native
sys.exit(None if "sanitize" in native.__file__ else f"not the sanitised kernel: {native.__file__}")'
LD_PRELOAD="$preload" "$python" -m pytest -p no:cacheprovider \
  tests/test_kernel.py tests/test_kernel_index.py tests/test_kernel_scan.py tests/test_kernel_verify.py \
  tests/test_kernel_fit.py tests/test_kernel_around.py \
  --deselect tests/test_kernel.py::test_the_extension_is_small_and_loads_nothing_else

if ! command -v clang++ >/dev/null; then
  echo "no clang++: the fuzz target is not run; install clang and its libclang-rt" >&2
  exit 1
fi
echo "fuzzing for $seconds s"
"$python" "$kernel/unicode.py" --header > "$build/unicode_tables.hpp"
clang++ "${flags[@]}" -fsanitize=fuzzer -I "$kernel" -I "$build" tests/fuzz/kernel.cpp \
  "$kernel"/*.cpp -o "$build/fuzz"
mkdir -p "$build/corpus"
"$build/fuzz" -max_total_time="$seconds" -max_len=1024 -timeout=10 -print_final_stats=1 -verbosity=0 \
  "$build/corpus" tests/fuzz/corpus 2>&1 | grep -v "# Uses:"
