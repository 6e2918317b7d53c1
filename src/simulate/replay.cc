#include "simulate/replay.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include "base/result.h"
#include "simulate/dice.h"

namespace dure::simulate {
namespace {

constexpr std::int64_t kCpuOfNode = 1'000'000'000;  // never the reason to wait
constexpr std::size_t kJobsPerReport = 1000;

std::vector<placement::Slot> machines(const ReplaySetting& setting) {
  std::vector<placement::Slot> slots;
  for (std::size_t tenant = 0; tenant < setting.nodes.size(); ++tenant) {
    for (std::int64_t i = 0; i < setting.nodes[tenant]; ++i) {
      placement::Slot slot;
      slot.cpu_milli = kCpuOfNode;
      slot.memory = kCpuOfNode;
      slot.cards = setting.cards_per_node;
      slot.pool = static_cast<std::int16_t>(setting.shared ? 0 : tenant);
      std::fill_n(slot.free.begin(), slot.cards, static_cast<std::int16_t>(placement::kWholeCard));
      slots.push_back(slot);
    }
  }
  return slots;
}

queue::Quotas owners(std::size_t tenants) {
  queue::Quotas quotas;
  for (std::size_t i = 0; i < tenants; ++i) quotas.add(queue::Quotas::kRoot);
  return quotas;
}

// A tenant's weight is what it brought.
queue::FairShare shares(const ReplaySetting& setting) {
  queue::FairShare tree(setting.half_life, setting.advance);
  for (const std::int64_t nodes : setting.nodes)
    tree.add(queue::FairShare::kRoot, std::max<std::int64_t>(1, nodes));
  return tree;
}

// Equal parts, as few as a node's cards allow.
std::int64_t cards_of_part(std::int64_t cards, std::int64_t most) {
  for (std::int64_t part = std::min(cards, most); part > 1; --part)
    if (cards % part == 0) return part;
  return 1;
}

class Player {
 public:
  Player(const JobTrace& trace, const ReplaySetting& setting)
      : trace_(trace),
        setting_(setting),
        dice_(setting.failures.seed),
        scheduler_(placement::Forest(machines(setting)), owners(trace.tenants.size()), shares(setting),
                   setting.queue),
        entries_(trace.jobs.size()) {
    for (std::size_t node = 0; node < scheduler_.forest().slots().size(); ++node) plan_failure(node, first());
  }

  Replayed play(const std::function<void(std::size_t, std::size_t)>& progress);

 private:
  struct Entry {
    queue::Handle handle = 0;
    base::Instant started;
    std::vector<placement::Spot> spots;
  };
  enum class Kind { kEnd, kRepair, kFailure, kSubmit };
  using Event = std::tuple<base::Instant, Kind, std::size_t>;

  base::Instant first() const { return trace_.jobs.empty() ? base::Instant{} : trace_.jobs[0].submitted; }
  queue::Job job_of(const Job& job) const;
  bool possible(const Job& job) const;
  void submit(std::size_t job);
  void submit_next();
  void end(std::size_t job, base::Instant at);
  void plan_failure(std::size_t node, base::Instant from);
  void fail(std::size_t node, base::Instant at);
  void happen(const Event& event);
  void cycle(base::Instant at);
  std::optional<base::Instant> next() const;

  const JobTrace& trace_;
  const ReplaySetting& setting_;
  Dice dice_;
  queue::Scheduler scheduler_;
  std::vector<Entry> entries_;  // of the jobs
  std::map<queue::Handle, std::size_t> jobs_;
  std::vector<std::set<std::size_t>> on_node_;  // jobs that run there
  std::set<Event> events_;
  std::size_t submitted_ = 0;
  std::size_t over_ = 0;
  std::vector<std::optional<Outcome>> outcomes_;
  Replayed replayed_;
};

queue::Job Player::job_of(const Job& job) const {
  queue::Job made;
  made.owner = job.tenant + 1;
  made.queued_at = job.submitted;
  made.shape.pool = static_cast<std::int16_t>(setting_.shared ? 0 : job.tenant);
  if (job.cards > 0) {
    made.shape.cards = cards_of_part(job.cards, setting_.cards_per_node);
    made.shape.milli_gpu = job.milli_gpu;
    made.replicas = job.cards / made.shape.cards;
  }
  made.shape.cpu_milli = job.cpu_milli / made.replicas;
  made.shape.memory = job.memory / made.replicas;
  if (job.time_limit) made.time_limit = std::max(*job.time_limit, base::Span{1});
  made.amount.runs = 1;
  made.amount.gpu = {job.total_milli_gpu()};
  return made;
}

bool Player::possible(const Job& job) const {
  const std::int64_t nodes =
      setting_.shared ? std::accumulate(setting_.nodes.begin(), setting_.nodes.end(), std::int64_t{0})
                      : setting_.nodes[job.tenant];
  const queue::Job made = job_of(job);
  if (made.shape.cards == 0) return nodes > 0;
  return made.replicas <= nodes * (setting_.cards_per_node / made.shape.cards);
}

void Player::submit(std::size_t job) {
  const queue::Handle handle = scheduler_.submit(job_of(trace_.jobs[job]));
  entries_[job].handle = handle;
  jobs_[handle] = job;
}

void Player::submit_next() {
  const std::size_t job = submitted_++;
  if (possible(trace_.jobs[job])) return submit(job);
  ++replayed_.too_large;
  ++over_;
}

void Player::end(std::size_t job, base::Instant at) {
  scheduler_.end(entries_[job].handle, at);
  jobs_.erase(entries_[job].handle);
  for (const placement::Spot& spot : entries_[job].spots) on_node_[spot.slot].erase(job);
}

// The time to it is exponential: the draw is cut to a thousandth.
void Player::plan_failure(std::size_t node, base::Instant from) {
  on_node_.resize(std::max(on_node_.size(), node + 1));
  if (setting_.failures.days_between == 0) return;
  const double part = (static_cast<double>(dice_.below(1'000'000)) + 1) / 1'000'001;
  const double days = -std::log(part) * static_cast<double>(setting_.failures.days_between);
  events_.emplace(from + base::Span{static_cast<std::int64_t>(days * 86'400'000.0) * 1000 + 1},
                  Kind::kFailure, node);
}

void Player::fail(std::size_t node, base::Instant at) {
  const std::set<std::size_t> hit = on_node_[node];
  for (const std::size_t job : hit) {
    const Job& of = trace_.jobs[job];
    const base::Span length = of.time_limit ? std::min(*of.time_limit, of.run_time) : of.run_time;
    events_.erase({entries_[job].started + length, Kind::kEnd, job});
    end(job, at);
    submit(job);
    ++replayed_.restarts;
  }
  scheduler_.set_service(node, false, at);
  events_.emplace(at + setting_.failures.repair, Kind::kRepair, node);
}

void Player::happen(const Event& event) {
  const auto& [at, kind, which] = event;
  if (kind == Kind::kFailure) return fail(which, at);
  if (kind == Kind::kRepair) {
    scheduler_.set_service(which, true, at);
    return plan_failure(which, at);
  }
  const Job& job = trace_.jobs[which];
  outcomes_[which] = Outcome{job.tenant, job.submitted, entries_[which].started, at, job.total_milli_gpu()};
  end(which, at);
  ++over_;
}

void Player::cycle(base::Instant at) {
  for (const queue::Action& action : scheduler_.cycle(at)) {
    if (action.kind != queue::ActionKind::kStart) continue;
    const std::size_t job = jobs_.at(action.entry);
    const Job& of = trace_.jobs[job];
    entries_[job].started = at;
    entries_[job].spots = action.spots;
    for (const placement::Spot& spot : action.spots) on_node_[spot.slot].insert(job);
    const base::Span length = of.time_limit ? std::min(*of.time_limit, of.run_time) : of.run_time;
    events_.emplace(at + length, Kind::kEnd, job);
  }
  ++replayed_.events;
  for (const queue::LaneCounts& lane : scheduler_.lanes()) {
    replayed_.first_ones += std::min(lane.waiting, setting_.queue.promises);
    replayed_.promised += lane.promised;
  }
}

std::optional<base::Instant> Player::next() const {
  std::optional<base::Instant> at;
  const auto note = [&](base::Instant then) { at = at ? std::min(*at, then) : then; };
  if (submitted_ < trace_.jobs.size()) note(trace_.jobs[submitted_].submitted);
  if (!events_.empty()) note(std::get<0>(*events_.begin()));
  if (const auto look = scheduler_.next_look()) note(*look);
  return at;
}

Replayed Player::play(const std::function<void(std::size_t, std::size_t)>& progress) {
  outcomes_.resize(trace_.jobs.size());
  std::size_t told = 0;
  while (over_ < trace_.jobs.size()) {
    const auto at = next();
    DURE_ASSERT(at);  // what can run on the empty cluster runs some day
    while (!events_.empty() && std::get<0>(*events_.begin()) <= *at) {
      const Event event = *events_.begin();
      events_.erase(events_.begin());
      happen(event);
    }
    while (submitted_ < trace_.jobs.size() && trace_.jobs[submitted_].submitted <= *at) submit_next();
    cycle(*at);
    if (!progress || over_ < told + kJobsPerReport) continue;
    told = over_;
    progress(over_, trace_.jobs.size());
  }
  for (const auto& outcome : outcomes_)
    if (outcome) replayed_.outcomes.push_back(*outcome);
  replayed_.broken = scheduler_.counts().broken;
  replayed_.broken_by_failures = scheduler_.counts().failed;
  return std::move(replayed_);
}

}  // namespace

Replayed replay(const JobTrace& trace, const ReplaySetting& setting,
                const std::function<void(std::size_t, std::size_t)>& progress) {
  DURE_ASSERT(setting.nodes.size() == trace.tenants.size());
  return Player(trace, setting).play(progress);
}

}  // namespace dure::simulate
