#include "crash/books.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "cli/api.h"
#include "crash/centre.h"

namespace dure::crash {

namespace json = boost::json;
using cli::number_at;
using cli::text_at;

namespace {

constexpr std::int64_t kMostEstimateMs = 1000;
constexpr std::int64_t kMostEngineMs = 1000;
constexpr std::int64_t kMostShortMs = 1000;
constexpr base::Span kTakenUp = base::Span::seconds(1);
constexpr std::int64_t kLeastJudgedPercent = 80;
constexpr std::int64_t kWholeCard = 1000;

// A replica's start and end in dure-node's journal, and dured's rows of them.
struct Recorded {
  const json::value* started = nullptr;
  const json::value* ended = nullptr;
};

std::map<std::string, Recorded> recorded(const json::array& rows) {
  std::map<std::string, Recorded> by_replica;
  for (const auto& row : rows) {
    Recorded& each = by_replica[text_at(row, "replica_id")];
    const auto kind = text_at(row, "kind");
    if (kind == "started") each.started = &row;
    if (kind == "ended") each.ended = &row;
  }
  return by_replica;
}

bool estimated(const json::value* row) {
  return row && text_at(*row, "estimated") == "true";
}

bool same_moment(const json::value* a, const json::value* b) {
  if (!a || !b) return a == b;
  return text_at(*a, "boot_id") == text_at(*b, "boot_id") &&
         number_at(*a, "boottime_us") == number_at(*b, "boottime_us") &&
         text_at(*a, "estimated") == text_at(*b, "estimated");
}

bool has(const json::value& row, std::string_view path) {
  return !text_at(row, path).empty();
}

class Bookkeeper {
 public:
  explicit Bookkeeper(const Evidence& evidence)
      : evidence_(evidence), journal_(recorded(evidence.journal)), rows_(recorded(evidence.observations)) {}

  Figures judge() {
    figures_.settled = evidence_.settled;
    figures_.audit_intact = evidence_.audit_intact;
    figures_.audit_entries = evidence_.audit_entries;
    figures_.left = evidence_.containers_left;
    judge_entries();
    for (const auto& workload : evidence_.workloads)
      if (text_at(workload, "kind") == "job") jobs_.insert(text_at(workload, "id"));
    for (const auto& share : evidence_.shares) shares_[text_at(share, "replica_id")].push_back(&share);
    for (const auto& replica : evidence_.replicas) judge_replica(replica);
    judge_strangers();
    judge_workloads();
    judge_cards();
    return figures_;
  }

 private:
  void judge_entries();
  void judge_mark(const json::value& entry);
  void judge_replica(const json::value& replica);
  void judge_starts(const std::string& id, const json::value& replica);
  void judge_ledger(const std::string& id, const Recorded& node);
  std::optional<base::Instant> start_of(const std::string& id, const EngineLife& life, const Recorded& node);
  void judge_engine(const std::string& id, const Recorded& node);
  std::optional<base::Instant> end_of(const std::string& id, const EngineLife& life,
                                      const Recorded& node) const;
  std::optional<base::Instant> first_line_at(const std::string& id, const json::value& row) const;
  void judge_strangers();
  void judge_workloads();
  void judge_cards();

  const Evidence& evidence_;
  const std::map<std::string, Recorded> journal_;
  const std::map<std::string, Recorded> rows_;
  std::set<std::string> jobs_;                                     // workloads
  std::map<std::string, std::vector<const json::value*>> shares_;  // by replica
  std::map<std::string, std::int64_t> booked_ms_;                  // by share
  std::map<std::string, std::int64_t> milli_gpu_;                  // by share, as its entries say
  std::set<std::string> start_marks_, end_marks_;                  // by share
  Figures figures_;
};

void Bookkeeper::judge_entries() {
  for (const auto& entry : evidence_.entries) {
    ++figures_.entries;
    const auto share = text_at(entry, "share_id");
    const std::int64_t length = number_at(entry, "to_ms") - number_at(entry, "from_ms");
    const std::int64_t milli_gpu = number_at(entry, "milli_gpu");
    booked_ms_[share] += length;
    if (number_at(entry, "milli_gpu_ms") != milli_gpu * length) ++figures_.ledger_wrong;
    if (milli_gpu_.emplace(share, milli_gpu).first->second != milli_gpu) ++figures_.ledger_wrong;
    const bool corrected = text_at(entry, "reason/parameters/estimated") == "1";
    if (text_at(entry, "kind") == "estimated" || corrected) judge_mark(entry);
  }
}

void Bookkeeper::judge_mark(const json::value& entry) {
  ++figures_.estimates;
  const bool start = text_at(entry, "reason/code") == "ledger.start_estimated";
  (start ? start_marks_ : end_marks_).insert(text_at(entry, "share_id"));
  if (!has(entry, "reason/parameters/error_ms")) {
    ++figures_.unbounded;
    return;
  }
  const std::int64_t length = std::abs(number_at(entry, "to_ms") - number_at(entry, "from_ms"));
  figures_.largest_estimate_ms =
      std::max({figures_.largest_estimate_ms, number_at(entry, "reason/parameters/error_ms"), length});
}

void Bookkeeper::judge_replica(const json::value& replica) {
  ++figures_.replicas;
  const auto id = text_at(replica, "id");
  const auto found = journal_.find(id);
  const Recorded node = found == journal_.end() ? Recorded{} : found->second;
  const auto stored = rows_.find(id);
  const Recorded row = stored == rows_.end() ? Recorded{} : stored->second;
  if (!same_moment(node.started, row.started)) ++figures_.not_stored;
  if (!same_moment(node.ended, row.ended)) ++figures_.not_stored;
  if (text_at(replica, "state") != "ended" || !node.ended) ++figures_.not_ended;
  if (text_at(replica, "lost") == "true") ++figures_.lost;
  judge_starts(id, replica);
  if (!node.started) return;
  ++figures_.ran;
  judge_ledger(id, node);
  judge_engine(id, node);
}

void Bookkeeper::judge_starts(const std::string& id, const json::value& replica) {
  const auto own = evidence_.own.find(id);
  const int starts = own == evidence_.own.end() ? 0 : own->second.starts;
  figures_.own_starts += starts;
  const auto life = evidence_.engine.find(id);
  const bool engine_twice = life != evidence_.engine.end() && life->second.stamps_of_starts.size() > 1;
  if (starts > 1 || engine_twice) ++figures_.twice;
  const bool job = jobs_.contains(text_at(replica, "workload_id"));  // begins with its line, or fails
  if (job && text_at(replica, "exit_code") == "0" && starts == 0) ++figures_.silent;
}

void Bookkeeper::judge_ledger(const std::string& id, const Recorded& node) {
  if (!node.ended) return;
  const bool one_boot = text_at(*node.started, "boot_id") == text_at(*node.ended, "boot_id");
  const std::int64_t us = number_at(*node.ended, "boottime_us") - number_at(*node.started, "boottime_us");
  const std::int64_t length = one_boot ? std::max<std::int64_t>(0, us) / 1000 : 0;
  const auto own = evidence_.own.find(id);
  for (const json::value* share : shares_[id]) {
    const auto share_id = text_at(*share, "id");
    const std::int64_t booked = booked_ms_[share_id];
    figures_.ledger_off_ms = std::max(figures_.ledger_off_ms, std::abs(length - booked));
    const auto milli = milli_gpu_.find(share_id);
    if (milli != milli_gpu_.end() && milli->second != number_at(*share, "milli_gpu")) ++figures_.ledger_wrong;
    if (estimated(node.started) && !start_marks_.contains(share_id)) ++figures_.unmarked;
    if (estimated(node.ended) && !end_marks_.contains(share_id)) ++figures_.unmarked;
    if (own != evidence_.own.end() && own->second.started_ms && own->second.ended_ms)
      figures_.short_ms =
          std::max(figures_.short_ms, *own->second.ended_ms - *own->second.started_ms - booked);
  }
}

// The wall clock's time of the workload's own first line, by the clocks of that observation.
std::optional<base::Instant> Bookkeeper::first_line_at(const std::string& id, const json::value& row) const {
  const auto own = evidence_.own.find(id);
  if (own == evidence_.own.end() || !own->second.started_ms) return std::nullopt;
  return instant_at(row, "observed_at") +
         base::Span{*own->second.started_ms * 1000 - number_at(row, "boottime_us")};
}

// When the replica started, by others than dure-node. The engine's stamp says it, but that of a container
// which Podman took up after a kill is the moment of that. Where the runtime let the process go long before
// the stamp, that is the start; where that was not seen, its first line, before which it must have started.
std::optional<base::Instant> Bookkeeper::start_of(const std::string& id, const EngineLife& life,
                                                  const Recorded& node) {
  if (life.let_go) {
    ++figures_.let_go;
    const auto off = std::abs((instant_at(*node.started, "observed_at") - *life.let_go).us) / 1000;
    figures_.let_go_off_ms = std::max(figures_.let_go_off_ms, off);
  }
  if (!life.started) return std::nullopt;
  const auto known = life.let_go ? life.let_go : first_line_at(id, *node.started);
  if (!known || *life.started - *known <= kTakenUp) return life.started;
  ++figures_.taken_up;
  return known;
}

// When it ended, by the engine. Where Podman was killed in the middle of a start, the process that had not
// yet become the workload ends as well; its end comes before the workload's start and says nothing of it.
// (Seen where the container was gone before its own end was looked at.)
std::optional<base::Instant> Bookkeeper::end_of(const std::string& id, const EngineLife& life,
                                                const Recorded& node) const {
  if (!life.finished || !node.started) return life.finished;
  for (const auto& begun : {life.started, life.let_go, first_line_at(id, *node.started)})
    if (begun && *life.finished < *begun) return std::nullopt;
  return life.finished;
}

void Bookkeeper::judge_engine(const std::string& id, const Recorded& node) {
  const auto found = evidence_.engine.find(id);
  const EngineLife life = found == evidence_.engine.end() ? EngineLife{} : found->second;
  const auto compare = [&](const json::value* row, std::optional<base::Instant> said) {
    if (!row) return;
    ++figures_.engine_expected;
    if (!said) return;
    ++figures_.engine_judged;
    const auto off = std::abs((instant_at(*row, "observed_at") - *said).us) / 1000;
    figures_.engine_off_ms = std::max(figures_.engine_off_ms, off);
    if (off > kMostEngineMs)
      figures_.findings.push_back(json::serialize(*row) + " engine " + base::to_text(*said));
  };
  compare(node.started, start_of(id, life, node));
  compare(node.ended, end_of(id, life, node));
}

void Bookkeeper::judge_strangers() {
  std::set<std::string> known, seen;
  for (const auto& replica : evidence_.replicas) known.insert(text_at(replica, "id"));
  for (const auto& [id, each] : journal_) seen.insert(id);
  for (const auto& [id, each] : evidence_.own) seen.insert(id);
  for (const auto& [id, each] : evidence_.engine) {
    seen.insert(id);
    figures_.containers += static_cast<std::int64_t>(each.containers.size());
  }
  for (const auto& id : seen)
    if (!known.contains(id)) ++figures_.strangers;
}

void Bookkeeper::judge_workloads() {
  std::map<std::string, int> names;
  for (const auto& workload : evidence_.workloads)
    if (++names[text_at(workload, "name")] == 2) ++figures_.doubled;
  for (const auto& name : evidence_.told)
    if (!names.contains(name)) ++figures_.missing;
}

void Bookkeeper::judge_cards() {
  std::map<std::string, std::vector<std::pair<std::int64_t, std::int64_t>>> steps;
  for (const auto& share : evidence_.shares) {
    const auto size = number_at(share, "milli_gpu");
    auto& card = steps[text_at(share, "card_id")];
    card.push_back({instant_at(share, "created_at").us, size});
    if (has(share, "released_at"))
      card.push_back({instant_at(share, "released_at").us, -size});
    else
      ++figures_.unreleased;
  }
  for (auto& [card, moves] : steps) {
    std::sort(moves.begin(), moves.end());  // at one instant what is given back comes first
    std::int64_t held = 0;
    for (const auto& [at, size] : moves) {
      held += size;
      if (held > kWholeCard) ++figures_.over_card;
    }
  }
}

}  // namespace

Figures judge(const Evidence& evidence) {
  return Bookkeeper(evidence).judge();
}

std::string faults(const Figures& f) {
  std::string text;
  const auto hold = [&](bool good, const char* what) {
    if (!good) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  hold(f.settled, "not everything came to an end");
  hold(f.ran > 0 && f.entries > 0 && f.own_starts > 0 && f.containers > 0, "nothing was at work");
  hold(f.strangers == 0, "unknown replicas");
  hold(f.left == 0, "containers left");
  hold(f.twice == 0, "started twice");
  hold(f.silent == 0, "succeeded without having run");
  hold(f.not_ended == 0, "not ended");
  hold(f.lost == 0, "lost");
  hold(f.missing == 0, "workloads missing");
  hold(f.doubled == 0, "workloads doubled");
  hold(f.unreleased == 0, "shares not released");
  hold(f.over_card == 0, "a card beyond itself");
  hold(f.ledger_off_ms == 0, "the ledger is not what dure-node recorded");
  hold(f.ledger_wrong == 0, "wrong usage");
  hold(f.not_stored == 0, "recorded and not stored");
  hold(f.largest_estimate_ms <= kMostEstimateMs, "an estimate beyond 1 s");
  hold(f.unbounded == 0, "an estimate without bounds");
  hold(f.unmarked == 0, "an estimate without a mark");
  hold(f.short_ms <= kMostShortMs, "booked for less than it ran");
  hold(f.engine_off_ms <= kMostEngineMs, "the engine says otherwise");
  hold(f.engine_judged * 100 >= f.engine_expected * kLeastJudgedPercent, "too few of the engine's stamps");
  hold(f.audit_intact && f.audit_entries > 0, "the audit chain is broken");
  return text;
}

std::string line(const Figures& f) {
  std::ostringstream out;
  out << "replicas " << f.replicas << ", ran " << f.ran << "; containers " << f.containers << ", unknown "
      << f.strangers << ", left " << f.left << "; starts by the workloads' own account " << f.own_starts
      << ", started twice " << f.twice << ", silent " << f.silent << "; not ended " << f.not_ended
      << ", lost " << f.lost << "; workloads missing " << f.missing << ", doubled " << f.doubled
      << "; shares not released " << f.unreleased << ", cards over 1000 " << f.over_card
      << "; ledger entries " << f.entries << ", against dure-node's journal " << f.ledger_off_ms
      << " ms, not stored " << f.not_stored << ", wrong usage " << f.ledger_wrong << ", below own account "
      << f.short_ms << " ms; estimates " << f.estimates << " (largest " << f.largest_estimate_ms
      << " ms, unbounded " << f.unbounded << ", unmarked " << f.unmarked << "); engine's stamps "
      << f.engine_judged << " of " << f.engine_expected << " (off by " << f.engine_off_ms << " ms, taken up "
      << f.taken_up << "; the runtime's for " << f.let_go << ", off by " << f.let_go_off_ms << " ms); audit "
      << f.audit_entries << " entries " << (f.audit_intact ? "intact" : "BROKEN");
  return out.str();
}

}  // namespace dure::crash
