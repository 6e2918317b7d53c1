// What must hold at each event of a month.
#include "simulate/month_life_fixture.h"

namespace dure::simulate {

// At every event what is promised is to come; now and then everything.
void Month::check() {
  if (story_.events % 16 != 0 && !last_day_) return;
  const std::string differs = shadow_.differs(scheduler_.forest().slots());
  if (!differs.empty()) fail(differs + " is not what was taken");
  queue::SchedulerCounts counts;
  for (const auto& [handle, entry] : entries_) {
    check_standing(handle, entry);
    ++(entry.spots.empty() ? counts.waiting : counts.running);
    counts.promised += entry.promised ? 1 : 0;
  }
  const queue::SchedulerCounts& told = scheduler_.counts();
  if (told.waiting != counts.waiting || told.running != counts.running || told.promised != counts.promised)
    fail("the counts are not those of the entries");
  if (!shape_.overruns && told.broken > 0) fail("everything was over in time");
  check_ceilings();
}

void Month::check_standing(Handle handle, const Entry& entry) {
  const Standing standing = scheduler_.standing(handle);
  const queue::Job& job = entry.work.job;
  const auto is = [&](Standing what, bool so) {
    if ((standing == what) != so) fail("entry " + std::to_string(handle) + " does not stand where it should");
  };
  is(Standing::kGone, false);
  is(Standing::kRunning, !entry.spots.empty());
  if (!entry.spots.empty()) return;
  is(Standing::kHeld, job.held);
  is(Standing::kPaused, !job.held && job.not_before > now_);
  is(Standing::kPromised, entry.promised.has_value());
  if (entry.promised != scheduler_.promised_start(handle)) fail("another promise than was told");
  if (entry.promised && *entry.promised <= now_) fail("a promise is due and not kept");
}

// Who is said to stand at a ceiling does: what is held and promised there, and those like it that were let in
// before it, leave it no room.
void Month::check_ceilings() {
  using Like = std::tuple<std::int16_t, std::uint64_t, bool, std::int64_t, std::int64_t, std::int64_t>;
  const auto like = [](const queue::Job& job) {
    return Like{job.shape.pool,       job.shape.cards > 0 ? job.shape.models : 0,
                job.shape.cards > 0,  job.amount.gpu.value,
                job.amount.cpu_milli, job.amount.memory.value};
  };
  std::multimap<Like, const queue::Job*> behind;
  std::vector<const queue::Job*> promised;
  std::vector<Handle> at_ceiling;
  for (const auto& [handle, entry] : entries_) {
    const Standing standing = scheduler_.standing(handle);
    if (standing == Standing::kBehind) behind.emplace(like(entry.work.job), &entry.work.job);
    if (standing == Standing::kPromised) promised.push_back(&entry.work.job);
    if (standing == Standing::kCeiling) at_ceiling.push_back(handle);
  }
  story_.at_ceiling += std::ssize(at_ceiling);
  for (const Handle handle : at_ceiling) {
    const queue::Job& job = entries_.at(handle).work.job;
    const std::size_t owner = scheduler_.ceiling_owner(handle);
    queue::Amount beside = job.amount;
    for (const queue::Job* other : promised)
      if (shadow_.below(other->owner, owner)) beside = beside + other->amount;
    const auto [first, last] = behind.equal_range(like(job));
    for (auto other = first; other != last; ++other)
      if (shadow_.below(other->second->owner, owner)) beside = beside + other->second->amount;
    if (!shadow_.below(job.owner, owner) || !shadow_.over_at(owner, job.amount, beside))
      fail("entry " + std::to_string(handle) + " is said to stand at a ceiling that has room");
  }
}

// Nothing waits for ever, and everything is as it was.
void Month::check_end() {
  for (const auto& [handle, entry] : entries_)
    fail("entry " + std::to_string(handle) + " never ends, standing " +
         std::to_string(static_cast<int>(scheduler_.standing(handle))));
  EXPECT_EQ(scheduler_.forest().slots(), centre_.slots);
  for (std::size_t owner = 0; owner < centre_.quotas.size(); ++owner) {
    EXPECT_EQ(scheduler_.quotas().held(owner), queue::Amount{});
    EXPECT_EQ(scheduler_.shares().held(owner).value, 0);
  }
  EXPECT_EQ(scheduler_.counts().waiting + scheduler_.counts().running + scheduler_.counts().promised, 0);
  EXPECT_TRUE(scheduler_.order().empty());
}

}  // namespace dure::simulate
