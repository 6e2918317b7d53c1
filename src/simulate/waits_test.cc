#include "simulate/waits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace dure::simulate {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

Outcome outcome(std::int64_t submitted_s, std::int64_t wait_s, std::int64_t run_s, std::size_t tenant = 0,
                std::int64_t milli_gpu = 1000) {
  return {tenant,
          {submitted_s * kSecond},
          {(submitted_s + wait_s) * kSecond},
          {(submitted_s + wait_s + run_s) * kSecond},
          milli_gpu};
}

TEST(Slowdown, IsTheTimeInTheCentreOverTheTimeOnTheCards) {
  EXPECT_EQ(slowdown_of(outcome(0, 0, 100)), kMillionths);
  EXPECT_EQ(slowdown_of(outcome(0, 100, 100)), 2 * kMillionths);
  EXPECT_EQ(slowdown_of(outcome(0, 50, 20)), 3'500'000);
  EXPECT_EQ(slowdown_of(outcome(0, 1, 30)), 1'033'333);
}

TEST(Slowdown, OfAShortJobIsBounded) {
  EXPECT_EQ(slowdown_of(outcome(0, 99, 1)), 10 * kMillionths) << "not a hundredfold";
  EXPECT_EQ(slowdown_of(outcome(0, 0, 1)), kMillionths) << "not a tenth";
  EXPECT_EQ(slowdown_of(outcome(0, 20, 0)), 2 * kMillionths);
}

TEST(Waits, OfNothingAreNothing) {
  EXPECT_EQ(waits_of({}), Waits{});
  const Service service = measure({}, 2, 1000);
  EXPECT_EQ(service.of_tenants, (std::vector<Waits>(2)));
  EXPECT_EQ(service.utilisation, 0);
  EXPECT_EQ(service.fairness, 1);
}

TEST(Waits, APercentileIsAValueThatWasThere) {
  std::vector<Outcome> outcomes;
  for (int i = 1; i <= 20; ++i) outcomes.push_back(outcome(0, i * 100, 100));
  EXPECT_EQ(waits_of(outcomes).p95_wait, base::Span::seconds(1'900));
  EXPECT_EQ(waits_of(outcomes).p95_slowdown, 20 * kMillionths);
  EXPECT_EQ(waits_of(outcomes).mean_wait, base::Span::seconds(1'050));
  outcomes.push_back(outcome(0, 2'100, 100));
  EXPECT_EQ(waits_of(outcomes).p95_wait, base::Span::seconds(2'000)) << "95 % of 21 are 19.95: the 20th";
  EXPECT_EQ(waits_of({outcomes.data(), 1}).p95_wait, base::Span::seconds(100));
}

TEST(Service, AHandWrittenDay) {
  // Two cards. The first job has one for 100 s, the second both from 100 to 150 s, the third half a one
  // after.
  const std::vector<Outcome> outcomes{outcome(0, 0, 100, 0), outcome(20, 80, 50, 1, 2000),
                                      outcome(60, 90, 50, 0, 500)};
  const Service service = measure(outcomes, 3, 2000);
  EXPECT_EQ(service.makespan, base::Span::seconds(200));
  EXPECT_EQ(service.utilisation, (100 * 1000 + 50 * 2000 + 50 * 500) * kMillionths / (200 * 2000));
  EXPECT_EQ(service.utilisation_of_arrivals, 500'000) << "60 s, one of two cards";
  EXPECT_EQ(service.all, (Waits{3, {56'666'666}, base::Span::seconds(90), 2'133'333, 2'800'000}));
  EXPECT_EQ(service.of_tenants[0],
            (Waits{2, base::Span::seconds(45), base::Span::seconds(90), 1'900'000, 2'800'000}));
  EXPECT_EQ(service.of_tenants[1],
            (Waits{1, base::Span::seconds(80), base::Span::seconds(80), 2'600'000, 2'600'000}));
  EXPECT_EQ(service.of_tenants[2], Waits{});
  EXPECT_DOUBLE_EQ(service.fairness, 4.5 * 4.5 / (2 * (1.9 * 1.9 + 2.6 * 2.6)));
}

TEST(Fairness, IsOneWhereAllAreAlikeAndOneInNWhereOneHasAll) {
  const auto tenant = [](std::int64_t slowdown) { return Waits{1, {}, {}, slowdown, slowdown}; };
  EXPECT_DOUBLE_EQ(fairness_of(std::vector<Waits>(5, tenant(7 * kMillionths))), 1);
  std::vector<Waits> uneven(4, tenant(kMillionths));
  uneven.push_back(tenant(1'000'000'000 * kMillionths));
  EXPECT_NEAR(fairness_of(uneven), 0.2, 1e-6);
}

TEST(Service, SumsDoNotOverflow) {
  const std::int64_t millennia = 300'000'000'000 * kSecond;
  const std::vector<Outcome> outcomes(1'000, Outcome{0, {0}, {millennia}, {millennia}, 100'000'000});
  EXPECT_EQ(waits_of(outcomes).mean_wait.us, millennia);
  EXPECT_EQ(waits_of(outcomes).mean_slowdown, millennia / 10);
  const std::vector<Outcome> long_ones(1'000, Outcome{0, {0}, {0}, {millennia}, 100'000'000});
  EXPECT_EQ(measure(long_ones, 1, 100'000'000'000).utilisation, kMillionths);
}

struct Naive {
  std::vector<Outcome> outcomes;

  // The value that has at least 95 of a hundred at or below it, by looking at each.
  template <class Of>
  std::int64_t p95(const Of& of) const {
    std::int64_t found = INT64_MAX;
    for (const Outcome& candidate : outcomes) {
      std::size_t not_above = 0;
      for (const Outcome& other : outcomes) not_above += of(other) <= of(candidate) ? 1 : 0;
      if (not_above * 100 >= outcomes.size() * 95) found = std::min(found, of(candidate));
    }
    return found;
  }
  template <class Of>
  std::int64_t mean(const Of& of) const {
    std::int64_t sum = 0;
    for (const Outcome& each : outcomes) sum += of(each);
    return sum / static_cast<std::int64_t>(outcomes.size());
  }
  Waits waits() const {
    if (outcomes.empty()) return {};
    const auto wait = [](const Outcome& of) { return of.started.us - of.submitted.us; };
    const auto slowdown = [](const Outcome& of) {
      const std::int64_t run = of.ended.us - of.started.us;
      const std::int64_t all = of.ended.us - of.submitted.us;
      const std::int64_t below = run > 10 * kSecond ? run : 10 * kSecond;
      return all <= below ? kMillionths : all * kMillionths / below;
    };
    return {
        static_cast<std::int64_t>(outcomes.size()), {mean(wait)}, {p95(wait)}, mean(slowdown), p95(slowdown)};
  }
  // Second by second: the jobs are of whole seconds.
  std::int64_t utilisation(std::int64_t from_s, std::int64_t to_s, std::int64_t milli_gpu) const {
    std::int64_t used = 0;
    for (std::int64_t second = from_s; second < to_s; ++second)
      for (const Outcome& each : outcomes)
        if (each.started.us <= second * kSecond && second * kSecond < each.ended.us) used += each.milli_gpu;
    return to_s == from_s || milli_gpu == 0 ? 0 : used * kMillionths / ((to_s - from_s) * milli_gpu);
  }
};

TEST(Service, OfRandomJobsIsThatOfANaiveCount) {
  std::mt19937_64 random(19);
  const auto from = [&random](std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(last - first + 1));
  };
  for (int i = 0; i < 10'000; ++i) {
    Naive all;
    std::vector<Naive> own(4);
    std::int64_t first = INT64_MAX, last = 0, end = 0;
    for (std::int64_t count = from(1, 30); count > 0; --count) {
      const Outcome made = outcome(from(0, 20), from(0, 20), from(0, 30),
                                   static_cast<std::size_t>(from(0, 2)), from(0, 2'000));
      all.outcomes.push_back(made);
      own[made.tenant].outcomes.push_back(made);
      first = std::min(first, made.submitted.us / kSecond);
      last = std::max(last, made.submitted.us / kSecond);
      end = std::max(end, made.ended.us / kSecond);
    }
    const std::int64_t milli_gpu = from(0, 9) * 1'000;
    const Service service = measure(all.outcomes, own.size(), milli_gpu);
    ASSERT_EQ(service.all, all.waits());
    double sum = 0, squares = 0, count = 0;
    for (std::size_t tenant = 0; tenant < own.size(); ++tenant) {
      const Waits expected = own[tenant].waits();
      ASSERT_EQ(service.of_tenants[tenant], expected);
      if (expected.jobs == 0) continue;
      sum += static_cast<double>(expected.mean_slowdown);
      squares += static_cast<double>(expected.mean_slowdown) * static_cast<double>(expected.mean_slowdown);
      ++count;
    }
    ASSERT_NEAR(service.fairness, sum * sum / (count * squares), 1e-12);
    ASSERT_EQ(service.makespan, base::Span::seconds(end - first));
    ASSERT_EQ(service.utilisation, all.utilisation(first, end, milli_gpu));
    ASSERT_EQ(service.utilisation_of_arrivals, all.utilisation(first, last, milli_gpu));
    ASSERT_EQ(service, measure(all.outcomes, own.size(), milli_gpu));
    std::shuffle(all.outcomes.begin(), all.outcomes.end(), random);
    ASSERT_EQ(service, measure(all.outcomes, own.size(), milli_gpu))
        << "the order of the list does not matter";
  }
}

}  // namespace
}  // namespace dure::simulate
