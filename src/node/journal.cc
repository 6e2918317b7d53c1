#include "node/journal.h"

#include <algorithm>

#include "wire/json_impl.h"

namespace dure::node {
namespace {

using model::Observation;
using model::ObservationKind;

std::string payload_of(const JournalRecord& record) {
  return wire::json_text(record, wire::Out::everything());
}

void note(History& history, const Observation& observation) {
  const bool ends = observation.kind == ObservationKind::kEnded;
  if (ends || !history.ended) history.last = observation;
  if (observation.kind == ObservationKind::kStarted) history.started = observation;
  if (ends) history.ended = observation;
}

std::int64_t acknowledged_of(const std::map<std::string, Numbering>& numberings, const std::string& boot_id) {
  const auto found = numberings.find(boot_id);
  return found == numberings.end() ? 0 : found->second.acknowledged;
}

}  // namespace

base::Result<std::unique_ptr<Journal>> Journal::open(JournalOptions options) {
  DURE_ASSERT(options.make_id);
  std::unique_ptr<Journal> journal(new Journal(std::move(options)));
  DURE_LET(file, RecordFile::open(journal->options_.path,
                                  [&](std::string_view payload) { return journal->replay(payload); }));
  journal->compact_at_ = std::max(journal->options_.compact_above_bytes, file.size_bytes());
  journal->file_ = std::move(file);
  return journal;
}

base::Status Journal::replay(std::string_view payload) {
  wire::Limits limits;
  limits.max_bytes = RecordFile::kMostPayload;
  auto record = wire::read_json<JournalRecord>(
      payload, {.required = {}, .allow_missing = true, .secrets = true}, limits);
  if (!record.ok()) {
    const auto why = record.failure().details.empty() ? record.failure().reason.code
                                                      : record.failure().details.front().pointer;
    return base::error(base::ErrorKind::kUnavailable,
                       base::Reason("node.journal_unreadable").with("path", options_.path).with("why", why));
  }
  apply(*record);
  return {};
}

base::Status Journal::write(const std::vector<JournalRecord>& records) {
  if (records.empty()) return {};
  if (options_.before_write) DURE_TRY(options_.before_write());
  std::vector<std::string> payloads;
  payloads.reserve(records.size());
  for (const JournalRecord& record : records) payloads.push_back(payload_of(record));
  DURE_TRY(file_->append(payloads));
  for (const JournalRecord& record : records) apply(record);
  return compact_if_large();
}

void Journal::apply(const JournalRecord& record) {
  if (record.intent) {
    auto& intent = histories_[record.intent->replica_id].intent;
    if (!intent) intent = record.intent;
  }
  if (record.observation) apply_observation(*record.observation);
  if (record.numbering) apply_numbering(*record.numbering);
  if (record.sight) apply_sight(*record.sight);
  if (record.finished) apply_finished(*record.finished);
}

void Journal::apply_sight(const Sight& sight) {
  for (const std::string& id : sight.replica_ids) {
    const auto found = histories_.find(model::ReplicaId(id));
    if (found == histories_.end() || found->second.ended) continue;
    found->second.seen = Sight{sight.boot_id, sight.boottime_us, sight.seen_at, {}};
  }
}

void Journal::apply_observation(const Observation& observation) {
  Numbering& numbering = numberings_[observation.boot_id];
  numbering.boot_id = observation.boot_id;
  numbering.last = std::max(numbering.last, observation.sequence);
  const bool acknowledged = observation.sequence <= numbering.acknowledged;
  if (!is_finished(observation.replica_id)) {
    History& history = histories_[observation.replica_id];
    note(history, observation);
    if (observation.kind == ObservationKind::kEnded) history.end_acknowledged = acknowledged;
  }
  if (acknowledged) return;
  if (observation.kind == ObservationKind::kRunning)
    std::erase_if(pending_, [&](const Observation& older) {
      return older.kind == ObservationKind::kRunning && !older.estimated &&
             older.replica_id == observation.replica_id;
    });
  pending_.push_back(observation);
}

void Journal::apply_numbering(const Numbering& numbering) {
  Numbering& known = numberings_[numbering.boot_id];
  known.boot_id = numbering.boot_id;
  known.acknowledged = std::max(known.acknowledged, numbering.acknowledged);
  known.last = std::max({known.last, numbering.last, numbering.acknowledged});
  std::erase_if(pending_, [&](const Observation& each) {
    return each.boot_id == known.boot_id && each.sequence <= known.acknowledged;
  });
  for (auto& [id, history] : histories_)
    if (history.ended && history.ended->boot_id == known.boot_id &&
        history.ended->sequence <= known.acknowledged)
      history.end_acknowledged = true;
}

void Journal::apply_finished(const model::ReplicaId& replica_id) {
  histories_.erase(replica_id);
  if (!finished_ids_.insert(replica_id).second) return;
  finished_.push_back(replica_id);
  if (finished_.size() <= options_.finished_kept) return;
  finished_ids_.erase(finished_.front());
  finished_.pop_front();
}

base::Status Journal::record_intent(const StartIntent& intent) {
  const std::lock_guard lock(mutex_);
  const auto found = histories_.find(intent.replica_id);
  // What has ended is not started, whatever the order still says.
  if (is_finished(intent.replica_id) || (found != histories_.end() && found->second.ended))
    return base::error(base::ErrorKind::kConflict,
                       base::Reason("node.order_withdrawn").with("replica", intent.replica_id.text));
  if (found != histories_.end() && found->second.intent) return {};
  JournalRecord record;
  record.intent = intent;
  return write({record});
}

base::Status Journal::record_sight(Sight sight) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sight.replica_ids, [&](const std::string& id) {
    const auto found = histories_.find(model::ReplicaId(id));
    return found == histories_.end() || !found->second.started || found->second.ended;
  });
  if (sight.replica_ids.empty()) return {};
  JournalRecord record;
  record.sight = std::move(sight);
  return write({record});
}

bool Journal::fits(const Observation& observation, const History& history) const {
  if (is_finished(observation.replica_id) || history.ended) return false;
  switch (observation.kind) {
    case ObservationKind::kStarted:
      return !history.started;
    case ObservationKind::kRunning:
      return history.started && observation.boottime_us > history.last->boottime_us;
    case ObservationKind::kEnded:
      return true;
  }
  return false;
}

base::Result<std::size_t> Journal::record(std::vector<Observation> observations) {
  const std::lock_guard lock(mutex_);
  std::size_t fitted = 0;
  std::vector<JournalRecord> records;
  std::map<std::string, std::int64_t> given;  // sequences given out by this call, by boot
  Histories after;                            // as they will be, once all is written
  for (Observation& each : observations) {
    const auto known = histories_.find(each.replica_id);
    History& history =
        after.try_emplace(each.replica_id, known == histories_.end() ? History{} : known->second)
            .first->second;
    if (!fits(each, history)) continue;
    auto& sequence = given.try_emplace(each.boot_id, numberings_[each.boot_id].last).first->second;
    each.sequence = ++sequence;
    each.id = options_.make_id(each.observed_at);
    each.created_at = each.updated_at = each.observed_at;
    note(history, each);
    records.emplace_back().observation = each;
    ++fitted;
  }
  DURE_TRY(write(records));
  return fitted;
}

std::vector<Observation> Journal::unacknowledged(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  const auto count = std::min(limit, pending_.size());
  return {pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count)};
}

base::Status Journal::acknowledge(const std::string& boot_id, std::int64_t sequence) {
  const std::lock_guard lock(mutex_);
  if (sequence <= acknowledged_of(numberings_, boot_id)) return {};
  JournalRecord record;
  record.numbering = Numbering{boot_id, sequence, sequence};
  return write({record});
}

base::Status Journal::finish(const model::ReplicaId& replica_id) {
  const std::lock_guard lock(mutex_);
  if (is_finished(replica_id)) return {};
  JournalRecord record;
  record.finished = replica_id;
  return write({record});
}

bool Journal::finished(const model::ReplicaId& replica_id) const {
  const std::lock_guard lock(mutex_);
  return is_finished(replica_id);
}

Histories Journal::histories() const {
  const std::lock_guard lock(mutex_);
  return histories_;
}

History Journal::history(const model::ReplicaId& replica_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = histories_.find(replica_id);
  return found == histories_.end() ? History{} : found->second;
}

std::int64_t Journal::last_sequence(const std::string& boot_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = numberings_.find(boot_id);
  return found == numberings_.end() ? 0 : found->second.last;
}

std::int64_t Journal::size_bytes() const {
  const std::lock_guard lock(mutex_);
  return file_->size_bytes();
}

std::int64_t Journal::cut_bytes() const {
  return file_->cut_bytes();
}

base::Status Journal::compact_if_large() {
  if (file_->size_bytes() <= compact_at_) return {};
  std::vector<std::string> payloads;
  for (const JournalRecord& record : snapshot()) payloads.push_back(payload_of(record));
  DURE_TRY(file_->replace(payloads));
  compact_at_ = std::max(options_.compact_above_bytes, 4 * file_->size_bytes());
  return {};
}

// The fewest records that replay to the same state. Numberings come first, so that what was acknowledged is
// known as such; then each replica's life; then what is pending, in its order; then when what runs was seen.
// An observation that is both of a life and pending is written once, as pending.
std::vector<JournalRecord> Journal::snapshot() const {
  std::vector<JournalRecord> records;
  for (const auto& [boot_id, numbering] : numberings_) records.emplace_back().numbering = numbering;
  for (const auto& id : finished_) records.emplace_back().finished = id;
  const auto is_pending = [&](const Observation& each) {
    return each.sequence > acknowledged_of(numberings_, each.boot_id);
  };
  for (const auto& [id, history] : histories_) {
    if (history.intent) records.emplace_back().intent = history.intent;
    for (const auto* each : {&history.started, &history.last, &history.ended}) {
      const bool same_as_last = each != &history.last && *each &&
                                (*each)->sequence == history.last->sequence &&
                                (*each)->boot_id == history.last->boot_id;
      if (*each && !is_pending(**each) && !same_as_last) records.emplace_back().observation = *each;
    }
  }
  for (const Observation& each : pending_) records.emplace_back().observation = each;
  for (const auto& [id, history] : histories_) {
    if (!history.seen || history.ended) continue;
    records.emplace_back().sight = history.seen;
    records.back().sight->replica_ids = {id.text};
  }
  return records;
}

}  // namespace dure::node
