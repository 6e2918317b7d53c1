// Rule: which spot a shape gets. Ours, and the published ones that it is measured against, each with the
// machines that it has filled so far.
//
// Among equals every rule takes the first slot in its order: the published figures come from a scheduler that
// does, and ties decide more than most of the differences between rules do.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "placement/board.h"

namespace dure::simulate {

class Rule {
 public:
  virtual ~Rule() = default;
  // Nothing where no slot fits. What is chosen is not yet taken.
  virtual std::optional<placement::Spot> choose(const placement::Shape& shape) = 0;
  virtual void take(const placement::Shape& shape, const placement::Spot& spot) = 0;
  // Tenants moved so far; a rule that moves does so inside choose().
  virtual std::int64_t moves() const { return 0; }
};

// What a rule begins with: the empty machines in their order of preference, the shapes that are typical (each
// as often as it occurs), the seed of whatever it draws, and for how many placements it may move one tenant
// (0: it may not; only "dure" does).
struct Setting {
  std::vector<placement::Slot> slots;
  std::vector<placement::Shape> typical;
  std::uint64_t seed = 0;
  std::int64_t placements_per_move = 0;
};

// "random", "dotprod", "clustering", "packing", "bestfit", "fgd", "dure".
std::span<const std::string_view> rule_names();

// Errors: simulate.rule_unknown {rule, known}.
base::Result<std::unique_ptr<Rule>> make_rule(std::string_view name, Setting setting);

}  // namespace dure::simulate
