// dure-card-load: one tenant on a card, by the driver's interface alone; dure-card-bench starts it. Prints
// one JSON object.
//
//   dure-card-load calibrate KERNEL_US           how many rounds of its kernel take so long, alone on the
//   card dure-card-load run ROUNDS KERNEL_NS sync|async BEGIN_NS SECONDS SEED     kernels from BEGIN_NS
//   (CLOCK_MONOTONIC) on, each up to 20 % longer or shorter, as in the grid of virtual time:
//                                                what it had of the card in every second, in percent
//   dure-card-load step ROUNDS SECONDS           200 kernels and a wait, again and again: how many in a
//   second dure-card-load graph ROUNDS SECONDS          a graph of 50 kernels replayed with a wait: likewise
//   dure-card-load launch COUNT                  ns of a launch of an empty kernel: median, 99th of hundred
//   dure-card-load memory                        the card's memory as it is told, and what it can take of it
//
// The kernel is written in PTX, which the driver compiles, so no compiler is needed. It counts rounds and not
// time: a clock goes on while another tenant has the card. On the fake driver a round is a nanosecond.
#include <dlfcn.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gpu/abi/cuda.h"

namespace {

constexpr char kPtx[] = R"(.version 7.0
.target sm_70
.address_size 64
.visible .entry sleep_ns_spin(.param .u64 rounds)
{
  .reg .u64 %left;
  .reg .f32 %x;
  .reg .pred %more;
  ld.param.u64 %left, [rounds];
  mov.f32 %x, 0f3F800000;
  setp.eq.u64 %more, %left, 0;
  @%more bra END;
AGAIN:
  fma.rn.f32 %x, %x, %x, %x;
  sub.u64 %left, %left, 1;
  setp.ne.u64 %more, %left, 0;
  @%more bra AGAIN;
  setp.eq.f32 %more, %x, 0f00000000;
  @%more trap;
END:
  ret;
}
)";
constexpr char kFakeImage[] = "fake image\nkernel sleep_ns_spin\n";
constexpr char kKernel[] = "sleep_ns_spin";
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kBatchNs = 1'000'000;  // kernels between two events
constexpr std::size_t kBatches = 64;           // that are not measured yet
constexpr double kNoise = 0.2;                 // of a kernel's length

[[noreturn]] void give_up(const char* what, long code) {
  std::printf("{\"failed\": \"%s\", \"code\": %ld}\n", what, code);
  std::exit(1);
}

std::uint64_t now_ns() {
  timespec at = {};
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<std::uint64_t>(at.tv_sec) * kSecond + static_cast<std::uint64_t>(at.tv_nsec);
}

void* open_driver() {
  void* driver = dlopen("libcuda.so.1", RTLD_NOW);
  if (driver == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    give_up("libcuda.so.1", 0);
  }
  return driver;
}

// Calls the driver's function of that name.
template <class... Words>
CUresult call(const char* name, Words... words) {
  static void* const driver = open_driver();
  const auto function = reinterpret_cast<CUresult (*)(Words...)>(dlsym(driver, name));
  if (function == nullptr) give_up(name, 0);
  return function(words...);
}
template <class... Words>
void must(const char* name, Words... words) {
  const CUresult result = call(name, words...);
  if (result != CUDA_SUCCESS) give_up(name, static_cast<long>(result));
}

class Load {
 public:
  Load() {
    CUdevice device = 0;
    must("cuInit", 0u);
    must("cuDeviceGet", &device, 0);
    must("cuDeviceGetAttribute", &processors_, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device);
    must("cuCtxCreate_v2", &context_, 0u, device);
    if (call("cuModuleLoadData", &module_, static_cast<const void*>(kPtx)) != CUDA_SUCCESS)
      must("cuModuleLoadData", &module_, static_cast<const void*>(kFakeImage));
    must("cuModuleGetFunction", &kernel_, module_, kKernel);
    must("cuStreamCreate", &stream_, 1u);
  }

  void launch(std::uint64_t rounds) {
    void* parameters[] = {&rounds};
    const CUresult result = find_launch()(kernel_, static_cast<unsigned>(processors_), 1, 1, 128, 1, 1, 0,
                                          stream_, parameters, nullptr);
    if (result != CUDA_SUCCESS) give_up("cuLaunchKernel", static_cast<long>(result));
  }
  void wait() { must("cuStreamSynchronize", stream_); }
  CUstream stream() const { return stream_; }
  CUevent make_event() const {
    CUevent event = nullptr;
    must("cuEventCreate", &event, 0u);
    return event;
  }
  void record(CUevent event) const { must("cuEventRecord", event, stream_); }
  bool has_passed(CUevent event) const { return call("cuEventQuery", event) == CUDA_SUCCESS; }
  static double milliseconds(CUevent from, CUevent to) {
    float elapsed = 0;
    must("cuEventElapsedTime", &elapsed, from, to);
    return static_cast<double>(elapsed);
  }

 private:
  using Launch = CUresult (*)(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                              unsigned, CUstream, void**, void**);
  // Looked up once: what is measured is the launch.
  static Launch find_launch() {
    static const auto launch = reinterpret_cast<Launch>(dlsym(open_driver(), "cuLaunchKernel"));
    if (launch == nullptr) give_up("cuLaunchKernel", 0);
    return launch;
  }

  int processors_ = 1;
  CUcontext context_ = nullptr;
  CUmodule module_ = nullptr;
  CUfunction kernel_ = nullptr;
  CUstream stream_ = nullptr;
};

double measure_ms(Load& load, std::uint64_t rounds, int kernels) {
  static const CUevent from = load.make_event();
  static const CUevent to = load.make_event();
  load.record(from);
  for (int n = 0; n < kernels; ++n) load.launch(rounds);
  load.record(to);
  load.wait();
  return Load::milliseconds(from, to) / kernels;
}

int calibrate(double kernel_us) {
  Load load;
  std::uint64_t rounds = 100'000;
  double took = measure_ms(load, rounds, 20);
  // The card's clock comes up under load: the last of some measurements counts.
  for (int n = 0; n < 12; ++n) {
    if (took > 0)
      rounds = std::max<std::uint64_t>(
          1, static_cast<std::uint64_t>(static_cast<double>(rounds) * kernel_us / 1000 / took));
    took = measure_ms(load, rounds, std::max(5, static_cast<int>(50'000 / kernel_us)));
  }
  std::printf("{\"rounds\": %llu, \"kernel_ns\": %.0f}\n", static_cast<unsigned long long>(rounds),
              took * 1e6);
  return 0;
}

// What it had of each second: the device time of a batch, spread over the time from its start to its end.
class Seconds {
 public:
  explicit Seconds(std::size_t seconds) : had_(seconds) {}
  void add(double from_ns, double to_ns, double device_ns) {
    if (to_ns <= from_ns) to_ns = from_ns + 1;
    for (std::size_t i = 0; i < had_.size(); ++i) {
      const double begin = std::max(from_ns, static_cast<double>(i) * 1e9);
      const double end = std::min(to_ns, static_cast<double>(i + 1) * 1e9);
      if (end > begin) had_[i] += device_ns * (end - begin) / (to_ns - from_ns);
    }
  }
  void print() const {
    std::printf("{\"percent\": [");
    for (std::size_t i = 0; i < had_.size(); ++i)
      std::printf("%s%.3f", i == 0 ? "" : ", ", had_[i] / static_cast<double>(kSecond) * 100);
    std::printf("]}\n");
  }

 private:
  std::vector<double> had_;
};

struct Batch {
  CUevent from = nullptr;
  CUevent to = nullptr;
  std::uint64_t rounds = 0;  // of its kernels together
};

int run(std::uint64_t rounds, double kernel_ns, bool synchronous, std::uint64_t begin_ns, unsigned seconds,
        unsigned seed) {
  std::minstd_rand random(seed);
  std::uniform_real_distribution<double> length(1 - kNoise, 1 + kNoise);
  Load load;
  load.launch(rounds);
  load.wait();
  const CUevent base = load.make_event();
  while (now_ns() < begin_ns) {
    const timespec nap = {0, 1'000'000};
    nanosleep(&nap, nullptr);
  }
  load.record(base);
  load.wait();
  const double base_ns = static_cast<double>(now_ns() - begin_ns);
  const auto kernels = static_cast<int>(std::clamp(static_cast<double>(kBatchNs) / kernel_ns, 1.0, 100.0));
  Seconds had(seconds);
  std::deque<Batch> open;
  std::vector<Batch> free;
  const auto take = [&](bool wait_for_it) {
    const Batch batch = open.front();
    if (!wait_for_it && !load.has_passed(batch.to)) return false;
    must("cuEventSynchronize", batch.to);
    had.add(base_ns + Load::milliseconds(base, batch.from) * 1e6,
            base_ns + Load::milliseconds(base, batch.to) * 1e6,
            kernel_ns * static_cast<double>(batch.rounds) / static_cast<double>(rounds));
    free.push_back(batch);
    open.pop_front();
    return true;
  };
  while (now_ns() < begin_ns + seconds * kSecond) {
    if (free.empty()) free.push_back({load.make_event(), load.make_event()});
    Batch batch = free.back();
    free.pop_back();
    batch.rounds = 0;
    load.record(batch.from);
    for (int n = 0; n < kernels; ++n) {
      const auto these = static_cast<std::uint64_t>(static_cast<double>(rounds) * length(random));
      batch.rounds += these;
      load.launch(these);
      if (synchronous) load.wait();
    }
    load.record(batch.to);
    open.push_back(batch);
    if (open.size() >= kBatches) take(true);
    while (!open.empty() && take(false)) continue;
  }
  while (!open.empty()) take(true);
  had.print();
  return 0;
}

// So many of `once` in a second, over so many seconds after the first.
template <class Once>
int repeat(unsigned seconds, Once once) {
  const std::uint64_t warm = now_ns() + kSecond;
  while (now_ns() < warm) once();
  const std::uint64_t begin = now_ns();
  std::uint64_t count = 0;
  while (now_ns() < begin + seconds * kSecond) {
    once();
    ++count;
  }
  std::printf("{\"per_second\": %.4f}\n",
              static_cast<double>(count) * 1e9 / static_cast<double>(now_ns() - begin));
  return 0;
}

int step(std::uint64_t rounds, unsigned seconds) {
  Load load;
  return repeat(seconds, [&] {
    for (int n = 0; n < 200; ++n) load.launch(rounds);
    load.wait();
  });
}

int graph(std::uint64_t rounds, unsigned seconds) {
  Load load;
  CUgraph graph = nullptr;
  CUgraphExec executable = nullptr;
  must("cuStreamBeginCapture_v2", load.stream(), 0);
  for (int n = 0; n < 50; ++n) load.launch(rounds);
  must("cuStreamEndCapture", load.stream(), &graph);
  must("cuGraphInstantiateWithFlags", &executable, graph, 0ull);
  return repeat(seconds, [&] {
    must("cuGraphLaunch", executable, load.stream());
    load.wait();
  });
}

int launch(std::size_t count) {
  Load load;
  std::vector<std::uint64_t> took;
  for (std::size_t n = 0; n < count; ++n) {
    if (n % 500 == 0) load.wait();
    const std::uint64_t begin = now_ns();
    load.launch(0);
    took.push_back(now_ns() - begin);
  }
  load.wait();
  std::ranges::sort(took);
  std::printf("{\"median_ns\": %llu, \"p99_ns\": %llu}\n",
              static_cast<unsigned long long>(took[took.size() / 2]),
              static_cast<unsigned long long>(took[took.size() * 99 / 100]));
  return 0;
}

int memory() {
  Load load;
  std::size_t free = 0;
  std::size_t total = 0;
  must("cuMemGetInfo_v2", &free, &total);
  std::uint64_t held = 0;
  for (std::size_t piece = std::size_t{256} << 20; piece >= std::size_t{2} << 20; piece /= 2) {
    CUdeviceptr at = 0;
    while (call("cuMemAlloc_v2", &at, piece) == CUDA_SUCCESS) held += piece;
  }
  std::printf("{\"total_bytes\": %zu, \"held_bytes\": %llu}\n", total, static_cast<unsigned long long>(held));
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count > 1 ? words[1] : "";
  const auto number = [&](int at) { return std::strtoull(words[at], nullptr, 10); };
  if (what == "calibrate" && count == 3) return calibrate(std::strtod(words[2], nullptr));
  if (what == "run" && count == 8)
    return run(number(2), std::strtod(words[3], nullptr), std::strcmp(words[4], "sync") == 0, number(5),
               static_cast<unsigned>(number(6)), static_cast<unsigned>(number(7)));
  if (what == "step" && count == 4) return step(number(2), static_cast<unsigned>(number(3)));
  if (what == "graph" && count == 4) return graph(number(2), static_cast<unsigned>(number(3)));
  if (what == "launch" && count == 3) return launch(number(2));
  if (what == "memory" && count == 2) return memory();
  std::fprintf(stderr, "see the head of bench/gpu/on_card/load.cc\n");
  return 2;
}
