#include "gpu/share/pools.h"

#include "gpu/share/leaving.h"
#include "gpu/share/ledger.h"
#include "gpu/share/ledger_words.h"
#include "gpu/share/pool_lock.h"
#include "gpu/share/real.h"
#include "gpu/share/shared_handles.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuMemPoolGetAttribute(CUmemoryPool pool, int attribute, void* value) noexcept;
DURE_EXPORT CUresult cuMemPoolTrimTo(CUmemoryPool pool, size_t keep) noexcept;
DURE_EXPORT CUresult cuDeviceGetGraphMemAttribute(CUdevice device, int attribute, void* value) noexcept;
DURE_EXPORT CUresult cuDeviceGraphMemTrim(CUdevice device) noexcept;

namespace dure::gpu::share {
namespace {

constexpr uint64_t kGranule = uint64_t{2} << 20;  // by which the driver's pools grow

CUmemoryPool handle_of(const PoolCharge& pool) noexcept {
  return reinterpret_cast<CUmemoryPool>(pool.handle);  // NOLINT(performance-no-int-to-ptr)
}

bool read_reserved(const PoolCharge& pool, uint64_t* units) noexcept {
  cuuint64_t bytes = 0;
  const CUresult result =
      pool.of_graphs != 0
          ? DURE_REAL(cuDeviceGetGraphMemAttribute)(pool.device, CU_GRAPH_MEM_ATTR_RESERVED_MEM_CURRENT,
                                                    &bytes)
          : DURE_REAL(cuMemPoolGetAttribute)(handle_of(pool), CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT, &bytes);
  *units = units_of(bytes);
  return result == CUDA_SUCCESS;
}

// What the memory of graphs is charged where it has `now` of `paid` units. While a launch is under way that
// has less reserved than it needs, nothing is given back that it may come to need: graph_memory.h.
uint64_t charge_of_graphs(Slot& slot, unsigned card, uint64_t now, uint64_t paid) noexcept {
  GraphPool& graphs = slot.launch.graphs[card];
  if (now < graphs.kept) __atomic_add_fetch(&slot.launch.trims, 1, __ATOMIC_RELAXED);
  graphs.kept = now;
  if (now == 0) graphs.left = 0;
  if (look(graphs.unreserved) == 0 || now >= paid) return now;
  const uint64_t most = graphs.needs + graphs.left;
  if (look(slot.launch.frees) != 0 || most > paid) return paid;
  return most > now ? most : now;
}

// Returns how many units the pool has that nobody paid for. `held` are the caller's; `calls` 1 where it made
// a call that could make the pool grow.
uint64_t settle(Slot& slot, PoolCharge& pool, uint64_t held, uint32_t calls) noexcept {
  uint64_t back = 0, missing = 0;
  unsigned card = 0;
  {
    const HeldPool lock(pool);
    card = pool.card;
    pool.in_flight -= calls;
    uint64_t now = 0;
    const uint64_t paid = pool.units + held;
    if (pool.state != kPoolLive || !read_reserved(pool, &now))
      now = paid;
    else if (pool.of_graphs != 0)
      now = charge_of_graphs(slot, card, now, paid);
    if (now <= paid) {
      back = paid - now;
      set(pool.units, now);
    } else {
      set(pool.units, paid);
      if (pool.in_flight == 0) missing = now - paid;
    }
    DURE_STEP("pool.counted");
  }
  DURE_STEP("pool.settling");
  release_memory(slot, card, back);
  DURE_STEP("pool.settled");
  return missing;
}

// The pool as the driver has it is trimmed; true where the books show it.
bool trim(Slot& slot, PoolCharge& pool) noexcept {
  const uint64_t before = look(pool.units);
  if (before == 0) return false;
  {
    const HeldPool lock(pool);
    if (pool.state != kPoolLive) return false;
    if (pool.of_graphs != 0) {
      DURE_REAL(cuDeviceGraphMemTrim)(pool.device);
    } else {
      DURE_REAL(cuMemPoolTrimTo)(handle_of(pool), 0);
    }
    DURE_STEP("pool.trimmed");
  }
  settle(slot, pool, 0, 0);
  return look(pool.units) < before;
}

bool is_of(const PoolCharge& pool, unsigned card) noexcept {
  return __atomic_load_n(&pool.state, __ATOMIC_ACQUIRE) == kPoolLive && look(pool.card) == card &&
         look(pool.is_free) == 0;
}

bool trim_card(unsigned card, uint64_t) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return false;
  bool any = let_closed_exports_go(*slot);
  if (let_left_go(*slot)) any = true;
  for (PoolCharge& pool : slot->pool)
    if (is_of(pool, card) && trim(*slot, pool)) any = true;
  return any;
}

}  // namespace

void watch_for_room() noexcept {
  __atomic_store_n(&trim_own_pools, &trim_card, __ATOMIC_RELAXED);
}

PoolCharge* find_pool(Slot& slot, uint64_t handle) noexcept {
  for (PoolCharge& pool : slot.pool)
    if (look(pool.handle) == handle && __atomic_load_n(&pool.state, __ATOMIC_ACQUIRE) == kPoolLive)
      return &pool;
  return nullptr;
}

PoolCharge* enter_pool(Slot& slot, uint64_t handle, unsigned card, CUdevice device, PoolOf of) noexcept {
  PoolCharge* known = find_pool(slot, handle);
  if (known != nullptr) return known;
  watch_for_room();
  // Two threads that enter the same one must not both do: they come by the same word.
  const HeldPool entering(slot.pool[kMostPools - 1]);
  known = find_pool(slot, handle);
  if (known != nullptr) return known;
  for (unsigned i = 0; i + 1 < kMostPools; ++i) {
    PoolCharge& pool = slot.pool[i];
    if (__atomic_load_n(&pool.state, __ATOMIC_ACQUIRE) != kPoolFree) continue;
    const HeldPool lock(pool);
    set(pool.units, uint64_t{0});
    pool.in_flight = pool.live = 0;
    pool.device = device;
    set(pool.card, static_cast<uint8_t>(card));
    pool.of_graphs = of == PoolOf::kGraphs ? 1 : 0;
    set(pool.is_free, static_cast<uint8_t>(of == PoolOf::kNothing ? 1 : 0));
    set(pool.handle, handle);
    // Last: who finds it live finds all of it.
    __atomic_store_n(&pool.state, kPoolLive, __ATOMIC_RELEASE);
    return &pool;
  }
  return nullptr;
}

PoolCharge* enter_graph_pool(const Card& card) noexcept {
  return enter_pool(*card.slot, static_cast<uint64_t>(card.device) + 1, card.index, card.device,
                    PoolOf::kGraphs);
}

CUresult begin_growth(Slot& slot, PoolCharge& pool, uint64_t bytes, uint64_t* units) noexcept {
  *units = 0;
  if (look(pool.is_free) == 0) {
    const CUresult result = reserve_memory(slot, look(pool.card), round_up(bytes, kGranule), units);
    if (result != CUDA_SUCCESS) return result;
  }
  DURE_STEP("pool.reserved");
  const HeldPool lock(pool);
  ++pool.in_flight;
  DURE_STEP("pool.begun");
  return CUDA_SUCCESS;
}

CUresult end_growth(Slot& slot, PoolCharge& pool, uint64_t units) noexcept {
  if (look(pool.is_free) != 0) return CUDA_SUCCESS;
  const uint64_t missing = settle(slot, pool, units, 1);
  if (missing == 0) return CUDA_SUCCESS;
  uint64_t more = 0;
  const CUresult result = reserve_memory(slot, look(pool.card), missing * DURE_MEMORY_UNIT, &more);
  settle(slot, pool, more, 0);
  return result;
}

void settle_pools(Slot& slot, unsigned card) noexcept {
  for (PoolCharge& pool : slot.pool) {
    if (look(pool.handle) == 0 && look(pool.state) == kPoolFree) break;
    if (is_of(pool, card) && look(pool.units) != 0) settle(slot, pool, 0, 0);
  }
}

void note_freed(Slot& slot, PoolCharge& pool) noexcept {
  uint64_t back = 0;
  const unsigned card = look(pool.card);
  {
    const HeldPool lock(pool);
    if (pool.live > 0) --pool.live;
    if (pool.state == kPoolDraining && pool.live == 0) {
      back = pool.units;
      set(pool.units, uint64_t{0});
      set(pool.state, static_cast<uint8_t>(kPoolFree));
    }
    DURE_STEP("pool.freed");
  }
  release_memory(slot, card, back);
}

void note_allocated(PoolCharge& pool) noexcept {
  const HeldPool lock(pool);
  ++pool.live;
}

void begin_destroying(PoolCharge& pool) noexcept {
  const HeldPool lock(pool);
  set(pool.state, static_cast<uint8_t>(kPoolDraining));
  ++pool.live;  // until it is known whether it is destroyed
}

// note_freed looks whether there is anything left.
void note_destroyed(Slot& slot, PoolCharge& pool) noexcept {
  note_freed(slot, pool);
}

void note_kept(PoolCharge& pool) noexcept {
  const HeldPool lock(pool);
  --pool.live;
  set(pool.state, static_cast<uint8_t>(kPoolLive));
}

}  // namespace dure::gpu::share
