// State: the books of physical memory and of time.
#include <algorithm>

#include "gpu/fake/state.h"

namespace dure::gpu::fake {
namespace {

void count_up(Bytes& bytes, std::uint64_t more) {
  bytes.used += more;
  bytes.high = std::max(bytes.high, bytes.used);
}

}  // namespace

void State::count_in(int tenant, int device, std::uint64_t bytes) {
  count_up(shared_->device[device].memory, bytes);
  count_up(shared_->tenant[tenant].memory[device], bytes);
}

void State::count_out(int tenant, int device, std::uint64_t bytes) {
  shared_->device[device].memory.used -= bytes;
  shared_->tenant[tenant].memory[device].used -= bytes;
}

// Whether the grant would fail or set a new high mark: then the dead must not be counted.
bool State::would_show(int tenant, int device, std::uint64_t bytes) const {
  const Device& card = shared_->device[device];
  const Bytes& theirs = shared_->tenant[tenant].memory[device];
  const std::uint64_t after = card.memory.used + bytes;
  return after > card.total || after > card.memory.high || theirs.used + bytes > theirs.high;
}

bool State::grant(int process, int device, std::uint64_t bytes) {
  ProcessSlot& slot = shared_->process[process];
  const int tenant = static_cast<int>(slot.tenant);
  const Device& card = shared_->device[device];
  if (bytes > card.total) return false;
  if (would_show(tenant, device, bytes)) reap();
  if (card.memory.used + bytes > card.total) return false;
  count_up(slot.memory[device], bytes);
  count_in(tenant, device, bytes);
  return true;
}

void State::give_back(int process, int device, std::uint64_t bytes) {
  ProcessSlot& slot = shared_->process[process];
  slot.memory[device].used -= bytes;
  count_out(static_cast<int>(slot.tenant), device, bytes);
}

int State::share(int process, int device, std::uint64_t bytes) {
  ProcessSlot& slot = shared_->process[process];
  for (int i = 0; i < kMaxBlocks; ++i) {
    Block& block = shared_->block[i];
    if (block.bytes != 0) continue;
    block = {};
    block.device = static_cast<std::uint32_t>(device);
    block.tenant = slot.tenant;
    block.process = static_cast<std::uint32_t>(process);
    block.generation = ++shared_->generations;
    block.holds[process] = 1;
    // Out of the one book and into the other: the sums stay.
    shared_->blocks = std::max(shared_->blocks, static_cast<std::uint32_t>(i) + 1);
    slot.memory[device].used -= bytes;
    block.bytes = bytes;
    return i;
  }
  return -1;
}

void State::hold(int index, int process) {
  Block& block = shared_->block[index];
  ++block.holds[process];
  if (block.process == kMaxProcesses) block.process = static_cast<std::uint32_t>(process);
}

void State::let_go(int index, int process) {
  Block& block = shared_->block[index];
  if (block.holds[process] > 0) --block.holds[process];
  if (block.holds[process] == 0 && block.process == static_cast<std::uint32_t>(process)) pass_on(index);
}

// To the next holder; to nobody while a descriptor keeps it; or it is freed.
void State::pass_on(int index) {
  Block& block = shared_->block[index];
  for (int i = 0; i < kMaxProcesses; ++i) {
    if (block.holds[i] == 0 || shared_->process[i].used == 0) continue;
    const std::uint32_t tenant = shared_->process[i].tenant;
    block.process = static_cast<std::uint32_t>(i);
    if (tenant == block.tenant) return;
    shared_->tenant[block.tenant].memory[block.device].used -= block.bytes;
    count_up(shared_->tenant[tenant].memory[block.device], block.bytes);
    block.tenant = tenant;
    return;
  }
  block.process = kMaxProcesses;
  if (is_exported(index)) return;
  count_out(static_cast<int>(block.tenant), static_cast<int>(block.device), block.bytes);
  block.bytes = 0;
}

int State::open_context(int process, int device) {
  Engine& at = engine(device);
  for (int i = 0; i < kMaxContexts; ++i) {
    ContextSlot& slot = at.context[i];
    if (slot.used != 0) continue;
    slot = {};
    slot.process = static_cast<std::uint32_t>(process);
    slot.begin_w = slot.end_w = at.w();
    slot.begin_t = slot.ended_t = at.t();
    slot.used = 1;
    return i;
  }
  return -1;
}

void State::close_context(int context, int device) {
  Engine& at = engine(device);
  ContextSlot& slot = at.context[context];
  at.stop(context);
  Work& work = shared_->tenant[shared_->process[slot.process].tenant].work[device];
  work.received += at.received(slot);
  work.elapsed += at.elapsed(slot);
  work.launches += slot.launches;
  slot.used = 0;
}

Bytes State::process_memory(int process, int device) const {
  Bytes sum = shared_->process[process].memory[device];
  for (const Block& block : shared_->block) {
    if (block.bytes != 0 && block.process == static_cast<std::uint32_t>(process) &&
        block.device == static_cast<std::uint32_t>(device)) {
      sum.used += block.bytes;
    }
  }
  sum.high = std::max(sum.high, sum.used);
  return sum;
}

Work State::process_work(int process, int device) const {
  const Engine& at = shared_->engine[device];
  Work sum = {};
  for (const ContextSlot& slot : at.context) {
    if (slot.used == 0 || slot.process != static_cast<std::uint32_t>(process)) continue;
    sum.received += at.received(slot);
    sum.elapsed += at.elapsed(slot);
    sum.launches += slot.launches;
  }
  return sum;
}

Work State::tenant_work(int tenant, int device) const {
  Work sum = shared_->tenant[tenant].work[device];
  for (int i = 0; i < kMaxProcesses; ++i) {
    const ProcessSlot& process = shared_->process[i];
    if (process.used == 0 || process.tenant != static_cast<std::uint32_t>(tenant)) continue;
    const Work work = process_work(i, device);
    sum.received += work.received;
    sum.elapsed += work.elapsed;
    sum.launches += work.launches;
  }
  return sum;
}

void State::forget_high() {
  reap();
  for (int i = 0; i < devices(); ++i) {
    shared_->device[i].memory.high = shared_->device[i].memory.used;
    for (TenantSlot& tenant : shared_->tenant) tenant.memory[i].high = tenant.memory[i].used;
    for (ProcessSlot& process : shared_->process) process.memory[i].high = process.memory[i].used;
  }
}

}  // namespace dure::gpu::fake
