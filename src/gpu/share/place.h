// Where a container finds what the share library needs: one fixed folder, mounted read only by dure-node.
//
//   /run/dure/driver/libcuda.so.1       the real driver
//   /run/dure/driver/libnvidia-ml.so.1  the real NVML
//   /run/dure/share/                    the share's two files (gpu/abi/page.h)
//
// Nothing in the environment of the library that ships changes that: what a tenant can set, a tenant would
// set. The flavour for tests (DURE_GPU_TEST) puts the folder that DURE_GPU_RUN names in place of /run/dure.
#ifndef DURE_GPU_SHARE_PLACE_H
#define DURE_GPU_SHARE_PLACE_H

#include <stddef.h>

#ifdef DURE_GPU_TEST
#include <stdlib.h>
#endif

namespace dure::gpu::share {

inline constexpr char kDriverFile[] = "driver/libcuda.so.1";
inline constexpr char kNvmlFile[] = "driver/libnvidia-ml.so.1";
inline constexpr char kShareFolder[] = "share";

// A path, NUL-terminated; it lies with who asked.
struct Place {
  char text[512];
};

inline const char* run_folder() noexcept {
#ifdef DURE_GPU_TEST
  const char* chosen = getenv("DURE_GPU_RUN");
  if (chosen != nullptr) return chosen;
#endif
  return "/run/dure";
}

// The path of what lies `below` the folder, e.g. kDriverFile. False, and an empty path, where it would not
// fit. Any thread; allocates nothing.
inline bool find_place(const char* below, Place& place) noexcept {
  size_t at = 0;
  const char* const parts[] = {run_folder(), "/", below};
  for (const char* part : parts) {
    for (; *part != '\0'; ++part) {
      if (at + 1 == sizeof place.text) {
        place.text[0] = '\0';
        return false;
      }
      place.text[at++] = *part;
    }
  }
  place.text[at] = '\0';
  return true;
}

}  // namespace dure::gpu::share

#endif
