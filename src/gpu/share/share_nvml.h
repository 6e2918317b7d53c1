// The share as the wrappers of NVML see it: its two files, mapped for one answer, since who asks NVML asks
// now and then and needs no slot, and which of NVML's devices are the share's.
//
// A GPU is the container's where the share has it, or an instance of it: the GPU of an instance is shown, as
// the driver shows it to a container that has only the instance. GPUs are numbered as the share lists its
// cards, which is the order of CUDA_VISIBLE_DEVICES and so CUDA's; instances of one GPU likewise among
// themselves.
//
// Threads: one ShareFiles belongs to one thread. Nothing here allocates or keeps anything.
#pragma once

#include <stdint.h>

#include "gpu/abi/nvml.h"
#include "gpu/share/page.h"
#include "gpu/share/views.h"

namespace dure::gpu::share {

class ShareFiles {
 public:
  ShareFiles() noexcept;
  ~ShareFiles() noexcept;
  ShareFiles(const ShareFiles&) = delete;
  ShareFiles& operator=(const ShareFiles&) = delete;

  // False: there is no share; then it has no card and no device is its.
  bool is_there() const noexcept { return usage_ != nullptr; }
  unsigned cards() const noexcept;
  // REQUIRES: is_there().
  const struct dure_limits* limits() const noexcept { return limits_; }
  const struct dure_usage* usage() const noexcept { return usage_; }
  // The open description of `usage`, by which the locks of its slots are seen.
  int file() const noexcept { return file_; }

  // A bit for each card of the share that the device is, or for a GPU in MIG mode: those that are instances
  // of it. 0: the device is not the container's.
  uint32_t cards_of(nvmlDevice_t device) const noexcept;
  // Whether the wrappers may answer about the device: what the driver says against it (it is none, NVML was
  // not begun), NVML_ERROR_NO_PERMISSION where it is not the container's; else *cards as of cards_of.
  nvmlReturn_t admit(nvmlDevice_t device, uint32_t* cards) const noexcept;
  // True where the device is a card of the share itself, which is then *card.
  bool find_card(nvmlDevice_t device, unsigned* card) const noexcept;

  // The container's GPUs, those of instances among them, each once. Those that NVML does not find are left
  // out.
  struct Gpus {
    unsigned count;
    nvmlDevice_t gpu[DURE_MAX_CARDS];
  };
  Gpus gpus() const noexcept;
  // The container's instances of that GPU.
  Gpus instances(nvmlDevice_t gpu) const noexcept;

  // NVML's device of a card, and the GPU that it is or is of. False: NVML finds none.
  bool find_device(unsigned card, nvmlDevice_t* device, nvmlDevice_t* gpu) const noexcept;

 private:
  const struct dure_limits* limits_ = nullptr;
  struct dure_usage* usage_ = nullptr;
  int file_ = -1;
};

// What a device of the container has of memory: of a GPU in MIG mode the sum over the container's instances.
// `real_total` and `real_free`: what the driver says of the device.
MemoryView view_device(const ShareFiles& share, uint32_t cards, uint64_t real_total,
                       uint64_t real_free) noexcept;

}  // namespace dure::gpu::share
