#include "gpu/fake/engine.h"

#include <algorithm>
#include <array>

namespace dure::gpu::fake {
namespace {

__extension__ using Wide = unsigned __int128;

// t + w * n, or kNever where that does not fit.
Ticks later(Ticks t, Ticks w, std::uint64_t n) {
  const Wide sum = static_cast<Wide>(w) * n + t;
  return sum >= kNever ? kNever : static_cast<Ticks>(sum);
}

}  // namespace

void Engine::set(Ticks t, Ticks w) {
  const std::uint32_t other = 1 - current;
  now[other] = {.t = t, .w = w};
  __atomic_store_n(&current, other, __ATOMIC_RELEASE);
}

void Engine::note() {
  point[points % kBreakPoints] = {.t = t(), .w = w(), .active = active};
  __atomic_store_n(&points, points + 1, __ATOMIC_RELEASE);
}

Ticks Engine::next_end_w() const {
  Ticks first = kNever;
  for (std::uint32_t i = 0; i < active; ++i) first = std::min(first, context[running[i]].end_w);
  return first;
}

void Engine::advance(Ticks until) {
  while (t() < until) {
    if (active == 0) {
      set(until, w());
      return;
    }
    const Ticks end = next_end_w();
    const Ticks at = later(t(), end - w(), active);
    if (at > until) {
      set(until, w() + (until - t()) / active);
      return;
    }
    set(at, end);
    std::uint32_t left = 0;
    for (std::uint32_t i = 0; i < active; ++i) {
      ContextSlot& slot = context[running[i]];
      if (slot.end_w > end) {
        running[left++] = running[i];
      } else {
        slot.ended_t = at;
        slot.active = 0;
      }
    }
    active = left;
    note();
  }
}

void Engine::extend(int index, Ticks end_w) {
  ContextSlot& slot = context[index];
  if (end_w <= w()) return;
  if (slot.active != 0) {
    slot.end_w = std::max(slot.end_w, end_w);
    return;
  }
  slot.received += slot.end_w - slot.begin_w;
  slot.elapsed += slot.ended_t - slot.begin_t;
  slot.begin_w = w();
  slot.begin_t = slot.ended_t = t();
  slot.end_w = end_w;
  slot.active = 1;
  running[active] = static_cast<std::uint16_t>(index);
  ++active;
  note();
}

void Engine::stop(int index) {
  ContextSlot& slot = context[index];
  if (slot.active == 0) return;
  slot.end_w = w();
  slot.ended_t = t();
  slot.active = 0;
  auto* end = std::remove(running, running + active, static_cast<std::uint16_t>(index));
  active = static_cast<std::uint32_t>(end - running);
  note();
}

Ticks Engine::when(Ticks target) const {
  if (target <= w()) return t();
  if (active == 0) return kNever;
  std::array<Ticks, kMaxContexts> ends;
  for (std::uint32_t i = 0; i < active; ++i) ends[i] = context[running[i]].end_w;
  std::sort(ends.begin(), ends.begin() + active);
  Ticks at = t();
  Ticks reached_w = w();
  for (std::uint32_t gone = 0; gone < active; ++gone) {
    const Ticks step = std::min(ends[gone], target);
    at = later(at, step - reached_w, active - gone);
    if (step == target || at == kNever) return at;
    reached_w = step;
  }
  return kNever;
}

Ticks Engine::reached(Ticks target) const {
  // The last break point before which W had not got there; then straight on from it.
  const std::uint64_t oldest = points > kBreakPoints ? points - kBreakPoints : 0;
  std::uint64_t low = oldest;
  std::uint64_t high = points;  // the first whose w is >= target
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (point[middle % kBreakPoints].w >= target) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  if (low == oldest) return points == 0 ? t() : point[oldest % kBreakPoints].t;
  const BreakPoint& before = point[(low - 1) % kBreakPoints];
  return later(before.t, target - before.w, before.active);
}

Ticks Engine::busy(Ticks from) const {
  Ticks sum = 0;
  Ticks until = t();
  const std::uint64_t oldest = points > kBreakPoints ? points - kBreakPoints : 0;
  for (std::uint64_t i = points; i > oldest && until > from; --i) {
    const BreakPoint& at = point[(i - 1) % kBreakPoints];
    if (at.active > 0) sum += until - std::max(at.t, from);
    until = at.t;
  }
  return sum;
}

Ticks Engine::next_end() const {
  return active == 0 ? kNever : later(t(), next_end_w() - w(), active);
}

Ticks Engine::received(const ContextSlot& slot) const {
  return slot.received + (slot.active != 0 ? w() : slot.end_w) - slot.begin_w;
}

Ticks Engine::elapsed(const ContextSlot& slot) const {
  return slot.elapsed + (slot.active != 0 ? t() : slot.ended_t) - slot.begin_t;
}

void Engine::recover() {
  active = 0;
  for (int i = 0; i < kMaxContexts; ++i) {
    ContextSlot& slot = context[i];
    if (slot.used == 0 || slot.active == 0) continue;
    if (slot.end_w <= w()) {
      slot.ended_t = t();
      slot.active = 0;
    } else {
      running[active++] = static_cast<std::uint16_t>(i);
    }
  }
  note();
}

}  // namespace dure::gpu::fake
