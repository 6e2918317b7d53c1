// The driver's functions for its start and its devices.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "gpu/fake/driver.h"
#include "gpu/fake/graph.h"
#include "gpu/fake/identity.h"

namespace dure::gpu::fake {
namespace {

template <typename Body>
CUresult of_device(const char* name, CUdevice device, Body body) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    return body(call, call.state().config().devices[static_cast<std::size_t>(device)]);
  });
}

CUresult get_uuid(const char* name, CUuuid* out, CUdevice device, bool of_instance) {
  return of_device(name, device, [&](Call&, const DeviceConfig& config) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const auto bytes = uuid_bytes(config.card, of_instance ? config.instance : -1);
    std::memcpy(out->bytes, bytes.data(), sizeof(out->bytes));
    return CUDA_SUCCESS;
  });
}

CUresult total(const char* name, std::size_t* out, CUdevice device) {
  return of_device(name, device, [&](Call&, const DeviceConfig& config) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = config.memory;
    return CUDA_SUCCESS;
  });
}

int attribute_value(const Config& config, const DeviceConfig& device, int attribute) {
  switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
      return 1024;
    case CU_DEVICE_ATTRIBUTE_WARP_SIZE:
      return 32;
    case CU_DEVICE_ATTRIBUTE_CLOCK_RATE:
      return 1'980'000;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
      return device.multiprocessors;
    case CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS:
    case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING:
    case CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY:
    case CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS:
    case CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH:
    case CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_MEMPOOL_SUPPORTED_HANDLE_TYPES:
      return 1;
    case CU_DEVICE_ATTRIBUTE_PCI_BUS_ID:
      return pci_bus(device.card);
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR:
      return 2048;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
      return config.compute_major;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
      return config.compute_minor;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_MODE:
      return config.compute_mode;
    default:
      return 0;
  }
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuInit(unsigned flags) {
  return enter("cuInit", Need::kNothing, [&](Call& call) -> CUresult {
    if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
    call.process().initialised = true;
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuDriverGetVersion(int* out) {
  return enter("cuDriverGetVersion", Need::kNothing, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = call.state().config().driver;
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuDeviceGetCount(int* out) {
  return enter("cuDeviceGetCount", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = call.state().devices();
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuDeviceGet(CUdevice* out, int ordinal) {
  return of_device("cuDeviceGet", ordinal, [&](Call&, const DeviceConfig&) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = ordinal;
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuDeviceGetName(char* out, int length, CUdevice device) {
  return of_device("cuDeviceGetName", device, [&](Call& call, const DeviceConfig& config) -> CUresult {
    if (out == nullptr || length <= 0) return CUDA_ERROR_INVALID_VALUE;
    const std::string name = device_name(call.state().config(), config);
    std::snprintf(out, static_cast<std::size_t>(length), "%s", name.c_str());
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuDeviceGetUuid(CUuuid* out, CUdevice device) {
  return get_uuid("cuDeviceGetUuid", out, device, false);
}
// Of the instance, where the device is one.
FAKE_EXPORT CUresult cuDeviceGetUuid_v2(CUuuid* out, CUdevice device) {
  return get_uuid("cuDeviceGetUuid_v2", out, device, true);
}
FAKE_EXPORT CUresult cuDeviceTotalMem(unsigned* out, CUdevice device) {
  std::size_t bytes = 0;
  const CUresult result = total("cuDeviceTotalMem", &bytes, device);
  if (result == CUDA_SUCCESS && out == nullptr) return CUDA_ERROR_INVALID_VALUE;
  if (result == CUDA_SUCCESS) *out = static_cast<unsigned>(std::min<std::size_t>(bytes, UINT32_MAX));
  return result;
}
FAKE_EXPORT CUresult cuDeviceTotalMem_v2(std::size_t* out, CUdevice device) {
  return total("cuDeviceTotalMem_v2", out, device);
}
FAKE_EXPORT CUresult cuDeviceGetAttribute(int* out, int attribute, CUdevice device) {
  return of_device("cuDeviceGetAttribute", device, [&](Call& call, const DeviceConfig& config) -> CUresult {
    if (out == nullptr || attribute < 1) return CUDA_ERROR_INVALID_VALUE;
    *out = attribute_value(call.state().config(), config, attribute);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
  return of_device("cuDeviceComputeCapability", device, [&](Call& call, const DeviceConfig&) -> CUresult {
    if (major != nullptr) *major = call.state().config().compute_major;
    if (minor != nullptr) *minor = call.state().config().compute_minor;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuDeviceGetPCIBusId(char* out, int length, CUdevice device) {
  return of_device("cuDeviceGetPCIBusId", device, [&](Call&, const DeviceConfig& config) -> CUresult {
    if (out == nullptr || length <= 0) return CUDA_ERROR_INVALID_VALUE;
    std::snprintf(out, static_cast<std::size_t>(length), "%s", pci_address(config.card).c_str());
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuDeviceGetByPCIBusId(CUdevice* out, const char* address) {
  return enter("cuDeviceGetByPCIBusId", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr || address == nullptr) return CUDA_ERROR_INVALID_VALUE;
    for (int i = 0; i < call.state().devices(); ++i) {
      const int card = call.state().config().devices[static_cast<std::size_t>(i)].card;
      if (pci_address(card) != address && pci_address_long(card) != address) continue;
      *out = i;
      return CUDA_SUCCESS;
    }
    return CUDA_ERROR_INVALID_DEVICE;
  });
}
FAKE_EXPORT CUresult cuDeviceCanAccessPeer(int* out, CUdevice, CUdevice) {
  return enter("cuDeviceCanAccessPeer", Need::kInit, [&](Call&) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = 0;
    return CUDA_SUCCESS;
  });
}
