#include "gpu/share/card.h"

#include "gpu/share/driver.h"
#include "gpu/share/place.h"
#include "gpu/share/real.h"

DURE_EXPORT CUresult cuCtxGetCurrent(CUcontext* context) noexcept;
DURE_EXPORT CUresult cuCtxGetDevice(CUdevice* device) noexcept;
DURE_EXPORT CUresult cuCtxPushCurrent_v2(CUcontext context) noexcept;
DURE_EXPORT CUresult cuCtxPopCurrent_v2(CUcontext* context) noexcept;
DURE_EXPORT CUresult cuStreamGetCtx(CUstream stream, CUcontext* context) noexcept;
DURE_EXPORT CUresult cuDeviceGetUuid(CUuuid* uuid, CUdevice device) noexcept;
DURE_EXPORT CUresult cuDeviceGetUuid_v2(CUuuid* uuid, CUdevice device) noexcept;

namespace dure::gpu::share {
namespace {

constexpr int kDevices = 64;  // that one process sees, at the most
constexpr uint8_t kUnknown = 0, kForeign = 0xff;
uint8_t cards[kDevices];  // of the device: its card and 1

// A word: 48 bits of the context's address, 16 of its device and 1.
constexpr unsigned kContexts = 64;
uint64_t contexts[kContexts];

uint64_t& word_of(uint64_t context) noexcept {
  return contexts[(context >> 4 ^ context >> 12) % kContexts];
}

int digit_of(char letter) noexcept {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

// "GPU-…" or "MIG-…" and 32 digits with hyphens between them.
bool is_same(const char (&text)[64], const CUuuid& uuid) noexcept {
  unsigned digits = 0;
  for (unsigned i = 4; i < sizeof text && text[i] != '\0'; ++i) {
    if (text[i] == '-') continue;
    const auto byte = static_cast<unsigned char>(uuid.bytes[digits / 2 % sizeof uuid.bytes]);
    if (digits == 2 * sizeof uuid.bytes) return false;
    if (digit_of(text[i]) != (digits % 2 == 0 ? byte >> 4 : byte & 15)) return false;
    ++digits;
  }
  return digits == 2 * sizeof uuid.bytes;
}

// The card and 1, or kForeign. Kept where the driver could say who the device is.
uint8_t identify(const Slot& slot, CUdevice device) noexcept {
  CUuuid uuid = {};
  const CUresult told = DURE_HAS_REAL(cuDeviceGetUuid_v2) ? DURE_REAL(cuDeviceGetUuid_v2)(&uuid, device)
                                                          : DURE_REAL(cuDeviceGetUuid)(&uuid, device);
  if (told != CUDA_SUCCESS) return kForeign;
  uint8_t found = kForeign;
  for (unsigned card = 0; card < slot.limits->header.cards && card < DURE_MAX_CARDS; ++card)
    if (is_same(slot.limits->card[card].uuid, uuid)) found = static_cast<uint8_t>(card + 1);
  __atomic_store_n(&cards[device], found, __ATOMIC_RELAXED);
  if (found == kForeign) say("a card that is not in this container's share was asked for: it is refused");
  return found;
}

// The folder's path outlives every call.
const char* share_folder() noexcept {
  static Place place;
  static uint32_t made = 0;  // 2: it is there
  uint32_t none = 0;
  if (__atomic_load_n(&made, __ATOMIC_ACQUIRE) == 2) return place.text;
  Place one;
  find_place(kShareFolder, one);
  if (__atomic_compare_exchange_n(&made, &none, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    place = one;
    __atomic_store_n(&made, 2, __ATOMIC_RELEASE);
  }
  while (__atomic_load_n(&made, __ATOMIC_ACQUIRE) != 2) {  // tens of instructions
  }
  return place.text;
}

[[gnu::noinline]] Slot* refuse(PageFault fault) noexcept {
  static uint32_t said = 0;
  if (__atomic_exchange_n(&said, 1, __ATOMIC_RELAXED) == 0)
    say(sentence(fault) + 6);  // which begins with "dure: " as well
  return nullptr;
}

}  // namespace

Slot* find_slot() noexcept {
  Slot* claimed = claimed_slot();
  if (claimed != nullptr) return claimed;
  PageFault fault = PageFault::kNone;
  Slot* slot = own_slot(share_folder(), &fault);
  return slot != nullptr ? slot : refuse(fault);
}

CUresult find_card_of(CUdevice device, Card* card) noexcept {
  if (device < 0 || device >= kDevices) return CUDA_ERROR_INVALID_DEVICE;
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  uint8_t found = __atomic_load_n(&cards[device], __ATOMIC_RELAXED);
  if (found == kUnknown) found = identify(*slot, device);
  if (found == kForeign) return CUDA_ERROR_INVALID_DEVICE;
  *card = {slot, found - 1U, device, nullptr};
  return CUDA_SUCCESS;
}

CUresult find_current_card(Card* card) noexcept {
  CUcontext context = nullptr;
  CUresult result = DURE_REAL(cuCtxGetCurrent)(&context);
  if (result != CUDA_SUCCESS) return result;
  if (context == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
  const auto address = reinterpret_cast<uint64_t>(context);
  uint64_t* word = &word_of(address);
  const uint64_t known = __atomic_load_n(word, __ATOMIC_RELAXED);
  CUdevice device = static_cast<CUdevice>(known & 0xffff) - 1;
  if (known >> 16 != address || device < 0) {
    result = DURE_REAL(cuCtxGetDevice)(&device);
    if (result != CUDA_SUCCESS) return result;
    if (device < 0 || device >= kDevices) return CUDA_ERROR_INVALID_DEVICE;
    if (address >> 48 == 0)
      __atomic_store_n(word, address << 16 | static_cast<uint64_t>(device + 1), __ATOMIC_RELAXED);
  }
  result = find_card_of(device, card);
  if (result == CUDA_SUCCESS) card->context = context;
  return result;
}

CUresult find_stream_card(CUstream stream, Card* card) noexcept {
  CUcontext context = nullptr;
  const CUresult current = find_current_card(card);
  const bool is_named = stream != nullptr && stream != CU_STREAM_LEGACY && stream != CU_STREAM_PER_THREAD;
  if (!is_named || DURE_REAL(cuStreamGetCtx)(stream, &context) != CUDA_SUCCESS || context == nullptr)
    return current;
  if (current == CUDA_SUCCESS && context == card->context) return current;
  const CUresult pushed = DURE_REAL(cuCtxPushCurrent_v2)(context);
  if (pushed != CUDA_SUCCESS) return pushed;
  const CUresult found = find_current_card(card);
  DURE_REAL(cuCtxPopCurrent_v2)(&context);
  return found;
}

void forget_card_of(CUcontext context) noexcept {
  uint64_t* word = &word_of(reinterpret_cast<uint64_t>(context));
  if (__atomic_load_n(word, __ATOMIC_RELAXED) >> 16 == reinterpret_cast<uint64_t>(context))
    __atomic_store_n(word, 0, __ATOMIC_RELAXED);
}

}  // namespace dure::gpu::share
