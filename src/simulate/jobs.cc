#include "simulate/jobs.h"

#include <algorithm>

namespace dure::simulate {

bool tenant_name(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  const auto unfit = [](char each) {
    const auto byte = static_cast<unsigned char>(each);
    return byte < 0x20 || byte == 0x7f || byte == ',';
  };
  return !text.empty() && text.size() <= kLongest && trimmed(text).size() == text.size() &&
         std::none_of(text.begin(), text.end(), unfit);
}

void JobRows::add(Job job, std::string_view tenant) {
  DURE_ASSERT(tenant_name(tenant));
  auto found = tenants_.find(tenant);
  if (found == tenants_.end()) found = tenants_.emplace(tenant, tenants_.size()).first;
  job.tenant = found->second;
  job.row = jobs_.size();
  jobs_.push_back(job);
}

JobTrace JobRows::take() && {
  JobTrace trace;
  std::vector<std::size_t> by_name(tenants_.size());
  for (const auto& [name, came] : tenants_) {
    by_name[came] = trace.tenants.size();
    trace.tenants.push_back(name);
  }
  for (Job& job : jobs_) job.tenant = by_name[job.tenant];
  std::stable_sort(jobs_.begin(), jobs_.end(),
                   [](const Job& a, const Job& b) { return a.submitted < b.submitted; });
  trace.jobs = std::move(jobs_);
  return trace;
}

base::Status require_columns(const Csv& csv, const std::string& file,
                             std::initializer_list<std::string_view> columns) {
  for (const auto column : columns)
    if (!csv.has(column))
      return base::invalid(
          base::Reason("simulate.column_missing").with("file", file).with("column", std::string(column)));
  return {};
}

}  // namespace dure::simulate
