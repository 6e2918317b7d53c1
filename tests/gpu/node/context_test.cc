// What a context takes of a card, from end to end: a child makes one over the fake driver and asks the fake
// NVML, the node keeps the figure, and programs of a container are charged it by the share library.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "gpu/abi/cuda.h"
#include "gpu/fake/fake.h"
#include "gpu/node/container_files.h"
#include "gpu/node/context_sizes.h"
#include "gpu/node/nvml_cards.h"
#include "node/context_file.h"

namespace dure::gpu {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

template <class... Words>
CUresult call(void* library, const char* name, Words... words) {
  const auto function = reinterpret_cast<CUresult (*)(Words...)>(dlsym(library, name));
  return function != nullptr ? function(words...) : CUDA_ERROR_NOT_FOUND;
}

class ContextEndToEnd : public testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("FAKE_CUDA_FAULT");
    configure("");
  }
  void TearDown() override { ::unsetenv("FAKE_CUDA_FAULT"); }

  // Before the first program or probe: who makes the cards decides.
  static void configure(const std::string& more) {
    ContainerFiles::configure_cards("cards=1;memory=80GiB;context=400MiB;" + more);
  }
  ContextProbeOptions probe_options() const {
    return {.program = DURE_CONTEXT_PROBER,
            .driver_folder = root / "run/driver",
            .library_folder = root / "lib",
            .nvml = DURE_FAKE_NVML};
  }
  ContextMeasure measure(const std::string& card = kCard) const {
    return ContextProbe(probe_options()).measure(card, going_on);
  }
  static std::vector<Card> cards() {
    auto library = NvmlLibrary::open(DURE_FAKE_NVML);
    EXPECT_TRUE(library.ok());
    auto listed = NvmlCards(std::move(*library)).list();
    EXPECT_TRUE(listed.ok());
    return *listed;
  }
  // In a process of its own; what `body` returned.
  static std::uint64_t in_process(const std::function<std::uint64_t()>& body) {
    int said[2] = {};
    EXPECT_EQ(::pipe(said), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const std::uint64_t result = body();
      ::_exit(::write(said[1], &result, sizeof result) == ssize_t{sizeof result} ? 0 : 1);
    }
    ::close(said[1]);
    std::uint64_t result = UINT64_MAX;
    EXPECT_EQ(::read(said[0], &result, sizeof result), ssize_t{sizeof result});
    ::close(said[0]);
    ::waitpid(child, nullptr, 0);
    return result;
  }
  // The most that there ever was of a device, by the fake's own books; and what is left there.
  static fake_memory memory_of(int device) {
    const auto ask = [device](bool high) {
      return in_process([=] {
        fake_memory memory = {};
        void* const fake = dlopen(DURE_FAKE_CUDA, RTLD_NOW | RTLD_LOCAL);
        call(fake, "fake_card_memory", device, &memory);
        return high ? memory.high : memory.used;
      });
    };
    return {ask(false), ask(true), 0};
  }

  const ContainerFiles files;
  const fs::path& root = files.root;
  const std::atomic<bool> going_on = false;
};

TEST_F(ContextEndToEnd, AContextOf400MiBIsMeasuredAndGone) {
  const ContextMeasure measured = measure();
  EXPECT_EQ(measured.bytes, 400 * kMiB) << measured.why;
  EXPECT_EQ(memory_of(0).high, 400 * kMiB);
  EXPECT_EQ(memory_of(0).used, 0u);
}

TEST_F(ContextEndToEnd, OnTheInstanceThatIsNamed) {
  configure("mig0=3g.40gb,1g.10gb");
  const auto found = cards();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NE(found[0].report.model, found[1].report.model) << "each profile is a kind of its own";
  const ContextMeasure measured = measure(found[1].report.id.text);
  EXPECT_EQ(measured.bytes, 400 * kMiB) << measured.why;
  EXPECT_EQ(memory_of(0).high, 0u);
  EXPECT_EQ(memory_of(1).high, 400 * kMiB);
}

TEST_F(ContextEndToEnd, WhatOthersHoldIsNotCounted) {
  const auto measured = in_process([this] {
    void* const driver = dlopen(DURE_FAKE_CUDA, RTLD_NOW | RTLD_LOCAL);
    CUcontext context = nullptr;
    CUdeviceptr memory = 0;
    call(driver, "cuInit", 0u);
    call(driver, "cuCtxCreate_v2", &context, 0u, 0);
    const bool holds = call(driver, "cuMemAlloc_v2", &memory, std::size_t{1024 * kMiB}) == CUDA_SUCCESS;
    return holds ? measure().bytes.value_or(0) : 0;
  });
  EXPECT_EQ(measured, 400 * kMiB);
}

TEST_F(ContextEndToEnd, WhereNvmlDoesNotSayTheGrowthOfAnEmptyCardIsTaken) {
  configure("process_memory=0");
  EXPECT_EQ(measure().bytes, 400 * kMiB);
  const auto beside_another = in_process([this] {
    void* const driver = dlopen(DURE_FAKE_CUDA, RTLD_NOW | RTLD_LOCAL);
    CUcontext context = nullptr;
    call(driver, "cuInit", 0u);
    call(driver, "cuCtxCreate_v2", &context, 0u, 0);
    return measure().bytes.value_or(0);
  });
  EXPECT_EQ(beside_another, 0u);
}

TEST_F(ContextEndToEnd, NoContextIsMadeWhereItCouldHarm) {
  configure("compute_mode=3");
  EXPECT_THAT(measure().why, HasSubstr("compute mode 3"));
  EXPECT_EQ(memory_of(0).high, 0u);
}

TEST_F(ContextEndToEnd, NorOnACardThatIsNearlyFull) {
  configure("memory=2047MiB");
  EXPECT_THAT(measure().why, HasSubstr("nearly full"));
  EXPECT_EQ(memory_of(0).high, 0u);
}

TEST_F(ContextEndToEnd, NorOnACardThatIsNotThere) {
  EXPECT_FALSE(measure("GPU-face0000-0000-4000-8000-000000000009").bytes);
  EXPECT_FALSE(measure("").bytes);
  fs::remove(root / "run/driver/libcuda.so.1");
  EXPECT_FALSE(measure().bytes);
}

TEST_F(ContextEndToEnd, ADriverThatHangsIsWaitedForSoLongAndNoLonger) {
  for (const char* function : {"cuInit", "cuDevicePrimaryCtxRetain"}) {
    ::setenv("FAKE_CUDA_FAULT", (std::string(function) + ":1=block:600000").c_str(), 1);
    ContextProbeOptions options = probe_options();
    options.limit = base::Span::milliseconds(300);
    ContextProbe probe(options);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THAT(probe.measure(kCard, going_on).why, HasSubstr("did not answer"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "the child is gone";
  }
  ::unsetenv("FAKE_CUDA_FAULT");
  EXPECT_EQ(measure().bytes, 400 * kMiB);
}

TEST_F(ContextEndToEnd, ADriverThatCrashesOrRefusesIsAnAnswer) {
  ::setenv("FAKE_CUDA_FAULT", "cuDevicePrimaryCtxRetain:1=kill-before", 1);
  EXPECT_THAT(measure().why, HasSubstr("signal 9"));
  ::setenv("FAKE_CUDA_FAULT", "cuDevicePrimaryCtxRetain:1=fail:2", 1);
  EXPECT_THAT(measure().why, HasSubstr("cuDevicePrimaryCtxRetain returned 2"));
  ::setenv("FAKE_CUDA_FAULT", "cuInit:1=fail:999", 1);
  EXPECT_THAT(measure().why, HasSubstr("cuInit returned 999"));
}

TEST_F(ContextEndToEnd, WhoEndsDoesNotWait) {
  ::setenv("FAKE_CUDA_FAULT", "cuInit:1=block:600000", 1);
  const std::atomic<bool> ending = true;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(ContextProbe(probe_options()).measure(kCard, ending).bytes);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

// A dure-node, as far as contexts go.
struct SmallNode {
  explicit SmallNode(const ContainerFiles& files, const ContextProbeOptions& options)
      : file(files.root / "contexts.json"),
        probe(options),
        contexts(
            {.known = node::load_contexts(file, [](node::Severity, const std::string&) {}),
             .measure =
                 [this](const std::string& card, const std::atomic<bool>& ending) {
                   ++measured;
                   return probe.measure(card, ending);
                 },
             .keep = [this](const ContextTable& all) { EXPECT_TRUE(node::save_contexts(file, all).ok()); },
             .inform = [](const std::string&) {},
             .warn = [](const std::string&) {}}) {
    SharesOptions over = files.shares_options();
    over.context_bytes = [this](const std::string& card) { return contexts.of(card); };
    auto opened = Shares::open(std::move(over));
    EXPECT_TRUE(opened.ok());
    shares = std::move(*opened);
  }
  bool learns() {
    for (int n = 0; n < 4000 && contexts.of(kCard) == 0; ++n)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return contexts.of(kCard) != 0;
  }

  const std::string file;
  ContextProbe probe;
  std::atomic<int> measured = 0;
  ContextSizes contexts;
  std::unique_ptr<Shares> shares;
};

// What a program of the container is told is free of it; before and after its first context.
std::uint64_t free_after_context() {
  void* const library = dlopen(DURE_CUDA_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  CUcontext context = nullptr;
  std::size_t free = 0, total = 0;
  call(library, "cuInit", 0u);
  if (call(library, "cuCtxCreate_v2", &context, 0u, 0) != CUDA_SUCCESS) return 0;
  if (call(library, "cuMemGetInfo_v2", &free, &total) != CUDA_SUCCESS) return 0;
  return free;
}

TEST_F(ContextEndToEnd, P3_AShareIsChargedItAndTheNextNodeDoesNotMeasure) {
  const auto here = cards();
  const std::vector<model::ShareOrder> order = {
      {model::CardId(kCard), base::MilliGpu::blocks(2), {static_cast<std::int64_t>(1600 * kMiB)}}};
  {
    SmallNode node(files, probe_options());
    ASSERT_TRUE(node.shares->prepare(kReplica, order, here).ok());
    EXPECT_EQ(in_process(free_after_context), 1600 * kMiB) << "nobody knows, and a context is free";
    node.contexts.look(here);
    ASSERT_TRUE(node.learns());
    EXPECT_EQ(node.contexts.of(kCard), 400 * kMiB);
    node.shares->follow(kReplica, order);  // as at the keeper's next round
    EXPECT_EQ(in_process(free_after_context), 1200 * kMiB);
    EXPECT_EQ(node.measured, 1);
  }
  SmallNode next(files, probe_options());
  next.shares->follow(kReplica, order);
  EXPECT_EQ(in_process(free_after_context), 1200 * kMiB) << "before it has seen a card";
  next.contexts.look(here);
  EXPECT_EQ(next.contexts.of(kCard), 400 * kMiB);
  ASSERT_TRUE(next.shares->prepare(kReplica, order, here).ok());
  EXPECT_EQ(in_process(free_after_context), 1200 * kMiB);
  EXPECT_EQ(next.measured, 0);
}

}  // namespace
}  // namespace dure::gpu
