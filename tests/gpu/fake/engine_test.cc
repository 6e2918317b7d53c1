// The engine against an oracle: a fluid simulation of processor sharing in floating point, one event after
// another.
#include "gpu/fake/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

namespace dure::gpu::fake {
namespace {

struct Job {
  double begin = 0;   // ns
  double length = 0;  // ns of service
  double left = 0;
  double end = -1;
};

// When each job ends.
void simulate(std::vector<Job>& jobs) {
  double now = 0;
  for (Job& job : jobs) job.left = job.length;
  while (true) {
    int active = 0;
    double first_end = 1e300;
    double next_begin = 1e300;
    for (const Job& job : jobs) {
      if (job.end >= 0) continue;
      if (job.begin > now) {
        next_begin = std::min(next_begin, job.begin);
      } else {
        ++active;
        first_end = std::min(first_end, job.left);
      }
    }
    if (active == 0 && next_begin > 1e299) return;
    const double until = std::min(active > 0 ? now + first_end * active : 1e300, next_begin);
    for (Job& job : jobs) {
      if (job.end >= 0 || job.begin > now) continue;
      job.left -= (until - now) / active;
      if (job.left < 1e-6) job.end = until;
    }
    now = until;
  }
}

class FakeEngine : public testing::Test {
 protected:
  void begin(int contexts) {
    engine_ = std::make_unique<Engine>();
    for (int i = 0; i < contexts; ++i) engine_->context[i].used = 1;
  }
  std::unique_ptr<Engine> engine_;
};

// Jobs of one context each, at random times: when they end, foretold and looked up afterwards; what each
// received.
TEST_F(FakeEngine, AgreesWithTheOracle) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    std::vector<Job> jobs(1 + random() % 8);
    for (Job& job : jobs) {
      job.begin = static_cast<double>(random() % 10'000);
      job.length = static_cast<double>(1 + random() % 5'000);
    }
    std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.begin < b.begin; });
    simulate(jobs);
    begin(static_cast<int>(jobs.size()));
    std::vector<Ticks> ends;
    ends.reserve(jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      engine_->advance(ticks(static_cast<std::uint64_t>(jobs[i].begin)));
      ends.push_back(engine_->w() + ticks(static_cast<std::uint64_t>(jobs[i].length)));
      engine_->extend(static_cast<int>(i), ends.back());
    }
    std::vector<Ticks> foretold;
    foretold.reserve(ends.size());
    for (const Ticks end : ends)
      foretold.push_back(engine_->w() < end ? engine_->when(end) : engine_->reached(end));
    engine_->advance(ticks(1'000'000));
    double total = 0;
    double busy = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const auto end = [](Ticks t) { return static_cast<double>(t) / (1 << kTickBits); };
      EXPECT_NEAR(end(foretold[i]), jobs[i].end, 0.01) << "seed " << seed << " job " << i;
      EXPECT_NEAR(end(engine_->reached(ends[i])), jobs[i].end, 0.01) << "seed " << seed << " job " << i;
      const ContextSlot& slot = engine_->context[i];
      EXPECT_NEAR(end(engine_->received(slot)), jobs[i].length, 0.01);
      EXPECT_NEAR(end(engine_->elapsed(slot)), jobs[i].end - jobs[i].begin, 0.01);
      total += jobs[i].length;
    }
    busy = static_cast<double>(engine_->busy(0)) / (1 << kTickBits);
    EXPECT_NEAR(busy, total, 0.01) << "seed " << seed;  // never idle while there is work
  }
}

TEST_F(FakeEngine, WhatWillNotHappenIsNever) {
  begin(2);
  EXPECT_EQ(engine_->next_end(), kNever);
  EXPECT_EQ(engine_->when(1), kNever);
  engine_->extend(0, ticks(10));
  EXPECT_EQ(engine_->next_end(), ticks(10));
  EXPECT_EQ(engine_->when(ticks(11)), kNever);
  engine_->extend(1, kNever - 1);
  EXPECT_EQ(engine_->when(kNever - 1), kNever);  // behind the end of time
}

// Somebody died between two instructions: the list of active contexts is made anew.
TEST_F(FakeEngine, RecoversTheListOfActiveContexts) {
  begin(3);
  engine_->extend(0, ticks(10));
  engine_->extend(2, ticks(30));
  engine_->advance(ticks(4));
  engine_->active = 77;
  engine_->recover();
  EXPECT_EQ(engine_->active, 2u);
  engine_->advance(ticks(100));
  EXPECT_EQ(engine_->elapsed(engine_->context[0]), ticks(20));
  EXPECT_EQ(engine_->elapsed(engine_->context[2]), ticks(40));
}

// More break points than the ring holds: recent times are right, older ones are the oldest that is known.
TEST_F(FakeEngine, ForgetsTheOldestBreakPoints) {
  begin(1);
  for (std::uint64_t i = 0; i < kBreakPoints; ++i) {
    engine_->advance(ticks(i * 10));
    engine_->extend(0, engine_->w() + ticks(5));
  }
  engine_->advance(ticks(10ull * kBreakPoints));
  const Ticks last = engine_->w() - ticks(2);
  EXPECT_EQ(engine_->reached(last), ticks(10ull * (kBreakPoints - 1) + 3));
  EXPECT_GE(engine_->reached(ticks(1)), ticks(10ull * kBreakPoints / 2));
}

}  // namespace
}  // namespace dure::gpu::fake
