#include "simulate/rule.h"

#include <algorithm>
#include <array>

#include "placement/forest.h"
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
  if (name == "dure") made = std::make_unique<Dure>(std::move(setting.slots));
  if (!made)
    return base::invalid(
        base::Reason("simulate.rule_unknown").with("rule", std::string(name)).with("known", known()));
  return made;
}

}  // namespace dure::simulate
