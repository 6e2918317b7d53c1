// Rules like those of the 2025 procurement plan (S4), and rows, for the tests of this folder.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/capacity.h"
#include "model/supply.h"
#include "policy/programme_rules.h"

namespace dure::supply {

inline base::Date day(const std::string& text) {
  return *base::parse_date(text);
}

// Small counts by default, at least 10,000 in the full tier.
inline int rounds(int quick, int full = 10'000) {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full" ? full : quick;
}

// Capability 50, speed 30, own use 20; the site visit is passed or not; members first; 70 % and 30 %.
inline policy::Supply s4_rules() {
  policy::Supply rules;
  rules.target_gpus = 10'000;
  rules.agreement_term = calendar::Length{5, calendar::Unit::kYears};
  rules.owner = "NIPA";
  rules.user = "국가AI컴퓨팅센터";
  rules.self_use_max_bp = 3000;
  rules.criteria = {{"capability", {}, 50, 1, {}}, {"speed", {}, 30, 2, {}}, {"own_use", {}, 20, 3, {}}};
  rules.phases = {{policy::SupplyPhaseKind::kWritten, 60, 1},
                  {policy::SupplyPhaseKind::kPresentation, 40, 1},
                  {policy::SupplyPhaseKind::kSiteVisit, 0, 1}};
  rules.proposal_threshold_points = 60;
  rules.member_preference = policy::MemberPreference::kRankFirst;
  rules.next_ranked_within_budget = true;
  rules.payments = {{{"1차", ""}, 7000, {2, calendar::Unit::kMonths}},
                    {{"2차", ""}, 3000, {4, calendar::Unit::kMonths}}};
  rules.groups = {{"industry", {}, 3, 1}, {"academia", {}, 2, 1}, {"research", {}, 1, 1}};
  return rules;
}

inline model::SupplyItem item(const std::string& model, std::int64_t quantity,
                              std::int64_t gpus_per_unit = 1) {
  return {model, gpus_per_unit > 1 ? model::SupplyUnit::kServer : model::SupplyUnit::kGpu, quantity,
          gpus_per_unit};
}

// A batch that is in service since that day, all its units in one wave.
inline model::CapacityBatch batch_in_service(const std::string& id, const std::string& model,
                                             std::int64_t gpus, const std::string& since,
                                             std::int64_t own_use = 0) {
  model::CapacityBatch batch;
  batch.id.text = id;
  batch.model = model;
  batch.pool = "main";
  batch.quantity = gpus;
  batch.own_use_gpus = own_use;
  batch.state = model::BatchState::kInService;
  batch.stages = {{model::BatchStage::kUsers, 1, gpus, {}, day(since), ""}};
  return batch;
}

}  // namespace dure::supply
