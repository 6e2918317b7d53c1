#include "simulate/waits.h"

#include <algorithm>

#include "base/quantity.h"
#include "base/result.h"

namespace dure::simulate {
namespace {

base::Span wait_of(const Outcome& outcome) {
  return outcome.started - outcome.submitted;
}

// REQUIRES of both: there is one.
std::int64_t mean(const std::vector<std::int64_t>& values) {
  base::Wide sum = 0;
  for (const auto value : values) sum += value;
  return static_cast<std::int64_t>(sum / static_cast<base::Wide>(values.size()));
}
std::int64_t p95(std::vector<std::int64_t> values) {
  const std::size_t rank = (values.size() * 95 + 99) / 100;  // from 1
  const auto found = values.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::nth_element(values.begin(), found, values.end());
  return *found;
}

// Milli-GPU times microseconds until an instant.
base::Wide used_until(std::span<const Outcome> outcomes, base::Instant to) {
  base::Wide sum = 0;
  for (const Outcome& outcome : outcomes) {
    const base::Span within = std::min(outcome.ended, to) - outcome.started;
    if (within.us > 0) sum += static_cast<base::Wide>(within.us) * outcome.milli_gpu;
  }
  return sum;
}

// REQUIRES: nothing was submitted before `from`.
std::int64_t utilisation(std::span<const Outcome> outcomes, base::Instant from, base::Instant to,
                         std::int64_t milli_gpu) {
  const base::Wide whole = static_cast<base::Wide>((to - from).us) * milli_gpu;
  return whole == 0 ? 0 : static_cast<std::int64_t>(used_until(outcomes, to) * kMillionths / whole);
}

// How far the jobs of a list reach. REQUIRES: there is one.
struct Reach {
  base::Instant first;  // submission
  base::Instant last;   // submission
  base::Instant end;
};
Reach reach_of(std::span<const Outcome> outcomes) {
  Reach reach{outcomes[0].submitted, outcomes[0].submitted, outcomes[0].ended};
  for (const Outcome& outcome : outcomes) {
    reach.first = std::min(reach.first, outcome.submitted);
    reach.last = std::max(reach.last, outcome.submitted);
    reach.end = std::max(reach.end, outcome.ended);
  }
  return reach;
}

}  // namespace

std::int64_t slowdown_of(const Outcome& outcome) {
  DURE_ASSERT(outcome.submitted <= outcome.started && outcome.started <= outcome.ended);
  const base::Span bounded = std::max(outcome.ended - outcome.started, kSlowdownBound);
  const base::Span response = outcome.ended - outcome.submitted;
  return std::max(kMillionths, base::multiply_divide(response.us, kMillionths, bounded.us));
}

Waits waits_of(std::span<const Outcome> outcomes) {
  if (outcomes.empty()) return {};
  std::vector<std::int64_t> waits, slowdowns;
  for (const Outcome& outcome : outcomes) {
    waits.push_back(wait_of(outcome).us);
    slowdowns.push_back(slowdown_of(outcome));
  }
  Waits made;
  made.jobs = static_cast<std::int64_t>(outcomes.size());
  made.mean_wait = {mean(waits)};
  made.p95_wait = {p95(std::move(waits))};
  made.mean_slowdown = mean(slowdowns);
  made.p95_slowdown = p95(std::move(slowdowns));
  return made;
}

double fairness_of(std::span<const Waits> tenants) {
  double count = 0, sum = 0, squares = 0;
  for (const Waits& waits : tenants) {
    if (waits.jobs == 0) continue;
    const double slowdown = static_cast<double>(waits.mean_slowdown) / kMillionths;
    count += 1;
    sum += slowdown;
    squares += slowdown * slowdown;
  }
  return count == 0 ? 1 : sum * sum / (count * squares);
}

Service measure(std::span<const Outcome> outcomes, std::size_t tenants, std::int64_t milli_gpu) {
  DURE_ASSERT(milli_gpu >= 0);
  Service service;
  std::vector<std::vector<Outcome>> by_tenant(tenants);
  for (const Outcome& outcome : outcomes) {
    DURE_ASSERT(outcome.tenant < tenants);
    by_tenant[outcome.tenant].push_back(outcome);
  }
  for (const auto& own : by_tenant) service.of_tenants.push_back(waits_of(own));
  service.fairness = fairness_of(service.of_tenants);
  if (outcomes.empty()) return service;
  service.all = waits_of(outcomes);
  const Reach reach = reach_of(outcomes);
  service.makespan = reach.end - reach.first;
  service.utilisation = utilisation(outcomes, reach.first, reach.end, milli_gpu);
  service.utilisation_of_arrivals = utilisation(outcomes, reach.first, reach.last, milli_gpu);
  return service;
}

}  // namespace dure::simulate
