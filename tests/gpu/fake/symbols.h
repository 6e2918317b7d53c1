// Every function that the fake libcuda exports, made of symbols.txt by CMake.
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
