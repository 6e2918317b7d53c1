// Jobs: a trace of what was submitted, when, by whom and how long it ran, as plain values, for playing it
// through the queue again.
//
// A JobTrace is made by a reader (philly.h, dure_jobs.h) through JobRows; whoever plays it owns it. Plain
// values, no clock, no threads.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "simulate/csv.h"

namespace dure::simulate {

inline constexpr std::int64_t kMostCardsOfJob = 100'000;
inline constexpr base::Span kLongestRun = base::Span::days(36'525);  // a hundred years

struct Job {
  base::Instant submitted;
  base::Span run_time;         // 0 … kLongestRun, as the trace has it: where nothing stops the job
  std::int64_t cards = 0;      // 0 … kMostCardsOfJob, over all its nodes
  std::int64_t milli_gpu = 0;  // of each: 1000; less only of one card; 0 where there are none
  std::int64_t cpu_milli = 0;  // of the whole job; 0 where the trace does not say
  std::int64_t memory = 0;     // MiB, of the whole job; 0 where the trace does not say
  std::size_t tenant = 0;      // in JobTrace::tenants
  std::size_t row = 0;         // which record of the file it was, from 0: its name in reports
  // What the job said it would need at most. May be less than run_time: it is then stopped at the limit.
  std::optional<base::Span> time_limit;
  bool operator==(const Job&) const = default;

  std::int64_t total_milli_gpu() const { return cards * milli_gpu; }
};

struct JobTrace {
  std::vector<Job> jobs;             // by submission; those of one instant in the order of the file
  std::vector<std::string> tenants;  // by name, each with at least one job
  bool operator==(const JobTrace&) const = default;
};

// What a tenant may be called: 1 … 100 bytes, no control character, no comma, no space at the ends.
bool tenant_name(std::string_view text);

// The jobs of a file while it is read, in the order of its records.
class JobRows {
 public:
  // `job.tenant` and `job.row` are set here. REQUIRES: tenant_name(tenant).
  void add(Job job, std::string_view tenant);
  bool empty() const { return jobs_.empty(); }
  JobTrace take() &&;

 private:
  std::vector<Job> jobs_;                                    // their tenants in the order of their coming
  std::map<std::string, std::size_t, std::less<>> tenants_;  // by name: when it came
};

// Errors: simulate.column_missing {file, column}. `file` as Csv::open was told.
base::Status require_columns(const Csv& csv, const std::string& file,
                             std::initializer_list<std::string_view> columns);

}  // namespace dure::simulate
