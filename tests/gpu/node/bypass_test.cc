// What the node finds on a card that is in nobody's books, from end to end: programs in namespaces of their
// own, as in containers, over the fake driver; the node's own code with the fake NVML.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "gpu/abi/cuda.h"
#include "gpu/node/container_files.h"
#include "gpu/node/share_watch.h"

namespace dure::gpu {
namespace {

// A context and so much memory, by this driver.
bool take_memory(void* driver, std::uint64_t bytes) {
  const auto call = [driver](const char* name, auto... words) {
    const auto function = reinterpret_cast<CUresult (*)(decltype(words)...)>(dlsym(driver, name));
    return function != nullptr && function(words...) == CUDA_SUCCESS;
  };
  CUcontext context = nullptr;
  CUdeviceptr memory = 0;
  return driver != nullptr && call("cuInit", 0u) && call("cuCtxCreate_v2", &context, 0u, 0) &&
         call("cuMemAlloc_v2", &memory, static_cast<std::size_t>(bytes));
}
void* open_library(const char* path) {
  return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

class BypassEndToEnd : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs namespaces of process ids";
    ContainerFiles::configure_cards("cards=1;memory=4GiB");
    auto opened = Shares::open(files.shares_options());
    ASSERT_TRUE(opened.ok());
    shares = std::move(*opened);
    Card card;
    card.report.id = model::CardId(kCard);
    card.report.health = model::CardHealth::kHealthy;
    const auto prepared = shares->prepare(
        kReplica,
        {{model::CardId(kCard), base::MilliGpu::blocks(30), {300 * static_cast<std::int64_t>(kMiB)}}},
        {card});
    ASSERT_TRUE(prepared.ok()) << prepared.failure().reason.code;
  }
  void TearDown() override {
    watch.reset();
    for (const pid_t process : processes) ::kill(process, SIGKILL);
    for (const pid_t attendant : attendants) {
      ::kill(attendant, SIGKILL);
      ::waitpid(attendant, nullptr, 0);
    }
    shares.reset();
  }

  // A first process of a container, in which `body` runs and then waits; its id on this machine.
  pid_t start(const std::function<bool()>& body) {
    int said[2] = {};
    EXPECT_EQ(::pipe(said), 0);
    const pid_t attendant = ::fork();
    if (attendant == 0) attend(body, said[1]);
    ::close(said[1]);
    pid_t first = -1;
    const bool well = ::read(said[0], &first, sizeof first) == ssize_t{sizeof first} && first > 0;
    ::close(said[0]);
    EXPECT_TRUE(well) << "the program could not take its memory";
    if (well) processes.push_back(first);
    attendants.push_back(attendant);
    return first;
  }

  void begin_watch(std::vector<WatchedContainer> containers, std::uint64_t tolerance = 0) {
    watch = std::make_unique<ShareWatch>(
        *shares, WatchOptions{.nvml = DURE_FAKE_NVML,
                              .every = base::Span::milliseconds(20),
                              .tolerance = tolerance,
                              .now = [] { return base::Instant{}; },
                              .warn = [this](const std::string& text) { warned += text + "\n"; }});
    watch->watch(std::move(containers));
  }
  // What is found after so many looks more.
  std::vector<Finding> after_looks(std::uint64_t more = 4) {
    const std::uint64_t wanted = watch->looks() + more;
    for (int n = 0; n < 2000 && watch->looks() < wanted; ++n)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_GE(watch->looks(), wanted);
    return watch->findings();
  }
  bool eventually_nothing() {
    for (int n = 0; n < 100; ++n)
      if (after_looks(1).empty()) return true;
    return false;
  }

  const ContainerFiles files;
  std::unique_ptr<Shares> shares;
  std::unique_ptr<ShareWatch> watch;
  std::string warned;
  std::vector<pid_t> processes;
  std::vector<pid_t> attendants;

 private:
  // In the process that the container's first one is a child of: says its id, or -1 where it failed.
  [[noreturn]] static void attend(const std::function<bool()>& body, int said) {
    int inner[2] = {};
    if (::pipe(inner) != 0 || ::unshare(CLONE_NEWPID) != 0) ::_exit(1);
    const pid_t first = ::fork();
    char well = 'n';
    if (first == 0) {
      well = body() ? 'y' : 'n';
      static_cast<void>(::write(inner[1], &well, 1) == 1);
      for (;;) ::pause();
    }
    static_cast<void>(::read(inner[0], &well, 1) == 1);
    const pid_t told = well == 'y' ? first : -1;
    static_cast<void>(::write(said, &told, sizeof told) == 1);
    for (;;) ::pause();
  }
};

TEST_F(BypassEndToEnd, P3_AProgramThatUsesTheShareLibraryIsNoFinding) {
  const pid_t first = start([] { return take_memory(open_library(DURE_CUDA_LIBRARY), 64 * kMiB); });
  begin_watch({{kReplica, "", first}});
  EXPECT_TRUE(after_looks().empty()) << "to the byte: the fake's contexts cost nothing";
  EXPECT_EQ(shares->books().front().processes.size(), 1u);
}

TEST_F(BypassEndToEnd, P3_AProgramWithADriverOfItsOwnIsFoundAndOverWhenItIsGone) {
  const pid_t first = start([] { return take_memory(open_library(DURE_FAKE_CUDA), 64 * kMiB); });
  begin_watch({{kReplica, "", first}}, 1024 * kMiB);
  const auto found = after_looks();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].replica_id, kReplica);
  EXPECT_EQ(found[0].card, kCard);
  EXPECT_EQ(found[0].reason.code, "share.process_not_in_books");
  EXPECT_NE(warned.find("share.process_not_in_books"), std::string::npos) << warned;
  EXPECT_EQ(std::ranges::count(warned, '\n'), 1) << "said once";
  ::kill(first, SIGKILL);
  EXPECT_TRUE(eventually_nothing());
}

TEST_F(BypassEndToEnd, P3_MemoryBesideTheBooksIsFoundBeyondWhatIsTolerated) {
  const pid_t first = start([] {
    return take_memory(open_library(DURE_CUDA_LIBRARY), 64 * kMiB) &&
           take_memory(open_library(DURE_FAKE_CUDA), 128 * kMiB);
  });
  begin_watch({{kReplica, "", first}}, 128 * kMiB);
  EXPECT_TRUE(after_looks().empty());
  watch.reset();
  begin_watch({{kReplica, "", first}}, 127 * kMiB);
  const auto found = after_looks();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].reason.code, "share.memory_not_in_books");
}

TEST_F(BypassEndToEnd, P3_AContainerThatHoldsMoreThanItsShareIsFound) {
  const pid_t first = start([] {
    return take_memory(open_library(DURE_CUDA_LIBRARY), 64 * kMiB) &&
           take_memory(open_library(DURE_FAKE_CUDA), 300 * kMiB);
  });
  begin_watch({{kReplica, "", first}}, 63 * kMiB);
  const auto found = after_looks();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].reason.code, "share.memory_over_limit");
}

TEST_F(BypassEndToEnd, AProcessOfNobodyIsForeign) {
  start([] { return take_memory(open_library(DURE_FAKE_CUDA), kMiB); });
  begin_watch({});
  const auto found = after_looks();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].replica_id, "");
  EXPECT_EQ(found[0].reason.code, "share.foreign_process");
}

}  // namespace
}  // namespace dure::gpu
