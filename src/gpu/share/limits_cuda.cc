// Wrappers: the limits of contexts, and the local memory of kernels. A device's heap for its own malloc, the
// stacks of its threads and the buffer of its printf are charged beyond what every context has of them.
#include "gpu/share/charge.h"
#include "gpu/share/device_lock.h"
#include "gpu/share/ledger_words.h"
#include "gpu/share/local_memory.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuDeviceGetAttribute(int* value, int attribute, CUdevice device) noexcept;
DURE_EXPORT CUresult cuFuncGetAttribute(int* value, int attribute, CUfunction function) noexcept;
DURE_EXPORT CUresult cuKernelGetAttribute(int* value, int attribute, CUkernel kernel,
                                          CUdevice device) noexcept;
DURE_EXPORT CUresult cuCtxSetLimit(int limit, size_t value) noexcept;

namespace dure::gpu::share {
namespace {

constexpr uint64_t kLocalMemory = 15;  // no limit has this number

uint64_t key_of(const Card& card, uint64_t limit) noexcept {
  return reinterpret_cast<uint64_t>(card.context) + limit;
}

// What a limit takes of the card beyond what every context has. For launches from kernels bounds: a level of
// waiting is said to take 150 MB at most (CUDA's guide to dynamic parallelism), and a pending launch has up
// to 4 KiB of parameters; what the runtime notes of it besides is not said and taken to be no more than that.
uint64_t limit_bytes(CUdevice device, int limit, size_t value) noexcept {
  constexpr uint64_t kStack = 1024, kBuffer = uint64_t{1} << 20, kHeap = uint64_t{8} << 20;
  constexpr uint64_t kLevels = 2, kLevel = uint64_t{150} << 20, kLaunches = 2048, kLaunch = 8192;
  const auto beyond = [value](uint64_t usual) noexcept { return value > usual ? value - usual : 0; };
  if (limit == CU_LIMIT_MALLOC_HEAP_SIZE) return beyond(kHeap);
  if (limit == CU_LIMIT_PRINTF_FIFO_SIZE) return beyond(kBuffer);
  if (limit == CU_LIMIT_DEV_RUNTIME_SYNC_DEPTH) return multiply(beyond(kLevels), kLevel);
  if (limit == CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT) return multiply(beyond(kLaunches), kLaunch);
  if (limit != CU_LIMIT_STACK_SIZE) return 0;
  int processors = 0, threads = 0;
  DURE_REAL(cuDeviceGetAttribute)(&processors, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device);
  DURE_REAL(cuDeviceGetAttribute)(&threads, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, device);
  return multiply(beyond(kStack), static_cast<uint64_t>(processors) * static_cast<uint64_t>(threads));
}

// What the context is charged for under this number: taken out of the table, and entered.
uint64_t take_out(const Card& card, uint64_t limit) noexcept {
  Allocation before = {};
  if (!card.slot->pointers->erase(AllocationKind::kContextLimit, key_of(card, limit), &before)) return 0;
  note_gone(*card.slot, before);
  DURE_STEP("limit.replaced");
  return before.units;
}
void enter(const Card& card, uint64_t limit, uint64_t units) noexcept {
  if (units == 0) return;
  const Allocation entry = {key_of(card, limit),
                            units,
                            reinterpret_cast<uint64_t>(card.context),
                            1,
                            AllocationKind::kContextLimit,
                            static_cast<uint8_t>(card.index),
                            0};
  card.slot->pointers->insert(entry);  // not, where there is no memory for it: it stays charged
  note_made(*card.slot, entry);
}

CUresult set_limit(int limit, size_t value) noexcept {
  if (limit > CU_LIMIT_CIG_SHMEM_FALLBACK_ENABLED) return CUDA_ERROR_UNSUPPORTED_LIMIT;
  if (limit < 0 || limit > CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT)
    return DURE_REAL(cuCtxSetLimit)(limit, value);
  Card card = {};
  CUresult result = find_current_card(&card);
  if (result != CUDA_SUCCESS) return result;
  Slot& slot = *card.slot;
  uint64_t units = 0;
  const HeldDevice lock(slot.launch, card.device);
  result = reserve_memory(slot, card.index, limit_bytes(card.device, limit, value), &units);
  if (result != CUDA_SUCCESS) return result;
  DURE_STEP("limit.reserved");
  result = DURE_REAL(cuCtxSetLimit)(limit, value);
  DURE_STEP("limit.set");
  if (result == CUDA_SUCCESS) {
    const uint64_t before = take_out(card, static_cast<uint64_t>(limit));
    enter(card, static_cast<uint64_t>(limit), units);
    units = before;
  }
  release_memory(slot, card.index, units);
  return result;
}

uint64_t charged_for(const Card& card, uint64_t limit) noexcept {
  Allocation known = {};
  return card.slot->pointers->find(AllocationKind::kContextLimit, key_of(card, limit), &known) ? known.units
                                                                                               : 0;
}

// Of each of its threads, bytes; a CUkernel may stand for a function.
uint64_t local_bytes(CUfunction function, CUdevice device) noexcept {
  int bytes = 0;
  if (DURE_REAL(cuFuncGetAttribute)(&bytes, CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES, function) != CUDA_SUCCESS &&
      DURE_REAL(cuKernelGetAttribute)(&bytes, CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES,
                                      reinterpret_cast<CUkernel>(function), device) != CUDA_SUCCESS)
    return 0;
  return bytes > 0 ? static_cast<uint64_t>(bytes) : 0;
}

}  // namespace

CUresult reserve_local_memory(Slot& slot, uint64_t key, CUfunction function, CUstream stream) noexcept {
  Card card = {};
  CUresult result = find_stream_card(stream, &card);
  if (result != CUDA_SUCCESS) return result;
  const uint64_t bytes = limit_bytes(card.device, CU_LIMIT_STACK_SIZE, local_bytes(function, card.device));
  if (bytes != 0) {
    const HeldDevice lock(slot.launch, card.device);
    const uint64_t paid = charged_for(card, kLocalMemory) + charged_for(card, CU_LIMIT_STACK_SIZE);
    uint64_t units = units_of(bytes) > paid ? units_of(bytes) - paid : 0;
    result = reserve_memory(slot, card.index, units * DURE_MEMORY_UNIT, &units);
    if (result != CUDA_SUCCESS) return result;
    DURE_STEP("local.reserved");
    if (units != 0) enter(card, kLocalMemory, take_out(card, kLocalMemory) + units);
  }
  __atomic_store_n(&local_word(slot, key), key, __ATOMIC_RELAXED);
  return CUDA_SUCCESS;
}

void forget_local_memory(Slot& slot) noexcept {
  for (uint64_t& word : slot.launch.local) __atomic_store_n(&word, 0, __ATOMIC_RELAXED);
}

}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuCtxSetLimit(int limit, size_t value) noexcept {
  return set_limit(limit, value);
}
