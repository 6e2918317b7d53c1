// MIG cards on the board: the horizon over their slices, and the choice among many cards, beside one who
// looks at every instant and every card.
#include "placement/slices.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "placement/horizon.h"
#include "placement/partition_fixture.h"

namespace dure::placement {
namespace {

constexpr std::int64_t kEnd = 24;  // instants that are looked at

Shape shape_of(const std::string& model, const std::string& profile, std::int64_t milli) {
  Shape shape;
  shape.cards = 1;
  shape.milli_gpu = milli;
  shape.mig = mig_number(*parse_mig_model(model + "-mig-" + profile));
  return shape;
}

TEST(Slices, AreCountedForOnePartOfAnInstanceOfTheirKindAndNothingElse) {
  const Slot card = empty_slices(*find_mig_model("a30"));
  EXPECT_EQ(count_slices(card, shape_of("a30", "2g.12gb", 1000), 50), 2);
  EXPECT_EQ(count_slices(card, shape_of("a30", "2g.12gb+me", 1000), 50), 1);
  EXPECT_EQ(count_slices(card, shape_of("a30", "2g.12gb", 1), 5'000), 2'000) << "the least there is";
  EXPECT_EQ(count_slices(card, shape_of("a30", "2g.12gb", 0), 50), 0) << "nothing is no part";
  EXPECT_EQ(count_slices(card, shape_of("a100-40gb", "2g.10gb", 1000), 50), 0);
  Shape two = shape_of("a30", "2g.12gb", 1000);
  two.cards = 2;
  EXPECT_EQ(count_slices(card, two, 50), 0);
  EXPECT_EQ(tightest_slices(card, shape_of("a100-40gb", "2g.10gb", 1000)), 0U);
  Slot full = card;
  const Shape all = shape_of("a30", "4g.24gb", 1000);
  take(full, all, tightest_slices(full, all));
  EXPECT_EQ(count_slices(full, shape_of("a30", "2g.12gb", 1), 50), 0) << "another instance stands there";
  EXPECT_EQ(count_slices(full, shape_of("a30", "4g.24gb", 1), 50), 0) << "nothing of it is left";
}

struct Stay {
  Horizon::Key key = 0;
  bool reserved = false;  // not on the board yet
  std::size_t slot = 0;
  NaiveInstance part;
  base::Instant starts, ends;
  Placed placed;
};

// One who knows of each stay when it is where.
class Calendar {
 public:
  explicit Calendar(std::vector<std::string> models) : models_(std::move(models)) {}

  std::vector<Stay> stays;

  // Who begins at `from` and stays for so long may be in that instance.
  bool open(std::size_t slot, const NaiveInstance& part, std::int64_t from, std::int64_t length) const {
    for (std::int64_t t = from; t < std::min(from + length, kEnd); ++t)
      if (!there(slot, t).can_join(part)) return false;
    return true;
  }

  std::optional<std::int64_t> earliest(const std::string& model, const std::string& profile,
                                       std::int64_t milli, std::int64_t length) const {
    for (std::int64_t t = 0; t <= kEnd; ++t)
      for (std::size_t slot = 0; slot < models_.size(); ++slot) {
        if (models_[slot] != model) continue;
        for (const std::int64_t start : listed_profile(model, profile).starts)
          if (open(slot, {profile, start, milli}, t, length)) return t;
      }
    return std::nullopt;
  }

 private:
  struct Moment : NaiveMigCard {
    bool can_join(const NaiveInstance& part) const {
      for (const NaiveInstance& each : instances)
        if (each.profile == part.profile && each.start == part.start) return each.held + part.held <= 1000;
      return can_add(part);
    }
  };

  Moment there(std::size_t slot, std::int64_t instant) const {
    Moment moment;
    moment.model = models_[slot];
    for (const Stay& stay : stays) {
      if (stay.slot != slot || instant < stay.starts.us || instant >= stay.ends.us) continue;
      auto found = std::ranges::find_if(moment.instances, [&](const NaiveInstance& each) {
        return each.profile == stay.part.profile && each.start == stay.part.start;
      });
      if (found == moment.instances.end())
        moment.instances.push_back(stay.part);
      else
        found->held += stay.part.held;
    }
    return moment;
  }

  std::vector<std::string> models_;
};

class Planned {
 public:
  explicit Planned(std::uint64_t seed) : dice_(seed), models_{"a100-40gb"}, calendar_({}) {
    if (dice_.one_in(2)) models_.push_back(dice_.one_in(2) ? "a30" : "a100-40gb");
    calendar_ = Calendar(models_);
    for (const std::string& model : models_) {
      board_.push_back(empty_slices(*find_mig_model(model)));
      board_.back().model = model == "a30" ? 1 : 0;
    }
    horizon_.emplace(&board_);
    horizon_->set_now({0});
  }

  void step() {
    const std::string& model =
        models_[static_cast<std::size_t>(dice_.roll(0, static_cast<std::int64_t>(models_.size()) - 1))];
    const auto& profiles = listed_profiles(model);
    const std::string& profile =
        profiles[static_cast<std::size_t>(dice_.roll(0, static_cast<std::int64_t>(profiles.size()) - 1))]
            .name;
    const std::int64_t milli = dice_.one_in(2) ? 1000 : dice_.roll(1, 9) * 100;
    const std::int64_t length = dice_.roll(1, 8);
    Shape shape = shape_of(model, profile, milli);
    shape.models = model == "a30" ? 2 : 1;
    const auto opening = horizon_->earliest(shape, 1, false, {0}, {length}, {kEnd});
    const auto expected = calendar_.earliest(model, profile, milli, length);
    if (!expected || *expected + length > kEnd) return;  // beyond what is looked at
    ASSERT_TRUE(opening.has_value()) << model << " " << profile;
    EXPECT_EQ(opening->start.us, *expected) << model << " " << profile << " " << milli;
    add(shape, profile, milli, length, *opening);
  }

  int made = 0;

 private:
  void add(const Shape& shape, const std::string& profile, std::int64_t milli, std::int64_t length,
           const Horizon::Opening& opening) {
    const Spot spot = opening.spots.front();
    const NaiveInstance part{profile, std::countr_zero(spot.cards), milli};
    ASSERT_TRUE(calendar_.open(spot.slot, part, opening.start.us, length)) << "what was found collides";
    const Placed placed{shape, spot};
    ASSERT_TRUE(horizon_->open({&placed, 1}, opening.start, {length}));
    const Stay stay{static_cast<Horizon::Key>(++made),
                    opening.start.us > 0 || dice_.one_in(3),
                    spot.slot,
                    part,
                    opening.start,
                    opening.start + base::Span{length},
                    placed};
    if (stay.reserved) {
      horizon_->reserve(stay.key, {&placed, 1}, stay.starts, stay.ends);
    } else {
      take(board_[spot.slot], shape, spot.cards);
      horizon_->run(stay.key, {&placed, 1}, stay.ends);
    }
    calendar_.stays.push_back(stay);
    if (!dice_.one_in(4)) return;
    const auto i =
        static_cast<std::size_t>(dice_.roll(0, static_cast<std::int64_t>(calendar_.stays.size()) - 1));
    const Stay gone = calendar_.stays[i];
    if (!gone.reserved) give_back(board_[gone.slot], gone.placed.shape, gone.placed.spot.cards);
    horizon_->remove(gone.key);
    calendar_.stays.erase(calendar_.stays.begin() + static_cast<std::ptrdiff_t>(i));
  }

  Dice dice_;
  std::vector<std::string> models_;
  Calendar calendar_;
  std::vector<Slot> board_;
  std::optional<Horizon> horizon_;
};

TEST(SlicesProperty, TheEarliestStartIsThatOfOneWhoLooksAtEveryInstant) {
  int made = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Planned planned(seed);
    for (int i = 0; i < 30 && !::testing::Test::HasFailure(); ++i) planned.step();
    made += planned.made;
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(made, 1'000);
}

TEST(Slices, WhatFollowsAnInstanceOfTheSameSlicesIsNotJoinedAcross) {
  std::vector<Slot> board{empty_slices(*find_mig_model("a100-40gb"))};
  Horizon horizon(&board);
  const Placed three{shape_of("a100-40gb", "3g.20gb", 300), {0, 0b1111}};
  const Placed four{shape_of("a100-40gb", "4g.20gb", 300), {0, 0b1111}};
  horizon.reserve(1, {&three, 1}, {0}, {10});
  horizon.reserve(2, {&four, 1}, {10}, {20});
  const Placed joins{shape_of("a100-40gb", "3g.20gb", 200), {0, 0b1111}};
  EXPECT_TRUE(horizon.open({&joins, 1}, {0}, {10}));
  EXPECT_FALSE(horizon.open({&joins, 1}, {5}, {10})) << "half of the time it would be in the other";
  EXPECT_TRUE(horizon.open({&joins, 1}, {20}, {10}));
}

// Many cards with what is on them at random: the one that the forest takes against a look at all.
TEST(SlicesProperty, TheForestTakesTheCardThatLosesLeast) {
  Dice dice(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Slot> slots;
    for (std::int64_t n = dice.roll(1, 12); n > 0; --n) {
      slots.push_back(empty_slices(*find_mig_model("a100-40gb")));
      slots.back().cpu_milli = dice.roll(1, 4) * 1000;
    }
    Forest forest(slots);
    for (int i = 0; i < 40; ++i) {
      const auto& profile = listed_profiles("a100-40gb")[static_cast<std::size_t>(dice.roll(0, 6))];
      Shape shape = shape_of("a100-40gb", profile.name, dice.one_in(2) ? 1000 : dice.roll(1, 99) * 10);
      shape.cpu_milli = dice.one_in(2) ? dice.roll(0, 1000) : 0;
      std::optional<std::pair<std::int64_t, std::size_t>> best;
      for (std::size_t slot = 0; slot < slots.size(); ++slot)
        if (forest.slots()[slot].cpu_milli >= shape.cpu_milli && slices_fit(forest.slots()[slot], shape)) {
          const std::pair here{loss_of_slices(forest.slots()[slot], shape), slot};
          if (!best || here < *best) best = here;
        }
      const auto spot = forest.find(shape);
      ASSERT_EQ(spot.has_value(), best.has_value());
      if (!spot) continue;
      EXPECT_EQ(loss_of_slices(forest.slots()[spot->slot], shape), best->first);
      if (best->first > 0) {
        EXPECT_EQ(spot->slot, best->second);
      }
      forest.take(shape, *spot);
    }
  }
}

}  // namespace
}  // namespace dure::placement
