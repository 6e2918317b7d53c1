// What NVML shows in a container: the share, and nothing else of the card.
#include <csignal>
#include <set>
#include <vector>

#include "gpu/memory/container.h"

namespace dure::gpu::share {
namespace {

// NVML in a process of the container.
struct Nvml : Program {
  explicit Nvml(Program& program) : Program(program) {
    cuda = dlopen(DURE_NVML_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    EXPECT_NE(cuda, nullptr) << dlerror();
    EXPECT_EQ(call("nvmlInit_v2"), NVML_SUCCESS);
  }
  unsigned count() const {
    unsigned found = 99;
    EXPECT_EQ(call("nvmlDeviceGetCount_v2", &found), NVML_SUCCESS);
    return found;
  }
  nvmlDevice_t device(unsigned index = 0) const {
    nvmlDevice_t found = nullptr;
    EXPECT_EQ(call("nvmlDeviceGetHandleByIndex_v2", index, &found), NVML_SUCCESS);
    return found;
  }
  std::string uuid(nvmlDevice_t of) const {
    char text[96] = {};
    EXPECT_EQ(call("nvmlDeviceGetUUID", of, static_cast<char*>(text), 96u), NVML_SUCCESS);
    return text;
  }
  std::vector<nvmlProcessInfo_t> processes(nvmlDevice_t of, const char* what = "Compute") const {
    std::vector<nvmlProcessInfo_t> all(64);
    unsigned count = 64;
    EXPECT_EQ(
        call((std::string("nvmlDeviceGet") + what + "RunningProcesses_v3").c_str(), of, &count, all.data()),
        NVML_SUCCESS);
    all.resize(count);
    return all;
  }
};

// A program that holds so much of a device, which is that card of the share, until it is killed.
pid_t hold(Container& container, std::size_t bytes, int device = 0, unsigned card = 0) {
  const std::uint64_t before = container.booked(card);
  const pid_t child = container.start([&, bytes, device](Program& program) {
    program.start(device);
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, bytes), CUDA_SUCCESS);
    pause();
  });
  for (int i = 0; i < 5000 && container.booked(card) == before; ++i) usleep(1000);
  return child;
}
void end(pid_t child) {
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
}

TEST(Nvml, BeginsAndEndsByCount) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    unsigned count = 0;
    nvmlDevice_t device = nullptr;
    program.cuda = dlopen(DURE_NVML_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    EXPECT_EQ(program.call("nvmlShutdown"), NVML_ERROR_UNINITIALIZED);
    EXPECT_EQ(program.call("nvmlDeviceGetCount_v2", &count), NVML_ERROR_UNINITIALIZED);
    EXPECT_EQ(program.call("nvmlDeviceGetHandleByIndex_v2", 0u, &device), NVML_ERROR_UNINITIALIZED);
    Nvml nvml(program);
    EXPECT_EQ(nvml.call("nvmlInitWithFlags", 0u), NVML_SUCCESS);
    EXPECT_EQ(nvml.call("nvmlShutdown"), NVML_SUCCESS);
    EXPECT_EQ(nvml.count(), 1u);
    device = nvml.device();
    EXPECT_EQ(nvml.call("nvmlShutdown"), NVML_SUCCESS);
    nvmlUtilization_t rates = {};
    EXPECT_EQ(nvml.call("nvmlDeviceGetUtilizationRates", device, &rates), NVML_ERROR_UNINITIALIZED);
  });
}

TEST(Nvml, ShowsTheCardsOfTheShareInItsOrder) {
  Container container(64 * kMiB, 4);
  auto* limits = container.share().limits();
  const std::string third = limits->card[2].uuid, second = limits->card[1].uuid;
  std::snprintf(limits->card[0].uuid, 64, "%s", third.c_str());
  limits->header.cards = 2;
  container.run([&](Program& program) {
    Nvml nvml(program);
    EXPECT_EQ(nvml.count(), 2u);
    const nvmlDevice_t one = nvml.device(0), two = nvml.device(1);
    EXPECT_EQ(nvml.uuid(one), third);
    EXPECT_EQ(nvml.uuid(two), second);
    nvmlDevice_t found = nullptr;
    EXPECT_EQ(nvml.call("nvmlDeviceGetHandleByIndex_v2", 2u, &found), NVML_ERROR_INVALID_ARGUMENT);
    unsigned index = 99;
    EXPECT_EQ(nvml.call("nvmlDeviceGetIndex", one, &index), NVML_SUCCESS);
    EXPECT_EQ(index, 0u);
    EXPECT_EQ(nvml.call("nvmlDeviceGetMinorNumber", one, &index), NVML_SUCCESS);
    EXPECT_EQ(index, 2u) << "the number of its device node";
    const auto by = [&](const char* how, const char* what) {
      found = nullptr;
      return nvml.call((std::string("nvmlDeviceGetHandleBy") + how).c_str(), what, &found);
    };
    EXPECT_EQ(by("UUID", third.c_str()), NVML_SUCCESS);
    EXPECT_EQ(found, one);
    EXPECT_EQ(by("PciBusId_v2", "0000:43:00.0"), NVML_SUCCESS);
    EXPECT_EQ(found, one);
    EXPECT_EQ(by("Serial", "1320921001"), NVML_SUCCESS);
    EXPECT_EQ(found, two);
    EXPECT_EQ(by("UUID", "GPU-face0000-0000-4000-8000-000000000001"), NVML_ERROR_NOT_FOUND);
    EXPECT_EQ(found, nullptr);
    EXPECT_EQ(by("PciBusId_v2", "0000:41:00.0"), NVML_ERROR_NOT_FOUND);
    EXPECT_EQ(by("Serial", "1320921000"), NVML_ERROR_NOT_FOUND);
    nvmlDevice_t near[8] = {};
    unsigned count = 8;
    EXPECT_EQ(nvml.call("nvmlDeviceGetTopologyNearestGpus", one, 0, &count, static_cast<nvmlDevice_t*>(near)),
              NVML_SUCCESS);
    EXPECT_EQ(count, 1u);
    EXPECT_EQ(near[0], two);
    count = 8;
    EXPECT_EQ(nvml.call("nvmlSystemGetTopologyGpuSet", 0u, &count, static_cast<nvmlDevice_t*>(near)),
              NVML_SUCCESS);
    EXPECT_EQ(count, 2u);
  });
}

TEST(Nvml, WithoutAShareThereIsNoCard) {
  Container container(64 * kMiB);
  container.remove_share();
  container.run([&](Program& program) {
    Nvml nvml(program);
    EXPECT_EQ(nvml.count(), 0u);
    nvmlDevice_t device = nullptr;
    EXPECT_EQ(nvml.call("nvmlDeviceGetHandleByIndex_v2", 0u, &device), NVML_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(nvml.call("nvmlDeviceGetHandleByUUID", "GPU-face0000-0000-4000-8000-000000000001", &device),
              NVML_ERROR_NOT_FOUND);
  });
}

// Of a card of somebody else's nothing is told, whoever has a handle of it.
TEST(Nvml, AForeignDeviceIsRefused) {
  Container container(64 * kMiB, 2);
  container.share().limits()->header.cards = 1;
  container.run([&](Program& program) {
    Nvml nvml(program);
    void* driver = dlopen(DURE_FAKE_NVML, RTLD_NOW | RTLD_NOLOAD);
    ASSERT_NE(driver, nullptr);
    nvmlDevice_t other = nullptr;
    const Named<nvmlReturn_t(unsigned, nvmlDevice_t*)> real("nvmlDeviceGetHandleByIndex_v2", driver);
    ASSERT_EQ(real(1u, &other), NVML_SUCCESS);
    nvmlMemory_t memory = {};
    nvmlUtilization_t rates = {};
    unsigned count = 8;
    nvmlProcessInfo_t list[8] = {};
    EXPECT_EQ(nvml.call("nvmlDeviceGetMemoryInfo", other, &memory), NVML_ERROR_NO_PERMISSION);
    EXPECT_EQ(memory.total, 0u);
    EXPECT_EQ(nvml.call("nvmlDeviceGetUtilizationRates", other, &rates), NVML_ERROR_NO_PERMISSION);
    EXPECT_EQ(nvml.call("nvmlDeviceGetComputeRunningProcesses_v3", other, &count,
                        static_cast<nvmlProcessInfo_t*>(list)),
              NVML_ERROR_NO_PERMISSION);
    EXPECT_EQ(nvml.call("nvmlDeviceGetIndex", other, &count), NVML_ERROR_NO_PERMISSION);
  });
}

// HAMi #235, #424: nvidia-smi in a container listed the card's processes, or none.
TEST(NvmlRegression, ProcessesAreTheContainersOwn_235) {
  Container container(64 * kMiB, 1, "context=1MiB"), neighbour(64 * kMiB);
  neighbour.share_card_with(container);
  const pid_t other = hold(neighbour, 16 * kMiB);
  const pid_t first = hold(container, 20 * kMiB), second = hold(container, 4 * kMiB);
  container.run([&](Program& program) {
    Nvml nvml(program);
    const nvmlDevice_t device = nvml.device();
    std::map<unsigned, unsigned long long> found;
    for (const nvmlProcessInfo_t& one : nvml.processes(device)) {
      found[one.pid] = one.usedGpuMemory;
      EXPECT_EQ(one.gpuInstanceId, 0xffffffffu);
    }
    const std::map<unsigned, unsigned long long> expected = {{static_cast<unsigned>(first), 20 * kMiB},
                                                             {static_cast<unsigned>(second), 4 * kMiB}};
    EXPECT_EQ(found, expected);
    EXPECT_TRUE(nvml.processes(device, "Graphics").empty());
    EXPECT_TRUE(nvml.processes(device, "MPSCompute").empty());
    unsigned count = 1;
    nvmlProcessInfo_v1_t old[2] = {};
    const auto first_version = [&] {
      return nvml.call("nvmlDeviceGetComputeRunningProcesses", device, &count,
                       static_cast<nvmlProcessInfo_v1_t*>(old));
    };
    EXPECT_EQ(first_version(), NVML_ERROR_INSUFFICIENT_SIZE);
    EXPECT_EQ(count, 2u);
    EXPECT_EQ(first_version(), NVML_SUCCESS);
    EXPECT_EQ(old[0].usedGpuMemory + old[1].usedGpuMemory, 24 * kMiB);
    nvmlProcessDetail_v1_t details[4] = {};
    nvmlProcessDetailList_t all = {NVML_STRUCT_VERSION(nvmlProcessDetailList_t, 1), 0, 4, details};
    EXPECT_EQ(nvml.call("nvmlDeviceGetRunningProcessDetailList", device, &all), NVML_SUCCESS);
    EXPECT_EQ(all.numProcArrayEntries, 2u);
    EXPECT_EQ(details[0].usedGpuMemory + details[1].usedGpuMemory, 24 * kMiB);
    nvmlMemory_t memory = {};
    EXPECT_EQ(nvml.call("nvmlDeviceGetMemoryInfo", device, &memory), NVML_SUCCESS);
    EXPECT_EQ(memory.used, 24 * kMiB);
  });
  end(second);
  container.run([&](Program& program) {
    Nvml nvml(program);
    EXPECT_EQ(nvml.processes(nvml.device()).size(), 1u) << "the dead are not listed";
  });
  end(first);
  end(other);
}

// A container that uses all that it may use is fully used, whatever its part of the card.
TEST(Nvml, UtilisationIsOfWhatTheContainerMayUse) {
  Container container(64 * kMiB);
  auto* limits = container.share().limits();
  limits->card[0].guaranteed_milli = 250;
  const pid_t child = hold(container, kMiB);
  auto& work = container.share().usage()->process[0].card[0].work;
  timespec at = {};
  clock_gettime(CLOCK_MONOTONIC, &at);
  const std::uint64_t now =
      static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(at.tv_nsec);
  // Half of the last 500 ms elapsed as busy; half of that was its own: 125 ms of 500.
  constexpr std::uint64_t kMs = 1'000'000;
  work.launches = 1;
  work.interval[0] = dure_pack_interval(now - 260 * kMs, now - 10 * kMs, 500);
  work.intervals = 1;
  work.newest_end_ns = now - 10 * kMs;
  container.run([&](Program& program) {
    Nvml nvml(program);
    const nvmlDevice_t device = nvml.device();
    const auto rate = [&] {
      nvmlUtilization_t rates = {};
      EXPECT_EQ(nvml.call("nvmlDeviceGetUtilizationRates", device, &rates), NVML_SUCCESS);
      return rates.gpu;
    };
    EXPECT_GE(rate(), 90u);
    limits->pace[0].rate_milli = 1000;  // lent the whole card: a quarter of it is used
    EXPECT_GE(rate(), 20u);
    EXPECT_LE(rate(), 25u);
    nvmlProcessUtilizationSample_t samples[4] = {};
    unsigned count = 4;
    EXPECT_EQ(nvml.call("nvmlDeviceGetProcessUtilization", device,
                        static_cast<nvmlProcessUtilizationSample_t*>(samples), &count, 0ULL),
              NVML_SUCCESS);
    EXPECT_EQ(count, 1u);
    EXPECT_EQ(samples[0].pid, static_cast<unsigned>(child));
    EXPECT_GE(samples[0].smUtil, 20u);
    nvmlProcessUtilizationInfo_v1_t infos[4] = {};
    nvmlProcessesUtilizationInfo_t all = {NVML_STRUCT_VERSION(nvmlProcessesUtilizationInfo_t, 1), 4, 0,
                                          infos};
    EXPECT_EQ(nvml.call("nvmlDeviceGetProcessesUtilizationInfo", device, &all), NVML_SUCCESS);
    EXPECT_EQ(all.processSamplesCount, 1u);
    EXPECT_EQ(infos[0].pid, static_cast<unsigned>(child));
  });
  end(child);
}

TEST(Nvml, InstancesOfTheShareAreShown) {
  Container container(64 * kMiB, 2, "mig0=1g.10gb,1g.10gb,1g.10gb");
  auto* limits = container.share().limits();
  std::snprintf(limits->card[0].uuid, 64, "MIG-face0000-0000-4000-8000-000000000301");
  std::snprintf(limits->card[1].uuid, 64, "MIG-face0000-0000-4000-8000-000000000101");
  container.run([&](Program& program) {
    Nvml nvml(program);
    EXPECT_EQ(nvml.count(), 1u) << "the GPU that they are of";
    const nvmlDevice_t gpu = nvml.device();
    nvmlDevice_t one = nullptr, two = nullptr, none = nullptr;
    EXPECT_EQ(nvml.call("nvmlDeviceGetMigDeviceHandleByIndex", gpu, 0u, &one), NVML_SUCCESS);
    EXPECT_EQ(nvml.call("nvmlDeviceGetMigDeviceHandleByIndex", gpu, 1u, &two), NVML_SUCCESS);
    EXPECT_EQ(nvml.call("nvmlDeviceGetMigDeviceHandleByIndex", gpu, 2u, &none), NVML_ERROR_NOT_FOUND);
    EXPECT_EQ(nvml.uuid(one), limits->card[0].uuid);
    EXPECT_EQ(nvml.uuid(two), limits->card[1].uuid);
    EXPECT_EQ(nvml.call("nvmlDeviceGetHandleByUUID", "MIG-face0000-0000-4000-8000-000000000201", &none),
              NVML_ERROR_NOT_FOUND);
    unsigned index = 99;
    EXPECT_EQ(nvml.call("nvmlDeviceGetIndex", two, &index), NVML_SUCCESS);
    EXPECT_EQ(index, 1u);
    nvmlMemory_t memory = {};
    EXPECT_EQ(nvml.call("nvmlDeviceGetMemoryInfo", two, &memory), NVML_SUCCESS);
    EXPECT_EQ(memory.total, 64 * kMiB);
    EXPECT_EQ(nvml.call("nvmlDeviceGetMemoryInfo", gpu, &memory), NVML_SUCCESS);
    EXPECT_EQ(memory.total, 128 * kMiB);
    nvmlDeviceAttributes_t attributes = {};
    EXPECT_EQ(nvml.call("nvmlDeviceGetAttributes_v2", two, &attributes), NVML_SUCCESS);
    EXPECT_EQ(attributes.memorySizeMB, 64u);
    nvmlUtilization_t rates = {};
    EXPECT_EQ(nvml.call("nvmlDeviceGetUtilizationRates", two, &rates), NVML_SUCCESS);
  });
  const pid_t child = hold(container, kMiB, 2, 0);
  container.run([&](Program& program) {
    Nvml nvml(program);
    const auto processes = nvml.processes(nvml.device());
    ASSERT_EQ(processes.size(), 1u);
    EXPECT_EQ(processes[0].gpuInstanceId, 3u);
    EXPECT_EQ(processes[0].computeInstanceId, 0u);
  });
  end(child);
}

TEST(Nvml, WhatWouldChangeTheCardIsRefused) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    Nvml nvml(program);
    const nvmlDevice_t device = nvml.device();
    EXPECT_EQ(nvml.call("nvmlDeviceSetPersistenceMode", device, 0u), NVML_ERROR_NO_PERMISSION);
    EXPECT_EQ(nvml.call("nvmlDeviceSetPowerManagementLimit", device, 100000u), NVML_ERROR_NO_PERMISSION);
    int status = 0;
    EXPECT_EQ(nvml.call("nvmlDeviceSetMigMode", device, 1u, &status), NVML_ERROR_NO_PERMISSION);
    unsigned mode = 9, count = 1, pid = 0;
    EXPECT_EQ(nvml.call("nvmlDeviceGetAccountingMode", device, &mode), NVML_SUCCESS);
    EXPECT_EQ(mode, 0u);
    EXPECT_EQ(nvml.call("nvmlDeviceGetAccountingPids", device, &count, &pid), NVML_SUCCESS);
    EXPECT_EQ(count, 0u);
    nvmlBAR1Memory_t window = {};
    EXPECT_EQ(nvml.call("nvmlDeviceGetBAR1MemoryInfo", device, &window), NVML_SUCCESS);
    EXPECT_EQ(window.bar1Total, 64 * kMiB);
    EXPECT_EQ(window.bar1Free + window.bar1Used, window.bar1Total);
  });
}

// Every function of the list whose name says that it changes something is refused, or named here.
TEST(Nvml, NothingThatChangesACardIsForgotten) {
  const std::set<std::string> refused = {
#define DURE_REFUSED(name) #name,
#define DURE_UNSUPPORTED(name)
#include "gpu/share/refused_nvml.def"
#undef DURE_REFUSED
#undef DURE_UNSUPPORTED
  };
  // Of the calling thread, of its own handles, or only asks.
  const std::set<std::string> harmless = {"nvmlDeviceClearCpuAffinity", "nvmlDeviceSetCpuAffinity",
                                          "nvmlEventSetCreate", "nvmlSystemEventSetCreate",
                                          "nvmlEventSetRegisterGpuOperationalEvents_v1"};
  const char* const names[] = {
#define DURE_SYMBOL(name, since) #name,
#include "gpu/share/symbols_nvml.def"
#undef DURE_SYMBOL
  };
  for (const std::string name : names) {
    if (name.find("Get") != std::string::npos || name.find("EventSet") != std::string::npos) continue;
    for (const char* word : {"Set", "Reset", "Clear", "Create", "Destroy", "Remove", "Modify", "Freeze",
                             "Activate", "Update", "Discover", "Write", "Force"}) {
      const bool changes = name.find(word) != std::string::npos && !harmless.contains(name);
      EXPECT_TRUE(!changes || refused.contains(name)) << name;
    }
  }
  EXPECT_GT(refused.size(), 70u);
}

// SoftMig: nvidia-smi (535 and later) lists processes past the hooks, by a private table.
TEST(NvmlRegression, ThePrivateTableListsNoProcesses) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    Nvml nvml(program);
    unsigned char smi[16] = {0xc4, 0xfe, 0x3e, 0x6c, 0xc9, 0x8f, 0x6c, 0x4e,
                             0xa3, 0x27, 0xee, 0x69, 0x6e, 0x12, 0xf7, 0xc4};
    const void* table = nullptr;
    const void* id = smi;
    const auto ask = [&] { return nvml.call("nvmlInternalGetExportTable", &table, id); };
    ASSERT_EQ(ask(), NVML_SUCCESS);
    const auto* words = static_cast<const std::size_t*>(table);
    EXPECT_EQ(words[0], 256 * sizeof(std::size_t));
    using List = nvmlReturn_t(nvmlDevice_t, unsigned*, void*);
    unsigned count = 7;
    for (unsigned i = 213; i <= 215; ++i)
      // NOLINTNEXTLINE(performance-no-int-to-ptr): a table of functions
      EXPECT_EQ(reinterpret_cast<List*>(words[i])(nvml.device(), &count, nullptr), NVML_ERROR_NOT_SUPPORTED);
    EXPECT_EQ(count, 7u);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): as above
    EXPECT_EQ(reinterpret_cast<nvmlReturn_t (*)()>(words[81])(), NVML_SUCCESS);
    smi[3] = 0;
    EXPECT_EQ(ask(), NVML_ERROR_FUNCTION_NOT_FOUND);
    EXPECT_EQ(table, nullptr);
    id = nullptr;
    EXPECT_EQ(ask(), NVML_ERROR_INVALID_ARGUMENT);
  });
}

// vLLM #181: CUDA, NVML and what is said of the device, all three, in every process and at every moment.
TEST(NvmlRegression, AllViewsAgree_181) {
  Container container(64 * kMiB, 2);
  container.share().limits()->card[1].memory_bytes = 48 * kMiB;
  const pid_t other = hold(container, 8 * kMiB, 1, 1);
  container.run([&](Program& program) {
    const Program cuda = program;
    Nvml nvml(program);
    program.start(0);
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 20 * kMiB), CUDA_SUCCESS);
    for (int card = 0; card < 2; ++card) {
      if (card == 1) program.start(1);
      std::size_t free = 0, total = 0, whole = 0;
      EXPECT_EQ(cuda.call("cuMemGetInfo_v2", &free, &total), CUDA_SUCCESS);
      EXPECT_EQ(cuda.call("cuDeviceTotalMem_v2", &whole, card), CUDA_SUCCESS);
      const nvmlDevice_t device = nvml.device(static_cast<unsigned>(card));
      nvmlMemory_t memory = {};
      nvmlMemory_v2_t second = {};
      second.version = NVML_STRUCT_VERSION(nvmlMemory_v2_t, 2);
      EXPECT_EQ(nvml.call("nvmlDeviceGetMemoryInfo", device, &memory), NVML_SUCCESS);
      EXPECT_EQ(nvml.call("nvmlDeviceGetMemoryInfo_v2", device, &second), NVML_SUCCESS);
      EXPECT_EQ(total, card == 0 ? 64 * kMiB : 48 * kMiB);
      EXPECT_EQ(free, card == 0 ? 44 * kMiB : 40 * kMiB);
      EXPECT_EQ(whole, total);
      EXPECT_EQ(memory.total, total);
      EXPECT_EQ(memory.free, free);
      EXPECT_EQ(memory.used, total - free);
      EXPECT_EQ(second.total, total);
      EXPECT_EQ(second.free, free);
      // One and the same card by all the names that it has.
      CUuuid uuid = {};
      EXPECT_EQ(cuda.call("cuDeviceGetUuid_v2", &uuid, card), CUDA_SUCCESS);
      std::string digits = nvml.uuid(device).substr(4);
      std::erase(digits, '-');
      for (unsigned i = 0; i < 16; ++i)
        EXPECT_EQ(std::stoi(digits.substr(2 * i, 2), nullptr, 16), static_cast<unsigned char>(uuid.bytes[i]));
      char address_text[32] = {};
      EXPECT_EQ(cuda.call("cuDeviceGetPCIBusId", static_cast<char*>(address_text), 32, card), CUDA_SUCCESS);
      nvmlDevice_t same = nullptr;
      EXPECT_EQ(nvml.call("nvmlDeviceGetHandleByPciBusId_v2", static_cast<const char*>(address_text), &same),
                NVML_SUCCESS);
      EXPECT_EQ(same, device);
      int bus = 0;
      nvmlPciInfo_t pci = {};
      EXPECT_EQ(
          cuda.call("cuDeviceGetAttribute", &bus, static_cast<int>(CU_DEVICE_ATTRIBUTE_PCI_BUS_ID), card),
          CUDA_SUCCESS);
      EXPECT_EQ(nvml.call("nvmlDeviceGetPciInfo_v3", device, &pci), NVML_SUCCESS);
      EXPECT_EQ(static_cast<unsigned>(bus), pci.bus);
    }
  });
  end(other);
}

}  // namespace
}  // namespace dure::gpu::share
