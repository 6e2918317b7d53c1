// NVML: what a share must not see of a card, or change: its window, its place among others, its settings, and
// the private table by which nvidia-smi lists processes.
#include <cstring>

#include "gpu/fake/nvml_session.h"

namespace dure::gpu::fake {
namespace {

constexpr unsigned kTableWords = 256;
constexpr unsigned kFirstProcessList = 213, kLastProcessList = 215;

std::string serial_of(const Unit& unit) {
  return "132092100" + std::to_string(unit.card);
}

nvmlReturn_t list_all(unsigned* count, nvmlDevice_t* out, int but) {
  Session& session = Session::get();
  const std::scoped_lock lock(session.mutex);
  if (!session.is_open()) return NVML_ERROR_UNINITIALIZED;
  if (count == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  unsigned found = 0;
  for (unsigned i = 0; i < session.cards(); ++i) {
    if (static_cast<int>(i) == but) continue;
    if (out != nullptr && found < *count) out[found] = reinterpret_cast<nvmlDevice_t>(session.card(i));
    ++found;
  }
  *count = found;
  return NVML_SUCCESS;
}

// The rest of the table.
nvmlReturn_t other() {
  return NVML_SUCCESS;
}
// Of the table: (device, count, list), one process for all.
nvmlReturn_t list_processes(nvmlDevice_t, unsigned* count, void*) {
  *count = 1;
  return NVML_SUCCESS;
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT nvmlReturn_t nvmlDeviceGetBAR1MemoryInfo(nvmlDevice_t handle, nvmlBAR1Memory_t* out) {
  return with_unit(handle, [&](Session&, const Unit&) -> nvmlReturn_t {
    if (out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
    *out = {.bar1Total = 128ull << 30, .bar1Free = 127ull << 30, .bar1Used = 1ull << 30};
    return NVML_SUCCESS;
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetSerial(nvmlDevice_t handle, char* out, unsigned length) {
  return with_unit(handle,
                   [&](Session&, const Unit& unit) { return copy_text(serial_of(unit), out, length); });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetHandleBySerial(const char* serial, nvmlDevice_t* out) {
  Session& session = Session::get();
  const std::scoped_lock lock(session.mutex);
  if (!session.is_open()) return NVML_ERROR_UNINITIALIZED;
  if (serial == nullptr || out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  for (Unit& unit : session.units()) {
    if (unit.instance >= 0 || serial_of(unit) != serial) continue;
    *out = reinterpret_cast<nvmlDevice_t>(&unit);
    return NVML_SUCCESS;
  }
  return NVML_ERROR_NOT_FOUND;
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetTopologyNearestGpus(nvmlDevice_t handle, int, unsigned* count,
                                                          nvmlDevice_t* out) {
  int card = -1;
  const nvmlReturn_t result = with_unit(handle, [&](Session&, const Unit& unit) -> nvmlReturn_t {
    card = unit.card;
    return NVML_SUCCESS;
  });
  return result == NVML_SUCCESS ? list_all(count, out, card) : result;
}
FAKE_EXPORT nvmlReturn_t nvmlSystemGetTopologyGpuSet(unsigned, unsigned* count, nvmlDevice_t* out) {
  return list_all(count, out, -1);
}

// As for an administrator: they are obeyed.
FAKE_EXPORT nvmlReturn_t nvmlDeviceSetPersistenceMode(nvmlDevice_t handle, unsigned) {
  return with_unit(handle, [](Session&, const Unit&) { return NVML_SUCCESS; });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceSetPowerManagementLimit(nvmlDevice_t handle, unsigned) {
  return with_unit(handle, [](Session&, const Unit&) { return NVML_SUCCESS; });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceSetMigMode(nvmlDevice_t handle, unsigned, int*) {
  return with_unit(handle, [](Session&, const Unit&) { return NVML_SUCCESS; });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetAccountingPids(nvmlDevice_t handle, unsigned* count, unsigned* pids) {
  return with_unit(handle, [&](Session&, const Unit&) -> nvmlReturn_t {
    if (count == nullptr || pids == nullptr || *count == 0) return NVML_ERROR_INVALID_ARGUMENT;
    *pids = 1;
    *count = 1;
    return NVML_SUCCESS;
  });
}

// Two private tables: nvidia-smi's, and one with any other id.
FAKE_EXPORT nvmlReturn_t nvmlInternalGetExportTable(const void** out, const void* id) {
  static const unsigned char smi[16] = {0xc4, 0xfe, 0x3e, 0x6c, 0xc9, 0x8f, 0x6c, 0x4e,
                                        0xa3, 0x27, 0xee, 0x69, 0x6e, 0x12, 0xf7, 0xc4};
  static std::size_t table[kTableWords];
  static const std::size_t small[2] = {sizeof(small), 0};
  if (out == nullptr || id == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  *out = small;
  if (std::memcmp(id, smi, sizeof(smi)) != 0) return NVML_SUCCESS;
  table[0] = sizeof(table);
  for (unsigned i = 1; i < kTableWords; ++i) {
    const bool lists = i >= kFirstProcessList && i <= kLastProcessList;
    table[i] = lists ? reinterpret_cast<std::size_t>(&list_processes) : reinterpret_cast<std::size_t>(&other);
  }
  *out = table;
  return NVML_SUCCESS;
}
