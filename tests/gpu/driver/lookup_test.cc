// cuGetProcAddress, of the library over a driver that looks its own up by the documented rules.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "gpu/driver/echo.h"
#include "gpu/driver/scene.h"

namespace dure::gpu::share {
namespace {

const std::set<std::string> wrapped = {
#define DURE_WRAPPED(name) #name,
#include "gpu/share/wrapped_cuda.def"
#undef DURE_WRAPPED
};

// By pointer: a set of strings with seven hundred initialisers takes a compiler half a minute.
const char* const names[] = {
#define DURE_SYMBOL(name, since) #name,
#include "gpu/share/symbols_cuda.def"
#undef DURE_SYMBOL
};

constexpr std::uint64_t kPerThread = 2;

class Lookup : public testing::Test {
 protected:
  // One driver for all tests of this program: it is opened once in a process.
  static void SetUpTestSuite() {
    static Scene scene;
    scene.put_driver(DURE_ECHO_CUDA);
    setenv("DURE_GPU_RUN", scene.run_folder().c_str(), 1);
    ours = dlopen(DURE_CUDA_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(ours, nullptr) << dlerror();
    real = dlopen((scene.run_folder() + "/driver/libcuda.so.1").c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(real, nullptr) << dlerror();
    first = reinterpret_cast<First*>(dlsym(ours, "cuGetProcAddress"));
    second = reinterpret_cast<Second*>(dlsym(ours, "cuGetProcAddress_v2"));
    answer_with(EchoLookup::kExported);
  }
  void TearDown() override { answer_with(EchoLookup::kExported); }

  static void answer_with(EchoLookup how) {
    reinterpret_cast<EchoSetLookup*>(dlsym(real, "echo_set_lookup"))(how);
  }

  // What is handed out for a name: "ours cuX" or "driver's cuX"; empty for none.
  static std::string look_up(const std::string& name, int version, std::uint64_t flags = 0) {
    void* function = nullptr;
    int status = -1;
    const int result = second(name.c_str(), &function, version, flags, &status);
    EXPECT_EQ(result == 0, status == 0) << name;
    EXPECT_EQ(result == 0, function != nullptr) << name;
    return function == nullptr ? "" : describe(function);
  }
  static std::string describe(const void* function) {
    Dl_info where;
    if (dladdr(function, &where) == 0 || where.dli_sname == nullptr) return "unnamed";
    const bool is_ours = std::string(where.dli_fname) == DURE_CUDA_LIBRARY;
    return (is_ours ? "ours " : "driver's ") + std::string(where.dli_sname);
  }

  using First = int(const char*, void**, int, std::uint64_t);
  using Second = int(const char*, void**, int, std::uint64_t, int*);
  static inline void* ours = nullptr;
  static inline void* real = nullptr;
  static inline First* first = nullptr;
  static inline Second* second = nullptr;
};

TEST_F(Lookup, GivesOursForWhatIsWrappedAndTheDriversForTheRest) {
  EXPECT_EQ(look_up("cuMemAlloc", 12030), "ours cuMemAlloc_v2");
  EXPECT_EQ(look_up("cuLaunchKernel", 12030), "ours cuLaunchKernel");
  EXPECT_EQ(look_up("cuGraphLaunch", 12030), "ours cuGraphLaunch");
  EXPECT_EQ(look_up("cuCtxGetDevice", 12030), "driver's cuCtxGetDevice");
  EXPECT_EQ(look_up("cuGetExportTable", 12030), "driver's cuGetExportTable");
}

// Whatever the driver answers, for every name, version and flag: the same symbol, wrapped where it is
// wrapped.
TEST_F(Lookup, NoWrappedFunctionSlipsPast) {
  std::map<void*, std::string> entries;
  for (const char* name : names) entries[dlsym(real, name)] = name;
  auto* direct = reinterpret_cast<Second*>(dlsym(real, "cuGetProcAddress_v2"));
  int ours_given = 0;
  for (const char* listed : names) {
    const std::string name = listed;
    for (const int version : {2000, 3020, 7000, 11040, 12000, 12050, 13000, 13040, 14000}) {
      for (const std::uint64_t flags : {std::uint64_t{0}, std::uint64_t{1}, kPerThread}) {
        void *meant = nullptr, *given = nullptr;
        const int expected = direct(name.c_str(), &meant, version, flags, nullptr);
        ASSERT_EQ(second(name.c_str(), &given, version, flags, nullptr), expected) << name;
        if (expected != 0) continue;
        const bool is_wrapped = wrapped.contains(entries.at(meant));
        ASSERT_EQ(describe(given), (is_wrapped ? "ours " : "driver's ") + entries.at(meant))
            << name << version;
        ours_given += is_wrapped ? 1 : 0;
      }
    }
  }
  EXPECT_GT(ours_given, 500);
}

// The driver may have entry points that it exports under no name: the list says which symbol is meant.
TEST_F(Lookup, UnnamedEntryPointsDoNotSlipPast) {
  answer_with(EchoLookup::kPrivate);
  EXPECT_EQ(look_up("cuMemAlloc", 3010), "ours cuMemAlloc");
  EXPECT_EQ(look_up("cuMemAlloc", 12030), "ours cuMemAlloc_v2");
  EXPECT_EQ(look_up("cuLaunchKernel", 12030, kPerThread), "ours cuLaunchKernel_ptsz");
  EXPECT_EQ(look_up("cuMemPrefetchAsync", 12010, kPerThread), "ours cuMemPrefetchAsync_ptsz");
  EXPECT_EQ(look_up("cuMemPrefetchAsync", 12020, kPerThread), "ours cuMemPrefetchAsync_v2_ptsz");
  for (const std::string& name : wrapped) {
    if (name.find("_v") != std::string::npos || name.find("_pt") != std::string::npos) continue;
    for (const int version : {7000, 12000, 13040}) {
      const std::string given = look_up(name, version);
      EXPECT_TRUE(given.empty() || given.starts_with("ours ")) << name << " " << given;
    }
  }
}

// Of a CUDA that is newer than the list nothing is known: such an entry point is refused, never handed out.
TEST_F(Lookup, AnUnnamedEntryPointOfTheFutureIsRefused) {
  answer_with(EchoLookup::kPrivate);
  void* function = this;
  int status = -1;
  EXPECT_EQ(second("cuMemAlloc", &function, 99000, 0, &status), 500);
  EXPECT_EQ(function, nullptr);
  EXPECT_EQ(status, 2);
  function = this;
  EXPECT_EQ(first("cuMemAlloc", &function, 99000, 0), 500);
  EXPECT_EQ(function, nullptr);
  // What is wrapped in no version passes.
  EXPECT_NE(look_up("cuCtxGetDevice", 99000), "");
  EXPECT_NE(look_up("cuFutureCall", 99000), "");
}

TEST_F(Lookup, NewestAbi_57) {
  EXPECT_EQ(look_up("cuMemAlloc", 2000), "ours cuMemAlloc");
  EXPECT_EQ(look_up("cuMemAlloc", 3020), "ours cuMemAlloc_v2");
  EXPECT_EQ(look_up("cuCtxCreate", 3020), "ours cuCtxCreate_v2");
  EXPECT_EQ(look_up("cuCtxCreate", 11040), "ours cuCtxCreate_v3");
  EXPECT_EQ(look_up("cuCtxCreate", 13000), "ours cuCtxCreate_v4");
  EXPECT_EQ(look_up("cuGraphInstantiate", 10000), "ours cuGraphInstantiate");
  EXPECT_EQ(look_up("cuGraphInstantiate", 11000), "ours cuGraphInstantiate_v2");
}

TEST_F(Lookup, PerThreadStreamTwins) {
  EXPECT_EQ(look_up("cuLaunchKernel", 12030, kPerThread), "ours cuLaunchKernel_ptsz");
  EXPECT_EQ(look_up("cuLaunchKernel", 12030, 1), "ours cuLaunchKernel");
  EXPECT_EQ(look_up("cuMemAllocAsync", 12030, kPerThread), "ours cuMemAllocAsync_ptsz");
  EXPECT_EQ(look_up("cuMemAlloc", 12030, kPerThread), "ours cuMemAlloc_v2");
  EXPECT_EQ(look_up("cuMemcpyHtoD", 12030, kPerThread), "ours cuMemcpyHtoD_v2_ptds");
}

TEST_F(Lookup, SelfLookup) {
  EXPECT_EQ(look_up("cuGetProcAddress", 11030), "ours cuGetProcAddress");
  EXPECT_EQ(look_up("cuGetProcAddress", 12000), "ours cuGetProcAddress_v2");
  answer_with(EchoLookup::kPrivate);
  EXPECT_EQ(look_up("cuGetProcAddress", 12000), "ours cuGetProcAddress_v2");
}

TEST_F(Lookup, NullOutParameters_333) {
  void* function = nullptr;
  EXPECT_EQ(second("cuInit", &function, 12000, 0, nullptr), 0);
  EXPECT_NE(function, nullptr);
  int status = -1;
  EXPECT_EQ(second("cuInit", nullptr, 12000, 0, &status), 1);
  EXPECT_EQ(second(nullptr, &function, 12000, 0, &status), 1);
  EXPECT_EQ(second(nullptr, nullptr, 12000, 0, nullptr), 1);
  EXPECT_EQ(first("cuInit", nullptr, 12000, 0), 1);
  EXPECT_EQ(first(nullptr, &function, 12000, 0), 1);
}

// Exact names only: what begins with cu and is somebody else's is neither found nor mistaken for ours.
TEST_F(Lookup, cudnnCreate_Pr215) {
  EXPECT_EQ(dlsym(ours, "cudnnCreate"), nullptr);
  EXPECT_EQ(look_up("cudnnCreate", 12030), "");
  EXPECT_EQ(look_up("cuMemAllo", 12030), "");
  EXPECT_EQ(look_up("cuMemAllocX", 12030), "");
  EXPECT_EQ(look_up("", 12030), "");
  void* function = this;
  int status = -1;
  EXPECT_EQ(second("cudnnCreate", &function, 12030, 0, &status), 500);
  EXPECT_EQ(status, 1);
}

}  // namespace
}  // namespace dure::gpu::share
