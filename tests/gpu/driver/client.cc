// A program that uses the driver, started by the tests in a container's surroundings: client SCENARIO
// [ARGUMENT]. Exit 0: as it should be; otherwise standard error says what was not.
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gpu/driver/echo.h"

namespace {

using Names = std::vector<std::string>;
#define DURE_SYMBOL(name, since) #name,
const Names names = {
#include "gpu/share/symbols_cuda.def"
};
const Names nvml_names = {
#include "gpu/share/symbols_nvml.def"
};
#undef DURE_SYMBOL

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "client: %s\n", what.c_str());
  std::_Exit(1);
}
void expect(bool holds, const std::string& what) {
  if (!holds) fail(what);
}

// The driver as a program opens it: by its SONAME.
void* driver(const char* name = "libcuda.so.1") {
  void* handle = dlopen(name, RTLD_LAZY);
  if (handle == nullptr) fail(dlerror());
  return handle;
}

template <class Function>
Function* find(void* handle, const std::string& name) {
  auto* function = reinterpret_cast<Function*>(dlsym(handle, name.c_str()));
  if (function == nullptr) fail(name + " is not found");
  return function;
}

// The echoing driver itself, which has already been opened by ours or is opened here.
void* echo(const std::string& name = "libcuda.so.1") {
  const char* folder = std::getenv("DURE_GPU_RUN");
  if (folder == nullptr) fail("DURE_GPU_RUN is not set");
  const std::string path = std::string(folder) + "/driver/" + name;
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) fail(dlerror());
  return handle;
}

bool is_ours(const void* function) {
  Dl_info where;
  if (dladdr(function, &where) == 0) return false;
  void* handle = dlopen(where.dli_fname, RTLD_NOW | RTLD_NOLOAD);
  return handle != nullptr && dlsym(handle, "dure_gpu_share_marker") != nullptr;
}

// Calls with arguments of its own and looks whether they came through, all of them.
using Eight = int(std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                  std::int64_t, std::int64_t, double, double, double, double, double, double, double, double);
bool comes_through(void* function, int symbol, std::int64_t seed, EchoLast* last) {
  const std::int64_t s = seed;
  const double d = static_cast<double>(seed) / 3;
  const int result =
      reinterpret_cast<Eight*>(function)(s, -s, s << 20, ~s, s ^ 0x5555, s * 3, s + 7, s - 8, d, d + 1, d + 2,
                                         d + 3, d + 4, -d, d * 1e100, d * 1e-100);
  const EchoCall& call = *last();
  const std::int64_t integer[8] = {s, -s, s << 20, ~s, s ^ 0x5555, s * 3, s + 7, s - 8};
  const double floating[8] = {d, d + 1, d + 2, d + 3, d + 4, -d, d * 1e100, d * 1e-100};
  return result == kEchoResult + symbol && call.symbol == symbol &&
         std::memcmp(call.integer, integer, sizeof integer) == 0 &&
         std::equal(std::begin(floating), std::end(floating), std::begin(call.floating));
}

// Those that the test names: stubs, not wrappers.
std::vector<int> read_stubs(const char* list, const Names& of = names) {
  std::FILE* file = std::fopen(list, "r");
  expect(file != nullptr, std::string("no list of stubs at ") + list);
  std::map<std::string, int> number;
  for (std::size_t i = 0; i < of.size(); ++i) number[of[i]] = static_cast<int>(i);
  std::vector<int> stubs;
  char name[200];
  while (std::fscanf(file, "%199s", name) == 1) stubs.push_back(number.at(name));
  std::fclose(file);
  return stubs;
}

int forward(const char* library, const Names& of, const char* list) {
  void* ours = driver(library);
  const std::vector<int> stubs = read_stubs(list, of);
  // The first call of all opens the driver: it is no less to come through than the others.
  auto* last = find<EchoCall*()>(echo(library), "echo_last");
  std::int64_t seed = 1;
  for (int round = 0; round < 2; ++round) {
    for (const int symbol : stubs) {
      void* function = find<void>(ours, of[symbol]);
      expect(comes_through(function, symbol, ++seed * 1234567, last), of[symbol] + " lost an argument");
    }
  }
  return 0;
}
int forward_all(const char* list) {
  return forward("libcuda.so.1", names, list);
}
int forward_nvml(const char* list) {
  return forward("libnvidia-ml.so.1", nvml_names, list);
}

int resolve_at_once(const char* list) {
  void* ours = driver();
  const std::vector<int> stubs = read_stubs(list);
  std::vector<std::thread> threads;
  threads.reserve(16);
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      std::vector<int> order = stubs;
      std::shuffle(order.begin(), order.end(), std::mt19937(t));
      EchoLast* last = nullptr;
      for (const int symbol : order) {
        void* function = dlsym(ours, names[symbol].c_str());
        if (last == nullptr) last = find<EchoCall*()>(echo(), "echo_last");
        expect(comes_through(function, symbol, t * 1000 + symbol, last), names[symbol] + " lost an argument");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}

int fork_between(const char* list) {
  void* ours = driver();
  const std::vector<int> stubs = read_stubs(list);
  const auto call = [&](std::size_t from, std::size_t to) {
    EchoLast* last = find<EchoCall*()>(echo(), "echo_last");
    for (std::size_t i = from; i < to; ++i)
      expect(comes_through(dlsym(ours, names[stubs[i]].c_str()), stubs[i], 77 + stubs[i], last),
             names[stubs[i]]);
  };
  const std::size_t half = stubs.size() / 2;
  for (const std::size_t before : {std::size_t{0}, half}) {
    if (before > 0) call(0, before);
    const pid_t child = fork();
    if (child == 0) {
      call(0, stubs.size());
      std::_Exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    expect(status == 0, "a forked child cannot call");
  }
  call(half, stubs.size());
  return 0;
}

// Children that are forked while other threads resolve: nothing is left locked in them.
int fork_amid(const char* list) {
  void* ours = driver();
  find<int(unsigned)>(ours, "cuInit")(0);
  const std::vector<int> stubs = read_stubs(list);
  const auto call_all = [&] {
    for (const int symbol : stubs)
      reinterpret_cast<Eight*>(dlsym(ours, names[symbol].c_str()))(1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6,
                                                                   7, 8);
  };
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) threads.emplace_back(call_all);
  for (int i = 0; i < 8; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);  // instead of a child that waits for ever
      call_all();
      std::_Exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    expect(status == 0,
           "a child that was forked amid the first calls does not come through: " + std::to_string(status));
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}

// So many calls of one function, by ours or by the driver's own entry point: callgrind counts the difference.
int call_often(const char* who) {
  void* ours = driver();
  auto* warm = find<int(int)>(ours, "cuCtxGetDevice");
  warm(0);
  auto* function = find<int(int)>(std::strcmp(who, "ours") == 0 ? ours : echo(), "cuCtxGetDevice");
  echo();
  int sum = 0;
  for (int i = 0; i < 100000; ++i) sum |= function(i);
  return sum == 0 ? 1 : 0;
}

int refused(const char*) {
  void* ours = driver();
  expect(find<int(unsigned)>(ours, "cuInit")(0) == 100, "cuInit is not refused with CUDA_ERROR_NO_DEVICE");
  expect(find<int(void*)>(ours, "cuDeviceGetCount")(nullptr) == 100, "cuDeviceGetCount is not refused");
  const char* text = nullptr;
  find<int(int, const char**)>(ours, "cuGetErrorString")(100, &text);
  expect(text != nullptr && std::strstr(text, "no CUDA-capable device") != nullptr, "the error has no text");
  void* function = nullptr;
  int status = 7;
  auto* look_up = find<int(const char*, void**, int, std::uint64_t, int*)>(ours, "cuGetProcAddress_v2");
  expect(look_up("cuInit", &function, 12000, 0, &status) == 0 && function != nullptr && status == 0,
         "the runtime finds no cuInit");
  expect(reinterpret_cast<int (*)(unsigned)>(function)(0) == 100, "that cuInit is not refused");
  expect(look_up("cuNoSuch", &function, 12000, 0, &status) == 500 && function == nullptr && status == 1,
         "a name that nobody knows is found");
  expect(look_up(nullptr, nullptr, 12000, 0, nullptr) == 1, "null parameters are not refused");
  void* nvml = dlopen("libnvidia-ml.so.1", RTLD_LAZY);
  expect(nvml != nullptr && find<int()>(nvml, "nvmlInit_v2")() == 12, "NVML is not refused");
  const char* why = find<const char*(int)>(nvml, "nvmlErrorString")(12);
  expect(why != nullptr && std::strstr(why, "found or loaded") != nullptr, "NVML's error has no text");
  return 0;
}

// A driver that lacks all but cuInit.
int old_driver(const char*) {
  void* ours = driver();
  dlerror();
  expect(find<int(unsigned)>(ours, "cuInit")(0) == 0, "cuInit");
  expect(find<int(void*, int)>(ours, "cuMemGetMemPool")(nullptr, 0) == 500,
         "a missing symbol is not refused");
  expect(dlerror() == nullptr, "our failed look-up is taken for the program's");
  expect(find<int(const char*, void**, int, std::uint64_t)>(ours, "cuGetProcAddress")("cuInit", nullptr, 0,
                                                                                      0) == 500,
         "a missing cuGetProcAddress is not refused");
  return 0;
}

int wsl_internal_dlsym(const char*) {
  void* ours = driver();
  int version = 0;
  expect(find<int(int*)>(ours, "cuDriverGetVersion")(&version) == 0 && version >= 13001,
         "the driver does not reach its own cuInit");
  return 0;
}

int dlsym_twice(const char*) {
  void* ours = driver();
  void* first = dlsym(ours, "cuMemAlloc_v2");
  for (int i = 0; i < 3; ++i)
    expect(dlsym(ours, "cuMemAlloc_v2") == first && first != nullptr, "not the same");
  void* opened = dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
  expect(opened == ours && dlsym(RTLD_DEFAULT, "cuMemAlloc_v2") == first,
         "not the same in the program's scope");
  expect(dlsym(RTLD_NEXT, "cuMemAlloc_v2") == first && dlsym(RTLD_NEXT, "cuMemAlloc_v2") == first,
         "a second look-up with RTLD_NEXT differs");
  expect(is_ours(first), "not ours");
  // Nor does that change once the driver, of the same SONAME, has been opened beneath.
  find<int(unsigned)>(ours, "cuInit")(0);
  expect(dlopen("libcuda.so.1", RTLD_NOW) == ours, "the name means the driver after the first call");
  return 0;
}

// As the static CUDA runtime does: no link, dlopen, dlsym of cuGetProcAddress, all others by that.
int static_cudart(const char*) {
  void* ours = driver();
  auto* look_up = find<int(const char*, void**, int, std::uint64_t, int*)>(ours, "cuGetProcAddress_v2");
  for (const char* name : {"cuInit", "cuMemAlloc", "cuLaunchKernel", "cuGraphLaunch", "cuGetProcAddress"}) {
    void* function = nullptr;
    int status = 9;
    expect(look_up(name, &function, 12030, 0, &status) == 0 && status == 0,
           std::string(name) + " is not found");
    expect(is_ours(function), std::string(name) + " is the driver's");
  }
  expect(is_ours(dlsym(ours, "cuGetExportTable")), "cuGetExportTable");
  return 0;
}

// What a process pays before its first useful call: the library is loaded, the driver opened, and every name
// of the list looked up as the runtime does. Prints microseconds; the echoing driver was opened before, but
// its look-ups count.
int start(const char*) {
  using Clock = std::chrono::steady_clock;
  using LookUp = int(const char*, void**, int, std::uint64_t, int*);
  void* function = nullptr;
  auto* direct = find<LookUp>(echo(), "cuGetProcAddress_v2");
  direct("cuInit", &function, 12000, 0, nullptr);  // it reads its own list at the first call
  const Clock::time_point before = Clock::now();
  auto* look_up = find<LookUp>(driver(), "cuGetProcAddress_v2");
  look_up("cuInit", &function, 12000, 0, nullptr);
  Clock::duration spent = Clock::now() - before;
  for (const std::string& name : names) {
    const Clock::time_point one = Clock::now();
    look_up(name.c_str(), &function, 12000, 0, nullptr);
    spent += Clock::now() - one;
  }
  std::printf("%ld\n",
              static_cast<long>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count()));
  return 0;
}

// A plug-in with RTLD_DEEPBIND that needs libcuda.so.1.
int deep_bind(const char* plugin) {
  void* handle = dlopen(plugin, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (handle == nullptr) fail(dlerror());
  expect(is_ours(reinterpret_cast<void*>(find<void*()>(handle, "plugin_init")())),
         "the plug-in has the driver's");
  expect(find<int()>(handle, "plugin_call")() >= kEchoResult, "the plug-in cannot call");
  return 0;
}

// What LD_PRELOAD, or ld.so.preload, put there first is what libcuda.so.1 means.
int preloaded(const char*) {
  void* ours = driver();
  expect(is_ours(dlsym(ours, "cuInit")), "dlopen by name gives the driver");
  expect(find<int(unsigned)>(ours, "cuInit")(0) >= kEchoResult, "cuInit does not come through");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::function<int(const char*)>> scenarios = {
      {"forward_all", forward_all},
      {"forward_nvml", forward_nvml},
      {"resolve_at_once", resolve_at_once},
      {"fork_between", fork_between},
      {"fork_amid", fork_amid},
      {"call_often", call_often},
      {"refused", refused},
      {"old_driver", old_driver},
      {"wsl", wsl_internal_dlsym},
      {"dlsym_twice", dlsym_twice},
      {"static_cudart", static_cudart},
      {"deep_bind", deep_bind},
      {"preloaded", preloaded},
      {"start", start}};
  const auto scenario = argc > 1 ? scenarios.find(argv[1]) : scenarios.end();
  if (scenario == scenarios.end()) fail("no such scenario");
  return scenario->second(argc > 2 ? argv[2] : "");
}
