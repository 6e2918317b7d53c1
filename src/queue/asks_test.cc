// Asks against a look at every entry: it may say yes too often, never no wrongly.
#include "queue/asks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "queue/quotas.h"
#include "queue/scheduler_fixture.h"

namespace dure::queue {
namespace {

using placement::Slot;

class AsksDice {
 public:
  explicit AsksDice(std::uint64_t seed) : random_(seed) {}
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(last - first + 1));
  }

 private:
  std::mt19937_64 random_;
};

Slot draw_slot(AsksDice& dice) {
  Slot slot;
  slot.cpu_milli = dice.from(0, 16) * 1000;
  slot.memory = dice.from(0, 16);
  slot.cards = dice.from(0, 8);
  for (std::int64_t card = 0; card < slot.cards; ++card)
    slot.free[static_cast<std::size_t>(card)] =
        static_cast<std::int16_t>(dice.from(0, 1) == 0 ? 1000 : dice.from(0, 10) * 100);
  return slot;
}

Job draw_job(AsksDice& dice) {
  placement::Shape shape;
  shape.cpu_milli = dice.from(0, 8) * 1000;
  shape.memory = dice.from(0, 8);
  shape.cards = dice.from(0, 3) == 0 ? 0 : dice.from(1, 8);
  if (shape.cards > 0) shape.milli_gpu = placement::kWholeCard;
  if (shape.cards == 1) shape.milli_gpu = dice.from(1, 10) * 100;
  return job(1, shape, 0, dice.from(1, 2));
}

TEST(Asks, NeverSayNoToWhatWouldServeOne) {
  std::int64_t yes = 0, no = 0;
  for (std::uint64_t seed = 0; seed < 4'000 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    AsksDice dice(seed);
    Asks asks;
    asks.add(draw_job(dice));
    asks.clear();
    std::vector<Job> jobs;
    for (std::int64_t i = dice.from(0, 4); i > 0; --i) {
      jobs.push_back(draw_job(dice));
      asks.add(jobs.back());
    }
    for (int i = 0; i < 10; ++i) {
      const Slot slot = draw_slot(dice);
      const bool fits = std::any_of(jobs.begin(), jobs.end(),
                                    [&](const Job& each) { return placement::fits(slot, each.shape); });
      EXPECT_TRUE(!fits || asks.may_fit(slot));
      yes += fits ? 1 : 0;
      no += asks.may_fit(slot) ? 0 : 1;
    }
    Quotas quotas;
    Ceiling ceiling;
    ceiling.gpu = base::MilliGpu{dice.from(0, 16) * 1000};
    quotas.set_ceiling(Quotas::kRoot, ceiling);
    const bool all = quotas.lets_in_at(Quotas::kRoot, asks.most());
    for (const Job& each : jobs) EXPECT_TRUE(!all || quotas.lets_in_at(Quotas::kRoot, each.amount));
  }
  EXPECT_GT(yes, 5'000);
  EXPECT_GT(no, 5'000);
}

}  // namespace
}  // namespace dure::queue
