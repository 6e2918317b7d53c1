#include "gpu/share/leaving.h"

#include "gpu/share/card.h"
#include "gpu/share/gates.h"
#include "gpu/share/ledger.h"
#include "gpu/share/pools.h"
#include "gpu/share/real.h"

DURE_EXPORT CUresult cuCtxPushCurrent_v2(CUcontext context) noexcept;
DURE_EXPORT CUresult cuCtxPopCurrent_v2(CUcontext* context) noexcept;
DURE_EXPORT CUresult cuEventCreate(CUevent* event, unsigned flags) noexcept;
DURE_EXPORT CUresult cuEventDestroy_v2(CUevent event) noexcept;
DURE_EXPORT CUresult cuEventQuery(CUevent event) noexcept;
DURE_EXPORT CUresult cuEventRecord(CUevent event, CUstream stream) noexcept;
DURE_EXPORT CUresult cuStreamSynchronize(CUstream stream) noexcept;

namespace dure::gpu::share {
namespace {

uint32_t leaving = 0;  // entries; of a child that was forked too many, which costs it a look
uint32_t looking = 0;  // a thread looks: only one may, as an event that is destroyed may soon be another one

// An event behind what is in the stream, whose context need not be the current one. Null: none can be had.
CUevent record_behind(CUstream stream, CUcontext context) noexcept {
  CUevent event = nullptr;
  if (DURE_REAL(cuCtxPushCurrent_v2)(context) != CUDA_SUCCESS) return nullptr;
  if (DURE_REAL(cuEventCreate)(&event, CU_EVENT_DISABLE_TIMING) == CUDA_SUCCESS &&
      DURE_REAL(cuEventRecord)(event, stream) != CUDA_SUCCESS) {
    DURE_REAL(cuEventDestroy_v2)(event);
    event = nullptr;
  }
  DURE_REAL(cuCtxPopCurrent_v2)(&context);
  return event;
}

struct Found {
  static constexpr unsigned kMost = 64;
  unsigned count;
  Allocation entry[kMost];
};

bool let_go(Slot& slot, const Allocation& entry) noexcept {
  const auto event = reinterpret_cast<CUevent>(entry.pointer);  // NOLINT(performance-no-int-to-ptr)
  Allocation gone = {};
  if (DURE_REAL(cuEventQuery)(event) != CUDA_SUCCESS ||
      !slot.pointers->erase(AllocationKind::kLeaving, entry.pointer, &gone))
    return false;
  note_left();
  DURE_REAL(cuEventDestroy_v2)(event);
  release_memory(slot, gone.card, gone.units);
  return true;
}

}  // namespace

void leave_in_order(Slot& slot, const Allocation& entry, CUstream stream) noexcept {
  Card card = {};
  const bool found = find_stream_card(stream, &card) == CUDA_SUCCESS;
  CUevent event = found ? record_behind(stream, card.context) : nullptr;
  const Allocation left = {reinterpret_cast<uint64_t>(event),
                           entry.units,
                           reinterpret_cast<uint64_t>(card.context),
                           1,
                           AllocationKind::kLeaving,
                           entry.card,
                           0};
  watch_for_room();
  __atomic_fetch_add(&leaving, 1, __ATOMIC_RELAXED);
  if (event != nullptr && slot.pointers->insert(left)) return;
  note_left();
  DURE_REAL(cuStreamSynchronize)(stream);
  release_memory(slot, entry.card, entry.units);
}

bool let_left_go(Slot& slot) noexcept {
  if (__atomic_load_n(&leaving, __ATOMIC_RELAXED) == 0) return false;
  if (is_any_captured()) return false;  // a question to the driver could end the capture
  if (__atomic_exchange_n(&looking, 1, __ATOMIC_ACQUIRE) != 0) return false;
  Found found = {};
  slot.pointers->each(
      [](const Allocation& one, void* context) {
        auto& all = *static_cast<Found*>(context);
        if (one.kind == AllocationKind::kLeaving && all.count < Found::kMost) all.entry[all.count++] = one;
      },
      &found);
  bool any = false;
  for (unsigned i = 0; i < found.count; ++i)
    if (let_go(slot, found.entry[i])) any = true;
  __atomic_store_n(&looking, 0, __ATOMIC_RELEASE);
  return any;
}

void note_left() noexcept {
  __atomic_fetch_sub(&leaving, 1, __ATOMIC_RELAXED);
}

}  // namespace dure::gpu::share
