#include "node/terminals.h"

#include <algorithm>

namespace dure::node {
namespace {

int window_size(std::int64_t value) {
  return static_cast<int>(std::clamp<std::int64_t>(value, 1, 1000));
}

}  // namespace

void Terminals::add(const std::string& stream_id, std::shared_ptr<ports::ExecStream> terminal) {
  const std::lock_guard lock(mutex_);
  open_[stream_id].terminal = std::move(terminal);
}

void Terminals::remove(const std::string& stream_id) {
  std::shared_ptr<ports::ExecStream> ended;  // outlives the lock
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(stream_id);
  if (found == open_.end()) return;
  ended = std::move(found->second.terminal);
  open_.erase(found);
}

bool Terminals::want(const model::StreamResize& resize) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(resize.stream_id);
  if (found == open_.end()) return false;
  found->second.wanted = resize;
  return !std::exchange(found->second.applying, true);
}

void Terminals::apply(const std::string& stream_id) {
  for (;;) {
    std::shared_ptr<ports::ExecStream> terminal;
    std::optional<model::StreamResize> size;
    {
      const std::lock_guard lock(mutex_);
      const auto found = open_.find(stream_id);
      if (found == open_.end()) return;
      size.swap(found->second.wanted);
      found->second.applying = size.has_value();
      if (!size) return;
      terminal = found->second.terminal;
    }
    // A terminal that has gone needs no size.
    static_cast<void>(terminal->resize(window_size(size->columns), window_size(size->rows)));
  }
}

}  // namespace dure::node
