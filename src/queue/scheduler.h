// Scheduler: what waits, what runs and what is promised, kept from one cycle to the next.
//
// It is told what happens (submit, end, a slot out of service, …) and, in cycle(), says what is to be done:
// start this there, promise that a start, stop a third. What it says it takes as done; an owner who cannot
// do it says so (end()). A cycle looks only at what can have changed: where nothing has ended, come or come
// due, it costs the number of lanes, however much waits.
//
// A lane is a pair (pool, set of models). Its order is: priority, then first come, first served; or, with
// `fair_share`, among equal priorities the turn of the owner with the least share (turns.h), those that have
// waited longer than `ageing` before them. What waits for a cause of its own (its ceiling, a hold, a pause)
// stands aside and blocks nobody.
//
// The first `promises` entries that wait for room get a promise: a start and the very cards, which nothing
// that is started later collides with (conservative backfill of bounded depth: Mu'alem and Feitelson, IEEE
// TPDS 12(6), 2001). A promise is never put off; it is brought forward where something ends before its
// limit. It breaks only where cards go out of service, or where what runs on them is not over when it should
// be, or because somebody with more priority came; each is counted apart. An entry of which no start is
// known, since something without a limit would have to end first, has none, and holds up what is behind it;
// with backfill, only once it has waited for `patience`.
// Where an entry is within what its tenant is guaranteed, runs that hold borrowed capacity may be stopped for
// it (`reclaim`), those with the least work lost. It is promised their cards for when they have ended, beside
// the first `promises`; what was promised there to somebody who would borrow is withdrawn.
//
// With `backfill` later entries may start at once where they collide with no promise; without, nobody starts
// before who stands before him.
//
// Numbers, not names: owners are nodes of a tree that the caller sets up (quotas.h, fair_share.h, the same
// numbers), entries are named by the handle that submit() gives. Pure: the time is told and never goes back.
// Single-threaded.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "base/time.h"
#include "placement/forest.h"
#include "placement/gang.h"
#include "placement/horizon.h"
#include "placement/reclaim.h"
#include "queue/borrowed.h"
#include "queue/fair_share.h"
#include "queue/job.h"
#include "queue/lane.h"
#include "queue/outlook.h"
#include "queue/quotas.h"

namespace dure::queue {

struct Setting {
  bool fair_share = false;
  bool backfill = true;
  std::int64_t promises = 20;  // in each lane
  std::int64_t tries = 100;    // of entries behind those, in each lane and cycle
  base::Span ageing = placement::kForever;
  base::Span patience;  // for so long an entry of which no start is known lets others by
  // Whether who asks within what it is guaranteed takes back what others borrow (borrowed.h), from runs that
  // have run for so long; and how long a run that is stopped may take to end.
  bool reclaim = false;
  base::Span least_run = base::Span::minutes(10);
  base::Span stop_grace = base::Span::minutes(2);
};

enum class ActionKind { kStart, kPromise, kBroken, kWithdrawn, kStop };

struct Action {
  ActionKind kind = ActionKind::kStart;
  Handle entry = 0;
  base::Instant start;                 // kStart: now; kPromise: when; kStop: by when it must have ended
  std::vector<placement::Spot> spots;  // kStart: of the replicas
  Handle asker = 0;                    // kStop: for whom
};

// Where an entry stands. kBehind: it waits for room, or for those before it, and has no promise.
enum class Standing { kGone, kRunning, kHeld, kPaused, kCeiling, kPromised, kBehind };

struct SchedulerCounts {
  std::int64_t waiting = 0;  // standing aside or not
  std::int64_t running = 0;
  std::int64_t promised = 0;  // of those that wait
  // Since the beginning: promises broken because cards went out of service, or are to; because what ran there
  // was not over in time; withdrawn for somebody with more priority.
  std::int64_t failed = 0;
  std::int64_t broken = 0;
  std::int64_t withdrawn = 0;
  std::int64_t stopped = 0;
};

// Of one lane: what waits there for room, and how much of it has a promise.
struct LaneCounts {
  std::int64_t waiting = 0;
  std::int64_t promised = 0;
};

class Scheduler {
 public:
  // The owners' tree: the same nodes in both, in the order in which they were added.
  Scheduler(placement::Forest forest, Quotas quotas, FairShare shares, const Setting& setting,
            base::Instant now = {});
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Which slots are near each other: gangs that start at once stay together (gang.h). Of the same board.
  void set_topology(placement::Topology topology) { topology_ = std::move(topology); }

  Handle submit(const Job& job);
  // What runs already when this begins, and has been subtracted from the forest; one that should have ended
  // by now ends at no known time.
  Handle adopt(const Job& job, std::vector<placement::Spot> spots, base::Instant now, base::Instant ends);
  // REQUIRES: it was adopted.
  void recall(Handle run, const Past& past);
  // What was promised before this began. False where that collides with what is known: it is submitted, and
  // gets a promise as any other.
  bool adopt_promise(Handle entry, base::Instant start, std::vector<placement::Spot> spots);
  // These cards are kept from now on for somebody who comes later, whoever holds them yet: nothing else
  // starts there for as long as he will run, and his tenant counts as holding them. What he needs of his
  // quota is that of a run that is known here and still has it.
  void keep(const Job& job, std::vector<placement::Spot> spots);
  // The same for one who waits and holds nothing: it takes the quota too. False, and nothing is kept, where a
  // ceiling does not let it in.
  bool keep_with_quota(const Job& job, std::vector<placement::Spot> spots);
  // It has ended, or is withdrawn.
  void end(Handle entry, base::Instant now);
  void hold(Handle entry, bool held);
  void set_priority(Handle entry, std::int64_t priority);

  // The slot's whole machine.
  void set_service(std::size_t slot, bool in_service, base::Instant now);
  // Nothing may run on the slot then (P26); a promise that collides with it is broken. Heed::kWhatEnds: what
  // has no time limit does not heed it.
  void plan_maintenance(std::size_t slot, base::Instant starts, base::Instant ends,
                        placement::Heed heed = placement::Heed::kAll);
  void set_ceiling(std::size_t owner, const Ceiling& ceiling);
  void guarantee(std::size_t owner, base::MilliGpu amount) { quotas_.guarantee(owner, amount); }
  // What the run has done until then is not lost by a stop.
  void checkpoint(Handle run, base::Instant at) { items_[run].kept = at; }

  std::vector<Action> cycle(base::Instant now);
  // Something may have become free anywhere: the next cycle looks at all.
  void look_everywhere();
  // When time alone brings something: no cycle is needed before, if nothing happens.
  std::optional<base::Instant> next_look() const;

  Standing standing(Handle entry) const;
  const Job& job(Handle entry) const { return items_[entry].job; }
  // The number of its lane: the same where they wait for the same.
  std::size_t lane(Handle entry) const { return items_[entry].lane; }
  std::optional<base::Instant> promised_start(Handle entry) const;
  const std::vector<placement::Spot>& spots(Handle entry) const { return items_[entry].spots; }
  // When its ceilings will let it in and there is room, by all that is known now; no promise.
  std::optional<base::Instant> estimate(Handle entry) const;
  // Had the entry never come, and that came now, behind all that wait: whether it would start at once; and
  // the earliest before `before` at which there is room for it, whoever stands before it. What is promised to
  // others and every ceiling are kept. All stays as it is. REQUIRES: the entry waits.
  bool would_start(Handle entry, const Job& instead);
  std::optional<base::Instant> first_in_place_of(Handle entry, const Job& instead,
                                                 base::Instant before = placement::kNever);
  // kCeiling: whose. REQUIRES: that is its standing.
  std::size_t ceiling_owner(Handle entry) const { return items_[entry].parked_at; }
  // Everything that waits for room in the order of its lane, lane by lane; what stands aside is not in it.
  std::vector<Handle> order() const;
  SchedulerCounts counts() const { return counts_; }
  std::vector<LaneCounts> lanes() const;
  const placement::Forest& forest() const { return forest_; }
  const Quotas& quotas() const { return quotas_; }
  const FairShare& shares() const { return shares_; }

 private:
  struct Item {
    Job job;
    Standing standing = Standing::kGone;
    std::uint64_t serial = 0;
    std::size_t lane = 0;
    std::size_t parked_at = 0;
    std::optional<std::size_t> let_in_at;  // by that ceiling, in place of others of its like
    base::Instant start;                   // promised, or begun
    base::Instant ends;                    // at the latest
    base::Instant kept;                    // of what it has done, the end of what a stop would not lose
    bool stopping = false;
    std::size_t place = 0;       // in running_
    std::uint64_t tried = 0;     // the last walk of its lane in which there was no room for it
    std::uint64_t no_start = 0;  // the last pass in which no start was known for it either
    std::vector<placement::Spot> spots;
  };

  // Those that a ceiling keeps out, by their lane and what they ask for: where one of them would not start,
  // none of its like would.
  using Like = std::array<std::int64_t, 6>;
  using Parked = std::map<Like, std::set<Order>>;
  static Like like(const Item& item);

  // scheduler.cc
  Handle make_item(const Job& job);
  std::size_t lane_of(const placement::Shape& shape);
  Order order_of(Handle entry) const;
  void join(Handle entry);   // to where it belongs: its lane, or aside
  void leave(Handle entry);  // from there
  void park(Handle entry, std::size_t owner);
  void unpark(const Job& job);
  std::optional<std::size_t> binding(const Job& job, const Amount& asked) const;
  void take_quota(const Job& job);
  void give_quota_back(const Job& job);
  bool under(const Job& job, std::size_t owner) const;
  void unpark_at(std::size_t owner);
  std::vector<placement::Placed> placed(const Item& item) const;
  void begin(Handle entry, base::Instant now);
  void free_slots(const std::vector<placement::Spot>& spots);
  void touch(std::size_t slot);
  void raise_hopes(const std::vector<placement::Spot>& spots);

  // promises.cc
  void reserve(Handle entry);
  bool promise(const Lane& lane, Handle entry, base::Instant now);
  void give_promise(Handle entry, placement::Horizon::Opening opening);
  void look_at_promises(const Lane& lane, base::Instant now);
  void keep_promise(Handle entry, base::Instant now);
  void bring_forward(Handle entry, base::Instant now);
  std::optional<placement::Horizon::Opening> first_start(const Lane& lane, Handle entry, base::Instant now);
  std::optional<placement::Horizon::Opening> earlier_start(Handle entry, base::Instant now) const;
  bool stands_on_freed(const Item& item) const;
  void start_promised(Handle entry, std::vector<placement::Spot> spots, base::Instant now);
  void rearrange(const Lane& lane, base::Instant now);
  std::optional<std::vector<placement::Horizon::Opening>> plan_anew(const std::vector<Handle>& entries,
                                                                    base::Instant now);
  void move_promise(Handle entry, placement::Horizon::Opening to);
  void unpromise(Handle entry);
  void drop_promise(Handle entry);
  void break_promise(Handle entry, std::int64_t& count);
  void break_promises(std::size_t slot, base::Instant starts, base::Instant ends,
                      placement::Heed heed = placement::Heed::kAll);
  void withdraw_promises(std::int64_t priority, const LaneKey& key);
  base::Instant not_before(const Lane& lane, std::optional<Handle> entry, base::Instant now) const;
  bool has_promises_left(const Lane& lane) const {
    return static_cast<std::int64_t>(lane.promised.size()) < setting_.promises;
  }

  // instead.cc
  bool is_held_up(Handle entry, const placement::Shape& shape);
  std::optional<base::Instant> room_for(const Job& job, base::Instant before);

  // take_back.cc
  void take_back(Lane& lane, base::Instant now);
  std::size_t tenant_of(const Job& job) const;
  std::vector<TenantShare> tenant_shares() const;
  TenantShare share_before(Handle entry, const std::vector<TenantShare>& tenants) const;
  bool borrows(Handle entry, const std::vector<TenantShare>& tenants) const;
  std::vector<Handle> askers_of(const Lane& lane) const;
  std::vector<placement::Victim> victims_for(Handle entry, std::vector<TenantShare> tenants,
                                             base::Instant now) const;
  void expect_end(Handle run, base::Instant ends);
  std::vector<std::size_t> closed_to(const Job& job, base::Instant starts) const;
  bool take_for(Handle entry, std::vector<placement::Victim> victims, const std::vector<std::size_t>& closed,
                base::Instant ends);
  bool take_from(const placement::Reclaim& found, Handle entry, base::Instant ends,
                 std::vector<std::size_t>& in_the_way);
  std::vector<std::size_t> needed_for(const Job& job, const placement::Horizon::Opening& opening,
                                      const std::vector<std::size_t>& runs, base::Instant ends);
  std::vector<Handle> lift_borrowers(const LaneKey& key);
  void put_back(const std::vector<Handle>& lifted, bool withdraw_all);
  void promise_at(Handle entry, placement::Horizon::Opening opening);
  void stop(Handle run, base::Instant ends, Handle asker);
  void ask_again(base::Instant now);

  // cycle.cc
  Walk walk_of(const Lane& lane, base::Instant now) const;
  void wake(base::Instant now);
  bool reopen();
  void walk(Lane& lane, base::Instant now);
  bool settle(Lane& lane, const std::vector<Handle>& fresh, base::Instant now);
  bool may_be_woken(const Lane& lane) const;
  void cap(const Job& job);
  void walk_in_order(Lane& lane, base::Instant now);
  void look_at_fresh(Lane& lane, base::Instant now);
  bool consider(Lane& lane, Handle entry, base::Instant now);
  std::optional<std::vector<placement::Spot>> room_now(const Job& job, base::Instant now);
  std::optional<std::vector<placement::Spot>> room_for_all(const Job& job, base::Instant now);
  void forget_in_vain();
  std::optional<placement::Horizon::Opening> together(
      const Job& job, std::optional<placement::Horizon::Opening> opening) const;
  std::optional<std::vector<placement::Spot>> room_for_gang(const Job& job, base::Instant now);
  std::optional<std::vector<placement::Spot>> room_beside_promises(const Job& job, base::Instant now);
  bool was_tried(const Lane& lane, Handle entry) const { return items_[entry].tried + 1 == lane.walks; }
  bool has_hope(const Job& job) const;
  const FairShare* deciding_shares() const { return setting_.fair_share ? &shares_ : nullptr; }
  bool lets_by(const Job& job, base::Instant now) const;
  void started(Handle entry, base::Instant now);

  Setting setting_;
  placement::Forest forest_;
  placement::Topology topology_;
  placement::Horizon horizon_;
  Outlook outlook_;
  Quotas quotas_;
  FairShare shares_;
  std::vector<Item> items_;
  std::vector<Handle> free_items_;
  std::vector<Handle> running_;
  std::vector<Handle> kept_;  // for whom cards are kept
  std::uint64_t serial_ = 0;
  std::vector<Lane> lanes_;
  std::map<LaneKey, std::size_t> lane_numbers_;
  std::map<std::size_t, Parked> parked_;  // by the owner whose ceiling binds
  std::set<std::size_t> reopened_;        // ceilings that let one in which another ceiling kept out
  std::set<std::pair<base::Instant, Handle>> paused_;  // by not_before
  std::set<std::pair<base::Instant, Handle>> due_;     // promises by their start
  std::set<std::tuple<base::Instant, std::size_t, placement::Horizon::Key>> reopenings_;  // of which slot
  struct Closure {
    std::size_t slot = 0;
    base::Instant starts;
    base::Instant ends;
    placement::Heed heed = placement::Heed::kAll;
  };
  std::vector<Closure> closures_;           // planned, and not yet over
  std::optional<base::Instant> ask_again_;  // when a run that is borrowed has run long enough
  base::Instant now_;
  std::vector<std::size_t> freed_;      // slots, since the last cycle
  std::vector<std::size_t> now_free_;   // those of this cycle, ascending
  std::vector<std::size_t> hopes_;      // of the lane that is walked
  std::set<placement::Shape> in_vain_;  // that fit nowhere in this walk
  // Gangs that find no room in it, by what but their size they ask for: the least of them.
  using Gang = std::tuple<placement::Shape, bool, base::Span>;
  std::map<Gang, std::int64_t> gangs_in_vain_;
  std::uint64_t blocks_ = 0;  // maintenance planned so far
  std::vector<Action> actions_;
  SchedulerCounts counts_;
};

}  // namespace dure::queue
