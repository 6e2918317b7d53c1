// What is asked of the cluster: a number of equal replicas, each on one node.
//
// A replica takes either blocks of one card (1 to 100; a block is 1 % of a card's compute and of its memory,
// P1), or whole cards of one node, or no card at all. Plain value; checked by place() and possible(), not
// here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/quantity.h"
#include "model/workload.h"
#include "placement/mig.h"

namespace dure::placement {

inline constexpr std::int64_t kBlocksOfCard = 100;

struct Request {
  // Of the catalogue, or several that will do with "|" between; "" only with no blocks and no cards. All
  // cards of a replica are of one model. An instance's model (mig.h) is that of a card: an instance that a
  // node has, or that Dure makes on a card in MIG mode: there it is one instance, or blocks of one. Of
  // several names the first that is an instance's says which profile is made.
  std::string model;
  std::int64_t blocks = 0;  // per replica, of one card
  std::int64_t cards = 0;   // per replica, whole, of one node; never together with blocks
  // Where memory shall differ from compute (P1): memory of the one card. REQUIRES blocks > 0.
  std::optional<base::Bytes> card_memory;
  std::int64_t cpu_milli = 0;  // per replica
  base::Bytes memory;          // per replica, of the node
  std::string pool;            // as pool_part.h has it; "": any
  std::int64_t replicas = 1;   // all start or none (a gang)
  bool apart = false;          // no two replicas on one node (P38)

  bool operator==(const Request&) const = default;
};

// True where the model is one of those that the request names.
bool model_will_do(const Request& request, std::string_view model);

// The first instance that it names, and that which Dure would make for it; nothing where it asks for none, or
// for more than one.
std::optional<MigName> named_instance(const Request& request);
std::optional<MigName> made_instance(const Request& request);

// The request of a workload's revision in a pool.
Request request_of(const model::WorkloadSpec& spec, const std::string& pool);

// Compute of one replica: blocks * 10 or cards * 1000, of an instance its part of the whole card.
base::MilliGpu milli_gpu_per_replica(const Request& request);

// Memory of `blocks` of a card, rounded down, so that the 100 blocks of a card never exceed it.
base::Bytes memory_of_blocks(base::Bytes card_memory, std::int64_t blocks);

}  // namespace dure::placement
