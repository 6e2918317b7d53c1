#include "evaluation/waiting.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "calendar/period.h"
#include "evaluation/inputs.h"
#include "selection/gaps.h"

namespace dure::evaluation {
namespace {

constexpr std::int64_t kMilliOfBlock = 10;

// What is free for all the months that are asked for.
std::int64_t units_of(const std::vector<model::Gap>& gaps, const Waiting& waiting, const policy::Pool& pool) {
  const auto last = calendar::period_end(waiting.from, {waiting.months, calendar::Unit::kMonths});
  std::int64_t most = 0;
  for (const auto& gap : gaps)
    if (last <= gap.until) most = std::max(most, gap.amount.value);
  return selection::units_within({most / kMilliOfBlock, model::AmountUnit::kBlock}, pool).value_or(0);
}

// Why none of the gaps is offered; none where one fits.
std::optional<base::Reason> no_gap(const std::vector<model::Gap>& gaps, const Waiting& waiting,
                                   std::int64_t units, const policy::Pool& pool, const policy::Award& use) {
  model::GapRequest request;
  request.id = waiting.entry->id.text;
  request.amount = base::MilliGpu::blocks(blocks_of(units, pool).value_or(0));
  request.earliest = waiting.from;
  request.months = waiting.months;
  const auto matching = selection::match_gaps({gaps, {request}}, use);
  if (!matching) return matching.failure().reason;
  if (matching->unserved.empty()) return std::nullopt;
  return matching->unserved.front().reason;
}

}  // namespace

bool waits_before(const model::WaitlistEntry& a, const model::WaitlistEntry& b) {
  return std::tie(a.created_at, a.position, a.id) < std::tie(b.created_at, b.position, b.id);
}

Match match(std::vector<Waiting> waiting, std::int64_t units, const selection::SelectionRules& rules,
            const policy::Award& use, const IdleFor& idle) {
  std::sort(waiting.begin(), waiting.end(),
            [](const Waiting& a, const Waiting& b) { return waits_before(*a.entry, *b.entry); });
  const auto menu = selection::menu_of(rules.pool);
  Match made;
  const model::WaitlistEntry* blocker = nullptr;
  for (const auto& each : waiting) {
    if (blocker != nullptr && !rules.selection.pass_over) {
      made.passed.push_back(
          {each.entry, base::Reason("evaluation.behind").with("position", blocker->position)});
      continue;
    }
    const auto gaps = idle ? idle(each, made.offers) : std::vector<model::Gap>{};
    const std::int64_t left = idle ? std::min(units, units_of(gaps, each, rules.pool)) : units;
    std::int64_t given = each.units <= left ? each.units : 0;
    if (given == 0 && rules.selection.partial_award) given = selection::largest_of(menu, left);
    auto reason = base::Reason("evaluation.does_not_fit").with("asked", each.units).with("left", left);
    if (given > 0 && idle)
      if (auto why = no_gap(gaps, each, given, rules.pool, use)) {
        reason = std::move(*why);
        given = 0;
      }
    if (given == 0) {
      made.passed.push_back({each.entry, std::move(reason)});
      if (blocker == nullptr) blocker = each.entry;
      continue;
    }
    units -= given;
    made.offers.push_back({each.entry, given, each.from, each.months});
  }
  return made;
}

}  // namespace dure::evaluation
