// Lane: what waits for room of one kind, in order; and Walk, which goes through it once.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "queue/asks.h"
#include "queue/job.h"
#include "queue/turns.h"

namespace dure::queue {

struct LaneKey {
  std::int16_t pool = placement::kAnyPool;
  std::uint64_t models = 0;
  bool cards = false;
  std::int16_t pools = 1;  // so many, from `pool` on
  auto operator<=>(const LaneKey&) const = default;
};

struct Lane {
  LaneKey key;
  std::set<Order> all;                              // that wait for room and have no promise
  std::map<std::size_t, std::set<Order>> by_owner;  // of those, with priority 0, where shares decide
  Waiting waiting;                                  // their owners
  std::vector<Handle> promised;                     // in the order in which they were
  std::vector<Handle> fresh;                        // come since the last cycle
  base::Instant walked;                             // the last time through all of it
  bool freed = true;                                // something that it could use has become free since
  // What found no room in the last walk may find some only where something has become free since, or is no
  // longer reserved: on these slots. An entry says of itself in which walk that was.
  std::vector<std::size_t> hopes;
  std::uint64_t walks = 2;   // so that 0 is none of the last
  std::uint64_t passes = 2;  // the same, and those in which nobody's turn but a newcomer's was asked for
  // All that wait here, but the fresh, found no room in the last walk: what they ask for, and whether a
  // ceiling may be in the way of one of them since.
  bool settled = false;
  bool capped = false;
  Asks asks;

  // shares: nullptr where they do not decide.
  void add(const Order& order, std::size_t owner, const FairShare* shares);
  void remove(const Order& order, std::size_t owner, const FairShare* shares);
  void hope(std::size_t slot, std::size_t most);
  void hope_everywhere();
  void unsettle() { settled = false; }
  bool waits() const { return !all.empty() || !promised.empty(); }
};

// True where what one lane's entries take may be what the other's want.
bool overlap(const LaneKey& a, const LaneKey& b);

// The entries of a lane without a promise, each once, in the order of their claims: higher priority; then,
// where shares decide, those that came before `aged_until`, and then by turns; else as they came. The entry
// that was given last may leave the lane before the next is asked for; no other may.
class Walk {
 public:
  // What an owner holds or was promised beside what the tree of shares knows.
  using Claim = std::pair<std::size_t, base::MilliGpu>;
  // shares: nullptr where they do not decide. Lane and shares outlive this.
  Walk(const Lane& lane, const FairShare* shares, base::Instant now, base::Instant aged_until,
       std::vector<Claim> promised = {});
  std::optional<Handle> next();
  // The entry given last has started or stands in line: it counts for its owner in this walk.
  void count(std::size_t owner, base::MilliGpu amount);

 private:
  enum class Stage { kAhead, kTurns, kBehind };
  bool goes_ahead(const Order& order) const;
  std::optional<Handle> next_by_turn();
  std::optional<Handle> next_in_line();

  const Lane& lane_;
  const FairShare* shares_;
  base::Instant now_;
  base::Instant aged_until_;
  std::vector<Claim> promised_;
  Stage stage_ = Stage::kAhead;
  std::optional<Order> last_;
  std::optional<Turns> turns_;
  std::map<std::size_t, Order> last_of_owner_;
};

}  // namespace dure::queue
