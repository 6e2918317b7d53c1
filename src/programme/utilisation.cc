#include "programme/utilisation.h"

#include <algorithm>

#include "calendar/deadline.h"
#include "calendar/period.h"
#include "programme/award.h"
#include "programme/charges.h"

namespace dure::programme {
namespace {

using base::Reason;
using base::Usage;
using model::UseMeasure;

constexpr std::int64_t kWholeBp = 10'000;
constexpr std::int64_t kMonthsOfQuarter = 3;

std::int64_t months_of(model::UseCycle cycle) {
  return cycle == model::UseCycle::kMonthly ? 1 : kMonthsOfQuarter;
}

bool exempts(const std::vector<policy::Exemption>& all, policy::Exemption one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// The bands for what is reviewed after that cycle.
std::vector<policy::Band> bands_for(const policy::Utilisation& rules, std::int64_t number) {
  std::vector<policy::Band> own, general;
  for (const auto& band : rules.bands) {
    if (band.after == number) own.push_back(band);
    if (band.after == 0) general.push_back(band);
  }
  return own.empty() ? general : own;
}

const policy::Band* band_of(const std::vector<policy::Band>& bands, std::int64_t used_bp) {
  for (const auto& band : bands)
    if (used_bp < band.below_bp) return &band;
  return nullptr;
}

bool allowed(const policy::Utilisation& rules, UseMeasure measure) {
  if (rules.measures.empty() || measure == UseMeasure::kKeep) return true;
  return std::any_of(rules.measures.begin(), rules.measures.end(),
                     [&](policy::UseMeasure each) { return to_model(each) == measure; });
}

std::string allowed_names(const std::vector<policy::UseMeasure>& measures) {
  std::string names;
  for (const auto each : measures)
    names += (names.empty() ? "" : ", ") + std::string(model::to_text(to_model(each)));
  return names;
}

std::int64_t part_of(std::int64_t whole, std::int64_t bp) {
  return base::multiply_divide(whole, bp, kWholeBp);
}

// What is left after a reduction by the band.
std::int64_t left_after(const policy::Band& band, const UseSeen& seen, const BlockSteps& steps) {
  const auto unused = part_of(seen.blocks, std::max<std::int64_t>(0, kWholeBp - *seen.used_bp));
  const auto whole = band.of == policy::BandShare::kAllocation ? seen.blocks : unused;
  const auto taken = std::min(part_of(whole, band.share_bp), unused);
  return std::min(seen.blocks, steps.at_least(seen.blocks - taken));
}

UseProposal keep(const UseSeen& seen, Reason reason) {
  return {UseMeasure::kKeep, seen.blocks, {std::move(reason)}};
}

std::optional<UseProposal> by_band(const policy::Band& band, const UseSeen& seen,
                                   const policy::Utilisation& rules, const BlockSteps& steps) {
  const auto measure = to_model(band.measure);
  UseProposal made{measure,
                   seen.blocks,
                   {Reason("utilisation.reason_band")
                        .with("used_bp", *seen.used_bp)
                        .with("below_bp", band.below_bp)
                        .with("measure", std::string(model::to_text(measure)))}};
  if (measure == UseMeasure::kReduce) made.blocks = left_after(band, seen, steps);
  if (measure == UseMeasure::kReclaim || made.blocks == 0) {
    made.measure = UseMeasure::kReclaim;
    made.blocks = 0;
  }
  if (measure == UseMeasure::kIncrease)
    made.blocks = std::max(seen.blocks, steps.at_most(seen.blocks + part_of(seen.blocks, band.share_bp)));
  if (!allowed(rules, made.measure)) return std::nullopt;
  if (made.blocks == seen.blocks && measure != UseMeasure::kKeep) {
    made.measure = UseMeasure::kKeep;
    made.reasons.push_back(Reason("utilisation.reason_smallest_unit").with("unit", steps.unit));
  }
  return made;
}

}  // namespace

UseMeasure to_model(policy::UseMeasure measure) {
  switch (measure) {
    case policy::UseMeasure::kKeep:
      return UseMeasure::kKeep;
    case policy::UseMeasure::kReduce:
      return UseMeasure::kReduce;
    case policy::UseMeasure::kReclaim:
      return UseMeasure::kReclaim;
    case policy::UseMeasure::kIncrease:
      return UseMeasure::kIncrease;
  }
  return UseMeasure::kKeep;
}

bool burdens(UseMeasure measure) {
  return measure == UseMeasure::kReduce || measure == UseMeasure::kReclaim;
}

std::optional<model::UseCycle> cycle_of(policy::ReviewCycle cycle) {
  if (cycle == policy::ReviewCycle::kMonthly) return model::UseCycle::kMonthly;
  if (cycle == policy::ReviewCycle::kQuarterly) return model::UseCycle::kQuarterly;
  return std::nullopt;
}

UsePeriod cycle_around(base::Date day, model::UseCycle cycle, base::Date starts_on) {
  const auto months = months_of(cycle);
  const auto until = calendar::cycle_end(day, months);
  return {calendar::cycle_start(day, months), until,
          starts_on <= until ? calendar::cycles_touched(starts_on, until, months) : 1};
}

std::vector<UsePeriod> cycles_of(const model::Allocation& allocation, base::Date today,
                                 model::UseCycle cycle) {
  std::vector<UsePeriod> all;
  const auto last = std::min(today, allocation.ends_on);
  for (auto day = allocation.starts_on; day <= last;) {
    all.push_back(cycle_around(day, cycle, allocation.starts_on));
    day = calendar::day_after(all.back().until);
  }
  return all;
}

std::vector<UseSpan> exempt_times(const model::Allocation& allocation,
                                  const std::vector<model::Outage>& outages,
                                  const std::vector<std::string>& node_ids, const policy::Utilisation& rules,
                                  std::int64_t setup_grace_days, const calendar::Zone& zone,
                                  base::Instant now) {
  std::vector<UseSpan> spans;
  if (exempts(rules.exempt, policy::Exemption::kSetupGrace) && setup_grace_days > 0) {
    const auto last = calendar::period_end(allocation.starts_on, {setup_grace_days, calendar::Unit::kDays});
    spans.push_back({calendar::start_of(allocation.starts_on, zone), calendar::end_of(last, zone)});
  }
  if (!exempts(rules.exempt, policy::Exemption::kOutage)) return spans;
  for (const auto& outage : outages)
    if (stops(outage, node_ids))
      spans.push_back({outage.started_at, std::min(outage.ended_at.value_or(now), now)});
  return spans;
}

std::vector<UseSpan> counted_spans(UseSpan window, std::vector<UseSpan> exempt) {
  std::sort(exempt.begin(), exempt.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  std::vector<UseSpan> spans;
  auto from = window.from;
  for (const auto& each : exempt) {
    if (each.to <= from || each.to <= each.from) continue;
    if (window.to <= each.from) break;
    if (from < each.from) spans.push_back({from, each.from});
    from = each.to;
  }
  if (from < window.to) spans.push_back({from, window.to});
  return spans;
}

base::Span length_of(const std::vector<UseSpan>& spans) {
  base::Span sum;
  for (const auto& each : spans) sum = sum + (each.to - each.from);
  return sum;
}

Usage given_in(const std::vector<UseSpan>& spans, const std::vector<HeldBlocks>& held) {
  Usage sum;
  for (const auto& span : spans)
    for (std::size_t i = 0; i < held.size(); ++i) {
      const auto from = std::max(held[i].from, span.from);
      const auto to = i + 1 < held.size() ? std::min(held[i + 1].from, span.to) : span.to;
      if (to <= from) continue;
      sum.milli_gpu_ms += base::MilliGpu::blocks(held[i].blocks).value * (to - from).in_ms();
    }
  return sum;
}

std::optional<UseSpan> window_of(const model::Allocation& allocation, const UsePeriod& period,
                                 const calendar::Zone& zone, base::Instant now) {
  const auto first = std::max(allocation.starts_on, period.from);
  const auto last = std::min(allocation.ends_on, period.until);
  if (last < first) return std::nullopt;
  const UseSpan window{calendar::start_of(first, zone), std::min(calendar::end_of(last, zone), now)};
  if (window.to <= window.from) return std::nullopt;
  return window;
}

void add_use(UsedTime& sum, Usage held, const std::optional<DeviceReading>& reading) {
  if (!reading || reading->given_ns <= 0) {
    sum.used = sum.used + held;
    sum.unread = sum.unread + held;
    return;
  }
  sum.used.milli_gpu_ms += base::multiply_divide(
      held.milli_gpu_ms, std::max<std::int64_t>(0, reading->device_ns), reading->given_ns);
}

std::optional<std::int64_t> ratio_bp(Usage used, Usage given) {
  if (given.milli_gpu_ms <= 0) return std::nullopt;
  return base::multiply_divide(std::max<std::int64_t>(0, used.milli_gpu_ms), kWholeBp, given.milli_gpu_ms);
}

std::optional<Usage> planned_in(const std::vector<std::int64_t>& gpu_hours, base::Date starts_on,
                                base::Date from, base::Date until) {
  std::optional<Usage> sum;
  auto first = starts_on;
  for (std::size_t i = 0; i < gpu_hours.size(); ++i) {
    const auto months = static_cast<std::int64_t>(i + 1) * kMonthsOfQuarter;
    const auto last = calendar::period_end(starts_on, {months, calendar::Unit::kMonths});
    const auto begins = std::max(first, from);
    const auto ends = std::min(last, until);
    if (begins <= ends) {
      const auto part = base::multiply_divide(gpu_hours[i] * kGpuHour, calendar::days_of(begins, ends),
                                              calendar::days_of(first, last));
      sum = Usage{sum.value_or(Usage{}).milli_gpu_ms + part};
    }
    first = calendar::day_after(last);
  }
  return sum;
}

std::optional<Usage> planned_next(const std::vector<std::int64_t>& gpu_hours,
                                  const model::Allocation& allocation, const UsePeriod& period,
                                  model::UseCycle cycle) {
  const auto next = cycle_around(calendar::day_after(period.until), cycle, allocation.starts_on);
  return planned_in(gpu_hours, allocation.starts_on, next.from, std::min(next.until, allocation.ends_on));
}

bool BlockSteps::holds(std::int64_t blocks) const {
  if (blocks == 0) return true;
  if (!menu.empty()) return std::find(menu.begin(), menu.end(), blocks) != menu.end();
  return blocks > 0 && blocks % unit == 0;
}

std::int64_t BlockSteps::at_least(std::int64_t blocks) const {
  if (blocks <= 0) return 0;
  if (menu.empty()) return (blocks + unit - 1) / unit * unit;
  const auto found = std::lower_bound(menu.begin(), menu.end(), blocks);
  return found == menu.end() ? blocks : *found;
}

std::int64_t BlockSteps::at_most(std::int64_t blocks) const {
  if (menu.empty()) return blocks / unit * unit;
  const auto found = std::upper_bound(menu.begin(), menu.end(), blocks);
  return found == menu.begin() ? 0 : *(found - 1);
}

BlockSteps steps_of(const policy::Pool& pool) {
  BlockSteps steps;
  const auto per_gpu = base::MilliGpu::cards(1).value / base::MilliGpu::blocks(1).value;
  if (pool.unit == policy::OfferUnit::kGpu) steps.unit = per_gpu;
  if (pool.unit == policy::OfferUnit::kServer)
    steps.unit = per_gpu * std::max<std::int64_t>(1, pool.gpus_per_unit);
  for (const auto& amount : pool.unit_menu)
    steps.menu.push_back(amount.value / base::MilliGpu::blocks(1).value);
  std::sort(steps.menu.begin(), steps.menu.end());
  return steps;
}

namespace {

std::optional<UseProposal> propose_by_use(const UseSeen& seen, const policy::Utilisation& rules,
                                          const BlockSteps& steps) {
  if (!seen.used_bp) return keep(seen, Reason("utilisation.reason_nothing_given"));
  const auto bands = bands_for(rules, seen.number);
  if (bands.empty()) return std::nullopt;
  const auto above = [&] { return Reason("utilisation.reason_above_bands").with("used_bp", *seen.used_bp); };
  const auto* band = band_of(bands, *seen.used_bp);
  if (band == nullptr) return keep(seen, above());
  if (!rules.compare_with_plan || !seen.plan_bp || !burdens(to_model(band->measure)))
    return by_band(*band, seen, rules, steps);
  // What was planned to stay unused burdens nobody: the band is that of the plan's ratio where it is better.
  const auto reached = std::max(*seen.used_bp, *seen.plan_bp);
  const auto* planned = band_of(bands, reached);
  if (planned == nullptr || !burdens(to_model(planned->measure)))
    return keep(seen, Reason("utilisation.reason_as_planned").with("plan_bp", *seen.plan_bp));
  return by_band(*planned, seen, rules, steps);
}

}  // namespace

std::optional<UseProposal> propose(const UseSeen& seen, const policy::Utilisation& rules,
                                   const BlockSteps& steps) {
  auto proposal = propose_by_use(seen, rules, steps);
  if (proposal && seen.next_planned)
    proposal->reasons.push_back(
        Reason("utilisation.reason_next_plan").with("gpu_hours", seen.next_planned->milli_gpu_ms / kGpuHour));
  return proposal;
}

base::Status check_measure(UseMeasure measure, std::int64_t blocks, std::int64_t held,
                           const policy::Utilisation& rules, const BlockSteps& steps) {
  if (!allowed(rules, measure)) {
    const auto reason = Reason("utilisation.measure_not_allowed")
                            .with("measure", std::string(model::to_text(measure)))
                            .with("allowed", allowed_names(rules.measures));
    return base::invalid(reason, {{"/measure", reason}});
  }
  const bool fits = measure == UseMeasure::kKeep      ? blocks == held
                    : measure == UseMeasure::kReclaim ? blocks == 0
                    : measure == UseMeasure::kReduce  ? 0 < blocks && blocks < held
                                                      : blocks > held;
  if (!fits) {
    const auto reason = Reason("utilisation.blocks_wrong")
                            .with("measure", std::string(model::to_text(measure)))
                            .with("blocks", blocks)
                            .with("held", held);
    return base::invalid(reason, {{"/blocks", reason}});
  }
  if (measure != UseMeasure::kKeep && !steps.holds(blocks)) {
    const auto reason =
        Reason("utilisation.blocks_not_in_unit").with("blocks", blocks).with("unit", steps.unit);
    return base::invalid(reason, {{"/blocks", reason}});
  }
  return {};
}

model::Allocation applied(model::Allocation allocation, UseMeasure measure, std::int64_t blocks) {
  if (measure == UseMeasure::kKeep) return allocation;
  if (measure == UseMeasure::kReclaim) {
    allocation.state = model::AllocationState::kReclaimed;
    return allocation;
  }
  const auto before = allocation.limit.blocks;
  allocation.limit.blocks = blocks;
  if (before <= 0) return allocation;
  const auto scaled = [&](std::int64_t amount) {
    const auto down = base::multiply_divide(amount, blocks, before);
    const bool exact = base::multiply_divide(down, before, blocks) == amount;
    return measure == UseMeasure::kReduce && !exact ? std::min(amount, down + 1) : down;
  };
  allocation.limit.cpu_cores = scaled(allocation.limit.cpu_cores);
  allocation.limit.memory = {scaled(allocation.limit.memory.value)};
  return allocation;
}

}  // namespace dure::programme
