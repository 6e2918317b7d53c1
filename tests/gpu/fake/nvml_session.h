// What the fake libnvidia-ml has in a process: the state, and a handle for each card and instance.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "gpu/abi/nvml.h"
#include "gpu/fake/state.h"

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

namespace dure::gpu::fake {

// A card (with its devices), or one MIG instance of it.
struct Unit {
  int card = 0;
  int instance = -1;         // among the card's; -1: the card
  std::vector<int> devices;  // the CUDA devices that it is, or consists of
};

class Session {
 public:
  static Session& get();

  std::mutex mutex;

  nvmlReturn_t begin();  // counted
  nvmlReturn_t end();
  bool is_open() const { return opened_ > 0; }

  State& state() { return *state_; }
  Ticks now() const;
  std::uint64_t microseconds(Ticks t) const;
  std::size_t cards() const { return cards_; }
  // Null: there is none.
  Unit* card(unsigned index);
  Unit* instance(const Unit& card, unsigned index);
  Unit* find(nvmlDevice_t handle);
  std::deque<Unit>& units() { return units_; }

 private:
  std::unique_ptr<State> state_;
  std::deque<Unit> units_;  // the cards first
  std::size_t cards_ = 0;
  int opened_ = 0;
};

// Runs the body for the unit that the handle names, with the state locked and at now.
template <typename Body>
nvmlReturn_t with_unit(nvmlDevice_t handle, Body body) {
  Session& session = Session::get();
  const std::scoped_lock lock(session.mutex);
  if (!session.is_open()) return NVML_ERROR_UNINITIALIZED;
  Unit* const unit = session.find(handle);
  if (unit == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  const State::Lock held(session.state());
  session.state().advance(session.now());
  session.state().reap();
  for (const int device : unit->devices) {
    if (session.state().shared().device[device].lost != 0) return NVML_ERROR_GPU_IS_LOST;
  }
  return body(session, *unit);
}

// A text into the caller's buffer.
nvmlReturn_t copy_text(const std::string& text, char* out, unsigned length);

}  // namespace dure::gpu::fake
