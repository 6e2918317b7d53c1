// Wrappers: contexts. What lives in a context goes with it, and so does what it was charged. What a context
// itself takes is charged in context_cost_cuda.cc, what its limits and kernels add to that in limits_cuda.cc.
#include "gpu/share/charge.h"
#include "gpu/share/context_calls.h"
#include "gpu/share/device_lock.h"
#include "gpu/share/gates.h"
#include "gpu/share/leaving.h"
#include "gpu/share/local_memory.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/pools.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

namespace dure::gpu::share {
namespace {

bool goes_with_context(AllocationKind kind) noexcept {
  return kind == AllocationKind::kLinear || kind == AllocationKind::kManaged ||
         kind == AllocationKind::kArray || kind == AllocationKind::kMipmap ||
         kind == AllocationKind::kContextLimit || kind == AllocationKind::kContext ||
         kind == AllocationKind::kModule || kind == AllocationKind::kImported ||
         kind == AllocationKind::kLeaving;
}

// What lives in a context, out of the table before the driver destroys it: afterwards another thread may be
// given the same handles and addresses at once, and what is entered for those must not be taken for the old
// ones'. Where there is no memory for the list, all of it stays where it is, charged.
class Leaving {
 public:
  Leaving(Slot& slot, CUcontext context) noexcept : slot_(slot), context_(context) {
    slot.pointers->each(
        [](const Allocation& one, void* leaving) {
          auto& all = *static_cast<Leaving*>(leaving);
          if (all.is_one(one)) ++all.room_;
        },
        this);
    bytes_ = round_up(room_ * sizeof(Allocation), 4096);
    if (room_ != 0)
      entry_ = static_cast<Allocation*>(
          map_memory(bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1));
    if (entry_ == nullptr) return;
    slot.pointers->each(
        [](const Allocation& one, void* leaving) {
          auto& all = *static_cast<Leaving*>(leaving);
          if (all.is_one(one) && all.count_ < all.room_) all.entry_[all.count_++] = one;
        },
        this);
    uint64_t taken = 0;
    for (uint64_t i = 0; i < count_; ++i)
      if (slot.pointers->erase(entry_[i].kind, entry_[i].pointer, &entry_[taken])) ++taken;
    count_ = taken;
    DURE_STEP("context.left");
  }
  ~Leaving() noexcept {
    if (entry_ != nullptr) unmap_memory(entry_, bytes_);
  }
  Leaving(const Leaving&) = delete;
  Leaving& operator=(const Leaving&) = delete;

  // The driver destroyed the context: everything of it goes.
  void go() noexcept {
    forget_card_of(context_);
    forget_launches(context_);
    forget_local_memory(slot_);
    for (uint64_t i = 0; i < count_; ++i) {
      note_gone(slot_, entry_[i]);
      if (entry_[i].kind == AllocationKind::kLeaving) note_left();
      DURE_STEP("context.erased");
      release_memory(slot_, entry_[i].card, entry_[i].units);
    }
    for (unsigned card = 0; card < slot_.limits->header.cards && card < DURE_MAX_CARDS; ++card)
      settle_pools(slot_, card);
  }
  // It did not. What another thread has entered meanwhile is paid for by that.
  void stay() noexcept {
    for (uint64_t i = 0; i < count_; ++i) {
      if (slot_.pointers->insert(entry_[i])) continue;
      note_gone(slot_, entry_[i]);
      release_memory(slot_, entry_[i].card, entry_[i].units);
    }
  }

 private:
  bool is_one(const Allocation& one) const noexcept {
    return context_ != nullptr && one.owner == reinterpret_cast<uint64_t>(context_) &&
           goes_with_context(one.kind);
  }

  Slot& slot_;
  CUcontext context_;
  Allocation* entry_ = nullptr;
  uint64_t room_ = 0;
  uint64_t count_ = 0;
  uint64_t bytes_ = 0;
};

template <class Ask>
CUresult destroy(CUcontext context, Ask ask) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr || context == nullptr) return ask();
  finish_context(context);
  DURE_STEP("context.finished");
  Leaving leaving(*slot, context);
  const CUresult result = ask();
  DURE_STEP("context.destroyed");
  if (result == CUDA_SUCCESS)
    leaving.go();
  else
    leaving.stay();
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

// How often the program holds the device's primary context, which its lock guards; null for a number that is
// no device.
uint32_t* find_retained(Slot& slot, CUdevice device) noexcept {
  if (device < 0 || static_cast<unsigned>(device) >= LaunchState::kDevices) return nullptr;
  return &slot.launch.retained[device];
}

bool is_active(CUdevice device) noexcept {
  unsigned flags = 0;
  int active = 0;
  DURE_REAL(cuDevicePrimaryCtxGetState)(device, &flags, &active);
  return active != 0;
}

// It goes with its last holder, who is this one if the program's own count is right.
template <class Ask>
CUresult let_primary_go(CUdevice device, bool resets, Ask ask) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return ask();
  const HeldDevice lock(slot->launch, device);
  const CUcontext context = find_primary(device);
  uint32_t* retained = find_retained(*slot, device);
  const bool last = resets || (retained != nullptr && *retained <= 1);
  if (last) finish_context(context);
  DURE_STEP("primary.finished");
  Leaving leaving(*slot, last ? context : nullptr);
  const CUresult result = ask();
  DURE_STEP("primary.released");
  if (result == CUDA_SUCCESS && retained != nullptr && *retained > 0) *retained = resets ? 0 : *retained - 1;
  const bool gone = result == CUDA_SUCCESS && context != nullptr && !is_active(device);
  if (!gone) {
    leaving.stay();
  } else if (last) {
    leaving.go();
  } else {  // the driver counted otherwise
    Leaving(*slot, context).go();
  }
  return result;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  const HeldDevice lock(slot->launch, device);
  const CUresult result = retain_primary(context, device);
  uint32_t* retained = result == CUDA_SUCCESS ? find_retained(*slot, device) : nullptr;
  if (retained != nullptr) ++*retained;
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
