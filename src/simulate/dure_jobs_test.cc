#include "simulate/dure_jobs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "simulate/test_instants.h"

namespace dure::simulate {
namespace {

const std::string kJobsHeader = "submitted,run_time_s,tenant,cards,milli_gpu,cpu_milli,memory_mib";

TEST(DureJobs, AreRead) {
  const auto trace = read_jobs(kJobsHeader +
                               ",time_limit_s\n"
                               "2026-09-01T00:00:01Z,3600,physics,1,500,8000,65536,7200\n"
                               "2026-09-01T00:00:00.25Z,0.5,chemistry,16,1000,0,0,\n"
                               "2026-09-01T00:00:02Z,60,physics,0,0,1000,1024,30.5\n");
  ASSERT_TRUE(trace.ok()) << trace.failure().reason.code;
  EXPECT_EQ(trace->tenants, (std::vector<std::string>{"chemistry", "physics"}));
  ASSERT_EQ(trace->jobs.size(), 3u);
  EXPECT_EQ(trace->jobs[0], (Job{at("2026-09-01T00:00:00.25Z"), {500'000}, 16, 1000, 0, 0, 0, 1, {}}));
  EXPECT_EQ(trace->jobs[1], (Job{at("2026-09-01T00:00:01Z"), base::Span::hours(1), 1, 500, 8000, 65536, 1, 0,
                                 base::Span::hours(2)}));
  EXPECT_EQ(trace->jobs[2], (Job{at("2026-09-01T00:00:02Z"), base::Span::minutes(1), 0, 0, 1000, 1024, 1, 2,
                                 base::Span{30'500'000}}));
}

TEST(DureJobs, AreWrittenInTheOrderOfTheirSubmission) {
  const auto trace = read_jobs(
      kJobsHeader + "\n2026-09-01T00:00:01Z,3600.0,b,1,1000,8,1\n2026-09-01T00:00:00Z,0.50,a,0,0,0,0\n");
  ASSERT_TRUE(trace.ok());
  EXPECT_EQ(jobs_text(*trace),
            kJobsHeader + "\n2026-09-01T00:00:00Z,0.5,a,0,0,0,0\n2026-09-01T00:00:01Z,3600,b,1,1000,8,1\n");
}

struct BadJobRow {
  const char* row;
  const char* column;
};

TEST(DureJobs, AFaultNamesItsLineAndColumn) {
  for (const BadJobRow& bad : {
           BadJobRow{"2026-09-01 00:00:00,1,a,1,1000,1,1,9", "submitted"},
           BadJobRow{"2026-09-01T00:00:00,1,a,1,1000,1,1,9", "submitted"},
           BadJobRow{"2026-09-01T00:00:00+09:00,1,a,1,1000,1,1,9", "submitted"},
           BadJobRow{"2026-09-31T00:00:00Z,1,a,1,1000,1,1,9", "submitted"},
           BadJobRow{"2026-09-01T00:00:00.Z,1,a,1,1000,1,1,9", "submitted"},
           BadJobRow{"Z,1,a,1,1000,1,1,9", "submitted"},
           BadJobRow{",1,a,1,1000,1,1,9", "submitted"},
           BadJobRow{"2026-09-01T00:00:00Z,-1,a,1,1000,1,1,9", "run_time_s"},
           BadJobRow{"2026-09-01T00:00:00Z,1h,a,1,1000,1,1,9", "run_time_s"},
           BadJobRow{"2026-09-01T00:00:00Z,3155760000.1,a,1,1000,1,1,9", "run_time_s"},
           BadJobRow{"2026-09-01T00:00:00Z,1,,1,1000,1,1,9", "tenant"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a\x07,1,1000,1,1,9", "tenant"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,-1,1000,1,1,9", "cards"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,0.5,1000,1,1,9", "cards"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,100001,1000,1,1,9", "cards"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,1,0,1,1,9", "milli_gpu"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,1,1001,1,1,9", "milli_gpu"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,2,999,1,1,9", "milli_gpu"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,0,1000,1,1,9", "milli_gpu"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,1,1000,-1,1,9", "cpu_milli"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,1,1000,1000000001,1,9", "cpu_milli"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,1,1000,1,1GiB,9", "memory_mib"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,1,1000,1", "memory_mib"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,1,1000,1,1,0", "time_limit_s"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,1,1000,1,1,none", "time_limit_s"},
           BadJobRow{"2026-09-01T00:00:00Z,1,a,1,1000,1,1,-5", "time_limit_s"},
       }) {
    const auto read =
        read_jobs(kJobsHeader + ",time_limit_s\n2026-09-01T00:00:00Z,1,a,1,1000,1,1,9\n" + bad.row);
    ASSERT_FALSE(read.ok()) << bad.row;
    EXPECT_EQ(read.failure().reason.code, "simulate.row_invalid") << bad.row;
    EXPECT_EQ(std::get<std::string>(*read.failure().reason.find("column")), bad.column) << bad.row;
    EXPECT_EQ(std::get<std::int64_t>(*read.failure().reason.find("line")), 3) << bad.row;
  }
}

TEST(DureJobs, AnEmptyListAndAMissingColumnAreSaid) {
  EXPECT_EQ(read_jobs("").failure().reason.code, "simulate.empty");
  EXPECT_EQ(read_jobs(kJobsHeader + "\n").failure().reason.code, "simulate.empty");
  for (const char* column :
       {"submitted", "run_time_s", "tenant", "cards", "milli_gpu", "cpu_milli", "memory_mib"}) {
    std::string header = kJobsHeader;
    header.replace(header.find(column), 3, "xxx");
    const auto read = read_jobs(header + "\n2026-09-01T00:00:00Z,1,a,1,1000,1,1\n");
    ASSERT_FALSE(read.ok()) << header;
    EXPECT_EQ(read.failure().reason.code, "simulate.column_missing");
    EXPECT_EQ(std::get<std::string>(*read.failure().reason.find("column")), column);
  }
}

// A trace at random: its jobs as they were added, and the trace that JobRows made of them.
struct Drawn {
  std::vector<std::pair<Job, std::string>> rows;
  JobTrace trace;
};
Drawn drawn(std::mt19937_64& random) {
  static const std::vector<std::string> kTenants{"physics", "물리", "a b", "vc\"1", "zz", "A"};
  const auto from = [&random](std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(last - first + 1));
  };
  const auto length = [&from](std::int64_t least) {
    return from(0, 1) ? base::Span::seconds(from(1, 90'000)) : base::Span{from(least, kLongestRun.us)};
  };
  Drawn made;
  JobRows rows;
  for (std::int64_t i = from(1, 12); i > 0; --i) {
    Job job;
    job.submitted = {from(0, 1) ? from(0, 9) * 1'000'000
                                : from(-62'135'596'800, 253'402'300'799) * 1'000'000 + from(0, 999'999)};
    job.run_time = length(0);
    job.cards = from(0, 3);
    job.milli_gpu = job.cards == 0 ? 0 : job.cards == 1 ? from(1, 1000) : 1000;
    job.cpu_milli = from(0, 1'000'000'000);
    job.memory = from(0, 1'000'000'000);
    if (from(0, 3) == 0) job.time_limit = length(1);
    made.rows.emplace_back(job, kTenants[random() % kTenants.size()]);
    rows.add(made.rows.back().first, made.rows.back().second);
  }
  made.trace = std::move(rows).take();
  return made;
}

TEST(DureJobs, RandomTracesAreInOrderAndReadBackAsTheyWereWritten) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 10'000; ++i) {
    Drawn made = drawn(random);
    JobTrace& trace = made.trace;
    ASSERT_EQ(trace.jobs.size(), made.rows.size());
    ASSERT_TRUE(std::is_sorted(trace.tenants.begin(), trace.tenants.end()));
    for (std::size_t k = 0; k < trace.jobs.size(); ++k) {
      Job& job = trace.jobs[k];
      if (k > 0) {
        const Job& before = trace.jobs[k - 1];
        ASSERT_LT(std::pair(before.submitted, before.row), std::pair(job.submitted, job.row));
      }
      auto [row, tenant] = made.rows[job.row];
      ASSERT_EQ(trace.tenants[job.tenant], tenant);
      row.tenant = job.tenant;
      row.row = job.row;
      ASSERT_EQ(job, row);
    }
    for (std::size_t k = 0; k < trace.jobs.size(); ++k) trace.jobs[k].row = k;
    const std::string text = jobs_text(trace);
    const auto read = read_jobs(text);
    ASSERT_TRUE(read.ok()) << text;
    ASSERT_EQ(*read, trace) << text;
    ASSERT_EQ(jobs_text(*read), text);
  }
}

}  // namespace
}  // namespace dure::simulate
