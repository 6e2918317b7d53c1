// Several real processes on one card: deaths, races, sharing. Real time, the state in a file.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <random>

#include "gpu/fake/testing.h"

extern "C" {
CUresult cuMemCreate(CUmemGenericAllocationHandle*, size_t, const CUmemAllocationProp*, unsigned long long);
CUresult cuMemExportToShareableHandle(void*, CUmemGenericAllocationHandle, int, unsigned long long);
CUresult cuMemImportFromShareableHandle(CUmemGenericAllocationHandle*, void*, int);
}

namespace dure::gpu::fake {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// A state file of its own for each test; this process watches the books and calls nothing else.
class FakeProcesses : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "fake-state-" + std::to_string(getpid());
    unlink(path_.c_str());
    setenv("FAKE_CUDA_STATE", path_.c_str(), 1);
    fake_play(0, 0);
  }
  void TearDown() override {
    unsetenv("FAKE_CUDA_STATE");
    unlink(path_.c_str());
    unlink((path_ + ".pids").c_str());
    fake_configure("");
  }
  void configure(const std::string& text) {
    text_ = text;
    ASSERT_EQ(fake_configure(text.c_str()), 0);
    ASSERT_EQ(fake_processes(), 0);
  }
  // A child with a driver of its own, booked to `tenant`; its body's result is its exit status.
  pid_t start(const std::string& tenant, const std::function<int()>& body) const {
    const pid_t child = fork();
    if (child != 0) return child;
    setenv("FAKE_CUDA_TENANT", tenant.c_str(), 1);
    fake_configure(text_.c_str());
    fake_play(0, 0);
    if (cuInit(0) != CUDA_SUCCESS) _exit(101);
    CUcontext context = nullptr;
    if (cuCtxCreate_v2(&context, 0, 0) != CUDA_SUCCESS) _exit(102);
    _exit(body());
  }
  static int wait(pid_t child) {
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return status;
  }
  std::string path_;
  std::string text_;
};

fake_memory card() {
  fake_memory memory = {};
  EXPECT_EQ(fake_card_memory(0, &memory), 0);
  return memory;
}

// Two ends of a pipe: a child says that it has come to a point.
struct Signal {
  int ends[2];
  Signal() { EXPECT_EQ(pipe(ends), 0); }
  ~Signal() {
    close(ends[0]);
    close(ends[1]);
  }
  void give() const {
    if (write(ends[1], "x", 1) != 1) _exit(103);
  }
  void take() const {
    char byte = 0;
    EXPECT_EQ(read(ends[0], &byte, 1), 1);
  }
};

TEST_F(FakeProcesses, Kill9FreesEverythingWithinTheNextCallOfAnybody) {
  configure("memory=64MiB; context=1MiB");
  const Signal ready;
  const pid_t child = start("victim", [&] {
    CUdeviceptr address = 0;
    if (cuMemAlloc_v2(&address, 40 * kMiB) != CUDA_SUCCESS) return 1;
    ready.give();
    pause();
    return 0;
  });
  ready.take();
  EXPECT_EQ(card().used, 41 * kMiB);
  EXPECT_EQ(fake_processes(), 1);
  kill(child, SIGKILL);
  wait(child);
  EXPECT_EQ(card().used, 0u);
  EXPECT_EQ(fake_processes(), 0);
  fake_memory memory = {};
  EXPECT_EQ(fake_tenant_memory("victim", 0, &memory), 0);
  EXPECT_EQ(memory.used, 0u);
  EXPECT_EQ(memory.high, 41 * kMiB);
}

// The dead are not counted in the high mark of the living: nobody has looked for them since, and yet.
TEST_F(FakeProcesses, TheDeadDoNotRaiseTheHighMark) {
  configure("memory=64MiB");
  const Signal ready;
  const Signal go;
  const auto allocate_when = [&](std::size_t bytes, bool later) {
    return start("same", [&ready, &go, bytes, later] {
      ready.give();
      if (later) go.take();
      CUdeviceptr address = 0;
      if (cuMemAlloc_v2(&address, bytes) != CUDA_SUCCESS) return 1;
      if (later) return 0;
      ready.give();
      pause();
      return 0;
    });
  };
  const pid_t second = allocate_when(50 * kMiB, true);
  ready.take();
  const pid_t first = allocate_when(40 * kMiB, false);
  ready.take();
  ready.take();
  kill(first, SIGKILL);
  wait(first);
  go.give();
  EXPECT_EQ(wait(second), 0);
  EXPECT_EQ(card().high, 50 * kMiB);
}

// Eight processes want more than there is. The driver never grants more than the card has, somebody is
// refused, and the books end at zero.
TEST_F(FakeProcesses, EightRacersNeverPassTheCard) {
  configure("memory=4MiB");
  std::vector<pid_t> children;
  children.reserve(8);
  for (int i = 0; i < 8; ++i) {
    children.push_back(start("racer-" + std::to_string(i), [i] {
      std::mt19937 random(static_cast<unsigned>(i));
      std::vector<CUdeviceptr> mine;
      int refused = 0;
      for (int step = 0; step < 2000; ++step) {
        if (!mine.empty() && (random() % 2 == 0 || mine.size() > 20)) {
          std::swap(mine[random() % mine.size()], mine.back());
          if (cuMemFree_v2(mine.back()) != CUDA_SUCCESS) return 1;
          mine.pop_back();
        } else {
          CUdeviceptr address = 0;
          const CUresult result = cuMemAlloc_v2(&address, 1 + random() % kMiB);
          if (result == CUDA_SUCCESS) mine.push_back(address);
          if (result == CUDA_ERROR_OUT_OF_MEMORY) ++refused;
        }
      }
      for (const CUdeviceptr address : mine) cuMemFree_v2(address);
      std::size_t free = 0;
      std::size_t total = 0;
      return cuMemGetInfo_v2(&free, &total) == CUDA_SUCCESS && refused > 0 ? 0 : 2;
    }));
  }
  int lucky = 0;
  for (const pid_t child : children) {
    const int status = wait(child);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_NE(WEXITSTATUS(status), 1);
    lucky += WEXITSTATUS(status) == 2 ? 1 : 0;
  }
  EXPECT_LT(lucky, 8);
  EXPECT_EQ(card().used, 0u);
  EXPECT_LE(card().high, 4 * kMiB);
  EXPECT_GT(card().high, 3 * kMiB);
}

// Two contexts, each with one stretch of work: while both have some they get half each, so both lose the same
// time, half of the stretch that they share. This holds whenever they begin.
TEST_F(FakeProcesses, TwoProcessesShareTheTimeExactly) {
  configure("");
  const auto body = [] {
    CUmodule module = nullptr;
    CUfunction sleep = nullptr;
    cuModuleLoadData(&module, "fake image\nkernel sleep_ns\n");
    cuModuleGetFunction(&sleep, module, "sleep_ns");
    std::uint64_t ns = 60 * kMillisecond;
    void* parameters[] = {&ns};
    CUevent begin = nullptr;
    CUevent end = nullptr;
    cuEventCreate(&begin, 0);
    cuEventCreate(&end, 0);
    cuEventRecord(begin, nullptr);
    cuLaunchKernel(sleep, 1, 1, 1, 1, 1, 1, 0, nullptr, parameters, nullptr);
    cuEventRecord(end, nullptr);
    if (cuEventSynchronize(end) != CUDA_SUCCESS) return 1;
    float ms = 0;
    cuEventElapsedTime(&ms, begin, end);
    fake_work work = {};
    fake_process_work(0, &work);
    if (work.device_ns != 60 * kMillisecond) return 2;
    // The first event is a little older than the launch.
    return ms * 1e6 > static_cast<double>(work.elapsed_ns) - 1000 ? 0 : 3;
  };
  const pid_t one = start("one", body);
  const pid_t two = start("two", body);
  EXPECT_EQ(wait(one), 0);
  EXPECT_EQ(wait(two), 0);
  fake_work a = {};
  fake_work b = {};
  EXPECT_EQ(fake_tenant_work("one", 0, &a), 0);
  EXPECT_EQ(fake_tenant_work("two", 0, &b), 0);
  EXPECT_EQ(a.device_ns, 60 * kMillisecond);
  EXPECT_EQ(b.device_ns, 60 * kMillisecond);
  EXPECT_NEAR(static_cast<double>(a.elapsed_ns), static_cast<double>(b.elapsed_ns), 2.0);
}

// Who looks into the middle of a kernel sees what it has had by then, and when that was.
TEST_F(FakeProcesses, TheBooksCountTheKernelThatRuns) {
  configure("");
  const auto body = [] {
    CUmodule module = nullptr;
    CUfunction sleep = nullptr;
    cuModuleLoadData(&module, "fake image\nkernel k 60000000000\n");
    cuModuleGetFunction(&sleep, module, "k");
    cuLaunchKernel(sleep, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr);
    return pause();
  };
  const pid_t both[] = {start("one", body), start("two", body)};
  fake_work first = {};
  for (const char* name : {"one", "two"})
    for (int n = 0; n < 50'000 && (fake_tenant_work(name, 0, &first) != 0 || first.launches == 0); ++n)
      usleep(100);
  const std::uint64_t before = fake_now();
  ASSERT_EQ(fake_tenant_work("one", 0, &first), 0);
  usleep(20'000);
  fake_work second = {};
  ASSERT_EQ(fake_tenant_work("one", 0, &second), 0);
  EXPECT_GE(first.at_ns, before);
  EXPECT_GE(second.at_ns, first.at_ns + 20 * kMillisecond);
  EXPECT_LE(second.at_ns, fake_now());
  // Half of the card, up to the nanosecond that a reading is cut off at.
  EXPECT_NEAR(static_cast<double>(second.device_ns - first.device_ns) * 2,
              static_cast<double>(second.at_ns - first.at_ns), 4);
  EXPECT_EQ(second.launches, 1u);
  for (const pid_t child : both) {
    kill(child, SIGKILL);
    wait(child);
  }
}

// SIGKILL at any instant of any call: the others go on, and nothing is left behind.
TEST_F(FakeProcesses, KilledAnywhereNothingIsLeftBehind) {
  configure("memory=256MiB; context=1MiB");
  std::mt19937 random(7);
  const auto body = [] {
    CUmodule module = nullptr;
    CUfunction sleep = nullptr;
    cuModuleLoadData(&module, "fake image\nkernel k 20000\n");
    cuModuleGetFunction(&sleep, module, "k");
    while (true) {
      CUdeviceptr address = 0;
      cuMemAlloc_v2(&address, 3 * kMiB);
      cuLaunchKernel(sleep, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr);
      cuMemFree_v2(address);
    }
    return 0;
  };
  for (int round = 0; round < 40; ++round) {
    const pid_t victims[] = {start("a", body), start("b", body)};
    usleep(1000 + random() % 5000);
    for (const pid_t victim : victims) kill(victim, SIGKILL);
    for (const pid_t victim : victims) wait(victim);
    ASSERT_EQ(card().used, 0u);
    ASSERT_EQ(fake_processes(), 0);
  }
  const pid_t last = start("c", [] {
    CUdeviceptr address = 0;
    return cuMemAlloc_v2(&address, 255 * kMiB) == CUDA_SUCCESS ? 0 : 1;
  });
  EXPECT_EQ(wait(last), 0);
}

// Memory that was exported lives in the process that imported it after its maker was killed.
TEST_F(FakeProcesses, ImportedMemoryOutlivesItsMaker) {
  configure("memory=64MiB");
  // The descriptor goes from one child to the next through a grandchild's inheritance: the maker forks the
  // taker.
  const Signal taken;
  const Signal done;
  const pid_t maker = start("maker", [&] {
    CUmemAllocationProp properties = {};
    properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    properties.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
    properties.location = {.type = CU_MEM_LOCATION_TYPE_DEVICE, .id = 0};
    CUmemGenericAllocationHandle handle = 0;
    int fd = -1;
    if (cuMemCreate(&handle, 8 * kMiB, &properties, 0) != CUDA_SUCCESS) return 1;
    if (cuMemExportToShareableHandle(&fd, handle, 1, 0) != CUDA_SUCCESS) return 2;
    const pid_t taker = start("taker", [&] {
      CUmemGenericAllocationHandle mine = 0;
      // NOLINTNEXTLINE(performance-no-int-to-ptr): the driver passes descriptors so
      void* const as_pointer = reinterpret_cast<void*>(static_cast<std::intptr_t>(fd));
      if (cuMemImportFromShareableHandle(&mine, as_pointer, 1) != CUDA_SUCCESS) return 3;
      close(fd);
      taken.give();
      done.take();
      return 0;
    });
    if (taker < 0) return 4;
    close(fd);
    pause();
    return 0;
  });
  taken.take();
  EXPECT_EQ(card().used, 8 * kMiB);
  kill(maker, SIGKILL);
  wait(maker);
  EXPECT_EQ(card().used, 8 * kMiB);
  fake_memory memory = {};
  EXPECT_EQ(fake_tenant_memory("taker", 0, &memory), 0);
  EXPECT_EQ(memory.used, 8 * kMiB);
  done.give();
  for (int i = 0; i < 1000 && fake_processes() > 0; ++i) usleep(1000);
  EXPECT_EQ(card().used, 0u);
}

// As with the real driver: what a process began, its child cannot use.
TEST_F(FakeProcesses, AChildOfAProcessWithADriverHasNone) {
  configure("");
  const pid_t parent = start("parent", [] {
    const pid_t child = fork();
    if (child == 0) {
      CUdeviceptr address = 0;
      if (cuInit(0) != CUDA_ERROR_NOT_INITIALIZED) _exit(1);
      _exit(cuMemAlloc_v2(&address, 1) == CUDA_ERROR_NOT_INITIALIZED ? 0 : 2);
    }
    int status = 0;
    waitpid(child, &status, 0);
    // The child's death did not look like the parent's.
    CUdeviceptr address = 0;
    if (cuMemAlloc_v2(&address, kMiB) != CUDA_SUCCESS || fake_processes() != 1) return 9;
    return WEXITSTATUS(status);
  });
  EXPECT_EQ(wait(parent), 0);
}

}  // namespace
}  // namespace dure::gpu::fake
