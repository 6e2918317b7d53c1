// Wrappers: what a context takes of the card by being there. It is charged before there is one, at what
// dure-node says that one takes of this card (context_bytes of the limits: gpu/node/context_sizes.h); where
// it does not say, a context is free and the node observes it.
#include "gpu/share/charge.h"
#include "gpu/share/context_calls.h"
#include "gpu/share/driver.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

namespace dure::gpu::share {
namespace {

// In whole MiB, before the end of `room`.
const char* write_mib(uint64_t bytes, char (&room)[24]) noexcept {
  char* at = room + sizeof room;
  *--at = '\0';
  uint64_t mib = bytes >> 20;
  do *--at = static_cast<char>('0' + mib % 10);
  while ((mib /= 10) != 0);
  return at;
}

// "Out of memory" from a program's first call tells its user nothing: where no context fits at all, that is
// said.
[[gnu::noinline]] void say_too_small(const Card& card, uint64_t bytes) noexcept {
  static uint32_t said = 0;
  const uint64_t limit = memory_limit_units(card.slot->limits, card.index) * DURE_MEMORY_UNIT;
  if (limit >= bytes || __atomic_exchange_n(&said, 1, __ATOMIC_RELAXED) != 0) return;
  char has[24], takes[24];
  say("no program can use the GPU in this container: its share has ", write_mib(limit, has),
      " MiB of the card's memory, and a context alone takes ", write_mib(bytes, takes),
      " MiB. Ask for more blocks.");
}

CUresult reserve_context(const Card& card, uint64_t* units) noexcept {
  const uint64_t bytes =
      __atomic_load_n(&card.slot->limits->card[card.index].context_bytes, __ATOMIC_RELAXED);
  const CUresult result = reserve_memory(*card.slot, card.index, bytes, units);
  if (result != CUDA_SUCCESS) say_too_small(card, bytes);
  return result;
}

// False: another thread has entered it already, or there is no memory for the entry.
bool enter_context(const Card& card, CUcontext context, uint64_t units) noexcept {
  const auto key = reinterpret_cast<uint64_t>(context);
  const Allocation entry = {key, units, key, 1, AllocationKind::kContext, static_cast<uint8_t>(card.index),
                            0};
  if (!card.slot->pointers->insert(entry)) return false;
  note_made(*card.slot, entry);
  return true;
}

template <class Ask>
CUresult create(CUcontext* out, CUdevice device, Ask ask) noexcept {
  if (out == nullptr) return ask();
  Card card = {};
  CUresult result = find_card_of(device, &card);
  if (result != CUDA_SUCCESS) return result;
  uint64_t units = 0;
  result = reserve_context(card, &units);
  if (result != CUDA_SUCCESS) return result;
  DURE_STEP("context.reserved");
  result = ask();
  DURE_STEP("context.asked");
  if (result == CUDA_SUCCESS && !enter_context(card, *out, units)) {
    DURE_REAL(cuCtxDestroy_v2)(*out);
    result = CUDA_ERROR_OUT_OF_MEMORY;
  }
  DURE_STEP("context.entered");
  if (result != CUDA_SUCCESS) release_memory(*card.slot, card.index, units);
  return result;
}

}  // namespace

// The first that asks for it makes it.
CUresult retain_primary(CUcontext* out, CUdevice device) noexcept {
  Card card = {};
  CUresult result = find_card_of(device, &card);
  if (result != CUDA_SUCCESS || out == nullptr)
    return out == nullptr ? DURE_REAL(cuDevicePrimaryCtxRetain)(out, device) : result;
  unsigned flags = 0;
  int active = 0;
  uint64_t units = 0;
  DURE_REAL(cuDevicePrimaryCtxGetState)(device, &flags, &active);
  if (active == 0) result = reserve_context(card, &units);
  if (result != CUDA_SUCCESS) return result;
  DURE_STEP("primary.reserved");
  result = DURE_REAL(cuDevicePrimaryCtxRetain)(out, device);
  DURE_STEP("primary.retained");
  Allocation known = {};
  if (result == CUDA_SUCCESS &&
      !card.slot->pointers->find(AllocationKind::kContext, reinterpret_cast<uint64_t>(*out), &known)) {
    if (active != 0) result = reserve_context(card, &units);
    if (result == CUDA_SUCCESS && enter_context(card, *out, units)) return result;
    if (result != CUDA_SUCCESS) DURE_REAL(cuDevicePrimaryCtxRelease_v2)(device);
  }
  release_memory(*card.slot, card.index, units);
  return result;
}

}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuCtxCreate(CUcontext* out, unsigned flags, CUdevice device) noexcept {
  return create(out, device, [&]() noexcept { return DURE_REAL(cuCtxCreate)(out, flags, device); });
}
DURE_EXPORT CUresult cuCtxCreate_v2(CUcontext* out, unsigned flags, CUdevice device) noexcept {
  return create(out, device, [&]() noexcept { return DURE_REAL(cuCtxCreate_v2)(out, flags, device); });
}
DURE_EXPORT CUresult cuCtxCreate_v3(CUcontext* out, void* affinities, int count, unsigned flags,
                                    CUdevice device) noexcept {
  return create(out, device,
                [&]() noexcept { return DURE_REAL(cuCtxCreate_v3)(out, affinities, count, flags, device); });
}
DURE_EXPORT CUresult cuCtxCreate_v4(CUcontext* out, CUctxCreateParams* parameters, unsigned flags,
                                    CUdevice device) noexcept {
  return create(out, device,
                [&]() noexcept { return DURE_REAL(cuCtxCreate_v4)(out, parameters, flags, device); });
}
