// For tests of the scheduler: machines, owners and jobs in a line.
#pragma once

#include <map>
#include <vector>

#include "placement/tenants_fixture.h"
#include "queue/queue_fixture.h"
#include "queue/scheduler.h"

namespace dure::queue {

// Owners 1, 2, … below the root, as many as ceilings (in milli-GPU; 0: none).
struct Owners {
  Quotas quotas;
  FairShare shares{base::Span::days(7), base::Span::minutes(60)};
  explicit Owners(const std::vector<std::int64_t>& ceilings) {
    for (const std::int64_t milli_gpu : ceilings) {
      Ceiling ceiling;
      if (milli_gpu > 0) ceiling.gpu = base::MilliGpu{milli_gpu};
      quotas.add(Quotas::kRoot, ceiling);
      shares.add(FairShare::kRoot, 1);
    }
  }
};

inline Job job(std::size_t owner, const placement::Shape& shape, std::int64_t minutes = 0,
               std::int64_t replicas = 1) {
  Job made;
  made.owner = owner;
  made.shape = shape;
  made.replicas = replicas;
  if (minutes > 0) made.time_limit = base::Span::minutes(minutes);
  made.amount.runs = 1;
  made.amount.gpu = {shape.total_milli_gpu() * replicas};
  return made;
}

inline Job preemptible(Job job) {
  job.preemptible = true;
  return job;
}

inline std::vector<Action> stops(const std::vector<Action>& actions) {
  std::vector<Action> found;
  for (const Action& action : actions)
    if (action.kind == ActionKind::kStop) found.push_back(action);
  return found;
}

// A scheduler whose time is told in minutes, and what it has said so far.
class Clockwork {
 public:
  Clockwork(const std::vector<placement::Slot>& slots, const std::vector<std::int64_t>& ceilings,
            const Setting& setting)
      : owners_(ceilings), scheduler(placement::Forest(slots), owners_.quotas, owners_.shares, setting) {}

  Handle submit(Job job) {
    job.queued_at = at(minute);
    return scheduler.submit(job);
  }
  std::vector<Action> cycle() { return scheduler.cycle(at(minute)); }
  // To that minute, with a cycle whenever time alone brings something, and one then.
  void go_to(std::int64_t then) {
    while (const auto next = scheduler.next_look()) {
      if (*next > at(then)) break;
      minute = std::max(minute, (next->us - kNow.us) / 60'000'000);
      if (cycle().empty()) break;
    }
    minute = then;
    cycle();
  }
  void end(Handle entry) { scheduler.end(entry, at(minute)); }
  bool runs(Handle entry) const { return scheduler.standing(entry) == Standing::kRunning; }
  // The minute that was promised; -1 where none was.
  std::int64_t promised(Handle entry) const {
    const auto start = scheduler.promised_start(entry);
    return start ? (start->us - kNow.us) / 60'000'000 : -1;
  }

 private:
  Owners owners_;

 public:
  Scheduler scheduler;
  std::int64_t minute = 0;
};

}  // namespace dure::queue
