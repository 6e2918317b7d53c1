// Centre: the whole way of a decision, not the kernel alone (queue/scheduler.h): quotas on three levels of
// owners, fair share, backfill with promised starts, the reason for what does not start, and a journal of it
// all.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/placing/journal.h"
#include "bench/placing/load.h"
#include "bench/placing/owners.h"
#include "queue/scheduler.h"

namespace dure::bench {

class Centre : public Subject {
 public:
  // The shapes outlive this. `journal`: the file, which is removed at the end.
  Centre(const std::vector<placement::Slot>& nodes, const std::vector<placement::Shape>& shapes,
         std::uint64_t seed, const std::string& journal);

  void make_room(std::int64_t level_permille) override;
  // An entry is submitted and a cycle run; what does not start gets its reason and waits, until a hundred
  // others do.
  void decide() override;
  std::int64_t used() const override { return used_; }
  std::int64_t decided() const override { return decided_; }
  std::int64_t unplaced() const override { return unplaced_; }
  // Synced from now on, or not.
  void open_journal(bool synced) { journal_ = std::make_unique<Journal>(path_, synced); }
  queue::SchedulerCounts counts() const { return scheduler_.counts(); }

 private:
  // What is known here of an entry of the scheduler.
  struct Known {
    std::uint64_t serial = 0;
    std::size_t place = 0;  // in live_
  };
  using Named = std::pair<queue::Handle, std::uint64_t>;  // an entry, and its serial: handles come again

  queue::Job draw_job();
  void end(queue::Handle entry);
  void end_those_due();
  void withdraw_oldest();
  void record(const std::vector<queue::Action>& actions);
  void started(const queue::Action& action);
  void write_reason(queue::Handle entry);
  bool is(const Named& named, queue::Standing standing) const;
  bool waits(const Named& named) const;

  const std::vector<placement::Shape>& shapes_;
  std::int64_t capacity_;
  Owners owners_;
  queue::Scheduler scheduler_;
  std::string path_;
  std::unique_ptr<Journal> journal_;
  simulate::Dice dice_;
  base::Instant now_;
  base::Span step_;  // from one decision to the next
  queue::Job next_;
  std::vector<queue::Handle> live_;
  std::vector<Known> known_;                           // by handle
  std::map<std::int64_t, std::vector<Named>> due_in_;  // by the hour in which the limit ends
  std::deque<Named> waiting_;
  std::uint64_t serial_ = 0;
  std::int64_t used_ = 0;
  std::int64_t decided_ = 0;
  std::int64_t unplaced_ = 0;
};

}  // namespace dure::bench
