// Wrappers: what NVML says of a device's memory and of how busy it is: of the container's share of it, as
// CUDA says it (views.h). Out-parameters that must not be null are the driver's to refuse.
#include "gpu/share/views.h"

#include "gpu/abi/nvml.h"
#include "gpu/share/real.h"
#include "gpu/share/share_nvml.h"
#include "gpu/share/users_nvml.h"

DURE_EXPORT nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t* memory) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t* memory) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetBAR1MemoryInfo(nvmlDevice_t device, nvmlBAR1Memory_t* memory) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetAttributes(nvmlDevice_t device, nvmlDeviceAttributes_t* out) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetAttributes_v2(nvmlDevice_t device,
                                                    nvmlDeviceAttributes_t* out) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetSamples(nvmlDevice_t device, int type, unsigned long long last_seen,
                                              int* value_type, unsigned* count, void* samples) noexcept;
DURE_EXPORT nvmlReturn_t nvmlGpmQueryDeviceSupport(nvmlDevice_t device, nvmlGpmSupport_t* support) noexcept;

namespace dure::gpu::share {
namespace {

// What the driver keeps of the card for itself is nobody's share.
template <class Memory>
nvmlReturn_t get_info(nvmlDevice_t device, Memory* memory, nvmlReturn_t result) noexcept {
  if (result != NVML_SUCCESS || memory == nullptr) return result;
  const ShareFiles share;
  uint32_t cards = 0;
  result = share.admit(device, &cards);
  const MemoryView view = view_device(share, cards, memory->total, memory->free);
  memory->total = view.total;
  memory->free = view.free;
  memory->used = view.used;
  return result;
}

nvmlReturn_t get_attributes(nvmlDevice_t device, nvmlDeviceAttributes_t* out, nvmlReturn_t result) noexcept {
  if (result != NVML_SUCCESS || out == nullptr) return result;
  const ShareFiles share;
  uint32_t cards = 0;
  result = share.admit(device, &cards);
  const uint64_t real = out->memorySizeMB << 20;
  out->memorySizeMB = view_device(share, cards, real, real).total >> 20;
  return result;
}

bool is_utilisation(int type) noexcept {
  return type == NVML_GPU_UTILIZATION_SAMPLES || type == NVML_MEMORY_UTILIZATION_SAMPLES ||
         type == NVML_ENC_UTILIZATION_SAMPLES || type == NVML_DEC_UTILIZATION_SAMPLES ||
         type == NVML_JPG_UTILIZATION_SAMPLES || type == NVML_OFA_UTILIZATION_SAMPLES;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t* memory) noexcept {
  return get_info(device, memory, DURE_REAL(nvmlDeviceGetMemoryInfo)(device, memory));
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t* memory) noexcept {
  const nvmlReturn_t result = get_info(device, memory, DURE_REAL(nvmlDeviceGetMemoryInfo_v2)(device, memory));
  if (result == NVML_SUCCESS && memory != nullptr) memory->reserved = 0;
  return result;
}
// How much of the window others map is not told: no more than the share can be in use.
DURE_EXPORT nvmlReturn_t nvmlDeviceGetBAR1MemoryInfo(nvmlDevice_t device, nvmlBAR1Memory_t* memory) noexcept {
  nvmlReturn_t result = DURE_REAL(nvmlDeviceGetBAR1MemoryInfo)(device, memory);
  if (result != NVML_SUCCESS || memory == nullptr) return result;
  const ShareFiles share;
  uint32_t cards = 0;
  result = share.admit(device, &cards);
  const MemoryView view = view_device(share, cards, memory->bar1Total, memory->bar1Total);
  memory->bar1Free = memory->bar1Free < view.total ? memory->bar1Free : view.total;
  memory->bar1Total = view.total;
  memory->bar1Used = view.total - memory->bar1Free;
  return result;
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetAttributes(nvmlDevice_t device, nvmlDeviceAttributes_t* out) noexcept {
  return get_attributes(device, out, DURE_REAL(nvmlDeviceGetAttributes)(device, out));
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetAttributes_v2(nvmlDevice_t device,
                                                    nvmlDeviceAttributes_t* out) noexcept {
  return get_attributes(device, out, DURE_REAL(nvmlDeviceGetAttributes_v2)(device, out));
}

// By the books, so that instances of MIG have one as well, which the driver gives none. How busy the memory
// is the books do not know: 0.
DURE_EXPORT nvmlReturn_t nvmlDeviceGetUtilizationRates(nvmlDevice_t device, nvmlUtilization_t* out) noexcept {
  const ShareFiles share;
  uint32_t cards = 0;
  const nvmlReturn_t result = share.admit(device, &cards);
  if (result != NVML_SUCCESS) return result;
  if (out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  *out = {utilisation_of(share, cards), 0};
  return NVML_SUCCESS;
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetSamples(nvmlDevice_t device, int type, unsigned long long last_seen,
                                              int* value_type, unsigned* count, void* samples) noexcept {
  if (is_utilisation(type)) return NVML_ERROR_NOT_SUPPORTED;
  return DURE_REAL(nvmlDeviceGetSamples)(device, type, last_seen, value_type, count, samples);
}
// Its samples are of the whole card (refused_nvml.cc).
DURE_EXPORT nvmlReturn_t nvmlGpmQueryDeviceSupport(nvmlDevice_t device, nvmlGpmSupport_t* support) noexcept {
  const nvmlReturn_t result = DURE_REAL(nvmlGpmQueryDeviceSupport)(device, support);
  if (result == NVML_SUCCESS && support != nullptr) support->isSupportedDevice = 0;
  return result;
}
