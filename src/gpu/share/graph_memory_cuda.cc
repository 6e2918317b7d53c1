#include "gpu/share/graph_memory.h"

#include "gpu/share/card.h"
#include "gpu/share/ledger.h"
#include "gpu/share/real.h"

DURE_EXPORT CUresult cuDeviceGetGraphMemAttribute(CUdevice device, int attribute, void* value) noexcept;

namespace dure::gpu::share {
namespace {

// `owner` of an entry in the table of pointers.
enum Frees : uint64_t { kFreesNot, kFreesItself, kFreesAtLaunch };

uint64_t number_of(CUgraphExec graph) noexcept {
  return reinterpret_cast<uint64_t>(graph);
}

// A graph has an entry for each card on which it allocates.
uint64_t key_of(CUgraphExec graph, unsigned card) noexcept {
  return number_of(graph) * DURE_MAX_CARDS + card;
}

// A word for some graphs each: the one that was last launched, and how often memory had been trimmed before.
uint64_t& word_of(Slot& slot, CUgraphExec graph) noexcept {
  return slot.launch.backed[(number_of(graph) >> 4 ^ number_of(graph) >> 12) % LaunchState::kGraphs];
}
uint64_t backed_word(CUgraphExec graph, uint32_t trims) noexcept {
  return number_of(graph) << 16 | (trims & 0xffff);
}

uint64_t read_used(CUdevice device) noexcept {
  cuuint64_t bytes = 0;
  const CUresult result =
      DURE_REAL(cuDeviceGetGraphMemAttribute)(device, CU_GRAPH_MEM_ATTR_USED_MEM_CURRENT, &bytes);
  return result == CUDA_SUCCESS ? bytes : 0;
}

// The device of this number in the share.
bool find_device(unsigned index, Card* card) noexcept {
  for (CUdevice device = 0; device < DURE_MAX_CARDS; ++device)
    if (find_card_of(device, card) == CUDA_SUCCESS && card->index == index) return true;
  return false;
}

unsigned card_count(const Slot& slot) noexcept {
  return slot.limits->header.cards < DURE_MAX_CARDS ? slot.limits->header.cards
                                                    : static_cast<unsigned>(DURE_MAX_CARDS);
}

}  // namespace

// Also where nothing is needed: what an earlier launch left unpaid must be paid first.
CUresult GraphGrowth::grow(unsigned index, uint64_t bytes) noexcept {
  Card card = {};
  if (!find_device(index, &card)) return CUDA_ERROR_INVALID_DEVICE;
  PoolCharge* pool = enter_graph_pool(card);
  if (pool == nullptr) return CUDA_ERROR_OUT_OF_MEMORY;
  uint64_t units = 0;
  CUresult result = begin_growth(*slot_, *pool, 0, &units);
  if (result == CUDA_SUCCESS) result = end_growth(*slot_, *pool, units);
  if (result == CUDA_SUCCESS) result = begin_growth(*slot_, *pool, bytes, &units);
  if (result == CUDA_SUCCESS) part_[count_++] = {pool, units};
  return result;
}

CUresult GraphGrowth::begin(CUgraphExec graph) noexcept {
  slot_ = find_slot();
  if (slot_ == nullptr) return CUDA_ERROR_NO_DEVICE;
  graph_ = graph;
  trims_ = __atomic_load_n(&slot_->launch.trims, __ATOMIC_RELAXED);
  const bool backed =
      __atomic_load_n(&word_of(*slot_, graph), __ATOMIC_RELAXED) == backed_word(graph, trims_);
  CUresult result = CUDA_SUCCESS;
  for (unsigned index = 0; index < card_count(*slot_) && result == CUDA_SUCCESS; ++index) {
    Allocation entry = {};
    if (!slot_->pointers->find(AllocationKind::kGraph, key_of(graph, index), &entry)) continue;
    uint64_t bytes = uint64_t{entry.references} * (uint64_t{2} << 20);
    Card card = {};
    const bool has =
        backed &&
        (entry.owner == kFreesItself ||
         (entry.owner == kFreesAtLaunch && find_device(index, &card) && read_used(card.device) >= bytes));
    result = grow(index, has ? 0 : bytes);
  }
  if (result != CUDA_SUCCESS) end(false);
  return result;
}

CUresult GraphGrowth::begin(const GraphNeeds& needs) noexcept {
  slot_ = find_slot();
  if (slot_ == nullptr) return CUDA_ERROR_NO_DEVICE;
  CUresult result = CUDA_SUCCESS;
  for (unsigned index = 0; index < card_count(*slot_) && result == CUDA_SUCCESS; ++index)
    if (needs.bytes[index] != 0) result = grow(index, needs.bytes[index]);
  if (result != CUDA_SUCCESS) end(false);
  return result;
}

void GraphGrowth::end(bool backed) noexcept {
  for (unsigned i = 0; i < count_; ++i)
    if (end_growth(*slot_, *part_[i].pool, part_[i].units) != CUDA_SUCCESS) backed = false;
  if (count_ > 0 && graph_ != nullptr)
    __atomic_store_n(&word_of(*slot_, graph_), backed ? backed_word(graph_, trims_) : 0, __ATOMIC_RELAXED);
  count_ = 0;
}

bool is_graph_with_memory() noexcept {
  Slot* slot = find_slot();
  return slot != nullptr && __atomic_load_n(&slot->launch.with_memory, __ATOMIC_RELAXED) > 0;
}

CUresult note_graph(CUgraphExec graph, const GraphNeeds& needs, bool frees_at_launch) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  forget_graph(graph);  // one that was destroyed past us
  if (!needs.any) return CUDA_SUCCESS;
  const uint64_t frees = needs.balanced ? kFreesItself : frees_at_launch ? kFreesAtLaunch : kFreesNot;
  __atomic_add_fetch(&slot->launch.with_memory, 1, __ATOMIC_RELAXED);
  for (unsigned index = 0; index < card_count(*slot); ++index) {
    if (needs.bytes[index] == 0) continue;
    Allocation entry = {key_of(graph, index),        0, frees, 0, AllocationKind::kGraph,
                        static_cast<uint8_t>(index), 0};
    entry.references = static_cast<uint32_t>(needs.bytes[index] >> 21);
    if (slot->pointers->insert(entry)) continue;
    forget_graph(graph);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  return CUDA_SUCCESS;
}

void forget_graph(CUgraphExec graph) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr || !is_graph_with_memory()) return;
  bool any = false;
  for (unsigned index = 0; index < card_count(*slot); ++index) {
    Allocation entry = {};
    if (slot->pointers->erase(AllocationKind::kGraph, key_of(graph, index), &entry)) any = true;
  }
  if (!any) return;
  __atomic_sub_fetch(&slot->launch.with_memory, 1, __ATOMIC_RELAXED);
  __atomic_store_n(&word_of(*slot, graph), 0, __ATOMIC_RELAXED);
}

}  // namespace dure::gpu::share
