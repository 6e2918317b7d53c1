#include "gpu/share/share_nvml.h"

#include "gpu/share/driver.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/place.h"
#include "gpu/share/real.h"

DURE_EXPORT nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char* uuid, unsigned length) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetHandleByUUID(const char* uuid, nvmlDevice_t* device) noexcept;
DURE_EXPORT nvmlReturn_t nvmlDeviceGetDeviceHandleFromMigDeviceHandle(nvmlDevice_t instance,
                                                                      nvmlDevice_t* gpu) noexcept;

namespace dure::gpu::share {
namespace {

bool is_same(const char (&a)[64], const char* b) noexcept {
  for (unsigned i = 0; i < sizeof a; ++i) {
    if (a[i] != b[i]) return false;
    if (a[i] == '\0') return i > 0;
  }
  return false;
}

void add(ShareFiles::Gpus& all, nvmlDevice_t device) noexcept {
  for (unsigned i = 0; i < all.count; ++i)
    if (all.gpu[i] == device) return;
  all.gpu[all.count++] = device;
}

}  // namespace

ShareFiles::ShareFiles() noexcept {
  Place folder;
  if (!find_place(kShareFolder, folder) || map_limits(folder.text, &limits_) != PageFault::kNone) {
    limits_ = nullptr;
    return;
  }
  if (open_usage(folder.text, &file_) != PageFault::kNone) {
    file_ = -1;
    return;
  }
  if (map_usage(file_, &usage_) != PageFault::kNone) usage_ = nullptr;
}

ShareFiles::~ShareFiles() noexcept {
  if (usage_ != nullptr) unmap_usage(usage_);
  if (limits_ != nullptr) unmap_limits(limits_);
  if (file_ >= 0) close_file(file_);
}

unsigned ShareFiles::cards() const noexcept {
  if (!is_there()) return 0;
  const unsigned cards = limits_->header.cards;
  return cards < DURE_MAX_CARDS ? cards : unsigned{DURE_MAX_CARDS};
}

bool ShareFiles::find_card(nvmlDevice_t device, unsigned* card) const noexcept {
  char uuid[96] = {};
  if (!is_there() || DURE_REAL(nvmlDeviceGetUUID)(device, uuid, sizeof uuid) != NVML_SUCCESS) return false;
  for (*card = 0; *card < cards(); ++*card)
    if (is_same(limits_->card[*card].uuid, uuid)) return true;
  return false;
}

nvmlReturn_t ShareFiles::admit(nvmlDevice_t device, uint32_t* cards) const noexcept {
  char uuid[96] = {};
  const nvmlReturn_t known = DURE_REAL(nvmlDeviceGetUUID)(device, uuid, sizeof uuid);
  if (known != NVML_SUCCESS) return known;
  *cards = cards_of(device);
  return *cards != 0 ? NVML_SUCCESS : NVML_ERROR_NO_PERMISSION;
}

uint32_t ShareFiles::cards_of(nvmlDevice_t device) const noexcept {
  unsigned card = 0;
  if (find_card(device, &card)) return uint32_t{1} << card;
  uint32_t cards = 0;
  for (card = 0; card < this->cards(); ++card) {
    nvmlDevice_t own = nullptr, gpu = nullptr;
    if (find_device(card, &own, &gpu) && gpu == device) cards |= uint32_t{1} << card;
  }
  return cards;
}

bool ShareFiles::find_device(unsigned card, nvmlDevice_t* device, nvmlDevice_t* gpu) const noexcept {
  const char* uuid = limits_->card[card].uuid;
  if (DURE_REAL(nvmlDeviceGetHandleByUUID)(uuid, device) != NVML_SUCCESS) return false;
  *gpu = *device;
  if (uuid[0] != 'M') return true;
  return DURE_REAL(nvmlDeviceGetDeviceHandleFromMigDeviceHandle)(*device, gpu) == NVML_SUCCESS;
}

ShareFiles::Gpus ShareFiles::gpus() const noexcept {
  Gpus all = {};
  for (unsigned card = 0; card < cards(); ++card) {
    nvmlDevice_t device = nullptr, gpu = nullptr;
    if (find_device(card, &device, &gpu)) add(all, gpu);
  }
  return all;
}

ShareFiles::Gpus ShareFiles::instances(nvmlDevice_t of) const noexcept {
  Gpus all = {};
  for (unsigned card = 0; card < cards(); ++card) {
    nvmlDevice_t device = nullptr, gpu = nullptr;
    if (find_device(card, &device, &gpu) && gpu == of && device != gpu) add(all, device);
  }
  return all;
}

MemoryView view_device(const ShareFiles& share, uint32_t cards, uint64_t real_total,
                       uint64_t real_free) noexcept {
  MemoryView sum = {0, 0, 0};
  for (unsigned card = 0; card < share.cards(); ++card) {
    if ((cards >> card & 1) == 0) continue;
    const MemoryView one = view_memory(share.limits(), share.usage(), card, real_total, real_free);
    sum.total += one.total;
    sum.free += one.free;
    sum.used += one.used;
  }
  if (sum.total > real_total) sum.total = real_total;
  if (sum.free > real_free) sum.free = real_free;
  return sum;
}

}  // namespace dure::gpu::share
