// The library that stands in for libcuda.so.1, used by a program as a driver is used: what comes through to
// the driver beneath it, and what happens where there is none.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "gpu/driver/scene.h"
#include "gpu/share/test_share_folder.h"

namespace dure::gpu::share {
namespace {

// A container with the library and a driver that echoes.
struct Container : Scene {
  Container() {
    put_library(DURE_CUDA_LIBRARY);
    put_library(DURE_NVML_LIBRARY, "libnvidia-ml.so.1");
  }
  Ended client(const std::vector<std::string>& words,
               const std::vector<std::string>& environment = {}) const {
    std::vector<std::string> command = {DURE_CLIENT};
    command.insert(command.end(), words.begin(), words.end());
    return run(command, environment);
  }
};

struct Echoing : Container {
  Echoing() { put_driver(DURE_ECHO_CUDA); }
};

// The functions that are stubs, one a line: what the library exports weakly.
std::string list_stubs(const char* library = DURE_CUDA_LIBRARY) {
  std::istringstream symbols(run_program({"nm", "-D", "--defined-only", library}).out);
  std::string address, type, name, stubs;
  while (symbols >> address >> type >> name)
    if (type == "W" && name != "cuDriverGetVersion") stubs += name + "\n";
  return stubs;
}

#define EXPECT_WELL(ended)                 \
  do {                                     \
    const Ended shown = ended;             \
    EXPECT_EQ(shown.code, 0) << shown.err; \
  } while (false)

TEST(Driver, EverySymbolComesThroughWithAllArguments) {
  Echoing scene;
  const std::string stubs = list_stubs();
  EXPECT_GT(std::count(stubs.begin(), stubs.end(), '\n'), 500);
  EXPECT_WELL(scene.client({"forward_all", scene.write("stubs", stubs)}));
}

TEST(Driver, EverySymbolOfNvmlComesThroughToo) {
  Echoing scene;
  scene.put_driver(DURE_ECHO_NVML, "libnvidia-ml.so.1");
  const std::string stubs = list_stubs(DURE_NVML_LIBRARY);
  EXPECT_GT(std::count(stubs.begin(), stubs.end(), '\n'), 250);
  EXPECT_WELL(scene.client({"forward_nvml", scene.write("stubs", stubs)}));
}

TEST(Driver, SixteenThreadsResolveAtOnce) {
  Echoing scene;
  EXPECT_WELL(scene.client({"resolve_at_once", scene.write("stubs", list_stubs())}));
}

TEST(Driver, AForkedChildCalls) {
  Echoing scene;
  EXPECT_WELL(scene.client({"fork_between", scene.write("stubs", list_stubs())}));
}

TEST(Driver, AChildForkedWhileOthersResolveCalls) {
  Echoing scene;
  const std::string list = scene.write("stubs", list_stubs());
  for (int i = 0; i < 3; ++i) EXPECT_WELL(scene.client({"fork_amid", list}));
}

// Issue 4: an unwrapped call costs at most 5 instructions.
TEST(Driver, AnUnwrappedCallCostsAFewInstructions) {
  Echoing scene;
  const auto count = [&](const char* who) {
    const Ended ended = scene.run(
        {"valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", DURE_CLIENT, "call_often", who});
    const std::size_t at = ended.err.find("Collected : ");
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_NE(at, std::string::npos) << ended.err;
    return at == std::string::npos ? 0 : std::stol(ended.err.substr(at + 12));
  };
  // Both runs load and resolve the same; a hundred thousand calls make the rest small.
  const double each = static_cast<double>(count("ours") - count("direct")) / 100000;
  EXPECT_LE(each, 5);
  EXPECT_GE(each, 0.9);
  RecordProperty("instructions", std::to_string(each));
}

// Issue 4: the start of a process takes at most 2 ms, of which this is the part of the stubs and look-ups.
// The best of some runs, since other programs run here too.
TEST(Driver, AProcessStartsAtOnce) {
  Echoing scene;
  long best = 1000000;
  for (int i = 0; i < 5; ++i) {
    const Ended ended = scene.client({"start"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    best = std::min(best, std::stol(ended.out));
  }
  EXPECT_LE(best, 2000) << "microseconds";
  RecordProperty("microseconds", std::to_string(best));
}

TEST(Driver, OneThatIsMissingIsRefusedWithOneSentence) {
  Container scene;
  const Ended ended = scene.client({"refused"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  // One for each library.
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 2) << ended.err;
  EXPECT_NE(
      ended.err.find("dure: the GPU driver " + scene.run_folder() + "/driver/libcuda.so.1 cannot be used"),
      std::string::npos)
      << ended.err;
  EXPECT_NE(ended.err.find("No such file"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("dure-node"), std::string::npos) << ended.err;
}

TEST(Driver, TheLibraryItselfIsNoDriver) {
  Container scene;
  scene.put_driver(DURE_CUDA_LIBRARY);
  scene.put_driver(DURE_NVML_LIBRARY, "libnvidia-ml.so.1");
  const Ended ended = scene.client({"refused"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("it is Dure's share library"), std::string::npos) << ended.err;
}

// A copy is another file, so the system loads it beside us.
TEST(Driver, ACopyOfTheLibraryIsNoDriver) {
  Container scene;
  run_program({"cp", DURE_CUDA_LIBRARY, scene.run_folder() + "/driver/libcuda.so.1"});
  const Ended ended = scene.client({"refused"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("it is Dure's share library"), std::string::npos) << ended.err;
}

TEST(Driver, ATextFileIsNoDriver) {
  Container scene;
  scene.put_driver(scene.write("text", "no library\n"));
  const Ended ended = scene.client({"refused"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("cannot be used"), std::string::npos) << ended.err;
}

TEST(Driver, ALibraryWithoutCuInitIsNoDriver) {
  Container scene;
  scene.put_driver(DURE_ECHO_NVML);
  const Ended ended = scene.client({"refused"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("lacks the function"), std::string::npos) << ended.err;
}

TEST(Driver, WhatAnOldDriverLacksIsRefused) {
  Container scene;
  const ShareFolder share(1 << 20);
  std::filesystem::create_directory_symlink(share.path(), scene.run_folder() + "/share");
  scene.put_driver(DURE_SMALL_DRIVER);
  const Ended ended = scene.client({"old_driver"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
}

// The ld.so.preload fallback: the container's own libcuda.so.1 is the real driver, and ours comes first.
TEST(Driver, PreloadedItIsWhatTheSonameMeans) {
  Scene scene;
  scene.put_driver(DURE_ECHO_CUDA);
  scene.put_library(DURE_ECHO_CUDA);
  EXPECT_NE(scene.run({DURE_CLIENT, "preloaded"}).code, 0);
  EXPECT_WELL(scene.run({DURE_CLIENT, "preloaded"}, {"LD_PRELOAD=" DURE_CUDA_LIBRARY}));
  EXPECT_WELL(scene.run({DURE_CLIENT, "deep_bind", DURE_PLUGIN}, {"LD_PRELOAD=" DURE_CUDA_LIBRARY}));
}

// A program that does not use the GPU pays nothing and needs no driver, preloaded or not.
TEST(Driver, AProgramWithoutGpuIsLeftAlone) {
  Scene scene;
  const Ended ended = scene.run({"true"}, {"LD_PRELOAD=" DURE_CUDA_LIBRARY});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
}

TEST(Driver, MuslProgramsCall) {
  if (std::string(DURE_MUSL_CLIENT).empty())
    GTEST_SKIP() << "musl-gcc is not installed (scripts/packages-test)";
  Container scene;
  const Ended missing = scene.run({DURE_MUSL_CLIENT, DURE_CUDA_LIBRARY});
  EXPECT_EQ(missing.out, "100\n") << missing.err;
  EXPECT_NE(missing.err.find("cannot be used"), std::string::npos) << missing.err;
  const ShareFolder share(1 << 20);
  std::filesystem::create_directory_symlink(share.path(), scene.run_folder() + "/share");
  scene.put_driver(DURE_MUSL_DRIVER);
  const Ended ended = scene.run({DURE_MUSL_CLIENT, DURE_CUDA_LIBRARY});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out, "0\n");
}

TEST(Driver, OfAarch64ComesThroughToo) {
  const std::string folder = DURE_AARCH64;
  if (folder.empty()) GTEST_SKIP() << "g++-aarch64-linux-gnu and qemu-user-static are not both installed";
  Scene scene;
  const std::string list = scene.write("stubs", list_stubs());
  for (const char* scenario : {"forward_all", "resolve_at_once", "static_cudart"})
    EXPECT_WELL(run_program({"qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu", "-E",
                             "LD_LIBRARY_PATH=" + folder + "/lib", folder + "/client", scenario, list},
                            {"DURE_GPU_RUN=" + folder + "/run"}));
}

// What broke others (section 1.5 of the study), by name.
TEST(DriverRegression, DlsymTwice_Pr89) {
  EXPECT_WELL(Echoing().client({"dlsym_twice"}));
}
TEST(DriverRegression, WslInternalDlsym_326) {
  EXPECT_WELL(Echoing().client({"wsl"}));
}
TEST(DriverRegression, StaticCudartStyleDlopen) {
  EXPECT_WELL(Echoing().client({"static_cudart"}));
}
TEST(DriverRegression, DeepBind) {
  EXPECT_WELL(Echoing().client({"deep_bind", DURE_PLUGIN}));
}

}  // namespace
}  // namespace dure::gpu::share
