// A container with a share, for tests: the share's two files, the fake driver and our library over it. What
// runs in it runs in a child process, or several, each of which opens the library as a program does.
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "gpu/abi/cuda.h"
#include "gpu/abi/nvml.h"
#include "gpu/fake/fake.h"
#include "gpu/share/test_share_folder.h"

namespace dure::gpu::share {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// A function of the library's, or of the fake's controls, by its name.
template <class Function>
class Named {
 public:
  Named(const char* name, void* handle) : function_(reinterpret_cast<Function*>(dlsym(handle, name))) {
    if (function_ == nullptr) ADD_FAILURE() << name;
  }
  template <class... Words>
  auto operator()(Words... words) const {
    return function_(words...);
  }

 private:
  Function* function_;
};

// In a process of the container: the library, and the fake's own books.
struct Program {
  void* cuda = dlopen(DURE_CUDA_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  void* fake = nullptr;
  std::string tenant;

  template <class Function>
  Named<Function> ours(const char* name) const {
    return {name, cuda};
  }
  template <class... Words>
  CUresult call(const char* name, Words... words) const {
    return Named<CUresult(Words...)>(name, cuda)(words...);
  }
  fake_memory real(int card = 0) const {
    fake_memory memory = {};
    Named<int(const char*, int, fake_memory*)>("fake_tenant_memory", fake)(tenant.c_str(), card, &memory);
    return memory;
  }
  CUcontext start(int device = 0) {
    CUcontext context = nullptr;
    EXPECT_EQ(call("cuInit", 0u), CUDA_SUCCESS);
    EXPECT_EQ(call("cuCtxCreate_v2", &context, 0u, device), CUDA_SUCCESS);
    return context;
  }
  CUresult allocate(CUdeviceptr* out, std::size_t bytes) const { return call("cuMemAlloc_v2", out, bytes); }
  CUresult free(CUdeviceptr address) const { return call("cuMemFree_v2", address); }
};

class Container {
 public:
  explicit Container(std::uint64_t limit, unsigned cards = 1, const std::string& config = "")
      : share_(limit, cards), run_(std::string(share_.path()) + "/run") {
    std::filesystem::create_directories(run_ + "/driver");
    std::filesystem::create_directory_symlink(share_.path(), run_ + "/share");
    std::filesystem::create_symlink(DURE_FAKE_CUDA, run_ + "/driver/libcuda.so.1");
    std::filesystem::create_symlink(DURE_FAKE_NVML, run_ + "/driver/libnvidia-ml.so.1");
    config_ = "cards=" + std::to_string(cards) + ";" + config;
    for (unsigned card = 0; card < cards; ++card) {
      const std::string uuid = "GPU-face0000-0000-4000-8000-0000000000" + std::string(card < 15 ? "0" : "") +
                               std::string(1, "123456789abcdef"[card]);
      std::snprintf(share_.limits()->card[card].uuid, 64, "%s", uuid.c_str());
    }
  }

  ShareFolder& share() { return share_; }
  // From now on this container's programs use the other's cards, as another tenant.
  void share_card_with(const Container& other, const std::string& tenant = "neighbour") {
    state_ = other.state_;
    config_ = other.config_;
    tenant_ = tenant;
  }
  std::uint64_t booked(unsigned card = 0) const { return share_.total(card) * DURE_MEMORY_UNIT; }
  void remove_share() { std::filesystem::remove(run_ + "/share"); }

  // Both libraries, and where they find what is theirs. In a test's own process, before it starts others:
  // they need not open them again, and it can ask the fake driver for its books. It must not use the card.
  Program open() const {
    setenv("DURE_GPU_RUN", run_.c_str(), 1);
    setenv("FAKE_CUDA_STATE", state_.c_str(), 1);
    setenv("FAKE_CUDA_CONFIG", config_.c_str(), 1);
    setenv("FAKE_CUDA_TENANT", tenant_.c_str(), 1);
    Program program;
    program.tenant = tenant_;
    program.fake = dlopen((run_ + "/driver/libcuda.so.1").c_str(), RTLD_NOW | RTLD_LOCAL);
    return program;
  }

  // The id of a child that runs `body` and exits, not 0 where an expectation failed.
  pid_t start(const std::function<void(Program&)>& body) {
    const pid_t child = fork();
    if (child != 0) return child;
    Program program = open();
    if (program.cuda == nullptr || program.fake == nullptr) ADD_FAILURE() << dlerror();
    if (!testing::Test::HasFailure()) body(program);
    std::fflush(nullptr);
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  static void finish(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0) << "in the container, see above";
  }
  void run(const std::function<void(Program&)>& body) { finish(start(body)); }

 private:
  ShareFolder share_;
  std::string run_;
  std::string state_ = share_.file("fake");
  std::string tenant_ = "tenant";
  std::string config_;
};

}  // namespace dure::gpu::share
