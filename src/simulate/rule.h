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
};

// What a rule begins with: the empty machines in their order of preference, the shapes that are typical (each
// as often as it occurs), and the seed of whatever it draws.
struct Setting {
  std::vector<placement::Slot> slots;
  std::vector<placement::Shape> typical;
  std::uint64_t seed = 0;
};

// "random", "dotprod", "clustering", "packing", "bestfit", "fgd", "dure".
std::span<const std::string_view> rule_names();

// Errors: simulate.rule_unknown {rule, known}.
base::Result<std::unique_ptr<Rule>> make_rule(std::string_view name, Setting setting);

}  // namespace dure::simulate
