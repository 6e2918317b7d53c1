// How fast decisions are, in rounds.
#pragma once

#include <vector>

#include "bench/placing/load.h"

namespace dure::bench {

struct Measured {
  double per_second = 0;  // decisions, over the processor time of all of it: what ends, what is decided
  double per_second_waited = 0;  // over the time that passed
  double p50_us = 0;             // of one decision alone
  double p99_us = 0;
  double unplaced_pct = 0;  // of the decisions
};

// From empty to the level, decisions per second; at most so many seconds.
double fill(Subject& subject, std::int64_t capacity, std::int64_t level_permille, double most_seconds);

// At the level, so many decisions, so that it is as mixed as it stays: what a fill leaves is not yet. At most
// so many seconds.
void mix(Subject& subject, std::int64_t level_permille, std::int64_t decisions, double most_seconds);

// At the level, for so many seconds, a third of it with a clock around each decision.
Measured churn(Subject& subject, std::int64_t level_permille, double seconds, int batch);

// Of each figure.
Measured median(const std::vector<Measured>& rounds);

}  // namespace dure::bench
