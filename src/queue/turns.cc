#include "queue/turns.h"

#include <utility>

#include "base/result.h"

namespace dure::queue {

Turns::Turns(const FairShare& shares, base::Instant now, const Waiting& waiting)
    : shares_(shares), waiting_(waiting), now_(now), entered_(shares.size(), 0) {
  enter(FairShare::kRoot, 0);
  nodes_[0].waits = waiting.waits(FairShare::kRoot);
}

void Turns::enter(std::size_t number, std::size_t parent) {
  Node node;
  node.measure = shares_.measure(number, now_);
  node.weight = shares_.weight(number);
  node.number = number;
  node.parent = parent;
  if (const auto counted = counted_before_.find(number); counted != counted_before_.end())
    node.measure += shares_.advance() * counted->second;
  nodes_.push_back(node);
  entered_[number] = static_cast<std::uint32_t>(nodes_.size());
}

// The walk comes below it.
void Turns::open(std::size_t node) {
  if (nodes_[node].open) return;
  nodes_[node].open = true;
  nodes_[node].first = heaps_.size();
  for (const std::uint32_t number : waiting_.children(nodes_[node].number)) {
    enter(number, node);
    heaps_.push_back(nodes_.size() - 1);
    nodes_.back().place = nodes_[node].children++;
  }
  const Node& parent = nodes_[node];
  for (std::size_t place = parent.children / 2; place-- > 0;) sink(parent, place);
}

// Its index in nodes_. REQUIRES: it waited at the begin.
std::size_t Turns::reach(std::size_t number) {
  DURE_ASSERT(number < entered_.size());
  if (entered_[number] == 0) open(reach(shares_.parent(number)));
  DURE_ASSERT(entered_[number] != 0);
  return entered_[number] - 1;
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

std::optional<std::size_t> Turns::next() {
  if (!nodes_[0].waits) return std::nullopt;
  std::size_t node = 0;
  for (open(node); nodes_[node].children > 0; open(node)) node = heaps_[nodes_[node].first];
  return nodes_[node].number;
}

void Turns::count(std::size_t leaf, base::MilliGpu amount) {
  DURE_ASSERT(amount.value >= 0 && amount.value <= kMostHeld - counted_);
  counted_ += amount.value;
  for (std::size_t number = leaf;; number = shares_.parent(number)) {
    if (entered_[number] == 0) {
      counted_before_[number] += amount.value;
    } else {
      Node& each = nodes_[entered_[number] - 1];
      each.measure += shares_.advance() * amount.value;
      if (number == FairShare::kRoot) return;
      if (each.waits) sink(nodes_[each.parent], each.place);
    }
  }
}

void Turns::leave(std::size_t leaf) {
  std::size_t node = reach(leaf);
  while (nodes_[node].waits) {
    remove(node);
    if (node == 0) break;
    node = nodes_[node].parent;
    if (nodes_[node].children > 0) break;
  }
}

}  // namespace dure::queue
