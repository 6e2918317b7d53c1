// The link with dure-node: enrolment, reports, orders; and what follows from a report for runs and the
// ledger.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "commands/work.h"
#include "fleet/silence.h"
#include "ledger/book.h"
#include "model/node_link.h"
#include "model/requests.h"

namespace dure::commands {

using LedgerStates = std::map<model::ReplicaId, ledger::LedgerState>;

// The ledger's state per replica of a node, kept between reports so that a report need not read a replica's
// whole history. Only a cache: it is good while the node's row is at the version at which this process left
// it, and is otherwise made anew from the rows. Thread-safe.
class LedgerCache {
 public:
  // What is kept for the node at that version; empty where there is nothing good.
  LedgerStates find(const model::NodeId& node, std::int64_t version);
  void keep(const model::NodeId& node, std::int64_t version, LedgerStates states);

 private:
  struct Kept {
    std::int64_t version = 0;
    LedgerStates states;
  };
  std::mutex mutex_;
  std::map<model::NodeId, Kept> kept_;  // guarded by mutex_
};

// A token with which one node may enrol; the caller writes it where only that node reads it.
base::Result<std::string> make_enrol_token(World& world);

// Makes the node of that name, or, where it is there, gives it a new token and ends the old one.
base::Result<model::EnrolledNode> enrol_node(Work& work, const model::EnrolNode& command);

// Takes a node's report, stores what is new, and answers with its orders. Nothing is written where nothing is
// new.
base::Result<model::NodeOrders> report_node(World& world, const Caller& caller, LedgerCache& ledgers,
                                            const model::NodeReport& report);

// The nodes that are not lost, for the keeper's loop to watch (fleet/silence.h).
base::Result<std::vector<fleet::NodeSight>> sight_nodes(Work& work);

// Those of them that it found silent for too long are lost, with what ran on them; one that was heard in
// between is not. How many.
base::Result<std::int64_t> mark_lost_nodes(Work& work, const std::vector<fleet::NodeSight>& silent);

}  // namespace dure::commands
