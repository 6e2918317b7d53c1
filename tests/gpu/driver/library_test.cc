// The two libraries as files: what they need, what they export, and that nothing of them runs by itself.
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <span>
#include <sstream>

#include "gpu/driver/scene.h"

namespace dure::gpu::share {
namespace {

// By pointer: seven hundred strings to initialise would take the compiler half a minute.
#define DURE_SYMBOL(name, since) #name,
const char* const cuda_names[] = {
#include "gpu/share/symbols_cuda.def"
};
const char* const nvml_names[] = {
#include "gpu/share/symbols_nvml.def"
};
#undef DURE_SYMBOL

struct Case {
  const char* library;
  const char* soname;
  std::span<const char* const> exports;
};
const Case cuda = {DURE_CUDA_SHIPPED, "libcuda.so.1", cuda_names};
const Case nvml = {DURE_NVML_SHIPPED, "libnvidia-ml.so.1", nvml_names};

class Library : public testing::TestWithParam<const Case*> {
 protected:
  static std::string read(const char* option) {
    return run_program({"readelf", "-W", option, GetParam()->library}).out;
  }
  // All that `form` finds, its first group.
  static std::set<std::string> find(const std::string& text, const char* form) {
    std::set<std::string> found;
    const std::regex regex(form);
    for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
      found.insert((*at)[1]);
    return found;
  }
};

TEST_P(Library, NeedsLibcAloneAndNamesNoDriver) {
  const std::string dynamic = read("-d");
  EXPECT_EQ(find(dynamic, "NEEDED\\).*\\[(.*)\\]"), (std::set<std::string>{"libc.so.6", "libdl.so.2"}));
  EXPECT_EQ(find(dynamic, "SONAME\\).*\\[(.*)\\]"), std::set<std::string>{GetParam()->soname});
}

TEST_P(Library, RunsWhereGlibcIs2_17) {
  for (const std::string& version : find(read("-V"), "GLIBC_([0-9.]+)")) {
    int major = 0, minor = 0;
    ASSERT_GE(std::sscanf(version.c_str(), "%d.%d", &major, &minor), 2) << version;
    EXPECT_TRUE(major == 2 && minor <= 17) << "GLIBC_" << version;
  }
  EXPECT_EQ(find(read("-V"), "(GLIBCXX|CXXABI|GCC_)"), std::set<std::string>{});
}

TEST_P(Library, NothingRunsWhenItIsLoaded) {
  EXPECT_EQ(find(read("-d"), "\\((INIT|FINI|INIT_ARRAY|FINI_ARRAY|PREINIT_ARRAY)\\)"),
            std::set<std::string>{});
  EXPECT_EQ(find(read("-S"), "(\\.init_array|\\.ctors|\\.tbss|\\.tdata)"), std::set<std::string>{});
}

TEST_P(Library, ExportsTheListAndItsMarker) {
  std::istringstream symbols(run_program({"nm", "-D", "--defined-only", GetParam()->library}).out);
  std::set<std::string> exported;
  std::string address, type, name;
  while (symbols >> address >> type >> name) exported.insert(name);
  std::set<std::string> expected(GetParam()->exports.begin(), GetParam()->exports.end());
  expected.insert("dure_gpu_share_marker");
  EXPECT_EQ(exported, expected);
}

TEST_P(Library, ReadsNoEnvironment) {
  EXPECT_EQ(find(read("--dyn-syms"), "(getenv|secure_getenv|environ)"), std::set<std::string>{});
  EXPECT_EQ(run_program({"grep", "-c", "DURE_GPU_RUN", GetParam()->library}).code, 1);
}

TEST_P(Library, HasNoWritableCode) {
  EXPECT_EQ(find(read("-l"), "(RWE)"), std::set<std::string>{});
  EXPECT_EQ(find(read("-d"), "(TEXTREL)"), std::set<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Both, Library, testing::Values(&cuda, &nvml),
                         [](const auto& one) { return one.index == 0 ? "cuda" : "nvml"; });

}  // namespace
}  // namespace dure::gpu::share
