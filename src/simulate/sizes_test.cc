#include "simulate/sizes.h"

#include <gtest/gtest.h>

#include <random>

namespace dure::simulate {
namespace {

Job job_of(std::int64_t submitted_s, std::int64_t run_s, std::int64_t cards, std::int64_t milli_gpu = 1000) {
  Job job;
  job.submitted.us = submitted_s * 1'000'000;
  job.run_time = base::Span::seconds(run_s);
  job.cards = cards;
  job.milli_gpu = milli_gpu;
  return job;
}

TEST(Sizes, AreTheLoadOverTheTarget) {
  JobRows rows;
  rows.add(job_of(0, 900, 8), "a");       // one node for 900 s of 1000 s: 90 %
  rows.add(job_of(0, 901, 8), "b");       // a little more
  rows.add(job_of(1'000, 1, 1, 1), "c");  // next to nothing
  const auto trace = std::move(rows).take();
  EXPECT_EQ(nodes_of_tenants(trace, {}), (std::vector<std::int64_t>{1, 2, 1}));
  EXPECT_EQ(nodes_of_tenants(trace, {8, {10'000}}), (std::vector<std::int64_t>{1, 1, 1}));
  EXPECT_EQ(nodes_of_tenants(trace, {2, {9'000}}), (std::vector<std::int64_t>{4, 5, 1}));
}

TEST(Sizes, AreNoLessThanTheLargestJobTakes) {
  JobRows rows;
  rows.add(job_of(0, 1, 17), "a");
  rows.add(job_of(1'000'000, 1, 16), "b");
  rows.add(job_of(1'000'000, 1, 0, 0), "no card");
  EXPECT_EQ(nodes_of_tenants(std::move(rows).take(), {}), (std::vector<std::int64_t>{3, 2, 1}));
}

TEST(Sizes, OfJobsThatCameAllAtOnceAreThoseOfTheLargest) {
  JobRows rows;
  for (int i = 0; i < 100; ++i) rows.add(job_of(5, 1'000'000, 4), "a");
  EXPECT_EQ(nodes_of_tenants(std::move(rows).take(), {}), (std::vector<std::int64_t>{1}));
}

TEST(Sizes, AreBounded) {
  JobRows rows;
  for (int i = 0; i < 3; ++i) {
    Job job = job_of(0, 0, kMostCardsOfJob);
    job.submitted.us = i;
    job.run_time = kLongestRun;
    rows.add(job, "a");
  }
  EXPECT_EQ(nodes_of_tenants(std::move(rows).take(), {1, {1}}),
            (std::vector<std::int64_t>{kMostNodesOfTenant}));
}

// The least number of nodes that is not too few, found by counting up.
TEST(Sizes, RandomOnesAreTheLeastThatAreEnough) {
  std::mt19937_64 random(17);
  const auto from = [&random](std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(last - first + 1));
  };
  for (int i = 0; i < 10'000; ++i) {
    JobRows rows;
    for (std::int64_t count = from(1, 8); count > 0; --count) {
      const std::int64_t cards = from(0, 20);
      rows.add(job_of(from(0, 60), from(0, 100), cards,
                      cards == 0   ? 0
                      : cards == 1 ? from(1, 1000)
                                   : 1000),
               std::string(1, static_cast<char>('a' + from(0, 2))));
    }
    const auto trace = std::move(rows).take();
    const Sizing sizing{from(1, 16), {from(1'000, 10'000)}};
    const auto nodes = nodes_of_tenants(trace, sizing);
    ASSERT_EQ(nodes, nodes_of_tenants(trace, sizing));
    ASSERT_EQ(nodes.size(), trace.tenants.size());
    const std::int64_t time_s = (trace.jobs.back().submitted - trace.jobs.front().submitted).in_seconds();
    for (std::size_t tenant = 0; tenant < nodes.size(); ++tenant) {
      std::int64_t area = 0, expected = 1;
      for (const Job& job : trace.jobs)
        if (job.tenant == tenant) area += job.total_milli_gpu() * job.run_time.in_seconds();
      const auto enough = [&](std::int64_t count) {
        const std::int64_t has = count * sizing.cards_per_node * 1000;
        for (const Job& job : trace.jobs)
          if (job.tenant == tenant && job.total_milli_gpu() > has) return false;
        return time_s == 0 || area * 10'000 <= has * time_s * sizing.target_load.value;
      };
      while (!enough(expected)) ++expected;
      ASSERT_EQ(nodes[tenant], expected);
    }
  }
}

}  // namespace
}  // namespace dure::simulate
