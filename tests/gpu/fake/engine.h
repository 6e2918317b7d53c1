// The time of one device: exact processor sharing among contexts, in shared memory.
//
// W is the service that every context with work has received since the engine began: dW/dt = 1/n while n
// contexts have work, 0 while none has. All lengths and points on a context's own time line are in W, so they
// never move once they are known; only the map between W and t does, with every arrival and departure. That
// map is kept as break points, in a ring, so that anybody can find out afterwards at what time a point was
// reached.
//
// Both W and t are in ticks, 1/65536 ns; t counts from the state's epoch. A departure is exact; an arrival
// rounds W down by less than one tick.
//
// The caller holds the state's lock. Everything here can be killed at any instruction: `recover` then makes
// the list of active contexts anew.
#pragma once

#include <cstdint>

namespace dure::gpu::fake {

using Ticks = std::uint64_t;
constexpr int kTickBits = 16;
constexpr Ticks kNever = UINT64_MAX;

constexpr Ticks ticks(std::uint64_t ns) {
  return ns << kTickBits;
}
// The first whole nanosecond at or after it.
constexpr std::uint64_t ceil_ns(Ticks t) {
  return (t + ((1u << kTickBits) - 1)) >> kTickBits;
}
constexpr std::uint64_t floor_ns(Ticks t) {
  return t >> kTickBits;
}

constexpr int kMaxContexts = 512;      // of one device
constexpr int kBreakPoints = 1 << 16;  // of one device

// A context on a device. Only its owner calls begin(); whoever advances the engine ends its activity.
struct ContextSlot {
  std::uint32_t used;
  std::uint32_t process;  // index of its process slot
  std::uint32_t active;   // has work
  std::uint32_t reserved;
  Ticks end_w;              // where its work ends
  Ticks begin_w, begin_t;   // where the present activity, or the last one, began
  Ticks ended_t;            // when the last one ended (not active)
  Ticks received, elapsed;  // of the activities before that
  std::uint64_t launches;
};

struct BreakPoint {
  Ticks t, w;
  std::uint64_t active;  // from t on
};

struct Engine {
  struct Now {
    Ticks t, w;
  };
  Now now[2];
  std::uint32_t current;  // which of the two is valid
  std::uint32_t active;   // how many are in `running`
  std::uint64_t points;   // how many break points were ever written
  std::uint16_t running[kMaxContexts];
  ContextSlot context[kMaxContexts];
  BreakPoint point[kBreakPoints];

  Ticks t() const { return now[current].t; }
  Ticks w() const { return now[current].w; }

  // Forward to t: contexts whose work ends on the way are no longer active. No-op if t is past.
  void advance(Ticks t);

  // The context's work goes on until end_w (a point not before the one that it had). At the present t.
  void extend(int context, Ticks end_w);
  // The context's work is gone.
  void stop(int context);

  // When W will be w (>= w()), if nobody comes or goes but those whose work ends; kNever if it will not.
  Ticks when(Ticks w) const;
  // When W was w (<= w()): the first time. Where that is forgotten: the oldest time that is known.
  Ticks reached(Ticks w) const;
  // For how long since `from` anybody had work.
  Ticks busy(Ticks from) const;
  // When the next context runs out of work; kNever: none has any.
  Ticks next_end() const;

  Ticks received(const ContextSlot& slot) const;
  Ticks elapsed(const ContextSlot& slot) const;

  // After somebody died while he held the lock.
  void recover();

 private:
  void set(Ticks t, Ticks w);
  void note();
  Ticks next_end_w() const;
};

}  // namespace dure::gpu::fake
