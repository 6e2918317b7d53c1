#include "simulate/rule.h"

#include <algorithm>
#include <array>
#include <map>

#include "placement/forest.h"
#include "placement/room.h"
#include "simulate/fgd.h"
#include "simulate/simple_rules.h"

namespace dure::simulate {
namespace {

constexpr std::array<std::string_view, 7> kNames{"random",  "dotprod", "clustering", "packing",
                                                 "bestfit", "fgd",     "dure"};

// Our own (placement/stranded.h).
class Dure final : public Rule {
 public:
  explicit Dure(std::vector<placement::Slot> slots) : forest_(std::move(slots)) {}
  std::optional<placement::Spot> choose(const placement::Shape& shape) override {
    forest_.ask(shape);
    return forest_.find(shape);
  }
  void take(const placement::Shape& shape, const placement::Spot& spot) override {
    forest_.take(shape, spot);
  }

 private:
  placement::Forest forest_;
};

// The same with tenants that may be moved to make room (placement/room.h), within a budget.
class Moving final : public Rule {
 public:
  Moving(std::vector<placement::Slot> slots, std::int64_t placements_per_move)
      : placements_per_move_(placements_per_move), tenants_(slots.size()), forest_(std::move(slots)) {}

  // Room is made where few moves are enough; else what is free is gathered, step by step, until it fits.
  std::optional<placement::Spot> choose(const placement::Shape& shape) override {
    forest_.ask(shape);
    if (auto spot = forest_.find(shape)) return spot;
    if (shape.cards == 0 || hopeless(shape)) return std::nullopt;
    if (auto spot = make_room(shape)) return spot;
    if (auto spot = gather(shape)) return spot;
    in_vain_[shape] = changes();
    return std::nullopt;
  }
  void take(const placement::Shape& shape, const placement::Spot& spot) override {
    forest_.take(shape, spot);
    tenants_.add({static_cast<std::size_t>(placed_++), shape, spot});
  }
  std::int64_t moves() const override { return moves_; }

 private:
  std::int64_t changes() const { return moves_ + placed_; }
  std::size_t moves_left() const { return static_cast<std::size_t>(placed_ / placements_per_move_ - moves_); }
  bool hopeless(const placement::Shape& shape) const {
    const auto known = in_vain_.find(shape);
    return known != in_vain_.end() && known->second == changes();
  }
  std::optional<placement::Spot> make_room(const placement::Shape& shape) {
    const auto room = placement::make_room(forest_, tenants_, shape, {.most_moves = moves_left()});
    if (!room) return std::nullopt;
    move(room->moves);
    return room->spot;
  }
  std::optional<placement::Spot> gather(const placement::Shape& shape) {
    const std::int64_t before = moves_;
    while (moves_left() >= 2) {
      const auto step = placement::tighten(forest_, tenants_);
      if (!step) break;
      move(step->moves);
      if (auto spot = forest_.find(shape)) return spot;
    }
    return moves_ > before ? make_room(shape) : std::nullopt;
  }
  void move(const std::vector<placement::Move>& moves) {
    placement::apply_moves(forest_, tenants_, moves);
    moves_ += static_cast<std::int64_t>(moves.size());
  }

  std::int64_t placements_per_move_;
  std::int64_t placed_ = 0;
  std::int64_t moves_ = 0;
  std::map<placement::Shape, std::int64_t> in_vain_;  // what was tried in vain after so many changes
  placement::Tenants tenants_;
  placement::Forest forest_;
};

std::unique_ptr<Rule> make_ours(Setting setting) {
  if (setting.placements_per_move > 0)
    return std::make_unique<Moving>(std::move(setting.slots), setting.placements_per_move);
  return std::make_unique<Dure>(std::move(setting.slots));
}

std::string known() {
  std::string list;
  for (const auto name : kNames) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

}  // namespace

std::span<const std::string_view> rule_names() {
  return kNames;
}

base::Result<std::unique_ptr<Rule>> make_rule(std::string_view name, Setting setting) {
  std::unique_ptr<Rule> made;
  if (name == "random") made = std::make_unique<RandomRule>(std::move(setting.slots), setting.seed);
  if (name == "dotprod") made = std::make_unique<DotProduct>(std::move(setting.slots));
  if (name == "clustering") made = std::make_unique<Clustering>(setting.slots);
  if (name == "packing") made = std::make_unique<Packing>(std::move(setting.slots));
  if (name == "bestfit") made = std::make_unique<BestFit>(std::move(setting.slots));
  if (name == "fgd") made = std::make_unique<Fgd>(std::move(setting.slots), setting.typical);
  if (name == "dure") made = make_ours(std::move(setting));
  if (!made)
    return base::invalid(
        base::Reason("simulate.rule_unknown").with("rule", std::string(name)).with("known", known()));
  return made;
}

}  // namespace dure::simulate
