// Waits: how well a queue served the jobs of a trace, from when each was submitted, started and ended.
//
// Sums are exact; what is handed back is rounded down to its unit. Slowdown is the bounded slowdown,
// max(1, (wait + run) / max(run, 10 s)): the bound keeps jobs of a second from deciding the mean
// (D. G. Feitelson and L. Rudolph, "Metrics and benchmarking for parallel job scheduling", JSSPP 1998).
// A percentile is by nearest rank: the smallest value that at least 95 in 100 jobs do not exceed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"

namespace dure::simulate {

inline constexpr base::Span kSlowdownBound = base::Span::seconds(10);
inline constexpr std::int64_t kMillionths = 1'000'000;

// A job that ended. REQUIRES of all functions: submitted <= started <= ended, and they lie less than 10,000
// years apart. One that was put back and started anew has its last start: what it had run before counts as
// waiting, and its cards of then as idle.
struct Outcome {
  std::size_t tenant = 0;
  base::Instant submitted;
  base::Instant started;
  base::Instant ended;
  std::int64_t milli_gpu = 0;  // over all its cards
};

// Of a list of jobs; all 0 where there are none.
struct Waits {
  std::int64_t jobs = 0;
  base::Span mean_wait;
  base::Span p95_wait;
  std::int64_t mean_slowdown = 0;  // in millionths: kMillionths is a job that did not wait
  std::int64_t p95_slowdown = 0;
  bool operator==(const Waits&) const = default;
};

struct Service {
  Waits all;
  std::vector<Waits> of_tenants;  // by their number
  base::Span makespan;            // from the first submission to the last end
  // Of all cards, in millionths: over the makespan, and over the time from the first submission to the last,
  // which a few long jobs at the end do not thin out. 0 where there are no cards or that time is none.
  std::int64_t utilisation = 0;
  std::int64_t utilisation_of_arrivals = 0;
  double fairness = 1;  // fairness_of the tenants
  bool operator==(const Service&) const = default;
};

// (wait + run) / max(run, kSlowdownBound), at least 1, in millionths.
std::int64_t slowdown_of(const Outcome& outcome);

Waits waits_of(std::span<const Outcome> outcomes);

// R. Jain, D. Chiu, W. Hawe, "A quantitative measure of fairness and discrimination for resource allocation
// in shared computer systems", DEC TR-301, 1984, of the tenants' mean slowdown: (sum x)² / (n · sum x²), from
// 1 / n (one waits, the others hardly) to 1 (all alike). Tenants without a job are left out; 1 for none at
// all. For printing: the one number here that is not whole.
double fairness_of(std::span<const Waits> tenants);

// `milli_gpu` is what the cluster has. REQUIRES: milli_gpu >= 0, the outcomes' tenants are below `tenants`.
Service measure(std::span<const Outcome> outcomes, std::size_t tenants, std::int64_t milli_gpu);

}  // namespace dure::simulate
