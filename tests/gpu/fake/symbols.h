// Every function that the fake libcuda exports, made by CMake of the share library's list (symbols_cuda.def).
#pragma once

#include <cstddef>

namespace dure::gpu::fake {

struct Symbol {
  const char* name;
  int version;  // since which the driver has it
  void* address;
};

extern const Symbol symbols[];
extern const std::size_t symbol_count;

}  // namespace dure::gpu::fake
