#include "gpu/fake/memory.h"

#include <sys/mman.h>

#include <bit>

#include "gpu/fake/driver.h"
#include "gpu/fake/graph.h"

namespace dure::gpu::fake {
namespace {

constexpr std::size_t kRange = std::size_t{1} << 38;  // 256 GiB of addresses, none of it touched
constexpr std::size_t kLine = 512;

// Up to one eighth more than asked, so that freed addresses fit again.
std::size_t size_class(std::size_t bytes) {
  const std::size_t lines = (bytes + kLine - 1) / kLine;
  const auto width = std::bit_width(lines);
  const std::size_t step = width <= 4 ? 1 : std::size_t{1} << (width - 4);
  return (lines + step - 1) / step * step * kLine;
}

}  // namespace

void* host_address(CUdeviceptr address) {
  return reinterpret_cast<void*>(address);  // NOLINT(performance-no-int-to-ptr): a device pointer is a number
}

bool Addresses::open() {
  void* at =
      mmap(nullptr, kRange, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  backed_ = at != MAP_FAILED;
  if (!backed_) at = mmap(nullptr, kRange, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return false;
  begin_ = next_ = reinterpret_cast<CUdeviceptr>(at);
  end_ = begin_ + kRange;
  return true;
}

Addresses::~Addresses() {
  if (begin_ != 0) munmap(host_address(begin_), kRange);
}

CUdeviceptr Addresses::take(std::size_t bytes) {
  if (begin_ == 0 && !open()) return 0;
  if (bytes > kRange) return 0;
  const std::size_t size = size_class(bytes);
  auto& list = free_[size];
  if (!list.empty()) {
    const CUdeviceptr address = list.back();
    list.pop_back();
    return address;
  }
  if (end_ - next_ < size) return 0;
  const CUdeviceptr address = next_;
  next_ += size;
  return address;
}

void Addresses::give_back(CUdeviceptr address, std::size_t bytes) {
  if (address != 0) free_[size_class(bytes)].push_back(address);
}

Allocation* Memory::find(CUdeviceptr address) {
  auto after = allocations.upper_bound(address);
  if (after == allocations.begin()) return nullptr;
  Allocation& candidate = (--after)->second;
  return address < candidate.base + candidate.bytes ? &candidate : nullptr;
}

Ticks copy_time(Call& call, std::uint64_t bytes) {
  const std::uint64_t gbps = call.state().config().copy_gbps;
  return gbps == 0 ? 0 : ticks(bytes / gbps);
}

Allocation* allocate(Call& call, Context& context, std::size_t bytes, Allocation::Kind kind) {
  Process& process = call.process();
  const std::uint64_t granule = call.state().config().granule;
  if (bytes > call.state().shared().device[context.device].total) return nullptr;
  release_left(call, nullptr);
  const std::uint64_t counted = (bytes + granule - 1) / granule * granule;
  if (!call.state().grant(process.slot, context.device, counted)) return nullptr;
  const CUdeviceptr base = process.memory.addresses.take(bytes);
  if (base == 0) {
    call.state().give_back(process.slot, context.device, counted);
    return nullptr;
  }
  Allocation made = {.kind = kind, .base = base, .bytes = bytes, .counted = counted};
  made.device = context.device;
  made.context = &context;
  return &process.memory.allocations.emplace(base, made).first->second;
}

namespace {

void give_back(Call& call, const Allocation& gone) {
  Process& process = call.process();
  // The address of a graph's memory stays the graph's.
  if (gone.kind != Allocation::Kind::kGraph) process.memory.addresses.give_back(gone.base, gone.bytes);
  if (gone.block >= 0) {
    call.state().let_go(gone.block, process.slot);
  } else if (gone.pool == nullptr) {
    call.state().give_back(process.slot, gone.device, gone.counted);
  }
}

}  // namespace

void release(Call& call, Allocation& allocation) {
  const Allocation gone = allocation;
  call.process().memory.allocations.erase(gone.base);
  give_back(call, gone);
}

void release_in_order(Call& call, Allocation& allocation, Stream& stream) {
  Memory& memory = call.process().memory;
  Memory::Leaving leaving = {
      .allocation = allocation, .context = stream.context, .mark = std::make_shared<Mark>()};
  memory.allocations.erase(leaving.allocation.base);
  Op op;
  op.done = leaving.mark;
  stream.context->put(stream, std::move(op));
  memory.leaving.push_back(std::move(leaving));
  release_left(call, nullptr);
}

void release_left(Call& call, const Context* context) {
  std::erase_if(call.process().memory.leaving, [&](const Memory::Leaving& leaving) {
    const Mark& mark = *leaving.mark;
    if (leaving.context != context && !(mark.known && mark.w <= leaving.context->engine().w())) return false;
    give_back(call, leaving.allocation);
    return true;
  });
}

}  // namespace dure::gpu::fake
