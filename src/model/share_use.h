// What the share library and NVML say of a share: how it is enforced, what of it was used, and what on a card
// is in nobody's books.
//
// Kept apart from the share itself (workload.h): a share is what was given and is read by everything that
// decides; these rows follow the reports of a node and decide nothing.
#pragma once

#include <optional>
#include <string>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// How a share of a card is held to its blocks.
//   hard      its blocks and never more
//   borrow    its blocks, and by weight a part of what others leave idle
//   priority  as borrow; a higher priority first
enum class SharePolicy { kHard, kBorrow, kPriority };
DURE_ENUM(SharePolicy, DURE_NAME(kHard, "hard"), DURE_NAME(kBorrow, "borrow"),
          DURE_NAME(kPriority, "priority"));

inline constexpr std::int64_t kMostShareWeight = 1'000'000;
inline constexpr std::int64_t kMostShareMemory = 1LL << 50;  // bytes

struct ShareUse;
struct ShareFinding;
using ShareUseId = base::Id<ShareUse>;  // its text is the share's id
using ShareFindingId = base::Id<ShareFinding>;

// What a share's node last said of it. Its numbers only grow, but for the memory that is held. There is none
// for a simulated card, on which nothing computes.
struct ShareUse {
  ShareUseId id;
  std::int64_t version = 1;
  base::Instant created_at;  // of the first reading
  base::Instant updated_at;
  ReplicaId replica_id;
  RunId run_id;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  AccountId account_id;
  NodeId node_id;
  CardId card_id;
  base::Instant read_at;                 // by the clock of dured
  std::optional<base::Instant> busy_at;  // when a reading last had more device time than the one before
  std::int64_t device_ns = 0;            // of the card's time, or the instance's, its own
  std::int64_t elapsed_ns = 0;           // as its own events measured it: more, where others were on the card
  std::int64_t given_ns = 0;             // device time that its blocks were, from its start to read_at
  base::Bytes memory;                    // held then
  base::Bytes memory_high;               // the most there ever was
  std::int64_t refused = 0;              // requests for memory that had no room
};
DURE_FIELDS(ShareUse, "share_uses", field("id", &ShareUse::id), field("version", &ShareUse::version),
            field("created_at", &ShareUse::created_at), field("updated_at", &ShareUse::updated_at),
            field("replica_id", &ShareUse::replica_id), field("run_id", &ShareUse::run_id),
            field("programme_id", &ShareUse::programme_id), field("project_id", &ShareUse::project_id),
            field("allocation_id", &ShareUse::allocation_id), field("account_id", &ShareUse::account_id),
            field("node_id", &ShareUse::node_id), field("card_id", &ShareUse::card_id),
            field("read_at", &ShareUse::read_at), field("busy_at", &ShareUse::busy_at),
            field("device_ns", &ShareUse::device_ns), field("elapsed_ns", &ShareUse::elapsed_ns),
            field("given_ns", &ShareUse::given_ns), field("memory_bytes", &ShareUse::memory),
            field("memory_high_bytes", &ShareUse::memory_high), field("refused", &ShareUse::refused));

// Something on a card that is in nobody's books, as the node found it by NVML: open until the node does not
// find it any more, or the replica is gone.
struct ShareFinding {
  ShareFindingId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  NodeId node_id;
  CardId card_id;
  ReplicaId replica_id;  // "": of a process of no share
  RunId run_id;          // as of a share; "" likewise
  ProgrammeId programme_id;
  ProjectId project_id;
  AccountId account_id;
  base::Reason reason;
  base::Instant found_at;  // by the clock of the node
  bool stopped = false;    // the node has stopped the replica for it
  std::optional<base::Instant> ended_at;
};
DURE_FIELDS(ShareFinding, "share_findings", field("id", &ShareFinding::id),
            field("version", &ShareFinding::version), field("created_at", &ShareFinding::created_at),
            field("updated_at", &ShareFinding::updated_at), field("node_id", &ShareFinding::node_id),
            field("card_id", &ShareFinding::card_id), field("replica_id", &ShareFinding::replica_id),
            field("run_id", &ShareFinding::run_id), field("programme_id", &ShareFinding::programme_id),
            field("project_id", &ShareFinding::project_id), field("account_id", &ShareFinding::account_id),
            field("reason", &ShareFinding::reason), field("found_at", &ShareFinding::found_at),
            field("stopped", &ShareFinding::stopped), field("ended_at", &ShareFinding::ended_at));

}  // namespace dure::model
