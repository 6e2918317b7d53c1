// Workload -> Revision -> Run -> Replica (decision 9). Shares hang on the replica; a gang is the replicas of
// a run.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

enum class WorkloadKind { kWorkspace, kJob, kService, kApplication };
DURE_ENUM(WorkloadKind, DURE_NAME(kWorkspace, "workspace"), DURE_NAME(kJob, "job"),
          DURE_NAME(kService, "service"), DURE_NAME(kApplication, "application"));

enum class Desired { kRunning, kStopped };
DURE_ENUM(Desired, DURE_NAME(kRunning, "running"), DURE_NAME(kStopped, "stopped"));

// What can be asked for at all. Below the least an engine starts no container; above the most no machine is.
inline constexpr std::int64_t kLeastCpuMilli = 10;  // the kernel takes no smaller quota
inline constexpr std::int64_t kLeastMemory =
    6LL << 20;  // bytes; the container's runtime itself needs about this much
inline constexpr std::int64_t kMostCpuMilli = 10'000'000;  // of one machine
inline constexpr std::int64_t kMostMemory = 1LL << 50;     // bytes, of one machine
inline constexpr std::int64_t kMostCards = 1024;           // of one machine
inline constexpr std::int64_t kMostReplicas = 1024;        // of one run
inline constexpr std::int64_t kMostRetries = 100;
inline constexpr std::int64_t kLongestRunS = 315'360'000;  // ten years, as the policy's limits in minutes

// What one run needs. Either blocks of one card (1 to 100) or whole cards, never both.
struct WorkloadSpec {
  std::string image;
  std::string model;           // accelerator; "" with no blocks and no cards: none is needed
  std::int64_t blocks = 0;     // 1 % of one card's compute and memory each
  std::int64_t cards = 0;      // whole cards
  std::int64_t cpu_milli = 0;  // per replica; 0 in a request: what goes with its blocks (queue/defaults.h)
  base::Bytes memory;          // likewise
  std::vector<std::string> command;  // empty for a workspace: it stays up until stopped
  std::map<std::string, std::string> environment;
  std::vector<std::string> services;  // of those that the image has
  std::int64_t time_limit_s = 0;      // 0: none
  std::int64_t max_retries = 0;       // of a job that failed
  std::int64_t replicas = 1;
  // May be stopped where what it borrows is asked back; it then waits again and starts anew by itself.
  bool preemptible = false;
  bool operator==(const WorkloadSpec&) const = default;
};
DURE_VALUE_FIELDS(WorkloadSpec, field("image", &WorkloadSpec::image), field("model", &WorkloadSpec::model),
                  field("blocks", &WorkloadSpec::blocks, Range{0, 100}),
                  field("cards", &WorkloadSpec::cards, Range{0, kMostCards}),
                  field("cpu_milli", &WorkloadSpec::cpu_milli, Range{0, kMostCpuMilli}),
                  field("memory_bytes", &WorkloadSpec::memory, Range{0, kMostMemory}),
                  field("command", &WorkloadSpec::command), field("environment", &WorkloadSpec::environment),
                  field("services", &WorkloadSpec::services),
                  field("time_limit_s", &WorkloadSpec::time_limit_s, Range{0, kLongestRunS}),
                  field("max_retries", &WorkloadSpec::max_retries, Range{0, kMostRetries}),
                  field("replicas", &WorkloadSpec::replicas, Range{1, kMostReplicas}),
                  field("preemptible", &WorkloadSpec::preemptible));

struct Workload {
  WorkloadId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  AccountId account_id;  // owner
  WorkloadKind kind = WorkloadKind::kWorkspace;
  std::string name;
  Desired desired = Desired::kRunning;
  RevisionId revision_id;       // current
  std::optional<RunId> run_id;  // current or last
  std::optional<base::Instant> deleted_at;
};
DURE_FIELDS(Workload, "workloads", field("id", &Workload::id), field("version", &Workload::version),
            field("created_at", &Workload::created_at), field("updated_at", &Workload::updated_at),
            field("programme_id", &Workload::programme_id), field("project_id", &Workload::project_id),
            field("allocation_id", &Workload::allocation_id), field("account_id", &Workload::account_id),
            field("kind", &Workload::kind), field("name", &Workload::name),
            field("desired", &Workload::desired), field("revision_id", &Workload::revision_id),
            field("run_id", &Workload::run_id), field("deleted_at", &Workload::deleted_at));

// What is to run: immutable, numbered from 1 within its workload.
struct Revision {
  RevisionId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  WorkloadId workload_id;
  std::int64_t number = 1;
  WorkloadSpec spec;
};
DURE_FIELDS(Revision, "revisions", field("id", &Revision::id), field("version", &Revision::version),
            field("created_at", &Revision::created_at), field("updated_at", &Revision::updated_at),
            field("workload_id", &Revision::workload_id), field("number", &Revision::number),
            field("spec", &Revision::spec));

enum class RunState { kQueued, kAssigned, kRunning, kStopping, kEnded };
DURE_ENUM(RunState, DURE_NAME(kQueued, "queued"), DURE_NAME(kAssigned, "assigned"),
          DURE_NAME(kRunning, "running"), DURE_NAME(kStopping, "stopping"), DURE_NAME(kEnded, "ended"));

enum class RunOutcome { kNone, kSucceeded, kFailed, kStopped, kTimedOut, kLost, kRefused, kPreempted };
DURE_ENUM(RunOutcome, DURE_NAME(kNone, "none"), DURE_NAME(kSucceeded, "succeeded"),
          DURE_NAME(kFailed, "failed"), DURE_NAME(kStopped, "stopped"), DURE_NAME(kTimedOut, "timed_out"),
          DURE_NAME(kLost, "lost"), DURE_NAME(kRefused, "refused"), DURE_NAME(kPreempted, "preempted"));

// One attempt. While it is queued it is an entry of the queue. `waiting`: why it does not run yet, there too.
// A card that a run which waits was promised, for one of its replicas; "" for one that takes none.
struct PromisedCard {
  std::int64_t replica = 0;
  NodeId node_id;
  CardId card_id;
  std::string mig_profile;  // as of a share
  std::int64_t mig_start = -1;
  bool operator==(const PromisedCard&) const = default;
};
DURE_VALUE_FIELDS(PromisedCard, field("replica", &PromisedCard::replica),
                  field("node_id", &PromisedCard::node_id), field("card_id", &PromisedCard::card_id),
                  field("mig_profile", &PromisedCard::mig_profile),
                  field("mig_start", &PromisedCard::mig_start));

struct Run {
  RunId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  WorkloadId workload_id;
  RevisionId revision_id;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  AccountId account_id;
  std::int64_t attempt = 1;
  std::int64_t retries = 0;  // of failures, since somebody last started the workload; a loss does not count
  RunState state = RunState::kQueued;
  RunOutcome outcome = RunOutcome::kNone;
  std::int64_t priority = 0;                        // higher first; changed by an operator only
  base::Instant queued_at;                          // FIFO by this, then by id
  std::optional<base::Instant> not_before;          // a retry waits until then, so that a crash does not spin
  std::optional<base::Reason> waiting;              // until it runs
  std::optional<base::Instant> estimated_start_at;  // queued only; a promise where cards are promised with it
  std::vector<PromisedCard> promised_on;            // queued only, or of its next attempt while it stops
  std::vector<base::Reason> alternatives;           // queued only: what would help, most useful first
  std::optional<base::Instant> assigned_at;
  std::optional<base::Instant> started_at;
  std::optional<base::Instant> checkpoint_at;      // what it has done until then is not lost by a stop
  std::optional<base::Instant> stop_requested_at;  // since when it is to stop
  std::optional<base::Instant> ended_at;
  std::optional<std::int64_t> exit_code;
  std::optional<base::Reason> ended_reason;
};
DURE_FIELDS(Run, "runs", field("id", &Run::id), field("version", &Run::version),
            field("created_at", &Run::created_at), field("updated_at", &Run::updated_at),
            field("workload_id", &Run::workload_id), field("revision_id", &Run::revision_id),
            field("programme_id", &Run::programme_id), field("project_id", &Run::project_id),
            field("allocation_id", &Run::allocation_id), field("account_id", &Run::account_id),
            field("attempt", &Run::attempt), field("retries", &Run::retries), field("state", &Run::state),
            field("outcome", &Run::outcome), field("priority", &Run::priority),
            field("queued_at", &Run::queued_at), field("not_before", &Run::not_before),
            field("waiting", &Run::waiting), field("estimated_start_at", &Run::estimated_start_at),
            field("promised_on", &Run::promised_on), field("alternatives", &Run::alternatives),
            field("assigned_at", &Run::assigned_at), field("started_at", &Run::started_at),
            field("checkpoint_at", &Run::checkpoint_at), field("stop_requested_at", &Run::stop_requested_at),
            field("ended_at", &Run::ended_at), field("exit_code", &Run::exit_code),
            field("ended_reason", &Run::ended_reason));

enum class ReplicaState { kAssigned, kStarting, kRunning, kEnded };
DURE_ENUM(ReplicaState, DURE_NAME(kAssigned, "assigned"), DURE_NAME(kStarting, "starting"),
          DURE_NAME(kRunning, "running"), DURE_NAME(kEnded, "ended"));

// One container on one node. `desired` is what dure-node is told; `state` is what it reported last.
struct Replica {
  ReplicaId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  RunId run_id;
  WorkloadId workload_id;
  ProgrammeId programme_id;
  ProjectId project_id;
  AccountId account_id;
  NodeId node_id;
  std::int64_t number = 0;  // within the run
  Desired desired = Desired::kRunning;
  ReplicaState state = ReplicaState::kAssigned;
  std::string container_id;
  std::optional<base::Instant> started_at;
  std::optional<base::Instant> ended_at;
  std::optional<std::int64_t> exit_code;
  bool out_of_memory = false;
  bool lost = false;  // ended with its node or by an unknown hand: exit code unknown
};
DURE_FIELDS(Replica, "replicas", field("id", &Replica::id), field("version", &Replica::version),
            field("created_at", &Replica::created_at), field("updated_at", &Replica::updated_at),
            field("run_id", &Replica::run_id), field("workload_id", &Replica::workload_id),
            field("programme_id", &Replica::programme_id), field("project_id", &Replica::project_id),
            field("account_id", &Replica::account_id), field("node_id", &Replica::node_id),
            field("number", &Replica::number), field("desired", &Replica::desired),
            field("state", &Replica::state), field("container_id", &Replica::container_id),
            field("started_at", &Replica::started_at), field("ended_at", &Replica::ended_at),
            field("exit_code", &Replica::exit_code), field("out_of_memory", &Replica::out_of_memory),
            field("lost", &Replica::lost));

// Part of one card, held by one replica from assignment until its end is known. Invariant, checked in the
// transaction that grants: the unreleased shares of a card add up to at most 1000 milli-GPU; and on a card in
// MIG mode no two of the instances that they are of overlap, and those of each add up to at most 1000 of it.
struct Share {
  ShareId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ReplicaId replica_id;
  RunId run_id;
  ProgrammeId programme_id;
  ProjectId project_id;
  AccountId account_id;
  NodeId node_id;
  CardId card_id;
  base::MilliGpu milli_gpu;
  base::Bytes memory;
  std::optional<base::Instant> released_at;
  // Of an instance that Dure makes on a card in MIG mode (placement/mig.h); milli_gpu is then its part of the
  // card. It is there as long as a share of it is held.
  std::string mig_profile;       // "3g.20gb"; "": of none
  std::int64_t mig_start = -1;   // the slice with which it begins
  base::MilliGpu mig_milli_gpu;  // of the instance
};
DURE_FIELDS(Share, "shares", field("id", &Share::id), field("version", &Share::version),
            field("created_at", &Share::created_at), field("updated_at", &Share::updated_at),
            field("replica_id", &Share::replica_id), field("run_id", &Share::run_id),
            field("programme_id", &Share::programme_id), field("project_id", &Share::project_id),
            field("account_id", &Share::account_id), field("node_id", &Share::node_id),
            field("card_id", &Share::card_id), field("milli_gpu", &Share::milli_gpu),
            field("memory_bytes", &Share::memory), field("released_at", &Share::released_at),
            field("mig_profile", &Share::mig_profile), field("mig_start", &Share::mig_start),
            field("mig_milli_gpu", &Share::mig_milli_gpu));

}  // namespace dure::model
