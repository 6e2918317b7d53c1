// Two tenants of one card in real time, through all that ships: programs that launch by the share library's
// wrapped functions, the node's rounds, and the fake driver, whose books say what each got.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <thread>

#include "bench/gpu/on_card/books.h"
#include "gpu/abi/cuda.h"
#include "gpu/node/pace_rounds.h"
#include "gpu/node/test_folder.h"

namespace dure::gpu {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr const char* kCard = "GPU-face0000-0000-4000-8000-000000000001";

std::uint64_t now_ns() {
  timespec at = {};
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(at.tv_nsec);
}

void sleep_until(std::uint64_t at) {
  const timespec until = {static_cast<time_t>(at / 1'000'000'000), static_cast<long>(at % 1'000'000'000)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

template <class... Words>
int call(void* library, const char* name, Words... words) {
  return reinterpret_cast<int (*)(Words...)>(dlsym(library, name))(words...);
}

// In a container: launches kernels of this length for ever, as many as it may.
[[noreturn]] void run_program(std::uint64_t kernel_ns, bool graph) {
  void* cuda = dlopen(DURE_CUDA_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  CUcontext context = nullptr;
  CUmodule module = nullptr;
  CUfunction function = nullptr;
  const char* image = "fake image\nkernel sleep_ns\n";
  void* words[] = {&kernel_ns};
  bool fine = cuda != nullptr && call(cuda, "cuInit", 0u) == CUDA_SUCCESS &&
              call(cuda, "cuCtxCreate_v2", &context, 0u, 0) == CUDA_SUCCESS &&
              call(cuda, "cuModuleLoadData", &module, static_cast<const void*>(image)) == CUDA_SUCCESS &&
              call(cuda, "cuModuleGetFunction", &function, module, "sleep_ns") == CUDA_SUCCESS;
  CUgraph made = nullptr;
  CUgraphExec exec = nullptr;
  if (graph) {
    CUgraphNodeParams node = {};
    CUgraphNode ignored = nullptr;
    const CUgraphNode* none = nullptr;
    node.type = CU_GRAPH_NODE_TYPE_KERNEL;
    node.of.kernel = {function, 1, 1, 1, 1, 1, 1, 0, words, nullptr, nullptr, nullptr};
    fine = fine && call(cuda, "cuGraphCreate", &made, 0u) == CUDA_SUCCESS &&
           call(cuda, "cuGraphAddNode", &ignored, made, none, std::size_t{0}, &node) == CUDA_SUCCESS &&
           call(cuda, "cuGraphInstantiateWithFlags", &exec, made, cuuint64_t{0}) == CUDA_SUCCESS;
  }
  CUstream const stream = nullptr;
  void** const extra = nullptr;
  while (fine) {
    const int result = graph ? call(cuda, "cuGraphLaunch", exec, stream)
                             : call(cuda, "cuLaunchKernel", function, 1u, 1u, 1u, 1u, 1u, 1u, 0u, stream,
                                    static_cast<void**>(words), extra);
    fine = result == CUDA_SUCCESS;
  }
  _exit(1);
}

class Contended : public testing::Test {
 protected:
  ~Contended() override {
    for (const pid_t child : children) {
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
    }
    over = true;
    if (node.joinable()) node.join();
  }

  void start(const std::string& name, std::uint32_t milli, std::uint64_t kernel_ns, bool graph = false) {
    const std::filesystem::path run = scratch.path() / name;
    std::filesystem::create_directories(run / "driver");
    std::filesystem::create_directories(run / "share");
    std::filesystem::create_symlink(DURE_FAKE_CUDA, run / "driver/libcuda.so.1");
    auto files =
        SharePages::make(run / "share", {{.uuid = kCard, .memory_bytes = 1 << 30, .guaranteed_milli = milli}},
                         {::getuid(), ::getgid()});
    ASSERT_TRUE(files.ok());
    pages.push_back(std::make_unique<SharePages>(std::move(*files)));
    rounds.add(name, pages.back().get());
    names.push_back(name);
    setenv("FAKE_CUDA_STATE", (scratch.path() / "cards").c_str(), 1);
    const pid_t child = fork();
    if (child == 0) {
      setenv("DURE_GPU_RUN", run.c_str(), 1);
      setenv("FAKE_CUDA_TENANT", name.c_str(), 1);
      run_program(kernel_ns, graph);
    }
    children.push_back(child);
  }

  void begin_rounds() {
    node = std::thread([this] {
      while (!over) {
        const std::uint64_t now = now_ns();
        const std::uint64_t next = rounds.look(now);
        sleep_until(next == 0 || next > now + 10 * kMs ? now + 10 * kMs : next);
      }
    });
    books = bench::Books::open(DURE_FAKE_CUDA);
    ASSERT_TRUE(books);
  }

  // Percent of the card, by the driver's books, in a window of 2 s that begins now.
  std::vector<double> measure() {
    const auto had = books->watch(names, now_ns(), 2000 * kMs, 1);
    std::vector<double> got(names.size());
    EXPECT_TRUE(had) << "a program never came to the card";
    for (std::size_t i = 0; had && i < names.size(); ++i) got[i] = (*had)[i][0];
    return got;
  }

  TestFolder scratch;
  PaceRounds rounds;
  std::vector<std::unique_ptr<SharePages>> pages;
  std::vector<std::string> names;
  std::vector<pid_t> children;
  std::atomic<bool> over = false;
  std::thread node;
  std::optional<bench::Books> books;
};

// P1. One program launches kernels, the other a graph.
TEST_F(Contended, ThirtyAndSeventyGetThirtyAndSeventy) {
  start("thirty", 300, kMs);
  start("seventy", 700, 2 * kMs, true);
  begin_rounds();
  sleep_until(now_ns() + 600 * kMs);
  std::vector<double> got = measure();
  // A machine with much else to do keeps even programs from launching what they may: another window then.
  if (std::abs(got[0] - 30) > 3 || std::abs(got[1] - 70) > 3) got = measure();
  EXPECT_NEAR(got[0], 30, 3);
  EXPECT_NEAR(got[1], 70, 3);
  EXPECT_GT(rounds.rounds(), 50u);
}

// P1. What the cells of `dure-share-bench` are judged by: a kernel of 20 s that runs over every edge of the
// windows counts in each with what it has had of the card, so that each has all of it, and is not booked
// where it ends.
TEST_F(Contended, TheBooksCountTheKernelThatRuns) {
  start("all", 1000, 20'000 * kMs);
  begin_rounds();
  const std::uint64_t limit = now_ns() + 5000 * kMs;
  while (now_ns() < limit && books->read("all").value_or(bench::Reading{}).device_ns == 0)
    sleep_until(now_ns() + kMs);
  const auto had = books->watch(names, now_ns(), 30 * kMs, 3);
  ASSERT_TRUE(had);
  for (const double percent : (*had)[0]) EXPECT_NEAR(percent, 100, 0.001);
  EXPECT_FALSE(books->read("nobody"));
}

}  // namespace
}  // namespace dure::gpu
