#include "gpu/share/graph_memory.h"

#include "gpu/share/card.h"
#include "gpu/share/gates.h"
#include "gpu/share/ledger.h"
#include "gpu/share/ledger_words.h"
#include "gpu/share/pool_lock.h"

namespace dure::gpu::share {
namespace {

// `owner` of an entry in the table of pointers.
enum Frees : uint64_t { kFreesSome, kFreesItself, kKeepsUntilLaunch };

constexpr uint64_t kGranule = uint64_t{2} << 20;
constexpr uint64_t kNoStream = UINT64_MAX;
constexpr unsigned kMostTries = 100'000;

uint64_t number_of(CUgraphExec graph) noexcept {
  return reinterpret_cast<uint64_t>(graph);
}

// A graph has an entry for each card on which it allocates.
uint64_t key_of(CUgraphExec graph, unsigned card) noexcept {
  return number_of(graph) * DURE_MAX_CARDS + card;
}

// A word for some graphs each, of the one that was last launched and of how often memory had been trimmed
// before: a hash of both, for all bits of both count.
uint64_t& word_of(Slot& slot, CUgraphExec graph) noexcept {
  return slot.launch.backed[(number_of(graph) >> 4 ^ number_of(graph) >> 12) % LaunchState::kGraphs];
}
uint64_t backed_word(CUgraphExec graph, uint32_t count) noexcept {
  return mix(number_of(graph), count) | 1;
}

// The same for the same stream, and not for another: those of threads are not told apart.
uint64_t key_of(CUstream stream) noexcept {
  CUcontext context = nullptr;
  if (is_named(stream)) return reinterpret_cast<uint64_t>(stream);
  if (stream == CU_STREAM_PER_THREAD || DURE_REAL(cuCtxGetCurrent)(&context) != CUDA_SUCCESS)
    return kNoStream;
  return context_key(context);
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

PoolCharge* find_pool_of(unsigned index) noexcept {
  Card card = {};
  return find_device(index, &card) ? enter_graph_pool(card) : nullptr;
}

bool is_any_unreserved(const Slot& slot) noexcept {
  uint32_t sum = 0;
  for (const GraphPool& graphs : slot.launch.graphs) sum += look(graphs.unreserved);
  return sum != 0;
}

void leave_unreserved(Slot& slot, const PoolCharge& pool) noexcept {
  __atomic_sub_fetch(&slot.launch.graphs[look(pool.card)].unreserved, 1, __ATOMIC_SEQ_CST);
}

}  // namespace

uint32_t GraphGrowth::count_at(uint64_t frees) const noexcept {
  return frees == kKeepsUntilLaunch ? told_frees_ : trims_;
}

bool GraphGrowth::is_backed(uint64_t frees) const noexcept {
  if (graph_ == nullptr || frees == kFreesSome) return false;
  if (frees == kKeepsUntilLaunch && look(slot_->launch.foreign_frees) != 0) return false;
  return look(word_of(*slot_, graph_)) == backed_word(graph_, count_at(frees));
}

// How much must be reserved of what it needs; says beforehand what it makes uncertain for others.
uint64_t GraphGrowth::find_least(Part& part, uint64_t units, uint64_t frees, uint64_t stream) noexcept {
  GraphPool& graphs = slot_->launch.graphs[part.pool->card];
  const HeldPool lock(*part.pool);
  if (frees == kFreesItself && (graphs.stream != stream || stream == kNoStream)) {
    graphs.stream = stream;
    __atomic_add_fetch(&slot_->launch.trims, 1, __ATOMIC_RELAXED);
  }
  if (count_ == 0) {
    trims_ = look(slot_->launch.trims);
    told_frees_ = look(slot_->launch.frees);
  }
  uint64_t least = units;
  if (is_backed(frees)) {
    least = 0;
  } else {
    if (frees != kFreesItself) __atomic_add_fetch(&slot_->launch.trims, 1, __ATOMIC_RELAXED);
    const uint64_t all = graphs.needs + graphs.left;
    const uint64_t missing = all > part.pool->units ? all - part.pool->units : 0;
    if (graph_ != nullptr && look(slot_->launch.frees) == 0 && missing < units) least = missing;
  }
  part.unreserved = least < units;
  if (part.unreserved) __atomic_add_fetch(&graphs.unreserved, 1, __ATOMIC_SEQ_CST);
  return least;
}

CUresult GraphGrowth::grow(unsigned index, uint64_t bytes, uint64_t frees, uint64_t stream) noexcept {
  Part part = {find_pool_of(index), 0, false};
  if (part.pool == nullptr) return CUDA_ERROR_OUT_OF_MEMORY;
  // What an earlier launch left unpaid must be paid first.
  CUresult result = begin_growth(*slot_, *part.pool, 0, &part.units);
  if (result == CUDA_SUCCESS) result = end_growth(*slot_, *part.pool, part.units);
  if (result != CUDA_SUCCESS) return result;
  const uint64_t least = find_least(part, units_of(bytes), frees, stream);
  result = begin_growth(*slot_, *part.pool, least * DURE_MEMORY_UNIT, &part.units);
  if (result != CUDA_SUCCESS && part.unreserved) {
    // As long as it says so nothing is given back: now what is idle may be.
    part.unreserved = false;
    leave_unreserved(*slot_, *part.pool);
    result = begin_growth(*slot_, *part.pool, bytes, &part.units);
  }
  if (result == CUDA_SUCCESS) part_[count_++] = part;
  return result;
}

CUresult GraphGrowth::begin(CUgraphExec graph, CUstream stream) noexcept {
  slot_ = find_slot();
  if (slot_ == nullptr) return CUDA_ERROR_NO_DEVICE;
  graph_ = graph;
  CUresult result = CUDA_SUCCESS;
  for (unsigned index = 0; index < card_count(*slot_) && result == CUDA_SUCCESS; ++index) {
    Allocation entry = {};
    if (!slot_->pointers->find(AllocationKind::kGraph, key_of(graph, index), &entry)) continue;
    frees_ = entry.owner;
    result = grow(index, uint64_t{entry.references} * kGranule, frees_, key_of(stream));
  }
  if (result != CUDA_SUCCESS) end(false);
  return result;
}

CUresult GraphGrowth::begin(const GraphNeeds& needs) noexcept {
  slot_ = find_slot();
  if (slot_ == nullptr) return CUDA_ERROR_NO_DEVICE;
  CUresult result = CUDA_SUCCESS;
  for (unsigned index = 0; index < card_count(*slot_) && result == CUDA_SUCCESS; ++index)
    if (needs.bytes[index] != 0) result = grow(index, needs.bytes[index], kFreesItself, kNoStream);
  if (result != CUDA_SUCCESS) end(false);
  return result;
}

void GraphGrowth::end(bool backed) noexcept {
  for (unsigned i = 0; i < count_; ++i) {
    const Part& part = part_[i];
    if (part.unreserved) leave_unreserved(*slot_, *part.pool);
    if (end_growth(*slot_, *part.pool, part.units) != CUDA_SUCCESS) backed = false;
  }
  if (count_ > 0 && graph_ != nullptr)
    set(word_of(*slot_, graph_), backed ? backed_word(graph_, count_at(frees_)) : 0);
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
  if (needs.frees) {
    set(slot->launch.foreign_frees, 1U);
    note_foreign_free(*slot);
  }
  if (!needs.any) return CUDA_SUCCESS;
  const uint64_t frees = needs.balanced                   ? kFreesItself
                         : needs.keeps && frees_at_launch ? kKeepsUntilLaunch
                                                          : kFreesSome;
  set(slot->launch.had_graphs, 1U);
  __atomic_add_fetch(&slot->launch.with_memory, 1, __ATOMIC_RELAXED);
  for (unsigned index = 0; index < card_count(*slot); ++index) {
    if (needs.bytes[index] == 0) continue;
    Allocation entry = {key_of(graph, index),        0, frees, 0, AllocationKind::kGraph,
                        static_cast<uint8_t>(index), 0};
    entry.references = static_cast<uint32_t>(needs.bytes[index] / kGranule);
    PoolCharge* pool = find_pool_of(index);
    if (pool != nullptr) {
      const HeldPool lock(*pool);
      slot->launch.graphs[index].needs += units_of(needs.bytes[index]);
      if (slot->pointers->insert(entry)) continue;
      slot->launch.graphs[index].needs -= units_of(needs.bytes[index]);
    }
    forget_graph(graph);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  return CUDA_SUCCESS;
}

// Until it has run, which nothing here knows, it needs what it needed.
void forget_graph(CUgraphExec graph) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr || !is_graph_with_memory()) return;
  bool any = false;
  for (unsigned index = 0; index < card_count(*slot); ++index) {
    Allocation entry = {};
    if (!slot->pointers->erase(AllocationKind::kGraph, key_of(graph, index), &entry)) continue;
    any = true;
    PoolCharge* pool = find_pool_of(index);
    if (pool == nullptr) continue;
    const HeldPool lock(*pool);
    const uint64_t units = units_of(uint64_t{entry.references} * kGranule);
    slot->launch.graphs[index].needs -= units;
    slot->launch.graphs[index].left += units;
  }
  if (!any) return;
  __atomic_sub_fetch(&slot->launch.with_memory, 1, __ATOMIC_RELAXED);
  set(word_of(*slot, graph), uint64_t{0});
}

void forget_graph_stream(CUstream stream) noexcept {
  Slot* slot = claimed_slot();
  if (slot == nullptr || look(slot->launch.had_graphs) == 0) return;
  for (unsigned index = 0; index < card_count(*slot); ++index) {
    PoolCharge* pool = find_pool_of(index);
    if (pool == nullptr) continue;
    const HeldPool lock(*pool);
    GraphPool& graphs = slot->launch.graphs[index];
    if (graphs.stream == reinterpret_cast<uint64_t>(stream)) graphs.stream = kNoStream;
  }
}

void note_foreign_free(Slot& slot) noexcept {
  for (unsigned index = 0; index < card_count(slot); ++index) {
    PoolCharge* pool = find_pool_of(index);
    if (pool == nullptr) continue;
    const HeldPool lock(*pool);  // who begins after this finds it
    __atomic_add_fetch(&slot.launch.frees, 1, __ATOMIC_RELAXED);
  }
  // Who began before has the driver take its memory first. One that waits in the driver for what this thread
  // is to do is not waited for.
  for (unsigned tries = 0; tries < kMostTries && is_any_unreserved(slot); ++tries)
    call_kernel(SYS_sched_yield);
}

void note_unknown_free(Slot& slot) noexcept {
  if (look(slot.launch.had_graphs) != 0) note_foreign_free(slot);
}

}  // namespace dure::gpu::share
