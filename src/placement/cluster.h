// Cluster: what the nodes and cards have and what of it is free, as one value.
//
// The scheduler's loop owns one and changes it; everybody else reads a copy. No threads, no clock. Each
// change counts the version up by one. Compute and memory of a card are separate dimensions (P1). A card
// that is unhealthy or on a node that is not ready keeps its holds and takes nothing new. Simulated cards are
// cards like any other (P21).
//
// The rows of the store are trusted to be what they are, not to be consistent: shares that exceed their card
// leave it with nothing free and are named in faults().
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/quantity.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/machine.h"
#include "model/workload.h"
#include "placement/index.h"
#include "placement/partition.h"
#include "placement/plan.h"

namespace dure::placement {

// How the cards of a pool are given out. kBlocks: only in blocks (a card in block mode shows 0 whole cards in
// the table of P2). kWhole: only whole. kMixed: either; a card that holds blocks is in block mode until it is
// empty again.
enum class CardMode { kMixed, kBlocks, kWhole };

// What one replica holds, from assignment until its end is known.
struct Hold {
  model::ReplicaId replica_id;
  model::NodeId node_id;
  std::int64_t cpu_milli = 0;
  base::Bytes memory;
  std::vector<PlannedShare> shares;
  bool operator==(const Hold&) const = default;
};

// A row as what was planned.
PlannedShare planned_share(const model::Share& row);

struct CardRoom {
  model::CardId id;
  std::int64_t index = 0;  // on its node
  std::string model;
  base::Bytes memory;
  bool simulated = false;
  model::CardHealth health = model::CardHealth::kHealthy;
  // What no replica holds, whether or not it can be given out now; negative where the rows oversubscribe it.
  base::MilliGpu free{1000};
  base::Bytes free_memory;
  std::int64_t holders = 0;  // shares on it
  bool mig = false;          // in MIG mode: given out in the instances of its partition, and not else
  Partition partition;
  bool operator==(const CardRoom&) const = default;
};

struct NodeRoom {
  model::NodeId id;
  std::string name;
  std::string pool;
  std::string leaf;    // the InfiniBand leaf that it is below; "": not known
  std::string island;  // of its leaf, the NVLink island that it shares with other nodes; "": none
  CardMode mode = CardMode::kMixed;
  model::NodeState state = model::NodeState::kReady;
  std::int64_t cpu_milli = 0;
  base::Bytes memory;
  std::int64_t free_cpu_milli = 0;
  base::Bytes free_memory;
  std::vector<CardRoom> cards;  // by index, then id
  bool operator==(const NodeRoom&) const = default;
};

// The rows that a cluster is built from; their order does not matter. `holds` carry the CPU and memory of the
// replicas that have not ended; their `shares` are ignored where the share rows name the same replica.
// Released shares are left out.
struct Rows {
  std::vector<model::Node> nodes;
  std::vector<model::Card> cards;
  std::vector<model::Share> shares;
  std::vector<Hold> holds;
  std::map<std::string, CardMode> pool_modes;  // a pool that is not named: kMixed
};

class Cluster {
 public:
  Cluster() = default;
  static Cluster from_rows(const Rows& rows);

  std::int64_t version() const { return version_; }
  const std::vector<NodeRoom>& nodes() const { return nodes_; }  // by leaf, island, name, id
  const std::map<model::ReplicaId, Hold>& holds() const { return holds_; }
  // What the rows contradicted themselves in: placement.card_oversubscribed, placement.instances_overlap,
  // placement.unknown_card.
  std::vector<base::Reason> faults() const;

  // The same as a board, for choosing.
  const Index& index() const { return board_; }

  // One replica's hold as a shape.
  Shape shape_of(const Hold& hold) const;
  // Where that replica is, or would be, on the board.
  std::optional<Spot> spot_of(const model::NodeId& node, const std::vector<PlannedShare>& shares) const;

  // Nullptr where there is none.
  const NodeRoom* find(const model::NodeId& id) const;

  // Adds, or replaces its state, pool and sizes; cards and holds stay. No change, no new version.
  void set_node(const model::Node& node);
  // Adds, or replaces. A card of an unknown node is left out.
  void set_card(const model::Card& card);
  void set_pool_mode(const std::string& pool, CardMode mode);

  // Takes what the plan says, for all replicas or none, under the ids given in the order of plan.replicas.
  // Every fact is checked again, whatever the plan's version: conflict placement.changed where a card, a node
  // or what is free no longer allows it. REQUIRES: as many ids as replicas, none of them holding already.
  base::Status commit(const Plan& plan, const std::vector<model::ReplicaId>& replica_ids);

  // Gives back what the replica holds. False where it holds nothing (already released): nothing changes.
  bool release(const model::ReplicaId& replica_id);

  // The same cluster with nothing on it and every node and card in service: what could ever fit.
  Cluster emptied() const;
  // The same cluster and holds with every node and card in service.
  Cluster repaired() const;
  // The same with these nodes out of service.
  Cluster without(const std::set<model::NodeId>& nodes) const;

 private:
  NodeRoom* find_mutable(const model::NodeId& id);
  void put_node(const model::Node& node);
  void put_card(const model::Card& card);
  void reindex();
  std::uint8_t profile_number(const Hold& hold, const PlannedShare& share) const;
  CardMode mode_of(const std::string& pool) const;
  base::Status in_service(const PlannedReplica& replica) const;
  base::Status not_overdrawn(const PlannedReplica& replica) const;
  base::Status add(const model::ReplicaId& id, const PlannedReplica& replica);
  std::pair<CardRoom*, std::size_t> card_of(const Hold& hold, const model::CardId& id);
  std::vector<std::size_t> change(const Hold& hold, std::int64_t sign);
  void take(const Hold& hold);
  void give_back(const Hold& hold);
  void recount();

  std::int64_t version_ = 0;
  std::vector<NodeRoom> nodes_;
  std::map<model::NodeId, std::size_t> index_;  // into nodes_
  std::map<model::ReplicaId, Hold> holds_;
  std::map<std::string, CardMode> pool_modes_;
  Index board_;
};

}  // namespace dure::placement
