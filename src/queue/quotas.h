// Quotas: how much each of a tree of owners may hold at a time, and what they hold now.
//
// A node has a ceiling, and whoever takes something takes it of its node and of all above. A node may be
// guaranteed an amount of GPU: what it holds beyond is borrowed (borrowed.h says who has to give it back).
//
// Plain bookkeeping, single-threaded; nodes are only added. Cost: the depth.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/quantity.h"
#include "queue/entry.h"
#include "queue/rules.h"

namespace dure::queue {

class Quotas {
 public:
  static constexpr std::size_t kRoot = 0;

  Quotas() : nodes_(1) {}

  // REQUIRES of all: the nodes named exist.
  std::size_t add(std::size_t parent, const Ceiling& ceiling = {});
  void set_ceiling(std::size_t node, const Ceiling& ceiling) { nodes_[node].ceiling = ceiling; }
  void guarantee(std::size_t node, base::MilliGpu amount) { nodes_[node].guaranteed = amount; }

  void take(std::size_t node, const Amount& amount);
  void give_back(std::size_t node, const Amount& amount);

  // Of the node and all above it but the root: for what is held of two branches, and of the root once.
  void take_beside(std::size_t node, const Amount& amount);
  void give_back_beside(std::size_t node, const Amount& amount);
  std::optional<std::size_t> binding_beside(std::size_t node, const Amount& asked) const;
  // At that node alone.
  bool lets_in_at(std::size_t node, const Amount& asked) const;

  // The node that does not let it in beside what is held: the first from `node` upwards whose ceiling would
  // not even let it in alone, else the first that is too full. Nothing where it is let in.
  std::optional<std::size_t> binding(std::size_t node, const Amount& asked) const;
  // True where no ceiling above would ever let it in.
  bool never(std::size_t node, const Amount& asked) const;

  const Amount& held(std::size_t node) const { return nodes_[node].held; }
  const Ceiling& ceiling(std::size_t node) const { return nodes_[node].ceiling; }
  std::optional<base::MilliGpu> guaranteed(std::size_t node) const { return nodes_[node].guaranteed; }
  std::size_t parent(std::size_t node) const { return nodes_[node].parent; }  // the root's is itself
  std::size_t size() const { return nodes_.size(); }

 private:
  struct Node {
    std::size_t parent = 0;
    Ceiling ceiling;
    std::optional<base::MilliGpu> guaranteed;
    Amount held;
  };
  std::vector<Node> nodes_;
};

}  // namespace dure::queue
