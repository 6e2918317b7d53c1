// What ran: what dure-node saw, and the ledger made from it (decision 10).
#pragma once

#include <optional>
#include <string>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// kStarted: the engine confirmed the start. kRunning: seen running (a checkpoint). kEnded: the end was seen.
enum class ObservationKind { kStarted, kRunning, kEnded };
DURE_ENUM(ObservationKind, DURE_NAME(kStarted, "started"), DURE_NAME(kRunning, "running"),
          DURE_NAME(kEnded, "ended"));

inline constexpr std::int64_t kLongestBootUs = 3'155'760'000'000'000;  // a hundred years

// One line of a node's journal. Unique by (node, boot id, sequence): reporting it twice changes nothing.
// `boottime_us` is CLOCK_BOOTTIME of that boot when the fact was seen, or, where `estimated`, when it is
// thought to have happened (derived from the engine's stamp, because dure-node was not there to see it).
struct Observation {
  ObservationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  NodeId node_id;
  std::string boot_id;
  std::int64_t sequence = 0;
  ReplicaId replica_id;
  ObservationKind kind = ObservationKind::kRunning;
  std::int64_t boottime_us = 0;
  base::Instant observed_at;  // wall clock of the node, for people
  bool estimated = false;
  std::optional<std::int64_t> exit_code;
  bool out_of_memory = false;
  std::string container_id;
  std::optional<base::Reason> failure;  // kEnded: why it was not started, or its node ended it
  std::optional<base::Instant> engine_started_at;
  std::optional<base::Instant> engine_finished_at;
};
DURE_FIELDS(Observation, "observations", field("id", &Observation::id),
            field("version", &Observation::version), field("created_at", &Observation::created_at),
            field("updated_at", &Observation::updated_at), field("node_id", &Observation::node_id),
            field("boot_id", &Observation::boot_id),
            field("sequence", &Observation::sequence, Range{1, Range{}.most}),
            field("replica_id", &Observation::replica_id), field("kind", &Observation::kind),
            field("boottime_us", &Observation::boottime_us, Range{0, kLongestBootUs}),
            field("observed_at", &Observation::observed_at), field("estimated", &Observation::estimated),
            field("exit_code", &Observation::exit_code), field("out_of_memory", &Observation::out_of_memory),
            field("container_id", &Observation::container_id), field("failure", &Observation::failure),
            field("engine_started_at", &Observation::engine_started_at),
            field("engine_finished_at", &Observation::engine_finished_at));

// kObserved: both ends seen on one boot's clock. kEstimated: at least one end is estimated. kCorrection:
// takes back or adds to an earlier entry (`corrects`), usage may be negative.
enum class LedgerKind { kObserved, kEstimated, kCorrection };
DURE_ENUM(LedgerKind, DURE_NAME(kObserved, "observed"), DURE_NAME(kEstimated, "estimated"),
          DURE_NAME(kCorrection, "correction"));

// One piece of the use of one share. Append-only. [from_ms, to_ms) lie on the replica's own axis:
// milliseconds since its start; the pieces of a replica follow each other without gap or overlap, so their
// sum is its length.
struct LedgerEntry {
  LedgerEntryId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  LedgerKind kind = LedgerKind::kObserved;
  ShareId share_id;
  ReplicaId replica_id;
  RunId run_id;
  WorkloadId workload_id;
  ProgrammeId programme_id;
  AccountId account_id;
  ProjectId project_id;
  AllocationId allocation_id;
  NodeId node_id;
  CardId card_id;
  std::string model;
  std::string boot_id;
  base::MilliGpu milli_gpu;
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
  base::Usage usage;         // milli_gpu * (to_ms - from_ms)
  base::Instant started_at;  // wall clock, for people and for the month it belongs to
  base::Instant ended_at;
  std::optional<LedgerEntryId> corrects;
  std::optional<base::Reason> reason;  // of an estimate or a correction
};
DURE_FIELDS(LedgerEntry, "ledger_entries", field("id", &LedgerEntry::id),
            field("version", &LedgerEntry::version), field("created_at", &LedgerEntry::created_at),
            field("updated_at", &LedgerEntry::updated_at), field("kind", &LedgerEntry::kind),
            field("share_id", &LedgerEntry::share_id), field("replica_id", &LedgerEntry::replica_id),
            field("run_id", &LedgerEntry::run_id), field("workload_id", &LedgerEntry::workload_id),
            field("programme_id", &LedgerEntry::programme_id), field("account_id", &LedgerEntry::account_id),
            field("project_id", &LedgerEntry::project_id),
            field("allocation_id", &LedgerEntry::allocation_id), field("node_id", &LedgerEntry::node_id),
            field("card_id", &LedgerEntry::card_id), field("model", &LedgerEntry::model),
            field("boot_id", &LedgerEntry::boot_id), field("milli_gpu", &LedgerEntry::milli_gpu),
            field("from_ms", &LedgerEntry::from_ms), field("to_ms", &LedgerEntry::to_ms),
            field("milli_gpu_ms", &LedgerEntry::usage), field("started_at", &LedgerEntry::started_at),
            field("ended_at", &LedgerEntry::ended_at), field("corrects", &LedgerEntry::corrects),
            field("reason", &LedgerEntry::reason));

}  // namespace dure::model
