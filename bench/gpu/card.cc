#include "bench/gpu/card.h"

#include <algorithm>
#include <cmath>

namespace dure::bench {

void ModelCard::launch(std::size_t context, std::uintptr_t stream, std::uint64_t device_ns) {
  Context& at = contexts_[context];
  if (at.kernels++ == 0) ++busy_;
  at.streams[stream].push_back({static_cast<double>(device_ns), nullptr});
}

void ModelCard::record(std::size_t context, std::uintptr_t stream, ModelEvent* event) {
  event->passed = false;
  auto& items = contexts_[context].streams[stream];
  items.push_back({0, event});
  pass_events(items);
}

void ModelCard::pass_events(std::deque<Item>& stream) {
  while (!stream.empty() && stream.front().event) {
    stream.front().event->passed = true;
    stream.front().event->at_ns = now_ns_;
    stream.pop_front();
  }
}

std::uint64_t ModelCard::next_end() const {
  double least = -1;
  for (const Context& context : contexts_) {
    if (context.kernels == 0) continue;
    for (const auto& [id, stream] : context.streams)
      if (!stream.empty() && (least < 0 || stream.front().left_ns < least)) least = stream.front().left_ns;
  }
  if (least < 0) return kNever;
  return now_ns_ + static_cast<std::uint64_t>(std::ceil(least * static_cast<double>(busy_)));
}

double ModelCard::left_ns(std::size_t context) const {
  double sum = 0;
  for (const auto& [id, stream] : contexts_[context].streams)
    for (const Item& item : stream) sum += item.left_ns;
  return sum;
}

void ModelCard::advance(std::uint64_t at_ns) {
  while (now_ns_ < at_ns) {
    const std::uint64_t until = std::min(at_ns, next_end());
    const double each = busy_ ? static_cast<double>(until - now_ns_) / static_cast<double>(busy_) : 0;
    now_ns_ = until;
    for (Context& context : contexts_) {
      if (context.kernels == 0) continue;
      context.served_ns += each;
      for (auto& [id, stream] : context.streams) {
        if (stream.empty()) continue;
        stream.front().left_ns -= each;
        if (stream.front().left_ns > 0.001) continue;
        stream.pop_front();
        pass_events(stream);
        if (--context.kernels == 0) --busy_;
      }
    }
  }
}

}  // namespace dure::bench
