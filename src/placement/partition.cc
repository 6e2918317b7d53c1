#include "placement/partition.h"

#include "placement/slices.h"

namespace dure::placement {

void Partition::change(const PlannedShare& share, std::int64_t sign) {
  const auto profile = model_ == nullptr ? std::nullopt : model_->find(share.mig_profile);
  if (!profile || !may_begin(model_->profiles[*profile], share.mig_start)) {
    others_ += sign;
    return;
  }
  const auto start = static_cast<std::size_t>(share.mig_start);
  const auto found = instances_.try_emplace({start, *profile}).first;
  found->second.shares += sign;
  found->second.milli_gpu += sign * share.mig_milli_gpu.value;
  if (found->second.shares == 0) instances_.erase(found);
}

bool Partition::sound() const {
  std::uint32_t taken = 0;
  for (const auto& [where, use] : instances_) {
    const std::uint32_t slices = slices_of(mig_number({model_, where.second}), where.first);
    if ((slices & taken) != 0 || use.milli_gpu > kWholeCard || use.milli_gpu <= 0) return false;
    taken |= slices;
  }
  return others_ == 0;
}

Slot Partition::slices() const {
  Slot slot = empty_slices(*model_);
  if (!sound()) {
    slot.closed = (1U << slot.cards) - 1;
    return slot;
  }
  for (const auto& [where, use] : instances_) {
    const std::uint8_t number = mig_number({model_, where.second});
    const std::uint32_t slices = slices_of(number, where.first);
    change_slices(slot, instance_code(number, slices), slices, use.milli_gpu);
  }
  return slot;
}

}  // namespace dure::placement
