#include <string.h>

#include "gpu/share/driver.h"
#include "gpu/share/resolve.h"
#include "gpu/share/stubs.h"

namespace dure::gpu::share {
namespace {

// Of NVML's results, an enum of its own.
constexpr int kFunctionNotFound = 13;
constexpr int kLibraryNotFound = 12;

int refuse_symbol() noexcept {
  return kFunctionNotFound;
}
int refuse_library() noexcept {
  return kLibraryNotFound;
}

const char* name_error(int error) noexcept {
  if (error == 0) return "Success";
  if (error == kLibraryNotFound) return "NVML Shared Library couldn't be found or loaded";
  return "Unknown Error: NVML cannot be used";
}

template <class Function>
void* as_pointer(Function* function) noexcept {
  return reinterpret_cast<void*>(function);
}

}  // namespace
}  // namespace dure::gpu::share

extern "C" void* dure_resolve_nvml(int symbol) noexcept {
  using namespace dure::gpu::share;
  const char* name = nvml_symbols[symbol].name;
  void* function = find_function(nvml_driver, name);
  if (function == nullptr) {
    function = strcmp(name, "nvmlErrorString") == 0 ? as_pointer(&name_error)
               : open_driver(nvml_driver)           ? as_pointer(&refuse_symbol)
                                                    : as_pointer(&refuse_library);
  }
  __atomic_store_n(&dure_slots_nvml[symbol], function, __ATOMIC_RELEASE);
  return function;
}
