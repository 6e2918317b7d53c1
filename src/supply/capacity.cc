#include "supply/capacity.h"

#include <algorithm>
#include <set>

#include "calendar/period.h"
#include "programme/award.h"
#include "supply/batch.h"
#include "supply/refusals.h"

namespace dure::supply {
namespace {

using base::Date;
using base::MilliGpu;
using model::CapacityBatch;

MilliGpu claimed_on(const std::vector<Claim>& claims, const std::string& model, Date day) {
  MilliGpu sum;
  for (const auto& each : claims)
    if (each.first <= day && day <= each.last && (model.empty() || each.model == model))
      sum = sum + each.amount;
  return sum;
}

// The days from `from` on, on which there may be less than before, or more be claimed.
std::set<Date> turning_days(const std::vector<CapacityBatch>& batches, const std::vector<Claim>& claims,
                            Date from) {
  std::set<Date> days{from};
  for (const auto& each : claims)
    if (each.first > from) days.insert(each.first);
  for (const auto& each : batches)
    if (each.available_until && *each.available_until >= from)
      days.insert(calendar::day_after(*each.available_until));
  return days;
}

// By name.
std::vector<std::string> claimed_models(const std::vector<Claim>& claims) {
  std::set<std::string> models;
  for (const auto& each : claims)
    if (!each.model.empty()) models.insert(each.model);
  return {models.begin(), models.end()};
}

std::optional<Shortage> shortage_on(const std::vector<CapacityBatch>& batches,
                                    const std::vector<Claim>& claims, const std::string& model, Date day) {
  const Shortage found{day, model, capacity_on(batches, model, day), claimed_on(claims, model, day)};
  return found.claimed > found.capacity ? std::optional(found) : std::nullopt;
}

MilliGpu free_on(const std::vector<CapacityBatch>& batches, const std::vector<Claim>& claims,
                 const std::string& model, Date day) {
  const auto of = [&](const std::string& name) {
    return capacity_on(batches, name, day).value - claimed_on(claims, name, day).value;
  };
  return {std::max<std::int64_t>(0, std::min(of(model), of("")))};
}

std::string name_of(const std::string& model) {
  return model.empty() ? "*" : model;
}

}  // namespace

std::optional<Claim> claim_of(const model::Allocation& allocation) {
  if (programme::over(allocation.state)) return std::nullopt;
  return Claim{"allocations/" + allocation.id.text, allocation.limit.model,
               MilliGpu::blocks(allocation.limit.blocks), allocation.starts_on, allocation.ends_on};
}

std::optional<Claim> claim_of(const model::BeneficiaryReservation& reservation) {
  if (reservation.state == model::BeneficiaryState::kCancelled) return std::nullopt;
  return Claim{"beneficiary-reservations/" + reservation.id.text, reservation.model,
               MilliGpu::cards(reservation.gpus), reservation.starts_on, reservation.ends_on};
}

MilliGpu capacity_on(const std::vector<CapacityBatch>& batches, const std::string& model, Date day) {
  MilliGpu sum;
  for (const auto& each : batches)
    if (model.empty() || each.model == model) sum = sum + MilliGpu::cards(gpus_for_users(each, day));
  return sum;
}

std::optional<Shortage> first_shortage(const std::vector<CapacityBatch>& batches,
                                       const std::vector<Claim>& claims, Date from) {
  auto models = claimed_models(claims);
  models.push_back("");
  for (const auto day : turning_days(batches, claims, from))
    for (const auto& model : models)
      if (auto found = shortage_on(batches, claims, model, day)) return found;
  return std::nullopt;
}

base::Status may_claim(const std::vector<CapacityBatch>& batches, const std::vector<Claim>& claims,
                       const Claim& wanted, Date today, const std::optional<Claim>& former) {
  auto all = claims, before = claims;
  all.push_back(wanted);
  if (former) before.push_back(*former);
  std::vector<std::string> models;
  if (!wanted.model.empty()) models.push_back(wanted.model);
  models.push_back("");
  auto days = turning_days(batches, all, std::max(today, wanted.first));
  if (former && former->last >= std::max(today, wanted.first)) days.insert(calendar::day_after(former->last));
  for (const auto day : days) {
    if (wanted.last < day) break;
    for (const auto& model : models)
      if (const auto found = shortage_on(batches, all, model, day)) {
        if (former && found->claimed <= claimed_on(before, model, day)) continue;
        const auto free = found->capacity - (found->claimed - wanted.amount);
        return conflict(base::Reason("supply.no_capacity")
                            .with("model", name_of(model))
                            .with("day", base::to_text(day))
                            .with("asked_milli_gpu", wanted.amount.value)
                            .with("free_milli_gpu", std::max<std::int64_t>(0, free.value)));
      }
  }
  return {};
}

std::vector<model::Gap> gaps_from(const std::vector<CapacityBatch>& batches, const std::vector<Claim>& claims,
                                  const std::string& model, Date from, Date last) {
  std::vector<model::Gap> gaps;
  auto level = free_on(batches, claims, model, from);
  const auto close = [&](Date until) {
    if (level.value > 0) gaps.push_back({base::to_text(until), "", model, level, from, until});
  };
  for (const auto day : turning_days(batches, claims, from)) {
    if (last < day) break;
    const auto free = free_on(batches, claims, model, day);
    if (free >= level) continue;
    close(calendar::day_before(day));
    level = free;
  }
  close(last);
  return gaps;
}

base::Status still_fits(const std::vector<CapacityBatch>& before, const std::vector<CapacityBatch>& after,
                        const std::vector<Claim>& claims, Date today) {
  auto models = claimed_models(claims);
  models.push_back("");
  auto days = turning_days(before, claims, today);
  days.merge(turning_days(after, claims, today));
  for (const auto day : days)
    for (const auto& model : models) {
      const auto found = shortage_on(after, claims, model, day);
      if (!found || found->capacity >= capacity_on(before, model, day)) continue;
      return conflict(base::Reason("supply.claims_in_the_way")
                          .with("model", name_of(model))
                          .with("day", base::to_text(day))
                          .with("claimed_milli_gpu", found->claimed.value)
                          .with("capacity_milli_gpu", found->capacity.value));
    }
  return {};
}

}  // namespace dure::supply
