// Wrappers: which processes NVML lists: the container's own, with their memory by the books, in every version
// and list. Graphics programs there are none, and MPS is the node's: their lists are empty. Accounting is off
// as far as a container can see: it would be of the whole card.
#include <time.h>

#include "gpu/abi/nvml.h"
#include "gpu/share/real.h"
#include "gpu/share/share_nvml.h"
#include "gpu/share/users_nvml.h"

DURE_EXPORT nvmlReturn_t nvmlDeviceGetGpuInstanceId(nvmlDevice_t device, unsigned* number) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetComputeInstanceId(nvmlDevice_t device, unsigned* number) noexcept;

namespace dure::gpu::share {
namespace {

constexpr unsigned kNoInstance = 0xffffffff;
enum ProcessMode : unsigned { kCompute = 0, kGraphics = 1, kMps = 2 };

struct InstanceIds {
  unsigned gpu = kNoInstance;
  unsigned compute = kNoInstance;
};

InstanceIds instance_of(const ShareFiles& share, unsigned card) noexcept {
  InstanceIds ids;
  nvmlDevice_t device = nullptr, gpu = nullptr;
  if (!share.find_device(card, &device, &gpu) || device == gpu) return ids;
  if (DURE_REAL(nvmlDeviceGetGpuInstanceId)(device, &ids.gpu) != NVML_SUCCESS) ids.gpu = kNoInstance;
  if (DURE_REAL(nvmlDeviceGetComputeInstanceId)(device, &ids.compute) != NVML_SUCCESS)
    ids.compute = kNoInstance;
  return ids;
}

void tell(nvmlProcessInfo_v1_t* out, const ShareFiles&, const CardUser& user) noexcept {
  *out = {user.pid, user.bytes};
}
void tell(nvmlProcessInfo_t* out, const ShareFiles& share, const CardUser& user) noexcept {
  const InstanceIds ids = instance_of(share, user.card);
  *out = {user.pid, user.bytes, ids.gpu, ids.compute};
}
void tell(nvmlProcessDetail_v1_t* out, const ShareFiles& share, const CardUser& user) noexcept {
  const InstanceIds ids = instance_of(share, user.card);
  *out = {user.pid, user.bytes, ids.gpu, ids.compute, 0};
}

// Microseconds since 1970, as the driver stamps its samples.
unsigned long long now_us() noexcept {
  struct timespec at = {};
  clock_gettime(CLOCK_REALTIME, &at);
  return static_cast<unsigned long long>(at.tv_sec) * 1'000'000 +
         static_cast<unsigned long long>(at.tv_nsec) / 1000;
}
void tell(nvmlProcessUtilizationSample_t* out, const ShareFiles&, const CardUser& user) noexcept {
  *out = {user.pid, now_us(), user.percent, 0, 0, 0};
}
void tell(nvmlProcessUtilizationInfo_v1_t* out, const ShareFiles&, const CardUser& user) noexcept {
  *out = {now_us(), user.pid, user.percent, 0, 0, 0, 0, 0};
}

// Fills the caller's list, or says how long it must be, as the driver does.
template <class Info>
nvmlReturn_t list(const ShareFiles& share, const CardUsers& users, unsigned* count, Info* out) noexcept {
  const unsigned room = *count;
  *count = users.count;
  if (room < users.count || (out == nullptr && users.count > 0)) return NVML_ERROR_INSUFFICIENT_SIZE;
  for (unsigned i = 0; i < users.count; ++i) tell(out + i, share, users.user[i]);
  return NVML_SUCCESS;
}

template <class Info>
nvmlReturn_t list_mode(nvmlDevice_t device, unsigned mode, unsigned* count, Info* out) noexcept {
  const ShareFiles share;
  uint32_t cards = 0;
  const nvmlReturn_t result = share.admit(device, &cards);
  if (result != NVML_SUCCESS) return result;
  if (count == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  CardUsers users;
  list_users(share, mode == kCompute ? cards : 0, &users);
  return list(share, users, count, out);
}

// There is a sample of everybody at every time.
template <class Info>
nvmlReturn_t list_samples(nvmlDevice_t device, unsigned* count, Info* out) noexcept {
  const ShareFiles share;
  uint32_t cards = 0;
  const nvmlReturn_t result = share.admit(device, &cards);
  if (result != NVML_SUCCESS) return result;
  if (count == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  CardUsers users;
  list_users(share, cards, &users);
  if (users.count == 0) return NVML_ERROR_NOT_FOUND;
  return list(share, users, count, out);
}

nvmlReturn_t answer(nvmlDevice_t device, unsigned* number, unsigned value) noexcept {
  const ShareFiles share;
  uint32_t cards = 0;
  const nvmlReturn_t result = share.admit(device, &cards);
  if (result != NVML_SUCCESS) return result;
  if (number == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  *number = value;
  return NVML_SUCCESS;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

#define DURE_PROCESS_LIST(kind, mode)                                                                     \
  DURE_EXPORT nvmlReturn_t nvmlDeviceGet##kind##RunningProcesses(nvmlDevice_t device, unsigned* count,    \
                                                                 nvmlProcessInfo_v1_t* out) noexcept {    \
    return list_mode(device, mode, count, out);                                                           \
  }                                                                                                       \
  DURE_EXPORT nvmlReturn_t nvmlDeviceGet##kind##RunningProcesses_v2(nvmlDevice_t device, unsigned* count, \
                                                                    nvmlProcessInfo_t* out) noexcept {    \
    return list_mode(device, mode, count, out);                                                           \
  }                                                                                                       \
  DURE_EXPORT nvmlReturn_t nvmlDeviceGet##kind##RunningProcesses_v3(nvmlDevice_t device, unsigned* count, \
                                                                    nvmlProcessInfo_t* out) noexcept {    \
    return list_mode(device, mode, count, out);                                                           \
  }
DURE_PROCESS_LIST(Compute, kCompute)
DURE_PROCESS_LIST(Graphics, kGraphics)
DURE_PROCESS_LIST(MPSCompute, kMps)

DURE_EXPORT nvmlReturn_t nvmlDeviceGetRunningProcessDetailList(nvmlDevice_t device,
                                                               nvmlProcessDetailList_t* all) noexcept {
  if (all == nullptr || all->mode > kMps) return NVML_ERROR_INVALID_ARGUMENT;
  if (all->version != NVML_STRUCT_VERSION(nvmlProcessDetailList_t, 1))
    return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
  return list_mode(device, all->mode, &all->numProcArrayEntries, all->procArray);
}

DURE_EXPORT nvmlReturn_t nvmlDeviceGetProcessUtilization(nvmlDevice_t device,
                                                         nvmlProcessUtilizationSample_t* out, unsigned* count,
                                                         unsigned long long) noexcept {
  return list_samples(device, count, out);
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetProcessesUtilizationInfo(nvmlDevice_t device,
                                                               nvmlProcessesUtilizationInfo_t* all) noexcept {
  if (all == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  if (all->version != NVML_STRUCT_VERSION(nvmlProcessesUtilizationInfo_t, 1))
    return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
  return list_samples(device, &all->processSamplesCount, all->procUtilArray);
}

DURE_EXPORT nvmlReturn_t nvmlDeviceGetAccountingMode(nvmlDevice_t device, unsigned* mode) noexcept {
  return answer(device, mode, 0);
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetAccountingPids(nvmlDevice_t device, unsigned* count,
                                                     unsigned*) noexcept {
  return answer(device, count, 0);
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetAccountingStats(nvmlDevice_t, unsigned, void*) noexcept {
  return NVML_ERROR_NOT_FOUND;
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetAccountingStats_v2(nvmlDevice_t, void*) noexcept {
  return NVML_ERROR_NOT_FOUND;
}
// Sessions of encoders and of frame capture are others', if there are any.
DURE_EXPORT nvmlReturn_t nvmlDeviceGetEncoderSessions(nvmlDevice_t device, unsigned* count, void*) noexcept {
  return answer(device, count, 0);
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetFBCSessions(nvmlDevice_t device, unsigned* count, void*) noexcept {
  return answer(device, count, 0);
}
