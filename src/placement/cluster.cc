#include "placement/cluster.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "placement/slices.h"

namespace dure::placement {
namespace {

CardRoom* find_card(NodeRoom& node, const model::CardId& id) {
  for (CardRoom& card : node.cards)
    if (card.id == id) return &card;
  return nullptr;
}

const CardRoom* find_card(const NodeRoom& node, const model::CardId& id) {
  for (const CardRoom& card : node.cards)
    if (card.id == id) return &card;
  return nullptr;
}

base::Error changed(std::string what, const std::string& id) {
  return base::error(base::ErrorKind::kConflict,
                     base::Reason("placement.changed").with("what", std::move(what)).with("id", id));
}

// Everything that the node and its cards have, free.
void clear(NodeRoom& node) {
  node.free_cpu_milli = node.cpu_milli;
  node.free_memory = node.memory;
  for (CardRoom& card : node.cards) {
    card.free = base::MilliGpu::cards(1);
    card.free_memory = card.memory;
    card.holders = 0;
    card.partition = card.mig ? Partition(find_mig_model(card.model)) : Partition();
  }
}

Hold hold_of(const model::ReplicaId& id, const PlannedReplica& replica) {
  return {id, replica.node_id, replica.cpu_milli, replica.memory, replica.shares};
}

}  // namespace

PlannedShare planned_share(const model::Share& row) {
  return {row.card_id, row.milli_gpu, row.memory, row.mig_profile, row.mig_start, row.mig_milli_gpu};
}

// Which profile that is, its card's model says; 0 where it is of none.
std::uint8_t Cluster::profile_number(const Hold& hold, const PlannedShare& share) const {
  const NodeRoom* node = find(hold.node_id);
  const CardRoom* card = node == nullptr ? nullptr : find_card(*node, share.card_id);
  const MigModel* model = card == nullptr ? nullptr : card->partition.model();
  const auto profile = model == nullptr ? std::nullopt : model->find(share.mig_profile);
  return profile ? mig_number({model, *profile}) : 0;
}

Shape Cluster::shape_of(const Hold& hold) const {
  Shape shape;
  shape.cpu_milli = hold.cpu_milli;
  shape.memory = hold.memory.value;
  shape.cards = static_cast<std::int64_t>(hold.shares.size());
  if (hold.shares.empty()) return shape;
  const PlannedShare& first = hold.shares.front();
  if (first.mig_start >= 0) {
    shape.milli_gpu = first.mig_milli_gpu.value;
    shape.mig = profile_number(hold, first);
    return shape;
  }
  shape.milli_gpu = first.milli_gpu.value;
  if (shape.cards == 1) shape.card_memory = std::max<std::int64_t>(1, hold.shares.front().memory.value);
  return shape;
}

Cluster Cluster::from_rows(const Rows& rows) {
  Cluster cluster;
  cluster.pool_modes_ = rows.pool_modes;
  for (const model::Node& node : rows.nodes) cluster.put_node(node);
  cluster.reindex();
  for (const model::Card& card : rows.cards) cluster.put_card(card);
  for (const Hold& hold : rows.holds) cluster.holds_[hold.replica_id] = hold;
  std::map<model::ReplicaId, std::vector<PlannedShare>> shares;
  std::map<model::ReplicaId, model::NodeId> nodes;
  for (const model::Share& share : rows.shares) {
    if (share.released_at) continue;
    shares[share.replica_id].push_back(planned_share(share));
    nodes[share.replica_id] = share.node_id;
  }
  for (auto& [id, list] : shares) {
    std::sort(list.begin(), list.end(),
              [](const PlannedShare& a, const PlannedShare& b) { return a.card_id < b.card_id; });
    Hold& hold = cluster.holds_[id];
    hold.replica_id = id;
    hold.node_id = nodes[id];
    hold.shares = std::move(list);
  }
  cluster.recount();
  cluster.version_ = 1;
  return cluster;
}

const NodeRoom* Cluster::find(const model::NodeId& id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &nodes_[found->second];
}

std::optional<Spot> Cluster::spot_of(const model::NodeId& node,
                                     const std::vector<PlannedShare>& shares) const {
  const auto found = index_.find(node);
  return found == index_.end() ? std::nullopt : board_.spot_of(nodes_, found->second, shares);
}

NodeRoom* Cluster::find_mutable(const model::NodeId& id) {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &nodes_[found->second];
}

CardMode Cluster::mode_of(const std::string& pool) const {
  const auto found = pool_modes_.find(pool);
  return found == pool_modes_.end() ? CardMode::kMixed : found->second;
}

void Cluster::put_node(const model::Node& node) {
  NodeRoom* room = find_mutable(node.id);
  if (room == nullptr) room = &nodes_.emplace_back();
  room->id = node.id;
  room->name = node.name;
  room->pool = node.pool;
  room->leaf = node.fabric_leaf;
  room->island = node.nvlink_island;
  room->mode = mode_of(node.pool);
  room->state = node.state;
  room->cpu_milli = node.cpu_milli;
  room->memory = node.memory;
}

void Cluster::reindex() {
  std::ranges::sort(
      nodes_, {}, [](const NodeRoom& node) { return std::tie(node.leaf, node.island, node.name, node.id); });
  index_.clear();
  for (std::size_t i = 0; i < nodes_.size(); ++i) index_[nodes_[i].id] = i;
}

void Cluster::put_card(const model::Card& card) {
  NodeRoom* node = find_mutable(card.node_id);
  if (node == nullptr) return;
  CardRoom* room = find_card(*node, card.id);
  if (room == nullptr) room = &node->cards.emplace_back();
  room->id = card.id;
  room->index = card.index;
  room->model = card.model;
  room->memory = card.memory;
  room->simulated = card.simulated;
  room->health = card.health;
  room->mig = card.mig;
  std::ranges::sort(node->cards, {}, [](const CardRoom& each) { return std::tie(each.index, each.id); });
}

void Cluster::set_node(const model::Node& node) {
  const std::vector<NodeRoom> former = nodes_;
  put_node(node);
  reindex();
  recount();
  if (nodes_ != former) ++version_;
}

void Cluster::set_card(const model::Card& card) {
  const std::vector<NodeRoom> former = nodes_;
  for (NodeRoom& node : nodes_)  // it may have been moved from another machine
    if (node.id != card.node_id)
      std::erase_if(node.cards, [&](const CardRoom& room) { return room.id == card.id; });
  put_card(card);
  recount();
  if (nodes_ != former) ++version_;
}

void Cluster::set_pool_mode(const std::string& pool, CardMode mode) {
  if (mode_of(pool) == mode) return;
  pool_modes_[pool] = mode;
  for (NodeRoom& node : nodes_) node.mode = mode_of(node.pool);
  board_ = Index(nodes_);
  ++version_;
}

// The card wherever it is now: one that moved to another machine still carries what is held on it. With its
// node.
std::pair<CardRoom*, std::size_t> Cluster::card_of(const Hold& hold, const model::CardId& id) {
  if (const auto found = index_.find(hold.node_id); found != index_.end())
    if (CardRoom* card = find_card(nodes_[found->second], id)) return {card, found->second};
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (CardRoom* card = find_card(nodes_[i], id)) return {card, i};
  return {nullptr, 0};
}

// Takes (sign 1) or gives back (-1) what the hold says, and tells the nodes that it touched.
std::vector<std::size_t> Cluster::change(const Hold& hold, std::int64_t sign) {
  std::vector<std::size_t> touched;
  if (const auto found = index_.find(hold.node_id); found != index_.end()) {
    NodeRoom& node = nodes_[found->second];
    node.free_cpu_milli -= sign * hold.cpu_milli;
    node.free_memory.value -= sign * hold.memory.value;
    touched.push_back(found->second);
  }
  for (const PlannedShare& share : hold.shares) {
    const auto [card, node] = card_of(hold, share.card_id);
    if (card == nullptr) continue;
    card->free.value -= sign * share.milli_gpu.value;
    card->free_memory.value -= sign * share.memory.value;
    card->holders += sign;
    if (card->mig) card->partition.change(share, sign);
    if (touched.empty() || touched.back() != node) touched.push_back(node);
  }
  return touched;
}

void Cluster::take(const Hold& hold) {
  for (const std::size_t node : change(hold, 1)) board_.refresh(nodes_, node);
}

void Cluster::give_back(const Hold& hold) {
  for (const std::size_t node : change(hold, -1)) board_.refresh(nodes_, node);
}

void Cluster::recount() {
  for (NodeRoom& node : nodes_) clear(node);
  for (const auto& [id, hold] : holds_) change(hold, 1);
  board_ = Index(nodes_);
}

base::Status Cluster::in_service(const PlannedReplica& replica) const {
  const NodeRoom* node = find(replica.node_id);
  if (node == nullptr || node->state != model::NodeState::kReady)
    return changed("node", replica.node_id.text);
  for (const PlannedShare& share : replica.shares) {
    const CardRoom* card = find_card(*node, share.card_id);
    if (card == nullptr || card->health != model::CardHealth::kHealthy)
      return changed("card", share.card_id.text);
  }
  return {};
}

base::Status Cluster::not_overdrawn(const PlannedReplica& replica) const {
  const NodeRoom& node = *find(replica.node_id);
  if (replica.cpu_milli > 0 && node.free_cpu_milli < 0) return changed("cpu", node.id.text);
  if (replica.memory.value > 0 && node.free_memory.value < 0) return changed("memory", node.id.text);
  for (const PlannedShare& share : replica.shares) {
    const CardRoom& card = *find_card(node, share.card_id);
    if (card.free.value < 0 || card.free_memory.value < 0) return changed("card", share.card_id.text);
    if (card.mig ? !card.partition.sound() : share.mig_start >= 0) return changed("card", share.card_id.text);
  }
  return {};
}

base::Status Cluster::add(const model::ReplicaId& id, const PlannedReplica& replica) {
  DURE_ASSERT(!holds_.contains(id));
  DURE_TRY(in_service(replica));
  const Hold hold = hold_of(id, replica);
  take(hold);
  base::Status room = not_overdrawn(replica);
  if (room.ok()) {
    holds_[id] = hold;
  } else {
    give_back(hold);
  }
  return room;
}

base::Status Cluster::commit(const Plan& plan, const std::vector<model::ReplicaId>& replica_ids) {
  DURE_ASSERT(plan.replicas.size() == replica_ids.size());
  for (std::size_t i = 0; i < replica_ids.size(); ++i) {
    const base::Status added = add(replica_ids[i], plan.replicas[i]);
    if (added.ok()) continue;
    for (std::size_t taken = 0; taken < i; ++taken) {
      give_back(holds_.at(replica_ids[taken]));
      holds_.erase(replica_ids[taken]);
    }
    return added.failure();
  }
  ++version_;
  return {};
}

bool Cluster::release(const model::ReplicaId& replica_id) {
  const auto found = holds_.find(replica_id);
  if (found == holds_.end()) return false;
  give_back(found->second);
  holds_.erase(found);
  ++version_;
  return true;
}

Cluster Cluster::repaired() const {
  Cluster copy = *this;
  for (NodeRoom& node : copy.nodes_) {
    node.state = model::NodeState::kReady;
    for (CardRoom& card : node.cards) card.health = model::CardHealth::kHealthy;
  }
  copy.board_ = Index(copy.nodes_);
  return copy;
}

Cluster Cluster::without(const std::set<model::NodeId>& nodes) const {
  Cluster copy = *this;
  for (NodeRoom& node : copy.nodes_)
    if (nodes.contains(node.id)) node.state = model::NodeState::kDrained;
  copy.board_ = Index(copy.nodes_);
  return copy;
}

Cluster Cluster::emptied() const {
  Cluster copy = repaired();
  copy.holds_.clear();
  copy.recount();
  return copy;
}

std::vector<base::Reason> Cluster::faults() const {
  std::vector<base::Reason> faults;
  for (const NodeRoom& node : nodes_)
    for (const CardRoom& card : node.cards)
      if (card.free.value < 0 || card.free_memory.value < 0)
        faults.push_back(base::Reason("placement.card_oversubscribed")
                             .with("node", node.name)
                             .with("card", card.id.text)
                             .with("over_milli_gpu", std::max<std::int64_t>(0, -card.free.value))
                             .with("over_bytes", std::max<std::int64_t>(0, -card.free_memory.value)));
      else if (card.mig && !card.partition.sound())
        faults.push_back(base::Reason("placement.instances_overlap")
                             .with("node", node.name)
                             .with("card", card.id.text)
                             .with("model", card.model));
  for (const auto& [id, hold] : holds_)
    for (const PlannedShare& share : hold.shares) {
      const NodeRoom* node = find(hold.node_id);
      if (node == nullptr || find_card(*node, share.card_id) == nullptr)
        faults.push_back(
            base::Reason("placement.unknown_card").with("card", share.card_id.text).with("replica", id.text));
    }
  return faults;
}

}  // namespace dure::placement
