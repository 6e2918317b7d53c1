// Traces of jobs from raw bytes: Philly's form and our own.
//
// What must hold for every input that is not refused: its jobs are by submission and within their ranges;
// what was read, written down in our own form, reads back the same; limits are no shorter than the runs; and
// nodes and metrics can be had of it. What is refused has a code.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "simulate/dure_jobs.h"
#include "simulate/limits.h"
#include "simulate/philly.h"
#include "simulate/sizes.h"
#include "simulate/waits.h"

namespace {

using dure::simulate::Job;
using dure::simulate::JobTrace;

void check_jobs(const JobTrace& trace) {
  DURE_ASSERT(!trace.jobs.empty());
  for (const auto& tenant : trace.tenants) DURE_ASSERT(dure::simulate::tenant_name(tenant));
  dure::base::Instant last = trace.jobs.front().submitted;
  for (const Job& job : trace.jobs) {
    DURE_ASSERT(last <= job.submitted && job.tenant < trace.tenants.size());
    DURE_ASSERT(job.run_time.us >= 0 && job.run_time <= dure::simulate::kLongestRun);
    DURE_ASSERT(job.cards >= 0 && job.cards <= dure::simulate::kMostCardsOfJob);
    DURE_ASSERT(job.cards == 0 ? job.milli_gpu == 0 : job.milli_gpu >= 1 && job.milli_gpu <= 1000);
    DURE_ASSERT(job.cards <= 1 || job.milli_gpu == 1000);
    DURE_ASSERT(job.cpu_milli >= 0 && job.memory >= 0);
    DURE_ASSERT(!job.time_limit || job.time_limit->us > 0);
    last = job.submitted;
  }
}

void check_written(JobTrace trace) {
  for (std::size_t i = 0; i < trace.jobs.size(); ++i) trace.jobs[i].row = i;
  const auto again = dure::simulate::read_jobs(dure::simulate::jobs_text(trace));
  DURE_ASSERT(again.ok() && *again == trace);
}

// As though each had started as soon as the one before had ended.
void check_played(const JobTrace& trace) {
  constexpr std::size_t kMost = 20;  // a hundred years each: within what a list of outcomes may reach
  std::vector<dure::simulate::Outcome> outcomes;
  dure::base::Instant free = trace.jobs.front().submitted;
  for (const Job& job : trace.jobs) {
    if (outcomes.size() == kMost) break;
    const auto started = std::max(free, job.submitted);
    free = started + job.run_time;
    outcomes.push_back({job.tenant, job.submitted, started, free, job.total_milli_gpu()});
  }
  const std::int64_t most = dure::simulate::kMostCardsOfJob * 1000;
  const auto service = dure::simulate::measure(outcomes, trace.tenants.size(), most);
  DURE_ASSERT(service.utilisation >= 0 && service.utilisation <= dure::simulate::kMillionths);
  DURE_ASSERT(service.all.mean_slowdown >= dure::simulate::kMillionths);
  DURE_ASSERT(service.fairness > 0 && service.fairness <= 1 + 1e-9);
}

void check(const dure::base::Result<JobTrace>& read) {
  if (!read.ok()) {
    DURE_ASSERT(read.failure().reason.code.starts_with("simulate."));
    return;
  }
  check_jobs(*read);
  check_written(*read);
  check_played(*read);
  for (const auto nodes : dure::simulate::nodes_of_tenants(*read, {}))
    DURE_ASSERT(nodes >= 1 && nodes <= dure::simulate::kMostNodesOfTenant);
  JobTrace limited = *read;
  dure::simulate::give_limits(limited, {.seed = limited.jobs.size()});
  for (std::size_t i = 0; i < limited.jobs.size(); ++i)
    DURE_ASSERT(read->jobs[i].time_limit ? limited.jobs[i] == read->jobs[i]
                                         : limited.jobs[i].time_limit >= limited.jobs[i].run_time);
  check_written(limited);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(dure::simulate::read_philly(text));
  check(dure::simulate::read_jobs(text));
  return 0;
}
