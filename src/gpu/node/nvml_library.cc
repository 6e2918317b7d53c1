#include "gpu/node/nvml_library.h"

#include <dlfcn.h>

namespace dure::gpu {
namespace {

constexpr unsigned kMostProcesses = 1 << 16;

base::Error unavailable(base::Reason reason) {
  return base::error(base::ErrorKind::kUnavailable, std::move(reason));
}

// Functions are looked up as object pointers, which POSIX defines.
template <class Function>
bool find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace

// Its length changes between the question how long it is and the answer.
std::vector<NvmlProcess> list_processes(NvmlStatus (*list)(NvmlDevice, unsigned*, NvmlProcess*),
                                        NvmlDevice device) {
  std::vector<NvmlProcess> processes;
  if (list == nullptr) return processes;
  unsigned room = 64;
  for (int attempt = 0; attempt < 5; ++attempt) {
    processes.resize(room);
    unsigned count = room;
    const NvmlStatus status = list(device, &count, processes.data());
    if (status == kNvmlSuccess && count <= room) {
      processes.resize(count);
      return processes;
    }
    if (status != kNvmlInsufficientSize || count > kMostProcesses) break;
    room = count + 16;
  }
  return {};
}

base::Result<std::unique_ptr<NvmlLibrary>> NvmlLibrary::open(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = dlerror();
    return unavailable(
        base::Reason("card.driver_missing").with("library", path).with("why", why != nullptr ? why : ""));
  }
  std::unique_ptr<NvmlLibrary> library(new NvmlLibrary(handle));
  DURE_TRY(library->find_functions());
  DURE_TRY(library->check("nvmlInit_v2", library->functions_.init()));
  library->initialised_ = true;
  return library;
}

NvmlLibrary::~NvmlLibrary() {
  if (initialised_) functions_.shutdown();
  dlclose(handle_);
}

base::Status NvmlLibrary::find_functions() {
  NvmlFunctions& f = functions_;
  const char* missing = nullptr;
  const auto need = [&](const char* name, auto*& function) {
    if (!find(handle_, name, function)) missing = name;
  };
  need("nvmlInit_v2", f.init);
  need("nvmlShutdown", f.shutdown);
  need("nvmlErrorString", f.error_string);
  need("nvmlSystemGetDriverVersion", f.driver_version);
  need("nvmlDeviceGetCount_v2", f.device_count);
  need("nvmlDeviceGetHandleByIndex_v2", f.device_by_index);
  need("nvmlDeviceGetUUID", f.uuid);
  need("nvmlDeviceGetName", f.name);
  need("nvmlDeviceGetMemoryInfo", f.memory);
  need("nvmlDeviceGetMinorNumber", f.minor_number);
  if (missing != nullptr)
    return unavailable(base::Reason("card.driver_incomplete").with("function", missing));
  find(handle_, "nvmlDeviceGetHandleByUUID", f.by_uuid);
  find(handle_, "nvmlDeviceGetMigMode", f.mig_mode);
  find(handle_, "nvmlDeviceGetMaxMigDeviceCount", f.mig_limit);
  find(handle_, "nvmlDeviceGetMigDeviceHandleByIndex", f.mig_by_index);
  find(handle_, "nvmlDeviceGetGpuInstanceId", f.gpu_instance);
  find(handle_, "nvmlDeviceGetComputeInstanceId", f.compute_instance);
  if (!find(handle_, "nvmlDeviceGetComputeRunningProcesses_v3", f.compute_processes))
    find(handle_, "nvmlDeviceGetComputeRunningProcesses_v2", f.compute_processes);
  if (!find(handle_, "nvmlDeviceGetGraphicsRunningProcesses_v3", f.graphics_processes))
    find(handle_, "nvmlDeviceGetGraphicsRunningProcesses_v2", f.graphics_processes);
  return {};
}

base::Status NvmlLibrary::check(const char* function, NvmlStatus status) const {
  if (status == kNvmlSuccess) return {};
  const char* why = functions_.error_string(status);
  return unavailable(
      base::Reason("card.driver_failed").with("function", function).with("why", why != nullptr ? why : ""));
}

std::string NvmlLibrary::driver_version() const {
  char text[96] = {};
  if (functions_.driver_version(text, sizeof text - 1) != kNvmlSuccess) return "unknown";
  return text;
}

}  // namespace dure::gpu
