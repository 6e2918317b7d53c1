// What an operator sees of a consolidation (placement/consolidate.h), and what he says of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/workload.h"

namespace dure::model {

// Cards of one node; none where a run takes none.
struct CardPlace {
  NodeId node_id;
  std::string node;  // its name
  std::vector<CardId> card_ids;
  std::vector<std::int64_t> cards;  // their numbers on it
};
DURE_VALUE_FIELDS(CardPlace, field("node_id", &CardPlace::node_id), field("node", &CardPlace::node),
                  field("card_ids", &CardPlace::card_ids), field("cards", &CardPlace::cards));

// One run that would be stopped and start anew elsewhere.
struct ConsolidationMove {
  std::int64_t position = 1;  // it can start once those before it have left
  RunId run_id;
  WorkloadId workload_id;
  std::string name;  // of the workload
  AccountId account_id;
  std::string model;
  std::int64_t blocks = 0;
  std::int64_t cards = 0;
  CardPlace from;
  CardPlace to;
  std::int64_t lost_milli_gpu_seconds = 0;  // work since its start, which it does again
};
DURE_VALUE_FIELDS(ConsolidationMove, field("position", &ConsolidationMove::position),
                  field("run_id", &ConsolidationMove::run_id),
                  field("workload_id", &ConsolidationMove::workload_id),
                  field("name", &ConsolidationMove::name),
                  field("account_id", &ConsolidationMove::account_id),
                  field("model", &ConsolidationMove::model), field("blocks", &ConsolidationMove::blocks),
                  field("cards", &ConsolidationMove::cards), field("from", &ConsolidationMove::from),
                  field("to", &ConsolidationMove::to),
                  field("lost_milli_gpu_seconds", &ConsolidationMove::lost_milli_gpu_seconds));

// A run that waits for room and would have it after the moves, together with those before it in the list.
struct ConsolidationFit {
  RunId run_id;
  WorkloadId workload_id;
  std::string name;
  base::Reason says;
};
DURE_VALUE_FIELDS(ConsolidationFit, field("run_id", &ConsolidationFit::run_id),
                  field("workload_id", &ConsolidationFit::workload_id),
                  field("name", &ConsolidationFit::name), field("says", &ConsolidationFit::says));

struct ConsolidationProposal {
  std::string version;  // of the nodes that it touches and of what is on them; "" without moves
  std::int64_t whole_cards_gained = 0;
  std::int64_t whole_nodes_gained = 0;
  std::int64_t lost_milli_gpu_seconds = 0;
  std::vector<ConsolidationMove> moves;
  std::vector<ConsolidationFit> would_fit;
  std::optional<base::Reason> reason;  // why there is nothing to move
};
DURE_VALUE_FIELDS(ConsolidationProposal, field("version", &ConsolidationProposal::version),
                  field("whole_cards_gained", &ConsolidationProposal::whole_cards_gained),
                  field("whole_nodes_gained", &ConsolidationProposal::whole_nodes_gained),
                  field("lost_milli_gpu_seconds", &ConsolidationProposal::lost_milli_gpu_seconds),
                  field("moves", &ConsolidationProposal::moves),
                  field("would_fit", &ConsolidationProposal::would_fit),
                  field("reason", &ConsolidationProposal::reason));

struct RelocateRun {
  RunId run_id;
  NodeId node_id;
  std::vector<CardId> card_ids;
};
DURE_VALUE_FIELDS(RelocateRun, field("run_id", &RelocateRun::run_id), field("node_id", &RelocateRun::node_id),
                  field("card_ids", &RelocateRun::card_ids));

// Carries a proposal out, as long as the nodes that it touches are as they were.
struct CarryOutConsolidation {
  std::string version;
  std::vector<RelocateRun> moves;
};
DURE_VALUE_FIELDS(CarryOutConsolidation, field("version", &CarryOutConsolidation::version),
                  field("moves", &CarryOutConsolidation::moves));

}  // namespace dure::model
