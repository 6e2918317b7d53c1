#include "bench/placing/pending.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "bench/placing/load.h"
#include "bench/placing/owners.h"
#include "queue/scheduler.h"

namespace dure::bench {
namespace {

constexpr std::size_t kNodes = 1000, kShapes = 2000;
constexpr std::int16_t kFull = 0, kOther = 1;  // pools
constexpr base::Instant kBegin{base::Span::hours(1).us};
constexpr int kIdleCycles = 20;

std::vector<placement::Slot> nodes() {
  auto slots = equal_nodes(kNodes + 1);
  slots.back().pool = kOther;
  return slots;
}

queue::Job job_of(const placement::Shape& shape, std::int16_t pool, std::size_t owner) {
  queue::Job job;
  job.owner = owner;
  job.shape = shape;
  job.shape.pool = pool;
  job.time_limit = base::Span::hours(24);
  job.queued_at = kBegin;
  job.amount = {1, {shape.total_milli_gpu()}, {}, shape.cpu_milli, {shape.memory}};
  return job;
}

template <class Work>
double milliseconds(Work work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
}

const placement::Shape kWholeNode{96'000, 768 * 1024, 8, placement::kWholeCard};

placement::Forest full() {
  placement::Forest forest(nodes());
  for (std::size_t node = 0; node <= kNodes; ++node) forest.take(kWholeNode, {node, 0xff});
  return forest;
}

// Each node by one run that takes all of it.
std::vector<queue::Handle> fill_with_running(queue::Scheduler& scheduler, const Owners& owners) {
  std::vector<queue::Handle> running;
  for (std::size_t node = 0; node <= kNodes; ++node) {
    const auto owner = owners.accounts[node % owners.accounts.size()];
    const auto job = job_of(kWholeNode, node < kNodes ? kFull : kOther, owner);
    running.push_back(scheduler.adopt(job, {{node, 0xff}}, kBegin, kBegin + base::Span::hours(12)));
  }
  return running;
}

}  // namespace

Pending wait_in_line(std::size_t entries) {
  simulate::Dice dice(7);
  const auto shapes = draw_shapes(kShapes, dice);
  const Owners owners = make_owners(capacity_of(nodes()));
  queue::Setting setting;
  setting.fair_share = true;
  queue::Scheduler scheduler(full(), owners.quotas, owners.shares, setting);
  const auto running = fill_with_running(scheduler, owners);
  base::Instant now = kBegin;
  const auto cycle = [&] {
    now = now + base::Span::milliseconds(100);
    return milliseconds([&] { scheduler.cycle(now); });
  };
  Pending found{entries};
  found.submit_ms = milliseconds([&] {
    for (std::size_t i = 0; i < entries; ++i)
      scheduler.submit(
          job_of(shapes[dice.below(kShapes)], kFull, owners.accounts[i % owners.accounts.size()]));
  });
  found.settle_ms = cycle();
  for (int i = 0; i < kIdleCycles; ++i) found.idle_ms = std::max(found.idle_ms, cycle());
  scheduler.end(running.back(), now);
  found.elsewhere_ms = cycle();
  scheduler.end(running.front(), now);
  found.end_in_lane_ms = cycle();
  return found;
}

}  // namespace dure::bench
