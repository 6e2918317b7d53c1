// Wrappers: contexts. What lives in a context goes with it, and so does what it was charged. A device's heap
// for its own malloc, the stacks of its threads and the buffer of its printf are charged beyond what every
// context has of them; what a context itself takes is charged in context_cost_cuda.cc.
#include "gpu/share/charge.h"
#include "gpu/share/gates.h"
#include "gpu/share/pools.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuDeviceGetAttribute(int* value, int attribute, CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxRelease(CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxReset(CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) noexcept;
DURE_EXPORT CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) noexcept;
DURE_EXPORT CUresult cuGreenCtxDestroy(void* context) noexcept;
DURE_EXPORT CUresult cuCtxFromGreenCtx(CUcontext* context, void* green) noexcept;
DURE_EXPORT CUresult cuCtxDestroy(CUcontext context) noexcept;
DURE_EXPORT CUresult cuCtxDestroy_v2(CUcontext context) noexcept;
DURE_EXPORT CUresult cuCtxSetLimit(int limit, size_t value) noexcept;

namespace dure::gpu::share {
namespace {

// Entries of a context, some at a time: a table must not be changed while it is walked.
struct Found {
  static constexpr unsigned kMost = 64;
  uint64_t context;
  unsigned count;
  Allocation entry[kMost];
};

bool goes_with_context(AllocationKind kind) noexcept {
  return kind == AllocationKind::kLinear || kind == AllocationKind::kManaged ||
         kind == AllocationKind::kArray || kind == AllocationKind::kMipmap ||
         kind == AllocationKind::kContextLimit || kind == AllocationKind::kContext ||
         kind == AllocationKind::kModule || kind == AllocationKind::kImported;
}

// After the driver destroyed it: everything of it goes.
void forget_context(Slot& slot, CUcontext context) noexcept {
  forget_card_of(context);
  forget_launches(context);
  for (Found found = {reinterpret_cast<uint64_t>(context), 0, {}};; found.count = 0) {
    slot.pointers->each(
        [](const Allocation& one, void* wanted) {
          auto& all = *static_cast<Found*>(wanted);
          if (one.owner == all.context && goes_with_context(one.kind) && all.count < Found::kMost)
            all.entry[all.count++] = one;
        },
        &found);
    if (found.count == 0) break;
    for (unsigned i = 0; i < found.count; ++i) {
      Allocation gone = {};
      if (!slot.pointers->erase(found.entry[i].kind, found.entry[i].pointer, &gone)) continue;
      note_gone(slot, gone);
      DURE_STEP("context.erased");
      release_memory(slot, gone.card, gone.units);
    }
  }
  for (unsigned card = 0; card < slot.limits->header.cards && card < DURE_MAX_CARDS; ++card)
    settle_pools(slot, card);
}

template <class Ask>
CUresult destroy(CUcontext context, Ask ask) noexcept {
  Slot* slot = find_slot();
  finish_context(context);
  DURE_STEP("context.finished");
  const CUresult result = ask();
  DURE_STEP("context.destroyed");
  if (result == CUDA_SUCCESS && slot != nullptr && context != nullptr) forget_context(*slot, context);
  return result;
}

// Which context is the device's primary one, where it has one; asking for it holds it for a moment.
CUcontext find_primary(CUdevice device) noexcept {
  unsigned flags = 0;
  int active = 0;
  CUcontext context = nullptr;
  if (DURE_REAL(cuDevicePrimaryCtxGetState)(device, &flags, &active) != CUDA_SUCCESS || active == 0)
    return nullptr;
  if (DURE_REAL(cuDevicePrimaryCtxRetain)(&context, device) != CUDA_SUCCESS) return nullptr;
  DURE_REAL(cuDevicePrimaryCtxRelease_v2)(device);
  return context;
}

// How often the program holds the device's primary context; null for a number that is no device.
uint32_t* find_retained(Slot* slot, CUdevice device) noexcept {
  if (slot == nullptr || device < 0 || static_cast<unsigned>(device) >= LaunchState::kDevices) return nullptr;
  return &slot->launch.retained[device];
}

// It may be gone after the call, or not: somebody else may hold it.
template <class Ask>
CUresult let_primary_go(CUdevice device, bool resets, Ask ask) noexcept {
  Slot* slot = find_slot();
  const CUcontext context = slot != nullptr ? find_primary(device) : nullptr;
  uint32_t* retained = find_retained(slot, device);
  if (resets || (retained != nullptr && __atomic_load_n(retained, __ATOMIC_RELAXED) <= 1))
    finish_context(context);
  DURE_STEP("primary.finished");
  const CUresult result = ask();
  DURE_STEP("primary.released");
  if (result == CUDA_SUCCESS && !resets && retained != nullptr &&
      __atomic_load_n(retained, __ATOMIC_RELAXED) > 0)
    __atomic_sub_fetch(retained, 1, __ATOMIC_RELAXED);
  if (result != CUDA_SUCCESS || context == nullptr) return result;
  unsigned flags = 0;
  int active = 0;
  DURE_REAL(cuDevicePrimaryCtxGetState)(device, &flags, &active);
  if (active == 0) forget_context(*slot, context);
  return result;
}

// What a limit takes of the card beyond what every context has.
uint64_t limit_bytes(CUdevice device, int limit, size_t value) noexcept {
  constexpr uint64_t kStack = 1024, kBuffer = uint64_t{1} << 20, kHeap = uint64_t{8} << 20;
  const auto beyond = [value](uint64_t usual) noexcept { return value > usual ? value - usual : 0; };
  if (limit == CU_LIMIT_MALLOC_HEAP_SIZE) return beyond(kHeap);
  if (limit == CU_LIMIT_PRINTF_FIFO_SIZE) return beyond(kBuffer);
  if (limit != CU_LIMIT_STACK_SIZE) return 0;
  int processors = 0, threads = 0;
  DURE_REAL(cuDeviceGetAttribute)(&processors, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device);
  DURE_REAL(cuDeviceGetAttribute)(&threads, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, device);
  return multiply(beyond(kStack), static_cast<uint64_t>(processors) * static_cast<uint64_t>(threads));
}

CUresult set_limit(int limit, size_t value) noexcept {
  if (limit < 0 || limit > CU_LIMIT_MALLOC_HEAP_SIZE) return DURE_REAL(cuCtxSetLimit)(limit, value);
  Card card = {};
  CUresult result = find_current_card(&card);
  if (result != CUDA_SUCCESS) return result;
  Slot& slot = *card.slot;
  const uint64_t key = reinterpret_cast<uint64_t>(card.context) + static_cast<uint64_t>(limit);
  uint64_t units = 0;
  result = reserve_memory(slot, card.index, limit_bytes(card.device, limit, value), &units);
  if (result != CUDA_SUCCESS) return result;
  DURE_STEP("limit.reserved");
  result = DURE_REAL(cuCtxSetLimit)(limit, value);
  DURE_STEP("limit.set");
  Allocation before = {};
  if (result == CUDA_SUCCESS) {
    if (slot.pointers->erase(AllocationKind::kContextLimit, key, &before)) {
      note_gone(slot, before);
      DURE_STEP("limit.replaced");
      release_memory(slot, before.card, before.units);
    }
    const Allocation entry = {key,
                              units,
                              reinterpret_cast<uint64_t>(card.context),
                              1,
                              AllocationKind::kContextLimit,
                              static_cast<uint8_t>(card.index),
                              0};
    if (units != 0) slot.pointers->insert(entry);  // not: another thread set it too, and both stay charged
    if (units != 0) note_made(slot, entry);
    return result;
  }
  release_memory(slot, card.index, units);
  return result;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) noexcept {
  const CUresult result = retain_primary(context, device);
  uint32_t* retained = result == CUDA_SUCCESS ? find_retained(find_slot(), device) : nullptr;
  if (retained != nullptr) __atomic_add_fetch(retained, 1, __ATOMIC_RELAXED);
  return result;
}
DURE_EXPORT CUresult cuGreenCtxDestroy(void* green) noexcept {
  CUcontext context = nullptr;
  if (DURE_REAL(cuCtxFromGreenCtx)(&context, green) == CUDA_SUCCESS) finish_context(context);
  return DURE_REAL(cuGreenCtxDestroy)(green);
}
DURE_EXPORT CUresult cuCtxDestroy(CUcontext context) noexcept {
  return destroy(context, [&]() noexcept { return DURE_REAL(cuCtxDestroy)(context); });
}
DURE_EXPORT CUresult cuCtxDestroy_v2(CUcontext context) noexcept {
  return destroy(context, [&]() noexcept { return DURE_REAL(cuCtxDestroy_v2)(context); });
}
DURE_EXPORT CUresult cuDevicePrimaryCtxRelease(CUdevice device) noexcept {
  return let_primary_go(device, false,
                        [&]() noexcept { return DURE_REAL(cuDevicePrimaryCtxRelease)(device); });
}
DURE_EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) noexcept {
  return let_primary_go(device, false,
                        [&]() noexcept { return DURE_REAL(cuDevicePrimaryCtxRelease_v2)(device); });
}
DURE_EXPORT CUresult cuDevicePrimaryCtxReset(CUdevice device) noexcept {
  return let_primary_go(device, true, [&]() noexcept { return DURE_REAL(cuDevicePrimaryCtxReset)(device); });
}
DURE_EXPORT CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) noexcept {
  return let_primary_go(device, true,
                        [&]() noexcept { return DURE_REAL(cuDevicePrimaryCtxReset_v2)(device); });
}
DURE_EXPORT CUresult cuCtxSetLimit(int limit, size_t value) noexcept {
  return set_limit(limit, value);
}
