#include "supply/shares.h"

#include <algorithm>

#include "base/quantity.h"

namespace dure::supply {
namespace {

using base::Wide;
using model::GroupShare;

constexpr std::int64_t kPpm = 1'000'000;

// One of the three: what it weighs, what all groups have of it together, and what one group has.
struct Part {
  std::int64_t weight;
  std::int64_t sum;
  std::int64_t GroupShare::*had;
  std::int64_t unit = 1;  // in which it is counted

  std::int64_t of(const GroupShare& group) const { return group.*had / unit; }
};

std::vector<GroupShare> groups_of(const policy::Supply& rules,
                                  const std::vector<model::DemandAnswer>& answers) {
  std::vector<GroupShare> groups;
  for (const auto& each : rules.groups) {
    GroupShare group;
    group.user_group = each.id;
    group.priority = each.priority;
    group.performance = each.performance;
    for (const auto& answer : answers)
      if (answer.user_group == each.id) group.demand_gpus += answer.gpus;
    groups.push_back(std::move(group));
  }
  return groups;
}

// Those that count at all.
std::vector<Part> parts_of(const std::vector<GroupShare>& groups, const policy::ShareWeights& weights) {
  std::vector<Part> parts{{weights.demand, 0, &GroupShare::demand_gpus},
                          {weights.priority, 0, &GroupShare::priority},
                          {weights.performance, 0, &GroupShare::performance}};
  for (auto& part : parts) {
    for (const auto& group : groups) part.sum += part.of(group);
    if (part.sum <= kMostDemand) continue;
    part.unit = part.sum / kMostDemand + 1;
    part.sum = 0;
    for (const auto& group : groups) part.sum += part.of(group);
  }
  std::erase_if(parts, [](const Part& part) { return part.weight == 0 || part.sum == 0; });
  return parts;
}

// A group's part of the whole over the denominator of all. At most 3 * 10^4 * 10^12 * (5 * 10^6)^2: with a
// number of GPUs it stays within 128 bits.
Wide numerator_of(const GroupShare& group, const std::vector<Part>& parts) {
  Wide sum = 0;
  for (const auto& part : parts) {
    Wide product = static_cast<Wide>(part.weight) * part.of(group);
    for (const auto& other : parts)
      if (&other != &part) product *= other.sum;
    sum += product;
  }
  return sum;
}

Wide denominator_of(const std::vector<Part>& parts) {
  std::int64_t weights = 0;
  Wide product = 1;
  for (const auto& part : parts) {
    weights += part.weight;
    product *= part.sum;
  }
  return product * weights;
}

// Gives what is left to the largest remainders; says where equal ones were told apart by their order.
void give_rest(std::vector<GroupShare>& groups, const std::vector<Wide>& remainders, std::int64_t rest) {
  std::vector<std::size_t> order(groups.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  const auto given = static_cast<std::size_t>(rest);
  for (std::size_t i = 0; i < given; ++i) {
    ++groups[order[i]].gpus;
    groups[order[i]].remainder = true;
  }
  if (given == 0 || given == order.size()) return;
  const Wide last = remainders[order[given - 1]];
  if (remainders[order[given]] != last) return;
  for (std::size_t i = 0; i < order.size(); ++i)
    if (remainders[i] == last) groups[i].tie = true;
}

}  // namespace

base::Status check_group(const policy::Supply& rules, const std::string& group) {
  std::string known;
  for (const auto& each : rules.groups) {
    if (each.id == group) return {};
    known += (known.empty() ? "" : ", ") + each.id;
  }
  const auto reason = base::Reason("supply.group_unknown")
                          .with("user_group", group)
                          .with("groups", known.empty() ? "-" : known);
  return base::invalid(reason, {{"/user_group", reason}});
}

base::Result<std::vector<GroupShare>> share_among(const policy::Supply& rules,
                                                  const std::vector<model::DemandAnswer>& answers,
                                                  std::int64_t gpus) {
  if (rules.groups.empty()) return base::error(base::ErrorKind::kConflict, base::Reason("supply.no_groups"));
  auto groups = groups_of(rules, answers);
  const auto parts = parts_of(groups, rules.share_weights);
  if (parts.empty())
    return base::error(base::ErrorKind::kConflict, base::Reason("supply.nothing_to_share_by"));
  const Wide denominator = denominator_of(parts);
  DURE_ASSERT(denominator > 0);  // each part weighs something, and somebody has something of it
  std::vector<Wide> remainders;
  std::int64_t rest = gpus;
  for (auto& group : groups) {
    const Wide numerator = numerator_of(group, parts);
    group.gpus = static_cast<std::int64_t>(numerator * gpus / denominator);
    group.share_ppm = static_cast<std::int64_t>(numerator * kPpm / denominator);
    remainders.push_back(numerator * gpus % denominator);
    rest -= group.gpus;
  }
  give_rest(groups, remainders, rest);
  return groups;
}

}  // namespace dure::supply
