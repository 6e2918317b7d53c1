#include "simulate/limits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "simulate/normal.h"

namespace dure::simulate {
namespace {

JobTrace trace_of_run_times(const std::vector<base::Span>& run_times) {
  JobRows rows;
  for (const auto run_time : run_times) {
    Job job;
    job.run_time = run_time;
    rows.add(job, "a");
  }
  return std::move(rows).take();
}

TEST(Limits, WithoutSpreadAreTheMedianInWholeMinutes) {
  auto trace = trace_of_run_times(
      {base::Span::hours(1), base::Span::seconds(31), base::Span{1}, base::Span{0}, kLongestRun});
  give_limits(trace, {.median_milli = 2'000, .sigma_milli = 0});
  EXPECT_EQ(trace.jobs[0].time_limit, base::Span::hours(2));
  EXPECT_EQ(trace.jobs[1].time_limit, base::Span::minutes(2));
  EXPECT_EQ(trace.jobs[2].time_limit, base::Span::minutes(1));
  EXPECT_EQ(trace.jobs[3].time_limit, base::Span::minutes(1));
  EXPECT_EQ(trace.jobs[4].time_limit, kLongestRun);
}

TEST(Limits, AreNoShorterThanTheRun) {
  auto trace = trace_of_run_times({base::Span::hours(1), base::Span{60'000'001}});
  give_limits(trace, {.median_milli = 1, .sigma_milli = 0});
  EXPECT_EQ(trace.jobs[0].time_limit, base::Span::hours(1));
  EXPECT_EQ(trace.jobs[1].time_limit, base::Span::minutes(2));
}

TEST(Limits, ThatAJobHasStayAndChangeNoOther) {
  auto trace = trace_of_run_times(std::vector<base::Span>(50, base::Span::hours(1)));
  auto other = trace;
  for (std::size_t i = 0; i < 50; i += 3) other.jobs[i].time_limit = base::Span::seconds(7);
  give_limits(trace, {.seed = 9});
  give_limits(other, {.seed = 9});
  for (std::size_t i = 0; i < 50; ++i)
    EXPECT_EQ(other.jobs[i].time_limit, i % 3 == 0 ? base::Span::seconds(7) : trace.jobs[i].time_limit);
}

TEST(Limits, FollowFromTheSeedAlone) {
  const auto drawn = [](std::uint64_t seed) {
    auto trace = trace_of_run_times(std::vector<base::Span>(50, base::Span::hours(5)));
    give_limits(trace, {.seed = seed});
    return trace;
  };
  EXPECT_EQ(drawn(1), drawn(1));
  EXPECT_NE(drawn(1), drawn(2));
}

TEST(Limits, AreSpreadAsAsked) {
  constexpr std::size_t kJobs = 40'001;
  auto trace = trace_of_run_times(std::vector<base::Span>(kJobs, base::Span::hours(1'000)));
  give_limits(trace, {.seed = 3});
  std::vector<double> times;
  times.reserve(kJobs);
  for (const Job& job : trace.jobs) times.push_back(static_cast<double>(job.time_limit->us) / 3.6e12);
  std::sort(times.begin(), times.end());
  EXPECT_NEAR(times[kJobs / 2], 2.0, 0.04);
  EXPECT_NEAR(times[kJobs * 841 / 1000], 2.0 * std::exp(0.8), 0.12);  // one sigma above
  const auto above = std::upper_bound(times.begin(), times.end(), 1.0);
  EXPECT_NEAR(static_cast<double>(above - times.begin()) / kJobs, 0.193, 0.01) << "draws below one";
}

// Against the same draws, by the library of mathematics.
TEST(Limits, RandomOnesAreThoseOfTheFormula) {
  std::mt19937_64 random(13);
  for (int i = 0; i < 10'000; ++i) {
    std::vector<base::Span> run_times;
    for (auto count = random() % 10 + 1; count > 0; --count)
      run_times.push_back({static_cast<std::int64_t>(
          random() % (random() % 4 == 0 ? 3'155'760'000'000'001 : 1'000'000'000'000))});
    const LimitDraws draws{random(),
                           static_cast<std::int64_t>(random() % (random() % 8 == 0 ? 1'000'000 : 5'000)) + 1,
                           static_cast<std::int64_t>(random() % (random() % 8 == 0 ? 10'001 : 2'000))};
    auto trace = trace_of_run_times(run_times);
    give_limits(trace, draws);
    Dice dice(draws.seed);
    for (const Job& job : trace.jobs) {
      const double z = static_cast<double>(normal(dice)) / static_cast<double>(kFixedOne);
      const double factor =
          std::min(std::exp(z * static_cast<double>(draws.sigma_milli) / 1000), std::exp2(21));
      const auto run = static_cast<double>(job.run_time.us);
      const double wanted = std::clamp(run * factor * static_cast<double>(draws.median_milli) / 1000, run,
                                       static_cast<double>(kLongestRun.us));
      const auto limit = static_cast<double>(job.time_limit->us);
      // Up to a minute longer; the factor is in units of 2^-32.
      const double unit =
          run * static_cast<double>(draws.median_milli) / 1000 * std::exp2(-31) + wanted * 1e-8 + 1;
      ASSERT_GE(limit, wanted - unit);
      ASSERT_LE(limit, wanted + 6e7 + unit);
      ASSERT_EQ(job.time_limit->us % 60'000'000, 0);
      ASSERT_GE(*job.time_limit, job.run_time);
      ASSERT_LE(*job.time_limit, kLongestRun);
    }
  }
}

}  // namespace
}  // namespace dure::simulate
