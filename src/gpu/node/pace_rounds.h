// When the cards of this machine get a round of pace.h, and for whom.
//
// A card with work has one every kRoundNs, a card without none: the words by which work shows are looked at
// every kLookNs while any process has a slot, else every kIdleLookNs (a process's first calls of the driver
// take longer). Dead processes are reaped every kReapNs. A container that cuts off its `usage` is left out
// from then on: it stays at the rate that it had, and hurts nobody.
//
// Not for several threads at once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gpu/node/pace.h"
#include "gpu/node/share_pages.h"

namespace dure::gpu {

inline constexpr std::uint64_t kRoundNs = 5'000'000;
inline constexpr std::uint64_t kLookNs = 50'000'000;
inline constexpr std::uint64_t kIdleLookNs = 250'000'000;
inline constexpr std::uint64_t kWorkNs = 1'000'000'000;  // a card without work for so long has no more rounds
inline constexpr std::uint64_t kReapNs = 1'000'000'000;

class PaceRounds {
 public:
  // Containers are known by their replica. `pages` belongs to the caller and must outlive it in here. What
  // was settled before, by a process before this one too, stays.
  void add(const std::string& replica_id, SharePages* pages);
  void remove(const std::string& replica_id);

  // Looks at all, and makes the rounds that are due. Returns when to come again; 0: when something is added.
  // REQUIRES: now_ns was read from CLOCK_MONOTONIC before the call, and grows from call to call.
  std::uint64_t look(std::uint64_t now_ns);

  // How many rounds there were, of all cards.
  std::uint64_t rounds() const { return rounds_; }
  // The containers that were left out since the last call.
  std::vector<std::string> take_cut_off();

 private:
  // By these it shows that a container uses a card, or wants to.
  struct Signs {
    std::uint64_t launches = 0;
    std::uint64_t intervals = 0;
    bool under_way = false;

    bool operator==(const Signs&) const = default;
  };
  struct Tenant {
    std::string replica_id;
    SharePages* pages = nullptr;
    std::vector<std::string> cards;  // as its files have them
    std::vector<Signs> signs;
    bool has_processes = false;
    bool cut_off = false;
  };
  struct Card {
    CardPace pace;
    std::set<std::uint64_t> tenants;
    std::uint64_t work_until_ns = 0;
  };

  static void read_signs(const Tenant& tenant, std::vector<Signs>& signs, bool& has_processes);
  void notice_work(Tenant& tenant, std::uint64_t now);
  void round(Card& card, std::uint64_t now);
  void join(Card& card, std::uint64_t id);
  void leave(std::uint64_t id);
  void cut_off(Tenant& tenant);
  void reap(std::uint64_t now);

  std::map<std::uint64_t, Tenant> tenants_;
  std::map<std::string, Card> cards_;  // by UUID
  std::vector<std::string> cut_off_;
  std::uint64_t next_id_ = 1;
  std::uint64_t rounds_ = 0;
  std::uint64_t reaped_ns_ = 0;
};

}  // namespace dure::gpu
