#include "queue/waiting.h"

#include "base/result.h"

namespace dure::queue {

void Waiting::add(const FairShare& shares, std::size_t leaf) {
  DURE_ASSERT(shares.leaf(leaf));
  if (nodes_.size() < shares.size()) nodes_.resize(shares.size());
  for (std::size_t node = leaf; !nodes_[node].waits; node = shares.parent(node)) {
    nodes_[node].waits = true;
    if (node == FairShare::kRoot) return;
    auto& children = nodes_[shares.parent(node)].children;
    nodes_[node].place = static_cast<std::uint32_t>(children.size());
    children.push_back(static_cast<std::uint32_t>(node));
  }
}

void Waiting::remove(const FairShare& shares, std::size_t leaf) {
  if (!waits(leaf)) return;
  for (std::size_t node = leaf;; node = shares.parent(node)) {
    nodes_[node].waits = false;
    if (node == FairShare::kRoot) return;
    auto& children = nodes_[shares.parent(node)].children;
    const std::uint32_t place = nodes_[node].place;
    children[place] = children.back();
    nodes_[children[place]].place = place;
    children.pop_back();
    if (!children.empty()) return;
  }
}

}  // namespace dure::queue
