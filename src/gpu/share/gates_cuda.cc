#include "gpu/share/gates.h"

#include "gpu/share/card.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/pools.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuCtxPushCurrent_v2(CUcontext context) noexcept;
DURE_EXPORT CUresult cuCtxPopCurrent_v2(CUcontext* context) noexcept;
DURE_EXPORT CUresult cuCtxSynchronize() noexcept;
DURE_EXPORT CUresult cuEventCreate(CUevent* event, unsigned flags) noexcept;
DURE_EXPORT CUresult cuEventDestroy_v2(CUevent event) noexcept;
DURE_EXPORT CUresult cuEventRecord(CUevent event, CUstream stream) noexcept;
DURE_EXPORT CUresult cuEventQuery(CUevent event) noexcept;
DURE_EXPORT CUresult cuEventElapsedTime(float* ms, CUevent start, CUevent end) noexcept;
DURE_EXPORT CUresult cuStreamGetCtx(CUstream stream, CUcontext* context) noexcept;
DURE_EXPORT CUresult cuStreamIsCapturing(CUstream stream, int* status) noexcept;
DURE_EXPORT CUresult cuThreadExchangeStreamCaptureMode(int* mode) noexcept;

namespace dure::gpu::share {

Gate gates[DURE_MAX_CARDS];

namespace {

enum GateState : uint32_t { kDetached, kAttaching, kAttached };

// In the context, whichever is current.
template <class Act>
CUresult act_in(CUcontext context, Act act) noexcept {
  CUcontext current = nullptr;
  CUresult result = DURE_REAL(cuCtxGetCurrent)(&current);
  if (result != CUDA_SUCCESS || current == context) return result != CUDA_SUCCESS ? result : act();
  result = DURE_REAL(cuCtxPushCurrent_v2)(context);
  if (result != CUDA_SUCCESS) return result;
  result = act();
  DURE_REAL(cuCtxPopCurrent_v2)(&current);
  return result;
}

CUresult create_event(CUevent* event, CUcontext context, unsigned flags) noexcept {
  return act_in(context, [=]() noexcept { return DURE_REAL(cuEventCreate)(event, flags); });
}

CUresult context_of(CUstream stream, CUcontext* context) noexcept {
  return is_named(stream) ? DURE_REAL(cuStreamGetCtx)(stream, context) : DURE_REAL(cuCtxGetCurrent)(context);
}

// The driver's functions are found at their first call, so their addresses are no constants.
constexpr EventDriver kEvents = {
    create_event,
    [](CUevent event, CUstream stream) { return DURE_REAL(cuEventRecord)(event, stream); },
    [](CUevent event) { return DURE_REAL(cuEventQuery)(event); },
    [](float* ms, CUevent start, CUevent end) { return DURE_REAL(cuEventElapsedTime)(ms, start, end); },
    context_of,
    [](CUstream stream, int* status) { return DURE_REAL(cuStreamIsCapturing)(stream, status); },
    [](int* mode) { return DURE_REAL(cuThreadExchangeStreamCaptureMode)(mode); },
    [](CUevent event, CUcontext context) {
      return act_in(context, [=]() noexcept { return DURE_REAL(cuEventDestroy_v2)(event); });
    },
};

template <class Act>
void each_gate(Slot& slot, Act act) noexcept {
  for (unsigned card = 0; card < slot.limits->header.cards && card < DURE_MAX_CARDS; ++card)
    if (__atomic_load_n(&slot.launch.gate[card], __ATOMIC_ACQUIRE) == kAttached) act(gates[card]);
}

}  // namespace

CUresult find_gate(CUstream stream, Gate** gate) noexcept {
  CUcontext context = nullptr;
  *gate = remembered_gate(stream, &context);
  if (*gate != nullptr) return CUDA_SUCCESS;
  if (find_slot() == nullptr) return CUDA_ERROR_NO_DEVICE;
  Card card = {};
  const CUresult result = find_stream_card(stream, &card);
  if (result != CUDA_SUCCESS) return result;
  *gate = &attach_gate(*card.slot, card.index);
  const uint64_t key = is_named(stream) ? reinterpret_cast<uint64_t>(stream) : context_key(card.context);
  if (key >> 48 == 0)
    __atomic_store_n(&remembered_card(*card.slot, key), key << 16 | (card.index + 1), __ATOMIC_RELEASE);
  return CUDA_SUCCESS;
}

Gate& attach_gate(Slot& slot, unsigned card) noexcept {
  uint32_t& state = slot.launch.gate[card];
  while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != kAttached) {
    uint32_t seen = kDetached;
    if (!__atomic_compare_exchange_n(&state, &seen, kAttaching, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
      if (seen == kAttaching) call_kernel(SYS_sched_yield);
      continue;
    }
    DURE_STEP("gate.attaching");
    gates[card].attach({&slot.limits->card[card], &slot.limits->pace[card], &slot.usage->card[card].bucket,
                        &slot.usage->process[slot.index].card[card].work, slot.index},
                       machine(), kEvents);
    __atomic_store_n(&state, kAttached, __ATOMIC_RELEASE);
    DURE_STEP("gate.attached");
  }
  return gates[card];
}

void before_query() noexcept {
  Slot* slot = find_slot();
  if (slot != nullptr) each_gate(*slot, [](Gate& gate) noexcept { gate.before_query(); });
}

void before_wait(const Gate* waits_for) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return;
  each_gate(*slot, [waits_for](Gate& gate) noexcept {
    if (&gate == waits_for)
      gate.before_sync();
    else
      gate.before_query();
  });
}

void after_wait() noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return;
  each_gate(*slot, [](Gate& gate) noexcept { gate.after_sync(); });
  if (is_any_captured()) return;  // a question to the driver could end the capture
  for (unsigned card = 0; card < slot->limits->header.cards && card < DURE_MAX_CARDS; ++card)
    settle_pools(*slot, card);
}

void begin_capture() noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return;
  before_query();  // no event of ours must be captured
  __atomic_add_fetch(&slot->launch.captures, 1, __ATOMIC_RELAXED);
  DURE_STEP("capture.counted");
  // A capture may spread to streams of other cards, whose gates would be attached too late.
  for (unsigned card = 0; card < slot->limits->header.cards && card < DURE_MAX_CARDS; ++card)
    attach_gate(*slot, card).begin_capture();
}

void end_capture() noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr || !is_any_captured()) return;
  __atomic_sub_fetch(&slot->launch.captures, 1, __ATOMIC_RELAXED);
  each_gate(*slot, [](Gate& gate) noexcept { gate.end_capture(); });
}

bool is_any_captured() noexcept {
  Slot* slot = find_slot();
  return slot != nullptr && __atomic_load_n(&slot->launch.captures, __ATOMIC_RELAXED) > 0;
}

void forget_stream(CUstream stream) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return;
  before_query();  // no event of ours must be recorded in it afterwards
  const auto key = reinterpret_cast<uint64_t>(stream);
  uint64_t& word = remembered_card(*slot, key);
  if (__atomic_load_n(&word, __ATOMIC_RELAXED) >> 16 == key) __atomic_store_n(&word, 0, __ATOMIC_RELEASE);
}

void finish_context(CUcontext context) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr || context == nullptr) return;
  bool any = false;
  each_gate(*slot, [&any](Gate&) noexcept { any = true; });
  if (!any) return;
  if (!is_any_captured()) {
    act_in(context, [context]() noexcept {
      before_wait(remembered_gate(context));
      const CUresult result = DURE_REAL(cuCtxSynchronize)();
      after_wait();
      return result;
    });
  }
  forget_launches(context);
}

void forget_launches(CUcontext context) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return;
  each_gate(*slot, [context](Gate& gate) noexcept { gate.forget_context(context); });
  for (uint64_t& word : slot->launch.card_of) __atomic_store_n(&word, 0, __ATOMIC_RELEASE);
}

void doubt_graph(CUgraphExec graph) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return;
  const Work work = graph_work(graph);
  each_gate(*slot, [&work](Gate& gate) noexcept { gate.doubt(work); });
}

}  // namespace dure::gpu::share
