// NVML: memory, processes and utilisation.
//
// A sample of utilisation is the share of the time since the sample before in which the process, or anybody,
// had work on the device; a new one is made by whoever asks when the last is a sixth of a second old. On MIG
// cards there are none, as with the real library.
#include <algorithm>

#include "gpu/fake/nvml_session.h"

namespace dure::gpu::fake {
namespace {

constexpr Ticks kSamplePeriod = ticks(166'666'667);
constexpr unsigned kNoInstance = 0xffffffff;
constexpr std::uint64_t kNotAvailable = ~std::uint64_t{0};

Bytes memory_of(Session& session, const Unit& unit, std::uint64_t* total) {
  Bytes sum = {};
  *total = 0;
  for (const int device : unit.devices) {
    sum.used += session.state().shared().device[device].memory.used;
    *total += session.state().shared().device[device].total;
  }
  return sum;
}

struct User {
  unsigned pid = 0;
  std::uint64_t bytes = 0;
  int device = 0;
};

// Processes with a context on the unit.
std::vector<User> users(Session& session, const Unit& unit) {
  std::vector<User> all;
  Shared& shared = session.state().shared();
  for (const int device : unit.devices) {
    for (int i = 0; i < static_cast<int>(shared.processes); ++i) {
      if (shared.process[i].used == 0) continue;
      const auto* const begin = shared.engine[device].context;
      const bool has_context = std::any_of(begin, begin + kMaxContexts, [i](const ContextSlot& slot) {
        return slot.used != 0 && slot.process == static_cast<std::uint32_t>(i);
      });
      if (!has_context) continue;
      all.push_back({.pid = static_cast<unsigned>(session.state().pid_of(i)),
                     .bytes = session.state().config().process_memory == 0
                                  ? kNotAvailable
                                  : session.state().process_memory(i, device).used,
                     .device = device});
    }
  }
  return all;
}

// Fills the caller's list, or says how long it must be.
template <typename Out, typename In, typename Convert>
nvmlReturn_t list(const std::vector<In>& all, unsigned* count, Out* out, Convert convert) {
  if (count == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  const auto needed = static_cast<unsigned>(all.size());
  if (*count < needed || (out == nullptr && needed > 0)) {
    *count = needed;
    return NVML_ERROR_INSUFFICIENT_SIZE;
  }
  *count = needed;
  for (std::size_t i = 0; i < all.size(); ++i) out[i] = convert(all[i]);
  return NVML_SUCCESS;
}

nvmlReturn_t processes_v1(nvmlDevice_t handle, unsigned* count, nvmlProcessInfo_v1_t* out) {
  return with_unit(handle, [&](Session& session, const Unit& unit) {
    return list(users(session, unit), count, out, [](const User& user) {
      return nvmlProcessInfo_v1_t{.pid = user.pid, .usedGpuMemory = user.bytes};
    });
  });
}

nvmlProcessInfo_t info_of(Session& session, const User& user) {
  const int instance = session.state().config().devices[static_cast<std::size_t>(user.device)].instance;
  return {
      .pid = user.pid,
      .usedGpuMemory = user.bytes,
      .gpuInstanceId = instance < 0 ? kNoInstance : static_cast<unsigned>(instance) + 1,
      .computeInstanceId = instance < 0 ? kNoInstance : 0,
  };
}

nvmlReturn_t processes(nvmlDevice_t handle, unsigned* count, nvmlProcessInfo_t* out) {
  return with_unit(handle, [&](Session& session, const Unit& unit) {
    return list(users(session, unit), count, out, [&](const User& user) { return info_of(session, user); });
  });
}

// Of graphics programs there are none.
template <typename Info>
nvmlReturn_t nobody(nvmlDevice_t handle, unsigned* count, Info*) {
  return with_unit(handle, [&](Session&, const Unit&) -> nvmlReturn_t {
    if (count == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
    *count = 0;
    return NVML_SUCCESS;
  });
}

bool has_utilisation(Session& session, const Unit& unit) {
  return unit.devices.size() == 1 &&
         session.state().config().devices[static_cast<std::size_t>(unit.devices[0])].instance < 0;
}

unsigned percent(Ticks part, Ticks whole) {
  return whole == 0 ? 0 : static_cast<unsigned>(std::min<Ticks>(100, (part >> 10) * 100 / (whole >> 10)));
}

// A new sample if the last one is old enough.
void take_sample(Session& session, int process, int device) {
  Sample& sample = session.state().shared().process[process].sample[device];
  const Ticks now = session.state().engine(device).t();
  if (now < sample.t + kSamplePeriod) return;
  const Ticks elapsed = session.state().process_work(process, device).elapsed;
  sample.percent = percent(elapsed - std::min(sample.elapsed, elapsed), now - sample.t);
  sample.elapsed = elapsed;
  sample.t = now;
}

// Samples that are newer than `last_seen` (microseconds).
nvmlReturn_t fresh_samples(Session& session, const Unit& unit, unsigned long long last_seen,
                           std::vector<nvmlProcessUtilizationSample_t>* out) {
  if (!has_utilisation(session, unit)) return NVML_ERROR_NOT_SUPPORTED;
  const int device = unit.devices[0];
  Shared& shared = session.state().shared();
  for (int i = 0; i < static_cast<int>(shared.processes); ++i) {
    if (shared.process[i].used == 0 || session.state().process_work(i, device).launches == 0) continue;
    take_sample(session, i, device);
    const Sample& sample = shared.process[i].sample[device];
    if (sample.t == 0 || session.microseconds(sample.t) <= last_seen) continue;
    nvmlProcessUtilizationSample_t told = {};
    told.pid = static_cast<unsigned>(session.state().pid_of(i));
    told.timeStamp = session.microseconds(sample.t);
    told.smUtil = sample.percent;
    out->push_back(told);
  }
  return out->empty() ? NVML_ERROR_NOT_FOUND : NVML_SUCCESS;
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t handle, nvmlMemory_t* out) {
  return with_unit(handle, [&](Session& session, const Unit& unit) -> nvmlReturn_t {
    if (out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
    std::uint64_t total = 0;
    const Bytes bytes = memory_of(session, unit, &total);
    *out = {.total = total, .free = total - bytes.used, .used = bytes.used};
    return NVML_SUCCESS;
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t handle, nvmlMemory_v2_t* out) {
  return with_unit(handle, [&](Session& session, const Unit& unit) -> nvmlReturn_t {
    if (out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
    if (out->version != NVML_STRUCT_VERSION(nvmlMemory_v2_t, 2)) return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    std::uint64_t total = 0;
    const Bytes bytes = memory_of(session, unit, &total);
    out->total = total;
    out->reserved = 0;
    out->free = total - bytes.used;
    out->used = bytes.used;
    return NVML_SUCCESS;
  });
}

FAKE_EXPORT nvmlReturn_t nvmlDeviceGetComputeRunningProcesses(nvmlDevice_t handle, unsigned* count,
                                                              nvmlProcessInfo_v1_t* out) {
  return processes_v1(handle, count, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v2(nvmlDevice_t handle, unsigned* count,
                                                                 nvmlProcessInfo_t* out) {
  return processes(handle, count, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t handle, unsigned* count,
                                                                 nvmlProcessInfo_t* out) {
  return processes(handle, count, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetGraphicsRunningProcesses(nvmlDevice_t handle, unsigned* count,
                                                               nvmlProcessInfo_v1_t* out) {
  return nobody(handle, count, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetGraphicsRunningProcesses_v2(nvmlDevice_t handle, unsigned* count,
                                                                  nvmlProcessInfo_t* out) {
  return nobody(handle, count, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetGraphicsRunningProcesses_v3(nvmlDevice_t handle, unsigned* count,
                                                                  nvmlProcessInfo_t* out) {
  return nobody(handle, count, out);
}

FAKE_EXPORT nvmlReturn_t nvmlDeviceGetUtilizationRates(nvmlDevice_t handle, nvmlUtilization_t* out) {
  return with_unit(handle, [&](Session& session, const Unit& unit) -> nvmlReturn_t {
    if (out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
    if (!has_utilisation(session, unit)) return NVML_ERROR_NOT_SUPPORTED;
    const Engine& engine = session.state().engine(unit.devices[0]);
    const Ticks period = std::min(kSamplePeriod, engine.t());
    *out = {.gpu = percent(engine.busy(engine.t() - period), period), .memory = 0};
    return NVML_SUCCESS;
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetMPSComputeRunningProcesses_v3(nvmlDevice_t handle, unsigned* count,
                                                                    nvmlProcessInfo_t* out) {
  return nobody(handle, count, out);
}

FAKE_EXPORT nvmlReturn_t nvmlDeviceGetProcessUtilization(nvmlDevice_t handle,
                                                         nvmlProcessUtilizationSample_t* out, unsigned* count,
                                                         unsigned long long last_seen) {
  return with_unit(handle, [&](Session& session, const Unit& unit) -> nvmlReturn_t {
    std::vector<nvmlProcessUtilizationSample_t> fresh;
    const nvmlReturn_t found = fresh_samples(session, unit, last_seen, &fresh);
    if (found != NVML_SUCCESS) return found;
    return list(fresh, count, out, [](const nvmlProcessUtilizationSample_t& one) { return one; });
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetProcessesUtilizationInfo(nvmlDevice_t handle,
                                                               nvmlProcessesUtilizationInfo_t* info) {
  return with_unit(handle, [&](Session& session, const Unit& unit) -> nvmlReturn_t {
    if (info == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
    if (info->version != NVML_STRUCT_VERSION(nvmlProcessesUtilizationInfo_t, 1)) {
      return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    }
    std::vector<nvmlProcessUtilizationSample_t> fresh;
    const nvmlReturn_t found = fresh_samples(session, unit, info->lastSeenTimeStamp, &fresh);
    if (found != NVML_SUCCESS) return found;
    return list(fresh, &info->processSamplesCount, info->procUtilArray,
                [](const nvmlProcessUtilizationSample_t& one) {
                  nvmlProcessUtilizationInfo_v1_t told = {};
                  told.timeStamp = one.timeStamp;
                  told.pid = one.pid;
                  told.smUtil = one.smUtil;
                  return told;
                });
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetRunningProcessDetailList(nvmlDevice_t handle,
                                                               nvmlProcessDetailList_t* all) {
  return with_unit(handle, [&](Session& session, const Unit& unit) -> nvmlReturn_t {
    if (all == nullptr || all->mode > 2) return NVML_ERROR_INVALID_ARGUMENT;
    if (all->version != NVML_STRUCT_VERSION(nvmlProcessDetailList_t, 1))
      return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    const std::vector<User> found = all->mode == 0 ? users(session, unit) : std::vector<User>();
    return list(found, &all->numProcArrayEntries, all->procArray, [&](const User& user) {
      const nvmlProcessInfo_t info = info_of(session, user);
      nvmlProcessDetail_v1_t told = {};
      told.pid = info.pid;
      told.usedGpuMemory = info.usedGpuMemory;
      told.gpuInstanceId = info.gpuInstanceId;
      told.computeInstanceId = info.computeInstanceId;
      return told;
    });
  });
}
