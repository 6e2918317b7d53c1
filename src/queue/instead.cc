// What would become of something else in an entry's place.
#include "queue/moment.h"
#include "queue/scheduler.h"

namespace dure::queue {

// By those that wait for the same, for whoever comes now stands behind all of them: without backfill by any;
// with it by one of which no start is known, which stands at the front.
bool Scheduler::is_held_up(Handle entry, const placement::Shape& shape) {
  constexpr int kMostLooked = 32;
  const std::size_t number = lane_of(shape);
  const Lane& lane = lanes_[number];
  const Standing standing = items_[entry].standing;
  const bool counted =
      number == items_[entry].lane && (standing == Standing::kBehind || standing == Standing::kPromised);
  if (!setting_.backfill || setting_.promises == 0)
    return lane.all.size() + lane.promised.size() > (counted ? 1U : 0U);
  int looked = 0;
  for (auto it = lane.all.begin(); it != lane.all.end() && ++looked <= kMostLooked; ++it)
    if (it->entry != entry && items_[it->entry].no_start) return true;
  return false;
}

std::optional<base::Instant> Scheduler::room_for(const Job& job, base::Instant before) {
  if (binding(job, job.amount)) return std::nullopt;
  const bool at_once = before == now_ + kMoment;
  if (at_once && !forest_.find(job.shape)) return std::nullopt;
  if (at_once && job.replicas == 1)
    return room_beside_promises(job, now_) ? std::optional(now_) : std::nullopt;
  if (at_once && room_for_gang(job, now_)) return now_;
  const auto opening =
      together(job, horizon_.earliest(job.shape, job.replicas, job.apart, now_, job.time_limit, before));
  return opening ? std::optional(opening->start) : std::nullopt;
}

std::optional<base::Instant> Scheduler::first_in_place_of(Handle entry, const Job& instead,
                                                          base::Instant before) {
  const Item& item = items_[entry];
  const bool promised = item.standing == Standing::kPromised;
  if (promised) {
    horizon_.remove(promise_key(entry));
    give_quota_back(item.job);
  }
  const auto start = room_for(instead, before);
  if (promised) {
    take_quota(item.job);
    reserve(entry);
  }
  return start;
}

bool Scheduler::would_start(Handle entry, const Job& instead) {
  return !is_held_up(entry, instead.shape) && first_in_place_of(entry, instead, now_ + kMoment).has_value();
}

}  // namespace dure::queue
