#include "simulate/dure_jobs.h"

#include <algorithm>

#include "placement/board.h"
#include "simulate/csv.h"
#include "simulate/seconds.h"

namespace dure::simulate {
namespace {

constexpr const char* kJobsFile = "jobs";

base::Status read_length(const Csv& csv, Job& job) {
  const auto run_time = parse_seconds(csv.text("run_time_s"), kLongestRun);
  if (!run_time) return csv.invalid("run_time_s");
  job.run_time = *run_time;
  const auto limit = csv.text("time_limit_s");
  if (limit.empty()) return {};
  job.time_limit = parse_seconds(limit, kLongestRun);
  if (!job.time_limit || job.time_limit->us == 0) return csv.invalid("time_limit_s");
  return {};
}

base::Status read_size(const Csv& csv, Job& job) {
  DURE_LET(cards, csv.number("cards", 0, kMostCardsOfJob));
  const std::int64_t least = cards == 0 ? 0 : cards == 1 ? 1 : placement::kWholeCard;
  DURE_LET(milli_gpu, csv.number("milli_gpu", least, cards == 0 ? 0 : placement::kWholeCard));
  DURE_LET(cpu_milli, csv.number("cpu_milli", 0, kMostCpuMilli));
  DURE_LET(memory, csv.number("memory_mib", 0, kMostMemoryMib));
  job.cards = cards;
  job.milli_gpu = milli_gpu;
  job.cpu_milli = cpu_milli;
  job.memory = memory;
  return {};
}

base::Status add_job(const Csv& csv, JobRows& rows) {
  Job job;
  const auto submitted = csv.text("submitted");
  const auto instant = submitted.ends_with('Z') ? base::parse_instant(submitted) : std::nullopt;
  if (!instant) return csv.invalid("submitted");
  job.submitted = *instant;
  DURE_TRY(read_length(csv, job));
  const auto tenant = csv.text("tenant");
  if (!tenant_name(tenant)) return csv.invalid("tenant");
  DURE_TRY(read_size(csv, job));
  rows.add(job, tenant);
  return {};
}

}  // namespace

base::Result<JobTrace> read_jobs(std::string_view text) {
  DURE_LET(csv, Csv::open(text, kJobsFile));
  DURE_TRY(require_columns(
      csv, kJobsFile,
      {"submitted", "run_time_s", "tenant", "cards", "milli_gpu", "cpu_milli", "memory_mib"}));
  JobRows rows;
  while (csv.next()) DURE_TRY(add_job(csv, rows));
  if (rows.empty()) return base::invalid(base::Reason("simulate.empty").with("file", kJobsFile));
  return std::move(rows).take();
}

std::string jobs_text(const JobTrace& trace) {
  const bool limited = std::any_of(trace.jobs.begin(), trace.jobs.end(),
                                   [](const Job& job) { return job.time_limit.has_value(); });
  std::string text = "submitted,run_time_s,tenant,cards,milli_gpu,cpu_milli,memory_mib";
  text += limited ? ",time_limit_s\n" : "\n";
  for (const Job& job : trace.jobs) {
    text += base::to_text(job.submitted) + "," + seconds_text(job.run_time) + "," +
            trace.tenants[job.tenant] + "," + std::to_string(job.cards) + "," +
            std::to_string(job.milli_gpu) + "," + std::to_string(job.cpu_milli) + "," +
            std::to_string(job.memory);
    if (limited) text += "," + (job.time_limit ? seconds_text(*job.time_limit) : "");
    text += "\n";
  }
  return text;
}

}  // namespace dure::simulate
