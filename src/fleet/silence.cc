#include "fleet/silence.h"

#include <algorithm>
#include <utility>

namespace dure::fleet {

std::optional<base::Span> Silence::passed(base::Instant now) {
  const auto before = std::exchange(last_look_, now);
  if (!before) return std::nullopt;
  const base::Span gap = now - *before;
  if (gap.us >= 0 && gap <= kLongestGap) {
    ordinary_ = std::min(ordinary_ + gap, kSettled);
    return gap;
  }
  const bool step = std::exchange(ordinary_, base::Span{}) == kSettled;
  if (step) return std::nullopt;
  return std::clamp(gap, base::Span{}, kLongestGap);
}

std::vector<NodeSight> Silence::look(const std::vector<NodeSight>& nodes, base::Instant now,
                                     base::Span limit) {
  const auto gap = passed(now);
  std::map<model::NodeId, Watched> watched;
  std::vector<NodeSight> silent;
  for (const NodeSight& node : nodes) {
    const auto found = watched_.find(node.id);
    const bool same = found != watched_.end() && found->second.last_report_at == node.last_report_at;
    const base::Span length = same && gap ? found->second.silent + *gap : base::Span{};
    watched[node.id] = {node.last_report_at, length};
    if (length >= limit) silent.push_back(node);
  }
  watched_ = std::move(watched);
  std::sort(silent.begin(), silent.end(), [](const NodeSight& a, const NodeSight& b) { return a.id < b.id; });
  return silent;
}

}  // namespace dure::fleet
