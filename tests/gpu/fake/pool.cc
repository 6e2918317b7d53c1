// Pools: memory allocated and freed in the order of streams.
//
// A pool is a number of bytes, not a map: an allocation fits if so much of the pool is idle, and otherwise
// the pool grows, by whole pool granules of physical memory. What was freed in a stream can be used by the
// same stream at once, by others when the stream has come to that point. A pool shrinks to its release
// threshold when the program waits for a stream, an event or the device, and when it is trimmed.
#include "gpu/fake/pool.h"

#include <algorithm>

namespace dure::gpu::fake {
namespace {

constexpr std::uint64_t kUnit = 512;

std::uint64_t round_up(std::uint64_t bytes, std::uint64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

std::uint64_t waiting(const Pool& pool) {
  std::uint64_t sum = 0;
  for (const Pool::Freed& freed : pool.waiting) sum += freed.bytes;
  return sum;
}

// What `stream` may use by now becomes idle.
void reclaim(Pool& pool, const Stream* stream, const void* graph = nullptr) {
  std::erase_if(pool.waiting, [&](const Pool::Freed& freed) {
    const bool passed =
        freed.stream == nullptr || (freed.mark->known && freed.mark->w <= freed.context->engine().w());
    const bool own =
        (stream != nullptr && freed.stream == stream) || (graph != nullptr && freed.graph == graph);
    if (!passed && !own) return false;
    pool.idle += freed.bytes;
    return true;
  });
}

bool grant(Call& call, const Pool& pool, std::uint64_t bytes) {
  return !pool.on_device || call.state().grant(call.process().slot, pool.device, bytes);
}

bool grow(Call& call, Pool& pool, std::uint64_t bytes) {
  const std::uint64_t more = round_up(bytes, call.state().config().pool_granule);
  if (pool.properties.maxSize != 0 && pool.reserved + more > pool.properties.maxSize) return false;
  if (!grant(call, pool, more)) {
    // What other pools of the process hold idle is given back before it fails.
    for (const auto& [key, other] : call.process().pools) trim_pool(call, *other, 0);
    if (!grant(call, pool, more)) return false;
  }
  pool.reserved += more;
  pool.reserved_high = std::max(pool.reserved_high, pool.reserved);
  pool.idle += more;
  return true;
}

bool is_gone(const Pool& pool) {
  return pool.destroyed && pool.reserved == 0 && pool.waiting.empty();
}

// As a driver does, it gives the handle of one that is gone again.
Pool& make(Call& call, int device, bool builtin) {
  auto& pools = call.process().pools;
  const auto gone = std::ranges::find_if(pools, [](const auto& each) { return is_gone(*each.second); });
  auto made = gone == pools.end() ? std::make_unique<Pool>() : std::move(gone->second);
  Pool& pool = *made;
  pool = Pool{};
  pool.device = device;
  pool.builtin = builtin;
  pools[&pool] = std::move(made);
  return pool;
}

}  // namespace

Pool& make_pool(Call& call, int device) {
  return make(call, device, false);
}

Pool& default_pool(Call& call, int device) {
  Pool*& pool = call.process().default_pool[device];
  if (pool == nullptr) pool = &make(call, device, true);
  return *pool;
}

Pool& current_pool(Call& call, int device) {
  Pool* const set = call.process().current_pool[device];
  return set != nullptr ? *set : default_pool(call, device);
}

// Nothing of it is released when the program waits: only a trim gives it back.
Pool& graph_pool(Call& call, int device) {
  Pool*& pool = call.process().graph_pool[device];
  if (pool == nullptr) {
    pool = &make(call, device, true);
    pool->threshold = UINT64_MAX;
  }
  return *pool;
}

bool reserve_in_pool(Call& call, Pool& pool, std::uint64_t bytes, const Stream* stream, const void* graph) {
  reclaim(pool, stream, graph);
  return pool.idle >= bytes || grow(call, pool, bytes - pool.idle);
}

void use_pool(Pool& pool, std::uint64_t bytes) {
  pool.idle -= bytes;
  pool.used += bytes;
  pool.used_high = std::max(pool.used_high, pool.used);
}

Allocation* allocate_from_pool(Call& call, Pool& pool, std::size_t bytes, Stream& stream) {
  const std::uint64_t counted = round_up(bytes, kUnit);
  if (bytes > call.state().shared().device[pool.device].total) return nullptr;
  if (!reserve_in_pool(call, pool, counted, &stream)) return nullptr;
  Memory& memory = call.process().memory;
  const CUdeviceptr base = memory.addresses.take(bytes);
  if (base == 0) return nullptr;
  use_pool(pool, counted);
  Allocation made = {.kind = Allocation::Kind::kPool, .base = base, .bytes = bytes, .counted = counted};
  made.device = pool.device;
  made.context = stream.context;
  made.pool = &pool;
  return &memory.allocations.emplace(base, made).first->second;
}

void free_in_order(Pool& pool, std::uint64_t bytes, Stream& stream, const void* graph) {
  Pool::Freed freed = {.bytes = bytes, .stream = &stream, .context = stream.context, .graph = graph};
  Op op;
  op.done = freed.mark = std::make_shared<Mark>();
  stream.context->put(stream, std::move(op));
  pool.waiting.push_back(std::move(freed));
  pool.used -= bytes;
}

CUresult free_to_pool(Call& call, Allocation& allocation, Stream* stream) {
  Pool& pool = *allocation.pool;
  if (stream != nullptr) {
    free_in_order(pool, allocation.counted, *stream);
  } else {
    pool.used -= allocation.counted;
    pool.idle += allocation.counted;
  }
  release(call, allocation);
  if (pool.destroyed) trim_pool(call, pool, 0);
  return CUDA_SUCCESS;
}

void trim_pool(Call& call, Pool& pool, std::uint64_t keep) {
  reclaim(pool, nullptr);
  const std::uint64_t granule = call.state().config().pool_granule;
  const std::uint64_t least = round_up(std::max(keep, pool.used + waiting(pool)), granule);
  if (pool.reserved <= least) return;
  const std::uint64_t gone = pool.reserved - least;
  if (pool.on_device) call.state().give_back(call.process().slot, pool.device, gone);
  pool.reserved -= gone;
  pool.idle -= gone;
}

void release_pools(Call& call) {
  release_left(call, nullptr);
  for (const auto& [key, pool] : call.process().pools) {
    if (pool->reserved > pool->threshold) trim_pool(call, *pool, pool->threshold);
  }
}

void forget_streams_of(Call& call, Context& context) {
  release_left(call, &context);
  for (const auto& [key, pool] : call.process().pools) {
    for (Pool::Freed& freed : pool->waiting) {
      if (freed.context == &context) freed.stream = nullptr;
    }
    reclaim(*pool, nullptr);
  }
}

}  // namespace dure::gpu::fake
