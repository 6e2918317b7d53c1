// Wrappers: what NVML says of memory: what CUDA says of it (views.h).
#include "gpu/abi/nvml.h"
#include "gpu/share/driver.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/place.h"
#include "gpu/share/real.h"
#include "gpu/share/views.h"

DURE_EXPORT nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char* uuid, unsigned length) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t* memory) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t* memory) noexcept;

namespace dure::gpu::share {
namespace {

struct Pages {
  const struct dure_limits* limits;
  struct dure_usage* usage;
};

// The share's two files: mapped for one answer, since who asks NVML asks now and then, and needs no slot.
class Share {
 public:
  Share() noexcept {
    Place folder;
    int file = -1;
    if (!find_place(kShareFolder, folder) || map_limits(folder.text, &pages_.limits) != PageFault::kNone)
      return;
    if (open_usage(folder.text, &file) != PageFault::kNone) return;
    if (map_usage(file, &pages_.usage) != PageFault::kNone) pages_.usage = nullptr;
    close_file(file);
  }
  ~Share() noexcept {
    if (pages_.limits != nullptr) unmap_limits(pages_.limits);
    if (pages_.usage != nullptr) unmap_usage(pages_.usage);
  }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  // False: there is no share, or the device is not in it.
  bool find(nvmlDevice_t device, unsigned* card) const noexcept {
    char uuid[96] = {};
    if (pages_.usage == nullptr || DURE_REAL(nvmlDeviceGetUUID)(device, uuid, sizeof uuid) != NVML_SUCCESS)
      return false;
    for (*card = 0; *card < pages_.limits->header.cards && *card < DURE_MAX_CARDS; ++*card)
      if (is_same(pages_.limits->card[*card].uuid, uuid)) return true;
    return false;
  }
  MemoryView view(unsigned card, uint64_t total, uint64_t free) const noexcept {
    return view_memory(pages_.limits, pages_.usage, card, total, free);
  }

 private:
  static bool is_same(const char (&a)[64], const char* b) noexcept {
    for (unsigned i = 0; i < sizeof a; ++i) {
      if (a[i] != b[i]) return false;
      if (a[i] == '\0') return i > 0;
    }
    return false;
  }
  Pages pages_ = {};
};

// What the driver keeps of the card for itself is nobody's share.
template <class Memory>
nvmlReturn_t get_info(nvmlDevice_t device, Memory* memory, nvmlReturn_t result) noexcept {
  if (result != NVML_SUCCESS || memory == nullptr) return result;
  const Share share;
  unsigned card = 0;
  if (!share.find(device, &card)) return NVML_ERROR_NO_PERMISSION;
  const MemoryView view = share.view(card, memory->total, memory->free);
  memory->total = view.total;
  memory->free = view.free;
  memory->used = view.used;
  return result;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t* memory) noexcept {
  return get_info(device, memory, DURE_REAL(nvmlDeviceGetMemoryInfo)(device, memory));
}
DURE_EXPORT nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t* memory) noexcept {
  const nvmlReturn_t result = get_info(device, memory, DURE_REAL(nvmlDeviceGetMemoryInfo_v2)(device, memory));
  if (result == NVML_SUCCESS && memory != nullptr) memory->reserved = 0;
  return result;
}
