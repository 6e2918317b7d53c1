// Wrappers: which devices NVML shows: the container's GPUs and instances, numbered as CUDA numbers them. A
// device of somebody else is not found, by whatever it is looked for.
#include "gpu/abi/nvml.h"
#include "gpu/share/real.h"
#include "gpu/share/share_nvml.h"

DURE_EXPORT nvmlReturn_t nvmlDeviceGetCount(unsigned* count) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetCount_v2(unsigned* count) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByIndex(unsigned index, nvmlDevice_t* device) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned index, nvmlDevice_t* device) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByUUID(const char* uuid, nvmlDevice_t* device) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByUUIDV(const void* uuid, nvmlDevice_t* device) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleBySerial(const char* serial, nvmlDevice_t* device) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByPciBusId(const char* address, nvmlDevice_t* device) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByPciBusId_v2(const char* address, nvmlDevice_t* device) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t gpu, unsigned index,
                                                             nvmlDevice_t* device) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetIndex(nvmlDevice_t device, unsigned* index) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetTopologyNearestGpus(nvmlDevice_t device, int level, unsigned* count,
                                                          nvmlDevice_t* devices) noexcept;
DURE_EXPORT nvmlReturn_t nvmlSystemGetTopologyGpuSet(unsigned cpu, unsigned* count,
                                                     nvmlDevice_t* devices) noexcept;

namespace dure::gpu::share {
namespace {

nvmlReturn_t get_count(unsigned* count, nvmlReturn_t result) noexcept {
  if (result != NVML_SUCCESS || count == nullptr) return result;
  const ShareFiles share;
  *count = share.gpus().count;
  return result;
}

// `count` asks the driver, which says whether NVML was begun.
nvmlReturn_t by_index(unsigned index, nvmlDevice_t* device) noexcept {
  unsigned real = 0;
  const nvmlReturn_t result = DURE_REAL(nvmlDeviceGetCount_v2)(&real);
  if (result != NVML_SUCCESS) return result;
  const ShareFiles share;
  const ShareFiles::Gpus gpus = share.gpus();
  if (device == nullptr || index >= gpus.count) return NVML_ERROR_INVALID_ARGUMENT;
  *device = gpus.gpu[index];
  return NVML_SUCCESS;
}

// After the driver has found a device.
nvmlReturn_t keep_own(nvmlDevice_t* device, nvmlReturn_t result) noexcept {
  if (result != NVML_SUCCESS || device == nullptr) return result;
  const ShareFiles share;
  if (share.cards_of(*device) != 0) return result;
  *device = nullptr;
  return NVML_ERROR_NOT_FOUND;
}

// Takes out of the driver's list what is not the container's.
nvmlReturn_t keep_own_of(unsigned* count, nvmlDevice_t* devices, nvmlReturn_t result) noexcept {
  if (result != NVML_SUCCESS || count == nullptr || devices == nullptr) return result;
  const ShareFiles share;
  unsigned kept = 0;
  for (unsigned i = 0; i < *count; ++i)
    if (share.cards_of(devices[i]) != 0) devices[kept++] = devices[i];
  *count = kept;
  return result;
}

bool find_number(const ShareFiles::Gpus& all, nvmlDevice_t device, unsigned* number) noexcept {
  for (*number = 0; *number < all.count; ++*number)
    if (all.gpu[*number] == device) return true;
  return false;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT nvmlReturn_t nvmlDeviceGetCount(unsigned* count) noexcept {
  return get_count(count, DURE_REAL(nvmlDeviceGetCount_v2)(count));
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetCount_v2(unsigned* count) noexcept {
  return get_count(count, DURE_REAL(nvmlDeviceGetCount_v2)(count));
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByIndex(unsigned index, nvmlDevice_t* device) noexcept {
  return by_index(index, device);
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned index, nvmlDevice_t* device) noexcept {
  return by_index(index, device);
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByUUID(const char* uuid, nvmlDevice_t* device) noexcept {
  return keep_own(device, DURE_REAL(nvmlDeviceGetHandleByUUID)(uuid, device));
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByUUIDV(const void* uuid, nvmlDevice_t* device) noexcept {
  return keep_own(device, DURE_REAL(nvmlDeviceGetHandleByUUIDV)(uuid, device));
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleBySerial(const char* serial, nvmlDevice_t* device) noexcept {
  return keep_own(device, DURE_REAL(nvmlDeviceGetHandleBySerial)(serial, device));
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByPciBusId(const char* address, nvmlDevice_t* device) noexcept {
  return keep_own(device, DURE_REAL(nvmlDeviceGetHandleByPciBusId)(address, device));
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByPciBusId_v2(const char* address,
                                                          nvmlDevice_t* device) noexcept {
  return keep_own(device, DURE_REAL(nvmlDeviceGetHandleByPciBusId_v2)(address, device));
}

// The driver is asked first: it knows how many there could be, and what a GPU without instances is told.
DURE_EXPORT nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t gpu, unsigned index,
                                                             nvmlDevice_t* device) noexcept {
  const nvmlReturn_t result = DURE_REAL(nvmlDeviceGetMigDeviceHandleByIndex)(gpu, index, device);
  if ((result != NVML_SUCCESS && result != NVML_ERROR_NOT_FOUND) || device == nullptr) return result;
  const ShareFiles share;
  const ShareFiles::Gpus own = share.instances(gpu);
  *device = index < own.count ? own.gpu[index] : nullptr;
  return index < own.count ? NVML_SUCCESS : NVML_ERROR_NOT_FOUND;
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetIndex(nvmlDevice_t device, unsigned* index) noexcept {
  const nvmlReturn_t result = DURE_REAL(nvmlDeviceGetIndex)(device, index);
  if (result != NVML_SUCCESS || index == nullptr) return result;
  const ShareFiles share;
  if (find_number(share.gpus(), device, index)) return result;
  unsigned card = 0;
  nvmlDevice_t own = nullptr, gpu = nullptr;
  if (share.find_card(device, &card) && share.find_device(card, &own, &gpu) &&
      find_number(share.instances(gpu), device, index))
    return result;
  return NVML_ERROR_NO_PERMISSION;
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetTopologyNearestGpus(nvmlDevice_t device, int level, unsigned* count,
                                                          nvmlDevice_t* devices) noexcept {
  return keep_own_of(count, devices,
                     DURE_REAL(nvmlDeviceGetTopologyNearestGpus)(device, level, count, devices));
}
DURE_EXPORT nvmlReturn_t nvmlSystemGetTopologyGpuSet(unsigned cpu, unsigned* count,
                                                     nvmlDevice_t* devices) noexcept {
  return keep_own_of(count, devices, DURE_REAL(nvmlSystemGetTopologyGpuSet)(cpu, count, devices));
}
