// ContainerFiles: what a container with a share finds, in a folder of the test's own: the fake driver where
// the library looks for it, the library where the node looks for it, and the share's folder, which the node's
// code fills. Sets the environment by which programs that are started afterwards find them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "gpu/node/shares.h"
#include "gpu/node/test_folder.h"

namespace dure::gpu {

inline constexpr char kCard[] = "GPU-face0000-0000-4000-8000-000000000001";  // the fake driver's first
inline constexpr char kReplica[] = "01900000-0000-7000-8000-000000000001";
inline constexpr std::uint64_t kMiB = 1 << 20;

struct ContainerFiles {
  ContainerFiles() {
    namespace fs = std::filesystem;
    fs::create_directories(root / "run/driver");
    fs::create_directories(root / "lib");
    fs::create_symlink(DURE_FAKE_CUDA, root / "run/driver/libcuda.so.1");
    fs::create_symlink(DURE_FAKE_NVML, root / "run/driver/libnvidia-ml.so.1");
    fs::create_symlink(DURE_CUDA_LIBRARY, root / "lib/libdure-cuda.so");
    fs::create_symlink(DURE_NVML_LIBRARY, root / "lib/libdure-nvml.so");
    fs::create_symlink(root / "shares" / kReplica, root / "run/share");
    ::setenv("FAKE_CUDA_STATE", (root / "state").c_str(), 1);
    ::setenv("DURE_GPU_RUN", (root / "run").c_str(), 1);
  }

  // Before the first program: who makes the cards decides.
  static void configure_cards(const std::string& text) { ::setenv("FAKE_CUDA_CONFIG", text.c_str(), 1); }

  // The node's shares over these files.
  SharesOptions shares_options() const {
    return {.folder = root / "shares",
            .driver_folder = root / "run/driver",
            .library_folder = root / "lib",
            .cdi_folder = "",
            .mount_tmpfs = false,
            .warn = [](const std::string&) {}};
  }

  const TestFolder scratch;
  const std::filesystem::path root = scratch.path();
};

}  // namespace dure::gpu
