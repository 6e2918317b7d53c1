// The tmpfs that the files of shares lie on, in a mount namespace of the test's own. Skipped where the test
// may not have one.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "gpu/node/shares.h"
#include "gpu/node/test_folder.h"

namespace dure::gpu {
namespace {

namespace fs = std::filesystem;

constexpr int kNoNamespace = 77;
constexpr long kTmpfs = 0x01021994;
constexpr char kMounted[] = "01900000-0000-7000-8000-000000000001";
constexpr char kOtherMounted[] = "01900000-0000-7000-8000-000000000002";

// In a child whose mounts go with it; its exit status.
int in_own_mounts(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      ::_exit(kNoNamespace);
    ::_exit(body() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class SharesMount : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(root / "driver");
    fs::create_directories(root / "lib");
    for (const char* file :
         {"driver/libcuda.so.1", "driver/libnvidia-ml.so.1", "lib/libdure-cuda.so", "lib/libdure-nvml.so"})
      std::ofstream(root / file) << file;
    // A folder that is on no tmpfs of its own, whatever the machine's /tmp is.
    fs::create_directories(shares_folder());
  }
  fs::path shares_folder() const { return root / "shares"; }
  std::unique_ptr<Shares> open() const {
    auto opened = Shares::open({.folder = shares_folder(),
                                .driver_folder = root / "driver",
                                .library_folder = root / "lib",
                                .cdi_folder = "",
                                .mount_tmpfs = true,
                                .warn = [](const std::string& text) { std::puts(text.c_str()); }});
    return opened.ok() ? std::move(*opened) : nullptr;
  }
  static bool prepare(Shares& shares, const char* replica, bool simulated = false) {
    Card card;
    card.report.id = model::CardId("GPU-1");
    card.report.simulated = simulated;
    card.report.health = model::CardHealth::kHealthy;
    return shares.prepare(replica, {{card.report.id, base::MilliGpu::blocks(30), {1 << 30}}}, {card}).ok();
  }
  // How many file systems are mounted on the folder.
  int mounts() const {
    std::ifstream lines("/proc/self/mounts");
    int count = 0;
    for (std::string line; std::getline(lines, line);)
      if (line.find(" " + shares_folder().string() + " tmpfs ") != std::string::npos) ++count;
    return count;
  }
  void expect_well(const std::function<bool()>& body) {
    const int status = in_own_mounts(body);
    if (status == kNoNamespace) GTEST_SKIP() << "needs a mount namespace";
    EXPECT_EQ(status, 0);
  }

  TestFolder scratch;
  const fs::path root = scratch.path();
};

TEST_F(SharesMount, ATmpfsIsMountedBeforeTheFirstShareOfARealCardAndOnce) {
  expect_well([this] {
    auto shares = open();
    if (!shares || mounts() != 0) return false;
    if (!prepare(*shares, kMounted, true) || mounts() != 0) return false;  // simulated: no files, no mount
    if (!prepare(*shares, kMounted) || mounts() != 1) return false;
    struct statfs system = {};
    if (::statfs((shares_folder() / kMounted / "limits").c_str(), &system) != 0 || system.f_type != kTmpfs)
      return false;
    return prepare(*shares, kMounted) && prepare(*shares, kOtherMounted) && mounts() == 1;
  });
}

TEST_F(SharesMount, TheNextDureNodeFindsItAndMountsNoSecondOneOverTheFiles) {
  expect_well([this] {
    auto shares = open();
    if (!shares || !prepare(*shares, kMounted)) return false;
    shares.reset();
    shares = open();
    if (!shares || shares->readings().size() != 1) return false;
    if (!prepare(*shares, kOtherMounted) || mounts() != 1) return false;
    shares->keep_only({});
    return prepare(*shares, kMounted) && mounts() == 1 && fs::exists(shares_folder() / kMounted / "usage");
  });
}

}  // namespace
}  // namespace dure::gpu
