#include "commands/consolidation.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "commands/movable_runs.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "fleet/relocation.h"
#include "placement/draft.h"
#include "placement/gang.h"
#include "queue/order.h"

namespace dure::commands {
namespace {

constexpr std::size_t kMostLooked = 1000;  // of what waits
constexpr std::size_t kMostNamed = 20;     // of those that would fit

base::Status require_operator(Work& work) {
  return access::authorize(work.caller.subject, access::Permission::kNodeManage,
                           {.kind = access::ResourceKind::kNode}, work.now, access::Presence::kShow);
}

model::CardPlace place_of(const placement::Cluster& cluster, const placement::PlannedReplica& replica) {
  model::CardPlace place;
  const placement::NodeRoom* node = cluster.find(replica.node_id);
  place.node_id = replica.node_id;
  place.node = node->name;
  for (const auto& share : replica.shares) {
    place.card_ids.push_back(share.card_id);
    for (const auto& card : node->cards)
      if (card.id == share.card_id) place.cards.push_back(card.index);
  }
  return place;
}

base::Result<model::ConsolidationMove> move_of(Work& work, const Floor& floor, const placement::Move& move) {
  const MovableRun& mover = floor.movable[move.tenant];
  const auto& cluster = floor.scene.cluster;
  const auto planned = [&](const placement::Spot& spot) {
    return place_of(cluster, cluster.index().planned(cluster.nodes(), mover.request, spot));
  };
  DURE_LET(workload, work.tx.workloads().get(mover.run.workload_id));
  model::ConsolidationMove shown;
  shown.run_id = mover.run.id;
  shown.workload_id = workload.id;
  shown.name = workload.name;
  shown.account_id = mover.run.account_id;
  shown.model = mover.spec.model;
  shown.blocks = mover.spec.blocks;
  shown.cards = mover.spec.cards;
  shown.from = planned(move.from);
  shown.to = planned(move.to);
  for (const auto& tenant : floor.tenants.on(move.from.slot))
    if (tenant.movable && tenant.id == move.tenant) shown.lost_milli_gpu_seconds = tenant.cost;
  return shown;
}

// The same board after all of the moves; nothing where it does not take them.
std::optional<placement::Forest> after_moves(const Floor& floor, const std::vector<placement::Move>& moves) {
  placement::Forest forest = floor.board;
  for (const auto& move : moves) forest.give_back(move.shape, move.from);
  for (const auto& move : moves) {
    const bool takes = forest.in_service(move.to.slot) &&
                       placement::cards_take(forest.slots()[move.to.slot], move.shape, move.to.cards);
    if (!takes) return std::nullopt;
    forest.take(move.shape, move.to);
  }
  return forest;
}

// It waits for room, not for a cause of its own.
bool waits_for_room(const model::Run& run) {
  if (!run.waiting) return true;
  const std::string& code = run.waiting->code;
  return code.starts_with("placement.") || code == "queue.behind" || code == "queue.reserved";
}

base::Reason fit_reason(const placement::Request& request) {
  const bool whole = request.cards > 0;
  return base::Reason(whole ? "placement.would_fit_cards" : "placement.would_fit_blocks")
      .with("model", request.model)
      .with(whole ? "need_cards" : "need_blocks", whole ? request.cards : request.blocks)
      .with("replicas", request.replicas);
}

// Those that find no room now and would then, in their order, beside each other.
base::Status add_fits(Work& work, const Floor& floor, placement::Forest after,
                      model::ConsolidationProposal& proposal) {
  const Scene& scene = floor.scene;
  const auto& index = scene.cluster.index();
  placement::Forest now = floor.board;
  std::map<model::RunId, const model::Run*> runs;
  for (const auto& run : scene.runs) runs[run.id] = &run;
  std::size_t looked = 0;
  for (const std::size_t i : queue::order(scene.entries)) {
    const queue::Entry& entry = scene.entries[i];
    const auto shape = index.shape_of(entry.request);
    if (!shape || shape->cards == 0 || !waits_for_room(*runs.at(entry.run_id))) continue;
    if (++looked > kMostLooked || proposal.would_fit.size() == kMostNamed) break;
    const auto room = [&](placement::Forest& forest) {
      return placement::place_gang(forest, index.topology(), *shape, entry.request.replicas,
                                   entry.request.apart);
    };
    if (room(now)) continue;
    const auto spots = room(after);
    if (!spots) continue;
    for (const auto& spot : *spots) after.take(*shape, spot);
    const model::Run& run = *runs.at(entry.run_id);
    DURE_LET(workload, work.tx.workloads().get(run.workload_id));
    proposal.would_fit.push_back({run.id, workload.id, workload.name, fit_reason(entry.request)});
  }
  return {};
}

std::vector<model::NodeId> touched_by(const Floor& floor, const std::vector<placement::Move>& moves) {
  const auto& cluster = floor.scene.cluster;
  std::vector<model::NodeId> nodes;
  for (const auto& move : moves)
    for (const auto slot : {move.from.slot, move.to.slot})
      nodes.push_back(cluster.nodes()[cluster.index().node_of(slot)].id);
  return nodes;
}

bool together_already(const Floor& floor, const WantedRoom& wanted) {
  if (wanted.goal != placement::Goal::Kind::kTogether) return false;
  for (std::size_t slot = 0; slot < floor.forest.slots().size(); ++slot)
    if (floor.forest.in_service(slot) && floor.forest.slots()[slot].whole() >= wanted.cards) return true;
  return false;
}

base::Reason why_nothing(const Floor& floor, const WantedRoom& wanted) {
  if (together_already(floor, wanted))
    return base::Reason("placement.together_already").with("need_cards", wanted.cards);
  if (floor.movable.empty()) return base::Reason("placement.nothing_movable").with("runs", floor.runs);
  return base::Reason("placement.nothing_gained")
      .with("movable", static_cast<std::int64_t>(floor.movable.size()))
      .with("most_moves", wanted.most_moves);
}

base::Error changed(std::string what, const std::string& id) {
  return base::error(base::ErrorKind::kConflict,
                     base::Reason("placement.changed").with("what", std::move(what)).with("id", id));
}

base::Status check_moves(const model::CarryOutConsolidation& command) {
  const auto most = static_cast<std::size_t>(kMostMovesAtOnce);
  std::set<model::RunId> runs;
  for (const auto& move : command.moves)
    if (!runs.insert(move.run_id).second || move.card_ids.empty())
      return base::invalid(base::Reason("placement.moves_invalid").with("run", move.run_id.text));
  if (command.moves.empty() || command.moves.size() > most)
    return base::invalid(base::Reason("number.out_of_range")
                             .with("value", static_cast<std::int64_t>(command.moves.size()))
                             .with("least", 1)
                             .with("most", kMostMovesAtOnce),
                         {{"/moves", base::Reason("number.out_of_range")
                                         .with("value", static_cast<std::int64_t>(command.moves.size()))
                                         .with("least", 1)
                                         .with("most", kMostMovesAtOnce)}});
  return {};
}

// The move as the board has it now. Fails where the run may no longer be moved, or the cards are gone.
base::Result<placement::Move> as_it_is(const Floor& floor, const model::RelocateRun& asked) {
  const auto mover = std::find_if(floor.movable.begin(), floor.movable.end(),
                                  [&](const MovableRun& each) { return each.run.id == asked.run_id; });
  if (mover == floor.movable.end()) return changed("run", asked.run_id.text);
  std::vector<placement::PlannedShare> shares;
  shares.reserve(asked.card_ids.size());
  for (const auto& card : asked.card_ids) shares.push_back({card, {}, {}});
  const auto to = floor.scene.cluster.spot_of(asked.node_id, shares);
  if (!to) return changed("node", asked.node_id.text);
  return placement::Move{static_cast<std::size_t>(mover - floor.movable.begin()), mover->shape, mover->spot,
                         *to};
}

bool promised_to_another(const Floor& floor, const placement::Spot& spot) {
  return std::any_of(floor.promised.begin(), floor.promised.end(), [&](const placement::Spot& each) {
    return each.slot == spot.slot && (each.cards & spot.cards) != 0;
  });
}

base::Status relocate(Work& work, const Floor& floor, const placement::Move& move,
                      const model::RelocateRun& asked, std::vector<model::Run>& done) {
  const MovableRun& mover = floor.movable[move.tenant];
  DURE_LET(replicas, load_all(work.tx.replicas(), ports::Query{}.where("run_id", mover.run.id)));
  std::vector<model::PromisedCard> cards;
  cards.reserve(asked.card_ids.size());
  for (const auto& card : asked.card_ids) cards.push_back({replicas.front().number, asked.node_id, card});
  auto step = fleet::relocate(mover.run, replicas, std::move(cards), work.now);
  for (auto& replica : step.replicas) DURE_TRY(work.save(work.tx.replicas(), replica));
  DURE_TRY(work.save(work.tx.runs(), step.run));
  DURE_TRY(work.publish("run.stopping", "runs/" + step.run.id.text, resource_of(step.run),
                        R"({"state":"stopping","outcome":"stopped","workload_id":")" +
                            step.run.workload_id.text + R"(","reason":"placement.moved","node_id":")" +
                            asked.node_id.text + "\"}"));
  DURE_TRY(work.audit("consolidation.move", "runs/" + step.run.id.text, resource_of(step.run),
                      R"({"node_id":")" + asked.node_id.text + "\"}"));
  done.push_back(step.run);
  return {};
}

}  // namespace

base::Result<model::ConsolidationProposal> propose_consolidation(Work& work, const WantedRoom& wanted) {
  DURE_TRY(require_operator(work));
  DURE_LET(floor, load_floor(work, wanted.pool, wanted.model));
  model::ConsolidationProposal proposal;
  const placement::Goal goal{wanted.goal, wanted.cards, 0};
  const auto plan =
      placement::consolidate(floor.forest, floor.tenants, goal,
                             {.most_moves = static_cast<std::size_t>(wanted.most_moves)}, floor.promised);
  // The engine takes the slots of one machine for machines of their own: what it says is tried on all.
  auto after = plan ? after_moves(floor, plan->moves) : std::nullopt;
  if (!after) {
    proposal.reason = why_nothing(floor, wanted);
    return proposal;
  }
  proposal.version = version_of(work, floor, touched_by(floor, plan->moves));
  proposal.whole_cards_gained = plan->whole_cards_gained;
  proposal.whole_nodes_gained = plan->whole_nodes_gained;
  proposal.lost_milli_gpu_seconds = plan->cost;
  for (const auto& move : plan->moves) {
    DURE_LET(shown, move_of(work, floor, move));
    shown.position = static_cast<std::int64_t>(proposal.moves.size()) + 1;
    proposal.moves.push_back(std::move(shown));
  }
  DURE_TRY(add_fits(work, floor, *std::move(after), proposal));
  return proposal;
}

base::Result<std::vector<model::Run>> carry_out_consolidation(Work& work,
                                                              const model::CarryOutConsolidation& command) {
  DURE_TRY(require_operator(work));
  DURE_TRY(check_moves(command));
  DURE_LET(floor, load_floor(work, "", ""));
  std::vector<placement::Move> moves;
  for (const auto& asked : command.moves) {
    DURE_LET(move, as_it_is(floor, asked));
    if (promised_to_another(floor, move.to)) return changed("card", asked.card_ids.front().text);
    moves.push_back(move);
  }
  if (version_of(work, floor, touched_by(floor, moves)) != command.version)
    return changed("version", command.version);
  if (!after_moves(floor, moves)) return changed("version", command.version);
  std::vector<model::Run> done;
  for (std::size_t i = 0; i < moves.size(); ++i)
    DURE_TRY(relocate(work, floor, moves[i], command.moves[i], done));
  return done;
}

}  // namespace dure::commands
