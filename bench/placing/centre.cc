#include "bench/placing/centre.h"

#include <algorithm>
#include <numeric>

namespace dure::bench {
namespace {

constexpr std::int64_t kMostWaiting = 100;
constexpr base::Span kMeanLength = base::Span::hours(4);
constexpr std::int64_t kUsPerHour = base::Span::hours(1).us;

// A tenth of what asks for a part of a card has no limit; everything else has one.
constexpr std::int64_t kUnlimitedPercent = 10;
constexpr std::int64_t kLeastHours = 6, kMostHours = 72;

queue::Setting setting() {
  queue::Setting made;
  made.fair_share = true;
  made.ageing = base::Span::days(1);
  return made;
}

// So that an entry lives as long as it should on average, where as many come as end.
base::Span step_for(std::int64_t capacity, const std::vector<placement::Shape>& shapes) {
  const std::int64_t wanted =
      std::transform_reduce(shapes.begin(), shapes.end(), std::int64_t{0}, std::plus{},
                            [](const auto& shape) { return shape.total_milli_gpu(); });
  const std::int64_t live = capacity / std::max<std::int64_t>(1, wanted / std::ssize(shapes));
  return {kMeanLength.us / live};
}

const char* word_of(queue::ActionKind kind) {
  switch (kind) {
    case queue::ActionKind::kStart:
      return "start";
    case queue::ActionKind::kPromise:
      return "promise";
    case queue::ActionKind::kBroken:
      return "broken";
    case queue::ActionKind::kStop:
      return "stop";
    case queue::ActionKind::kWithdrawn:
      return "withdrawn";
  }
  return "";
}

const char* word_of(queue::Standing standing) {
  switch (standing) {
    case queue::Standing::kCeiling:
      return "ceiling";
    case queue::Standing::kPromised:
      return "promised";
    case queue::Standing::kBehind:
      return "behind";
    default:
      return "aside";
  }
}

}  // namespace

Centre::Centre(const std::vector<placement::Slot>& nodes, const std::vector<placement::Shape>& shapes,
               std::uint64_t seed, const std::string& journal)
    : shapes_(shapes),
      capacity_(capacity_of(nodes)),
      owners_(make_owners(capacity_)),
      scheduler_(placement::Forest(nodes), owners_.quotas, owners_.shares, setting()),
      path_(journal),
      journal_(std::make_unique<Journal>(journal, false)),
      dice_(seed),
      step_(step_for(capacity_, shapes)) {}

queue::Job Centre::draw_job() {
  queue::Job job;
  job.shape = shapes_[dice_.below(shapes_.size())];
  job.owner = owners_.accounts[dice_.below(owners_.accounts.size())];
  const bool unlimited =
      job.shape.part_of_card() && static_cast<std::int64_t>(dice_.below(100)) < kUnlimitedPercent;
  if (!unlimited)
    job.time_limit =
        base::Span::hours(kLeastHours + static_cast<std::int64_t>(dice_.below(kMostHours - kLeastHours)));
  job.amount = {1, {job.shape.total_milli_gpu()}, {}, job.shape.cpu_milli, {job.shape.memory}};
  return job;
}

void Centre::make_room(std::int64_t level_permille) {
  next_ = draw_job();
  now_ = now_ + step_;
  end_those_due();
  while (!live_.empty() && (used_ + next_.amount.gpu.value) * 1000 > capacity_ * level_permille)
    end(live_[dice_.below(live_.size())]);
}

bool Centre::is(const Named& named, queue::Standing standing) const {
  return known_[named.first].serial == named.second && scheduler_.standing(named.first) == standing;
}

bool Centre::waits(const Named& named) const {
  return known_[named.first].serial == named.second && !is(named, queue::Standing::kRunning) &&
         !is(named, queue::Standing::kGone);
}

void Centre::end(queue::Handle entry) {
  const std::size_t place = known_[entry].place;
  live_[place] = live_.back();
  known_[live_[place]].place = place;
  live_.pop_back();
  used_ -= scheduler_.job(entry).amount.gpu.value;
  scheduler_.end(entry, now_);
  journal_->word("end").number(entry).end_line();
}

// In the hour before its limit, at the latest.
void Centre::end_those_due() {
  while (!due_in_.empty() && due_in_.begin()->first <= now_.us / kUsPerHour + 1) {
    for (const Named& named : due_in_.begin()->second)
      if (is(named, queue::Standing::kRunning)) end(named.first);
    due_in_.erase(due_in_.begin());
  }
}

void Centre::withdraw_oldest() {
  while (!waiting_.empty() && !waits(waiting_.front())) waiting_.pop_front();
  if (waiting_.empty() || scheduler_.counts().waiting <= kMostWaiting) return;
  const queue::Handle entry = waiting_.front().first;
  waiting_.pop_front();
  scheduler_.end(entry, now_);
  journal_->word("withdraw").number(entry).end_line();
}

void Centre::decide() {
  next_.queued_at = now_;
  const queue::Handle entry = scheduler_.submit(next_);
  if (entry >= known_.size()) known_.resize(entry + 1);
  known_[entry].serial = ++serial_;
  journal_->word("submit").number(entry).number(next_.owner).end_line();
  record(scheduler_.cycle(now_));
  if (scheduler_.standing(entry) != queue::Standing::kRunning) {
    ++unplaced_;
    write_reason(entry);
    waiting_.emplace_back(entry, serial_);
    withdraw_oldest();
  }
  ++decided_;
  journal_->decided();
}

void Centre::write_reason(queue::Handle entry) {
  const queue::Standing standing = scheduler_.standing(entry);
  journal_->word("wait").number(entry).word(word_of(standing));
  if (standing == queue::Standing::kCeiling) journal_->number(scheduler_.ceiling_owner(entry));
  journal_->end_line();
}

void Centre::record(const std::vector<queue::Action>& actions) {
  for (const queue::Action& action : actions) {
    journal_->word(word_of(action.kind)).number(action.entry);
    if (action.kind == queue::ActionKind::kPromise)
      journal_->number(static_cast<std::uint64_t>(action.start.us));
    for (const placement::Spot& spot : action.spots) journal_->number(spot.slot).number(spot.cards);
    journal_->end_line();
    if (action.kind == queue::ActionKind::kStart) started(action);
  }
}

void Centre::started(const queue::Action& action) {
  const queue::Job& job = scheduler_.job(action.entry);
  used_ += job.amount.gpu.value;
  known_[action.entry].place = live_.size();
  live_.push_back(action.entry);
  if (job.time_limit < placement::kForever)
    due_in_[(now_.us + job.time_limit.us) / kUsPerHour].emplace_back(action.entry,
                                                                     known_[action.entry].serial);
}

}  // namespace dure::bench
