// NvmlLibrary: the few functions of NVIDIA's management library that Dure calls, found at run time.
//
// No header and no library of NVIDIA's is needed to build: the types are those of gpu/abi/nvml.h, names have
// _v2 where NVML's header maps them so, handles are opaque. Not thread-safe: one caller.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "gpu/abi/nvml.h"

namespace dure::gpu {

using NvmlMemory = nvmlMemory_t;
using NvmlProcess = nvmlProcessInfo_t;
using NvmlDevice = nvmlDevice_t;
using NvmlStatus = nvmlReturn_t;

constexpr NvmlStatus kNvmlSuccess = NVML_SUCCESS;
constexpr NvmlStatus kNvmlNotSupported = NVML_ERROR_NOT_SUPPORTED;
constexpr NvmlStatus kNvmlNotFound = NVML_ERROR_NOT_FOUND;
constexpr NvmlStatus kNvmlInsufficientSize = NVML_ERROR_INSUFFICIENT_SIZE;
// What usedGpuMemory says where the driver does not know.
constexpr unsigned long long kNvmlNotAvailable = ~0ull;
constexpr NvmlStatus kNvmlGpuIsLost = NVML_ERROR_GPU_IS_LOST;

struct NvmlFunctions {
  NvmlStatus (*init)() = nullptr;
  NvmlStatus (*shutdown)() = nullptr;
  const char* (*error_string)(NvmlStatus) = nullptr;
  NvmlStatus (*driver_version)(char*, unsigned) = nullptr;
  NvmlStatus (*device_count)(unsigned*) = nullptr;
  NvmlStatus (*device_by_index)(unsigned, NvmlDevice*) = nullptr;
  NvmlStatus (*by_uuid)(const char*, NvmlDevice*) = nullptr;  // of instances too; may be nullptr
  NvmlStatus (*uuid)(NvmlDevice, char*, unsigned) = nullptr;
  NvmlStatus (*name)(NvmlDevice, char*, unsigned) = nullptr;
  NvmlStatus (*memory)(NvmlDevice, NvmlMemory*) = nullptr;
  NvmlStatus (*minor_number)(NvmlDevice, unsigned*) = nullptr;
  // MIG; absent from drivers older than R450, then nullptr.
  NvmlStatus (*mig_mode)(NvmlDevice, unsigned* current, unsigned* pending) = nullptr;
  NvmlStatus (*mig_limit)(NvmlDevice, unsigned*) = nullptr;
  NvmlStatus (*mig_by_index)(NvmlDevice, unsigned, NvmlDevice*) = nullptr;
  NvmlStatus (*gpu_instance)(NvmlDevice, unsigned*) = nullptr;
  NvmlStatus (*compute_instance)(NvmlDevice, unsigned*) = nullptr;
  // Who has a context; the count is the room before the call. Absent from drivers older than R510 and R450:
  // then nullptr.
  NvmlStatus (*compute_processes)(NvmlDevice, unsigned* count, NvmlProcess*) = nullptr;
  NvmlStatus (*graphics_processes)(NvmlDevice, unsigned* count, NvmlProcess*) = nullptr;
};

// What compute_processes or graphics_processes says of a card; empty where it is nullptr or fails.
std::vector<NvmlProcess> list_processes(NvmlStatus (*list)(NvmlDevice, unsigned*, NvmlProcess*),
                                        NvmlDevice device);

class NvmlLibrary {
 public:
  // Opens and initialises. `path` as dlopen takes it ("libnvidia-ml.so.1").
  // Errors (all kUnavailable): card.driver_missing {library, why}, card.driver_incomplete {function},
  // card.driver_failed {function, why}.
  static base::Result<std::unique_ptr<NvmlLibrary>> open(const std::string& path);
  ~NvmlLibrary();
  NvmlLibrary(const NvmlLibrary&) = delete;
  NvmlLibrary& operator=(const NvmlLibrary&) = delete;

  const NvmlFunctions& call() const { return functions_; }
  // Success, or card.driver_failed with NVML's own words.
  base::Status check(const char* function, NvmlStatus status) const;
  std::string driver_version() const;

 private:
  explicit NvmlLibrary(void* handle) : handle_(handle) {}
  base::Status find_functions();

  void* handle_;
  NvmlFunctions functions_;
  bool initialised_ = false;
};

}  // namespace dure::gpu
