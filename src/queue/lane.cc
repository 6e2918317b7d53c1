#include "queue/lane.h"

namespace dure::queue {

bool overlap(const LaneKey& a, const LaneKey& b) {
  const bool any = a.pool == placement::kAnyPool || b.pool == placement::kAnyPool;
  if (!any && (a.pool >= b.pool + b.pools || b.pool >= a.pool + a.pools)) return false;
  if (!a.cards || !b.cards) return true;  // CPU and memory are wanted by all
  return a.models == 0 || b.models == 0 || (a.models & b.models) != 0;
}

void Lane::add(const Order& order, std::size_t owner, const FairShare* shares) {
  all.insert(order);
  if (shares == nullptr || order.priority != 0) return;
  auto& orders = by_owner[owner];
  if (orders.empty()) waiting.add(*shares, owner);
  orders.insert(order);
}

void Lane::remove(const Order& order, std::size_t owner, const FairShare* shares) {
  all.erase(order);
  if (shares == nullptr || order.priority != 0) return;
  const auto found = by_owner.find(owner);
  if (found == by_owner.end()) return;
  found->second.erase(order);
  if (!found->second.empty()) return;
  by_owner.erase(found);
  waiting.remove(*shares, owner);
}

void Lane::hope(std::size_t slot, std::size_t most) {
  if (!waits() || (!hopes.empty() && hopes.back() == slot)) return;
  hopes.push_back(slot);
  if (hopes.size() > most) hope_everywhere();
}

// Of nobody it is true then that he was tried in the last walk.
void Lane::hope_everywhere() {
  hopes.clear();
  walks += 2;
  passes += 2;
  settled = false;
}

Walk::Walk(const Lane& lane, const FairShare* shares, base::Instant now, base::Instant aged_until,
           std::vector<Claim> promised)
    : lane_(lane), shares_(shares), now_(now), aged_until_(aged_until), promised_(std::move(promised)) {}

bool Walk::goes_ahead(const Order& order) const {
  if (shares_ == nullptr || order.priority > 0) return true;
  return order.priority == 0 && order.queued_at < aged_until_;
}

// By priority and time, what is left to the turns passed over.
std::optional<Handle> Walk::next_in_line() {
  const auto next = last_ ? lane_.all.upper_bound(*last_) : lane_.all.begin();
  if (next == lane_.all.end()) return std::nullopt;
  if (stage_ == Stage::kAhead && !goes_ahead(*next)) return std::nullopt;
  last_ = *next;
  return next->entry;
}

std::optional<Handle> Walk::next_by_turn() {
  if (!turns_) {
    turns_.emplace(*shares_, now_, lane_.waiting);
    for (const auto& [owner, amount] : promised_)
      if (lane_.by_owner.contains(owner)) turns_->count(owner, amount);
  }
  while (const auto owner = turns_->next()) {
    const auto found = lane_.by_owner.find(*owner);
    if (found == lane_.by_owner.end()) {
      turns_->leave(*owner);
      continue;
    }
    // Those that have aged went ahead.
    const auto last = last_of_owner_.find(*owner);
    auto next =
        last == last_of_owner_.end() ? found->second.begin() : found->second.upper_bound(last->second);
    while (next != found->second.end() && goes_ahead(*next)) ++next;
    if (next == found->second.end()) {
      turns_->leave(*owner);
      continue;
    }
    last_of_owner_.insert_or_assign(*owner, *next);
    return next->entry;
  }
  return std::nullopt;
}

std::optional<Handle> Walk::next() {
  if (stage_ == Stage::kAhead) {
    if (const auto entry = next_in_line()) return entry;
    if (shares_ == nullptr) return std::nullopt;
    stage_ = Stage::kTurns;
  }
  if (stage_ == Stage::kTurns) {
    if (const auto entry = next_by_turn()) return entry;
    stage_ = Stage::kBehind;
    last_ = Order{0, base::Instant{INT64_MAX}, UINT64_MAX, 0};
  }
  return next_in_line();
}

void Walk::count(std::size_t owner, base::MilliGpu amount) {
  if (stage_ == Stage::kTurns && turns_) turns_->count(owner, amount);
}

}  // namespace dure::queue
