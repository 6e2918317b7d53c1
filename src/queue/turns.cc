#include "queue/turns.h"

#include <utility>

#include "base/result.h"

namespace dure::queue {

Turns::Turns(const FairShare& shares, base::Instant now, std::span<const std::size_t> leaves_that_wait)
    : advance_(shares.advance()), entered_(shares.size(), 0) {
  nodes_.reserve(leaves_that_wait.size() + 1);
  enter(shares, now, FairShare::kRoot);
  for (const std::size_t leaf : leaves_that_wait) {
    DURE_ASSERT(shares.leaf(leaf));
    std::size_t below = 0;  // the node entered last, which has no parent yet
    for (std::size_t number = leaf;; number = shares.parent(number)) {
      const bool known = entered_[number] != 0;
      const std::size_t node = known ? entered_[number] - 1 : enter(shares, now, number);
      if (below != 0) nodes_[below].parent = node;
      if (known) break;
      below = node;
    }
  }
  nodes_[0].waits = !leaves_that_wait.empty();
  make_heaps();
}

std::size_t Turns::enter(const FairShare& shares, base::Instant now, std::size_t number) {
  Node node;
  node.measure = shares.measure(number, now);
  node.weight = shares.weight(number);
  node.number = number;
  nodes_.push_back(node);
  entered_[number] = static_cast<std::uint32_t>(nodes_.size());
  return nodes_.size() - 1;
}

void Turns::make_heaps() {
  for (std::size_t node = 1; node < nodes_.size(); ++node) ++nodes_[nodes_[node].parent].children;
  std::size_t first = 0;
  for (Node& node : nodes_) {
    node.first = first;
    first += std::exchange(node.children, 0);
  }
  heaps_.resize(first);
  for (std::size_t node = 1; node < nodes_.size(); ++node) {
    Node& parent = nodes_[nodes_[node].parent];
    set(parent, parent.children++, node);
  }
  for (const Node& parent : nodes_)
    for (std::size_t place = parent.children / 2; place-- > 0;) sink(parent, place);
}

bool Turns::before(std::size_t a, std::size_t b) const {
  const Node& x = nodes_[a];
  const Node& y = nodes_[b];
  if (less_share(x.measure, x.weight, y.measure, y.weight)) return true;
  if (less_share(y.measure, y.weight, x.measure, x.weight)) return false;
  return x.number < y.number;
}

void Turns::set(const Node& parent, std::size_t place, std::size_t child) {
  heaps_[parent.first + place] = child;
  nodes_[child].place = place;
}

void Turns::sink(const Node& parent, std::size_t place) {
  const std::size_t child = heaps_[parent.first + place];
  while (2 * place + 1 < parent.children) {
    std::size_t least = 2 * place + 1;
    if (least + 1 < parent.children && before(heaps_[parent.first + least + 1], heaps_[parent.first + least]))
      ++least;
    if (!before(heaps_[parent.first + least], child)) break;
    set(parent, place, heaps_[parent.first + least]);
    place = least;
  }
  set(parent, place, child);
}

void Turns::rise(const Node& parent, std::size_t place) {
  const std::size_t child = heaps_[parent.first + place];
  while (place > 0 && before(child, heaps_[parent.first + (place - 1) / 2])) {
    set(parent, place, heaps_[parent.first + (place - 1) / 2]);
    place = (place - 1) / 2;
  }
  set(parent, place, child);
}

void Turns::remove(std::size_t child) {
  nodes_[child].waits = false;
  if (child == 0) return;
  Node& parent = nodes_[nodes_[child].parent];
  const std::size_t place = nodes_[child].place;
  const std::size_t last = --parent.children;
  if (place == last) return;
  set(parent, place, heaps_[parent.first + last]);
  rise(parent, place);
  sink(parent, place);
}

std::size_t Turns::entered(std::size_t leaf) const {
  DURE_ASSERT(leaf < entered_.size() && entered_[leaf] != 0);
  return entered_[leaf] - 1;
}

std::optional<std::size_t> Turns::next() const {
  if (!nodes_[0].waits) return std::nullopt;
  std::size_t node = 0;
  while (nodes_[node].children > 0) node = heaps_[nodes_[node].first];
  return nodes_[node].number;
}

void Turns::count(std::size_t leaf, base::MilliGpu amount) {
  DURE_ASSERT(amount.value >= 0 && amount.value <= kMostHeld - counted_);
  counted_ += amount.value;
  std::size_t node = entered(leaf);
  for (;; node = nodes_[node].parent) {
    Node& each = nodes_[node];
    each.measure += advance_ * amount.value;
    if (node == 0) break;
    if (each.waits) sink(nodes_[each.parent], each.place);
  }
}

void Turns::leave(std::size_t leaf) {
  std::size_t node = entered(leaf);
  while (nodes_[node].waits) {
    remove(node);
    if (node == 0) break;
    node = nodes_[node].parent;
    if (nodes_[node].children > 0) break;
  }
}

}  // namespace dure::queue
