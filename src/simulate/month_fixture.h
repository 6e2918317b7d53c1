// For the month of a centre (month_test.cc): its machines, its owners, and what they ask for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "placement/forest.h"
#include "queue/fair_share.h"
#include "queue/job.h"
#include "queue/quotas.h"
#include "simulate/dice.h"

namespace dure::simulate {

inline constexpr std::int64_t kH200 = 0, kA100 = 1, kT4 = 2, kNoModel = 63;
inline constexpr std::int64_t kGiB = 1024;  // memory is in MiB

// 40 machines of 8 H200; 20 of 8 A100 and 2 of 4 A100 and 2 T4; 10 of 2 T4 and 6 without cards: three pools.
// Four organisations, three projects each, three accounts each.
struct Centre {
  std::vector<placement::Slot> slots;
  std::vector<placement::Forest::Machine> machines;  // of more than one slot
  queue::Quotas quotas;
  queue::FairShare shares{base::Span::days(7), base::Span::minutes(60)};
  std::vector<std::size_t> accounts;

  Centre() {
    for (int i = 0; i < 40; ++i) add_slot(0, kH200, 8, 128, 1024);
    for (int i = 0; i < 20; ++i) add_slot(1, kA100, 8, 96, 768);
    for (int i = 0; i < 2; ++i) {
      add_slot(1, kA100, 4, 64, 512);
      add_slot(1, kT4, 2, 64, 512);
      machines.emplace_back(slots.size() - 2, slots.size());
    }
    for (int i = 0; i < 10; ++i) add_slot(2, kT4, 2, 24, 128);
    for (int i = 0; i < 6; ++i) add_slot(2, kNoModel, 0, 64, 256);
    for (int i = 0; i < 4; ++i) add_organisation(i);
  }

 private:
  void add_slot(std::int16_t pool, std::int64_t model, std::int64_t cards, std::int64_t cpus,
                std::int64_t gib) {
    placement::Slot slot;
    slot.cpu_milli = cpus * 1000;
    slot.memory = gib * kGiB;
    slot.model = model;
    slot.cards = cards;
    slot.pool = pool;
    std::fill_n(slot.free.begin(), cards, static_cast<std::int16_t>(placement::kWholeCard));
    slots.push_back(slot);
  }
  std::size_t add(std::size_t parent, std::int64_t weight, std::int64_t cards, std::int64_t runs) {
    queue::Ceiling ceiling;
    if (cards > 0) ceiling.gpu = base::MilliGpu{cards * placement::kWholeCard};
    if (runs > 0) ceiling.runs = runs;
    shares.add(parent, weight);
    return quotas.add(parent, ceiling);
  }
  // The first has no ceiling; an account of each project may have few runs at a time.
  void add_organisation(int number) {
    const std::size_t organisation = add(queue::Quotas::kRoot, 4 - number, number > 0 ? 280 : 0, 0);
    for (int i = 0; i < 3; ++i) {
      const std::size_t project = add(organisation, 1 + i, number + i > 0 ? 160 : 0, 0);
      for (int j = 0; j < 3; ++j) accounts.push_back(add(project, 1 + j, j > 0 ? 128 : 0, j == 2 ? 40 : 0));
    }
  }
};

struct Work {
  queue::Job job;
  base::Span run_time;  // what it takes, where nothing stops it
  std::int64_t retries = 0;
};

// What is submitted, drawn one by one.
class Draws {
 public:
  explicit Draws(Dice* dice) : dice_(dice) {}

  // How many come in that hour: many on working days, few at night and at the week's end.
  std::int64_t arrivals(std::int64_t hour, std::int64_t usual) const {
    const std::int64_t of_day = hour % 24, day = hour / 24 % 7;
    const bool busy = day < 5 && of_day >= 9 && of_day < 18;
    return from(0, 2 * usual * (busy ? 3 : 1));
  }

  Work work(const std::vector<std::size_t>& accounts) const {
    const std::int64_t kind = from(0, 99);
    Work made = kind < 45 ? interactive() : kind < 80 ? training() : kind < 83 ? gang() : without_cards();
    queue::Job& job = made.job;
    job.owner = accounts[dice_->below(accounts.size())];
    job.amount.runs = 1;
    job.amount.gpu = {job.shape.total_milli_gpu() * job.replicas};
    job.amount.cpu_milli = job.shape.cpu_milli * job.replicas;
    job.amount.memory = {job.shape.memory * job.replicas};
    job.held = from(0, 199) == 0;
    return made;
  }

  std::int64_t from(std::int64_t first, std::int64_t last) const {
    return first + static_cast<std::int64_t>(dice_->below(static_cast<std::size_t>(last - first + 1)));
  }

 private:
  // A tenth takes all of it; the others stop anywhere before.
  void limit(Work& work, std::int64_t most_hours) const {
    work.job.time_limit = base::Span::minutes(from(1, most_hours * 4) * 15);
    const std::int64_t part = from(0, 9) == 0 ? 1000 : from(1, 1000);
    work.run_time = {std::max<std::int64_t>(1, work.job.time_limit.us / 1000 * part)};
    if (from(0, 39) == 0) work.job.time_limit = placement::kForever;
  }
  void choose_model(queue::Job& job, std::int64_t t4, std::int64_t any) const {
    const std::int64_t kind = from(0, 99);
    const std::int64_t model = kind < t4 ? kT4 : kind < 65 ? kH200 : kA100;
    job.shape.models = std::uint64_t{1} << model;
    if (from(0, 2) > 0) job.shape.pool = static_cast<std::int16_t>(model);
    if (kind < 100 - any) return;
    job.shape.pool = placement::kAnyPool;
    job.shape.models = from(0, 1) == 0 ? 0 : std::uint64_t{3};  // any; or one of the large ones
  }
  Work interactive() const {
    Work made;
    made.job.shape = {from(1, 4) * 1000, from(1, 16) * kGiB, 1, from(5, 50) * 10, 0};
    choose_model(made.job, 10, 10);
    limit(made, 8);
    return made;
  }
  Work training() const {
    constexpr std::int64_t kCards[] = {1, 1, 1, 2, 2, 4, 8};
    Work made;
    const std::int64_t cards = kCards[from(0, 6)];
    made.job.shape = {cards * 8000, cards * 64 * kGiB, cards, placement::kWholeCard, 0};
    choose_model(made.job, 0, 5);
    limit(made, 48);
    return made;
  }
  Work gang() const {
    Work made;
    const std::int64_t cards = from(0, 2) == 0 ? 4 : 8;
    made.job.shape = {cards * 8000, cards * 64 * kGiB, cards, placement::kWholeCard, 0};
    made.job.replicas = from(0, 5) == 0 ? from(2, 16) : from(2, 5);
    made.job.apart = from(0, 3) > 0;
    choose_model(made.job, 0, 0);
    limit(made, 24);
    return made;
  }
  Work without_cards() const {
    Work made;
    made.job.shape = {from(1, 16) * 1000, from(1, 32) * kGiB, 0, 0, 0};
    if (from(0, 1) == 0) made.job.shape.pool = static_cast<std::int16_t>(from(0, 2));
    limit(made, 12);
    return made;
  }

  Dice* dice_;
};

}  // namespace dure::simulate
