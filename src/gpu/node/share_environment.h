// What a container is told about its share, and which device nodes it gets.
//
// DURE_BLOCKS        blocks of one card, or 100 for each whole card: the sum over its cards
// DURE_SHARE_CARDS   ids of its cards, separated by commas
// DURE_SHARE_<n>_CARD, _BLOCKS, _MILLI_GPU, _MEMORY_BYTES   one group for each card, n from 0
// DURE_SHARE_<n>_MIG_PROFILE, _MIG_START   where it is of an instance that Dure made: which. Blocks and
// milli-GPU are
//                    those of the instance, as of one that the node has
// DURE_SHARE_COUNT   how many
// DURE_GPU_SIMULATED=1   where its cards do not exist
// NVIDIA_VISIBLE_DEVICES, CUDA_VISIBLE_DEVICES   its real cards ("none" and "" where it has none)
// The share library reads the same numbers from its page, not from here: a program can change its
// environment.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "gpu/node/card_source.h"
#include "model/node_link.h"

namespace dure::gpu {

struct ShareAccess {
  std::map<std::string, std::string> environment;
  std::vector<std::string> device_nodes;  // each once; only those that `exists` says are there
};

// Errors: card.not_here {card} (kUnavailable) when the machine has no such card now, card.unhealthy {card};
// card.mig_not_supported {card, profile} for an instance that would have to be made on a real card, and for
// one on a card that is not in MIG mode: it must not run on all of the card instead.
base::Result<ShareAccess> share_access(const std::vector<model::ShareOrder>& shares,
                                       const std::vector<Card>& cards, bool (*exists)(const std::string&));

// True when the machine has that file: the usual `exists`.
bool file_exists(const std::string& path);

}  // namespace dure::gpu
