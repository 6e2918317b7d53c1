// A model of a card: contexts that have work share it equally (processor sharing), the streams of one context
// run side by side at no cost to each other, a stream runs what is in it in order. In virtual time.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <vector>

namespace dure::bench {

inline constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

struct ModelEvent {
  bool passed = false;
  std::uint64_t at_ns = 0;
};

class ModelCard {
 public:
  explicit ModelCard(std::size_t contexts) : contexts_(contexts) {}

  void launch(std::size_t context, std::uintptr_t stream, std::uint64_t device_ns);
  void record(std::size_t context, std::uintptr_t stream, ModelEvent* event);

  // REQUIRES: at_ns is not before the last one.
  void advance(std::uint64_t at_ns);
  // When the next kernel ends, if nothing is launched before; kNever: nothing runs.
  std::uint64_t next_end() const;

  bool is_idle(std::size_t context) const { return contexts_[context].kernels == 0; }
  std::size_t queued(std::size_t context) const { return contexts_[context].kernels; }
  // The device time that the context has had.
  double served_ns(std::size_t context) const { return contexts_[context].served_ns; }
  // The device time that what the context has launched still needs, were its streams one.
  double left_ns(std::size_t context) const;

 private:
  struct Item {
    double left_ns = 0;
    ModelEvent* event = nullptr;
  };
  struct Context {
    std::map<std::uintptr_t, std::deque<Item>> streams;
    std::size_t kernels = 0;
    double served_ns = 0;
  };

  void pass_events(std::deque<Item>& stream);

  std::vector<Context> contexts_;
  std::size_t busy_ = 0;  // contexts with a kernel
  std::uint64_t now_ns_ = 0;
};

}  // namespace dure::bench
