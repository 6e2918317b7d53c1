// The answer to a request: a plan, or a refusal with its reason. Both are values: printed, stored, compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/quantity.h"
#include "base/result.h"
#include "model/ids.h"

namespace dure::placement {

// Part of one card. A whole card is 1000 milli-GPU and all of its memory. Of an instance that Dure makes on a
// card in MIG mode (mig.h) milli_gpu is its part of the whole card, so that all on the card stay within 1000.
struct PlannedShare {
  model::CardId card_id;
  base::MilliGpu milli_gpu;
  base::Bytes memory;
  std::string mig_profile = {};       // "3g.20gb"; "": of no such instance
  std::int64_t mig_start = -1;        // the slice with which the instance begins; -1: none
  base::MilliGpu mig_milli_gpu = {};  // of the instance
  bool operator==(const PlannedShare&) const = default;
};

struct PlannedReplica {
  std::int64_t number = 0;  // 0, 1, … within the run
  model::NodeId node_id;
  std::int64_t cpu_milli = 0;
  base::Bytes memory;
  std::vector<PlannedShare> shares;
  bool operator==(const PlannedReplica&) const = default;
};

// Made from one version of the cluster. It changes nothing until Cluster::commit, which checks it again.
struct Plan {
  std::int64_t version = 0;
  std::vector<PlannedReplica> replicas;
  bool operator==(const Plan&) const = default;
};

// kNotNow: fits when others end. kNotEver: not even on the empty cluster with every node and card in service.
// kNotAllowed: the pool does not give it in this form.
enum class RefusalKind { kNotNow, kNotEver, kNotAllowed };

// The cards of the asked model in the asked pool, each counted once, under the first thing that stands in the
// way of one replica there. For a request without cards, nodes are counted instead.
struct Counts {
  std::int64_t looked_at = 0;
  std::int64_t node_unavailable = 0;  // its node is draining, drained or lost
  std::int64_t unhealthy = 0;
  std::int64_t busy = 0;         // too little of it is free
  std::int64_t node_cpu = 0;     // the card would do; its node has too little free CPU
  std::int64_t node_memory = 0;  // … or memory
  std::int64_t node_cards = 0;   // whole cards: free, but too few together on its node
  std::int64_t fits = 0;
  bool operator==(const Counts&) const = default;
};

struct Refusal {
  RefusalKind kind = RefusalKind::kNotNow;
  base::Reason
      reason;  // the dominant one; its parameters say what was asked, what is free and what would fit
  Counts counts;
  bool operator==(const Refusal&) const = default;
};

using Answer = std::variant<Plan, Refusal>;

}  // namespace dure::placement
