// The child that makes a context. It runs alone in its process and ends with it: nothing is given back.
#include <dlfcn.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>

#include "gpu/abi/cuda.h"
#include "gpu/node/context_probe.h"
#include "gpu/node/nvml_library.h"

namespace dure::gpu {
namespace {

constexpr int kContextLooks = 20;  // until NVML knows of a context that was just made
constexpr auto kBetweenLooks = std::chrono::milliseconds(10);

ContextMeasure unknown(std::string why) {
  return {std::nullopt, std::move(why)};
}
ContextMeasure failed(const char* function, CUresult result) {
  return unknown(std::string(function) + " returned " + std::to_string(result));
}

// The driver's functions that are called here.
struct CudaFunctions {
  CUresult (*init)(unsigned) = nullptr;
  CUresult (*count)(int*) = nullptr;
  CUresult (*get)(CUdevice*, int) = nullptr;
  CUresult (*uuid)(CUuuid*, CUdevice) = nullptr;           // of the GPU
  CUresult (*instance_uuid)(CUuuid*, CUdevice) = nullptr;  // of the instance; drivers before R470 have none
  CUresult (*attribute)(int*, int, CUdevice) = nullptr;
  CUresult (*retain)(CUcontext*, CUdevice) = nullptr;
};

// The first that the driver lacks; null: it has all.
const char* find_functions(void* driver, CudaFunctions& to) {
  const auto find = [driver](const char* name, auto*& function) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(driver, name));
    return function != nullptr;
  };
  find("cuDeviceGetUuid_v2", to.instance_uuid);
  if (!find("cuInit", to.init)) return "cuInit";
  if (!find("cuDeviceGetCount", to.count)) return "cuDeviceGetCount";
  if (!find("cuDeviceGet", to.get)) return "cuDeviceGet";
  if (!find("cuDeviceGetUuid", to.uuid)) return "cuDeviceGetUuid";
  if (!find("cuDeviceGetAttribute", to.attribute)) return "cuDeviceGetAttribute";
  if (!find("cuDevicePrimaryCtxRetain", to.retain)) return "cuDevicePrimaryCtxRetain";
  return nullptr;
}

// "GPU-…" or "MIG-…" and 32 digits, with hyphens between them.
bool is_same(std::string_view text, const CUuuid& uuid) {
  std::string digits;
  for (const char byte : uuid.bytes) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    digits += pair;
  }
  std::string wanted;
  for (const char letter : text.substr(text.size() < 4 ? text.size() : 4))
    if (letter != '-') wanted += letter;
  return wanted == digits;
}

// The device of that UUID. A driver that cannot say the UUID of an instance shows that one alone.
std::optional<CUdevice> find_device(const CudaFunctions& call, const std::string& card) {
  int count = 0;
  if (call.count(&count) != CUDA_SUCCESS) return std::nullopt;
  for (int n = 0; n < count; ++n) {
    CUdevice device = 0;
    CUuuid uuid = {};
    if (call.get(&device, n) != CUDA_SUCCESS) continue;
    const auto ask = call.instance_uuid != nullptr ? call.instance_uuid : call.uuid;
    if (ask(&uuid, device) == CUDA_SUCCESS && is_same(card, uuid)) return device;
    if (call.instance_uuid == nullptr && count == 1) return device;
  }
  return std::nullopt;
}

// What NVML says of the card and of who is on it.
struct CardNow {
  NvmlMemory memory = {};
  bool mine = false;                       // this process is there …
  std::optional<std::uint64_t> own_bytes;  // … and holds so much
  std::size_t processes = 0;
};

bool look_at(const NvmlLibrary& nvml, NvmlDevice device, CardNow* now) {
  const NvmlFunctions& call = nvml.call();
  *now = {};
  if (call.memory(device, &now->memory) != kNvmlSuccess) return false;
  for (const auto list : {call.compute_processes, call.graphics_processes}) {
    for (const NvmlProcess& process : list_processes(list, device)) {
      ++now->processes;
      if (process.pid != static_cast<unsigned>(::getpid())) continue;
      now->mine = true;
      if (process.usedGpuMemory != kNvmlNotAvailable) now->own_bytes = process.usedGpuMemory;
    }
  }
  return true;
}

ContextMeasure difference(const CardNow& before, const CardNow& after) {
  if (before.processes != 0 || after.processes > 1)
    return unknown("NVML does not say what a process holds, and others are on the card");
  if (after.memory.used <= before.memory.used) return unknown("NVML shows no memory that the context takes");
  return {after.memory.used - before.memory.used, ""};
}

ContextMeasure make_context(const CudaFunctions& call, CUdevice device, const NvmlLibrary& nvml,
                            NvmlDevice card) {
  int mode = 0;
  CUresult result = call.attribute(&mode, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE, device);
  if (result != CUDA_SUCCESS) return failed("cuDeviceGetAttribute", result);
  if (mode != 0)
    return unknown("the card is in compute mode " + std::to_string(mode) + ", not in the default one");
  CardNow before, after;
  if (!look_at(nvml, card, &before)) return unknown("NVML does not say the card's memory");
  if (before.memory.free < kLeastFree) return unknown("the card is nearly full");
  CUcontext context = nullptr;
  result = call.retain(&context, device);
  if (result != CUDA_SUCCESS) return failed("cuDevicePrimaryCtxRetain", result);
  // Before it had a context, who has its id is somebody else: the ids are of another namespace.
  for (int n = 0; n < kContextLooks && !before.mine; ++n) {
    if (look_at(nvml, card, &after) && after.own_bytes.value_or(0) != 0) return {after.own_bytes, ""};
    if (after.mine) break;  // and there is no figure
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return look_at(nvml, card, &after) ? difference(before, after)
                                     : unknown("NVML does not say the card's memory");
}

ContextMeasure measure(const std::string& driver, const std::string& nvml, const std::string& card) {
  const auto library = NvmlLibrary::open(nvml);
  if (!library.ok()) return unknown("NVML cannot be opened");
  NvmlDevice shown = nullptr;
  const NvmlFunctions& ask = (*library)->call();
  if (ask.by_uuid == nullptr || ask.by_uuid(card.c_str(), &shown) != kNvmlSuccess)
    return unknown("NVML does not find the card");
  ::setenv("CUDA_VISIBLE_DEVICES", card.c_str(), 1);  // and no other card is touched
  void* const opened = dlopen(driver.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) return unknown("the driver cannot be opened");
  CudaFunctions call;
  if (const char* missing = find_functions(opened, call))
    return unknown(std::string("the driver lacks ") + missing);
  const CUresult result = call.init(0);
  if (result != CUDA_SUCCESS) return failed("cuInit", result);
  const auto device = find_device(call, card);
  if (!device) return unknown("the driver does not show the card");
  return make_context(call, *device, **library, shown);
}

// The parent waits no longer than that either; should it be gone, nobody would.
void bind_to_parent(const char* limit_s, const char* parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (std::to_string(::getppid()) != parent) ::_exit(1);
  ::alarm(static_cast<unsigned>(std::strtoul(limit_s, nullptr, 10)));
}

}  // namespace

std::optional<int> run_context_probe(int argc, char** argv) {
  if (argc != 7 || std::strcmp(argv[1], kContextProbe) != 0) return std::nullopt;
  bind_to_parent(argv[5], argv[6]);
  const ContextMeasure measured = measure(argv[2], argv[3], argv[4]);
  const std::string line =
      (measured.bytes ? "bytes " + std::to_string(*measured.bytes) : "why " + measured.why) + "\n";
  const bool said = ::write(kContextAnswer, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  ::_exit(said ? 0 : 1);  // at once: neither the driver's threads nor its handlers have anything to do
}

}  // namespace dure::gpu
