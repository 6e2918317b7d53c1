#include "queue/fair_share.h"

#include <algorithm>
#include <utility>

#include "base/result.h"

namespace dure::queue {
namespace {

// Of a and b: b - a, which may be more than 63 bits hold. REQUIRES: a <= b.
std::uint64_t between(base::Instant a, base::Instant b) {
  return static_cast<std::uint64_t>(b.us) - static_cast<std::uint64_t>(a.us);
}

// A product of more than 128 bits: the 64 lowest apart.
std::pair<Grains, std::uint64_t> product(Grains measure, std::int64_t weight) {
  const Grains low = static_cast<Grains>(static_cast<std::uint64_t>(measure)) * weight;
  return {(measure >> 64) * weight + (low >> 64), static_cast<std::uint64_t>(low)};
}

}  // namespace

FairShare::FairShare(base::Span half_life, base::Span advance) : decay_(half_life), advance_(0) {
  DURE_ASSERT(advance.us >= 0);
  advance_ = held_for(1, static_cast<std::uint64_t>(advance.us));
  nodes_.emplace_back();
  nodes_.back().since = latest_;
}

const FairShare::Node& FairShare::of(std::size_t node) const {
  DURE_ASSERT(node < nodes_.size());
  return nodes_[node];
}

std::size_t FairShare::add(std::size_t parent, std::int64_t weight) {
  DURE_ASSERT(weight > 0);
  DURE_ASSERT(!of(parent).leaf || of(parent).held == 0);
  nodes_[parent].leaf = false;
  Node node;
  node.parent = parent;
  node.weight = weight;
  node.since = latest_;
  nodes_.push_back(node);
  return nodes_.size() - 1;
}

void FairShare::set_weight(std::size_t node, std::int64_t weight) {
  DURE_ASSERT(node < nodes_.size() && weight > 0);
  nodes_[node].weight = weight;
}

Grains FairShare::used(const Node& node, base::Instant at) const {
  return decay_.after(node.used, node.held, between(node.since, at));
}

void FairShare::change(std::size_t leaf, std::int64_t held_more, Grains used_more, base::Instant at) {
  DURE_ASSERT(of(leaf).leaf);
  latest_ = latest(at);
  for (std::size_t node = leaf;; node = nodes_[node].parent) {
    Node& each = nodes_[node];
    each.used = used(each, latest_) + used_more;
    each.since = latest_;
    each.held += held_more;
    DURE_ASSERT(each.held >= 0 && each.held <= kMostHeld);
    if (node == kRoot) break;
  }
}

void FairShare::hold(std::size_t leaf, base::MilliGpu more, base::Instant at) {
  DURE_ASSERT(more.value >= -kMostHeld && more.value <= kMostHeld);
  change(leaf, more.value, 0, at);
}

void FairShare::charge(std::size_t leaf, std::int64_t milli_gpu_seconds, base::Instant at) {
  DURE_ASSERT(milli_gpu_seconds >= 0);
  change(leaf, 0, (static_cast<Grains>(milli_gpu_seconds) * kUsPerSecond) << kGrainBits, at);
}

std::int64_t FairShare::usage(std::size_t node, base::Instant now) const {
  const Grains seconds = (used(of(node), latest(now)) >> kGrainBits) / kUsPerSecond;
  return static_cast<std::int64_t>(std::min<Grains>(seconds, INT64_MAX));
}

Grains FairShare::measure(std::size_t node, base::Instant now) const {
  return used(of(node), latest(now)) + advance_ * of(node).held;
}

bool less_share(Grains measure_a, std::int64_t weight_a, Grains measure_b, std::int64_t weight_b) {
  return product(measure_a, weight_b) < product(measure_b, weight_a);
}

}  // namespace dure::queue
