// A stand-in for libnvidia-ml.so.1 for the tests: a T4, and an A100 that is split into two MIG instances.
// FAKE_NVML_LOST=1 makes the T4 fall off the bus; FAKE_NVML_BROKEN=1 makes nvmlInit fail.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "gpu/abi/nvml.h"  // the types that UBSan compares

struct nvmlDevice_st {
  const char* uuid;
  const char* name;
  unsigned long long memory;
  unsigned minor;
  unsigned instance;
};

namespace {

using Device = nvmlDevice_st;
Device t4{"GPU-11111111-0000-0000-0000-000000000001", "Tesla T4", 15843721216ull, 0, 0};
Device a100{"GPU-22222222-0000-0000-0000-000000000002", "NVIDIA A100-SXM4-40GB", 42298834944ull, 3, 0};
Device first{"MIG-33333333-0000-0000-0000-000000000003", "NVIDIA A100-SXM4-40GB MIG 3g.20gb", 20937965568ull,
             3, 1};
Device second{"MIG-44444444-0000-0000-0000-000000000004", "NVIDIA A100-SXM4-40GB MIG 3g.20gb", 20937965568ull,
              3, 2};

bool on(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value == '1';
}
bool lost(nvmlDevice_t device) {
  return device == &t4 && on("FAKE_NVML_LOST");
}

}  // namespace

extern "C" {
int nvmlInit_v2() {
  return on("FAKE_NVML_BROKEN") ? 9 : 0;
}
int nvmlShutdown() {
  return 0;
}
const char* nvmlErrorString(int status) {
  return status == 9 ? "Driver Not Loaded" : "GPU is lost";
}
int nvmlSystemGetDriverVersion(char* text, unsigned length) {
  std::snprintf(text, length, "535.104.05");
  return 0;
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 2;
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, nvmlDevice_t* device) {
  *device = index == 0 ? &t4 : &a100;
  return 0;
}
int nvmlDeviceGetUUID(nvmlDevice_t device, char* text, unsigned length) {
  if (lost(device)) return 15;
  std::snprintf(text, length, "%s", device->uuid);
  return 0;
}
int nvmlDeviceGetName(nvmlDevice_t device, char* text, unsigned length) {
  std::snprintf(text, length, "%s", device->name);
  return 0;
}
int nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t* memory) {
  *memory = {device->memory, 0, 0};
  return 0;
}
int nvmlDeviceGetMinorNumber(nvmlDevice_t device, unsigned* minor) {
  *minor = device->minor;
  return 0;
}
int nvmlDeviceGetMigMode(nvmlDevice_t device, unsigned* current, unsigned* pending) {
  *current = *pending = device == &a100 ? 1 : 0;
  return device == &a100 ? 0 : 3;
}
int nvmlDeviceGetMaxMigDeviceCount(nvmlDevice_t, unsigned* count) {
  *count = 7;
  return 0;
}
int nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t, unsigned index, nvmlDevice_t* device) {
  if (index == 0) *device = &first;
  if (index == 4) *device = &second;
  return index == 0 || index == 4 ? 0 : 6;
}
int nvmlDeviceGetGpuInstanceId(nvmlDevice_t device, unsigned* id) {
  *id = device->instance;
  return 0;
}
int nvmlDeviceGetComputeInstanceId(nvmlDevice_t, unsigned* id) {
  *id = 0;
  return 0;
}
}
