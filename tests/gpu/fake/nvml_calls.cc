// NVML: start and end, the cards and what they are, MIG.
#include <algorithm>
#include <cstring>

#include "gpu/fake/identity.h"
#include "gpu/fake/nvml_session.h"

namespace dure::gpu::fake {
namespace {

constexpr unsigned kMaxInstances = 7;

template <typename Body>
nvmlReturn_t with_session(Body body) {
  Session& session = Session::get();
  const std::scoped_lock lock(session.mutex);
  return session.is_open() ? body(session) : NVML_ERROR_UNINITIALIZED;
}

nvmlReturn_t give(nvmlDevice_t* out, Unit* unit, nvmlReturn_t otherwise) {
  if (out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  if (unit == nullptr) return otherwise;
  *out = reinterpret_cast<nvmlDevice_t>(unit);
  return NVML_SUCCESS;
}

template <typename Number>
nvmlReturn_t tell(Number* out, Number value) {
  if (out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  *out = value;
  return NVML_SUCCESS;
}

nvmlReturn_t by_index(unsigned index, nvmlDevice_t* out) {
  return with_session(
      [&](Session& session) { return give(out, session.card(index), NVML_ERROR_INVALID_ARGUMENT); });
}

nvmlReturn_t by_address(const char* address, nvmlDevice_t* out) {
  return with_session([&](Session& session) -> nvmlReturn_t {
    if (address == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
    Unit* found = nullptr;
    for (unsigned i = 0; i < session.cards(); ++i) {
      Unit* const card = session.card(i);
      if (pci_address(card->card) == address || pci_address_long(card->card) == address) found = card;
    }
    return give(out, found, NVML_ERROR_NOT_FOUND);
  });
}

nvmlReturn_t count(unsigned* out) {
  return with_session([&](Session& session) { return tell(out, static_cast<unsigned>(session.cards())); });
}

nvmlReturn_t pci(nvmlDevice_t handle, nvmlPciInfo_t* out) {
  return with_unit(handle, [&](Session&, const Unit& unit) -> nvmlReturn_t {
    if (out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
    std::memset(out, 0, sizeof(*out));
    out->bus = static_cast<unsigned>(pci_bus(unit.card));
    out->pciDeviceId = 0x233010de;
    copy_text(pci_address(unit.card), out->busIdLegacy, sizeof(out->busIdLegacy));
    return copy_text(pci_address_long(unit.card), out->busId, sizeof(out->busId));
  });
}

bool is_mig(const Session& session, const Unit& unit) {
  const auto& units = const_cast<Session&>(session).units();
  return std::any_of(units.begin(), units.end(),
                     [&](const Unit& other) { return other.card == unit.card && other.instance >= 0; });
}

nvmlReturn_t instance_number(nvmlDevice_t handle, unsigned* out, bool of_compute) {
  return with_unit(handle, [&](Session&, const Unit& unit) -> nvmlReturn_t {
    if (unit.instance < 0) return NVML_ERROR_NOT_SUPPORTED;
    return tell(out, of_compute ? 0u : static_cast<unsigned>(unit.instance) + 1);
  });
}

nvmlReturn_t attributes(nvmlDevice_t handle, nvmlDeviceAttributes_t* out) {
  return with_unit(handle, [&](Session& session, const Unit& unit) -> nvmlReturn_t {
    if (out == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
    if (unit.instance < 0) return NVML_ERROR_NOT_SUPPORTED;
    const DeviceConfig& device = session.state().config().devices[static_cast<std::size_t>(unit.devices[0])];
    const auto slices = static_cast<unsigned>(device.profile[0] - '0');
    std::memset(out, 0, sizeof(*out));
    out->multiprocessorCount = static_cast<unsigned>(device.multiprocessors);
    out->gpuInstanceSliceCount = slices;
    out->computeInstanceSliceCount = slices;
    out->memorySizeMB = device.memory >> 20;
    return NVML_SUCCESS;
  });
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

static nvmlReturn_t begin() {
  Session& session = Session::get();
  const std::scoped_lock lock(session.mutex);
  return session.begin();
}

FAKE_EXPORT nvmlReturn_t nvmlInit() {
  return begin();
}
FAKE_EXPORT nvmlReturn_t nvmlInit_v2() {
  return begin();
}
FAKE_EXPORT nvmlReturn_t nvmlInitWithFlags(unsigned) {
  return begin();
}
FAKE_EXPORT nvmlReturn_t nvmlShutdown() {
  Session& session = Session::get();
  const std::scoped_lock lock(session.mutex);
  return session.end();
}

FAKE_EXPORT const char* nvmlErrorString(nvmlReturn_t code) {
  switch (code) {
    case NVML_SUCCESS:
      return "Success";
    case NVML_ERROR_UNINITIALIZED:
      return "Uninitialized";
    case NVML_ERROR_INVALID_ARGUMENT:
      return "Invalid Argument";
    case NVML_ERROR_NOT_SUPPORTED:
      return "Not Supported";
    case NVML_ERROR_NO_PERMISSION:
      return "Insufficient Permissions";
    case NVML_ERROR_NOT_FOUND:
      return "Not Found";
    case NVML_ERROR_INSUFFICIENT_SIZE:
      return "Insufficient Size";
    case NVML_ERROR_DRIVER_NOT_LOADED:
      return "Driver Not Loaded";
    case NVML_ERROR_GPU_IS_LOST:
      return "GPU is lost";
    default:
      return "Unknown Error";
  }
}

FAKE_EXPORT nvmlReturn_t nvmlSystemGetDriverVersion(char* out, unsigned length) {
  return with_session(
      [&](Session& session) { return copy_text(session.state().config().driver_version, out, length); });
}
FAKE_EXPORT nvmlReturn_t nvmlSystemGetNVMLVersion(char* out, unsigned length) {
  return with_session([&](Session& session) {
    return copy_text("13." + session.state().config().driver_version, out, length);
  });
}
FAKE_EXPORT nvmlReturn_t nvmlSystemGetCudaDriverVersion(int* out) {
  return with_session([&](Session& session) { return tell(out, session.state().config().driver); });
}
FAKE_EXPORT nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int* out) {
  return with_session([&](Session& session) { return tell(out, session.state().config().driver); });
}

FAKE_EXPORT nvmlReturn_t nvmlDeviceGetCount(unsigned* out) {
  return count(out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetCount_v2(unsigned* out) {
  return count(out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByIndex(unsigned index, nvmlDevice_t* out) {
  return by_index(index, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned index, nvmlDevice_t* out) {
  return by_index(index, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByPciBusId(const char* address, nvmlDevice_t* out) {
  return by_address(address, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByPciBusId_v2(const char* address, nvmlDevice_t* out) {
  return by_address(address, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByUUID(const char* uuid, nvmlDevice_t* out) {
  return with_session([&](Session& session) -> nvmlReturn_t {
    if (uuid == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
    Unit* found = nullptr;
    for (Unit& unit : session.units()) {
      if (uuid_text(unit.card, unit.instance) == uuid) found = &unit;
    }
    return give(out, found, NVML_ERROR_NOT_FOUND);
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetIndex(nvmlDevice_t handle, unsigned* out) {
  return with_unit(handle, [&](Session&, const Unit& unit) {
    return tell(out, static_cast<unsigned>(unit.instance < 0 ? unit.card : unit.instance));
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetMinorNumber(nvmlDevice_t handle, unsigned* out) {
  return with_unit(handle, [&](Session&, const Unit& unit) -> nvmlReturn_t {
    return unit.instance >= 0 ? NVML_ERROR_NOT_SUPPORTED : tell(out, static_cast<unsigned>(unit.card));
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t handle, char* out, unsigned length) {
  return with_unit(handle, [&](Session&, const Unit& unit) {
    return copy_text(uuid_text(unit.card, unit.instance), out, length);
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t handle, char* out, unsigned length) {
  return with_unit(handle, [&](Session& session, const Unit& unit) {
    const Config& config = session.state().config();
    const auto device = static_cast<std::size_t>(unit.devices[0]);
    return copy_text(unit.instance < 0 ? config.name : device_name(config, config.devices[device]), out,
                     length);
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetPciInfo(nvmlDevice_t handle, nvmlPciInfo_t* out) {
  return pci(handle, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetPciInfo_v2(nvmlDevice_t handle, nvmlPciInfo_t* out) {
  return pci(handle, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetPciInfo_v3(nvmlDevice_t handle, nvmlPciInfo_t* out) {
  return pci(handle, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetCudaComputeCapability(nvmlDevice_t handle, int* major, int* minor) {
  return with_unit(handle, [&](Session& session, const Unit&) -> nvmlReturn_t {
    const nvmlReturn_t told = tell(major, session.state().config().compute_major);
    return told != NVML_SUCCESS ? told : tell(minor, session.state().config().compute_minor);
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetBrand(nvmlDevice_t handle, int* out) {
  return with_unit(handle, [&](Session&, const Unit&) { return tell(out, 14); });  // NVIDIA
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetPersistenceMode(nvmlDevice_t handle, int* out) {
  return with_unit(handle, [&](Session&, const Unit&) { return tell(out, 1); });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetComputeMode(nvmlDevice_t handle, int* out) {
  return with_unit(handle, [&](Session&, const Unit&) { return tell(out, 0); });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetTemperature(nvmlDevice_t handle, int, unsigned* out) {
  return with_unit(handle, [&](Session&, const Unit&) { return tell(out, 40u); });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetPowerUsage(nvmlDevice_t handle, unsigned* out) {
  return with_unit(handle, [&](Session&, const Unit&) { return tell(out, 100'000u); });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetAttributes(nvmlDevice_t handle, nvmlDeviceAttributes_t* out) {
  return attributes(handle, out);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetAttributes_v2(nvmlDevice_t handle, nvmlDeviceAttributes_t* out) {
  return attributes(handle, out);
}

FAKE_EXPORT nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t handle, unsigned* current, unsigned* pending) {
  return with_unit(handle, [&](Session& session, const Unit& unit) -> nvmlReturn_t {
    const unsigned mode = is_mig(session, unit) ? 1 : 0;
    const nvmlReturn_t told = tell(current, mode);
    return told != NVML_SUCCESS ? told : tell(pending, mode);
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetMaxMigDeviceCount(nvmlDevice_t handle, unsigned* out) {
  return with_unit(handle, [&](Session&, const Unit&) { return tell(out, kMaxInstances); });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t handle, unsigned index,
                                                             nvmlDevice_t* out) {
  return with_unit(handle, [&](Session& session, const Unit& unit) -> nvmlReturn_t {
    if (index >= kMaxInstances) return NVML_ERROR_INVALID_ARGUMENT;
    return give(out, session.instance(unit, index), NVML_ERROR_NOT_FOUND);
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetDeviceHandleFromMigDeviceHandle(nvmlDevice_t handle,
                                                                      nvmlDevice_t* out) {
  return with_unit(handle, [&](Session& session, const Unit& unit) -> nvmlReturn_t {
    if (unit.instance < 0) return NVML_ERROR_INVALID_ARGUMENT;
    return give(out, session.card(static_cast<unsigned>(unit.card)), NVML_ERROR_NOT_FOUND);
  });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceIsMigDeviceHandle(nvmlDevice_t handle, unsigned* out) {
  return with_unit(handle,
                   [&](Session&, const Unit& unit) { return tell(out, unit.instance >= 0 ? 1u : 0u); });
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetGpuInstanceId(nvmlDevice_t handle, unsigned* out) {
  return instance_number(handle, out, false);
}
FAKE_EXPORT nvmlReturn_t nvmlDeviceGetComputeInstanceId(nvmlDevice_t handle, unsigned* out) {
  return instance_number(handle, out, true);
}
