#include "placement/mig_cards.h"

#include <algorithm>

#include "placement/slices.h"

namespace dure::placement {
namespace {

template <class Key>
void erase(std::map<Key, std::set<std::size_t>>& sets, const Key& key, std::size_t number) {
  const auto found = sets.find(key);
  found->second.erase(number);
  if (found->second.empty()) sets.erase(found);
}

}  // namespace

void MigCards::forget(std::size_t number) {
  const auto found = notes_.find(number);
  if (found == notes_.end()) return;
  if (found->second.used) erase(by_used_, *found->second.used, number);
  for (const Part& part : found->second.parts) erase(parts_, part, number);
  notes_.erase(found);
}

void MigCards::note(std::size_t number, const Slot& slot, bool in_service) {
  if (!in_service) return forget(number);
  Note made{used_slices(slot), {}};
  for (std::size_t i = 0; i < static_cast<std::size_t>(slot.cards); ++i) {
    const bool begins = slot.instance[i] != 0 && slot.instance[i] != kSeveralInstances &&
                        start_of_instance(slot.instance[i]) == i;
    if (!begins || !slot.open(i) || slot.free[i] <= 0) continue;
    made.parts.emplace_back(number_of_instance(slot.instance[i]), slot.free[i]);
  }
  std::sort(made.parts.begin(), made.parts.end());
  made.parts.erase(std::unique(made.parts.begin(), made.parts.end()), made.parts.end());
  if (const auto found = notes_.find(number); found != notes_.end() && found->second == made) return;
  forget(number);
  by_used_[*made.used].insert(number);
  for (const Part& part : made.parts) parts_[part].insert(number);
  notes_[number] = std::move(made);
}

std::optional<MigCards::Choice> MigCards::find_part(const Shape& shape,
                                                    const std::function<bool(std::size_t)>& will_do) const {
  const Part least{shape.mig, static_cast<std::int16_t>(shape.milli_gpu)};
  for (auto part = parts_.lower_bound(least); part != parts_.end() && part->first.first == shape.mig; ++part)
    for (const std::size_t number : part->second)
      if (will_do(number)) return Choice{0, number};
  return std::nullopt;
}

std::optional<MigCards::Choice> MigCards::find(const Shape& shape,
                                               const std::function<bool(std::size_t)>& will_do) const {
  if (shape.milli_gpu < kWholeCard)
    if (const auto part = find_part(shape, will_do)) return part;
  std::optional<Choice> best;
  for (const auto& [used, numbers] : by_used_) {
    const std::int64_t loss = loss_of_new(shape.mig, used);
    if (loss < 0 || (best && 1 + loss > best->loss)) continue;
    for (const std::size_t number : numbers) {
      const Choice choice{1 + loss, number};
      if (best && *best < choice) break;
      if (!will_do(number)) continue;
      best = choice;
      break;
    }
  }
  return best;
}

}  // namespace dure::placement
