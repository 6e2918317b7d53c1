// What of this machine goes into every container that has a share: the driver's own libraries and the two of
// Dure that stand before them.
//
// The share library calls the driver below /run/dure/driver (share/place.h). The driver opens further
// libraries of its own by their names, so those go where the loader looks. Taken are the ones that CUDA and
// NVML need and no more: OpenCL, graphics and video reach the card past the share library.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace dure::gpu {

struct DriverFile {
  std::string name;  // as a loader asks for it: "libcuda.so.1", "libcuda.so.580.65.06"
  std::string path;  // on this machine, with no symbolic link in it
};

struct DriverFiles {
  std::string share_cuda;  // paths of libdure-cuda.so and libdure-nvml.so
  std::string share_nvml;
  std::vector<DriverFile> cuda;  // every name under which the driver lies there, libcuda.so.1 among them
  std::vector<DriverFile> nvml;  // libnvidia-ml.so.1 among them
  std::vector<DriverFile> companions;  // what the driver opens itself
};

// Looks into the folder of the driver's libraries ("": the usual ones of this machine, in their order) and
// into the one of Dure's. Errors: card.share_files_missing {file, folder} (kUnavailable).
base::Result<DriverFiles> find_driver_files(const std::string& driver_folder,
                                            const std::string& library_folder);

// The folders in which programs of an image find a library that no cache names: Debian's and those of the
// distributions with lib64. Both are there afterwards in every container.
std::vector<std::string> loader_folders();

}  // namespace dure::gpu
