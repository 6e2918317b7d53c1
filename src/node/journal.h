// Journal: what dure-node decided and saw, on the disk before anything is done with it (decision 10).
//
// It holds, for each replica, the intent to start it and its observations (started, running, ended), and
// which observations dured has not acknowledged yet. The rules of a replica's life are kept here, in one
// place: it is started once, ends once, and is seen running only in between; an observation that does not fit
// is dropped, so that two threads, or the same thread after a crash, may both offer one.
//
// Observations are numbered per boot id, without reuse over restarts; the numbers may have gaps. Of several
// unacknowledged "running" observations of a replica only the newest is kept, and those that bound an
// estimate.
//
// Thread-safe; writers wait for the disk. Functions that return a Status fail with node.state_unusable; then
// nothing of the call may be acted upon.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "node/journal_record.h"
#include "node/record_file.h"

namespace dure::node {

// What is known of one replica's life.
struct History {
  std::optional<StartIntent> intent;
  std::optional<model::Observation> started;
  std::optional<model::Observation> last;  // the newest of any kind
  std::optional<Sight> seen;               // the newest while it ran, without the other replicas
  std::optional<model::Observation> ended;
  bool end_acknowledged = false;
};
using Histories = std::map<model::ReplicaId, History>;

struct JournalOptions {
  std::string path;
  std::function<model::ObservationId(base::Instant)> make_id;  // REQUIRES: set
  std::int64_t compact_above_bytes = 1 << 20;
  std::size_t finished_kept = 2000;
  // Asked before each write; a failure stands for the disk's. For tests. May be empty.
  std::function<base::Status()> before_write;
};

class Journal {
 public:
  static base::Result<std::unique_ptr<Journal>> open(JournalOptions options);

  // No effect where the replica has an intent already.
  base::Status record_intent(const StartIntent& intent);

  // Gives each observation that fits its id and its sequence and writes them in one go. `boot_id`,
  // `replica_id`, `kind` and `boottime_us` are the caller's. Returns how many fitted.
  base::Result<std::size_t> record(std::vector<model::Observation> observations);

  // Of the replicas that have started and not ended.
  base::Status record_sight(Sight sight);

  // Oldest first.
  std::vector<model::Observation> unacknowledged(std::size_t limit) const;
  // dured has stored everything of that boot up to `sequence`.
  base::Status acknowledge(const std::string& boot_id, std::int64_t sequence);

  // The replica's end is acknowledged and nothing of it is left: forget all but its id.
  base::Status finish(const model::ReplicaId& replica_id);
  bool finished(const model::ReplicaId& replica_id) const;

  Histories histories() const;
  History history(const model::ReplicaId& replica_id) const;
  std::int64_t last_sequence(const std::string& boot_id) const;
  std::int64_t size_bytes() const;
  // Bytes that a crash left half-written, cut off on opening.
  std::int64_t cut_bytes() const;

 private:
  explicit Journal(JournalOptions options) : options_(std::move(options)) {}
  base::Status replay(std::string_view payload);
  base::Status write(const std::vector<JournalRecord>& records);
  bool is_finished(const model::ReplicaId& id) const { return finished_ids_.contains(id); }
  bool fits(const model::Observation& observation, const History& history) const;
  void apply(const JournalRecord& record);
  void apply_observation(const model::Observation& observation);
  void apply_numbering(const Numbering& numbering);
  void apply_finished(const model::ReplicaId& replica_id);
  void apply_sight(const Sight& sight);
  base::Status compact_if_large();
  std::vector<JournalRecord> snapshot() const;

  mutable std::mutex mutex_;
  JournalOptions options_;
  std::optional<RecordFile> file_;
  std::int64_t compact_at_ = 0;
  Histories histories_;
  std::map<std::string, Numbering> numberings_;  // by boot id
  std::deque<model::Observation> pending_;       // not acknowledged, oldest first
  std::deque<model::ReplicaId> finished_;        // oldest first
  std::set<model::ReplicaId> finished_ids_;      // the same
};

}  // namespace dure::node
