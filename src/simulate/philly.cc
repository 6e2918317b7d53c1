#include "simulate/philly.h"

#include "placement/board.h"
#include "simulate/csv.h"
#include "simulate/seconds.h"

namespace dure::simulate {
namespace {

constexpr const char* kPhillyFile = "philly";

// "2017-10-09 07:01:55", as UTC.
std::optional<base::Instant> parse_timestamp(std::string_view text) {
  constexpr std::string_view kForm = "2017-10-09 07:01:55";
  constexpr std::size_t kBlank = 10;
  if (text.size() != kForm.size() || text[kBlank] != ' ') return std::nullopt;
  std::string instant(text);
  instant[kBlank] = 'T';
  return base::parse_instant(instant + "Z");
}

base::Status add_philly_row(const Csv& csv, JobRows& rows) {
  const auto submitted = parse_timestamp(csv.text("timestamp"));
  if (!submitted) return csv.invalid("timestamp");
  const auto run_time = parse_seconds(csv.text("duration"), kLongestRun);
  if (!run_time) return csv.invalid("duration");
  DURE_LET(cards, csv.number("num_gpus", 0, kMostCardsOfJob));
  const auto tenant = csv.text("cluster");
  if (!tenant_name(tenant)) return csv.invalid("cluster");
  Job job;
  job.submitted = *submitted;
  job.run_time = *run_time;
  job.cards = cards;
  job.milli_gpu = cards > 0 ? placement::kWholeCard : 0;
  rows.add(job, tenant);
  return {};
}

}  // namespace

base::Result<JobTrace> read_philly(std::string_view text) {
  DURE_LET(csv, Csv::open(text, kPhillyFile));
  DURE_TRY(require_columns(csv, kPhillyFile, {"timestamp", "duration", "num_gpus", "cluster"}));
  JobRows rows;
  while (csv.next()) DURE_TRY(add_philly_row(csv, rows));
  if (rows.empty()) return base::invalid(base::Reason("simulate.empty").with("file", kPhillyFile));
  return std::move(rows).take();
}

}  // namespace dure::simulate
