// MIG (NVIDIA Multi-Instance GPU): into which instances a card can be split, and where an instance goes.
//
// A card in MIG mode has memory slices in a row, its slots (8; an A30 has 4), and compute slices (7; 4). A
// profile is a kind of instance: it takes so many slots in a row, from one of a few starts, and so many
// compute slices. No legal set of instances has more compute slices than the card (mig.cc proves it while it
// is compiled), so that the slots alone say what fits; but media extensions ("+me") are there once a card.
//
// Source of the table: NVIDIA Multi-Instance GPU User Guide, "Supported MIG Profiles", and the placements
// that drivers list (`nvidia-smi mig -lgip`, `-lgipp`).
//
// An instance is a card of its own, with its own memory and its own 1000 milli-GPU (requirement P3). Its
// model is named after both, as a node reports it: "a100-40gb-mig-3g.20gb".
//
// Plain values, no clock, no threads. What hangs on the slots only is looked up in tables that the compiler
// makes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/quantity.h"

namespace dure::placement {

using MigSlots = std::uint8_t;  // one bit a slot, the lowest for slot 0

inline constexpr std::size_t kMostMigSlots = 8;
inline constexpr std::size_t kMostMigProfiles = 7;

struct MigProfile {
  std::string_view name;     // as the driver says: "3g.20gb"
  std::int64_t compute = 0;  // compute slices
  std::int64_t slots = 0;    // memory slices, in a row
  base::Bytes memory;        // its part of the card's memory as sold; a real instance has less
  MigSlots starts = 0;       // where it may begin
  std::int64_t most = 0;     // on one card
  bool media = false;        // has the card's media extensions
};

// An instance of the profile may begin at that slot of a card.
bool may_begin(const MigProfile& profile, std::int64_t start);

// Where an instance goes. `loss` is what the card can no longer hold by it, and is what to compare several
// cards by, the first one among equals: the number of placements (a profile at one of its starts) that were
// free and are not any more, each counted as many times as its profile has slots; profiles with media
// extensions are not counted, as they stand where the ones without do. So an empty card, whose largest
// profile is lost with the first instance, is opened last. After Zambianco et al. (arXiv
// 2511.18906, 2025), who put each instance where fragmentation grows least; the measure is as said here.
struct MigChoice {
  std::size_t start = 0;
  std::int64_t loss = 0;
  bool operator==(const MigChoice&) const = default;
};

// What follows from the slots that are taken, for each profile; made with the program, never changed.
struct MigRow {
  std::int8_t start = -1;  // the best one; -1: none is free
  std::uint8_t count = 0;  // how many instances of this profile alone still find room
  std::int16_t loss = 0;   // at the best start
};
using MigTable = std::array<std::array<MigRow, kMostMigProfiles>, 1U << kMostMigSlots>;

struct MigModel {
  std::string_view name;  // of the whole card: "a100-40gb"
  std::int64_t compute = 0;
  std::int64_t slots = 0;
  std::span<const MigProfile> profiles;  // a profile is known by its place here
  const MigTable* table = nullptr;

  // The profile of that name.
  std::optional<std::size_t> find(std::string_view profile) const;
};

// The card's model by its name in Dure's catalogue, or nullptr: it has no MIG, or is not known to have it.
// Lives as long as the program. "a30-24gb" and "h100-nvl-94gb" are names that a node makes of a product that
// its catalogue does not have.
const MigModel* find_mig_model(std::string_view name);
std::span<const MigModel> mig_models();

// Its profiles; none where the model has no MIG.
std::span<const MigProfile> mig_profiles(std::string_view model);

// An instance's model.
struct MigName {
  const MigModel* model = nullptr;
  std::size_t profile = 0;
  bool operator==(const MigName&) const = default;
};

// "a100-40gb-mig-3g.20gb". Nothing for any other text, also where the card or the profile is not in the
// table, or where it is a part of an instance that shares its memory ("…-mig-1c.3g.20gb").
std::optional<MigName> parse_mig_model(std::string_view text);
std::string mig_model_name(const MigName& name);

// What a part of an instance counts as, in milli-GPU of the whole card: its part of the compute slices
// (memory is not looked at), rounded down. So whatever stands on a card counts as at most 1000 together;
// seven times 1g counts as 994. REQUIRES: 0 <= share <= 1000.
base::MilliGpu milli_gpu_of(const MigName& name, base::MilliGpu share = base::MilliGpu::cards(1));

// The instances of one card. Its model must outlive it; those of find_mig_model do.
class MigCard {
 public:
  explicit MigCard(const MigModel& model);

  const MigModel& model() const { return *model_; }
  MigSlots taken() const { return taken_; }
  std::int64_t compute_taken() const;
  // The profile of the instance that begins at this slot.
  std::optional<std::size_t> at(std::size_t start) const;

  // REQUIRES, of all of these: the profile is one of the model's.
  bool fits(std::size_t profile) const { return count(profile) > 0; }
  bool fits(std::size_t profile, std::size_t start) const;
  // The start with the least loss. Among equals the highest: slot 0 is the only start of the profiles with
  // four and seven compute slices, so that the low end is kept free for them.
  std::optional<MigChoice> choose(std::size_t profile) const;
  // How many more of this profile, and of no other, the card can hold: exactly, by search over all ways.
  std::int64_t count(std::size_t profile) const;

  // REQUIRES: it fits there.
  void put(std::size_t profile, std::size_t start);
  // REQUIRES: an instance begins there.
  void take_out(std::size_t start);

  bool operator==(const MigCard&) const = default;

 private:
  const MigRow& row(std::size_t profile) const;

  const MigModel* model_;
  MigSlots taken_ = 0;
  bool media_taken_ = false;
  std::array<std::int8_t, kMostMigSlots> at_;  // the profile that begins at each slot; -1: none does
};

}  // namespace dure::placement
