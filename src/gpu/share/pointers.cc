#include "gpu/share/pointers.h"

#include "gpu/share/page_kernel.h"

namespace dure::gpu::share {

namespace {

constexpr unsigned kShardBits = 5;
constexpr uint64_t kFirstCapacity = 128;  // a page

// Multiplication spreads what differs into the upper bits: five of them say the shard, the next ones the
// place.
uint64_t hash_of(AllocationKind kind, uint64_t pointer) noexcept {
  return (pointer ^ uint64_t{static_cast<uint8_t>(kind)} << 56) * 0x9e3779b97f4a7c15U;
}
uint64_t place_of(uint64_t hash, uint64_t capacity) noexcept {
  return hash << kShardBits >> (__builtin_clzll(capacity) + 1);
}

Allocation* map_table(uint64_t capacity) noexcept {
  const uint64_t size = capacity * sizeof(Allocation);
  void* at = map_memory(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  if (at != nullptr) advise_memory(at, size, MADV_DONTFORK);
  return static_cast<Allocation*>(at);
}

// The first free place for an entry with that hash. REQUIRES: there is one.
Allocation* free_place(Allocation* table, uint64_t capacity, uint64_t hash) noexcept {
  uint64_t at = place_of(hash, capacity);
  while (table[at].pointer != 0) at = (at + 1) & (capacity - 1);
  return table + at;
}

}  // namespace

struct Pointers::Held {
  explicit Held(const Shard& shard_to_hold) noexcept : shard(shard_to_hold) {
    for (unsigned tries = 0; __atomic_exchange_n(&shard.lock, 1, __ATOMIC_ACQUIRE) != 0; ++tries)
      if (tries > 64) call_kernel(SYS_sched_yield);
  }
  ~Held() { __atomic_store_n(&shard.lock, 0, __ATOMIC_RELEASE); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  const Shard& shard;
};

Pointers* Pointers::make() noexcept {
  void* at = map_memory(sizeof(Pointers), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  if (at == nullptr) return nullptr;
  advise_memory(at, sizeof(Pointers), MADV_DONTFORK);
  return static_cast<Pointers*>(at);  // all zero: every shard is empty
}

void Pointers::destroy() noexcept {
  for (auto& shard : shards_)
    if (shard.capacity != 0) unmap_memory(shard.table, shard.capacity * sizeof(Allocation));
  unmap_memory(this, sizeof(Pointers));
}

Allocation* Pointers::look_up(const Shard& shard, uint64_t hash, AllocationKind kind,
                              uint64_t pointer) noexcept {
  if (shard.capacity == 0) return nullptr;
  const uint64_t mask = shard.capacity - 1;
  for (uint64_t at = place_of(hash, shard.capacity); shard.table[at].pointer != 0; at = (at + 1) & mask)
    if (shard.table[at].pointer == pointer && shard.table[at].kind == kind) return shard.table + at;
  return nullptr;
}

bool Pointers::grow(Shard& shard) noexcept {
  const uint64_t capacity = shard.capacity == 0 ? kFirstCapacity : shard.capacity * 2;
  Allocation* table = map_table(capacity);
  if (table == nullptr) return false;
  for (uint64_t i = 0; i < shard.capacity; ++i) {
    const Allocation& entry = shard.table[i];
    if (entry.pointer != 0) *free_place(table, capacity, hash_of(entry.kind, entry.pointer)) = entry;
  }
  if (shard.capacity != 0) unmap_memory(shard.table, shard.capacity * sizeof(Allocation));
  shard.table = table;
  shard.capacity = capacity;
  return true;
}

// Followers that are not at their place move into the gap, unless their place lies behind it.
void Pointers::take_out(Shard& shard, Allocation* entry) noexcept {
  const uint64_t mask = shard.capacity - 1;
  auto gap = static_cast<uint64_t>(entry - shard.table);
  for (uint64_t at = (gap + 1) & mask; shard.table[at].pointer != 0; at = (at + 1) & mask) {
    const Allocation& next = shard.table[at];
    const uint64_t place = place_of(hash_of(next.kind, next.pointer), shard.capacity);
    if (((at - place) & mask) < ((at - gap) & mask)) continue;
    shard.table[gap] = next;
    gap = at;
  }
  shard.table[gap].pointer = 0;
  --shard.count;
}

bool Pointers::insert(const Allocation& allocation) noexcept {
  const uint64_t hash = hash_of(allocation.kind, allocation.pointer);
  Shard& shard = shard_of(hash);
  const Held held(shard);
  if (look_up(shard, hash, allocation.kind, allocation.pointer) != nullptr) return false;
  if ((uint64_t{shard.count} + 1) * 4 > shard.capacity * 3 && !grow(shard)) return false;
  *free_place(shard.table, shard.capacity, hash) = allocation;
  ++shard.count;
  return true;
}

bool Pointers::find(AllocationKind kind, uint64_t pointer, Allocation* found) const noexcept {
  const uint64_t hash = hash_of(kind, pointer);
  const Shard& shard = shard_of(hash);
  const Held held(shard);
  const Allocation* entry = look_up(shard, hash, kind, pointer);
  if (entry != nullptr) *found = *entry;
  return entry != nullptr;
}

bool Pointers::erase(AllocationKind kind, uint64_t pointer, Allocation* erased) noexcept {
  const uint64_t hash = hash_of(kind, pointer);
  Shard& shard = shard_of(hash);
  const Held held(shard);
  Allocation* entry = look_up(shard, hash, kind, pointer);
  if (entry == nullptr) return false;
  *erased = *entry;
  take_out(shard, entry);
  return true;
}

bool Pointers::retain(AllocationKind kind, uint64_t pointer) noexcept {
  const uint64_t hash = hash_of(kind, pointer);
  Shard& shard = shard_of(hash);
  const Held held(shard);
  Allocation* entry = look_up(shard, hash, kind, pointer);
  if (entry != nullptr) ++entry->references;
  return entry != nullptr;
}

bool Pointers::drop(AllocationKind kind, uint64_t pointer, Allocation* now) noexcept {
  const uint64_t hash = hash_of(kind, pointer);
  Shard& shard = shard_of(hash);
  const Held held(shard);
  Allocation* entry = look_up(shard, hash, kind, pointer);
  if (entry == nullptr) return false;
  if (entry->references > 0) --entry->references;
  *now = *entry;
  if (entry->references == 0) take_out(shard, entry);
  return true;
}

uint64_t Pointers::count() const noexcept {
  uint64_t count = 0;
  for (const auto& shard : shards_) {
    const Held held(shard);
    count += shard.count;
  }
  return count;
}

void Pointers::each(void (*visit)(const Allocation& allocation, void* context),
                    void* context) const noexcept {
  for (const auto& shard : shards_) {
    const Held held(shard);
    for (uint64_t i = 0; i < shard.capacity; ++i)
      if (shard.table[i].pointer != 0) visit(shard.table[i], context);
  }
}

}  // namespace dure::gpu::share
