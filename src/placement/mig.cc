#include "placement/mig.h"

#include <algorithm>
#include <bit>

#include "base/result.h"

namespace dure::placement {
namespace {

// A profile without what differs from one size of memory to the next.
struct ProfileOutline {
  std::int64_t compute;
  std::int64_t slots;
  MigSlots starts;
  std::int64_t most;
  bool media = false;
};

constexpr std::array kSeventhProfiles{
    ProfileOutline{1, 1, 0b0111'1111, 7},        // 1g
    ProfileOutline{1, 1, 0b0111'1111, 1, true},  // 1g, media extensions
    ProfileOutline{1, 2, 0b0101'0101, 4},        // 1g, twice the memory
    ProfileOutline{2, 2, 0b0001'0101, 3},        // 2g
    ProfileOutline{3, 4, 0b0001'0001, 2},        // 3g
    ProfileOutline{4, 4, 0b0000'0001, 1},        // 4g
    ProfileOutline{7, 8, 0b0000'0001, 1},        // 7g
};
constexpr std::array kQuarterProfiles{
    ProfileOutline{1, 1, 0b1111, 4},        // 1g
    ProfileOutline{1, 1, 0b1111, 1, true},  // 1g, media extensions
    ProfileOutline{2, 2, 0b0101, 2},        // 2g
    ProfileOutline{2, 2, 0b0101, 1, true},  // 2g, media extensions
    ProfileOutline{4, 4, 0b0001, 1},        // 4g
};

constexpr MigSlots slots_from(std::int64_t slots, std::size_t start) {
  return static_cast<MigSlots>(((1U << slots) - 1) << start);
}

// Calls visit(slots) for every placement of the profile.
template <class Visit>
constexpr void each_placement(const ProfileOutline& outline, const Visit& visit) {
  for (unsigned left = outline.starts; left != 0; left &= left - 1) {
    const auto start = static_cast<std::size_t>(std::countr_zero(left));
    visit(slots_from(outline.slots, start), start);
  }
}

// The weight of all placements that need one of these slots.
template <std::size_t N>
constexpr std::int64_t blocked(const std::array<ProfileOutline, N>& outlines, unsigned taken) {
  std::int64_t sum = 0;
  for (const ProfileOutline& outline : outlines)
    each_placement(outline, [&](MigSlots slots, std::size_t) {
      if (!outline.media && (slots & taken) != 0) sum += outline.slots;
    });
  return sum;
}

template <std::size_t N>
constexpr MigTable make_table(const std::array<ProfileOutline, N>& outlines) {
  std::array<std::int64_t, 1U << kMostMigSlots> weights{};
  for (unsigned taken = 0; taken < weights.size(); ++taken) weights[taken] = blocked(outlines, taken);
  MigTable table;
  // What an instance leaves is a greater number than what was there, so it is known already.
  for (unsigned taken = weights.size(); taken-- > 0;)
    for (std::size_t profile = 0; profile < N; ++profile) {
      MigRow& row = table[taken][profile];
      each_placement(outlines[profile], [&](MigSlots slots, std::size_t start) {
        if ((slots & taken) != 0) return;
        const std::int64_t loss = weights[taken | slots] - weights[taken];
        if (row.start < 0 || loss <= row.loss) {
          row.start = static_cast<std::int8_t>(start);
          row.loss = static_cast<std::int16_t>(loss);
        }
        row.count = std::max(row.count, static_cast<std::uint8_t>(table[taken | slots][profile].count + 1));
      });
    }
  return table;
}

// The most compute slices that a legal set of instances has.
template <std::size_t N>
constexpr std::int64_t most_compute(const std::array<ProfileOutline, N>& outlines) {
  std::array<std::int64_t, 1U << kMostMigSlots> most{};
  for (unsigned taken = most.size(); taken-- > 0;)
    for (const ProfileOutline& outline : outlines)
      each_placement(outline, [&](MigSlots slots, std::size_t) {
        if ((slots & taken) == 0) most[taken] = std::max(most[taken], outline.compute + most[taken | slots]);
      });
  return most[0];
}
static_assert(most_compute(kSeventhProfiles) == 7 && most_compute(kQuarterProfiles) == 4);

// Two placements of one profile overlap only where they are the same.
template <std::size_t N>
constexpr bool apart(const std::array<ProfileOutline, N>& outlines) {
  bool all = true;
  for (const ProfileOutline& outline : outlines)
    each_placement(outline, [&](MigSlots, std::size_t start) {
      all = all && static_cast<std::int64_t>(start) % outline.slots == 0;
    });
  return all;
}
static_assert(apart(kSeventhProfiles) && apart(kQuarterProfiles));
static_assert(!apart(std::array{ProfileOutline{1, 2, 0b0011, 2}, ProfileOutline{1, 1, 0b0001, 1}}));

constexpr MigTable kSeventhsTable = make_table(kSeventhProfiles);
constexpr MigTable kQuartersTable = make_table(kQuarterProfiles);

template <std::size_t N>
constexpr std::array<MigProfile, N> named(const std::array<ProfileOutline, N>& outlines, std::int64_t gib,
                                          const std::array<std::string_view, N>& names) {
  std::array<MigProfile, N> profiles;
  const std::int64_t slots = outlines.back().slots;
  for (std::size_t i = 0; i < N; ++i) {
    const ProfileOutline& from = outlines[i];
    profiles[i] = {names[i],    from.compute, from.slots, {(gib << 30) * from.slots / slots},
                   from.starts, from.most,    from.media};
  }
  return profiles;
}

constexpr auto kA30 =
    named(kQuarterProfiles, 24, {"1g.6gb", "1g.6gb+me", "2g.12gb", "2g.12gb+me", "4g.24gb"});
constexpr auto k40 = named(kSeventhProfiles, 40,
                           {"1g.5gb", "1g.5gb+me", "1g.10gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"});
constexpr auto k80 = named(kSeventhProfiles, 80,
                           {"1g.10gb", "1g.10gb+me", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"});
constexpr auto k94 = named(kSeventhProfiles, 94,
                           {"1g.12gb", "1g.12gb+me", "1g.24gb", "2g.24gb", "3g.47gb", "4g.47gb", "7g.94gb"});
constexpr auto k96 = named(kSeventhProfiles, 96,
                           {"1g.12gb", "1g.12gb+me", "1g.24gb", "2g.24gb", "3g.48gb", "4g.48gb", "7g.96gb"});
constexpr auto k141 = named(
    kSeventhProfiles, 141, {"1g.18gb", "1g.18gb+me", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb"});

constexpr std::array kModels{
    MigModel{"a30", 4, 4, kA30, &kQuartersTable},      MigModel{"a30-24gb", 4, 4, kA30, &kQuartersTable},
    MigModel{"a100-40gb", 7, 8, k40, &kSeventhsTable}, MigModel{"a100-80gb", 7, 8, k80, &kSeventhsTable},
    MigModel{"h100-80gb", 7, 8, k80, &kSeventhsTable}, MigModel{"h100-nvl-94gb", 7, 8, k94, &kSeventhsTable},
    MigModel{"h100-96gb", 7, 8, k96, &kSeventhsTable}, MigModel{"h200-141gb", 7, 8, k141, &kSeventhsTable},
};

constexpr std::string_view kMark = "-mig-";

}  // namespace

std::optional<std::size_t> MigModel::find(std::string_view profile) const {
  const auto found = std::ranges::find(profiles, profile, &MigProfile::name);
  if (found == profiles.end()) return std::nullopt;
  return static_cast<std::size_t>(found - profiles.begin());
}

std::span<const MigModel> mig_models() {
  return kModels;
}

const MigModel* find_mig_model(std::string_view name) {
  const auto found = std::ranges::find(kModels, name, &MigModel::name);
  return found == kModels.end() ? nullptr : &*found;
}

std::span<const MigProfile> mig_profiles(std::string_view model) {
  const MigModel* found = find_mig_model(model);
  return found == nullptr ? std::span<const MigProfile>{} : found->profiles;
}

std::optional<MigName> parse_mig_model(std::string_view text) {
  const auto mark = text.find(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  const MigModel* model = find_mig_model(text.substr(0, mark));
  if (model == nullptr) return std::nullopt;
  const auto profile = model->find(text.substr(mark + kMark.size()));
  if (!profile) return std::nullopt;
  return MigName{model, *profile};
}

std::string mig_model_name(const MigName& name) {
  return std::string(name.model->name).append(kMark).append(name.model->profiles[name.profile].name);
}

base::MilliGpu milli_gpu_of(const MigName& name, base::MilliGpu share) {
  DURE_ASSERT(share.value >= 0 && share <= base::MilliGpu::cards(1));
  return {share.value * name.model->profiles[name.profile].compute / name.model->compute};
}

MigCard::MigCard(const MigModel& model) : model_(&model) {
  at_.fill(-1);
}

std::int64_t MigCard::compute_taken() const {
  std::int64_t sum = 0;
  for (const std::int8_t profile : at_)
    if (profile >= 0) sum += model_->profiles[static_cast<std::size_t>(profile)].compute;
  return sum;
}

std::optional<std::size_t> MigCard::at(std::size_t start) const {
  DURE_ASSERT(start < kMostMigSlots);
  if (at_[start] < 0) return std::nullopt;
  return static_cast<std::size_t>(at_[start]);
}

const MigRow& MigCard::row(std::size_t profile) const {
  DURE_ASSERT(profile < model_->profiles.size());
  return (*model_->table)[taken_][profile];
}

bool may_begin(const MigProfile& profile, std::int64_t start) {
  return start >= 0 && start < static_cast<std::int64_t>(kMostMigSlots) && (profile.starts >> start & 1) != 0;
}

bool MigCard::fits(std::size_t profile, std::size_t start) const {
  DURE_ASSERT(profile < model_->profiles.size());
  const MigProfile& kind = model_->profiles[profile];
  return may_begin(kind, static_cast<std::int64_t>(start)) && (slots_from(kind.slots, start) & taken_) == 0 &&
         !(kind.media && media_taken_);
}

std::optional<MigChoice> MigCard::choose(std::size_t profile) const {
  if (!fits(profile)) return std::nullopt;
  const MigRow& best = row(profile);
  return MigChoice{static_cast<std::size_t>(best.start), best.loss};
}

std::int64_t MigCard::count(std::size_t profile) const {
  const std::int64_t room = row(profile).count;
  if (!model_->profiles[profile].media) return room;
  return media_taken_ ? 0 : std::min<std::int64_t>(room, 1);
}

void MigCard::put(std::size_t profile, std::size_t start) {
  DURE_ASSERT(fits(profile, start));
  const MigProfile& kind = model_->profiles[profile];
  taken_ |= slots_from(kind.slots, start);
  media_taken_ = media_taken_ || kind.media;
  at_[start] = static_cast<std::int8_t>(profile);
}

void MigCard::take_out(std::size_t start) {
  const auto profile = at(start);
  DURE_ASSERT(profile);
  const MigProfile& kind = model_->profiles[*profile];
  taken_ = static_cast<MigSlots>(taken_ & ~slots_from(kind.slots, start));
  media_taken_ = media_taken_ && !kind.media;
  at_[start] = -1;
}

}  // namespace dure::placement
