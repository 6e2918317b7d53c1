// What went wrong elsewhere and has no other place here; and that every such test is where
// tests/gpu/README.md says.
#include <csignal>
#include <fstream>
#include <regex>
#include <sstream>

#include "gpu/memory/container.h"

namespace dure::gpu::share {
namespace {

TEST(MemoryRegression, FreeOfUnknownPointer) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    CUstream none = nullptr;
    EXPECT_EQ(program.allocate(&address, 4 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(program.free(address + 512), CUDA_ERROR_INVALID_VALUE) << "not where it begins";
    EXPECT_EQ(program.free(0xdead000), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(program.call("cuMemFreeAsync", CUdeviceptr{0xdead000}, none), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(container.booked(), 4 * kMiB);
    EXPECT_EQ(program.free(address), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// A container that asks for too much is told so. Nobody in it is killed for that.
TEST(MemoryRegression, OomKillsNobody) {
  Container container(64 * kMiB);
  const pid_t other = container.start([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 60 * kMiB), CUDA_SUCCESS);
    pause();
  });
  for (int i = 0; i < 5000 && container.booked() == 0; ++i) usleep(1000);
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    for (int i = 0; i < 100; ++i) EXPECT_EQ(program.allocate(&address, 8 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.allocate(&address, 4 * kMiB), CUDA_SUCCESS);
  });
  EXPECT_EQ(container.booked(), 64 * kMiB) << "the dead one's is taken back when room is needed";
  int status = 0;
  EXPECT_EQ(waitpid(other, &status, WNOHANG), 0) << "it lives";
  kill(other, SIGKILL);
  waitpid(other, &status, 0);
}

// Every version of cuCtxCreate has arguments of its own, and each is found by the version of CUDA that has
// it.
TEST(MemoryRegression, CtxCreateEveryVersion_233) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_SUCCESS);
    const auto find = [&](int version) {
      void* found = nullptr;
      EXPECT_EQ(program.call("cuGetProcAddress_v2", "cuCtxCreate", &found, version, cuuint64_t{0},
                             static_cast<int*>(nullptr)),
                CUDA_SUCCESS);
      return found;
    };
    CUcontext second = nullptr, third = nullptr, fourth = nullptr;
    auto* v2 = reinterpret_cast<CUresult (*)(CUcontext*, unsigned, CUdevice)>(find(11000));
    auto* v3 = reinterpret_cast<CUresult (*)(CUcontext*, void*, int, unsigned, CUdevice)>(find(12000));
    auto* v4 =
        reinterpret_cast<CUresult (*)(CUcontext*, CUctxCreateParams*, unsigned, CUdevice)>(find(13000));
    EXPECT_EQ(reinterpret_cast<void*>(v3), dlsym(program.cuda, "cuCtxCreate_v3"));
    EXPECT_EQ(reinterpret_cast<void*>(v4), dlsym(program.cuda, "cuCtxCreate_v4"));
    EXPECT_EQ(v2(&second, 0, 0), CUDA_SUCCESS);
    EXPECT_EQ(v3(&third, nullptr, 0, 0, 0), CUDA_SUCCESS);
    EXPECT_EQ(v4(&fourth, nullptr, 0, 0), CUDA_SUCCESS);
    EXPECT_EQ(container.share().usage()->process[0].card[0].contexts, 3u);
    EXPECT_EQ(v4(&fourth, nullptr, 0, 9), CUDA_ERROR_INVALID_DEVICE);
    for (const CUcontext context : {second, third, fourth})
      EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
    EXPECT_EQ(container.share().usage()->process[0].card[0].contexts, 0u);
  });
}

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(RegressionTable, EveryTestIsThere) {
  const std::filesystem::path root = DURE_SOURCE_FOLDER;
  std::istringstream table(read(root / "tests/gpu/README.md"));
  const std::regex row("^\\| .* \\| `(\\w+)\\.(\\w+)` \\| `([^`]+)` \\|$");
  unsigned rows = 0;
  for (std::string line; std::getline(table, line);) {
    std::smatch found;
    if (!std::regex_match(line, found, row)) continue;
    const std::filesystem::path file = root / found[3].str();
    // The launches are a part of their own: where it is not built, neither are its tests.
    if (!std::filesystem::exists(file.parent_path())) continue;
    ++rows;
    const std::regex test("^TEST(_F|_P)?\\(" + found[1].str() + ", " + found[2].str() + "\\)",
                          std::regex::ECMAScript | std::regex::multiline);
    EXPECT_TRUE(std::regex_search(read(file), test)) << line;
  }
  EXPECT_GE(rows, 55u);
}

}  // namespace
}  // namespace dure::gpu::share
