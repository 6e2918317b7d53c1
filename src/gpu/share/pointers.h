// What a process allocated: from the driver's handle or address to what was charged for it. A hash table in
// shards, in memory of its own (mmap), so that the wrappers need no malloc.
//
// An entry is found by exactly the pointer that the driver returned: only that can be freed. Linear probing;
// erasing moves the followers up, so the table needs no graves. A shard that is three quarters full doubles,
// which holds up that shard's users alone (32 shards). Tables never shrink.
//
// Ownership: a Pointers belongs to one process; its memory is not copied into a child that is forked, because
// neither the allocations nor the driver's contexts are (slot.h has the process's own). Threads: every
// function by any thread; one spin lock for each shard, held for tens of instructions.
#pragma once

#include <stdint.h>

namespace dure::gpu::share {

// Handles of different kinds may have the same number: the kind is part of the key.
enum class AllocationKind : uint8_t {
  kLinear,    // cuMemAlloc, pitched
  kManaged,   // cuMemAllocManaged
  kPooled,    // stream-ordered, of the pool in `owner`
  kHandle,    // cuMemCreate: a physical allocation
  kPhysical,  // what handles and mappings refer to, by a number of its own; `owner` of those
  kMapping,   // cuMemMap: `units` are its size
  kArray,
  kMipmap,
  kPool,
  kGraph,
  kImported,      // opened by an IPC handle: memory that another process has as well
  kContextLimit,  // the context and the number of a limit of its; `owner` is the context
  kContext,       // a context itself; `owner` is it as well
  kModule,        // a module or library: its code and its globals
  kLeaving,       // freed behind an event, which is the pointer; `owner` is the context
  kBound,         // to a multicast object: a hash of that and of where; `owner` is the physical allocation
  kExported,      // a descriptor and 1, made of the physical allocation in `owner`; `units` say which file
};

struct Allocation {
  uint64_t pointer;     // not 0
  uint64_t units;       // charged, of 512 bytes
  uint64_t owner;       // the pool, handle or context that it comes from, else 0
  uint32_t references;  // 1 for most; handles and mappings count
  AllocationKind kind;
  uint8_t card;
  uint16_t reserved;
};
static_assert(sizeof(Allocation) == 32);

class Pointers {
 public:
  // Null where there is no memory.
  static Pointers* make() noexcept;
  // Unmaps this and its tables. REQUIRES: no other thread uses it.
  void destroy() noexcept;

  // False, with nothing changed, where the key is there already or there is no memory for a larger table.
  bool insert(const Allocation& allocation) noexcept;
  bool find(AllocationKind kind, uint64_t pointer, Allocation* found) const noexcept;
  // False where it is not there: freed twice, or never the library's. Of two threads one gets true.
  bool erase(AllocationKind kind, uint64_t pointer, Allocation* erased) noexcept;

  // One reference more. False where it is not there.
  bool retain(AllocationKind kind, uint64_t pointer) noexcept;
  // One reference less; the entry goes with the last, and *now is as it was, with `references` as they are
  // now.
  bool drop(AllocationKind kind, uint64_t pointer, Allocation* now) noexcept;

  // How many there are; exact while nobody changes them.
  uint64_t count() const noexcept;

  // Calls `visit` with a copy of each entry, shard by shard; entries that are changed meanwhile may be
  // missing. `visit` must not call this Pointers.
  void each(void (*visit)(const Allocation& allocation, void* context), void* context) const noexcept;

 private:
  static constexpr unsigned kShards = 32;
  struct alignas(64) Shard {
    mutable uint32_t lock;
    uint32_t count;
    uint64_t capacity;  // a power of two, or 0
    Allocation* table;
  };
  struct Held;

  const Shard& shard_of(uint64_t hash) const noexcept { return shards_[hash >> (64 - 5)]; }
  Shard& shard_of(uint64_t hash) noexcept { return shards_[hash >> (64 - 5)]; }
  static Allocation* look_up(const Shard& shard, uint64_t hash, AllocationKind kind,
                             uint64_t pointer) noexcept;
  static bool grow(Shard& shard) noexcept;
  static void take_out(Shard& shard, Allocation* entry) noexcept;

  Shard shards_[kShards];
};

}  // namespace dure::gpu::share
