// node_plan(): what dure-node does next, from the orders it has, what the engine shows and what its journal
// knows. Level-triggered: called again and again, after a crash as well, it converges.
//
// Promises, whatever was killed in between:
//   - a replica is started at most once in its life; what exited or vanished is never started again;
//   - a container is removed only after its end is journalled and dured has stored it, and the orders no
//     longer list it: nothing leaks, no end gets lost;
//   - a container whose replica is not in the orders is stopped, its end journalled, and removed; until it is
//     down nothing new starts on this node, so that a share is never used twice (a node that was given up and
//     comes back); likewise where a container runs whose end is already journalled;
//   - without orders (dured was not heard since the process began) nothing is created, started, stopped or
//     removed; what happened is still journalled.
//
// The caller executes the actions of one replica in their order and leaves the rest of that replica's actions
// out where one fails; the next call makes up for it. Actions of different replicas are independent, but
// stops come first. Every action is idempotent. A failure that will not pass (is_final) is journalled by the
// caller as an end with its reason; so is one that does not pass in time, and a replica held off for too
// long.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/result.h"
#include "base/time.h"
#include "model/ids.h"
#include "model/node_link.h"

namespace dure::fleet {

enum class ContainerState { kCreated, kRunning, kExited };

// A container as the engine shows it; at most one per replica.
struct ContainerFact {
  model::ReplicaId replica_id;
  ContainerState state = ContainerState::kCreated;
  std::int64_t exit_code = 0;               // kExited
  bool out_of_memory = false;               // kExited
  std::optional<base::Instant> started_at;  // the engine's own stamps, wall clock
  std::optional<base::Instant> finished_at;
};

// What the journal knows of a replica. One that is not listed is unknown to it.
struct JournalFact {
  model::ReplicaId replica_id;
  bool intended = false;            // "about to start" was written (before every start)
  bool intended_this_boot = false;  // … since the machine came up
  bool started = false;             // an observation kStarted
  bool started_this_boot = false;
  bool watched = false;       // this process itself saw it running, the last time it looked
  bool ended = false;         // an observation kEnded
  bool acknowledged = false;  // dured has stored that end
};

struct NodeFacts {
  std::optional<std::vector<model::ReplicaOrder>> orders;  // nothing: none received yet
  std::vector<ContainerFact> containers;
  std::vector<JournalFact> journal;
  base::Span grace = base::Span::seconds(10);  // between SIGTERM and SIGKILL
};

enum class ActionKind {
  kStop,           // SIGTERM, then SIGKILL after `grace`
  kRecordStarted,  // journal kStarted
  kRecordEnded,    // journal kEnded
  kRemove,         // the container
  kForget,         // the journal may drop the replica: no container, no order, end acknowledged
  kCreate,         // the container of the order
  kIntend,         // journal the intent to start, durably
  kStart,          // and journal kStarted, seen
};

// Where a recorded moment comes from.
enum class Evidence {
  kSeen,         // now: it was just done or just seen
  kEngineStamp,  // `stamp`, brought onto CLOCK_BOOTTIME by boottime_of()
  kLastSeen,     // the last moment that the journal has of it: seen running, else the intent
  kBootChanged,  // likewise, and it was in an earlier boot of the machine
  kNever,        // it never ran; the record only closes it
};

struct Action {
  ActionKind kind = ActionKind::kStop;
  model::ReplicaId replica_id;
  Evidence evidence = Evidence::kSeen;    // kRecord…
  bool estimated = false;                 // kRecord…: goes into the observation
  std::optional<base::Instant> stamp;     // kEngineStamp
  std::optional<std::int64_t> exit_code;  // kRecordEnded; nothing: not known
  bool out_of_memory = false;             // kRecordEnded
  // kRecordEnded: why it surely never ran, or, beside an exit code, what the node ended it for. An end with
  // neither an exit code nor this is a loss.
  std::optional<base::Reason> failure;
  base::Span grace;  // kStop
  bool operator==(const Action&) const = default;
};

// By replica: those that free something first, then those that start; each group by replica id.
std::vector<Action> node_plan(const NodeFacts& facts);

// A replica that could start, and does not because another one runs on the quiet.
struct HeldOff {
  model::ReplicaId replica_id;
  base::Reason reason;  // fleet.held_off {replica}
};
std::vector<HeldOff> held_off(const NodeFacts& facts);

// Whether an engine's failure to create or start will stay: true ends the replica with its reason, false lets
// the next round try again.
bool is_final(base::ErrorKind kind);

}  // namespace dure::fleet
