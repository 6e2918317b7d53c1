#include "placement/slices.h"

#include <algorithm>
#include <bit>

#include "base/result.h"

namespace dure::placement {
namespace {

constexpr std::uint8_t kSevenths = 1;
constexpr std::uint8_t kQuarters = 2;
constexpr std::uint8_t kFirstQuarter = 1 + kMostMigProfiles;  // the number of the first profile of an A30

struct SliceKind {
  const MigModel* model;
  std::uint8_t first;  // number
};

const SliceKind& kind_of(std::uint8_t kind) {
  static const SliceKind sevenths{find_mig_model("a100-40gb"), 1};
  static const SliceKind quarters{find_mig_model("a30"), kFirstQuarter};
  return kind == kSevenths ? sevenths : quarters;
}

// The profile of that number, as it is on all models of its kind.
struct Outline {
  const MigModel* model;
  std::size_t profile;
  const MigProfile& operator*() const { return model->profiles[profile]; }
  const MigProfile* operator->() const { return &model->profiles[profile]; }
};

Outline outline(std::uint8_t number) {
  DURE_ASSERT(number > 0);
  const SliceKind& kind = kind_of(number < kFirstQuarter ? kSevenths : kQuarters);
  return {kind.model, static_cast<std::size_t>(number - kind.first)};
}

std::uint32_t slice_mask(const Outline& profile, std::size_t start) {
  const std::uint32_t slices = ((1U << profile->slots) - 1) << start;
  return profile->media ? slices | 1U << profile.model->slots : slices;
}

template <class Visit>
void each_slice(std::uint32_t slices, const Visit& visit) {
  for (; slices != 0; slices &= slices - 1) visit(static_cast<std::size_t>(std::countr_zero(slices)));
}

template <class Visit>
void each_start(const Outline& profile, const Visit& visit) {
  each_slice(profile->starts, visit);
}

// What is free in the instance that is, or would be, on these slices; 0 where another one stands in the way.
std::int64_t room_on(const Slot& slot, std::uint8_t instance, std::uint32_t slices) {
  std::int64_t room = kWholeCard;
  each_slice(slices, [&](std::size_t i) {
    const bool its = slot.instance[i] == 0 || slot.instance[i] == instance;
    room = its && slot.open(i) ? std::min<std::int64_t>(room, slot.free[i]) : 0;
  });
  return std::max<std::int64_t>(0, room);
}

bool is_there(const Slot& slot, std::uint8_t instance, std::uint32_t slices) {
  return slot.instance[static_cast<std::size_t>(std::countr_zero(slices))] == instance;
}

// The slices of the instance that is there and has least left, of those with room.
std::uint32_t tightest_instance(const Slot& slot, const Shape& shape) {
  const Outline profile = outline(shape.mig);
  std::uint32_t chosen = 0;
  std::int64_t least = kWholeCard;  // of an instance that is there something is taken
  each_start(profile, [&](std::size_t start) {
    const std::uint32_t slices = slice_mask(profile, start);
    const std::uint8_t instance = instance_code(shape.mig, slices);
    if (!is_there(slot, instance, slices)) return;
    const std::int64_t room = room_on(slot, instance, slices);
    if (room < shape.milli_gpu || room >= least) return;
    chosen = slices;
    least = room;
  });
  return chosen;
}

const MigRow* row_of_new(const Outline& profile, std::uint32_t used) {
  if (profile->media && (used >> profile.model->slots & 1) != 0) return nullptr;
  const std::uint32_t slots = used & ((1U << profile.model->slots) - 1);
  const MigRow& row = (*profile.model->table)[slots][profile.profile];
  return row.start < 0 ? nullptr : &row;
}

}  // namespace

std::uint8_t mig_kind(const MigModel& model) {
  return model.slots == static_cast<std::int64_t>(kMostMigSlots) ? kSevenths : kQuarters;
}

std::uint8_t mig_number(const MigName& name) {
  return static_cast<std::uint8_t>(kind_of(mig_kind(*name.model)).first + name.profile);
}

bool fits_kind(std::uint8_t kind, std::uint8_t number) {
  return number > 0 && (kind == kSevenths) == (number < kFirstQuarter);
}

std::uint32_t slices_of(std::uint8_t number, std::size_t start) {
  const Outline profile = outline(number);
  DURE_ASSERT(start < kMostMigSlots && (profile->starts >> start & 1) != 0);
  return slice_mask(profile, start);
}

std::uint8_t instance_code(std::uint8_t number, std::uint32_t slices) {
  DURE_ASSERT(number > 0 && slices != 0);
  return static_cast<std::uint8_t>((number - 1) * kMostMigSlots +
                                   static_cast<unsigned>(std::countr_zero(slices)) + 1);
}

std::uint8_t number_of_instance(std::uint8_t instance) {
  DURE_ASSERT(instance > 0 && instance != kSeveralInstances);
  return static_cast<std::uint8_t>((instance - 1) / kMostMigSlots + 1);
}

std::size_t start_of_instance(std::uint8_t instance) {
  DURE_ASSERT(instance > 0 && instance != kSeveralInstances);
  return static_cast<std::size_t>(instance - 1) % kMostMigSlots;
}

Slot empty_slices(const MigModel& model) {
  Slot slot;
  slot.mig = mig_kind(model);
  slot.cards = model.slots + 1;
  std::fill_n(slot.free.begin(), slot.cards, static_cast<std::int16_t>(kWholeCard));
  return slot;
}

std::uint32_t used_slices(const Slot& slot) {
  std::uint32_t used = slot.closed;
  for (std::size_t i = 0; i < static_cast<std::size_t>(slot.cards); ++i)
    used |= slot.free[i] < kWholeCard ? 1U << i : 0;
  return used;
}

// Whoever comes where another instance has not ended yet, as far as is known, makes it several.
void change_slices(Slot& slot, std::uint8_t instance, std::uint32_t slices, std::int64_t taken) {
  each_slice(slices, [&](std::size_t i) {
    if (taken > 0)
      slot.instance[i] = slot.instance[i] == 0 || slot.instance[i] == instance ? instance : kSeveralInstances;
    slot.free[i] = static_cast<std::int16_t>(slot.free[i] - taken);
    if (slot.free[i] == kWholeCard) slot.instance[i] = 0;
  });
}

void lower_slices(Slot& least, const Slot& other) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(least.cards); ++i) {
    if (other.instance[i] == 0 || other.instance[i] == least.instance[i]) continue;
    least.instance[i] = least.instance[i] == 0 ? other.instance[i] : kSeveralInstances;
  }
}

bool slices_fit(const Slot& slot, const Shape& shape) {
  return count_slices(slot, shape, 1) > 0;
}

// Of a profile with media extensions one instance has a place, wherever that is.
std::int64_t count_slices(const Slot& slot, const Shape& shape, std::int64_t most) {
  if (!fits_kind(slot.mig, shape.mig) || shape.cards != 1 || shape.milli_gpu <= 0) return 0;
  const Outline profile = outline(shape.mig);
  std::int64_t sum = 0;
  each_start(profile, [&](std::size_t start) {
    const std::uint32_t slices = slice_mask(profile, start);
    const std::int64_t here = room_on(slot, instance_code(shape.mig, slices), slices) / shape.milli_gpu;
    sum = profile->media ? std::max(sum, here) : sum + here;
  });
  return std::min(sum, most);
}

std::uint32_t tightest_slices(const Slot& slot, const Shape& shape) {
  if (!fits_kind(slot.mig, shape.mig)) return 0;
  if (shape.milli_gpu < kWholeCard)
    if (const std::uint32_t there = tightest_instance(slot, shape)) return there;
  const Outline profile = outline(shape.mig);
  const MigRow* row = row_of_new(profile, used_slices(slot));
  return row == nullptr ? 0 : slice_mask(profile, static_cast<std::size_t>(row->start));
}

std::int64_t loss_of_slices(const Slot& slot, const Shape& shape) {
  if (shape.milli_gpu < kWholeCard && tightest_instance(slot, shape) != 0) return 0;
  return 1 + loss_of_new(shape.mig, used_slices(slot));
}

std::int64_t loss_of_new(std::uint8_t number, std::uint32_t used) {
  const MigRow* row = row_of_new(outline(number), used);
  return row == nullptr ? -1 : row->loss;
}

}  // namespace dure::placement
