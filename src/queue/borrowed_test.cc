// Who may be stopped for a tenant within its guarantee, and what follows from it for all of them.
#include "queue/borrowed.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "placement/reclaim.h"
#include "queue/test_dice.h"

namespace dure::queue {
namespace {

using base::MilliGpu;
using base::Span;
using Runs = std::vector<std::size_t>;

TenantShare share(std::int64_t held, std::int64_t guaranteed) {
  return {MilliGpu::cards(held), MilliGpu::cards(guaranteed)};
}
HeldRun run(std::size_t tenant, std::int64_t cards, std::int64_t ran_us, bool preemptible = true) {
  return {tenant, MilliGpu::cards(cards), Span{ran_us}, preemptible};
}

TEST(Borrowed, IsWhatWasStartedLastAboveTheGuarantee) {
  const std::vector<TenantShare> tenants{share(0, 4), share(4, 2)};
  const std::vector<HeldRun> runs{run(1, 1, 10), run(1, 1, 40), run(1, 1, 20), run(1, 1, 30)};
  EXPECT_EQ(borrowed(tenants, runs, 0, MilliGpu::cards(1), {}), Runs({0, 2}));
  EXPECT_EQ(borrowed(tenants, runs, 0, MilliGpu::cards(4), {}), Runs({0, 2}));
  EXPECT_EQ(borrowed(tenants, runs, 0, MilliGpu::cards(5), {}), Runs()) << "it would borrow itself";
  EXPECT_EQ(borrowed(tenants, runs, 1, MilliGpu::cards(1), {}), Runs());
}

TEST(Borrowed, LeavesYoungRunsThoseThatMayNotBeStoppedAndThoseThatAreTooLarge) {
  const std::vector<TenantShare> tenants{share(0, 4), share(7, 4)};
  const std::vector<HeldRun> runs{run(1, 1, 9), run(1, 1, 10), run(1, 4, 20), run(1, 1, 30, false)};
  EXPECT_EQ(borrowed(tenants, runs, 0, MilliGpu::cards(1), Span{10}), Runs({1}));
  EXPECT_EQ(borrowed(tenants, runs, 0, MilliGpu::cards(1), {}), Runs({0, 1}));
}

// Told again from the words: the runs of each tenant from the youngest on.
Runs told_again(const std::vector<TenantShare>& tenants, const std::vector<HeldRun>& runs, std::size_t asker,
                MilliGpu asked, Span min_run) {
  Runs found;
  if (tenants[asker].held.value + asked.value > tenants[asker].guaranteed.value) return found;
  for (std::size_t tenant = 0; tenant < tenants.size(); ++tenant) {
    std::vector<std::pair<std::int64_t, std::size_t>> its;
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (runs[i].tenant == tenant) its.emplace_back(-runs[i].ran_for.us, i);
    std::sort(its.begin(), its.end());
    std::int64_t held = tenants[tenant].held.value;
    for (; tenant != asker && !its.empty() && held > tenants[tenant].guaranteed.value; its.pop_back()) {
      const HeldRun& last = runs[its.back().second];
      if (!last.preemptible || last.ran_for.us < min_run.us) continue;
      if (held - last.held.value < tenants[tenant].guaranteed.value) continue;
      held -= last.held.value;
      found.push_back(its.back().second);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

TEST(Borrowed, IsWhatTheWordsSay) {
  std::size_t some = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    EvenDice draw(seed);
    std::vector<TenantShare> tenants;
    for (std::int64_t i = draw.from(1, 4); i > 0; --i)
      tenants.push_back(share(draw.from(0, 1), draw.from(0, 6)));
    std::vector<HeldRun> runs;
    for (std::int64_t i = draw.from(0, 12); i > 0; --i) {
      const auto tenant =
          static_cast<std::size_t>(draw.from(0, static_cast<std::int64_t>(tenants.size()) - 1));
      runs.push_back(run(tenant, draw.from(0, 3), draw.from(0, 6), draw.from(0, 4) > 0));
      tenants[tenant].held = tenants[tenant].held + runs.back().held;
    }
    const MilliGpu asked = MilliGpu::cards(draw.from(0, 3));
    const Span min_run{draw.from(0, 3)};
    const Runs found = borrowed(tenants, runs, 0, asked, min_run);
    ASSERT_EQ(found, told_again(tenants, runs, 0, asked, min_run)) << "seed " << seed;
    some += found.empty() ? 0 : 1;
  }
  EXPECT_GT(some, 2000U);
}

// A centre in which each run has one card. Whoever asks takes what is free; within its guarantee it takes
// back what is borrowed, too.
class LendingCentre {
 public:
  LendingCentre(std::size_t cards, const std::vector<std::int64_t>& guaranteed)
      : forest_(std::vector<placement::Slot>(cards, placement::Slot{0, 0, 0, 1, {1000}})) {
    for (const std::int64_t each : guaranteed) tenants_.push_back(share(0, each));
  }

  // How many runs were stopped for it; nothing where it has to wait.
  std::optional<std::size_t> ask(std::size_t tenant, std::int64_t cards) {
    const Runs may = borrowed(tenants_, held_, tenant, MilliGpu::cards(cards), Span{0});
    std::vector<placement::Victim> victims;
    for (const std::size_t i : may) victims.push_back({i, held_[i].ran_for.us, {{kCard, spots_[i]}}});
    const auto answer = placement::reclaim(forest_, victims, kCard, cards, false);
    if (!answer) return std::nullopt;
    for (std::size_t i = answer->victims.size(); i-- > 0;) end(answer->victims[i]);
    for (const placement::Spot& spot : answer->spots) start(tenant, spot);
    return answer->victims.size();
  }
  void end(std::size_t i) {
    tenants_[held_[i].tenant].held = tenants_[held_[i].tenant].held - held_[i].held;
    forest_.give_back(kCard, spots_[i]);
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(i));
    spots_.erase(spots_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  void pass(std::int64_t us) {
    for (HeldRun& each : held_) each.ran_for.us += us;
  }
  const std::vector<TenantShare>& tenants() const { return tenants_; }
  std::size_t runs() const { return held_.size(); }

 private:
  static constexpr placement::Shape kCard{0, 0, 1, placement::kWholeCard};

  void start(std::size_t tenant, const placement::Spot& spot) {
    forest_.take(kCard, spot);
    held_.push_back(run(tenant, 1, 0));
    spots_.push_back(spot);
    tenants_[tenant].held = tenants_[tenant].held + MilliGpu::cards(1);
  }

  placement::Forest forest_;
  std::vector<TenantShare> tenants_;
  std::vector<HeldRun> held_;
  std::vector<placement::Spot> spots_;
};

void ask_at_random(EvenDice& draw, LendingCentre& centre, std::size_t& stopped) {
  const auto asker = static_cast<std::size_t>(draw.from(0, 2));
  const std::int64_t asked = draw.from(1, 4);
  const std::vector<TenantShare> before = centre.tenants();
  const bool within = before[asker].held + MilliGpu::cards(asked) <= before[asker].guaranteed;
  const auto answer = centre.ask(asker, asked);
  ASSERT_TRUE(answer || !within) << "a guarantee is met";
  if (!answer) return;
  ASSERT_TRUE(within || *answer == 0) << "a borrower stops nobody";
  stopped += *answer;
  for (std::size_t tenant = 0; tenant < before.size(); ++tenant)
    ASSERT_GE(centre.tenants()[tenant].held, std::min(before[tenant].held, before[tenant].guaranteed));
}

TEST(Borrowed, MeetsEveryGuaranteeAndNeverStopsForABorrower) {
  std::size_t stopped = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    EvenDice draw(seed);
    const std::vector<std::int64_t> guaranteed{draw.from(0, 5), draw.from(0, 5), draw.from(0, 5)};
    const std::int64_t sum = guaranteed[0] + guaranteed[1] + guaranteed[2];
    LendingCentre centre(static_cast<std::size_t>(sum + draw.from(0, 3)), guaranteed);
    for (int step = 0; step < 40 && !testing::Test::HasFailure(); ++step) {
      centre.pass(draw.from(0, 5));
      if (draw.from(0, 3) == 0 && centre.runs() > 0)
        centre.end(static_cast<std::size_t>(draw.from(0, static_cast<std::int64_t>(centre.runs()) - 1)));
      ask_at_random(draw, centre, stopped);
    }
  }
  EXPECT_GT(stopped, 1000U);
}

}  // namespace
}  // namespace dure::queue
