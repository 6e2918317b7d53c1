// Modules, libraries and functions: what a fake image says of its kernels.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "gpu/abi/cuda.h"

namespace dure::gpu::fake {

class Context;
struct Module;

struct Function {
  Module* module = nullptr;
  std::string name;
  std::optional<std::uint64_t> length;  // ns, from the image
  bool sleeps = false;                  // "sleep_ns…": the first parameter is the length
  std::map<int, int> attributes;
  // Of the old interface (cuFuncSetBlockShape, cuParamSetv, cuLaunchGrid).
  unsigned block[3] = {1, 1, 1};
  std::string parameters;
};

struct Module {
  Context* context = nullptr;  // null: a library, of the whole process
  int device = 0;
  std::string image;
  std::map<std::string, std::unique_ptr<Function>> functions;
  struct Global {
    CUdeviceptr address = 0;
    std::size_t bytes = 0;
  };
  std::map<std::string, Global> globals;
  std::uint64_t code = 0;
  std::uint64_t counted = 0;  // bytes granted
};

// Reads "fake image\n…" (fake.h); nothing if it is none.
std::optional<Module> read_image(const char* text);

// The grid of a launch and where the parameters are.
struct Launch {
  unsigned grid[3] = {1, 1, 1};
  void** parameters = nullptr;
  void** extra = nullptr;
};

// The length of a kernel in ns of device time, as fake.h says.
std::uint64_t kernel_length(const Function& function, const Launch& launch, int multiprocessors);
void set_kernel(const std::string& name, std::uint64_t ns);
void forget_kernels();

}  // namespace dure::gpu::fake
