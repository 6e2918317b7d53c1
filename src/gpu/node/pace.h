// What dure-node says to the containers of one card about its time (abi/pace.h): reads the busy intervals
// that their processes published, settles them (settle.h), decides on the rates (rates.h) and writes both to
// each container's `limits`. One round every few milliseconds; a round costs as much as there was work, not
// as there are slots.
//
// Settled for good is what lies before the horizon: the earliest time at which a process that has something
// outstanding may yet report. What lies behind it is settled for now, at every round anew, with every process
// presumed to be busy with what it has outstanding: so a container need not wait for its neighbour's long
// kernel to end. How long that takes, a process knows best: one that waits at the gate asks the driver and
// says when it was not done yet, one that waits in the driver says that it does (unfinished_ns). Of one that
// does neither it is presumed to take twice as long as estimated, among all who take turns; an estimate alone
// will not do, since there is none of what has never been measured.
//
// A process that reports nothing holds up the horizon for kPatienceNs at most. What comes later than that had
// its turns by what was settled (turns.h); and where it was not among those who were presumed to take turns,
// it costs no more than it was charged. What was overwritten before it was read stays as it was charged.
//
// What a container writes is its own: numbers from it are bounded, and harm its own account only.
// Not for several threads at once. The mappings belong to the caller and must outlive the tenant in here.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "gpu/abi/page.h"
#include "gpu/node/rates.h"
#include "gpu/node/settle.h"
#include "gpu/node/turns.h"

namespace dure::gpu {

inline constexpr std::uint64_t kPatienceNs = 1'000'000'000;

// One container's share of the card. `card` is the index of the card in its files.
struct PaceTenant {
  const dure_limits* limits = nullptr;
  dure_card_pace* pace = nullptr;  // in `limits`, mapped for writing
  const dure_usage* usage = nullptr;
  unsigned card = 0;
};

class CardPace {
 public:
  // Containers are known by their id. One that was there before, under another CardPace, goes on where it
  // was.
  void add(std::uint64_t id, const PaceTenant& tenant);
  void remove(std::uint64_t id);

  // REQUIRES: now_ns was read from CLOCK_MONOTONIC before the call, and grows from call to call.
  void round(std::uint64_t now_ns);

 private:
  struct Process {
    std::uint64_t cursor = 0;     // intervals read
    std::uint64_t last_ns = 0;    // what it reported ended then
    std::vector<BusySpan> spans;  // read and not settled yet
    // The last time before the horizon that was settled with it presumed to be busy.
    std::uint64_t counted_from_ns = 0;
    std::uint64_t counted_to_ns = 0;
  };
  struct Tenant {
    PaceTenant words;
    std::vector<Process> processes;  // by slot
    Settled total;
    std::int64_t ahead_milli_ns = 0;  // the correction behind the horizon
    std::uint64_t own_milli = 1000;
    std::uint64_t elapsed_lately = 0;  // both decay
    std::uint64_t device_lately = 0;
    std::uint64_t seen_ns = 0;  // it used the card, or wanted to, then
    std::uint64_t came_ns = 0;  // after a while without
    std::uint64_t busy_lately = 0;
    bool waits = false;
    bool busy = false;
    bool reports = false;
  };

  // A process that has something outstanding.
  struct Presumed {
    std::size_t index;  // of its tenant
    Tenant* tenant;
    Process* process;
    std::uint64_t from_ns;
    std::uint64_t estimate_ns;
    std::uint64_t known_until_ns;
  };

  std::uint64_t read_tenant(Tenant& tenant, std::uint64_t now, std::vector<Presumed>& presumed,
                            std::size_t index) const;
  void read_intervals(Process& process, const dure_process_work& work, std::uint64_t now) const;
  static void count(Process& process, std::uint64_t from, std::uint64_t to);
  Settled settle_late(const Process& process, const BusySpan& span) const;
  void settle_until(std::uint64_t horizon, std::uint64_t now, std::vector<Sharer> sharers);
  static void account(Tenant& tenant, const Settled& settled, const Settled& ahead);
  void write(std::uint64_t now);

  std::map<std::uint64_t, Tenant> tenants_;
  std::uint64_t settled_ns_ = 0;
  Turns turns_;
};

}  // namespace dure::gpu
