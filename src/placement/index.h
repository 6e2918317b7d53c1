// Index: the cluster's machines as a board, so that a choice needs no look at every node.
//
// Owned by a Cluster, which tells it of every node that changed. Pools and models become numbers; the cards
// of a node become one slot for each model (and for each kMostCardsOfSlot of it), and
// each card in MIG mode one by itself (slices.h), of a model number of its own. The domains of its topology
// are leaves, islands within them, and each node by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "placement/by_cpu.h"
#include "placement/forest.h"
#include "placement/plan.h"
#include "placement/request.h"
#include "placement/topology.h"

namespace dure::placement {

struct CardRoom;
struct NodeRoom;

class Index {
 public:
  Index();
  // REQUIRES: the nodes come by leaf and island.
  explicit Index(const std::vector<NodeRoom>& nodes);

  // The node at that place has changed; what it has and where it is have not.
  void refresh(const std::vector<NodeRoom>& nodes, std::size_t node);

  // What is asked, as a shape of one replica. Nothing where the cluster has no such pool or model.
  std::optional<Shape> shape_of(const Request& request) const;

  const Forest& forest() const { return forest_; }
  const ByCpu& by_cpu() const { return by_cpu_; }
  // Nodes that are out of service or have a card that is, by their place.
  const std::set<std::size_t>& impaired() const { return impaired_; }
  // Nodes that are alike but for what is on them and whether it serves: same pool, mode and sizes, the same
  // cards. As many as there are kinds of machines.
  struct Kind {
    std::size_t first = 0;  // the first such node
    std::int64_t nodes = 0;
  };
  const std::vector<Kind>& kinds() const { return kinds_; }
  const Topology& topology() const { return topology_; }
  std::size_t node_of(std::size_t slot) const { return places_[slot].node; }

  // Where that replica is, or would be. Nothing where its node or a card is not there, or the cards are not
  // of one slot.
  std::optional<Spot> spot_of(const std::vector<NodeRoom>& nodes, std::size_t node,
                              const std::vector<PlannedShare>& shares) const;

  // REQUIRES: the spot is of a shape of this request.
  PlannedReplica planned(const std::vector<NodeRoom>& nodes, const Request& request, const Spot& spot) const;

 private:
  struct Place {
    std::size_t node = 0;
    std::vector<std::size_t> cards;  // of the node
  };
  void add_node(const std::vector<NodeRoom>& nodes, std::size_t node, std::vector<Slot>& slots);
  void add_slot(const NodeRoom& node, Place place, std::vector<Slot>& slots);
  Slot slot_of(const NodeRoom& node, const Place& place) const;
  void add_counts(const std::vector<NodeRoom>& nodes);
  void add_kinds(const std::vector<NodeRoom>& nodes);
  Topology topology_of(const std::vector<NodeRoom>& nodes) const;
  using Model = std::pair<std::string, bool>;  // its name; in MIG mode
  static Model model_of(const CardRoom& card);
  std::int64_t number_of(const Model& model);
  std::uint32_t mask_on(const NodeRoom& node, const Place& place, const PlannedShare& share) const;
  PlannedShare planned_instance(const CardRoom& card, const Request& request, const Spot& spot) const;

  // Those of one part (pool_part.h) have numbers that follow one another.
  struct PoolRange {
    std::int16_t first = 0;
    std::int16_t count = 0;
  };
  void number_pools(const std::vector<NodeRoom>& nodes);
  bool find_pool(const std::string& asked, Shape& shape) const;

  std::map<std::string, std::int16_t> pools_;
  std::map<std::string, PoolRange, std::less<>> parts_;
  std::map<Model, std::int64_t> models_;
  std::vector<Place> places_;       // of each slot
  std::vector<std::size_t> first_;  // slot of each node, and one beyond the last
  Forest forest_;
  ByCpu by_cpu_;
  std::set<std::size_t> impaired_;
  std::vector<Kind> kinds_;  // by their first
  Topology topology_;
};

}  // namespace dure::placement
