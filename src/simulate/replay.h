// Replay: a trace of jobs played through the queue of dured (queue/scheduler.h) against a clock of its own.
//
// The cluster is made of equal nodes, so many for each tenant: one pool that all share, or a pool for each
// tenant. A job of more cards than a node has is a gang of equal parts. What a trace does not say of CPU and
// memory is not asked for. A job runs as long as it did in the trace, and no longer than its limit.
//
// Machines may fail, at random by the seed: what runs on one starts anew, at its old place in the queue.
//
// Of the first entries in each lane, as many as promises are given, it is counted at every event how many
// have one.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/time.h"
#include "queue/scheduler.h"
#include "simulate/jobs.h"
#include "simulate/waits.h"

namespace dure::simulate {

// No machine fails where `days_between` is 0.
struct Failures {
  std::uint64_t seed = 1;
  std::int64_t days_between = 0;  // of one node, in the mean
  base::Span repair = base::Span::minutes(240);
};

struct ReplaySetting {
  queue::Setting queue;
  base::Span half_life = base::Span::days(7);
  base::Span advance = base::Span::minutes(60);
  std::vector<std::int64_t> nodes;  // of each tenant
  std::int64_t cards_per_node = 8;
  bool shared = true;  // else each tenant has its own
  Failures failures;
};

struct Replayed {
  std::vector<Outcome> outcomes;  // of the jobs in the trace's order, those that could run
  std::int64_t too_large = 0;     // jobs that no empty cluster holds
  std::int64_t events = 0;
  std::int64_t restarts = 0;    // of runs whose machine failed
  std::int64_t first_ones = 0;  // entries among the first of their lane, summed over the events
  std::int64_t promised = 0;    // of those
  std::int64_t broken = 0;
  std::int64_t broken_by_failures = 0;
};

// REQUIRES: `setting.nodes` has one number for each tenant. `progress` is told how many jobs are over, of how
// many, now and then.
Replayed replay(const JobTrace& trace, const ReplaySetting& setting,
                const std::function<void(std::size_t, std::size_t)>& progress = {});

}  // namespace dure::simulate
